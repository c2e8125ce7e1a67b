/* person-import.h - people from a table: comma-separated values (base/csv.h).
 *
 * The first row names the columns: name, address (several with ";" between
 * them), role, unit, group, login, phone, mobile, messenger, postal, job_title,
 * language, timezone, and "field:NAME" for a further field.  An empty cell says
 * nothing.  Who is known by one of his addresses is changed, others are added;
 * without a role they are clients.
 */
#pragma once

#include "desk/person.h"

#define PD_PERSON_IMPORT_MAX (32 * 1024 * 1024) /* octets */

typedef struct {
  guint added, changed;
} PdPersonImport;

/* Takes all rows, in a transaction, or none.
 *
 * Errors   PD_ERROR_DENIED    the actor is no administrator
 *          others             begin with "line N, column NAME: " and say what was wrong
 */
gboolean  pd_person_import (PdDesk         *desk,
                            const char     *text,
                            gsize           size,
                            const PdPerson *actor,
                            PdPersonImport *out_import,
                            GError        **error);
