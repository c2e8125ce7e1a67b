#include "desk/templates.h"

#include <string.h>

#include "base/error.h"

#define LAST_RESORT "en"

struct PdTemplateSet {
  char *language;
  PdMustache *parts[PD_TEMPLATE_KINDS];
};

struct PdTemplates {
  GHashTable *sets; /* "en/created" -> PdTemplateSet */
};

static const char *const suffixes[] = {
  [PD_TEMPLATE_SUBJECT] = ".subject.mustache",
  [PD_TEMPLATE_TEXT] = ".txt.mustache",
  [PD_TEMPLATE_HTML] = ".html.mustache",
};

static void
set_free (gpointer data)
{
  PdTemplateSet *set = data;

  for (int i = 0; i < PD_TEMPLATE_KINDS; i++)
    pd_mustache_free (set->parts[i]);
  g_free (set->language);
  g_free (set);
}

void
pd_templates_free (PdTemplates *templates)
{
  if (templates == NULL)
    return;
  g_hash_table_unref (templates->sets);
  g_free (templates);
}

static const PdTemplateSet *
find_set (const PdTemplates *templates, const char *language, gsize length, const char *event)
{
  char key[128];

  if (length == 0 || length + strlen (event) + 2 > sizeof key)
    return NULL;
  g_snprintf (key, sizeof key, "%.*s/%s", (int)length, language, event);
  return g_hash_table_lookup (templates->sets, key);
}

static PdTemplateSet *
ensure_set (PdTemplates *templates, const char *language, const char *event)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", language, event);
  PdTemplateSet *set = g_hash_table_lookup (templates->sets, key);

  if (set == NULL)
    {
      set = g_new0 (PdTemplateSet, 1);
      set->language = g_strdup (language);
      g_hash_table_insert (templates->sets, g_steal_pointer (&key), set);
    }
  return set;
}

static gboolean
read_text (const char *path, char **out_text, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gsize length;

  if (!g_file_get_contents (path, out_text, &length, &failure))
    return pd_fail (error, PD_ERROR_NOT_FOUND, "%s", failure->message);
  if (length > PD_TEMPLATES_MAX_SIZE)
    return pd_fail (error, PD_ERROR_INVALID, "%s: a template has at most %d octets", path,
                    PD_TEMPLATES_MAX_SIZE);
  if (!g_utf8_validate (*out_text, (gssize)length, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "%s: not UTF-8", path);
  return TRUE;
}

/* A file's kind by its ending; PD_TEMPLATE_KINDS: no template. */
static PdTemplateKind
kind_of (const char *file)
{
  int kind = 0;

  if (file[0] == '.')
    return PD_TEMPLATE_KINDS;
  while (kind < PD_TEMPLATE_KINDS && !g_str_has_suffix (file, suffixes[kind]))
    kind++;
  return kind;
}

static gboolean
load_file (PdTemplates *templates, const char *folder, const char *language, const char *file,
           GError **error)
{
  PdTemplateKind kind = kind_of (file);
  g_autofree char *path = g_build_filename (folder, language, file, NULL);
  g_autofree char *text = NULL;
  g_autofree char *event = NULL;
  g_autoptr (PdMustache) mustache = NULL;
  PdTemplateSet *set;

  if (kind == PD_TEMPLATE_KINDS)
    return TRUE;
  if (!read_text (path, &text, error))
    return FALSE;
  mustache = pd_mustache_parse (path, text, error);
  if (mustache == NULL)
    return FALSE;
  event = g_strndup (file, strlen (file) - strlen (suffixes[kind]));
  set = ensure_set (templates, language, event);
  g_clear_pointer (&set->parts[kind], pd_mustache_free);
  set->parts[kind] = g_steal_pointer (&mustache);
  return TRUE;
}

static gboolean
load_language (PdTemplates *templates, const char *folder, const char *language, GError **error)
{
  g_autofree char *path = g_build_filename (folder, language, NULL);
  g_autoptr (GDir) dir = NULL;
  const char *file;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  dir = g_dir_open (path, 0, error);
  if (dir == NULL)
    return FALSE;
  while ((file = g_dir_read_name (dir)) != NULL)
    if (!load_file (templates, folder, language, file, error))
      return FALSE;
  return TRUE;
}

gboolean
pd_templates_overlay (PdTemplates *templates, const char *folder, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &failure);
  const char *language;

  if (dir == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "templates: %s", failure->message);
  while ((language = g_dir_read_name (dir)) != NULL)
    if (language[0] != '.' && !load_language (templates, folder, language, error))
      return FALSE;
  return TRUE;
}

PdTemplates *
pd_templates_load (const char *folder, GError **error)
{
  g_autoptr (PdTemplates) templates = g_new0 (PdTemplates, 1);

  templates->sets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, set_free);
  if (!pd_templates_overlay (templates, folder, error))
    return NULL;
  return g_steal_pointer (&templates);
}

static gboolean
is_whole (const PdTemplateSet *set)
{
  return set != NULL && set->parts[PD_TEMPLATE_SUBJECT] != NULL
         && set->parts[PD_TEMPLATE_TEXT] != NULL;
}

const PdTemplateSet *
pd_templates_pick (const PdTemplates *templates, const char *const *languages, const char *event)
{
  const PdTemplateSet *set;

  for (; *languages != NULL; languages++)
    {
      set = find_set (templates, *languages, strlen (*languages), event);
      if (!is_whole (set))
        set = find_set (templates, *languages, strcspn (*languages, "-_"), event);
      if (is_whole (set))
        return set;
    }
  set = find_set (templates, LAST_RESORT, strlen (LAST_RESORT), event);
  return is_whole (set) ? set : NULL;
}

typedef struct {
  const PdTemplates *templates;
  const char *language;
  PdTemplateKind kind;
} PartialSource;

static const PdMustache *
find_partial (const char *name, gpointer data)
{
  const PartialSource *source = data;
  const PdTemplateSet *set
      = find_set (source->templates, source->language, strlen (source->language), name);

  if (set == NULL || set->parts[source->kind] == NULL)
    set = find_set (source->templates, LAST_RESORT, strlen (LAST_RESORT), name);
  return set != NULL ? set->parts[source->kind] : NULL;
}

gboolean
pd_template_set_render (const PdTemplates *templates, const PdTemplateSet *set, PdTemplateKind kind,
                        const PdValueTree *values, char **out, GError **error)
{
  PartialSource source = { templates, set->language, kind };

  *out = NULL;
  if (set->parts[kind] == NULL)
    return TRUE;
  *out = pd_mustache_render (set->parts[kind], values,
                             kind == PD_TEMPLATE_HTML ? PD_ESCAPE_HTML : PD_ESCAPE_NONE,
                             find_partial, &source, error);
  return *out != NULL;
}

/* ---- with overrides ---- */

static const PdMustache *
shipped_part (const PdTemplates *templates, const char *language, const char *event,
              PdTemplateKind kind)
{
  const PdTemplateSet *set = find_set (templates, language, strlen (language), event);

  return set != NULL ? set->parts[kind] : NULL;
}

static const PdMustache *
find_part (const PdTemplateChoice *choice, const char *event, PdTemplateKind kind, guint *out_scope)
{
  const PdMustache *part = NULL;

  *out_scope = 0;
  if (choice->override != NULL)
    part = choice->override (choice->language, event, kind, out_scope, choice->override_data);
  return part != NULL ? part : shipped_part (choice->templates, choice->language, event, kind);
}

static gboolean
fill_choice (PdTemplateChoice *choice, const char *language, gsize length, const char *event)
{
  guint scopes[PD_TEMPLATE_KINDS];

  if (length == 0 || length >= sizeof choice->language)
    return FALSE;
  memcpy (choice->language, language, length);
  choice->language[length] = '\0';
  for (int kind = 0; kind < PD_TEMPLATE_KINDS; kind++)
    choice->parts[kind] = find_part (choice, event, (PdTemplateKind)kind, &scopes[kind]);
  if (scopes[PD_TEMPLATE_HTML] < scopes[PD_TEMPLATE_TEXT])
    choice->parts[PD_TEMPLATE_HTML] = NULL;
  return choice->parts[PD_TEMPLATE_SUBJECT] != NULL && choice->parts[PD_TEMPLATE_TEXT] != NULL;
}

gboolean
pd_templates_choose (const PdTemplates *templates, PdTemplateOverride override,
                     gpointer override_data, const char *const *languages, const char *event,
                     PdTemplateChoice *out)
{
  *out = (PdTemplateChoice){ templates, override, override_data, "", { NULL } };
  for (; *languages != NULL; languages++)
    if (fill_choice (out, *languages, strlen (*languages), event)
        || fill_choice (out, *languages, strcspn (*languages, "-_"), event))
      return TRUE;
  return fill_choice (out, LAST_RESORT, strlen (LAST_RESORT), event);
}

typedef struct {
  const PdTemplateChoice *choice;
  PdTemplateKind kind;
} ChosenSource;

static const PdMustache *
find_chosen_partial (const char *name, gpointer data)
{
  const ChosenSource *source = data;
  guint scope;
  const PdMustache *part = find_part (source->choice, name, source->kind, &scope);

  return part != NULL ? part
                      : shipped_part (source->choice->templates, LAST_RESORT, name, source->kind);
}

gboolean
pd_template_choice_render (const PdTemplateChoice *choice, PdTemplateKind kind,
                           const PdValueTree *values, char **out, GError **error)
{
  ChosenSource source = { choice, kind };

  *out = NULL;
  if (choice->parts[kind] == NULL)
    return TRUE;
  *out = pd_mustache_render (choice->parts[kind], values,
                             kind == PD_TEMPLATE_HTML ? PD_ESCAPE_HTML : PD_ESCAPE_NONE,
                             find_chosen_partial, &source, error);
  return *out != NULL;
}

/* ---- what there is ---- */

static const char *const kind_names[] = { "subject", "txt", "html" };

const char *
pd_template_kind_name (PdTemplateKind kind)
{
  g_return_val_if_fail (kind < PD_TEMPLATE_KINDS, "");
  return kind_names[kind];
}

gboolean
pd_template_kind_parse (const char *name, PdTemplateKind *out, GError **error)
{
  for (int i = 0; i < PD_TEMPLATE_KINDS; i++)
    if (strcmp (kind_names[i], name) == 0)
      {
        *out = (PdTemplateKind)i;
        return TRUE;
      }
  return pd_fail (error, PD_ERROR_INVALID,
                  "a template has no part \"%s\"; it is subject, txt or html", name);
}

static int
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* The keys' parts before or behind the slash, each once. */
static GPtrArray *
collect_keys (const PdTemplates *templates, gboolean names)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, templates->sets);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const char *slash = strchr (key, '/');
      char *part = names ? g_strdup (slash + 1) : g_strndup (key, (gsize)(slash - (char *)key));

      if (g_hash_table_contains (seen, part))
        {
          g_free (part);
          continue;
        }
      g_hash_table_add (seen, part);
      g_ptr_array_add (list, part);
    }
  g_ptr_array_sort (list, by_text);
  return list;
}

GPtrArray *
pd_templates_names (const PdTemplates *templates)
{
  return collect_keys (templates, TRUE);
}

GPtrArray *
pd_templates_languages (const PdTemplates *templates)
{
  return collect_keys (templates, FALSE);
}

gboolean
pd_templates_know (const PdTemplates *templates, const char *name, PdTemplateKind kind)
{
  g_autoptr (GPtrArray) languages = pd_templates_languages (templates);

  for (guint i = 0; i < languages->len; i++)
    if (shipped_part (templates, g_ptr_array_index (languages, i), name, kind) != NULL)
      return TRUE;
  return FALSE;
}

char *
pd_templates_source (const char *folder, const char *language, const char *name,
                     PdTemplateKind kind, GError **error)
{
  g_autofree char *file = g_strconcat (name, suffixes[kind], NULL);
  g_autofree char *path = NULL;
  char *text = NULL;

  if (strchr (language, '/') != NULL || strchr (name, '/') != NULL)
    {
      pd_fail (error, PD_ERROR_NOT_FOUND, "there is no template %s/%s", language, file);
      return NULL;
    }
  path = g_build_filename (folder, language, file, NULL);
  return read_text (path, &text, error) ? text : NULL;
}
