#include "mail/pattern-set.h"

#include <string.h>

#include "base/error.h"
#include "mail/pattern-text.h"

#define SUFFIX ".patterns"
#define BEGINS 4096 /* a power of two */
#define BIT(kind) (1u << (kind))

typedef struct {
  char *text; /* folded */
  gboolean matches;
  guint line;
} Example;

typedef struct {
  PdPattern *pattern;
  char *phrase; /* as written */
  char *file;
  guint line;
  GArray *examples; /* of Example */
} Entry;

struct PdPatternSet {
  GPtrArray *entries[PD_PATTERN_PHRASES]; /* of Entry */
  GHashTable *words;                      /* folded -> bits */
  guint16 begins[BEGINS];                 /* kinds, by the hash of a begin */
  guint16 last[256];                      /* kinds, by the last character */
  guint16 open_last[256];                 /* the same of phrases that a gap begins */
  guint n;
};

/* The sections of a file. */
static const struct Section {
  const char *name;
  int phrase; /* PdPatternKind, or -1 */
  int word;   /* PdWordKind, or -1 */
  gboolean whole;
} sections[] = {
  { "attribution", PD_PATTERN_ATTRIBUTION, -1, TRUE },
  { "attribution above a quote", PD_PATTERN_QUOTED, -1, TRUE },
  { "original message", PD_PATTERN_ORIGINAL, -1, TRUE },
  { "forwarded message", PD_PATTERN_FORWARD, -1, TRUE },
  { "device", PD_PATTERN_DEVICE, -1, TRUE },
  { "delimiter", PD_PATTERN_DELIMITER, -1, TRUE },
  { "disclaimer", PD_PATTERN_DISCLAIMER, -1, FALSE },
  { "footer", PD_PATTERN_FOOTER, -1, FALSE },
  { "from", -1, PD_WORD_FROM, TRUE },
  { "date", -1, PD_WORD_DATE, TRUE },
  { "to", -1, PD_WORD_TO, TRUE },
  { "subject", -1, PD_WORD_SUBJECT, TRUE },
  { "other field", -1, PD_WORD_OTHER, TRUE },
  { "forward subject", -1, PD_WORD_FORWARD, TRUE },
  { "trace field", -1, PD_WORD_TRACE, TRUE },
  { "self", -1, PD_WORD_SELF, TRUE },
};

static void
example_clear (gpointer data)
{
  g_free (((Example *)data)->text);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  pd_pattern_free (entry->pattern);
  g_array_unref (entry->examples);
  g_free (entry->phrase);
  g_free (entry->file);
  g_free (entry);
}

PdPatternSet *
pd_pattern_set_new (void)
{
  PdPatternSet *set = g_new0 (PdPatternSet, 1);

  for (int i = 0; i < PD_PATTERN_PHRASES; i++)
    set->entries[i] = g_ptr_array_new_with_free_func (entry_free);
  set->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return set;
}

void
pd_pattern_set_free (PdPatternSet *set)
{
  if (set == NULL)
    return;
  for (int i = 0; i < PD_PATTERN_PHRASES; i++)
    g_ptr_array_unref (set->entries[i]);
  g_hash_table_unref (set->words);
  g_free (set);
}

/* Where the reader of a file stands. */
typedef struct {
  PdPatternSet *set;
  const char *name;
  guint line;
  const struct Section *section;
  Entry *entry; /* to which examples belong; NULL if none */
} Reader;

/* `what`: a part of the line that is wrong, or "". */
static gboolean
fail (const Reader *reader, GError **error, const char *text, const char *what)
{
  return pd_fail (error, PD_ERROR_INVALID, "%s:%u: %s%s%s", reader->name, reader->line, text,
                  *what != '\0' ? ": " : "", what);
}

/* No phrase may stand without a text that it matches. */
static gboolean
end_entry (Reader *reader, GError **error)
{
  const Entry *entry = reader->entry;

  reader->entry = NULL;
  if (entry == NULL)
    return TRUE;
  for (guint i = 0; i < entry->examples->len; i++)
    if (g_array_index (entry->examples, Example, i).matches)
      return TRUE;
  return pd_fail (error, PD_ERROR_INVALID, "%s:%u: no example (+) below \"%s\"", entry->file,
                  entry->line, entry->phrase);
}

static gboolean
read_section (Reader *reader, const char *line, GError **error)
{
  gsize length = strlen (line);

  for (gsize i = 0; line[length - 1] == ']' && i < G_N_ELEMENTS (sections); i++)
    if (strlen (sections[i].name) == length - 2
        && strncmp (line + 1, sections[i].name, length - 2) == 0)
      {
        reader->section = &sections[i];
        return TRUE;
      }
  return fail (reader, error, "unknown section", line);
}

static gboolean
read_example (Reader *reader, const char *line, GError **error)
{
  Example example = { NULL, *line == '+', reader->line };
  g_auto (GStrv) lines = NULL;
  GString *text;

  if (reader->entry == NULL)
    return fail (reader, error, "an example without a phrase", line);
  if ((*line != '+' && *line != '-') || line[1] != ' ')
    return fail (reader, error, "an example begins with \"+ \" or \"- \"", line);
  lines = g_strsplit (line + 2, "\\n", -1);
  text = g_string_new (NULL);
  for (char **part = lines; *part != NULL; part++)
    pd_pattern_append (text, *part, strlen (*part));
  example.text = g_string_free (text, FALSE);
  g_array_append_val (reader->entry->examples, example);
  return TRUE;
}

/* Goes on the hash of a begin by a character. */
static guint
hash_begin (guint hash, gunichar c)
{
  return hash * 31 + c * 2654435761u + 1;
}

static guint
slot_of (guint hash)
{
  return (hash ^ hash >> 16) & (BEGINS - 1);
}

typedef struct {
  PdPatternSet *set;
  const PdPattern *pattern;
  guint16 bit;
  gboolean open; /* a gap begins it */
} Adding;

static void
add_begin (const char *begin, guint n, gboolean ruled, gpointer data)
{
  Adding *adding = data;
  guint hash = 0;

  (void)ruled; /* all characters of rules hash as '-' */
  if (n == 0)
    {
      pd_pattern_ends (adding->pattern, adding->set->open_last, adding->bit);
      adding->open = TRUE;
      return;
    }
  for (; *begin != '\0'; begin = g_utf8_next_char (begin))
    hash = hash_begin (hash, g_utf8_get_char (begin));
  adding->set->begins[slot_of (hash)] |= adding->bit;
}

/* Enters a phrase into the tables by which nearly all lines are passed over.
 * FALSE if it would let too many of them through.
 */
static gboolean
add_edges (PdPatternSet *set, const PdPattern *pattern, int kind)
{
  Adding adding = { set, pattern, (guint16)BIT (kind), FALSE };
  gboolean ends = pd_pattern_ends (pattern, set->last, adding.bit);

  pd_pattern_begins (pattern, add_begin, &adding);
  switch (kind)
    {
    case PD_PATTERN_ATTRIBUTION:
    case PD_PATTERN_QUOTED:
      return ends;
    case PD_PATTERN_ORIGINAL:
    case PD_PATTERN_FORWARD:
    case PD_PATTERN_DELIMITER:
      return ends || !adding.open;
    default: /* only looked for at the end of a text */
      return TRUE;
    }
}

static gboolean
read_phrase (Reader *reader, const char *line, GError **error)
{
  PdPatternSet *set = reader->set;
  g_autoptr (GError) failure = NULL;
  PdPattern *pattern = pd_pattern_new (line, reader->section->whole, &failure);
  Entry *entry;

  if (pattern == NULL)
    return fail (reader, error, failure->message, "");
  if (set->n++ >= PD_PATTERN_SET_MAX)
    {
      pd_pattern_free (pattern);
      return fail (reader, error, "too many phrases", line);
    }
  entry = g_new0 (Entry, 1);
  entry->pattern = pattern;
  entry->phrase = g_strdup (line);
  entry->file = g_strdup (reader->name);
  entry->line = reader->line;
  entry->examples = g_array_new (FALSE, FALSE, sizeof (Example));
  g_array_set_clear_func (entry->examples, example_clear);
  g_ptr_array_add (set->entries[reader->section->phrase], entry);
  reader->entry = entry;
  if (!add_edges (set, pattern, reader->section->phrase))
    return fail (reader, error, "must end (or, of one line, begin) with a character or {rule}",
                 line);
  return TRUE;
}

static gboolean
read_words (Reader *reader, const char *line, GError **error)
{
  g_auto (GStrv) words = g_strsplit (line, ",", -1);

  for (char **word = words; *word != NULL; word++)
    {
      char *folded = pd_pattern_dup_folded (*word, strlen (*word));
      guint bits = pd_pattern_set_word (reader->set, folded) | 1u << reader->section->word;

      if (*folded == '\0')
        {
          g_free (folded);
          return fail (reader, error, "an empty word", line);
        }
      g_hash_table_replace (reader->set->words, folded, GUINT_TO_POINTER (bits));
    }
  return TRUE;
}

static gboolean
read_line (Reader *reader, char *line, GError **error)
{
  gboolean indented = g_ascii_isspace (*line);

  g_strstrip (line);
  if (*line == '\0' || (*line == '#' && !indented))
    return TRUE;
  if (indented)
    return read_example (reader, line, error);
  if (!end_entry (reader, error))
    return FALSE;
  if (*line == '[')
    return read_section (reader, line, error);
  if (reader->section == NULL)
    return fail (reader, error, "before the first [section]", line);
  return reader->section->phrase >= 0 ? read_phrase (reader, line, error)
                                      : read_words (reader, line, error);
}

gboolean
pd_pattern_set_parse (PdPatternSet *set, const char *name, const char *text, GError **error)
{
  Reader reader = { set, name, 0, NULL, NULL };
  g_auto (GStrv) lines = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "%s: not UTF-8", name);
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      reader.line++;
      if (!read_line (&reader, *line, error))
        return FALSE;
    }
  return end_entry (&reader, error);
}

static gboolean
load_file (PdPatternSet *set, const char *path, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &failure))
    return pd_fail (error, PD_ERROR_NOT_FOUND, "%s", failure->message);
  if (length > PD_PATTERN_SET_MAX_FILE || strlen (text) != length)
    return pd_fail (error, PD_ERROR_INVALID, "%s: not a text of at most %d octets", path,
                    PD_PATTERN_SET_MAX_FILE);
  return pd_pattern_set_parse (set, path, text, error);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

gboolean
pd_pattern_set_load (PdPatternSet *set, const char *path, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return load_file (set, path, error);
  dir = g_dir_open (path, 0, &failure);
  if (dir == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "%s", failure->message);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (*name != '.' && g_str_has_suffix (name, SUFFIX))
      g_ptr_array_add (names, g_build_filename (path, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    if (!load_file (set, names->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
check_entry (const Entry *entry, PdPatternRun *run, GError **error)
{
  for (guint i = 0; i < entry->examples->len; i++)
    {
      const Example *example = &g_array_index (entry->examples, Example, i);

      pd_pattern_run_take (run, example->text, strlen (example->text));
      if (pd_pattern_match (entry->pattern, run, NULL, NULL) != example->matches)
        return pd_fail (error, PD_ERROR_INVALID, "%s:%u: \"%s\" %s this example", entry->file,
                        example->line, entry->phrase,
                        example->matches ? "does not match" : "matches");
    }
  return TRUE;
}

gboolean
pd_pattern_set_check (const PdPatternSet *set, GError **error)
{
  for (int kind = 0; kind < PD_PATTERN_PHRASES; kind++)
    for (guint i = 0; i < set->entries[kind]->len; i++)
      {
        g_autoptr (PdPatternRun) run = pd_pattern_run_new ();

        if (!check_entry (set->entries[kind]->pdata[i], run, error))
          return FALSE;
      }
  return TRUE;
}

guint
pd_pattern_set_kinds (const PdPatternSet *set, const gunichar begin[PD_PATTERN_BEGIN],
                      gunichar last)
{
  guint hash = 0, kinds = 0;

  if (begin[0] < 0x80 && begin[0] != 0 && strchr ("-_=*~#+", (int)begin[0]) != NULL)
    kinds |= set->begins[slot_of (hash_begin (0, '-'))];
  for (guint i = 0; i < PD_PATTERN_BEGIN && begin[i] != 0; i++)
    {
      hash = hash_begin (hash, begin[i]);
      kinds |= set->begins[slot_of (hash)];
    }
  return (kinds & set->last[last & 0xFF]) | set->open_last[last & 0xFF];
}

guint
pd_pattern_set_ends (const PdPatternSet *set, gunichar last)
{
  return set->last[last & 0xFF];
}

gboolean
pd_pattern_set_match (const PdPatternSet *set, PdPatternKind kind, PdPatternRun *run)
{
  for (guint i = 0; i < set->entries[kind]->len; i++)
    if (pd_pattern_match (((const Entry *)set->entries[kind]->pdata[i])->pattern, run, NULL, NULL))
      return TRUE;
  return FALSE;
}

void
pd_pattern_set_find (const PdPatternSet *set, PdPatternKind kind, PdPatternRun *run, GPtrArray *out)
{
  for (guint i = 0; i < set->entries[kind]->len; i++)
    {
      Entry *entry = set->entries[kind]->pdata[i];

      if (pd_pattern_may_match (entry->pattern, run))
        g_ptr_array_add (out, entry->pattern);
    }
}

guint
pd_pattern_set_word (const PdPatternSet *set, const char *folded)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (set->words, folded));
}
