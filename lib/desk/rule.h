/* rule.h - the desk's rules: Sieve scripts in the database, with who changed
 * them and when.
 *
 * A script is compiled when it is saved; one that does not compile is refused
 * with all its errors, and the version that runs stays.
 */
#pragma once

#include "desk/person.h"
#include "sieve/sieve.h"

#define PD_RULE_MAX_RULES 500 /* of a desk */
#define PD_RULE_MAX_NAME  128 /* characters; RFC 5804 1.6 forbids controls */

typedef enum { PD_RULE_BEFORE, PD_RULE_UNIT, PD_RULE_AFTER, PD_RULE_INCLUDE } PdRuleScope;

/* What a rule runs on; a set of bits. */
typedef enum {
  PD_RULE_ON_MAIL    = 1 << 0, /* "mail": accepted, before it is filed */
  PD_RULE_ON_CREATED = 1 << 1, /* "created": a ticket, by whatever way */
  PD_RULE_ON_CHANGED = 1 << 2, /* "changed": anything else happened to it */
  PD_RULE_ON_WARNING = 1 << 3, /* "sla-warning" */
  PD_RULE_ON_BREACH  = 1 << 4, /* "sla-breach" */
  PD_RULE_ON_IDLE    = 1 << 5, /* "idle": no change for the rule's time */
} PdRuleEvent;

typedef struct {
  gint64      id;
  char       *name;
  PdRuleScope scope;
  gint64      unit;   /* 0: the whole desk */
  int         place;
  gboolean    active;
  guint       events; /* of PdRuleEvent */
  gint64      idle;   /* microseconds; 0 not */
  int         version;
  gint64      created, changed;
  char       *script; /* of that version */
} PdRule;

void        pd_rule_free       (PdRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdRule, pd_rule_free)

/* One event by its name; 0: none. */
guint       pd_rule_event_find (const char *name);
const char *pd_rule_event_name (PdRuleEvent event);

/* The events of a script for which nobody said any: those that its tests of the
 * environment item vnd.postdesk.event name, else mail. */
guint       pd_rule_events_of  (const PdSieveScript *script);

/* In a transaction.  Saves a script under a name: a new rule, or a new version of one.
 *
 * rule       id 0: new; name, scope, unit, place, active, events (0: pd_rule_events_of), idle
 * actor      an administrator, or for a unit's rules its head; NULL the desk itself
 * remark     what the change is for; or ""
 * report     the compiler's words, errors and warnings
 * Errors     PD_ERROR_INVALID   it does not compile (see report), or a field is wrong
 *            PD_ERROR_DENIED, PD_ERROR_CONFLICT (the name is taken), PD_ERROR_NOT_FOUND
 */
gboolean    pd_rule_save       (PdDesk *desk, PdRule *rule, const PdPerson *actor, const char *remark,
                                PdSieveReport *report, GError **error);
gboolean    pd_rule_get        (PdDesk *desk, gint64 id, PdRule **out, GError **error);
gboolean    pd_rule_find       (PdDesk *desk, gint64 unit, const char *name, PdRule **out, GError **error);
/* All, in the order in which they run; of PdRule. */
gboolean    pd_rule_list       (PdDesk *desk, GPtrArray **out, GError **error);
gboolean    pd_rule_remove     (PdDesk *desk, const PdRule *rule, const PdPerson *actor, GError **error);
