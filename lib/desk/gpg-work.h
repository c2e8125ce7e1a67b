/* gpg-work.h - one question to GnuPG, asked through gpgme; not installed.
 *
 * Runs in a child that is there for this question only; gpg.c guards it.
 */
#pragma once

#include "desk/gpg.h"

/* The head of a question; behind it lie the bytes. */
typedef struct {
  guint32 protocol; /* PdGpgProtocol */
  guint32 decrypt;  /* else verify */
  guint32 apart;    /* `second` is what `first` signs */
  guint32 unused;
  guint64 first, second; /* octets */
} PdGpgQuestion;

/* The form of an answer: opened, has_signature, state, fingerprint, addresses,
 * signed_at, reason, content if there is any. */
#define PD_GPG_ANSWER "(bbusasxsmay)"

/* Once, before the first question: which engines there are. */
void       pd_gpg_work_init (const char          *home);

/* The answer, serialised; a floating variant. */
GVariant  *pd_gpg_work      (const PdGpgQuestion *question,
                             const char          *first,
                             const char          *second);
