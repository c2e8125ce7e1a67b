/* sieve-verb.h - how a command or a test is described; an extension is a table
 * of them.
 *
 * A program may have extensions of its own (sieve-host.h).  The compiler binds
 * arguments by the table and says what is wrong with them; a verb looks only
 * at what is special of it.
 */
#pragma once

#include "sieve/sieve-host.h"
#include "sieve/sieve-node.h"

typedef struct PdSieveCompiler PdSieveCompiler;
typedef struct PdSieveRun PdSieveRun; /* sieve-run.h */

typedef enum {
  PD_SIEVE_TEST    = 1 << 0, /* else a command */
  PD_SIEVE_MATCHES = 1 << 1, /* takes :comparator and match types; the last argument is the keys */
  PD_SIEVE_ADDRESSES = 1 << 2, /* takes :localpart :domain :all (:user :detail) */
  PD_SIEVE_INDEXED = 1 << 3, /* takes :index :last */
  PD_SIEVE_MIME    = 1 << 4, /* takes :mime :anychild */
  PD_SIEVE_MIME_OPTIONS = 1 << 5, /* and :type :subtype :contenttype :param */
  PD_SIEVE_ONE_TEST = 1 << 6,
  PD_SIEVE_TESTS   = 1 << 7, /* a list of them */
  PD_SIEVE_BLOCK   = 1 << 8, /* a block instead of the semicolon */
  PD_SIEVE_CONTROL = 1 << 9, /* not an action: does not count as one */
} PdSieveVerbFlags;

typedef enum {
  PD_SIEVE_TAG_ALONE,   /* nothing follows */
  PD_SIEVE_TAG_NUMBER,
  PD_SIEVE_TAG_STRING,
  PD_SIEVE_TAG_STRINGS,
} PdSieveTagKind;

typedef struct {
  const char    *name;      /* without the colon */
  PdSieveTagKind kind;
  guint          group;     /* tags of one group exclude each other; 0: none */
  const char    *extension; /* that must be required for it; NULL: the verb's own */
} PdSieveTag;

/* What comes after a command. */
typedef enum {
  PD_SIEVE_NEXT,   /* the next one */
  PD_SIEVE_STOP,   /* none: the script ends (RFC 5228 3.3) */
  PD_SIEVE_RETURN, /* the included script ends (RFC 6609 3.3) */
  PD_SIEVE_BREAK,  /* a loop ends (RFC 5703 3.2) */
  PD_SIEVE_FAILED, /* the run: pd_sieve_run_fail has said why */
  PD_SIEVE_UNWIND, /* up to a verb of the program's own, whose block it is in */
} PdSieveFlow;

struct PdSieveVerb {
  const char       *name;
  guint             flags;
  const char       *arguments; /* one letter for each: s string, S string list, n number; those in
                                * brackets, at the begin, may be left out: "[s]S" */
  const PdSieveTag *tags;      /* up to name NULL; or NULL */
  /* Looks at what the table does not say: values that can be known already.  FALSE after an
   * error was reported. */
  gboolean        (*compile) (PdSieveCompiler *compiler, PdSieveNode *node);
  PdSieveFlow     (*run)     (PdSieveRun *run, const PdSieveNode *node); /* of a command */
  gboolean        (*test)    (PdSieveRun *run, const PdSieveNode *node); /* of a test; FALSE after a failure */
};

struct PdSieveExtension {
  const char        *name;  /* as in require; NULL: the base language */
  const PdSieveVerb *verbs; /* up to name NULL; NULL: none, it only allows tags or match types */
  const char *const *implies; /* extensions that come with it, up to NULL; or NULL */
};

/* For verbs: of the script that is being compiled. */
void               pd_sieve_compiler_error    (PdSieveCompiler *compiler, const PdSievePlace *place, const char *format, ...) G_GNUC_PRINTF (3, 4);
void               pd_sieve_compiler_warn     (PdSieveCompiler *compiler, const PdSievePlace *place, const char *format, ...) G_GNUC_PRINTF (3, 4);
gboolean           pd_sieve_compiler_requires (PdSieveCompiler *compiler, const char *extension);
const PdSieveHost *pd_sieve_compiler_host     (PdSieveCompiler *compiler);
/* The commands of a name in whose block the node stands that is being compiled: n 0 the innermost;
 * NULL: there are not so many.  Their own arguments are bound already. */
const PdSieveNode *pd_sieve_compiler_enclosing (PdSieveCompiler *compiler, const char *verb, guint n);

/* What all of them have to say about a value, if it is constant: */
gboolean           pd_sieve_compiler_field_names (PdSieveCompiler *compiler, const PdSieveValue *value); /* RFC 5322 2.2 */
gboolean           pd_sieve_compiler_variable_name (PdSieveCompiler *compiler, const PdSieveText *text); /* RFC 5229 3 */

/* The tables of the language, and one extension of it; NULL: there is none. */
const PdSieveExtension *const *pd_sieve_extensions (void);
const PdSieveExtension *pd_sieve_extension_find (const PdSieveHost *host, const char *name);
