/* envelope.h - a mail as it was handed over: from whom, for whom, the bytes. */
#pragma once

#include "base/spill.h"

typedef struct {
  char    *sender;       /* "" the null sender */
  char   **recipients;   /* in the order of RCPT, NULL-terminated, at least one */
  guint    n_recipients;
  PdSpill *data;         /* without stuffed dots and final dot; line ends as they came */
  char    *helo;         /* the client's name for itself */
  char    *peer;         /* "192.0.2.1:40000", "unix" */
  gboolean body_8bit;    /* BODY=8BITMIME was said */
  gboolean smtputf8;     /* SMTPUTF8 was said (RFC 6531) */
  gboolean bare_newline; /* DATA held a CR or LF outside CRLF: seen in mail smuggling */
} PdEnvelope;

void  pd_envelope_free  (PdEnvelope *envelope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdEnvelope, pd_envelope_free)
