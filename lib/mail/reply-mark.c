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
#define ATTRIBUTIONS (BIT (PD_PATTERN_ATTRIBUTION) | BIT (PD_PATTERN_QUOTED))

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

/* The first characters that are seen, folded; 0 behind the line's end. */
static void
begin_of (const PdLine *line, gunichar begin[PD_PATTERN_BEGIN])
{
  const char *at = line->text, *end = line->text + line->length;
  gboolean blank = FALSE;
  guint n = 0;

  for (; at < end && n < PD_PATTERN_BEGIN; at = g_utf8_next_char (at))
    {
      gunichar c = pd_pattern_fold (g_utf8_get_char (at));

      if (c == 0)
        continue;
      if (c == ' ')
        blank = n > 0;
      else
        {
          if (blank && c != ':')
            begin[n++] = ' ';
          blank = FALSE;
          if (n < PD_PATTERN_BEGIN)
            begin[n++] = c;
        }
    }
  while (n < PD_PATTERN_BEGIN)
    begin[n++] = 0;
}

guint
pd_line_kinds (const PdReplyMarks *marks, const PdLine *line)
{
  gunichar begin[PD_PATTERN_BEGIN], last;

  if (line->length > MAX_LINE)
    return 0;
  begin_of (line, begin);
  if (begin[0] == 0)
    return 0;
  last = last_seen (line);
  return pd_pattern_set_kinds (marks->set, begin, last)
         | (pd_pattern_set_ends (marks->set, last) & ATTRIBUTIONS);
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

  if ((pd_line_kinds (marks, &inner) & BIT (kind)) == 0 || pd_line_is_rule (&inner))
    return FALSE;
  take_line (marks, &inner);
  return pd_pattern_set_match (marks->set, kind, marks->run)
         && (kind != PD_PATTERN_DEVICE || is_short (marks->folded->str));
}

gboolean
pd_lines_are_footer (PdReplyMarks *marks, const PdLine *lines, guint n)
{
  gunichar begin[PD_PATTERN_BEGIN];
  guint kinds;

  begin_of (&lines[0], begin);
  kinds = pd_pattern_set_kinds (marks->set, begin, 0); /* which have no last character */
  if ((kinds & (BIT (PD_PATTERN_DISCLAIMER) | BIT (PD_PATTERN_FOOTER))) == 0)
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
  return ((kinds & BIT (PD_PATTERN_DISCLAIMER)) != 0
          && pd_pattern_set_match (marks->set, PD_PATTERN_DISCLAIMER, marks->run))
         || ((kinds & BIT (PD_PATTERN_FOOTER)) != 0
             && pd_pattern_set_match (marks->set, PD_PATTERN_FOOTER, marks->run));
}

/* ---- attributions ---------------------------------------------------------- */

/* How an attribution was found so far. */
typedef struct {
  guint headed; /* lines, if it begins with words of its own */
  guint open;   /* lines, if it begins with a name or a date */
  gboolean headed_sure, open_sure;
  gboolean dated; /* whether a date stands in the lines that were looked at */
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

/* Whether a sentence ends a line: a point, but not that of "28." */
static gboolean
ends_sentence (const PdLine *line)
{
  PdLine inner = strip (line);

  if (inner.length == 0 || strchr (".!?", inner.text[inner.length - 1]) == NULL)
    return FALSE;
  return inner.length < 2 || !g_ascii_isdigit (inner.text[inner.length - 2]);
}

/* Whether a line was broken because it was full, not because a sentence ends. */
static gboolean
is_full (const PdLine *line)
{
  const char *end = line->text + line->length;
  guint columns = 0;

  for (const char *c = line->text; c < end && columns < MIN_WRAPPED; c = g_utf8_next_char (c))
    columns += g_unichar_iswide (g_utf8_get_char (c)) ? 2 : 1;
  return columns >= MIN_WRAPPED && !ends_sentence (line);
}

/* Some programs break before the address or the verb wherever that is. */
static gboolean
is_wrapped (const PdLine *line, const char *below)
{
  return is_full (line) || strchr (below, '@') != NULL || count_words (below) <= MAX_TAIL_WORDS;
}

/* Whether the line begins a paragraph and holds a number, as one does that
 * begins with a date.
 */
static gboolean
begins_dated (const PdLine *lines, guint at)
{
  gboolean digit = FALSE;

  for (gsize i = 0; i < lines[at].length; i++)
    digit |= g_ascii_isdigit (lines[at].text[i]) != 0;
  return digit && (at == 0 || pd_line_is_blank (&lines[at - 1]));
}

/* What `n` lines match.
 *
 * sure    of attributions that need no quote below
 * grows   whether a phrase that begins with a gap, and matched fewer lines, may
 *         take the topmost of these, too
 */
static void
match_attribution (PdReplyMarks *marks, const GPtrArray *patterns, gboolean sure, gboolean grows,
                   guint n, Found *found)
{
  for (guint i = 0; i < patterns->len; i++)
    {
      const PdPattern *pattern = patterns->pdata[i];
      gboolean headed = pd_pattern_has_head (pattern);
      guint *best = headed ? &found->headed : &found->open;
      gboolean *best_sure = headed ? &found->headed_sure : &found->open_sure;
      const char *name;
      gsize length;

      if ((!headed && *best > 0 && *best < n && !grows)
          || !pd_pattern_match (pattern, marks->run, &name, &length))
        continue;
      *best_sure = (sure && !is_self (marks->set, name, length)) || (*best == n && *best_sure);
      *best = n;
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

/* The lines that end at `at`, as one folded text. */
typedef struct {
  guint n;
  gsize start[PD_REPLY_MAX_ATTRIBUTION]; /* of the last n - i lines in the text */
} Joined;

/* Takes as many lines as can be of one attribution. */
static void
join_lines (PdReplyMarks *marks, const PdLine *lines, guint at, Joined *joined)
{
  gsize room = MAX_LINE;

  joined->n = 0;
  while (joined->n < PD_REPLY_MAX_ATTRIBUTION && joined->n <= at)
    {
      const PdLine *line = &lines[at - joined->n];

      if (pd_line_is_blank (line) || pd_line_is_quote (line) || line->length > room)
        break;
      room -= line->length;
      joined->n++;
    }
  g_string_truncate (marks->folded, 0);
  for (guint i = 0; i < joined->n; i++)
    {
      const PdLine *line = &lines[at + 1 - joined->n + i];
      gsize before = marks->folded->len;

      pd_pattern_append (marks->folded, line->text, line->length);
      joined->start[i] = before;
    }
}

/* Where in the text the last lines begin, without the dashes and the bold that
 * some programs put around.
 */
static const char *
joined_text (const PdReplyMarks *marks, const Joined *joined, guint n)
{
  const char *text = marks->folded->str + joined->start[joined->n - n];

  return text + strspn (text, "-*_ ");
}

static void
match_joined (PdReplyMarks *marks, const PdLine *lines, guint at, const Joined *joined,
              GPtrArray *const patterns[2], Found *found)
{
  const char *end = marks->folded->str + marks->folded->len;

  for (guint n = 1; n <= joined->n; n++)
    {
      const char *text = joined_text (marks, joined, n);
      const PdLine *line = &lines[at + 1 - n];
      /* with its date: only a full line above can be a part of it */
      gboolean complete = found->dated && (found->headed_sure || found->open_sure);
      gboolean grows = n == 1 || (is_full (line) && begins_dated (lines, at + 1 - n));

      if (n > 1
          && !(complete ? is_full (line)
                        : is_wrapped (line, marks->folded->str + joined->start[joined->n - n + 1])))
        break;
      pd_pattern_run_take (marks->run, text, (gsize)(end - text));
      match_attribution (marks, patterns[0], TRUE, grows, n, found);
      match_attribution (marks, patterns[1], FALSE, grows, n, found);
      found->dated = pd_pattern_has_date (text);
    }
}

static guint
find_attribution (PdReplyMarks *marks, const PdLine *lines, guint at, gboolean *out_sure)
{
  g_autoptr (GPtrArray) sure = g_ptr_array_new ();
  g_autoptr (GPtrArray) unsure = g_ptr_array_new ();
  Found found = { 0 };
  Joined joined;

  join_lines (marks, lines, at, &joined);
  take (marks);
  pd_pattern_set_find (marks->set, PD_PATTERN_ATTRIBUTION, marks->run, sure);
  pd_pattern_set_find (marks->set, PD_PATTERN_QUOTED, marks->run, unsure);
  if (sure->len + unsure->len > 0)
    match_joined (marks, lines, at, &joined, (GPtrArray *const[]){ sure, unsure }, &found);
  *out_sure = found.headed > 0 ? found.headed_sure : found.open_sure;
  return found.headed > 0 ? found.headed : found.open;
}

guint
pd_line_attribution (PdReplyMarks *marks, const PdLine *lines, guint at, gsize *out_column,
                     gboolean *out_sure)
{
  *out_column = 0;
  *out_sure = FALSE;
  if ((pd_line_kinds (marks, &lines[at]) & ATTRIBUTIONS) == 0)
    return 0;
  *out_column = dashed_start (&lines[at]);
  if (*out_column > 0)
    {
      PdLine rest = { lines[at].text + *out_column, lines[at].length - *out_column };

      if (find_attribution (marks, &rest, 0, out_sure) > 0)
        return 1;
      *out_column = 0;
    }
  return find_attribution (marks, lines, at, out_sure);
}

/* ---- header blocks ---------------------------------------------------------- */

/* "*From:* x", "Von: x": what the field is, 0 if it is none. */
static guint
field_kinds (PdReplyMarks *marks, const PdLine *line, gboolean *out_bold, const char **out_colon)
{
  PdLine inner = strip (line);
  gsize span = MIN (inner.length, MAX_FIELD_NAME + 8);
  const char *colon = memchr (inner.text, ':', span);
  const char *wide = memmem (inner.text, span, "\xEF\xBC\x9A", 3);

  if (colon == NULL || (wide != NULL && wide < colon))
    colon = wide;
  if (colon == NULL)
    return 0;
  *out_colon = colon;
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
  const char *colon;
  guint kinds = field_kinds (marks, line, &bold, &colon);

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
pd_line_field (PdReplyMarks *marks, const PdLine *line, PdLine *out_value)
{
  const char *colon = line->text, *end = line->text + line->length;
  gboolean bold;
  guint kinds = field_kinds (marks, line, &bold, &colon) & FIELDS;

  *out_value = (PdLine){ end, 0 };
  if (kinds == 0)
    return 0;
  colon += *colon == ':' ? 1 : 3; /* or the full-width one */
  while (colon < end && strchr ("*_ \t", *colon) != NULL)
    colon++;
  *out_value = (PdLine){ colon, (gsize)(end - colon) };
  return kinds;
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
