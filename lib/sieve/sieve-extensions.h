/* sieve-extensions.h - the tables of verbs of the language, each in the file of
 * its own; internal.
 *
 * A new one: its declaration here and its line in sieve-extensions.c, both in
 * order of name.  Several may be of the base language: those without a name.
 */
#pragma once

#include "sieve/sieve-verb.h"

extern const PdSieveExtension pd_sieve_ext_address; /* sieve-address-test.c */
extern const PdSieveExtension pd_sieve_ext_body; /* sieve-body.c */
extern const PdSieveExtension pd_sieve_ext_comparator_numeric; /* sieve-match.c */
extern const PdSieveExtension pd_sieve_ext_comparator_unicode; /* sieve-match.c */
extern const PdSieveExtension pd_sieve_ext_control; /* sieve-control.c: require if elsif else stop */
extern const PdSieveExtension pd_sieve_ext_envelope; /* sieve-address-test.c */
extern const PdSieveExtension pd_sieve_ext_foreverypart; /* sieve-foreverypart.c: and break */
extern const PdSieveExtension pd_sieve_ext_header; /* sieve-header.c: and exists, size */
extern const PdSieveExtension pd_sieve_ext_index; /* sieve-mime.c */
extern const PdSieveExtension pd_sieve_ext_mime; /* sieve-mime.c */
extern const PdSieveExtension pd_sieve_ext_regex; /* sieve-match.c */
extern const PdSieveExtension pd_sieve_ext_relational; /* sieve-match.c */
extern const PdSieveExtension pd_sieve_ext_subaddress; /* sieve-address-test.c */
