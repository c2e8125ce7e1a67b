/* field.h - further fields of people and tickets, as an administrator defines
 * them, and what stands in them.
 *
 * A value goes in and comes out as text: of a date YYYY-MM-DD, of a
 * multiselect its options with ", " between them (also accepted: "," and line
 * ends).  It is checked when it is written; what was right then is kept when
 * the definition changes later.  A closed field keeps its values and is not
 * shown.
 */
#pragma once

#include "desk/person.h"

#define PD_FIELD_MAX_FIELDS   200   /* of one target, closed ones too */
#define PD_FIELD_MAX_NAME     200   /* characters */
#define PD_FIELD_MAX_OPTIONS  500   /* of one field */
#define PD_FIELD_MAX_OPTION   200   /* characters */
#define PD_FIELD_MAX_PRESET   1000  /* characters */
#define PD_FIELD_MAX_TEXT     1000  /* characters of a text */
#define PD_FIELD_MAX_LONGTEXT 65536 /* octets of a long text */

typedef enum { PD_FIELD_OF_PERSON, PD_FIELD_OF_TICKET } PdFieldTarget;

typedef enum {
  PD_FIELD_TEXT, /* one line */
  PD_FIELD_LONGTEXT,
  PD_FIELD_SELECT,
  PD_FIELD_MULTISELECT,
  PD_FIELD_DATE,
} PdFieldKind;

/* Who reads and writes it. */
typedef enum {
  PD_FIELD_FOR_ALL,   /* clients too */
  PD_FIELD_FOR_STAFF,
  PD_FIELD_FOR_HEADS, /* heads, directors, administrators */
} PdFieldVisibility;

typedef struct {
  gint64            id;
  PdFieldTarget     target;
  char             *name;
  PdFieldKind       kind;
  GPtrArray        *options;     /* of char*; of the selects, else empty */
  char             *placeholder; /* "" none */
  char             *preset;      /* what stands there at first; "" nothing */
  PdFieldVisibility visibility;
  gboolean          required;    /* must not be empty where somebody fills in a form */
  int               position;    /* from 1, without gaps */
  gboolean          closed;
} PdField;

/* A field to fill and add: all empty but these, for all to see. */
PdField     *pd_field_new              (PdFieldTarget target, PdFieldKind kind, const char *name);
void         pd_field_free             (PdField *field);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdField, pd_field_free)

const char  *pd_field_target_name      (PdFieldTarget target);         /* "person" "ticket" */
const char  *pd_field_kind_name        (PdFieldKind kind);             /* "text" "longtext" … */
const char  *pd_field_visibility_name  (PdFieldVisibility visibility); /* "all" "staff" "heads" */
gboolean     pd_field_target_parse     (const char *text, PdFieldTarget *out, GError **error);
gboolean     pd_field_kind_parse       (const char *text, PdFieldKind *out, GError **error);
gboolean     pd_field_visibility_parse (const char *text, PdFieldVisibility *out, GError **error);

/* Whether somebody reads and writes a field; viewer NULL is the desk itself. */
gboolean     pd_field_is_for           (const PdField *field, const PdPerson *viewer);

/* Makes a text fit to be kept, as it is shown again ("" if it is blank); whether it may
 * be empty is not asked here.  Pure.
 *
 * Errors   PD_ERROR_INVALID   names the field and what it takes
 */
char        *pd_field_check            (const PdField *field, const char *text, GError **error);

/* Definitions in order of position, as GPtrArray of PdField, closed ones too. */
GPtrArray   *pd_field_list             (PdDesk *desk, PdFieldTarget target, GError **error);

/* A field by name; a missing one is PD_ERROR_NOT_FOUND with the nearest name. */
PdField     *pd_field_need             (PdDesk *desk, PdFieldTarget target, const char *name, GError **error);

/* Adds a definition, in a transaction; id is set, and the position if it is 0 (the last).
 *
 * Errors   PD_ERROR_INVALID    a name or text too long, a select without options, options
 *          that are none, a preset that the field would not take
 *          PD_ERROR_CONFLICT   there is one of this name
 */
gboolean     pd_field_add              (PdDesk *desk, PdField *field, GError **error);

/* Writes a changed definition back, in a transaction; the kind stays what it is.  Errors as above. */
gboolean     pd_field_save             (PdDesk *desk, const PdField *field, GError **error);

/* A field and what stands in it. */
typedef struct {
  PdField *field;
  char    *text; /* "" nothing */
} PdFieldValue;

/* The open fields of a person or ticket that the viewer reads, empty ones too, in order, as
 * GPtrArray of PdFieldValue.
 *
 * id       person.id or ticket.id
 * viewer   NULL: all of them
 */
GPtrArray   *pd_field_values           (PdDesk *desk, PdFieldTarget target, gint64 id, const PdPerson *viewer,
                                        GError **error);

/* Writes one value, in a transaction; the caller has asked whether the actor may
 * change the person or ticket.
 *
 * actor    NULL: the desk itself
 * text     "": nothing stands there any more
 * out_old  what stood there before, NULL if it was the same already; may be NULL
 * out_new  as it stands there now, NULL as above; may be NULL
 * Errors   PD_ERROR_NOT_FOUND  no such field, or one that he does not read
 *          PD_ERROR_INVALID    what the field does not take: names it and what may be there
 *          PD_ERROR_CONFLICT   the field is closed
 */
gboolean     pd_field_set              (PdDesk *desk, PdFieldTarget target, gint64 id, const PdPerson *actor,
                                        const char *name, const char *text, char **out_old, char **out_new,
                                        GError **error);

/* What somebody filled in when he made a person or ticket, in a transaction: what he named,
 * and the presets of the rest.
 *
 * names, texts   NULL-terminated and as many; NULL: none
 * Errors   as pd_field_set, and PD_ERROR_INVALID   a required field that he writes is empty
 */
gboolean     pd_field_fill             (PdDesk *desk, PdFieldTarget target, gint64 id, const PdPerson *actor,
                                        const char *const *names, const char *const *texts, GError **error);

/* Takes all values away, in a transaction: the person or ticket is gone. */
gboolean     pd_field_clear            (PdDesk *desk, gint64 id, GError **error);
