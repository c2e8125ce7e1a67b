/* mailing.h - one mail to many: to roles, the staff of units, client groups, people.
 *
 * A mailing is a draft until it is sent, which happens once: all its mails go
 * into the outbox in one transaction, with the least urgency, so that no notice
 * waits behind them.  It goes to whoever is one of the chosen, is active, has an
 * address that is not ours, and has not switched mailings off
 * (notice-choice.h).  Only administrators and directors send mailings.
 */
#pragma once

#include "desk/desk.h"
#include "desk/person.h"

#define PD_MAILING_MAX_SUBJECT    250           /* characters */
#define PD_MAILING_MAX_TEXT       (256 * 1024)  /* octets, of text and of HTML */
#define PD_MAILING_MAX_RECIPIENTS 20000
#define PD_MAILING_MAX_CHOICES    1000          /* units, groups and persons that are named */
#define PD_MAILING_BATCH          500           /* rows that one statement adds */

typedef struct {
  gint64   id;
  char    *subject; /* one line */
  char    *text;
  char    *html;    /* NULL: made from the text; of an administrator, so sent as it is */
  gint64   unit;    /* who sends */
  guint    roles;   /* bits 1 << PdRole */
  GArray  *units, *groups, *persons; /* of gint64 */
  gint64   by, created;
  gint64   queued;  /* when it was sent; 0: a draft */
  gint64   recipients; /* once it was */
} PdMailing;

/* An empty one, to fill and add. */
PdMailing   *pd_mailing_new        (void);
void         pd_mailing_free       (PdMailing *mailing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdMailing, pd_mailing_free)

/* Adds a draft, in a transaction; id, by and created are set.
 *
 * Errors   PD_ERROR_DENIED    not an administrator or director
 *          PD_ERROR_INVALID   no subject, text, unit or choice; too long, not UTF-8
 */
gboolean     pd_mailing_add        (PdDesk         *desk,
                                    PdMailing      *mailing,
                                    const PdPerson *actor,
                                    GError        **error);

/* PD_ERROR_NOT_FOUND if there is none. */
PdMailing   *pd_mailing_need       (PdDesk         *desk,
                                    gint64          id,
                                    GError        **error);

/* The newest first, GPtrArray of PdMailing; NULL on error. */
GPtrArray   *pd_mailing_list       (PdDesk         *desk,
                                    guint           limit,
                                    GError        **error);

typedef struct {
  gint64 person;
  char  *name;    /* "" unknown */
  char  *address;
} PdMailingRecipient;

/* Whom it goes to as things are, GPtrArray of PdMailingRecipient, each person and
 * address once; NULL on error.
 *
 * Errors   PD_ERROR_INVALID   more than PD_MAILING_MAX_RECIPIENTS
 */
GPtrArray   *pd_mailing_recipients (PdDesk          *desk,
                                    const PdMailing *mailing,
                                    GError         **error);

/* Queues it, in a transaction; queued and recipients are set.
 *
 * Errors   PD_ERROR_DENIED     as above
 *          PD_ERROR_CONFLICT   it was sent already
 *          PD_ERROR_INVALID    it would go to nobody, or to too many
 */
gboolean     pd_mailing_send       (PdDesk          *desk,
                                    PdMailing       *mailing,
                                    const PdPerson  *actor,
                                    GError         **error);

/* Takes a draft away, in a transaction.  PD_ERROR_CONFLICT: it was sent. */
gboolean     pd_mailing_remove     (PdDesk          *desk,
                                    gint64           id,
                                    const PdPerson  *actor,
                                    GError         **error);
