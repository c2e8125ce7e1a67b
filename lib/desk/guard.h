/* guard.h - what must never open a conversation: loops, and mail by programs.
 *
 * Pure functions over the facts of a mail; the caller knows which addresses
 * are ours and counts what is in the database.
 */
#pragma once

#include "mail/keyring.h"
#include "mail/mail.h"

/* Past these a mail is in a loop, or is not answered any more; settings of the
 * section [loop]. */
typedef struct {
  guint  max_hops;         /* Received fields.  RFC 5321 6.3 wants at least 100 for relays; we are
                            * the end of the way, and a loop through us adds its own hops */
  gint64 window;           /* microseconds that the counts below are about */
  guint  acknowledgements; /* that one sender gets; further tickets are opened without */
  guint  notices;          /* mails of one author on one ticket that others are told of */
  guint  ticket_mails;     /* mails of one author on one ticket */
  guint  alike;            /* mails that say the same; 0: it is not looked at */
} PdGuardBounds;

#define PD_GUARD_DEFAULTS                                                                          \
  {                                                                                                \
    .max_hops = 50, .window = 60 * 60 * G_GINT64_CONSTANT (1000000), .acknowledgements = 10,       \
    .notices = 20, .ticket_mails = 60, .alike = 3                                                  \
  }

/* How long after the last mail an answer of a program comes, at most. */
#define PD_GUARD_QUICK (10 * 60 * G_GINT64_CONSTANT (1000000))
#define PD_GUARD_SHORT 8       /* words; people say "OK" again and again, so less counts for less */
#define PD_GUARD_MAX_TEXT 4000 /* characters of an earlier mail that are compared */

typedef enum {
  PD_GUARD_PERSON,       /* to be read as a person's mail */
  PD_GUARD_BULK,         /* the same, but no program may answer it: lists, noreply */
  PD_GUARD_GENERATED,    /* by a program on its own account: opens a ticket, never disturbs one */
  PD_GUARD_AUTO_REPLY,   /* by a program, in answer to something */
  PD_GUARD_RECEIPT,      /* delivered, or read */
  PD_GUARD_BOUNCE,       /* not delivered */
  PD_GUARD_DELAY,        /* not delivered yet */
  PD_GUARD_COMPLAINT,    /* RFC 5965 */
  PD_GUARD_DMARC_REPORT, /* RFC 7489 7.2 */
} PdGuardKind;

/* Sorts a mail.
 *
 * null_sender         the envelope sender is known to be empty
 * to_bounce_address   one of the recipients is a signed bounce address of ours
 * out_why             set to a few words, static; "" for a person's mail
 */
PdGuardKind  pd_guard_sort       (const PdMail    *mail,
                                  gboolean         null_sender,
                                  gboolean         to_bounce_address,
                                  const char     **out_why);

/* Why the mail is in a loop, static words; NULL if it is in none.
 *
 * recipients   of the envelope, NULL-terminated: addresses of ours
 * own_sender   From, Sender or envelope sender is an address of ours
 * out_ticket   number of the ticket that our own mail was about; 0 unknown
 */
const char  *pd_guard_loop       (const PdMail         *mail,
                                  const PdKeyring      *keyring,
                                  const PdGuardBounds  *bounds,
                                  const char *const    *recipients,
                                  gboolean              own_sender,
                                  gint64               *out_ticket);

/* An earlier mail of the same author. */
typedef struct {
  gint64 created;
  gint64 ticket; /* id */
  char  *text;   /* what he wrote, its begin */
} PdGuardEntry;

/* Why a mail and those before it are what two programs say to each other that
 * do not tell what they are, static words; NULL if they are not.
 *
 * They say the same, as an automatic answer does, or all that the one before
 * said and more, quickly, as a program does that quotes all it gets.  Of short
 * texts twice as many are needed.
 *
 * earlier   of PdGuardEntry, within the window, the newest first
 * opens     each opens a ticket: only quick ones count, for a person may send
 *           the same report each hour
 */
const char  *pd_guard_alike      (const GArray         *earlier,
                                  const char           *text,
                                  gint64                now,
                                  gboolean              opens,
                                  const PdGuardBounds  *bounds);


/* Whether an address is by its name nobody who reads mail: "noreply",
 * "mailer-daemon" and the like. */
gboolean     pd_guard_is_machine (const char      *address);
