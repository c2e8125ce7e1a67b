/* rule-set.h - the rules that run, compiled: read from the database when they
 * have changed, else kept. */
#pragma once

#include "desk/rule.h"

typedef struct PdRuleSet PdRuleSet;

typedef struct {
  gint64         id;
  const char    *name;
  PdRuleScope    scope;
  gint64         unit;
  guint          events;
  gint64         idle;
  int            version;
  PdSieveScript *script;
} PdRuleEntry;

/* The desk's set, as it is now (desk->rules); one statement by primary key when nothing has
 * changed.  A script that does not compile any more is left out and logged.  Lent until the next
 * call. */
gboolean            pd_rule_set_get    (PdDesk *desk, const PdRuleSet **out, GError **error);

/* Those for an event and a unit (0: none) in the order in which they run: before, the unit's,
 * after.  of const PdRuleEntry *; container owned by the caller. */
GPtrArray          *pd_rule_set_select (const PdRuleSet *set, PdRuleEvent event, gint64 unit);
gboolean            pd_rule_set_is_empty (const PdRuleSet *set, guint events);

/* Counts a run for the rule's statistics; written by pd_rule_set_flush now and then. */
void                pd_rule_set_count  (PdDesk *desk, gint64 rule, gboolean fired, const char *failure, gint64 spent);
gboolean            pd_rule_set_flush  (PdDesk *desk, GError **error);
