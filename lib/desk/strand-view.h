/* strand-view.h - side threads as JSON, for staff only. */
#pragma once

#include <json-c/json.h>

#include "desk/strand.h"

/* The strands of a ticket: number (1 is its first), id, person{name,address,id},
 * by{name,address,id}, subject, state (open, closed), created. */
struct json_object *pd_strand_view_list (PdDesk *desk, const PdTicket *ticket, GError **error);

/* One of them with entries[]: id, kind (reply: ours; mail: theirs; note),
 * author{name,address,id}, time, text. */
struct json_object *pd_strand_view_full (PdDesk *desk, const PdStrand *strand, guint number, GError **error);
