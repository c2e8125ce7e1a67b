#include <string.h>

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

static PdValueTree *
named (const char *name)
{
  PdValueTree *map = pd_value_new_map ();

  pd_value_set_text (map, "name", name);
  return map;
}

static PdValueTree *
sample_ticket (gboolean full)
{
  PdValueTree *ticket = pd_value_new_map ();

  pd_value_set_text (ticket, "number", "42");
  pd_value_set_text (ticket, "subject", full ? "Printer <3rd floor> & \"smoke\"" : "");
  pd_value_set_text (ticket, "created", "2026-11-24 10:00 UTC");
  pd_value_set_text (ticket, "url", full ? "https://desk.example.org/tickets/42" : "");
  return ticket;
}

static PdValueTree *
sample_entry (void)
{
  PdValueTree *entry = pd_value_new_map ();

  pd_value_set_text (entry, "text", "It burns & smokes.\nPlease <help>.");
  pd_value_set_text (entry, "html_text", "It burns &amp; smokes.<br>\nPlease &lt;help&gt;.");
  pd_value_set_text (entry, "author", "Anna Smith");
  pd_value_set_text (entry, "time", "2026-11-24 10:00 UTC");
  pd_value_set (entry, "by_staff", pd_value_new_bool (TRUE));
  return entry;
}

/* full   whether what may be missing is there */
static PdValueTree *
sample (gboolean staff, gboolean full)
{
  PdValueTree *values = pd_value_new_map ();
  PdValueTree *unit = named ("Building services"), *data = pd_value_new_map ();

  pd_value_set_text (unit, "signature", full ? "Building services\nRoom 1.01" : "");
  pd_value_set (values, "unit", unit);
  pd_value_set (values, "desk", named ("ACME"));
  pd_value_set (values, "ticket", sample_ticket (full));
  pd_value_set (values, "actor", named ("Bob Jones"));
  pd_value_set (values, "recipient", named (full ? "Carol O'Neil" : ""));
  if (full)
    {
      pd_value_set (values, "entry", sample_entry ());
      pd_value_set_text (data, "to", "anna@example.com");
      pd_value_set_text (data, "answer", "550 5.1.1 no such user <anna@example.com>");
    }
  pd_value_set (values, "data", data);
  pd_value_set (values, "is_staff", pd_value_new_bool (staff));
  pd_value_set (values, "is_customer", pd_value_new_bool (!staff));
  pd_value_set (values, "is_note", pd_value_new_bool (staff && full));
  return values;
}

static void
check_subject (const char *text)
{
  g_assert_cmpuint (strcspn (text, "\r\n"), >, 0);
  g_assert_cmpuint (strlen (text) - strcspn (text, "\n"), ==, 1); /* the file's own line end */
  g_assert_null (strstr (text, "&lt;"));
}

static void
check_text (const char *text, gboolean full)
{
  g_assert_null (strstr (text, "&lt;"));
  g_assert_null (strstr (text, "&amp;"));
  g_assert_null (strstr (text, "\n\n\n"));
  g_assert_true (g_str_has_suffix (text, "\n"));
  g_assert_nonnull (strstr (text, "\n\n-- \n"));
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
      g_autoptr (PdValueTree) values = sample (staff, full);
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
        check_text (got, full);
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

      if (g_str_equal (event, "layout") || !g_str_has_suffix (name, ".subject.mustache"))
        continue;
      for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
        {
          source.kind = kinds[k];
          check_event (&source, event);
        }
    }
  g_hash_table_unref (source.compiled);
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
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      g_autofree char *path = g_strconcat ("/templates/render/", languages[i], NULL);

      g_test_add_data_func (path, languages[i], test_render);
    }
  return g_test_run ();
}
