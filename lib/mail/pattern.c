#include "mail/pattern.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/error.h"
#include "mail/pattern-text.h"

#define MAX_STEPS 20000  /* of one match */
#define MAX_HEAP 512     /* KiB that one match may take */
#define MAX_MATCHES 6000 /* of one run: a text that asks for more is not mail */
#define RULE "-_=*~#+. "

struct PdPattern {
  pcre2_code *code;
  char *inner;    /* the longest of its words: not there, no match */
  char *tail;     /* what a whole text must end with, "" if unknown */
  gunichar first; /* of the phrase, 0 if any, '-' stands for a rule's */
  gunichar last;
  gboolean whole, dated;
  int name; /* number of the group of {name}, 0 if there is none */
};

struct PdPatternRun {
  pcre2_match_data *data;
  pcre2_match_context *context;
  const char *text;
  gsize length;
  int dated; /* -1 unknown yet */
  guint matches;
};

/* The compiler's state. */
typedef struct {
  PdPattern *pattern;
  GString *regex, *literal, *inner;
  guint depth;
  gboolean begun;
} Compiler;

static const struct Gap {
  const char *name, *regex;
} gaps[] = {
  { "date", ".{1,120}?" },
  { "name", "(?<name>.{1,200}?)" },
  { "address", "[^ ]{0,120}@[^ ]{1,200}" },
  { "text", ".{0,200}?" },
  { "rule", "[-_=*~#+. ]{2,}" },
  { "number", "[0-9]+" },
};

/* A run of plain characters ends. */
static void
end_literal (Compiler *compiler)
{
  if (compiler->literal->len > compiler->inner->len)
    g_string_assign (compiler->inner, compiler->literal->str);
  g_string_truncate (compiler->literal, 0);
}

static void
note_edge (Compiler *compiler, gunichar c)
{
  if (!compiler->begun)
    compiler->pattern->first = c;
  compiler->begun = TRUE;
  compiler->pattern->last = c;
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
  if (compiler->depth > 0)
    return;
  if (!optional)
    g_string_append_unichar (compiler->literal, c);
  note_edge (compiler, optional ? 0 : c);
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
          note_edge (compiler, g_str_equal (gaps[i].name, "rule") ? '-' : 0);
        return at + length + (at[length] == '}');
      }
  pd_fail (error, PD_ERROR_INVALID, "unknown gap \"{%.*s}\"", (int)length, at);
  return NULL;
}

static const char *
add_group (Compiler *compiler, const char *at, GError **error)
{
  end_literal (compiler);
  if (*at == '(')
    {
      if (compiler->depth == 0)
        note_edge (compiler, 0);
      compiler->depth++;
      g_string_append (compiler->regex, "(?:");
      return at + 1;
    }
  if (compiler->depth == 0)
    {
      pd_fail (error, PD_ERROR_INVALID, "\")\" without \"(\"");
      return NULL;
    }
  compiler->depth--;
  g_string_append_c (compiler->regex, ')');
  if (at[1] != '?')
    return at + 1;
  g_string_append_c (compiler->regex, '?');
  return at + 2;
}

static gboolean
translate (Compiler *compiler, const char *at, GError **error)
{
  while (at != NULL && *at != '\0')
    if (*at == '{')
      at = add_gap (compiler, at + 1, error);
    else if (*at == '(' || *at == ')')
      at = add_group (compiler, at, error);
    else if (*at == '|' && compiler->depth > 0)
      {
        g_string_append_c (compiler->regex, '|');
        at++;
      }
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
   * program's start, and may_match leaves few matches to be made faster
   */
  code = pcre2_substring_number_from_name (pattern->code, (PCRE2_SPTR) "name");
  pattern->name = MAX (code, 0);
  return TRUE;
}

PdPattern *
pd_pattern_new (const char *phrase, gboolean whole, GError **error)
{
  g_autoptr (PdPattern) pattern = g_new0 (PdPattern, 1);
  g_autofree char *folded = pd_pattern_dup_folded (phrase, strlen (phrase));
  g_autoptr (GString) regex = g_string_new (NULL);
  g_autoptr (GString) literal = g_string_new (NULL);
  g_autoptr (GString) inner = g_string_new (NULL);
  Compiler compiler = { pattern, regex, literal, inner, 0, FALSE };

  pattern->whole = whole;
  if (strlen (folded) > PD_PATTERN_MAX_LENGTH || *folded == '\0')
    {
      pd_fail (error, PD_ERROR_INVALID, "a pattern has 1 to %d octets", PD_PATTERN_MAX_LENGTH);
      return NULL;
    }
  if (!translate (&compiler, folded, error))
    return NULL;
  pattern->tail = g_strdup (literal->str);
  end_literal (&compiler);
  if (whole)
    g_string_append_c (regex, '$');
  pattern->inner = g_strdup (inner->str);
  if (!compile (pattern, regex->str, error))
    return NULL;
  return g_steal_pointer (&pattern);
}

void
pd_pattern_free (PdPattern *pattern)
{
  if (pattern == NULL)
    return;
  pcre2_code_free (pattern->code);
  g_free (pattern->inner);
  g_free (pattern->tail);
  g_free (pattern);
}

static void
mark_edge (guint16 table[256], gunichar edge, guint16 bit)
{
  for (guint i = 0; edge == 0 && i < 256; i++)
    table[i] |= bit;
  for (const char *c = RULE; edge == '-' && *c != '\0'; c++)
    table[(guint8)*c] |= bit;
  table[edge & 0xFF] |= bit;
}

void
pd_pattern_mark (const PdPattern *pattern, guint16 first[256], guint16 last[256], guint16 bit)
{
  mark_edge (first, pattern->first, bit);
  mark_edge (last,
             pattern->whole && *pattern->tail != '\0' ? pattern->last
             : pattern->whole && pattern->last == '-' ? '-'
                                                      : 0,
             bit);
}

gboolean
pd_pattern_has_head (const PdPattern *pattern)
{
  return pattern->first != 0;
}

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
}

/* Cheap, and FALSE for nearly all texts. */
static gboolean
may_match (const PdPattern *pattern, PdPatternRun *run)
{
  gsize tail = strlen (pattern->tail);

  if (run->length > PD_PATTERN_MAX_LENGTH || run->matches >= MAX_MATCHES)
    return FALSE;
  if (pattern->whole
      && (tail > run->length || memcmp (run->text + run->length - tail, pattern->tail, tail) != 0))
    return FALSE;
  if (memmem (run->text, run->length, pattern->inner, strlen (pattern->inner)) == NULL)
    return FALSE;
  if (pattern->dated && run->dated < 0)
    run->dated = pd_pattern_has_date (run->text);
  return !pattern->dated || run->dated;
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
  if (!may_match (pattern, run))
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
