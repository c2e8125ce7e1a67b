/* placeholder.h - a plain text that stands in for HTML: "Your mail program
 * does not support HTML."; not installed.
 */
#pragma once

#include <glib.h>

/* Whether `plain` says nothing of what `rich` says.
 *
 * plain   the text/plain of multipart/alternative, UTF-8
 * rich    the text of its HTML, UTF-8
 */
gboolean  pd_placeholder_is  (const char *plain,
                              const char *rich);
