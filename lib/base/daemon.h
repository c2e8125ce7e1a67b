/* daemon.h - what a service manager and a daemon say to each other: signals,
 * readiness, sockets.
 */
#pragma once

#include <glib.h>

typedef enum {
  PD_SIGNAL_NONE,   /* the time was up */
  PD_SIGNAL_STOP,   /* SIGTERM, SIGINT: drain and end */
  PD_SIGNAL_RELOAD, /* SIGHUP */
} PdSignal;

/* Blocks SIGTERM, SIGINT and SIGHUP in this thread and all it starts, and
 * ignores SIGPIPE and SIGXFSZ (a file that may not grow is a full disk: an
 * error, not our end); call it before the first thread. */
void      pd_daemon_init     (void);

/* Waits for one of them, at most `microseconds` (-1: for ever). */
PdSignal  pd_daemon_wait     (gint64       microseconds);

/* Tells systemd (sd_notify(3)); without it nothing happens.  `reloading` also
 * gives the moment that Type=notify-reload asks for. */
void      pd_daemon_ready    (const char  *status);
void      pd_daemon_reloading (void);

/* Also lets the signal that asked for the end, coming a second time, end the
 * process at once: who cannot wait for the drain loses nothing, for what was
 * not committed was not acknowledged.  Call it in the thread that waited. */
void      pd_daemon_stopping (void);

/* Asks the thread that waits to stop the program, as SIGTERM does; any thread. */
void      pd_daemon_stop     (void);

/* How often to call pd_daemon_alive, in microseconds; 0: no watchdog. */
gint64    pd_daemon_watchdog (void);
void      pd_daemon_alive    (void);

/* The sockets that systemd passed (sd_listen_fds(3)), as a GArray of int. */
GArray   *pd_daemon_sockets  (void);
