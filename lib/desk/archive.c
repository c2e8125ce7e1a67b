#include "desk/archive.h"

#include "base/clock.h"
#include "desk/desk-setting.h"
#include "desk/feed.h"
#include "desk/ticket-change.h"
#include "desk/timer-work.h"

#define PERIOD (10 * PD_MINUTE) /* how often it is looked */

static gboolean
archive (PdDesk *desk, gint64 id, gint64 before, GError **error)
{
  g_autoptr (PdTicket) ticket = NULL;

  if (!pd_ticket_get (desk, id, &ticket, error))
    return FALSE;
  /* somebody may have been first */
  return ticket == NULL || ticket->state != PD_TICKET_DONE || ticket->done > before
         || pd_ticket_archive (desk, ticket, NULL, error);
}

static gboolean
archive_tickets (PdDesk *desk, gboolean *out_more, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  gint64 after, before;

  if (!pd_desk_setting_duration (desk, PD_DESK_SETTING_ARCHIVE_AFTER, &after, error))
    return FALSE;
  if (after == 0)
    return TRUE;
  before = pd_clock_now () - after;
  ids = pd_db_list_ints (desk->db, PD_SQL_ARCHIVE_DUE,
                         PD_BIND (PD_INT (before), PD_INT (PD_ARCHIVE_BATCH)), error);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!archive (desk, g_array_index (ids, gint64, i), before, error))
      return FALSE;
  *out_more = ids != NULL && ids->len == PD_ARCHIVE_BATCH;
  return ids != NULL;
}

static gboolean
prune_feed (PdDesk *desk, gboolean *out_more, GError **error)
{
  guint removed = 0;
  gint64 keep;

  if (!pd_desk_setting_duration (desk, PD_DESK_SETTING_FEED_KEEP, &keep, error)
      || !pd_feed_prune (desk, pd_clock_now () - keep, 10 * PD_ARCHIVE_BATCH, &removed, error))
    return FALSE;
  *out_more = *out_more || removed == 10 * PD_ARCHIVE_BATCH;
  return TRUE;
}

gboolean
pd_archive_some (PdDesk *desk, gboolean *out_more, GError **error)
{
  *out_more = FALSE;
  return archive_tickets (desk, out_more, error) && prune_feed (desk, out_more, error);
}

gboolean
pd_timer_work_archive (PdDesk *desk, const PdTimer *timer, GError **error)
{
  gboolean more;

  if (timer->subject != 0)
    return TRUE;
  return pd_archive_some (desk, &more, error)
         && pd_timer_set (desk, PD_TIMER_ARCHIVE, 0, pd_clock_now () + (more ? 0 : PERIOD), NULL,
                          error);
}
