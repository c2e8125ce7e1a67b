/* csv.h - comma-separated values: RFC 4180, in UTF-8.
 *
 * Pure.  Lines end with CRLF or LF; a cell in quotes may have commas, line ends
 * and doubled quotes; blanks count; a byte order mark at the start is skipped;
 * empty lines are left out.
 */
#pragma once

#include <glib.h>

#define PD_CSV_MAX_ROWS    100000
#define PD_CSV_MAX_COLUMNS 200
#define PD_CSV_MAX_CELL    65536 /* octets */

typedef struct {
  guint      line;  /* on which the row begins, from 1 */
  GPtrArray *cells; /* of char* */
} PdCsvRow;

/* Reads all rows, as GPtrArray of PdCsvRow that the caller unrefs.
 *
 * Errors   PD_ERROR_INVALID   says line and column: a quote that is not closed, or has
 *          something behind it, or stands within a bare cell; no UTF-8; a NUL; past a bound
 */
GPtrArray *pd_csv_parse (const char *text, gsize size, GError **error);
