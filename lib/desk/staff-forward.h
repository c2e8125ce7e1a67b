/* staff-forward.h - a customer's mail that staff passes on into the desk.
 *
 * With enough proof that staff sends it (the unit's, as for commands) and an
 * address of who wrote it, the ticket is made in the customer's name: he is the
 * requester, the member of staff the author; his text is the first entry, what
 * stands above it an internal note.  His Message-ID is kept, so that what he
 * writes later finds the ticket.  In doubt the member of staff stays who asks,
 * and a note on the ticket says why.  A mail of a ticket that is known already
 * is a note on it.
 *
 * For decision.c and intake.c.
 */
#pragma once

#include "desk/decision.h"

/* What speaks for making a ticket in somebody's name. */
typedef struct {
  guint    found;   /* mails that are passed on */
  gboolean address; /* who wrote it is told by an address */
  gboolean own;     /* which is one of the desk's */
  gboolean staff;   /* or that of a member of staff */
  gboolean blocked; /* or of somebody who is blocked or deleted */
  PdProof  proof, needed;
} PdForwardWord;

/* NULL, or why the ticket stays the member of staff's.  Pure. */
const char  *pd_staff_forward_doubt  (const PdForwardWord *word);

/* A step of the decision, after the match: sets `forwarded` or `forward_doubt`,
 * or lets the mail join the ticket that it is of as a note. */
gboolean     pd_staff_forward_weigh  (PdDesk     *desk,
                                      PdDecision *decision,
                                      GError    **error);

/* Makes the ticket to be opened the customer's, if the decision says so. */
gboolean     pd_staff_forward_fit    (PdDesk      *desk,
                                      PdDecision  *decision,
                                      PdTicketNew *ticket,
                                      PdEntry     *entry,
                                      GError     **error);

/* The note of the member of staff and the event `mail-forwarded`, once the
 * ticket is open; for a doubt, too. */
gboolean     pd_staff_forward_settle (PdDesk     *desk,
                                      PdDecision *decision,
                                      PdTicket   *ticket,
                                      GError    **error);
