#include "src/spool/keeper.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/log.h"
#include "src/spool/outcome.h"

#define MAX_CHUNK 16                  /* rows that a sender takes at a time */
#define DATABASE_WAIT (1 * PD_SECOND) /* between tries when it is away */
#define ROUND (5 * PD_SECOND)         /* longest sleep: the watchdog looks */
#define DRAIN (60 * PD_SECOND)        /* for mails on the wire, at the end */

struct Keeper {
  SenderShare *share;
  guint senders;
  PdDesk *desk; /* NULL: not open (yet) */

  gint64 lease; /* this instance's number */
  gint64 lease_time, poll;
  guint batch;
  PdRetryPolicy policy;

  GHashTable *under_way; /* ids of rows that a sender has or will get */
  GPtrArray *unwritten;  /* of Outcome */
  gboolean more;         /* the last claim was full: there is more */
  gboolean away;         /* the database is */
  gboolean unsure;       /* a claim failed, and may have been committed all the same */
  gint64 next_claim;
  gint64 lease_from; /* all claims last a lease from here, or longer */
  gint stopping;     /* atomic */
  gint64 drain_until;
  gint64 beat; /* atomic */
};

Keeper *
keeper_new (SenderShare *share, guint senders)
{
  const PdConfig *config = share->program->config;
  Keeper *keeper = g_new0 (Keeper, 1);

  keeper->share = share;
  keeper->senders = senders;
  keeper->lease = pd_id_new ();
  keeper->lease_time = pd_config_int (config, PD_SETTING_SPOOL_LEASE);
  keeper->poll = pd_config_int (config, PD_SETTING_SPOOL_POLL);
  keeper->batch = (guint)pd_config_int (config, PD_SETTING_SPOOL_BATCH);
  keeper->policy.retry_min = pd_config_int (config, PD_SETTING_SMTP_RETRY_MIN);
  keeper->policy.retry_max = pd_config_int (config, PD_SETTING_SMTP_RETRY_MAX);
  keeper->policy.max_age = pd_config_int (config, PD_SETTING_SMTP_MAX_AGE);
  keeper->under_way = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  keeper->unwritten = g_ptr_array_new_with_free_func ((GDestroyNotify)outcome_free);
  keeper->beat = pd_clock_now ();
  return keeper;
}

void
keeper_free (Keeper *keeper)
{
  if (keeper == NULL)
    return;
  g_hash_table_unref (keeper->under_way);
  g_ptr_array_unref (keeper->unwritten);
  pd_desk_free (keeper->desk);
  g_free (keeper);
}

void
keeper_stop (Keeper *keeper)
{
  g_atomic_int_set (&keeper->stopping, TRUE);
  mailbox_wake (keeper->share->done);
}

gint64
keeper_beat (Keeper *keeper)
{
  return __atomic_load_n (&keeper->beat, __ATOMIC_RELAXED);
}

/* Logs that the database went away or came back, once each. */
static void
note_database (Keeper *keeper, const GError *error)
{
  if (error != NULL && !keeper->away)
    pd_log (PD_LOG_ERROR, 0, "database-lost", "error", error->message, NULL);
  else if (error == NULL && keeper->away)
    pd_log (PD_LOG_NOTICE, 0, "database-found", NULL);
  keeper->away = error != NULL;
}

static gboolean
open_desk (Keeper *keeper, GError **error)
{
  if (keeper->desk == NULL)
    keeper->desk = pd_program_open_desk (keeper->share->program, error);
  return keeper->desk != NULL;
}

/* ---- claim ---- */

/* All claims last from now on for a whole lease; a third of it is kept for the
 * mail that a sender begins last. */
static void
note_lease (Keeper *keeper, gint64 now)
{
  keeper->lease_from = now;
  __atomic_store_n (&keeper->share->start_before, now + keeper->lease_time / 3 * 2,
                    __ATOMIC_RELAXED);
}

static void
extend (Keeper *keeper, gint64 now)
{
  g_autoptr (GError) error = NULL;

  if (open_desk (keeper, &error)
      && pd_outbox_extend (keeper->desk, keeper->lease, now + keeper->lease_time, &error))
    note_lease (keeper, now);
  note_database (keeper, error);
}

/* The senders are told to end while we claim: nobody would take these. */
static void
give_back (Keeper *keeper, GPtrArray *take_rows)
{
  g_autoptr (GPtrArray) rows = take_rows;

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (keeper->unwritten,
                     outcome_new (((PdOutboxRow *)g_ptr_array_index (rows, i))->id));
}

static void
hand_out (Keeper *keeper, GPtrArray *rows)
{
  guint size = CLAMP (rows->len / (2 * keeper->senders), 1, MAX_CHUNK);

  while (rows->len > 0)
    {
      GPtrArray *chunk = g_ptr_array_new_with_free_func ((GDestroyNotify)pd_outbox_row_free);

      while (rows->len > 0 && chunk->len < size)
        g_ptr_array_add (chunk, g_ptr_array_steal_index (rows, 0));
      if (!mailbox_put (keeper->share->work, chunk))
        give_back (keeper, chunk);
    }
}

/* Takes out the rows that a sender of ours still has: their lease ended, and we
 * claimed them from ourselves. */
static void
enter_under_way (Keeper *keeper, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len;)
    {
      gint64 id = ((PdOutboxRow *)g_ptr_array_index (rows, i))->id;

      if (g_hash_table_add (keeper->under_way, g_memdup2 (&id, sizeof id)))
        i++;
      else
        g_ptr_array_remove_index (rows, i);
    }
}

/* How many to claim at a time: while the mail server is away, one is enough to
 * see whether it is back. */
static guint
claim_size (const Keeper *keeper)
{
  if (keeper->unsure)
    return 1; /* nothing may be under way when the lost claim is given back */
  return outage_total_until (keeper->share->outage) != 0 ? 1 : keeper->batch;
}

static gint64
claim_time (const Keeper *keeper)
{
  return MAX (keeper->more ? 0 : keeper->next_claim, outage_total_until (keeper->share->outage));
}

/* Whether less than a batch is under way, so that senders do not run dry; at
 * most two are. */
static gboolean
has_room (const Keeper *keeper)
{
  return g_hash_table_size (keeper->under_way) < claim_size (keeper);
}

static gboolean
wants_claim (const Keeper *keeper, gint64 now)
{
  return !g_atomic_int_get (&keeper->stopping) && keeper->unwritten->len == 0 && has_room (keeper)
         && now >= claim_time (keeper);
}

/* Rows of a claim whose commit got lost would be nobody's: we do not know of
 * them, and extend them with the others.  Nothing is under way now, so that
 * all that bears our number are such. */
static gboolean
give_back_lost (Keeper *keeper, GError **error)
{
  if (keeper->unsure && !pd_outbox_unclaim (keeper->desk, keeper->lease, error))
    return FALSE;
  keeper->unsure = FALSE;
  return TRUE;
}

static void
claim (Keeper *keeper, gint64 now)
{
  gint64 until = now + keeper->lease_time;
  guint size = claim_size (keeper);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  if (open_desk (keeper, &error) && give_back_lost (keeper, &error))
    {
      rows = pd_outbox_claim (keeper->desk, keeper->lease, until, size, &error);
      keeper->unsure = rows == NULL;
    }
  note_database (keeper, error);
  keeper->more = rows != NULL && rows->len == size;
  keeper->next_claim = now + (rows != NULL ? keeper->poll : MAX (keeper->poll, DATABASE_WAIT));
  if (rows == NULL)
    return;
  /* these last longer than those from before, if there are such */
  if (g_hash_table_size (keeper->under_way) == 0)
    note_lease (keeper, now);
  enter_under_way (keeper, rows);
  hand_out (keeper, rows);
}

/* ---- finish ---- */

static gboolean
write_some (Keeper *keeper, guint from, guint n, GError **error)
{
  g_autofree PdOutboxResult *results = g_new (PdOutboxResult, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    results[i] = ((Outcome *)g_ptr_array_index (keeper->unwritten, from + i))->result;
  return open_desk (keeper, error)
         && pd_outbox_finish (keeper->desk, keeper->lease, results, n, &keeper->policy, error);
}

/* One result in the batch cannot be written, and waiting will not help: the
 * others are; of that one the lease ends, and it is tried again then. */
static void
write_singly (Keeper *keeper)
{
  for (guint i = 0; i < keeper->unwritten->len; i++)
    {
      const Outcome *outcome = g_ptr_array_index (keeper->unwritten, i);
      g_autoptr (GError) error = NULL;

      if (!write_some (keeper, i, 1, &error))
        pd_log (PD_LOG_ERROR, outcome->result.id, "unrecorded", "error", error->message, NULL);
    }
}

static void
write_results (Keeper *keeper)
{
  g_autoptr (GError) error = NULL;

  if (keeper->unwritten->len == 0)
    return;
  if (!write_some (keeper, 0, keeper->unwritten->len, &error))
    {
      if (pd_error_face (error)->retry)
        {
          note_database (keeper, error);
          return;
        }
      write_singly (keeper);
    }
  note_database (keeper, NULL);
  for (guint i = 0; i < keeper->unwritten->len; i++)
    g_hash_table_remove (keeper->under_way,
                         &((Outcome *)g_ptr_array_index (keeper->unwritten, i))->result.id);
  g_ptr_array_set_size (keeper->unwritten, 0);
}

/* ---- the thread ---- */

static gboolean
wants_extension (const Keeper *keeper, gint64 now)
{
  return g_hash_table_size (keeper->under_way) > 0
         && now >= keeper->lease_from + keeper->lease_time / 3;
}

static gint64
time_to_wait (const Keeper *keeper, gint64 now)
{
  gint64 round = MIN (ROUND, keeper->lease_time / 6);

  gboolean stopping = g_atomic_int_get (&keeper->stopping);

  if (keeper->unwritten->len > 0)
    return DATABASE_WAIT;
  if (!stopping && wants_claim (keeper, now))
    return 0;
  if (!stopping && has_room (keeper))
    return CLAMP (claim_time (keeper) - now, 0, round);
  return stopping ? MIN (PD_SECOND, round) : round;
}

/* At the end: whether all that was claimed is accounted for. */
static gboolean
is_drained (Keeper *keeper, gint64 now)
{
  if (!g_atomic_int_get (&keeper->stopping))
    return FALSE;
  if (keeper->drain_until == 0)
    keeper->drain_until = now + DRAIN;
  if (g_hash_table_size (keeper->under_way) == 0)
    return TRUE;
  if (now < keeper->drain_until)
    return FALSE;
  pd_log (PD_LOG_WARNING, 0, "drain-cut", "left",
          pd_log_int (g_hash_table_size (keeper->under_way)), NULL);
  return TRUE;
}

gpointer
keeper_run (gpointer data)
{
  Keeper *keeper = data;

  for (;;)
    {
      gint64 now = pd_clock_now ();

      __atomic_store_n (&keeper->beat, now, __ATOMIC_RELAXED);
      if (is_drained (keeper, now))
        return NULL;
      if (wants_extension (keeper, now))
        extend (keeper, now);
      if (wants_claim (keeper, now))
        claim (keeper, now);
      mailbox_take_all (keeper->share->done, keeper->unwritten,
                        time_to_wait (keeper, pd_clock_now ()));
      write_results (keeper);
    }
}
