/* Further fields of people and tickets, and what stands in them. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "desk/field.h"
#include "desk/import-row.h"

static gboolean
kind_of_field (const char *word, PdFieldKind *out)
{
  static const struct {
    const char *word;
    PdFieldKind kind;
  } kinds[] = {
    { "text", PD_FIELD_TEXT },     { "textarea", PD_FIELD_LONGTEXT },
    { "select", PD_FIELD_SELECT }, { "multiselect", PD_FIELD_MULTISELECT },
    { "date", PD_FIELD_DATE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].word, word) == 0)
      {
        *out = kinds[i].kind;
        return TRUE;
      }
  return FALSE;
}

static void
remember_field (PdZenlix *zenlix, PdFieldTarget target, const char *foreign, const char *name)
{
  g_hash_table_replace (zenlix->field_names,
                        g_strdup_printf ("%c%s", target == PD_FIELD_OF_PERSON ? 'p' : 't', foreign),
                        g_strdup (name));
}

/* The field here that was made of it; *known FALSE: none yet.  A name that is taken by
 * another gets the number behind it. */
static gboolean
look_for_field (PdZenlix *zenlix, PdFieldTarget target, const char *kind, const char *foreign,
                char **name, gboolean *known, GError **error)
{
  g_autoptr (GPtrArray) fields = pd_field_list (zenlix->desk, target, error);
  gint64 id;

  *known = FALSE;
  if (fields == NULL || !pd_zenlix_find (zenlix, kind, foreign, &id, error))
    return FALSE;
  for (guint i = 0; i < fields->len; i++)
    {
      const PdField *field = g_ptr_array_index (fields, i);

      if (field->id == id)
        {
          remember_field (zenlix, target, foreign, field->name);
          *known = TRUE;
          return TRUE;
        }
      if (strcmp (field->name, *name) == 0)
        {
          g_autofree char *old = g_steal_pointer (name);

          *name = g_strdup_printf ("%.150s (ZENLIX %s)", old, foreign);
        }
    }
  return TRUE;
}

static void
add_options (PdZenlix *zenlix, PdField *field)
{
  g_auto (GStrv) words = pd_zenlix_words (zenlix, "value");

  for (guint i = 0; words[i] != NULL && i < PD_FIELD_MAX_OPTIONS; i++)
    if (!g_ptr_array_find_with_equal_func (field->options, words[i], g_str_equal, NULL))
      g_ptr_array_add (field->options, pd_zenlix_line (words[i], PD_FIELD_MAX_OPTION));
}

static PdField *
make_field (PdZenlix *zenlix, PdFieldTarget target, PdFieldKind kind, const char *name)
{
  PdField *field = pd_field_new (target, kind, name);
  const char *value = pd_zenlix_text (zenlix, "value");

  g_free (field->placeholder);
  field->placeholder = pd_zenlix_line (pd_zenlix_text (zenlix, "placeholder"), 200);
  if (kind == PD_FIELD_SELECT || kind == PD_FIELD_MULTISELECT)
    add_options (zenlix, field);
  else if (strcmp (value, "0") != 0 && kind == PD_FIELD_TEXT)
    {
      g_free (field->preset);
      field->preset = pd_zenlix_line (value, PD_FIELD_MAX_TEXT);
    }
  field->visibility = target == PD_FIELD_OF_PERSON && pd_zenlix_int (zenlix, "for_client") != 1
                          ? PD_FIELD_FOR_HEADS
                          : PD_FIELD_FOR_ALL;
  return field;
}

static gboolean
take_field (PdZenlix *zenlix, PdFieldTarget target, const char *map, GError **error)
{
  const char *foreign = pd_zenlix_text (zenlix, "id");
  g_autofree char *name = pd_zenlix_line (pd_zenlix_text (zenlix, "name"), PD_FIELD_MAX_NAME);
  g_autoptr (PdField) field = NULL;
  g_autoptr (GError) refused = NULL;
  PdFieldKind kind;
  gboolean known;

  if (!kind_of_field (pd_zenlix_text (zenlix, "t_type"), &kind))
    return pd_zenlix_skip (zenlix, "a kind of field that is not known");
  if (!look_for_field (zenlix, target, map, foreign, &name, &known, error))
    return FALSE;
  if (known)
    return pd_zenlix_known (zenlix);
  field = make_field (zenlix, target, kind, name);
  if (!pd_field_add (zenlix->desk, field, &refused))
    {
      if (!pd_error_is (refused, PD_ERROR_INVALID))
        {
          g_propagate_error (error, g_steal_pointer (&refused));
          return FALSE;
        }
      pd_zenlix_say (zenlix, "field \"%s\" was left out: %s", name, refused->message);
      return pd_zenlix_skip (zenlix, "no such field can be made here");
    }
  remember_field (zenlix, target, foreign, name);
  return pd_zenlix_note (zenlix, map, foreign, field->id, error) && pd_zenlix_imported (zenlix);
}

gboolean
pd_zenlix_take_user_field (PdZenlix *zenlix, GError **error)
{
  return take_field (zenlix, PD_FIELD_OF_PERSON, "user-field", error);
}

gboolean
pd_zenlix_take_ticket_field (PdZenlix *zenlix, GError **error)
{
  return take_field (zenlix, PD_FIELD_OF_TICKET, "ticket-field", error);
}

/* A field that is off keeps its values, but takes none: it is closed when they are there. */
static gboolean
close_field (PdZenlix *zenlix, PdFieldTarget target, const char *map, GError **error)
{
  g_autoptr (GPtrArray) fields = NULL;
  g_autofree char *key = g_strdup_printf ("%s %s", map, pd_zenlix_text (zenlix, "id"));
  gint64 id, done;

  if (pd_zenlix_int (zenlix, "status") != 0)
    return TRUE;
  fields = pd_field_list (zenlix->desk, target, error);
  if (fields == NULL || !pd_zenlix_find (zenlix, map, pd_zenlix_text (zenlix, "id"), &id, error)
      || !pd_zenlix_find (zenlix, "closed", key, &done, error))
    return FALSE;
  for (guint i = 0; done == 0 && i < fields->len; i++)
    {
      PdField *field = g_ptr_array_index (fields, i);

      if (field->id != id)
        continue;
      field->closed = TRUE;
      return pd_field_save (zenlix->desk, field, error)
             && pd_zenlix_note (zenlix, "closed", key, id, error);
    }
  return TRUE;
}

gboolean
pd_zenlix_close_user_field (PdZenlix *zenlix, GError **error)
{
  return close_field (zenlix, PD_FIELD_OF_PERSON, "user-field", error);
}

gboolean
pd_zenlix_close_ticket_field (PdZenlix *zenlix, GError **error)
{
  return close_field (zenlix, PD_FIELD_OF_TICKET, "ticket-field", error);
}

/* 31.12.2015 and 12/31/2015 were typed, too. */
static char *
tidy_value (const char *text)
{
  int a, b, year;

  if (sscanf (text, "%2d.%2d.%4d", &a, &b, &year) == 3)
    return g_strdup_printf ("%04d-%02d-%02d", year, b, a);
  if (sscanf (text, "%2d/%2d/%4d", &a, &b, &year) == 3)
    return g_strdup_printf ("%04d-%02d-%02d", year, a, b);
  return g_strdup (text);
}

static gboolean
set_value (PdZenlix *zenlix, PdFieldTarget target, gint64 id, const char *name, GError **error)
{
  const char *text = pd_zenlix_text (zenlix, "field_val");
  g_autofree char *tidy = tidy_value (text);
  g_autoptr (GError) refused = NULL;

  if (pd_field_set (zenlix->desk, target, id, NULL, name, text, NULL, NULL, &refused))
    return TRUE;
  if (pd_error_is (refused, PD_ERROR_INVALID) && strcmp (tidy, text) != 0)
    {
      g_clear_error (&refused);
      if (pd_field_set (zenlix->desk, target, id, NULL, name, tidy, NULL, NULL, &refused))
        return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&refused));
  return FALSE;
}

/* A value of a field; `map` remembers the row. */
static gboolean
take_value (PdZenlix *zenlix, PdFieldTarget target, const char *map, gint64 id, GError **error)
{
  const char *foreign = pd_zenlix_text (zenlix, "id");
  g_autofree char *key
      = g_strdup_printf ("%c%" G_GINT64_FORMAT, target == PD_FIELD_OF_PERSON ? 'p' : 't',
                         pd_zenlix_int (zenlix, "field_id"));
  const char *name = g_hash_table_lookup (zenlix->field_names, key);
  g_autoptr (GError) refused = NULL;

  if (id == 0)
    return pd_zenlix_skip (zenlix, "what it belongs to is not in the dump");
  if (name == NULL)
    return pd_zenlix_skip (zenlix, "its field is not in the dump");
  if (*pd_zenlix_text (zenlix, "field_val") == '\0')
    return pd_zenlix_skip (zenlix, "nothing stands there");
  if (set_value (zenlix, target, id, name, &refused))
    return pd_zenlix_note (zenlix, map, foreign, id, error) && pd_zenlix_imported (zenlix);
  if (pd_error_is (refused, PD_ERROR_CONFLICT) || pd_error_is (refused, PD_ERROR_INVALID)
      || pd_error_is (refused, PD_ERROR_NOT_FOUND))
    {
      pd_zenlix_say (zenlix, "a value of the field \"%s\" was left out: %s", name,
                     refused->message);
      return pd_zenlix_skip (zenlix, pd_error_is (refused, PD_ERROR_INVALID)
                                         ? "a value that the field does not take"
                                         : "its field is closed");
    }
  g_propagate_error (error, g_steal_pointer (&refused));
  return FALSE;
}

gboolean
pd_zenlix_take_user_data (PdZenlix *zenlix, GError **error)
{
  gboolean known;
  gint64 person;

  if (!pd_zenlix_is_known (zenlix, "user-data", pd_zenlix_text (zenlix, "id"), &known, error)
      || known)
    return known;
  return pd_zenlix_find_number (zenlix, "user", pd_zenlix_int (zenlix, "user_id"), &person, error)
         && take_value (zenlix, PD_FIELD_OF_PERSON, "user-data", person, error);
}

gboolean
pd_zenlix_take_ticket_data (PdZenlix *zenlix, GError **error)
{
  gboolean known;
  gint64 ticket;

  if (!pd_zenlix_is_known (zenlix, "ticket-data", pd_zenlix_text (zenlix, "id"), &known, error)
      || known)
    return known;
  return pd_zenlix_find (zenlix, "ticket-hash", pd_zenlix_text (zenlix, "ticket_hash"), &ticket,
                         error)
         && take_value (zenlix, PD_FIELD_OF_TICKET, "ticket-data", ticket, error);
}
