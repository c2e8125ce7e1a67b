/* sink.h - an SMTP server that keeps every mail as a file: for trying out and
 * for tests.
 *
 * A mail becomes DIR/<microseconds>-<n>.eml: "Return-Path: <…>", one
 * "X-Original-To: …" for each recipient, then the mail as it came.  It
 * appears under that name when it is complete.
 *
 * Recipients whose address begins so are for testing clients:
 *   tempfail   451 4.3.0 at RCPT            latetemp   451 4.3.0 after the mail
 *   permfail   550 5.1.1 at RCPT            lateperm   554 5.6.0 after the mail
 *   drop       the connection breaks after the final dot; the mail is kept
 */
#pragma once

#include <glib.h>

typedef struct {
  const char *endpoint;    /* as of pd_endpoint_parse; port 0: any */
  const char *folder;      /* is there already; NULL: mails are only counted */
  gboolean    lmtp;        /* LMTP instead of SMTP */
  guint       drop_one_in; /* about every n-th mail is kept and its connection broken; 0: none */
} PdSinkSettings;

typedef struct PdSink PdSink;

/* Starts it, in a thread of its own.  Errors as of pd_endpoint_listen. */
PdSink   *pd_sink_new   (const PdSinkSettings *settings,
                         GError              **error);

/* Stops it. */
void      pd_sink_free  (PdSink               *sink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSink, pd_sink_free)

guint16   pd_sink_port  (PdSink               *sink);

/* Mails kept so far. */
guint     pd_sink_count (PdSink               *sink);
