/* Answers to mail that the desk really made and sent: of each only what its
 * sender wrote is seen on the ticket.
 */
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "desk/intake.h"
#include "desk/outbox.h"
#include "desk/render.h"
#include "tests/lib/desk-suite.h"

#define CARL DESK_FIXTURE_CLIENT

typedef struct {
  DeskFixture *f;
  PdTicket *ticket;
  PdRendered *sent; /* the last mail to the client */
} Scene;

static PdTemplates *
load_shipped (void)
{
  g_autofree char *shipped = g_test_build_filename (G_TEST_DIST, "..", "templates", NULL);
  g_autoptr (GError) error = NULL;
  PdTemplates *templates = pd_templates_load (shipped, &error);

  g_assert_no_error (error);
  return templates;
}

/* Sends all that waits; keeps the mail to the client. */
static void
send_all (Scene *scene)
{
  static const PdRetryPolicy policy = { PD_MINUTE, PD_HOUR, PD_DAY };
  PdDesk *desk = scene->f->desk;
  g_autoptr (PdTemplates) templates = load_shipped ();
  g_autoptr (GError) error = NULL;
  gint64 lease = pd_id_new ();
  g_autoptr (GPtrArray) rows
      = pd_outbox_claim (desk, lease, pd_clock_now () + PD_HOUR, 100, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    {
      const PdOutboxRow *row = g_ptr_array_index (rows, i);
      g_autoptr (PdRendered) mail = pd_render (desk, templates, row, &error);
      PdOutboxResult result = { .id = row->id, .result = PD_SENT, .code = 250 };

      g_assert_no_error (error);
      result.text = mail->text;
      pd_outbox_finish (desk, lease, &result, 1, &policy, &error);
      g_assert_no_error (error);
      if (strcmp (row->recipient, CARL) != 0)
        continue;
      g_clear_pointer (&scene->sent, pd_rendered_free);
      scene->sent = g_steal_pointer (&mail);
    }
}

static void
scene_up (Scene *scene, DeskFixture *f, const char *language, const char *reply)
{
  PdEntry entry = { .kind = "reply", .author = f->agent->id, .text = reply };
  g_autoptr (GError) error = NULL;
  gint64 message;

  f->settings.language = language;
  *scene = (Scene){ .f = f, .ticket = desk_fixture_add_ticket (f, "printer", "It burns.") };
  desk_fixture_begin (f);
  pd_ticket_add_entry (f->desk, scene->ticket, &entry, &message, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  send_all (scene);
  g_assert_nonnull (scene->sent);
}

static void
scene_down (Scene *scene)
{
  pd_ticket_free (scene->ticket);
  pd_rendered_free (scene->sent);
}

/* Lines of a text, each with something in front; those that begin with `after`
 * get an answer below. */
static char *
quote (const char *text, const char *mark, const char *after, const char *answer)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_string_append_printf (out, "%s%s\n", mark, lines[i]);
      if (after != NULL && g_str_has_prefix (lines[i], after))
        g_string_append_printf (out, "\n%s\n\n", answer);
    }
  return g_string_free (out, FALSE);
}

/* Files a mail of the client's; returns what is seen of it on the ticket. */
static char *
answer (Scene *scene, const char *headers, const char *text)
{
  static const char *const recipients[] = { DESK_FIXTURE_UNIT, NULL };
  PdDesk *desk = scene->f->desk;
  char *whole
      = g_strdup_printf ("From: Carl <" CARL ">\nTo: " DESK_FIXTURE_UNIT "\nMIME-Version: 1.0\n"
                         "Content-Type: text/plain; charset=utf-8\n%s\n%s",
                         headers, text);
  g_autoptr (GBytes) raw = g_bytes_new_take (whole, strlen (whole));
  g_autoptr (PdMail) mail = pd_mail_parse (raw, CARL, NULL);
  const PdIntake intake = { .id = pd_id_new (),
                            .received = pd_clock_now (),
                            .source = "lmtp",
                            .mail_from = CARL,
                            .recipients = recipients,
                            .raw = raw,
                            .mail = mail };
  PdVerdict *verdict;
  GError *error;
  g_autoptr (PdRows) rows = NULL;
  g_autofree char *visible = NULL;

  pd_intake_batch (desk, &intake, 1, &verdict, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (verdict->outcome, ==, "comment");
  rows = pd_db_query (desk->db, PD_SQL_MESSAGE_OF_TICKET, PD_BIND (PD_INT (scene->ticket->id)),
                      NULL);
  while (pd_rows_next (rows, NULL) > 0)
    if (pd_rows_int (rows, 0) == verdict->entry)
      /* NULL: the whole text */
      visible = g_strdup (pd_rows_text (rows, pd_rows_is_null (rows, 6) ? 5 : 6));
  pd_verdict_free (verdict);
  return g_steal_pointer (&visible);
}

static char *
reply_headers (const Scene *scene)
{
  return g_strdup_printf ("Subject: Re: printer\nMessage-ID: <%" G_GINT64_FORMAT
                          "@client.example>\nIn-Reply-To: <%s>\n",
                          pd_id_new (), scene->sent->message_id);
}

typedef struct {
  const char *language, *reply, *question, *attribution, *block, *answer;
} Language;

static const Language languages[] = {
  { "en", "which printer is it?\n\nPlease pull the plug, and tell us what you see.\n",
    "which printer", "On Tue, 24 Nov 2026 at 10:00, support <support@desk.example> wrote:",
    "From: support <support@desk.example>\nSent: Tuesday, November 24, 2026 10:00 AM\n"
    "To: Carl\nSubject: [DESK #1] printer\n",
    "The grey one in the kitchen." },
  { "uk", "який саме принтер?\n\nБудь ласка, вимкніть його і напишіть, що ви бачите.\n",
    "який саме", "вт, 24 лист. 2026 р. о 10:00 support <support@desk.example> пише:",
    "Від: support <support@desk.example>\nНадіслано: 24 листопада 2026 р. 10:00\n"
    "Кому: Carl\nТема: [DESK #1] printer\n",
    "Сірий, що на кухні." },
};

static void
test_below (DeskFixture *f)
{
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      const Language *l = &languages[i];
      Scene scene;
      g_autofree char *headers = NULL, *quoted = NULL, *text = NULL, *seen = NULL, *want = NULL;

      scene_up (&scene, f, l->language, l->reply);
      headers = reply_headers (&scene);
      quoted = quote (scene.sent->text, "> ", NULL, NULL);
      text = g_strdup_printf ("%s\n%s\n%s\n", l->attribution, quoted, l->answer);
      want = g_strconcat (l->answer, "\n", NULL);
      seen = answer (&scene, headers, text);
      g_assert_cmpstr (seen, ==, want);
      scene_down (&scene);
    }
}

static void
test_between (DeskFixture *f)
{
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      const Language *l = &languages[i];
      Scene scene;
      g_autofree char *headers = NULL, *quoted = NULL, *text = NULL, *seen = NULL, *want = NULL;

      scene_up (&scene, f, l->language, l->reply);
      headers = reply_headers (&scene);
      quoted = quote (scene.sent->text, "> ", l->question, l->answer);
      text = g_strdup_printf ("%s\n%s\nCarl\n", l->attribution, quoted);
      want = g_strconcat (l->answer, "\n\nCarl\n", NULL);
      seen = answer (&scene, headers, text);
      g_assert_cmpstr (seen, ==, want);
      scene_down (&scene);
    }
}

/* Outlook marks nothing, and its header block would fold the answers in the
 * quote. */
static void
test_bare (DeskFixture *f)
{
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      const Language *l = &languages[i];
      Scene scene;
      g_autofree char *headers = NULL, *quoted = NULL, *text = NULL, *seen = NULL, *want = NULL;

      scene_up (&scene, f, l->language, l->reply);
      headers = reply_headers (&scene);
      quoted = quote (scene.sent->text, "", l->question, l->answer);
      text = g_strdup_printf ("OK!\n\n%s\n%s", l->block, quoted);
      want = g_strconcat ("OK!\n\n", l->answer, "\n", NULL);
      seen = answer (&scene, headers, text);
      g_assert_cmpstr (seen, ==, want);
      scene_down (&scene);
    }
}

/* A phone that names no Message-ID: what was sent to him last is known. */
static void
test_without_ids (DeskFixture *f)
{
  const Language *l = &languages[0];
  Scene scene;
  g_autofree char *headers = NULL, *quoted = NULL, *text = NULL, *seen = NULL;

  scene_up (&scene, f, l->language, l->reply);
  headers = g_strdup_printf ("Subject: Re: [DESK #%" G_GINT64_FORMAT "] printer\n",
                             scene.ticket->number);
  quoted = quote (scene.sent->text, "> ", l->question, l->answer);
  text = g_strdup_printf ("%s\n%s", l->attribution, quoted);
  seen = answer (&scene, headers, text);
  g_assert_cmpstr (seen, ==, "The grey one in the kitchen.\n");
  scene_down (&scene);
}

/* Nothing quoted, nothing asked: the mail stands as it is. */
static void
test_plain (DeskFixture *f)
{
  Scene scene;
  g_autofree char *headers = NULL, *seen = NULL;

  scene_up (&scene, f, "en", "which printer is it?\n");
  headers = reply_headers (&scene);
  seen = answer (&scene, headers, "which printer is it?\nI do not know.\n");
  g_assert_cmpstr (seen, ==, "which printer is it?\nI do not know.\n");
  scene_down (&scene);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "answer/below", test_below }, { "answer/between", test_between },
    { "answer/bare", test_bare },   { "answer/without-ids", test_without_ids },
    { "answer/plain", test_plain },
  };

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
