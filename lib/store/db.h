/* db.h - one connection to the database, SQLite or MariaDB, behind one face.
 *
 * A connection belongs to one thread at a time.  Statements are named in
 * db/ *.sql and generated into PD_SQL_… constants (store/sql.h); each is
 * prepared once per connection and kept.  Values are always bound.
 *
 * Errors of every call: PD_ERROR_CONFLICT  deadlock, lock time-out, unique or
 * foreign key: roll the transaction back and run it again (pd_db_transaction
 * does); PD_ERROR_TEMPORARY  connection lost (the next transaction
 * reconnects), server away, disk full, SQLite's write lock not free for ten
 * seconds; PD_ERROR_INVALID  a value that a column refuses, text that is not
 * UTF-8, values that are larger than the server's max_allowed_packet;
 * PD_ERROR_INTERNAL  anything else, also values whose number or types are not
 * those of the statement.  The text begins with "statement NAME: ".
 */
#pragma once

#include <glib.h>

#include "store/sql.h"

typedef struct PdDb PdDb;
typedef struct PdRows PdRows;

typedef enum {
  PD_DB_SQLITE,
  PD_DB_MARIADB,
} PdDbDialect;

/* A value to bind.  Text and bytes are borrowed until the call returns. */
typedef struct {
  enum { PD_DB_NULL, PD_DB_INT, PD_DB_TEXT, PD_DB_BLOB } type;
  gint64      number;
  const void *bytes;
  gsize       length;
} PdDbValue;

static inline PdDbValue
PD_INT (gint64 number)
{
  return (PdDbValue){ .type = PD_DB_INT, .number = number };
}

/* 0 is bound as NULL: for optional ids */
static inline PdDbValue
PD_ID (gint64 id)
{
  return (PdDbValue){ .type = id != 0 ? PD_DB_INT : PD_DB_NULL, .number = id };
}

/* NULL is bound as NULL */
PdDbValue     PD_TEXT               (const char   *text);
PdDbValue     PD_BLOB               (const void   *bytes,
                                     gsize         length);

/* `PD_BIND (PD_INT (id), PD_TEXT (name))`; PD_NO_VALUES for none */
#define PD_BIND(...)  (const PdDbValue[]){ __VA_ARGS__ }, G_N_ELEMENTS (((const PdDbValue[]){ __VA_ARGS__ }))
#define PD_NO_VALUES  NULL, 0

/* Opens a connection.
 *
 * url      sqlite:PATH (made if missing; sqlite::memory: for tests) or
 *          mysql://USER[:PASS]@HOST[:PORT]/DB[?socket=PATH], percent-encoded
 */
PdDb         *pd_db_open            (const char   *url,
                                     GError      **error);
void          pd_db_close           (PdDb         *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdDb, pd_db_close)

PdDbDialect   pd_db_get_dialect     (PdDb         *db);

/* Transactions.  A writer takes SQLite's write lock at once (BEGIN
 * IMMEDIATE) and reads what is committed; a reader sees one state of the
 * database from its first query on and may not write.
 *
 * After an error in a transaction only rollback is allowed, or rollback to a
 * savepoint if pd_db_in_transaction still says TRUE (a MariaDB deadlock and
 * SQLite's full disk end the whole transaction).  Once the database has ended
 * it, all calls fail until pd_db_rollback: nothing is done outside of it by
 * accident.  A commit that fails leaves no transaction; if it failed with
 * PD_ERROR_TEMPORARY it may have been done all the same.
 */
typedef enum { PD_DB_READ, PD_DB_WRITE } PdDbMode;

gboolean      pd_db_begin           (PdDb         *db,
                                     PdDbMode      mode,
                                     GError      **error);
gboolean      pd_db_commit          (PdDb         *db,
                                     GError      **error);
void          pd_db_rollback        (PdDb         *db);
gboolean      pd_db_in_transaction  (PdDb         *db);

/* Whether the connection was found dead: what failed with PD_ERROR_TEMPORARY
 * is then worth another run at once, on a new one. */
gboolean      pd_db_is_lost         (PdDb         *db);

/* Whether a statement of the open transaction has failed (and was not undone by
 * a rollback to a savepoint).  Tells a refusal by the rules of who calls from
 * one by the database, after which nothing may go on. */
gboolean      pd_db_has_failed      (PdDb         *db);

/* Savepoints lie in each other, at most PD_DB_MAX_SAVEPOINTS; the calls below
 * are about the innermost one. */
#define PD_DB_MAX_SAVEPOINTS 2

gboolean      pd_db_savepoint       (PdDb         *db,
                                     GError      **error);   /* opens one */
gboolean      pd_db_release         (PdDb         *db,
                                     GError      **error);   /* keeps what was done since */
gboolean      pd_db_rollback_to     (PdDb         *db,
                                     GError      **error);   /* undoes it, and closes the savepoint */

/* Runs `work` in a transaction and commits; on PD_ERROR_CONFLICT rolls back
 * and runs it again, up to 5 times with a short, growing pause; on a lost
 * connection (not at commit) reconnects and runs it again once.
 */
typedef gboolean (*PdDbWork)        (PdDb         *db,
                                     gpointer      data,
                                     GError      **error);
gboolean      pd_db_transaction     (PdDb         *db,
                                     PdDbMode      mode,
                                     PdDbWork      work,
                                     gpointer      data,
                                     GError      **error);

/* Runs a statement that returns no rows.
 *
 * out_changed   rows inserted, deleted or met by an UPDATE, also when it gave
 *               them the values they had; not to be used after an upsert,
 *               which the databases count differently.  NULL if nobody wants
 *               to know
 */
gboolean      pd_db_exec            (PdDb            *db,
                                     PdSqlId          sql,
                                     const PdDbValue *values,
                                     gsize            n_values,
                                     gint64          *out_changed,
                                     GError         **error);

/* Runs a query (or a statement with RETURNING, which has done its work when
 * this returns).  NULL on error; else rows to step through and free, before
 * the connection is closed.  Works outside of a transaction too.  While rows
 * are open other statements (also the same one) may run on the connection.
 */
PdRows       *pd_db_query           (PdDb            *db,
                                     PdSqlId          sql,
                                     const PdDbValue *values,
                                     gsize            n_values,
                                     GError         **error);

/* Steps: 1 a row, 0 no more, -1 error. */
int           pd_rows_next          (PdRows       *rows,
                                     GError      **error);
void          pd_rows_free          (PdRows       *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdRows, pd_rows_free)

/* Columns of the current row, from 0.  Text is lent until the next step, ""
 * for NULL; a number is 0 for NULL. */
gint64        pd_rows_int           (PdRows       *rows,
                                     guint         column);
const char   *pd_rows_text          (PdRows       *rows,
                                     guint         column);
GBytes       *pd_rows_dup_blob      (PdRows       *rows,
                                     guint         column);   /* caller unrefs */
gboolean      pd_rows_is_null       (PdRows       *rows,
                                     guint         column);

/* The first column of the first row as a number; TRUE with *out = 0 if there is
 * no row. */
gboolean      pd_db_find_int        (PdDb            *db,
                                     PdSqlId          sql,
                                     const PdDbValue *values,
                                     gsize            n_values,
                                     gint64          *out,
                                     GError         **error);

/* The first column of all rows, as GArray of gint64 that the caller unrefs;
 * NULL on error. */
GArray       *pd_db_list_ints       (PdDb            *db,
                                     PdSqlId          sql,
                                     const PdDbValue *values,
                                     gsize            n_values,
                                     GError         **error);

/* How many statements were run on the connection so far: what an act costs must
 * not grow with what it meets, and a test can say so. */
guint64       pd_db_get_calls       (PdDb            *db);

/* For migrations and tests only: text that no user has a hand in. */
gboolean      pd_db_exec_script     (PdDb         *db,
                                     const char   *script,
                                     GError      **error);
