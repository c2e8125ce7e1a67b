#include "desk/reminder.h"

#include <json-c/json.h>

#include "base/clock.h"
#include "desk/desk-setting.h"
#include "desk/notice.h"
#include "desk/ticket-change.h"
#include "desk/timer-work.h"

enum { END_NONE, END_RESUME, END_DONE }; /* the words of reminder_end */

static gboolean
set_timer (PdDesk *desk, gint64 ticket, gint64 after, int nth, GError **error)
{
  g_autofree char *data = g_strdup_printf ("{\"nth\":%d}", nth);

  return pd_timer_set (desk, PD_TIMER_REMINDER, ticket, pd_clock_now () + after, data, error);
}

gboolean
pd_reminder_start (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  gint64 after;

  if (!pd_desk_setting_duration (desk, PD_DESK_SETTING_REMINDER_AFTER, &after, error))
    return FALSE;
  return after == 0 || set_timer (desk, ticket->id, after, 1, error);
}

static int
read_nth (const char *text)
{
  struct json_object *data = json_tokener_parse (text);
  int nth = json_object_get_int (json_object_object_get (data, "nth"));

  json_object_put (data);
  return MAX (nth, 1);
}

static gboolean
remind (PdDesk *desk, const PdTicket *ticket, int nth, int of, GError **error)
{
  g_autofree char *data = g_strdup_printf ("{\"nth\":%d,\"of\":%d}", nth, of);
  PdNotice notice = { .event = PD_NOTICE_REMINDER, .ticket = ticket, .data = data };

  return pd_db_find_int (desk->db, PD_SQL_REMINDER_ENTRY, PD_BIND (PD_INT (ticket->id)),
                         &notice.message, error)
         && pd_notice_queue (desk, &notice, error);
}

/* The last one was not answered either. */
static gboolean
end (PdDesk *desk, PdTicket *ticket, GError **error)
{
  gint64 what;

  if (!pd_desk_setting_int (desk, PD_DESK_SETTING_REMINDER_END, &what, error))
    return FALSE;
  switch (what)
    {
    case END_RESUME:
      return pd_ticket_resume (desk, ticket, NULL, error);
    case END_DONE:
      return pd_ticket_finish (desk, ticket, NULL, error);
    default:
      return TRUE;
    }
}

gboolean
pd_timer_work_reminder (PdDesk *desk, const PdTimer *timer, GError **error)
{
  g_autoptr (PdTicket) ticket = NULL;
  int nth = read_nth (timer->data);
  gint64 after, count;

  if (!pd_ticket_get (desk, timer->subject, &ticket, error)
      || !pd_desk_setting_duration (desk, PD_DESK_SETTING_REMINDER_AFTER, &after, error)
      || !pd_desk_setting_int (desk, PD_DESK_SETTING_REMINDER_COUNT, &count, error))
    return FALSE;
  if (ticket == NULL || ticket->state != PD_TICKET_WAITING || after == 0)
    return TRUE;
  if (nth > count)
    return end (desk, ticket, error);
  return remind (desk, ticket, nth, (int)count, error)
         && set_timer (desk, ticket->id, after, nth + 1, error);
}
