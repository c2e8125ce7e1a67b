/* The dump has its tables in order of name, not in the order in which one needs
 * another, and can be larger than the memory: so it is read several times, each time
 * for the tables whose turn it is.
 */
#include "desk/import-zenlix.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "desk/import-row.h"

#define PIECE (1024 * 1024) /* octets that are read at a time */

enum {
  FACTS, /* what others need of it before their turn; nothing is written */
  HOUSE, /* units, groups, plans, fields */
  PEOPLE,
  TICKETS,  /* and what hangs on people */
  CONTENTS, /* of tickets */
  FILES,
  N_PASSES,
};

static const struct {
  const char *table;
  int pass;
  PdZenlixWork work;
} works[] = {
  { "perf", FACTS, pd_zenlix_note_setting },
  { "tickets", FACTS, pd_zenlix_note_number },
  { "ticket_info", FACTS, pd_zenlix_note_source },
  { "files", FACTS, pd_zenlix_note_file },
  { "perf", HOUSE, pd_zenlix_take_setting },
  { "deps", HOUSE, pd_zenlix_take_unit },
  { "posada", HOUSE, pd_zenlix_take_job_title },
  { "units", HOUSE, pd_zenlix_take_group },
  { "user_fields", HOUSE, pd_zenlix_take_user_field },
  { "ticket_fields", HOUSE, pd_zenlix_take_ticket_field },
  { "sla_plans", HOUSE, pd_zenlix_take_plan },
  { "subj", HOUSE, pd_zenlix_take_topic },
  { "users", PEOPLE, pd_zenlix_take_user },
  { "sla_plans", PEOPLE, pd_zenlix_take_plan_parent },
  { "subj", PEOPLE, pd_zenlix_take_topic_parent },
  { "units", TICKETS, pd_zenlix_take_group_head },
  { "users", TICKETS, pd_zenlix_take_user_defaults },
  { "user_data", TICKETS, pd_zenlix_take_user_data },
  { "users_notify", TICKETS, pd_zenlix_take_choices },
  { "approved_info", TICKETS, pd_zenlix_take_request },
  { "scheduler_ticket", TICKETS, pd_zenlix_take_recurring },
  { "tickets", TICKETS, pd_zenlix_take_ticket },
  { "comments", CONTENTS, pd_zenlix_take_comment },
  { "ticket_log", CONTENTS, pd_zenlix_take_log },
  { "ticket_data", CONTENTS, pd_zenlix_take_ticket_data },
  { "files", FILES, pd_zenlix_take_file },
  { "user_fields", FILES, pd_zenlix_close_user_field },
  { "ticket_fields", FILES, pd_zenlix_close_ticket_field },
};

/* Tables of ZENLIX-2 that have no place here. */
static const struct {
  const char *table, *reason;
} homeless[] = {
  { "calendar", "events of a private calendar have no place here" },
  { "helper", "articles of the knowledge base have no place here yet" },
  { "helper_cat", "articles of the knowledge base have no place here yet" },
  { "messages", "chat has no place here" },
  { "news", "what people were told is not kept: the history of tickets has it" },
  { "notes", "private notes have no place here" },
  { "notification_msg_pool", "a queue: nobody is told by an import" },
  { "notification_pool", "a queue: nobody is told by an import" },
  { "portal_manual", "the portal has no place here yet" },
  { "portal_manual_cat", "the portal has no place here yet" },
  { "portal_manual_qa", "the portal has no place here yet" },
  { "portal_news", "the portal has no place here yet" },
  { "portal_posts", "the portal has no place here yet" },
  { "portal_todo", "the portal has no place here yet" },
  { "portal_versions", "the portal has no place here yet" },
  { "post_comments", "the portal has no place here yet" },
  { "post_files", "the portal has no place here yet" },
  { "post_likes", "the portal has no place here yet" },
  { "user_devices", "tokens of a mobile application that is gone" },
  { "user_files", "files of people have no place here yet" },
};

/* Tables that others depend on: without them it is no dump of ZENLIX-2. */
static const char *const needed[] = { "users", "tickets", NULL };

/* ---- the report ---- */

static void
table_free (gpointer data)
{
  PdZenlixTable *table = data;

  g_free (table->table);
  g_hash_table_unref (table->skipped);
  g_free (table);
}

static PdZenlixReport *
report_new (void)
{
  PdZenlixReport *report = g_new0 (PdZenlixReport, 1);

  report->tables = g_ptr_array_new_with_free_func (table_free);
  report->notes = g_ptr_array_new_with_free_func (g_free);
  return report;
}

void
pd_zenlix_report_free (PdZenlixReport *report)
{
  if (report == NULL)
    return;
  g_ptr_array_unref (report->tables);
  g_ptr_array_unref (report->notes);
  g_free (report);
}

guint64
pd_zenlix_skipped (const PdZenlixTable *table)
{
  GHashTableIter iter;
  gpointer count;
  guint64 sum = 0;

  g_hash_table_iter_init (&iter, table->skipped);
  while (g_hash_table_iter_next (&iter, NULL, &count))
    sum += *(guint64 *)count;
  return sum;
}

static PdZenlixTable *
table_of (PdZenlix *zenlix, const char *name)
{
  PdZenlixTable *table = g_hash_table_lookup (zenlix->tables, name);

  if (table != NULL)
    return table;
  table = g_new0 (PdZenlixTable, 1);
  table->table = g_utf8_make_valid (name, -1);
  table->skipped = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_ptr_array_add (zenlix->report->tables, table);
  g_hash_table_insert (zenlix->tables, g_strdup (name), table);
  return table;
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  const PdZenlixTable *x = *(PdZenlixTable *const *)a, *y = *(PdZenlixTable *const *)b;

  return strcmp (x->table, y->table);
}

/* ---- a pass ---- */

typedef struct {
  PdZenlix *zenlix;
  int pass;
  guint n; /* rows since the transaction began */
} Pass;

static gboolean
begin (PdZenlix *zenlix, GError **error)
{
  return zenlix->options->trial || pd_desk_begin (zenlix->desk, error);
}

static gboolean
commit (PdZenlix *zenlix, GError **error)
{
  return zenlix->options->trial || pd_desk_commit (zenlix->desk, error);
}

static const char *
homeless_reason (const char *table)
{
  for (guint i = 0; i < G_N_ELEMENTS (homeless); i++)
    if (strcmp (homeless[i].table, table) == 0)
      return homeless[i].reason;
  for (guint i = 0; i < G_N_ELEMENTS (works); i++)
    if (strcmp (works[i].table, table) == 0)
      return NULL;
  return "no table of ZENLIX-2";
}

/* Counts it, and says what becomes of a table without a place. */
static void
count_row (PdZenlix *zenlix)
{
  const char *reason = homeless_reason (zenlix->row->table);

  zenlix->table->read++;
  if (reason != NULL)
    pd_zenlix_skip (zenlix, reason);
}

static gboolean
work_row (Pass *pass, PdZenlixWork work, GError **error)
{
  PdZenlix *zenlix = pass->zenlix;

  if (!work (zenlix, error))
    {
      g_prefix_error (error, "table %s, row %s: ", zenlix->row->table,
                      zenlix->row->n > 0 ? pd_zenlix_text (zenlix, zenlix->row->columns[0]) : "");
      return FALSE;
    }
  if (++pass->n < PD_ZENLIX_BATCH)
    return TRUE;
  pass->n = 0;
  return commit (zenlix, error) && begin (zenlix, error);
}

static gboolean
on_row (const PdMysqlRow *row, gpointer data, GError **error)
{
  Pass *pass = data;
  PdZenlix *zenlix = pass->zenlix;
  gboolean good = TRUE;

  zenlix->row = row;
  zenlix->table = table_of (zenlix, row->table);
  zenlix->texts = g_new0 (char *, row->n + 1);
  if (pass->pass == FACTS)
    count_row (zenlix);
  for (guint i = 0; good && i < G_N_ELEMENTS (works); i++)
    if (works[i].pass == pass->pass && strcmp (works[i].table, row->table) == 0)
      good = work_row (pass, works[i].work, error);
  for (guint i = 0; i < row->n; i++)
    g_free (zenlix->texts[i]);
  g_clear_pointer (&zenlix->texts, g_free);
  zenlix->row = NULL;
  return good;
}

static gboolean
read_file (FILE *file, PdMysqlDump *dump, GError **error)
{
  g_autofree char *piece = g_malloc (PIECE);
  size_t length;

  while ((length = fread (piece, 1, PIECE, file)) > 0)
    if (!pd_mysql_dump_feed (dump, piece, length, error))
      return FALSE;
  if (ferror (file))
    return pd_fail (error, PD_ERROR_TEMPORARY, "cannot be read: %s", g_strerror (errno));
  return pd_mysql_dump_end (dump, error);
}

static gboolean
run_pass (PdZenlix *zenlix, FILE *file, int number, GError **error)
{
  Pass pass = { zenlix, number, 0 };
  g_autoptr (PdMysqlDump) dump = pd_mysql_dump_new (on_row, &pass);

  rewind (file);
  return begin (zenlix, error) && read_file (file, dump, error) && commit (zenlix, error);
}

/* ---- between the passes ---- */

static gboolean
choose_zone (PdZenlix *zenlix, GError **error)
{
  const char *own = g_hash_table_lookup (zenlix->perf, "time_zone");
  const char *name = zenlix->options->zone;

  if (name == NULL && own != NULL && *own != '\0')
    name = own;
  if (name == NULL)
    name = zenlix->options->fallback_zone != NULL ? zenlix->options->fallback_zone : "UTC";
  zenlix->zone = g_time_zone_new_identifier (name);
  zenlix->zone_name = name;
  if (zenlix->zone == NULL)
    return pd_fail (error, PD_ERROR_INVALID,
                    "\"%s\" is no time zone; give one with --timezone, such as Europe/Kyiv", name);
  pd_zenlix_say (zenlix, "local times were read in the zone %s", name);
  return TRUE;
}

static gboolean
raise_counter (PdZenlix *zenlix, GError **error)
{
  return begin (zenlix, error)
         && pd_db_exec (zenlix->desk->db, PD_SQL_IMPORT_COUNTER_RAISE,
                        PD_BIND (PD_INT (zenlix->last_number), PD_TEXT ("ticket"),
                                 PD_INT (zenlix->last_number)),
                        NULL, error)
         && commit (zenlix, error);
}

static gboolean
is_ours (PdZenlix *zenlix, GError **error)
{
  for (guint i = 0; needed[i] != NULL; i++)
    if (g_hash_table_lookup (zenlix->tables, needed[i]) == NULL)
      return pd_fail (error, PD_ERROR_INVALID,
                      "this is no dump of ZENLIX-2: the table \"%s\" is not in it", needed[i]);
  return choose_zone (zenlix, error) && raise_counter (zenlix, error);
}

static gboolean
settle_all (PdZenlix *zenlix, GError **error)
{
  GHashTableIter iter;
  gpointer state;
  guint n = 0;

  if (!begin (zenlix, error))
    return FALSE;
  g_hash_table_iter_init (&iter, zenlix->states);
  while (g_hash_table_iter_next (&iter, NULL, &state))
    {
      if (!pd_zenlix_settle (zenlix, state, error))
        return FALSE;
      if (++n % PD_ZENLIX_BATCH == 0 && (!commit (zenlix, error) || !begin (zenlix, error)))
        return FALSE;
    }
  return commit (zenlix, error);
}

static gboolean
run (PdZenlix *zenlix, FILE *file, GError **error)
{
  for (int pass = 0; pass < N_PASSES; pass++)
    if (!run_pass (zenlix, file, pass, error) || (pass == FACTS && !is_ours (zenlix, error)))
      return FALSE;
  return settle_all (zenlix, error);
}

/* ---- public ---- */

static void
file_free (gpointer data)
{
  PdZenlixFile *file = data;

  g_free (file->name);
  g_free (file->type);
  g_free (file->extension);
  g_free (file);
}

static void
zenlix_init (PdZenlix *zenlix)
{
  zenlix->report = report_new ();
  zenlix->tables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  zenlix->perf = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  zenlix->sources = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  zenlix->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, file_free);
  zenlix->states = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  zenlix->field_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
zenlix_clear (PdZenlix *zenlix)
{
  pd_zenlix_report_free (zenlix->report);
  g_hash_table_unref (zenlix->tables);
  g_hash_table_unref (zenlix->perf);
  g_hash_table_unref (zenlix->sources);
  g_hash_table_unref (zenlix->files);
  g_hash_table_unref (zenlix->states);
  g_hash_table_unref (zenlix->field_names);
  g_clear_pointer (&zenlix->zone, g_time_zone_unref);
}

PdZenlixReport *
pd_import_zenlix (PdDesk *desk, const char *path, const PdZenlixOptions *options, GError **error)
{
  PdZenlix zenlix = { .desk = desk, .options = options };
  PdZenlixReport *report = NULL;
  FILE *file = fopen (path, "rbe");

  if (file == NULL)
    {
      pd_fail (error, PD_ERROR_NOT_FOUND, "%s: %s", path, g_strerror (errno));
      return NULL;
    }
  zenlix_init (&zenlix);
  if ((!options->trial || pd_desk_begin (desk, error)) && run (&zenlix, file, error))
    {
      g_ptr_array_sort (zenlix.report->tables, by_name);
      report = g_steal_pointer (&zenlix.report);
    }
  else
    g_prefix_error (error, "%s: ", path);
  if (pd_db_in_transaction (desk->db))
    pd_desk_rollback (desk);
  zenlix_clear (&zenlix);
  fclose (file);
  return report;
}
