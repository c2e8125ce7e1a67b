#include "mail/bounce-reason.h"

#include <string.h>

#include "mail/bounce-phrases.h"

/* `words` with '*' for a bounded gap; each piece is looked for once behind the
 * first that fits, so it stays linear.
 */
static gboolean
tells (const char *text, const char *words)
{
  const char *star = strchr (words, '*');
  const char *at;
  gsize length;

  if (star == NULL)
    return strstr (text, words) != NULL;
  length = (gsize)(star - words);
  while (length > 0 && words[length - 1] == ' ')
    length--;
  for (at = text; (at = strchr (at, *words)) != NULL; at++)
    if (strncmp (at, words, length) == 0)
      {
        const char *rest = star + 1 + strspn (star + 1, " ");
        gsize room = strnlen (at + length, PD_BOUNCE_MAX_GAP + strlen (rest));

        if (g_strstr_len (at + length, (gssize)room, rest) != NULL)
          return TRUE;
      }
  return FALSE;
}

static gboolean
is (const char *reason, const char *name)
{
  return reason != NULL && strcmp (reason, name) == 0;
}

static const char *
find_phrase (const PdBouncePhrase *phrases, const char *text)
{
  for (; phrases->words != NULL; phrases++)
    if (tells (text, phrases->words))
      return phrases->reason;
  return NULL;
}

static const char *
find_status (const char *status)
{
  for (const PdBouncePhrase *row = pd_bounce_statuses; *status != '\0' && row->words != NULL; row++)
    {
      const char *text = *row->words == '.' ? strchr (status, '.') : status;
      gsize length = strlen (row->words);

      if (text == NULL)
        return NULL;
      if (row->words[length - 1] == '*' ? strncmp (text, row->words, length - 1) == 0
                                        : strcmp (text, row->words) == 0)
        return row->reason;
    }
  return NULL;
}

/* Codes of the registry that mean one thing, which no server sends by habit. */
static const char *
find_exact_status (const char *status)
{
  const char *reason = find_status (status);

  return is (reason, "authfailure") || is (reason, "requireptr") || is (reason, "failedstarttls")
             ? reason
             : NULL;
}

/* "550-5.2.1" and "550" in the middle of what was said only number its lines. */
static gboolean
is_number (const char *word)
{
  return *word != '\0' && word[strspn (word, "0123456789.-#()")] == '\0'
         && g_ascii_isdigit (word[strcspn (word, "0123456789")]);
}

/* What was said without addresses, links and numbers, in which the phrases
 * might stand by chance.
 */
static char *
dup_words (const char *whole)
{
  g_auto (GStrv) words = g_strsplit (whole, " ", -1);
  GString *said = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *word = words[i];

      if (strncmp (word, "550-", 4) == 0 && g_ascii_isalpha (word[4]))
        word += 4;
      if (*word == '\0' || is_number (word) || strstr (word, "://") != NULL)
        continue;
      if (said->len > 0)
        g_string_append_c (said, ' ');
      g_string_append (said, strchr (word, '@') != NULL ? "@" : word);
    }
  return g_string_free (said, FALSE);
}

/* Small letters, single spaces, plain apostrophes. */
static char *
dup_whole (const char *text)
{
  g_autofree char *small = g_utf8_strdown (text, -1);
  GString *whole = g_string_new (NULL);

  for (const char *c = small; *c != '\0'; c++)
    {
      if (g_ascii_isspace (*c) || strncmp (c, "\u00a0", 2) == 0)
        {
          if (whole->len > 0 && whole->str[whole->len - 1] != ' ')
            g_string_append_c (whole, ' ');
          c += *c == '\xc2';
        }
      else if (strncmp (c, "\u2019", 3) == 0)
        {
          g_string_append_c (whole, '\'');
          c += 2;
        }
      else
        g_string_append_c (whole, *c);
    }
  return g_string_free (whole, FALSE);
}

/* An address is known not to be there if the server says so at RCPT, or by
 * its status.  Behind DATA, or where it is only hearsay, the same words are
 * those of a filter that answers for somebody who is there.
 */
static const char *
weigh_unknown (const PdBounceClues *clues)
{
  /* Amazon's receiving service took the mail, then a rule of its user sent it back */
  if (strstr (clues->reporter, "inbound-smtp.") != NULL
      && strstr (clues->reporter, "amazonaws.com") != NULL)
    return "filtered";
  if (clues->at == PD_BOUNCE_AT_RCPT)
    return "userunknown";
  /* docomo tells at DATA whom its user does not want to hear of */
  if (strstr (clues->server, "docomo.ne.jp") != NULL && clues->at == PD_BOUNCE_AT_DATA)
    return strcmp (clues->status, "5.2.0") == 0 ? "filtered" : "rejected";
  if (is (find_status (clues->status), "userunknown"))
    return "userunknown";
  if (clues->at == PD_BOUNCE_AT_DATA || is (find_status (clues->status), "filtered"))
    return "filtered";
  if (clues->hearsay && *clues->status == '\0' && *clues->reply_code != '\0')
    return "filtered";
  return "userunknown";
}

/* The words may say of the sender what they seem to say of the recipient, and
 * tell of a passing state what they seem to tell of a lasting one.
 */
static const char *
weigh (const PdBounceClues *clues, const char *reason)
{
  gboolean address = is (reason, "userunknown") || is (reason, "hostunknown");

  if (clues->at == PD_BOUNCE_AT_MAIL && (address || is (reason, "notaccept")))
    return "rejected";
  if (is (reason, "hostunknown") && *clues->status == '4')
    return "networkerror";
  /* what goes wrong behind a pipe is the program's affair */
  if (clues->to_program && (is (reason, "systemerror") || is (reason, "onhold")))
    return "mailererror";
  /* the same words for two limits: the status tells whose it is */
  if (is (reason, "mesgtoobig") && is (find_status (clues->status), "exceedlimit"))
    return "exceedlimit";
  return is (reason, "userunknown") ? weigh_unknown (clues) : reason;
}

/* The command alone: before MAIL it is the client, at MAIL the sender. */
static const char *
find_by_command (const PdBounceClues *clues)
{
  if (*clues->reply_code == '\0')
    return NULL;
  if (clues->at == PD_BOUNCE_AT_CONNECT || clues->at == PD_BOUNCE_AT_HELO)
    return "blocked";
  return clues->at == PD_BOUNCE_AT_MAIL ? "rejected" : NULL;
}

/* RFC 5321 4.2.3, for what says nothing else. */
static const char *
find_by_code (const PdBounceClues *clues)
{
  static const PdBouncePhrase codes[] = { { "521", "notaccept" },     { "556", "notaccept" },
                                          { "525", "suspend" },       { "551", "hasmoved" },
                                          { "530", "securityerror" }, { "535", "securityerror" },
                                          { "452", "systemfull" },    { NULL, NULL } };

  for (const PdBouncePhrase *row = codes; row->words != NULL; row++)
    if (strcmp (clues->reply_code, row->words) == 0)
      return row->reason;
  return NULL;
}

/* IronPort puts "5.1.0 - Unknown address error" before any refusal at RCPT. */
static const char *
skip_wrapper (const char *said)
{
  const char *wrapper = strstr (said, "Unknown address error ");

  return wrapper == NULL ? said : wrapper + strlen ("Unknown address error ");
}

const char *
pd_bounce_reason (const PdBounceClues *clues)
{
  g_autofree char *whole = dup_whole (skip_wrapper (clues->said));
  g_autofree char *said = dup_words (whole);
  const char *reason;

  if (*clues->status == '2' || g_strcmp0 (clues->action, "delivered") == 0
      || g_strcmp0 (clues->action, "relayed") == 0 || g_strcmp0 (clues->action, "expanded") == 0)
    return "delivered";
  reason = find_phrase (pd_bounce_provider_phrases, whole);
  if (reason != NULL)
    return is (reason, "userunknown") && clues->at == PD_BOUNCE_AT_MAIL ? "rejected" : reason;
  reason = find_exact_status (clues->status);
  if (reason != NULL)
    return reason;
  reason = find_phrase (pd_bounce_phrases, said);
  if (reason == NULL)
    reason = find_by_command (clues);
  if (reason == NULL)
    reason = find_status (clues->status);
  if (reason == NULL)
    reason = find_phrase (pd_bounce_weak_phrases, said);
  if (reason == NULL)
    reason = find_by_code (clues);
  if (reason != NULL)
    return weigh (clues, reason);
  if (strcmp (clues->action, "delayed") == 0)
    return "expired";
  return *said == '\0' && *clues->status == '\0' ? "undefined" : weigh (clues, "onhold");
}

gboolean
pd_bounce_is_hard (const char *reason, const char *status)
{
  static const char *const hard[] = { "userunknown", "hostunknown", "hasmoved", NULL };

  return g_strv_contains (hard, reason) || (strcmp (reason, "notaccept") == 0 && *status != '4');
}
