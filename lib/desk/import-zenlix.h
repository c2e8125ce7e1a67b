/* import-zenlix.h - the people, plans and tickets of a ZENLIX-2 help desk, from its
 * MySQL dump.
 *
 * What is taken: units, positions, client groups and their heads, people with login,
 * contacts, rights, further fields, event filters and default performers; SLA plans
 * and subjects; tickets with their numbers, texts, comments, files, further fields,
 * and history, of which the SLA clocks are counted; recurring tickets; requests to
 * add or change clients.  No password: those were unsalted MD5, their owners get new
 * ones by mail.  What has no place here is counted and said.
 *
 * Nobody is told anything.  All is written in transactions of a bounded size, and each
 * row that was taken is remembered: interrupted, or with a newer dump or with files
 * that were missing, the import can be run again, and takes what is new.  What it has
 * taken once it never changes again.
 */
#pragma once

#include "desk/desk.h"

#define PD_ZENLIX_BATCH     500    /* rows in a transaction */
#define PD_ZENLIX_MAX_NOTES 1000   /* lines about single rows; more are counted */
#define PD_ZENLIX_MAX_FILE  (256 * 1024 * 1024) /* octets of a file that is attached */

typedef struct {
  const char *files; /* folder of uploads; NULL: files are left out */
  const char *zone;  /* of the times in the dump, IANA name; NULL: as perf.time_zone says, else the desk's */
  const char *fallback_zone; /* the desk's */
  gboolean    trial; /* all is taken back at the end: one transaction, in which others wait */
} PdZenlixOptions;

/* What became of a table. */
typedef struct {
  char       *table;
  guint64     read, imported;
  guint64     known;   /* imported by an earlier run */
  GHashTable *skipped; /* char* reason -> guint64* how often */
} PdZenlixTable;

typedef struct {
  GPtrArray *tables; /* of PdZenlixTable, in order of name */
  GPtrArray *notes;  /* of char*: what somebody should look at, a line each */
  guint64    notes_left_out;
} PdZenlixReport;

void            pd_zenlix_report_free (PdZenlixReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdZenlixReport, pd_zenlix_report_free)

guint64         pd_zenlix_skipped     (const PdZenlixTable *table); /* over all reasons */

/* Imports a dump; reads the file several times.  Not in a transaction: it makes its own.
 *
 * path     of the dump, uncompressed
 * Errors   PD_ERROR_NOT_FOUND  no such file; PD_ERROR_INVALID  no dump of ZENLIX-2, or
 *          broken: what was read before stays; an unknown zone; PD_ERROR_CONFLICT
 *          somebody else was in the way: run it again
 */
PdZenlixReport *pd_import_zenlix      (PdDesk                *desk,
                                       const char            *path,
                                       const PdZenlixOptions *options,
                                       GError               **error);
