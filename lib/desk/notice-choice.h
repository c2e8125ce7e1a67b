/* notice-choice.h - what a person wants to be told of, by event and channel.
 *
 * Nobody needs to choose: all is wanted.  A choice for one event stands before
 * that for all events.  What somebody has asked for himself (the answer to a
 * command, a link to sign in) cannot be switched off, nor can the mail of a
 * side thread.
 */
#pragma once

#include "desk/desk.h"

typedef enum {
  PD_CHANNEL_MAIL,
  PD_CHANNEL_WEB,  /* feed and popups */
  PD_CHANNEL_PUSH, /* Pushbullet and the like: chosen here, sent by nobody yet */
  PD_CHANNEL_SMS,  /* the same */
} PdNoticeChannel;

#define PD_N_CHANNELS 4

/* What rows of the database say about one person and one event. */
typedef struct {
  guint all_off; /* bits 1 << PdNoticeChannel: not wanted of any event */
  guint one_set; /* chosen for the event itself */
  guint one_off; /* and not wanted */
} PdNoticeChoice;

/* Adds a row: the event that was chosen for ("" all), a channel's name (""
 * there is no row), whether it is wanted.  Pure. */
void        pd_notice_choice_take    (PdNoticeChoice *choice,
                                      const char     *event,
                                      const char     *channel,
                                      gboolean        wanted);

/* What follows from the rows.  Pure. */
gboolean    pd_notice_choice_wants   (const PdNoticeChoice *choice,
                                      PdNoticeChannel       channel);

const char *pd_channel_name          (PdNoticeChannel channel); /* "mail" "web" "push" "sms" */
gboolean    pd_channel_parse         (const char      *name,
                                      PdNoticeChannel *out,
                                      GError         **error);

/* The events that can be chosen, NULL-terminated: those of the table of
 * notice.h, and the mails apart from it ("digest", "mailing", "client-request"). */
const char *const *pd_notice_choice_events (void);

/* One that is none is PD_ERROR_INVALID, with the nearest name; "" is all. */
gboolean    pd_notice_choice_check   (const char *event,
                                      GError    **error);

/* Sets a choice, in a transaction.
 *
 * event    "" all
 * Errors   PD_ERROR_INVALID   no such event
 */
gboolean    pd_notice_choice_set     (PdDesk         *desk,
                                      gint64          person,
                                      const char     *event,
                                      PdNoticeChannel channel,
                                      gboolean        wanted,
                                      GError        **error);

/* Takes a choice back, in a transaction. */
gboolean    pd_notice_choice_drop    (PdDesk         *desk,
                                      gint64          person,
                                      const char     *event,
                                      PdNoticeChannel channel,
                                      GError        **error);

/* A choice as it is stored. */
typedef struct {
  char           *event; /* "" all */
  PdNoticeChannel channel;
  gboolean        wanted;
} PdStoredChoice;

/* GPtrArray of PdStoredChoice, by event; NULL on error. */
GPtrArray  *pd_notice_choice_list    (PdDesk *desk,
                                      gint64  person,
                                      GError **error);
