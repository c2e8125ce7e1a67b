#include <string.h>

#include "base/clock.h"
#include "desk/guard.h"
#include "desk/trace.h"
#include "tests/lib/mail-fixture.h"

static void
test_sort (void)
{
  static const struct {
    MailFixture mail;
    gboolean null_sender, to_bounce;
    PdGuardKind want;
    const char *why;
  } cases[] = {
    { { .subject = "help" }, FALSE, FALSE, PD_GUARD_PERSON, "a person's mail" },
    { { .auto_submitted = "no" }, FALSE, FALSE, PD_GUARD_PERSON, "\"no\" says so itself" },
    { { .kind = PD_MAIL_KIND_CALENDAR }, FALSE, FALSE, PD_GUARD_PERSON, "people invite" },
    { { .bulk = TRUE }, FALSE, FALSE, PD_GUARD_BULK, "a list's mail is a mail, but not answered" },
    { { .auto_submitted = "auto-generated", .bulk = TRUE },
      FALSE,
      FALSE,
      PD_GUARD_GENERATED,
      "an alarm is worth a ticket" },
    { { .auto_submitted = "auto-replied", .bulk = TRUE },
      FALSE,
      FALSE,
      PD_GUARD_AUTO_REPLY,
      "an answer by a program is not" },
    { { .kind = PD_MAIL_KIND_AUTO_REPLY, .auto_submitted = "auto-replied" },
      FALSE,
      FALSE,
      PD_GUARD_AUTO_REPLY,
      "it says so" },
    { { .kind = PD_MAIL_KIND_AUTO_REPLY }, TRUE, FALSE, PD_GUARD_AUTO_REPLY, "nobody to answer" },
    { { .kind = PD_MAIL_KIND_AUTO_REPLY },
      FALSE,
      FALSE,
      PD_GUARD_GENERATED,
      "the words of a subject are not enough to lose a mail" },
    { { .subject = "gone fishing" },
      TRUE,
      FALSE,
      PD_GUARD_AUTO_REPLY,
      "nobody can be told: a program wrote it" },
    { { .subject = "sorry" }, TRUE, TRUE, PD_GUARD_BOUNCE, "a bounce of unknown form" },
    { { .kind = PD_MAIL_KIND_AUTO_REPLY },
      TRUE,
      TRUE,
      PD_GUARD_AUTO_REPLY,
      "vacation answers the envelope sender: RFC 3834 4" },
    { { .kind = PD_MAIL_KIND_BOUNCE },
      FALSE,
      FALSE,
      PD_GUARD_BOUNCE,
      "some bounces have an envelope sender" },
    { { .kind = PD_MAIL_KIND_DELAY }, TRUE, TRUE, PD_GUARD_DELAY, "not lost yet" },
    { { .kind = PD_MAIL_KIND_DELIVERED }, TRUE, TRUE, PD_GUARD_RECEIPT, "it arrived" },
    { { .kind = PD_MAIL_KIND_RECEIPT }, FALSE, FALSE, PD_GUARD_RECEIPT, "it was read" },
    { { .kind = PD_MAIL_KIND_COMPLAINT }, FALSE, FALSE, PD_GUARD_COMPLAINT, "a complaint" },
    { { .kind = PD_MAIL_KIND_DMARC_REPORT }, FALSE, FALSE, PD_GUARD_DMARC_REPORT, "statistics" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MadeMail) mail = mail_fixture_make (&cases[i].mail);
      const char *why;

      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (pd_guard_sort (mail, cases[i].null_sender, cases[i].to_bounce, &why), ==,
                       cases[i].want);
      g_assert_cmpint (*why == '\0', ==, cases[i].want == PD_GUARD_PERSON);
    }
}

static void
test_loop (void)
{
  static const PdGuardBounds bounds = PD_GUARD_DEFAULTS;
  static const char *const recipients[] = { "support@desk.example", NULL };
  g_autoptr (PdKeyring) keyring = pd_keyring_parse (
      "k 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n", NULL);
  g_autofree char *ours = pd_keyring_sign_message_id (keyring, 7, 8, "desk.example");
  const struct {
    MailFixture mail;
    gboolean own;
    gint64 ticket;
    gboolean want;
    const char *why;
  } cases[] = {
    { { .message_id = "a@b" }, FALSE, 0, FALSE, "a mail like any other" },
    { { .received = 50 }, FALSE, 0, FALSE, "as many hops as are allowed" },
    { { .received = 51 }, FALSE, 0, TRUE, "one more" },
    { { .message_id = ours }, FALSE, 7, TRUE, "our own mail came back" },
    { { .message_id = "t7.o8.aaaaaaaaaaaaaaaa@desk.example" },
      FALSE,
      0,
      FALSE,
      "a forged id is not ours" },
    { { .message_id = "" }, FALSE, 0, FALSE, "no id" },
    { { .message_id = "a@b" }, TRUE, 0, TRUE, "from an address of ours" },
    { { .x_loop = ours }, FALSE, 7, TRUE, "a program copied our mark" },
    { { .x_loop = "Support@Desk.example" }, FALSE, 0, TRUE, "a filter marked it for us" },
    { { .x_loop = "list@other.example" }, FALSE, 0, FALSE, "somebody else's mark" },
    { { .delivered_to = "support@desk.example" }, FALSE, 0, FALSE, "delivered once" },
    { { .delivered_to = "support@desk.example a@b.example support@desk.example" },
      FALSE,
      0,
      TRUE,
      "delivered here before" },
    { { .delivered_to = "a@b.example a@b.example" }, FALSE, 0, FALSE, "elsewhere: not our loop" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MadeMail) mail = mail_fixture_make (&cases[i].mail);
      gint64 ticket;

      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (pd_guard_loop (mail, keyring, &bounds, recipients, cases[i].own, &ticket)
                           != NULL,
                       ==, cases[i].want);
      g_assert_cmpint (ticket, ==, cases[i].ticket);
    }
}

/* Earlier mails, the newest first, so many minutes apart. */
static void
test_alike (void)
{
#define AWAY                                                                                       \
  "I am out of the office until Monday and read no mail. Please write to my colleague Bob."
  static const struct {
    const char *text;
    guint apart; /* minutes */
    const char *earlier[8];
    gboolean opens, want;
    const char *why;
  } cases[] = {
    { AWAY, 1, { NULL }, FALSE, FALSE, "the first one" },
    { AWAY, 1, { AWAY }, FALSE, FALSE, "twice is no loop yet" },
    { AWAY, 1, { AWAY, AWAY }, FALSE, TRUE, "the third" },
    { AWAY, 1, { AWAY, AWAY }, TRUE, TRUE, "in tickets of their own" },
    { AWAY, 19, { AWAY, AWAY }, FALSE, TRUE, "with slow queues between" },
    { AWAY, 19, { AWAY, AWAY }, TRUE, FALSE, "a report that comes every twenty minutes" },
    { AWAY " Ticket 17.",
      1,
      { AWAY " Ticket 16.", AWAY " Ticket 15." },
      FALSE,
      TRUE,
      "numbers differ" },
    { AWAY,
      1,
      { "Something else is here, of at least as many words as that.", AWAY, AWAY },
      FALSE,
      TRUE,
      "with something else between" },
    { AWAY " You wrote this and that to me, and he to you again.",
      1,
      { AWAY " You wrote this and that to me.", AWAY },
      FALSE,
      TRUE,
      "growing, quickly" },
    { AWAY " You wrote this and that to me, and he to you again, and so it goes on and on and on.",
      15,
      { AWAY " You wrote this and that to me, and he to you, which I like.", AWAY },
      TRUE,
      FALSE,
      "growing, but slowly: a person quotes" },
    { "ok", 1, { "ok", "thanks" }, FALSE, FALSE, "a person's short answers" },
    { "ok", 1, { "ok", "ok", "ok" }, FALSE, FALSE, "even the same" },
    { "ok", 1, { "ok", "ok", "ok", "ok", "ok" }, FALSE, TRUE, "but not for ever" },
    { "", 1, { "", "", "", "", "", "" }, FALSE, FALSE, "nothing at all says nothing" },
    { "The printer on the second floor does not print what I send.",
      1,
      { "The window on the third floor does not close when it rains.",
        "Please tell me when the coffee machine will be back." },
      FALSE,
      FALSE,
      "different things" },
  };
  const PdGuardBounds bounds = PD_GUARD_DEFAULTS;
  const PdGuardBounds none = { .alike = 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) earlier = g_array_new (FALSE, FALSE, sizeof (PdGuardEntry));
      gint64 now = 1000 * PD_HOUR;

      for (guint k = 0; k < 8 && cases[i].earlier[k] != NULL; k++)
        {
          const PdGuardEntry entry = { .created = now - (k + 1) * cases[i].apart * PD_MINUTE,
                                       .text = (char *)cases[i].earlier[k] };

          g_array_append_val (earlier, entry);
        }
      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (pd_guard_alike (earlier, cases[i].text, now, cases[i].opens, &bounds)
                           != NULL,
                       ==, cases[i].want);
      g_assert_null (pd_guard_alike (earlier, cases[i].text, now, cases[i].opens, &none));
    }
}

static void
test_machine (void)
{
  static const struct {
    const char *address;
    gboolean want;
  } cases[] = {
    { "noreply@a.example", TRUE },
    { "No-Reply@a.example", TRUE },
    { "no_reply+x@a.example", TRUE },
    { "noreply-calendar@a.example", TRUE },
    { "do.not.reply@a.example", TRUE },
    { "MAILER-DAEMON@a.example", TRUE },
    { "norbert@a.example", FALSE },
    { "reply@a.example", FALSE },
    { "postmaster@a.example", FALSE },
    { "bouncer@a.example", FALSE },
    { "", FALSE },
    { "@", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].address);
      g_assert_cmpint (pd_guard_is_machine (cases[i].address), ==, cases[i].want);
    }
}

static void
test_trace (void)
{
  g_autoptr (PdTrace) trace = pd_trace_new ();
  g_autofree char *empty = pd_trace_to_json (trace);
  g_autofree char *small = NULL, *large = NULL;

  g_assert_cmpstr (empty, ==, "[]");
  pd_trace_add (trace, "match", "\"\xFF\"\x01", "#%d", 7);
  small = pd_trace_to_json (trace);
  g_assert_true (g_utf8_validate (small, -1, NULL));
  g_assert_nonnull (strstr (small, "\"match\""));
  g_assert_nonnull (strstr (small, "#7"));
  for (int i = 0; i < 1000; i++)
    pd_trace_add (trace, "match", "\x01\x02\x03 something", "%0500d", i);
  large = pd_trace_to_json (trace);
  g_assert_cmpuint (strlen (large), <=, PD_TRACE_MAX);
  g_assert_nonnull (strstr (large, "too many steps"));
  g_assert_true (g_str_has_suffix (large, "}]"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/guard/sort", test_sort);
  g_test_add_func ("/guard/loop", test_loop);
  g_test_add_func ("/guard/alike", test_alike);
  g_test_add_func ("/guard/machine", test_machine);
  g_test_add_func ("/trace", test_trace);
  return g_test_run ();
}
