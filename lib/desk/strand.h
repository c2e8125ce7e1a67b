/* strand.h - side threads: what staff talks over with a third party (a vendor,
 * another team) about a ticket.
 *
 * A strand belongs to one ticket and one person, who takes no part in the
 * ticket itself.  Its entries are internal and name it: the customer never
 * sees them, the third party sees nothing else.  He gets them by mail, with the
 * strand's own signed Reply-To, Message-IDs and References; what he answers
 * becomes an entry of the strand, and staff is told with a Reply-To that leads
 * back into it.
 *
 * All acts want an open transaction, and authorise their actor
 * (ticket-access.h); an actor NULL is the desk itself.
 */
#pragma once

#include "desk/ticket.h"

#define PD_STRAND_MAX            50   /* side threads of one ticket */
#define PD_STRAND_MAX_SUBJECT    250  /* characters; longer ones are cut */
#define PD_STRAND_MAX_ENTRIES    1000 /* that are listed */
#define PD_STRAND_MAX_REFERENCES 20

typedef struct {
  gint64   id;
  gint64   ticket;  /* id */
  gint64   person;  /* the third party */
  gint64   by;      /* who asked */
  char    *subject;
  gboolean open;
  gint64   created;
} PdStrand;

void         pd_strand_free        (PdStrand *strand);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdStrand, pd_strand_free)

/* TRUE with *out = NULL when there is none. */
gboolean     pd_strand_get         (PdDesk *desk, gint64 id, PdStrand **out, GError **error);

/* The strands of a ticket in order, GPtrArray of PdStrand. */
GPtrArray   *pd_strand_list        (PdDesk *desk, const PdTicket *ticket, GError **error);

/* The newest strand of the ticket with that person, 0 none. */
gboolean     pd_strand_of_party    (PdDesk *desk, gint64 ticket, gint64 person, gint64 *out_id, GError **error);

/* What a strand begins with. */
typedef struct {
  const char    *address;  /* of the third party; any case */
  const char    *name;     /* his, "" or NULL unknown */
  const char    *subject;  /* NULL or "": the first line of the text */
  const char    *text;     /* what he is asked; NULL: what the entry says */
  const PdEntry *entry;    /* the mail by which it is asked, with its files; NULL: none */
} PdStrandNew;

/* Opens a side thread and sends the first mail.  Who is not known becomes a
 * person; nobody becomes a participant of the ticket.  Event `strand`.
 *
 * ticket      the caller's copy, brought up to date
 * out_strand  may be NULL
 * Errors      PD_ERROR_INVALID    no text; a bad address, one of ours, or of somebody who takes
 *             part in the ticket or is blocked; too many strands
 */
gboolean     pd_strand_open        (PdDesk            *desk,
                                    PdTicket          *ticket,
                                    const PdPerson    *actor,
                                    const PdStrandNew *what,
                                    PdStrand         **out_strand,
                                    GError           **error);

/* A further word of staff: an entry, and mail to the third party.  A closed
 * strand is open again.
 *
 * entry       text, files, and where they are from; kind, visibility, author and strand
 *             are set here
 * out_entry   may be NULL
 * Errors      PD_ERROR_INVALID    no text and no file; the third party cannot be written to
 */
gboolean     pd_strand_say         (PdDesk         *desk,
                                    PdTicket       *ticket,
                                    const PdStrand *strand,
                                    const PdPerson *actor,
                                    const PdEntry  *entry,
                                    gint64         *out_entry,
                                    GError        **error);

/* An entry that goes to nobody but staff: the third party's answer (kind
 * "mail"), or what is kept back of staff's (kind "note").  Staff is told,
 * unless entry->quiet. */
gboolean     pd_strand_hear        (PdDesk         *desk,
                                    PdTicket       *ticket,
                                    const PdStrand *strand,
                                    const PdEntry  *entry,
                                    gint64         *out_entry,
                                    GError        **error);

/* Nothing more is expected.  What still comes is filed there all the same. */
gboolean     pd_strand_close       (PdDesk         *desk,
                                    const PdTicket *ticket,
                                    const PdStrand *strand,
                                    const PdPerson *actor,
                                    GError        **error);

/* A merge takes the strands along; without rights of its own. */
gboolean     pd_strand_move        (PdDesk *desk, gint64 from_ticket, gint64 to_ticket, GError **error);

/* The Message-IDs of the strand as the third party knows it, oldest first, for
 * the References of the mail `outbox` to him: what we sent him before, and what
 * he wrote.  Of char*. */
GPtrArray   *pd_strand_references  (PdDesk         *desk,
                                    const PdStrand *strand,
                                    gint64          outbox,
                                    GError        **error);
