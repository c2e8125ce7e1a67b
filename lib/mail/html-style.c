#include "mail/html-style.h"

#include <string.h>

#define MAX_STYLE 2048  /* octets of a style attribute that are read */
#define MAX_SHEET 65536 /* octets of a style sheet that are searched */

/* What has to be remembered between the declarations of one attribute. */
typedef struct {
  PdHtmlStyle *style;
  const char *colour, *ground;
  gboolean clipped, no_height;
  gboolean no_border, left_border, left_margin;
  guint flat; /* margins of 0: 1 above, 2 below */
} Reading;

/* Lengths: 0 of anything, and up to one pixel or point. */
static gboolean
is_tiny (const char *value)
{
  char *unit;
  double number = g_ascii_strtod (value, &unit);

  if (unit == value)
    return FALSE;
  return number <= 0 || (number <= 1 && (g_str_equal (unit, "px") || g_str_equal (unit, "pt")));
}

static gboolean
is_zero (const char *value)
{
  char *unit;
  double number = g_ascii_strtod (value, &unit);

  return unit != value && number <= 0;
}

/* Word writes ".0001pt" for 0. */
static gboolean
is_flat (const char *value)
{
  return is_zero (value) || g_str_equal (value, ".0001pt");
}

static void
on_display (Reading *reading, const char *value)
{
  reading->style->gone |= g_str_equal (value, "none");
}

static void
on_visibility (Reading *reading, const char *value)
{
  gboolean hidden = g_str_equal (value, "hidden") || g_str_equal (value, "collapse");

  reading->style->invisible = hidden ? PD_HTML_YES : PD_HTML_NO;
}

static void
on_opacity (Reading *reading, const char *value)
{
  reading->style->gone |= is_zero (value);
}

static void
on_font_size (Reading *reading, const char *value)
{
  reading->style->tiny = is_tiny (value) ? PD_HTML_YES : PD_HTML_NO;
}

static void
on_height (Reading *reading, const char *value)
{
  reading->no_height |= is_zero (value);
}

static void
on_overflow (Reading *reading, const char *value)
{
  reading->clipped |= g_str_equal (value, "hidden");
}

static void
on_colour (Reading *reading, const char *value)
{
  reading->colour = value;
}

static void
on_ground (Reading *reading, const char *value)
{
  reading->ground = value;
  reading->style->ruled |= g_str_has_prefix (value, "#e") || g_str_has_prefix (value, "#f")
                           || g_str_has_prefix (value, "rgb(2")
                           || g_str_equal (value, "whitesmoke");
}

static void
on_border (Reading *reading, const char *value)
{
  reading->no_border = g_str_equal (value, "none") || is_zero (value);
}

static void
on_border_top (Reading *reading, const char *value)
{
  reading->style->ruled |= !g_str_has_prefix (value, "none") && !is_zero (value);
}

static void
on_border_left (Reading *reading, const char *value)
{
  reading->left_border |= !g_str_has_prefix (value, "none") && !is_zero (value);
  reading->style->mail_ru |= g_str_equal (value, "1px solid #0857a6");
}

/* One to four lengths: above, right, below, left (CSS 2 8.3). */
static void
on_margin (Reading *reading, const char *value)
{
  g_auto (GStrv) sides = g_strsplit (value, " ", 4);
  guint n = g_strv_length (sides);
  const char *below = n > 2 ? sides[2] : sides[0];

  if (n == 0)
    return;
  reading->flat |= is_flat (sides[0]) ? 1 : 0;
  reading->flat |= is_flat (below) ? 2 : 0;
  reading->left_margin |= !is_zero (n > 3 ? sides[3] : n > 1 ? sides[1] : sides[0]);
}

static void
on_margin_left (Reading *reading, const char *value)
{
  reading->left_margin |= !is_zero (value);
}

static void
on_margin_top (Reading *reading, const char *value)
{
  reading->flat |= is_flat (value) ? 1 : 0;
}

static void
on_margin_bottom (Reading *reading, const char *value)
{
  reading->flat |= is_flat (value) ? 2 : 0;
}

static void
on_white_space (Reading *reading, const char *value)
{
  reading->style->keeps_lines = g_str_has_prefix (value, "pre") ? PD_HTML_YES : PD_HTML_NO;
}

static const struct Property {
  const char *name;
  void (*read) (Reading *reading, const char *value);
} properties[] = {
  { "background", on_ground },
  { "background-color", on_ground },
  { "border", on_border },
  { "border-left", on_border_left },
  { "border-top", on_border_top },
  { "border-top-style", on_border_top },
  { "color", on_colour },
  { "display", on_display },
  { "font-size", on_font_size },
  { "height", on_height },
  { "margin", on_margin },
  { "margin-bottom", on_margin_bottom },
  { "margin-left", on_margin_left },
  { "margin-top", on_margin_top },
  { "max-height", on_height },
  { "opacity", on_opacity },
  { "overflow", on_overflow },
  { "visibility", on_visibility },
  { "white-space", on_white_space },
};

static void
read_declaration (Reading *reading, char *declaration)
{
  char *value = strchr (declaration, ':');
  char *important;

  if (value == NULL)
    return;
  *value++ = '\0';
  important = strchr (value, '!');
  if (important != NULL)
    *important = '\0';
  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    if (strcmp (properties[i].name, declaration) == 0)
      properties[i].read (reading, value);
}

/* mso-hide:all alone hides nothing: it keeps from Outlook what Outlook gets in
 * another form, in a comment, and all others are to see.
 */
static void
conclude (Reading *reading)
{
  PdHtmlStyle *style = reading->style;

  style->gone |= reading->no_height && reading->clipped;
  if (reading->ground != NULL)
    style->same_colour = PD_HTML_NO;
  if (reading->colour != NULL)
    style->same_colour = reading->ground != NULL && g_str_equal (reading->colour, reading->ground)
                             ? PD_HTML_YES
                             : PD_HTML_NO;
  if (reading->colour != NULL && g_str_equal (reading->colour, "transparent"))
    style->same_colour = PD_HTML_YES;
  if (reading->flat != 0)
    style->margin = reading->flat == 3 ? PD_HTML_NO : PD_HTML_UNSAID;
  style->indented = reading->no_border && reading->left_margin && !reading->left_border;
}

/* In small letters, white space only where it parts two words of a value.
 * `out` has room for `max` octets and a NUL.
 */
static void
squeeze (char *out, gsize max, const char *text, gsize length)
{
  gboolean space = FALSE;
  gsize n = 0;

  for (gsize i = 0; i < length && n + 1 < max; i++)
    {
      char c = g_ascii_tolower (text[i]);

      if (g_ascii_isspace (c) || c == '\0')
        {
          space = n > 0 && strchr (":;,{}(>", out[n - 1]) == NULL;
          continue;
        }
      if (space && strchr (":;,{})>!", c) == NULL)
        out[n++] = ' ';
      out[n++] = c;
      space = FALSE;
    }
  out[n] = '\0';
}

void
pd_html_style_read (PdHtmlStyle *style, const PdHtmlReader *tag)
{
  const PdHtmlAttribute *attribute = pd_html_peek_attribute (tag, "style");
  char text[MAX_STYLE + 1];
  Reading reading = { .style = style };

  memset (style, 0, sizeof *style);
  style->gone = pd_html_peek_attribute (tag, "hidden") != NULL;
  if (attribute == NULL)
    return;
  squeeze (text, MAX_STYLE, attribute->value, attribute->length);
  for (char *next = text, *one; (one = strsep (&next, ";")) != NULL;)
    read_declaration (&reading, one);
  conclude (&reading);
}

/* "p", "p.msonormal", "li.msonormal,div.msonormal": whether `p` is among them. */
static gboolean
selects_paragraphs (const char *from, const char *end)
{
  for (const char *at = from; at < end; at++)
    if (*at == 'p' && (at == from || at[-1] == ',' || at[-1] == '}' || at[-1] == '>')
        && (at + 1 == end || at[1] == ','))
      return TRUE;
  return FALSE;
}

gboolean
pd_html_style_flat_paragraphs (const char *sheet, gsize length)
{
  gsize size = MIN (length, MAX_SHEET);
  g_autofree char *text = g_malloc (size + 1);

  squeeze (text, size, sheet, size);
  for (char *at = text, *open, *close; (open = strchr (at, '{')) != NULL; at = close + 1)
    {
      close = strchr (open, '}');
      if (close == NULL)
        return FALSE;
      if (selects_paragraphs (at, open))
        {
          PdHtmlStyle style = { 0 };
          Reading reading = { .style = &style };

          *close = '\0';
          open++;
          for (char *one; (one = strsep (&open, ";")) != NULL;)
            read_declaration (&reading, one);
          if (reading.flat == 3)
            return TRUE;
        }
    }
  return FALSE;
}
