#include "desk/ticket-access.h"

#include <string.h>

#include "base/error.h"

/* Participation and membership; the columns of the ticket itself say the rest. */
static gboolean
read_relations (PdDesk *desk, const PdTicket *ticket, gint64 person, guint *out, GError **error)
{
  static const struct {
    const char *name;
    guint bit;
  } names[] = {
    { "assignee", PD_IS_ASSIGNEE },
    { "watcher", PD_IS_WATCHER },
    { "cc", PD_IS_CC },
    { "member", PD_IS_MEMBER },
    { "head", PD_IS_MEMBER | PD_IS_HEAD },
  };
  g_autoptr (PdRows) rows = pd_db_query (
      desk->db, PD_SQL_TICKET_RELATIONS,
      PD_BIND (PD_INT (ticket->id), PD_INT (person), PD_INT (ticket->unit), PD_INT (person)), error);
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) == 1)
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
      if (strcmp (names[i].name, pd_rows_text (rows, 0)) == 0)
        *out |= names[i].bit;
  return got == 0;
}

static gboolean
heads_group (PdDesk *desk, const PdTicket *ticket, const PdPerson *person, gboolean *out,
             GError **error)
{
  gint64 found = 0;

  *out = FALSE;
  if (pd_person_is_staff (person))
    return TRUE;
  if (!pd_db_find_int (desk->db, PD_SQL_CLIENT_GROUP_HEADED,
                       PD_BIND (PD_INT (person->id), PD_INT (ticket->requester)), &found, error))
    return FALSE;
  *out = found != 0;
  return TRUE;
}

static gboolean
gather (PdDesk *desk, const PdTicket *ticket, const PdPerson *person, PdAccess *out, GError **error)
{
  const char *reason;
  gboolean active;

  if (!pd_person_may_act (desk, person, &active, &reason, error))
    return FALSE;
  *out = (PdAccess){
    .role = person->role,
    .is_admin = person->admin,
    .active = active,
    .named = ticket->named,
    .view = pd_access_view (ticket->state, ticket->locker, ticket->finisher, person->id),
  };
  out->relations = (person->id == ticket->requester ? PD_IS_REQUESTER : 0)
                   | (person->id == ticket->author ? PD_IS_AUTHOR : 0)
                   | (person->id == ticket->locker ? PD_IS_LOCKER : 0)
                   | (pd_person_is_staff (person) ? PD_IS_STAFF : 0);
  return read_relations (desk, ticket, person->id, &out->relations, error)
         && heads_group (desk, ticket, person, &out->group_head, error);
}

gboolean
pd_ticket_acts (PdDesk *desk, const PdTicket *ticket, const PdPerson *person, guint *out_acts,
                GError **error)
{
  PdAccess access;

  *out_acts = 0;
  if (!gather (desk, ticket, person, &access, error))
    return FALSE;
  *out_acts = pd_access_acts (&access);
  return TRUE;
}

/* In whose hands it is: what is refused because of somebody says of whom. */
static gboolean
find_holder (PdDesk *desk, const PdTicket *ticket, PdView view, PdPerson **out, GError **error)
{
  gint64 person = view == PD_VIEW_OTHERS           ? ticket->locker
                  : view == PD_VIEW_DONE_BY_OTHERS ? ticket->finisher
                                                   : 0;

  *out = NULL;
  return person == 0 || pd_person_get (desk, person, out, error);
}

static gboolean
fail_denied (PdDesk *desk, const PdTicket *ticket, PdView view, PdAct act, GError **error)
{
  static const char *const words[PD_N_VIEWS]
      = { "free",        "in your work", "taken by somebody else", "waiting",
          "done by you", "done",         "archived" };
  g_autoptr (PdPerson) holder = NULL;

  if (!find_holder (desk, ticket, view, &holder, error))
    return FALSE;
  if (holder == NULL)
    return pd_fail (error, PD_ERROR_DENIED,
                    "you may not %s ticket #%" G_GINT64_FORMAT ": it is %s", pd_act_verb (act),
                    ticket->number, words[view]);
  return pd_fail (error, PD_ERROR_DENIED,
                  "you may not %s ticket #%" G_GINT64_FORMAT ": it is %s by %s", pd_act_verb (act),
                  ticket->number, view == PD_VIEW_OTHERS ? "taken" : "done",
                  pd_person_label (holder));
}

gboolean
pd_ticket_authorise (PdDesk *desk, const PdTicket *ticket, const PdPerson *actor, PdAct act,
                     GError **error)
{
  PdAccess access;
  guint acts;

  if (actor == NULL)
    return TRUE;
  if (!gather (desk, ticket, actor, &access, error))
    return FALSE;
  acts = pd_access_acts (&access);
  if ((acts & act) != 0 || (acts & PD_ACT_SEE) == 0)
    return pd_access_check (&access, act, ticket->number, error);
  return fail_denied (desk, ticket, access.view, act, error);
}

static guint
acts_ever (const PdAccess *access)
{
  guint ever = 0;

  for (int view = 0; view < PD_N_VIEWS; view++)
    {
      PdAccess other = *access;

      other.view = (PdView)view;
      ever |= pd_access_acts (&other);
    }
  return ever;
}

gboolean
pd_ticket_entitled (PdDesk *desk, const PdTicket *ticket, const PdPerson *actor, PdAct act,
                    GError **error)
{
  PdAccess access;

  if (actor == NULL)
    return TRUE;
  if (!gather (desk, ticket, actor, &access, error))
    return FALSE;
  if ((acts_ever (&access) & act) != 0)
    return TRUE;
  if ((pd_access_acts (&access) & PD_ACT_SEE) == 0)
    return pd_access_check (&access, act, ticket->number, error);
  return pd_fail (error, PD_ERROR_DENIED, "you may not %s ticket #%" G_GINT64_FORMAT,
                  pd_act_verb (act), ticket->number);
}

gboolean
pd_ticket_could (PdDesk *desk, const PdTicket *ticket, const PdPerson *person, PdAct act,
                 gboolean *out, GError **error)
{
  PdAccess access;

  *out = FALSE;
  if (!gather (desk, ticket, person, &access, error))
    return FALSE;
  *out = (acts_ever (&access) & act) != 0;
  return TRUE;
}
