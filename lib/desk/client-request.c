#include "desk/client-request.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/audit.h"
#include "desk/notice.h"
#include "desk/person-merge.h"

#define MAX_ADMINISTRATORS 100 /* who are told of a request */

static const char *const kind_names[] = { "add", "edit" };
static const char *const state_names[] = { "open", "approved", "rejected" };

void
pd_client_request_free (PdClientRequest *request)
{
  if (request == NULL)
    return;
  g_free (request->data);
  g_free (request->reason);
  g_free (request);
}

static void
free_request (gpointer request)
{
  pd_client_request_free (request);
}

const char *
pd_client_request_kind_name (PdRequestKind kind)
{
  g_return_val_if_fail ((gsize)kind < G_N_ELEMENTS (kind_names), "");
  return kind_names[kind];
}

const char *
pd_client_request_state_name (PdRequestState state)
{
  g_return_val_if_fail ((gsize)state < G_N_ELEMENTS (state_names), "");
  return state_names[state];
}

gboolean
pd_client_request_state_parse (const char *text, PdRequestState *out, GError **error)
{
  *out = PD_REQUEST_OPEN;
  for (gsize i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (strcmp (state_names[i], text) == 0)
      {
        *out = (PdRequestState)i;
        return TRUE;
      }
  return pd_fail (error, PD_ERROR_INVALID,
                  "\"%s\" is no state of a request; open, approved or rejected", text);
}

/* ---- reading ---- */

static PdClientRequest *
read_request (PdRows *rows)
{
  PdClientRequest *request = g_new0 (PdClientRequest, 1);

  request->id = pd_rows_int (rows, 0);
  request->kind = strcmp (pd_rows_text (rows, 1), "add") == 0 ? PD_REQUEST_ADD : PD_REQUEST_EDIT;
  request->person = pd_rows_int (rows, 2);
  request->data = g_strdup (pd_rows_text (rows, 3));
  request->by = pd_rows_int (rows, 4);
  request->created = pd_rows_int (rows, 5);
  /* an unknown word is from a newer program: nothing is to be done about it here */
  if (!pd_client_request_state_parse (pd_rows_text (rows, 6), &request->state, NULL))
    request->state = PD_REQUEST_REJECTED;
  request->decided = pd_rows_int (rows, 7);
  request->decided_by = pd_rows_int (rows, 8);
  request->reason = g_strdup (pd_rows_text (rows, 9));
  return request;
}

static GPtrArray *
read_requests (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values, GError **error)
{
  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func (free_request);
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, values, n_values, error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    g_ptr_array_add (requests, read_request (rows));
  return step == 0 ? g_steal_pointer (&requests) : NULL;
}

GPtrArray *
pd_client_request_list (PdDesk *desk, PdRequestState state, guint limit, GError **error)
{
  return read_requests (desk, PD_SQL_CLIENT_REQUEST_LIST,
                        PD_BIND (PD_TEXT (pd_client_request_state_name (state)), PD_INT (limit)),
                        error);
}

PdClientRequest *
pd_client_request_need (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) found
      = read_requests (desk, PD_SQL_CLIENT_REQUEST_GET, PD_BIND (PD_INT (id)), error);

  if (found == NULL)
    return NULL;
  if (found->len == 0)
    {
      pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such request");
      return NULL;
    }
  return g_ptr_array_steal_index (found, 0);
}

/* ---- telling ---- */

static char *
describe (const PdClientRequest *request, const char *whom)
{
  struct json_object *data = json_object_new_object ();
  char *text;

  json_object_object_add (data, request->kind == PD_REQUEST_ADD ? "is_add" : "is_edit",
                          json_object_new_boolean (TRUE));
  if (request->state != PD_REQUEST_OPEN)
    json_object_object_add (data,
                            request->state == PD_REQUEST_APPROVED ? "is_approved" : "is_rejected",
                            json_object_new_boolean (TRUE));
  json_object_object_add (data, "person", json_object_new_string (whom));
  json_object_object_add (data, "reason", json_object_new_string (request->reason));
  text = g_strdup (json_object_to_json_string_ext (data, JSON_C_TO_STRING_PLAIN));
  json_object_put (data);
  return text;
}

static gboolean
tell (PdDesk *desk, gint64 whom, gint64 actor, const char *data, GError **error)
{
  const PdDirectNotice notice = {
    .event = "client-request",
    .person = whom,
    .actor = actor,
    .data = data,
    .urgency = 1,
  };

  return whom == actor || pd_notice_queue_direct (desk, &notice, error);
}

static gboolean
tell_administrators (PdDesk *desk, const PdClientRequest *request, const char *whom, GError **error)
{
  g_autoptr (GArray) ids = pd_db_list_ints (desk->db, PD_SQL_CLIENT_REQUEST_ADMINISTRATORS,
                                            PD_BIND (PD_INT (MAX_ADMINISTRATORS)), error);
  g_autofree char *data = describe (request, whom);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!tell (desk, g_array_index (ids, gint64, i), request->by, data, error))
      return FALSE;
  return ids != NULL;
}

/* ---- doing ---- */

/* Adds or edits a person by a wish; *person is the copy that is brought up to date. */
static gboolean
fulfil (PdDesk *desk, struct json_object *wish, PdPerson *person, const PdPerson *actor,
        GError **error)
{
  gboolean is_new = person->id == 0;

  if (!pd_person_wish_apply (desk, wish, person, error))
    return FALSE;
  if (!(is_new ? pd_person_add (desk, person, error) : pd_person_save (desk, person, error)))
    return FALSE;
  return pd_person_wish_finish (desk, wish, person, actor, is_new, error)
         && pd_audit_add_id (desk, actor != NULL ? actor->id : 0,
                             is_new ? "client-added" : "client-edited", "person", person->id, NULL,
                             error);
}

static PdPerson *
new_client (void)
{
  PdPerson *person = pd_person_new (PD_ROLE_CLIENT, NULL, NULL);

  g_free (person->source);
  person->source = g_strdup ("staff");
  return person;
}

/* A copy to change: of the client, or of a new one. */
static PdPerson *
copy_of (PdDesk *desk, const PdPerson *person, GError **error)
{
  PdPerson *copy = NULL;

  if (person == NULL)
    return new_client ();
  if (pd_person_is_staff (person))
    pd_fail (error, PD_ERROR_INVALID, "%s is no client", pd_person_label (person));
  else if (person->state == PD_PERSON_DELETED)
    pd_fail (error, PD_ERROR_CONFLICT, "%s is deleted", pd_person_label (person));
  else if (pd_person_get (desk, person->id, &copy, error) && copy == NULL)
    pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such person");
  return copy;
}

static gboolean
check_actor (const PdPerson *actor, GError **error)
{
  return actor == NULL || (pd_person_is_staff (actor) && actor->state == PD_PERSON_ACTIVE)
         || pd_fail (error, PD_ERROR_DENIED, "only staff may add or edit clients");
}

static gboolean
may_alone (const PdPerson *actor, gboolean is_new)
{
  return actor == NULL || actor->admin
         || (is_new ? actor->may_add_clients : actor->may_edit_clients);
}

/* Tries the wish and takes it back, so that what cannot come true is said to who
 * wants it, not to an administrator later. */
static gboolean
try_wish (PdDesk *desk, struct json_object *wish, PdPerson *copy, const PdPerson *actor,
          GError **error)
{
  if (!pd_desk_savepoint (desk, error))
    return FALSE;
  if (!fulfil (desk, wish, copy, actor, error))
    {
      pd_desk_rollback_to (desk, NULL);
      return FALSE;
    }
  return pd_desk_rollback_to (desk, error);
}

static gboolean
file_request (PdDesk *desk, struct json_object *wish, const PdPerson *actor, const PdPerson *person,
              const char *data, gint64 *out_request, GError **error)
{
  PdClientRequest request = {
    .id = pd_id_new (),
    .kind = person == NULL ? PD_REQUEST_ADD : PD_REQUEST_EDIT,
    .by = actor->id,
    .reason = (char *)"",
  };
  struct json_object *name = NULL;

  if (!pd_db_exec (desk->db, PD_SQL_CLIENT_REQUEST_ADD,
                   PD_BIND (PD_INT (request.id),
                            PD_TEXT (pd_client_request_kind_name (request.kind)),
                            PD_ID (person != NULL ? person->id : 0), PD_TEXT (data),
                            PD_INT (request.by), PD_INT (pd_clock_now ())),
                   NULL, error))
    return FALSE;
  *out_request = request.id;
  json_object_object_get_ex (wish, "name", &name);
  return tell_administrators (desk, &request,
                              person != NULL ? pd_person_label (person)
                              : name != NULL ? json_object_get_string (name)
                                             : "",
                              error);
}

gboolean
pd_client_request_file (PdDesk *desk, const PdPerson *actor, const PdPerson *person,
                        const char *data, PdPerson **out_person, gint64 *out_request,
                        GError **error)
{
  g_autoptr (PdPerson) copy = NULL;
  struct json_object *wish;
  gboolean done;

  *out_person = NULL;
  *out_request = 0;
  if (!check_actor (actor, error) || (copy = copy_of (desk, person, error)) == NULL)
    return FALSE;
  wish = pd_person_wish_parse (data, PD_WISH_OF_CLIENT, error);
  if (wish == NULL)
    return FALSE;
  if (may_alone (actor, person == NULL))
    {
      done = fulfil (desk, wish, copy, actor, error);
      if (done)
        *out_person = g_steal_pointer (&copy);
    }
  else
    done = try_wish (desk, wish, copy, actor, error)
           && file_request (desk, wish, actor, person, data, out_request, error);
  json_object_put (wish);
  return done;
}

/* ---- deciding ---- */

static gboolean
fail_decided (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (PdClientRequest) now = pd_client_request_need (desk, id, error);
  g_autoptr (PdPerson) who = NULL;

  if (now == NULL || !pd_person_get (desk, now->decided_by, &who, error))
    return FALSE;
  return pd_fail (error, PD_ERROR_CONFLICT, "the request was %s already by %s",
                  pd_client_request_state_name (now->state),
                  who != NULL ? pd_person_label (who) : "the desk");
}

/* Whoever comes second is told who was first. */
static gboolean
decide (PdDesk *desk, PdClientRequest *request, PdRequestState state, const PdPerson *actor,
        const char *reason, GError **error)
{
  gint64 changed = 0, now = pd_clock_now ();

  if (!pd_db_exec (desk->db, PD_SQL_CLIENT_REQUEST_DECIDE,
                   PD_BIND (PD_TEXT (pd_client_request_state_name (state)), PD_INT (now),
                            PD_ID (actor != NULL ? actor->id : 0), PD_TEXT (reason),
                            PD_ID (request->person), PD_INT (request->id)),
                   &changed, error))
    return FALSE;
  if (changed == 0)
    return fail_decided (desk, request->id, error);
  request->state = state;
  request->decided = now;
  request->decided_by = actor != NULL ? actor->id : 0;
  g_free (request->reason);
  request->reason = g_strdup (reason);
  return TRUE;
}

static gboolean
tell_asker (PdDesk *desk, const PdClientRequest *request, const char *whom, const PdPerson *actor,
            GError **error)
{
  g_autofree char *data = describe (request, whom);

  return tell (desk, request->by, actor != NULL ? actor->id : 0, data, error);
}

/* Who is to be changed, as he is now. */
static PdPerson *
load_subject (PdDesk *desk, const PdClientRequest *request, GError **error)
{
  g_autoptr (PdPerson) person = NULL;

  if (request->kind == PD_REQUEST_ADD)
    return new_client ();
  if (!pd_person_resolve (desk, request->person, &person, error))
    return NULL;
  if (person != NULL && !pd_person_is_staff (person) && person->state != PD_PERSON_DELETED)
    return g_steal_pointer (&person);
  pd_fail (error, PD_ERROR_CONFLICT, "the client whom the request is about is not there any more");
  return NULL;
}

gboolean
pd_client_request_approve (PdDesk *desk, PdClientRequest *request, const PdPerson *actor,
                           PdPerson **out_person, GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  struct json_object *wish;
  gboolean done;

  *out_person = NULL;
  if (!pd_person_is_in_charge (actor, "decide requests", error))
    return FALSE;
  if (request->state != PD_REQUEST_OPEN)
    return fail_decided (desk, request->id, error);
  person = load_subject (desk, request, error);
  wish = person != NULL ? pd_person_wish_parse (request->data, PD_WISH_OF_CLIENT, error) : NULL;
  if (wish == NULL)
    return FALSE;
  done = fulfil (desk, wish, person, actor, error);
  json_object_put (wish);
  if (!done)
    return FALSE;
  request->person = person->id;
  if (!decide (desk, request, PD_REQUEST_APPROVED, actor, "", error)
      || !tell_asker (desk, request, pd_person_label (person), actor, error))
    return FALSE;
  *out_person = g_steal_pointer (&person);
  return TRUE;
}

static char *
label_of (PdDesk *desk, const PdClientRequest *request, GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  struct json_object *wish, *name = NULL;
  char *label;

  if (request->person != 0 && !pd_person_get (desk, request->person, &person, error))
    return NULL;
  if (person != NULL)
    return g_strdup (pd_person_label (person));
  wish = json_tokener_parse (request->data);
  json_object_object_get_ex (wish, "name", &name);
  label = g_strdup (name != NULL ? json_object_get_string (name) : "");
  json_object_put (wish);
  return label;
}

gboolean
pd_client_request_reject (PdDesk *desk, PdClientRequest *request, const PdPerson *actor,
                          const char *reason, GError **error)
{
  g_autofree char *label = NULL;

  if (!pd_person_is_in_charge (actor, "decide requests", error))
    return FALSE;
  if (!g_utf8_validate (reason, -1, NULL) || *reason == '\0'
      || g_utf8_strlen (reason, -1) > PD_CLIENT_REQUEST_MAX_REASON)
    return pd_fail (error, PD_ERROR_INVALID, "a reason has 1 to %d characters of UTF-8",
                    PD_CLIENT_REQUEST_MAX_REASON);
  label = label_of (desk, request, error);
  return label != NULL && decide (desk, request, PD_REQUEST_REJECTED, actor, reason, error)
         && tell_asker (desk, request, label, actor, error);
}
