#include "mail/report-fields.h"

#include <string.h>

static void
group_unref (gpointer data)
{
  g_hash_table_unref (data);
}

static void
add_field (GHashTable *group, const char *line, gsize length, GString **out_value)
{
  const char *colon = memchr (line, ':', length);
  GString *value;

  *out_value = NULL;
  if (colon == NULL || colon == line)
    return;
  g_autofree char *written = g_strndup (line, (gsize)(colon - line));
  g_autofree char *name = g_ascii_strdown (g_strchomp (written), -1);

  if (g_hash_table_contains (group, name))
    return;
  value = g_string_new_len (colon + 1,
                            (gssize)MIN (length - (gsize)(colon + 1 - line), PD_REPORT_MAX_VALUE));
  g_hash_table_insert (group, g_steal_pointer (&name), value);
  *out_value = value;
}

static void
string_free (gpointer data)
{
  g_string_free (data, TRUE);
}

static GHashTable *
group_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, string_free);
}

static gboolean
is_blank (const char *line, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (line[i]))
      return FALSE;
  return TRUE;
}

static void
fold_on (GString *value, const char *line, gsize length)
{
  if (value == NULL || value->len + length > PD_REPORT_MAX_VALUE)
    return;
  g_string_append_c (value, ' ');
  while (length > 0 && g_ascii_isspace (*line))
    {
      line++;
      length--;
    }
  g_string_append_len (value, line, (gssize)length);
}

/* A new group begins at an empty line, and, since some programs leave that out,
 * at a second Final-Recipient.
 */
static gboolean
begins_group (GHashTable *group, const char *line, gsize length)
{
  static const char mark[] = "final-recipient:";

  return length > sizeof mark && g_ascii_strncasecmp (line, mark, sizeof mark - 1) == 0
         && (g_hash_table_contains (group, "final-recipient")
             || g_hash_table_contains (group, "reporting-mta"));
}

GPtrArray *
pd_report_parse (const char *text)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func (group_unref);
  GHashTable *group = NULL;
  GString *value = NULL;

  while (*text != '\0')
    {
      gsize length = strcspn (text, "\n");

      if (is_blank (text, length))
        group = NULL;
      else if (g_ascii_isspace (*text))
        fold_on (value, text, length);
      else
        {
          if (group == NULL || begins_group (group, text, length))
            {
              if (groups->len == PD_REPORT_MAX_GROUPS)
                break;
              group = group_new ();
              g_ptr_array_add (groups, group);
            }
          add_field (group, text, length, &value);
        }
      if (group == NULL)
        value = NULL;
      text += length;
      text += *text == '\n';
    }
  return groups;
}

const char *
pd_report_get (GHashTable *group, const char *name)
{
  GString *value = g_hash_table_lookup (group, name);

  if (value == NULL)
    return "";
  g_strstrip (value->str);
  return value->str;
}

const char *
pd_report_peek_text (const char *value)
{
  const char *semicolon = strchr (value, ';');

  if (semicolon == NULL || semicolon - value > 30)
    return value;
  for (const char *c = value; c < semicolon; c++)
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != ' ')
      return value;
  semicolon++;
  return semicolon + strspn (semicolon, " \t");
}

char *
pd_report_dup_address (const char *value)
{
  g_autofree char *text = g_strdup (pd_report_peek_text (value));
  char *open;

  g_strstrip (text);
  open = strrchr (text, '<');
  if (open != NULL)
    {
      open++;
      open[strcspn (open, ">")] = '\0';
      return g_strdup (open);
    }
  return g_steal_pointer (&text);
}
