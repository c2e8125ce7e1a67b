/* ticket-view.h - a ticket as JSON: the documented form of `ticket list --json`
 * and `ticket show N --json`.
 */
#pragma once

#include <json-c/json.h>

#include "desk/ticket.h"

/* number, subject, unit, state, priority, plan, requester{name,address},
 * assignees[], tags[], created, updated. */
struct json_object *pd_ticket_view_row   (PdDesk *desk, const PdTicket *ticket, GError **error);

/* The same plus participants[] (name, address, id, relation: requester, author,
 * locker, assignee, watcher, cc; each person once), clocks[], entries[]
 * (messages and events in order of time: id, kind, author{name,address} or
 * null, time, visibility, text, visible, attachments[], delivery[]).  The text
 * of an event is its kind, "taken"; the author of what the system did is null.
 * An attachment is {id, name, type, size, content_id, inline, sha256}, a
 * delivery {to, state, answer, time}.
 *
 * For staff, strands[] (strand-view.h) too; an entry of a side thread has its id as
 * `strand`.
 *
 * internal   whether internal entries, deliveries and addresses of staff are shown
 */
struct json_object *pd_ticket_view_full  (PdDesk *desk, const PdTicket *ticket, gboolean internal, GError **error);
