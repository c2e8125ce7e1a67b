#include "mail/html-align.h"

#include <string.h>

#include "mail/html-text.h"

#define WINDOW 48 /* words that one text may have more than the other, as a link's target */
#define SURE 3    /* equal words in a row after which the texts are side by side again */
#define NEAR 4    /* words at a span's edge of which one must be in both texts */
#define RULE 4    /* signs that make a line drawn with them */
#define NOWHERE G_MAXUINT

typedef struct {
  guint offset;
  guint length;
  guint hash;
} Word;

typedef struct {
  const GArray *a, *b; /* of Word */
  guint *match;        /* for each word of a: the same in b, or NOWHERE */
  guint steps;
} Pairing;

static gboolean
is_word_char (char c)
{
  return g_ascii_isalnum (c) || (guint8)c >= 0x80;
}

/* Words are runs of ASCII letters and digits, and each character outside of
 * ASCII: Chinese has no blanks, and a line may end anywhere in it.  Returns
 * NULL if there are too many.
 */
static GArray *
split (const char *text)
{
  GArray *words = g_array_new (FALSE, FALSE, sizeof (Word));

  for (const char *at = text; *at != '\0';)
    {
      const char *begin = at;
      Word word;

      if ((guint8)*at >= 0x80)
        at = g_utf8_next_char (at);
      else
        while (g_ascii_isalnum (*at))
          at++;
      if (at == begin)
        {
          at++;
          continue;
        }
      word.offset = (guint)(begin - text);
      word.length = (guint)(at - begin);
      word.hash = 5381;
      for (const char *c = begin; c < at; c++)
        word.hash = word.hash * 33 + (guint8)g_ascii_tolower (*c);
      /* a no-break space is one in the plain text too, or a blank */
      if (word.length == 2 && memcmp (begin, "\xC2\xA0", 2) == 0)
        continue;
      g_array_append_val (words, word);
      if (words->len > PD_HTML_ALIGN_MAX_WORDS)
        {
          g_array_unref (words);
          return NULL;
        }
    }
  return words;
}

static gboolean
is_same (Pairing *pairing, guint i, guint j)
{
  const Word *a = &g_array_index (pairing->a, Word, i);
  const Word *b = &g_array_index (pairing->b, Word, j);

  pairing->steps++;
  return a->hash == b->hash && a->length == b->length;
}

/* Some equal words, or as many as there are. */
static gboolean
is_sure (Pairing *pairing, guint i, guint j)
{
  guint n = 0;

  while (n < SURE && i + n < pairing->a->len && j + n < pairing->b->len)
    {
      if (!is_same (pairing, i + n, j + n))
        return FALSE;
      n++;
    }
  return n > 0 && (n == SURE || i + n == pairing->a->len || j + n == pairing->b->len);
}

/* Passes over the fewest words, in both together, that are in one text only. */
static gboolean
find_again (Pairing *pairing, guint *i, guint *j)
{
  for (guint skip = 1; skip <= WINDOW; skip++)
    for (guint in_a = 0; in_a <= skip; in_a++)
      {
        guint at_a = *i + in_a, at_b = *j + skip - in_a;

        if (at_a < pairing->a->len && at_b < pairing->b->len && is_sure (pairing, at_a, at_b))
          {
            *i = at_a;
            *j = at_b;
            return TRUE;
          }
      }
  return FALSE;
}

static void
pair (Pairing *pairing)
{
  guint i = 0, j = 0;

  for (guint k = 0; k < pairing->a->len; k++)
    pairing->match[k] = NOWHERE;
  while (i < pairing->a->len && j < pairing->b->len && pairing->steps < PD_HTML_ALIGN_MAX_STEPS)
    {
      if (is_same (pairing, i, j))
        pairing->match[i++] = j++;
      else if (!find_again (pairing, &i, &j))
        {
          /* both have something of their own: go on a little further down */
          i++;
          j++;
        }
    }
}

/* The first word of `words` at or behind `offset`. */
static guint
word_at (const GArray *words, gsize offset)
{
  guint low = 0, high = words->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (words, Word, middle).offset < offset)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The word in b with which what begins at word `first` of a begins. */
static guint
find_begin (const Pairing *pairing, guint first, guint end)
{
  for (guint k = first; k < MIN (first + NEAR, end); k++)
    if (pairing->match[k] != NOWHERE)
      {
        guint missing = k - first;
        guint before = first > 0 ? pairing->match[first - 1] : NOWHERE;

        /* as many words earlier, unless these belong to what is before */
        if (missing == 0 || pairing->match[k] < missing)
          return pairing->match[k];
        if (before != NOWHERE && pairing->match[k] - missing <= before)
          return before + 1;
        return pairing->match[k] - missing;
      }
  return NOWHERE;
}

/* The last word in b of what ends in front of word `end` of a. */
static guint
find_end (const Pairing *pairing, guint first, guint end)
{
  for (guint k = end; k > first && k + NEAR > end; k--)
    if (pairing->match[k - 1] != NOWHERE)
      return pairing->match[k - 1];
  return NOWHERE;
}

static gboolean
is_rule (const char *text, gsize begin, gsize end)
{
  gsize signs = 0;

  for (gsize i = begin; i < end; i++)
    {
      if (is_word_char (text[i]))
        return FALSE;
      signs += text[i] == '_' || text[i] == '-' || text[i] == '=' || text[i] == '*';
    }
  return signs >= RULE;
}

/* To the line's beginning if nothing but signs is in front, and over a drawn
 * line above.
 */
static gsize
widen_begin (const char *text, gsize at, PdHtmlSpanKind kind)
{
  gsize line = at, above;

  while (line > 0 && text[line - 1] != '\n' && !is_word_char (text[line - 1]))
    line--;
  if (line > 0 && text[line - 1] != '\n')
    return at;
  for (above = line; above > 0 && (text[above - 1] == '\n' || text[above - 1] == ' ');)
    above--;
  for (at = above; above > 0 && text[above - 1] != '\n';)
    above--;
  return kind != PD_HTML_SPAN_SIGNATURE && is_rule (text, above, at) ? above : line;
}

/* To the line's end if no word follows on it. */
static gsize
widen_end (const char *text, gsize at)
{
  gsize end = at;

  while (text[end] != '\0' && text[end] != '\n' && !is_word_char (text[end]))
    end++;
  if (text[end] != '\0' && text[end] != '\n')
    return at;
  while (end > at && g_ascii_isspace (text[end - 1]))
    end--;
  return end;
}

static void
carry (const Pairing *pairing, const PdHtmlSpan *span, const char *plain, GArray *out)
{
  guint first = word_at (pairing->a, span->offset);
  guint end = word_at (pairing->a, span->offset + span->length);
  guint begin_word = find_begin (pairing, first, end);
  guint end_word = find_end (pairing, first, end);
  PdHtmlSpan carried = *span;
  const Word *last;
  gsize floor = 0;

  if (begin_word == NOWHERE || end_word == NOWHERE || end_word < begin_word)
    return;
  if (out->len > 0)
    {
      const PdHtmlSpan *before = &g_array_index (out, PdHtmlSpan, out->len - 1);

      floor
          = before->kind == PD_HTML_SPAN_FORWARD ? before->offset : before->offset + before->length;
    }
  last = &g_array_index (pairing->b, Word, end_word);
  carried.offset
      = widen_begin (plain, g_array_index (pairing->b, Word, begin_word).offset, span->kind);
  carried.offset = MAX (carried.offset, floor);
  while (g_ascii_isspace (plain[carried.offset]))
    carried.offset++;
  carried.length = widen_end (plain, last->offset + last->length);
  if (carried.length <= carried.offset)
    return;
  carried.length -= carried.offset;
  g_array_append_val (out, carried);
}

void
pd_html_align (const char *marked, const GArray *spans, const char *plain, GArray *out)
{
  g_autoptr (GArray) a = spans->len == 0 ? NULL : split (marked);
  g_autoptr (GArray) b = a == NULL ? NULL : split (plain);
  g_autofree guint *match = NULL;
  Pairing pairing = { a, b, NULL, 0 };

  g_array_set_size (out, 0);
  if (a == NULL || b == NULL || a->len == 0)
    return;
  match = g_new (guint, a->len);
  pairing.match = match;
  pair (&pairing);
  for (guint i = 0; i < spans->len; i++)
    carry (&pairing, &g_array_index (spans, PdHtmlSpan, i), plain, out);
}
