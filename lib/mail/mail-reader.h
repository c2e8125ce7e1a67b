/* mail-reader.h - what the files share that read one mail; not installed.
 *
 * Each file answers for one kind of fact and writes it into `mail`:
 *
 *     mail-headers.c   the fields of the header
 *     mail-address.c   lists of addresses
 *     mail-scan.c      the tree of parts
 *     mail-part.c      what a part is, where it lies, its hash
 *     mail-tnef.c      the files inside of winmail.dat
 *     mail-body.c      text and html from the parts
 *     mail-crypto.c    what is signed or encrypted
 *     mail-report.c    receipts, complaints, statistics
 *     mail-calendar.c  the meeting that the mail is about
 *     mail-automatic.c whether a program wrote it, and may answer it
 *     mail-kind.c      what the mail is, and whether it may be answered
 *     bounce.c         what a delivery report says
 *     reply.c          what of the text the sender wrote now
 *     forwarded.c      the mail that he passes on
 */
#pragma once

#include "mail/head.h"
#include "mail/mail.h"
#include "mail/mime-field.h"
#include "mail/part-code.h"
#include "mail/tnef.h"

/* Bytes that parts are found in: the raw mail, or a mail or multipart that was
 * sent in an encoding, decoded.
 */
typedef struct {
  const char *raw;  /* the bytes */
  const char *data; /* the same for parsing: with \n where the mail has but \r */
  gsize size;
  char *chain;    /* of encodings from the raw mail to here; "" the raw mail itself */
  goffset offset; /* of what was decoded, in the raw mail */
  gsize length;
  GBytes *bytes;  /* what owns them, or NULL */
} PdSource;

typedef struct {
  const char *raw;  /* the raw mail */
  const char *data; /* the same for parsing: with \n where the raw mail has but \r */
  gsize size;
  gsize body;       /* where the raw body begins */
  const char *envelope_from;   /* or NULL */
  const char *envelope_to;     /* or NULL */
  GHashTable *kept;            /* PdPart -> GByteArray, the decoded bytes of parts that are read */
  gsize kept_size;
  GHashTable *places;          /* PdPart -> Place in a source, of those that have bytes */
  GHashTable *heads;           /* PdPart -> PdHead, the header of each part; the root's is the mail's */
  GPtrArray *sources;          /* of PdSource */
  gsize decoded;               /* octets of those that were decoded */
  guint n_parts;
  PdTnef *tnef;                /* the first message in TNEF, or NULL */
  GHashTable *unpacked;        /* set of PdPart: TNEF of which nothing is left but its files */
  GArray *html_spans;          /* of PdHtmlSpan (html-text.h): what the HTML marks in mail->text, also
                                * where that is the plain text beside it */
  PdMail *mail;
} PdReader;

/* Notes what was wrong, once, at most PD_MAIL_MAX_DEFECTS of them. */
void         pd_reader_defect       (PdReader         *reader,
                                     const char       *format,
                                     ...) G_GNUC_PRINTF (2, 3);

/* The first field of that name, unfolded and decoded, valid UTF-8, or NULL. */
char        *pd_reader_dup_field    (const PdReader   *reader,
                                     const char       *name);

/* The decoded bytes of a leaf that mail-part.c kept (text and reports), or
 * NULL; lent by the reader.
 */
GByteArray  *pd_reader_peek_bytes   (const PdReader   *reader,
                                     const PdPart     *part);

/* Decodes a leaf, or its first `max` octets as they are encoded. */
void         pd_reader_decode       (const PdReader   *reader,
                                     const PdPart     *part,
                                     gsize             max,
                                     PdCodeSink        sink,
                                     gpointer          data);

/* The same as pd_reader_peek_bytes as a text, by the part's charset; "" if there are none.  A
 * charset that does not fit becomes a defect.
 */
char        *pd_reader_dup_text     (PdReader         *reader,
                                     const PdPart     *part);

/* The decoded bytes of any leaf, decoded anew; NULL if it cannot be. */
GBytes      *pd_reader_dup_bytes    (const PdReader   *reader,
                                     const PdPart     *part);

/* What a mail holds that is nothing but S/MIME signed-data (RFC 8551 3.5.2): a
 * header and a body; NULL for all other mails.
 */
GByteArray  *pd_reader_dup_opaque   (const PdReader   *reader);

/* The first leaf of that media type (small letters), or NULL.  What stands in an
 * enclosed mail says nothing of this one, unless the mail is nothing else.
 */
PdPart      *pd_reader_find_part    (const PdReader   *reader,
                                     const char       *type);

/* Whether a part is of the mail itself, not of a mail that it encloses. */
gboolean     pd_reader_is_own       (const PdReader   *reader,
                                     const PdPart     *part);

/* A part without content. */
PdPart      *pd_part_new            (const char       *path,
                                     const char       *type);

/* Names a part, without folders and what no file name may hold; NULL is no name. */
void         pd_part_set_name       (PdPart           *part,
                                     const char       *name);

/* A parameter of a part's field ("Content-Type", "smime-type"), decoded; NULL
 * if there is none.  The caller frees it.
 */
char        *pd_reader_dup_parameter (const PdReader *reader,
                                      const PdPart   *part,
                                      const char     *field,
                                      const char     *name);

/* The header of a part; that of the root is the mail's.  NULL for what has none. */
const PdHead *pd_reader_peek_head   (const PdReader   *reader,
                                     const PdPart     *part);

/* Adds a file that lies inside of a leaf (a uuencoded block, a file in a
 * winmail.dat): it becomes a child of it, to be shown as a file.
 *
 * step            how it comes out of the leaf's bytes, see part-code.h
 * bytes, length   what comes out, for its hash
 * Returns         the new part, which `leaf` owns; NULL if there are too many
 */
PdPart      *pd_reader_add_file     (PdReader         *reader,
                                     PdPart           *leaf,
                                     const char       *type,
                                     const char       *name,
                                     const char       *step,
                                     const guint8     *bytes,
                                     gsize             length);

/* For mail-scan.c: what the header says of the part (`head` is taken, the
 * result is Content-Type); where it lies; the chain to such a place, or NULL if
 * it would be too long.
 */
PdMimeField *pd_reader_describe     (PdReader         *reader,
                                     PdPart           *part,
                                     PdHead           *head,
                                     const char       *usual_type);
void         pd_reader_place        (PdReader         *reader,
                                     const PdSource   *source,
                                     PdPart           *part,
                                     gsize             at,
                                     gsize             length,
                                     const char       *encoding);
char        *pd_source_dup_chain    (const PdSource   *source,
                                     gsize             at,
                                     gsize             length,
                                     const char       *encoding);

PdAddress   *pd_address_new         (const char       *name,
                                     const char       *address);

/* Adds the addresses of a field, groups flattened, to `list`. */
void         pd_reader_add_addresses (PdReader        *reader,
                                      GPtrArray       *list,
                                      const char      *field,
                                      const char      *raw_value);

void         pd_reader_headers      (PdReader         *reader);
void         pd_reader_parts        (PdReader         *reader);
void         pd_reader_tnef         (PdReader         *reader);
void         pd_reader_body         (PdReader         *reader);
void         pd_reader_crypto       (PdReader         *reader);
void         pd_reader_report       (PdReader         *reader);

/* What the header says of who wrote the mail. */
typedef struct {
  gboolean is_reply;   /* an automatic answer, and no report */
  gboolean may_answer; /* as far as RFC 3834 2 asks, for a mail that is no report */
} PdAutomatic;

PdAutomatic  pd_reader_automatic    (PdReader         *reader);
void         pd_reader_calendar     (PdReader         *reader);
void         pd_reader_kind         (PdReader         *reader);
void         pd_reader_bounce       (PdReader         *reader);
void         pd_reader_reply        (PdReader         *reader);
void         pd_reader_forwarded    (PdReader         *reader);

/* Reads an enclosed mail as a mail of its own; what that one passes on is not
 * looked for. */
PdMail      *pd_reader_read_enclosed (GBytes          *raw);
