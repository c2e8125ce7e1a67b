#include "net/path.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/error.h"

static gboolean
is_atext (char c, PdPathFlags flags)
{
  if ((guchar)c >= 0x80)
    return (flags & PD_PATH_UTF8) != 0;
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* The length of a dot-string at the start of text; 0 if there is none. */
static gsize
dot_string (const char *text, PdPathFlags flags)
{
  gsize n = 0;

  while (is_atext (text[n], flags))
    {
      n++;
      if (text[n] == '.' && is_atext (text[n + 1], flags))
        n++;
    }
  return n;
}

/* The length of a quoted string with its quotes; 0 if it is none. */
static gsize
quoted_string (const char *text, PdPathFlags flags, GString *plain)
{
  gsize i;

  for (i = 1; text[i] != '"'; i++)
    {
      gboolean escaped = text[i] == '\\';

      if (escaped)
        i++;
      if ((guchar)text[i] >= 0x80 ? escaped || !(flags & PD_PATH_UTF8)
                                  : text[i] < ' ' || text[i] == 0x7f)
        return 0;
      g_string_append_c (plain, text[i]);
    }
  return i + 1;
}

static void
append_quoted (GString *address, const char *plain)
{
  g_string_append_c (address, '"');
  for (; *plain != '\0'; plain++)
    {
      if (*plain == '"' || *plain == '\\')
        g_string_append_c (address, '\\');
      g_string_append_c (address, *plain);
    }
  g_string_append_c (address, '"');
}

/* Appends the local part; returns its length in text, 0 if it is wrong. */
static gsize
local_part (const char *text, PdPathFlags flags, GString *address)
{
  gsize n;
  g_autoptr (GString) plain = NULL;

  if (*text != '"')
    {
      n = dot_string (text, flags);
      g_string_append_len (address, text, (gssize)n);
      return n;
    }
  plain = g_string_new (NULL);
  n = quoted_string (text, flags, plain);
  if (n == 0)
    return 0;
  if (plain->len > 0 && dot_string (plain->str, flags) == plain->len)
    g_string_append_len (address, plain->str, (gssize)plain->len);
  else
    append_quoted (address, plain->str);
  return n;
}

/* The length of a domain name at the start of text; 0 if there is none. */
static gsize
domain_name (const char *text, PdPathFlags flags)
{
  gsize n = 0, label = 0;

  for (;; n++)
    {
      char c = text[n];

      if (g_ascii_isalnum (c) || c == '_' || ((guchar)c >= 0x80 && (flags & PD_PATH_UTF8)))
        label++;
      else if (c == '-' && label > 0)
        label++;
      else if (c == '.' && label > 0 && text[n - 1] != '-')
        label = 0;
      else
        break;
      if (label > 63)
        return 0;
    }
  return label > 0 && text[n - 1] != '-' ? n : 0;
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]" (RFC 5321 4.1.3); other tags do not exist */
static gsize
address_literal (const char *text)
{
  gsize n = strcspn (text, "]");
  struct in6_addr number;
  g_autofree char *inside = NULL;
  gboolean known;

  if (text[n] != ']' || n > PD_PATH_MAX_DOMAIN)
    return 0;
  inside = g_strndup (text + 1, n - 1);
  if (g_ascii_strncasecmp (inside, "IPv6:", 5) == 0)
    known = inet_pton (AF_INET6, inside + 5, &number) == 1;
  else
    known = inet_pton (AF_INET, inside, &number) == 1;
  return known ? n + 1 : 0;
}

/* Appends a mailbox; returns its length in text, 0 with an error. */
static gsize
mailbox (const char *text, PdPathFlags flags, GString *address, GError **error)
{
  gsize local = local_part (text, flags, address);
  gsize domain;
  const char *host = text + local + 1;

  if (local == 0 || address->len > PD_PATH_MAX_LOCAL)
    return (gsize)pd_fail (error, PD_ERROR_INVALID, "bad or too long local part");
  if (text[local] != '@')
    {
      if ((flags & PD_PATH_POSTMASTER) && g_ascii_strcasecmp (address->str, "postmaster") == 0)
        return local;
      return (gsize)pd_fail (error, PD_ERROR_INVALID, "address without domain");
    }
  domain = *host == '[' ? address_literal (host) : domain_name (host, flags);
  if (domain == 0 || domain > PD_PATH_MAX_DOMAIN)
    return (gsize)pd_fail (error, PD_ERROR_INVALID, "bad domain");
  g_string_append_c (address, '@');
  g_string_append_len (address, host, (gssize)domain);
  if (address->len > PD_PATH_MAX_ADDRESS)
    return (gsize)pd_fail (error, PD_ERROR_INVALID, "address too long");
  return local + 1 + domain;
}

/* "@a,@b:" in front of a mailbox: obsolete, to be ignored (RFC 5321 4.1.1.3) */
static gboolean
skip_route (const char **text, PdPathFlags flags)
{
  const char *at = *text;

  while (*at == '@')
    {
      gsize n = domain_name (at + 1, flags);

      if (n == 0)
        return FALSE;
      at += 1 + n;
      if (*at == ',' && at[1] == '@')
        at++;
    }
  if (at != *text && *at++ != ':')
    return FALSE;
  *text = at;
  return TRUE;
}

static gboolean
no_controls (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_iscntrl (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

gboolean
pd_path_parse (const char *text, PdPathFlags flags, char **out_address, const char **out_rest,
               GError **error)
{
  g_autoptr (GString) address = g_string_new (NULL);
  gsize n;

  *out_address = NULL;
  *out_rest = text;
  while (*text == ' ')
    text++;
  if (*text++ != '<')
    return pd_fail (error, PD_ERROR_INVALID, "no <address>");
  if (*text == '>' && (flags & PD_PATH_NULL))
    {
      *out_address = g_strdup ("");
      *out_rest = text + 1;
      return TRUE;
    }
  if (!skip_route (&text, flags))
    return pd_fail (error, PD_ERROR_INVALID, "bad source route");
  n = mailbox (text, flags, address, error);
  if (n == 0)
    return FALSE;
  if (text[n] != '>')
    return pd_fail (error, PD_ERROR_INVALID, "bad address");
  if (!g_utf8_validate (address->str, -1, NULL) || !no_controls (address->str))
    return pd_fail (error, PD_ERROR_INVALID, "address is not UTF-8");
  *out_address = g_string_free (g_steal_pointer (&address), FALSE);
  *out_rest = text + n + 1;
  return TRUE;
}

gboolean
pd_path_is_address (const char *address, PdPathFlags flags)
{
  g_autofree char *path = NULL, *back = NULL;
  const char *rest;

  /* a route or blanks in front are for reading only */
  if (*address == '@' || *address == ' ')
    return FALSE;
  path = g_strconcat ("<", address, ">", NULL);
  return pd_path_parse (path, flags, &back, &rest, NULL) && *rest == '\0';
}

gboolean
pd_path_is_utf8 (const char *address)
{
  for (; *address != '\0'; address++)
    if ((guchar)*address >= 0x80)
      return TRUE;
  return FALSE;
}

/* Ends the keyword and its value with NULs; FALSE if they are not well formed. */
static gboolean
split_parameter (char *word, const char **name, const char **value)
{
  char *c;

  *name = word;
  *value = NULL;
  for (c = word; *c != '\0' && *c != '='; c++)
    {
      if (!g_ascii_isalnum (*c) && !(*c == '-' && c > word))
        return FALSE;
      *c = g_ascii_toupper (*c);
    }
  if (c == word)
    return FALSE;
  if (*c == '\0')
    return TRUE;
  *c++ = '\0';
  *value = c;
  for (; *c != '\0'; c++)
    if ((guchar)*c <= ' ' || *c == '=' || *c == 0x7f)
      return FALSE;
  return **value != '\0';
}

int
pd_path_parameters (char *text, const char *names[PD_PATH_MAX_PARAMETERS],
                    const char *values[PD_PATH_MAX_PARAMETERS])
{
  int n = 0;
  char *save = NULL;

  if (*text != '\0' && *text != ' ')
    return -1;
  for (char *word = strtok_r (text, " ", &save); word != NULL; word = strtok_r (NULL, " ", &save))
    {
      if (n == PD_PATH_MAX_PARAMETERS || !split_parameter (word, &names[n], &values[n]))
        return -1;
      for (int i = 0; i < n; i++)
        if (strcmp (names[i], names[n]) == 0)
          return -1;
      n++;
    }
  return n;
}
