#include "base/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"

struct PdSpill {
  GByteArray *heap; /* NULL once the bytes are elsewhere */
  int         fd;   /* -1: on the heap */
  gsize       size;
};

typedef struct {
  gpointer address;
  gsize    length;
} Mapping;

PdSpill *
pd_spill_new (void)
{
  PdSpill *spill = g_new0 (PdSpill, 1);

  spill->heap = g_byte_array_new ();
  spill->fd = -1;
  return spill;
}

void
pd_spill_free (PdSpill *spill)
{
  g_clear_pointer (&spill->heap, g_byte_array_unref);
  if (spill->fd >= 0)
    close (spill->fd);
  g_free (spill);
}

gsize
pd_spill_size (const PdSpill *spill)
{
  return spill->size;
}

/* a file without a name, or, where the file system has none, one whose name is
 * taken away at once */
static int
open_temporary (void)
{
  const char *folder = g_get_tmp_dir ();
  int fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  g_autofree char *path = NULL;

  if (fd >= 0)
    return fd;
  path = g_build_filename (folder, "postdesk-XXXXXX", NULL);
  fd = mkostemp (path, O_CLOEXEC);
  if (fd >= 0)
    unlink (path);
  return fd;
}

static gboolean
write_all (int fd, const guint8 *bytes, gsize length, GError **error)
{
  while (length > 0)
    {
      gssize n = write (fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return pd_fail (error, PD_ERROR_TEMPORARY, "temporary file: %s", g_strerror (errno));
      bytes += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static gboolean
move_to_file (PdSpill *spill, GError **error)
{
  spill->fd = open_temporary ();
  if (spill->fd < 0)
    return pd_fail (error, PD_ERROR_TEMPORARY, "no temporary file in %s: %s", g_get_tmp_dir (), g_strerror (errno));
  if (!write_all (spill->fd, spill->heap->data, spill->heap->len, error))
    return FALSE;
  g_clear_pointer (&spill->heap, g_byte_array_unref);
  return TRUE;
}

gboolean
pd_spill_append (PdSpill *spill, gconstpointer bytes, gsize length, GError **error)
{
  if (spill->fd < 0)
    {
      g_return_val_if_fail (spill->heap != NULL, FALSE);
      if (spill->size + length <= PD_SPILL_HEAP)
        {
          g_byte_array_append (spill->heap, bytes, (guint) length);
          spill->size += length;
          return TRUE;
        }
      if (!move_to_file (spill, error))
        return FALSE;
    }
  if (!write_all (spill->fd, bytes, length, error))
    return FALSE;
  spill->size += length;
  return TRUE;
}

static void
unmap (gpointer data)
{
  Mapping *mapping = data;

  munmap (mapping->address, mapping->length);
  g_free (mapping);
}

GBytes *
pd_spill_get_bytes (PdSpill *spill, GError **error)
{
  Mapping *mapping;
  gpointer address;

  if (spill->fd < 0)
    {
      g_return_val_if_fail (spill->heap != NULL, NULL);
      return g_byte_array_free_to_bytes (g_steal_pointer (&spill->heap));
    }
  address = mmap (NULL, spill->size, PROT_READ, MAP_PRIVATE, spill->fd, 0);
  if (address == MAP_FAILED)
    {
      pd_fail (error, PD_ERROR_TEMPORARY, "temporary file: %s", g_strerror (errno));
      return NULL;
    }
  mapping = g_new0 (Mapping, 1);
  mapping->address = address;
  mapping->length = spill->size;
  return g_bytes_new_with_free_func (address, spill->size, unmap, mapping);
}
