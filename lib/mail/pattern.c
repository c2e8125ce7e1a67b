#include "mail/pattern.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/error.h"
#include "mail/pattern-text.h"

#define MAX_STEPS 20000  /* of one match */
#define MAX_HEAP 512     /* KiB that one match may take */
#define MAX_MATCHES 6000 /* of one run: a text that asks for more is not mail */
#define MAX_WAYS 200     /* in which a phrase can begin that are told apart */
#define GRAMS 4096       /* a power of two */
#define RULE "-_=*~#+"

struct PdPattern {
  pcre2_code *code;
  char **needs;  /* words of which one must be there; empty: unknown */
  guint *grams;  /* what gram_of says of each of them */
  char *tail;    /* what a whole text must end with, "" if unknown */
  char *phrase;  /* folded */
  gunichar last; /* its last character, '-' for a rule's, 0 unknown */
  gboolean whole, dated;
  gboolean headed; /* see pd_pattern_has_head */
  int name;        /* number of the group of {name}, 0 if there is none */
};

struct PdPatternRun {
  pcre2_match_data *data;
  pcre2_match_context *context;
  const char *text;
  gsize length;
  int dated; /* -1 unknown yet */
  guint matches;
  gboolean counted;        /* `grams` is filled */
  guint8 grams[GRAMS / 8]; /* a bit for each three octets of the text */
};

/* The compiler's state. */
typedef struct {
  PdPattern *pattern;
  GString *regex;
  GString *literal; /* the run of plain characters that ends here */
  GString *longest; /* of those runs in this alternative */
  GPtrArray *words; /* the longest run of each alternative of a group */
  gsize least;      /* the length of the shortest of `words` */
  gsize strength;   /* the same of pattern->needs */
  guint depth;
} Compiler;

static const struct Gap {
  const char *name, *regex;
} gaps[] = {
  { "date", ".{1,120}?" },
  { "name", "(?<name>.{1,200}?)" },
  { "address", "[^ ]{0,120}@[^ ]{1,200}" },
  { "text", ".{0,200}?" },
  { "rule", "[-_=*~#+ ]{2,}" },
  { "number", "[0-9]+" },
};

/* Three octets as a number below GRAMS; 0 for a word that has fewer. */
static guint
gram_of (const char *text, gsize length)
{
  const guint8 *octets = (const guint8 *)text;
  guint gram;

  if (length < 3)
    return 0;
  gram = (octets[0] | (guint)octets[1] << 8 | (guint)octets[2] << 16) * 2654435761u;
  return MAX (gram >> 20, 1);
}

/* A run of plain characters ends. */
static void
end_literal (Compiler *compiler)
{
  if (compiler->depth <= 1 && compiler->literal->len > compiler->longest->len)
    g_string_assign (compiler->longest, compiler->literal->str);
  g_string_truncate (compiler->literal, 0);
}

/* An alternative of a group, or what stands outside of groups, ends. */
static void
end_alternative (Compiler *compiler)
{
  end_literal (compiler);
  compiler->least = MIN (compiler->least, compiler->longest->len);
  g_ptr_array_add (compiler->words, g_strdup (compiler->longest->str));
  g_string_truncate (compiler->longest, 0);
}

/* Of a text that matches one of these words is a part: the longer, the better. */
static void
settle_words (Compiler *compiler, gboolean optional)
{
  if (!optional && compiler->least > compiler->strength)
    {
      g_strfreev (compiler->pattern->needs);
      g_ptr_array_add (compiler->words, NULL);
      compiler->pattern->needs = (char **)g_ptr_array_steal (compiler->words, NULL);
      compiler->strength = compiler->least;
    }
  g_ptr_array_set_size (compiler->words, 0);
  compiler->least = G_MAXSIZE;
}

static void
add_plain (Compiler *compiler, gunichar c, gboolean optional)
{
  if (optional)
    end_literal (compiler);
  if (c < 0x80 && !g_ascii_isalnum ((gchar)c) && c != ' ')
    g_string_append_c (compiler->regex, '\\');
  g_string_append_unichar (compiler->regex, c);
  if (optional)
    g_string_append_c (compiler->regex, '?');
  else
    g_string_append_unichar (compiler->literal, c);
  if (compiler->depth == 0)
    compiler->pattern->last = optional ? 0 : c;
}

static const char *
add_gap (Compiler *compiler, const char *at, GError **error)
{
  gsize length = strcspn (at, "}");

  end_literal (compiler);
  for (gsize i = 0; i < G_N_ELEMENTS (gaps); i++)
    if (length == strlen (gaps[i].name) && strncmp (at, gaps[i].name, length) == 0)
      {
        g_string_append (compiler->regex, gaps[i].regex);
        if (g_str_equal (gaps[i].name, "date"))
          compiler->pattern->dated = TRUE;
        if (compiler->depth == 0)
          compiler->pattern->last = g_str_equal (gaps[i].name, "rule") ? '-' : 0;
        return at + length + (at[length] == '}');
      }
  pd_fail (error, PD_ERROR_INVALID, "unknown gap \"{%.*s}\"", (int)length, at);
  return NULL;
}

static const char *
open_group (Compiler *compiler, const char *at)
{
  if (compiler->depth == 0)
    {
      end_alternative (compiler);
      settle_words (compiler, FALSE);
      compiler->pattern->last = 0;
    }
  else
    end_literal (compiler);
  compiler->depth++;
  g_string_append (compiler->regex, "(?:");
  return at + 1;
}

static const char *
close_group (Compiler *compiler, const char *at, GError **error)
{
  gboolean optional = at[1] == '?';

  if (compiler->depth == 0)
    {
      pd_fail (error, PD_ERROR_INVALID, "\")\" without \"(\"");
      return NULL;
    }
  if (compiler->depth == 1)
    {
      end_alternative (compiler);
      settle_words (compiler, optional);
    }
  else
    end_literal (compiler);
  compiler->depth--;
  g_string_append (compiler->regex, optional ? ")?" : ")");
  return at + 1 + optional;
}

static const char *
next_alternative (Compiler *compiler, const char *at)
{
  if (compiler->depth == 1)
    end_alternative (compiler);
  else
    end_literal (compiler);
  g_string_append_c (compiler->regex, '|');
  return at + 1;
}

static gboolean
translate (Compiler *compiler, const char *at, GError **error)
{
  while (at != NULL && *at != '\0')
    if (*at == '{')
      at = add_gap (compiler, at + 1, error);
    else if (*at == '(')
      at = open_group (compiler, at);
    else if (*at == ')')
      at = close_group (compiler, at, error);
    else if (*at == '|' && compiler->depth > 0)
      at = next_alternative (compiler, at);
    else
      {
        const char *next;

        at += *at == '\\' && at[1] != '\0';
        next = g_utf8_next_char (at);
        add_plain (compiler, g_utf8_get_char (at), *next == '?');
        at = next + (*next == '?');
      }
  if (at == NULL)
    return FALSE;
  if (compiler->depth > 0)
    return pd_fail (error, PD_ERROR_INVALID, "\"(\" without \")\"");
  return TRUE;
}

static gboolean
compile (PdPattern *pattern, const char *regex, GError **error)
{
  int code;
  PCRE2_SIZE at;

  pattern->code = pcre2_compile ((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
                                 PCRE2_UTF | PCRE2_ANCHORED | PCRE2_DOTALL | PCRE2_DUPNAMES, &code,
                                 &at, NULL);
  if (pattern->code == NULL)
    {
      PCRE2_UCHAR text[120];

      pcre2_get_error_message (code, text, sizeof text);
      return pd_fail (error, PD_ERROR_INVALID, "%s", (const char *)text);
    }
  /* not compiled just in time: that would take five times as long at each
   * program's start, and pd_pattern_may_match leaves few matches to be made faster
   */
  code = pcre2_substring_number_from_name (pattern->code, (PCRE2_SPTR) "name");
  pattern->name = MAX (code, 0);
  return TRUE;
}

/* The end of the phrase: what is left becomes its tail and, if it is the longest,
 * what it needs.
 */
static void
end_phrase (Compiler *compiler)
{
  compiler->pattern->tail = g_strdup (compiler->literal->str);
  end_alternative (compiler);
  settle_words (compiler, FALSE);
  if (compiler->pattern->needs == NULL)
    compiler->pattern->needs = g_new0 (char *, 1);
  compiler->pattern->grams = g_new0 (guint, g_strv_length (compiler->pattern->needs) + 1);
  for (guint i = 0; compiler->pattern->needs[i] != NULL; i++)
    compiler->pattern->grams[i]
        = gram_of (compiler->pattern->needs[i], strlen (compiler->pattern->needs[i]));
  if (compiler->pattern->whole)
    g_string_append_c (compiler->regex, '$');
}

/* ---- how it begins --------------------------------------------------------- */

typedef struct {
  PdPatternBeginFunc func;
  gpointer data;
  guint left; /* ways that may still be tried */
} Begins;

static void expand (Begins *begins, const char *at, const char *done, guint n);

/* Each alternative of the group that begins at `at`, with what stands behind it. */
static void
expand_group (Begins *begins, const char *at, const char *done, guint n)
{
  const char *start = at + 1, *end = start;
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  for (guint depth = 1; depth > 0; end++)
    {
      if (*end == '\\' && end[1] != '\0')
        end++;
      else if (*end == '(')
        depth++;
      else if (*end == ')')
        depth--;
      if (depth == 0 || (depth == 1 && *end == '|'))
        {
          g_ptr_array_add (parts, g_strndup (start, (gsize)(end - start)));
          start = end + 1;
        }
    }
  if (*end == '?')
    {
      end++;
      g_ptr_array_add (parts, g_strdup (""));
    }
  for (guint i = 0; i < parts->len; i++)
    {
      g_autofree char *whole = g_strconcat (parts->pdata[i], end, NULL);

      expand (begins, whole, done, n);
    }
}

static void
expand (Begins *begins, const char *at, const char *done, guint n)
{
  g_autofree char *more = NULL;
  const char *next;

  if (begins->left == 0)
    return;
  if (*at == '(')
    {
      begins->left--;
      expand_group (begins, at, done, n);
      return;
    }
  if (n == PD_PATTERN_BEGIN || *at == '\0' || *at == '{')
    {
      gboolean ruled = n == 0 && g_str_has_prefix (at, "{rule}");

      begins->func (ruled ? "-" : done, ruled ? 1 : n, ruled, begins->data);
      return;
    }
  at += *at == '\\' && at[1] != '\0';
  next = g_utf8_next_char (at);
  more = g_strdup_printf ("%s%.*s", done, (int)(next - at), at);
  if (*next == '?')
    expand (begins, next + 1, done, n);
  expand (begins, next + (*next == '?'), more, n + 1);
}

void
pd_pattern_begins (const PdPattern *pattern, PdPatternBeginFunc func, gpointer data)
{
  Begins begins = { func, data, MAX_WAYS };

  expand (&begins, pattern->phrase, "", 0);
  if (begins.left == 0)
    func ("", 0, FALSE, data);
}

static void
note_gap (const char *begin, guint n, gboolean ruled, gpointer data)
{
  (void)begin;
  (void)ruled;
  if (n == 0)
    *(gboolean *)data = FALSE;
}

PdPattern *
pd_pattern_new (const char *phrase, gboolean whole, GError **error)
{
  g_autoptr (PdPattern) pattern = g_new0 (PdPattern, 1);
  g_autoptr (GString) regex = g_string_new (NULL);
  g_autoptr (GString) literal = g_string_new (NULL);
  g_autoptr (GString) longest = g_string_new (NULL);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  Compiler compiler = { pattern, regex, literal, longest, words, G_MAXSIZE, 0, 0 };

  pattern->whole = whole;
  pattern->phrase = pd_pattern_dup_folded (phrase, strlen (phrase));
  if (strlen (pattern->phrase) > PD_PATTERN_MAX_LENGTH || *pattern->phrase == '\0')
    {
      pd_fail (error, PD_ERROR_INVALID, "a pattern has 1 to %d octets", PD_PATTERN_MAX_LENGTH);
      return NULL;
    }
  if (!translate (&compiler, pattern->phrase, error))
    return NULL;
  end_phrase (&compiler);
  if (!compile (pattern, regex->str, error))
    return NULL;
  pattern->headed = TRUE;
  pd_pattern_begins (pattern, note_gap, &pattern->headed);
  return g_steal_pointer (&pattern);
}

void
pd_pattern_free (PdPattern *pattern)
{
  if (pattern == NULL)
    return;
  pcre2_code_free (pattern->code);
  g_strfreev (pattern->needs);
  g_free (pattern->grams);
  g_free (pattern->tail);
  g_free (pattern->phrase);
  g_free (pattern);
}

gboolean
pd_pattern_ends (const PdPattern *pattern, guint16 last[256], guint16 bit)
{
  gunichar edge = pattern->whole ? pattern->last : 0;

  for (guint i = 0; edge == 0 && i < 256; i++)
    last[i] |= bit;
  for (const char *c = RULE; edge == '-' && *c != '\0'; c++)
    last[(guint8)*c] |= bit;
  last[edge & 0xFF] |= bit;
  return edge != 0;
}

gboolean
pd_pattern_has_head (const PdPattern *pattern)
{
  return pattern->headed;
}

/* ---- matching ---------------------------------------------------------------- */

PdPatternRun *
pd_pattern_run_new (void)
{
  PdPatternRun *run = g_new0 (PdPatternRun, 1);

  run->data = pcre2_match_data_create (2, NULL);
  run->context = pcre2_match_context_create (NULL);
  if (run->data == NULL || run->context == NULL)
    g_error ("no memory to match patterns");
  pcre2_set_match_limit (run->context, MAX_STEPS);
  pcre2_set_depth_limit (run->context, MAX_STEPS);
  pcre2_set_heap_limit (run->context, MAX_HEAP);
  run->text = "";
  return run;
}

void
pd_pattern_run_free (PdPatternRun *run)
{
  if (run == NULL)
    return;
  pcre2_match_data_free (run->data);
  pcre2_match_context_free (run->context);
  g_free (run);
}

void
pd_pattern_run_take (PdPatternRun *run, const char *folded, gsize length)
{
  run->text = folded;
  run->length = length;
  run->dated = -1;
  run->counted = FALSE;
}

/* Whether three octets stand in the text; FALSE is certain. */
static gboolean
has_gram (PdPatternRun *run, guint gram)
{
  if (!run->counted)
    {
      memset (run->grams, 0, sizeof run->grams);
      run->grams[0] = 1;
      for (gsize i = 0; i + 3 <= run->length; i++)
        {
          guint other = gram_of (run->text + i, 3);

          run->grams[other / 8] |= (guint8)(1 << other % 8);
        }
      run->counted = TRUE;
    }
  return (run->grams[gram / 8] & 1 << gram % 8) != 0;
}

gboolean
pd_pattern_may_match (const PdPattern *pattern, PdPatternRun *run)
{
  gsize tail = strlen (pattern->tail);

  if (run->length > PD_PATTERN_MAX_LENGTH || run->matches >= MAX_MATCHES)
    return FALSE;
  if (pattern->whole
      && (tail > run->length || memcmp (run->text + run->length - tail, pattern->tail, tail) != 0))
    return FALSE;
  if (pattern->dated && run->dated < 0)
    run->dated = pd_pattern_has_date (run->text);
  if (pattern->dated && !run->dated)
    return FALSE;
  for (guint i = 0; pattern->needs[i] != NULL; i++)
    if (has_gram (run, pattern->grams[i])
        && memmem (run->text, run->length, pattern->needs[i], strlen (pattern->needs[i])) != NULL)
      return TRUE;
  return *pattern->needs == NULL;
}

gboolean
pd_pattern_match (const PdPattern *pattern, PdPatternRun *run, const char **out_name,
                  gsize *out_name_length)
{
  PCRE2_SIZE *found;

  if (out_name != NULL)
    {
      *out_name = "";
      *out_name_length = 0;
    }
  if (!pd_pattern_may_match (pattern, run))
    return FALSE;
  run->matches++;
  if (pcre2_match (pattern->code, (PCRE2_SPTR)run->text, run->length, 0, PCRE2_NO_UTF_CHECK,
                   run->data, run->context)
      < 0)
    return FALSE;
  found = pcre2_get_ovector_pointer (run->data);
  if (out_name != NULL && pattern->name > 0 && found[2 * pattern->name] != PCRE2_UNSET)
    {
      *out_name = run->text + found[2 * pattern->name];
      *out_name_length = found[2 * pattern->name + 1] - found[2 * pattern->name];
    }
  return TRUE;
}
