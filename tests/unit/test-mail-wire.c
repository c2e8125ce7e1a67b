/* Facts as octets and back: all test mails come out as they went in; what a
 * taken-over writer could say instead is refused.
 */
#include <string.h>

#include "base/error.h"
#include "mail/mail-fields.h"
#include "mail/mail-wire.h"
#include "mail/mail.h"

static const char sample[]
    = "From: Olena <olena@client.example>\r\nTo: support@desk.example, b@desk.example\r\n"
      "Subject: Printer\r\nMessage-ID: <one@client.example>\r\nReferences: <a@x.example>\r\n"
      "Return-Path: <olena@client.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\n\r\nIt burns.\r\n--b\r\nContent-Type: image/png\r\n"
      "Content-Disposition: attachment; filename=x.png\r\n\r\nbytes\r\n--b--\r\n";

static PdMail *
read_back (const PdMail *mail, GError **error)
{
  g_autoptr (GByteArray) wire = pd_mail_wire_write (mail);

  return pd_mail_wire_read (wire->data, wire->len, sizeof sample - 1, error);
}

static PdMail *
read_sample (void)
{
  g_autoptr (GBytes) raw = g_bytes_new_static (sample, sizeof sample - 1);

  return pd_mail_parse (raw, NULL, NULL);
}

/* ---- all test mails ---- */

static void
check_file (const char *path)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (PdMail) mail = NULL, again = NULL;
  g_autoptr (GByteArray) wire = NULL, rewritten = NULL;
  const char *where = "";
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, &error));
  raw = g_bytes_new_static (data, size);
  mail = pd_mail_parse (raw, NULL, "support@desk.example");
  wire = pd_mail_wire_write (mail);
  again = pd_mail_wire_read (wire->data, wire->len, size, &error);
  if (again == NULL)
    g_error ("%s: %s", path, error->message);
  if (!pd_fields_equal (&pd_mail_fields, mail, again, &where))
    g_error ("%s: %s is not what it was", path, where);
  rewritten = pd_mail_wire_write (again);
  g_assert_cmpmem (wire->data, wire->len, rewritten->data, rewritten->len);
}

static guint
check_folder (const char *folder, gboolean deep)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        n += deep ? check_folder (path, TRUE) : 0;
      else
        {
          check_file (path);
          n++;
        }
    }
  return n;
}

static void
test_our_mails (void)
{
  g_autofree char *mails = g_test_build_filename (G_TEST_DIST, "mail", NULL);
  g_autofree char *seeds = g_test_build_filename (G_TEST_DIST, "fuzz", "seeds", NULL);

  g_assert_cmpuint (check_folder (mails, FALSE), >, 30);
  g_assert_cmpuint (check_folder (seeds, TRUE), >, 30);
}

/* ---- lies ---- */

static void
cut_utf8 (PdMail *mail)
{
  strcpy (mail->subject, "Printe\xC3");
}

static void
lengthen_text (PdMail *mail)
{
  pd_text_take (&mail->text, g_strnfill (PD_MAIL_MAX_TEXT + 2, 'x'));
}

static void
pass_size (PdMail *mail)
{
  mail->size++;
}

static void
pass_kind (PdMail *mail)
{
  mail->kind = (PdMailKind)99;
}

static void
negate_kind (PdMail *mail)
{
  mail->kind = (PdMailKind)-1;
}

static void
pass_boolean (PdMail *mail)
{
  mail->is_signed = 2;
}

static void
pass_zone (PdMail *mail)
{
  mail->date_offset = 24 * 60 + 1;
}

static void
pass_offset (PdMail *mail)
{
  PdPart *part = mail->parts->pdata[0];

  part->offset = sizeof sample;
  part->length = 0;
}

static void
negate_offset (PdMail *mail)
{
  PdPart *part = mail->parts->pdata[0];

  part->offset = -2;
}

static void
pass_length (PdMail *mail)
{
  PdPart *part = mail->parts->pdata[0];

  part->length = sizeof sample - (gsize)part->offset;
}

static void
overflow_length (PdMail *mail)
{
  PdPart *part = mail->parts->pdata[0];

  part->length = (gsize)G_MAXINT64;
}

static void
negate_length (PdMail *mail)
{
  PdPart *part = mail->parts->pdata[0];

  part->length = G_MAXSIZE;
}

static void
garble_hash (PdMail *mail)
{
  mail->content_sha256[3] = 'g';
}

static void
cut_hash (PdMail *mail)
{
  mail->content_sha256[63] = '\0';
}

static void
name_strange_part (PdMail *mail)
{
  static PdPart strange;

  g_ptr_array_add (mail->attachments, &strange);
}

static void
multiply_addresses (PdMail *mail)
{
  while (mail->to->len <= PD_MAIL_MAX_ADDRESSES)
    g_ptr_array_add (mail->to, pd_fields_new (&pd_address_fields));
}

static void
multiply_ids (PdMail *mail)
{
  while (mail->references->len <= PD_FIELD_MAX_TEXTS)
    g_ptr_array_add (mail->references, g_strdup ("a@b"));
}

static void
nest_parts (PdMail *mail)
{
  PdPart *part = mail->root;

  for (int i = 0; i < PD_MAIL_WIRE_MAX_DEPTH + 1; i++)
    {
      PdPart *child = pd_fields_new (&pd_part_fields);

      g_ptr_array_add (part->children, child);
      part = child;
    }
}

static void
multiply_parts (PdMail *mail)
{
  for (int i = 0; i < 5; i++)
    {
      PdPart *branch = pd_fields_new (&pd_part_fields);

      g_ptr_array_add (mail->root->children, branch);
      for (int leaf = 0; leaf < 999; leaf++)
        g_ptr_array_add (branch->children, pd_fields_new (&pd_part_fields));
    }
}

static void
drop_root (PdMail *mail)
{
  g_ptr_array_set_size (mail->parts, 0);
  g_ptr_array_set_size (mail->attachments, 0);
  pd_part_fields.free (g_steal_pointer (&mail->root));
}

static void
test_lies (void)
{
  static const struct {
    void (*lie) (PdMail *mail);
    const char *want, *why;
  } cases[] = {
    { cut_utf8, "subject: it is no UTF-8", "the database would refuse it" },
    { lengthen_text, "text: it is too long", "a bound is a bound" },
    { pass_size, "size: it is that of another mail", "it is known here" },
    { pass_kind, "kind: it is out of its bounds", "an enum indexes tables" },
    { negate_kind, "kind: it is out of its bounds", "from below, too" },
    { pass_boolean, "is_signed: it is out of its bounds", "TRUE is 1" },
    { pass_zone, "date_offset: it is out of its bounds", "there is no such zone" },
    { pass_offset, "offset: it is out of its bounds", "a part lies in the mail" },
    { negate_offset, "offset: it is out of its bounds", "only -1 means nowhere" },
    { pass_length, "part 1.1: it ends behind the mail", "to its last octet" },
    { overflow_length, "part 1.1: it ends behind the mail", "the sum must not overflow" },
    { negate_length, "length: it is out of its bounds", "no 64-bit number of SQL" },
    { garble_hash, "content_sha256: it is no hash", "hexadecimal, in small letters" },
    { cut_hash, "content_sha256: it is no hash", "of full length" },
    { name_strange_part, "attachments: there is no such part", "lists lend from the tree" },
    { multiply_addresses, "to: there are too many", "each costs a row" },
    { multiply_ids, "references: there are too many", "each costs a search" },
    { nest_parts, "parts are nested too deeply", "readers recurse" },
    { multiply_parts, "there are too many parts", "however they are spread" },
    { drop_root, "root: there is none", "it is never NULL" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdMail) mail = read_sample ();
      g_autoptr (GError) error = NULL;

      cases[i].lie (mail);
      g_assert_null (read_back (mail, &error));
      if (!pd_error_is (error, PD_ERROR_INVALID) || strcmp (error->message, cases[i].want) != 0)
        g_error ("\"%s\" is not \"%s\": %s", error->message, cases[i].want, cases[i].why);
    }
}

static void
test_pieces (void)
{
  g_autoptr (PdMail) mail = read_sample ();
  g_autoptr (GByteArray) wire = pd_mail_wire_write (mail);

  for (guint length = 0; length < wire->len; length++)
    {
      /* on the heap, so that a sanitizer sees one octet too many */
      g_autofree guint8 *piece = g_memdup2 (wire->data, length);
      g_autoptr (GError) error = NULL;

      g_assert_null (pd_mail_wire_read (piece, length, sizeof sample - 1, &error));
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
    }
  g_byte_array_append (wire, (const guint8 *)"x", 1);
  g_assert_null (pd_mail_wire_read (wire->data, wire->len, sizeof sample - 1, NULL));
}

/* ---- what is longer than is kept ---- */

static void
test_bounds (void)
{
  g_autofree char *name = g_strnfill (200000, 'n');
  g_autofree char *text = g_strdup_printf ("From: \"%s\xC3\xA4\" <a@b.example>\r\nSubject: x\r\n"
                                           "Message-ID: <%s@c.example>\r\n\r\nx\r\n",
                                           name, name);
  g_autoptr (GBytes) raw = g_bytes_new_static (text, strlen (text));
  g_autoptr (PdMail) mail = pd_mail_parse (raw, NULL, NULL);
  g_autoptr (GByteArray) wire = pd_mail_wire_write (mail);
  g_autoptr (PdMail) again = NULL;
  g_autoptr (GError) error = NULL;

  again = pd_mail_wire_read (wire->data, wire->len, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_true (pd_fields_equal (&pd_mail_fields, mail, again, NULL));
}

static void
test_fit (void)
{
  g_autoptr (PdMail) mail = read_sample ();
  g_autofree char *most = g_strnfill (PD_MAIL_MAX_TEXT, 'x');

  g_assert_false (pd_fields_fit (&pd_mail_fields, mail));
  pd_text_take (&mail->text, g_strconcat (most, "\xC3\xA4", NULL));
  g_assert_true (pd_fields_fit (&pd_mail_fields, mail));
  g_assert_cmpuint (strlen (mail->text), ==, PD_MAIL_MAX_TEXT);
  multiply_addresses (mail);
  multiply_ids (mail);
  g_assert_true (pd_fields_fit (&pd_mail_fields, mail));
  g_assert_cmpuint (mail->to->len, ==, PD_MAIL_MAX_ADDRESSES);
  g_assert_cmpuint (mail->references->len, ==, PD_FIELD_MAX_TEXTS);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/mail-wire/our-mails", test_our_mails);
  g_test_add_func ("/mail-wire/lies", test_lies);
  g_test_add_func ("/mail-wire/pieces", test_pieces);
  g_test_add_func ("/mail-wire/bounds", test_bounds);
  g_test_add_func ("/mail-wire/fit", test_fit);
  status = g_test_run ();
  pd_mail_shutdown ();
  return status;
}
