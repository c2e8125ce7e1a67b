#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "cli/commands.h"
#include "cli/rows.h"
#include "desk/inbound.h"
#include "desk/intake.h"
#include "mail/mail-json.h"
#include "mail/mail.h"

#define MAX_FILE (1024 * 1024 * 1024) /* octets of a mail that `parse` and `explain` read */

/* ---- deliver ------------------------------------------------------------- */

/* Postfix's pipe(8) bounces a mail on most statuses; when in doubt the mail
 * must stay in its queue, so only a wrong recipient or wrong usage is final. */
static int
deliver_status (const GError *error)
{
  int status = pd_error_face (error)->exit;

  return status == EX_NOUSER || status == EX_DATAERR ? status : EX_TEMPFAIL;
}

/* Whether the sender of a held mail is to be told, as over LMTP. */
static gboolean
is_refused (const PdCli *cli, const PdVerdict *verdict)
{
  return g_str_equal (verdict->outcome, "held")
         && g_str_equal (pd_config_text (cli->program->config, PD_SETTING_INGEST_HELD_REPLY),
                         "reject");
}

static gboolean
file_one (PdCli *cli, const char *sender, char **recipients, GBytes *raw, GError **error)
{
  g_autoptr (GError) unread = NULL;
  g_autoptr (PdMail) mail = pd_cli_parse (cli, raw, sender, recipients[0], &unread);
  PdIntake intake = {
    .id = pd_id_new (),
    .received = pd_clock_now (),
    .source = "deliver",
    .mail_from = sender,
    .recipients = (const char *const *)recipients,
    .raw = raw,
    .mail = mail,
    .held_reason = unread != NULL ? unread->message : NULL,
  };
  g_autoptr (PdVerdict) verdict = NULL;
  GError *bad = NULL;
  char id[PD_ID_TEXT_SIZE];

  if (unread != NULL && !pd_error_is (unread, PD_ERROR_INVALID))
    {
      cli->status = deliver_status (unread);
      g_propagate_error (error, g_steal_pointer (&unread));
      return FALSE;
    }
  pd_intake_batch (cli->desk, &intake, 1, &verdict, &bad);
  if (bad != NULL)
    {
      cli->status = deliver_status (bad);
      g_propagate_error (error, bad);
      return FALSE;
    }
  if (is_refused (cli, verdict))
    {
      cli->status = EX_DATAERR;
      return pd_fail (error, PD_ERROR_INVALID, "the mail was kept but not delivered: %s",
                      verdict->reason);
    }
  if (cli->json)
    g_print ("{\"id\": \"%s\", \"outcome\": \"%s\", \"ticket\": %" G_GINT64_FORMAT "}\n",
             pd_id_format (intake.id, id), verdict->outcome, verdict->ticket);
  return TRUE;
}

gboolean
pd_command_deliver (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *sender = NULL;
  const GOptionEntry entries[] = {
    { "from", 'f', 0, G_OPTION_ARG_STRING, &sender, "The envelope sender; \"\" is the null sender",
      "SENDER" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GBytes) raw = NULL;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, -1, error))
    return FALSE;
  cli->status = EX_TEMPFAIL; /* until it is filed: the mail stays where it is */
  if (!pd_cli_parsers (cli, error))
    return FALSE;
  if (!pd_cli_settings (cli, error) || !pd_cli_start_parser (cli, 0, error))
    {
      cli->status = EX_TEMPFAIL;
      return FALSE;
    }
  raw = pd_cli_read ("-", cli->program->max_size, error);
  if (raw == NULL)
    {
      cli->status
          = error != NULL && pd_error_is (*error, PD_ERROR_INVALID) ? EX_DATAERR : EX_TEMPFAIL;
      return FALSE;
    }
  if (!pd_cli_desk (cli, error))
    return FALSE;
  cli->status = EX_OK;
  return file_one (cli, sender != NULL ? sender : "", argv + 1, raw, error);
}

/* ---- parse --------------------------------------------------------------- */

/* `parse` needs no settings; but if there are some, they may name keys. */
static gboolean
find_keys (PdCli *cli, GError **error)
{
  g_autoptr (GError) none = NULL;

  if (pd_cli_settings (cli, &none))
    return pd_cli_start_gpg (cli, error);
  if (cli->config_path == NULL)
    {
      cli->status = EX_OK;
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&none));
  return FALSE;
}

static gboolean
parse_as (PdCli *cli, const char *as, const char *from, const char *to, const char *path,
          GError **error)
{
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (PdMail) mail = NULL;
  g_autofree char *json = NULL;
  gboolean html = as != NULL && g_str_equal (as, "html");

  if (as != NULL && !html && !g_str_equal (as, "text"))
    return pd_cli_usage (cli, error, "--as is \"text\" or \"html\"");
  if (!pd_cli_parsers (cli, error))
    return FALSE;
  raw = pd_cli_read (path, MAX_FILE, error);
  if (raw == NULL)
    return FALSE;
  if (as != NULL)
    {
      g_autoptr (GBytes) body = g_steal_pointer (&raw);

      raw = pd_mail_wrap_body (body, html);
    }
  /* in this order: no setting bounds the mail that is looked at */
  if (!pd_cli_start_parser (cli, g_bytes_get_size (raw), error) || !find_keys (cli, error))
    return FALSE;
  mail = pd_cli_parse (cli, raw, from, to, error);
  if (mail == NULL)
    return FALSE;
  json = pd_mail_to_json (mail);
  g_print ("%s\n", json);
  return TRUE;
}

gboolean
pd_command_parse (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL, *from = NULL, *to = NULL;
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "FILE is a bare body: text or html", "KIND" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &from, "The envelope sender; \"\" is the null sender",
      "ADDRESS" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &to, "The envelope recipient", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };

  return pd_cli_options (cli, entries, &argc, &argv, 1, 1, error)
         && parse_as (cli, as, from, to, argv[1], error);
}

/* ---- explain ------------------------------------------------------------- */

static void
print_verdict (PdCli *cli, const PdVerdict *verdict)
{
  struct json_object *object;

  if (!cli->json)
    {
      g_print ("%s", verdict->outcome);
      if (verdict->ticket != 0)
        g_print (" #%" G_GINT64_FORMAT, verdict->ticket);
      g_print ("%s%s\n", verdict->reason[0] != '\0' ? ": " : "", verdict->reason);
      pd_rows_print_trace (verdict->trace);
      return;
    }
  object = json_object_new_object ();
  pd_json_text (object, "outcome", verdict->outcome);
  pd_json_text (object, "reason", verdict->reason);
  json_object_object_add (object, "ticket",
                          verdict->ticket != 0 ? json_object_new_int64 (verdict->ticket) : NULL);
  json_object_object_add (object, "trace", json_tokener_parse (verdict->trace));
  pd_cli_print_json (object);
  json_object_put (object);
}

/* the address of a list's first person, or NULL */
static const char *
first_address (const GPtrArray *people)
{
  return people->len > 0 ? ((const PdAddress *)g_ptr_array_index (people, 0))->address : NULL;
}

static gboolean
explain (PdCli *cli, const char *from, const char *to, const char *path, GError **error)
{
  g_autoptr (GBytes) raw = pd_cli_read (path, MAX_FILE, error);
  g_autoptr (GError) unread = NULL;
  g_autoptr (PdMail) mail = NULL;
  g_autoptr (PdVerdict) verdict = NULL;
  const char *recipients[2] = { to, NULL };
  PdIntake intake = { .source = "explain", .recipients = recipients, .raw = raw };

  if (raw == NULL || !pd_cli_start_parser (cli, 0, error))
    return FALSE;
  intake.mail = mail = pd_cli_parse (cli, raw, from, to, &unread);
  if (unread != NULL && (!pd_error_is (unread, PD_ERROR_INVALID) || to == NULL))
    {
      g_propagate_error (error, g_steal_pointer (&unread));
      return FALSE;
    }
  intake.held_reason = unread != NULL ? unread->message : NULL;
  intake.id = pd_id_new ();
  intake.received = pd_clock_now ();
  if (from == NULL && mail != NULL)
    from = mail->return_path != NULL ? mail->return_path : first_address (mail->from);
  intake.mail_from = from != NULL ? from : "";
  if (to == NULL)
    recipients[0] = first_address (mail->to);
  if (recipients[0] == NULL)
    return pd_fail (error, PD_ERROR_INVALID, "the mail has no To field; give --to ADDRESS");
  if (!pd_intake_explain (cli->desk, &intake, &verdict, error))
    return FALSE;
  print_verdict (cli, verdict);
  return TRUE;
}

gboolean
pd_command_explain (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *from = NULL, *to = NULL;
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_STRING, &to, "The envelope recipient (else the first of To)",
      "ADDRESS" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &from, "The envelope sender (else Return-Path, else From)",
      "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };

  return pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) && pd_cli_parsers (cli, error)
         && pd_cli_desk (cli, error) && explain (cli, from, to, argv[1], error);
}
