#include "desk/guard.h"

#include <string.h>

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

const char *
pd_guard_loop (const PdMail *mail, const PdKeyring *keyring, gboolean own_sender)
{
  gint64 ticket, outbox;

  if (mail->received > PD_GUARD_MAX_HOPS)
    return "too many hops";
  if (*mail->message_id != '\0'
      && pd_keyring_read_message_id (keyring, mail->message_id, &ticket, &outbox))
    return "a copy of our own mail came back";
  if (own_sender)
    return "the sender is an address of ours";
  return NULL;
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
