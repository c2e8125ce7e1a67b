/* people.h - what the commands about people share. */
#pragma once

#include "cli/cli.h"

/* A person by an address, or by the id that `person list --state deleted` prints. */
PdPerson           *pd_people_need  (PdDesk *desk, const char *text, GError **error);

/* Who acts: the address given, else $POSTDESK_AS; NULL: the desk itself, as whoever has its
 * settings and database may all. */
gboolean            pd_people_actor (PdCli *cli, const char *address, PdPerson **out, GError **error);

struct json_object *pd_people_json  (const PdPerson *person);

/* The person and what happened to him, in a line or as JSON.  Returns TRUE. */
gboolean            pd_people_print (PdCli *cli, const PdPerson *person, const char *said);
