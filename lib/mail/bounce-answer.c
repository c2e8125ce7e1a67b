#include "mail/bounce-answer.h"

#include <string.h>

static gboolean
is_boundary (char c)
{
  return !g_ascii_isalnum (c) && c != '.' && c != '-' && c != '_' && c != '@';
}

/* Length of "5.1.1" at `c`, or 0. */
static gsize
status_length (const char *c)
{
  const char *start = c;

  if ((*c != '2' && *c != '4' && *c != '5') || c[1] != '.')
    return 0;
  c += 2;
  for (guint group = 0; group < 2; group++)
    {
      guint n = 0;

      while (g_ascii_isdigit (*c) && n < 4)
        {
          c++;
          n++;
        }
      if (n == 0 || n > 3)
        return 0;
      if (group == 0 && *c++ != '.')
        return 0;
    }
  /* a fourth number makes it an IP address */
  if ((*c == '.' && g_ascii_isdigit (c[1])) || g_ascii_isalpha (*c) || *c == '_')
    return 0;
  return (gsize)(c - start);
}

/* Length of "550" at `c`, or 0: a failure of RFC 5321 4.2.1, or what servers
 * made up beside ("571").
 */
static gsize
code_length (const char *c)
{
  if ((*c != '4' && *c != '5') || c[1] < '0' || c[1] > '7' || !g_ascii_isdigit (c[2])
      || g_ascii_isalnum (c[3]) || c[3] == '.' || c[3] == '_' || c[3] == '@' || c[3] == '/')
    return 0;
  return 3;
}

static gboolean
may_begin (const char *text, const char *c)
{
  return c == text || is_boundary (c[-1]);
}

/* The status right behind a reply code: "550 5.1.1", "550-5.1.1", "550-'5.7.1",
 * "550 #5.1.1"; NULL if something else stands there.
 */
static const char *
find_status_behind (const char *code)
{
  const char *c = code + 3;

  c += strspn (c, " -'#(<");
  return c - code <= 7 && status_length (c) > 0 ? c : NULL;
}

static gboolean
is_vague (const char *status, gsize length)
{
  return length == 5 && strncmp (status + 1, ".0.0", 4) == 0;
}

/* x.4.7 says that time ran out; another answer says over what. */
static gboolean
is_expiry (const char *status)
{
  return strncmp (status + 1, ".4.7", 4) == 0 && !g_ascii_isdigit (status[5]);
}

char *
pd_bounce_dup_status (const char *text)
{
  const char *own = NULL, *other = NULL;

  for (const char *c = text; *c != '\0'; c++)
    {
      const char *behind;

      if ((*c != '2' && *c != '4' && *c != '5') || !may_begin (text, c))
        continue;
      behind = code_length (c) > 0 ? find_status_behind (c) : NULL;
      if (behind != NULL)
        {
          /* "<421 4.4.2 …>" in an answer is the answer that led to it */
          if (c > text && c[-1] == '<')
            return g_strndup (behind, status_length (behind));
          if (own == NULL || is_vague (own, status_length (own)) || is_expiry (own))
            own = behind;
        }
      else if (status_length (c) > 0 && (other == NULL || is_vague (other, status_length (other))))
        other = c;
    }
  if (own == NULL || (other != NULL && is_vague (own, status_length (own))))
    own = other;
  return own == NULL ? g_strdup ("") : g_strndup (own, status_length (own));
}

/* sendmail: "554 <a@b>... 550 Host unknown": the second is the cause. */
static const char *
inner_code (const char *code)
{
  const char *dots = strstr (code, "... ");

  if (dots != NULL && dots - code < 300 && strcspn (code, "\n") > (gsize)(dots - code)
      && code_length (dots + 4) > 0)
    return dots + 4;
  return code;
}

char *
pd_bounce_dup_reply_code (const char *text)
{
  const char *found = NULL;

  for (const char *c = text; *c != '\0'; c++)
    {
      if ((*c != '4' && *c != '5') || !may_begin (text, c) || code_length (c) == 0)
        continue;
      if (c > text && c[-1] == '<' && find_status_behind (c) != NULL)
        return g_strndup (c, 3);
      if (found == NULL)
        found = inner_code (c);
    }
  return found == NULL ? g_strdup ("") : g_strndup (found, 3);
}

static const struct {
  const char *words;
  PdBounceCommand at;
} marks[] = {
  /* Postfix */
  { "in reply to end of data", PD_BOUNCE_AT_DATA },
  { "in reply to data", PD_BOUNCE_AT_DATA },
  { "in reply to rcpt", PD_BOUNCE_AT_RCPT },
  { "in reply to mail", PD_BOUNCE_AT_MAIL },
  { "in reply to helo", PD_BOUNCE_AT_HELO },
  { "in reply to ehlo", PD_BOUNCE_AT_HELO },
  { "refused to talk to me", PD_BOUNCE_AT_CONNECT },
  /* Exim */
  { "after end of data", PD_BOUNCE_AT_DATA },
  { "after data", PD_BOUNCE_AT_DATA },
  { "after pipelined data", PD_BOUNCE_AT_DATA },
  { "after sending data", PD_BOUNCE_AT_DATA },
  { "after rcpt", PD_BOUNCE_AT_RCPT },
  { "after pipelined rcpt", PD_BOUNCE_AT_RCPT },
  { "after mail from", PD_BOUNCE_AT_MAIL },
  { "after pipelined mail", PD_BOUNCE_AT_MAIL },
  { "after helo", PD_BOUNCE_AT_HELO },
  { "after ehlo", PD_BOUNCE_AT_HELO },
  { "after initial connection", PD_BOUNCE_AT_CONNECT },
  /* qmail */
  { "but greeting failed", PD_BOUNCE_AT_CONNECT },
  { "but connection died", PD_BOUNCE_AT_CONNECT },
  { "but my name was rejected", PD_BOUNCE_AT_HELO },
  { "but sender was rejected", PD_BOUNCE_AT_MAIL },
  { "does not like recipient", PD_BOUNCE_AT_RCPT },
  { "failed on data command", PD_BOUNCE_AT_DATA },
  { "failed after i sent the message", PD_BOUNCE_AT_DATA },
  { "for rcpt to response", PD_BOUNCE_AT_RCPT },
  /* DragonFly's agent */
  { "did not like our rcpt", PD_BOUNCE_AT_RCPT },
  { "did not like our mail", PD_BOUNCE_AT_MAIL },
  { "did not like our data", PD_BOUNCE_AT_DATA },
  { "did not like our final data", PD_BOUNCE_AT_DATA },
  { "did not like our helo", PD_BOUNCE_AT_HELO },
  { "did not like our ehlo", PD_BOUNCE_AT_HELO },
  /* Yahoo */
  { "[rcpt_to]", PD_BOUNCE_AT_RCPT },
  { "[mail_from]", PD_BOUNCE_AT_MAIL },
  { "[body]", PD_BOUNCE_AT_DATA },
  { "[data]", PD_BOUNCE_AT_DATA },
  /* old Gmail: the state of its client */
  { "(state 13)", PD_BOUNCE_AT_RCPT },
  { "(state 14)", PD_BOUNCE_AT_RCPT },
  { "(state 17)", PD_BOUNCE_AT_DATA },
  { "(state 18)", PD_BOUNCE_AT_DATA },
  /* m-FILTER */
  { "smtp command rcpt", PD_BOUNCE_AT_RCPT },
  { "smtp command data", PD_BOUNCE_AT_DATA },
  { "smtp command mail", PD_BOUNCE_AT_MAIL },
  /* GMX and others */
  { "after rcpt command", PD_BOUNCE_AT_RCPT },
  { "following rcpt", PD_BOUNCE_AT_RCPT },
  { "following mail", PD_BOUNCE_AT_MAIL },
  { "following data", PD_BOUNCE_AT_DATA },
  { "message (data)", PD_BOUNCE_AT_DATA },
  { "response to rcpt", PD_BOUNCE_AT_RCPT },
  { "response to the rcpt", PD_BOUNCE_AT_RCPT },
  { "response to data", PD_BOUNCE_AT_DATA },
  { "response to end of data", PD_BOUNCE_AT_DATA },
  { "response to the mail from", PD_BOUNCE_AT_MAIL },
};

static PdBounceCommand
command_of (const char *c)
{
  c += strspn (c, " >");
  if (g_str_has_prefix (c, "rcpt"))
    return PD_BOUNCE_AT_RCPT;
  if (g_str_has_prefix (c, "mail") || g_str_has_prefix (c, "send from"))
    return PD_BOUNCE_AT_MAIL;
  if (g_str_has_prefix (c, "data") || g_str_has_prefix (c, "bdat") || *c == '.')
    return PD_BOUNCE_AT_DATA;
  if (g_str_has_prefix (c, "ehlo") || g_str_has_prefix (c, "helo") || g_str_has_prefix (c, "lhlo"))
    return PD_BOUNCE_AT_HELO;
  return PD_BOUNCE_AT_UNKNOWN;
}

/* sendmail, Courier, au, InterScan, MDaemon: ">>> RCPT To:<a@b> <<< 550 …".
 * What was sent last before the first answer that refuses.
 */
static PdBounceCommand
find_in_dialogue (const char *small)
{
  PdBounceCommand at = PD_BOUNCE_AT_UNKNOWN;
  const char *answer;

  for (const char *c = small; *c != '\0'; c++)
    {
      if (*c == '>' && c[1] == '>' && c[2] == '>')
        {
          PdBounceCommand sent = command_of (c + 3);

          at = sent != PD_BOUNCE_AT_UNKNOWN ? sent : at;
          c += 2;
        }
      else if (*c == '<' && c[1] == '<' && c[2] == '<')
        {
          answer = c + 3 + strspn (c + 3, " ");
          if (code_length (answer) > 0 && *answer != '3')
            return at;
          c += 2;
        }
    }
  return at;
}

PdBounceCommand
pd_bounce_find_command (const char *small)
{
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (strstr (small, marks[i].words) != NULL)
      return marks[i].at;
  if (strstr (small, ">>>") != NULL)
    return find_in_dialogue (small);
  if (strstr (small, "rcpt to:") != NULL)
    return PD_BOUNCE_AT_RCPT;
  return PD_BOUNCE_AT_UNKNOWN;
}

/* ">>> RCPT To:<a@b>" with the address decides for it: what follows is its
 * own, until the next command.
 */
PdBounceCommand
pd_bounce_find_command_for (const char *small, const char *address)
{
  g_autofree char *wanted = g_ascii_strdown (address, -1);

  for (const char *c = strstr (small, ">>> rcpt to:"); c != NULL;
       c = strstr (c + 1, ">>> rcpt to:"))
    {
      const char *line = c + strlen (">>> rcpt to:");
      const char *answer = strstr (line, "<<<");
      const char *next = strstr (line, ">>>");

      line += strspn (line, " <");
      if (!g_str_has_prefix (line, wanted) || answer == NULL || (next != NULL && next < answer))
        continue;
      answer += 3 + strspn (answer + 3, " ");
      if (code_length (answer) > 0)
        return PD_BOUNCE_AT_RCPT;
    }
  return pd_bounce_find_command (small);
}
