/* password.h - hashes of passwords, by crypt(5).
 *
 * New ones are yescrypt; a check takes every scheme that libcrypt knows, so
 * that imported accounts go on.  Both take about a tenth of a second and some
 * megabytes: the caller bounds how many run at a time.  Nothing here, nor any
 * error, ever shows a password or a hash.
 */
#pragma once

#include <glib.h>

#define PD_PASSWORD_MIN 8   /* characters */
#define PD_PASSWORD_MAX 256 /* octets */

/* A hash with fresh salt; the caller frees.
 *
 * Errors   PD_ERROR_INVALID    too short, too long, not UTF-8
 *          PD_ERROR_INTERNAL   libcrypt refused
 */
char     *pd_password_hash         (const char *password, GError **error);

/* Whether it is the password.  A wrong one costs the same time, and so does a
 * hash that is none.
 *
 * hash      NULL or "": there is no such person, or he has no password
 */
gboolean  pd_password_verify       (const char *password, const char *hash);

/* Whether a hash is worth being made anew at the next sign-in: an old scheme,
 * or a lower cost than today's. */
gboolean  pd_password_needs_rehash (const char *hash);
