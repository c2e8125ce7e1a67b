#include "net/envelope.h"

void
pd_envelope_free (PdEnvelope *envelope)
{
  g_free (envelope->sender);
  g_strfreev (envelope->recipients);
  g_clear_pointer (&envelope->data, pd_spill_free);
  g_free (envelope->helo);
  g_free (envelope->peer);
  g_free (envelope);
}
