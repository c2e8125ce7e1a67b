/* gpg.h - signatures verified and mail decrypted by GnuPG, in a process of its
 * own.
 *
 * GnuPG needs files, children and sockets, which no reader of strangers' mail
 * has.  So a helper is forked early, before there are threads; for each question
 * it forks a child that asks gpg or gpgsm through gpgme and answers over a pipe.
 * The child gets byte ranges only (a signature, what it signs, what is
 * encrypted), never a mail to be parsed.  One that takes too long is killed with
 * all it started; a question is never asked twice.
 *
 * The keys of the home folder are the known keys: whoever puts a key there
 * vouches for the addresses in it.  For S/MIME the certificate's chain must end
 * in a root that the home's trustlist.txt names.  Nothing is fetched: no
 * keyserver, no CRL, no OCSP; in the helper there are no Internet sockets.
 */
#pragma once

#include "mail/mail.h"

#define PD_GPG_TIME        (20 * G_TIME_SPAN_SECOND) /* microseconds for one question */
#define PD_GPG_MAX_CONTENT (128 * 1024 * 1024)       /* octets that may come out */
#define PD_GPG_MAX_CHILDREN 8                        /* questions at a time; more wait */
#define PD_GPG_MAX_ADDRESSES 100                     /* of one key */

typedef enum { PD_GPG_OPENPGP, PD_GPG_CMS } PdGpgProtocol;

typedef struct {
  gboolean     opened;      /* it was decrypted */
  gboolean     has_signature;
  PdSealState  state;       /* of the signature; of several the worst */
  char        *fingerprint; /* of the first signature's key, hexadecimal; "" unknown */
  GPtrArray   *addresses;   /* of char*: those of that key that are not revoked */
  gint64       signed_at;   /* microseconds; 0 unknown */
  char        *reason;      /* in words, why it is not good or could not be opened; "" */
  GBytes      *content;     /* decrypted, or what is signed in one piece; NULL */
} PdGpgResult;

void          pd_gpg_result_free (PdGpgResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdGpgResult, pd_gpg_result_free)

typedef struct PdGpg PdGpg;

/* Forks the helper: call it before there are threads.
 *
 * home     folder with the keys, a full path; gpg writes into it too
 * time     microseconds for one question; 0: PD_GPG_TIME
 * Errors   PD_ERROR_INVALID    home is no folder that we can use
 *          PD_ERROR_TEMPORARY  no process is to be had
 */
PdGpg        *pd_gpg_new     (const char    *home,
                              gint64         time,
                              GError       **error);
void          pd_gpg_free    (PdGpg         *gpg);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdGpg, pd_gpg_free)

/* Any thread may ask.
 *
 * signature      or what is signed in one piece (PGP in text, opaque S/MIME)
 * signed_bytes   what is signed, byte for byte; NULL if it is in `signature`
 * Errors         PD_ERROR_TEMPORARY   the helper is gone, or took too long
 */
PdGpgResult  *pd_gpg_verify  (PdGpg         *gpg,
                              PdGpgProtocol  protocol,
                              GBytes        *signature,
                              GBytes        *signed_bytes,
                              GError       **error);

/* Decrypts, and verifies a signature inside of the same PGP message. */
PdGpgResult  *pd_gpg_decrypt (PdGpg         *gpg,
                              PdGpgProtocol  protocol,
                              GBytes        *encrypted,
                              GError       **error);
