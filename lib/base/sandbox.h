/* sandbox.h - takes from a process what reading strangers' bytes does not need.
 *
 * For a process with one thread, and for good: what has been given up cannot be
 * had again.  The limits work everywhere; the filter of system calls needs a
 * kernel (and a container around us) that lets one be loaded.
 */
#pragma once

#include <glib.h>

#define PD_SANDBOX_CHANNEL 3 /* the one descriptor that is there and is never closed */

typedef struct {
  gsize memory; /* octets of address space beside what the process has now */
  guint cpu;    /* seconds of processor time since its start; then SIGXCPU */
} PdSandboxLimits;

/* No core file, no child, no growing file, few descriptors, no tracing by
 * others, first in line when memory runs out, and the limits.  Under AddressSanitizer memory is not limited, for it
 * reserves terabytes.
 *
 * Errors   PD_ERROR_INTERNAL   the kernel refuses a limit
 */
gboolean  pd_sandbox_limit  (const PdSandboxLimits *limits,
                             GError               **error);

/* From now on the process can compute, take memory that is not executable,
 * read, write and receive on descriptors that it has, tell the time, and end.
 * What opens a file fails with EACCES, for a sender may name a charset that
 * nobody has; any other system call ends the process by SIGSYS.
 *
 * Errors   PD_ERROR_DENIED   the kernel does not let a filter be loaded
 */
gboolean  pd_sandbox_enter  (GError               **error);

/* From now on neither the process nor what it starts gets a socket of the
 * Internet, whatever its settings say.  Where the kernel does not let a filter be
 * loaded nothing is forbidden.
 */
void      pd_sandbox_forbid_network (void);
