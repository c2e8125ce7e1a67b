#include "desk/access.h"

#include <string.h>

#include "base/error.h"

#define N_RELATIONS 10 /* bits of PdNoticeRelation */
#define CHANGES (~(guint)(PD_ACT_SEE | PD_ACT_INTERNAL))

/* ---- laws that hold in every cell ------------------------------------------------- */

static gboolean
is_open (PdView view)
{
  return view <= PD_VIEW_WAITING;
}

static gboolean
is_done (PdView view)
{
  return view == PD_VIEW_DONE || view == PD_VIEW_DONE_BY_OTHERS;
}

/* acts that the states of a ticket allow at all */
static guint
possible (PdView view)
{
  guint acts = PD_ACT_SEE | PD_ACT_INTERNAL | PD_ACT_NOTE | PD_ACT_DELETE;

  if (view != PD_VIEW_ARCHIVED)
    acts |= PD_ACT_COMMENT | PD_ACT_TAG | PD_ACT_EDIT;
  if (is_open (view))
    acts |= PD_ACT_FINISH | PD_ACT_FORWARD | PD_ACT_TIME | PD_ACT_SPAM;
  if (view == PD_VIEW_FREE || view == PD_VIEW_WAITING)
    acts |= PD_ACT_TAKE;
  if (view == PD_VIEW_MINE || view == PD_VIEW_OTHERS)
    acts |= PD_ACT_RELEASE;
  if (view == PD_VIEW_FREE || view == PD_VIEW_MINE || view == PD_VIEW_WAITING)
    acts |= PD_ACT_WAIT; /* longer, or no more */
  if (view == PD_VIEW_ARCHIVED)
    acts |= PD_ACT_SPAM; /* and back */
  if (is_done (view))
    acts |= PD_ACT_REOPEN | PD_ACT_ARCHIVE;
  if (!is_open (view))
    acts |= PD_ACT_RATE;
  return acts;
}

static void
check_laws (const PdAccess *access, guint acts)
{
  const guint client = PD_ACT_SEE | PD_ACT_COMMENT | PD_ACT_FINISH | PD_ACT_REOPEN | PD_ACT_RATE;
  gboolean over = access->role == PD_ROLE_DIRECTOR || access->is_admin
                  || (access->relations & PD_IS_HEAD) != 0;

  g_assert_cmphex (acts & ~possible (access->view), ==, 0);
  if ((acts & PD_ACT_SEE) == 0)
    g_assert_cmphex (acts, ==, 0);
  if (!access->active)
    g_assert_cmphex (acts, ==, 0);
  if (access->role == PD_ROLE_CLIENT)
    g_assert_cmphex (acts & ~client, ==, 0);
  /* nobody but a head takes work out of a colleague's hands */
  if (access->view == PD_VIEW_OTHERS && !over)
    g_assert_cmphex (acts & (PD_ACT_RELEASE | PD_ACT_FORWARD | PD_ACT_EDIT | PD_ACT_TIME), ==, 0);
  if (!access->is_admin)
    g_assert_cmphex (acts & (PD_ACT_DELETE | PD_ACT_ARCHIVE), ==, 0);
  /* who is nothing to a ticket does not learn that it exists */
  if ((access->relations & ~(guint)(PD_IS_STAFF | PD_IS_COMMENTER)) == 0 && !access->group_head
      && access->role != PD_ROLE_DIRECTOR && !access->is_admin)
    g_assert_cmphex (acts, ==, 0);
}

/* To be more to a ticket never takes a right away. */
static void
check_growth (const PdAccess *access, guint acts)
{
  for (guint bit = 0; bit < N_RELATIONS; bit++)
    {
      PdAccess more = *access;

      more.relations |= 1u << bit;
      g_assert_cmphex (acts & ~pd_access_acts (&more), ==, 0);
    }
}

static PdAccess
cell_of (guint number)
{
  static const PdRole roles[] = { PD_ROLE_CLIENT, PD_ROLE_AGENT, PD_ROLE_HEAD, PD_ROLE_DIRECTOR };
  PdAccess access = { 0 };

  access.relations = number & ((1u << N_RELATIONS) - 1);
  number >>= N_RELATIONS;
  access.role = roles[number & 3];
  access.is_admin = (number >> 2 & 1) != 0 && access.role != PD_ROLE_CLIENT;
  access.active = (number >> 3 & 1) != 0;
  access.group_head = (number >> 4 & 1) != 0;
  access.named = (number >> 5 & 1) != 0;
  access.view = (PdView)(number >> 6);
  return access;
}

static void
test_every_cell (void)
{
  const guint n = PD_N_VIEWS << (N_RELATIONS + 6);

  for (guint i = 0; i < n; i++)
    {
      PdAccess access = cell_of (i);
      guint acts = pd_access_acts (&access);

      check_laws (&access, acts);
      check_growth (&access, acts);
    }
  g_test_message ("%u cells", n);
}

/* A head may what a worker may, a director what a head may. */
static void
test_ranks (void)
{
  static const PdStanding ranks[] = { PD_STANDING_COPIED, PD_STANDING_ONLOOKER, PD_STANDING_WORKER,
                                      PD_STANDING_HEAD,   PD_STANDING_DIRECTOR, PD_STANDING_ADMIN };

  for (guint view = 0; view < PD_N_VIEWS; view++)
    for (gsize i = 1; i < G_N_ELEMENTS (ranks); i++)
      g_assert_cmphex (pd_access_cell (ranks[i - 1], (PdView)view)
                           & ~pd_access_cell (ranks[i], (PdView)view),
                       ==, 0);
}

/* ---- people ------------------------------------------------------------------------ */

static void
test_people (void)
{
  static const struct {
    PdRole role;
    guint relations;
    gboolean group_head, named;
    PdView view;
    guint may, may_not;
    const char *why;
  } cases[] = {
    { PD_ROLE_CLIENT, PD_IS_REQUESTER, FALSE, FALSE, PD_VIEW_FREE, PD_ACT_COMMENT | PD_ACT_FINISH,
      PD_ACT_TAKE | PD_ACT_EDIT, "a customer speaks and closes" },
    { PD_ROLE_CLIENT, PD_IS_REQUESTER, FALSE, FALSE, PD_VIEW_DONE_BY_OTHERS,
      PD_ACT_REOPEN | PD_ACT_RATE, PD_ACT_ARCHIVE, "and opens again" },
    { PD_ROLE_CLIENT, PD_IS_AUTHOR, FALSE, FALSE, PD_VIEW_DONE_BY_OTHERS, PD_ACT_REOPEN, 0,
      "so does the author, which the old desk forgot" },
    { PD_ROLE_CLIENT, PD_IS_CC, FALSE, FALSE, PD_VIEW_FREE, PD_ACT_COMMENT, PD_ACT_FINISH,
      "who is in copy speaks" },
    { PD_ROLE_CLIENT, 0, FALSE, FALSE, PD_VIEW_FREE, 0, PD_ACT_SEE, "a stranger sees nothing" },
    { PD_ROLE_CLIENT, 0, TRUE, FALSE, PD_VIEW_OTHERS, PD_ACT_SEE | PD_ACT_COMMENT,
      PD_ACT_FINISH | PD_ACT_INTERNAL, "the head of a client group reads along" },
    { PD_ROLE_CLIENT, PD_IS_COMMENTER, FALSE, FALSE, PD_VIEW_FREE, 0, PD_ACT_SEE,
      "an old comment is no key" },
    { PD_ROLE_AGENT, PD_IS_STAFF | PD_IS_MEMBER, FALSE, FALSE, PD_VIEW_FREE,
      PD_ACT_TAKE | PD_ACT_FORWARD | PD_ACT_FINISH, PD_ACT_DELETE, "a member works" },
    { PD_ROLE_AGENT, PD_IS_STAFF | PD_IS_MEMBER, FALSE, TRUE, PD_VIEW_FREE, 0, PD_ACT_SEE,
      "what is given to a colleague is his affair" },
    { PD_ROLE_AGENT, PD_IS_STAFF | PD_IS_ASSIGNEE, FALSE, TRUE, PD_VIEW_FREE, PD_ACT_TAKE, 0,
      "an assignee of another unit works too, which the old desk forbade" },
    { PD_ROLE_AGENT, PD_IS_STAFF | PD_IS_MEMBER, FALSE, FALSE, PD_VIEW_OTHERS, PD_ACT_NOTE,
      PD_ACT_RELEASE | PD_ACT_FORWARD, "in work by a colleague" },
    { PD_ROLE_AGENT, PD_IS_STAFF | PD_IS_MEMBER, FALSE, FALSE, PD_VIEW_DONE, PD_ACT_REOPEN,
      PD_ACT_FORWARD, "his own work he opens again" },
    { PD_ROLE_AGENT, PD_IS_STAFF | PD_IS_MEMBER, FALSE, FALSE, PD_VIEW_DONE_BY_OTHERS, PD_ACT_NOTE,
      PD_ACT_REOPEN, "a colleague's he does not" },
    { PD_ROLE_AGENT, PD_IS_STAFF, FALSE, FALSE, PD_VIEW_FREE, 0, PD_ACT_SEE,
      "staff of another unit sees nothing" },
    { PD_ROLE_AGENT, PD_IS_STAFF | PD_IS_WATCHER, FALSE, TRUE, PD_VIEW_FREE,
      PD_ACT_INTERNAL | PD_ACT_NOTE, PD_ACT_TAKE, "unless it watches" },
    { PD_ROLE_AGENT, PD_IS_STAFF | PD_IS_REQUESTER, FALSE, FALSE, PD_VIEW_FREE, PD_ACT_FINISH,
      PD_ACT_INTERNAL, "a colleague who asks is a customer" },
    { PD_ROLE_HEAD, PD_IS_STAFF | PD_IS_HEAD, FALSE, TRUE, PD_VIEW_OTHERS,
      PD_ACT_RELEASE | PD_ACT_FORWARD, PD_ACT_FINISH, "a head releases, then takes, then ends" },
    { PD_ROLE_HEAD, PD_IS_STAFF, FALSE, FALSE, PD_VIEW_FREE, 0, PD_ACT_SEE,
      "a head of another unit is a stranger" },
    { PD_ROLE_DIRECTOR, PD_IS_STAFF, FALSE, TRUE, PD_VIEW_DONE_BY_OTHERS, PD_ACT_REOPEN,
      PD_ACT_DELETE, "a director is head of all" },
    { PD_ROLE_DIRECTOR, PD_IS_STAFF, FALSE, FALSE, PD_VIEW_ARCHIVED, PD_ACT_INTERNAL,
      PD_ACT_REOPEN | PD_ACT_COMMENT, "the archive stays as it is" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdAccess access = { .role = cases[i].role,
                          .active = TRUE,
                          .relations = cases[i].relations,
                          .group_head = cases[i].group_head,
                          .named = cases[i].named,
                          .view = cases[i].view };
      guint acts = pd_access_acts (&access);

      g_test_message ("%s", cases[i].why);
      g_assert_cmphex (acts & cases[i].may, ==, cases[i].may);
      g_assert_cmphex (acts & cases[i].may_not, ==, 0);
    }
}

static void
test_check (void)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) denied = NULL;
  PdAccess access = { .role = PD_ROLE_CLIENT, .active = TRUE, .view = PD_VIEW_FREE };

  g_assert_false (pd_access_check (&access, PD_ACT_COMMENT, 7, &missing));
  g_assert_error (missing, PD_ERROR, PD_ERROR_NOT_FOUND);
  g_assert_cmpstr (missing->message, ==, "there is no ticket #7");
  access.relations = PD_IS_REQUESTER;
  g_assert_true (pd_access_check (&access, PD_ACT_COMMENT, 7, NULL));
  g_assert_false (pd_access_check (&access, PD_ACT_DELETE, 7, &denied));
  g_assert_error (denied, PD_ERROR, PD_ERROR_DENIED);
}

static void
test_view (void)
{
  static const struct {
    PdTicketState state;
    gint64 locker, finisher;
    PdView want;
  } cases[] = {
    { PD_TICKET_FREE, 0, 0, PD_VIEW_FREE },
    { PD_TICKET_LOCKED, 1, 0, PD_VIEW_MINE },
    { PD_TICKET_LOCKED, 2, 1, PD_VIEW_OTHERS },
    { PD_TICKET_WAITING, 0, 1, PD_VIEW_WAITING },
    { PD_TICKET_DONE, 0, 1, PD_VIEW_DONE },
    { PD_TICKET_DONE, 1, 2, PD_VIEW_DONE_BY_OTHERS },
    { PD_TICKET_DONE, 0, 0, PD_VIEW_DONE_BY_OTHERS },
    { PD_TICKET_ARCHIVED, 1, 1, PD_VIEW_ARCHIVED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (pd_access_view (cases[i].state, cases[i].locker, cases[i].finisher, 1), ==,
                     cases[i].want);
}

static void
test_names (void)
{
  for (guint i = 0; i < PD_N_ACTS; i++)
    g_assert_cmpstr (pd_act_name ((PdAct)(1u << i)), !=, "");
  g_assert_cmpstr (pd_act_name (PD_ACT_DELETE), ==, "delete");
  g_assert_cmpstr (pd_act_name (PD_ACT_RELEASE), ==, "release");
  g_assert_cmpstr (pd_act_name (PD_ACT_RATE), ==, "rate");
  g_assert_cmphex (CHANGES & pd_access_cell (PD_STANDING_ONLOOKER, PD_VIEW_ARCHIVED), ==,
                   PD_ACT_NOTE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/access/every-cell", test_every_cell);
  g_test_add_func ("/access/ranks", test_ranks);
  g_test_add_func ("/access/people", test_people);
  g_test_add_func ("/access/check", test_check);
  g_test_add_func ("/access/view", test_view);
  g_test_add_func ("/access/names", test_names);
  return g_test_run ();
}
