#include "desk/proof.h"

#include <string.h>

#include "tests/lib/mail-fixture.h"

static PdAuth
read_results (const char *results, const PdProofTrust *trust, const char *domain)
{
  g_autofree char *how = NULL;
  PdAuth auth = pd_proof_read_results (results, trust, domain, &how);

  g_assert_cmpint (how != NULL, ==, auth != PD_AUTH_UNKNOWN);
  return auth;
}

static void
test_results (void)
{
  static const PdProofTrust trust = { .authserv_id = "mx.d" };
  static const PdProofTrust nobody = { .authserv_id = "" };
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
    { "mx.d; dkim=pass header.d=mail.a.example", "a.example", PD_AUTH_PASS,
      "of one below: the same organisation" },
    { "mx.d; dkim=pass header.d=b.a.co.uk", "c.a.co.uk", PD_AUTH_PASS, "of one beside it" },
    { "mx.d; dkim=pass header.d=b.co.uk", "a.co.uk", PD_AUTH_UNKNOWN,
      "below a public suffix all are strangers" },
    { "mx.d; dkim=pass header.d=co.uk", "a.co.uk", PD_AUTH_UNKNOWN, "a public suffix is nobody" },
    { "mx.d; dkim=pass header.d=b.github.io", "a.github.io", PD_AUTH_UNKNOWN,
      "nor is one of a company" },
    { "mx.d; spf=pass smtp.mailfrom=x@[192.0.2.1]", "a.example", PD_AUTH_UNKNOWN,
      "an address literal" },
    { "mx.d; dkim=pass header.d=A.Example. header.s=s", "a.example", PD_AUTH_PASS,
      "capital letters, and a dot at the end" },
    { "mx.d; dkim=pass header.d=evil.example header.i=@a.example", "a.example", PD_AUTH_UNKNOWN,
      "the signing domain counts before the identity" },
    { "mx.d; dkim=pass (2048-bit key) header.d=a.example header.b=Ab+/=;spf=fail", "a.example",
      PD_AUTH_PASS, "a value with signs in it" },
    { "mx.d; dkim=fail header.d=a.example; dkim=pass header.d=a.example", "a.example", PD_AUTH_PASS,
      "one of two signatures" },
    { "mx.d; dmarc=pass header.from=a.example; dmarc=fail header.from=a.example", "a.example",
      PD_AUTH_FAIL, "twice, and one failed" },
    { "mx.d; dmarc=temperror header.from=a.example", "a.example", PD_AUTH_UNKNOWN, "not known" },
    { "mx.d; dmarc=bestguesspass header.from=a.example", "a.example", PD_AUTH_UNKNOWN, "a guess" },
    { "mx.d 1; dmarc/1=pass header.from=a.example", "a.example", PD_AUTH_PASS, "with versions" },
    { "mx.d 2; dmarc=pass header.from=a.example", "a.example", PD_AUTH_UNKNOWN,
      "of another version nothing is known" },
    { "mx.d; dmarc/2=pass header.from=a.example", "a.example", PD_AUTH_UNKNOWN,
      "nor of a method's" },
    { "mx.d; dmarc=pass reason=\"p=none; dmarc=fail\" header . from = a.example", "a.example",
      PD_AUTH_PASS, "a reason, and blanks around the dot" },
    { "mx.d; spf=fail reason=\"x\\\"; dmarc=pass\"", "a.example", PD_AUTH_UNKNOWN,
      "an escaped quote ends nothing" },
    { "mx.d; spf=none reason=\"x; dmarc=pass", "a.example", PD_AUTH_UNKNOWN, "an open one" },
    { "mx.d; \"dmarc\"=pass", "a.example", PD_AUTH_UNKNOWN, "a quoted method is none" },
    { "mx.d; spf=fail smtp.mailfrom==?utf-8?q?=3B_dmarc=3Dpass?=@evil.example", "a.example",
      PD_AUTH_UNKNOWN, "an encoded word stays one" },
    { "mx.d; auth=pass smtp.auth=ann@a.example", "a.example", PD_AUTH_UNKNOWN, "another method" },
    { "mx.d smtp.mailfrom=a.example; dmarc=pass", "a.example", PD_AUTH_UNKNOWN,
      "something between name and results" },
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
      g_assert_cmpint (read_results (cases[i].results, &trust, cases[i].domain), ==, cases[i].want);
    }
  g_assert_cmpint (read_results ("; dmarc=pass", &nobody, "a.example"), ==, PD_AUTH_UNKNOWN);
}

static void
test_trust (void)
{
  static const struct {
    PdProofTrust trust;
    const char *results;
    PdAuth want;
    const char *why;
  } cases[] = {
    { { .fields = 2 },
      "mx.d; spf=none\nmx.d; dmarc=pass header.from=a.example",
      PD_AUTH_PASS,
      "our server writes two" },
    { { .fields = 2 },
      "mx.d; spf=none\nother.d; dmarc=fail\nmx.d; dmarc=pass header.from=a.example",
      PD_AUTH_PASS,
      "with another's between" },
    { { .fields = 2 },
      "mx.d; spf=none\nmx.d; dkim=none\nmx.d; dmarc=pass header.from=a.example",
      PD_AUTH_UNKNOWN,
      "the third came with the mail" },
    { { .fields = 2 },
      "mx.d; dkim=pass header.d=a.example\nmx.d; dmarc=fail",
      PD_AUTH_FAIL,
      "one that failed outweighs" },
    { { .strict = TRUE }, "mx.d; dkim=pass header.d=mail.a.example", PD_AUTH_UNKNOWN, "strict" },
    { { .strict = TRUE }, "mx.d; dkim=pass header.d=a.example", PD_AUTH_PASS, "strict, the same" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdProofTrust trust = cases[i].trust;

      trust.authserv_id = "mx.d";
      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (read_results (cases[i].results, &trust, "a.example"), ==, cases[i].want);
    }
}

#define SET(i, cv, d, results)                                                                     \
  "ARC-Seal: i=" i "; a=rsa-sha256; cv=" cv "; d=" d "; s=s; b=abc\n"                              \
  "ARC-Message-Signature: i=" i "; a=rsa-sha256; d=" d "; s=s; h=from; b=abc\n"                    \
  "ARC-Authentication-Results: i=" i "; mx." d "; " results

static void
test_arc (void)
{
  static const struct {
    const char *own, *arc, *from;
    PdAuth want;
    const char *why;
  } cases[] = {
    { "mx.d; dmarc=fail; arc=pass",
      SET ("1", "none", "list.example", "dmarc=pass header.from=a.example"), "x@a.example",
      PD_AUTH_PASS, "a list that is trusted saw it pass" },
    { "mx.d; dmarc=fail; arc=pass header.oldest-pass=1",
      SET ("1", "none", "list.example", "dkim=pass header.d=a.example"), "x@a.example",
      PD_AUTH_PASS, "or its signature" },
    { "mx.d; dmarc=fail; arc=pass header.oldest-pass=2",
      SET ("1", "none", "list.example", "dmarc=pass header.from=a.example"), "x@a.example",
      PD_AUTH_FAIL, "about a chain that is longer than this one" },
    { "mx.d; dmarc=fail; arc=fail",
      SET ("1", "none", "list.example", "dmarc=pass header.from=a.example"), "x@a.example",
      PD_AUTH_FAIL, "the chain is broken" },
    { "mx.d; dmarc=fail; arc=pass; arc=fail",
      SET ("1", "none", "list.example", "dmarc=pass header.from=a.example"), "x@a.example",
      PD_AUTH_FAIL, "both" },
    { "mx.d; dmarc=fail", SET ("1", "none", "list.example", "dmarc=pass header.from=a.example"),
      "x@a.example", PD_AUTH_FAIL, "nobody looked at it" },
    { "other.d; arc=pass", SET ("1", "none", "list.example", "dmarc=pass header.from=a.example"),
      "x@a.example", PD_AUTH_UNKNOWN, "somebody else did" },
    { "mx.d; arc=pass", SET ("1", "none", "evil.example", "dmarc=pass header.from=a.example"),
      "x@a.example", PD_AUTH_UNKNOWN, "a sealer that nobody trusts" },
    { "mx.d; arc=pass", SET ("1", "none", "list.example", "dmarc=pass header.from=a.example"),
      "x@b.example", PD_AUTH_UNKNOWN, "From was changed since" },
    { "mx.d; arc=pass", SET ("1", "none", "list.example", "dmarc=pass"), "x@a.example x@b.example",
      PD_AUTH_UNKNOWN, "two addresses in From" },
    { "mx.d; arc=pass", SET ("1", "pass", "list.example", "dmarc=pass header.from=a.example"),
      "x@a.example", PD_AUTH_UNKNOWN, "the first has nothing before it" },
    { "mx.d; arc=pass", SET ("2", "pass", "list.example", "dmarc=pass header.from=a.example"),
      "x@a.example", PD_AUTH_UNKNOWN, "the first is missing" },
    { "mx.d; arc=pass",
      SET ("1", "none", "list.example", "dmarc=pass header.from=a.example") "\n" SET (
          "1", "none", "list.example", "dmarc=pass header.from=a.example"),
      "x@a.example", PD_AUTH_UNKNOWN, "one twice" },
    { "mx.d; arc=pass",
      "ARC-Seal: i=1; cv=none; d=list.example\n"
      "ARC-Authentication-Results: i=1; mx.list.example; dmarc=pass",
      "x@a.example", PD_AUTH_UNKNOWN, "a set without its signature" },
    { "mx.d; arc=pass", SET ("0", "none", "list.example", "dmarc=pass"), "x@a.example",
      PD_AUTH_UNKNOWN, "they count from one" },
    { "mx.d; arc=pass", SET ("51", "none", "list.example", "dmarc=pass"), "x@a.example",
      PD_AUTH_UNKNOWN, "to fifty" },
    { "mx.d; arc=pass",
      SET ("2", "pass", "list.example", "arc=pass; dmarc=fail") "\n" SET (
          "1", "none", "big.example", "dmarc=pass header.from=a.example"),
      "x@a.example", PD_AUTH_PASS, "two that are trusted, the first saw it" },
    { "mx.d; arc=pass",
      SET ("2", "pass", "list.example", "dmarc=fail") "\n" SET ("1", "none", "big.example",
                                                                "dmarc=pass header.from=a.example"),
      "x@a.example", PD_AUTH_UNKNOWN, "but the second did not look at its seal" },
    { "mx.d; arc=pass",
      SET ("2", "pass", "evil.example", "arc=pass; dmarc=pass header.from=a.example") "\n" SET (
          "1", "none", "list.example", "dmarc=pass header.from=a.example"),
      "x@a.example", PD_AUTH_UNKNOWN, "the topmost one may have changed all" },
    { "mx.d; arc=pass",
      SET ("2", "fail", "list.example", "arc=pass; dmarc=pass header.from=a.example") "\n" SET (
          "1", "none", "list.example", "dmarc=pass header.from=a.example"),
      "x@a.example", PD_AUTH_UNKNOWN, "a seal that says the chain was broken" },
  };
  static const PdProofTrust trust
      = { .authserv_id = "mx.d", .sealers = "big.example list.example" };
  static const PdProofTrust none = { .authserv_id = "mx.d" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const MailFixture facts
          = { .from = cases[i].from, .auth_results = cases[i].own, .arc = cases[i].arc };
      g_autoptr (MadeMail) mail = mail_fixture_make (&facts);
      g_autofree char *how = NULL, *without = NULL;

      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (pd_proof_read (mail, &trust, &how), ==, cases[i].want);
      g_assert_cmpint (pd_proof_read (mail, &none, &without), !=, PD_AUTH_PASS);
    }
}

static void
test_disguise (void)
{
  static const struct {
    const char *name, *address;
    gboolean want;
  } cases[] = {
    { "Ann", "ann@a.example", FALSE },
    { "ann@a.example", "ann@a.example", FALSE },
    { "Ann@A.example", "ann@a.example", FALSE },
    { "Ann @ home", "ann@a.example", FALSE },
    { "Ann (ann@a.example.)", "ann@a.example", FALSE },
    { "ann@a.example", "evil@b.example", TRUE },
    { "\"Ann <ann@a.example>\"", "evil@b.example", TRUE },
    { "ann@a.example via evil@b.example", "evil@b.example", TRUE },
    { "", "evil@b.example", FALSE },
    { "@", "evil@b.example", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].name);
      g_assert_cmpint (pd_proof_is_disguise (cases[i].name, cases[i].address), ==, cases[i].want);
    }
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proof/results", test_results);
  g_test_add_func ("/proof/trust", test_trust);
  g_test_add_func ("/proof/arc", test_arc);
  g_test_add_func ("/proof/disguise", test_disguise);
  g_test_add_func ("/proof/level", test_level);
  return g_test_run ();
}
