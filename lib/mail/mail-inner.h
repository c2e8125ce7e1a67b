/* mail-inner.h - a mail inside of a mail: what was decrypted, or the content of
 * S/MIME signed-data.
 *
 * It is read as a mail of its own: the outer header says from whom and when,
 * the inner one only what the body is.  Pure.
 */
#pragma once

#include "mail/mail.h"

/* Puts the outer header fields, without those that describe the outer body, in
 * front of an inner entity.  Of the entity's own header nothing but Content-
 * fields is taken, and the Subject if its Content-Type says that it was
 * protected there (RFC 9788, and "protected-headers" of the programs before
 * it): then it stands in place of the outer one, which is often only "...".
 *
 * raw         the outer mail
 * entity      header, empty line, body; without a header it is all body
 * out_shift   how much further a byte of the body lies in the result than in
 *             the entity; may be NULL
 * Returns     a mail, for pd_mail_parse
 */
GBytes  *pd_mail_inner_compose  (GBytes     *raw,
                                 GBytes     *entity,
                                 goffset    *out_shift);

/* Makes one of the two: `inner` with the root, the seals, the size and the
 * content_sha256 of `outer`, which is freed.
 *
 * shift   not NULL: the places of the inner parts, less this, lie in the content
 *         of the outer root part, which stays the root; they are told by its
 *         encoding, the step "cms" and this place.  NULL: they stay as they
 *         are, and the outer parts are given up
 */
PdMail  *pd_mail_inner_adopt    (PdMail        *outer,
                                 PdMail        *inner,
                                 const goffset *shift);
