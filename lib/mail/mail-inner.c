#include "mail/mail-inner.h"

#include <string.h>

#include "mail/mail-fields.h"

/* A field with its continuation lines, and the line's end. */
typedef struct {
  const char *at, *end;
  gsize name; /* octets before the colon */
} Field;

/* Reads the field that begins at `at`; FALSE at the empty line, at the end, and
 * at a line that is none.
 */
static gboolean
next_field (const char *at, const char *end, Field *field)
{
  const char *colon = at;

  while (colon < end && *colon > ' ' && *colon != ':' && *colon != 0x7F)
    colon++;
  if (colon == at || colon == end || *colon != ':')
    return FALSE;
  field->at = at;
  field->name = (gsize)(colon - at);
  do
    {
      const char *line = memchr (at, '\n', (gsize)(end - at));

      at = line == NULL ? end : line + 1;
    }
  while (at < end && (*at == ' ' || *at == '\t'));
  field->end = at;
  return TRUE;
}

static gboolean
is_field (const Field *field, const char *name)
{
  return field->name == strlen (name) && g_ascii_strncasecmp (field->at, name, field->name) == 0;
}

static gboolean
is_content (const Field *field)
{
  return field->name > 8 && g_ascii_strncasecmp (field->at, "Content-", 8) == 0;
}

static gboolean
has_word (const Field *field, const char *word)
{
  g_autofree char *small = g_ascii_strdown (field->at, field->end - field->at);

  return strstr (small, word) != NULL;
}

/* What the header of an entity says. */
typedef struct {
  gsize body;       /* where the body begins */
  gboolean subject; /* it has a Subject */
  gboolean shown;   /* and that one was protected */
} Header;

static void
read_header (const char *data, gsize size, Header *header)
{
  const char *at = data, *end = data + size;
  Field field;

  *header = (Header){ 0 };
  while (next_field (at, end, &field))
    {
      header->subject |= is_field (&field, "Subject");
      if (is_field (&field, "Content-Type"))
        header->shown = has_word (&field, "protected-headers=") || has_word (&field, "hp=");
      at = field.end;
    }
  if (at < end && *at == '\r')
    at++;
  if (at < end && *at == '\n')
    at++;
  header->body = (gsize)(at - data);
}

static void
append_fields (GByteArray *out, const char *at, const char *end, gboolean inner, gboolean subject)
{
  Field field;

  while (next_field (at, end, &field))
    {
      gboolean wanted = is_field (&field, "Subject")
                            ? subject
                            : is_content (&field) == inner
                                  && !(inner ? FALSE : is_field (&field, "MIME-Version"));

      if (wanted)
        g_byte_array_append (out, (const guint8 *)field.at, (guint)(field.end - field.at));
      at = field.end;
    }
  /* a header that ends with the mail has no line end */
  if (out->len > 0 && out->data[out->len - 1] != '\n')
    g_byte_array_append (out, (const guint8 *)"\r\n", 2);
}

GBytes *
pd_mail_inner_compose (GBytes *raw, GBytes *entity, goffset *out_shift)
{
  static const char separator[] = "MIME-Version: 1.0\r\n\r\n";
  gsize raw_size = 0, size = 0;
  const char *outer = g_bytes_get_data (raw, &raw_size);
  const char *data = g_bytes_get_data (entity, &size);
  GByteArray *out = g_byte_array_sized_new ((guint)(size + 4096));
  gboolean swap;
  Header header;

  read_header (data, size, &header);
  swap = header.subject && header.shown;
  if (raw_size > 0)
    append_fields (out, outer, outer + raw_size, FALSE, !swap);
  if (size > 0)
    append_fields (out, data, data + header.body, TRUE, swap);
  g_byte_array_append (out, (const guint8 *)separator, sizeof separator - 1);
  if (out_shift != NULL)
    *out_shift = (goffset)out->len - (goffset)header.body;
  if (size > header.body)
    g_byte_array_append (out, (const guint8 *)data + header.body, (guint)(size - header.body));
  return g_byte_array_free_to_bytes (out);
}

/* The place of something in the content of the outer root. */
static void
rebase (const PdPart *root, goffset shift, goffset *offset, gsize *length, char **encoding)
{
  gboolean plain = strcmp (*encoding, "7bit") == 0 || strcmp (*encoding, "8bit") == 0
                   || strcmp (*encoding, "binary") == 0;
  char *chain;

  if (*offset < 0)
    return;
  chain = g_strdup_printf ("%s;cms;part=%" G_GINT64_FORMAT "+%" G_GSIZE_FORMAT "%s%s",
                           root->encoding, (gint64)(*offset - shift), *length, plain ? "" : ";",
                           plain ? "" : *encoding);
  /* what is in the header, or wrapped too often, cannot be told */
  *offset = *offset < shift || strlen (chain) > PD_MAIL_MAX_ENCODING ? -1 : root->offset;
  *length = root->length;
  pd_text_take (encoding, chain);
}

static void
rebase_part (const PdPart *root, goffset shift, PdPart *part)
{
  rebase (root, shift, &part->offset, &part->length, &part->encoding);
  pd_text_take (&part->path, g_strconcat (root->path, ".", part->path, NULL));
  for (guint i = 0; i < part->children->len; i++)
    rebase_part (root, shift, part->children->pdata[i]);
}

static void
rebase_seal (const PdPart *root, goffset shift, PdSeal *seal)
{
  rebase (root, shift, &seal->offset, &seal->length, &seal->encoding);
  rebase (root, shift, &seal->content_offset, &seal->content_length, &seal->content_encoding);
  pd_text_take (&seal->path, g_strconcat (root->path, ".", seal->path, NULL));
}

/* Puts the elements of `from` in front of those of `to`. */
static void
prepend (GPtrArray *to, GPtrArray *from, guint max)
{
  for (guint i = 0; from->len > 0 && to->len < max; i++)
    g_ptr_array_insert (to, (gint)i, g_ptr_array_steal_index (from, 0));
}

PdMail *
pd_mail_inner_adopt (PdMail *outer, PdMail *inner, const goffset *shift)
{
  if (shift != NULL)
    {
      PdPart *root = g_steal_pointer (&outer->root);

      rebase_part (root, *shift, inner->root);
      for (guint i = 0; i < inner->seals->len; i++)
        rebase_seal (root, *shift, inner->seals->pdata[i]);
      g_ptr_array_add (root->children, inner->root);
      inner->root = root;
    }
  prepend (inner->seals, outer->seals, PD_MAIL_MAX_SEALS);
  prepend (inner->defects, outer->defects, PD_MAIL_MAX_DEFECTS);
  inner->is_signed |= outer->is_signed;
  inner->is_encrypted |= outer->is_encrypted;
  inner->size = outer->size;
  memcpy (inner->content_sha256, outer->content_sha256, sizeof inner->content_sha256);
  pd_mail_free (outer);
  return inner;
}
