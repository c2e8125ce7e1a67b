#include "mail/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#define MAX_LABEL 64 /* octets of a label that is looked at */

/* Labels seen in mail that glibc does not know, or knows too narrowly: what
 * calls itself gb2312, ks_c_5601, shift_jis or iso-8859-1 is nearly always
 * written in the vendor's superset.
 */
static const struct {
  const char *label;
  const char *name;
} aliases[] = {
  { "ascii", "windows-1252" },
  { "us-ascii", "windows-1252" },
  { "ansi_x3.4-1968", "windows-1252" },
  { "iso-8859-1", "windows-1252" },
  { "iso8859-1", "windows-1252" },
  { "iso_8859-1", "windows-1252" },
  { "latin1", "windows-1252" },
  { "latin-1", "windows-1252" },
  { "cp1252", "windows-1252" },
  { "iso-8859-1-windows-3.1-latin-1", "windows-1252" },
  { "iso-8859-8-i", "iso-8859-8" },
  { "iso-8859-8-e", "iso-8859-8" },
  { "iso-8859-6-i", "iso-8859-6" },
  { "iso-8859-6-e", "iso-8859-6" },
  { "iso-8859-9", "windows-1254" },
  { "iso-8859-11", "cp874" },
  { "tis-620", "cp874" },
  { "windows-874", "cp874" },
  { "gb2312", "gb18030" },
  { "gb_2312-80", "gb18030" },
  { "euc-cn", "gb18030" },
  { "gbk", "gb18030" },
  { "x-gbk", "gb18030" },
  { "cp936", "gb18030" },
  { "cn-gb", "gb18030" },
  { "big5", "big5-hkscs" },
  { "x-x-big5", "big5-hkscs" },
  { "cn-big5", "big5-hkscs" },
  { "ks_c_5601-1987", "uhc" },
  { "ks_c_5601-1989", "uhc" },
  { "ksc5601", "uhc" },
  { "ks_c_5601", "uhc" },
  { "euc-kr", "uhc" },
  { "cp949", "uhc" },
  { "windows-949", "uhc" },
  { "shift_jis", "cp932" },
  { "shift-jis", "cp932" },
  { "sjis", "cp932" },
  { "x-sjis", "cp932" },
  { "ms_kanji", "cp932" },
  { "windows-31j", "cp932" },
  { "x-euc-jp", "euc-jp" },
  { "iso-2022-jp", "iso-2022-jp-2" }, /* a superset: half-width and more */
  { "x-mac-cyrillic", "mac-cyrillic" },
  { "x-mac-roman", "macintosh" },
  { "x-mac-ce", "mac-centraleurope" },
  { "koi8", "koi8-r" },
  { "koi8-ru", "koi8-u" },
  { "x-koi8-r", "koi8-r" },
  { "unicode-1-1-utf-7", "utf-7" },
  { "unicode-1-1-utf-8", "utf-8" },
  { "x-unicode-2-0-utf-7", "utf-7" },
  { "utf8", "utf-8" },
  { "utf-8n", "utf-8" },
  { "utf", "utf-8" },
  { "unicode", "utf-16" },
  { "cp-1250", "windows-1250" },
  { "cp-1251", "windows-1251" },
  { "cp-1252", "windows-1252" },
  { "win-1250", "windows-1250" },
  { "win-1251", "windows-1251" },
  { "win-1252", "windows-1252" },
  { "windows1250", "windows-1250" },
  { "windows1251", "windows-1251" },
  { "windows1252", "windows-1252" },
  { "windows-1251-1", "windows-1251" },
  { "1250", "windows-1250" },
  { "1251", "windows-1251" },
  { "1252", "windows-1252" },
  { "ansi", "windows-1252" },
  { "default", "" },
  { "unknown-8bit", "" },
  { "x-unknown", "" },
  { "x-user-defined", "" },
  { "8bit", "" },
  { "binary", "" },
  { "unknown", "" },
  { "default_charset", "" },
  { "_iso-2022-jp$esc", "iso-2022-jp-2" },
  { "_iso-2022-jp$sio", "iso-2022-jp-2" },
};

/* What is loaded beforehand: a sandboxed reader cannot open the converter's
 * file later, and a mail whose every word has another charset would make glibc
 * load and unload them all the time.  All that glibc has but EBCDIC, which is
 * no mail's.
 */
/* clang-format off */
static const char *const preloaded[] = {
  "utf-8",         "us-ascii",     "iso-8859-1",   "iso-8859-2",
  "iso-8859-3",    "iso-8859-4",   "iso-8859-5",   "iso-8859-6",
  "iso-8859-7",    "iso-8859-8",   "iso-8859-9",   "iso-8859-10",
  "iso-8859-13",   "iso-8859-14",  "iso-8859-15",  "iso-8859-16",
  "windows-1250",  "windows-1251", "windows-1252", "windows-1253",
  "windows-1254",  "windows-1255", "windows-1256", "windows-1257",
  "windows-1258",  "cp874",        "koi8-r",       "koi8-u",
  "koi8-t",        "macintosh",    "mac-cyrillic", "mac-centraleurope",
  "cp437",         "cp737",        "cp775",        "cp850",
  "cp852",         "cp855",        "cp857",        "cp858",
  "cp860",         "cp861",        "cp862",        "cp863",
  "cp865",         "cp866",        "cp869",        "gb18030",
  "gbk",           "gb2312",       "big5",         "big5-hkscs",
  "uhc",           "euc-kr",       "iso-2022-kr",  "johab",
  "euc-jp",        "cp932",        "shift_jis",    "iso-2022-jp",
  "iso-2022-jp-2", "iso-2022-cn",  "euc-tw",       "tis-620",
  "tcvn",          "viscii",       "utf-7",        "utf-16",
  "utf-16le",      "utf-16be",     "utf-32",       "utf-32le",
  "utf-32be",      "armscii-8",    "georgian-ps",  "pt154",
  "hp-roman8",
  "ansi_x3.110-1983", "asmo_449", "brf", "cp1125", "cp770", "cp771", "cp772", "cp773", "cp774",
  "csn_369103", "cwi", "dec-mcs", "ecma-cyrillic", "euc-jisx0213", "euc-jp-ms",
  "georgian-academy", "gost_19768-74", "greek-ccitt", "greek7", "greek7-old", "hp-greek8",
  "hp-roman9", "hp-thai8", "hp-turkish8", "iec_p27-1", "inis", "inis-8", "inis-cyrillic",
  "isiri-3342", "iso-2022-cn-ext", "iso-2022-jp-3", "iso-ir-197", "iso-ir-209", "iso-8859-9e",
  "iso_10367-box", "iso_11548-1", "iso_2033", "iso_5427", "iso_5427-ext", "iso_5428", "iso_6937",
  "iso_6937-2", "iso646-de", "koi-8", "koi8-ru", "latin-greek", "latin-greek-1", "mac-is",
  "mac-sami", "mac-uk", "mik", "nats-dano", "nats-sefi", "rk1048", "shift_jisx0213", "t.61",
  "tscii", "iso-8859-11",
};
/* clang-format on */

static iconv_t held[G_N_ELEMENTS (preloaded)];
static gboolean initialized;
static GHashTable *by_label;

void
pd_charset_init (void)
{
  if (initialized)
    return;
  initialized = TRUE;
  by_label = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
    g_hash_table_insert (by_label, (gpointer)aliases[i].label, (gpointer)aliases[i].name);
  /* kept open: glibc unloads a converter with its last descriptor */
  for (gsize i = 0; i < G_N_ELEMENTS (preloaded); i++)
    held[i] = iconv_open ("UTF-8", preloaded[i]);
}

void
pd_charset_shutdown (void)
{
  if (!initialized)
    return;
  initialized = FALSE;
  g_clear_pointer (&by_label, g_hash_table_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (preloaded); i++)
    if (held[i] != (iconv_t)-1)
      iconv_close (held[i]);
}

const char *
pd_charset_iconv_name (const char *label)
{
  char small[MAX_LABEL];
  const char *name;
  gsize n = 0;

  for (; label[n] != '\0' && n + 1 < sizeof small; n++)
    small[n] = g_ascii_tolower (label[n]);
  small[n] = '\0';
  name = by_label == NULL ? NULL : g_hash_table_lookup (by_label, small);
  return name == NULL ? label : name;
}

/* A label as written: quotes, blanks and what follows a ";" are not part of
 * it.  A "/" would be an option to iconv ("//TRANSLIT").
 */
static char *
dup_label (const char *charset)
{
  g_autofree char *label = g_strndup (charset, strnlen (charset, MAX_LABEL));
  char *begin = label + strspn (label, " \t\"'=");

  begin[strcspn (begin, " \t\"';,/<>()*")] = '\0';
  return g_strdup (begin);
}

/* Appends without NUL, which no consumer of ours can carry. */
static void
append_clean (GString *out, const char *text, gsize length)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *nul = memchr (text, '\0', (gsize)(end - text));
      const char *stop = nul == NULL ? end : nul;

      g_string_append_len (out, text, stop - text);
      text = nul == NULL ? end : nul + 1;
    }
}

static const char replacement[] = "\xEF\xBF\xBD";

/* Converts all that has a meaning; `*out_bad` counts what had none. */
static GString *
convert (iconv_t converter, const char *bytes, gsize length, gsize *out_bad)
{
  GString *out = g_string_sized_new (length + length / 2 + 16);
  char *in = (char *)bytes; /* iconv only reads it */
  gsize left = length;
  char buffer[4096];

  *out_bad = 0;
  for (;;)
    {
      char *to = buffer;
      gsize room = sizeof buffer;
      gsize done = iconv (converter, left > 0 ? &in : NULL, &left, &to, &room);
      int why = errno;

      append_clean (out, buffer, (gsize)(to - buffer));
      if (done != (gsize)-1)
        {
          if (left == 0 && in == NULL)
            break;
          in = NULL; /* once more, for what the converter still holds */
          left = 0;
          continue;
        }
      if (why == E2BIG)
        continue;
      if (in == NULL || left == 0)
        break;
      ++*out_bad;
      g_string_append (out, replacement);
      in++;
      left--;
      if (why == EINVAL && left == 0)
        in = NULL;
    }
  return out;
}

static char *
take_valid (GString *text)
{
  /* some converters give surrogates and the like */
  if (!g_utf8_validate_len (text->str, text->len, NULL))
    {
      char *valid = g_utf8_make_valid (text->str, (gssize)text->len);

      g_string_free (text, TRUE);
      return valid;
    }
  return g_string_free (text, FALSE);
}

static char *
decode_by (const char *bytes, gsize length, const char *name, gsize *out_bad)
{
  iconv_t converter = iconv_open ("UTF-8", name);
  char *text;

  *out_bad = 0;
  if (converter == (iconv_t)-1)
    return NULL;
  text = take_valid (convert (converter, bytes, length, out_bad));
  iconv_close (converter);
  return text;
}

/* windows-1252 by hand: all 256 octets have a meaning, as in browsers. */
static char *
decode_1252 (const char *bytes, gsize length)
{
  static const guint16 high[32] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
  };
  GString *out = g_string_sized_new (length + length / 8 + 1);

  for (gsize i = 0; i < length; i++)
    {
      guint8 octet = (guint8)bytes[i];

      if (octet == 0)
        continue;
      if (octet < 0x80)
        g_string_append_c (out, (char)octet);
      else
        g_string_append_unichar (out, octet < 0xA0 ? high[octet - 0x80] : octet);
    }
  return g_string_free (out, FALSE);
}

static char *
dup_clean (const char *bytes, gsize length)
{
  GString *out = g_string_sized_new (length + 1);

  append_clean (out, bytes, length);
  return g_string_free (out, FALSE);
}

static gboolean
is_valid (const char *bytes, gsize length)
{
  /* g_utf8_validate_len stops at a NUL, which is another fault than this */
  const char *end;

  while (!g_utf8_validate_len (bytes, length, &end))
    {
      if (*end != '\0')
        return FALSE;
      length -= (gsize)(end + 1 - bytes);
      bytes = end + 1;
    }
  return TRUE;
}

/* How many octets are not ASCII; 0 is the common case. */
static gsize
count_high (const char *bytes, gsize length)
{
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    n += (guint8)bytes[i] >> 7;
  return n;
}

/* Of a text that says UTF-8 and is not: a few bad octets in much good text are
 * damage, else the label is wrong.
 */
static char *
rescue_utf8 (const char *bytes, gsize length, const char **out_defect)
{
  gsize bad = 0, high = count_high (bytes, length);
  g_autofree char *clean = dup_clean (bytes, length);
  const char *rest = clean, *end;

  while (!g_utf8_validate (rest, -1, &end))
    {
      bad++;
      rest = end + 1;
    }
  *out_defect = "text is not in the charset that its label says";
  if (bad * 4 <= high)
    return g_utf8_make_valid (clean, -1);
  return decode_1252 (bytes, length);
}

static gboolean
is_utf16_mark (const char *bytes, gsize length)
{
  return length >= 2 && (memcmp (bytes, "\xFF\xFE", 2) == 0 || memcmp (bytes, "\xFE\xFF", 2) == 0);
}

static char *
decode_unlabelled (const char *bytes, gsize length, const char **out_defect)
{
  gsize bad;

  if (is_valid (bytes, length))
    {
      /* 7-bit Japanese without a label, as old mail programs sent it */
      if (memmem (bytes, length, "\033$B", 3) != NULL
          || memmem (bytes, length, "\033$@", 3) != NULL)
        {
          char *japanese = decode_by (bytes, length, "iso-2022-jp-2", &bad);

          if (japanese != NULL && bad == 0)
            return japanese;
          g_free (japanese);
        }
      return dup_clean (bytes, length);
    }
  *out_defect = "8-bit text without a usable charset label";
  if (is_utf16_mark (bytes, length))
    {
      char *wide = decode_by (bytes, length, "utf-16", &bad);

      if (wide != NULL)
        return wide;
    }
  return decode_1252 (bytes, length);
}

static char *
decode_labelled (const char *bytes, gsize length, const char *name, const char **out_defect)
{
  gsize bad = 0;
  char *text;

  if (g_ascii_strcasecmp (name, "windows-1252") == 0)
    {
      /* valid UTF-8 of two and more such characters is no accident */
      if (count_high (bytes, length) < 4 || !is_valid (bytes, length))
        return decode_1252 (bytes, length);
      *out_defect = "text is UTF-8 although its label says otherwise";
      return dup_clean (bytes, length);
    }
  text = decode_by (bytes, length, name, &bad);
  if (text == NULL)
    {
      *out_defect = "unknown charset";
      return decode_unlabelled (bytes, length, &(const char *){ NULL });
    }
  if (bad == 0)
    return text;
  *out_defect = "text is not in the charset that its label says";
  if (count_high (bytes, length) == 0 || !is_valid (bytes, length))
    return text;
  g_free (text);
  return dup_clean (bytes, length);
}

static void
strip_mark (char *text)
{
  if (g_str_has_prefix (text, "\xEF\xBB\xBF"))
    memmove (text, text + 3, strlen (text + 3) + 1);
}

char *
pd_charset_decode (const char *bytes, gsize length, const char *charset, const char **out_defect)
{
  g_autofree char *label = dup_label (charset == NULL ? "" : charset);
  const char *name = pd_charset_iconv_name (label);
  const char *defect = NULL;
  char *text;

  if (length == 0) /* bytes may be NULL then */
    text = g_strdup ("");
  else if (*name == '\0')
    text = decode_unlabelled (bytes, length, &defect);
  else if (g_ascii_strcasecmp (name, "utf-8") == 0)
    text = is_valid (bytes, length) ? dup_clean (bytes, length)
                                    : rescue_utf8 (bytes, length, &defect);
  else if (g_ascii_strcasecmp (label, "us-ascii") == 0 || g_ascii_strcasecmp (label, "ascii") == 0)
    text = decode_unlabelled (bytes, length, &defect);
  else
    text = decode_labelled (bytes, length, name, &defect);
  strip_mark (text);
  if (out_defect != NULL)
    *out_defect = defect;
  return text;
}

char *
pd_charset_clean (const char *text)
{
  if (text == NULL)
    return g_strdup ("");
  if (g_utf8_validate (text, -1, NULL))
    return g_strdup (text);
  return decode_1252 (text, strlen (text));
}
