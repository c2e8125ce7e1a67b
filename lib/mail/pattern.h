/* pattern.h - one pattern of filters/reply: a phrase with gaps; not installed.
 *
 *     On {date} {name} wrote:
 *
 * Letters match in any case, a blank any white space (a line's end, too), all
 * as pattern-text.h folds it.  Between words:
 *
 *     (a|b)      one of them
 *     x? (a|b)?  the character, or one of them, or nothing
 *     {date}     any text; a date or a time of day must stand in the line
 *     {name}     any text that names a person
 *     {address}  a word with "@" in it
 *     {text}     any text, or none
 *     {rule}     two or more of - _ = * ~ # + and blanks
 *     {number}   digits
 *     \x         the character x as it is
 *
 * It is compiled to PCRE2.  Matching has a limit of steps: a text that would
 * need more does not match.
 */
#pragma once

#include <glib.h>

#define PD_PATTERN_BEGIN 3        /* characters by which the begin of a line is told */
#define PD_PATTERN_MAX_LENGTH 500 /* octets of a pattern, and of a text that is matched */

typedef struct PdPattern PdPattern;

/* What one thread needs to match; reused from match to match. */
typedef struct PdPatternRun PdPatternRun;

/* phrase   UTF-8, not folded
 * whole    it must match the whole text; else its begin
 * Errors   PD_ERROR_INVALID  what is wrong with the phrase
 */
PdPattern    *pd_pattern_new      (const char   *phrase,
                                   gboolean      whole,
                                   GError      **error);
void          pd_pattern_free     (PdPattern    *pattern);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdPattern, pd_pattern_free)

/* Each way in which a text can begin: its first characters, folded, at most
 * PD_PATTERN_BEGIN of them; fewer if a gap follows, none if a gap comes first.
 *
 * ruled   it begins with a rule: `begin` is "-"
 */
typedef void (*PdPatternBeginFunc)   (const char   *begin,
                                      guint         n,
                                      gboolean      ruled,
                                      gpointer      data);
void          pd_pattern_begins   (const PdPattern *pattern,
                                   PdPatternBeginFunc func,
                                   gpointer      data);

/* Characters that a text may end with: sets `bit` in a table that is indexed
 * with the character's low octet.  FALSE if it may be any.
 */
gboolean      pd_pattern_ends     (const PdPattern *pattern,
                                   guint16       last[256],
                                   guint16       bit);

PdPatternRun *pd_pattern_run_new  (void);
void          pd_pattern_run_free (PdPatternRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdPatternRun, pd_pattern_run_free)

/* Takes a text to match: folded, valid UTF-8, lent until the next is taken. */
void          pd_pattern_run_take (PdPatternRun *run,
                                   const char   *folded,
                                   gsize         length);

/* Whether the text, or one that is a part of it and ends as it does, can match;
 * cheap, and FALSE for nearly all texts.
 */
gboolean      pd_pattern_may_match (const PdPattern *pattern,
                                   PdPatternRun *run);

/* Whether the text matches.
 *
 * out_name   what stood for {name}, lent by the text; may be NULL
 */
gboolean      pd_pattern_match    (const PdPattern *pattern,
                                   PdPatternRun *run,
                                   const char  **out_name,
                                   gsize        *out_name_length);

/* Whether it begins with words of its own rather than with a gap. */
gboolean      pd_pattern_has_head (const PdPattern *pattern);
