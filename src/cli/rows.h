/* rows.h - mails in and mails out, printed: shared by the lists and `trace`. */
#pragma once

#include "cli/cli.h"
#include "desk/inbound.h"
#include "desk/outbox.h"

struct json_object *pd_rows_inbound_json       (const PdInboundRow *row);
struct json_object *pd_rows_outbox_json        (PdDesk            *desk,
                                                const PdOutboxRow *row);

/* Lists, as tables or with --json as arrays. */
void                pd_rows_print_inbound      (PdCli      *cli,
                                                GPtrArray  *rows,
                                                const char *if_empty);
void                pd_rows_print_outbox       (PdCli      *cli,
                                                GPtrArray  *rows,
                                                const char *if_empty);

/* One mail in with its trace, line by line. */
void                pd_rows_print_inbound_full (PdCli              *cli,
                                                const PdInboundRow *row);

/* The steps of a trace, one a line: what was looked at, what was decided. */
void                pd_rows_print_trace        (const char *trace);
