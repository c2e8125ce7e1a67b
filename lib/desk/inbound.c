#include "desk/inbound.h"

#include <string.h>

#include "base/error.h"
#include "base/id.h"

void
pd_inbound_row_free (PdInboundRow *row)
{
  if (row == NULL)
    return;
  g_free (row->source);
  g_free (row->mail_from);
  g_free (row->rcpt_to);
  g_free (row->header_from);
  g_free (row->subject);
  g_free (row->message_id);
  g_free (row->outcome);
  g_free (row->reason);
  g_free (row->trace);
  g_free (row);
}

static void
row_free (gpointer data)
{
  pd_inbound_row_free (data);
}

/* All queries give these columns. */
static PdInboundRow *
row_read (PdRows *rows)
{
  PdInboundRow *row = g_new0 (PdInboundRow, 1);

  row->id = pd_rows_int (rows, 0);
  row->received = pd_rows_int (rows, 1);
  row->source = g_strdup (pd_rows_text (rows, 2));
  row->mail_from = g_strdup (pd_rows_text (rows, 3));
  row->rcpt_to = g_strdup (pd_rows_text (rows, 4));
  row->header_from = g_strdup (pd_rows_text (rows, 5));
  row->subject = g_strdup (pd_rows_text (rows, 6));
  row->message_id = g_strdup (pd_rows_text (rows, 7));
  row->outcome = g_strdup (pd_rows_text (rows, 8));
  row->reason = g_strdup (pd_rows_text (rows, 9));
  row->ticket = pd_rows_int (rows, 10);
  row->ticket_number = pd_rows_int (rows, 11);
  row->entry = pd_rows_int (rows, 12);
  row->size = pd_rows_int (rows, 13);
  row->raw = pd_rows_int (rows, 14);
  row->trace = g_strdup (pd_rows_text (rows, 15));
  return row;
}

static GPtrArray *
read_rows (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (row_free);
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, values, n_values, error);
  int got;

  if (rows == NULL)
    return NULL;
  while ((got = pd_rows_next (rows, error)) > 0)
    g_ptr_array_add (list, row_read (rows));
  return got == 0 ? g_steal_pointer (&list) : NULL;
}

gboolean
pd_inbound_get (PdDesk *desk, gint64 id, PdInboundRow **out, GError **error)
{
  g_autoptr (GPtrArray) list = read_rows (desk, PD_SQL_INBOUND_GET, PD_BIND (PD_INT (id)), error);

  *out = NULL;
  if (list == NULL)
    return FALSE;
  if (list->len > 0)
    *out = g_ptr_array_steal_index (list, 0);
  return TRUE;
}

GPtrArray *
pd_inbound_list (PdDesk *desk, const char *outcome, gint64 before, guint limit, GError **error)
{
  PdDbValue from = PD_INT (before != 0 ? before : G_MAXINT64);
  PdDbValue most = PD_INT (MIN (limit, PD_INBOUND_MAX_LIST));

  if (outcome == NULL)
    return read_rows (desk, PD_SQL_INBOUND_LIST, PD_BIND (from, most), error);
  return read_rows (desk, PD_SQL_INBOUND_LIST_OUTCOME, PD_BIND (PD_TEXT (outcome), from, most),
                    error);
}

/* "<a@b>" or "a@b" -> "a@b"; caller frees. */
static char *
without_brackets (const char *text)
{
  gsize length = strlen (text);

  if (length >= 2 && text[0] == '<' && text[length - 1] == '>')
    return g_strndup (text + 1, length - 2);
  return g_strdup (text);
}

GPtrArray *
pd_inbound_find (PdDesk *desk, const char *what, guint limit, GError **error)
{
  PdDbValue most = PD_INT (MIN (limit, PD_INBOUND_MAX_LIST));
  g_autofree char *key = without_brackets (what);
  g_autofree char *small = g_ascii_strdown (key, -1);
  g_autoptr (GPtrArray) list = NULL;
  gint64 id;

  if (pd_id_parse (key, &id))
    {
      list = read_rows (desk, PD_SQL_INBOUND_GET, PD_BIND (PD_INT (id)), error);
      if (list == NULL || list->len > 0)
        return g_steal_pointer (&list);
      g_clear_pointer (&list, g_ptr_array_unref);
    }
  list = read_rows (desk, PD_SQL_INBOUND_BY_MESSAGE_ID, PD_BIND (PD_TEXT (key), most), error);
  if (list == NULL || list->len > 0)
    return g_steal_pointer (&list);
  return read_rows (desk, PD_SQL_INBOUND_BY_SENDER,
                    PD_BIND (PD_INT (PD_INBOUND_MAX_SCAN), PD_TEXT (small), PD_TEXT (small), most),
                    error);
}

/* A text that fits a column: valid UTF-8, cut between characters; "" for NULL. */
static char *
fit (const char *text, gsize max)
{
  char *valid;

  if (text == NULL)
    return g_strdup ("");
  valid = g_utf8_make_valid (text, -1);
  if (strlen (valid) > max)
    {
      const char *end = g_utf8_find_prev_char (valid, valid + max + 1);

      valid[end != NULL ? end - valid : 0] = '\0';
    }
  return valid;
}

gboolean
pd_inbound_add (PdDesk *desk, const PdInboundRow *row, const char *dedupe, GError **error)
{
  g_autofree char *mail_from = fit (row->mail_from, PD_INBOUND_MAX_ADDRESS);
  g_autofree char *rcpt_to = fit (row->rcpt_to, G_MAXINT32);
  g_autofree char *header_from = fit (row->header_from, PD_INBOUND_MAX_ADDRESS);
  g_autofree char *subject = fit (row->subject, PD_INBOUND_MAX_SUBJECT);
  g_autofree char *message_id = fit (row->message_id, PD_INBOUND_MAX_MESSAGE_ID);
  g_autofree char *reason = fit (row->reason, PD_INBOUND_MAX_REASON);

  return pd_db_exec (
      desk->db, PD_SQL_INBOUND_ADD,
      PD_BIND (PD_INT (row->id), PD_INT (row->received), PD_TEXT (row->source), PD_TEXT (mail_from),
               PD_TEXT (rcpt_to), PD_TEXT (header_from), PD_TEXT (subject), PD_TEXT (message_id),
               PD_TEXT (dedupe), PD_TEXT (row->outcome), PD_TEXT (reason), PD_ID (row->ticket),
               PD_ID (row->entry), PD_INT (row->size), PD_ID (row->raw), PD_TEXT (row->trace)),
      NULL, error);
}

/* Says why a statement that wants a held row found none. */
static gboolean
fail_not_held (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (PdInboundRow) row = NULL;
  char text[PD_ID_TEXT_SIZE];

  if (!pd_inbound_get (desk, id, &row, error))
    return FALSE;
  if (row == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no mail %s", pd_id_format (id, text));
  return pd_fail (error, PD_ERROR_CONFLICT, "mail %s is not held; its outcome is %s",
                  pd_id_format (id, text), row->outcome);
}

gboolean
pd_inbound_refile (PdDesk *desk, const PdInboundRow *row, const char *dedupe, GError **error)
{
  g_autofree char *header_from = fit (row->header_from, PD_INBOUND_MAX_ADDRESS);
  g_autofree char *subject = fit (row->subject, PD_INBOUND_MAX_SUBJECT);
  g_autofree char *message_id = fit (row->message_id, PD_INBOUND_MAX_MESSAGE_ID);
  g_autofree char *reason = fit (row->reason, PD_INBOUND_MAX_REASON);
  gint64 changed;

  if (!pd_db_exec (desk->db, PD_SQL_INBOUND_REFILE,
                   PD_BIND (PD_TEXT (header_from), PD_TEXT (subject), PD_TEXT (message_id),
                            PD_TEXT (dedupe), PD_TEXT (row->outcome), PD_TEXT (reason),
                            PD_ID (row->ticket), PD_ID (row->entry), PD_TEXT (row->trace),
                            PD_INT (row->id)),
                   &changed, error))
    return FALSE;
  return changed == 1 || fail_not_held (desk, row->id, error);
}

gboolean
pd_inbound_drop (PdDesk *desk, gint64 id, const char *reason, GError **error)
{
  g_autofree char *fitting = fit (reason, PD_INBOUND_MAX_REASON);
  gint64 changed;

  if (!pd_db_exec (desk->db, PD_SQL_INBOUND_DROP, PD_BIND (PD_TEXT (fitting), PD_INT (id)),
                   &changed, error))
    return FALSE;
  return changed == 1 || fail_not_held (desk, id, error);
}
