/* person.h - people: staff and clients, each with any number of addresses. */
#pragma once

#include "desk/desk.h"

#define PD_PERSON_MAX_NAME      200 /* characters */
#define PD_PERSON_MAX_LOGIN     100 /* characters */
#define PD_PERSON_MAX_PHONE     64
#define PD_PERSON_MAX_MESSENGER 200
#define PD_PERSON_MAX_POSTAL    1000
#define PD_PERSON_MAX_ADDRESSES 50
#define PD_PERSON_MAX_DEFAULT   50  /* default performers */
#define PD_ADDRESS_MAX          320 /* octets */
#define PD_ADDRESS_MAX_DOMAIN   255 /* octets: RFC 5321 4.5.3.1.2 */

typedef enum {
  PD_ROLE_CLIENT,
  PD_ROLE_AGENT,
  PD_ROLE_HEAD,
  PD_ROLE_DIRECTOR,
} PdRole;

typedef enum {
  PD_PERSON_ACTIVE,
  PD_PERSON_BLOCKED, /* his mail is held, he gets no notices */
  PD_PERSON_DELETED, /* kept for the history; the addresses are free again */
} PdPersonState;

typedef struct {
  gint64        id;
  PdRole        role;
  gboolean      admin;
  char         *name;      /* "" unknown */
  GPtrArray    *addresses; /* of char* as written; notices go to the first */
  char         *language;  /* "" not chosen */
  char         *timezone;  /* "" not chosen */
  PdPersonState state;
  char         *source;    /* "mail" for who became known by writing */
  gint64        created;
  char         *login;     /* small letters; NULL: cannot sign in */
  gboolean      has_password; /* read only, see pd_person_set_password */
  gint64        job_title; /* 0 none */
  char         *phone, *mobile, *messenger; /* "" none; the mobile is for SMS */
  char         *postal;    /* lines; "" none */
  gint64        default_unit; /* read only, see pd_person_set_default; 0 none */
  gboolean      may_add_clients, may_edit_clients; /* of staff: without asking an administrator */
  char         *digest;    /* "" never, "daily", "weekly" */
  gint64        merged_into; /* read only: he and that one were the same; 0 */
} PdPerson;

/* A person to fill and add: all fields empty but these and the flags about
 * clients, which are on; source is "command".
 * address   NULL: none yet
 */
PdPerson    *pd_person_new          (PdRole role, const char *name, const char *address);
void         pd_person_free         (PdPerson *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdPerson, pd_person_free)

gboolean     pd_person_is_staff     (const PdPerson *person); /* not a client */
const char  *pd_person_address      (const PdPerson *person); /* the first one, "" if none */
const char  *pd_person_label        (const PdPerson *person); /* name, else address, for people to read */
const char  *pd_role_name           (PdRole role);            /* "client" "agent" "head" "director" */
gboolean     pd_role_parse          (const char *text, PdRole *out, GError **error);

const char  *pd_person_state_name   (PdPersonState state);    /* "active" "blocked" "deleted" */
gboolean     pd_person_state_parse  (const char *text, PdPersonState *out, GError **error);

/* TRUE with *out = NULL when there is nobody.  Deleted people are found by id
 * only.
 * address   any letter case
 */
gboolean     pd_person_get          (PdDesk *desk, gint64 id,           PdPerson **out, GError **error);
gboolean     pd_person_by_address   (PdDesk *desk, const char *address, PdPerson **out, GError **error);

/* As pd_person_by_address; a missing one is PD_ERROR_NOT_FOUND. */
PdPerson    *pd_person_need         (PdDesk *desk, const char *address, GError **error);

/* GPtrArray of PdPerson in order of name; role_filter -1 for all.  Without the deleted ones. */
GPtrArray   *pd_person_list         (PdDesk *desk, int role_filter, GError **error);

/* The same of those in one state, deleted ones too. */
GPtrArray   *pd_person_list_state   (PdDesk *desk, PdPersonState state, int role_filter, GError **error);

/* Adds a person, in a transaction; id and created are set.
 *
 * Errors   PD_ERROR_INVALID    a bad address, language or zone, a name, login or contact too long,
 *          a digest that is none, a client who is an administrator: names the field
 *          PD_ERROR_CONFLICT   an address belongs to somebody (says who) or to a unit; the login
 *          is somebody's
 */
gboolean     pd_person_add          (PdDesk *desk, PdPerson *person, GError **error);

/* Writes a changed person back, addresses included, in a transaction.
 *
 * Errors   as above, and PD_ERROR_CONFLICT   nobody would be left to administer the desk
 */
gboolean     pd_person_save         (PdDesk *desk, const PdPerson *person, GError **error);

/* The person behind an address of a mail; who is not known becomes a client
 * (source "mail").  In a transaction.  A name is learned when none is known.
 */
PdPerson    *pd_person_ensure       (PdDesk *desk, const char *address, const char *name, GError **error);

/* The addresses of `person`, in memory: pd_person_save checks and writes them.
 * pd_person_first_address adds it if it is not there yet.
 *
 * Errors   PD_ERROR_NOT_FOUND  drop: it is none of his
 */
void         pd_person_first_address (PdPerson *person, const char *address);
void         pd_person_last_address  (PdPerson *person, const char *address);
gboolean     pd_person_drop_address  (PdPerson *person, const char *address, GError **error);

/* Where the tickets of a person go: to a unit, and in it to some people by name, if any.
 * In a transaction.
 *
 * unit         0: nowhere in particular
 * performers   persons
 * Errors   PD_ERROR_INVALID   a unit that is closed, performers without a unit, too many, or who
 *          are no active staff
 */
gboolean     pd_person_set_default  (PdDesk *desk, gint64 person, gint64 unit, const gint64 *performers,
                                     gsize n_performers, GError **error);
GArray      *pd_person_performers   (PdDesk *desk, gint64 person, GError **error); /* GArray of gint64 */

/* Sets the password, in a transaction; the person has a login.
 *
 * password   NULL: he has none any more
 * Errors     as pd_password_hash, and PD_ERROR_CONFLICT   he has no login
 */
gboolean     pd_person_set_password (PdDesk *desk, const PdPerson *person, const char *password, GError **error);

/* Who signs in by this login and password; TRUE with *out = NULL if that is nobody.
 * What was wrong is not said, and takes the same time.  An old hash is made anew,
 * if a transaction is open. */
gboolean     pd_person_sign_in      (PdDesk *desk, const char *login, const char *password, PdPerson **out,
                                     GError **error);

/* Takes a person off, in a transaction: his addresses are free again (the audit
 * keeps them), his history stays.  Nothing if he is deleted already.
 *
 * actor    NULL: the desk itself
 * Errors   PD_ERROR_DENIED     the actor is no administrator
 *          PD_ERROR_CONFLICT   nobody would be left to administer the desk
 */
gboolean     pd_person_remove       (PdDesk *desk, PdPerson *person, const PdPerson *actor, GError **error);

/* Brings a deleted person back as active, with those of his addresses that nobody took
 * since; in a transaction.
 *
 * addresses   instead of those he had; NULL: those
 * Errors   PD_ERROR_DENIED     the actor is no administrator
 *          PD_ERROR_CONFLICT   he is not deleted, was merged into somebody or erased; one of
 *          `addresses` is taken
 */
gboolean     pd_person_restore      (PdDesk *desk, PdPerson *person, const PdPerson *actor,
                                     const char *const *addresses, GError **error);

/* Whether somebody may do what is an administrator's; actor NULL is the desk itself.
 *
 * what     for the error, PD_ERROR_DENIED: "merge people"
 */
gboolean     pd_person_is_in_charge (const PdPerson *actor, const char *what, GError **error);

/* Whether a person may act at all, by mail or otherwise: he is active, and, of
 * a client in groups, at least one of them is not locked.  What a person who may
 * not writes is held; he is still told what staff answers, unless he is
 * blocked himself.
 *
 * out_reason   why not, in words ("is blocked"), static; NULL if he may
 */
gboolean     pd_person_may_act      (PdDesk *desk, const PdPerson *person, gboolean *out_may, const char **out_reason,
                                     GError **error);

/* Ids of the units in which the person is a member (GArray of gint64). */
GArray      *pd_person_unit_ids     (PdDesk *desk, gint64 person, GError **error);

/* The form of a login in which it is compared; NULL if it can be nobody's. */
char        *pd_login_key           (const char *login);

/* Checks the form of an address (local@domain; no blanks, controls or <>) and
 * gives its key: small letters.  NULL with PD_ERROR_INVALID.
 *
 * RFC 5321 4.5.3.1 names 64 octets for the local part, as the least that must
 * be taken; senders of bulk mail write longer ones, so only the whole is bounded.
 */
char        *pd_address_key         (const char *address, GError **error);
