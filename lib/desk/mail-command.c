#include "desk/mail-command.h"

#include <string.h>

#include "base/nearest.h"

typedef enum { NOTHING, OPTIONAL, NEEDED, NUMBER } Argument;

/* clang-format off */
static const struct {
  const char *name;
  Argument    argument;
  const char *usage;
} table[PD_N_COMMANDS] = {
  [PD_COMMAND_TAKE]     = { "take",     NOTHING,  "#take" },
  [PD_COMMAND_RELEASE]  = { "release",  NOTHING,  "#release" },
  [PD_COMMAND_DONE]     = { "done",     NOTHING,  "#done" },
  [PD_COMMAND_REOPEN]   = { "reopen",   NOTHING,  "#reopen" },
  [PD_COMMAND_WAIT]     = { "wait",     OPTIONAL, "#wait [WHEN]" },
  [PD_COMMAND_FORWARD]  = { "forward",  NEEDED,   "#forward UNIT|ADDRESS [text]" },
  [PD_COMMAND_ASSIGN]   = { "assign",   NEEDED,   "#assign ADDRESS…" },
  [PD_COMMAND_PRIORITY] = { "priority", NEEDED,   "#priority low|normal|high" },
  [PD_COMMAND_PLAN]     = { "plan",     NEEDED,   "#plan NAME" },
  [PD_COMMAND_DEADLINE] = { "deadline", NEEDED,   "#deadline WHEN|none" },
  [PD_COMMAND_NOTE]     = { "note",     OPTIONAL, "#note [text]" },
  [PD_COMMAND_REPLY]    = { "reply",    OPTIONAL, "#reply [text]" },
  [PD_COMMAND_TAG]      = { "tag",      NEEDED,   "#tag TAG…" },
  [PD_COMMAND_UNTAG]    = { "untag",    NEEDED,   "#untag TAG…" },
  [PD_COMMAND_WATCH]    = { "watch",    OPTIONAL, "#watch [ADDRESS…]" },
  [PD_COMMAND_UNWATCH]  = { "unwatch",  OPTIONAL, "#unwatch [ADDRESS…]" },
  [PD_COMMAND_MERGE]    = { "merge",    NUMBER,   "#merge N" },
  [PD_COMMAND_SPLIT]    = { "split",    NOTHING,  "#split" },
  [PD_COMMAND_LINK]     = { "link",     NUMBER,   "#link N" },
  [PD_COMMAND_SPAM]     = { "spam",     NOTHING,  "#spam" },
  [PD_COMMAND_ASK]      = { "ask",      NEEDED,   "#ask ADDRESS" },
  [PD_COMMAND_STATUS]   = { "status",   NOTHING,  "#status" },
  [PD_COMMAND_HELP]     = { "help",     NOTHING,  "#help" },
  [PD_COMMAND_TRY]      = { "try",      NOTHING,  "#try" },
};
/* clang-format on */

const char *
pd_command_name (PdCommandVerb verb)
{
  g_return_val_if_fail (verb < PD_N_COMMANDS, "");
  return table[verb].name;
}

const char *
pd_command_usage (PdCommandVerb verb)
{
  g_return_val_if_fail (verb < PD_N_COMMANDS, "");
  return table[verb].usage;
}

static void
command_free (gpointer data)
{
  PdMailCommand *command = data;

  g_free (command->written);
  g_free (command->argument);
  g_free (command->error);
  g_free (command);
}

void
pd_mail_commands_free (PdMailCommands *commands)
{
  if (commands == NULL)
    return;
  g_ptr_array_unref (commands->commands);
  g_free (commands->text);
  g_free (commands);
}

/* Mail programs indent with what they like: blanks, no-break spaces, and marks
 * of direction or of the file's beginning. */
static const char *
skip_space (const char *text)
{
  for (;;)
    {
      gunichar c = g_utf8_get_char (text);

      if (c == 0 || c == '\n' || !(g_unichar_isspace (c) || g_unichar_iszerowidth (c)))
        return text;
      text = g_utf8_next_char (text);
    }
}

/* Behind the "#" of a command line, or NULL: a hash and a digit name a ticket, a
 * hash and a blank are a headline. */
static const char *
command_word (const char *line)
{
  const char *at = skip_space (line);

  return *at == '#' && g_ascii_isalpha (at[1]) ? at + 1 : NULL;
}

static int
verb_of (const char *word)
{
  for (int i = 0; i < PD_N_COMMANDS; i++)
    if (g_ascii_strcasecmp (word, table[i].name) == 0)
      return i;
  return -1;
}

static char *
unknown_verb (const char *word)
{
  g_autofree char *small = g_ascii_strdown (word, -1);
  PdNearest nearest = PD_NEAREST (small);

  for (gsize i = 0; i < PD_N_COMMANDS; i++)
    pd_nearest_offer (&nearest, table[i].name);
  return nearest.best != NULL
             ? g_strdup_printf ("there is no #%s; did you mean #%s?", word, nearest.best)
             : g_strdup_printf ("there is no #%s; #help lists what there is", word);
}

/* "12" or "#12": not 0, and not more than fits */
static gboolean
is_number (const char *text)
{
  const char *digits = text + (*text == '#');
  gsize length = strspn (digits, "0123456789");

  return length > 0 && length <= 18 && digits[length] == '\0' && *digits != '0';
}

static char *
wrong_argument (PdCommandVerb verb, const char *argument)
{
  Argument wanted = table[verb].argument;

  if (strlen (argument) > PD_MAIL_COMMAND_MAX_ARGUMENT)
    return g_strdup_printf ("the line is longer than %d octets", PD_MAIL_COMMAND_MAX_ARGUMENT);
  if (wanted == NOTHING && *argument != '\0')
    return g_strdup_printf ("#%s stands alone on its line; text comes below", table[verb].name);
  if ((wanted == NEEDED && *argument == '\0') || (wanted == NUMBER && !is_number (argument)))
    return g_strdup_printf ("write %s", table[verb].usage);
  return NULL;
}

/* word    behind the "#"
 * length  of the line from there */
static PdMailCommand *
read_command (const char *line, gsize line_length, const char *word)
{
  PdMailCommand *command = g_new0 (PdMailCommand, 1);
  g_autofree char *rest = g_strndup (word, line_length - (gsize)(word - line));
  gsize end = strcspn (rest, " \t\r");
  g_autofree char *name = NULL;
  int verb;

  /* "#done." and "#take:" are written by who thinks in sentences */
  name = g_strndup (rest, end);
  if (end > 0 && strchr (".:;,!", name[end - 1]) != NULL)
    name[end - 1] = '\0';
  verb = verb_of (name);
  command->written = g_strchomp (g_strndup (line, line_length));
  command->argument = g_strstrip (g_strdup (rest + end));
  if (verb < 0)
    command->error = unknown_verb (name);
  else
    {
      command->verb = (PdCommandVerb)verb;
      command->error = wrong_argument (command->verb, command->argument);
    }
  return command;
}

PdMailCommands *
pd_mail_commands_parse (const char *visible)
{
  PdMailCommands *result = g_new0 (PdMailCommands, 1);
  const char *line = visible;

  result->commands = g_ptr_array_new_with_free_func (command_free);
  while (*line != '\0')
    {
      gsize length = strcspn (line, "\n");
      const char *word = command_word (line);
      PdMailCommand *command;

      if (word == NULL && (result->commands->len > 0 || *skip_space (line) != '\n'))
        break;
      if (result->commands->len == PD_MAIL_COMMAND_MAX_LINES)
        break;
      if (word != NULL)
        {
          command = read_command (line, length, word);
          if (result->commands->len == PD_MAIL_COMMAND_MAX_LINES - 1 && command->error == NULL)
            command->error = g_strdup_printf ("a mail may have %d command lines",
                                              PD_MAIL_COMMAND_MAX_LINES - 1);
          result->failed |= command->error != NULL;
          g_ptr_array_add (result->commands, command);
        }
      line += length + (line[length] == '\n');
    }
  result->text = g_strdup (result->commands->len > 0 ? line + strspn (line, "\r\n") : visible);
  return result;
}

gboolean
pd_mail_commands_have (const PdMailCommands *commands, PdCommandVerb verb)
{
  for (guint i = 0; i < commands->commands->len; i++)
    {
      const PdMailCommand *one = g_ptr_array_index (commands->commands, i);

      if (one->error == NULL && one->verb == verb)
        return TRUE;
    }
  return FALSE;
}

GStrv
pd_mail_command_dup_words (const PdMailCommand *command)
{
  g_auto (GStrv) parts = g_strsplit_set (command->argument, " \t,;", -1);
  GPtrArray *words = g_ptr_array_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_ptr_array_add (words, g_strdup (parts[i]));
  g_ptr_array_add (words, NULL);
  return (GStrv)g_ptr_array_free (words, FALSE);
}
