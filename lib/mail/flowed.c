#include "mail/flowed.h"

#include <string.h>

#define MAX_DEPTH 100 /* of quotes that are written */

typedef struct {
  const char *text;
  gsize length;
  gsize depth;
  gboolean flows; /* goes on with the next line */
} Line;

/* The line at `at`; returns where the next one begins. */
static const char *
read_line (const char *at, Line *line)
{
  gsize n = strcspn (at, "\n");
  const char *next = at + n + (at[n] == '\n');

  if (n > 0 && at[n - 1] == '\r')
    n--;
  line->depth = 0;
  while (line->depth < n && at[line->depth] == '>')
    line->depth++;
  line->text = at + line->depth;
  line->length = n - line->depth;
  if (line->length > 0 && line->text[0] == ' ')
    {
      line->text++; /* stuffed */
      line->length--;
    }
  line->flows = line->length > 0 && line->text[line->length - 1] == ' '
                && !(line->length == 3 && memcmp (line->text, "-- ", 3) == 0);
  return next;
}

static void
begin_line (GString *out, const Line *line)
{
  for (gsize i = 0; i < MIN (line->depth, MAX_DEPTH); i++)
    g_string_append_c (out, '>');
  if (line->depth > 0 && line->length > 0)
    g_string_append_c (out, ' ');
}

char *
pd_flowed_join (const char *text, gboolean del_sp)
{
  GString *out = g_string_sized_new (strlen (text) + 16);
  Line last = { .flows = FALSE };

  while (*text != '\0')
    {
      Line line;
      gboolean is_signature;

      text = read_line (text, &line);
      is_signature = line.length == 3 && memcmp (line.text, "-- ", 3) == 0;
      if (last.flows && last.depth == line.depth && !is_signature)
        {
          if (del_sp)
            g_string_truncate (out, out->len - 1);
        }
      else
        {
          if (out->len > 0 || last.text != NULL)
            g_string_append_c (out, '\n');
          begin_line (out, &line);
        }
      g_string_append_len (out, line.text, (gssize)line.length);
      last = line;
    }
  if (last.text != NULL)
    g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}
