/* outcome.h - how the try of one mail went, with its texts. */
#pragma once

#include "desk/outbox.h"

typedef struct {
  PdOutboxResult result; /* its texts are those below */
  char *status, *answer, *relay, *text;
} Outcome;

/* An outcome that says nothing yet: the row is given back untried. */
Outcome  *outcome_new   (gint64 id);
void      outcome_free  (Outcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Outcome, outcome_free)

/* Sets what happened; texts are copied, NULL is "". */
void      outcome_set   (Outcome *outcome, int result, int code, const char *status,
                         const char *answer, const char *relay);

/* Takes the text of the mail that was tried. */
void      outcome_take_text (Outcome *outcome, char *text);

/* Sets that a mail has to wait, through no fault of its own, until `again`. */
void      outcome_put_off (Outcome *outcome, const char *status, const char *why, gint64 again);

/* Sets what an error of ours means for the mail: put it off until `again`,
 * give up, cancel, or hold. */
void      outcome_fail  (Outcome *outcome, const GError *error, gint64 again);

/* One line in the log. */
void      outcome_log   (const Outcome *outcome, const char *recipient);
