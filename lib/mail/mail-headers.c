/* mail-headers.c - the fields of the header.  One pass, a handler a field. */
#include <gmime/gmime.h>
#include <string.h>

#include "mail/charset.h"
#include "mail/encoded-word.h"
#include "mail/mail-fields.h"
#include "mail/mail-reader.h"

#define MAX_FIELD_TEXT 10000   /* octets kept of a field that is kept as text */
#define MAX_JOINED (64 * 1024) /* octets of fields that are kept in one text */
#define MAX_MARKS 50           /* Delivered-To, X-Loop */
#define MAX_ID 998             /* octets of a message id: a line of RFC 5322 */

typedef struct Field Field;
struct Field {
  const char *name;
  void (*read) (PdReader *reader, const Field *field, const char *raw);
  gsize offset; /* in PdMail */
};

/* Cuts at a character's end. */
static void
cut (char *text, gsize max)
{
  if (strlen (text) > max)
    {
      char *end = text + max;

      while (end > text && ((guint8)*end & 0xC0) == 0x80)
        end--;
      *end = '\0';
    }
}

static char *
dup_value (const char *raw)
{
  return g_strstrip (pd_words_decode (raw));
}

static void
read_addresses (PdReader *reader, const Field *field, const char *raw)
{
  GPtrArray *list = G_STRUCT_MEMBER (GPtrArray *, reader->mail, field->offset);

  if (list->len >= PD_MAIL_MAX_ADDRESSES)
    {
      pd_reader_defect (reader, "more than %d addresses in %s", PD_MAIL_MAX_ADDRESSES, field->name);
      return;
    }
  pd_reader_add_addresses (reader, list, field->name, raw);
}

static void
read_subject (PdReader *reader, const Field *field, const char *raw)
{
  PdMail *mail = reader->mail;

  if (*mail->subject != '\0')
    {
      pd_reader_defect (reader, "more than one Subject");
      return;
    }
  g_free (mail->subject);
  mail->subject = dup_value (raw);
  if (strlen (mail->subject) > PD_MAIL_MAX_SUBJECT)
    pd_reader_defect (reader, "Subject is longer than %d octets", PD_MAIL_MAX_SUBJECT);
  cut (mail->subject, PD_MAIL_MAX_SUBJECT);
}

static void
read_date (PdReader *reader, const Field *field, const char *raw)
{
  PdMail *mail = reader->mail;
  g_autoptr (GDateTime) date = NULL;

  if (mail->has_date)
    return;
  date = g_mime_utils_header_decode_date (raw);
  if (date == NULL)
    {
      pd_reader_defect (reader, "Date cannot be read");
      return;
    }
  mail->has_date = TRUE;
  mail->date = g_date_time_to_unix (date) * G_USEC_PER_SEC;
  mail->date_offset = (gint)(g_date_time_get_utc_offset (date) / G_TIME_SPAN_MINUTE);
}

/* Adds what stands between < and >, without white space; ids of old programs
 * that come without <> are words with an "@".
 */
static void
add_ids (PdReader *reader, GPtrArray *ids, const char *raw, guint max)
{
  gboolean any = FALSE;

  for (const char *open = strchr (raw, '<'); open != NULL; open = strchr (open + 1, '<'))
    {
      gsize n = strcspn (open + 1, "<>");
      char *id, *to;

      if (open[1 + n] != '>' || n == 0 || n > MAX_ID)
        continue;
      if (ids->len >= max)
        {
          pd_reader_defect (reader, "more than %u message ids in a field", max);
          return;
        }
      id = to = g_strndup (open + 1, n);
      for (const char *c = id; *c != '\0'; c++)
        if (!g_ascii_isspace (*c))
          *to++ = *c;
      *to = '\0';
      any = TRUE;
      g_ptr_array_add (ids, pd_charset_clean (id));
      g_free (id);
    }
  if (!any)
    {
      g_auto (GStrv) words = g_strsplit_set (raw, " \t\r\n,;()<>\"", (gint)MIN (max, 1000) + 1);

      for (guint i = 0; words[i] != NULL && ids->len < max; i++)
        if (strchr (words[i], '@') != NULL && strlen (words[i]) <= MAX_ID)
          g_ptr_array_add (ids, pd_charset_clean (words[i]));
    }
}

static void
read_ids (PdReader *reader, const Field *field, const char *raw)
{
  GPtrArray *ids = G_STRUCT_MEMBER (GPtrArray *, reader->mail, field->offset);

  add_ids (reader, ids, raw, PD_MAIL_MAX_REFERENCES);
}

static void
read_message_id (PdReader *reader, const Field *field, const char *raw)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  if (*reader->mail->message_id != '\0')
    {
      pd_reader_defect (reader, "more than one Message-ID");
      return;
    }
  add_ids (reader, ids, raw, 1);
  if (ids->len == 0)
    {
      /* no "@", no "<>": still what the sender's mails refer to it by */
      g_autofree char *value = dup_value (raw);

      pd_reader_defect (reader, "Message-ID is not of the standard's form");
      if (*value == '\0' || strlen (value) > MAX_ID || strpbrk (value, " <>") != NULL)
        return;
      g_ptr_array_add (ids, g_steal_pointer (&value));
    }
  g_free (reader->mail->message_id);
  reader->mail->message_id = g_strdup (ids->pdata[0]);
}

static void
read_list_id (PdReader *reader, const Field *field, const char *raw)
{
  g_autofree char *value = dup_value (raw);
  const char *open = strrchr (value, '<');
  g_autofree char *id = NULL;

  id = open == NULL ? g_strdup (value) : g_strndup (open + 1, strcspn (open + 1, ">"));
  g_free (reader->mail->list_id);
  cut (id, MAX_ID);
  reader->mail->list_id = g_steal_pointer (&id);
}

static void
read_return_path (PdReader *reader, const Field *field, const char *raw)
{
  g_autofree char *value = dup_value (raw);
  const char *open = strchr (value, '<');

  if (reader->mail->return_path != NULL)
    return; /* the topmost is the newest */
  cut (value, MAX_ID);
  open = strchr (value, '<');
  reader->mail->return_path
      = open == NULL ? g_strdup (value) : g_strndup (open + 1, strcspn (open + 1, ">"));
}

static void
read_received (PdReader *reader, const Field *field, const char *raw)
{
  reader->mail->received++;
}

/* A field in one line, and no encoded words decoded: what a mail server wrote of
 * a sender's words stays what it is. */
static char *
dup_unfolded (const char *raw)
{
  char *value = pd_charset_clean (raw);

  g_strdelimit (value, "\r\n", ' ');
  cut (value, MAX_FIELD_TEXT);
  return g_strstrip (value);
}

/* Joins fields, each a line; those past the bound are left out, and they are
 * the lowest. */
static void
join_field (char **to, const char *name, const char *raw)
{
  g_autofree char *value = dup_unfolded (raw);
  gboolean first = **to == '\0';

  if (strlen (*to) + strlen (value) <= MAX_JOINED)
    pd_text_take (to, g_strconcat (*to, first ? "" : "\n", name, value, NULL));
}

static void
read_auth_results (PdReader *reader, const Field *field, const char *raw)
{
  join_field (&reader->mail->auth_results, "", raw);
}

static void
read_arc (PdReader *reader, const Field *field, const char *raw)
{
  g_autofree char *name = g_strconcat (field->name, ": ", NULL);

  join_field (&reader->mail->arc, name, raw);
}

static void
read_mark (PdReader *reader, const Field *field, const char *raw)
{
  GPtrArray *list = G_STRUCT_MEMBER (GPtrArray *, reader->mail, field->offset);
  char *value = dup_unfolded (raw);

  cut (value, MAX_ID);
  if (*value != '\0' && list->len < MAX_MARKS)
    g_ptr_array_add (list, value);
  else
    g_free (value);
}

static const Field fields[] = {
  { "ARC-Authentication-Results", read_arc },
  { "ARC-Message-Signature", read_arc },
  { "ARC-Seal", read_arc },
  { "Authentication-Results", read_auth_results },
  { "Bcc", read_addresses, G_STRUCT_OFFSET (PdMail, bcc) },
  { "Cc", read_addresses, G_STRUCT_OFFSET (PdMail, cc) },
  { "Date", read_date },
  { "Delivered-To", read_mark, G_STRUCT_OFFSET (PdMail, delivered_to) },
  { "From", read_addresses, G_STRUCT_OFFSET (PdMail, from) },
  { "In-Reply-To", read_ids, G_STRUCT_OFFSET (PdMail, in_reply_to) },
  { "List-Id", read_list_id },
  { "Message-ID", read_message_id },
  { "Received", read_received },
  { "References", read_ids, G_STRUCT_OFFSET (PdMail, references) },
  { "Reply-To", read_addresses, G_STRUCT_OFFSET (PdMail, reply_to) },
  { "Return-Path", read_return_path },
  { "Sender", read_addresses, G_STRUCT_OFFSET (PdMail, sender) },
  { "Subject", read_subject },
  { "To", read_addresses, G_STRUCT_OFFSET (PdMail, to) },
  { "X-Loop", read_mark, G_STRUCT_OFFSET (PdMail, x_loop) },
};

static const Field *
find_field (const PdHeadField *one)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (pd_head_is (one, fields[i].name))
      return &fields[i];
  return NULL;
}

void
pd_reader_headers (PdReader *reader)
{
  const PdHead *head = pd_reader_peek_head (reader, reader->mail->root);

  for (guint i = 0; i < pd_head_count (head); i++)
    {
      const PdHeadField *one = pd_head_peek (head, i);
      const Field *field = find_field (one);
      g_autofree char *raw = NULL;

      if (field == NULL)
        continue;
      raw = pd_head_dup_value (one);
      field->read (reader, field, raw);
    }
  if (reader->mail->from->len == 0)
    pd_reader_defect (reader, "no sender in From");
}

char *
pd_reader_dup_field (const PdReader *reader, const char *name)
{
  g_autofree char *raw = pd_head_dup (pd_reader_peek_head (reader, reader->mail->root), name);
  char *clean;

  if (raw == NULL)
    return NULL;
  clean = pd_words_decode (raw);
  cut (clean, MAX_FIELD_TEXT);
  return g_strstrip (clean);
}
