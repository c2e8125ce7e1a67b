/* fill-desk URL N - makes a desk with one unit, an agent and N tickets, whose
 * notices (two each) wait in the outbox: for tests of the spooler.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/lib/desk-fixture.h"

/* All in one transaction: what the test measures is not this. */
static void
add_tickets (DeskFixture *fixture, int n)
{
  const PdTicketNew new_ticket = {
    .unit = fixture->unit->id,
    .requester = fixture->client->id,
    .author = fixture->client->id,
    .subject = "The printer smokes",
    .source = "mail",
  };
  const PdEntry entry = {
    .kind = "mail",
    .author = fixture->client->id,
    .text = "It smokes and stinks.\nWhat now?\n",
    .proof = "plausible",
  };
  g_autoptr (GError) error = NULL;
  gint64 message;

  desk_fixture_begin (fixture);
  for (int i = 0; i < n; i++)
    {
      pd_ticket_create (fixture->desk, &new_ticket, &entry, NULL, &message, &error);
      g_assert_no_error (error);
    }
  desk_fixture_commit (fixture);
}

int
main (int argc, char **argv)
{
  g_autoptr (DeskFixture) fixture = NULL;

  if (argc != 3)
    {
      fprintf (stderr, "usage: fill-desk URL N\n");
      return 2;
    }
  fixture = desk_fixture_new (argv[1]);
  add_tickets (fixture, atoi (argv[2]));
  return 0;
}
