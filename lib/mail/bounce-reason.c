#include "mail/bounce-reason.h"

#include <string.h>

/* What servers say, small letters.  The order matters: the more telling words
 * come first, since many texts hold several ("rejected: mailbox full").
 */
static const struct {
  const char *words;
  const char *reason;
} phrases[] = {
  { "mailbox full", "mailboxfull" },
  { "mailbox is full", "mailboxfull" },
  { "mailfolder is full", "mailboxfull" },
  { "inbox is full", "mailboxfull" },
  { "over quota", "mailboxfull" },
  { "overquota", "mailboxfull" },
  { "over the quota", "mailboxfull" },
  { "quota exceeded", "mailboxfull" },
  { "exceeded storage", "mailboxfull" },
  { "exceeds quota", "mailboxfull" },
  { "exceeded its quota", "mailboxfull" },
  { "exceeded the quota", "mailboxfull" },
  { "exceeded email quota", "mailboxfull" },
  { "exceeded its disk", "mailboxfull" },
  { "quota violation", "mailboxfull" },
  { "disk quota", "mailboxfull" },
  { "out of space", "mailboxfull" },
  { "not enough storage space", "mailboxfull" },
  { "insufficient disk space", "mailboxfull" },
  { "mailbox size limit", "mailboxfull" },
  { "maildir over", "mailboxfull" },
  { "storage allocation", "mailboxfull" },
  { "mailbox has exceeded", "mailboxfull" },
  { "too large for the recipient", "exceedlimit" },
  { "size limit of the recipient", "exceedlimit" },
  { "message too large for this recipient", "exceedlimit" },
  { "message size exceeds", "mesgtoobig" },
  { "exceeds maximum message size", "mesgtoobig" },
  { "exceeded maximum message size", "mesgtoobig" },
  { "exceeds fixed maximum", "mesgtoobig" },
  { "message too big", "mesgtoobig" },
  { "message too large", "mesgtoobig" },
  { "message file too big", "mesgtoobig" },
  { "message is too large", "mesgtoobig" },
  { "message header size", "mesgtoobig" },
  { "spf check", "authfailure" },
  { "spf fail", "authfailure" },
  { "spf: ", "authfailure" },
  { "dmarc", "authfailure" },
  { "unauthenticated email", "authfailure" },
  { "not pass authentication", "authfailure" },
  { "dkim", "authfailure" },
  { "reverse dns", "requireptr" },
  { "ptr record", "requireptr" },
  { "fix reverse", "requireptr" },
  { "cannot find your hostname", "requireptr" },
  { "does not resolve to", "requireptr" },
  { "rfc 5322", "notcompliantrfc" },
  { "rfc5322", "notcompliantrfc" },
  { "rfc 2822", "notcompliantrfc" },
  { "duplicate header", "notcompliantrfc" },
  { "virus", "virusdetected" },
  { "malware", "virusdetected" },
  { "low reputation", "badreputation" },
  { "poor reputation", "badreputation" },
  { "ip reputation", "badreputation" },
  { "domain reputation", "badreputation" },
  { "spam", "spamdetected" },
  { "unsolicited", "spamdetected" },
  { "bulk mail", "spamdetected" },
  { "blacklist", "blocked" },
  { "blocklist", "blocked" },
  { "block list", "blocked" },
  { "black list", "blocked" },
  { "rbl", "blocked" },
  { "dnsbl", "blocked" },
  { "spamhaus", "blocked" },
  { "blocked using", "blocked" },
  { "banned sending ip", "blocked" },
  { "your ip", "blocked" },
  { "client host", "blocked" },
  { "access denied. ip", "blocked" },
  { "rate limit", "speeding" },
  { "too fast", "speeding" },
  { "sending rate", "speeding" },
  { "too many connections", "toomanyconn" },
  { "too many sessions", "toomanyconn" },
  { "concurrent connections", "toomanyconn" },
  { "connection limit", "toomanyconn" },
  { "relaying denied", "norelaying" },
  { "relay access denied", "norelaying" },
  { "relaying not allowed", "norelaying" },
  { "relay not permitted", "norelaying" },
  { "unable to relay", "norelaying" },
  { "not permitted to relay", "norelaying" },
  { "relaying mail", "norelaying" },
  { "has moved", "hasmoved" },
  { "address changed", "hasmoved" },
  { "no longer using this address", "hasmoved" },
  { "account is disabled", "suspend" },
  { "account disabled", "suspend" },
  { "account has been disabled", "suspend" },
  { "account has been suspended", "suspend" },
  { "is inactive", "suspend" },
  { "inactive user", "suspend" },
  { "mailbox disabled", "suspend" },
  { "suspended", "suspend" },
  { "mailbox is inactive", "suspend" },
  { "mailbox currently suspended", "suspend" },
  { "is frozen", "suspend" },
  { "does not accept mail", "notaccept" },
  { "does not accept any mail", "notaccept" },
  { "null mx", "notaccept" },
  { "nullmx", "notaccept" },
  { "service not available", "notaccept" },
  { "user unknown", "userunknown" },
  { "unknown user", "userunknown" },
  { "no such user", "userunknown" },
  { "no such mailbox", "userunknown" },
  { "no such recipient", "userunknown" },
  { "no such person", "userunknown" },
  { "unknown recipient", "userunknown" },
  { "recipient unknown", "userunknown" },
  { "user not found", "userunknown" },
  { "recipient not found", "userunknown" },
  { "recipientnotfound", "userunknown" },
  { "does not exist", "userunknown" },
  { "doesn't exist", "userunknown" },
  { "user doesn't have", "userunknown" },
  { "not a known user", "userunknown" },
  { "unknown local", "userunknown" },
  { "unknown or illegal alias", "userunknown" },
  { "unrouteable address", "userunknown" },
  { "unknown address", "userunknown" },
  { "invalid recipient", "userunknown" },
  { "recipient address rejected", "userunknown" },
  { "no mailbox", "userunknown" },
  { "mailbox not found", "userunknown" },
  { "mailbox unavailable", "userunknown" },
  { "not listed in", "userunknown" },
  { "address rejected", "userunknown" },
  { "address unknown", "userunknown" },
  { "no account by that name", "userunknown" },
  { "there is no one at this address", "userunknown" },
  { "this user doesn", "userunknown" },
  { "not a valid mailbox", "userunknown" },
  { "delivery to the following recipient failed permanently", "userunknown" },
  { "can't find", "userunknown" },
  { "host or domain name not found", "hostunknown" },
  { "host unknown", "hostunknown" },
  { "unknown host", "hostunknown" },
  { "host not found", "hostunknown" },
  { "domain not found", "hostunknown" },
  { "no such domain", "hostunknown" },
  { "name or service not known", "hostunknown" },
  { "couldn't find any host", "hostunknown" },
  { "dns error", "hostunknown" },
  { "domain does not exist", "hostunknown" },
  { "unrouteable mail domain", "hostunknown" },
  { "illegal host/domain", "hostunknown" },
  { "loops back to myself", "networkerror" },
  { "too many hops", "networkerror" },
  { "hop count", "networkerror" },
  { "mail loop", "networkerror" },
  { "malformed or unexpected name server reply", "networkerror" },
  { "name server loop", "networkerror" },
  { "routing loop", "networkerror" },
  { "connection timed out", "expired" },
  { "retry time", "expired" },
  { "retry timeout", "expired" },
  { "delivery time expired", "expired" },
  { "queue too long", "expired" },
  { "message expired", "expired" },
  { "delayed", "expired" },
  { "giving up", "expired" },
  { "authentication required", "securityerror" },
  { "must be authenticated", "securityerror" },
  { "tls", "securityerror" },
  { "encryption", "securityerror" },
  { "restricted", "securityerror" },
  { "verification failed", "securityerror" },
  { "disk full", "systemfull" },
  { "system storage", "systemfull" },
  { "sender rejected", "rejected" },
  { "sender address rejected", "rejected" },
  { "sender verify", "rejected" },
  { "mail from", "rejected" },
  { "invalid sender", "rejected" },
  { "domain of sender", "rejected" },
  { "prohibited by policy", "policyviolation" },
  { "policy", "policyviolation" },
  { "not authorized", "securityerror" },
  { "content", "contenterror" },
  { "command failed", "mailererror" },
  { "command died", "mailererror" },
  { "exit status", "mailererror" },
  { "exit ", "mailererror" },
  { "pipe to", "mailererror" },
  { "procmail", "mailererror" },
  { "aliasing", "systemerror" },
  { "configuration error", "systemerror" },
  { "local error", "systemerror" },
  { "i/o error", "systemerror" },
  { "system config", "systemerror" },
  { "internal error", "systemerror" },
  { "internal server", "systemerror" },
};

/* What a status (RFC 3463 and its registry) says by itself; "x" is 4 or 5. */
static const struct {
  const char *tail;
  const char *reason;
  gboolean telling; /* says more than words do */
} statuses[] = {
  { ".1.1", "userunknown", TRUE },   { ".1.2", "hostunknown", TRUE },
  { ".1.3", "userunknown", FALSE },  { ".1.6", "hasmoved", TRUE },
  { ".1.7", "rejected", FALSE },     { ".1.8", "rejected", TRUE },
  { ".1.9", "userunknown", FALSE },  { ".1.10", "userunknown", FALSE },
  { ".2.0", "filtered", FALSE },     { ".2.1", "suspend", FALSE },
  { ".2.2", "mailboxfull", TRUE },   { ".2.3", "exceedlimit", TRUE },
  { ".2.4", "filtered", FALSE },     { ".3.1", "systemfull", FALSE },
  { ".3.2", "notaccept", FALSE },    { ".3.3", "systemerror", FALSE },
  { ".3.4", "mesgtoobig", TRUE },    { ".3.5", "systemerror", FALSE },
  { ".4.1", "expired", FALSE },      { ".4.2", "networkerror", FALSE },
  { ".4.3", "systemerror", FALSE },  { ".4.4", "hostunknown", FALSE },
  { ".4.5", "expired", FALSE },      { ".4.6", "networkerror", TRUE },
  { ".4.7", "expired", FALSE },      { ".4.14", "networkerror", TRUE },
  { ".5.3", "syntaxerror", FALSE },  { ".5.4", "mailererror", FALSE },
  { ".6.0", "contenterror", FALSE }, { ".6.1", "contenterror", FALSE },
  { ".6.2", "contenterror", FALSE }, { ".6.3", "contenterror", FALSE },
  { ".7.1", "filtered", FALSE },     { ".7.9", "authfailure", FALSE },
  { ".7.13", "suspend", FALSE },     { ".7.20", "authfailure", TRUE },
  { ".7.23", "authfailure", TRUE },  { ".7.24", "authfailure", TRUE },
  { ".7.25", "requireptr", TRUE },   { ".7.26", "authfailure", TRUE },
  { ".7.27", "notaccept", TRUE },
};

static const char *
by_status (const char *status, gboolean telling)
{
  const char *tail = strchr (status, '.');

  for (gsize i = 0; tail != NULL && i < G_N_ELEMENTS (statuses); i++)
    if (strcmp (tail, statuses[i].tail) == 0 && (statuses[i].telling || !telling))
      return statuses[i].reason;
  return NULL;
}

const char *
pd_bounce_reason (const char *status, const char *diagnostic)
{
  g_autofree char *small = g_utf8_strdown (diagnostic, -1);
  const char *reason = by_status (status, TRUE);

  if (reason != NULL && strcmp (reason, "userunknown") != 0)
    return reason;
  for (gsize i = 0; i < G_N_ELEMENTS (phrases); i++)
    if (strstr (small, phrases[i].words) != NULL)
      return phrases[i].reason;
  reason = by_status (status, FALSE);
  return reason != NULL ? reason : *small == '\0' ? "undefined" : "onhold";
}

gboolean
pd_bounce_is_hard (const char *reason)
{
  static const char *const hard[] = { "userunknown", "hostunknown", "hasmoved", "notaccept", NULL };

  return g_strv_contains (hard, reason);
}

/* Digits at `*at`, at most `max`; moves behind them. */
static gboolean
skip_digits (const char **at, guint max)
{
  guint n = 0;

  while (n < max && g_ascii_isdigit (**at))
    {
      ++*at;
      n++;
    }
  return n > 0 && !g_ascii_isdigit (**at);
}

static gboolean
is_boundary (char c)
{
  return !g_ascii_isalnum (c) && c != '.' && c != '-';
}

char *
pd_bounce_dup_status (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    {
      const char *end = c + 2;

      if ((*c != '2' && *c != '4' && *c != '5') || c[1] != '.'
          || (c > text && !is_boundary (c[-1])))
        continue;
      if (!skip_digits (&end, 3) || *end++ != '.' || !skip_digits (&end, 3)
          || (*end == '.' && g_ascii_isdigit (end[1])))
        continue;
      return g_strndup (c, (gsize)(end - c));
    }
  return g_strdup ("");
}

char *
pd_bounce_dup_reply_code (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if ((*c == '4' || *c == '5') && c[1] >= '0' && c[1] <= '5' && g_ascii_isdigit (c[2])
        && (c[3] == ' ' || c[3] == '-' || c[3] == '\0' || c[3] == '\n' || c[3] == ':')
        && (c == text || is_boundary (c[-1])))
      return g_strndup (c, 3);
  return g_strdup ("");
}
