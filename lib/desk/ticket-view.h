/* ticket-view.h - a ticket as JSON: the documented form of `ticket list --json`
 * and `ticket show N --json`; and as a page to print.
 *
 * The viewer decides what is in it, by the access table: who may not read the
 * notes of a ticket gets no internal entry, nothing of side threads, no staff-only
 * field, no tags, no address of an agent, and no delivery.  A viewer NULL is the
 * desk itself, which sees all.
 */
#pragma once

#include <json-c/json.h>

#include "desk/ticket.h"

/* number, subject, unit, state, priority, plan, requester{name,address},
 * assignees[], tags[], created, updated, locker{…} or null, deadline, waiting_until, done (times
 * or null), rating (1 to 3 or null), merged_into (a number or null); for staff spam. */
struct json_object *pd_ticket_view_row   (PdDesk *desk, const PdTicket *ticket, const PdPerson *viewer, GError **error);

/* The same plus participants[] (name, address, id, relation: requester, author,
 * locker, assignee, watcher, cc; each person once), rating_text, topics[], fields[] (name, kind,
 * value), links[] and merged[] (number, subject, state; only what he may see), acts[] (what the
 * viewer may do now, by the names of access.h), clocks[], entries[]
 * (messages and events in order of time: id, kind, author{name,address} or
 * null, time, visibility, text, visible, edited (a time or null), origin (the number of the
 * ticket that was merged into this one and has the entry, or null), attachments[], delivery[];
 * for staff strand and data (of an event: what changed)).  The text
 * of an event is its kind, "taken"; the author of what the system did is null.
 * An attachment is {id, name, type, size, content_id, inline, sha256}, a
 * delivery {to, state, answer, time}.
 *
 * For staff, strands[] (strand-view.h) too; an entry of a side thread has its id as
 * `strand`.
 *
 * Errors   PD_ERROR_NOT_FOUND   he may not see it: the words for a number that was never given
 */
struct json_object *pd_ticket_view_full  (PdDesk *desk, const PdTicket *ticket, const PdPerson *viewer, GError **error);

/* What an entry said before it was edited, oldest first: an array of text, visible, until (a
 * time), by{name,address}.  Only for who reads the notes.
 *
 * Errors   PD_ERROR_NOT_FOUND, PD_ERROR_DENIED
 */
struct json_object *pd_ticket_view_editions (PdDesk *desk, const PdTicket *ticket, const PdPerson *viewer, gint64 entry, GError **error);

/* A view of pd_ticket_view_full as a page to print: header, people, fields, entries, history.
 * Text is UTF-8 in lines of any length; HTML is a whole document without
 * scripts or links, everything in it escaped.  Caller frees.  Cannot fail. */
char               *pd_ticket_print_text (struct json_object *view);
char               *pd_ticket_print_html (struct json_object *view);
