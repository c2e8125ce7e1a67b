#include <string.h>

#include "desk/notice.h"
#include "desk/template-sample.h"
#include "mail/mustache.h"

/* Every shipped template, filled with values as they come: all of them, and
 * as few as there may be.
 */

static const char *const languages[] = { "en", "ru", "uk" };
static const char *const kinds[] = { "subject", "txt", "html" };

typedef struct {
  const char *language, *kind;
  GHashTable *compiled; /* path -> PdMustache */
} Source;

static char *
templates_folder (void)
{
  const char *tree = g_getenv ("PD_SRCDIR");

  return g_build_filename (tree != NULL ? tree : ".", "templates", NULL);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* The files of a language, sorted. */
static GPtrArray *
list_files (const char *language)
{
  g_autofree char *folder = templates_folder ();
  g_autofree char *path = g_build_filename (folder, language, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".mustache"))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

static void
free_mustache (gpointer data)
{
  pd_mustache_free (data);
}

/* The template NAME.KIND of the language, which must be there. */
static const PdMustache *
load (const char *name, gpointer data)
{
  Source *source = data;
  g_autofree char *folder = templates_folder ();
  g_autofree char *path
      = g_strdup_printf ("%s/%s/%s.%s.mustache", folder, source->language, name, source->kind);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  PdMustache *compiled = g_hash_table_lookup (source->compiled, path);

  if (compiled != NULL)
    return compiled;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  compiled = pd_mustache_parse (path, text, &error);
  g_assert_no_error (error);
  g_hash_table_insert (source->compiled, g_strdup (path), compiled);
  return compiled;
}

/* Mail that is about no ticket. */
static gboolean
is_apart (const char *event)
{
  static const char *const events[]
      = { "strand", "client-request", "digest", "mailing", "register", "invite", "recover",
          "password-changed", "account", "command-result" /* its subject says it */, NULL };

  return g_strv_contains (events, event);
}

static void
check_subject (const char *text)
{
  g_assert_cmpuint (strcspn (text, "\r\n"), >, 0);
  g_assert_cmpuint (strlen (text) - strcspn (text, "\n"), ==, 1); /* the file's own line end */
  g_assert_null (strstr (text, "&lt;"));
}

static void
check_text (const char *event, const char *text, gboolean full)
{
  g_assert_null (strstr (text, "&lt;"));
  g_assert_null (strstr (text, "&amp;"));
  g_assert_null (strstr (text, "\n\n\n"));
  g_assert_true (g_str_has_suffix (text, "\n"));
  g_assert_nonnull (strstr (text, "\n\n-- \n"));
  if (!is_apart (event))
    g_assert_nonnull (strstr (text, "42"));
  if (full)
    g_assert_true (g_str_has_suffix (text, "-- \nBuilding services\nRoom 1.01\n")
                   || g_str_has_suffix (text, "-- \nAnna Smith\nBuilding services\nRoom 1.01\n"));
}

/* Each element that is opened is closed, in order; nothing is loaded from
 * elsewhere.
 */
static void
check_html (const char *html)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new_with_free_func (g_free);
  static const char *const empty[] = { "!DOCTYPE", "meta", "br", "hr", NULL };

  g_assert_null (strstr (html, "<3rd"));
  g_assert_null (strstr (html, "<help>"));
  g_assert_null (strstr (html, "&amp;lt;"));
  g_assert_null (strstr (html, "src="));
  g_assert_null (strstr (html, "url("));
  for (const char *p = html; (p = strchr (p, '<')) != NULL; p++)
    {
      gboolean closing = p[1] == '/';
      const char *begin = p + 1 + (closing ? 1 : 0);
      g_autofree char *name = g_strndup (begin, strcspn (begin, " >"));

      if (g_strv_contains (empty, name))
        continue;
      if (!closing)
        {
          g_ptr_array_add (open, g_steal_pointer (&name));
          continue;
        }
      g_assert_cmpuint (open->len, >, 0);
      g_assert_cmpstr (open->pdata[open->len - 1], ==, name);
      g_ptr_array_set_size (open, (gint)open->len - 1);
    }
  g_assert_cmpuint (open->len, ==, 0);
}

static void
check_event (Source *source, const char *event)
{
  for (int which = 0; which < 4; which++)
    {
      gboolean staff = which % 2 == 0, full = which < 2;
      g_autoptr (PdValueTree) values = pd_template_sample (event, staff, full);
      gboolean is_html = g_str_equal (source->kind, "html");
      g_autoptr (GError) error = NULL;
      g_autofree char *got
          = pd_mustache_render (load (event, source), values,
                                is_html ? PD_ESCAPE_HTML : PD_ESCAPE_NONE, load, source, &error);

      g_assert_no_error (error);
      g_test_message ("%s/%s.%s %s %s:\n%s", source->language, event, source->kind,
                      staff ? "staff" : "customer", full ? "full" : "sparse", got);
      g_assert_null (strstr (got, "{{"));
      g_assert_null (strstr (got, "}}"));
      if (is_html)
        check_html (got);
      else if (g_str_equal (source->kind, "txt"))
        check_text (event, got, full);
      else
        check_subject (got);
    }
}

static void
test_render (gconstpointer language)
{
  g_autoptr (GPtrArray) files = list_files (language);
  Source source = { language, NULL, NULL };

  source.compiled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_mustache);
  for (guint i = 0; i < files->len; i++)
    {
      const char *name = files->pdata[i];
      g_autofree char *event = g_strndup (name, strcspn (name, "."));

      /* what a link proposes is no mail */
      if (g_str_equal (event, "act") || !g_str_has_suffix (name, ".subject.mustache"))
        continue;
      for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
        {
          source.kind = kinds[k];
          check_event (&source, event);
        }
    }
  g_hash_table_unref (source.compiled);
}

/* Each event has its three parts in each language, and so has each mail apart
 * from them. */
static void
test_events (void)
{
  static const char *const apart[]
      = { "command-result", "strand",  "client-request",   "digest",  "mailing", "register",
          "recover",        "invite",  "password-changed", "account", "several" };
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (int i = 0; i < PD_N_NOTICES; i++)
    g_ptr_array_add (names, i == PD_NOTICE_NOTED
                                ? (gpointer) "replied" /* it says which */
                                : (gpointer)pd_notice_event_name ((PdNoticeEvent)i));
  for (gsize i = 0; i < G_N_ELEMENTS (apart); i++)
    g_ptr_array_add (names, (gpointer)apart[i]);
  for (gsize l = 0; l < G_N_ELEMENTS (languages); l++)
    for (guint i = 0; i < names->len; i++)
      for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
        {
          g_autofree char *folder = templates_folder ();
          g_autofree char *path
              = g_strdup_printf ("%s/%s/%s.%s.mustache", folder, languages[l],
                                 (const char *)g_ptr_array_index (names, i), kinds[k]);

          g_test_message ("%s", path);
          g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
        }
}

static void
test_same_files (void)
{
  g_autoptr (GPtrArray) first = list_files (languages[0]);

  g_assert_cmpuint (first->len, >, 0);
  for (gsize i = 1; i < G_N_ELEMENTS (languages); i++)
    {
      g_autoptr (GPtrArray) other = list_files (languages[i]);

      g_assert_cmpuint (other->len, ==, first->len);
      for (guint f = 0; f < first->len; f++)
        g_assert_cmpstr (other->pdata[f], ==, first->pdata[f]);
    }
}

/* The build's list installs what is there. */
static void
test_installed (void)
{
  g_autofree char *folder = templates_folder ();
  g_autofree char *path = g_build_filename (folder, "local.mk", NULL);
  g_autofree char *list = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &list, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      g_autoptr (GPtrArray) files = list_files (languages[i]);

      for (guint f = 0; f < files->len; f++)
        {
          g_autofree char *entry
              = g_strdup_printf ("  templates/%s/%s", languages[i], (char *)files->pdata[f]);

          g_assert_nonnull (strstr (list, entry));
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/templates/same-files", test_same_files);
  g_test_add_func ("/templates/installed", test_installed);
  g_test_add_func ("/templates/events", test_events);
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      g_autofree char *path = g_strconcat ("/templates/render/", languages[i], NULL);

      g_test_add_data_func (path, languages[i], test_render);
    }
  return g_test_run ();
}
