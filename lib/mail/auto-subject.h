/* auto-subject.h - what a subject says of being written by a responder; not
 * installed.
 *
 * Pure.  Words are weak: a customer writes "Out of office printer", and
 * "Automatic reply does not work" is a question.  So what comes back is how
 * much the words weigh; what else must be there, see mail-automatic.c.
 */
#pragma once

#include <glib.h>

typedef enum {
  PD_AUTO_SUBJECT_NONE,
  PD_AUTO_SUBJECT_WORDS, /* it begins with words of absence, or of automatic answers */
  PD_AUTO_SUBJECT_FORM,  /* it begins as programs write it: "Automatic reply: …" */
} PdAutoSubject;

/* Looks at a subject.
 *
 * subject      UTF-8, decoded
 * out_is_reply whether "Re:" or the like in any language stood in front
 */
PdAutoSubject  pd_auto_subject_find (const char *subject,
                                     gboolean   *out_is_reply);
