/* lmtp-delivery.h - how answers come back to the server's thread: a box that
 * any thread puts into, and that outlives the server.  Private to lib/net.
 */
#pragma once

#include "net/lmtp-server.h"

struct PdLmtpDelivery {
  PdEnvelope *envelope;
  guint       n_recipients;
  gsize       size;
  guint64     connection; /* by number: it may be gone when the answer comes */
  struct PdLmtpBox *box;
  PdLmtpDelivery   *next; /* in the box */

  GError    **errors; /* n_recipients of them, or NULL */
  char       *ok_text;
  gboolean    drop; /* the connection */
};

typedef struct PdLmtpBox PdLmtpBox;

/* wake   eventfd, written to when the server sleeps */
PdLmtpBox      *pd_lmtp_box_new       (int wake);
void            pd_lmtp_box_close     (PdLmtpBox *box); /* the server's end goes */

/* Takes the answered deliveries, oldest first, linked by `next`.  If there are
 * none, `will_sleep` says that the next one has to wake the server. */
PdLmtpDelivery *pd_lmtp_box_take      (PdLmtpBox *box, gboolean will_sleep);

PdLmtpDelivery *pd_lmtp_delivery_new  (PdLmtpBox *box, guint64 connection,
                                       PdEnvelope *take_envelope);
void            pd_lmtp_delivery_free (PdLmtpDelivery *delivery);
