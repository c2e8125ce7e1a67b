/* The people and tickets of a ZENLIX-2 help desk, from its MySQL dump. */
#include <sysexits.h>

#include "base/error.h"
#include "cli/commands.h"
#include "desk/import-zenlix.h"

static char *
number (guint64 n)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, n);
}

/* ---- for people ---- */

static void
print_reasons (const PdZenlixTable *table)
{
  GHashTableIter iter;
  gpointer reason, count;

  g_hash_table_iter_init (&iter, table->skipped);
  while (g_hash_table_iter_next (&iter, &reason, &count))
    g_print ("  %s: %" G_GUINT64_FORMAT " %s\n", table->table, *(guint64 *)count, (char *)reason);
}

static void
print_report (const PdZenlixReport *report, gboolean trial)
{
  g_autoptr (PdTable) rows = pd_table_new ("TABLE", "READ", "IMPORTED", "BEFORE", "LEFT OUT", NULL);

  for (guint i = 0; i < report->tables->len; i++)
    {
      const PdZenlixTable *table = g_ptr_array_index (report->tables, i);
      g_autofree char *read = number (table->read), *imported = number (table->imported);
      g_autofree char *known = number (table->known), *skipped = number (pd_zenlix_skipped (table));

      pd_table_add (rows, table->table, read, imported, known, skipped, NULL);
    }
  pd_table_print (rows, "the dump has no rows");
  g_print ("\nLeft out, and why:\n");
  for (guint i = 0; i < report->tables->len; i++)
    print_reasons (g_ptr_array_index (report->tables, i));
  g_print ("\nTo look at:\n");
  for (guint i = 0; i < report->notes->len; i++)
    g_print ("  %s\n", (char *)g_ptr_array_index (report->notes, i));
  if (report->notes_left_out > 0)
    g_print ("  and %" G_GUINT64_FORMAT " more\n", report->notes_left_out);
  g_print ("  no password was taken: `postdesk person invite ADDRESS` mails a link to choose one\n");
  if (trial)
    g_print ("\nThis was a trial: nothing has changed.\n");
}

/* ---- for programs ---- */

static struct json_object *
table_json (const PdZenlixTable *table)
{
  struct json_object *object = json_object_new_object ();
  struct json_object *skipped = json_object_new_object ();
  GHashTableIter iter;
  gpointer reason, count;

  pd_json_text (object, "table", table->table);
  json_object_object_add (object, "read", json_object_new_int64 ((gint64)table->read));
  json_object_object_add (object, "imported", json_object_new_int64 ((gint64)table->imported));
  json_object_object_add (object, "before", json_object_new_int64 ((gint64)table->known));
  g_hash_table_iter_init (&iter, table->skipped);
  while (g_hash_table_iter_next (&iter, &reason, &count))
    json_object_object_add (skipped, reason, json_object_new_int64 ((gint64) * (guint64 *)count));
  json_object_object_add (object, "left_out", skipped);
  return object;
}

static void
print_json (const PdZenlixReport *report, gboolean trial)
{
  struct json_object *object = json_object_new_object ();
  struct json_object *tables = json_object_new_array (), *notes = json_object_new_array ();

  json_object_object_add (object, "trial", json_object_new_boolean (trial));
  for (guint i = 0; i < report->tables->len; i++)
    json_object_array_add (tables, table_json (g_ptr_array_index (report->tables, i)));
  json_object_object_add (object, "tables", tables);
  for (guint i = 0; i < report->notes->len; i++)
    json_object_array_add (notes, json_object_new_string (g_ptr_array_index (report->notes, i)));
  json_object_object_add (object, "notes", notes);
  json_object_object_add (object, "notes_left_out",
                          json_object_new_int64 ((gint64)report->notes_left_out));
  pd_cli_print_json (object);
  json_object_put (object);
}

gboolean
pd_command_import_zenlix (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *files = NULL, *zone = NULL;
  gboolean trial = FALSE;
  const GOptionEntry entries[] = {
    { "files", 0, 0, G_OPTION_ARG_FILENAME, &files,
      "The folder of uploads (upload_files): files are attached", "DIRECTORY" },
    { "timezone", 0, 0, G_OPTION_ARG_STRING, &zone,
      "Of the times in the dump, if its own setting is wrong", "ZONE" },
    { "try", 0, 0, G_OPTION_ARG_NONE, &trial,
      "Count what would be done and change nothing; mail waits meanwhile", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdZenlixReport) report = NULL;
  PdZenlixOptions options;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  if (files != NULL && !g_file_test (files, G_FILE_TEST_IS_DIR))
    return pd_fail (error, PD_ERROR_NOT_FOUND, "--files: %s is no directory", files);
  options = (PdZenlixOptions){
    .files = files,
    .zone = zone,
    .fallback_zone = pd_config_text (cli->program->config, PD_SETTING_DESK_TIMEZONE),
    .trial = trial,
  };
  report = pd_import_zenlix (cli->desk, argv[1], &options, error);
  if (report == NULL)
    return FALSE;
  if (cli->json)
    print_json (report, trial);
  else
    print_report (report, trial);
  return TRUE;
}
