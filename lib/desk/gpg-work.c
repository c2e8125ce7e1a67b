#include "desk/gpg-work.h"

#include <gpgme.h>
#include <string.h>

#define MAX_REASON 500    /* octets */
#define MAX_SIGNATURES 20 /* on one thing; with more none counts */
#define MAX_UIDS 1000

/* What is found out. */
typedef struct {
  gboolean opened, has_signature;
  PdSealState state;
  char *fingerprint;
  GPtrArray *addresses;
  gint64 signed_at;
  char *reason;
  GByteArray *content; /* NULL: none */
} Found;

/* ---- what comes out ---- */

static gssize
take_content (void *handle, const void *bytes, size_t size)
{
  GByteArray *content = handle;

  if (size > PD_GPG_MAX_CONTENT - content->len)
    {
      gpgme_err_set_errno (EFBIG);
      return -1;
    }
  g_byte_array_append (content, bytes, (guint)size);
  return (gssize)size;
}

static struct gpgme_data_cbs content_calls = { .write = take_content };

static gpgme_data_t
data_of (const char *bytes, gsize size)
{
  gpgme_data_t data = NULL;

  if (gpgme_data_new_from_mem (&data, bytes, size, FALSE) != 0)
    g_error ("no memory");
  return data;
}

static gpgme_data_t
data_to (GByteArray *content)
{
  gpgme_data_t data = NULL;

  if (gpgme_data_new_from_cbs (&data, &content_calls, content) != 0)
    g_error ("no memory");
  return data;
}

/* ---- signatures ---- */

static void
set_state (Found *found, PdSealState state, const char *reason)
{
  static const guint order[] = { [PD_SEAL_GOOD] = 1, [PD_SEAL_UNKNOWN] = 2, [PD_SEAL_BAD] = 3 };

  if (found->state != PD_SEAL_UNCHECKED && order[state] <= order[found->state])
    return;
  found->state = state;
  g_free (found->reason);
  found->reason = g_utf8_make_valid (reason, (gssize)strnlen (reason, MAX_REASON));
}

static gboolean
is_cms (gpgme_ctx_t context)
{
  return gpgme_get_protocol (context) == GPGME_PROTOCOL_CMS;
}

/* The addresses that a key speaks for. */
static void
add_addresses (Found *found, gpgme_key_t key)
{
  guint n = 0;

  for (gpgme_user_id_t uid = key->uids; uid != NULL && n < MAX_UIDS; uid = uid->next, n++)
    {
      const char *address
          = uid->address != NULL && *uid->address != '\0' ? uid->address : uid->email;
      g_autofree char *plain = NULL;
      gsize length;

      if (uid->revoked || uid->invalid || address == NULL
          || found->addresses->len >= PD_GPG_MAX_ADDRESSES)
        continue;
      if (*address == '<')
        address++;
      length = strcspn (address, ">");
      plain = g_strndup (address, length);
      if (strchr (plain, '@') != NULL && g_utf8_validate (plain, -1, NULL))
        g_ptr_array_add (found->addresses, g_steal_pointer (&plain));
    }
}

/* Of the known keys only; a subkey stands for its key. */
static void
look_at_key (gpgme_ctx_t context, gpgme_signature_t signature, Found *found)
{
  gpgme_key_t key = NULL;

  if (signature->fpr == NULL || gpgme_get_key (context, signature->fpr, &key, FALSE) != 0)
    {
      set_state (found, PD_SEAL_UNKNOWN, "the key is not known");
      return;
    }
  if (key->revoked)
    set_state (found, PD_SEAL_BAD, "the key is revoked");
  if (key->disabled || key->invalid)
    set_state (found, PD_SEAL_UNKNOWN, "the key is disabled");
  if (*found->fingerprint == '\0')
    {
      g_free (found->fingerprint);
      found->fingerprint = g_strdup (key->fpr != NULL ? key->fpr : signature->fpr);
      add_addresses (found, key);
      found->signed_at = (gint64)signature->timestamp * G_USEC_PER_SEC;
    }
  gpgme_key_unref (key);
}

static void
look_at_chain (gpgme_signature_t signature, Found *found)
{
  g_autofree char *reason = NULL;

  if (signature->validity >= GPGME_VALIDITY_FULL)
    return;
  reason = g_strdup_printf ("no trusted root vouches for the certificate: %s",
                            signature->validity_reason != 0
                                ? gpgme_strerror (signature->validity_reason)
                                : "the root is not in trustlist.txt");
  set_state (found, PD_SEAL_UNKNOWN, reason);
}

static void
look_at_signature (gpgme_ctx_t context, gpgme_signature_t signature, Found *found)
{
  gpgme_err_code_t code = gpgme_err_code (signature->status);
  unsigned summary = signature->summary;

  if (code == GPG_ERR_NO_PUBKEY)
    set_state (found, PD_SEAL_UNKNOWN, "the key is not known");
  else if (code == GPG_ERR_BAD_SIGNATURE)
    set_state (found, PD_SEAL_BAD, "it was changed after it was signed");
  else if (code == GPG_ERR_SIG_EXPIRED || (summary & GPGME_SIGSUM_SIG_EXPIRED) != 0)
    set_state (found, PD_SEAL_BAD, "the signature has expired");
  else if (code == GPG_ERR_KEY_EXPIRED || code == GPG_ERR_CERT_EXPIRED
           || (summary & GPGME_SIGSUM_KEY_EXPIRED) != 0)
    set_state (found, PD_SEAL_BAD, "the key has expired");
  else if (code == GPG_ERR_CERT_REVOKED || (summary & GPGME_SIGSUM_KEY_REVOKED) != 0)
    set_state (found, PD_SEAL_BAD, "the key is revoked");
  else if (code != GPG_ERR_NO_ERROR)
    set_state (found, PD_SEAL_UNKNOWN, gpgme_strerror (signature->status));
  else if (signature->wrong_key_usage)
    set_state (found, PD_SEAL_BAD, "the key is not meant for signatures");
  else
    set_state (found, PD_SEAL_GOOD, "");
  if (code == GPG_ERR_NO_PUBKEY)
    return;
  look_at_key (context, signature, found);
  if (is_cms (context) && code == GPG_ERR_NO_ERROR)
    look_at_chain (signature, found);
}

static void
read_signatures (gpgme_ctx_t context, Found *found)
{
  gpgme_verify_result_t result = gpgme_op_verify_result (context);
  guint n = 0;

  if (result == NULL)
    return;
  for (gpgme_signature_t one = result->signatures; one != NULL; one = one->next)
    {
      found->has_signature = TRUE;
      if (++n > MAX_SIGNATURES)
        {
          set_state (found, PD_SEAL_BAD, "too many signatures");
          return;
        }
      look_at_signature (context, one, found);
    }
}

static void
verify (gpgme_ctx_t context, const PdGpgQuestion *question, const char *first, const char *second,
        Found *found)
{
  gpgme_data_t signature = data_of (first, question->first);
  gpgme_data_t text = question->apart ? data_of (second, question->second) : NULL;
  GByteArray *content = g_byte_array_new ();
  gpgme_data_t out = question->apart ? NULL : data_to (content);
  gpgme_error_t failure = gpgme_op_verify (context, signature, text, out);

  read_signatures (context, found);
  if (failure != 0)
    set_state (found, PD_SEAL_UNKNOWN, gpgme_strerror (failure));
  else if (!found->has_signature)
    set_state (found, PD_SEAL_UNKNOWN, "there is no signature in it");
  if (failure == 0 && !question->apart)
    found->content = content;
}

/* ---- decryption ---- */

static void
decrypt (gpgme_ctx_t context, const PdGpgQuestion *question, const char *first, Found *found)
{
  gpgme_data_t cipher = data_of (first, question->first);
  GByteArray *content = g_byte_array_new ();
  gpgme_data_t out = data_to (content);
  gpgme_error_t failure = is_cms (context) ? gpgme_op_decrypt (context, cipher, out)
                                           : gpgme_op_decrypt_verify (context, cipher, out);
  gpgme_decrypt_result_t result = gpgme_op_decrypt_result (context);
  gpgme_err_code_t code = gpgme_err_code (failure);

  /* what came out before an error is not authenticated (EFAIL) */
  if (failure == 0 && result != NULL && !result->legacy_cipher_nomdc)
    {
      found->opened = TRUE;
      found->content = content;
      if (!is_cms (context))
        read_signatures (context, found);
      return;
    }
  if (failure == 0)
    set_state (found, PD_SEAL_UNKNOWN, "it is not protected against changes, so it is not opened");
  else if (code == GPG_ERR_NO_SECKEY || code == GPG_ERR_DECRYPT_FAILED)
    set_state (found, PD_SEAL_UNKNOWN,
               code == GPG_ERR_NO_SECKEY ? "there is no key to open it" : "it cannot be opened");
  else
    set_state (found, PD_SEAL_UNKNOWN, gpgme_strerror (failure));
}

/* ---- the whole ---- */

void
pd_gpg_work_init (const char *home)
{
  static const gpgme_protocol_t protocols[] = { GPGME_PROTOCOL_OpenPGP, GPGME_PROTOCOL_CMS };

  gpgme_check_version (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    gpgme_set_engine_info (protocols[i], NULL, home);
}

static GVariant *
make_answer (const Found *found)
{
  GVariant *content = NULL;

  g_ptr_array_add (found->addresses, NULL);
  if (found->content != NULL)
    content = g_variant_new_from_data (G_VARIANT_TYPE_BYTESTRING, found->content->data,
                                       found->content->len, TRUE, NULL, NULL);
  return g_variant_new ("(bbus^asxsm@ay)", found->opened, found->has_signature,
                        (guint32)found->state, found->fingerprint, found->addresses->pdata,
                        found->signed_at, found->reason, content);
}

GVariant *
pd_gpg_work (const PdGpgQuestion *question, const char *first, const char *second)
{
  gpgme_protocol_t protocol
      = question->protocol == PD_GPG_CMS ? GPGME_PROTOCOL_CMS : GPGME_PROTOCOL_OpenPGP;
  Found found = { .fingerprint = g_strdup (""),
                  .reason = g_strdup (""),
                  .addresses = g_ptr_array_new_with_free_func (g_free) };
  gpgme_ctx_t context = NULL;
  gpgme_error_t failure = gpgme_new (&context);

  if (failure == 0)
    failure = gpgme_set_protocol (context, protocol);
  if (failure == 0)
    {
      gpgme_set_offline (context, TRUE);
      gpgme_set_pinentry_mode (context, GPGME_PINENTRY_MODE_ERROR);
      gpgme_set_ctx_flag (context, "auto-key-retrieve", "0");
      /* who put a key into this home vouches for it */
      gpgme_set_ctx_flag (context, "trust-model", "always");
      if (question->decrypt)
        decrypt (context, question, first, &found);
      else
        verify (context, question, first, second, &found);
    }
  else
    set_state (&found, PD_SEAL_UNKNOWN, gpgme_strerror (failure));
  return make_answer (&found);
}
