#include <string.h>

#include "mail/charset.h"
#include "mail/encoded-word.h"

static void
test_decode (void)
{
  static const struct {
    const char *bytes, *charset, *want;
    gboolean defect;
    const char *why;
  } cases[] = {
    { "abc", "", "abc", FALSE, "ASCII" },
    { "abc", NULL, "abc", FALSE, "no label" },
    { "\xD0\x9F", "", "П", FALSE, "UTF-8 without a label" },
    { "\xD0\x9F", "us-ascii", "П", FALSE, "UTF-8 that says ASCII" },
    { "Gr\xFC\xDF", "", "Grüß", TRUE, "windows-1252 without a label" },
    { "\x80 \x93x\x94", "iso-8859-1", "€ “x”", FALSE, "Latin 1 is windows-1252 in mail" },
    { "\xCF\xD2\xC9", "koi8-r", "ори", FALSE, "KOI8" },
    { "\xCF\xD2\xC9", "\"KOI8-R\"", "ори", FALSE, "a label in quotes" },
    { "\xCF\xF0\xE8", "win-1251", "При", FALSE, "a label that glibc does not know" },
    { "\xCF\xF0\xE8", "CP-1251", "При", FALSE, "another one" },
    { "\xB0\xA1", "ks_c_5601-1987", "가", FALSE, "Korean" },
    { "\x82\xA0", "x-sjis", "あ", FALSE, "Japanese" },
    { "\x1B$B$\"\x1B(B", "iso-2022-jp", "あ", FALSE, "escapes" },
    { "\x1B$B$\"\x1B(B", "", "あ", FALSE, "escapes without a label" },
    { "\xC4\xE3", "gb2312", "你", FALSE, "Chinese" },
    { "\xA7\x41", "big5", "你", FALSE, "Chinese" },
    { "\xE0\xE1", "iso-8859-8-i", "אב", FALSE, "Hebrew in logical order" },
    { "+BB8-", "unicode-1-1-utf-7", "П", FALSE, "UTF-7" },
    { "\xD0\x9F\xD1\x80", "windows-1252", "Пр", TRUE, "UTF-8 with a wrong label" },
    { "\xD0\x9F\xD1\x80", "utf-8", "Пр", FALSE, "UTF-8" },
    { "Gr\xFC\xDF", "utf-8", "Grüß", TRUE, "not UTF-8, although it says so" },
    { "\xD0\x9F\xD1\x80\xD0\xB8\xD0", "utf-8", "При\xEF\xBF\xBD", TRUE, "cut in a character" },
    { "abc", "x-nonsense", "abc", TRUE, "an unknown label" },
    { "abc", "utf-8//TRANSLIT", "abc", FALSE, "no options to iconv" },
    { "\xEF\xBB\xBF"
      "abc",
      "utf-8", "abc", FALSE, "a byte order mark" },
    { "", "utf-8", "", FALSE, "nothing" },
    { "a\x01"
      "b\x1B"
      "c\x7F"
      "d\fe\tf",
      "utf-8", "abcd\ne\tf", FALSE, "controls" },
    { "~{VPND~} ~~", "hz-gb-2312", "中文 ~", FALSE, "HZ, RFC 1843" },
    { "a ~{VPND~} b", "", "a 中文 b", FALSE, "HZ without a label" },
    { "a ~{b~} c", "", "a ~{b~} c", FALSE, "what is no HZ" },
    { "\x1B$B-!\x1B(B", "iso-2022-jp", "①", FALSE, "a character of Windows" },
    { "\x1B(I1\x1B(B", "iso-2022-jp", "ｱ", FALSE, "half-width katakana" },
    { "\x1B$B$\"\x1B(B", "utf-8", "あ", FALSE, "escapes under another label" },
    { "\x1B$)C\x0E\x30\x21\x0F", "", "가", FALSE, "Korean escapes without a label" },
    { "\x1B$A\x56\x50\x1B(B", "iso-2022-jp", "中", FALSE, "Chinese among Japanese" },
    { "&BB8-", "utf-7-imap", "П", FALSE, "the UTF-7 of IMAP" },
    { "\xA6\xC8", "koi8-r", "іх", FALSE, "Ukrainian under the label of Russian" },
    { "Caf\xE9 d\xC3\xA9j\xC3\xA0 vu \xC3\xA0 c\xC3\xB4t\xC3\xA9", "utf-8", "Café déjà vu à côté",
      TRUE, "a piece in another charset" },
    { "\xD0\x9F\xD1\x80\xD0\xB8", "koi8-r", "При", TRUE, "UTF-8 under the label KOI8" },
    { "\xF0\xD2\xC9\xD7\xC5\xD4, \xCB\xC1\xCB \xC4\xC5\xCC\xC1", "iso-8859-1", "Привет, как дела",
      TRUE, "a foreign text under a program's default label" },
    { "\xF0\xD2\xC9\xD7\xC5\xD4, \xCB\xC1\xCB \xC4\xC5\xCC\xC1", "utf-8", "Привет, как дела", TRUE,
      "KOI8 under the label UTF-8" },
    { "A\xCC\x61", "windows-1258", "Àa", FALSE, "Vietnamese marks are composed" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *defect = NULL;
      g_autofree char *got
          = pd_charset_decode (cases[i].bytes, strlen (cases[i].bytes), cases[i].charset, &defect);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (got, ==, cases[i].want);
      g_assert_true ((defect != NULL) == cases[i].defect);
    }
}

/* Texts without a label, in the charsets that their languages are written in. */
static void
test_guess (void)
{
  static const struct {
    const char *bytes, *want, *why;
  } cases[] = {
    { "\xC4\xEE\xE1\xF0\xFB\xE9 \xE4\xE5\xED\xFC, \xEF\xF0\xEE\xF8\xF3 "
      "\xEF\xEE\xF7\xE8\xED\xE8\xF2\xFC \xEF\xF0\xE8\xED\xF2\xE5\xF0",
      "Добрый день, прошу починить принтер", "cp1251" },
    { "\xE4\xCF\xC2\xD2\xD9\xCA \xC4\xC5\xCE\xD8, \xD0\xD2\xCF\xDB\xD5 "
      "\xD0\xCF\xDE\xC9\xCE\xC9\xD4\xD8 \xD0\xD2\xC9\xCE\xD4\xC5\xD2",
      "Добрый день, прошу починить принтер", "koi8-r" },
    { "\xB4\xDE\xD1\xE0\xEB\xD9 \xD4\xD5\xDD\xEC, \xDF\xE0\xDE\xE8\xE3 "
      "\xDF\xDE\xE7\xD8\xDD\xD8\xE2\xEC \xDF\xE0\xD8\xDD\xE2\xD5\xE0",
      "Добрый день, прошу починить принтер", "iso8859-5" },
    { "\x84\xAE\xA1\xE0\xEB\xA9 \xA4\xA5\xAD\xEC, \xAF\xE0\xAE\xE8\xE3 "
      "\xAF\xAE\xE7\xA8\xAD\xA8\xE2\xEC \xAF\xE0\xA8\xAD\xE2\xA5\xE0",
      "Добрый день, прошу починить принтер", "cp866" },
    { "\xC4\xCE\xC1\xD0\xDB\xC9 \xC4\xC5\xCD\xDC, \xCF\xD0\xCE\xD8\xD3 "
      "\xCF\xCE\xD7\xC8\xCD\xC8\xD2\xDC \xCF\xD0\xC8\xCD\xD2\xC5\xD0",
      "ДОБРЫЙ ДЕНЬ, ПРОШУ ПОЧИНИТЬ ПРИНТЕР", "cp1251" },
    { "\xE4\xEF\xE2\xF2\xF9\xEA \xE4\xE5\xEE\xF8, \xF0\xF2\xEF\xFB\xF5 "
      "\xF0\xEF\xFE\xE9\xEE\xE9\xF4\xF8 \xF0\xF2\xE9\xEE\xF4\xE5\xF2",
      "ДОБРЫЙ ДЕНЬ, ПРОШУ ПОЧИНИТЬ ПРИНТЕР", "koi8-r" },
    { "\xC4\xEE\xE1\xF0\xE8\xE9 \xE4\xE5\xED\xFC, \xBF\xF5\xED\xB3\xE9 "
      "\xEF\xF0\xE8\xED\xF2\xE5\xF0 \xED\xE5 \xE4\xF0\xF3\xEA\xF3\xBA, \xE4\xFF\xEA\xF3\xFE",
      "Добрий день, їхній принтер не друкує, дякую", "cp1251" },
    { "\xE4\xCF\xC2\xD2\xC9\xCA \xC4\xC5\xCE\xD8, \xA7\xC8\xCE\xA6\xCA "
      "\xD0\xD2\xC9\xCE\xD4\xC5\xD2 \xCE\xC5 \xC4\xD2\xD5\xCB\xD5\xA4, \xC4\xD1\xCB\xD5\xC0",
      "Добрий день, їхній принтер не друкує, дякую", "koi8-u" },
    { "Dobr\xFD den, tisk\xE1rna op\xECt nefunguje, p\xF8ije\xEFte pros\xEDm",
      "Dobrý den, tiskárna opět nefunguje, přijeďte prosím", "cp1250" },
    { "Dobr\xFD den, tisk\xE1rna op\xECt nefunguje, p\xF8ije\xEFte pros\xEDm",
      "Dobrý den, tiskárna opět nefunguje, přijeďte prosím", "iso8859-2" },
    { "Dzie\xF1 dobry, drukarka si\xEA zepsu\xB3"
      "a, prosz\xEA o napraw\xEA",
      "Dzień dobry, drukarka się zepsuła, proszę o naprawę", "cp1250" },
    { "Dzie\xF1 dobry, drukarka si\xEA zepsu\xB3"
      "a, prosz\xEA o napraw\xEA",
      "Dzień dobry, drukarka się zepsuła, proszę o naprawę", "iso8859-2" },
    { "J\xF3 reggelt, a nyomtat\xF3 rossz, k\xE9rem k\xFCldjenek szerel\xF5t",
      "Jó reggelt, a nyomtató rossz, kérem küldjenek szerelőt", "cp1250" },
    { "Sch\xF6ne Gr\xFC\xDF"
      "e aus M\xFCnchen, die T\xFCr schlie\xDFt nicht",
      "Schöne Grüße aus München, die Tür schließt nicht", "cp1252" },
    { "Sch\x94ne Gr\x81\xE1"
      "e aus M\x81nchen, die T\x81r schlie\xE1t nicht",
      "Schöne Grüße aus München, die Tür schließt nicht", "cp850" },
    { "Bonjour, l'imprimante est cass\xE9"
      "e, merci d'\xEAtre l\xE0 tr\xE8s t\xF4t",
      "Bonjour, l'imprimante est cassée, merci d'être là très tôt", "cp1252" },
    { "\xCA\xE1\xEB\xE7\xEC\xDD\xF1\xE1, \xEF \xE5\xEA\xF4\xF5\xF0\xF9\xF4\xDE\xF2 \xE4\xE5\xED "
      "\xEB\xE5\xE9\xF4\xEF\xF5\xF1\xE3\xE5\xDF",
      "Καλημέρα, ο εκτυπωτής δεν λειτουργεί", "cp1253" },
    { "\xCA\xE1\xEB\xE7\xEC\xDD\xF1\xE1, \xEF \xE5\xEA\xF4\xF5\xF0\xF9\xF4\xDE\xF2 \xE4\xE5\xED "
      "\xEB\xE5\xE9\xF4\xEF\xF5\xF1\xE3\xE5\xDF",
      "Καλημέρα, ο εκτυπωτής δεν λειτουργεί", "iso8859-7" },
    { "\xF9\xEC\xE5\xED, \xE4\xEE\xE3\xF4\xF1\xFA \xE0\xE9\xF0\xE4 \xF2\xE5\xE1\xE3\xFA",
      "שלום, המדפסת אינה עובדת", "cp1255" },
    { "\xE3\xD1\xCD\xC8\xC7\xA1 \xC7\xE1\xD8\xC7\xC8\xDA\xC9 \xE1\xC7 \xCA\xDA\xE3\xE1 "
      "\xE3\xE4\xD0 \xC7\xE1\xD5\xC8\xC7\xCD",
      "مرحبا، الطابعة لا تعمل منذ الصباح", "cp1256" },
    { "\xE5\xD1\xCD\xC8\xC7\xAC \xC7\xE4\xD7\xC7\xC8\xD9\xC9 \xE4\xC7 \xCA\xD9\xE5\xE4 "
      "\xE5\xE6\xD0 \xC7\xE4\xD5\xC8\xC7\xCD",
      "مرحبا، الطابعة لا تعمل منذ الصباح", "iso8859-6" },
    { "\xCA\xC7\xD1\xCA\xB4\xD5\xA4\xC3\xD1\xBA "
      "\xE0\xA4\xC3\xD7\xE8\xCD\xA7\xBE\xD4\xC1\xBE\xEC\xE0\xCA\xD5\xC2\xE1\xC5\xE9\xC7\xA4\xC3\xD1"
      "\xBA",
      "สวัสดีครับ เครื่องพิมพ์เสียแล้วครับ", "cp874" },
    { "Merhaba, yaz\xFD"
      "c\xFD \xE7"
      "al\xFD\xFEm\xFDyor, te\xFE"
      "ekk\xFCrler",
      "Merhaba, yazıcı çalışmıyor, teşekkürler", "cp1254" },
    { "\x82\xB1\x82\xF1\x82\xC9\x82\xBF\x82\xCD\x81"
      "B\x83v\x83\x8A\x83\x93\x83^\x81[\x82\xAA\x93\xAE\x82\xAB\x82\xDC\x82\xB9\x82\xF1\x81"
      "B\x8F"
      "C\x97\x9D\x82\xF0\x82\xA8\x8A\xE8\x82\xA2\x82\xB5\x82\xDC\x82\xB7\x81"
      "B",
      "こんにちは。プリンターが動きません。修理をお願いします。", "shift_jis" },
    { "\xA4\xB3\xA4\xF3\xA4\xCB\xA4\xC1\xA4\xCF\xA1\xA3\xA5\xD7\xA5\xEA\xA5\xF3\xA5\xBF\xA1\xBC\xA4"
      "\xAC\xC6\xB0\xA4\xAD\xA4\xDE\xA4\xBB\xA4\xF3\xA1\xA3\xBD\xA4\xCD\xFD\xA4\xF2\xA4\xAA\xB4\xEA"
      "\xA4\xA4\xA4\xB7\xA4\xDE\xA4\xB9\xA1\xA3",
      "こんにちは。プリンターが動きません。修理をお願いします。", "euc_jp" },
    { "\xC4\xFA\xBA\xC3\xA3\xAC\xB4\xF2\xD3\xA1\xBB\xFA\xBB\xB5\xC1\xCB\xA3\xAC\xC7\xEB\xBE\xA1\xBF"
      "\xEC\xC5\xC9\xC8\xCB\xC0\xB4\xD0\xDE\xC0\xED\xA1\xA3",
      "您好，打印机坏了，请尽快派人来修理。", "gb2312" },
    { "\xB1z\xA6n\xA1"
      "A\xA6L\xAA\xED\xBE\xF7\xC3"
      "a\xA4"
      "F\xA1"
      "A\xBD\xD0\xBE\xA8\xA7\xD6\xAC\xA3\xA4H\xA8\xD3\xAD\xD7\xB2z\xA1"
      "C",
      "您好，印表機壞了，請儘快派人來修理。", "big5" },
    { "\xBE\xC8\xB3\xE7\xC7\xCF\xBC\xBC\xBF\xE4. \xC7\xC1\xB8\xB0\xC5\xCD\xB0\xA1 "
      "\xB0\xED\xC0\xE5\xB3\xB5\xBD\xC0\xB4\xCF\xB4\xD9. \xBC\xF6\xB8\xAE\xB8\xA6 "
      "\xBA\xCE\xC5\xB9\xB5\xE5\xB8\xB3\xB4\xCF\xB4\xD9.",
      "안녕하세요. 프린터가 고장났습니다. 수리를 부탁드립니다.", "euc_kr" },
    { "\xF0\xD2\xC9\xD7\xC5\xD4", "Привет", "koi8-r" },
    { "\xCF\xF0\xE8\xE2\xE5\xF2", "Привет", "cp1251" },
    { "J\xFCrgen", "Jürgen", "cp1252" },
    { "\xD5\xC5\xC8\xFD", "张三", "gb2312" },
    { "\x8ER\x93"
      "c\x91\xBE\x98Y",
      "山田太郎", "shift_jis" },
    { "\xB1\xE8\xC3\xB6\xBC\xF6", "김철수", "euc_kr" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = pd_charset_decode (cases[i].bytes, strlen (cases[i].bytes), "", NULL);

      if (strcmp (got, cases[i].want) != 0)
        {
          g_test_message ("%s: \"%s\" instead of \"%s\"", cases[i].why, got, cases[i].want);
          g_test_fail ();
        }
    }
}

/* Labels, as they are written. */
static void
test_labels (void)
{
  static const struct {
    const char *label, *name;
  } cases[] = {
    { "Windows-1251", "windows-1251" },
    { "win1251", "windows-1251" },
    { "cp-1251", "windows-1251" },
    { "x-cp1251", "windows-1251" },
    { "1251", "windows-1251" },
    { "windows 1251", "windows-1251" },
    { "ISO8859-15", "iso-8859-15" },
    { "iso_8859-2:1987", "iso-8859-2" },
    { "8859-5", "iso-8859-5" },
    { "latin-9", "iso-8859-15" },
    { "iso-8859-8-i", "iso-8859-8" },
    { "ISO-8859-1", "windows-1252" },
    { "x-gbk", "gb18030" },
    { "cp936", "gb18030" },
    { "MS936", "gb18030" },
    { "x-x-big5", "big5-hkscs" },
    { "ks_c_5601-1987", "uhc" },
    { "Shift_JIS", "cp932" },
    { "x-euc-jp", "euc-jp-ms" },
    { "koi8", "koi8-r" },
    { "KOI8-RU", "koi8-u" },
    { "ibm850", "cp850" },
    { "utf8", "utf-8" },
    { "UTF 8", "utf-8" },
    { "cp65001", "utf-8" },
    { "x-unicode-2-0-utf-7", "utf-7" },
    { "x-mac-cyrillic", "mac-cyrillic" },
    { "unknown-8bit", "" },
    { "x-nonsense", "x-nonsense" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (pd_charset_iconv_name (cases[i].label), ==, cases[i].name);
}

/* Whatever the label, any bytes become valid UTF-8. */
static void
test_any_bytes (void)
{
  static const char *const labels[]
      = { "",       "utf-8", "us-ascii", "iso-8859-1", "koi8-r",      "big5",     "gb2312",
          "utf-16", "utf-7", "euc-kr",   "x-sjis",     "iso-2022-jp", "utf-32le", "x" };
  char bytes[512];

  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (char)(i * 7 + (i >> 8));
  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    for (gsize n = 0; n < sizeof bytes; n += 13)
      {
        g_autofree char *got = pd_charset_decode (bytes, n, labels[i], NULL);

        g_assert_true (g_utf8_validate (got, -1, NULL));
      }
}

static void
test_words (void)
{
  static const struct {
    const char *raw, *text, *quoted;
    const char *why;
  } cases[] = {
    { "plain", "plain", "plain", "no word" },
    { "=?utf-8?q?a=C3=A4_b?=", "aä b", "\"aä b\"", "Q" },
    { "=?UTF-8?B?0J7Quw==?=\r\n =?utf-8?B?0LXQvdCw?=", "Олена", "\"Олена\"",
      "padding between words" },
    { "=?utf-8?B?0A==?= =?utf-8?B?ng==?=", "О", "\"О\"", "a character cut in two" },
    { "=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c", "\"a\" b \"c\"", "text between words" },
    { "=?utf-8*en?q?a?=", "a", "\"a\"", "a language (RFC 2231 5)" },
    { "\"=?utf-8?q?a=22b?=\" <x@y>", "\"a\"b\" <x@y>", "\"a\\\"b\" <x@y>", "in quotes" },
    { "x (=?utf-8?q?c?=)", "x (c)", "x (c)", "in a comment" },
    { "=?utf-8?x?a?=", "=?utf-8?x?a?=", "=?utf-8?x?a?=", "an unknown encoding" },
    { "=?utf-8?q?a", "=?utf-8?q?a", "=?utf-8?q?a", "no end" },
    { "=?", "=?", "=?", "nearly nothing" },
    { "=??q?a=C3=A4?=", "aä", "\"aä\"", "no charset" },
    { "=?utf-8?q?a?=3F_b?=", "a?? b", "\"a?? b\"", "a bare question mark" },
    { "=?utf-8?B?0J7Q\r\n u9C10L3QsA==?=", "Олена", "\"Олена\"", "folded within" },
    { "=?utf-8?q?=D0=9E=D0=BB?=\n =?utf-8?q?=D0=B5=D0=BD=D0=B0", "Олена", "\"Олена\"",
      "the end is cut off" },
    { "=?utf-8?B?0J7QuwA= =?utf-8?B?0LXQvdCw?=", "Олена", "\"Олена\"", "no end before the next" },
    { "=?utf-8?q?a b c?=", "a b c", "\"a b c\"", "blanks within" },
    { "a=?utf-8?q?b?=c", "abc", "a\"b\"c", "no blanks around" },
    { "=?utf-8?q?a?==?utf-8?q?b?=", "ab", "\"ab\"", "nor between" },
    { "=?iso-2022-jp?B?GyRCJCI=?= =?iso-2022-jp?B?JCQbKEI=?=", "あい", "\"あい\"",
      "escapes that are left open" },
    { "a\r\n\tb \r\n  c", "a b c", "a b c", "folds" },
    { "Gr\xFC\xDF\x65", "Grüße", "Grüße", "8-bit" },
    { "=?unknown-8bit?Q?Gr=FC=DFe?=", "Grüße", "\"Grüße\"", "8-bit that says so" },
    { "=?koi8-r?B?8NI=?= =?utf-8?B?0Lg=?=", "При", "\"Пр\"\"и\"", "two charsets" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = pd_words_decode (cases[i].raw);
      g_autofree char *quoted = pd_words_quote (cases[i].raw);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpstr (quoted, ==, cases[i].quoted);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pd_charset_init ();
  g_test_add_func ("/charset/decode", test_decode);
  g_test_add_func ("/charset/guess", test_guess);
  g_test_add_func ("/charset/labels", test_labels);
  g_test_add_func ("/charset/any-bytes", test_any_bytes);
  g_test_add_func ("/charset/words", test_words);
  result = g_test_run ();
  pd_charset_shutdown ();
  return result;
}
