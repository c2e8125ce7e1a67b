/* unseal.h - the seals of a mail checked: signatures verified, what is
 * encrypted opened.
 *
 * Works on what the reader found (PdSeal) and on byte ranges; every mail that
 * comes out of a decryption goes back to the reader.  What the rules are for:
 *
 *   - a signature speaks for the mail only if all that is shown is signed: the
 *     signed bytes are read once more by themselves, and text, HTML and files
 *     must be those of the mail.  Else its scope is a part.
 *   - it speaks for a person only if the key names the From address, and there
 *     is only that one.  The header is not signed: a mail that was signed long
 *     ago may have been sent again by somebody else.
 *   - what was encrypted is shown alone, never with what stood around it, so
 *     that nothing around it can carry it away.
 */
#pragma once

#include "desk/gpg.h"
#include "desk/parser-pool.h"
#include "mail/mail.h"

#define PD_UNSEAL_MAX_LAYERS 4                        /* encryptions in encryptions */
#define PD_UNSEAL_TIME       (60 * G_TIME_SPAN_SECOND) /* microseconds for one mail */
#define PD_UNSEAL_MAX_AGE    (7 * G_TIME_SPAN_DAY)    /* of a signature that proves who sent */

typedef struct {
  PdGpg        *gpg;  /* NULL: there are no keys, nothing is checked */
  PdParserPool *pool; /* that reads mails; NULL: they are read in this process */
} PdUnseal;

/* Checks the seals of a mail; any thread.  Never fails: what could not be
 * checked says so in its reason.
 *
 * raw       the mail as it came
 * mail      its facts, taken
 * Returns   its facts, or those of the mail that was opened, with the seals of
 *           both; if that one has files they lie in its `opened`
 */
PdMail   *pd_unseal             (const PdUnseal *unseal,
                                 GBytes         *raw,
                                 PdMail         *mail,
                                 const char     *envelope_from,
                                 const char     *envelope_to);

/* Whether a signature proves that the mail is from its From address: good, of
 * the whole mail, by a key of that one address, made within PD_UNSEAL_MAX_AGE of
 * `received` (microseconds), and no other signature of the whole mail is bad.
 */
gboolean  pd_unseal_is_by_sender (const PdMail *mail,
                                  gint64        received);

/* What was found of a seal, in words for the trace. */
char     *pd_unseal_describe     (const PdSeal *seal);
