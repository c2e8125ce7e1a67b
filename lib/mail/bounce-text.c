/* bounce-text.c - delivery reports in free words: qmail, Exim and many others.
 *
 * A report names an address at the beginning of a line, or in <>, and says
 * below it what happened, until the copy of the returned mail begins.  The
 * words also complete an RFC 3464 report that has no Diagnostic-Code.
 */
#include <string.h>

#include "mail/bounce-reason.h"
#include "mail/bounce.h"

#define MAX_TEXT (64 * 1024) /* octets of the text that are searched */
#define MAX_WORDS 1500       /* octets of what is said about an address */
#define MAX_FOUND 100        /* recipients in free words */

static gboolean
contains_any (const char *text, const char *const *words)
{
  for (gsize i = 0; words[i] != NULL; i++)
    if (strstr (text, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
starts_with_any (const char *text, const char *const *words)
{
  for (gsize i = 0; words[i] != NULL; i++)
    if (g_str_has_prefix (text, words[i]))
      return TRUE;
  return FALSE;
}

static const char *const subjects[] = { "delivery status notification",
                                        "undelivered",
                                        "undeliverable",
                                        "undeliver",
                                        "failure notice",
                                        "delivery failure",
                                        "returned mail",
                                        "mail delivery failed",
                                        "mail delivery failure",
                                        "mail system error",
                                        "mail error",
                                        "delivery notification",
                                        "delivery reports about",
                                        "non delivery",
                                        "non-delivery",
                                        "message not delivered",
                                        "message delivery",
                                        "mail could not be delivered",
                                        "nondeliverable",
                                        "delivery error",
                                        "delivery failed",
                                        "failed delivery",
                                        "error sending",
                                        "unzustellbar",
                                        "warning: could not send",
                                        "warning: message",
                                        "mail undeliverable",
                                        "permanent delivery failure",
                                        "returned to sender",
                                        "warning: mail delayed",
                                        "unable to deliver",
                                        "could not send message",
                                        "delayed mail",
                                        "undelivrable",
                                        "delivery delay",
                                        "mail delivery problem",
                                        "notification d'échec",
                                        "notificação de",
                                        "mail not delivered",
                                        "failed mail",
                                        "bounced",
                                        "postmaster notify",
                                        "недоставлен",
                                        "mail refused",
                                        "failed to deliver",
                                        "[bounce]",
                                        NULL };

static const char *const senders[]
    = { "mailer-daemon", "postmaster",    "mail-daemon", "maildaemon",
        "mailerdaemon",  "mail_daemon",   "bounce",      "mdaemon",
        "postoffice",    "mail-delivery", "mailadmin",   NULL };

/* Whether a machine reports on a delivery here: by its name, confirmed by the
 * subject, or by the null sender and the subject.
 */
static gboolean
is_report (const PdReader *reader)
{
  const PdMail *mail = reader->mail;
  g_autofree char *subject = g_utf8_strdown (mail->subject, -1);
  g_autofree char *from = NULL;
  g_autofree char *name = NULL;

  if (mail->from->len > 0)
    {
      from = g_utf8_strdown (((PdAddress *)mail->from->pdata[0])->address, -1);
      name = g_utf8_strdown (((PdAddress *)mail->from->pdata[0])->name, -1);
    }
  if (from != NULL && starts_with_any (from, senders))
    return TRUE;
  if (name != NULL
      && (strstr (name, "mail delivery") != NULL || strstr (name, "mailer-daemon") != NULL))
    return TRUE;
  return starts_with_any (subject, subjects);
}

/* Where the copy of the returned mail begins. */
static const char *const copies[] = { "below this line is a copy",
                                      "this is a copy of the message",
                                      "this is a copy of your message",
                                      "original message follows",
                                      "message header follows",
                                      "the header of the original",
                                      "----- unsent message",
                                      "----- original message",
                                      "-----original message",
                                      "--- original message",
                                      "original message headers",
                                      "headers of the original",
                                      "message headers follow",
                                      "returned message follows",
                                      "your original message",
                                      "your message follows",
                                      "included is a copy",
                                      "a copy of the original message",
                                      "--- undelivered message",
                                      "unsent message below",
                                      "------ failed message",
                                      "contents of the original message",
                                      "--- header of the original",
                                      NULL };

static gboolean
is_copy (const char *small)
{
  return contains_any (small, copies) || g_str_has_prefix (small, "received: ")
         || g_str_has_prefix (small, "return-path: ");
}

/* Words that tell that nothing is lost yet. */
static const char *const delays[] = { "will be retried",
                                      "will continue to try",
                                      "still being retried",
                                      "will keep trying",
                                      "delivery attempts will continue",
                                      "has not yet been delivered",
                                      "not been able to deliver your message for",
                                      "this is a warning message only",
                                      "no action is required on your part",
                                      "do not need to resend",
                                      "warning: could not send",
                                      "delayed",
                                      "will retry",
                                      "has not been delivered yet",
                                      "will be attempted",
                                      NULL };

static const char *const failures[] = {
  "fail",           "undeliver", "could not be", "not delivered", "unknown",     "error",
  "rejected",       "reject",    "returned",     "unable to",     "wasn't able", "not able to",
  "couldn't",       "problem",   "full",         "quota",         "invalid",     "no such",
  "does not exist", "bounce",    "denied",       "not found",     "refused",     "permanent",
  "disabled",       "not exist", "cannot",       "can not",       NULL
};

static gboolean
is_address_char (char c)
{
  return (guint8)c >= 0x80 || g_ascii_isalnum (c)
         || (c != '\0' && strchr (".-_+=%!#$&'*/?^`{|}~", c) != NULL);
}

/* The first address of a line, or NULL. */
static char *
dup_address (const char *line)
{
  const char *at = strchr (line, '@');
  const char *begin = at, *end = at;

  if (at == NULL)
    return NULL;
  while (begin > line && is_address_char (begin[-1]))
    begin--;
  for (end++; is_address_char (*end); end++)
    ;
  while (end > at + 1 && (end[-1] == '.' || end[-1] == '\''))
    end--;
  while (begin < at && *begin == '\'')
    begin++;
  if (begin == at || end == at + 1 || strstr (begin, "://") == begin)
    return NULL;
  return g_strndup (begin, (gsize)(end - begin));
}

/* The sender of the returned mail, who gets this report, is not who could not
 * be reached; nor is the program that reports.
 */
static gboolean
is_own (const PdReader *reader, const char *address)
{
  const GPtrArray *lists[] = { reader->mail->to, reader->mail->from };

  for (gsize k = 0; k < G_N_ELEMENTS (lists); k++)
    for (guint i = 0; i < lists[k]->len && i < 10; i++)
      if (g_ascii_strcasecmp (((PdAddress *)lists[k]->pdata[i])->address, address) == 0)
        return TRUE;
  return FALSE;
}

/* Whether the line names a recipient: "<a@b>:", "a@b", "To: a@b", or the
 * address in a sentence that tells of a failure.
 */
static gboolean
names_recipient (const char *small, const char *address)
{
  const char *begin = small + strspn (small, " \t<*>-'\"");
  g_autofree char *wanted = g_ascii_strdown (address, -1);
  gsize length = strlen (small);

  if (g_str_has_prefix (begin, wanted) || g_str_has_prefix (begin, "to:")
      || g_str_has_prefix (begin, "recipient:") || g_str_has_prefix (begin, "smtp:")
      || g_str_has_prefix (begin, "rcpt to:") || g_str_has_prefix (begin, "address:"))
    return TRUE;
  return length < 300 && contains_any (small, failures);
}

typedef struct {
  GPtrArray *addresses; /* of char* */
  GPtrArray *words;     /* of GString: what is said below each */
  GString *all;
  gboolean delayed, failed;
} Found;

static gboolean
is_known (const Found *found, const char *address)
{
  for (guint i = 0; i < found->addresses->len; i++)
    if (g_ascii_strcasecmp (found->addresses->pdata[i], address) == 0)
      return TRUE;
  return FALSE;
}

static void
string_free (gpointer data)
{
  g_string_free (data, TRUE);
}

static void
add_words (GString *words, const char *line)
{
  if (words->len + strlen (line) > MAX_WORDS)
    return;
  if (words->len > 0)
    g_string_append_c (words, ' ');
  g_string_append (words, line);
}

static void
read_line (const PdReader *reader, Found *found, char *line)
{
  g_autofree char *small = g_utf8_strdown (line, -1);
  g_autofree char *address = dup_address (line);

  found->delayed |= contains_any (small, delays);
  found->failed |= contains_any (small, failures);
  if (address != NULL && found->addresses->len < MAX_FOUND && !is_known (found, address)
      && !is_own (reader, address) && names_recipient (small, address))
    {
      g_ptr_array_add (found->addresses, g_steal_pointer (&address));
      g_ptr_array_add (found->words, g_string_new (NULL));
    }
  if (found->words->len > 0)
    add_words (found->words->pdata[found->words->len - 1], g_strstrip (line));
  add_words (found->all, g_strstrip (line));
}

static void
read_lines (const PdReader *reader, Found *found)
{
  const char *text = reader->mail->text;
  gsize done = 0;

  while (*text != '\0' && done < MAX_TEXT)
    {
      gsize length = strcspn (text, "\n");
      g_autofree char *line = g_strndup (text, MIN (length, 1000));
      g_autofree char *small = NULL;

      if (length > 1000)
        {
          char *valid = g_utf8_make_valid (line, -1);

          g_free (line);
          line = valid;
        }
      small = g_utf8_strdown (line, -1);
      if (is_copy (small) && done > 0)
        return;
      read_line (reader, found, line);
      text += length;
      text += *text == '\n';
      done += length + 1;
    }
}

/* X-Failed-Recipients is Exim's exact list. */
static void
read_failed_field (const PdReader *reader, Found *found)
{
  g_autofree char *value = pd_reader_dup_field (reader, "X-Failed-Recipients");
  g_auto (GStrv) words = value == NULL ? NULL : g_strsplit_set (value, ", \t\r\n", 200);

  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    if (strchr (words[i], '@') != NULL && found->addresses->len < MAX_FOUND
        && !is_known (found, words[i]))
      {
        g_ptr_array_add (found->addresses, g_strdup (words[i]));
        g_ptr_array_add (found->words, g_string_new (NULL));
      }
}

static const char *
words_for (const Found *found, guint i)
{
  const GString *words = found->words->pdata[i];

  return words->len > 0 ? words->str : found->all->str;
}

static void
complete (PdMail *mail, const Found *found)
{
  for (guint i = 0; i < mail->bounce_recipients->len; i++)
    {
      PdBounceRecipient *one = mail->bounce_recipients->pdata[i];
      const char *words = found->all->str;

      if (*one->diagnostic != '\0')
        continue;
      for (guint k = 0; k < found->addresses->len; k++)
        if (g_ascii_strcasecmp (found->addresses->pdata[k], one->address) == 0)
          words = words_for (found, k);
      g_free (one->diagnostic);
      one->diagnostic = g_strdup (words);
      g_free (one->reply_code);
      one->reply_code = pd_bounce_dup_reply_code (words);
      g_free (one->reason);
      one->reason = g_strdup (pd_bounce_reason (one->status, words));
      one->hard = pd_bounce_is_hard (one->reason);
    }
}

static void
add_found (PdReader *reader, const Found *found)
{
  g_autofree char *subject = g_utf8_strdown (reader->mail->subject, -1);
  gboolean delayed = found->delayed || g_str_has_prefix (subject, "warning:")
                     || strstr (subject, "delay") != NULL;

  if (!found->failed && !delayed)
    return;
  for (guint i = 0; i < found->addresses->len; i++)
    pd_bounce_add (reader->mail, found->addresses->pdata[i], delayed ? "delayed" : "failed", "",
                   words_for (found, i));
}

void
pd_bounce_read_text (PdReader *reader)
{
  Found found = { 0 };

  if (reader->mail->bounce_recipients->len == 0 && !is_report (reader))
    return;
  found.addresses = g_ptr_array_new_with_free_func (g_free);
  found.words = g_ptr_array_new_with_free_func (string_free);
  found.all = g_string_new (NULL);
  read_failed_field (reader, &found);
  read_lines (reader, &found);
  if (reader->mail->bounce_recipients->len > 0)
    complete (reader->mail, &found);
  else
    add_found (reader, &found);
  g_ptr_array_unref (found.addresses);
  g_ptr_array_unref (found.words);
  g_string_free (found.all, TRUE);
}
