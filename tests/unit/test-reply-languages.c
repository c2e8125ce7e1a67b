/* How mail programs set a quote apart, in each language: one row each, from
 * which mails of all shapes are made.
 */
#include <string.h>

#include "mail/mail.h"
#include "mail/reply.h"

#define ATTRIBUTIONS 5
#define MIN_BROKEN 44 /* octets of the shorter lines that are broken */

typedef struct {
  const char *language;
  const char *answer;
  const char *attributions[ATTRIBUTIONS];
  const char *fields[4]; /* from, sent, to, subject */
  const char *original;
  const char *forward;
  const char *device;
} Language;

static const Language languages[] = {
  { "en",
    "Yes, please.",
    { "On Tue, Nov 3, 2026 at 9:15 AM Ann Lee <ann@example.org> wrote:",
      "On 3 Nov 2026, at 09:15, Ann Lee <ann@example.org> wrote:",
      "On 11/3/26 9:15 AM, Ann Lee wrote:",
      "On Tuesday, November 3rd, 2026 at 9:15 AM, Ann Lee <ann@example.org> wrote:",
      "Ann Lee <ann@example.org> wrote:" },
    { "From", "Sent", "To", "Subject" },
    "-----Original Message-----",
    "---------- Forwarded message ---------",
    "Sent from my phone" },
  { "ru",
    "Да, конечно.",
    { "вт, 3 нояб. 2026 г. в 09:15, Анна Ли <ann@example.org>:", "03.11.2026 09:15, Анна Ли пишет:",
      "3 нояб. 2026 г., в 09:15, Анна Ли <ann@example.org> написал(а):",
      "Вторник, 3 ноября 2026, 9:15 +03:00 от Анна Ли <ann@example.org>:",
      "03.11.2026, 09:15, \"Анна Ли\" <ann@example.org>:" },
    { "От", "Отправлено", "Кому", "Тема" },
    "-------- Исходное сообщение --------",
    "-------- Пересылаемое сообщение --------",
    "Отправлено с iPhone" },
  { "uk",
    "Так, звісно.",
    { "вт, 3 лист. 2026 р. о 09:15 Анна Лі <ann@example.org> пише:",
      "03.11.26 09:15, Анна Лі пише:",
      "3 лист. 2026 р. о 09:15 Анна Лі <ann@example.org> написав(-ла):",
      "3 листопада 2026, 09:15:00, від \"Анна Лі\" <ann@example.org>:" },
    { "Від", "Надіслано", "Кому", "Тема" },
    "-------- Оригінальне повідомлення --------",
    "---------- Переслане повідомлення ---------",
    "Надіслано з iPhone" },
  { "de",
    "Ja, gern.",
    { "Am Di., 3. Nov. 2026 um 09:15 Uhr schrieb Ann Lee <ann@example.org>:",
      "Am 03.11.2026 um 09:15 schrieb Ann Lee <ann@example.org>:",
      "Am 03.11.26 um 09:15 schrieb Ann Lee:",
      "Ann Lee <ann@example.org> schrieb am Di., 3. Nov. 2026, 09:15:" },
    { "Von", "Gesendet", "An", "Betreff" },
    "-----Ursprüngliche Nachricht-----",
    "-------- Weitergeleitete Nachricht --------",
    "Von meinem iPhone gesendet" },
  { "fr",
    "Oui, merci.",
    { "Le mar. 3 nov. 2026 à 09:15, Ann Lee <ann@example.org> a écrit :",
      "Le 3 nov. 2026 à 09:15, Ann Lee <ann@example.org> a écrit :",
      "Le 03/11/2026 à 09:15, Ann Lee a écrit :",
      "Le mardi 3 novembre 2026 à 09:15:00 UTC+1, Ann Lee <ann@example.org> a écrit :" },
    { "De", "Envoyé", "À", "Objet" },
    "-----Message d'origine-----",
    "-------- Message transféré --------",
    "Envoyé de mon iPhone" },
  { "es",
    "Sí, gracias.",
    { "El mar, 3 nov 2026 a las 9:15, Ann Lee (<ann@example.org>) escribió:",
      "El 3 nov 2026, a las 9:15, Ann Lee <ann@example.org> escribió:",
      "El 3/11/26 a las 9:15, Ann Lee escribió:",
      "El martes, 3 de noviembre de 2026, 09:15:00 CET, Ann Lee <ann@example.org> escribió:" },
    { "De", "Enviado", "Para", "Asunto" },
    "-----Mensaje original-----",
    "-------- Mensaje reenviado --------",
    "Enviado desde mi iPhone" },
  { "it",
    "Sì, grazie.",
    { "Il giorno mar 3 nov 2026 alle ore 09:15 Ann Lee <ann@example.org> ha scritto:",
      "Il giorno 3 nov 2026, alle ore 09:15, Ann Lee <ann@example.org> ha scritto:",
      "Il 03/11/2026 09:15, Ann Lee ha scritto:",
      "Il martedì 3 novembre 2026 alle ore 09:15:00 CET, Ann Lee <ann@example.org> ha scritto:" },
    { "Da", "Inviato", "A", "Oggetto" },
    "-----Messaggio originale-----",
    "-------- Messaggio inoltrato --------",
    "Inviato da iPhone" },
  { "pt",
    "Sim, obrigado.",
    { "Em ter., 3 de nov. de 2026 às 09:15, Ann Lee <ann@example.org> escreveu:",
      "Em 3 de nov. de 2026, à(s) 09:15, Ann Lee <ann@example.org> escreveu:",
      "Em 03/11/2026 09:15, Ann Lee escreveu:",
      "Ann Lee <ann@example.org> escreveu (terça, 3/11/2026 à(s) 09:15):" },
    { "De", "Enviada em", "Para", "Assunto" },
    "-----Mensagem original-----",
    "-------- Mensagem encaminhada --------",
    "Enviado do meu iPhone" },
  { "nl",
    "Ja, graag.",
    { "Op di 3 nov 2026 om 09:15 schreef Ann Lee <ann@example.org>:",
      "Op 3 nov. 2026, om 09:15 heeft Ann Lee <ann@example.org> het volgende geschreven:",
      "Op 03-11-2026 om 09:15 schreef Ann Lee:",
      "Op dinsdag 3 november 2026 09:15 schreef Ann Lee <ann@example.org>:" },
    { "Van", "Verzonden", "Aan", "Onderwerp" },
    "-----Oorspronkelijk bericht-----",
    "-------- Doorgestuurd bericht --------",
    "Verstuurd vanaf mijn iPhone" },
  { "pl",
    "Tak, proszę.",
    { "wt., 3 lis 2026 o 09:15 Anna Lis <ann@example.org> napisał(a):",
      "W dniu 3.11.2026 o 09:15, Anna Lis pisze:",
      "Wiadomość napisana przez Anna Lis <ann@example.org> w dniu 3 lis 2026, o godz. 09:15:",
      "Dnia 3 listopada 2026 09:15 Anna Lis <ann@example.org> napisał(a):" },
    { "Od", "Wysłano", "Do", "Temat" },
    "-----Wiadomość oryginalna-----",
    "-------- Treść przekazanej wiadomości --------",
    "Wysłane z iPhone'a" },
  { "sv",
    "Ja, tack.",
    { "Den tis 3 nov. 2026 kl 09:15 skrev Ann Lee <ann@example.org>:",
      "3 nov. 2026 kl. 09:15 skrev Ann Lee <ann@example.org>:",
      "Den 2026-11-03 kl. 09:15, skrev Ann Lee:",
      "Ann Lee <ann@example.org> skrev: (3 november 2026 09:15:00 CET):" },
    { "Från", "Skickat", "Till", "Ämne" },
    "-----Ursprungligt meddelande-----",
    "-------- Vidarebefordrat meddelande --------",
    "Skickat från min iPhone" },
  { "da",
    "Ja tak.",
    { "Den tirs. 3. nov. 2026 kl. 09.15 skrev Ann Lee <ann@example.org>:",
      "Den 3. nov. 2026 kl. 09.15 skrev Ann Lee <ann@example.org>:",
      "Den 03.11.2026 kl. 09.15 skrev Ann Lee:",
      "tirs. 3. nov. 2026 kl. 09.15 skrev Ann Lee <ann@example.org>:" },
    { "Fra", "Sendt", "Til", "Emne" },
    "-----Oprindelig meddelelse-----",
    "-------- Videresendt besked --------",
    "Sendt fra min iPhone" },
  { "nb",
    "Ja, takk.",
    { "tir. 3. nov. 2026 kl. 09:15 skrev Ann Lee <ann@example.org>:",
      "3. nov. 2026 kl. 09:15 skrev Ann Lee <ann@example.org>:",
      "Den 03.11.2026 09:15, skrev Ann Lee:",
      "På tirsdag 3. november 2026 kl. 09:15 skrev Ann Lee <ann@example.org>:" },
    { "Fra", "Sendt", "Til", "Emne" },
    "-----Opprinnelig melding-----",
    "-------- Videresendt melding --------",
    "Sendt fra min iPhone" },
  { "fi",
    "Kyllä, kiitos.",
    { "ti 3. marrask. 2026 klo 9.15 Ann Lee (<ann@example.org>) kirjoitti:",
      "Ann Lee <ann@example.org> kirjoitti 3.11.2026 kello 9.15:",
      "Ann Lee kirjoitti 3.11.2026 klo 9.15:",
      "tiistai 3. marraskuuta 2026 klo 09.15.00 UTC+2 Ann Lee <ann@example.org> kirjoitti:" },
    { "Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe" },
    "-----Alkuperäinen viesti-----",
    "-------- Välitetty viesti --------",
    "Lähetetty iPhonesta" },
  { "cs",
    "Ano, prosím.",
    { "út 3. 11. 2026 v 9:15 odesílatel Ann Lee <ann@example.org> napsal:",
      "Dne 03. 11. 26 v 9:15 Ann Lee napsal(a):", "3. 11. 2026 v 9:15, Ann Lee <ann@example.org>:",
      "Dne úterý 3. listopadu 2026 9:15:00 SEČ, Ann Lee <ann@example.org> napsal(a):" },
    { "Od", "Odesláno", "Komu", "Předmět" },
    "-----Původní zpráva-----",
    "-------- Přeposlaná zpráva --------",
    "Odesláno z iPhonu" },
  { "hu",
    "Igen, kérem.",
    { "Ann Lee <ann@example.org> ezt írta (időpont: 2026. nov. 3., K, 9:15):",
      "2026. 11. 03. 9:15 keltezéssel, Ann Lee írta:",
      "2026. nov. 3. dátummal, 9:15 időpontban Ann Lee <ann@example.org> írta:",
      "2026. november 3. 9:15 Ann Lee írta, <ann@example.org>:" },
    { "Feladó", "Elküldve", "Címzett", "Tárgy" },
    "-----Eredeti üzenet-----",
    "-------- Továbbított üzenet --------",
    "Az iPhone-omról küldve" },
  { "tr",
    "Evet, lütfen.",
    { "Ann Lee <ann@example.org>, 3 Kas 2026 Sal, 09:15 tarihinde şunu yazdı:",
      "3.11.2026 09:15 tarihinde Ann Lee yazdı:",
      "Ann Lee <ann@example.org> şunları yazdı (3 Kas 2026 09:15):",
      "3 Kasım 2026 Salı 09:15:00 GMT+3 tarihinde, Ann Lee <ann@example.org> şunları yazdı:" },
    { "Kimden", "Gönderildi", "Kime", "Konu" },
    "-----Özgün İleti-----",
    "-------- İletilen mesaj --------",
    "iPhone'umdan gönderildi" },
  { "el",
    "Ναι, παρακαλώ.",
    { "Στις Τρί 3 Νοε 2026 στις 9:15 π.μ., ο/η Ann Lee <ann@example.org> έγραψε:",
      "Στις 3 Νοε 2026, στις 9:15, ο χρήστης Ann Lee <ann@example.org> έγραψε:",
      "Στις 3/11/26 09:15, ο Ann Lee έγραψε:",
      "Την Τρίτη, 3 Νοεμβρίου 2026 στις 9:15:00 π.μ., ο χρήστης Ann Lee <ann@example.org> "
      "έγραψε:" },
    { "Από", "Στάλθηκε", "Προς", "Θέμα" },
    "-----Αρχικό μήνυμα-----",
    "-------- Προωθημένο μήνυμα --------",
    "Στάλθηκε από το iPhone μου" },
  { "he",
    "כן, בבקשה.",
    { "\xE2\x80\xAB"
      "בתאריך יום ג׳, 3 בנוב׳ 2026 ב-9:15 מאת \xE2\x80\xAA"
      "Ann Lee\xE2\x80\xAC"
      "\xE2\x80\x8F"
      " <\xE2\x80\xAA"
      "ann@example.org\xE2\x80\xAC"
      "\xE2\x80\x8F"
      ">:\xE2\x80\xAC"
      "",
      "ב-3 בנוב׳ 2026, בשעה 9:15, \xE2\x80\x8F"
      "Ann Lee \xE2\x80\x8F"
      "<ann@example.org> כתב/ה:",
      "בתאריך 03/11/2026 9:15, Ann Lee כתב:",
      "\xE2\x80\x8F"
      "Ann Lee <ann@example.org> כתבה:" },
    { "מאת", "נשלח", "אל", "נושא" },
    "-----הודעה מקורית-----",
    "---------- הודעה שהועברה ---------",
    "נשלח מה-iPhone שלי" },
  { "ar",
    "نعم من فضلك.",
    { "\xE2\x80\xAB"
      "في الثلاثاء، 3 نوفمبر 2026 في 9:15 ص تمت كتابة ما يلي بواسطة \xE2\x80\xAA"
      "Ann Lee\xE2\x80\xAC"
      "\xE2\x80\x8F"
      " <\xE2\x80\xAA"
      "ann@example.org\xE2\x80\xAC"
      "\xE2\x80\x8F"
      ">:\xE2\x80\xAC"
      "",
      "في ٣ نوفمبر ٢٠٢٦، الساعة ٩:١٥ ص، كتب Ann Lee <ann@example.org>:",
      "في 3/11/26 9:15 ص، كتب Ann Lee:",
      "في الثلاثاء، ٣ نوفمبر ٢٠٢٦ في ٩:١٥ ص Ann Lee <ann@example.org> كتب:" },
    { "من", "التاريخ", "إلى", "الموضوع" },
    "-----الرسالة الأصلية-----",
    "---------- رسالة معاد توجيهها ---------",
    "أُرسلت من الـ iPhone" },
  { "zh",
    "好的，谢谢。",
    { "Ann Lee <ann@example.org> 于2026年11月3日周二 09:15写道：",
      "在 2026年11月3日，09:15，Ann Lee <ann@example.org> 写道：",
      "在 2026-11-03 09:15:00，\"Ann Lee\" <ann@example.org> 写道：",
      "Ann Lee <ann@example.org> 於 2026年11月3日 週二 上午9:15寫道：" },
    { "发件人", "发送时间", "收件人", "主题" },
    "------------------ 原始邮件 ------------------",
    "---------- 转发的邮件 ---------",
    "发自我的 iPhone" },
  { "ja",
    "はい、お願いします。",
    { "2026年11月3日(火) 9:15 Ann Lee <ann@example.org>:",
      "2026/11/03 9:15、Ann Lee <ann@example.org>のメール:", "On 2026/11/03 9:15, Ann Lee wrote:",
      "2026年11月3日 9:15、Ann Lee さんは書きました：" },
    { "差出人", "送信日時", "宛先", "件名" },
    "-----元のメッセージ-----",
    "---------- 転送されたメッセージ ---------",
    "iPhoneから送信" },
  { "ko",
    "네, 부탁드립니다.",
    { "2026년 11월 3일 (화) 오전 9:15, Ann Lee <ann@example.org>님이 작성:",
      "2026. 11. 3. 오전 9:15, Ann Lee <ann@example.org> 작성:",
      "2026-11-03 오전 9:15에 Ann Lee 이(가) 쓴 글:",
      "2026년 11월 3일 화요일 오전 9:15에 Ann Lee <ann@example.org>님이 작성:" },
    { "보낸 사람", "보낸 날짜", "받는 사람", "제목" },
    "-----원본 메시지-----",
    "---------- 전달된 메시지 ---------",
    "나의 iPhone에서 보냄" },
  { "vi",
    "Vâng, cảm ơn.",
    { "Vào Th 3, 3 thg 11, 2026 vào lúc 09:15 Ann Lee <ann@example.org> đã viết:",
      "Vào 09:15, Th 3, 3 thg 11, 2026 Ann Lee <ann@example.org> đã viết:",
      "Vào 03/11/2026 09:15, Ann Lee viết:",
      "Lúc 09:15, 3 thg 11, 2026, Ann Lee <ann@example.org> đã viết:" },
    { "Từ", "Đã gửi", "Tới", "Chủ đề" },
    "-----Thư gốc-----",
    "---------- Thư đã chuyển tiếp ---------",
    "Đã gửi từ iPhone của tôi" },
};

/* What is left of a text. */
static char *
dup_visible (const char *text, gboolean forwards)
{
  g_autoptr (GArray) pieces = pd_reply_split (text, forwards, NULL);
  g_autoptr (GString) visible = g_string_new (NULL);

  for (guint i = 0; i < pieces->len; i++)
    {
      const PdPiece *piece = &g_array_index (pieces, PdPiece, i);

      if (piece->kind == PD_PIECE_WRITTEN)
        g_string_append_len (visible, text + piece->offset, (gssize)piece->length);
    }
  return g_strstrip (g_string_free (g_steal_pointer (&visible), FALSE));
}

static void
check (const Language *language, const char *text, const char *want, const char *why)
{
  g_autofree char *got = dup_visible (text, FALSE);

  if (strcmp (got, want) != 0)
    g_test_message ("%s, %s:\n%s", language->language, why, text);
  g_assert_cmpstr (got, ==, want);
}

/* The attribution, broken at its last blank if mail programs would break it. */
static char *
dup_wrapped (const char *attribution)
{
  char *wrapped = g_strdup (attribution);
  char *blank = strrchr (wrapped, ' ');

  if (blank != NULL && blank - wrapped > MIN_BROKEN)
    *blank = '\n';
  return wrapped;
}

static void
check_attribution (const Language *language, const char *attribution)
{
  g_autofree char *top
      = g_strdup_printf ("%s\n\n%s\n\n> one?\n> two?\n", language->answer, attribution);
  g_autofree char *bare
      = g_strdup_printf ("%s\n\n%s\n\none?\ntwo?\n", language->answer, attribution);
  g_autofree char *bottom
      = g_strdup_printf ("%s\n> one?\n> two?\n\n%s\n", attribution, language->answer);
  g_autofree char *inner
      = g_strdup_printf ("%s\n> one?\n\n%s\n\n> two?\n\nx\n", attribution, language->answer);
  g_autofree char *both = g_strdup_printf ("> one?\n\n%s\n\n> two?\n\nx", language->answer);
  g_autofree char *wrapped = dup_wrapped (attribution);
  g_autofree char *two = g_strdup_printf ("%s\n\n%s\n> one?\n", language->answer, wrapped);

  check (language, top, language->answer, "the answer on top");
  if (strpbrk (attribution, "0123456789") != NULL)
    check (language, bare, language->answer, "without quote marks");
  check (language, bottom, language->answer, "the answer below");
  check (language, inner, both, "answers within");
  check (language, two, language->answer, "in two lines");
}

static void
test_attributions (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    for (gsize k = 0; k < ATTRIBUTIONS && languages[i].attributions[k] != NULL; k++)
      check_attribution (&languages[i], languages[i].attributions[k]);
}

/* As an Outlook of that language writes it; `mark` around the names. */
static char *
dup_block (const Language *language, const char *mark, const char *colon)
{
  const char *const *f = language->fields;

  return g_strdup_printf (
      "%s%s%s%s Ann Lee <ann@example.org>\n%s%s%s%s 2026-11-03 09:15\n%s%s%s%s Bob\n%s%s%s%s x\n",
      mark, f[0], colon, mark, mark, f[1], colon, mark, mark, f[2], colon, mark, mark, f[3], colon,
      mark);
}

static void
test_blocks (void)
{
  static const char *const rules[] = { "", "________________________________\n", "-----\n\n" };
  static const char *const marks[] = { "", "*" };
  static const char *const colons[] = { ":", "\xC2\xA0:", "\xEF\xBC\x9A" };

  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (colons); k++)
      {
        g_autofree char *block = dup_block (&languages[i], marks[k % 2], colons[k]);
        g_autofree char *text
            = g_strdup_printf ("%s\n\n%s%s\none?\n", languages[i].answer, rules[k], block);

        check (&languages[i], text, languages[i].answer, "a header block");
      }
}

static void
test_originals (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      g_autofree char *text = g_strdup_printf ("%s\n\n%s\none?\n\n-- \nAnn\n", languages[i].answer,
                                               languages[i].original);

      check (&languages[i], text, languages[i].answer, "an original message");
    }
}

/* What is passed on is the message, whole. */
static void
test_forwards (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      g_autofree char *block = dup_block (&languages[i], "", ":");
      g_autofree char *text = g_strdup_printf ("%s\n\n%s\n%s\none?\n\n> two?\n-- \nAnn",
                                               languages[i].answer, languages[i].forward, block);
      g_autofree char *by_subject
          = g_strdup_printf ("%s\n\n%s\none?\n\n> two?", languages[i].answer, block);
      g_autofree char *visible = dup_visible (by_subject, TRUE);

      check (&languages[i], text, text, "a forwarded message");
      g_assert_cmpstr (visible, ==, by_subject);
    }
}

static void
test_devices (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      const Language *language = &languages[i];
      g_autofree char *last = g_strdup_printf ("%s\n\n%s\n", language->answer, language->device);
      g_autofree char *above = g_strdup_printf ("%s\n\n%s\n\n%s\n> one?\n", language->answer,
                                                language->device, language->attributions[0]);

      check (language, last, language->answer, "a device, last");
      check (language, above, language->answer, "a device above an attribution");
    }
}

/* Subjects of forwarded mail. */
static void
test_subjects (void)
{
  static const struct {
    const char *subject;
    gboolean forwards;
  } cases[] = {
    { "Fwd: x", TRUE },          { "FW: x", TRUE },       { "WG: x", TRUE },
    { "TR : x", TRUE },          { "RV: x", TRUE },       { "I: x", TRUE },
    { "ENC: x", TRUE },          { "VB: x", TRUE },       { "VS: x", TRUE },
    { "VL: x", TRUE },           { "PD: x", TRUE },       { "İLT: x", TRUE },
    { "ΠΡΘ: x", TRUE },          { "转发：x", TRUE },     { "轉寄: x", TRUE },
    { "Пересл: x", TRUE },       { "Re: Fwd: x", FALSE }, { "x", FALSE },
    { "Forward: march", FALSE }, { ":", FALSE },          { "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *mail = g_strdup_printf (
          "Subject: %s\nContent-Type: text/plain; charset=utf-8\n\nlook\n\nFrom: Ann <a@b.c>\n"
          "Sent: today\nTo: Bob\nSubject: y\n\nz\n",
          cases[i].subject);
      g_autoptr (GBytes) raw = g_bytes_new (mail, strlen (mail));
      g_autoptr (PdMail) read = pd_mail_parse (raw, NULL, NULL);

      g_test_message ("%s", cases[i].subject);
      g_assert_cmpint (strcmp (read->visible, "look\n") != 0, ==, cases[i].forwards);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/reply-languages/attributions", test_attributions);
  g_test_add_func ("/reply-languages/blocks", test_blocks);
  g_test_add_func ("/reply-languages/originals", test_originals);
  g_test_add_func ("/reply-languages/forwards", test_forwards);
  g_test_add_func ("/reply-languages/devices", test_devices);
  g_test_add_func ("/reply-languages/subjects", test_subjects);
  result = g_test_run ();
  pd_mail_shutdown ();
  return result;
}
