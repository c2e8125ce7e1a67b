/* the small modules of lib/base: log, queue, spill, errors */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/queue.h"
#include "base/spill.h"

static void
keep_line (PdLogLevel level, const char *line, gpointer data)
{
  g_string_assign (data, line);
}

static void
test_log (void)
{
  static const struct {
    const char *value, *want, *why;
  } cases[] = {
    { "a@b", "event k=a@b", "plain" },
    { "two words", "event k=\"two words\"", "a blank is quoted" },
    { "", "event k=\"\"", "empty is visible" },
    { "a\nb", "event k=a\\x0ab", "a line end cannot forge a line" },
    { "say \"hi\"", "event k=\"say \\\"hi\\\"\"", "quotes" },
    { "back\\slash", "event k=\"back\\\\slash\"", "a backslash is no escape of ours" },
    { "a\x1b[31m", "event k=a\\x1b[31m", "no terminal is driven" },
    { "Größe", "event k=Größe", "UTF-8 stays" },
    { "a\xff\xc3", "event k=a\\xff\\xc3", "what is not UTF-8 is shown as octets" },
    { "a\xc2\x85z", "event k=a\\u0085z", "the other control characters" },
    { "a\xe2\x80\xaez", "event k=a\\u202ez", "no text runs backwards" },
    { "a\xe2\x80\xa8z", "event k=a\\u2028z", "no line ends" },
    { NULL, "event", "NULL is left out" },
  };
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *longer = g_strnfill (5000, 'x');

  pd_log_capture (keep_line, line);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      pd_log (PD_LOG_INFO, 0, "event", "k", cases[i].value, NULL);
      g_test_message ("%s: %s", cases[i].why, line->str);
      g_assert_cmpstr (line->str, ==, cases[i].want);
    }
  pd_log (PD_LOG_INFO, 1, "event", "n", pd_log_int (-7), NULL);
  g_assert_cmpstr (line->str, ==, "0000000000001: event n=-7");
  pd_log (PD_LOG_INFO, 0, "event", "k", longer, NULL);
  g_assert_cmpuint (line->len, <, PD_LOG_MAX_VALUE + 20);
  g_assert_true (g_str_has_suffix (line->str, "x…"));
  memset (longer, 0x01, strlen (longer));
  pd_log (PD_LOG_INFO, 0, "event", "k", longer, NULL);
  g_assert_cmpuint (line->len, <, PD_LOG_MAX_VALUE + 20);
  pd_log (PD_LOG_INFO, 0, "event", "1", longer, "2", longer, "3", longer, "4", longer, "5", longer,
          "6", longer, "7", longer, "8", longer, "9", "none", NULL);
  g_assert_cmpuint (line->len, <, 4096); /* PIPE_BUF: lines of processes do not mix */
  g_assert_true (g_str_has_suffix (line->str, "… …"));
  errno = EDOM;
  pd_log (PD_LOG_INFO, 0, "event", NULL);
  g_assert_cmpint (errno, ==, EDOM);
  g_string_assign (line, "none");
  pd_log (PD_LOG_DEBUG, 0, "event", NULL);
  g_assert_cmpstr (line->str, ==, "none");
  pd_log_capture (NULL, NULL);
}

/* what pd_log writes to stderr; journal: stderr is the one that systemd made */
static char *
written (gboolean named, gboolean journal)
{
  int ends[2], saved = dup (STDERR_FILENO);
  char text[500] = "";
  struct stat about;

  g_assert_cmpint (pipe (ends), ==, 0);
  fstat (ends[1], &about);
  dup2 (ends[1], STDERR_FILENO);
  if (named)
    {
      g_autofree char *stream = g_strdup_printf ("%ju:%ju", (uintmax_t)about.st_dev,
                                                 (uintmax_t)about.st_ino + (journal ? 0 : 1));

      g_setenv ("JOURNAL_STREAM", stream, TRUE);
    }
  pd_log_open ("test", PD_LOG_TO_STDERR, PD_LOG_INFO);
  pd_log (PD_LOG_WARNING, 0, "tried", "n", pd_log_int (1), NULL);
  dup2 (saved, STDERR_FILENO);
  close (saved);
  close (ends[1]);
  g_assert_cmpint (read (ends[0], text, sizeof text - 1), >, 0);
  close (ends[0]);
  g_unsetenv ("JOURNAL_STREAM");
  return g_strdup (text);
}

static void
test_log_stderr (void)
{
  g_autofree char *journal = written (TRUE, TRUE);
  g_autofree char *other = written (TRUE, FALSE);
  g_autofree char *plain = NULL;
  g_autofree char *end = g_strdup_printf (" test[%d]: tried n=1\n", (int)getpid ());

  g_assert_cmpstr (journal, ==, "<4>tried n=1\n");
  g_assert_true (g_str_has_suffix (other, end)); /* stderr went elsewhere since */
  pd_clock_freeze (PD_DAY * 365 + PD_DAY / 2);
  plain = written (FALSE, FALSE);
  g_assert_true (g_str_has_suffix (plain, end));
  g_assert_true (g_str_has_prefix (plain, "Jan  1 ") || g_str_has_prefix (plain, "Jan  2 "));
  pd_clock_freeze (0);
}

static gpointer
push_thousand (gpointer data)
{
  for (guint i = 1; i <= 1000; i++)
    g_assert_true (pd_queue_push (data, GUINT_TO_POINTER (i)));
  return NULL;
}

static void
test_queue (void)
{
  g_autoptr (PdQueue) queue = pd_queue_new (16);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  GThread *pushers[2];
  guint64 sum = 0;

  for (guint i = 0; i < 2; i++)
    pushers[i] = g_thread_new ("pusher", push_thousand, queue);
  for (guint n = 0; n < 2000; n += items->len)
    {
      g_ptr_array_set_size (items, 0);
      g_assert_true (pd_queue_pop_all (queue, items, 7));
      g_assert_cmpuint (items->len, >=, 1);
      g_assert_cmpuint (items->len, <=, 7);
      for (guint i = 0; i < items->len; i++)
        sum += GPOINTER_TO_UINT (g_ptr_array_index (items, i));
    }
  for (guint i = 0; i < 2; i++)
    g_thread_join (pushers[i]);
  g_assert_cmpuint (sum, ==, 2 * 500500);

  for (guint i = 0; i < 16; i++)
    g_assert_true (pd_queue_try_push (queue, queue));
  g_assert_false (pd_queue_try_push (queue, queue)); /* full */
  g_assert_cmpuint (pd_queue_length (queue), ==, 16);
  g_ptr_array_set_size (items, 0);
  g_assert_true (pd_queue_pop_all (queue, items, 15));
  g_assert_cmpuint (items->len, ==, 15);
  pd_queue_close (queue);
  g_assert_false (pd_queue_push (queue, queue));
  g_assert_false (pd_queue_try_push (queue, queue));
  g_assert_true (pd_queue_pop (queue) == queue);
  g_assert_null (pd_queue_pop (queue));
  g_assert_false (pd_queue_pop_all (queue, items, 1));
}

static void
test_spill (void)
{
  static const gsize sizes[] = { 0, 1, PD_SPILL_HEAP, PD_SPILL_HEAP + 1, 5 * PD_SPILL_HEAP + 7 };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      PdSpill *spill = pd_spill_new ();
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      const guint8 *data;
      gsize size;

      for (gsize i = 0; i < sizes[s]; i++)
        {
          guint8 octet = (guint8)(i * 31);

          g_assert_true (pd_spill_append (spill, &octet, 1, &error));
        }
      g_assert_cmpuint (pd_spill_size (spill), ==, sizes[s]);
      bytes = pd_spill_get_bytes (spill, &error);
      g_assert_no_error (error);
      pd_spill_free (spill); /* the bytes outlive it */
      data = g_bytes_get_data (bytes, &size);
      g_assert_cmpuint (size, ==, sizes[s]);
      for (gsize i = 0; i < size; i++)
        g_assert_cmpuint (data[i], ==, (guint8)(i * 31));
    }
}

static void
fill (PdSpill *spill, gsize length, guint8 octet, PdErrorCode want, gboolean fails)
{
  g_autofree guint8 *bytes = g_malloc (length);
  g_autoptr (GError) error = NULL;
  gsize before = pd_spill_size (spill);

  memset (bytes, octet, length);
  g_assert_true (pd_spill_append (spill, bytes, length, &error) == !fails);
  g_assert_cmpuint (pd_spill_size (spill), ==, before + (fails ? 0 : length));
  if (fails)
    g_assert_true (pd_error_is (error, want));
  else
    g_assert_no_error (error);
}

static void
test_spill_max (void)
{
  g_autoptr (PdSpill) spill = pd_spill_new ();

  pd_spill_set_max (spill, 100);
  fill (spill, 99, 1, 0, FALSE);
  fill (spill, 2, 2, PD_ERROR_INVALID, TRUE);
  fill (spill, 1, 2, 0, FALSE);
  fill (spill, 1, 2, PD_ERROR_INVALID, TRUE);
}

/* a disk that is full for a while, played by a limit on the size of files */
static void
test_spill_full (void)
{
  g_autoptr (PdSpill) spill = pd_spill_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit before, small;
  const guint8 *data;
  gsize size;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = (struct rlimit){ 1000, before.rlim_max };
  setrlimit (RLIMIT_FSIZE, &small);
  fill (spill, PD_SPILL_HEAP, 1, 0, FALSE);
  fill (spill, 10, 9, PD_ERROR_TEMPORARY, TRUE); /* the way from heap to file */
  small.rlim_cur = PD_SPILL_HEAP + 20;
  setrlimit (RLIMIT_FSIZE, &small);
  fill (spill, 10, 2, 0, FALSE);
  fill (spill, 30, 9, PD_ERROR_TEMPORARY, TRUE); /* the first octets did go in */
  setrlimit (RLIMIT_FSIZE, &before);
  fill (spill, 5, 3, 0, FALSE);

  bytes = pd_spill_get_bytes (spill, &error);
  g_assert_no_error (error);
  data = g_bytes_get_data (bytes, &size);
  g_assert_cmpuint (size, ==, PD_SPILL_HEAP + 15);
  for (gsize i = 0; i < size; i++)
    g_assert_cmpuint (data[i], ==, i < PD_SPILL_HEAP ? 1 : i < PD_SPILL_HEAP + 10 ? 2 : 3);
}

static void
test_spill_nowhere (void)
{
  if (g_test_subprocess ())
    {
      test_spill ();
      return;
    }
  g_setenv ("TMPDIR", "/nonexistent", TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_unsetenv ("TMPDIR");
  g_test_trap_assert_passed ();
}

static void
test_error_faces (void)
{
  static const struct {
    PdErrorCode code;
    const char *lmtp;
    int http, exit;
    gboolean retry;
  } cases[] = {
    { PD_ERROR_INVALID, "554 5.6.0", 422, 65, FALSE },
    { PD_ERROR_DENIED, "550 5.7.1", 403, 77, FALSE },
    { PD_ERROR_NOT_FOUND, "550 5.1.1", 404, 67, FALSE },
    { PD_ERROR_CONFLICT, "451 4.3.0", 409, 75, TRUE },
    { PD_ERROR_TEMPORARY, "451 4.3.0", 503, 75, TRUE },
    { PD_ERROR_INTERNAL, "451 4.3.0", 500, 70, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      const PdErrorFace *face;

      g_assert_false (pd_fail (&error, cases[i].code, "text %d", 1));
      g_assert_cmpstr (error->message, ==, "text 1");
      face = pd_error_face (error);
      g_assert_cmpstr (face->lmtp, ==, cases[i].lmtp);
      g_assert_cmpint (face->http, ==, cases[i].http);
      g_assert_cmpint (face->exit, ==, cases[i].exit);
      g_assert_cmpint (face->retry, ==, cases[i].retry);
    }
  g_assert_cmpstr (pd_error_face (NULL)->name, ==, "internal");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log", test_log);
  g_test_add_func ("/log/stderr", test_log_stderr);
  g_test_add_func ("/queue", test_queue);
  g_test_add_func ("/spill", test_spill);
  g_test_add_func ("/spill/max", test_spill_max);
  g_test_add_func ("/spill/full-disk", test_spill_full);
  g_test_add_func ("/spill/no-folder", test_spill_nowhere);
  g_test_add_func ("/error/faces", test_error_faces);
  return g_test_run ();
}
