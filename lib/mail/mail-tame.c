#include "mail/mail-tame.h"

#include <string.h>

#define MAX_BOUNDARY 200 /* octets; RFC 2046 5.1.1 allows 70 */
#define MAX_LINE 2000    /* octets of a line that are searched for a boundary parameter */

typedef struct {
  const char *data;
  gsize size;
  char *copy; /* NULL until something has to change */
  const char *defect;
  GHashTable *boundaries; /* as declared so far */
  gboolean top;           /* in the mail's header */
  gboolean addresses;     /* the field is a list of addresses */
  gboolean in_field;
  guint fields; /* in a row */
  gsize field_size;
  guint groups;
  guint n_boundaries, n_dashes;
} Tamer;

static char *
writable (Tamer *tamer, const char *defect)
{
  if (tamer->copy == NULL)
    tamer->copy = g_memdup2 (tamer->data, tamer->size);
  tamer->defect = defect;
  return tamer->copy;
}

/* Whether a line begins a field: printable ASCII, then ":", perhaps behind
 * blanks, as GMime allows.
 */
static gboolean
is_field (const char *line, gsize length)
{
  gsize i = 0;

  while (i < length && i < 80 && line[i] > ' ' && line[i] < 0x7F && line[i] != ':')
    i++;
  if (i == 0)
    return FALSE;
  while (i < length && (line[i] == ' ' || line[i] == '\t'))
    i++;
  return i < length && line[i] == ':';
}

static gboolean
is_address_field (const char *line, gsize length)
{
  static const char *const names[] = { "from", "to", "cc", "bcc", "sender", "reply-to" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gsize n = strlen (names[i]);

      if (length > n && g_ascii_strncasecmp (line, names[i], n) == 0
          && memchr (": \t", line[n], 3) != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
begin_field (Tamer *tamer, gsize at, gsize length)
{
  guint max = tamer->top ? PD_TAME_MAX_FIELDS : PD_TAME_MAX_RUN;

  if (++tamer->fields > max)
    {
      /* a blank makes it a part of the field before, whose bounds go on */
      writable (tamer, "more header fields than are read")[at] = ' ';
      tamer->in_field = TRUE;
      return;
    }
  tamer->in_field = TRUE;
  tamer->addresses = is_address_field (tamer->data + at, length);
  tamer->field_size = 0;
  tamer->groups = 0;
}

static void
blank_out (Tamer *tamer, gsize at, gsize length, const char *defect)
{
  char *line = writable (tamer, defect) + at;

  for (gsize i = 0; i < length; i++)
    if (line[i] != '\n' && line[i] != '\r')
      line[i] = ' ';
}

static void
check_field (Tamer *tamer, gsize at, gsize length)
{
  gsize room = PD_TAME_MAX_FIELD - MIN (PD_TAME_MAX_FIELD, tamer->field_size);

  tamer->field_size += length;
  if (length > room && (tamer->top || tamer->addresses))
    blank_out (tamer, at + room, length - room, "a header field is longer than is read");
  if (!tamer->addresses)
    return;
  for (gsize i = 0; i < MIN (length, room); i++)
    if (tamer->data[at + i] == ':' && ++tamer->groups > PD_TAME_MAX_GROUPS)
      writable (tamer, "more groups of addresses than are read")[at + i] = ' ';
}

/* "…boundary=x" or "boundary="x"" anywhere in a line. */
static void
find_boundary (Tamer *tamer, const char *line, gsize length)
{
  const char *at = memmem (line, MIN (length, MAX_LINE), "oundary=", 8);
  const char *end = line + length;
  gboolean quoted;
  gsize n = 0;

  if (at == NULL)
    return;
  at += 8;
  quoted = at < end && *at == '"';
  at += quoted;
  while (at + n < end && (quoted ? at[n] != '"' : strchr ("; \t\r\n", at[n]) == NULL)
         && n < MAX_BOUNDARY)
    n++;
  if (n > 0 && g_hash_table_size (tamer->boundaries) < PD_TAME_MAX_BOUNDARIES)
    g_hash_table_add (tamer->boundaries, g_strndup (at, n));
}

/* Whether there are too many parts; reading ends here then. */
static gboolean
is_part_too_many (Tamer *tamer, const char *line, gsize length)
{
  char boundary[MAX_BOUNDARY + 1];

  if (++tamer->n_dashes > PD_TAME_MAX_DASHES)
    return TRUE;
  line += 2;
  length -= 2;
  while (length > 0 && g_ascii_isspace (line[length - 1]))
    length--;
  if (length > MAX_BOUNDARY)
    return FALSE;
  memcpy (boundary, line, length);
  boundary[length] = '\0';
  if (g_hash_table_contains (tamer->boundaries, boundary))
    tamer->n_boundaries++;
  return tamer->n_boundaries > PD_TAME_MAX_BOUNDARIES;
}

static void
read_line (Tamer *tamer, gsize at, gsize length)
{
  const char *line = tamer->data + at;

  if (length == 0 || (length == 1 && *line == '\r'))
    {
      tamer->top = tamer->in_field = FALSE;
      tamer->fields = 0;
      return;
    }
  if (*line != ' ' && *line != '\t')
    {
      tamer->in_field = FALSE;
      if (is_field (line, length))
        begin_field (tamer, at, length);
      else if (!tamer->top)
        tamer->fields = 0;
    }
  if (tamer->in_field)
    {
      check_field (tamer, at, length);
      find_boundary (tamer, line, length);
    }
}

char *
pd_mail_tame (const char *data, gsize size, gsize *out_size, const char **out_defect)
{
  Tamer tamer = { .data = data, .size = size, .top = TRUE };
  gsize at = 0;

  tamer.boundaries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while (at < size)
    {
      const char *end = memchr (data + at, '\n', size - at);
      gsize length = end == NULL ? size - at : (gsize)(end - data) - at;

      if (length > 2 && data[at] == '-' && data[at + 1] == '-' && !tamer.top
          && is_part_too_many (&tamer, data + at, length))
        {
          tamer.defect = "more parts than are read";
          size = at;
          break;
        }
      read_line (&tamer, at, length);
      at += length + 1;
    }
  g_hash_table_unref (tamer.boundaries);
  *out_size = size;
  *out_defect = tamer.defect;
  return tamer.copy;
}
