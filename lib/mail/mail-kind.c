/* mail-kind.c - what a mail is, and whether it may be answered automatically.
 *
 * The kind is what the first rule that fits says; the rules stand in the
 * order of how sure they are: a machine-readable report first, the words of a
 * subject last.
 */
#include <string.h>

#include "mail/mail-reader.h"

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

/* The first word of a field in small letters: "auto-replied; owner=x" gives
 * "auto-replied".  NULL if there is no such field.
 */
static char *
dup_keyword (const PdReader *reader, const char *field)
{
  char *value = pd_reader_dup_field (reader, field);
  char *small;

  if (value == NULL)
    return NULL;
  value[strcspn (value, " ;\t\r\n(,")] = '\0';
  small = g_ascii_strdown (value, -1);
  g_free (value);
  return small;
}

static gboolean
field_is (const PdReader *reader, const char *field, const char *const *words)
{
  g_autofree char *value = dup_keyword (reader, field);

  return value != NULL && g_strv_contains (words, value);
}

static gboolean
has_field (const PdReader *reader, const char *field)
{
  g_autofree char *value = pd_reader_dup_field (reader, field);

  return value != NULL;
}

static gboolean
is_null_sender (const PdReader *reader)
{
  if (reader->envelope_from != NULL)
    return *reader->envelope_from == '\0';
  return reader->mail->return_path != NULL && *reader->mail->return_path == '\0';
}

/* RFC 3834 2 and what grew around it: mail of programs, lists and bulk. */
static gboolean
is_automatic (const PdReader *reader)
{
  static const char *const no[] = { "no", NULL };
  static const char *const bulk[] = { "bulk", "junk", "list", "auto_reply", "auto-reply", NULL };
  static const char *const fields[]
      = { "X-Autoreply",           "X-Autorespond",    "X-Autoresponse",
          "X-AutoReply-From",      "X-Mail-Autoreply", "X-Auto-Reply",
          "X-FC-MachineGenerated", "X-Loop",           "X-Failed-Recipients" };

  if (*reader->mail->auto_submitted != '\0' && !field_is (reader, "Auto-Submitted", no))
    return TRUE;
  if (field_is (reader, "Precedence", bulk) || field_is (reader, "X-Precedence", bulk))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (has_field (reader, fields[i]))
      return TRUE;
  return FALSE;
}

/* X-Auto-Response-Suppress: All, OOF, AutoReply … (MS-OXCMAIL 2.2.3.2.14) */
static gboolean
wants_no_answer (const PdReader *reader)
{
  g_autofree char *value = pd_reader_dup_field (reader, "X-Auto-Response-Suppress");
  g_autofree char *small = value == NULL ? NULL : g_ascii_strdown (value, -1);

  return small != NULL
         && (strstr (small, "all") != NULL || strstr (small, "oof") != NULL
             || strstr (small, "autoreply") != NULL);
}

static gboolean
is_list (const PdReader *reader)
{
  static const char *const fields[]
      = { "List-Id",        "List-Post",  "List-Unsubscribe", "List-Help",
          "List-Subscribe", "List-Owner", "List-Archive" };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (has_field (reader, fields[i]))
      return TRUE;
  return FALSE;
}

/* Local parts that belong to programs: an answer would reach nobody, or
 * another program.
 */
static gboolean
is_program (const char *address)
{
  static const char *const names[]
      = { "mailer-daemon", "postmaster", "listserv",     "majordomo", "noreply",
          "no-reply",      "donotreply", "do-not-reply", "bounce",    "bounces",
          "root",          "daemon",     "mdaemon" };
  const char *at = strrchr (address, '@');
  g_autofree char *local
      = at == NULL ? g_ascii_strdown (address, -1) : g_ascii_strdown (address, at - address);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (local, names[i]) == 0)
      return TRUE;
  return g_str_has_prefix (local, "owner-") || g_str_has_suffix (local, "-request")
         || g_str_has_suffix (local, "-owner") || g_str_has_suffix (local, "-bounces")
         || strstr (local, "-bounces+") != NULL;
}

static gboolean
is_from_program (const PdReader *reader)
{
  const PdMail *mail = reader->mail;

  if (reader->envelope_from != NULL && is_program (reader->envelope_from))
    return TRUE;
  if (mail->return_path != NULL && is_program (mail->return_path))
    return TRUE;
  return mail->from->len > 0 && is_program (((PdAddress *)mail->from->pdata[0])->address);
}

static gboolean
subject_begins (const PdReader *reader, const char *const *words)
{
  g_autofree char *small = g_utf8_strdown (reader->mail->subject, -1);

  for (gsize i = 0; words[i] != NULL; i++)
    if (g_str_has_prefix (small, words[i]))
      return TRUE;
  return FALSE;
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
  return pd_reader_find_part (reader, "message/feedback-report") != NULL;
}

static gboolean
is_receipt (const PdReader *reader)
{
  g_autofree char *type = dup_report_type (reader);

  return pd_reader_find_part (reader, "message/disposition-notification") != NULL
         || (type != NULL && strcmp (type, "disposition-notification") == 0);
}

/* RFC 7489 7.2.1.1: "Report Domain: X Submitter: Y Report-ID: Z" */
static gboolean
is_dmarc_report (const PdReader *reader)
{
  static const char *const words[] = { "report domain:", "[preview] report domain:", NULL };

  return subject_begins (reader, words) && reader->mail->attachments->len > 0;
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
  const PdPart *part = pd_reader_find_own (reader, "text/calendar");
  const GPtrArray *parts = reader->mail->parts;

  for (guint i = 0; i < parts->len; i++)
    if (declares_method (reader, parts->pdata[i]))
      return TRUE;
  if (calendar == NULL || !is_scheduling (calendar->method))
    return FALSE;
  return part == NULL ? reader->tnef != NULL : *part->name == '\0';
}

static gboolean
is_auto_reply (const PdReader *reader)
{
  static const char *const replied[] = { "auto-replied", NULL };
  static const char *const fields[]
      = { "X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Mail-Autoreply", "X-Auto-Reply" };
  static const char *const precedence[] = { "auto_reply", "auto-reply", NULL };
  static const char *const subjects[] = { "auto:",
                                          "auto reply",
                                          "auto-reply",
                                          "autoreply",
                                          "automatic reply",
                                          "out of office",
                                          "out of the office",
                                          "vacation:",
                                          "auto response",
                                          "autoresponse",
                                          "abwesenheit",
                                          "automatische antwort",
                                          "réponse automatique",
                                          "respuesta automática",
                                          "автоответ",
                                          "автоматический ответ",
                                          "автоматична відповідь",
                                          NULL };

  if (field_is (reader, "Auto-Submitted", replied) || field_is (reader, "Precedence", precedence))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (has_field (reader, fields[i]))
      return TRUE;
  return subject_begins (reader, subjects);
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
find_kind (const PdReader *reader)
{
  if (is_complaint (reader))
    return PD_MAIL_KIND_COMPLAINT;
  if (is_delivery_report (reader))
    return report_kind (reader->mail);
  if (is_receipt (reader))
    return PD_MAIL_KIND_RECEIPT;
  if (is_dmarc_report (reader))
    return PD_MAIL_KIND_DMARC_REPORT;
  if (is_auto_reply (reader))
    return PD_MAIL_KIND_AUTO_REPLY;
  if (is_calendar (reader))
    return PD_MAIL_KIND_CALENDAR;
  return PD_MAIL_KIND_MAIL;
}

void
pd_reader_kind (PdReader *reader)
{
  PdMail *mail = reader->mail;

  mail->kind = find_kind (reader);
  mail->auto_reply_allowed
      = (mail->kind == PD_MAIL_KIND_MAIL || mail->kind == PD_MAIL_KIND_CALENDAR)
        && !is_null_sender (reader) && !is_automatic (reader) && !wants_no_answer (reader)
        && !is_list (reader) && !is_from_program (reader);
}
