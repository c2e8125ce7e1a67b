#include "desk/job-title.h"

#include "base/error.h"
#include "base/id.h"
#include "base/nearest.h"

void
pd_job_title_free (PdJobTitle *title)
{
  if (title == NULL)
    return;
  g_free (title->name);
  g_free (title);
}

static void
free_title (gpointer title)
{
  pd_job_title_free (title);
}

GPtrArray *
pd_job_title_list (PdDesk *desk, GError **error)
{
  g_autoptr (GPtrArray) titles = g_ptr_array_new_with_free_func (free_title);
  g_autoptr (PdRows) rows = pd_db_query (desk->db, PD_SQL_JOB_TITLE_LIST, PD_NO_VALUES, error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      PdJobTitle *title = g_new0 (PdJobTitle, 1);

      title->id = pd_rows_int (rows, 0);
      title->name = g_strdup (pd_rows_text (rows, 1));
      g_ptr_array_add (titles, title);
    }
  return step == 0 ? g_steal_pointer (&titles) : NULL;
}

static gboolean
find (PdDesk *desk, const char *name, gint64 *out_id, GError **error)
{
  *out_id = 0;
  return !g_utf8_validate (name, -1, NULL)
         || pd_db_find_int (desk->db, PD_SQL_JOB_TITLE_BY_NAME, PD_BIND (PD_TEXT (name)), out_id,
                            error);
}

gboolean
pd_job_title_need (PdDesk *desk, const char *name, gint64 *out_id, GError **error)
{
  g_autoptr (GPtrArray) titles = NULL;
  PdNearest nearest = PD_NEAREST (name);

  if (!find (desk, name, out_id, error))
    return FALSE;
  if (*out_id != 0)
    return TRUE;
  titles = pd_job_title_list (desk, error);
  if (titles == NULL)
    return FALSE;
  for (guint i = 0; i < titles->len; i++)
    pd_nearest_offer (&nearest, ((PdJobTitle *)g_ptr_array_index (titles, i))->name);
  if (nearest.best != NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND,
                    "job title \"%s\" does not exist; did you mean \"%s\"?", name, nearest.best);
  return pd_fail (error, PD_ERROR_NOT_FOUND, "job title \"%s\" does not exist", name);
}

char *
pd_job_title_name (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (PdRows) rows = NULL;
  int step;

  if (id == 0)
    return g_strdup ("");
  rows = pd_db_query (desk->db, PD_SQL_JOB_TITLE_GET, PD_BIND (PD_INT (id)), error);
  step = rows != NULL ? pd_rows_next (rows, error) : -1;
  return step < 0 ? NULL : g_strdup (step == 1 ? pd_rows_text (rows, 0) : "");
}

static gboolean
check_name (PdDesk *desk, const char *name, gint64 id, GError **error)
{
  gint64 other;

  if (!g_utf8_validate (name, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "a job title must be UTF-8");
  if (*name == '\0' || g_utf8_strlen (name, -1) > PD_JOB_TITLE_MAX_NAME)
    return pd_fail (error, PD_ERROR_INVALID, "a job title has 1 to %d characters",
                    PD_JOB_TITLE_MAX_NAME);
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return pd_fail (error, PD_ERROR_INVALID, "a job title is one line of text");
  if (!find (desk, name, &other, error))
    return FALSE;
  return other == 0 || other == id
         || pd_fail (error, PD_ERROR_CONFLICT, "there is a job title \"%s\" already", name);
}

gboolean
pd_job_title_add (PdDesk *desk, const char *name, gint64 *out_id, GError **error)
{
  *out_id = 0;
  if (!check_name (desk, name, 0, error))
    return FALSE;
  *out_id = pd_id_new ();
  return pd_db_exec (desk->db, PD_SQL_JOB_TITLE_ADD, PD_BIND (PD_INT (*out_id), PD_TEXT (name)),
                     NULL, error);
}

gboolean
pd_job_title_rename (PdDesk *desk, gint64 id, const char *name, GError **error)
{
  return check_name (desk, name, id, error)
         && pd_db_exec (desk->db, PD_SQL_JOB_TITLE_RENAME, PD_BIND (PD_TEXT (name), PD_INT (id)),
                        NULL, error);
}

gboolean
pd_job_title_remove (PdDesk *desk, gint64 id, gboolean force, GError **error)
{
  gint64 holder = 0;

  if (!pd_db_find_int (desk->db, PD_SQL_JOB_TITLE_HOLDER, PD_BIND (PD_INT (id)), &holder, error))
    return FALSE;
  if (holder != 0 && !force)
    return pd_fail (error, PD_ERROR_CONFLICT,
                    "somebody has this job title: with --force it is taken from all");
  return pd_db_exec (desk->db, PD_SQL_JOB_TITLE_TAKE, PD_BIND (PD_INT (id)), NULL, error)
         && pd_db_exec (desk->db, PD_SQL_JOB_TITLE_REMOVE, PD_BIND (PD_INT (id)), NULL, error);
}
