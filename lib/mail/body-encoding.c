#include "mail/body-encoding.h"

#include <string.h>

#define SHORT_LINE 78  /* longer ones are wrapped by some servers */
#define QP_LINE 76     /* RFC 2045 6.7 (5), with the "=" of a soft break */
#define BASE64_LINE 57 /* octets that give 76 characters */

/* Valid UTF-8 with \n as the only line end, and one at the end of the text. */
static GString *
normalise (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_sized_new (strlen (valid) + 1);

  for (const char *p = valid; *p != '\0'; p++)
    if (*p != '\r')
      g_string_append_c (out, *p);
    else if (p[1] != '\n')
      g_string_append_c (out, '\n');
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append_c (out, '\n');
  return out;
}

/* Mailbox files mark "From " at the beginning of a line, and a server may
 * stumble over "." there.
 */
static gboolean
is_touchy (const char *line)
{
  return line[0] == '.' || g_str_has_prefix (line, "From ");
}

static gboolean
fits_7bit (const char *text)
{
  while (*text != '\0')
    {
      gsize length = strcspn (text, "\n");

      if (length > SHORT_LINE || is_touchy (text)
          || (length > 0 && strchr (" \t", text[length - 1]) != NULL))
        return FALSE;
      for (gsize i = 0; i < length; i++)
        if ((text[i] < ' ' && text[i] != '\t') || text[i] > '~')
          return FALSE;
      text += length + 1;
    }
  return TRUE;
}

static void
add_lines (GString *out, const char *text)
{
  for (; *text != '\0'; text++)
    {
      if (*text == '\n')
        g_string_append_c (out, '\r');
      g_string_append_c (out, *text);
    }
}

static gboolean
is_literal (const char *p, gsize column)
{
  if (*p == ' ' || *p == '\t')
    return p[1] != '\n' && p[1] != '\0';
  return *p >= '!' && *p <= '~' && *p != '=' && !(column == 0 && is_touchy (p));
}

static void
add_quoted_printable (GString *out, const char *text)
{
  gsize column = 0;

  while (*text != '\0')
    {
      const char *next = g_utf8_next_char (text);
      gsize width = is_literal (text, column) ? 1 : 3 * (gsize)(next - text);

      if (*text == '\n')
        {
          g_string_append (out, "\r\n");
          column = 0;
          text = next;
          continue;
        }
      if (column + width > QP_LINE - 1)
        {
          g_string_append (out, "=\r\n");
          column = 0;
          width = is_literal (text, 0) ? 1 : 3 * (gsize)(next - text);
        }
      for (; text < next; text++)
        if (width == 1)
          g_string_append_c (out, *text);
        else
          g_string_append_printf (out, "=%02X", (guchar)*text);
      column += width;
    }
}

static gsize
base64_size (gsize length)
{
  return (length + BASE64_LINE - 1) / BASE64_LINE * 78;
}

const char *
pd_body_add_text (GString *out, const char *text)
{
  g_autoptr (GString) lines = normalise (text);
  g_autoptr (GString) quoted = NULL;
  g_autoptr (GString) wire = NULL;

  if (fits_7bit (lines->str))
    {
      add_lines (out, lines->str);
      return "7bit";
    }
  quoted = g_string_sized_new (lines->len * 2);
  add_quoted_printable (quoted, lines->str);
  wire = g_string_sized_new (lines->len + lines->len / 32);
  add_lines (wire, lines->str);
  if (quoted->len <= base64_size (wire->len))
    {
      g_string_append_len (out, quoted->str, (gssize)quoted->len);
      return "quoted-printable";
    }
  pd_body_add_base64 (out, wire->str, wire->len);
  return "base64";
}

void
pd_body_add_base64 (GString *out, const void *octets, gsize length)
{
  const guchar *p = octets;

  while (length > 0)
    {
      gsize take = MIN (length, BASE64_LINE);
      char line[80];
      int state = 0, save = 0;
      gsize n = g_base64_encode_step (p, take, FALSE, line, &state, &save);

      n += g_base64_encode_close (FALSE, line + n, &state, &save);
      g_string_append_len (out, line, (gssize)n);
      g_string_append (out, "\r\n");
      p += take;
      length -= take;
    }
}
