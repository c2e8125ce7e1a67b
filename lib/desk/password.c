#include "desk/password.h"

#include <crypt.h>
#include <string.h>

#include "base/error.h"

#define PREFIX "$y$" /* yescrypt */

/* What a check is made against when there is nothing to check: the cost is that
 * of a real one, the result is never used. */
#define NOBODY PREFIX "j9T$F5Jx5fExrKuPp53xLKQ..1"

static void
wipe (void *bytes, gsize size)
{
  explicit_bzero (bytes, size);
}

/* The hash of a password under a setting, or NULL. */
static char *
run_crypt (const char *password, const char *setting)
{
  /* 32 KiB: not for the stack */
  struct crypt_data *data = g_new0 (struct crypt_data, 1);
  const char *hash = crypt_r (password, setting, data);
  char *copy = hash != NULL && hash[0] != '*' ? g_strdup (hash) : NULL;

  wipe (data, sizeof *data);
  g_free (data);
  return copy;
}

char *
pd_password_hash (const char *password, GError **error)
{
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  char *hash;

  if (!g_utf8_validate (password, -1, NULL))
    {
      pd_fail (error, PD_ERROR_INVALID, "a password is text in UTF-8");
      return NULL;
    }
  if (g_utf8_strlen (password, -1) < PD_PASSWORD_MIN || strlen (password) > PD_PASSWORD_MAX)
    {
      pd_fail (error, PD_ERROR_INVALID, "a password has %d characters to %d octets",
               PD_PASSWORD_MIN, PD_PASSWORD_MAX);
      return NULL;
    }
  hash = crypt_gensalt_rn (PREFIX, 0, NULL, 0, setting, sizeof setting) != NULL
             ? run_crypt (password, setting)
             : NULL;
  if (hash == NULL)
    pd_fail (error, PD_ERROR_INTERNAL, "libcrypt does not make yescrypt hashes");
  return hash;
}

static gboolean
same_text (const char *a, const char *b)
{
  gsize length = strlen (a);
  guint8 differ = 0;

  if (strlen (b) != length)
    return FALSE;
  /* to the end, whatever was found: the time says nothing of where */
  for (gsize i = 0; i < length; i++)
    differ |= (guint8)(a[i] ^ b[i]);
  return differ == 0;
}

gboolean
pd_password_verify (const char *password, const char *hash)
{
  gboolean real = hash != NULL && *hash != '\0' && strlen (password) <= PD_PASSWORD_MAX;
  g_autofree char *got
      = run_crypt (strlen (password) <= PD_PASSWORD_MAX ? password : "", real ? hash : NOBODY);

  if (got == NULL)
    {
      /* no hash that libcrypt reads: the time is spent all the same */
      g_autofree char *spent = run_crypt ("", NOBODY);

      return FALSE;
    }
  return real && same_text (got, hash);
}

gboolean
pd_password_needs_rehash (const char *hash)
{
  return crypt_checksalt (hash) != CRYPT_SALT_OK || !g_str_has_prefix (hash, PREFIX);
}
