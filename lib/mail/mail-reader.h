/* mail-reader.h - what the files share that read one mail; not installed.
 *
 * Each file answers for one kind of fact and writes it into `mail`:
 *
 *     mail-headers.c   the fields of the header
 *     mail-address.c   lists of addresses
 *     mail-part.c      the tree of parts, where they lie, their hashes
 *     mail-tnef.c      the files inside of winmail.dat
 *     mail-body.c      text and html from the parts
 *     mail-crypto.c    what is signed or encrypted
 *     mail-kind.c      what the mail is, and whether it may be answered
 *     bounce.c         what a delivery report says
 *     reply.c          what of the text the sender wrote now
 */
#pragma once

#include <gmime/gmime.h>

#include "mail/mail.h"
#include "mail/tnef.h"

typedef struct {
  const char *raw;  /* the raw mail */
  const char *data; /* the same for parsing: with \n where the raw mail has but \r */
  gsize size;
  gsize body;       /* where the raw body begins */
  GMimeMessage *message; /* NULL if GMime saw no mail in it */
  GMimeParserOptions *options; /* shared by all threads, never changed */
  const char *envelope_from;   /* or NULL */
  const char *envelope_to;     /* or NULL */
  GHashTable *kept;            /* PdPart -> GByteArray, the decoded bytes of parts that are read */
  gsize kept_size;
  GPtrArray *boundaries;       /* of the multiparts around the part that is read now */
  guint n_parts;
  PdTnef *tnef;                /* the first message in TNEF, or NULL */
  GHashTable *unpacked;        /* set of PdPart: TNEF of which nothing is left but its files */
  gsize html_quote;            /* where in the text the HTML says that a quote begins */
  GArray *html_spans;          /* of PdHtmlSpan (html-text.h): what the HTML marks in mail->text */
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

/* The same as a text, by the part's charset; "" if there are none.  A
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

/* The first leaf of that media type (small letters), or NULL. */
PdPart      *pd_reader_find_part    (const PdReader   *reader,
                                     const char       *type);

/* A part without content. */
PdPart      *pd_part_new            (const char       *path,
                                     const char       *type);

/* Names a part, without folders and what no file name may hold; NULL is no name. */
void         pd_part_set_name       (PdPart           *part,
                                     const char       *name);

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
void         pd_reader_kind         (PdReader         *reader);
void         pd_reader_bounce       (PdReader         *reader);
void         pd_reader_reply        (PdReader         *reader);
