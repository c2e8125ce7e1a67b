/* sieve-comparator.h - comparators (RFC 4790) as foldings: two texts are equal
 * if their folded forms are equal octets.
 *
 * Pure.  Texts have a length and may hold NUL; what is no UTF-8 is taken octet
 * by octet.
 */
#pragma once

#include "sieve/sieve-match.h"

#define PD_SIEVE_N_COMPARATORS 4

struct PdSieveComparator {
  const char *name;
  guint       index;      /* below PD_SIEVE_N_COMPARATORS */
  gboolean    substrings; /* allows :contains and :matches (RFC 4790 4.2.4) */
  gboolean    caseless;   /* for regular expressions */
  /* Caller frees.  NULL: a text is its own folded form.  `origin`, if not NULL, gets for each
   * octet of the result the offset of the character that it comes from; of guint32. */
  char     *(*fold)    (const char *text, gsize length, gsize *out_length, GArray *origin);
  /* Of folded forms: below, at or over 0. */
  int       (*compare) (const char *a, gsize a_length, const char *b, gsize b_length);
};

/* A text whose folded forms are kept, since it is compared again and again. */
typedef struct {
  const char *text; /* lent */
  gsize       length;
  char       *folded[PD_SIEVE_N_COMPARATORS];
  gsize       folded_length[PD_SIEVE_N_COMPARATORS];
} PdSieveSubject;

void        pd_sieve_subject_init  (PdSieveSubject *subject, const char *text, gsize length);
void        pd_sieve_subject_clear (PdSieveSubject *subject);
/* Lent until the subject is cleared. */
const char *pd_sieve_subject_fold  (PdSieveSubject *subject, const PdSieveComparator *comparator, gsize *out_length);
