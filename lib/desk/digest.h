/* digest.h - one mail a day or a week with a person's open tickets, for who wants
 * it (person.digest).
 *
 * Staff gets what is free in its units, what it works on or was given, what is
 * overdue, what waits for customers; a client what he asked for.  Nothing to say,
 * no mail.  It is sent at the local hour of the setting digest_time, weekly ones
 * on digest_day, once for each day or week: each person has a timer, which a
 * timer of the whole desk keeps in step with what people and administrators
 * choose (within PD_DIGEST_PERIOD).
 */
#pragma once

#include "base/clock.h"
#include "desk/desk.h"

#define PD_DIGEST_PERIOD (15 * PD_MINUTE)
#define PD_DIGEST_BATCH  200 /* people in one transaction */
#define PD_DIGEST_ROWS   50  /* tickets in a list of the mail */

/* Queues somebody's digest, in a transaction.
 *
 * out_queued   FALSE: there was nothing to say
 */
gboolean  pd_digest_queue  (PdDesk    *desk,
                            gint64     person,
                            gboolean  *out_queued,
                            GError   **error);

/* When the next one is due after a moment.
 *
 * how      "daily" or "weekly"
 * zone     the person's; "" the desk's
 */
gboolean  pd_digest_next   (PdDesk     *desk,
                            const char *how,
                            const char *zone,
                            gint64      after,
                            gint64     *out_due,
                            GError    **error);
