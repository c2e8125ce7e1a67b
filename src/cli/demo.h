/* demo.h - units, people and a few tickets to try the desk with. */
#pragma once

#include "desk/desk.h"

/* Fills an empty desk: units support and billing (…@desk.example), an
 * administrator, two agents, a plan with working hours, and clients, a group of them,
 * with tickets in several languages. */
gboolean  pd_demo_fill  (PdDesk  *desk,
                         GError **error);
