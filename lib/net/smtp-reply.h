/* smtp-reply.h - a server's reply (RFC 5321 4.2), read without I/O.
 *
 * Bounded; a bare LF as line end is forgiven.
 */
#pragma once

#include <glib.h>

#define PD_SMTP_REPLY_MAX_LINE  2048 /* octets with line end (RFC 5321 4.5.3.1.5: 512) */
#define PD_SMTP_REPLY_MAX_LINES 128

typedef struct {
  int        code;      /* 200 … 599 */
  char       status[12]; /* enhanced status of RFC 3463, "5.1.1"; "" if there is none */
  GPtrArray *lines;     /* the text of each, without code and status: any octets but NUL, LF */
} PdSmtpReply;

void          pd_smtp_reply_free  (PdSmtpReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSmtpReply, pd_smtp_reply_free)

/* Code, status and all lines in one, in valid UTF-8 without controls. */
char         *pd_smtp_reply_dup_text (const PdSmtpReply *reply);

typedef struct PdSmtpReader PdSmtpReader;

PdSmtpReader *pd_smtp_reader_new  (void);
void          pd_smtp_reader_free (PdSmtpReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSmtpReader, pd_smtp_reader_free)

/* Gives it bytes, cut anywhere, up to the end of a reply.
 *
 * out_taken   how many were used; the rest belongs to the next reply
 * out_reply   the reply, NULL if it is not complete; the caller frees
 * Returns     FALSE with PD_ERROR_INVALID when this is no SMTP; the reader is
 *             of no use then
 */
gboolean      pd_smtp_reader_feed (PdSmtpReader *reader,
                                   const char   *bytes,
                                   gsize         length,
                                   gsize        *out_taken,
                                   PdSmtpReply **out_reply,
                                   GError      **error);

/* Whether a reply has begun and not ended. */
gboolean      pd_smtp_reader_is_inside (const PdSmtpReader *reader);
