/* render-job.h - one mail in the making: what its parts share.
 *
 * For render.c, render-values.c and render-link.c only.
 */
#pragma once

#include "desk/render-facts.h"
#include "desk/render.h"
#include "desk/template-override.h"

#define PD_RENDER_MAX_NAME 100 /* characters of a display name */

struct PdRenderer {
  PdDesk *desk;
  const PdTemplates *templates;
  PdTemplateOverrides *overrides;
  PdRenderFacts *facts;
  GHashTable *zones; /* name -> GTimeZone */
};

/* How each event becomes a mail. */
typedef struct {
  const char *event;
  const char *template;
  const char *auto_submitted; /* RFC 3834 5; NULL: a person's mail */
  gboolean reply;             /* "Re:" */
  gboolean files;             /* the entry's files go along */
  gboolean internal;          /* what is answered stays between staff */
  gboolean secret;            /* the text is not kept: it holds a link to sign in */
  gboolean bulk;              /* to many, who are told how to end it */
  gboolean bare;              /* no mark in the subject, and nothing of the ticket's thread */
} PdRenderForm;

/* What it is about, and what is built from that. */
typedef struct {
  PdRenderer *renderer;
  const PdOutboxRow *row;
  const PdRenderForm *form;
  const PdFactUnit *unit;
  const PdFactTicket *ticket; /* NULL: about none */
  const PdFactEntry *entry;
  const PdFactPerson *recipient;
  const PdFactPerson *actor;
  const PdFactPerson *author; /* of the entry */
  const GPtrArray *files;     /* NULL: this event carries none */
  gboolean by_hand;           /* a person's answer to a customer: no automatic mail */
  gboolean several;           /* further events have joined it */
  PdValueTree *events;        /* those, until the values take them; NULL none */
  char *strand_subject;       /* of a mail in a side thread */
  PdSignedKind answer;        /* where an answer leads, if `reply_to` is signed */
  char *reply_to;
  char *subject, *text, *html;
} PdRenderJob;

/* One line for a header, of at most so many characters. */
char        *pd_render_one_line     (const char *text, gsize max_chars);

/* How a person is called before the recipient. */
char        *pd_render_name_of      (const PdRenderJob *job, const PdFactPerson *person);

/* A time in the recipient's zone; caller frees. */
char        *pd_render_time         (const PdRenderJob *job, gint64 time);

/* An address of ours for this recipient and ticket; the unit's own where none can
 * be signed. */
char        *pd_render_signed_address (const PdRenderJob *job, const PdSignedAddress *what);

/* The values of the templates, see templates/README.md. */
PdValueTree *pd_render_values       (PdRenderJob *job, GError **error);

/* Reads the further events of the row into job->events, first of all: reading
 * their entries makes the facts forget the row's own.
 *
 * Errors   PD_ERROR_DENIED   the recipient may not read one
 */
gboolean     pd_render_events       (PdRenderJob *job, GError **error);

/* A mailto: URI by RFC 6068; a body "" is left out. */
char        *pd_render_mailto       (const char *address, const char *subject, const char *body);

/* Adds `links` (mailto: URIs, RFC 6068) and `addresses`, of single acts. */
gboolean     pd_render_links        (const PdRenderJob *job, const char *const *languages, PdValueTree *values, GError **error);
