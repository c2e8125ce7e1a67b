#include "base/error.h"

#include <sysexits.h>

G_DEFINE_QUARK (pd - error, pd_error)

static const PdErrorFace faces[] = {
  [PD_ERROR_INVALID] = { "invalid", "554 5.6.0", 422, EX_DATAERR, FALSE },
  [PD_ERROR_DENIED] = { "denied", "550 5.7.1", 403, EX_NOPERM, FALSE },
  [PD_ERROR_NOT_FOUND] = { "not-found", "550 5.1.1", 404, EX_NOUSER, FALSE },
  [PD_ERROR_CONFLICT] = { "conflict", "451 4.3.0", 409, EX_TEMPFAIL, TRUE },
  [PD_ERROR_TEMPORARY] = { "temporary", "451 4.3.0", 503, EX_TEMPFAIL, TRUE },
  [PD_ERROR_INTERNAL] = { "internal", "451 4.3.0", 500, EX_SOFTWARE, FALSE },
};

const PdErrorFace *
pd_error_face (const GError *error)
{
  if (error == NULL || error->domain != PD_ERROR || error->code < 0
      || error->code >= (int)G_N_ELEMENTS (faces))
    return &faces[PD_ERROR_INTERNAL];
  return &faces[error->code];
}

gboolean
pd_error_is (const GError *error, PdErrorCode code)
{
  return g_error_matches (error, PD_ERROR, (int)code);
}

gboolean
pd_fail (GError **error, PdErrorCode code, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, PD_ERROR, (int)code, text);
  return FALSE;
}
