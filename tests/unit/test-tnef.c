/* TNEF streams, built here attribute by attribute, whole and broken; RTF. */
#include "mail/tnef.h"

#include <string.h>

#include "mail/mail.h"
#include "mail/rtf.h"

#define MESSAGE 1
#define ATTACHMENT 2

static const guint8 storage_id[16] = { 0x0B, 0, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 };
static const guint8 message_id[16] = { 7, 3, 2, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 };
static const guint8 appointment[16] = { 2, 0x20, 6, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 };

static void
u16 (GByteArray *out, guint value)
{
  guint8 octets[2] = { value & 0xFF, value >> 8 & 0xFF };

  g_byte_array_append (out, octets, 2);
}

static void
u32 (GByteArray *out, guint32 value)
{
  u16 (out, value & 0xFFFF);
  u16 (out, value >> 16);
}

static void
octets (GByteArray *out, gconstpointer bytes, gsize length)
{
  g_byte_array_append (out, bytes, (guint)length);
}

static GByteArray *
stream_new (void)
{
  GByteArray *out = g_byte_array_new ();

  u32 (out, 0x223E9F78);
  u16 (out, 1);
  return out;
}

static void
attribute (GByteArray *out, guint8 level, guint32 id, gconstpointer bytes, gsize length)
{
  octets (out, &level, 1);
  u32 (out, id);
  u32 (out, (guint32)length);
  octets (out, bytes, length);
  u16 (out, 0);
}

static void
text_attribute (GByteArray *out, guint8 level, guint32 id, const char *text)
{
  attribute (out, level, id, text, strlen (text) + 1);
}

/* A list of properties that is given back by properties_end. */
static GByteArray *
properties_new (guint32 n)
{
  GByteArray *list = g_byte_array_new ();

  u32 (list, n);
  return list;
}

static void
properties_end (GByteArray *out, guint8 level, GByteArray *list)
{
  attribute (out, level, level == MESSAGE ? 0x00069003 : 0x00069005, list->data, list->len);
  g_byte_array_unref (list);
}

static void
property (GByteArray *list, guint id, guint type, gconstpointer bytes, gsize length)
{
  u16 (list, type);
  u16 (list, id);
  u32 (list, 1);
  u32 (list, (guint32)length);
  octets (list, bytes, length);
  octets (list, "\0\0\0", (4 - length % 4) % 4);
}

static void
number_property (GByteArray *list, guint id, guint32 value)
{
  u16 (list, 0x0003);
  u16 (list, id);
  u32 (list, value);
}

static void
text_property (GByteArray *list, guint id, const char *text)
{
  property (list, id, 0x001E, text, strlen (text) + 1);
}

static void
unicode_property (GByteArray *list, guint id, const char *text)
{
  glong n;
  g_autofree gunichar2 *units = g_utf8_to_utf16 (text, -1, NULL, &n, NULL);

  property (list, id, 0x001F, units, (gsize)(n + 1) * 2);
}

static void
begin_file (GByteArray *out)
{
  attribute (out, ATTACHMENT, 0x00069002, "\1\0\0\0\0\0\0\0\0\0\0\0\0", 14);
}

/* Two files: the long name stands in the properties, and the second has its
 * data there too.
 */
static GByteArray *
two_files (void)
{
  GByteArray *out = stream_new (), *list;

  attribute (out, MESSAGE, 0x00069007, "\xE3\x04\0\0\0\0\0", 8); /* 1251 */
  text_attribute (out, MESSAGE, 0x00018004, "\xCF\xF0\xE8\xE2\xE5\xF2");
  text_attribute (out, MESSAGE, 0x0002800C, "\xCE\xF2\xE2\xE5\xF2");
  begin_file (out);
  attribute (out, ATTACHMENT, 0x0006800F, "first", 5);
  text_attribute (out, ATTACHMENT, 0x00018010, "LONGNA~1.TXT");
  list = properties_new (2);
  text_property (list, 0x3707, "\xE4\xEB\xE8\xED\xED\xEE\xE5.txt");
  text_property (list, 0x370E, "text/plain");
  properties_end (out, ATTACHMENT, list);
  begin_file (out);
  list = properties_new (4);
  property (list, 0x3701, 0x0102, "\0\1\2", 3);
  unicode_property (list, 0x3707, "C:\\Файлы\\второй.png");
  unicode_property (list, 0x3712, "<image001@x>");
  number_property (list, 0x7FFE, 0);
  properties_end (out, ATTACHMENT, list);
  return out;
}

static GBytes *
take (GByteArray *out)
{
  return g_byte_array_free_to_bytes (out);
}

static void
assert_file (const PdTnef *tnef, guint i, const char *name, const char *type, const char *bytes)
{
  const PdTnefFile *file;
  gsize size;
  const char *data;

  g_assert_cmpuint (i, <, tnef->files->len);
  file = tnef->files->pdata[i];
  data = g_bytes_get_data (file->bytes, &size);
  g_assert_cmpstr (file->name, ==, name);
  g_assert_cmpstr (file->type, ==, type);
  if (bytes != NULL)
    g_assert_cmpmem (data, size, bytes, strlen (bytes));
}

static void
test_files (void)
{
  g_autoptr (GBytes) bytes = take (two_files ());
  g_autoptr (PdTnef) tnef = pd_tnef_parse (bytes);
  const PdTnefFile *second;

  g_assert_nonnull (tnef);
  g_assert_null (tnef->defect);
  g_assert_cmpstr (tnef->subject, ==, "Привет");
  g_assert_cmpstr (tnef->text, ==, "Ответ");
  g_assert_cmpuint (tnef->files->len, ==, 2);
  assert_file (tnef, 0, "длинное.txt", "text/plain", "first");
  second = tnef->files->pdata[1];
  g_assert_cmpstr (second->name, ==, "C:\\Файлы\\второй.png");
  g_assert_cmpstr (second->content_id, ==, "image001@x");
  g_assert_cmpuint (g_bytes_get_size (second->bytes), ==, 3);
}

static void
add_object (GByteArray *out, const char *name, const guint8 *id, guint32 method, gconstpointer bytes,
            gsize length)
{
  GByteArray *list = properties_new (3);
  GByteArray *object = g_byte_array_new ();

  octets (object, id, 16);
  octets (object, bytes, length);
  begin_file (out);
  text_attribute (out, ATTACHMENT, 0x00018010, "Untitled Attachment");
  attribute (out, ATTACHMENT, 0x0006800F, "not supported", 13);
  text_property (list, 0x3001, name);
  number_property (list, 0x3705, method);
  property (list, 0x3701, 0x000D, object->data, object->len);
  properties_end (out, ATTACHMENT, list);
  g_byte_array_unref (object);
}

static void
test_objects (void)
{
  GByteArray *out = stream_new (), *inner = two_files ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (PdTnef) tnef = NULL;

  add_object (out, "Picture", storage_id, 6, "OLE", 3);
  add_object (out, "Inner", message_id, 5, inner->data, inner->len);
  add_object (out, "Broken", message_id, 5, "none", 4);
  g_byte_array_unref (inner);
  bytes = take (out);
  tnef = pd_tnef_parse (bytes);
  g_assert_cmpuint (tnef->files->len, ==, 5);
  assert_file (tnef, 0, "Picture", "", "OLE");
  assert_file (tnef, 1, "Привет.txt", "text/plain", "Ответ");
  assert_file (tnef, 2, "длинное.txt", "text/plain", "first");
  assert_file (tnef, 4, "Broken", "", "none");
}

/* A message in a message in a message …: the walk stops, the rest is a file. */
static void
test_depth (void)
{
  GByteArray *now = two_files ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (PdTnef) tnef = NULL;

  for (guint i = 0; i < 20; i++)
    {
      GByteArray *outer = stream_new ();

      add_object (outer, "x", message_id, 5, now->data, now->len);
      g_byte_array_unref (now);
      now = outer;
    }
  bytes = take (now);
  tnef = pd_tnef_parse (bytes);
  g_assert_cmpuint (tnef->files->len, ==, PD_TNEF_MAX_DEPTH + 1);
}

static void
test_meeting (void)
{
  GByteArray *out = stream_new (), *list = properties_new (3);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (PdTnef) tnef = NULL;

  text_property (list, 0x001A, "IPM.Schedule.Meeting.Request");
  u16 (list, 0x0040); /* a time with a name */
  u16 (list, 0x8005);
  octets (list, appointment, 16);
  u32 (list, 0);
  u32 (list, 0x820D);
  u32 (list, 0x91415000); /* 2026-11-24 10:00 UTC */
  u32 (list, 0x01DD7BFA);
  u16 (list, 0x001E);
  u16 (list, 0x8006);
  octets (list, appointment, 16);
  u32 (list, 1); /* named by a text: not ours, but to be stepped over */
  u32 (list, 6);
  octets (list, "a\0b\0\0\0\0\0", 8);
  u32 (list, 1);
  u32 (list, 2);
  octets (list, "x\0\0\0", 4);
  properties_end (out, MESSAGE, list);
  bytes = take (out);
  tnef = pd_tnef_parse (bytes);
  g_assert_null (tnef->defect);
  g_assert_cmpstr (tnef->message_class, ==, "IPM.Schedule.Meeting.Request");
  g_assert_cmpint (tnef->meeting.start / G_USEC_PER_SEC, ==, 1795514400);
}

/* Whatever is cut off, what stands before is read. */
static void
test_broken (void)
{
  g_autoptr (GBytes) whole = take (two_files ());
  gsize size = g_bytes_get_size (whole);

  for (gsize n = 0; n < size; n++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (whole, 0, n);
      g_autoptr (GBytes) copy = g_bytes_new (g_bytes_get_data (cut, NULL), n);
      g_autoptr (PdTnef) tnef = pd_tnef_parse (copy);

      g_assert_true ((tnef == NULL) == (n < 4));
      g_assert_true (tnef == NULL || tnef->files->len <= 2);
    }
}

static void
test_mail (void)
{
  g_autoptr (GBytes) bytes = take (two_files ());
  gsize size;
  const guchar *data = g_bytes_get_data (bytes, &size);
  g_autofree char *base64 = g_base64_encode (data, size);
  char *whole = g_strconcat ("From: a@b.c\nContent-Type: application/octet-stream; name=any.bin\n"
                             "Content-Transfer-Encoding: base64\n\n",
                             base64, "\n", NULL);
  g_autoptr (GBytes) raw = g_bytes_new_take (whole, strlen (whole));
  g_autoptr (PdMail) mail = pd_mail_parse (raw, NULL, NULL);
  PdPart *first = mail->attachments->pdata[0], *second = mail->attachments->pdata[1];
  g_autoptr (GBytes) got = NULL;

  g_assert_cmpuint (mail->attachments->len, ==, 2);
  g_assert_cmpuint (mail->parts->len, ==, 1);
  g_assert_cmpstr (mail->text, ==, "Ответ\n");
  g_assert_cmpstr (first->name, ==, "длинное.txt");
  g_assert_cmpstr (second->name, ==, "второй.png");
  g_assert_cmpstr (second->type, ==, "image/png");
  g_assert_cmpstr (first->path, ==, "1.1");
  g_assert_cmpstr (first->encoding, ==, "base64;tnef=1");
  got = pd_mail_decode_part (raw, first->offset, first->length, first->encoding, NULL);
  g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), "first", 5);
}

static void
test_broken_mail (void)
{
  g_autoptr (GBytes) bytes = take (two_files ());
  const guchar *data = g_bytes_get_data (bytes, NULL);
  g_autofree char *base64 = g_base64_encode (data, 170);
  char *whole = g_strconcat ("From: a@b.c\nContent-Type: application/ms-tnef; name=winmail.dat\n"
                             "Content-Transfer-Encoding: base64\n\n",
                             base64, "\n", NULL);
  g_autoptr (GBytes) raw = g_bytes_new_take (whole, strlen (whole));
  g_autoptr (PdMail) mail = pd_mail_parse (raw, NULL, NULL);

  g_assert_cmpuint (mail->attachments->len, ==, 2);
  g_assert_cmpstr (((PdPart *)mail->attachments->pdata[0])->name, ==, "winmail.dat");
  g_assert_cmpstr (((PdPart *)mail->attachments->pdata[1])->name, ==, "LONGNA~1.TXT");
  g_assert_cmpstr (mail->defects->pdata[0], ==, "part 1: TNEF breaks off");
}

static void
test_expand (void)
{
  static const guint8 references[]
      = { 0x1A, 0, 0, 0, 0x1C, 0, 0, 0, 'L', 'Z', 'F', 'u', 0xE2, 0xD4, 0x4B, 0x51, 0x41, 0, 4, ' ',
          'W', 'X', 'Y', 'Z', 0x0D, 'n', '}', 1, 0x0E, 0xB0 };
  static const guint8 plain[] = { 0, 0, 0, 0, 3, 0, 0, 0, 'M', 'E', 'L', 'A', 0, 0, 0, 0, 'a', 'b',
                                  'c', 'd' };
  static const struct {
    const guint8 *bytes;
    gsize length;
    const char *want;
    const char *why;
  } cases[] = {
    { references, sizeof references, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}", "a copy of itself" },
    { references, 24, "{\\rtf1 WXYZ", "broken off" },
    { plain, sizeof plain, "abc", "not compressed" },
    { plain, 15, NULL, "no header" },
    { (const guint8 *)"no compressed text", 18, NULL, "something else" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) got = pd_rtf_expand (cases[i].bytes, cases[i].length);

      g_test_message ("%s", cases[i].why);
      g_assert_true ((got == NULL) == (cases[i].want == NULL));
      if (got != NULL)
        g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), cases[i].want,
                         strlen (cases[i].want));
    }
}

static void
test_rtf (void)
{
#define FONTS "{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset204 Arial Cyr;}{\\f2\\fcharset128 X;}}"
#define HEAD "{\\rtf1\\ansi\\ansicpg1252\\deff0 " FONTS
#define HTML "{\\rtf1\\ansi\\fromhtml1 \\deff0" FONTS
  static const struct {
    const char *rtf, *want;
    PdRtfForm form;
    const char *why;
  } cases[] = {
    { HEAD "Hello\\par world}", "Hello\nworld", PD_RTF_TEXT, "words" },
    { HEAD "a\r\nb\\\nc}", "ab\nc", PD_RTF_TEXT, "line ends are nothing, but behind a \\" },
    { HEAD "{\\b bold}\\tab\\{x\\}\\\\}", "bold\t{x}\\", PD_RTF_TEXT, "groups and escapes" },
    { HEAD "\\'e4 {\\f1 \\'ff\\'e4} \\'e4}", "ä яд ä", PD_RTF_TEXT, "code pages of fonts" },
    { HEAD "{\\f2 \\'93\\'fa\\'96{}\\'7b}x}", "日本x", PD_RTF_TEXT, "two octets a character" },
    { HEAD "\\u1071?\\u-10179?\\u-8704?!}", "Я😀!", PD_RTF_TEXT, "Unicode, and in halves" },
    { HEAD "\\uc2\\u228ae{\\uc0\\u246 o}}", "äöo", PD_RTF_TEXT, "what stands in for it" },
    { HEAD "\\u55357?x}", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx", PD_RTF_TEXT, "half a pair" },
    { HEAD "{\\*\\unknown x}{\\pict 0102}{\\info{\\title t}}y}", "y", PD_RTF_TEXT, "not the text" },
    { HEAD "{\\field{\\*\\fldinst HYPERLINK x}{\\fldrslt link}}}", "link", PD_RTF_TEXT, "a field" },
    { HEAD "a\\bin3 \\}}b}", "ab", PD_RTF_TEXT, "binary data" },
    { HEAD "\\ldblquote x\\rdblquote\\~y}", "“x”\xC2\xA0y", PD_RTF_TEXT, "signs" },
    { HTML "{\\*\\htmltag19 <html>}{\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 A &"
           "{\\*\\htmltag84 amp;}\\htmlrtf x\\htmlrtf0 B{\\*\\htmltag72 </p>}\\htmlrtf\\par}"
           "\\htmlrtf0}",
      "<html><p>A &amp;B</p>", PD_RTF_HTML, "HTML in it" },
    { HTML "{\\*\\mhtmltag64 <img src=\"x\">}{\\*\\htmltag64 <img src=\"cid:y\">}}",
      "<img src=\"cid:y\">", PD_RTF_HTML, "what an archive would link to" },
    { "{\\rtf1\\ansi\\fromtext " FONTS "a\\par b}", "a\nb", PD_RTF_TEXT, "text in it" },
    { "{\\rtf1}}}x\\", "x", PD_RTF_TEXT, "braces that were never open" },
    { "Hello", "", PD_RTF_TEXT, "no RTF" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdRtfForm form;
      g_autofree char *got = pd_rtf_read (cases[i].rtf, strlen (cases[i].rtf), 1252, &form);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (got, ==, cases[i].want);
      g_assert_cmpint (form, ==, cases[i].form);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/tnef/files", test_files);
  g_test_add_func ("/tnef/objects", test_objects);
  g_test_add_func ("/tnef/depth", test_depth);
  g_test_add_func ("/tnef/meeting", test_meeting);
  g_test_add_func ("/tnef/broken", test_broken);
  g_test_add_func ("/tnef/mail", test_mail);
  g_test_add_func ("/tnef/broken-mail", test_broken_mail);
  g_test_add_func ("/tnef/rtf-expand", test_expand);
  g_test_add_func ("/tnef/rtf", test_rtf);
  result = g_test_run ();
  pd_mail_shutdown ();
  return result;
}
