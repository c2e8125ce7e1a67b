/* guard.h - what must never open a conversation: loops, and mail by programs.
 *
 * Pure functions over the facts of a mail; the caller knows which addresses
 * are ours and counts what is in the database.
 */
#pragma once

#include "mail/keyring.h"
#include "mail/mail.h"

/* Hops after which a mail is in a loop.  RFC 5321 6.3 wants at least 100 for
 * relays; we are the end of the way, and a loop through us adds its own hops. */
#define PD_GUARD_MAX_HOPS 50

/* Acknowledgements that one sender gets in a time; his further tickets are
 * opened without. */
#define PD_GUARD_MAX_ACKNOWLEDGEMENTS 10
#define PD_GUARD_ACKNOWLEDGEMENT_TIME (60 * 60 * G_GINT64_CONSTANT (1000000))

/* Two programs that answer each other without saying what they are: when so
 * many of a ticket's newest entries within a time are one author's, the next
 * one is filed, but nobody is told. */
#define PD_GUARD_ENTRY_WINDOW 40
#define PD_GUARD_MAX_ENTRIES  20
#define PD_GUARD_ENTRY_TIME   (60 * 60 * G_GINT64_CONSTANT (1000000))

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
 * own_sender   From, Sender or envelope sender is an address of ours
 */
const char  *pd_guard_loop       (const PdMail    *mail,
                                  const PdKeyring *keyring,
                                  gboolean         own_sender);

/* Whether an address is by its name nobody who reads mail: "noreply",
 * "mailer-daemon" and the like. */
gboolean     pd_guard_is_machine (const char      *address);
