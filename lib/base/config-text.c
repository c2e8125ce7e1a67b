#include "base/config.h"

#include <string.h>

/* of a URL only the password is secret: "mysql://desk:****@db/desk" */
char *
pd_config_masked (const PdConfig *config, PdSettingId id)
{
  const char *text = pd_config_text (config, id);
  const char *scheme, *at, *colon;

  if (!pd_setting_is_secret (pd_setting_row (id)))
    return g_strdup (text);
  scheme = strstr (text, "://");
  at = scheme != NULL ? strchr (scheme, '@') : NULL;
  colon = at != NULL ? memchr (scheme + 3, ':', (gsize)(at - scheme - 3)) : NULL;
  if (colon == NULL)
    return g_strdup (text);
  return g_strdup_printf ("%.*s:****%s", (int)(colon - text), text, strrchr (text, '@'));
}

char *
pd_config_show (const PdConfig *config, gboolean all, gboolean origin)
{
  GString *text = g_string_new (NULL);
  const char *section = "";

  for (int id = 0; id < PD_SETTING_COUNT; id++)
    {
      const PdSettingRow *row = pd_setting_row ((PdSettingId)id);
      const char *from = pd_config_origin (config, (PdSettingId)id);
      g_autofree char *value = pd_config_masked (config, (PdSettingId)id);

      if (!all && g_str_equal (from, "default"))
        continue;
      if (!g_str_equal (section, row->section))
        {
          g_string_append_printf (text, "%s[%s]\n", text->len > 0 ? "\n" : "", row->section);
          section = row->section;
        }
      if (origin)
        g_string_append_printf (text, "# %s\n", from);
      g_string_append_printf (text, "%s = %s\n", row->key, value);
    }
  return g_string_free (text, FALSE);
}

/* The section's head, when a new one begins at this row. */
static gboolean
begins_section (PdSettingId id)
{
  return id == 0 || !g_str_equal (pd_setting_row (id)->section, pd_setting_row (id - 1)->section);
}

static gboolean
is_required (const PdSettingRow *row)
{
  return row->fallback[0] == '\0' && row->min > 0;
}

char *
pd_config_example (void)
{
  GString *text = g_string_new (
      "# postdesk.conf - settings of postdesk.  What is commented out is the default.\n");

  for (int id = 0; id < PD_SETTING_COUNT; id++)
    {
      const PdSettingRow *row = pd_setting_row ((PdSettingId)id);

      if (begins_section ((PdSettingId)id))
        g_string_append_printf (text, "\n[%s]\n", row->section);
      g_string_append_printf (text, "\n# %s.\n", row->help);
      if (is_required (row))
        g_string_append (text, "# (required)\n");
      if (pd_setting_is_secret (row))
        g_string_append_printf (
            text, "# (%s_file = PATH reads it from a file that others cannot read)\n", row->key);
      g_string_append_printf (text, "#%s = %s\n", row->key, row->fallback);
    }
  return g_string_free (text, FALSE);
}

/* ---- the manual ------------------------------------------------------------------ */

/* text for mdoc: its escape character is "\", and a line that begins with "." or
 * "'" would be a request */
static void
append_mdoc (GString *page, const char *text)
{
  if (*text == '.' || *text == '\'')
    g_string_append (page, "\\&");
  for (; *text != '\0'; text++)
    if (*text == '\\')
      g_string_append (page, "\\e");
    else
      g_string_append_c (page, *text);
}

static void
append_setting (GString *page, const PdSettingRow *row)
{
  g_autofree char *kind = row->kind == PD_VALUE_ENUM
                              ? g_strndup (row->help, strcspn (row->help, ":"))
                              : g_ascii_strdown (row->type, -1);

  g_string_append_printf (page, ".It Ic %s No = Ar %s\n", row->key, kind);
  append_mdoc (page, row->help);
  g_string_append (page, ".\n");
  if (is_required (row))
    g_string_append (page, "Required.\n");
  else if (row->fallback[0] != '\0')
    {
      g_string_append (page, "The default is\n.Ql ");
      append_mdoc (page, row->fallback);
      g_string_append (page, " .\n");
    }
  if (row->kind >= PD_VALUE_INT)
    {
      g_autofree char *min = pd_setting_format (row, row->min);
      g_autofree char *max = pd_setting_format (row, row->max);

      g_string_append_printf (page, "From %s to %s.\n", min, max);
    }
  if (pd_setting_is_secret (row))
    g_string_append_printf (page, "Or\n.Ic %s_file\nwith the path of a file that holds it.\n",
                            row->key);
}

char *
pd_config_manual (void)
{
  GString *page = g_string_new (NULL);

  for (int id = 0; id < PD_SETTING_COUNT; id++)
    {
      const PdSettingRow *row = pd_setting_row ((PdSettingId)id);

      if (begins_section ((PdSettingId)id))
        g_string_append_printf (page, "%s.Ss [%s]\n.Bl -tag -width Ds\n", id > 0 ? ".El\n" : "",
                                row->section);
      append_setting (page, row);
    }
  g_string_append (page, ".El\n");
  return g_string_free (page, FALSE);
}
