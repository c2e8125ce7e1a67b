/* head.h - the header of a mail or of a part: its fields as they stand; not
 * installed.
 *
 * Pure.  The fields are windows on the bytes that they were read from.
 *
 * What programs and gateways do to a header is forgiven as mail servers and
 * mail programs do: a byte order mark, empty lines and an mbox line before it,
 * a line that is no field within it (left out), no empty line behind it (the
 * body begins with the first line that is no field).
 */
#pragma once

#include <glib.h>

#define PD_HEAD_MAX_FIELDS 2000         /* of one header; more are left out */
#define PD_HEAD_MAX_FIELD  (256 * 1024) /* octets of a field's value; more are left out */
#define PD_HEAD_MAX_NAME   100          /* octets of a field's name */

typedef struct {
  const char *name, *value; /* the value with its line breaks, without the last one */
  gsize       name_length, length;
} PdHeadField;

typedef struct {
  GArray     *fields; /* of PdHeadField */
  gsize       body;   /* where the body begins */
  const char *defect; /* what was forgiven, static, or NULL */
} PdHead;

/* Reads the header that begins at `at` and ends at `stop` at the latest.
 *
 * mail   whether it is a mail's: what servers put in front of one is skipped
 * head   zeroed; pd_head_clear frees what it holds
 */
void         pd_head_read   (PdHead     *head,
                             const char *data,
                             gsize       at,
                             gsize       stop,
                             gboolean    mail);
void         pd_head_clear  (PdHead     *head);

static inline guint
pd_head_count (const PdHead *head)
{
  return head->fields == NULL ? 0 : head->fields->len;
}

static inline const PdHeadField *
pd_head_peek (const PdHead *head, guint i)
{
  return &g_array_index (head->fields, PdHeadField, i);
}

gboolean     pd_head_is     (const PdHeadField *field,
                             const char        *name);

/* The value of a field: a new string, NUL octets left out, folded as it is. */
char        *pd_head_dup_value (const PdHeadField *field);

/* That of the first field of a name, any case; NULL if there is none. */
char        *pd_head_dup    (const PdHead *head,
                             const char   *name);
