/* fd-pass.h - a descriptor sent along with octets over a local socket (unix(7),
 * SCM_RIGHTS).
 */
#pragma once

#include <glib.h>
#include <sys/uio.h>

/* Sends the pieces as one message.
 *
 * fd        -1: none
 * Returns   whether all of it was sent; errno otherwise
 */
gboolean  pd_fd_send     (int                 socket,
                          const struct iovec *pieces,
                          gsize               n_pieces,
                          int                 fd);

/* Receives up to `length` octets, as recvmsg(2) does, interrupted or not.
 *
 * out_fd    what came along, or -1; the caller closes it
 * Returns   octets; 0 the other side is gone, -1 an error (errno)
 */
gssize    pd_fd_receive  (int                 socket,
                          gpointer            bytes,
                          gsize               length,
                          int                *out_fd);
