/* person-merge.h - two persons who were the same. */
#pragma once

#include "desk/person.h"

/* Makes one person of two, in a transaction: addresses, memberships, groups,
 * tickets, entries, history, choices, side threads, recurring tickets and
 * waiting mail of `from` become those of `into`, whose own name, contacts,
 * fields, choices and role stay; what he has none of he gets.  `from` is
 * deleted then and remembers where he went; both copies are brought up to date.
 *
 * actor    an administrator; NULL: the desk itself
 * force    even one of staff and a client
 * Errors   PD_ERROR_DENIED     the actor is no administrator
 *          PD_ERROR_INVALID    they are one already; too many addresses together
 *          PD_ERROR_CONFLICT   one is deleted; one is staff and the other a client, without
 *          `force`; a client would have a ticket in work; nobody would be left to
 *          administer the desk
 */
gboolean  pd_person_merge  (PdDesk         *desk,
                            PdPerson       *from,
                            PdPerson       *into,
                            const PdPerson *actor,
                            gboolean        force,
                            GError        **error);

/* Who a person is now: himself, or whom he was merged into.  TRUE with *out =
 * NULL when there is nobody. */
gboolean  pd_person_resolve (PdDesk        *desk,
                             gint64         id,
                             PdPerson     **out,
                             GError       **error);
