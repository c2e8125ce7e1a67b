#include "mail/html-table.h"

#include <string.h>

#define MAX_CELL 80     /* octets of a cell, on average, in a table of data */
#define MAX_LONG 400    /* octets of any of them */
#define MAX_LOOK 262144 /* octets that are looked ahead */

typedef struct {
  guint rows;      /* that have cells */
  guint columns;   /* of the first row */
  guint in_row;    /* cells of this row so far */
  guint cells;     /* all */
  guint empty;     /* of them without text */
  gsize cell_size; /* text of this cell so far */
  gsize size;      /* text of all cells */
  guint labels;    /* first cells that end in a colon */
  char last;       /* character of this cell */
  gboolean ragged, heads, pictures, too_long;
} Look;

static void
end_cell (Look *look)
{
  if (look->in_row == 0)
    return;
  look->size += look->cell_size;
  look->empty += look->cell_size == 0;
  look->too_long |= look->cell_size > MAX_LONG;
  look->labels += look->in_row == 1 && look->last == ':';
  look->cell_size = 0;
  look->last = '\0';
}

static void
end_row (Look *look)
{
  end_cell (look);
  if (look->in_row == 0)
    return;
  if (look->rows++ == 0)
    look->columns = look->in_row;
  look->ragged |= look->in_row != look->columns;
  look->in_row = 0;
}

static void
on_text (Look *look, const PdHtmlReader *reader)
{
  for (gsize i = 0; i < reader->length; i++)
    if (!g_ascii_isspace (reader->text[i]))
      {
        look->cell_size++;
        look->last = reader->text[i];
      }
  if (reader->length == 6 && memcmp (reader->text, "&nbsp;", 6) == 0)
    look->cell_size -= 6;
}

static void
on_cell (Look *look, const PdHtmlReader *reader)
{
  const PdHtmlAttribute *span = pd_html_peek_attribute (reader, "colspan");
  guint64 columns = span == NULL ? 1 : g_ascii_strtoull (span->value, NULL, 10);

  end_cell (look);
  look->in_row += (guint)CLAMP (columns, 1, 100);
  look->cells++;
  look->heads |= reader->name[1] == 'h';
}

/* Returns FALSE at the end of the table, or at another. */
static gboolean
look_at (Look *look, const PdHtmlReader *reader)
{
  const char *name = reader->name;
  gboolean opens = reader->kind == PD_HTML_OPEN;

  if (reader->kind == PD_HTML_TEXT)
    on_text (look, reader);
  else if (strcmp (name, "table") == 0)
    {
      look->too_long |= opens;
      return FALSE;
    }
  else if (strcmp (name, "tr") == 0)
    end_row (look);
  else if (opens && (strcmp (name, "td") == 0 || strcmp (name, "th") == 0))
    on_cell (look, reader);
  else if (opens
           && (strcmp (name, "ul") == 0 || strcmp (name, "ol") == 0
               || strcmp (name, "blockquote") == 0 || strcmp (name, "hr") == 0))
    look->too_long = TRUE;
  else if (opens && strcmp (name, "img") == 0)
    look->pictures = TRUE;
  return !look->too_long;
}

static gboolean
has_border (const PdHtmlReader *tag)
{
  const PdHtmlAttribute *border = pd_html_peek_attribute (tag, "border");

  return border != NULL && (border->length == 0 || *border->value != '0');
}

gboolean
pd_html_table_is_data (const PdHtmlReader *tag)
{
  const PdHtmlAttribute *role = pd_html_peek_attribute (tag, "role");
  gsize left = (gsize)(tag->end - tag->next);
  PdHtmlReader reader;
  Look look = { 0 };

  if (role != NULL && role->length == 12 && memcmp (role->value, "presentation", 12) == 0)
    return FALSE;
  pd_html_begin (&reader, tag->next, MIN (left, MAX_LOOK));
  while (pd_html_next (&reader) != PD_HTML_END)
    if (!look_at (&look, &reader))
      break;
  if (look.too_long)
    return FALSE;
  end_row (&look);
  if (look.rows < 2 || look.columns < 2 || look.ragged || look.size > (gsize)look.cells * MAX_CELL
      || look.labels == look.rows) /* "Name: …" reads better as lines */
    return FALSE;
  return look.heads || has_border (tag) || (!look.pictures && look.empty * 5 < look.cells);
}
