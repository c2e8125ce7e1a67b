/* Rows are collected for some hundred tickets and written by one INSERT for each
 * table: the product's statements, one row each, would take an hour for a
 * million tickets on MariaDB.  The columns are the schema's, so a column that is
 * gone stops it here.
 */
#include "tests/bench/desk-fill.h"

#include <string.h>

#include "base/clock.h"

#define YEARS 3
#define FLUSH 250                                  /* tickets that are collected */
#define BATCH 20000                                /* tickets of a transaction */
#define ID_EPOCH G_GINT64_CONSTANT (1704067200000) /* 2024-01-01 in milliseconds: base/id.h */
#define ID_SHIFT 22
#define HOUR (3600 * PD_SECOND)
#define DAY (24 * HOUR)

typedef enum {
  TICKET,
  TICKET_PERSON,
  TICKET_TAG,
  MESSAGE,
  EVENT,
  CLOCK,
  TIMER,
  INBOUND,
  OUTBOX,
  N_TABLES
} Table;

/* In an order that foreign keys allow. */
static const char *const heads[N_TABLES] = {
  [TICKET]
  = "ticket (id, number, subject, unit_id, state, locker_id, priority, plan_id, requester_id,"
    " author_id, source, created, updated, done, version, finisher_id, is_named)",
  [TICKET_PERSON] = "ticket_person (ticket_id, person_id, relation)",
  [TICKET_TAG] = "ticket_tag (ticket_id, tag)",
  [MESSAGE]
  = "message (id, ticket_id, kind, visibility, author_id, created, text, message_id, proof)",
  [EVENT] = "event (id, ticket_id, at, kind, actor_id, message_id, data)",
  [CLOCK] = "clock (ticket_id, kind, span, used, counted, state, due, warned)",
  [TIMER] = "timer (id, kind, subject_id, due, data, tries)",
  [INBOUND]
  = "inbound (id, received, source, mail_from, rcpt_to, header_from, subject, message_id, dedupe,"
    " outcome, reason, ticket_id, entry_id, size, trace)",
  [OUTBOX] = "outbox (id, created, event, channel, unit_id, ticket_id, message_id, person_id, "
             "recipient, data,"
             " state, attempts, finished, answer, sent_text)",
};

typedef struct {
  PdDb *db;
  GString *rows[N_TABLES];
  guint n_tickets;
  gint64 start, step, now; /* of the first ticket, between two, the end */
  guint64 random;
  guint counter; /* of ids */
  gint64 units[DESK_FILL_UNITS];
  GArray *staff[DESK_FILL_UNITS]; /* of gint64 */
  GArray *clients;
  gint64 plans[3];
  gint64 long_ticket; /* id, once it is there */
  guint long_entries;
  DeskFilled *out;
} Fill;

static guint
draw (Fill *fill, guint below)
{
  fill->random = fill->random * G_GUINT64_CONSTANT (6364136223846793005) + 1442695040888963407;
  return (guint)((fill->random >> 33) % below);
}

static gint64
draw_from (Fill *fill, GArray *ids)
{
  return g_array_index (ids, gint64, draw (fill, ids->len));
}

static gint64
new_id (Fill *fill, gint64 at)
{
  return ((at / 1000 - ID_EPOCH) << ID_SHIFT) | (fill->counter++ & ((1 << ID_SHIFT) - 1));
}

static void
run (Fill *fill, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (!pd_db_exec_script (fill->db, text, &error))
    g_error ("%s", error->message);
}

static void G_GNUC_PRINTF (3, 4) add (Fill *fill, Table table, const char *format, ...)
{
  GString *rows = fill->rows[table];
  va_list arguments;

  if (rows->len == 0)
    g_string_append_printf (rows, "INSERT INTO %s VALUES (", heads[table]);
  else
    g_string_append (rows, ",(");
  va_start (arguments, format);
  g_string_append_vprintf (rows, format, arguments);
  va_end (arguments);
  g_string_append_c (rows, ')');
}

static void
flush (Fill *fill)
{
  for (guint i = 0; i < N_TABLES; i++)
    if (fill->rows[i]->len > 0)
      {
        run (fill, fill->rows[i]->str);
        g_string_truncate (fill->rows[i], 0);
      }
}

static void
begin (Fill *fill)
{
  g_autoptr (GError) error = NULL;

  if (!pd_db_begin (fill->db, PD_DB_WRITE, &error))
    g_error ("%s", error->message);
}

static void
commit (Fill *fill)
{
  g_autoptr (GError) error = NULL;

  flush (fill);
  if (!pd_db_commit (fill->db, &error))
    g_error ("%s", error->message);
}

#define I "%" G_GINT64_FORMAT

/* ---- people ---- */

static void
add_units (Fill *fill)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < DESK_FILL_UNITS; i++)
    {
      fill->units[i] = new_id (fill, fill->start);
      g_string_append_printf (
          text,
          "INSERT INTO unit (id, name, signature, language, strangers, state, created)"
          " VALUES (" I ", 'unit %u', '', '', 'refer', 'active', " I ");"
          "INSERT INTO unit_address VALUES ('unit%u@desk.example', " I ", 0);",
          fill->units[i], i + 1, fill->start, i + 1, fill->units[i]);
    }
  run (fill, text->str);
}

static gint64
add_person (Fill *fill, const char *role, guint number)
{
  gint64 id = new_id (fill, fill->start);
  g_autofree char *text = g_strdup_printf (
      "INSERT INTO person (id, role, is_admin, name, language, timezone, state, source, created)"
      " VALUES (" I ", '%s', 0, 'Person %u', '', '', 'active', 'command', " I ");"
      "INSERT INTO person_address VALUES ('p%u@people.example', 'p%u@people.example', " I ", 0);",
      id, role, number, fill->start, number, number, id);

  run (fill, text);
  return id;
}

static void
add_member (Fill *fill, guint unit, guint number)
{
  gboolean head = fill->staff[unit]->len == 0;
  gint64 id = add_person (fill, head ? "head" : "agent", number);
  g_autofree char *text = g_strdup_printf ("INSERT INTO membership VALUES (" I ", " I ", %d);",
                                           fill->units[unit], id, head);

  run (fill, text);
  g_array_append_val (fill->staff[unit], id);
}

static void
add_people (Fill *fill)
{
  guint number = 0;

  for (guint unit = 0; unit < DESK_FILL_UNITS; unit++)
    for (guint i = 0; i < (unit == 0 ? DESK_FILL_MEMBERS : 8); i++)
      add_member (fill, unit, ++number);
  while (number < DESK_FILL_PERSONS)
    {
      gint64 id = add_person (fill, "client", ++number);

      g_array_append_val (fill->clients, id);
    }
}

static void
add_plans (Fill *fill)
{
  static const char *const kinds[] = { "reaction", "work", "deadline" };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (fill->plans); i++)
    {
      fill->plans[i] = new_id (fill, fill->start);
      g_string_append_printf (
          text, "INSERT INTO plan VALUES (" I ", 'plan %u', NULL, %u, NULL, 1, 'active');",
          fill->plans[i], i + 1, i);
      for (guint kind = 0; kind < 3; kind++)
        for (int priority = 1; priority <= 3; priority++)
          g_string_append_printf (text, "INSERT INTO plan_target VALUES (" I ", '%s', %d, " I ");",
                                  fill->plans[i], kinds[kind], priority,
                                  (gint64)(kind + 1) * 8 * HOUR);
    }
  run (fill, text->str);
}

/* ---- tickets ---- */

typedef struct {
  gint64 id, number, at, done;
  guint unit;
  const char *state;
  gboolean open, named;
  gint64 requester, agent, plan, first_entry;
} Made;

/* The first unit gets a tenth of all; its open ones are the newest of them. */
static void
choose_state (Fill *fill, Made *ticket, guint i)
{
  static const char *const open_states[] = { "free", "locked", "waiting" };
  guint left = fill->n_tickets - i;

  ticket->unit = i % 10 == 0 ? 0 : 1 + draw (fill, DESK_FILL_UNITS - 1);
  ticket->open = draw (fill, 50) == 0 || (ticket->unit == 0 && left <= DESK_FILL_BUSY * 10);
  if (ticket->open)
    ticket->state = open_states[ticket->unit == 0 ? (i / 10) % 3 : draw (fill, 3)];
  else
    ticket->state = left < fill->n_tickets / 40 ? "done" : "archived";
}

static gint64
add_message (Fill *fill, const Made *ticket, gint64 at, gint64 author, const char *kind,
             guint which)
{
  gint64 id = new_id (fill, at);

  add (fill, MESSAGE,
       I
       ", " I ", '%s', 'public', " I ", " I ", 'Entry %u of ticket " I
       ". The printer on the second floor blinks and does not print; it was switched off and on,"
       " the paper was changed, and the driver is the newest one. What else can be done about it,"
       " and when will somebody come and look at it? It is needed for the invoices of this week.',"
       " 'm%u." I "@client.example', 'aligned'",
       id, ticket->id, kind, author, at, which, ticket->number, which, ticket->number);
  return id;
}

static void
add_event (Fill *fill, const Made *ticket, gint64 at, const char *kind, gint64 actor,
           gint64 message, const char *data)
{
  char entry[24];

  g_snprintf (entry, sizeof entry, I, message);
  add (fill, EVENT, I ", " I ", " I ", '%s', " I ", %s, '%s'", new_id (fill, at), ticket->id, at,
       kind, actor, message != 0 ? entry : "NULL", data);
}

static void
add_clocks (Fill *fill, const Made *ticket)
{
  static const char *const kinds[] = { "reaction", "work", "deadline" };

  for (guint i = 0; i < 3; i++)
    {
      gint64 span = (gint64)(i + 1) * 8 * HOUR;

      if (ticket->open)
        add (fill, CLOCK, I ", '%s', " I ", 0, " I ", 'running', " I ", 0", ticket->id, kinds[i],
             span, ticket->at, fill->now + DAY + (gint64)draw (fill, 1000) * HOUR);
      else
        add (fill, CLOCK, I ", '%s', " I ", " I ", " I ", 'ended', NULL, 0", ticket->id, kinds[i],
             span, HOUR + (gint64)draw (fill, 20) * HOUR, ticket->done);
    }
  if (ticket->open || strcmp (ticket->state, "done") == 0)
    add (fill, TIMER, I ", '%s', " I ", " I ", '{}', 0", new_id (fill, ticket->at),
         ticket->open ? "sla" : "archive", ticket->id,
         fill->now + DAY + (gint64)draw (fill, 1000) * HOUR);
}

/* Nearly all of them ended well. */
static void
add_mails (Fill *fill, const Made *ticket)
{
  static const char *const sent[]
      = { "sent", "failed", "deferred", "queued", "sending", "held", "cancelled" };
  static const char *const came[]
      = { "ticket", "held", "bounce", "duplicate", "auto-reply", "loop", "comment" };
  guint rare = draw (fill, 100) == 0 ? draw (fill, G_N_ELEMENTS (sent)) : 0;

  add (fill, INBOUND,
       I ", " I
         ", 'lmtp', 'someone@people.example', 'unit%u@desk.example', 'someone@people.example',"
         " 'Subject " I "', 'm1." I "@client.example', 'key" I "', '%s', '', " I ", " I
         ", 4000, '[]'",
       new_id (fill, ticket->at), ticket->at, ticket->unit + 1, ticket->number, ticket->number,
       ticket->number, came[rare], ticket->id, ticket->first_entry);
  add (fill, OUTBOX,
       I ", " I ", 'received', 'mail', " I ", " I ", " I ", " I
         ", 'someone@people.example', '{}', '%s', 1, " I
         ", '250 2.0.0 Ok', 'Your request has been received.'",
       new_id (fill, ticket->at), ticket->at, fill->units[ticket->unit], ticket->id,
       ticket->first_entry, ticket->requester, sent[rare], ticket->at + PD_SECOND);
}

static void
add_row (Fill *fill, const Made *ticket)
{
  char done[48], agent[24];

  g_snprintf (agent, sizeof agent, I, ticket->agent);
  if (ticket->open)
    g_strlcpy (done, "NULL, 1, NULL", sizeof done);
  else
    g_snprintf (done, sizeof done, I ", 4, %s", ticket->done, agent);
  add (fill, TICKET,
       I ", " I ", 'Subject of ticket " I "', " I ", '%s', %s, %u, " I ", " I ", " I ", 'mail', " I
         ", " I ", %s, %d",
       ticket->id, ticket->number, ticket->number, fill->units[ticket->unit], ticket->state,
       strcmp (ticket->state, "locked") == 0 ? agent : "NULL", 1 + draw (fill, 3), ticket->plan,
       ticket->requester, ticket->requester, ticket->at, ticket->open ? ticket->at : ticket->done,
       done, ticket->named);
}

static void
add_history (Fill *fill, Made *ticket)
{
  gint64 answer;

  ticket->first_entry = add_message (fill, ticket, ticket->at, ticket->requester, "mail", 1);
  add_event (fill, ticket, ticket->at, "created", ticket->requester, ticket->first_entry, "{}");
  if (strcmp (ticket->state, "free") != 0)
    add_event (fill, ticket, ticket->at + HOUR, "taken", ticket->agent, 0,
               "{\"state\":[\"free\",\"locked\"]}");
  if (!ticket->open)
    {
      answer = add_message (fill, ticket, ticket->at + 2 * HOUR, ticket->agent, "reply", 2);
      add_event (fill, ticket, ticket->at + 2 * HOUR, "reply", ticket->agent, answer, "{}");
      add_event (fill, ticket, ticket->done, "done", ticket->agent, 0,
                 "{\"state\":[\"locked\",\"done\"]}");
    }
}

/* Its further entries come between those of later tickets, as in life: they lie
 * far from each other. */
static void
add_to_long_ticket (Fill *fill, gint64 at)
{
  Made ticket = { .id = fill->long_ticket, .number = fill->out->long_number };
  gint64 author = fill->long_entries % 2 == 0 ? fill->out->requester : fill->out->head;
  gint64 entry = add_message (fill, &ticket, at, author, "reply", ++fill->long_entries);

  add_event (fill, &ticket, at, "comment", author, entry, "{}");
}

static void
note_ticket (Fill *fill, const Made *ticket, guint i)
{
  if (i == fill->n_tickets / 2)
    {
      fill->long_ticket = ticket->id;
      fill->out->long_number = ticket->number;
      fill->out->requester = ticket->requester;
      fill->long_entries = ticket->open ? 1 : 2;
    }
  if (ticket->open && ticket->unit == 0 && strcmp (ticket->state, "free") == 0 && !ticket->named)
    fill->out->open_number = ticket->number;
}

static void
add_ticket (Fill *fill, guint i)
{
  Made ticket = { .number = i + 1, .at = fill->start + fill->step * (i + 1) };

  ticket.id = new_id (fill, ticket.at);
  choose_state (fill, &ticket, i);
  ticket.done = MIN (ticket.at + HOUR * (4 + draw (fill, 100)), fill->now);
  ticket.requester = draw_from (fill, fill->clients);
  ticket.agent = draw_from (fill, fill->staff[ticket.unit]);
  ticket.plan = fill->plans[draw (fill, G_N_ELEMENTS (fill->plans))];
  ticket.named = draw (fill, 5) == 0;
  add_row (fill, &ticket);
  if (ticket.named)
    add (fill, TICKET_PERSON, I ", " I ", 'assignee'", ticket.id, ticket.agent);
  if (draw (fill, 3) == 0)
    add (fill, TICKET_TAG, I ", 'tag%u'", ticket.id, draw (fill, 20));
  add_history (fill, &ticket);
  add_clocks (fill, &ticket);
  add_mails (fill, &ticket);
  note_ticket (fill, &ticket, i);
  if (fill->long_ticket != 0 && fill->long_entries < DESK_FILL_LONG
      && i % MAX (fill->n_tickets / 2 / DESK_FILL_LONG, 1) == 0)
    add_to_long_ticket (fill, ticket.at);
}

static void
add_tickets (Fill *fill, gboolean progress)
{
  for (guint i = 0; i < fill->n_tickets; i++)
    {
      add_ticket (fill, i);
      if (i % FLUSH == FLUSH - 1)
        flush (fill);
      if (i % BATCH != BATCH - 1)
        continue;
      commit (fill);
      if (progress && (i + 1) % (BATCH * 5) == 0)
        g_printerr ("# %u tickets\n", i + 1);
      begin (fill);
    }
}

/* What makes the filling fast, and is nothing that stays with the database. */
static void
make_fast (Fill *fill, gboolean fast)
{
  if (pd_db_get_dialect (fill->db) == PD_DB_MARIADB)
    run (fill, fast ? "SET foreign_key_checks = 0; SET unique_checks = 0;"
                    : "SET foreign_key_checks = 1; SET unique_checks = 1;");
  else
    run (fill, fast ? "PRAGMA foreign_keys = OFF; PRAGMA cache_size = -2000000;"
                    : "PRAGMA foreign_keys = ON; PRAGMA cache_size = -8192;");
}

void
desk_fill (PdDb *db, guint n_tickets, gboolean progress, DeskFilled *out)
{
  Fill fill
      = { .db = db, .n_tickets = n_tickets, .now = pd_clock_now (), .random = 42, .out = out };
  g_autofree char *counter
      = g_strdup_printf ("UPDATE counter SET value = %u WHERE name = 'ticket'", n_tickets);

  g_assert (n_tickets >= DESK_FILL_LEAST);
  fill.start = fill.now - YEARS * 365 * DAY;
  fill.start = MAX (fill.start, ID_EPOCH * 1000 + DAY);
  fill.step = (fill.now - fill.start) / (n_tickets + 1);
  fill.clients = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < DESK_FILL_UNITS; i++)
    fill.staff[i] = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < N_TABLES; i++)
    fill.rows[i] = g_string_new (NULL);
  make_fast (&fill, TRUE);
  begin (&fill);
  add_units (&fill);
  add_people (&fill);
  add_plans (&fill);
  out->head = g_array_index (fill.staff[0], gint64, 0);
  add_tickets (&fill, progress);
  run (&fill, counter);
  commit (&fill);
  make_fast (&fill, FALSE);
  for (guint i = 0; i < N_TABLES; i++)
    g_string_free (fill.rows[i], TRUE);
  for (guint i = 0; i < DESK_FILL_UNITS; i++)
    g_array_unref (fill.staff[i]);
  g_array_unref (fill.clients);
}
