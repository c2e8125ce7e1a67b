/* the small modules of lib/base: log, queue, spill, errors */
#include <string.h>

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
    { "Größe", "event k=Größe", "UTF-8 stays" },
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
  g_string_assign (line, "none");
  pd_log (PD_LOG_DEBUG, 0, "event", NULL);
  g_assert_cmpstr (line->str, ==, "none");
  pd_log_capture (NULL, NULL);
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

  g_assert_true (pd_queue_push (queue, queue));
  pd_queue_close (queue);
  g_assert_false (pd_queue_push (queue, queue));
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
          guint8 octet = (guint8) (i * 31);

          g_assert_true (pd_spill_append (spill, &octet, 1, &error));
        }
      g_assert_cmpuint (pd_spill_size (spill), ==, sizes[s]);
      bytes = pd_spill_get_bytes (spill, &error);
      g_assert_no_error (error);
      pd_spill_free (spill); /* the bytes outlive it */
      data = g_bytes_get_data (bytes, &size);
      g_assert_cmpuint (size, ==, sizes[s]);
      for (gsize i = 0; i < size; i++)
        g_assert_cmpuint (data[i], ==, (guint8) (i * 31));
    }
}

static void
test_error_faces (void)
{
  static const struct {
    PdErrorCode code;
    const char *lmtp;
    int         http, exit;
    gboolean    retry;
  } cases[] = {
    { PD_ERROR_INVALID, "554 5.6.0", 422, 65, FALSE },   { PD_ERROR_DENIED, "550 5.7.1", 403, 77, FALSE },
    { PD_ERROR_NOT_FOUND, "550 5.1.1", 404, 67, FALSE }, { PD_ERROR_CONFLICT, "451 4.3.0", 409, 75, TRUE },
    { PD_ERROR_TEMPORARY, "451 4.3.0", 503, 75, TRUE },  { PD_ERROR_INTERNAL, "451 4.3.0", 500, 70, FALSE },
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
  g_test_add_func ("/queue", test_queue);
  g_test_add_func ("/spill", test_spill);
  g_test_add_func ("/error/faces", test_error_faces);
  return g_test_run ();
}
