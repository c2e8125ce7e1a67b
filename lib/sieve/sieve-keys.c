#include "sieve/sieve-keys.h"

#include <string.h>

/* from so many keys of :is on a hash table is asked */
#define MANY_KEYS 8

typedef struct {
  char            *text; /* folded */
  gsize            length;
  PdSieveWildcard *wildcard;
  PdSieveRegex    *regex;
} Key;

struct PdSieveKeys {
  PdSieveMatchType         type;
  PdSieveRelation          relation;
  const PdSieveComparator *comparator;
  GArray                  *keys;
  GHashTable              *set; /* of GBytes; of IS with many keys, else NULL */
};

static void
clear_key (gpointer data)
{
  Key *key = data;

  g_free (key->text);
  pd_sieve_wildcard_free (key->wildcard);
  pd_sieve_regex_unref (key->regex);
}

PdSieveKeys *
pd_sieve_keys_new (PdSieveMatchType type, PdSieveRelation relation, const PdSieveComparator *comparator)
{
  PdSieveKeys *keys = g_new0 (PdSieveKeys, 1);

  keys->type = type;
  keys->relation = relation;
  keys->comparator = comparator;
  keys->keys = g_array_new (FALSE, FALSE, sizeof (Key));
  g_array_set_clear_func (keys->keys, clear_key);
  return keys;
}

void
pd_sieve_keys_free (PdSieveKeys *keys)
{
  if (keys == NULL)
    return;
  g_clear_pointer (&keys->set, g_hash_table_unref);
  g_array_free (keys->keys, TRUE);
  g_free (keys);
}

static const Key *
key_at (const PdSieveKeys *keys, guint i)
{
  return &g_array_index (keys->keys, Key, i);
}

static void
add_to_set (PdSieveKeys *keys)
{
  guint from = keys->keys->len - 1;

  if (keys->set == NULL)
    {
      keys->set = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
      from = 0;
    }
  for (guint i = from; i < keys->keys->len; i++)
    g_hash_table_add (keys->set, g_bytes_new (key_at (keys, i)->text, key_at (keys, i)->length));
}

gboolean
pd_sieve_keys_add (PdSieveKeys *keys, const char *text, GError **error)
{
  Key key = { .length = strlen (text) };

  if (keys->type == PD_SIEVE_REGEX)
    {
      key.regex = pd_sieve_regex_new (text, keys->comparator->caseless, error);
      if (key.regex == NULL)
        return FALSE;
    }
  else if (keys->type == PD_SIEVE_MATCH)
    key.wildcard = pd_sieve_wildcard_new (keys->comparator, text, key.length);
  else if (keys->type == PD_SIEVE_LIST || keys->comparator->fold == NULL)
    key.text = g_strdup (text);
  else
    key.text = keys->comparator->fold (text, key.length, &key.length, NULL);
  g_array_append_val (keys->keys, key);
  if (keys->type == PD_SIEVE_IS && keys->keys->len > MANY_KEYS)
    add_to_set (keys);
  return TRUE;
}

void
pd_sieve_keys_add_regex (PdSieveKeys *keys, PdSieveRegex *regex)
{
  Key key = { .regex = pd_sieve_regex_ref (regex) };

  g_array_append_val (keys->keys, key);
}

guint
pd_sieve_keys_count (const PdSieveKeys *keys)
{
  return keys->keys->len;
}

static gboolean
is_one (const PdSieveKeys *keys, const char *value, gsize length)
{
  if (keys->set != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (value, length);

      return g_hash_table_contains (keys->set, bytes);
    }
  for (guint i = 0; i < keys->keys->len; i++)
    if (key_at (keys, i)->length == length && memcmp (key_at (keys, i)->text, value, length) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
contains_one (const PdSieveKeys *keys, const char *value, gsize length)
{
  for (guint i = 0; i < keys->keys->len; i++)
    {
      const Key *key = key_at (keys, i);

      if (key->length <= length && memmem (value, length, key->text, key->length) != NULL)
        return TRUE;
    }
  return FALSE;
}

static gboolean
holds (PdSieveRelation relation, int order)
{
  switch (relation)
    {
    case PD_SIEVE_GT:
      return order > 0;
    case PD_SIEVE_GE:
      return order >= 0;
    case PD_SIEVE_LT:
      return order < 0;
    case PD_SIEVE_LE:
      return order <= 0;
    case PD_SIEVE_EQ:
      return order == 0;
    case PD_SIEVE_NE:
      return order != 0;
    }
  return FALSE;
}

static gboolean
relates_to_one (const PdSieveKeys *keys, const char *value, gsize length)
{
  for (guint i = 0; i < keys->keys->len; i++)
    if (holds (keys->relation, keys->comparator->compare (value, length, key_at (keys, i)->text, key_at (keys, i)->length)))
      return TRUE;
  return FALSE;
}

/* From offsets of the folded value to those of the value. */
static void
map_spans (PdSieveCaptures *captures, GArray *origin, gsize length)
{
  for (guint i = 0; i < captures->n; i++)
    {
      gsize start = captures->spans[i].start, end = start + captures->spans[i].length;

      start = start < origin->len ? g_array_index (origin, guint32, start) : length;
      end = end < origin->len ? g_array_index (origin, guint32, end) : length;
      captures->spans[i] = (PdSieveSpan) { start, end - start };
    }
}

/* A folding that changes lengths: "?" is one character of the value, and what is taken is of the value. */
static gboolean
matches_unicode (const PdSieveKeys *keys, const PdSieveSubject *subject, PdSieveCaptures *captures)
{
  g_autoptr (GArray) origin = g_array_sized_new (FALSE, FALSE, sizeof (guint32), (guint) subject->length + 1);
  gsize length;
  g_autofree char *folded = keys->comparator->fold (subject->text, subject->length, &length, origin);

  for (guint i = 0; i < keys->keys->len; i++)
    if (pd_sieve_wildcard_match (key_at (keys, i)->wildcard, folded, length, (const guint32 *) (gconstpointer) origin->data,
                                 captures->spans, &captures->n))
      {
        map_spans (captures, origin, subject->length);
        return TRUE;
      }
  return FALSE;
}

static gboolean
matches_one (const PdSieveKeys *keys, PdSieveSubject *subject, PdSieveCaptures *captures)
{
  PdSieveCaptures own;
  gsize length;
  const char *value;
  guint n;

  if (keys->comparator->index == 2)
    return matches_unicode (keys, subject, captures != NULL ? captures : &own);
  value = pd_sieve_subject_fold (subject, keys->comparator, &length);
  for (guint i = 0; i < keys->keys->len; i++)
    if (pd_sieve_wildcard_match (key_at (keys, i)->wildcard, value, length, NULL, captures != NULL ? captures->spans : NULL, &n))
      {
        if (captures != NULL)
          captures->n = n;
        return TRUE;
      }
  return FALSE;
}

static int
finds_one (const PdSieveKeys *keys, const PdSieveSubject *subject, PdSieveRegexWork *work, PdSieveCaptures *captures)
{
  guint n;

  for (guint i = 0; i < keys->keys->len; i++)
    {
      int found = pd_sieve_regex_match (key_at (keys, i)->regex, work, subject->text, subject->length,
                                        captures != NULL ? captures->spans : NULL, captures != NULL ? &captures->n : &n);

      if (found != 0)
        return found;
    }
  return 0;
}

int
pd_sieve_keys_match (const PdSieveKeys *keys, PdSieveSubject *subject, PdSieveRegexWork *work, PdSieveCaptures *captures)
{
  const char *value;
  gsize length;

  if (keys->type == PD_SIEVE_REGEX)
    return finds_one (keys, subject, work, captures);
  if (keys->type == PD_SIEVE_MATCH)
    return matches_one (keys, subject, captures);
  value = pd_sieve_subject_fold (subject, keys->comparator, &length);
  if (keys->type == PD_SIEVE_IS)
    return is_one (keys, value, length);
  if (keys->type == PD_SIEVE_CONTAINS)
    return contains_one (keys, value, length);
  return relates_to_one (keys, value, length);
}
