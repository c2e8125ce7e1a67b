/* rule-mail.h - a mail as a Sieve script sees it (sieve-mail.h): the facts of
 * lib/mail, and the raw bytes for what is seldom asked. */
#pragma once

#include "mail/mail.h"
#include "sieve/sieve-mail.h"

typedef struct PdRuleMail PdRuleMail;

typedef struct {
  const char        *from; /* envelope; NULL unknown, "" the null sender */
  const char *const *to;   /* up to NULL; or NULL */
  const char *const *orig_to; /* before aliases; or NULL */
  const char        *auth; /* who had signed in; or NULL */
} PdRuleEnvelope;

/* The mail and the raw bytes are lent until it is freed; the envelope is copied. */
PdRuleMail        *pd_rule_mail_new  (const PdMail *mail, GBytes *raw, const PdRuleEnvelope *envelope);
void               pd_rule_mail_free (PdRuleMail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdRuleMail, pd_rule_mail_free)

const PdSieveMail *pd_rule_mail_get  (PdRuleMail *mail);

/* The raw mail with another header (RFC 5293): `fields` of PdSieveField as a plan has them.
 * Fields that stayed keep their bytes. */
GBytes            *pd_rule_mail_edit (PdRuleMail *mail, const GPtrArray *fields);
