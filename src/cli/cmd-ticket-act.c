#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "cli/commands.h"
#include "cli/ticket-work.h"
#include "desk/ticket-access.h"
#include "desk/ticket-change.h"
#include "desk/unit.h"

typedef struct Job Job;
typedef gboolean (*JobFunc) (PdDesk *desk, PdTicket *ticket, Job *job, GError **error);

/* One act, with what the command line said. */
struct Job {
  PdCli *cli;
  gint64 number;
  PdPerson *actor;
  JobFunc run;
  char **words; /* arguments after the number; NULL-terminated */
  /* of options */
  char *as, *until, *unit, *note, *text;
  char **to;
  gboolean no, yes;
  /* of the acts */
  gint64 value;
  char *said; /* what is printed instead of the act's own word; owned */
};

static gboolean
run (PdDesk *desk, gpointer data, GError **error)
{
  Job *job = data;
  g_autoptr (PdTicket) ticket = pd_ticket_need (desk, job->number, error);

  g_clear_pointer (&job->said, g_free);
  return ticket != NULL && job->run (desk, ticket, job, error);
}

static gboolean
finish (Job *job, const char *said, gboolean gone, GError **error)
{
  if (job->cli->json && !gone)
    return pd_ticket_work_show (job->cli, job->number, job->actor, error);
  g_print ("#%" G_GINT64_FORMAT " %s by %s.\n", job->number, job->said != NULL ? job->said : said,
           pd_person_label (job->actor));
  return TRUE;
}

/* Reads the options, the number and the words, does the act, says so.
 *
 * more   options beside --as; NULL none
 * min    words at least; max -1: any number
 */
static gboolean
act (Job *job, const GOptionEntry *more, int min, int max, const char *said, int argc, char **argv,
     GError **error)
{
  GOptionEntry entries[8] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &job->as, "Who acts (else the first administrator)",
      "ADDRESS" },
  };

  for (gsize i = 0; more != NULL && more[i].long_name != NULL; i++)
    entries[i + 1] = more[i];
  if (!pd_cli_options (job->cli, entries, &argc, &argv, min + 1, max < 0 ? -1 : max + 1, error)
      || !pd_cli_number (argv[1], &job->number, error) || !pd_cli_desk (job->cli, error))
    return FALSE;
  job->words = g_strdupv (argv + 2);
  job->actor = pd_cli_actor (job->cli, job->as, error);
  return job->actor != NULL && pd_desk_transaction (job->cli->desk, run, job, error)
         && finish (job, said, g_str_equal (said, "deleted"), error);
}

static void
job_clear (Job *job)
{
  g_strfreev (job->words);
  g_strfreev (job->to);
  g_free (job->as);
  g_free (job->until);
  g_free (job->unit);
  g_free (job->note);
  g_free (job->text);
  g_free (job->said);
  pd_person_free (job->actor);
}

static gboolean
act_and_clear (Job *job, const GOptionEntry *more, int min, int max, const char *said, int argc,
               char **argv, GError **error)
{
  gboolean ok = act (job, more, min, max, said, argc, argv, error);

  job_clear (job);
  return ok;
}

/* ---- acts without arguments ---- */

static gboolean
run_take (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  return pd_ticket_take (desk, ticket, job->actor, error);
}

static gboolean
run_release (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  return pd_ticket_release (desk, ticket, job->actor, error);
}

static gboolean
run_done (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  return pd_ticket_finish (desk, ticket, job->actor, error);
}

static gboolean
run_reopen (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  return pd_ticket_reopen (desk, ticket, job->actor, error);
}

static gboolean
run_resume (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  return pd_ticket_resume (desk, ticket, job->actor, error);
}

static gboolean
run_archive (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  return pd_ticket_archive (desk, ticket, job->actor, error);
}

#define SIMPLE(name, func, said)                                                                   \
  gboolean name (PdCli *cli, int argc, char **argv, GError **error)                                \
  {                                                                                                \
    Job job = { .cli = cli, .run = func };                                                         \
                                                                                                   \
    return act_and_clear (&job, NULL, 0, 0, said, argc, argv, error);                              \
  }

SIMPLE (pd_command_ticket_take, run_take, "taken")
SIMPLE (pd_command_ticket_release, run_release, "released")
SIMPLE (pd_command_ticket_done, run_done, "done")
SIMPLE (pd_command_ticket_reopen, run_reopen, "reopened")
SIMPLE (pd_command_ticket_resume, run_resume, "free again")
SIMPLE (pd_command_ticket_archive, run_archive, "archived")

/* ---- wait, spam, delete ---- */

static gboolean
run_wait (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  gint64 until = 0;

  return (job->until == NULL
          || pd_ticket_work_when (job->cli, job->actor, job->until, &until, error))
         && pd_ticket_wait (desk, ticket, job->actor, until, error);
}

gboolean
pd_command_ticket_wait (PdCli *cli, int argc, char **argv, GError **error)
{
  Job job = { .cli = cli, .run = run_wait };
  const GOptionEntry more[] = {
    { "until", 'u', 0, G_OPTION_ARG_STRING, &job.until,
      "It is free again then: 2026-12-01 15:00, tomorrow 9:00, friday, +3d", "WHEN" },
    G_OPTION_ENTRY_NULL,
  };

  return act_and_clear (&job, more, 0, 0, "set to waiting", argc, argv, error);
}

static gboolean
run_spam (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  job->said = job->no ? g_strdup ("taken back from spam") : NULL;
  return pd_ticket_set_spam (desk, ticket, job->actor, !job->no, error);
}

gboolean
pd_command_ticket_spam (PdCli *cli, int argc, char **argv, GError **error)
{
  Job job = { .cli = cli, .run = run_spam };
  const GOptionEntry more[] = {
    { "no", 0, 0, G_OPTION_ARG_NONE, &job.no, "It is none: bring it back", NULL },
    G_OPTION_ENTRY_NULL,
  };

  return act_and_clear (&job, more, 0, 0, "marked as spam", argc, argv, error);
}

static gboolean
run_delete (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  if (!job->yes)
    return pd_ticket_authorise (desk, ticket, job->actor, PD_ACT_DELETE, error)
           && pd_fail (error, PD_ERROR_INVALID,
                       "that cannot be undone; say --yes to delete #%" G_GINT64_FORMAT " \"%s\"",
                       ticket->number, ticket->subject);
  return pd_ticket_delete (desk, ticket, job->actor, error);
}

gboolean
pd_command_ticket_delete (PdCli *cli, int argc, char **argv, GError **error)
{
  Job job = { .cli = cli, .run = run_delete };
  const GOptionEntry more[] = {
    { "yes", 0, 0, G_OPTION_ARG_NONE, &job.yes, "Delete it for good", NULL },
    G_OPTION_ENTRY_NULL,
  };

  return act_and_clear (&job, more, 0, 0, "deleted", argc, argv, error);
}

/* ---- forward, assign ---- */

static gboolean
forward (PdDesk *desk, PdTicket *ticket, Job *job, char **addresses, GError **error)
{
  g_autoptr (PdUnit) unit = NULL;
  g_autoptr (GArray) people = pd_ticket_work_people (desk, addresses, error);
  PdForward to = { .note = job->note };

  if (people == NULL
      || (job->unit != NULL && (unit = pd_unit_need (desk, job->unit, error)) == NULL))
    return FALSE;
  to.unit = unit != NULL ? unit->id : 0;
  to.assignees = (const gint64 *)(const void *)people->data;
  to.n_assignees = people->len;
  return pd_ticket_forward (desk, ticket, job->actor, &to, error);
}

static gboolean
run_forward (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  if (job->unit == NULL && job->to == NULL)
    return pd_fail (error, PD_ERROR_INVALID, "where to? give --unit NAME, --to ADDRESS, or both");
  return forward (desk, ticket, job, job->to, error);
}

static gboolean
run_assign (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  return forward (desk, ticket, job, job->words, error);
}

gboolean
pd_command_ticket_forward (PdCli *cli, int argc, char **argv, GError **error)
{
  Job job = { .cli = cli, .run = run_forward };
  const GOptionEntry more[] = {
    { "unit", 'u', 0, G_OPTION_ARG_STRING, &job.unit, "The unit that gets it", "NAME" },
    { "to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &job.to,
      "Who gets it by name; repeat for several.  Else the whole unit", "ADDRESS" },
    { "note", 'n', 0, G_OPTION_ARG_STRING, &job.note, "An internal note that goes with it",
      "TEXT" },
    G_OPTION_ENTRY_NULL,
  };

  return act_and_clear (&job, more, 0, 0, "forwarded", argc, argv, error);
}

gboolean
pd_command_ticket_assign (PdCli *cli, int argc, char **argv, GError **error)
{
  Job job = { .cli = cli, .run = run_assign };
  const GOptionEntry more[] = {
    { "note", 'n', 0, G_OPTION_ARG_STRING, &job.note, "An internal note that goes with it",
      "TEXT" },
    G_OPTION_ENTRY_NULL,
  };

  return act_and_clear (&job, more, 0, -1, "assigned", argc, argv, error);
}

/* ---- priority, plan, deadline, subject, field ---- */

static gboolean
run_priority (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  int priority;

  return pd_priority_parse (job->words[0], &priority, error)
         && pd_ticket_set_priority (desk, ticket, job->actor, priority, error);
}

static gboolean
run_plan (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  gint64 plan;

  return pd_ticket_work_plan (desk, job->words[0], &plan, error)
         && pd_ticket_set_plan (desk, ticket, job->actor, plan, error);
}

static gboolean
run_deadline (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  g_autofree char *text = g_strjoinv (" ", job->words);
  gint64 deadline;

  return pd_ticket_work_when (job->cli, job->actor, text, &deadline, error)
         && pd_ticket_set_deadline (desk, ticket, job->actor, deadline, error);
}

static gboolean
run_subject (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  g_autofree char *text = g_strjoinv (" ", job->words);

  return pd_ticket_set_subject (desk, ticket, job->actor, text, error);
}

static gboolean
run_field (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  return pd_ticket_set_field (desk, ticket, job->actor, job->words[0], job->words[1], error);
}

#define WITH_WORDS(name, func, min, max, said)                                                     \
  gboolean name (PdCli *cli, int argc, char **argv, GError **error)                                \
  {                                                                                                \
    Job job = { .cli = cli, .run = func };                                                         \
                                                                                                   \
    return act_and_clear (&job, NULL, min, max, said, argc, argv, error);                          \
  }

WITH_WORDS (pd_command_ticket_priority, run_priority, 1, 1, "given another priority")
WITH_WORDS (pd_command_ticket_plan, run_plan, 1, 1, "given another plan")
WITH_WORDS (pd_command_ticket_deadline, run_deadline, 1, -1, "given another deadline")
WITH_WORDS (pd_command_ticket_subject, run_subject, 1, -1, "given another subject")
WITH_WORDS (pd_command_ticket_field, run_field, 2, 2, "changed")

/* ---- tags, watchers ---- */

typedef gboolean (*TagFunc) (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const char *tag,
                             GError **error);
typedef gboolean (*PersonFunc) (PdDesk *desk, PdTicket *ticket, const PdPerson *actor,
                                gint64 person, GError **error);

static gboolean
each_tag (PdDesk *desk, PdTicket *ticket, Job *job, TagFunc func, GError **error)
{
  for (gsize i = 0; job->words[i] != NULL; i++)
    if (!func (desk, ticket, job->actor, job->words[i], error))
      return FALSE;
  return TRUE;
}

/* Nobody named: the actor himself. */
static gboolean
each_person (PdDesk *desk, PdTicket *ticket, Job *job, PersonFunc func, GError **error)
{
  g_autoptr (GArray) people = pd_ticket_work_people (desk, job->words, error);

  if (people == NULL)
    return FALSE;
  if (people->len == 0)
    g_array_append_val (people, job->actor->id);
  for (guint i = 0; i < people->len; i++)
    if (!func (desk, ticket, job->actor, g_array_index (people, gint64, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
run_tag (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  return each_tag (desk, ticket, job, pd_ticket_tag, error);
}

static gboolean
run_untag (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  return each_tag (desk, ticket, job, pd_ticket_untag, error);
}

static gboolean
run_watch (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  return each_person (desk, ticket, job, pd_ticket_watch, error);
}

static gboolean
run_unwatch (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  return each_person (desk, ticket, job, pd_ticket_unwatch, error);
}

WITH_WORDS (pd_command_ticket_tag, run_tag, 1, -1, "tagged")
WITH_WORDS (pd_command_ticket_untag, run_untag, 1, -1, "untagged")
WITH_WORDS (pd_command_ticket_watch, run_watch, 0, -1, "given a watcher")
WITH_WORDS (pd_command_ticket_unwatch, run_unwatch, 0, -1, "relieved of a watcher")

/* ---- other tickets ---- */

static gboolean
run_link (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  gint64 other;

  return pd_cli_number (job->words[0], &other, error)
         && pd_ticket_link (desk, ticket, job->actor, other, error);
}

static gboolean
run_unlink (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  gint64 other;

  return pd_cli_number (job->words[0], &other, error)
         && pd_ticket_unlink (desk, ticket, job->actor, other, error);
}

static gboolean
run_merge (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  gint64 other;

  return pd_cli_number (job->words[0], &other, error)
         && pd_ticket_merge (desk, ticket, job->actor, other, error);
}

static gboolean
run_split (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  g_autoptr (PdTicket) fresh = NULL;
  gint64 entry = 0;

  if ((job->words[0] != NULL && !pd_cli_id (job->words[0], &entry, error))
      || !pd_ticket_split (desk, ticket, job->actor, entry, &fresh, error))
    return FALSE;
  job->said = g_strdup_printf ("split, the rest is #%" G_GINT64_FORMAT " now,", fresh->number);
  return TRUE;
}

WITH_WORDS (pd_command_ticket_link, run_link, 1, 1, "linked")
WITH_WORDS (pd_command_ticket_unlink, run_unlink, 1, 1, "unlinked")
WITH_WORDS (pd_command_ticket_merge, run_merge, 1, 1, "merged")
WITH_WORDS (pd_command_ticket_split, run_split, 0, 1, "split")

/* ---- edit, rate ---- */

static gboolean
run_edit (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  gint64 entry;

  /* a transaction may run again: standard input is read once */
  if (job->text == NULL && (job->text = pd_cli_text (NULL, error)) == NULL)
    return FALSE;
  return pd_cli_id (job->words[0], &entry, error)
         && pd_ticket_edit_entry (desk, ticket, job->actor, entry, job->text, error);
}

gboolean
pd_command_ticket_edit (PdCli *cli, int argc, char **argv, GError **error)
{
  Job job = { .cli = cli, .run = run_edit };
  const GOptionEntry more[] = {
    { "text", 't', 0, G_OPTION_ARG_STRING, &job.text, "The new text; else standard input",
      "TEXT" },
    G_OPTION_ENTRY_NULL,
  };

  return act_and_clear (&job, more, 1, 1, "edited", argc, argv, error);
}

static gboolean
run_rate (PdDesk *desk, PdTicket *ticket, Job *job, GError **error)
{
  static const char *const words[] = { "bad", "fair", "good" };
  int rating = 0;

  for (int i = 0; i < (int)G_N_ELEMENTS (words); i++)
    if (g_str_equal (job->words[0], words[i])
        || (job->words[0][0] == '1' + i && job->words[0][1] == '\0'))
      rating = i + 1;
  if (rating == 0)
    return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no rating; bad, fair or good",
                    job->words[0]);
  return pd_ticket_rate (desk, ticket, job->actor, rating, job->text, error);
}

gboolean
pd_command_ticket_rate (PdCli *cli, int argc, char **argv, GError **error)
{
  Job job = { .cli = cli, .run = run_rate };
  const GOptionEntry more[] = {
    { "text", 't', 0, G_OPTION_ARG_STRING, &job.text, "Words to it", "TEXT" },
    G_OPTION_ENTRY_NULL,
  };

  return act_and_clear (&job, more, 1, 1, "rated", argc, argv, error);
}
