#include "mail/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/id.h"

#define SIGNATURE_OCTETS 10 /* 80 bits: 16 characters of base 32 exactly */
#define SIGNATURE_CHARS 16
#define DIGEST_OCTETS 32
#define NEW_KEY_OCTETS 32
#define MIN_HEX 64
#define MAX_HEX 256
#define MAX_NAME 64
#define MAX_NUMBER 19 /* digits of the largest gint64 */

typedef struct {
  char *name;
  guint8 octets[MAX_HEX / 2];
  gsize length;
} Key;

struct PdKeyring {
  GPtrArray *keys; /* of Key, the newest last */
};

/* What was signed.  The word stands in the signed text and keeps one purpose
 * from passing for another; the mark tells them apart in the address.  The
 * address it stands on is not part of it, so that a unit can get a new address
 * without making the old mails' answers strangers.
 */
typedef enum {
  PURPOSE_REPLY,
  PURPOSE_BOUNCE,
  PURPOSE_MESSAGE_ID,
  PURPOSE_NOTE,
  PURPOSE_STRAND,
  PURPOSE_ACT, /* and as many more as there are acts */
} Purpose;

#define N_PURPOSES (PURPOSE_ACT + PD_SIGNED_N_ACTS)

static const struct {
  const char *word;
  const char *mark;
} purposes[N_PURPOSES] = {
  [PURPOSE_REPLY] = { "reply", "p" },
  [PURPOSE_BOUNCE] = { "bounce", "o" },
  [PURPOSE_MESSAGE_ID] = { "msgid", "o" },
  [PURPOSE_NOTE] = { "note", "n" },
  [PURPOSE_STRAND] = { "strand", "s" },
  [PURPOSE_ACT + PD_SIGNED_TAKE] = { "act take", "at" },
  [PURPOSE_ACT + PD_SIGNED_DONE] = { "act done", "ad" },
  [PURPOSE_ACT + PD_SIGNED_REOPEN] = { "act reopen", "ar" },
  [PURPOSE_ACT + PD_SIGNED_RATE_GOOD] = { "act rate good", "ag" },
  [PURPOSE_ACT + PD_SIGNED_RATE_FAIR] = { "act rate fair", "af" },
  [PURPOSE_ACT + PD_SIGNED_RATE_BAD] = { "act rate bad", "ab" },
  [PURPOSE_ACT + PD_SIGNED_UNDO] = { "act undo", "au" },
};

static void
key_free (gpointer data)
{
  Key *key = data;

  explicit_bzero (key->octets, sizeof key->octets);
  g_free (key->name);
  g_free (key);
}

void
pd_keyring_free (PdKeyring *keyring)
{
  if (keyring == NULL)
    return;
  g_ptr_array_unref (keyring->keys);
  g_free (keyring);
}

static gboolean
name_is_good (const char *name)
{
  gsize length = strlen (name);

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && strchr ("._-", name[i]) == NULL)
      return FALSE;
  return length > 0 && length <= MAX_NAME;
}

static gboolean
read_hex (Key *key, const char *hex)
{
  gsize digits = strlen (hex);

  if (digits < MIN_HEX || digits > MAX_HEX || digits % 2 != 0)
    return FALSE;
  for (gsize i = 0; i < digits; i++)
    {
      int value = g_ascii_xdigit_value (hex[i]);

      if (value < 0)
        return FALSE;
      key->octets[i / 2] = (guint8)(key->octets[i / 2] << 4 | value);
    }
  key->length = digits / 2;
  return TRUE;
}

/* Reads one line that is neither empty nor a comment. */
static gboolean
add_line (PdKeyring *keyring, char *line, guint number, GError **error)
{
  char *hex = line + strcspn (line, " \t");
  Key *key = g_new0 (Key, 1);

  g_ptr_array_add (keyring->keys, key);
  if (*hex != '\0')
    *hex++ = '\0';
  if (!name_is_good (line))
    return pd_fail (error, PD_ERROR_INVALID,
                    "key file, line %u: a line is \"NAME HEX\", and NAME has at most %d letters, "
                    "digits, \".\", \"_\" or \"-\"",
                    number, MAX_NAME);
  key->name = g_strdup (line);
  for (guint i = 0; i + 1 < keyring->keys->len; i++)
    if (strcmp (((Key *)keyring->keys->pdata[i])->name, line) == 0)
      return pd_fail (error, PD_ERROR_INVALID, "key file, line %u: there is a key \"%s\" before",
                      number, line);
  if (!read_hex (key, g_strstrip (hex)))
    return pd_fail (error, PD_ERROR_INVALID,
                    /* the name is not repeated: who forgot it has the key there */
                    "key file, line %u: a key must have %d to %d hexadecimal digits, and an even "
                    "number of them",
                    number, MIN_HEX, MAX_HEX);
  return TRUE;
}

static void
free_secret (char *text)
{
  explicit_bzero (text, strlen (text));
  g_free (text);
}

PdKeyring *
pd_keyring_parse (const char *text, GError **error)
{
  g_autoptr (PdKeyring) keyring = g_new0 (PdKeyring, 1);
  char *copy = g_strdup (text);
  gboolean good = TRUE;
  char *next = copy;

  keyring->keys = g_ptr_array_new_with_free_func (key_free);
  for (guint number = 1; good && next != NULL; number++)
    {
      char *line = next;

      next = strchr (line, '\n');
      if (next != NULL)
        *next++ = '\0';
      g_strstrip (line);
      if (*line == '\0' || *line == '#')
        continue;
      if (keyring->keys->len == PD_KEYRING_MAX_KEYS)
        good = pd_fail (error, PD_ERROR_INVALID, "key file, line %u: more than %d keys", number,
                        PD_KEYRING_MAX_KEYS);
      else
        good = add_line (keyring, line, number, error);
    }
  /* the lines were cut in place, so all of the copy is wiped, not its first string */
  explicit_bzero (copy, strlen (text));
  g_free (copy);
  if (good && keyring->keys->len == 0)
    good = pd_fail (error, PD_ERROR_INVALID, "the key file holds no key");
  return good ? g_steal_pointer (&keyring) : NULL;
}

static gboolean
check_file (int fd, const char *path, gsize *out_size, GError **error)
{
  struct stat st;

  if (fstat (fd, &st) < 0 || !S_ISREG (st.st_mode))
    return pd_fail (error, PD_ERROR_INVALID, "key file %s is not a regular file", path);
  if ((st.st_mode & (S_IWGRP | S_IRWXO)) != 0)
    return pd_fail (error, PD_ERROR_DENIED,
                    "key file %s has mode %04o: others could read or change it; chmod 0640 it",
                    path, (guint)(st.st_mode & 07777));
  if (st.st_size > PD_KEYRING_MAX_FILE)
    return pd_fail (error, PD_ERROR_INVALID, "key file %s has more than %d octets", path,
                    PD_KEYRING_MAX_FILE);
  *out_size = (gsize)st.st_size;
  return TRUE;
}

static PdKeyring *
load_fd (int fd, const char *path, GError **error)
{
  g_autoptr (PdKeyring) keyring = NULL;
  gsize size = 0, have = 0;
  char *text;

  if (!check_file (fd, path, &size, error))
    return NULL;
  text = g_malloc0 (size + 1);
  while (have < size)
    {
      ssize_t got = read (fd, text + have, size - have);

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        break;
      have += (gsize)got;
    }
  keyring = pd_keyring_parse (text, error);
  if (keyring == NULL)
    g_prefix_error (error, "%s: ", path);
  free_secret (text);
  return g_steal_pointer (&keyring);
}

PdKeyring *
pd_keyring_load (const char *path, GError **error)
{
  PdKeyring *keyring;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hold us up */

  if (fd < 0)
    {
      PdErrorCode code = errno == ENOENT || errno == ENOTDIR ? PD_ERROR_NOT_FOUND
                         : errno == EACCES || errno == EPERM ? PD_ERROR_DENIED
                                                             : PD_ERROR_INTERNAL;

      pd_fail (error, code, "key file %s: %s", path, g_strerror (errno));
      return NULL;
    }
  keyring = load_fd (fd, path, error);
  close (fd);
  return keyring;
}

char *
pd_keyring_new_line (const char *name)
{
  guint8 octets[NEW_KEY_OCTETS];
  GString *line = g_string_new (name);

  g_return_val_if_fail (name_is_good (name), NULL);
  if (gnutls_rnd (GNUTLS_RND_KEY, octets, sizeof octets) != 0)
    g_error ("the system gives no random numbers");
  g_string_append_c (line, ' ');
  for (gsize i = 0; i < sizeof octets; i++)
    g_string_append_printf (line, "%02x", octets[i]);
  g_string_append_c (line, '\n');
  explicit_bzero (octets, sizeof octets);
  return g_string_free (line, FALSE);
}

/* Base 32 of RFC 4648 6 in small letters; 80 bits need no padding. */
static void
sign (const Key *key, Purpose purpose, gint64 first, gint64 second, char out[SIGNATURE_CHARS + 1])
{
  static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  g_autofree char *text = g_strdup_printf ("postdesk %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                                           purposes[purpose].word, first, second);
  guint8 digest[DIGEST_OCTETS];
  guint64 bits = 0;
  guint have = 0;
  gsize n = 0;

  if (gnutls_hmac_fast (GNUTLS_MAC_SHA256, key->octets, key->length, text, strlen (text), digest)
      != 0)
    g_error ("HMAC-SHA256 is not to be had");
  for (gsize i = 0; i < SIGNATURE_OCTETS; i++)
    {
      bits = bits << 8 | digest[i];
      for (have += 8; have >= 5; have -= 5)
        out[n++] = alphabet[bits >> (have - 5) & 31];
    }
  out[n] = '\0';
}

static void
sign_newest (const PdKeyring *keyring, Purpose purpose, gint64 first, gint64 second,
             char out[SIGNATURE_CHARS + 1])
{
  sign (keyring->keys->pdata[keyring->keys->len - 1], purpose, first, second, out);
}

static gboolean
verify (const PdKeyring *keyring, Purpose purpose, gint64 first, gint64 second,
        const char *signature)
{
  gboolean good = FALSE;
  char want[SIGNATURE_CHARS + 1];

  /* every key, always: how long it takes tells nothing */
  for (guint i = 0; i < keyring->keys->len; i++)
    {
      sign (keyring->keys->pdata[i], purpose, first, second, want);
      good |= gnutls_memcmp (want, signature, SIGNATURE_CHARS) == 0;
    }
  return good;
}

/* An id as in base/id.h, in small letters and without the zeros in front: it
 * has to share 64 octets with the unit's name.
 */
static char *
id_text (gint64 id)
{
  char text[PD_ID_TEXT_SIZE];
  const char *begin = pd_id_format (id, text);

  while (begin[0] == '0' && begin[1] != '\0')
    begin++;
  return g_ascii_strdown (begin, -1);
}

static char *
extension (const PdKeyring *keyring, Purpose purpose, gint64 first, gint64 second)
{
  char signature[SIGNATURE_CHARS + 1];
  const char *mark = purposes[purpose].mark;
  g_autofree char *id = id_text (purpose == PURPOSE_BOUNCE ? first : second);

  sign_newest (keyring, purpose, first, second, signature);
  if (purpose == PURPOSE_BOUNCE)
    return g_strdup_printf ("%s%s.%s", mark, id, signature);
  return g_strdup_printf ("t%" G_GINT64_FORMAT ".%s%s.%s", first, mark, id, signature);
}

/* NULL: the caller asks for what there is not. */
static char *
address_extension (const PdKeyring *keyring, const PdSignedAddress *what)
{
  switch (what->kind)
    {
    case PD_SIGNED_REPLY:
      return extension (keyring, PURPOSE_REPLY, what->ticket, what->person);
    case PD_SIGNED_BOUNCE:
      return extension (keyring, PURPOSE_BOUNCE, what->outbox, 0);
    case PD_SIGNED_NOTE:
      return extension (keyring, PURPOSE_NOTE, what->ticket, what->person);
    case PD_SIGNED_STRAND:
      return extension (keyring, PURPOSE_STRAND, what->ticket, what->strand);
    case PD_SIGNED_ACT:
      g_return_val_if_fail (what->act < PD_SIGNED_N_ACTS, NULL);
      return extension (keyring, PURPOSE_ACT + what->act, what->ticket,
                        what->act == PD_SIGNED_UNDO ? what->event : what->person);
    default:
      g_return_val_if_reached (NULL);
    }
}

char *
pd_keyring_sign_address (const PdKeyring *keyring, const char *base, char delimiter,
                         const PdSignedAddress *what)
{
  const char *at = strrchr (base, '@');
  g_autofree char *tail = NULL;

  g_return_val_if_fail (keyring != NULL && what != NULL && at != NULL, NULL);
  tail = address_extension (keyring, what);
  if (tail == NULL || delimiter == '\0'
      || (gsize)(at - base) + 1 + strlen (tail) > PD_KEYRING_MAX_LOCAL)
    return g_strdup (base);
  return g_strdup_printf ("%.*s%c%s%s", (int)(at - base), base, delimiter, tail, at);
}

/* Cuts off what stands before the next "." and after `mark`.  NULL if there
 * is no such field.
 */
static char *
take_field (char **rest, const char *mark)
{
  char *field = *rest;
  char *dot = strchr (field, '.');

  if (!g_str_has_prefix (field, mark) || dot == NULL)
    return NULL;
  *dot = '\0';
  *rest = dot + 1;
  return field + strlen (mark);
}

static gboolean
take_number (char **rest, gint64 *out)
{
  const char *field = take_field (rest, "t");
  guint64 number = 0;

  *out = 0;
  if (field == NULL || field[0] == '0' || strlen (field) > MAX_NUMBER
      || !g_ascii_string_to_unsigned (field, 10, 1, G_MAXINT64, &number, NULL))
    return FALSE;
  *out = (gint64)number;
  return TRUE;
}

static gboolean
take_id (char **rest, const char *mark, gint64 *out)
{
  const char *field = take_field (rest, mark);

  *out = 0;
  /* 0 is no row's id, but the Message-ID of a ticket's root has it */
  return field != NULL && (strcmp (field, "0") == 0 || pd_id_parse (field, out));
}

/* Reads "t123.pID.SIG" and its like, or "oID.SIG". */
static gboolean
read_extension (const PdKeyring *keyring, Purpose purpose, const char *text, gint64 *out_first,
                gint64 *out_second)
{
  const char *mark = purposes[purpose].mark;
  g_autofree char *copy = NULL;
  char *rest;

  *out_first = *out_second = 0;
  if (strlen (text) > PD_KEYRING_MAX_LOCAL)
    return FALSE;
  rest = copy = g_ascii_strdown (text, -1);
  if (purpose == PURPOSE_BOUNCE
          ? !take_id (&rest, mark, out_first)
          : !take_number (&rest, out_first) || !take_id (&rest, mark, out_second))
    return FALSE;
  return strlen (rest) == SIGNATURE_CHARS
         && verify (keyring, purpose, *out_first, *out_second, rest);
}

static gboolean
read_act (const PdKeyring *keyring, const char *text, PdSignedAddress *out)
{
  gint64 ticket, id;

  for (PdSignedAct act = 0; act < PD_SIGNED_N_ACTS; act++)
    if (read_extension (keyring, PURPOSE_ACT + act, text, &ticket, &id))
      {
        gboolean undo = act == PD_SIGNED_UNDO;

        *out = (PdSignedAddress){ .kind = PD_SIGNED_ACT, .ticket = ticket, .act = act };
        *(undo ? &out->event : &out->person) = id;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_signed (const PdKeyring *keyring, const char *text, PdSignedAddress *out)
{
  gint64 first, second;

  if (read_extension (keyring, PURPOSE_REPLY, text, &first, &second))
    *out = (PdSignedAddress){ .kind = PD_SIGNED_REPLY, .ticket = first, .person = second };
  else if (read_extension (keyring, PURPOSE_BOUNCE, text, &first, &second))
    *out = (PdSignedAddress){ .kind = PD_SIGNED_BOUNCE, .outbox = first };
  else if (read_extension (keyring, PURPOSE_NOTE, text, &first, &second))
    *out = (PdSignedAddress){ .kind = PD_SIGNED_NOTE, .ticket = first, .person = second };
  else if (read_extension (keyring, PURPOSE_STRAND, text, &first, &second))
    *out = (PdSignedAddress){ .kind = PD_SIGNED_STRAND, .ticket = first, .strand = second };
  else
    return read_act (keyring, text, out);
  return TRUE;
}

gboolean
pd_keyring_read_address (const PdKeyring *keyring, const char *address, char delimiter,
                         PdSignedAddress *out_what, char **out_base)
{
  const char *at = strrchr (address, '@');
  g_autofree char *local = at != NULL ? g_strndup (address, (gsize)(at - address)) : NULL;
  gsize cut = 0;

  *out_what = (PdSignedAddress){ 0 };
  *out_base = NULL;
  if (local == NULL || delimiter == '\0' || strlen (address) > PD_KEYRING_MAX_ADDRESS)
    {
      *out_base = g_strdup (address);
      return FALSE;
    }
  /* ours is the last extension: the base may have the delimiter in its name */
  for (gsize i = strlen (local); i > 1; i--)
    if (local[i - 1] == delimiter)
      {
        if (read_signed (keyring, local + i, out_what))
          {
            *out_base = g_strdup_printf ("%.*s%s", (int)(i - 1), local, at);
            return TRUE;
          }
        cut = i - 1;
      }
  *out_base = g_strdup_printf ("%.*s%s", cut > 0 ? (int)cut : (int)strlen (local), local, at);
  return FALSE;
}

char *
pd_keyring_sign_message_id (const PdKeyring *keyring, gint64 ticket, gint64 outbox,
                            const char *domain)
{
  g_autofree char *left = extension (keyring, PURPOSE_MESSAGE_ID, ticket, outbox);

  return g_strdup_printf ("%s@%s", left, domain);
}

gboolean
pd_keyring_read_message_id (const PdKeyring *keyring, const char *message_id, gint64 *out_ticket,
                            gint64 *out_outbox)
{
  const char *at = strrchr (message_id, '@');
  g_autofree char *left = NULL;

  *out_ticket = *out_outbox = 0;
  if (at == NULL || at - message_id > PD_KEYRING_MAX_LOCAL)
    return FALSE;
  left = g_strndup (message_id, (gsize)(at - message_id));
  if (read_extension (keyring, PURPOSE_MESSAGE_ID, left, out_ticket, out_outbox))
    return TRUE;
  *out_ticket = *out_outbox = 0;
  return FALSE;
}

char *
pd_keyring_dup_secret (const PdKeyring *keyring, const char *what, guint age)
{
  g_autofree char *text = g_strconcat ("secret:", what, NULL);
  guint8 digest[32];
  const Key *key;
  char *secret;

  if (age >= keyring->keys->len)
    return NULL;
  key = g_ptr_array_index (keyring->keys, keyring->keys->len - 1 - age);
  if (gnutls_hmac_fast (GNUTLS_MAC_SHA256, key->octets, key->length, text, strlen (text), digest)
      != 0)
    g_error ("no HMAC-SHA256");
  secret = g_base64_encode (digest, sizeof digest);
  g_strdelimit (secret, "+", '-');
  g_strdelimit (secret, "/", '_');
  secret[strcspn (secret, "=")] = '\0';
  return secret;
}
