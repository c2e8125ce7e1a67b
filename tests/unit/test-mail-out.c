/* Links that let somebody in once, mass mailings, and a unit's own texts: as they
 * are queued and as they look when they go out.
 */
#include "desk/account.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "desk/mailing.h"
#include "desk/notice-choice.h"
#include "desk/notice.h"
#include "desk/outbox.h"
#include "desk/render.h"
#include "desk/template-override.h"
#include "tests/lib/desk-suite.h"

#define NOW (G_GINT64_CONSTANT (1800000000) * PD_SECOND)

static PdTemplates *
load_shipped (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "templates", NULL);
  g_autoptr (GError) error = NULL;
  PdTemplates *templates = pd_templates_load (folder, &error);

  g_assert_no_error (error);
  return templates;
}

static void
begin (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;

  pd_clock_freeze (NOW);
  f->settings.url = "https://desk.example/";
  pd_db_exec_script (f->desk->db, "DELETE FROM attempt; DELETE FROM outbox;", &error);
  g_assert_no_error (error);
}

static GPtrArray *
rows_of (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = pd_outbox_list (f->desk, NULL, 1000, &error);

  g_assert_no_error (error);
  return rows;
}

/* The text of the newest row, whole, as it goes out (decoded by eye: it is ASCII). */
static char *
mail_of_last (DeskFixture *f, char **out_kept)
{
  g_autoptr (GPtrArray) rows = rows_of (f);
  g_autoptr (PdTemplates) templates = load_shipped ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRendered) rendered = NULL;
  gsize size;
  const char *bytes;

  g_assert_cmpuint (rows->len, >, 0);
  rendered = pd_render (f->desk, templates, g_ptr_array_index (rows, rows->len - 1), &error);
  g_assert_no_error (error);
  if (out_kept != NULL)
    *out_kept = g_strdup (rendered->text);
  bytes = g_bytes_get_data (rendered->bytes, &size);
  return g_strndup (bytes, size);
}

/* The secret in a mail: the link may be folded by quoted-printable. */
static char *
secret_in (const char *mail)
{
  g_auto (GStrv) pieces = g_strsplit (mail, "=\r\n", -1);
  g_autofree char *whole = g_strjoinv ("", pieces);
  const char *at = strstr (whole, "token=");

  g_assert_nonnull (at);
  at += strlen ("token=");
  if (g_str_has_prefix (at, "3D"))
    at += 2;
  return g_strndup (at, strspn (at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"));
}

static gboolean
redeem (DeskFixture *f, const char *secret, PdTokenPurpose purpose, PdPerson **out)
{
  g_autoptr (GError) error = NULL;
  gboolean ok;

  desk_fixture_begin (f);
  ok = pd_account_redeem (f->desk, secret, purpose, out, &error);
  g_assert_true (ok || pd_error_is (error, PD_ERROR_NOT_FOUND));
  desk_fixture_commit (f);
  return ok;
}

static void
recover (DeskFixture *f, const char *address)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  g_assert_true (pd_account_recover (f->desk, address, &error));
  desk_fixture_commit (f);
}

static void
test_recover (DeskFixture *f)
{
  g_autofree char *mail = NULL, *kept = NULL, *secret = NULL;
  g_autoptr (PdPerson) person = NULL;
  g_autoptr (PdPerson) nobody = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  begin (f);
  recover (f, "nobody@else.example"); /* the same answer, and no mail */
  rows = rows_of (f);
  g_assert_cmpuint (rows->len, ==, 0);
  recover (f, "Carl@Client.example");
  mail = mail_of_last (f, &kept);
  g_assert_null (kept); /* the secret stays nowhere */
  secret = secret_in (mail);
  g_assert_cmpuint (strlen (secret), ==, 43);
  g_assert_false (redeem (f, "abc", PD_TOKEN_RECOVER, &nobody));
  g_assert_false (redeem (f, secret, PD_TOKEN_INVITE, &nobody)); /* of another purpose */
  g_assert_true (redeem (f, secret, PD_TOKEN_RECOVER, &person));
  g_assert_cmpint (person->id, ==, f->client->id);
  g_assert_false (redeem (f, secret, PD_TOKEN_RECOVER, &nobody)); /* once */
}

static void
test_recover_bounds (DeskFixture *f)
{
  g_autofree char *mail = NULL, *secret = NULL;
  g_autoptr (PdPerson) nobody = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  begin (f);
  for (int i = 0; i < PD_ACCOUNT_MAX_MAILS + 2; i++)
    recover (f, DESK_FIXTURE_CLIENT);
  rows = rows_of (f);
  g_assert_cmpuint (rows->len, ==, PD_ACCOUNT_MAX_MAILS);
  mail = mail_of_last (f, NULL);
  secret = secret_in (mail);
  pd_clock_freeze (NOW + PD_ACCOUNT_RECOVER_AGE * PD_SECOND);
  g_assert_false (redeem (f, secret, PD_TOKEN_RECOVER, &nobody)); /* too old */
}

/* What nobody outside the keyring can make is in no table. */
static void
test_secret_is_nowhere (DeskFixture *f)
{
  g_autofree char *mail = NULL, *secret = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  const PdOutboxRow *row;

  begin (f);
  recover (f, DESK_FIXTURE_CLIENT);
  mail = mail_of_last (f, NULL);
  secret = secret_in (mail);
  rows = rows_of (f);
  row = g_ptr_array_index (rows, 0);
  g_assert_null (strstr (row->data, secret));
  g_assert_cmpint (row->urgency, ==, PD_URGENCY_WAITED);
}

static void
test_register (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdPerson) person = NULL;
  g_autofree char *mail = NULL, *secret = NULL;

  begin (f);
  desk_fixture_begin (f);
  g_assert_true (pd_account_register (f->desk, "new@else.example", "Nora", "", &error));
  g_assert_false (pd_account_register (f->desk, DESK_FIXTURE_UNIT, "", "", &error));
  g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
  desk_fixture_commit (f);
  mail = mail_of_last (f, NULL);
  secret = secret_in (mail);
  g_assert_true (redeem (f, secret, PD_TOKEN_REGISTER, &person));
  g_assert_cmpstr (person->name, ==, "Nora");
  g_assert_cmpint (person->role, ==, PD_ROLE_CLIENT);
}

static void
test_invite (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *mail = NULL;

  begin (f);
  desk_fixture_begin (f);
  f->agent->admin = FALSE;
  g_assert_false (pd_account_invite (f->desk, f->client, f->agent, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_DENIED));
  g_clear_error (&error);
  f->agent->admin = TRUE;
  g_assert_true (pd_account_invite (f->desk, f->client, f->agent, &error));
  desk_fixture_commit (f);
  mail = mail_of_last (f, NULL);
  g_assert_nonnull (strstr (mail, "https://desk.example/account/invite"));
}

/* ---- mailings ---- */

static PdMailing *
draft (DeskFixture *f)
{
  PdMailing *mailing = pd_mailing_new ();

  mailing->subject = g_strdup ("Closed on Sunday");
  mailing->text = g_strdup ("The desk is closed on Sunday.");
  mailing->unit = f->unit->id;
  mailing->roles = 1U << PD_ROLE_CLIENT;
  g_array_append_val (mailing->units, f->unit->id);
  g_array_append_val (mailing->persons, f->agent->id); /* who is a member, too */
  return mailing;
}

static void
test_mailing (DeskFixture *f)
{
  g_autoptr (PdMailing) mailing = draft (f);
  g_autoptr (PdPerson) tired = desk_fixture_add_person (f, PD_ROLE_CLIENT, "T", "t@client.example");
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *mail = NULL;

  begin (f);
  desk_fixture_begin (f);
  f->agent->admin = FALSE;
  g_assert_false (pd_mailing_add (f->desk, mailing, f->agent, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_DENIED));
  g_clear_error (&error);
  f->agent->admin = TRUE;
  g_assert_true (pd_notice_choice_set (f->desk, tired->id, "mailing", PD_CHANNEL_MAIL, FALSE, &error));
  g_assert_true (pd_mailing_add (f->desk, mailing, f->agent, &error));
  g_assert_true (pd_mailing_send (f->desk, mailing, f->agent, &error));
  g_assert_no_error (error);
  g_assert_cmpint (mailing->recipients, ==, 2); /* carl, and ann once */
  g_assert_false (pd_mailing_send (f->desk, mailing, f->agent, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_CONFLICT));
  g_clear_error (&error);
  g_assert_false (pd_mailing_remove (f->desk, mailing->id, f->agent, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_CONFLICT));
  desk_fixture_commit (f);
  rows = rows_of (f);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpint (((PdOutboxRow *)g_ptr_array_index (rows, 0))->urgency, ==, PD_URGENCY_MASS);
  mail = mail_of_last (f, NULL);
  g_assert_nonnull (strstr (mail, "Subject: Closed on Sunday\r\n"));
  g_assert_nonnull (strstr (mail, "List-Unsubscribe: <mailto:support@desk.example"));
  g_assert_null (strstr (mail, "\r\nIn-Reply-To:"));
}

/* ---- own texts ---- */

static gboolean
set_text (DeskFixture *f, gint64 unit, const char *event, PdTemplateKind kind, const char *text,
          GError **error)
{
  const PdTemplateKey key = { unit, "en", event, kind };
  g_autoptr (PdTemplates) templates = load_shipped ();
  gboolean ok;

  desk_fixture_begin (f);
  ok = pd_template_override_set (f->desk, templates, &key, text, 0, error);
  desk_fixture_commit (f);
  return ok;
}

static void
test_own_text_checked (DeskFixture *f)
{
  static const struct {
    const char *event, *text, *says, *why;
    PdTemplateKind kind;
  } cases[] = {
    { "done", "Line one\n{{#entry.text}}\nnever closed", "en/done.txt:2:", "line and column",
      PD_TEMPLATE_TEXT },
    { "dome", "x", "\"done\"", "the name that was meant", PD_TEMPLATE_TEXT },
    { "done", "\n", "en/done.subject:1:1", "an empty subject", PD_TEMPLATE_SUBJECT },
    { "done", "{{ticket.subject", "en/done.subject:1:", "an open tag", PD_TEMPLATE_SUBJECT },
  };

  begin (f);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      g_assert_false (set_text (f, 0, cases[i].event, cases[i].kind, cases[i].text, &error));
      g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

static char *
text_of (DeskFixture *f, PdRenderer *renderer, const PdOutboxRow *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRendered) rendered = pd_renderer_make (renderer, row, &error);

  g_assert_no_error (error);
  g_assert_nonnull (f);
  return g_strdup (rendered->text);
}

/* Shipped, the desk's, the unit's; and back, without a restart. */
static void
test_own_text_used (DeskFixture *f)
{
  g_autoptr (PdTemplates) templates = load_shipped ();
  g_autoptr (PdRenderer) renderer = pd_renderer_new (f->desk, templates);
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  const PdTemplateKey key = { f->unit->id, "en", "received", PD_TEMPLATE_TEXT };
  const PdOutboxRow *row = NULL;
  static const char *const want[] = { "Thank you for writing", "THE DESK", "THE UNIT", "THE DESK" };

  begin (f);
  ticket = desk_fixture_add_ticket (f, "Smoke", "Help!");
  rows = rows_of (f);
  for (guint i = 0; i < rows->len; i++)
    if (strcmp (((PdOutboxRow *)g_ptr_array_index (rows, i))->event, "received") == 0)
      row = g_ptr_array_index (rows, i);
  g_assert_nonnull (row);
  for (int step = 0; step < 4; step++)
    {
      g_autofree char *got = NULL;

      pd_clock_freeze (NOW + step);
      if (step == 1)
        g_assert_true (set_text (f, 0, "received", PD_TEMPLATE_TEXT, "THE DESK\n", &error));
      if (step == 2)
        g_assert_true (set_text (f, f->unit->id, "received", PD_TEMPLATE_TEXT, "THE UNIT\n", &error));
      if (step == 3)
        {
          desk_fixture_begin (f);
          g_assert_true (pd_template_override_remove (f->desk, &key, &error));
          desk_fixture_commit (f);
        }
      pd_renderer_forget (renderer);
      got = text_of (f, renderer, row);
      g_assert_nonnull (strstr (got, want[step]));
    }
}

/* ---- several events in one mail ---- */

static void
test_join (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (PdPerson) hana = desk_fixture_add_person (f, PD_ROLE_HEAD, "Hana", "hana@desk.example");
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) claimed = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *mail = NULL, *kept = NULL;
  PdNotice notice = { .event = PD_NOTICE_TAKEN, .actor = f->agent->id };

  begin (f);
  f->settings.notice_window = 30 * PD_SECOND;
  desk_fixture_begin (f);
  g_assert_true (pd_unit_add_member (f->desk, f->unit->id, hana->id, TRUE, &error));
  desk_fixture_commit (f);
  ticket = desk_fixture_add_ticket (f, "Smoke", "Help!"); /* received, created to ann and hana */
  notice.ticket = ticket;
  desk_fixture_begin (f);
  g_assert_true (pd_notice_queue (f->desk, &notice, &error));
  notice.event = PD_NOTICE_DONE;
  g_assert_true (pd_notice_queue (f->desk, &notice, &error));
  desk_fixture_commit (f);
  rows = rows_of (f);
  g_assert_cmpuint (rows->len, ==, 4); /* those three, and done to carl by itself */
  for (guint i = 0; i < rows->len; i++)
    {
      const PdOutboxRow *row = g_ptr_array_index (rows, i);

      g_assert_cmpint (row->next, <=, NOW + 2); /* nothing waits: nothing has gone */
      if (strcmp (row->recipient, "hana@desk.example") == 0)
        {
          g_autoptr (PdTemplates) templates = load_shipped ();
          g_autoptr (PdRendered) rendered = pd_render (f->desk, templates, row, &error);

          g_assert_no_error (error);
          g_assert_nonnull (strstr (row->data, "\"events\""));
          g_assert_nonnull (strstr (rendered->text, "The ticket was opened"));
          g_assert_nonnull (strstr (rendered->text, "Ann Agent has taken the ticket"));
          g_assert_nonnull (strstr (rendered->text, "Ann Agent has finished the ticket"));
        }
    }
  /* what is claimed takes no more; the next one waits until the window is over */
  pd_clock_freeze (NOW + PD_SECOND);
  claimed = pd_outbox_claim (f->desk, 7, NOW + PD_MINUTE, 100, &error);
  g_assert_cmpuint (claimed->len, ==, 4);
  notice.event = PD_NOTICE_REOPENED;
  desk_fixture_begin (f);
  g_assert_true (pd_notice_queue (f->desk, &notice, &error));
  desk_fixture_commit (f);
  g_clear_pointer (&rows, g_ptr_array_unref);
  rows = rows_of (f);
  {
    const PdOutboxRow *last = g_ptr_array_index (rows, rows->len - 1);

    g_assert_cmpstr (last->event, ==, "reopened");
    g_assert_cmpint (last->next, ==, NOW + 30 * PD_SECOND);
  }
  f->settings.notice_window = 0;
}

/* A claim that has read a row before an event joined it does not get it. */
static void
test_join_race (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  gint64 changed = 0;
  const PdOutboxRow *row = NULL;
  PdNotice notice = { .event = PD_NOTICE_REOPENED };

  begin (f);
  f->settings.notice_window = 30 * PD_SECOND;
  ticket = desk_fixture_add_ticket (f, "Smoke", "Help!");
  rows = rows_of (f);
  for (guint i = 0; i < rows->len; i++)
    if (strcmp (((PdOutboxRow *)g_ptr_array_index (rows, i))->event, "created") == 0)
      row = g_ptr_array_index (rows, i);
  g_assert_nonnull (row);
  notice.ticket = ticket;
  desk_fixture_begin (f);
  g_assert_true (pd_notice_queue (f->desk, &notice, &error));
  g_assert_true (pd_db_exec (f->desk->db, PD_SQL_OUTBOX_CLAIM,
                             PD_BIND (PD_INT (7), PD_INT (NOW + PD_MINUTE), PD_INT (row->id),
                                      PD_INT (row->next)),
                             &changed, &error));
  g_assert_cmpint (changed, ==, 0);
  desk_fixture_commit (f);
  f->settings.notice_window = 0;
}

/* ---- links ---- */

static void
test_links (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (PdTemplates) templates = load_shipped ();
  g_autoptr (GError) error = NULL;
  gboolean seen = FALSE;

  begin (f);
  ticket = desk_fixture_add_ticket (f, "Smoke", "Help!");
  rows = rows_of (f);
  for (guint i = 0; i < rows->len; i++)
    {
      const PdOutboxRow *row = g_ptr_array_index (rows, i);
      g_autoptr (PdRendered) rendered = pd_render (f->desk, templates, row, &error);
      g_autofree char *base = NULL;
      g_autofree char *address = NULL;
      const char *at;
      PdSignedAddress what;

      g_assert_no_error (error);
      if (strcmp (row->event, "created") != 0)
        continue;
      at = strstr (rendered->text, "empty mail to ");
      g_assert_nonnull (at);
      at += strlen ("empty mail to ");
      address = g_strndup (at, strcspn (at, "\n"));
      g_assert_true (pd_keyring_read_address (f->keyring, address, '+', &what, &base));
      g_assert_cmpint (what.kind, ==, PD_SIGNED_ACT);
      g_assert_cmpint (what.act, ==, PD_SIGNED_TAKE);
      g_assert_cmpint (what.person, ==, f->agent->id);
      g_assert_cmpint (what.ticket, ==, ticket->number);
      seen = TRUE;
    }
  g_assert_true (seen);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "recover", test_recover },
    { "recover-bounds", test_recover_bounds },
    { "secret-is-nowhere", test_secret_is_nowhere },
    { "register", test_register },
    { "invite", test_invite },
    { "mailing", test_mailing },
    { "own-text-checked", test_own_text_checked },
    { "own-text-used", test_own_text_used },
    { "join", test_join },
    { "join-race", test_join_race },
    { "links", test_links },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
