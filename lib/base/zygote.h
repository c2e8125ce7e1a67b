/* zygote.h - a process that makes others: forked while the program is small and
 * has one thread, it forks workers later, when the program has many.
 *
 * It holds nothing of what the program learns after its fork: start it before
 * settings and keys are read.  All of them end with the program, however it
 * ends.  A worker begins with /dev/null as its standard descriptors, one end of
 * a socket pair as PD_SANDBOX_CHANNEL, and nothing else.
 */
#pragma once

#include <sys/types.h>

#include <glib.h>

#define PD_ZYGOTE_MAX_ORDERS 256 /* octets that a worker is given */

typedef struct PdZygote PdZygote;

/* Runs in the zygote, once, before its first worker. */
typedef void (*PdZygoteInit) (void);

/* Runs in each worker.
 *
 * orders    as they were given to pd_zygote_spawn
 * Returns   the worker's exit status
 */
typedef int  (*PdZygoteWork) (gconstpointer orders,
                              gsize         length);

/* How a worker ended. */
typedef struct {
  int      status; /* as of waitpid(2) */
  gboolean killed; /* it had not ended by itself: the zygote killed it */
} PdZygoteEnd;

/* Forks; call it while there is one thread.
 *
 * name     of the processes, for ps(1): at most 15 octets
 * Errors   PD_ERROR_TEMPORARY   no process is to be had
 */
PdZygote  *pd_zygote_new    (const char     *name,
                             PdZygoteInit    init,
                             PdZygoteWork    work,
                             GError        **error);

/* Ends the zygote and with it all workers. */
void       pd_zygote_free   (PdZygote       *zygote);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdZygote, pd_zygote_free)

/* Makes a worker; any thread.
 *
 * out_channel   our end of its channel, a stream socket that does not block;
 *               the caller closes it
 * Errors        PD_ERROR_TEMPORARY   no process is to be had
 *               PD_ERROR_INTERNAL    the zygote is gone
 */
gboolean   pd_zygote_spawn  (PdZygote       *zygote,
                             gconstpointer   orders,
                             gsize           length,
                             pid_t          *out_pid,
                             int            *out_channel,
                             GError        **error);

/* Waits for the end of a worker whose channel is closed, or that is to be
 * killed.  One that does not end within a second is killed all the same.
 *
 * Errors   PD_ERROR_INTERNAL    the zygote is gone
 */
gboolean   pd_zygote_reap   (PdZygote       *zygote,
                             pid_t           pid,
                             gboolean        kill_it,
                             PdZygoteEnd    *out_end,
                             GError        **error);
