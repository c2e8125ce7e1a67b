#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "desk/event.h"
#include "desk/notice.h"
#include "desk/raw.h"
#include "desk/ticket-view.h"
#include "tests/lib/desk-suite.h"

#define START (G_GINT64_CONSTANT (1800000000) * PD_SECOND) /* 2027-01-15T08:00:00Z */

typedef struct json_object Json;

static Json *
get (Json *object, const char *key)
{
  Json *value = NULL;

  if (!json_object_object_get_ex (object, key, &value))
    g_error ("there is no \"%s\" in %s", key, json_object_to_json_string (object));
  return value;
}

static const char *
text (Json *object, const char *key)
{
  return json_object_get_string (get (object, key));
}

/* The keys of an object in order, separated by blanks; caller frees. */
static char *
dup_keys (Json *object)
{
  GString *keys = g_string_new (NULL);

  json_object_object_foreach (object, key, value)
  {
    (void)value;
    g_string_append_printf (keys, "%s%s", keys->len > 0 ? " " : "", key);
  }
  return g_string_free (keys, FALSE);
}

static void
assert_keys (Json *object, const char *want)
{
  g_autofree char *keys = dup_keys (object);

  g_assert_cmpstr (keys, ==, want);
}

/* "kind:text" of the entries, separated by blanks; caller frees. */
static char *
dup_entries (Json *ticket)
{
  Json *entries = get (ticket, "entries");
  GString *all = g_string_new (NULL);

  for (gsize i = 0; i < json_object_array_length (entries); i++)
    {
      Json *entry = json_object_array_get_idx (entries, i);

      g_string_append_printf (all, "%s%s:%s", i > 0 ? " " : "", text (entry, "kind"),
                              text (entry, "text"));
    }
  return g_string_free (all, FALSE);
}

/* A ticket that was opened, taken, answered with a note and a reply. */
static PdTicket *
make_ticket (DeskFixture *f)
{
  PdTicket *ticket = desk_fixture_add_ticket (f, "Hello", "question");
  const PdEntry note = { .kind = "note", .internal = TRUE, .author = f->agent->id, .text = "hm" };
  const PdEntry reply = {
    .kind = "reply",
    .author = f->agent->id,
    .text = "answer",
    .visible = "ans",
  };
  g_autoptr (GError) error = NULL;
  gint64 id;

  desk_fixture_begin (f);
  pd_ticket_take (f->desk, ticket, f->agent, &error);
  pd_ticket_add_entry (f->desk, ticket, &note, &id, &error);
  pd_ticket_add_entry (f->desk, ticket, &reply, &id, &error);
  pd_event_add (f->desk, ticket->id, "delivery-failed", 0, id, NULL, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  return ticket;
}

static void
test_row (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GError) error = NULL;
  Json *row, *assignee;

  pd_clock_freeze (START);
  ticket = desk_fixture_add_ticket (f, "Hello \"you\"", "x");
  desk_fixture_begin (f);
  g_assert_true (
      pd_ticket_add_person (f->desk, ticket->id, f->agent->id, PD_RELATION_ASSIGNEE, &error));
  desk_fixture_commit (f);
  pd_clock_freeze (0);

  row = pd_ticket_view_row (f->desk, ticket, f->agent, &error);
  g_assert_no_error (error);
  assert_keys (row, "number subject unit state priority plan requester assignees tags created "
                    "updated locker deadline waiting_until done rating spam merged_into");
  g_assert_cmpint (json_object_get_int64 (get (row, "number")), ==, 1);
  g_assert_cmpstr (text (row, "subject"), ==, "Hello \"you\"");
  g_assert_cmpstr (text (row, "unit"), ==, "support");
  g_assert_cmpstr (text (row, "state"), ==, "free");
  g_assert_cmpstr (text (row, "priority"), ==, "normal");
  g_assert_null (get (row, "plan"));
  assert_keys (get (row, "requester"), "name address");
  g_assert_cmpstr (text (get (row, "requester"), "address"), ==, DESK_FIXTURE_CLIENT);
  g_assert_cmpuint (json_object_array_length (get (row, "assignees")), ==, 1);
  assignee = json_object_array_get_idx (get (row, "assignees"), 0);
  g_assert_cmpstr (text (assignee, "name"), ==, "Ann Agent");
  g_assert_cmpuint (json_object_array_length (get (row, "tags")), ==, 0);
  g_assert_cmpstr (text (row, "created"), ==, "2027-01-15T08:00:00Z");
  g_assert_cmpstr (text (row, "updated"), ==, "2027-01-15T08:00:00Z");
  json_object_put (row);
}

static void
test_full (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = make_ticket (f);
  g_autoptr (GError) error = NULL;
  g_autofree char *entries = NULL;
  Json *full = pd_ticket_view_full (f->desk, ticket, f->agent, &error), *entry, *person;
  gint64 id;

  g_assert_no_error (error);
  assert_keys (full, "number subject unit state priority plan requester assignees tags created "
                     "updated locker deadline waiting_until done rating spam merged_into "
                     "participants rating_text topics fields links merged acts clocks strands entries");
  entries = dup_entries (full);
  g_assert_cmpstr (entries, ==,
                   "mail:question event:created event:taken note:hm reply:answer "
                   "event:delivery-failed");
  g_assert_cmpuint (json_object_array_length (get (full, "clocks")), ==, 0);
  g_assert_cmpuint (json_object_array_length (get (full, "participants")), ==, 2);
  person = json_object_array_get_idx (get (full, "participants"), 1);
  assert_keys (person, "name address id relation");
  g_assert_cmpstr (text (person, "relation"), ==, "locker");

  entry = json_object_array_get_idx (get (full, "entries"), 4);
  assert_keys (entry, "id kind author time visibility text visible encrypted edited origin attachments "
                      "delivery strand data");
  g_assert_cmpuint (strlen (text (entry, "id")), ==, 13);
  g_assert_true (pd_id_parse (text (entry, "id"), &id));
  g_assert_cmpstr (text (entry, "visible"), ==, "ans");
  g_assert_cmpstr (text (entry, "visibility"), ==, "public");
  g_assert_cmpstr (text (get (entry, "author"), "address"), ==, DESK_FIXTURE_AGENT);
  g_assert_cmpuint (json_object_array_length (get (entry, "delivery")), ==, 1);
  entry = json_object_array_get_idx (get (entry, "delivery"), 0);
  assert_keys (entry, "to state answer time");
  g_assert_cmpstr (text (entry, "to"), ==, DESK_FIXTURE_CLIENT);
  g_assert_cmpstr (text (entry, "state"), ==, "queued");

  entry = json_object_array_get_idx (get (full, "entries"), 3);
  g_assert_cmpstr (text (entry, "visibility"), ==, "internal");
  g_assert_cmpstr (text (entry, "visible"), ==, "hm"); /* the whole text */
  entry = json_object_array_get_idx (get (full, "entries"), 5);
  g_assert_null (get (entry, "author")); /* the system */
  json_object_put (full);
}

/* What a client is shown: nothing internal, no address of an agent. */
static void
test_public (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = make_ticket (f);
  g_autoptr (GError) error = NULL;
  g_autofree char *entries = NULL;
  Json *full = pd_ticket_view_full (f->desk, ticket, f->client, &error);

  g_assert_no_error (error);
  entries = dup_entries (full);
  g_assert_cmpstr (entries, ==, "mail:question event:created event:taken reply:answer");
  g_assert_null (strstr (json_object_to_json_string (full), DESK_FIXTURE_AGENT));
  g_assert_nonnull (strstr (json_object_to_json_string (full), "Ann Agent"));
  json_object_put (full);
}

static void
test_attachments (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");
  g_autoptr (GBytes) raw = g_bytes_new_static ("raw", 3);
  g_autofree char *long_name = g_strnfill (600, 'n');
  PdPart parts[] = {
    { .path = (char *)"2",
      .type = (char *)"image/png",
      .name = (char *)"a.png",
      .content_id = (char *)"c1",
      .encoding = (char *)"base64",
      .offset = 100,
      .length = 8,
      .size = 5,
      .sha256 = "00ff",
      .is_inline = TRUE },
    { .path = (char *)"3",
      .type = (char *)"text/plain",
      .name = long_name,
      .content_id = (char *)"",
      .encoding = (char *)"7bit",
      .offset = -1,
      .size = 7,
      .sha256 = "11" },
  };
  g_autoptr (GPtrArray) attachments = g_ptr_array_new ();
  PdEntry entry = { .kind = "mail", .author = f->client->id, .text = "see" };
  g_autoptr (GError) error = NULL;
  Json *full, *files, *file;
  gint64 id;

  g_ptr_array_add (attachments, &parts[0]);
  g_ptr_array_add (attachments, &parts[1]);
  entry.attachments = attachments;
  desk_fixture_begin (f);
  g_assert_true (pd_raw_store (f->desk, raw, &entry.raw, &error));
  g_assert_true (pd_ticket_add_entry (f->desk, ticket, &entry, &id, &error));
  desk_fixture_commit (f);

  full = pd_ticket_view_full (f->desk, ticket, f->client, &error);
  g_assert_no_error (error);
  files = get (json_object_array_get_idx (get (full, "entries"), 2), "attachments");
  g_assert_cmpuint (json_object_array_length (files), ==, 2);
  file = json_object_array_get_idx (files, 0);
  assert_keys (file, "id name type size content_id inline sha256");
  g_assert_cmpstr (text (file, "name"), ==, "a.png");
  g_assert_cmpint (json_object_get_int64 (get (file, "size")), ==, 5);
  g_assert_true (json_object_get_boolean (get (file, "inline")));
  file = json_object_array_get_idx (files, 1);
  g_assert_cmpuint (strlen (text (file, "name")), ==, 500); /* the column */
  json_object_put (full);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "view/row", test_row },
    { "view/full", test_full },
    { "view/public", test_public },
    { "view/attachments", test_attachments },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
