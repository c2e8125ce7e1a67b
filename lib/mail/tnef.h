/* tnef.h - what Outlook packs into winmail.dat (MS-OXTNEF).
 *
 * A message in TNEF is attributes: its text, its subject, its files, and
 * among the files whole messages again.  All files of all depths are told in
 * one list, in the order in which they stand, so that a number names a file.
 */
#pragma once

#include <glib.h>

#define PD_TNEF_MAX_SIZE  (64 * 1024 * 1024) /* octets of TNEF that are read */
#define PD_TNEF_MAX_FILES 500
#define PD_TNEF_MAX_DEPTH 5 /* messages in messages */

typedef struct {
  char *name;       /* UTF-8 as in the TNEF, "" if none; not yet fit for a file system */
  char *type;       /* media type in small letters, "" if not told */
  const char *charset; /* "utf-8" if it is the text of a message, else ""; static */
  char *content_id; /* without <>, "" if none */
  gboolean hidden;  /* shown inside the text, not as a file */
  GBytes *bytes;    /* into the TNEF's own where they stand there as such */
} PdTnefFile;

/* A meeting, from properties of its own (MS-OXOCAL); times 0 if not told. */
typedef struct {
  gint64 start, end; /* microseconds since 1970 UTC */
  char *location;
  char *uid;         /* as iCalendar has it (MS-OXCICAL 2.1.3.1.1.20.26), "" if none */
  gboolean all_day;
  gboolean recurs;
  guint sequence;
} PdTnefMeeting;

typedef struct {
  char *message_class; /* "IPM.Note" "IPM.Schedule.Meeting.Request" …; "" if none */
  char *subject;       /* "" if none */
  char *text;          /* UTF-8; "" if none */
  char *html;          /* UTF-8; "" if none */
  char *from_name, *from_address;
  PdTnefMeeting meeting;
  GPtrArray *files;    /* of PdTnefFile */
  const char *defect;  /* what was wrong, static text; NULL if nothing */
} PdTnef;

/* Reads a TNEF stream.
 *
 * Returns   what could be read; NULL if it is no TNEF at all
 */
PdTnef      *pd_tnef_parse  (GBytes *bytes);
void         pd_tnef_free   (PdTnef *tnef);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdTnef, pd_tnef_free)
