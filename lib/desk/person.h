/* person.h - people: staff and clients, each with any number of addresses. */
#pragma once

#include "desk/desk.h"

#define PD_PERSON_MAX_NAME      200 /* characters */
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
} PdPerson;

/* A person to fill and add: all fields empty but these; source is "command".
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

/* GPtrArray of PdPerson in order of name; role_filter -1 for all. */
GPtrArray   *pd_person_list         (PdDesk *desk, int role_filter, GError **error);

/* Adds a person, in a transaction; id and created are set.
 *
 * Errors   PD_ERROR_INVALID    a bad address, language or zone, a name too long
 *          PD_ERROR_CONFLICT   an address belongs to somebody (says who) or to a unit
 */
gboolean     pd_person_add          (PdDesk *desk, PdPerson *person, GError **error);

/* Writes a changed person back, addresses included, in a transaction; errors as above. */
gboolean     pd_person_save         (PdDesk *desk, const PdPerson *person, GError **error);

/* The person behind an address of a mail; who is not known becomes a client
 * (source "mail").  In a transaction.  A name is learned when none is known.
 */
PdPerson    *pd_person_ensure       (PdDesk *desk, const char *address, const char *name, GError **error);

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

/* Checks the form of an address (local@domain; no blanks, controls or <>) and
 * gives its key: small letters.  NULL with PD_ERROR_INVALID.
 *
 * RFC 5321 4.5.3.1 names 64 octets for the local part, as the least that must
 * be taken; senders of bulk mail write longer ones, so only the whole is bounded.
 */
char        *pd_address_key         (const char *address, GError **error);
