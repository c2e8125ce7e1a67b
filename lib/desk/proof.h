/* proof.h - how sure it is that a mail is from whom it says.
 *
 * Pure functions over facts that others found.
 */
#pragma once

#include "mail/mail.h"

#define PD_PROOF_MAX_RESULTS 65536 /* octets of Authentication-Results that are read */
#define PD_PROOF_MAX_FIELDS  10    /* of our mail server */
#define PD_PROOF_MAX_SETS    50    /* of ARC: RFC 8617 4.2.1 */

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

/* Whom to believe. */
typedef struct {
  const char *authserv_id; /* the name that our mail server writes; "" trusts nobody */
  guint       fields;      /* so many fields it writes; 0 stands for 1 */
  const char *sealers;     /* domains whose ARC seals are trusted, separated by blanks; or NULL */
  gboolean    strict;      /* a domain must be that of From, not just of the same organisation */
} PdProofTrust;

/* "none" "plausible" "aligned" "signed", as in message.proof. */
const char  *pd_proof_name         (PdProof level);

/* Reads Authentication-Results (RFC 8601).  Only the topmost fields with our
 * mail server's name count, as many as it writes: any below may have come with
 * the mail.
 *
 * results      the fields as they stand, joined by \n, topmost first; field
 *              name in front or not
 * domain       of the only From address; NULL if there is none or several:
 *              then nothing can be aligned with it
 * out_how      set to what decided, such as "dkim=pass header.d=example.org",
 *              or NULL; caller frees
 *
 * A domain is aligned if it has the same organisation as the From domain (RFC
 * 7489 3.1.1 relaxed, by the list of public suffixes); with trust->strict, if
 * it is the same.  One dmarc=fail outweighs all that passed.
 */
PdAuth       pd_proof_read_results (const char         *results,
                                    const PdProofTrust *trust,
                                    const char         *domain,
                                    char              **out_how);

/* The same of a mail, with what it says by ARC (RFC 8617).
 *
 * A list or a forwarder breaks SPF and DKIM, and DMARC fails for a mail that
 * is all right.  If our own mail server found the chain of seals whole
 * (arc=pass), it is complete, and the topmost sealer is trusted, then what he
 * saw when the mail came to him counts too; and what the one before him saw, if
 * that one is trusted as well and the chain was whole then.
 */
PdAuth       pd_proof_read         (const PdMail       *mail,
                                    const PdProofTrust *trust,
                                    char              **out_how);

/* The domain that proof is about, lent: that of the only From address; NULL if
 * there is none, or more than one. */
const char  *pd_proof_domain       (const PdMail       *mail);

/* Whether a display name shows an address that is not the one behind it: then
 * it is no name but a disguise. */
gboolean     pd_proof_is_disguise  (const char         *name,
                                    const char         *address);

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
