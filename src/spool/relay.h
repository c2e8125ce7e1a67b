/* relay.h - the mail server that takes mail out: one connection to it, kept
 * open while there is something to send.
 */
#pragma once

#include "base/config.h"
#include "desk/render.h"
#include "src/spool/outage.h"
#include "src/spool/outcome.h"

/* What smtp.* says; read-only, shared by all connections. */
typedef struct RelaySettings RelaySettings;

/* Errors   PD_ERROR_INVALID   smtp.url is none, or the certificates cannot be read */
RelaySettings *relay_settings_new  (const PdConfig *config, GError **error);
void           relay_settings_free (RelaySettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelaySettings, relay_settings_free)

typedef struct Relay Relay;

/* outage   shared by all connections; borrowed */
Relay   *relay_new     (const RelaySettings *settings, Outage *outage);
void     relay_free    (Relay *relay); /* says QUIT if it is open */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Relay, relay_free)

gboolean relay_is_open (const Relay *relay);

/* Says QUIT and closes. */
void     relay_hang_up (Relay *relay);

/* Sends a mail and sets how it went, connecting first if need be.  A server
 * that has closed a connection that was idle is called once more.  If it cannot
 * be reached, or an outage lasts, the mail is put off. */
void     relay_send    (Relay *relay, const PdRendered *mail, Outcome *outcome);
