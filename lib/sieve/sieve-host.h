/* sieve-host.h - what surrounds a script: the program that runs it, as
 * callbacks.  All may be NULL: then there is nothing of the kind.
 */
#pragma once

#include "sieve/sieve-config.h"

typedef struct PdSieveExtension PdSieveExtension;

typedef struct {
  gpointer             data;      /* the callbacks' first argument */
  const PdSieveConfig *config;    /* never NULL */
  gint64               now;       /* microseconds UTC; of all `currentdate` of a run */
  const char          *zone;      /* IANA name of the local zone (RFC 5260 4.2); NULL UTC */
  const PdSieveExtension *const *extensions; /* own ones, up to NULL; NULL none */

  /* An item of the environment (RFC 5183 4.1); NULL: not known. */
  const char *(*environment) (gpointer data, const char *name);
  /* The text of a script for `include` (RFC 6609 3.2).  NULL without an error: there is none.
   * Caller frees.  `location` is "personal" or "global". */
  char       *(*script)      (gpointer data, const char *location, const char *name, GError **error);
  /* Whether a list of that name (RFC 6134 2.2) is there, and whether it holds a value. */
  gboolean    (*has_list)    (gpointer data, const char *list);
  gboolean    (*list_has)    (gpointer data, const char *list, const char *value);
  /* The addresses of a list, for redirect :list; of char *; NULL: not to be had. */
  GPtrArray  *(*list_all)    (gpointer data, const char *list);
  /* Whether an id was remembered before (RFC 7352, RFC 5230 4.2) and is not forgotten yet; what
   * a run wants remembered is in its plan. */
  gboolean    (*seen)        (gpointer data, const char *key);
  /* RFC 5435 5: "online" of a method's URI: "yes" "no" "maybe"; NULL: maybe. */
  const char *(*notify_online) (gpointer data, const char *uri);
  /* An address that is the owner's beside what the script names (RFC 5230 4.5); of a mail to
   * none of them no vacation is sent. */
  gboolean    (*is_own)      (gpointer data, const char *address);
} PdSieveHost;
