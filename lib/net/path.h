/* path.h - an address between angle brackets, and the parameters after it, as
 * they stand in MAIL and RCPT (RFC 5321 4.1.2, with UTF-8: RFC 6531 3.3).
 *
 * Pure functions: no I/O.  The syntax is strict, with these exceptions: blanks
 * before "<" are ignored, a domain may hold "_" (senders' hosts do), and a
 * local part may be longer than 64 octets (VERP and SRS make longer ones).
 */
#pragma once

#include <glib.h>

#define PD_PATH_MAX_LOCAL   256 /* octets; RFC 5321 4.5.3.1.1 asks for 64 */
#define PD_PATH_MAX_DOMAIN  255
#define PD_PATH_MAX_ADDRESS 320 /* local part, "@" and domain together */
#define PD_PATH_MAX_PARAMETERS 16

typedef enum {
  PD_PATH_NULL = 1 << 0,       /* "<>" will do */
  PD_PATH_POSTMASTER = 1 << 1, /* "<postmaster>" will do (RFC 5321 4.1.1.3) */
  PD_PATH_UTF8 = 1 << 2,
} PdPathFlags;

/* Reads a path; a source route is dropped, needless quotes of the local part
 * are taken away, so that equal addresses are equal strings.
 *
 * text         begins at or before "<"
 * out_address  without brackets, "" for the null path; caller frees
 * out_rest     what comes after ">", in `text`
 * Errors       PD_ERROR_INVALID
 */
gboolean  pd_path_parse      (const char   *text,
                              PdPathFlags   flags,
                              char        **out_address,
                              const char  **out_rest,
                              GError      **error);

/* Whether a string is an address that may stand between brackets; what we
 * send is checked by it, so that no CRLF gets into a command.
 */
gboolean  pd_path_is_address (const char   *address,
                              PdPathFlags   flags);

/* Whether an address needs SMTPUTF8. */
gboolean  pd_path_is_utf8    (const char   *address);

/* Splits " SIZE=100 SMTPUTF8" into keywords and values.
 *
 * text     changed: blanks and "=" become NULs, keywords upper case
 * names    gets pointers into text
 * values   the same; NULL where there is no "="
 * Returns  how many; -1 if the syntax is wrong, there are more than
 *          PD_PATH_MAX_PARAMETERS, or one comes twice
 */
int       pd_path_parameters (char         *text,
                              const char   *names[PD_PATH_MAX_PARAMETERS],
                              const char   *values[PD_PATH_MAX_PARAMETERS]);
