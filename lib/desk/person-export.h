/* person-export.h - all that is stored about somebody, for himself. */
#pragma once

#include <json-c/json.h>

#include "desk/person.h"

/* A JSON object: person (with addresses, contacts, fields, units, groups, defaults), choices,
 * tickets (those he asked for, each with its public entries), messages (all that he
 * wrote, also elsewhere), events (what he did), notices (what was sent to him),
 * requests (about him), audit (what was done to him).  Never a password.  It is made in
 * memory: a person with very many tickets takes as much.
 *
 * actor     he himself or an administrator; NULL: the desk itself
 * Returns   an object that the caller puts; NULL on error
 * Errors    PD_ERROR_DENIED   somebody else
 */
struct json_object *pd_person_export       (PdDesk *desk, const PdPerson *person, const PdPerson *actor,
                                            GError **error);

/* Gives each raw mail of his, one at a time.
 *
 * take      FALSE with an error ends it
 */
typedef gboolean  (*PdExportMail)          (gint64 message, GBytes *raw, gpointer data, GError **error);
gboolean            pd_person_export_mails (PdDesk *desk, const PdPerson *person, const PdPerson *actor,
                                            PdExportMail take, gpointer data, GError **error);
