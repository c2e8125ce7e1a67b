#include <gmime/gmime.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "mail/compose.h"

/* GMime 3.2 has none of its own */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeMessage, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeStream, g_object_unref)

#define DATE (G_GINT64_CONSTANT (1795514400) * PD_SECOND) /* Tue, 24 Nov 2026 10:00:00 */

static const PdAddress desk = { (char *)"ACME help", (char *)"support@example.org" };
static const PdAddress anna = { (char *)"Anna", (char *)"anna@example.com" };

static PdDraft
plain_draft (void)
{
  return (PdDraft){
    .from = desk,
    .to = &anna,
    .n_to = 1,
    .subject = "[ACME #42] paper",
    .date = DATE,
    .message_id = "t42.o1.x@example.org",
    .text = "Hello\n",
  };
}

static GBytes *
compose (const PdDraft *draft, PdMailNeeds *out_needs)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = pd_compose (draft, out_needs, &error);

  g_assert_no_error (error);
  return bytes;
}

static char *
text_of (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return g_strndup (data, length);
}

/* What holds for every mail: CRLF only, no line past 998, headers folded at
 * 78 wherever a space would allow it, ASCII only unless SMTPUTF8 is needed.
 */
static void
check_wire (GBytes *bytes, PdMailNeeds needs)
{
  g_autofree char *text = text_of (bytes);
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);
  gboolean headers = TRUE;

  g_assert_cmpuint (strlen (text), ==, g_bytes_get_size (bytes)); /* no NUL */
  g_assert_true (g_str_has_suffix (text, "\r\n"));
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      const char *line = lines[i];
      gsize length = strlen (line);
      const char *colon = strchr (line, ':');

      g_assert_null (strpbrk (line, "\r\n"));
      g_assert_cmpuint (length, <=, 998);
      if (needs == PD_NEEDS_NOTHING)
        g_assert_true (g_str_is_ascii (line));
      if (length == 0)
        headers = FALSE;
      if (!headers)
        continue;
      g_assert_cmpuint (strspn (line, " \t"), <, length); /* no line of white space */
      if (length > 78)
        g_assert_true (line[0] == ' '                     ? strchr (line + 1, ' ') == NULL
                       : colon != NULL && colon[1] == ' ' ? strchr (colon + 2, ' ') == NULL
                                                          : FALSE);
    }
}

static GMimeMessage *
read_back (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (data, length);
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);

  g_object_unref (parser);
  g_object_unref (stream);
  g_assert_nonnull (message);
  return message;
}

/* The decoded text of a part with \n line ends. */
static char *
part_text (GMimeObject *part)
{
  g_autofree char *raw = NULL;
  GString *out;

  g_assert_true (GMIME_IS_TEXT_PART (part));
  raw = g_mime_text_part_get_text (GMIME_TEXT_PART (part));
  out = g_string_new (raw);
  g_string_replace (out, "\r\n", "\n", 0);
  return g_string_free (out, FALSE);
}

static void
test_whole (void)
{
  PdDraft draft = plain_draft ();
  PdMailNeeds needs;
  const char *references[] = { "a@x", "b@x", NULL };
  const char *extra[] = { "X-Desk", "acme", NULL };
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  draft.reply_to = "support+t42@example.org";
  draft.in_reply_to = "b@x";
  draft.references = references;
  draft.auto_submitted = "auto-generated";
  draft.extra = extra;
  bytes = compose (&draft, &needs);
  text = text_of (bytes);
  g_assert_cmpstr (text, ==,
                   "Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n"
                   "From: ACME help <support@example.org>\r\n"
                   "To: Anna <anna@example.com>\r\n"
                   "Reply-To: support+t42@example.org\r\n"
                   "Subject: [ACME #42] paper\r\n"
                   "Message-ID: <t42.o1.x@example.org>\r\n"
                   "In-Reply-To: <b@x>\r\n"
                   "References: <a@x> <b@x>\r\n"
                   "Auto-Submitted: auto-generated\r\n"
                   "X-Desk: acme\r\n"
                   "MIME-Version: 1.0\r\n"
                   "Content-Type: text/plain; charset=utf-8\r\n"
                   "Content-Transfer-Encoding: 7bit\r\n"
                   "\r\n"
                   "Hello\r\n");
  g_assert_cmpint (needs, ==, PD_NEEDS_NOTHING);
}

static void
test_subjects (void)
{
  static const struct {
    const char *subject, *raw, *why;
  } cases[] = {
    { "paper", "Subject: paper\r\n", "ASCII stays" },
    { "[ACME #42] Счёт", "Subject: [ACME #42] =?utf-8?B?0KHRh9GR0YI=?=\r\n",
      "the mark stays readable in front of encoded words" },
    { "Caf\xC3\xA9 au lait", "Subject: =?utf-8?Q?Caf=C3=A9_au_lait?=\r\n",
      "Q where it is shorter" },
    { "odd =?utf-8?Q?x?= word", "Subject: odd =?utf-8?", "what looks encoded is encoded" },
    { "", "Subject:\r\n", "empty" },
    { "a  b   c", "Subject: a  b   c\r\n", "white space is kept" },
    { " a", "Subject: =?utf-8?Q?_a?=\r\n", "in front too" },
    { "bell \x07", "Subject: bell =?utf-8?", "control characters" },
    { "The quick brown fox jumps over the lazy dog and then sleeps for the whole of the afternoon",
      " the lazy dog and then sleeps for the\r\n who", "folded at a space" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdDraft draft = plain_draft ();
      PdMailNeeds needs;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GMimeMessage) message = NULL;
      g_autofree char *text = NULL;

      g_test_message ("%s", cases[i].why);
      draft.subject = cases[i].subject;
      bytes = compose (&draft, &needs);
      text = text_of (bytes);
      check_wire (bytes, needs);
      g_assert_nonnull (strstr (text, cases[i].raw));
      message = read_back (bytes);
      g_assert_cmpstr (g_mime_message_get_subject (message), ==, cases[i].subject);
    }
}

static void
test_names (void)
{
  static const struct {
    const char *name, *address, *raw, *why;
    PdMailNeeds needs;
  } cases[] = {
    { "", "a@x.org", "To: a@x.org\r\n", "no name", 0 },
    { "Anna B", "a@x.org", "To: Anna B <a@x.org>\r\n", "words", 0 },
    { "B, Anna", "a@x.org", "To: \"B, Anna\" <a@x.org>\r\n", "a comma is quoted", 0 },
    { "A \"x\" \\", "a@x.org", "To: \"A \\\"x\\\" \\\\\" <a@x.org>\r\n", "quotes", 0 },
    { "J. Doe", "a@x.org", "To: \"J. Doe\" <a@x.org>\r\n", "a dot", 0 },
    { "=?x?", "a@x.org", "To: =?utf-8?B?PT94Pw==?= <a@x.org>\r\n", "looks encoded", 0 },
    { "Jos\xC3\xA9", "a@x.org", "To: =?utf-8?B?Sm9zw6k=?= <a@x.org>\r\n", "encoded", 0 },
    { "", "a b@x.org", "To: \"a b\"@x.org\r\n", "a local part that needs quotes", 0 },
    { "", "\"a b\"@x.org", "To: \"a b\"@x.org\r\n", "one that has them", 0 },
    { "", "\"ab\"@x.org", "To: ab@x.org\r\n", "one that did not need them", 0 },
    { "", "a@b@x.org", "To: \"a@b\"@x.org\r\n", "at sign in it", 0 },
    { "", "a@[127.0.0.1]", "To: a@[127.0.0.1]\r\n", "an address literal", 0 },
    { "",
      "a@B\xC3\xBC"
      "cher.example",
      "To: a@xn--bcher-kva.example\r\n", "an IDN domain", 0 },
    { "", "\xD0\xB0@x.org", "To: \xD0\xB0@x.org\r\n", "a local part in UTF-8", PD_NEEDS_SMTPUTF8 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdDraft draft = plain_draft ();
      PdAddress to = { (char *)cases[i].name, (char *)cases[i].address };
      PdMailNeeds needs;
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *text = NULL;

      g_test_message ("%s", cases[i].why);
      draft.to = &to;
      bytes = compose (&draft, &needs);
      text = text_of (bytes);
      check_wire (bytes, needs);
      if (strstr (text, cases[i].raw) == NULL)
        g_test_message ("%s", text);
      g_assert_nonnull (strstr (text, cases[i].raw));
      g_assert_cmpint (needs, ==, cases[i].needs);
    }
}

static void
test_refused (void)
{
  static const struct {
    const char *field, *value, *why;
  } cases[] = {
    { "subject", "a\r\nBcc: x@y", "line break in the subject" },
    { "subject", "a\nb", "a bare LF" },
    { "subject", "a\rb", "a bare CR" },
    { "from-name", "a\r\nBcc: x@y", "in a name" },
    { "to", "a\r\nBcc: x@y", "in an address" },
    { "to", "nobody", "no at sign" },
    { "to", "@x.org", "no local part" },
    { "to", "a@", "no domain" },
    { "to", "a@x y", "a space in the domain" },
    { "to", "a@x,b", "a comma in the domain" },
    { "to", "a@x>", "a bracket in the domain" },
    { "to", "a@[1.2.3.4]>]", "junk in an address literal" },
    { "to", "a\xFF@x.org", "no UTF-8" },
    { "reply-to", "a@x\r\nb: c", "in Reply-To" },
    { "message-id", "a b@x", "a space in the id" },
    { "message-id", "a@x>\r\nb: c", "a line break in the id" },
    { "message-id", "", "no id" },
    { "in-reply-to", "a@x\r\nb: c", "in In-Reply-To" },
    { "references", "a@x\nb: c", "in References" },
    { "auto-submitted", "no\r\nb: c", "in Auto-Submitted" },
    { "extra-value", "a\r\nb: c", "in an extra header" },
    { "extra-name", "X Y", "a space in the name" },
    { "extra-name", "X:", "a colon in the name" },
    { "extra-name", "", "no name" },
    { "extra-name", "X\r\nY", "a line break in the name" },
    { "extra-name", "bcc", "a header that must not go out" },
    { "extra-name", "Content-Type", "a header that is ours" },
    { "file", "a\r\nb", "in a file name" },
    { "content-id", "a>\r\nb", "in a content id" },
    { "nobody", "", "no recipient" },
  };
  g_autoptr (GBytes) octets = g_bytes_new_static ("x", 1);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *field = cases[i].field, *value = cases[i].value;
      PdDraft draft = plain_draft ();
      PdAddress to = { (char *)"", (char *)(g_str_equal (field, "to") ? value : "a@x.org") };
      const char *references[] = { value, NULL };
      const char *extra[] = { g_str_equal (field, "extra-name") ? value : "X-A",
                              g_str_equal (field, "extra-value") ? value : "b", NULL };
      PdDraftFile file = { g_str_equal (field, "file") ? value : "a", "text/plain",
                           g_str_equal (field, "content-id") ? value : NULL, octets };
      PdMailNeeds needs;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      draft.to = &to;
      draft.files = &file;
      draft.n_files = 1;
      draft.extra = extra;
      draft.n_to = g_str_equal (field, "nobody") ? 0 : 1;
      draft.from.name = (char *)(g_str_equal (field, "from-name") ? value : "x");
      draft.subject = g_str_equal (field, "subject") ? value : "x";
      draft.message_id = g_str_equal (field, "message-id") ? value : "a@b";
      draft.reply_to = g_str_equal (field, "reply-to") ? value : NULL;
      draft.in_reply_to = g_str_equal (field, "in-reply-to") ? value : NULL;
      draft.references = g_str_equal (field, "references") ? references : NULL;
      draft.auto_submitted = g_str_equal (field, "auto-submitted") ? value : NULL;
      g_assert_null (pd_compose (&draft, &needs, &error));
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
    }
}

static void
test_texts (void)
{
  static const struct {
    const char *text, *want, *encoding, *why;
  } cases[] = {
    { "Hello\nworld\n", "Hello\nworld\n", "7bit", "short ASCII lines" },
    { "no line end", "no line end\n", "7bit", "a line end is added" },
    { "a\r\nb\rc\n", "a\nb\nc\n", "7bit", "any line ends" },
    { "", "", "7bit", "empty" },
    { "Gr\xC3\xBC\xC3\x9F"
      "e\n",
      "Gr\xC3\xBC\xC3\x9F"
      "e\n",
      "quoted-printable", "a few letters" },
    { "Здравствуйте, ваше письмо получено.\n", "Здравствуйте, ваше письмо получено.\n", "base64",
      "mostly not ASCII" },
    { "From here\n.\n..x\n", "From here\n.\n..x\n", "quoted-printable",
      "lines that mailers touch" },
    { "trailing \nx\t\n", "trailing \nx\t\n", "quoted-printable", "white space at the end" },
    { "a = b\n", "a = b\n", "7bit", "an equals sign needs nothing" },
    { "\x01\n", "\x01\n", "quoted-printable", "control characters" },
    { "\xFF\n", "\xEF\xBF\xBD\n", NULL, "no UTF-8: the character that says so" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdDraft draft = plain_draft ();
      PdMailNeeds needs;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GMimeMessage) message = NULL;
      g_autofree char *text = NULL, *got = NULL;

      g_test_message ("%s", cases[i].why);
      draft.text = cases[i].text;
      bytes = compose (&draft, &needs);
      check_wire (bytes, needs);
      text = text_of (bytes);
      message = read_back (bytes);
      got = part_text (g_mime_message_get_mime_part (message));
      g_assert_cmpstr (got, ==, cases[i].want);
      if (cases[i].encoding != NULL)
        {
          g_autofree char *line = g_strdup_printf ("Encoding: %s\r\n", cases[i].encoding);

          g_assert_nonnull (strstr (text, line));
        }
      g_assert_null (strstr (text, "\r\nFrom "));
      g_assert_null (strstr (text, "\r\n."));
    }
}

static void
describe (GMimeObject *part, GString *out)
{
  g_autofree char *type = g_mime_content_type_get_mime_type (g_mime_object_get_content_type (part));

  g_string_append (out, type);
  if (!GMIME_IS_MULTIPART (part))
    return;
  g_string_append_c (out, '(');
  for (int i = 0; i < g_mime_multipart_get_count (GMIME_MULTIPART (part)); i++)
    {
      if (i > 0)
        g_string_append_c (out, ' ');
      describe (g_mime_multipart_get_part (GMIME_MULTIPART (part), i), out);
    }
  g_string_append_c (out, ')');
}

static void
test_structure (void)
{
  static const struct {
    gboolean html;
    gsize from, n; /* of the files below */
    const char *want, *why;
  } cases[] = {
    { FALSE, 0, 0, "text/plain", "only text" },
    { TRUE, 0, 0, "multipart/alternative(text/plain text/html)", "text and HTML" },
    { FALSE, 0, 1, "multipart/mixed(text/plain application/pdf)", "a file" },
    { TRUE, 0, 1, "multipart/mixed(multipart/alternative(text/plain text/html) application/pdf)",
      "both" },
    { TRUE, 1, 1, "multipart/alternative(text/plain multipart/related(text/html image/png))",
      "a picture in the HTML" },
    { FALSE, 1, 1, "multipart/mixed(text/plain image/png)", "the picture without HTML" },
    { TRUE, 0, 2,
      "multipart/mixed(multipart/alternative(text/plain multipart/related(text/html image/png)) "
      "application/pdf)",
      "all of it" },
    { FALSE, 2, 3,
      "multipart/mixed(text/plain application/octet-stream application/octet-stream "
      "application/octet-stream)",
      "a message, a broken type, no type" },
  };
  g_autoptr (GBytes) octets = g_bytes_new_static ("\0\1\2\xFF", 4);
  PdDraftFile files[] = {
    { "a.pdf", "application/pdf", NULL, octets },
    { "b.png", "image/png", "b1@x", octets },
    { "c.eml", "message/rfc822", NULL, octets },
    { "d", "text/x\r\ny: z", NULL, octets },
    { NULL, NULL, NULL, octets },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdDraft draft = plain_draft ();
      PdMailNeeds needs;
      g_autoptr (GBytes) bytes = NULL, again = NULL;
      g_autoptr (GMimeMessage) message = NULL;
      g_autoptr (GString) got = g_string_new (NULL);

      g_test_message ("%s", cases[i].why);
      draft.html = cases[i].html ? "<p>Hello</p>" : NULL;
      draft.files = files + cases[i].from;
      draft.n_files = cases[i].n;
      bytes = compose (&draft, &needs);
      again = compose (&draft, &needs);
      g_assert_true (g_bytes_equal (bytes, again));
      check_wire (bytes, needs);
      message = read_back (bytes);
      describe (g_mime_message_get_mime_part (message), got);
      g_assert_cmpstr (got->str, ==, cases[i].want);
    }
}

static void
test_files (void)
{
  static const char *const names[] = {
    "a.pdf",
    "two words.pdf",
    "quote\"back\\slash.pdf",
    "счёт за ноябрь.pdf",
    "очень длинное имя файла, которое не помещается в одну строку заголовка и делится на части.pdf",
    "a very long name in plain ASCII letters that does not fit into a single line of a header.pdf",
    "=?utf-8?Q?x?=",
    "percent%20 'x'.pdf",
    "../../etc/passwd",
    "tab\there",
  };
  char data[1000];
  g_autoptr (GBytes) octets = NULL;

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (char)(i * 7);
  octets = g_bytes_new (data, sizeof data);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      PdDraft draft = plain_draft ();
      PdDraftFile file = { names[i], "application/pdf", NULL, octets };
      PdMailNeeds needs;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GMimeMessage) message = NULL;
      g_autoptr (GMimeStream) sink = g_mime_stream_mem_new ();
      GMimeObject *part;
      GByteArray *got;

      draft.files = &file;
      draft.n_files = 1;
      bytes = compose (&draft, &needs);
      check_wire (bytes, needs);
      message = read_back (bytes);
      part
          = g_mime_multipart_get_part (GMIME_MULTIPART (g_mime_message_get_mime_part (message)), 1);
      g_assert_cmpstr (g_mime_part_get_filename (GMIME_PART (part)), ==, names[i]);
      g_mime_data_wrapper_write_to_stream (g_mime_part_get_content (GMIME_PART (part)), sink);
      got = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (sink));
      g_assert_cmpmem (got->data, got->len, data, sizeof data);
    }
}

static void
test_boundary (void)
{
  PdDraft draft = plain_draft ();
  PdMailNeeds needs;
  g_autoptr (GBytes) bytes = NULL, other = NULL;
  g_autofree char *text = NULL, *boundary = NULL, *body = NULL, *changed = NULL;
  char *at;

  draft.html = "<p>x</p>";
  bytes = compose (&draft, &needs);
  text = text_of (bytes);
  at = strstr (text, "boundary=\"") + strlen ("boundary=\"");
  boundary = g_strndup (at, strcspn (at, "\""));

  /* a text that quotes the boundary gets another one */
  body = g_strdup_printf ("--%s--\n", boundary);
  draft.text = body;
  other = compose (&draft, &needs);
  changed = text_of (other);
  at = strstr (changed, "boundary=\"") + strlen ("boundary=\"");
  g_assert_false (g_str_has_prefix (at, boundary));
}

static void
test_references (void)
{
  PdDraft draft = plain_draft ();
  PdMailNeeds needs;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  char *begin, *end;

  for (int i = 0; i < 200; i++)
    g_ptr_array_add (ids, g_strdup_printf ("message.number.%03d@example.org", i));
  g_ptr_array_add (ids, g_strdup ("with space@x"));
  g_ptr_array_add (ids, g_strdup (""));
  g_ptr_array_add (ids, NULL);
  draft.references = (const char *const *)ids->pdata;
  bytes = compose (&draft, &needs);
  check_wire (bytes, needs);
  text = text_of (bytes);
  begin = strstr (text, "References:");
  end = strstr (begin, "MIME-Version");
  g_assert_cmpint (end - begin, <=, PD_COMPOSE_MAX_REFERENCES);
  g_assert_cmpint (end - begin, >, PD_COMPOSE_MAX_REFERENCES / 2);
  g_assert_nonnull (strstr (begin, "number.000@"));
  g_assert_nonnull (strstr (begin, "number.199@"));
  g_assert_null (strstr (begin, "number.001@"));
  g_assert_null (strstr (text, "with space"));
}

static void
test_many_recipients (void)
{
  PdDraft draft = plain_draft ();
  PdMailNeeds needs;
  PdAddress all[100];
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GMimeMessage) message = NULL;
  InternetAddressList *list;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      all[i].name = g_strdup_printf ("%s Nr. %u", i % 2 != 0 ? "Пётр" : "Peter", i);
      all[i].address = g_strdup_printf ("person%u@example.org", i);
      g_ptr_array_add (texts, all[i].name);
      g_ptr_array_add (texts, all[i].address);
    }
  draft.to = all;
  draft.n_to = G_N_ELEMENTS (all);
  bytes = compose (&draft, &needs);
  check_wire (bytes, needs);
  message = read_back (bytes);
  list = g_mime_message_get_to (message);
  g_assert_cmpint (internet_address_list_length (list), ==, G_N_ELEMENTS (all));
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      InternetAddress *one = internet_address_list_get_address (list, (int)i);

      g_assert_cmpstr (internet_address_get_name (one), ==, all[i].name);
      g_assert_cmpstr (internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (one)), ==,
                       all[i].address);
    }
}

/* Characters of one to four octets, white space and what has a meaning in
 * headers, more often than chance would have it.
 */
static char *
random_text (GRand *rand, gsize max, gboolean lines)
{
  static const char *const odd[]
      = { "=?", "?=", "\"", "\\", "<", ">", ",", "=", "_", " ", "  ", "\t", "." };
  static const gunichar ends[] = { 0x7F, 0x800, 0x10000, 0x20000 };
  GString *out = g_string_new (NULL);
  guint n = (guint)g_rand_int_range (rand, 0, (gint32)max);

  for (guint i = 0; i < n; i++)
    {
      gint32 dice = g_rand_int_range (rand, 0, 10);
      gunichar c
          = (gunichar)g_rand_int_range (rand, 0x20, (gint32)ends[g_rand_int_range (rand, 0, 4)]);

      if (dice == 0)
        g_string_append (out, odd[g_rand_int_range (rand, 0, G_N_ELEMENTS (odd))]);
      else if (dice == 1 && lines)
        g_string_append_c (out, '\n');
      else if (dice < 6)
        g_string_append_c (out, (char)g_rand_int_range (rand, 'a', 'z'));
      else if (g_unichar_validate (c) && (c < 0x7F || c >= 0xA0))
        g_string_append_unichar (out, c);
    }
  return g_string_free (out, FALSE);
}

static void
test_random (void)
{
  GRand *rand = g_rand_new_with_seed (20261124);

  for (int i = 0; i < 2000; i++)
    {
      PdDraft draft = plain_draft ();
      PdMailNeeds needs;
      g_autofree char *subject = random_text (rand, 200, FALSE);
      g_autofree char *name = random_text (rand, 80, FALSE);
      g_autofree char *body = random_text (rand, 400, TRUE);
      g_autofree char *want
          = g_strconcat (body, g_str_has_suffix (body, "\n") || !*body ? "" : "\n", NULL);
      PdAddress to = { name, (char *)"a@x.org" };
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GMimeMessage) message = NULL;
      g_autofree char *got = NULL;
      InternetAddress *first;

      g_strstrip (subject);
      g_strstrip (name);
      draft.subject = subject;
      draft.to = &to;
      draft.text = body;
      bytes = compose (&draft, &needs);
      check_wire (bytes, needs);
      message = read_back (bytes);
      if (g_strcmp0 (g_mime_message_get_subject (message), subject) != 0)
        {
          g_autofree char *text = text_of (bytes);

          g_test_message ("mail %d:\n%s", i, text);
        }
      g_assert_cmpstr (g_mime_message_get_subject (message), ==, subject);
      first = internet_address_list_get_address (g_mime_message_get_to (message), 0);
      g_assert_cmpstr (internet_address_get_name (first) != NULL ? internet_address_get_name (first)
                                                                 : "",
                       ==, name);
      got = part_text (g_mime_message_get_mime_part (message));
      g_assert_cmpstr (got, ==, want);
    }
  g_rand_free (rand);
}

static void
test_date (void)
{
  PdDraft draft = plain_draft ();
  PdMailNeeds needs;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  draft.date = 0;
  bytes = compose (&draft, &needs);
  text = text_of (bytes);
  g_assert_true (g_str_has_prefix (text, "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n"));
  draft.date = G_MAXINT64;
  g_assert_null (pd_compose (&draft, &needs, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/compose/whole", test_whole);
  g_test_add_func ("/compose/date", test_date);
  g_test_add_func ("/compose/subjects", test_subjects);
  g_test_add_func ("/compose/names", test_names);
  g_test_add_func ("/compose/refused", test_refused);
  g_test_add_func ("/compose/texts", test_texts);
  g_test_add_func ("/compose/structure", test_structure);
  g_test_add_func ("/compose/files", test_files);
  g_test_add_func ("/compose/boundary", test_boundary);
  g_test_add_func ("/compose/references", test_references);
  g_test_add_func ("/compose/many-recipients", test_many_recipients);
  g_test_add_func ("/compose/random", test_random);
  status = g_test_run ();
  g_mime_shutdown ();
  return status;
}
