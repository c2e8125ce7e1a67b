/* reply-mark.h - the lines by which mail programs set apart what is quoted;
 * not installed.
 *
 * Pure predicates on lines; lines come without their end and may be any UTF-8.
 */
#pragma once

#include <glib.h>

typedef struct {
  const char *text; /* not terminated */
  gsize       length;
} PdLine;

#define PD_REPLY_MAX_ATTRIBUTION 4 /* lines of an "On … wrote:" */

gboolean  pd_line_is_blank     (const PdLine *line);

/* "> …" */
gboolean  pd_line_is_quote     (const PdLine *line);

/* "On …, … wrote:" in many languages, that ends at lines[at].
 *
 * out_column   where in its first line it begins: text may stand before it
 * Returns      how many lines it has, 0 if none ends here
 */
guint     pd_line_attribution  (const PdLine *lines,
                                guint         at,
                                gsize        *out_column);

/* A header block ("From: … Sent: … To: …") that begins at lines[at]; returns
 * its number of lines, 0 if there is none.
 */
guint     pd_line_header_block (const PdLine *lines,
                                guint         n_lines,
                                guint         at);

/* "-----Original Message-----" */
gboolean  pd_line_is_original  (const PdLine *line);

/* "---------- Forwarded message ---------", "Begin forwarded message:" */
gboolean  pd_line_is_forward   (const PdLine *line);

/* "____", "----", "***": a rule, and nothing else. */
gboolean  pd_line_is_rule      (const PdLine *line);

/* "-- " of RFC 3676 4.3, with or without its blank. */
gboolean  pd_line_is_signature (const PdLine *line);

/* "Sent from my iPhone" and its like. */
gboolean  pd_line_is_device    (const PdLine *line);
