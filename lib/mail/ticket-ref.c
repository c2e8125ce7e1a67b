#include "mail/ticket-ref.h"

#include <string.h>

#define MAX_PREFIX_OCTETS 64 /* of the longest prefix word, folded */
#define MAX_PASSES 4         /* over a subject with marks within marks */

/* What mail programs write before ":" in answers and forwarded mails, letter
 * case aside.  Words that are just as well the beginning of a subject of its
 * own ("Ref:", "CT:", "FYI:") are left out on purpose.
 */
static const char *const prefixes[] = {
  "re",
  "fw",
  "fwd", /* English, and most programs everywhere */
  "aw",
  "antwort",
  "wg",
  "weitergeleitet", /* German */
  "antw",
  "doorst",
  "doorgestuurd", /* Dutch */
  "sv",
  "vs",
  "vb",
  "vl",
  "vid", /* Swedish, Danish, Norwegian, Finnish */
  "tr",
  "réf",
  "rép",
  "réponse", /* French */
  "rv",
  "rsp",
  "resp",
  "respuesta",
  "reenv", /* Spanish */
  "res",
  "enc", /* Portuguese */
  "r",
  "rif",
  "i",
  "inoltra", /* Italian */
  "odp",
  "pd", /* Polish */
  "odg",
  "prosl", /* Croatian, Slovenian */
  "vá",
  "továbbítás", /* Hungarian */
  "ynt",
  "ilt",
  "i̇lt", /* Turkish */
  "ats",
  "pers", /* Lithuanian, Latvian */
  "атв",  /* Belarusian */
  "ответ",
  "отв",
  "на",
  "пересл",
  "переслано",
  "пер", /* Russian */
  "відп",
  "відповідь",
  "переслати",
  "переадр", /* Ukrainian */
  "отг",
  "препр", /* Bulgarian */
  "απ",
  "σχετ",
  "πρθ", /* Greek */
  "השב",
  "תשובה",
  "הועבר", /* Hebrew */
  "رد",
  "إعادة توجيه", /* Arabic */
  "回复",
  "答复",
  "回覆",
  "转发",
  "轉寄", /* Chinese */
  "返信",
  "転送", /* Japanese */
  "답장",
  "회신",
  "전달", /* Korean */
};

/* Valid UTF-8 whatever came in, white space and control characters single. */
static char *
squeeze (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_sized_new (strlen (valid));
  gboolean gap = FALSE;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
        {
          gap = out->len > 0;
          continue;
        }
      if (gap)
        g_string_append_c (out, ' ');
      gap = FALSE;
      g_string_append_unichar (out, c);
    }
  return g_string_free (out, FALSE);
}

/* The form in which two names are compared. */
static char *
fold (const char *text)
{
  g_autofree char *single = squeeze (text);
  g_autofree char *folded = g_utf8_casefold (single, -1);

  /* casefolding can leave what was composed apart, so normalise after it */
  return g_utf8_normalize (folded, -1, G_NORMALIZE_ALL_COMPOSE);
}

static gint64
read_number (const char *digits)
{
  gint64 number = 0;

  if (*digits < '1' || *digits > '9') /* a leading zero is another tracker's mark */
    return 0;
  for (; g_ascii_isdigit (*digits); digits++)
    {
      int digit = g_ascii_digit_value (*digits);

      if (number > (G_MAXINT64 - digit) / 10)
        return 0;
      number = number * 10 + digit;
    }
  return *digits == '\0' ? number : 0;
}

/* The number of the mark that begins at "[", 0 if none does.  `subject` is
 * squeezed, so a single space is all the white space there can be.
 */
static gint64
mark_at (const char *desk, const char *at, const char **out_end)
{
  gsize length = strcspn (at + 1, "[]");
  g_autofree char *inside = NULL;
  g_autofree char *name = NULL;
  char *hash;
  gint64 number;

  *out_end = at + 1 + length;
  if (**out_end != ']')
    return 0;
  inside = g_strndup (at + 1, length);
  hash = strrchr (inside, '#');
  if (hash == NULL)
    return 0;
  *hash = '\0';
  number = read_number (g_strstrip (hash + 1));
  if (number == 0)
    return 0;
  name = fold (inside);
  (*out_end)++;
  return strcmp (name, desk) == 0 ? number : 0;
}

/* The last mark's number; the text without marks goes to `out` if given. */
static gint64
scan (const char *desk, const char *subject, GString *out)
{
  g_autofree char *name = fold (desk);
  gint64 found = 0;

  for (const char *p = subject; *p != '\0';)
    {
      const char *end = p + 1;
      gint64 number = *p == '[' ? mark_at (name, p, &end) : 0;

      if (number != 0)
        found = number;
      else if (out != NULL)
        g_string_append_len (out, p, end - p);
      p = end;
    }
  return found;
}

gint64
pd_ticket_ref_find (const char *desk, const char *subject)
{
  g_autofree char *single = NULL;

  g_return_val_if_fail (desk != NULL && subject != NULL, 0);
  single = squeeze (subject);
  return scan (desk, single, NULL);
}

/* The number that stands at `at`, as a mark has it; 0 if there is none. */
static gint64
legacy_number (const char *at)
{
  gsize digits = strspn (at, "0123456789");
  g_autofree char *text = g_strndup (at, digits);
  gint64 number = 0;

  if (digits == 0 || at[0] == '0' || g_unichar_isalnum (g_utf8_get_char (at + digits)))
    return 0;
  return g_ascii_string_to_signed (text, 10, 1, G_MAXINT64, &number, NULL) ? number : 0;
}

static gboolean
begins_word (const char *text, const char *at)
{
  return at == text || !g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (at)));
}

/* The last mark of one text; *out_place is where, NULL nowhere. */
static gint64
find_one_legacy (const char *mark, const char *text, const char **out_place)
{
  gint64 found = 0;

  *out_place = NULL;
  for (const char *at = strstr (text, mark); at != NULL; at = strstr (at + 1, mark))
    {
      gint64 number = begins_word (text, at) ? legacy_number (at + strlen (mark)) : 0;

      if (number == 0)
        continue;
      found = number;
      *out_place = at;
    }
  return found;
}

gint64
pd_ticket_ref_find_legacy (const char *marks, const char *subject)
{
  g_autofree char *folded_marks = NULL, *single = NULL, *text = NULL;
  g_auto (GStrv) each = NULL;
  const char *last = NULL;
  gint64 found = 0;

  g_return_val_if_fail (marks != NULL && subject != NULL, 0);
  if (*marks == '\0')
    return 0;
  folded_marks = g_utf8_casefold (marks, -1);
  single = squeeze (subject);
  text = g_utf8_casefold (single, -1);
  each = g_strsplit (folded_marks, ",", -1);
  for (guint i = 0; each[i] != NULL; i++)
    {
      const char *place = NULL;
      gint64 number = *g_strstrip (each[i]) != '\0' ? find_one_legacy (each[i], text, &place) : 0;

      if (number != 0 && (last == NULL || place > last))
        {
          found = number;
          last = place;
        }
    }
  return found;
}

static gboolean
is_prefix (const char *word, gsize length)
{
  g_autofree char *copy = g_strndup (word, length);
  g_autofree char *folded = fold (copy);

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (strcmp (prefixes[i], folded) == 0)
      return TRUE;
  return FALSE;
}

/* The length of a count before the colon: "[2]" "(2)" "^2" "*2" "2". */
static gsize
count_before (const char *text, gsize length)
{
  gsize end = length;
  gboolean closed = end > 0 && (text[end - 1] == ']' || text[end - 1] == ')');
  gsize digits;

  end -= closed ? 1 : 0;
  for (digits = end; digits > 0 && g_ascii_isdigit (text[digits - 1]); digits--)
    ;
  if (digits == end)
    return 0;
  if (digits > 0 && strchr (closed ? "[(" : "^*", text[digits - 1]) != NULL)
    return length - digits + 1;
  return closed ? 0 : length - digits;
}

/* What follows one reply or forward prefix, or NULL if there is none. */
static const char *
after_prefix (const char *text)
{
  gsize length = strcspn (text, ":");
  const char *wide = g_strstr_len (text, MAX_PREFIX_OCTETS, "：");
  const char *next;

  if (wide != NULL && (gsize)(wide - text) < length)
    {
      length = (gsize)(wide - text);
      next = wide + strlen ("：");
    }
  else if (text[length] == ':')
    next = text + length + 1;
  else
    return NULL;
  if (length > MAX_PREFIX_OCTETS)
    return NULL;
  length -= count_before (text, length);
  return is_prefix (text, length) ? next : NULL;
}

/* Without marks.  Taking one out can join its surroundings to another
 * ("[ACME [ACME #1]#2]"), which would lead the answer astray; whoever nests
 * them deeper than anybody does by chance loses his brackets.
 */
static char *
without_marks (const char *desk, const char *subject)
{
  GString *text = g_string_new (subject);

  for (guint pass = 0; pass < MAX_PASSES; pass++)
    {
      g_autoptr (GString) rest = g_string_new (NULL);

      if (scan (desk, text->str, rest) == 0)
        return g_string_free (text, FALSE);
      g_string_assign (text, rest->str);
    }
  g_string_replace (text, "[", "", 0);
  return g_string_free (text, FALSE);
}

char *
pd_ticket_ref_strip (const char *desk, const char *subject)
{
  g_autofree char *single = NULL;
  g_autofree char *rest = NULL;
  const char *text;

  g_return_val_if_fail (desk != NULL && subject != NULL, NULL);
  single = squeeze (subject);
  text = rest = without_marks (desk, single);
  for (guint i = 0; i < PD_TICKET_REF_MAX_PREFIXES; i++)
    {
      const char *next;

      text += strspn (text, " ");
      next = after_prefix (text);
      if (next == NULL)
        break;
      text = next;
    }
  return squeeze (text);
}

char *
pd_ticket_ref_mark (const char *desk, gint64 number, const char *subject, gboolean reply)
{
  g_autofree char *about = pd_ticket_ref_strip (desk, subject);

  return g_strdup_printf ("%s[%s #%" G_GINT64_FORMAT "]%s%s", reply ? "Re: " : "", desk, number,
                          about[0] != '\0' ? " " : "", about);
}
