/* render.h - an outbox row made into the mail that goes out. */
#pragma once

#include "desk/outbox.h"
#include "desk/templates.h"
#include "mail/compose.h"

#define PD_RENDER_MAX_TEXT  (256 * 1024)       /* octets of an entry that a mail quotes */
#define PD_RENDER_MAX_FILES (10 * 1024 * 1024) /* octets of files that a mail carries; the
                                                  others are named in its text */
#define PD_RENDER_MAX_NAMES 100                /* files that a mail carries or names */
#define PD_RENDER_MAX_REFERENCES 20
#define PD_RENDER_MAX_SENT  (64 * 1024) /* octets of a sent text that are kept for its answer */

typedef struct {
  char        *mail_from; /* VERP envelope sender */
  char        *rcpt_to;
  char        *message_id;
  PdMailNeeds  needs;
  GBytes      *bytes;
  char        *text; /* the plain text, as far as it is kept */
} PdRendered;

void         pd_rendered_free  (PdRendered *rendered);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdRendered, pd_rendered_free)

/* Renders row after row and remembers what they share: the notices of one
 * event are about the same ticket and entry.  Belongs to the desk's thread.
 */
typedef struct PdRenderer PdRenderer;

PdRenderer  *pd_renderer_new    (PdDesk *desk, const PdTemplates *templates);
void         pd_renderer_free   (PdRenderer *renderer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdRenderer, pd_renderer_free)

/* Forgets what it remembers: at the start of each batch, so that a changed
 * name or signature is seen. */
void         pd_renderer_forget (PdRenderer *renderer);

/* Makes the mail of a row: template by event and the recipient's language
 * (his own, the unit's, the desk's, "en"), signed Message-ID, Reply-To, VERP
 * sender, threading headers, Auto-Submitted, List-Id-free.  The same row gives
 * the same Message-ID each time.
 *
 * Values of the templates: desk {name, url}, unit {name, signature}, ticket
 * {number, subject, state, priority, url, created}, actor {name}, recipient
 * {name}, entry {text, html_text, author, by_staff, time}, is_staff and
 * is_customer (the recipient), is_note (the entry is internal), and data {…}
 * with what the row itself brings.
 *
 * Errors  PD_ERROR_DENIED  the recipient is blocked or deleted by now, or may not
 *         read the entry; PD_ERROR_NOT_FOUND  the unit or ticket is gone; PD_ERROR_INVALID  an
 *         address that no mail can have; PD_ERROR_INTERNAL  no template, a unit without address
 */
PdRendered  *pd_renderer_make   (PdRenderer *renderer, const PdOutboxRow *row, GError **error);

/* One row, once. */
PdRendered  *pd_render          (PdDesk *desk, const PdTemplates *templates, const PdOutboxRow *row, GError **error);
