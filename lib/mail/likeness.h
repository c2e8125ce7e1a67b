/* likeness.h - how far two texts say the same.
 *
 * Compared are the groups of three words in a row that each has; numbers and
 * links are left out, because they are what a program changes in a text that
 * it sends again and again.  Pure.
 */
#pragma once

#include <glib.h>

#define PD_LIKENESS_MAX_WORDS 2000 /* of a text that are looked at */

typedef struct PdLikeness PdLikeness;

PdLikeness *pd_likeness_new       (const char       *text);
void        pd_likeness_free      (PdLikeness       *likeness);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdLikeness, pd_likeness_free)

/* Words that were looked at. */
guint       pd_likeness_words     (const PdLikeness *likeness);

/* Per cent of all groups of both that both have: 100 for the same text. */
guint       pd_likeness_equal     (const PdLikeness *a,
                                   const PdLikeness *b);

/* Per cent of the groups of `part` that `whole` has too: 100 if it holds the
 * text and more. */
guint       pd_likeness_contained (const PdLikeness *part,
                                   const PdLikeness *whole);
