/* mail.h - one mail, read: bytes in, facts out.
 *
 * Pure: no I/O, no database, no clock.  Every string is valid UTF-8 without
 * NUL; every list is never NULL, at worst empty.  Whatever the bytes are, the
 * reader answers: what could not be read as meant is read as well as can be
 * and noted in `defects`.
 */
#pragma once

#include <glib.h>

/* Bounds on what one mail may make us keep.  Past one of them the rest is left
 * out of the facts (never out of the raw mail) and a defect says so.
 */
#define PD_MAIL_MAX_ADDRESSES  1000    /* in one header field */
#define PD_MAIL_MAX_REFERENCES 200
#define PD_MAIL_MAX_PARTS      1000
#define PD_MAIL_MAX_DEPTH      50
#define PD_MAIL_MAX_SUBJECT    998     /* octets kept of the decoded subject */
#define PD_MAIL_MAX_TEXT       (2 * 1024 * 1024) /* octets of text, of html */
#define PD_MAIL_MAX_DEFECTS    50
#define PD_MAIL_MAX_SEALS      20      /* signatures and encryptions */
#define PD_MAIL_MAX_OPAQUE     3       /* mails in signed-data in signed-data */
#define PD_MAIL_MAX_ENCODING   200     /* octets of a chain of encodings */

typedef enum {
  PD_MAIL_KIND_MAIL,
  PD_MAIL_KIND_BOUNCE,
  PD_MAIL_KIND_DELAY,
  PD_MAIL_KIND_DELIVERED,
  PD_MAIL_KIND_AUTO_REPLY,
  PD_MAIL_KIND_COMPLAINT,
  PD_MAIL_KIND_RECEIPT,
  PD_MAIL_KIND_CALENDAR,
  PD_MAIL_KIND_DMARC_REPORT,
} PdMailKind;

typedef struct {
  char *name;    /* decoded display name, "" if none */
  char *address; /* local@domain as written, domain in small letters; U-labels kept */
} PdAddress;

typedef struct PdPart PdPart;
struct PdPart {
  char      *path;       /* "1" is the root, its children "1.1", "1.2", … */
  char      *type;       /* "text/plain", small letters */
  char      *charset;    /* as declared, "" if none */
  char      *name;       /* decoded file name, "" if none */
  char      *content_id; /* without <>, "" if none */
  char      *encoding;   /* "7bit" "8bit" "binary" "base64" "quoted-printable" "uuencode", or
                          * a chain of such steps, outermost first: "base64;uuencode=2" */
  goffset    offset;     /* of the encoded body in the raw mail; -1 if it is not there as such */
  gsize      length;     /* of the encoded body, in octets */
  gsize      size;       /* of the decoded bytes */
  char       sha256[65]; /* of the decoded bytes, hexadecimal */
  gboolean   attachment; /* to be shown as a file */
  gboolean   is_inline;  /* shown inside the text: Content-Disposition inline or used by cid: */
  GPtrArray *children;   /* of PdPart; a leaf has none, but for the files found inside of it */
};

typedef struct {
  char *kind; /* "quote" "signature" "disclaimer" "header" */
  char *text;
} PdFolded;

typedef struct {
  char    *address;
  char    *action;     /* RFC 3464 2.3.3: failed delayed delivered relayed expanded */
  char    *status;     /* RFC 3463: "5.1.1", "" if unknown */
  char    *reason;     /* Sisimai's vocabulary: userunknown mailboxfull … undefined */
  gboolean hard;
  char    *reply_code; /* "550", "" if unknown */
  char    *diagnostic;
} PdBounceRecipient;

/* What was found of a seal by who can verify and open; the reader leaves it
 * unchecked.
 */
typedef enum {
  PD_SEAL_UNCHECKED,
  PD_SEAL_GOOD,    /* a valid signature of a known key; opened */
  PD_SEAL_BAD,     /* not valid: changed, expired, revoked */
  PD_SEAL_UNKNOWN, /* cannot be told: no key, or it could not be looked at */
} PdSealState;

/* A signature or an encryption that a mail has by its form. */
typedef struct {
  char       *kind;      /* "pgp-mime" "pgp-inline" "smime-detached" "smime-opaque"
                          * "smime-enveloped" */
  char       *path;      /* of the part that holds the signature or what is encrypted */
  gboolean    encrypted; /* else signed */
  gboolean    whole;     /* nothing is shown beside it: it is about the whole mail */
  goffset     content_offset; /* signed apart: what is signed, with its header; -1 if not */
  gsize       content_length;
  char       *content_encoding;
  goffset     offset;    /* the signature, or what is encrypted or signed in one piece */
  gsize       length;
  char       *encoding;  /* as PdPart's */
  char       *charset;   /* of PGP in text, as declared */

  PdSealState state;
  char       *signer;      /* the key's address that fits the mail, else its first */
  char       *fingerprint; /* of the key, hexadecimal */
  char       *reason;      /* in words */
  gint64      signed_at;   /* microseconds, as the signer says; 0 unknown */
} PdSeal;

typedef struct {
  char *name;    /* "" if none */
  char *address; /* without mailto: */
  char *status;  /* RFC 5545 3.2.12 in small letters: "accepted" "needs-action" …; "" if not told */
} PdAttendee;

/* A time is "2026-11-24T10:00:00+02:00", or ends in "Z"; without either if the
 * zone is known by its name only; "2026-11-24" if it is a day; "" if not told.
 */
typedef struct {
  char      *type;          /* "event" "todo" "journal" "freebusy" */
  char      *uid;
  char      *summary;
  char      *location;
  char      *start, *end;   /* the end of days is the day after the last (RFC 5545 3.6.1) */
  char      *zone;          /* name of the zone of start, "" if none */
  gboolean   all_day;
  gboolean   recurs;
  char      *recurrence_id; /* the time of the one occurrence that is meant, "" all */
  guint      sequence;      /* number of the revision */
  char      *status;        /* in small letters: "confirmed" "cancelled" …; "" if not told */
  PdAddress *organizer;     /* or NULL */
  GPtrArray *attendees;     /* of PdAttendee */
} PdCalendarEvent;

typedef struct {
  char      *method; /* RFC 5546 1.4 in capitals: "REQUEST" "REPLY" …; "" if none */
  GPtrArray *events; /* of PdCalendarEvent; what iTIP sends is one, and its exceptions */
} PdCalendar;

/* A mail that the sender passes on, as far as it can be told: the mail that is
 * attached, or what his program wrote above the text of it.
 */
typedef struct {
  gboolean   attached;    /* else it stands in the text */
  guint      found;       /* mails that are attached; of several nothing else is told */
  char      *above;       /* what the sender wrote above it */
  PdAddress *from;        /* NULL: no address is told */
  GPtrArray *to, *cc;     /* of PdAddress */
  char      *subject;     /* without the marks of passing on; "" unknown */
  char      *date_text;   /* as it stands there, in whatever language; "" unknown */
  gboolean   has_date;
  gint64     date;        /* microseconds UTC; read in a header only */
  char      *message_id;  /* "" unknown */
  GPtrArray *references;  /* of char*: References, then In-Reply-To */
  char      *text, *visible, *html;
  GPtrArray *attachments; /* of PdPart (borrowed from root): its files, if it is attached */
} PdForwarded;

typedef struct PdMail {
  char      *subject;
  GPtrArray *from, *sender, *reply_to, *to, *cc, *bcc; /* of PdAddress */
  gboolean   has_date;
  gint64     date;        /* microseconds UTC */
  gint       date_offset; /* of the sender's zone, minutes east of UTC */
  char      *message_id;  /* all ids without <>; "" if none */
  GPtrArray *in_reply_to; /* of char* */
  GPtrArray *references;
  char      *list_id;        /* RFC 2919, without <>; "" if none */
  char      *return_path;    /* from the Return-Path field: "" null sender, NULL if there is none */
  char      *auto_submitted; /* RFC 3834 keyword in small letters; "" if there is none */
  guint      received;       /* number of Received fields: hops */

  PdMailKind kind;
  gboolean   auto_reply_allowed; /* RFC 3834 2: may an automatic answer be sent */

  char      *text;           /* whole, lines end in \n */
  char      *visible;        /* what the sender wrote now */
  char      *signature_text;
  GPtrArray *folded;         /* of PdFolded, in order */
  char      *html;           /* the HTML part as sent, decoded; "" if none */

  PdPart    *root;
  GPtrArray *parts;       /* of PdPart (borrowed from root): the leaves in order */
  GPtrArray *attachments; /* of PdPart (borrowed): what is shown as files */

  GPtrArray *bounce_recipients;   /* of PdBounceRecipient */
  char      *original_message_id; /* the mail that a bounce or complaint is about; "" unknown */
  char      *original_subject;    /* its subject, decoded; "" unknown */
  char      *original_to;         /* its To field, decoded; "" unknown */
  char      *original_return_path; /* its envelope sender, without <>; "" unknown */
  PdForwarded *forwarded;         /* the mail that is passed on; NULL if this one passes none on */
  PdCalendar *calendar;           /* of a meeting that the mail is about or brings; NULL if none */
  char      *disposition;         /* RFC 8098 3.2.6.2: "displayed" "deleted" …; "" if no receipt */
  GPtrArray *complaint_recipients; /* of char *: to whom the mail was sent that is complained of */
  char      *complaint_source;    /* address of the host that sent it; "" unknown */
  char      *complaint_type;      /* RFC 5965 Feedback-Type; "" if no complaint */
  gboolean   is_signed, is_encrypted; /* S/MIME or PGP parts are there */
  GPtrArray *seals;               /* of PdSeal, the outermost first */
  GBytes    *opened;              /* the mail that was decrypted, in which all parts lie; NULL: they
                                   * lie in the raw mail.  The reader never sets it */
  char      *auth_results;        /* the Authentication-Results fields as they stand, joined by \n */
  char      *arc;                 /* the fields of RFC 8617 with their names, joined by \n */
  GPtrArray *delivered_to;        /* of char*: addresses of Delivered-To fields, as written */
  GPtrArray *x_loop;              /* of char*: X-Loop fields */

  char       content_sha256[65]; /* of what stays the same when the mail is delivered again, see mail.c */
  gsize      size;               /* of the raw mail, octets */
  GPtrArray *defects;            /* of char*: what was wrong with the mail, in words */
} PdMail;

/* Reads a mail.
 *
 * raw             the mail as it came, any line ends; the result keeps no pointer into it
 * envelope_from   reverse path without <>; "" is the null sender, NULL unknown
 * envelope_to     forward path without <>, or NULL
 * Returns         the facts; never NULL, cannot fail.  pd_mail_free frees them.
 *
 * The process must have called pd_mail_init once before.
 */
PdMail      *pd_mail_parse       (GBytes     *raw,
                                  const char *envelope_from,
                                  const char *envelope_to);
void         pd_mail_free        (PdMail     *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdMail, pd_mail_free)

/* A bare body as a mail that has nothing else, for pd_mail_parse.
 *
 * html      whether the body is HTML; else it is plain text
 * Returns   a new GBytes
 */
GBytes      *pd_mail_wrap_body   (GBytes     *body,
                                  gboolean    html);

/* Reads a bare body as if it were a mail's only part. */
PdMail      *pd_mail_parse_body  (GBytes     *body,
                                  gboolean    html);

/* The decoded bytes of a part, from the raw mail and what PdPart says of it.
 *
 * offset, length, encoding   as in PdPart; offsets past the end are cut to it
 * Returns                    a new GBytes; NULL with PD_ERROR_INVALID when
 *                            offset is negative, a step of encoding unknown or
 *                            not to be undone
 */
GBytes      *pd_mail_decode_part (GBytes     *raw,
                                  goffset     offset,
                                  gsize       length,
                                  const char *encoding,
                                  GError    **error);

/* The signature that speaks for the mail: of those about the whole of it the
 * worst, in the order bad, unknown, unchecked, good; if there is none, the first
 * about a part.  Lent; NULL if the mail is not signed.
 */
const PdSeal *pd_mail_signature  (const PdMail *mail);

/* "mail" "bounce" "delay" … as in the JSON of `postdesk parse`. */
const char  *pd_mail_kind_name   (PdMailKind  kind);

/* Once per process, before the first mail and before any thread: GMime, and
 * the charset converters (they are loaded here so that a sender's choice of
 * charset never opens a file later).
 */
void         pd_mail_init        (void);
void         pd_mail_shutdown    (void);
