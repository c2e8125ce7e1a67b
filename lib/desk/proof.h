/* proof.h - how sure it is that a mail is from whom it says.
 *
 * Pure functions over facts that others found.
 */
#pragma once

#include <glib.h>

#define PD_PROOF_MAX_RESULTS 16384 /* octets of Authentication-Results that are read */

typedef enum {
  PD_PROOF_NONE,      /* an unknown address, or one that failed DMARC */
  PD_PROOF_PLAUSIBLE, /* a known address, and nothing against it */
  PD_PROOF_ALIGNED,   /* our mail server vouches for the domain */
  PD_PROOF_SIGNED,    /* came to the person's own signed reply address, or is signed by S/MIME or
                       * PGP with a known key of the From address */
} PdProof;

/* What our own mail server says of the From domain. */
typedef enum {
  PD_AUTH_UNKNOWN,
  PD_AUTH_PASS, /* DMARC passed, or DKIM or SPF did for that domain */
  PD_AUTH_FAIL, /* DMARC failed */
} PdAuth;

/* "none" "plausible" "aligned" "signed", as in message.proof. */
const char  *pd_proof_name         (PdProof level);

/* Reads Authentication-Results (RFC 8601).  Only the topmost field with our
 * mail server's name counts: any below it may have come with the mail.
 *
 * results      the fields as they stand, joined by \n, topmost first; field
 *              name in front or not
 * authserv_id  the name that our mail server writes; "" trusts nobody
 * domain       of the only From address; NULL if there is none or several:
 *              then nothing can be aligned with it
 *
 * A domain is aligned if it is the From domain or one above it (RFC 7489
 * 3.1.1 relaxed, but without a list of public suffixes only in the direction
 * in which a stranger cannot get a name).
 */
PdAuth       pd_proof_read_results (const char *results,
                                    const char *authserv_id,
                                    const char *domain);

/* The level.
 *
 * known     whether the address belonged to a person before this mail
 * own_reply whether the mail came to the signed reply address of that person,
 *           or is signed with a key of his
 *
 * A failed DMARC outweighs both: what was signed can be sent again by others, and
 * only the mail server knows of the header.
 */
PdProof      pd_proof_level        (PdAuth      auth,
                                    gboolean    known,
                                    gboolean    own_reply);
