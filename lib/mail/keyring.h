/* keyring.h - what proves that an address or a Message-ID is ours.
 *
 * Signatures are the first 80 bits of HMAC-SHA256 (RFC 2104) in base 32
 * (RFC 4648 6, small letters, no padding: 16 characters), over a text that
 * names the purpose, so that one kind never passes for another.  The newest
 * key signs, all keys of the file verify: rotation is adding a line, and a
 * key is revoked by removing its line.
 *
 * A reply or note address and that of an act are bound to ticket and person, a
 * strand's to ticket and strand, an undo address to ticket and event, a bounce
 * address to its outbox row, a Message-ID to ticket and outbox row; none is
 * bound to the address or domain it stands on.  So a unit can get a new address, and what
 * it sent before still finds home as long as the old address reaches us.
 *
 * A keyring does not change once made: all threads may use it.
 */
#pragma once

#include <glib.h>

#define PD_KEYRING_MAX_KEYS    32
#define PD_KEYRING_MAX_FILE    65536 /* octets of a key file */
#define PD_KEYRING_MAX_LOCAL   64    /* octets of a local part: RFC 5321 4.5.3.1.1 */
#define PD_KEYRING_MAX_ADDRESS 1024  /* octets of an address that is read for signatures */

typedef struct PdKeyring PdKeyring;

/* Reads keys from the text of a key file: one a line, "NAME HEX", the last
 * line is the newest; "#" begins a comment line.  HEX has 64 to 256 digits,
 * NAME at most 64 letters, digits, ".", "_" and "-".
 *
 * Errors   PD_ERROR_INVALID  no key, or a bad line (its number is named)
 */
PdKeyring   *pd_keyring_parse          (const char  *text,
                                        GError     **error);

/* The same from a file.
 *
 * Errors   PD_ERROR_NOT_FOUND  the file is not there
 *          PD_ERROR_DENIED     it may not be read, or others may read it, or the
 *                              group may change it (mode 0600 or 0640 is right)
 *          PD_ERROR_INVALID    as above
 */
PdKeyring   *pd_keyring_load           (const char  *path,
                                        GError     **error);
void         pd_keyring_free           (PdKeyring   *keyring);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdKeyring, pd_keyring_free)

/* A line for a new key: "NAME HEX\n", 256 random bits.  Caller frees. */
char        *pd_keyring_new_line       (const char  *name);

/* A signed address of ours, what it is for, and for whom. */
typedef enum {
  PD_SIGNED_REPLY,  /* Reply-To: answers join the ticket as that person */
  PD_SIGNED_BOUNCE, /* VERP envelope sender: a bounce is about that outgoing mail */
  PD_SIGNED_NOTE,   /* as REPLY, but what comes there stays between staff */
  PD_SIGNED_STRAND, /* the answers of a side thread's third party */
  PD_SIGNED_ACT,    /* a mail to it does one thing, whatever it says */
} PdSignedKind;

typedef enum {
  PD_SIGNED_TAKE,
  PD_SIGNED_DONE,
  PD_SIGNED_REOPEN,
  PD_SIGNED_RATE_GOOD,
  PD_SIGNED_RATE_FAIR,
  PD_SIGNED_RATE_BAD,
  PD_SIGNED_UNDO, /* takes back what the commands of one mail did */
} PdSignedAct;

#define PD_SIGNED_N_ACTS 7

typedef struct {
  PdSignedKind kind;
  gint64       ticket; /* all but BOUNCE: the ticket number */
  gint64       person; /* REPLY, NOTE, ACT but UNDO: the id of the person whose address it is */
  gint64       outbox; /* BOUNCE: the outbox id */
  gint64       strand; /* STRAND: its id */
  PdSignedAct  act;    /* ACT */
  gint64       event;  /* ACT UNDO: the id of the event `commanded` */
} PdSignedAddress;

/* "support+t123.pID.SIG@example.org" (REPLY), ".nID" (NOTE), ".sID" (STRAND),
 * ".atID" (ACT: a letter for which), or "support+oID.SIG@example.org" (BOUNCE).
 *
 * ACT is the longest: 33 characters and the digits of the ticket's number.  Of
 * PD_KEYRING_MAX_LOCAL it leaves the base's local part 23 up to ticket
 * 9,999,999 (from 2032 on, when ids grow to 13 characters, 22).
 *
 * base        the address to build on, "support@example.org"
 * delimiter   what the MTA cuts extensions at, "+"; NUL if it cuts none
 * Returns     a new string; ids are in the base 32 of base/id.h, small
 *             letters, without zeros in front.  Where there is no delimiter,
 *             or the local part would pass PD_KEYRING_MAX_LOCAL, it is the
 *             base itself: an MTA would refuse the address, and the signed
 *             Message-ID still finds the ticket.
 */
char        *pd_keyring_sign_address   (const PdKeyring       *keyring,
                                        const char            *base,
                                        char                   delimiter,
                                        const PdSignedAddress *what);

/* Reads a signed address back; letter case does not matter (some mail
 * programs change it).
 *
 * address     whatever came, of any length
 * out_what    set to zeros if nothing is signed here
 * out_base    set to the address without the signed extension (caller frees).
 *             If nothing is signed here, it is cut at the first delimiter, as
 *             Postfix does; so ask first whether the whole address is known.
 *             An address without "@" or too long comes back as it is.
 * Returns     TRUE if the extension is one of ours and its signature is right
 */
gboolean     pd_keyring_read_address   (const PdKeyring       *keyring,
                                        const char            *address,
                                        char                   delimiter,
                                        PdSignedAddress       *out_what,
                                        char                 **out_base);

/* A Message-ID of ours, without <>: "t123.oID.SIG@domain".
 *
 * outbox   of which outgoing mail; 0 stands for the ticket itself, as the
 *          root of its thread
 */
char        *pd_keyring_sign_message_id (const PdKeyring *keyring,
                                         gint64           ticket,
                                         gint64           outbox,
                                         const char      *domain);

/* TRUE if a Message-ID (without <>) was signed by us; both numbers are set. */
gboolean     pd_keyring_read_message_id (const PdKeyring *keyring,
                                         const char      *message_id,
                                         gint64          *out_ticket,
                                         gint64          *out_outbox);

/* A secret that only who has the keys can make again, 43 characters of base 64
 * (RFC 4648 5, no padding) over all 256 bits of the HMAC.  So what stands in a
 * link needs to be stored nowhere: the row that knows its hash names it.
 *
 * what    names the secret: purpose, ids
 * age     0: by the newest key, 1: by the one before, …
 * Returns a new string; NULL if there is no such key.
 */
char        *pd_keyring_dup_secret      (const PdKeyring *keyring,
                                         const char      *what,
                                         guint            age);
