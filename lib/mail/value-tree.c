#include "mail/value-tree.h"

typedef enum { TEXT, TRUTH, LIST, MAP } Kind;

struct PdValueTree {
  Kind kind;
  char *text;
  gboolean truth;
  GPtrArray *items;
  GHashTable *fields;
};

static void
free_any (gpointer value)
{
  pd_value_free (value);
}

PdValueTree *
pd_value_new_text (const char *text)
{
  PdValueTree *value = g_new0 (PdValueTree, 1);

  value->kind = TEXT;
  value->text = g_strdup (text != NULL ? text : "");
  return value;
}

PdValueTree *
pd_value_new_bool (gboolean truth)
{
  PdValueTree *value = g_new0 (PdValueTree, 1);

  value->kind = TRUTH;
  value->truth = truth;
  return value;
}

PdValueTree *
pd_value_new_list (void)
{
  PdValueTree *value = g_new0 (PdValueTree, 1);

  value->kind = LIST;
  value->items = g_ptr_array_new_with_free_func (free_any);
  return value;
}

PdValueTree *
pd_value_new_map (void)
{
  PdValueTree *value = g_new0 (PdValueTree, 1);

  value->kind = MAP;
  value->fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_any);
  return value;
}

void
pd_value_append (PdValueTree *list, PdValueTree *item)
{
  g_return_if_fail (list != NULL && list->kind == LIST && item != NULL);
  g_ptr_array_add (list->items, item);
}

void
pd_value_set (PdValueTree *map, const char *name, PdValueTree *value)
{
  g_return_if_fail (map != NULL && map->kind == MAP && name != NULL && value != NULL);
  g_hash_table_replace (map->fields, g_strdup (name), value);
}

void
pd_value_set_text (PdValueTree *map, const char *name, const char *text)
{
  pd_value_set (map, name, pd_value_new_text (text));
}

void
pd_value_free (PdValueTree *value)
{
  if (value == NULL)
    return;
  g_free (value->text);
  g_clear_pointer (&value->items, g_ptr_array_unref);
  g_clear_pointer (&value->fields, g_hash_table_unref);
  g_free (value);
}

gboolean
pd_value_is_true (const PdValueTree *value)
{
  if (value == NULL)
    return FALSE;
  switch (value->kind)
    {
    case TEXT:
      return value->text[0] != '\0';
    case TRUTH:
      return value->truth;
    case LIST:
      return value->items->len > 0;
    case MAP:
      return TRUE;
    }
  return FALSE;
}

const char *
pd_value_get_text (const PdValueTree *value)
{
  if (value == NULL || value->kind == LIST || value->kind == MAP)
    return NULL;
  if (value->kind == TRUTH)
    return value->truth ? "true" : "false";
  return value->text;
}

const PdValueTree *
pd_value_get (const PdValueTree *map, const char *name)
{
  if (map == NULL || map->kind != MAP)
    return NULL;
  return g_hash_table_lookup (map->fields, name);
}

gboolean
pd_value_is_list (const PdValueTree *value, gsize *out_length)
{
  *out_length = 0;
  if (value == NULL || value->kind != LIST)
    return FALSE;
  *out_length = value->items->len;
  return TRUE;
}

const PdValueTree *
pd_value_get_item (const PdValueTree *list, gsize index)
{
  g_return_val_if_fail (list != NULL && list->kind == LIST && index < list->items->len, NULL);
  return list->items->pdata[index];
}
