/* jail - what it costs that a mail is read by another process.
 *
 *   tests/bench/jail [ROUNDS]
 *
 * For each set of mails: microseconds a mail, read in this process and by a
 * worker of a pool, on the wall's clock, and how many times as long the worker
 * takes.  The two take turns, the best of all rounds counts.  At the end what a
 * worker costs that must be started: the first one of a program, and each of
 * those that replace another.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "desk/parser-pool.h"

#define DEFAULT_ROUNDS 10
#define SMALL_SIZE (5 * 1024)
#define LARGE_SIZE (1024 * 1024)
#define STARTS 20

typedef struct {
  const char *name;
  GPtrArray *mails; /* of GBytes */
} Set;

static const PdParserSettings settings
    = { .workers = 1, .memory = 512 << 20, .time = 600 * PD_SECOND, .jail = PD_JAIL_REQUIRED };

/* ---- mails ---- */

static GBytes *
make_text (gsize size)
{
  GString *mail = g_string_new ("From: Olena <olena@client.example>\r\nTo: support@desk.example\r\n"
                                "Subject: Printer\r\nMessage-ID: <one@client.example>\r\n"
                                "Content-Type: text/plain; charset=utf-8\r\n\r\n");

  while (mail->len < size)
    g_string_append (mail, "The printer on the second floor burns again, and nobody is there.\r\n");
  return g_string_free_to_bytes (mail);
}

static GBytes *
make_file (gsize size)
{
  GString *mail = g_string_new ("From: Olena <olena@client.example>\r\nSubject: Picture\r\n"
                                "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
                                "See the picture.\r\n--b\r\nContent-Type: image/png\r\n"
                                "Content-Transfer-Encoding: base64\r\n\r\n");

  while (mail->len < size)
    g_string_append (mail, "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9Q\r\n");
  g_string_append (mail, "--b--\r\n");
  return g_string_free_to_bytes (mail);
}

static void
add_folder (GPtrArray *mails, const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      char *data;
      gsize size;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        add_folder (mails, path);
      else if (g_str_has_suffix (name, ".eml") && g_file_get_contents (path, &data, &size, NULL))
        g_ptr_array_add (mails, g_bytes_new_take (data, size));
    }
}

static void
add_copies (GPtrArray *mails, GBytes *mail, guint n)
{
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (mails, g_bytes_ref (mail));
  g_bytes_unref (mail);
}

/* ---- the two ways ---- */

static gint64
read_here (const Set *set)
{
  gint64 begin = g_get_monotonic_time ();

  for (guint i = 0; i < set->mails->len; i++)
    pd_mail_free (pd_mail_parse (set->mails->pdata[i], "", "support@desk.example"));
  return g_get_monotonic_time () - begin;
}

static gint64
read_there (PdParserPool *pool, const Set *set)
{
  gint64 begin = g_get_monotonic_time ();

  for (guint i = 0; i < set->mails->len; i++)
    {
      const PdParserJob job = { set->mails->pdata[i], "", "support@desk.example" };
      g_autoptr (GError) error = NULL;
      g_autoptr (PdMail) mail = pd_parser_pool_parse (pool, &job, &error);

      if (mail == NULL)
        g_error ("%s: mail %u: %s", set->name, i, error->message);
    }
  return g_get_monotonic_time () - begin;
}

static void
compare (PdParserPool *pool, const Set *set, int rounds)
{
  gint64 here = G_MAXINT64, there = G_MAXINT64;
  double n = set->mails->len;

  if (set->mails->len == 0)
    return;
  for (int i = 0; i < rounds; i++)
    {
      here = MIN (here, read_here (set));
      there = MIN (there, read_there (pool, set));
    }
  printf ("%-26s %6.0f mails  %9.1f us here  %9.1f us in a worker  %+8.1f us  %5.2f times\n",
          set->name, n, (double)here / n, (double)there / n, (double)(there - here) / n,
          (double)there / (double)here);
}

/* ---- starts ---- */

static void
measure_starts (void)
{
  gint64 first = G_MAXINT64, next = G_MAXINT64;

  for (int i = 0; i < STARTS; i++)
    {
      PdParserSettings two = settings;
      gint64 begin = g_get_monotonic_time ();
      gint64 started;
      g_autoptr (PdParserPool) one = pd_parser_pool_new (NULL, NULL);
      g_autoptr (PdParserPool) both = NULL;

      g_assert_true (pd_parser_pool_start (one, &settings, NULL));
      started = g_get_monotonic_time () - begin;
      first = MIN (first, started);
      two.workers = 11;
      both = pd_parser_pool_new (NULL, NULL);
      begin = g_get_monotonic_time ();
      g_assert_true (pd_parser_pool_start (both, &two, NULL));
      next = MIN (next, (g_get_monotonic_time () - begin - started) / 10);
    }
  printf ("%-26s %.1f ms the first one, %.2f ms each further one\n", "start of a worker",
          (double)first / 1000, (double)MAX (next, 0) / 1000);
}

static void
ignore_log (PdLogLevel level, const char *line, gpointer data)
{
  (void)level;
  (void)line;
  (void)data;
}

int
main (int argc, char **argv)
{
  int rounds = argc > 1 ? atoi (argv[1]) : DEFAULT_ROUNDS;
  const char *corpus = g_getenv ("PD_CORPUS");
  g_autoptr (PdParserPool) pool = pd_parser_pool_new (NULL, NULL);
  Set sets[] = { { "text of 5 KB" }, { "text of 1 MB" }, { "file of 1 MB" }, { "corpus" } };

  pd_log_capture (ignore_log, NULL);
  pd_mail_init ();
  g_assert_true (pd_parser_pool_start (pool, &settings, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    sets[i].mails = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  add_copies (sets[0].mails, make_text (SMALL_SIZE), 200);
  add_copies (sets[1].mails, make_text (LARGE_SIZE), 10);
  add_copies (sets[2].mails, make_file (LARGE_SIZE), 10);
  if (corpus != NULL)
    add_folder (sets[3].mails, corpus);
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      compare (pool, &sets[i], MAX (rounds, 1));
      g_ptr_array_unref (sets[i].mails);
    }
  measure_starts ();
  return 0;
}
