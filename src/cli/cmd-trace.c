#include "base/error.h"
#include "base/id.h"
#include "cli/commands.h"
#include "cli/rows.h"
#include "desk/outbox-trace.h"

#define LIMIT 100

static gboolean
show (PdCli *cli, GPtrArray *inbound, GPtrArray *outbox)
{
  if (cli->json)
    {
      struct json_object *object = json_object_new_object ();
      struct json_object *in = json_object_new_array (), *out = json_object_new_array ();

      for (guint i = 0; i < inbound->len; i++)
        json_object_array_add (in, pd_rows_inbound_json (g_ptr_array_index (inbound, i)));
      for (guint i = 0; i < outbox->len; i++)
        json_object_array_add (out, pd_rows_outbox_json (cli->desk, g_ptr_array_index (outbox, i)));
      json_object_object_add (object, "inbound", in);
      json_object_object_add (object, "outbox", out);
      pd_cli_print_json (object);
      json_object_put (object);
      return TRUE;
    }
  for (guint i = 0; i < inbound->len; i++)
    pd_rows_print_inbound_full (cli, g_ptr_array_index (inbound, i));
  if (outbox->len > 0)
    {
      g_print ("%sMail out:\n", inbound->len > 0 ? "\n" : "");
      pd_rows_print_outbox (cli, outbox, "");
    }
  return TRUE;
}

/* moves what is not in `rows` yet over to it; frees the rest */
static void
add_new (GPtrArray *rows, GPtrArray *more)
{
  for (guint i = 0; i < more->len; i++)
    {
      PdOutboxRow *row = g_ptr_array_index (more, i);
      gboolean known = FALSE;

      for (guint k = 0; k < rows->len && !known; k++)
        known = ((PdOutboxRow *)g_ptr_array_index (rows, k))->id == row->id;
      if (known)
        pd_outbox_row_free (row);
      else
        g_ptr_array_add (rows, row);
    }
  g_ptr_array_set_free_func (more, NULL);
  g_ptr_array_unref (more);
}

/* a mail in by its id: what went out because of it are the notices of its entry */
static gboolean
find (PdCli *cli, const char *what, GPtrArray **out_inbound, GPtrArray **out_outbox, GError **error)
{
  *out_inbound = pd_inbound_find (cli->desk, what, LIMIT, error);
  *out_outbox = *out_inbound != NULL ? pd_outbox_find (cli->desk, what, LIMIT, error) : NULL;
  if (*out_outbox == NULL)
    return FALSE;
  for (guint i = 0; i < (*out_inbound)->len; i++)
    {
      PdInboundRow *row = g_ptr_array_index (*out_inbound, i);
      g_autoptr (GPtrArray) notices = NULL;

      if (row->entry == 0)
        continue;
      notices = pd_outbox_of_entry (cli->desk, row->ticket, row->entry, error);
      if (notices == NULL)
        return FALSE;
      add_new (*out_outbox, g_steal_pointer (&notices));
    }
  return TRUE;
}

gboolean
pd_command_trace (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) inbound = NULL, outbox = NULL;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error)
      || !find (cli, argv[1], &inbound, &outbox, error))
    return FALSE;
  if (inbound->len + outbox->len == 0)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "nothing is known of \"%s\"", argv[1]);
  return show (cli, inbound, outbox);
}
