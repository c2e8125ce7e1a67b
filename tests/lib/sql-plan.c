#include "tests/lib/sql-plan.h"

#include <string.h>

#include "store/db.h"

/* What `plan` asks for. */
typedef struct {
  GPtrArray *indexes;
  GPtrArray *scans;
  gboolean primary_key;
} Plan;

static void
plan_free (Plan *plan)
{
  g_ptr_array_unref (plan->indexes);
  g_ptr_array_unref (plan->scans);
  g_free (plan);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Plan, plan_free)

static Plan *
plan_parse (const char *text)
{
  Plan *plan = g_new0 (Plan, 1);
  g_autoptr (GRegex) remark = g_regex_new ("\\([^()]*\\)", 0, 0, NULL);
  g_autofree char *bare = g_regex_replace (remark, text, -1, 0, "", 0, NULL);
  g_auto (GStrv) items = g_strsplit (bare, ",", -1);

  plan->indexes = g_ptr_array_new_with_free_func (g_free);
  plan->scans = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; items[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit_set (g_strstrip (items[i]), " ", 2);
      const char *last = g_strv_length (words) == 2 ? g_strstrip (words[1]) : words[0];

      if (last == NULL || *last == '\0')
        continue;
      if (strstr (items[i], "primary key") != NULL)
        plan->primary_key = TRUE;
      else
        g_ptr_array_add (strcmp (words[0], "scans") == 0 ? plan->scans : plan->indexes,
                         g_strdup (last));
    }
  return plan;
}

static gboolean
holds (GPtrArray *names, const char *name)
{
  return g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL);
}

/* Whether `name`, a table or its alias in the text, may be scanned. */
static gboolean
may_scan (const Plan *plan, const char *text, const char *name)
{
  for (guint i = 0; i < plan->scans->len; i++)
    {
      const char *table = g_ptr_array_index (plan->scans, i);
      g_autofree char *pattern = g_strdup_printf ("\\b%s\\s+(AS\\s+)?%s\\b", table, name);

      if (strcmp (table, name) == 0 || g_regex_match_simple (pattern, text, G_REGEX_CASELESS, 0))
        return TRUE;
    }
  return FALSE;
}

static void
complain (GString *faults, const PdSqlStatement *statement, const char *what, const char *name,
          const char *seen)
{
  g_string_append_printf (faults, "statement %s: %s %s; the database says:\n%s\n", statement->name,
                          what, name, seen);
}

/* ---- SQLite ---- */

static char *
sqlite_explain (sqlite3 *db, const char *text)
{
  g_autofree char *question = g_strconcat ("EXPLAIN QUERY PLAN ", text, NULL);
  GString *lines = g_string_new (NULL);
  sqlite3_stmt *statement;

  if (sqlite3_prepare_v2 (db, question, -1, &statement, NULL) != SQLITE_OK)
    g_string_append (lines, sqlite3_errmsg (db));
  while (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
    g_string_append_printf (lines, "%s\n", sqlite3_column_text (statement, 3));
  sqlite3_finalize (statement);
  return g_string_free (lines, FALSE);
}

static void
check_sqlite_line (GString *faults, const PdSqlStatement *statement, const Plan *plan,
                   const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  gboolean by_index = FALSE;

  if (strstr (line, "AUTOMATIC") != NULL)
    complain (faults, statement, "no index for", words[1], line);
  if (strcmp (words[0], "SCAN") != 0 || strcmp (words[1], "CONSTANT") == 0 || words[1][0] == '(')
    return;
  /* a walk along an index that is named is what ORDER BY … LIMIT wants */
  for (guint i = 2; words[i] != NULL; i++)
    by_index = by_index || holds (plan->indexes, words[i]);
  if (!by_index && !may_scan (plan, statement->text[PD_DB_SQLITE], words[1]))
    complain (faults, statement, "scans", words[1], line);
}

void
sql_plan_check_sqlite (sqlite3 *db, const PdSqlStatement *statement, GString *faults)
{
  g_autoptr (Plan) plan = plan_parse (statement->plan);
  g_autofree char *seen = sqlite_explain (db, statement->text[PD_DB_SQLITE]);
  g_auto (GStrv) lines = g_strsplit (seen, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      check_sqlite_line (faults, statement, plan, lines[i]);
  for (guint i = 0; i < plan->indexes->len; i++)
    {
      const char *name = g_ptr_array_index (plan->indexes, i);
      g_autofree char *pattern = g_strdup_printf ("\\bINDEX %s\\b", name);

      if (!g_regex_match_simple (pattern, seen, 0, 0))
        complain (faults, statement, "does not use", name, seen);
    }
  if (plan->primary_key && strstr (seen, "PRIMARY KEY") == NULL
      && strstr (seen, "sqlite_autoindex_") == NULL)
    complain (faults, statement, "does not use", "the primary key", seen);
}

/* ---- MariaDB ---- */

/* The text with values in place of its question marks. */
static char *
with_values (const PdSqlStatement *statement)
{
  const char *text = statement->text[PD_DB_MARIADB];
  gboolean json = strstr (text, "JSON_") != NULL; /* which must be some */
  GString *filled = g_string_new ("EXPLAIN ");
  char quote = '\0';
  guint i = 0;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (quote != '\0')
        quote = *p == quote ? '\0' : quote;
      else if (*p == '\'' || *p == '"')
        quote = *p;
      if (quote == '\0' && *p == '?')
        g_string_append (filled, statement->in[i++] == 'i' ? "7" : json ? "'[]'" : "'v7'");
      else
        g_string_append_c (filled, *p);
    }
  return g_string_free (filled, FALSE);
}

/* Columns of EXPLAIN. */
enum { ID, SELECT_TYPE, TABLE, TYPE, POSSIBLE_KEYS, KEY, KEY_LEN, REF, ROWS_, EXTRA };

static void
check_mariadb_row (GString *faults, const PdSqlStatement *statement, const Plan *plan,
                   MYSQL_ROW row, GString *keys)
{
  const char *table = row[TABLE], *type = row[TYPE];

  g_string_append_printf (keys, ",%s,%s,", row[KEY] != NULL ? row[KEY] : "",
                          row[POSSIBLE_KEYS] != NULL ? row[POSSIBLE_KEYS] : "");
  if (table == NULL || type == NULL || table[0] == '<' || strcmp (row[SELECT_TYPE], "INSERT") == 0)
    return;
  if (strcmp (type, "ALL") == 0 && row[POSSIBLE_KEYS] == NULL
      && !may_scan (plan, statement->text[PD_DB_MARIADB], table))
    complain (faults, statement, "scans", table, "type ALL, no possible key");
}

gboolean
sql_plan_check_mariadb (MYSQL *db, const PdSqlStatement *statement, GString *faults)
{
  g_autoptr (Plan) plan = plan_parse (statement->plan);
  g_autofree char *question = with_values (statement);
  g_autoptr (GString) keys = g_string_new (NULL);
  MYSQL_RES *result = mysql_query (db, question) == 0 ? mysql_store_result (db) : NULL;
  gboolean decided = FALSE;
  MYSQL_ROW row;

  if (result == NULL)
    {
      complain (faults, statement, "is not explained", "", mysql_error (db));
      return TRUE;
    }
  while ((row = mysql_fetch_row (result)) != NULL)
    {
      check_mariadb_row (faults, statement, plan, row, keys);
      decided = decided
                || (row[TABLE] == NULL && row[EXTRA] != NULL
                    && strcmp (row[EXTRA], "No tables used") != 0);
    }
  mysql_free_result (result);
  if (decided)
    return FALSE;
  for (guint i = 0; i < plan->indexes->len; i++)
    {
      g_autofree char *name
          = g_strdup_printf (",%s,", (char *)g_ptr_array_index (plan->indexes, i));

      if (strstr (keys->str, name) == NULL)
        complain (faults, statement, "does not use", name, keys->str);
    }
  if (plan->primary_key && strstr (keys->str, ",PRIMARY,") == NULL)
    complain (faults, statement, "does not use", "the primary key", keys->str);
  return TRUE;
}
