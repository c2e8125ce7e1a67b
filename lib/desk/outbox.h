/* outbox.h - what is to be sent: claimed by a lease, sent, accounted for.
 *
 * A claim is a compare-and-set on the row that is committed before anything is
 * sent.  An instance that dies leaves rows in `sending`; they are due again
 * when the lease ends.  A mail is sent at least once: twice only if the
 * instance or the connection dies between the server's acceptance and the
 * commit of the result; the Message-ID is the same then, so that receivers
 * can drop the second one.
 */
#pragma once

#include "desk/desk.h"

#define PD_OUTBOX_MAX_ANSWER 1000 /* characters kept of a server's answer */

/* What goes first when there is more than can be sent. */
typedef enum {
  PD_URGENCY_MASS,   /* mass mail: when nothing else is due */
  PD_URGENCY_NOTICE, /* of events */
  PD_URGENCY_WAITED, /* somebody waits for it: an answer to a command, a link to sign in */
} PdUrgency;

#define PD_N_URGENCIES 3

typedef struct {
  gint64 id;
  gint64 created;
  char  *event;
  gint64 unit, ticket, message, person, actor, strand; /* ids, 0 none */
  int    urgency; /* PdUrgency */
  char  *recipient;
  char  *data;
  char  *state;
  gint64 next;  /* 0 none */
  gint64 lease;
  guint  attempts;
  char  *answer;
} PdOutboxRow;

void        pd_outbox_row_free (PdOutboxRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdOutboxRow, pd_outbox_row_free)

/* Claims up to `limit` rows that are due, the urgent ones first, in a
 * transaction of its own.
 *
 * lease      this instance's number (pd_id_new at its start)
 * until      when the claim ends
 * Returns    GPtrArray of PdOutboxRow, at worst empty; NULL on error
 */
GPtrArray  *pd_outbox_claim   (PdDesk *desk, gint64 lease, gint64 until, guint limit, GError **error);

/* How a try went. */
typedef struct {
  gint64      id;      /* outbox row */
  enum {
    PD_SENT,
    PD_DEFERRED,
    PD_FAILED,
    PD_LOST,    /* no answer after the final dot: perhaps it was sent */
    PD_UNTRIED, /* given back, the try does not count */
    PD_AWAY,    /* the server, or what we need ourselves, is away: put off until `again`;
                 * the try does not count, but the mail grows old all the same */
    PD_HELD,    /* our own fault: no mail could be made; waits for a person */
    PD_CANCELLED, /* not to be sent any more: the recipient may not have it */
  } result;
  int         code;
  const char *status;  /* RFC 3463 */
  const char *answer;  /* one line */
  const char *relay;
  gint64      again;   /* of PD_AWAY: when it is due */
  const char *text;    /* of PD_SENT: the plain text that went out, or NULL */
} PdOutboxResult;

/* When to try again: after retry_min, doubling up to retry_max, with jitter;
 * past max_age (from the row's creation) it fails.  Microseconds.  PD_AWAY
 * says itself when. */
typedef struct { gint64 retry_min, retry_max, max_age; } PdRetryPolicy;

/* Writes the results of a batch in one transaction: attempts, states, the next
 * try, and for a permanent failure the event on the ticket and, if the
 * recipient is a client, a notice to staff.  Rows whose lease is not ours any
 * more are left alone.
 */
gboolean    pd_outbox_finish  (PdDesk *desk, gint64 lease, const PdOutboxResult *results, gsize n_results,
                               const PdRetryPolicy *policy, GError **error);

/* Makes all claims of an instance end later: it lives, and is at it. */
gboolean    pd_outbox_extend  (PdDesk *desk, gint64 lease, gint64 until, GError **error);

/* Gives claimed rows back without a try (drain). */
gboolean    pd_outbox_unclaim (PdDesk *desk, gint64 lease, GError **error);

/* When the next row is due; 0 if none waits. */
gboolean    pd_outbox_next_due (PdDesk *desk, gint64 *out_time, GError **error);

/* For people: list by state (NULL: all that are not final), newest last; past
 * the limit the newest are left out. */
GPtrArray  *pd_outbox_list    (PdDesk *desk, const char *state, guint limit, GError **error);
gboolean    pd_outbox_get     (PdDesk *desk, gint64 id, PdOutboxRow **out, GError **error);

/* Acts on rows that are not final (retry: also on failed and held ones).  PD_ERROR_NOT_FOUND, PD_ERROR_CONFLICT. */
gboolean    pd_outbox_retry   (PdDesk *desk, gint64 id, GError **error);
gboolean    pd_outbox_hold    (PdDesk *desk, gint64 id, GError **error);
gboolean    pd_outbox_cancel  (PdDesk *desk, gint64 id, GError **error);
gboolean    pd_outbox_flush   (PdDesk *desk, gint64 *out_rows, GError **error); /* all deferred ones are due now */
