/* stream.h - an outgoing connection: TCP or UNIX socket, TLS from the start or
 * later, each step bounded in time and octets.
 *
 * It is a libetpan mailstream below, so that libetpan's protocols run on it,
 * with a driver of ours: libetpan's own verifies no certificate, uses
 * select(), and lets a server that drips hold a call for ever.
 *
 * A stream belongs to one thread at a time.  All errors are
 * PD_ERROR_TEMPORARY: what is to be sent is not at fault.
 */
#pragma once

#include "net/endpoint.h"

typedef struct PdStream PdStream;

typedef struct {
  gint64 timeout;   /* microseconds to connect, and for each step; 1 min if 0 */
  gsize  max_read;  /* octets read in a step; 1 MiB if 0 */
  int    cancel_fd; /* readable: every step fails at once; 0 or less: none */
} PdStreamSettings;

/* How to trust the server. */
typedef struct {
  const char *host;    /* the name that the certificate must have; also for SNI */
  const char *ca_file; /* PEM; NULL or "": the system's */
  gboolean    blind;   /* any certificate will do: encrypted, but to whom? */
} PdStreamTrust;

/* Connects, trying all addresses of a host. */
PdStream   *pd_stream_connect    (const PdEndpoint       *endpoint,
                                  const PdStreamSettings *settings,
                                  GError                **error);

/* Closes (with TLS's goodbye, if it does not block) and frees. */
void        pd_stream_free       (PdStream               *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdStream, pd_stream_free)

/* Changes to TLS.  It fails if octets that came in clear wait to be read:
 * whoever put them there wants them to be taken for protected ones. */
gboolean    pd_stream_start_tls  (PdStream               *stream,
                                  const PdStreamTrust    *trust,
                                  GError                **error);

/* A step begins: its time and octets count from now.
 *
 * timeout   microseconds; 0: the setting
 */
void        pd_stream_step       (PdStream               *stream,
                                  gint64                  timeout);

/* Reads what there is, at least one octet, at most `length`; -1 on error and
 * at the end of the stream. */
gssize      pd_stream_read       (PdStream               *stream,
                                  char                   *bytes,
                                  gsize                   length,
                                  GError                **error);

/* Writes all.
 *
 * out_written   how much the system took, also on error
 */
gboolean    pd_stream_write      (PdStream               *stream,
                                  const char             *bytes,
                                  gsize                   length,
                                  gsize                  *out_written,
                                  GError                **error);

/* Whether something waits to be read, be it the end of the stream. */
gboolean    pd_stream_is_readable (PdStream              *stream);

/* Whether nobody can listen in: TLS, a UNIX socket or the loopback address. */
gboolean    pd_stream_is_private (PdStream               *stream);

/* Of the other end: "192.0.2.1:25", "unix"; lent. */
const char *pd_stream_get_peer   (PdStream               *stream);

/* For libetpan's sessions (mailimap_connect and so on); lent.  What went wrong
 * inside a step is told by pd_stream_get_error (NULL: nothing). */
struct _mailstream *pd_stream_get_mailstream (PdStream   *stream);
const GError       *pd_stream_get_error      (PdStream   *stream);
