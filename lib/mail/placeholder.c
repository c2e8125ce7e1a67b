#include "mail/placeholder.h"

#include <string.h>

#define MAX_PLAIN 1500  /* octets; a longer text was written for its own sake */
#define MAX_RICH 200000 /* octets that are compared */
#define MUCH_LONGER 4   /* how many times longer a text is that says much more */

/* Words in small letters: letters and digits in a row. */
static const char *
next_word (const char *at, GString *word)
{
  g_string_truncate (word, 0);
  for (; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_isalnum (c))
        g_string_append_unichar (word, g_unichar_tolower (c));
      else if (word->len > 0)
        break;
    }
  return word->len > 0 ? at : NULL;
}

static GHashTable *
collect_words (const char *text)
{
  GHashTable *words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) word = g_string_new (NULL);
  const char *begin = text;

  while ((text = next_word (text, word)) != NULL && text - begin < MAX_RICH)
    g_hash_table_add (words, g_strdup (word->str));
  return words;
}

gboolean
pd_placeholder_is (const char *plain, const char *rich)
{
  g_autoptr (GHashTable) words = NULL;
  g_autoptr (GString) word = g_string_new (NULL);
  gsize length = strlen (plain);
  guint all = 0, common = 0;
  gboolean names_html = FALSE;

  if (length > MAX_PLAIN || rich[strspn (rich, " \t\r\n")] == '\0')
    return FALSE;
  words = collect_words (rich);
  for (const char *at = plain; (at = next_word (at, word)) != NULL;)
    {
      all++;
      common += g_hash_table_contains (words, word->str);
      names_html |= strcmp (word->str, "html") == 0 || strcmp (word->str, "mime") == 0;
    }
  /* it speaks of HTML, in whatever language, and not of what the HTML says;
   * or it says nothing of it and is far shorter
   */
  return (names_html && common * 2 < all)
         || (common * 5 < all && strlen (rich) > length * MUCH_LONGER);
}
