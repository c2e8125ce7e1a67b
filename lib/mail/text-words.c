#include "mail/text-words.h"

#include <string.h>

#define HASH_START 2166136261u /* FNV-1a */
#define HASH_PRIME 16777619u
#define LINK_HASH 0x6c696e6bu
#define MAX_HOST 255

static guint32
mix (guint32 hash, guint32 value)
{
  for (int i = 0; i < 4; i++, value >>= 8)
    hash = (hash ^ (value & 0xFF)) * HASH_PRIME;
  return hash;
}

/* Scripts that are written without blanks between words: a line may end
 * anywhere in them. */
static gboolean
is_alone (gunichar c)
{
  switch (g_unichar_get_script (c))
    {
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_BOPOMOFO:
    case G_UNICODE_SCRIPT_THAI:
    case G_UNICODE_SCRIPT_LAO:
    case G_UNICODE_SCRIPT_KHMER:
    case G_UNICODE_SCRIPT_MYANMAR:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
is_in_word (gunichar c)
{
  return c < 0x80 ? g_ascii_isalnum ((char)c) : g_unichar_isalnum (c) || g_unichar_ismark (c);
}

/* Characters without width, which programs put into words so that these can be
 * broken. */
static gboolean
is_invisible (gunichar c)
{
  return c == 0xAD || (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF;
}

/* How many octets of a link begin at `at`; 0 if none does. */
static gsize
link_length (const char *at, const char *end)
{
  static const char *const starts[] = { "http://", "https://", "www.", "mailto:", "cid:" };
  gsize room = (gsize)(end - at);

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      gsize length = strlen (starts[i]);

      if (room <= length || g_ascii_strncasecmp (at, starts[i], length) != 0)
        continue;
      while (length < room && (guint8)at[length] > ' ' && strchr ("<>\"()[]", at[length]) == NULL)
        length++;
      return length;
    }
  return 0;
}

static const char *
add_link (GArray *words, const char *text, const char *at, gsize length, char before)
{
  PdTextWord word = {
    .hash = LINK_HASH,
    .start = (guint32)(at - text),
    .length = (guint32)length,
    .kind = PD_TEXT_LINK,
    .aside = before == '<' || before == '(' || before == '[',
  };

  g_array_append_val (words, word);
  return at + length;
}

/* Takes the word that begins at `at`. */
static const char *
add_word (GArray *words, const char *text, const char *at, const char *end)
{
  PdTextWord word = { .hash = HASH_START, .start = (guint32)(at - text), .kind = PD_TEXT_NUMBER };
  gboolean alone = FALSE;

  while (at < end && !alone)
    {
      gunichar c = g_utf8_get_char (at);

      if (!is_invisible (c))
        {
          if (!is_in_word (c))
            break;
          alone = c >= 0x80 && is_alone (c);
          /* a word of another script ends before it */
          if (alone && word.hash != HASH_START)
            break;
          if (!g_unichar_isdigit (c))
            word.kind = PD_TEXT_WORD;
          word.hash = mix (word.hash, g_unichar_tolower (c));
        }
      at = g_utf8_next_char (at);
    }
  word.length = (guint32)(at - text) - word.start;
  g_array_append_val (words, word);
  return at;
}

void
pd_text_words_add (GArray *words, const char *text, gsize from, gsize to, guint max)
{
  const char *at = text + from;
  const char *end = text + to;

  while (at < end && words->len < max)
    {
      gsize length = 0;

      /* only where a word could begin, so "xhttp:" is none */
      if (strchr ("hwmcHWMC", *at) != NULL)
        length = link_length (at, end);
      if (length > 0)
        at = add_link (words, text, at, length, at > text + from ? at[-1] : ' ');
      else if (is_in_word (g_utf8_get_char (at)))
        at = add_word (words, text, at, end);
      else
        at = g_utf8_next_char (at);
    }
}

char *
pd_text_word_dup_host (const char *text, const PdTextWord *word)
{
  g_autofree char *link = g_ascii_strdown (text + word->start, (gssize)word->length);
  const char *host = strstr (link, "://");

  if (host != NULL)
    host += strlen ("://");
  else if (g_str_has_prefix (link, "www."))
    host = link;
  else
    host = strchr (link, '@') != NULL ? strchr (link, '@') + 1 : "";
  return g_strndup (host, MIN (strcspn (host, "/?#:&"), MAX_HOST));
}

guint32
pd_text_words_hash (const PdTextWord *words, guint n)
{
  guint32 hash = HASH_START;

  for (guint i = 0; i < n; i++)
    hash = mix (hash, words[i].hash);
  return hash;
}
