/* ticket-access.h - the access table, asked about a person and a ticket as the
 * database has them.
 *
 * Every act on a ticket asks here, in its own transaction; no front decides.
 */
#pragma once

#include "desk/access.h"

/* What he may do with the ticket; 0 nothing, not even know of it.
 *
 * out_acts   bits of PdAct
 */
gboolean  pd_ticket_acts      (PdDesk         *desk,
                               const PdTicket *ticket,
                               const PdPerson *person,
                               guint          *out_acts,
                               GError        **error);

/* Whether he may do one thing now.
 *
 * actor    NULL: the desk itself (rules, clocks, imports), which may all
 * Errors   PD_ERROR_NOT_FOUND  he may not see it: the same words as for a number
 *          that was never given
 *          PD_ERROR_DENIED     he may see it, but not do this
 */
gboolean  pd_ticket_authorise (PdDesk         *desk,
                               const PdTicket *ticket,
                               const PdPerson *actor,
                               PdAct           act,
                               GError        **error);

/* The same, but only of who he is: whether the state of the ticket could be one
 * in which he may.  Acts ask it first, then look at the state (CONFLICT, with
 * who was first), then authorise. */
gboolean  pd_ticket_entitled  (PdDesk         *desk,
                               const PdTicket *ticket,
                               const PdPerson *actor,
                               PdAct           act,
                               GError        **error);

/* Whether somebody could do it in some state of the ticket. */
gboolean  pd_ticket_could     (PdDesk         *desk,
                               const PdTicket *ticket,
                               const PdPerson *person,
                               PdAct           act,
                               gboolean       *out,
                               GError        **error);
