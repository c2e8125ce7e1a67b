#include "sieve/sieve-plan.h"

static void
memo_free (gpointer data)
{
  PdSieveMemo *memo = data;

  g_free (memo->key);
  g_free (memo);
}

static void
action_free (gpointer data)
{
  pd_sieve_action_free (data);
}

PdSievePlan *
pd_sieve_plan_new (void)
{
  PdSievePlan *plan = g_new0 (PdSievePlan, 1);

  plan->actions = g_ptr_array_new_with_free_func (action_free);
  plan->memos = g_ptr_array_new_with_free_func (memo_free);
  return plan;
}

void
pd_sieve_plan_free (PdSievePlan *plan)
{
  if (plan == NULL)
    return;
  g_ptr_array_unref (plan->actions);
  g_ptr_array_unref (plan->memos);
  g_clear_pointer (&plan->fields, g_ptr_array_unref);
  g_free ((char *)plan->error_place.script);
  g_free (plan->error);
  g_free (plan);
}

PdSieveAction *
pd_sieve_action_new (PdSieveActionKind kind, const PdSieveNode *node)
{
  PdSieveAction *action = g_new0 (PdSieveAction, 1);

  action->kind = kind;
  action->importance = 2;
  action->implicit = node == NULL;
  action->target = g_strdup ("");
  action->text = g_strdup ("");
  if (node == NULL)
    return action;
  action->verb = node->verb;
  action->place = node->place;
  /* a plan may outlive its script */
  action->place.script = g_strdup (node->place.script != NULL ? node->place.script : "");
  return action;
}

void
pd_sieve_action_free (PdSieveAction *action)
{
  if (action == NULL)
    return;
  if (action->free_details != NULL)
    action->free_details (action->details);
  g_free ((char *)action->place.script);
  g_free (action->target);
  g_free (action->text);
  g_strfreev (action->flags);
  g_free (action->subject);
  g_free (action->from);
  g_free (action->handle);
  g_strfreev (action->options);
  g_free (action->recipient);
  g_strfreev (action->values);
  g_free (action);
}

const char *
pd_sieve_action_name (const PdSieveAction *action)
{
  static const char *const names[] = {
    [PD_SIEVE_KEEP] = "keep",         [PD_SIEVE_FILEINTO] = "fileinto", [PD_SIEVE_DISCARD] = "discard",
    [PD_SIEVE_REDIRECT] = "redirect", [PD_SIEVE_REJECT] = "reject",     [PD_SIEVE_EREJECT] = "ereject",
    [PD_SIEVE_VACATION] = "vacation", [PD_SIEVE_NOTIFY] = "notify",
  };

  if (action->kind == PD_SIEVE_HOST)
    return action->verb != NULL ? action->verb->name : "";
  return names[action->kind];
}

/* One line of a text that may have many. */
static void
append_quoted (GString *line, const char *before, const char *text)
{
  g_string_append (line, before);
  g_string_append_c (line, '"');
  for (const char *at = text; *at != '\0'; at++)
    if (*at == '"' || *at == '\\')
      g_string_append_printf (line, "\\%c", *at);
    else if (*at == '\n')
      g_string_append (line, "\\n");
    else if ((guchar)*at >= ' ' && *at != 0x7f)
      g_string_append_c (line, *at);
  g_string_append_c (line, '"');
}

static void
append_strings (GString *line, const char *before, char *const *texts)
{
  if (texts == NULL || texts[0] == NULL)
    return;
  g_string_append_printf (line, "%s [", before);
  for (guint i = 0; texts[i] != NULL; i++)
    append_quoted (line, i > 0 ? ", " : "", texts[i]);
  g_string_append_c (line, ']');
}

static void
append_action (GString *text, const PdSieveAction *action)
{
  const struct {
    const char *tag, *value;
  } named[] = {
    { " :from ", action->from },
    { " :subject ", action->subject },
    { " :handle ", action->handle },
    { " to ", action->recipient },
  };

  g_string_append (text, pd_sieve_action_name (action));
  if (action->copy)
    g_string_append (text, " :copy");
  if (action->create)
    g_string_append (text, " :create");
  if (action->mime)
    g_string_append (text, " :mime");
  if (action->importance != 2)
    g_string_append_printf (text, " :importance \"%d\"", action->importance);
  append_strings (text, " :flags", action->flags);
  append_strings (text, " :options", action->options);
  for (guint i = 0; i < G_N_ELEMENTS (named); i++)
    if (named[i].value != NULL && named[i].value[0] != '\0')
      append_quoted (text, named[i].tag, named[i].value);
  if (action->target[0] != '\0')
    append_quoted (text, " ", action->target);
  if (action->text[0] != '\0')
    append_quoted (text, " ", action->text);
  append_strings (text, "", action->values);
  if (action->implicit)
    g_string_append (text, " (implicit)\n");
  else
    g_string_append_printf (text, " (line %u)\n", action->place.line);
}

char *
pd_sieve_plan_to_text (const PdSievePlan *plan)
{
  GString *text = g_string_new (NULL);

  if (plan->error != NULL)
    g_string_append_printf (text, "error: %s (line %u)\n", plan->error, plan->error_place.line);
  for (guint i = 0; i < plan->actions->len; i++)
    append_action (text, g_ptr_array_index (plan->actions, i));
  return g_string_free (text, FALSE);
}
