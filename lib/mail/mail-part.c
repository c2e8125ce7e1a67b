/* mail-part.c - the tree of parts: what each is, where its encoded body lies
 * in the raw mail, its decoded size and hash.
 *
 * GMime is told to keep its streams, so a part's content is a window on our
 * own bytes whose bounds are the offsets.
 */
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "mail/charset.h"
#include "mail/encoded-word.h"
#include "mail/mail-fields.h"
#include "mail/mail-reader.h"
#include "mail/part-code.h"

#define MAX_KEPT_PART (4 * PD_MAIL_MAX_TEXT) /* octets decoded and kept of one part */
#define MAX_KEPT (8 * PD_MAIL_MAX_TEXT)      /* of all parts of a mail */
#define MAX_NAME 255                         /* octets kept of a file name */
#define MAX_TYPE 127                         /* octets of a media type (RFC 6838 4.2) */
#define SHA256_OCTETS 32

typedef struct {
  gnutls_hash_hd_t hash;
  GByteArray *kept; /* of the bytes, or NULL */
  gsize room;       /* in `kept` */
  gsize size;
} Digest;

static void
digest_piece (gpointer data, const guint8 *bytes, gsize length)
{
  Digest *digest = data;
  gsize keep = MIN (length, digest->room);

  gnutls_hash (digest->hash, bytes, length);
  digest->size += length;
  if (digest->kept != NULL && keep > 0)
    {
      g_byte_array_append (digest->kept, bytes, (guint)keep);
      digest->room -= keep;
    }
}

static void
hex (const guint8 *octets, char out[65])
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < SHA256_OCTETS; i++)
    {
      out[2 * i] = digits[octets[i] >> 4];
      out[2 * i + 1] = digits[octets[i] & 15];
    }
  out[64] = '\0';
}

/* What other files of the reader look into. */
static gboolean
is_read (const PdPart *part)
{
  return g_str_has_prefix (part->type, "text/") || g_str_has_prefix (part->type, "message/");
}

/* Hashes the decoded bytes; keeps them, up to `room` octets, if `kept` is not NULL. */
static void
digest (const char *bytes, PdPart *part, GByteArray *kept, gsize room)
{
  Digest digest = { .kept = kept, .room = room };
  guint8 octets[SHA256_OCTETS];
  const char *name;
  PdCode encoding = pd_code_find (part->encoding, &name);

  if (gnutls_hash_init (&digest.hash, GNUTLS_DIG_SHA256) != 0)
    g_error ("SHA-256 is not to be had");
  pd_code_decode ((const guint8 *)bytes + part->offset, part->length, encoding, digest_piece,
                  &digest);
  part->size = digest.size;
  gnutls_hash_deinit (digest.hash, octets);
  hex (octets, part->sha256);
}

static void
digest_part (PdReader *reader, PdPart *part)
{
  gsize room = MIN (MAX_KEPT_PART, MAX_KEPT - MIN (MAX_KEPT, reader->kept_size));
  GByteArray *kept;

  if (!is_read (part) || part->children->len > 0)
    {
      digest (reader->raw, part, NULL, 0);
      return;
    }
  kept = g_byte_array_sized_new ((guint)MIN (part->length, room) + 1);
  digest (reader->data, part, kept, room);
  if (kept->len < part->size)
    pd_reader_defect (reader, "part %s is too large to be read as text", part->path);
  reader->kept_size += kept->len;
  g_hash_table_insert (reader->kept, part, kept);
  if (reader->data != reader->raw)
    digest (reader->raw, part, NULL, 0);
}

PdPart *
pd_part_new (const char *path, const char *type)
{
  PdPart *part = pd_fields_new (&pd_part_fields);

  pd_text_take (&part->path, g_strdup (path));
  pd_text_take (&part->type, g_strdup (type));
  pd_text_take (&part->encoding, g_strdup ("7bit"));
  part->offset = -1;
  return part;
}

static void
set_clean (char **field, const char *value)
{
  if (value == NULL)
    return;
  g_free (*field);
  *field = g_strstrip (pd_charset_clean (value));
}

/* Without the path that some programs put in front, and without what no file
 * name may hold.
 */
void
pd_part_set_name (PdPart *part, const char *value)
{
  char *base;

  if (value == NULL)
    return;
  set_clean (&part->name, value);
  base = strrchr (part->name, '/');
  if (base != NULL)
    memmove (part->name, base + 1, strlen (base));
  base = strrchr (part->name, '\\');
  if (base != NULL)
    memmove (part->name, base + 1, strlen (base));
  for (char *c = part->name; *c != '\0'; c++)
    if ((guint8)*c < 0x20 || *c == 0x7F)
      *c = ' ';
  if (strlen (part->name) > MAX_NAME)
    {
      char *end = g_utf8_find_prev_char (part->name, part->name + MAX_NAME);

      *end = '\0';
    }
}

/* A parameter of a field in which encoded words stand, against RFC 2047 5 and
 * in much mail; NULL if there is none.
 */
static char *
dup_worded (PdReader *reader, GMimeObject *object, const char *field, const char *parameter)
{
  GMimeHeader *header
      = g_mime_header_list_get_header (g_mime_object_get_header_list (object), field);
  const char *raw = header == NULL ? NULL : g_mime_header_get_raw_value (header);
  g_autofree char *quoted = NULL;
  GMimeContentType *parsed;
  char *value;

  if (raw == NULL || strstr (raw, "=?") == NULL)
    return NULL;
  quoted = pd_words_quote (raw);
  /* a disposition is a word, a type two; the parameters are the same */
  if (strcmp (field, "Content-Disposition") == 0)
    {
      g_autofree char *typed = g_strconcat ("x/x", quoted + strcspn (quoted, ";"), NULL);

      parsed = g_mime_content_type_parse (reader->options, typed);
    }
  else
    parsed = g_mime_content_type_parse (reader->options, quoted);
  value = g_strdup (g_mime_content_type_get_parameter (parsed, parameter));
  g_object_unref (parsed);
  return value;
}

static void
read_name (PdReader *reader, PdPart *part, GMimeObject *object)
{
  static const struct {
    const char *field, *parameter;
  } places[] = { { "Content-Disposition", "filename" }, { "Content-Type", "name" } };

  for (gsize i = 0; i < G_N_ELEMENTS (places) && *part->name == '\0'; i++)
    {
      g_autofree char *worded = dup_worded (reader, object, places[i].field, places[i].parameter);

      if (worded != NULL)
        pd_part_set_name (part, worded);
      else if (i == 0)
        pd_part_set_name (part, g_mime_object_get_content_disposition_parameter (object, "filename"));
      else
        pd_part_set_name (part, g_mime_object_get_content_type_parameter (object, "name"));
    }
}

static void
describe (PdReader *reader, PdPart *part, GMimeObject *object)
{
  GMimeContentType *type = g_mime_object_get_content_type (object);
  const char *disposition = g_mime_object_get_disposition (object);

  read_name (reader, part, object);
  set_clean (&part->content_id, g_mime_object_get_content_id (object));
  /* what the sender wishes; mail-body.c decides */
  part->attachment = disposition != NULL && g_ascii_strcasecmp (disposition, "attachment") == 0;
  part->is_inline = disposition != NULL && g_ascii_strcasecmp (disposition, "inline") == 0;
  if (type != NULL)
    set_clean (&part->charset, g_mime_content_type_get_parameter (type, "charset"));
}

static char *
object_type (GMimeObject *object)
{
  GMimeContentType *type = g_mime_object_get_content_type (object);
  g_autofree char *text = type == NULL ? NULL : g_mime_content_type_get_mime_type (type);
  g_autofree char *clean = NULL;

  if (text == NULL || strlen (text) > MAX_TYPE)
    return g_strdup ("application/octet-stream");
  clean = pd_charset_clean (text);
  return g_ascii_strdown (clean, -1);
}

/* Whether a boundary line of `boundary` begins here. */
static gboolean
is_boundary (const char *line, const char *end, const char *boundary)
{
  gsize length = strlen (boundary);

  if ((gsize)(end - line) < length + 2 || memcmp (line, "--", 2) != 0
      || memcmp (line + 2, boundary, length) != 0)
    return FALSE;
  line += length + 2;
  return line == end || strchr ("\r\n \t-", *line) != NULL;
}

/* Where the part that begins at `start` is ended by a boundary line.  The
 * innermost boundary is sought first and narrows the search for the others,
 * so that the work is bounded by depth times size.
 */
static gsize
find_end (const PdReader *reader, gsize start, gsize end)
{
  for (guint i = reader->boundaries->len; i-- > 0;)
    {
      const char *boundary = reader->boundaries->pdata[i];
      const char *stop = reader->data + end;
      g_autofree char *mark = g_strconcat ("\n--", boundary, NULL);

      for (const char *at = reader->data + start; at < stop; at++)
        {
          at = memmem (at, (gsize)(stop - at), mark, strlen (mark));
          if (at == NULL)
            break;
          if (is_boundary (at + 1, reader->data + reader->size, boundary))
            {
              end = (gsize)(at - reader->data);
              if (end > start && reader->data[end - 1] == '\r')
                end--;
              break;
            }
        }
    }
  return end;
}

static goffset
first_offset (GMimeObject *object)
{
  GMimeHeaderList *list = object == NULL ? NULL : g_mime_object_get_header_list (object);

  if (list == NULL || g_mime_header_list_get_count (list) == 0)
    return -1;
  return g_mime_header_get_offset (g_mime_header_list_get_header_at (list, 0));
}

/* The header fields of a mail are spread over the message and its root part. */
static goffset
message_offset (GMimeMessage *message)
{
  goffset mine = first_offset (GMIME_OBJECT (message));
  goffset part = first_offset (g_mime_message_get_mime_part (message));

  return mine < 0 ? part : part < 0 ? mine : MIN (mine, part);
}

static void read_object (PdReader *reader, GMimeObject *object, PdPart *parent, const char *path,
                         gsize end);

static void
read_children (PdReader *reader, GMimeMultipart *multipart, PdPart *part, gsize end)
{
  const char *boundary = g_mime_multipart_get_boundary (multipart);
  int n = g_mime_multipart_get_count (multipart);

  g_ptr_array_add (reader->boundaries, (gpointer)(boundary == NULL ? "" : boundary));
  for (int i = 0; i < n && reader->n_parts < PD_MAIL_MAX_PARTS; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s.%d", part->path, i + 1);

      read_object (reader, g_mime_multipart_get_part (multipart, i), part, path, end);
    }
  g_ptr_array_set_size (reader->boundaries, (gint)reader->boundaries->len - 1);
}

static void
read_message (PdReader *reader, GMimeMessage *message, PdPart *part, gsize end)
{
  goffset offset = message == NULL ? -1 : message_offset (message);
  g_autoptr (GPtrArray) outer = NULL;
  g_autofree char *path = NULL;

  if (message == NULL)
    return;
  if (offset >= 0 && (gsize)offset <= end)
    {
      part->offset = offset;
      end = find_end (reader, (gsize)offset, end);
      part->length = end - (gsize)offset;
    }
  /* `end` now stands for the boundaries outside of this mail */
  outer = g_steal_pointer (&reader->boundaries);
  reader->boundaries = g_ptr_array_new ();
  path = g_strconcat (part->path, ".1", NULL);
  read_object (reader, g_mime_message_get_mime_part (message), part, path, end);
  g_ptr_array_unref (reader->boundaries);
  reader->boundaries = g_steal_pointer (&outer);
}

static void
read_leaf (PdReader *reader, GMimePart *leaf, PdPart *part)
{
  GMimeDataWrapper *content = g_mime_part_get_content (leaf);
  GMimeStream *stream = content == NULL ? NULL : g_mime_data_wrapper_get_stream (content);
  const char *label = g_mime_object_get_header (GMIME_OBJECT (leaf), "Content-Transfer-Encoding");
  const char *name;

  g_free (part->encoding);
  pd_code_find (label == NULL ? "7bit" : label, &name);
  part->encoding = g_strdup (name);
  part->offset = 0;
  if (stream == NULL)
    return;
  part->offset = CLAMP (stream->bound_start, 0, (gint64)reader->size);
  part->length
      = (gsize)(CLAMP (stream->bound_end, part->offset, (gint64)reader->size) - part->offset);
}

static guint
depth_of (const char *path)
{
  guint depth = 1;

  for (; *path != '\0'; path++)
    depth += *path == '.';
  return depth;
}

static void
adopt (PdReader *reader, PdPart *parent, PdPart *part)
{
  if (parent == NULL)
    reader->mail->root = part;
  else
    g_ptr_array_add (parent->children, part);
  reader->n_parts++;
  if (reader->n_parts == PD_MAIL_MAX_PARTS)
    pd_reader_defect (reader, "more than %d parts", PD_MAIL_MAX_PARTS);
}

static void
read_object (PdReader *reader, GMimeObject *object, PdPart *parent, const char *path, gsize end)
{
  g_autofree char *type = NULL;
  gboolean deep = depth_of (path) >= PD_MAIL_MAX_DEPTH;
  PdPart *part;

  if (object == NULL)
    return;
  type = object_type (object);
  part = pd_part_new (path, type);
  adopt (reader, parent, part);
  describe (reader, part, object);
  if (deep && !GMIME_IS_PART (object))
    pd_reader_defect (reader, "parts are nested deeper than %d", PD_MAIL_MAX_DEPTH);
  else if (GMIME_IS_MULTIPART (object))
    read_children (reader, GMIME_MULTIPART (object), part, end);
  else if (GMIME_IS_MESSAGE_PART (object))
    read_message (reader, g_mime_message_part_get_message (GMIME_MESSAGE_PART (object)), part, end);
  else if (GMIME_IS_PART (object))
    read_leaf (reader, GMIME_PART (object), part);
  if (part->offset >= 0)
    digest_part (reader, part);
  if (!GMIME_IS_MULTIPART (object) && !GMIME_IS_MESSAGE_PART (object))
    g_ptr_array_add (reader->mail->parts, part);
}

/* What is no mail at all is a text. */
static void
read_raw (PdReader *reader)
{
  PdPart *part = pd_part_new ("1", "text/plain");

  part->offset = (goffset)reader->body;
  part->length = reader->size - reader->body;
  adopt (reader, NULL, part);
  digest_part (reader, part);
  g_ptr_array_add (reader->mail->parts, part);
}

void
pd_reader_parts (PdReader *reader)
{
  GMimeObject *root
      = reader->message == NULL ? NULL : g_mime_message_get_mime_part (reader->message);

  if (root != NULL)
    read_object (reader, root, NULL, "1", reader->size);
  else
    read_raw (reader);
}

GByteArray *
pd_reader_peek_bytes (const PdReader *reader, const PdPart *part)
{
  return g_hash_table_lookup (reader->kept, part);
}

char *
pd_reader_dup_text (PdReader *reader, const PdPart *part)
{
  GByteArray *bytes = pd_reader_peek_bytes (reader, part);
  const char *defect = NULL;
  char *text;

  if (bytes == NULL)
    return g_strdup ("");
  text = pd_charset_decode ((const char *)bytes->data, bytes->len, part->charset, &defect);
  if (defect != NULL)
    pd_reader_defect (reader, "part %s: %s", part->path, defect);
  return text;
}

PdPart *
pd_reader_find_part (const PdReader *reader, const char *type)
{
  for (guint i = 0; i < reader->mail->parts->len; i++)
    {
      PdPart *part = reader->mail->parts->pdata[i];

      if (strcmp (part->type, type) == 0)
        return part;
    }
  return NULL;
}
