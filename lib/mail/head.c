#include "mail/head.h"

#include <string.h>

#define MAX_LOOK_AHEAD 100 /* lines that are looked at to see whether a header goes on */

typedef struct {
  const char *begin;
  gsize length; /* without the line end */
  gsize next;
} Line;

static Line
line_at (const char *data, gsize at, gsize stop)
{
  const char *end = memchr (data + at, '\n', stop - at);
  Line line = { .begin = data + at };

  line.length = (end == NULL ? stop : (gsize)(end - data)) - at;
  line.next = end == NULL ? stop : (gsize)(end - data) + 1;
  if (line.length > 0 && line.begin[line.length - 1] == '\r')
    line.length--;
  return line;
}

/* The length of the field's name that the line begins with, 0 if it begins
 * none; blanks may stand before the ":" (RFC 5322 4.5).
 */
static gsize
name_length (const Line *line, gsize *out_value)
{
  gsize max = MIN (line->length, PD_HEAD_MAX_NAME), n = 0, colon;

  while (n < max && line->begin[n] > ' ' && line->begin[n] < 0x7F && line->begin[n] != ':')
    n++;
  colon = n;
  while (colon < line->length && (line->begin[colon] == ' ' || line->begin[colon] == '\t'))
    colon++;
  if (n == 0 || colon == line->length || line->begin[colon] != ':')
    return 0;
  /* "http://": a line of text */
  if (line->length - colon > 2 && line->begin[colon + 1] == '/' && line->begin[colon + 2] == '/')
    return 0;
  *out_value = colon + 1;
  return n;
}

static gboolean
is_folded (const Line *line)
{
  return line->length > 0 && (line->begin[0] == ' ' || line->begin[0] == '\t');
}

static gboolean
is_blank (const Line *line)
{
  for (gsize i = 0; i < line->length; i++)
    if (line->begin[i] != ' ' && line->begin[i] != '\t')
      return FALSE;
  return TRUE;
}

static gboolean
is_usual (const char *name, gsize length)
{
  static const char *const usual[]
      = { "from",     "to",          "cc",       "subject",     "date",
          "received", "return-path", "reply-to", "message-id",  "mime-version",
          "sender",   "references",  "bcc",      "in-reply-to", "delivered-to" };

  if (length > 8 && g_ascii_strncasecmp (name, "content-", 8) == 0)
    return TRUE;
  if (length > 2 && g_ascii_strncasecmp (name, "x-", 2) == 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (usual); i++)
    if (strlen (usual[i]) == length && g_ascii_strncasecmp (name, usual[i], length) == 0)
      return TRUE;
  return FALSE;
}

/* Whether the lines from `at` to the next empty one are fields and one of them
 * is one that mail has: then the header goes on.
 */
static gboolean
goes_on (const char *data, gsize at, gsize stop)
{
  gboolean usual = FALSE;

  for (guint i = 0; i < MAX_LOOK_AHEAD && at < stop; i++)
    {
      Line line = line_at (data, at, stop);
      gsize value, n;

      if (line.length == 0)
        return usual;
      n = name_length (&line, &value);
      if (n == 0 && (!is_folded (&line) || i == 0))
        return FALSE;
      usual |= n > 0 && is_usual (line.begin, n);
      at = line.next;
    }
  return usual;
}

static gsize
skip_front (PdHead *head, const char *data, gsize at, gsize stop)
{
  gsize begin = at;

  if (stop - at >= 3 && memcmp (data + at, "\xEF\xBB\xBF", 3) == 0)
    at += 3;
  while (at < stop)
    {
      Line line = line_at (data, at, stop);

      if (line.length > 5
          && (memcmp (line.begin, "From ", 5) == 0
              || (line.length > 6 && memcmp (line.begin, ">From ", 6) == 0)))
        {
          gsize value;

          /* "From : a@b" is a field */
          if (name_length (&line, &value) > 0)
            return at;
        }
      else if (line.length > 0)
        {
          gsize value;

          if (name_length (&line, &value) > 0 || goes_on (data, line.next, stop))
            return at;
          break;
        }
      else if (head->defect == NULL)
        head->defect = "empty lines before the header";
      at = line.next;
    }
  head->defect = NULL;
  return begin;
}

static void
add_field (PdHead *head, const Line *line, gsize n, gsize value)
{
  PdHeadField field = { .name = line->begin, .name_length = n };

  if (head->fields->len >= PD_HEAD_MAX_FIELDS)
    {
      head->defect = "more header fields than are read";
      return;
    }
  field.value = line->begin + value;
  field.length = line->length - value;
  g_array_append_val (head->fields, field);
}

/* A folded line makes the field before it longer. */
static void
extend_field (PdHead *head, const Line *line, gboolean left_out)
{
  PdHeadField *field;

  if (left_out || head->fields->len == 0)
    return;
  field = &g_array_index (head->fields, PdHeadField, head->fields->len - 1);
  field->length = (gsize)(line->begin + line->length - field->value);
}

static void
bound_fields (PdHead *head)
{
  for (guint i = 0; i < head->fields->len; i++)
    {
      PdHeadField *field = &g_array_index (head->fields, PdHeadField, i);

      if (field->length > PD_HEAD_MAX_FIELD)
        {
          field->length = PD_HEAD_MAX_FIELD;
          head->defect = "a header field is longer than is read";
        }
    }
}

/* Whether a line of blanks is an empty line with blanks in it: text follows.
 * Else it folds (RFC 5322 4.2).
 */
static gboolean
ends_header (const char *data, const Line *line, gsize stop)
{
  Line next;
  gsize value;

  if (!is_blank (line))
    return FALSE;
  next = line_at (data, line->next, stop);
  return next.length > 0 && !is_folded (&next) && name_length (&next, &value) == 0;
}

void
pd_head_read (PdHead *head, const char *data, gsize at, gsize stop, gboolean mail)
{
  gboolean left_out = FALSE; /* the field that a folded line belongs to */
  gsize begin = at;

  head->fields = g_array_new (FALSE, FALSE, sizeof (PdHeadField));
  head->body = stop;
  at = mail ? skip_front (head, data, at, stop) : at;
  while (at < stop)
    {
      Line line = line_at (data, at, stop);
      gsize value = 0, n;

      if (line.length == 0 || (is_folded (&line) && ends_header (data, &line, stop)))
        {
          head->body = line.next;
          break;
        }
      n = is_folded (&line) ? 0 : name_length (&line, &value);
      if (n > 0)
        {
          left_out = head->fields->len >= PD_HEAD_MAX_FIELDS;
          add_field (head, &line, n, value);
        }
      else if (is_folded (&line) && (head->fields->len > 0 || goes_on (data, line.next, stop)))
        extend_field (head, &line, left_out);
      else if (goes_on (data, line.next, stop))
        {
          left_out = TRUE;
          head->defect = "a line in the header that is no field";
        }
      else
        {
          head->body = head->fields->len == 0 ? begin : at;
          if (head->fields->len > 0)
            head->defect = "no empty line between header and body";
          break;
        }
      at = line.next;
    }
  bound_fields (head);
}

void
pd_head_clear (PdHead *head)
{
  g_clear_pointer (&head->fields, g_array_unref);
}

gboolean
pd_head_is (const PdHeadField *field, const char *name)
{
  return strlen (name) == field->name_length
         && g_ascii_strncasecmp (field->name, name, field->name_length) == 0;
}

char *
pd_head_dup_value (const PdHeadField *field)
{
  char *value = g_malloc (field->length + 1), *to = value;

  if (memchr (field->value, '\0', field->length) == NULL)
    {
      memcpy (value, field->value, field->length);
      to += field->length;
    }
  else
    for (gsize i = 0; i < field->length; i++)
      if (field->value[i] != '\0')
        *to++ = field->value[i];
  *to = '\0';
  return value;
}

char *
pd_head_dup (const PdHead *head, const char *name)
{
  for (guint i = 0; i < pd_head_count (head); i++)
    if (pd_head_is (pd_head_peek (head, i), name))
      return pd_head_dup_value (pd_head_peek (head, i));
  return NULL;
}
