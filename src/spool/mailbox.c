#include "src/spool/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

/* Plain pthreads, so that a thread sanitizer sees each hand-over. */
struct Mailbox {
  pthread_mutex_t lock;
  pthread_cond_t filled, ended;
  GQueue things;
  gboolean woken, closed;
};

Mailbox *
mailbox_new (void)
{
  Mailbox *box = g_new0 (Mailbox, 1);
  pthread_condattr_t attributes;

  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init (&box->lock, NULL);
  pthread_cond_init (&box->filled, &attributes);
  pthread_cond_init (&box->ended, &attributes);
  pthread_condattr_destroy (&attributes);
  g_queue_init (&box->things);
  return box;
}

void
mailbox_free (Mailbox *box)
{
  if (box == NULL)
    return;
  g_queue_clear (&box->things);
  pthread_cond_destroy (&box->filled);
  pthread_cond_destroy (&box->ended);
  pthread_mutex_destroy (&box->lock);
  g_free (box);
}

gboolean
mailbox_put (Mailbox *box, gpointer thing)
{
  gboolean open;

  pthread_mutex_lock (&box->lock);
  open = !box->closed;
  if (open)
    {
      g_queue_push_tail (&box->things, thing);
      pthread_cond_signal (&box->filled);
    }
  pthread_mutex_unlock (&box->lock);
  return open;
}

static struct timespec
deadline_in (gint64 microseconds)
{
  struct timespec deadline;

  clock_gettime (CLOCK_MONOTONIC, &deadline);
  deadline.tv_sec += microseconds / G_USEC_PER_SEC;
  deadline.tv_nsec += microseconds % G_USEC_PER_SEC * 1000;
  if (deadline.tv_nsec >= 1000000000)
    {
      deadline.tv_sec++;
      deadline.tv_nsec -= 1000000000;
    }
  return deadline;
}

/* Returns with the lock held. */
static void
wait_for_things (Mailbox *box, gint64 timeout)
{
  struct timespec deadline = deadline_in (MAX (timeout, 0));
  int result = 0;

  pthread_mutex_lock (&box->lock);
  while (result != ETIMEDOUT && timeout != 0 && !box->woken && !box->closed
         && g_queue_is_empty (&box->things))
    result = timeout < 0 ? pthread_cond_wait (&box->filled, &box->lock)
                         : pthread_cond_timedwait (&box->filled, &box->lock, &deadline);
  box->woken = FALSE;
}

gpointer
mailbox_take (Mailbox *box, gint64 timeout)
{
  gpointer thing;

  wait_for_things (box, timeout);
  thing = g_queue_pop_head (&box->things);
  pthread_mutex_unlock (&box->lock);
  return thing;
}

void
mailbox_take_all (Mailbox *box, GPtrArray *things, gint64 timeout)
{
  wait_for_things (box, timeout);
  while (!g_queue_is_empty (&box->things))
    g_ptr_array_add (things, g_queue_pop_head (&box->things));
  pthread_mutex_unlock (&box->lock);
}

void
mailbox_wake (Mailbox *box)
{
  pthread_mutex_lock (&box->lock);
  box->woken = TRUE;
  pthread_cond_broadcast (&box->filled);
  pthread_mutex_unlock (&box->lock);
}

void
mailbox_rest (Mailbox *box, gint64 time)
{
  struct timespec deadline = deadline_in (MAX (time, 0));
  int result = 0;

  pthread_mutex_lock (&box->lock);
  /* not on `filled`: a thing that wakes a resting thread would wake no taker */
  while (time > 0 && result != ETIMEDOUT && !box->closed)
    result = pthread_cond_timedwait (&box->ended, &box->lock, &deadline);
  pthread_mutex_unlock (&box->lock);
}

void
mailbox_close (Mailbox *box)
{
  pthread_mutex_lock (&box->lock);
  box->closed = TRUE;
  pthread_cond_broadcast (&box->filled);
  pthread_cond_broadcast (&box->ended);
  pthread_mutex_unlock (&box->lock);
}

gboolean
mailbox_is_closed (Mailbox *box)
{
  gboolean closed;

  pthread_mutex_lock (&box->lock);
  closed = box->closed;
  pthread_mutex_unlock (&box->lock);
  return closed;
}
