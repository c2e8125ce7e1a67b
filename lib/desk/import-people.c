/* People, the units and groups they are in, and what is written about them. */
#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/client-group.h"
#include "desk/desk-setting.h"
#include "desk/import-row.h"
#include "desk/person.h"
#include "desk/unit.h"

#define MAX_LOGIN 100 /* characters: the columns */
#define MAX_PHONE 64
#define MAX_MESSENGER 200
#define MAX_POSTAL 1000
#define MAX_JOB_TITLE 200

/* ---- settings ---- */

gboolean
pd_zenlix_note_setting (PdZenlix *zenlix, GError **error)
{
  g_hash_table_replace (zenlix->perf, g_strdup (pd_zenlix_text (zenlix, "param")),
                        g_strdup (pd_zenlix_text (zenlix, "value")));
  return TRUE;
}

static const char *
setting (PdZenlix *zenlix, const char *name)
{
  const char *value = g_hash_table_lookup (zenlix->perf, name);

  return value != NULL ? value : "";
}

/* What the administrator has set here already stays. */
static gboolean
set_setting (PdZenlix *zenlix, PdDeskSettingId id, const char *value, GError **error)
{
  gboolean is_set;

  if (!pd_desk_setting_is_set (zenlix->desk, id, &is_set, error))
    return FALSE;
  if (is_set)
    return pd_zenlix_known (zenlix);
  return pd_desk_setting_set (zenlix->desk, NULL, id, value, error) && pd_zenlix_imported (zenlix);
}

static gboolean
take_archive_after (PdZenlix *zenlix, GError **error)
{
  gint64 days = pd_zenlix_int (zenlix, "value");
  g_autofree char *value = g_strdup_printf ("%" G_GINT64_FORMAT "d", days);

  if (days <= 0 || days > 3650)
    return pd_zenlix_skip (zenlix, "no number of days");
  return set_setting (zenlix, PD_DESK_SETTING_ARCHIVE_AFTER, value, error);
}

/* With SLA plans these are the subjects, whatever fix_subj says. */
static gboolean
take_subject_mode (PdZenlix *zenlix, GError **error)
{
  const char *mode = pd_zenlix_text (zenlix, "value");

  if (strcmp (setting (zenlix, "sla_system"), "true") == 0)
    mode = "plans";
  else if (strcmp (mode, "true") == 0)
    mode = "list";
  else
    mode = strcmp (mode, "true_multiple") == 0 ? "multi" : "free";
  return set_setting (zenlix, PD_DESK_SETTING_SUBJECT_MODE, mode, error);
}

gboolean
pd_zenlix_take_setting (PdZenlix *zenlix, GError **error)
{
  static const struct {
    const char *param, *here;
  } of_file[] = {
    { "name_of_firm", "desk.name, a short one" },
    { "lang_def", "desk.language (ua is uk here)" },
    { "time_zone", "desk.timezone" },
    { "hostname", "desk.url" },
  };
  const char *param = pd_zenlix_text (zenlix, "param");

  if (strcmp (param, "days2arch") == 0)
    return take_archive_after (zenlix, error);
  if (strcmp (param, "fix_subj") == 0)
    return take_subject_mode (zenlix, error);
  for (guint i = 0; i < G_N_ELEMENTS (of_file); i++)
    if (strcmp (of_file[i].param, param) == 0)
      {
        pd_zenlix_say (zenlix, "setting %s was \"%s\"; the file postdesk.conf has it as %s", param,
                       pd_zenlix_text (zenlix, "value"), of_file[i].here);
        return pd_zenlix_skip (zenlix, "to be set in postdesk.conf");
      }
  return pd_zenlix_skip (zenlix, "a setting that has no place here");
}

/* ---- units ---- */

/* The address of the e-mail gate, if it led to this unit and is free; else one of the
 * unit's own, of its number, since names are in all scripts. */
static char *
unit_address (PdZenlix *zenlix, const char *foreign)
{
  const char *gate = setting (zenlix, "email_gate_mailbox");
  g_autofree char *key = NULL;
  gint64 owner = 0, person = 0;

  if (strcmp (setting (zenlix, "email_gate_unit_id"), foreign) == 0)
    key = pd_address_key (gate, NULL);
  if (key != NULL
      && pd_db_find_int (zenlix->desk->db, PD_SQL_UNIT_ADDRESS_KNOWN,
                         PD_BIND (PD_TEXT (key), PD_TEXT (key)), &owner, NULL)
      && pd_db_find_int (zenlix->desk->db, PD_SQL_PERSON_ID_BY_ADDRESS, PD_BIND (PD_TEXT (key)),
                         &person, NULL)
      && owner == 0 && person == 0)
    return g_steal_pointer (&key);
  return g_strdup_printf ("unit%s@%s", foreign, zenlix->desk->settings->domain);
}

static gboolean
add_unit (PdZenlix *zenlix, const char *name, const char *foreign, gint64 *out, GError **error)
{
  g_autofree char *address = unit_address (zenlix, foreign);
  g_autoptr (PdUnit) unit = pd_unit_new (name, (const char *const[]){ address, NULL });

  unit->closed = pd_zenlix_int (zenlix, "status") == 0;
  if (!pd_unit_add (zenlix->desk, unit, error))
    return FALSE;
  *out = unit->id;
  pd_zenlix_say (zenlix, "unit \"%s\" has the address %s; `postdesk unit set` gives it others",
                 name, address);
  return TRUE;
}

/* A unit of the same name may be there already, with its addresses: it is the same then. */
gboolean
pd_zenlix_take_unit (PdZenlix *zenlix, GError **error)
{
  const char *foreign = pd_zenlix_text (zenlix, "id");
  g_autofree char *name = pd_zenlix_line (pd_zenlix_text (zenlix, "name"), PD_UNIT_MAX_NAME);
  g_autoptr (PdUnit) there = NULL;
  gboolean known;
  gint64 id = 0;

  if (!pd_zenlix_is_known (zenlix, "unit", foreign, &known, error) || known)
    return known;
  if (name[0] == '\0')
    {
      g_free (name);
      name = g_strdup_printf ("ZENLIX unit %s", foreign);
    }
  if (!pd_unit_by_name (zenlix->desk, name, &there, error))
    return FALSE;
  if (there != NULL)
    id = there->id;
  else if (!add_unit (zenlix, name, foreign, &id, error))
    return FALSE;
  return pd_zenlix_note (zenlix, "unit", foreign, id, error) && pd_zenlix_imported (zenlix);
}

/* ---- positions ---- */

static gboolean
find_job_title (PdZenlix *zenlix, const char *text, gint64 *out, GError **error)
{
  g_autofree char *name = pd_zenlix_line (text, MAX_JOB_TITLE);

  *out = 0;
  if (name[0] == '\0')
    return TRUE;
  if (!pd_db_find_int (zenlix->desk->db, PD_SQL_IMPORT_JOB_TITLE_FIND, PD_BIND (PD_TEXT (name)),
                       out, error))
    return FALSE;
  if (*out != 0)
    return TRUE;
  *out = pd_id_new ();
  return pd_db_exec (zenlix->desk->db, PD_SQL_IMPORT_JOB_TITLE_ADD,
                     PD_BIND (PD_INT (*out), PD_TEXT (name)), NULL, error);
}

gboolean
pd_zenlix_take_job_title (PdZenlix *zenlix, GError **error)
{
  const char *foreign = pd_zenlix_text (zenlix, "id");
  gboolean known;
  gint64 id;

  if (!pd_zenlix_is_known (zenlix, "posada", foreign, &known, error) || known)
    return known;
  if (!find_job_title (zenlix, pd_zenlix_text (zenlix, "name"), &id, error))
    return FALSE;
  if (id == 0)
    return pd_zenlix_skip (zenlix, "it has no name");
  return pd_zenlix_note (zenlix, "posada", foreign, id, error) && pd_zenlix_imported (zenlix);
}

/* ---- client groups ---- */

static gboolean
find_group_by_name (PdZenlix *zenlix, const char *name, gint64 *out, GError **error)
{
  g_autoptr (GPtrArray) groups = pd_client_group_list (zenlix->desk, error);

  *out = 0;
  if (groups == NULL)
    return FALSE;
  for (guint i = 0; i < groups->len; i++)
    {
      const PdClientGroup *group = g_ptr_array_index (groups, i);

      if (strcmp (group->name, name) == 0)
        *out = group->id;
    }
  return TRUE;
}

static gboolean
add_group (PdZenlix *zenlix, const char *name, gint64 *out, GError **error)
{
  g_autoptr (PdClientGroup) group = pd_client_group_add (zenlix->desk, name, error);

  if (group == NULL)
    return FALSE;
  *out = group->id;
  group->locked = pd_zenlix_int (zenlix, "status") == 0;
  return !group->locked || pd_client_group_save (zenlix->desk, group, error);
}

gboolean
pd_zenlix_take_group (PdZenlix *zenlix, GError **error)
{
  const char *foreign = pd_zenlix_text (zenlix, "id");
  g_autofree char *name
      = pd_zenlix_line (pd_zenlix_text (zenlix, "name"), PD_CLIENT_GROUP_MAX_NAME);
  gboolean known;
  gint64 id;

  if (!pd_zenlix_is_known (zenlix, "group", foreign, &known, error) || known)
    return known;
  if (name[0] == '\0')
    return pd_zenlix_skip (zenlix, "it has no name");
  if (!find_group_by_name (zenlix, name, &id, error)
      || (id == 0 && !add_group (zenlix, name, &id, error)))
    return FALSE;
  return pd_zenlix_note (zenlix, "group", foreign, id, error) && pd_zenlix_imported (zenlix);
}

/* A deleted or staff person is in no group. */
static gboolean
join_group (PdZenlix *zenlix, gint64 group, gint64 person_id, gboolean head, GError **error)
{
  g_autoptr (PdPerson) person = NULL;

  if (!pd_person_get (zenlix->desk, person_id, &person, error))
    return FALSE;
  if (person == NULL || pd_person_is_staff (person) || person->state == PD_PERSON_DELETED)
    return TRUE;
  return pd_client_group_add_member (zenlix->desk, group, person, head, error);
}

gboolean
pd_zenlix_take_group_head (PdZenlix *zenlix, GError **error)
{
  gint64 head = pd_zenlix_int (zenlix, "main_user"), group, person;
  g_autofree char *key = g_strdup_printf ("%s", pd_zenlix_text (zenlix, "id"));
  gint64 done;

  if (head == 0 || !pd_zenlix_find (zenlix, "group-head", key, &done, error) || done != 0)
    return head == 0 || done != 0;
  if (!pd_zenlix_find (zenlix, "group", key, &group, error)
      || !pd_zenlix_find_number (zenlix, "user", head, &person, error))
    return FALSE;
  if (group == 0)
    return TRUE;
  if (person == 0)
    {
      pd_zenlix_say (zenlix,
                     "the head of the client group \"%s\", user %" G_GINT64_FORMAT
                     ", is not in the dump",
                     pd_zenlix_text (zenlix, "name"), head);
      return TRUE;
    }
  return join_group (zenlix, group, person, TRUE, error)
         && pd_zenlix_note (zenlix, "group-head", key, person, error);
}

/* ---- people ---- */

typedef struct {
  gint64 id;
  PdRole role;
  PdPersonState state;
  char *name;
} User;

static PdRole
role_of (PdZenlix *zenlix)
{
  if (pd_zenlix_int (zenlix, "is_client") == 1)
    return PD_ROLE_CLIENT;
  switch (pd_zenlix_int (zenlix, "priv"))
    {
    case 2:
      return PD_ROLE_DIRECTOR;
    case 0:
      return PD_ROLE_HEAD;
    default:
      return PD_ROLE_AGENT;
    }
}

/* A client who was made without access is no blocked one: he has no password, and that
 * is all. */
static PdPersonState
state_of (PdZenlix *zenlix)
{
  gint64 status = pd_zenlix_int (zenlix, "status");

  if (status == 2)
    return PD_PERSON_DELETED;
  if (status == 1
      || (pd_zenlix_int (zenlix, "is_client") == 1 && *pd_zenlix_text (zenlix, "pass") == '\0'))
    return PD_PERSON_ACTIVE;
  return PD_PERSON_BLOCKED;
}

/* "ua" is a country; codes of no known form are left to the desk. */
static const char *
language_of (PdZenlix *zenlix)
{
  const char *text = pd_zenlix_text (zenlix, "lang");

  if (strcmp (text, "ua") == 0)
    return "uk";
  return strlen (text) == 2 && g_ascii_islower (text[0]) && g_ascii_islower (text[1]) ? text : "";
}

/* NULL: he has none, is deleted, or somebody has it already. */
static gboolean
choose_login (PdZenlix *zenlix, const User *user, char **out, GError **error)
{
  g_autofree char *login = pd_zenlix_line (pd_zenlix_text (zenlix, "login"), MAX_LOGIN);
  gint64 owner;

  *out = NULL;
  if (login[0] == '\0' || user->state == PD_PERSON_DELETED)
    return TRUE;
  if (!pd_db_find_int (zenlix->desk->db, PD_SQL_IMPORT_LOGIN_KNOWN, PD_BIND (PD_TEXT (login)),
                       &owner, error))
    return FALSE;
  if (owner == 0)
    *out = g_steal_pointer (&login);
  else
    pd_zenlix_say (zenlix,
                   "user %s, \"%s\": the login \"%s\" belongs to somebody else, he has none",
                   pd_zenlix_text (zenlix, "id"), user->name, login);
  return TRUE;
}

static char *
contact (PdZenlix *zenlix, const char *column, glong max)
{
  char *text = pd_zenlix_line (pd_zenlix_text (zenlix, column), max);

  /* 0 stands for nothing there */
  if (strcmp (text, "0") == 0)
    *text = '\0';
  return text;
}

static gboolean
write_person (PdZenlix *zenlix, const User *user, GError **error)
{
  g_autofree char *phone = contact (zenlix, "tel", MAX_PHONE);
  g_autofree char *mobile = contact (zenlix, "mob", MAX_PHONE);
  g_autofree char *messenger = contact (zenlix, "skype", MAX_MESSENGER);
  g_autofree char *postal = contact (zenlix, "adr", MAX_POSTAL);
  g_autofree char *login = NULL;
  gint64 job_title;

  if (!choose_login (zenlix, user, &login, error)
      || !find_job_title (zenlix, pd_zenlix_text (zenlix, "posada"), &job_title, error))
    return FALSE;
  return pd_db_exec (zenlix->desk->db, PD_SQL_IMPORT_PERSON_ADD,
                     PD_BIND (PD_INT (user->id), PD_TEXT (pd_role_name (user->role)),
                              PD_INT (pd_zenlix_int (zenlix, "is_admin") == 8),
                              PD_TEXT (user->name), PD_TEXT (login), PD_TEXT (language_of (zenlix)),
                              PD_TEXT (pd_person_state_name (user->state)),
                              PD_INT (pd_clock_now ()), PD_ID (job_title), PD_TEXT (phone),
                              PD_TEXT (mobile), PD_TEXT (messenger), PD_TEXT (postal),
                              PD_INT (pd_zenlix_int (zenlix, "priv_add_client") != 0),
                              PD_INT (pd_zenlix_int (zenlix, "priv_edit_client") != 0)),
                     NULL, error);
}

/* Whose an address is: a person's, a unit's, nobody's. */
static gboolean
find_owner (PdZenlix *zenlix, const char *key, gint64 *out_person, gboolean *out_unit,
            GError **error)
{
  gint64 unit;

  if (!pd_db_find_int (zenlix->desk->db, PD_SQL_PERSON_ID_BY_ADDRESS, PD_BIND (PD_TEXT (key)),
                       out_person, error)
      || !pd_db_find_int (zenlix->desk->db, PD_SQL_UNIT_ADDRESS_KNOWN,
                          PD_BIND (PD_TEXT (key), PD_TEXT (key)), &unit, error))
    return FALSE;
  *out_unit = unit != 0;
  return TRUE;
}

/* The first with an address has it; of the others it is said. */
static gboolean
give_address (PdZenlix *zenlix, const User *user, GError **error)
{
  g_autofree char *written = g_strdup (pd_zenlix_text (zenlix, "email"));
  g_autofree char *key = NULL;
  gint64 owner;
  gboolean unit;

  if (*g_strstrip (written) == '\0' || user->state == PD_PERSON_DELETED)
    return TRUE;
  key = pd_address_key (written, NULL);
  if (key == NULL)
    {
      pd_zenlix_say (zenlix, "user %s, \"%s\": \"%s\" is no address, he has none",
                     pd_zenlix_text (zenlix, "id"), user->name, written);
      return TRUE;
    }
  if (!find_owner (zenlix, key, &owner, &unit, error))
    return FALSE;
  if (owner != 0 || unit)
    {
      pd_zenlix_say (zenlix, "user %s, \"%s\": the address %s belongs to %s, he has none",
                     pd_zenlix_text (zenlix, "id"), user->name, key,
                     unit ? "a unit" : "somebody else");
      return TRUE;
    }
  return pd_db_exec (zenlix->desk->db, PD_SQL_PERSON_ADDRESS_ADD,
                     PD_BIND (PD_TEXT (key), PD_TEXT (written), PD_INT (user->id), PD_INT (0)),
                     NULL, error);
}

static gboolean
join_units (PdZenlix *zenlix, const User *user, GError **error)
{
  g_autoptr (GArray) units = pd_zenlix_ids (zenlix, "unit");

  if (user->role == PD_ROLE_CLIENT)
    return TRUE;
  for (guint i = 0; i < units->len; i++)
    {
      gint64 foreign = g_array_index (units, gint64, i), unit;

      if (!pd_zenlix_find_number (zenlix, "unit", foreign, &unit, error))
        return FALSE;
      if (unit == 0)
        pd_zenlix_say (zenlix, "user %s, \"%s\": his unit %" G_GINT64_FORMAT " is not in the dump",
                       pd_zenlix_text (zenlix, "id"), user->name, foreign);
      else if (!pd_unit_add_member (zenlix->desk, unit, user->id, user->role == PD_ROLE_HEAD,
                                    error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
join_own_group (PdZenlix *zenlix, const User *user, GError **error)
{
  gint64 foreign = pd_zenlix_int (zenlix, "unit_desc"), group = 0;

  if (foreign <= 0)
    return TRUE;
  return pd_zenlix_find_number (zenlix, "group", foreign, &group, error)
         && (group == 0 || join_group (zenlix, group, user->id, FALSE, error));
}

/* Somebody who has written to this desk, or was entered, is the same if the address is:
 * he stays as he is. */
static gboolean
find_same (PdZenlix *zenlix, gint64 *out, GError **error)
{
  g_autofree char *written = g_strdup (pd_zenlix_text (zenlix, "email"));
  g_autofree char *key = pd_address_key (g_strstrip (written), NULL);
  g_autoptr (PdPerson) person = NULL;

  *out = 0;
  if (key == NULL || pd_zenlix_int (zenlix, "status") == 2)
    return TRUE;
  if (!pd_person_by_address (zenlix->desk, key, &person, error))
    return FALSE;
  /* but two users of the dump are two */
  if (person != NULL && strcmp (person->source, "import") != 0)
    *out = person->id;
  return TRUE;
}

static gboolean
add_user (PdZenlix *zenlix, const char *foreign, GError **error)
{
  User user = { .id = pd_id_new (), .role = role_of (zenlix), .state = state_of (zenlix) };
  g_autofree char *name = pd_zenlix_line (pd_zenlix_text (zenlix, "fio"), PD_PERSON_MAX_NAME);

  user.name = name;
  return write_person (zenlix, &user, error)
         && pd_zenlix_note (zenlix, "user", foreign, user.id, error)
         && give_address (zenlix, &user, error) && join_units (zenlix, &user, error)
         && join_own_group (zenlix, &user, error) && pd_zenlix_imported (zenlix);
}

static gboolean
take_same (PdZenlix *zenlix, const char *foreign, gint64 same, GError **error)
{
  const User user = { .id = same, .role = role_of (zenlix), .name = (char *)"" };
  g_autoptr (PdPerson) person = NULL;

  pd_zenlix_say (zenlix,
                 "user %s, \"%s\", is who has the address %s here already; he stays as he is",
                 foreign, pd_zenlix_text (zenlix, "fio"), pd_zenlix_text (zenlix, "email"));
  if (!pd_person_get (zenlix->desk, same, &person, error))
    return FALSE;
  if (person != NULL && pd_person_is_staff (person) && !join_units (zenlix, &user, error))
    return FALSE;
  return pd_zenlix_note (zenlix, "user", foreign, same, error)
         && join_own_group (zenlix, &user, error) && pd_zenlix_imported (zenlix);
}

gboolean
pd_zenlix_take_user (PdZenlix *zenlix, GError **error)
{
  const char *foreign = pd_zenlix_text (zenlix, "id");
  gboolean known;
  gint64 same;

  if (!pd_zenlix_is_known (zenlix, "user", foreign, &known, error) || known)
    return known;
  if (!find_same (zenlix, &same, error))
    return FALSE;
  return same != 0 ? take_same (zenlix, foreign, same, error) : add_user (zenlix, foreign, error);
}

static gboolean
add_default_performer (PdZenlix *zenlix, gint64 person, gint64 foreign, GError **error)
{
  gint64 performer, found;

  if (!pd_zenlix_find_number (zenlix, "user", foreign, &performer, error))
    return FALSE;
  if (performer == 0)
    return TRUE;
  return pd_db_find_int (zenlix->desk->db, PD_SQL_IMPORT_DEFAULT_KNOWN,
                         PD_BIND (PD_INT (person), PD_INT (performer)), &found, error)
         && (found != 0
             || pd_db_exec (zenlix->desk->db, PD_SQL_IMPORT_DEFAULT_ADD,
                            PD_BIND (PD_INT (person), PD_INT (performer)), NULL, error));
}

/* In a pass of its own: performers can come behind the people whose tickets they get. */
gboolean
pd_zenlix_take_user_defaults (PdZenlix *zenlix, GError **error)
{
  const char *foreign = pd_zenlix_text (zenlix, "id");
  g_autoptr (GArray) performers = pd_zenlix_ids (zenlix, "def_user_id");
  gint64 unit_there = pd_zenlix_int (zenlix, "def_unit_id"), unit, person, done;

  if (unit_there <= 0)
    return TRUE;
  if (!pd_zenlix_find (zenlix, "default", foreign, &done, error)
      || !pd_zenlix_find (zenlix, "user", foreign, &person, error)
      || !pd_zenlix_find_number (zenlix, "unit", unit_there, &unit, error))
    return FALSE;
  if (done != 0 || person == 0 || unit == 0)
    return TRUE;
  if (!pd_db_exec (zenlix->desk->db, PD_SQL_IMPORT_DEFAULT_UNIT,
                   PD_BIND (PD_INT (unit), PD_INT (person)), NULL, error))
    return FALSE;
  for (guint i = 0; i < performers->len; i++)
    if (!add_default_performer (zenlix, person, g_array_index (performers, gint64, i), error))
      return FALSE;
  return pd_zenlix_note (zenlix, "default", foreign, unit, error);
}

/* ---- event filters ---- */

/* Both were named by one event there. */
static const struct {
  const char *there, *here[2];
} events[] = {
  { "ticket_create", { "created", NULL } },  { "ticket_refer", { "forwarded", "assigned" } },
  { "ticket_comment", { "replied", NULL } }, { "ticket_lock", { "taken", NULL } },
  { "ticket_unlock", { "released", NULL } }, { "ticket_ok", { "done", NULL } },
  { "ticket_no_ok", { "reopened", NULL } },
};

static gboolean
add_choices (PdZenlix *zenlix, gint64 person, const char *channel, const char *column,
             gboolean wanted, GError **error)
{
  g_auto (GStrv) named = pd_zenlix_words (zenlix, column);

  for (guint i = 0; named[0] != NULL && i < G_N_ELEMENTS (events); i++)
    {
      gboolean is_named = g_strv_contains ((const char *const *)named, events[i].there);

      for (guint k = 0; k < 2 && events[i].here[k] != NULL && is_named == wanted; k++)
        if (!pd_db_exec (zenlix->desk->db, PD_SQL_IMPORT_CHOICE_ADD,
                         PD_BIND (PD_INT (person), PD_TEXT (events[i].here[k]), PD_TEXT (channel),
                                  PD_INT (wanted)),
                         NULL, error))
          return FALSE;
    }
  return TRUE;
}

/* Mail: an empty list is all events, so what is not in it is not wanted.  SMS: only what
 * is in it.  Of Pushbullet the filter was never used. */
gboolean
pd_zenlix_take_choices (PdZenlix *zenlix, GError **error)
{
  g_autofree char *foreign = g_strdup (pd_zenlix_text (zenlix, "user_id"));
  gboolean known;
  gint64 person;

  if (!pd_zenlix_is_known (zenlix, "choices", foreign, &known, error) || known)
    return known;
  if (!pd_zenlix_find (zenlix, "user", foreign, &person, error))
    return FALSE;
  if (person == 0)
    return pd_zenlix_skip (zenlix, "its user is not in the dump");
  return add_choices (zenlix, person, "mail", "mail", FALSE, error)
         && add_choices (zenlix, person, "sms", "sms", TRUE, error)
         && pd_zenlix_note (zenlix, "choices", foreign, person, error)
         && pd_zenlix_imported (zenlix);
}

/* ---- requests to add or change clients ---- */

static void
add_wish (struct json_object *wishes, const char *name, const char *value)
{
  if (*value != '\0' && strcmp (value, "0") != 0)
    json_object_object_add (wishes, name, json_object_new_string (value));
}

/* What was asked for, in the form of person-wish.h; no login, a client is made without. */
static char *
wishes_of (PdZenlix *zenlix)
{
  static const struct {
    const char *here, *there;
  } names[] = {
    { "name", "fio" },         { "phone", "tel" },       { "postal", "adr" },
    { "job_title", "posada" }, { "messenger", "skype" },
  };
  struct json_object *wishes = json_object_new_object (), *addresses = json_object_new_array ();
  const char *address = pd_zenlix_text (zenlix, "email");
  char *text;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    add_wish (wishes, names[i].here, pd_zenlix_text (zenlix, names[i].there));
  if (*address != '\0')
    json_object_array_add (addresses, json_object_new_string (address));
  if (*address != '\0')
    json_object_object_add (wishes, "addresses", addresses);
  else
    json_object_put (addresses);
  text = g_strdup (json_object_to_json_string (wishes));
  json_object_put (wishes);
  return text;
}

gboolean
pd_zenlix_take_request (PdZenlix *zenlix, GError **error)
{
  const char *foreign = pd_zenlix_text (zenlix, "id"), *kind = pd_zenlix_text (zenlix, "type_op");
  gboolean edit = strcmp (kind, "edit") == 0, known;
  g_autofree char *wishes = wishes_of (zenlix);
  gint64 by, title, person = 0, id = pd_id_new (), at = pd_zenlix_time (zenlix, "date_app");

  if (!pd_zenlix_is_known (zenlix, "request", foreign, &known, error) || known)
    return known;
  if (!edit && strcmp (kind, "add") != 0)
    return pd_zenlix_skip (zenlix, "neither add nor edit");
  if (!pd_zenlix_person (zenlix, pd_zenlix_int (zenlix, "user_from"), &by, error)
      || !find_job_title (zenlix, pd_zenlix_text (zenlix, "posada"), &title, error)
      || (edit
          && !pd_zenlix_find_number (zenlix, "user", pd_zenlix_int (zenlix, "client_id"), &person,
                                     error)))
    return FALSE;
  if (edit && person == 0)
    return pd_zenlix_skip (zenlix, "its client is not in the dump");
  return pd_db_exec (zenlix->desk->db, PD_SQL_IMPORT_REQUEST_ADD,
                     PD_BIND (PD_INT (id), PD_TEXT (kind), PD_ID (person), PD_TEXT (wishes),
                              PD_INT (by), PD_INT (at != 0 ? at : pd_clock_now ())),
                     NULL, error)
         && pd_zenlix_note (zenlix, "request", foreign, id, error) && pd_zenlix_imported (zenlix);
}
