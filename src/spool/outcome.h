/* outcome.h - how the try of one mail went, with its texts. */
#pragma once

#include "desk/outbox.h"

typedef struct {
  PdOutboxResult result; /* its texts are those below */
  char *status, *answer, *relay;
} Outcome;

/* An outcome that says nothing yet: the row is given back untried. */
Outcome  *outcome_new   (gint64 id);
void      outcome_free  (Outcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Outcome, outcome_free)

/* Sets what happened; texts are copied, NULL is "". */
void      outcome_set   (Outcome *outcome, int result, int code, const char *status,
                         const char *answer, const char *relay);

/* Sets what an error of ours means for the mail: try later, give up, or hold. */
void      outcome_fail  (Outcome *outcome, const GError *error);

/* One line in the log. */
void      outcome_log   (const Outcome *outcome, const char *recipient);
