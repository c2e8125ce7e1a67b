/* sieve-template.h - a string with "${…}" in it (RFC 5229 3), cut up when the
 * script is compiled; internal.  sieve-variables.c has it.
 */
#pragma once

#include "sieve/sieve-verb.h"

/* For the compiler, of each string of a script that requires "variables".
 *
 * text      UTF-8, quotes and encoded characters undone
 * place     of the string, for errors: a namespace that is not there, a match variable with too
 *           high a number, too many variables
 * Returns   NULL if there is no reference in it, or after an error
 */
PdSieveTemplate *pd_sieve_template_new  (PdSieveCompiler *compiler, const char *text, const PdSievePlace *place);
void             pd_sieve_template_free (PdSieveTemplate *template_);
