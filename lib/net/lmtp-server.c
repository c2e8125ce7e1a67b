#include "net/lmtp-server.h"

#include <errno.h>
#include <glib-unix.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "net/lmtp-delivery.h"

#define READ_SIZE (64 * 1024)
#define MAX_OUTPUT                                                                                 \
  (64 * 1024)         /* replies that a client does not read; then it is not read from either */
#define MAX_LINGER 16 /* reads after the last reply */
#define MAX_EVENTS 256
#define MAX_ACCEPTS 64               /* in a row, before sessions get their turn */
#define ACCEPT_PAUSE (PD_SECOND / 2) /* when descriptors have run out */

typedef enum { SOURCE_WAKE, SOURCE_LISTENER, SOURCE_CONNECTION } SourceKind;

/* What epoll gives back; the first member of what it stands for. */
typedef struct {
  SourceKind kind;
  int fd;
} Source;

typedef struct {
  Source source;
  guint64 number;
  PdLmtp *session;
  GString *rest;     /* octets that the session would not take yet */
  gboolean readable; /* epoll tells edges; this is the level */
  gboolean ended;    /* the peer sends no more, read until 0 */
  gboolean broken;   /* both directions are gone */
  gboolean blocked;  /* the peer does not read our replies; EPOLLOUT is asked for */
  guint lingered;    /* turns since the last reply */
  gint64 seen;       /* when it last did something */
  gint64 content_since;
  GList in_run, in_idle, in_content, in_paused; /* links; data is NULL while out */
} Connection;

struct PdLmtpServer {
  PdLmtpServerSettings settings;
  int epoll;
  Source wake;
  GPtrArray *listeners;    /* of Source */
  GPtrArray *paths;        /* UNIX sockets to remove */
  GHashTable *connections; /* number -> Connection */
  guint64 last_number;
  GQueue run;     /* have something to do */
  GQueue idle;    /* by `seen`, oldest first */
  GQueue content; /* by `content_since`, oldest first */
  GQueue paused;  /* may not be read from: too much is in flight */
  PdLmtpBox *box;
  gint64 now;
  gint64 accept_after; /* 0: listening */
  gint64 drain_until;  /* 0: not draining */
  pthread_t thread;
  gboolean started;
  int stopping;                         /* atomic */
  gsize in_flight, n_sessions, n_mails; /* atomic */
  char buffer[READ_SIZE];
};

static void
enqueue (GQueue *queue, GList *link, Connection *connection)
{
  if (link->data != NULL)
    return;
  link->data = connection;
  g_queue_push_tail_link (queue, link);
}

static void
dequeue (GQueue *queue, GList *link)
{
  if (link->data == NULL)
    return;
  g_queue_unlink (queue, link);
  link->data = NULL;
}

static void
close_connection (PdLmtpServer *server, Connection *connection)
{
  dequeue (&server->run, &connection->in_run);
  dequeue (&server->idle, &connection->in_idle);
  dequeue (&server->content, &connection->in_content);
  dequeue (&server->paused, &connection->in_paused);
  close (connection->source.fd);
  g_hash_table_remove (server->connections, &connection->number);
  g_atomic_pointer_set (&server->n_sessions, (gsize)g_hash_table_size (server->connections));
}

static void
free_connection (gpointer data)
{
  Connection *connection = data;

  pd_lmtp_free (connection->session);
  g_string_free (connection->rest, TRUE);
  g_free (connection);
}

static void
watch (PdLmtpServer *server, int operation, Source *source, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = source };

  epoll_ctl (server->epoll, operation, source->fd, &event);
}

/* Writes what it can.  FALSE if the connection is no use any more. */
static gboolean
flush (PdLmtpServer *server, Connection *connection)
{
  GString *output = pd_lmtp_output (connection->session);
  guint32 events = EPOLLIN | EPOLLRDHUP | EPOLLET;
  gboolean blocked = FALSE;

  while (output->len > 0 && !blocked)
    {
      gssize n = send (connection->source.fd, output->str, output->len, MSG_NOSIGNAL);

      if (n >= 0)
        g_string_erase (output, 0, n);
      else if (errno == EAGAIN)
        blocked = TRUE;
      else if (errno != EINTR)
        return FALSE;
    }
  /* asked for only when needed: a UNIX socket tells of every octet that is read */
  if (blocked != connection->blocked)
    watch (server, EPOLL_CTL_MOD, &connection->source, blocked ? events | EPOLLOUT : events);
  connection->blocked = blocked;
  return TRUE;
}

static gboolean
too_much_in_flight (PdLmtpServer *server)
{
  return server->in_flight > server->settings.max_in_flight;
}

static void
hand_out (PdLmtpServer *server, Connection *connection)
{
  PdEnvelope *envelope = pd_lmtp_take_envelope (connection->session);
  PdLmtpDelivery *delivery;

  if (envelope == NULL)
    return;
  delivery = pd_lmtp_delivery_new (server->box, connection->number, envelope);
  g_atomic_pointer_set (&server->in_flight, server->in_flight + delivery->size);
  g_atomic_pointer_set (&server->n_mails, server->n_mails + 1);
  server->settings.deliver (server->settings.data, delivery);
}

/* Gives bytes to the session; returns how many it took. */
static gsize
feed (PdLmtpServer *server, Connection *connection, const char *bytes, gsize length)
{
  gsize taken = pd_lmtp_feed (connection->session, bytes, length);

  hand_out (server, connection);
  return taken;
}

/* Whether to give the session more; ends it if it is time to. */
static gboolean
wants_more (PdLmtpServer *server, Connection *connection)
{
  switch (pd_lmtp_phase (connection->session))
    {
    case PD_LMTP_COMMAND:
      if (server->drain_until == 0)
        return TRUE;
      pd_lmtp_shut (connection->session, "421 4.3.2 shutting down");
      return FALSE;
    case PD_LMTP_CONTENT:
      if (!too_much_in_flight (server))
        return TRUE;
      enqueue (&server->paused, &connection->in_paused, connection);
      return FALSE;
    case PD_LMTP_WAITING:
    case PD_LMTP_OVER:
      break;
    }
  return FALSE;
}

/* Reads once, so that no session keeps the others waiting.  FALSE at the end. */
static gboolean
read_some (PdLmtpServer *server, Connection *connection)
{
  gssize n = recv (connection->source.fd, server->buffer, READ_SIZE, 0);
  gsize taken;

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    {
      connection->readable = errno == EINTR;
      return TRUE;
    }
  if (n <= 0)
    return FALSE;
  /* a short read has emptied a stream socket; the next octet is a new edge */
  if (n < READ_SIZE && !connection->ended)
    connection->readable = FALSE;
  if (pd_lmtp_phase (connection->session) == PD_LMTP_OVER)
    return TRUE;
  taken = feed (server, connection, server->buffer, (gsize)n);
  g_string_append_len (connection->rest, server->buffer + taken, n - (gssize)taken);
  return TRUE;
}

static void
feed_rest (PdLmtpServer *server, Connection *connection)
{
  gsize taken = feed (server, connection, connection->rest->str, connection->rest->len);

  if (taken == connection->rest->len && connection->rest->allocated_len > 4096)
    {
      g_string_free (connection->rest, TRUE);
      connection->rest = g_string_new (NULL);
    }
  else
    g_string_erase (connection->rest, 0, (gssize)taken);
}

/* After the last reply: octets that we have not read would make the kernel
 * reset the connection, and the peer lose the reply.  TRUE: close now. */
static gboolean
finish (Connection *connection)
{
  if (connection->blocked)
    return FALSE;
  if (!connection->readable || connection->lingered++ == MAX_LINGER)
    return TRUE;
  shutdown (connection->source.fd, SHUT_WR);
  return connection->ended;
}

static void
set_timers (PdLmtpServer *server, Connection *connection)
{
  PdLmtpPhase phase = pd_lmtp_phase (connection->session);
  /* it is not the client that we wait for */
  gboolean ours = phase == PD_LMTP_WAITING || connection->in_paused.data != NULL;

  dequeue (&server->idle, &connection->in_idle);
  if (ours || phase != PD_LMTP_CONTENT)
    dequeue (&server->content, &connection->in_content);
  if (ours)
    return;
  connection->seen = server->now;
  enqueue (&server->idle, &connection->in_idle, connection);
  if (phase == PD_LMTP_CONTENT && connection->in_content.data == NULL)
    {
      connection->content_since = server->now;
      enqueue (&server->content, &connection->in_content, connection);
    }
}

/* A connection's turn: what it has sent is read and answered, once. */
static void
serve (PdLmtpServer *server, Connection *connection)
{
  gboolean alive = !connection->broken;

  dequeue (&server->paused, &connection->in_paused);
  if (alive && wants_more (server, connection)
      && pd_lmtp_output (connection->session)->len < MAX_OUTPUT)
    {
      if (connection->rest->len > 0)
        feed_rest (server, connection);
      else if (connection->readable)
        alive = read_some (server, connection);
      wants_more (server, connection);
    }
  else if (alive && connection->readable && pd_lmtp_phase (connection->session) == PD_LMTP_OVER)
    alive = read_some (server, connection);
  /* a peer that has ended its half still reads */
  alive = flush (server, connection) && alive;
  if (!alive || (pd_lmtp_phase (connection->session) == PD_LMTP_OVER && finish (connection)))
    {
      close_connection (server, connection);
      return;
    }
  set_timers (server, connection);
  if (!connection->blocked && connection->in_paused.data == NULL
      && pd_lmtp_phase (connection->session) != PD_LMTP_WAITING
      && (connection->readable || connection->rest->len > 0))
    enqueue (&server->run, &connection->in_run, connection);
}

/* coming */

static char *
name_peer (const struct sockaddr_storage *address, socklen_t length)
{
  char host[NI_MAXHOST], port[NI_MAXSERV];

  if (address->ss_family == AF_UNIX
      || getnameinfo ((const struct sockaddr *)address, length, host, sizeof host, port,
                      sizeof port, NI_NUMERICHOST | NI_NUMERICSERV)
             != 0)
    return g_strdup ("unix");
  return g_strdup_printf (address->ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

static void
refuse (int fd, const char *peer)
{
  static const char reply[] = "421 4.3.2 too many connections\r\n";

  pd_log (PD_LOG_WARNING, 0, "refused", "peer", peer, "reason", "too many connections", NULL);
  (void)!send (fd, reply, sizeof reply - 1, MSG_NOSIGNAL);
  close (fd);
}

static void
add_connection (PdLmtpServer *server, int fd, const char *peer)
{
  Connection *connection = g_new0 (Connection, 1);

  connection->source = (Source){ SOURCE_CONNECTION, fd };
  connection->number = ++server->last_number;
  connection->session = pd_lmtp_new (&server->settings.session, peer);
  connection->rest = g_string_new (NULL);
  g_hash_table_insert (server->connections, &connection->number, connection);
  g_atomic_pointer_set (&server->n_sessions, (gsize)g_hash_table_size (server->connections));
  watch (server, EPOLL_CTL_ADD, &connection->source, EPOLLIN | EPOLLRDHUP | EPOLLET);
  enqueue (&server->run, &connection->in_run, connection);
}

static void
listen_again (PdLmtpServer *server)
{
  server->accept_after = 0;
  for (guint i = 0; i < server->listeners->len; i++)
    watch (server, EPOLL_CTL_ADD, server->listeners->pdata[i], EPOLLIN);
}

static void
listen_no_more (PdLmtpServer *server)
{
  for (guint i = 0; i < server->listeners->len; i++)
    watch (server, EPOLL_CTL_DEL, server->listeners->pdata[i], 0);
}

static void
accept_some (PdLmtpServer *server, int listener)
{
  for (int i = 0; i < MAX_ACCEPTS; i++)
    {
      struct sockaddr_storage address = { 0 };
      socklen_t length = sizeof address;
      int fd
          = accept4 (listener, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
      g_autofree char *peer = NULL;

      if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
        {
          pd_log (PD_LOG_ERROR, 0, "deferred", "what", "accept", "reason", g_strerror (errno),
                  NULL);
          listen_no_more (server);
          server->accept_after = server->now + ACCEPT_PAUSE;
        }
      if (fd < 0)
        return;
      peer = name_peer (&address, length);
      if (g_hash_table_size (server->connections) >= server->settings.max_connections)
        refuse (fd, peer);
      else
        add_connection (server, fd, peer);
    }
}

/* the loop */

static void
note_event (PdLmtpServer *server, const struct epoll_event *event)
{
  Source *source = event->data.ptr;
  Connection *connection;
  guint64 count;

  switch (source->kind)
    {
    case SOURCE_WAKE:
      (void)!read (source->fd, &count, sizeof count);
      return;
    case SOURCE_LISTENER:
      if (server->drain_until == 0 && server->accept_after == 0)
        accept_some (server, source->fd);
      return;
    case SOURCE_CONNECTION:
      break;
    }
  connection = (Connection *)source;
  if (event->events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    connection->readable = TRUE;
  if (event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    connection->ended = TRUE;
  if ((event->events & (EPOLLHUP | EPOLLERR))
      && pd_lmtp_phase (connection->session) == PD_LMTP_WAITING)
    connection->broken = TRUE;
  enqueue (&server->run, &connection->in_run, connection);
}

static void
use_answers (PdLmtpServer *server, PdLmtpDelivery *delivery)
{
  while (delivery != NULL)
    {
      PdLmtpDelivery *next = delivery->next;
      Connection *connection = g_hash_table_lookup (server->connections, &delivery->connection);

      g_atomic_pointer_set (&server->in_flight, server->in_flight - delivery->size);
      if (connection != NULL && delivery->drop)
        close_connection (server, connection);
      else if (connection != NULL && pd_lmtp_phase (connection->session) == PD_LMTP_WAITING)
        {
          pd_lmtp_answer (connection->session, (const GError *const *)delivery->errors,
                          delivery->ok_text);
          enqueue (&server->run, &connection->in_run, connection);
        }
      pd_lmtp_delivery_free (delivery);
      delivery = next;
    }
  if (too_much_in_flight (server))
    return;
  for (GList *link = server->paused.head; link != NULL; link = link->next)
    enqueue (&server->run, &((Connection *)link->data)->in_run, link->data);
}

static void
time_out (PdLmtpServer *server, Connection *connection, const char *reply)
{
  pd_log (PD_LOG_NOTICE, 0, "timed-out", "session", pd_log_int ((gint64)connection->number),
          "reply", reply, NULL);
  pd_lmtp_shut (connection->session, reply);
  flush (server, connection);
  close_connection (server, connection);
}

static void
expire (PdLmtpServer *server)
{
  Connection *connection;

  while ((connection = g_queue_peek_head (&server->idle)) != NULL
         && connection->seen + server->settings.idle_timeout <= server->now)
    time_out (server, connection, "421 4.4.2 nothing was said for too long");
  while ((connection = g_queue_peek_head (&server->content)) != NULL
         && connection->content_since + server->settings.transfer_timeout <= server->now)
    time_out (server, connection, "421 4.4.2 the mail takes too long");
  if (server->accept_after != 0 && server->accept_after <= server->now && server->drain_until == 0)
    listen_again (server);
}

/* Milliseconds until something expires; -1 for never. */
static int
next_timeout (PdLmtpServer *server)
{
  const Connection *idle = g_queue_peek_head (&server->idle);
  const Connection *content = g_queue_peek_head (&server->content);
  gint64 next = G_MAXINT64;

  if (idle != NULL)
    next = MIN (next, idle->seen + server->settings.idle_timeout);
  if (content != NULL)
    next = MIN (next, content->content_since + server->settings.transfer_timeout);
  if (server->accept_after != 0)
    next = MIN (next, server->accept_after);
  if (server->drain_until != 0)
    next = MIN (next, server->drain_until);
  if (next == G_MAXINT64)
    return -1;
  return (int)CLAMP ((next - server->now + 999) / 1000, 0, G_MAXINT / 2);
}

static void
close_listeners (PdLmtpServer *server)
{
  for (guint i = 0; i < server->paths->len; i++)
    unlink (server->paths->pdata[i]);
  g_ptr_array_set_size (server->paths, 0);
  g_ptr_array_set_size (server->listeners, 0);
}

/* All connections get a turn, in which idle ones are told to go. */
static void
begin_drain (PdLmtpServer *server)
{
  GHashTableIter iter;
  gpointer connection;

  server->drain_until = server->now + MAX (server->settings.drain_timeout, 1);
  server->accept_after = 0;
  close_listeners (server);
  g_hash_table_iter_init (&iter, server->connections);
  while (g_hash_table_iter_next (&iter, NULL, &connection))
    enqueue (&server->run, &((Connection *)connection)->in_run, connection);
}

static void
run_once (PdLmtpServer *server)
{
  struct epoll_event events[MAX_EVENTS];
  PdLmtpDelivery *answers = pd_lmtp_box_take (server->box, server->run.length == 0);
  gboolean busy = answers != NULL || server->run.length > 0;
  int n = epoll_wait (server->epoll, events, MAX_EVENTS, busy ? 0 : next_timeout (server));
  guint turns;

  server->now = g_get_monotonic_time ();
  for (int i = 0; i < n; i++)
    note_event (server, &events[i]);
  use_answers (server, answers);
  use_answers (server, pd_lmtp_box_take (server->box, FALSE));
  if (g_atomic_int_get (&server->stopping) && server->drain_until == 0)
    begin_drain (server);
  for (turns = server->run.length; turns > 0; turns--)
    {
      Connection *connection = server->run.head->data;

      dequeue (&server->run, &connection->in_run);
      serve (server, connection);
    }
  expire (server);
}

static void
close_all (PdLmtpServer *server)
{
  GHashTableIter iter;
  gpointer item;
  g_autoptr (GPtrArray) left = g_ptr_array_new ();

  g_hash_table_iter_init (&iter, server->connections);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    g_ptr_array_add (left, item);
  for (guint i = 0; i < left->len; i++)
    {
      Connection *connection = left->pdata[i];

      pd_lmtp_shut (connection->session, "421 4.3.2 shutting down");
      flush (server, connection);
      close_connection (server, connection);
    }
}

static void *
run (void *data)
{
  PdLmtpServer *server = data;

  server->now = g_get_monotonic_time ();
  while (server->drain_until == 0
         || (server->now < server->drain_until && g_hash_table_size (server->connections) > 0))
    run_once (server);
  close_all (server);
  return NULL;
}

/* the outside */

static void
free_listener (gpointer data)
{
  close (((Source *)data)->fd);
  g_free (data);
}

PdLmtpServer *
pd_lmtp_server_new (const PdLmtpServerSettings *settings)
{
  PdLmtpServer *server = g_new0 (PdLmtpServer, 1);

  server->settings = *settings;
  if (settings->max_connections == 0)
    server->settings.max_connections = 200;
  if (settings->max_in_flight == 0)
    server->settings.max_in_flight = 64 * 1024 * 1024;
  if (settings->idle_timeout == 0)
    server->settings.idle_timeout = 5 * PD_MINUTE;
  if (settings->transfer_timeout == 0)
    server->settings.transfer_timeout = PD_HOUR;
  server->epoll = -1;
  server->wake = (Source){ SOURCE_WAKE, -1 };
  server->listeners = g_ptr_array_new_with_free_func (free_listener);
  server->paths = g_ptr_array_new_with_free_func (g_free);
  server->connections = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_connection);
  return server;
}

void
pd_lmtp_server_take_fd (PdLmtpServer *server, int fd)
{
  Source *listener = g_new0 (Source, 1);
  int one = 1;

  /* replies must not wait for one another; a UNIX socket refuses, and needs it not */
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  *listener = (Source){ SOURCE_LISTENER, fd };
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  g_ptr_array_add (server->listeners, listener);
}

gboolean
pd_lmtp_server_listen (PdLmtpServer *server, const char *text, const PdEndpointAccess *access,
                       GError **error)
{
  g_autoptr (PdEndpoint) endpoint = pd_endpoint_parse (text, error);
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));

  if (endpoint == NULL || !pd_endpoint_listen (endpoint, access, fds, error))
    return FALSE;
  for (guint i = 0; i < fds->len; i++)
    pd_lmtp_server_take_fd (server, g_array_index (fds, int, i));
  if (endpoint->path != NULL)
    g_ptr_array_add (server->paths, g_steal_pointer (&endpoint->path));
  return TRUE;
}

guint16
pd_lmtp_server_port (PdLmtpServer *server)
{
  for (guint i = 0; i < server->listeners->len; i++)
    {
      struct sockaddr_storage address = { 0 };
      socklen_t length = sizeof address;
      char port[NI_MAXSERV];

      if (getsockname (((Source *)server->listeners->pdata[i])->fd, (struct sockaddr *)&address,
                       &length)
              == 0
          && address.ss_family != AF_UNIX
          && getnameinfo ((struct sockaddr *)&address, length, NULL, 0, port, sizeof port,
                          NI_NUMERICSERV)
                 == 0)
        return (guint16)g_ascii_strtoull (port, NULL, 10);
    }
  return 0;
}

gboolean
pd_lmtp_server_start (PdLmtpServer *server, GError **error)
{
  int wrong = 0;

  g_return_val_if_fail (!server->started, FALSE);
  server->epoll = epoll_create1 (EPOLL_CLOEXEC);
  server->wake.fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (server->epoll < 0 || server->wake.fd < 0)
    return pd_fail (error, PD_ERROR_TEMPORARY, "LMTP server: %s", g_strerror (errno));
  server->box = pd_lmtp_box_new (server->wake.fd);
  watch (server, EPOLL_CTL_ADD, &server->wake, EPOLLIN);
  listen_again (server);
  wrong = pthread_create (&server->thread, NULL, run, server);
  if (wrong != 0)
    return pd_fail (error, PD_ERROR_TEMPORARY, "LMTP server: %s", g_strerror (wrong));
  server->started = TRUE;
  return TRUE;
}

void
pd_lmtp_server_stop (PdLmtpServer *server)
{
  if (!server->started)
    return;
  g_atomic_int_set (&server->stopping, TRUE);
  (void)!write (server->wake.fd, &(guint64){ 1 }, sizeof (guint64));
  pthread_join (server->thread, NULL);
  server->started = FALSE;
}

void
pd_lmtp_server_status (PdLmtpServer *server, PdLmtpServerStatus *out)
{
  out->sessions = (guint)(gsize)g_atomic_pointer_get (&server->n_sessions);
  out->in_flight = (gsize)g_atomic_pointer_get (&server->in_flight);
  out->mails = (gsize)g_atomic_pointer_get (&server->n_mails);
}

void
pd_lmtp_server_free (PdLmtpServer *server)
{
  server->settings.drain_timeout = 0;
  pd_lmtp_server_stop (server);
  close_listeners (server);
  g_clear_pointer (&server->box, pd_lmtp_box_close);
  g_hash_table_unref (server->connections);
  g_ptr_array_unref (server->listeners);
  g_ptr_array_unref (server->paths);
  if (server->epoll >= 0)
    close (server->epoll);
  if (server->wake.fd >= 0)
    close (server->wake.fd);
  g_free (server);
}
