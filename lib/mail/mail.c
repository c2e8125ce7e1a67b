#include "mail/mail.h"

#include <gmime/gmime.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <string.h>

#include "mail/charset.h"
#include "mail/mail-fields.h"
#include "mail/mail-inner.h"
#include "mail/mail-reader.h"
#include "mail/reply.h"

static gboolean initialized;

void
pd_mail_free (PdMail *mail)
{
  if (mail != NULL)
    g_clear_pointer (&mail->opened, g_bytes_unref);
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

/* What is hashed in content_sha256: the fields that the sender's program
 * wrote once, and the body with line ends as \n and without empty lines at its
 * end.  Not hashed is what another delivery of the same mail changes: trace
 * fields, To as rewritten by lists, line ends.
 */
static void
hash_field (const PdReader *reader, gnutls_hash_hd_t hash, const char *name)
{
  const PdHead *head = pd_reader_peek_head (reader, reader->mail->root);

  gnutls_hash (hash, name, strlen (name) + 1);
  for (guint i = 0; i < pd_head_count (head); i++)
    {
      const PdHeadField *field = pd_head_peek (head, i);

      if (!pd_head_is (field, name))
        continue;
      /* folding is the hop's affair, so white space counts as none */
      for (gsize j = 0; j < field->length; j++)
        if (!g_ascii_isspace (field->value[j]) && field->value[j] != '\0')
          gnutls_hash (hash, field->value + j, 1);
      break;
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
  g_clear_pointer (&reader->html_spans, g_array_unref);
  g_hash_table_unref (reader->heads);
  g_ptr_array_unref (reader->sources);
  g_hash_table_unref (reader->places);
  g_hash_table_unref (reader->unpacked);
  pd_tnef_free (reader->tnef);
}

static void
bytes_unref (gpointer data)
{
  g_byte_array_unref (data);
}

static void
head_free (gpointer data)
{
  pd_head_clear (data);
  g_free (data);
}

static void
source_free (gpointer data)
{
  PdSource *source = data;

  g_free (source->chain);
  g_clear_pointer (&source->bytes, g_bytes_unref);
  g_free (source);
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
                          guint depth, gboolean enclosed);

/* A mail that is nothing but S/MIME signed-data shows what is in it, whoever
 * has signed it.
 */
static PdMail *
read_opaque (const PdReader *reader, GBytes *raw, guint depth, gboolean enclosed)
{
  GByteArray *content = depth < PD_MAIL_MAX_OPAQUE ? pd_reader_dup_opaque (reader) : NULL;
  g_autoptr (GBytes) entity = NULL;
  g_autoptr (GBytes) whole = NULL;
  PdMail *inner;
  goffset shift;

  if (content == NULL)
    return reader->mail;
  entity = g_byte_array_free_to_bytes (content);
  whole = pd_mail_inner_compose (raw, entity, &shift);
  inner = read_mail (whole, reader->envelope_from, reader->envelope_to, depth + 1, enclosed);
  return pd_mail_inner_adopt (reader->mail, inner, &shift);
}

static PdMail *
read_mail (GBytes *raw, const char *envelope_from, const char *envelope_to, guint depth,
           gboolean enclosed)
{
  PdReader reader
      = { .envelope_from = envelope_from, .envelope_to = envelope_to };
  g_autofree char *lines = NULL;

  g_return_val_if_fail (initialized, NULL);
  reader.raw = g_bytes_get_data (raw, &reader.size);
  if (reader.raw == NULL)
    reader.raw = "";
  lines = dup_lines (reader.raw, reader.size);
  reader.data = lines != NULL ? lines : reader.raw;
  reader.mail = pd_fields_new (&pd_mail_fields);
  reader.mail->size = reader.size;
  reader.kept = g_hash_table_new_full (NULL, NULL, NULL, bytes_unref);
  reader.heads = g_hash_table_new_full (NULL, NULL, NULL, head_free);
  reader.places = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  reader.unpacked = g_hash_table_new (NULL, NULL);
  reader.sources = g_ptr_array_new_with_free_func (source_free);
  pd_reader_parts (&reader);
  if (pd_head_count (pd_reader_peek_head (&reader, reader.mail->root)) == 0)
    pd_reader_defect (&reader, "no mail header");
  if (memchr (reader.data, '\0', reader.size) != NULL)
    pd_reader_defect (&reader, "NUL octets");
  pd_reader_headers (&reader);
  pd_reader_tnef (&reader);
  pd_reader_body (&reader);
  pd_reader_crypto (&reader);
  pd_reader_bounce (&reader);
  pd_reader_report (&reader);
  pd_reader_calendar (&reader);
  pd_reader_kind (&reader);
  pd_reader_reply (&reader);
  if (!enclosed)
    pd_reader_forwarded (&reader);
  hash_content (&reader);
  reader.mail = read_opaque (&reader, raw, depth, enclosed);
  if (pd_fields_fit (&pd_mail_fields, reader.mail))
    pd_reader_defect (&reader, "longer than is kept");
  reader_clear (&reader);
  return reader.mail;
}

PdMail *
pd_mail_parse (GBytes *raw, const char *envelope_from, const char *envelope_to)
{
  return read_mail (raw, envelope_from, envelope_to, 0, FALSE);
}

PdMail *
pd_reader_read_enclosed (GBytes *raw)
{
  return read_mail (raw, NULL, NULL, 0, TRUE);
}

GBytes *
pd_mail_wrap_body (GBytes *body, gboolean html)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (body, &size);
  g_autofree char *head = g_strdup_printf ("Content-Type: text/%s\nContent-Transfer-Encoding: "
                                           "8bit\nMIME-Version: 1.0\n\n",
                                           html ? "html" : "plain");
  GByteArray *whole = g_byte_array_sized_new ((guint)(size + strlen (head)));

  g_byte_array_append (whole, (const guint8 *)head, (guint)strlen (head));
  g_byte_array_append (whole, (const guint8 *)data, (guint)size);
  return g_byte_array_free_to_bytes (whole);
}

PdMail *
pd_mail_parse_body (GBytes *body, gboolean html)
{
  g_autoptr (GBytes) raw = pd_mail_wrap_body (body, html);

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
  /* json-c draws a random number for its tables with the first key */
  json_object_put (json_tokener_parse ("{\"x\": 1}"));
}

void
pd_mail_init (void)
{
  if (initialized)
    return;
  initialized = TRUE;
  g_mime_init ();
  pd_charset_init ();
  pd_reply_init ();
  warm_up ();
}

void
pd_mail_shutdown (void)
{
  if (!initialized)
    return;
  initialized = FALSE;
  pd_reply_shutdown ();
  pd_charset_shutdown ();
  g_mime_shutdown ();
}
