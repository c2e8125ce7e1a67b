/* bounce-text.c - delivery reports in free words: qmail, Exim and many others.
 *
 * A report names an address at the beginning of a line or behind a label, and
 * says below it what happened, until the copy of the returned mail begins.
 * Addresses also stand in greetings, advice and the header of the returned
 * mail, so each gets a weight, and those that weigh most are the recipients.
 */
#include <string.h>

#include "mail/bounce.h"

#define MAX_LINE 1000  /* octets of a line that are read */
#define MAX_WORDS 4000 /* octets of what is said about an address */
#define MAX_NOTES 200

/* How surely an address is a recipient. */
enum {
  WEIGHT_NONE,
  WEIGHT_ECHO,     /* "To: a@b" of the returned mail's header */
  WEIGHT_SENTENCE, /* in a sentence that tells of a failure */
  WEIGHT_LABEL,    /* "User unknown: a@b" */
  WEIGHT_LINE,     /* the line begins with it, or a label for recipients */
  WEIGHT_LIST,     /* that, right below "… the following recipients:" */
};

/* Words that tell that nothing is lost yet. */
static const char *const delays[] = { "will be retried",
                                      "will retry",
                                      "will continue to try",
                                      "will keep trying",
                                      "will be attempted",
                                      "still being retried",
                                      "still trying to deliver",
                                      "delivery attempts will continue",
                                      "delivery will continue to be attempted",
                                      "not yet been delivered",
                                      "not been delivered yet",
                                      "could not be delivered yet",
                                      "not been able to deliver your message for",
                                      "warning message only",
                                      "only a warning",
                                      "only a temporary failure report",
                                      "no action is required on your part",
                                      "do not need to resend",
                                      "do not need to re-send",
                                      "do not resend your",
                                      "warning: could not send",
                                      "warning: message still undelivered",
                                      "has been delayed",
                                      "is delayed",
                                      "was delayed",
                                      "being delayed",
                                      "noch nicht zugestellt",
                                      "verzögert",
                                      "n'a pas encore été remis",
                                      "a été retardé",
                                      "se ha retrasado",
                                      "ещё не доставлено",
                                      "еще не доставлено",
                                      "задержано",
                                      "配信が遅れて",
                                      "遅延",
                                      NULL };

/* Words that tell that all is lost, whatever else the text says of trying. */
static const char *const ends[] = { "permanent fatal",
                                    "permanent error",
                                    "permanently",
                                    "permanent failure",
                                    "no such user",
                                    "i've given up",
                                    "giving up",
                                    "has been removed from the queue",
                                    NULL };

static const char *const failures[] = {
  "fail",           "undeliver",     "could not be", "not delivered", "unknown",     "error",
  "reject",         "returned",      "unable to",    "wasn't able",   "not able to", "couldn't",
  "wasn't",         "problem",       "full",         "quota",         "invalid",     "no such",
  "does not exist", "bounce",        "denied",       "not found",     "refused",     "permanent",
  "disabled",       "not exist",     "cannot",       "can not",       "can't",       "not reach",
  "aborted",        "not accept",    "no longer",    "exceed",        "non-deliver", "nondeliver",
  "unreachable",    "not known",     "malformed",    "deferred",      "not active",  "suspended",
  "did not",        "no mailbox",    "not a member", "nicht",         "n'a pas",     "n'ont pas",
  "impossible",     "introuvable",   "échec",        "echec",         "no se ha",    "no se pudo",
  "error",          "não",           "non è",        "impossibile",   "не может",    "не доставлен",
  "недостав",       "не удалось",    "не найден",    "エラー",        "できません",  "できなかった",
  "失敗",           "配信不能",      "無法",         "无法",          "失败",        "退信",
  "niet",           "niedostarczon", "nie można",    "kunde inte",    "ikke",        NULL
};

/* A line that says that what follows, or what it ends in, is the list. */
static const char *const headings[] = { "recipient",
                                        "following address",
                                        "these address",
                                        "following user",
                                        "addresses had",
                                        "address(es)",
                                        "address failed",
                                        "was not delivered to",
                                        "not delivered to",
                                        "undeliverable to",
                                        "to the following",
                                        "empfänger",
                                        "destinataire",
                                        "destinatario",
                                        "destinatário",
                                        "получател",
                                        "адрес",
                                        "受信者",
                                        "宛先",
                                        "收件人",
                                        NULL };

/* Labels of addresses that are somebody else's. */
static const char *const foreign[]
    = { "from", "sender",   "reply-to",   "return-path", "contact", "postmaster",
        "x-",   "received", "message-id", "errors-to",   "by",      "mailto",
        "von",  "de",       "от",         "absender",    NULL };

/* Where in this line the first address begins; its end in `out_end`.  NULL if
 * there is none.
 */
static gboolean
is_address_char (char c)
{
  return (guint8)c >= 0x80 || g_ascii_isalnum (c)
         || (c != '\0' && strchr (".-_+=%!#$&'*/?^`{|}~", c) != NULL);
}

static const char *
find_address (const char *line, const char **out_end)
{
  for (const char *at = strchr (line, '@'); at != NULL; at = strchr (at + 1, '@'))
    {
      const char *begin = at, *end = at + 1;

      while (begin > line && is_address_char (begin[-1]))
        begin--;
      while (is_address_char (*end))
        end++;
      while (end > at + 1 && strchr (".'*=-/?!|", end[-1]) != NULL)
        end--;
      /* dda:SMTP=a@b is X.400's; a bullet or quote is not part of the address */
      if (at - begin > 5 && g_ascii_strncasecmp (begin, "smtp=", 5) == 0)
        begin += 5;
      while (begin < at && strchr ("'*=-|/", *begin) != NULL)
        begin++;
      if (begin < at && end > at + 1 && end - begin < PD_BOUNCE_MAX_ADDRESS
          && g_ascii_strncasecmp (begin, "IMCEA", 5) != 0)
        {
          *out_end = end;
          return begin;
        }
    }
  return NULL;
}

/* The sender of the returned mail, who gets this report, is not who could not
 * be reached; nor is the program that reports.
 */
static gboolean
is_own (const PdMail *mail, const char *address)
{
  const GPtrArray *lists[] = { mail->to, mail->from };

  for (gsize k = 0; k < G_N_ELEMENTS (lists); k++)
    for (guint i = 0; i < lists[k]->len && i < 10; i++)
      if (g_ascii_strcasecmp (((PdAddress *)lists[k]->pdata[i])->address, address) == 0)
        return TRUE;
  return FALSE;
}

/* Those who help, named in advice. */
static gboolean
is_helper (const char *address)
{
  static const char *const names[]
      = { "support@", "helpdesk@", "abuse@", "postmaster@",    "hostmaster@", "noc@",
          "mailadm",  "admin@",    "help@",  "mailer-daemon@", "webmaster@",  NULL };

  for (gsize i = 0; names[i] != NULL; i++)
    if (g_ascii_strncasecmp (address, names[i], strlen (names[i])) == 0)
      return TRUE;
  return FALSE;
}

/* The weight by the words before the address, small letters, "" at the margin. */
static guint
weigh_label (char *before, gboolean failing)
{
  static const char *const labels[] = { "recipient",
                                        "recipients",
                                        "recipient(s)",
                                        "recipient address",
                                        "rcpt to",
                                        "rcpt",
                                        "addressed to",
                                        "final-recipient",
                                        "final recipient",
                                        "final-recipient: rfc822;",
                                        "failed recipient",
                                        "destination",
                                        "empfänger",
                                        "destinataire",
                                        "destinatario",
                                        "destinatário",
                                        "*recipient*",
                                        "получатель",
                                        "宛先",
                                        "delivered to",
                                        "smtp",
                                        "your message to",
                                        "message to",
                                        "deliver message to",
                                        "sent to",
                                        NULL };
  const char *begin = before + strspn (before, " \t>*-|.");
  gsize length;

  g_strchomp (before);
  length = strlen (before);
  while (length > 0 && strchr ("<\"'([ \t", before[length - 1]) != NULL)
    length--;
  before[length] = '\0';
  if (*begin == '\0' || begin >= before + length)
    return WEIGHT_LINE;
  /* FML: "You are not a member of this mailing list <list@example.org>." */
  if (failing && g_str_has_suffix (begin, "mailing list"))
    return WEIGHT_LIST;
  if (before[length - 1] != ':' && before[length - 1] != '=' && before[length - 1] != ';')
    return failing || g_str_has_suffix (begin, "addressed to") ? WEIGHT_SENTENCE : WEIGHT_NONE;
  before[length - 1] = '\0';
  for (gsize i = 0; foreign[i] != NULL; i++)
    if (g_str_has_prefix (begin, foreign[i]) && !g_ascii_isalpha (begin[strlen (foreign[i])]))
      return WEIGHT_NONE;
  if (strcmp (begin, "to") == 0 || strcmp (begin, "cc") == 0 || strcmp (begin, "an") == 0
      || strcmp (begin, "кому") == 0 || strcmp (begin, "à") == 0 || strcmp (begin, "para") == 0)
    return WEIGHT_ECHO;
  for (gsize i = 0; labels[i] != NULL; i++)
    if (g_str_has_suffix (begin, labels[i]))
      return WEIGHT_LINE;
  if (strstr (begin, "original address") != NULL || strstr (begin, "mail from") != NULL)
    return WEIGHT_NONE;
  return failing || pd_bounce_contains_any (begin, headings) ? WEIGHT_LABEL : WEIGHT_SENTENCE;
}

typedef struct {
  const PdMail *mail;
  PdBounceText *text;
  PdBounceNote *note; /* the one that the words belong to */
  guint n_addresses;  /* of recipients in this line */
  gboolean heading;   /* this paragraph speaks of recipients */
  gboolean in_list;   /* below a heading */
  gboolean listed;    /* the list has begun */
  gboolean locals;    /* it lists names without a domain */
  gboolean ended;     /* it says that all is lost */
} Scan;

static void
note_free (gpointer data)
{
  PdBounceNote *note = data;

  g_free (note->address);
  g_string_free (note->words, TRUE);
  g_free (note);
}

static PdBounceNote *
find_note (const PdBounceText *text, const char *address)
{
  for (guint i = 0; i < text->notes->len; i++)
    {
      PdBounceNote *note = text->notes->pdata[i];

      if (g_ascii_strcasecmp (note->address, address) == 0)
        return note;
    }
  return NULL;
}

static PdBounceNote *
add_note (PdBounceText *text, const char *address, guint weight)
{
  PdBounceNote *note = find_note (text, address);

  if (note == NULL && text->notes->len < MAX_NOTES)
    {
      note = g_new0 (PdBounceNote, 1);
      note->address = g_strdup (address);
      note->words = g_string_new (NULL);
      g_ptr_array_add (text->notes, note);
    }
  if (note != NULL)
    note->weight = MAX (note->weight, weight);
  return note;
}

static void
add_words (GString *words, const char *line)
{
  if (*line == '\0' || words->len + strlen (line) > MAX_WORDS)
    return;
  if (words->len > 0)
    g_string_append_c (words, ' ');
  g_string_append (words, line);
}

/* "userx (not found)" below a heading: a name in the domain of the program that
 * reports, as GroupWise and AOL list them.
 */
static char *
dup_local_name (const Scan *scan, const char *line)
{
  const char *begin = line + strspn (line, " \t");
  gsize length = strcspn (begin, " \t(:;,");
  const PdAddress *from = scan->mail->from->len > 0 ? scan->mail->from->pdata[0] : NULL;
  const char *at = from == NULL ? NULL : strrchr (from->address, '@');

  if (begin == line || at == NULL || !g_ascii_isalpha (*begin) || length > 64
      || strchr (line, '@') != NULL)
    return NULL;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (begin[i]) && strchr ("._-+", begin[i]) == NULL)
      return NULL;
  if (begin[length] != '\0' && begin[length] != '(' && !g_str_has_prefix (begin + length, " (")
      && !g_str_has_prefix (begin + length, "  "))
    return NULL;
  return g_strdup_printf ("%.*s%s", (int)length, begin, at);
}

static gboolean
is_blank (const char *line)
{
  return line[strspn (line, " \t\r*-=_")] == '\0';
}

/* The addresses of a line, each with its weight; the last one gets the words. */
static void
read_addresses (Scan *scan, const char *line, const char *small)
{
  gboolean failing = strlen (small) < 300 && pd_bounce_contains_any (small, failures);
  const char *rest = line, *end = NULL;
  guint line_weight = WEIGHT_NONE;

  for (const char *begin = find_address (rest, &end); begin != NULL;
       begin = find_address (rest, &end))
    {
      g_autofree char *address = g_strndup (begin, (gsize)(end - begin));
      g_autofree char *written = g_strndup (rest, (gsize)(begin - rest));
      g_autofree char *before = g_utf8_strdown (written, -1);
      guint weight = rest == line ? weigh_label (before, failing)
                     : strlen (before) == strspn (before, " \t,;<>'\"") ? line_weight
                                                                        : WEIGHT_NONE;

      rest = end;
      line_weight = weight;
      if (weight == WEIGHT_LINE && scan->in_list)
        weight = WEIGHT_LIST;
      if (weight < WEIGHT_LIST && weight > WEIGHT_ECHO && is_helper (address))
        weight = WEIGHT_SENTENCE;
      if (weight == WEIGHT_NONE || (weight < WEIGHT_LIST && is_own (scan->mail, address)))
        continue;
      scan->note = add_note (scan->text, address, weight);
      scan->listed |= scan->in_list;
      scan->n_addresses += weight >= WEIGHT_LABEL;
    }
}

/* Where the list of recipients begins and ends: below a paragraph that speaks
 * of recipients and ends in a colon.
 */
static void
follow_list (Scan *scan, const char *line, const char *small)
{
  gsize length = strlen (small);

  if (is_blank (line))
    {
      if (scan->listed)
        scan->in_list = scan->listed = FALSE;
      scan->heading = FALSE;
      return;
    }
  if (length >= 300 || scan->n_addresses > 0)
    return;
  scan->heading |= pd_bounce_contains_any (small, headings);
  if (scan->heading
      && (small[length - 1] == ':' || small[length - 1] == '-' || g_str_has_suffix (small, "：")))
    {
      scan->in_list = TRUE;
      scan->listed = FALSE;
    }
}

static void
read_line (Scan *scan, char *line)
{
  g_autofree char *small = NULL;
  g_autofree char *name = NULL;

  g_strchomp (line);
  small = g_utf8_strdown (line, -1);
  scan->n_addresses = 0;
  scan->text->delayed = scan->text->delayed || pd_bounce_contains_any (small, delays);
  scan->text->failed = scan->text->failed || pd_bounce_contains_any (small, failures);
  scan->ended = scan->ended || pd_bounce_contains_any (small, ends);
  if (strchr (line, '@') != NULL)
    read_addresses (scan, line, small);
  else if (scan->in_list && (scan->locals || !scan->listed)
           && (name = dup_local_name (scan, line)) != NULL)
    {
      scan->note = add_note (scan->text, name, WEIGHT_LIST);
      scan->listed = scan->locals = TRUE;
    }
  follow_list (scan, line, small);
  g_strchug (line);
  if (scan->note != NULL)
    add_words (scan->note->words, line);
  add_words (scan->text->all, line);
}

/* "----- Original message -----", "Unsent message below:", "Below this line is a
 * copy of the message." and the like.
 */
static gboolean
is_copy (const char *small)
{
  static const char *const names[] = { "original message",
                                       "original mail",
                                       "unsent message",
                                       "undelivered message",
                                       "returned message",
                                       "returned mail",
                                       "failed message",
                                       "bounced message",
                                       "copy of your message",
                                       "copy of the message",
                                       "copy of the original",
                                       "copy of the mail",
                                       "copy of the undelivered",
                                       "message text follows",
                                       "message header follows",
                                       "message headers follow",
                                       "message headers:",
                                       "message reads (in part)",
                                       "headers of the original",
                                       "header of the original",
                                       "headers of the message",
                                       "the undelivered mail",
                                       "original headers",
                                       "nachrichtenkopf",
                                       "ursprüngliche nachricht",
                                       "kopie der nachricht",
                                       "originalnachricht",
                                       "message d'origine",
                                       "message original",
                                       "mensaje original",
                                       "encabezados",
                                       "mensagem original",
                                       "messaggio originale",
                                       "исходное письмо",
                                       "исходное сообщение",
                                       "заголовки исходного",
                                       "копия письма",
                                       "元のメッセージ",
                                       "送信メール",
                                       "原邮件",
                                       "原信",
                                       NULL };
  gsize length = strlen (small);

  if (g_str_has_prefix (small, "received:") || g_str_has_prefix (small, "return-path:")
      || g_str_has_prefix (small, "dkim-signature:") || g_str_has_prefix (small, "x-received:"))
    return TRUE;
  if (length > 120 || !pd_bounce_contains_any (small, names) || strstr (small, "mts-id") != NULL)
    return FALSE;
  return strstr (small, "---") != NULL || strstr (small, "===") != NULL
         || strstr (small, "***") != NULL || small[length - 1] == ':'
         || strstr (small, "follows") != NULL || strstr (small, "below") != NULL
         || strstr (small, "is a copy") != NULL || strstr (small, "included is") != NULL
         || strstr (small, "headers") != NULL || strstr (small, "folgt") != NULL
         || g_str_has_suffix (small, "：");
}

/* A gateway's notice below a rule: "_____ This email has been scanned for …". */
static gboolean
is_notice_rule (const char *line)
{
  gsize n = strspn (line, "_");

  return n >= 20 && line[n] == '\0';
}

static char *
dup_line (const char *text, gsize length)
{
  g_autofree char *line = g_strndup (text, MIN (length, MAX_LINE));

  return length > MAX_LINE ? g_utf8_make_valid (line, -1) : g_steal_pointer (&line);
}

static void
read_lines (Scan *scan, const char *text)
{
  gsize done = 0;
  gboolean over = FALSE; /* the words; status fields or a gateway's notice go on */

  while (text[done] != '\0' && done < PD_BOUNCE_MAX_TEXT)
    {
      gsize length = strcspn (text + done, "\n");
      g_autofree char *line = dup_line (text + done, length);
      g_autofree char *small = g_utf8_strdown (line, -1);

      if (done > 0 && is_copy (g_strchomp (small)))
        break;
      over |= is_notice_rule (g_strchomp (line)) && scan->note != NULL;
      over |= g_str_has_prefix (small, "reporting-mta:")
              || g_str_has_prefix (small, "final-recipient:");
      if (!over)
        read_line (scan, line);
      done += length;
      done += text[done] == '\n';
    }
  scan->text->copy = done;
}

/* Only the surest addresses are recipients; what is said of the others is said
 * in the text.
 */
static void
drop_light (PdBounceText *text)
{
  guint best = WEIGHT_NONE;

  for (guint i = 0; i < text->notes->len; i++)
    best = MAX (best, ((PdBounceNote *)text->notes->pdata[i])->weight);
  for (guint i = text->notes->len; i > 0; i--)
    if (((PdBounceNote *)text->notes->pdata[i - 1])->weight < best)
      g_ptr_array_remove_index (text->notes, i - 1);
}

PdBounceText *
pd_bounce_text_new (const PdReader *reader)
{
  PdBounceText *text = g_new0 (PdBounceText, 1);
  Scan scan = { .mail = reader->mail, .text = text };

  text->notes = g_ptr_array_new_with_free_func (note_free);
  text->all = g_string_new (NULL);
  read_lines (&scan, reader->mail->text);
  text->delayed = text->delayed && !scan.ended;
  drop_light (text);
  return text;
}

void
pd_bounce_text_free (PdBounceText *text)
{
  if (text == NULL)
    return;
  g_ptr_array_unref (text->notes);
  g_string_free (text->all, TRUE);
  g_free (text);
}

/* The address alone says nothing: what is said of all is said of it. */
static gboolean
says_something (const PdBounceNote *note)
{
  return note != NULL && note->words->len >= strlen (note->address) + 8;
}

const char *
pd_bounce_text_peek_words (const PdBounceText *text, const char *address, const char *other)
{
  const PdBounceNote *note = find_note (text, address);

  if (!says_something (note))
    note = find_note (text, other);
  return says_something (note) ? note->words->str : text->all->str;
}
