/* nearest.h - the name that was meant, for "did you mean …?".
 *
 *     PdNearest nearest = PD_NEAREST (wanted);
 *
 *     for (…)
 *       pd_nearest_offer (&nearest, name);
 *     if (nearest.best != NULL) …
 *
 * Pure; looks at octets, which is good enough to propose something.
 */
#pragma once

#include <glib.h>

#define PD_NEAREST_MAX_LENGTH   200 /* octets; a longer name is like no other */
#define PD_NEAREST_MAX_DISTANCE 3   /* letters that differ, and at most half of the name */

typedef struct {
  const char *wanted;
  const char *best; /* lent by who offered it; NULL: none is near */
  guint       distance;
} PdNearest;

#define PD_NEAREST(wanted) { (wanted), NULL, G_MAXUINT }

/* Takes the name as the best if it is near, and nearer than those before. */
void  pd_nearest_offer (PdNearest *nearest, const char *name);
