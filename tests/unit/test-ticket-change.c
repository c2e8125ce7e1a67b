#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/client-group.h"
#include "desk/desk-setting.h"
#include "desk/ticket-access.h"
#include "desk/ticket-change.h"
#include "desk/ticket-row.h"
#include "desk/ticket-view.h"
#include "desk/timer.h"
#include "desk/topic.h"
#include "tests/lib/desk-suite.h"
#include "tests/lib/mariadb.h"

#define START (G_GINT64_CONSTANT (1800000000) * PD_SECOND)

/* ---- helpers ---- */

static char *
dup_events (DeskFixture *f, const PdTicket *ticket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) rows
      = pd_db_query (f->desk->db, PD_SQL_EVENT_OF_TICKET, PD_BIND (PD_INT (ticket->id)), &error);
  GString *events = g_string_new (NULL);

  g_assert_no_error (error);
  while (pd_rows_next (rows, &error) == 1)
    g_string_append_printf (events, "%s%s", events->len > 0 ? " " : "", pd_rows_text (rows, 2));
  g_assert_no_error (error);
  return g_string_free (events, FALSE);
}

static void
assert_events (DeskFixture *f, const PdTicket *ticket, const char *want)
{
  g_autofree char *events = dup_events (f, ticket);

  g_assert_cmpstr (events, ==, want);
}

/* The data of the last event of a ticket. */
static char *
dup_last_data (DeskFixture *f, const PdTicket *ticket)
{
  g_autoptr (PdRows) rows
      = pd_db_query (f->desk->db, PD_SQL_EVENT_OF_TICKET, PD_BIND (PD_INT (ticket->id)), NULL);
  g_autofree char *data = NULL;

  while (pd_rows_next (rows, NULL) == 1)
    {
      g_free (data);
      data = g_strdup (pd_rows_text (rows, 4));
    }
  return g_steal_pointer (&data);
}

static void
add_member (DeskFixture *f, const PdPerson *person, gboolean head)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_unit_add_member (f->desk, f->unit->id, person->id, head, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static PdTicket *
reload (DeskFixture *f, gint64 number)
{
  g_autoptr (GError) error = NULL;
  PdTicket *ticket = pd_ticket_need (f->desk, number, &error);

  g_assert_no_error (error);
  return ticket;
}

/* An act in a transaction of its own, that works. */
#define DO(f, call)                                                                                \
  G_STMT_START                                                                                     \
  {                                                                                                \
    GError *error = NULL;                                                                          \
                                                                                                   \
    desk_fixture_begin (f);                                                                        \
    call;                                                                                          \
    g_assert_no_error (error);                                                                     \
    desk_fixture_commit (f);                                                                       \
  }                                                                                                \
  G_STMT_END

/* One that is refused, with a part of the words. */
#define REFUSED(f, call, code, words)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    GError *error = NULL;                                                                          \
                                                                                                   \
    desk_fixture_begin (f);                                                                        \
    g_assert_false (call);                                                                         \
    g_assert_error (error, PD_ERROR, (int)code);                                                   \
    g_assert_nonnull (strstr (error->message, words));                                             \
    g_error_free (error);                                                                          \
    pd_desk_rollback ((f)->desk);                                                                  \
  }                                                                                                \
  G_STMT_END

static gint64
say (DeskFixture *f, PdTicket *ticket, const PdPerson *author, const char *text)
{
  const PdEntry entry = { .kind = pd_person_is_staff (author) ? "reply" : "mail",
                          .author = author->id,
                          .text = text,
                          .message_id = text };
  gint64 id = 0;

  DO (f, pd_ticket_add_entry (f->desk, ticket, &entry, &id, &error));
  return id;
}

static guint
count (DeskFixture *f, PdSqlId list, gint64 id)
{
  g_autoptr (GArray) ids = pd_db_list_ints (f->desk->db, list, PD_BIND (PD_INT (id)), NULL);

  return ids->len;
}

/* ---- every cell of the access table, by the acts themselves ---- */

typedef struct {
  DeskFixture *f;
  PdTicket *ticket;
  const PdPerson *actor, *other;
} Scene;

static gboolean
do_see (Scene *s, GError **error)
{
  struct json_object *view = pd_ticket_view_full (s->f->desk, s->ticket, s->actor, error);

  json_object_put (view);
  return view != NULL;
}

static gboolean
do_internal (Scene *s, GError **error)
{
  struct json_object *view = pd_ticket_view_editions (s->f->desk, s->ticket, s->actor, 1, error);

  json_object_put (view);
  return view != NULL;
}

static gboolean
do_comment (Scene *s, GError **error)
{
  const PdEntry entry = { .kind = "comment", .author = s->actor->id, .text = "x" };

  return pd_ticket_say (s->f->desk, s->ticket, s->actor, &entry, NULL, error);
}

static gboolean
do_note (Scene *s, GError **error)
{
  const PdEntry entry
      = { .kind = "note", .internal = TRUE, .author = s->actor->id, .text = "x" };

  return pd_ticket_say (s->f->desk, s->ticket, s->actor, &entry, NULL, error);
}

static gboolean
do_take (Scene *s, GError **error)
{
  return pd_ticket_take (s->f->desk, s->ticket, s->actor, error);
}

static gboolean
do_release (Scene *s, GError **error)
{
  return pd_ticket_release (s->f->desk, s->ticket, s->actor, error);
}

static gboolean
do_wait (Scene *s, GError **error)
{
  return pd_ticket_wait (s->f->desk, s->ticket, s->actor, pd_clock_now () + PD_HOUR, error);
}

static gboolean
do_finish (Scene *s, GError **error)
{
  return pd_ticket_finish (s->f->desk, s->ticket, s->actor, error);
}

static gboolean
do_reopen (Scene *s, GError **error)
{
  return pd_ticket_reopen (s->f->desk, s->ticket, s->actor, error);
}

static gboolean
do_forward (Scene *s, GError **error)
{
  const PdForward to = { .assignees = &s->other->id, .n_assignees = 1 };

  return pd_ticket_forward (s->f->desk, s->ticket, s->actor, &to, error);
}

static gboolean
do_edit (Scene *s, GError **error)
{
  return pd_ticket_set_subject (s->f->desk, s->ticket, s->actor, "another", error);
}

static gboolean
do_time (Scene *s, GError **error)
{
  return pd_ticket_set_priority (s->f->desk, s->ticket, s->actor, 3, error);
}

static gboolean
do_tag (Scene *s, GError **error)
{
  return pd_ticket_tag (s->f->desk, s->ticket, s->actor, "x", error);
}

static gboolean
do_spam (Scene *s, GError **error)
{
  return pd_ticket_set_spam (s->f->desk, s->ticket, s->actor, TRUE, error);
}

static gboolean
do_rate (Scene *s, GError **error)
{
  return pd_ticket_rate (s->f->desk, s->ticket, s->actor, 2, "x", error);
}

static gboolean
do_archive (Scene *s, GError **error)
{
  return pd_ticket_archive (s->f->desk, s->ticket, s->actor, error);
}

static gboolean
do_delete (Scene *s, GError **error)
{
  return pd_ticket_delete (s->f->desk, s->ticket, s->actor, error);
}

static gboolean (*const acts[PD_N_ACTS]) (Scene *, GError **)
    = { do_see,    do_internal, do_comment, do_note, do_take, do_release,
        do_wait,   do_finish,   do_reopen,  do_forward, do_edit, do_time,
        do_tag,    do_spam,     do_rate,    do_archive, do_delete };

/* What he has done himself is left so, without an error, though there is nothing to allow. */
static gboolean
is_so (PdAct act, PdView view)
{
  return (act == PD_ACT_TAKE && view == PD_VIEW_MINE)
         || (act == PD_ACT_FINISH && view == PD_VIEW_DONE)
         || (act == PD_ACT_ARCHIVE && view == PD_VIEW_ARCHIVED);
}

static void
set_view (Scene *s, PdView view)
{
  static const PdTicketState states[PD_N_VIEWS]
      = { PD_TICKET_FREE, PD_TICKET_LOCKED, PD_TICKET_LOCKED,  PD_TICKET_WAITING,
          PD_TICKET_DONE, PD_TICKET_DONE,   PD_TICKET_ARCHIVED };
  gboolean his = view == PD_VIEW_MINE || view == PD_VIEW_DONE;
  gint64 who = his ? s->actor->id : s->other->id;
  g_autoptr (GError) error = NULL;
  PdTicketFacts to;
  gboolean changed;

  pd_ticket_facts_get (s->ticket, &to);
  to.state = states[view];
  to.locker = to.finisher = who;
  pd_ticket_facts_settle (&to);
  pd_ticket_row_change (s->f->desk, s->ticket, &to, &changed, &error);
  g_assert_no_error (error);
  g_assert_true (changed);
}

static void
check_cell (Scene *s, PdStanding standing, PdView view, guint act)
{
  PdTicket *ticket = s->ticket;
  g_autoptr (GError) error = NULL;
  guint may = 0;
  gboolean done;

  desk_fixture_begin (s->f);
  s->ticket = reload (s->f, ticket->number);
  set_view (s, view);
  g_assert_true (pd_ticket_acts (s->f->desk, s->ticket, s->actor, &may, NULL));
  g_assert_cmphex (pd_access_cell (standing, view) & ~may, ==, 0);
  done = acts[act](s, &error);
  if (done != ((may & 1u << act) != 0) && !(done && is_so ((PdAct)(1u << act), view)))
    g_error ("%s, %s: %s: %s", pd_standing_name (standing), pd_view_name (view),
             pd_act_name ((PdAct)(1u << act)), error != NULL ? error->message : "done");
  if (!done)
    g_assert_true (pd_error_is (error, PD_ERROR_DENIED) || pd_error_is (error, PD_ERROR_CONFLICT));
  pd_desk_rollback (s->f->desk);
  pd_ticket_free (s->ticket);
  s->ticket = ticket;
}

static void
test_cells (DeskFixture *f)
{
  g_autoptr (PdPerson) cc = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Cy", "cy@client.example");
  g_autoptr (PdPerson) group
      = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Gil", "gil@client.example");
  g_autoptr (PdPerson) onlooker
      = desk_fixture_add_person (f, PD_ROLE_AGENT, "Oz", "oz@desk.example");
  g_autoptr (PdPerson) head = desk_fixture_add_person (f, PD_ROLE_HEAD, "Hal", "hal@desk.example");
  g_autoptr (PdPerson) director
      = desk_fixture_add_person (f, PD_ROLE_DIRECTOR, "Di", "di@desk.example");
  g_autoptr (PdPerson) admin = pd_person_new (PD_ROLE_AGENT, "Ada", "ada@desk.example");
  g_autoptr (PdPerson) other = desk_fixture_add_person (f, PD_ROLE_AGENT, "Ot", "ot@desk.example");
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");
  g_autoptr (PdClientGroup) clients = NULL;
  const PdPerson *people[PD_N_STANDINGS]
      = { cc, group, f->client, onlooker, f->agent, head, director, admin };
  Scene scene = { .f = f, .ticket = ticket, .other = other };

  admin->admin = TRUE;
  DO (f, pd_person_add (f->desk, admin, &error));
  add_member (f, head, TRUE);
  add_member (f, other, FALSE);
  DO (f, pd_ticket_add_person (f->desk, ticket->id, cc->id, PD_RELATION_CC, &error));
  DO (f, pd_ticket_add_person (f->desk, ticket->id, onlooker->id, PD_RELATION_WATCHER, &error));
  DO (f, clients = pd_client_group_add (f->desk, "Clients", &error));
  DO (f, pd_client_group_add_member (f->desk, clients->id, f->client, FALSE, &error));
  DO (f, pd_client_group_add_member (f->desk, clients->id, group, TRUE, &error));
  for (guint i = 0; i < PD_N_STANDINGS; i++)
    for (guint view = 0; view < PD_N_VIEWS; view++)
      for (guint act = 0; act < PD_N_ACTS; act++)
        {
          scene.actor = people[i];
          check_cell (&scene, (PdStanding)i, (PdView)view, act);
        }
}

/* Who is nothing to a ticket hears the same whatever he tries, there or not. */
static void
test_stranger (DeskFixture *f)
{
  g_autoptr (PdPerson) stranger
      = desk_fixture_add_person (f, PD_ROLE_AGENT, "Sid", "sid@desk.example");
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");
  Scene scene = { .f = f, .ticket = ticket, .actor = stranger, .other = f->agent };

  for (guint act = 0; act < PD_N_ACTS; act++)
    REFUSED (f, acts[act](&scene, &error), PD_ERROR_NOT_FOUND, "there is no ticket #1");
}

/* A client whose groups are all locked may nothing. */
static void
test_locked_group (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");
  g_autoptr (PdClientGroup) group = NULL;

  DO (f, group = pd_client_group_add (f->desk, "Clients", &error));
  DO (f, pd_client_group_add_member (f->desk, group->id, f->client, FALSE, &error));
  DO (f, pd_ticket_finish (f->desk, ticket, f->client, &error));
  group->locked = TRUE;
  DO (f, pd_client_group_save (f->desk, group, &error));
  REFUSED (f, pd_ticket_reopen (f->desk, ticket, f->client, &error), PD_ERROR_NOT_FOUND, "#1");
}

/* ---- single acts ---- */

static void
test_wait (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = NULL;
  g_autofree char *data = NULL;
  gint64 due = 0;

  pd_clock_freeze (START);
  ticket = desk_fixture_add_ticket (f, "Hello", "x");
  REFUSED (f, pd_ticket_wait (f->desk, ticket, f->agent, START, &error), PD_ERROR_INVALID, "over");
  DO (f, pd_ticket_wait (f->desk, ticket, f->agent, START + PD_HOUR, &error));
  DO (f, pd_ticket_wait (f->desk, ticket, f->agent, START + PD_HOUR, &error)); /* is so already */
  g_assert_cmpint (ticket->state, ==, PD_TICKET_WAITING);
  g_assert_true (pd_timer_get (f->desk, PD_TIMER_WAITING, ticket->id, &due, NULL));
  g_assert_cmpint (due, ==, START + PD_HOUR);
  say (f, ticket, f->agent, "a@x"); /* staff's word is not what is waited for */
  g_assert_cmpint (ticket->state, ==, PD_TICKET_WAITING);
  say (f, ticket, f->client, "b@x");
  g_assert_cmpint (ticket->state, ==, PD_TICKET_FREE);
  g_assert_cmpint (ticket->waiting_until, ==, 0);
  g_assert_true (pd_timer_get (f->desk, PD_TIMER_WAITING, ticket->id, &due, NULL));
  g_assert_cmpint (due, ==, 0);
  data = dup_last_data (f, ticket);
  g_assert_cmpstr (data, ==,
                   "{\"state\":[\"waiting\",\"free\"],\"until\":[1800003600000000,null]}");
  DO (f, pd_ticket_wait (f->desk, ticket, NULL, 0, &error));
  DO (f, pd_ticket_resume (f->desk, ticket, NULL, &error));
  DO (f, pd_ticket_resume (f->desk, ticket, NULL, &error));
  assert_events (f, ticket, "created waiting reply comment resumed waiting resumed");
  pd_clock_freeze (0);
}

static void
test_forward (DeskFixture *f)
{
  g_autoptr (PdUnit) billing = desk_fixture_add_unit (f, "billing", "billing@desk.example");
  g_autoptr (PdPerson) bob = desk_fixture_add_person (f, PD_ROLE_AGENT, "Bob", "bob@desk.example");
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");
  const gint64 two[] = { bob->id, bob->id };
  const PdForward to = { .unit = billing->id, .assignees = two, .n_assignees = 2, .note = "look" };
  const PdForward client = { .assignees = &f->client->id, .n_assignees = 1 };
  const PdForward nowhere = { .unit = 12345 };
  g_autofree char *data = NULL;

  DO (f, pd_ticket_take (f->desk, ticket, f->agent, &error));
  REFUSED (f, pd_ticket_forward (f->desk, ticket, f->agent, &client, &error), PD_ERROR_INVALID,
           "is a client");
  REFUSED (f, pd_ticket_forward (f->desk, ticket, f->agent, &nowhere, &error), PD_ERROR_NOT_FOUND,
           "no such unit");
  DO (f, pd_ticket_forward (f->desk, ticket, f->agent, &to, &error));
  g_assert_cmpint (ticket->state, ==, PD_TICKET_FREE);
  g_assert_cmpint (ticket->unit, ==, billing->id);
  g_assert_true (ticket->named);
  assert_events (f, ticket, "created taken note forwarded");
  data = dup_last_data (f, ticket);
  g_assert_nonnull (strstr (data, "\"assignees\":[[],["));
  /* he has given it away */
  REFUSED (f, pd_ticket_take (f->desk, ticket, f->agent, &error), PD_ERROR_NOT_FOUND, "#1");
  DO (f, pd_ticket_take (f->desk, ticket, bob, &error));
}

static void
test_edit (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");
  g_autoptr (PdTicket) another = desk_fixture_add_ticket (f, "Other", "y");
  g_autofree char *data = NULL;
  gint64 said = say (f, ticket, f->client, "old words"), id = 0;
  gint64 foreign = say (f, another, f->client, "z@x");
  struct json_object *old;
  const PdEntry note
      = { .kind = "note", .internal = TRUE, .author = f->agent->id, .text = "secret" };

  DO (f, pd_ticket_add_entry (f->desk, ticket, &note, &id, &error));
  DO (f, pd_ticket_edit_entry (f->desk, ticket, f->client, said, "new words", &error));
  DO (f, pd_ticket_edit_entry (f->desk, ticket, f->client, said, "new words", &error));
  REFUSED (f, pd_ticket_edit_entry (f->desk, ticket, f->client, id, "x", &error),
           PD_ERROR_NOT_FOUND, "has no entry"); /* a note is not even there for him */
  REFUSED (f, pd_ticket_edit_entry (f->desk, ticket, f->agent, foreign, "x", &error),
           PD_ERROR_NOT_FOUND, "has no entry");
  old = pd_ticket_view_editions (f->desk, ticket, f->agent, said, NULL);
  g_assert_cmpuint (json_object_array_length (old), ==, 1);
  g_assert_nonnull (strstr (json_object_to_json_string (old), "old words"));
  json_object_put (old);
  DO (f, pd_ticket_set_subject (f->desk, ticket, f->agent, " Bye \n", &error));
  g_assert_cmpstr (ticket->subject, ==, "Bye");
  data = dup_last_data (f, ticket);
  g_assert_cmpstr (data, ==, "{\"subject\":[\"Hello\",\"Bye\"]}");
  REFUSED (f, pd_ticket_set_subject (f->desk, ticket, f->agent, " ", &error), PD_ERROR_INVALID,
           "1 to 250");
  REFUSED (f, pd_ticket_set_priority (f->desk, ticket, f->agent, 4, &error), PD_ERROR_INVALID,
           "low, normal or high");
  REFUSED (f, pd_ticket_set_plan (f->desk, ticket, f->agent, 77, &error), PD_ERROR_NOT_FOUND,
           "no such plan");
  DO (f, pd_ticket_set_deadline (f->desk, ticket, f->agent, START, &error));
  DO (f, pd_ticket_set_deadline (f->desk, ticket, f->agent, START, &error));
  assert_events (f, ticket, "created comment note edited subject deadline");
}

static void
test_tags (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");
  g_autoptr (PdPerson) cy = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Cy", "cy@client.example");

  DO (f, pd_ticket_tag (f->desk, ticket, f->agent, "VIP", &error));
  DO (f, pd_ticket_tag (f->desk, ticket, f->agent, "vip", &error));
  DO (f, pd_ticket_untag (f->desk, ticket, f->agent, "none", &error));
  REFUSED (f, pd_ticket_tag (f->desk, ticket, f->agent, "a b", &error), PD_ERROR_INVALID, "no tag");
  REFUSED (f, pd_ticket_tag (f->desk, ticket, f->agent, "a,b", &error), PD_ERROR_INVALID, "no tag");
  REFUSED (f, pd_ticket_tag (f->desk, ticket, f->agent, "", &error), PD_ERROR_INVALID, "no tag");
  DO (f, pd_ticket_watch (f->desk, ticket, f->agent, cy->id, &error));
  DO (f, pd_ticket_watch (f->desk, ticket, f->agent, cy->id, &error));
  REFUSED (f, pd_ticket_unwatch (f->desk, ticket, f->client, cy->id, &error), PD_ERROR_DENIED,
           "you may not");
  DO (f, pd_ticket_unwatch (f->desk, ticket, cy, cy->id, &error)); /* himself he may */
  DO (f, pd_ticket_untag (f->desk, ticket, f->agent, "VIP", &error));
  assert_events (f, ticket, "created tagged watched unwatched untagged");
}

static void
test_spam (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Buy", "x");
  const PdTicketFilter all = { .state = -1 }, spam = { .state = -1, .spam = TRUE };
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) spam_list = NULL;
  guint mails;

  DO (f, pd_ticket_set_spam (f->desk, ticket, f->agent, TRUE, &error));
  DO (f, pd_ticket_set_spam (f->desk, ticket, f->agent, TRUE, &error));
  mails = count (f, PD_SQL_TICKET_OUTBOX_IDS, ticket->id);
  say (f, ticket, f->client, "more@x");
  g_assert_cmpint (ticket->state, ==, PD_TICKET_ARCHIVED);
  g_assert_cmpuint (count (f, PD_SQL_TICKET_OUTBOX_IDS, ticket->id), ==, mails);
  list = pd_ticket_list (f->desk, &all, NULL);
  spam_list = pd_ticket_list (f->desk, &spam, NULL);
  g_assert_cmpuint (list->len, ==, 0);
  g_assert_cmpuint (spam_list->len, ==, 1);
  DO (f, pd_ticket_set_spam (f->desk, ticket, f->agent, FALSE, &error));
  g_assert_cmpint (ticket->state, ==, PD_TICKET_FREE);
  assert_events (f, ticket, "created spam comment unspam");
}

static void
test_rate_archive (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");

  REFUSED (f, pd_ticket_archive (f->desk, ticket, NULL, &error), PD_ERROR_CONFLICT, "is free");
  DO (f, pd_ticket_finish (f->desk, ticket, f->client, &error));
  REFUSED (f, pd_ticket_rate (f->desk, ticket, f->client, 4, NULL, &error), PD_ERROR_INVALID,
           "rating is 1");
  DO (f, pd_ticket_rate (f->desk, ticket, f->client, 3, "Thanks", &error));
  DO (f, pd_ticket_archive (f->desk, ticket, NULL, &error));
  g_assert_cmpint (ticket->done, !=, 0);
  REFUSED (f, pd_ticket_reopen (f->desk, ticket, f->client, &error), PD_ERROR_CONFLICT,
           "is archived");
  say (f, ticket, f->client, "late@x");
  g_assert_cmpint (ticket->state, ==, PD_TICKET_ARCHIVED);
}

/* ---- several tickets ---- */

static void
test_link (DeskFixture *f)
{
  g_autoptr (PdTicket) a = desk_fixture_add_ticket (f, "A", "x");
  g_autoptr (PdTicket) b = desk_fixture_add_ticket (f, "B", "x");
  struct json_object *view;

  REFUSED (f, pd_ticket_link (f->desk, a, f->agent, 1, &error), PD_ERROR_INVALID, "itself");
  REFUSED (f, pd_ticket_link (f->desk, a, f->agent, 9, &error), PD_ERROR_NOT_FOUND, "#9");
  DO (f, pd_ticket_link (f->desk, a, f->agent, 2, &error));
  DO (f, pd_ticket_link (f->desk, b, f->agent, 1, &error)); /* the same from the other side */
  view = pd_ticket_view_full (f->desk, b, f->agent, NULL);
  g_assert_cmpuint (json_object_array_length (json_object_object_get (view, "links")), ==, 1);
  json_object_put (view);
  DO (f, pd_ticket_unlink (f->desk, b, f->agent, 1, &error));
  assert_events (f, a, "created linked unlinked");
  assert_events (f, b, "created linked unlinked");
}

static void
test_merge (DeskFixture *f)
{
  g_autoptr (PdPerson) cy = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Cy", "cy@client.example");
  g_autoptr (PdPerson) requester = f->client;
  g_autoptr (PdTicket) into = desk_fixture_add_ticket (f, "One", "one");
  g_autoptr (PdTicket) old = NULL;
  g_autoptr (PdTicket) third = NULL;
  g_autoptr (PdTicket) again = NULL;
  gboolean has = FALSE;
  struct json_object *view;

  f->client = cy;
  old = desk_fixture_add_ticket (f, "Two", "two");
  third = desk_fixture_add_ticket (f, "Three", "three");
  f->client = g_steal_pointer (&requester);
  DO (f, pd_ticket_tag (f->desk, old, f->agent, "t", &error));
  REFUSED (f, pd_ticket_merge (f->desk, old, f->agent, 2, &error), PD_ERROR_INVALID, "itself");
  REFUSED (f, pd_ticket_merge (f->desk, old, cy, 1, &error), PD_ERROR_DENIED, "may not edit");
  DO (f, pd_ticket_merge (f->desk, third, f->agent, 2, &error));
  DO (f, pd_ticket_merge (f->desk, old, f->agent, 1, &error));
  REFUSED (f, pd_ticket_merge (f->desk, into, f->agent, 2, &error), PD_ERROR_INVALID, "circle");
  REFUSED (f, pd_ticket_take (f->desk, old, f->agent, &error), PD_ERROR_CONFLICT,
           "was merged into #1");
  again = reload (f, 3);
  g_assert_cmpint (again->merged_into, ==, into->id); /* the way of a mail is one step */
  g_assert_true (pd_ticket_has_person (f->desk, into, cy->id, &has, NULL));
  g_assert_true (has);
  view = pd_ticket_view_full (f->desk, into, f->agent, NULL);
  g_assert_nonnull (strstr (json_object_to_json_string (view), "\"three\""));
  g_assert_nonnull (strstr (json_object_to_json_string (view), "\"origin\": 2"));
  g_assert_cmpuint (json_object_array_length (json_object_object_get (view, "merged")), ==, 2);
  json_object_put (view);
  /* the other's requester sees nothing of what was not his */
  view = pd_ticket_view_full (f->desk, into, f->client, NULL);
  g_assert_null (strstr (json_object_to_json_string (view), "\"two\""));
  json_object_put (view);
  assert_events (f, into, "created merged");
}

static void
test_split (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "One", "one");
  g_autoptr (PdTicket) fresh = NULL;
  g_autoptr (PdPerson) cy = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Cy", "cy@client.example");
  gint64 second, found = 0, first = 0;

  pd_db_find_int (f->desk->db, PD_SQL_MESSAGE_FIRST, PD_BIND (PD_INT (ticket->id)), &first, NULL);
  second = say (f, ticket, cy, "two@client.example");
  say (f, ticket, f->agent, "three@desk.example");
  REFUSED (f, pd_ticket_split (f->desk, ticket, f->agent, first, NULL, &error), PD_ERROR_INVALID,
           "the first entry");
  REFUSED (f, pd_ticket_split (f->desk, ticket, f->agent, 9, NULL, &error), PD_ERROR_NOT_FOUND,
           "no such entry");
  DO (f, pd_ticket_split (f->desk, ticket, f->agent, second, &fresh, &error));
  g_assert_cmpint (fresh->number, ==, 2);
  g_assert_cmpint (fresh->requester, ==, cy->id);
  g_assert_cmpint (fresh->author, ==, f->agent->id);
  g_assert_cmpuint (count (f, PD_SQL_TICKET_MESSAGE_IDS, ticket->id), ==, 1);
  g_assert_cmpuint (count (f, PD_SQL_TICKET_MESSAGE_IDS, fresh->id), ==, 2);
  g_assert_true (pd_ticket_id_by_message_id (f->desk, "two@client.example", &found, NULL));
  g_assert_cmpint (found, ==, fresh->id);
  assert_events (f, ticket, "created comment reply split");
  assert_events (f, fresh, "split created linked");
}

static void
test_delete (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "One", "one");
  g_autoptr (PdTicket) fresh = NULL;
  g_autoptr (PdTicket) gone = NULL;
  g_autoptr (PdPerson) admin = pd_person_new (PD_ROLE_AGENT, "Ada", "ada@desk.example");
  gint64 second = say (f, ticket, f->client, "two@client.example");

  admin->admin = TRUE;
  DO (f, pd_person_add (f->desk, admin, &error));
  DO (f, pd_ticket_tag (f->desk, ticket, f->agent, "t", &error));
  DO (f, pd_ticket_edit_entry (f->desk, ticket, f->client, second, "other", &error));
  /* the old history points to an entry of the new ticket */
  DO (f, pd_ticket_split (f->desk, ticket, f->agent, second, &fresh, &error));
  REFUSED (f, pd_ticket_delete (f->desk, fresh, f->agent, &error), PD_ERROR_DENIED, "delete");
  DO (f, pd_ticket_delete (f->desk, fresh, admin, &error));
  g_assert_true (pd_ticket_by_number (f->desk, 2, &gone, NULL));
  g_assert_null (gone);
  g_assert_cmpuint (count (f, PD_SQL_TICKET_MESSAGE_IDS, fresh->id), ==, 0);
  g_assert_cmpuint (count (f, PD_SQL_TICKET_OUTBOX_IDS, fresh->id), ==, 0);
  DO (f, pd_ticket_delete (f->desk, ticket, admin, &error));
}

/* ---- creating, topics ---- */

static void
test_topics (DeskFixture *f)
{
  PdTicketNew wanted = { .subject = "typed",
                         .unit = f->unit->id,
                         .requester = f->client->id,
                         .author = f->client->id,
                         .source = "command",
                         .chosen = TRUE };
  const PdEntry entry = { .kind = "comment", .author = f->client->id, .text = "x" };
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GPtrArray) tree = NULL;
  gint64 ids[3];

  DO (f, pd_topic_add (f->desk, NULL, "Printers", 0, &ids[0], &error));
  DO (f, pd_topic_add (f->desk, NULL, "Toner", ids[0], &ids[1], &error));
  DO (f, pd_topic_add (f->desk, NULL, "Mail", 0, &ids[2], &error));
  REFUSED (f, pd_topic_add (f->desk, NULL, "Mail", 0, &ids[2], &error), PD_ERROR_CONFLICT, "Mail");
  REFUSED (f, pd_topic_move (f->desk, NULL, ids[0], ids[1], 0, &error), PD_ERROR_INVALID,
           "below itself");
  REFUSED (f, pd_topic_rename (f->desk, f->agent, ids[0], "x", &error), PD_ERROR_DENIED,
           "administrators");
  DO (f, pd_desk_setting_set (f->desk, NULL, PD_DESK_SETTING_SUBJECT_MODE, "list", &error));
  REFUSED (f, pd_ticket_create (f->desk, &wanted, &entry, NULL, NULL, &error), PD_ERROR_INVALID,
           "topic: choose one");
  wanted.topics = &ids[1];
  wanted.n_topics = 1;
  wanted.assignees = &f->agent->id;
  wanted.n_assignees = 1;
  DO (f, pd_ticket_create (f->desk, &wanted, &entry, &ticket, NULL, &error));
  g_assert_cmpstr (ticket->subject, ==, "Toner");
  g_assert_true (ticket->named);
  assert_events (f, ticket, "created assigned");
  DO (f, pd_topic_remove (f->desk, NULL, ids[0], &error));
  tree = pd_topic_list (f->desk, NULL);
  g_assert_cmpuint (tree->len, ==, 2);
  g_assert_cmpint (((PdTopic *)g_ptr_array_index (tree, 0))->parent, ==, 0);
  wanted.requester = f->agent->id;
  REFUSED (f, pd_ticket_create (f->desk, &wanted, &entry, NULL, NULL, &error), PD_ERROR_DENIED,
           "themselves only");
}

/* Everything in a page is text. */
static void
test_print (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket
      = desk_fixture_add_ticket (f, "</title><script>&", "<img src=x onerror='1'>\"");
  struct json_object *view = pd_ticket_view_full (f->desk, ticket, f->agent, NULL);
  g_autofree char *html = pd_ticket_print_html (view);
  g_autofree char *text = pd_ticket_print_text (view);

  g_assert_null (strstr (html, "<script"));
  g_assert_null (strstr (html, "<img"));
  g_assert_nonnull (strstr (html, "&lt;img src=x onerror=&#39;1&#39;&gt;&quot;"));
  g_assert_nonnull (strstr (text, "<img src=x onerror='1'>"));
  json_object_put (view);
}

/* ---- two at once ---- */

#define RACES 10

typedef struct {
  DeskFixture *f;
  const PdPerson *person;
  GThread *thread;
  gint64 number;
  guint won, lost;
} Racer;

static gboolean
take_one (PdDesk *desk, gpointer data, GError **error)
{
  const Racer *racer = data;
  g_autoptr (PdTicket) ticket = pd_ticket_need (desk, racer->number, error);

  return ticket != NULL && pd_ticket_take (desk, ticket, racer->person, error);
}

static gpointer
run_racer (gpointer data)
{
  Racer *racer = data;
  g_autoptr (GError) bad = NULL;
  g_autoptr (PdDesk) desk = pd_desk_new (pd_db_open (racer->f->url, &bad), &racer->f->settings);

  g_assert_no_error (bad);
  for (racer->number = 1; racer->number <= RACES; racer->number++)
    {
      g_autoptr (GError) error = NULL;

      if (pd_desk_transaction (desk, take_one, racer, &error))
        {
          racer->won++;
          continue;
        }
      racer->lost++;
      g_assert_error (error, PD_ERROR, PD_ERROR_CONFLICT);
      g_assert_nonnull (strstr (error->message, "already taken by"));
    }
  return NULL;
}

/* A desk beside, which has read the ticket before it changed. */
static void
stale (DeskFixture *f, const PdPerson *bob)
{
  g_autoptr (PdTicket) ticket = reload (f, 1);
  g_autoptr (PdDesk) beside = pd_desk_new (pd_db_open (f->url, NULL), &f->settings);
  g_autoptr (PdTicket) copy = pd_ticket_need (beside, 1, NULL);
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;
  const PdPerson *holder = ticket->locker == bob->id ? bob : f->agent;

  DO (f, pd_ticket_finish (f->desk, ticket, holder, &error));
  before = dup_events (f, ticket);
  g_assert_true (pd_desk_begin (beside, NULL));
  g_assert_false (pd_ticket_set_priority (beside, copy, holder, 3, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "already finished by"));
  pd_desk_rollback (beside);
  after = dup_events (f, ticket);
  g_assert_cmpstr (before, ==, after);
}

static void
race (DeskFixture *f)
{
  g_autoptr (PdPerson) bob = desk_fixture_add_person (f, PD_ROLE_AGENT, "Bob", "bob@desk.example");
  Racer racers[2] = { { .f = f, .person = f->agent }, { .f = f, .person = bob } };

  add_member (f, bob, FALSE);
  for (int i = 0; i < RACES; i++)
    pd_ticket_free (desk_fixture_add_ticket (f, "Race", "x"));
  for (int i = 0; i < 2; i++)
    racers[i].thread = g_thread_new ("racer", run_racer, &racers[i]);
  for (int i = 0; i < 2; i++)
    g_thread_join (racers[i].thread);
  g_assert_cmpuint (racers[0].won + racers[1].won, ==, RACES);
  g_assert_cmpuint (racers[0].lost + racers[1].lost, ==, RACES);
  for (int i = 1; i <= RACES; i++)
    {
      g_autoptr (PdTicket) ticket = reload (f, i);

      assert_events (f, ticket, "created taken");
    }
  stale (f, bob);
}

static void
test_race (DeskFixture *f)
{
  g_autofree char *folder = NULL, *url = NULL;

  if (pd_db_get_dialect (f->desk->db) == PD_DB_MARIADB)
    {
      race (f);
      return;
    }
  folder = g_dir_make_tmp ("pd-test-change-XXXXXX", NULL);
  url = g_strdup_printf ("sqlite:%s/desk.sqlite", folder);
  f = desk_fixture_new (url);
  race (f);
  desk_fixture_free (f);
  test_remove_tree (folder);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "cells", test_cells },
    { "stranger", test_stranger },
    { "locked-group", test_locked_group },
    { "wait", test_wait },
    { "forward", test_forward },
    { "edit", test_edit },
    { "tags", test_tags },
    { "spam", test_spam },
    { "rate-archive", test_rate_archive },
    { "link", test_link },
    { "merge", test_merge },
    { "split", test_split },
    { "delete", test_delete },
    { "topics", test_topics },
    { "print", test_print },
    { "race", test_race },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
