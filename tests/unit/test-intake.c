#include "desk/intake.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/decision.h"
#include "desk/guard.h"
#include "desk/inbound.h"
#include "desk/notice.h"
#include "desk/outbox.h"
#include "desk/raw.h"
#include "mail/ticket-ref.h"
#include "tests/lib/desk-suite.h"
#include "tests/lib/mail-fixture.h"
#include "tests/lib/mariadb.h"

#define UNIT DESK_FIXTURE_UNIT
#define CARL DESK_FIXTURE_CLIENT
#define ANN DESK_FIXTURE_AGENT

#define MAX_ACKNOWLEDGEMENTS 10 /* of PD_GUARD_DEFAULTS */
#define MAX_NOTICES 20

/* ---- a mail through the whole way ---- */

typedef struct {
  MailFixture facts;
  const char *mail_from; /* NULL: as From */
  const char *to, *to2;  /* envelope; NULL: the unit */
  const char *source;    /* NULL: "lmtp" */
  const char *unread;    /* held_reason of a mail without facts */
} Mail;

typedef struct {
  PdIntake intake;
  MadeMail *mail;
  const char *recipients[3];
} Made;

static void
make (Made *made, const Mail *m)
{
  static gint64 nonce;
  MailFixture facts = m->facts;
  const char *from = facts.from != NULL ? facts.from : "";

  if (facts.date == 0)
    facts.date = 1000000 + ++nonce;
  made->mail = mail_fixture_make (&facts);
  made->recipients[0] = m->to != NULL ? m->to : UNIT;
  made->recipients[1] = m->to2;
  made->recipients[2] = NULL;
  made->intake = (PdIntake){
    .id = pd_id_new (),
    .received = pd_clock_now (),
    .source = m->source != NULL ? m->source : "lmtp",
    .mail_from = m->mail_from != NULL ? m->mail_from : from,
    .recipients = made->recipients,
    .raw = mail_fixture_raw (&facts),
    .mail = m->unread != NULL ? NULL : made->mail,
    .held_reason = m->unread,
    .quiet = m->source != NULL && strcmp (m->source, "import") == 0,
  };
}

static void
made_clear (Made *made)
{
  mail_fixture_free (made->mail);
  g_bytes_unref (made->intake.raw);
}

/* Files a mail; ends the test if that fails. */
static PdVerdict *
file (DeskFixture *f, const Mail *m, gint64 *out_id)
{
  Made made;
  PdVerdict *verdict;
  GError *error;

  make (&made, m);
  pd_intake_batch (f->desk, &made.intake, 1, &verdict, &error);
  g_assert_no_error (error);
  g_assert_nonnull (verdict);
  if (out_id != NULL)
    *out_id = made.intake.id;
  made_clear (&made);
  return verdict;
}

/* The same, and its outcome. */
static PdVerdict *
file_as (DeskFixture *f, const Mail *m, const char *outcome)
{
  PdVerdict *verdict = file (f, m, NULL);

  g_assert_cmpstr (verdict->outcome, ==, outcome);
  return verdict;
}

/* What waits in the outbox, as "event:recipient …" in order. */
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

      g_string_append_printf (text, "%s%s:%s", i > 0 ? " " : "", row->event, row->recipient);
    }
  return g_string_free (text, FALSE);
}

static void
empty_outbox (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_db_exec_script (f->desk->db, "DELETE FROM outbox", &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

#define assert_outbox(f, want)                                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *text_ = outbox (f);                                                           \
    g_assert_cmpstr (text_, ==, want);                                                             \
  }                                                                                                \
  G_STMT_END

/* One column of each row about a ticket, with blanks between. */
static char *
words_of (DeskFixture *f, PdSqlId sql, gint64 ticket, guint column)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) rows = pd_db_query (f->desk->db, sql, PD_BIND (PD_INT (ticket)), &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  while (pd_rows_next (rows, &error) > 0)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", pd_rows_text (rows, column));
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

static char *
kinds (DeskFixture *f, gint64 ticket)
{
  return words_of (f, PD_SQL_MESSAGE_OF_TICKET, ticket, 1);
}

static char *
events (DeskFixture *f, gint64 ticket)
{
  return words_of (f, PD_SQL_EVENT_OF_TICKET, ticket, 2);
}

#define assert_words(call, want)                                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *text_ = call;                                                                 \
    g_assert_cmpstr (text_, ==, want);                                                             \
  }                                                                                                \
  G_STMT_END

static PdTicket *
ticket_of (DeskFixture *f, const PdVerdict *verdict)
{
  g_autoptr (GError) error = NULL;
  PdTicket *ticket = pd_ticket_need (f->desk, verdict->ticket, &error);

  g_assert_no_error (error);
  return ticket;
}

static PdInboundRow *
row_of (DeskFixture *f, gint64 id)
{
  g_autoptr (GError) error = NULL;
  PdInboundRow *row;

  pd_inbound_get (f->desk, id, &row, &error);
  g_assert_no_error (error);
  g_assert_nonnull (row);
  return row;
}

static PdPerson *
person (DeskFixture *f, const char *address)
{
  g_autoptr (GError) error = NULL;
  PdPerson *found;

  pd_person_by_address (f->desk, address, &found, &error);
  g_assert_no_error (error);
  return found;
}

static gboolean
takes_part (DeskFixture *f, const PdTicket *ticket, const char *address)
{
  g_autoptr (PdPerson) who = person (f, address);
  g_autoptr (GError) error = NULL;
  gboolean part = FALSE;

  if (who != NULL)
    pd_ticket_has_person (f->desk, ticket, who->id, &part, &error);
  g_assert_no_error (error);
  return part;
}

static char *
reply_address (DeskFixture *f, gint64 number, gint64 who)
{
  const PdSignedAddress what = { .kind = PD_SIGNED_REPLY, .ticket = number, .person = who };

  return pd_keyring_sign_address (f->keyring, UNIT, '+', &what);
}

static char *
bounce_address (DeskFixture *f, gint64 outbox_id)
{
  const PdSignedAddress what = { .kind = PD_SIGNED_BOUNCE, .outbox = outbox_id };

  return pd_keyring_sign_address (f->keyring, UNIT, '+', &what);
}

/* The outbox id of the only row of an event. */
static gint64
outbox_id (DeskFixture *f, const char *event)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = pd_outbox_list (f->desk, NULL, 1000, &error);

  for (guint i = 0; i < rows->len; i++)
    {
      const PdOutboxRow *row = g_ptr_array_index (rows, i);

      if (strcmp (row->event, event) == 0)
        return row->id;
    }
  g_assert_not_reached ();
}

/* ---- what becomes of one mail ---- */

static void
test_new (DeskFixture *f)
{
  const Mail mail = { .facts = { .from = "new@nobody.example",
                                 .to = UNIT,
                                 .subject = "Re: help",
                                 .text = "please",
                                 .message_id = "m1@nobody.example" } };
  gint64 id;
  g_autoptr (PdVerdict) verdict = file (f, &mail, &id);
  g_autoptr (PdTicket) ticket = ticket_of (f, verdict);
  g_autoptr (PdInboundRow) row = row_of (f, id);
  g_autoptr (PdPerson) requester = person (f, "new@nobody.example");
  g_autoptr (GBytes) raw = pd_raw_load (f->desk, row->raw, NULL);

  g_assert_cmpstr (verdict->outcome, ==, "ticket");
  g_assert_cmpstr (verdict->reason, ==, "");
  g_assert_cmpint (ticket->requester, ==, requester->id);
  g_assert_cmpint (requester->role, ==, PD_ROLE_CLIENT);
  g_assert_cmpstr (requester->source, ==, "mail");
  g_assert_cmpstr (ticket->subject, ==, "help");
  g_assert_cmpint (ticket->unit, ==, f->unit->id);
  g_assert_cmpstr (row->outcome, ==, "ticket");
  g_assert_cmpint (row->ticket, ==, ticket->id);
  g_assert_cmpint (row->ticket_number, ==, ticket->number);
  g_assert_cmpint (row->entry, ==, verdict->entry);
  g_assert_cmpstr (row->header_from, ==, "new@nobody.example");
  g_assert_cmpstr (row->rcpt_to, ==, UNIT);
  g_assert_cmpstr (row->message_id, ==, "m1@nobody.example");
  g_assert_cmpstr (row->trace, ==, verdict->trace);
  g_assert_nonnull (raw);
  assert_outbox (f, "received:new@nobody.example created:" ANN);
}

static void
test_reply (DeskFixture *f)
{
  g_autoptr (PdTicket) old = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *address = reply_address (f, old->number, f->client->id);
  const Mail mail = { .facts = { .from = CARL, .text = "thanks" }, .to = address };
  g_autoptr (PdVerdict) verdict = NULL;
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_ticket_finish (f->desk, old, f->agent, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  empty_outbox (f);
  verdict = file_as (f, &mail, "comment");
  g_assert_cmpint (verdict->ticket, ==, old->number);
  assert_words (kinds (f, old->id), "mail mail");
  assert_words (events (f, old->id), "created done comment reopened");
  assert_outbox (f, "replied:" ANN);
}

static void
test_stranger (DeskFixture *f)
{
  g_autoptr (PdTicket) old = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *mark = pd_ticket_ref_mark ("DESK", old->number, "old", TRUE);
  const Mail mail = { .facts = { .from = "sue@other.example", .subject = mark } };
  g_autoptr (PdVerdict) verdict = file_as (f, &mail, "ticket");
  g_autoptr (PdTicket) ticket = ticket_of (f, verdict);

  g_assert_cmpint (ticket->id, !=, old->id);
  g_assert_cmpint (ticket->refers_to, ==, old->id);
  g_assert_cmpstr (ticket->subject, ==, "old");
  assert_words (kinds (f, old->id), "mail");
}

/* A forwarded notice: the address is right, but somebody else writes. */
static void
test_other_from (DeskFixture *f)
{
  g_autoptr (PdTicket) old = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *address = reply_address (f, old->number, f->client->id);
  const Mail mail = { .facts = { .from = "sue@other.example", .text = "me too" }, .to = address };
  g_autoptr (PdVerdict) verdict = NULL;

  empty_outbox (f);
  verdict = file_as (f, &mail, "comment");
  g_assert_true (takes_part (f, old, "sue@other.example"));
  g_assert_nonnull (strstr (verdict->trace, "in the name of who is in From"));
  assert_outbox (f, "replied:" CARL " replied:" ANN);
}

static void
test_staff (DeskFixture *f)
{
  g_autoptr (PdTicket) old = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *address = reply_address (f, old->number, f->agent->id);
  const Mail answer = { .facts = { .from = ANN, .text = "try this" }, .to = address };
  const Mail fresh = { .facts = { .from = ANN, .subject = "my screen" } };
  g_autoptr (PdVerdict) first = NULL;
  g_autoptr (PdVerdict) second = NULL;
  g_autoptr (PdTicket) own = NULL;

  empty_outbox (f);
  first = file_as (f, &answer, "comment");
  assert_words (kinds (f, old->id), "mail reply");
  assert_outbox (f, "replied:" CARL);
  second = file_as (f, &fresh, "ticket");
  own = ticket_of (f, second);
  g_assert_cmpint (own->requester, ==, f->agent->id);
  assert_words (kinds (f, own->id), "mail");
}

/* ---- staff that may be forged ---- */

static void
test_doubt_staff (DeskFixture *f)
{
  static const struct {
    PdStaffWord word;
    gboolean doubted;
    const char *why;
  } cases[] = {
    { { .proof = PD_PROOF_NONE }, TRUE, "failed DMARC" },
    { { .proof = PD_PROOF_PLAUSIBLE }, TRUE, "a From field alone is written by anybody" },
    { { .proof = PD_PROOF_PLAUSIBLE, .answers = TRUE }, FALSE, "he knows what we sent to him" },
    { { .proof = PD_PROOF_ALIGNED }, FALSE, "our mail server vouches for it" },
    { { .proof = PD_PROOF_SIGNED }, FALSE, "his own reply address" },
    { { .proof = PD_PROOF_SIGNED, .automatic = TRUE }, TRUE, "a vacation notice is no answer" },
    { { .proof = PD_PROOF_NONE, .vouched = TRUE }, FALSE, "somebody looked at it" },
    { { .automatic = TRUE, .vouched = TRUE }, FALSE, "somebody looked at it" },
  };

  (void)f;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (pd_decision_doubt_staff (&cases[i].word) != NULL, ==, cases[i].doubted);
    }
}

/* The signed Message-ID of a notice that somebody got. */
static char *
sent_id (DeskFixture *f, const PdTicket *ticket, gint64 to)
{
  const PdNotice notice = { .event = PD_NOTICE_REPLIED, .ticket = ticket };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  char *id = NULL;

  desk_fixture_begin (f);
  pd_notice_queue (f->desk, &notice, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  rows = pd_outbox_list (f->desk, NULL, 1000, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < rows->len && id == NULL; i++)
    {
      const PdOutboxRow *row = g_ptr_array_index (rows, i);

      if (row->person == to)
        id = pd_keyring_sign_message_id (f->keyring, ticket->number, row->id, "desk.example");
    }
  g_assert_nonnull (id);
  return id;
}

static void
test_forged_staff (DeskFixture *f)
{
  enum { SUBJECT, OUR_ID, HIS_ID, CARLS_ID, HIS_ADDRESS, CARLS_ADDRESS };
  static const struct {
    const char *authserv_id;
    int evidence;
    const char *results, *auto_submitted;
    const char *kind;
    const char *why;
  } cases[] = {
    { "", SUBJECT, NULL, NULL, "note", "a number is guessed" },
    { "", OUR_ID, NULL, NULL, "note", "the root's id is in every mail" },
    { "", CARLS_ID, NULL, NULL, "note", "a mail that the customer got" },
    { "", CARLS_ADDRESS, NULL, NULL, "note", "the customer's own reply address" },
    { "", HIS_ID, NULL, NULL, "reply", "a mail that only he got" },
    { "", HIS_ADDRESS, NULL, NULL, "reply", "his own reply address" },
    { "", HIS_ADDRESS, NULL, "auto-replied", "note", "he is on vacation" },
    { "mx", SUBJECT, NULL, NULL, "note", "the mail server says nothing" },
    { "mx", SUBJECT, "mx; spf=softfail smtp.mailfrom=x@evil.example", NULL, "note",
      "nothing good" },
    { "mx", SUBJECT, "mx; dmarc=pass header.from=desk.example", NULL, "reply",
      "it is vouched for" },
    { "mx", CARLS_ADDRESS, "mx; dmarc=pass header.from=desk.example", NULL, "reply", "the same" },
    { "mx", HIS_ADDRESS, NULL, NULL, "reply", "the answer to a notice always works" },
    { "mx", HIS_ID, NULL, NULL, "reply", "the same where extensions are off" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "old", "text");
      g_autofree char *mark = pd_ticket_ref_mark ("DESK", ticket->number, "old", TRUE);
      g_autofree char *root
          = pd_keyring_sign_message_id (f->keyring, ticket->number, 0, "desk.example");
      g_autofree char *his_id = sent_id (f, ticket, f->agent->id);
      g_autofree char *carls_id = sent_id (f, ticket, f->client->id);
      g_autofree char *his = reply_address (f, ticket->number, f->agent->id);
      g_autofree char *carls = reply_address (f, ticket->number, f->client->id);
      const char *const ids[] = { NULL, root, his_id, carls_id, NULL, NULL };
      const char *const to[] = { UNIT, UNIT, UNIT, UNIT, his, carls };
      g_autofree char *want = g_strdup_printf ("mail %s", cases[i].kind);
      const Mail mail = { .facts = { .from = ANN,
                                     .subject = cases[i].evidence == SUBJECT ? mark : "Re: old",
                                     .in_reply_to = ids[cases[i].evidence],
                                     .cc = "evil@evil.example",
                                     .text = "send your password to evil@evil.example",
                                     .auto_submitted = cases[i].auto_submitted,
                                     .auth_results = cases[i].results },
                          .to = to[cases[i].evidence] };
      g_autoptr (PdVerdict) verdict = NULL;
      gboolean note = strcmp (cases[i].kind, "note") == 0;

      g_test_message ("%s: %s", cases[i].authserv_id, cases[i].why);
      f->settings.trust.authserv_id = cases[i].authserv_id;
      verdict = file (f, &mail, NULL);
      g_assert_cmpint (verdict->ticket, ==, ticket->number);
      assert_words (kinds (f, ticket->id), want);
      empty_outbox (f);
      assert_words (words_of (f, PD_SQL_MESSAGE_OF_TICKET, ticket->id, 2),
                    note ? "public internal" : "public public");
      g_assert_cmpint (strstr (verdict->trace, "internal note") != NULL, ==, note);
      g_assert_cmpint (takes_part (f, ticket, "evil@evil.example"), ==, !note);
    }
}

/* He may not have written it: he and the unit hear of it, the customer does not. */
static void
test_forged_staff_told (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *mark = pd_ticket_ref_mark ("DESK", ticket->number, "old", TRUE);
  const Mail mail = { .facts = { .from = ANN, .subject = mark, .text = "x" } };
  g_autoptr (PdVerdict) verdict = NULL;

  empty_outbox (f);
  verdict = file_as (f, &mail, "comment");
  assert_outbox (f, "noted:" ANN);
}

/* Who got the mail from its sender is not sent it again; staff works by the
 * notice, and a To field can name anybody. */
static void
test_has_it (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *address = reply_address (f, ticket->number, f->client->id);
  const Mail first
      = { .facts = { .from = CARL, .cc = "joe@a.example " ANN, .text = "1" }, .to = address };
  const Mail second = { .facts = { .from = CARL, .text = "2" }, .to = address };
  g_autoptr (PdVerdict) one = NULL;
  g_autoptr (PdVerdict) two = NULL;
  g_autoptr (PdVerdict) three = NULL;

  empty_outbox (f);
  one = file_as (f, &first, "comment");
  g_assert_true (takes_part (f, ticket, "joe@a.example"));
  assert_outbox (f, "replied:" ANN);
  empty_outbox (f);
  two = file_as (f, &first, "comment");
  assert_outbox (f, "replied:" ANN);
  empty_outbox (f);
  three = file_as (f, &second, "comment");
  assert_outbox (f, "replied:" ANN " replied:joe@a.example");
}

/* A guessed number lets a forger speak, but not listen. */
static void
test_no_listener (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *mark = pd_ticket_ref_mark ("DESK", ticket->number, "old", TRUE);
  const Mail mail
      = { .facts = { .from = CARL, .subject = mark, .cc = "evil@evil.example", .text = "x" } };
  g_autoptr (PdVerdict) verdict = file_as (f, &mail, "comment");

  g_assert_false (takes_part (f, ticket, "evil@evil.example"));
}

/* ---- what is too long ---- */

static char *
repeat (const char *text, gsize n)
{
  GString *all = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    g_string_append (all, text);
  return g_string_free (all, FALSE);
}

/* Everything that a sender writes may be longer than its column; letters of
 * several octets, so that a cut within one shows. */
static GBytes *
overlong_raw (gsize n)
{
  g_autofree char *word = repeat ("щ€😀", n);
  g_autofree char *ascii = repeat ("abcdefghi", n);
  g_autoptr (GString) raw = g_string_new (NULL);

  g_string_append_printf (raw, "From: \"%s\" <%s@x.example>\r\n", word, n > 30 ? "long" : ascii);
  g_string_append_printf (
      raw, "To: \"%s\" <support@desk.example>, %s@%s.example, \"%s\" <joe@a.example>\r\n", word,
      ascii, ascii, word);
  g_string_append_printf (raw, "Cc: %s@a.example\r\nSubject: %s\r\n", word, word);
  g_string_append_printf (raw, "Message-ID: <%s@%s>\r\nIn-Reply-To: <%s@y>\r\n", word, ascii,
                          ascii);
  g_string_append_printf (raw, "References: <%s@y> <%s@z>\r\nList-Id: <%s>\r\n", word, word, ascii);
  g_string_append_printf (raw, "Authentication-Results: mx.desk.example; %s=%s\r\n", ascii, word);
  g_string_append_printf (raw, "Date: Mon, 2 Nov 2026 10:00:00 +0000 (%s)\r\nMIME-Version: 1.0\r\n",
                          word);
  g_string_append_printf (raw, "Content-Type: multipart/mixed; boundary=b; %s=%s\r\n\r\n", ascii,
                          ascii);
  g_string_append_printf (raw, "--b\r\nContent-Type: text/plain; charset=%s\r\n\r\n%s\r\n", ascii,
                          word);
  g_string_append_printf (raw, "--b\r\nContent-Type: %s/%s; name=\"%s\"\r\n", ascii, ascii, word);
  g_string_append_printf (raw, "Content-ID: <%s@x>\r\nContent-Transfer-Encoding: %s\r\n", word,
                          ascii);
  g_string_append_printf (
      raw, "Content-Disposition: attachment; filename=\"%s\"\r\n\r\nx\r\n--b--\r\n", word);
  return g_string_free_to_bytes (g_steal_pointer (&raw));
}

static void
test_overlong (DeskFixture *f)
{
  static const gsize lengths[] = { 1, 29, 36, 57, 101, 112, 171, 334, 1000, 20000 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GBytes) raw = overlong_raw (lengths[i]);
      g_autofree char *sender = repeat ("щ", lengths[i]);
      const char *const recipients[] = { UNIT, NULL };
      g_autoptr (PdMail) mail = pd_mail_parse (raw, sender, UNIT);
      const PdIntake intake = { .id = pd_id_new (),
                                .received = pd_clock_now (),
                                .source = "lmtp",
                                .mail_from = sender,
                                .recipients = recipients,
                                .raw = raw,
                                .mail = mail };
      g_autoptr (PdVerdict) verdict = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%" G_GSIZE_FORMAT, lengths[i]);
      pd_intake_batch (f->desk, &intake, 1, &verdict, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (verdict->reason, ==, "");
      g_assert_cmpstr (verdict->outcome, ==, "ticket");
    }
}

/* ---- people ---- */

static void
test_people (DeskFixture *f)
{
  const Mail mail = { .facts = { .from = "new@nobody.example",
                                 .to = UNIT " joe@a.example",
                                 .cc = "jane@a.example noreply@a.example SUPPORT+x@desk.example "
                                       "new@nobody.example " ANN,
                                 .subject = "help" } };
  g_autoptr (PdVerdict) verdict = file_as (f, &mail, "ticket");
  g_autoptr (PdTicket) ticket = ticket_of (f, verdict);
  g_autoptr (PdPerson) machine = person (f, "noreply@a.example");
  g_autoptr (PdPerson) own = person (f, "support+x@desk.example");

  g_assert_true (takes_part (f, ticket, "joe@a.example"));
  g_assert_true (takes_part (f, ticket, "jane@a.example"));
  g_assert_true (takes_part (f, ticket, ANN));
  g_assert_null (machine);
  g_assert_null (own);
}

static void
test_many_people (DeskFixture *f)
{
  g_autoptr (GString) cc = g_string_new (NULL);
  Mail mail = { .facts = { .from = "new@nobody.example", .subject = "help" } };
  g_autoptr (PdVerdict) verdict = NULL;
  g_autoptr (PdTicket) ticket = NULL;

  for (int i = 0; i < PD_INTAKE_MAX_PEOPLE + 5; i++)
    g_string_append_printf (cc, "p%d@a.example ", i);
  mail.facts.cc = cc->str;
  verdict = file_as (f, &mail, "ticket");
  ticket = ticket_of (f, verdict);
  g_assert_true (takes_part (f, ticket, "p49@a.example"));
  g_assert_false (takes_part (f, ticket, "p50@a.example"));
}

static void
test_duplicate (DeskFixture *f)
{
  const Mail mail
      = { .facts = { .from = CARL, .subject = "once", .message_id = "m@c.example", .date = 5 } };
  Mail other = mail;
  g_autoptr (PdUnit) billing = desk_fixture_add_unit (f, "billing", "billing@desk.example");
  g_autoptr (PdVerdict) first = file_as (f, &mail, "ticket");
  g_autoptr (PdVerdict) again = file_as (f, &mail, "duplicate");
  g_autoptr (PdVerdict) elsewhere = NULL;
  g_autoptr (PdVerdict) changed = NULL;

  g_assert_cmpint (again->ticket, ==, first->ticket);
  g_assert_cmpint (again->entry, ==, first->entry);
  other.to = "billing@desk.example";
  elsewhere = file_as (f, &other, "duplicate");
  g_assert_cmpint (elsewhere->ticket, ==, first->ticket);
  other.facts.subject = "something else";
  changed = file_as (f, &other, "ticket");
  g_assert_nonnull (strstr (changed->trace, "has the same Message-ID"));
}

static void
test_two_addresses (DeskFixture *f)
{
  const Mail mail
      = { .facts = { .from = CARL, .subject = "both" }, .to = "billing@desk.example", .to2 = UNIT };
  g_autoptr (PdUnit) billing = desk_fixture_add_unit (f, "billing", "billing@desk.example");
  g_autoptr (PdVerdict) verdict = file_as (f, &mail, "ticket");
  g_autoptr (PdTicket) ticket = ticket_of (f, verdict);

  g_assert_cmpint (ticket->unit, ==, billing->id);
  g_assert_nonnull (strstr (verdict->trace, "of 2 units the first"));
}

/* What becomes of a mail alone: no ticket is there. */
static void
test_outcomes (DeskFixture *f)
{
  g_autofree char *ours = pd_keyring_sign_message_id (f->keyring, 7, 8, "desk.example");
  const struct {
    Mail mail;
    const char *outcome, *reason, *outbox, *why;
  } cases[] = {
    { { .facts = { .from = "l@list.example", .subject = "news", .bulk = TRUE } },
      "ticket",
      "",
      "created:" ANN,
      "a list's mail is not acknowledged" },
    { { .facts = { .from = "mon@a.example", .auto_submitted = "auto-generated", .bulk = TRUE } },
      "ticket",
      "",
      "created:" ANN,
      "an alarm opens a ticket" },
    { { .facts = { .from = "noreply@shop.example", .subject = "your order" } },
      "ticket",
      "",
      "created:" ANN,
      "nobody reads an acknowledgement" },
    { { .facts = { .from = "f@a.example",
                   .auth_results = "mx.desk.example; dmarc=fail header.from=a.example" } },
      "ticket",
      "",
      "created:" ANN,
      "nor does who did not write" },
    { { .facts = { .from = "a@a.example", .kind = PD_MAIL_KIND_AUTO_REPLY } },
      "ticket",
      "",
      "created:" ANN,
      "told by words alone: better a ticket too many than a mail lost" },
    { { .facts = { .from = "a@a.example",
                   .kind = PD_MAIL_KIND_AUTO_REPLY,
                   .auto_submitted = "auto-replied" } },
      "auto-reply",
      "an automatic answer",
      "",
      "an automatic answer to nothing of ours" },
    { { .facts = { .from = "a@a.example", .subject = "away" }, .mail_from = "" },
      "auto-reply",
      "the envelope sender is empty",
      "",
      "the null sender" },
    { { .facts = { .from = "a@a.example", .subject = "old mail" },
        .mail_from = "",
        .source = "import" },
      "ticket",
      "",
      "",
      "a mailbox has no envelope; import tells nobody" },
    { { .facts = { .from = "d@a.example", .kind = PD_MAIL_KIND_BOUNCE, .failed = CARL },
        .mail_from = "" },
      "bounce",
      "a delivery report",
      "",
      "a bounce that is about nothing" },
    { { .facts = { .from = "d@a.example", .kind = PD_MAIL_KIND_DELAY }, .mail_from = "" },
      "bounce",
      "delay",
      "",
      "a delay" },
    { { .facts = { .from = "d@a.example", .kind = PD_MAIL_KIND_DELIVERED }, .mail_from = "" },
      "auto-reply",
      "delivered",
      "",
      "delivered" },
    { { .facts = { .from = "d@a.example", .kind = PD_MAIL_KIND_RECEIPT } },
      "auto-reply",
      "receipt",
      "",
      "read" },
    { { .facts = { .from = "d@a.example", .kind = PD_MAIL_KIND_COMPLAINT } },
      "complaint",
      "a feedback report",
      "",
      "a complaint" },
    { { .facts = { .from = "d@a.example", .kind = PD_MAIL_KIND_DMARC_REPORT } },
      "discarded",
      "dmarc-report",
      "",
      "statistics" },
    { { .facts = { .from = "a@a.example", .received = 51 } }, "loop", "too many hops", "", "hops" },
    { { .facts = { .from = "a@a.example", .message_id = ours } },
      "loop",
      "a copy of our own mail came back",
      "",
      "our own notice" },
    { { .facts = { .from = UNIT } },
      "loop",
      "the sender is an address of ours",
      "",
      "from ourselves" },
    { { .facts = { .from = "a@a.example" }, .mail_from = "support+o1.abc@desk.example" },
      "loop",
      "the sender is an address of ours",
      "",
      "the envelope says so" },
    { { .facts = { .reply_to = UNIT }, .mail_from = "x@a.example" },
      "loop",
      "the sender is an address of ours",
      "",
      "Reply-To stands in for From" },
    { { .facts = { .subject = "no from" }, .mail_from = "env@a.example" },
      "ticket",
      "",
      "received:env@a.example created:" ANN,
      "no From: the envelope's sender" },
    { { .facts = { .subject = "no from", .reply_to = "rt@a.example" },
        .mail_from = "env@a.example" },
      "ticket",
      "",
      "received:rt@a.example created:" ANN,
      "no From: Reply-To first" },
    { { .facts = { .from = "broken", .subject = "no address" }, .mail_from = "env@a.example" },
      "ticket",
      "",
      "received:env@a.example created:" ANN,
      "a From that is none" },
    { { .facts = { .subject = "no from" }, .mail_from = "broken" },
      "held",
      "the mail names no sender",
      "",
      "nobody" },
    { { .facts = { .from = CARL }, .unread = "the parser died" },
      "held",
      "the parser died",
      "",
      "could not be read" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 id;
      g_autoptr (PdVerdict) verdict = file (f, &cases[i].mail, &id);
      g_autoptr (PdInboundRow) row = row_of (f, id);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (verdict->outcome, ==, cases[i].outcome);
      g_assert_cmpstr (verdict->reason, ==, cases[i].reason);
      g_assert_cmpint (verdict->ticket != 0, ==, strcmp (cases[i].outcome, "ticket") == 0);
      g_assert_cmpint (row->raw, !=, 0);
      assert_outbox (f, cases[i].outbox);
      empty_outbox (f);
    }
}

/* ---- automatic mail about a ticket ---- */

#define OPENED "received:" CARL " created:" ANN

static void
test_bounce (DeskFixture *f)
{
  g_autoptr (PdTicket) old = desk_fixture_add_ticket (f, "old", "text");
  gint64 sent = outbox_id (f, "received");
  g_autofree char *verp = bounce_address (f, sent);
  g_autofree char *gone = bounce_address (f, 12345);
  g_autofree char *id = pd_keyring_sign_message_id (f->keyring, old->number, sent, "d.e");
  const MailFixture report = { .from = "d@a.example", .kind = PD_MAIL_KIND_BOUNCE, .failed = CARL };
  const struct {
    Mail mail;
    const char *outbox, *events, *why;
  } cases[] = {
    { { .facts = { .from = "d@a.example", .kind = PD_MAIL_KIND_DELAY }, .to = verp },
      OPENED,
      "created delivery-delayed",
      "a delay is seen, nobody is called" },
    { { .facts = { .from = "d@a.example", .subject = "sorry" }, .mail_from = "", .to = verp },
      OPENED,
      "created delivery-delayed delivery-failed",
      "of unknown form" },
    { { .facts
        = { .from = "d@a.example", .kind = PD_MAIL_KIND_BOUNCE, .failed = CARL, .soft = TRUE },
        .to = verp },
      OPENED,
      "created delivery-delayed delivery-failed delivery-failed",
      "it may work later" },
    { { .facts = report, .mail_from = "", .to = verp },
      OPENED " delivery-failed:" ANN,
      "created delivery-delayed delivery-failed delivery-failed delivery-failed",
      "for good: staff is told, never the customer" },
    { { .facts = report, .mail_from = "", .to = gone },
      OPENED " delivery-failed:" ANN,
      "created delivery-delayed delivery-failed delivery-failed delivery-failed",
      "about a mail that is forgotten" },
  };
  Mail by_id = { .facts = report, .mail_from = "" };
  g_autoptr (PdVerdict) tied = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdVerdict) verdict = file_as (f, &cases[i].mail, "bounce");

      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (verdict->ticket, ==, cases[i].mail.to == gone ? 0 : old->number);
      g_assert_cmpint (verdict->entry, ==, 0);
      assert_outbox (f, cases[i].outbox);
      assert_words (events (f, old->id), cases[i].events);
    }
  by_id.facts.original_message_id = id;
  tied = file_as (f, &by_id, "bounce");
  g_assert_cmpint (tied->ticket, ==, old->number);
  assert_outbox (f, OPENED " delivery-failed:" ANN " delivery-failed:" ANN);
}

/* What a report can be tied by, and what the ticket shows of it. */
static void
test_reports (DeskFixture *f)
{
  g_autoptr (PdTicket) old = desk_fixture_add_ticket (f, "old", "text");
  gint64 sent = outbox_id (f, "received");
  g_autofree char *verp = bounce_address (f, sent);
  g_autofree char *id = pd_keyring_sign_message_id (f->keyring, old->number, sent, "d.e");
  const struct {
    Mail mail;
    const char *outcome, *events, *why;
  } cases[] = {
    { { .facts
        = { .from = "d@a.example", .kind = PD_MAIL_KIND_DELAY, .original_return_path = verp } },
      "bounce",
      "created delivery-delayed",
      "the envelope sender of the mail that it returns" },
    { { .facts = { .from = "d@a.example", .kind = PD_MAIL_KIND_DELAY, .in_reply_to = id } },
      "bounce",
      "created delivery-delayed delivery-delayed",
      "the mail that it answers" },
    { { .facts = { .from = "d@a.example",
                   .kind = PD_MAIL_KIND_DELAY,
                   .references = "x@y t1.o1.aaaaaaaaaaaaaaaa@d.e" } },
      "bounce",
      "created delivery-delayed delivery-delayed",
      "not signed: anybody writes that" },
    { { .facts = { .from = CARL, .kind = PD_MAIL_KIND_RECEIPT, .original_message_id = id } },
      "auto-reply",
      "created delivery-delayed delivery-delayed read",
      "it was read" },
    { { .facts = { .from = "d@a.example", .kind = PD_MAIL_KIND_DELIVERED }, .to = verp },
      "auto-reply",
      "created delivery-delayed delivery-delayed read delivered",
      "it arrived" },
    { { .facts = { .from = "d@a.example", .kind = PD_MAIL_KIND_COMPLAINT }, .to = verp },
      "complaint",
      "created delivery-delayed delivery-delayed read delivered complaint",
      "he does not want it" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdVerdict) verdict = file_as (f, &cases[i].mail, cases[i].outcome);

      g_test_message ("%s", cases[i].why);
      assert_outbox (f, OPENED);
      assert_words (events (f, old->id), cases[i].events);
    }
}

/* The notice about a failure fails too: nobody is told of that. */
static void
test_bounce_of_bounce (DeskFixture *f)
{
  g_autoptr (PdTicket) old = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *verp = bounce_address (f, outbox_id (f, "received"));
  g_autofree char *second = NULL;
  Mail mail = { .facts = { .from = "d@a.example", .kind = PD_MAIL_KIND_BOUNCE, .failed = ANN },
                .mail_from = "",
                .to = verp };
  g_autoptr (PdVerdict) first = file_as (f, &mail, "bounce");
  g_autoptr (PdVerdict) again = NULL;

  second = bounce_address (f, outbox_id (f, "delivery-failed"));
  mail.to = second;
  again = file_as (f, &mail, "bounce");
  g_assert_cmpint (again->ticket, ==, old->number);
  assert_outbox (f, OPENED " delivery-failed:" ANN);
}

/* Somebody writes a report himself: it is about nothing. */
static void
test_forged_bounce (DeskFixture *f)
{
  g_autoptr (PdTicket) old = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *id
      = g_strdup_printf ("t%" G_GINT64_FORMAT ".o1.aaaaaaaaaaaaaaaa@desk.example", old->number);
  Mail mail = { .facts = { .from = "d@a.example",
                           .kind = PD_MAIL_KIND_BOUNCE,
                           .failed = CARL,
                           .original_message_id = id },
                .mail_from = "" };
  g_autoptr (PdVerdict) verdict = file_as (f, &mail, "bounce");

  g_assert_cmpint (verdict->ticket, ==, 0);
  assert_words (events (f, old->id), "created");
}

static void
test_auto_reply (DeskFixture *f)
{
  g_autoptr (PdTicket) old = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *address = reply_address (f, old->number, f->client->id);
  g_autofree char *verp = bounce_address (f, outbox_id (f, "received"));
  const MailFixture away = { .from = CARL, .kind = PD_MAIL_KIND_AUTO_REPLY, .cc = "x@a.example" };
  const Mail cases[] = {
    { .facts = away, .to = address },
    { .facts = away, .mail_from = "", .to = verp },
    { .facts = { .from = CARL, .auto_submitted = "auto-generated", .bulk = TRUE }, .to = address },
  };
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_ticket_finish (f->desk, old, f->agent, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *before = outbox (f);
      g_autoptr (PdVerdict) verdict = file_as (f, &cases[i], "auto-reply");
      g_autoptr (PdTicket) now = ticket_of (f, verdict);

      g_assert_cmpint (now->id, ==, old->id);
      g_assert_cmpint (now->state, ==, PD_TICKET_DONE);
      g_assert_cmpint (verdict->entry, !=, 0);
      g_assert_false (takes_part (f, now, "x@a.example"));
      assert_outbox (f, before);
    }
}

/* The tenth acknowledgement within an hour is the last; later there are again. */
static void
test_acknowledgements (DeskFixture *f)
{
  const gint64 start = 1000 * PD_HOUR;

  pd_clock_freeze (start);
  for (int i = 0; i < MAX_ACKNOWLEDGEMENTS + 2; i++)
    {
      const Mail mail = { .facts = { .from = "new@nobody.example", .subject = "again" } };
      g_autoptr (PdVerdict) verdict = file_as (f, &mail, "ticket");

      assert_outbox (f, i < MAX_ACKNOWLEDGEMENTS ? "received:new@nobody.example created:" ANN
                                                 : "created:" ANN);
      empty_outbox (f);
    }
  {
    const Mail mail = { .facts = { .from = "new@nobody.example", .subject = "again" } };
    g_autoptr (PdVerdict) verdict = NULL;

    pd_clock_freeze (start + PD_HOUR + 1);
    verdict = file_as (f, &mail, "ticket");
    assert_outbox (f, "received:new@nobody.example created:" ANN);
  }
  pd_clock_freeze (0);
}

/* Many mails of one author, each of which says something else: filed, but
 * others are not told of all. */
static void
test_many_entries (DeskFixture *f)
{
  g_autoptr (PdTicket) old = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *address = reply_address (f, old->number, f->client->id);

  for (int i = 1; i <= MAX_NOTICES; i++)
    {
      g_autofree char *text = g_strdup_printf ("and %c, too", 'a' + i);
      const Mail mail = { .facts = { .from = CARL, .text = text }, .to = address };
      g_autoptr (PdVerdict) verdict = NULL;

      empty_outbox (f);
      verdict = file_as (f, &mail, "comment");
      /* the one that opened it counts too */
      g_assert_cmpint (*verdict->reason == '\0', ==, i < MAX_NOTICES);
      assert_outbox (f, i < MAX_NOTICES ? "replied:" ANN : "");
    }
}

/* ---- held ---- */

static void
block (DeskFixture *f, PdPerson *who)
{
  g_autoptr (GError) error = NULL;

  who->state = PD_PERSON_BLOCKED;
  desk_fixture_begin (f);
  pd_person_save (f->desk, who, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static void
again (DeskFixture *f, const Mail *m, gint64 id, gboolean release, const char *outcome)
{
  Made made;
  g_autoptr (PdVerdict) verdict = NULL;
  g_autoptr (PdInboundRow) row = NULL;
  g_autoptr (GError) error = NULL;

  make (&made, m);
  desk_fixture_begin (f);
  if (release)
    pd_intake_release (f->desk, id, made.mail, &verdict, &error);
  else
    pd_intake_retry (f->desk, id, made.mail, &verdict, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  g_assert_cmpstr (verdict->outcome, ==, outcome);
  row = row_of (f, id);
  g_assert_cmpstr (row->outcome, ==, outcome);
  g_assert_cmpint (row->ticket_number, ==, verdict->ticket);
  made_clear (&made);
}

static void
test_blocked (DeskFixture *f)
{
  const Mail mail = { .facts = { .from = CARL, .subject = "hello", .date = 5 } };
  gint64 id;
  g_autoptr (PdVerdict) verdict = NULL;
  g_autoptr (PdVerdict) copy = NULL;

  block (f, f->client);
  verdict = file (f, &mail, &id);
  g_assert_cmpstr (verdict->outcome, ==, "held");
  g_assert_cmpstr (verdict->reason, ==, "the sender is blocked");
  again (f, &mail, id, FALSE, "held");
  again (f, &mail, id, TRUE, "ticket");
  copy = file_as (f, &mail, "duplicate");
  g_assert_cmpint (copy->ticket, !=, 0);
}

static void
test_dmarc (DeskFixture *f)
{
  g_autoptr (PdTicket) old = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *address = reply_address (f, old->number, f->client->id);
  const Mail mail
      = { .facts = { .from = CARL,
                     .text = "x",
                     .auth_results = "mx.desk.example; dmarc=fail header.from=client.example" },
          .to = address };
  gint64 id;
  g_autoptr (PdVerdict) verdict = file (f, &mail, &id);

  g_assert_cmpstr (verdict->outcome, ==, "held");
  g_assert_true (g_str_has_prefix (verdict->reason, "DMARC failed"));
  assert_words (kinds (f, old->id), "mail");
  again (f, &mail, id, TRUE, "comment");
  assert_words (kinds (f, old->id), "mail mail");
}

static void
test_unreadable (DeskFixture *f)
{
  Mail mail = { .facts = { .from = CARL, .subject = "odd", .date = 5 }, .unread = "it died" };
  gint64 first, second;
  g_autoptr (PdVerdict) verdict = file (f, &mail, &first);
  g_autoptr (PdVerdict) copy = file_as (f, &mail, "duplicate");
  g_autoptr (PdVerdict) other = NULL;

  g_assert_cmpstr (verdict->outcome, ==, "held");
  mail.unread = NULL;
  again (f, &mail, first, FALSE, "ticket");
  /* read now, it is known under its real key */
  mail.facts.subject = "another";
  mail.unread = "it died";
  other = file (f, &mail, &second);
  g_assert_cmpstr (other->outcome, ==, "held");
  mail.unread = NULL;
  mail.facts.subject = "odd";
  again (f, &mail, second, FALSE, "duplicate");
}

static void
test_drop (DeskFixture *f)
{
  const Mail mail = { .facts = { .from = CARL }, .unread = "it died" };
  gint64 id;
  g_autoptr (PdVerdict) verdict = file (f, &mail, &id);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdInboundRow) row = NULL;

  desk_fixture_begin (f);
  g_assert_true (pd_inbound_drop (f->desk, id, "dropped by Ann", &error));
  g_assert_false (pd_inbound_drop (f->desk, id, "again", &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (pd_inbound_drop (f->desk, 5, "nothing", &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_NOT_FOUND);
  desk_fixture_commit (f);
  row = row_of (f, id);
  g_assert_cmpstr (row->outcome, ==, "discarded");
  g_assert_cmpstr (row->reason, ==, "dropped by Ann");
}

/* ---- batches ---- */

#define BATCH 5

static void
test_batch (DeskFixture *f)
{
  Mail mails[BATCH];
  Made made[BATCH];
  PdIntake intakes[BATCH];
  PdVerdict *verdicts[BATCH];
  GError *errors[BATCH];
  static const char *const want[BATCH] = { "ticket", "held", "ticket", NULL, "ticket" };

  for (int i = 0; i < BATCH; i++)
    {
      mails[i] = (Mail){ .facts = { .from = "new@nobody.example", .subject = "one of five" } };
      mails[i].facts.broken_text = i == 1;
      mails[i].to = i == 3 ? "nobody@else.example" : NULL;
      make (&made[i], &mails[i]);
      intakes[i] = made[i].intake;
    }
  pd_intake_batch (f->desk, intakes, BATCH, verdicts, errors);
  for (int i = 0; i < BATCH; i++)
    {
      g_assert_cmpint (verdicts[i] != NULL, ==, want[i] != NULL);
      if (want[i] != NULL)
        {
          g_autoptr (PdInboundRow) row = row_of (f, intakes[i].id);

          g_assert_no_error (errors[i]);
          g_assert_cmpstr (verdicts[i]->outcome, ==, want[i]);
          g_assert_cmpstr (row->outcome, ==, want[i]);
          g_assert_cmpint (row->raw, !=, 0);
        }
      else
        g_assert_error (errors[i], PD_ERROR, PD_ERROR_NOT_FOUND);
    }
  g_assert_nonnull (strstr (verdicts[1]->reason, "UTF-8"));
  /* a mail that was undone gives its number back */
  g_assert_cmpint (verdicts[2]->ticket, ==, verdicts[0]->ticket + 1);
  for (int i = 0; i < BATCH; i++)
    {
      pd_verdict_free (verdicts[i]);
      g_clear_error (&errors[i]);
      made_clear (&made[i]);
    }
}

/* The same mail twice in one batch, as one transaction to two recipients gives
 * it: one ticket. */
static void
test_batch_twice (DeskFixture *f)
{
  const Mail mail = { .facts = { .from = CARL, .subject = "twice", .date = 5 } };
  Made made[2];
  PdIntake intakes[2];
  PdVerdict *verdicts[2];
  GError *errors[2];

  for (int i = 0; i < 2; i++)
    {
      make (&made[i], &mail);
      intakes[i] = made[i].intake;
    }
  pd_intake_batch (f->desk, intakes, 2, verdicts, errors);
  for (int i = 0; i < 2; i++)
    {
      g_assert_no_error (errors[i]);
      g_assert_cmpstr (verdicts[i]->outcome, ==, i == 0 ? "ticket" : "duplicate");
      g_assert_cmpint (verdicts[i]->ticket, ==, verdicts[0]->ticket);
    }
  for (int i = 0; i < 2; i++)
    {
      pd_verdict_free (verdicts[i]);
      made_clear (&made[i]);
    }
}

/* A conflict that never ends is one mail's: here an id that is taken. */
static void
test_batch_conflict (DeskFixture *f)
{
  const Mail mail = { .facts = { .from = CARL, .subject = "mail" } };
  Made made[3];
  PdIntake intakes[3];
  PdVerdict *verdicts[3];
  GError *errors[3];
  gint64 taken;
  g_autoptr (PdVerdict) first = file (f, &mail, &taken);

  for (int i = 0; i < 3; i++)
    {
      make (&made[i], &mail);
      intakes[i] = made[i].intake;
    }
  intakes[1].id = taken;
  pd_intake_batch (f->desk, intakes, 3, verdicts, errors);
  for (int i = 0; i < 3; i++)
    {
      if (i == 1)
        g_assert_error (errors[i], PD_ERROR, PD_ERROR_CONFLICT);
      else
        g_assert_no_error (errors[i]);
      g_assert_cmpint (verdicts[i] != NULL, ==, i != 1);
      pd_verdict_free (verdicts[i]);
      g_clear_error (&errors[i]);
      made_clear (&made[i]);
    }
}

/* ---- real bytes ---- */

/* Reads and files a mail as the daemon does. */
static PdVerdict *
file_bytes (DeskFixture *f, const char *mail_from, const char *to, const char *text)
{
  const char *const recipients[] = { to, NULL };
  g_autoptr (GBytes) raw = g_bytes_new (text, strlen (text));
  g_autoptr (PdMail) mail = pd_mail_parse (raw, mail_from, to);
  const PdIntake intake = {
    .id = pd_id_new (),
    .received = pd_clock_now (),
    .source = "lmtp",
    .mail_from = mail_from,
    .recipients = recipients,
    .raw = raw,
    .mail = mail,
  };
  PdVerdict *verdict;
  GError *error;

  pd_intake_batch (f->desk, &intake, 1, &verdict, &error);
  g_assert_no_error (error);
  return verdict;
}

#define HELLO                                                                                      \
  "From: Nora New <nora@nobody.example>\n"                                                         \
  "To: support@desk.example, Joe <joe@a.example>\n"                                                \
  "Subject: =?utf-8?q?caf=C3=A9?= closed\n"                                                        \
  "Date: Tue, 24 Nov 2026 10:00:00 +0000\n"                                                        \
  "Message-ID: <hello@nobody.example>\n"                                                           \
  "MIME-Version: 1.0\n"                                                                            \
  "Content-Type: multipart/mixed; boundary=b\n"                                                    \
  "\n"                                                                                             \
  "--b\nContent-Type: text/plain; charset=utf-8\n\nwhen does it open?\n"                           \
  "--b\nContent-Type: text/csv; name=a.csv\nContent-Disposition: attachment\n\n1,2\n"              \
  "--b--\n"

#define BOUNCE                                                                                     \
  "From: MAILER-DAEMON@nobody.example\n"                                                           \
  "To: %s\n"                                                                                       \
  "Subject: Undelivered Mail Returned to Sender\n"                                                 \
  "Auto-Submitted: auto-replied\n"                                                                 \
  "MIME-Version: 1.0\n"                                                                            \
  "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n"                      \
  "\n"                                                                                             \
  "--b\n\nIt could not be delivered.\n"                                                            \
  "--b\nContent-Type: message/delivery-status\n\n"                                                 \
  "Reporting-MTA: dns; mx.nobody.example\n\n"                                                      \
  "Final-Recipient: rfc822; nora@nobody.example\n"                                                 \
  "Action: failed\nStatus: 5.1.1\n"                                                                \
  "Diagnostic-Code: smtp; 550 5.1.1 no such user\n"                                                \
  "--b--\n"

static void
test_bytes (DeskFixture *f)
{
  static const char nora[] = "nora@nobody.example";
  g_autoptr (PdVerdict) first = file_bytes (f, nora, UNIT, HELLO);
  g_autoptr (PdVerdict) hopped = file_bytes (
      f, nora, UNIT, "Received: from a by b; Tue, 24 Nov 2026 10:00:01 +0000\n" HELLO);
  g_autoptr (PdTicket) ticket = ticket_of (f, first);
  g_autoptr (PdPerson) requester = person (f, nora);
  g_autofree char *files = words_of (f, PD_SQL_ATTACHMENT_OF_TICKET, ticket->id, 2);
  g_autofree char *reply_to = reply_address (f, ticket->number, requester->id);
  g_autofree char *verp = bounce_address (f, outbox_id (f, "received"));
  g_autofree char *report = g_strdup_printf (BOUNCE, verp);
  g_autoptr (PdVerdict) answer = NULL;
  g_autoptr (PdVerdict) away = NULL;
  g_autoptr (PdVerdict) bounce = NULL;

  g_assert_cmpstr (first->outcome, ==, "ticket");
  g_assert_cmpstr (ticket->subject, ==, "café closed");
  g_assert_cmpstr (requester->name, ==, "Nora New");
  g_assert_cmpstr (files, ==, "a.csv");
  g_assert_true (takes_part (f, ticket, "joe@a.example"));
  g_assert_cmpstr (hopped->outcome, ==, "duplicate");

  answer = file_bytes (f, nora, reply_to,
                       "From: nora@nobody.example\nSubject: hm\nMessage-ID: <2@nobody.example>\n"
                       "\nthanks\n");
  g_assert_cmpstr (answer->outcome, ==, "comment");
  g_assert_cmpint (answer->ticket, ==, ticket->number);
  away = file_bytes (f, "", verp,
                     "From: nora@nobody.example\nSubject: Out of office\n"
                     "Auto-Submitted: auto-replied (vacation)\n\nback on Monday\n");
  g_assert_cmpstr (away->outcome, ==, "auto-reply");
  g_assert_cmpint (away->ticket, ==, ticket->number);
  bounce = file_bytes (f, "", verp, report);
  g_assert_cmpstr (bounce->outcome, ==, "bounce");
  g_assert_cmpint (bounce->ticket, ==, ticket->number);
  assert_words (events (f, ticket->id), "created comment comment delivery-failed");
}

/* ---- several writers ---- */

#define RACES 15
#define WRITERS 3

typedef struct {
  PdDesk *desk;
  const PdIntake *intakes; /* RACES of them */
  PdVerdict *verdicts[RACES];
  GError *errors[RACES];
} Writer;

static gpointer
write_all (gpointer data)
{
  Writer *writer = data;

  for (int i = 0; i < RACES; i++)
    pd_intake_batch (writer->desk, &writer->intakes[i], 1, &writer->verdicts[i],
                     &writer->errors[i]);
  return NULL;
}

/* The same mails through several connections at once: each is one ticket. */
static void
race (DeskFixture *f)
{
  Writer writers[WRITERS] = { { .desk = NULL } };
  GThread *threads[WRITERS];
  Made made[WRITERS][RACES];
  PdIntake intakes[WRITERS][RACES];

  for (int w = 0; w < WRITERS; w++)
    {
      g_autoptr (GError) error = NULL;
      PdDb *db = pd_db_open (f->url, &error);

      g_assert_no_error (error);
      writers[w].desk = pd_desk_new (db, &f->settings);
      writers[w].intakes = intakes[w];
      for (int i = 0; i < RACES; i++)
        {
          const Mail mail = { .facts = { .from = "new@nobody.example", .date = i + 1 } };

          make (&made[w][i], &mail);
          intakes[w][i] = made[w][i].intake;
        }
    }
  for (int w = 0; w < WRITERS; w++)
    threads[w] = g_thread_new ("writer", write_all, &writers[w]);
  for (int w = 0; w < WRITERS; w++)
    g_thread_join (threads[w]);
  for (int i = 0; i < RACES; i++)
    {
      int tickets = 0;

      for (int w = 0; w < WRITERS; w++)
        {
          const PdVerdict *verdict = writers[w].verdicts[i];

          g_assert_no_error (writers[w].errors[i]);
          g_assert_cmpint (verdict->ticket, ==, writers[0].verdicts[i]->ticket);
          tickets += strcmp (verdict->outcome, "ticket") == 0;
        }
      g_assert_cmpint (tickets, ==, 1);
    }
  for (int w = 0; w < WRITERS; w++)
    {
      for (int i = 0; i < RACES; i++)
        {
          pd_verdict_free (writers[w].verdicts[i]);
          made_clear (&made[w][i]);
        }
      pd_desk_free (writers[w].desk);
    }
}

static void
test_race (DeskFixture *f)
{
  g_autofree char *folder = NULL;
  g_autofree char *url = NULL;
  g_autoptr (DeskFixture) on_disk = NULL;

  if (pd_db_get_dialect (f->desk->db) == PD_DB_MARIADB)
    {
      race (f);
      return;
    }
  folder = g_dir_make_tmp ("pd-intake-XXXXXX", NULL);
  url = g_strdup_printf ("sqlite:%s/desk", folder);
  on_disk = desk_fixture_new (url);
  race (on_disk);
  g_clear_pointer (&on_disk, desk_fixture_free);
  test_remove_tree (folder);
}

/* ---- to read ---- */

static void
test_explain (DeskFixture *f)
{
  g_autoptr (PdTicket) old = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *address = reply_address (f, old->number, f->client->id);
  const Mail mails[] = {
    { .facts = { .from = CARL, .text = "thanks" }, .to = address },
    { .facts = { .from = "new@nobody.example", .cc = "x@a.example" } },
  };
  g_autofree char *before = outbox (f);

  for (gsize i = 0; i < G_N_ELEMENTS (mails); i++)
    {
      Made made;
      g_autoptr (PdVerdict) verdict = NULL;
      g_autoptr (GError) error = NULL;

      make (&made, &mails[i]);
      pd_intake_explain (f->desk, &made.intake, &verdict, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (verdict->outcome, ==, i == 0 ? "comment" : "ticket");
      g_assert_cmpint (verdict->ticket, ==, i == 0 ? old->number : 0);
      made_clear (&made);
    }
  assert_outbox (f, before);
  assert_words (kinds (f, old->id), "mail");
  g_assert_null (person (f, "new@nobody.example"));
}

static void
assert_found (DeskFixture *f, const char *what, guint want)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = pd_inbound_find (f->desk, what, 100, &error);

  g_test_message ("%s", what);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, want);
}

static void
test_inbound (DeskFixture *f)
{
  const Mail first = { .facts = { .from = "new@nobody.example", .message_id = "one@x.example" } };
  const Mail second = { .facts = { .from = CARL }, .unread = "it died" };
  gint64 id, held;
  g_autoptr (PdVerdict) a = file (f, &first, &id);
  g_autoptr (PdVerdict) b = file (f, &second, &held);
  g_autoptr (GPtrArray) all = pd_inbound_list (f->desk, NULL, 0, 10, NULL);
  g_autoptr (GPtrArray) only = pd_inbound_list (f->desk, "held", 0, 10, NULL);
  g_autoptr (GPtrArray) older = pd_inbound_list (f->desk, NULL, held, 10, NULL);
  g_autofree char *text = pd_id_dup (id);

  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpint (((PdInboundRow *)g_ptr_array_index (all, 0))->id, ==, held);
  g_assert_cmpuint (only->len, ==, 1);
  g_assert_cmpuint (older->len, ==, 1);
  assert_found (f, text, 1);
  assert_found (f, "<one@x.example>", 1);
  assert_found (f, "one@x.example", 1);
  assert_found (f, "New@nobody.example", 1);
  assert_found (f, CARL, 1); /* by the envelope: the mail could not be read */
  assert_found (f, "none@x.example", 0);
}

/* ---- signed and encrypted ---- */

static PdMail *
parse (const char *text)
{
  g_autoptr (GBytes) raw = g_bytes_new (text, strlen (text));

  return pd_mail_parse (raw, NULL, NULL);
}

/* Takes the facts. */
static PdVerdict *
file_facts (DeskFixture *f, PdMail *mail)
{
  static const char *const recipients[] = { UNIT, NULL };
  g_autoptr (GBytes) raw = g_bytes_new_static ("ciphertext", 10);
  const PdIntake intake = { .id = pd_id_new (),
                            .received = pd_clock_now (),
                            .source = "lmtp",
                            .mail_from = CARL,
                            .recipients = recipients,
                            .raw = raw,
                            .mail = mail };
  PdVerdict *verdict;
  GError *error;

  pd_intake_batch (f->desk, &intake, 1, &verdict, &error);
  g_assert_no_error (error);
  pd_mail_free (mail);
  return verdict;
}

/* The files of a mail that was decrypted can be had afterwards. */
static void
test_decrypted (DeskFixture *f)
{
  static const char inner[]
      = "From: " CARL "\nSubject: x\nMIME-Version: 1.0\n"
        "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\naGkh\n";
  PdMail *mail = parse (inner);
  g_autoptr (PdVerdict) verdict = NULL;
  g_autoptr (PdRows) rows = NULL;
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (GBytes) bytes = NULL;

  mail->is_encrypted = TRUE;
  mail->opened = g_bytes_new_static (inner, strlen (inner));
  verdict = file_facts (f, mail);
  g_assert_cmpstr (verdict->outcome, ==, "ticket");
  rows = pd_db_query (f->desk->db, PD_SQL_RENDER_FILES,
                      PD_BIND (PD_INT (verdict->entry), PD_INT (10)),
                      NULL);
  g_assert_cmpint (pd_rows_next (rows, NULL), ==, 1);
  raw = pd_raw_load (f->desk, pd_rows_int (rows, 4), NULL);
  g_assert_nonnull (raw);
  bytes = pd_mail_decode_part (raw, pd_rows_int (rows, 5), (gsize)pd_rows_int (rows, 6),
                               pd_rows_text (rows, 7), NULL);
  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "hi!", 3);
}

/* What a signature proves. */
static void
test_signed (DeskFixture *f)
{
  static const struct {
    const char *signer;
    PdSealState state;
    gboolean whole;
    gint64 age;
    const char *results, *want, *why;
  } rows[] = {
    { CARL, PD_SEAL_GOOD, TRUE, 0, "", "signed", "by the author" },
    { CARL, PD_SEAL_GOOD, FALSE, 0, "", "plausible", "only a part of the mail" },
    { ANN, PD_SEAL_GOOD, TRUE, 0, "", "plausible", "by somebody else" },
    { CARL, PD_SEAL_BAD, TRUE, 0, "", "plausible", "changed" },
    { CARL, PD_SEAL_UNKNOWN, TRUE, 0, "", "plausible", "no such key" },
    { CARL, PD_SEAL_UNCHECKED, TRUE, 0, "", "plausible", "nobody has looked" },
    { CARL, PD_SEAL_GOOD, TRUE, 30 * PD_DAY, "", "plausible", "signed long ago, sent again" },
    { CARL, PD_SEAL_GOOD, TRUE, 0, "mx.desk.example; dmarc=fail", "none",
      "the mail server says that the header is forged" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strdup_printf (
          "From: " CARL "\nSubject: %u\nContent-Type: multipart/signed; boundary=s\n\n--s\n\nx\n"
          "--s\nContent-Type: application/pgp-signature\n\ny\n--s--\n",
          (guint)i);
      PdMail *mail = parse (text);
      PdSeal *seal = mail->seals->pdata[0];
      g_autofree char *want = g_strdup_printf ("\"%s\"", rows[i].want);
      g_autoptr (PdVerdict) verdict = NULL;

      g_test_message ("%s", rows[i].why);
      g_free (seal->signer);
      seal->signer = g_strdup (rows[i].signer);
      seal->state = rows[i].state;
      seal->whole = rows[i].whole;
      seal->signed_at = pd_clock_now () - rows[i].age;
      g_free (mail->auth_results);
      mail->auth_results = g_strdup (rows[i].results);
      verdict = file_facts (f, mail);
      g_assert_nonnull (strstr (verdict->trace, want));
    }
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "intake/new", test_new },
    { "intake/reply", test_reply },
    { "intake/stranger", test_stranger },
    { "intake/other-from", test_other_from },
    { "intake/staff", test_staff },
    { "intake/doubt-staff", test_doubt_staff },
    { "intake/forged-staff", test_forged_staff },
    { "intake/forged-staff-told", test_forged_staff_told },
    { "intake/has-it", test_has_it },
    { "intake/no-listener", test_no_listener },
    { "intake/overlong", test_overlong },
    { "intake/people", test_people },
    { "intake/many-people", test_many_people },
    { "intake/duplicate", test_duplicate },
    { "intake/two-addresses", test_two_addresses },
    { "intake/outcomes", test_outcomes },
    { "intake/bounce", test_bounce },
    { "intake/reports", test_reports },
    { "intake/bounce-of-bounce", test_bounce_of_bounce },
    { "intake/forged-bounce", test_forged_bounce },
    { "intake/auto-reply", test_auto_reply },
    { "intake/acknowledgements", test_acknowledgements },
    { "intake/many-entries", test_many_entries },
    { "intake/blocked", test_blocked },
    { "intake/dmarc", test_dmarc },
    { "intake/unreadable", test_unreadable },
    { "intake/drop", test_drop },
    { "intake/batch", test_batch },
    { "intake/batch-twice", test_batch_twice },
    { "intake/batch-conflict", test_batch_conflict },
    { "intake/bytes", test_bytes },
    { "intake/race", test_race },
    { "intake/explain", test_explain },
    { "intake/inbound", test_inbound },
    { "intake/decrypted", test_decrypted },
    { "intake/signed", test_signed },
  };

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
