/* ticket-row.h - the row of a ticket: read, and changed if nobody was first.
 *
 * For the files of lib/desk that act on tickets; others use ticket.h.
 */
#pragma once

#include "desk/ticket.h"

/* How often an act reads again and decides again before it gives up. */
#define PD_TICKET_TRIES 3

/* What an act changes. */
typedef struct {
  PdTicketState state;
  gint64        locker;
} PdTicketPlace;

/* For the history, what an act changed: {"state":["free","locked"],
 * "locker":[null,"0ABC…"]}, old and new; caller frees. */
char     *pd_ticket_row_dup_move (const PdTicket      *ticket,
                                  const PdTicketPlace *before);

/* Reads the row again into the same struct; PD_ERROR_NOT_FOUND if it is gone. */
gboolean  pd_ticket_row_reload  (PdDesk        *desk,
                                 PdTicket      *ticket,
                                 GError       **error);

/* Sets state and locker, and brings `updated`, `done` and the version up to
 * date, in the row and in the struct; only if the row still has the struct's
 * version.
 *
 * out_changed   FALSE: somebody was first; the struct is as it was
 */
gboolean  pd_ticket_row_change  (PdDesk        *desk,
                                 PdTicket      *ticket,
                                 PdTicketState  state,
                                 gint64         locker,
                                 gboolean      *out_changed,
                                 GError       **error);
