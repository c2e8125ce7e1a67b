#include "mail/html-writer.h"

#include <string.h>

#define MAX_BLANK 2 /* empty lines in a row */

void
pd_html_writer_init (PdHtmlWriter *writer, gsize max)
{
  memset (writer, 0, sizeof *writer);
  writer->out = g_string_sized_new (1024);
  writer->max = max;
}

gboolean
pd_html_writer_is_full (const PdHtmlWriter *writer)
{
  return writer->out->len >= writer->max;
}

static gboolean
at_line_start (const PdHtmlWriter *writer)
{
  return writer->newlines > 0 || writer->wanted > 0 || writer->out->len == 0;
}

static void
write_newline (PdHtmlWriter *writer)
{
  guint level = MIN (writer->last_quotes, writer->quotes);

  if (pd_html_writer_is_full (writer) || writer->newlines > MAX_BLANK)
    return;
  if (writer->newlines > 0) /* an empty line inside of a quote is one of it */
    for (guint i = 0; i < level; i++)
      g_string_append_c (writer->out, '>');
  g_string_append_c (writer->out, '\n');
  writer->newlines++;
}

static void
flush_newlines (PdHtmlWriter *writer)
{
  while (writer->newlines < writer->wanted && writer->newlines <= MAX_BLANK
         && !pd_html_writer_is_full (writer))
    write_newline (writer);
  writer->wanted = 0;
}

static void
begin_line (PdHtmlWriter *writer)
{
  gsize marker = strlen (writer->marker);

  writer->newlines = 0;
  writer->last_quotes = writer->quotes;
  for (guint i = 0; i < writer->quotes; i++)
    g_string_append_len (writer->out, "> ", 2);
  for (gsize i = marker; i < writer->indent; i++)
    g_string_append_c (writer->out, ' ');
  g_string_append_len (writer->out, writer->marker, (gssize)marker);
  writer->marker[0] = '\0';
}

static void
put (PdHtmlWriter *writer, const char *text, gsize length)
{
  flush_newlines (writer);
  if (pd_html_writer_is_full (writer))
    return;
  writer->blank = FALSE;
  if (writer->newlines > 0 || writer->out->len == 0)
    begin_line (writer);
  else
    for (; writer->space > 0; writer->space--)
      g_string_append_c (writer->out, ' ');
  writer->space = 0;
  g_string_append_len (writer->out, text, (gssize)length);
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

void
pd_html_writer_space (PdHtmlWriter *writer, guint blanks)
{
  if (!at_line_start (writer))
    writer->space = MAX (writer->space, blanks);
}

void
pd_html_writer_text (PdHtmlWriter *writer, const char *text, gsize length)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *begin = text;

      while (text < end && !is_space (*text))
        text++;
      if (text > begin)
        put (writer, begin, (gsize)(text - begin));
      if (text < end)
        pd_html_writer_space (writer, 1);
      while (text < end && is_space (*text))
        text++;
    }
}

void
pd_html_writer_pre (PdHtmlWriter *writer, const char *text, gsize length)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *stop = text;

      while (stop < end && *stop != '\n' && *stop != '\r')
        stop++;
      if (stop > text)
        put (writer, text, (gsize)(stop - text));
      if (stop == end)
        return;
      pd_html_writer_break (writer);
      text = stop + (end - stop > 1 && stop[0] == '\r' && stop[1] == '\n' ? 2 : 1);
    }
}

void
pd_html_writer_break (PdHtmlWriter *writer)
{
  if (writer->flat)
    {
      pd_html_writer_space (writer, 1);
      return;
    }
  writer->blank = FALSE;
  flush_newlines (writer);
  if (writer->out->len > 0)
    write_newline (writer);
  writer->space = 0;
}

void
pd_html_writer_hold (PdHtmlWriter *writer)
{
  if (at_line_start (writer) && writer->out->len > 0 && !writer->flat)
    writer->blank = TRUE;
}

void
pd_html_writer_want (PdHtmlWriter *writer, guint newlines)
{
  if (writer->flat)
    {
      pd_html_writer_space (writer, 1);
      return;
    }
  if (writer->blank)
    pd_html_writer_break (writer);
  writer->space = 0;
  if (writer->out->len > 0)
    writer->wanted = MAX (writer->wanted, newlines);
}
