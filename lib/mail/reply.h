/* reply.h - what of a text the sender wrote now, and what he quotes, signs with
 * or must append; not installed.
 *
 * Nothing is lost: a text is split into pieces that follow each other without
 * a gap.  Pure, but for the patterns, which are read once before any mail.
 */
#pragma once

#include "mail/pattern-set.h"

#define PD_REPLY_MAX_LINES 20000 /* that are looked at; the rest is one long line */

typedef enum {
  PD_PIECE_WRITTEN,
  PD_PIECE_QUOTE,      /* the mail that is answered */
  PD_PIECE_HEADER,     /* "On … wrote:" above it */
  PD_PIECE_SIGNATURE,
  PD_PIECE_DISCLAIMER, /* and the footers of lists and virus scanners */
} PdPieceKind;

typedef struct {
  PdPieceKind kind;
  gsize       offset, length; /* octets of the text; whole lines, but for an answer and an
                               * attribution that share one */
} PdPiece;

/* Splits a text.
 *
 * text       valid UTF-8, lines end in \n
 * forwards   whether its subject says that a mail is passed on: then that mail
 *            is content and stays
 * spans      of PdHtmlSpan, in order: what the HTML marks in the text; or NULL
 * Returns    of PdPiece: they cover the text once and in order, no two
 *            neighbours of one kind.  At least one is PD_PIECE_WRITTEN and not
 *            blank if the text is not blank: what would fold whole stays whole.
 */
GArray      *pd_reply_split    (const char *text,
                                gboolean    forwards,
                                const GArray *spans);

/* Takes what was gathered, without empty lines at either end. */
char        *pd_reply_take_trimmed (GString *text);

/* "quote" "header" …; "written" */
const char  *pd_piece_name     (PdPieceKind kind);

/* Reads the patterns of the installation and those of the site in $POSTDESK_PATTERNS
 * or, for an installed program, SYSCONFDIR/postdesk/patterns.  Called by
 * pd_mail_init; where they cannot be read, a critical message says why, and the
 * marks that are missing are not found.
 */
void         pd_reply_init     (void);
void         pd_reply_shutdown (void);

/* Reads the same files anew and tries each phrase on its examples.
 * Errors  PD_ERROR_INVALID  "FILE:LINE: …"; PD_ERROR_NOT_FOUND
 */
gboolean     pd_reply_check_patterns (GError **error);

/* The patterns; lent until pd_reply_shutdown. */
const PdPatternSet *pd_reply_peek_patterns (void);
