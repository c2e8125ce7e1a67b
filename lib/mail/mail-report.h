/* mail-report.h - reports that are not about delivery; not installed. */
#pragma once

#include "mail/mail-reader.h"

/* Whether it is a report of DMARC (RFC 7489) or TLS (RFC 8460) statistics.
 * Reports of single failures (RFC 6591) are complaints of the type
 * "auth-failure".
 */
gboolean  pd_reader_is_statistics (const PdReader *reader);
