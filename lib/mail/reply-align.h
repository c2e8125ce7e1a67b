/* reply-align.h - finds in an answer the lines of the mail that we sent.
 *
 * What mail programs put around a quote differs without end; but of an answer
 * to a mail of ours the quoted text is known.  The words of the mail are
 * aligned with those of the sent text, whatever has become of line breaks,
 * quote marks, white space, links and letter case; lines of which every word
 * is ours are the quote, and the sender's are those above, below and between.
 *
 * Pure; time grows with the length of both texts, within the bounds below.  The
 * process must have called pd_mail_init.
 */
#pragma once

#include "mail/mail.h"

#define PD_ALIGN_MAX_WORDS 60000 /* of the mail that are looked at */
#define PD_ALIGN_MAX_SENT  20000 /* of the sent text */
#define PD_ALIGN_MAX_LINES 20000 /* of the mail; one with more is left as it is */

typedef struct {
  char      *visible;  /* as in PdMail */
  char      *signature_text;
  GPtrArray *folded;   /* of PdFolded, in order */
  guint      ours;     /* lines that we sent */
  guint      hidden;   /* lines of ours that had been visible */
  guint      restored; /* the sender's lines that had been folded as a quote */
} PdAligned;

void        pd_aligned_free     (PdAligned    *aligned);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdAligned, pd_aligned_free)

/* Whether a mail can hold a quote that is worth a look at what we sent: it
 * has quoted lines, or something was folded, or it is more than a few lines. */
gboolean    pd_reply_may_quote  (const PdMail *mail);

/* Sets apart what is ours in an answer.
 *
 * mail      text, visible and folded as read by its structure
 * sent      the plain text that we sent, UTF-8
 * Returns   what is better than that; NULL if it is right already, if nothing
 *           of ours is in it, if nothing else would be left, or if the mail
 *           passes ours on to somebody (what is forwarded is its content)
 *
 * A line is never folded for some words that it has in common with ours: all
 * its words must be ours, in our order, three in a row at least, and without
 * quote marks half of the sent text must be there or a header block above it.
 */
PdAligned  *pd_reply_align      (const PdMail *mail,
                                 const char   *sent);
