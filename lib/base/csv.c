#include "base/csv.h"

#include <string.h>

#include "base/error.h"

typedef struct {
  const char *at, *end;
  guint line;
  guint column; /* of the cell that is read, from 1 */
} Reader;

static void
free_row (gpointer data)
{
  PdCsvRow *row = data;

  g_ptr_array_unref (row->cells);
  g_free (row);
}

static gboolean
fail (const Reader *reader, GError **error, const char *what)
{
  return pd_fail (error, PD_ERROR_INVALID, "line %u, column %u: %s", reader->line, reader->column,
                  what);
}

static gboolean
is_line_end (const Reader *reader)
{
  return reader->at == reader->end || *reader->at == '\n'
         || (*reader->at == '\r' && (reader->at + 1 == reader->end || reader->at[1] == '\n'));
}

static void
skip_line_end (Reader *reader)
{
  if (reader->at < reader->end && *reader->at == '\r')
    reader->at++;
  if (reader->at < reader->end && *reader->at == '\n')
    reader->at++;
  reader->line++;
}

/* After the quote that opens it. */
static gboolean
read_quoted (Reader *reader, GString *cell, GError **error)
{
  guint opened = reader->line;

  for (; reader->at < reader->end; reader->at++)
    {
      if (*reader->at == '"')
        {
          if (reader->at + 1 == reader->end || reader->at[1] != '"')
            {
              reader->at++;
              return is_line_end (reader) || *reader->at == ','
                     || fail (reader, error,
                              "after a closing quote comes a comma or the line's end");
            }
          reader->at++;
        }
      else if (*reader->at == '\n')
        reader->line++;
      g_string_append_c (cell, *reader->at);
    }
  reader->line = opened; /* where to look for it: the end is far away */
  return fail (reader, error, "a quote is not closed");
}

static gboolean
read_bare (Reader *reader, GString *cell, GError **error)
{
  for (; !is_line_end (reader) && *reader->at != ','; reader->at++)
    {
      if (*reader->at == '"')
        return fail (reader, error, "a cell with a quote must be in quotes, the quote doubled");
      g_string_append_c (cell, *reader->at);
    }
  return TRUE;
}

static gboolean
read_cell (Reader *reader, GPtrArray *cells, GError **error)
{
  g_autoptr (GString) cell = g_string_new (NULL);
  gboolean quoted = reader->at < reader->end && *reader->at == '"';

  reader->at += quoted ? 1 : 0;
  if (!(quoted ? read_quoted (reader, cell, error) : read_bare (reader, cell, error)))
    return FALSE;
  if (cell->len > PD_CSV_MAX_CELL)
    return fail (reader, error, "a cell has at most 65536 octets");
  if (!g_utf8_validate (cell->str, (gssize)cell->len, NULL))
    return fail (reader, error, "this is not text in UTF-8");
  g_ptr_array_add (cells, g_strndup (cell->str, cell->len));
  return TRUE;
}

static gboolean
read_row (Reader *reader, GPtrArray *cells, GError **error)
{
  for (reader->column = 1;; reader->column++)
    {
      if (reader->column > PD_CSV_MAX_COLUMNS)
        return fail (reader, error, "a line has at most 200 columns");
      if (!read_cell (reader, cells, error))
        return FALSE;
      if (is_line_end (reader))
        {
          skip_line_end (reader);
          return TRUE;
        }
      reader->at++; /* the comma */
    }
}

GPtrArray *
pd_csv_parse (const char *text, gsize size, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  Reader reader = { text, text + size, 1, 1 };

  if (size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    reader.at += 3;
  while (reader.at < reader.end)
    {
      PdCsvRow *row;

      if (is_line_end (&reader))
        {
          skip_line_end (&reader);
          continue;
        }
      reader.column = 1;
      if (rows->len == PD_CSV_MAX_ROWS)
        {
          fail (&reader, error, "a file has at most 100000 rows");
          return NULL;
        }
      row = g_new0 (PdCsvRow, 1);
      row->line = reader.line;
      row->cells = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (rows, row);
      if (!read_row (&reader, row->cells, error))
        return NULL;
    }
  return g_steal_pointer (&rows);
}
