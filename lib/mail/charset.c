#include "mail/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "mail/charset-guess.h"
#include "mail/charset-label.h"

#define MAX_LABEL PD_CHARSET_MAX_LABEL
#define MIN_DAMAGED 40 /* octets above 127 before a text without a label is damaged UTF-8 */

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

void
pd_charset_init (void)
{
  if (initialized)
    return;
  initialized = TRUE;
  /* kept open: glibc unloads a converter with its last descriptor */
  for (gsize i = 0; i < G_N_ELEMENTS (preloaded); i++)
    held[i] = iconv_open ("UTF-8", preloaded[i]);
  pd_charset_guess_init ();
}

void
pd_charset_shutdown (void)
{
  if (!initialized)
    return;
  initialized = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (preloaded); i++)
    if (held[i] != (iconv_t)-1)
      iconv_close (held[i]);
}

const char *
pd_charset_iconv_name (const char *label)
{
  const char *name = pd_charset_label_find (label);

  return name == NULL ? label : name;
}

/* A label as written: quotes, and what follows a ";" are not part of it.  A "/"
 * would be an option to iconv ("//TRANSLIT").
 */
static char *
dup_label (const char *charset)
{
  g_autofree char *label = g_strndup (charset, strnlen (charset, MAX_LABEL));
  char *begin = label + strspn (label, " \t\"'=");

  begin[strcspn (begin, "\"';,/<>()*")] = '\0';
  return g_strdup (g_strchomp (begin));
}

/* What no text has: NUL, which no consumer of ours can carry, and controls but
 * tab and line ends.
 */
static gboolean
is_control (guint8 octet)
{
  return (octet < ' ' && octet != '\t' && octet != '\n' && octet != '\r') || octet == 0x7F;
}

static void
append_clean (GString *out, const char *text, gsize length)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *stop = text;

      while (stop < end && !is_control ((guint8)*stop))
        stop++;
      g_string_append_len (out, text, stop - text);
      /* a new page is a new line */
      if (stop < end && *stop == '\f')
        g_string_append_c (out, '\n');
      text = stop + (stop < end);
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

/* windows-1252 by hand: all 256 octets have a meaning, as in browsers. */
static gunichar
char_1252 (guint8 octet)
{
  static const guint16 high[32] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
  };

  return octet >= 0x80 && octet < 0xA0 ? high[octet - 0x80] : octet;
}

static char *
decode_1252 (const char *bytes, gsize length)
{
  GString *out = g_string_sized_new (length + length / 8 + 1);

  for (gsize i = 0; i < length; i++)
    {
      guint8 octet = (guint8)bytes[i];

      if (octet >= 0x80)
        g_string_append_unichar (out, char_1252 (octet));
      else if (!is_control (octet))
        g_string_append_c (out, (char)octet);
    }
  return g_string_free (out, FALSE);
}

static char *
decode_iconv (const char *bytes, gsize length, const char *name, gsize *out_bad)
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

/* HZ (RFC 1843), which glibc lacks: "~{" and "~}" around GB 2312 in 7 bits. */
static char *
decode_hz (const char *bytes, gsize length, gsize *out_bad)
{
  g_autoptr (GString) wide = g_string_sized_new (length);
  gboolean shifted = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      char next = i + 1 < length ? bytes[i + 1] : '\0';

      if (bytes[i] == '~' && (next == '{' || next == '}'))
        {
          shifted = next == '{';
          i++;
        }
      else if (bytes[i] == '~' && next == '~' && !shifted)
        g_string_append_c (wide, bytes[i++]);
      else if (bytes[i] == '~' && next == '\n' && !shifted)
        i++;
      else if (bytes[i] == '\n')
        {
          shifted = FALSE; /* RFC 1843: a line ends in ASCII */
          g_string_append_c (wide, '\n');
        }
      else
        g_string_append_c (wide, (char)(shifted && bytes[i] > ' ' ? bytes[i] | 0x80 : bytes[i]));
    }
  return decode_iconv (wide->str, wide->len, "gb18030", out_bad);
}

/* One escape of ISO 2022 at `at`: what it selects, 'E' ASCII, 'K' half-width
 * katakana, 'J' JIS X 0208, 'S' JIS X 0212; 0 if it is another.
 */
static char
read_escape (const char *at, gsize length, gsize *out_length)
{
  static const struct {
    const char *escape;
    char selects;
  } escapes[] = {
    { "\033(B", 'E' },  { "\033(J", 'E' },       { "\033(H", 'E' },
    { "\033(I", 'K' },  { "\033$@", 'J' },       { "\033$B", 'J' },
    { "\033$(B", 'J' }, { "\033&@\033$B", 'J' }, { "\033$(D", 'S' },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (escapes); i++)
    {
      *out_length = strlen (escapes[i].escape);
      if (length >= *out_length && memcmp (at, escapes[i].escape, *out_length) == 0)
        return escapes[i].selects;
    }
  return 0;
}

/* ISO-2022-JP as Windows writes it, with characters that glibc's converter does
 * not have: turned into EUC, whose converter does.  Escapes of other languages
 * are left to ISO-2022-JP-2 (RFC 1554).
 */
static char *
decode_japanese (const char *bytes, gsize length, gsize *out_bad)
{
  g_autoptr (GString) euc = g_string_sized_new (length);
  char mode = 'E';

  for (gsize i = 0; i < length;)
    {
      gsize n;
      char next = bytes[i] == '\033' ? read_escape (bytes + i, length - i, &n) : 0;

      if (next != 0)
        {
          mode = next;
          i += n;
          continue;
        }
      if (bytes[i] == '\033')
        return decode_iconv (bytes, length, "iso-2022-jp-2", out_bad);
      if (bytes[i] == '\n')
        mode = 'E';
      if (mode == 'E' || bytes[i] <= ' ' || (bytes[i] & 0x80) != 0)
        {
          g_string_append_c (euc, bytes[i++]);
          continue;
        }
      if (mode == 'K' || mode == 'S')
        g_string_append_c (euc, (char)(mode == 'K' ? 0x8E : 0x8F));
      g_string_append_c (euc, (char)(bytes[i++] | 0x80));
      if (mode != 'K' && i < length && bytes[i] > ' ')
        g_string_append_c (euc, (char)(bytes[i++] | 0x80));
    }
  return decode_iconv (euc->str, euc->len, "euc-jp-ms", out_bad);
}

static gboolean
is_utf16_mark (const char *bytes, gsize length)
{
  return length >= 2 && (memcmp (bytes, "\xFF\xFE", 2) == 0 || memcmp (bytes, "\xFE\xFF", 2) == 0);
}

/* UTF-16 without a mark is big-endian by RFC 2781 4.3 and little-endian by
 * habit: the zeros tell.
 */
static char *
decode_utf16 (const char *bytes, gsize length, gsize *out_bad)
{
  const char *name
      = is_utf16_mark (bytes, length) ? "utf-16" : pd_charset_guess_wide (bytes, length);

  return decode_iconv (bytes, length, name == NULL ? "utf-16be" : name, out_bad);
}

/* KOI8-R has lines and boxes where KOI8-U has the letters of Ukrainian; the
 * label is the same in many mails.
 */
static char *
decode_koi8 (const char *bytes, gsize length, gsize *out_bad)
{
  static const char letters[] = "\xA4\xA6\xA7\xAD\xB4\xB6\xB7\xBD";

  for (gsize i = 0; i < length; i++)
    if ((guint8)bytes[i] >= 0x80 && strchr (letters, bytes[i]) != NULL
        && ((i > 0 && (guint8)bytes[i - 1] >= 0xC0)
            || (i + 1 < length && (guint8)bytes[i + 1] >= 0xC0)))
      return decode_iconv (bytes, length, "koi8-u", out_bad);
  return decode_iconv (bytes, length, "koi8-r", out_bad);
}

/* Vietnamese with marks that follow their letters, as everybody else has them. */
static char *
decode_vietnamese (const char *bytes, gsize length, gsize *out_bad)
{
  g_autofree char *text = decode_iconv (bytes, length, "windows-1258", out_bad);

  return text == NULL ? NULL : g_utf8_normalize (text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
}

static char *
decode_by (const char *bytes, gsize length, const char *name, gsize *out_bad)
{
  static const struct {
    const char *name;
    char *(*decode) (const char *bytes, gsize length, gsize *out_bad);
  } own[] = {
    { "hz-gb-2312", decode_hz }, { "iso-2022-jp", decode_japanese },    { "utf-16", decode_utf16 },
    { "koi8-r", decode_koi8 },   { "windows-1258", decode_vietnamese },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    if (g_ascii_strcasecmp (own[i].name, name) == 0)
      return own[i].decode (bytes, length, out_bad);
  *out_bad = 0;
  if (g_ascii_strcasecmp (name, "windows-1252") == 0)
    return decode_1252 (bytes, length);
  return decode_iconv (bytes, length, name, out_bad);
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

static char *
decode_guessed (const char *bytes, gsize length)
{
  const char *name = pd_charset_guess (bytes, length, NULL);
  gsize bad;
  char *text = decode_by (bytes, length, name, &bad);

  return text != NULL ? text : decode_1252 (bytes, length);
}

/* How many octets a character has of which `at` is the begin and the rest is
 * missing; 0 if it is none.
 */
static gsize
cut_character (const guint8 *at, const guint8 *end)
{
  gsize need = *at >= 0xC2 && *at < 0xE0 ? 2 : *at >= 0xE0 && *at < 0xF0 ? 3 : *at < 0xF5 ? 4 : 0;
  gsize n = 1;

  if (*at < 0xC2 || need == 0)
    return 0;
  while (n < need && at + n < end && (at[n] & 0xC0) == 0x80)
    n++;
  /* alone before other text it is a letter of another charset */
  return n > 1 || at + 1 == end ? n : 0;
}

/* UTF-8 with a few octets that are not: what was cut off is damage, others come
 * from a piece of text in windows-1252, such as the footer of a list.
 */
static char *
repair_utf8 (const char *bytes, gsize length)
{
  g_autofree char *clean = dup_clean (bytes, length);
  const char *at = clean, *stop = clean + strlen (clean), *end;
  GString *out = g_string_sized_new (length + 64);

  while (!g_utf8_validate (at, stop - at, &end))
    {
      gsize n = cut_character ((const guint8 *)end, (const guint8 *)stop);

      g_string_append_len (out, at, end - at);
      if (n > 0)
        g_string_append (out, replacement);
      else
        g_string_append_unichar (out, char_1252 ((guint8)*end));
      at = end + MAX (n, 1);
    }
  g_string_append (out, at);
  return g_string_free (out, FALSE);
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
  return bad * 4 <= high ? repair_utf8 (bytes, length) : decode_guessed (bytes, length);
}

/* The charset that escapes of ISO 2022 show, as programs sent it without a
 * label; NULL if there are none.
 */
static const char *
find_escape (const char *bytes, gsize length)
{
  static const struct {
    const char *escape, *name;
  } escapes[] = {
    { "\033$)C", "iso-2022-kr" }, { "\033$)A", "iso-2022-cn-ext" }, { "\033$B", "iso-2022-jp" },
    { "\033$@", "iso-2022-jp" },  { "\033$(D", "iso-2022-jp" },     { "\033(I", "iso-2022-jp" },
    { "\033$A", "iso-2022-jp" },  { "\033$(C", "iso-2022-jp" },
  };

  if (memchr (bytes, '\033', length) == NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (escapes); i++)
    if (memmem (bytes, length, escapes[i].escape, strlen (escapes[i].escape)) != NULL)
      return escapes[i].name;
  return NULL;
}

/* Whether "~{…~}" stands in a line, with pairs of GB 2312 in between. */
static gboolean
has_hz (const char *bytes, gsize length)
{
  const char *open = memmem (bytes, length, "~{", 2);
  const char *end = bytes + length, *at;

  if (open == NULL)
    return FALSE;
  for (at = open + 2; at + 1 < end && *at >= 0x21 && *at <= 0x77; at += 2)
    if (at[1] < 0x21 || at[1] > 0x7E)
      return FALSE;
  return at > open + 2 && at + 1 < end && at[0] == '~' && at[1] == '}';
}

/* ASCII, or what looks like it and is more; NULL: take it as it is. */
static char *
decode_7bit (const char *bytes, gsize length)
{
  const char *name = find_escape (bytes, length);
  gsize bad = 0;
  char *text;

  if (name == NULL && has_hz (bytes, length))
    name = "hz-gb-2312";
  if (name == NULL)
    name = pd_charset_guess_wide (bytes, length);
  if (name == NULL)
    return NULL;
  text = decode_by (bytes, length, name, &bad);
  if (bad > 0)
    g_clear_pointer (&text, g_free);
  return text;
}

/* Whether a long text is UTF-8 but for a few octets. */
static gboolean
is_damaged_utf8 (const char *bytes, gsize length)
{
  gsize bad = 0, high = count_high (bytes, length);
  const char *end;

  if (high < MIN_DAMAGED)
    return FALSE;
  while (!g_utf8_validate_len (bytes, length, &end))
    {
      if (*end != '\0' && ++bad * 20 > high)
        return FALSE;
      length -= (gsize)(end + 1 - bytes);
      bytes = end + 1;
    }
  return TRUE;
}

static char *
decode_unlabelled (const char *bytes, gsize length, const char **out_defect)
{
  gsize bad;
  char *text;

  if (is_valid (bytes, length))
    {
      text = decode_7bit (bytes, length);
      return text != NULL ? text : dup_clean (bytes, length);
    }
  *out_defect = "8-bit text without a usable charset label";
  if (is_utf16_mark (bytes, length) || pd_charset_guess_wide (bytes, length) != NULL)
    {
      text = decode_utf16 (bytes, length, &bad);
      if (text != NULL)
        return text;
    }
  if (find_escape (bytes, length) != NULL)
    {
      text = decode_by (bytes, length, find_escape (bytes, length), &bad);
      if (text != NULL && bad == 0)
        return text;
      g_free (text);
    }
  return is_damaged_utf8 (bytes, length) ? repair_utf8 (bytes, length)
                                         : decode_guessed (bytes, length);
}

/* Whether a text is in letters that no language of Western Europe has: labels
 * of those languages are the default of many programs.
 */
static const char *
guess_foreign (const char *bytes, gsize length)
{
  static const char *const western[]
      = { "windows-1252", "cp850",      "macintosh",   "windows-1254",
          "windows-1250", "iso-8859-2", "windows-1257" };
  gboolean sure;
  const char *name = pd_charset_guess (bytes, length, &sure);

  for (gsize i = 0; i < G_N_ELEMENTS (western); i++)
    if (strcmp (western[i], name) == 0)
      return NULL;
  return sure ? name : NULL;
}

/* A text that does not fit its label: of the label's and the guessed charset
 * the one that leaves less without a meaning.
 */
static char *
choose_better (char *text, gsize bad, const char *bytes, gsize length)
{
  gboolean sure;
  const char *name = pd_charset_guess (bytes, length, &sure);
  gsize still;
  char *other;

  if (!sure || bad * 8 < count_high (bytes, length))
    return text;
  other = decode_by (bytes, length, name, &still);
  if (other == NULL || still >= bad)
    {
      g_free (other);
      return text;
    }
  g_free (text);
  return other;
}

static gboolean
is_8bit_charset (const char *name)
{
  return !g_str_has_prefix (name, "utf-") && !g_str_has_prefix (name, "iso-2022")
         && strcmp (name, "hz-gb-2312") != 0;
}

static char *
decode_labelled (const char *bytes, gsize length, const char *name, const char **out_defect)
{
  gsize bad = 0, high = count_high (bytes, length);
  const char *foreign;
  char *text;

  /* valid UTF-8 of two and more such characters is no accident */
  if (high >= 4 && is_8bit_charset (name) && is_valid (bytes, length))
    {
      *out_defect = "text is UTF-8 although its label says otherwise";
      return dup_clean (bytes, length);
    }
  if (strcmp (name, "windows-1252") == 0 && high > 0
      && (foreign = guess_foreign (bytes, length)) != NULL)
    {
      *out_defect = "text is not in the charset that its label says";
      return decode_by (bytes, length, foreign, &bad);
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
  if (high == 0)
    return text;
  if (is_valid (bytes, length))
    {
      g_free (text);
      return dup_clean (bytes, length);
    }
  return choose_better (text, bad, bytes, length);
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
  else if (*name == '\0' || strcmp (name, "us-ascii") == 0)
    text = decode_unlabelled (bytes, length, &defect);
  else if (strcmp (name, "utf-8") == 0)
    text = is_valid (bytes, length) ? decode_unlabelled (bytes, length, &defect)
                                    : rescue_utf8 (bytes, length, &defect);
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
  if (strchr (text, '\033') == NULL && g_utf8_validate (text, -1, NULL))
    return g_strdup (text);
  return decode_unlabelled (text, strlen (text), &(const char *){ NULL });
}
