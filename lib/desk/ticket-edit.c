#include <string.h>

#include "base/error.h"
#include "desk/field.h"
#include "desk/ticket-change.h"
#include "desk/ticket-step.h"

/* ---- priority, plan, deadline ---- */

static gboolean
prepare_priority (PdTicketWork *work, GError **error)
{
  int priority = *(const int *)work->what;

  if (priority < 1 || priority > 3)
    return pd_fail (error, PD_ERROR_INVALID, "a priority is low, normal or high");
  work->so_already = work->ticket->priority == priority;
  work->to.priority = priority;
  return TRUE;
}

gboolean
pd_ticket_check_plan (PdDesk *desk, gint64 plan, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_TICKET_PLAN, PD_BIND (PD_INT (plan)), error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;

  if (got < 0)
    return FALSE;
  if (got == 0)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such plan");
  return strcmp (pd_rows_text (rows, 1), "active") == 0
         || pd_fail (error, PD_ERROR_INVALID, "plan \"%s\" is closed", pd_rows_text (rows, 0));
}

static gboolean
prepare_plan (PdTicketWork *work, GError **error)
{
  gint64 plan = *(const gint64 *)work->what;

  work->so_already = work->ticket->plan == plan;
  work->to.plan = plan;
  return plan == 0 || work->so_already || pd_ticket_check_plan (work->desk, plan, error);
}

static gboolean
prepare_deadline (PdTicketWork *work, GError **error)
{
  gint64 deadline = *(const gint64 *)work->what;

  if (deadline < 0)
    return pd_fail (error, PD_ERROR_INVALID, "a deadline is a moment, or none");
  work->so_already = work->ticket->deadline == deadline;
  work->to.deadline = deadline;
  return TRUE;
}

static const PdTicketStep set_priority = {
  .act = PD_ACT_TIME,
  .from = PD_TICKET_OPEN,
  .event = "priority",
  .notice = PD_NOTICE_CHANGED,
  .prepare = prepare_priority,
};

static const PdTicketStep set_plan = {
  .act = PD_ACT_TIME,
  .from = PD_TICKET_OPEN,
  .event = "plan",
  .notice = PD_NOTICE_CHANGED,
  .prepare = prepare_plan,
};

static const PdTicketStep set_deadline = {
  .act = PD_ACT_TIME,
  .from = PD_TICKET_OPEN,
  .event = "deadline",
  .notice = PD_NOTICE_CHANGED,
  .prepare = prepare_deadline,
};

gboolean
pd_ticket_set_priority (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, int priority,
                        GError **error)
{
  return pd_ticket_step (desk, ticket, actor, &set_priority, &priority, error);
}

gboolean
pd_ticket_set_plan (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 plan,
                    GError **error)
{
  return pd_ticket_step (desk, ticket, actor, &set_plan, &plan, error);
}

gboolean
pd_ticket_set_deadline (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 deadline,
                        GError **error)
{
  return pd_ticket_step (desk, ticket, actor, &set_deadline, &deadline, error);
}

/* ---- subject ---- */

static gboolean
prepare_subject (PdTicketWork *work, GError **error)
{
  const char *subject = work->what;

  work->so_already = strcmp (work->ticket->subject, subject) == 0;
  work->to.subject = subject;
  return TRUE;
}

static const PdTicketStep set_subject = {
  .act = PD_ACT_EDIT,
  .from = PD_TICKET_ALIVE,
  .event = "subject",
  .notice = PD_NOTICE_CHANGED,
  .prepare = prepare_subject,
};

/* One line without blanks around it; NULL with an error. */
static char *
check_subject (const char *subject, GError **error)
{
  g_autofree char *line = NULL;

  if (!g_utf8_validate (subject, -1, NULL))
    {
      pd_fail (error, PD_ERROR_INVALID, "the subject is not UTF-8");
      return NULL;
    }
  line = g_strdup (subject);
  for (char *at = line; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  g_strstrip (line);
  if (line[0] == '\0' || g_utf8_strlen (line, -1) > PD_TICKET_MAX_SUBJECT)
    {
      pd_fail (error, PD_ERROR_INVALID, "a subject has 1 to %d characters", PD_TICKET_MAX_SUBJECT);
      return NULL;
    }
  return g_steal_pointer (&line);
}

gboolean
pd_ticket_set_subject (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const char *subject,
                       GError **error)
{
  g_autofree char *line = check_subject (subject, error);

  return line != NULL && pd_ticket_step (desk, ticket, actor, &set_subject, line, error);
}

/* ---- fields ---- */

typedef struct {
  const char *name, *text;
} FieldChange;

/* Whether the field says so already; what is wrong with it comes out in the writing. */
static gboolean
prepare_field (PdTicketWork *work, GError **error)
{
  const FieldChange *change = work->what;
  g_autoptr (GPtrArray) values = pd_field_values (work->desk, PD_FIELD_OF_TICKET, work->ticket->id,
                                                  work->actor, error);

  for (guint i = 0; values != NULL && i < values->len; i++)
    {
      const PdFieldValue *value = g_ptr_array_index (values, i);
      g_autofree char *text = NULL;

      if (strcmp (value->field->name, change->name) != 0)
        continue;
      text = pd_field_check (value->field, change->text, error);
      if (text == NULL)
        return FALSE;
      work->so_already = strcmp (text, value->text) == 0;
    }
  return values != NULL;
}

static gboolean
write_field (PdTicketWork *work, GError **error)
{
  const FieldChange *change = work->what;
  g_autofree char *before = NULL, *after = NULL;
  struct json_object *pair;

  if (!pd_field_set (work->desk, PD_FIELD_OF_TICKET, work->ticket->id, work->actor, change->name,
                     change->text, &before, &after, error))
    return FALSE;
  pair = json_object_new_array_ext (2);
  json_object_array_add (pair, json_object_new_string (before != NULL ? before : ""));
  json_object_array_add (pair, json_object_new_string (after != NULL ? after : ""));
  json_object_object_add (work->data, "field", json_object_new_string (change->name));
  json_object_object_add (work->data, "value", pair);
  return TRUE;
}

static const PdTicketStep set_field = {
  .act = PD_ACT_EDIT,
  .from = PD_TICKET_ALIVE,
  .event = "field",
  .notice = PD_TICKET_TELL_NOBODY,
  .prepare = prepare_field,
  .write = write_field,
};

gboolean
pd_ticket_set_field (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const char *name,
                     const char *text, GError **error)
{
  FieldChange change = { name, text };

  return pd_ticket_step (desk, ticket, actor, &set_field, &change, error);
}

/* ---- how it was answered ---- */

typedef struct {
  int rating;
  const char *text;
} Rating;

static gboolean
prepare_rating (PdTicketWork *work, GError **error)
{
  const Rating *rating = work->what;

  if (rating->rating < 1 || rating->rating > 3)
    return pd_fail (error, PD_ERROR_INVALID, "a rating is 1 (bad), 2 (fair) or 3 (good)");
  if (!g_utf8_validate (rating->text, -1, NULL)
      || g_utf8_strlen (rating->text, -1) > PD_TICKET_MAX_RATING)
    return pd_fail (error, PD_ERROR_INVALID, "the words to a rating are UTF-8, at most %d characters",
                    PD_TICKET_MAX_RATING);
  work->so_already = work->ticket->rating == rating->rating
                     && strcmp (work->ticket->rating_text, rating->text) == 0;
  work->to.rating = rating->rating;
  work->to.rating_text = rating->text;
  return TRUE;
}

static const PdTicketStep rate = {
  .act = PD_ACT_RATE,
  .from = PD_TICKET_IN (PD_TICKET_DONE) | PD_TICKET_IN (PD_TICKET_ARCHIVED),
  .event = "rated",
  .notice = PD_NOTICE_RATED,
  .prepare = prepare_rating,
};

gboolean
pd_ticket_rate (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, int rating, const char *text,
                GError **error)
{
  Rating what = { rating, text != NULL ? text : "" };

  return pd_ticket_step (desk, ticket, actor, &rate, &what, error);
}
