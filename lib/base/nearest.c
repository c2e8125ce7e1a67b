#include "base/nearest.h"

#include <string.h>

/* How many letters to change, add or leave out to make `b` of `a`
 * (Levenshtein's distance); both of at most PD_NEAREST_MAX_LENGTH octets. */
static guint
distance (const char *a, const char *b)
{
  guint row[PD_NEAREST_MAX_LENGTH + 1];
  gsize n = strlen (b);

  for (gsize j = 0; j <= n; j++)
    row[j] = (guint)j;
  for (gsize i = 0; a[i] != '\0'; i++)
    {
      guint diagonal = row[0];

      row[0] = (guint)i + 1;
      for (gsize j = 0; j < n; j++)
        {
          guint replaced = diagonal + (a[i] != b[j]);

          diagonal = row[j + 1];
          row[j + 1] = MIN (MIN (row[j], row[j + 1]) + 1, replaced);
        }
    }
  return row[n];
}

void
pd_nearest_offer (PdNearest *nearest, const char *name)
{
  gsize length = strlen (nearest->wanted);
  guint d;

  if (length > PD_NEAREST_MAX_LENGTH || strlen (name) > PD_NEAREST_MAX_LENGTH)
    return;
  d = distance (nearest->wanted, name);
  if (d > MIN (PD_NEAREST_MAX_DISTANCE, (length + 1) / 2) || d >= nearest->distance)
    return;
  nearest->best = name;
  nearest->distance = d;
}
