/* clock-history.h - what the events of a ticket say to its clocks.
 *
 * For ticket-clock.c.
 */
#pragma once

#include "desk/sla.h"
#include "desk/ticket.h"

/* What an event `timed` says. */
typedef struct {
  gint64   limits[PD_SLA_N_CLOCKS];
  gint64   calendar; /* 0: all the time */
  gboolean waiting_pauses;
} PdClockTiming;

typedef struct {
  GArray       *events;    /* of PdSlaEvent, from the creation to `now` */
  PdClockTiming timing;    /* of the last `timed` */
  gboolean      is_timed;  /* there was one */
  gint64        done;      /* when it was finished, 0 while it is open */
  GHashTable   *calendars; /* id -> GPtrArray of PdWorkEdition; the events lend from them */
} PdClockHistory;

/* Reads it.  NULL on error. */
PdClockHistory *pd_clock_history_read (PdDesk *desk, const PdTicket *ticket, gint64 now, GError **error);
void            pd_clock_history_free (PdClockHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdClockHistory, pd_clock_history_free)

/* The data of an event `timed`; caller frees. */
char           *pd_clock_timing_format (const PdClockTiming *timing);
gboolean        pd_clock_timing_equal  (const PdClockTiming *a, const PdClockTiming *b);
