#include "src/spool/outage.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/log.h"

#define FIRST_PAUSE (1 * PD_SECOND)

/* Plain pthreads, so that a thread sanitizer sees each hand-over. */
struct Outage {
  pthread_mutex_t lock;
  gint64 longest;
  gint64 pause, until; /* 0: none */
  char *why;
  gboolean told; /* the log says that the server is away */
  guint open;    /* connections */
};

Outage *
outage_new (gint64 longest)
{
  Outage *outage = g_new0 (Outage, 1);

  pthread_mutex_init (&outage->lock, NULL);
  outage->longest = MAX (longest, FIRST_PAUSE);
  return outage;
}

void
outage_free (Outage *outage)
{
  if (outage == NULL)
    return;
  pthread_mutex_destroy (&outage->lock);
  g_free (outage->why);
  g_free (outage);
}

void
outage_note_open (Outage *outage)
{
  pthread_mutex_lock (&outage->lock);
  if (outage->told)
    pd_log (PD_LOG_NOTICE, 0, "relay-found", NULL);
  outage->told = FALSE;
  outage->open++;
  outage->pause = outage->until = 0;
  g_clear_pointer (&outage->why, g_free);
  pthread_mutex_unlock (&outage->lock);
}

void
outage_note_close (Outage *outage)
{
  pthread_mutex_lock (&outage->lock);
  outage->open--;
  pthread_mutex_unlock (&outage->lock);
}

/* A server that has connections open with us is there, it only wants no more. */
static gint64
next_pause (const Outage *outage)
{
  if (outage->pause == 0 || outage->open > 0)
    return FIRST_PAUSE;
  return MIN (2 * outage->pause, outage->longest);
}

void
outage_note_failure (Outage *outage, const char *why)
{
  gint64 now = pd_clock_now ();

  pthread_mutex_lock (&outage->lock);
  if (outage->open == 0 && !outage->told)
    {
      pd_log (PD_LOG_ERROR, 0, "relay-lost", "error", why, NULL);
      outage->told = TRUE;
    }
  /* of several that met it at the same time, one counts */
  if (now >= outage->until)
    {
      outage->pause = next_pause (outage);
      outage->until = now + outage->pause;
      g_free (outage->why);
      outage->why = g_strdup (why);
    }
  pthread_mutex_unlock (&outage->lock);
}

gint64
outage_until (Outage *outage)
{
  gint64 until;

  pthread_mutex_lock (&outage->lock);
  until = outage->until;
  pthread_mutex_unlock (&outage->lock);
  return until;
}

gint64
outage_total_until (Outage *outage)
{
  gint64 until;

  pthread_mutex_lock (&outage->lock);
  until = outage->open > 0 ? 0 : outage->until;
  pthread_mutex_unlock (&outage->lock);
  return until;
}

char *
outage_dup_why (Outage *outage)
{
  char *why;

  pthread_mutex_lock (&outage->lock);
  why = g_strdup (outage->why != NULL ? outage->why : "");
  pthread_mutex_unlock (&outage->lock);
  return why;
}
