#define PCRE2_CODE_UNIT_WIDTH 8

#include "sieve/sieve-regex.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define MAX_PATTERN 65536 /* octets */
#define MAX_REPEAT  255   /* RE_DUP_MAX of POSIX */

struct PdSieveRegex {
  gatomicrefcount refs;
  pcre2_code     *code;
};

struct PdSieveRegexWork {
  guint                steps;
  pcre2_match_context *context;
  pcre2_match_data    *data;
};

/* A POSIX expression on its way to PCRE2's syntax. */
typedef struct {
  const char *at;
  GString    *out;
  GArray     *groups;   /* where those that are open begin in out; of gsize */
  gsize       atom;     /* where begins what "*" would repeat */
  gboolean    has_atom;
  gboolean    repeated; /* it is repeated already: POSIX allows that again */
  gboolean    classes;  /* [:alpha:] or \w is in it */
  const char *why;
} Translation;

static gboolean
refuse (Translation *job, const char *why)
{
  job->why = why;
  return FALSE;
}

static void
begin_atom (Translation *job)
{
  job->atom = job->out->len;
  job->has_atom = TRUE;
  job->repeated = FALSE;
}

/* "[:alpha:]" within brackets */
static gboolean
add_class (Translation *job)
{
  const char *end = strstr (job->at + 2, ":]");

  if (job->at[1] != ':')
    return refuse (job, "collating elements are not supported");
  if (end == NULL)
    return refuse (job, "\"[:\" without \":]\"");
  g_string_append_len (job->out, job->at, end + 2 - job->at);
  job->at = end + 2;
  job->classes = TRUE;
  return TRUE;
}

/* A "\" within brackets is none of its own in POSIX. */
static gboolean
add_brackets (Translation *job)
{
  gboolean first = TRUE;

  begin_atom (job);
  g_string_append_c (job->out, *job->at++);
  if (*job->at == '^')
    g_string_append_c (job->out, *job->at++);
  for (; *job->at != '\0' && (first || *job->at != ']'); first = FALSE)
    {
      if (job->at[0] == '[' && job->at[1] != '\0' && strchr (":.=", job->at[1]) != NULL)
        {
          if (!add_class (job))
            return FALSE;
          continue;
        }
      if (strchr ("[]\\", *job->at) != NULL)
        g_string_append_c (job->out, '\\');
      g_string_append_c (job->out, *job->at++);
    }
  if (*job->at == '\0')
    return refuse (job, "\"[\" without \"]\"");
  g_string_append_c (job->out, *job->at++);
  return TRUE;
}

static gboolean
add_escape (Translation *job)
{
  char c = job->at[1];

  if (c == '\0')
    return refuse (job, "nothing follows the last \"\\\"");
  job->at += 2;
  if (strchr ("bB<>`'", c) != NULL)
    {
      job->has_atom = FALSE;
      g_string_append (job->out, c == '<' ? "\\b(?=\\w)" : c == '>' ? "\\b(?<=\\w)" : c == '`' ? "\\A" : c == '\'' ? "\\z"
                                 : c == 'b' ? "\\b" : "\\B");
      return TRUE;
    }
  begin_atom (job);
  if (c >= '1' && c <= '9')
    g_string_append_printf (job->out, "\\g{%c}", c);
  else if (strchr ("wWsSdD", c) != NULL)
    {
      job->classes = TRUE;
      g_string_append_printf (job->out, "\\%c", c);
    }
  else
    {
      if (g_ascii_ispunct (c))
        g_string_append_c (job->out, '\\');
      g_string_append_c (job->out, c);
      /* what is left of a longer character */
      while (((guint8) *job->at & 0xc0) == 0x80)
        g_string_append_c (job->out, *job->at++);
    }
  return TRUE;
}

/* "{2}" "{2,}" "{,3}" "{2,3}" at job->at */
static gboolean
read_bound (Translation *job, char **out_bound)
{
  const char *p = job->at + 1;
  char *end;
  gulong least = 0, most;

  if (g_ascii_isdigit (*p))
    {
      least = strtoul (p, &end, 10);
      p = end;
      most = least;
    }
  else if (*p == ',' && g_ascii_isdigit (p[1]))
    most = 0;
  else
    return refuse (job, "after \"{\" a bound as \"2}\" or \"2,3}\" is expected");
  if (*p == ',')
    {
      p++;
      most = G_MAXULONG;
      if (g_ascii_isdigit (*p))
        {
          most = strtoul (p, &end, 10);
          p = end;
        }
    }
  if (*p != '}')
    return refuse (job, "after \"{\" a bound as \"2}\" or \"2,3}\" is expected");
  if (least > MAX_REPEAT || (most > MAX_REPEAT && most != G_MAXULONG) || most < least)
    return refuse (job, "a bound is over 255 or the wrong way round");
  job->at = p + 1;
  *out_bound = most == G_MAXULONG ? g_strdup_printf ("{%lu,}", least) : g_strdup_printf ("{%lu,%lu}", least, most);
  return TRUE;
}

static gboolean
add_repeat (Translation *job)
{
  g_autofree char *bound = NULL;

  if (!job->has_atom)
    return refuse (job, "there is nothing to repeat");
  if (*job->at == '{')
    {
      if (!read_bound (job, &bound))
        return FALSE;
    }
  else
    bound = g_strndup (job->at++, 1);
  if (job->repeated)
    {
      /* "a+?" would be something else for PCRE2 */
      g_string_insert (job->out, (gssize) job->atom, "(?:");
      g_string_append_c (job->out, ')');
    }
  g_string_append (job->out, bound);
  job->repeated = TRUE;
  return TRUE;
}

static gboolean
close_group (Translation *job)
{
  if (job->groups->len == 0)
    {
      /* POSIX: an ordinary character */
      begin_atom (job);
      g_string_append (job->out, "\\)");
    }
  else
    {
      job->atom = g_array_index (job->groups, gsize, job->groups->len - 1);
      g_array_set_size (job->groups, job->groups->len - 1);
      job->has_atom = TRUE;
      job->repeated = FALSE;
      g_string_append_c (job->out, ')');
    }
  job->at++;
  return TRUE;
}

static gboolean
add_next (Translation *job)
{
  switch (*job->at)
    {
    case '[':
      return add_brackets (job);
    case '\\':
      return add_escape (job);
    case '*':
    case '+':
    case '?':
    case '{':
      return add_repeat (job);
    case '(':
      g_array_append_val (job->groups, job->out->len);
      G_GNUC_FALLTHROUGH;
    case '|':
    case '^':
    case '$':
      job->has_atom = FALSE;
      break;
    case ')':
      return close_group (job);
    default:
      if (((guint8) *job->at & 0xc0) != 0x80)
        begin_atom (job);
    }
  g_string_append_c (job->out, *job->at++);
  return TRUE;
}

/* Caller frees; NULL: *out_why says what is wrong. */
static char *
translate (const char *pattern, gboolean *out_classes, const char **out_why)
{
  Translation job = { .at = pattern };

  job.out = g_string_new (NULL);
  job.groups = g_array_new (FALSE, FALSE, sizeof (gsize));
  while (*job.at != '\0' && add_next (&job))
    ;
  if (job.why == NULL && job.groups->len > 0)
    job.why = "\"(\" without \")\"";
  g_array_free (job.groups, TRUE);
  *out_classes = job.classes;
  *out_why = job.why;
  return g_string_free (job.out, job.why != NULL);
}

PdSieveRegex *
pd_sieve_regex_new (const char *pattern, gboolean caseless, GError **error)
{
  /* MATCH_INVALID_UTF: a body may hold anything */
  guint32 options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C;
  gboolean classes = FALSE;
  const char *why = NULL;
  g_autofree char *perl = NULL;
  PdSieveRegex *regex;
  pcre2_code *code;
  int status = 0;
  PCRE2_SIZE at = 0;

  if (strlen (pattern) > MAX_PATTERN)
    why = "it is too long";
  else
    perl = translate (pattern, &classes, &why);
  if (why != NULL)
    return pd_fail (error, PD_ERROR_INVALID, "%s", why), NULL;
  options |= (caseless ? PCRE2_CASELESS : 0) | (classes ? PCRE2_UCP : 0);
  code = pcre2_compile ((PCRE2_SPTR) perl, PCRE2_ZERO_TERMINATED, options, &status, &at, NULL);
  if (code == NULL)
    {
      PCRE2_UCHAR text[128] = "";

      pcre2_get_error_message (status, text, sizeof text);
      return pd_fail (error, PD_ERROR_INVALID, "%s", (const char *) text), NULL;
    }
  regex = g_new0 (PdSieveRegex, 1);
  g_atomic_ref_count_init (&regex->refs);
  regex->code = code;
  return regex;
}

PdSieveRegex *
pd_sieve_regex_ref (PdSieveRegex *regex)
{
  g_atomic_ref_count_inc (&regex->refs);
  return regex;
}

void
pd_sieve_regex_unref (PdSieveRegex *regex)
{
  if (regex == NULL || !g_atomic_ref_count_dec (&regex->refs))
    return;
  pcre2_code_free (regex->code);
  g_free (regex);
}

PdSieveRegexWork *
pd_sieve_regex_work_new (guint steps, guint depth)
{
  PdSieveRegexWork *work = g_new0 (PdSieveRegexWork, 1);

  work->steps = steps;
  work->context = pcre2_match_context_create (NULL);
  work->data = pcre2_match_data_create (PD_SIEVE_MAX_MATCHES, NULL);
  if (work->context == NULL || work->data == NULL)
    g_error ("pcre2: out of memory");
  pcre2_set_depth_limit (work->context, depth);
  return work;
}

void
pd_sieve_regex_work_free (PdSieveRegexWork *work)
{
  if (work == NULL)
    return;
  pcre2_match_data_free (work->data);
  pcre2_match_context_free (work->context);
  g_free (work);
}

static void
copy_spans (PdSieveRegexWork *work, guint n, PdSieveSpan *out_spans)
{
  const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer (work->data);

  for (guint i = 0; i < n; i++)
    out_spans[i] = pairs[2 * i] == PCRE2_UNSET ? (PdSieveSpan) { 0, 0 }
                                               : (PdSieveSpan) { pairs[2 * i], pairs[2 * i + 1] - pairs[2 * i] };
}

int
pd_sieve_regex_match (const PdSieveRegex *regex, PdSieveRegexWork *work, const char *value, gsize length,
                      PdSieveSpan *out_spans, guint *out_n)
{
  guint32 n_groups = 0;
  int status;

  /* each octet may begin a match, so a long value needs more steps, in proportion */
  pcre2_set_match_limit (work->context, (guint32) MIN (work->steps + 16 * (guint64) length, G_MAXUINT32));
  status = pcre2_match (regex->code, (PCRE2_SPTR) value, length, 0, 0, work->data, work->context);
  *out_n = 0;
  if (status == PCRE2_ERROR_NOMATCH)
    return 0;
  if (status < 0)
    return -1;
  if (out_spans != NULL)
    {
      pcre2_pattern_info (regex->code, PCRE2_INFO_CAPTURECOUNT, &n_groups);
      *out_n = MIN (n_groups + 1, PD_SIEVE_MAX_MATCHES);
      copy_spans (work, *out_n, out_spans);
    }
  return 1;
}
