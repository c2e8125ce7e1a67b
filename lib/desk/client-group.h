/* client-group.h - clients that belong together: a customer's house.
 *
 * A head of a group, itself a client, sees what the others in it asked
 * (ticket-access.h).  Locking a group changes nobody's own state: a client
 * whose groups are all locked cannot act (pd_person_may_act), and can again
 * once one of them is open; who was blocked by himself stays so.
 */
#pragma once

#include "desk/person.h"

#define PD_CLIENT_GROUP_MAX_NAME 200 /* characters */

typedef struct {
  gint64   id;
  char    *name;
  gboolean locked;
  gint64   created;
} PdClientGroup;

void            pd_client_group_free        (PdClientGroup *group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdClientGroup, pd_client_group_free)

/* A group by name; a missing one is PD_ERROR_NOT_FOUND with the nearest name. */
PdClientGroup  *pd_client_group_need        (PdDesk *desk, const char *name, GError **error);

/* All groups in order of name, as GPtrArray of PdClientGroup. */
GPtrArray      *pd_client_group_list        (PdDesk *desk, GError **error);

/* The groups of a person, the same way. */
GPtrArray      *pd_client_group_of_person   (PdDesk *desk, gint64 person, GError **error);

/* Adds an open group, in a transaction.
 *
 * Errors   PD_ERROR_INVALID   the name is empty, too long, no line of UTF-8
 *          PD_ERROR_CONFLICT  there is one of this name
 */
PdClientGroup  *pd_client_group_add         (PdDesk *desk, const char *name, GError **error);

/* Writes name and state back, in a transaction; errors as above. */
gboolean        pd_client_group_save        (PdDesk *desk, const PdClientGroup *group, GError **error);

/* Takes the group away, in a transaction; its clients stay. */
gboolean        pd_client_group_remove      (PdDesk *desk, gint64 group, GError **error);

/* Members, in a transaction.  Adding one again changes whether he is a head;
 * there may be several.
 *
 * Errors   PD_ERROR_INVALID     add: the person is staff, or deleted
 *          PD_ERROR_NOT_FOUND   drop: he is no member
 */
gboolean        pd_client_group_add_member  (PdDesk *desk, gint64 group, const PdPerson *person, gboolean head,
                                             GError **error);
gboolean        pd_client_group_drop_member (PdDesk *desk, gint64 group, gint64 person, GError **error);

typedef struct {
  gint64   person;
  gboolean head;
} PdClientGroupMember;

/* Members that are not deleted, the heads first, then in order of name, as GArray of
 * PdClientGroupMember. */
GArray         *pd_client_group_members     (PdDesk *desk, gint64 group, GError **error);
