#include "mail/reply-mark.h"

#include <string.h>

#define MAX_LINE 400 /* octets of a line or attribution that is looked at */
#define MAX_DEVICE_WORDS 7
#define BLOCK_SPAN 8   /* lines in which a header block's fields must come */
#define BLOCK_FIELDS 3 /* of them that make it one */

/* Verbs of attributions, small letters. */
static const char *const verbs[] = {
  "wrote",    "writes",    "sent",     "schrieb",    "geschrieben",
  "a écrit",  "écrit",     "schreef",  "geschreven", "skrev",
  "napisał",  "napisala",  "napsal",   "писал",      "писала",
  "написал",  "написала",  "пишет",    "пише",       "написав",
  "написала", "escribió",  "escribio", "escreveu",   "ha scritto",
  "scritto",  "kirjoitti", "yazdı",    "írta",       "έγραψε",
  "写道",     "寫道",      "のメール", "书き込み",   "さんは書きました",
  "작성",     "님이",      "a scris",  "napísal",    "je napisao",
  "пиша",     "написа",
};

/* What an attribution begins with, small letters. */
static const char *const starters[] = {
  "on ",   "at ",  "le ",  "am ",  "op ",  "den ", "dnia ",     "w dniu ", "il giorno ", "il ",
  "el ",   "em ",  "dne ", "v ",   "a ",   "в ",   "в\xC2\xA0", "в",       "у ",         "від ",
  "от ",   "tor ", "mån ", "tis ", "ons ", "fre ", "lör ",      "sön ",    "在",         "於",
  "pada ", "vào ", "pe ",  "ke ",  "ti ",  "ma ",  "to ",       "la ",     "su ",
};

/* Field names of header blocks that mail programs put above the mail they
 * answer, small letters.
 */
static const char *const block_fields[] = {
  "from",      "sent",          "date",       "to",         "cc",         "subject",
  "reply-to",  "sent by",       "von",        "gesendet",   "datum",      "an",
  "betreff",   "kopie",         "de",         "envoyé",     "à",          "objet",
  "date",      "para",          "asunto",     "enviado",    "enviado el", "fecha",
  "van",       "verzonden",     "aan",        "onderwerp",  "från",       "skickat",
  "till",      "ämne",          "da",         "inviato",    "a",          "oggetto",
  "data",      "assunto",       "enviada em", "enviado em", "fra",        "sendt",
  "til",       "emne",          "od",         "wysłano",    "do",         "temat",
  "от",        "отправлено",    "кому",       "тема",       "дата",       "копия",
  "від",       "надіслано",     "копія",      "odesláno",   "komu",       "předmět",
  "lähetetty", "vastaanottaja", "aihe",       "lähettäjä",  "发件人",     "发送时间",
  "收件人",    "主题",          "抄送",       "差出人",     "送信日時",   "宛先",
  "件名",      "보낸 사람",     "받는 사람",  "제목",       "보낸 날짜",  "gönderen",
  "kime",      "konu",          "importance", "envoyé le",  "répondre à", "organization",
  "prioridad",
};

static const char *const originals[] = {
  "original message",
  "original appointment",
  "reply message",
  "nachricht",
  "oprindelig meddelelse",
  "opprinnelig melding",
  "message d'origine",
  "message original",
  "mensaje original",
  "messaggio originale",
  "oorspronkelijk bericht",
  "ursprungligt meddelande",
  "ursprungligt",
  "исходное сообщение",
  "оригинальное сообщение",
  "оригінальне повідомлення",
  "вихідне повідомлення",
  "wiadomość oryginalna",
  "oryginalna wiadomość",
  "mensagem original",
  "alkuperäinen viesti",
  "původní zpráva",
  "原始邮件",
  "原邮件",
  "元のメッセージ",
  "원본 메시지",
  "orijinal mesaj",
  "eredeti üzenet",
};

static const char *const forwards[] = {
  "forwarded message",
  "forwarded by",
  "begin forwarded",
  "weitergeleitete",
  "weitergeleitet",
  "message transféré",
  "mensaje reenviado",
  "mensagem encaminhada",
  "messaggio inoltrato",
  "doorgestuurd bericht",
  "vidarebefordrat",
  "videresendt",
  "пересылаемое сообщение",
  "пересланное сообщение",
  "переслане повідомлення",
  "przekazana wiadomość",
  "转发",
  "перенаправлено",
  "début du message",
  "inizio messaggio",
};

static const char *const devices[] = {
  "sent from my ",     "sent from ",       "sent via ",         "sent using ",
  "gesendet von ",     "gesendet mit ",    "von meinem ",       "envoyé de mon ",
  "envoyé depuis ",    "envoyé à partir ", "enviado desde mi ", "enviado desde ",
  "enviado do meu ",   "inviato da ",      "verzonden vanaf ",  "verstuurd vanaf ",
  "sendt fra min ",    "sendt fra ",       "skickat från min ", "skickat från ",
  "wysłane z ",        "отправлено с ",    "отправлено из ",    "надіслано з ",
  "отримайте outlook", "get outlook for ", "lähetetty ",        "odesláno z ",
};

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static PdLine
strip (const PdLine *line)
{
  PdLine inner = *line;

  while (inner.length > 0 && (is_space (*inner.text)))
    {
      inner.text++;
      inner.length--;
    }
  while (inner.length > 0 && is_space (inner.text[inner.length - 1]))
    inner.length--;
  return inner;
}

/* In small letters, stripped; "" if the line is too long to be a mark. */
static char *
dup_small (const PdLine *line)
{
  PdLine inner = strip (line);

  if (inner.length > MAX_LINE)
    return g_strdup ("");
  return g_utf8_strdown (inner.text, (gssize)inner.length);
}

gboolean
pd_line_is_blank (const PdLine *line)
{
  return strip (line).length == 0;
}

gboolean
pd_line_is_quote (const PdLine *line)
{
  PdLine inner = strip (line);

  return inner.length > 0 && *inner.text == '>';
}

static gboolean
contains_any (const char *text, const char *const *words, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (strstr (text, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
starts_with_any (const char *text, const char *const *words, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_has_prefix (text, words[i]))
      return TRUE;
  return FALSE;
}

#define CONTAINS(text, table) contains_any (text, table, G_N_ELEMENTS (table))
#define STARTS(text, table) starts_with_any (text, table, G_N_ELEMENTS (table))

static gboolean
has_digit (const char *text)
{
  return strpbrk (text, "0123456789") != NULL;
}

static gboolean
has_year (const char *text)
{
  for (const char *c = text; (c = strstr (c, "20")) != NULL; c++)
    if (g_ascii_isdigit (c[2]) && g_ascii_isdigit (c[3]) && !g_ascii_isdigit (c[4]))
      return TRUE;
  return strstr (text, "19") != NULL;
}

/* Whether a line can be an attribution's last: "…:" or "… wrote ----". */
static gboolean
ends_attribution (const PdLine *line)
{
  PdLine inner = strip (line);
  gboolean dashes = FALSE;

  if (inner.length == 0 || inner.length > MAX_LINE || *inner.text == '>')
    return FALSE;
  while (inner.length > 0 && (inner.text[inner.length - 1] == '-'))
    {
      inner.length--;
      dashes = TRUE;
    }
  inner = strip (&inner);
  if (inner.length == 0)
    return FALSE;
  if (dashes)
    return inner.length >= 5 && memcmp (inner.text + inner.length - 5, "wrote", 5) == 0;
  return inner.text[inner.length - 1] == ':'
         || (inner.length >= 3 && memcmp (inner.text + inner.length - 3, "\xEF\xBC\x9A", 3) == 0);
}

/* "reply--- On Wed, … wrote:" gives the offset of the dashes. */
static gsize
dashed_start (const char *line)
{
  const char *dashes = strstr (line, "---");
  const char *after = dashes;

  if (dashes == NULL)
    return 0;
  while (*after == '-' || *after == ' ')
    after++;
  return g_ascii_strncasecmp (after, "on ", 3) == 0 ? (gsize)(dashes - line) : 0;
}

static gboolean
is_attribution (const char *joined, gboolean started)
{
  gboolean address = strchr (joined, '@') != NULL;

  if (CONTAINS (joined, verbs) && (address || (started && has_digit (joined))))
    return TRUE;
  /* "2016-10-24 15:36 GMT+02:00 Foo <foo@example.org>:" */
  return started && address && has_year (joined) && g_str_has_suffix (joined, ">:");
}

static const char *
skip_dashes (const char *text)
{
  while (*text == '-' || *text == ' ' || *text == '*' || *text == '_')
    text++;
  return text;
}

/* Tries starts farther and farther up; the farthest that begins like an
 * attribution wins, else the nearest that has verb and address.
 */
guint
pd_line_attribution (const PdLine *lines, guint at, gsize *out_column)
{
  g_autoptr (GString) joined = g_string_new (NULL);
  guint best = 0;

  *out_column = 0;
  if (!ends_attribution (&lines[at]))
    return 0;
  for (guint n = 1; n <= PD_REPLY_MAX_ATTRIBUTION && n <= at + 1; n++)
    {
      const PdLine *line = &lines[at + 1 - n];
      g_autofree char *small = dup_small (line);
      const char *begin = skip_dashes (small);
      gsize dashed = dashed_start (small);
      gboolean started;

      if (*small == '\0' || *small == '>')
        break;
      g_string_prepend_c (joined, ' ');
      g_string_prepend (joined, small);
      g_string_truncate (joined, joined->len - (joined->str[joined->len - 1] == ' '));
      if (joined->len > MAX_LINE)
        break;
      started = STARTS (begin, starters) || g_ascii_isdigit (*begin) || dashed > 0;
      if (is_attribution (joined->str, started) && (started || best == 0))
        {
          best = n;
          *out_column = dashed;
        }
    }
  return best;
}

/* "*From:* x", "Von: x": the field's name in small letters, or NULL. */
static char *
dup_field_name (const PdLine *line)
{
  g_autofree char *small = dup_small (line);
  const char *begin = small + strspn (small, "*_ >");
  const char *colon = strpbrk (begin, ":");
  const char *wide = strstr (begin, "\xEF\xBC\x9A");
  gsize n;

  if (colon == NULL || (wide != NULL && wide < colon))
    colon = wide;
  if (colon == NULL || colon - begin > 40)
    return NULL;
  n = (gsize)(colon - begin);
  while (n > 0 && (begin[n - 1] == ' ' || begin[n - 1] == '*'))
    n--;
  if (n >= 2 && memcmp (begin + n - 2, "\xC2\xA0", 2) == 0)
    n -= 2;
  return g_strndup (begin, n);
}

/* Cheap, and false for nearly all lines. */
static gboolean
may_be_field (const PdLine *line)
{
  gsize span = MIN (line->length, 60);

  return memchr (line->text, ':', span) != NULL
         || memmem (line->text, span, "\xEF\xBC\x9A", 3) != NULL;
}

static gboolean
is_block_field (const PdLine *line)
{
  g_autofree char *name = may_be_field (line) ? dup_field_name (line) : NULL;

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (block_fields); i++)
    if (strcmp (name, block_fields[i]) == 0)
      return TRUE;
  return FALSE;
}

guint
pd_line_header_block (const PdLine *lines, guint n_lines, guint at)
{
  guint fields = 0, last = at;

  if (!is_block_field (&lines[at]))
    return 0;
  for (guint i = at; i < n_lines && i < at + BLOCK_SPAN; i++)
    {
      /* a blank line may follow each field where HTML was turned to text */
      if (pd_line_is_blank (&lines[i]) && fields >= BLOCK_FIELDS)
        break;
      if (is_block_field (&lines[i]))
        {
          fields++;
          last = i;
        }
    }
  return fields >= BLOCK_FIELDS ? last - at + 1 : 0;
}

static gboolean
is_dashed (const char *small)
{
  gsize length = strlen (small);

  return length > 4 && (g_str_has_prefix (small, "--") || g_str_has_prefix (small, "__"))
         && (small[length - 1] == '-' || small[length - 1] == '_');
}

/* Cheap, and false for nearly all lines: dashes at both ends, or ":" at the end. */
static gboolean
may_be_mark (const PdLine *line)
{
  PdLine inner = strip (line);

  return inner.length > 4
         && (inner.text[inner.length - 1] == ':'
             || (strchr ("-_", inner.text[0]) != NULL
                 && strchr ("-_", inner.text[inner.length - 1]) != NULL));
}

gboolean
pd_line_is_original (const PdLine *line)
{
  g_autofree char *small = NULL;

  if (!may_be_mark (line))
    return FALSE;
  small = dup_small (line);
  return is_dashed (small) && CONTAINS (small, originals) && !CONTAINS (small, forwards);
}

gboolean
pd_line_is_forward (const PdLine *line)
{
  g_autofree char *small = NULL;

  if (!may_be_mark (line))
    return FALSE;
  small = dup_small (line);
  return (is_dashed (small) || g_str_has_suffix (small, ":")) && strlen (small) < 100
         && CONTAINS (small, forwards);
}

gboolean
pd_line_is_rule (const PdLine *line)
{
  PdLine inner = strip (line);

  for (gsize i = 0; i < inner.length; i++)
    if (strchr ("-_=*#~+", inner.text[i]) == NULL || inner.text[i] == '\0')
      return FALSE;
  return inner.length >= 2;
}

gboolean
pd_line_is_signature (const PdLine *line)
{
  return (line->length == 2 && memcmp (line->text, "--", 2) == 0)
         || (line->length >= 3 && memcmp (line->text, "-- ", 3) == 0 && strip (line).length == 2);
}

gboolean
pd_line_is_device (const PdLine *line)
{
  g_autofree char *small = dup_small (line);
  guint words = 1;

  if (!STARTS (small, devices) || strchr (small, ',') != NULL)
    return FALSE;
  for (const char *c = small; *c != '\0'; c++)
    words += *c == ' ';
  return words <= MAX_DEVICE_WORDS;
}
