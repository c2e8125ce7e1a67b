#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "mail/keyring.h"

#define HEX_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEX_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

#define PERSON G_GINT64_CONSTANT (381234567890123456)

static PdKeyring *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  PdKeyring *keyring = pd_keyring_parse (text, &error);

  g_assert_no_error (error);
  return keyring;
}

static const PdSignedAddress all_kinds[] = {
  { .kind = PD_SIGNED_REPLY, .ticket = 123, .person = PERSON },
  { .kind = PD_SIGNED_BOUNCE, .outbox = PERSON },
  { .kind = PD_SIGNED_NOTE, .ticket = 123, .person = PERSON },
  { .kind = PD_SIGNED_STRAND, .ticket = 123, .strand = PERSON },
  { .kind = PD_SIGNED_ACT, .ticket = 123, .person = PERSON, .act = PD_SIGNED_TAKE },
  { .kind = PD_SIGNED_ACT, .ticket = 123, .person = PERSON, .act = PD_SIGNED_DONE },
  { .kind = PD_SIGNED_ACT, .ticket = 123, .person = PERSON, .act = PD_SIGNED_REOPEN },
  { .kind = PD_SIGNED_ACT, .ticket = 123, .person = PERSON, .act = PD_SIGNED_RATE_GOOD },
  { .kind = PD_SIGNED_ACT, .ticket = 123, .person = PERSON, .act = PD_SIGNED_RATE_FAIR },
  { .kind = PD_SIGNED_ACT, .ticket = 123, .person = PERSON, .act = PD_SIGNED_RATE_BAD },
  { .kind = PD_SIGNED_ACT, .ticket = 123, .event = PERSON, .act = PD_SIGNED_UNDO },
};

#define reply all_kinds[0]

static void
test_parse (void)
{
  static const struct {
    const char *text, *say, *why;
  } cases[] = {
    { "k1 " HEX_A "\n", NULL, "one key" },
    { "# old\nk1 " HEX_A "\n\nk2\t" HEX_B, NULL,
      "comment, empty line, tab, no line end at the end" },
    { "k1  " HEX_A "  \r\n", NULL, "CRLF and spaces" },
    { "", "no key", "empty" },
    { "# only words\n", "no key", "comments only" },
    { "k1 " HEX_A "\nk1 " HEX_B "\n", "line 2", "a name twice" },
    { "k1 0011\n", "line 1", "too short" },
    { "k1 " HEX_A HEX_A HEX_A HEX_A "00\n", "line 1", "too long" },
    { "k1 " HEX_A "0\n", "line 1", "half an octet" },
    { "# a\nk1 x" HEX_A "0\n", "line 2", "no hexadecimal digit" },
    { "k1\n", "line 1", "no key behind the name" },
    { HEX_A "\n", "line 1", "no key behind the name, or no name" },
    { "k/1 " HEX_A "\n", "line 1", "a sign that names do not have" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdKeyring) keyring = pd_keyring_parse (cases[i].text, &error);

      g_test_message ("%s", cases[i].why);
      g_assert_true ((keyring != NULL) == (cases[i].say == NULL));
      if (cases[i].say == NULL)
        continue;
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, cases[i].say));
      g_assert_null (strstr (error->message, "00112233")); /* no secret in a log */
    }
}

static void
test_many_keys (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i <= PD_KEYRING_MAX_KEYS; i++)
    g_string_append_printf (text, "k%d " HEX_A "\n", i);
  g_assert_null (pd_keyring_parse (text->str, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
}

static void
test_load (void)
{
  static const struct {
    guint mode;
    int code; /* -1: good */
    const char *why;
  } cases[] = {
    { 0600, -1, "the owner's only" },
    { 0640, -1, "the group may read" },
    { 0400, -1, "read only" },
    { 0644, PD_ERROR_DENIED, "others may read" },
    { 0602, PD_ERROR_DENIED, "others may write" },
    { 0660, PD_ERROR_DENIED, "the group may change it" },
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("postdesk-keyring-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "keys", NULL);
  g_autofree char *line = pd_keyring_new_line ("first");

  g_assert_no_error (error);
  g_assert_null (pd_keyring_load (path, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (pd_keyring_load (folder, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, line, -1, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdKeyring) keyring = NULL;

      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (g_chmod (path, (int)cases[i].mode), ==, 0);
      keyring = pd_keyring_load (path, &error);
      g_assert_true ((keyring != NULL) == (cases[i].code < 0));
      if (cases[i].code >= 0)
        g_assert_error (error, PD_ERROR, cases[i].code);
      g_clear_error (&error);
    }
  g_remove (path);
  g_rmdir (folder);
}

static void
test_new_line (void)
{
  g_autofree char *one = pd_keyring_new_line ("a"), *two = pd_keyring_new_line ("a");

  g_assert_cmpstr (one, !=, two);
  g_assert_cmpuint (strlen (one), ==, 2 + 64 + 1);
}

/* What we once sent must be read for ever: the form is fixed here.  The
 * signature is HMAC-SHA256 over "postdesk reply 123 45" and so on.
 */
static void
test_form (void)
{
  static const struct {
    PdSignedAddress what;
    const char *want;
  } cases[] = {
    { { .kind = PD_SIGNED_REPLY, .ticket = 123, .person = 45 },
      "support+t123.p1d.xrbagjrjladskop2@example.org" },
    { { .kind = PD_SIGNED_BOUNCE, .outbox = 45 }, "support+o1d.uhotoals4tkx34ff@example.org" },
    { { .kind = PD_SIGNED_NOTE, .ticket = 123, .person = 45 },
      "support+t123.n1d.qn26cjognjar2zat@example.org" },
    { { .kind = PD_SIGNED_STRAND, .ticket = 123, .strand = 45 },
      "support+t123.s1d.tj6qyl4ua3dlvsqh@example.org" },
    { { .kind = PD_SIGNED_ACT, .ticket = 123, .person = 45, .act = PD_SIGNED_TAKE },
      "support+t123.at1d.mxghemwwbmfn4wjk@example.org" },
    { { .kind = PD_SIGNED_ACT, .ticket = 123, .person = 45, .act = PD_SIGNED_DONE },
      "support+t123.ad1d.nfviq7hlmbxoiqhx@example.org" },
    { { .kind = PD_SIGNED_ACT, .ticket = 123, .person = 45, .act = PD_SIGNED_REOPEN },
      "support+t123.ar1d.cnszd2s72n7ued77@example.org" },
    { { .kind = PD_SIGNED_ACT, .ticket = 123, .person = 45, .act = PD_SIGNED_RATE_GOOD },
      "support+t123.ag1d.74367uhen446nye4@example.org" },
    { { .kind = PD_SIGNED_ACT, .ticket = 123, .person = 45, .act = PD_SIGNED_RATE_FAIR },
      "support+t123.af1d.xfuqz7vysysky7nc@example.org" },
    { { .kind = PD_SIGNED_ACT, .ticket = 123, .person = 45, .act = PD_SIGNED_RATE_BAD },
      "support+t123.ab1d.lcetyldbyr3sn2t4@example.org" },
    { { .kind = PD_SIGNED_ACT, .ticket = 123, .event = 45, .act = PD_SIGNED_UNDO },
      "support+t123.au1d.xz2odi7ykplbp2it@example.org" },
  };
  g_autoptr (PdKeyring) keyring = parse ("k1 " HEX_A "\n");
  g_autofree char *id = pd_keyring_sign_message_id (keyring, 123, 45, "example.org");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *address
          = pd_keyring_sign_address (keyring, "support@example.org", '+', &cases[i].what);

      g_assert_cmpstr (address, ==, cases[i].want);
    }
  g_assert_cmpstr (id, ==, "t123.o1d.z7ebtig4nys5mruz@example.org");
}

static gboolean
reads_as (PdKeyring *keyring, const char *address, char delimiter, const PdSignedAddress *want,
          const char *want_base)
{
  PdSignedAddress got;
  g_autofree char *base = NULL;
  gboolean good = pd_keyring_read_address (keyring, address, delimiter, &got, &base);

  g_assert_cmpstr (base, ==, want_base);
  if (good)
    {
      g_assert_cmpint (got.kind, ==, want->kind);
      g_assert_cmpint (got.ticket, ==, want->ticket);
      g_assert_cmpint (got.person, ==, want->person);
      g_assert_cmpint (got.outbox, ==, want->outbox);
      g_assert_cmpint (got.strand, ==, want->strand);
      g_assert_cmpint (got.act, ==, want->act);
      g_assert_cmpint (got.event, ==, want->event);
    }
  else
    g_assert_true (got.ticket == 0 && got.person == 0 && got.outbox == 0 && got.strand == 0
                   && got.event == 0);
  return good;
}

static void
test_round_trip (void)
{
  static const struct {
    const char *base;
    char delimiter;
    const char *why;
  } cases[] = {
    { "support@example.org", '+', "the usual" },
    { "support@example.org", '-', "minus" },
    { "support@example.org", '=', "equals sign, safe for some MTAs" },
    { "support@example.org", '.', "a dot, which also stands between the fields" },
    { "help-desk@example.org", '-', "the name has the delimiter" },
    { "a.b.c@example.org", '.', "the name has the delimiter, and it is a dot" },
    { "support+sales@example.org", '+', "a unit on an extension of its own" },
    { "s@example.org", '+', "one letter" },
  };
  g_autoptr (PdKeyring) keyring = parse ("k1 " HEX_A "\n");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize kind = 0; kind < G_N_ELEMENTS (all_kinds); kind++)
      {
        const PdSignedAddress *what = &all_kinds[kind];
        g_autofree char *address
            = pd_keyring_sign_address (keyring, cases[i].base, cases[i].delimiter, what);
        g_autofree char *upper = g_ascii_strup (address, -1);
        g_autofree char *upper_base = g_ascii_strup (cases[i].base, -1);

        g_test_message ("%s: %s", cases[i].why, address);
        g_assert_cmpint (strchr (address, '@') - address, <=, PD_KEYRING_MAX_LOCAL);
        g_assert_true (reads_as (keyring, address, cases[i].delimiter, what, cases[i].base));
        g_assert_true (reads_as (keyring, upper, cases[i].delimiter, what, upper_base));
      }
}

/* Each character of the extension changed to each of some others.  A letter
 * that names the kind is among them: no signature passes for another kind's.
 */
static void
test_tampering (void)
{
  g_autoptr (PdKeyring) keyring = parse ("k1 " HEX_A "\n");

  for (gsize i = 0; i < G_N_ELEMENTS (all_kinds); i++)
    {
      g_autofree char *address
          = pd_keyring_sign_address (keyring, "support@example.org", '+', &all_kinds[i]);

      for (char *p = strchr (address, '+') + 1; *p != '@'; p++)
        for (const char *c = "0123456789abcdefghijklmnopqrstuvwxyz.-_"; *c != '\0'; c++)
          {
            char was = *p;

            /* i, l and o are read as 1, 1 and 0 in ids: the same id, not another */
            if (*c == was || strchr ("ilo01", *c) != NULL)
              continue;
            *p = *c;
            g_assert_false (reads_as (keyring, address, '+', NULL, "support@example.org"));
            *p = was;
          }
    }
}

/* The signature of one kind behind the other's words. */
static void
test_purpose (void)
{
  g_autoptr (PdKeyring) keyring = parse ("k1 " HEX_A "\n");
  const gsize tail = 16 + strlen ("@s.org");

  for (gsize i = 0; i < G_N_ELEMENTS (all_kinds); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (all_kinds); j++)
      {
        g_autofree char *one = pd_keyring_sign_address (keyring, "s@s.org", '+', &all_kinds[i]);
        g_autofree char *other = pd_keyring_sign_address (keyring, "s@s.org", '+', &all_kinds[j]);
        g_autofree char *mixed = g_strdup_printf ("%.*s%s", (int)(strlen (one) - tail), one,
                                                  other + strlen (other) - tail);

        g_assert_true (reads_as (keyring, mixed, '+', i == j ? &all_kinds[i] : NULL, "s@s.org")
                       == (i == j));
      }
}

static void
test_not_ours (void)
{
  static const struct {
    const char *address;
    char delimiter;
    const char *base, *why;
  } cases[] = {
    { "support@example.org", '+', "support@example.org", "nothing there" },
    { "anna+news@example.com", '+', "anna@example.com", "a customer's own kind of plus" },
    { "anna+t1.x@example.com", '+', "anna@example.com", "begins like ours" },
    { "anna+a+b@example.com", '+', "anna@example.com", "cut at the first delimiter" },
    { "+t1@example.com", '+', "+t1@example.com", "nothing would be left" },
    { "anna+@example.com", '+', "anna@example.com", "an empty extension" },
    { "anna+news@example.com", '\0', "anna+news@example.com", "no delimiter set" },
    { "anna+news@example.com", '-', "anna+news@example.com", "another delimiter" },
    { "\"a@b+c\"@example.com", '+', "\"a@b@example.com",
      "a quoted local part is cut all the same" },
    { "postmaster", '+', "postmaster", "no domain" },
    { "", '+', "", "empty" },
    { "s+t123.p1d.aaaaaaaaaaaaaaaa@x", '+', "s@x", "a guessed signature" },
    { "s+t123.p1d.@x", '+', "s@x", "no signature" },
    { "s+t0123.p1d.aaaaaaaaaaaaaaaa@x", '+', "s@x", "a leading zero" },
    { "s+t99999999999999999999.p1d.aaaaaaaaaaaaaaaa@x", '+', "s@x", "overflow" },
    { "s+t-1.p1d.aaaaaaaaaaaaaaaa@x", '+', "s@x", "a sign" },
    { "s+o.aaaaaaaaaaaaaaaa@x", '+', "s@x", "an empty id" },
    { "s+t1.ax1d.aaaaaaaaaaaaaaaa@x", '+', "s@x", "an act that is none" },
    { "s+t1.a.aaaaaaaaaaaaaaaa@x", '+', "s@x", "no act" },
    { "s+t1.at.aaaaaaaaaaaaaaaa@x", '+', "s@x", "an act for nobody" },
  };
  g_autoptr (PdKeyring) keyring = parse ("k1 " HEX_A "\n");
  g_autofree char *longer = g_strdup_printf ("a+%0*d@x", 100000, 1);
  g_autoptr (GString) many = g_string_new ("a");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].why);
      g_assert_false (
          reads_as (keyring, cases[i].address, cases[i].delimiter, NULL, cases[i].base));
    }
  g_assert_false (reads_as (keyring, longer, '+', NULL, longer));
  for (int i = 0; i < 900; i++)
    g_string_append (many, "+");
  g_string_append (many, "@x");
  g_assert_false (reads_as (keyring, many->str, '+', NULL, "a@x"));
}

static void
test_rotation (void)
{
  g_autoptr (PdKeyring) old = parse ("k1 " HEX_A "\n");
  g_autoptr (PdKeyring) both = parse ("k1 " HEX_A "\nk2 " HEX_B "\n");
  g_autoptr (PdKeyring) young = parse ("k2 " HEX_B "\n");
  g_autofree char *by_old = pd_keyring_sign_address (old, "s@x.org", '+', &reply);
  g_autofree char *by_both = pd_keyring_sign_address (both, "s@x.org", '+', &reply);
  g_autofree char *by_young = pd_keyring_sign_address (young, "s@x.org", '+', &reply);

  g_assert_cmpstr (by_both, ==, by_young); /* the last line signs */
  g_assert_cmpstr (by_both, !=, by_old);
  g_assert_true (reads_as (both, by_old, '+', &reply, "s@x.org"));
  g_assert_true (reads_as (both, by_young, '+', &reply, "s@x.org"));
  g_assert_false (reads_as (young, by_old, '+', NULL, "s@x.org")); /* removed is revoked */
  g_assert_false (reads_as (old, by_young, '+', NULL, "s@x.org"));
}

static void
test_length (void)
{
  g_autoptr (PdKeyring) keyring = parse ("k1 " HEX_A "\n");
  PdSignedAddress largest = { .kind = PD_SIGNED_REPLY, .ticket = G_MAXINT64, .person = G_MAXINT64 };
  PdSignedAddress usual = { .kind = PD_SIGNED_REPLY, .ticket = 9999999, .person = PERSON };
  PdSignedAddress act
      = { .kind = PD_SIGNED_ACT, .ticket = 9999999, .person = PERSON, .act = PD_SIGNED_DONE };
  g_autofree char *fits = NULL, *too_long = NULL, *longest = NULL, *past = NULL;

  /* a million tickets and a name of 22 letters, as the longest of usual names */
  fits = pd_keyring_sign_address (keyring, "customer-care-of-spain@example.org", '+', &usual);
  g_assert_cmpint (strchr (fits, '@') - fits, <=, PD_KEYRING_MAX_LOCAL);
  g_assert_nonnull (strchr (fits, '+'));
  too_long = pd_keyring_sign_address (keyring, "customer-care-of-spain@example.org", '+', &largest);
  g_assert_cmpstr (too_long, ==, "customer-care-of-spain@example.org");
  /* what the header promises */
  longest = pd_keyring_sign_address (keyring, "customer-cares-of-spain@example.org", '+', &act);
  g_assert_cmpint (strchr (longest, '@') - longest, ==, PD_KEYRING_MAX_LOCAL);
  past = pd_keyring_sign_address (keyring, "customer-cares-for-spain@example.org", '+', &act);
  g_assert_cmpstr (past, ==, "customer-cares-for-spain@example.org");
}

static void
test_message_id (void)
{
  g_autoptr (PdKeyring) keyring = parse ("k1 " HEX_A "\n");
  g_autofree char *id = pd_keyring_sign_message_id (keyring, 123, PERSON, "example.org");
  g_autofree char *root = pd_keyring_sign_message_id (keyring, 123, 0, "example.org");
  g_autofree char *upper = g_ascii_strup (id, -1);
  g_autofree char *address = pd_keyring_sign_address (keyring, "s@x.org", '+', &reply);
  g_autofree char *as_reply = g_strdup (id);
  const char *bad[]
      = { "",      "@", "x@y", "t123.o1.aaaaaaaaaaaaaaaa@x", "t123.o1", strchr (address, '+') + 1,
          as_reply };
  gint64 ticket, outbox;

  g_assert_true (pd_keyring_read_message_id (keyring, id, &ticket, &outbox));
  g_assert_cmpint (ticket, ==, 123);
  g_assert_cmpint (outbox, ==, PERSON);
  g_assert_true (pd_keyring_read_message_id (keyring, upper, &ticket, &outbox));

  g_assert_true (pd_keyring_read_message_id (keyring, root, &ticket, &outbox));
  g_assert_cmpint (ticket, ==, 123);
  g_assert_cmpint (outbox, ==, 0);

  /* a Message-ID's signature under a reply address's form is worth nothing */
  *strchr (as_reply, 'o') = 'p';
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (pd_keyring_read_message_id (keyring, bad[i], &ticket, &outbox));
      g_assert_cmpint (ticket, ==, 0);
      g_assert_cmpint (outbox, ==, 0);
    }
  g_free (address);
  address = g_strdup_printf ("s+%s", as_reply);
  g_assert_false (reads_as (keyring, address, '+', NULL, "s@example.org"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keyring/parse", test_parse);
  g_test_add_func ("/keyring/many-keys", test_many_keys);
  g_test_add_func ("/keyring/load", test_load);
  g_test_add_func ("/keyring/new-line", test_new_line);
  g_test_add_func ("/keyring/form", test_form);
  g_test_add_func ("/keyring/round-trip", test_round_trip);
  g_test_add_func ("/keyring/tampering", test_tampering);
  g_test_add_func ("/keyring/purpose", test_purpose);
  g_test_add_func ("/keyring/not-ours", test_not_ours);
  g_test_add_func ("/keyring/rotation", test_rotation);
  g_test_add_func ("/keyring/length", test_length);
  g_test_add_func ("/keyring/message-id", test_message_id);
  return g_test_run ();
}
