#include "desk/guard.h"

#include <string.h>

#include "mail/likeness.h"

#define SAME 80  /* per cent */
#define GROWN 90 /* the same */

/* What PdMail.kind says is final for these. */
static const struct {
  PdGuardKind kind;
  const char *why;
} kinds[] = {
  [PD_MAIL_KIND_MAIL] = { PD_GUARD_PERSON, "" },
  [PD_MAIL_KIND_CALENDAR] = { PD_GUARD_PERSON, "" },
  [PD_MAIL_KIND_BOUNCE] = { PD_GUARD_BOUNCE, "a delivery report" },
  [PD_MAIL_KIND_DELAY] = { PD_GUARD_DELAY, "delay" },
  [PD_MAIL_KIND_DELIVERED] = { PD_GUARD_RECEIPT, "delivered" },
  [PD_MAIL_KIND_RECEIPT] = { PD_GUARD_RECEIPT, "receipt" },
  [PD_MAIL_KIND_AUTO_REPLY] = { PD_GUARD_AUTO_REPLY, "an automatic answer" },
  [PD_MAIL_KIND_COMPLAINT] = { PD_GUARD_COMPLAINT, "a feedback report" },
  [PD_MAIL_KIND_DMARC_REPORT] = { PD_GUARD_DMARC_REPORT, "dmarc-report" },
};

static PdGuardKind
is (PdGuardKind kind, const char *why, const char **out_why)
{
  *out_why = why;
  return kind;
}

PdGuardKind
pd_guard_sort (const PdMail *mail, gboolean null_sender, gboolean to_bounce_address,
               const char **out_why)
{
  g_return_val_if_fail ((gsize)mail->kind < G_N_ELEMENTS (kinds), PD_GUARD_PERSON);
  /* told by its words alone: "Out of office printer" may be a person's trouble,
   * and what answers us comes to an address or with an id that we signed */
  if (mail->kind == PD_MAIL_KIND_AUTO_REPLY && *mail->auto_submitted == '\0' && !null_sender)
    return is (PD_GUARD_GENERATED, "looks like an automatic answer", out_why);
  if (kinds[mail->kind].kind != PD_GUARD_PERSON)
    return is (kinds[mail->kind].kind, kinds[mail->kind].why, out_why);
  if (strcmp (mail->auto_submitted, "auto-replied") == 0)
    return is (PD_GUARD_AUTO_REPLY, "Auto-Submitted: auto-replied", out_why);
  if (null_sender && to_bounce_address)
    return is (PD_GUARD_BOUNCE, "a delivery report of unknown form", out_why);
  if (null_sender)
    return is (PD_GUARD_AUTO_REPLY, "the envelope sender is empty", out_why);
  if (*mail->auto_submitted != '\0' && strcmp (mail->auto_submitted, "no") != 0)
    return is (PD_GUARD_GENERATED, "Auto-Submitted: made by a program", out_why);
  if (!mail->auto_reply_allowed)
    return is (PD_GUARD_BULK, "must not be answered by a program", out_why);
  return is (PD_GUARD_PERSON, "", out_why);
}

/* Whether an address is that of a recipient, extensions and all. */
static gboolean
is_recipient (const char *address, const char *const *recipients)
{
  for (; *recipients != NULL; recipients++)
    if (g_ascii_strcasecmp (address, *recipients) == 0)
      return TRUE;
  return FALSE;
}

/* "X-Loop: ADDRESS" is what filters write that answer by themselves; our own
 * mail carries its Message-ID there, which they copy. */
static gboolean
has_own_mark (const PdMail *mail, const PdKeyring *keyring, const char *const *recipients,
              gint64 *out_ticket)
{
  gint64 outbox;

  for (guint i = 0; i < mail->x_loop->len; i++)
    {
      const char *mark = g_ptr_array_index (mail->x_loop, i);

      if (is_recipient (mark, recipients)
          || pd_keyring_read_message_id (keyring, mark, out_ticket, &outbox))
        return TRUE;
    }
  return FALSE;
}

/* Whether a mail server has delivered the mail here before. */
static gboolean
came_twice (const PdMail *mail, const char *const *recipients)
{
  const GPtrArray *list = mail->delivered_to;

  for (guint i = 1; i < list->len; i++)
    for (guint k = 0; k < i; k++)
      if (g_ascii_strcasecmp (g_ptr_array_index (list, i), g_ptr_array_index (list, k)) == 0
          && is_recipient (g_ptr_array_index (list, i), recipients))
        return TRUE;
  return FALSE;
}

const char *
pd_guard_loop (const PdMail *mail, const PdKeyring *keyring, const PdGuardBounds *bounds,
               const char *const *recipients, gboolean own_sender, gint64 *out_ticket)
{
  gint64 outbox;

  *out_ticket = 0;
  if (*mail->message_id != '\0'
      && pd_keyring_read_message_id (keyring, mail->message_id, out_ticket, &outbox))
    return "a copy of our own mail came back";
  if (has_own_mark (mail, keyring, recipients, out_ticket))
    return "it carries our own mark against loops";
  if (mail->received > bounds->max_hops)
    return "too many hops";
  if (came_twice (mail, recipients))
    return "it was delivered here before";
  if (own_sender)
    return "the sender is an address of ours";
  return NULL;
}

const char *
pd_guard_alike (const GArray *earlier, const char *text, gint64 now, gboolean opens,
                const PdGuardBounds *bounds)
{
  g_autofree char *begin
      = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), (glong)PD_GUARD_MAX_TEXT));
  g_autoptr (PdLikeness) mine = pd_likeness_new (begin);
  gboolean small = pd_likeness_words (mine) < PD_GUARD_SHORT;
  guint need = small ? 2 * bounds->alike : bounds->alike;
  guint n = 1;

  if (bounds->alike == 0 || pd_likeness_words (mine) == 0)
    return NULL;
  for (guint i = 0; i < earlier->len && n < need; i++)
    {
      const PdGuardEntry *entry = &g_array_index (earlier, PdGuardEntry, i);
      g_autoptr (PdLikeness) old = pd_likeness_new (entry->text);
      gboolean quick = now - entry->created <= PD_GUARD_QUICK;
      gboolean same = pd_likeness_equal (mine, old) >= (small ? 100 : SAME);
      gboolean grown = !small && pd_likeness_contained (old, mine) >= GROWN;

      if ((same && (quick || (!small && !opens))) || (grown && quick))
        {
          n++;
          now = entry->created;
        }
    }
  return n >= need ? "it says the same as those before it, as programs do that answer each other"
                   : NULL;
}

gboolean
pd_guard_is_machine (const char *address)
{
  static const char *const names[] = {
    "noreply", "donotreply", "mailerdaemon", "nobody", "bounce", "bounces",
  };
  const char *at = strrchr (address, '@');
  gsize length = at != NULL ? (gsize)(at - address) : strlen (address);
  GString *plain = g_string_sized_new (length);
  g_autofree char *text = NULL;

  /* "no-reply", "No_Reply", "no.reply+x" are all the same name */
  for (gsize i = 0; i < length && address[i] != '+'; i++)
    if (g_ascii_isalpha (address[i]))
      g_string_append_c (plain, g_ascii_tolower (address[i]));
  text = g_string_free (plain, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (text, names[i]) == 0)
      return TRUE;
  return g_str_has_prefix (text, "noreply") || g_str_has_prefix (text, "donotreply");
}
