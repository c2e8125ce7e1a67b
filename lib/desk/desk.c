#include "desk/desk.h"

#include "desk/desk-setting.h"
#include "desk/number.h"

PdDesk *
pd_desk_new (PdDb *db, const PdDeskSettings *settings)
{
  PdDesk *desk = g_new0 (PdDesk, 1);

  desk->db = db;
  desk->settings = settings;
  return desk;
}

void
pd_desk_free (PdDesk *desk)
{
  if (desk == NULL)
    return;
  pd_desk_setting_forget (desk);
  pd_db_close (desk->db);
  g_free (desk);
}

static void
forget_numbers (PdDesk *desk)
{
  desk->number_held = FALSE;
  desk->number_last = desk->number_read = 0;
}

/* At the ends of a transaction. */
static void
forget_all (PdDesk *desk)
{
  forget_numbers (desk);
  desk->savepoints = 0;
  if (desk->daily_changed)
    pd_desk_setting_forget (desk);
  desk->daily_changed = FALSE;
}

typedef struct {
  PdDesk *desk;
  PdDeskWork work;
  gpointer data;
} Job;

static gboolean
run_job (PdDb *db, gpointer data, GError **error)
{
  Job *job = data;

  /* the run before may have been rolled back */
  forget_all (job->desk);
  return job->work (job->desk, job->data, error) && pd_number_flush (job->desk, error);
}

gboolean
pd_desk_transaction (PdDesk *desk, PdDeskWork work, gpointer data, GError **error)
{
  Job job = { desk, work, data };
  gboolean done = pd_db_transaction (desk->db, PD_DB_WRITE, run_job, &job, error);

  forget_all (desk);
  return done;
}

gboolean
pd_desk_begin (PdDesk *desk, GError **error)
{
  forget_all (desk);
  return pd_db_begin (desk->db, PD_DB_WRITE, error);
}

gboolean
pd_desk_commit (PdDesk *desk, GError **error)
{
  gboolean done = pd_number_flush (desk, error) && pd_db_commit (desk->db, error);

  if (done)
    forget_all (desk);
  return done;
}

void
pd_desk_rollback (PdDesk *desk)
{
  forget_all (desk);
  pd_db_rollback (desk->db);
}

gboolean
pd_desk_savepoint (PdDesk *desk, GError **error)
{
  if (!pd_db_savepoint (desk->db, error))
    return FALSE;
  desk->number_saved[desk->savepoints++] = desk->number_held ? desk->number_last : 0;
  return TRUE;
}

gboolean
pd_desk_release (PdDesk *desk, GError **error)
{
  if (!pd_db_release (desk->db, error))
    return FALSE;
  desk->savepoints--;
  return TRUE;
}

gboolean
pd_desk_rollback_to (PdDesk *desk, GError **error)
{
  gint64 saved;

  if (!pd_db_rollback_to (desk->db, error))
    return FALSE;
  if (desk->daily_changed)
    pd_desk_setting_forget (desk);

  /* a row locked after the savepoint may not be ours any more: it is read
   * again; one locked before it stays, and its numbers are given back */
  saved = desk->number_saved[--desk->savepoints];
  if (saved != 0)
    desk->number_last = saved;
  else
    forget_numbers (desk);
  return TRUE;
}
