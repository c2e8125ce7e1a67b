/* event.h - the history of a ticket, only ever added to. */
#pragma once

#include "desk/desk.h"
#include "desk/ticket.h"

/* Adds an event, in a transaction; then the ticket's clocks are counted again if
 * it is one that moves them (ticket-clock.h), so that the ticket's own row is to be
 * changed before.
 *
 * kind      created comment reply note taken released done reopened forwarded
 *           assigned changed merged delivery-failed …
 * actor     a person's id; 0 the system
 * message   the entry it belongs to, or 0
 * data      JSON object as text; NULL is "{}"
 */
gboolean  pd_event_add  (PdDesk     *desk,
                         gint64      ticket,
                         const char *kind,
                         gint64      actor,
                         gint64      message,
                         const char *data,
                         GError    **error);

/* The same, of a ticket that is at hand as it is now: one with neither plan nor
 * deadline costs no statement more. */
gboolean  pd_event_add_to (PdDesk         *desk,
                           const PdTicket *ticket,
                           const char     *kind,
                           gint64          actor,
                           gint64          message,
                           const char     *data,
                           GError        **error);
