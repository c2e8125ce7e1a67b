/* SLA plans, subjects, and tickets that open themselves. */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/import-row.h"
#include "desk/plan.h"
#include "desk/recurrence.h"
#include "desk/ticket.h"
#include "desk/timer.h"

#define MAX_NAME 200                    /* characters: the columns */
#define MAX_LIMIT (3650 * 24 * 60 * 60) /* seconds */

/* ---- plans ---- */

static gboolean
write_targets (PdZenlix *zenlix, gint64 plan, GError **error)
{
  static const char *const kinds[] = { "reaction", "work", "deadline" };
  static const char *const priorities[] = { "low_prio", "def", "high_prio" };

  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    for (guint priority = 0; priority < G_N_ELEMENTS (priorities); priority++)
      {
        g_autofree char *column = g_strdup_printf ("%s_time_%s", kinds[kind], priorities[priority]);
        gint64 seconds = CLAMP (pd_zenlix_int (zenlix, column), 0, MAX_LIMIT);

        if (!pd_db_exec (zenlix->desk->db, PD_SQL_IMPORT_TARGET_ADD,
                         PD_BIND (PD_INT (plan), PD_TEXT (kinds[kind]), PD_INT (priority + 1),
                                  PD_INT (seconds * PD_SECOND)),
                         NULL, error))
          return FALSE;
      }
  return TRUE;
}

/* The name of a plan or subject here: another of that name gets the number behind it. */
static gboolean
choose_name (PdZenlix *zenlix, PdSqlId find, char **out, GError **error)
{
  g_autofree char *name = pd_zenlix_line (pd_zenlix_text (zenlix, "name"), MAX_NAME);
  gint64 other;

  *out = NULL;
  if (name[0] == '\0')
    {
      g_free (name);
      name = g_strdup_printf ("ZENLIX %s", pd_zenlix_text (zenlix, "id"));
    }
  if (!pd_db_find_int (zenlix->desk->db, find, PD_BIND (PD_TEXT (name)), &other, error))
    return FALSE;
  if (other != 0)
    {
      g_autofree char *head = pd_zenlix_line (name, MAX_NAME - 30);

      *out = g_strdup_printf ("%s (ZENLIX %s)", head, pd_zenlix_text (zenlix, "id"));
      pd_zenlix_say (zenlix, "\"%s\" was there twice: one is \"%s\"", name, *out);
    }
  else
    *out = g_steal_pointer (&name);
  return TRUE;
}

gboolean
pd_zenlix_take_plan (PdZenlix *zenlix, GError **error)
{
  const char *foreign = pd_zenlix_text (zenlix, "id");
  g_autofree char *name = NULL;
  gint64 id = pd_id_new ();
  gboolean known;

  if (!pd_zenlix_is_known (zenlix, "plan", foreign, &known, error) || known)
    return known;
  return choose_name (zenlix, PD_SQL_IMPORT_PLAN_FIND, &name, error)
         && pd_db_exec (
             zenlix->desk->db, PD_SQL_IMPORT_PLAN_ADD,
             PD_BIND (PD_INT (id), PD_TEXT (name), PD_INT (pd_zenlix_int (zenlix, "sort_id"))),
             NULL, error)
         && write_targets (zenlix, id, error) && pd_zenlix_note (zenlix, "plan", foreign, id, error)
         && pd_zenlix_imported (zenlix);
}

/* Whether `id` is not above `parent`, and the tree does not become too deep. */
static gboolean
may_hang (PdZenlix *zenlix, PdSqlId above, gint64 id, gint64 parent, gboolean *out, GError **error)
{
  gint64 at = parent;
  int depth = 0;

  while (at != 0 && at != id && ++depth < PD_PLAN_MAX_DEPTH)
    if (!pd_db_find_int (zenlix->desk->db, above, PD_BIND (PD_INT (at)), &at, error))
      return FALSE;
  *out = at == 0;
  return TRUE;
}

/* Hangs a row below its parent, once; what is no parent leaves it at the root. */
static gboolean
take_parent (PdZenlix *zenlix, const char *kind, PdSqlId above, PdSqlId set, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%s %s", kind, pd_zenlix_text (zenlix, "id"));
  gint64 id, parent, done;
  gboolean may;

  if (!pd_zenlix_find (zenlix, kind, pd_zenlix_text (zenlix, "id"), &id, error)
      || !pd_zenlix_find (zenlix, kind, pd_zenlix_text (zenlix, "parent_id"), &parent, error)
      || !pd_zenlix_find (zenlix, "parent", key, &done, error))
    return FALSE;
  if (id == 0 || parent == 0 || done != 0)
    return TRUE;
  if (!may_hang (zenlix, above, id, parent, &may, error))
    return FALSE;
  if (!may)
    {
      pd_zenlix_say (zenlix, "%s \"%s\" was below itself, or too deep: it is at the top", kind,
                     pd_zenlix_text (zenlix, "name"));
      return TRUE;
    }
  return pd_db_exec (zenlix->desk->db, set, PD_BIND (PD_INT (parent), PD_INT (id)), NULL, error)
         && pd_zenlix_note (zenlix, "parent", key, parent, error);
}

gboolean
pd_zenlix_take_plan_parent (PdZenlix *zenlix, GError **error)
{
  return take_parent (zenlix, "plan", PD_SQL_IMPORT_PLAN_ABOVE, PD_SQL_IMPORT_PLAN_PARENT, error);
}

/* ---- subjects ---- */

gboolean
pd_zenlix_take_topic (PdZenlix *zenlix, GError **error)
{
  const char *foreign = pd_zenlix_text (zenlix, "id");
  g_autofree char *name = NULL;
  gint64 id = pd_id_new ();
  gboolean known;

  if (!pd_zenlix_is_known (zenlix, "topic", foreign, &known, error) || known)
    return known;
  return choose_name (zenlix, PD_SQL_IMPORT_TOPIC_FIND, &name, error)
         && pd_db_exec (
             zenlix->desk->db, PD_SQL_IMPORT_TOPIC_ADD,
             PD_BIND (PD_INT (id), PD_TEXT (name), PD_INT (pd_zenlix_int (zenlix, "sort_id"))),
             NULL, error)
         && pd_zenlix_note (zenlix, "topic", foreign, id, error) && pd_zenlix_imported (zenlix);
}

gboolean
pd_zenlix_take_topic_parent (PdZenlix *zenlix, GError **error)
{
  return take_parent (zenlix, "topic", PD_SQL_IMPORT_TOPIC_ABOVE, PD_SQL_IMPORT_TOPIC_PARENT,
                      error);
}

/* ---- tickets that open themselves ---- */

/* "day" and a number of days, "week" and days of the week from 1 (Monday), "month" and
 * days of the month: as a pattern of recurrence.h, or NULL. */
static char *
pattern_of (PdZenlix *zenlix)
{
  static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
  const char *period = pd_zenlix_text (zenlix, "period");
  g_autoptr (GArray) numbers = pd_zenlix_ids (zenlix, "period_arr");
  g_autoptr (GString) pattern = g_string_new (NULL);

  if (numbers->len == 0)
    return NULL;
  if (strcmp (period, "day") == 0)
    return g_strdup_printf ("every %" G_GINT64_FORMAT " days", g_array_index (numbers, gint64, 0));
  if (strcmp (period, "month") != 0 && strcmp (period, "week") != 0)
    return NULL;
  for (guint i = 0; i < numbers->len; i++)
    {
      gint64 number = g_array_index (numbers, gint64, i);

      if (pattern->len > 0)
        g_string_append_c (pattern, ',');
      if (period[0] == 'm')
        g_string_append_printf (pattern, "%" G_GINT64_FORMAT, number);
      else
        g_string_append (pattern, days[CLAMP (number, 1, 7) - 1]);
    }
  return period[0] == 'm' ? g_strconcat ("day ", pattern->str, NULL) : g_strdup (pattern->str);
}

typedef struct {
  gint64 id, requester, author, unit, from, until;
  char *pattern, *time;
} Recurring;

static void
recurring_clear (Recurring *recurring)
{
  g_free (recurring->pattern);
  g_free (recurring->time);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Recurring, recurring_clear)

static gboolean
read_recurring (PdZenlix *zenlix, Recurring *recurring, GError **error)
{
  recurring->id = pd_id_new ();
  recurring->pattern = pattern_of (zenlix);
  recurring->time = g_strndup (pd_zenlix_text (zenlix, "action_time"), strlen ("09:00"));
  recurring->from = pd_zenlix_time (zenlix, "dt_start");
  recurring->until = pd_zenlix_time (zenlix, "dt_stop");
  return pd_zenlix_person (zenlix, pd_zenlix_int (zenlix, "client_id"), &recurring->requester,
                           error)
         && pd_zenlix_person (zenlix, pd_zenlix_int (zenlix, "user_init_id"), &recurring->author,
                              error)
         && pd_zenlix_unit (zenlix, pd_zenlix_int (zenlix, "unit_id"), &recurring->unit, error);
}

static gboolean
write_recurring (PdZenlix *zenlix, const Recurring *recurring, gint64 next, GError **error)
{
  g_autofree char *subject
      = pd_zenlix_line (pd_zenlix_text (zenlix, "subj"), PD_TICKET_MAX_SUBJECT);
  g_autofree char *head = pd_zenlix_line (subject, MAX_NAME - 30);
  g_autofree char *name = g_strdup_printf ("%s (ZENLIX %s)", head, pd_zenlix_text (zenlix, "id"));

  return pd_db_exec (zenlix->desk->db, PD_SQL_IMPORT_RECURRING_ADD,
                     PD_BIND (PD_INT (recurring->id), PD_TEXT (name), PD_INT (recurring->requester),
                              PD_INT (recurring->author), PD_INT (recurring->unit),
                              PD_INT (CLAMP (pd_zenlix_int (zenlix, "prio"), 0, 2) + 1),
                              PD_TEXT (subject), PD_TEXT (pd_zenlix_text (zenlix, "msg")),
                              PD_TEXT (recurring->pattern), PD_TEXT (recurring->time),
                              PD_TEXT (zenlix->zone_name), PD_INT (recurring->from),
                              PD_ID (recurring->until), PD_TEXT (next != 0 ? "active" : "over"),
                              PD_INT (pd_clock_now ()), PD_ID (next)),
                     NULL, error);
}

static gboolean
add_performers (PdZenlix *zenlix, gint64 recurring, GError **error)
{
  g_autoptr (GArray) foreign = pd_zenlix_ids (zenlix, "user_to_id");
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < foreign->len; i++)
    {
      gint64 person;

      if (!pd_zenlix_find_number (zenlix, "user", g_array_index (foreign, gint64, i), &person,
                                  error))
        return FALSE;
      if (person != 0 && g_hash_table_add (seen, g_memdup2 (&person, sizeof person))
          && !pd_db_exec (zenlix->desk->db, PD_SQL_IMPORT_RECURRING_PERSON,
                          PD_BIND (PD_INT (recurring), PD_INT (person)), NULL, error))
        return FALSE;
    }
  return TRUE;
}

/* The runs that the old desk has made, or missed, are not made again: the next one is the
 * first after now. */
gboolean
pd_zenlix_take_recurring (PdZenlix *zenlix, GError **error)
{
  const char *foreign = pd_zenlix_text (zenlix, "id");
  g_auto (Recurring) recurring = { 0 };
  g_autoptr (PdRecurrence) recurrence = NULL;
  gboolean known;
  gint64 next;

  if (!pd_zenlix_is_known (zenlix, "recurring", foreign, &known, error) || known)
    return known;
  if (!read_recurring (zenlix, &recurring, error))
    return FALSE;
  if (recurring.pattern != NULL)
    recurrence = pd_recurrence_parse (recurring.pattern, recurring.time, zenlix->zone_name,
                                      recurring.from, recurring.until, NULL);
  if (recurrence == NULL)
    return pd_zenlix_skip (zenlix, "a period that is not understood");
  next = pd_recurrence_next (recurrence, pd_clock_now ());
  return write_recurring (zenlix, &recurring, next, error)
         && add_performers (zenlix, recurring.id, error)
         && (next == 0
             || pd_timer_set (zenlix->desk, PD_TIMER_RECURRING, recurring.id, next, NULL, error))
         && pd_zenlix_note (zenlix, "recurring", foreign, recurring.id, error)
         && pd_zenlix_imported (zenlix);
}
