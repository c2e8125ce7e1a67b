/* ticket-row.h - the row of a ticket: read, and changed if nobody was first.
 *
 * For the files of lib/desk that act on tickets; others use ticket.h.
 */
#pragma once

#include <json-c/json.h>

#include "desk/ticket.h"

/* How often an act reads again and decides again before it gives up. */
#define PD_TICKET_TRIES 3

/* The columns of a ticket that acts change.  The texts are lent. */
typedef struct {
  PdTicketState state;
  gint64        locker;
  gint64        finisher;
  gint64        unit;
  gboolean      named;
  int           priority;
  gint64        plan;
  gint64        deadline;
  gint64        waiting_until;
  gboolean      spam;
  gint64        merged_into;
  const char   *subject;
  int           rating;
  const char   *rating_text;
} PdTicketFacts;

/* As they are. */
void      pd_ticket_facts_get    (const PdTicket      *ticket,
                                  PdTicketFacts       *out);

/* Takes off what the state excludes: a locker of what is not locked, the end
 * of a wait that is over, a finisher of what is open. */
void      pd_ticket_facts_settle (PdTicketFacts       *facts);

/* What becomes other than it is, for the history, into an object:
 * {"state":["free","locked"],"locker":[null,"0ABC…"]}, old and new. */
void      pd_ticket_facts_tell   (const PdTicket      *ticket,
                                  const PdTicketFacts *to,
                                  struct json_object  *into);

/* Makes them those of a ticket that is opened again: back in the hands of who
 * finished it, if he may still work on it, else free. */
gboolean  pd_ticket_facts_reopen (PdDesk              *desk,
                                  const PdTicket      *ticket,
                                  PdTicketFacts       *facts,
                                  GError             **error);

/* Adds the tickets of a query, whose columns are those of ticket_get, to an array. */
gboolean  pd_ticket_row_read    (PdDesk              *desk,
                                 PdSqlId              sql,
                                 const PdDbValue     *values,
                                 gsize                n_values,
                                 GPtrArray           *into,
                                 GError             **error);

/* Reads the row again into the same struct; PD_ERROR_NOT_FOUND if it is gone. */
gboolean  pd_ticket_row_reload  (PdDesk              *desk,
                                 PdTicket            *ticket,
                                 GError             **error);

/* Writes the columns, and brings `updated`, `done` and the version up to date,
 * in the row and in the struct; only if the row still has the struct's
 * version.  Written also where nothing changes: `updated` does.
 *
 * out_changed   FALSE: somebody was first; the struct is as it was
 */
gboolean  pd_ticket_row_change  (PdDesk              *desk,
                                 PdTicket            *ticket,
                                 const PdTicketFacts *to,
                                 gboolean            *out_changed,
                                 GError             **error);
