/* ticket-create.h - the parts of which a new ticket is made; not installed.
 *
 * For ticket.c and ticket-split.c; others use pd_ticket_create.
 */
#pragma once

#include "desk/ticket.h"

/* Checks what is wanted, fills in what the desk, the unit and the author have set, and
 * writes the row, its people and its tags; no entry, no event. */
gboolean  pd_ticket_create_row   (PdDesk             *desk,
                                  const PdTicketNew  *new_ticket,
                                  PdTicket          **out_ticket,
                                  GError            **error);

/* The events and notices of a new ticket whose first entry is `message`.
 *
 * entry   says who acts and who is told
 */
gboolean  pd_ticket_create_tell  (PdDesk             *desk,
                                  const PdTicket     *ticket,
                                  const PdTicketNew  *new_ticket,
                                  const PdEntry      *entry,
                                  gint64              message,
                                  GError            **error);
