/* reminder.h - a ticket waits for its customer, and he forgets it.
 *
 * After reminder_after he is told so (notice `reminder`), up to reminder_count
 * times; what becomes of the ticket then is reminder_end (desk-setting.h).
 */
#pragma once

#include "desk/ticket.h"

/* The ticket has just begun to wait, or the customer has been written to again:
 * counts from now, in a transaction.  Nothing if reminders are off. */
gboolean  pd_reminder_start  (PdDesk          *desk,
                              const PdTicket  *ticket,
                              GError         **error);
