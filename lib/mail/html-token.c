#include "mail/html-token.h"

#include <string.h>

#define MAX_REFERENCE 12 /* octets of a character reference's name or number */

void
pd_html_begin (PdHtmlReader *reader, const char *html, gsize length)
{
  memset (reader, 0, sizeof *reader);
  reader->next = html;
  reader->end = html + length;
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Copies a name up to one of `stops` or white space, in small letters. */
static void
read_name (PdHtmlReader *reader, const char *stops, char out[PD_HTML_MAX_NAME])
{
  gsize n = 0;

  while (reader->next < reader->end && !is_space (*reader->next)
         && (*reader->next == '\0' || strchr (stops, *reader->next) == NULL))
    {
      if (n + 1 < PD_HTML_MAX_NAME)
        out[n++] = g_ascii_tolower (*reader->next);
      reader->next++;
    }
  out[n] = '\0';
}

static void
skip_space (PdHtmlReader *reader)
{
  while (reader->next < reader->end && is_space (*reader->next))
    reader->next++;
}

static void
read_value (PdHtmlReader *reader, PdHtmlAttribute *attribute)
{
  const char *begin;
  char quote = *reader->next;

  if (quote == '"' || quote == '\'')
    {
      begin = ++reader->next;
      reader->next = memchr (begin, quote, (gsize)(reader->end - begin));
      if (reader->next == NULL)
        reader->next = reader->end;
      attribute->length = (gsize)(reader->next - begin);
      if (reader->next < reader->end)
        reader->next++;
    }
  else
    {
      begin = reader->next;
      while (reader->next < reader->end && !is_space (*reader->next) && *reader->next != '>')
        reader->next++;
      attribute->length = (gsize)(reader->next - begin);
    }
  attribute->value = begin;
  attribute->length = MIN (attribute->length, PD_HTML_MAX_VALUE);
}

/* From behind the tag's name to behind its ">". */
static void
read_attributes (PdHtmlReader *reader)
{
  reader->n_attributes = 0;
  for (;;)
    {
      PdHtmlAttribute one = { "", "", 0 };

      while (reader->next < reader->end && (is_space (*reader->next) || *reader->next == '/'))
        reader->next++;
      if (reader->next == reader->end)
        return;
      if (*reader->next == '>')
        {
          reader->next++;
          return;
        }
      if (*reader->next == '=')
        reader->next++; /* a name may begin with it; nobody wants that one */
      read_name (reader, "=>/", one.name);
      skip_space (reader);
      if (reader->next < reader->end && *reader->next == '=')
        {
          reader->next++;
          skip_space (reader);
          if (reader->next < reader->end && *reader->next != '>')
            read_value (reader, &one);
        }
      if (reader->n_attributes < PD_HTML_MAX_ATTRIBUTES)
        reader->attributes[reader->n_attributes++] = one;
    }
}

/* Past the next `mark`, or to the end. */
static void
skip_past (PdHtmlReader *reader, const char *mark)
{
  const char *at = memmem (reader->next, (gsize)(reader->end - reader->next), mark, strlen (mark));

  reader->next = at == NULL ? reader->end : at + strlen (mark);
}

/* Elements whose content is no markup, and never to be read by people. */
static gboolean
is_raw (const char *name)
{
  static const char *const names[]
      = { "script", "style", "title", "xmp", "iframe", "noembed", "noframes", "textarea" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i]) == 0)
      return TRUE;
  return FALSE;
}

/* To the closing tag, which is left to be read. */
static void
skip_raw (PdHtmlReader *reader)
{
  gsize length = strlen (reader->name);

  while (reader->next < reader->end)
    {
      const char *at = memchr (reader->next, '<', (gsize)(reader->end - reader->next));

      if (at == NULL)
        break;
      if ((gsize)(reader->end - at) > length + 1 && at[1] == '/'
          && g_ascii_strncasecmp (at + 2, reader->name, length) == 0)
        {
          reader->next = at;
          return;
        }
      reader->next = at + 1;
    }
  reader->next = reader->end;
}

/* <!-- comment -->, <!doctype>, <![if mso]>, <?xml?>.  Outlook hides text from
 * other programs in real comments and shows it to them between <![if !…]> and
 * <![endif]>, so skipping the marks is right for both.
 */
static void
skip_declaration (PdHtmlReader *reader)
{
  gsize left = (gsize)(reader->end - reader->next);

  if (left >= 4 && memcmp (reader->next, "<!--", 4) == 0)
    {
      reader->next += 4;
      /* "<!-->" and "<!--->" are whole comments */
      if (reader->next < reader->end && *reader->next == '>')
        reader->next++;
      else if (reader->end - reader->next >= 2 && memcmp (reader->next, "->", 2) == 0)
        reader->next += 2;
      else
        skip_past (reader, "-->");
      return;
    }
  skip_past (reader, ">");
}

static PdHtmlKind
read_tag (PdHtmlReader *reader, PdHtmlKind kind)
{
  reader->next += kind == PD_HTML_CLOSE ? 2 : 1;
  read_name (reader, "/>", reader->name);
  read_attributes (reader);
  if (kind == PD_HTML_OPEN && is_raw (reader->name))
    skip_raw (reader);
  reader->kind = kind;
  return kind;
}

static PdHtmlKind
read_text (PdHtmlReader *reader)
{
  const char *stop = memchr (reader->next + 1, '<', (gsize)(reader->end - reader->next - 1));

  reader->text = reader->next;
  reader->next = stop == NULL ? reader->end : stop;
  reader->length = (gsize)(reader->next - reader->text);
  reader->kind = PD_HTML_TEXT;
  return PD_HTML_TEXT;
}

PdHtmlKind
pd_html_next (PdHtmlReader *reader)
{
  while (reader->next < reader->end)
    {
      char second = reader->end - reader->next > 1 ? reader->next[1] : '\0';
      char third = reader->end - reader->next > 2 ? reader->next[2] : '\0';

      if (*reader->next != '<')
        return read_text (reader);
      if (g_ascii_isalpha (second))
        return read_tag (reader, PD_HTML_OPEN);
      if (second == '/' && g_ascii_isalpha (third))
        return read_tag (reader, PD_HTML_CLOSE);
      if (second != '!' && second != '?' && second != '/')
        return read_text (reader); /* "a < b" */
      skip_declaration (reader);
    }
  reader->kind = PD_HTML_END;
  return PD_HTML_END;
}

/* The references that mail has; sorted for bsearch. */
static const struct Reference {
  const char *name;
  gunichar character;
} references[] = {
  { "AElig", 0xC6 },    { "Aacute", 0xC1 },   { "Acirc", 0xC2 },    { "Agrave", 0xC0 },
  { "Alpha", 0x391 },   { "Aring", 0xC5 },    { "Atilde", 0xC3 },   { "Auml", 0xC4 },
  { "Beta", 0x392 },    { "Ccedil", 0xC7 },   { "Dagger", 0x2021 }, { "Delta", 0x394 },
  { "ETH", 0xD0 },      { "Eacute", 0xC9 },   { "Ecirc", 0xCA },    { "Egrave", 0xC8 },
  { "Euml", 0xCB },     { "Gamma", 0x393 },   { "Iacute", 0xCD },   { "Icirc", 0xCE },
  { "Igrave", 0xCC },   { "Iuml", 0xCF },     { "Lambda", 0x39B },  { "Ntilde", 0xD1 },
  { "OElig", 0x152 },   { "Oacute", 0xD3 },   { "Ocirc", 0xD4 },    { "Ograve", 0xD2 },
  { "Omega", 0x3A9 },   { "Oslash", 0xD8 },   { "Otilde", 0xD5 },   { "Ouml", 0xD6 },
  { "Phi", 0x3A6 },     { "Pi", 0x3A0 },      { "Prime", 0x2033 },  { "Psi", 0x3A8 },
  { "Scaron", 0x160 },  { "Sigma", 0x3A3 },   { "THORN", 0xDE },    { "Theta", 0x398 },
  { "Uacute", 0xDA },   { "Ucirc", 0xDB },    { "Ugrave", 0xD9 },   { "Uuml", 0xDC },
  { "Xi", 0x39E },      { "Yacute", 0xDD },   { "Yuml", 0x178 },    { "aacute", 0xE1 },
  { "acirc", 0xE2 },    { "acute", 0xB4 },    { "aelig", 0xE6 },    { "agrave", 0xE0 },
  { "alpha", 0x3B1 },   { "amp", '&' },       { "apos", '\'' },     { "aring", 0xE5 },
  { "asymp", 0x2248 },  { "atilde", 0xE3 },   { "auml", 0xE4 },     { "bdquo", 0x201E },
  { "beta", 0x3B2 },    { "brvbar", 0xA6 },   { "bull", 0x2022 },   { "ccedil", 0xE7 },
  { "cedil", 0xB8 },    { "cent", 0xA2 },     { "chi", 0x3C7 },     { "circ", 0x2C6 },
  { "clubs", 0x2663 },  { "copy", 0xA9 },     { "curren", 0xA4 },   { "dArr", 0x21D3 },
  { "dagger", 0x2020 }, { "darr", 0x2193 },   { "deg", 0xB0 },      { "delta", 0x3B4 },
  { "diams", 0x2666 },  { "divide", 0xF7 },   { "eacute", 0xE9 },   { "ecirc", 0xEA },
  { "egrave", 0xE8 },   { "emsp", 0x2003 },   { "ensp", 0x2002 },   { "epsilon", 0x3B5 },
  { "equiv", 0x2261 },  { "eta", 0x3B7 },     { "eth", 0xF0 },      { "euml", 0xEB },
  { "euro", 0x20AC },   { "fnof", 0x192 },    { "frac12", 0xBD },   { "frac14", 0xBC },
  { "frac34", 0xBE },   { "gamma", 0x3B3 },   { "ge", 0x2265 },     { "gt", '>' },
  { "hArr", 0x21D4 },   { "harr", 0x2194 },   { "hearts", 0x2665 }, { "hellip", 0x2026 },
  { "iacute", 0xED },   { "icirc", 0xEE },    { "iexcl", 0xA1 },    { "igrave", 0xEC },
  { "infin", 0x221E },  { "iota", 0x3B9 },    { "iquest", 0xBF },   { "iuml", 0xEF },
  { "kappa", 0x3BA },   { "lArr", 0x21D0 },   { "lambda", 0x3BB },  { "laquo", 0xAB },
  { "larr", 0x2190 },   { "ldquo", 0x201C },  { "le", 0x2264 },     { "lrm", 0x200E },
  { "lsaquo", 0x2039 }, { "lsquo", 0x2018 },  { "lt", '<' },        { "macr", 0xAF },
  { "mdash", 0x2014 },  { "micro", 0xB5 },    { "middot", 0xB7 },   { "minus", 0x2212 },
  { "mu", 0x3BC },      { "nbsp", 0xA0 },     { "ndash", 0x2013 },  { "ne", 0x2260 },
  { "not", 0xAC },      { "ntilde", 0xF1 },   { "nu", 0x3BD },      { "oacute", 0xF3 },
  { "ocirc", 0xF4 },    { "oelig", 0x153 },   { "ograve", 0xF2 },   { "omega", 0x3C9 },
  { "ordf", 0xAA },     { "ordm", 0xBA },     { "oslash", 0xF8 },   { "otilde", 0xF5 },
  { "ouml", 0xF6 },     { "para", 0xB6 },     { "permil", 0x2030 }, { "phi", 0x3C6 },
  { "pi", 0x3C0 },      { "plusmn", 0xB1 },   { "pound", 0xA3 },    { "prime", 0x2032 },
  { "psi", 0x3C8 },     { "quot", '"' },      { "rArr", 0x21D2 },   { "raquo", 0xBB },
  { "rarr", 0x2192 },   { "rdquo", 0x201D },  { "reg", 0xAE },      { "rho", 0x3C1 },
  { "rlm", 0x200F },    { "rsaquo", 0x203A }, { "rsquo", 0x2019 },  { "sbquo", 0x201A },
  { "scaron", 0x161 },  { "sect", 0xA7 },     { "shy", 0xAD },      { "sigma", 0x3C3 },
  { "spades", 0x2660 }, { "sum", 0x2211 },    { "sup1", 0xB9 },     { "sup2", 0xB2 },
  { "sup3", 0xB3 },     { "szlig", 0xDF },    { "tau", 0x3C4 },     { "theta", 0x3B8 },
  { "thinsp", 0x2009 }, { "thorn", 0xFE },    { "tilde", 0x2DC },   { "times", 0xD7 },
  { "trade", 0x2122 },  { "uacute", 0xFA },   { "uarr", 0x2191 },   { "ucirc", 0xFB },
  { "ugrave", 0xF9 },   { "uml", 0xA8 },      { "upsilon", 0x3C5 }, { "uuml", 0xFC },
  { "xi", 0x3BE },      { "yacute", 0xFD },   { "yen", 0xA5 },      { "yuml", 0xFF },
  { "zeta", 0x3B6 },    { "zwj", 0x200D },    { "zwnj", 0x200C },
};

static int
compare (const void *key, const void *entry)
{
  return strcmp (key, ((const struct Reference *)entry)->name);
}

/* Numbers of 128 to 159 are meant as windows-1252, as browsers read them. */
static gunichar
by_number (const char *digits, int base)
{
  static const guint16 high[32] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
  };
  guint64 number = g_ascii_strtoull (digits, NULL, base);

  if (number >= 0x80 && number < 0xA0)
    return high[number - 0x80];
  if (number == 0 || number > 0x10FFFF || !g_unichar_validate ((gunichar)number))
    return 0xFFFD;
  return (gunichar)number;
}

/* The character that `name` (what stands between & and ;) refers to, or 0. */
static gunichar
resolve (const char *name)
{
  const struct Reference *found;

  if (name[0] == '#' && (name[1] == 'x' || name[1] == 'X') && g_ascii_isxdigit (name[2]))
    return by_number (name + 2, 16);
  if (name[0] == '#' && g_ascii_isdigit (name[1]))
    return by_number (name + 1, 10);
  found = bsearch (name, references, G_N_ELEMENTS (references), sizeof references[0], compare);
  return found == NULL ? 0 : found->character;
}

/* Reads a reference behind "&"; returns its length, 0 if it is none. */
static gsize
append_reference (GString *out, const char *text, gsize length)
{
  char name[MAX_REFERENCE + 1];
  gunichar character;
  gsize n = 0;

  while (n < length && n < MAX_REFERENCE
         && (g_ascii_isalnum (text[n]) || (n == 0 && text[n] == '#')))
    {
      name[n] = text[n];
      n++;
    }
  name[n] = '\0';
  character = resolve (name);
  if (character == 0)
    return 0;
  g_string_append_unichar (out, character);
  return n + (n < length && text[n] == ';');
}

void
pd_html_append_text (GString *out, const char *text, gsize length)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *amp = memchr (text, '&', (gsize)(end - text));
      gsize n;

      if (amp == NULL)
        amp = end;
      g_string_append_len (out, text, amp - text);
      if (amp == end)
        return;
      n = append_reference (out, amp + 1, (gsize)(end - amp - 1));
      if (n == 0)
        g_string_append_c (out, '&');
      text = amp + 1 + n;
    }
}

char *
pd_html_dup_attribute (const PdHtmlReader *reader, const char *name)
{
  for (guint i = 0; i < reader->n_attributes; i++)
    if (strcmp (reader->attributes[i].name, name) == 0)
      {
        GString *value = g_string_new (NULL);

        pd_html_append_text (value, reader->attributes[i].value, reader->attributes[i].length);
        return g_string_free (value, FALSE);
      }
  return NULL;
}
