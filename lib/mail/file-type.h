/* file-type.h - the media type of a file by its name; not installed. */
#pragma once

#include <glib.h>

/* For files that come without a type; "application/octet-stream" if the
 * name says nothing.  Static.
 */
const char  *pd_file_type  (const char *name);
