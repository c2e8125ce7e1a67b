#include "desk/person-merge.h"

#include "base/error.h"
#include "base/id.h"
#include "desk/audit.h"
#include "desk/timer.h"

#define MAX_MERGES 100 /* that lead from one person to the next */

enum { STAFF = 1 << 0, CLIENT = 1 << 1, HEAD = 1 << 2, ANY = STAFF | CLIENT };

/* In this order.  `values`: i into, f from, h 1 if he who stays can be a head. */
static const struct {
  PdSqlId sql;
  const char *values;
  guint whom; /* he who stays is one of these */
} steps[] = {
  { PD_SQL_PERSON_MERGE_MEMBERSHIP_ADD, "ihfi", STAFF },
  { PD_SQL_PERSON_MERGE_MEMBERSHIP_HEAD, "if", HEAD },
  { PD_SQL_PERSON_MERGE_MEMBERSHIP_DROP, "f", ANY },
  { PD_SQL_PERSON_MERGE_GROUP_ADD, "ifi", CLIENT },
  { PD_SQL_PERSON_MERGE_GROUP_HEAD, "if", CLIENT },
  { PD_SQL_PERSON_MERGE_GROUP_DROP, "f", ANY },
  { PD_SQL_PERSON_MERGE_DEFAULT_ADD, "ifi", ANY },
  { PD_SQL_PERSON_DEFAULT_CLEAR, "f", ANY },
  { PD_SQL_PERSON_MERGE_PERFORMER_ADD, "ifi", STAFF },
  { PD_SQL_PERSON_MERGE_PERFORMER_DROP, "f", ANY },
  { PD_SQL_PERSON_MERGE_TICKET_REQUESTER, "if", ANY },
  { PD_SQL_PERSON_MERGE_TICKET_AUTHOR, "if", ANY },
  { PD_SQL_PERSON_MERGE_TICKET_LOCKER, "if", ANY },
  { PD_SQL_PERSON_MERGE_TICKET_FINISHER, "if", ANY },
  { PD_SQL_PERSON_MERGE_ASSIGNEE_DROP, "f", CLIENT },
  { PD_SQL_PERSON_MERGE_TICKET_PERSON_ADD, "ifi", ANY },
  { PD_SQL_PERSON_MERGE_TICKET_PERSON_DROP, "f", ANY },
  { PD_SQL_PERSON_MERGE_MESSAGE, "if", ANY },
  { PD_SQL_PERSON_MERGE_EDITION, "if", ANY },
  { PD_SQL_PERSON_MERGE_EVENT, "if", ANY },
  { PD_SQL_PERSON_MERGE_STRAND, "if", ANY },
  { PD_SQL_PERSON_MERGE_STRAND_ASKER, "if", ANY },
  { PD_SQL_PERSON_MERGE_FEED, "if", ANY },
  { PD_SQL_PERSON_MERGE_OUTBOX, "if", ANY },
  { PD_SQL_PERSON_MERGE_REQUEST, "if", ANY },
  { PD_SQL_PERSON_MERGE_REQUEST_BY, "if", STAFF },
  { PD_SQL_PERSON_MERGE_TOKEN_DROP, "f", ANY },
  { PD_SQL_PERSON_MERGE_CHOICE_ADD, "ifi", ANY },
  { PD_SQL_PERSON_MERGE_CHOICE_DROP, "f", ANY },
  { PD_SQL_PERSON_MERGE_VALUE_ADD, "ifi", ANY },
  { PD_SQL_FIELD_VALUE_CLEAR, "f", ANY },
  { PD_SQL_PERSON_MERGE_RECURRING_REQUESTER, "if", ANY },
  { PD_SQL_PERSON_MERGE_RECURRING_AUTHOR, "if", ANY },
  { PD_SQL_PERSON_MERGE_RECURRING_PERSON_ADD, "ifi", STAFF },
  { PD_SQL_PERSON_MERGE_RECURRING_PERSON_DROP, "f", ANY },
  { PD_SQL_PERSON_MERGE_MARK, "if", ANY },
};

static gboolean
check_locked (PdDesk *desk, const PdPerson *from, GError **error)
{
  gint64 number = 0;

  if (!pd_db_find_int (desk->db, PD_SQL_PERSON_MERGE_LOCKED, PD_BIND (PD_INT (from->id)), &number,
                       error))
    return FALSE;
  return number == 0
         || pd_fail (error, PD_ERROR_CONFLICT,
                     "%s has #%" G_GINT64_FORMAT
                     " in work, which a client cannot: release it first",
                     pd_person_label (from), number);
}

static gboolean
check (PdDesk *desk, const PdPerson *from, const PdPerson *into, gboolean force, GError **error)
{
  const PdPerson *both[] = { from, into };

  if (from->id == into->id)
    return pd_fail (error, PD_ERROR_INVALID, "%s cannot be merged into himself",
                    pd_person_label (from));
  for (gsize i = 0; i < G_N_ELEMENTS (both); i++)
    if (both[i]->state == PD_PERSON_DELETED)
      return pd_fail (error, PD_ERROR_CONFLICT, "%s is deleted", pd_person_label (both[i]));
  if (pd_person_is_staff (from) == pd_person_is_staff (into))
    return TRUE;
  if (!force)
    return pd_fail (error, PD_ERROR_CONFLICT, "%s is %s and %s is %s: with --yes the result is %s",
                    pd_person_label (from), pd_role_name (from->role), pd_person_label (into),
                    pd_role_name (into->role), pd_role_name (into->role));
  return pd_person_is_staff (into) || check_locked (desk, from, error);
}

static gboolean
run_steps (PdDesk *desk, const PdPerson *from, const PdPerson *into, GError **error)
{
  guint is = !pd_person_is_staff (into)   ? CLIENT
             : into->role >= PD_ROLE_HEAD ? STAFF | HEAD
                                          : STAFF;

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      PdDbValue values[4];
      gsize n = 0;

      if ((steps[i].whom & is) == 0)
        continue;
      for (const char *v = steps[i].values; *v != '\0'; v++)
        values[n++] = PD_INT (*v == 'i' ? into->id : *v == 'f' ? from->id : (is & HEAD) != 0);
      if (!pd_db_exec (desk->db, steps[i].sql, values, n, NULL, error))
        return FALSE;
    }
  return TRUE;
}

static void
take_text (char **into, const char *from)
{
  if (*into != NULL && **into != '\0')
    return;
  g_free (*into);
  *into = g_strdup (from);
}

/* What the one who stays has none of. */
static void
take_over (const PdPerson *from, PdPerson *into)
{
  take_text (&into->name, from->name);
  take_text (&into->language, from->language);
  take_text (&into->timezone, from->timezone);
  take_text (&into->phone, from->phone);
  take_text (&into->mobile, from->mobile);
  take_text (&into->messenger, from->messenger);
  take_text (&into->postal, from->postal);
  if (into->job_title == 0)
    into->job_title = from->job_title;
  for (guint i = 0; i < from->addresses->len; i++)
    pd_person_last_address (into, g_ptr_array_index (from->addresses, i));
}

/* The login and password of `from`; TRUE with NULL if he has none. */
static gboolean
read_login (PdDesk *desk, const PdPerson *from, char **out_password, GError **error)
{
  g_autoptr (PdRows) rows = NULL;
  int step;

  *out_password = NULL;
  if (from->login == NULL)
    return TRUE;
  rows = pd_db_query (desk->db, PD_SQL_PERSON_PASSWORD, PD_BIND (PD_TEXT (from->login)), error);
  step = rows != NULL ? pd_rows_next (rows, error) : -1;
  if (step == 1 && !pd_rows_is_null (rows, 1))
    *out_password = g_strdup (pd_rows_text (rows, 1));
  return step >= 0;
}

static gboolean
move_login (PdDesk *desk, PdPerson *into, char *login, const char *password, GError **error)
{
  g_autofree char *taken = login;

  if (into->login != NULL || taken == NULL)
    return TRUE;
  into->login = g_steal_pointer (&taken);
  into->has_password = password != NULL;
  return pd_db_exec (desk->db, PD_SQL_PERSON_MERGE_TAKE_LOGIN,
                     PD_BIND (PD_TEXT (into->login), PD_TEXT (password), PD_INT (into->id)), NULL,
                     error);
}

static gboolean
move_default (PdDesk *desk, const PdPerson *from, PdPerson *into, GError **error)
{
  if (into->default_unit != 0 || from->default_unit == 0)
    return TRUE;
  into->default_unit = from->default_unit;
  return pd_db_exec (desk->db, PD_SQL_PERSON_MERGE_TAKE_DEFAULT,
                     PD_BIND (PD_INT (from->default_unit), PD_INT (into->id)), NULL, error);
}

static gboolean
write_audit (PdDesk *desk, const PdPerson *from, const PdPerson *into, const PdPerson *actor,
             GError **error)
{
  char id[PD_ID_TEXT_SIZE];
  g_autofree char *data = g_strdup_printf ("{\"into\":\"%s\"}", pd_id_format (into->id, id));
  gint64 who = actor != NULL ? actor->id : 0;

  return pd_audit_add_id (desk, who, "person-merged", "person", from->id, data, error);
}

gboolean
pd_person_merge (PdDesk *desk, PdPerson *from, PdPerson *into, const PdPerson *actor,
                 gboolean force, GError **error)
{
  g_autofree char *password = NULL;
  char *login;

  if (!pd_person_is_in_charge (actor, "merge people", error)
      || !check (desk, from, into, force, error) || !read_login (desk, from, &password, error))
    return FALSE;
  take_over (from, into);
  login = g_steal_pointer (&from->login);
  from->state = PD_PERSON_DELETED;
  from->has_password = FALSE;
  from->merged_into = into->id;
  /* his addresses and login are free before the other one gets them */
  if (!pd_person_save (desk, from, error) || !run_steps (desk, from, into, error)
      || !pd_timer_clear (desk, PD_TIMER_DIGEST, from->id, error))
    {
      g_free (login);
      return FALSE;
    }
  g_ptr_array_set_size (from->addresses, 0);
  return move_login (desk, into, login, password, error) && move_default (desk, from, into, error)
         && pd_person_save (desk, into, error) && write_audit (desk, from, into, actor, error);
}

gboolean
pd_person_resolve (PdDesk *desk, gint64 id, PdPerson **out, GError **error)
{
  *out = NULL;
  for (int i = 0; i < MAX_MERGES; i++)
    {
      g_autoptr (PdPerson) person = NULL;

      if (!pd_person_get (desk, id, &person, error))
        return FALSE;
      if (person == NULL || person->merged_into == 0)
        {
          *out = g_steal_pointer (&person);
          return TRUE;
        }
      id = person->merged_into;
    }
  return TRUE;
}
