#include "desk/notice-mail.h"

#include <string.h>

#include <json-c/json.h>

#include "base/clock.h"
#include "base/id.h"
#include "desk/notice.h"

#define FEW 2           /* rows up to which each has a statement of its own */
#define MAX_RECENT 2000 /* notices of a ticket in one window that are looked at */

gboolean
pd_notice_mail_add (PdDesk *desk, const PdNoticeMail *mail, const PdNoticeTarget *target,
                    gint64 *out_id, GError **error)
{
  gint64 id = pd_id_new ();

  if (out_id != NULL)
    *out_id = id;
  return pd_db_exec (desk->db, PD_SQL_NOTICE_INSERT,
                     PD_BIND (PD_INT (id), PD_INT (pd_clock_now ()), PD_TEXT (mail->event),
                              PD_ID (mail->unit), PD_ID (mail->ticket), PD_ID (mail->message),
                              PD_ID (target->person), PD_ID (mail->actor),
                              PD_TEXT (target->address), PD_TEXT (mail->data),
                              PD_INT (target->due), PD_INT (mail->urgency), PD_ID (mail->strand)),
                     NULL, error);
}

/* [[id, person, address, due], …] */
static struct json_object *
targets_json (const PdNoticeTarget *const *targets, gsize n_targets)
{
  struct json_object *rows = json_object_new_array_ext ((int)n_targets);

  for (gsize i = 0; i < n_targets; i++)
    {
      struct json_object *row = json_object_new_array_ext (4);

      json_object_array_add (row, json_object_new_int64 (pd_id_new ()));
      json_object_array_add (row, json_object_new_int64 (targets[i]->person));
      json_object_array_add (row, json_object_new_string (targets[i]->address));
      json_object_array_add (row, json_object_new_int64 (targets[i]->due));
      json_object_array_add (rows, row);
    }
  return rows;
}

static gboolean
insert_all (PdDesk *desk, const PdNoticeMail *mail, const PdNoticeTarget *const *targets,
            gsize n_targets, GError **error)
{
  struct json_object *rows;
  gboolean ok = TRUE;

  if (n_targets <= FEW)
    {
      for (gsize i = 0; ok && i < n_targets; i++)
        ok = pd_notice_mail_add (desk, mail, targets[i], NULL, error);
      return ok;
    }
  rows = targets_json (targets, n_targets);
  ok = pd_db_exec (
      desk->db, PD_SQL_NOTICE_INSERT_MANY,
      PD_BIND (PD_INT (pd_clock_now ()), PD_TEXT (mail->event), PD_ID (mail->unit),
               PD_ID (mail->ticket), PD_ID (mail->message), PD_ID (mail->actor),
               PD_TEXT (mail->data), PD_INT (mail->urgency), PD_ID (mail->strand),
               PD_TEXT (json_object_to_json_string_ext (rows, JSON_C_TO_STRING_PLAIN))),
      NULL, error);
  json_object_put (rows);
  return ok;
}

/* ---- joining ---- */

/* The newest notices of the ticket, by person. */
typedef struct {
  gint64 waiting; /* a row that nobody has claimed, 0 none */
  gint64 last;    /* when the newest was made */
} Recent;

/* Mail that must come by itself: it is no event that others could join. */
static gboolean
stands_alone (const char *event)
{
  PdNoticeEvent known;

  return !pd_notice_event_parse (event, &known) || known == PD_NOTICE_RECEIVED
         || known == PD_NOTICE_REMINDER;
}

static void
note_recent (GHashTable *recent, PdRows *rows)
{
  gint64 person = pd_rows_int (rows, 1);
  Recent *known = g_hash_table_lookup (recent, &person);

  if (stands_alone (pd_rows_text (rows, 3)))
    return;
  if (known == NULL)
    {
      known = g_new0 (Recent, 1);
      g_hash_table_insert (recent, g_memdup2 (&person, sizeof person), known);
    }
  known->last = MAX (known->last, pd_rows_int (rows, 2));
  if (known->waiting == 0 && strcmp (pd_rows_text (rows, 4), "queued") == 0
      && pd_rows_int (rows, 5) == 0)
    known->waiting = pd_rows_int (rows, 0);
}

static GHashTable *
read_recent (PdDesk *desk, gint64 ticket, gint64 window, GError **error)
{
  g_autoptr (GHashTable) recent
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (PdRows) rows = pd_db_query (
      desk->db, PD_SQL_NOTICE_RECENT,
      PD_BIND (PD_INT (ticket), PD_INT (pd_id_since (pd_clock_now () - window)), PD_INT (MAX_RECENT)),
      error);
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    note_recent (recent, rows);
  return got == 0 ? g_steal_pointer (&recent) : NULL;
}

/* An event as it lies in the data of a row that it has joined. */
static char *
event_json (const PdNoticeMail *mail)
{
  struct json_object *event = json_object_new_object ();
  struct json_object *data = json_tokener_parse (mail->data);
  char id[PD_ID_TEXT_SIZE];
  char *text;

  json_object_object_add (event, "event", json_object_new_string (mail->event));
  if (mail->message != 0)
    json_object_object_add (event, "message",
                            json_object_new_string (pd_id_format (mail->message, id)));
  if (mail->actor != 0)
    json_object_object_add (event, "actor",
                            json_object_new_string (pd_id_format (mail->actor, id)));
  json_object_object_add (event, "at", json_object_new_int64 (pd_clock_now ()));
  json_object_object_add (event, "data", data);
  text = g_strdup (json_object_to_json_string_ext (event, JSON_C_TO_STRING_PLAIN));
  json_object_put (event);
  return text;
}

static gboolean
join (PdDesk *desk, gint64 row, const char *event, gboolean *out_joined, GError **error)
{
  gint64 changed = 0;

  if (!pd_db_exec (desk->db, PD_SQL_NOTICE_JOIN,
                   PD_BIND (PD_TEXT (event), PD_INT (row), PD_INT (PD_NOTICE_MAX_EVENTS_SIZE)),
                   &changed, error))
    return FALSE;
  *out_joined = changed > 0;
  return TRUE;
}

/* Lets targets join what waits for them; who is left gets a row, perhaps later. */
static gboolean
join_some (PdDesk *desk, const PdNoticeMail *mail, PdNoticeTarget *targets, gsize n_targets,
           gint64 window, GPtrArray *left, GError **error)
{
  g_autoptr (GHashTable) recent = read_recent (desk, mail->ticket, window, error);
  g_autofree char *event = NULL;

  if (recent == NULL)
    return FALSE;
  for (gsize i = 0; i < n_targets; i++)
    {
      PdNoticeTarget *target = &targets[i];
      const Recent *known
          = target->can_wait ? g_hash_table_lookup (recent, &target->person) : NULL;
      gboolean joined = FALSE;

      if (known != NULL && known->waiting != 0)
        {
          if (event == NULL)
            event = event_json (mail);
          if (!join (desk, known->waiting, event, &joined, error))
            return FALSE;
        }
      if (joined)
        continue;
      if (known != NULL)
        target->due = MAX (target->due, known->last + window);
      g_ptr_array_add (left, target);
    }
  return TRUE;
}

static gboolean
any_can_wait (const PdNoticeTarget *targets, gsize n_targets)
{
  for (gsize i = 0; i < n_targets; i++)
    if (targets[i].can_wait)
      return TRUE;
  return FALSE;
}

gboolean
pd_notice_mail_add_many (PdDesk *desk, const PdNoticeMail *mail, PdNoticeTarget *targets,
                         gsize n_targets, gint64 window, GError **error)
{
  g_autoptr (GPtrArray) left = g_ptr_array_sized_new ((guint)n_targets);

  if (n_targets == 0)
    return TRUE;
  if (window > 0 && any_can_wait (targets, n_targets))
    {
      if (!join_some (desk, mail, targets, n_targets, window, left, error))
        return FALSE;
    }
  else
    for (gsize i = 0; i < n_targets; i++)
      g_ptr_array_add (left, &targets[i]);
  return insert_all (desk, mail, (const PdNoticeTarget *const *)left->pdata, left->len, error);
}
