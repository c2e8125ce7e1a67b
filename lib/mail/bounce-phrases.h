/* bounce-phrases.h - what servers are known to say when they refuse a mail, as
 * tables; not installed.
 *
 * Words are in small letters.  A '*' stands for up to PD_BOUNCE_MAX_GAP octets
 * of anything.  The first row that fits decides, so the rows stand in the order
 * of how much they tell: "mailbox full" says more than "rejected".
 */
#pragma once

#include <glib.h>

#define PD_BOUNCE_MAX_GAP 80

typedef struct {
  const char *words;
  const char *reason; /* in Sisimai's vocabulary */
} PdBouncePhrase;

/* Codes and forms that one provider publishes.  They are looked up in all that
 * was said, links and addresses included.  NULL words end each table.
 */
extern const PdBouncePhrase pd_bounce_provider_phrases[];

/* What programs say in words. */
extern const PdBouncePhrase pd_bounce_phrases[];

/* Words that tell something only if nothing else does. */
extern const PdBouncePhrase pd_bounce_weak_phrases[];

/* Enhanced status codes (RFC 3463 and IANA's registry): "5.1.1" or, for both
 * classes, ".1.1"; a '*' at the end is any rest.
 */
extern const PdBouncePhrase pd_bounce_statuses[];
