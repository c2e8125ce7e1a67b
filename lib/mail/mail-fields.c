#include "mail/mail-fields.h"

#include <string.h>

#define MAX_LINE 1000         /* octets of a short text: a keyword, a path, a type */
#define MAX_FIELD (64 * 1024) /* of the text of a header field */
#define MAX_DIAGNOSTIC (16 * 1024)
#define MAX_FOLDED 20000    /* pieces that are folded */
#define MAX_RECIPIENTS 1000 /* in a delivery report */
#define MAX_EVENTS 100      /* PD_CALENDAR_MAX_EVENTS */
#define MAX_ATTENDEES 500

/* clang-format off */
#define ROW_OF(record, field, type, max, of)                                                       \
  { #field, type, G_STRUCT_OFFSET (record, field), max, of }
#define ROW(record, field, type, max) ROW_OF (record, field, type, max, NULL)
/* clang-format on */

/* The set of a record, and the function that frees one. */
#define SET(set, record, rows)                                                                     \
  static void set##_free (gpointer one)                                                            \
  {                                                                                                \
    pd_fields_free (&set, one);                                                                    \
  }                                                                                                \
  const PdFieldSet set = { #record, sizeof (record), rows, G_N_ELEMENTS (rows), set##_free }

static const PdField address_rows[] = {
  ROW (PdAddress, name, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdAddress, address, PD_FIELD_TEXT, MAX_FIELD),
};

static const PdField folded_rows[] = {
  ROW (PdFolded, kind, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdFolded, text, PD_FIELD_TEXT, PD_MAIL_MAX_TEXT + 1),
};

static const PdField recipient_rows[] = {
  ROW (PdBounceRecipient, address, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdBounceRecipient, action, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdBounceRecipient, status, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdBounceRecipient, reason, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdBounceRecipient, hard, PD_FIELD_BOOLEAN, 0),
  ROW (PdBounceRecipient, reply_code, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdBounceRecipient, diagnostic, PD_FIELD_TEXT, MAX_DIAGNOSTIC),
};

static const PdField seal_rows[] = {
  ROW (PdSeal, kind, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdSeal, path, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdSeal, encrypted, PD_FIELD_BOOLEAN, 0),
  ROW (PdSeal, whole, PD_FIELD_BOOLEAN, 0),
  ROW (PdSeal, content_offset, PD_FIELD_OFFSET, 0),
  ROW (PdSeal, content_length, PD_FIELD_SIZE, 0),
  ROW (PdSeal, content_encoding, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdSeal, offset, PD_FIELD_OFFSET, 0),
  ROW (PdSeal, length, PD_FIELD_SIZE, 0),
  ROW (PdSeal, encoding, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdSeal, charset, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdSeal, state, PD_FIELD_ENUM, PD_SEAL_UNKNOWN),
  ROW (PdSeal, signer, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdSeal, fingerprint, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdSeal, reason, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdSeal, signed_at, PD_FIELD_INT64, 0),
};

static const PdField attendee_rows[] = {
  ROW (PdAttendee, name, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdAttendee, address, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdAttendee, status, PD_FIELD_TEXT, MAX_FIELD),
};

static const PdField event_rows[] = {
  ROW (PdCalendarEvent, type, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdCalendarEvent, uid, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdCalendarEvent, summary, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdCalendarEvent, location, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdCalendarEvent, start, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdCalendarEvent, end, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdCalendarEvent, zone, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdCalendarEvent, all_day, PD_FIELD_BOOLEAN, 0),
  ROW (PdCalendarEvent, recurs, PD_FIELD_BOOLEAN, 0),
  ROW (PdCalendarEvent, recurrence_id, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdCalendarEvent, sequence, PD_FIELD_UINT, G_MAXINT32),
  ROW (PdCalendarEvent, status, PD_FIELD_TEXT, MAX_FIELD),
  ROW_OF (PdCalendarEvent, organizer, PD_FIELD_RECORD, 0, &pd_address_fields),
  ROW_OF (PdCalendarEvent, attendees, PD_FIELD_RECORDS, MAX_ATTENDEES, &pd_attendee_fields),
};

static const PdField calendar_rows[] = {
  ROW (PdCalendar, method, PD_FIELD_TEXT, MAX_FIELD),
  ROW_OF (PdCalendar, events, PD_FIELD_RECORDS, MAX_EVENTS, &pd_calendar_event_fields),
};

static const PdField part_rows[] = {
  ROW (PdPart, path, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdPart, type, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdPart, charset, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdPart, name, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdPart, content_id, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdPart, encoding, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdPart, offset, PD_FIELD_OFFSET, 0),
  ROW (PdPart, length, PD_FIELD_SIZE, 0),
  ROW (PdPart, size, PD_FIELD_SIZE, 0),
  ROW (PdPart, sha256, PD_FIELD_HASH, 0),
  ROW (PdPart, attachment, PD_FIELD_BOOLEAN, 0),
  ROW (PdPart, is_inline, PD_FIELD_BOOLEAN, 0),
  ROW_OF (PdPart, children, PD_FIELD_RECORDS, PD_MAIL_MAX_PARTS, &pd_part_fields),
};

static const PdField forwarded_rows[] = {
  ROW (PdForwarded, attached, PD_FIELD_BOOLEAN, 0),
  ROW (PdForwarded, found, PD_FIELD_UINT, PD_MAIL_MAX_PARTS),
  ROW (PdForwarded, above, PD_FIELD_TEXT, PD_MAIL_MAX_TEXT + 1),
  ROW_OF (PdForwarded, from, PD_FIELD_RECORD, 0, &pd_address_fields),
  ROW_OF (PdForwarded, to, PD_FIELD_RECORDS, PD_MAIL_MAX_ADDRESSES, &pd_address_fields),
  ROW_OF (PdForwarded, cc, PD_FIELD_RECORDS, PD_MAIL_MAX_ADDRESSES, &pd_address_fields),
  ROW (PdForwarded, subject, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdForwarded, date_text, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdForwarded, has_date, PD_FIELD_BOOLEAN, 0),
  ROW (PdForwarded, date, PD_FIELD_INT64, 0),
  ROW (PdForwarded, message_id, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdForwarded, references, PD_FIELD_TEXTS, MAX_FIELD),
  ROW (PdForwarded, text, PD_FIELD_TEXT, PD_MAIL_MAX_TEXT + 1),
  ROW (PdForwarded, visible, PD_FIELD_TEXT, PD_MAIL_MAX_TEXT + 1),
  ROW (PdForwarded, html, PD_FIELD_TEXT, PD_MAIL_MAX_TEXT + 1),
  ROW_OF (PdForwarded, attachments, PD_FIELD_PARTS, PD_MAIL_MAX_PARTS, &pd_part_fields),
};

static const PdField mail_rows[] = {
  ROW (PdMail, subject, PD_FIELD_TEXT, MAX_FIELD),
  ROW_OF (PdMail, from, PD_FIELD_RECORDS, PD_MAIL_MAX_ADDRESSES, &pd_address_fields),
  ROW_OF (PdMail, sender, PD_FIELD_RECORDS, PD_MAIL_MAX_ADDRESSES, &pd_address_fields),
  ROW_OF (PdMail, reply_to, PD_FIELD_RECORDS, PD_MAIL_MAX_ADDRESSES, &pd_address_fields),
  ROW_OF (PdMail, to, PD_FIELD_RECORDS, PD_MAIL_MAX_ADDRESSES, &pd_address_fields),
  ROW_OF (PdMail, cc, PD_FIELD_RECORDS, PD_MAIL_MAX_ADDRESSES, &pd_address_fields),
  ROW_OF (PdMail, bcc, PD_FIELD_RECORDS, PD_MAIL_MAX_ADDRESSES, &pd_address_fields),
  ROW (PdMail, has_date, PD_FIELD_BOOLEAN, 0),
  ROW (PdMail, date, PD_FIELD_INT64, 0),
  ROW (PdMail, date_offset, PD_FIELD_INT, 24 * 60),
  ROW (PdMail, message_id, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdMail, in_reply_to, PD_FIELD_TEXTS, MAX_FIELD),
  ROW (PdMail, references, PD_FIELD_TEXTS, MAX_FIELD),
  ROW (PdMail, list_id, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdMail, return_path, PD_FIELD_OPTIONAL, MAX_FIELD),
  ROW (PdMail, auto_submitted, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdMail, received, PD_FIELD_UINT, G_MAXINT32),
  ROW (PdMail, kind, PD_FIELD_ENUM, PD_MAIL_KIND_DMARC_REPORT),
  ROW (PdMail, auto_reply_allowed, PD_FIELD_BOOLEAN, 0),
  ROW (PdMail, text, PD_FIELD_TEXT, PD_MAIL_MAX_TEXT + 1),
  ROW (PdMail, visible, PD_FIELD_TEXT, PD_MAIL_MAX_TEXT + 1),
  ROW (PdMail, signature_text, PD_FIELD_TEXT, PD_MAIL_MAX_TEXT + 1),
  ROW_OF (PdMail, folded, PD_FIELD_RECORDS, MAX_FOLDED, &pd_folded_fields),
  ROW (PdMail, html, PD_FIELD_TEXT, PD_MAIL_MAX_TEXT + 1),
  ROW_OF (PdMail, root, PD_FIELD_RECORD, 0, &pd_part_fields),
  ROW_OF (PdMail, parts, PD_FIELD_PARTS, PD_MAIL_MAX_PARTS, &pd_part_fields),
  ROW_OF (PdMail, attachments, PD_FIELD_PARTS, PD_MAIL_MAX_PARTS, &pd_part_fields),
  ROW_OF (PdMail, bounce_recipients, PD_FIELD_RECORDS, MAX_RECIPIENTS, &pd_bounce_recipient_fields),
  ROW (PdMail, original_message_id, PD_FIELD_TEXT, MAX_FIELD),
  /* behind root: its parts are told by their numbers */
  ROW_OF (PdMail, forwarded, PD_FIELD_RECORD, 0, &pd_forwarded_fields),
  ROW_OF (PdMail, calendar, PD_FIELD_RECORD, 0, &pd_calendar_fields),
  ROW (PdMail, original_subject, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdMail, original_to, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdMail, original_return_path, PD_FIELD_TEXT, MAX_FIELD),
  ROW (PdMail, disposition, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdMail, complaint_recipients, PD_FIELD_TEXTS, MAX_FIELD),
  ROW (PdMail, complaint_source, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdMail, complaint_type, PD_FIELD_TEXT, MAX_LINE),
  ROW (PdMail, is_signed, PD_FIELD_BOOLEAN, 0),
  ROW (PdMail, is_encrypted, PD_FIELD_BOOLEAN, 0),
  ROW_OF (PdMail, seals, PD_FIELD_RECORDS, PD_MAIL_MAX_SEALS, &pd_seal_fields),
  ROW (PdMail, auth_results, PD_FIELD_TEXT, 1024 * 1024),
  ROW (PdMail, arc, PD_FIELD_TEXT, 1024 * 1024),
  ROW (PdMail, delivered_to, PD_FIELD_TEXTS, MAX_LINE),
  ROW (PdMail, x_loop, PD_FIELD_TEXTS, MAX_LINE),
  ROW (PdMail, content_sha256, PD_FIELD_HASH, 0),
  ROW (PdMail, size, PD_FIELD_SIZE, 0),
  ROW (PdMail, defects, PD_FIELD_TEXTS, MAX_LINE),
};

SET (pd_address_fields, PdAddress, address_rows);
SET (pd_folded_fields, PdFolded, folded_rows);
SET (pd_bounce_recipient_fields, PdBounceRecipient, recipient_rows);
SET (pd_seal_fields, PdSeal, seal_rows);
SET (pd_attendee_fields, PdAttendee, attendee_rows);
SET (pd_calendar_event_fields, PdCalendarEvent, event_rows);
SET (pd_calendar_fields, PdCalendar, calendar_rows);
SET (pd_forwarded_fields, PdForwarded, forwarded_rows);
SET (pd_part_fields, PdPart, part_rows);
SET (pd_mail_fields, PdMail, mail_rows);

gpointer
pd_fields_new (const PdFieldSet *set)
{
  char *record = g_malloc0 (set->size);

  for (guint i = 0; i < set->n_fields; i++)
    {
      const PdField *field = &set->fields[i];
      gpointer *at = (gpointer *)(gpointer)(record + field->offset);

      if (field->type == PD_FIELD_TEXT)
        *at = g_strdup ("");
      else if (field->type == PD_FIELD_TEXTS)
        *at = g_ptr_array_new_with_free_func (g_free);
      else if (field->type == PD_FIELD_RECORDS)
        *at = g_ptr_array_new_with_free_func (field->of->free);
      else if (field->type == PD_FIELD_PARTS)
        *at = g_ptr_array_new ();
    }
  return record;
}

void
pd_fields_free (const PdFieldSet *set, gpointer record)
{
  if (record == NULL)
    return;
  for (guint i = 0; i < set->n_fields; i++)
    {
      const PdField *field = &set->fields[i];
      gpointer at = G_STRUCT_MEMBER_P (record, field->offset);

      if (field->type == PD_FIELD_TEXT || field->type == PD_FIELD_OPTIONAL)
        g_free (*(char **)at);
      else if (field->type == PD_FIELD_TEXTS || field->type == PD_FIELD_RECORDS
               || field->type == PD_FIELD_PARTS)
        g_ptr_array_unref (*(GPtrArray **)at);
      else if (field->type == PD_FIELD_RECORD)
        field->of->free (*(gpointer *)at);
    }
  g_free (record);
}

static gboolean
fit_text (char *text, gint64 max)
{
  gsize length = text != NULL ? strlen (text) : 0;
  char *end;

  if (length <= (gsize)max)
    return FALSE;
  end = g_utf8_find_prev_char (text, text + max + 1);
  *(end != NULL ? end : text) = '\0';
  return TRUE;
}

static gboolean
fit_list (const PdField *field, GPtrArray *list)
{
  guint most = field->type == PD_FIELD_TEXTS ? PD_FIELD_MAX_TEXTS : (guint)field->max;
  gboolean cut = list->len > most && field->of != &pd_part_fields;

  if (cut || (list->len > most && field->type == PD_FIELD_PARTS))
    {
      g_ptr_array_set_size (list, (gint)most);
      cut = TRUE;
    }
  for (guint i = 0; i < list->len; i++)
    if (field->type == PD_FIELD_TEXTS)
      cut |= fit_text (list->pdata[i], field->max);
    else if (field->type == PD_FIELD_RECORDS)
      cut |= pd_fields_fit (field->of, list->pdata[i]);
  return cut;
}

static gboolean
fit_field (const PdField *field, gpointer at)
{
  switch (field->type)
    {
    case PD_FIELD_TEXT:
    case PD_FIELD_OPTIONAL:
      return fit_text (*(char **)at, field->max);
    case PD_FIELD_RECORD:
      return pd_fields_fit (field->of, *(gpointer *)at);
    case PD_FIELD_TEXTS:
    case PD_FIELD_RECORDS:
    case PD_FIELD_PARTS:
      return fit_list (field, *(GPtrArray **)at);
    default:
      return FALSE; /* numbers and hashes have one size */
    }
}

gboolean
pd_fields_fit (const PdFieldSet *set, gpointer record)
{
  gboolean cut = FALSE;

  for (guint i = 0; record != NULL && i < set->n_fields; i++)
    cut |= fit_field (&set->fields[i], (char *)record + set->fields[i].offset);
  return cut;
}

static gboolean
texts_equal (const GPtrArray *a, const GPtrArray *b)
{
  for (guint i = 0; i < a->len; i++)
    if (strcmp (a->pdata[i], b->pdata[i]) != 0)
      return FALSE;
  return TRUE;
}

static gboolean
lists_equal (const PdField *field, const GPtrArray *a, const GPtrArray *b, const char **out_where)
{
  if (a->len != b->len)
    return FALSE;
  if (field->type == PD_FIELD_TEXTS)
    return texts_equal (a, b);
  for (guint i = 0; i < a->len; i++)
    if (!pd_fields_equal (field->of, a->pdata[i], b->pdata[i], out_where))
      return FALSE;
  return TRUE;
}

static gboolean
values_equal (const PdField *field, gconstpointer a, gconstpointer b, const char **out_where)
{
  switch (field->type)
    {
    case PD_FIELD_TEXT:
    case PD_FIELD_OPTIONAL:
      return g_strcmp0 (*(char *const *)a, *(char *const *)b) == 0;
    case PD_FIELD_BOOLEAN:
    case PD_FIELD_ENUM:
    case PD_FIELD_INT:
    case PD_FIELD_UINT:
      return memcmp (a, b, sizeof (gint)) == 0;
    case PD_FIELD_INT64:
    case PD_FIELD_OFFSET:
    case PD_FIELD_SIZE:
      return memcmp (a, b, sizeof (gint64)) == 0;
    case PD_FIELD_HASH:
      return strcmp (a, b) == 0;
    case PD_FIELD_RECORD:
      return pd_fields_equal (field->of, *(gconstpointer *)a, *(gconstpointer *)b, out_where);
    case PD_FIELD_TEXTS:
    case PD_FIELD_RECORDS:
    case PD_FIELD_PARTS:
      return lists_equal (field, *(GPtrArray *const *)a, *(GPtrArray *const *)b, out_where);
    }
  g_return_val_if_reached (FALSE);
}

gboolean
pd_fields_equal (const PdFieldSet *set, gconstpointer a, gconstpointer b, const char **out_where)
{
  if (out_where != NULL)
    *out_where = set->name;
  if (a == NULL || b == NULL)
    return a == b;
  for (guint i = 0; i < set->n_fields; i++)
    {
      const PdField *field = &set->fields[i];
      const char *inner = field->name;

      if (values_equal (field, (const char *)a + field->offset, (const char *)b + field->offset,
                        &inner))
        continue;
      if (out_where != NULL)
        *out_where = inner;
      return FALSE;
    }
  return TRUE;
}

G_STATIC_ASSERT (sizeof (gsize) == sizeof (gint64) && sizeof (goffset) == sizeof (gint64));
G_STATIC_ASSERT (sizeof (PdMailKind) == sizeof (gint) && sizeof (PdSealState) == sizeof (gint));
