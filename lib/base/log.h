/* log.h - a log line is an event: a past-tense verb, then key=value fields.
 *
 *     0K3F9TQ2…: accepted from=olena@example.org size=8431
 *
 * The id of the mail stands first, from acceptance to delivery, so that one
 * grep shows a mail's whole path.  Never a body, a password or a token.
 * Values from outside are escaped and bounded.  Each line is one write:
 * threads and processes do not mix theirs.
 */
#pragma once

#include <glib.h>

#define PD_LOG_MAX_VALUE 300  /* octets of a value, escaped; longer ones end in "…" */
#define PD_LOG_MAX_LINE  2000 /* octets after which no field follows, but "…" */

typedef enum {
  PD_LOG_ERROR = 3, /* the numbers are those of syslog(3) */
  PD_LOG_WARNING = 4,
  PD_LOG_NOTICE = 5,
  PD_LOG_INFO = 6,
  PD_LOG_DEBUG = 7,
} PdLogLevel;

typedef enum {
  PD_LOG_TO_STDERR, /* "<n>" in front if the journal reads it, else time and program */
  PD_LOG_TO_SYSLOG, /* facility mail */
} PdLogTarget;

/* Where to and from which level; before, everything from INFO goes to stderr.
 * name   the program's, kept by pointer
 */
void      pd_log_open    (const char  *name,
                          PdLogTarget  target,
                          PdLogLevel   level);

/* Logs an event.
 *
 * id      of the mail, 0 if the event is about none
 * event   "accepted"
 * …       key, value pairs (const char *), then NULL; a pair whose value is
 *         NULL is left out
 */
void      pd_log         (PdLogLevel   level,
                          gint64       id,
                          const char  *event,
                          ...) G_GNUC_NULL_TERMINATED;

/* A value for a number, lent until the thread's eighth next call. */
const char *pd_log_int   (gint64       number);

/* For tests: lines go to `hook` instead (without time and level). */
typedef void (*PdLogHook) (PdLogLevel level, const char *line, gpointer data);
void      pd_log_capture (PdLogHook    hook,
                          gpointer     data);
