/* sieve-regex.h - regular expressions of :regex: POSIX extended ones (IEEE
 * 1003.1, 9.4), carried out by PCRE2 on UTF-8.
 *
 * Also \w \W \s \S \b \B \d \D \< \> and back references, as most programs have
 * them.  Alternatives are tried from the left, not for the longest.
 */
#pragma once

#include "sieve/sieve-wildcard.h"

typedef struct PdSieveRegex PdSieveRegex;         /* compiled; threads may share it */
typedef struct PdSieveRegexWork PdSieveRegexWork; /* what a thread needs to match */

/* Returns NULL if it is none; the error says why, in half a sentence.
 * Errors  PD_ERROR_INVALID */
PdSieveRegex     *pd_sieve_regex_new    (const char *pattern, gboolean caseless, GError **error);
PdSieveRegex     *pd_sieve_regex_ref    (PdSieveRegex *regex);
void              pd_sieve_regex_unref  (PdSieveRegex *regex);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSieveRegex, pd_sieve_regex_unref)

/* steps, depth: the bounds of one match; steps grow with the length of the value. */
PdSieveRegexWork *pd_sieve_regex_work_new  (guint steps, guint depth);
void              pd_sieve_regex_work_free (PdSieveRegexWork *work);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSieveRegexWork, pd_sieve_regex_work_free)

/* Searches a value.  out_spans as in sieve-wildcard.h; a group that took no part is empty.
 * Returns 1, 0, or -1 if a bound was passed. */
int               pd_sieve_regex_match  (const PdSieveRegex *regex,
                                         PdSieveRegexWork   *work,
                                         const char         *value,
                                         gsize               length,
                                         PdSieveSpan        *out_spans,
                                         guint              *out_n);
