/* ticket-work.h - what the commands on tickets share. */
#pragma once

#include "cli/cli.h"
#include "desk/ticket.h"

/* Prints a ticket as the viewer sees it (NULL: all of it), as text or with --json. */
gboolean  pd_ticket_work_show  (PdCli          *cli,
                                gint64          number,
                                const PdPerson *viewer,
                                GError        **error);

/* The one who looks: the address given, else $POSTDESK_AS; *out NULL if neither
 * is there: the desk itself. */
gboolean  pd_ticket_work_viewer (PdCli         *cli,
                                 const char    *address,
                                 PdPerson     **out,
                                 GError       **error);

/* A moment as people write it, in the zone of the actor or the desk; "none" is 0. */
gboolean  pd_ticket_work_when  (PdCli          *cli,
                                const PdPerson *actor,
                                const char     *text,
                                gint64         *out_time,
                                GError        **error);

/* A plan by its name; "none" is 0. */
gboolean  pd_ticket_work_plan  (PdDesk         *desk,
                                const char     *name,
                                gint64         *out_plan,
                                GError        **error);

/* Persons by their addresses: a GArray of gint64.
 *
 * addresses   NULL-terminated, or NULL
 */
GArray   *pd_ticket_work_people (PdDesk        *desk,
                                 char         **addresses,
                                 GError       **error);
