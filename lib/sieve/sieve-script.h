/* sieve-script.h - a compiled script from inside, for the compiler and the
 * evaluator; internal.
 */
#pragma once

#include "sieve/sieve.h"

/* Variables are numbered when a script is compiled, so that a run finds them
 * without looking for names.  Those of a script and the global ones (RFC 6609
 * 3.4) are numbered each by themselves; a global one has this bit. */
#define PD_SIEVE_GLOBAL_SLOT 0x80000000u
#define PD_SIEVE_NO_SLOT     G_MAXUINT

struct PdSieveScript {
  gint           refs;
  char          *name;
  PdSieveBlock  *block;
  GPtrArray     *required;  /* names of extensions, with those that come with them */
  GHashTable    *variables; /* name in small letters -> slot + 1 (GUINT_TO_POINTER) */
  guint          n_variables;
  PdSieveScript *outermost; /* lent: the script that includes this one, at last; itself if none does */
  GPtrArray     *included;  /* of PdSieveScript, of the outermost only; each once */
  guint          n_globals; /* of the outermost only */
};

/* A variable's slot while compiling: a new one if it is not there yet.
 *
 * name      in any case; "global.NAME" is a global one if `include` is required
 * Returns   PD_SIEVE_NO_SLOT after an error: too many of them, or a wrong name
 */
guint         pd_sieve_compiler_variable   (PdSieveCompiler *compiler, const char *name, const PdSievePlace *place);
/* Makes a name stand for the global variable of that name (RFC 6609 3.4.1). */
gboolean      pd_sieve_compiler_global     (PdSieveCompiler *compiler, const PdSieveText *name);

/* The slot of a variable by its name; PD_SIEVE_NO_SLOT: the script does not know it. */
guint         pd_sieve_script_variable     (const PdSieveScript *script, const char *name);

void          pd_sieve_node_free           (PdSieveNode *node);
void          pd_sieve_block_free          (PdSieveBlock *block);
void          pd_sieve_value_free          (PdSieveValue *value);
