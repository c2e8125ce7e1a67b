/* sender.h - one of the threads that render and send: it has a connection to
 * the database and one to the mail server, so that a slow mail stops none of
 * the others.
 */
#pragma once

#include "desk/templates.h"
#include "src/common/program.h"
#include "src/spool/mailbox.h"
#include "src/spool/relay.h"

#define SENDER_IDLE (20 * G_USEC_PER_SEC) /* then it says good-bye to the mail server */

/* What all senders share. */
typedef struct {
  PdProgram           *program;
  const PdTemplates   *templates;
  const RelaySettings *relay;
  Outage              *outage;
  Mailbox             *work; /* of GPtrArray of PdOutboxRow; closed: what is left is given back untried */
  Mailbox             *done; /* of Outcome: one for each row */
  gint64               start_before; /* atomic: later a lease might end while a mail is on the wire */
} SenderShare;

/* The thread: ends when `work` is closed and empty. */
gpointer  sender_run (gpointer share);
