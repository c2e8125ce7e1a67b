/* fuzz-mustache.c - any bytes are a template or an error with its place; what
 * it renders to stays within the bound, and is UTF-8.
 */
#include <string.h>

#include "base/error.h"
#include "mail/mustache.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static PdValueTree *
sample (void)
{
  PdValueTree *map = pd_value_new_map (), *list = pd_value_new_list (),
              *inner = pd_value_new_map ();

  for (int i = 0; i < 3; i++)
    pd_value_append (list, pd_value_new_text ("<é>\n"));
  pd_value_set_text (inner, "b", "{{b}}");
  pd_value_set (map, "a", inner);
  pd_value_set (map, "l", list);
  pd_value_set (map, "t", pd_value_new_bool (TRUE));
  pd_value_set (map, "f", pd_value_new_bool (FALSE));
  return map;
}

/* Every partial is the template itself: as deep as it can get. */
static const PdMustache *
itself (const char *name, gpointer data)
{
  return data;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdMustache) mustache = pd_mustache_parse ("t", text, &error);
  g_autoptr (PdValueTree) values = sample ();

  g_assert_true ((mustache == NULL) == (error != NULL));
  if (mustache == NULL)
    {
      g_assert_true (g_str_has_prefix (error->message, "t:"));
      return 0;
    }
  for (int escape = PD_ESCAPE_HTML; escape <= PD_ESCAPE_NONE; escape++)
    {
      g_autofree char *got
          = pd_mustache_render (mustache, values, (PdEscape)escape, itself, mustache, &error);

      g_assert_true ((got == NULL) == (error != NULL));
      if (got != NULL)
        {
          g_assert_cmpuint (strlen (got), <=, PD_MUSTACHE_MAX_OUTPUT);
          g_assert_true (g_utf8_validate (got, -1, NULL));
        }
      g_clear_error (&error);
    }
  return 0;
}
