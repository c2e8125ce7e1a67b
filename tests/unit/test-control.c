/* What mails tell the desk to do, through the whole way of a mail: what became
 * of it, what happened to the ticket, what was said and who was told.
 */
#include "desk/control.h"

#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "desk/inbound.h"
#include "desk/intake.h"
#include "desk/outbox.h"
#include "desk/ticket-change.h"
#include "mail/ticket-ref.h"
#include "tests/lib/desk-suite.h"
#include "tests/lib/mail-fixture.h"

#define UNIT DESK_FIXTURE_UNIT
#define CARL DESK_FIXTURE_CLIENT
#define ANN DESK_FIXTURE_AGENT
#define BOB "bob@desk.example"   /* of the same unit */
#define BILL "bill@desk.example" /* of the unit "Second Level" */

#define PASS(domain) "mx.desk.example; dmarc=pass header.from=" domain
#define FAIL(domain) "mx.desk.example; dmarc=fail header.from=" domain

/* ---- a desk ---- */

typedef struct {
  DeskFixture *f;
  PdPerson *bob, *bill;
  PdUnit *second;
  PdTicket *ticket;
} Scene;

static void
scene_open (Scene *scene, DeskFixture *f)
{
  g_autoptr (GError) error = NULL;

  scene->f = f;
  scene->bob = desk_fixture_add_person (f, PD_ROLE_AGENT, "Bob Agent", BOB);
  scene->bill = desk_fixture_add_person (f, PD_ROLE_AGENT, "Bill Other", BILL);
  scene->second = desk_fixture_add_unit (f, "Second Level", "second@desk.example");
  desk_fixture_begin (f);
  pd_unit_add_member (f->desk, f->unit->id, scene->bob->id, FALSE, &error);
  pd_unit_add_member (f->desk, scene->second->id, scene->bill->id, FALSE, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static void
scene_close (Scene *scene)
{
  pd_person_free (scene->bob);
  pd_person_free (scene->bill);
  pd_unit_free (scene->second);
  pd_ticket_free (scene->ticket);
}

static void
sql (DeskFixture *f, const char *script)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_db_exec_script (f->desk->db, script, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static void
reload (Scene *scene)
{
  g_autoptr (GError) error = NULL;
  gint64 id = scene->ticket->id;

  g_clear_pointer (&scene->ticket, pd_ticket_free);
  pd_ticket_get (scene->f->desk, id, &scene->ticket, &error);
  g_assert_no_error (error);
}

typedef gboolean (*Act) (PdDesk *, PdTicket *, const PdPerson *, GError **);

static void
act (Scene *scene, Act what, const PdPerson *who)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (scene->f);
  what (scene->f->desk, scene->ticket, who, &error);
  g_assert_no_error (error);
  desk_fixture_commit (scene->f);
}

/* A new ticket in a state, with an empty outbox. */
static void
scene_ticket (Scene *scene, PdTicketState state)
{
  g_clear_pointer (&scene->ticket, pd_ticket_free);
  scene->ticket = desk_fixture_add_ticket (scene->f, "printer", "it smokes");
  if (state == PD_TICKET_LOCKED)
    act (scene, pd_ticket_take, scene->bob);
  if (state == PD_TICKET_DONE)
    act (scene, pd_ticket_finish, scene->f->agent);
  sql (scene->f, "DELETE FROM outbox");
}

/* ---- a mail ---- */

typedef enum {
  TO_REPLY,   /* the sender's own reply address */
  TO_NOTE,    /* his note address */
  TO_SUBJECT, /* the unit, with the mark in the subject */
  TO_UNIT,    /* the unit */
  TO_TAKE,    /* the address of an act */
  TO_DONE,
  TO_REOPEN,
  TO_GOOD,
  TO_BAD,
} Way;

static char *
signed_address (Scene *scene, const PdSignedAddress *what)
{
  return pd_keyring_sign_address (scene->f->keyring, UNIT, '+', what);
}

static char *
address_of (Scene *scene, Way way, gint64 person)
{
  static const PdSignedAddress what[] = {
    [TO_REPLY] = { .kind = PD_SIGNED_REPLY },
    [TO_NOTE] = { .kind = PD_SIGNED_NOTE },
    [TO_TAKE] = { .kind = PD_SIGNED_ACT, .act = PD_SIGNED_TAKE },
    [TO_DONE] = { .kind = PD_SIGNED_ACT, .act = PD_SIGNED_DONE },
    [TO_REOPEN] = { .kind = PD_SIGNED_ACT, .act = PD_SIGNED_REOPEN },
    [TO_GOOD] = { .kind = PD_SIGNED_ACT, .act = PD_SIGNED_RATE_GOOD },
    [TO_BAD] = { .kind = PD_SIGNED_ACT, .act = PD_SIGNED_RATE_BAD },
  };
  PdSignedAddress address;

  if (way == TO_UNIT || way == TO_SUBJECT)
    return g_strdup (UNIT);
  address = what[way];
  address.ticket = scene->ticket->number;
  address.person = person;
  return signed_address (scene, &address);
}

static gint64
person_id (Scene *scene, const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdPerson) person = NULL;

  pd_person_by_address (scene->f->desk, address, &person, &error);
  g_assert_no_error (error);
  return person != NULL ? person->id : 0;
}

/* Files a mail to an address; out_id: its mail id, may be NULL. */
static PdVerdict *
file (Scene *scene, const MailFixture *facts, const char *to, gint64 *out_id)
{
  static gint64 nonce;
  MailFixture mail_facts = *facts;
  g_autoptr (MadeMail) mail = NULL;
  const char *recipients[] = { to, NULL };
  PdVerdict *verdict;
  GError *error;
  PdIntake intake;

  mail_facts.date = 2000000 + ++nonce;
  mail = mail_fixture_make (&mail_facts);
  intake = (PdIntake){
    .id = pd_id_new (),
    .received = pd_clock_now (),
    .source = "lmtp",
    .mail_from = facts->from,
    .recipients = recipients,
    .raw = mail_fixture_raw (&mail_facts),
    .mail = mail,
  };
  pd_intake_batch (scene->f->desk, &intake, 1, &verdict, &error);
  g_assert_no_error (error);
  g_bytes_unref (intake.raw);
  if (out_id != NULL)
    *out_id = intake.id;
  return verdict;
}

static PdVerdict *
send_mail (Scene *scene, const char *from, Way way, const char *auth, const char *text)
{
  g_autofree char *to = address_of (scene, way, person_id (scene, from));
  g_autofree char *mark = pd_ticket_ref_mark ("DESK", scene->ticket->number, "printer", TRUE);
  const MailFixture facts = {
    .from = from,
    .to = to,
    .subject = way == TO_UNIT ? "a new thing" : mark,
    .text = text,
    .auth_results = auth,
  };

  return file (scene, &facts, to, NULL);
}

/* ---- what came of it ---- */

static char *
words_of (DeskFixture *f, PdSqlId sql_id, gint64 ticket, guint column, guint skip)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) rows = pd_db_query (f->desk->db, sql_id, PD_BIND (PD_INT (ticket)), &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  while (pd_rows_next (rows, &error) > 0)
    if (skip > 0)
      skip--;
    else
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", pd_rows_text (rows, column));
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

/* Entries as "kind:visible text|…", without the first. */
static char *
entries (DeskFixture *f, gint64 ticket, guint skip)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) rows
      = pd_db_query (f->desk->db, PD_SQL_MESSAGE_OF_TICKET, PD_BIND (PD_INT (ticket)), &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  while (pd_rows_next (rows, &error) > 0)
    if (skip > 0)
      skip--;
    else
      g_string_append_printf (text, "%s%s:%s", text->len > 0 ? "|" : "", pd_rows_text (rows, 1),
                              pd_rows_text (rows, pd_rows_is_null (rows, 6) ? 5 : 6));
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

static char *
outbox (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = pd_outbox_list (f->desk, NULL, 1000, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    {
      const PdOutboxRow *row = g_ptr_array_index (rows, i);
      const char *at = strchr (row->recipient, '@');

      g_string_append_printf (text, "%s%s:%.*s", i > 0 ? " " : "", row->event,
                              (int)(at - row->recipient), row->recipient);
    }
  return g_string_free (text, FALSE);
}

/* The data of the newest result mail; NULL: there is none. */
static struct json_object *
result_data (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = pd_outbox_list (f->desk, NULL, 1000, &error);
  struct json_object *data = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    {
      const PdOutboxRow *row = g_ptr_array_index (rows, i);

      if (strcmp (row->event, "command-result") != 0)
        continue;
      json_object_put (data);
      data = json_tokener_parse (row->data);
    }
  return data;
}

/* "+done -there is no …": each line, and whether it is well; then flags. */
static char *
result (DeskFixture *f)
{
  struct json_object *data = result_data (f), *lines, *flag;
  GString *text = g_string_new (NULL);

  if (data != NULL && json_object_object_get_ex (data, "lines", &lines))
    for (gsize i = 0; i < json_object_array_length (lines); i++)
      {
        struct json_object *line = json_object_array_get_idx (lines, i), *ok, *said;

        json_object_object_get_ex (line, "ok", &ok);
        json_object_object_get_ex (line, "text", &said);
        g_string_append_printf (text, "%s%c%s", i > 0 ? "|" : "",
                                json_object_get_boolean (ok) ? '+' : '-',
                                json_object_get_string (said));
      }
  if (data != NULL && json_object_object_get_ex (data, "undo", &flag))
    g_string_append (text, "|undo");
  json_object_put (data);
  return g_string_free (text, FALSE);
}

static char *
undo_address (DeskFixture *f)
{
  struct json_object *data = result_data (f), *undo;
  char *address;

  g_assert_true (json_object_object_get_ex (data, "undo", &undo));
  address = g_strdup (json_object_get_string (undo));
  json_object_put (data);
  return address;
}

#define assert_text(call, want)                                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *text_ = call;                                                                 \
    g_assert_cmpstr (text_, ==, want);                                                             \
  }                                                                                                \
  G_STMT_END

/* ---- one mail to a ticket ---- */

typedef struct {
  const char *from;
  Way way;
  const char *auth;
  PdTicketState state;
  const char *text;
  const char *outcome, *events, *entries, *outbox, *result;
  const char *why;
} Case;

static void
run_case (Scene *scene, const Case *one)
{
  g_autoptr (PdVerdict) verdict = NULL;
  guint before = one->state == PD_TICKET_FREE ? 1 : 2; /* events */

  g_test_message ("%s", one->why);
  scene_ticket (scene, one->state);
  verdict = send_mail (scene, one->from, one->way, one->auth, one->text);
  g_test_message ("%s", verdict->trace);
  g_assert_cmpstr (verdict->outcome, ==, one->outcome);
  assert_text (words_of (scene->f, PD_SQL_EVENT_OF_TICKET, scene->ticket->id, 2, before),
               one->events);
  assert_text (entries (scene->f, scene->ticket->id, 1), one->entries);
  assert_text (outbox (scene->f), one->outbox);
  assert_text (result (scene->f), one->result);
}

static const Case staff_cases[] = {
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#take\n", "discarded", "taken commanded", "",
    "command-result:ann", "+it is in work by you|undo", "one line, and nothing to file" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#take\n#priority high\n#tag printer, Smoke\n\nI come.",
    "comment", "taken priority tagged tagged commanded reply", "reply:I come.",
    "replied:carl command-result:ann",
    "+it is in work by you|+the priority is high|+tagged printer, Smoke|undo",
    "acts, then the answer to the customer" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#take\n#note\nhe is on leave", "comment",
    "taken commanded note", "note:he is on leave", "command-result:ann",
    "+it is in work by you|+the text stays internal|undo", "the text stays inside" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#note he is on leave", "comment", "note",
    "note:he is on leave", "noted:bob command-result:ann", "+the text stays internal",
    "a note on its own line" },
  { ANN, TO_NOTE, NULL, PD_TICKET_FREE, "he is on leave", "comment", "note", "note:he is on leave",
    "noted:bob", "", "to the note address" },
  { ANN, TO_NOTE, NULL, PD_TICKET_FREE, "#done\nit was the fuse", "comment", "done commanded note",
    "note:it was the fuse", "done:carl command-result:ann", "+it is done|undo",
    "commands work there, too" },
  { ANN, TO_NOTE, NULL, PD_TICKET_FREE, "#reply\nit was the fuse", "comment", "note",
    "note:#reply\nit was the fuse", "noted:bob command-result:ann",
    "-what comes to this address stays internal; write to the ticket's reply address",
    "what came to the note address is not sent" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "I come.", "comment", "reply", "reply:I come.",
    "replied:carl replied:bob", "", "no command: to the customer" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#12 is broken, too", "comment", "reply",
    "reply:#12 is broken, too", "replied:carl replied:bob", "", "a number is text" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#reply\n#done\nFixed.", "comment", "done commanded reply",
    "reply:Fixed.", "done:carl replied:carl command-result:ann",
    "+the text goes to the customer|+it is done|undo", "reply, said aloud" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#take\n#priority highest\n#tag a\nI come.", "comment",
    "note", "note:#take\n#priority highest\n#tag a\nI come.", "noted:bob command-result:ann",
    "+it is in work by you|-\"highest\" is no priority; low, normal or high|+tagged a",
    "the second line is wrong: nothing is done, the text is kept inside" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#take\n#tag a\n#take off\n#done\n", "discarded", "", "",
    "command-result:ann",
    "+it is in work by you|+tagged a|-#take stands alone on its line; text comes below|+it is done",
    "the third line is wrong" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#tkae\n", "discarded", "", "", "command-result:ann",
    "-there is no #tkae; did you mean #take?", "no such verb" },
  { ANN, TO_REPLY, NULL, PD_TICKET_LOCKED, "#take\nmine", "comment", "note", "note:#take\nmine",
    "noted:bob command-result:ann", "-ticket #14 is already taken by Bob Agent",
    "somebody was first" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#try\n#take\n#priority high\nI come.", "discarded", "",
    "", "command-result:ann",
    "+a dry run: nothing was changed, and the text was not filed|+it is in work by you|+the "
    "priority is high",
    "a dry run" },
  { ANN, TO_REPLY, NULL, PD_TICKET_LOCKED, "#try\n#take\n", "discarded", "", "",
    "command-result:ann",
    "+a dry run: nothing was changed, and the text was not filed|-ticket #16 is already taken by "
    "Bob Agent",
    "a dry run that would fail" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#forward Second Level please look\n#note\nI do not know",
    "comment", "note forwarded commanded note", "note:please look|note:I do not know",
    "forwarded:bill noted:bill command-result:ann",
    "+it is given to the unit of \"Second Level\"|+the text stays internal|undo",
    "a name of two words, and a note" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#forward second@desk.example", "discarded",
    "forwarded commanded", "", "forwarded:bill command-result:ann",
    "+it is given to the unit of \"Second Level\"|undo", "a unit by its address" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#forward bill@desk.example", "discarded",
    "assigned commanded", "", "assigned:bill command-result:ann",
    "+it is given to bill@desk.example|undo", "a colleague" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#forward Secnd", "discarded", "", "",
    "command-result:ann", "-unit \"Secnd\" does not exist", "a unit that there is not" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#forward carl@client.example", "discarded", "", "",
    "command-result:ann", "-Carl Client is a client: tickets are given to staff",
    "a client gets no tickets" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#assign bob@desk.example me", "discarded",
    "assigned commanded", "", "assigned:bob command-result:ann",
    "+it is given to bob@desk.example me|undo", "two of them" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#wait\nWhich printer is it?", "comment",
    "waiting commanded reply", "reply:Which printer is it?",
    "replied:carl replied:bob command-result:ann", "+it waits for the customer|undo",
    "waits for the answer" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#wait 2020-01-01", "discarded", "", "",
    "command-result:ann", "-\"2020-01-01\" is over already", "a time that is over" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#deadline 2029-03-01 12:00\n#deadline none", "discarded",
    "deadline deadline", "", "command-result:ann",
    "+the deadline is 2029-03-01 12:00 UTC|+it has no deadline", "set and taken off" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#plan gold", "discarded", "", "", "command-result:ann",
    "-plan \"gold\" does not exist", "no such plan" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#watch\n#unwatch bob@desk.example", "discarded",
    "watched commanded", "", "command-result:ann",
    "+you will hear of it|+bob@desk.example will not hear of it any more|undo",
    "himself; and who does not watch" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#link 999999", "discarded", "", "", "command-result:ann",
    "-there is no ticket #999999", "no such ticket" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#spam", "discarded", "spam commanded", "",
    "command-result:ann", "+it is spam|undo", "out of sight" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#release", "discarded", "", "", "command-result:ann",
    "+ticket #30 is free", "what is so already" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#note a\n#reply\nb", "comment", "note",
    "note:#note a\n#reply\nb", "noted:bob command-result:ann",
    "+the text stays internal|-one mail has one text: a note, a reply or a question",
    "one text is one thing" },
  { ANN, TO_REPLY, NULL, PD_TICKET_DONE, "#reopen", "discarded", "reopened commanded", "",
    "command-result:ann", "+it is open|undo", "opened again" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#ask vera@vendor.example\nIs there a recall?", "comment",
    "strand strand", "reply:Is there a recall?", "strand:vera noted:bob command-result:ann",
    "+vera@vendor.example was asked; that cannot be taken back",
    "a third party is asked, the customer is not told" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#ask carl@client.example\nIs there a recall?", "comment",
    "note", "note:#ask carl@client.example\nIs there a recall?", "noted:bob command-result:ann",
    "-carl@client.example takes part in ticket #34 itself: a side thread is with somebody who does "
    "not",
    "not who takes part" },
  { ANN, TO_REPLY, NULL, PD_TICKET_FREE, "#merge 1\nthe same", "comment", "merged", "",
    "merged:carl replied:carl command-result:ann",
    "+it is part of #1 now; that cannot be taken back", "the text goes where the ticket went" },
  { BILL, TO_REPLY, NULL, PD_TICKET_FREE, "#take\nhello", "comment", "note", "note:#take\nhello",
    "noted:ann noted:bob command-result:bill", "-there is no ticket #36",
    "of another unit: he may not even see it" },
  { ANN, TO_SUBJECT, PASS ("desk.example"), PD_TICKET_FREE, "#take", "discarded", "taken commanded",
    "", "command-result:ann", "+it is in work by you|undo", "aligned is enough" },
  { ANN, TO_SUBJECT, NULL, PD_TICKET_FREE, "#take\nI come.", "comment", "note",
    "note:#take\nI come.", "noted:bob command-result:ann",
    "-not done: commands need the proof of sender \"aligned\" here, and this mail has "
    "\"plausible\"; write to the reply address of a notice that you got",
    "a From alone does nothing; the text stays inside, and he is told why" },
  { ANN, TO_SUBJECT, NULL, PD_TICKET_FREE, "#note\nI come.", "comment", "note", "note:I come.",
    "noted:ann noted:bob command-result:ann", "+the text stays internal",
    "what keeps a text inside needs no proof" },
  { ANN, TO_SUBJECT, NULL, PD_TICKET_FREE, "I come.", "comment", "note", "note:I come.",
    "noted:ann noted:bob", "", "no commands, no proof: as ever" },
  { ANN, TO_SUBJECT, FAIL ("desk.example"), PD_TICKET_FREE, "#take", "held", "", "", "", "",
    "forged: held, nobody is told" },
};

static const Case customer_cases[] = {
  { CARL, TO_REPLY, NULL, PD_TICKET_FREE, "#done\n", "discarded", "done commanded", "",
    "command-result:carl", "+it is done|undo", "he closes it" },
  { CARL, TO_REPLY, NULL, PD_TICKET_FREE, "#done\n\nThanks, it works", "comment",
    "comment done commanded", "mail:Thanks, it works",
    "replied:ann replied:bob command-result:carl", "+it is done|undo",
    "his thanks do not open it again" },
  { CARL, TO_REPLY, NULL, PD_TICKET_DONE, "#reopen\nIt smokes again", "comment",
    "reopened commanded comment", "mail:It smokes again",
    "reopened:ann replied:ann command-result:carl", "+it is open|undo", "opened by him" },
  { CARL, TO_REPLY, NULL, PD_TICKET_DONE, "It smokes again", "comment", "comment reopened",
    "mail:It smokes again", "replied:ann", "", "opened by his word alone" },
  { CARL, TO_REPLY, NULL, PD_TICKET_FREE, "#take\n#priority high\nhello", "comment", "comment",
    "mail:#take\n#priority high\nhello", "replied:ann replied:bob", "",
    "staff's commands are text of his" },
  { CARL, TO_REPLY, NULL, PD_TICKET_FREE, "#done\n#spam\nhello", "comment",
    "comment done commanded", "mail:#spam\nhello", "replied:ann replied:bob command-result:carl",
    "+it is done|undo", "his is done, the other is text" },
  { CARL, TO_SUBJECT, PASS ("client.example"), PD_TICKET_FREE, "#done", "discarded",
    "done commanded", "", "command-result:carl", "+it is done|undo", "aligned" },
  { CARL, TO_SUBJECT, NULL, PD_TICKET_FREE, "#done", "comment", "comment", "mail:#done",
    "replied:ann replied:bob", "", "not proven: text" },
  { CARL, TO_REPLY, NULL, PD_TICKET_DONE, "#done", "discarded", "", "", "command-result:carl",
    "+ticket #9 was already finished by Ann Agent", "done already" },
  { CARL, TO_REPLY, NULL, PD_TICKET_FREE, "#reopen\nAnd the lift", "comment", "comment",
    "mail:And the lift", "replied:ann replied:bob command-result:carl", "+ticket #10 is free",
    "it is open already" },
};

static const Case act_cases[] = {
  { ANN, TO_TAKE, NULL, PD_TICKET_FREE, "", "discarded", "taken commanded", "",
    "command-result:ann", "+it is in work by you|undo", "a mail to the address is the act" },
  { ANN, TO_DONE, NULL, PD_TICKET_DONE, "", "discarded", "", "", "command-result:ann",
    "+it is done", "once more is no mistake" },
  { ANN, TO_TAKE, NULL, PD_TICKET_LOCKED, "", "discarded", "", "", "command-result:ann",
    "-ticket #3 is already taken by Bob Agent", "somebody was first" },
  { ANN, TO_DONE, NULL, PD_TICKET_FREE, "whatever it says\n#spam", "discarded", "done commanded",
    "", "done:carl command-result:ann", "+it is done|undo", "the text is not read" },
  { CARL, TO_DONE, NULL, PD_TICKET_FREE, "", "discarded", "done commanded", "",
    "command-result:carl", "+it is done|undo", "the customer's" },
  { CARL, TO_REOPEN, NULL, PD_TICKET_DONE, "", "discarded", "reopened commanded", "",
    "reopened:ann command-result:carl", "+it is open|undo", "the customer's" },
  { CARL, TO_REOPEN, NULL, PD_TICKET_FREE, "", "discarded", "", "", "command-result:carl",
    "+ticket #7 is free", "it is open already" },
  { CARL, TO_GOOD, NULL, PD_TICKET_DONE, "Very kind.", "discarded", "rated", "",
    "rated:ann command-result:carl", "+thank you", "rated, with a word" },
  { CARL, TO_BAD, NULL, PD_TICKET_FREE, "", "discarded", "", "", "command-result:carl",
    "-ticket #9 is free", "nothing to be rated yet" },
  { ANN, TO_TAKE, FAIL ("desk.example"), PD_TICKET_FREE, "", "discarded", "", "", "", "",
    "DMARC failed" },
};

static void
run_all (DeskFixture *f, const Case *cases, gsize n)
{
  Scene scene = { 0 };

  scene_open (&scene, f);
  for (gsize i = 0; i < n; i++)
    run_case (&scene, &cases[i]);
  scene_close (&scene);
}

static void
test_staff (DeskFixture *f)
{
  run_all (f, staff_cases, G_N_ELEMENTS (staff_cases));
}

static void
test_customer (DeskFixture *f)
{
  run_all (f, customer_cases, G_N_ELEMENTS (customer_cases));
}

static void
test_acts (DeskFixture *f)
{
  run_all (f, act_cases, G_N_ELEMENTS (act_cases));
}

/* ---- taking back ---- */

static PdVerdict *
send_undo (Scene *scene, const char *from, const char *address)
{
  const MailFixture facts = { .from = from, .to = address, .subject = "undo", .text = "" };

  return file (scene, &facts, address, NULL);
}

/* What commands did, and that one mail takes it all back. */
static void
test_undo (DeskFixture *f)
{
  static const struct {
    PdTicketState state;
    const char *text, *why;
  } cases[] = {
    { PD_TICKET_FREE, "#take\n#priority high\n#tag a b\n#watch bob@desk.example", "many things" },
    { PD_TICKET_FREE, "#forward Second Level", "out of his own sight" },
    { PD_TICKET_FREE, "#assign bob@desk.example me", "people" },
    { PD_TICKET_DONE, "#reopen", "done again, by the same" },
    { PD_TICKET_FREE, "#done", "free again" },
    { PD_TICKET_FREE, "#wait +3d\n#deadline +5d", "moments" },
    { PD_TICKET_FREE, "#spam", "out of the archive" },
  };
  Scene scene = { 0 };

  scene_open (&scene, f);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdVerdict) told = NULL, undone = NULL, again = NULL;
      g_autoptr (PdTicket) before = NULL;
      g_autofree char *address = NULL;

      g_test_message ("%s", cases[i].why);
      scene_ticket (&scene, cases[i].state);
      before = g_steal_pointer (&scene.ticket);
      scene.ticket = pd_ticket_need (f->desk, before->number, NULL);
      told = send_mail (&scene, ANN, TO_REPLY, NULL, cases[i].text);
      address = undo_address (f);
      undone = send_undo (&scene, ANN, address);
      g_test_message ("%s", undone->trace);
      g_assert_cmpstr (undone->outcome, ==, "discarded");
      g_assert_cmpstr (undone->reason, ==, "command: undo");
      reload (&scene);
      g_assert_cmpint (scene.ticket->state, ==, before->state);
      g_assert_cmpint (scene.ticket->locker, ==, before->locker);
      g_assert_cmpint (scene.ticket->finisher, ==, before->finisher);
      g_assert_cmpint (scene.ticket->unit, ==, before->unit);
      g_assert_cmpint (scene.ticket->priority, ==, before->priority);
      g_assert_cmpint (scene.ticket->deadline, ==, before->deadline);
      g_assert_cmpint (scene.ticket->waiting_until, ==, before->waiting_until);
      g_assert_cmpint (scene.ticket->named, ==, before->named);
      g_assert_cmpint (scene.ticket->spam, ==, before->spam);
      assert_text (words_of (f, PD_SQL_TICKET_TAG_OF_TICKET, scene.ticket->id, 0, 0), "");
      assert_text (words_of (f, PD_SQL_TICKET_PERSON_OF_TICKET, scene.ticket->id, 1, 0), "");
      again = send_undo (&scene, ANN, address);
      g_assert_cmpstr (again->reason, ==, "command: undo");
    }
  scene_close (&scene);
}

/* Not any more, and not by everybody. */
static void
test_undo_late (DeskFixture *f)
{
  Scene scene = { 0 };
  g_autoptr (PdVerdict) told = NULL, others = NULL, late = NULL;
  g_autofree char *address = NULL;

  scene_open (&scene, f);
  scene_ticket (&scene, PD_TICKET_FREE);
  told = send_mail (&scene, ANN, TO_REPLY, NULL, "#take\n#priority high");
  address = undo_address (f);
  others = send_undo (&scene, BOB, address);
  g_assert_cmpstr (others->reason, ==, "command: undo, not done: the address is not the sender's");
  reload (&scene);
  g_assert_cmpint (scene.ticket->priority, ==, 3);
  act (&scene, pd_ticket_finish, f->agent);
  late = send_undo (&scene, ANN, address);
  g_assert_nonnull (strstr (late->reason, "has changed since"));
  reload (&scene);
  g_assert_cmpint (scene.ticket->priority, ==, 3);
  g_assert_cmpint (scene.ticket->state, ==, PD_TICKET_DONE);
  scene_close (&scene);
}

/* ---- other ways ---- */

/* A ticket that staff opens by mail gets the commands of that mail. */
static void
test_new_ticket (DeskFixture *f)
{
  static const struct {
    const char *auth, *text, *outcome, *events, *visible, *why;
    PdTicketState state;
    int priority;
  } cases[] = {
    { PASS ("desk.example"), "#take\n#priority high\nthe lift", "ticket",
      "created taken priority commanded", "mail:the lift", "both", PD_TICKET_LOCKED, 3 },
    { PASS ("desk.example"), "#take\n#priority much\nthe lift", "ticket", "created",
      "mail:#take\n#priority much\nthe lift", "one is wrong: opened as it is", PD_TICKET_FREE, 2 },
    { NULL, "#take\nthe lift", "ticket", "created", "mail:#take\nthe lift", "not proven",
      PD_TICKET_FREE, 2 },
    { PASS ("desk.example"), "#try\n#take\nthe lift", "discarded", NULL, NULL, "a dry run",
      PD_TICKET_FREE, 2 },
  };
  Scene scene = { 0 };

  scene_open (&scene, f);
  scene_ticket (&scene, PD_TICKET_FREE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdVerdict) verdict
          = send_mail (&scene, ANN, TO_UNIT, cases[i].auth, cases[i].text);
      g_autoptr (PdTicket) ticket = NULL;

      g_test_message ("%s: %s", cases[i].why, verdict->trace);
      g_assert_cmpstr (verdict->outcome, ==, cases[i].outcome);
      g_assert_true ((verdict->ticket != 0) == (cases[i].events != NULL));
      if (verdict->ticket == 0)
        continue;
      ticket = pd_ticket_need (f->desk, verdict->ticket, NULL);
      g_assert_cmpint (ticket->state, ==, cases[i].state);
      g_assert_cmpint (ticket->priority, ==, cases[i].priority);
      assert_text (words_of (f, PD_SQL_EVENT_OF_TICKET, ticket->id, 2, 0), cases[i].events);
      assert_text (entries (f, ticket->id, 0), cases[i].visible);
    }
  scene_close (&scene);
}

/* The level is the unit's. */
static void
test_level (DeskFixture *f)
{
  static const struct {
    const char *level;
    Way way;
    const char *auth;
    gboolean done;
  } cases[] = {
    { "plausible", TO_SUBJECT, NULL, TRUE },
    { "aligned", TO_SUBJECT, NULL, FALSE },
    { "aligned", TO_SUBJECT, PASS ("desk.example"), TRUE },
    { "signed", TO_SUBJECT, PASS ("desk.example"), FALSE },
    { "signed", TO_REPLY, NULL, TRUE },
    { "of tomorrow", TO_SUBJECT, PASS ("desk.example"), FALSE },
  };
  Scene scene = { 0 };

  scene_open (&scene, f);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdVerdict) verdict = NULL;
      g_autofree char *script
          = g_strdup_printf ("UPDATE unit SET command_proof = '%s'", cases[i].level);

      sql (f, script);
      scene_ticket (&scene, PD_TICKET_FREE);
      verdict = send_mail (&scene, ANN, cases[i].way, cases[i].auth, "#take");
      reload (&scene);
      g_assert_cmpint (scene.ticket->state, ==, cases[i].done ? PD_TICKET_LOCKED : PD_TICKET_FREE);
    }
  scene_close (&scene);
}

/* The address of an act does nothing for who was sent it by another, for a
 * program, or beside other addresses of ours. */
static void
test_act_astray (DeskFixture *f)
{
  Scene scene = { 0 };
  g_autofree char *to = NULL, *both = NULL;

  scene_open (&scene, f);
  scene_ticket (&scene, PD_TICKET_FREE);
  to = address_of (&scene, TO_TAKE, f->agent->id);
  for (int i = 0; i < 3; i++)
    {
      const MailFixture facts = {
        .from = i == 0   ? BOB
                : i == 1 ? "sue@other.example"
                         : ANN,
        .to = to,
        .subject = "take",
        .text = "",
        .auto_submitted = i == 2 ? "auto-generated" : NULL,
      };
      g_autoptr (PdVerdict) verdict = file (&scene, &facts, to, NULL);

      g_test_message ("%s", verdict->trace);
      g_assert_cmpstr (verdict->outcome, ==, "discarded");
      reload (&scene);
      g_assert_cmpint (scene.ticket->state, ==, PD_TICKET_FREE);
    }
  assert_text (outbox (f), "");
  scene_close (&scene);
}

/* One ticket's result mails to one person are bounded. */
static void
test_bound (DeskFixture *f)
{
  Scene scene = { 0 };
  g_autofree char *text = NULL;
  guint n = 0;

  scene_open (&scene, f);
  scene_ticket (&scene, PD_TICKET_FREE);
  for (int i = 0; i < 40; i++)
    pd_verdict_free (send_mail (&scene, ANN, TO_REPLY, NULL, "#status"));
  text = outbox (f);
  for (const char *at = text; (at = strstr (at, "command-result")) != NULL; at++)
    n++;
  g_assert_cmpuint (n, ==, 30);
  scene_close (&scene);
}

/* `postdesk explain` names the commands and changes nothing. */
static void
test_explain (DeskFixture *f)
{
  Scene scene = { 0 };
  g_autofree char *to = NULL;
  g_autoptr (MadeMail) mail = NULL;
  g_autoptr (PdVerdict) verdict = NULL;
  g_autoptr (GError) error = NULL;
  MailFixture facts = { .from = ANN, .subject = "x", .text = "#take\n#priorty low\n" };
  const char *recipients[2] = { NULL };
  PdIntake intake;

  scene_open (&scene, f);
  scene_ticket (&scene, PD_TICKET_FREE);
  to = address_of (&scene, TO_REPLY, f->agent->id);
  facts.to = recipients[0] = to;
  mail = mail_fixture_make (&facts);
  intake = (PdIntake){
    .source = "lmtp",
    .mail_from = ANN,
    .recipients = recipients,
    .mail = mail,
  };
  g_assert_true (pd_intake_explain (f->desk, &intake, &verdict, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (verdict->trace, "is to be carried out"));
  g_assert_nonnull (strstr (verdict->trace, "did you mean #priority?"));
  g_assert_cmpint (verdict->ticket, ==, scene.ticket->number);
  reload (&scene);
  g_assert_cmpint (scene.ticket->state, ==, PD_TICKET_FREE);
  assert_text (outbox (f), "");
  scene_close (&scene);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "control/staff", test_staff },         { "control/customer", test_customer },
    { "control/acts", test_acts },           { "control/undo", test_undo },
    { "control/undo-late", test_undo_late }, { "control/new-ticket", test_new_ticket },
    { "control/level", test_level },         { "control/act-astray", test_act_astray },
    { "control/bound", test_bound },         { "control/explain", test_explain },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
