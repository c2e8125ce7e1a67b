#include "mail/reply-align.h"

#include <string.h>

#include "mail/mail-fields.h"
#include "mail/reply-mark.h"
#include "mail/reply.h"
#include "mail/text-words.h"

#define SHINGLE 3       /* words in a row that a run begins with */
#define MAX_PLACES 16   /* places of one shingle in the sent text that are tried */
#define MAX_RUNS 1000   /* their order is found in their square */
#define MAX_OVERLAP 2   /* words by which two runs may overlap in the sent text */
#define MAX_HOSTS 8     /* of links in the sent text that are told from others */
#define MAX_LINK 2000   /* octets of a link that are looked at */
#define MAX_SHORT 8     /* words of a line that is searched between runs */
#define MAX_GAP 400     /* sent words in which it is searched */
#define MIN_COVER 50    /* per cent of the sent text that makes unquoted lines ours */
#define LONG_LINE 60    /* octets of a quoted line whose end may have slipped out of the quote */
#define SEARCH_ABOVE 12 /* lines above a quote in which a header block may begin */
#define SMALL_TEXT 6    /* lines of a mail that quotes nothing unseen */

static const char quote_kind[] = "quote";
static const char header_kind[] = "header";

typedef struct {
  gsize start, length; /* in the mail's text, without its end */
  const char *was;     /* how it was folded; NULL: visible */
  const char *kind;    /* how it is to be */
  guint first, n;      /* words */
  guint depth;         /* of quote marks */
  gboolean ours, restored;
} Line;

/* Words in a row that both texts have. */
typedef struct {
  guint from, to; /* in the mail, `to` excluded */
  guint sent_from, sent_to;
  guint weight; /* words, of the best chain that ends here in `sum` */
  guint sum;
  gint before; /* the run before this one in that chain; -1 none */
} Run;

typedef struct {
  const PdMail *mail;
  const char *sent;
  GArray *lines, *words, *sent_words, *runs;
  guint8 *bounds;    /* of sent words: begins a line, ends one */
  guint *places;     /* of mail words: 1 + the sent word that each is; 0 none */
  guint8 *in_chain;  /* of mail words: in the order of the sent text */
  guint32 *next;     /* of sent words: 1 + the next place of the same shingle */
  GHashTable *heads; /* shingle -> 1 + its first place */
  GHashTable *whole; /* short lines of the sent text, as one number each */
  GPtrArray *hosts;  /* of links in the sent text */
  guint split;       /* line of which only the end is folded; G_MAXUINT if none */
  gsize column;
  PdReplyMarks *marks;
} Align;

enum { BEGINS = 1, ENDS = 2 };

void
pd_aligned_free (PdAligned *aligned)
{
  if (aligned == NULL)
    return;
  g_free (aligned->visible);
  g_free (aligned->signature_text);
  g_ptr_array_unref (aligned->folded);
  g_free (aligned);
}

static Line *
line_at (const Align *align, guint i)
{
  return &g_array_index (align->lines, Line, i);
}

static const PdTextWord *
word_at (const Align *align, guint i)
{
  return &g_array_index (align->words, PdTextWord, i);
}

static const PdTextWord *
sent_at (const Align *align, guint i)
{
  return &g_array_index (align->sent_words, PdTextWord, i);
}

static PdLine
as_line (const Align *align, guint i)
{
  const Line *line = line_at (align, i);

  return (PdLine){ align->mail->text + line->start, line->length };
}

static gboolean
is_blank (const Align *align, guint i)
{
  PdLine line = as_line (align, i);

  return pd_line_is_blank (&line);
}

/* ---- lines ---- */

/* Behind the quote marks of a line: "> > ", "| ", "AB> ". */
static const char *
skip_marks (const char *at, const char *end, guint *out_depth)
{
  const char *initials = at;

  *out_depth = 0;
  while (initials < end && initials - at < 4 && g_ascii_isalpha (*initials))
    initials++;
  if (initials > at && initials < end && *initials == '>')
    at = initials;
  for (const char *c = at; c < end; c++)
    {
      gboolean bar = *c == '|' && (c + 1 == end || strchr (" |>", c[1]) != NULL);

      if (*c != ' ' && *c != '\t' && *c != '>' && !bar)
        break;
      if (*c == '>' || bar)
        {
          at = c + 1;
          ++*out_depth;
        }
    }
  return at;
}

/* Cuts the mail into lines and words; FALSE: there are too many. */
static gboolean
read_lines (Align *align)
{
  const char *text = align->mail->text;

  for (const char *at = text; *at != '\0';)
    {
      gsize length = strcspn (at, "\n");
      Line line = { .start = (gsize)(at - text), .length = length };
      const char *inner = skip_marks (at, at + length, &line.depth);

      if (align->lines->len >= PD_ALIGN_MAX_LINES)
        return FALSE;
      line.first = align->words->len;
      pd_text_words_add (align->words, text, (gsize)(inner - text), (gsize)(at + length - text),
                         PD_ALIGN_MAX_WORDS + 1);
      line.n = align->words->len - line.first;
      g_array_append_val (align->lines, line);
      at += length;
      at += *at == '\n';
    }
  return align->words->len <= PD_ALIGN_MAX_WORDS;
}

static void
read_sent (Align *align)
{
  GArray *words = align->sent_words;
  gsize length = strlen (align->sent);

  for (gsize at = 0; at < length && words->len < PD_ALIGN_MAX_SENT;)
    {
      gsize end = at + strcspn (align->sent + at, "\n");

      pd_text_words_add (words, align->sent, at, end, PD_ALIGN_MAX_SENT);
      at = end + 1;
    }
  align->bounds = g_new0 (guint8, words->len + 1);
  for (guint i = 0; i < words->len; i++)
    {
      const PdTextWord *word = sent_at (align, i);
      gsize before = i > 0 ? sent_at (align, i - 1)->start + sent_at (align, i - 1)->length : 0;

      if (i > 0 && memchr (align->sent + before, '\n', word->start - before) == NULL)
        continue;
      align->bounds[i] |= BEGINS;
      if (i > 0)
        align->bounds[i - 1] |= ENDS;
    }
  if (words->len > 0)
    align->bounds[words->len - 1] |= ENDS;
}

/* ---- what the structure said ---- */

/* Where a folded piece stands in the text: at a line's begin, or (an
 * attribution behind an answer) in a line. */
static const char *
find_piece (const char *from, const char *text, const char *piece)
{
  for (const char *at = from; (at = strstr (at, piece)) != NULL; at++)
    if (at == text || at[-1] == '\n')
      return at;
  return strstr (from, piece);
}

static guint
line_of (const Align *align, gsize offset, guint from)
{
  while (from < align->lines->len
         && line_at (align, from)->start + line_at (align, from)->length < offset)
    from++;
  return from;
}

/* Marks the lines that were folded; FALSE if the pieces are no parts of the
 * text: then nothing is known of its lines. */
static gboolean
read_structure (Align *align)
{
  g_autofree char *text = g_strconcat (align->mail->text, "\n", NULL);
  const char *at = text;
  guint i = 0;

  for (guint k = 0; k < align->mail->folded->len; k++)
    {
      const PdFolded *folded = g_ptr_array_index (align->mail->folded, k);
      const char *found = find_piece (at, text, folded->text);
      gsize begin, end;

      if (found == NULL || *folded->text == '\0')
        return FALSE;
      begin = (gsize)(found - text);
      end = begin + strlen (folded->text);
      i = line_of (align, begin, i);
      if (i < align->lines->len && line_at (align, i)->start < begin)
        {
          align->split = i;
          align->column = begin - line_at (align, i)->start;
        }
      for (; i < align->lines->len && line_at (align, i)->start < end; i++)
        line_at (align, i)->was = folded->kind;
      at = text + end;
    }
  return TRUE;
}

/* ---- runs ---- */

static void
add_host (Align *align, const PdTextWord *word)
{
  g_autofree char *host = pd_text_word_dup_host (align->sent, word);

  if (*host != '\0' && align->hosts->len < MAX_HOSTS
      && !g_ptr_array_find_with_equal_func (align->hosts, host, g_str_equal, NULL))
    g_ptr_array_add (align->hosts, g_steal_pointer (&host));
}

static void
index_sent (Align *align)
{
  guint n = align->sent_words->len;

  align->next = g_new0 (guint32, n + 1);
  for (guint i = n - SHINGLE + 1; i-- > 0;)
    {
      gpointer key = GUINT_TO_POINTER (pd_text_words_hash (sent_at (align, i), SHINGLE));

      align->next[i] = GPOINTER_TO_UINT (g_hash_table_lookup (align->heads, key));
      g_hash_table_insert (align->heads, key, GUINT_TO_POINTER (i + 1));
    }
  for (guint i = 0, begin = 0; i < n; i++)
    {
      if (sent_at (align, i)->kind == PD_TEXT_LINK)
        add_host (align, sent_at (align, i));
      if (align->bounds[i] & BEGINS)
        begin = i;
      if (align->bounds[i] & ENDS && i - begin < MAX_SHORT)
        g_hash_table_add (align->whole, GUINT_TO_POINTER (pd_text_words_hash (
                                            sent_at (align, begin), i + 1 - begin)));
    }
}

static gboolean
link_holds (const Align *align, const PdTextWord *link, const char *part, gsize length)
{
  g_autofree char *small
      = g_ascii_strdown (align->mail->text + link->start, (gssize)MIN (link->length, MAX_LINK));

  return length > 0 && g_strstr_len (small, -1, part) != NULL;
}

/* Whether a link of the mail is one of ours, perhaps with another around it
 * (some mail servers send all links through themselves). */
static gboolean
same_link (const Align *align, const PdTextWord *link, const PdTextWord *sent)
{
  g_autofree char *host = pd_text_word_dup_host (align->sent, sent);

  if (*host == '\0')
    return link->length == sent->length
           && memcmp (align->mail->text + link->start, align->sent + sent->start, link->length)
                  == 0;
  return link_holds (align, link, host, strlen (host));
}

static gboolean
same_word (const Align *align, guint i, guint sent)
{
  const PdTextWord *a = word_at (align, i);
  const PdTextWord *b = sent_at (align, sent);

  return a->hash == b->hash && (a->kind != PD_TEXT_LINK || same_link (align, a, b));
}

/* Whether a mail program put this link beside text of ours. */
static gboolean
is_added_link (const Align *align, guint i)
{
  const PdTextWord *link = word_at (align, i);
  const PdTextWord *before = i > 0 ? word_at (align, i - 1) : NULL;
  g_autofree char *name = NULL;

  if (link->kind != PD_TEXT_LINK || !link->aside || before == NULL)
    return FALSE;
  if (g_ascii_strncasecmp (align->mail->text + link->start, "cid:", 4) == 0)
    return TRUE;
  for (guint k = 0; k < align->hosts->len; k++)
    {
      const char *host = g_ptr_array_index (align->hosts, k);

      if (link_holds (align, link, host, strlen (host)))
        return TRUE;
    }
  /* "desk.example<http://desk.example>" */
  name
      = g_ascii_strdown (align->mail->text + before->start, (gssize)MIN (before->length, MAX_LINK));
  return before->kind != PD_TEXT_NUMBER && link_holds (align, link, name, before->length);
}

/* How far both go together from two words on. */
static Run
extend (const Align *align, guint i, guint sent)
{
  Run run = { .from = i, .sent_from = sent, .before = -1 };

  while (i < align->words->len && sent < align->sent_words->len)
    {
      if (same_word (align, i, sent))
        {
          i++;
          sent++;
          run.weight++;
        }
      else if (run.weight > 0 && is_added_link (align, i))
        i++;
      else
        break;
    }
  if (i < align->words->len && run.weight > 0 && is_added_link (align, i))
    i++;
  run.to = i;
  run.sent_to = sent;
  return run;
}

/* 1 + the first place in the sent text of the words that begin at i, links
 * beside them left out or not. */
static guint
first_place (const Align *align, guint i, gboolean skip)
{
  PdTextWord words[SHINGLE];
  guint n = 0;

  for (; i < align->words->len && n < SHINGLE; i++)
    if (!skip || n == 0 || !word_at (align, i)->aside)
      words[n++] = *word_at (align, i);
  if (n < SHINGLE)
    return 0;
  return GPOINTER_TO_UINT (
      g_hash_table_lookup (align->heads, GUINT_TO_POINTER (pd_text_words_hash (words, n))));
}

/* The longest run from a word on; of equally long ones that which goes on
 * where the last one ended. */
static Run
best_run (const Align *align, guint i, guint expected)
{
  guint place = first_place (align, i, FALSE);
  Run best = { 0 };

  if (place == 0)
    place = first_place (align, i, TRUE);
  if (expected + SHINGLE <= align->sent_words->len)
    best = extend (align, i, expected);
  for (guint tried = 0; place != 0 && tried < MAX_PLACES; tried++, place = align->next[place - 1])
    {
      Run run = extend (align, i, place - 1);

      if (run.weight > best.weight
          || (run.weight == best.weight && best.sent_from < expected && run.sent_from >= expected))
        best = run;
    }
  return best;
}

static void
find_runs (Align *align)
{
  guint expected = 0;

  for (guint i = 0; i + SHINGLE <= align->words->len && align->runs->len < MAX_RUNS;)
    {
      Run run = best_run (align, i, expected);

      if (run.weight < SHINGLE)
        {
          i++;
          continue;
        }
      g_array_append_val (align->runs, run);
      for (guint k = run.from, sent = run.sent_from; k < run.to; k++)
        align->places[k]
            = 1 + (sent < run.sent_to && same_word (align, k, sent) ? sent++ : sent - 1);
      expected = run.sent_to;
      i = run.to;
    }
}

static void
put_in_chain (Align *align, guint i, guint sent)
{
  align->in_chain[i] = TRUE;
  align->places[i] = 1 + sent;
}

/* Takes the words at both ends of a run that were taken for a repetition. */
static void
grow (Align *align, const Run *run)
{
  for (guint i = run->from, sent = run->sent_from;
       i-- > 0 && sent-- > 0 && !align->in_chain[i] && same_word (align, i, sent);)
    put_in_chain (align, i, sent);
  for (guint i = run->to, sent = run->sent_to;
       i < align->words->len && sent < align->sent_words->len && !align->in_chain[i]
       && same_word (align, i, sent);
       i++, sent++)
    put_in_chain (align, i, sent);
}

/* Of all runs those that stand in the order of the sent text and have the most
 * words; what stands elsewhere is a repetition. */
static void
choose_chain (Align *align)
{
  Run *runs = (Run *)(void *)align->runs->data;
  gint best = -1;

  for (guint i = 0; i < align->runs->len; i++)
    {
      runs[i].sum = runs[i].weight;
      for (guint k = 0; k < i; k++)
        if (runs[k].sent_from < runs[i].sent_from
            && runs[k].sent_to <= runs[i].sent_from + MAX_OVERLAP
            && runs[k].sum + runs[i].weight > runs[i].sum)
          {
            runs[i].sum = runs[k].sum + runs[i].weight;
            runs[i].before = (gint)k;
          }
      if (best < 0 || runs[i].sum > runs[best].sum)
        best = (gint)i;
    }
  for (gint i = best; i >= 0; i = runs[i].before)
    memset (align->in_chain + runs[i].from, TRUE, runs[i].to - runs[i].from);
  for (gint i = best; i >= 0; i = runs[i].before)
    grow (align, &runs[i]);
}

static gboolean
all_in_chain (const Align *align, const Line *line)
{
  for (guint k = line->first; k < line->first + line->n; k++)
    if (!align->in_chain[k])
      return FALSE;
  return line->n > 0;
}

/* The nearest line with words, in a direction; NULL if there is none. */
static const Line *
neighbour (const Align *align, guint i, int step)
{
  for (gint64 k = (gint64)i + step; k >= 0 && k < align->lines->len; k += step)
    if (line_at (align, (guint)k)->n > 0)
      return line_at (align, (guint)k);
  return NULL;
}

static gboolean
is_beside_ours (const Align *align, guint i)
{
  const Line *above = neighbour (align, i, -1);
  const Line *below = neighbour (align, i, 1);

  return (above != NULL && all_in_chain (align, above))
         || (below != NULL && all_in_chain (align, below));
}

/* Where a short line stands in sent words [from, to); `to` if nowhere. */
static guint
find_short (const Align *align, const Line *line, guint from, guint to)
{
  guint last = MIN (to, from + MAX_GAP);

  for (guint sent = from; sent + line->n <= last; sent++)
    {
      guint same = 0;

      if (line->depth == 0
          && (!(align->bounds[sent] & BEGINS) || !(align->bounds[sent + line->n - 1] & ENDS)))
        continue;
      while (same < line->n && same_word (align, line->first + same, sent + same))
        same++;
      if (same == line->n)
        return sent;
    }
  return to;
}

/* Lines too short for a run of their own, like a greeting above an answer:
 * they are ours where the sent text has them at this very place. */
static void
fill_gaps (Align *align)
{
  guint sent = 0;

  for (guint i = 0; i < align->lines->len; i++)
    {
      Line *line = line_at (align, i);
      guint word = line->first + line->n, to, found;

      if (line->n == 0)
        continue;
      if (align->in_chain[word - 1])
        {
          sent = align->places[word - 1];
          continue;
        }
      if (line->n > MAX_SHORT || (line->depth == 0 && !is_beside_ours (align, i)))
        continue;
      while (word < align->words->len && !align->in_chain[word])
        word++;
      /* an answer may have begun or ended with a word of ours */
      to = word < align->words->len ? align->places[word] - 1 + MAX_OVERLAP : G_MAXUINT;
      to = MIN (to, align->sent_words->len);
      sent -= MIN (sent, MAX_OVERLAP);
      if (to <= sent)
        continue;
      found = find_short (align, line, sent, to);
      for (guint k = 0; found < to && k < line->n; k++)
        {
          put_in_chain (align, line->first + k, found + k);
          sent = found + k + 1;
        }
    }
}

/* ---- whose a line is ---- */

/* Words of a line that are ours; in the order of the sent text or anywhere. */
static guint
count_ours (const Align *align, const Line *line, gboolean chain)
{
  guint n = 0;

  for (guint k = line->first; k < line->first + line->n; k++)
    n += chain ? align->in_chain[k] != 0 : align->places[k] != 0;
  return n;
}

/* Whether the quote marks are on the lines of ours. */
static gboolean
has_marks (const Align *align)
{
  guint marked = 0, bare = 0;

  for (guint i = 0; i < align->lines->len; i++)
    {
      const Line *line = line_at (align, i);

      *(line->depth > 0 ? &marked : &bare) += count_ours (align, line, TRUE);
    }
  return marked >= bare;
}

/* Whether a line goes on with the words that the one before ended with. */
static gboolean
goes_on (const Align *align, const Line *before, const Line *line)
{
  guint last;

  if (before->n == 0 || line->n == 0)
    return FALSE;
  last = align->places[before->first + before->n - 1];
  return last != 0 && align->places[line->first] == last + 1;
}

/* The end of a quoted line that some program broke and did not mark. */
static gboolean
is_slipped (const Align *align, guint i)
{
  const Line *line = line_at (align, i);
  const Line *before = i > 0 ? line_at (align, i - 1) : NULL;
  const Line *after = i + 1 < align->lines->len ? line_at (align, i + 1) : NULL;

  if (before == NULL || before->depth == 0 || !before->ours || !goes_on (align, before, line)
      || count_ours (align, line, FALSE) < line->n)
    return FALSE;
  if (after != NULL && after->depth > 0 && goes_on (align, line, after))
    return TRUE;
  return before->length >= LONG_LINE
         && align->bounds[align->places[line->first + line->n - 1] - 1] & ENDS;
}

static gboolean
is_short_of_ours (const Align *align, const Line *line)
{
  return line->n > 0 && line->n <= MAX_SHORT
         && g_hash_table_contains (align->whole, GUINT_TO_POINTER (pd_text_words_hash (
                                                     word_at (align, line->first), line->n)));
}

static void
judge_marked (Align *align)
{
  for (guint i = 0; i < align->lines->len; i++)
    {
      Line *line = line_at (align, i);
      guint n = count_ours (align, line, FALSE);

      if (line->depth > 0)
        /* one word of five may have been changed */
        line->ours = (line->n > 0 && n == line->n) || (n >= SHINGLE && n * 5 >= line->n * 4)
                     || is_short_of_ours (align, line);
      else
        line->ours = is_slipped (align, i);
    }
}

static guint
cover_per_cent (const Align *align)
{
  guint n = 0;

  for (guint k = 0; k < align->words->len; k++)
    n += align->in_chain[k] != 0;
  return n * 100 / align->sent_words->len;
}

/* A block of lines without marks that are all ours: whole lines of the sent
 * text, or more words than anybody would repeat. */
static gboolean
is_whole (const Align *align, guint from, guint to)
{
  const Line *first = line_at (align, from);
  const Line *last = line_at (align, to - 1);
  guint words = last->first + last->n - first->first;

  if (words > MAX_SHORT)
    return TRUE;
  return align->bounds[align->places[first->first] - 1] & BEGINS
         && align->bounds[align->places[last->first + last->n - 1] - 1] & ENDS;
}

static void
judge_bare (Align *align)
{
  for (guint i = 0; i < align->lines->len;)
    {
      guint end = i;

      if (!all_in_chain (align, line_at (align, i)))
        {
          i++;
          continue;
        }
      for (guint k = i; k < align->lines->len
                        && (line_at (align, k)->n == 0 || all_in_chain (align, line_at (align, k)));
           k++)
        if (line_at (align, k)->n > 0)
          end = k + 1;
      for (gboolean whole = is_whole (align, i, end); i < end; i++)
        line_at (align, i)->ours = whole && line_at (align, i)->n > 0;
    }
}

/* The begin of the header block that ends right above a line, or the line. */
static guint
block_above (const Align *align, const PdLine *lines, guint at)
{
  for (guint i = at > SEARCH_ABOVE ? at - SEARCH_ABOVE : 0; i < at; i++)
    {
      guint n = line_at (align, i)->kind == NULL && line_at (align, i)->n > 0
                    ? pd_line_header_block (align->marks, lines, align->lines->len, i, FALSE)
                    : 0;
      guint end = i + n;

      while (n > 0 && end < at && is_blank (align, end))
        end++;
      if (n > 0 && end >= at)
        return i;
    }
  return at;
}

/* The begin of "On … wrote:" that ends right above a line, or the line. */
static guint
attribution_above (const Align *align, const PdLine *lines, guint at, gsize *out_column)
{
  gboolean sure; /* what is ours stands below: it is one */
  guint end = at, n;

  while (end > 0 && line_at (align, end - 1)->n == 0)
    end--;
  if (end == 0 || line_at (align, end - 1)->ours)
    return at;
  n = pd_line_attribution (align->marks, lines, end - 1, out_column, &sure);
  return n > 0 ? end - n : at;
}

/* A rule, or "-----Original Message-----", that stands right above. */
static guint
rule_above (const Align *align, const PdLine *lines, guint at)
{
  guint above = at;

  while (above > 0 && is_blank (align, above - 1))
    above--;
  if (above > 0
      && (pd_line_is_rule (&lines[above - 1])
          || pd_line_is_mark (align->marks, &lines[above - 1], PD_PATTERN_ORIGINAL)))
    return above - 1;
  return at;
}

/* Folds what a mail program put above a quote that begins at a line.  Returns
 * whether there was something. */
static gboolean
fold_above (Align *align, const PdLine *lines, guint at)
{
  gsize column = 0;
  guint begin = attribution_above (align, lines, at, &column);

  if (begin == at)
    begin = block_above (align, lines, at);
  if (begin == at)
    return FALSE;
  if (column > 0)
    {
      align->split = begin;
      align->column = column;
    }
  else
    begin = rule_above (align, lines, begin);
  for (guint i = begin; i < at; i++)
    if (!is_blank (align, i))
      line_at (align, i)->kind = header_kind;
  return TRUE;
}

/* Whether a line says nothing: blank, or a rule. */
static gboolean
is_empty (const Align *align, guint i)
{
  PdLine line = as_line (align, i);

  return line_at (align, i)->n == 0 && (pd_line_is_blank (&line) || pd_line_is_rule (&line));
}

/* Lines without words belong to what is around them; but ":-)" is an answer. */
static void
spread (Align *align)
{
  for (guint i = 0; i < align->lines->len; i++)
    {
      Line *line = line_at (align, i);
      const Line *above = line->n == 0 ? neighbour (align, i, -1) : NULL;
      const Line *below = line->n == 0 ? neighbour (align, i, 1) : NULL;
      gboolean above_ours = above != NULL && above->ours;
      gboolean below_ours = below != NULL && below->ours;

      if (line->depth > 0 ? above_ours || below_ours
                          : above_ours && below_ours && is_empty (align, i))
        line->kind = quote_kind;
      else if (line->n == 0 && i > 0 && line->kind == NULL && is_blank (align, i)
               && (line_at (align, i - 1)->ours || line_at (align, i - 1)->kind == quote_kind))
        line->kind = quote_kind;
    }
}

static gboolean
any_ours (const Align *align)
{
  for (guint i = 0; i < align->lines->len; i++)
    if (line_at (align, i)->ours)
      return TRUE;
  return FALSE;
}

/* Decides which lines are ours; FALSE if none is. */
static gboolean
judge (Align *align, const PdLine *lines, gboolean marked)
{
  gboolean headed = FALSE;

  if (marked)
    judge_marked (align);
  else
    judge_bare (align);
  if (!any_ours (align))
    return FALSE;
  for (guint i = 0; i < align->lines->len; i++)
    {
      const Line *above = neighbour (align, i, -1);

      if (line_at (align, i)->ours && (above == NULL || !above->ours))
        headed |= fold_above (align, lines, i);
    }
  return marked || headed || cover_per_cent (align) >= MIN_COVER;
}

/* ---- the sender's lines that were folded ---- */

static gboolean
was_quote (const Line *line)
{
  return line->was != NULL
         && (strcmp (line->was, "quote") == 0 || strcmp (line->was, "header") == 0);
}

/* Between two lines of ours, but nothing of what we sent is missing there: the
 * sender's.  If much is missing, it may be ours in other words. */
static gboolean
is_between (const Align *align, guint i)
{
  const Line *above = NULL, *below = NULL;
  guint sent, words;

  for (guint k = i; k-- > 0 && above == NULL;)
    above = line_at (align, k)->ours ? line_at (align, k) : NULL;
  for (guint k = i + 1; k < align->lines->len && below == NULL; k++)
    below = line_at (align, k)->ours ? line_at (align, k) : NULL;
  if (above == NULL)
    return FALSE;
  words = below != NULL ? below->first : align->words->len;
  words -= above->first + above->n;
  sent = below != NULL ? align->places[below->first] - 1 : align->sent_words->len;
  if (sent < align->places[above->first + above->n - 1])
    return TRUE;
  sent -= align->places[above->first + above->n - 1];
  return sent <= MAX_SHORT || sent * 2 <= words;
}

/* Whether anything of the sender's is seen above the first line of ours. */
static gboolean
is_topped (const Align *align)
{
  for (guint i = 0; i < align->lines->len && !line_at (align, i)->ours; i++)
    if (line_at (align, i)->n > 0 && line_at (align, i)->was == NULL
        && line_at (align, i)->kind == NULL)
      return TRUE;
  return FALSE;
}

/* Whether an older mail begins here, below what we sent. */
static gboolean
is_older (const Align *align, const PdLine *lines, guint i)
{
  gboolean sure;
  gsize column;

  return line_at (align, i)->kind == NULL
         && (pd_line_header_block (align->marks, lines, align->lines->len, i, FALSE) > 0
             || pd_line_is_mark (align->marks, &lines[i], PD_PATTERN_ORIGINAL)
             || (pd_line_attribution (align->marks, lines, i, &column, &sure) > 0 && sure));
}

static guint
last_ours (const Align *align)
{
  guint i = align->lines->len;

  while (i > 0 && !line_at (align, i - 1)->ours)
    i--;
  return i;
}

/* What was folded with the quote and is the sender's is seen again.  Below the
 * last line of ours a gateway may have put its own words: where the sender
 * wrote above the quote, that is left folded. */
static void
restore (Align *align, const PdLine *lines, gboolean marked)
{
  guint last = last_ours (align);
  guint end = last;
  guint first = 0;

  while (!line_at (align, first)->ours)
    first++;
  if (marked || !is_topped (align))
    while (end < align->lines->len && !is_older (align, lines, end))
      end++;
  for (guint i = first; i < end; i++)
    {
      Line *line = line_at (align, i);
      const Line *before = i > 0 ? line_at (align, i - 1) : line;

      if (line->kind != NULL || line->ours || line->depth > 0 || !was_quote (line))
        continue;
      /* an empty line goes with the one above */
      if (is_empty (align, i) ? before->restored : marked || is_between (align, i))
        line->restored = TRUE;
    }
}

/* ---- the result ---- */

static void
append_line (GString *out, const char *text, gsize length)
{
  g_string_append_len (out, text, (gssize)length);
  g_string_append_c (out, '\n');
}

static void
add_piece (GPtrArray *folded, const char *kind, GString *text)
{
  PdFolded *piece = pd_fields_new (&pd_folded_fields);

  pd_text_take (&piece->kind, g_strdup (kind));
  pd_text_take (&piece->text, g_string_free (text, FALSE));
  g_ptr_array_add (folded, piece);
}

/* Settles each line, and counts what changed. */
static void
settle (Align *align, PdAligned *out)
{
  for (guint i = 0; i < align->lines->len; i++)
    {
      Line *line = line_at (align, i);

      if (line->ours)
        line->kind = quote_kind;
      out->ours += line->ours;
      out->hidden += line->ours && line->was == NULL;
      out->restored += line->restored;
      if (line->kind == NULL && !line->restored)
        line->kind = line->was;
    }
}

static void
emit (const Align *align, PdAligned *out)
{
  GString *visible = g_string_new (NULL);
  GString *signature = g_string_new (NULL);
  GString *piece = NULL;

  out->folded = g_ptr_array_new_with_free_func (pd_folded_fields.free);
  for (guint i = 0; i < align->lines->len; i++)
    {
      const Line *line = line_at (align, i);
      const char *text = align->mail->text + line->start;
      gboolean same = piece != NULL && line->kind != NULL && i != align->split
                      && strcmp (line->kind, line_at (align, i - 1)->kind) == 0;
      gsize column
          = i == align->split && line->kind != NULL ? MIN (align->column, line->length) : 0;

      if (piece != NULL && !same)
        add_piece (out->folded, line_at (align, i - 1)->kind, g_steal_pointer (&piece));
      if (line->kind == NULL || column > 0)
        append_line (visible, text, line->kind == NULL ? line->length : column);
      if (line->kind == NULL)
        continue;
      if (piece == NULL)
        piece = g_string_new (NULL);
      append_line (piece, text + column, line->length - column);
      if (strcmp (line->kind, "signature") == 0)
        append_line (signature, text, line->length);
    }
  if (piece != NULL)
    add_piece (out->folded, line_at (align, align->lines->len - 1)->kind, piece);
  out->visible = pd_reply_take_trimmed (visible);
  out->signature_text = pd_reply_take_trimmed (signature);
}

/* Whether a text says more than rules and quote marks do. */
static gboolean
says_something (const char *text)
{
  return text[strspn (text, " \t\r\n-_=*#~+>|")] != '\0';
}

/* ---- the whole ---- */

/* Whether a mail that somebody passes on begins above the first line of ours. */
static gboolean
is_forwarded (const Align *align, const PdLine *lines)
{
  for (guint i = 0; i < align->lines->len && !line_at (align, i)->ours; i++)
    if (pd_line_is_mark (align->marks, &lines[i], PD_PATTERN_FORWARD))
      return TRUE;
  return FALSE;
}

static PdLine *
make_lines (const Align *align)
{
  PdLine *lines = g_new (PdLine, MAX (align->lines->len, 1));

  for (guint i = 0; i < align->lines->len; i++)
    lines[i] = as_line (align, i);
  return lines;
}

static PdAligned *
run (Align *align)
{
  g_autofree PdLine *lines = make_lines (align);
  g_autoptr (PdAligned) out = NULL;
  gboolean marked;

  align->places = g_new0 (guint, align->words->len + 1);
  align->in_chain = g_new0 (guint8, align->words->len + 1);
  index_sent (align);
  find_runs (align);
  if (align->runs->len == 0)
    return NULL;
  choose_chain (align);
  fill_gaps (align);
  marked = has_marks (align);
  if (!judge (align, lines, marked) || is_forwarded (align, lines))
    return NULL;
  spread (align);
  restore (align, lines, marked);
  out = g_new0 (PdAligned, 1);
  settle (align, out);
  emit (align, out);
  return says_something (out->visible) ? g_steal_pointer (&out) : NULL;
}

static void
align_clear (Align *align)
{
  g_array_unref (align->lines);
  g_array_unref (align->words);
  g_array_unref (align->sent_words);
  g_array_unref (align->runs);
  g_free (align->bounds);
  g_free (align->places);
  g_free (align->in_chain);
  g_free (align->next);
  g_hash_table_unref (align->heads);
  g_hash_table_unref (align->whole);
  g_ptr_array_unref (align->hosts);
  pd_reply_marks_free (align->marks);
}

PdAligned *
pd_reply_align (const PdMail *mail, const char *sent)
{
  Align align = {
    .mail = mail,
    .sent = sent,
    .lines = g_array_new (FALSE, FALSE, sizeof (Line)),
    .words = g_array_new (FALSE, FALSE, sizeof (PdTextWord)),
    .sent_words = g_array_new (FALSE, FALSE, sizeof (PdTextWord)),
    .runs = g_array_new (FALSE, FALSE, sizeof (Run)),
    .heads = g_hash_table_new (NULL, NULL),
    .whole = g_hash_table_new (NULL, NULL),
    .hosts = g_ptr_array_new_with_free_func (g_free),
    .split = G_MAXUINT,
    .marks = pd_reply_marks_new (pd_reply_peek_patterns ()),
  };
  PdAligned *out = NULL;

  if (!pd_subject_is_forward (pd_reply_peek_patterns (), mail->subject) && read_lines (&align)
      && read_structure (&align))
    {
      read_sent (&align);
      if (align.sent_words->len >= SHINGLE)
        out = run (&align);
    }
  align_clear (&align);
  if (out != NULL && strcmp (out->visible, mail->visible) == 0)
    g_clear_pointer (&out, pd_aligned_free);
  return out;
}

gboolean
pd_reply_may_quote (const PdMail *mail)
{
  guint lines = 0;

  if (mail->folded->len > 0)
    return TRUE;
  for (const char *at = mail->text; *at != '\0' && lines <= SMALL_TEXT;)
    {
      gsize length = strcspn (at, "\n");
      guint depth;

      skip_marks (at, at + length, &depth);
      if (depth > 0)
        return TRUE;
      lines += length > 0;
      at += length;
      at += *at == '\n';
    }
  return lines > SMALL_TEXT;
}
