/* mail-kind.c - what a mail is, and whether it may be answered automatically.
 *
 * The kind is what the first rule that fits says; the rules stand in the
 * order of how sure they are: a machine-readable report first, the words of a
 * subject last.
 */
#include <string.h>

#include "mail/mail-reader.h"
#include "mail/mail-report.h"

static const char *const kind_names[] = {
  [PD_MAIL_KIND_MAIL] = "mail",
  [PD_MAIL_KIND_BOUNCE] = "bounce",
  [PD_MAIL_KIND_DELAY] = "delay",
  [PD_MAIL_KIND_DELIVERED] = "delivered",
  [PD_MAIL_KIND_AUTO_REPLY] = "auto-reply",
  [PD_MAIL_KIND_COMPLAINT] = "complaint",
  [PD_MAIL_KIND_RECEIPT] = "receipt",
  [PD_MAIL_KIND_CALENDAR] = "calendar",
  [PD_MAIL_KIND_DMARC_REPORT] = "dmarc-report",
};

const char *
pd_mail_kind_name (PdMailKind kind)
{
  g_return_val_if_fail ((guint)kind < G_N_ELEMENTS (kind_names), "mail");
  return kind_names[kind];
}

/* The report-type of a multipart/report at the root (RFC 6522 3), in small
 * letters; NULL if the mail is none.
 */
static char *
dup_report_type (const PdReader *reader)
{
  g_autofree char *type = NULL;

  if (strcmp (reader->mail->root->type, "multipart/report") != 0)
    return NULL;
  type = pd_reader_dup_parameter (reader, reader->mail->root, "Content-Type", "report-type");
  return g_ascii_strdown (type == NULL ? "" : type, -1);
}

static gboolean
is_complaint (const PdReader *reader)
{
  return *reader->mail->complaint_type != '\0'
         || pd_reader_find_part (reader, "message/feedback-report") != NULL;
}

static gboolean
is_receipt (const PdReader *reader)
{
  g_autofree char *type = dup_report_type (reader);

  return *reader->mail->disposition != '\0'
         || pd_reader_find_part (reader, "message/disposition-notification") != NULL
         || (type != NULL && strcmp (type, "disposition-notification") == 0);
}

/* Methods that people and their programs exchange about a meeting (RFC 5546
 * 1.4).  PUBLISH is not among them: it asks for nothing, and what brings it is
 * a mail with a file, or news.
 */
static gboolean
is_scheduling (const char *method)
{
  static const char *const methods[]
      = { "REQUEST", "REPLY", "CANCEL", "COUNTER", "DECLINECOUNTER", "ADD", "REFRESH", NULL };
  g_autofree char *capitals = g_ascii_strup (method, -1);

  return g_strv_contains (methods, capitals);
}

/* Whether a part declares such a method (RFC 6047 2.4). */
static gboolean
declares_method (const PdReader *reader, const PdPart *part)
{
  g_autofree char *method = pd_reader_dup_parameter (reader, part, "Content-Type", "method");

  return strcmp (part->type, "text/calendar") == 0 && method != NULL && is_scheduling (method)
         && pd_reader_is_own (reader, part);
}

/* A calendar that somebody forwards as a file is a mail with a file: the part
 * must declare its method, or have no file's name.
 */
static gboolean
is_calendar (const PdReader *reader)
{
  const PdCalendar *calendar = reader->mail->calendar;
  const PdPart *part = pd_reader_find_part (reader, "text/calendar");
  const GPtrArray *parts = reader->mail->parts;

  for (guint i = 0; i < parts->len; i++)
    if (declares_method (reader, parts->pdata[i]))
      return TRUE;
  if (calendar == NULL || !is_scheduling (calendar->method))
    return FALSE;
  return part == NULL ? reader->tnef != NULL : *part->name == '\0';
}

/* A delivery report's recipients say which it is: one failure makes it a
 * bounce, one delay a warning.
 */
static PdMailKind
report_kind (const PdMail *mail)
{
  gboolean delayed = FALSE, delivered = FALSE;

  for (guint i = 0; i < mail->bounce_recipients->len; i++)
    {
      const PdBounceRecipient *one = mail->bounce_recipients->pdata[i];

      if (strcmp (one->action, "failed") == 0)
        return PD_MAIL_KIND_BOUNCE;
      delayed |= strcmp (one->action, "delayed") == 0;
      delivered |= strcmp (one->action, "delivered") == 0 || strcmp (one->action, "relayed") == 0
                   || strcmp (one->action, "expanded") == 0;
    }
  return delayed ? PD_MAIL_KIND_DELAY : delivered ? PD_MAIL_KIND_DELIVERED : PD_MAIL_KIND_BOUNCE;
}

static gboolean
is_delivery_report (const PdReader *reader)
{
  g_autofree char *type = dup_report_type (reader);

  return reader->mail->bounce_recipients->len > 0
         || (type != NULL && strcmp (type, "delivery-status") == 0)
         || pd_reader_find_part (reader, "message/delivery-status") != NULL;
}

static PdMailKind
find_kind (const PdReader *reader, gboolean auto_reply)
{
  if (is_complaint (reader))
    return PD_MAIL_KIND_COMPLAINT;
  if (is_delivery_report (reader))
    return report_kind (reader->mail);
  if (is_receipt (reader))
    return PD_MAIL_KIND_RECEIPT;
  if (pd_reader_is_statistics (reader))
    return PD_MAIL_KIND_DMARC_REPORT;
  if (auto_reply)
    return PD_MAIL_KIND_AUTO_REPLY;
  if (is_calendar (reader))
    return PD_MAIL_KIND_CALENDAR;
  return PD_MAIL_KIND_MAIL;
}

void
pd_reader_kind (PdReader *reader)
{
  PdMail *mail = reader->mail;
  PdAutomatic automatic = pd_reader_automatic (reader);

  mail->kind = find_kind (reader, automatic.is_reply);
  mail->auto_reply_allowed
      = (mail->kind == PD_MAIL_KIND_MAIL || mail->kind == PD_MAIL_KIND_CALENDAR)
        && automatic.may_answer;
}
