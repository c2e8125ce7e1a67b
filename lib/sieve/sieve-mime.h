/* sieve-mime.h - which fields and values a test looks at: by name, :index,
 * :last, :mime, :anychild and the options of :mime (RFC 5260 6, RFC 5703 4).
 *
 * Internal to lib/sieve.
 */
#pragma once

#include "sieve/sieve-cache.h"

/* The fields of one name that a test looks at; lent until the next call.
 *
 * Each name is counted by itself for :index.
 */
const PdSieveField *const *pd_sieve_test_fields (PdSieveRun *run, const PdSieveNode *node, const char *name, guint *out_n);

/* Gives a test what it wants of a field: its value, or a part of it by the option of :mime.
 * TRUE: it has matched. */
gboolean pd_sieve_test_field_value (PdSieveMatching *matching, const PdSieveField *field);
