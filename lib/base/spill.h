/* spill.h - bytes that come in piece by piece: small ones stay on the heap,
 * larger ones go to an unlinked temporary file, which nothing leaves behind.
 *
 * The file lies in $TMPDIR, else /tmp; where no file can be made there, in
 * memory that the kernel may swap (memfd_create(2)).
 */
#pragma once

#include <glib.h>

#define PD_SPILL_HEAP (64 * 1024) /* octets kept on the heap */

typedef struct PdSpill PdSpill;

PdSpill  *pd_spill_new       (void);
void      pd_spill_free      (PdSpill      *spill);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSpill, pd_spill_free)

/* From now on the spill holds at most `max` octets. */
void      pd_spill_set_max   (PdSpill      *spill,
                              gsize         max);

/* Adds all of the bytes, or none.
 *
 * Errors   PD_ERROR_INVALID     more than the spill's maximum
 *          PD_ERROR_TEMPORARY   no place for a temporary file, disk full
 */
gboolean  pd_spill_append    (PdSpill      *spill,
                              gconstpointer bytes,
                              gsize         length,
                              GError      **error);

gsize     pd_spill_size      (const PdSpill *spill);

/* All bytes, of which nothing more may be added then.  Those of a file are
 * mapped, not read.  The caller unrefs; they may outlive the spill.
 *
 * Errors   PD_ERROR_TEMPORARY   the file cannot be mapped
 */
GBytes   *pd_spill_get_bytes (PdSpill      *spill,
                              GError      **error);
