/* render.h - an outbox row made into the mail that goes out. */
#pragma once

#include "desk/outbox.h"
#include "mail/compose.h"

typedef struct PdTemplates PdTemplates; /* compiled templates of all languages; read-only, shared by threads */

/* Loads all templates of a folder.
 * Errors  PD_ERROR_INVALID  file:line:column and what is wrong; PD_ERROR_NOT_FOUND  no folder
 */
PdTemplates *pd_templates_load (const char *folder, GError **error);
void         pd_templates_free (PdTemplates *templates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdTemplates, pd_templates_free)

typedef struct {
  char        *mail_from; /* VERP envelope sender */
  char        *rcpt_to;
  char        *message_id;
  PdMailNeeds  needs;
  GBytes      *bytes;
} PdRendered;

void         pd_rendered_free  (PdRendered *rendered);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdRendered, pd_rendered_free)

/* Makes the mail of a row: template by event and the recipient's language
 * (his own, the unit's, the desk's, "en"), signed Message-ID, Reply-To, VERP
 * sender, threading headers, Auto-Submitted, List-Id-free.  The same row gives
 * the same Message-ID each time.
 */
PdRendered  *pd_render         (PdDesk *desk, const PdTemplates *templates, const PdOutboxRow *row, GError **error);
