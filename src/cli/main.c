/* postdesk - the administrator's and agent's command.
 *
 *     postdesk COMMAND [VERB] [OPTIONS] [ARGUMENTS]
 *
 * Finds the command in the table and runs it.  Exit statuses are those of
 * sysexits.h: 0 done, 64 wrong usage, 65 bad input, 67 no such address, 70 a
 * bug, 75 try again later, 77 not permitted, 78 wrong settings.
 */
#include <locale.h>
#include <stdio.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>

#include "base/error.h"
#include "base/nearest.h"
#include "cli/cli.h"
#include "config.h"

static void
print_help (void)
{
  g_print ("postdesk %s - turns an e-mail address into a help desk\n\n"
           "usage: postdesk COMMAND [OPTIONS] [ARGUMENTS]\n\n",
           PACKAGE_VERSION);
  for (const PdCommand *c = pd_commands; c->words != NULL; c++)
    g_print ("  %-18s %s\n", c->words, c->summary);
  g_print ("\n`postdesk COMMAND --help` explains one.  Settings: -c FILE, else $POSTDESK_CONF,\n"
           "else %s/postdesk/postdesk.conf.\n",
           PD_SYSCONFDIR);
}

/* how many of the words of `command` the arguments begin with; 0: not this one */
static int
matched_words (const PdCommand *command, int argc, char **argv)
{
  g_auto (GStrv) words = g_strsplit (command->words, " ", -1);
  int n = (int)g_strv_length (words);

  if (argc - 1 < n)
    return 0;
  for (int i = 0; i < n; i++)
    if (!g_str_equal (words[i], argv[i + 1]))
      return 0;
  return n;
}

/* `postdesk ticket` without a verb, or with a wrong one: show what there is */
static int
print_verbs (const char *word)
{
  PdNearest nearest = PD_NEAREST (word);
  gboolean any = FALSE;

  for (const PdCommand *c = pd_commands; c->words != NULL; c++)
    if (g_str_has_prefix (c->words, word) && c->words[strlen (word)] == ' ')
      {
        if (!any)
          g_printerr ("postdesk %s has these verbs:\n", word);
        g_printerr ("  %-18s %s\n", c->words, c->summary);
        any = TRUE;
      }
  if (any)
    return EX_USAGE;
  for (const PdCommand *c = pd_commands; c->words != NULL; c++)
    {
      g_autofree char *first = g_strndup (c->words, strcspn (c->words, " "));

      pd_nearest_offer (&nearest, g_intern_string (first));
    }
  g_printerr ("postdesk: there is no command \"%s\"", word);
  if (nearest.best != NULL)
    g_printerr ("; did you mean \"%s\"?\n", nearest.best);
  else
    g_printerr ("; `postdesk --help` lists them\n");
  return EX_USAGE;
}

static int
run_command (const PdCommand *command, int n_words, const char *config_path, int argc, char **argv)
{
  PdCli cli = { .command = command, .config_path = config_path };
  g_autoptr (GError) error = NULL;
  gboolean done;
  int status;

  argv[n_words] = argv[0];
  done = command->run (&cli, argc - n_words, argv + n_words, &error);
  status = done || cli.status != 0 ? cli.status : pd_error_face (error)->exit;
  if (!done && error != NULL)
    g_printerr ("postdesk %s: %s\n", command->words, error->message);
  g_clear_pointer (&cli.gpg, pd_gpg_free);
  g_clear_pointer (&cli.parsers, pd_parser_pool_free);
  g_clear_pointer (&cli.desk, pd_desk_free);
  g_clear_pointer (&cli.program, pd_program_free);
  return status;
}

/* Prints UTF-8 as it is, in any locale: JSON is that by definition, and GLib
 * would put question marks.  What foreign mail brought must not move the cursor
 * of an administrator's terminal, so of the control characters only those pass
 * that we print ourselves. */
static void
print_clean (const char *text, const char *allowed, FILE *to)
{
  for (const guchar *at = (const guchar *)text; *at != '\0'; at++)
    {
      gboolean c1 = at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0;

      if (c1 || at[0] == 0x7f || (at[0] < 0x20 && strchr (allowed, at[0]) == NULL))
        putc_unlocked (' ', to);
      else
        putc_unlocked (at[0], to);
      at += c1;
    }
  fflush (to);
}

static void
print_out (const char *text)
{
  print_clean (text, "\n\t", stdout);
}

static void
print_err (const char *text)
{
  print_clean (text, "\n\t\r", stderr); /* the bar of `import` returns */
}

int
main (int argc, char **argv)
{
  const char *config_path = NULL;
  const PdCommand *best = NULL;
  int best_words = 0;

  setlocale (LC_ALL, "");
  g_set_print_handler (print_out);
  g_set_printerr_handler (print_err);
  /* an MTA that runs us bounds the size of files: that is a full disk to us */
  signal (SIGXFSZ, SIG_IGN);
  /* -c may stand before the command too */
  if (argc > 2 && g_str_equal (argv[1], "-c"))
    {
      config_path = argv[2];
      argv[2] = argv[0];
      argv += 2;
      argc -= 2;
    }
  if (argc < 2 || g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h")
      || g_str_equal (argv[1], "help"))
    {
      print_help ();
      return argc < 2 ? EX_USAGE : EX_OK;
    }
  if (g_str_equal (argv[1], "--version"))
    {
      g_print ("postdesk %s\n", PACKAGE_VERSION);
      return EX_OK;
    }
  for (const PdCommand *c = pd_commands; c->words != NULL; c++)
    {
      int n = matched_words (c, argc, argv);

      if (n > best_words)
        {
          best = c;
          best_words = n;
        }
    }
  return best != NULL ? run_command (best, best_words, config_path, argc, argv)
                      : print_verbs (argv[1]);
}
