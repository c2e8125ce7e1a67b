#include "desk/outbox.h"

#include <string.h>

#include <json-c/json.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/desk-setting.h"
#include "desk/event.h"
#include "desk/notice.h"
#include "desk/ticket.h"

#define MAX_RELAY 300
#define MAX_STATUS 16

void
pd_outbox_row_free (PdOutboxRow *row)
{
  if (row == NULL)
    return;
  g_free (row->event);
  g_free (row->recipient);
  g_free (row->data);
  g_free (row->state);
  g_free (row->answer);
  g_free (row);
}

static PdOutboxRow *
read_row (PdRows *rows)
{
  PdOutboxRow *row = g_new0 (PdOutboxRow, 1);

  row->id = pd_rows_int (rows, 0);
  row->created = pd_rows_int (rows, 1);
  row->event = g_strdup (pd_rows_text (rows, 2));
  row->unit = pd_rows_int (rows, 3);
  row->ticket = pd_rows_int (rows, 4);
  row->message = pd_rows_int (rows, 5);
  row->person = pd_rows_int (rows, 6);
  row->actor = pd_rows_int (rows, 7);
  row->recipient = g_strdup (pd_rows_text (rows, 8));
  row->data = g_strdup (pd_rows_text (rows, 9));
  row->state = g_strdup (pd_rows_text (rows, 10));
  row->next = pd_rows_int (rows, 11);
  row->lease = pd_rows_int (rows, 12);
  row->attempts = (guint)pd_rows_int (rows, 13);
  row->answer = g_strdup (pd_rows_text (rows, 14));
  row->urgency = (int)pd_rows_int (rows, 15);
  row->strand = pd_rows_int (rows, 16);
  return row;
}

static gboolean
read_rows (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values, GPtrArray *into,
           GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, values, n_values, error);
  int got;

  if (rows == NULL)
    return FALSE;
  while ((got = pd_rows_next (rows, error)) > 0)
    g_ptr_array_add (into, read_row (rows));
  return got == 0;
}

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)pd_outbox_row_free);
}

/* ---- claim ---- */

typedef struct {
  gint64 lease, until, now;
  guint limit;
  GPtrArray *rows;
} Claim;

static gboolean
claim_row (PdDesk *desk, const Claim *claim, PdOutboxRow *row, gboolean *out_won, GError **error)
{
  gint64 changed = 0;

  if (!pd_db_exec (desk->db, PD_SQL_OUTBOX_CLAIM,
                   PD_BIND (PD_INT (claim->lease), PD_INT (claim->until), PD_INT (row->id),
                            PD_INT (row->next)),
                   &changed, error))
    return FALSE;
  *out_won = changed == 1;
  row->lease = claim->lease;
  row->next = claim->until;
  row->attempts++;
  g_free (row->state);
  row->state = g_strdup ("sending");
  return TRUE;
}

static gboolean
claim_work (PdDesk *desk, gpointer data, GError **error)
{
  Claim *claim = data;
  guint kept = 0;

  /* a second run after a conflict begins anew */
  g_ptr_array_set_size (claim->rows, 0);
  for (int urgency = PD_N_URGENCIES - 1; urgency >= 0 && claim->rows->len < claim->limit; urgency--)
    if (!read_rows (desk, PD_SQL_OUTBOX_DUE,
                    PD_BIND (PD_INT (urgency), PD_INT (claim->now),
                             PD_INT (claim->limit - claim->rows->len)),
                    claim->rows, error))
      return FALSE;
  while (kept < claim->rows->len)
    {
      gboolean won = FALSE;

      if (!claim_row (desk, claim, g_ptr_array_index (claim->rows, kept), &won, error))
        return FALSE;
      if (won)
        kept++;
      else
        g_ptr_array_remove_index (claim->rows, kept);
    }
  return TRUE;
}

GPtrArray *
pd_outbox_claim (PdDesk *desk, gint64 lease, gint64 until, guint limit, GError **error)
{
  g_autoptr (GPtrArray) rows = new_list ();
  Claim claim = { lease, until, pd_clock_now (), limit, rows };
  gint64 any = 0;

  g_return_val_if_fail (until > claim.now, NULL);
  /* an idle instance must not take SQLite's one write lock at each poll */
  if (!pd_db_find_int (desk->db, PD_SQL_OUTBOX_ANY_DUE, PD_BIND (PD_INT (claim.now)), &any, error)
      || (any != 0 && !pd_desk_transaction (desk, claim_work, &claim, error)))
    return NULL;
  return g_steal_pointer (&rows);
}

/* ---- finish ---- */

typedef struct {
  gint64 lease, now;
  const PdOutboxResult *results;
  gsize n_results;
  const PdRetryPolicy *policy;
} Finish;

/* What a server says, fit for a column: valid, one line, bounded. */
static char *
clean (const char *text, gsize max_chars)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  for (char *c = valid; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_strstrip (valid);
  if (g_utf8_strlen (valid, -1) > (glong)max_chars)
    *g_utf8_offset_to_pointer (valid, (glong)max_chars) = '\0';
  return g_steal_pointer (&valid);
}

static gboolean
add_attempt (PdDesk *desk, const Finish *finish, const PdOutboxResult *result, GError **error)
{
  static const char *const names[] = {
    [PD_SENT] = "sent", [PD_DEFERRED] = "deferred", [PD_FAILED] = "failed", [PD_LOST] = "lost"
  };
  g_autofree char *relay = clean (result->relay, MAX_RELAY);
  g_autofree char *status = clean (result->status, MAX_STATUS);
  g_autofree char *answer = clean (result->answer, PD_OUTBOX_MAX_ANSWER);

  return pd_db_exec (desk->db, PD_SQL_OUTBOX_ATTEMPT,
                     PD_BIND (PD_INT (pd_id_new ()), PD_INT (result->id), PD_INT (finish->now),
                              PD_TEXT (relay), PD_TEXT (names[result->result]),
                              PD_INT (result->code), PD_TEXT (status), PD_TEXT (answer)),
                     NULL, error);
}

/* The delay after `attempts` tries: doubled each time, a quarter off either
 * way, so that what failed together does not come back together. */
static gint64
back_off (const PdRetryPolicy *policy, guint attempts)
{
  gint64 delay = MAX (policy->retry_min, PD_SECOND);

  for (guint i = 1; i < attempts && delay < policy->retry_max; i++)
    delay *= 2;
  delay = MIN (delay, MAX (policy->retry_max, PD_SECOND));
  return delay - delay / 4 + (gint64)(g_random_double () * (double)(delay / 2));
}

/* A ticket is not done if its requester cannot have heard of it; by setting. */
static gboolean
reopen_done (PdDesk *desk, PdTicket *ticket, GError **error)
{
  gint64 wanted = 0;

  if (ticket->state != PD_TICKET_DONE)
    return TRUE;
  if (!pd_desk_setting_int (desk, PD_DESK_SETTING_DELIVERY_FAILED_REOPENS, &wanted, error))
    return FALSE;
  return wanted == 0 || pd_ticket_reopen (desk, ticket, NULL, error);
}

/* A mail to a client that failed for good is the desk's business: the staff
 * hears of it, and the ticket shows it.  A failed notice to staff tells
 * nobody, or one bad address would keep the others busy. */
static gboolean
tell_failure (PdDesk *desk, const PdOutboxRow *row, const char *status, const char *answer,
              GError **error)
{
  g_autoptr (PdTicket) ticket = NULL;
  struct json_object *data = NULL;
  PdNotice notice = { .event = PD_NOTICE_DELIVERY_FAILED, .message = row->message };
  g_autoptr (PdRows) rows = NULL;
  gboolean is_client, ok;
  int got;

  if (row->ticket == 0 || !pd_ticket_get (desk, row->ticket, &ticket, error))
    return row->ticket == 0;
  if (ticket == NULL)
    return TRUE;
  rows = pd_db_query (desk->db, PD_SQL_OUTBOX_PERSON_ROLE, PD_BIND (PD_INT (row->person)), error);
  if (rows == NULL || (got = pd_rows_next (rows, error)) < 0)
    return FALSE;
  is_client = got > 0 && strcmp (pd_rows_text (rows, 0), pd_role_name (PD_ROLE_CLIENT)) == 0;
  data = json_object_new_object ();
  json_object_object_add (data, "to", json_object_new_string (row->recipient));
  json_object_object_add (data, "status", json_object_new_string (status));
  json_object_object_add (data, "answer", json_object_new_string (answer));
  notice.ticket = ticket;
  notice.data = json_object_to_json_string (data);
  ok = pd_event_add (desk, row->ticket, "delivery-failed", 0, row->message, notice.data, error)
       && (!is_client
           || (reopen_done (desk, ticket, error) && pd_notice_queue (desk, &notice, error)));
  json_object_put (data);
  return ok;
}

static gboolean
finish_failed (PdDesk *desk, const Finish *finish, const PdOutboxRow *row, const char *status,
               const char *answer, GError **error)
{
  gint64 changed = 0;

  if (!pd_db_exec (desk->db, PD_SQL_OUTBOX_FAILED,
                   PD_BIND (PD_INT (finish->now), PD_TEXT (answer), PD_INT (row->id),
                            PD_INT (finish->lease)),
                   &changed, error))
    return FALSE;
  return changed == 0 || tell_failure (desk, row, status, answer, error);
}

static gboolean
give_up (PdDesk *desk, const Finish *finish, const PdOutboxRow *row, const PdOutboxResult *result,
         const char *answer, GError **error)
{
  g_autofree char *text
      = g_strdup_printf ("given up after %u tries in %" G_GINT64_FORMAT " hours: %s", row->attempts,
                         (finish->now - row->created) / PD_HOUR, answer);
  g_autofree char *short_text = clean (text, PD_OUTBOX_MAX_ANSWER);

  return finish_failed (desk, finish, row, result->status != NULL ? result->status : "", short_text,
                        error);
}

static gboolean
finish_deferred (PdDesk *desk, const Finish *finish, const PdOutboxRow *row,
                 const PdOutboxResult *result, const char *answer, GError **error)
{
  gint64 last = row->created + finish->policy->max_age;
  /* whether a lost one arrived is not known: it is not left waiting for long */
  gint64 delay = back_off (finish->policy, result->result == PD_LOST ? 1 : row->attempts);
  gint64 next = MIN (finish->now + delay, MAX (last, finish->now + PD_SECOND));

  if (finish->now >= last)
    return give_up (desk, finish, row, result, answer, error);
  return pd_db_exec (
      desk->db, PD_SQL_OUTBOX_DEFERRED,
      PD_BIND (PD_INT (next), PD_TEXT (answer), PD_INT (row->id), PD_INT (finish->lease)), NULL,
      error);
}

/* No attempt is noted: there was none.  The row says why it waits. */
static gboolean
finish_away (PdDesk *desk, const Finish *finish, const PdOutboxRow *row,
             const PdOutboxResult *result, const char *answer, GError **error)
{
  if (finish->now >= row->created + finish->policy->max_age)
    return give_up (desk, finish, row, result, answer, error);
  return pd_db_exec (desk->db, PD_SQL_OUTBOX_AWAY,
                     PD_BIND (PD_INT (MAX (result->again, finish->now)), PD_TEXT (answer),
                              PD_INT (row->id), PD_INT (finish->lease)),
                     NULL, error);
}

/* The common case costs two statements. */
static gboolean
finish_sent (PdDesk *desk, const Finish *finish, const PdOutboxResult *result, GError **error)
{
  g_autofree char *answer = clean (result->answer, PD_OUTBOX_MAX_ANSWER);
  gint64 changed = 0;

  if (!pd_db_exec (desk->db, PD_SQL_OUTBOX_SENT,
                   PD_BIND (PD_INT (finish->now), PD_TEXT (answer), PD_TEXT (result->text),
                            PD_INT (result->id), PD_INT (finish->lease)),
                   &changed, error))
    return FALSE;
  return changed == 0 || add_attempt (desk, finish, result, error);
}

static gboolean
finish_unsent (PdDesk *desk, const Finish *finish, const PdOutboxResult *result, GError **error)
{
  g_autoptr (PdOutboxRow) row = NULL;
  g_autofree char *answer = clean (result->answer, PD_OUTBOX_MAX_ANSWER);

  if (!pd_outbox_get (desk, result->id, &row, error))
    return FALSE;
  if (row == NULL || row->lease != finish->lease || strcmp (row->state, "sending") != 0)
    return TRUE;
  if (result->result == PD_AWAY)
    return finish_away (desk, finish, row, result, answer, error);
  if (!add_attempt (desk, finish, result, error))
    return FALSE;
  if (result->result == PD_FAILED)
    return finish_failed (desk, finish, row, result->status != NULL ? result->status : "", answer,
                          error);
  return finish_deferred (desk, finish, row, result, answer, error);
}

static gboolean
finish_one (PdDesk *desk, const Finish *finish, const PdOutboxResult *result, GError **error)
{
  g_autofree char *answer = NULL;

  switch (result->result)
    {
    case PD_SENT:
      return finish_sent (desk, finish, result, error);
    case PD_UNTRIED:
      return pd_db_exec (
          desk->db, PD_SQL_OUTBOX_UNCLAIM_ONE,
          PD_BIND (PD_INT (finish->now), PD_INT (result->id), PD_INT (finish->lease)), NULL, error);
    case PD_HELD:
      answer = clean (result->answer, PD_OUTBOX_MAX_ANSWER);
      return pd_db_exec (desk->db, PD_SQL_OUTBOX_HOLD_CLAIMED,
                         PD_BIND (PD_TEXT (answer), PD_INT (result->id), PD_INT (finish->lease)),
                         NULL, error);
    case PD_CANCELLED:
      answer = clean (result->answer, PD_OUTBOX_MAX_ANSWER);
      return pd_db_exec (desk->db, PD_SQL_OUTBOX_CANCEL_CLAIMED,
                         PD_BIND (PD_INT (finish->now), PD_TEXT (answer), PD_INT (result->id),
                                  PD_INT (finish->lease)),
                         NULL, error);
    default:
      return finish_unsent (desk, finish, result, error);
    }
}

static gboolean
finish_work (PdDesk *desk, gpointer data, GError **error)
{
  const Finish *finish = data;

  for (gsize i = 0; i < finish->n_results; i++)
    if (!finish_one (desk, finish, &finish->results[i], error))
      return FALSE;
  return TRUE;
}

gboolean
pd_outbox_finish (PdDesk *desk, gint64 lease, const PdOutboxResult *results, gsize n_results,
                  const PdRetryPolicy *policy, GError **error)
{
  Finish finish = { lease, pd_clock_now (), results, n_results, policy };

  if (n_results == 0)
    return TRUE;
  return pd_desk_transaction (desk, finish_work, &finish, error);
}

/* ---- single statements ---- */

typedef struct {
  PdSqlId sql;
  const PdDbValue *values;
  gsize n_values;
  gint64 changed;
} Change;

static gboolean
change_work (PdDesk *desk, gpointer data, GError **error)
{
  Change *change = data;

  return pd_db_exec (desk->db, change->sql, change->values, change->n_values, &change->changed,
                     error);
}

/* Runs one statement, in the caller's transaction or one of its own. */
static gboolean
run_change (PdDesk *desk, Change *change, GError **error)
{
  if (pd_db_in_transaction (desk->db))
    return change_work (desk, change, error);
  return pd_desk_transaction (desk, change_work, change, error);
}

gboolean
pd_outbox_extend (PdDesk *desk, gint64 lease, gint64 until, GError **error)
{
  const PdDbValue values[] = { PD_INT (until), PD_INT (lease) };
  Change change = { PD_SQL_OUTBOX_EXTEND, values, G_N_ELEMENTS (values), 0 };

  return run_change (desk, &change, error);
}

gboolean
pd_outbox_unclaim (PdDesk *desk, gint64 lease, GError **error)
{
  const PdDbValue values[] = { PD_INT (pd_clock_now ()), PD_INT (lease) };
  Change change = { PD_SQL_OUTBOX_UNCLAIM, values, G_N_ELEMENTS (values), 0 };

  return run_change (desk, &change, error);
}

gboolean
pd_outbox_next_due (PdDesk *desk, gint64 *out_time, GError **error)
{
  *out_time = 0;
  for (int urgency = 0; urgency < PD_N_URGENCIES; urgency++)
    {
      gint64 next = 0;

      if (!pd_db_find_int (desk->db, PD_SQL_OUTBOX_NEXT_DUE, PD_BIND (PD_INT (urgency)), &next,
                           error))
        return FALSE;
      if (next != 0 && (*out_time == 0 || next < *out_time))
        *out_time = next;
    }
  return TRUE;
}

static int
by_id (gconstpointer a, gconstpointer b)
{
  const PdOutboxRow *left = *(const PdOutboxRow *const *)a;
  const PdOutboxRow *right = *(const PdOutboxRow *const *)b;

  return left->id < right->id ? -1 : left->id > right->id;
}

GPtrArray *
pd_outbox_list (PdDesk *desk, const char *state, guint limit, GError **error)
{
  static const char *const open_states[] = { "queued", "sending", "deferred", "held", NULL };
  const char *const one_state[] = { state, NULL };
  const char *const *states = state != NULL ? one_state : open_states;
  g_autoptr (GPtrArray) rows = new_list ();

  for (; *states != NULL; states++)
    if (!read_rows (desk, PD_SQL_OUTBOX_LIST, PD_BIND (PD_TEXT (*states), PD_INT (limit)), rows,
                    error))
      return NULL;
  g_ptr_array_sort (rows, by_id);
  if (rows->len > limit)
    g_ptr_array_set_size (rows, (gint)limit);
  return g_steal_pointer (&rows);
}

gboolean
pd_outbox_get (PdDesk *desk, gint64 id, PdOutboxRow **out, GError **error)
{
  g_autoptr (GPtrArray) rows = new_list ();

  *out = NULL;
  if (!read_rows (desk, PD_SQL_OUTBOX_GET, PD_BIND (PD_INT (id)), rows, error))
    return FALSE;
  if (rows->len > 0)
    *out = g_ptr_array_steal_index (rows, 0);
  return TRUE;
}

/* Runs a statement on one row and says why it changed nothing, if so. */
static gboolean
act (PdDesk *desk, gint64 id, PdSqlId sql, const PdDbValue *values, gsize n_values,
     const char *what, GError **error)
{
  Change change = { sql, values, n_values, 0 };
  g_autoptr (PdOutboxRow) row = NULL;
  char text[PD_ID_TEXT_SIZE];

  if (!run_change (desk, &change, error))
    return FALSE;
  if (change.changed > 0)
    return TRUE;
  if (!pd_outbox_get (desk, id, &row, error))
    return FALSE;
  pd_id_format (id, text);
  if (row == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no outgoing mail %s", text);
  return pd_fail (error, PD_ERROR_CONFLICT, "outgoing mail %s is %s: it cannot be %s now", text,
                  row->state, what);
}

gboolean
pd_outbox_retry (PdDesk *desk, gint64 id, GError **error)
{
  return act (desk, id, PD_SQL_OUTBOX_RETRY, PD_BIND (PD_INT (pd_clock_now ()), PD_INT (id)),
              "tried again", error);
}

gboolean
pd_outbox_hold (PdDesk *desk, gint64 id, GError **error)
{
  return act (desk, id, PD_SQL_OUTBOX_HOLD, PD_BIND (PD_INT (id)), "held", error);
}

gboolean
pd_outbox_cancel (PdDesk *desk, gint64 id, GError **error)
{
  return act (desk, id, PD_SQL_OUTBOX_CANCEL, PD_BIND (PD_INT (pd_clock_now ()), PD_INT (id)),
              "cancelled", error);
}

gboolean
pd_outbox_flush (PdDesk *desk, gint64 *out_rows, GError **error)
{
  gint64 now = pd_clock_now ();
  const PdDbValue values[] = { PD_INT (now), PD_INT (now) };
  Change change = { PD_SQL_OUTBOX_FLUSH, values, G_N_ELEMENTS (values), 0 };

  if (out_rows != NULL)
    *out_rows = 0;
  if (!run_change (desk, &change, error))
    return FALSE;
  if (out_rows != NULL)
    *out_rows = change.changed;
  return TRUE;
}
