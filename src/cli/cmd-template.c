#include <string.h>

#include "base/error.h"
#include "cli/commands.h"
#include "desk/template-override.h"
#include "desk/template-sample.h"
#include "desk/templates.h"
#include "desk/unit.h"

/* What the commands name: "created.txt" in a language, of a unit or the desk. */
typedef struct {
  char *unit_name, *language;
  char *event;
  PdUnit *unit;
  PdTemplates *templates;
  PdTemplateKey key;
} Named;

static void
named_clear (Named *named)
{
  g_free (named->unit_name);
  g_free (named->language);
  g_free (named->event);
  pd_unit_free (named->unit);
  pd_templates_free (named->templates);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Named, named_clear)

#define NAMED_ENTRIES(named)                                                                       \
  { "unit", 'u', 0, G_OPTION_ARG_STRING, &(named).unit_name,                                       \
    "Of this unit (else of the whole desk)", "NAME" },                                             \
  { "language", 'l', 0, G_OPTION_ARG_STRING, &(named).language, "In this language (else en)", "TAG" }

/* Splits "created.txt". */
static gboolean
parse_part (Named *named, const char *text, GError **error)
{
  const char *dot = strrchr (text, '.');

  if (dot == NULL || dot == text)
    return pd_fail (error, PD_ERROR_INVALID,
                    "\"%s\" names no part of a mail; write it like created.txt, created.html or "
                    "created.subject",
                    text);
  named->event = g_strndup (text, (gsize)(dot - text));
  named->key.event = named->event;
  named->key.language = named->language != NULL ? named->language : "en";
  return pd_template_kind_parse (dot + 1, &named->key.kind, error);
}

static gboolean
load (PdCli *cli, Named *named, GError **error)
{
  named->templates = pd_templates_load (cli->program->templates, error);
  return named->templates != NULL;
}

static gboolean
find_named (PdCli *cli, Named *named, const char *text, GError **error)
{
  if (!parse_part (named, text, error) || !pd_cli_desk (cli, error) || !load (cli, named, error))
    return FALSE;
  if (named->unit_name == NULL)
    return TRUE;
  named->unit = pd_unit_need (cli->desk, named->unit_name, error);
  named->key.unit = named->unit != NULL ? named->unit->id : 0;
  return named->unit != NULL;
}

static const char *
place (const Named *named)
{
  return named->unit != NULL ? named->unit->name : "the desk";
}

/* ---- list and show ---- */

static gboolean
print_shipped (PdCli *cli, GError **error)
{
  g_autoptr (PdTemplates) templates = pd_templates_load (cli->program->templates, error);
  g_autoptr (GPtrArray) names = NULL;

  if (templates == NULL)
    return FALSE;
  names = pd_templates_names (templates);
  for (guint i = 0; i < names->len; i++)
    for (int kind = 0; kind < PD_TEMPLATE_KINDS; kind++)
      if (pd_templates_know (templates, g_ptr_array_index (names, i), (PdTemplateKind)kind))
        g_print ("%s.%s\n", (char *)g_ptr_array_index (names, i),
                 pd_template_kind_name ((PdTemplateKind)kind));
  return TRUE;
}

static gboolean
add_row (PdCli *cli, PdTable *table, struct json_object *array, const PdTemplateOverrideRow *row,
         GError **error)
{
  struct json_object *object = json_object_new_object ();
  g_autofree char *name = g_strdup_printf ("%s.%s", row->event, pd_template_kind_name (row->kind));
  g_autoptr (PdUnit) unit = NULL;
  g_autoptr (PdPerson) by = NULL;

  json_object_array_add (array, object);
  if ((row->unit != 0 && !pd_unit_get (cli->desk, row->unit, &unit, error))
      || (row->by != 0 && !pd_person_get (cli->desk, row->by, &by, error)))
    return FALSE;
  pd_table_add (table, unit != NULL ? unit->name : "(desk)", row->language, name,
                by != NULL ? pd_person_label (by) : "", NULL);
  pd_json_text (object, "unit", unit != NULL ? unit->name : NULL);
  pd_json_text (object, "language", row->language);
  pd_json_text (object, "template", name);
  pd_json_time (object, "changed", row->changed);
  pd_json_text (object, "by", by != NULL ? pd_person_label (by) : NULL);
  return TRUE;
}

gboolean
pd_command_template_list (PdCli *cli, int argc, char **argv, GError **error)
{
  gboolean all = FALSE;
  const GOptionEntry entries[] = {
    { "all", 'a', 0, G_OPTION_ARG_NONE, &all, "All names that a text can be set for", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdTable) table = pd_table_new ("UNIT", "LANGUAGE", "TEMPLATE", "BY", NULL);
  g_autoptr (GPtrArray) rows = NULL;
  struct json_object *array;
  gboolean ok = TRUE;

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error))
    return FALSE;
  if (all)
    return print_shipped (cli, error);
  rows = pd_template_override_list (cli->desk, error);
  if (rows == NULL)
    return FALSE;
  array = json_object_new_array ();
  for (guint i = 0; ok && i < rows->len; i++)
    ok = add_row (cli, table, array, g_ptr_array_index (rows, i), error);
  if (ok && cli->json)
    pd_cli_print_json (array);
  else if (ok)
    pd_table_print (table, "All texts are the shipped ones.");
  json_object_put (array);
  return ok;
}

gboolean
pd_command_template_show (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Named) named = { 0 };
  const GOptionEntry entries[] = { NAMED_ENTRIES (named), G_OPTION_ENTRY_NULL };
  g_autofree char *text = NULL;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error)
      || !find_named (cli, &named, argv[1], error)
      || !pd_template_override_get (cli->desk, &named.key, &text, error))
    return FALSE;
  if (text == NULL)
    text = pd_templates_source (cli->program->templates, named.key.language, named.key.event,
                                named.key.kind, error);
  if (text == NULL)
    return FALSE;
  g_print ("%s", text);
  return TRUE;
}

/* ---- set, check, remove ---- */

static char *
read_source (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = pd_cli_read (path, PD_TEMPLATES_MAX_SIZE, error);
  gsize size;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  return bytes != NULL ? g_strndup (data != NULL ? data : "", size) : NULL;
}

typedef struct {
  const Named *named;
  const char *text; /* NULL: to be removed */
  gint64 by;
} SetWork;

static gboolean
set_work (PdDesk *desk, gpointer data, GError **error)
{
  const SetWork *work = data;

  if (work->text == NULL)
    return pd_template_override_remove (desk, &work->named->key, error);
  return pd_template_override_set (desk, work->named->templates, &work->named->key, work->text,
                                   work->by, error);
}

static gboolean
may_set (PdCli *cli, const char *as, gint64 *out_by, GError **error)
{
  g_autoptr (PdPerson) actor = pd_cli_actor (cli, as, error);

  if (actor == NULL)
    return FALSE;
  *out_by = actor->id;
  return actor->admin
         || pd_fail (error, PD_ERROR_DENIED, "only an administrator may change templates");
}

gboolean
pd_command_template_set (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Named) named = { 0 };
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = {
    NAMED_ENTRIES (named),
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who acts", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree char *text = NULL;
  SetWork work = { &named, NULL, 0 };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 2, error)
      || !find_named (cli, &named, argv[1], error) || !may_set (cli, as, &work.by, error))
    return FALSE;
  text = read_source (argc > 2 ? argv[2] : "-", error);
  work.text = text;
  if (text == NULL || !pd_desk_transaction (cli->desk, set_work, &work, error))
    return FALSE;
  g_print ("%s/%s of %s: set\n", named.key.language, argv[1], place (&named));
  return TRUE;
}

gboolean
pd_command_template_remove (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Named) named = { 0 };
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = {
    NAMED_ENTRIES (named),
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who acts", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  SetWork work = { &named, NULL, 0 };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error)
      || !find_named (cli, &named, argv[1], error) || !may_set (cli, as, &work.by, error)
      || !pd_desk_transaction (cli->desk, set_work, &work, error))
    return FALSE;
  g_print ("%s/%s of %s: the shipped one again\n", named.key.language, argv[1], place (&named));
  return TRUE;
}

gboolean
pd_command_template_check (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Named) named = { 0 };
  const GOptionEntry entries[] = { NAMED_ENTRIES (named), G_OPTION_ENTRY_NULL };
  g_autofree char *text = NULL;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 2, error)
      || !find_named (cli, &named, argv[1], error))
    return FALSE;
  text = read_source (argc > 2 ? argv[2] : "-", error);
  if (text == NULL || !pd_template_override_check (named.templates, &named.key, text, error))
    return FALSE;
  g_print ("OK\n");
  return TRUE;
}

/* ---- preview ---- */

static gboolean
print_preview (const PdTemplateChoice *choice, const PdValueTree *values, GError **error)
{
  for (int kind = 0; kind < PD_TEMPLATE_KINDS; kind++)
    {
      g_autofree char *out = NULL;

      if (!pd_template_choice_render (choice, (PdTemplateKind)kind, values, &out, error))
        return FALSE;
      if (out != NULL)
        g_print ("--- %s (%s)\n%s", pd_template_kind_name ((PdTemplateKind)kind), choice->language,
                 out);
    }
  return TRUE;
}

gboolean
pd_command_template_preview (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Named) named = { 0 };
  gboolean customer = FALSE, sparse = FALSE;
  const GOptionEntry entries[] = {
    NAMED_ENTRIES (named),
    { "customer", 0, 0, G_OPTION_ARG_NONE, &customer, "As a customer gets it (else as staff)", NULL },
    { "sparse", 0, 0, G_OPTION_ARG_NONE, &sparse, "With as few values as there may be", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdTemplateOverrides) overrides = NULL;
  g_autoptr (PdValueTree) values = NULL;
  const char *languages[] = { NULL, NULL };
  g_autofree char *part = NULL;
  PdTemplateChoice choice;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error))
    return FALSE;
  part = g_strconcat (argv[1], ".txt", NULL);
  if (!find_named (cli, &named, part, error))
    return FALSE;
  overrides = pd_template_overrides_new (cli->desk);
  if (!pd_template_overrides_ready (overrides, named.key.unit, error))
    return FALSE;
  languages[0] = named.key.language;
  if (!pd_templates_choose (named.templates, pd_template_overrides_find, overrides, languages,
                            argv[1], &choice))
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no template \"%s\"", argv[1]);
  values = pd_template_sample (argv[1], !customer, !sparse);
  return print_preview (&choice, values, error);
}
