#include "mail/enriched.h"

#include <string.h>

#define MAX_COMMAND 60 /* octets of a name; those of the standards have far fewer */
#define MAX_EXCERPT 50 /* excerpts in excerpts that are marked */

typedef struct {
  GString *out;
  gboolean richtext;
  guint hidden; /* parameters and comments: not shown */
  guint nofill; /* line ends stay */
  guint excerpt;
  gboolean fresh; /* at the begin of a line of `out` */
} Writer;

static void
break_line (Writer *writer)
{
  g_string_append_c (writer->out, '\n');
  writer->fresh = TRUE;
}

static void
put (Writer *writer, char c)
{
  if (writer->hidden > 0)
    return;
  if (writer->fresh && writer->excerpt > 0)
    {
      for (guint i = 0; i < MIN (writer->excerpt, MAX_EXCERPT); i++)
        g_string_append_c (writer->out, '>');
      g_string_append_c (writer->out, ' ');
    }
  writer->fresh = FALSE;
  g_string_append_c (writer->out, c);
}

static void
count (guint *depth, gboolean open)
{
  if (open)
    ++*depth;
  else if (*depth > 0)
    --*depth;
}

/* Commands that change what is shown; all others are only about looks. */
static void
run_command (Writer *writer, const char *name)
{
  gboolean open = *name != '/';

  name += !open;
  if (strcmp (name, writer->richtext ? "comment" : "param") == 0)
    count (&writer->hidden, open);
  else if (strcmp (name, "nofill") == 0)
    count (&writer->nofill, open);
  else if (strcmp (name, "excerpt") == 0)
    {
      if (!writer->fresh && writer->out->len > 0)
        break_line (writer);
      count (&writer->excerpt, open);
    }
  else if (!writer->richtext)
    return;
  else if (strcmp (name, "lt") == 0)
    put (writer, '<');
  else if (strcmp (name, "nl") == 0 || strcmp (name, "np") == 0
           || (!open && strcmp (name, "paragraph") == 0))
    break_line (writer);
}

/* "<name>" at `at`; NULL if it is none. */
static const char *
read_command (Writer *writer, const char *at)
{
  char name[MAX_COMMAND + 1];
  gsize n = strcspn (at + 1, "<> \t\r\n");

  if (at[1 + n] != '>' || n == 0 || n > MAX_COMMAND)
    return NULL;
  for (gsize i = 0; i < n; i++)
    name[i] = g_ascii_tolower (at[1 + i]);
  name[n] = '\0';
  run_command (writer, name);
  return at + n + 2;
}

/* A line end is a blank; of more in a row each but the first is one. */
static const char *
read_breaks (Writer *writer, const char *at)
{
  guint n = 0;

  for (; *at == '\n' || *at == '\r'; at++)
    n += *at == '\n';
  if (writer->hidden > 0)
    return at;
  if (writer->nofill > 0)
    n++;
  if (n < 2 || writer->richtext)
    put (writer, ' ');
  else
    while (--n > 0)
      break_line (writer);
  return at;
}

char *
pd_enriched_to_text (const char *text, gboolean richtext)
{
  Writer writer
      = { .out = g_string_sized_new (strlen (text)), .richtext = richtext, .fresh = TRUE };

  while (*text != '\0')
    {
      const char *next = NULL;

      if (*text == '<' && text[1] == '<' && !richtext)
        text++; /* "<<" is a "<" */
      else if (*text == '<')
        next = read_command (&writer, text);
      else if (*text == '\n' || (*text == '\r' && text[1] == '\n'))
        next = read_breaks (&writer, text);
      if (next == NULL)
        put (&writer, *text++);
      else
        text = next;
    }
  return g_string_free (writer.out, FALSE);
}
