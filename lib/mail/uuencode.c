#include "mail/uuencode.h"

#include <string.h>

#define MAX_LINE 63 /* octets that a line can say it holds */

static gsize
line_length (const char *line, const char *end)
{
  const char *stop = memchr (line, '\n', (gsize)(end - line));
  gsize length = (gsize)((stop == NULL ? end : stop) - line);

  while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == ' '))
    length--;
  return length;
}

static const char *
next_line (const char *line, const char *end)
{
  const char *stop = memchr (line, '\n', (gsize)(end - line));

  return stop == NULL ? end : stop + 1;
}

static guint
value (char c)
{
  return ((guint)(guint8)c - ' ') & 63;
}

/* How many octets a line holds; 0 for the empty line of a block's end, -1 if
 * it is no line of data.  Blanks at a line's end may be lost on the way, and
 * some programs add a sum.
 */
static int
count_octets (const char *line, gsize length)
{
  guint n;
  gsize need;

  if (length == 0 || line[0] < ' ' || line[0] > '`')
    return -1;
  n = value (line[0]);
  need = (n + 2) / 3 * 4;
  if (length > need + 3)
    return -1;
  for (gsize i = 1; i < length; i++)
    if (line[i] < ' ' || line[i] > '`')
      return -1;
  /* a word of the text is no line whose blanks were lost: those have few */
  if (length - 1 + 8 < need && length * 2 < need)
    return -1;
  return (int)n;
}

static gboolean
is_end (const char *line, gsize length)
{
  return length == 3 && memcmp (line, "end", 3) == 0;
}

static gboolean
is_begin (const char *line, gsize length, PdUuBlock *block)
{
  gsize i = 6, n;

  if (length < 6 || memcmp (line, "begin ", 6) != 0)
    return FALSE;
  while (i < length && line[i] >= '0' && line[i] <= '7')
    i++;
  if (i < 9 || i > 11 || (i < length && line[i] != ' '))
    return FALSE;
  while (i < length && line[i] == ' ')
    i++;
  n = MIN (length - i, sizeof block->name - 1);
  memcpy (block->name, line + i, n);
  block->name[n] = '\0';
  return TRUE;
}

/* Where the data that begins at `line` stops, and what ends it. */
static const char *
find_stop (const char *line, const char *end, const char **out_behind)
{
  while (line < end)
    {
      gsize length = line_length (line, end);

      if (is_end (line, length))
        {
          *out_behind = next_line (line, end);
          return line;
        }
      if (length > 0 && count_octets (line, length) < 0)
        break;
      /* an empty line is the "`" line with its blank lost, or the text goes on */
      if (length == 0 && !is_end (next_line (line, end), line_length (next_line (line, end), end)))
        break;
      line = next_line (line, end);
    }
  *out_behind = line;
  return line;
}

gboolean
pd_uu_next (const char *text, gsize length, gsize from, PdUuBlock *block)
{
  const char *end = text + length, *at = text + from;

  while (at < end && (at = memmem (at, (gsize)(end - at), "begin ", 6)) != NULL)
    {
      const char *data, *stop, *behind;

      data = next_line (at, end);
      if ((at == text || at[-1] == '\n') && is_begin (at, line_length (at, end), block))
        {
          stop = find_stop (data, end, &behind);
          if (behind > data)
            {
              *block = (PdUuBlock){ .begin = (gsize)(at - text),
                                    .data = (gsize)(data - text),
                                    .stop = (gsize)(stop - text),
                                    .end = (gsize)(behind - text) };
              is_begin (at, line_length (at, end), block);
              return TRUE;
            }
        }
      at = data;
    }
  return FALSE;
}

void
pd_uu_decode (const char *lines, gsize length, PdCodeSink sink, gpointer data)
{
  const char *end = lines + length;

  for (const char *line = lines; line < end; line = next_line (line, end))
    {
      gsize have = line_length (line, end);
      int n = is_end (line, have) ? -1 : count_octets (line, have);
      guint8 out[MAX_LINE + 3];
      char full[MAX_LINE * 2 + 8];

      if (n < 0 && have > 0)
        return;
      if (n <= 0)
        continue;
      memset (full, ' ', sizeof full);
      memcpy (full, line, MIN (have, sizeof full));
      for (int i = 0; i < n; i += 3)
        {
          const char *group = full + 1 + i / 3 * 4;
          guint a = value (group[0]), b = value (group[1]), c = value (group[2]);

          out[i] = (guint8)(a << 2 | b >> 4);
          out[i + 1] = (guint8)(b << 4 | c >> 2);
          out[i + 2] = (guint8)(c << 6 | value (group[3]));
        }
      sink (data, out, (gsize)n);
    }
}
