/* keeper.h - the thread that claims what is due, hands it out, and writes down
 * how it went.
 *
 * Results are written in batches: while one commit waits for the disk, the next
 * results gather.  If the database is away, they are kept and written when it
 * is back; nothing new is claimed until then.  While mails are under way the
 * claims are made to last longer, so that a slow server is no reason for
 * another instance to send the same.
 */
#pragma once

#include "src/spool/sender.h"

typedef struct Keeper Keeper;

/* share     what it has in common with the senders
 * senders   how many there are
 */
Keeper   *keeper_new   (SenderShare *share, guint senders);
void      keeper_free  (Keeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Keeper, keeper_free)

/* The thread. */
gpointer  keeper_run   (gpointer keeper);

/* Tells it to claim no more, to write what still comes, and to end. */
void      keeper_stop  (Keeper *keeper);

/* When it last went round, for the watchdog; any thread. */
gint64    keeper_beat  (Keeper *keeper);
