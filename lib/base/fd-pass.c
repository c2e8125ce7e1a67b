#include "base/fd-pass.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* room for one descriptor, aligned as a header must be */
typedef union {
  struct cmsghdr align;
  char room[CMSG_SPACE (sizeof (int))];
} Control;

gboolean
pd_fd_send (int socket, const struct iovec *pieces, gsize n_pieces, int fd)
{
  Control control = { 0 };
  struct msghdr message = { .msg_iov = (struct iovec *)pieces, .msg_iovlen = n_pieces };
  gsize whole = 0;

  for (gsize i = 0; i < n_pieces; i++)
    whole += pieces[i].iov_len;
  if (fd >= 0)
    {
      struct cmsghdr *head;

      message.msg_control = &control;
      message.msg_controllen = sizeof control;
      head = CMSG_FIRSTHDR (&message);
      head->cmsg_level = SOL_SOCKET;
      head->cmsg_type = SCM_RIGHTS;
      head->cmsg_len = CMSG_LEN (sizeof fd);
      memcpy (CMSG_DATA (head), &fd, sizeof fd);
    }
  return sendmsg (socket, &message, MSG_NOSIGNAL) == (gssize)whole;
}

gssize
pd_fd_receive (int socket, gpointer bytes, gsize length, int *out_fd)
{
  Control control;
  struct iovec piece = { bytes, length };
  struct msghdr message = {
    .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  struct cmsghdr *head;
  gssize n;

  *out_fd = -1;
  do
    n = recvmsg (socket, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    return n;
  head = CMSG_FIRSTHDR (&message);
  if (head != NULL && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
    memcpy (out_fd, CMSG_DATA (head), sizeof *out_fd);
  return n;
}
