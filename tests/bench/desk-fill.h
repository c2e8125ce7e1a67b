/* desk-fill.h - a desk as it is after years: people, units, plans, and any
 * number of tickets with what hangs on them.
 *
 * Always the same for the same number of tickets, but for the moment at which
 * it ends.  Nine tickets of ten go to the small units and are done long ago;
 * the first unit, DESK_FILL_UNIT, is large and has a full desk, which does not
 * grow with the number of tickets: what a desk shows, not what it keeps.
 */
#pragma once

#include "store/db.h"

#define DESK_FILL_PERSONS 5000
#define DESK_FILL_UNITS   50
#define DESK_FILL_MEMBERS 50   /* of the first unit */
#define DESK_FILL_BUSY    300  /* open tickets at least of the first unit, a hundred in each state */
#define DESK_FILL_LONG    50   /* entries of the long ticket */
#define DESK_FILL_UNIT    "unit 1"
#define DESK_FILL_LEAST   4000 /* tickets */

typedef struct {
  gint64 long_number;  /* the ticket with DESK_FILL_LONG entries */
  gint64 open_number;  /* a free ticket of the first unit, given to nobody */
  gint64 requester;    /* of the long ticket: a person */
  gint64 head;         /* of the first unit: a person */
} DeskFilled;

/* Fills an empty database that has been migrated.  Any error ends the program.
 *
 * n_tickets   DESK_FILL_LEAST at least
 * progress    prints a line now and then
 */
void desk_fill (PdDb       *db,
                guint       n_tickets,
                gboolean    progress,
                DeskFilled *out);
