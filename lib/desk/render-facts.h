/* render-facts.h - what the rendering of a mail reads from the database, kept
 * while rows that follow each other share it.
 *
 * For render.c.  Everything lent stays valid until pd_render_facts_forget or,
 * for a ticket and an entry, until another one is asked for.
 */
#pragma once

#include "desk/desk.h"

typedef struct {
  char *name, *signature, *language;
  char *address; /* "" none */
} PdFactUnit;

typedef struct {
  char    *name, *language, *timezone;
  char    *address; /* "" none */
  gboolean staff;
  gboolean active; /* neither blocked nor deleted */
} PdFactPerson;

typedef struct {
  gint64 id, number, created;
  char  *subject, *state;
  int    priority;
  char  *root; /* Message-ID of the first mail, "" none */
} PdFactTicket;

/* A file of an entry: carried if `bytes` is there, else named. */
typedef struct {
  char   *name, *type, *content_id;
  gint64  size;
  GBytes *bytes;
} PdFactFile;

/* A Message-ID of the thread. */
typedef struct {
  char    *message_id;
  gboolean staff; /* a staff member's own mail: customers have not seen it */
} PdFactReference;

typedef struct {
  gint64     id; /* 0: a notice without an entry */
  gint64     author, created;
  gint64     strand; /* the side thread it is of, 0 none */
  gboolean   is_public;
  char      *text;       /* what was said, cut at PD_RENDER_MAX_TEXT */
  char      *html_text;  /* the same, escaped, with <br> */
  GPtrArray *references; /* of PdFactReference, newest first */
  GPtrArray *files;      /* of PdFactFile; filled by pd_render_facts_files */
} PdFactEntry;

/* What a mass mailing says. */
typedef struct {
  gint64 id;
  char  *subject, *text;
  char  *html; /* "" none */
} PdFactMailing;

typedef struct PdRenderFacts PdRenderFacts;

PdRenderFacts      *pd_render_facts_new    (PdDesk *desk);
void                pd_render_facts_free   (PdRenderFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdRenderFacts, pd_render_facts_free)

void                pd_render_facts_forget (PdRenderFacts *facts);

/* Each lends a fact; NULL with PD_ERROR_NOT_FOUND if it is gone.  A person 0
 * is nobody in particular: a client without a name. */
const PdFactUnit   *pd_render_facts_unit   (PdRenderFacts *facts, gint64 id, GError **error);
const PdFactPerson *pd_render_facts_person (PdRenderFacts *facts, gint64 id, GError **error);
const PdFactTicket *pd_render_facts_ticket (PdRenderFacts *facts, gint64 id, GError **error);
const PdFactEntry  *pd_render_facts_entry  (PdRenderFacts *facts, gint64 ticket, gint64 id, GError **error);

/* The files of the entry that was asked for last, as GPtrArray of PdFactFile,
 * with their bytes as far as PD_RENDER_MAX_FILES goes; NULL on error. */
const GPtrArray    *pd_render_facts_files  (PdRenderFacts *facts, GError **error);

/* The mailing; lent like a ticket. */
const PdFactMailing *pd_render_facts_mailing (PdRenderFacts *facts, gint64 id, GError **error);

/* The subject of a side thread, which the caller frees. */
gboolean            pd_render_facts_strand (PdRenderFacts *facts, gint64 id, char **out_subject, GError **error);
