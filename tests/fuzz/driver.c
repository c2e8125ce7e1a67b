/* driver.c - runs a fuzz target without libFuzzer, as a TAP test.
 *
 * fuzz-NAME [FOLDER…]: every file of the folders, by default of
 * tests/fuzz/seeds/NAME, whole and with small changes that are the same in
 * each run.  PD_FUZZ_ROUNDS says how many changes (0: none).
 */
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#define ROUNDS 100              /* changed copies of each seed */
#define MAX_CHANGED (64 * 1024) /* larger seeds are only run whole */

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* the target gets exactly its bytes, so that a sanitizer sees one read too many */
static void
run (const guint8 *data, gsize size)
{
  guint8 *copy = malloc (size > 0 ? size : 1);

  g_assert_nonnull (copy);
  if (size > 0)
    memcpy (copy, data, size);
  LLVMFuzzerTestOneInput (copy, size);
  free (copy);
}

/* one to four times: a bit, an octet, a cut, or a piece copied elsewhere */
static gsize
change (guint8 *data, gsize size, GRand *dice)
{
  gint32 changes = g_rand_int_range (dice, 1, 5);

  while (changes-- > 0 && size > 1)
    {
      gsize at = (gsize)g_rand_int_range (dice, 0, (gint32)size);
      gsize to = (gsize)g_rand_int_range (dice, 0, (gint32)size);

      switch (g_rand_int_range (dice, 0, 4))
        {
        case 0:
          data[at] ^= (guint8)(1 << (to % 8));
          break;
        case 1:
          data[at] = (guint8)g_rand_int_range (dice, 0, 256);
          break;
        case 2:
          size = MAX (at, 1);
          break;
        default:
          memmove (data + to, data + at, MIN (size - MAX (at, to), 64));
          break;
        }
    }
  return size;
}

static void
run_seed (const char *path, int rounds)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) dice = NULL;
  gsize size;

  g_file_get_contents (path, &text, &size, &error);
  g_assert_no_error (error);
  run ((const guint8 *)text, size);
  if (size > MAX_CHANGED)
    return;
  dice = g_rand_new_with_seed ((guint32)size);
  for (int i = 0; i < rounds; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (text, size);

      run (copy, change (copy, size, dice));
    }
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* the number of seeds run */
static guint
run_folder (const char *folder, int rounds, guint done)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, by_name);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);

      if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      run_seed (path, rounds);
      g_print ("ok %u - %s\n", ++done, (const char *)g_ptr_array_index (names, i));
    }
  return done;
}

/* "…/fuzz-NAME" or libtool's "…/lt-fuzz-NAME" */
static char *
seed_folder (const char *program)
{
  const char *name = strstr (strrchr (program, '/') ? strrchr (program, '/') : program, "fuzz-");
  const char *source = g_getenv ("PD_SRCDIR");

  g_assert_nonnull (name);
  return g_build_filename (source != NULL ? source : ".", "tests", "fuzz", "seeds",
                           name + strlen ("fuzz-"), NULL);
}

int
main (int argc, char **argv)
{
  g_autofree char *seeds = seed_folder (argv[0]);
  const char *wanted = g_getenv ("PD_FUZZ_ROUNDS");
  int rounds = wanted != NULL ? atoi (wanted) : ROUNDS;
  guint done = 0;

  run (NULL, 0);
  if (argc < 2)
    done = run_folder (seeds, rounds, done);
  for (int i = 1; i < argc; i++)
    done = run_folder (argv[i], rounds, done);
  if (done == 0)
    g_print ("not ok %u - no seeds in %s\n", ++done, argc < 2 ? seeds : argv[1]);
  g_print ("1..%u\n", done);
  return 0;
}
