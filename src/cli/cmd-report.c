#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/commands.h"
#include "desk/report.h"
#include "desk/unit.h"

/* what the options say; NULL: not given */
typedef struct {
  char *unit, *person, *from, *to, *zone, *table, *as;
  gboolean csv;
  int limit;
  /* what they mean */
  PdPerson *actor;
  PdReportRequest request;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->unit);
  g_free (options->person);
  g_free (options->from);
  g_free (options->to);
  g_free (options->zone);
  g_free (options->table);
  g_free (options->as);
  g_clear_pointer (&options->actor, pd_person_free);
  g_clear_pointer (&options->request.zone, g_time_zone_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* --zone, else the actor's own, else the desk's */
static gboolean
choose_zone (PdCli *cli, Options *options, GError **error)
{
  const char *zone = options->zone;

  if (zone == NULL && options->actor->timezone[0] != '\0')
    zone = options->actor->timezone;
  if (zone == NULL)
    zone = cli->desk->settings->timezone;
  options->request.zone = g_time_zone_new_identifier (zone);
  return options->request.zone != NULL
         || pd_fail (error, PD_ERROR_INVALID,
                     "--zone: there is no time zone \"%s\"; write for example Europe/Kyiv", zone);
}

static gboolean
read_options (PdCli *cli, Options *options, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "unit", 'u', 0, G_OPTION_ARG_STRING, &options->unit, "The unit (general: one of all)",
      "NAME" },
    { "person", 'p', 0, G_OPTION_ARG_STRING, &options->person, "The person (report person)",
      "ADDRESS" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &options->from, "The first day, 2026-11-01", "DAY" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options->to, "The last day, whole (else the first one)",
      "DAY" },
    { "zone", 0, 0, G_OPTION_ARG_STRING, &options->zone, "Whose days (else your own zone)",
      "ZONE" },
    { "limit", 'n', 0, G_OPTION_ARG_INT, &options->limit,
      "Rows of a table at most (1000; up to 10000); totals are over all", "N" },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &options->csv,
      "One table as CSV: choose it by --table if the report has several", NULL },
    { "table", 't', 0, G_OPTION_ARG_STRING, &options->table, "Which table (with --csv)", "NAME" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &options->as, "Who asks (else the first administrator)",
      "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 0, error))
    return FALSE;
  if (options->from == NULL)
    return pd_cli_usage (cli, error, "which days? give --from DAY, and --to DAY for more than one");
  if (options->limit < 0 || options->limit > PD_REPORT_MAX_LIMIT)
    return pd_cli_usage (cli, error, "--limit is a number of 1 to 10000");
  if (options->csv && cli->json)
    return pd_cli_usage (cli, error, "--csv or --json, not both");
  if (!pd_cli_desk (cli, error))
    return FALSE;
  options->actor = pd_cli_actor (cli, options->as, error);
  if (options->actor == NULL || !choose_zone (cli, options, error))
    return FALSE;
  options->request.actor = options->actor;
  options->request.limit = (guint)options->limit;
  return pd_report_period (options->from, options->to, options->request.zone,
                           &options->request.from, &options->request.to, error);
}

static gboolean
print_csv (const Options *options, const PdReport *report, GError **error)
{
  const PdReportTable *table = g_ptr_array_index (report->tables, 0);
  g_autofree char *text = NULL;

  if (options->table != NULL || report->tables->len > 1)
    table = pd_report_need_table (report, options->table != NULL ? options->table : "", error);
  if (table == NULL)
    {
      g_prefix_error (error, "--table: ");
      return FALSE;
    }
  text = pd_report_dup_csv (table);
  /* byte for byte, CRLF too; what is for the eye must not move the cursor */
  if (isatty (STDOUT_FILENO))
    g_print ("%s", text);
  else
    fputs (text, stdout);
  return fflush (stdout) == 0
         || pd_fail (error, PD_ERROR_TEMPORARY, "cannot write: %s", g_strerror (errno));
}

static gboolean
print_report (PdCli *cli, const Options *options, const PdReport *report, GError **error)
{
  g_autofree char *text = NULL;

  if (report == NULL)
    return FALSE;
  if (options->csv)
    return print_csv (options, report, error);
  if (cli->json)
    {
      struct json_object *object = pd_report_json (report);

      pd_cli_print_json (object);
      json_object_put (object);
      return TRUE;
    }
  text = pd_report_dup_text (report);
  g_print ("%s", text);
  return TRUE;
}

typedef PdReport *(*UnitReport) (PdDesk *desk, const PdReportRequest *request, gint64 unit,
                                 GError **error);

static gboolean
report_unit (PdCli *cli, UnitReport make, gboolean needed, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (PdUnit) unit = NULL;
  g_autoptr (PdReport) report = NULL;

  if (!read_options (cli, &options, argc, argv, error))
    return FALSE;
  if (needed && options.unit == NULL)
    return pd_cli_usage (cli, error, "of which unit? give --unit NAME");
  if (options.unit != NULL && (unit = pd_unit_need (cli->desk, options.unit, error)) == NULL)
    return FALSE;
  report = make (cli->desk, &options.request, unit != NULL ? unit->id : 0, error);
  return print_report (cli, &options, report, error);
}

gboolean
pd_command_report_sla (PdCli *cli, int argc, char **argv, GError **error)
{
  return report_unit (cli, pd_report_sla, TRUE, argc, argv, error);
}

gboolean
pd_command_report_stats (PdCli *cli, int argc, char **argv, GError **error)
{
  return report_unit (cli, pd_report_stats, TRUE, argc, argv, error);
}

gboolean
pd_command_report_general (PdCli *cli, int argc, char **argv, GError **error)
{
  return report_unit (cli, pd_report_general, FALSE, argc, argv, error);
}

gboolean
pd_command_report_person (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (PdPerson) person = NULL;
  g_autoptr (PdReport) report = NULL;

  if (!read_options (cli, &options, argc, argv, error))
    return FALSE;
  if (options.person != NULL
      && (person = pd_person_need (cli->desk, options.person, error)) == NULL)
    return FALSE;
  report = pd_report_person (cli->desk, &options.request,
                             person != NULL ? person->id : options.actor->id, error);
  return print_report (cli, &options, report, error);
}
