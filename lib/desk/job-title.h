/* job-title.h - what people are in their house: a dictionary. */
#pragma once

#include "desk/desk.h"

#define PD_JOB_TITLE_MAX_NAME 200 /* characters */

typedef struct {
  gint64  id;
  char   *name;
} PdJobTitle;

void        pd_job_title_free   (PdJobTitle *title);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdJobTitle, pd_job_title_free)

/* All of them in order of name, as GPtrArray of PdJobTitle. */
GPtrArray  *pd_job_title_list   (PdDesk *desk, GError **error);

/* The id behind a name; a missing one is PD_ERROR_NOT_FOUND with the nearest name. */
gboolean    pd_job_title_need   (PdDesk *desk, const char *name, gint64 *out_id, GError **error);

/* The name behind an id, "" for 0; the caller frees, NULL on error. */
char       *pd_job_title_name   (PdDesk *desk, gint64 id, GError **error);

/* These want a transaction.
 *
 * Errors   PD_ERROR_INVALID   the name is empty, too long, no line of UTF-8
 *          PD_ERROR_CONFLICT  add, rename: there is one of this name; remove: somebody
 *          has it, and `force` is not set, which takes it from all
 */
gboolean    pd_job_title_add    (PdDesk *desk, const char *name, gint64 *out_id, GError **error);
gboolean    pd_job_title_rename (PdDesk *desk, gint64 id, const char *name, GError **error);
gboolean    pd_job_title_remove (PdDesk *desk, gint64 id, gboolean force, GError **error);
