/* mail-report.c - reports that are not about delivery: what became of a mail at
 * its reader (RFC 8098), complaints (RFC 5965), and statistics of DMARC and
 * TLS, which no one answers.
 *
 * Delivery reports are bounce.c's.  What is found here goes into `mail`;
 * mail-kind.c decides by it.
 */
#include "mail/mail-report.h"

#include <string.h>

#include "mail/bounce.h"
#include "mail/charset.h"
#include "mail/mail-fields.h"
#include "mail/report-fields.h"

#define MAX_WORD 100           /* octets of a keyword */
#define MAX_ADDRESS 998        /* octets of an address */
#define MAX_RECIPIENTS 1000    /* of a complaint */
#define MAX_HEADER (64 * 1024) /* octets of an enclosed mail that are searched */

/* A keyword in small letters: ASCII, up to what ends it. */
static char *
dup_keyword (const char *value, const char *ends)
{
  g_autofree char *text = g_strndup (value, MIN (strcspn (value, ends), MAX_WORD));
  g_autofree char *clean = pd_charset_clean (text);

  return g_ascii_strdown (g_strstrip (clean), -1);
}

static void
add_recipient (PdMail *mail, const char *value)
{
  g_autofree char *address = pd_report_dup_address (value);
  GPtrArray *list = mail->complaint_recipients;

  if (strchr (address, '@') == NULL || strlen (address) > MAX_ADDRESS
      || list->len >= MAX_RECIPIENTS)
    return;
  for (guint i = 0; i < list->len; i++)
    if (g_ascii_strcasecmp (list->pdata[i], address) == 0)
      return;
  g_ptr_array_add (list, pd_charset_clean (address));
}

/* The value of a line "Name: value", or NULL if it is another one. */
static char *
dup_line_value (const char *line, gsize length, const char *name)
{
  gsize n = strlen (name);

  if (length <= n || line[n] != ':' || g_ascii_strncasecmp (line, name, n) != 0)
    return NULL;
  return g_strstrip (g_strndup (line + n + 1, length - n - 1));
}

/* Tells all lines of that name: the field may stand there many times. */
static void
add_recipients (PdMail *mail, const char *text, gsize size, const char *name)
{
  const char *end = text + size;

  while (text < end)
    {
      const char *stop = memchr (text, '\n', (gsize)(end - text));
      gsize length = (gsize)((stop == NULL ? end : stop) - text);
      g_autofree char *value = dup_line_value (text, length, name);

      if (value != NULL)
        add_recipient (mail, value);
      text += length + 1;
    }
}

/* Reports that leave the receiver out enclose the mail that was sent. */
static void
add_original_recipients (PdReader *reader)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (pd_address_fields.free);

  pd_reader_add_addresses (reader, list, "To", reader->mail->original_to);
  for (guint i = 0; i < list->len; i++)
    add_recipient (reader->mail, ((PdAddress *)list->pdata[i])->address);
}

static void
read_feedback (PdReader *reader, const PdPart *part)
{
  PdMail *mail = reader->mail;
  g_autofree char *text = pd_reader_dup_text (reader, part);
  g_autoptr (GPtrArray) groups = pd_report_parse (text);

  if (groups->len == 0)
    return;
  pd_text_take (&mail->complaint_type,
                dup_keyword (pd_report_get (groups->pdata[0], "feedback-type"), " \t;(\r\n"));
  pd_text_take (&mail->complaint_source,
                dup_keyword (pd_report_get (groups->pdata[0], "source-ip"), " \t;(\r\n"));
  add_recipients (mail, text, strlen (text), "Original-Rcpt-To");
  add_recipients (mail, text, strlen (text), "Removal-Recipient");
  if (mail->complaint_recipients->len == 0)
    add_original_recipients (reader);
}

/* Where the bytes of an enclosed mail begin; NULL if there is none. */
static const char *
peek_enclosed (const PdReader *reader, const PdPart *part, gsize *out_size)
{
  for (guint i = 0; i < part->children->len; i++)
    {
      const PdPart *child = part->children->pdata[i];
      const char *found;

      if (strcmp (child->type, "message/rfc822") == 0 && child->offset >= 0
          && (gsize)child->offset < reader->size && strchr (child->encoding, ';') == NULL)
        {
          *out_size = MIN (MIN (child->length, reader->size - (gsize)child->offset), MAX_HEADER);
          return reader->data + child->offset;
        }
      found = peek_enclosed (reader, child, out_size);
      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Providers that send the mail back without a report of its own: who sends it
 * and how the subject begins; small letters.
 */
static gboolean
is_from_provider (const PdMail *mail)
{
  static const struct {
    const char *address, *subject;
  } providers[] = {
    { "staff@hotmail.com", "complaint about message from" }, /* Microsoft's JMRP */
    { "scomp@aol.net", "email feedback report" },
    { "feedback@arf.mail.yahoo.com", "" },
  };
  const PdAddress *from = mail->from->len > 0 ? mail->from->pdata[0] : NULL;
  g_autofree char *small = g_ascii_strdown (mail->subject, -1);

  for (gsize i = 0; from != NULL && i < G_N_ELEMENTS (providers); i++)
    if (g_ascii_strcasecmp (from->address, providers[i].address) == 0
        && g_str_has_prefix (small, providers[i].subject))
      return TRUE;
  return FALSE;
}

static void
read_returned (PdReader *reader)
{
  PdMail *mail = reader->mail;
  gsize size = 0;
  const char *bytes = peek_enclosed (reader, mail->root, &size);

  /* JMRP's mark: to whom the mail was sent, in the mail's own header */
  if (bytes != NULL)
    add_recipients (mail, bytes, size, "X-HmXmrOriginalRecipient");
  if (mail->complaint_recipients->len == 0 && !is_from_provider (mail))
    return;
  pd_text_take (&mail->complaint_type, g_strdup ("abuse"));
  pd_bounce_read_original (reader, strlen (mail->text));
  if (mail->complaint_recipients->len == 0)
    add_original_recipients (reader);
}

/* RFC 8098 3.2.6: "manual-action/MDN-sent-manually; displayed/error" */
static void
read_disposition (PdReader *reader, const PdPart *part)
{
  PdMail *mail = reader->mail;
  g_autofree char *text = pd_reader_dup_text (reader, part);
  g_autoptr (GPtrArray) groups = pd_report_parse (text);
  const char *value, *id, *semicolon;

  if (groups->len == 0)
    return;
  value = pd_report_get (groups->pdata[0], "disposition");
  semicolon = strchr (value, ';');
  pd_text_take (&mail->disposition,
                dup_keyword (semicolon != NULL ? semicolon + 1 : value, "/,;(\r\n"));
  id = pd_report_get (groups->pdata[0], "original-message-id");
  if (*id != '\0')
    pd_text_take (&mail->original_message_id, pd_report_dup_address (id));
}

/* Classes of reports in TNEF (MS-OXOMSG 2.2.2.1): REPORT.IPM.Note.IPNRN. */
static const char *
disposition_of_class (const char *class)
{
  static const struct {
    const char *end, *disposition;
  } classes[] = {
    { ".IPNRN", "displayed" },
    { ".IPNNRN", "deleted" },
    { "Mail.Read Receipt", "displayed" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      gsize n = strlen (classes[i].end), length = strlen (class);

      if (length >= n && g_ascii_strcasecmp (class + length - n, classes[i].end) == 0)
        return classes[i].disposition;
    }
  return NULL;
}

/* Exchange's receipts that have lost their form on the way: the subject, and
 * nobody to bounce to.
 */
static const char *
disposition_of_subject (const PdReader *reader)
{
  static const struct {
    const char *begin, *disposition;
  } subjects[] = {
    { "read:", "displayed" },        { "not read:", "deleted" },
    { "gelesen:", "displayed" },     { "ungelesen gelöscht:", "deleted" },
    { "lu:", "displayed" },          { "lu :", "displayed" },
    { "non lu:", "deleted" },        { "non lu :", "deleted" },
    { "leído:", "displayed" },       { "no leído:", "deleted" },
    { "letto:", "displayed" },       { "non letto:", "deleted" },
    { "lido:", "displayed" },        { "lida:", "displayed" },
    { "gelezen:", "displayed" },     { "niet gelezen:", "deleted" },
    { "przeczytano:", "displayed" }, { "läst:", "displayed" },
    { "læst:", "displayed" },        { "lest:", "displayed" },
    { "luettu:", "displayed" },      { "přečteno:", "displayed" },
    { "olvasva:", "displayed" },     { "okundu:", "displayed" },
    { "прочтено:", "displayed" },    { "прочитано:", "displayed" },
    { "не прочтено:", "deleted" },   { "αναγνώστηκε:", "displayed" },
    { "已读:", "displayed" },        { "已讀:", "displayed" },
    { "開封済み:", "displayed" },    { "읽음:", "displayed" },
    { "נקרא:", "displayed" },        { "مقروءة:", "displayed" },
  };
  const PdMail *mail = reader->mail;
  const char *path = reader->envelope_from != NULL ? reader->envelope_from : mail->return_path;
  g_autofree char *small = g_utf8_strdown (mail->subject, -1);

  for (gsize i = 0; path != NULL && *path == '\0' && i < G_N_ELEMENTS (subjects); i++)
    if (g_str_has_prefix (small, subjects[i].begin))
      return subjects[i].disposition;
  return NULL;
}

static const char *
disposition_without_report (const PdReader *reader)
{
  g_autofree char *content_class = pd_reader_dup_field (reader, "Content-Class");
  const char *found = NULL;

  if (reader->tnef != NULL)
    found = disposition_of_class (reader->tnef->message_class);
  if (found == NULL && content_class != NULL
      && g_ascii_strcasecmp (content_class, "urn:content-classes:mdn") == 0)
    found = "displayed";
  return found != NULL ? found : disposition_of_subject (reader);
}

static void
read_receipt (PdReader *reader)
{
  PdMail *mail = reader->mail;
  PdPart *part = pd_reader_find_part (reader, "message/disposition-notification");
  const char *found;

  if (part != NULL)
    read_disposition (reader, part);
  if (*mail->disposition != '\0')
    return;
  found = disposition_without_report (reader);
  if (found == NULL)
    return;
  pd_text_take (&mail->disposition, g_strdup (found));
  if (*mail->original_message_id == '\0' && mail->in_reply_to->len > 0)
    pd_text_take (&mail->original_message_id, g_strdup (mail->in_reply_to->pdata[0]));
}

/* RFC 7489 7.2.1.1: receiver "!" domain "!" begin "!" end [ "!" id ] "." kind */
static gboolean
is_dmarc_name (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "!", 6);
  guint n = g_strv_length (parts);

  if (n < 4 || n > 5)
    return FALSE;
  return strchr (parts[0], '.') != NULL && strchr (parts[1], '.') != NULL
         && g_ascii_isdigit (*parts[2]) && g_ascii_isdigit (*parts[3])
         && strspn (parts[2], "0123456789") == strlen (parts[2]);
}

gboolean
pd_reader_is_statistics (const PdReader *reader)
{
  const PdMail *mail = reader->mail;
  g_autofree char *small = g_utf8_strdown (mail->subject, -1);
  gboolean subject = g_str_has_prefix (small, "report domain:")
                     || g_str_has_prefix (small, "[preview] report domain:");

  for (guint i = 0; i < mail->attachments->len; i++)
    {
      const PdPart *part = mail->attachments->pdata[i];

      /* RFC 8460 5.3 */
      if (g_str_has_prefix (part->type, "application/tlsrpt") || is_dmarc_name (part->name))
        return TRUE;
    }
  return subject && mail->attachments->len > 0;
}

void
pd_reader_report (PdReader *reader)
{
  PdPart *feedback = pd_reader_find_part (reader, "message/feedback-report");

  if (feedback != NULL)
    read_feedback (reader, feedback);
  else if (reader->mail->bounce_recipients->len == 0)
    read_returned (reader);
  if (feedback == NULL)
    read_receipt (reader);
}
