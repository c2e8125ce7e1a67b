/* import-row.h - what the files of the ZENLIX import share: a row by the names of its
 * columns, what stands for it here, and the account of it.  Not installed.
 */
#pragma once

#include "base/mysql-dump.h"
#include "desk/import-zenlix.h"

#define PD_ZENLIX_SOURCE "zenlix" /* in import_map */

typedef struct {
  PdDesk *desk;
  const PdZenlixOptions *options;
  PdZenlixReport *report;
  GTimeZone *zone;
  const char *zone_name;
  GHashTable *tables;    /* char* -> PdZenlixTable of the report, lent */

  const PdMysqlRow *row; /* the one in hand */
  PdZenlixTable *table;  /* its table */
  char **texts;          /* of its values, made when they are asked for */

  GHashTable *perf;      /* char* -> char*: its settings */
  gint64 last_number;    /* the largest number of a ticket in the dump */
  GHashTable *sources;   /* gint64* number -> static text: how the ticket came */
  GHashTable *files;     /* char* hash -> PdZenlixFile */
  GHashTable *states;    /* gint64* number -> PdZenlixState: as far as the history was read */
  GHashTable *field_names; /* char* "p7" or "t7" -> char* the name of the field here */
} PdZenlix;

/* A file as its row describes it. */
typedef struct {
  char *name, *type, *extension;
  gboolean attached; /* in this run */
} PdZenlixFile;

/* A ticket of the dump that is followed through its history. */
typedef struct {
  gint64 id;       /* here */
  gint64 number;   /* there */
  gint64 locker;   /* there: who has it in work by the history, 0 nobody */
  gint64 end_locker, end_finisher; /* there, by its own row */
  gint64 done, updated; /* when, by its own row */
  guint  settled : 1;                    /* by an earlier run */
  guint  open : 1, archived : 1;         /* by the history */
  guint  end_open : 1, end_archived : 1; /* by its own row */
} PdZenlixState;

/* A value as text ("" for NULL and for a column that is not there), as a number (0 where
 * it is none), as a time in microseconds UTC (0 where it is none).  Texts are lent until
 * the next row. */
const char *pd_zenlix_text   (PdZenlix *zenlix, const char *column);
gint64      pd_zenlix_int    (PdZenlix *zenlix, const char *column);
gint64      pd_zenlix_time   (PdZenlix *zenlix, const char *column);
gboolean    pd_zenlix_has    (PdZenlix *zenlix, const char *column); /* the table has it */

/* The ids in a value such as "3,17"; zeros and what is no number are left out. */
GArray     *pd_zenlix_ids    (PdZenlix *zenlix, const char *column); /* of gint64 */

/* The words in such a value, NULL-terminated. */
char      **pd_zenlix_words  (PdZenlix *zenlix, const char *column);

/* The text on one line of at most so many characters, "…" at the end of what was cut. */
char       *pd_zenlix_line   (const char *text, glong max);

/* What stands here for something there; *out = 0 if it was not imported.
 *
 * kind   "user" "unit" "ticket" …
 */
gboolean    pd_zenlix_find   (PdZenlix *zenlix, const char *kind, const char *foreign, gint64 *out, GError **error);
gboolean    pd_zenlix_find_number (PdZenlix *zenlix, const char *kind, gint64 foreign, gint64 *out, GError **error);
gboolean    pd_zenlix_note   (PdZenlix *zenlix, const char *kind, const char *foreign, gint64 id, GError **error);

/* The account of the row in hand; all return TRUE. */
gboolean    pd_zenlix_imported (PdZenlix *zenlix);
gboolean    pd_zenlix_known    (PdZenlix *zenlix);
gboolean    pd_zenlix_skip     (PdZenlix *zenlix, const char *reason);

/* A line for somebody to look at. */
void        pd_zenlix_say      (PdZenlix *zenlix, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Whether a row of the table in hand was imported before; counts it then. */
gboolean    pd_zenlix_is_known (PdZenlix *zenlix, const char *kind, const char *foreign, gboolean *out, GError **error);

/* The person or unit there, made up (deleted, closed) if its row is gone: others refer to it. */
gboolean    pd_zenlix_person   (PdZenlix *zenlix, gint64 foreign, gint64 *out, GError **error);
gboolean    pd_zenlix_unit     (PdZenlix *zenlix, gint64 foreign, gint64 *out, GError **error);

/* What is done with a row of a table, in a transaction. */
typedef gboolean (*PdZenlixWork) (PdZenlix *zenlix, GError **error);

#define PD_ZENLIX_WORK(name) gboolean name (PdZenlix *zenlix, GError **error)

PD_ZENLIX_WORK (pd_zenlix_take_setting);
PD_ZENLIX_WORK (pd_zenlix_take_unit);
PD_ZENLIX_WORK (pd_zenlix_take_job_title);
PD_ZENLIX_WORK (pd_zenlix_take_group);
PD_ZENLIX_WORK (pd_zenlix_take_group_head);
PD_ZENLIX_WORK (pd_zenlix_take_user);
PD_ZENLIX_WORK (pd_zenlix_take_user_defaults);
PD_ZENLIX_WORK (pd_zenlix_take_user_field);
PD_ZENLIX_WORK (pd_zenlix_take_user_data);
PD_ZENLIX_WORK (pd_zenlix_close_user_field);
PD_ZENLIX_WORK (pd_zenlix_take_choices);
PD_ZENLIX_WORK (pd_zenlix_take_request);

PD_ZENLIX_WORK (pd_zenlix_take_plan);
PD_ZENLIX_WORK (pd_zenlix_take_plan_parent);
PD_ZENLIX_WORK (pd_zenlix_take_topic);
PD_ZENLIX_WORK (pd_zenlix_take_topic_parent);
PD_ZENLIX_WORK (pd_zenlix_take_ticket_field);
PD_ZENLIX_WORK (pd_zenlix_take_ticket_data);
PD_ZENLIX_WORK (pd_zenlix_close_ticket_field);
PD_ZENLIX_WORK (pd_zenlix_take_recurring);

PD_ZENLIX_WORK (pd_zenlix_note_setting);
PD_ZENLIX_WORK (pd_zenlix_note_number);
PD_ZENLIX_WORK (pd_zenlix_note_source);
PD_ZENLIX_WORK (pd_zenlix_note_file);
PD_ZENLIX_WORK (pd_zenlix_take_ticket);
PD_ZENLIX_WORK (pd_zenlix_take_comment);
PD_ZENLIX_WORK (pd_zenlix_take_log);
PD_ZENLIX_WORK (pd_zenlix_take_file);

/* After the last row: brings the history of each ticket to where its row says it is, and
 * counts its clocks. */
gboolean    pd_zenlix_settle   (PdZenlix *zenlix, PdZenlixState *state, GError **error);
