/* test-staff-forward.c - customers' mails that staff passes on into the desk. */
#include "desk/staff-forward.h"

#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "desk/outbox.h"
#include "desk/raw.h"
#include "tests/lib/desk-suite.h"

#define UNIT DESK_FIXTURE_UNIT
#define CARL DESK_FIXTURE_CLIENT
#define ANN DESK_FIXTURE_AGENT

static void
test_doubt (DeskFixture *f)
{
  static const struct {
    PdForwardWord word;
    gboolean doubt;
    const char *why;
  } cases[] = {
    { { .found = 1, .address = TRUE, .proof = PD_PROOF_ALIGNED, .needed = PD_PROOF_ALIGNED },
      FALSE,
      "all is said" },
    { { .found = 2, .address = TRUE, .proof = PD_PROOF_SIGNED, .needed = PD_PROOF_ALIGNED },
      TRUE,
      "two mails are nobody's" },
    { { .found = 1, .proof = PD_PROOF_SIGNED, .needed = PD_PROOF_ALIGNED }, TRUE, "no address" },
    { { .found = 1,
        .address = TRUE,
        .own = TRUE,
        .proof = PD_PROOF_SIGNED,
        .needed = PD_PROOF_ALIGNED },
      TRUE,
      "the desk is no customer" },
    { { .found = 1,
        .address = TRUE,
        .staff = TRUE,
        .proof = PD_PROOF_SIGNED,
        .needed = PD_PROOF_ALIGNED },
      TRUE,
      "nor is staff" },
    { { .found = 1,
        .address = TRUE,
        .blocked = TRUE,
        .proof = PD_PROOF_SIGNED,
        .needed = PD_PROOF_ALIGNED },
      TRUE,
      "blocked" },
    { { .found = 1, .address = TRUE, .proof = PD_PROOF_PLAUSIBLE, .needed = PD_PROOF_ALIGNED },
      TRUE,
      "anybody can write From" },
    { { .found = 1, .address = TRUE, .proof = PD_PROOF_PLAUSIBLE, .needed = PD_PROOF_PLAUSIBLE },
      FALSE,
      "the unit asks for no more" },
  };

  (void)f;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (pd_staff_forward_doubt (&cases[i].word) != NULL, ==, cases[i].doubt);
    }
}

#define ALIGNED                                                                                    \
  "Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\n"                 \
  "From: Ann Agent <" ANN ">\nTo: " UNIT "\nDate: Mon, 2 Nov 2026 12:00:00 +0000\n"
#define INLINE(from)                                                                               \
  "Take this one, please.\n\n---------- Forwarded message ---------\nFrom: " from                  \
  "\nDate: Mon, Nov 2, 2026 at 10:00 AM\nSubject: Printer\nTo: Ann <" ANN ">\n\n\nIt is dead.\n"
#define ATTACHED                                                                                   \
  "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nTake this one, "         \
  "please.\n--o\nContent-Type: message/rfc822\n\nFrom: Jane <jane@new.example>\nTo: " ANN          \
  "\nSubject: Printer\nMessage-ID: <orig@new.example>\nReferences: <older@new.example>\n"          \
  "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nIt is dead.\n--i\n"      \
  "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\naGkh\n"         \
  "--i--\n--o--\n"

static PdVerdict *
file_as (DeskFixture *f, const char *from, const char *text, const char *outcome)
{
  static const char *const recipients[] = { UNIT, NULL };
  g_autoptr (GBytes) raw = g_bytes_new (text, strlen (text));
  g_autoptr (PdMail) mail = pd_mail_parse (raw, from, UNIT);
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
  g_test_message ("%s", verdict->trace);
  g_assert_cmpstr (verdict->outcome, ==, outcome);
  return verdict;
}

/* One column of each row about a ticket, with "|" between. */
static char *
column_of (DeskFixture *f, PdSqlId sql, gint64 ticket, guint column)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) rows = pd_db_query (f->desk->db, sql, PD_BIND (PD_INT (ticket)), &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  while (pd_rows_next (rows, &error) > 0)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "|" : "", pd_rows_text (rows, column));
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

static char *
outbox (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = pd_outbox_list (f->desk, NULL, 1000, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    {
      const PdOutboxRow *row = g_ptr_array_index (list, i);

      g_string_append_printf (text, "%s%s:%s", i > 0 ? " " : "", row->event, row->recipient);
    }
  return g_string_free (text, FALSE);
}

#define assert_text(call, want)                                                                    \
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

static gint64
person_id (DeskFixture *f, const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdPerson) person = NULL;

  pd_person_by_address (f->desk, address, &person, &error);
  g_assert_no_error (error);
  return person != NULL ? person->id : 0;
}

static void
test_inline (DeskFixture *f)
{
  g_autoptr (PdVerdict) verdict = file_as (
      f, ANN, ALIGNED "Subject: Fwd: Printer\n\n" INLINE ("Jane <jane@new.example>"), "ticket");
  g_autoptr (PdTicket) ticket = ticket_of (f, verdict);

  g_assert_cmpstr (ticket->subject, ==, "Printer");
  g_assert_cmpint (ticket->requester, ==, person_id (f, "jane@new.example"));
  g_assert_cmpint (ticket->author, ==, f->agent->id);
  assert_text (column_of (f, PD_SQL_MESSAGE_OF_TICKET, ticket->id, 1), "mail|note");
  assert_text (column_of (f, PD_SQL_MESSAGE_OF_TICKET, ticket->id, 2), "public|internal");
  assert_text (column_of (f, PD_SQL_MESSAGE_OF_TICKET, ticket->id, 5),
               "It is dead.\n|Passed on by Ann Agent <" ANN ">.\n\nTake this one, please.\n");
  assert_text (column_of (f, PD_SQL_EVENT_OF_TICKET, ticket->id, 2), "created|note|mail-forwarded");
  assert_text (outbox (f), "received:jane@new.example created:" ANN);
}

/* The files are the customer's, and his Message-ID finds the ticket. */
static void
test_attached (DeskFixture *f)
{
  g_autoptr (PdVerdict) verdict
      = file_as (f, ANN, ALIGNED "Subject: Fwd: Printer\n" ATTACHED, "ticket");
  g_autoptr (PdTicket) ticket = ticket_of (f, verdict);
  g_autoptr (PdVerdict) later
      = file_as (f, "jane@new.example",
                 "From: jane@new.example\nTo: " UNIT "\nSubject: Re: Printer\nReferences: "
                 "<orig@new.example>\n\nany news?\n",
                 "comment");
  g_autoptr (PdRows) rows = NULL;
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_cmpint (later->ticket, ==, ticket->number);
  g_assert_cmpint (ticket->requester, ==, person_id (f, "jane@new.example"));
  assert_text (column_of (f, PD_SQL_MESSAGE_OF_TICKET, ticket->id, 1), "mail|note|mail");
  rows = pd_db_query (f->desk->db, PD_SQL_RENDER_FILES,
                      PD_BIND (PD_INT (verdict->entry), PD_INT (10)), NULL);
  g_assert_cmpint (pd_rows_next (rows, NULL), ==, 1);
  g_assert_cmpstr (pd_rows_text (rows, 0), ==, "a.pdf");
  raw = pd_raw_load (f->desk, pd_rows_int (rows, 4), NULL);
  bytes = pd_mail_decode_part (raw, pd_rows_int (rows, 5), (gsize)pd_rows_int (rows, 6),
                               pd_rows_text (rows, 7), NULL);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "hi!", 3);
}

/* What stays the member of staff's, and says so. */
static void
test_doubtful (DeskFixture *f)
{
  static const struct {
    const char *mail, *word, *why;
  } cases[] = {
    { "From: " ANN "\nTo: " UNIT "\nSubject: Fwd: Printer\n\n" INLINE ("Jane <jane@new.example>"),
      "proves", "anybody can write From" },
    { ALIGNED "Subject: Fwd: Printer\n\n" INLINE ("Jane"), "not found", "no address" },
    { ALIGNED "Subject: Fwd: Printer\n\n" INLINE ("Support <" UNIT ">"), "desk itself",
      "our own mail" },
    { ALIGNED "Subject: Fwd: Printer\n\n" INLINE ("Ann <" ANN ">"), "member of staff",
      "a colleague's" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdVerdict) verdict = file_as (f, ANN, cases[i].mail, "ticket");
      g_autoptr (PdTicket) ticket = ticket_of (f, verdict);
      g_autofree char *texts = column_of (f, PD_SQL_MESSAGE_OF_TICKET, ticket->id, 5);
      g_autofree char *data = column_of (f, PD_SQL_EVENT_OF_TICKET, ticket->id, 4);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (ticket->requester, ==, f->agent->id);
      g_assert_cmpint (person_id (f, "jane@new.example"), ==, 0);
      g_assert_nonnull (strstr (texts, cases[i].word));
      g_assert_nonnull (strstr (data, cases[i].word));
    }
}

/* A mail of a ticket that is there already is a note on it, and goes to nobody
 * outside. */
static void
test_known (DeskFixture *f)
{
  g_autoptr (PdVerdict) opened
      = file_as (f, "jane@new.example",
                 "From: Jane <jane@new.example>\nTo: " UNIT
                 "\nSubject: Printer\nMessage-ID: <orig@new.example>\n\nIt is dead.\n",
                 "ticket");
  g_autoptr (PdTicket) ticket = ticket_of (f, opened);
  g_autofree char *marked
      = g_strdup_printf (ALIGNED "Subject: Fwd: [DESK #%" G_GINT64_FORMAT "] Printer\n\n%s",
                         ticket->number, INLINE ("Sue <sue@new.example>"));
  g_autoptr (PdVerdict) one
      = file_as (f, ANN, ALIGNED "Subject: Fwd: Printer\n" ATTACHED, "comment");
  g_autoptr (PdVerdict) two = file_as (f, ANN, marked, "comment");
  g_autofree char *sent = outbox (f);

  g_assert_cmpint (one->ticket, ==, ticket->number);
  g_assert_cmpint (two->ticket, ==, ticket->number);
  assert_text (column_of (f, PD_SQL_MESSAGE_OF_TICKET, ticket->id, 2), "public|internal|internal");
  g_assert_null (strstr (sent, "replied:jane"));
}

/* A customer who passes a mail on asks about it himself. */
static void
test_customer (DeskFixture *f)
{
  g_autoptr (PdVerdict) verdict = file_as (
      f, CARL,
      "From: " CARL "\nTo: " UNIT "\nSubject: Fwd: Printer\n\n" INLINE ("Jane <jane@new.example>"),
      "ticket");
  g_autoptr (PdTicket) ticket = ticket_of (f, verdict);

  g_assert_cmpint (ticket->requester, ==, f->client->id);
  assert_text (column_of (f, PD_SQL_MESSAGE_OF_TICKET, ticket->id, 1), "mail");
}

/* What is archived is over: a customer's word about it is a new ticket, staff's a
 * note there is no harm in; of spam nobody is told. */
static void
test_archived (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "old", "text");
  g_autofree char *mail = g_strdup_printf (
      "From: " CARL "\nTo: " UNIT "\nSubject: Re: [DESK #%" G_GINT64_FORMAT "] old\n\nagain\n",
      ticket->number);
  g_autoptr (PdVerdict) fresh = NULL;
  g_autoptr (PdVerdict) spam = NULL;
  g_autoptr (PdTicket) opened = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *again = g_strconcat (mail, "and again\n", NULL);
  g_autofree char *sql = NULL;

  desk_fixture_begin (f);
  pd_db_exec_script (f->desk->db, "UPDATE ticket SET state = 'archived', version = version + 1",
                     &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  fresh = file_as (f, CARL, mail, "ticket");
  opened = ticket_of (f, fresh);
  g_assert_cmpint (opened->refers_to, ==, ticket->id);
  sql = g_strdup_printf ("UPDATE ticket SET is_spam = 1 WHERE id = %" G_GINT64_FORMAT
                         "; DELETE FROM outbox",
                         ticket->id);
  desk_fixture_begin (f);
  pd_db_exec_script (f->desk->db, sql, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  spam = file_as (f, CARL, again, "comment");
  g_assert_cmpint (spam->ticket, ==, ticket->number);
  assert_text (outbox (f), "");
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "staff-forward/doubt", test_doubt },       { "staff-forward/inline", test_inline },
    { "staff-forward/attached", test_attached }, { "staff-forward/doubtful", test_doubtful },
    { "staff-forward/known", test_known },       { "staff-forward/customer", test_customer },
    { "staff-forward/archived", test_archived },
  };

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
