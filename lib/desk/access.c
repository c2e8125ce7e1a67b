#include "desk/access.h"

#include <string.h>

#include "base/error.h"

/* For each act and standing the views in which it may be done:
 *
 *     f free   m in work by him   o in work by others   w waiting
 *     d done by him   e done by others   a archived
 *
 * A customer may speak, close his own ticket and open it again.  Whoever of
 * staff has a ticket in work is left alone with it, except by heads, who may
 * release it, give it to others and set its time; they may also open again
 * what others have finished.  What is archived changes no more: a new word of
 * the customer opens a ticket that refers to it.  Only spam is taken back from
 * there, by whoever may say that it is spam.
 */
static const char views[] = "fmowdea";

/* clang-format off */
static const struct {
  const char *name;
  const char *verb; /* "you may not … ticket #1" */
  const char *cells[PD_N_STANDINGS];
} acts[PD_N_ACTS] = {
  /*                                copied    group head customer   onlooker   worker     head       director   admin */
  { "see",      "see",               { "fmowdea", "fmowdea", "fmowdea", "fmowdea", "fmowdea", "fmowdea", "fmowdea", "fmowdea" } },
  { "internal", "read the notes of", { "",        "",        "",        "fmowdea", "fmowdea", "fmowdea", "fmowdea", "fmowdea" } },
  { "comment",  "comment on",        { "fmowde",  "fmowde",  "fmowde",  "fmowde",  "fmowde",  "fmowde",  "fmowde",  "fmowde"  } },
  { "note",     "write a note on",   { "",        "",        "",        "fmowdea", "fmowdea", "fmowdea", "fmowdea", "fmowdea" } },
  { "take",     "take",              { "",        "",        "",        "",        "fw",      "fw",      "fw",      "fw"      } },
  { "release",  "release",           { "",        "",        "",        "",        "m",       "mo",      "mo",      "mo"      } },
  { "wait",     "set to waiting",    { "",        "",        "",        "",        "fmw",     "fmw",     "fmw",     "fmw"     } },
  { "finish",   "finish",            { "",        "",        "fmow",    "",        "fmw",     "fmw",     "fmw",     "fmw"     } },
  { "reopen",   "reopen",            { "",        "",        "de",      "",        "d",       "de",      "de",      "de"      } },
  { "forward",  "forward",           { "",        "",        "",        "",        "fmw",     "fmow",    "fmow",    "fmow"    } },
  { "edit",     "edit",              { "",        "",        "",        "",        "fmw",     "fmowde",  "fmowde",  "fmowde"  } },
  { "time",     "set the time of",   { "",        "",        "",        "",        "fmw",     "fmow",    "fmow",    "fmow"    } },
  { "tag",      "tag",               { "",        "",        "",        "fmowde",  "fmowde",  "fmowde",  "fmowde",  "fmowde"  } },
  { "spam",     "mark as spam",      { "",        "",        "",        "",        "fmwa",    "fmowa",   "fmowa",   "fmowa"   } },
  { "rate",     "rate",              { "",        "",        "dea",     "",        "",        "",        "",        ""        } },
  { "archive",  "archive",           { "",        "",        "",        "",        "",        "",        "",        "de"      } },
  { "delete",   "delete",            { "",        "",        "",        "",        "",        "",        "",        "fmowdea" } },
};
/* clang-format on */

const char *
pd_act_name (PdAct act)
{
  int bit = g_bit_nth_lsf (act, -1);

  g_return_val_if_fail (bit >= 0 && bit < PD_N_ACTS, "");
  return acts[bit].name;
}

const char *
pd_act_verb (PdAct act)
{
  int bit = g_bit_nth_lsf (act, -1);

  g_return_val_if_fail (bit >= 0 && bit < PD_N_ACTS, "");
  return acts[bit].verb;
}

const char *
pd_standing_name (PdStanding standing)
{
  static const char *const names[PD_N_STANDINGS]
      = { "copied", "group head", "customer", "onlooker", "worker", "head", "director", "admin" };

  g_return_val_if_fail (standing < PD_N_STANDINGS, "");
  return names[standing];
}

const char *
pd_view_name (PdView view)
{
  static const char *const names[PD_N_VIEWS]
      = { "free", "mine", "others'", "waiting", "done", "done by others", "archived" };

  g_return_val_if_fail (view < PD_N_VIEWS, "");
  return names[view];
}

guint
pd_access_cell (PdStanding standing, PdView view)
{
  guint result = 0;

  g_return_val_if_fail (standing < PD_N_STANDINGS && view < PD_N_VIEWS, 0);
  for (guint i = 0; i < PD_N_ACTS; i++)
    if (strchr (acts[i].cells[standing], views[view]) != NULL)
      result |= 1u << i;
  return result;
}

/* A ticket that is given to persons is not the affair of the rest of the unit. */
static gboolean
is_worker (const PdAccess *access)
{
  if ((access->relations & (PD_IS_ASSIGNEE | PD_IS_LOCKER | PD_IS_AUTHOR)) != 0)
    return TRUE;
  return (access->relations & PD_IS_MEMBER) != 0 && !access->named;
}

guint
pd_access_standings (const PdAccess *access)
{
  gboolean staff = access->role != PD_ROLE_CLIENT;
  guint relations = access->relations;
  guint result = 0;

  if (!access->active)
    return 0;
  if ((relations & (PD_IS_REQUESTER | PD_IS_AUTHOR)) != 0)
    result |= 1u << PD_STANDING_CUSTOMER;
  if ((relations & (PD_IS_WATCHER | PD_IS_CC)) != 0)
    result |= 1u << (staff ? PD_STANDING_ONLOOKER : PD_STANDING_COPIED);
  if (access->group_head && !staff)
    result |= 1u << PD_STANDING_GROUP_HEAD;
  if (staff && is_worker (access))
    result |= 1u << PD_STANDING_WORKER;
  if (staff && (relations & PD_IS_HEAD) != 0)
    result |= 1u << PD_STANDING_HEAD;
  if (access->role == PD_ROLE_DIRECTOR)
    result |= 1u << PD_STANDING_DIRECTOR;
  if (access->is_admin && staff)
    result |= 1u << PD_STANDING_ADMIN;
  return result;
}

guint
pd_access_acts (const PdAccess *access)
{
  guint standings = pd_access_standings (access);
  guint result = 0;

  for (guint i = 0; i < PD_N_STANDINGS; i++)
    if ((standings & 1u << i) != 0)
      result |= pd_access_cell ((PdStanding)i, access->view);
  return result;
}

gboolean
pd_access_check (const PdAccess *access, PdAct act, gint64 number, GError **error)
{
  guint may = pd_access_acts (access);

  if ((may & PD_ACT_SEE) == 0)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no ticket #%" G_GINT64_FORMAT, number);
  if ((may & act) == 0)
    return pd_fail (error, PD_ERROR_DENIED, "you may not %s ticket #%" G_GINT64_FORMAT ": it is %s",
                    pd_act_verb (act), number, pd_view_name (access->view));
  return TRUE;
}

PdView
pd_access_view (PdTicketState state, gint64 locker, gint64 finisher, gint64 viewer)
{
  switch (state)
    {
    case PD_TICKET_LOCKED:
      return locker == viewer ? PD_VIEW_MINE : PD_VIEW_OTHERS;
    case PD_TICKET_WAITING:
      return PD_VIEW_WAITING;
    case PD_TICKET_DONE:
      return finisher == viewer ? PD_VIEW_DONE : PD_VIEW_DONE_BY_OTHERS;
    case PD_TICKET_ARCHIVED:
      return PD_VIEW_ARCHIVED;
    case PD_TICKET_FREE:
      return PD_VIEW_FREE;
    }
  g_return_val_if_reached (PD_VIEW_ARCHIVED);
}
