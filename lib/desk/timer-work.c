#include "desk/timer-work.h"

/* One line for each kind; a kind without work is put off and logged as our bug. */
static const PdTimerWork works[PD_TIMER_N_KINDS] = {
  [PD_TIMER_SLA] = NULL,
};

const PdTimerWork *
pd_timer_works (void)
{
  return works;
}
