#include "mail/encoded-word.h"

#include <string.h>

#include "mail/charset.h"
#include "mail/part-code.h"

#define MAX_CHARSET 60
#define MAX_WORD 8000 /* octets; RFC 2047 2 allows 75 */

typedef struct {
  char charset[MAX_CHARSET + 1];
  gboolean base64;
  const char *text;
  gsize length;
  const char *end; /* behind "?=" */
} Word;

static gboolean
is_base64 (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("+/=", text[i]) == NULL)
      return FALSE;
  return length >= 4;
}

static gboolean
has_escape (const char *text, gsize length)
{
  for (gsize i = 0; i + 2 < length; i++)
    if (text[i] == '=' && g_ascii_isxdigit (text[i + 1]) && g_ascii_isxdigit (text[i + 2]))
      return TRUE;
  return FALSE;
}

/* Where the "?=" of a word stands, NULL if it has none.  A "?" may stand
 * unencoded in a Q word, against the standard, even before an encoded octet;
 * a word may be folded within; but where the next word begins this one is over.
 */
static const char *
find_close (const char *text, gsize length, gboolean base64)
{
  const char *close = memmem (text, length, "?=", 2);

  while (close != NULL && !base64
         && has_escape (close + 1, MIN (3, length - (gsize)(close + 1 - text))))
    {
      const char *next = memmem (close + 2, length - (gsize)(close + 2 - text), "?=", 2);

      if (next == NULL || memchr (close, ' ', (gsize)(next - close)) != NULL)
        break;
      close = next;
    }
  if (close == NULL)
    return NULL;
  for (const char *at = text; (at = memmem (at, (gsize)(close - at), "=?", 2)) != NULL; at++)
    if (at > text && g_ascii_isspace (at[-1]))
      return NULL;
  return close;
}

/* Whether an encoded word begins at `at`. */
static gboolean
read_word (const char *at, Word *word)
{
  const char *mark, *close;
  gsize length;

  if (at[0] != '=' || at[1] != '?')
    return FALSE;
  mark = at + 2 + strcspn (at + 2, "? \t\r\n");
  if (*mark != '?' || mark - at - 2 > MAX_CHARSET || mark[1] == '\0'
      || strchr ("BbQq", mark[1]) == NULL || mark[2] != '?')
    return FALSE;
  word->text = mark + 3;
  word->base64 = mark[1] == 'B' || mark[1] == 'b';
  length = strnlen (word->text, MAX_WORD);
  close = find_close (word->text, length, word->base64);
  word->length = close != NULL ? (gsize)(close - word->text) : strcspn (word->text, " \t\r\n?");
  word->end = close != NULL ? close + 2 : word->text + word->length;
  /* a word whose end was cut off, if it looks like one */
  if (close == NULL
      && (word->length > length
          || !(word->base64 ? is_base64 (word->text, word->length)
                            : has_escape (word->text, word->length))))
    return FALSE;
  if (close == NULL && *word->end == '?')
    word->end++;
  memcpy (word->charset, at + 2, (gsize)(mark - at - 2));
  word->charset[mark - at - 2] = '\0';
  return TRUE;
}

static void
append_bytes (gpointer data, const guint8 *bytes, gsize length)
{
  g_byte_array_append (data, bytes, (guint)length);
}

static void
append_q (GByteArray *out, const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      guint8 octet = text[i] == '_' ? ' ' : (guint8)text[i];

      if (text[i] == '\r' || text[i] == '\n')
        {
          /* folded within the word: the blanks are not its own */
          i += strspn (text + i, "\r\n \t") - 1;
          continue;
        }
      if (text[i] == '=' && i + 2 < length && g_ascii_isxdigit (text[i + 1])
          && g_ascii_isxdigit (text[i + 2]))
        {
          octet = (guint8)(g_ascii_xdigit_value (text[i + 1]) << 4
                           | g_ascii_xdigit_value (text[i + 2]));
          i += 2;
        }
      g_byte_array_append (out, &octet, 1);
    }
}

/* Reads the run of words of one charset that begins at `*at` and moves behind
 * it.  Their bytes are joined first: a character may be cut in two.
 */
static char *
read_run (const char **at, Word *word)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  char charset[MAX_CHARSET + 1];

  memcpy (charset, word->charset, sizeof charset);
  for (;;)
    {
      const char *next;

      if (word->base64)
        pd_code_decode ((const guint8 *)word->text, word->length, PD_CODE_BASE64, append_bytes,
                        bytes);
      else
        append_q (bytes, word->text, word->length);
      *at = word->end;
      next = word->end + strspn (word->end, " \t\r\n");
      if (!read_word (next, word) || g_ascii_strcasecmp (word->charset, charset) != 0)
        break;
    }
  return pd_charset_decode ((const char *)bytes->data, bytes->len, charset, NULL);
}

static void
append_plain (GString *out, const char *text, gsize length)
{
  g_autofree char *piece = g_strndup (text, length);
  g_autofree char *clean = pd_charset_clean (piece);

  g_string_append (out, clean);
}

static void
append_run (GString *out, const char *text, gboolean quoted, gboolean open)
{
  if (quoted && !open)
    g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      if (quoted && (*text == '"' || *text == '\\'))
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text == '\n' || *text == '\r' ? ' ' : *text);
    }
  if (quoted && !open)
    g_string_append_c (out, '"');
}

/* Whether a quoted string or a comment is open behind `text`; `open` says
 * whether one was before it.
 */
static gboolean
is_open (const char *text, gsize length, gboolean open, int *comments)
{
  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '\\')
        i++;
      else if (text[i] == '"')
        open = !open;
      else if (!open && text[i] == '(')
        ++*comments;
      else if (!open && text[i] == ')' && *comments > 0)
        --*comments;
    }
  return open;
}

/* A line end with the white space around it is one blank, a tab another. */
static void
unfold (GString *text)
{
  char *to = text->str;

  for (const char *from = text->str; *from != '\0';)
    {
      gsize n = strspn (from, " \t\r\n");

      if (n == 0)
        *to++ = *from++;
      else if (memchr (from, '\n', n) != NULL || memchr (from, '\r', n) != NULL)
        {
          *to++ = ' ';
          from += n;
        }
      else
        for (; n > 0; n--, from++)
          *to++ = ' ';
    }
  g_string_truncate (text, (gsize)(to - text->str));
}

static char *
decode (const char *raw, gboolean quoted)
{
  GString *out = g_string_sized_new (strlen (raw) + 16);
  gboolean open = FALSE, after_word = FALSE;
  int comments = 0;

  while (*raw != '\0')
    {
      const char *at = strstr (raw, "=?");
      g_autofree char *text = NULL;
      Word word;

      while (at != NULL && !read_word (at, &word))
        at = strstr (at + 2, "=?");
      if (at == NULL)
        at = raw + strlen (raw);
      /* white space between two words is none */
      if (!after_word || *at == '\0' || strspn (raw, " \t\r\n") < (gsize)(at - raw))
        {
          append_plain (out, raw, (gsize)(at - raw));
          open = is_open (raw, (gsize)(at - raw), open, &comments);
        }
      raw = at;
      if (*raw == '\0')
        break;
      text = read_run (&raw, &word);
      append_run (out, text, quoted, open || comments > 0);
      after_word = TRUE;
    }
  unfold (out);
  return g_string_free (out, FALSE);
}

char *
pd_words_decode (const char *raw)
{
  return decode (raw, FALSE);
}

char *
pd_words_quote (const char *raw)
{
  return decode (raw, TRUE);
}
