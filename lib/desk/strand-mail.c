#include "desk/strand-mail.h"

static gboolean
can_send (PdDesk *desk, const PdStrand *strand, gboolean *out, GError **error)
{
  g_autoptr (PdPerson) party = NULL;

  *out = FALSE;
  if (!pd_person_get (desk, strand->person, &party, error))
    return FALSE;
  *out = party != NULL && party->state == PD_PERSON_ACTIVE && *pd_person_address (party) != '\0';
  return TRUE;
}

gboolean
pd_strand_file_mail (PdDesk *desk, PdDecision *decision, const PdEntry *entry, GError **error)
{
  PdTicket *ticket = decision->match.ticket;
  const PdStrand *strand = decision->match.strand;
  gboolean staff = decision->match.sender == PD_SENDER_STAFF;
  gboolean sends = staff && !decision->internal && !decision->quiet;
  PdEntry kept = *entry;

  if (sends && !can_send (desk, strand, &sends, error))
    return FALSE;
  if (sends)
    return pd_strand_say (desk, ticket, strand, decision->person, entry, &decision->entry, error);
  kept.kind = staff ? "note" : "mail";
  /* it did not go out: he must hear of that */
  kept.tell_author = staff;
  return pd_strand_hear (desk, ticket, strand, &kept, &decision->entry, error);
}
