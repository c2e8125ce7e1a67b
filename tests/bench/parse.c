/* parse - what reading a mail costs, beside GMime's bare parse of the same
 * bytes in the same run.
 *
 *   tests/bench/parse [ROUNDS]
 *
 * Prints, for each set of mails, megabytes and mails a second (of processor
 * time) of
 *
 *   gmime        g_mime_parser_construct_message
 *   gmime+walk   the same, and every part decoded
 *   postdesk     pd_mail_parse: all facts
 *
 * and how many times GMime's time the reader takes.  The best of all rounds
 * counts, the three take turns.  The mails are those of the corpus
 * ($PD_CORPUS; left out if there is none) and some made here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gmime/gmime.h>

#include "mail/mail.h"

#define DEFAULT_ROUNDS 5
#define MADE_SIZE (1024 * 1024)
#define MADE_PARTS 900

typedef struct {
  const char *name;
  GPtrArray *mails; /* of GBytes */
  gsize size;
} Set;

static Set *
set_new (const char *name)
{
  Set *set = g_new0 (Set, 1);

  set->name = name;
  set->mails = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  return set;
}

static void
set_free (Set *set)
{
  g_ptr_array_unref (set->mails);
  g_free (set);
}

static void
set_add (Set *set, GBytes *mail)
{
  g_ptr_array_add (set->mails, g_bytes_ref (mail));
  set->size += g_bytes_get_size (mail);
}

/* ---- the three ways ---- */

static void
decode_part (GMimeObject *parent, GMimeObject *object, gpointer data)
{
  GMimeStream *out = data;
  GMimeDataWrapper *content;

  if (!GMIME_IS_PART (object))
    return;
  content = g_mime_part_get_content (GMIME_PART (object));
  if (content != NULL)
    g_mime_data_wrapper_write_to_stream (content, out);
}

static void
by_gmime (GBytes *mail, gboolean walk)
{
  gsize size;
  const char *data = g_bytes_get_data (mail, &size);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (data, size);
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);
  GMimeStream *out = g_mime_stream_null_new ();

  if (message != NULL && walk)
    g_mime_message_foreach (message, decode_part, out);
  g_clear_object (&message);
  g_object_unref (out);
  g_object_unref (parser);
  g_object_unref (stream);
}

static void
bare (GBytes *mail)
{
  by_gmime (mail, FALSE);
}

static void
walked (GBytes *mail)
{
  by_gmime (mail, TRUE);
}

static void
by_postdesk (GBytes *mail)
{
  pd_mail_free (pd_mail_parse (mail, NULL, NULL));
}

static const struct Way {
  const char *name;
  void (*read) (GBytes *mail);
} ways[] = {
  { "gmime", bare },
  { "gmime+walk", walked },
  { "postdesk", by_postdesk },
};

/* Of this process alone, so that other work of the machine counts less. */
static double
cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double
seconds_of (const Set *set, void (*read) (GBytes *mail))
{
  double begin = cpu_seconds ();

  for (guint i = 0; i < set->mails->len; i++)
    read (set->mails->pdata[i]);
  return cpu_seconds () - begin;
}

static void
measure (const Set *set, int rounds)
{
  double best[G_N_ELEMENTS (ways)] = { 0 };

  if (set->mails->len == 0)
    {
      printf ("%-22s no mails\n", set->name);
      return;
    }
  for (int round = 0; round < rounds; round++)
    for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
      {
        double time = seconds_of (set, ways[i].read);

        if (round == 0 || time < best[i])
          best[i] = time;
      }
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    printf ("%-22s %5u mails %7.2f MB  %-10s %8.1f MB/s %9.0f mails/s  x %.2f\n", set->name,
            set->mails->len, (double)set->size / 1e6, ways[i].name,
            (double)set->size / 1e6 / best[i], set->mails->len / best[i], best[i] / best[0]);
}

/* ---- the mails ---- */

static gboolean
is_plain (GBytes *bytes)
{
  g_autoptr (PdMail) mail = pd_mail_parse (bytes, NULL, NULL);

  return g_str_equal (mail->root->type, "text/plain");
}

static void
read_folder (const char *path, Set *all, Set *plain)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      char *data;
      gsize size;

      if (g_file_test (file, G_FILE_TEST_IS_DIR))
        read_folder (file, all, plain);
      else if (g_str_has_suffix (name, ".eml") && g_file_get_contents (file, &data, &size, NULL))
        {
          g_autoptr (GBytes) mail = g_bytes_new_take (data, size);

          set_add (all, mail);
          if (is_plain (mail))
            set_add (plain, mail);
        }
    }
}

static const char head[] = "From: Ann <ann@example.org>\r\nTo: ben@example.org\r\n"
                           "Subject: figures\r\nMessage-ID: <a@example.org>\r\n"
                           "Date: Mon, 6 Jul 2026 10:00:00 +0200\r\nMIME-Version: 1.0\r\n";

static void
take (Set *set, GString *mail)
{
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (mail);

  set_add (set, bytes);
}

static void
make_text (Set *set)
{
  GString *mail = g_string_new (head);

  g_string_append (mail, "Content-Type: text/plain; charset=utf-8\r\n\r\n");
  while (mail->len < MADE_SIZE)
    g_string_append (mail,
                     "The printer on the second floor shows error 17 since this morning.\r\n");
  take (set, mail);
}

static void
make_html (Set *set)
{
  GString *mail = g_string_new (head);

  g_string_append (mail, "Content-Type: text/html; charset=utf-8\r\n\r\n<html><body>");
  while (mail->len < MADE_SIZE)
    g_string_append (mail, "<table width=\"100%\"><tr><td style=\"padding:4px;font-size:14px\">"
                           "<p class=\"line\">The <b>printer</b> shows <a "
                           "href=\"http://example.org/17\">17</a>&nbsp;again.</p></td></tr></table>"
                           "\r\n");
  take (set, mail);
}

static void
make_file (Set *set)
{
  GString *mail = g_string_new (head);

  g_string_append (mail, "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
                         "Content-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\nContent-Type: "
                         "application/octet-stream; name=a.bin\r\nContent-Disposition: attachment; "
                         "filename=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n");
  while (mail->len < MADE_SIZE)
    g_string_append (mail,
                     "VGhlIHByaW50ZXIgb24gdGhlIHNlY29uZCBmbG9vciBzaG93cyBlcnJvciAxNyBzaW5j\r\n");
  g_string_append (mail, "\r\n--b--\r\n");
  take (set, mail);
}

static void
make_parts (Set *set)
{
  GString *mail = g_string_new (head);

  g_string_append (mail, "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
  for (guint i = 0; i < MADE_PARTS; i++)
    g_string_append_printf (mail,
                            "--b\r\nContent-Type: text/plain; name=a%u.txt\r\n"
                            "Content-Disposition: attachment; filename=a%u.txt\r\n\r\nline\r\n",
                            i, i);
  g_string_append (mail, "--b--\r\n");
  take (set, mail);
}

static void
measure_made (const char *name, void (*make) (Set *set), int rounds)
{
  Set *set = set_new (name);

  make (set);
  measure (set, rounds);
  set_free (set);
}

int
main (int argc, char **argv)
{
  int rounds = argc > 1 ? atoi (argv[1]) : DEFAULT_ROUNDS;
  const char *corpus = g_getenv ("PD_CORPUS");
  Set *all = set_new ("corpus"), *plain = set_new ("corpus, plain text");

  pd_mail_init ();
  if (corpus != NULL)
    read_folder (corpus, all, plain);
  measure (plain, MAX (rounds, 1));
  measure (all, MAX (rounds, 1));
  measure_made ("text of 1 MB", make_text, MAX (rounds, 1));
  measure_made ("HTML of 1 MB", make_html, MAX (rounds, 1));
  measure_made ("file of 1 MB", make_file, MAX (rounds, 1));
  measure_made ("900 parts", make_parts, MAX (rounds, 1));
  set_free (all);
  set_free (plain);
  pd_mail_shutdown ();
  return 0;
}
