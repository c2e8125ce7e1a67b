/* endpoint.h - where to listen or to connect: "HOST:PORT", "[ADDRESS]:PORT",
 * "unix:PATH".
 */
#pragma once

#include <glib.h>

typedef struct {
  char   *host; /* name or number; "" or "*": all (to listen); NULL for a path */
  guint16 port; /* 0: any free one (to listen) */
  char   *path; /* of a UNIX socket; NULL for a host */
} PdEndpoint;

void         pd_endpoint_free   (PdEndpoint        *endpoint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdEndpoint, pd_endpoint_free)

/* Reads one; NULL with PD_ERROR_INVALID when it is not well formed. */
PdEndpoint  *pd_endpoint_parse  (const char        *text,
                                 GError           **error);

/* Who may connect to a UNIX socket. */
typedef struct {
  int         mode;  /* 0666 if 0 */
  const char *owner; /* name; NULL or "": as is */
  const char *group; /* the same */
} PdEndpointAccess;

/* Listens, on all addresses that the host has.  A socket that a dead process
 * has left is replaced; one that is answered is not.
 *
 * access   NULL: the default
 * fds      GArray of int: gets the sockets, non-blocking, for the caller to
 *          close (and the path to remove)
 * Errors   PD_ERROR_TEMPORARY   in use, not permitted, no such host
 *          PD_ERROR_NOT_FOUND   no such owner or group
 */
gboolean     pd_endpoint_listen (const PdEndpoint       *endpoint,
                                 const PdEndpointAccess *access,
                                 GArray                 *fds,
                                 GError                **error);
