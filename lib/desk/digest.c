#include "desk/digest.h"

#include <json-c/json.h>
#include <string.h>

#include "desk/desk-setting.h"
#include "desk/notice.h"
#include "desk/outbox.h"
#include "desk/person.h"
#include "desk/recurrence.h"
#include "desk/timer-work.h"

/* A list of the mail. */
typedef struct {
  const char *name; /* in the template: {{data.free}} */
  PdSqlId sql;
  enum { PERSON, PERSON_TWICE, PERSON_NOW } values; /* before the limit */
} List;

static const List staff_lists[] = {
  { "mine", PD_SQL_DIGEST_MINE, PERSON_TWICE },
  { "free", PD_SQL_DIGEST_FREE, PERSON },
  { "overdue", PD_SQL_DIGEST_OVERDUE, PERSON_NOW },
  { "waiting", PD_SQL_DIGEST_WAITING, PERSON },
};
static const List client_lists[] = { { "asked", PD_SQL_DIGEST_ASKED, PERSON } };

/* ---- the mail ----------------------------------------------------------------------- */

static PdRows *
query (PdDesk *desk, const List *list, gint64 person, GError **error)
{
  PdDbValue limit = PD_INT (PD_DIGEST_ROWS + 1);

  switch (list->values)
    {
    case PERSON_TWICE:
      return pd_db_query (desk->db, list->sql, PD_BIND (PD_INT (person), PD_INT (person), limit),
                          error);
    case PERSON_NOW:
      return pd_db_query (desk->db, list->sql,
                          PD_BIND (PD_INT (person), PD_INT (pd_clock_now ()), limit), error);
    default:
      return pd_db_query (desk->db, list->sql, PD_BIND (PD_INT (person), limit), error);
    }
}

/* "#12 subject", a line each; NULL if there is none. */
static gboolean
read_list (PdDesk *desk, const List *list, gint64 person, struct json_object *data, GError **error)
{
  g_autoptr (PdRows) rows = query (desk, list, person, error);
  g_autoptr (GString) lines = g_string_new (NULL);
  int step = -1, n = 0;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      if (n++ < PD_DIGEST_ROWS)
        g_string_append_printf (lines, "%s#%" G_GINT64_FORMAT " %s", n > 1 ? "\n" : "",
                                pd_rows_int (rows, 0), pd_rows_text (rows, 1));
      else
        g_string_append (lines, "\n…");
    }
  if (n > 0)
    json_object_object_add (data, list->name, json_object_new_string (lines->str));
  return step == 0;
}

static gboolean
read_lists (PdDesk *desk, gboolean staff, gint64 person, struct json_object *data, GError **error)
{
  const List *lists = staff ? staff_lists : client_lists;
  gsize n = staff ? G_N_ELEMENTS (staff_lists) : G_N_ELEMENTS (client_lists);

  for (gsize i = 0; i < n; i++)
    if (!read_list (desk, &lists[i], person, data, error))
      return FALSE;
  return TRUE;
}

static gboolean
queue (PdDesk *desk, gint64 person, struct json_object *data, gboolean *out_queued, GError **error)
{
  gint64 id = 0;
  const PdDirectNotice notice = {
    .event = "digest",
    .person = person,
    .data = json_object_to_json_string (data),
    .urgency = PD_URGENCY_NOTICE,
    .out_id = &id,
  };

  if (!pd_notice_queue_direct (desk, &notice, error))
    return FALSE;
  *out_queued = id != 0;
  return TRUE;
}

static const char *
our_zone (PdDesk *desk)
{
  return desk->settings->timezone != NULL ? desk->settings->timezone : "UTC";
}

/* Of which day it is, where the person is. */
static void
add_period (PdDesk *desk, const PdPerson *person, struct json_object *data)
{
  const char *zone = person->timezone[0] != '\0' ? person->timezone : our_zone (desk);
  g_autoptr (GTimeZone) tz = g_time_zone_new_identifier (zone);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (pd_clock_now () / PD_SECOND);
  g_autoptr (GDateTime) local = tz != NULL ? g_date_time_to_timezone (utc, tz) : NULL;
  g_autofree char *day = g_date_time_format (local != NULL ? local : utc, "%Y-%m-%d");

  json_object_object_add (data, "period", json_object_new_string (day));
}

gboolean
pd_digest_queue (PdDesk *desk, gint64 id, gboolean *out_queued, GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  struct json_object *data;
  gboolean done;

  *out_queued = FALSE;
  if (!pd_person_get (desk, id, &person, error))
    return FALSE;
  if (person == NULL || person->state != PD_PERSON_ACTIVE)
    return TRUE;
  data = json_object_new_object ();
  done = read_lists (desk, pd_person_is_staff (person), id, data, error);
  if (done && json_object_object_length (data) > 0)
    {
      add_period (desk, person, data);
      done = queue (desk, id, data, out_queued, error);
    }
  json_object_put (data);
  return done;
}

/* ---- its time ------------------------------------------------------------------------ */

gboolean
pd_digest_next (PdDesk *desk, const char *how, const char *zone, gint64 after, gint64 *out_due,
                GError **error)
{
  g_autofree char *time = NULL;
  g_autoptr (PdRecurrence) recurrence = NULL;
  const char *text;

  *out_due = 0;
  if (!pd_desk_setting_text (desk, PD_DESK_SETTING_DIGEST_TIME, &text, error))
    return FALSE;
  time = g_strdup (text);
  if (!pd_desk_setting_text (desk, PD_DESK_SETTING_DIGEST_DAY, &text, error))
    return FALSE;
  if (strcmp (how, "weekly") != 0)
    text = "every day";
  recurrence = pd_recurrence_parse (text, time, zone[0] != '\0' ? zone : our_zone (desk), after,
                                    0, NULL);
  /* a zone that this system does not know (any more) */
  if (recurrence == NULL)
    recurrence = pd_recurrence_parse (text, time, "UTC", after, 0, error);
  if (recurrence == NULL)
    return FALSE;
  *out_due = pd_recurrence_next (recurrence, after);
  return TRUE;
}

/* What somebody wants now; *out_how "" none. */
static gboolean
read_choice (PdDesk *desk, gint64 person, char **out_how, char **out_zone, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_DIGEST_CHOICE, PD_BIND (PD_INT (person)), error);
  int step = rows != NULL ? pd_rows_next (rows, error) : -1;

  *out_how = g_strdup (step == 1 ? pd_rows_text (rows, 0) : "");
  *out_zone = g_strdup (step == 1 ? pd_rows_text (rows, 1) : "");
  return step >= 0;
}

static gboolean
send_one (PdDesk *desk, gint64 person, GError **error)
{
  g_autofree char *how = NULL, *zone = NULL;
  gboolean queued;
  gint64 due;

  if (!read_choice (desk, person, &how, &zone, error))
    return FALSE;
  if (how[0] == '\0')
    return TRUE;
  return pd_digest_queue (desk, person, &queued, error)
         && pd_digest_next (desk, how, zone, pd_clock_now (), &due, error)
         && pd_timer_set (desk, PD_TIMER_DIGEST, person, due, NULL, error);
}

/* ---- who wants one --------------------------------------------------------------------- */

typedef struct {
  gint64 person;
  char *how, *zone;
  gint64 due; /* as his timer says, 0 none */
} Choice;

static void
clear_choice (gpointer data)
{
  g_free (((Choice *)data)->how);
  g_free (((Choice *)data)->zone);
}

static GArray *
read_choices (PdDesk *desk, gint64 after, GError **error)
{
  g_autoptr (GArray) choices = g_array_new (FALSE, FALSE, sizeof (Choice));
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_DIGEST_PEOPLE,
                     PD_BIND (PD_INT (after), PD_INT (PD_DIGEST_BATCH)), error);
  int step = -1;

  g_array_set_clear_func (choices, clear_choice);
  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      Choice choice = { pd_rows_int (rows, 0), g_strdup (pd_rows_text (rows, 1)),
                        g_strdup (pd_rows_text (rows, 2)), pd_rows_int (rows, 3) };

      g_array_append_val (choices, choice);
    }
  return step == 0 ? g_steal_pointer (&choices) : NULL;
}

/* One that is due already is left to be sent. */
static gboolean
keep_in_step (PdDesk *desk, const Choice *choice, gint64 now, GError **error)
{
  gint64 due;

  if (choice->due != 0 && choice->due <= now)
    return TRUE;
  return pd_digest_next (desk, choice->how, choice->zone, now, &due, error)
         && (due == choice->due
             || pd_timer_set (desk, PD_TIMER_DIGEST, choice->person, due, NULL, error));
}

/* The next people, and the timer for those after them. */
static gboolean
look_for_people (PdDesk *desk, const PdTimer *timer, GError **error)
{
  struct json_object *data = json_tokener_parse (timer->data);
  gint64 after = json_object_get_int64 (json_object_object_get (data, "after"));
  gint64 now = pd_clock_now (), last = 0;
  g_autoptr (GArray) choices = read_choices (desk, after, error);
  g_autofree char *next = NULL;

  json_object_put (data);
  for (guint i = 0; choices != NULL && i < choices->len; i++)
    {
      const Choice *choice = &g_array_index (choices, Choice, i);

      if (!keep_in_step (desk, choice, now, error))
        return FALSE;
      last = choice->person;
    }
  if (choices == NULL)
    return FALSE;
  if (choices->len < PD_DIGEST_BATCH)
    return pd_timer_set (desk, PD_TIMER_DIGEST, 0, now + PD_DIGEST_PERIOD, NULL, error);
  next = g_strdup_printf ("{\"after\":%" G_GINT64_FORMAT "}", last);
  return pd_timer_set (desk, PD_TIMER_DIGEST, 0, now, next, error);
}

gboolean
pd_timer_work_digest (PdDesk *desk, const PdTimer *timer, GError **error)
{
  return timer->subject == 0 ? look_for_people (desk, timer, error)
                             : send_one (desk, timer->subject, error);
}
