/* sieve-cache.h - what tests of one run found out about values: their folded
 * forms and the addresses in them, since rule after rule asks for the same.
 *
 * Internal.  All is lent until the run is freed or gets another mail.
 */
#pragma once

#include "sieve/sieve-keys.h"
#include "sieve/sieve-run.h"

/* An address of a field or of the envelope, with its parts. */
typedef struct {
  char          *address;
  gboolean       valid; /* FALSE: only its whole is looked at (RFC 5228 2.7.4) */
  struct {
    enum { PD_SIEVE_PART_UNKNOWN, PD_SIEVE_PART_THERE, PD_SIEVE_PART_NONE } state;
    char          *text;
    PdSieveSubject subject;
  } parts[PD_SIEVE_PART_DETAIL + 1];
} PdSieveMailbox;

/* A short value: of a field.  Found again by its place in memory, if the same stands there. */
PdSieveSubject   *pd_sieve_cache_value     (PdSieveRun *run, const char *value);
/* A long one that stays as it is as long as the mail: of a body. */
PdSieveSubject   *pd_sieve_cache_bytes     (PdSieveRun *run, const char *value, gsize length);
/* The addresses of a field's raw value. */
PdSieveMailbox   *pd_sieve_cache_mailboxes (PdSieveRun *run, const char *raw, guint *out_n);
/* One address, of the envelope; "" is the null sender. */
PdSieveMailbox   *pd_sieve_cache_mailbox   (PdSieveRun *run, const char *address);
/* A part of an address; NULL: it has none. */
PdSieveSubject   *pd_sieve_mailbox_part    (PdSieveRun *run, PdSieveMailbox *mailbox, PdSieveAddressPart part);
/* A compiled regular expression of a variable key; NULL: it is none. */
PdSieveRegex     *pd_sieve_cache_regex     (PdSieveRun *run, const char *pattern, gboolean caseless);
PdSieveRegexWork *pd_sieve_cache_regex_work (PdSieveRun *run);
/* Room for a list of fields; empty, lent until it is asked for again. */
GPtrArray        *pd_sieve_cache_fields    (PdSieveRun *run);
/* The name of the loop that a `break` is on its way to; NULL: the innermost. */
const char      **pd_sieve_cache_loop      (PdSieveRun *run);

/* The values of before are gone. */
void              pd_sieve_cache_forget    (PdSieveRun *run);

/* As pd_sieve_matching_value, of a value whose folded forms are kept. */
gboolean          pd_sieve_matching_subject (PdSieveMatching *matching, PdSieveSubject *subject);
