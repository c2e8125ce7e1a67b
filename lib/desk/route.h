/* route.h - where a mail was sent to, seen by us: units and signed addresses.
 *
 * One pass over envelope and headers, asking the database once for eight
 * addresses.
 */
#pragma once

#include "desk/desk.h"
#include "mail/mail.h"

#define PD_ROUTE_MAX_HEADER 200 /* To and Cc addresses that are looked at */

typedef struct {
  gint64     unit;         /* of the first recipient that has one; 0 */
  char      *unit_name;    /* "" if none */
  guint      n_units;      /* different ones among the recipients */
  guint      n_ours;       /* recipients that are units' or signed by us */
  GPtrArray *replies;      /* of PdSignedAddress, REPLY and NOTE: envelope first, then To and Cc */
  GPtrArray *strands;      /* the same of STRAND */
  GPtrArray *bounces;      /* of PdSignedAddress, envelope only */
  GPtrArray *acts;         /* the same of ACT */
  gboolean   own_sender;   /* From (else Reply-To), Sender or envelope sender is ours */
  GPtrArray *people;       /* of const PdAddress, borrowed from the mail: To and Cc that are not ours */
} PdRoute;

void       pd_route_free    (PdRoute *route);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdRoute, pd_route_free)

/* recipients   envelope, NULL-terminated
 * mail_from    envelope sender
 * mail         its facts, or NULL: only the envelope is looked at
 * Returns      NULL on an error of the database
 */
PdRoute   *pd_route_resolve (PdDesk            *desk,
                             const char *const *recipients,
                             const char        *mail_from,
                             const PdMail      *mail,
                             GError           **error);
