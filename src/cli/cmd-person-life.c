/* What happens to people: their end and return, one of two, all that is stored. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "cli/commands.h"
#include "cli/people.h"
#include "desk/person-erase.h"
#include "desk/person-export.h"
#include "desk/person-import.h"
#include "desk/person-merge.h"

PdPerson *
pd_people_need (PdDesk *desk, const char *text, GError **error)
{
  PdPerson *person = NULL;
  gint64 id;

  if (strchr (text, '@') != NULL || !pd_id_parse (text, &id))
    return pd_person_need (desk, text, error);
  if (pd_person_get (desk, id, &person, error) && person == NULL)
    pd_fail (error, PD_ERROR_NOT_FOUND, "nobody has the id \"%s\"", text);
  return person;
}

gboolean
pd_people_actor (PdCli *cli, const char *address, PdPerson **out, GError **error)
{
  *out = NULL;
  if (address == NULL)
    address = g_getenv ("POSTDESK_AS");
  return address == NULL || (*out = pd_person_need (cli->desk, address, error)) != NULL;
}

/* ---- acts on one person ---- */

typedef struct Work Work;
typedef gboolean (*Act) (PdDesk *desk, Work *work, GError **error);

struct Work {
  PdPerson *person, *other, *actor;
  char **addresses;
  const char *text;
  gboolean yes, keep_texts;
  Act act;
};

static gboolean
run_act (PdDesk *desk, gpointer data, GError **error)
{
  Work *work = data;

  return work->act (desk, work, error);
}

/* Runs an act on the person of the first argument and says what was done. */
static gboolean
act_on (PdCli *cli, Work *work, const char *who, const char *as, const char *said, GError **error)
{
  g_autoptr (PdPerson) person = NULL, actor = NULL;

  if (!pd_people_actor (cli, as, &actor, error)
      || (person = pd_people_need (cli->desk, who, error)) == NULL)
    return FALSE;
  work->person = person;
  work->actor = actor;
  return pd_desk_transaction (cli->desk, run_act, work, error)
         && pd_people_print (cli, person, said);
}

#define AS_ENTRY(as)                                                                               \
  {                                                                                                \
    "as", 0, 0, G_OPTION_ARG_STRING, as, "Who acts (else the desk itself)", "ADDRESS"              \
  }

static gboolean
simple (PdCli *cli, Act act, const char *said, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = { AS_ENTRY (&as), G_OPTION_ENTRY_NULL };
  Work work = { .act = act };

  return pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) && pd_cli_desk (cli, error)
         && act_on (cli, &work, argv[1], as, said, error);
}

static gboolean
remove_person (PdDesk *desk, Work *work, GError **error)
{
  return pd_person_remove (desk, work->person, work->actor, error);
}

gboolean
pd_command_person_remove (PdCli *cli, int argc, char **argv, GError **error)
{
  return simple (cli, remove_person, "removed", argc, argv, error);
}

static gboolean
set_state (PdDesk *desk, Work *work, PdPersonState state, GError **error)
{
  if (!pd_person_is_in_charge (work->actor, "block people", error))
    return FALSE;
  if (work->person->state == PD_PERSON_DELETED)
    return pd_fail (error, PD_ERROR_CONFLICT, "%s is deleted: restore him first",
                    pd_person_label (work->person));
  work->person->state = state;
  return pd_person_save (desk, work->person, error);
}

static gboolean
block (PdDesk *desk, Work *work, GError **error)
{
  return set_state (desk, work, PD_PERSON_BLOCKED, error);
}

static gboolean
unblock (PdDesk *desk, Work *work, GError **error)
{
  return set_state (desk, work, PD_PERSON_ACTIVE, error);
}

gboolean
pd_command_person_block (PdCli *cli, int argc, char **argv, GError **error)
{
  return simple (cli, block, "blocked", argc, argv, error);
}

gboolean
pd_command_person_unblock (PdCli *cli, int argc, char **argv, GError **error)
{
  return simple (cli, unblock, "active", argc, argv, error);
}

static gboolean
restore (PdDesk *desk, Work *work, GError **error)
{
  return pd_person_restore (desk, work->person, work->actor, (const char *const *)work->addresses,
                            error);
}

gboolean
pd_command_person_restore (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL;
  g_auto (GStrv) addresses = NULL;
  const GOptionEntry entries[] = {
    { "address", 'a', 0, G_OPTION_ARG_STRING_ARRAY, &addresses,
      "An address, instead of those he had (repeatable)", "ADDRESS" },
    AS_ENTRY (&as),
    G_OPTION_ENTRY_NULL,
  };
  Work work = { .act = restore };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  work.addresses = addresses;
  return act_on (cli, &work, argv[1], as, "restored", error);
}

static gboolean
merge (PdDesk *desk, Work *work, GError **error)
{
  return pd_person_merge (desk, work->person, work->other, work->actor, work->yes, error);
}

gboolean
pd_command_person_merge (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL, *into = NULL;
  gboolean yes = FALSE;
  g_autoptr (PdPerson) other = NULL;
  const GOptionEntry entries[] = {
    { "into", 0, 0, G_OPTION_ARG_STRING, &into, "Who stays", "ADDRESS" },
    { "yes", 0, 0, G_OPTION_ARG_NONE, &yes, "Even one of staff and a client", NULL },
    AS_ENTRY (&as),
    G_OPTION_ENTRY_NULL,
  };
  Work work = { .act = merge };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  if (into == NULL)
    return pd_cli_usage (cli, error, "give --into ADDRESS: who stays");
  other = work.other = pd_people_need (cli->desk, into, error);
  work.yes = yes;
  return other != NULL && act_on (cli, &work, argv[1], as, "merged", error);
}

static gboolean
erase (PdDesk *desk, Work *work, GError **error)
{
  return pd_person_erase (desk, work->person, work->actor, work->keep_texts, error);
}

gboolean
pd_command_person_erase (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL;
  gboolean yes = FALSE, keep = FALSE;
  const GOptionEntry entries[] = {
    { "yes", 0, 0, G_OPTION_ARG_NONE, &yes, "Really: it cannot be undone", NULL },
    { "keep-texts", 0, 0, G_OPTION_ARG_NONE, &keep, "What the person wrote stays", NULL },
    AS_ENTRY (&as),
    G_OPTION_ENTRY_NULL,
  };
  Work work = { .act = erase };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error))
    return FALSE;
  if (!yes)
    return pd_cli_usage (cli, error, "this cannot be undone: give --yes");
  work.keep_texts = keep;
  return pd_cli_desk (cli, error) && act_on (cli, &work, argv[1], as, "erased", error);
}

static gboolean
set_password (PdDesk *desk, Work *work, GError **error)
{
  return pd_person_is_in_charge (work->actor, "set passwords", error)
         && pd_person_set_password (desk, work->person, work->text, error);
}

gboolean
pd_command_person_password (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL, *text = NULL;
  gboolean clear = FALSE;
  const GOptionEntry entries[] = {
    { "clear", 0, 0, G_OPTION_ARG_NONE, &clear, "Take the password away", NULL },
    AS_ENTRY (&as),
    G_OPTION_ENTRY_NULL,
  };
  Work work = { .act = set_password };
  gboolean done;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  text = clear ? NULL : pd_cli_text (NULL, error);
  if (!clear && text == NULL)
    return FALSE;
  if (text != NULL)
    text[strcspn (text, "\r\n")] = '\0';
  work.text = text;
  done = act_on (cli, &work, argv[1], as, clear ? "has no password" : "has a new password", error);
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  return done;
}

/* ---- export ---- */

static gboolean
write_mail (gint64 message, GBytes *raw, gpointer data, GError **error)
{
  char id[PD_ID_TEXT_SIZE];
  g_autofree char *name = g_strdup_printf ("mail-%s.eml", pd_id_format (message, id));
  g_autofree char *path = g_build_filename (data, name, NULL);
  gsize size;
  const char *bytes = g_bytes_get_data (raw, &size);

  return g_file_set_contents_full (path, bytes != NULL ? bytes : "", (gssize)size,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static gboolean
write_export (PdCli *cli, const char *directory, struct json_object *all, const PdPerson *person,
              const PdPerson *actor, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "person.json", NULL);
  const char *text = json_object_to_json_string_ext (all, JSON_C_TO_STRING_PRETTY);

  if (g_mkdir_with_parents (directory, 0700) != 0)
    return pd_fail (error, PD_ERROR_INVALID, "cannot make the directory %s", directory);
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error)
      || !pd_person_export_mails (cli->desk, person, actor, write_mail, (gpointer)directory, error))
    return FALSE;
  g_print ("%s: all that is stored about %s\n", directory, pd_person_label (person));
  return TRUE;
}

gboolean
pd_command_person_export (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL, *directory = NULL;
  const GOptionEntry entries[] = {
    { "directory", 'd', 0, G_OPTION_ARG_FILENAME, &directory,
      "Write person.json and the raw mails here; else JSON to standard output", "DIRECTORY" },
    AS_ENTRY (&as),
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdPerson) person = NULL, actor = NULL;
  struct json_object *all;
  gboolean done = TRUE;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error)
      || !pd_people_actor (cli, as, &actor, error)
      || (person = pd_people_need (cli->desk, argv[1], error)) == NULL)
    return FALSE;
  all = pd_person_export (cli->desk, person, actor, error);
  if (all == NULL)
    return FALSE;
  if (directory != NULL && strcmp (directory, "-") != 0)
    done = write_export (cli, directory, all, person, actor, error);
  else
    pd_cli_print_json (all);
  json_object_put (all);
  return done;
}

/* ---- import ---- */

static gboolean
import (PdCli *cli, GBytes *bytes, const PdPerson *actor, gboolean try, PdPersonImport *out,
        GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  if (!pd_desk_begin (cli->desk, error))
    return FALSE;
  if (!pd_person_import (cli->desk, text != NULL ? text : "", size, actor, out, error))
    {
      pd_desk_rollback (cli->desk);
      return FALSE;
    }
  if (!try)
    return pd_desk_commit (cli->desk, error);
  pd_desk_rollback (cli->desk);
  return TRUE;
}

gboolean
pd_command_person_import (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL;
  gboolean try = FALSE;
  const GOptionEntry entries[] = {
    { "try", 0, 0, G_OPTION_ARG_NONE, &try, "Only say what would be done", NULL },
    AS_ENTRY (&as),
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdPerson) actor = NULL;
  g_autoptr (GBytes) bytes = NULL;
  PdPersonImport result;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error)
      || !pd_people_actor (cli, as, &actor, error)
      || (bytes = pd_cli_read (argv[1], PD_PERSON_IMPORT_MAX, error)) == NULL
      || !import (cli, bytes, actor, try, &result, error))
    return FALSE;
  g_print (try ? "%u would be added, %u changed; nothing was done.\n" : "%u added, %u changed.\n",
           result.added, result.changed);
  return TRUE;
}
