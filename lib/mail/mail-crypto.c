/* mail-crypto.c - which signatures and encryptions a mail has, by its form (RFC
 * 1847, 3156, 8551, and PGP inside of text), where their bytes lie, and whether
 * they are about the whole mail.  Nothing is verified here.
 *
 * It needs no more of the reader than the tree of parts and the raw bytes.
 */
#include <string.h>

#include "mail/cms.h"
#include "mail/mail-fields.h"
#include "mail/mail-reader.h"
#include "mail/part-code.h"

#define BEGIN_SIGNED "-----BEGIN PGP SIGNED MESSAGE-----"
#define BEGIN_MESSAGE "-----BEGIN PGP MESSAGE-----"
#define BEGIN_SIGNATURE "-----BEGIN PGP SIGNATURE-----"
#define END_SIGNATURE "-----END PGP SIGNATURE-----"
#define END_MESSAGE "-----END PGP MESSAGE-----"
#define MAX_BACK (256 * 1024) /* octets of header between a part and its boundary line */

static gboolean
is_type (const PdPart *part, const char *type)
{
  return strcmp (part->type, type) == 0;
}

static gboolean
has_ending (const PdPart *part, const char *ending)
{
  gsize length = strlen (part->name), n = strlen (ending);

  return length > n && g_ascii_strcasecmp (part->name + length - n, ending) == 0;
}

static gboolean
is_octets (const PdPart *part)
{
  return is_type (part, "application/octet-stream");
}

static gboolean
is_pkcs7 (const PdPart *part)
{
  return is_type (part, "application/pkcs7-mime") || is_type (part, "application/x-pkcs7-mime")
         || (is_octets (part) && has_ending (part, ".p7m"));
}

/* A part that can be the signature in multipart/signed; its kind, or NULL. */
static const char *
signature_kind (const PdPart *part)
{
  if (is_type (part, "application/pgp-signature"))
    return "pgp-mime";
  if (is_type (part, "application/pkcs7-signature")
      || is_type (part, "application/x-pkcs7-signature"))
    return "smime-detached";
  if (is_octets (part) && has_ending (part, ".p7s"))
    return "smime-detached";
  return is_octets (part) && (has_ending (part, ".asc") || has_ending (part, ".sig")) ? "pgp-mime"
                                                                                      : NULL;
}

static PdSeal *
add_seal (PdReader *reader, const char *kind, gboolean encrypted, gboolean whole,
          const PdPart *part)
{
  GPtrArray *seals = reader->mail->seals;
  PdSeal *seal;

  if (encrypted)
    reader->mail->is_encrypted = TRUE;
  else
    reader->mail->is_signed = TRUE;
  if (seals->len >= PD_MAIL_MAX_SEALS)
    {
      pd_reader_defect (reader, "more than %d signatures and encryptions", PD_MAIL_MAX_SEALS);
      return NULL;
    }
  seal = pd_fields_new (&pd_seal_fields);
  pd_text_take (&seal->kind, g_strdup (kind));
  pd_text_take (&seal->path, g_strdup (part->path));
  pd_text_take (&seal->encoding, g_strdup (part->encoding));
  pd_text_take (&seal->charset, g_strdup (part->charset));
  pd_text_take (&seal->content_encoding, g_strdup ("binary"));
  seal->encrypted = encrypted;
  seal->whole = whole;
  seal->offset = part->offset;
  seal->length = part->length;
  seal->content_offset = -1;
  g_ptr_array_add (seals, seal);
  return seal;
}

/* ---- what multipart/signed signs ---- */

/* Whether a part lies in the raw mail as such, not in something encoded. */
static gboolean
is_plainly_there (const PdPart *part)
{
  return part->offset >= 0 && strchr (part->encoding, ';') == NULL;
}

static const PdPart *
first_leaf (const PdPart *part)
{
  while (part->offset < 0 && part->children->len > 0)
    part = part->children->pdata[0];
  return part;
}

/* The begin of the line before the one that begins at `at`; 0 at the first. */
static gsize
previous_line (const char *data, gsize at)
{
  const char *end = at == 0 ? NULL : memrchr (data, '\n', at - 1);

  return end == NULL ? 0 : (gsize)(end - data) + 1;
}

/* The length of a line without its end and blanks before it. */
static gsize
line_length (const char *data, gsize at, gsize size)
{
  const char *end = memchr (data + at, '\n', size - at);
  gsize length = end == NULL ? size - at : (gsize)(end - data) - at;

  while (length > 0 && g_ascii_isspace (data[at + length - 1]))
    length--;
  return length;
}

/* The nearest line above `at` that begins with "--" and, if `like` is given, is
 * the same as the one there; *out_at is its begin.
 */
static gboolean
find_boundary_above (const PdReader *reader, gsize at, const gsize *like, gsize *out_at)
{
  gsize floor = at > MAX_BACK ? at - MAX_BACK : 0;
  gsize wanted = like == NULL ? 0 : line_length (reader->raw, *like, reader->size);

  while (at > floor)
    {
      gsize length;

      at = previous_line (reader->raw, at);
      length = line_length (reader->raw, at, reader->size);
      if (length < 3 || memcmp (reader->raw + at, "--", 2) != 0)
        continue;
      if (like != NULL
          && (length != wanted || memcmp (reader->raw + at, reader->raw + *like, wanted) != 0))
        continue;
      *out_at = at;
      return TRUE;
    }
  return FALSE;
}

/* The signed entity with its header: from behind the boundary line above it to
 * the line break before the boundary line above the signature (RFC 1847 2.1).
 */
static void
find_content (const PdReader *reader, PdSeal *seal, const PdPart *content, const PdPart *signature)
{
  const PdPart *leaf = first_leaf (content);
  gsize above, below;
  const char *start;

  if (!is_plainly_there (leaf) || !is_plainly_there (signature)
      || !find_boundary_above (reader, (gsize)signature->offset, NULL, &below)
      || (gsize)leaf->offset > below
      || !find_boundary_above (reader, (gsize)leaf->offset, &below, &above))
    return;
  start = memchr (reader->raw + above, '\n', below - above);
  if (start == NULL)
    return;
  if (below > 0 && reader->raw[below - 1] == '\n')
    below--;
  if (below > 0 && reader->raw[below - 1] == '\r')
    below--;
  seal->content_offset = start + 1 - reader->raw;
  seal->content_length = MAX (below, (gsize)seal->content_offset) - (gsize)seal->content_offset;
}

static void
look_at_signed (PdReader *reader, const PdPart *part, gboolean whole)
{
  const PdPart *signature;
  const char *kind;
  PdSeal *seal;

  /* RFC 1847 2.1: exactly two; what a list has added to is no signed mail any more */
  if (part->children->len != 2)
    return;
  signature = part->children->pdata[1];
  kind = signature_kind (signature);
  if (kind == NULL)
    return;
  seal = add_seal (reader, kind, FALSE, whole, signature);
  if (seal != NULL)
    find_content (reader, seal, part->children->pdata[0], signature);
}

/* ---- what is encrypted ---- */

/* The data behind the part "Version: 1" of PGP/MIME (RFC 3156 4): Exchange makes
 * multipart/mixed of multipart/encrypted, so the two are sought anywhere.
 */
static const PdPart *
find_pgp_data (const PdPart *part, guint *out_index)
{
  for (guint i = 0; i + 1 < part->children->len; i++)
    {
      const PdPart *version = part->children->pdata[i];
      const PdPart *data = part->children->pdata[i + 1];

      *out_index = i + 1;
      if (is_type (version, "application/pgp-encrypted") && data->children->len == 0
          && data->size > 0)
        return data;
    }
  return NULL;
}

/* S/MIME says what it is by its own first octets; smime-type and the file name
 * may lie.  What cannot be read is most often encrypted.
 */
static void
look_at_pkcs7 (PdReader *reader, const PdPart *part, gboolean whole)
{
  g_autoptr (GBytes) bytes = pd_reader_dup_bytes (reader, part);
  PdCmsType type = bytes == NULL ? PD_CMS_NONE
                                 : pd_cms_read (g_bytes_get_data (bytes, NULL),
                                                g_bytes_get_size (bytes), NULL);

  if (type == PD_CMS_SIGNED)
    add_seal (reader, "smime-opaque", FALSE, whole, part);
  else if (type == PD_CMS_ENCRYPTED
           || (type == PD_CMS_NONE && !is_octets (part) && !has_ending (part, ".p7c")
               && !has_ending (part, ".p7s")))
    add_seal (reader, "smime-enveloped", TRUE, whole, part);
}

GBytes *
pd_reader_dup_bytes (const PdReader *reader, const PdPart *part)
{
  g_autoptr (GBytes) raw = NULL;

  if (part->offset < 0 || (gsize)part->offset > reader->size)
    return NULL;
  raw = g_bytes_new_static (reader->raw + part->offset,
                            MIN (part->length, reader->size - (gsize)part->offset));
  return pd_code_undo (raw, part->encoding, NULL);
}

GByteArray *
pd_reader_dup_opaque (const PdReader *reader)
{
  const PdPart *root = reader->mail->root;
  g_autoptr (GBytes) bytes = NULL;
  GByteArray *content;

  if (!is_pkcs7 (root))
    return NULL;
  bytes = pd_reader_dup_bytes (reader, root);
  if (bytes == NULL)
    return NULL;
  pd_cms_read (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &content);
  return content;
}

/* ---- PGP inside of text ---- */

/* Where a line begins with `mark`, at or behind `from`; G_MAXSIZE: nowhere. */
static gsize
find_line (const GByteArray *text, gsize from, const char *mark)
{
  const char *data = (const char *)text->data;

  while (from < text->len)
    {
      const char *at = memmem (data + from, text->len - from, mark, strlen (mark));

      if (at == NULL)
        return G_MAXSIZE;
      if (at == data || at[-1] == '\n')
        return (gsize)(at - data);
      from = (gsize)(at - data) + 1;
    }
  return G_MAXSIZE;
}

static gboolean
is_blank (const GByteArray *text, gsize from, gsize to)
{
  for (; from < to; from++)
    if (!g_ascii_isspace (text->data[from]))
      return FALSE;
  return TRUE;
}

/* Lines between the mark and the empty line of a signed text are shown and not
 * signed: only "Hash:" may stand there (RFC 4880 7).
 */
static gboolean
has_plain_header (const GByteArray *text, gsize at)
{
  const guint8 *end;

  while ((end = memchr (text->data + at, '\n', text->len - at)) != NULL)
    {
      gsize next = (gsize)(end - text->data) + 1;

      if (is_blank (text, at, next))
        return TRUE;
      if (next - at < 5 || memcmp (text->data + at, "Hash:", 5) != 0)
        return FALSE;
      at = next;
    }
  return FALSE;
}

/* Whether a text is this one block and nothing else. */
static gboolean
is_all (const GByteArray *text, gsize begin, const char *mark, const char *end_mark)
{
  gsize end = find_line (text, begin, end_mark);
  const guint8 *line = memchr (text->data + begin, '\n', text->len - begin);

  if (end == G_MAXSIZE || line == NULL || !is_blank (text, 0, begin)
      || !is_blank (text, begin + strlen (mark), (gsize)(line - text->data))
      || !is_blank (text, end + strlen (end_mark), text->len)
      || find_line (text, begin + 1, mark) != G_MAXSIZE)
    return FALSE;
  return strcmp (mark, BEGIN_SIGNED) != 0
         || has_plain_header (text, (gsize)(line - text->data) + 1);
}

/* A PGP message that is signed but not encrypted is a one-pass signature, a
 * signature or compressed data (RFC 4880 4.3: packets 4, 2, 8); the first digits
 * of the base64 say so.
 */
static gboolean
is_only_signed (const GByteArray *text, gsize begin)
{
  const char *at = memmem (text->data + begin, text->len - begin, "\n\n", 2);
  const char *crlf = memmem (text->data + begin, text->len - begin, "\r\n\r\n", 4);
  const char *body = at == NULL || (crlf != NULL && crlf < at) ? crlf : at;
  guint tag;
  guchar *octets;
  gsize n;
  char digits[5] = "";

  if (body == NULL)
    return FALSE;
  body += body == at ? 2 : 4;
  memcpy (digits, body, MIN (4, (gsize)((const char *)text->data + text->len - body)));
  octets = g_base64_decode (digits, &n);
  tag = n == 0 ? 0 : (octets[0] & 0x40) != 0 ? octets[0] & 0x3FU : (octets[0] >> 2) & 0x0FU;
  g_free (octets);
  return tag == 2 || tag == 4 || tag == 8;
}

static void
look_at_text (PdReader *reader, const PdPart *part, gboolean whole)
{
  const GByteArray *text = pd_reader_peek_bytes (reader, part);
  gsize at;

  if (text == NULL || text->len == 0)
    return;
  at = find_line (text, 0, BEGIN_SIGNED);
  if (at != G_MAXSIZE && find_line (text, at, BEGIN_SIGNATURE) != G_MAXSIZE)
    add_seal (reader, "pgp-inline", FALSE, whole && is_all (text, at, BEGIN_SIGNED, END_SIGNATURE),
              part);
  at = find_line (text, 0, BEGIN_MESSAGE);
  if (at != G_MAXSIZE)
    add_seal (reader, "pgp-inline", !is_only_signed (text, at),
              whole && is_all (text, at, BEGIN_MESSAGE, END_MESSAGE), part);
}

/* ---- the tree ---- */

static gboolean
is_empty_text (const PdReader *reader, const PdPart *part)
{
  GByteArray *text = pd_reader_peek_bytes (reader, part);

  return part->children->len == 0 && *part->name == '\0' && text != NULL && text->len == part->size
         && is_blank (text, 0, text->len);
}

/* Whether child number i is all that its multipart shows. */
static gboolean
stands_alone (const PdReader *reader, const PdPart *part, guint i)
{
  if (is_type (part, "multipart/signed"))
    return i == 0;
  for (guint k = 0; k < part->children->len; k++)
    if (k != i && !is_type (part->children->pdata[k], "application/pgp-encrypted")
        && !is_empty_text (reader, part->children->pdata[k]))
      return FALSE;
  return is_type (part, "multipart/mixed");
}

static void
look_at (PdReader *reader, const PdPart *part, gboolean whole)
{
  const PdPart *data = NULL;
  guint index = 0;

  if (is_type (part, "multipart/signed"))
    look_at_signed (reader, part, whole);
  else if (g_str_has_prefix (part->type, "multipart/"))
    data = find_pgp_data (part, &index);
  else if (is_pkcs7 (part))
    look_at_pkcs7 (reader, part, whole);
  else if (part->children->len == 0 && g_str_has_prefix (part->type, "text/"))
    look_at_text (reader, part, whole && !part->attachment && !is_type (part, "text/html"));
  if (data != NULL)
    add_seal (reader, "pgp-mime", TRUE,
              whole
                  && (is_type (part, "multipart/encrypted") ? part->children->len == 2
                                                            : stands_alone (reader, part, index)),
              data);
  /* an enclosed mail is another's */
  for (guint i = 0; i < part->children->len; i++)
    look_at (reader, part->children->pdata[i],
             whole && !g_str_has_prefix (part->type, "message/") && stands_alone (reader, part, i));
}

void
pd_reader_crypto (PdReader *reader)
{
  look_at (reader, reader->mail->root, TRUE);
}

static guint
badness (const PdSeal *seal)
{
  static const guint order[] = {
    [PD_SEAL_GOOD] = 1,
    [PD_SEAL_UNCHECKED] = 2,
    [PD_SEAL_UNKNOWN] = 3,
    [PD_SEAL_BAD] = 4,
  };

  return seal->whole ? order[seal->state] : 0;
}

const PdSeal *
pd_mail_signature (const PdMail *mail)
{
  const PdSeal *found = NULL;

  for (guint i = 0; i < mail->seals->len; i++)
    {
      const PdSeal *seal = mail->seals->pdata[i];

      if (!seal->encrypted && (found == NULL || badness (seal) > badness (found)))
        found = seal;
    }
  return found;
}
