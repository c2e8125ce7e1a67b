/* Programs that answer each other through the desk and say nothing of what they
 * are: each time it ends after few mails, the ticket shows it once, and nobody
 * is written to any more.
 */
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "desk/intake.h"
#include "desk/outbox.h"
#include "tests/lib/desk-suite.h"
#include "tests/lib/mail-fixture.h"

#define MAX_TURNS 20
#define AWAY "I am out of the office until Monday and read no mail. Please write to my colleague."

/* Files a mail; what became of it is the caller's. */
static PdVerdict *
file (DeskFixture *f, const char *from, const char *to, const char *text)
{
  static gint64 nonce;
  const char *const recipients[] = { to != NULL ? to : DESK_FIXTURE_UNIT, NULL };
  g_autofree char *subject = g_strdup_printf ("subject %" G_GINT64_FORMAT, ++nonce);
  const MailFixture facts
      = { .from = from, .subject = subject, .text = text, .date = 1000000 + nonce };
  g_autoptr (MadeMail) mail = mail_fixture_make (&facts);
  g_autoptr (GBytes) raw = mail_fixture_raw (&facts);
  const PdIntake intake = { .id = pd_id_new (),
                            .received = pd_clock_now (),
                            .source = "lmtp",
                            .mail_from = from,
                            .recipients = recipients,
                            .raw = raw,
                            .mail = mail };
  PdVerdict *verdict;
  GError *error;

  pd_intake_batch (f->desk, &intake, 1, &verdict, &error);
  g_assert_no_error (error);
  return verdict;
}

/* How many notices wait for somebody; they are taken out. */
static guint
take_notices (DeskFixture *f, const char *recipient)
{
  g_autoptr (GPtrArray) rows = pd_outbox_list (f->desk, NULL, 1000, NULL);
  guint n = 0;

  for (guint i = 0; i < rows->len; i++)
    n += strcmp (((PdOutboxRow *)g_ptr_array_index (rows, i))->recipient, recipient) == 0;
  desk_fixture_begin (f);
  g_assert_true (pd_db_exec_script (f->desk->db, "DELETE FROM outbox", NULL));
  desk_fixture_commit (f);
  return n;
}

static guint
count_events (DeskFixture *f, gint64 number, const char *kind)
{
  g_autoptr (PdTicket) ticket = pd_ticket_need (f->desk, number, NULL);
  g_autoptr (PdRows) rows
      = pd_db_query (f->desk->db, PD_SQL_EVENT_OF_TICKET, PD_BIND (PD_INT (ticket->id)), NULL);
  guint n = 0;

  while (pd_rows_next (rows, NULL) > 0)
    n += strcmp (pd_rows_text (rows, 2), kind) == 0;
  return n;
}

/* A program that answers each mail of ours, to the unit's address, each time
 * under another subject.  Returns how many it wrote until it was not answered:
 * none of them is lost. */
static guint
play (DeskFixture *f, const char *from, gboolean grows)
{
  g_autoptr (GString) text = g_string_new (AWAY);

  for (guint turn = 1; turn <= MAX_TURNS; turn++)
    {
      g_autoptr (PdVerdict) verdict = file (f, from, NULL, text->str);

      g_assert_cmpstr (verdict->outcome, ==, "ticket");
      if (take_notices (f, from) == 0)
        return turn;
      if (grows)
        g_string_append_printf (text, " You wrote: it is ticket %u now, and somebody looks.", turn);
    }
  return MAX_TURNS;
}

static void
test_same (DeskFixture *f)
{
  g_assert_cmpuint (play (f, "robot@peer.example", FALSE), ==, 3);
}

static void
test_growing (DeskFixture *f)
{
  g_assert_cmpuint (play (f, "robot@peer.example", TRUE), <=, 4);
}

/* Once it has ended it does not begin again. */
static void
test_once (DeskFixture *f)
{
  play (f, "robot@peer.example", FALSE);
  for (int i = 0; i < 5; i++)
    {
      g_autoptr (PdVerdict) verdict = file (f, "robot@peer.example", NULL, AWAY);

      g_assert_cmpstr (verdict->outcome, ==, "ticket");
      g_assert_cmpuint (take_notices (f, "robot@peer.example"), ==, 0);
    }
}

/* Two desks acknowledge each other's acknowledgements, and nothing tells that
 * programs wrote them. */
static void
test_two_desks (DeskFixture *f)
{
  g_autoptr (DeskFixture) other = desk_fixture_new (NULL);
  gint64 number = 1;
  guint turns = 0;

  for (gboolean over = FALSE; !over && turns < MAX_TURNS; turns++)
    {
      DeskFixture *desk = turns % 2 == 0 ? f : other;
      const char *from = turns % 2 == 0 ? "help@other.example" : "help@first.example";
      g_autofree char *text = g_strdup_printf (
          "Thank you for writing to us. Your mail has arrived and is now ticket %" G_GINT64_FORMAT
          ". Somebody will look at it soon.",
          number);
      g_autoptr (PdVerdict) verdict = file (desk, from, NULL, text);

      number = verdict->ticket;
      over = take_notices (desk, from) == 0;
    }
  g_assert_cmpuint (turns, <=, 6);
}

/* By the signed reply address of a notice: all on one ticket. */
static void
test_on_ticket (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "old", "text");
  const PdSignedAddress what
      = { .kind = PD_SIGNED_REPLY, .ticket = ticket->number, .person = f->client->id };
  g_autofree char *to = pd_keyring_sign_address (f->keyring, DESK_FIXTURE_UNIT, '+', &what);
  static const char *const outcomes[] = { "comment", "comment", "loop", "loop" };

  for (gsize i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_autoptr (PdVerdict) verdict = NULL;

      take_notices (f, DESK_FIXTURE_AGENT);
      verdict = file (f, DESK_FIXTURE_CLIENT, to, AWAY);
      g_assert_cmpstr (verdict->outcome, ==, outcomes[i]);
      g_assert_cmpint (take_notices (f, DESK_FIXTURE_AGENT) > 0, ==, i < 2);
    }
  g_assert_cmpuint (count_events (f, ticket->number, "loop"), ==, 1);
}

/* A person answers quickly, in few words, and sends many things. */
static void
test_person (DeskFixture *f)
{
  static const char *const texts[] = {
    "ok",
    "ok",
    "thanks",
    "ok",
    "The printer on the second floor does not print what I send to it.",
    "",
    "",
    "",
    "The window on the third floor does not close any more when it rains.",
    "ok",
  };
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "old", "text");
  const PdSignedAddress what
      = { .kind = PD_SIGNED_REPLY, .ticket = ticket->number, .person = f->client->id };
  g_autofree char *to = pd_keyring_sign_address (f->keyring, DESK_FIXTURE_UNIT, '+', &what);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (PdVerdict) verdict = file (f, DESK_FIXTURE_CLIENT, to, texts[i]);

      g_assert_cmpstr (verdict->outcome, ==, "comment");
    }
  g_assert_cmpuint (count_events (f, ticket->number, "loop"), ==, 0);
}

/* Bounds of the settings. */
static void
test_rate (DeskFixture *f)
{
  f->settings.bounds.acknowledgements = 4;
  f->settings.bounds.alike = 0;
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (PdVerdict) verdict = file (f, "robot@peer.example", NULL, AWAY);

      g_assert_cmpstr (verdict->outcome, ==, "ticket");
      g_assert_cmpuint (take_notices (f, "robot@peer.example"), ==, i < 4 ? 1 : 0);
    }
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "loop/same", test_same },           { "loop/growing", test_growing },
    { "loop/once", test_once },           { "loop/two-desks", test_two_desks },
    { "loop/on-ticket", test_on_ticket }, { "loop/person", test_person },
    { "loop/rate", test_rate },
  };

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
