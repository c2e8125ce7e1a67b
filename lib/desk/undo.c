#include "desk/undo.h"

#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/ticket-step.h"

/* ---- people and tags ---- */

/* A thing that a ticket has or has not, as a word: "watcher 0ABC…", a tag. */
typedef GPtrArray Words;

static Words *
words_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

static gboolean
has_word (const Words *words, const char *word)
{
  return g_ptr_array_find_with_equal_func ((GPtrArray *)words, word, g_str_equal, NULL);
}

static Words *
read_people (PdDesk *desk, gint64 ticket, GError **error)
{
  g_autoptr (GPtrArray) words = words_new ();
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_TICKET_PERSON_OF_TICKET, PD_BIND (PD_INT (ticket)), error);
  char id[PD_ID_TEXT_SIZE];
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    g_ptr_array_add (words, g_strdup_printf ("%s %s", pd_rows_text (rows, 1),
                                             pd_id_format (pd_rows_int (rows, 0), id)));
  return got == 0 ? g_steal_pointer (&words) : NULL;
}

static Words *
read_tags (PdDesk *desk, gint64 ticket, GError **error)
{
  g_autoptr (GPtrArray) words = words_new ();
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_TICKET_TAG_OF_TICKET, PD_BIND (PD_INT (ticket)), error);
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    g_ptr_array_add (words, g_strdup (pd_rows_text (rows, 0)));
  return got == 0 ? g_steal_pointer (&words) : NULL;
}

static gboolean
write_person (PdDesk *desk, gint64 ticket, const char *word, gboolean there, GError **error)
{
  const char *blank = strchr (word, ' ');
  g_autofree char *relation = blank != NULL ? g_strndup (word, (gsize)(blank - word)) : NULL;
  PdSqlId sql = there ? PD_SQL_TICKET_PERSON_ADD : PD_SQL_UNDO_PERSON_DROP;
  gint64 id;

  if (relation == NULL || !pd_id_parse (blank + 1, &id))
    return pd_fail (error, PD_ERROR_INTERNAL, "the history names nobody by \"%s\"", word);
  return pd_db_exec (desk->db, sql, PD_BIND (PD_INT (ticket), PD_INT (id), PD_TEXT (relation)),
                     NULL, error);
}

static gboolean
write_tag (PdDesk *desk, gint64 ticket, const char *word, gboolean there, GError **error)
{
  return pd_db_exec (desk->db, there ? PD_SQL_TICKET_TAG_ADD : PD_SQL_TICKET_TAG_DROP,
                     PD_BIND (PD_INT (ticket), PD_TEXT (word)), NULL, error);
}

static const struct {
  const char *name;
  Words *(*read) (PdDesk *desk, gint64 ticket, GError **error);
  gboolean (*write) (PdDesk *desk, gint64 ticket, const char *word, gboolean there, GError **error);
} sets[] = {
  { "people", read_people, write_person },
  { "tags", read_tags, write_tag },
};

/* ---- before and after ---- */

struct PdUndoBase {
  PdTicket *ticket;
  Words *words[G_N_ELEMENTS (sets)];
};

void
pd_undo_base_free (PdUndoBase *base)
{
  if (base == NULL)
    return;
  pd_ticket_free (base->ticket);
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    g_clear_pointer (&base->words[i], g_ptr_array_unref);
  g_free (base);
}

PdUndoBase *
pd_undo_base_new (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  g_autoptr (PdUndoBase) base = g_new0 (PdUndoBase, 1);

  if (!pd_ticket_get (desk, ticket->id, &base->ticket, error))
    return NULL;
  if (base->ticket == NULL)
    {
      pd_fail (error, PD_ERROR_NOT_FOUND, "there is no ticket #%" G_GINT64_FORMAT, ticket->number);
      return NULL;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      base->words[i] = sets[i].read (desk, ticket->id, error);
      if (base->words[i] == NULL)
        return NULL;
    }
  return g_steal_pointer (&base);
}

/* The words of `a` that are not in `b`. */
static struct json_object *
missing (const Words *a, const Words *b)
{
  struct json_object *array = json_object_new_array ();

  for (guint i = 0; i < a->len; i++)
    if (!has_word (b, g_ptr_array_index (a, i)))
      json_object_array_add (array, json_object_new_string (g_ptr_array_index (a, i)));
  return array;
}

/* "tags": [[taken off], [put on]] */
static void
tell_words (struct json_object *into, const char *name, const Words *before, const Words *after)
{
  struct json_object *gone = missing (before, after), *come = missing (after, before);
  struct json_object *pair;

  if (json_object_array_length (gone) == 0 && json_object_array_length (come) == 0)
    {
      json_object_put (gone);
      json_object_put (come);
      return;
    }
  pair = json_object_new_array ();
  json_object_array_add (pair, gone);
  json_object_array_add (pair, come);
  json_object_object_add (into, name, pair);
}

/* What the customer said or what is said to him stays. */
static void
drop_lasting (struct json_object *told)
{
  static const char *const names[] = { "merged_into", "subject", "rating", "rating_text" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    json_object_object_del (told, names[i]);
}

static gboolean
tell_changes (PdDesk *desk, const PdUndoBase *base, const PdTicket *ticket,
              struct json_object *into, GError **error)
{
  PdTicketFacts now;

  pd_ticket_facts_get (ticket, &now);
  pd_ticket_facts_tell (base->ticket, &now, into);
  drop_lasting (into);
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr (GPtrArray) words = sets[i].read (desk, ticket->id, error);

      if (words == NULL)
        return FALSE;
      tell_words (into, sets[i].name, base->words[i], words);
    }
  return TRUE;
}

static gboolean
add_commanded (PdDesk *desk, const PdTicket *ticket, const PdPerson *actor,
               struct json_object *data, gint64 *out_event, GError **error)
{
  gint64 id = pd_id_new ();
  const char *text = json_object_to_json_string_ext (data, JSON_C_TO_STRING_PLAIN
                                                               | JSON_C_TO_STRING_NOSLASHESCAPE);

  if (!pd_db_exec (desk->db, PD_SQL_EVENT_ADD,
                   PD_BIND (PD_INT (id), PD_INT (ticket->id), PD_INT (pd_clock_now ()),
                            PD_TEXT ("commanded"), PD_INT (actor->id), PD_ID (0), PD_TEXT (text)),
                   NULL, error))
    return FALSE;
  *out_event = id;
  return TRUE;
}

gboolean
pd_undo_record (PdDesk *desk, const PdUndoBase *base, const PdTicket *ticket, const PdPerson *actor,
                const char *what, gint64 *out_event, GError **error)
{
  struct json_object *data = json_object_new_object ();
  struct json_object *undo = json_object_new_object ();
  gboolean ok = TRUE;

  *out_event = 0;
  json_object_object_add (data, "commands", json_object_new_string (what));
  /* within: what the acts changed stands in their own events, and is not told twice */
  json_object_object_add (data, "undo", undo);
  if (ticket->merged_into == base->ticket->merged_into)
    ok = tell_changes (desk, base, ticket, undo, error)
         && (json_object_object_length (undo) == 0
             || add_commanded (desk, ticket, actor, data, out_event, error));
  json_object_put (data);
  return ok;
}

/* ---- the event ---- */

/* NULL without an error: there is none.  The caller puts it back. */
static struct json_object *
read_commanded (PdDesk *desk, gint64 ticket, gint64 event, gint64 *out_person, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_UNDO_EVENT, PD_BIND (PD_INT (event), PD_INT (ticket)), error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;

  *out_person = 0;
  if (got <= 0)
    return NULL;
  *out_person = pd_rows_int (rows, 0);
  return json_tokener_parse (pd_rows_text (rows, 1));
}

gboolean
pd_undo_person (PdDesk *desk, const PdTicket *ticket, gint64 event, gint64 *out_person,
                GError **error)
{
  g_autoptr (GError) failure = NULL;

  json_object_put (read_commanded (desk, ticket->id, event, out_person, &failure));
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* Whether it was taken back already. */
static gboolean
find_undone (PdDesk *desk, gint64 ticket, gint64 event, gboolean *out, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_UNDO_DONE, PD_BIND (PD_INT (ticket), PD_INT (event)), error);
  char id[PD_ID_TEXT_SIZE];
  int got = -1;

  *out = FALSE;
  pd_id_format (event, id);
  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    {
      struct json_object *data = json_tokener_parse (pd_rows_text (rows, 0));
      struct json_object *of;

      *out |= json_object_object_get_ex (data, "of", &of)
              && strcmp (json_object_get_string (of), id) == 0;
      json_object_put (data);
    }
  return got == 0;
}

/* ---- the step ---- */

typedef struct {
  gint64 event;
  struct json_object *undo;
} Undo;

static gint64
id_of (struct json_object *value)
{
  gint64 id = 0;

  if (value != NULL)
    pd_id_parse (json_object_get_string (value), &id);
  return id;
}

/* One column, as pd_ticket_facts_tell writes it; FALSE: it is not taken back. */
static gboolean
set_fact (PdTicketFacts *facts, const char *name, struct json_object *value)
{
  const char *text = value != NULL ? json_object_get_string (value) : "";
  const struct {
    const char *name;
    gint64 *place;
  } ids[] = {
    { "locker", &facts->locker },
    { "finisher", &facts->finisher },
    { "unit", &facts->unit },
    { "plan", &facts->plan },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    if (strcmp (ids[i].name, name) == 0)
      {
        *ids[i].place = id_of (value);
        return TRUE;
      }
  if (strcmp (name, "state") == 0)
    return pd_ticket_state_parse (text, &facts->state, NULL);
  if (strcmp (name, "priority") == 0)
    return pd_priority_parse (text, &facts->priority, NULL);
  if (strcmp (name, "named") == 0)
    facts->named = json_object_get_boolean (value);
  else if (strcmp (name, "spam") == 0)
    facts->spam = json_object_get_boolean (value);
  else if (strcmp (name, "deadline") == 0)
    facts->deadline = json_object_get_int64 (value);
  else if (strcmp (name, "until") == 0)
    facts->waiting_until = json_object_get_int64 (value);
  else
    return FALSE;
  return TRUE;
}

static gboolean
is_set (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    if (strcmp (sets[i].name, name) == 0)
      return TRUE;
  return FALSE;
}

/* What the columns were before the commands (0) or have become by them (1). */
static void
get_facts (const Undo *undo, const PdTicket *ticket, gsize which, PdTicketFacts *out)
{
  pd_ticket_facts_get (ticket, out);
  json_object_object_foreach (undo->undo, name, pair)
  {
    if (!is_set (name))
      set_fact (out, name, json_object_array_get_idx (pair, which));
  }
}

static gboolean
fail_changed (const PdTicket *ticket, const char *what, GError **error)
{
  return pd_fail (error, PD_ERROR_CONFLICT,
                  "%s of #%" G_GINT64_FORMAT " has changed since: nothing is taken back", what,
                  ticket->number);
}

static gboolean
check_columns (const Undo *undo, const PdTicket *ticket, GError **error)
{
  struct json_object *told = json_object_new_object ();
  g_autofree char *changed = NULL;
  PdTicketFacts then;

  get_facts (undo, ticket, 1, &then);
  pd_ticket_facts_tell (ticket, &then, told);
  json_object_object_foreach (told, name, pair)
  {
    (void)pair;
    if (changed == NULL)
      changed = g_strdup (name);
  }
  json_object_put (told);
  return changed == NULL || fail_changed (ticket, changed, error);
}

typedef gboolean (*WordFunc) (PdDesk *desk, gint64 ticket, const char *word, gboolean there,
                              gpointer data, GError **error);

/* Every word that the commands took off (there: it has to come back) or put on. */
static gboolean
each_word (const Undo *undo, gsize set, PdDesk *desk, gint64 ticket, WordFunc work, gpointer data,
           GError **error)
{
  struct json_object *pair;

  if (!json_object_object_get_ex (undo->undo, sets[set].name, &pair))
    return TRUE;
  for (gsize side = 0; side < 2; side++)
    {
      struct json_object *words = json_object_array_get_idx (pair, side);

      for (gsize i = 0; i < json_object_array_length (words); i++)
        if (!work (desk, ticket, json_object_get_string (json_object_array_get_idx (words, i)),
                   side == 0, data, error))
          return FALSE;
    }
  return TRUE;
}

typedef struct {
  const Words *words;
  gboolean changed;
} WordCheck;

static gboolean
check_word (PdDesk *desk, gint64 ticket, const char *word, gboolean there, gpointer data,
            GError **error)
{
  WordCheck *check = data;

  (void)desk;
  (void)ticket;
  (void)error;
  check->changed |= has_word (check->words, word) == there;
  return TRUE;
}

static gboolean
write_word (PdDesk *desk, gint64 ticket, const char *word, gboolean there, gpointer data,
            GError **error)
{
  return sets[*(const gsize *)data].write (desk, ticket, word, there, error);
}

static gboolean
check_sets (PdTicketWork *work, const Undo *undo, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr (GPtrArray) words = sets[i].read (work->desk, work->ticket->id, error);
      WordCheck check = { words, FALSE };

      if (words == NULL
          || !each_word (undo, i, work->desk, work->ticket->id, check_word, &check, error))
        return FALSE;
      if (check.changed)
        return fail_changed (work->ticket, sets[i].name, error);
    }
  return TRUE;
}

static gboolean
prepare_undo (PdTicketWork *work, GError **error)
{
  const Undo *undo = work->what;
  char id[PD_ID_TEXT_SIZE];

  if (!find_undone (work->desk, work->ticket->id, undo->event, &work->so_already, error))
    return FALSE;
  if (work->so_already)
    return TRUE;
  if (!check_columns (undo, work->ticket, error) || !check_sets (work, undo, error))
    return FALSE;
  get_facts (undo, work->ticket, 0, &work->to);
  json_object_object_add (work->data, "of",
                          json_object_new_string (pd_id_format (undo->event, id)));
  return TRUE;
}

static gboolean
write_undo (PdTicketWork *work, GError **error)
{
  const Undo *undo = work->what;

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    if (!each_word (undo, i, work->desk, work->ticket->id, write_word, &i, error))
      return FALSE;
  return TRUE;
}

/* His own act may have taken the ticket out of his sight, by a forward: to take
 * it back he needs no right but that it was his. */
static const PdTicketStep undo_it = {
  .act = PD_ACT_SEE,
  .unasked = TRUE,
  .from = PD_TICKET_ANY,
  .event = "undone",
  .notice = PD_NOTICE_CHANGED,
  .prepare = prepare_undo,
  .write = write_undo,
};

static gboolean
take_back (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, Undo *undo, GString *said,
           GError **error)
{
  gint64 version;

  if (!pd_ticket_row_reload (desk, ticket, error))
    return FALSE;
  version = ticket->version;
  if (!pd_ticket_step (desk, ticket, actor, &undo_it, undo, error))
    return FALSE;
  g_string_append (said, ticket->version != version ? "taken back:" : "taken back already:");
  json_object_object_foreach (undo->undo, name, pair)
  {
    (void)pair;
    g_string_append_printf (said, " %s", name);
  }
  return TRUE;
}

gboolean
pd_undo_run (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 event, GString *said,
             GError **error)
{
  g_autoptr (GError) failure = NULL;
  gint64 person;
  struct json_object *data = read_commanded (desk, ticket->id, event, &person, &failure);
  Undo undo = { .event = event };
  gboolean ok = FALSE;

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (data == NULL || !json_object_object_get_ex (data, "undo", &undo.undo))
    pd_fail (error, PD_ERROR_NOT_FOUND, "there is nothing to be taken back any more");
  else if (person != actor->id)
    pd_fail (error, PD_ERROR_DENIED, "it was somebody else's act");
  else
    ok = take_back (desk, ticket, actor, &undo, said, error);
  json_object_put (data);
  return ok;
}
