/* error.h - the one error domain, and the face an error shows to each front.
 *
 * A code says who must act; the text says what was wrong and names the fix.
 * Only this module maps codes to replies, statuses and "try again or not".
 */
#pragma once

#include <glib.h>

#define PD_ERROR (pd_error_quark ())

typedef enum {
  PD_ERROR_INVALID,   /* the input is wrong; the sender must change it */
  PD_ERROR_DENIED,    /* the caller may not */
  PD_ERROR_NOT_FOUND, /* a thing that had to exist does not */
  PD_ERROR_CONFLICT,  /* somebody changed it first; reload and decide again */
  PD_ERROR_TEMPORARY, /* the same call may work later */
  PD_ERROR_INTERNAL,  /* our bug or a broken installation */
} PdErrorCode;

/* How one kind of error looks from outside. */
typedef struct {
  const char *name; /* as in logs and JSON: "invalid", "denied", ... */
  const char *lmtp; /* reply code and enhanced status (RFC 3463): "451 4.3.0" */
  int         http; /* status (RFC 9110 15) */
  int         exit; /* <sysexits.h> */
  gboolean    retry; /* the same call may succeed later */
} PdErrorFace;

GQuark              pd_error_quark  (void);

/* The face of an error.
 *
 * error     any GError; foreign domains count as PD_ERROR_INTERNAL, NULL too
 * Returns   static storage.  Cannot fail.
 */
const PdErrorFace  *pd_error_face   (const GError *error);

/* Whether an error is of our domain and has this code. */
gboolean            pd_error_is     (const GError *error,
                                     PdErrorCode   code);

/* Sets an error of our domain and returns FALSE, so that a check reads
 * `return pd_fail (error, PD_ERROR_INVALID, "…")`.
 */
gboolean            pd_fail         (GError      **error,
                                     PdErrorCode   code,
                                     const char   *format,
                                     ...) G_GNUC_PRINTF (3, 4);
