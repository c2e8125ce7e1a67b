/* reply-mark.h - the lines by which mail programs set apart what is quoted;
 * not installed.
 *
 * Pure predicates on lines; lines come without their end and are valid UTF-8.
 * What is words in some language comes from the pattern set.
 */
#pragma once

#include "mail/pattern-set.h"

#define PD_REPLY_MAX_ATTRIBUTION 5 /* lines of an "On … wrote:" */

typedef struct {
  const char *text; /* not terminated */
  gsize       length;
} PdLine;

/* The patterns, and what it takes to match them against one text. */
typedef struct PdReplyMarks PdReplyMarks;

PdReplyMarks *pd_reply_marks_new     (const PdPatternSet *set);
void          pd_reply_marks_free    (PdReplyMarks *marks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdReplyMarks, pd_reply_marks_free)

gboolean      pd_line_is_blank       (const PdLine *line);

/* "> …" */
gboolean      pd_line_is_quote       (const PdLine *line);

/* "____", "----", "***": a rule, and nothing else. */
gboolean      pd_line_is_rule        (const PdLine *line);

/* "-- " of RFC 3676 4.3, with or without its blank. */
gboolean      pd_line_is_signature   (const PdLine *line);

/* What a line may be, by its first and last character: a bit (1 <<
 * PdPatternKind) for each; cheap, and 0 for nearly all lines.  Attributions are
 * judged by the last character only, because they take several lines.
 */
guint         pd_line_kinds          (const PdReplyMarks *marks,
                                      const PdLine *line);

/* Whether it is a mark of that kind, whole: original, forward, delimiter,
 * device.
 */
gboolean      pd_line_is_mark        (PdReplyMarks *marks,
                                      const PdLine *line,
                                      PdPatternKind kind);

/* Whether the paragraph of n lines begins as a disclaimer or a footer does. */
gboolean      pd_lines_are_footer    (PdReplyMarks *marks,
                                      const PdLine *lines,
                                      guint         n);

/* "On …, … wrote:" that ends at lines[at].
 *
 * out_column   where in its first line it begins: text may stand before it
 * out_sure     whether it is one even if no "> " stands below it
 * Returns      how many lines it has, 0 if none ends here
 */
guint         pd_line_attribution    (PdReplyMarks *marks,
                                      const PdLine *lines,
                                      guint         at,
                                      gsize        *out_column,
                                      gboolean     *out_sure);

/* A header block ("From: … Sent: … To: …") that begins at lines[at]; returns
 * its number of lines, 0 if there is none.
 *
 * ruled   whether a rule stands right above, as Outlook writes it
 */
guint         pd_line_header_block   (PdReplyMarks *marks,
                                      const PdLine *lines,
                                      guint         n_lines,
                                      guint         at,
                                      gboolean      ruled);

/* The field that a line of such a block is ("*From:* x"): its kinds, a bit (1 <<
 * PdWordKind) for each; 0 if it is none.
 *
 * out_value   what stands behind the colon, lent from the line
 */
guint         pd_line_field          (PdReplyMarks *marks,
                                      const PdLine *line,
                                      PdLine       *out_value);

/* Whether a subject begins as that of a mail that its sender passes on. */
gboolean      pd_subject_is_forward  (const PdPatternSet *set,
                                      const char   *subject);
