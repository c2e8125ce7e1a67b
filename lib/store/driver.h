/* driver.h - what a driver gives to db.c; only lib/store includes this.
 *
 * A driver embeds PdDb and PdRows as the first members of its own structs.
 * db.c has checked the values against the statement, keeps the state of the
 * transaction, and puts the name of the statement in front of an error.
 */
#pragma once

#include "store/db.h"
#include "store/statement.h"

typedef enum {
  PD_DB_IDLE,   /* no transaction */
  PD_DB_OPEN,   /* pd_db_begin was called */
  PD_DB_BROKEN, /* the database ended it; only pd_db_rollback is taken */
} PdDbState;

typedef struct {
  PdDbDialect dialect;

  void     (*close)    (PdDb *db);

  /* Makes a lost connection anew.  Never called in a transaction. */
  gboolean (*connect)  (PdDb *db, GError **error);

  /* The texts of pd_db_begin, by mode; separated by ";". */
  const char *begin[2];

  /* Whether a SAVEPOINT takes the place of the one of the same name, so that a
   * RELEASE would only be one more round trip. */
  gboolean savepoint_replaces;

  /* Runs a text without values and without rows. */
  gboolean (*run)      (PdDb *db, const char *text, GError **error);

  gboolean (*exec)     (PdDb *db, PdSqlId sql, const PdDbValue *values, gint64 *out_changed,
                        GError **error);
  PdRows  *(*query)    (PdDb *db, PdSqlId sql, const PdDbValue *values, GError **error);

  int      (*next)     (PdRows *rows, GError **error);
  void     (*free_rows)(PdRows *rows);
  gint64   (*get_int)  (PdRows *rows, guint column);
  /* Bytes of the current row, lent until the next step; followed by a NUL */
  const char *(*get_bytes) (PdRows *rows, guint column, gsize *out_length);
  gboolean (*is_null)  (PdRows *rows, guint column);
} PdDbDriver;

struct PdDb {
  guint64           n_calls; /* statements asked for */
  const PdDbDriver *driver;
  PdDbState         state;
  PdDbMode          mode; /* of the transaction that is open */
  guint             savepoints; /* that are open */
  gboolean          failed;     /* a statement of the transaction, since the rollback to a savepoint */
  gboolean          lost; /* the driver found the connection dead */
};

struct PdRows {
  PdDb   *db;
  PdSqlId sql;
  guint   n_columns;
  gboolean has_row;
};

/* sqlite:PATH and mysql://…; the caller has looked at the scheme. */
PdDb *pd_sqlite_open  (const char *path, GError **error);
PdDb *pd_mariadb_open (const char *url, GError **error);
