/* The jail of the parsers.  Here a worker does what a mail tells it to: a mail
 * that begins with "Attack: WORD" makes it try that, as one that has been taken
 * over would.  Each must end as the table says, and the next mail is read well.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "desk/parser-worker.h"
#include "mail/mail-fields.h"
#include "mail/mail-wire.h"

#define SHORT_TIME (300 * 1000)    /* microseconds for a mail, where hanging is tested */
#define MEMORY (256 * 1024 * 1024) /* octets */

#ifdef PD_SANITIZERS
#define SANITIZED TRUE
#else
#define SANITIZED FALSE
#endif

/* ---- attacks ---- */

static void
open_file (void)
{
  if (open ("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES || access ("/etc/passwd", F_OK) == 0)
    _exit (1);
}

static void
make_file (void)
{
  creat ("/tmp/postdesk-jail", 0600);
}

static void
open_socket (void)
{
  socket (AF_INET, SOCK_STREAM, 0);
}

static void
execute (void)
{
  char *const none[] = { NULL };

  execve ("/bin/true", none, none);
}

static void
trace_parent (void)
{
  ptrace (PTRACE_ATTACH, getppid (), NULL, NULL);
}

static void
fork_child (void)
{
  fork ();
}

static void
signal_parent (void)
{
  kill (getppid (), SIGKILL);
}

static void
signal_other (void)
{
  syscall (SYS_tgkill, getppid (), getppid (), SIGKILL);
}

static void
map_code (void)
{
  mmap (NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
make_code (void)
{
  void *page = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  mprotect (page, 4096, PROT_READ | PROT_EXEC);
}

static void
close_channel (void)
{
  close (PD_SANDBOX_CHANNEL);
}

static void
raise_limit (void)
{
  prctl (PR_SET_DUMPABLE, 1);
}

static void
take_4_gigabytes (void)
{
  memset (g_malloc ((gsize)4 << 30), 1, 4096);
}

static void
take_piecemeal (void)
{
  for (;;)
    memset (g_malloc (4 << 20), 1, 4 << 20);
}

static void
loop (void)
{
  for (volatile guint i = 0;; i++)
    continue;
}

static void
fall_asleep (void)
{
  char octet;

  while (read (PD_SANDBOX_CHANNEL, &octet, 1) > 0)
    continue;
}

static void
write_nowhere (void)
{
  /* an address that the compiler cannot know to be none */
  static volatile guintptr nowhere = 16;

  *(volatile int *)nowhere = 1;
}

static void
abort_it (void)
{
  abort ();
}

static void
fail_loudly (void)
{
  g_error ("a bug");
}

static void
leave (void)
{
  _exit (0);
}

static void
die_from_outside (void)
{
  syscall (SYS_tgkill, getpid (), gettid (), SIGKILL);
}

static void
say_length (void)
{
  const PdParserAnswer answer = { PD_PARSER_SAYS_FACTS, G_MAXUINT32 };

  if (write (PD_SANDBOX_CHANNEL, &answer, sizeof answer) > 0)
    loop ();
}

static void
say_half (void)
{
  const PdParserAnswer answer = { PD_PARSER_SAYS_FACTS, 1000000 };

  if (write (PD_SANDBOX_CHANNEL, &answer, sizeof answer) > 0)
    loop ();
}

static void
say_half_and_leave (void)
{
  const PdParserAnswer answer = { PD_PARSER_SAYS_FACTS, 1000000 };

  if (write (PD_SANDBOX_CHANNEL, &answer, sizeof answer) > 0)
    _exit (3);
}

static void
say_hello (void)
{
  const PdParserAnswer answer = { PD_PARSER_SAYS_JAILED, 0 };

  if (write (PD_SANDBOX_CHANNEL, &answer, sizeof answer) > 0)
    loop ();
}

#define MEMORY_REASON "parser used more than 256 MB of memory"
#define FORBIDDEN "parser killed by signal 31 (forbidden system call)"
#define LATE "parser ran longer than 300 ms"
#define NONSENSE "parser gave an answer that cannot be"

static const struct {
  const char *word;
  void (*attack) (void);
  const char *reason; /* NULL: none, the mail is read; it may go on behind this */
  gboolean plain;     /* not with sanitizers: they make system calls of their own */
} attacks[] = {
  { "open", open_file, NULL },
  { "creat", make_file, FORBIDDEN },
  { "socket", open_socket, FORBIDDEN },
  { "exec", execute, FORBIDDEN },
  { "ptrace", trace_parent, FORBIDDEN },
  { "fork", fork_child, FORBIDDEN },
  { "kill", signal_parent, FORBIDDEN },
  { "tgkill", signal_other, FORBIDDEN },
  { "map-code", map_code, FORBIDDEN },
  { "make-code", make_code, FORBIDDEN },
  { "close-channel", close_channel, FORBIDDEN },
  { "prctl", raise_limit, FORBIDDEN },
  /* with sanitizers memory is not limited, and signals are caught */
  { "4-gigabytes", take_4_gigabytes, MEMORY_REASON, TRUE },
  { "piecemeal", take_piecemeal, MEMORY_REASON, TRUE },
  { "abort", abort_it, "parser killed by signal 6 (aborted)", TRUE },
  { "segv", write_nowhere, "parser killed by signal 11 (invalid memory access)", TRUE },
  { "error", fail_loudly, "parser killed by signal 5 (aborted)", TRUE },
  { "loop", loop, LATE },
  { "sleep", fall_asleep, LATE },
  { "leave", leave, "parser ended with status 0", TRUE },
  { "killed", die_from_outside, "parser was killed from outside (signal 9)" },
  { "length", say_length, NONSENSE },
  { "half", say_half, LATE, TRUE },
  { "half-leave", say_half_and_leave, "parser ended with status 3", TRUE },
  { "hello", say_hello, NONSENSE },
  { "noise", NULL, NONSENSE },
  { "lie", NULL, NONSENSE },
};

static GByteArray *
answer_nonsense (const char *word, PdMail *mail)
{
  GByteArray *facts;

  if (strcmp (word, "lie") == 0)
    ((PdPart *)mail->parts->pdata[0])->offset = G_MAXINT32;
  facts = pd_mail_wire_write (mail);
  if (strcmp (word, "noise") == 0)
    memset (facts->data, 0x5A, facts->len);
  return facts;
}

/* What workers do here. */
static GByteArray *
read_or_attack (const PdParserJob *job)
{
  g_autoptr (PdMail) mail = pd_mail_parse (job->raw, job->envelope_from, job->envelope_to);
  g_autofree char *text
      = g_strndup (g_bytes_get_data (job->raw, NULL), g_bytes_get_size (job->raw));
  const char *word = g_str_has_prefix (text, "Attack: ") ? text + strlen ("Attack: ") : "";

  for (gsize i = 0; i < G_N_ELEMENTS (attacks); i++)
    if (strcmp (attacks[i].word, word) == 0 && attacks[i].attack == NULL)
      return answer_nonsense (word, mail);
    else if (strcmp (attacks[i].word, word) == 0)
      attacks[i].attack ();
  return pd_mail_wire_write (mail);
}

/* ---- fixture ---- */

static PdParserPool *
start_pool (guint workers, gint64 time)
{
  const PdParserSettings settings
      = { .workers = workers, .memory = MEMORY, .time = time, .jail = PD_JAIL_REQUIRED };
  g_autoptr (GError) error = NULL;
  PdParserPool *pool = pd_parser_pool_new (read_or_attack, &error);

  g_assert_no_error (error);
  pd_parser_pool_start (pool, &settings, &error);
  g_assert_no_error (error);
  return pool;
}

static PdMail *
parse (PdParserPool *pool, const char *text, GError **error)
{
  g_autoptr (GBytes) raw = g_bytes_new_static (text, strlen (text));
  const PdParserJob job = { raw, "", "support@desk.example" };

  return pd_parser_pool_parse (pool, &job, error);
}

static void
check_reads (PdParserPool *pool, const char *subject)
{
  g_autofree char *text = g_strdup_printf ("From: a@b.example\nSubject: %s\n\nText.\n", subject);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdMail) mail = parse (pool, text, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mail->subject, ==, subject);
  g_assert_cmpstr (mail->visible, ==, "Text.\n");
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* The children of a process. */
static GArray *
list_children (pid_t parent)
{
  GArray *pids = g_array_new (FALSE, FALSE, sizeof (pid_t));
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "stat", NULL);
      g_autofree char *text = NULL;
      const char *behind;
      pid_t pid = atoi (name);
      char state;
      int ppid;

      if (pid > 0 && g_file_get_contents (path, &text, NULL, NULL)
          && (behind = strrchr (text, ')')) != NULL
          && sscanf (behind, ") %c %d", &state, &ppid) == 2 && ppid == parent && state != 'Z')
        g_array_append_val (pids, pid);
    }
  return pids;
}

static pid_t
only_child (pid_t parent)
{
  g_autoptr (GArray) pids = list_children (parent);

  g_assert_cmpuint (pids->len, ==, 1);
  return g_array_index (pids, pid_t, 0);
}

static void
ignore_log (PdLogLevel level, const char *line, gpointer data)
{
  (void)level;
  (void)data;
  g_test_message ("%s", line);
}

/* ---- tests ---- */

static void
attack (PdParserPool *pool, gsize i)
{
  g_autofree char *text = g_strdup_printf ("Attack: %s", attacks[i].word);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdMail) mail = parse (pool, text, &error);

  if (attacks[i].reason == NULL)
    {
      g_assert_no_error (error);
      return;
    }
  if (mail != NULL || !pd_error_is (error, PD_ERROR_INVALID)
      || !g_str_has_prefix (error->message, attacks[i].reason))
    g_error ("%s: \"%s\" is not \"%s\"", attacks[i].word, error != NULL ? error->message : "read",
             attacks[i].reason);
}

/* Those that hang, or those that do not. */
static void
run_attacks (gboolean hang, gint64 time)
{
  g_autoptr (PdParserPool) pool = start_pool (1, time);
  guint before = count_descriptors ();

  for (gsize i = 0; i < G_N_ELEMENTS (attacks); i++)
    {
      if ((SANITIZED && attacks[i].plain) || hang != (g_strcmp0 (attacks[i].reason, LATE) == 0))
        continue;
      attack (pool, i); /* by a worker that may have read others */
      check_reads (pool, attacks[i].word);
      attack (pool, i); /* by one that has */
      attack (pool, i); /* by one that has not */
      check_reads (pool, attacks[i].word);
    }
  g_assert_cmpuint (count_descriptors (), ==, before);
}

static void
test_attacks (void)
{
  run_attacks (FALSE, 60 * PD_SECOND);
}

static void
test_hangs (void)
{
  run_attacks (TRUE, SHORT_TIME);
}

static void
test_leaves_nothing (void)
{
  PdParserPool *pool = start_pool (3, 60 * PD_SECOND);
  guint before = count_descriptors ();
  g_autoptr (GArray) workers = list_children (only_child (getpid ()));

  g_assert_cmpuint (workers->len, ==, 3);
  check_reads (pool, "one");
  pd_parser_pool_free (pool);
  g_assert_cmpuint (count_descriptors (), ==, before - 4); /* three channels and the zygote's */
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
  for (guint i = 0; i < workers->len; i++)
    g_assert_cmpint (kill (g_array_index (workers, pid_t, i), 0), ==, -1);
}

static void
test_recycled (void)
{
  g_autoptr (PdParserPool) pool = start_pool (1, 60 * PD_SECOND);
  pid_t zygote = only_child (getpid ());
  pid_t first = only_child (zygote);

  for (int i = 1; i < PD_PARSER_MAX_MAILS; i++)
    check_reads (pool, "again");
  g_assert_cmpint (only_child (zygote), ==, first);
  check_reads (pool, "the last one");
  check_reads (pool, "by another");
  g_assert_cmpint (only_child (zygote), !=, first);
}

/* A worker that is killed while it has nothing to do harms no mail. */
static void
test_killed_idle (void)
{
  g_autoptr (PdParserPool) pool = start_pool (1, 60 * PD_SECOND);
  pid_t zygote = only_child (getpid ());

  for (int i = 0; i < 20; i++)
    {
      kill (only_child (zygote), SIGKILL);
      check_reads (pool, "after");
    }
}

/* The program has threads by then, and cannot fork another one. */
static void
test_zygote_gone (void)
{
  g_autoptr (PdParserPool) pool = start_pool (1, 60 * PD_SECOND);
  g_autoptr (GError) error = NULL;

  kill (only_child (getpid ()), SIGKILL);
  while (list_children (getpid ())->len > 0)
    continue;
  g_assert_null (parse (pool, "Attack: leave", &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INTERNAL);
}

static gboolean
is_gone (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int)pid);
  g_autofree char *text = NULL;
  const char *behind;

  return !g_file_get_contents (path, &text, NULL, NULL) || (behind = strrchr (text, ')')) == NULL
         || behind[2] == 'Z' || behind[2] == 'X';
}

/* However the program ends, nothing of it goes on. */
static void
test_dies_with_parent (void)
{
  g_autoptr (GArray) workers = NULL;
  pid_t pid, zygote;
  int pipe_ends[2];
  char octet;

  g_assert_cmpint (pipe (pipe_ends), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      start_pool (2, 60 * PD_SECOND);
      if (write (pipe_ends[1], "x", 1) == 1)
        pause ();
      _exit (1);
    }
  g_assert_cmpint (read (pipe_ends[0], &octet, 1), ==, 1);
  close (pipe_ends[0]);
  close (pipe_ends[1]);
  zygote = only_child (pid);
  workers = list_children (zygote);
  g_assert_cmpuint (workers->len, ==, 2);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  while (!is_gone (zygote) || !is_gone (g_array_index (workers, pid_t, 0))
         || !is_gone (g_array_index (workers, pid_t, 1)))
    continue;
}

typedef struct {
  PdParserPool *pool;
  int number;
} Reader;

static void *
read_many (void *data)
{
  Reader *reader = data;

  for (int i = 0; i < 150; i++)
    {
      g_autofree char *subject = g_strdup_printf ("%d of %d", i, reader->number);

      check_reads (reader->pool, subject);
      if (i % 50 == 0)
        {
          g_autoptr (GError) error = NULL;

          g_assert_null (parse (reader->pool, "Attack: leave", &error));
        }
    }
  return NULL;
}

/* More threads than workers, some mails bad: each gets its own facts. */
static void
test_threads (void)
{
  g_autoptr (PdParserPool) pool = start_pool (2, 60 * PD_SECOND);
  Reader readers[4];
  pthread_t threads[G_N_ELEMENTS (readers)];

  for (int i = 0; i < (int)G_N_ELEMENTS (readers); i++)
    {
      readers[i] = (Reader){ pool, i };
      g_assert_cmpint (pthread_create (&threads[i], NULL, read_many, &readers[i]), ==, 0);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    pthread_join (threads[i], NULL);
}

/* ---- a kernel that lets no filter be loaded ---- */

static void
forbid_filters (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);

  seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (seccomp), 0);
  seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (prctl), 1,
                    SCMP_A0 (SCMP_CMP_EQ, PR_SET_SECCOMP));
  g_assert_cmpint (seccomp_load (filter), ==, 0);
  seccomp_release (filter);
}

static void
note_warning (PdLogLevel level, const char *line, gpointer data)
{
  if (level == PD_LOG_WARNING && strstr (line, "without=sandbox") != NULL)
    ++*(guint *)data;
}

static gboolean
start_with (PdParserPool *pool, PdParserJail jail, GError **error)
{
  const PdParserSettings settings
      = { .workers = 2, .memory = MEMORY, .time = 60 * PD_SECOND, .jail = jail };

  return pd_parser_pool_start (pool, &settings, error);
}

static void
run_without_filters (void)
{
  g_autoptr (PdParserPool) required = NULL, preferred = NULL, off = NULL;
  g_autoptr (GError) error = NULL;
  guint warnings = 0;

  forbid_filters ();
  pd_log_capture (note_warning, &warnings);
  required = pd_parser_pool_new (NULL, NULL);
  preferred = pd_parser_pool_new (NULL, NULL);
  off = pd_parser_pool_new (NULL, NULL);
  g_assert_false (start_with (required, PD_JAIL_REQUIRED, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "ingest.sandbox = preferred"));
  g_assert_cmpuint (warnings, ==, 0);
  g_clear_error (&error);
  g_assert_true (start_with (preferred, PD_JAIL_PREFERRED, &error));
  g_assert_cmpuint (warnings, ==, 1);
  check_reads (preferred, "with limits only");
  g_assert_true (start_with (off, PD_JAIL_OFF, &error));
  g_assert_cmpuint (warnings, ==, 2);
  check_reads (off, "here");
}

/* In a process of its own, which keeps the filter for good. */
static void
test_no_filters (void)
{
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      run_without_filters ();
      _exit (0);
    }
  waitpid (pid, &status, 0);
  g_assert_cmpint (status, ==, 0);
}

/* ---- all mails: nothing that reading needs is missing in the jail ---- */

static gboolean
compare_file (PdParserPool *pool, const char *path)
{
  g_autofree char *data = NULL;
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (PdMail) here = NULL, there = NULL;
  g_autoptr (GError) error = NULL;
  const char *where = "";
  gsize size;
  PdParserJob job = { NULL, "a@b.example", "support@desk.example" };

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  job.raw = raw = g_bytes_new_static (data, size);
  here = pd_mail_parse (raw, job.envelope_from, job.envelope_to);
  there = pd_parser_pool_parse (pool, &job, &error);
  if (there != NULL && pd_fields_equal (&pd_mail_fields, here, there, &where))
    return TRUE;
  g_test_message ("%s: %s", path, there == NULL ? error->message : where);
  return FALSE;
}

static guint
compare_folder (PdParserPool *pool, const char *folder, guint *bad)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          n += compare_folder (pool, path, bad);
          continue;
        }
      *bad += !compare_file (pool, path);
      n++;
    }
  return n;
}

static void
compare_all (const char *folder, guint least)
{
  const PdParserSettings settings
      = { .workers = 1, .memory = MEMORY, .time = 60 * PD_SECOND, .jail = PD_JAIL_REQUIRED };
  /* before this process is warm: the zygote must have warmed all by itself */
  g_autoptr (PdParserPool) pool = pd_parser_pool_new (NULL, NULL);
  guint bad = 0;

  g_assert_true (pd_parser_pool_start (pool, &settings, NULL));
  pd_mail_init ();
  g_assert_cmpuint (compare_folder (pool, folder, &bad), >=, least);
  g_assert_cmpuint (bad, ==, 0);
}

static void
test_our_mails (void)
{
  g_autofree char *mails = g_test_build_filename (G_TEST_DIST, "mail", NULL);
  g_autofree char *seeds = g_test_build_filename (G_TEST_DIST, "fuzz", "seeds", NULL);

  compare_all (mails, 30);
  compare_all (seeds, 30);
}

static void
test_corpus (void)
{
  const char *given = g_getenv ("PD_CORPUS");
  g_autofree char *beside
      = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "corpus", NULL);
  const char *corpus = given != NULL ? given : beside;

  if (!g_file_test (corpus, G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("no corpus of mails; PD_CORPUS names it");
      return;
    }
  compare_all (corpus, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  pd_log_capture (ignore_log, NULL);
  g_test_add_func ("/parser-pool/our-mails", test_our_mails);
  g_test_add_func ("/parser-pool/corpus", test_corpus);
  g_test_add_func ("/parser-pool/attacks", test_attacks);
  g_test_add_func ("/parser-pool/hangs", test_hangs);
  g_test_add_func ("/parser-pool/leaves-nothing", test_leaves_nothing);
  g_test_add_func ("/parser-pool/recycled", test_recycled);
  g_test_add_func ("/parser-pool/killed-idle", test_killed_idle);
  g_test_add_func ("/parser-pool/zygote-gone", test_zygote_gone);
  g_test_add_func ("/parser-pool/dies-with-parent", test_dies_with_parent);
  g_test_add_func ("/parser-pool/threads", test_threads);
  g_test_add_func ("/parser-pool/no-filters", test_no_filters);
  return g_test_run ();
}
