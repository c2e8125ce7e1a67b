/* sieve-run.h - a run, for what implements commands and tests.
 */
#pragma once

#include "sieve/sieve.h"

typedef struct PdSieveScope PdSieveScope; /* variables of one script (sieve-variables.c) */
typedef struct PdSieveFields PdSieveFields; /* the header as edited (sieve-fields.c) */

struct PdSieveRun {
  const PdSieveHost   *host;
  const PdSieveConfig *config; /* the host's */
  const PdSieveMail   *mail;
  PdSievePlan         *plan;   /* grows; never NULL */
  PdSieveScript       *script; /* that is running: the included one within include */
  const PdSievePart   *part;   /* within foreverypart the part; else NULL */
  PdSieveScope        *scope;
  PdSieveFields       *fields;
  gboolean             failed;
  gpointer             state;  /* the evaluator's own: bounds, arena, caches */
  gpointer             data;   /* of a program's own verbs: see pd_sieve_run_new */
};

/* A run from outside, for programs that do more than pd_sieve_execute. */
PdSieveRun  *pd_sieve_run_new      (PdSieveScript *script, const PdSieveMail *mail, const PdSieveHost *host, gpointer data);
void         pd_sieve_run_free     (PdSieveRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSieveRun, pd_sieve_run_free)
/* Runs the script, then ends the plan with the implicit keep if it is due. */
void         pd_sieve_run_all      (PdSieveRun *run);
/* Ends the plan and hands it over; the run goes on with a new one, as after pd_sieve_run_reset. */
PdSievePlan *pd_sieve_run_take_plan (PdSieveRun *run);
/* Ends the plan with the implicit keep if it is due, once; the plan stays the run's. */
void         pd_sieve_run_end      (PdSieveRun *run);
/* A new empty plan; what failed is forgotten, the implicit keep is due again.  Variables and the
 * edited header stay. */
void         pd_sieve_run_reset    (PdSieveRun *run);
/* Another mail from now on: its header is unedited. */
void         pd_sieve_run_set_mail (PdSieveRun *run, const PdSieveMail *mail);

PdSieveFlow  pd_sieve_run_block    (PdSieveRun *run, const PdSieveBlock *block);
gboolean     pd_sieve_run_test     (PdSieveRun *run, const PdSieveNode *test);
/* Runs an included script with variables of its own (RFC 6609 3.1); what it returned with: NEXT,
 * or STOP, FAILED, UNWIND that end the outer one too. */
PdSieveFlow  pd_sieve_run_script   (PdSieveRun *run, PdSieveScript *script);

/* Stops the run: nothing of its plan counts.  Returns PD_SIEVE_FAILED. */
PdSieveFlow  pd_sieve_run_fail     (PdSieveRun *run, const PdSievePlace *place, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* Takes work from the bound; FALSE: it is passed, and the run has failed. */
gboolean     pd_sieve_run_spend    (PdSieveRun *run, guint64 steps);

/* Values as they are now; lent until the run is freed.  Never NULL. */
const char  *pd_sieve_run_text     (PdSieveRun *run, const PdSieveText *text);
const char  *pd_sieve_run_string   (PdSieveRun *run, const PdSieveValue *value); /* of a STRING; "" if value is NULL */
const char *const *pd_sieve_run_strings (PdSieveRun *run, const PdSieveValue *value, guint *out_n);
/* Keeps a string until the run is freed; takes it.  Counted against max_memory. */
const char  *pd_sieve_run_keep     (PdSieveRun *run, char *text);
/* Memory until the run is freed, aligned for pointers; not zeroed.  Counted too; NULL: the bound is
 * passed, and the run has failed. */
gpointer     pd_sieve_run_alloc    (PdSieveRun *run, gsize size);
/* Something of a verb's that lives as long as the run; the key is an address of the verb's own. */
gpointer     pd_sieve_run_get_state (PdSieveRun *run, gconstpointer key);
void         pd_sieve_run_set_state (PdSieveRun *run, gconstpointer key, gpointer state, GDestroyNotify free_state);

/* Variables (RFC 5229); names in any case.  NULL: not set. */
const char  *pd_sieve_run_get_variable (PdSieveRun *run, const char *name);
void         pd_sieve_run_set_variable (PdSieveRun *run, const char *name, const char *value); /* cut at its bound */
/* ${0}, ${1} … of the match that was; only if the script has variables. */
void         pd_sieve_run_set_matches  (PdSieveRun *run, const char *const *texts, guint n);

/* The fields of a name, any case, in order, as edited; lent until the next edit. */
const PdSieveField *const *pd_sieve_run_fields (PdSieveRun *run, const char *name, guint *out_n);
/* All of them. */
const PdSieveField *const *pd_sieve_run_all_fields (PdSieveRun *run, guint *out_n);

/* Adds an action: takes it.  FALSE, and the run has failed: too many, or it does not go with one
 * that is there (RFC 5429 2.5, RFC 5230 4.7); what is there already is not added again (RFC 5228 2.10.3). */
gboolean     pd_sieve_run_add_action (PdSieveRun *run, PdSieveAction *action);
void         pd_sieve_run_cancel_keep (PdSieveRun *run); /* RFC 5228 2.10.2 */
void         pd_sieve_run_remember (PdSieveRun *run, const char *key, gint64 seconds);
