#include "cli/cli.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAX_COLUMNS 12
#define GAP 2

struct PdTable {
  guint n_columns;
  GPtrArray *cells; /* of char*, row after row; the first row is the head */
};

static void
add_row (PdTable *table, const char *first, va_list args)
{
  guint n = 0;

  for (const char *cell = first; cell != NULL && n < MAX_COLUMNS;
       cell = va_arg (args, const char *))
    {
      g_autofree char *clean = g_strdup (cell);

      /* foreign text must not move the cursor of an administrator's terminal */
      for (char *p = clean; *p != '\0'; p++)
        if ((guchar)*p < 0x20 || *p == 0x7f)
          *p = ' ';
      g_ptr_array_add (table->cells, g_steal_pointer (&clean));
      n++;
    }
  if (table->n_columns == 0)
    table->n_columns = n;
  for (; n < table->n_columns; n++)
    g_ptr_array_add (table->cells, g_strdup (""));
}

PdTable *
pd_table_new (const char *first_column, ...)
{
  PdTable *table = g_new0 (PdTable, 1);
  va_list args;

  table->cells = g_ptr_array_new_with_free_func (g_free);
  va_start (args, first_column);
  add_row (table, first_column, args);
  va_end (args);
  return table;
}

void
pd_table_add (PdTable *table, const char *first_value, ...)
{
  va_list args;

  va_start (args, first_value);
  add_row (table, first_value, args);
  va_end (args);
}

void
pd_table_free (PdTable *table)
{
  g_ptr_array_unref (table->cells);
  g_free (table);
}

/* columns of the terminal; without one nothing is cut */
static glong
terminal_width (void)
{
  struct winsize size;

  if (isatty (STDOUT_FILENO) && ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
    return size.ws_col;
  return G_MAXLONG;
}

static void
print_row (const PdTable *table, guint row, const glong *widths, glong width)
{
  glong used = 0;

  for (guint c = 0; c < table->n_columns; c++)
    {
      const char *cell = g_ptr_array_index (table->cells, row * table->n_columns + c);
      glong length = g_utf8_strlen (cell, -1);

      if (c + 1 == table->n_columns)
        {
          glong room = MAX (width - used, 10);

          g_print ("%.*s\n", (int)(g_utf8_offset_to_pointer (cell, MIN (length, room)) - cell),
                   cell);
          return;
        }
      g_print ("%s%*s", cell, (int)(widths[c] - length + GAP), "");
      used += widths[c] + GAP;
    }
}

void
pd_table_print (PdTable *table, const char *if_empty)
{
  guint rows = table->cells->len / table->n_columns;
  glong widths[MAX_COLUMNS] = { 0 };
  glong width = terminal_width ();

  if (rows <= 1)
    {
      g_print ("%s\n", if_empty);
      return;
    }
  for (guint i = 0; i < table->cells->len; i++)
    {
      glong length = g_utf8_strlen (g_ptr_array_index (table->cells, i), -1);

      widths[i % table->n_columns] = MAX (widths[i % table->n_columns], length);
    }
  for (guint row = 0; row < rows; row++)
    print_row (table, row, widths, width);
}
