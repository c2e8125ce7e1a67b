#include "mail/mail.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdarg.h>
#include <string.h>

#include "mail/charset.h"
#include "mail/mail-fields.h"
#include "mail/mail-inner.h"
#include "mail/mail-reader.h"
#include "mail/mail-tame.h"

/* Raw 8-bit header fields: what is UTF-8 is UTF-8, all else is most often the
 * charset of Windows.
 */
static const char *fallbacks[] = { "utf-8", "windows-1252", NULL };

static GMimeParserOptions *parser_options;

void
pd_mail_free (PdMail *mail)
{
  pd_mail_fields.free (mail);
}

void
pd_reader_defect (PdReader *reader, const char *format, ...)
{
  GPtrArray *defects = reader->mail->defects;
  g_autofree char *text = NULL;
  g_autofree char *clean = NULL;
  va_list args;

  if (defects->len >= PD_MAIL_MAX_DEFECTS)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  clean = pd_charset_clean (text);
  for (guint i = 0; i < defects->len; i++)
    if (strcmp (defects->pdata[i], clean) == 0)
      return;
  g_ptr_array_add (defects, g_steal_pointer (&clean));
}

/* Behind the first empty line; the end if there is none. */
static gsize
find_body (const char *data, gsize size)
{
  const char *end = data + size;

  for (const char *line = data; line < end;)
    {
      const char *next = memchr (line, '\n', (gsize)(end - line));

      if (next == NULL)
        break;
      if (next == line || (next == line + 1 && *line == '\r'))
        return (gsize)(next + 1 - data);
      line = next + 1;
    }
  return size;
}

static GMimeMessage *
parse_message (const PdReader *reader, const char *data, gsize size)
{
  /* GMime only reads through this array; the bytes stay the caller's */
  GByteArray *window = g_byte_array_new_take ((guint8 *)data, size);
  GMimeStream *stream = g_mime_stream_mem_new_with_byte_array (window);
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message;

  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
  g_mime_parser_set_persist_stream (parser, TRUE);
  message = g_mime_parser_construct_message (parser, reader->options);
  g_object_unref (parser);
  /* a message that keeps windows on the stream keeps the stream, and with it
   * the array: it is emptied when they are gone, see pd_mail_parse
   */
  g_object_set_data (G_OBJECT (stream), "window", window);
  if (message != NULL)
    g_object_set_data_full (G_OBJECT (message), "stream", stream, g_object_unref);
  else
    {
      g_object_unref (stream);
      g_byte_array_free (window, FALSE);
    }
  return message;
}

static void
drop_message (GMimeMessage *message)
{
  GMimeStream *stream;
  GByteArray *window;

  if (message == NULL)
    return;
  stream = g_object_get_data (G_OBJECT (message), "stream");
  window = g_object_get_data (G_OBJECT (stream), "window");
  g_object_unref (message);
  g_byte_array_free (window, FALSE);
}

/* What is hashed in content_sha256: the fields that the sender's program
 * wrote once, and the body with line ends as \n and without empty lines at its
 * end.  Not hashed is what another delivery of the same mail changes: trace
 * fields, To as rewritten by lists, line ends.
 */
static void
hash_field (const PdReader *reader, gnutls_hash_hd_t hash, const char *name)
{
  GMimeHeaderList *list = reader->message == NULL
                              ? NULL
                              : g_mime_object_get_header_list (GMIME_OBJECT (reader->message));
  GMimeHeader *header = list == NULL ? NULL : g_mime_header_list_get_header (list, name);
  g_autofree char *value = NULL;

  gnutls_hash (hash, name, strlen (name) + 1);
  if (header != NULL)
    {
      const char *raw = g_mime_header_get_raw_value (header);

      /* folding is the hop's affair, so white space counts as none */
      for (const char *c = raw; *c != '\0'; c++)
        if (!g_ascii_isspace (*c))
          gnutls_hash (hash, c, 1);
    }
  gnutls_hash (hash, "", 1);
}

static void
hash_body (const PdReader *reader, gnutls_hash_hd_t hash)
{
  const char *at = reader->data + reader->body;
  const char *end = reader->data + reader->size;

  while (end > at && (end[-1] == '\n' || end[-1] == '\r'))
    end--;
  while (at < end)
    {
      const char *stop = memchr (at, '\r', (gsize)(end - at));
      gsize skip;

      if (stop == NULL)
        stop = end;
      skip = stop < end && stop[1] == '\n';
      /* a lone \r is content */
      gnutls_hash (hash, at, (gsize)(stop - at) + (stop < end && !skip));
      at = stop < end ? stop + 1 : end;
    }
}

static void
hash_content (PdReader *reader)
{
  guint8 octets[32];
  gnutls_hash_hd_t hash;

  if (gnutls_hash_init (&hash, GNUTLS_DIG_SHA256) != 0)
    g_error ("SHA-256 is not to be had");
  hash_field (reader, hash, "Message-ID");
  hash_field (reader, hash, "From");
  hash_field (reader, hash, "Date");
  hash_field (reader, hash, "Subject");
  hash_body (reader, hash);
  gnutls_hash_deinit (hash, octets);
  for (gsize i = 0; i < sizeof octets; i++)
    g_snprintf (reader->mail->content_sha256 + 2 * i, 3, "%02x", octets[i]);
}

static void
reader_clear (PdReader *reader)
{
  g_hash_table_unref (reader->kept);
  g_ptr_array_unref (reader->boundaries);
  g_clear_pointer (&reader->html_spans, g_array_unref);
  g_hash_table_unref (reader->unpacked);
  pd_tnef_free (reader->tnef);
  drop_message (reader->message);
}

static void
bytes_unref (gpointer data)
{
  g_byte_array_unref (data);
}

/* A mail whose lines end in \r as on old Macintoshes: a copy with \n, in which
 * all offsets are the same.  NULL for all other mails.
 */
static char *
dup_lines (const char *raw, gsize size)
{
  char *lines;

  if (memchr (raw, '\n', size) != NULL || memchr (raw, '\r', size) == NULL)
    return NULL;
  lines = g_memdup2 (raw, size);
  for (char *c = lines; (c = memchr (c, '\r', size - (gsize)(c - lines))) != NULL;)
    *c = '\n';
  return lines;
}

static PdMail *read_mail (GBytes *raw, const char *envelope_from, const char *envelope_to,
                          guint depth);

/* A mail that is nothing but S/MIME signed-data shows what is in it, whoever
 * has signed it.
 */
static PdMail *
read_opaque (const PdReader *reader, GBytes *raw, guint depth)
{
  GByteArray *content
      = depth < PD_MAIL_MAX_OPAQUE ? pd_reader_dup_opaque (reader) : NULL;
  g_autoptr (GBytes) entity = NULL;
  g_autoptr (GBytes) whole = NULL;
  PdMail *inner;
  goffset shift;

  if (content == NULL)
    return reader->mail;
  entity = g_byte_array_free_to_bytes (content);
  whole = pd_mail_inner_compose (raw, entity, &shift);
  inner = read_mail (whole, reader->envelope_from, reader->envelope_to, depth + 1);
  return pd_mail_inner_adopt (reader->mail, inner, &shift);
}

static PdMail *
read_mail (GBytes *raw, const char *envelope_from, const char *envelope_to, guint depth)
{
  PdReader reader = { .options = parser_options,
                      .envelope_from = envelope_from,
                      .envelope_to = envelope_to,
                      .html_quote = G_MAXSIZE };
  g_autofree char *lines = NULL;
  g_autofree char *tamed = NULL;
  const char *defect;
  gsize size;

  g_return_val_if_fail (parser_options != NULL, NULL);
  reader.raw = g_bytes_get_data (raw, &reader.size);
  if (reader.raw == NULL)
    reader.raw = "";
  lines = dup_lines (reader.raw, reader.size);
  reader.data = lines != NULL ? lines : reader.raw;
  reader.mail = pd_fields_new (&pd_mail_fields);
  reader.mail->size = reader.size;
  reader.kept = g_hash_table_new_full (NULL, NULL, NULL, bytes_unref);
  reader.boundaries = g_ptr_array_new ();
  reader.unpacked = g_hash_table_new (NULL, NULL);
  tamed = pd_mail_tame (reader.data, reader.size, &size, &defect);
  if (size > 0)
    reader.message = parse_message (&reader, tamed != NULL ? tamed : reader.data, size);
  if (defect != NULL)
    pd_reader_defect (&reader, "%s", defect);
  reader.body = reader.message == NULL ? 0 : find_body (reader.data, reader.size);
  if (reader.message == NULL)
    pd_reader_defect (&reader, "no mail header");
  if (memchr (reader.data, '\0', reader.size) != NULL)
    pd_reader_defect (&reader, "NUL octets");
  pd_reader_headers (&reader);
  pd_reader_parts (&reader);
  pd_reader_tnef (&reader);
  pd_reader_body (&reader);
  pd_reader_crypto (&reader);
  pd_reader_bounce (&reader);
  pd_reader_kind (&reader);
  pd_reader_reply (&reader);
  hash_content (&reader);
  reader.mail = read_opaque (&reader, raw, depth);
  reader_clear (&reader);
  return reader.mail;
}

PdMail *
pd_mail_parse (GBytes *raw, const char *envelope_from, const char *envelope_to)
{
  return read_mail (raw, envelope_from, envelope_to, 0);
}

PdMail *
pd_mail_parse_body (GBytes *body, gboolean html)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (body, &size);
  g_autofree char *head = g_strdup_printf ("Content-Type: text/%s\nContent-Transfer-Encoding: "
                                           "8bit\nMIME-Version: 1.0\n\n",
                                           html ? "html" : "plain");
  GByteArray *whole = g_byte_array_sized_new ((guint)(size + strlen (head)));
  g_autoptr (GBytes) raw = NULL;

  g_byte_array_append (whole, (const guint8 *)head, (guint)strlen (head));
  g_byte_array_append (whole, (const guint8 *)data, (guint)size);
  raw = g_byte_array_free_to_bytes (whole);
  return pd_mail_parse (raw, NULL, NULL);
}

/* GMime registers some of its types at their first use, without a lock: a mail
 * that uses them all is read before there are threads.
 */
static void
warm_up (void)
{
  static const char sample[]
      = "From: =?koi8-r?Q?=C1?= <a@example.org>\r\nTo: group: b@example.org;\r\n"
        "Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nSubject: x\r\nMessage-ID: <x@example.org>\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n"
        "Content-Type: text/html; charset=utf-8\r\nContent-Disposition: attachment; "
        "filename*=utf-8''x\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n--b\r\n"
        "Content-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\ny\r\n--b\r\n"
        "Content-Type: message/partial\r\n\r\ny\r\n--b\r\nContent-Type: multipart/signed; "
        "boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b\r\nContent-Type: multipart/encrypted; "
        "boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b\r\nContent-Type: application/pkcs7-mime\r\n"
        "\r\nx\r\n--b--\r\n";
  g_autoptr (GBytes) raw = g_bytes_new_static (sample, sizeof sample - 1);

  pd_mail_free (pd_mail_parse (raw, NULL, NULL));
}

void
pd_mail_init (void)
{
  if (parser_options != NULL)
    return;
  g_mime_init ();
  pd_charset_init ();
  parser_options = g_mime_parser_options_new ();
  g_mime_parser_options_set_fallback_charsets (parser_options, fallbacks);
  g_mime_parser_options_set_allow_addresses_without_domain (parser_options, TRUE);
  warm_up ();
}

void
pd_mail_shutdown (void)
{
  if (parser_options == NULL)
    return;
  g_clear_pointer (&parser_options, g_mime_parser_options_free);
  pd_charset_shutdown ();
  g_mime_shutdown ();
}
