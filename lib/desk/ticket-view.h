/* ticket-view.h - a ticket as JSON: the documented form of `ticket list --json`
 * and `ticket show N --json`.
 */
#pragma once

#include <json-c/json.h>

#include "desk/ticket.h"

/* number, subject, unit, state, priority, plan, requester{name,address},
 * assignees[], tags[], created, updated. */
struct json_object *pd_ticket_view_row   (PdDesk *desk, const PdTicket *ticket, GError **error);

/* The same plus participants[], clocks[], entries[] (messages and events in
 * order of time: id, kind, author, time, visibility, text, visible,
 * attachments[], delivery[]).
 *
 * internal   whether internal entries are shown
 */
struct json_object *pd_ticket_view_full  (PdDesk *desk, const PdTicket *ticket, gboolean internal, GError **error);
