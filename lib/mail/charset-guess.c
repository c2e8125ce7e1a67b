#include "mail/charset-guess.h"

#include <iconv.h>
#include <string.h>

#define ENOUGH_SINGLE 250 /* hundredths a letter: surely a text in letters of one octet */
#define ENOUGH_DOUBLE 55  /* hundredths a character: one in characters of two */
#define MIN_SURE 6        /* octets above 127 before a guess goes before a label */

/* ---- characters of two octets ---- */

typedef struct {
  guint8 lead_low, lead_high, trail_low, trail_high;
  gint worth; /* hundredths: how usual such characters are */
} Range;

/* The first range that fits counts; what fits none is no character. */
static const struct Double {
  const char *name;
  guint8 single_low, single_high; /* octets that are characters alone, seldom */
  const Range ranges[12];
} doubles[] = {
  { "cp932",
    0xA1,
    0xDF,
    { { 0x82, 0x82, 0x9F, 0xF1, 100 }, /* hiragana */
      { 0x83, 0x83, 0x40, 0x96, 80 },  /* katakana */
      { 0x81, 0x81, 0x40, 0xFC, 50 },
      { 0x88, 0x97, 0x40, 0xFC, 80 }, /* the usual kanji */
      { 0x82, 0x9F, 0x40, 0xFC, 10 },
      { 0xE0, 0xFC, 0x40, 0xFC, -10 } } },
  { "euc-jp",
    0,
    0,
    { { 0xA4, 0xA4, 0xA1, 0xF3, 100 },
      { 0xA5, 0xA5, 0xA1, 0xF6, 80 },
      { 0xA1, 0xA1, 0xA1, 0xFE, 50 },
      { 0xB0, 0xCF, 0xA1, 0xFE, 80 },
      { 0xA2, 0xA3, 0xA1, 0xFE, 30 },
      { 0xD0, 0xF4, 0xA1, 0xFE, 10 },
      { 0x8E, 0x8E, 0xA1, 0xDF, 0 },
      { 0xA6, 0xFE, 0xA1, 0xFE, -50 } } },
  { "uhc",
    0,
    0,
    { { 0xB0, 0xC8, 0xA1, 0xFE, 100 }, /* hangul */
      { 0xA1, 0xA1, 0xA1, 0xFE, 50 },
      { 0xA2, 0xA3, 0xA1, 0xFE, 30 },
      { 0xCA, 0xFD, 0xA1, 0xFE, 10 },
      { 0xA4, 0xFE, 0xA1, 0xFE, -50 },
      { 0x81, 0xC6, 0x41, 0xFE, 0 } } },
  { "gb18030",
    0,
    0,
    { { 0xB0, 0xD7, 0xA1, 0xFE, 90 }, /* the usual hanzi */
      { 0xA1, 0xA1, 0xA1, 0xFE, 50 },
      { 0xA3, 0xA3, 0xA1, 0xFE, 50 },
      { 0xD8, 0xF7, 0xA1, 0xFE, 10 },
      { 0x81, 0xFE, 0x40, 0xFE, 0 } } },
  { "big5-hkscs",
    0,
    0,
    { { 0xA4, 0xC6, 0x40, 0x7E, 90 },
      { 0xA4, 0xC6, 0xA1, 0xFE, 90 },
      { 0xA1, 0xA3, 0x40, 0x7E, 50 },
      { 0xA1, 0xA3, 0xA1, 0xFE, 50 },
      { 0xC9, 0xF9, 0x40, 0x7E, 10 },
      { 0xC9, 0xF9, 0xA1, 0xFE, 10 },
      { 0x81, 0xFE, 0x40, 0x7E, -50 },
      { 0x81, 0xFE, 0xA1, 0xFE, -50 } } },
};

/* How usual the text would be, in hundredths a character; a pair that cannot
 * be counts against many that can.
 */
static gint
rate_double (const struct Double *one, const guint8 *bytes, gsize length)
{
  gint sum = 0, n = 0;

  for (gsize i = 0; i < length; i++)
    {
      const Range *range = one->ranges;

      if (bytes[i] < 0x80)
        continue;
      n++;
      if (bytes[i] >= one->single_low && bytes[i] <= one->single_high && one->single_low > 0)
        {
          sum -= 20;
          continue;
        }
      if (i + 1 == length)
        break; /* cut within a character */
      while (range->lead_low > 0
             && (bytes[i] < range->lead_low || bytes[i] > range->lead_high
                 || bytes[i + 1] < range->trail_low || bytes[i + 1] > range->trail_high))
        range++;
      if (range->lead_low == 0)
        sum -= 300;
      else
        {
          sum += range->worth;
          i++;
        }
    }
  return n == 0 ? -1000 : sum / n;
}

/* ---- letters of one octet ---- */

typedef enum { OTHER, LOWER, UPPER, LETTER, SIGN, UNDEFINED } Kind;
enum { FINAL = 1, NEVER_FINAL = 2 };

/* Letters in small; capitals are judged as they are. */
#define CYRILLIC_COMMON "оеаинтсрвлкі"
#define CYRILLIC_USUAL "дмпяыьзгбуїє"
#define CYRILLIC_RARE "чйжхшюцщэфёъґўѓќђћљњџјѕ"
#define GREEK_COMMON "αοιετσνηυρπκμλςίόάέ"
#define GREEK_USUAL "δγωχθφβξζψήύώ"
#define ARABIC_COMMON "المنيرتوبةسعدهحكف"
#define ARABIC_USUAL "جقشصطخضذزثظغءأإآئىؤ"
#define THAI_COMMON "านรอกเงมยลวดทสต่้ั"
#define THAI_USUAL "ิีคปหะแใไจพบชำุู็ผขณถซธศโื"
#define WEST_COMMON "éüöäñçãßèàáíóêåøæ"
#define WEST_USUAL "âîôûëïúìòùœ"
#define WEST_RARE "õýðþÿšžƒ"
#define EAST_COMMON "áíéčřšžěýůłąęśżćóńőöüţăş"
#define EAST_USUAL "úäťďňźľűôđîâ"
#define EAST_RARE "ëçßĺŕ"

static struct Single {
  const char *name;
  const char *common, *usual, *rare;
  enum { ALONE, LATIN, APART } form; /* words in ASCII or not; APART: seldom two in a row */
  gint bonus; /* hundredths: the widespread one of charsets that read alike */
  gint8 worth[128];
  guint8 kind[128];
  guint8 final[128]; /* letters that only end words, and the ones that never do */
} singles[] = {
  { "windows-1252", WEST_COMMON, WEST_USUAL, WEST_RARE, APART, 60, { 0 }, { 0 }, { 0 } },
  { "windows-1251",
    CYRILLIC_COMMON,
    CYRILLIC_USUAL,
    CYRILLIC_RARE,
    ALONE,
    20,
    { 0 },
    { 0 },
    { 0 } },
  { "koi8-u", CYRILLIC_COMMON, CYRILLIC_USUAL, CYRILLIC_RARE, ALONE, 10, { 0 }, { 0 }, { 0 } },
  { "iso-8859-5", CYRILLIC_COMMON, CYRILLIC_USUAL, CYRILLIC_RARE, ALONE, 0, { 0 }, { 0 }, { 0 } },
  { "cp866", CYRILLIC_COMMON, CYRILLIC_USUAL, CYRILLIC_RARE, ALONE, 0, { 0 }, { 0 }, { 0 } },
  { "mac-cyrillic", CYRILLIC_COMMON, CYRILLIC_USUAL, CYRILLIC_RARE, ALONE, 0, { 0 }, { 0 }, { 0 } },
  { "windows-1250", EAST_COMMON, EAST_USUAL, EAST_RARE, LATIN, 10, { 0 }, { 0 }, { 0 } },
  { "iso-8859-2", EAST_COMMON, EAST_USUAL, EAST_RARE, LATIN, 0, { 0 }, { 0 }, { 0 } },
  { "windows-1253", GREEK_COMMON, GREEK_USUAL, "", ALONE, 10, { 0 }, { 0 }, { 0 } },
  { "iso-8859-7", GREEK_COMMON, GREEK_USUAL, "", ALONE, 0, { 0 }, { 0 }, { 0 } },
  { "windows-1254", "ışğçöüâ", "îû", "éèàáíóñãßýðþåøæ", LATIN, 10, { 0 }, { 0 }, { 0 } },
  { "windows-1255", "יולהרמאשתבנדחקעפסגכצזטםןךףץ", "", "", ALONE, -50, { 0 }, { 0 }, { 0 } },
  { "windows-1256", ARABIC_COMMON, ARABIC_USUAL, "", ALONE, 0, { 0 }, { 0 }, { 0 } },
  { "iso-8859-6", ARABIC_COMMON, ARABIC_USUAL, "", ALONE, 0, { 0 }, { 0 }, { 0 } },
  { "windows-1257", "ąčęėįšųūžāēī", "ģķļņäöõü", "éóßżćńśź", LATIN, -30, { 0 }, { 0 }, { 0 } },
  { "cp874", THAI_COMMON, THAI_USUAL, "", ALONE, -50, { 0 }, { 0 }, { 0 } },
  { "cp850", WEST_COMMON, WEST_USUAL, WEST_RARE, APART, -50, { 0 }, { 0 }, { 0 } },
  { "macintosh", WEST_COMMON, WEST_USUAL, WEST_RARE, APART, -50, { 0 }, { 0 }, { 0 } },
};

static gboolean
has_char (const char *letters, gunichar c)
{
  return g_utf8_strchr (letters, -1, c) != NULL;
}

/* Signs that stand beside words in any language. */
static gboolean
is_usual_sign (gunichar c)
{
  return (c >= 0x2010 && c <= 0x203A) || c == 0x20AC || c == 0xAB || c == 0xBB || c == 0xA0
         || c == 0xB0 || c == 0xA7 || c == 0x2116 || c == 0xA9 || c == 0xAE;
}

static void
judge (struct Single *one, guint i, gunichar c)
{
  gunichar small = g_unichar_tolower (c);
  gboolean upper = small != c;

  one->final[i] = has_char ("ςךםןףץ", c) ? FINAL : has_char ("σכמנפצ", c) ? NEVER_FINAL : 0;
  one->kind[i] = upper                                           ? UPPER
                 : g_unichar_islower (c)                         ? LOWER
                 : g_unichar_isalpha (c) || g_unichar_ismark (c) ? LETTER
                 : is_usual_sign (c)                             ? SIGN
                                                                 : OTHER;
  if (one->kind[i] == SIGN)
    one->worth[i] = 1;
  else if (one->kind[i] == OTHER)
    one->worth[i] = -1;
  else if (has_char (one->common, small))
    one->worth[i] = upper ? 3 : 4;
  else if (has_char (one->usual, small))
    one->worth[i] = upper ? 1 : 2;
  else
    one->worth[i] = has_char (one->rare, small) ? -1 : -2;
}

static void
fill_single (struct Single *one)
{
  iconv_t converter = iconv_open ("UTF-8", one->name);

  for (guint i = 0; i < 128; i++)
    {
      char octet = (char)(0x80 + i), out[16] = "";
      char *in = &octet, *to = out;
      gsize left = 1, room = sizeof out - 1;

      one->kind[i] = UNDEFINED;
      one->worth[i] = -6;
      if (converter == (iconv_t)-1 || iconv (converter, &in, &left, &to, &room) == (gsize)-1)
        {
          if (converter != (iconv_t)-1)
            iconv (converter, NULL, NULL, NULL, NULL);
          continue;
        }
      *to = '\0';
      /* what a converter keeps back (Vietnamese, Hebrew points) comes now */
      iconv (converter, NULL, NULL, &to, &room);
      if (to > out && g_utf8_get_char (out) >= 0xA0)
        judge (one, i, g_utf8_get_char (out));
    }
  if (converter != (iconv_t)-1)
    iconv_close (converter);
}

void
pd_charset_guess_init (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (singles); i++)
    fill_single (&singles[i]);
}

static Kind
kind_of (const struct Single *one, guint8 octet)
{
  if (octet >= 0x80)
    return one->kind[octet - 0x80];
  return g_ascii_islower (octet) ? LOWER : g_ascii_isupper (octet) ? UPPER : OTHER;
}

static gboolean
is_letter (Kind kind)
{
  return kind == LOWER || kind == UPPER || kind == LETTER;
}

/* What speaks against the octet at `i` where it stands: a capital within a word,
 * a sign within a word, a word of two scripts, a letter within a word that only
 * ends words (Greek, Hebrew).
 */
static gint
rate_place (const struct Single *one, const guint8 *bytes, gsize length, gsize i)
{
  guint8 before = i > 0 ? bytes[i - 1] : ' ', after = i + 1 < length ? bytes[i + 1] : ' ';
  Kind kind = kind_of (one, bytes[i]), last = kind_of (one, before), next = kind_of (one, after);
  Kind second = i > 1 ? kind_of (one, bytes[i - 2]) : OTHER;
  gint sum = 0;

  if (kind == UPPER && last == LOWER)
    sum -= 4;
  if (kind == LOWER && last == UPPER && second == UPPER)
    sum -= 3;
  /* a word in capitals is as good as one in small letters */
  if (kind == UPPER && (last == UPPER || next == UPPER) && one->worth[bytes[i] - 0x80] > 0)
    sum += 1;
  if ((kind == OTHER || kind == SIGN) && is_letter (last) && is_letter (next))
    sum -= 4;
  if (is_letter (kind) && one->form == ALONE
      && (g_ascii_isalpha (before) || g_ascii_isalpha (after)))
    sum -= 4;
  if (is_letter (kind) && one->form != ALONE && before >= 0x80 && is_letter (last)
      && before != bytes[i])
    sum -= one->form == APART ? 2 : 1;
  if (one->final[bytes[i] - 0x80] == FINAL && is_letter (next))
    sum -= 4;
  if (one->final[bytes[i] - 0x80] == NEVER_FINAL && !is_letter (next))
    sum -= 2;
  return sum;
}

/* How plausible the text would be, in hundredths an octet above 127. */
static gint
rate_single (const struct Single *one, const guint8 *bytes, gsize length)
{
  gint sum = 0, n = 0;

  for (gsize i = 0; i < length; i++)
    if (bytes[i] >= 0x80)
      {
        n++;
        sum += one->worth[bytes[i] - 0x80] + rate_place (one, bytes, length, i);
      }
  if (n == 0)
    return -1000;
  /* a sign or a letter alone says little */
  return sum * 100 / n + (n <= 2 && one->form == APART ? 4 * one->bonus : one->bonus);
}

/* ---- the guess ---- */

/* From the first octet above 127 on, a little before it; not too much. */
static void
take_sample (const guint8 **bytes, gsize *length)
{
  gsize first = 0;

  while (first < *length && (*bytes)[first] < 0x80)
    first++;
  first -= MIN (first, 16);
  *bytes += first;
  *length = MIN (*length - first, PD_CHARSET_MAX_SAMPLE);
}

static guint
count_high (const guint8 *bytes, gsize length)
{
  guint n = 0;

  for (gsize i = 0; i < length; i++)
    n += bytes[i] >> 7;
  return n;
}

const char *
pd_charset_guess (const char *bytes, gsize length, gboolean *out_sure)
{
  const guint8 *sample = (const guint8 *)bytes;
  const char *single = singles[0].name, *pair = NULL;
  gint best_single = G_MININT, best_pair = G_MININT;

  take_sample (&sample, &length);
  for (gsize i = 0; i < G_N_ELEMENTS (singles); i++)
    {
      gint rate = rate_single (&singles[i], sample, length);

      if (rate > best_single)
        {
          best_single = rate;
          single = singles[i].name;
        }
    }
  for (gsize i = 0; i < G_N_ELEMENTS (doubles); i++)
    {
      gint rate = rate_double (&doubles[i], sample, length);

      if (rate > best_pair)
        {
          best_pair = rate;
          pair = doubles[i].name;
        }
    }
  if (out_sure != NULL)
    *out_sure = (best_pair >= ENOUGH_DOUBLE || best_single >= ENOUGH_SINGLE)
                && count_high (sample, length) >= MIN_SURE;
  if (best_pair >= ENOUGH_DOUBLE && best_single < ENOUGH_SINGLE)
    return pair;
  return best_single > -100 ? single : singles[0].name;
}

const char *
pd_charset_guess_wide (const char *bytes, gsize length)
{
  gsize zeros[2] = { 0, 0 }, n = MIN (length, PD_CHARSET_MAX_SAMPLE) & ~(gsize)1;

  if (n < 4 || memchr (bytes, '\0', n) == NULL)
    return NULL;
  for (gsize i = 0; i < n; i++)
    zeros[i & 1] += bytes[i] == '\0';
  /* blanks and digits have a zero in any script */
  if (zeros[1] * 8 > n && zeros[0] * 16 < zeros[1])
    return "utf-16le";
  return zeros[0] * 8 > n && zeros[1] * 16 < zeros[0] ? "utf-16be" : NULL;
}
