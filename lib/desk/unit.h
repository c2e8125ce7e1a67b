/* unit.h - a unit receives tickets: its name, addresses, members, policy. */
#pragma once

#include "desk/desk.h"

#define PD_UNIT_MAX_NAME 200

typedef struct {
  gint64    id;
  char     *name;
  GPtrArray *addresses; /* of char*, small letters; the first is where its mail comes from */
  char     *signature;
  char     *language;   /* "" the desk's */
  gboolean  join;       /* a stranger who answers joins the ticket, instead of opening one that refers to it */
  gboolean  closed;
  gint64    created;
} PdUnit;

/* A unit to fill and add: all fields empty but these.
 * addresses   NULL-terminated
 */
PdUnit     *pd_unit_new          (const char        *name,
                                  const char *const *addresses);
void        pd_unit_free         (PdUnit     *unit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdUnit, pd_unit_free)

/* Each of these returns TRUE with *out = NULL when there is no such unit.
 * address   any letter case, without extension
 */
gboolean    pd_unit_get          (PdDesk     *desk, gint64 id,           PdUnit **out, GError **error);
gboolean    pd_unit_by_name      (PdDesk     *desk, const char *name,    PdUnit **out, GError **error);
gboolean    pd_unit_by_address   (PdDesk     *desk, const char *address, PdUnit **out, GError **error);

/* As pd_unit_by_name, but a missing one is PD_ERROR_NOT_FOUND with the nearest
 * name: for what a person typed. */
PdUnit     *pd_unit_need         (PdDesk     *desk, const char *name, GError **error);

/* All units in order of name, as a GPtrArray of PdUnit. */
GPtrArray  *pd_unit_list         (PdDesk     *desk, GError **error);

/* Adds a unit, in a transaction.  `unit->id` and `created` are set.
 *
 * Errors   PD_ERROR_INVALID   name empty, too long or not UTF-8, no address, a bad
 *          address; PD_ERROR_CONFLICT   the name or an address is taken (says by whom)
 */
gboolean    pd_unit_add          (PdDesk     *desk, PdUnit *unit, GError **error);

/* Writes a changed unit back, addresses included, in a transaction; errors as above. */
gboolean    pd_unit_save         (PdDesk     *desk, const PdUnit *unit, GError **error);

/* Members.  Adding a member again changes whether he is a head.
 * pd_unit_member_ids gives active staff of the unit (GArray of gint64).
 * Errors   PD_ERROR_NOT_FOUND   drop: he is no member
 */
gboolean    pd_unit_add_member   (PdDesk     *desk, gint64 unit, gint64 person, gboolean head, GError **error);
gboolean    pd_unit_drop_member  (PdDesk     *desk, gint64 unit, gint64 person, GError **error);
GArray     *pd_unit_member_ids   (PdDesk     *desk, gint64 unit, GError **error);

/* All addresses of all units that are not closed, as a set (GHashTable of char*
 * in small letters): for who checks recipients without asking the database each time. */
GHashTable *pd_unit_address_set  (PdDesk     *desk, GError **error);

/* Whether an address is one of ours: a unit's, closed or not, with or without
 * an extension. */
gboolean    pd_unit_is_own       (PdDesk     *desk, const char *address, gboolean *out_own, GError **error);
