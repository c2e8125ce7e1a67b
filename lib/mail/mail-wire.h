/* mail-wire.h - the facts of a mail as octets, from the process that reads mail
 * to the one that files it.
 *
 * The form is for one machine and one version of the program: the fields in the
 * order of mail-fields.c, numbers as the machine has them.  The reader takes
 * every octet for a stranger's: what it gives keeps all the promises of mail.h
 * and of the table, whatever the writer has become.
 */
#pragma once

#include "mail/mail.h"

#define PD_MAIL_WIRE_MAX       (64 * 1024 * 1024) /* octets of one mail's facts */
#define PD_MAIL_WIRE_MAX_PARTS (4 * PD_MAIL_MAX_PARTS) /* in the tree; files inside of leaves count */
#define PD_MAIL_WIRE_MAX_DEPTH (2 * PD_MAIL_MAX_DEPTH) /* of the tree */

GByteArray  *pd_mail_wire_write  (const PdMail *mail);

/* Reads what pd_mail_wire_write wrote.
 *
 * raw_size   octets of the raw mail, into which parts must lie
 * Errors     PD_ERROR_INVALID   names the field that cannot be
 */
PdMail      *pd_mail_wire_read   (const guint8 *data,
                                  gsize         length,
                                  gsize         raw_size,
                                  GError      **error);
