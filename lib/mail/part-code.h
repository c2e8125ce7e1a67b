/* part-code.h - transfer encodings undone, one or a chain of them; not installed.
 *
 * One place decodes, for the hash in PdPart and for pd_mail_decode_part, so
 * that they cannot differ.
 *
 * The encoding of a part is a chain of steps, joined by ";", the outermost
 * first: the bytes at the part's place in the raw mail go through the first
 * step, what comes out through the second, and so on.
 *
 *     7bit 8bit binary    nothing
 *     base64              RFC 2045 6.8, junk and missing padding forgiven
 *     quoted-printable    RFC 2045 6.7, broken sequences kept as they stand
 *     uuencode            the first uuencoded block
 *     uuencode=N          the block number N, from 1
 *     part=OFFSET+LENGTH  these octets: a part of a mail that was encoded
 *     tnef=N              the file number N in TNEF, from 1
 *     cms                 the content of S/MIME signed-data
 *
 * A new step is a row in the table of part-code.c.
 */
#pragma once

#include <glib.h>

#define PD_CODE_MAX_STEPS  8
#define PD_CODE_MAX_OCTETS (256 * 1024 * 1024) /* that come out of any step */

typedef enum {
  PD_CODE_NONE,
  PD_CODE_BASE64,
  PD_CODE_QUOTED,
  PD_CODE_UUENCODE,
} PdCode;

/* Receives a piece of decoded bytes. */
typedef void (*PdCodeSink) (gpointer      data,
                            const guint8 *bytes,
                            gsize         length);

/* Undoes one encoding; pieces go to `sink` in order. */
void         pd_code_decode   (const guint8 *bytes,
                               gsize         length,
                               PdCode        code,
                               PdCodeSink    sink,
                               gpointer      data);

/* The encoding that a Content-Transfer-Encoding field names, any case, with
 * the names that programs made up; what is unknown is none.
 *
 * out_name   the step's name in a chain; static
 */
PdCode       pd_code_find     (const char   *label,
                               const char  **out_name);

/* Undoes a chain.
 *
 * Returns   a new GBytes; NULL with PD_ERROR_INVALID when a step is unknown,
 *           finds nothing to undo, or when there are more than PD_CODE_MAX_STEPS
 *           of them or more than PD_CODE_MAX_OCTETS come out of one
 */
GBytes      *pd_code_undo     (GBytes       *bytes,
                               const char   *chain,
                               GError      **error);
