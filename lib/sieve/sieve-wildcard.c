#include "sieve/sieve-wildcard.h"

#include <string.h>

#define NOWHERE G_MAXSIZE

typedef struct {
  enum { LITERAL, ONE, ANY } kind;
  char *text; /* of LITERAL, folded */
  gsize length;
  guint number; /* of ONE and ANY: which wildcard it is, from 1 */
} Piece;

struct PdSieveWildcard {
  GArray *pieces;
  guint   n_wildcards;
  gsize   least; /* octets that a value needs */
};

typedef struct {
  const PdSieveWildcard *wildcard;
  const char            *value;
  gsize                  length;
  const guint32         *origin;
  PdSieveSpan           *spans; /* may be NULL */
} Job;

static void
clear_piece (gpointer data)
{
  g_free (((Piece *) data)->text);
}

static void
add_literal (PdSieveWildcard *wildcard, const PdSieveComparator *comparator, GString *literal)
{
  Piece piece = { LITERAL, NULL, literal->len, 0 };

  if (literal->len == 0)
    return;
  piece.text = comparator->fold == NULL ? g_memdup2 (literal->str, literal->len)
                                        : comparator->fold (literal->str, literal->len, &piece.length, NULL);
  wildcard->least += piece.length;
  g_array_append_val (wildcard->pieces, piece);
  g_string_truncate (literal, 0);
}

PdSieveWildcard *
pd_sieve_wildcard_new (const PdSieveComparator *comparator, const char *pattern, gsize length)
{
  PdSieveWildcard *wildcard = g_new0 (PdSieveWildcard, 1);
  GString *literal = g_string_sized_new (length + 1);

  wildcard->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  g_array_set_clear_func (wildcard->pieces, clear_piece);
  for (gsize i = 0; i < length; i++)
    {
      Piece piece = { pattern[i] == '*' ? ANY : ONE, NULL, 0, wildcard->n_wildcards + 1 };

      if (pattern[i] == '\\' && i + 1 < length)
        g_string_append_c (literal, pattern[++i]);
      else if (pattern[i] != '*' && pattern[i] != '?')
        g_string_append_c (literal, pattern[i]);
      else
        {
          add_literal (wildcard, comparator, literal);
          wildcard->least += piece.kind == ONE;
          wildcard->n_wildcards++;
          g_array_append_val (wildcard->pieces, piece);
        }
    }
  add_literal (wildcard, comparator, literal);
  g_string_free (literal, TRUE);
  return wildcard;
}

void
pd_sieve_wildcard_free (PdSieveWildcard *wildcard)
{
  if (wildcard == NULL)
    return;
  g_array_free (wildcard->pieces, TRUE);
  g_free (wildcard);
}

#define piece_at(job, i) (&g_array_index ((job)->wildcard->pieces, Piece, (i)))

static void
take (const Job *job, const Piece *piece, gsize start, gsize end)
{
  if (job->spans != NULL && piece->number < PD_SIEVE_MAX_MATCHES)
    job->spans[piece->number] = (PdSieveSpan) { start, end - start };
}

static gsize
step_forward (const Job *job, gsize at)
{
  gsize end = at + 1;

  if (job->origin != NULL)
    while (end < job->length && job->origin[end] == job->origin[at])
      end++;
  else if ((guint8) job->value[at] >= 0xc0)
    while (end < job->length && end < at + 4 && ((guint8) job->value[end] & 0xc0) == 0x80)
      end++;
  return end;
}

static gsize
step_back (const Job *job, gsize at)
{
  gsize start = at - 1;

  if (job->origin != NULL)
    while (start > 0 && job->origin[start - 1] == job->origin[at - 1])
      start--;
  else
    while (start > 0 && at - start < 4 && ((guint8) job->value[start] & 0xc0) == 0x80)
      start--;
  return start;
}

/* The pieces from `first` up to `last`, none of them "*", at one place; returns where they end. */
static gsize
match_here (const Job *job, guint first, guint last, gsize at)
{
  for (guint i = first; i < last; i++)
    {
      const Piece *piece = piece_at (job, i);
      gsize end;

      if (piece->kind == LITERAL)
        {
          if (job->length - at < piece->length || memcmp (job->value + at, piece->text, piece->length) != 0)
            return NOWHERE;
          at += piece->length;
          continue;
        }
      if (at == job->length)
        return NOWHERE;
      end = step_forward (job, at);
      take (job, piece, at, end);
      at = end;
    }
  return at;
}

/* The same, but ending where the value ends; returns where they begin, not before `from`. */
static gsize
match_at_end (const Job *job, guint first, guint last, gsize from)
{
  gsize at = job->length;

  for (guint i = last; i > first; i--)
    {
      const Piece *piece = piece_at (job, i - 1);
      gsize start;

      if (piece->kind == LITERAL)
        {
          if (at - from < piece->length || memcmp (job->value + at - piece->length, piece->text, piece->length) != 0)
            return NOWHERE;
          at -= piece->length;
          continue;
        }
      if (at == from)
        return NOWHERE;
      start = step_back (job, at);
      if (start < from)
        return NOWHERE;
      take (job, piece, start, at);
      at = start;
    }
  return at;
}

/* The first place from `at` on where they match: since the "*" before takes as little as it can,
 * and a later place could not make the rest match if this does not. */
static gsize
search (const Job *job, guint first, guint last, gsize at, gsize *out_end)
{
  const Piece *piece = piece_at (job, first);

  for (;;)
    {
      if (piece->kind == LITERAL)
        {
          const char *found = memmem (job->value + at, job->length - at, piece->text, piece->length);

          if (found == NULL)
            return NOWHERE;
          at = (gsize) (found - job->value);
        }
      *out_end = match_here (job, first, last, at);
      if (*out_end != NOWHERE)
        return at;
      if (at == job->length)
        return NOWHERE;
      at = step_forward (job, at);
    }
}

/* Where the pieces without "*" that begin at `first` end. */
static guint
segment_end (const Job *job, guint first)
{
  while (first < job->wildcard->pieces->len && piece_at (job, first)->kind != ANY)
    first++;
  return first;
}

static gboolean
match_all (const Job *job)
{
  guint n = job->wildcard->pieces->len;
  guint end = segment_end (job, 0);
  gsize at = match_here (job, 0, end, 0);

  if (at == NOWHERE || end == n)
    return at == job->length;
  for (guint any = end;;)
    {
      gsize start = at, after = at;
      guint first = any + 1;

      end = segment_end (job, first);
      if (end == n)
        {
          start = match_at_end (job, first, end, at);
          if (start == NOWHERE)
            return FALSE;
          take (job, piece_at (job, any), at, start);
          return TRUE;
        }
      if (first < end)
        start = search (job, first, end, at, &after);
      if (start == NOWHERE)
        return FALSE;
      take (job, piece_at (job, any), at, start);
      at = after;
      any = end;
    }
}

gboolean
pd_sieve_wildcard_match (const PdSieveWildcard *wildcard, const char *value, gsize length, const guint32 *origin,
                         PdSieveSpan *out_spans, guint *out_n)
{
  Job job = { wildcard, value, length, origin, out_spans };

  *out_n = MIN (wildcard->n_wildcards + 1, PD_SIEVE_MAX_MATCHES);
  if (length < wildcard->least || !match_all (&job))
    return FALSE;
  if (out_spans != NULL)
    out_spans[0] = (PdSieveSpan) { 0, length };
  return TRUE;
}
