/* Which signatures and encryptions are seen, and what of the mail they are
 * about.  Verifying them is test-unseal's.
 */
#include <string.h>

#include "mail/cms.h"
#include "mail/mail-inner.h"
#include "mail/mail-json.h"
#include "mail/mail.h"

#define HEAD "From: a@client.example\nSubject: x\nMIME-Version: 1.0\n"
#define SIGNED(children)                                                                           \
  HEAD "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; "                  \
       "boundary=b\n\n" children "--b--\n"
#define MIXED(children) HEAD "Content-Type: multipart/mixed; boundary=b\n\n" children "--b--\n"
#define TEXT "--b\nContent-Type: text/plain\n\nhello\n"
#define PGP_SIG "--b\nContent-Type: application/pgp-signature\n\nsig\n"
#define VERSION "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
#define DATA "--b\nContent-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n"
#define CLEAR                                                                                      \
  "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nhello\n-----BEGIN PGP SIGNATURE-----\n\n"   \
  "iQEz\n-----END PGP SIGNATURE-----\n"
#define ARMOR(base64)                                                                              \
  "-----BEGIN PGP MESSAGE-----\n\n" base64 "\n=abcd\n-----END PGP MESSAGE-----\n"
/* ContentInfo with enveloped-data (RFC 5652 6), cut off behind its type */
#define ENVELOPED "MIAGCSqGSIb3DQEHA6CA"
/* SignedData with the content "Content-Type: text/plain\n\nhi" in pieces (2 + rest) */
#define OPAQUE                                                                                     \
  "MIAGCSqGSIb3DQEHAqCAMIACAQExADCABgkqhkiG9w0BBwGggCSABAJDbwQabnRlbnQtVHlwZTogdGV4dC9wbGFpbgoK"   \
  "aGkAAAAAAAAxAAAAAAAAAA=="

typedef struct {
  const char *mail;
  const char *seals; /* "kind+whole" or "kind", encrypted ones in brackets */
  const char *content;
  const char *why;
} Case;

static const Case cases[] = {
  { HEAD "\nhello\n", "", NULL, "a plain mail" },
  { SIGNED (TEXT PGP_SIG), "pgp-mime+whole", "Content-Type: text/plain\n\nhello",
    "RFC 3156 5: the break before the boundary is not signed" },
  { SIGNED (TEXT "\n" PGP_SIG), "pgp-mime+whole", "Content-Type: text/plain\n\nhello\n",
    "an empty line at its end is" },
  { SIGNED ("--b\n\nno header\n" PGP_SIG), "pgp-mime+whole", "\nno header",
    "a part without a header begins with the empty line" },
  { SIGNED ("--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--c--\n" PGP_SIG),
    "pgp-mime+whole", "Content-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--c--",
    "a multipart that is signed" },
  { SIGNED (TEXT "--b\nContent-Type: application/x-pkcs7-signature; name=smime.p7s\n\nx\n"),
    "smime-detached+whole", "Content-Type: text/plain\n\nhello",
    "the signature's type counts, not the protocol" },
  { SIGNED (TEXT "--b\nContent-Type: application/octet-stream; name=smime.p7s\n\nx\n"),
    "smime-detached+whole", "Content-Type: text/plain\n\nhello", "a signature of no type" },
  { SIGNED (TEXT "--b\nContent-Type: application/unknown-signature\n\nx\n"), "", NULL,
    "no form of signature that there is" },
  { SIGNED (TEXT PGP_SIG TEXT), "", NULL, "RFC 1847 2.1: exactly two parts" },
  { SIGNED (TEXT), "", NULL, "no signature" },
  { MIXED ("--b\nContent-Type: multipart/signed; boundary=c\n\n--c\n\nsigned\n--c\n"
           "Content-Type: application/pgp-signature\n\nsig\n--c--\n" TEXT),
    "pgp-mime", "\nsigned", "a list's footer is not signed" },
  { MIXED ("--b\nContent-Type: multipart/signed; boundary=c\n\n--c\n\nsigned\n--c\n"
           "Content-Type: application/pgp-signature\n\nsig\n--c--\n--b\n\n \n"),
    "pgp-mime+whole", "\nsigned", "an empty text shows nothing" },
  { MIXED (TEXT "--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/signed; boundary=c\n"
                "\n--c\n\nsigned\n--c\nContent-Type: application/pgp-signature\n\nsig\n--c--\n"),
    "pgp-mime", "\nsigned", "a signature in an enclosed mail is another's" },
  { HEAD "Content-Type: message/rfc822\n\nContent-Type: multipart/signed; boundary=c\n"
         "\n--c\n\nsigned\n--c\nContent-Type: application/pgp-signature\n\nsig\n--c--\n",
    "pgp-mime", "\nsigned", "even if nothing else is there" },
  { HEAD "Content-Type: multipart/encrypted; boundary=b\n\n" VERSION DATA "--b--\n",
    "[pgp-mime+whole]", NULL, "RFC 3156 4" },
  { HEAD "Content-Type: multipart/encrypted; boundary=b\n\n" VERSION "--b--\n", "", NULL,
    "nothing is there that could be encrypted" },
  { MIXED ("--b\nContent-Type: text/plain\n\n\n" VERSION DATA), "[pgp-mime+whole]", NULL,
    "as Exchange makes it of PGP/MIME" },
  { MIXED (TEXT VERSION DATA), "[pgp-mime]", NULL, "with a text beside it" },
  { MIXED ("--b\nContent-Type: multipart/encrypted; boundary=c\n\n--c\nContent-Type: "
           "application/pgp-encrypted\n\nVersion: 1\n--c\n\ndata\n--c--\n"
           "--b\nContent-Type: text/html\n\n<img src=x>\n"),
    "[pgp-mime]", NULL, "HTML around it: never one mail with it" },
  { HEAD "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n"
         "Content-Transfer-Encoding: base64\n\n" ENVELOPED "\n",
    "[smime-enveloped+whole]", NULL, "RFC 8551 3.3" },
  { HEAD "Content-Type: application/octet-stream; name=smime.p7m\n"
         "Content-Transfer-Encoding: base64\n\n" ENVELOPED "\n",
    "[smime-enveloped+whole]", NULL, "by the file name (RFC 8551 3.2.1) and its octets" },
  { HEAD "Content-Type: application/octet-stream; name=smime.p7m\n\nhello\n", "", NULL,
    "a file of that name that is something else" },
  { HEAD "Content-Type: application/pkcs7-mime; smime-type=signed-data\n"
         "Content-Transfer-Encoding: base64\n\n" ENVELOPED "\n",
    "[smime-enveloped+whole]", NULL, "smime-type lies, the octets do not" },
  { HEAD "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n"
         "Content-Transfer-Encoding: base64\n\n" OPAQUE "\n",
    "smime-opaque+whole", NULL, "the same the other way round" },
  { HEAD "Content-Type: application/pkcs7-mime; name=certs.p7c\n\nx\n", "", NULL,
    "certificates only" },
  { HEAD "\n" CLEAR, "pgp-inline+whole", NULL, "RFC 4880 7" },
  { HEAD "\nunsigned words\n" CLEAR, "pgp-inline", NULL, "words before it" },
  { HEAD "\n" CLEAR "words\n", "pgp-inline", NULL, "words behind it" },
  { HEAD "\n" CLEAR CLEAR, "pgp-inline", NULL, "two of them" },
  { HEAD "\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\nPay: a lot\n\nhello\n"
         "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n",
    "pgp-inline", NULL, "a line in its header that is shown and not signed" },
  { HEAD "\n> -----BEGIN PGP SIGNED MESSAGE-----\n> x\n> -----BEGIN PGP SIGNATURE-----\n", "", NULL,
    "quoted" },
  { HEAD "\n" ARMOR ("hQEM"), "[pgp-inline+whole]", NULL, "packet 1: encrypted for a key" },
  { HEAD "\n" ARMOR ("owGb"), "pgp-inline+whole", NULL, "packet 8: signed, compressed" },
  { HEAD "\nhello\n" ARMOR ("hQEM"), "[pgp-inline]", NULL, "words before it" },
  { HEAD "Content-Type: text/html\n\n<pre>\n" ARMOR ("hQEM") "</pre>", "[pgp-inline]", NULL,
    "in HTML" },
};

static PdMail *
parse (const char *mail)
{
  g_autoptr (GBytes) raw = g_bytes_new (mail, strlen (mail));

  return pd_mail_parse (raw, NULL, NULL);
}

static char *
describe (const PdMail *mail)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < mail->seals->len; i++)
    {
      const PdSeal *seal = mail->seals->pdata[i];

      g_string_append_printf (text, "%s%s%s%s%s", i > 0 ? " " : "", seal->encrypted ? "[" : "",
                              seal->kind, seal->whole ? "+whole" : "", seal->encrypted ? "]" : "");
    }
  return g_string_free (text, FALSE);
}

static void
test_seals (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *one = &cases[i];
      g_autoptr (PdMail) mail = parse (one->mail);
      g_autofree char *seals = describe (mail);
      const PdSeal *seal = mail->seals->len > 0 ? mail->seals->pdata[0] : NULL;

      g_test_message ("%s", one->why);
      g_assert_cmpstr (seals, ==, one->seals);
      g_assert_cmpint (mail->is_encrypted, ==, strchr (one->seals, '[') != NULL);
      g_assert_cmpint (mail->is_signed, ==, seal != NULL && !seal->encrypted);
      if (one->content == NULL)
        continue;
      g_assert_cmpint (seal->content_offset, >=, 0);
      g_assert_cmpmem (one->mail + seal->content_offset, seal->content_length, one->content,
                       strlen (one->content));
    }
}

/* The content of signed-data is the mail, and its files can be had. */
static void
test_opaque (void)
{
  static const char text[] = HEAD "Content-Type: application/x-pkcs7-mime; name=smime.p7m\n"
                                  "Content-Transfer-Encoding: base64\n\n" OPAQUE "\n";
  g_autoptr (PdMail) mail = parse (text);
  g_autoptr (GBytes) raw = g_bytes_new_static (text, strlen (text));
  g_autoptr (GBytes) bytes = NULL;
  const PdPart *part;

  g_assert_cmpstr (mail->text, ==, "hi\n");
  g_assert_cmpstr (mail->subject, ==, "x");
  g_assert_cmpuint (mail->parts->len, ==, 1);
  part = mail->parts->pdata[0];
  g_assert_cmpstr (part->path, ==, "1.1");
  bytes = pd_mail_decode_part (raw, part->offset, part->length, part->encoding, NULL);
  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "hi", 2);
}

static void
test_cms (void)
{
  static const struct {
    const char *base64;
    PdCmsType type;
    const char *content, *why;
  } rows[] = {
    { "", PD_CMS_NONE, NULL, "nothing" },
    { "aGVsbG8=", PD_CMS_NONE, NULL, "no BER" },
    { ENVELOPED, PD_CMS_ENCRYPTED, NULL, "enveloped-data" },
    { OPAQUE, PD_CMS_SIGNED, "Content-Type: text/plain\n\nhi", "content in pieces" },
    { "MC0GCSqGSIb3DQEHAqAgMB4CAQExADAXBgkqhkiG9w0BBwGgCgQIaGVsbG8gYWw=", PD_CMS_SIGNED, "hello al",
      "definite lengths, one piece" },
    { "MIAGCSqGSIb3DQEHAqCAMIACAQExADALBgkqhkiG9w0BBwExAAAAAAAA", PD_CMS_SIGNATURE, NULL,
      "no content: a detached signature" },
    { "MIAGCSqGSIb3DQEHAqCAMIACAQExADCABgkqhkiG9w0BBwGggCSABAZhYmM=", PD_CMS_SIGNED, "abc",
      "cut off in its content" },
    { "MIAGCSqGSIb3DQEHAqCAMIACAQExgDGAMYAxgDGAMYAxgDGAMYAxgDGAMYAxgDGAMYAxgDGAMYAxgDGA",
      PD_CMS_SIGNATURE, NULL, "nested without end" },
    { "MIT/////BgkqhkiG9w0BBwM=", PD_CMS_ENCRYPTED, NULL, "a length past the end" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize size;
      g_autofree guint8 *bytes = g_base64_decode (rows[i].base64, &size);
      g_autoptr (GByteArray) content = NULL;
      GByteArray *out;

      g_test_message ("%s", rows[i].why);
      g_assert_cmpint (pd_cms_read (bytes, size, &out), ==, rows[i].type);
      content = out;
      g_assert_cmpint (content != NULL, ==, rows[i].content != NULL);
      if (content != NULL)
        g_assert_cmpmem (content->data, content->len, rows[i].content, strlen (rows[i].content));
    }
}

static void
test_compose (void)
{
  static const struct {
    const char *outer, *entity, *want, *why;
  } rows[] = {
    { "From: a@b\r\nContent-Type: multipart/encrypted;\r\n boundary=x\r\nMIME-Version: 1.0\r\n"
      "Subject: s\r\n\r\nbody",
      "Content-Type: text/plain\r\n\r\nhi",
      "From: a@b\r\nSubject: s\r\nContent-Type: text/plain\r\nMIME-Version: 1.0\r\n\r\nhi",
      "the outer header with the inner type" },
    { "From: a@b\nSubject: ...\n\nbody",
      "From: c@d\nSubject: true\nContent-Type: text/plain; protected-headers=\"v1\"\n\nhi",
      "From: a@b\r\nSubject: true\r\nContent-Type: text/plain; protected-headers=\"v1\"\r\n"
      "MIME-Version: 1.0\r\n\r\nhi",
      "a protected Subject, but never another From" },
    { "From: a@b\nSubject: outer\n\nbody", "Subject: inner\nContent-Type: text/plain\n\nhi",
      "From: a@b\r\nSubject: outer\r\nContent-Type: text/plain\r\nMIME-Version: 1.0\r\n\r\nhi",
      "one that does not say that it was protected" },
    { "From: a@b\n\nbody", "no header here\n",
      "From: a@b\r\nMIME-Version: 1.0\r\n\r\nno header here\n", "a bare text" },
    { "From a@b Tue Nov 24 10:00:00 2026\nFrom: a@b\n\nbody", "\nhi",
      "From: a@b\r\nMIME-Version: 1.0\r\n\r\nhi", "a line that a mailbox put there" },
    { "", "", "MIME-Version: 1.0\r\n\r\n", "nothing" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) outer = g_bytes_new_static (rows[i].outer, strlen (rows[i].outer));
      g_autoptr (GBytes) entity = g_bytes_new_static (rows[i].entity, strlen (rows[i].entity));
      goffset shift;
      g_autoptr (GBytes) whole = pd_mail_inner_compose (outer, entity, &shift);
      gsize size = g_bytes_get_size (whole);

      g_test_message ("%s", rows[i].why);
      g_assert_cmpmem (g_bytes_get_data (whole, NULL), size, rows[i].want, strlen (rows[i].want));
      g_assert_cmpint (shift, ==, (goffset)size - (goffset)strlen (rows[i].entity));
    }
}

/* Of several signatures the worst speaks for the mail. */
static void
test_worst (void)
{
  g_autoptr (PdMail) mail = parse (SIGNED (TEXT PGP_SIG));
  g_autoptr (PdMail) other = parse (SIGNED (TEXT PGP_SIG));
  g_autofree char *json = NULL;
  PdSeal *first = mail->seals->pdata[0], *second;

  g_ptr_array_add (mail->seals, g_ptr_array_steal_index (other->seals, 0));
  second = mail->seals->pdata[1];
  first->state = PD_SEAL_GOOD;
  g_assert_true (pd_mail_signature (mail) == second);
  second->state = PD_SEAL_GOOD;
  g_assert_true (pd_mail_signature (mail) == first);
  second->state = PD_SEAL_BAD;
  first->state = PD_SEAL_UNKNOWN;
  g_assert_true (pd_mail_signature (mail) == second);
  second->whole = FALSE;
  g_assert_true (pd_mail_signature (mail) == first);
  json = pd_mail_to_json (mail);
  g_assert_nonnull (strstr (json, "\"valid\":null"));
  g_assert_nonnull (strstr (json, "\"state\":\"bad\""));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/seal/seals", test_seals);
  g_test_add_func ("/seal/opaque", test_opaque);
  g_test_add_func ("/seal/cms", test_cms);
  g_test_add_func ("/seal/compose", test_compose);
  g_test_add_func ("/seal/worst", test_worst);
  status = g_test_run ();
  pd_mail_shutdown ();
  return status;
}
