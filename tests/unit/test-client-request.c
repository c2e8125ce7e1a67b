#include "desk/client-request.h"

#include <string.h>

#include "base/error.h"
#include "desk/client-group.h"
#include "desk/field.h"
#include "desk/person-erase.h"
#include "desk/person-export.h"
#include "desk/raw.h"
#include "tests/lib/desk-suite.h"

/* Files a wish, with a commit if it is taken. */
static gboolean
file (DeskFixture *f, const PdPerson *actor, const PdPerson *person, const char *data,
      PdPerson **out_person, gint64 *out_request, GError **error)
{
  gboolean done;

  desk_fixture_begin (f);
  done = pd_client_request_file (f->desk, actor, person, data, out_person, out_request, error);
  if (done)
    desk_fixture_commit (f);
  else
    pd_desk_rollback (f->desk);
  return done;
}

static void
set_rights (DeskFixture *f, PdPerson *person, gboolean add, gboolean edit)
{
  g_autoptr (GError) error = NULL;

  person->may_add_clients = add;
  person->may_edit_clients = edit;
  desk_fixture_begin (f);
  pd_person_save (f->desk, person, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static PdPerson *
add_admin (DeskFixture *f)
{
  PdPerson *admin = desk_fixture_add_person (f, PD_ROLE_HEAD, "Ada Admin", "ada@desk.example");
  g_autoptr (GError) error = NULL;

  admin->admin = TRUE;
  desk_fixture_begin (f);
  pd_person_save (f->desk, admin, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  return admin;
}

static void
test_refused (DeskFixture *f)
{
  static const struct {
    const char *data, *says;
    PdErrorCode code;
    const char *why;
  } cases[] = {
    { "no json", "JSON object", PD_ERROR_INVALID, "not JSON" },
    { "[]", "JSON object", PD_ERROR_INVALID, "an array" },
    { "{\"colour\":\"red\"}", "no \"colour\"; there are name, addresses", PD_ERROR_INVALID,
      "an unknown field" },
    { "{\"role\":\"agent\"}", "no \"role\"", PD_ERROR_INVALID, "what is no client's" },
    { "{\"name\":7}", "\"name\" is a text", PD_ERROR_INVALID, "a number" },
    { "{\"addresses\":\"a@a.example\"}", "list of texts", PD_ERROR_INVALID, "no list" },
    { "{\"addresses\":[7]}", "list of texts", PD_ERROR_INVALID, "a list of numbers" },
    { "{\"fields\":[]}", "object of names", PD_ERROR_INVALID, "no object" },
    { "{\"addresses\":[\"a\"]}", "no mail address", PD_ERROR_INVALID, "a bad address" },
    { "{\"addresses\":[\"ann@desk.example\"]}", "Ann Agent", PD_ERROR_CONFLICT, "taken" },
    { "{\"groups\":[\"ACME\"]}", "group \"ACME\"", PD_ERROR_NOT_FOUND, "no such group" },
    { "{\"job_title\":\"King\"}", "job title \"King\"", PD_ERROR_NOT_FOUND, "no such title" },
    { "{\"fields\":{\"room\":\"1\"}}", "no field \"room\"", PD_ERROR_NOT_FOUND, "no such field" },
    { "{\"timezone\":\"Mars\"}", "no time zone", PD_ERROR_INVALID, "no zone" },
  };

  for (int may = 0; may < 2; may++)
    {
      set_rights (f, f->agent, may, may);
      for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (PdPerson) person = NULL;
          g_autoptr (GPtrArray) open = NULL;
          gint64 request;

          g_test_message ("%s", cases[i].why);
          g_assert_false (file (f, f->agent, NULL, cases[i].data, &person, &request, &error));
          g_assert_true (pd_error_is (error, cases[i].code));
          g_assert_nonnull (strstr (error->message, cases[i].says));
          open = pd_client_request_list (f->desk, PD_REQUEST_OPEN, 10, NULL);
          g_assert_cmpuint (open->len, ==, 0); /* said now, not to an administrator later */
        }
    }
}

static void
test_who (DeskFixture *f)
{
  g_autoptr (PdPerson) made = NULL;
  g_autoptr (GError) error = NULL;
  gint64 request;

  g_assert_false (file (f, f->client, NULL, "{\"name\":\"N\"}", &made, &request, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_DENIED));
  g_clear_error (&error);
  g_assert_false (file (f, f->agent, f->agent, "{\"name\":\"N\"}", &made, &request, &error));
  g_assert_nonnull (strstr (error->message, "is no client"));
  g_clear_error (&error);

  file (f, f->agent, NULL, "{\"name\":\"Nora\",\"addresses\":[\"nora@n.example\"]}", &made,
        &request, &error);
  g_assert_no_error (error);
  g_assert_cmpint (request, ==, 0);
  g_assert_cmpint (made->role, ==, PD_ROLE_CLIENT);
  g_assert_null (made->login);
  g_clear_pointer (&made, pd_person_free);

  set_rights (f, f->agent, TRUE, FALSE);
  file (f, f->agent, f->client, "{\"phone\":\"1\"}", &made, &request, &error);
  g_assert_no_error (error);
  g_assert_null (made);
  g_assert_cmpint (request, !=, 0);
}

/* What the request does not name stays, groups too. */
static void
test_edit (DeskFixture *f)
{
  g_autoptr (PdPerson) admin = add_admin (f), made = NULL, back = NULL;
  g_autoptr (PdClientGroup) group = NULL;
  g_autoptr (PdClientRequest) request = NULL, stale = NULL;
  g_autoptr (GPtrArray) changes = NULL, groups = NULL;
  g_autoptr (GError) error = NULL;
  struct json_object *wish;
  gint64 id;

  desk_fixture_begin (f);
  group = pd_client_group_add (f->desk, "ACME", &error);
  pd_client_group_add_member (f->desk, group->id, f->client, TRUE, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  set_rights (f, f->agent, FALSE, FALSE);
  file (f, f->agent, f->client, "{\"name\":\"Carl Changed\",\"phone\":\"+1\"}", &made, &id, &error);
  g_assert_no_error (error);
  g_assert_true (pd_person_get (f->desk, f->client->id, &back, &error));
  g_assert_cmpstr (back->name, ==, "Carl Client"); /* not yet */

  request = pd_client_request_need (f->desk, id, &error);
  stale = pd_client_request_need (f->desk, id, &error);
  wish = pd_person_wish_parse (request->data, PD_WISH_OF_CLIENT, &error);
  changes = pd_person_wish_compare (f->desk, wish, back, admin, &error);
  json_object_put (wish);
  g_assert_cmpuint (changes->len, ==, 2);
  g_assert_cmpstr (((PdPersonChange *)g_ptr_array_index (changes, 0))->before, ==, "Carl Client");
  g_assert_cmpstr (((PdPersonChange *)g_ptr_array_index (changes, 0))->after, ==, "Carl Changed");

  desk_fixture_begin (f);
  g_assert_false (pd_client_request_approve (f->desk, request, f->agent, &made, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_DENIED));
  g_clear_error (&error);
  pd_client_request_approve (f->desk, request, admin, &made, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  g_clear_pointer (&back, pd_person_free);
  g_assert_true (pd_person_get (f->desk, f->client->id, &back, &error));
  g_assert_cmpstr (back->name, ==, "Carl Changed");
  g_assert_cmpstr (pd_person_address (back), ==, DESK_FIXTURE_CLIENT);
  groups = pd_client_group_of_person (f->desk, back->id, &error);
  g_assert_cmpuint (groups->len, ==, 1);

  desk_fixture_begin (f);
  g_assert_false (pd_client_request_reject (f->desk, stale, admin, "why", &error));
  g_assert_true (pd_error_is (error, PD_ERROR_CONFLICT));
  g_assert_nonnull (strstr (error->message, "approved already by Ada Admin"));
  pd_desk_rollback (f->desk);
}

static void
test_reject (DeskFixture *f)
{
  g_autoptr (PdPerson) admin = add_admin (f), made = NULL;
  g_autoptr (PdClientRequest) request = NULL;
  g_autoptr (GPtrArray) rejected = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  set_rights (f, f->agent, FALSE, FALSE);
  file (f, f->agent, NULL, "{\"name\":\"Nora\",\"addresses\":[\"nora@n.example\"]}", &made, &id,
        &error);
  g_assert_no_error (error);
  request = pd_client_request_need (f->desk, id, &error);
  desk_fixture_begin (f);
  g_assert_false (pd_client_request_reject (f->desk, request, admin, "", &error));
  g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
  g_clear_error (&error);
  pd_client_request_reject (f->desk, request, admin, "he is not ours", &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  rejected = pd_client_request_list (f->desk, PD_REQUEST_REJECTED, 10, &error);
  g_assert_cmpuint (rejected->len, ==, 1);
  g_assert_cmpstr (((PdClientRequest *)g_ptr_array_index (rejected, 0))->reason, ==,
                   "he is not ours");
  g_assert_true (pd_person_by_address (f->desk, "nora@n.example", &made, &error));
  g_assert_null (made);
}

/* An address that was taken since: the request stays open. */
static void
test_late (DeskFixture *f)
{
  g_autoptr (PdPerson) admin = add_admin (f), made = NULL, other = NULL;
  g_autoptr (PdClientRequest) request = NULL;
  g_autoptr (GPtrArray) open = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  set_rights (f, f->agent, FALSE, FALSE);
  file (f, f->agent, NULL, "{\"name\":\"Nora\",\"addresses\":[\"nora@n.example\"]}", &made, &id,
        &error);
  g_assert_no_error (error);
  other = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Other", "nora@n.example");
  request = pd_client_request_need (f->desk, id, &error);
  desk_fixture_begin (f);
  g_assert_false (pd_client_request_approve (f->desk, request, admin, &made, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_CONFLICT));
  pd_desk_rollback (f->desk);
  open = pd_client_request_list (f->desk, PD_REQUEST_OPEN, 10, NULL);
  g_assert_cmpuint (open->len, ==, 1);
}

/* ---- export and erasure ---- */

#define RAW "From: carl@client.example\r\nSubject: paper\r\n\r\nno paper\r\n"

static PdTicket *
add_mail_ticket (DeskFixture *f, gint64 *out_raw)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (RAW, strlen (RAW));
  PdTicketNew new_ticket = { .subject = "paper",
                             .unit = f->unit->id,
                             .requester = f->client->id,
                             .author = f->client->id,
                             .source = "mail" };
  PdEntry entry = { .kind = "mail",
                    .author = f->client->id,
                    .text = "no paper",
                    .message_id = "1@client.example",
                    .proof = "plausible" };
  PdEntry answer = { .kind = "reply", .author = f->agent->id, .text = "here it is" };
  PdEntry note = { .kind = "note", .internal = TRUE, .author = f->agent->id, .text = "secret" };
  PdTicket *ticket = NULL;
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_raw_store (f->desk, bytes, out_raw, &error);
  entry.raw = *out_raw;
  pd_ticket_create (f->desk, &new_ticket, &entry, &ticket, NULL, &error);
  pd_ticket_add_entry (f->desk, ticket, &answer, NULL, &error);
  pd_ticket_add_entry (f->desk, ticket, &note, NULL, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  return ticket;
}

static char *export(DeskFixture *f, const PdPerson *person, const PdPerson *actor)
{
  g_autoptr (GError) error = NULL;
  struct json_object *all = pd_person_export (f->desk, person, actor, &error);
  char *text;

  g_assert_no_error (error);
  text = g_strdup (json_object_to_json_string (all));
  json_object_put (all);
  return text;
}

static gboolean
count_mail (gint64 message, GBytes *raw, gpointer data, GError **error)
{
  (void)message;
  (void)error;
  g_assert_cmpuint (g_bytes_get_size (raw), ==, strlen (RAW));
  *(int *)data += 1;
  return TRUE;
}

static void
test_export (DeskFixture *f)
{
  gint64 raw;
  g_autoptr (PdTicket) ticket = add_mail_ticket (f, &raw);
  g_autofree char *text = export(f, f->client, f->client);
  g_autofree char *of_agent = export(f, f->agent, NULL);
  g_autoptr (GError) error = NULL;
  int mails = 0;

  g_assert_nonnull (strstr (text, DESK_FIXTURE_CLIENT));
  g_assert_nonnull (strstr (text, "no paper"));
  g_assert_nonnull (strstr (text, "here it is"));
  g_assert_null (strstr (text, "secret"));
  g_assert_null (strstr (text, "\"password\""));
  g_assert_nonnull (strstr (of_agent, "secret")); /* he wrote it */
  g_assert_null (pd_person_export (f->desk, f->client, f->agent, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_DENIED));
  g_clear_error (&error);
  pd_person_export_mails (f->desk, f->client, f->client, count_mail, &mails, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mails, ==, 1);
}

static void
erase (DeskFixture *f, gboolean keep_texts)
{
  static const char *const personal[]
      = { "Carl", "carl@", "Street", "+380", "room 7", "1@client.example" };
  gint64 raw;
  g_autoptr (PdTicket) ticket = add_mail_ticket (f, &raw);
  g_autoptr (PdField) room = pd_field_new (PD_FIELD_OF_PERSON, PD_FIELD_TEXT, "room");
  g_autoptr (PdPerson) back = NULL;
  g_autoptr (PdTicket) now = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_free (f->client->postal);
  f->client->postal = g_strdup ("Street 1");
  g_free (f->client->mobile);
  f->client->mobile = g_strdup ("+380");
  desk_fixture_begin (f);
  pd_person_save (f->desk, f->client, &error);
  pd_field_add (f->desk, room, &error);
  pd_field_set (f->desk, PD_FIELD_OF_PERSON, f->client->id, NULL, "room", "room 7", NULL, NULL,
                &error);
  g_assert_no_error (error);
  g_assert_false (pd_person_erase (f->desk, f->client, f->agent, FALSE, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_DENIED));
  g_clear_error (&error);
  pd_person_erase (f->desk, f->client, NULL, keep_texts, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);

  g_assert_true (pd_person_get (f->desk, f->client->id, &back, &error));
  g_assert_cmpstr (pd_person_label (back), ==, "erased person");
  text = export(f, back, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (personal); i++)
    g_assert_true (strstr (text, personal[i]) == NULL || (keep_texts && i == 5));
  g_assert_true ((strstr (text, "no paper") != NULL) == keep_texts);
  g_assert_nonnull (strstr (text, "here it is")); /* the answer is the desk's */
  bytes = pd_raw_load (f->desk, raw, &error);
  g_assert_true ((bytes != NULL && g_bytes_get_size (bytes) > 0) == keep_texts);
  g_assert_true (pd_ticket_get (f->desk, ticket->id, &now, NULL));
  g_assert_nonnull (now);
  desk_fixture_begin (f);
  g_clear_error (&error);
  g_assert_false (pd_person_restore (f->desk, back, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "was erased"));
  pd_desk_rollback (f->desk);
}

static void
test_erase (DeskFixture *f)
{
  erase (f, FALSE);
}

static void
test_erase_keep (DeskFixture *f)
{
  erase (f, TRUE);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "refused", test_refused }, { "who", test_who },
    { "edit", test_edit },       { "reject", test_reject },
    { "late", test_late },       { "export", test_export },
    { "erase", test_erase },     { "erase-keep", test_erase_keep },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
