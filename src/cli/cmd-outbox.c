#include "base/clock.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/rows.h"
#include "desk/outbox-trace.h"

gboolean
pd_command_outbox_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *state = NULL;
  int limit = 1000;
  const GOptionEntry entries[] = {
    { "state", 's', 0, G_OPTION_ARG_STRING, &state,
      "Only queued, sending, sent, deferred, failed, held or cancelled (else all that are not "
      "final)",
      "STATE" },
    { "limit", 'n', 0, G_OPTION_ARG_INT, &limit, "At most so many (1000)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  static const char *const states[]
      = { "queued", "sending", "sent", "deferred", "failed", "held", "cancelled", NULL };
  g_autoptr (GPtrArray) rows = NULL;

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 0, error)
      || !pd_cli_word (cli, "--state", state, states, error) || !pd_cli_desk (cli, error))
    return FALSE;
  rows = pd_outbox_list (cli->desk, state, (guint)CLAMP (limit, 1, 100000), error);
  if (rows == NULL)
    return FALSE;
  pd_rows_print_outbox (cli, rows, state != NULL ? "There is none." : "Nothing waits to be sent.");
  return TRUE;
}

static void
add_attempts (struct json_object *object, GPtrArray *attempts)
{
  struct json_object *array = json_object_new_array ();

  for (guint i = 0; i < attempts->len; i++)
    {
      const PdAttempt *attempt = g_ptr_array_index (attempts, i);
      struct json_object *one = json_object_new_object ();

      pd_json_time (one, "time", attempt->at);
      pd_json_text (one, "relay", attempt->relay);
      pd_json_text (one, "result", attempt->result);
      json_object_object_add (one, "code", json_object_new_int (attempt->code));
      pd_json_text (one, "status", attempt->status);
      pd_json_text (one, "answer", attempt->answer);
      json_object_array_add (array, one);
    }
  json_object_object_add (object, "tries", array);
}

static void
print_attempts (GPtrArray *attempts)
{
  for (guint i = 0; i < attempts->len; i++)
    {
      const PdAttempt *attempt = g_ptr_array_index (attempts, i);
      g_autofree char *at = pd_clock_format (attempt->at);

      g_print ("  %s  %s  %s  %d %s %s\n", at, attempt->relay, attempt->result, attempt->code,
               attempt->status, attempt->answer);
    }
}

gboolean
pd_command_outbox_show (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdOutboxRow) row = NULL;
  g_autoptr (GPtrArray) attempts = NULL;
  struct json_object *object;
  gint64 id;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_id (argv[1], &id, error)
      || !pd_cli_desk (cli, error) || !pd_outbox_get (cli->desk, id, &row, error))
    return FALSE;
  if (row == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no mail out with the id %s", argv[1]);
  attempts = pd_outbox_attempts (cli->desk, id, error);
  if (attempts == NULL)
    return FALSE;
  object = pd_rows_outbox_json (cli->desk, row);
  add_attempts (object, attempts);
  if (cli->json)
    pd_cli_print_json (object);
  else
    {
      g_print ("%s  %s to %s: %s %s\n", argv[1], row->event, row->recipient, row->state,
               row->answer);
      print_attempts (attempts);
    }
  json_object_put (object);
  return TRUE;
}

/* ---- acts on rows -------------------------------------------------------- */

typedef gboolean (*RowAct) (PdDesk *desk, gint64 id, GError **error);

typedef struct {
  RowAct act;
  gint64 id;
} RowWork;

static gboolean
run_act (PdDesk *desk, gpointer data, GError **error)
{
  RowWork *work = data;

  return work->act (desk, work->id, error);
}

static gboolean
act_on_rows (PdCli *cli, RowAct act, const char *said, int argc, char **argv, GError **error)
{
  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, -1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  for (int i = 1; i < argc; i++)
    {
      RowWork work = { act, 0 };

      if (!pd_cli_id (argv[i], &work.id, error)
          || !pd_desk_transaction (cli->desk, run_act, &work, error))
        return FALSE;
      g_print ("%s: %s\n", argv[i], said);
    }
  return TRUE;
}

gboolean
pd_command_outbox_retry (PdCli *cli, int argc, char **argv, GError **error)
{
  return act_on_rows (cli, pd_outbox_retry, "queued", argc, argv, error);
}

gboolean
pd_command_outbox_hold (PdCli *cli, int argc, char **argv, GError **error)
{
  return act_on_rows (cli, pd_outbox_hold, "held", argc, argv, error);
}

gboolean
pd_command_outbox_cancel (PdCli *cli, int argc, char **argv, GError **error)
{
  return act_on_rows (cli, pd_outbox_cancel, "cancelled", argc, argv, error);
}

static gboolean
flush (PdDesk *desk, gpointer data, GError **error)
{
  return pd_outbox_flush (desk, data, error);
}

gboolean
pd_command_outbox_flush (PdCli *cli, int argc, char **argv, GError **error)
{
  gint64 rows = 0;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error)
      || !pd_desk_transaction (cli->desk, flush, &rows, error))
    return FALSE;
  g_print ("%" G_GINT64_FORMAT " deferred mail(s) will be tried now.\n", rows);
  return TRUE;
}
