#include "desk/person-erase.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/audit.h"
#include "desk/timer.h"

#define BATCH 200 /* entries that are read at a time */

static gboolean
run (PdDesk *desk, PdSqlId sql, gint64 id, GError **error)
{
  return pd_db_exec (desk->db, sql, PD_BIND (PD_INT (id)), NULL, error);
}

/* ---- what he wrote ---- */

/* The row stays, for those that refer to it. */
static gboolean
empty_raw (PdDesk *desk, gint64 raw, GError **error)
{
  return raw == 0
         || (run (desk, PD_SQL_PERSON_ERASE_RAW_CHUNKS, raw, error)
             && run (desk, PD_SQL_PERSON_ERASE_RAW, raw, error));
}

static gboolean
empty_raws (PdDesk *desk, const GArray *raws, GError **error)
{
  for (guint i = 0; raws != NULL && i < raws->len; i++)
    if (!empty_raw (desk, g_array_index (raws, gint64, i), error))
      return FALSE;
  return raws != NULL;
}

static gboolean
erase_text (PdDesk *desk, gint64 message, gint64 raw, GError **error)
{
  /* what was decrypted from a mail lies in a raw of its own */
  g_autoptr (GArray) raws = pd_db_list_ints (desk->db, PD_SQL_PERSON_ERASE_ATTACHMENT_RAWS,
                                             PD_BIND (PD_INT (message)), error);

  return raws != NULL && run (desk, PD_SQL_PERSON_ERASE_ATTACHMENTS, message, error)
         && run (desk, PD_SQL_PERSON_ERASE_EDITIONS, message, error)
         && run (desk, PD_SQL_PERSON_ERASE_TEXT, message, error) && empty_raw (desk, raw, error)
         && empty_raws (desk, raws, error);
}

typedef struct {
  gint64 id, raw;
} Entry;

static GArray *
read_entries (PdDesk *desk, gint64 person, gint64 after, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_PERSON_ERASE_MESSAGES,
                     PD_BIND (PD_INT (person), PD_INT (after), PD_INT (BATCH)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      Entry entry = { pd_rows_int (rows, 0), pd_rows_int (rows, 2) };

      g_array_append_val (entries, entry);
    }
  return step == 0 ? g_steal_pointer (&entries) : NULL;
}

static gboolean
erase_entries (PdDesk *desk, gint64 person, gboolean keep_texts, GError **error)
{
  gint64 after = 0;

  for (;;)
    {
      g_autoptr (GArray) entries = read_entries (desk, person, after, error);

      if (entries == NULL)
        return FALSE;
      if (entries->len == 0)
        return TRUE;
      for (guint i = 0; i < entries->len; i++)
        {
          const Entry *entry = &g_array_index (entries, Entry, i);

          after = entry->id;
          if (!run (desk, PD_SQL_PERSON_ERASE_INBOUND, entry->id, error)
              || (!keep_texts && !erase_text (desk, entry->id, entry->raw, error)))
            return FALSE;
        }
    }
}

/* Mail of his that became no entry. */
static gboolean
erase_other_mail (PdDesk *desk, const PdPerson *person, gboolean keep_texts, GError **error)
{
  for (guint i = 0; i < person->addresses->len; i++)
    {
      const char *written = g_ptr_array_index (person->addresses, i);
      g_autofree char *key = pd_address_key (written, error);
      g_autoptr (GArray) raws = NULL;

      if (key == NULL)
        return FALSE;
      raws = pd_db_list_ints (desk->db, PD_SQL_PERSON_ERASE_OTHER_RAWS,
                              PD_BIND (PD_TEXT (key), PD_TEXT (written)), error);
      if (raws == NULL || (!keep_texts && !empty_raws (desk, raws, error))
          || !pd_db_exec (desk->db, PD_SQL_PERSON_ERASE_OTHER_INBOUND,
                          PD_BIND (PD_TEXT (key), PD_TEXT (written)), NULL, error))
        return FALSE;
    }
  return TRUE;
}

/* ---- what was sent to him ---- */

static gboolean
erase_failures (PdDesk *desk, const PdPerson *person, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_PERSON_ERASE_FAILURES, PD_BIND (PD_INT (person->id)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    for (guint i = 0; i < person->addresses->len; i++)
      if (strstr (pd_rows_text (rows, 1), g_ptr_array_index (person->addresses, i)) != NULL)
        {
          gint64 id = pd_rows_int (rows, 0);

          g_array_append_val (ids, id);
          break;
        }
  if (step != 0)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!run (desk, PD_SQL_PERSON_ERASE_EVENT, g_array_index (ids, gint64, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
erase_outbox (PdDesk *desk, const PdPerson *person, GError **error)
{
  return erase_failures (desk, person, error)
         && pd_db_exec (desk->db, PD_SQL_PERSON_ERASE_OUTBOX_WAITING,
                        PD_BIND (PD_INT (pd_clock_now ()), PD_INT (person->id)), NULL, error)
         && run (desk, PD_SQL_PERSON_ERASE_ATTEMPTS, person->id, error)
         && run (desk, PD_SQL_PERSON_ERASE_OUTBOX, person->id, error);
}

/* ---- himself ---- */

static const PdSqlId of_person[] = {
  PD_SQL_PERSON_ADDRESS_DROP,         PD_SQL_PERSON_MERGE_MEMBERSHIP_DROP,
  PD_SQL_PERSON_MERGE_GROUP_DROP,     PD_SQL_PERSON_DEFAULT_CLEAR,
  PD_SQL_PERSON_MERGE_PERFORMER_DROP, PD_SQL_FIELD_VALUE_CLEAR,
  PD_SQL_PERSON_MERGE_TOKEN_DROP,     PD_SQL_PERSON_MERGE_CHOICE_DROP,
  PD_SQL_PERSON_ERASE_FEED,           PD_SQL_PERSON_ERASE_REQUESTS,
};

static gboolean
erase_himself (PdDesk *desk, gint64 person, GError **error)
{
  char id[PD_ID_TEXT_SIZE];
  g_autofree char *target = g_strdup_printf ("person %s", pd_id_format (person, id));

  for (gsize i = 0; i < G_N_ELEMENTS (of_person); i++)
    if (!run (desk, of_person[i], person, error))
      return FALSE;
  return pd_timer_clear (desk, PD_TIMER_DIGEST, person, error)
         && pd_db_exec (desk->db, PD_SQL_PERSON_ERASE_AUDIT, PD_BIND (PD_TEXT (target)), NULL,
                        error)
         && run (desk, PD_SQL_PERSON_ERASE_ROW, person, error);
}

static gboolean
check (PdDesk *desk, const PdPerson *person, GError **error)
{
  gint64 found = 0;

  if (person->merged_into != 0)
    return pd_fail (error, PD_ERROR_CONFLICT, "%s was merged into another person: erase that one",
                    pd_person_label (person));
  if (!pd_db_find_int (desk->db, PD_SQL_PERSON_MERGE_LOCKED, PD_BIND (PD_INT (person->id)), &found,
                       error))
    return FALSE;
  if (found != 0)
    return pd_fail (error, PD_ERROR_CONFLICT,
                    "%s has #%" G_GINT64_FORMAT " in work: release it first",
                    pd_person_label (person), found);
  if (!person->admin || person->state != PD_PERSON_ACTIVE)
    return TRUE;
  return (pd_db_find_int (desk->db, PD_SQL_PERSON_OTHER_ADMIN, PD_BIND (PD_INT (person->id)),
                          &found, error)
          && found != 0)
         || pd_fail (error, PD_ERROR_CONFLICT,
                     "%s is the last active administrator: make another one first",
                     pd_person_label (person));
}

/* The copy too: it may be printed or logged. */
static void
forget (PdPerson *person)
{
  char **const texts[] = { &person->language,  &person->timezone, &person->phone, &person->mobile,
                           &person->messenger, &person->postal,   &person->digest };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_free (*texts[i]);
      *texts[i] = g_strdup ("");
    }
  g_free (person->name);
  person->name = g_strdup ("erased person");
  g_free (person->source);
  person->source = g_strdup ("erased");
  g_clear_pointer (&person->login, g_free);
  person->admin = person->has_password = FALSE;
  person->job_title = person->default_unit = 0;
  person->state = PD_PERSON_DELETED;
  g_ptr_array_set_size (person->addresses, 0);
}

gboolean
pd_person_erase (PdDesk *desk, PdPerson *person, const PdPerson *actor, gboolean keep_texts,
                 GError **error)
{
  gint64 who = actor != NULL && actor->id != person->id ? actor->id : 0;

  if (!pd_person_is_in_charge (actor, "erase people", error) || !check (desk, person, error)
      || !erase_entries (desk, person->id, keep_texts, error)
      || !erase_other_mail (desk, person, keep_texts, error) || !erase_outbox (desk, person, error)
      || (!keep_texts && !run (desk, PD_SQL_PERSON_ERASE_RATING, person->id, error))
      || !erase_himself (desk, person->id, error))
    return FALSE;
  forget (person);
  return pd_audit_add_id (desk, who, "person-erased", "person", person->id, NULL, error);
}
