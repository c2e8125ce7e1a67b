#include <string.h>

#include "base/error.h"
#include "desk/ticket-change.h"
#include "desk/ticket-step.h"

static gboolean
has_row (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values, gboolean *out,
         GError **error)
{
  gint64 found = 0;

  if (!pd_db_find_int (desk->db, sql, values, n_values, &found, error))
    return FALSE;
  *out = found != 0;
  return TRUE;
}

/* ---- tags ---- */

char *
pd_ticket_tag_dup_key (const char *tag, GError **error)
{
  g_autofree char *normal = NULL;
  const char *at;

  if (!g_utf8_validate (tag, -1, NULL))
    {
      pd_fail (error, PD_ERROR_INVALID, "the tag is not UTF-8");
      return NULL;
    }
  normal = g_utf8_normalize (tag, -1, G_NORMALIZE_ALL_COMPOSE);
  for (at = normal; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == ',' || g_unichar_isspace (c) || !g_unichar_isprint (c))
        break;
    }
  if (*at != '\0' || normal[0] == '\0' || g_utf8_strlen (normal, -1) > PD_TICKET_MAX_TAG)
    {
      pd_fail (error, PD_ERROR_INVALID,
               "\"%s\" is no tag: 1 to %d characters, without blanks and commas", tag,
               PD_TICKET_MAX_TAG);
      return NULL;
    }
  return g_utf8_strdown (normal, -1);
}

static gboolean
check_tag_room (PdTicketWork *work, GError **error)
{
  gint64 n = 0;

  return pd_db_find_int (work->desk->db, PD_SQL_TICKET_TAG_COUNT,
                         PD_BIND (PD_INT (work->ticket->id)), &n, error)
         && (n < PD_TICKET_MAX_TAGS
             || pd_fail (error, PD_ERROR_INVALID, "ticket #%" G_GINT64_FORMAT " has %d tags already",
                         work->ticket->number, PD_TICKET_MAX_TAGS));
}

static gboolean
find_tag (PdTicketWork *work, gboolean *out, GError **error)
{
  return has_row (work->desk, PD_SQL_TICKET_TAG_FIND,
                  PD_BIND (PD_INT (work->ticket->id), PD_TEXT (work->what)), out, error);
}

static gboolean
prepare_tag (PdTicketWork *work, GError **error)
{
  if (!find_tag (work, &work->so_already, error))
    return FALSE;
  json_object_object_add (work->data, "tag", json_object_new_string (work->what));
  return work->so_already || check_tag_room (work, error);
}

static gboolean
prepare_untag (PdTicketWork *work, GError **error)
{
  gboolean has;

  if (!find_tag (work, &has, error))
    return FALSE;
  work->so_already = !has;
  json_object_object_add (work->data, "tag", json_object_new_string (work->what));
  return TRUE;
}

static gboolean
write_tag (PdTicketWork *work, GError **error)
{
  return pd_db_exec (work->desk->db, PD_SQL_TICKET_TAG_ADD,
                     PD_BIND (PD_INT (work->ticket->id), PD_TEXT (work->what)), NULL, error);
}

static gboolean
drop_tag (PdTicketWork *work, GError **error)
{
  return pd_db_exec (work->desk->db, PD_SQL_TICKET_TAG_DROP,
                     PD_BIND (PD_INT (work->ticket->id), PD_TEXT (work->what)), NULL, error);
}

static const PdTicketStep tag_it = {
  .act = PD_ACT_TAG,
  .from = PD_TICKET_ALIVE,
  .event = "tagged",
  .notice = PD_TICKET_TELL_NOBODY,
  .prepare = prepare_tag,
  .write = write_tag,
};

static const PdTicketStep untag_it = {
  .act = PD_ACT_TAG,
  .from = PD_TICKET_ALIVE,
  .event = "untagged",
  .notice = PD_TICKET_TELL_NOBODY,
  .prepare = prepare_untag,
  .write = drop_tag,
};

gboolean
pd_ticket_tag (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const char *tag,
               GError **error)
{
  g_autofree char *key = pd_ticket_tag_dup_key (tag, error);

  return key != NULL && pd_ticket_step (desk, ticket, actor, &tag_it, key, error);
}

gboolean
pd_ticket_untag (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const char *tag,
                 GError **error)
{
  g_autofree char *key = pd_ticket_tag_dup_key (tag, error);

  return key != NULL && pd_ticket_step (desk, ticket, actor, &untag_it, key, error);
}

/* ---- watchers ---- */

static gboolean
find_watcher (PdTicketWork *work, PdRelation relation, gboolean *out, GError **error)
{
  return has_row (work->desk, PD_SQL_TICKET_PERSON_FIND,
                  PD_BIND (PD_INT (work->ticket->id), PD_INT (*(const gint64 *)work->what),
                           PD_TEXT (pd_relation_name (relation))),
                  out, error);
}

static gboolean
check_watcher (PdTicketWork *work, GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  gint64 n = 0;

  if (!pd_person_get (work->desk, *(const gint64 *)work->what, &person, error)
      || !pd_db_find_int (work->desk->db, PD_SQL_TICKET_PERSON_COUNT,
                          PD_BIND (PD_INT (work->ticket->id)), &n, error))
    return FALSE;
  if (person == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such person");
  if (person->state != PD_PERSON_ACTIVE)
    return pd_fail (error, PD_ERROR_INVALID, "%s is %s: only active people watch a ticket",
                    pd_person_label (person), pd_person_state_name (person->state));
  return n < PD_TICKET_MAX_PEOPLE
         || pd_fail (error, PD_ERROR_INVALID,
                     "ticket #%" G_GINT64_FORMAT " has %d people already", work->ticket->number,
                     PD_TICKET_MAX_PEOPLE);
}

static gboolean
prepare_watch (PdTicketWork *work, GError **error)
{
  if (!find_watcher (work, PD_RELATION_WATCHER, &work->so_already, error))
    return FALSE;
  pd_ticket_json_id (work->data, "person", *(const gint64 *)work->what);
  return work->so_already || check_watcher (work, error);
}

/* Who is in copy by mail is taken off by the same word. */
static gboolean
prepare_unwatch (PdTicketWork *work, GError **error)
{
  gboolean watches, copied;

  if (!find_watcher (work, PD_RELATION_WATCHER, &watches, error)
      || !find_watcher (work, PD_RELATION_CC, &copied, error))
    return FALSE;
  work->so_already = !watches && !copied;
  pd_ticket_json_id (work->data, "person", *(const gint64 *)work->what);
  return TRUE;
}

static gboolean
write_watch (PdTicketWork *work, GError **error)
{
  return pd_ticket_add_person (work->desk, work->ticket->id, *(const gint64 *)work->what,
                               PD_RELATION_WATCHER, error);
}

static gboolean
drop_watch (PdTicketWork *work, GError **error)
{
  return pd_db_exec (work->desk->db, PD_SQL_TICKET_PERSON_UNWATCH,
                     PD_BIND (PD_INT (work->ticket->id), PD_INT (*(const gint64 *)work->what)),
                     NULL, error);
}

static const PdTicketStep watch = {
  .act = PD_ACT_TAG,
  .from = PD_TICKET_ALIVE,
  .event = "watched",
  .notice = PD_TICKET_TELL_NOBODY,
  .prepare = prepare_watch,
  .write = write_watch,
};

static const PdTicketStep unwatch = {
  .act = PD_ACT_TAG,
  .from = PD_TICKET_ALIVE,
  .event = "unwatched",
  .notice = PD_TICKET_TELL_NOBODY,
  .prepare = prepare_unwatch,
  .write = drop_watch,
};

/* Whoever sees a ticket may stop to watch it, be it in the archive. */
static const PdTicketStep leave = {
  .act = PD_ACT_SEE,
  .from = PD_TICKET_ANY,
  .event = "unwatched",
  .notice = PD_TICKET_TELL_NOBODY,
  .prepare = prepare_unwatch,
  .write = drop_watch,
};

gboolean
pd_ticket_watch (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 person,
                 GError **error)
{
  return pd_ticket_step (desk, ticket, actor, &watch, &person, error);
}

gboolean
pd_ticket_unwatch (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 person,
                   GError **error)
{
  const PdTicketStep *step = actor != NULL && actor->id == person ? &leave : &unwatch;

  return pd_ticket_step (desk, ticket, actor, step, &person, error);
}
