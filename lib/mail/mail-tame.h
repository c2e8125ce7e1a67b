/* mail-tame.h - the mail as GMime may read it; not installed.
 *
 * GMime builds an object for each field, address and part before anybody can
 * count them, and descends into groups of addresses by recursion.  A mail made
 * to abuse that is read from a changed copy of the same length, so that all
 * offsets stay true; all other mails are read as they are.
 */
#pragma once

#include <glib.h>

#define PD_TAME_MAX_FIELDS     2000         /* in the mail's header */
#define PD_TAME_MAX_RUN        20000        /* of lines like fields elsewhere */
#define PD_TAME_MAX_FIELD      (256 * 1024) /* octets of a field */
#define PD_TAME_MAX_GROUPS     50           /* in an address field */
#define PD_TAME_MAX_BOUNDARIES 4000         /* boundary lines of the mail */
#define PD_TAME_MAX_DASHES     50000        /* lines like boundary lines */

/* data, size    the mail
 * out_size      how much of it is to be read
 * out_defect    what was taken out, static text, or NULL
 * Returns       a changed copy to free, or NULL if `data` can be read as it is
 */
char  *pd_mail_tame  (const char  *data,
                      gsize        size,
                      gsize       *out_size,
                      const char **out_defect);
