#include "desk/feed.h"

#include "base/clock.h"
#include "base/id.h"

static char *
readers_json (const PdFeedReader *readers, gsize n_readers)
{
  GString *text = g_string_new ("[");

  for (gsize i = 0; i < n_readers; i++)
    g_string_append_printf (text, "%s[%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%d]",
                            i > 0 ? "," : "", pd_id_new (), readers[i].person,
                            readers[i].popup ? 1 : 0);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

gboolean
pd_feed_add (PdDesk *desk, const PdFeedItem *item, const PdFeedReader *readers, gsize n_readers,
             GError **error)
{
  g_autofree char *rows = NULL;

  if (n_readers == 0)
    return TRUE;
  rows = readers_json (readers, MIN (n_readers, PD_FEED_MAX_ROWS));
  return pd_db_exec (desk->db, PD_SQL_FEED_ADD,
                     PD_BIND (PD_INT (pd_clock_now ()), PD_TEXT (item->event), PD_ID (item->ticket),
                              PD_ID (item->message), PD_ID (item->actor),
                              PD_TEXT (item->data != NULL ? item->data : "{}"), PD_TEXT (rows)),
                     NULL, error);
}

static void
row_free (gpointer data)
{
  PdFeedRow *row = data;

  g_free (row->event);
  g_free (row->data);
  g_free (row);
}

static PdFeedRow *
read_row (PdRows *rows)
{
  PdFeedRow *row = g_new0 (PdFeedRow, 1);

  row->id = pd_rows_int (rows, 0);
  row->at = pd_rows_int (rows, 1);
  row->event = g_strdup (pd_rows_text (rows, 2));
  row->ticket = pd_rows_int (rows, 3);
  row->message = pd_rows_int (rows, 4);
  row->actor = pd_rows_int (rows, 5);
  row->popup = pd_rows_int (rows, 6) != 0;
  row->data = g_strdup (pd_rows_text (rows, 7));
  return row;
}

GPtrArray *
pd_feed_list (PdDesk *desk, gint64 person, gint64 after, guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (row_free);
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_FEED_LIST,
                     PD_BIND (PD_INT (person), PD_INT (after),
                              PD_INT (MIN (limit, PD_FEED_MAX_ROWS))),
                     error);
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    g_ptr_array_add (list, read_row (rows));
  return got == 0 ? g_steal_pointer (&list) : NULL;
}

gboolean
pd_feed_prune (PdDesk *desk, gint64 before, guint limit, guint *out_removed, GError **error)
{
  g_autoptr (GArray) ids = pd_db_list_ints (desk->db, PD_SQL_FEED_OLD,
                                            PD_BIND (PD_INT (before), PD_INT (limit)), error);

  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!pd_db_exec (desk->db, PD_SQL_FEED_DROP, PD_BIND (PD_INT (g_array_index (ids, gint64, i))),
                     NULL, error))
      return FALSE;
  if (out_removed != NULL)
    *out_removed = ids->len;
  return TRUE;
}
