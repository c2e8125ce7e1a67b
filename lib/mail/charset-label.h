/* charset-label.h - what the labels of charsets mean; not installed. */
#pragma once

#include <glib.h>

#define PD_CHARSET_MAX_LABEL 64 /* octets of a label that are looked at */

/* The charset that a label means, whatever way it is written: case, blanks,
 * signs and "x-" do not count, numbers of Windows code pages do.
 *
 * label     as in the mail, quotes and junk around it taken away
 * Returns   a name for iconv or one that charset.c decodes itself; "" if the
 *           label says that the charset is not known; NULL if the label is
 *           not in our tables.  Static.
 */
const char  *pd_charset_label_find  (const char *label);
