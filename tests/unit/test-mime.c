/* The forms of mails, whole and broken: headers, boundaries, encodings, and the
 * text that is made of the parts.
 */
#include <string.h>

#include "mail/mail.h"
#include "tests/lib/mail-fact.h"

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"
#define ALTERNATIVE "Content-Type: multipart/alternative; boundary=b\n\n"

typedef struct {
  const char *raw;
  const char *fact;
  const char *want;
  const char *why;
} Case;

static void
check (const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GBytes) raw = g_bytes_new_static (cases[i].raw, strlen (cases[i].raw));
      g_autoptr (PdMail) mail = pd_mail_parse (raw, NULL, NULL);
      g_autofree char *got = test_mail_dup_fact (mail, cases[i].fact);

      if (strcmp (got, cases[i].want) != 0)
        {
          g_test_message ("%s: \"%s\" instead of \"%s\"", cases[i].why, got, cases[i].want);
          g_test_fail ();
        }
      test_mail_assert_promises (raw, mail);
    }
}

static void
test_headers (void)
{
  static const Case cases[] = {
    { "Subject : x\n\ny\n", "subject", "x", "a blank before the colon" },
    { "\n\r\nSubject: x\n\ny\n", "subject", "x", "empty lines before the header" },
    { "\xEF\xBB\xBFSubject: x\n\ny\n", "subject", "x", "a byte order mark" },
    { "From a@b Mon Jan  1 00:00:00 2024\n>From c@d\nSubject: x\n\ny\n", "subject", "x",
      "lines of mailbox files" },
    { "From : a@b.example\n\ny\n", "from", "<a@b.example>", "which a field is not" },
    { "Subject: x\nTo: a@b.example\nThis is the text.\nMore: of it\n\nEnd\n", "text",
      "This is the text.\nMore: of it\n\nEnd\n", "no empty line behind the header" },
    { "Subject: x\nTo: a@b.example\nhttp://example.org/\n\nEnd\n", "text",
      "http://example.org/\n\nEnd\n", "a link is no field" },
    { "Subject: x\nwhat a gateway has left\nTo: a@b.example\nX-Y: z\n\nEnd\n", "to",
      "<a@b.example>", "a line that is none is left out" },
    { "Subject: x\nwhat a gateway has left\n and more\nTo: a@b.example\n\nEnd\n", "subject", "x",
      "with the lines folded under it" },
    { "Subject: a\n  \n b\n\ny\n", "subject", "a b", "a line of blanks within a field" },
    { "Subject: a\n  \nThis is text.\n", "text", "This is text.\n",
      "and one that ends the header" },
    { "Subject: a\n\tb\r\n c\n\ny\n", "subject", "a b c", "folds" },
    { "Subject: first\nSubject: second\n\ny\n", "subject", "first", "the first of two" },
    { "To: a@b.example\nTo: c@d.example\n\ny\n", "to", "<a@b.example> <c@d.example>",
      "but of lists both" },
    { "Hello there,\n\nthis is all.\n", "text", "Hello there,\n\nthis is all.\n", "no header" },
    { "", "structure", "text/plain", "nothing" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_types (void)
{
  static const Case cases[] = {
    { "Content-Type: text\n\ny\n", "structure", "text/plain", "from before MIME" },
    { "Content-Type: TEXT / HTML (or so) ; charset=utf-8\n\ny\n", "structure", "text/html",
      "blanks and a comment" },
    { "Content-Type: text/html charset=utf-8\n\n<p>y\n", "structure", "text/html", "no semicolon" },
    { "Content-Type: nonsense\n\ny\n", "structure", "text/plain", "RFC 2045 5.2" },
    { "Content-Type: nonsense; name=x.bin\n\ny\n", "structure", "application/octet-stream",
      "a file, by its name" },
    { "Content-Type: multipart; boundary=b\n\n--b\n\ny\n--b--\n", "structure",
      "multipart/mixed(text/plain)", "from before MIME" },
    { "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: y\n\nz\n--b--\n", "structure",
      "multipart/digest(message/rfc822(text/plain))", "RFC 2046 5.1.5" },
    { MIXED "--b\nContent-Type: message/partial; id=x; number=1\n\nSubject: y\n\nz\n--b--\n",
      "structure", "multipart/mixed(message/partial)", "a piece is not looked into" },
    { MIXED "--b\nContent-Type: message/external-body; access-type=x\n\nContent-Type: a/b\n\n"
            "--b--\n",
      "structure", "multipart/mixed(message/external-body)", "what is elsewhere" },
    { "Content-Type: message/delivery-status\n\nAction: failed\n", "structure",
      "message/delivery-status", "a report" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_boundaries (void)
{
  static const Case cases[] = {
    { MIXED "--b\n\none\n--b\n\ntwo\n", "text", "one\ntwo\n", "no end" },
    { MIXED "--b\n\none\n--b", "structure", "multipart/mixed(text/plain)", "cut in a boundary" },
    { MIXED "--b  \n\none\n--b--\t\n\nno text\n", "text", "one\n", "blanks behind" },
    { MIXED "--b\n--b\n\none\n--b--\n", "structure", "multipart/mixed(text/plain text/plain)",
      "a part without anything" },
    { MIXED "--b\nContent-Type: text/html\n--b--\n", "structure", "multipart/mixed(text/html)",
      "a header alone" },
    { "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; "
      "boundary=ab\n\n--ab\n\none\n--ab\n\ntwo\n--ab--\n--a\n\nthree\n--a--\n",
      "structure", "multipart/mixed(multipart/mixed(text/plain text/plain) text/plain)",
      "one begins as the other" },
    { "Content-Type: multipart/mixed; boundary=ab\n\n--ab\nContent-Type: multipart/mixed; "
      "boundary=a\n\n--a\n\none\n--a\n\ntwo\n--a--\n--ab\n\nthree\n--ab--\n",
      "structure", "multipart/mixed(multipart/mixed(text/plain text/plain) text/plain)",
      "and the other way round" },
    { MIXED "--b\n" ALTERNATIVE "--b\n\none\n--b--\n--b\n\ntwo\n--b--\n", "structure",
      "multipart/mixed(multipart/alternative(text/plain) text/plain)", "the same twice" },
    { MIXED "--b\nContent-Type: multipart/related; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--\n",
      "structure", "multipart/mixed(multipart/related(text/plain) text/plain)",
      "the end of the inner one is missing" },
    { MIXED "--b\nContent-Type: multipart/related; boundary=c\n\n--b\n\ntwo\n--b--\n", "structure",
      "multipart/mixed(multipart/related text/plain)", "the inner one is empty" },
    { "Content-Type: multipart/mixed; boundary=abc\n\n--abcd\n\none\n--abcd--\n", "text", "one\n",
      "lines that only begin with it, RFC 2046 5.1.1" },
    { MIXED "--b\n\none\n--bytes, please\n--b--\n", "text", "one\n--bytes, please\n",
      "which do not count beside exact ones" },
    { "Content-Type: multipart/mixed; boundary=\"-\"\n\n---\n\none\n--- two ---\n-----\n", "text",
      "one\n--- two ---\n", "a line of text that looks like one" },
    { "Content-Type: multipart/mixed\n\n--x\nContent-Type: text/plain\n\none\n--x--\n", "text",
      "one\n", "no boundary is declared" },
    { "Content-Type: multipart/mixed; boundary=y\n\n--x\nContent-Type: text/plain\n\none\n--x--\n",
      "text", "one\n", "another one is declared" },
    { "Content-Type: multipart/mixed; boundary=y\n\nno parts\n", "text", "no parts\n",
      "the text is shown as it is" },
    { "Content-Type: multipart/mixed; boundary=\"b \"\n\n--b \n\none\n--b\ntwo\n--b --\n", "text",
      "one\n--b\ntwo\n", "a boundary that ends in a blank" },
    { "Content-Type: multipart/mixed; boundary=\"b \"\n\n--b\n\none\n--b--\n", "text", "one\n",
      "which was lost in the lines" },
    { "Content-Type: multipart/mixed; boundary=\"b\n c\"\n\n--b c\n\none\n--b c--\n", "text",
      "one\n", "a boundary that was folded" },
    { "Content-Type: multipart/mixed; boundary=b; boundary=c\n\n--b\n\none\n--b--\n", "text",
      "one\n", "two boundaries: the first" },
    { MIXED "--b\nContent-Type: message/rfc822\n\nSubject: x\n" ALTERNATIVE
            "--b\n\none\n--b--\n--b\n\ntwo\n--b--\n",
      "structure", "multipart/mixed(message/rfc822(multipart/alternative(text/plain)) text/plain)",
      "an enclosed mail with the same boundary" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_encodings (void)
{
  static const Case cases[] = {
    { "Content-Transfer-Encoding: base64\n\nQ2Fm\nw6k\n", "text", "Café\n", "no padding" },
    { "Content-Transfer-Encoding: base64\n\nQ2Fmw6k=\n\n--\nA list's footer\n", "text", "Café\n",
      "a footer behind it" },
    { "Content-Transfer-Encoding: BASE64 (encoded)\n\nQ2Fmw6k=\n", "text", "Café\n", "a comment" },
    { "Content-Transfer-Encoding: quoted-printable\n\nCaf=C3=\n=A9 = \n1=\n", "text", "Café 1\n",
      "a soft break within a character" },
    { "Content-Transfer-Encoding: x-none\n\nCafé\n", "text", "Café\n", "an unknown one is none" },
    { "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
      "U3ViamVjdDogeAoKQ2Fmw6kK\n",
      "text", "Café\n", "a mail, against RFC 2045 6.4" },
    { "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nSubject: x\n\nCafé\n",
      "text", "Café\n", "that was not encoded after all" },
    { "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n"
      "Content-Type: text/plain; charset=3Dutf-8\n\nCaf=C3=A9\n",
      "text", "Café\n", "another encoding" },
    { "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"
      "LS1iCgpvbmUKLS1iCkNvbnRlbnQtVHlwZTogYXBwbGljYXRpb24vcGRmCkNvbnRlbnQtVHJhbnNm\n"
      "ZXItRW5jb2Rpbmc6IGJhc2U2NAoKUVVKRAotLWItLQo=\n",
      "attachments", "1.2=:application/pdf:3", "a multipart, and what is in it" },
    { "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"
      "--b\n\none\n--b--\n",
      "text", "one\n", "a multipart that was not encoded" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_uuencode (void)
{
  static const Case cases[] = {
    { "Subject: x\n\nsee\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n", "text", "see\nbye\n",
      "taken out of the text" },
    { "Subject: x\n\nsee\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n", "attachments",
      "1.1=cat.txt:text/plain:3", "and a file" },
    { "Subject: x\n\nsee\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n", "structure", "text/plain",
      "the text is still one part" },
    { "Content-Transfer-Encoding: base64\n\nYmVnaW4gNjQ0IHgKIzBWJVQKYAplbmQK\n", "attachments",
      "1.1=x:application/octet-stream:3", "in another encoding" },
    { "Subject: x\n\nbegin 644 a.gif\n#0V%T\nend\n\nbegin 644 b.gif\n#0V%T\nend\n", "attachments",
      "1.1=a.gif:image/gif:3 1.2=b.gif:image/gif:3", "two" },
    { "Subject: x\n\n=ybegin line=128 size=3 name=x\n\x6d\x8b\x9e\n=yend size=3\n", "attachments",
      "", "yEnc is left alone" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_texts (void)
{
  static const Case cases[] = {
    { "Content-Type: text/plain; format=flowed\n\none \ntwo\n\n>three \n>four\n>> five\n", "text",
      "one two\n\n> three four\n>> five\n", "RFC 3676" },
    { "Content-Type: text/plain; format=flowed; delsp=yes\n\non \ne\n > two\n", "text",
      "one\n> two\n", "DelSp, and a stuffed line" },
    { "Content-Type: text/plain; format=flowed\n\none \n-- \nme\n", "text", "one \n-- \nme\n",
      "a signature's line is never joined" },
    { "Content-Type: text/plain; format=flowed\n\none \n> two \nthree\n", "text",
      "one \n> two \nthree\n", "another depth ends a paragraph" },
    { "Content-Type: text/enriched\n\n<bold>a</bold> <<b\nc\n\nd<color><param>red</param>e"
      "</color>\n",
      "text", "a <b c\nde \n", "RFC 1896" },
    { "Content-Type: text/enriched\n\n<excerpt>a\n\nb</excerpt>c\n", "text", "> a\n> b\nc \n",
      "an excerpt is a quote" },
    { "Content-Type: text/richtext\n\na<nl>b <lt>c<comment>no</comment>\nd\n", "text",
      "a\nb <c d \n", "RFC 1341" },
    { "Content-Type: text/markdown\n\n# a\n", "text", "# a\n", "it can be read as it is" },
    { "Content-Type: text/x-unknown\n\na\n", "text", "a\n", "RFC 2046 4.1.4" },
    { "Content-Type: text/plain\nContent-Disposition: attachment\n\na\n", "text", "a\n",
      "an attachment that is the only text and has no name" },
    { "Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\na\n",
      "attachments", "1=a.txt:text/plain:2", "one with a name" },
    { "Subject: x\n\n\xD7\xA9\xD7\x9C\xE2\x80\x8F \xE2\x80\xAB"
      "a\xE2\x80\xAC\n",
      "text",
      "\xD7\xA9\xD7\x9C\xE2\x80\x8F \xE2\x80\xAB"
      "a\xE2\x80\xAC\n",
      "marks of direction stay" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_alternatives (void)
{
  static const Case cases[] = {
    { ALTERNATIVE "--b\n\n \n--b\nContent-Type: text/html\n\n<p>One</p>\n--b--\n", "text", "One\n",
      "an empty text" },
    { ALTERNATIVE "--b\n\nYour mail program cannot show HTML mails.\n--b\nContent-Type: "
                  "text/html\n\n<p>The bill is due.</p>\n--b--\n",
      "text", "The bill is due.\n", "a text that stands in for the HTML" },
    { ALTERNATIVE "--b\n\nHTML or not, the bill is due.\n--b\nContent-Type: text/html\n\n<p>HTML "
                  "or not, the bill is due.</p>\n--b--\n",
      "text", "HTML or not, the bill is due.\n", "a text that speaks of HTML itself" },
    { ALTERNATIVE "--b\n\nYes.\n--b\nContent-Type: text/html\n\n<p>Yes.</p><p>Ann, Example "
                  "Company, Main Street 1</p>\n--b--\n",
      "text", "Yes.\n", "a short text is no lie" },
    { ALTERNATIVE "--b\nContent-Type: text/enriched\n\n<bold>One</bold>\n--b\nContent-Type: "
                  "text/html\n\n<p>Two</p>\n--b--\n",
      "text", "Two\n", "without a plain one the last" },
    { ALTERNATIVE "--b\nContent-Type: text/html\n\n<p>One</p>\n--b\n\ntwo\n--b--\n", "text",
      "two\n", "in the wrong order" },
    { ALTERNATIVE "--b\n\none\n--b\nContent-Type: multipart/related; boundary=c\n\n--c\n"
                  "Content-Type: text/html\n\n<p>One</p>\n--c\nContent-Type: image/gif\n\nx\n"
                  "--c--\n--b--\n",
      "html", "<p>One</p>", "the HTML with its images" },
    { ALTERNATIVE "--b\n\none\n--b\nContent-Type: text/x-amp-html\n\n<html amp4email>\n--b\n"
                  "Content-Type: text/html\n\n<p>One</p>\n--b--\n",
      "text", "one\n", "AMP is for programs" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_names (void)
{
#define FILE_OF(fields) "Content-Type: application/pdf" fields "\n\nabc\n"
#define NAMED(name) "1=" name ":application/pdf:4"
  static const Case cases[] = {
    { FILE_OF ("; name=a.pdf"), "attachments", NAMED ("a.pdf"), "the type's name" },
    { FILE_OF ("; name=a.pdf\nContent-Disposition: attachment; filename=b.pdf"), "attachments",
      NAMED ("b.pdf"), "the disposition's goes before it" },
    { FILE_OF ("; NAME = \"a \\\"b\\\".pdf\""), "attachments", NAMED ("a \"b\".pdf"), "quoted" },
    { FILE_OF ("; name=my own file.pdf; x=y"), "attachments", NAMED ("my own file.pdf"),
      "blanks without quotes" },
    { FILE_OF ("; name=\"C:\\temp\\a.pdf\""), "attachments", NAMED ("a.pdf"), "no folders" },
    { FILE_OF ("; name=\"../../a.pdf\""), "attachments", NAMED ("a.pdf"), "no folders" },
    { FILE_OF ("; name=\"a.pdf"), "attachments", NAMED ("a.pdf"), "no closing quote" },
    { FILE_OF ("; name=\"a.pdf\" size=3"), "attachments", NAMED ("a.pdf"), "no semicolon" },
    { FILE_OF ("; name*=utf-8''%D0%B7%D0%B2.pdf"), "attachments", NAMED ("зв.pdf"), "RFC 2231" },
    { FILE_OF ("; name*=koi8-r'ru'%DA%D7.pdf"), "attachments", NAMED ("зв.pdf"), "a charset" },
    { FILE_OF ("; name*1*=%B2.pdf; name*0*=utf-8''%D0%B7%D0"), "attachments", NAMED ("зв.pdf"),
      "pieces out of order, cut in a character" },
    { FILE_OF ("; name*0=\"a\";\n name*1=\"b.pdf\""), "attachments", NAMED ("ab.pdf"), "pieces" },
    { FILE_OF ("; name*0*=utf-8''%D0%B7; name*1=\"b%20.pdf\""), "attachments", NAMED ("зb%20.pdf"),
      "encoded and not" },
    { FILE_OF ("; name*0=\"=?utf-8?B?\"; name*1=\"0LfQsi5wZGY=?=\""), "attachments",
      NAMED ("зв.pdf"), "a word in pieces" },
    { FILE_OF ("; name=plain.pdf; name*=utf-8''%D0%B7.pdf"), "attachments", NAMED ("з.pdf"),
      "the better one of two" },
    { FILE_OF ("; name*=plain.pdf"), "attachments", NAMED ("plain.pdf"), "no charset at all" },
    { FILE_OF ("; name=\"=?utf-8?Q?=D0=B7=D0=B2?=.pdf\""), "attachments", NAMED ("зв.pdf"),
      "a word in quotes, against RFC 2047 5" },
    { FILE_OF ("; name==?utf-8?B?0LfQsi5wZGY=?="), "attachments", NAMED ("зв.pdf"),
      "a word without quotes" },
    { FILE_OF ("; name=\"=?utf-8?Q?a_?=\n =?utf-8?Q?b.pdf?=\""), "attachments", NAMED ("a b.pdf"),
      "two words, folded" },
    { FILE_OF ("; name=\"зв.pdf\""), "attachments", NAMED ("зв.pdf"), "as it is, RFC 6532" },
    { FILE_OF ("; name=\"\xE7\xE2\xB3\xF2.pdf\"; charset=x"), "attachments", NAMED ("звіт.pdf"),
      "8-bit in an unknown charset" },
    { FILE_OF ("; x; =y; name=a.pdf;;"), "attachments", NAMED ("a.pdf"), "junk" },
    { FILE_OF ("\nContent-Disposition: ; filename=a.pdf"), "attachments", NAMED ("a.pdf"),
      "no disposition" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/mime/headers", test_headers);
  g_test_add_func ("/mime/types", test_types);
  g_test_add_func ("/mime/boundaries", test_boundaries);
  g_test_add_func ("/mime/encodings", test_encodings);
  g_test_add_func ("/mime/uuencode", test_uuencode);
  g_test_add_func ("/mime/texts", test_texts);
  g_test_add_func ("/mime/alternatives", test_alternatives);
  g_test_add_func ("/mime/names", test_names);
  result = g_test_run ();
  pd_mail_shutdown ();
  return result;
}
