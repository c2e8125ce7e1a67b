#include "desk/account.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/notice.h"
#include "desk/outbox.h"
#include "desk/unit.h"

#define MAX_SECRET 100 /* octets of what somebody says is one */

static const struct {
  const char *name;
  gint64 age; /* seconds */
} purposes[] = {
  [PD_TOKEN_REGISTER] = { "register", PD_ACCOUNT_REGISTER_AGE },
  [PD_TOKEN_INVITE] = { "invite", PD_ACCOUNT_INVITE_AGE },
  [PD_TOKEN_RECOVER] = { "recover", PD_ACCOUNT_RECOVER_AGE },
};

const char *
pd_token_purpose_name (PdTokenPurpose purpose)
{
  g_return_val_if_fail ((gsize)purpose < G_N_ELEMENTS (purposes), "");
  return purposes[purpose].name;
}

/* ---- secrets ---- */

/* What the keyring makes the secret from. */
typedef struct {
  gint64 id, person, created, expires;
  char *purpose, *hash;
  gboolean used;
} Token;

static void
token_free (Token *token)
{
  if (token == NULL)
    return;
  g_free (token->purpose);
  g_free (token->hash);
  g_free (token);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Token, token_free)

static char *
dup_secret (PdDesk *desk, const Token *token, guint age)
{
  g_autofree char *what
      = g_strdup_printf ("%s:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
                         token->purpose, token->id, token->person, token->created);

  return pd_keyring_dup_secret (desk->settings->keyring, what, age);
}

static char *
dup_hash (const char *secret)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
}

static gboolean
is_too_many (PdDesk *desk, gint64 person, PdTokenPurpose purpose, gboolean *out, GError **error)
{
  gint64 n = 0;
  gboolean ok = pd_db_find_int (desk->db, PD_SQL_ACCOUNT_TOKEN_COUNT,
                                PD_BIND (PD_INT (person), PD_TEXT (purposes[purpose].name),
                                         PD_INT (pd_clock_now () - PD_HOUR)),
                                &n, error);

  *out = n >= PD_ACCOUNT_MAX_MAILS;
  return ok;
}

static gboolean
add_token (PdDesk *desk, gint64 person, PdTokenPurpose purpose, gint64 *out_id, GError **error)
{
  gint64 now = pd_clock_now ();
  Token token = { .id = pd_id_new (),
                  .person = person,
                  .created = now,
                  .purpose = (char *)purposes[purpose].name };
  g_autofree char *secret = dup_secret (desk, &token, 0);
  g_autofree char *hash = dup_hash (secret);

  *out_id = token.id;
  return pd_db_exec (desk->db, PD_SQL_ACCOUNT_TOKEN_ADD,
                     PD_BIND (PD_INT (token.id), PD_INT (person), PD_TEXT (token.purpose),
                              PD_TEXT (hash), PD_INT (now),
                              PD_INT (now + purposes[purpose].age * PD_SECOND)),
                     NULL, error);
}

/* ---- mails ---- */

/* Makes a secret and queues the mail with it, unless there were too many. */
static gboolean
send_token (PdDesk *desk, const PdPerson *person, const char *address, PdTokenPurpose purpose,
            gint64 actor, GError **error)
{
  g_autofree char *data = NULL;
  char text[PD_ID_TEXT_SIZE];
  gboolean too_many;
  gint64 id;
  PdDirectNotice notice = { .event = purposes[purpose].name,
                            .person = person->id,
                            .address = address,
                            .actor = actor,
                            .urgency = PD_URGENCY_WAITED };

  if (!is_too_many (desk, person->id, purpose, &too_many, error))
    return FALSE;
  if (too_many)
    return TRUE;
  if (!add_token (desk, person->id, purpose, &id, error))
    return FALSE;
  data = g_strdup_printf ("{\"token\":\"%s\"}", pd_id_format (id, text));
  notice.data = data;
  return pd_notice_queue_direct (desk, &notice, error);
}

static gboolean
add_client (PdDesk *desk, const char *address, const char *name, const char *language,
            PdPerson **out, GError **error)
{
  g_autoptr (PdPerson) person = pd_person_new (PD_ROLE_CLIENT, name, address);

  g_free (person->source);
  person->source = g_strdup ("register");
  g_free (person->language);
  person->language = g_strdup (language != NULL ? language : "");
  if (!pd_person_add (desk, person, error))
    return FALSE;
  *out = g_steal_pointer (&person);
  return TRUE;
}

gboolean
pd_account_register (PdDesk *desk, const char *address, const char *name, const char *language,
                     GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  g_autofree char *key = pd_address_key (address, error);
  PdTokenPurpose purpose = PD_TOKEN_RECOVER;
  gboolean own = FALSE;

  if (key == NULL || !pd_unit_is_own (desk, key, &own, error))
    return FALSE;
  if (own)
    return pd_fail (error, PD_ERROR_INVALID, "%s is an address of the help desk itself", address);
  if (!pd_person_by_address (desk, key, &person, error))
    return FALSE;
  if (person == NULL)
    {
      purpose = PD_TOKEN_REGISTER;
      if (!add_client (desk, address, name, language, &person, error))
        return FALSE;
    }
  return send_token (desk, person, address, purpose, 0, error);
}

gboolean
pd_account_invite (PdDesk *desk, const PdPerson *person, const PdPerson *actor, GError **error)
{
  if (actor != NULL && (!actor->admin || actor->state != PD_PERSON_ACTIVE))
    return pd_fail (error, PD_ERROR_DENIED, "only an administrator may invite people");
  if (person->state != PD_PERSON_ACTIVE)
    return pd_fail (error, PD_ERROR_INVALID, "%s is %s and cannot be invited",
                    pd_person_label (person), pd_person_state_name (person->state));
  if (pd_person_address (person)[0] == '\0')
    return pd_fail (error, PD_ERROR_INVALID, "%s has no address to write to",
                    pd_person_label (person));
  return send_token (desk, person, NULL, PD_TOKEN_INVITE, actor != NULL ? actor->id : 0, error);
}

gboolean
pd_account_recover (PdDesk *desk, const char *address, GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  g_autofree char *key = pd_address_key (address, error);

  if (key == NULL || !pd_person_by_address (desk, key, &person, error))
    return FALSE;
  return person == NULL || person->state != PD_PERSON_ACTIVE
         || send_token (desk, person, address, PD_TOKEN_RECOVER, 0, error);
}

/* ---- redeeming ---- */

static gboolean
fail_invalid (GError **error)
{
  return pd_fail (error, PD_ERROR_NOT_FOUND, "the link is not valid (any more); ask for a new one");
}

/* Finds the token of a hash; *out_id 0: it cannot be used. */
static gboolean
find_usable (PdDesk *desk, const char *hash, PdTokenPurpose purpose, gint64 *out_id,
             gint64 *out_person, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_ACCOUNT_TOKEN_FIND, PD_BIND (PD_TEXT (hash)), error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;

  *out_id = *out_person = 0;
  if (got > 0 && strcmp (pd_rows_text (rows, 2), purposes[purpose].name) == 0
      && pd_rows_int (rows, 3) > pd_clock_now () && pd_rows_is_null (rows, 4))
    {
      *out_id = pd_rows_int (rows, 0);
      *out_person = pd_rows_int (rows, 1);
    }
  return got >= 0;
}

gboolean
pd_account_redeem (PdDesk *desk, const char *secret, PdTokenPurpose purpose, PdPerson **out_person,
                   GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  g_autofree char *hash = NULL;
  gint64 id, who, changed = 0, now = pd_clock_now ();

  *out_person = NULL;
  if (strlen (secret) > MAX_SECRET || !g_utf8_validate (secret, -1, NULL))
    return fail_invalid (error);
  hash = dup_hash (secret);
  if (!find_usable (desk, hash, purpose, &id, &who, error))
    return FALSE;
  if (id == 0)
    return fail_invalid (error);
  if (!pd_person_get (desk, who, &person, error))
    return FALSE;
  if (person == NULL || person->state != PD_PERSON_ACTIVE)
    return fail_invalid (error);
  /* of two that come at once, one is too late */
  if (!pd_db_exec (desk->db, PD_SQL_ACCOUNT_TOKEN_USE, PD_BIND (PD_INT (now), PD_INT (id)),
                   &changed, error))
    return FALSE;
  if (changed == 0)
    return fail_invalid (error);
  if (!pd_db_exec (desk->db, PD_SQL_ACCOUNT_TOKEN_VOID, PD_BIND (PD_INT (now), PD_INT (who)), NULL,
                   error))
    return FALSE;
  *out_person = g_steal_pointer (&person);
  return TRUE;
}

static gboolean
tell_person (PdDesk *desk, const PdPerson *person, const char *event, gint64 actor, GError **error)
{
  const PdDirectNotice notice = {
    .event = event, .person = person->id, .actor = actor, .urgency = PD_URGENCY_WAITED
  };

  return pd_notice_queue_direct (desk, &notice, error);
}

gboolean
pd_account_password_changed (PdDesk *desk, const PdPerson *person, GError **error)
{
  return pd_db_exec (desk->db, PD_SQL_ACCOUNT_TOKEN_VOID,
                     PD_BIND (PD_INT (pd_clock_now ()), PD_INT (person->id)), NULL, error)
         && tell_person (desk, person, "password-changed", 0, error);
}

gboolean
pd_account_tell_made (PdDesk *desk, const PdPerson *person, const PdPerson *actor, GError **error)
{
  return tell_person (desk, person, "account", actor != NULL ? actor->id : 0, error);
}

/* ---- rendering ---- */

static gboolean
read_token (PdDesk *desk, gint64 id, Token **out, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_ACCOUNT_TOKEN_GET, PD_BIND (PD_INT (id)), error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;
  Token *token;

  *out = NULL;
  if (got <= 0)
    return got == 0;
  token = g_new0 (Token, 1);
  token->id = id;
  token->person = pd_rows_int (rows, 0);
  token->purpose = g_strdup (pd_rows_text (rows, 1));
  token->hash = g_strdup (pd_rows_text (rows, 2));
  token->created = pd_rows_int (rows, 3);
  token->expires = pd_rows_int (rows, 4);
  token->used = !pd_rows_is_null (rows, 5);
  *out = token;
  return TRUE;
}

/* By the key that it was made with: a newer one may have come since. */
static char *
find_secret (PdDesk *desk, const Token *token)
{
  char *secret;

  for (guint age = 0; (secret = dup_secret (desk, token, age)) != NULL; age++)
    {
      g_autofree char *hash = dup_hash (secret);

      if (strcmp (hash, token->hash) == 0)
        return secret;
      g_free (secret);
    }
  return NULL;
}

gboolean
pd_account_fill (PdDesk *desk, struct json_object *row_data, PdValueTree *data, GError **error)
{
  const char *url = desk->settings->url;
  struct json_object *named = json_object_object_get (row_data, "token");
  g_autoptr (Token) token = NULL;
  g_autofree char *secret = NULL;
  g_autofree char *link = NULL;
  g_autofree char *expires = NULL;
  gint64 id = 0;

  if (named == NULL || !pd_id_parse (json_object_get_string (named), &id))
    return pd_fail (error, PD_ERROR_INTERNAL, "the mail names no link");
  if (!read_token (desk, id, &token, error))
    return FALSE;
  secret = token != NULL && !token->used && token->expires > pd_clock_now ()
               ? find_secret (desk, token)
               : NULL;
  if (secret == NULL)
    return pd_fail (error, PD_ERROR_DENIED, "the link in it is not valid any more");
  if (url[0] != '\0')
    link = g_strdup_printf ("%s%saccount/%s?token=%s", url, g_str_has_suffix (url, "/") ? "" : "/",
                            token->purpose, secret);
  expires = g_strdup_printf ("%" G_GINT64_FORMAT, token->expires);
  pd_value_set_text (data, "code", secret);
  pd_value_set_text (data, "link", link);
  pd_value_set_text (data, "expires_at", expires);
  return TRUE;
}
