#include "base/datadir.h"

#define MAX_UP 3 /* folders from a built program to the tree's root */

char *
pd_datadir_find (const char *folder, const char *known)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *up = g_path_get_dirname (self != NULL ? self : ".");
  const char *source = g_getenv ("PD_SRCDIR");

  if (source != NULL)
    return g_build_filename (source, folder, NULL);
  for (guint i = 0; i < MAX_UP; i++)
    {
      g_autofree char *beside = g_build_filename (up, folder, NULL);
      g_autofree char *file = g_build_filename (beside, known, NULL);
      char *above = g_path_get_dirname (up);

      if (g_file_test (file, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&beside);
      g_free (up);
      up = above;
    }
  return g_build_filename (PD_DATADIR, folder, NULL);
}
