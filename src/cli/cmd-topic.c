#include "base/error.h"
#include "cli/commands.h"
#include "desk/topic.h"

typedef struct Job Job;

struct Job {
  gboolean (*run) (PdDesk *desk, Job *job, GError **error);
  PdPerson *actor;
  const char *name, *new_name, *parent;
  int position;
};

static gboolean
run (PdDesk *desk, gpointer data, GError **error)
{
  Job *job = data;

  return job->run (desk, job, error);
}

static gboolean
change (PdCli *cli, Job *job, const char *as, const char *said, GError **error)
{
  g_autoptr (PdPerson) actor = NULL;

  if (!pd_cli_desk (cli, error))
    return FALSE;
  actor = job->actor = pd_cli_actor (cli, as, error);
  if (actor == NULL || !pd_desk_transaction (cli->desk, run, job, error))
    return FALSE;
  g_print ("Topic \"%s\" %s.\n", job->name, said);
  return TRUE;
}

/* 0 at the top */
static gboolean
find_parent (PdDesk *desk, const char *name, gint64 *out, GError **error)
{
  g_autoptr (PdTopic) parent = NULL;

  *out = 0;
  if (name == NULL)
    return TRUE;
  parent = pd_topic_need (desk, name, error);
  if (parent == NULL)
    return FALSE;
  *out = parent->id;
  return TRUE;
}

/* ---- list ---- */

static struct json_object *
topic_json (GPtrArray *topics, const PdTopic *topic)
{
  struct json_object *object = json_object_new_object ();
  const char *parent = NULL;

  for (guint i = 0; i < topics->len; i++)
    {
      const PdTopic *other = g_ptr_array_index (topics, i);

      if (other->id == topic->parent)
        parent = other->name;
    }
  pd_json_id (object, "id", topic->id);
  pd_json_text (object, "name", topic->name);
  pd_json_text (object, "parent", parent);
  json_object_object_add (object, "depth", json_object_new_int ((int)topic->depth));
  return object;
}

static void
print_tree (GPtrArray *topics, PdSubjectMode mode)
{
  for (guint i = 0; i < topics->len; i++)
    {
      const PdTopic *topic = g_ptr_array_index (topics, i);

      g_print ("%*s%s\n", (int)(2 * topic->depth), "", topic->name);
    }
  if (topics->len == 0)
    g_print ("No topics.\n");
  if (mode != PD_SUBJECT_LIST && mode != PD_SUBJECT_MULTI)
    g_print ("(subjects are not chosen from them: subject_mode is \"%s\")\n",
             pd_subject_mode_name (mode));
}

gboolean
pd_command_topic_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) topics = NULL;
  struct json_object *array;
  PdSubjectMode mode;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error)
      || !pd_subject_mode (cli->desk, &mode, error))
    return FALSE;
  topics = pd_topic_list (cli->desk, error);
  if (topics == NULL)
    return FALSE;
  if (!cli->json)
    {
      print_tree (topics, mode);
      return TRUE;
    }
  array = json_object_new_array ();
  for (guint i = 0; i < topics->len; i++)
    json_object_array_add (array, topic_json (topics, g_ptr_array_index (topics, i)));
  pd_cli_print_json (array);
  json_object_put (array);
  return TRUE;
}

/* ---- add, rename, move, remove ---- */

static gboolean
run_add (PdDesk *desk, Job *job, GError **error)
{
  gint64 parent, id;

  return find_parent (desk, job->parent, &parent, error)
         && pd_topic_add (desk, job->actor, job->name, parent, &id, error);
}

gboolean
pd_command_topic_add (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL, *parent = NULL;
  const GOptionEntry entries[] = {
    { "below", 0, 0, G_OPTION_ARG_STRING, &parent, "The topic below which it stands", "TOPIC" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who acts (else the first administrator)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  Job job = { .run = run_add };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error))
    return FALSE;
  job.name = argv[1];
  job.parent = parent;
  return change (cli, &job, as, "added", error);
}

static gboolean
run_rename (PdDesk *desk, Job *job, GError **error)
{
  g_autoptr (PdTopic) topic = pd_topic_need (desk, job->name, error);

  return topic != NULL && pd_topic_rename (desk, job->actor, topic->id, job->new_name, error);
}

gboolean
pd_command_topic_rename (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who acts (else the first administrator)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  Job job = { .run = run_rename };

  if (!pd_cli_options (cli, entries, &argc, &argv, 2, 2, error))
    return FALSE;
  job.name = argv[1];
  job.new_name = argv[2];
  return change (cli, &job, as, "renamed", error);
}

static gboolean
run_move (PdDesk *desk, Job *job, GError **error)
{
  g_autoptr (PdTopic) topic = pd_topic_need (desk, job->name, error);
  gint64 parent;

  return topic != NULL && find_parent (desk, job->parent, &parent, error)
         && pd_topic_move (desk, job->actor, topic->id, parent, job->position, error);
}

gboolean
pd_command_topic_move (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL, *parent = NULL;
  int position = 1;
  const GOptionEntry entries[] = {
    { "below", 0, 0, G_OPTION_ARG_STRING, &parent,
      "The topic below which it stands; else it stands at the top", "TOPIC" },
    { "place", 0, 0, G_OPTION_ARG_INT, &position, "Its place there, counted from 1", "N" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who acts (else the first administrator)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  Job job = { .run = run_move };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error))
    return FALSE;
  if (position < 1)
    return pd_cli_usage (cli, error, "--place is counted from 1");
  job.name = argv[1];
  job.parent = parent;
  job.position = position - 1;
  return change (cli, &job, as, "moved", error);
}

static gboolean
run_remove (PdDesk *desk, Job *job, GError **error)
{
  g_autoptr (PdTopic) topic = pd_topic_need (desk, job->name, error);

  return topic != NULL && pd_topic_remove (desk, job->actor, topic->id, error);
}

gboolean
pd_command_topic_remove (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who acts (else the first administrator)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  Job job = { .run = run_remove };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error))
    return FALSE;
  job.name = argv[1];
  return change (cli, &job, as, "removed", error);
}
