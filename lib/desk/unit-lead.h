/* unit-lead.h - who answers for a unit: its heads, directors, administrators. */
#pragma once

#include "desk/desk.h"
#include "desk/person.h"

gboolean  pd_unit_leads           (PdDesk         *desk,
                                   const PdPerson *person,
                                   gint64          unit,
                                   gboolean       *out_leads,
                                   GError        **error);

/* The same as a check.
 *
 * actor    NULL: the desk itself, which may all
 * what     what he wants, for the text: "see the reports of"
 * Errors   PD_ERROR_DENIED
 */
gboolean  pd_unit_authorise_lead  (PdDesk         *desk,
                                   const PdPerson *actor,
                                   gint64          unit,
                                   const char     *what,
                                   GError        **error);

/* Whether he answers for all units. */
gboolean  pd_unit_leads_all       (const PdPerson *person);

/* Units that he answers for, in order of name (GArray of gint64). */
GArray   *pd_unit_led_ids         (PdDesk         *desk,
                                   const PdPerson *person,
                                   GError        **error);

/* Whether he may see what somebody did: his own self, or somebody of a unit that
 * he answers for. */
gboolean  pd_unit_leads_person    (PdDesk         *desk,
                                   const PdPerson *person,
                                   gint64          other,
                                   gboolean       *out_leads,
                                   GError        **error);
