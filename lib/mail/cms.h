/* cms.h - what a CMS object (RFC 5652: the smime.p7m of S/MIME) is, and the
 * content of one that is only signed; not installed.
 *
 * A walker over BER that reads as far as the content and no further: nothing
 * is verified, no certificate is looked at.  Definite and indefinite lengths,
 * content in one piece or in many, as mail programs write it.
 */
#pragma once

#include <glib.h>

#define PD_CMS_MAX_DEPTH  16      /* of elements that are skipped or joined */
#define PD_CMS_MAX_PIECES 1000000 /* elements that are walked over */

typedef enum {
  PD_CMS_NONE,       /* no CMS, or cut off before its type */
  PD_CMS_SIGNED,     /* signed-data with its content */
  PD_CMS_SIGNATURE,  /* signed-data without: a detached signature, or only certificates */
  PD_CMS_ENCRYPTED,  /* enveloped-data, authenticated or not, encrypted-data */
  PD_CMS_COMPRESSED,
  PD_CMS_OTHER,
} PdCmsType;

/* out_content   of PD_CMS_SIGNED: its content, a new array; NULL for all
 *               others; may be NULL
 */
PdCmsType   pd_cms_read (const guint8 *bytes,
                         gsize         size,
                         GByteArray  **out_content);
