/* sieve-extensions.h - the tables of verbs of the language, each in the file of
 * its own; internal.
 *
 * A new one: its declaration here and its line in sieve-extensions.c, both in
 * order of name.
 */
#pragma once

#include "sieve/sieve-verb.h"

extern const PdSieveExtension pd_sieve_ext_control; /* sieve-control.c: require if elsif else stop */
