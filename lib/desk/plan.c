#include "desk/plan.h"

#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "base/nearest.h"
#include "desk/ticket.h"
#include "desk/when.h"

PdPlan *
pd_plan_new (const char *name)
{
  PdPlan *plan = g_new0 (PdPlan, 1);

  plan->name = g_strdup (name);
  plan->waiting_pauses = TRUE;
  return plan;
}

void
pd_plan_free (PdPlan *plan)
{
  if (plan == NULL)
    return;
  g_free (plan->name);
  g_free (plan);
}

static void
free_plan (gpointer plan)
{
  pd_plan_free (plan);
}

/* ---- reading -------------------------------------------------------------------- */

static gboolean
read_limits (PdDesk *desk, PdPlan *plan, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_PLAN_TARGETS, PD_BIND (PD_INT (plan->id)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      gint64 priority = pd_rows_int (rows, 1);

      for (int kind = 0; kind < PD_SLA_N_CLOCKS; kind++)
        if (strcmp (pd_sla_clock_name ((PdSlaClockKind)kind), pd_rows_text (rows, 0)) == 0
            && priority >= 1 && priority <= PD_PLAN_N_PRIORITIES)
          plan->limits[kind][priority - 1] = MAX (pd_rows_int (rows, 2), 0);
    }
  return step == 0;
}

/* Columns as in plan_get, plan_by_name and plan_list. */
static PdPlan *
read_plan (PdRows *rows)
{
  PdPlan *plan = pd_plan_new (pd_rows_text (rows, 1));

  plan->id = pd_rows_int (rows, 0);
  plan->parent = pd_rows_int (rows, 2);
  plan->position = (int)pd_rows_int (rows, 3);
  plan->calendar = pd_rows_int (rows, 4);
  plan->waiting_pauses = pd_rows_int (rows, 5) != 0;
  plan->closed = strcmp (pd_rows_text (rows, 6), "active") != 0;
  return plan;
}

static GPtrArray *
read_plans (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, values, n_values, error);
  g_autoptr (GPtrArray) plans = g_ptr_array_new_with_free_func (free_plan);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    g_ptr_array_add (plans, read_plan (rows));
  if (step != 0)
    return NULL;
  for (guint i = 0; i < plans->len; i++)
    if (!read_limits (desk, g_ptr_array_index (plans, i), error))
      return NULL;
  return g_steal_pointer (&plans);
}

static gboolean
read_one (PdDesk *desk, PdSqlId sql, PdDbValue value, PdPlan **out, GError **error)
{
  g_autoptr (GPtrArray) plans = read_plans (desk, sql, &value, 1, error);

  *out = NULL;
  if (plans != NULL && plans->len > 0)
    *out = g_ptr_array_steal_index (plans, 0);
  return plans != NULL;
}

gboolean
pd_plan_get (PdDesk *desk, gint64 id, PdPlan **out, GError **error)
{
  return read_one (desk, PD_SQL_PLAN_GET, PD_INT (id), out, error);
}

gboolean
pd_plan_by_name (PdDesk *desk, const char *name, PdPlan **out, GError **error)
{
  *out = NULL;
  if (!g_utf8_validate (name, -1, NULL))
    return TRUE;
  return read_one (desk, PD_SQL_PLAN_BY_NAME, PD_TEXT (name), out, error);
}

static gboolean
fail_missing (PdDesk *desk, const char *name, GError **error)
{
  g_autoptr (GPtrArray) plans = pd_plan_list (desk, error);
  PdNearest nearest = PD_NEAREST (name);

  if (plans == NULL)
    return FALSE;
  for (guint i = 0; i < plans->len; i++)
    pd_nearest_offer (&nearest, ((PdPlan *)g_ptr_array_index (plans, i))->name);
  return nearest.best != NULL
             ? pd_fail (error, PD_ERROR_NOT_FOUND,
                        "plan \"%s\" does not exist; did you mean \"%s\"?", name, nearest.best)
             : pd_fail (error, PD_ERROR_NOT_FOUND, "plan \"%s\" does not exist", name);
}

PdPlan *
pd_plan_need (PdDesk *desk, const char *name, GError **error)
{
  PdPlan *plan = NULL;

  if (pd_plan_by_name (desk, name, &plan, error) && plan == NULL)
    fail_missing (desk, name, error);
  return plan;
}

/* ---- the tree ---------------------------------------------------------------------- */

/* Moves the children of a plan from `all` to `tree`, each with its own behind it.
 * The depth is bounded where plans are placed; here too, for a table that
 * somebody else has written. */
static void
take_children (GPtrArray *all, gint64 parent, guint depth, GPtrArray *tree)
{
  for (guint i = 0; i < all->len; i++)
    {
      PdPlan *plan = g_ptr_array_index (all, i);

      if (plan == NULL || plan->parent != parent)
        continue;
      all->pdata[i] = NULL;
      plan->depth = depth;
      g_ptr_array_add (tree, plan);
      if (depth < PD_PLAN_MAX_DEPTH)
        take_children (all, plan->id, depth + 1, tree);
    }
}

GPtrArray *
pd_plan_list (PdDesk *desk, GError **error)
{
  g_autoptr (GPtrArray) all = read_plans (desk, PD_SQL_PLAN_LIST, PD_NO_VALUES, error);
  GPtrArray *tree;

  if (all == NULL)
    return NULL;
  tree = g_ptr_array_new_with_free_func (free_plan);
  take_children (all, 0, 0, tree);
  g_ptr_array_set_free_func (all, NULL);
  /* what hangs on nothing is shown all the same */
  for (guint i = 0; i < all->len; i++)
    if (g_ptr_array_index (all, i) != NULL)
      g_ptr_array_add (tree, g_ptr_array_index (all, i));
  return tree;
}

/* The children of a plan, in order, as ids. */
static GArray *
child_ids (GPtrArray *tree, gint64 parent)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < tree->len; i++)
    {
      const PdPlan *plan = g_ptr_array_index (tree, i);

      if (plan->parent == parent)
        g_array_append_val (ids, plan->id);
    }
  return ids;
}

static const PdPlan *
find_in (GPtrArray *tree, gint64 id)
{
  for (guint i = 0; i < tree->len; i++)
    {
      const PdPlan *plan = g_ptr_array_index (tree, i);

      if (plan->id == id)
        return plan;
    }
  return NULL;
}

static gboolean
is_below (GPtrArray *tree, const PdPlan *plan, gint64 id)
{
  for (guint i = 0; plan != NULL && i <= PD_PLAN_MAX_DEPTH; i++)
    {
      if (plan->id == id)
        return TRUE;
      plan = find_in (tree, plan->parent);
    }
  return FALSE;
}

/* How many levels a plan and what is below it take. */
static guint
height_of (GPtrArray *tree, const PdPlan *plan)
{
  guint deepest = plan->depth;

  for (guint i = 0; i < tree->len; i++)
    {
      const PdPlan *other = g_ptr_array_index (tree, i);

      if (is_below (tree, other, plan->id))
        deepest = MAX (deepest, other->depth);
    }
  return deepest - plan->depth + 1;
}

/* Whether something of so many levels may stand under a plan. */
static gboolean
check_place (GPtrArray *tree, gint64 parent, guint height, GError **error)
{
  const PdPlan *above = parent != 0 ? find_in (tree, parent) : NULL;

  if (parent != 0 && above == NULL)
    return pd_fail (error, PD_ERROR_INVALID, "the parent plan does not exist");
  if ((above != NULL ? above->depth + 1 : 0) + height > PD_PLAN_MAX_DEPTH)
    return pd_fail (error, PD_ERROR_INVALID, "plans can stand %d deep, not deeper",
                    PD_PLAN_MAX_DEPTH);
  return TRUE;
}

/* Writes the places of siblings anew: 0, 1, 2, … */
static gboolean
write_places (PdDesk *desk, gint64 parent, const GArray *ids, GError **error)
{
  for (guint i = 0; i < ids->len; i++)
    if (!pd_db_exec (
            desk->db, PD_SQL_PLAN_PLACE,
            PD_BIND (PD_ID (parent), PD_INT (i), PD_INT (g_array_index (ids, gint64, i))), NULL,
            error))
      return FALSE;
  return TRUE;
}

static guint
place_of (const GArray *ids, gint64 id)
{
  guint i = 0;

  while (i < ids->len && g_array_index (ids, gint64, i) != id)
    i++;
  return i;
}

gboolean
pd_plan_move (PdDesk *desk, PdPlan *plan, gint64 parent, gint64 before, GError **error)
{
  g_autoptr (GPtrArray) tree = pd_plan_list (desk, error);
  g_autoptr (GArray) ids = NULL;
  const PdPlan *self;
  guint own, place;

  if (tree == NULL)
    return FALSE;
  self = find_in (tree, plan->id);
  if (self == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "plan \"%s\" does not exist", plan->name);
  if (parent != 0 && is_below (tree, find_in (tree, parent), plan->id))
    return pd_fail (error, PD_ERROR_INVALID, "plan \"%s\" cannot stand under itself", plan->name);
  if (!check_place (tree, parent, height_of (tree, self), error))
    return FALSE;
  ids = child_ids (tree, parent);
  if (before != 0 && (before == plan->id || place_of (ids, before) == ids->len))
    return pd_fail (error, PD_ERROR_INVALID,
                    "the plan to stand before is not under the same parent");
  own = place_of (ids, plan->id);
  if (own < ids->len)
    g_array_remove_index (ids, own);
  place = before != 0 ? place_of (ids, before) : ids->len;
  g_array_insert_val (ids, place, plan->id);
  if (!write_places (desk, parent, ids, error))
    return FALSE;
  plan->parent = parent;
  plan->position = (int)place;
  return TRUE;
}

/* ---- limits ------------------------------------------------------------------------- */

/* "low=8h" */
static gboolean
set_one (PdPlan *plan, PdSlaClockKind kind, const char *word, GError **error)
{
  const char *equals = strchr (word, '=');
  g_autofree char *name = NULL;
  gint64 span;
  int priority;

  if (equals == NULL)
    return pd_fail (error, PD_ERROR_INVALID,
                    "\"%s\": write a span for all priorities (4h) or one for each "
                    "(low=8h,normal=4h,high=1h)",
                    word);
  name = g_strstrip (g_strndup (word, (gsize)(equals - word)));
  if (!pd_priority_parse (name, &priority, error)
      || !pd_when_parse_span (equals + 1, &span, error))
    return FALSE;
  plan->limits[kind][priority - 1] = span;
  return TRUE;
}

static gboolean
set_all (PdPlan *plan, PdSlaClockKind kind, const char *text, GError **error)
{
  gint64 span;

  if (!pd_when_parse_span (text, &span, error))
    return FALSE;
  for (int i = 0; i < PD_PLAN_N_PRIORITIES; i++)
    plan->limits[kind][i] = span;
  return TRUE;
}

gboolean
pd_plan_set_limits (PdPlan *plan, PdSlaClockKind kind, const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  gboolean done = TRUE;

  if (strchr (text, '=') == NULL)
    done = set_all (plan, kind, text, error);
  else
    for (guint i = 0; done && words[i] != NULL; i++)
      done = set_one (plan, kind, words[i], error);
  if (!done)
    g_prefix_error (error, "%s: ", pd_sla_clock_name (kind));
  return done;
}

char *
pd_plan_dup_limits (const PdPlan *plan, PdSlaClockKind kind)
{
  const gint64 *limits = plan->limits[kind];
  GString *text = NULL;

  if (limits[0] == limits[1] && limits[1] == limits[2])
    return pd_when_format_span (limits[0]);
  text = g_string_new (NULL);
  for (int i = 0; i < PD_PLAN_N_PRIORITIES; i++)
    {
      g_autofree char *span = pd_when_format_span (limits[i]);

      g_string_append_printf (text, "%s%s=%s", i > 0 ? "," : "", pd_priority_name (i + 1), span);
    }
  return g_string_free (text, FALSE);
}

/* ---- writing -------------------------------------------------------------------------- */

static gboolean
check_name (PdDesk *desk, const PdPlan *plan, GError **error)
{
  g_autoptr (PdPlan) other = NULL;

  if (plan->name[0] == '\0')
    return pd_fail (error, PD_ERROR_INVALID, "a plan needs a name");
  if (!g_utf8_validate (plan->name, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "the name of the plan is not UTF-8");
  if (g_utf8_strlen (plan->name, -1) > PD_PLAN_MAX_NAME)
    return pd_fail (error, PD_ERROR_INVALID, "the name of a plan has at most %d characters",
                    PD_PLAN_MAX_NAME);
  for (const char *c = plan->name; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      return pd_fail (error, PD_ERROR_INVALID, "the name of a plan is one line of text");
  if (!pd_plan_by_name (desk, plan->name, &other, error))
    return FALSE;
  if (other != NULL && other->id != plan->id)
    return pd_fail (error, PD_ERROR_CONFLICT, "there is a plan \"%s\" already", plan->name);
  return TRUE;
}

static gboolean
check_calendar (PdDesk *desk, const PdPlan *plan, GError **error)
{
  gint64 found = 0;

  if (plan->calendar == 0)
    return TRUE;
  if (!pd_db_find_int (desk->db, PD_SQL_CALENDAR_EXISTS, PD_BIND (PD_INT (plan->calendar)), &found,
                       error))
    return FALSE;
  return found != 0
         || pd_fail (error, PD_ERROR_INVALID, "the calendar of plan \"%s\" does not exist",
                     plan->name);
}

static gboolean
write_limits (PdDesk *desk, const PdPlan *plan, GError **error)
{
  if (!pd_db_exec (desk->db, PD_SQL_PLAN_TARGETS_DROP, PD_BIND (PD_INT (plan->id)), NULL, error))
    return FALSE;
  for (int kind = 0; kind < PD_SLA_N_CLOCKS; kind++)
    for (int i = 0; i < PD_PLAN_N_PRIORITIES; i++)
      if (plan->limits[kind][i] > 0
          && !pd_db_exec (desk->db, PD_SQL_PLAN_TARGET_ADD,
                          PD_BIND (PD_INT (plan->id),
                                   PD_TEXT (pd_sla_clock_name ((PdSlaClockKind)kind)),
                                   PD_INT (i + 1), PD_INT (plan->limits[kind][i])),
                          NULL, error))
        return FALSE;
  return TRUE;
}

static const char *
state_of (const PdPlan *plan)
{
  return plan->closed ? "closed" : "active";
}

gboolean
pd_plan_add (PdDesk *desk, PdPlan *plan, GError **error)
{
  g_autoptr (GPtrArray) tree = NULL;
  g_autoptr (GArray) siblings = NULL;

  if (!check_name (desk, plan, error) || !check_calendar (desk, plan, error))
    return FALSE;
  tree = pd_plan_list (desk, error);
  if (tree == NULL || !check_place (tree, plan->parent, 1, error))
    return FALSE;
  siblings = child_ids (tree, plan->parent);
  plan->id = pd_id_new ();
  plan->position = (int)siblings->len;
  return pd_db_exec (desk->db, PD_SQL_PLAN_ADD,
                     PD_BIND (PD_INT (plan->id), PD_TEXT (plan->name), PD_ID (plan->parent),
                              PD_INT (plan->position), PD_ID (plan->calendar),
                              PD_INT (plan->waiting_pauses != FALSE), PD_TEXT (state_of (plan))),
                     NULL, error)
         && write_limits (desk, plan, error);
}

gboolean
pd_plan_save (PdDesk *desk, const PdPlan *plan, GError **error)
{
  gint64 changed = 0;

  if (!check_name (desk, plan, error) || !check_calendar (desk, plan, error)
      || !pd_db_exec (desk->db, PD_SQL_PLAN_SAVE,
                      PD_BIND (PD_TEXT (plan->name), PD_ID (plan->calendar),
                               PD_INT (plan->waiting_pauses != FALSE), PD_TEXT (state_of (plan)),
                               PD_INT (plan->id)),
                      &changed, error))
    return FALSE;
  if (changed == 0)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "plan \"%s\" does not exist any more", plan->name);
  return write_limits (desk, plan, error);
}

/* ---- removing -------------------------------------------------------------------------- */

static gboolean
check_free (PdDesk *desk, const PdPlan *plan, gboolean *out_named, GError **error)
{
  gint64 open = 0, givers = 0, any = 0;

  if (!pd_db_find_int (desk->db, PD_SQL_PLAN_OPEN_TICKETS, PD_BIND (PD_INT (plan->id)), &open,
                       error)
      || !pd_db_find_int (desk->db, PD_SQL_PLAN_GIVERS,
                          PD_BIND (PD_INT (plan->id), PD_INT (plan->id)), &givers, error)
      || !pd_db_find_int (desk->db, PD_SQL_PLAN_ANY_TICKET, PD_BIND (PD_INT (plan->id)), &any,
                          error))
    return FALSE;
  *out_named = any != 0;
  if (open > 0)
    return pd_fail (error, PD_ERROR_CONFLICT,
                    "%" G_GINT64_FORMAT " open tickets have plan \"%s\"; give them another one, or "
                    "close it (plan set NAME --close) so that no new ones get it",
                    open, plan->name);
  if (givers > 0)
    return pd_fail (error, PD_ERROR_CONFLICT,
                    "%" G_GINT64_FORMAT " units and recurring tickets give plan \"%s\" to new "
                    "tickets; give them another one first",
                    givers, plan->name);
  return TRUE;
}

/* Its children stand where it stood. */
static gboolean
lift_children (PdDesk *desk, const PdPlan *plan, GError **error)
{
  g_autoptr (GPtrArray) tree = pd_plan_list (desk, error);
  g_autoptr (GArray) siblings = NULL, children = NULL;
  const PdPlan *self;
  guint place;

  if (tree == NULL)
    return FALSE;
  self = find_in (tree, plan->id);
  if (self == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "plan \"%s\" does not exist any more", plan->name);
  siblings = child_ids (tree, self->parent);
  children = child_ids (tree, self->id);
  place = place_of (siblings, self->id);
  g_array_remove_index (siblings, place);
  g_array_insert_vals (siblings, place, children->data, children->len);
  return write_places (desk, self->parent, siblings, error);
}

gboolean
pd_plan_remove (PdDesk *desk, PdPlan *plan, gboolean *out_closed, GError **error)
{
  gboolean named;

  *out_closed = FALSE;
  if (!check_free (desk, plan, &named, error) || !lift_children (desk, plan, error))
    return FALSE;
  if (named)
    {
      *out_closed = plan->closed = TRUE;
      return pd_plan_save (desk, plan, error);
    }
  return pd_db_exec (desk->db, PD_SQL_PLAN_TARGETS_DROP, PD_BIND (PD_INT (plan->id)), NULL, error)
         && pd_db_exec (desk->db, PD_SQL_PLAN_DROP, PD_BIND (PD_INT (plan->id)), NULL, error);
}
