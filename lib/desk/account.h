/* account.h - mail about signing in: registration, invitation, recovery.
 *
 * Each sends a link with a secret that works once and not for ever; what it is
 * good for (choosing a password) is the affair of who redeems it.  No password is
 * ever mailed.  The secret is 256 bits that the keyring can make again
 * (mail/keyring.h): the database holds its SHA-256 and nothing else, so neither
 * a copy of it nor the outbox lets anybody in.
 *
 * Whoever asks in the name of an address gets the same answer whether or not
 * there is an account.  Fronts bound how often somebody may ask; a person gets
 * no more than PD_ACCOUNT_MAX_MAILS an hour of each kind.
 */
#pragma once

#include <json-c/json.h>

#include "desk/desk.h"
#include "desk/person.h"
#include "mail/value-tree.h"

#define PD_ACCOUNT_MAX_MAILS   3 /* of one kind to one person in an hour */
#define PD_ACCOUNT_RECOVER_AGE (60 * 60)          /* seconds that a link lasts */
#define PD_ACCOUNT_REGISTER_AGE (24 * 60 * 60)
#define PD_ACCOUNT_INVITE_AGE  (7 * 24 * 60 * 60)

typedef enum {
  PD_TOKEN_REGISTER,
  PD_TOKEN_INVITE,
  PD_TOKEN_RECOVER,
} PdTokenPurpose;

/* "register" "invite" "recover": also the template of its mail */
const char  *pd_token_purpose_name      (PdTokenPurpose purpose);

/* Somebody wants an account: an unknown address becomes a client (source
 * "register"), and gets a link that proves the address; one who is known gets
 * a link as for recovery.  In a transaction.
 *
 * name, language   NULL or "" unknown
 * Errors   PD_ERROR_INVALID   a bad address, or one of ours
 */
gboolean     pd_account_register        (PdDesk         *desk,
                                         const char     *address,
                                         const char     *name,
                                         const char     *language,
                                         GError        **error);

/* An administrator has made an account: the person gets a link, in a transaction.
 *
 * Errors   PD_ERROR_DENIED    the actor is no administrator
 *          PD_ERROR_INVALID   the person is blocked or has no address
 */
gboolean     pd_account_invite          (PdDesk         *desk,
                                         const PdPerson *person,
                                         const PdPerson *actor,
                                         GError        **error);

/* Somebody has forgotten his password, in a transaction.  TRUE for any address
 * that can be one.  PD_ERROR_INVALID */
gboolean     pd_account_recover         (PdDesk         *desk,
                                         const char     *address,
                                         GError        **error);

/* Uses a secret up, in a transaction; the person's other links are void then.
 * Whom it belongs to goes to *out_person.
 *
 * Errors   PD_ERROR_NOT_FOUND   it is none, of another purpose, used, too old, or its
 *          person is not active: all in the same words
 */
gboolean     pd_account_redeem          (PdDesk         *desk,
                                         const char     *secret,
                                         PdTokenPurpose  purpose,
                                         PdPerson      **out_person,
                                         GError        **error);

/* To be called by who has changed a password, in a transaction: the person is
 * told, and links that are still open are void. */
gboolean     pd_account_password_changed (PdDesk        *desk,
                                         const PdPerson *person,
                                         GError        **error);

/* Tells a person that an account was made for him, without a link, in a
 * transaction: for who signs in elsewhere, or writes mail only. */
gboolean     pd_account_tell_made       (PdDesk         *desk,
                                         const PdPerson *person,
                                         const PdPerson *actor,
                                         GError        **error);

/* For rendering: what the row's token stands for, as `code`, `link` ("" without
 * a web address) and `expires_at`.
 *
 * Errors   PD_ERROR_DENIED   it was used, or is too old: the mail comes too late
 */
gboolean     pd_account_fill            (PdDesk             *desk,
                                         struct json_object *row_data,
                                         PdValueTree        *data,
                                         GError            **error);
