/* Old mail from an mbox or a maildir: filed in order, in batches, telling
 * nobody.  Interrupted, it may be run again: what is filed already is known by
 * its content and counted as duplicate.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "cli/commands.h"
#include "desk/intake.h"
#include "desk/unit.h"
#include "mail/mail.h"

#define BATCH 64

typedef struct {
  PdCli *cli;
  const char *recipients[2];
  goffset total, done; /* octets, for the bar */
  guint n;             /* waiting in the batch */
  GBytes *raws[BATCH];
  guint filed, duplicates, others, failed;
  gint64 drawn;
} Import;

static void
draw_bar (Import *import, gboolean last)
{
  gint64 now = pd_clock_now ();
  int percent = import->total > 0 ? (int)(import->done * 100 / import->total) : 100;
  char bar[41];

  if (!isatty (STDERR_FILENO) || (!last && now - import->drawn < PD_SECOND / 10))
    return;
  import->drawn = now;
  memset (bar, ' ', 40);
  memset (bar, '#', (gsize)MIN (percent, 100) * 40 / 100);
  bar[40] = '\0';
  g_printerr ("\r[%s] %3d%%  %u filed, %u duplicates%s", bar, MIN (percent, 100), import->filed,
              import->duplicates, last ? "\n" : "");
}

static void
count_verdict (Import *import, const PdVerdict *verdict, const GError *error)
{
  if (verdict == NULL)
    {
      import->failed++;
      g_printerr ("%sa mail was not filed: %s\n", isatty (STDERR_FILENO) ? "\n" : "",
                  error->message);
    }
  else if (g_str_equal (verdict->outcome, "duplicate"))
    import->duplicates++;
  else if (g_str_equal (verdict->outcome, "ticket") || g_str_equal (verdict->outcome, "comment"))
    import->filed++;
  else
    import->others++;
}

static void
skip_mail (Import *import, const char *where, const char *why)
{
  import->failed++;
  g_printerr ("%s%s: %s; left out\n", isatty (STDERR_FILENO) ? "\n" : "", where, why);
}

/* The envelope sender, as far as the mail itself tells it. */
static const char *
guess_sender (const PdMail *mail)
{
  if (mail == NULL)
    return "";
  if (mail->return_path != NULL)
    return mail->return_path;
  return mail->from->len > 0 ? ((PdAddress *)g_ptr_array_index (mail->from, 0))->address : "";
}

/* One mail of a batch: its facts, or why it is held.  FALSE: it cannot be read
 * now. */
static gboolean
read_mail (Import *import, GBytes *raw, PdIntake *intake, PdMail **mail, GError **unread)
{
  *mail = pd_cli_parse (import->cli, raw, NULL, import->recipients[0], unread);
  *intake = (PdIntake){
    .id = pd_id_new (),
    .received = pd_clock_now (),
    .source = "import",
    .mail_from = guess_sender (*mail),
    .recipients = import->recipients,
    .raw = raw,
    .mail = *mail,
    .held_reason = *unread != NULL ? (*unread)->message : NULL,
    .quiet = TRUE,
  };
  return *unread == NULL || pd_error_is (*unread, PD_ERROR_INVALID);
}

static void
file_batch (Import *import)
{
  PdMail *mails[BATCH] = { NULL };
  GError *unread[BATCH] = { NULL };
  PdIntake intakes[BATCH] = { 0 };
  PdVerdict *verdicts[BATCH] = { NULL };
  GError *errors[BATCH] = { NULL };
  guint n = 0;

  for (guint i = 0; i < import->n; i++)
    if (read_mail (import, import->raws[i], &intakes[n], &mails[i], &unread[i]))
      n++;
    else
      skip_mail (import, "a mail", unread[i]->message);
  pd_intake_batch (import->cli->desk, intakes, n, verdicts, errors);
  for (guint i = 0; i < n; i++)
    {
      count_verdict (import, verdicts[i], errors[i]);
      g_clear_pointer (&verdicts[i], pd_verdict_free);
      g_clear_error (&errors[i]);
    }
  for (guint i = 0; i < import->n; i++)
    {
      g_clear_pointer (&mails[i], pd_mail_free);
      g_clear_error (&unread[i]);
      g_clear_pointer (&import->raws[i], g_bytes_unref);
    }
  import->n = 0;
  draw_bar (import, FALSE);
}

/* takes the bytes */
static void
add_mail (Import *import, GBytes *raw)
{
  if (g_bytes_get_size (raw) == 0)
    {
      g_bytes_unref (raw);
      return;
    }
  import->raws[import->n++] = raw;
  if (import->n == BATCH)
    file_batch (import);
}

/* ---- mbox (RFC 4155) ----------------------------------------------------- */

/* ">From " inside a mail stands for "From "; one ">" is taken off, as mboxrd
 * writers put one on */
static const char *
unquote_from (const char *line)
{
  const char *p = line;

  while (*p == '>')
    p++;
  return p > line && g_str_has_prefix (p, "From ") ? line + 1 : line;
}

typedef struct {
  Import *import;
  gsize max_size;
  GByteArray *mail;
  guint number;       /* of the mail, from 1; 0: before the first one */
  gboolean too_large; /* what is left of it is passed over */
} Mbox;

static void
mbox_end_mail (Mbox *mbox)
{
  g_autofree char *where = g_strdup_printf ("mail %u", mbox->number);

  if (mbox->too_large)
    skip_mail (mbox->import, where, "larger than lmtp.max_size");
  else
    add_mail (mbox->import, g_bytes_new (mbox->mail->data, mbox->mail->len));
  g_byte_array_set_size (mbox->mail, 0);
  mbox->too_large = FALSE;
  mbox->number++;
}

static void
mbox_add_line (Mbox *mbox, const char *line, gsize length)
{
  const char *rest = unquote_from (line);

  length -= (gsize)(rest - line);
  mbox->too_large = mbox->too_large || mbox->mail->len + length > mbox->max_size;
  if (!mbox->too_large)
    g_byte_array_append (mbox->mail, (const guint8 *)rest, (guint)length);
}

static gboolean
read_mbox (Import *import, FILE *file, gsize max_size, GError **error)
{
  g_autoptr (GByteArray) mail = g_byte_array_new ();
  Mbox mbox = { import, max_size, mail, 0, FALSE };
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  gboolean blank_before = TRUE;

  while ((length = getline (&line, &room, file)) > 0)
    {
      import->done += length;
      if (blank_before && g_str_has_prefix (line, "From "))
        {
          mbox_end_mail (&mbox);
          blank_before = FALSE;
          continue;
        }
      blank_before = line[0] == '\n' || (line[0] == '\r' && line[1] == '\n');
      mbox_add_line (&mbox, line, (gsize)length);
    }
  free (line);
  if (ferror (file))
    return pd_fail (error, PD_ERROR_TEMPORARY, "cannot be read: %s", g_strerror (errno));
  mbox_end_mail (&mbox);
  return TRUE;
}

/* ---- maildir -------------------------------------------------------------- */

static int
by_name (gconstpointer a, gconstpointer b)
{
  const char *left = *(const char *const *)a, *right = *(const char *const *)b;
  g_autofree char *left_name = g_path_get_basename (left);
  g_autofree char *right_name = g_path_get_basename (right);

  return strcmp (left_name, right_name);
}

/* the paths of cur/ and new/, in order of arrival (maildir names begin with the time) */
static GPtrArray *
list_maildir (Import *import, const char *path, GError **error)
{
  static const char *const folders[] = { "cur", "new" };
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = g_build_filename (path, folders[i], NULL);
      g_autoptr (GError) bad = NULL;
      g_autoptr (GDir) dir = g_dir_open (folder, 0, &bad);
      const char *name;

      if (dir == NULL)
        {
          pd_fail (error, PD_ERROR_NOT_FOUND, "%s is no maildir: %s", path, bad->message);
          return NULL;
        }
      while ((name = g_dir_read_name (dir)) != NULL)
        {
          char *file = g_build_filename (folder, name, NULL);
          struct stat about;

          import->total += stat (file, &about) == 0 ? about.st_size : 0;
          g_ptr_array_add (paths, file);
        }
    }
  g_ptr_array_sort (paths, by_name);
  return g_steal_pointer (&paths);
}

static void
read_maildir (Import *import, GPtrArray *paths, gsize max_size)
{
  for (guint i = 0; i < paths->len; i++)
    {
      const char *path = g_ptr_array_index (paths, i);
      g_autoptr (GError) bad = NULL;
      GBytes *raw = pd_cli_read (path, max_size, &bad);

      if (raw == NULL)
        {
          skip_mail (import, path, bad->message);
          continue;
        }
      import->done += (goffset)g_bytes_get_size (raw);
      add_mail (import, raw);
    }
}

/* ---- the commands ---------------------------------------------------------- */

static gboolean
start (PdCli *cli, char **to, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_STRING, to, "The unit's address that the mails are for", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  gboolean own = FALSE;

  if (!pd_cli_options (cli, entries, argc, argv, 1, 1, error) || !pd_cli_parsers (cli, error)
      || !pd_cli_desk (cli, error))
    return FALSE;
  if (*to == NULL)
    return pd_cli_usage (cli, error, "give --to ADDRESS: which unit the mails are for");
  if (!pd_unit_is_own (cli->desk, *to, &own, error))
    return FALSE;
  if (!own)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "no unit has the address %s", *to);
  return pd_cli_start_parser (cli, 0, error);
}

static gboolean
finish (Import *import, gboolean complete)
{
  if (import->n > 0)
    file_batch (import);
  draw_bar (import, TRUE);
  g_print ("%u filed, %u duplicates, %u other outcomes, %u not filed\n", import->filed,
           import->duplicates, import->others, import->failed);
  if (import->failed > 0)
    import->cli->status = EX_TEMPFAIL; /* run again, it files what is missing */
  return complete;
}

gboolean
pd_command_import_mbox (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *to = NULL;
  Import import = { .cli = cli };
  struct stat about;
  FILE *file;
  gboolean complete;

  if (!start (cli, &to, &argc, &argv, error))
    return FALSE;
  import.recipients[0] = to;
  file = fopen (argv[1], "rbe");
  if (file == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "%s: %s", argv[1], g_strerror (errno));
  import.total = fstat (fileno (file), &about) == 0 ? about.st_size : 0;
  complete = read_mbox (&import, file, cli->program->max_size, error);
  fclose (file);
  return finish (&import, complete);
}

gboolean
pd_command_import_maildir (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *to = NULL;
  Import import = { .cli = cli };
  g_autoptr (GPtrArray) paths = NULL;

  if (!start (cli, &to, &argc, &argv, error))
    return FALSE;
  import.recipients[0] = to;
  paths = list_maildir (&import, argv[1], error);
  if (paths == NULL)
    return FALSE;
  read_maildir (&import, paths, cli->program->max_size);
  return finish (&import, TRUE);
}
