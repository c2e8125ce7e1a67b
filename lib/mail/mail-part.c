/* mail-part.c - what a part is, where its encoded body lies in the raw mail,
 * its decoded size and hash; the bytes of those parts that are read further.
 */
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "mail/charset.h"
#include "mail/encoded-word.h"
#include "mail/mail-fields.h"
#include "mail/mail-reader.h"
#include "mail/mime-field.h"
#include "mail/part-code.h"

#define MAX_KEPT_PART (4 * PD_MAIL_MAX_TEXT) /* octets decoded and kept of one part */
#define MAX_KEPT (8 * PD_MAIL_MAX_TEXT)      /* of all parts of a mail */
#define MAX_NAME 255                         /* octets kept of a file name */
#define MAX_TYPE 127                         /* octets of a media type (RFC 6838 4.2) */
#define MAX_ID 998                           /* octets of a content id: a line */
#define SHA256_OCTETS 32

typedef struct {
  gnutls_hash_hd_t hash;
  GByteArray *kept; /* of the bytes, or NULL */
  gsize room;       /* in `kept` */
  gsize size;
} Digest;

/* Where a part's encoded bytes are. */
typedef struct {
  const PdSource *source;
  gsize at, length;
  PdCode code;
} Place;

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
digest (const char *bytes, gsize length, PdCode code, PdPart *part, GByteArray *kept, gsize room)
{
  Digest digest = { .kept = kept, .room = room };
  guint8 octets[SHA256_OCTETS];

  if (gnutls_hash_init (&digest.hash, GNUTLS_DIG_SHA256) != 0)
    g_error ("SHA-256 is not to be had");
  pd_code_decode ((const guint8 *)bytes, length, code, digest_piece, &digest);
  part->size = digest.size;
  gnutls_hash_deinit (digest.hash, octets);
  hex (octets, part->sha256);
}

static void
digest_part (PdReader *reader, const PdSource *source, PdPart *part, gsize at, gsize length,
             PdCode code)
{
  gsize room = MIN (MAX_KEPT_PART, MAX_KEPT - MIN (MAX_KEPT, reader->kept_size));
  GByteArray *kept;

  if (!is_read (part) || part->children->len > 0)
    {
      digest (source->raw + at, length, code, part, NULL, 0);
      return;
    }
  kept = g_byte_array_sized_new ((guint)MIN (length, room) + 1);
  digest (source->data + at, length, code, part, kept, room);
  if (kept->len < part->size)
    pd_reader_defect (reader, "part %s is too large to be read as text", part->path);
  reader->kept_size += kept->len;
  g_hash_table_insert (reader->kept, part, kept);
  if (source->data != source->raw)
    digest (source->raw + at, length, code, part, NULL, 0);
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

static gboolean
is_identity (const char *chain)
{
  return strcmp (chain, "7bit") == 0 || strcmp (chain, "8bit") == 0
         || strcmp (chain, "binary") == 0;
}

/* A chain with one more step; NULL if it gets too long. */
static char *
add_step (const char *chain, const char *step)
{
  guint steps = 2;

  if (*chain == '\0' || is_identity (chain))
    return g_strdup (step);
  for (const char *at = chain; (at = strchr (at, ';')) != NULL; at++)
    steps++;
  if (steps > PD_CODE_MAX_STEPS || strlen (chain) + strlen (step) + 1 > PD_MAIL_MAX_ENCODING)
    return NULL;
  return g_strconcat (chain, ";", step, NULL);
}

char *
pd_source_dup_chain (const PdSource *source, gsize at, gsize length, const char *encoding)
{
  g_autofree char *cut = NULL;
  g_autofree char *part = NULL;

  if (*source->chain == '\0')
    return g_strdup (encoding);
  cut = g_strdup_printf ("part=%" G_GSIZE_FORMAT "+%" G_GSIZE_FORMAT, at, length);
  part = add_step (source->chain, cut);
  if (part == NULL || is_identity (encoding))
    return g_steal_pointer (&part);
  return add_step (part, encoding);
}

void
pd_reader_place (PdReader *reader, const PdSource *source, PdPart *part, gsize at, gsize length,
                 const char *encoding)
{
  char *chain = pd_source_dup_chain (source, at, length, encoding);
  const char *name;
  Place *place;

  if (chain == NULL)
    {
      pd_reader_defect (reader, "part %s is encoded too often", part->path);
      return;
    }
  pd_text_take (&part->encoding, chain);
  part->offset = *source->chain == '\0' ? (goffset)at : source->offset;
  part->length = *source->chain == '\0' ? length : source->length;
  place = g_new (Place, 1);
  *place = (Place){ source, at, length, pd_code_find (encoding, &name) };
  g_hash_table_insert (reader->places, part, place);
  digest_part (reader, source, part, at, length, place->code);
}

PdPart *
pd_reader_add_file (PdReader *reader, PdPart *leaf, const char *type, const char *name,
                    const char *step, const guint8 *bytes, gsize length)
{
  char *chain = add_step (leaf->encoding, step);
  g_autofree char *path = NULL;
  PdPart *part;

  if (chain == NULL || leaf->offset < 0 || reader->n_parts >= PD_MAIL_MAX_PARTS)
    {
      g_free (chain);
      pd_reader_defect (reader, "not all files inside of part %s are told", leaf->path);
      return NULL;
    }
  path = g_strdup_printf ("%s.%u", leaf->path, leaf->children->len + 1);
  part = pd_part_new (path, type);
  pd_text_take (&part->encoding, chain);
  part->offset = leaf->offset;
  part->length = leaf->length;
  part->attachment = TRUE;
  pd_part_set_name (part, name);
  digest ((const char *)bytes, length, PD_CODE_NONE, part, NULL, 0);
  g_ptr_array_add (leaf->children, part);
  reader->n_parts++;
  return part;
}

/* Where programs write the name of a file. */
static void
read_name (PdPart *part, const PdMimeField *disposition, const PdMimeField *type)
{
  const char *const names[] = {
    pd_mime_field_get (disposition, "filename"),
    pd_mime_field_get (type, "name"),
    pd_mime_field_get (disposition, "name"),
    pd_mime_field_get (type, "filename"),
    pd_mime_field_get (type, "file"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names) && *part->name == '\0'; i++)
    pd_part_set_name (part, names[i]);
}

/* Content-ID: what is between < and >. */
static void
read_id (PdPart *part, const char *raw)
{
  const char *open = raw == NULL ? NULL : strchr (raw, '<');
  g_autofree char *id = NULL;

  if (raw == NULL)
    return;
  id = open == NULL ? g_strdup (raw) : g_strndup (open + 1, strcspn (open + 1, ">"));
  id[MIN (strlen (id), MAX_ID)] = '\0';
  set_clean (&part->content_id, id);
}

/* The media type.  What is not one is text, as RFC 2045 5.2 has it, or a file
 * if it has a file's name; "text" and "multipart" alone are from before MIME.
 */
static void
set_type (PdPart *part, const PdMimeField *field, gboolean given, const char *usual)
{
  const char *value = pd_mime_field_value (field);
  const char *slash = strchr (value, '/');
  const char *type = value;

  if (!given || *value == '\0')
    type = *part->name == '\0' ? usual : given ? "application/octet-stream" : usual;
  else if (strcmp (value, "multipart") == 0)
    type = "multipart/mixed";
  else if (strcmp (value, "html") == 0)
    type = "text/html";
  else if (strcmp (value, "message") == 0)
    type = "message/rfc822";
  else if (slash == NULL || slash == value || slash[1] == '\0' || strlen (value) > MAX_TYPE)
    type = *part->name == '\0' ? "text/plain" : "application/octet-stream";
  pd_text_take (&part->type, g_strdup (type));
}

PdMimeField *
pd_reader_describe (PdReader *reader, PdPart *part, PdHead *head, const char *usual)
{
  g_autofree char *raw_type = pd_head_dup (head, "Content-Type");
  g_autofree char *raw_disposition = pd_head_dup (head, "Content-Disposition");
  g_autofree char *id = pd_head_dup (head, "Content-ID");
  g_autoptr (PdMimeField) type = pd_mime_field_parse (raw_type);
  g_autoptr (PdMimeField) disposition = pd_mime_field_parse (raw_disposition);

  g_hash_table_insert (reader->heads, part, head);
  read_name (part, disposition, type);
  read_id (part, id);
  set_type (part, type, raw_type != NULL, usual);
  set_clean (&part->charset, pd_mime_field_get (type, "charset"));
  /* what the sender wishes; mail-body.c decides */
  part->attachment = strcmp (pd_mime_field_value (disposition), "attachment") == 0;
  part->is_inline = strcmp (pd_mime_field_value (disposition), "inline") == 0;
  return g_steal_pointer (&type);
}

char *
pd_reader_dup_parameter (const PdReader *reader, const PdPart *part, const char *field,
                         const char *name)
{
  const PdHead *head = g_hash_table_lookup (reader->heads, part);
  g_autofree char *raw = head == NULL ? NULL : pd_head_dup (head, field);
  g_autoptr (PdMimeField) parsed = NULL;

  if (raw == NULL)
    return NULL;
  parsed = pd_mime_field_parse (raw);
  return g_strdup (pd_mime_field_get (parsed, name));
}

void
pd_reader_decode (const PdReader *reader, const PdPart *part, gsize max, PdCodeSink sink,
                  gpointer data)
{
  const Place *place = g_hash_table_lookup (reader->places, part);

  if (place != NULL)
    pd_code_decode ((const guint8 *)place->source->raw + place->at, MIN (place->length, max),
                    place->code, sink, data);
}

const PdHead *
pd_reader_peek_head (const PdReader *reader, const PdPart *part)
{
  return g_hash_table_lookup (reader->heads, part);
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

static const PdPart *
child_towards (const PdPart *from, const char *path)
{
  for (guint i = 0; i < from->children->len; i++)
    {
      const PdPart *child = from->children->pdata[i];
      gsize n = strlen (child->path);

      if (strncmp (path, child->path, n) == 0 && (path[n] == '.' || path[n] == '\0'))
        return child;
    }
  return NULL;
}

gboolean
pd_reader_is_own (const PdReader *reader, const PdPart *part)
{
  const PdPart *root = reader->mail->root;

  for (const PdPart *at = root; at != NULL && at != part; at = child_towards (at, part->path))
    if (at != root && g_str_has_prefix (at->type, "message/"))
      return FALSE;
  return TRUE;
}

static PdPart *
find_leaf (PdPart *part, const PdPart *root, const char *type)
{
  if (part->children->len == 0)
    return strcmp (part->type, type) == 0 ? part : NULL;
  if (part != root && g_str_has_prefix (part->type, "message/"))
    return NULL;
  for (guint i = 0; i < part->children->len; i++)
    {
      PdPart *found = find_leaf (part->children->pdata[i], root, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

PdPart *
pd_reader_find_part (const PdReader *reader, const char *type)
{
  return find_leaf (reader->mail->root, reader->mail->root, type);
}
