#include "desk/unseal.h"

#include <string.h>

#include "mail/mail-fields.h"
#include "mail/mail-inner.h"

#define MAX_REASON 500 /* octets kept */

/* A mail under work. */
typedef struct {
  const PdUnseal *how;
  const char *envelope_from, *envelope_to;
  GBytes *raw; /* that the places of the seals from `first` on are in */
  PdMail *mail;
  guint first;
  gint64 deadline; /* g_get_monotonic_time */
} Work;

/* ---- bytes --------------------------------------------------------------------- */

/* With \r\n wherever a line ends: so it was signed (RFC 1847 2.1). */
static GBytes *
with_crlf (GBytes *bytes)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (bytes, &size);
  GByteArray *out = g_byte_array_sized_new ((guint)(size + size / 32 + 16));
  gsize at = 0;

  while (at < size)
    {
      const char *end = memchr (data + at, '\n', size - at);
      gsize stop = end == NULL ? size : (gsize)(end - data);
      gboolean bare = end != NULL && (stop == 0 || data[stop - 1] != '\r');

      g_byte_array_append (out, (const guint8 *)data + at, (guint)(stop - at));
      if (end != NULL)
        g_byte_array_append (out, (const guint8 *)(bare ? "\r\n" : "\n"), bare ? 2 : 1);
      at = end == NULL ? size : stop + 1;
    }
  return g_byte_array_free_to_bytes (out);
}

static GBytes *
dup_sealed (const Work *work, const PdSeal *seal)
{
  return pd_mail_decode_part (work->raw, seal->offset, seal->length, seal->encoding, NULL);
}

/* What is signed apart; NULL if the reader did not find it. */
static GBytes *
dup_content (const Work *work, const PdSeal *seal)
{
  return pd_mail_decode_part (work->raw, seal->content_offset, seal->content_length,
                              seal->content_encoding, NULL);
}

static PdGpgProtocol
protocol_of (const PdSeal *seal)
{
  return g_str_has_prefix (seal->kind, "smime") ? PD_GPG_CMS : PD_GPG_OPENPGP;
}

static gboolean
is_kind (const PdSeal *seal, const char *kind)
{
  return strcmp (seal->kind, kind) == 0;
}

/* ---- what is found ------------------------------------------------------------- */

static char *
dup_bounded (const char *reason)
{
  g_autofree char *cut = g_strndup (reason, MAX_REASON);

  return g_utf8_make_valid (cut, -1);
}

static void
settle (PdSeal *seal, PdSealState state, const char *reason)
{
  seal->state = state;
  pd_text_take (&seal->reason, dup_bounded (reason));
}

/* It is good for a part, and says nothing of the whole. */
static void
narrow (PdSeal *seal, const char *reason)
{
  seal->whole = FALSE;
  settle (seal, seal->state, reason);
}

/* Local parts are compared without case, as people write them. */
static gboolean
same_address (const char *a, const char *b)
{
  const char *a_at = strrchr (a, '@'), *b_at = strrchr (b, '@');
  g_autofree char *a_domain = a_at == NULL ? NULL : g_hostname_to_ascii (a_at + 1);
  g_autofree char *b_domain = b_at == NULL ? NULL : g_hostname_to_ascii (b_at + 1);

  return a_domain != NULL && b_domain != NULL && a_at - a == b_at - b
         && g_ascii_strncasecmp (a, b, (gsize)(a_at - a)) == 0
         && g_ascii_strcasecmp (a_domain, b_domain) == 0;
}

static const char *
only_from (const PdMail *mail)
{
  return mail->from->len == 1 ? ((const PdAddress *)mail->from->pdata[0])->address : NULL;
}

static void
take_signature (const Work *work, PdSeal *seal, const PdGpgResult *result)
{
  const char *from = only_from (work->mail);
  const char *signer = result->addresses->len > 0 ? result->addresses->pdata[0] : "";

  settle (seal, result->state == PD_SEAL_UNCHECKED ? PD_SEAL_UNKNOWN : result->state,
          result->reason);
  for (guint i = 0; from != NULL && i < result->addresses->len; i++)
    if (same_address (result->addresses->pdata[i], from))
      signer = result->addresses->pdata[i];
  pd_text_take (&seal->signer, g_strdup (signer));
  pd_text_take (&seal->fingerprint, g_strdup (result->fingerprint));
  seal->signed_at = result->signed_at;
}

static PdMail *
parse (const Work *work, GBytes *raw, GError **error)
{
  const PdParserJob job = { raw, work->envelope_from, work->envelope_to };

  if (work->how->pool != NULL)
    return pd_parser_pool_parse (work->how->pool, &job, error);
  return pd_mail_parse (raw, work->envelope_from, work->envelope_to);
}

/* ---- whether what is shown is what is signed ----------------------------------- */

static gboolean
same_file (const PdPart *a, const PdPart *b)
{
  return a->size == b->size && strcmp (a->sha256, b->sha256) == 0 && strcmp (a->name, b->name) == 0
         && strcmp (a->type, b->type) == 0;
}

/* NULL, or what of the mail is not in the signed one.  The signature itself is
 * a file only of the mail.
 */
static const char *
find_difference (const PdMail *mail, const PdMail *signed_mail, const char *signature_path)
{
  guint k = 0;

  if (strcmp (mail->text, signed_mail->text) != 0 || strcmp (mail->html, signed_mail->html) != 0)
    return "the text that is shown is not the one that was signed";
  for (guint i = 0; i < mail->attachments->len; i++)
    {
      const PdPart *file = mail->attachments->pdata[i];

      if (strcmp (file->path, signature_path) == 0)
        continue;
      if (k == signed_mail->attachments->len
          || !same_file (file, signed_mail->attachments->pdata[k++]))
        return "not all files were signed";
    }
  if (k < signed_mail->attachments->len)
    return "a file that was signed is not shown";
  return strcmp (mail->subject, signed_mail->subject) != 0
             ? "the Subject is not the one that was signed"
             : NULL;
}

static void
confirm_apart (const Work *work, PdSeal *seal, GBytes *content)
{
  g_autoptr (GBytes) alone = pd_mail_inner_compose (work->raw, content, NULL);
  g_autoptr (GError) failure = NULL;
  g_autoptr (PdMail) signed_mail = parse (work, alone, &failure);
  const char *difference = "what was signed cannot be read";

  if (signed_mail != NULL)
    difference = find_difference (work->mail, signed_mail, seal->path);
  if (difference != NULL)
    narrow (seal, difference);
}

/* gpgsm and our reader must see the same content. */
static void
confirm_opaque (const Work *work, PdSeal *seal, GBytes *content)
{
  g_autofree char *chain = g_strconcat (seal->encoding, ";cms", NULL);
  g_autoptr (GBytes) ours
      = pd_mail_decode_part (work->raw, seal->offset, seal->length, chain, NULL);

  if (content == NULL || ours == NULL || !g_bytes_equal (content, ours))
    narrow (seal, "what is shown is not what was signed");
}

/* ---- a mail that was opened takes the place of the one that it came in --------- */

/* A bare text as an entity. */
static GBytes *
entity_of_text (GBytes *text, const char *charset)
{
  static const char letters[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.:+";
  gsize size = 0;
  const char *data = g_bytes_get_data (text, &size);
  gboolean utf8 = g_utf8_validate_len (data != NULL ? data : "", size, NULL);
  gboolean ascii = TRUE;
  g_autofree char *head = NULL;
  GByteArray *out;

  for (gsize i = 0; ascii && i < size; i++)
    ascii = (data[i] & 0x80) == 0;
  /* 7-bit charsets look like UTF-8 too */
  if ((utf8 && !ascii) || *charset == '\0' || charset[strspn (charset, letters)] != '\0')
    charset = "utf-8";
  head = g_strdup_printf (
      "Content-Type: text/plain; charset=\"%s\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
      charset);
  out = g_byte_array_sized_new ((guint)(size + strlen (head)));
  g_byte_array_append (out, (const guint8 *)head, (guint)strlen (head));
  if (size > 0)
    g_byte_array_append (out, (const guint8 *)data, (guint)size);
  return g_byte_array_free_to_bytes (out);
}

static gboolean
replace (Work *work, const PdSeal *seal, GBytes *content, GError **error)
{
  g_autoptr (GBytes) entity = is_kind (seal, "pgp-inline") ? entity_of_text (content, seal->charset)
                                                           : g_bytes_ref (content);
  GBytes *opened = pd_mail_inner_compose (work->raw, entity, NULL);
  PdMail *inner = parse (work, opened, error);

  if (inner == NULL)
    {
      g_bytes_unref (opened);
      return FALSE;
    }
  for (guint i = 0; i < inner->seals->len; i++)
    ((PdSeal *)inner->seals->pdata[i])->state = PD_SEAL_UNCHECKED;
  work->first = work->mail->seals->len;
  work->mail = pd_mail_inner_adopt (work->mail, inner, NULL);
  work->mail->opened = opened;
  g_bytes_unref (work->raw);
  work->raw = g_bytes_ref (opened);
  return TRUE;
}

/* ---- signatures ---------------------------------------------------------------- */

static gboolean
has_time (const Work *work, PdSeal *seal)
{
  if (g_get_monotonic_time () < work->deadline)
    return TRUE;
  settle (seal, PD_SEAL_UNKNOWN, "no time was left to look at it");
  return FALSE;
}

/* A good signature in the text: what gpg gave out as signed is the text. */
static void
show_signed_text (Work *work, PdSeal *seal, GBytes *content)
{
  g_autoptr (GError) failure = NULL;

  if (content == NULL || !replace (work, seal, content, &failure))
    narrow (seal, "what was signed cannot be read");
}

/* TRUE if the mail was replaced by the signed text of it. */
static gboolean
check_signature (Work *work, PdSeal *seal)
{
  gboolean apart = is_kind (seal, "pgp-mime") || is_kind (seal, "smime-detached");
  g_autoptr (GBytes) signature = dup_sealed (work, seal);
  g_autoptr (GBytes) content = apart ? dup_content (work, seal) : NULL;
  g_autoptr (GBytes) canonical = content != NULL ? with_crlf (content) : NULL;
  g_autoptr (PdGpgResult) result = NULL;
  g_autoptr (GError) failure = NULL;
  PdMail *before = work->mail;

  if (signature == NULL || (apart && content == NULL))
    settle (seal, PD_SEAL_UNKNOWN, "what was signed was not found");
  else if (has_time (work, seal))
    result = pd_gpg_verify (work->how->gpg, protocol_of (seal), signature, canonical, &failure);
  if (failure != NULL)
    settle (seal, PD_SEAL_UNKNOWN, failure->message);
  if (result == NULL)
    return FALSE;
  take_signature (work, seal, result);
  if (seal->state == PD_SEAL_GOOD && !seal->whole)
    narrow (seal, "it is about a part of the mail only");
  else if (seal->state == PD_SEAL_GOOD && apart)
    confirm_apart (work, seal, content);
  else if (seal->state == PD_SEAL_GOOD && is_kind (seal, "smime-opaque"))
    confirm_opaque (work, seal, result->content);
  else if (seal->state == PD_SEAL_GOOD)
    show_signed_text (work, seal, result->content);
  return work->mail != before;
}

/* ---- encryption ---------------------------------------------------------------- */

/* A signature inside of a PGP message: it is about all that came out.  NULL if
 * there is none.
 */
static PdSeal *
add_inner_signature (const Work *work, const PdSeal *seal, const PdGpgResult *result)
{
  PdSeal *inner;

  if (!result->has_signature || work->mail->seals->len >= PD_MAIL_MAX_SEALS)
    return NULL;
  inner = pd_fields_new (&pd_seal_fields);
  pd_text_take (&inner->kind, g_strdup (seal->kind));
  pd_text_take (&inner->path, g_strdup (seal->path));
  pd_text_take (&inner->encoding, g_strdup (seal->encoding));
  inner->whole = TRUE;
  inner->offset = seal->offset;
  inner->length = seal->length;
  inner->content_offset = -1;
  take_signature (work, inner, result);
  g_ptr_array_add (work->mail->seals, inner);
  work->mail->is_signed = TRUE;
  return inner;
}

/* TRUE if the mail was replaced by what was in it. */
static gboolean
open_seal (Work *work, PdSeal *seal)
{
  g_autoptr (GBytes) encrypted = NULL;
  g_autoptr (PdGpgResult) result = NULL;
  g_autoptr (GError) failure = NULL;
  PdSeal *inner;

  if (!seal->whole)
    {
      settle (seal, PD_SEAL_UNKNOWN, "only a part of the mail is encrypted: it is not opened");
      return FALSE;
    }
  encrypted = dup_sealed (work, seal);
  if (encrypted == NULL)
    settle (seal, PD_SEAL_UNKNOWN, "what is encrypted was not found");
  else if (has_time (work, seal))
    result = pd_gpg_decrypt (work->how->gpg, protocol_of (seal), encrypted, &failure);
  if (failure != NULL)
    settle (seal, PD_SEAL_UNKNOWN, failure->message);
  if (result == NULL)
    return FALSE;
  settle (seal, result->opened ? PD_SEAL_GOOD : PD_SEAL_UNKNOWN, result->reason);
  if (!result->opened || result->content == NULL)
    return FALSE;
  /* the reason is the signature's, if there is one */
  settle (seal, PD_SEAL_GOOD, "");
  inner = add_inner_signature (work, seal, result);
  if (replace (work, seal, result->content, &failure))
    return TRUE;
  if (inner != NULL)
    narrow (inner, "what was signed is not shown");
  settle (seal, PD_SEAL_UNKNOWN, failure->message);
  return FALSE;
}

/* ---- the whole ------------------------------------------------------------------ */

/* Looks at the seals of the mail as it is now; TRUE if another came out. */
static gboolean
look_once (Work *work)
{
  GPtrArray *seals = work->mail->seals;

  for (guint i = work->first; i < seals->len; i++)
    {
      PdSeal *seal = seals->pdata[i];

      if (seal->encrypted ? open_seal (work, seal) : check_signature (work, seal))
        return TRUE;
    }
  return FALSE;
}

PdMail *
pd_unseal (const PdUnseal *unseal, GBytes *raw, PdMail *mail, const char *envelope_from,
           const char *envelope_to)
{
  Work work = { .how = unseal,
                .envelope_from = envelope_from,
                .envelope_to = envelope_to,
                .mail = mail,
                .deadline = g_get_monotonic_time () + PD_UNSEAL_TIME };

  /* nobody but us says what was verified */
  for (guint i = 0; i < mail->seals->len; i++)
    ((PdSeal *)mail->seals->pdata[i])->state = PD_SEAL_UNCHECKED;
  if (unseal->gpg == NULL || mail->seals->len == 0)
    return mail;
  work.raw = g_bytes_ref (raw);
  for (guint layer = 0; layer <= PD_UNSEAL_MAX_LAYERS && look_once (&work); layer++)
    ;
  g_bytes_unref (work.raw);
  return work.mail;
}

gboolean
pd_unseal_is_by_sender (const PdMail *mail, gint64 received)
{
  const char *from = only_from (mail);
  gboolean found = FALSE;

  if (from == NULL)
    return FALSE;
  for (guint i = 0; i < mail->seals->len; i++)
    {
      const PdSeal *seal = mail->seals->pdata[i];

      if (seal->encrypted || !seal->whole)
        continue;
      if (seal->state == PD_SEAL_BAD)
        return FALSE;
      found |= seal->state == PD_SEAL_GOOD && same_address (seal->signer, from)
               && ABS (received - seal->signed_at) <= PD_UNSEAL_MAX_AGE;
    }
  return found;
}

char *
pd_unseal_describe (const PdSeal *seal)
{
  static const char *const signature[] = { "not checked", "good", "bad", "not to be verified" };
  static const char *const encryption[] = { "not opened", "opened", "bad", "not to be opened" };
  const char *state = (seal->encrypted ? encryption : signature)[seal->state];

  return g_strdup_printf ("%s, %s %s, %s%s%s%s%s", seal->kind,
                          seal->encrypted ? "encrypts" : "signs",
                          seal->whole ? "the whole mail" : "a part of the mail", state,
                          *seal->fingerprint != '\0' ? ", key " : "", seal->fingerprint,
                          *seal->reason != '\0' ? ": " : "", seal->reason);
}
