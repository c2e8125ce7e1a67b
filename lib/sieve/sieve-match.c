#include "sieve/sieve-match.h"

#include <string.h>

#include "sieve/sieve-cache.h"
#include "sieve/sieve-extensions.h"

/* octets of a value that are searched in one step of the run's bound */
#define OCTETS_A_STEP 4096

static const char *
type_name (PdSieveMatchType type)
{
  static const char *const names[] = { "is", "contains", "matches", "regex", "value", "count", "list" };

  return names[type];
}

static gboolean
check_comparator (PdSieveCompiler *compiler, PdSieveMatchType type, const PdSieveComparator *comparator, const PdSievePlace *place)
{
  gboolean substrings = type == PD_SIEVE_CONTAINS || type == PD_SIEVE_MATCH || type == PD_SIEVE_REGEX;

  if (!substrings || comparator->substrings)
    return TRUE;
  pd_sieve_compiler_error (compiler, place, "the comparator \"%s\" knows no parts of strings, so it does not go with :%s",
                           comparator->name, type_name (type));
  return FALSE;
}

/* What the count or a number can never be. */
static void
warn_of_key (PdSieveCompiler *compiler, const PdSieveMatch *match, const PdSieveText *key)
{
  if (match->type == PD_SIEVE_COUNT && !g_ascii_isdigit (key->text[0]))
    pd_sieve_compiler_warn (compiler, &key->place, "\"%s\" is no number, but :count compares with it", key->text);
  else if (match->type == PD_SIEVE_COUNT && match->comparator->index != 3 && match->relation != PD_SIEVE_EQ && match->relation != PD_SIEVE_NE)
    pd_sieve_compiler_warn (compiler, &key->place, "numbers are compared as text here: :comparator \"i;ascii-numeric\" is missing");
}

static gboolean
prepare_key (PdSieveCompiler *compiler, PdSieveMatch *match, const PdSieveText *key)
{
  g_autoptr (GError) error = NULL;

  if (pd_sieve_keys_add (match->keys, key->text, &error))
    return TRUE;
  pd_sieve_compiler_error (compiler, &key->place, "\"%s\" is no regular expression: %s", key->text, error->message);
  return FALSE;
}

static gboolean
prepare_keys (PdSieveCompiler *compiler, PdSieveMatch *match, const PdSieveValue *keys)
{
  gboolean ok = TRUE;

  match->keys = pd_sieve_keys_new (match->type, match->relation, match->comparator);
  for (guint i = 0; i < keys->n_texts; i++)
    if (keys->texts[i].variables == NULL)
      {
        warn_of_key (compiler, match, &keys->texts[i]);
        ok = prepare_key (compiler, match, &keys->texts[i]) && ok;
      }
  /* with variables among them they are made in each run; here only mistakes were looked for */
  if (!keys->constant)
    g_clear_pointer (&match->keys, pd_sieve_keys_free);
  return ok;
}

PdSieveMatch *
pd_sieve_match_new (PdSieveCompiler *compiler, PdSieveMatchType type, PdSieveRelation relation,
                    const PdSieveComparator *comparator, const PdSieveValue *keys, const PdSievePlace *place)
{
  PdSieveMatch *match;

  if (comparator == NULL)
    comparator = pd_sieve_comparator_find ("i;ascii-casemap");
  if (!check_comparator (compiler, type, comparator, place))
    return NULL;
  match = g_new0 (PdSieveMatch, 1);
  match->type = type;
  match->relation = relation;
  match->comparator = comparator;
  match->captures = pd_sieve_compiler_requires (compiler, "variables");
  if (keys != NULL && !prepare_keys (compiler, match, keys))
    g_clear_pointer (&match, pd_sieve_match_free);
  return match;
}

void
pd_sieve_match_free (PdSieveMatch *match)
{
  if (match == NULL)
    return;
  pd_sieve_keys_free (match->keys);
  g_free (match);
}

/* The last argument of the verb. */
static const PdSieveValue *
keys_of (const PdSieveNode *node)
{
  guint n = 0;

  for (const char *p = node->verb->arguments; *p != '\0'; p++)
    n += g_ascii_isalpha (*p);
  return n > 0 ? node->args[n - 1] : NULL;
}

/* A regular expression that is none once its variables are put in matches nothing. */
static PdSieveKeys *
make_keys (PdSieveRun *run, const PdSieveMatch *match, const char *const *texts, guint n)
{
  PdSieveKeys *keys = pd_sieve_keys_new (match->type, match->relation, match->comparator);

  for (guint i = 0; i < n; i++)
    if (match->type == PD_SIEVE_REGEX)
      {
        PdSieveRegex *regex = pd_sieve_cache_regex (run, texts[i], match->comparator->caseless);

        if (regex != NULL)
          pd_sieve_keys_add_regex (keys, regex);
      }
    else
      pd_sieve_keys_add (keys, texts[i], NULL);
  return keys;
}

void
pd_sieve_matching_begin (PdSieveMatching *matching, PdSieveRun *run, const PdSieveNode *node)
{
  const PdSieveValue *value = keys_of (node);
  const char *const *texts;
  guint n = 0;

  memset (matching, 0, sizeof *matching);
  matching->run = run;
  matching->node = node;
  matching->match = node->match;
  matching->keys = node->match->keys;
  if (matching->keys != NULL && node->match->type != PD_SIEVE_LIST)
    return;
  texts = value != NULL ? pd_sieve_run_strings (run, value, &n) : NULL;
  if (node->match->type == PD_SIEVE_LIST)
    {
      matching->lists = texts;
      matching->n_lists = n;
    }
  if (matching->keys == NULL)
    matching->keys = matching->own_keys = make_keys (run, node->match, texts, n);
}

static void
set_matches (PdSieveMatching *matching, const PdSieveSubject *subject, const PdSieveCaptures *captures)
{
  const char *texts[PD_SIEVE_MAX_MATCHES];
  gsize total = 0;
  g_autofree char *room = NULL;
  char *at;

  for (guint i = 0; i < captures->n; i++)
    total += captures->spans[i].length + 1;
  room = at = g_malloc (total + 1);
  for (guint i = 0; i < captures->n; i++)
    {
      gsize length = captures->spans[i].length;

      memcpy (at, subject->text + captures->spans[i].start, length);
      at[length] = '\0';
      texts[i] = at;
      at += length + 1;
    }
  pd_sieve_run_set_matches (matching->run, texts, captures->n);
}

static gboolean
match_lists (PdSieveMatching *matching, const PdSieveSubject *subject)
{
  const PdSieveHost *host = matching->run->host;

  for (guint i = 0; i < matching->n_lists; i++)
    if (host->list_has != NULL && host->list_has (host->data, matching->lists[i], subject->text))
      {
        const char *whole = subject->text;

        if (matching->match->captures && !matching->silent)
          pd_sieve_run_set_matches (matching->run, &whole, 1);
        return TRUE;
      }
  return FALSE;
}

static gboolean
match_keys (PdSieveMatching *matching, PdSieveSubject *subject)
{
  const PdSieveMatch *match = matching->match;
  gboolean wanted = match->captures && !matching->silent && (match->type == PD_SIEVE_MATCH || match->type == PD_SIEVE_REGEX);
  PdSieveRegexWork *work = match->type == PD_SIEVE_REGEX ? pd_sieve_cache_regex_work (matching->run) : NULL;
  PdSieveCaptures captures;
  int found;

  found = pd_sieve_keys_match (matching->keys, subject, work, wanted ? &captures : NULL);
  if (found < 0)
    {
      pd_sieve_run_fail (matching->run, &matching->node->place, "a regular expression took too many steps on a value of %zu octets",
                         subject->length);
      return FALSE;
    }
  if (found > 0 && wanted)
    set_matches (matching, subject, &captures);
  return found > 0;
}

gboolean
pd_sieve_matching_subject (PdSieveMatching *matching, PdSieveSubject *subject)
{
  guint64 n_keys = pd_sieve_keys_count (matching->keys);

  matching->n_values++;
  if (matching->matched || matching->run->failed)
    return TRUE;
  if (!pd_sieve_run_spend (matching->run, 1 + n_keys / 16 + n_keys * (subject->length / OCTETS_A_STEP)))
    return TRUE;
  if (matching->match->type == PD_SIEVE_COUNT)
    return FALSE;
  matching->matched = matching->match->type == PD_SIEVE_LIST ? match_lists (matching, subject) : match_keys (matching, subject);
  return matching->matched || matching->run->failed;
}

gboolean
pd_sieve_matching_bytes (PdSieveMatching *matching, const char *value, gsize length)
{
  PdSieveSubject subject;
  gboolean done;

  pd_sieve_subject_init (&subject, value, length);
  done = pd_sieve_matching_subject (matching, &subject);
  pd_sieve_subject_clear (&subject);
  return done;
}

gboolean
pd_sieve_matching_value (PdSieveMatching *matching, const char *value)
{
  return pd_sieve_matching_bytes (matching, value, strlen (value));
}

gboolean
pd_sieve_matching_end (PdSieveMatching *matching)
{
  if (matching->match->type == PD_SIEVE_COUNT && !matching->run->failed)
    {
      char count[24];
      PdSieveSubject subject;

      g_snprintf (count, sizeof count, "%" G_GUINT64_FORMAT, matching->n_values);
      pd_sieve_subject_init (&subject, count, strlen (count));
      matching->matched = pd_sieve_keys_match (matching->keys, &subject, NULL, NULL) > 0;
      pd_sieve_subject_clear (&subject);
    }
  g_clear_pointer (&matching->own_keys, pd_sieve_keys_free);
  matching->keys = NULL;
  return matching->matched && !matching->run->failed;
}

/* They allow match types and comparators only. */
const PdSieveExtension pd_sieve_ext_regex = { "regex", NULL, NULL };
const PdSieveExtension pd_sieve_ext_relational = { "relational", NULL, NULL };
const PdSieveExtension pd_sieve_ext_comparator_numeric = { "comparator-i;ascii-numeric", NULL, NULL };
const PdSieveExtension pd_sieve_ext_comparator_unicode = { "comparator-i;unicode-casemap", NULL, NULL };
