#include "mail/pattern-text.h"

#include <string.h>

/* Nobody sees them: joiners, direction marks, soft hyphens. */
static gboolean
is_invisible (gunichar c)
{
  return c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E)
         || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF;
}

static gunichar
fold_punctuation (gunichar c)
{
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x2500 || c == 0x2501 || c == 0x5BE)
    return '-';
  if ((c >= 0x2018 && c <= 0x201B) || c == 0xB4 || c == 0x2BC || c == 0x5F3)
    return '\'';
  if ((c >= 0x201C && c <= 0x201F) || c == 0xAB || c == 0xBB || c == 0x5F4)
    return '"';
  if (c == 0x60C) /* the Arabic comma */
    return ',';
  if (c > 0xFF00 && c < 0xFF5F) /* full width */
    return c - 0xFF00 + ' ';
  return c;
}

gunichar
pd_pattern_fold (gunichar c)
{
  gint digit;

  if (c < 0x80)
    return g_ascii_iscntrl ((gchar)c) ? ' ' : (gunichar)g_ascii_tolower ((gchar)c);
  if (is_invisible (c))
    return 0;
  if (c == 0xA0 || c == 0x2028 || c == 0x2029 || g_unichar_isspace (c))
    return ' ';
  digit = g_unichar_digit_value (c);
  if (digit >= 0)
    return (gunichar)('0' + digit);
  c = fold_punctuation (c);
  if (c == 0x131) /* a Turkish i without its dot: elsewhere I is its capital */
    return 'i';
  return c == 0x3C2 ? 0x3C3 : g_unichar_tolower (c); /* the final sigma is a sigma */
}

static void
append_char (GString *out, gunichar c, gboolean *blank)
{
  if (c == ' ')
    {
      *blank = TRUE;
      return;
    }
  if (*blank && out->len > 0 && c != ':' && c != '>' && out->str[out->len - 1] != '<')
    g_string_append_c (out, ' ');
  *blank = FALSE;
  if (c < 0x80)
    g_string_append_c (out, (gchar)c);
  else
    g_string_append_unichar (out, c);
}

/* Whether accents stand alone (U+0300 to U+036F), as some Macintosh programs
 * write them. */
static gboolean
has_loose_accents (const char *text, gsize length)
{
  return memchr (text, 0xCC, length) != NULL || memchr (text, 0xCD, length) != NULL;
}

void
pd_pattern_append (GString *out, const char *text, gsize length)
{
  g_autofree char *composed = NULL;
  gboolean blank = TRUE;

  if (has_loose_accents (text, length))
    {
      composed = g_utf8_normalize (text, (gssize)length, G_NORMALIZE_NFC);
      text = composed != NULL ? composed : "";
      length = strlen (text);
    }
  for (const char *end = text + length; text < end;)
    {
      if ((guint8)*text < 0x80)
        append_char (out, pd_pattern_fold ((guint8)*text++), &blank);
      else
        {
          gunichar c = pd_pattern_fold (g_utf8_get_char (text));

          if (c != 0)
            append_char (out, c, &blank);
          text = g_utf8_next_char (text);
        }
    }
}

char *
pd_pattern_dup_folded (const char *text, gsize length)
{
  GString *out = g_string_sized_new (length + 1);

  pd_pattern_append (out, text, length);
  return g_string_free (out, FALSE);
}

static gsize
count_digits (const char *text)
{
  gsize n = 0;

  while (g_ascii_isdigit (text[n]))
    n++;
  return n;
}

/* 1970 to 2100, and the same years of the Buddhist calendar. */
static gboolean
is_year (const char *digits)
{
  gint64 year = g_ascii_strtoll (digits, NULL, 10);

  return (year >= 1970 && year <= 2100) || (year >= 2513 && year <= 2643);
}

/* What follows one or two digits: ":00", "h00", "/11/26". */
static gboolean
continues_date (const char *text)
{
  gsize n;

  if (*text == '\0' || strchr (":.h/-", *text) == NULL)
    return FALSE;
  n = count_digits (text + 1);
  if (n == 2 && strchr (":.h", *text) != NULL)
    return TRUE;
  return (n == 1 || n == 2) && text[n + 1] == *text && count_digits (text + n + 2) >= 2;
}

gboolean
pd_pattern_has_date (const char *folded)
{
  while (*(folded += strcspn (folded, "0123456789")) != '\0')
    {
      gsize n = count_digits (folded);

      if ((n == 4 && is_year (folded)) || (n <= 2 && continues_date (folded + n)))
        return TRUE;
      folded += n;
    }
  return FALSE;
}
