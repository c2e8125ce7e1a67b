#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <sys/socket.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "config.h"

#define MAX_FILES 8 /* the standard three, the channel, one that is received, and room */

/* ---- limits ---- */

static gboolean
set_limit (int resource, const char *name, rlim_t soft, rlim_t hard, GError **error)
{
  struct rlimit old, limit = { soft, hard };

  if (getrlimit (resource, &old) == 0 && old.rlim_max != RLIM_INFINITY)
    {
      limit.rlim_max = MIN (limit.rlim_max, old.rlim_max);
      limit.rlim_cur = MIN (limit.rlim_cur, limit.rlim_max);
    }
  return setrlimit (resource, &limit) == 0
         || pd_fail (error, PD_ERROR_INTERNAL, "limit of %s: %s", name, g_strerror (errno));
}

#ifndef PD_SANITIZERS
/* Octets of address space in use; 0 if the kernel does not tell. */
static gsize
read_address_space (void)
{
  FILE *file = fopen ("/proc/self/statm", "re");
  unsigned long pages = 0;

  if (file == NULL)
    return 0;
  if (fscanf (file, "%lu", &pages) != 1)
    pages = 0;
  fclose (file);
  return (gsize)pages * (gsize)sysconf (_SC_PAGESIZE);
}
#endif

static gboolean
limit_memory (gsize memory, GError **error)
{
#ifdef PD_SANITIZERS
  (void)memory;
  (void)error;
  return TRUE;
#else
  gsize all = read_address_space () + memory;

  return set_limit (RLIMIT_AS, "memory", all, all, error);
#endif
}

/* A kernel that is short of memory shall take this process before the one that
 * it works for. */
static void
offer_to_killer (void)
{
  int fd = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (write (fd, "500", 3) != 3)
    g_debug ("no score for the out-of-memory killer: %s", g_strerror (errno));
  close (fd);
}

gboolean
pd_sandbox_limit (const PdSandboxLimits *limits, GError **error)
{
  offer_to_killer ();
  /* the hard limit of time is later, so that the signal tells what it was */
  return limit_memory (limits->memory, error)
         && set_limit (RLIMIT_CPU, "processor time", limits->cpu, limits->cpu + 5, error)
         && set_limit (RLIMIT_CORE, "core files", 0, 0, error)
         && set_limit (RLIMIT_NPROC, "processes", 0, 0, error)
         && set_limit (RLIMIT_FSIZE, "file size", 0, 0, error)
         && set_limit (RLIMIT_NOFILE, "descriptors", MAX_FILES, MAX_FILES, error)
         && (prctl (PR_SET_DUMPABLE, 0) == 0
             || pd_fail (error, PD_ERROR_INTERNAL, "cannot forbid tracing: %s",
                         g_strerror (errno)));
}

/* ---- system calls ---- */

/* allowed whatever their arguments */
static const int harmless[] = {
  SCMP_SYS (read),
  SCMP_SYS (write),
  SCMP_SYS (writev),
  SCMP_SYS (recvmsg),
  SCMP_SYS (lseek),
  SCMP_SYS (fstat),
  SCMP_SYS (brk),
  SCMP_SYS (munmap),
  SCMP_SYS (mremap),
  SCMP_SYS (madvise),
  SCMP_SYS (futex),
  SCMP_SYS (clock_gettime),
  SCMP_SYS (gettimeofday),
  SCMP_SYS (time),
  SCMP_SYS (rt_sigreturn),
  SCMP_SYS (restart_syscall),
  SCMP_SYS (exit),
  SCMP_SYS (exit_group),
  /* abort(3), so that its signal is seen and not that of the filter */
  SCMP_SYS (rt_sigprocmask),
  SCMP_SYS (getpid),
  SCMP_SYS (gettid),
#ifdef PD_SANITIZERS
  SCMP_SYS (sched_yield),
  SCMP_SYS (sigaltstack),
#endif
};

/* answered with EACCES: what looks for a file */
static const int refused[] = {
  SCMP_SYS (open),   SCMP_SYS (openat),   SCMP_SYS (stat),       SCMP_SYS (lstat),
  SCMP_SYS (access), SCMP_SYS (readlink), SCMP_SYS (newfstatat), SCMP_SYS (readlinkat),
};

static int
add_rules (scmp_filter_ctx filter)
{
  const struct scmp_arg_cmp not_executable = SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
  int bad = 0;

  for (gsize i = 0; bad == 0 && i < G_N_ELEMENTS (harmless); i++)
    bad = seccomp_rule_add (filter, SCMP_ACT_ALLOW, harmless[i], 0);
  for (gsize i = 0; bad == 0 && i < G_N_ELEMENTS (refused); i++)
    bad = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EACCES), refused[i], 0);
  if (bad == 0)
    bad = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mmap), 1, not_executable);
  if (bad == 0)
    bad = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mprotect), 1, not_executable);
  if (bad == 0)
    bad = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (close), 1,
                            SCMP_A0 (SCMP_CMP_NE, PD_SANDBOX_CHANNEL));
  if (bad == 0)
    bad = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (tgkill), 1,
                            SCMP_A0 (SCMP_CMP_EQ, (scmp_datum_t)getpid ()));
  return bad;
}

gboolean
pd_sandbox_enter (GError **error)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_KILL_PROCESS);
  int bad = filter == NULL
                ? -ENOSYS
                : seccomp_attr_set (filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

  if (bad == 0)
    bad = add_rules (filter);
  if (bad == 0)
    bad = seccomp_load (filter); /* sets NO_NEW_PRIVS before */
  if (filter != NULL)
    seccomp_release (filter);
  return bad == 0
         || pd_fail (error, PD_ERROR_DENIED,
                     "the kernel lets no filter of system calls be loaded: %s", g_strerror (-bad));
}

void
pd_sandbox_forbid_network (void)
{
  static const int families[] = { AF_INET, AF_INET6, AF_PACKET, AF_VSOCK };
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);

  if (filter == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    seccomp_rule_add (filter, SCMP_ACT_ERRNO (EAFNOSUPPORT), SCMP_SYS (socket), 1,
                      SCMP_A0 (SCMP_CMP_EQ, (scmp_datum_t)families[i]));
  seccomp_load (filter);
  seccomp_release (filter);
}
