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
  int fd;           /* -1: on the heap */
  gsize size, max;
};

typedef struct {
  gpointer address;
  gsize length;
} Mapping;

PdSpill *
pd_spill_new (void)
{
  PdSpill *spill = g_new0 (PdSpill, 1);

  spill->heap = g_byte_array_new ();
  spill->fd = -1;
  spill->max = G_MAXSSIZE;
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

void
pd_spill_set_max (PdSpill *spill, gsize max)
{
  spill->max = max;
}

gsize
pd_spill_size (const PdSpill *spill)
{
  return spill->size;
}

/* a file without a name; else, where the file system has none, one whose name
 * is taken away at once; else no file at all */
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
  if (fd < 0)
    return memfd_create ("postdesk-spill", MFD_CLOEXEC);
  unlink (path);
  return fd;
}

/* Writes at an offset: what a failed call may have left behind the end is then
 * written over by the next one. */
static gboolean
write_at (int fd, const guint8 *bytes, gsize length, gsize offset, GError **error)
{
  while (length > 0)
    {
      gssize n = pwrite (fd, bytes, length, (off_t)offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return pd_fail (error, PD_ERROR_TEMPORARY, "temporary file: %s", g_strerror (errno));
      bytes += n;
      length -= (gsize)n;
      offset += (gsize)n;
    }
  return TRUE;
}

static gboolean
move_to_file (PdSpill *spill, GError **error)
{
  int fd = open_temporary ();

  if (fd < 0)
    return pd_fail (error, PD_ERROR_TEMPORARY, "no temporary file in %s: %s", g_get_tmp_dir (),
                    g_strerror (errno));
  if (!write_at (fd, spill->heap->data, spill->heap->len, 0, error))
    {
      close (fd);
      return FALSE;
    }
  spill->fd = fd;
  g_clear_pointer (&spill->heap, g_byte_array_unref);
  return TRUE;
}

gboolean
pd_spill_append (PdSpill *spill, gconstpointer bytes, gsize length, GError **error)
{
  if (length > spill->max - MIN (spill->size, spill->max))
    return pd_fail (error, PD_ERROR_INVALID, "more than %" G_GSIZE_FORMAT " octets", spill->max);
  if (spill->fd < 0)
    {
      g_return_val_if_fail (spill->heap != NULL, FALSE);
      if (spill->size + length <= PD_SPILL_HEAP)
        {
          g_byte_array_append (spill->heap, bytes, (guint)length);
          spill->size += length;
          return TRUE;
        }
      if (!move_to_file (spill, error))
        return FALSE;
    }
  if (!write_at (spill->fd, bytes, length, spill->size, error))
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
