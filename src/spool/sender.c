#include "src/spool/sender.h"

#include "base/clock.h"
#include "base/error.h"
#include "desk/render.h"

#define DATABASE_WAIT (1 * PD_SECOND) /* between tries when it is away */
#define FORGET_AFTER (1 * PD_SECOND)  /* so long a changed name may go unseen */

typedef struct {
  SenderShare *share;
  PdDesk *desk; /* NULL: not open (yet) */
  PdRenderer *renderer;
  Relay *relay;
  gint64 fresh_at;       /* when the renderer forgot */
  gint64 database_after; /* it is away: not to be asked before */
} Sender;

static gboolean
open_desk (Sender *sender, GError **error)
{
  if (sender->desk != NULL)
    return TRUE;
  sender->desk = pd_program_open_desk (sender->share->program, error);
  if (sender->desk == NULL)
    return FALSE;
  sender->renderer = pd_renderer_new (sender->desk, sender->share->templates);
  return TRUE;
}

/* Whether a mail may be begun: not when it is to be given back. */
static gboolean
may_start (Sender *sender)
{
  gint64 start_before = __atomic_load_n (&sender->share->start_before, __ATOMIC_RELAXED);

  return !mailbox_is_closed (sender->share->work) && pd_clock_now () < start_before;
}

/* Makes the mail.  Without a transaction around it: what a notice is about is
 * never changed once it is there, and a search outside of one makes a lost
 * connection anew by itself. */
static PdRendered *
render (Sender *sender, const PdOutboxRow *row, GError **error)
{
  gint64 now = pd_clock_now ();

  if (!open_desk (sender, error))
    return NULL;
  if (now - sender->fresh_at >= FORGET_AFTER || now < sender->fresh_at)
    {
      pd_renderer_forget (sender->renderer);
      sender->fresh_at = now;
    }
  return pd_renderer_make (sender->renderer, row, error);
}

/* No mail could be made.  If the database is away, the rows that wait here are
 * not kept for it: one after another would wait for its time-out. */
static void
fail (Sender *sender, Outcome *outcome, const GError *error)
{
  gint64 again = pd_clock_now () + DATABASE_WAIT;

  if (pd_error_face (error)->retry)
    sender->database_after = again;
  outcome_fail (outcome, error, again);
}

/* Until when this sender can do nothing; the others perhaps can. */
static gint64
idle_until (Sender *sender)
{
  gint64 until = relay_is_open (sender->relay) ? 0 : outage_until (sender->share->outage);

  return MAX (until, sender->database_after);
}

static void
try_row (Sender *sender, const PdOutboxRow *row, Outcome *outcome)
{
  g_autoptr (PdRendered) mail = NULL;
  g_autoptr (GError) error = NULL;

  if (pd_clock_now () < sender->database_after)
    {
      outcome_put_off (outcome, "4.3.0", "the database is away", sender->database_after);
      return;
    }
  mail = render (sender, row, &error);
  if (mail == NULL)
    {
      fail (sender, outcome, error);
      return;
    }
  relay_send (sender->relay, mail, outcome);
  outcome_take_text (outcome, g_steal_pointer (&mail->text));
}

static void
send_row (Sender *sender, const PdOutboxRow *row)
{
  Outcome *outcome = outcome_new (row->id);

  if (may_start (sender))
    try_row (sender, row, outcome);
  outcome_log (outcome, row->recipient);
  mailbox_put (sender->share->done, outcome);
}

static void
send_rows (Sender *sender, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    send_row (sender, g_ptr_array_index (rows, i));
  g_ptr_array_unref (rows);
}

gpointer
sender_run (gpointer data)
{
  Sender sender = { .share = data };
  Mailbox *work = sender.share->work;

  sender.relay = relay_new (sender.share->relay, sender.share->outage);
  for (;;)
    {
      /* asked before: what was put in until then is taken below */
      gboolean closed = mailbox_is_closed (work);
      GPtrArray *rows;

      mailbox_rest (work, idle_until (&sender) - pd_clock_now ());
      rows = mailbox_take (work, relay_is_open (sender.relay) ? SENDER_IDLE : -1);
      if (rows != NULL)
        send_rows (&sender, rows);
      else if (closed)
        break;
      else
        relay_hang_up (sender.relay);
    }
  relay_free (sender.relay);
  pd_renderer_free (sender.renderer);
  pd_desk_free (sender.desk);
  return NULL;
}
