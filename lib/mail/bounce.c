#include "mail/bounce.h"

#include <string.h>

#include "mail/bounce-reason.h"
#include "mail/charset.h"
#include "mail/mail-fields.h"
#include "mail/report-fields.h"

#define MAX_ORIGINAL (64 * 1024) /* octets of the returned mail's header that are searched */

static char *
dup_cut (const char *text, gsize max)
{
  gsize length = strlen (text);

  if (length > max)
    {
      length = max;
      while (length > 0 && ((guint8)text[length] & 0xC0) == 0x80)
        length--;
    }
  return g_strndup (text, length);
}

void
pd_bounce_add (PdMail *mail, const char *address, const char *action, const char *status,
               const char *diagnostic)
{
  PdBounceRecipient *one;

  if (mail->bounce_recipients->len >= PD_BOUNCE_MAX_RECIPIENTS)
    return;
  one = pd_fields_new (&pd_bounce_recipient_fields);
  pd_text_take (&one->address, dup_cut (address, 998));
  pd_text_take (&one->action, g_strdup (action));
  pd_text_take (&one->diagnostic, dup_cut (diagnostic, PD_BOUNCE_MAX_DIAGNOSTIC));
  pd_text_take (&one->status, pd_bounce_dup_status (*status != '\0' ? status : one->diagnostic));
  pd_text_take (&one->reply_code, pd_bounce_dup_reply_code (one->diagnostic));
  pd_text_take (&one->reason, g_strdup (pd_bounce_reason (one->status, one->diagnostic)));
  one->hard = pd_bounce_is_hard (one->reason);
  g_ptr_array_add (mail->bounce_recipients, one);
}

/* The server's status is more exact than the reporting program's "5.0.0". */
static const char *
best_status (const char *status, const char *found)
{
  if (*found != '\0' && (*status == '\0' || g_str_has_suffix (status, ".0.0")))
    return found;
  return status;
}

static const char *
best_action (const char *action, const char *status)
{
  static const char *const known[]
      = { "failed", "delayed", "delivered", "relayed", "expanded", NULL };

  if (g_strv_contains (known, action))
    return action;
  return *status == '4' ? "delayed" : *status == '2' ? "delivered" : "failed";
}

static void
read_group (PdReader *reader, GHashTable *group)
{
  const char *final = pd_report_get (group, "final-recipient");
  const char *original = pd_report_get (group, "original-recipient");
  const char *diagnostic = pd_report_peek_text (pd_report_get (group, "diagnostic-code"));
  g_autofree char *status = pd_bounce_dup_status (pd_report_get (group, "status"));
  g_autofree char *said = pd_bounce_dup_status (diagnostic);
  g_autofree char *action = g_ascii_strdown (pd_report_get (group, "action"), -1);
  g_autofree char *address
      = pd_report_dup_address (strchr (final, '@') != NULL || *original == '\0' ? final : original);

  if (*final == '\0' && *original == '\0')
    return;
  action[strcspn (action, " \t(;")] = '\0';
  pd_bounce_add (reader->mail, address, best_action (action, status), best_status (status, said),
                 diagnostic);
}

static void
read_status_part (PdReader *reader, const PdPart *part)
{
  g_autofree char *text = pd_reader_dup_text (reader, part);
  g_autoptr (GPtrArray) groups = pd_report_parse (text);

  for (guint i = 0; i < groups->len; i++)
    read_group (reader, groups->pdata[i]);
}

/* RFC 5965: abuse, fraud, virus, other, not-spam, opt-out … */
static void
read_complaint (PdReader *reader, const PdPart *part)
{
  g_autofree char *text = pd_reader_dup_text (reader, part);
  g_autoptr (GPtrArray) groups = pd_report_parse (text);
  const char *type = groups->len > 0 ? pd_report_get (groups->pdata[0], "feedback-type") : "";

  g_free (reader->mail->complaint_type);
  reader->mail->complaint_type = g_ascii_strdown (type, -1);
}

/* The id in the first Message-ID field of a header that lies somewhere in
 * these bytes.
 */
static char *
find_message_id (const char *bytes, gsize length)
{
  static const char mark[] = "message-id:";
  const char *end = bytes + MIN (length, MAX_ORIGINAL);

  for (const char *line = bytes; line < end;)
    {
      const char *next = memchr (line, '\n', (gsize)(end - line));
      const char *stop = next == NULL ? end : next;

      if ((gsize)(stop - line) > sizeof mark
          && g_ascii_strncasecmp (line, mark, sizeof mark - 1) == 0)
        {
          /* the id may stand on the next line */
          const char *open = memchr (line, '<', (gsize)MIN (end - line, 998));
          const char *close
              = open == NULL ? NULL : memchr (open, '>', (gsize)MIN (end - open, 998));

          if (close != NULL && close > open + 1)
            {
              g_autofree char *id = g_strndup (open + 1, (gsize)(close - open - 1));

              return pd_charset_clean (id);
            }
        }
      line = stop + 1;
    }
  return NULL;
}

static PdPart *
find_enclosed (PdPart *part)
{
  for (guint i = 0; i < part->children->len; i++)
    {
      PdPart *child = part->children->pdata[i];
      PdPart *found = strcmp (child->type, "message/rfc822") == 0 && child->offset >= 0
                          ? child
                          : find_enclosed (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* The id of the mail that comes back: of the enclosed mail, of its header, or
 * of what is pasted below the text.
 */
static void
read_original (PdReader *reader)
{
  PdMail *mail = reader->mail;
  PdPart *enclosed = find_enclosed (mail->root);
  PdPart *headers = pd_reader_find_part (reader, "text/rfc822-headers");
  GByteArray *bytes = headers == NULL ? NULL : pd_reader_peek_bytes (reader, headers);
  char *id = NULL;

  if (enclosed != NULL)
    id = find_message_id (reader->data + enclosed->offset, enclosed->length);
  if (id == NULL && bytes != NULL)
    id = find_message_id ((const char *)bytes->data, bytes->len);
  if (id == NULL)
    id = find_message_id (mail->text, strlen (mail->text));
  if (id == NULL)
    return;
  g_free (mail->original_message_id);
  mail->original_message_id = id;
}

void
pd_reader_bounce (PdReader *reader)
{
  PdMail *mail = reader->mail;
  PdPart *feedback = pd_reader_find_part (reader, "message/feedback-report");

  if (feedback != NULL)
    {
      read_complaint (reader, feedback);
      read_original (reader);
      return;
    }
  for (guint i = 0; i < mail->parts->len; i++)
    {
      PdPart *part = mail->parts->pdata[i];

      if (strcmp (part->type, "message/delivery-status") == 0
          || strcmp (part->type, "message/global-delivery-status") == 0)
        read_status_part (reader, part);
    }
  pd_bounce_read_text (reader);
  if (mail->bounce_recipients->len > 0)
    read_original (reader);
}
