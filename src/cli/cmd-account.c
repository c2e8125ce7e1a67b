#include "base/error.h"
#include "cli/commands.h"
#include "desk/account.h"

typedef struct {
  const PdPerson *person, *actor;
  const char *address;
} Work;

static gboolean
invite (PdDesk *desk, gpointer data, GError **error)
{
  const Work *work = data;

  return pd_account_invite (desk, work->person, work->actor, error);
}

gboolean
pd_command_person_invite (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who acts", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdPerson) person = NULL;
  g_autoptr (PdPerson) actor = NULL;
  Work work = { 0 };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  actor = pd_cli_actor (cli, as, error);
  person = actor != NULL ? pd_person_need (cli->desk, argv[1], error) : NULL;
  if (person == NULL)
    return FALSE;
  work.person = person;
  work.actor = actor;
  if (!pd_desk_transaction (cli->desk, invite, &work, error))
    return FALSE;
  g_print ("%s gets a mail with a link to choose a password.\n", pd_person_label (person));
  return TRUE;
}

static gboolean
recover (PdDesk *desk, gpointer data, GError **error)
{
  const Work *work = data;

  return pd_account_recover (desk, work->address, error);
}

gboolean
pd_command_person_recover (PdCli *cli, int argc, char **argv, GError **error)
{
  Work work = { 0 };

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  work.address = argv[1];
  if (!pd_desk_transaction (cli->desk, recover, &work, error))
    return FALSE;
  g_print ("If there is an account with this address, it gets a mail with a link.\n");
  return TRUE;
}
