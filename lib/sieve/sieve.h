/* sieve.h - Sieve (RFC 5228) and its extensions: a script is compiled once and
 * then run on any number of mails; what comes out is a plan.
 *
 *     script = pd_sieve_compile (text, length, "work", host, report);
 *     plan   = pd_sieve_execute (script, mail, host);
 *
 * Knows mail only through sieve-mail.h and the program through sieve-host.h;
 * does no I/O of its own.  A script is bounded in all it does (sieve-config.h).
 */
#pragma once

#include "sieve/sieve-plan.h"

typedef struct PdSieveScript PdSieveScript;

/* Compiles a script and those that it includes.
 *
 * text      UTF-8; anything else is an error with its place
 * name      of the script, for messages
 * host      its extensions must outlive the script; the rest may go
 * report    errors and warnings are added to it
 * Returns   NULL if there was an error
 */
PdSieveScript *pd_sieve_compile      (const char        *text,
                                      gsize              length,
                                      const char        *name,
                                      const PdSieveHost *host,
                                      PdSieveReport     *report);
PdSieveScript *pd_sieve_script_ref   (PdSieveScript *script);
void           pd_sieve_script_unref (PdSieveScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSieveScript, pd_sieve_script_unref)

/* Whether it has required an extension, anywhere in it. */
gboolean       pd_sieve_script_requires (const PdSieveScript *script, const char *extension);

/* Calls `func` for each command and test of it, those of included scripts too. */
typedef void (*PdSieveNodeFunc) (const PdSieveNode *node, gpointer data);
void           pd_sieve_script_walk  (const PdSieveScript *script, PdSieveNodeFunc func, gpointer data);

/* Runs it; never NULL.  `error` in the plan says that it was stopped. */
PdSievePlan   *pd_sieve_execute      (PdSieveScript     *script,
                                      const PdSieveMail *mail,
                                      const PdSieveHost *host);

/* All extensions of the language and of the host, for ManageSieve's SIEVE
 * capability (RFC 5804 1.7) and for help: names in order, and of notify the
 * methods.  Caller frees. */
char         **pd_sieve_capabilities (const PdSieveHost *host);
