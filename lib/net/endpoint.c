#include "net/endpoint.h"

#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"

#define BACKLOG 511

void
pd_endpoint_free (PdEndpoint *endpoint)
{
  g_free (endpoint->host);
  g_free (endpoint->path);
  g_free (endpoint);
}

PdEndpoint *
pd_endpoint_parse (const char *text, GError **error)
{
  g_autoptr (PdEndpoint) endpoint = g_new0 (PdEndpoint, 1);
  const char *colon = strrchr (text, ':');
  gsize n = colon != NULL ? (gsize)(colon - text) : 0;
  guint64 port;

  if (g_str_has_prefix (text, "unix:"))
    {
      struct sockaddr_un address;

      endpoint->path = g_strdup (text + 5);
      if (*endpoint->path != '/' || strlen (endpoint->path) >= sizeof address.sun_path)
        {
          pd_fail (error, PD_ERROR_INVALID,
                   "\"%s\": the path must be absolute and shorter than %zu octets", text,
                   sizeof address.sun_path);
          return NULL;
        }
      return g_steal_pointer (&endpoint);
    }
  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
    {
      pd_fail (error, PD_ERROR_INVALID, "\"%s\" is neither HOST:PORT nor unix:PATH", text);
      return NULL;
    }
  if (*text == '[' && n >= 2 && text[n - 1] == ']')
    endpoint->host = g_strndup (text + 1, n - 2);
  else
    endpoint->host = g_strndup (text, n);
  if (*text != '[' && strchr (endpoint->host, ':') != NULL)
    {
      pd_fail (error, PD_ERROR_INVALID, "\"%s\": write an IPv6 address as [ADDRESS]:PORT", text);
      return NULL;
    }
  endpoint->port = (guint16)port;
  return g_steal_pointer (&endpoint);
}

static gboolean
somebody_answers (const struct sockaddr_un *address)
{
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  gboolean answered
      = fd >= 0 && connect (fd, (const struct sockaddr *)address, sizeof *address) == 0;

  /* a full backlog is an answer too; what we may not ask is not ours to remove */
  answered = answered || (errno != ECONNREFUSED && errno != ENOENT);
  if (fd >= 0)
    close (fd);
  return answered;
}

static gboolean
find_ids (const PdEndpointAccess *access, uid_t *uid, gid_t *gid, GError **error)
{
  *uid = (uid_t)-1;
  *gid = (gid_t)-1;
  if (access->owner != NULL && *access->owner != '\0')
    {
      const struct passwd *user = getpwnam (access->owner);

      if (user == NULL)
        return pd_fail (error, PD_ERROR_NOT_FOUND, "no user \"%s\"", access->owner);
      *uid = user->pw_uid;
    }
  if (access->group != NULL && *access->group != '\0')
    {
      const struct group *group = getgrnam (access->group);

      if (group == NULL)
        return pd_fail (error, PD_ERROR_NOT_FOUND, "no group \"%s\"", access->group);
      *gid = group->gr_gid;
    }
  return TRUE;
}

static gboolean
fail_errno (GError **error, const char *what)
{
  return pd_fail (error, PD_ERROR_TEMPORARY, "%s: %s", what, g_strerror (errno));
}

static gboolean
listen_path (const char *path, const PdEndpointAccess *access, GArray *fds, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  uid_t uid;
  gid_t gid;
  int fd;

  if (!find_ids (access, &uid, &gid, error))
    return FALSE;
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      struct stat info;

      if (lstat (path, &info) == 0 && !S_ISSOCK (info.st_mode))
        return pd_fail (error, PD_ERROR_TEMPORARY, "%s is there and is no socket", path);
      if (somebody_answers (&address))
        return pd_fail (error, PD_ERROR_TEMPORARY, "%s: somebody listens there already", path);
      unlink (path);
    }
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return fail_errno (error, path);
  g_array_append_val (fds, fd);
  if (bind (fd, (struct sockaddr *)&address, sizeof address) < 0
      || ((uid != (uid_t)-1 || gid != (gid_t)-1) && chown (path, uid, gid) < 0)
      || chmod (path, access->mode != 0 ? (mode_t)access->mode : 0666) < 0
      || listen (fd, BACKLOG) < 0)
    return fail_errno (error, path);
  return TRUE;
}

/* A listening socket; -1 with errno. */
static int
listen_address (const struct addrinfo *info)
{
  int fd = socket (info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int one = 1, why;

  if (fd < 0)
    return -1;
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (info->ai_family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  if (bind (fd, info->ai_addr, info->ai_addrlen) == 0 && listen (fd, BACKLOG) == 0)
    return fd;
  why = errno;
  close (fd);
  errno = why;
  return -1;
}

static gboolean
listen_host (const PdEndpoint *endpoint, GArray *fds, GError **error)
{
  struct addrinfo hints
      = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
  struct addrinfo *list;
  char port[6];
  gboolean all = *endpoint->host == '\0' || strcmp (endpoint->host, "*") == 0;
  int why = 0, wrong;
  g_autofree char *what = g_strdup_printf ("%s:%u", endpoint->host, endpoint->port);

  g_snprintf (port, sizeof port, "%u", endpoint->port);
  wrong = getaddrinfo (all ? NULL : endpoint->host, port, &hints, &list);
  if (wrong != 0)
    return pd_fail (error, PD_ERROR_TEMPORARY, "%s: %s", endpoint->host, gai_strerror (wrong));
  for (const struct addrinfo *info = list; info != NULL; info = info->ai_next)
    {
      int fd = listen_address (info);

      if (fd >= 0)
        g_array_append_val (fds, fd);
      /* a kernel without IPv6 still names its addresses */
      else if (why == 0 || (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL))
        why = errno;
    }
  freeaddrinfo (list);
  if (fds->len > 0 && (why == 0 || why == EAFNOSUPPORT || why == EADDRNOTAVAIL))
    return TRUE;
  errno = why;
  return fail_errno (error, what);
}

gboolean
pd_endpoint_listen (const PdEndpoint *endpoint, const PdEndpointAccess *access, GArray *fds,
                    GError **error)
{
  static const PdEndpointAccess plain = { 0 };
  g_autoptr (GArray) opened = g_array_new (FALSE, FALSE, sizeof (int));
  gboolean ok = endpoint->path != NULL
                    ? listen_path (endpoint->path, access != NULL ? access : &plain, opened, error)
                    : listen_host (endpoint, opened, error);

  for (guint i = 0; i < opened->len; i++)
    if (ok)
      g_array_append_val (fds, g_array_index (opened, int, i));
    else
      close (g_array_index (opened, int, i));
  return ok;
}
