#include "desk/person.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/unit.h"

#define MAX_LANGUAGE 16 /* characters: the columns */
#define MAX_TIMEZONE 64

static const char *const role_names[] = {
  [PD_ROLE_CLIENT] = "client",
  [PD_ROLE_AGENT] = "agent",
  [PD_ROLE_HEAD] = "head",
  [PD_ROLE_DIRECTOR] = "director",
};

static const char *const state_names[] = {
  [PD_PERSON_ACTIVE] = "active",
  [PD_PERSON_BLOCKED] = "blocked",
  [PD_PERSON_DELETED] = "deleted",
};

/* Not by g_utf8_strdown: in a Turkish locale it gives I another small letter,
 * and a key must be the same on every machine. */
static char *
small_letters (const char *text)
{
  GString *small = g_string_sized_new (strlen (text));

  for (; *text != '\0'; text = g_utf8_next_char (text))
    g_string_append_unichar (small, g_unichar_tolower (g_utf8_get_char (text)));
  return g_string_free (small, FALSE);
}

char *
pd_login_key (const char *login)
{
  return g_utf8_validate (login, -1, NULL) && *login != '\0' ? small_letters (login) : NULL;
}

/* The place of a word in a table, or -1. */
static int
place_of (const char *const *names, gsize n_names, const char *text)
{
  for (gsize i = 0; i < n_names; i++)
    if (strcmp (names[i], text) == 0)
      return (int)i;
  return -1;
}

const char *
pd_role_name (PdRole role)
{
  g_return_val_if_fail ((gsize)role < G_N_ELEMENTS (role_names), "");
  return role_names[role];
}

gboolean
pd_role_parse (const char *text, PdRole *out, GError **error)
{
  int place = place_of (role_names, G_N_ELEMENTS (role_names), text);

  *out = place >= 0 ? (PdRole)place : PD_ROLE_CLIENT;
  return place >= 0
         || pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no role; director, head, agent or client",
                     text);
}

const char *
pd_person_state_name (PdPersonState state)
{
  g_return_val_if_fail ((gsize)state < G_N_ELEMENTS (state_names), "");
  return state_names[state];
}

gboolean
pd_person_state_parse (const char *text, PdPersonState *out, GError **error)
{
  int place = place_of (state_names, G_N_ELEMENTS (state_names), text);

  *out = place >= 0 ? (PdPersonState)place : PD_PERSON_ACTIVE;
  return place >= 0
         || pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no state; active, blocked or deleted",
                     text);
}

PdPerson *
pd_person_new (PdRole role, const char *name, const char *address)
{
  PdPerson *person = g_new0 (PdPerson, 1);

  person->role = role;
  person->name = g_strdup (name != NULL ? name : "");
  person->addresses = g_ptr_array_new_with_free_func (g_free);
  if (address != NULL)
    g_ptr_array_add (person->addresses, g_strdup (address));
  person->language = g_strdup ("");
  person->timezone = g_strdup ("");
  person->source = g_strdup ("command");
  person->phone = g_strdup ("");
  person->mobile = g_strdup ("");
  person->messenger = g_strdup ("");
  person->postal = g_strdup ("");
  person->digest = g_strdup ("");
  person->may_add_clients = person->may_edit_clients = TRUE;
  return person;
}

void
pd_person_free (PdPerson *person)
{
  if (person == NULL)
    return;
  g_free (person->name);
  g_clear_pointer (&person->addresses, g_ptr_array_unref);
  g_free (person->language);
  g_free (person->timezone);
  g_free (person->source);
  g_free (person->login);
  g_free (person->phone);
  g_free (person->mobile);
  g_free (person->messenger);
  g_free (person->postal);
  g_free (person->digest);
  g_free (person);
}

static void
free_person (gpointer person)
{
  pd_person_free (person);
}

gboolean
pd_person_is_staff (const PdPerson *person)
{
  return person->role != PD_ROLE_CLIENT;
}

const char *
pd_person_address (const PdPerson *person)
{
  return person->addresses != NULL && person->addresses->len > 0
             ? g_ptr_array_index (person->addresses, 0)
             : "";
}

const char *
pd_person_label (const PdPerson *person)
{
  return person->name != NULL && person->name[0] != '\0' ? person->name
                                                         : pd_person_address (person);
}

/* Columns as in the statements person_get, person_by_address and person_list. */
enum {
  ID,
  ROLE,
  ADMIN,
  NAME,
  LANGUAGE,
  TIMEZONE,
  STATE,
  SOURCE,
  CREATED,
  LOGIN,
  HAS_PASSWORD,
  JOB_TITLE,
  PHONE,
  MOBILE,
  MESSENGER,
  POSTAL,
  DEFAULT_UNIT,
  MAY_ADD,
  MAY_EDIT,
  DIGEST,
  MERGED_INTO,
  WRITTEN,
};

static void
read_contacts (PdRows *rows, PdPerson *person)
{
  person->login = pd_rows_is_null (rows, LOGIN) ? NULL : g_strdup (pd_rows_text (rows, LOGIN));
  person->has_password = pd_rows_int (rows, HAS_PASSWORD) != 0;
  person->job_title = pd_rows_int (rows, JOB_TITLE);
  person->phone = g_strdup (pd_rows_text (rows, PHONE));
  person->mobile = g_strdup (pd_rows_text (rows, MOBILE));
  person->messenger = g_strdup (pd_rows_text (rows, MESSENGER));
  person->postal = g_strdup (pd_rows_text (rows, POSTAL));
  person->default_unit = pd_rows_int (rows, DEFAULT_UNIT);
  person->may_add_clients = pd_rows_int (rows, MAY_ADD) != 0;
  person->may_edit_clients = pd_rows_int (rows, MAY_EDIT) != 0;
  person->digest = g_strdup (pd_rows_text (rows, DIGEST));
  person->merged_into = pd_rows_int (rows, MERGED_INTO);
}

static PdPerson *
read_person (PdRows *rows)
{
  PdPerson *person = g_new0 (PdPerson, 1);

  person->id = pd_rows_int (rows, ID);
  /* an unknown word is from a newer program: the least rights are safe */
  pd_role_parse (pd_rows_text (rows, ROLE), &person->role, NULL);
  person->admin = pd_rows_int (rows, ADMIN) != 0;
  person->name = g_strdup (pd_rows_text (rows, NAME));
  person->language = g_strdup (pd_rows_text (rows, LANGUAGE));
  person->timezone = g_strdup (pd_rows_text (rows, TIMEZONE));
  if (!pd_person_state_parse (pd_rows_text (rows, STATE), &person->state, NULL))
    person->state = PD_PERSON_BLOCKED;
  person->source = g_strdup (pd_rows_text (rows, SOURCE));
  person->created = pd_rows_int (rows, CREATED);
  read_contacts (rows, person);
  person->addresses = g_ptr_array_new_with_free_func (g_free);
  return person;
}

/* All people of a query that gives each one once for every address. */
static GPtrArray *
read_people (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, values, n_values, error);
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func (free_person);
  PdPerson *person = NULL;
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      if (person == NULL || person->id != pd_rows_int (rows, ID))
        {
          person = read_person (rows);
          g_ptr_array_add (people, person);
        }
      if (!pd_rows_is_null (rows, WRITTEN))
        g_ptr_array_add (person->addresses, g_strdup (pd_rows_text (rows, WRITTEN)));
    }
  return step == 0 ? g_steal_pointer (&people) : NULL;
}

static gboolean
read_one (PdDesk *desk, PdSqlId sql, PdDbValue value, PdPerson **out, GError **error)
{
  g_autoptr (GPtrArray) people = read_people (desk, sql, &value, 1, error);

  *out = NULL;
  if (people != NULL && people->len > 0)
    *out = g_ptr_array_steal_index (people, 0);
  return people != NULL;
}

gboolean
pd_person_get (PdDesk *desk, gint64 id, PdPerson **out, GError **error)
{
  return read_one (desk, PD_SQL_PERSON_GET, PD_INT (id), out, error);
}

static gboolean
by_key (PdDesk *desk, const char *key, PdPerson **out, GError **error)
{
  return read_one (desk, PD_SQL_PERSON_BY_ADDRESS, PD_TEXT (key), out, error);
}

gboolean
pd_person_by_address (PdDesk *desk, const char *address, PdPerson **out, GError **error)
{
  g_autofree char *key = pd_address_key (address, NULL);

  *out = NULL;
  /* what is no address is nobody's */
  return key == NULL || by_key (desk, key, out, error);
}

PdPerson *
pd_person_need (PdDesk *desk, const char *address, GError **error)
{
  PdPerson *person = NULL;

  if (pd_person_by_address (desk, address, &person, error) && person == NULL)
    pd_fail (error, PD_ERROR_NOT_FOUND, "nobody has the address \"%s\"", address);
  return person;
}

GPtrArray *
pd_person_list (PdDesk *desk, int role_filter, GError **error)
{
  const char *role = role_filter >= 0 ? pd_role_name ((PdRole)role_filter) : "";

  return read_people (desk, PD_SQL_PERSON_LIST, PD_BIND (PD_TEXT (role), PD_TEXT (role)), error);
}

GPtrArray *
pd_person_list_state (PdDesk *desk, PdPersonState state, int role_filter, GError **error)
{
  const char *role = role_filter >= 0 ? pd_role_name ((PdRole)role_filter) : "";

  return read_people (
      desk, PD_SQL_PERSON_LIST_STATE,
      PD_BIND (PD_TEXT (pd_person_state_name (state)), PD_TEXT (role), PD_TEXT (role)), error);
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
check_line (const char *what, const char *text, int max, GError **error)
{
  if (text == NULL)
    return TRUE;
  if (!g_utf8_validate (text, -1, NULL) || !is_one_line (text))
    return pd_fail (error, PD_ERROR_INVALID, "a %s is one line of UTF-8", what);
  return g_utf8_strlen (text, -1) <= max
         || pd_fail (error, PD_ERROR_INVALID, "a %s has at most %d characters", what, max);
}

static gboolean
check_postal (const char *postal, GError **error)
{
  if (postal == NULL)
    return TRUE;
  if (!g_utf8_validate (postal, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "a postal address is text in UTF-8");
  return g_utf8_strlen (postal, -1) <= PD_PERSON_MAX_POSTAL
         || pd_fail (error, PD_ERROR_INVALID, "a postal address has at most %d characters",
                     PD_PERSON_MAX_POSTAL);
}

static gboolean
check_contacts (const PdPerson *person, GError **error)
{
  static const char *const digests[] = { "", "daily", "weekly" };
  const char *digest = person->digest != NULL ? person->digest : "";

  if (place_of (digests, G_N_ELEMENTS (digests), digest) < 0)
    return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no digest; daily, weekly or none", digest);
  return check_line ("phone number", person->phone, PD_PERSON_MAX_PHONE, error)
         && check_line ("mobile number", person->mobile, PD_PERSON_MAX_PHONE, error)
         && check_line ("messenger", person->messenger, PD_PERSON_MAX_MESSENGER, error)
         && check_postal (person->postal, error);
}

/* A login is what a person types: letters in any case, nothing that cannot be
 * seen. */
static gboolean
check_login (PdDesk *desk, const PdPerson *person, GError **error)
{
  g_autofree char *key = NULL;
  gint64 other = 0;

  if (person->login == NULL)
    return TRUE;
  if (!check_line ("login", person->login, PD_PERSON_MAX_LOGIN, error))
    return FALSE;
  for (const char *at = person->login; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_isspace (g_utf8_get_char (at)))
      return pd_fail (error, PD_ERROR_INVALID, "a login has no blanks");
  if (person->login[0] == '\0')
    return pd_fail (error, PD_ERROR_INVALID, "a login has 1 to %d characters", PD_PERSON_MAX_LOGIN);
  key = small_letters (person->login);
  if (!pd_db_find_int (desk->db, PD_SQL_PERSON_BY_LOGIN, PD_BIND (PD_TEXT (key)), &other, error))
    return FALSE;
  return other == 0 || other == person->id
         || pd_fail (error, PD_ERROR_CONFLICT, "the login \"%s\" is somebody's already",
                     person->login);
}

/* The form of a language tag (RFC 5646 2.1), not whether there is such a one. */
static gboolean
check_language (const char *language, GError **error)
{
  gsize length = language != NULL ? strlen (language) : 0;
  gsize first;

  if (length == 0)
    return TRUE;
  first = strspn (language, "abcdefghijklmnopqrstuvwxyz");
  if (length <= MAX_LANGUAGE && (first == 2 || first == 3)
      && strspn (language, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
             == length
      && (language[first] == '\0' || language[first] == '-'))
    return TRUE;
  return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no language tag such as en or pt-BR",
                  language);
}

static gboolean
check_timezone (const char *name, GError **error)
{
  g_autoptr (GTimeZone) zone = NULL;

  if (name == NULL || name[0] == '\0')
    return TRUE;
  zone = strlen (name) <= MAX_TIMEZONE ? g_time_zone_new_identifier (name) : NULL;
  return zone != NULL
         || pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no time zone such as Europe/Kyiv", name);
}

static gboolean
check_address (PdDesk *desk, gint64 id, const char *address, GError **error)
{
  g_autofree char *key = pd_address_key (address, error);
  g_autoptr (PdPerson) other = NULL;
  gboolean own = FALSE;

  if (key == NULL || !by_key (desk, key, &other, error) || !pd_unit_is_own (desk, key, &own, error))
    return FALSE;
  if (other != NULL && other->id != id)
    return pd_fail (error, PD_ERROR_CONFLICT, "%s is an address of %s already", address,
                    pd_person_label (other));
  if (own)
    return pd_fail (error, PD_ERROR_CONFLICT, "%s is an address of a unit", address);
  return TRUE;
}

static gboolean
check_person (PdDesk *desk, const PdPerson *person, GError **error)
{
  if (!check_line ("name", person->name, PD_PERSON_MAX_NAME, error)
      || !check_language (person->language, error) || !check_timezone (person->timezone, error)
      || !check_contacts (person, error) || !check_login (desk, person, error))
    return FALSE;
  if (person->admin && !pd_person_is_staff (person))
    return pd_fail (error, PD_ERROR_INVALID,
                    "a client cannot be an administrator; the role is director, head or agent");
  if (person->addresses != NULL && person->addresses->len > PD_PERSON_MAX_ADDRESSES)
    return pd_fail (error, PD_ERROR_INVALID, "a person has at most %d addresses",
                    PD_PERSON_MAX_ADDRESSES);
  for (guint i = 0; person->addresses != NULL && i < person->addresses->len; i++)
    if (!check_address (desk, person->id, g_ptr_array_index (person->addresses, i), error))
      return FALSE;
  return TRUE;
}

static PdDbValue
text_or_empty (const char *text)
{
  return PD_TEXT (text != NULL ? text : "");
}

static gboolean
write_address (PdDesk *desk, gint64 person, const char *key, const char *written, guint position,
               GError **error)
{
  return pd_db_exec (desk->db, PD_SQL_PERSON_ADDRESS_ADD,
                     PD_BIND (PD_TEXT (key), PD_TEXT (written), PD_INT (person), PD_INT (position)),
                     NULL, error);
}

static gboolean
write_addresses (PdDesk *desk, const PdPerson *person, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; person->addresses != NULL && i < person->addresses->len; i++)
    {
      const char *written = g_ptr_array_index (person->addresses, i);
      char *key = pd_address_key (written, error);

      if (key == NULL)
        return FALSE;
      if (!g_hash_table_contains (seen, key)
          && !write_address (desk, person->id, key, written, i, error))
        {
          g_free (key);
          return FALSE;
        }
      g_hash_table_add (seen, key);
    }
  return TRUE;
}

static gboolean
write_person (PdDesk *desk, const PdPerson *person, GError **error)
{
  g_autofree char *login = person->login != NULL ? small_letters (person->login) : NULL;

  return pd_db_exec (
      desk->db, PD_SQL_PERSON_ADD,
      PD_BIND (PD_INT (person->id), PD_TEXT (pd_role_name (person->role)),
               PD_INT (person->admin != FALSE), text_or_empty (person->name),
               text_or_empty (person->language), text_or_empty (person->timezone),
               PD_TEXT (pd_person_state_name (person->state)), text_or_empty (person->source),
               PD_INT (person->created), PD_TEXT (login), PD_ID (person->job_title),
               text_or_empty (person->phone), text_or_empty (person->mobile),
               text_or_empty (person->messenger), text_or_empty (person->postal),
               PD_INT (person->may_add_clients != FALSE),
               PD_INT (person->may_edit_clients != FALSE), text_or_empty (person->digest)),
      NULL, error);
}

static gboolean
rewrite_person (PdDesk *desk, const PdPerson *person, GError **error)
{
  g_autofree char *login = person->login != NULL ? small_letters (person->login) : NULL;

  return pd_db_exec (
      desk->db, PD_SQL_PERSON_SAVE,
      PD_BIND (PD_TEXT (pd_role_name (person->role)), PD_INT (person->admin != FALSE),
               text_or_empty (person->name), text_or_empty (person->language),
               text_or_empty (person->timezone), PD_TEXT (pd_person_state_name (person->state)),
               PD_TEXT (login), PD_ID (person->job_title), text_or_empty (person->phone),
               text_or_empty (person->mobile), text_or_empty (person->messenger),
               text_or_empty (person->postal), PD_INT (person->may_add_clients != FALSE),
               PD_INT (person->may_edit_clients != FALSE), text_or_empty (person->digest),
               PD_INT (person->id)),
      NULL, error);
}

/* Somebody must be left who can undo this. */
static gboolean
check_last_admin (PdDesk *desk, const PdPerson *person, GError **error)
{
  g_autoptr (PdPerson) before = NULL;
  gint64 other = 0;

  if (person->admin && person->state == PD_PERSON_ACTIVE)
    return TRUE;
  if (!pd_person_get (desk, person->id, &before, error))
    return FALSE;
  if (before == NULL || !before->admin || before->state != PD_PERSON_ACTIVE)
    return TRUE;
  if (!pd_db_find_int (desk->db, PD_SQL_PERSON_OTHER_ADMIN, PD_BIND (PD_INT (person->id)), &other,
                       error))
    return FALSE;
  return other != 0
         || pd_fail (error, PD_ERROR_CONFLICT,
                     "%s is the last active administrator: make another one first",
                     pd_person_label (person));
}

gboolean
pd_person_add (PdDesk *desk, PdPerson *person, GError **error)
{
  person->id = 0;
  if (!check_person (desk, person, error))
    return FALSE;
  person->id = pd_id_new ();
  person->created = pd_clock_now ();
  return write_person (desk, person, error) && write_addresses (desk, person, error);
}

gboolean
pd_person_save (PdDesk *desk, const PdPerson *person, GError **error)
{
  if (!check_person (desk, person, error) || !check_last_admin (desk, person, error)
      || !rewrite_person (desk, person, error)
      || !pd_db_exec (desk->db, PD_SQL_PERSON_ADDRESS_DROP, PD_BIND (PD_INT (person->id)), NULL,
                      error))
    return FALSE;
  return person->state == PD_PERSON_DELETED || write_addresses (desk, person, error);
}

/* A name as a stranger's mail has it, made fit to keep: one line, without what
 * is not text, cut at the bound; "" if nothing is left. */
static char *
tidy_name (const char *name)
{
  GString *tidy = g_string_new (NULL);
  glong n = 0;

  for (; name != NULL && *name != '\0' && n < PD_PERSON_MAX_NAME; name = g_utf8_next_char (name))
    {
      gunichar c = g_utf8_get_char (name);
      gboolean blank = g_unichar_iscntrl (c) || g_unichar_isspace (c);

      if (blank && (tidy->len == 0 || tidy->str[tidy->len - 1] == ' '))
        continue;
      g_string_append_unichar (tidy, blank ? ' ' : c);
      n++;
    }
  return g_strchomp (g_string_free (tidy, FALSE));
}

/* No checks by queries here: the key was just looked up and is nobody's, and a
 * race for it ends at the primary key. */
static gboolean
add_stranger (PdDesk *desk, PdPerson *person, const char *key, GError **error)
{
  g_free (person->source);
  person->source = g_strdup ("mail");
  person->id = pd_id_new ();
  person->created = pd_clock_now ();
  return write_person (desk, person, error)
         && write_address (desk, person->id, key, pd_person_address (person), 0, error);
}

static gboolean
learn_name (PdDesk *desk, PdPerson *person, char *name, GError **error)
{
  g_free (person->name);
  person->name = name;
  return pd_db_exec (desk->db, PD_SQL_PERSON_LEARN_NAME,
                     PD_BIND (PD_TEXT (name), PD_INT (person->id)), NULL, error);
}

PdPerson *
pd_person_ensure (PdDesk *desk, const char *address, const char *name, GError **error)
{
  g_autofree char *key = pd_address_key (address, error);
  g_autofree char *tidy = NULL;
  g_autoptr (PdPerson) person = NULL;

  if (key == NULL || !by_key (desk, key, &person, error))
    return NULL;
  if (name != NULL && !g_utf8_validate (name, -1, NULL))
    name = NULL;
  tidy = tidy_name (name);
  if (person == NULL)
    {
      person = pd_person_new (PD_ROLE_CLIENT, tidy, address);
      if (!add_stranger (desk, person, key, error))
        return NULL;
    }
  else if (person->name[0] == '\0' && tidy[0] != '\0'
           && !learn_name (desk, person, g_steal_pointer (&tidy), error))
    return NULL;
  return g_steal_pointer (&person);
}

static gboolean
groups_locked (PdDesk *desk, gint64 person, gboolean *out, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_CLIENT_GROUP_LOCKS, PD_BIND (PD_INT (person)), error);

  *out = FALSE;
  if (rows == NULL || pd_rows_next (rows, error) != 1)
    return FALSE;
  *out = pd_rows_int (rows, 0) > 0 && pd_rows_int (rows, 0) == pd_rows_int (rows, 1);
  return TRUE;
}

gboolean
pd_person_may_act (PdDesk *desk, const PdPerson *person, gboolean *out_may, const char **out_reason,
                   GError **error)
{
  gboolean locked = FALSE;

  *out_reason = NULL;
  *out_may = FALSE;
  if (person->state != PD_PERSON_ACTIVE)
    {
      *out_reason = person->state == PD_PERSON_BLOCKED ? "is blocked" : "is deleted";
      return TRUE;
    }
  if (!pd_person_is_staff (person) && !groups_locked (desk, person->id, &locked, error))
    return FALSE;
  if (locked)
    *out_reason = "is in groups that are all locked";
  *out_may = !locked;
  return TRUE;
}

GArray *
pd_person_unit_ids (PdDesk *desk, gint64 person, GError **error)
{
  return pd_db_list_ints (desk->db, PD_SQL_PERSON_UNIT_IDS, PD_BIND (PD_INT (person)), error);
}

static gboolean
bad_character (gunichar c)
{
  return g_unichar_iscntrl (c) || g_unichar_isspace (c) || c == '<' || c == '>' || c == '@';
}

/* One to `max` octets without blanks, controls, "<>" and "@". */
static gboolean
check_half (const char *start, const char *end, gsize max)
{
  if (end == start || (gsize)(end - start) > max)
    return FALSE;
  for (const char *at = start; at < end; at = g_utf8_next_char (at))
    if (bad_character (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

static gboolean
check_form (const char *address)
{
  gsize length = strlen (address);
  const char *at = length <= PD_ADDRESS_MAX ? strrchr (address, '@') : NULL;

  return at != NULL && g_utf8_validate (address, (gssize)length, NULL)
         && check_half (address, at, PD_ADDRESS_MAX)
         && check_half (at + 1, address + length, PD_ADDRESS_MAX_DOMAIN) && at[1] != '.'
         && address[length - 1] != '.' && strstr (at, "..") == NULL;
}

char *
pd_address_key (const char *address, GError **error)
{
  if (!check_form (address))
    {
      g_autofree char *shown = g_strescape (address, NULL);

      pd_fail (error, PD_ERROR_INVALID, "\"%.*s\" is no mail address", PD_ADDRESS_MAX, shown);
      return NULL;
    }
  return small_letters (address);
}
