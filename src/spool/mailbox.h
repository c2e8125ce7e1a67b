/* mailbox.h - hands things from thread to thread, and does not make the taker
 * wait for ever: a sender says good-bye to an idle server, the keeper polls.
 */
#pragma once

#include <glib.h>

typedef struct Mailbox Mailbox;

Mailbox   *mailbox_new   (void);
void       mailbox_free  (Mailbox *box); /* what is in it must have been taken */

/* FALSE: the box is closed, the thing is still the caller's. */
gboolean   mailbox_put   (Mailbox *box, gpointer thing);

/* Takes the oldest thing; waits at most `timeout` microseconds for one, -1 for
 * ever.  NULL when the time is up, or the box is closed and empty. */
gpointer   mailbox_take  (Mailbox *box, gint64 timeout);

/* Takes all there is into `things` (appended), waiting likewise. */
void       mailbox_take_all (Mailbox *box, GPtrArray *things, gint64 timeout);

/* Wakes who waits, once, with nothing. */
void       mailbox_wake  (Mailbox *box);

/* Waits `time` microseconds whatever comes, or until the box is closed: for a
 * taker that could do nothing with it. */
void       mailbox_rest  (Mailbox *box, gint64 time);

/* Nobody waits any more. */
void       mailbox_close (Mailbox *box);
gboolean   mailbox_is_closed (Mailbox *box);
