/* pattern-text.h - a line of mail as patterns see it; not installed.
 *
 * Mail programs differ in what nobody sees: no-break spaces, marks of writing
 * direction, curved quotation marks, wide colons.  All of that is taken out of
 * both the pattern and the line, so that a pattern needs one form only.
 */
#pragma once

#include <glib.h>

/* One character: dashes become '-', quotation marks '"' or '\'', full-width
 * punctuation and digits of any script their ASCII, blanks ' ', letters small.
 * 0: it is not seen at all.
 */
gunichar  pd_pattern_fold       (gunichar     c);

/* Appends a text, folded: one blank between words, none before a colon, none
 * within <>, where programs break lines, none at either end; a line end is a
 * blank.  If `out` holds something already, a
 * blank comes between.
 *
 * text   valid UTF-8 of `length` octets
 */
void      pd_pattern_append     (GString     *out,
                                 const char  *text,
                                 gsize        length);

char     *pd_pattern_dup_folded (const char  *text,
                                 gsize        length);

/* Whether a date or a time of day stands in a folded text: a year, 10:00,
 * 2/11/26.
 */
gboolean  pd_pattern_has_date   (const char  *folded);
