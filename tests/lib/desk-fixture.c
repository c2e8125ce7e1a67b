#include "tests/lib/desk-fixture.h"

#include "store/migrate.h"

#define KEYS "fixed 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"

PdPerson *
desk_fixture_add_person (DeskFixture *fixture, PdRole role, const char *name, const char *address)
{
  PdPerson *person = pd_person_new (role, name, address);
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (fixture);
  pd_person_add (fixture->desk, person, &error);
  g_assert_no_error (error);
  desk_fixture_commit (fixture);
  return person;
}

PdUnit *
desk_fixture_add_unit (DeskFixture *fixture, const char *name, const char *address)
{
  PdUnit *unit = pd_unit_new (name, (const char *const[]){ address, NULL });
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (fixture);
  pd_unit_add (fixture->desk, unit, &error);
  g_assert_no_error (error);
  desk_fixture_commit (fixture);
  return unit;
}

PdTicket *
desk_fixture_add_ticket (DeskFixture *fixture, const char *subject, const char *text)
{
  const PdTicketNew new_ticket = {
    .subject = subject,
    .unit = fixture->unit->id,
    .requester = fixture->client->id,
    .author = fixture->client->id,
    .source = "mail",
  };
  const PdEntry entry = {
    .kind = "mail",
    .author = fixture->client->id,
    .text = text,
    .proof = "plausible",
  };
  PdTicket *ticket = NULL;
  gint64 message;
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (fixture);
  pd_ticket_create (fixture->desk, &new_ticket, &entry, &ticket, &message, &error);
  g_assert_no_error (error);
  desk_fixture_commit (fixture);
  return ticket;
}

void
desk_fixture_begin (DeskFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  pd_desk_begin (fixture->desk, &error);
  g_assert_no_error (error);
}

void
desk_fixture_commit (DeskFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  pd_desk_commit (fixture->desk, &error);
  g_assert_no_error (error);
}

static void
open_desk (DeskFixture *fixture, const char *url)
{
  g_autoptr (GError) error = NULL;
  PdDb *db;

  fixture->keyring = pd_keyring_parse (KEYS, &error);
  g_assert_no_error (error);
  fixture->settings = (PdDeskSettings){
    .name = "DESK",
    .domain = "desk.example",
    .url = "",
    .language = "en",
    .delimiter = '+',
    .trust = { .authserv_id = "mx.desk.example" },
    .bounds = PD_GUARD_DEFAULTS,
    .templates = "",
    .keyring = fixture->keyring,
  };
  fixture->url = g_strdup (url != NULL ? url : "sqlite::memory:");
  db = pd_db_open (fixture->url, &error);
  g_assert_no_error (error);
  pd_migrate_run (db, &error);
  g_assert_no_error (error);
  fixture->desk = pd_desk_new (db, &fixture->settings);
}

static void
add_member (DeskFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (fixture);
  pd_unit_add_member (fixture->desk, fixture->unit->id, fixture->agent->id, FALSE, &error);
  g_assert_no_error (error);
  desk_fixture_commit (fixture);
}

DeskFixture *
desk_fixture_new (const char *url)
{
  DeskFixture *fixture = g_new0 (DeskFixture, 1);

  open_desk (fixture, url);
  fixture->unit = desk_fixture_add_unit (fixture, "support", DESK_FIXTURE_UNIT);
  fixture->agent
      = desk_fixture_add_person (fixture, PD_ROLE_AGENT, "Ann Agent", DESK_FIXTURE_AGENT);
  fixture->client
      = desk_fixture_add_person (fixture, PD_ROLE_CLIENT, "Carl Client", DESK_FIXTURE_CLIENT);
  add_member (fixture);
  return fixture;
}

void
desk_fixture_free (DeskFixture *fixture)
{
  if (fixture == NULL)
    return;
  pd_unit_free (fixture->unit);
  pd_person_free (fixture->agent);
  pd_person_free (fixture->client);
  pd_desk_free (fixture->desk);
  pd_keyring_free (fixture->keyring);
  g_free (fixture->url);
  g_free (fixture);
}
