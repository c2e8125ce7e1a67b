#include "cli/commands.h"
#include "desk/access.h"

/* The views of an act in the order of the table, a letter each. */
static const struct {
  PdView view;
  char letter;
  const char *help;
} columns[PD_N_VIEWS] = {
  { PD_VIEW_FREE, 'f', "it is free" },
  { PD_VIEW_MINE, 'm', "he has it in work" },
  { PD_VIEW_OTHERS, 'o', "somebody else has it in work" },
  { PD_VIEW_WAITING, 'w', "it waits for the customer" },
  { PD_VIEW_DONE, 'd', "it is done, by him" },
  { PD_VIEW_DONE_BY_OTHERS, 'e', "it is done, by somebody else" },
  { PD_VIEW_ARCHIVED, 'a', "it is archived" },
};

static const struct {
  PdStanding standing;
  const char *help;
} rows[PD_N_STANDINGS] = {
  { PD_STANDING_COPIED, "a client who watches it or is in copy" },
  { PD_STANDING_GROUP_HEAD, "a client who heads the requester's group" },
  { PD_STANDING_CUSTOMER, "its requester or author, also of staff" },
  { PD_STANDING_ONLOOKER, "staff that watches it or is in copy" },
  { PD_STANDING_WORKER,
    "staff: has it in work, is an assignee or its author, or a member of the unit that has it whole" },
  { PD_STANDING_HEAD, "head of its unit" },
  { PD_STANDING_DIRECTOR, "head of the directorate: of everything" },
  { PD_STANDING_ADMIN, "administrator" },
};

/* The letters of the views in which it may be done; caller frees. */
static char *
dup_cell (PdAct act, PdStanding standing)
{
  GString *letters = g_string_new (NULL);

  for (gsize i = 0; i < PD_N_VIEWS; i++)
    if ((pd_access_cell (standing, columns[i].view) & act) != 0)
      g_string_append_c (letters, columns[i].letter);
  return g_string_free (letters, FALSE);
}

/* ---- as JSON ---- */

static struct json_object *
act_json (PdAct act, guint standings)
{
  struct json_object *object = json_object_new_object ();

  for (gsize i = 0; i < PD_N_STANDINGS; i++)
    {
      struct json_object *views;

      if ((standings & 1u << rows[i].standing) == 0)
        continue;
      views = json_object_new_array ();
      for (gsize k = 0; k < PD_N_VIEWS; k++)
        if ((pd_access_cell (rows[i].standing, columns[k].view) & act) != 0)
          json_object_array_add (views,
                                 json_object_new_string (pd_view_name (columns[k].view)));
      json_object_object_add (object, pd_standing_name (rows[i].standing), views);
    }
  return object;
}

static void
print_json (guint standings)
{
  struct json_object *object = json_object_new_object ();

  for (guint i = 0; i < PD_N_ACTS; i++)
    {
      PdAct act = (PdAct)(1u << i);

      json_object_object_add (object, pd_act_name (act), act_json (act, standings));
    }
  pd_cli_print_json (object);
  json_object_put (object);
}

/* ---- for people ---- */

static void
print_row (const char *first, char *const *cells, guint standings)
{
  g_print ("%-10s", first);
  for (gsize i = 0; i < PD_N_STANDINGS; i++)
    if ((standings & 1u << rows[i].standing) != 0)
      g_print ("%-12s", cells[i][0] != '\0' ? cells[i] : "-");
  g_print ("\n");
}

static void
print_table (guint standings)
{
  char *cells[PD_N_STANDINGS];

  for (gsize k = 0; k < PD_N_STANDINGS; k++)
    cells[k] = (char *)pd_standing_name (rows[k].standing);
  print_row ("", cells, standings);
  for (guint i = 0; i < PD_N_ACTS; i++)
    {
      PdAct act = (PdAct)(1u << i);

      for (gsize k = 0; k < PD_N_STANDINGS; k++)
        cells[k] = dup_cell (act, rows[k].standing);
      print_row (pd_act_name (act), cells, standings);
      for (gsize k = 0; k < PD_N_STANDINGS; k++)
        g_free (cells[k]);
    }
}

static void
print_legend (guint standings)
{
  g_print ("\nA letter says that it may be done while\n");
  for (gsize i = 0; i < PD_N_VIEWS; i++)
    g_print ("  %c  %s\n", columns[i].letter, columns[i].help);
  g_print ("\nSomebody may do what any of his standings may:\n");
  for (gsize i = 0; i < PD_N_STANDINGS; i++)
    if ((standings & 1u << rows[i].standing) != 0)
      g_print ("  %-12s%s\n", pd_standing_name (rows[i].standing), rows[i].help);
}

/* What somebody of a role can be to a ticket. */
static guint
standings_of (PdRole role)
{
  PdAccess access = { .role = role, .active = TRUE, .relations = ~0u, .group_head = TRUE };

  if (role == PD_ROLE_AGENT)
    access.relations &= ~(guint)PD_IS_HEAD;
  return pd_access_standings (&access);
}

gboolean
pd_command_access (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *role_name = NULL;
  const GOptionEntry entries[] = {
    { "role", 'r', 0, G_OPTION_ARG_STRING, &role_name,
      "Only what a client, agent, head or director can be", "ROLE" },
    G_OPTION_ENTRY_NULL,
  };
  guint standings = (1u << PD_N_STANDINGS) - 1;
  PdRole role;

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 0, error)
      || (role_name != NULL && !pd_role_parse (role_name, &role, error)))
    return FALSE;
  if (role_name != NULL)
    standings = standings_of (role);
  if (cli->json)
    {
      print_json (standings);
      return TRUE;
    }
  print_table (standings);
  print_legend (standings);
  return TRUE;
}
