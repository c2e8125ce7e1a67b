/* mysql-dump.h - the rows of a file that mysqldump (or phpMyAdmin) has written.
 *
 * It is fed with bytes in pieces of any size and gives each row of each INSERT
 * or REPLACE to a function; nothing is kept but the row and the columns of each
 * table.  All else (SET NAMES, SET TIME_ZONE and the columns of CREATE TABLE apart) is passed
 * over, what stands in conditional comments too, triggers and routines between
 * DELIMITER lines included.  Only constants are read: strings with backslash and
 * doubled quotes, numbers, NULL, x'AB', 0xAB, b'01', and a charset introducer in
 * front of any of them; an expression is an error.
 *
 * Pure: no I/O, no database, no clock.
 */
#pragma once

#include <glib.h>

#define PD_MYSQL_DUMP_MAX_ROW     (128 * 1024 * 1024) /* octets of all values of a row */
#define PD_MYSQL_DUMP_MAX_COLUMNS 1000                /* of a table; MySQL has 4096, half of that in InnoDB */
#define PD_MYSQL_DUMP_MAX_TABLES  10000
#define PD_MYSQL_DUMP_MAX_NAME    256                 /* octets; MySQL has 64 characters */

typedef struct PdMysqlDump PdMysqlDump;

/* Any bytes, 0 included; behind the last one stands a 0.  NULL: SQL's NULL. */
typedef struct {
  const char *bytes;
  gsize       length;
} PdMysqlValue;

/* Lent to the function for the call. */
typedef struct {
  const char         *table;
  guint               n;       /* columns, values */
  const char *const  *columns; /* as they are written */
  const char *const  *types;   /* the word behind the column in CREATE TABLE, "timestamp"; "" not
                                * known.  NULL: none is */
  const PdMysqlValue *values;
  const char         *charset; /* of SET NAMES before it: "utf8mb4", "latin1"; "" none */
  gboolean            utc;     /* SET TIME_ZONE='+00:00' is before it: values of type timestamp are
                                * UTC; those of type datetime never are */
} PdMysqlRow;

/* FALSE ends the reading with the error. */
typedef gboolean (*PdMysqlRowFunc) (const PdMysqlRow *row, gpointer data, GError **error);

PdMysqlDump *pd_mysql_dump_new  (PdMysqlRowFunc     each,
                                 gpointer           data);
void         pd_mysql_dump_free (PdMysqlDump       *dump);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdMysqlDump, pd_mysql_dump_free)

/* Reads a piece.  After an error nothing more may be fed.
 *
 * Errors   PD_ERROR_INVALID   with the line: a bound above, an INSERT that is not
 *          understood, one whose columns are not known or are more or less than
 *          its values; and what the function said
 */
gboolean     pd_mysql_dump_feed (PdMysqlDump       *dump,
                                 const char        *bytes,
                                 gsize              length,
                                 GError           **error);

/* The end of the file.
 *
 * Errors   PD_ERROR_INVALID   it ends in the middle of an INSERT or of a string:
 *          the file is cut off
 */
gboolean     pd_mysql_dump_end  (PdMysqlDump       *dump,
                                 GError           **error);

/* A value as text: always valid UTF-8, "" for NULL; caller frees.  UTF-8 is taken
 * as it is whatever the charset says, since servers convert on the way; other
 * bytes are read in the charset, or as Windows-1252, which is MySQL's latin1.
 */
char        *pd_mysql_value_dup_text (const PdMysqlValue *value,
                                      const char         *charset);
