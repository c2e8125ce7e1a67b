#include "desk/mailing.h"

#include <string.h>

#include <json-c/json.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/notice-mail.h"
#include "desk/outbox.h"
#include "desk/unit.h"

static const PdRole all_roles[]
    = { PD_ROLE_CLIENT, PD_ROLE_AGENT, PD_ROLE_HEAD, PD_ROLE_DIRECTOR };

PdMailing *
pd_mailing_new (void)
{
  PdMailing *mailing = g_new0 (PdMailing, 1);

  mailing->units = g_array_new (FALSE, FALSE, sizeof (gint64));
  mailing->groups = g_array_new (FALSE, FALSE, sizeof (gint64));
  mailing->persons = g_array_new (FALSE, FALSE, sizeof (gint64));
  return mailing;
}

void
pd_mailing_free (PdMailing *mailing)
{
  if (mailing == NULL)
    return;
  g_free (mailing->subject);
  g_free (mailing->text);
  g_free (mailing->html);
  g_array_unref (mailing->units);
  g_array_unref (mailing->groups);
  g_array_unref (mailing->persons);
  g_free (mailing);
}

static gboolean
check_actor (const PdPerson *actor, GError **error)
{
  return actor == NULL
         || (actor->state == PD_PERSON_ACTIVE && (actor->admin || actor->role == PD_ROLE_DIRECTOR))
         || pd_fail (error, PD_ERROR_DENIED, "only administrators and directors send mailings");
}

/* ---- the choice as JSON ---- */

static struct json_object *
ids_json (const GArray *ids)
{
  struct json_object *array = json_object_new_array ();

  for (guint i = 0; i < ids->len; i++)
    {
      char text[PD_ID_TEXT_SIZE];

      json_object_array_add (
          array, json_object_new_string (pd_id_format (g_array_index (ids, gint64, i), text)));
    }
  return array;
}

static char *
choice_text (const PdMailing *mailing)
{
  struct json_object *choice = json_object_new_object ();
  struct json_object *roles = json_object_new_array ();
  char *text;

  for (gsize i = 0; i < G_N_ELEMENTS (all_roles); i++)
    if ((mailing->roles & (1U << all_roles[i])) != 0)
      json_object_array_add (roles, json_object_new_string (pd_role_name (all_roles[i])));
  json_object_object_add (choice, "roles", roles);
  json_object_object_add (choice, "units", ids_json (mailing->units));
  json_object_object_add (choice, "groups", ids_json (mailing->groups));
  json_object_object_add (choice, "persons", ids_json (mailing->persons));
  text = g_strdup (json_object_to_json_string_ext (choice, JSON_C_TO_STRING_PLAIN));
  json_object_put (choice);
  return text;
}

static void
read_ids (struct json_object *choice, const char *name, GArray *ids)
{
  struct json_object *array = json_object_object_get (choice, name);

  for (gsize i = 0; json_object_is_type (array, json_type_array)
                    && i < json_object_array_length (array);
       i++)
    {
      gint64 id;

      if (pd_id_parse (json_object_get_string (json_object_array_get_idx (array, i)), &id))
        g_array_append_val (ids, id);
    }
}

static void
read_choice (PdMailing *mailing, const char *text)
{
  struct json_object *choice = json_tokener_parse (text);
  struct json_object *roles = json_object_object_get (choice, "roles");

  for (gsize i = 0; json_object_is_type (roles, json_type_array)
                    && i < json_object_array_length (roles);
       i++)
    {
      PdRole role;

      if (pd_role_parse (json_object_get_string (json_object_array_get_idx (roles, i)), &role,
                         NULL))
        mailing->roles |= 1U << role;
    }
  read_ids (choice, "units", mailing->units);
  read_ids (choice, "groups", mailing->groups);
  read_ids (choice, "persons", mailing->persons);
  json_object_put (choice);
}

/* ---- drafts ---- */

static gboolean
check_texts (const PdMailing *mailing, GError **error)
{
  const char *subject = mailing->subject != NULL ? mailing->subject : "";
  const char *text = mailing->text != NULL ? mailing->text : "";

  if (!g_utf8_validate (subject, -1, NULL) || subject[strspn (subject, " ")] == '\0'
      || g_utf8_strlen (subject, -1) > PD_MAILING_MAX_SUBJECT || strpbrk (subject, "\r\n") != NULL)
    return pd_fail (error, PD_ERROR_INVALID, "the subject of a mailing is a line of 1 to %d characters",
                    PD_MAILING_MAX_SUBJECT);
  if (text[strspn (text, " \r\n\t")] == '\0' || strlen (text) > PD_MAILING_MAX_TEXT
      || !g_utf8_validate (text, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "the text of a mailing is UTF-8 of 1 to %d octets",
                    PD_MAILING_MAX_TEXT);
  if (mailing->html != NULL
      && (strlen (mailing->html) > PD_MAILING_MAX_TEXT
          || !g_utf8_validate (mailing->html, -1, NULL)))
    return pd_fail (error, PD_ERROR_INVALID, "the HTML of a mailing is UTF-8 of up to %d octets",
                    PD_MAILING_MAX_TEXT);
  return TRUE;
}

static gboolean
check_choice (PdDesk *desk, const PdMailing *mailing, GError **error)
{
  guint named = mailing->units->len + mailing->groups->len + mailing->persons->len;
  g_autoptr (PdUnit) unit = NULL;

  if (mailing->roles == 0 && named == 0)
    return pd_fail (error, PD_ERROR_INVALID,
                    "a mailing needs somebody to go to: roles, units, groups or persons");
  if (named > PD_MAILING_MAX_CHOICES)
    return pd_fail (error, PD_ERROR_INVALID, "a mailing names at most %d units, groups and persons",
                    PD_MAILING_MAX_CHOICES);
  if (!pd_unit_get (desk, mailing->unit, &unit, error))
    return FALSE;
  if (unit == NULL || unit->addresses->len == 0)
    return pd_fail (error, PD_ERROR_INVALID, "a mailing needs a unit with an address to come from");
  return TRUE;
}

gboolean
pd_mailing_add (PdDesk *desk, PdMailing *mailing, const PdPerson *actor, GError **error)
{
  g_autofree char *choice = NULL;

  if (!check_actor (actor, error) || !check_texts (mailing, error)
      || !check_choice (desk, mailing, error))
    return FALSE;
  mailing->id = pd_id_new ();
  mailing->by = actor != NULL ? actor->id : 0;
  mailing->created = pd_clock_now ();
  choice = choice_text (mailing);
  return pd_db_exec (desk->db, PD_SQL_MAILING_ADD,
                     PD_BIND (PD_INT (mailing->id), PD_TEXT (mailing->subject),
                              PD_TEXT (mailing->text), PD_TEXT (mailing->html),
                              PD_INT (mailing->unit), PD_TEXT (choice), PD_INT (mailing->by),
                              PD_INT (mailing->created)),
                     NULL, error);
}

static PdMailing *
read_mailing (PdRows *rows)
{
  PdMailing *mailing = pd_mailing_new ();

  mailing->id = pd_rows_int (rows, 0);
  mailing->subject = g_strdup (pd_rows_text (rows, 1));
  mailing->text = g_strdup (pd_rows_text (rows, 2));
  mailing->html = pd_rows_is_null (rows, 3) ? NULL : g_strdup (pd_rows_text (rows, 3));
  mailing->unit = pd_rows_int (rows, 4);
  read_choice (mailing, pd_rows_text (rows, 5));
  mailing->by = pd_rows_int (rows, 6);
  mailing->created = pd_rows_int (rows, 7);
  mailing->queued = pd_rows_int (rows, 8);
  mailing->recipients = pd_rows_int (rows, 9);
  return mailing;
}

PdMailing *
pd_mailing_need (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_MAILING_GET, PD_BIND (PD_INT (id)), error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;

  if (got == 0)
    pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such mailing");
  return got > 0 ? read_mailing (rows) : NULL;
}

GPtrArray *
pd_mailing_list (PdDesk *desk, guint limit, GError **error)
{
  g_autoptr (GPtrArray) list
      = g_ptr_array_new_with_free_func ((GDestroyNotify)pd_mailing_free);
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_MAILING_LIST, PD_BIND (PD_INT (limit)), error);
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    g_ptr_array_add (list, read_mailing (rows));
  return got == 0 ? g_steal_pointer (&list) : NULL;
}

/* ---- recipients ---- */

static void
recipient_free (gpointer data)
{
  PdMailingRecipient *recipient = data;

  g_free (recipient->name);
  g_free (recipient->address);
  g_free (recipient);
}

/* Those found so far. */
typedef struct {
  GPtrArray *list;
  GHashTable *persons;   /* gint64 */
  GHashTable *addresses; /* small letters */
} Found;

static void
take_row (Found *found, PdRows *rows)
{
  gint64 person = pd_rows_int (rows, 0);
  const char *address = pd_rows_text (rows, 2);
  g_autofree char *key = g_utf8_strdown (address, -1);
  PdMailingRecipient *recipient;

  if (address[0] == '\0' || pd_rows_int (rows, 3) != 0 || pd_rows_int (rows, 4) == 0
      || g_hash_table_contains (found->persons, &person)
      || g_hash_table_contains (found->addresses, key))
    return;
  recipient = g_new0 (PdMailingRecipient, 1);
  recipient->person = person;
  recipient->name = g_strdup (pd_rows_text (rows, 1));
  recipient->address = g_strdup (address);
  g_ptr_array_add (found->list, recipient);
  g_hash_table_add (found->persons, g_memdup2 (&person, sizeof person));
  g_hash_table_add (found->addresses, g_steal_pointer (&key));
}

static gboolean
find (PdDesk *desk, Found *found, PdSqlId sql, PdDbValue by, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (
      desk->db, sql, PD_BIND (by, PD_INT (PD_MAILING_MAX_RECIPIENTS + 1)), error);
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    take_row (found, rows);
  if (got == 0 && found->list->len > PD_MAILING_MAX_RECIPIENTS)
    return pd_fail (error, PD_ERROR_INVALID, "a mailing goes to at most %d people",
                    PD_MAILING_MAX_RECIPIENTS);
  return got == 0;
}

static gboolean
find_each (PdDesk *desk, Found *found, PdSqlId sql, const GArray *ids, GError **error)
{
  for (guint i = 0; i < ids->len; i++)
    if (!find (desk, found, sql, PD_INT (g_array_index (ids, gint64, i)), error))
      return FALSE;
  return TRUE;
}

static gboolean
find_all (PdDesk *desk, Found *found, const PdMailing *mailing, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (all_roles); i++)
    if ((mailing->roles & (1U << all_roles[i])) != 0
        && !find (desk, found, PD_SQL_MAILING_BY_ROLE, PD_TEXT (pd_role_name (all_roles[i])),
                  error))
      return FALSE;
  return find_each (desk, found, PD_SQL_MAILING_BY_UNIT, mailing->units, error)
         && find_each (desk, found, PD_SQL_MAILING_BY_GROUP, mailing->groups, error)
         && find_each (desk, found, PD_SQL_MAILING_BY_PERSON, mailing->persons, error);
}

GPtrArray *
pd_mailing_recipients (PdDesk *desk, const PdMailing *mailing, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (recipient_free);
  g_autoptr (GHashTable) persons
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GHashTable) addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Found found = { list, persons, addresses };

  return find_all (desk, &found, mailing, error) ? g_steal_pointer (&list) : NULL;
}

/* ---- sending ---- */

static gboolean
queue_batch (PdDesk *desk, const PdNoticeMail *mail, const GPtrArray *recipients, guint from,
             GError **error)
{
  guint n = MIN (recipients->len - from, PD_MAILING_BATCH);
  g_autofree PdNoticeTarget *targets = g_new0 (PdNoticeTarget, n);

  for (guint i = 0; i < n; i++)
    {
      const PdMailingRecipient *recipient = g_ptr_array_index (recipients, from + i);

      targets[i]
          = (PdNoticeTarget){ recipient->person, recipient->address, pd_clock_now (), FALSE };
    }
  return pd_notice_mail_add_many (desk, mail, targets, n, 0, error);
}

static gboolean
queue_all (PdDesk *desk, const PdMailing *mailing, const GPtrArray *recipients, GError **error)
{
  char id[PD_ID_TEXT_SIZE];
  g_autofree char *data
      = g_strdup_printf ("{\"mailing\":\"%s\"}", pd_id_format (mailing->id, id));
  const PdNoticeMail mail = { .event = "mailing",
                              .unit = mailing->unit,
                              .actor = mailing->by,
                              .data = data,
                              .urgency = PD_URGENCY_MASS };

  for (guint from = 0; from < recipients->len; from += PD_MAILING_BATCH)
    if (!queue_batch (desk, &mail, recipients, from, error))
      return FALSE;
  return TRUE;
}

gboolean
pd_mailing_send (PdDesk *desk, PdMailing *mailing, const PdPerson *actor, GError **error)
{
  g_autoptr (GPtrArray) recipients = NULL;
  gint64 changed = 0, now = pd_clock_now ();

  if (!check_actor (actor, error))
    return FALSE;
  recipients = pd_mailing_recipients (desk, mailing, error);
  if (recipients == NULL)
    return FALSE;
  if (recipients->len == 0)
    return pd_fail (error, PD_ERROR_INVALID, "the mailing would go to nobody");
  if (!pd_db_exec (desk->db, PD_SQL_MAILING_QUEUED,
                   PD_BIND (PD_INT (now), PD_INT (recipients->len), PD_INT (mailing->id)), &changed,
                   error))
    return FALSE;
  if (changed == 0)
    return pd_fail (error, PD_ERROR_CONFLICT, "the mailing was sent already");
  mailing->queued = now;
  mailing->recipients = recipients->len;
  return queue_all (desk, mailing, recipients, error);
}

gboolean
pd_mailing_remove (PdDesk *desk, gint64 id, const PdPerson *actor, GError **error)
{
  g_autoptr (PdMailing) mailing = NULL;
  gint64 changed = 0;

  if (!check_actor (actor, error))
    return FALSE;
  mailing = pd_mailing_need (desk, id, error);
  if (mailing == NULL
      || !pd_db_exec (desk->db, PD_SQL_MAILING_REMOVE, PD_BIND (PD_INT (id)), &changed, error))
    return FALSE;
  return changed > 0 || pd_fail (error, PD_ERROR_CONFLICT, "the mailing was sent already");
}
