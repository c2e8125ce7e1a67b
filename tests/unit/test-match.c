#include "desk/match.h"

#include <string.h>

#include "mail/ticket-ref.h"
#include "tests/lib/desk-suite.h"
#include "tests/lib/mail-fixture.h"

static void
test_rule (void)
{
  static const struct {
    PdEvidence evidence;
    PdSender sender;
    gboolean join;
    PdMatchDecision want;
    const char *why;
  } cases[] = {
    { PD_EVIDENCE_NONE, PD_SENDER_STAFF, TRUE, PD_MATCH_NEW, "nothing found" },
    { PD_EVIDENCE_REPLY_ADDRESS, PD_SENDER_PARTICIPANT, FALSE, PD_MATCH_JOIN, "the usual answer" },
    { PD_EVIDENCE_REPLY_ADDRESS, PD_SENDER_STRANGER, FALSE, PD_MATCH_JOIN,
      "the signature is the access" },
    { PD_EVIDENCE_OUR_ID, PD_SENDER_PARTICIPANT, FALSE, PD_MATCH_JOIN, "takes part" },
    { PD_EVIDENCE_OUR_ID, PD_SENDER_STAFF, FALSE, PD_MATCH_JOIN, "staff may" },
    { PD_EVIDENCE_OUR_ID, PD_SENDER_STRANGER, FALSE, PD_MATCH_REFER,
      "a forwarded mail gives its ids to anybody" },
    { PD_EVIDENCE_OUR_ID, PD_SENDER_STRANGER, TRUE, PD_MATCH_JOIN, "the unit lets strangers in" },
    { PD_EVIDENCE_STORED_ID, PD_SENDER_PARTICIPANT, FALSE, PD_MATCH_JOIN, "takes part" },
    { PD_EVIDENCE_STORED_ID, PD_SENDER_STRANGER, FALSE, PD_MATCH_REFER, "does not" },
    { PD_EVIDENCE_BOUNCE_ADDRESS, PD_SENDER_STRANGER, FALSE, PD_MATCH_REFER,
      "a bounce address proves no person" },
    { PD_EVIDENCE_SUBJECT, PD_SENDER_PARTICIPANT, FALSE, PD_MATCH_JOIN, "takes part" },
    { PD_EVIDENCE_SUBJECT, PD_SENDER_STAFF, FALSE, PD_MATCH_JOIN, "staff may" },
    { PD_EVIDENCE_SUBJECT, PD_SENDER_STRANGER, FALSE, PD_MATCH_REFER,
      "a number alone never gives access" },
    { PD_EVIDENCE_SUBJECT, PD_SENDER_STRANGER, TRUE, PD_MATCH_JOIN, "the unit lets strangers in" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s: %s", pd_evidence_name (cases[i].evidence), cases[i].why);
      g_assert_cmpint (pd_match_decide (cases[i].evidence, cases[i].sender, FALSE, cases[i].join), ==,
                       cases[i].want);
    }
}

/* What a case matches against: two tickets of the client; the first one's mail
 * has the id "first@client.example". */
typedef struct {
  DeskFixture *f;
  PdTicket *first, *second;
  PdPerson *stranger;
  char *first_reply, *second_reply,
      *foreign_reply;             /* signed addresses, of the client, of the agent */
  char *first_id, *second_id;     /* signed Message-IDs */
  char *gone_id;                  /* the same, of no ticket */
  char *first_mark, *second_mark; /* subjects */
} Scene;

static char *
reply_address (DeskFixture *f, gint64 ticket, gint64 person)
{
  const PdSignedAddress what = { .kind = PD_SIGNED_REPLY, .ticket = ticket, .person = person };

  return pd_keyring_sign_address (f->keyring, DESK_FIXTURE_UNIT, '+', &what);
}

static void
add_mail (DeskFixture *f, PdTicket *ticket, const char *message_id)
{
  const PdEntry entry
      = { .kind = "mail", .author = f->client->id, .text = "x", .message_id = message_id };
  g_autoptr (GError) error = NULL;
  gint64 id;

  desk_fixture_begin (f);
  pd_ticket_add_entry (f->desk, ticket, &entry, &id, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static void
scene_set (Scene *scene, DeskFixture *f)
{
  scene->f = f;
  scene->first = desk_fixture_add_ticket (f, "first", "text");
  scene->second = desk_fixture_add_ticket (f, "second", "text");
  scene->stranger = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Sue", "sue@other.example");
  add_mail (f, scene->first, "first@client.example");
  add_mail (f, scene->second, "second@client.example");
  scene->first_reply = reply_address (f, scene->first->number, f->client->id);
  scene->second_reply = reply_address (f, scene->second->number, f->client->id);
  scene->foreign_reply = reply_address (f, scene->first->number, f->agent->id);
  scene->first_id
      = pd_keyring_sign_message_id (f->keyring, scene->first->number, 5, "desk.example");
  scene->second_id
      = pd_keyring_sign_message_id (f->keyring, scene->second->number, 6, "desk.example");
  scene->gone_id = pd_keyring_sign_message_id (f->keyring, 999, 6, "desk.example");
  scene->first_mark = pd_ticket_ref_mark ("DESK", scene->first->number, "x", TRUE);
  scene->second_mark = pd_ticket_ref_mark ("DESK", scene->second->number, "x", TRUE);
}

static void
scene_clear (Scene *scene)
{
  pd_ticket_free (scene->first);
  pd_ticket_free (scene->second);
  pd_person_free (scene->stranger);
  g_free (scene->first_reply);
  g_free (scene->second_reply);
  g_free (scene->foreign_reply);
  g_free (scene->first_id);
  g_free (scene->second_id);
  g_free (scene->gone_id);
  g_free (scene->first_mark);
  g_free (scene->second_mark);
}

/* Finds a match for a mail from somebody; to be cleared. */
static void
find (DeskFixture *f, const MailFixture *facts, const char *recipient, PdMatch *out)
{
  const char *const recipients[] = { recipient, NULL };
  g_autoptr (MadeMail) mail = mail_fixture_make (facts);
  g_autoptr (PdTrace) trace = pd_trace_new ();
  g_autoptr (PdPerson) person = NULL;
  g_autoptr (PdRoute) route = NULL;
  g_autoptr (GError) error = NULL;

  route = pd_route_resolve (f->desk, recipients, facts->from, mail, &error);
  g_assert_no_error (error);
  pd_person_by_address (f->desk, facts->from, &person, &error);
  g_assert_no_error (error);
  pd_match_find (f->desk, mail, route, person, facts->from, trace, out, &error);
  g_assert_no_error (error);
}

static void
check (const Scene *s, const MailFixture *facts, const char *recipient, PdEvidence evidence,
       const PdTicket *ticket, PdMatchDecision decision, const char *why)
{
  g_auto (PdMatch) found = { 0 };

  g_test_message ("%s", why);
  find (s->f, facts, recipient, &found);
  g_assert_cmpstr (pd_evidence_name (found.evidence), ==, pd_evidence_name (evidence));
  g_assert_cmpint (found.decision, ==, decision);
  g_assert_cmpint (found.ticket != NULL ? found.ticket->number : 0, ==,
                   ticket != NULL ? ticket->number : 0);
}

#define CARL DESK_FIXTURE_CLIENT
#define ANN DESK_FIXTURE_AGENT
#define SUE "sue@other.example"

static void
test_evidence (DeskFixture *f)
{
  Scene s;

  scene_set (&s, f);
  {
    g_autofree char *both = g_strjoin (" ", s.second_id, "x@y", s.first_id, NULL);
    g_autofree char *shouted = g_ascii_strup (s.first_reply, -1);
    g_autofree char *forged = g_strconcat (s.first_reply, NULL);
    const struct {
      MailFixture mail;
      const char *recipient;
      PdEvidence evidence;
      const PdTicket *ticket;
      PdMatchDecision decision;
      const char *why;
    } cases[] = {
      { { .from = CARL, .subject = "new" }, NULL, PD_EVIDENCE_NONE, NULL, PD_MATCH_NEW, "new" },
      { { .from = CARL },
        s.first_reply,
        PD_EVIDENCE_REPLY_ADDRESS,
        s.first,
        PD_MATCH_JOIN,
        "his reply address" },
      { { .from = CARL },
        shouted,
        PD_EVIDENCE_REPLY_ADDRESS,
        s.first,
        PD_MATCH_JOIN,
        "in capitals: some mail programs do that" },
      { { .from = CARL, .to = s.first_reply },
        NULL,
        PD_EVIDENCE_REPLY_ADDRESS,
        s.first,
        PD_MATCH_JOIN,
        "the reply address in To only" },
      { { .from = CARL, .to = "a@b.example", .cc = s.second_reply },
        NULL,
        PD_EVIDENCE_REPLY_ADDRESS,
        s.second,
        PD_MATCH_JOIN,
        "in Cc" },
      { { .from = CARL, .to = s.second_reply },
        s.first_reply,
        PD_EVIDENCE_REPLY_ADDRESS,
        s.first,
        PD_MATCH_JOIN,
        "the envelope goes before the headers" },
      { { .from = CARL, .in_reply_to = s.second_id, .subject = s.second_mark },
        s.first_reply,
        PD_EVIDENCE_REPLY_ADDRESS,
        s.first,
        PD_MATCH_JOIN,
        "and before all other evidence" },
      { { .from = SUE },
        s.first_reply,
        PD_EVIDENCE_REPLY_ADDRESS,
        s.first,
        PD_MATCH_JOIN,
        "who has the address may use it" },
      { { .from = CARL, .in_reply_to = s.first_id },
        NULL,
        PD_EVIDENCE_OUR_ID,
        s.first,
        PD_MATCH_JOIN,
        "In-Reply-To" },
      { { .from = CARL, .in_reply_to = s.first_id, .subject = s.second_mark },
        NULL,
        PD_EVIDENCE_OUR_ID,
        s.first,
        PD_MATCH_JOIN,
        "ids go before the mark" },
      { { .from = CARL, .references = both },
        NULL,
        PD_EVIDENCE_OUR_ID,
        s.first,
        PD_MATCH_JOIN,
        "the newest of References" },
      { { .from = CARL, .in_reply_to = "x@y", .references = both },
        NULL,
        PD_EVIDENCE_OUR_ID,
        s.first,
        PD_MATCH_JOIN,
        "an unknown In-Reply-To is passed over" },
      { { .from = CARL, .in_reply_to = "second@client.example", .references = both },
        NULL,
        PD_EVIDENCE_STORED_ID,
        s.second,
        PD_MATCH_JOIN,
        "a stored one that is nearer counts" },
      { { .from = CARL, .in_reply_to = s.gone_id, .subject = s.second_mark },
        NULL,
        PD_EVIDENCE_SUBJECT,
        s.second,
        PD_MATCH_JOIN,
        "a ticket that is gone is no evidence" },
      { { .from = CARL, .references = "a@b c@d first@client.example e@f" },
        NULL,
        PD_EVIDENCE_STORED_ID,
        s.first,
        PD_MATCH_JOIN,
        "his own mail, before he had ours: reply-all crosses the acknowledgement" },
      { { .from = CARL, .references = "first@client.example 1@a 2@a 3@a 4@a 5@a 6@a 7@a 8@a 9@a" },
        NULL,
        PD_EVIDENCE_STORED_ID,
        s.first,
        PD_MATCH_JOIN,
        "more ids than one statement takes" },
      { { .from = CARL, .references = "first@client.example second@client.example" },
        NULL,
        PD_EVIDENCE_STORED_ID,
        s.second,
        PD_MATCH_JOIN,
        "the newest stored one" },
      { { .from = CARL, .in_reply_to = "FIRST@client.example" },
        NULL,
        PD_EVIDENCE_NONE,
        NULL,
        PD_MATCH_NEW,
        "ids are compared by bytes" },
      { { .from = CARL, .subject = s.first_mark },
        NULL,
        PD_EVIDENCE_SUBJECT,
        s.first,
        PD_MATCH_JOIN,
        "the mark" },
      { { .from = CARL, .subject = "Re: [DESK #999] x" },
        NULL,
        PD_EVIDENCE_NONE,
        NULL,
        PD_MATCH_NEW,
        "the mark of no ticket" },
      { { .from = CARL, .subject = "Re: [OTHER #1] x" },
        NULL,
        PD_EVIDENCE_NONE,
        NULL,
        PD_MATCH_NEW,
        "another desk's mark" },
      { { .from = SUE, .subject = s.first_mark },
        NULL,
        PD_EVIDENCE_SUBJECT,
        s.first,
        PD_MATCH_REFER,
        "a stranger with the number" },
      { { .from = SUE, .in_reply_to = s.first_id },
        NULL,
        PD_EVIDENCE_OUR_ID,
        s.first,
        PD_MATCH_REFER,
        "a stranger with a forwarded mail" },
      { { .from = "new@nobody.example", .subject = s.first_mark },
        NULL,
        PD_EVIDENCE_SUBJECT,
        s.first,
        PD_MATCH_REFER,
        "somebody unknown with the number" },
      { { .from = ANN, .subject = s.first_mark },
        NULL,
        PD_EVIDENCE_SUBJECT,
        s.first,
        PD_MATCH_JOIN,
        "staff with the number" },
      { { .from = ANN, .in_reply_to = "first@client.example" },
        NULL,
        PD_EVIDENCE_STORED_ID,
        s.first,
        PD_MATCH_JOIN,
        "staff that has the customer's mail" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
      check (&s, &cases[i].mail,
             cases[i].recipient != NULL ? cases[i].recipient : DESK_FIXTURE_UNIT, cases[i].evidence,
             cases[i].ticket, cases[i].decision, cases[i].why);
    /* one letter of the signature */
    forged[strlen (forged) - strlen ("@desk.example") - 1] ^= 1;
    check (&s, &cases[0].mail, forged, PD_EVIDENCE_NONE, NULL, PD_MATCH_NEW,
           "a forged signature is none, the mail goes to the unit");
  }
  scene_clear (&s);
}

static void
test_own_reply (DeskFixture *f)
{
  Scene s;
  const MailFixture from_carl = { .from = CARL };
  g_auto (PdMatch) own = { 0 };
  g_auto (PdMatch) foreign = { 0 };

  scene_set (&s, f);
  find (f, &from_carl, s.first_reply, &own);
  g_assert_true (own.own_reply);
  find (f, &from_carl, s.foreign_reply, &foreign);
  g_assert_false (foreign.own_reply);
  g_assert_cmpint (foreign.decision, ==, PD_MATCH_JOIN);
  scene_clear (&s);
}

static void
test_policy (DeskFixture *f)
{
  Scene s;
  g_autoptr (GError) error = NULL;
  MailFixture mail = { .from = SUE };

  scene_set (&s, f);
  mail.subject = s.first_mark;
  f->unit->join = TRUE;
  desk_fixture_begin (f);
  pd_unit_save (f->desk, f->unit, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  check (&s, &mail, DESK_FIXTURE_UNIT, PD_EVIDENCE_SUBJECT, s.first, PD_MATCH_JOIN,
         "the unit lets strangers join");
  scene_clear (&s);
}

static void
merge (DeskFixture *f, const PdTicket *from, const PdTicket *into)
{
  g_autofree char *text = g_strdup_printf ("UPDATE ticket SET merged_into = %" G_GINT64_FORMAT
                                           " WHERE id = %" G_GINT64_FORMAT,
                                           into->id, from->id);
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_db_exec_script (f->desk->db, text, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static void
test_merged (DeskFixture *f)
{
  Scene s;
  const MailFixture mail = { .from = CARL };
  g_auto (PdMatch) found = { 0 };

  scene_set (&s, f);
  merge (f, s.first, s.second);
  check (&s, &mail, s.first_reply, PD_EVIDENCE_REPLY_ADDRESS, s.second, PD_MATCH_JOIN,
         "what it was merged into");
  /* a ring, as no act makes one: it ends */
  merge (f, s.second, s.first);
  find (f, &mail, s.first_reply, &found);
  g_assert_nonnull (found.ticket);
  scene_clear (&s);
}

static void
test_route (DeskFixture *f)
{
  const char *const recipients[]
      = { "nobody@else.example", "Billing+x@desk.example", DESK_FIXTURE_UNIT, NULL };
  const MailFixture facts = {
    .from = "x@y.example",
    .to = "a@b.example support@desk.example SUPPORT+5@desk.example broken",
    .cc = "c@d.example billing@desk.example",
  };
  g_autoptr (PdUnit) billing = desk_fixture_add_unit (f, "billing", "billing@desk.example");
  g_autoptr (MadeMail) mail = mail_fixture_make (&facts);
  g_autoptr (PdRoute) route = NULL;
  g_autoptr (PdRoute) own = NULL;
  g_autoptr (GError) error = NULL;

  route = pd_route_resolve (f->desk, recipients, "x@y.example", mail, &error);
  g_assert_no_error (error);
  g_assert_cmpint (route->unit, ==, billing->id);
  g_assert_cmpuint (route->n_units, ==, 2);
  g_assert_cmpuint (route->n_ours, ==, 2);
  g_assert_false (route->own_sender);
  g_assert_cmpuint (route->people->len, ==, 2);
  g_assert_cmpstr (((PdAddress *)g_ptr_array_index (route->people, 1))->address, ==, "c@d.example");

  own = pd_route_resolve (f->desk, recipients, "support+o1.x@desk.example", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (own->own_sender);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "match/evidence", test_evidence }, { "match/own-reply", test_own_reply },
    { "match/policy", test_policy },     { "match/merged", test_merged },
    { "match/route", test_route },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/match/rule", test_rule);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
