/* mail-fixture.h - the facts of a small mail, for tests of what is made of it.
 *
 * Not read from bytes: a test says the facts that it is about, the rest is as
 * in a plain mail.
 */
#pragma once

#include "mail/mail.h"

/* NULL stands for "" or for none. */
typedef struct {
  const char *from, *sender, *reply_to; /* an address */
  const char *to, *cc;                  /* addresses, separated by blanks */
  const char *subject, *text, *message_id;
  const char *in_reply_to, *references; /* ids, separated by blanks */
  PdMailKind  kind;
  const char *auto_submitted;
  gboolean    bulk;                     /* no automatic answer is allowed */
  guint       received;
  const char *auth_results, *arc;
  const char *x_loop, *delivered_to;    /* separated by blanks */
  const char *original_message_id, *original_return_path;
  const char *failed;                   /* recipient of a bounce */
  gboolean    soft;                     /* it may work later */
  gint64      date;                     /* seconds; 0 none */
  gboolean    broken_text;              /* not UTF-8: no reader gives that, no table takes it */
} MailFixture;

/* Made by hand, so freed by hand. */
typedef PdMail MadeMail;

MadeMail *mail_fixture_make (const MailFixture *fixture);
void      mail_fixture_free (MadeMail          *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MadeMail, mail_fixture_free)

/* Bytes that stand for the mail. */
GBytes   *mail_fixture_raw  (const MailFixture *fixture);
