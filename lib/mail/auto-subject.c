#include "mail/auto-subject.h"

#include <string.h>

#define MAX_PREFIXES 10 /* of "Re:" and "[list]" in front of a subject */

/* "Re:" as mail programs write it; small letters. */
static const char *const reply_prefixes[] = {
  "re",   "aw",   "antw", "antwort", "sv",   "vs",   "vá",   "odp",  "rif",     "r",     "ref",
  "res",  "bls",  "ynt",  "απ",      "σχετ", "на",   "отв",  "відп", "השב",     "תשובה", "رد",
  "回复", "回覆", "答复", "答覆",    "返信", "回信", "회신", "답장", "trả lời",
};

/* How programs say "automatic reply"; a colon or nothing behind it makes it
 * their form.
 */
static const char *const answers[] = {
  /* English */
  "out of office",
  "out-of-office",
  "out of the office",
  "out-of-the-office",
  "automatic reply",
  "automatic response",
  "automated reply",
  "automated response",
  "auto reply",
  "auto-reply",
  "autoreply",
  "auto response",
  "auto-response",
  "autoresponse",
  "autoresponder",
  "auto-responder",
  "out of office autoreply",
  "out of office auto-reply",
  "out of office reply",
  "out-of-office reply",
  "vacation reply",
  "vacation autoreply",
  /* Ukrainian, Russian, Bulgarian */
  "автоматична відповідь",
  "автовідповідь",
  "автовідповідач",
  "автоматический ответ",
  "автоответ",
  "автоответчик",
  "автоматичен отговор",
  /* German, Dutch */
  "automatische antwort",
  "automatische rückantwort",
  "automatische abwesenheitsnotiz",
  "abwesenheitsnotiz",
  "abwesenheitsnachricht",
  "abwesenheitsassistent",
  "automatisch antwoord",
  "automatische beantwoording",
  "automatische reactie",
  "afwezigheidsbericht",
  /* French, Spanish, Italian, Portuguese, Catalan, Romanian */
  "réponse automatique",
  "message d'absence",
  "message automatique d'absence",
  "respuesta automática",
  "respuesta automatica",
  "contestación automática",
  "autorrespuesta",
  "risposta automatica",
  "resposta automática",
  "resposta automatica",
  "resposta automàtica",
  "răspuns automat",
  "raspuns automat",
  /* Polish, Czech, Slovak, Slovenian, Croatian */
  "odpowiedź automatyczna",
  "automatyczna odpowiedź",
  "autoodpowiedź",
  "automatická odpověď",
  "automatická odpoveď",
  "samodejni odgovor",
  "automatski odgovor",
  /* Swedish, Danish, Norwegian, Finnish, Estonian, Latvian, Lithuanian */
  "autosvar",
  "automatiskt svar",
  "automatisk svar",
  "automaattinen vastaus",
  "automaatvastus",
  "automaatne vastus",
  "automātiska atbilde",
  "automatinis atsakymas",
  /* Hungarian, Turkish, Greek */
  "automatikus válasz",
  "otomatik yanıt",
  "otomatik cevap",
  "αυτόματη απάντηση",
  /* Hebrew, Arabic */
  "תשובה אוטומטית",
  "מענה אוטומטי",
  "תגובה אוטומטית",
  "رد تلقائي",
  "الرد التلقائي",
  "رد آلي",
  /* Chinese, Japanese, Korean */
  "自动答复",
  "自动回复",
  "自動回覆",
  "自動答覆",
  "自動回復",
  "自動応答",
  "自動返信",
  "不在通知",
  "자동 회신",
  "자동회신",
  "자동 응답",
  "자동응답",
  /* Vietnamese, Thai, Indonesian */
  "trả lời tự động",
  "thư trả lời tự động",
  "ตอบกลับอัตโนมัติ",
  "balasan otomatis",
};

/* How people and programs say that somebody is away; "auto" is a car, too. */
static const char *const absences[] = {
  /* English */

  "ooo",
  "auto",
  "away from my mail",
  "away from the office",
  "away from office",
  "i am away",
  "vacation",
  "on vacation",
  "on leave",
  "annual leave",
  "maternity leave",
  "holiday notification",
  /* Ukrainian, Russian */
  "поза офісом",
  "відсутність в офісі",
  "відсутній",
  "відсутня",
  "немає на місці",
  "у відпустці",
  "вне офиса",
  "отсутствие в офисе",
  "отсутствую",
  "нет на месте",
  "в отпуске",
  /* German, Dutch */
  "abwesenheit",
  "abwesend",
  "nicht im büro",
  "ich bin nicht im büro",
  "im urlaub",
  "außer haus",
  "afwezig",
  "niet op kantoor",
  "niet aanwezig",
  /* French, Spanish, Italian, Portuguese */
  "absence du bureau",
  "absent du bureau",
  "absente du bureau",
  "absence",
  "en congé",
  "fuera de la oficina",
  "fuera de oficina",
  "ausente de la oficina",
  "ausencia",
  "fuori sede",
  "fuori ufficio",
  "assenza dall'ufficio",
  "assente dall'ufficio",
  "sono assente",
  "fora do escritório",
  "ausência temporária",
  "ausente do escritório",
  "ausência",
  /* Polish, Czech */
  "nieobecność",
  "poza biurem",
  "nieobecny",
  "mimo kancelář",
  "nepřítomnost",
  "nejsem v kanceláři",
  /* Swedish, Danish, Norwegian, Finnish */
  "frånvaro",
  "frånvarande",
  "ej på kontoret",
  "inte på kontoret",
  "ikke til stede",
  "fravær",
  "fraværende",
  "ikke på kontoret",
  "på ferie",
  "poissa",
  "poissaolo",
  "en ole toimistolla",
  /* Hungarian, Turkish, Greek */
  "házon kívül",
  "irodán kívül",
  "szabadságon",
  "ofis dışında",
  "ofis dışı",
  "izindeyim",
  "εκτός γραφείου",
  "απουσία",
  /* Hebrew, Arabic */
  "מחוץ למשרד",
  "בחופשה",
  "خارج المكتب",
  "في إجازة",
  /* Chinese, Japanese, Korean, Vietnamese */
  "不在办公室",
  "外出",
  "休假",
  "不在",
  "休暇",
  "外出中",
  "부재중",
  "부재 중",
  "vắng mặt",
  "không có ở văn phòng",
};

static const char *
skip_blanks (const char *text)
{
  while (g_unichar_isspace (g_utf8_get_char (text)) || *text == '*')
    text = g_utf8_next_char (text);
  return text;
}

/* Behind a colon, an ordinary or a wide one; NULL if there is none. */
static const char *
behind_colon (const char *text)
{
  static const char wide[] = "\xEF\xBC\x9A";

  text = skip_blanks (text);
  if (*text == ':')
    return text + 1;
  return g_str_has_prefix (text, wide) ? text + strlen (wide) : NULL;
}

/* Behind "re:", "re[2]:", "aw :"; NULL if none stands here. */
static const char *
behind_reply (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reply_prefixes); i++)
    {
      const char *at = text + strlen (reply_prefixes[i]);

      if (!g_str_has_prefix (text, reply_prefixes[i]))
        continue;
      if (*at == '[' || *at == '(' || *at == '^')
        at += strcspn (at, "]):");
      at += *at == ']' || *at == ')';
      at = behind_colon (at);
      if (at != NULL)
        return at;
    }
  return NULL;
}

/* Behind "[list name]"; NULL if none stands here. */
static const char *
behind_tag (const char *text)
{
  const char *end = *text == '[' ? strchr (text, ']') : NULL;

  return end == NULL ? NULL : end + 1;
}

static const char *
skip_prefixes (const char *text, gboolean *out_is_reply)
{
  for (guint i = 0; i < MAX_PREFIXES; i++)
    {
      const char *next;

      text = skip_blanks (text);
      next = behind_reply (text);
      if (next != NULL)
        *out_is_reply = TRUE;
      else
        next = behind_tag (text);
      if (next == NULL)
        break;
      text = next;
    }
  return text;
}

static gboolean
is_word_end (const char *text)
{
  return !g_unichar_isalnum (g_utf8_get_char (text));
}

/* The longest of some phrases that stands here, in octets; 0 if none does.
 * Chinese and Japanese write without blanks, so their phrases end anywhere.
 */
static gsize
match (const char *text, const char *const *phrases, gsize n)
{
  gsize best = 0;

  for (gsize i = 0; i < n; i++)
    {
      gsize length = strlen (phrases[i]);
      gboolean any_end = g_utf8_get_char (phrases[i]) >= 0x3000;

      if (length > best && g_str_has_prefix (text, phrases[i])
          && (any_end || is_word_end (text + length)))
        best = length;
    }
  return best;
}

PdAutoSubject
pd_auto_subject_find (const char *subject, gboolean *out_is_reply)
{
  g_autofree char *small = g_utf8_strdown (subject, -1);
  g_autofree char *plain = g_utf8_normalize (small, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  const char *text;
  gsize answer, absence;

  *out_is_reply = FALSE;
  text = skip_prefixes (plain == NULL ? small : plain, out_is_reply);
  answer = match (text, answers, G_N_ELEMENTS (answers));
  absence = match (text, absences, G_N_ELEMENTS (absences));
  if (answer > 0 && (behind_colon (text + answer) != NULL || *skip_blanks (text + answer) == '\0'))
    return PD_AUTO_SUBJECT_FORM;
  return answer > 0 || absence > 0 ? PD_AUTO_SUBJECT_WORDS : PD_AUTO_SUBJECT_NONE;
}
