#include "desk/person-wish.h"

#include <string.h>

#include "base/error.h"
#include "desk/client-group.h"
#include "desk/field.h"
#include "desk/job-title.h"
#include "desk/unit.h"

typedef enum { TEXT, LIST, OBJECT } Form;

typedef enum {
  NAME,
  ADDRESSES,
  PHONE,
  MOBILE,
  MESSENGER,
  POSTAL,
  JOB_TITLE,
  LANGUAGE,
  TIMEZONE,
  GROUPS,
  FIELDS,
  ROLE,
  LOGIN,
  UNITS,
} Key;

static const struct {
  const char *name;
  Form form;
  PdWishScope scope;
} keys[] = {
  [NAME] = { "name", TEXT, PD_WISH_OF_CLIENT },
  [ADDRESSES] = { "addresses", LIST, PD_WISH_OF_CLIENT },
  [PHONE] = { "phone", TEXT, PD_WISH_OF_CLIENT },
  [MOBILE] = { "mobile", TEXT, PD_WISH_OF_CLIENT },
  [MESSENGER] = { "messenger", TEXT, PD_WISH_OF_CLIENT },
  [POSTAL] = { "postal", TEXT, PD_WISH_OF_CLIENT },
  [JOB_TITLE] = { "job_title", TEXT, PD_WISH_OF_CLIENT },
  [LANGUAGE] = { "language", TEXT, PD_WISH_OF_CLIENT },
  [TIMEZONE] = { "timezone", TEXT, PD_WISH_OF_CLIENT },
  [GROUPS] = { "groups", LIST, PD_WISH_OF_CLIENT },
  [FIELDS] = { "fields", OBJECT, PD_WISH_OF_CLIENT },
  [ROLE] = { "role", TEXT, PD_WISH_OF_ANYBODY },
  [LOGIN] = { "login", TEXT, PD_WISH_OF_ANYBODY },
  [UNITS] = { "units", LIST, PD_WISH_OF_ANYBODY },
};

/* ---- its form ---- */

static int
find_key (const char *name, PdWishScope scope)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strcmp (keys[i].name, name) == 0 && keys[i].scope <= scope)
      return (int)i;
  return -1;
}

static gboolean
fail_key (const char *name, PdWishScope scope, GError **error)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].scope <= scope)
      g_string_append_printf (all, "%s%s", all->len > 0 ? ", " : "", keys[i].name);
  return pd_fail (error, PD_ERROR_INVALID, "a person has no \"%s\"; there are %s", name, all->str);
}

static gboolean
check_list (const char *name, struct json_object *list, GError **error)
{
  for (gsize i = 0;
       json_object_is_type (list, json_type_array) && i < json_object_array_length (list); i++)
    if (!json_object_is_type (json_object_array_get_idx (list, i), json_type_string))
      return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is a list of texts", name);
  return json_object_is_type (list, json_type_array)
         || pd_fail (error, PD_ERROR_INVALID, "\"%s\" is a list of texts", name);
}

static gboolean
check_object (const char *name, struct json_object *object, GError **error)
{
  if (!json_object_is_type (object, json_type_object))
    return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is an object of names and texts", name);
  json_object_object_foreach (object, key, value)
  {
    (void)key;
    if (!json_object_is_type (value, json_type_string))
      return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is an object of names and texts", name);
  }
  return TRUE;
}

static gboolean
check_value (int key, struct json_object *value, GError **error)
{
  const char *name = keys[key].name;

  if (keys[key].form == LIST)
    return check_list (name, value, error);
  if (keys[key].form == OBJECT)
    return check_object (name, value, error);
  return json_object_is_type (value, json_type_string)
         || pd_fail (error, PD_ERROR_INVALID, "\"%s\" is a text", name);
}

struct json_object *
pd_person_wish_parse (const char *json, PdWishScope scope, GError **error)
{
  struct json_object *wish = NULL;

  if (strlen (json) <= PD_PERSON_WISH_MAX && g_utf8_validate (json, -1, NULL))
    wish = json_tokener_parse (json);
  if (!json_object_is_type (wish, json_type_object))
    {
      json_object_put (wish);
      pd_fail (error, PD_ERROR_INVALID,
               "what is wanted of a person is a JSON object of at most %d octets",
               PD_PERSON_WISH_MAX);
      return NULL;
    }
  json_object_object_foreach (wish, name, value)
  {
    int key = find_key (name, scope);

    if (key >= 0 ? !check_value (key, value, error) : !fail_key (name, scope, error))
      {
        json_object_put (wish);
        return NULL;
      }
  }
  return wish;
}

/* ---- its coming true ---- */

static struct json_object *
value_of (struct json_object *wish, Key key)
{
  struct json_object *value = NULL;

  json_object_object_get_ex (wish, keys[key].name, &value);
  return value;
}

/* The text of a key, NULL if the wish does not name it. */
static const char *
text_of (struct json_object *wish, Key key)
{
  struct json_object *value = value_of (wish, key);

  return value != NULL ? json_object_get_string (value) : NULL;
}

static const char *
item (struct json_object *list, gsize i)
{
  return json_object_get_string (json_object_array_get_idx (list, i));
}

static void
replace (char **text, const char *value)
{
  if (value == NULL)
    return;
  g_free (*text);
  *text = g_strdup (value);
}

static void
apply_addresses (struct json_object *list, PdPerson *person)
{
  if (list == NULL)
    return;
  g_ptr_array_set_size (person->addresses, 0);
  for (gsize i = 0; i < json_object_array_length (list); i++)
    g_ptr_array_add (person->addresses, g_strdup (item (list, i)));
}

static gboolean
apply_account (PdDesk *desk, struct json_object *wish, PdPerson *person, GError **error)
{
  const char *title = text_of (wish, JOB_TITLE), *role = text_of (wish, ROLE),
             *login = text_of (wish, LOGIN);

  if (title != NULL && *title == '\0')
    person->job_title = 0;
  else if (title != NULL && !pd_job_title_need (desk, title, &person->job_title, error))
    return FALSE;
  if (login != NULL && *login == '\0')
    g_clear_pointer (&person->login, g_free);
  else
    replace (&person->login, login);
  return role == NULL || pd_role_parse (role, &person->role, error);
}

gboolean
pd_person_wish_apply (PdDesk *desk, struct json_object *wish, PdPerson *person, GError **error)
{
  replace (&person->name, text_of (wish, NAME));
  replace (&person->phone, text_of (wish, PHONE));
  replace (&person->mobile, text_of (wish, MOBILE));
  replace (&person->messenger, text_of (wish, MESSENGER));
  replace (&person->postal, text_of (wish, POSTAL));
  replace (&person->language, text_of (wish, LANGUAGE));
  replace (&person->timezone, text_of (wish, TIMEZONE));
  apply_addresses (value_of (wish, ADDRESSES), person);
  return apply_account (desk, wish, person, error);
}

static gboolean
list_has (struct json_object *list, const char *text)
{
  for (gsize i = 0; i < json_object_array_length (list); i++)
    if (strcmp (item (list, i), text) == 0)
      return TRUE;
  return FALSE;
}

/* The groups named, and no others; who headed one that is named still does. */
static gboolean
finish_groups (PdDesk *desk, struct json_object *list, const PdPerson *person, GError **error)
{
  g_autoptr (GPtrArray) before = NULL;

  if (list == NULL)
    return TRUE;
  before = pd_client_group_of_person (desk, person->id, error);
  if (before == NULL)
    return FALSE;
  for (guint i = 0; i < before->len; i++)
    {
      PdClientGroup *group = g_ptr_array_index (before, i);

      if (!list_has (list, group->name)
          && !pd_client_group_drop_member (desk, group->id, person->id, error))
        return FALSE;
    }
  for (gsize i = 0; i < json_object_array_length (list); i++)
    {
      g_autoptr (PdClientGroup) group = pd_client_group_need (desk, item (list, i), error);
      gboolean is_in = FALSE;

      for (guint k = 0; group != NULL && k < before->len; k++)
        is_in = is_in || ((PdClientGroup *)g_ptr_array_index (before, k))->id == group->id;
      if (group == NULL
          || (!is_in && !pd_client_group_add_member (desk, group->id, person, FALSE, error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
finish_units (PdDesk *desk, struct json_object *list, const PdPerson *person, GError **error)
{
  for (gsize i = 0; list != NULL && i < json_object_array_length (list); i++)
    {
      g_autoptr (PdUnit) unit = pd_unit_need (desk, item (list, i), error);

      if (unit == NULL)
        return FALSE;
      if (!pd_person_is_staff (person))
        return pd_fail (error, PD_ERROR_INVALID, "a client cannot be a member of a unit");
      if (!pd_unit_add_member (desk, unit->id, person->id, person->role == PD_ROLE_HEAD, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
finish_fields (PdDesk *desk, struct json_object *object, const PdPerson *person,
               const PdPerson *actor, gboolean is_new, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();

  if (object != NULL)
    {
      json_object_object_foreach (object, name, value)
      {
        g_ptr_array_add (names, name);
        g_ptr_array_add (texts, (gpointer)json_object_get_string (value));
      }
    }
  g_ptr_array_add (names, NULL);
  g_ptr_array_add (texts, NULL);
  if (is_new)
    return pd_field_fill (desk, PD_FIELD_OF_PERSON, person->id, actor,
                          (const char *const *)names->pdata, (const char *const *)texts->pdata,
                          error);
  for (guint i = 0; i + 1 < names->len; i++)
    if (!pd_field_set (desk, PD_FIELD_OF_PERSON, person->id, actor, g_ptr_array_index (names, i),
                       g_ptr_array_index (texts, i), NULL, NULL, error))
      return FALSE;
  return TRUE;
}

gboolean
pd_person_wish_finish (PdDesk *desk, struct json_object *wish, const PdPerson *person,
                       const PdPerson *actor, gboolean is_new, GError **error)
{
  return finish_groups (desk, value_of (wish, GROUPS), person, error)
         && finish_units (desk, value_of (wish, UNITS), person, error)
         && finish_fields (desk, value_of (wish, FIELDS), person, actor, is_new, error);
}

/* ---- side by side ---- */

static void
free_change (gpointer data)
{
  PdPersonChange *change = data;

  g_free (change->name);
  g_free (change->before);
  g_free (change->after);
  g_free (change);
}

static void
add_change (GPtrArray *changes, const char *name, char *take_before, char *take_after)
{
  PdPersonChange *change = g_new0 (PdPersonChange, 1);

  change->name = g_strdup (name);
  change->before = take_before;
  change->after = take_after;
  g_ptr_array_add (changes, change);
}

static char *
join_list (struct json_object *list)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < json_object_array_length (list); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", item (list, i));
  return g_string_free (text, FALSE);
}

static char *
join_addresses (const PdPerson *person)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < person->addresses->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            (char *)g_ptr_array_index (person->addresses, i));
  return g_string_free (text, FALSE);
}

static char *
join_groups (PdDesk *desk, const PdPerson *person, GError **error)
{
  g_autoptr (GPtrArray) groups = pd_client_group_of_person (desk, person->id, error);
  GString *text;

  if (groups == NULL)
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < groups->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            ((PdClientGroup *)g_ptr_array_index (groups, i))->name);
  return g_string_free (text, FALSE);
}

/* How it is now; NULL on error. */
static char *
current_text (PdDesk *desk, const PdPerson *person, Key key, GError **error)
{
  if (person == NULL)
    return g_strdup ("");
  switch (key)
    {
    case NAME:
      return g_strdup (person->name);
    case ADDRESSES:
      return join_addresses (person);
    case PHONE:
      return g_strdup (person->phone);
    case MOBILE:
      return g_strdup (person->mobile);
    case MESSENGER:
      return g_strdup (person->messenger);
    case POSTAL:
      return g_strdup (person->postal);
    case JOB_TITLE:
      return pd_job_title_name (desk, person->job_title, error);
    case LANGUAGE:
      return g_strdup (person->language);
    case TIMEZONE:
      return g_strdup (person->timezone);
    case GROUPS:
      return join_groups (desk, person, error);
    case ROLE:
      return g_strdup (pd_role_name (person->role));
    case LOGIN:
      return g_strdup (person->login != NULL ? person->login : "");
    default:
      return g_strdup ("");
    }
}

static gboolean
compare_fields (PdDesk *desk, struct json_object *object, const PdPerson *person,
                const PdPerson *viewer, GPtrArray *changes, GError **error)
{
  g_autoptr (GPtrArray) values
      = pd_field_values (desk, PD_FIELD_OF_PERSON, person != NULL ? person->id : 0, viewer, error);

  for (guint i = 0; values != NULL && i < values->len; i++)
    {
      PdFieldValue *value = g_ptr_array_index (values, i);
      struct json_object *wanted = NULL;

      if (json_object_object_get_ex (object, value->field->name, &wanted))
        add_change (changes, value->field->name, g_strdup (value->text),
                    g_strdup (json_object_get_string (wanted)));
    }
  return values != NULL;
}

GPtrArray *
pd_person_wish_compare (PdDesk *desk, struct json_object *wish, const PdPerson *person,
                        const PdPerson *viewer, GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func (free_change);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      struct json_object *value = value_of (wish, (Key)i);
      char *before;

      if (value == NULL)
        continue;
      if (keys[i].form == OBJECT)
        {
          if (!compare_fields (desk, value, person, viewer, changes, error))
            return NULL;
          continue;
        }
      before = current_text (desk, person, (Key)i, error);
      if (before == NULL)
        return NULL;
      add_change (changes, keys[i].name, before,
                  keys[i].form == LIST ? join_list (value)
                                       : g_strdup (json_object_get_string (value)));
    }
  return g_steal_pointer (&changes);
}
