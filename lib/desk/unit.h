/* unit.h - a unit receives tickets: its name, addresses, members, policy. */
#pragma once

#include "desk/desk.h"
#include "desk/person.h"
#include "desk/proof.h"

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
  gint64    calendar;   /* working hours; 0: all the time */
  gint64    plan;       /* of its new tickets; 0 none */
  PdProof   command_proof; /* what proof of sender commands by mail need: plausible or better */
} PdUnit;

/* A unit to fill and add: all fields empty but these, and commands need `aligned`.
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
 *          address, a proof that is none; PD_ERROR_CONFLICT   the name or an address is
 *          taken (says by whom); PD_ERROR_NOT_FOUND   the calendar or plan is not there, or closed
 */
gboolean    pd_unit_add          (PdDesk     *desk, PdUnit *unit, GError **error);

/* Writes a changed unit back, addresses included, in a transaction; errors as above. */
gboolean    pd_unit_save         (PdDesk     *desk, const PdUnit *unit, GError **error);

/* Closes a unit, in a transaction: it receives nothing any more, its name and history
 * stay, nobody's tickets go to it by default.
 *
 * actor    an administrator; NULL: the desk itself
 * move_to  where its open tickets are forwarded to; 0: there must be none
 * Errors   PD_ERROR_DENIED     the actor is no administrator
 *          PD_ERROR_CONFLICT   it has open tickets (says how many) and there is no move_to; a
 *          recurring ticket opens in it (says which)
 *          PD_ERROR_INVALID    move_to is the unit itself, or closed
 */
gboolean    pd_unit_remove       (PdDesk     *desk, PdUnit *unit, const PdPerson *actor, gint64 move_to, GError **error);

/* Names to ids, for what a person typed; "" and "none" are 0.
 * Errors   PD_ERROR_NOT_FOUND   no open calendar or plan of this name
 */
gboolean    pd_unit_calendar_id  (PdDesk     *desk, const char *name, gint64 *out_id, GError **error);
gboolean    pd_unit_plan_id      (PdDesk     *desk, const char *name, gint64 *out_id, GError **error);
/* and back: "" for 0; the caller frees, NULL on error */
char       *pd_unit_calendar_name (PdDesk    *desk, const PdUnit *unit, GError **error);
char       *pd_unit_plan_name    (PdDesk     *desk, const PdUnit *unit, GError **error);

typedef struct {
  gint64   person;
  gboolean head;
} PdUnitMember;

/* All members that are not deleted, the heads first, then in order of name, as GArray of PdUnitMember. */
GArray     *pd_unit_members      (PdDesk     *desk, gint64 unit, GError **error);

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
