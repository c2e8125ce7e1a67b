/* sieve-fixture.h - a mail for tests of the Sieve interpreter, read by GMime
 * from a text; and the short way from a script to its plan.
 */
#pragma once

#include "sieve/sieve.h"

typedef struct SieveMail SieveMail;

/* A mail from its text; lines may end in LF or CRLF.  Anything else than UTF-8 in it is
 * replaced, so that what a script sees is valid. */
SieveMail         *sieve_mail_new          (const char *text);
SieveMail         *sieve_mail_new_bytes    (const char *bytes,
                                            gsize       length);
void               sieve_mail_free         (SieveMail  *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SieveMail, sieve_mail_free)

/* An address of the envelope: "from" "to" "orig_to" "auth"; each call adds one. */
void               sieve_mail_add_envelope (SieveMail  *mail,
                                            const char *name,
                                            const char *address);
const PdSieveMail *sieve_mail_get          (SieveMail  *mail);

/* A host without anything but a configuration (the defaults) and the time
 * 2026-11-24T12:00:00Z; lent for ever. */
const PdSieveHost *sieve_host              (void);

/* Compiles; a test fails with the report as its words if there are errors.  host NULL: sieve_host (). */
PdSieveScript     *sieve_compile_ok        (const char        *script,
                                            const PdSieveHost *host);

/* Compiles and runs on a mail of that text: the plan as pd_sieve_plan_to_text gives it.  If the
 * script does not compile: the report's text.  Caller frees. */
char              *sieve_plan_text         (const char        *script,
                                            const char        *mail);
