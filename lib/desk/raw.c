#include "desk/raw.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/spill.h"

/* the pieces after the first */
static gboolean
store_pieces (PdDesk *desk, gint64 id, const guint8 *data, gsize size, GError **error)
{
  for (gsize start = PD_RAW_CHUNK, seq = 1; start < size; start += PD_RAW_CHUNK, seq++)
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
  if (!pd_db_exec (
          desk->db, PD_SQL_RAW_ADD,
          PD_BIND (PD_INT (id), PD_INT ((gint64)size), PD_INT (pd_clock_now ()),
                   PD_BLOB (data != NULL ? data : (const guint8 *)"", MIN (size, PD_RAW_CHUNK))),
          NULL, error)
      || !store_pieces (desk, id, data, size, error))
    return FALSE;
  *out_id = id;
  return TRUE;
}

/* Adds what a column holds, at most `room` octets. */
static gboolean
add_piece (PdRows *rows, guint column, gsize room, PdSpill *spill, GError **error)
{
  g_autoptr (GBytes) piece = pd_rows_dup_blob (rows, column);
  gsize length = 0;
  gconstpointer data = piece != NULL ? g_bytes_get_data (piece, &length) : NULL;

  if (length > room || (length == 0 && room > 0))
    return pd_fail (error, PD_ERROR_INTERNAL, "a piece of stored bytes has a wrong length");
  return length == 0 || pd_spill_append (spill, data, length, error);
}

/* The size that was stored, with the first piece in the spill; -1 on error. */
static gint64
read_first (PdDesk *desk, gint64 id, PdSpill *spill, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, PD_SQL_RAW_GET, PD_BIND (PD_INT (id)), error);
  int step = rows != NULL ? pd_rows_next (rows, error) : -1;
  gint64 size;

  if (step == 0)
    pd_fail (error, PD_ERROR_NOT_FOUND, "the bytes %" G_GINT64_FORMAT " are not stored", id);
  if (step != 1)
    return -1;
  size = pd_rows_int (rows, 0);
  return add_piece (rows, 1, (gsize)size, spill, error) ? size : -1;
}

/* Adds one of the further pieces. */
static gboolean
read_piece (PdDesk *desk, gint64 id, gint64 seq, gsize room, PdSpill *spill, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_RAW_CHUNK_GET, PD_BIND (PD_INT (id), PD_INT (seq)), error);
  int step = rows != NULL ? pd_rows_next (rows, error) : -1;

  if (step == 0)
    return pd_fail (error, PD_ERROR_INTERNAL,
                    "piece %" G_GINT64_FORMAT " of the bytes %" G_GINT64_FORMAT " is missing", seq,
                    id);
  return step == 1 && add_piece (rows, 0, room, spill, error);
}

GBytes *
pd_raw_load (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (PdSpill) spill = pd_spill_new ();
  gint64 size = read_first (desk, id, spill, error);

  if (size < 0)
    return NULL;
  for (gint64 seq = 1; pd_spill_size (spill) < (gsize)size; seq++)
    if (!read_piece (desk, id, seq, (gsize)size - pd_spill_size (spill), spill, error))
      return NULL;
  return pd_spill_get_bytes (spill, error);
}
