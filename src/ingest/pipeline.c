#include "ingest/pipeline.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/error.h"
#include "base/id.h"
#include "base/log.h"
#include "base/queue.h"
#include "desk/intake.h"
#include "desk/unseal.h"
#include "mail/mail.h"

#define QUEUE_LIMIT 20000 /* more than lmtp.max_connections can ever have under way */

/* one mail on its way */
typedef struct {
  gint64 id, received;
  PdEnvelope *envelope; /* borrowed */
  gpointer token;
  GBytes *raw;
  PdMail *mail;
  GError *unread; /* why it has no facts: it is held */
  GError *error;  /* why it cannot be filed now */
} Job;

struct PdPipeline {
  PdProgram *program;
  PdParserPool *pool;
  PdUnseal unseal;
  PdPipelineAnswer answer;
  PdQueue *to_parse, *to_write;
  GArray *parsers, *writers; /* of pthread_t */
  guint batch;
  gboolean reject_held;
  gint abandoned; /* atomic: nobody waits for answers any more */
  gint broken;    /* atomic: no mail can be read any more */
};

static void
job_free (Job *job)
{
  g_clear_pointer (&job->mail, pd_mail_free);
  g_clear_pointer (&job->raw, g_bytes_unref);
  g_clear_error (&job->unread);
  g_clear_error (&job->error);
  g_free (job);
}

/* ---- answers ----------------------------------------------------------------- */

/* What the sender is told: of our own trouble not more than the id to look for
 * in the log.  The reply may end in a report to a customer, who has no use for
 * the name of our database. */
static GError *
make_reply (const Job *job, const GError *error)
{
  char id[PD_ID_TEXT_SIZE];
  gboolean ours = pd_error_face (error)->retry || pd_error_is (error, PD_ERROR_INTERNAL);

  return ours ? g_error_new (PD_ERROR, error->code, "not now, try later; %s",
                             pd_id_format (job->id, id))
              : g_error_copy (error);
}

static void
answer_error (PdPipeline *pipeline, Job *job, const GError *error)
{
  guint n = job->envelope->n_recipients;
  const GError **errors = g_newa (const GError *, n);
  g_autoptr (GError) reply = make_reply (job, error);

  for (guint i = 0; i < n; i++)
    errors[i] = reply;
  pd_log (pd_error_face (error)->retry ? PD_LOG_WARNING : PD_LOG_NOTICE, job->id, "refused", "from",
          job->envelope->sender, "to", job->envelope->recipients[0], "size",
          pd_log_int ((gint64)pd_spill_size (job->envelope->data)), "reply",
          pd_error_face (error)->lmtp, "error", error->message, NULL);
  pipeline->answer (job->token, errors, NULL);
}

static void
log_filed (const Job *job, const PdVerdict *verdict)
{
  char delay[24];

  g_snprintf (delay, sizeof delay, "%.3f", (double)(pd_clock_now () - job->received) / PD_SECOND);
  pd_log (PD_LOG_INFO, job->id, "filed", "outcome", verdict->outcome, "ticket",
          verdict->ticket != 0 ? pd_log_int (verdict->ticket) : NULL, "from", job->envelope->sender,
          "to", job->envelope->recipients[0], "size",
          pd_log_int ((gint64)g_bytes_get_size (job->raw)), "msgid",
          job->mail != NULL && job->mail->message_id[0] != '\0' ? job->mail->message_id : NULL,
          "peer", job->envelope->peer, "delay", delay, "reason",
          verdict->reason[0] != '\0' ? verdict->reason : NULL, NULL);
}

static void
answer_verdict (PdPipeline *pipeline, Job *job, const PdVerdict *verdict)
{
  char id[PD_ID_TEXT_SIZE], text[64];

  log_filed (job, verdict);
  if (pipeline->reject_held && g_str_equal (verdict->outcome, "held"))
    {
      g_autoptr (GError) error = g_error_new (
          PD_ERROR, PD_ERROR_INVALID, "the mail was kept but not delivered: %s", verdict->reason);

      answer_error (pipeline, job, error);
      return;
    }
  g_snprintf (text, sizeof text, "2.0.0 Ok %s", pd_id_format (job->id, id));
  pipeline->answer (job->token, NULL, text);
}

/* ---- parsers ------------------------------------------------------------------- */

/* The program ends and is started anew: what was not committed has not been
 * acknowledged. */
static void
give_up (PdPipeline *pipeline, const GError *error)
{
  if (!g_atomic_int_compare_and_exchange (&pipeline->broken, FALSE, TRUE))
    return;
  pd_log (PD_LOG_ERROR, 0, "failed", "what", "parsers", "error", error->message, NULL);
  pd_daemon_stop ();
}

static void
read_job (PdPipeline *pipeline, Job *job)
{
  PdParserJob work = { NULL, job->envelope->sender, job->envelope->recipients[0] };
  g_autoptr (GError) error = NULL;

  work.raw = job->raw = pd_spill_get_bytes (job->envelope->data, &job->error);
  if (job->raw == NULL)
    return;
  job->mail = pd_parser_pool_parse (pipeline->pool, &work, &error);
  if (job->mail != NULL)
    {
      job->mail = pd_unseal (&pipeline->unseal, job->raw, job->mail, work.envelope_from,
                             work.envelope_to);
      return;
    }
  if (pd_error_is (error, PD_ERROR_INVALID))
    job->unread = g_steal_pointer (&error);
  else
    job->error = g_error_copy (error);
  if (job->error != NULL && pd_error_is (job->error, PD_ERROR_INTERNAL))
    give_up (pipeline, job->error);
}

static void *
run_parser (void *data)
{
  PdPipeline *pipeline = data;
  Job *job;

  while ((job = pd_queue_pop (pipeline->to_parse)) != NULL)
    {
      read_job (pipeline, job);
      pd_queue_push (pipeline->to_write, job);
    }
  return NULL;
}

/* ---- writers -------------------------------------------------------------------- */

/* takes the jobs that cannot be filed out of the batch */
static void
answer_broken (PdPipeline *pipeline, GPtrArray *jobs)
{
  for (guint i = jobs->len; i-- > 0;)
    {
      Job *job = g_ptr_array_index (jobs, i);

      if (job->error == NULL)
        continue;
      answer_error (pipeline, job, job->error);
      job_free (job);
      g_ptr_array_remove_index (jobs, i);
    }
}

static void
answer_all (PdPipeline *pipeline, GPtrArray *jobs, const GError *error)
{
  for (guint i = 0; i < jobs->len; i++)
    answer_error (pipeline, g_ptr_array_index (jobs, i), error);
}

static void
file_jobs (PdPipeline *pipeline, PdDesk *desk, GPtrArray *jobs)
{
  guint n = jobs->len;
  g_autofree PdIntake *intakes = g_new0 (PdIntake, n);
  g_autofree PdVerdict **verdicts = g_new0 (PdVerdict *, n);
  g_autofree GError **errors = g_new0 (GError *, n);

  for (guint i = 0; i < n; i++)
    {
      const Job *job = g_ptr_array_index (jobs, i);

      intakes[i] = (PdIntake){
        .id = job->id,
        .received = job->received,
        .source = "lmtp",
        .mail_from = job->envelope->sender,
        .recipients = (const char *const *)job->envelope->recipients,
        .raw = job->raw,
        .mail = job->mail,
        .held_reason = job->unread != NULL ? job->unread->message : NULL,
      };
    }
  pd_intake_batch (desk, intakes, n, verdicts, errors);
  for (guint i = 0; i < n; i++)
    {
      if (verdicts[i] != NULL)
        answer_verdict (pipeline, g_ptr_array_index (jobs, i), verdicts[i]);
      else
        answer_error (pipeline, g_ptr_array_index (jobs, i), errors[i]);
      g_clear_pointer (&verdicts[i], pd_verdict_free);
      g_clear_error (&errors[i]);
    }
}

static void *
run_writer (void *data)
{
  PdPipeline *pipeline = data;
  g_autoptr (GPtrArray) jobs = g_ptr_array_new ();
  PdDesk *desk = NULL;

  while (pd_queue_pop_all (pipeline->to_write, jobs, pipeline->batch))
    {
      g_autoptr (GError) error = NULL;

      answer_broken (pipeline, jobs);
      /* a database that was away is tried again with each batch */
      if (g_atomic_int_get (&pipeline->abandoned))
        pd_fail (&error, PD_ERROR_TEMPORARY, "the daemon stops");
      else if (desk == NULL)
        desk = pd_program_open_desk (pipeline->program, &error);
      if (error != NULL)
        answer_all (pipeline, jobs, error);
      else
        file_jobs (pipeline, desk, jobs);
      g_ptr_array_foreach (jobs, (GFunc)(void (*) (void))job_free, NULL);
      g_ptr_array_set_size (jobs, 0);
    }
  g_clear_pointer (&desk, pd_desk_free);
  return NULL;
}

/* ---- the whole ------------------------------------------------------------------- */

static GArray *
start_threads (guint n, void *(*run) (void *), PdPipeline *pipeline)
{
  GArray *threads = g_array_new (FALSE, FALSE, sizeof (pthread_t));

  for (guint i = 0; i < n; i++)
    {
      pthread_t thread;

      if (pthread_create (&thread, NULL, run, pipeline) != 0)
        g_error ("no thread can be started");
      g_array_append_val (threads, thread);
    }
  return threads;
}

static void
join_threads (GArray *threads)
{
  for (guint i = 0; i < threads->len; i++)
    pthread_join (g_array_index (threads, pthread_t, i), NULL);
  g_array_unref (threads);
}

/* SQLite has one writer; MariaDB takes several, each with its connection */
static guint
count_writers (const PdProgram *program)
{
  gint64 writers = pd_config_int (program->config, PD_SETTING_INGEST_WRITERS);
  gboolean sqlite = g_str_has_prefix (program->database_url, "sqlite:");

  return sqlite ? 1 : writers == 0 ? 2 : (guint)writers;
}

PdPipeline *
pd_pipeline_new (PdProgram *program, PdParserPool *pool, PdGpg *gpg, PdPipelineAnswer answer)
{
  PdPipeline *pipeline = g_new0 (PdPipeline, 1);
  const PdConfig *config = program->config;

  pipeline->program = program;
  pipeline->pool = pool;
  pipeline->unseal = (PdUnseal){ .gpg = gpg, .pool = pool };
  pipeline->answer = answer;
  pipeline->batch = (guint)pd_config_int (config, PD_SETTING_INGEST_BATCH);
  pipeline->reject_held
      = g_str_equal (pd_config_text (config, PD_SETTING_INGEST_HELD_REPLY), "reject");
  pipeline->to_parse = pd_queue_new (QUEUE_LIMIT);
  pipeline->to_write = pd_queue_new (QUEUE_LIMIT);
  pipeline->parsers = start_threads (pd_parser_pool_size (pool), run_parser, pipeline);
  pipeline->writers = start_threads (count_writers (program), run_writer, pipeline);
  return pipeline;
}

void
pd_pipeline_take (PdPipeline *pipeline, PdEnvelope *envelope, gpointer token)
{
  Job *job = g_new0 (Job, 1);

  job->id = pd_id_new ();
  job->received = pd_clock_now ();
  job->envelope = envelope;
  job->token = token;
  pd_queue_push (pipeline->to_parse, job);
}

gboolean
pd_pipeline_is_broken (PdPipeline *pipeline)
{
  return g_atomic_int_get (&pipeline->broken);
}

void
pd_pipeline_free (PdPipeline *pipeline)
{
  g_atomic_int_set (&pipeline->abandoned, TRUE);
  pd_queue_close (pipeline->to_parse);
  join_threads (pipeline->parsers);
  pd_queue_close (pipeline->to_write);
  join_threads (pipeline->writers);
  pd_queue_free (pipeline->to_parse);
  pd_queue_free (pipeline->to_write);
  g_free (pipeline);
}
