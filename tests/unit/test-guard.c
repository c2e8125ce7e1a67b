#include <string.h>

#include "desk/guard.h"
#include "desk/proof.h"
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
  g_autoptr (PdKeyring) keyring = pd_keyring_parse (
      "k 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n", NULL);
  g_autofree char *ours = pd_keyring_sign_message_id (keyring, 7, 8, "desk.example");
  const struct {
    MailFixture mail;
    gboolean own;
    gboolean want;
    const char *why;
  } cases[] = {
    { { .message_id = "a@b" }, FALSE, FALSE, "a mail like any other" },
    { { .received = 50 }, FALSE, FALSE, "as many hops as are allowed" },
    { { .received = 51 }, FALSE, TRUE, "one more" },
    { { .message_id = ours }, FALSE, TRUE, "our own mail came back" },
    { { .message_id = "t7.o8.aaaaaaaaaaaaaaaa@desk.example" },
      FALSE,
      FALSE,
      "a forged id is not ours" },
    { { .message_id = "" }, FALSE, FALSE, "no id" },
    { { .message_id = "a@b" }, TRUE, TRUE, "from an address of ours" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MadeMail) mail = mail_fixture_make (&cases[i].mail);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (pd_guard_loop (mail, keyring, cases[i].own) != NULL, ==, cases[i].want);
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
test_results (void)
{
  static const struct {
    const char *results, *domain;
    PdAuth want;
    const char *why;
  } cases[] = {
    { "mx.d; dmarc=pass header.from=a.example", "a.example", PD_AUTH_PASS, "DMARC passed" },
    { "mx.d; dmarc=fail header.from=a.example", "a.example", PD_AUTH_FAIL, "DMARC failed" },
    { "mx.d; dkim=pass header.d=a.example; dmarc=fail", "a.example", PD_AUTH_FAIL,
      "a failure outweighs" },
    { "mx.d; none", "a.example", PD_AUTH_UNKNOWN, "nothing was checked" },
    { "other.d; dmarc=pass", "a.example", PD_AUTH_UNKNOWN, "not our server" },
    { "mx.d.evil; dmarc=pass", "a.example", PD_AUTH_UNKNOWN, "a longer name is not ours" },
    { "other.d; dmarc=fail\nmx.d; dmarc=pass", "a.example", PD_AUTH_PASS,
      "the topmost of ours, wherever it stands" },
    { "mx.d; dmarc=fail\nmx.d; dmarc=pass", "a.example", PD_AUTH_FAIL,
      "only the topmost: the sender wrote the other" },
    { "mx.d; spf=none\nmx.d; dmarc=pass", "a.example", PD_AUTH_UNKNOWN, "even if it says nothing" },
    { "Authentication-Results: mx.d; dmarc=pass", "a.example", PD_AUTH_PASS,
      "with the field name" },
    { "MX.D 1; DMARC=Pass", "a.example", PD_AUTH_PASS, "letter case, and a version" },
    { "mx.d;\n\tdmarc=pass\n\theader.from=a.example", "a.example", PD_AUTH_PASS, "folded" },
    { "mx.d; dmarc = pass (p=none; dmarc=fail) header.from = a.example", "a.example", PD_AUTH_PASS,
      "blanks and comments mean nothing" },
    { "mx.d; spf=fail (a (nested; dmarc=pass) comment) smtp.mailfrom=x@y", "a.example",
      PD_AUTH_UNKNOWN, "a comment is never a result" },
    { "mx.d; spf=fail (open; dmarc=pass", "a.example", PD_AUTH_UNKNOWN, "nor is an open one" },
    { "mx.d; spf=fail smtp.mailfrom=\"x; dmarc=pass y\"@evil.example", "a.example", PD_AUTH_UNKNOWN,
      "a quoted local part is the sender's own text" },
    { "mx.d; dkim=pass header.d=a.example", "a.example", PD_AUTH_PASS, "DKIM of the domain" },
    { "mx.d; dkim=pass header.i=@a.example", "mail.a.example", PD_AUTH_PASS, "of one above it" },
    { "mx.d; dkim=pass header.d=mail.a.example", "a.example", PD_AUTH_UNKNOWN,
      "not of one below: strangers may own those" },
    { "mx.d; dkim=pass header.d=evil.example", "a.example", PD_AUTH_UNKNOWN, "somebody else's" },
    { "mx.d; dkim=pass header.d=xa.example", "a.example", PD_AUTH_UNKNOWN, "not part of the name" },
    { "mx.d; dkim=pass header.d=example", "a.example", PD_AUTH_UNKNOWN, "a top level is nobody" },
    { "mx.d; dkim=pass header.d=evil.example header.d=a.example", "a.example", PD_AUTH_UNKNOWN,
      "the first property counts" },
    { "mx.d; dkim=fail header.d=a.example", "a.example", PD_AUTH_UNKNOWN, "did not pass" },
    { "mx.d; spf=pass smtp.mailfrom=x@a.example", "a.example", PD_AUTH_PASS, "SPF, an address" },
    { "mx.d; spf=pass smtp.mailfrom=a.example", "a.example", PD_AUTH_PASS, "SPF, a domain" },
    { "mx.d; spf=pass smtp.helo=a.example", "a.example", PD_AUTH_UNKNOWN,
      "HELO is not the sender" },
    { "mx.d; dmarc=pass header.from=b.example", "a.example", PD_AUTH_UNKNOWN,
      "about another From" },
    { "mx.d; dmarc=pass", NULL, PD_AUTH_UNKNOWN, "several From addresses: nobody's" },
    { "mx.d; dmarc=fail", NULL, PD_AUTH_FAIL, "but a failure stays one" },
    { "mx.d; dmarc=pass header.from=xn--bcher-kva.example", "bücher.example", PD_AUTH_PASS,
      "both forms of a name" },
    { "", "a.example", PD_AUTH_UNKNOWN, "no field" },
    { ";;;", "a.example", PD_AUTH_UNKNOWN, "no name" },
    { "mx.d", "a.example", PD_AUTH_UNKNOWN, "no results" },
    { "\"mx.d\"; dmarc=pass", "a.example", PD_AUTH_PASS, "a quoted name" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s: %s", cases[i].why, cases[i].results);
      g_assert_cmpint (pd_proof_read_results (cases[i].results, "mx.d", cases[i].domain), ==,
                       cases[i].want);
    }
  g_assert_cmpint (pd_proof_read_results ("; dmarc=pass", "", "a.example"), ==, PD_AUTH_UNKNOWN);
}

static void
test_level (void)
{
  static const struct {
    PdAuth auth;
    gboolean known, own;
    const char *want, *why;
  } cases[] = {
    { PD_AUTH_UNKNOWN, FALSE, FALSE, "none", "nobody known" },
    { PD_AUTH_UNKNOWN, TRUE, FALSE, "plausible", "known, and nothing against it" },
    { PD_AUTH_PASS, FALSE, FALSE, "aligned", "a stranger, but really he" },
    { PD_AUTH_PASS, TRUE, FALSE, "aligned", "known, and really he" },
    { PD_AUTH_UNKNOWN, TRUE, TRUE, "signed", "his own reply address" },
    { PD_AUTH_FAIL, TRUE, TRUE, "none", "a failed DMARC outweighs all" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (pd_proof_name (pd_proof_level (cases[i].auth, cases[i].known, cases[i].own)),
                       ==, cases[i].want);
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
  g_test_add_func ("/guard/machine", test_machine);
  g_test_add_func ("/proof/results", test_results);
  g_test_add_func ("/proof/level", test_level);
  g_test_add_func ("/trace", test_trace);
  return g_test_run ();
}
