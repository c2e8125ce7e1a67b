/* managesieve.h - the server's side of ManageSieve (RFC 5804), without I/O.
 *
 * Bytes go in, cut anywhere; replies come out in a string that the caller
 * writes and shortens.  What the scripts are is the program's affair: the
 * session asks it by callbacks, which may block.
 *
 *   again and again:
 *     pd_managesieve_output    is written
 *     pd_managesieve_phase     OVER: close; TLS: shake hands, then pd_managesieve_secured
 *     pd_managesieve_feed      what was read
 *
 * SASL PLAIN (RFC 4616) only, and only where nobody can listen in.  SCRAM needs
 * keys that cannot be had from the hashes of crypt(5).
 */
#pragma once

#include <glib.h>

#define PD_MANAGESIEVE_MAX_LINE     8192 /* octets of a line with CRLF; past it: BYE */
#define PD_MANAGESIEVE_MAX_ARGUMENTS 4   /* of a command; more: NO */
#define PD_MANAGESIEVE_MAX_EARLY    8192 /* octets of a literal before sign-in; past it: BYE */
#define PD_MANAGESIEVE_MAX_SKIP     (16 * 1024 * 1024) /* of one that is too large and read over; past it: BYE */
#define PD_MANAGESIEVE_MAX_NAME     128  /* characters of a script's name (1.6 asks for as many) */
#define PD_MANAGESIEVE_MAX_LOGIN    255  /* octets of a name or a password in PLAIN (RFC 4616 2) */
#define PD_MANAGESIEVE_MAX_ERRORS   20   /* commands in a row that were none; past it: BYE */
#define PD_MANAGESIEVE_MAX_SIGN_INS 3    /* wrong ones; past it: BYE */

/* One script in the list. */
typedef struct {
  char    *name;
  gboolean active;
} PdManageSieveName;

void pd_managesieve_name_free (PdManageSieveName *name);

/* What a callback has to say beside yes or no.
 *
 * code    a response code (1.3) such as "QUOTA/MAXSCRIPTS"; static.  NULL: by the
 *         error: NONEXISTENT of NOT_FOUND, ALREADYEXISTS of CONFLICT, TRYLATER of TEMPORARY
 * words   to people, lines with LF; freed by the session.  Of put and check that
 *         succeed: the warnings.  NULL: after an error its text
 */
typedef struct {
  const char *code;
  char       *words;
} PdManageSieveAnswer;

/* The program.  Names are checked (1.6) and never empty, but that of set_active;
 * scripts are any octets. */
typedef struct {
  /* PD_ERROR_DENIED: wrong, or may not; PD_ERROR_TEMPORARY: not now.  `login` is as it was typed. */
  gboolean   (*sign_in)    (gpointer data, const char *login, const char *password, GError **error);
  void       (*sign_out)   (gpointer data);
  /* Whether a script of that size would be taken; its size is within the bound. */
  gboolean   (*have_space) (gpointer data, const char *name, gsize size, PdManageSieveAnswer *answer, GError **error);
  gboolean   (*put)        (gpointer data, const char *name, const char *script, gsize length,
                            PdManageSieveAnswer *answer, GError **error);
  gboolean   (*check)      (gpointer data, const char *script, gsize length, PdManageSieveAnswer *answer,
                            GError **error);
  GPtrArray *(*list)       (gpointer data, GError **error); /* of PdManageSieveName, owns */
  gboolean   (*set_active) (gpointer data, const char *name, PdManageSieveAnswer *answer, GError **error);
  char      *(*get)        (gpointer data, const char *name, GError **error);
  gboolean   (*remove)     (gpointer data, const char *name, PdManageSieveAnswer *answer, GError **error);
  gboolean   (*rename)     (gpointer data, const char *from, const char *to, PdManageSieveAnswer *answer,
                            GError **error);
} PdManageSieveProgram;

typedef struct {
  const char *implementation; /* "postdesk 0.1" */
  const char *extensions;     /* of Sieve, separated by blanks (1.7 SIEVE) */
  const char *notify;         /* methods of notify (1.7 NOTIFY); NULL: none */
  guint       max_redirects;  /* (1.7 MAXREDIRECTS); 0: not said */
  gsize       max_script;     /* octets; past it: NO (QUOTA/MAXSIZE) */
  gboolean    tls;            /* STARTTLS is offered */
  const PdManageSieveProgram *program;
} PdManageSieveSettings;

typedef enum {
  PD_MANAGESIEVE_OPEN,
  PD_MANAGESIEVE_TLS,  /* write the output, then TLS begins; feed takes nothing */
  PD_MANAGESIEVE_OVER, /* write the output, then close */
} PdManageSievePhase;

typedef struct PdManageSieve PdManageSieve;

/* A new session; the greeting is in its output.
 *
 * settings   kept by pointer, outlives the session
 * data       the callbacks' first argument
 * is_private whether nobody can listen in (or the administrator does not mind)
 */
PdManageSieve     *pd_managesieve_new     (const PdManageSieveSettings *settings,
                                           gpointer                     data,
                                           gboolean                     is_private);
void               pd_managesieve_free    (PdManageSieve               *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdManageSieve, pd_managesieve_free)

/* Gives it bytes.
 *
 * Returns   how many were taken; fewer than `length` only when the phase is
 *           not OPEN any more.  What is left in phase TLS was sent in clear
 *           by who knows whom: close.
 */
gsize              pd_managesieve_feed    (PdManageSieve               *session,
                                           const char                  *bytes,
                                           gsize                        length);

PdManageSievePhase pd_managesieve_phase   (const PdManageSieve         *session);
gboolean           pd_managesieve_is_signed_in (const PdManageSieve    *session);

/* TLS stands: the capabilities are said again (2.2). */
void               pd_managesieve_secured (PdManageSieve               *session);

/* What waits to be written; the caller erases what it has written. */
GString           *pd_managesieve_output  (PdManageSieve               *session);

/* Ends the session with BYE, whatever its phase.
 *
 * code   a response code; NULL none
 */
void               pd_managesieve_shut    (PdManageSieve               *session,
                                           const char                  *code,
                                           const char                  *text);

/* Whether a script may have this name (1.6): UTF-8, of a bounded length, without
 * controls and separators of lines. */
gboolean           pd_managesieve_is_name (const char                  *name,
                                           gsize                        length);
