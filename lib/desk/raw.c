#include "desk/raw.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/spill.h"

static gboolean
store_pieces (PdDesk *desk, gint64 id, const guint8 *data, gsize size, GError **error)
{
  for (gsize start = 0, seq = 0; start < size; start += PD_RAW_CHUNK, seq++)
    if (!pd_db_exec (desk->db, PD_SQL_RAW_CHUNK_ADD,
                     PD_BIND (PD_INT (id), PD_INT ((gint64)seq),
                              PD_BLOB (data + start, MIN (size - start, PD_RAW_CHUNK))),
                     NULL, error))
      return FALSE;
  return TRUE;
}

gboolean
pd_raw_store (PdDesk *desk, GBytes *bytes, gint64 *out_id, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  gint64 id = pd_id_new ();

  *out_id = 0;
  if (!pd_db_exec (desk->db, PD_SQL_RAW_ADD,
                   PD_BIND (PD_INT (id), PD_INT ((gint64)size), PD_INT (pd_clock_now ())), NULL,
                   error)
      || !store_pieces (desk, id, data, size, error))
    return FALSE;
  *out_id = id;
  return TRUE;
}

/* The size that was stored; -1 on error. */
static gint64
read_size (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, PD_SQL_RAW_SIZE, PD_BIND (PD_INT (id)), error);
  int step = rows != NULL ? pd_rows_next (rows, error) : -1;

  if (step == 0)
    pd_fail (error, PD_ERROR_NOT_FOUND, "the bytes %" G_GINT64_FORMAT " are not stored", id);
  return step == 1 ? pd_rows_int (rows, 0) : -1;
}

/* Adds one piece, which must fit into `room` octets. */
static gboolean
read_piece (PdDesk *desk, gint64 id, gint64 seq, gsize room, PdSpill *spill, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_RAW_CHUNK_GET, PD_BIND (PD_INT (id), PD_INT (seq)), error);
  int step = rows != NULL ? pd_rows_next (rows, error) : -1;
  g_autoptr (GBytes) piece = NULL;
  gconstpointer data = NULL;
  gsize length = 0;

  if (step < 0)
    return FALSE;
  piece = step == 1 ? pd_rows_dup_blob (rows, 0) : NULL;
  if (piece != NULL)
    data = g_bytes_get_data (piece, &length);
  if (length == 0 || length > room)
    return pd_fail (error, PD_ERROR_INTERNAL,
                    "piece %" G_GINT64_FORMAT " of the bytes %" G_GINT64_FORMAT
                    " is missing or has a wrong length",
                    seq, id);
  return pd_spill_append (spill, data, length, error);
}

GBytes *
pd_raw_load (PdDesk *desk, gint64 id, GError **error)
{
  gint64 size = read_size (desk, id, error);
  g_autoptr (PdSpill) spill = NULL;
  gint64 seq = 0;

  if (size < 0)
    return NULL;
  spill = pd_spill_new ();
  while (pd_spill_size (spill) < (gsize)size)
    if (!read_piece (desk, id, seq++, (gsize)size - pd_spill_size (spill), spill, error))
      return NULL;
  return pd_spill_get_bytes (spill, error);
}
