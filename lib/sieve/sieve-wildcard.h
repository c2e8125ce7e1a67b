/* sieve-wildcard.h - patterns of :matches (RFC 5228 2.7.1): "*" any characters,
 * "?" one character, "\" takes the meaning from what follows.
 *
 * Pure.  A wildcard matches as little as it can (RFC 5229 3.2); the time is at
 * most the length of the pattern times that of the value.
 */
#pragma once

#include "sieve/sieve-comparator.h"

#define PD_SIEVE_MAX_MATCHES 32 /* the whole and 31 parts: "${0}" to "${31}" */

typedef struct {
  gsize start, length;
} PdSieveSpan;

typedef struct PdSieveWildcard PdSieveWildcard;

PdSieveWildcard *pd_sieve_wildcard_new   (const PdSieveComparator *comparator, const char *pattern, gsize length);
void             pd_sieve_wildcard_free  (PdSieveWildcard *wildcard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSieveWildcard, pd_sieve_wildcard_free)

/* Compares with a folded value.
 *
 * origin     of the folding, for each octet of value; NULL: the value is as it was
 * out_spans  what the wildcards took, [0] the whole, PD_SIEVE_MAX_MATCHES of them; as offsets in
 *            value; may be NULL
 * out_n      how many of them there are
 */
gboolean         pd_sieve_wildcard_match (const PdSieveWildcard *wildcard,
                                          const char            *value,
                                          gsize                  length,
                                          const guint32         *origin,
                                          PdSieveSpan           *out_spans,
                                          guint                 *out_n);
