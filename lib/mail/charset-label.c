#include "mail/charset-label.h"

#include <string.h>

#include "mail/code-page.h"

/* By the letters and digits of the label.  What calls itself gb2312, ks_c_5601,
 * shift_jis or iso-8859-1 is nearly always written in the vendor's superset.
 */
static const struct {
  const char *label, *name;
} labels[] = {
  { "ascii", "us-ascii" },
  { "usascii", "us-ascii" },
  { "iso646us", "us-ascii" },
  { "ansix341968", "us-ascii" },
  { "ansix34", "us-ascii" },
  { "ascii7bit", "us-ascii" },
  { "ansi", "windows-1252" },
  { "ibm819", "windows-1252" },
  { "cp819", "windows-1252" },
  { "l1", "windows-1252" },
  { "iso88591windows31latin1", "windows-1252" },
  { "iso88598i", "iso-8859-8" },
  { "iso88598e", "iso-8859-8" },
  { "logical", "iso-8859-8" },
  { "visual", "iso-8859-8" },
  { "hebrew", "windows-1255" },
  { "iso88596i", "iso-8859-6" },
  { "iso88596e", "iso-8859-6" },
  { "arabic", "iso-8859-6" },
  { "greek", "iso-8859-7" },
  { "cyrillic", "iso-8859-5" },
  { "tis620", "cp874" },
  { "tis6202533", "cp874" },
  { "tactis", "cp874" },
  { "thai", "cp874" },
  { "gb2312", "gb18030" },
  { "gb23121980", "gb18030" },
  { "gb231280", "gb18030" },
  { "chinese", "gb18030" },
  { "csgb2312", "gb18030" },
  { "euccn", "gb18030" },
  { "gb", "gb18030" },
  { "gbk", "gb18030" },
  { "cngb", "gb18030" },
  { "gb180302000", "gb18030" },
  { "gb18030", "gb18030" },
  { "hz", "hz-gb-2312" },
  { "hzgb2312", "hz-gb-2312" },
  { "cnhz", "hz-gb-2312" },
  { "big5", "big5-hkscs" },
  { "big5hkscs", "big5-hkscs" },
  { "bigfive", "big5-hkscs" },
  { "big5eten", "big5-hkscs" },
  { "cnbig5", "big5-hkscs" },
  { "csbig5", "big5-hkscs" },
  { "ksc56011987", "uhc" },
  { "ksc56011989", "uhc" },
  { "ksc5601", "uhc" },
  { "ks5601", "uhc" },
  { "ksc", "uhc" },
  { "korean", "uhc" },
  { "euckr", "uhc" },
  { "uhc", "uhc" },
  { "shiftjis", "cp932" },
  { "sjis", "cp932" },
  { "shiftjisms", "cp932" },
  { "mskanji", "cp932" },
  { "windows31j", "cp932" },
  { "cswindows31j", "cp932" },
  { "eucjp", "euc-jp-ms" },
  { "eucjpms", "euc-jp-ms" },
  { "ujis", "euc-jp-ms" },
  { "extendedunixcodepackedformatforjapanese", "euc-jp-ms" },
  { "iso2022jp", "iso-2022-jp" },
  { "iso2022jp1", "iso-2022-jp" },
  { "iso2022jpms", "iso-2022-jp" },
  { "iso2022jpesc", "iso-2022-jp" },
  { "iso2022jpsio", "iso-2022-jp" },
  { "csiso2022jp", "iso-2022-jp" },
  { "jis", "iso-2022-jp" },
  { "iso2022jp2", "iso-2022-jp" },
  { "iso2022jp3", "iso-2022-jp-3" },
  { "iso2022kr", "iso-2022-kr" },
  { "iso2022cn", "iso-2022-cn-ext" },
  { "iso2022cnext", "iso-2022-cn-ext" },
  { "maccyrillic", "mac-cyrillic" },
  { "macukrainian", "mac-uk" },
  { "macroman", "macintosh" },
  { "mac", "macintosh" },
  { "macintosh", "macintosh" },
  { "macce", "mac-centraleurope" },
  { "maccentraleurroman", "mac-centraleurope" },
  { "koi8", "koi8-r" },
  { "koi8r", "koi8-r" },
  { "koi", "koi8-r" },
  { "koir", "koi8-r" },
  { "koi8u", "koi8-u" },
  { "koi8ru", "koi8-u" },
  { "koi8t", "koi8-t" },
  { "dos866", "cp866" },
  { "alt", "cp866" },
  { "ruscii", "cp1125" },
  { "unicode11utf7", "utf-7" },
  { "unicode20utf7", "utf-7" },
  { "utf7", "utf-7" },
  { "utf7imap", "utf-7-imap" },
  { "imaputf7", "utf-7-imap" },
  { "imap4utf7", "utf-7-imap" },
  { "mutf7", "utf-7-imap" },
  { "unicode11utf8", "utf-8" },
  { "unicode20utf8", "utf-8" },
  { "utf8", "utf-8" },
  { "utf8n", "utf-8" },
  { "utf8sig", "utf-8" },
  { "utf8bom", "utf-8" },
  { "utf8mb4", "utf-8" },
  { "utf8mac", "utf-8" },
  { "cesu8", "utf-8" },
  { "utf", "utf-8" },
  { "unicode", "utf-16" },
  { "iso10646", "utf-16" },
  { "iso10646ucs2", "utf-16" },
  { "ucs2", "utf-16" },
  { "utf16", "utf-16" },
  { "utf16le", "utf-16le" },
  { "utf16be", "utf-16be" },
  { "utf32", "utf-32" },
  { "ucs4", "utf-32" },
  { "utf32le", "utf-32le" },
  { "utf32be", "utf-32be" },
  { "viscii", "viscii" },
  { "tcvn", "tcvn" },
  { "tcvn57121", "tcvn" },
  { "johab", "johab" },
  { "euctw", "euc-tw" },
  { "armscii8", "armscii-8" },
  { "georgianps", "georgian-ps" },
  { "hproman8", "hp-roman8" },
  { "latin1", "windows-1252" },
  { "latin2", "iso-8859-2" },
  { "latin3", "iso-8859-3" },
  { "latin4", "iso-8859-4" },
  { "latin5", "windows-1254" },
  { "latin6", "iso-8859-10" },
  { "latin7", "iso-8859-13" },
  { "latin8", "iso-8859-14" },
  { "latin9", "iso-8859-15" },
  { "latin0", "iso-8859-15" },
  { "latin10", "iso-8859-16" },
  { "default", "" },
  { "defaultcharset", "" },
  { "unknown8bit", "" },
  { "unknown", "" },
  { "userdefined", "" },
  { "none", "" },
  { "null", "" },
  { "undefined", "" },
  { "charset", "" },
  { "text", "" },
  { "8bit", "" },
  { "7bit", "" },
  { "binary", "" },
};

/* Parts 1 to 16 of ISO 8859.  Part 1, 9 and 11 are read as Windows has them,
 * which fills what they leave to control characters.
 */
static const char *const parts[]
    = { NULL,         "windows-1252", "iso-8859-2",  "iso-8859-3",   "iso-8859-4",  "iso-8859-5",
        "iso-8859-6", "iso-8859-7",   "iso-8859-8",  "windows-1254", "iso-8859-10", "cp874",
        NULL,         "iso-8859-13",  "iso-8859-14", "iso-8859-15",  "iso-8859-16" };

/* Code pages whose charset is read as a larger one. */
static const struct {
  const char *label, *name;
} pages[] = {
  { "gbk", "gb18030" },
  { "gb2312", "gb18030" },
  { "big5", "big5-hkscs" },
  { "euc-kr", "uhc" },
  { "euc-jp", "euc-jp-ms" },
  { "iso-8859-1", "windows-1252" },
  { "iso-8859-9", "windows-1254" },
};

static guint
read_number (const char *text)
{
  guint number = 0;

  if (*text == '\0')
    return 0;
  for (; *text != '\0'; text++)
    {
      if (!g_ascii_isdigit (*text) || number > 100000)
        return 0;
      number = number * 10 + (guint)(*text - '0');
    }
  return number;
}

/* "iso88592", "iso885921987" (with its year), "88592" */
static const char *
find_part (const char *plain)
{
  const char *digits = g_str_has_prefix (plain, "iso") ? plain + 3 : plain;
  g_autofree char *part = NULL;
  guint number;

  if (!g_str_has_prefix (digits, "8859"))
    return NULL;
  digits += 4;
  part = strlen (digits) > 4 ? g_strndup (digits, strlen (digits) - 4) : g_strdup (digits);
  number = read_number (part);
  return number > 0 && number < G_N_ELEMENTS (parts) ? parts[number] : NULL;
}

/* The charset of a code page by the label that stands for it. */
static const char *
find_name (const char *label)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    if (strcmp (pages[i].label, label) == 0)
      return pages[i].name;
  return label;
}

static const char *
find_code_page (const char *plain)
{
  static const char *const fronts[]
      = { "windows", "win",       "cp",  "ms", "microsoftcp", "mswin", "codepage",
          "ibm",     "cswindows", "dos", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (fronts); i++)
    {
      guint number;
      const char *charset;

      if (!g_str_has_prefix (plain, fronts[i]))
        continue;
      number = read_number (plain + strlen (fronts[i]));
      if (number == 0)
        continue;
      charset = pd_code_page_charset (number);
      if (number != 1252 && strcmp (charset, "windows-1252") == 0)
        return NULL;
      return find_name (charset);
    }
  return NULL;
}

static const char *
find_plain (const char *plain)
{
  const char *name;

  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    if (strcmp (labels[i].label, plain) == 0)
      return labels[i].name;
  name = find_part (plain);
  return name != NULL ? name : find_code_page (plain);
}

const char *
pd_charset_label_find (const char *label)
{
  char plain[PD_CHARSET_MAX_LABEL];
  gsize n = 0;
  const char *name;

  for (; *label != '\0' && n + 1 < sizeof plain; label++)
    if (g_ascii_isalnum (*label))
      plain[n++] = g_ascii_tolower (*label);
  plain[n] = '\0';
  name = find_plain (plain);
  if (name == NULL && plain[0] == 'x')
    name = find_plain (plain + (plain[1] == 'x' ? 2 : 1));
  return name;
}
