#include "desk/timer-work.h"

#include "base/clock.h"

/* One line for each kind; a kind without work is put off and logged as our bug. */
static const PdTimerWork works[PD_TIMER_N_KINDS] = {
  [PD_TIMER_SLA] = pd_timer_work_sla,
  [PD_TIMER_WAITING] = pd_timer_work_waiting,
  [PD_TIMER_ARCHIVE] = pd_timer_work_archive,
  [PD_TIMER_RECURRING] = pd_timer_work_recurring,
  [PD_TIMER_REMINDER] = pd_timer_work_reminder,
  [PD_TIMER_DIGEST] = pd_timer_work_digest,
};

const PdTimerWork *
pd_timer_works (void)
{
  return works;
}

static gboolean
set_missing (PdDesk *desk, gpointer data G_GNUC_UNUSED, GError **error)
{
  static const PdTimerKind kinds[] = { PD_TIMER_ARCHIVE, PD_TIMER_DIGEST };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gint64 due;

      if (!pd_timer_get (desk, kinds[i], 0, &due, error)
          || (due == 0 && !pd_timer_set (desk, kinds[i], 0, pd_clock_now (), NULL, error)))
        return FALSE;
    }
  return TRUE;
}

gboolean
pd_timer_work_start (PdDesk *desk, GError **error)
{
  return pd_desk_transaction (desk, set_missing, NULL, error);
}
