#include "src/spool/outcome.h"

#include "base/error.h"
#include "base/log.h"

Outcome *
outcome_new (gint64 id)
{
  Outcome *outcome = g_new0 (Outcome, 1);

  outcome->result.id = id;
  outcome->result.result = PD_UNTRIED;
  return outcome;
}

void
outcome_free (Outcome *outcome)
{
  if (outcome == NULL)
    return;
  g_free (outcome->status);
  g_free (outcome->answer);
  g_free (outcome->relay);
  g_free (outcome->text);
  g_free (outcome);
}

void
outcome_set (Outcome *outcome, int result, int code, const char *status, const char *answer,
             const char *relay)
{
  g_free (outcome->status);
  g_free (outcome->answer);
  g_free (outcome->relay);
  outcome->status = g_strdup (status != NULL ? status : "");
  outcome->answer = g_strdup (answer != NULL ? answer : "");
  outcome->relay = g_strdup (relay != NULL ? relay : "");
  outcome->result.result = result;
  outcome->result.code = code;
  outcome->result.status = outcome->status;
  outcome->result.answer = outcome->answer;
  outcome->result.relay = outcome->relay;
}

void
outcome_take_text (Outcome *outcome, char *text)
{
  g_free (outcome->text);
  outcome->text = text;
  outcome->result.text = text;
}

void
outcome_put_off (Outcome *outcome, const char *status, const char *why, gint64 again)
{
  outcome_set (outcome, PD_AWAY, 0, status, why, NULL);
  outcome->result.again = again;
}

void
outcome_fail (Outcome *outcome, const GError *error, gint64 again)
{
  if (pd_error_face (error)->retry)
    outcome_put_off (outcome, "4.3.0", error->message, again);
  else if (pd_error_is (error, PD_ERROR_DENIED))
    outcome_set (outcome, PD_CANCELLED, 0, "", error->message, NULL);
  else if (pd_error_is (error, PD_ERROR_INTERNAL))
    outcome_set (outcome, PD_HELD, 0, "", error->message, NULL);
  else
    outcome_set (outcome, PD_FAILED, 0, "5.6.0", error->message, NULL);
}

void
outcome_log (const Outcome *outcome, const char *recipient)
{
  static const struct {
    const char *event;
    PdLogLevel level;
  } lines[] = {
    [PD_SENT] = { "sent", PD_LOG_INFO },        [PD_DEFERRED] = { "deferred", PD_LOG_NOTICE },
    [PD_FAILED] = { "failed", PD_LOG_NOTICE },  [PD_LOST] = { "lost", PD_LOG_WARNING },
    [PD_UNTRIED] = { "returned", PD_LOG_INFO }, [PD_HELD] = { "held", PD_LOG_ERROR },
    [PD_AWAY] = { "put-off", PD_LOG_INFO },     [PD_CANCELLED] = { "cancelled", PD_LOG_NOTICE },
  };
  const PdOutboxResult *result = &outcome->result;

  pd_log (lines[result->result].level, result->id, lines[result->result].event, "to", recipient,
          "relay", result->relay, "status", result->status, "answer", result->answer, NULL);
}
