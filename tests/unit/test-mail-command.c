#include "desk/mail-command.h"

#include <string.h>

/* "take; priority(high); !error" */
static char *
describe (const PdMailCommands *commands)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < commands->commands->len; i++)
    {
      const PdMailCommand *one = g_ptr_array_index (commands->commands, i);

      g_string_append (out, i > 0 ? "; " : "");
      if (one->error != NULL)
        g_string_append_printf (out, "!%s", one->error);
      else
        g_string_append_printf (out, *one->argument != '\0' ? "%s(%s)" : "%s",
                                pd_command_name (one->verb), one->argument);
    }
  return g_string_free (out, FALSE);
}

static void
test_lines (void)
{
  static const struct {
    const char *mail, *want, *text, *why;
  } cases[] = {
    { "#take\n\nI look at it.\n", "take", "I look at it.\n", "a command and a text" },
    { "#take\nI look at it.\n", "take", "I look at it.\n", "without an empty line" },
    { "\n \n#take\n", "take", "", "empty lines before" },
    { "#Priority HIGH\n#TAG a, b\nx\n", "priority(HIGH); tag(a, b)", "x\n", "any letter case" },
    { "  #done\n", "done", "", "indented" },
    { "\xC2\xA0\xE2\x80\x8B#done\r\nBye\r\n", "done", "Bye\r\n", "by no-break and zero width" },
    { "#done.\n", "done", "", "with a full stop" },
    { "#note: call him\n\nat noon\n", "note(call him)", "at noon\n", "with a colon and a text" },
    { "Hello\n#take\n", "", "Hello\n#take\n", "text before: all is text" },
    { "#12 is broken\n", "", "#12 is broken\n", "a ticket's number is no command" },
    { "# Headline\n", "", "# Headline\n", "nor is a headline" },
    { "#take\n\n#done\n", "take", "#done\n", "an empty line ends them" },
    { "#tkae\n", "!there is no #tkae; did you mean #take?", "", "a slip" },
    { "#explode\nx\n", "!there is no #explode; #help lists what there is", "x\n", "no such" },
    { "#merge 12\n#link #13\n", "merge(12); link(#13)", "", "numbers with and without a hash" },
    { "#merge\n", "!write #merge N", "", "a number is missing" },
    { "#merge twelve\n", "!write #merge N", "", "a word for a number" },
    { "#merge 99999999999999999999\n", "!write #merge N", "", "overflow" },
    { "#take over\n", "!#take stands alone on its line; text comes below", "",
      "an argument where none is" },
    { "#assign\n", "!write #assign ADDRESS…", "", "one is missing" },
    { "#wait\n", "wait", "", "one that may be missing" },
    { "#take", "take", "", "no line end" },
    { "", "", "", "nothing" },
    { "#", "", "#", "a hash alone" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdMailCommands) commands = pd_mail_commands_parse (cases[i].mail);
      g_autofree char *got = describe (commands);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (got, ==, cases[i].want);
      g_assert_cmpstr (commands->text, ==, cases[i].text);
      g_assert_cmpint (commands->failed, ==, strchr (cases[i].want, '!') != NULL);
    }
}

static void
test_all_verbs (void)
{
  for (guint i = 0; i < PD_N_COMMANDS; i++)
    {
      const char *usage = pd_command_usage ((PdCommandVerb)i);
      g_autofree char *begin = g_strdup_printf ("#%s", pd_command_name ((PdCommandVerb)i));

      g_assert_true (g_str_has_prefix (usage, begin));
    }
}

static void
test_have (void)
{
  g_autoptr (PdMailCommands) commands = pd_mail_commands_parse ("#try\n#take\n#mergee 1\n");

  g_assert_true (pd_mail_commands_have (commands, PD_COMMAND_TRY));
  g_assert_false (pd_mail_commands_have (commands, PD_COMMAND_MERGE));
  g_assert_true (commands->failed);
}

static void
test_words (void)
{
  g_autoptr (PdMailCommands) commands = pd_mail_commands_parse ("#tag  a,b ; c\t,,d\n");
  g_auto (GStrv) words = pd_mail_command_dup_words (g_ptr_array_index (commands->commands, 0));
  g_autofree char *joined = g_strjoinv ("|", words);

  g_assert_cmpstr (joined, ==, "a|b|c|d");
}

static void
test_bounds (void)
{
  GString *mail = g_string_new (NULL);
  g_autofree char *argument = g_strnfill (PD_MAIL_COMMAND_MAX_ARGUMENT + 1, 'x');
  g_autofree char *line = g_strdup_printf ("#tag %s\n", argument);
  g_autoptr (PdMailCommands) many = NULL;
  g_autoptr (PdMailCommands) wide = pd_mail_commands_parse (line);

  for (int i = 0; i < PD_MAIL_COMMAND_MAX_LINES + 5; i++)
    g_string_append (mail, "#watch\n");
  many = pd_mail_commands_parse (mail->str);
  g_string_free (mail, TRUE);
  g_assert_cmpuint (many->commands->len, ==, PD_MAIL_COMMAND_MAX_LINES);
  g_assert_true (many->failed);
  g_assert_true (g_str_has_prefix (many->text, "#watch\n"));
  g_assert_true (wide->failed);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mail-command/lines", test_lines);
  g_test_add_func ("/mail-command/all-verbs", test_all_verbs);
  g_test_add_func ("/mail-command/have", test_have);
  g_test_add_func ("/mail-command/words", test_words);
  g_test_add_func ("/mail-command/bounds", test_bounds);
  return g_test_run ();
}
