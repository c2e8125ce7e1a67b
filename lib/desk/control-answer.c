#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"
#include "desk/control.h"
#include "desk/notice.h"
#include "desk/outbox.h"
#include "desk/unit.h"

/* Result mails about one ticket to one person within the window of [loop]: a
 * program that answers them all the same gets no more. */
#define MAX_ANSWERS 30
#define MAX_SCAN 1000 /* newest mails about no ticket that are looked at for it */

static const char event[] = "command-result";

gboolean
pd_control_needed (PdDesk *desk, gint64 unit, PdProof *out_proof, GError **error)
{
  g_autoptr (PdUnit) found = NULL;

  *out_proof = PD_PROOF_SIGNED;
  if (unit != 0 && !pd_unit_get (desk, unit, &found, error))
    return FALSE;
  if (found != NULL)
    *out_proof = found->command_proof;
  return TRUE;
}

/* ---- the data of the template ---- */

static void
add_text (struct json_object *into, const char *name, const char *text)
{
  json_object_object_add (into, name, json_object_new_string (text));
}

static void
add_flag (struct json_object *into, const char *name, gboolean is)
{
  json_object_object_add (into, name, json_object_new_boolean (is));
}

static struct json_object *
more_json (const char *more)
{
  g_auto (GStrv) lines = g_strsplit (more, "\n", -1);
  struct json_object *array = json_object_new_array ();

  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0')
      json_object_array_add (array, json_object_new_string (*line));
  return array;
}

static struct json_object *
line_json (const PdControlLine *line)
{
  struct json_object *object = json_object_new_object ();

  add_text (object, "line", line->line);
  add_flag (object, "ok", line->ok);
  add_text (object, "text", line->text);
  if (line->more != NULL)
    json_object_object_add (object, "more", more_json (line->more));
  return object;
}

static struct json_object *
lines_json (const PdControl *control)
{
  struct json_object *array = json_object_new_array ();

  for (guint i = 0; i < control->lines->len; i++)
    json_object_array_add (array, line_json (g_ptr_array_index (control->lines, i)));
  return array;
}

/* Without extensions there is no undo address. */
static gboolean
add_undo (PdDesk *desk, struct json_object *into, const PdControlAnswer *answer, GError **error)
{
  const PdSignedAddress what = {
    .kind = PD_SIGNED_ACT,
    .ticket = answer->number,
    .act = PD_SIGNED_UNDO,
    .event = answer->undo,
  };
  g_autoptr (PdUnit) unit = NULL;
  g_autofree char *address = NULL;
  const char *base;

  if (answer->undo == 0)
    return TRUE;
  if (!pd_unit_get (desk, answer->unit, &unit, error))
    return FALSE;
  if (unit == NULL || unit->addresses->len == 0)
    return TRUE;
  base = g_ptr_array_index (unit->addresses, 0);
  address
      = pd_keyring_sign_address (desk->settings->keyring, base, desk->settings->delimiter, &what);
  if (strcmp (address, base) != 0)
    add_text (into, "undo", address);
  return TRUE;
}

/* Of mail about no ticket, which mailings are too, the newest are looked at. */
static gboolean
count_of_none (PdDesk *desk, gint64 person, gint64 since, gint64 *out_n, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_CONTROL_LAST_OF_NONE, PD_BIND (PD_INT (MAX_SCAN)), error);
  int got = rows != NULL ? 1 : -1;

  *out_n = 0;
  while (got > 0 && (got = pd_rows_next (rows, error)) > 0)
    *out_n += pd_rows_int (rows, 0) == person && pd_rows_int (rows, 2) >= since
              && strcmp (pd_rows_text (rows, 1), event) == 0;
  return got == 0;
}

static gboolean
is_too_many (PdDesk *desk, const PdControlAnswer *answer, gboolean *out, GError **error)
{
  gint64 since = pd_clock_now () - desk->settings->bounds.window;
  gint64 person = answer->person->id, n = 0;
  gboolean ok = answer->ticket != 0 ? pd_db_find_int (
                    desk->db, PD_SQL_CONTROL_ANSWERS,
                    PD_BIND (PD_INT (answer->ticket), PD_INT (person), PD_INT (since)), &n, error)
                                    : count_of_none (desk, person, since, &n, error);

  *out = n >= MAX_ANSWERS;
  return ok;
}

static gboolean
fill (PdDesk *desk, struct json_object *data, const PdControl *control,
      const PdControlAnswer *answer, GError **error)
{
  json_object_object_add (data, "lines", lines_json (control));
  add_flag (data, "tried", control->dry);
  add_flag (data, "refused", control->refused != NULL);
  add_flag (data, "failed", control->failed);
  add_flag (data, "done", !control->failed && !control->dry);
  add_text (data, "filed", answer->filed);
  /* one flag each: a template has no comparison */
  if (strcmp (answer->filed, "none") != 0)
    {
      g_autofree char *flag = g_strdup_printf ("filed_%s", answer->filed);

      add_flag (data, flag, TRUE);
    }
  return add_undo (desk, data, answer, error);
}

static gboolean
queue (PdDesk *desk, struct json_object *data, const PdControlAnswer *answer, GError **error)
{
  const PdDirectNotice notice = {
    .event = event,
    .person = answer->person->id,
    .ticket = answer->ticket,
    .unit = answer->unit,
    .data = json_object_to_json_string_ext (data, JSON_C_TO_STRING_PLAIN
                                                      | JSON_C_TO_STRING_NOSLASHESCAPE),
    .urgency = PD_URGENCY_WAITED,
  };

  return pd_notice_queue_direct (desk, &notice, error);
}

gboolean
pd_control_answer (PdDesk *desk, const PdControl *control, const PdControlAnswer *answer,
                   gboolean *out_sent, GError **error)
{
  struct json_object *data;
  gboolean too_many, ok;

  *out_sent = FALSE;
  if (!is_too_many (desk, answer, &too_many, error))
    return FALSE;
  if (too_many)
    return TRUE;
  data = json_object_new_object ();
  ok = fill (desk, data, control, answer, error) && queue (desk, data, answer, error);
  json_object_put (data);
  *out_sent = ok;
  return ok;
}
