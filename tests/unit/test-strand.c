/* test-strand.c - side threads: who joins them, and that neither side hears the other. */
#include "desk/strand.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/intake.h"
#include "desk/outbox.h"
#include "desk/render.h"
#include "desk/ticket-change.h"
#include "desk/ticket-view.h"
#include "tests/lib/desk-suite.h"

#define UNIT DESK_FIXTURE_UNIT
#define CARL DESK_FIXTURE_CLIENT
#define ANN DESK_FIXTURE_AGENT
#define VENDOR "vic@vendor.example"

/* ---- steps ---- */

static PdStrand *
ask (DeskFixture *f, PdTicket *ticket, const char *address, const char *text)
{
  const PdStrandNew what = { .address = address, .name = "Vic Vendor", .text = text };
  g_autoptr (GError) error = NULL;
  PdStrand *strand;

  desk_fixture_begin (f);
  pd_strand_open (f->desk, ticket, f->agent, &what, &strand, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  return strand;
}

/* A mail, as it could come. */
typedef struct {
  const char *from, *to, *cc, *subject, *in_reply_to, *text, *message_id;
  const char *results; /* NULL: the mail server vouches for the sender */
  const char *extra;   /* further header lines, each with its end */
} Mail;

static char *
dup_mail (const Mail *m)
{
  static guint nonce;
  GString *text = g_string_new (NULL);
  const char *domain = strchr (m->from, '@') + 1;

  if (m->results == NULL)
    g_string_append_printf (
        text, "Authentication-Results: mx.desk.example; dmarc=pass header.from=%s\n", domain);
  else if (*m->results != '\0')
    g_string_append_printf (text, "Authentication-Results: mx.desk.example; %s\n", m->results);
  g_string_append_printf (text, "From: %s\nTo: %s\nSubject: %s\n", m->from, m->to,
                          m->subject != NULL ? m->subject : "words");
  if (m->cc != NULL)
    g_string_append_printf (text, "Cc: %s\n", m->cc);
  if (m->in_reply_to != NULL)
    g_string_append_printf (text, "In-Reply-To: <%s>\n", m->in_reply_to);
  if (m->message_id != NULL)
    g_string_append_printf (text, "Message-ID: <%s>\n", m->message_id);
  else
    g_string_append_printf (text, "Message-ID: <n%u@%s>\n", ++nonce, domain);
  g_string_append_printf (text, "Date: Mon, 2 Nov 2026 10:00:00 +0000\n%s\n%s\n",
                          m->extra != NULL ? m->extra : "", m->text);
  return g_string_free (text, FALSE);
}

static PdVerdict *
file (DeskFixture *f, const Mail *m, const char *outcome)
{
  const char *const recipients[] = { m->to, NULL };
  g_autofree char *text = dup_mail (m);
  g_autoptr (GBytes) raw = g_bytes_new (text, strlen (text));
  g_autoptr (PdMail) mail = pd_mail_parse (raw, m->from, m->to);
  const PdIntake intake = { .id = pd_id_new (),
                            .received = pd_clock_now (),
                            .source = "lmtp",
                            .mail_from = m->from,
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

static char *
strand_address (DeskFixture *f, const PdTicket *ticket, const PdStrand *strand)
{
  const PdSignedAddress what
      = { .kind = PD_SIGNED_STRAND, .ticket = ticket->number, .strand = strand->id };

  return pd_keyring_sign_address (f->keyring, UNIT, '+', &what);
}

static GPtrArray *
rows (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *list = pd_outbox_list (f->desk, NULL, 1000, &error);

  g_assert_no_error (error);
  return list;
}

/* "event:recipient …" of the rows, in order. */
static char *
outbox (DeskFixture *f)
{
  g_autoptr (GPtrArray) list = rows (f);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    {
      const PdOutboxRow *row = g_ptr_array_index (list, i);

      g_string_append_printf (text, "%s%s:%s", i > 0 ? " " : "", row->event, row->recipient);
    }
  return g_string_free (text, FALSE);
}

/* The last row of an event: its Message-ID. */
static char *
message_id_of (DeskFixture *f, const PdTicket *ticket, const char *event)
{
  g_autoptr (GPtrArray) list = rows (f);
  gint64 id = 0;

  for (guint i = 0; i < list->len; i++)
    if (strcmp (((PdOutboxRow *)list->pdata[i])->event, event) == 0)
      id = ((PdOutboxRow *)list->pdata[i])->id;
  g_assert_cmpint (id, !=, 0);
  return pd_keyring_sign_message_id (f->keyring, ticket->number, id, f->settings.domain);
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

#define assert_text(call, want)                                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *text_ = call;                                                                 \
    g_assert_cmpstr (text_, ==, want);                                                             \
  }                                                                                                \
  G_STMT_END

/* "kind/visibility/strand …" of a ticket's entries. */
static char *
entries (DeskFixture *f, gint64 ticket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) found
      = pd_db_query (f->desk->db, PD_SQL_MESSAGE_OF_TICKET, PD_BIND (PD_INT (ticket)), &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  while (pd_rows_next (found, &error) > 0)
    g_string_append_printf (text, "%s%s/%s%s", text->len > 0 ? " " : "", pd_rows_text (found, 1),
                            pd_rows_text (found, 2), pd_rows_int (found, 9) != 0 ? "/strand" : "");
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

/* ---- opening ---- */

static void
test_open (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "printer", "dead");
  g_autoptr (PdStrand) strand = NULL;
  g_autoptr (PdPerson) vendor = NULL;
  g_autoptr (GError) error = NULL;
  gboolean part;

  empty_outbox (f);
  strand = ask (f, ticket, VENDOR, "\n Do you have the part?\nIt is urgent.");
  g_assert_cmpstr (strand->subject, ==, "Do you have the part?");
  g_assert_true (strand->open);
  assert_text (outbox (f), "strand:" VENDOR);
  assert_text (entries (f, ticket->id), "mail/public reply/internal/strand");
  pd_person_by_address (f->desk, VENDOR, &vendor, &error);
  g_assert_cmpint (vendor->id, ==, strand->person);
  g_assert_cmpstr (vendor->name, ==, "Vic Vendor");
  pd_ticket_has_person (f->desk, ticket, vendor->id, &part, &error);
  g_assert_false (part);
}

static void
test_refused (DeskFixture *f)
{
  static const struct {
    const char *address, *text;
    gboolean by_client;
    PdErrorCode code;
    const char *why;
  } cases[] = {
    { VENDOR, "x", TRUE, PD_ERROR_DENIED, "a customer asks nobody" },
    { "no address", "x", FALSE, PD_ERROR_INVALID, "not an address" },
    { UNIT, "x", FALSE, PD_ERROR_INVALID, "the desk does not ask itself" },
    { CARL, "x", FALSE, PD_ERROR_INVALID, "the customer is asked on the ticket" },
    { VENDOR, " \n", FALSE, PD_ERROR_INVALID, "nothing is asked" },
  };
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "printer", "dead");

  empty_outbox (f);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PdStrandNew what = { .address = cases[i].address, .text = cases[i].text };
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      desk_fixture_begin (f);
      g_assert_false (pd_strand_open (f->desk, ticket, cases[i].by_client ? f->client : f->agent,
                                      &what, NULL, &error));
      g_assert_error (error, PD_ERROR, (int)cases[i].code);
      pd_desk_rollback (f->desk);
    }
  assert_text (outbox (f), "");
}

static void
test_close (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "printer", "dead");
  g_autoptr (PdStrand) strand = ask (f, ticket, VENDOR, "part?");
  g_autoptr (PdStrand) closed = NULL;
  g_autoptr (PdStrand) again = NULL;
  const PdEntry more = { .text = "Are you there?" };
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  g_assert_true (pd_strand_close (f->desk, ticket, strand, f->agent, &error));
  g_assert_true (pd_strand_get (f->desk, strand->id, &closed, &error));
  g_assert_false (closed->open);
  g_assert_true (pd_strand_close (f->desk, ticket, closed, f->agent, &error));
  g_assert_true (pd_strand_say (f->desk, ticket, closed, f->agent, &more, NULL, &error));
  g_assert_no_error (error);
  desk_fixture_commit (f);
  g_assert_true (pd_strand_get (f->desk, strand->id, &again, &error));
  g_assert_true (again->open);
  assert_text (outbox (f), "received:" CARL " created:" ANN " strand:" VENDOR " strand:" VENDOR);
}

/* ---- mail in ---- */

/* By which evidence whose mail goes where. */
static void
test_mail (DeskFixture *f)
{
  enum { NEW, STRAND, SPOKEN, TICKET, HELD };
  static const struct {
    const char *from;
    gboolean address, id, mark; /* the strand's address, its mail's Message-ID, the subject mark */
    const char *results;
    int want;
    const char *why;
  } cases[] = {
    { VENDOR, TRUE, FALSE, FALSE, NULL, STRAND, "the usual answer" },
    { VENDOR, FALSE, TRUE, FALSE, NULL, STRAND, "his program answers to From" },
    { VENDOR, FALSE, FALSE, TRUE, NULL, STRAND, "the number is enough for who has to do with it" },
    { VENDOR, TRUE, FALSE, FALSE, "dmarc=fail", HELD, "perhaps it is not he" },
    { "tom@vendor.example", TRUE, FALSE, FALSE, NULL, STRAND, "a colleague of his" },
    { "tom@vendor.example", FALSE, TRUE, FALSE, NULL, NEW, "a colleague without the address" },
    { "sue@other.example", TRUE, FALSE, FALSE, NULL, NEW, "somebody else" },
    { CARL, TRUE, FALSE, FALSE, NULL, NEW, "the customer's words are not for the vendor" },
    { CARL, FALSE, TRUE, FALSE, NULL, NEW, "nor by the id of a mail that he should not have" },
    { CARL, FALSE, FALSE, TRUE, NULL, TICKET, "the customer's ticket is his" },
    { ANN, TRUE, FALSE, FALSE, NULL, SPOKEN, "staff speaks to the vendor" },
    { ANN, FALSE, TRUE, FALSE, NULL, SPOKEN, "also by the id" },
    { ANN, TRUE, FALSE, FALSE, "", STRAND, "nothing proves that it is staff" },
    { "zoe@desk.example", TRUE, FALSE, FALSE, NULL, NEW, "staff that may not see the ticket" },
  };
  g_autoptr (PdPerson) zoe = desk_fixture_add_person (f, PD_ROLE_AGENT, "Zoe", "zoe@desk.example");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "printer", "dead");
      g_autoptr (PdStrand) strand = ask (f, ticket, VENDOR, "part?");
      g_autofree char *address = strand_address (f, ticket, strand);
      g_autofree char *id = message_id_of (f, ticket, "strand");
      g_autofree char *mark = g_strdup_printf ("[DESK #%" G_GINT64_FORMAT "] x", ticket->number);
      g_autofree char *text = g_strdup_printf ("words %u", (guint)i);
      const Mail mail = { .from = cases[i].from,
                          .to = cases[i].address ? address : UNIT,
                          .in_reply_to = cases[i].id ? id : NULL,
                          .subject = cases[i].mark ? mark : NULL,
                          .results = cases[i].results,
                          .text = text };
      g_autoptr (PdVerdict) verdict = NULL;
      g_autofree char *sent = NULL;
      g_autofree char *said = NULL;

      g_test_message ("%s: %s", cases[i].from, cases[i].why);
      /* the id must stay known: only the others are cleared */
      verdict = file (f, &mail,
                      cases[i].want == NEW    ? "ticket"
                      : cases[i].want == HELD ? "held"
                                              : "comment");
      said = entries (f, ticket->id);
      sent = outbox (f);
      if (cases[i].want == STRAND)
        g_assert_true (g_str_has_suffix (said, "/internal/strand"));
      if (cases[i].want == TICKET)
        g_assert_true (g_str_has_suffix (said, "mail/public"));
      if (cases[i].want == NEW || cases[i].want == HELD)
        g_assert_cmpstr (said, ==, "mail/public reply/internal/strand");
      if (cases[i].want == SPOKEN)
        {
          g_assert_cmpstr (said, ==, "mail/public reply/internal/strand reply/internal/strand");
          g_assert_true (g_str_has_suffix (sent, "strand:" VENDOR));
        }
      if (cases[i].want == STRAND)
        g_assert_true (g_str_has_suffix (sent, "noted:" ANN));
      empty_outbox (f);
    }
}

/* What he answers to his own earlier mail, which is stored, joins, too. */
static void
test_stored_id (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "printer", "dead");
  g_autoptr (PdStrand) strand = ask (f, ticket, VENDOR, "part?");
  g_autofree char *address = strand_address (f, ticket, strand);
  const Mail first
      = { .from = VENDOR, .to = address, .message_id = "v1@vendor.example", .text = "one" };
  const Mail second
      = { .from = VENDOR, .to = UNIT, .in_reply_to = "v1@vendor.example", .text = "two" };
  const Mail customers
      = { .from = CARL, .to = UNIT, .in_reply_to = "v1@vendor.example", .text = "three" };
  g_autoptr (PdVerdict) one = file (f, &first, "comment");
  g_autoptr (PdVerdict) two = file (f, &second, "comment");
  g_autoptr (PdVerdict) three = file (f, &customers, "ticket");

  assert_text (entries (f, ticket->id),
               "mail/public reply/internal/strand mail/internal/strand mail/internal/strand");
}

static void
test_bounce (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "printer", "dead");
  g_autoptr (PdStrand) strand = ask (f, ticket, VENDOR, "part?");
  g_autoptr (GPtrArray) list = rows (f);
  const PdOutboxRow *row = g_ptr_array_index (list, list->len - 1);
  const PdSignedAddress what = { .kind = PD_SIGNED_BOUNCE, .outbox = row->id };
  g_autofree char *address = pd_keyring_sign_address (f->keyring, UNIT, '+', &what);
  const Mail mail = {
    .from = "MAILER-DAEMON@vendor.example",
    .to = address,
    .extra = "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; "
             "boundary=b\n",
    .text = "--b\nContent-Type: text/plain\n\nno such user\n--b\nContent-Type: "
            "message/delivery-status\n\nReporting-MTA: dns; mx.vendor.example\n\n"
            "Final-Recipient: rfc822; " VENDOR "\nAction: failed\nStatus: 5.1.1\n--b--\n",
  };
  g_autoptr (PdVerdict) verdict = NULL;

  empty_outbox (f);
  /* only the row that the report is about is needed */
  desk_fixture_begin (f);
  pd_db_exec (f->desk->db, PD_SQL_NOTICE_INSERT,
              PD_BIND (PD_INT (row->id), PD_INT (row->created), PD_TEXT ("strand"),
                       PD_INT (row->unit), PD_INT (ticket->id), PD_INT (row->message),
                       PD_INT (row->person), PD_INT (row->actor), PD_TEXT (VENDOR), PD_TEXT ("{}"),
                       PD_INT (row->next), PD_INT (1), PD_INT (strand->id)),
              NULL, NULL);
  desk_fixture_commit (f);
  verdict = file (f, &mail, "bounce");
  g_assert_cmpint (verdict->ticket, ==, ticket->number);
  assert_text (outbox (f), "strand:" VENDOR " delivery-failed:" ANN);
}

/* A merge takes strands along, and their mail follows. */
static void
test_merge (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "printer", "dead");
  g_autoptr (PdTicket) other = desk_fixture_add_ticket (f, "printer again", "still dead");
  g_autoptr (PdStrand) strand = ask (f, ticket, VENDOR, "part?");
  g_autofree char *address = strand_address (f, ticket, strand);
  const Mail mail = { .from = VENDOR, .to = address, .text = "here it is" };
  g_autoptr (PdVerdict) verdict = NULL;
  g_autoptr (PdStrand) moved = NULL;
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_ticket_merge (f->desk, ticket, f->agent, other->number, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  verdict = file (f, &mail, "comment");
  g_assert_cmpint (verdict->ticket, ==, other->number);
  pd_strand_get (f->desk, strand->id, &moved, &error);
  g_assert_cmpint (moved->ticket, ==, other->id);
}

/* ---- leaks ---- */

/* Who may read which marker: texts of the customer's side have C in front, of
 * the strand S, of staff's notes N. */
static const struct {
  const char *recipient;
  const char *may;
} readers[] = {
  { CARL, "C" },
  { "watcher@client.example", "C" },
  { VENDOR, "S" },
  { ANN, "CSN" },
};

static const char *
may_read (const char *recipient)
{
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    if (strcmp (readers[i].recipient, recipient) == 0)
      return readers[i].may;
  g_error ("a notice to %s", recipient);
}

/* Renders what waits; no marker may stand in a mail to who must not read it. */
static guint
check_mails (DeskFixture *f, const PdTemplates *templates)
{
  static const char *const kinds = "CSN";
  g_autoptr (GPtrArray) list = rows (f);

  for (guint i = 0; i < list->len; i++)
    {
      const PdOutboxRow *row = g_ptr_array_index (list, i);
      const char *may = may_read (row->recipient);
      g_autoptr (GError) error = NULL;
      g_autoptr (PdRendered) rendered = pd_render (f->desk, templates, row, &error);
      g_autoptr (PdMail) mail = NULL;
      g_autofree char *all = NULL;

      g_assert_no_error (error);
      mail = pd_mail_parse (rendered->bytes, NULL, NULL);
      all = g_strndup (g_bytes_get_data (rendered->bytes, NULL),
                       g_bytes_get_size (rendered->bytes));
      for (const char *kind = kinds; *kind != '\0'; kind++)
        {
          const char marker[] = { 'q', 'q', *kind, '\0' };

          if (strchr (may, *kind) != NULL)
            continue;
          g_assert_null (strstr (all, marker));
          g_assert_null (strstr (mail->text, marker));
          g_assert_null (strstr (mail->html, marker));
        }
      /* the vendor does not learn who the customer is, nor he of the vendor */
      if (strcmp (row->recipient, VENDOR) == 0)
        {
          g_assert_null (strstr (all, "client.example"));
          g_assert_null (strstr (all, "Carl"));
        }
      if (strchr (may, 'S') == NULL)
        {
          g_assert_null (strstr (all, "vendor.example"));
          g_assert_null (strstr (all, "Vic"));
        }
    }
  return list->len;
}

static void
run_act (DeskFixture *f, gboolean (*act) (PdDesk *, PdTicket *, const PdPerson *, GError **),
         PdTicket *ticket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdTicket) now = pd_ticket_need (f->desk, ticket->number, &error);

  desk_fixture_begin (f);
  act (f->desk, now, f->agent, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static void
say (DeskFixture *f, PdTicket *ticket, const char *kind, gboolean internal, const char *text)
{
  const PdEntry entry
      = { .kind = kind, .internal = internal, .author = f->agent->id, .text = text };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdTicket) now = pd_ticket_need (f->desk, ticket->number, &error);

  desk_fixture_begin (f);
  pd_ticket_add_entry (f->desk, now, &entry, NULL, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static char *
reply_address (DeskFixture *f, gint64 number, gint64 who)
{
  const PdSignedAddress what = { .kind = PD_SIGNED_REPLY, .ticket = number, .person = who };

  return pd_keyring_sign_address (f->keyring, UNIT, '+', &what);
}

/* What a client sees of the ticket. */
static void
check_view (DeskFixture *f, const PdTicket *ticket)
{
  g_autoptr (GError) error = NULL;
  struct json_object *view = pd_ticket_view_full (f->desk, ticket, f->client, &error);
  const char *text = json_object_to_json_string (view);

  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "qqC"));
  g_assert_null (strstr (text, "qqS"));
  g_assert_null (strstr (text, "qqN"));
  g_assert_null (strstr (text, "vendor"));
  json_object_put (view);
}

static void
test_leaks (DeskFixture *f)
{
  g_autofree char *folder = g_build_filename (g_getenv ("PD_SRCDIR"), "templates", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdTemplates) templates = pd_templates_load (folder, &error);
  g_autoptr (PdPerson) watcher
      = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Wanda", "watcher@client.example");
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "qqC1 printer", "qqC2 dead");
  g_autofree char *carls = reply_address (f, ticket->number, f->client->id);
  g_autoptr (PdStrand) strand = NULL;
  g_autofree char *address = NULL;
  g_autofree char *id = NULL;
  g_autoptr (PdTicket) now = NULL;

  g_assert_no_error (error);
  desk_fixture_begin (f);
  pd_ticket_add_person (f->desk, ticket->id, watcher->id, PD_RELATION_WATCHER, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  say (f, ticket, "note", TRUE, "qqN1 he is difficult");
  strand = ask (f, ticket, VENDOR, "qqS1 do you have the part?");
  address = strand_address (f, ticket, strand);
  id = message_id_of (f, ticket, "strand");
  {
    const Mail mails[] = {
      { .from = VENDOR, .to = address, .cc = "boss@vendor.example", .text = "qqS2 we have it" },
      { .from = VENDOR, .to = UNIT, .in_reply_to = id, .text = "qqS3 and it is cheap" },
      { .from = CARL, .to = carls, .text = "qqC3 any news?" },
      { .from = ANN, .to = address, .text = "qqS4 send it\n\n> qqS2 we have it" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (mails); i++)
      {
        g_autoptr (PdVerdict) verdict = file (f, &mails[i], "comment");

        g_assert_cmpint (verdict->ticket, ==, ticket->number);
      }
  }
  say (f, ticket, "reply", FALSE, "qqC4 it comes tomorrow");
  run_act (f, pd_ticket_take, ticket);
  run_act (f, pd_ticket_finish, ticket);
  g_assert_cmpuint (check_mails (f, templates), >, 10);
  now = pd_ticket_need (f->desk, ticket->number, &error);
  check_view (f, now);
}

/* The mail to the third party: its own thread, and an address that leads back. */
static void
test_thread (DeskFixture *f)
{
  g_autofree char *folder = g_build_filename (g_getenv ("PD_SRCDIR"), "templates", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdTemplates) templates = pd_templates_load (folder, &error);
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "printer", "dead");
  g_autoptr (PdStrand) strand = ask (f, ticket, VENDOR, "part?");
  g_autofree char *address = strand_address (f, ticket, strand);
  g_autofree char *first = message_id_of (f, ticket, "strand");
  const Mail answer
      = { .from = VENDOR, .to = address, .message_id = "v1@vendor.example", .text = "one" };
  const Mail more = { .from = ANN, .to = address, .text = "two" };
  g_autoptr (PdVerdict) heard = file (f, &answer, "comment");
  g_autoptr (PdVerdict) said = file (f, &more, "comment");
  g_autoptr (GPtrArray) list = rows (f);
  const PdOutboxRow *row = g_ptr_array_index (list, list->len - 1);
  g_autoptr (PdRendered) rendered = pd_render (f->desk, templates, row, &error);
  g_autoptr (PdMail) mail = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (row->event, ==, "strand");
  mail = pd_mail_parse (rendered->bytes, NULL, NULL);
  g_assert_cmpuint (mail->references->len, ==, 2);
  g_assert_cmpstr (mail->references->pdata[0], ==, first);
  g_assert_cmpstr (mail->references->pdata[1], ==, "v1@vendor.example");
  g_assert_cmpstr (((PdAddress *)mail->reply_to->pdata[0])->address, ==, address);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "strand/open", test_open },           { "strand/refused", test_refused },
    { "strand/close", test_close },         { "strand/mail", test_mail },
    { "strand/stored-id", test_stored_id }, { "strand/bounce", test_bounce },
    { "strand/merge", test_merge },         { "strand/leaks", test_leaks },
    { "strand/thread", test_thread },
  };

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
