/* sieve-plan.h - what a script wants done with a mail.  A run changes nothing:
 * who ran it carries the plan out, or prints it.
 */
#pragma once

#include "sieve/sieve-mail.h"
#include "sieve/sieve-verb.h"

typedef enum {
  PD_SIEVE_KEEP,
  PD_SIEVE_FILEINTO,
  PD_SIEVE_DISCARD,
  PD_SIEVE_REDIRECT,
  PD_SIEVE_REJECT,   /* RFC 5429 2.2 */
  PD_SIEVE_EREJECT,  /* 2.1 */
  PD_SIEVE_VACATION, /* RFC 5230 */
  PD_SIEVE_NOTIFY,   /* RFC 5435 */
  PD_SIEVE_HOST,     /* the program's own: `verb` says which */
} PdSieveActionKind;

typedef struct {
  PdSieveActionKind kind;
  const PdSieveVerb *verb;
  PdSievePlace place;
  char    *target;   /* mailbox, address, method's URI; or "" */
  char    *text;     /* of reject, vacation, notify: the words; or "" */
  gboolean copy;     /* :copy: the implicit keep stays */
  gboolean create;   /* RFC 5490 :create */
  gboolean implicit; /* the keep that nobody wrote */
  char   **flags;    /* of keep and fileinto; NULL none */
  /* vacation, notify */
  char    *subject, *from, *handle;
  char   **options;  /* notify :options (RFC 5435 3.5) */
  gboolean mime;     /* vacation :mime: `text` is a MIME entity */
  int      importance; /* notify: 1 high, 2 normal, 3 low */
  char    *recipient;  /* vacation: to whom */
  /* a program's own */
  char   **values;
  gpointer details;
  GDestroyNotify free_details;
} PdSieveAction;

/* To be remembered once the plan was carried out (RFC 7352 3, RFC 5230 4.2). */
typedef struct {
  char  *key;
  gint64 seconds;
} PdSieveMemo;

typedef struct {
  GPtrArray   *actions;    /* of PdSieveAction in order, the implicit keep last */
  GPtrArray   *memos;      /* of PdSieveMemo */
  gboolean     edited;     /* the header was changed (RFC 5293): then it is in `fields` */
  GPtrArray   *fields;     /* of PdSieveField with its own strings; NULL: as in the mail */
  char        *error;      /* why the run was stopped: nothing of the plan counts; NULL */
  PdSievePlace error_place;
  guint64      steps;
} PdSievePlan;

PdSievePlan   *pd_sieve_plan_new     (void);
void           pd_sieve_plan_free    (PdSievePlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSievePlan, pd_sieve_plan_free)

PdSieveAction *pd_sieve_action_new   (PdSieveActionKind kind, const PdSieveNode *node); /* node NULL: implicit */
void           pd_sieve_action_free  (PdSieveAction *action);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSieveAction, pd_sieve_action_free)

/* "keep" "fileinto" …; of a program's own its verb's name. */
const char    *pd_sieve_action_name  (const PdSieveAction *action);

/* One action a line, for people: "fileinto "billing" (line 3)". */
char          *pd_sieve_plan_to_text (const PdSievePlan *plan);
