/* queue.h - hands pointers from threads to threads, in order, bounded.
 *
 * Plain pthreads inside, so that a thread sanitizer sees each hand-over.
 */
#pragma once

#include <glib.h>

typedef struct PdQueue PdQueue;

/* limit   how many may wait; pushers block beyond */
PdQueue   *pd_queue_new     (guint           limit);

/* No thread may use it any more; items that still wait are the caller's. */
void       pd_queue_free    (PdQueue        *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdQueue, pd_queue_free)

/* Adds an item (not NULL); waits while the queue is full.  FALSE if the queue
 * is closed: the item stays the caller's. */
gboolean   pd_queue_push    (PdQueue        *queue,
                             gpointer        item);

/* The same without waiting: FALSE if the queue is full or closed. */
gboolean   pd_queue_try_push (PdQueue       *queue,
                              gpointer       item);

/* The oldest item; waits for one.  NULL when the queue is closed and empty. */
gpointer   pd_queue_pop     (PdQueue        *queue);

/* Waits for an item, then takes all that wait, at most `max`, into `items`
 * (appended).  FALSE when the queue is closed and empty. */
gboolean   pd_queue_pop_all (PdQueue        *queue,
                             GPtrArray      *items,
                             guint           max);

/* No more pushes; what waits can still be popped. */
void       pd_queue_close   (PdQueue        *queue);

guint      pd_queue_length  (PdQueue        *queue);
