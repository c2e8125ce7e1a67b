/* sieve-keys.h - the keys of a test, prepared for its match type and
 * comparator, and the comparison of a value with them.
 *
 * Pure.
 */
#pragma once

#include "sieve/sieve-regex.h"

/* What a match took: offsets in the value as it was given. */
typedef struct {
  PdSieveSpan spans[PD_SIEVE_MAX_MATCHES];
  guint       n;
} PdSieveCaptures;

PdSieveKeys *pd_sieve_keys_new       (PdSieveMatchType type, PdSieveRelation relation, const PdSieveComparator *comparator);
void         pd_sieve_keys_free      (PdSieveKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSieveKeys, pd_sieve_keys_free)

/* Copies it.  FALSE: it is no regular expression (PD_ERROR_INVALID). */
gboolean     pd_sieve_keys_add       (PdSieveKeys *keys, const char *text, GError **error);
void         pd_sieve_keys_add_regex (PdSieveKeys *keys, PdSieveRegex *regex); /* takes a reference */
guint        pd_sieve_keys_count     (const PdSieveKeys *keys);

/* Whether a value matches one of them; of VALUE and COUNT, in whose place the count stands.
 *
 * work      for regular expressions; else may be NULL
 * captures  set by MATCH and REGEX; may be NULL
 * Returns   1, 0, or -1 if a bound of regular expressions was passed
 */
int          pd_sieve_keys_match     (const PdSieveKeys *keys,
                                      PdSieveSubject    *subject,
                                      PdSieveRegexWork  *work,
                                      PdSieveCaptures   *captures);
