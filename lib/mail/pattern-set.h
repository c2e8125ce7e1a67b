/* pattern-set.h - the phrases by which mail programs set apart what they quote,
 * in many languages: the files of filters/reply; not installed.
 *
 * A file is read before any mail; afterwards the set is read-only, and threads
 * share it.  The form of a file:
 *
 *     # a comment
 *     [attribution]
 *     On {date} {name} wrote:
 *       + On Mon, 2 Nov 2026 at 10:00, Bob <b@c.d> wrote:
 *       - On the whole, what she wrote:
 *     [from]
 *     From, Sent by
 *
 * A section of phrases (see pattern.h) has one in each line; below it stand
 * texts that it must match (+, at least one) and must not match (-), in which
 * "\n" is a line's end.  A section of words has words separated by commas.
 */
#pragma once

#include "mail/pattern.h"

#define PD_PATTERN_SET_MAX_FILE (256 * 1024) /* octets */
#define PD_PATTERN_SET_MAX 5000              /* phrases in a set */

typedef enum {
  PD_PATTERN_ATTRIBUTION, /* "On …, … wrote:" */
  PD_PATTERN_QUOTED,      /* "… wrote:", which is one only right above "> " */
  PD_PATTERN_ORIGINAL,    /* "-----Original Message-----" */
  PD_PATTERN_FORWARD,     /* "---------- Forwarded message ---------" */
  PD_PATTERN_DEVICE,      /* "Sent from my iPhone" */
  PD_PATTERN_DELIMITER,   /* "##- Please type your reply above this line -##" */
  PD_PATTERN_DISCLAIMER,  /* how the text of a lawyer begins */
  PD_PATTERN_FOOTER,      /* how the footer of a list or a virus scanner begins */
  PD_PATTERN_PHRASES
} PdPatternKind;

typedef enum {
  PD_WORD_FROM,    /* names of the fields of a header block */
  PD_WORD_DATE,
  PD_WORD_TO,
  PD_WORD_SUBJECT,
  PD_WORD_OTHER,
  PD_WORD_FORWARD, /* "Fwd" of a subject */
  PD_WORD_TRACE,   /* "Received": a field of the mail itself, in no header block */
  PD_WORD_SELF,    /* "I", "you": who is no name in an attribution */
  PD_WORDS
} PdWordKind;

typedef struct PdPatternSet PdPatternSet;

PdPatternSet *pd_pattern_set_new    (void);
void          pd_pattern_set_free   (PdPatternSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdPatternSet, pd_pattern_set_free)

/* Adds the patterns of a text.
 *
 * name     what errors call it: the file's path
 * Errors   PD_ERROR_INVALID  "NAME:LINE: …"
 */
gboolean      pd_pattern_set_parse  (PdPatternSet *set,
                                     const char   *name,
                                     const char   *text,
                                     GError      **error);

/* Adds a file, or all files of a folder whose names end in ".patterns".
 * Errors  as above; PD_ERROR_NOT_FOUND  it cannot be read
 */
gboolean      pd_pattern_set_load   (PdPatternSet *set,
                                     const char   *path,
                                     GError      **error);

/* Tries each phrase on its own examples.
 * Errors  PD_ERROR_INVALID  the first that does not do what its examples say
 */
gboolean      pd_pattern_set_check  (const PdPatternSet *set,
                                     GError      **error);

/* Of which kinds a line can be by its first characters (0 behind its end) and its
 * last, all folded: a bit (1 << kind) for each.
 */
guint         pd_pattern_set_kinds  (const PdPatternSet *set,
                                     const gunichar begin[PD_PATTERN_BEGIN],
                                     gunichar      last);

/* The same by the last character only. */
guint         pd_pattern_set_ends   (const PdPatternSet *set,
                                     gunichar      last);

/* Whether a phrase of that kind matches what `run` has taken. */
gboolean      pd_pattern_set_match  (const PdPatternSet *set,
                                     PdPatternKind kind,
                                     PdPatternRun *run);

/* Adds to `out` the phrases (PdPattern, lent) of that kind that can match what
 * `run` has taken or a part of it that ends as it does.
 */
void          pd_pattern_set_find   (const PdPatternSet *set,
                                     PdPatternKind kind,
                                     PdPatternRun *run,
                                     GPtrArray    *out);

/* The kinds of a folded word: a bit (1 << PdWordKind) for each, 0 if none. */
guint         pd_pattern_set_word   (const PdPatternSet *set,
                                     const char   *folded);
