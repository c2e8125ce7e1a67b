/* template-sample.h - values as a mail may bring them, to try a template with. */
#pragma once

#include "mail/value-tree.h"

/* event   the template's name: what it brings itself is among the values
 * staff   to whom the mail goes
 * full    whether all that may be missing is there
 */
PdValueTree  *pd_template_sample  (const char *event,
                                   gboolean    staff,
                                   gboolean    full);
