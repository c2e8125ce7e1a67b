/* audit.h - what was done beside the tickets: to people, groups, fields; and
 * what is left of what is gone.  Only ever added to.
 */
#pragma once

#include "desk/desk.h"

/* Adds a line, in a transaction.
 *
 * actor     a person's id; 0 the desk itself
 * kind      "person-merged" "ticket-deleted" …; at most 32 octets
 * target    what it was done to: "ticket 12", "person 0ABC…"
 * data      JSON object as text, NULL "{}"; never a password, and of an erased
 *           person nothing
 */
gboolean  pd_audit_add     (PdDesk     *desk,
                            gint64      actor,
                            const char *kind,
                            const char *target,
                            const char *data,
                            GError    **error);

/* The same of a row that has an id: target is "NOUN ID". */
gboolean  pd_audit_add_id  (PdDesk     *desk,
                            gint64      actor,
                            const char *kind,
                            const char *noun,
                            gint64      id,
                            const char *data,
                            GError    **error);
