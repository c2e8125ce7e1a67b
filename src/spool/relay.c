#include "src/spool/relay.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "net/smtp-connection.h"

struct RelaySettings {
  PdSmtpServer server;
  char *url, *hello, *ca_file;
};

struct Relay {
  const RelaySettings *settings;
  Outage *outage;
  PdSmtpConnection *connection; /* NULL: not open */
};

static PdSmtpTls
read_tls (const PdConfig *config)
{
  const char *text = pd_config_text (config, PD_SETTING_SMTP_TLS);

  if (strcmp (text, "required") == 0)
    return PD_SMTP_TLS_REQUIRED;
  return strcmp (text, "none") == 0 ? PD_SMTP_TLS_NONE : PD_SMTP_TLS_OPPORTUNISTIC;
}

RelaySettings *
relay_settings_new (const PdConfig *config, GError **error)
{
  g_autoptr (RelaySettings) settings = g_new0 (RelaySettings, 1);
  const char *hello = pd_config_text (config, PD_SETTING_SMTP_HELLO);

  settings->url = g_strdup (pd_config_text (config, PD_SETTING_SMTP_URL));
  settings->ca_file = g_strdup (pd_config_text (config, PD_SETTING_SMTP_CA_FILE));
  settings->hello
      = g_strdup (hello[0] != '\0' ? hello : pd_config_text (config, PD_SETTING_DESK_DOMAIN));
  settings->server.url = settings->url;
  settings->server.ca_file = settings->ca_file;
  settings->server.hello = settings->hello;
  settings->server.tls = read_tls (config);
  settings->server.timeout = pd_config_int (config, PD_SETTING_SMTP_TIMEOUT);
  if (!pd_smtp_check_url (settings->url, error))
    {
      g_prefix_error (error, "smtp.url: ");
      return NULL;
    }
  return g_steal_pointer (&settings);
}

void
relay_settings_free (RelaySettings *settings)
{
  if (settings == NULL)
    return;
  g_free (settings->url);
  g_free (settings->hello);
  g_free (settings->ca_file);
  g_free (settings);
}

Relay *
relay_new (const RelaySettings *settings, Outage *outage)
{
  Relay *relay = g_new0 (Relay, 1);

  relay->settings = settings;
  relay->outage = outage;
  return relay;
}

gboolean
relay_is_open (const Relay *relay)
{
  return relay->connection != NULL;
}

void
relay_hang_up (Relay *relay)
{
  if (relay->connection == NULL)
    return;
  g_clear_pointer (&relay->connection, pd_smtp_connection_free);
  outage_note_close (relay->outage);
}

void
relay_free (Relay *relay)
{
  if (relay == NULL)
    return;
  relay_hang_up (relay);
  g_free (relay);
}

static int
result_of (PdSmtpResult result)
{
  switch (result)
    {
    case PD_SMTP_SENT:
      return PD_SENT;
    case PD_SMTP_PERMANENT:
      return PD_FAILED;
    case PD_SMTP_LOST:
      return PD_LOST;
    default:
      return PD_DEFERRED;
    }
}

/* Sends on the open connection.  FALSE: the server had closed it, and nothing
 * is said about the mail. */
static gboolean
try_to_send (Relay *relay, const PdRendered *mail, Outcome *outcome)
{
  PdSmtpRecipient recipient = { .address = mail->rcpt_to };
  char envid[PD_ID_TEXT_SIZE];
  PdSmtpJob job = {
    .sender = mail->mail_from,
    .ret = "HDRS",
    .envid = pd_id_format (outcome->result.id, envid),
    .body_8bit = (mail->needs & PD_NEEDS_8BITMIME) != 0,
    .smtputf8 = (mail->needs & PD_NEEDS_SMTPUTF8) != 0,
    .mail = mail->bytes,
    .recipients = &recipient,
    .n_recipients = 1,
  };
  g_autoptr (GError) error = NULL;
  gboolean usable = pd_smtp_send (relay->connection, &job, &error);
  gboolean judged = recipient.result != PD_SMTP_UNTRIED;

  outcome_set (outcome, result_of (recipient.result), recipient.code, recipient.status,
               judged || error == NULL ? recipient.answer : error->message,
               pd_smtp_connection_get_peer (relay->connection));
  pd_smtp_job_clear (&job);
  if (!usable)
    relay_hang_up (relay);
  return judged;
}

/* Whatever keeps us from a connection, a wrong password too, is no mail's fault. */
static gboolean
call (Relay *relay)
{
  g_autoptr (GError) error = NULL;

  if (pd_clock_now () < outage_until (relay->outage))
    return FALSE;
  relay->connection = pd_smtp_connect (&relay->settings->server, &error);
  if (relay->connection != NULL)
    outage_note_open (relay->outage);
  else
    outage_note_failure (relay->outage, error->message);
  return relay->connection != NULL;
}

void
relay_send (Relay *relay, const PdRendered *mail, Outcome *outcome)
{
  g_autofree char *why = NULL;

  if (relay->connection != NULL && try_to_send (relay, mail, outcome))
    return;
  relay_hang_up (relay);
  if (call (relay))
    {
      try_to_send (relay, mail, outcome);
      return;
    }
  why = outage_dup_why (relay->outage);
  outcome_put_off (outcome, "4.4.1", why, outage_until (relay->outage));
}
