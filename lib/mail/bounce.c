#include "mail/bounce.h"

#include <string.h>

#include "mail/mail-fields.h"
#include "mail/report-fields.h"

/* A text of at most `max` octets, in one line of valid UTF-8. */
static char *
dup_bounded (const char *text, gsize max)
{
  g_autofree char *cut = g_strndup (text, max);
  g_autofree char *valid = g_utf8_make_valid (cut, -1);
  GString *line = g_string_new (NULL);

  for (const char *c = valid; *c != '\0'; c++)
    if (!g_ascii_isspace (*c))
      g_string_append_c (line, *c);
    else if (line->len > 0 && line->str[line->len - 1] != ' ')
      g_string_append_c (line, ' ');
  return g_strchomp (g_string_free (line, FALSE));
}

/* The server's own status is more exact than the one that the reporting program
 * made of it, but not if it is "x.0.0".
 */
static char *
dup_best_status (const char *field, const char *diagnostic)
{
  g_autofree char *written = pd_bounce_dup_status (field);
  g_autofree char *said = pd_bounce_dup_status (diagnostic);
  gboolean vague = g_str_has_suffix (said, ".0.0");

  if (*said == '\0' || (vague && *written != '\0'))
    return g_steal_pointer (&written);
  return g_steal_pointer (&said);
}

static const char *
best_action (const char *action, const char *status)
{
  static const char *const known[] = { "failed", "delayed", "delivered", "relayed", "expanded" };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_ascii_strncasecmp (action, known[i], strlen (known[i])) == 0)
      return known[i];
  return *status == '4' ? "delayed" : *status == '2' ? "delivered" : "failed";
}

/* What the words add: the status and the code that the diagnostic has not, and
 * the command, which is told in words alone.
 */
static void
complete (PdBounceRecipient *one, const PdBounceFinding *finding, PdBounceCommand *out_at)
{
  g_autofree char *said = g_utf8_strdown (finding->diagnostic, -1);
  g_autofree char *words = g_utf8_strdown (finding->words, -1);

  *out_at = pd_bounce_find_command (said);
  if (*out_at == PD_BOUNCE_AT_UNKNOWN)
    *out_at = pd_bounce_find_command_for (words, finding->address);
  if (*one->reply_code == '\0')
    pd_text_take (&one->reply_code, pd_bounce_dup_reply_code (finding->words));
  if (*one->status == '\0' || g_str_has_suffix (one->status, ".0.0"))
    {
      g_autofree char *better = dup_best_status (one->status, finding->words);

      /* that of another try is of another class */
      if (*one->status == '\0' || *one->status == *better)
        pd_text_take (&one->status, g_steal_pointer (&better));
    }
}

static const char *
or_empty (const char *text)
{
  return text == NULL ? "" : text;
}

void
pd_bounce_add (PdMail *mail, const PdBounceFinding *told)
{
  PdBounceRecipient *one;
  const char *reason;
  PdBounceFinding with_texts = { .address = told->address,
                                 .action = or_empty (told->action),
                                 .status = or_empty (told->status),
                                 .diagnostic = or_empty (told->diagnostic),
                                 .words = or_empty (told->words) };
  const PdBounceFinding *finding = &with_texts;
  PdBounceClues clues = { .server = or_empty (told->server),
                          .reporter = or_empty (told->reporter),
                          .to_program = told->to_program,
                          .hearsay = told->hearsay };

  if (mail->bounce_recipients->len >= PD_BOUNCE_MAX_RECIPIENTS)
    return;
  one = pd_fields_new (&pd_bounce_recipient_fields);
  pd_text_take (&one->address, dup_bounded (finding->address, PD_BOUNCE_MAX_ADDRESS));
  /* a name alone, or blanks: it tells of nobody */
  if (*one->address == '\0')
    {
      pd_bounce_recipient_fields.free (one);
      return;
    }
  pd_text_take (&one->diagnostic, dup_bounded (finding->diagnostic, PD_BOUNCE_MAX_DIAGNOSTIC));
  pd_text_take (&one->status, dup_best_status (finding->status, one->diagnostic));
  pd_text_take (&one->reply_code, pd_bounce_dup_reply_code (one->diagnostic));
  complete (one, finding, &clues.at);
  pd_text_take (&one->action, g_strdup (best_action (finding->action, one->status)));
  clues.action = one->action;
  clues.status = one->status;
  clues.reply_code = one->reply_code;
  clues.said = finding->diagnostic;
  reason = pd_bounce_reason (&clues);
  /* below the address nothing is said; perhaps above it */
  if (told->hearsay && strcmp (reason, "onhold") == 0 && *finding->words != '\0')
    {
      clues.said = finding->words;
      reason = pd_bounce_reason (&clues);
    }
  pd_text_take (&one->reason, g_strdup (reason));
  one->hard = pd_bounce_is_hard (one->reason, one->status);
  g_ptr_array_add (mail->bounce_recipients, one);
}

/* A mail server names a pipe or a file that an alias leads to. */
static gboolean
is_address (const char *address)
{
  return strchr (address, '@') != NULL && *address != '|' && *address != '/' && *address != '"';
}

/* The recipient whom the sender wrote to, if the report says whom (RFC 3464
 * 2.3.1): an alias may have led to another, whom the sender does not know.
 */
static char *
dup_recipient (const char *original, const char *final)
{
  return g_strdup (is_address (original) || *final == '\0' ? original : final);
}

/* "X-Unix; 77" is an exit status: no words. */
static gboolean
is_bare (const char *diagnostic)
{
  return diagnostic[strspn (diagnostic, "0123456789 ")] == '\0';
}

/* sendmail tells the reason in brackets below the address: "(reason: …)". */
static char *
dup_told_reason (const char *words)
{
  const char *begin = strstr (words, "(reason: ");
  const char *end = begin == NULL ? NULL : strstr (begin, ") ");

  if (begin == NULL)
    return g_strdup (words);
  begin += strlen ("(reason: ");
  if (end == NULL)
    end = begin + strcspn (begin, ")");
  g_autofree char *reason = g_strndup (begin, (gsize)(end - begin));

  return g_strdup (is_bare (reason) ? words : reason);
}

static void
read_group (PdMail *mail, GHashTable *message, GHashTable *group, const PdBounceText *text)
{
  const char *diagnostic = pd_report_peek_text (pd_report_get (group, "diagnostic-code"));
  g_autofree char *final = pd_report_dup_address (pd_report_get (group, "final-recipient"));
  g_autofree char *original = pd_report_dup_address (pd_report_get (group, "original-recipient"));
  g_autofree char *address = dup_recipient (original, final);
  const char *words = pd_bounce_text_peek_words (text, final, original);
  g_autofree char *reason = is_bare (diagnostic) ? dup_told_reason (words) : g_strdup (diagnostic);
  PdBounceFinding finding
      = { .address = address,
          .action = pd_report_get (group, "action"),
          .status = pd_report_get (group, "status"),
          .diagnostic = reason,
          .words = words,
          .to_program = strchr (pd_report_get (group, "x-actual-recipient"), '|') != NULL,
          .server = pd_report_get (group, "remote-mta"),
          .reporter = pd_report_get (message, "reporting-mta") };

  if (*address != '\0')
    pd_bounce_add (mail, &finding);
}

static void
read_groups (PdMail *mail, const char *status, const PdBounceText *text)
{
  g_autoptr (GPtrArray) groups = pd_report_parse (status);

  for (guint i = 0; i < groups->len; i++)
    read_group (mail, groups->pdata[0], groups->pdata[i], text);
}

/* RFC 3464, RFC 6533, and what some programs make of it. */
static const char *const status_types[]
    = { "message/delivery-status", "message/global-delivery-status", "text/delivery-status", NULL };

static gboolean
has_status (const PdReader *reader)
{
  for (gsize i = 0; status_types[i] != NULL; i++)
    if (pd_reader_find_part (reader, status_types[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* A report in an enclosed mail is what the mail is about, not what it is; but a
 * mail may be nothing else than an enclosed one.
 */
static gboolean
is_enclosed (const PdMail *mail, const PdPart *part)
{
  return g_str_has_prefix (part->type, "message/") && part->children->len > 0 && part != mail->root;
}

static void
read_status_parts (PdReader *reader, const PdPart *part, const PdBounceText *text)
{
  if (part->children->len == 0 && g_strv_contains (status_types, part->type))
    {
      g_autofree char *status = pd_reader_dup_text (reader, part);

      read_groups (reader->mail, status, text);
    }
  if (is_enclosed (reader->mail, part))
    return;
  for (guint i = 0; i < part->children->len; i++)
    read_status_parts (reader, part->children->pdata[i], text);
}

/* Status fields in a text: of a report whose parts lost their types, or of one
 * that another program passed on as text.  NULL if there are none.
 */
static const char *
find_fields (const char *text)
{
  const char *found = NULL;

  for (const char *line = text; line != NULL && line - text < PD_BOUNCE_MAX_TEXT;)
    {
      static const char *const begins[]
          = { "reporting-mta:", "final-recipient:", "original-recipient:" };

      for (gsize i = 0; found == NULL && i < G_N_ELEMENTS (begins); i++)
        if (g_ascii_strncasecmp (line, begins[i], strlen (begins[i])) == 0)
          found = line;
      if (found != NULL && g_ascii_strncasecmp (line, "action:", 7) == 0)
        return found;
      line = strchr (line, '\n');
      line = line == NULL ? NULL : line + 1;
    }
  return found != NULL && strstr (found, "inal-") != NULL ? found : NULL;
}

/* The recipients in a text's status fields, up to the returned mail. */
static void
read_text_fields (PdReader *reader, const PdBounceText *text)
{
  const char *fields = find_fields (reader->mail->text);
  g_autofree char *piece = NULL;

  if (fields == NULL)
    return;
  /* "Action:" may stand before what names the recipient */
  while (fields > reader->mail->text + 1 && fields[-2] != '\n')
    for (fields--; fields > reader->mail->text && fields[-1] != '\n';)
      fields--;
  piece = g_strndup (fields, PD_BOUNCE_MAX_TEXT);
  read_groups (reader->mail, piece, text);
}

static gboolean
starts_with_any (const char *text, const char *const *words)
{
  for (gsize i = 0; words[i] != NULL; i++)
    if (g_str_has_prefix (text, words[i]))
      return TRUE;
  return FALSE;
}

gboolean
pd_bounce_contains_any (const char *text, const char *const *words)
{
  for (gsize i = 0; words[i] != NULL; i++)
    if (strstr (text, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* How reports begin their subjects, in the languages of the programs. */
static const char *const subjects[] = { "delivery status",
                                        "delivery notification",
                                        "delivery report",
                                        "delivery fail",
                                        "delivery error",
                                        "delivery problem",
                                        "delivery delay",
                                        "delivery has failed",
                                        "delivery has been",
                                        "delivery unsuccessful",
                                        "delivery incomplete",
                                        "delivery warning",
                                        "delivery to the following",
                                        "undeliver",
                                        "undelivrable",
                                        "failure notice",
                                        "failure notification",
                                        "failure delivery",
                                        "failed mail",
                                        "failed delivery",
                                        "failed to deliver",
                                        "failed message",
                                        "returned mail",
                                        "returned message",
                                        "returned to sender",
                                        "return receipt failure",
                                        "mail delivery",
                                        "mail system error",
                                        "mail error",
                                        "mail failure",
                                        "mail could not be",
                                        "mail not delivered",
                                        "mail undeliverable",
                                        "mail refused",
                                        "mail returned",
                                        "mail status report",
                                        "message not delivered",
                                        "message delivery",
                                        "message could not be",
                                        "message undeliverable",
                                        "message status",
                                        "message you sent",
                                        "email delivery",
                                        "e-mail delivery",
                                        "error sending",
                                        "there was an error sending",
                                        "non delivery",
                                        "non-delivery",
                                        "nondeliver",
                                        "nondelivery",
                                        "non-deliver",
                                        "not delivered",
                                        "could not send",
                                        "could not deliver",
                                        "unable to deliver",
                                        "unable to send",
                                        "cannot deliver",
                                        "can't deliver",
                                        "couldn't deliver",
                                        "permanent delivery",
                                        "permanent fail",
                                        "temporary delivery",
                                        "warning: could not",
                                        "warning: message",
                                        "warning: mail",
                                        "warning - delivery",
                                        "delayed mail",
                                        "delayed:",
                                        "delay notice",
                                        "mail delayed",
                                        "postmaster notify",
                                        "processing error",
                                        "user unknown",
                                        "bounce",
                                        "[bounce]",
                                        "rejected:",
                                        "rejected mail",
                                        "nachricht konnte nicht",
                                        "unzustellbar",
                                        "zustellung fehlgeschlagen",
                                        "fehlgeschlagene zustellung",
                                        "zustellungsfehler",
                                        "nicht zustellbar",
                                        "zustellbericht",
                                        "échec",
                                        "echec",
                                        "non remis",
                                        "non remise",
                                        "non distribu",
                                        "retour de courrier",
                                        "notification d'état",
                                        "no se puede entregar",
                                        "no se puede enviar",
                                        "no entregado",
                                        "no se pudo entregar",
                                        "error de entrega",
                                        "notificação de",
                                        "não foi possível entregar",
                                        "falha na entrega",
                                        "mensagem não",
                                        "mancato recapito",
                                        "mancata consegna",
                                        "recapito non riuscito",
                                        "onbestelbaar",
                                        "niet bezorgd",
                                        "nie dostarczono",
                                        "niedostarczon",
                                        "zwrot",
                                        "olevererbart",
                                        "kan ikke leveres",
                                        "det går inte att leverera",
                                        "kézbesíthetetlen",
                                        "nelze doručit",
                                        "nedoručiteln",
                                        "недостав",
                                        "не доставлен",
                                        "не удалось доставить",
                                        "ошибка доставки",
                                        "配信不能",
                                        "配信エラー",
                                        "配信できません",
                                        "未配信",
                                        "送信エラー",
                                        "エラーメール",
                                        "メール送信",
                                        "退信",
                                        "系统退信",
                                        "無法傳遞",
                                        "无法传递",
                                        "未送达",
                                        "投递失败",
                                        "邮件发送失败",
                                        "반송",
                                        "전송 실패",
                                        "배달되지 않음",
                                        NULL };

/* Local parts of the programs that report. */
static const char *const daemons[]
    = { "mailer-daemon", "mailer_daemon", "mailerdaemon",  "mail-daemon",   "mail_daemon",
        "maildaemon",    "mdaemon",       "mail-delivery", "mail.delivery", "maildelivery",
        "mail-system",   "mailsystem",    "mail_system",   "post_master",   NULL };

/* Those of programs or of people who look after them. */
static const char *const roles[] = { "postmaster", "postoffice", "mailadmin", "bounce", NULL };

static const char *const sender_names[]
    = { "mail delivery",      "mailer-daemon",        "mailer daemon",
        "delivery subsystem", "mail system",          "mail administrator",
        "postmaster",         "system administrator", NULL };

/* A person answers or passes on a report: it is not one. */
static gboolean
is_by_hand (const PdReader *reader, const char *subject)
{
  static const char *const prefixes[]
      = { "re:", "re[", "aw:",  "fwd:", "fw:",  "wg:",  "tr:", "rv:",
          "sv:", "vs:", "rif:", "i:",   "enc:", "res:", NULL };

  g_autofree char *tmda = pd_reader_dup_field (reader, "X-Delivery-Agent");

  /* TMDA asks whether the sender is a person */
  if (tmda != NULL && g_ascii_strncasecmp (tmda, "TMDA", 4) == 0)
    return TRUE;
  return starts_with_any (subject, prefixes);
}

typedef struct {
  gboolean daemon;  /* it comes from a program that does nothing else than report */
  gboolean program; /* it comes from a program that reports, or who looks after it */
  gboolean subject; /* its subject is that of a report */
  gboolean null;    /* it comes from the null sender */
  gboolean nobody;  /* its From is empty */
  gboolean by_hand;
} Look;

/* What the header says, before the body is looked at. */
static void
look (const PdReader *reader, Look *out)
{
  const PdMail *mail = reader->mail;
  g_autofree char *subject = g_utf8_strdown (mail->subject, -1);
  const char *path = reader->envelope_from != NULL ? reader->envelope_from : mail->return_path;

  if (mail->from->len > 0)
    {
      const PdAddress *first = mail->from->pdata[0];
      g_autofree char *from = g_utf8_strdown (first->address, -1);
      g_autofree char *name = g_utf8_strdown (first->name, -1);

      out->daemon = starts_with_any (from, daemons);
      out->program = out->daemon || starts_with_any (from, roles)
                     || pd_bounce_contains_any (name, sender_names);
    }
  out->nobody = mail->from->len == 0;
  out->null
      = path != NULL && (*path == '\0' || g_ascii_strncasecmp (path, "mailer-daemon", 13) == 0);
  out->by_hand = is_by_hand (reader, subject);
  out->subject
      = !out->by_hand
        && (starts_with_any (subject, subjects)
            || ((out->null || out->program) && pd_bounce_contains_any (subject, subjects)));
}

/* Whether the words are those of a report: of a program by its name, or by the
 * null sender or nobody in particular with the subject.
 */
static gboolean
is_report (const PdReader *reader, const Look *seen)
{
  g_autofree char *failed = pd_reader_dup_field (reader, "X-Failed-Recipients");
  g_autofree char *list = pd_reader_dup_field (reader, "X-MLServer");

  /* FML refuses what a stranger sends to its list */
  if (list != NULL && strstr (reader->mail->subject, "not member") != NULL)
    return TRUE;

  if (failed != NULL || (seen->null && seen->nobody))
    return TRUE;
  if (seen->program && seen->by_hand && !seen->daemon)
    return seen->null || reader->mail->in_reply_to->len == 0;
  return seen->program || seen->subject;
}

/* X-Failed-Recipients: Exim's and Google's list. */
static void
read_failed_field (PdReader *reader, const PdBounceText *text)
{
  g_autofree char *value = pd_reader_dup_field (reader, "X-Failed-Recipients");
  g_auto (GStrv) words = value == NULL ? NULL : g_strsplit_set (value, ", \t\r\n", 200);

  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      PdBounceFinding finding = { .address = words[i],
                                  .action = text->delayed ? "delayed" : "failed",
                                  .diagnostic = text->all->str,
                                  .hearsay = TRUE };

      if (strchr (words[i], '@') != NULL)
        pd_bounce_add (reader->mail, &finding);
    }
}

/* Old sendmail tells what failed, but not for whom: the returned mail says to
 * whom it went.
 */
static void
read_original_to (PdReader *reader, const PdBounceText *text, const char *action)
{
  PdMail *mail = reader->mail;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (pd_address_fields.free);

  pd_bounce_read_original (reader, text->copy);
  if (*mail->original_to == '\0')
    return;
  pd_reader_add_addresses (reader, list, "To", mail->original_to);
  for (guint i = 0; i < list->len; i++)
    {
      PdBounceFinding finding = { .address = ((PdAddress *)list->pdata[i])->address,
                                  .action = action,
                                  .diagnostic = text->all->str,
                                  .hearsay = TRUE };

      pd_bounce_add (mail, &finding);
    }
}

static void
read_words (PdReader *reader, const PdBounceText *text, const Look *seen)
{
  g_autofree char *subject = g_utf8_strdown (reader->mail->subject, -1);
  gboolean delayed = text->delayed || strstr (subject, "delay") != NULL
                     || g_str_has_prefix (subject, "warning: could not send")
                     || g_str_has_prefix (subject, "warning: message still");
  /* who lists recipients under a reporting program's name says enough */
  gboolean told = text->failed || delayed || (seen->program && seen->subject);
  const char *action = delayed ? "delayed" : "failed";

  for (guint i = 0; i < text->notes->len && told; i++)
    {
      const PdBounceNote *note = text->notes->pdata[i];
      PdBounceFinding finding
          = { .address = note->address,
              .action = action,
              .diagnostic = pd_bounce_text_peek_words (text, note->address, note->address),
              .words = text->all->str,
              .hearsay = TRUE };

      pd_bounce_add (reader->mail, &finding);
    }
  if (reader->mail->bounce_recipients->len == 0)
    read_failed_field (reader, text);
  if (reader->mail->bounce_recipients->len == 0 && told)
    read_original_to (reader, text, action);
}

/* Amazon SNS sends its notices from an address of its own. */
static gboolean
is_notice (const PdMail *mail)
{
  const PdAddress *from = mail->from->len > 0 ? mail->from->pdata[0] : NULL;

  return (from != NULL && g_ascii_strcasecmp (from->address, "no-reply@sns.amazonaws.com") == 0)
         || g_str_has_prefix (mail->subject, "AWS Notification Message");
}

static void
read_report (PdReader *reader, const Look *seen, gboolean report)
{
  PdMail *mail = reader->mail;
  g_autoptr (PdBounceText) text = pd_bounce_text_new (reader);

  read_status_parts (reader, mail->root, text);
  if (mail->bounce_recipients->len == 0 && report)
    read_text_fields (reader, text);
  if (mail->bounce_recipients->len == 0 && report)
    read_words (reader, text, seen);
  if (mail->bounce_recipients->len > 0)
    pd_bounce_read_original (reader, text->copy);
}

void
pd_reader_bounce (PdReader *reader)
{
  PdMail *mail = reader->mail;
  PdPart *feedback = pd_reader_find_part (reader, "message/feedback-report");
  Look seen = { 0 };
  gboolean report;

  if (feedback != NULL)
    {
      pd_bounce_read_original (reader, strlen (mail->text));
      return;
    }
  if (is_notice (mail) && pd_bounce_read_notice (mail, mail->text))
    return;
  look (reader, &seen);
  report = is_report (reader, &seen);
  if (report || has_status (reader))
    read_report (reader, &seen, report);
}
