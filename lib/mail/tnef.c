/* tnef.c - a walk over the attributes of a TNEF stream.
 *
 * What is not needed is stepped over; what is kept are windows on the bytes.
 * They become texts only at the end of their message, because the code page
 * may stand behind them.
 */
#include "mail/tnef.h"

#include <string.h>

#include "mail/byte-cursor.h"
#include "mail/charset.h"
#include "mail/code-page.h"
#include "mail/mapi.h"
#include "mail/rtf.h"

#define SIGNATURE 0x223E9F78
#define LEVEL_MESSAGE 1
#define LEVEL_ATTACHMENT 2
#define MAX_TEXT (2 * 1024 * 1024) /* octets of a text property that are read */
#define MAX_WORD 998               /* of a name, a subject */
#define EMBEDDED_MESSAGE 5         /* PidTagAttachMethod (MS-OXCMSG 2.2.2.9) */
#define OBJECT_ID 16               /* octets before an object: its interface (MS-OXTNEF 2.1.3.4) */

/* Attributes (MS-OXTNEF 2.1.3.2), without their type. */
enum {
  ATT_SUBJECT = 0x8004,
  ATT_MESSAGE_CLASS = 0x8008,
  ATT_BODY = 0x800C,
  ATT_DATA = 0x800F,
  ATT_TITLE = 0x8010,
  ATT_PROPERTIES = 0x9003,
  ATT_RENDDATA = 0x9002,
  ATT_ATTACHMENT = 0x9005,
  ATT_CODE_PAGE = 0x9007,
};

/* Text properties that are kept, of messages and of attachments. */
typedef enum {
  CLASS,
  SUBJECT,
  BODY,
  HTML,
  RTF,
  FROM_NAME,
  FROM_SMTP,
  FROM_ADDRESS,
  LOCATION,
  GLOBAL_ID,
  LONG_NAME,
  SHORT_NAME,
  TITLE,
  DISPLAY_NAME,
  MIME_TAG,
  CONTENT_ID,
  DATA,
  N_VALUES,
} Slot;

static const struct {
  guint16 id;
  Slot slot;
} text_properties[] = {
  { 0x001A, CLASS },      { 0x0037, SUBJECT },      { 0x1000, BODY },
  { 0x1013, HTML },       { 0x1009, RTF },          { 0x0042, FROM_NAME },
  { 0x5D02, FROM_SMTP },  { 0x0065, FROM_ADDRESS }, { 0x3707, LONG_NAME },
  { 0x3704, SHORT_NAME }, { 0x3001, DISPLAY_NAME }, { 0x370E, MIME_TAG },
  { 0x3712, CONTENT_ID }, { 0x3701, DATA },
};

/* Named by a number in these sets (MS-OXPROPS): appointments, meetings. */
static const guint8 set_appointment[16]
    = { 0x02, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 };
static const guint8 set_meeting[16] = { 0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10,
                                        0x98, 0xDA, 0x00, 0xAA, 0x00, 0x3F, 0x13, 0x05 };

typedef struct {
  guint16 type; /* of PdMapiProperty; STRING8 for attributes */
  const guint8 *bytes;
  gsize length;
} Value;

typedef struct {
  Value values[N_VALUES];
  guint32 code_page;      /* of STRING8 */
  guint32 html_code_page; /* 0: the same */
  guint32 method;
  gboolean hidden;
  PdTnefMeeting *meeting; /* NULL for an attachment */
} Collected;

typedef struct {
  GBytes *whole;
  PdTnef *tnef; /* whose files and defect are those of all depths */
  guint depth;
} Walk;

static gboolean walk_message (Walk *walk, const guint8 *bytes, gsize length, PdTnef *out);

static PdTnef *
tnef_new (void)
{
  PdTnef *tnef = g_new0 (PdTnef, 1);

  tnef->message_class = g_strdup ("");
  tnef->subject = g_strdup ("");
  tnef->text = g_strdup ("");
  tnef->html = g_strdup ("");
  tnef->from_name = g_strdup ("");
  tnef->from_address = g_strdup ("");
  tnef->meeting.location = g_strdup ("");
  tnef->meeting.uid = g_strdup ("");
  return tnef;
}

static void
file_free (gpointer data)
{
  PdTnefFile *file = data;

  g_free (file->name);
  g_free (file->type);
  g_free (file->content_id);
  g_bytes_unref (file->bytes);
  g_free (file);
}

void
pd_tnef_free (PdTnef *tnef)
{
  if (tnef == NULL)
    return;
  g_free (tnef->message_class);
  g_free (tnef->subject);
  g_free (tnef->text);
  g_free (tnef->html);
  g_free (tnef->from_name);
  g_free (tnef->from_address);
  g_free (tnef->meeting.location);
  g_free (tnef->meeting.uid);
  g_clear_pointer (&tnef->files, g_ptr_array_unref);
  g_free (tnef);
}

/* The text of a property; ends at its NUL. */
static char *
dup_text (const Value *value, guint32 code_page, gsize max)
{
  gsize length = MIN (value->length, max);
  g_autofree char *text = NULL;

  if (value->bytes == NULL || value->type == PD_MAPI_OBJECT)
    return g_strdup ("");
  if (value->type == PD_MAPI_UNICODE)
    text = pd_charset_decode ((const char *)value->bytes, length & ~(gsize)1, "utf-16le", NULL);
  else
    text = pd_charset_decode ((const char *)value->bytes,
                              strnlen ((const char *)value->bytes, length),
                              pd_code_page_charset (code_page), NULL);
  return g_steal_pointer (&text);
}

static char *
dup_word (const Collected *from, Slot slot)
{
  return g_strstrip (dup_text (&from->values[slot], from->code_page, MAX_WORD));
}

/* The first of some properties that says something; the list ends with N_VALUES. */
static char *
dup_first (const Collected *from, const Slot *slots)
{
  for (; *slots != N_VALUES; slots++)
    {
      g_autofree char *word = dup_word (from, *slots);

      if (*word != '\0')
        return g_steal_pointer (&word);
    }
  return g_strdup ("");
}

/* FILETIME: tenths of microseconds since 1601. */
static gint64
read_time (const PdMapiProperty *property)
{
  PdCursor cursor = { property->value, property->value + property->length, FALSE };
  guint64 low = pd_cursor_u32 (&cursor);
  guint64 ticks = (guint64)pd_cursor_u32 (&cursor) << 32 | low;
  const guint64 epoch = G_GUINT64_CONSTANT (116444736000000000);

  if (property->type != PD_MAPI_SYSTIME || cursor.bad || ticks < epoch
      || ticks > (guint64)G_MAXINT64)
    return 0;
  return (gint64)((ticks - epoch) / 10);
}

static void
keep (Collected *into, Slot slot, const PdMapiProperty *property)
{
  into->values[slot] = (Value){ property->type, property->value, property->length };
}

static void
collect_named (Collected *into, const PdMapiProperty *property)
{
  PdTnefMeeting *meeting = into->meeting;

  if (meeting == NULL)
    return;
  if (memcmp (property->guid, set_meeting, sizeof set_meeting) == 0)
    {
      if (property->number == 0x03)
        keep (into, GLOBAL_ID, property);
      else if (property->number == 0x05)
        meeting->recurs = pd_mapi_number (property) != 0;
      return;
    }
  if (memcmp (property->guid, set_appointment, sizeof set_appointment) != 0)
    return;
  switch (property->number)
    {
    case 0x8201:
      meeting->sequence = pd_mapi_number (property);
      break;
    case 0x8208:
      keep (into, LOCATION, property);
      break;
    case 0x820D:
      meeting->start = read_time (property);
      break;
    case 0x820E:
      meeting->end = read_time (property);
      break;
    case 0x8215:
      meeting->all_day = pd_mapi_number (property) != 0;
      break;
    case 0x8223:
      meeting->recurs = pd_mapi_number (property) != 0;
      break;
    default:
      break;
    }
}

static void
collect_property (gpointer data, const PdMapiProperty *property)
{
  Collected *into = data;

  if (property->guid != NULL)
    {
      collect_named (into, property);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (text_properties); i++)
    if (text_properties[i].id == property->id)
      keep (into, text_properties[i].slot, property);
  switch (property->id)
    {
    case 0x3FDE:
      into->html_code_page = pd_mapi_number (property);
      break;
    case 0x3705:
      into->method = pd_mapi_number (property);
      break;
    case 0x7FFE:
      into->hidden = pd_mapi_number (property) != 0;
      break;
    case 0x0060: /* start and end of all kinds of items */
      if (into->meeting != NULL && into->meeting->start == 0)
        into->meeting->start = read_time (property);
      break;
    case 0x0061:
      if (into->meeting != NULL && into->meeting->end == 0)
        into->meeting->end = read_time (property);
      break;
    default:
      break;
    }
}

static void
note (Walk *walk, const char *defect)
{
  if (walk->tnef->defect == NULL)
    walk->tnef->defect = defect;
}

/* Takes the bytes. */
static void
add_file (Walk *walk, const char *name, const char *type, const char *content_id, gboolean hidden,
          GBytes *bytes)
{
  PdTnefFile *file;

  if (walk->tnef->files->len >= PD_TNEF_MAX_FILES)
    {
      note (walk, "more files in TNEF than are read");
      g_bytes_unref (bytes);
      return;
    }
  file = g_new0 (PdTnefFile, 1);
  file->name = g_strdup (name);
  file->type = g_ascii_strdown (strchr (type, '/') != NULL ? type : "", -1);
  file->charset = "";
  file->content_id = g_strdup (content_id);
  file->hidden = hidden;
  file->bytes = bytes;
  g_ptr_array_add (walk->tnef->files, file);
}

/* A message among the files becomes a file with its text, then come its own files. */
static gboolean
add_message (Walk *walk, const char *name, const guint8 *bytes, gsize length)
{
  g_autoptr (PdTnef) inner = tnef_new ();
  guint before = walk->tnef->files->len;
  const char *title;
  gboolean html;

  if (walk->depth >= PD_TNEF_MAX_DEPTH || before >= PD_TNEF_MAX_FILES)
    return FALSE;
  /* its place comes first in the list */
  add_file (walk, "", "text/plain", "", FALSE, g_bytes_new_static ("", 0));
  walk->depth++;
  if (!walk_message (walk, bytes, length, inner))
    {
      walk->depth--;
      g_ptr_array_set_size (walk->tnef->files, (gint)before);
      return FALSE;
    }
  walk->depth--;
  html = *inner->html != '\0';
  title = *inner->subject != '\0' ? inner->subject : *name != '\0' ? name : "message";
  {
    PdTnefFile *file = walk->tnef->files->pdata[before];
    char *text = html ? g_steal_pointer (&inner->html) : g_steal_pointer (&inner->text);

    g_free (file->name);
    file->name = g_strconcat (title, html ? ".html" : ".txt", NULL);
    g_free (file->type);
    file->type = g_strdup (html ? "text/html" : "text/plain");
    file->charset = "utf-8";
    g_bytes_unref (file->bytes);
    file->bytes = g_bytes_new_take (text, strlen (text));
  }
  return TRUE;
}

static char *
dup_content_id (const Collected *from)
{
  g_autofree char *id = dup_word (from, CONTENT_ID);
  char *begin = id + (*id == '<');

  begin[strcspn (begin, ">")] = '\0';
  return g_strdup (begin);
}

static void
end_attachment (Walk *walk, const Collected *from)
{
  static const Slot as_file[] = { LONG_NAME, SHORT_NAME, TITLE, DISPLAY_NAME, N_VALUES };
  static const Slot as_object[] = { DISPLAY_NAME, LONG_NAME, SHORT_NAME, TITLE, N_VALUES };
  const Value *data = &from->values[DATA];
  gboolean object = data->type == PD_MAPI_OBJECT && data->length >= OBJECT_ID;
  g_autofree char *name = dup_first (from, object ? as_object : as_file);
  g_autofree char *type = dup_word (from, MIME_TAG);
  g_autofree char *id = dup_content_id (from);
  const guint8 *bytes = data->bytes;
  gsize length = data->length;

  if (object)
    {
      bytes += OBJECT_ID;
      length -= OBJECT_ID;
    }
  if (object && from->method == EMBEDDED_MESSAGE && add_message (walk, name, bytes, length))
    return;
  if (bytes == NULL)
    length = 0;
  {
    const guint8 *base = g_bytes_get_data (walk->whole, NULL);
    gsize offset = length == 0 ? 0 : (gsize)(bytes - base);

    add_file (walk, name, type, id, from->hidden,
              g_bytes_new_from_bytes (walk->whole, offset, length));
  }
}

static void
fill_bodies (PdTnef *out, const Collected *from)
{
  const Value *html = &from->values[HTML];
  g_autoptr (GBytes) rtf = NULL;
  g_autofree char *text = NULL;
  PdRtfForm form;
  gsize size;
  const char *data;

  g_free (out->text);
  out->text = dup_text (&from->values[BODY], from->code_page, MAX_TEXT);
  g_free (out->html);
  out->html = dup_text (html, from->html_code_page != 0 ? from->html_code_page : from->code_page,
                        MAX_TEXT);
  if (*out->html != '\0' || from->values[RTF].bytes == NULL)
    return;
  rtf = pd_rtf_expand (from->values[RTF].bytes, from->values[RTF].length);
  if (rtf == NULL)
    return;
  data = g_bytes_get_data (rtf, &size);
  text = pd_rtf_read (data, size, from->code_page, &form);
  if (form == PD_RTF_HTML)
    {
      g_free (out->html);
      out->html = g_steal_pointer (&text);
    }
  else if (*out->text == '\0')
    {
      g_free (out->text);
      out->text = g_steal_pointer (&text);
    }
}

/* An id that another program made stands in a wrapper of Outlook's; its own ids
 * are shown as hexadecimal (MS-OXCICAL 2.1.3.1.1.20.26).
 */
static char *
dup_uid (const Value *value)
{
  static const guint8 mark[] = { 'v', 'C', 'a', 'l', '-', 'U', 'i', 'd', 1, 0, 0, 0 };
  const gsize data = 40; /* where the id's own data begin (MS-OXOCAL 2.2.1.27) */
  GString *hex;

  if (value->bytes == NULL || value->type != PD_MAPI_BINARY || value->length > MAX_WORD)
    return g_strdup ("");
  if (value->length > data + sizeof mark && memcmp (value->bytes + data, mark, sizeof mark) == 0)
    {
      Value id = { PD_MAPI_STRING8, value->bytes + data + sizeof mark,
                   value->length - data - sizeof mark };

      return dup_text (&id, 65001, MAX_WORD);
    }
  hex = g_string_new (NULL);
  for (gsize i = 0; i < value->length; i++)
    g_string_append_printf (hex, "%02X", value->bytes[i]);
  return g_string_free (hex, FALSE);
}

static void
fill_message (PdTnef *out, const Collected *from)
{
  static const Slot address[] = { FROM_SMTP, FROM_ADDRESS, N_VALUES };
  const struct {
    char **field;
    char *value;
  } fields[] = {
    { &out->message_class, dup_word (from, CLASS) },
    { &out->subject, dup_word (from, SUBJECT) },
    { &out->from_name, dup_word (from, FROM_NAME) },
    { &out->from_address, dup_first (from, address) },
    { &out->meeting.location, dup_word (from, LOCATION) },
    { &out->meeting.uid, dup_uid (&from->values[GLOBAL_ID]) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_free (*fields[i].field);
      *fields[i].field = fields[i].value;
    }
  fill_bodies (out, from);
}

typedef struct {
  Collected message;
  Collected attachment;
  gboolean in_attachment;
} Parts;

static void
begin_attachment (Walk *walk, Parts *parts)
{
  if (parts->in_attachment)
    end_attachment (walk, &parts->attachment);
  parts->attachment = (Collected){ .code_page = parts->message.code_page };
  parts->in_attachment = TRUE;
}

static void
take_properties (Walk *walk, Collected *into, const guint8 *bytes, gsize length)
{
  if (!pd_mapi_walk (bytes, length, collect_property, into))
    note (walk, "a broken list of properties in TNEF");
}

static void
take_message_attribute (Walk *walk, Collected *into, guint32 id, const guint8 *bytes, gsize length)
{
  Value value = { PD_MAPI_STRING8, bytes, length };
  PdCursor cursor = { bytes, bytes + length, FALSE };

  if (id == ATT_PROPERTIES)
    take_properties (walk, into, bytes, length);
  else if (id == ATT_CODE_PAGE)
    into->code_page = pd_cursor_u32 (&cursor);
  /* properties, which may be in Unicode, are better than these */
  else if (id == ATT_SUBJECT && into->values[SUBJECT].bytes == NULL)
    into->values[SUBJECT] = value;
  else if (id == ATT_BODY && into->values[BODY].bytes == NULL)
    into->values[BODY] = value;
  else if (id == ATT_MESSAGE_CLASS && into->values[CLASS].bytes == NULL)
    into->values[CLASS] = value;
}

static void
take_attachment_attribute (Walk *walk, Parts *parts, guint32 id, const guint8 *bytes, gsize length)
{
  Collected *into = &parts->attachment;

  if (id == ATT_RENDDATA || !parts->in_attachment)
    begin_attachment (walk, parts);
  if (id == ATT_ATTACHMENT)
    take_properties (walk, into, bytes, length);
  else if (id == ATT_TITLE)
    into->values[TITLE] = (Value){ PD_MAPI_STRING8, bytes, length };
  else if (id == ATT_DATA && into->values[DATA].bytes == NULL)
    into->values[DATA] = (Value){ PD_MAPI_BINARY, bytes, length };
}

/* Level, id and type, length, bytes, a checksum (MS-OXTNEF 2.1.3): writers get
 * the checksum wrong, so it is not looked at.
 */
static void
take_attributes (Walk *walk, PdCursor *cursor, Parts *parts)
{
  while (pd_cursor_left (cursor) > 1)
    {
      const guint8 *level = pd_cursor_take (cursor, 1);
      guint32 id = pd_cursor_u32 (cursor) & 0xFFFF;
      guint32 length = pd_cursor_u32 (cursor);
      const guint8 *bytes = pd_cursor_take (cursor, length);

      if (bytes == NULL || (*level != LEVEL_MESSAGE && *level != LEVEL_ATTACHMENT))
        {
          note (walk, "TNEF breaks off");
          return;
        }
      if (*level == LEVEL_MESSAGE)
        take_message_attribute (walk, &parts->message, id, bytes, length);
      else
        take_attachment_attribute (walk, parts, id, bytes, length);
      pd_cursor_take (cursor, MIN (2, pd_cursor_left (cursor)));
    }
}

/* FALSE if it is no TNEF; texts go to `out`, files to the walk's list. */
static gboolean
walk_message (Walk *walk, const guint8 *bytes, gsize length, PdTnef *out)
{
  PdCursor cursor = { bytes, bytes + length, FALSE };
  g_autofree Parts *parts = g_new0 (Parts, 1);

  if (pd_cursor_u32 (&cursor) != SIGNATURE)
    return FALSE;
  pd_cursor_u16 (&cursor); /* a key that nobody uses */
  parts->message.code_page = 1252;
  parts->message.meeting = &out->meeting;
  take_attributes (walk, &cursor, parts);
  if (parts->in_attachment)
    end_attachment (walk, &parts->attachment);
  fill_message (out, &parts->message);
  return TRUE;
}

PdTnef *
pd_tnef_parse (GBytes *bytes)
{
  g_autoptr (PdTnef) tnef = tnef_new ();
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  Walk walk = { bytes, tnef, 0 };

  tnef->files = g_ptr_array_new_with_free_func (file_free);
  if (length > PD_TNEF_MAX_SIZE)
    {
      length = PD_TNEF_MAX_SIZE;
      note (&walk, "TNEF is larger than what is read");
    }
  if (data == NULL || !walk_message (&walk, data, length, tnef))
    return NULL;
  return g_steal_pointer (&tnef);
}
