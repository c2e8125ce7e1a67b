#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "desk/control.h"
#include "desk/plan.h"
#include "desk/strand.h"
#include "desk/ticket-change.h"
#include "desk/undo.h"
#include "desk/unit.h"
#include "desk/when.h"

/* One line being carried out. */
typedef struct {
  PdDesk *desk;
  PdControl *control;
  PdTicket *ticket;
  const PdPerson *actor;
  const PdEntry *entry;
  GString *said;
  GString *more;
} Run;

typedef gboolean (*LineAct) (Run *, const PdMailCommand *, GError **);

/* ---- times ---- */

static GTimeZone *
zone_of (const Run *run)
{
  const char *own = run->actor->timezone, *desk = run->desk->settings->timezone;
  GTimeZone *zone = own[0] != '\0' ? g_time_zone_new_identifier (own) : NULL;

  if (zone == NULL && desk != NULL)
    zone = g_time_zone_new_identifier (desk);
  return zone != NULL ? zone : g_time_zone_new_utc ();
}

static char *
dup_time (const Run *run, gint64 time)
{
  g_autoptr (GTimeZone) zone = zone_of (run);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / PD_SECOND);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M %Z") : g_strdup ("?");
}

static gboolean
read_time (const Run *run, const char *text, gint64 *out, GError **error)
{
  g_autoptr (GTimeZone) zone = zone_of (run);

  return pd_when_parse (text, pd_clock_now (), zone, out, error);
}

static void
add_time (Run *run, gint64 time)
{
  g_autofree char *text = dup_time (run, time);

  g_string_append (run->said, text);
}

/* ---- who and where ---- */

/* GArray of ids; NULL on an error.  None: the person himself. */
static GArray *
find_people (Run *run, const PdMailCommand *command, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (GStrv) words = pd_mail_command_dup_words (command);

  for (char **word = words; *word != NULL; word++)
    {
      g_autoptr (PdPerson) person = NULL;

      if (g_ascii_strcasecmp (*word, "me") == 0)
        {
          g_array_append_val (ids, run->actor->id);
          continue;
        }
      person = pd_person_need (run->desk, *word, error);
      if (person == NULL)
        return NULL;
      g_array_append_val (ids, person->id);
    }
  if (ids->len == 0)
    g_array_append_val (ids, run->actor->id);
  return g_steal_pointer (&ids);
}

/* Whether a text begins with a name, as a word of its own; letter case aside. */
static gsize
name_length (const char *text, const char *name)
{
  glong chars = g_utf8_strlen (name, -1);
  const char *end;
  g_autofree char *head = NULL, *folded = NULL, *wanted = NULL;

  if (g_utf8_strlen (text, -1) < chars)
    return 0;
  end = g_utf8_offset_to_pointer (text, chars);
  if (*end != '\0' && strchr (" \t:,", *end) == NULL)
    return 0;
  head = g_strndup (text, (gsize)(end - text));
  folded = g_utf8_casefold (head, -1);
  wanted = g_utf8_casefold (name, -1);
  return strcmp (folded, wanted) == 0 ? (gsize)(end - text) : 0;
}

/* A name may have blanks: the longest that stands there is meant. */
static gboolean
find_unit_name (Run *run, const char *text, gint64 *out_unit, gsize *out_length, GError **error)
{
  g_autoptr (GPtrArray) units = pd_unit_list (run->desk, error);
  g_autoptr (PdUnit) unit = NULL;
  g_autofree char *word = NULL;

  if (units == NULL)
    return FALSE;
  *out_length = 0;
  for (guint i = 0; i < units->len; i++)
    {
      const PdUnit *one = g_ptr_array_index (units, i);
      gsize length = name_length (text, one->name);

      if (length > *out_length)
        {
          *out_length = length;
          *out_unit = one->id;
        }
    }
  if (*out_length > 0)
    return TRUE;
  /* says what is nearest */
  *out_length = strcspn (text, " \t");
  word = g_strndup (text, *out_length);
  unit = pd_unit_need (run->desk, word, error);
  *out_unit = unit != NULL ? unit->id : 0;
  return unit != NULL;
}

/* A unit's address, or one of staff. */
static gboolean
find_address (Run *run, const char *address, gint64 *out_unit, gint64 *out_person, GError **error)
{
  g_autoptr (PdUnit) unit = NULL;
  g_autoptr (PdPerson) person = NULL;

  if (!pd_unit_by_address (run->desk, address, &unit, error))
    return FALSE;
  if (unit != NULL)
    {
      *out_unit = unit->id;
      return TRUE;
    }
  person = pd_person_need (run->desk, address, error);
  *out_person = person != NULL ? person->id : 0;
  return person != NULL;
}

static gboolean
say_where (Run *run, GError **error)
{
  g_autoptr (PdUnit) unit = NULL;

  if (!pd_unit_get (run->desk, run->ticket->unit, &unit, error))
    return FALSE;
  if (unit != NULL)
    g_string_append_printf (run->said, " of \"%s\"", unit->name);
  return TRUE;
}

/* ---- the lines ---- */

static gboolean
on_wait (Run *run, const PdMailCommand *command, GError **error)
{
  gint64 until = 0;

  if (*command->argument != '\0' && !read_time (run, command->argument, &until, error))
    return FALSE;
  if (!pd_ticket_wait (run->desk, run->ticket, run->actor, until, error))
    return FALSE;
  g_string_append (run->said, "it waits for the customer");
  if (until != 0)
    {
      g_string_append (run->said, ", at most until ");
      add_time (run, until);
    }
  return TRUE;
}

static gboolean
on_forward (Run *run, const PdMailCommand *command, GError **error)
{
  gsize length = strcspn (command->argument, " \t");
  g_autofree char *word = g_strndup (command->argument, length);
  gint64 unit = 0, person = 0;
  PdForward to = { 0 };
  const char *note;

  if (strchr (word, '@') != NULL ? !find_address (run, word, &unit, &person, error)
                                 : !find_unit_name (run, command->argument, &unit, &length, error))
    return FALSE;
  note = command->argument + length;
  note += strspn (note, " \t:,");
  to.unit = unit;
  to.assignees = &person;
  to.n_assignees = person != 0;
  to.note = *note != '\0' ? note : NULL;
  if (!pd_ticket_forward (run->desk, run->ticket, run->actor, &to, error))
    return FALSE;
  g_string_append_printf (run->said, "it is given to %s", person != 0 ? word : "the unit");
  return person != 0 || say_where (run, error);
}

static gboolean
on_assign (Run *run, const PdMailCommand *command, GError **error)
{
  g_autoptr (GArray) people = find_people (run, command, error);
  PdForward to = { 0 };

  if (people == NULL)
    return FALSE;
  to.assignees = (const gint64 *)(const void *)people->data;
  to.n_assignees = people->len;
  if (!pd_ticket_forward (run->desk, run->ticket, run->actor, &to, error))
    return FALSE;
  g_string_append_printf (run->said, "it is given to %s", command->argument);
  return TRUE;
}

static gboolean
on_priority (Run *run, const PdMailCommand *command, GError **error)
{
  g_autofree char *small = g_ascii_strdown (command->argument, -1);
  int priority;

  if (!pd_priority_parse (small, &priority, error)
      || !pd_ticket_set_priority (run->desk, run->ticket, run->actor, priority, error))
    return FALSE;
  g_string_append_printf (run->said, "the priority is %s", pd_priority_name (priority));
  return TRUE;
}

static gboolean
on_plan (Run *run, const PdMailCommand *command, GError **error)
{
  g_autoptr (PdPlan) plan = NULL;

  if (g_ascii_strcasecmp (command->argument, "none") != 0)
    {
      plan = pd_plan_need (run->desk, command->argument, error);
      if (plan == NULL)
        return FALSE;
    }
  if (!pd_ticket_set_plan (run->desk, run->ticket, run->actor, plan != NULL ? plan->id : 0, error))
    return FALSE;
  if (plan != NULL)
    g_string_append_printf (run->said, "the plan is \"%s\"", plan->name);
  else
    g_string_append (run->said, "it has no plan");
  return TRUE;
}

static gboolean
on_deadline (Run *run, const PdMailCommand *command, GError **error)
{
  gint64 deadline = 0;

  if (g_ascii_strcasecmp (command->argument, "none") != 0
      && !read_time (run, command->argument, &deadline, error))
    return FALSE;
  if (!pd_ticket_set_deadline (run->desk, run->ticket, run->actor, deadline, error))
    return FALSE;
  g_string_append (run->said, deadline != 0 ? "the deadline is " : "it has no deadline");
  if (deadline != 0)
    add_time (run, deadline);
  return TRUE;
}

/* "#tag #printer" means the tag "printer". */
static const char *
tag_of (const char *word)
{
  return word[0] == '#' && word[1] != '\0' ? word + 1 : word;
}

static gboolean
on_tags (Run *run, const PdMailCommand *command, GError **error)
{
  g_auto (GStrv) words = pd_mail_command_dup_words (command);
  gboolean adds = command->verb == PD_COMMAND_TAG;

  for (char **word = words; *word != NULL; word++)
    {
      const char *tag = tag_of (*word);

      if (!(adds ? pd_ticket_tag (run->desk, run->ticket, run->actor, tag, error)
                 : pd_ticket_untag (run->desk, run->ticket, run->actor, tag, error)))
        return FALSE;
    }
  g_string_append_printf (run->said, adds ? "tagged %s" : "not tagged any more: %s",
                          command->argument);
  return TRUE;
}

static gboolean
on_watchers (Run *run, const PdMailCommand *command, GError **error)
{
  g_autoptr (GArray) people = find_people (run, command, error);
  gboolean adds = command->verb == PD_COMMAND_WATCH;

  if (people == NULL)
    return FALSE;
  for (guint i = 0; i < people->len; i++)
    {
      gint64 person = g_array_index (people, gint64, i);

      if (!(adds ? pd_ticket_watch (run->desk, run->ticket, run->actor, person, error)
                 : pd_ticket_unwatch (run->desk, run->ticket, run->actor, person, error)))
        return FALSE;
    }
  g_string_append_printf (run->said, "%s %s",
                          *command->argument != '\0' ? command->argument : "you",
                          adds ? "will hear of it" : "will not hear of it any more");
  return TRUE;
}

static gint64
number_of (const PdMailCommand *command)
{
  return g_ascii_strtoll (command->argument + (*command->argument == '#'), NULL, 10);
}

static gboolean
on_merge (Run *run, const PdMailCommand *command, GError **error)
{
  gint64 number = number_of (command);

  if (!pd_ticket_merge (run->desk, run->ticket, run->actor, number, error))
    return FALSE;
  g_string_append_printf (
      run->said, "it is part of #%" G_GINT64_FORMAT " now; that cannot be taken back", number);
  return TRUE;
}

static gboolean
on_link (Run *run, const PdMailCommand *command, GError **error)
{
  gint64 number = number_of (command);

  if (!pd_ticket_link (run->desk, run->ticket, run->actor, number, error))
    return FALSE;
  g_string_append_printf (run->said, "linked with #%" G_GINT64_FORMAT, number);
  return TRUE;
}

static gboolean
on_split (Run *run, const PdMailCommand *command, GError **error)
{
  g_autoptr (PdTicket) fresh = NULL;

  (void)command;
  if (!pd_ticket_split (run->desk, run->ticket, run->actor, 0, &fresh, error))
    return FALSE;
  g_string_append_printf (run->said,
                          "its last public entry is the new ticket #%" G_GINT64_FORMAT
                          "; that cannot be taken back",
                          fresh->number);
  return TRUE;
}

static gboolean
on_spam (Run *run, const PdMailCommand *command, GError **error)
{
  (void)command;
  if (!pd_ticket_set_spam (run->desk, run->ticket, run->actor, TRUE, error))
    return FALSE;
  g_string_append (run->said, "it is spam");
  return TRUE;
}

static gboolean
on_ask (Run *run, const PdMailCommand *command, GError **error)
{
  g_auto (GStrv) words = pd_mail_command_dup_words (command);

  for (char **word = words; *word != NULL; word++)
    {
      const PdStrandNew what = {
        .address = *word,
        .subject = run->ticket->subject,
        .text = run->control->visible,
        .entry = run->entry,
      };

      if (!pd_strand_open (run->desk, run->ticket, run->actor, &what, NULL, error))
        return FALSE;
    }
  g_string_append_printf (run->said, "%s was asked; that cannot be taken back", command->argument);
  return TRUE;
}

static gboolean
on_text (Run *run, const PdMailCommand *command, GError **error)
{
  (void)error;
  g_string_append (run->said, command->verb == PD_COMMAND_NOTE ? "the text stays internal"
                                                               : "the text goes to the customer");
  return TRUE;
}

static gboolean
on_try (Run *run, const PdMailCommand *command, GError **error)
{
  (void)command;
  (void)error;
  g_string_append (run->said, "a dry run: nothing was changed, and the text was not filed");
  return TRUE;
}

/* ---- #status and #help ---- */

static void
add_fact (Run *run, const char *name, const char *value)
{
  g_string_append_printf (run->more, "%s: %s\n", name, value);
}

static void
add_time_fact (Run *run, const char *name, gint64 time)
{
  g_autofree char *text = dup_time (run, time);

  if (time != 0)
    add_fact (run, name, text);
}

static gboolean
add_person_fact (Run *run, const char *name, gint64 id, GError **error)
{
  g_autoptr (PdPerson) person = NULL;

  if (id == 0)
    return TRUE;
  if (!pd_person_get (run->desk, id, &person, error))
    return FALSE;
  if (person != NULL)
    add_fact (run, name, pd_person_label (person));
  return TRUE;
}

static gboolean
add_tags (Run *run, GError **error)
{
  g_autoptr (GString) tags = g_string_new (NULL);
  g_autoptr (PdRows) rows = pd_db_query (run->desk->db, PD_SQL_TICKET_TAG_OF_TICKET,
                                         PD_BIND (PD_INT (run->ticket->id)), error);
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    g_string_append_printf (tags, "%s%s", tags->len > 0 ? ", " : "", pd_rows_text (rows, 0));
  if (tags->len > 0)
    add_fact (run, "tags", tags->str);
  return got == 0;
}

static gboolean
on_status (Run *run, const PdMailCommand *command, GError **error)
{
  const PdTicket *ticket = run->ticket;
  g_autoptr (PdUnit) unit = NULL;

  (void)command;
  if (!pd_unit_get (run->desk, ticket->unit, &unit, error))
    return FALSE;
  g_string_append_printf (run->said, "#%" G_GINT64_FORMAT " is %s", ticket->number,
                          pd_ticket_state_name (ticket->state));
  add_fact (run, "subject", ticket->subject);
  add_fact (run, "unit", unit != NULL ? unit->name : "");
  add_fact (run, "priority", pd_priority_name (ticket->priority));
  if (!add_person_fact (run, "requester", ticket->requester, error)
      || !add_person_fact (run, "in work by", ticket->locker, error)
      || !add_person_fact (run, "finished by", ticket->finisher, error) || !add_tags (run, error))
    return FALSE;
  add_time_fact (run, "created", ticket->created);
  add_time_fact (run, "changed", ticket->updated);
  add_time_fact (run, "deadline", ticket->deadline);
  add_time_fact (run, "waits until", ticket->waiting_until);
  return TRUE;
}

static gboolean
on_help (Run *run, const PdMailCommand *command, GError **error)
{
  (void)command;
  (void)error;
  g_string_append (run->said, "commands stand at the head of a mail, each on a line of its own");
  for (PdCommandVerb verb = 0; verb < PD_N_COMMANDS; verb++)
    g_string_append_printf (run->more, "%s\n", pd_command_usage (verb));
  return TRUE;
}

/* ---- all lines ---- */

#define IN(state) (1u << (state))
#define OPEN (IN (PD_TICKET_FREE) | IN (PD_TICKET_LOCKED) | IN (PD_TICKET_WAITING))

/* An act that needs no more than the ticket. */
typedef struct {
  gboolean (*act) (PdDesk *, PdTicket *, const PdPerson *, GError **);
  const char *said;
  guint so_already; /* states in which there is nothing to be done */
} PlainAct;

static const PlainAct take = { pd_ticket_take, "it is in work by you", 0 };
static const PlainAct release = { pd_ticket_release, "it is free", IN (PD_TICKET_FREE) };
static const PlainAct finish = { pd_ticket_finish, "it is done", IN (PD_TICKET_DONE) };
static const PlainAct reopen = { pd_ticket_reopen, "it is open", OPEN };

static const struct {
  const PlainAct *plain;
  LineAct act;
} verbs[PD_N_COMMANDS] = {
  [PD_COMMAND_TAKE] = { &take, NULL },        [PD_COMMAND_RELEASE] = { &release, NULL },
  [PD_COMMAND_DONE] = { &finish, NULL },      [PD_COMMAND_REOPEN] = { &reopen, NULL },
  [PD_COMMAND_WAIT] = { NULL, on_wait },      [PD_COMMAND_FORWARD] = { NULL, on_forward },
  [PD_COMMAND_ASSIGN] = { NULL, on_assign },  [PD_COMMAND_PRIORITY] = { NULL, on_priority },
  [PD_COMMAND_PLAN] = { NULL, on_plan },      [PD_COMMAND_DEADLINE] = { NULL, on_deadline },
  [PD_COMMAND_NOTE] = { NULL, on_text },      [PD_COMMAND_REPLY] = { NULL, on_text },
  [PD_COMMAND_TAG] = { NULL, on_tags },       [PD_COMMAND_UNTAG] = { NULL, on_tags },
  [PD_COMMAND_WATCH] = { NULL, on_watchers }, [PD_COMMAND_UNWATCH] = { NULL, on_watchers },
  [PD_COMMAND_MERGE] = { NULL, on_merge },    [PD_COMMAND_SPLIT] = { NULL, on_split },
  [PD_COMMAND_LINK] = { NULL, on_link },      [PD_COMMAND_SPAM] = { NULL, on_spam },
  [PD_COMMAND_ASK] = { NULL, on_ask },        [PD_COMMAND_STATUS] = { NULL, on_status },
  [PD_COMMAND_HELP] = { NULL, on_help },      [PD_COMMAND_TRY] = { NULL, on_try },
};

/* The act refuses what is so already, with who was first: to who writes the same
 * twice, that is an answer and no mistake. */
static gboolean
run_plain (Run *run, const PlainAct *plain, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (plain->act (run->desk, run->ticket, run->actor, &failure))
    {
      g_string_append (run->said, plain->said);
      return TRUE;
    }
  if (pd_error_is (failure, PD_ERROR_CONFLICT) && !pd_db_has_failed (run->desk->db)
      && (plain->so_already & IN (run->ticket->state)) != 0)
    {
      g_string_append (run->said, failure->message);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* What the line came to; FALSE: it is not the line's fault. */
static gboolean
conclude (Run *run, const char *line, gboolean done, GError **take_failure, GError **error)
{
  g_autoptr (GError) failure = g_steal_pointer (take_failure);

  if (!done
      && (failure == NULL || pd_db_has_failed (run->desk->db)
          || pd_error_is (failure, PD_ERROR_TEMPORARY) || pd_error_is (failure, PD_ERROR_INTERNAL)))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  pd_control_add_line (run->control, line, done, done ? run->said->str : failure->message,
                       done && run->more->len > 0 ? run->more->str : NULL);
  return TRUE;
}

static gboolean
run_line (Run *run, const PdMailCommand *command, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gboolean done;

  if (command->error != NULL)
    {
      pd_control_add_line (run->control, command->written, FALSE, command->error, NULL);
      return TRUE;
    }
  g_string_truncate (run->said, 0);
  g_string_truncate (run->more, 0);
  done = verbs[command->verb].plain != NULL ? run_plain (run, verbs[command->verb].plain, &failure)
                                            : verbs[command->verb].act (run, command, &failure);
  return conclude (run, command->written, done, &failure, error);
}

/* ---- the act of an address ---- */

static gboolean
rate (Run *run, GError **error)
{
  static const int ratings[PD_SIGNED_N_ACTS] = {
    [PD_SIGNED_RATE_GOOD] = 3,
    [PD_SIGNED_RATE_FAIR] = 2,
    [PD_SIGNED_RATE_BAD] = 1,
  };
  g_autofree char *text
      = g_utf8_substring (run->control->act_text, 0,
                          MIN (g_utf8_strlen (run->control->act_text, -1), PD_TICKET_MAX_RATING));

  g_string_append (run->said, "thank you");
  return pd_ticket_rate (run->desk, run->ticket, run->actor, ratings[run->control->act->act],
                         g_strstrip (text), error);
}

static gboolean
run_signed (Run *run, GError **error)
{
  switch (run->control->act->act)
    {
    case PD_SIGNED_TAKE:
      return run_plain (run, &take, error);
    case PD_SIGNED_DONE:
      return run_plain (run, &finish, error);
    case PD_SIGNED_REOPEN:
      return run_plain (run, &reopen, error);
    case PD_SIGNED_UNDO:
      return pd_undo_run (run->desk, run->ticket, run->actor, run->control->act->event, run->said,
                          error);
    default:
      return rate (run, error);
    }
}

static gboolean
run_act (Run *run, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gboolean done = run_signed (run, &failure);

  return conclude (run, pd_signed_act_name (run->control->act->act), done, &failure, error);
}

gboolean
pd_control_run (PdDesk *desk, PdControl *control, PdTicket *ticket, const PdPerson *actor,
                const PdEntry *entry, GError **error)
{
  g_autoptr (GString) said = g_string_new (NULL);
  g_autoptr (GString) more = g_string_new (NULL);
  Run run = {
    .desk = desk,
    .control = control,
    .ticket = ticket,
    .actor = actor,
    .entry = entry,
    .said = said,
    .more = more,
  };
  gboolean ok = TRUE;

  g_ptr_array_set_size (control->lines, 0);
  control->failed = FALSE;
  if (control->act != NULL)
    return run_act (&run, error);
  for (guint i = 0; ok && i < control->commands->commands->len; i++)
    ok = run_line (&run, g_ptr_array_index (control->commands->commands, i), error);
  return ok;
}
