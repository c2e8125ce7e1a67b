#include "desk/topic.h"

#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "base/nearest.h"
#include "desk/desk-setting.h"

/* in the order of the setting's words */
static const char *const mode_names[] = { "free", "list", "multi", "plans" };

void
pd_topic_free (PdTopic *topic)
{
  if (topic == NULL)
    return;
  g_free (topic->name);
  g_free (topic);
}

static void
free_topic (gpointer topic)
{
  pd_topic_free (topic);
}

/* ---- the mode ---- */

const char *
pd_subject_mode_name (PdSubjectMode mode)
{
  g_return_val_if_fail ((gsize)mode < G_N_ELEMENTS (mode_names), "");
  return mode_names[mode];
}

gboolean
pd_subject_mode (PdDesk *desk, PdSubjectMode *out, GError **error)
{
  gint64 place = 0;

  *out = PD_SUBJECT_FREE;
  if (!pd_desk_setting_int (desk, PD_DESK_SETTING_SUBJECT_MODE, &place, error))
    return FALSE;
  *out = (PdSubjectMode)place;
  return TRUE;
}

/* ---- reading ---- */

static gboolean
read_all (PdDesk *desk, GPtrArray *into, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, PD_SQL_TOPIC_LIST, PD_NO_VALUES, error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      PdTopic *topic = g_new0 (PdTopic, 1);

      topic->id = pd_rows_int (rows, 0);
      topic->name = g_strdup (pd_rows_text (rows, 1));
      topic->parent = pd_rows_int (rows, 2);
      topic->position = (int)pd_rows_int (rows, 3);
      g_ptr_array_add (into, topic);
    }
  return step == 0;
}

/* Moves the children of `parent` from one array to the other, each with its own behind it. */
static void
take_children (GPtrArray *from, GPtrArray *into, gint64 parent, guint depth)
{
  for (guint i = 0; i < from->len; i++)
    {
      PdTopic *topic = g_ptr_array_index (from, i);

      if (topic == NULL || topic->parent != parent)
        continue;
      from->pdata[i] = NULL;
      topic->depth = depth;
      g_ptr_array_add (into, topic);
      take_children (from, into, topic->id, depth + 1);
    }
}

GPtrArray *
pd_topic_list (PdDesk *desk, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (free_topic);
  GPtrArray *tree;

  if (!read_all (desk, all, error))
    return NULL;
  tree = g_ptr_array_new_with_free_func (free_topic);
  take_children (all, tree, 0, 0);
  return tree;
}

static PdTopic *
find (GPtrArray *topics, gint64 id)
{
  for (guint i = 0; i < topics->len; i++)
    {
      PdTopic *topic = g_ptr_array_index (topics, i);

      if (topic->id == id)
        return topic;
    }
  return NULL;
}

static PdTopic *
find_name (GPtrArray *topics, const char *name)
{
  for (guint i = 0; i < topics->len; i++)
    {
      PdTopic *topic = g_ptr_array_index (topics, i);

      if (strcmp (topic->name, name) == 0)
        return topic;
    }
  return NULL;
}

static PdTopic *
dup_topic (const PdTopic *topic)
{
  PdTopic *copy = g_memdup2 (topic, sizeof *topic);

  copy->name = g_strdup (topic->name);
  return copy;
}

static void
fail_name (GPtrArray *topics, const char *name, GError **error)
{
  PdNearest nearest = PD_NEAREST (name);

  for (guint i = 0; i < topics->len; i++)
    pd_nearest_offer (&nearest, ((PdTopic *)g_ptr_array_index (topics, i))->name);
  if (nearest.best != NULL)
    pd_fail (error, PD_ERROR_NOT_FOUND, "there is no topic \"%s\"; did you mean \"%s\"?", name,
             nearest.best);
  else
    pd_fail (error, PD_ERROR_NOT_FOUND, "there is no topic \"%s\"", name);
}

PdTopic *
pd_topic_need (PdDesk *desk, const char *name, GError **error)
{
  g_autoptr (GPtrArray) topics = pd_topic_list (desk, error);
  PdTopic *topic = topics != NULL ? find_name (topics, name) : NULL;

  if (topic != NULL)
    return dup_topic (topic);
  if (topics != NULL)
    fail_name (topics, name, error);
  return NULL;
}

/* ---- changing ---- */

static gboolean
may_change (const PdPerson *actor, GError **error)
{
  return actor == NULL || (actor->admin && actor->state == PD_PERSON_ACTIVE)
         || pd_fail (error, PD_ERROR_DENIED, "only administrators change the topics");
}

/* Trimmed; NULL with an error. */
static char *
check_name (GPtrArray *topics, const char *name, gint64 own, GError **error)
{
  g_autofree char *trimmed = NULL;
  const PdTopic *same;

  if (!g_utf8_validate (name, -1, NULL))
    {
      pd_fail (error, PD_ERROR_INVALID, "the name of the topic is not UTF-8");
      return NULL;
    }
  trimmed = g_strstrip (g_strdup (name));
  for (const char *at = trimmed; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      {
        pd_fail (error, PD_ERROR_INVALID, "the name of a topic is one line");
        return NULL;
      }
  if (trimmed[0] == '\0' || g_utf8_strlen (trimmed, -1) > PD_TOPIC_MAX_NAME)
    {
      pd_fail (error, PD_ERROR_INVALID, "the name of a topic has 1 to %d characters",
               PD_TOPIC_MAX_NAME);
      return NULL;
    }
  same = find_name (topics, trimmed);
  if (same != NULL && same->id != own)
    {
      pd_fail (error, PD_ERROR_CONFLICT, "there is a topic \"%s\" already", trimmed);
      return NULL;
    }
  return g_steal_pointer (&trimmed);
}

/* A parent that is there, and not too deep for what comes below it. */
static gboolean
check_parent (GPtrArray *topics, gint64 parent, guint below, GError **error)
{
  const PdTopic *topic = parent != 0 ? find (topics, parent) : NULL;

  if (parent != 0 && topic == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such parent topic");
  return (topic != NULL ? topic->depth + 1 : 0) + below < PD_TOPIC_MAX_DEPTH
         || pd_fail (error, PD_ERROR_INVALID, "topics are at most %d deep", PD_TOPIC_MAX_DEPTH);
}

static int
count_children (GPtrArray *topics, gint64 parent)
{
  int n = 0;

  for (guint i = 0; i < topics->len; i++)
    n += ((PdTopic *)g_ptr_array_index (topics, i))->parent == parent;
  return n;
}

gboolean
pd_topic_add (PdDesk *desk, const PdPerson *actor, const char *name, gint64 parent, gint64 *out_id,
              GError **error)
{
  g_autoptr (GPtrArray) topics = NULL;
  g_autofree char *trimmed = NULL;
  gint64 id = pd_id_new ();

  *out_id = 0;
  if (!may_change (actor, error) || (topics = pd_topic_list (desk, error)) == NULL
      || (trimmed = check_name (topics, name, 0, error)) == NULL
      || !check_parent (topics, parent, 0, error))
    return FALSE;
  if (!pd_db_exec (desk->db, PD_SQL_TOPIC_ADD,
                   PD_BIND (PD_INT (id), PD_TEXT (trimmed), PD_ID (parent),
                            PD_INT (count_children (topics, parent))),
                   NULL, error))
    return FALSE;
  *out_id = id;
  return TRUE;
}

static gboolean
set (PdDesk *desk, const PdTopic *topic, gint64 parent, int position, GError **error)
{
  return pd_db_exec (
      desk->db, PD_SQL_TOPIC_SET,
      PD_BIND (PD_TEXT (topic->name), PD_ID (parent), PD_INT (position), PD_INT (topic->id)), NULL,
      error);
}

gboolean
pd_topic_rename (PdDesk *desk, const PdPerson *actor, gint64 id, const char *name, GError **error)
{
  g_autoptr (GPtrArray) topics = NULL;
  g_autofree char *trimmed = NULL;
  PdTopic *topic;

  if (!may_change (actor, error) || (topics = pd_topic_list (desk, error)) == NULL
      || (trimmed = check_name (topics, name, id, error)) == NULL)
    return FALSE;
  topic = find (topics, id);
  if (topic == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such topic");
  g_free (topic->name);
  topic->name = g_steal_pointer (&trimmed);
  return set (desk, topic, topic->parent, topic->position, error);
}

/* How many levels hang below a topic, and whether `parent` is among them. */
static guint
measure (GPtrArray *topics, const PdTopic *topic, gint64 parent, gboolean *out_inside)
{
  guint deepest = topic->depth, at = 0;

  *out_inside = parent == topic->id;
  while (g_ptr_array_index (topics, at) != topic)
    at++;
  /* the tree is flat with children behind their parent */
  for (guint i = at + 1; i < topics->len; i++)
    {
      const PdTopic *below = g_ptr_array_index (topics, i);

      if (below->depth <= topic->depth)
        break;
      deepest = MAX (deepest, below->depth);
      *out_inside |= below->id == parent;
    }
  return deepest - topic->depth;
}

/* Numbers the children of a parent again, with `moved` at its place. */
static gboolean
number_children (PdDesk *desk, GPtrArray *topics, gint64 parent, const PdTopic *moved, int place,
                 GError **error)
{
  int position = 0;

  for (guint i = 0; i < topics->len; i++)
    {
      const PdTopic *topic = g_ptr_array_index (topics, i);

      if (topic->parent != parent || topic == moved)
        continue;
      position += moved != NULL && position == place;
      if (topic->position != position && !set (desk, topic, parent, position, error))
        return FALSE;
      position++;
    }
  return moved == NULL || set (desk, moved, parent, MIN (place, position), error);
}

gboolean
pd_topic_move (PdDesk *desk, const PdPerson *actor, gint64 id, gint64 parent, int position,
               GError **error)
{
  g_autoptr (GPtrArray) topics = NULL;
  PdTopic *topic;
  gboolean inside;
  guint below;

  if (!may_change (actor, error) || (topics = pd_topic_list (desk, error)) == NULL)
    return FALSE;
  topic = find (topics, id);
  if (topic == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such topic");
  if (position < 0)
    return pd_fail (error, PD_ERROR_INVALID, "positions are counted from 0");
  below = measure (topics, topic, parent, &inside);
  if (inside)
    return pd_fail (error, PD_ERROR_INVALID, "a topic is not put below itself");
  return check_parent (topics, parent, below, error)
         && number_children (desk, topics, parent, topic, position, error)
         && (topic->parent == parent
             || number_children (desk, topics, topic->parent, NULL, 0, error));
}

/* The children stand behind their new siblings, in their order. */
static gboolean
give_up_children (PdDesk *desk, GPtrArray *topics, const PdTopic *topic, GError **error)
{
  int position = count_children (topics, topic->parent);

  for (guint i = 0; i < topics->len; i++)
    {
      const PdTopic *child = g_ptr_array_index (topics, i);

      if (child->parent == topic->id && !set (desk, child, topic->parent, position++, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
pd_topic_remove (PdDesk *desk, const PdPerson *actor, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) topics = NULL;
  const PdTopic *topic;

  if (!may_change (actor, error) || (topics = pd_topic_list (desk, error)) == NULL)
    return FALSE;
  topic = find (topics, id);
  if (topic == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such topic");
  return give_up_children (desk, topics, topic, error)
         && pd_db_exec (desk->db, PD_SQL_TOPIC_REMOVE, PD_BIND (PD_INT (id)), NULL, error);
}

/* ---- choosing ---- */

static gboolean
join_topics (PdDesk *desk, const gint64 *chosen, gsize n_chosen, char **out_subject, GError **error)
{
  g_autoptr (GPtrArray) topics = pd_topic_list (desk, error);
  g_autoptr (GString) names = g_string_new (NULL);

  if (topics == NULL)
    return FALSE;
  for (gsize i = 0; i < n_chosen; i++)
    {
      const PdTopic *topic = find (topics, chosen[i]);

      if (topic == NULL)
        return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such topic");
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", topic->name);
    }
  *out_subject = g_string_free (g_steal_pointer (&names), FALSE);
  return TRUE;
}

static gboolean
plan_subject (PdDesk *desk, gint64 plan, char **out_subject, GError **error)
{
  g_autoptr (PdRows) rows = NULL;
  int got;

  if (plan <= 0)
    return pd_fail (error, PD_ERROR_INVALID,
                    "plan: subjects are the SLA plans on this desk; choose one");
  rows = pd_db_query (desk->db, PD_SQL_TICKET_PLAN, PD_BIND (PD_INT (plan)), error);
  got = rows != NULL ? pd_rows_next (rows, error) : -1;
  if (got == 1)
    *out_subject = g_strdup (pd_rows_text (rows, 0));
  return got == 1 || (got == 0 && pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such plan"));
}

static gboolean
typed_subject (const char *subject, char **out_subject, GError **error)
{
  if (subject == NULL || subject[strspn (subject, " \t\r\n")] == '\0')
    return pd_fail (error, PD_ERROR_INVALID, "subject: say what it is about");
  *out_subject = g_strdup (subject);
  return TRUE;
}

gboolean
pd_topic_choose (PdDesk *desk, const char *subject, const gint64 *topics, gsize n_topics,
                 gint64 plan, char **out_subject, GError **error)
{
  PdSubjectMode mode;

  *out_subject = NULL;
  if (!pd_subject_mode (desk, &mode, error))
    return FALSE;
  if (mode == PD_SUBJECT_FREE && n_topics == 0)
    return typed_subject (subject, out_subject, error);
  if (mode == PD_SUBJECT_PLANS)
    return plan_subject (desk, plan, out_subject, error);
  if (mode == PD_SUBJECT_LIST && n_topics != 1)
    return pd_fail (error, PD_ERROR_INVALID, "topic: choose one from the list of topics");
  if (n_topics == 0 || n_topics > PD_TOPIC_MAX_CHOSEN)
    return pd_fail (error, PD_ERROR_INVALID, "topic: choose 1 to %d from the list of topics",
                    PD_TOPIC_MAX_CHOSEN);
  if (mode == PD_SUBJECT_FREE && subject != NULL && subject[0] != '\0')
    return typed_subject (subject, out_subject, error);
  return join_topics (desk, topics, n_topics, out_subject, error);
}
