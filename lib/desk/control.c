#include "desk/control.h"

#include <string.h>

static void
line_free (gpointer data)
{
  PdControlLine *line = data;

  g_free (line->line);
  g_free (line->text);
  g_free (line->more);
  g_free (line);
}

void
pd_control_free (PdControl *control)
{
  if (control == NULL)
    return;
  pd_mail_commands_free (control->commands);
  g_free (control->act_text);
  g_free (control->refused);
  g_free (control->text);
  g_free (control->visible);
  g_ptr_array_unref (control->lines);
  g_free (control);
}

static PdControl *
control_new (void)
{
  PdControl *control = g_new0 (PdControl, 1);

  control->lines = g_ptr_array_new_with_free_func (line_free);
  return control;
}

void
pd_control_add_line (PdControl *control, const char *line, gboolean ok, const char *text,
                     const char *more)
{
  PdControlLine *one = g_new0 (PdControlLine, 1);
  g_autofree char *valid = g_utf8_make_valid (text, (gssize)strnlen (text, PD_CONTROL_MAX_TEXT));

  one->line = g_strdup (line);
  one->ok = ok;
  one->text = g_steal_pointer (&valid);
  one->more = g_strdup (more);
  control->failed |= !ok;
  g_ptr_array_add (control->lines, one);
}

/* ---- whose commands ---- */

static gboolean
is_customers (const PdMailCommand *command)
{
  return command->error == NULL
         && (command->verb == PD_COMMAND_DONE || command->verb == PD_COMMAND_REOPEN);
}

/* Leaves a customer's two commands; the other lines are what he writes. */
static void
keep_customers (PdMailCommands *commands)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint i = 0;

  while (i < commands->commands->len)
    {
      const PdMailCommand *command = g_ptr_array_index (commands->commands, i);

      if (is_customers (command))
        {
          i++;
          continue;
        }
      g_string_append_printf (text, "%s\n", command->written);
      g_ptr_array_remove_index (commands->commands, i);
    }
  g_string_append (text, commands->text);
  g_free (commands->text);
  commands->text = g_string_free (g_steal_pointer (&text), FALSE);
  commands->failed = FALSE;
}

static PdMailCommands *
parse (const char *text, gboolean staff)
{
  PdMailCommands *commands = pd_mail_commands_parse (text);

  if (!staff)
    keep_customers (commands);
  return commands;
}

/* Lines that change nothing, and take nobody's word for anything. */
static gboolean
is_harmless (const PdMailCommands *commands)
{
  for (guint i = 0; i < commands->commands->len; i++)
    {
      const PdMailCommand *command = g_ptr_array_index (commands->commands, i);

      if (command->error != NULL
          || (command->verb != PD_COMMAND_NOTE && command->verb != PD_COMMAND_HELP
              && command->verb != PD_COMMAND_TRY))
        return FALSE;
    }
  return TRUE;
}

/* ---- the text ---- */

static PdControlText
text_of_verb (PdCommandVerb verb)
{
  switch (verb)
    {
    case PD_COMMAND_NOTE:
      return PD_CONTROL_NOTE;
    case PD_COMMAND_REPLY:
      return PD_CONTROL_REPLY;
    case PD_COMMAND_ASK:
      return PD_CONTROL_ASK;
    default:
      return PD_CONTROL_AS_USUAL;
    }
}

static void
blame (PdMailCommands *commands, PdMailCommand *command, const char *what)
{
  command->error = g_strdup (what);
  commands->failed = TRUE;
}

/* What #note, #reply and #ask make of the text; one mail is one of them. */
static PdControlText
judge_text (PdMailCommands *commands, gboolean to_note)
{
  PdControlText is = PD_CONTROL_AS_USUAL;

  for (guint i = 0; i < commands->commands->len; i++)
    {
      PdMailCommand *command = g_ptr_array_index (commands->commands, i);
      PdControlText this
          = command->error == NULL ? text_of_verb (command->verb) : PD_CONTROL_AS_USUAL;

      if (this == PD_CONTROL_AS_USUAL)
        continue;
      if (to_note && this == PD_CONTROL_REPLY)
        blame (commands, command,
               "what comes to this address stays internal; write to the ticket's reply address");
      else if (is != PD_CONTROL_AS_USUAL && is != this)
        blame (commands, command, "one mail has one text: a note, a reply or a question");
      else
        is = this;
    }
  return to_note && is == PD_CONTROL_AS_USUAL ? PD_CONTROL_NOTE : is;
}

/* "#note the printer again" has its first words on the line itself. */
static char *
dup_text (const PdMailCommands *commands)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < commands->commands->len; i++)
    {
      const PdMailCommand *command = g_ptr_array_index (commands->commands, i);

      if (command->error == NULL && *command->argument != '\0'
          && (command->verb == PD_COMMAND_NOTE || command->verb == PD_COMMAND_REPLY))
        g_string_append_printf (text, "%s\n", command->argument);
    }
  g_string_append (text, commands->text);
  return g_strchomp (g_string_free (text, FALSE));
}

/* ---- the whole ---- */

static char *
dup_refusal (const PdControlMail *mail)
{
  return g_strdup_printf ("not done: commands need the proof of sender \"%s\" here, and this mail "
                          "has \"%s\"; write to the reply address of a notice that you got",
                          pd_proof_name (mail->needed), pd_proof_name (mail->proof));
}

PdControl *
pd_control_read (const PdControlMail *mail)
{
  g_autoptr (PdMailCommands) commands = NULL;
  g_autoptr (PdMailCommands) whole = NULL;
  PdControl *control;

  if (!mail->staff && mail->proof < PD_PROOF_ALIGNED)
    return NULL;
  commands = parse (mail->visible, mail->staff);
  if (commands->commands->len == 0)
    return NULL;
  /* the same lines stand at the head of the whole text, if it is not another part's */
  whole = parse (mail->text, mail->staff);
  control = control_new ();
  control->text_is = judge_text (commands, mail->to_note);
  control->dry = pd_mail_commands_have (commands, PD_COMMAND_TRY);
  if (mail->staff && mail->proof < mail->needed && !is_harmless (commands))
    control->refused = dup_refusal (mail);
  control->visible = dup_text (commands);
  control->text = dup_text (whole);
  control->commands = g_steal_pointer (&commands);
  return control;
}

PdControl *
pd_control_new_act (const PdSignedAddress *act, const char *text)
{
  PdControl *control = control_new ();

  control->act = act;
  control->act_text = g_strdup (text);
  control->visible = g_strdup ("");
  control->text = g_strdup ("");
  return control;
}

char *
pd_control_describe (const PdControl *control)
{
  GString *text = g_string_new (NULL);

  if (control->act != NULL)
    g_string_append (text, pd_signed_act_name (control->act->act));
  for (guint i = 0; control->commands != NULL && i < control->commands->commands->len; i++)
    {
      const PdMailCommand *command = g_ptr_array_index (control->commands->commands, i);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                              command->error == NULL ? pd_command_name (command->verb) : "?");
    }
  return g_string_free (text, FALSE);
}

gboolean
pd_control_has_text (const PdControl *control)
{
  for (const char *at = control->visible; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (!g_unichar_isspace (c) && !g_unichar_iszerowidth (c))
        return TRUE;
    }
  return FALSE;
}

const char *
pd_signed_act_name (PdSignedAct act)
{
  static const char *const names[PD_SIGNED_N_ACTS] = {
    [PD_SIGNED_TAKE] = "take",           [PD_SIGNED_DONE] = "done",
    [PD_SIGNED_REOPEN] = "reopen",       [PD_SIGNED_RATE_GOOD] = "rate-good",
    [PD_SIGNED_RATE_FAIR] = "rate-fair", [PD_SIGNED_RATE_BAD] = "rate-bad",
    [PD_SIGNED_UNDO] = "undo",
  };

  g_return_val_if_fail (act < PD_SIGNED_N_ACTS, "");
  return names[act];
}
