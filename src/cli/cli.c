#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/unseal.h"
#include "store/migrate.h"

#define FREE_MEMORY (512 * 1024 * 1024) /* octets for a parser where no setting says it */
#define FREE_TIME (60 * PD_SECOND)      /* the same */
#define MAX_TEXT (2 * 1024 * 1024)      /* octets of an answer or note */

gboolean
pd_cli_options (PdCli *cli, const GOptionEntry *entries, int *argc, char ***argv, int min, int max,
                GError **error)
{
  const GOptionEntry common[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &cli->config_path, "Settings file", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (cli->command->usage);
  g_autofree char *name = g_strdup_printf ("postdesk %s", cli->command->words);
  g_autoptr (GError) bad = NULL;

  g_set_prgname (name);
  g_option_context_set_summary (context, cli->command->summary);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, common, NULL);
  if (!g_option_context_parse (context, argc, argv, &bad))
    {
      cli->status = EX_USAGE;
      return pd_fail (error, PD_ERROR_INVALID, "%s", bad->message);
    }
  if (*argc > 1 && g_str_equal ((*argv)[1], "--"))
    {
      (*argv)[1] = (*argv)[0];
      (*argv)++;
      (*argc)--;
    }
  if (*argc - 1 < min || (max >= 0 && *argc - 1 > max))
    {
      cli->status = EX_USAGE;
      return pd_fail (error, PD_ERROR_INVALID, "usage: %s %s", name, cli->command->usage);
    }
  return TRUE;
}

gboolean
pd_cli_usage (PdCli *cli, GError **error, const char *text)
{
  cli->status = EX_USAGE;
  return pd_fail (error, PD_ERROR_INVALID, "%s", text);
}

gboolean
pd_cli_word (PdCli *cli, const char *option, const char *word, const char *const *words,
             GError **error)
{
  g_autofree char *all = NULL;

  if (word == NULL || g_strv_contains (words, word))
    return TRUE;
  all = g_strjoinv (", ", (char **)words);
  cli->status = EX_USAGE;
  return pd_fail (error, PD_ERROR_INVALID, "%s is one of %s, not \"%s\"", option, all, word);
}

gboolean
pd_cli_settings (PdCli *cli, GError **error)
{
  if (cli->program != NULL)
    return TRUE;
  cli->program = pd_program_load (cli->config_path, error);
  if (cli->program == NULL)
    cli->status = EX_CONFIG;
  return cli->program != NULL;
}

gboolean
pd_cli_desk (PdCli *cli, GError **error)
{
  if (cli->desk != NULL)
    return TRUE;
  if (!pd_cli_settings (cli, error))
    return FALSE;
  cli->desk = pd_program_open_desk (cli->program, error);
  return cli->desk != NULL;
}

gboolean
pd_cli_parsers (PdCli *cli, GError **error)
{
  cli->parsers = pd_parser_pool_new (NULL, error);
  return cli->parsers != NULL;
}

gboolean
pd_cli_start_gpg (PdCli *cli, GError **error)
{
  return cli->gpg != NULL || pd_program_start_gpg (cli->program, &cli->gpg, error);
}

gboolean
pd_cli_start_parser (PdCli *cli, gsize largest, GError **error)
{
  const PdParserSettings settings = {
    .workers = 1,
    .memory = MAX (FREE_MEMORY, largest * PD_PARSER_MEMORY_FACTOR),
    .time = FREE_TIME,
    .jail = PD_JAIL_PREFERRED,
  };
  g_autoptr (GError) bad = NULL;
  gboolean started = cli->program != NULL
                         ? pd_program_start_parsers (cli->program, cli->parsers, 1, &bad)
                         : pd_parser_pool_start (cli->parsers, &settings, &bad);

  if (started && cli->program != NULL)
    started = pd_cli_start_gpg (cli, &bad);
  if (started)
    return TRUE;
  if (pd_error_is (bad, PD_ERROR_INVALID))
    cli->status = EX_CONFIG;
  g_propagate_error (error, g_steal_pointer (&bad));
  return FALSE;
}

PdMail *
pd_cli_parse (PdCli *cli, GBytes *raw, const char *envelope_from, const char *envelope_to,
              GError **error)
{
  const PdParserJob job = { raw, envelope_from, envelope_to };
  const PdUnseal unseal = { .gpg = cli->gpg, .pool = cli->parsers };
  PdMail *mail = pd_parser_pool_parse (cli->parsers, &job, error);

  return mail == NULL ? NULL : pd_unseal (&unseal, raw, mail, envelope_from, envelope_to);
}

PdPerson *
pd_cli_actor (PdCli *cli, const char *address, GError **error)
{
  g_autoptr (GPtrArray) people = NULL;

  if (address == NULL)
    address = g_getenv ("POSTDESK_AS");
  if (address != NULL)
    return pd_person_need (cli->desk, address, error);

  people = pd_person_list (cli->desk, -1, error);
  if (people == NULL)
    return NULL;
  for (guint i = 0; i < people->len; i++)
    {
      PdPerson *person = g_ptr_array_index (people, i);

      if (person->admin && person->state == PD_PERSON_ACTIVE)
        return g_ptr_array_steal_index (people, i);
    }
  pd_fail (error, PD_ERROR_INVALID,
           "who acts? give --as ADDRESS, or make an administrator: postdesk person add --admin …");
  return NULL;
}

gboolean
pd_cli_number (const char *text, gint64 *out_number, GError **error)
{
  const char *digits = text[0] == '#' ? text + 1 : text;
  guint64 number = 0;

  *out_number = 0;
  if (!g_ascii_string_to_unsigned (digits, 10, 1, G_MAXINT64, &number, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is not a ticket number", text);
  *out_number = (gint64)number;
  return TRUE;
}

gboolean
pd_cli_id (const char *text, gint64 *out_id, GError **error)
{
  if (!pd_id_parse (text, out_id))
    return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is not an id such as the lists print", text);
  return TRUE;
}

GBytes *
pd_cli_read (const char *path, gsize max, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gboolean standard = g_str_equal (path, "-");
  FILE *file = standard ? stdin : fopen (path, "rbe");
  guint8 buffer[64 * 1024];
  gboolean broken;
  gsize n;

  if (file == NULL)
    {
      pd_fail (error, errno == EACCES ? PD_ERROR_DENIED : PD_ERROR_NOT_FOUND, "%s: %s", path,
               g_strerror (errno));
      return NULL;
    }
  while ((n = fread (buffer, 1, sizeof buffer, file)) > 0 && bytes->len <= max)
    g_byte_array_append (bytes, buffer, n);
  broken = ferror (file) != 0;
  if (!standard)
    fclose (file);
  if (broken)
    {
      pd_fail (error, PD_ERROR_TEMPORARY, "%s: cannot be read: %s", path, g_strerror (errno));
      return NULL;
    }
  if (bytes->len > max)
    {
      pd_fail (error, PD_ERROR_INVALID, "%s: larger than %" G_GSIZE_FORMAT " octets", path, max);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

char *
pd_cli_text (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *read = NULL;

  if (text == NULL)
    {
      if (isatty (STDIN_FILENO))
        g_printerr ("Type the text; Ctrl-D on a line of its own ends it.\n");
      bytes = pd_cli_read ("-", MAX_TEXT, error);
      if (bytes == NULL)
        return NULL;
      read = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      text = read;
    }
  if (!g_utf8_validate (text, -1, NULL))
    {
      pd_fail (error, PD_ERROR_INVALID, "the text is not UTF-8");
      return NULL;
    }
  if (text[strspn (text, " \t\r\n")] == '\0')
    {
      pd_fail (error, PD_ERROR_INVALID, "the text is empty");
      return NULL;
    }
  return g_strdup (text);
}

void
pd_cli_print_json (struct json_object *object)
{
  g_print ("%s\n",
           json_object_to_json_string_ext (object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
                                                       | JSON_C_TO_STRING_NOSLASHESCAPE));
}

void
pd_json_text (struct json_object *object, const char *name, const char *text)
{
  json_object_object_add (object, name, text != NULL ? json_object_new_string (text) : NULL);
}

void
pd_json_time (struct json_object *object, const char *name, gint64 time)
{
  g_autofree char *text = time != 0 ? pd_clock_format (time) : NULL;

  pd_json_text (object, name, text);
}

void
pd_json_id (struct json_object *object, const char *name, gint64 id)
{
  char text[PD_ID_TEXT_SIZE];

  pd_json_text (object, name, id != 0 ? pd_id_format (id, text) : NULL);
}
