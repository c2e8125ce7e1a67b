/* parser-pool.h - mails are read by processes that can do nothing else.
 *
 * A mail goes to a worker as a sealed memfd; its facts come back over a socket
 * pair, bounded and checked.  A worker that crashes, hangs, takes too much or
 * answers nonsense is replaced; the mail it had is told to be unreadable, and
 * no other mail notices.  Workers are also replaced after some mails, and after
 * one that was large or slow.
 *
 * A mail is read a second time, by a new worker, if the first one may have died
 * of something else: it was killed from outside, or had read other mails before.
 */
#pragma once

#include "mail/mail.h"

#define PD_PARSER_MAX_MAILS     200 /* that one worker reads */
#define PD_PARSER_MEMORY_FACTOR 4   /* so many times its size reading a mail can take */

typedef struct {
  GBytes     *raw;
  const char *envelope_from, *envelope_to; /* as for pd_mail_parse; may be NULL */
} PdParserJob;

typedef enum {
  PD_JAIL_REQUIRED,  /* no mail is read by a worker without the filter of system calls */
  PD_JAIL_PREFERRED, /* where the kernel allows none, workers have limits only */
  PD_JAIL_OFF,       /* mails are read in this process */
} PdParserJail;

typedef struct {
  guint        workers; /* 1…; with PD_JAIL_OFF the pool does not count */
  gsize        memory; /* octets that a worker may take beside what it starts with */
  gint64       time;   /* microseconds for one mail, by the clock on the wall */
  PdParserJail jail;
} PdParserSettings;

/* What a worker does with a mail: the octets of its answer.  Tests give their
 * own. */
typedef GByteArray *(*PdParserRead) (const PdParserJob *job);

typedef struct PdParserPool PdParserPool;

/* Forks the process that will make the workers: call it first of all, before
 * settings, keys and threads.
 *
 * read     NULL: reads the mail
 * Errors   PD_ERROR_TEMPORARY   no process is to be had
 */
PdParserPool  *pd_parser_pool_new    (PdParserRead            read,
                                      GError                **error);

/* Starts the workers, before the first mail and before any thread.  Where there
 * is less protection than could be, a warning is logged.
 *
 * Errors   PD_ERROR_INVALID     the settings ask for a jail that the kernel does not give
 *          PD_ERROR_TEMPORARY, PD_ERROR_INTERNAL   no worker is to be had
 */
gboolean       pd_parser_pool_start  (PdParserPool           *pool,
                                      const PdParserSettings *settings,
                                      GError                **error);

/* How many mails can be read at a time. */
guint          pd_parser_pool_size   (const PdParserPool     *pool);

/* Reads a mail; any thread.  Waits while all workers are busy.
 *
 * Errors   PD_ERROR_INVALID     the mail cannot be read; the text says why, in words for
 *                               who looks after held mail
 *          PD_ERROR_TEMPORARY   no worker is to be had now
 *          PD_ERROR_INTERNAL    nor will there be one: the program must be started anew
 */
PdMail        *pd_parser_pool_parse  (PdParserPool           *pool,
                                      const PdParserJob      *job,
                                      GError                **error);

/* Ends all processes of the pool.  No thread may be in it. */
void           pd_parser_pool_free   (PdParserPool           *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdParserPool, pd_parser_pool_free)
