/* code-page.h - the numbers by which Windows names charsets; not installed. */
#pragma once

#include <glib.h>

/* The label for pd_charset_decode; "windows-1252" for what is not known.
 * Static.
 */
const char  *pd_code_page_charset  (guint32 code_page);
