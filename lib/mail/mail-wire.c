#include "mail/mail-wire.h"

#include <string.h>

#include "base/error.h"
#include "mail/mail-fields.h"

#define NO_TEXT G_MAXUINT32 /* in place of a length: NULL */
#define HASH_SIZE 65        /* with its NUL */
#define FIRST_ROOM 4096     /* octets for all but the large texts */

/* ---- write ---- */

typedef struct {
  GByteArray *out;
  GHashTable *parts; /* PdPart -> its number + 1, in the order in which they are written */
} Writer;

static void write_record (Writer *writer, const PdFieldSet *set, gconstpointer record);

static void
write_u32 (Writer *writer, gsize number)
{
  guint32 octets = (guint32)number;

  g_byte_array_append (writer->out, (const guint8 *)&octets, sizeof octets);
}

static void
write_i64 (Writer *writer, gint64 number)
{
  g_byte_array_append (writer->out, (const guint8 *)&number, sizeof number);
}

static void
write_text (Writer *writer, const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  write_u32 (writer, text != NULL ? length : NO_TEXT);
  g_byte_array_append (writer->out, (const guint8 *)text, (guint)length);
}

static void
write_list (Writer *writer, const PdField *field, const GPtrArray *list)
{
  write_u32 (writer, list->len);
  for (guint i = 0; i < list->len; i++)
    {
      gpointer one = list->pdata[i];

      if (field->type == PD_FIELD_TEXTS)
        write_text (writer, one);
      else if (field->type == PD_FIELD_PARTS)
        write_u32 (writer, GPOINTER_TO_UINT (g_hash_table_lookup (writer->parts, one)) - 1);
      else
        write_record (writer, field->of, one);
    }
}

static void
write_field (Writer *writer, const PdField *field, gconstpointer at)
{
  switch (field->type)
    {
    case PD_FIELD_TEXT:
    case PD_FIELD_OPTIONAL:
      write_text (writer, *(char *const *)at);
      break;
    case PD_FIELD_BOOLEAN:
    case PD_FIELD_ENUM:
    case PD_FIELD_INT:
      write_i64 (writer, *(const gint *)at);
      break;
    case PD_FIELD_UINT:
      write_i64 (writer, *(const guint *)at);
      break;
    case PD_FIELD_INT64:
    case PD_FIELD_OFFSET:
    case PD_FIELD_SIZE:
      write_i64 (writer, *(const gint64 *)at);
      break;
    case PD_FIELD_HASH:
      write_text (writer, at);
      break;
    case PD_FIELD_RECORD:
      write_u32 (writer, *(const gconstpointer *)at != NULL);
      if (*(const gconstpointer *)at != NULL)
        write_record (writer, field->of, *(const gconstpointer *)at);
      break;
    case PD_FIELD_TEXTS:
    case PD_FIELD_RECORDS:
    case PD_FIELD_PARTS:
      write_list (writer, field, *(GPtrArray *const *)at);
      break;
    }
}

static void
write_record (Writer *writer, const PdFieldSet *set, gconstpointer record)
{
  if (set == &pd_part_fields)
    g_hash_table_insert (writer->parts, (gpointer)record,
                         GUINT_TO_POINTER (g_hash_table_size (writer->parts) + 1));
  for (guint i = 0; i < set->n_fields; i++)
    write_field (writer, &set->fields[i], (const char *)record + set->fields[i].offset);
}

GByteArray *
pd_mail_wire_write (const PdMail *mail)
{
  /* the texts are most of it, so that it seldom has to move */
  gsize texts = strlen (mail->text) + strlen (mail->visible) + strlen (mail->html);
  Writer writer
      = { g_byte_array_sized_new ((guint)texts + FIRST_ROOM), g_hash_table_new (NULL, NULL) };

  write_record (&writer, &pd_mail_fields, mail);
  g_hash_table_unref (writer.parts);
  return writer.out;
}

/* ---- read ---- */

typedef struct {
  const guint8 *at, *end;
  gsize raw_size;
  GPtrArray *parts; /* of PdPart, in the order in which they came */
  guint depth;      /* of the records that are being read */
} Reader;

static gpointer read_record (Reader *reader, const PdFieldSet *set, GError **error);

static gboolean
fail (const PdField *field, const char *what, GError **error)
{
  return pd_fail (error, PD_ERROR_INVALID, "%s: %s", field->name, what);
}

static gboolean
read_octets (Reader *reader, const PdField *field, gpointer out, gsize length, GError **error)
{
  if ((gsize)(reader->end - reader->at) < length)
    return fail (field, "it ends too early", error);
  memcpy (out, reader->at, length);
  reader->at += length;
  return TRUE;
}

static gboolean
read_u32 (Reader *reader, const PdField *field, guint32 *out, GError **error)
{
  *out = 0;
  return read_octets (reader, field, out, sizeof *out, error);
}

/* A text or, where that may be, NULL. */
static gboolean
read_text (Reader *reader, const PdField *field, char **out, GError **error)
{
  guint32 length;

  *out = NULL;
  if (!read_u32 (reader, field, &length, error))
    return FALSE;
  if (length == NO_TEXT && field->type == PD_FIELD_OPTIONAL)
    return TRUE;
  if (length > field->max)
    return fail (field, "it is too long", error);
  if (length > (gsize)(reader->end - reader->at))
    return fail (field, "it ends too early", error);
  /* this refuses NUL, too */
  if (!g_utf8_validate_len ((const char *)reader->at, length, NULL))
    return fail (field, "it is no UTF-8", error);
  *out = g_strndup ((const char *)reader->at, length);
  reader->at += length;
  return TRUE;
}

static gboolean
read_number (Reader *reader, const PdField *field, gint64 least, gint64 most, gint64 *out,
             GError **error)
{
  if (!read_octets (reader, field, out, sizeof *out, error))
    return FALSE;
  return (*out >= least && *out <= most) || fail (field, "it is out of its bounds", error);
}

/* A number of the size that the field's type has. */
static gboolean
read_small (Reader *reader, const PdField *field, gint64 least, gint64 most, gpointer at,
            GError **error)
{
  gint64 number;

  if (!read_number (reader, field, least, most, &number, error))
    return FALSE;
  if (field->type == PD_FIELD_UINT)
    *(guint *)at = (guint)number;
  else
    *(gint *)at = (gint)number;
  return TRUE;
}

static gboolean
read_hash (Reader *reader, const PdField *field, char *at, GError **error)
{
  guint32 length;

  if (!read_u32 (reader, field, &length, error))
    return FALSE;
  if (length != 0 && length != HASH_SIZE - 1)
    return fail (field, "it is no hash", error);
  if (!read_octets (reader, field, at, length, error))
    return FALSE;
  at[length] = '\0';
  return strspn (at, "0123456789abcdef") == length || fail (field, "it is no hash", error);
}

/* One that belongs to the tree which came before. */
static gboolean
read_part_number (Reader *reader, const PdField *field, gpointer *out, GError **error)
{
  guint32 number;

  if (!read_u32 (reader, field, &number, error))
    return FALSE;
  if (number >= reader->parts->len)
    return fail (field, "there is no such part", error);
  *out = reader->parts->pdata[number];
  return TRUE;
}

static gboolean
read_element (Reader *reader, const PdField *field, gpointer *out, GError **error)
{
  if (field->type == PD_FIELD_PARTS)
    return read_part_number (reader, field, out, error);
  if (field->type == PD_FIELD_TEXTS)
    return read_text (reader, field, (char **)out, error);
  *out = read_record (reader, field->of, error);
  return *out != NULL;
}

static gboolean
read_list (Reader *reader, const PdField *field, GPtrArray *list, GError **error)
{
  gint64 most = field->type == PD_FIELD_TEXTS ? PD_FIELD_MAX_TEXTS : field->max;
  guint32 n;

  if (!read_u32 (reader, field, &n, error))
    return FALSE;
  if (n > most)
    return fail (field, "there are too many", error);
  for (guint32 i = 0; i < n; i++)
    {
      gpointer one;

      if (!read_element (reader, field, &one, error))
        return FALSE;
      g_ptr_array_add (list, one);
    }
  return TRUE;
}

static gboolean
read_optional_record (Reader *reader, const PdField *field, gpointer *out, GError **error)
{
  guint32 there;

  if (!read_u32 (reader, field, &there, error))
    return FALSE;
  if (there > 1)
    return fail (field, "it is out of its bounds", error);
  if (there == 0)
    return TRUE;
  *out = read_record (reader, field->of, error);
  return *out != NULL;
}

static gboolean
read_field (Reader *reader, const PdField *field, gpointer at, GError **error)
{
  switch (field->type)
    {
    case PD_FIELD_TEXT:
    case PD_FIELD_OPTIONAL:
      g_clear_pointer ((char **)at, g_free); /* the "" of a new record */
      return read_text (reader, field, at, error);
    case PD_FIELD_BOOLEAN:
      return read_small (reader, field, FALSE, TRUE, at, error);
    case PD_FIELD_ENUM:
    case PD_FIELD_UINT:
      return read_small (reader, field, 0, field->max, at, error);
    case PD_FIELD_INT:
      return read_small (reader, field, -field->max, field->max, at, error);
    case PD_FIELD_INT64:
      return read_number (reader, field, G_MININT64, G_MAXINT64, at, error);
    case PD_FIELD_OFFSET:
      return read_number (reader, field, -1, (gint64)reader->raw_size, at, error);
    case PD_FIELD_SIZE:
      return read_number (reader, field, 0, G_MAXINT64, at, error);
    case PD_FIELD_HASH:
      return read_hash (reader, field, at, error);
    case PD_FIELD_RECORD:
      return read_optional_record (reader, field, at, error);
    case PD_FIELD_TEXTS:
    case PD_FIELD_RECORDS:
    case PD_FIELD_PARTS:
      return read_list (reader, field, *(GPtrArray **)at, error);
    }
  g_return_val_if_reached (FALSE);
}

static gboolean
read_fields (Reader *reader, const PdFieldSet *set, gpointer record, GError **error)
{
  for (guint i = 0; i < set->n_fields; i++)
    if (!read_field (reader, &set->fields[i], (char *)record + set->fields[i].offset, error))
      return FALSE;
  return TRUE;
}

/* What no single field tells: that the part's octets are in the mail. */
static gboolean
check_part (const Reader *reader, const PdPart *part, GError **error)
{
  gsize begin = part->offset < 0 ? 0 : (gsize)part->offset;

  return part->length <= reader->raw_size - begin
         || pd_fail (error, PD_ERROR_INVALID, "part %s: it ends behind the mail", part->path);
}

static gboolean
count_part (Reader *reader, gpointer part, GError **error)
{
  if (reader->parts->len == PD_MAIL_WIRE_MAX_PARTS)
    return pd_fail (error, PD_ERROR_INVALID, "there are too many parts");
  g_ptr_array_add (reader->parts, part);
  return TRUE;
}

static gpointer
read_record (Reader *reader, const PdFieldSet *set, GError **error)
{
  gboolean is_part = set == &pd_part_fields;
  gpointer record;
  gboolean good;

  /* the mail itself is one of them */
  if (reader->depth > PD_MAIL_WIRE_MAX_DEPTH)
    {
      pd_fail (error, PD_ERROR_INVALID, "parts are nested too deeply");
      return NULL;
    }
  record = pd_fields_new (set);
  reader->depth++;
  good = (!is_part || count_part (reader, record, error))
         && read_fields (reader, set, record, error)
         && (!is_part || check_part (reader, record, error));
  reader->depth--;
  if (!good)
    g_clear_pointer (&record, set->free);
  return record;
}

static gboolean
check_mail (const Reader *reader, const PdMail *mail, GError **error)
{
  if (reader->at != reader->end)
    return pd_fail (error, PD_ERROR_INVALID, "there is something behind the end");
  if (mail->root == NULL)
    return pd_fail (error, PD_ERROR_INVALID, "root: there is none");
  return mail->size == reader->raw_size
         || pd_fail (error, PD_ERROR_INVALID, "size: it is that of another mail");
}

PdMail *
pd_mail_wire_read (const guint8 *data, gsize length, gsize raw_size, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  Reader reader = { data, data + length, raw_size, parts, 0 };
  g_autoptr (PdMail) mail = read_record (&reader, &pd_mail_fields, error);

  if (mail == NULL || !check_mail (&reader, mail, error))
    return NULL;
  return g_steal_pointer (&mail);
}
