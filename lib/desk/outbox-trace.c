#include "desk/outbox-trace.h"

#include <string.h>

#include "base/id.h"
#include "mail/keyring.h"

void
pd_attempt_free (PdAttempt *attempt)
{
  g_free (attempt->relay);
  g_free (attempt->result);
  g_free (attempt->status);
  g_free (attempt->answer);
  g_free (attempt);
}

GPtrArray *
pd_outbox_attempts (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) attempts = g_ptr_array_new_with_free_func ((GDestroyNotify)pd_attempt_free);
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_ATTEMPT_LIST, PD_BIND (PD_INT (id)), error);
  int got;

  if (rows == NULL)
    return NULL;
  while ((got = pd_rows_next (rows, error)) > 0)
    {
      PdAttempt *attempt = g_new0 (PdAttempt, 1);

      attempt->at = pd_rows_int (rows, 0);
      attempt->relay = g_strdup (pd_rows_text (rows, 1));
      attempt->result = g_strdup (pd_rows_text (rows, 2));
      attempt->code = (int)pd_rows_int (rows, 3);
      attempt->status = g_strdup (pd_rows_text (rows, 4));
      attempt->answer = g_strdup (pd_rows_text (rows, 5));
      g_ptr_array_add (attempts, attempt);
    }
  return got == 0 ? g_steal_pointer (&attempts) : NULL;
}

static gboolean
add_row (PdDesk *desk, gint64 id, GPtrArray *found, GError **error)
{
  PdOutboxRow *row = NULL;

  if (!pd_outbox_get (desk, id, &row, error))
    return FALSE;
  if (row != NULL)
    g_ptr_array_add (found, row);
  return TRUE;
}

/* adds the rows whose ids a query gives */
static gboolean
add_rows (PdDesk *desk, PdRows *ids, GPtrArray *found, GError **error)
{
  int got;

  if (ids == NULL)
    return FALSE;
  while ((got = pd_rows_next (ids, error)) > 0)
    if (!add_row (desk, pd_rows_int (ids, 0), found, error))
      return FALSE;
  return got == 0;
}

GPtrArray *
pd_outbox_find (PdDesk *desk, const char *what, guint limit, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)pd_outbox_row_free);
  g_autofree char *bare = g_strdup (what[0] == '<' ? what + 1 : what);
  g_autoptr (PdRows) ids = NULL;
  gint64 ticket, id;

  if (g_str_has_suffix (bare, ">"))
    bare[strlen (bare) - 1] = '\0';
  if (strchr (bare, '@') == NULL)
    return !pd_id_parse (bare, &id) || add_row (desk, id, found, error) ? g_steal_pointer (&found)
                                                                        : NULL;
  if (pd_keyring_read_message_id (desk->settings->keyring, bare, &ticket, &id))
    return add_row (desk, id, found, error) ? g_steal_pointer (&found) : NULL;
  ids = pd_db_query (desk->db, PD_SQL_OUTBOX_BY_RECIPIENT, PD_BIND (PD_TEXT (bare), PD_INT (limit)),
                     error);
  return add_rows (desk, ids, found, error) ? g_steal_pointer (&found) : NULL;
}

GPtrArray *
pd_outbox_of_entry (PdDesk *desk, gint64 ticket, gint64 entry, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)pd_outbox_row_free);
  g_autoptr (PdRows) ids = pd_db_query (desk->db, PD_SQL_OUTBOX_BY_ENTRY,
                                        PD_BIND (PD_INT (ticket), PD_INT (entry)), error);

  return add_rows (desk, ids, found, error) ? g_steal_pointer (&found) : NULL;
}
