#include "desk/proof.h"

#include <string.h>

#define FIELD_NAME "Authentication-Results:"
#define MAX_SECTIONS 100 /* results in one field */
#define MAX_WORDS 100    /* properties of one result */

const char *
pd_proof_name (PdProof level)
{
  static const char *const names[] = {
    [PD_PROOF_NONE] = "none",
    [PD_PROOF_PLAUSIBLE] = "plausible",
    [PD_PROOF_ALIGNED] = "aligned",
    [PD_PROOF_SIGNED] = "signed",
  };

  g_return_val_if_fail ((gsize)level < G_N_ELEMENTS (names), "none");
  return names[level];
}

/* Skips a comment, nested ones too; an open end takes the rest. */
static const char *
skip_comment (const char *at, const char *end)
{
  int depth = 0;

  for (; at < end; at++)
    {
      if (*at == '\\' && at + 1 < end)
        at++;
      else if (*at == '(')
        depth++;
      else if (*at == ')' && --depth == 0)
        return at + 1;
    }
  return end;
}

/* Copies a quoted string.  What would mean something outside of the quotes
 * becomes "_": a sender can have ";dmarc=pass" in his quoted local part. */
static const char *
copy_quoted (GString *to, const char *at, const char *end)
{
  for (at++; at < end && *at != '"'; at++)
    {
      if (*at == '\\' && at + 1 < end)
        at++;
      g_string_append_c (to, strchr (";=()/ \t\r\n", *at) != NULL ? '_' : g_ascii_tolower (*at));
    }
  return at < end ? at + 1 : end;
}

/* A field without comments, folding and quotes, in small letters, no white
 * space around "=". */
static char *
flatten (const char *field, gsize length)
{
  const char *end = field + length;
  GString *flat = g_string_sized_new (length);
  gboolean blank = FALSE;

  for (const char *at = field; at < end;)
    {
      if (*at == '(')
        {
          at = skip_comment (at, end);
          blank = TRUE;
          continue;
        }
      if (g_ascii_isspace (*at) || *at == '\0')
        {
          blank = TRUE;
          at++;
          continue;
        }
      if (blank && *at != '=' && flat->len > 0 && flat->str[flat->len - 1] != '=')
        g_string_append_c (flat, ' ');
      blank = FALSE;
      if (*at == '"')
        at = copy_quoted (flat, at, end);
      else
        g_string_append_c (flat, g_ascii_tolower (*at++));
    }
  return g_string_free (flat, FALSE);
}

/* The end of a field: a line break that no continuation follows. */
static const char *
field_end (const char *at)
{
  for (; *at != '\0'; at++)
    if (*at == '\n' && at[1] != ' ' && at[1] != '\t')
      return at;
  return at;
}

/* The sections of the topmost field of a server, or NULL. */
static char **
find_field (const char *results, const char *authserv_id)
{
  const char *at = results;

  while (*at != '\0' && at - results < PD_PROOF_MAX_RESULTS)
    {
      const char *end = field_end (at);
      g_auto (GStrv) sections = NULL;
      g_autofree char *flat = NULL;
      gsize id_length;

      if (g_ascii_strncasecmp (at, FIELD_NAME, strlen (FIELD_NAME)) == 0)
        at += strlen (FIELD_NAME);
      flat = flatten (at, MIN ((gsize)(end - at), PD_PROOF_MAX_RESULTS));
      sections = g_strsplit (flat, ";", MAX_SECTIONS);
      /* a version number may follow the name */
      id_length = sections[0] != NULL ? strcspn (sections[0], " ") : 0;
      if (id_length == strlen (authserv_id)
          && g_ascii_strncasecmp (sections[0], authserv_id, id_length) == 0)
        return g_steal_pointer (&sections);
      at = *end == '\0' ? end : end + 1;
    }
  return NULL;
}

static gboolean
is_aligned (const char *value, const char *domain)
{
  const char *at = strrchr (value, '@');
  g_autofree char *ascii = g_hostname_to_ascii (at != NULL ? at + 1 : value);
  gsize length, whole;

  if (ascii == NULL || strchr (ascii, '.') == NULL)
    return FALSE;
  length = strlen (ascii);
  whole = strlen (domain);
  if (whole < length || g_ascii_strcasecmp (domain + whole - length, ascii) != 0)
    return FALSE;
  return whole == length || domain[whole - length - 1] == '.';
}

/* Whether a result speaks of the From domain: which of its properties names a
 * domain depends on the method. */
static gboolean
speaks_of (char **words, const char *domain)
{
  static const struct {
    const char *method, *property;
  } names[] = {
    { "dkim=pass", "header.d=" },
    { "dkim=pass", "header.i=" },
    { "spf=pass", "smtp.mailfrom=" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (strcmp (words[0], names[i].method) != 0)
        continue;
      for (char **word = words + 1; *word != NULL; word++)
        if (g_str_has_prefix (*word, names[i].property))
          {
            if (is_aligned (*word + strlen (names[i].property), domain))
              return TRUE;
            /* the first one is what was checked */
            break;
          }
    }
  return FALSE;
}

/* A DMARC result is about the domain that it names, if it names one. */
static gboolean
is_about (char **words, const char *domain)
{
  static const char property[] = "header.from=";

  for (char **word = words + 1; *word != NULL; word++)
    if (g_str_has_prefix (*word, property))
      {
        const char *value = *word + strlen (property);
        const char *at = strrchr (value, '@');
        g_autofree char *ascii = g_hostname_to_ascii (at != NULL ? at + 1 : value);

        return ascii != NULL && g_ascii_strcasecmp (ascii, domain) == 0;
      }
  return TRUE;
}

static PdAuth
read_section (const char *section, const char *domain)
{
  g_autofree char *text = g_strstrip (g_strdup (section));
  g_auto (GStrv) words = g_strsplit (text, " ", MAX_WORDS);

  if (words[0] == NULL)
    return PD_AUTH_UNKNOWN;
  if (strcmp (words[0], "dmarc=fail") == 0)
    return PD_AUTH_FAIL;
  if (domain == NULL)
    return PD_AUTH_UNKNOWN;
  if (strcmp (words[0], "dmarc=pass") == 0)
    return is_about (words, domain) ? PD_AUTH_PASS : PD_AUTH_UNKNOWN;
  return speaks_of (words, domain) ? PD_AUTH_PASS : PD_AUTH_UNKNOWN;
}

PdAuth
pd_proof_read_results (const char *results, const char *authserv_id, const char *domain)
{
  g_auto (GStrv) sections = NULL;
  g_autofree char *ascii = NULL;
  PdAuth auth = PD_AUTH_UNKNOWN;

  if (results == NULL || authserv_id == NULL || *authserv_id == '\0')
    return PD_AUTH_UNKNOWN;
  sections = find_field (results, authserv_id);
  if (sections == NULL)
    return PD_AUTH_UNKNOWN;
  ascii = domain != NULL ? g_hostname_to_ascii (domain) : NULL;
  for (char **section = sections + 1; *section != NULL; section++)
    {
      PdAuth one = read_section (*section, ascii);

      /* one that failed outweighs all that passed */
      if (one == PD_AUTH_FAIL)
        return PD_AUTH_FAIL;
      if (one == PD_AUTH_PASS)
        auth = PD_AUTH_PASS;
    }
  return auth;
}

PdProof
pd_proof_level (PdAuth auth, gboolean known, gboolean own_reply)
{
  if (auth == PD_AUTH_FAIL)
    return PD_PROOF_NONE;
  if (own_reply)
    return PD_PROOF_SIGNED;
  if (auth == PD_AUTH_PASS)
    return PD_PROOF_ALIGNED;
  return known ? PD_PROOF_PLAUSIBLE : PD_PROOF_NONE;
}
