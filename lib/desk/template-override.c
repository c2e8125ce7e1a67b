#include "desk/template-override.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/nearest.h"
#include "desk/template-sample.h"

/* ---- checking ---- */

/* "uk", "pt-BR" */
static gboolean
is_language (const char *text)
{
  gsize length = strlen (text);

  if (length < 2 || length > PD_TEMPLATE_MAX_LANGUAGE || !g_ascii_islower (text[0]))
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && *text != '-' && *text != '_')
      return FALSE;
  return TRUE;
}

static gboolean
check_name (const PdTemplates *templates, const PdTemplateKey *key, GError **error)
{
  PdNearest nearest = PD_NEAREST (key->event);
  g_autoptr (GPtrArray) names = NULL;

  if (pd_templates_know (templates, key->event, key->kind))
    return TRUE;
  names = pd_templates_names (templates);
  for (guint i = 0; i < names->len; i++)
    pd_nearest_offer (&nearest, g_ptr_array_index (names, i));
  if (nearest.best != NULL && strcmp (nearest.best, key->event) != 0)
    return pd_fail (error, PD_ERROR_INVALID,
                    "there is no template \"%s\" with the part %s; did you mean \"%s\"?",
                    key->event, pd_template_kind_name (key->kind), nearest.best);
  return pd_fail (error, PD_ERROR_INVALID,
                  "there is no template \"%s\" with the part %s; `postdesk template list --all` "
                  "names them",
                  key->event, pd_template_kind_name (key->kind));
}

static gboolean
check_key (const PdTemplates *templates, const PdTemplateKey *key, GError **error)
{
  if (!is_language (key->language))
    return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no language; write it like en or pt-BR",
                    key->language);
  return check_name (templates, key, error);
}

/* What is being checked, and its text in place of the shipped one. */
typedef struct {
  const PdTemplateKey *key;
  const PdMustache *text;
} Trial;

static const PdMustache *
find_trial (const char *language, const char *event, PdTemplateKind kind, guint *out_scope,
            gpointer data)
{
  const Trial *trial = data;
  gboolean is_it = kind == trial->key->kind && strcmp (event, trial->key->event) == 0
                   && strcmp (language, trial->key->language) == 0;

  *out_scope = is_it ? 1 : 0;
  return is_it ? trial->text : NULL;
}

/* Fills it with samples.  A partial is tried within a mail that uses it, a
 * language that ships nothing, with the rest from "en". */
static gboolean
try_samples (const PdTemplates *templates, Trial *trial, const char *name, GError **error)
{
  PdTemplateChoice choice = { templates, find_trial, trial, "", { NULL } };

  g_strlcpy (choice.language, trial->key->language, sizeof choice.language);
  choice.parts[trial->key->kind] = trial->text;
  for (int i = 0; i < 4; i++)
    {
      g_autoptr (PdValueTree) values = pd_template_sample (trial->key->event, i % 2 == 0, i / 2 == 0);
      g_autofree char *out = NULL;
      g_autofree char *said = NULL;

      if (!pd_template_choice_render (&choice, trial->key->kind, values, &out, error))
        return FALSE;
      said = g_strstrip (g_strdup (out));
      if (said[0] == '\0' && i == 0 && trial->key->kind == PD_TEMPLATE_SUBJECT)
        return pd_fail (error, PD_ERROR_INVALID, "%s:1:1: the subject comes out empty", name);
    }
  return TRUE;
}

gboolean
pd_template_override_check (const PdTemplates *templates, const PdTemplateKey *key,
                            const char *text, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s/%s.%s", key->language, key->event,
                                           pd_template_kind_name (key->kind));
  g_autoptr (PdMustache) mustache = NULL;
  Trial trial = { key, NULL };

  if (!check_key (templates, key, error))
    return FALSE;
  if (strlen (text) > PD_TEMPLATES_MAX_SIZE)
    return pd_fail (error, PD_ERROR_INVALID, "%s: a template has at most %d octets", name,
                    PD_TEMPLATES_MAX_SIZE);
  if (!g_utf8_validate (text, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "%s: not UTF-8", name);
  mustache = pd_mustache_parse (name, text, error);
  if (mustache == NULL)
    return FALSE;
  trial.text = mustache;
  return try_samples (templates, &trial, name, error);
}

/* ---- storing ---- */

gboolean
pd_template_override_set (PdDesk *desk, const PdTemplates *templates, const PdTemplateKey *key,
                          const char *text, gint64 by, GError **error)
{
  return pd_template_override_check (templates, key, text, error)
         && pd_db_exec (desk->db, PD_SQL_TEMPLATE_SET,
                        PD_BIND (PD_INT (key->unit), PD_TEXT (key->language), PD_TEXT (key->event),
                                 PD_TEXT (pd_template_kind_name (key->kind)), PD_TEXT (text),
                                 PD_INT (pd_clock_now ()), PD_ID (by)),
                        NULL, error);
}

gboolean
pd_template_override_remove (PdDesk *desk, const PdTemplateKey *key, GError **error)
{
  gint64 changed = 0;

  if (!pd_db_exec (desk->db, PD_SQL_TEMPLATE_REMOVE,
                   PD_BIND (PD_INT (key->unit), PD_TEXT (key->language), PD_TEXT (key->event),
                            PD_TEXT (pd_template_kind_name (key->kind))),
                   &changed, error))
    return FALSE;
  return changed > 0
         || pd_fail (error, PD_ERROR_NOT_FOUND, "no text of its own is set for %s/%s.%s",
                     key->language, key->event, pd_template_kind_name (key->kind));
}

gboolean
pd_template_override_get (PdDesk *desk, const PdTemplateKey *key, char **out_text, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_TEMPLATE_GET,
                     PD_BIND (PD_INT (key->unit), PD_TEXT (key->language), PD_TEXT (key->event),
                              PD_TEXT (pd_template_kind_name (key->kind))),
                     error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;

  *out_text = got > 0 ? g_strdup (pd_rows_text (rows, 0)) : NULL;
  return got >= 0;
}

static void
row_free (gpointer data)
{
  PdTemplateOverrideRow *row = data;

  g_free (row->language);
  g_free (row->event);
  g_free (row);
}

GPtrArray *
pd_template_override_list (PdDesk *desk, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (row_free);
  g_autoptr (PdRows) rows = pd_db_query (desk->db, PD_SQL_TEMPLATE_LIST, PD_NO_VALUES, error);
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    {
      PdTemplateOverrideRow *row;
      PdTemplateKind kind;

      if (!pd_template_kind_parse (pd_rows_text (rows, 3), &kind, NULL))
        continue;
      row = g_new0 (PdTemplateOverrideRow, 1);
      row->unit = pd_rows_int (rows, 0);
      row->language = g_strdup (pd_rows_text (rows, 1));
      row->event = g_strdup (pd_rows_text (rows, 2));
      row->kind = kind;
      row->changed = pd_rows_int (rows, 4);
      row->by = pd_rows_int (rows, 5);
      g_ptr_array_add (list, row);
    }
  return got == 0 ? g_steal_pointer (&list) : NULL;
}

/* ---- for rendering ---- */

struct PdTemplateOverrides {
  PdDesk *desk;
  GHashTable *texts; /* "UNIT/uk/created.txt" -> PdMustache */
  gboolean fresh;    /* nothing is asked */
  gint64 number, changed;
  gint64 unit;
};

PdTemplateOverrides *
pd_template_overrides_new (PdDesk *desk)
{
  PdTemplateOverrides *overrides = g_new0 (PdTemplateOverrides, 1);

  overrides->desk = desk;
  overrides->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify)pd_mustache_free);
  return overrides;
}

void
pd_template_overrides_free (PdTemplateOverrides *overrides)
{
  if (overrides == NULL)
    return;
  g_hash_table_unref (overrides->texts);
  g_free (overrides);
}

void
pd_template_overrides_forget (PdTemplateOverrides *overrides)
{
  overrides->fresh = FALSE;
}

static char *
make_key (gint64 unit, const char *language, const char *event, const char *part)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT "/%s/%s.%s", unit, language, event, part);
}

static gboolean
read_all (PdTemplateOverrides *overrides, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (overrides->desk->db, PD_SQL_TEMPLATE_ALL, PD_NO_VALUES, error);
  int got = -1;

  g_hash_table_remove_all (overrides->texts);
  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    {
      g_autofree char *key = make_key (pd_rows_int (rows, 0), pd_rows_text (rows, 1),
                                       pd_rows_text (rows, 2), pd_rows_text (rows, 3));
      /* it was checked when it was set; who has changed it since by hand must not stop all mail */
      PdMustache *text = pd_mustache_parse (key, pd_rows_text (rows, 4), NULL);

      if (text != NULL)
        g_hash_table_replace (overrides->texts, g_steal_pointer (&key), text);
    }
  return got == 0;
}

static gboolean
read_stamp (PdTemplateOverrides *overrides, gint64 *out_number, gint64 *out_changed, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (overrides->desk->db, PD_SQL_TEMPLATE_STAMP, PD_NO_VALUES, error);

  if (rows == NULL || pd_rows_next (rows, error) < 0)
    return FALSE;
  *out_number = pd_rows_int (rows, 0);
  *out_changed = pd_rows_int (rows, 1);
  return TRUE;
}

gboolean
pd_template_overrides_ready (PdTemplateOverrides *overrides, gint64 unit, GError **error)
{
  gint64 number, changed;

  overrides->unit = unit;
  if (overrides->fresh)
    return TRUE;
  if (!read_stamp (overrides, &number, &changed, error))
    return FALSE;
  if ((number != overrides->number || changed != overrides->changed) && !read_all (overrides, error))
    return FALSE;
  overrides->number = number;
  overrides->changed = changed;
  overrides->fresh = TRUE;
  return TRUE;
}

static const PdMustache *
look_up (const PdTemplateOverrides *overrides, gint64 unit, const char *language,
         const char *event, PdTemplateKind kind)
{
  g_autofree char *key = make_key (unit, language, event, pd_template_kind_name (kind));

  return g_hash_table_lookup (overrides->texts, key);
}

const PdMustache *
pd_template_overrides_find (const char *language, const char *event, PdTemplateKind kind,
                            guint *out_scope, gpointer data)
{
  const PdTemplateOverrides *overrides = data;
  const PdMustache *text;

  *out_scope = 0;
  if (g_hash_table_size (overrides->texts) == 0)
    return NULL;
  text = overrides->unit != 0 ? look_up (overrides, overrides->unit, language, event, kind) : NULL;
  if (text != NULL)
    {
      *out_scope = 2;
      return text;
    }
  text = look_up (overrides, 0, language, event, kind);
  *out_scope = text != NULL ? 1 : 0;
  return text;
}
