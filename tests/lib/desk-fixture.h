/* desk-fixture.h - a small desk to test with: a unit, an agent in it, a client.
 *
 * Everything in it is fixed but the ids.  A step that fails ends the test.
 */
#pragma once

#include "desk/desk.h"
#include "desk/person.h"
#include "desk/ticket.h"
#include "desk/unit.h"

#define DESK_FIXTURE_UNIT   "support@desk.example"
#define DESK_FIXTURE_AGENT  "ann@desk.example"
#define DESK_FIXTURE_CLIENT "carl@client.example"

typedef struct {
  PdDesk        *desk;
  PdDeskSettings settings;
  PdKeyring     *keyring;
  char          *url;     /* of the database: for a second connection, unless it is in memory */
  PdUnit        *unit;   /* "support" */
  PdPerson      *agent;  /* "Ann Agent", member of it */
  PdPerson      *client; /* "Carl Client" */
} DeskFixture;

/* url   of an empty database; NULL: SQLite in memory */
DeskFixture *desk_fixture_new         (const char  *url);
void         desk_fixture_free        (DeskFixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DeskFixture, desk_fixture_free)

/* Begins a write transaction; commits it. */
void         desk_fixture_begin       (DeskFixture *fixture);
void         desk_fixture_commit      (DeskFixture *fixture);

/* These commit a transaction of their own.  Results are owned by the caller. */
PdPerson    *desk_fixture_add_person  (DeskFixture *fixture,
                                       PdRole       role,
                                       const char  *name,
                                       const char  *address);
PdUnit      *desk_fixture_add_unit    (DeskFixture *fixture,
                                       const char  *name,
                                       const char  *address);

/* A ticket that the client opened by mail with this subject and text. */
PdTicket    *desk_fixture_add_ticket  (DeskFixture *fixture,
                                       const char  *subject,
                                       const char  *text);
