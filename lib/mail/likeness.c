#include "mail/likeness.h"

#include <string.h>

#include "mail/text-words.h"

#define GROUP 3

struct PdLikeness {
  guint words;
  GHashTable *groups; /* one number for each */
};

PdLikeness *
pd_likeness_new (const char *text)
{
  PdLikeness *likeness = g_new0 (PdLikeness, 1);
  g_autoptr (GArray) words = g_array_new (FALSE, FALSE, sizeof (PdTextWord));
  const PdTextWord *first;
  guint kept = 0;

  pd_text_words_add (words, text, 0, strlen (text), PD_LIKENESS_MAX_WORDS);
  for (guint i = 0; i < words->len; i++)
    if (g_array_index (words, PdTextWord, i).kind == PD_TEXT_WORD)
      g_array_index (words, PdTextWord, kept++) = g_array_index (words, PdTextWord, i);
  likeness->words = kept;
  likeness->groups = g_hash_table_new (NULL, NULL);
  first = (const PdTextWord *)(const void *)words->data;
  for (guint i = 0; i < kept && (i == 0 || i + GROUP <= kept); i++)
    g_hash_table_add (likeness->groups,
                      GUINT_TO_POINTER (pd_text_words_hash (first + i, MIN (GROUP, kept))));
  return likeness;
}

void
pd_likeness_free (PdLikeness *likeness)
{
  if (likeness == NULL)
    return;
  g_hash_table_unref (likeness->groups);
  g_free (likeness);
}

guint
pd_likeness_words (const PdLikeness *likeness)
{
  return likeness->words;
}

static guint
count_common (const PdLikeness *a, const PdLikeness *b)
{
  GHashTableIter iter;
  gpointer group;
  guint n = 0;

  g_hash_table_iter_init (&iter, a->groups);
  while (g_hash_table_iter_next (&iter, &group, NULL))
    n += g_hash_table_contains (b->groups, group);
  return n;
}

guint
pd_likeness_equal (const PdLikeness *a, const PdLikeness *b)
{
  guint common = count_common (a, b);
  guint all = g_hash_table_size (a->groups) + g_hash_table_size (b->groups) - common;

  return all > 0 ? common * 100 / all : 100;
}

guint
pd_likeness_contained (const PdLikeness *part, const PdLikeness *whole)
{
  guint all = g_hash_table_size (part->groups);

  return all > 0 ? count_common (part, whole) * 100 / all : 0;
}
