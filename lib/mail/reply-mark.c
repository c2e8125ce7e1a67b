#include "mail/reply-mark.h"

#include <string.h>

#include "mail/pattern-text.h"

#define MAX_LINE 400 /* octets of a line that is looked at */
#define MAX_DEVICE_WORDS 8
#define MAX_FIELD_NAME 40 /* octets */
#define MAX_TAIL_WORDS 3  /* "has written:" */
#define MIN_WRAPPED 40    /* columns: a shorter line was not broken for its length */
#define BLOCK_SPAN 14     /* lines in which a header block's fields must come */
#define BLOCK_FIELDS 3    /* of them that make it one */
#define BIT(kind) (1u << (kind))

struct PdReplyMarks {
  const PdPatternSet *set;
  PdPatternRun *run;
  GString *folded; /* what `run` has taken */
};

PdReplyMarks *
pd_reply_marks_new (const PdPatternSet *set)
{
  PdReplyMarks *marks = g_new0 (PdReplyMarks, 1);

  marks->set = set;
  marks->run = pd_pattern_run_new ();
  marks->folded = g_string_new (NULL);
  return marks;
}

void
pd_reply_marks_free (PdReplyMarks *marks)
{
  if (marks == NULL)
    return;
  pd_pattern_run_free (marks->run);
  g_string_free (marks->folded, TRUE);
  g_free (marks);
}

/* ---- shapes of lines ------------------------------------------------------ */

/* Octets at the line's begin that nobody sees: blanks and direction marks. */
static gsize
unseen_head (const PdLine *line)
{
  const char *at = line->text, *end = line->text + line->length;

  while (at < end)
    {
      gunichar c = (guint8)*at < 0x80 ? (gunichar)*at : g_utf8_get_char (at);

      if (c > ' ' && (c < 0x80 || (pd_pattern_fold (c) != 0 && pd_pattern_fold (c) != ' ')))
        break;
      at = g_utf8_next_char (at);
    }
  return (gsize)(MIN (at, end) - line->text);
}

/* The last character that is seen, folded; 0 if there is none. */
static gunichar
last_seen (const PdLine *line)
{
  const char *at = line->text + line->length;

  while (at > line->text)
    {
      gunichar c;

      at = g_utf8_prev_char (at);
      c = pd_pattern_fold (g_utf8_get_char (at));
      if (c != 0 && c != ' ')
        return c;
    }
  return 0;
}

static PdLine
strip (const PdLine *line)
{
  gsize head = unseen_head (line);
  PdLine inner = { line->text + head, line->length - head };

  while (inner.length > 0 && g_ascii_isspace (inner.text[inner.length - 1]))
    inner.length--;
  return inner;
}

gboolean
pd_line_is_blank (const PdLine *line)
{
  return unseen_head (line) == line->length;
}

gboolean
pd_line_is_quote (const PdLine *line)
{
  gsize head = unseen_head (line);

  return head < line->length && line->text[head] == '>';
}

gboolean
pd_line_is_rule (const PdLine *line)
{
  PdLine inner = strip (line);
  guint n = 0;

  for (const char *c = inner.text; c < inner.text + inner.length; c = g_utf8_next_char (c), n++)
    {
      gunichar folded = pd_pattern_fold (g_utf8_get_char (c));

      if (folded == 0 || folded >= 0x80 || strchr ("-_=*#~+", (int)folded) == NULL)
        return FALSE;
    }
  return n >= 2;
}

gboolean
pd_line_is_signature (const PdLine *line)
{
  return (line->length == 2 && memcmp (line->text, "--", 2) == 0)
         || (line->length >= 3 && memcmp (line->text, "-- ", 3) == 0 && strip (line).length == 2);
}

/* ---- marks of one line ---------------------------------------------------- */

guint
pd_line_kinds (const PdReplyMarks *marks, const PdLine *line)
{
  gsize head = unseen_head (line);
  guint kinds;

  if (head == line->length || line->length > MAX_LINE)
    return 0;
  kinds = pd_pattern_set_ends (marks->set, last_seen (line));
  if ((kinds & ~(BIT (PD_PATTERN_DISCLAIMER) | BIT (PD_PATTERN_FOOTER))) == 0)
    return 0;
  return kinds
         & (pd_pattern_set_begins (marks->set,
                                   pd_pattern_fold (g_utf8_get_char (line->text + head)))
            | BIT (PD_PATTERN_ATTRIBUTION) | BIT (PD_PATTERN_QUOTED));
}

static void
take (PdReplyMarks *marks)
{
  pd_pattern_run_take (marks->run, marks->folded->str, marks->folded->len);
}

static void
take_line (PdReplyMarks *marks, const PdLine *line)
{
  g_string_truncate (marks->folded, 0);
  pd_pattern_append (marks->folded, line->text, line->length);
  take (marks);
}

static gboolean
matches (PdReplyMarks *marks, PdPatternKind kind)
{
  guint at = 0;

  return pd_pattern_set_match (marks->set, kind, marks->run, &at, NULL, NULL) != NULL;
}

static guint
count_words (const char *folded)
{
  guint n = *folded != '\0';

  for (const char *c = folded; *c != '\0'; c++)
    n += *c == ' ';
  return n;
}

/* "Sent from my iPhone" is a mark, a sentence that goes on is none. */
static gboolean
is_short (const char *text)
{
  gsize length = strcspn (text, "<");

  return strcspn (text, ",") >= length && count_words (text) <= MAX_DEVICE_WORDS;
}

gboolean
pd_line_is_mark (PdReplyMarks *marks, const PdLine *line, PdPatternKind kind)
{
  PdLine inner = strip (line);

  if ((pd_line_kinds (marks, &inner) & BIT (kind)) == 0)
    return FALSE;
  take_line (marks, &inner);
  return matches (marks, kind) && (kind != PD_PATTERN_DEVICE || is_short (marks->folded->str));
}

gboolean
pd_lines_are_footer (PdReplyMarks *marks, const PdLine *lines, guint n)
{
  guint kinds = BIT (PD_PATTERN_DISCLAIMER) | BIT (PD_PATTERN_FOOTER);
  PdLine inner = strip (&lines[0]);

  if (inner.length == 0)
    return FALSE;
  kinds &= pd_pattern_set_begins (marks->set, pd_pattern_fold (g_utf8_get_char (inner.text)));
  if (kinds == 0)
    return FALSE;
  g_string_truncate (marks->folded, 0);
  for (guint i = 0; i < n && marks->folded->len < MAX_LINE; i++)
    {
      /* cut between characters: only the begin counts */
      gsize room = MIN (lines[i].length, MAX_LINE - marks->folded->len);

      while (room < lines[i].length && ((guint8)lines[i].text[room] & 0xC0) == 0x80)
        room++;
      pd_pattern_append (marks->folded, lines[i].text, room);
    }
  take (marks);
  return ((kinds & BIT (PD_PATTERN_DISCLAIMER)) != 0 && matches (marks, PD_PATTERN_DISCLAIMER))
         || ((kinds & BIT (PD_PATTERN_FOOTER)) != 0 && matches (marks, PD_PATTERN_FOOTER));
}

/* ---- attributions ---------------------------------------------------------- */

/* How an attribution was found so far. */
typedef struct {
  guint headed; /* lines, if it begins with words of its own */
  guint open;   /* lines, if it begins with a name or a date */
  gboolean headed_sure, open_sure;
} Found;

/* "Oct 2012 I": no name. */
static gboolean
is_self (const PdPatternSet *set, const char *name, gsize length)
{
  g_autofree char *word = NULL;
  gsize begin = length;

  if (memchr (name, '@', length) != NULL)
    return FALSE;
  while (begin > 0 && name[begin - 1] != ' ')
    begin--;
  word = g_strndup (name + begin, length - begin);
  return (pd_pattern_set_word (set, word) & BIT (PD_WORD_SELF)) != 0;
}

/* Whether a line was broken because it was full; some programs break before
 * the address or the verb wherever that is.
 */
static gboolean
is_wrapped (const PdLine *line, const char *below)
{
  return g_utf8_strlen (line->text, (gssize)line->length) >= MIN_WRAPPED
         || strchr (below, '@') != NULL || count_words (below) <= MAX_TAIL_WORDS;
}

/* `n` lines are taken; `wrapped`: each is full, so that they are one line. */
static void
find_attribution (PdReplyMarks *marks, guint n, gboolean wrapped, Found *found)
{
  static const PdPatternKind kinds[] = { PD_PATTERN_ATTRIBUTION, PD_PATTERN_QUOTED };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const PdPattern *pattern;
      const char *name;
      gsize length;
      guint at = 0;

      while (
          (pattern = pd_pattern_set_match (marks->set, kinds[i], marks->run, &at, &name, &length))
          != NULL)
        {
          gboolean sure = kinds[i] == PD_PATTERN_ATTRIBUTION && !is_self (marks->set, name, length);
          gboolean headed = pd_pattern_has_head (pattern);
          guint *best = headed ? &found->headed : &found->open;
          gboolean *best_sure = headed ? &found->headed_sure : &found->open_sure;

          if (*best == 0 || wrapped)
            {
              *best_sure = sure || (*best == n && *best_sure);
              *best = n;
            }
        }
    }
}

/* "reply--- On Wed, … wrote:" gives the offset of the dashes. */
static gsize
dashed_start (const PdLine *line)
{
  PdLine inner = strip (line);
  const char *dashes;

  if (inner.length == 0 || *inner.text == '-')
    return 0;
  dashes = memmem (inner.text, inner.length, "---", 3);
  return dashes != NULL ? (gsize)(dashes - line->text) : 0;
}

/* Bold, and the dashes that some programs put around. */
static PdLine
without_dashes (const PdLine *line, gsize from)
{
  PdLine rest = { line->text + from, line->length - from };

  while (rest.length > 0 && strchr ("-* _\t", *rest.text) != NULL && *rest.text != '\0')
    {
      rest.text++;
      rest.length--;
    }
  return rest;
}

static guint
find_dashed (PdReplyMarks *marks, const PdLine *line, gsize column, gboolean *out_sure)
{
  PdLine rest = without_dashes (line, column);
  Found found = { 0 };

  take_line (marks, &rest);
  find_attribution (marks, 1, FALSE, &found);
  *out_sure = found.headed_sure;
  return found.headed;
}

guint
pd_line_attribution (PdReplyMarks *marks, const PdLine *lines, guint at, gsize *out_column,
                     gboolean *out_sure)
{
  gboolean wrapped = TRUE;
  Found found = { 0 };

  *out_column = 0;
  *out_sure = FALSE;
  if ((pd_line_kinds (marks, &lines[at]) & (BIT (PD_PATTERN_ATTRIBUTION) | BIT (PD_PATTERN_QUOTED)))
      == 0)
    return 0;
  *out_column = dashed_start (&lines[at]);
  if (*out_column > 0 && find_dashed (marks, &lines[at], *out_column, out_sure) > 0)
    return 1;
  *out_column = 0;
  for (guint n = 1; n <= PD_REPLY_MAX_ATTRIBUTION && n <= at + 1; n++)
    {
      const PdLine *line = &lines[at + 1 - n];
      g_autofree char *below = NULL;
      PdLine rest = without_dashes (line, 0);

      if (rest.length == 0 || rest.length > MAX_LINE || pd_line_is_blank (line)
          || pd_line_is_quote (line))
        break;
      if (n > 1)
        {
          below = g_strndup (marks->folded->str, marks->folded->len);
          wrapped = wrapped && is_wrapped (line, below);
        }
      take_line (marks, &rest);
      if (below != NULL)
        pd_pattern_append (marks->folded, below, strlen (below));
      if (marks->folded->len > PD_PATTERN_MAX_LENGTH)
        break;
      if (n > 1 && !wrapped)
        break;
      take (marks);
      find_attribution (marks, n, wrapped, &found);
    }
  *out_sure = found.headed > 0 ? found.headed_sure : found.open_sure;
  return found.headed > 0 ? found.headed : found.open;
}

/* ---- header blocks ---------------------------------------------------------- */

/* "*From:* x", "Von: x": what the field is, 0 if it is none. */
static guint
field_kinds (PdReplyMarks *marks, const PdLine *line, gboolean *out_bold)
{
  PdLine inner = strip (line);
  gsize span = MIN (inner.length, MAX_FIELD_NAME + 8);
  const char *colon = memchr (inner.text, ':', span);
  const char *wide = memmem (inner.text, span, "\xEF\xBC\x9A", 3);

  if (colon == NULL || (wide != NULL && wide < colon))
    colon = wide;
  if (colon == NULL)
    return 0;
  *out_bold = FALSE;
  while (inner.text < colon && strchr ("*_>| \t", *inner.text) != NULL)
    *out_bold |= *inner.text++ == '*';
  inner.length = (gsize)(colon - inner.text);
  while (inner.length > 0 && strchr ("* ", inner.text[inner.length - 1]) != NULL)
    inner.length--;
  if (inner.length == 0 || inner.length > MAX_FIELD_NAME)
    return 0;
  take_line (marks, &inner);
  return pd_pattern_set_word (marks->set, marks->folded->str);
}

#define FIELDS                                                                                     \
  (BIT (PD_WORD_FROM) | BIT (PD_WORD_DATE) | BIT (PD_WORD_TO) | BIT (PD_WORD_SUBJECT)              \
   | BIT (PD_WORD_OTHER))

/* What a block has shown so far. */
typedef struct {
  guint kinds, fields, last;
  gboolean bold, address, traced;
} Block;

static void
add_field (PdReplyMarks *marks, const PdLine *line, guint at, Block *block)
{
  gboolean bold = FALSE;
  guint kinds = field_kinds (marks, line, &bold);

  block->traced |= (kinds & BIT (PD_WORD_TRACE)) != 0;
  if ((kinds & FIELDS) == 0)
    return;
  block->kinds |= kinds;
  block->bold |= bold;
  block->address |= memchr (line->text, '@', line->length) != NULL;
  block->fields++;
  block->last = at;
}

/* From whom, and when or to whom; a travel order has that, too, but neither a
 * subject nor an address.
 */
static gboolean
is_block (const Block *block, gboolean ruled)
{
  return block->fields >= BLOCK_FIELDS && (block->kinds & BIT (PD_WORD_FROM)) != 0
         && (block->kinds & (BIT (PD_WORD_DATE) | BIT (PD_WORD_TO))) != 0 && !block->traced
         && ((block->kinds & BIT (PD_WORD_SUBJECT)) != 0 || block->address || block->bold || ruled);
}

guint
pd_line_header_block (PdReplyMarks *marks, const PdLine *lines, guint n_lines, guint at,
                      gboolean ruled)
{
  Block block = { .last = at };

  add_field (marks, &lines[at], at, &block);
  if (block.fields == 0)
    return 0;
  if (at > 0) /* the fields of a whole mail, pasted */
    {
      Block above = { 0 };

      add_field (marks, &lines[at - 1], at, &above);
      block.traced |= above.traced;
    }
  for (guint i = at + 1; i < n_lines && i < at + BLOCK_SPAN; i++)
    {
      /* a blank line may follow each field where HTML was turned to text */
      if (pd_line_is_blank (&lines[i]) && is_block (&block, ruled))
        break;
      add_field (marks, &lines[i], i, &block);
    }
  return is_block (&block, ruled) ? block.last - at + 1 : 0;
}

gboolean
pd_subject_is_forward (const PdPatternSet *set, const char *subject)
{
  g_autofree char *folded = pd_pattern_dup_folded (subject, strlen (subject));
  char *colon = strchr (folded, ':');

  if (colon == NULL)
    return FALSE;
  *colon = '\0';
  return (pd_pattern_set_word (set, folded) & BIT (PD_WORD_FORWARD)) != 0;
}
