/* desk-setting.h - the settings that change daily: rows of the table `setting`.
 *
 * Every setting is one row of the table below; reader, `postdesk setting` and
 * the bounds come from it.  What must be known before the database is in
 * postdesk.conf (base/settings.h).
 *
 *     X (NAME, name, kind, default, min, max, help)
 *
 *   ENUM       one of the words that the help begins with: "a|b: text"
 *   FLAG       yes or no
 *   INT        a number
 *   DURATION   a span of time as when.h reads it: 30d, 1h 30m; 0 none.  min and
 *              max in microseconds
 *   PERCENTS   at most PD_DESK_SETTING_MAX_PERCENTS numbers of min to max
 *   TIME       a time of day: 08:30
 *
 * A desk remembers what it has read for a second; what it changes itself, it
 * sees at once.
 */
#pragma once

#include "base/clock.h"
#include "desk/desk.h"
#include "desk/person.h"

#define PD_DESK_SETTING_MAX_PERCENTS 10

#define PD_DESK_SETTINGS(X)                                                                        \
  X (SUBJECT_MODE, "subject_mode", ENUM, "free", 0, 0,                                             \
     "free|list|multi|plans: the subject of a new ticket is typed, one of the topics, several of " \
     "them, or the SLA plan")                                                                      \
  X (ARCHIVE_AFTER, "archive_after", DURATION, "30d", 0, 3650 * PD_DAY,                            \
     "A ticket is archived so long after it was done; 0: never")                                   \
  X (REMINDER_AFTER, "reminder_after", DURATION, "0", 0, 365 * PD_DAY,                             \
     "The requester is reminded when a ticket has waited so long for his answer, and after as "    \
     "long again; 0: never")                                                                       \
  X (REMINDER_COUNT, "reminder_count", INT, "2", 1, 20, "So many reminders at most")               \
  X (REMINDER_END, "reminder_end", ENUM, "none", 0, 0,                                             \
     "none|resume|done: what becomes of the ticket when the last reminder was not answered "       \
     "either: it waits on, it is free again, or it is done")                                       \
  X (SLA_WARNINGS, "sla_warnings", PERCENTS, "50 80 100", 1, 100,                                  \
     "Used percent of a limit at which those are told who must know")                              \
  X (FEED_KEEP, "feed_keep", DURATION, "90d", PD_DAY, 3650 * PD_DAY,                               \
     "How long the web interface shows what somebody was told")                                    \
  X (DELIVERY_FAILED_REOPENS, "delivery_failed_reopens", FLAG, "no", 0, 0,                         \
     "A done ticket is opened again when a mail about it to the customer cannot be delivered")     \
  X (DIGEST_TIME, "digest_time", TIME, "08:00", 0, 0,                                              \
     "When digests are sent, in the zone of the person who gets one")                              \
  X (DIGEST_DAY, "digest_day", ENUM, "mon", 0, 0,                                                  \
     "mon|tue|wed|thu|fri|sat|sun: the day of weekly digests")

typedef enum {
#define X(name, ...) PD_DESK_SETTING_##name,
  PD_DESK_SETTINGS (X)
#undef X
      PD_DESK_N_SETTINGS
} PdDeskSettingId;

typedef struct {
  const char *name, *kind; /* the kind as above: "DURATION" */
  const char *fallback, *help;
  gint64      min, max;
} PdDeskSettingRow;

/* A row of the table; static storage. */
const PdDeskSettingRow *pd_desk_setting_row (PdDeskSettingId id);

/* Finds a setting by its name.
 * Errors   PD_ERROR_INVALID  there is none: says which looks most like it */
gboolean    pd_desk_setting_find     (const char      *name,
                                      PdDeskSettingId *out_id,
                                      GError         **error);

/* The values; a row that is not valid counts as the default.
 *
 * text       as it was set; lent until the desk reads or sets settings again
 * int        of INT; the microseconds of a DURATION, the minutes of a TIME
 *            since midnight, 0 or 1 of a FLAG, the place of an ENUM's word
 *            among all (0 the first)
 * duration   the same, for readers
 * percents   ascending, each once; out has room for PD_DESK_SETTING_MAX_PERCENTS
 */
gboolean    pd_desk_setting_text     (PdDesk          *desk,
                                      PdDeskSettingId  id,
                                      const char     **out,
                                      GError         **error);
gboolean    pd_desk_setting_int      (PdDesk          *desk,
                                      PdDeskSettingId  id,
                                      gint64          *out,
                                      GError         **error);
gboolean    pd_desk_setting_duration (PdDesk          *desk,
                                      PdDeskSettingId  id,
                                      gint64          *out,
                                      GError         **error);
gboolean    pd_desk_setting_percents (PdDesk          *desk,
                                      PdDeskSettingId  id,
                                      guint           *out,
                                      gsize           *out_n,
                                      GError         **error);

/* Whether somebody has set it. */
gboolean    pd_desk_setting_is_set   (PdDesk          *desk,
                                      PdDeskSettingId  id,
                                      gboolean        *out,
                                      GError         **error);

/* Sets a value, or with NULL brings the default back; in a transaction.  It is
 * written to the audit.
 *
 * actor    NULL: the desk itself
 * Errors   PD_ERROR_INVALID  names the setting and what may be there
 *          PD_ERROR_DENIED   he is no administrator
 */
gboolean    pd_desk_setting_set      (PdDesk          *desk,
                                      const PdPerson  *actor,
                                      PdDeskSettingId  id,
                                      const char      *value,
                                      GError         **error);

/* For desk.c: a transaction begins or ends. */
void        pd_desk_setting_forget   (PdDesk          *desk);
