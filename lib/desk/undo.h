/* undo.h - taking back what the commands of one mail did to a ticket.
 *
 * What can be taken back are the ticket's own columns (state, who works on it,
 * unit, priority, plan, deadline, spam), its people and its tags.  They are
 * compared before and after the commands, and the difference is kept in an
 * event `commanded`.  What said something to somebody (a reply, a question to
 * a third party) or moved entries (merge, split) stays; after a merge nothing
 * is taken back.
 */
#pragma once

#include "desk/ticket.h"

typedef struct PdUndoBase PdUndoBase;

/* How a ticket stands before it is changed. */
PdUndoBase *pd_undo_base_new  (PdDesk           *desk,
                               const PdTicket   *ticket,
                               GError          **error);
void        pd_undo_base_free (PdUndoBase       *base);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdUndoBase, pd_undo_base_free)

/* Adds the event `commanded`, in a transaction, if there is something to be
 * taken back.
 *
 * ticket      as it stands now, up to date
 * what        the commands in words
 * out_event   its id; 0: there is nothing
 */
gboolean    pd_undo_record    (PdDesk           *desk,
                               const PdUndoBase *base,
                               const PdTicket   *ticket,
                               const PdPerson   *actor,
                               const char       *what,
                               gint64           *out_event,
                               GError          **error);

/* Who gave the commands of such an event: he alone takes them back.  0: there
 * is no such event on that ticket. */
gboolean    pd_undo_person    (PdDesk           *desk,
                               const PdTicket   *ticket,
                               gint64            event,
                               gint64           *out_person,
                               GError          **error);

/* Takes back, in a transaction: event `undone`.  Once more is no error.
 *
 * ticket   brought up to date
 * actor    who gave the commands
 * said     words are added: what was done
 * Errors   PD_ERROR_NOT_FOUND  no such event;  PD_ERROR_DENIED  it is somebody else's
 *          PD_ERROR_CONFLICT   what is to be taken back has changed since: names it
 */
gboolean    pd_undo_run       (PdDesk           *desk,
                               PdTicket         *ticket,
                               const PdPerson   *actor,
                               gint64            event,
                               GString          *said,
                               GError          **error);
