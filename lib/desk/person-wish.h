/* person-wish.h - what somebody wants a person to be: named fields and texts.
 *
 * A JSON object; what it does not name stays as it is.  Texts: name, phone,
 * mobile, messenger, postal, job_title, language, timezone; of staff also role
 * and login.  Lists of texts: addresses (the first is where notices go), groups,
 * units.  fields: an object of further fields (field.h) and their texts.
 */
#pragma once

#include <json-c/json.h>

#include "desk/person.h"

#define PD_PERSON_WISH_MAX 262144 /* octets of the JSON */

typedef enum {
  PD_WISH_OF_CLIENT, /* what is a client's */
  PD_WISH_OF_ANYBODY,
} PdWishScope;

/* Reads a wish: the names are known and the values have their form.
 *
 * Returns   an object that the caller puts, or NULL with PD_ERROR_INVALID, which names
 *           the field and those that there are
 */
struct json_object *pd_person_wish_parse  (const char *json, PdWishScope scope, GError **error);

/* Brings the wish into the copy of a person, in memory; pd_person_check or
 * pd_person_save say whether it is one that can be. */
gboolean            pd_person_wish_apply  (PdDesk *desk, struct json_object *wish, PdPerson *person, GError **error);

/* What of the wish is not in the row of the person, once that is written: groups,
 * units, further fields.  In a transaction.
 *
 * actor     who reads the further fields; NULL: the desk itself
 * is_new    presets are filled in, and required fields must be there
 */
gboolean            pd_person_wish_finish (PdDesk *desk, struct json_object *wish, const PdPerson *person,
                                           const PdPerson *actor, gboolean is_new, GError **error);

typedef struct {
  char *name; /* of the field */
  char *before, *after; /* texts as people read them */
} PdPersonChange;

/* What the wish would change, side by side, as GPtrArray of PdPersonChange.
 *
 * person    as he is; NULL: he is to be made
 * viewer    sees further fields as field.h says; NULL: all
 */
GPtrArray          *pd_person_wish_compare (PdDesk *desk, struct json_object *wish, const PdPerson *person,
                                            const PdPerson *viewer, GError **error);
