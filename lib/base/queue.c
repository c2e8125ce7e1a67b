#include "base/queue.h"

#include <pthread.h>

struct PdQueue {
  pthread_mutex_t lock;
  pthread_cond_t not_empty, not_full;
  gpointer *ring;
  guint limit, first, length;
  gboolean closed;
};

PdQueue *
pd_queue_new (guint limit)
{
  PdQueue *queue;

  g_return_val_if_fail (limit > 0, NULL);
  queue = g_new0 (PdQueue, 1);
  pthread_mutex_init (&queue->lock, NULL);
  pthread_cond_init (&queue->not_empty, NULL);
  pthread_cond_init (&queue->not_full, NULL);
  queue->ring = g_new0 (gpointer, limit);
  queue->limit = limit;
  return queue;
}

void
pd_queue_free (PdQueue *queue)
{
  pthread_mutex_destroy (&queue->lock);
  pthread_cond_destroy (&queue->not_empty);
  pthread_cond_destroy (&queue->not_full);
  g_free (queue->ring);
  g_free (queue);
}

static gboolean
push (PdQueue *queue, gpointer item, gboolean wait)
{
  gboolean taken;

  pthread_mutex_lock (&queue->lock);
  while (wait && queue->length == queue->limit && !queue->closed)
    pthread_cond_wait (&queue->not_full, &queue->lock);
  taken = !queue->closed && queue->length < queue->limit;
  if (taken)
    {
      queue->ring[(queue->first + queue->length) % queue->limit] = item;
      queue->length++;
      pthread_cond_signal (&queue->not_empty);
    }
  pthread_mutex_unlock (&queue->lock);
  return taken;
}

gboolean
pd_queue_push (PdQueue *queue, gpointer item)
{
  g_return_val_if_fail (item != NULL, FALSE);
  return push (queue, item, TRUE);
}

gboolean
pd_queue_try_push (PdQueue *queue, gpointer item)
{
  g_return_val_if_fail (item != NULL, FALSE);
  return push (queue, item, FALSE);
}

/* with the lock held: waits for an item; FALSE at the end */
static gboolean
wait_for_item (PdQueue *queue)
{
  while (queue->length == 0 && !queue->closed)
    pthread_cond_wait (&queue->not_empty, &queue->lock);
  return queue->length > 0;
}

/* with the lock held and an item there */
static gpointer
take_first (PdQueue *queue)
{
  gpointer item = queue->ring[queue->first];

  queue->first = (queue->first + 1) % queue->limit;
  queue->length--;
  return item;
}

gpointer
pd_queue_pop (PdQueue *queue)
{
  gpointer item = NULL;

  pthread_mutex_lock (&queue->lock);
  if (wait_for_item (queue))
    {
      item = take_first (queue);
      pthread_cond_signal (&queue->not_full);
    }
  pthread_mutex_unlock (&queue->lock);
  return item;
}

gboolean
pd_queue_pop_all (PdQueue *queue, GPtrArray *items, guint max)
{
  gboolean any;

  pthread_mutex_lock (&queue->lock);
  any = wait_for_item (queue);
  for (guint n = 0; n < max && queue->length > 0; n++)
    g_ptr_array_add (items, take_first (queue));
  if (any)
    pthread_cond_broadcast (&queue->not_full);
  pthread_mutex_unlock (&queue->lock);
  return any;
}

void
pd_queue_close (PdQueue *queue)
{
  pthread_mutex_lock (&queue->lock);
  queue->closed = TRUE;
  pthread_cond_broadcast (&queue->not_empty);
  pthread_cond_broadcast (&queue->not_full);
  pthread_mutex_unlock (&queue->lock);
}

guint
pd_queue_length (PdQueue *queue)
{
  guint length;

  pthread_mutex_lock (&queue->lock);
  length = queue->length;
  pthread_mutex_unlock (&queue->lock);
  return length;
}
