#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/rows.h"
#include "desk/inbound.h"
#include "desk/intake.h"
#include "desk/raw.h"
#include "mail/mail.h"

gboolean
pd_command_inbound_list (PdCli *cli, int argc, char **argv, GError **error)
{
  gboolean held = FALSE;
  g_autofree char *outcome = NULL;
  int limit = 100;
  const GOptionEntry entries[] = {
    { "held", 0, 0, G_OPTION_ARG_NONE, &held, "Only those that wait for a decision", NULL },
    { "outcome", 'o', 0, G_OPTION_ARG_STRING, &outcome,
      "Only ticket, comment, duplicate, bounce, …", "OUTCOME" },
    { "limit", 'n', 0, G_OPTION_ARG_INT, &limit, "At most so many (100)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  static const char *const outcomes[]
      = { "ticket",    "comment", "duplicate", "bounce", "auto-reply",
          "complaint", "loop",    "discarded", "held",   NULL };
  g_autoptr (GPtrArray) rows = NULL;

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 0, error)
      || !pd_cli_word (cli, "--outcome", outcome, outcomes, error) || !pd_cli_desk (cli, error))
    return FALSE;
  rows = pd_inbound_list (cli->desk, held ? "held" : outcome, 0, (guint)CLAMP (limit, 1, 10000),
                          error);
  if (rows == NULL)
    return FALSE;
  pd_rows_print_inbound (cli, rows,
                         held              ? "No mail is held."
                         : outcome != NULL ? "There is none."
                                           : "No mail has come in yet.");
  return TRUE;
}

static gboolean
write_raw (PdDesk *desk, gint64 raw, GError **error)
{
  g_autoptr (GBytes) bytes = pd_raw_load (desk, raw, error);
  gsize size;
  const void *data;

  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &size);
  return fwrite (data, 1, size, stdout) == size
         || pd_fail (error, PD_ERROR_TEMPORARY, "cannot write to the output");
}

gboolean
pd_command_inbound_show (PdCli *cli, int argc, char **argv, GError **error)
{
  gboolean raw = FALSE;
  const GOptionEntry entries[] = {
    { "raw", 'r', 0, G_OPTION_ARG_NONE, &raw, "The mail itself, byte for byte", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdInboundRow) row = NULL;
  gint64 id;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) || !pd_cli_id (argv[1], &id, error)
      || !pd_cli_desk (cli, error) || !pd_inbound_get (cli->desk, id, &row, error))
    return FALSE;
  if (row == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no mail in with the id %s", argv[1]);
  if (raw)
    return write_raw (cli->desk, row->raw, error);
  pd_rows_print_inbound_full (cli, row);
  return TRUE;
}

/* ---- retry, drop --------------------------------------------------------- */

typedef gboolean (*Retry) (PdDesk *desk, gint64 id, const PdMail *mail, PdVerdict **out_verdict,
                           GError **error);

typedef struct {
  Retry retry;
  gint64 id;
  PdMail *mail;
  PdVerdict *verdict;
} RetryWork;

static gboolean
file_again (PdDesk *desk, gpointer data, GError **error)
{
  RetryWork *work = data;

  g_clear_pointer (&work->verdict, pd_verdict_free);
  return work->retry (desk, work->id, work->mail, &work->verdict, error);
}

static gboolean
retry_one (PdCli *cli, Retry retry, const char *text, GError **error)
{
  g_autoptr (PdInboundRow) row = NULL;
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (PdMail) mail = NULL;
  RetryWork work = { .retry = retry };
  gboolean filed;

  if (!pd_cli_id (text, &work.id, error) || !pd_inbound_get (cli->desk, work.id, &row, error))
    return FALSE;
  if (row == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no mail in with the id %s", text);
  raw = pd_raw_load (cli->desk, row->raw, error);
  if (raw == NULL)
    return FALSE;
  mail = work.mail = pd_cli_parse (cli, raw, row->mail_from, NULL, error);
  if (mail == NULL)
    {
      g_prefix_error (error, "%s: ", text);
      return FALSE;
    }
  filed = pd_desk_transaction (cli->desk, file_again, &work, error);
  if (filed)
    g_print ("%s: %s%s%s\n", text, work.verdict->outcome,
             work.verdict->reason[0] != '\0' ? ": " : "", work.verdict->reason);
  g_clear_pointer (&work.verdict, pd_verdict_free);
  return filed;
}

static gboolean
retry_all (PdCli *cli, Retry retry, int argc, char **argv, GError **error)
{
  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, -1, error) || !pd_cli_parsers (cli, error)
      || !pd_cli_desk (cli, error) || !pd_cli_start_parser (cli, 0, error))
    return FALSE;
  for (int i = 1; i < argc; i++)
    if (!retry_one (cli, retry, argv[i], error))
      return FALSE;
  return TRUE;
}

gboolean
pd_command_inbound_retry (PdCli *cli, int argc, char **argv, GError **error)
{
  return retry_all (cli, pd_intake_retry, argc, argv, error);
}

gboolean
pd_command_inbound_release (PdCli *cli, int argc, char **argv, GError **error)
{
  return retry_all (cli, pd_intake_release, argc, argv, error);
}

static gboolean
drop (PdDesk *desk, gpointer data, GError **error)
{
  return pd_inbound_drop (desk, *(gint64 *)data, "by hand", error);
}

gboolean
pd_command_inbound_drop (PdCli *cli, int argc, char **argv, GError **error)
{
  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, -1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  for (int i = 1; i < argc; i++)
    {
      gint64 id;

      if (!pd_cli_id (argv[i], &id, error) || !pd_desk_transaction (cli->desk, drop, &id, error))
        return FALSE;
      g_print ("%s: set aside\n", argv[i]);
    }
  return TRUE;
}
