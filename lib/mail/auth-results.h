/* auth-results.h - reads Authentication-Results (RFC 8601 2.2), and the tags of
 * ARC (RFC 8617) and DKIM fields.
 *
 * Pure.  Whom to believe is not decided here.  What stands in quotes or in a
 * comment never becomes a result, whatever it holds.
 */
#pragma once

#include <glib.h>

#define PD_AUTH_MAX_FIELD      16384 /* octets of a field; of a longer one nothing is read */
#define PD_AUTH_MAX_RESULTS    100   /* of one field */
#define PD_AUTH_MAX_PROPERTIES 50    /* of one result */

/* One result: "dkim=pass header.d=example.org". */
typedef struct {
  char      *method; /* small letters */
  char      *result; /* small letters */
  GPtrArray *names;  /* of char*: "header.d", small letters; "reason" too */
  GPtrArray *values; /* of char*, as many, as written without quotes */
} PdAuthResult;

typedef struct {
  char      *authserv_id; /* as written */
  GPtrArray *results;     /* of PdAuthResult; empty for "none" */
} PdAuthResults;

/* Reads the body of a field.  NULL if it has no server name, one of another
 * version than 1, or is too long. */
PdAuthResults *pd_auth_results_parse (const char *body);
void           pd_auth_results_free  (PdAuthResults *results);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdAuthResults, pd_auth_results_free)

/* The first property of that name: it is what was checked.  NULL if there is
 * none; lent. */
const char    *pd_auth_result_get    (const PdAuthResult *result,
                                      const char         *name);

/* A tag of "i=1; d=example.org; …" (RFC 6376 3.2), without white space; NULL if
 * it is not there or twice.  Caller frees.
 */
char          *pd_auth_tag_dup       (const char *body,
                                      const char *name);
