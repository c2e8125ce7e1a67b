#include "sieve/sieve-comparator.h"

#include <string.h>

static int
compare_octets (const char *a, gsize a_length, const char *b, gsize b_length)
{
  int order = memcmp (a, b, MIN (a_length, b_length));

  if (order != 0)
    return order;
  return a_length < b_length ? -1 : a_length > b_length;
}

/* RFC 4790 9.2.1: to capitals, which decides how "_" stands to letters. */
static char *
fold_ascii (const char *text, gsize length, gsize *out_length, G_GNUC_UNUSED GArray *origin)
{
  char *folded = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    {
      guint8 c = (guint8) text[i];

      folded[i] = (char) (c - ((guint8) (c - 'a') < 26 ? 32 : 0));
    }
  folded[length] = '\0';
  *out_length = length;
  return folded;
}

/* One character of RFC 5051 2: its title case, wholly decomposed. */
static void
append_folded (GString *out, gunichar c)
{
  gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
  gsize n = g_unichar_fully_decompose (g_unichar_totitle (c), TRUE, parts, G_N_ELEMENTS (parts));

  for (gsize i = 0; i < MIN (n, G_N_ELEMENTS (parts)); i++)
    g_string_append_unichar (out, parts[i]);
}

static char *
fold_unicode (const char *text, gsize length, gsize *out_length, GArray *origin)
{
  GString *out = g_string_sized_new (length + 16);

  for (gsize at = 0; at < length;)
    {
      gsize before = out->len;
      gunichar c = (guint8) text[at];
      guint32 from = (guint32) at;

      if (c >= 0x80)
        c = g_utf8_get_char_validated (text + at, (gssize) (length - at));
      if (c == (gunichar) -1 || c == (gunichar) -2)
        g_string_append_c (out, text[at++]);
      else if (c < 0x80)
        g_string_append_c (out, g_ascii_toupper (text[at++]));
      else
        {
          append_folded (out, c);
          at += (gsize) g_utf8_skip[(guint8) text[at]];
        }
      for (; origin != NULL && before < out->len; before++)
        g_array_append_val (origin, from);
    }
  *out_length = out->len;
  return g_string_free (out, FALSE);
}

/* RFC 4790 9.1.1: the digits at the begin, without leading zeros; what begins
 * with none is infinite and folds to nothing. */
static char *
fold_numeric (const char *text, gsize length, gsize *out_length, G_GNUC_UNUSED GArray *origin)
{
  gsize start = 0, end = 0;

  while (end < length && g_ascii_isdigit (text[end]))
    end++;
  while (start + 1 < end && text[start] == '0')
    start++;
  *out_length = end - start;
  return g_strndup (text + start, end - start);
}

static int
compare_numbers (const char *a, gsize a_length, const char *b, gsize b_length)
{
  if (a_length == b_length)
    return memcmp (a, b, a_length);
  if (a_length == 0 || b_length == 0)
    return a_length == 0 ? 1 : -1;
  return a_length < b_length ? -1 : 1;
}

static const PdSieveComparator comparators[] = {
  { "i;octet", 0, TRUE, FALSE, NULL, compare_octets },
  { "i;ascii-casemap", 1, TRUE, TRUE, fold_ascii, compare_octets },
  { "i;unicode-casemap", 2, TRUE, TRUE, fold_unicode, compare_octets },
  { "i;ascii-numeric", 3, FALSE, FALSE, fold_numeric, compare_numbers },
};
G_STATIC_ASSERT (G_N_ELEMENTS (comparators) == PD_SIEVE_N_COMPARATORS);

const PdSieveComparator *
pd_sieve_comparator_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (comparators); i++)
    if (g_str_equal (comparators[i].name, name))
      return &comparators[i];
  return NULL;
}

void
pd_sieve_subject_init (PdSieveSubject *subject, const char *text, gsize length)
{
  memset (subject, 0, sizeof *subject);
  subject->text = text;
  subject->length = length;
}

void
pd_sieve_subject_clear (PdSieveSubject *subject)
{
  for (guint i = 0; i < PD_SIEVE_N_COMPARATORS; i++)
    g_clear_pointer (&subject->folded[i], g_free);
}

const char *
pd_sieve_subject_fold (PdSieveSubject *subject, const PdSieveComparator *comparator, gsize *out_length)
{
  guint i = comparator->index;

  if (comparator->fold == NULL)
    {
      *out_length = subject->length;
      return subject->text;
    }
  if (subject->folded[i] == NULL)
    subject->folded[i] = comparator->fold (subject->text, subject->length, &subject->folded_length[i], NULL);
  *out_length = subject->folded_length[i];
  return subject->folded[i];
}
