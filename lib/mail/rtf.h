/* rtf.h - the RTF that Outlook writes mail in, as text or as the HTML that it
 * was made from; not installed.
 */
#pragma once

#include <glib.h>

#define PD_RTF_MAX_SIZE  (2 * 1024 * 1024) /* octets of RTF that are read */
#define PD_RTF_MAX_DEPTH 100               /* groups in groups that are told apart */
#define PD_RTF_MAX_FONTS 1000

typedef enum {
  PD_RTF_TEXT,
  PD_RTF_HTML,
} PdRtfForm;

/* Undoes the compression of PR_RTF_COMPRESSED (MS-OXRTFCP).
 *
 * Returns   the RTF, at most PD_RTF_MAX_SIZE of it; what is broken off ends
 *           there; NULL if it is no compressed RTF
 */
GBytes      *pd_rtf_expand  (const guint8 *bytes,
                             gsize         length);

/* Reads RTF: text as text, and HTML that is wrapped in it as HTML (MS-OXRTFEX).
 *
 * code_page   of the message, for text that names none
 * out_form    which of both the result is
 * Returns     UTF-8, lines end in \n; "" if it is no RTF
 */
char        *pd_rtf_read    (const char   *rtf,
                             gsize         length,
                             guint32       code_page,
                             PdRtfForm    *out_form);
