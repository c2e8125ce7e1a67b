/* sieve-mail.h - all that a script can ask of a mail, as callbacks: the
 * interpreter reads no mail itself.
 *
 * Whoever has the mail fills it in.  Strings are valid UTF-8 without NUL and
 * are lent until the mail is freed.
 */
#pragma once

#include <glib.h>

typedef struct {
  const char *name;  /* as written */
  const char *raw;   /* the value as it stands, unfolded (RFC 5322 2.2.3), blanks around it off */
  const char *value; /* the same with encoded words (RFC 2047) decoded */
} PdSieveField;

typedef struct PdSievePart PdSievePart;
struct PdSievePart {
  const char         *type;    /* "text/plain", small letters; never NULL */
  const PdSieveField *fields;  /* its header; of the root the mail's */
  guint               n_fields;
  const PdSievePart *const *children; /* of a multipart; of message/rfc822 the mail in it */
  guint               n_children;
  gpointer            handle;  /* the owner's */
};

typedef struct PdSieveMail PdSieveMail;
struct PdSieveMail {
  gpointer           data; /* the callbacks' first argument */
  const PdSievePart *root;
  guint64            size; /* of the whole mail, octets */

  /* The envelope (RFC 5228 5.4): "from" and "to" without <>, "" the null sender;
   * also "orig_to" "auth" "notify" … where they are known.
   * Returns NULL if there is none of that name. */
  const char *const *(*envelope) (gpointer data, const char *name, guint *out_n);

  /* The body as it stands, undecoded (RFC 5173 5.1); may hold NUL. */
  const char *(*body)    (gpointer data, gsize *out_length);
  /* A part with its transfer encoding undone; text in UTF-8 (RFC 5173 5.2).  A
   * multipart gives its prologue and epilogue. */
  const char *(*content) (gpointer data, const PdSievePart *part, gsize *out_length);
  /* All the text that a reader sees, HTML without its marks (RFC 5173 5.3). */
  const char *(*text)    (gpointer data, gsize *out_length);

  /* Reading of fields; pure, `data` may be NULL for them. */

  /* The addresses of a field's raw value, groups flattened: each local@domain, or
   * what stands there if it is none (see `valid`). */
  GPtrArray  *(*addresses) (const char *raw); /* of PdSieveAddress, owns; never NULL */
  /* RFC 5322 3.3; FALSE: it is no date. */
  gboolean    (*date)      (const char *raw, gint64 *out_us, int *out_offset_minutes);
  char       *(*decode)    (const char *raw); /* RFC 2047 */
  /* RFC 2045 5.1, RFC 2231: the first word of a structured field (name NULL: "text/plain",
   * "attachment"), or a parameter; NULL: none. */
  char       *(*parameter) (const char *raw, const char *name);
};

typedef struct {
  char    *name;    /* "" if none */
  char    *address; /* local@domain; without domain if there is none */
  gboolean valid;   /* FALSE: it breaks RFC 5322 */
} PdSieveAddress;

void pd_sieve_address_free (PdSieveAddress *address);
