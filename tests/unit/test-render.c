#include "desk/render.h"

#include <string.h>

#include <glib/gstdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "desk/raw.h"
#include "mail/mail.h"
#include "tests/lib/desk-fixture.h"

#define NOW (G_GINT64_CONSTANT (1800000000) * PD_SECOND)

/* what the tests render with, apart from the shipped ones */
static const struct {
  const char *path, *text;
} files[] = {
  { "en/received.subject.mustache", "{{ticket.subject}}" },
  { "en/received.txt.mustache", "Dear {{recipient.name}}, thanks. {{ticket.url}}\n" },
  { "en/created.subject.mustache", "{{ticket.subject}}" },
  { "en/created.txt.mustache", "{{actor.name}} wrote at {{entry.time}}:\n{{entry.text}}\n" },
  { "en/replied.subject.mustache", "[DESK #999] {{ticket.subject}}" },
  { "en/replied.txt.mustache", "{{entry.text}}\n{{#is_customer}}{{> footer}}{{/is_customer}}" },
  { "en/replied.html.mustache", "<p>{{{entry.html_text}}}</p>" },
  { "en/footer.txt.mustache", "Yours, {{unit.name}}\n" },
  { "en/delivery-failed.subject.mustache", "{{ticket.subject}}" },
  { "en/delivery-failed.txt.mustache", "{{data.to}}: {{data.answer}}\n" },
  { "uk/received.subject.mustache", "{{ticket.subject}}" },
  { "uk/received.txt.mustache", "Вітаємо\n" },
};

static char *folder;

static void
write_templates (void)
{
  folder = g_dir_make_tmp ("templates-XXXXXX", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i].path, NULL);
      g_autofree char *dir = g_path_get_dirname (path);

      g_mkdir_with_parents (dir, 0700);
      g_assert_true (g_file_set_contents (path, files[i].text, -1, NULL));
    }
}

static void
remove_templates (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i].path, NULL);
      g_autofree char *dir = g_path_get_dirname (path);

      g_unlink (path);
      g_rmdir (dir);
    }
  g_rmdir (folder);
  g_free (folder);
}

/* A desk, its templates, one ticket with its two first notices. */
typedef struct {
  DeskFixture *fixture;
  PdTemplates *templates;
  PdTicket *ticket;
} Scene;

static void
scene_up (Scene *scene, const char *subject)
{
  const PdTicketNew new_ticket = { .subject = subject, .source = "mail" };
  const PdEntry entry = { .kind = "mail",
                          .text = "My <printer> smokes & stinks.\nHelp!",
                          .message_id = "first@client.example",
                          .proof = "plausible" };
  PdTicketNew filled = new_ticket;
  PdEntry said = entry;
  gint64 message;
  g_autoptr (GError) error = NULL;

  pd_clock_freeze (NOW);
  scene->fixture = desk_fixture_new (NULL);
  scene->fixture->settings.url = "https://desk.example/";
  scene->templates = pd_templates_load (folder, &error);
  g_assert_no_error (error);
  filled.unit = scene->fixture->unit->id;
  filled.requester = filled.author = said.author = scene->fixture->client->id;
  desk_fixture_begin (scene->fixture);
  pd_ticket_create (scene->fixture->desk, &filled, &said, &scene->ticket, &message, &error);
  g_assert_no_error (error);
  desk_fixture_commit (scene->fixture);
}

static void
scene_down (Scene *scene)
{
  pd_ticket_free (scene->ticket);
  pd_templates_free (scene->templates);
  desk_fixture_free (scene->fixture);
}

static void
add_reply (Scene *scene, const PdPerson *author, gboolean internal, const char *message_id)
{
  PdEntry entry = { .kind = internal ? "note" : "reply", .text = "Pull the plug.", .proof = NULL };
  gint64 message;
  g_autoptr (GError) error = NULL;

  entry.author = author->id;
  entry.internal = internal;
  entry.message_id = message_id;
  desk_fixture_begin (scene->fixture);
  pd_ticket_add_entry (scene->fixture->desk, scene->ticket, &entry, &message, &error);
  g_assert_no_error (error);
  desk_fixture_commit (scene->fixture);
}

/* The newest row of this event to this address. */
static PdOutboxRow *
find_row (Scene *scene, const char *event, const char *recipient)
{
  g_autoptr (GPtrArray) rows = pd_outbox_list (scene->fixture->desk, NULL, 100, NULL);

  for (guint i = rows->len; i > 0; i--)
    {
      PdOutboxRow *row = g_ptr_array_index (rows, i - 1);

      if (strcmp (row->event, event) == 0 && strcmp (row->recipient, recipient) == 0)
        return g_ptr_array_steal_index (rows, i - 1);
    }
  g_test_message ("no %s to %s", event, recipient);
  g_assert_not_reached ();
}

static PdRendered *
render (Scene *scene, const char *event, const char *recipient)
{
  g_autoptr (PdOutboxRow) row = find_row (scene, event, recipient);
  g_autoptr (GError) error = NULL;
  PdRendered *rendered = pd_render (scene->fixture->desk, scene->templates, row, &error);

  g_assert_no_error (error);
  return rendered;
}

/* The mail as text, its headers unfolded. */
static char *
as_text (const PdRendered *rendered)
{
  gsize length;
  const char *bytes = g_bytes_get_data (rendered->bytes, &length);
  GString *text = g_string_new_len (bytes, (gssize)length);

  g_string_replace (text, "\r\n ", " ", 0);
  return g_string_free (text, FALSE);
}

static void
assert_has (const char *mail, const char *part)
{
  if (strstr (mail, part) == NULL)
    g_error ("\"%s\" is not in:\n%s", part, mail);
}

static void
assert_lacks (const char *mail, const char *part)
{
  if (strstr (mail, part) != NULL)
    g_error ("\"%s\" is in:\n%s", part, mail);
}

static void
test_headers (void)
{
  static const struct {
    const char *event, *recipient;
    const char *has[9], *lacks[5];
  } cases[] = {
    { "received",
      DESK_FIXTURE_CLIENT,
      { "Subject: [DESK #1] It smokes\r\n", "From: \"support (DESK)\" <support@desk.example>",
        "Auto-Submitted: auto-replied\r\n", "X-Auto-Response-Suppress: All\r\n",
        "In-Reply-To: <first@client.example>\r\n", "References: <first@client.example>\r\n",
        "https://desk.example/my/tickets/1" },
      { "Precedence", "List-" } },
    { "created",
      DESK_FIXTURE_AGENT,
      { "Subject: [DESK #1] It smokes\r\n", "From: \"Carl Client (DESK)\" <support@desk.example>",
        "Auto-Submitted: auto-generated\r\n", "References: <first@client.example>\r\n",
        "My <printer> smokes & stinks." },
      { DESK_FIXTURE_CLIENT } },
    { "replied",
      DESK_FIXTURE_CLIENT,
      { "Subject: Re: [DESK #1] It smokes\r\n", "From: \"Ann Agent (DESK)\" <support@desk.example>",
        "In-Reply-To: <first@client.example>\r\n", "multipart/alternative", "<p>Pull the plug.</p>",
        "Yours, support" },
      { "Auto-Submitted", "X-Auto-Response", DESK_FIXTURE_AGENT, "secret.example", "#999" } },
    { "noted",
      DESK_FIXTURE_AGENT,
      { "Subject: Re: [DESK #1] It smokes\r\n", "Auto-Submitted: auto-generated\r\n" },
      { "Yours" } },
  };
  Scene scene;
  g_autoptr (PdPerson) colleague = NULL;

  scene_up (&scene, "It smokes");
  colleague = desk_fixture_add_person (scene.fixture, PD_ROLE_AGENT, "", "bob@desk.example");
  add_reply (&scene, scene.fixture->agent, FALSE, "mine@secret.example");
  add_reply (&scene, colleague, TRUE, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdRendered) rendered = render (&scene, cases[i].event, cases[i].recipient);
      g_autofree char *mail = as_text (rendered);

      g_test_message ("%s", cases[i].event);
      assert_has (mail, "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n");
      g_assert_cmpstr (rendered->rcpt_to, ==, cases[i].recipient);
      for (int j = 0; j < 9 && cases[i].has[j] != NULL; j++)
        assert_has (mail, cases[i].has[j]);
      for (int j = 0; j < 5 && cases[i].lacks[j] != NULL; j++)
        assert_lacks (mail, cases[i].lacks[j]);
    }
  scene_down (&scene);
}

/* What is signed reads back, and is the same each time. */
static void
test_signed (void)
{
  Scene scene;
  g_autoptr (PdRendered) first = NULL;
  g_autoptr (PdRendered) second = NULL;
  g_autoptr (PdOutboxRow) row = NULL;
  g_autofree char *mail = NULL;
  g_autofree char *reply_to = NULL;
  g_autofree char *base = NULL;
  g_autofree char *bounce_base = NULL;
  PdSignedAddress what;
  gint64 ticket, outbox;

  scene_up (&scene, "It smokes");
  row = find_row (&scene, "received", DESK_FIXTURE_CLIENT);
  first = render (&scene, "received", DESK_FIXTURE_CLIENT);
  second = render (&scene, "received", DESK_FIXTURE_CLIENT);
  g_assert_cmpstr (first->message_id, ==, second->message_id);
  g_assert_true (
      pd_keyring_read_message_id (scene.fixture->keyring, first->message_id, &ticket, &outbox));
  g_assert_cmpint (ticket, ==, 1);
  g_assert_cmpint (outbox, ==, row->id);

  mail = as_text (first);
  reply_to = g_strdup (strstr (mail, "\r\nReply-To: ") + strlen ("\r\nReply-To: "));
  *strstr (reply_to, "\r\n") = '\0';
  g_strdelimit (reply_to, "<>", ' ');
  g_strstrip (reply_to);
  g_assert_true (pd_keyring_read_address (scene.fixture->keyring, reply_to, '+', &what, &base));
  g_assert_cmpint (what.kind, ==, PD_SIGNED_REPLY);
  g_assert_cmpint (what.ticket, ==, 1);
  g_assert_cmpint (what.person, ==, scene.fixture->client->id);
  g_assert_cmpstr (base, ==, DESK_FIXTURE_UNIT);

  g_assert_true (
      pd_keyring_read_address (scene.fixture->keyring, first->mail_from, '+', &what, &bounce_base));
  g_assert_cmpint (what.kind, ==, PD_SIGNED_BOUNCE);
  g_assert_cmpint (what.outbox, ==, row->id);
  g_assert_cmpstr (bounce_base, ==, DESK_FIXTURE_UNIT);
  scene_down (&scene);
}

static void
test_no_extensions (void)
{
  Scene scene;
  g_autoptr (PdRendered) rendered = NULL;
  g_autofree char *mail = NULL;

  scene_up (&scene, "It smokes");
  scene.fixture->settings.delimiter = '\0';
  rendered = render (&scene, "received", DESK_FIXTURE_CLIENT);
  mail = as_text (rendered);
  g_assert_cmpstr (rendered->mail_from, ==, DESK_FIXTURE_UNIT);
  assert_has (mail, "Reply-To: " DESK_FIXTURE_UNIT "\r\n");
  scene_down (&scene);
}

/* Nothing that is stored can make a header of its own, or keep a mail from
 * being made. */
static void
test_injection (void)
{
  static const char *const scripts[] = {
    "UPDATE ticket SET subject = 'a' || char(13, 10) || 'Bcc: x@evil.example' || char(10) || 'b';",
    "UPDATE person SET name = 'Carl' || char(13, 10) || 'Bcc: x@evil.example';",
    "UPDATE unit SET name = 'a\"<x@evil.example>,' || char(10) || 'Bcc: x@evil.example';",
    "UPDATE message SET message_id = 'a b' || char(10) || 'Bcc: x@evil.example';",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      Scene scene;
      g_autoptr (PdRendered) rendered = NULL;
      g_autofree char *mail = NULL;
      g_autoptr (GError) error = NULL;

      scene_up (&scene, "It smokes");
      g_assert_true (pd_db_exec_script (scene.fixture->desk->db, scripts[i], &error));
      rendered = render (&scene, "received", DESK_FIXTURE_CLIENT);
      mail = as_text (rendered);
      *strstr (mail, "\r\n\r\n") = '\0';
      assert_lacks (mail, "\nBcc:");
      scene_down (&scene);
    }
}

static void
test_language (void)
{
  static const struct {
    const char *person, *unit, *desk;
    gboolean ukrainian;
  } cases[] = {
    { "uk", "", "en", TRUE },    { "", "uk", "en", TRUE },    { "", "", "uk", TRUE },
    { "", "", "en", FALSE },     { "uk-UA", "", "en", TRUE }, { "fr", "", "en", FALSE },
    { "en", "uk", "uk", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Scene scene;
      g_autoptr (PdRendered) rendered = NULL;
      g_autofree char *mail = NULL;
      g_autofree char *script
          = g_strdup_printf ("UPDATE person SET language = '%s'; UPDATE unit SET language = '%s';",
                             cases[i].person, cases[i].unit);

      scene_up (&scene, "It smokes");
      scene.fixture->settings.language = cases[i].desk;
      g_assert_true (pd_db_exec_script (scene.fixture->desk->db, script, NULL));
      rendered = render (&scene, "received", DESK_FIXTURE_CLIENT);
      mail = as_text (rendered);
      g_assert_cmpint (strstr (mail, "Dear") == NULL, ==, cases[i].ukrainian);
      scene_down (&scene);
    }
}

/* An internal entry in a row to a customer, however it got there. */
static void
test_internal (void)
{
  Scene scene;
  g_autoptr (PdOutboxRow) row = NULL;
  g_autoptr (PdRendered) rendered = NULL;
  g_autoptr (GError) error = NULL;

  scene_up (&scene, "It smokes");
  add_reply (&scene, scene.fixture->agent, FALSE, NULL);
  row = find_row (&scene, "replied", DESK_FIXTURE_CLIENT);
  g_assert_true (pd_db_exec_script (scene.fixture->desk->db,
                                    "UPDATE message SET visibility = 'internal';", NULL));
  rendered = pd_render (scene.fixture->desk, scene.templates, row, &error);
  g_assert_null (rendered);
  g_assert_error (error, PD_ERROR, PD_ERROR_DENIED);
  scene_down (&scene);
}

/* The notice was queued before. */
static void
test_blocked (void)
{
  static const char *const states[] = { "blocked", "deleted" };

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      Scene scene;
      g_autoptr (PdOutboxRow) row = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *script = g_strdup_printf ("UPDATE person SET state = '%s';", states[i]);

      scene_up (&scene, "It smokes");
      add_reply (&scene, scene.fixture->agent, FALSE, NULL);
      row = find_row (&scene, "replied", DESK_FIXTURE_CLIENT);
      g_assert_true (pd_db_exec_script (scene.fixture->desk->db, script, NULL));
      g_assert_null (pd_render (scene.fixture->desk, scene.templates, row, &error));
      g_assert_error (error, PD_ERROR, PD_ERROR_DENIED);
      scene_down (&scene);
    }
}

/* A part that lies where the base64 of add_files does. */
static void
add_part (GPtrArray *parts, const char *name, const char *type, gsize size)
{
  PdPart *part = g_new0 (PdPart, 1);

  part->path = (char *)"1.2";
  part->name = (char *)name;
  part->type = (char *)type;
  part->charset = part->content_id = (char *)"";
  part->encoding = (char *)"base64";
  part->offset = 28;
  part->length = 8;
  part->size = size;
  g_ptr_array_add (parts, part);
}

/* Adds a mail by the client with two files, the second too large to go along. */
static void
add_files (Scene *scene)
{
  static const char raw_text[] = "Content-Type: text/plain\r\n\r\nbmFpbHM=\r\n";
  g_autoptr (GBytes) raw = g_bytes_new_static (raw_text, sizeof raw_text - 1);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  PdEntry entry = { .kind = "mail", .text = "See.", .author = scene->fixture->client->id };
  gint64 message;
  g_autoptr (GError) error = NULL;

  add_part (parts, "nails.txt", "text/plain", 5);
  add_part (parts, "smoke.mp4", "video/mp4", PD_RENDER_MAX_FILES);
  entry.attachments = parts;
  desk_fixture_begin (scene->fixture);
  pd_raw_store (scene->fixture->desk, raw, &entry.raw, &error);
  g_assert_no_error (error);
  pd_ticket_add_entry (scene->fixture->desk, scene->ticket, &entry, &message, &error);
  g_assert_no_error (error);
  desk_fixture_commit (scene->fixture);
}

static void
test_files (void)
{
  Scene scene;
  g_autoptr (PdRendered) rendered = NULL;
  g_autofree char *mail = NULL;

  scene_up (&scene, "It smokes");
  add_files (&scene);
  rendered = render (&scene, "replied", DESK_FIXTURE_AGENT);
  mail = as_text (rendered);
  assert_has (mail, "multipart/mixed");
  assert_has (mail, "nails.txt");
  assert_has (mail, "bmFpbHM=");
  assert_has (mail, "[smoke.mp4, 10.0");
  assert_lacks (mail, "video/mp4");
  scene_down (&scene);
}

static void
test_templates (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdTemplates) templates = pd_templates_load ("/nowhere/at/all", &error);

  g_assert_null (templates);
  g_assert_error (error, PD_ERROR, PD_ERROR_NOT_FOUND);
}

static PdTemplates *
load_shipped (void)
{
  g_autofree char *shipped = g_test_build_filename (G_TEST_DIST, "..", "templates", NULL);
  g_autoptr (GError) error = NULL;
  PdTemplates *templates = pd_templates_load (shipped, &error);

  g_assert_no_error (error);
  return templates;
}

/* Every event has its text in every language, for staff and for customers. */
static void
test_shipped (void)
{
  static const char *const events[] = { "received", "created", "replied",  "taken",
                                        "released", "done",    "reopened", "delivery-failed" };
  static const char *const languages[] = { "en", "ru", "uk" };
  Scene scene;
  g_autoptr (PdTemplates) templates = load_shipped ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  scene_up (&scene, "It smokes");
  add_reply (&scene, scene.fixture->agent, FALSE, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (events) * G_N_ELEMENTS (languages) * 2; i++)
    {
      g_autoptr (PdOutboxRow) row = i % 2 == 0 ? find_row (&scene, "replied", DESK_FIXTURE_CLIENT)
                                               : find_row (&scene, "created", DESK_FIXTURE_AGENT);
      g_autoptr (PdRendered) rendered = NULL;
      g_autoptr (GError) error = NULL;

      scene.fixture->settings.language = languages[i / 2 % 3];
      g_free (row->event);
      row->event = g_strdup (events[i / 6]);
      rendered = pd_render (scene.fixture->desk, templates, row, &error);
      g_assert_no_error (error);
      g_hash_table_add (seen, as_text (rendered));
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==,
                    G_N_ELEMENTS (events) * G_N_ELEMENTS (languages) * 2);
  scene_down (&scene);
}

/* How many mails a second: only when asked for (-m perf). */
static void
test_speed (void)
{
  enum { N = 20000 };
  Scene scene;
  g_autoptr (PdTemplates) templates = load_shipped ();
  g_autoptr (PdRenderer) renderer = NULL;
  g_autoptr (PdOutboxRow) row = NULL;
  double seconds;

  scene_up (&scene, "It smokes");
  add_reply (&scene, scene.fixture->agent, FALSE, NULL);
  row = find_row (&scene, "replied", DESK_FIXTURE_CLIENT);
  renderer = pd_renderer_new (scene.fixture->desk, templates);
  for (int warm = 1; warm >= 0; warm--)
    {
      g_test_timer_start ();
      for (int i = 0; i < N; i++)
        {
          g_autoptr (PdRendered) rendered = NULL;

          if (!warm || i % 100 == 0)
            pd_renderer_forget (renderer);
          rendered = pd_renderer_make (renderer, row, NULL);
          g_assert_nonnull (rendered);
        }
      seconds = g_test_timer_elapsed ();
      g_test_maximized_result (N / seconds, "%s: %.0f mails a second", warm ? "shared" : "alone",
                               N / seconds);
      g_test_message ("%s: %.0f mails a second", warm ? "shared" : "alone", N / seconds);
    }
  scene_down (&scene);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  write_templates ();
  g_test_add_func ("/render/headers", test_headers);
  g_test_add_func ("/render/signed", test_signed);
  g_test_add_func ("/render/no-extensions", test_no_extensions);
  g_test_add_func ("/render/injection", test_injection);
  g_test_add_func ("/render/language", test_language);
  g_test_add_func ("/render/internal", test_internal);
  g_test_add_func ("/render/blocked", test_blocked);
  g_test_add_func ("/render/files", test_files);
  g_test_add_func ("/render/templates", test_templates);
  g_test_add_func ("/render/shipped", test_shipped);
  if (g_test_perf ())
    g_test_add_func ("/render/speed", test_speed);
  status = g_test_run ();
  remove_templates ();
  return status;
}
