/* sieve-match.h - comparators and match types (RFC 5228 2.7, RFC 5231, regex,
 * RFC 6134 :list).
 */
#pragma once

#include "sieve/sieve-verb.h"

typedef enum { PD_SIEVE_IS, PD_SIEVE_CONTAINS, PD_SIEVE_MATCH, PD_SIEVE_REGEX, PD_SIEVE_VALUE, PD_SIEVE_COUNT, PD_SIEVE_LIST } PdSieveMatchType;

typedef enum { PD_SIEVE_GT, PD_SIEVE_GE, PD_SIEVE_LT, PD_SIEVE_LE, PD_SIEVE_EQ, PD_SIEVE_NE } PdSieveRelation;

typedef struct PdSieveComparator PdSieveComparator; /* i;octet … */

struct PdSieveMatch {
  PdSieveMatchType         type;
  PdSieveRelation          relation;   /* of VALUE and COUNT */
  const PdSieveComparator *comparator; /* default i;ascii-casemap (RFC 5228 2.7.3) */
  struct PdSieveKeys      *keys;       /* constant keys, prepared: folded, regular expressions compiled; or NULL */
  gboolean                 captures;   /* the script has variables */
};

const PdSieveComparator *pd_sieve_comparator_find (const char *name); /* "i;octet"; NULL: none */

/* For the compiler.  Takes what the tags said, prepares constant keys and says what does not go
 * together (:contains with i;ascii-numeric, a broken regular expression, keys that can never
 * match as a warning).
 *
 * keys      the last argument; may be NULL
 * Returns   NULL after an error
 */
PdSieveMatch *pd_sieve_match_new  (PdSieveCompiler *compiler, PdSieveMatchType type, PdSieveRelation relation,
                                   const PdSieveComparator *comparator, const PdSieveValue *keys,
                                   const PdSievePlace *place);
void          pd_sieve_match_free (PdSieveMatch *match);

/* Begins a test: values are then given one by one, until one matches.
 *
 *     pd_sieve_matching_begin (&matching, run, node);
 *     while (… && !pd_sieve_matching_value (&matching, value)) …
 *     return pd_sieve_matching_end (&matching);
 *
 * :count counts the values and is answered at the end.  A match of :matches or
 * :regex sets the match variables (RFC 5229 3.2), unless `silent` was set after
 * the begin (RFC 5173 6).  What was begun must be ended.
 */
typedef struct PdSieveKeys PdSieveKeys;       /* sieve-keys.h */

typedef struct {
  PdSieveRun         *run;
  const PdSieveNode  *node;
  const PdSieveMatch *match;
  const PdSieveKeys  *keys;     /* as they are in this run */
  PdSieveKeys        *own_keys; /* if they are not constant */
  const char *const  *lists;    /* of LIST */
  guint               n_lists;
  guint64             n_values;
  gboolean            matched;
  gboolean            silent;
} PdSieveMatching;

void          pd_sieve_matching_begin   (PdSieveMatching *matching, PdSieveRun *run, const PdSieveNode *node);
gboolean      pd_sieve_matching_value   (PdSieveMatching *matching, const char *value); /* TRUE: it has matched, no more are needed */
gboolean      pd_sieve_matching_bytes   (PdSieveMatching *matching, const char *value, gsize length);
gboolean      pd_sieve_matching_end     (PdSieveMatching *matching);
