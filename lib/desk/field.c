#include "desk/field.h"

#include <json-c/json.h>
#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "base/nearest.h"

static const char *const target_names[] = { "person", "ticket" };
static const char *const kind_names[] = { "text", "longtext", "select", "multiselect", "date" };
static const char *const visibility_names[] = { "all", "staff", "heads" };

PdField *
pd_field_new (PdFieldTarget target, PdFieldKind kind, const char *name)
{
  PdField *field = g_new0 (PdField, 1);

  field->target = target;
  field->kind = kind;
  field->name = g_strdup (name);
  field->options = g_ptr_array_new_with_free_func (g_free);
  field->placeholder = g_strdup ("");
  field->preset = g_strdup ("");
  return field;
}

void
pd_field_free (PdField *field)
{
  if (field == NULL)
    return;
  g_free (field->name);
  g_ptr_array_unref (field->options);
  g_free (field->placeholder);
  g_free (field->preset);
  g_free (field);
}

static void
free_field (gpointer field)
{
  pd_field_free (field);
}

static void
free_value (gpointer data)
{
  PdFieldValue *value = data;

  pd_field_free (value->field);
  g_free (value->text);
  g_free (value);
}

/* ---- words ---- */

static gboolean
parse_word (const char *const *words, gsize n_words, const char *what, const char *text, int *out,
            GError **error)
{
  g_autoptr (GString) all = g_string_new (NULL);

  *out = 0;
  for (gsize i = 0; i < n_words; i++)
    {
      if (strcmp (words[i], text) == 0)
        {
          *out = (int)i;
          return TRUE;
        }
      g_string_append_printf (all, "%s%s",
                              i == 0             ? ""
                              : i + 1 == n_words ? " or "
                                                 : ", ",
                              words[i]);
    }
  return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no %s; %s", text, what, all->str);
}

const char *
pd_field_target_name (PdFieldTarget target)
{
  g_return_val_if_fail ((gsize)target < G_N_ELEMENTS (target_names), "");
  return target_names[target];
}

const char *
pd_field_kind_name (PdFieldKind kind)
{
  g_return_val_if_fail ((gsize)kind < G_N_ELEMENTS (kind_names), "");
  return kind_names[kind];
}

const char *
pd_field_visibility_name (PdFieldVisibility visibility)
{
  g_return_val_if_fail ((gsize)visibility < G_N_ELEMENTS (visibility_names), "");
  return visibility_names[visibility];
}

gboolean
pd_field_target_parse (const char *text, PdFieldTarget *out, GError **error)
{
  int place;
  gboolean known = parse_word (target_names, G_N_ELEMENTS (target_names), "target of a field", text,
                               &place, error);

  *out = (PdFieldTarget)place;
  return known;
}

gboolean
pd_field_kind_parse (const char *text, PdFieldKind *out, GError **error)
{
  int place;
  gboolean known
      = parse_word (kind_names, G_N_ELEMENTS (kind_names), "kind of field", text, &place, error);

  *out = (PdFieldKind)place;
  return known;
}

gboolean
pd_field_visibility_parse (const char *text, PdFieldVisibility *out, GError **error)
{
  int place;
  gboolean known = parse_word (visibility_names, G_N_ELEMENTS (visibility_names),
                               "visibility of a field", text, &place, error);

  *out = (PdFieldVisibility)place;
  return known;
}

gboolean
pd_field_is_for (const PdField *field, const PdPerson *viewer)
{
  if (viewer == NULL || viewer->admin || field->visibility == PD_FIELD_FOR_ALL)
    return TRUE;
  return field->visibility == PD_FIELD_FOR_STAFF ? pd_person_is_staff (viewer)
                                                 : viewer->role >= PD_ROLE_HEAD;
}

/* ---- values as text ---- */

static gboolean refuse (const PdField *field, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
refuse (const PdField *field, GError **error, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return pd_fail (error, PD_ERROR_INVALID, "field \"%s\" %s", field->name, text);
}

static gboolean
is_one_line (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_iscntrl (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

static gboolean
check_text (const PdField *field, const char *text, GError **error)
{
  if (!is_one_line (text))
    return refuse (field, error, "takes one line of text");
  return g_utf8_strlen (text, -1) <= PD_FIELD_MAX_TEXT
         || refuse (field, error, "takes at most %d characters", PD_FIELD_MAX_TEXT);
}

static char *
list_options (const PdField *field)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < field->options->len; i++)
    g_string_append_printf (list, "%s\"%s\"", i > 0 ? ", " : "",
                            (char *)g_ptr_array_index (field->options, i));
  return g_string_free (list, FALSE);
}

static gboolean
check_option (const PdField *field, const char *text, GError **error)
{
  g_autofree char *list = NULL;

  if (g_ptr_array_find_with_equal_func (field->options, text, g_str_equal, NULL))
    return TRUE;
  list = list_options (field);
  return refuse (field, error, "does not take \"%s\"; it takes %s%s", text,
                 field->kind == PD_FIELD_MULTISELECT ? "one or several of " : "", list);
}

static gboolean
check_date (const PdField *field, const char *text, GError **error)
{
  static const char form[] = "dddd-dd-dd";
  gboolean fits = strlen (text) == strlen (form);

  for (gsize i = 0; fits && form[i] != '\0'; i++)
    fits = form[i] == 'd' ? g_ascii_isdigit (text[i]) : text[i] == form[i];
  fits = fits
         && g_date_valid_dmy ((GDateDay)atoi (text + 8), (GDateMonth)atoi (text + 5),
                              (GDateYear)atoi (text));
  return fits
         || refuse (field, error, "does not take \"%s\"; it takes a date such as 2026-11-24", text);
}

/* The options that a text names, each once and in order of the definition, so
 * that the same choice always reads the same. */
static char *
check_choice (const PdField *field, const char *text, GError **error)
{
  g_auto (GStrv) items = g_strsplit_set (text, ",\n", -1);
  GString *choice;

  for (guint i = 0; items[i] != NULL; i++)
    if (*g_strstrip (items[i]) != '\0' && !check_option (field, items[i], error))
      return NULL;
  choice = g_string_new (NULL);
  for (guint i = 0; i < field->options->len; i++)
    {
      const char *option = g_ptr_array_index (field->options, i);

      if (g_strv_contains ((const char *const *)items, option))
        g_string_append_printf (choice, "%s%s", choice->len > 0 ? ", " : "", option);
    }
  return g_string_free (choice, FALSE);
}

char *
pd_field_check (const PdField *field, const char *text, GError **error)
{
  g_autofree char *tidy = NULL;
  gboolean fits = TRUE;

  if (!g_utf8_validate (text, -1, NULL))
    {
      refuse (field, error, "takes text in UTF-8");
      return NULL;
    }
  if (strlen (text) > PD_FIELD_MAX_LONGTEXT)
    {
      refuse (field, error, "takes at most %d octets", PD_FIELD_MAX_LONGTEXT);
      return NULL;
    }
  tidy = g_strstrip (g_strdup (text));
  if (*tidy == '\0')
    return g_steal_pointer (&tidy);
  if (field->kind == PD_FIELD_MULTISELECT)
    return check_choice (field, tidy, error);
  if (field->kind == PD_FIELD_TEXT)
    fits = check_text (field, tidy, error);
  else if (field->kind == PD_FIELD_SELECT)
    fits = check_option (field, tidy, error);
  else if (field->kind == PD_FIELD_DATE)
    fits = check_date (field, tidy, error);
  return fits ? g_steal_pointer (&tidy) : NULL;
}

/* ---- texts in JSON, as the columns have lists ---- */

static char *
dup_list (char **items, guint n_items)
{
  struct json_object *array = json_object_new_array ();
  char *text;

  for (guint i = 0; i < n_items; i++)
    json_object_array_add (array, json_object_new_string (items[i]));
  text = g_strdup (json_object_to_json_string_ext (array, JSON_C_TO_STRING_PLAIN));
  json_object_put (array);
  return text;
}

static GPtrArray *
read_list (const char *json)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  struct json_object *array = json_tokener_parse (json);

  if (json_object_is_type (array, json_type_array))
    for (gsize i = 0; i < json_object_array_length (array); i++)
      g_ptr_array_add (list,
                       g_strdup (json_object_get_string (json_object_array_get_idx (array, i))));
  json_object_put (array);
  return list;
}

/* As the column has it. */
static char *
pack (const PdField *field, const char *text)
{
  g_auto (GStrv) items = NULL;

  if (field->kind != PD_FIELD_MULTISELECT)
    return g_strdup (text);
  items = g_strsplit (text, ", ", -1);
  return dup_list (items, g_strv_length (items));
}

static char *
unpack (const PdField *field, const char *value)
{
  g_autoptr (GPtrArray) items = NULL;

  if (field->kind != PD_FIELD_MULTISELECT || *value == '\0')
    return g_strdup (value);
  items = read_list (value);
  g_ptr_array_add (items, NULL);
  return g_strjoinv (", ", (char **)items->pdata);
}

/* ---- definitions ---- */

/* Columns as in the statements field_list and field_values. */
static PdField *
read_field (PdRows *rows)
{
  PdField *field = g_new0 (PdField, 1);

  field->id = pd_rows_int (rows, 0);
  pd_field_target_parse (pd_rows_text (rows, 1), &field->target, NULL);
  field->name = g_strdup (pd_rows_text (rows, 2));
  pd_field_kind_parse (pd_rows_text (rows, 3), &field->kind, NULL);
  field->options = read_list (pd_rows_text (rows, 4));
  field->placeholder = g_strdup (pd_rows_text (rows, 5));
  field->preset = g_strdup (pd_rows_text (rows, 6));
  /* an unknown word is from a newer program: the fewest shall see it */
  if (!pd_field_visibility_parse (pd_rows_text (rows, 7), &field->visibility, NULL))
    field->visibility = PD_FIELD_FOR_HEADS;
  field->required = pd_rows_int (rows, 8) != 0;
  field->position = (int)pd_rows_int (rows, 9);
  field->closed = strcmp (pd_rows_text (rows, 10), "active") != 0;
  return field;
}

GPtrArray *
pd_field_list (PdDesk *desk, PdFieldTarget target, GError **error)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (free_field);
  g_autoptr (PdRows) rows = pd_db_query (desk->db, PD_SQL_FIELD_LIST,
                                         PD_BIND (PD_TEXT (pd_field_target_name (target))), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    g_ptr_array_add (fields, read_field (rows));
  return step == 0 ? g_steal_pointer (&fields) : NULL;
}

static gint
find_named (GPtrArray *fields, const char *name)
{
  for (guint i = 0; i < fields->len; i++)
    if (strcmp (((PdField *)g_ptr_array_index (fields, i))->name, name) == 0)
      return (gint)i;
  return -1;
}

/* What stands for a name that is none, or that somebody does not read: the
 * same words. */
static gboolean
fail_unknown (GPtrArray *fields, PdFieldTarget target, const PdPerson *viewer, const char *name,
              GError **error)
{
  PdNearest nearest = PD_NEAREST (name);

  for (guint i = 0; i < fields->len; i++)
    {
      PdField *field = g_ptr_array_index (fields, i);

      if (!field->closed && pd_field_is_for (field, viewer))
        pd_nearest_offer (&nearest, field->name);
    }
  if (nearest.best != NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "a %s has no field \"%s\"; did you mean \"%s\"?",
                    pd_field_target_name (target), name, nearest.best);
  return pd_fail (error, PD_ERROR_NOT_FOUND, "a %s has no field \"%s\"",
                  pd_field_target_name (target), name);
}

static PdField *
need_for (PdDesk *desk, PdFieldTarget target, const char *name, const PdPerson *viewer,
          GError **error)
{
  g_autoptr (GPtrArray) fields = pd_field_list (desk, target, error);
  gint place = fields != NULL ? find_named (fields, name) : -1;

  if (fields == NULL)
    return NULL;
  if (place >= 0 && pd_field_is_for (g_ptr_array_index (fields, place), viewer))
    return g_ptr_array_steal_index (fields, (guint)place);
  fail_unknown (fields, target, viewer, name, error);
  return NULL;
}

PdField *
pd_field_need (PdDesk *desk, PdFieldTarget target, const char *name, GError **error)
{
  return need_for (desk, target, name, NULL, error);
}

static gboolean
check_line (const char *what, const char *text, glong max, GError **error)
{
  if (!g_utf8_validate (text, -1, NULL) || !is_one_line (text))
    return pd_fail (error, PD_ERROR_INVALID, "%s is one line of UTF-8", what);
  return g_utf8_strlen (text, -1) <= max
         || pd_fail (error, PD_ERROR_INVALID, "%s has at most %ld characters", what, max);
}

static gboolean
check_options (const PdField *field, GError **error)
{
  gboolean wants = field->kind == PD_FIELD_SELECT || field->kind == PD_FIELD_MULTISELECT;

  if (wants != (field->options->len > 0))
    return refuse (field, error, wants ? "is a %s: it needs options" : "is a %s: it has no options",
                   pd_field_kind_name (field->kind));
  if (field->options->len > PD_FIELD_MAX_OPTIONS)
    return refuse (field, error, "has at most %d options", PD_FIELD_MAX_OPTIONS);
  for (guint i = 0; i < field->options->len; i++)
    {
      const char *option = g_ptr_array_index (field->options, i);
      guint first;

      if (!check_line ("an option", option, PD_FIELD_MAX_OPTION, error))
        return FALSE;
      if (*option == '\0' || g_ascii_isspace (option[0])
          || g_ascii_isspace (option[strlen (option) - 1]))
        return refuse (field, error, "has an option that is empty or begins or ends with a blank");
      if (field->kind == PD_FIELD_MULTISELECT && strchr (option, ',') != NULL)
        return refuse (field, error, "has the option \"%s\": a comma stands between options",
                       option);
      g_ptr_array_find_with_equal_func (field->options, option, g_str_equal, &first);
      if (first != i)
        return refuse (field, error, "has the option \"%s\" twice", option);
    }
  return TRUE;
}

static gboolean
check_field (const PdField *field, GPtrArray *others, GError **error)
{
  g_autofree char *preset = NULL;
  gint other;

  if (!check_line ("the name of a field", field->name, PD_FIELD_MAX_NAME, error)
      || !check_line ("the placeholder of a field", field->placeholder, PD_FIELD_MAX_NAME, error))
    return FALSE;
  if (field->name[0] == '\0' || g_ascii_isspace (field->name[0]))
    return pd_fail (error, PD_ERROR_INVALID, "the name of a field has 1 to %d characters",
                    PD_FIELD_MAX_NAME);
  other = find_named (others, field->name);
  if (other >= 0 && ((PdField *)g_ptr_array_index (others, other))->id != field->id)
    return pd_fail (error, PD_ERROR_CONFLICT, "there is a field \"%s\" already%s", field->name,
                    ((PdField *)g_ptr_array_index (others, other))->closed
                        ? "; it is closed and can be opened again"
                        : "");
  if (!check_options (field, error))
    return FALSE;
  preset = pd_field_check (field, field->preset, error);
  if (preset == NULL)
    {
      g_prefix_error (error, "the preset: ");
      return FALSE;
    }
  return g_utf8_strlen (field->preset, -1) <= PD_FIELD_MAX_PRESET
         || refuse (field, error, "has a preset of more than %d characters", PD_FIELD_MAX_PRESET);
}

/* Puts a field to its place among the others and counts them anew. */
static gboolean
write_order (PdDesk *desk, const PdField *field, GPtrArray *others, GError **error)
{
  int position = 0;

  for (guint i = 0; i < others->len; i++)
    {
      PdField *other = g_ptr_array_index (others, i);

      if (other->id == field->id)
        continue;
      position++;
      if (position == field->position)
        position++;
      if (other->position != position
          && !pd_db_exec (desk->db, PD_SQL_FIELD_MOVE,
                          PD_BIND (PD_INT (position), PD_INT (other->id)), NULL, error))
        return FALSE;
    }
  return TRUE;
}

static char *
pack_options (const PdField *field)
{
  return dup_list ((char **)field->options->pdata, field->options->len);
}

static PdDbValue
state_value (const PdField *field)
{
  return PD_TEXT (field->closed ? "closed" : "active");
}

gboolean
pd_field_add (PdDesk *desk, PdField *field, GError **error)
{
  g_autoptr (GPtrArray) others = pd_field_list (desk, field->target, error);
  g_autofree char *options = NULL;
  int last;

  field->id = 0;
  if (others == NULL || !check_field (field, others, error))
    return FALSE;
  if (others->len >= PD_FIELD_MAX_FIELDS)
    return pd_fail (error, PD_ERROR_INVALID, "a %s has at most %d fields",
                    pd_field_target_name (field->target), PD_FIELD_MAX_FIELDS);
  field->id = pd_id_new ();
  last = (int)others->len + 1;
  field->position = field->position > 0 ? MIN (field->position, last) : last;
  options = pack_options (field);
  return write_order (desk, field, others, error)
         && pd_db_exec (desk->db, PD_SQL_FIELD_ADD,
                        PD_BIND (PD_INT (field->id), PD_TEXT (pd_field_target_name (field->target)),
                                 PD_TEXT (field->name), PD_TEXT (pd_field_kind_name (field->kind)),
                                 PD_TEXT (options), PD_TEXT (field->placeholder),
                                 PD_TEXT (field->preset),
                                 PD_TEXT (pd_field_visibility_name (field->visibility)),
                                 PD_INT (field->required != FALSE), PD_INT (field->position),
                                 state_value (field)),
                        NULL, error);
}

gboolean
pd_field_save (PdDesk *desk, const PdField *field, GError **error)
{
  g_autoptr (GPtrArray) others = pd_field_list (desk, field->target, error);
  g_autofree char *options = NULL;
  int position;

  if (others == NULL || !check_field (field, others, error))
    return FALSE;
  position = CLAMP (field->position, 1, MAX (1, (int)others->len));
  if (position != field->position)
    return refuse (field, error, "can stand at 1 to %u", others->len);
  options = pack_options (field);
  return write_order (desk, field, others, error)
         && pd_db_exec (desk->db, PD_SQL_FIELD_SAVE,
                        PD_BIND (PD_TEXT (field->name), PD_TEXT (options),
                                 PD_TEXT (field->placeholder), PD_TEXT (field->preset),
                                 PD_TEXT (pd_field_visibility_name (field->visibility)),
                                 PD_INT (field->required != FALSE), PD_INT (position),
                                 state_value (field), PD_INT (field->id)),
                        NULL, error);
}

/* ---- values ---- */

GPtrArray *
pd_field_values (PdDesk *desk, PdFieldTarget target, gint64 id, const PdPerson *viewer,
                 GError **error)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (free_value);
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_FIELD_VALUES,
                     PD_BIND (PD_INT (id), PD_TEXT (pd_field_target_name (target))), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      g_autoptr (PdField) field = read_field (rows);
      PdFieldValue *value;

      if (field->closed || !pd_field_is_for (field, viewer))
        continue;
      value = g_new0 (PdFieldValue, 1);
      value->text = unpack (field, pd_rows_text (rows, 11));
      value->field = g_steal_pointer (&field);
      g_ptr_array_add (values, value);
    }
  return step == 0 ? g_steal_pointer (&values) : NULL;
}

static gboolean
read_value (PdDesk *desk, const PdField *field, gint64 id, char **out, gboolean *out_there,
            GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, PD_SQL_FIELD_VALUE_GET,
                                         PD_BIND (PD_INT (id), PD_INT (field->id)), error);
  int step = rows != NULL ? pd_rows_next (rows, error) : -1;

  *out = unpack (field, step == 1 ? pd_rows_text (rows, 0) : "");
  *out_there = step == 1;
  return step >= 0;
}

static gboolean
write_value (PdDesk *desk, const PdField *field, gint64 id, const char *text, gboolean there,
             GError **error)
{
  g_autofree char *value = pack (field, text);

  if (*text == '\0')
    return pd_db_exec (desk->db, PD_SQL_FIELD_VALUE_DROP, PD_BIND (PD_INT (id), PD_INT (field->id)),
                       NULL, error);
  return there
             ? pd_db_exec (desk->db, PD_SQL_FIELD_VALUE_SAVE,
                           PD_BIND (PD_TEXT (value), PD_INT (id), PD_INT (field->id)), NULL, error)
             : pd_db_exec (desk->db, PD_SQL_FIELD_VALUE_ADD,
                           PD_BIND (PD_INT (id), PD_INT (field->id), PD_TEXT (value)), NULL, error);
}

static gboolean
set_value (PdDesk *desk, const PdField *field, gint64 id, const char *text, char **out_old,
           char **out_new, GError **error)
{
  g_autofree char *value = pd_field_check (field, text, error), *old = NULL;
  gboolean there;

  if (value == NULL)
    return FALSE;
  if (*value == '\0' && field->required)
    return refuse (field, error, "must not be empty");
  if (!read_value (desk, field, id, &old, &there, error))
    return FALSE;
  if (strcmp (old, value) == 0)
    return TRUE;
  if (!write_value (desk, field, id, value, there, error))
    return FALSE;
  if (out_old != NULL)
    *out_old = g_steal_pointer (&old);
  if (out_new != NULL)
    *out_new = g_steal_pointer (&value);
  return TRUE;
}

gboolean
pd_field_set (PdDesk *desk, PdFieldTarget target, gint64 id, const PdPerson *actor,
              const char *name, const char *text, char **out_old, char **out_new, GError **error)
{
  g_autoptr (PdField) field = NULL;

  if (out_old != NULL)
    *out_old = NULL;
  if (out_new != NULL)
    *out_new = NULL;
  field = need_for (desk, target, name, actor, error);
  if (field == NULL)
    return FALSE;
  if (field->closed)
    return pd_fail (error, PD_ERROR_CONFLICT, "the field \"%s\" is closed", name);
  return set_value (desk, field, id, text, out_old, out_new, error);
}

static const char *
find_text (const char *const *names, const char *const *texts, const char *name)
{
  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    if (strcmp (names[i], name) == 0)
      return texts[i];
  return NULL;
}

gboolean
pd_field_fill (PdDesk *desk, PdFieldTarget target, gint64 id, const PdPerson *actor,
               const char *const *names, const char *const *texts, GError **error)
{
  g_autoptr (GPtrArray) fields = pd_field_list (desk, target, error);

  if (fields == NULL)
    return FALSE;
  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    if (!pd_field_set (desk, target, id, actor, names[i], texts[i], NULL, NULL, error))
      return FALSE;
  for (guint i = 0; i < fields->len; i++)
    {
      PdField *field = g_ptr_array_index (fields, i);

      if (field->closed || find_text (names, texts, field->name) != NULL)
        continue;
      /* nobody can be asked to fill in what he does not see */
      if (field->preset[0] == '\0' && !(field->required && pd_field_is_for (field, actor)))
        continue;
      if (!set_value (desk, field, id, field->preset, NULL, NULL, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
pd_field_clear (PdDesk *desk, gint64 id, GError **error)
{
  return pd_db_exec (desk->db, PD_SQL_FIELD_VALUE_CLEAR, PD_BIND (PD_INT (id)), NULL, error);
}
