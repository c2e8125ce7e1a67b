#include "desk/timer.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/log.h"
#include "desk/timer-work.h"

/* Work that fails is put off by the first pause, then by twice as much each
 * time, up to the longest: one that never succeeds must not eat the time of
 * the others, and one that failed for a moment's reason should not wait long. */
#define FIRST_PAUSE (10 * PD_SECOND)
#define LONGEST_PAUSE (1 * PD_HOUR)
#define MOST_DOUBLINGS 9

static const char *const kind_names[] = {
  [PD_TIMER_SLA] = "sla",         [PD_TIMER_WAITING] = "waiting",
  [PD_TIMER_REMINDER] = "reminder", [PD_TIMER_ARCHIVE] = "archive",
  [PD_TIMER_RECURRING] = "recurring", [PD_TIMER_DIGEST] = "digest",
};

G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == PD_TIMER_N_KINDS);

const char *
pd_timer_kind_name (PdTimerKind kind)
{
  g_return_val_if_fail ((gsize)kind < G_N_ELEMENTS (kind_names), "");
  return kind_names[kind];
}

gboolean
pd_timer_set (PdDesk *desk, PdTimerKind kind, gint64 subject, gint64 due, const char *data,
              GError **error)
{
  return pd_db_exec (desk->db, PD_SQL_TIMER_SET,
                     PD_BIND (PD_INT (pd_id_new ()), PD_TEXT (pd_timer_kind_name (kind)),
                              PD_INT (subject), PD_INT (due),
                              PD_TEXT (data != NULL ? data : "{}")),
                     NULL, error);
}

gboolean
pd_timer_clear (PdDesk *desk, PdTimerKind kind, gint64 subject, GError **error)
{
  return pd_db_exec (desk->db, PD_SQL_TIMER_CLEAR,
                     PD_BIND (PD_INT (subject), PD_TEXT (pd_timer_kind_name (kind))), NULL, error);
}

gboolean
pd_timer_get (PdDesk *desk, PdTimerKind kind, gint64 subject, gint64 *out_due, GError **error)
{
  return pd_db_find_int (desk->db, PD_SQL_TIMER_GET,
                         PD_BIND (PD_INT (subject), PD_TEXT (pd_timer_kind_name (kind))), out_due,
                         error);
}

/* ---- what is due --------------------------------------------------------------- */

/* a row as it was read */
typedef struct {
  gint64 id;
  char *kind; /* perhaps of a newer program */
  gint64 subject;
  gint64 due;
  char *data;
  gint64 tries;
} Row;

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->kind);
  g_free (row->data);
  g_free (row);
}

static GPtrArray *
read_due (PdDesk *desk, guint limit, GError **error)
{
  g_autoptr (GPtrArray) due = g_ptr_array_new_with_free_func (row_free);
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_TIMER_DUE,
                     PD_BIND (PD_INT (pd_clock_now ()), PD_INT (limit)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      Row *row = g_new0 (Row, 1);

      row->id = pd_rows_int (rows, 0);
      row->kind = g_strdup (pd_rows_text (rows, 1));
      row->subject = pd_rows_int (rows, 2);
      row->due = pd_rows_int (rows, 3);
      row->data = g_strdup (pd_rows_text (rows, 4));
      row->tries = pd_rows_int (rows, 5);
      g_ptr_array_add (due, row);
    }
  return step == 0 ? g_steal_pointer (&due) : NULL;
}

/* PD_TIMER_N_KINDS for a kind that this program does not know. */
static guint
find_kind (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (strcmp (kind_names[i], name) == 0)
      return i;
  return PD_TIMER_N_KINDS;
}

/* ---- doing one ------------------------------------------------------------------- */

typedef struct {
  const Row *row;
  const PdTimerWork *works;
  gboolean ours; /* nobody was first */
} Try;

static gboolean
take_and_work (PdDesk *desk, gpointer data, GError **error)
{
  Try *try = data;
  const Row *row = try->row;
  guint kind = find_kind (row->kind);
  const PdTimer timer = { (PdTimerKind)kind, row->subject, row->due, row->data };
  gint64 taken = 0;

  try->ours = FALSE;
  if (!pd_db_exec (desk->db, PD_SQL_TIMER_TAKE, PD_BIND (PD_INT (row->id), PD_INT (row->due)),
                   &taken, error))
    return FALSE;
  if (taken == 0)
    return TRUE;
  try->ours = TRUE;
  if (kind == PD_TIMER_N_KINDS || try->works[kind] == NULL)
    return pd_fail (error, PD_ERROR_INTERNAL, "this program has no work for timers \"%s\"",
                    row->kind);
  return try->works[kind](desk, &timer, error);
}

static gboolean
put_off (PdDesk *desk, gpointer data, GError **error)
{
  const Row *row = data;
  gint64 pause = FIRST_PAUSE << CLAMP (row->tries, 0, MOST_DOUBLINGS);
  gint64 due = pd_clock_now () + MIN (pause, LONGEST_PAUSE);

  return pd_db_exec (desk->db, PD_SQL_TIMER_PUT_OFF,
                     PD_BIND (PD_INT (due), PD_INT (row->id), PD_INT (row->due)), NULL, error);
}

static void
log_failure (const Row *row, const GError *error)
{
  char subject[PD_ID_TEXT_SIZE];

  pd_log (pd_error_face (error)->retry ? PD_LOG_WARNING : PD_LOG_ERROR, row->id, "timer-put-off",
          "kind", row->kind, "subject", pd_id_format (row->subject, subject), "tries",
          pd_log_int (row->tries + 1), "error", error->message, NULL);
}

/* FALSE only if the timer could not even be put off: then it is the database
 * that fails, and the others would fare no better. */
static gboolean
run_one (PdDesk *desk, const PdTimerWork *works, Row *row, guint *done, GError **error)
{
  Try try = { row, works, FALSE };
  g_autoptr (GError) failure = NULL;

  if (pd_desk_transaction (desk, take_and_work, &try, &failure))
    {
      *done += try.ours != FALSE;
      return TRUE;
    }
  log_failure (row, failure);
  return pd_desk_transaction (desk, put_off, row, error);
}

gboolean
pd_timer_run_with (PdDesk *desk, const PdTimerWork *works, guint limit, guint *out_done,
                   gint64 *out_next, GError **error)
{
  g_autoptr (GPtrArray) due = NULL;

  *out_done = 0;
  *out_next = 0;
  due = read_due (desk, limit, error);
  if (due == NULL)
    return FALSE;
  for (guint i = 0; i < due->len; i++)
    if (!run_one (desk, works, g_ptr_array_index (due, i), out_done, error))
      return FALSE;
  return pd_db_find_int (desk->db, PD_SQL_TIMER_NEXT, PD_NO_VALUES, out_next, error);
}

gboolean
pd_timer_run (PdDesk *desk, guint limit, guint *out_done, gint64 *out_next, GError **error)
{
  return pd_timer_run_with (desk, pd_timer_works (), limit, out_done, out_next, error);
}
