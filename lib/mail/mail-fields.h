/* mail-fields.h - the fields of PdMail and of the records in it, as a table.
 *
 * A field of mail.h stands here once more, with its type and its bound.  From
 * this table records are made, freed and compared, and the parser's answer is
 * written and read: a new fact is a field in mail.h and a row here.
 */
#pragma once

#include "mail/mail.h"

typedef enum {
  PD_FIELD_TEXT,     /* char *, valid UTF-8, never NULL */
  PD_FIELD_OPTIONAL, /* the same or NULL */
  PD_FIELD_BOOLEAN,  /* gboolean */
  PD_FIELD_ENUM,     /* an enum from 0 to max */
  PD_FIELD_INT,      /* gint, from -max to max */
  PD_FIELD_UINT,     /* guint, up to max */
  PD_FIELD_INT64,    /* gint64 */
  PD_FIELD_OFFSET,   /* goffset into the raw mail, or -1 */
  PD_FIELD_SIZE,     /* gsize */
  PD_FIELD_HASH,     /* char[65]: 64 hexadecimal digits, or empty */
  PD_FIELD_TEXTS,    /* GPtrArray of char *, at most max, never NULL */
  PD_FIELD_RECORD,   /* a record of `of`, or NULL */
  PD_FIELD_RECORDS,  /* GPtrArray of records of `of`, at most max, never NULL */
  PD_FIELD_PARTS,    /* GPtrArray of PdPart that `root` owns, never NULL */
} PdFieldType;

typedef struct PdFieldSet PdFieldSet;

typedef struct {
  const char       *name;
  PdFieldType       type;
  gsize             offset; /* in the record */
  gint64            max;    /* octets of a text (each, in a list of texts), elements, or a number */
  const PdFieldSet *of;     /* for records */
} PdField;

struct PdFieldSet {
  const char    *name;
  gsize          size; /* of the record */
  const PdField *fields;
  guint          n_fields;
  void         (*free) (gpointer record); /* pd_fields_free for this set; takes NULL */
};

extern const PdFieldSet pd_mail_fields;
extern const PdFieldSet pd_part_fields;
extern const PdFieldSet pd_address_fields;
extern const PdFieldSet pd_folded_fields;
extern const PdFieldSet pd_bounce_recipient_fields;
extern const PdFieldSet pd_seal_fields;
extern const PdFieldSet pd_attendee_fields;
extern const PdFieldSet pd_calendar_event_fields;
extern const PdFieldSet pd_calendar_fields;
extern const PdFieldSet pd_forwarded_fields;

/* The most elements of any list of texts, each at most `max` octets. */
#define PD_FIELD_MAX_TEXTS 1000

/* A record with "" and empty lists, all else 0 or NULL; `free` frees it. */
gpointer  pd_fields_new   (const PdFieldSet *set);

/* Puts a text into a field of a record, in place of the one that was there. */
static inline void
pd_text_take (char **field, char *text)
{
  g_free (*field);
  *field = text;
}

/* Frees a record with all that it owns; NULL is nothing to free. */
void      pd_fields_free  (const PdFieldSet *set,
                           gpointer          record);

/* Cuts what is past its bound: texts between characters, lists at their most;
 * only the tree of parts is left to who makes it.
 *
 * Returns   whether there was anything to cut
 */
gboolean  pd_fields_fit   (const PdFieldSet *set,
                           gpointer          record);

/* Whether two records hold the same, both may be NULL.
 *
 * out_where   the name of the first field that differs, lent; may be NULL
 */
gboolean  pd_fields_equal (const PdFieldSet *set,
                           gconstpointer     a,
                           gconstpointer     b,
                           const char      **out_where);
