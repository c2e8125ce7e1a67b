/* trace.h - why a mail became what it became, step by step, as JSON.
 *
 * Each step says what it saw and what it decided, in words for people.  Texts
 * of a sender come in cut and made valid UTF-8, so a trace is always good
 * JSON and never large.
 */
#pragma once

#include <glib.h>

#define PD_TRACE_MAX       16384 /* octets of the whole */
#define PD_TRACE_MAX_FIELD 400   /* octets of a step's saw or decided, before escaping */

typedef struct PdTrace PdTrace;

PdTrace *pd_trace_new     (void);
void     pd_trace_free    (PdTrace    *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdTrace, pd_trace_free)

/* Adds a step.  Past PD_TRACE_MAX it is left out, and the last step says so.
 *
 * step     "claim" "route" "guard" "sender" "match" "apply" …
 * saw      what it decided by, or NULL
 */
void     pd_trace_add     (PdTrace    *trace,
                           const char *step,
                           const char *saw,
                           const char *decided,
                           ...) G_GNUC_PRINTF (4, 5);

/* Array of {"step", "saw", "decided"}; the caller frees. */
char    *pd_trace_to_json (const PdTrace *trace);
