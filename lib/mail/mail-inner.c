#include "mail/mail-inner.h"

#include <string.h>

#include "mail/head.h"
#include "mail/mail-fields.h"

static gboolean
is_content (const PdHeadField *field)
{
  return field->name_length > 8 && g_ascii_strncasecmp (field->name, "Content-", 8) == 0;
}

static gboolean
has_word (const PdHeadField *field, const char *word)
{
  g_autofree char *small = g_ascii_strdown (field->value, (gssize)field->length);

  return strstr (small, word) != NULL;
}

/* Whether an entity's header says that the Subject in it was protected. */
static gboolean
has_subject (const PdHead *head)
{
  gboolean subject = FALSE, shown = FALSE;

  for (guint i = 0; i < pd_head_count (head); i++)
    {
      const PdHeadField *field = pd_head_peek (head, i);

      subject |= pd_head_is (field, "Subject");
      if (pd_head_is (field, "Content-Type"))
        shown |= has_word (field, "protected-headers=") || has_word (field, "hp=");
    }
  return subject && shown;
}

static void
append_fields (GByteArray *out, const PdHead *head, gboolean inner, gboolean subject)
{
  for (guint i = 0; i < pd_head_count (head); i++)
    {
      const PdHeadField *field = pd_head_peek (head, i);
      gboolean wanted = pd_head_is (field, "Subject") ? subject
                        : inner                       ? is_content (field)
                                : !is_content (field) && !pd_head_is (field, "MIME-Version");

      if (!wanted)
        continue;
      g_byte_array_append (out, (const guint8 *)field->name,
                           (guint)(field->value + field->length - field->name));
      g_byte_array_append (out, (const guint8 *)"\r\n", 2);
    }
}

GBytes *
pd_mail_inner_compose (GBytes *raw, GBytes *entity, goffset *out_shift)
{
  static const char separator[] = "MIME-Version: 1.0\r\n\r\n";
  gsize raw_size = 0, size = 0;
  const char *outer = g_bytes_get_data (raw, &raw_size);
  const char *data = g_bytes_get_data (entity, &size);
  GByteArray *out = g_byte_array_sized_new ((guint)(size + 4096));
  PdHead outer_head = { 0 }, head = { 0 };
  gboolean swap;

  pd_head_read (&outer_head, outer != NULL ? outer : "", 0, raw_size, TRUE);
  pd_head_read (&head, data != NULL ? data : "", 0, size, FALSE);
  swap = has_subject (&head);
  append_fields (out, &outer_head, FALSE, !swap);
  append_fields (out, &head, TRUE, swap);
  g_byte_array_append (out, (const guint8 *)separator, sizeof separator - 1);
  if (out_shift != NULL)
    *out_shift = (goffset)out->len - (goffset)head.body;
  if (size > head.body)
    g_byte_array_append (out, (const guint8 *)data + head.body, (guint)(size - head.body));
  pd_head_clear (&outer_head);
  pd_head_clear (&head);
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

/* Puts the elements of `from` in front of those of `to`, of which the last are
 * left out if there are too many.
 */
static void
prepend (GPtrArray *to, GPtrArray *from, guint max)
{
  if (to->len + from->len > max)
    g_ptr_array_set_size (to, (gint)(max - MIN (max, from->len)));
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
