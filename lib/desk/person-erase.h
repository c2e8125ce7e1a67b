/* person-erase.h - what is stored about somebody goes, the tickets stay. */
#pragma once

#include "desk/person.h"

/* Erases a person, in a transaction: name, addresses, contacts, login, further fields,
 * groups, choices, feed, requests about him and what the audit says of him go; his row stays,
 * as "erased person", so that tickets and history still make sense.  Mail that waits for
 * him is cancelled; of mail that was sent to him address and text go, and of mail that
 * came from him the envelope.  The texts that he wrote go too, with their files and
 * the raw mails, earlier editions and his words to ratings; what others quoted of them
 * does not.
 *
 * actor       an administrator; NULL: the desk itself
 * keep_texts  what he wrote stays, raw mails included
 * Errors   PD_ERROR_DENIED     the actor is no administrator
 *          PD_ERROR_CONFLICT   he was merged into another one: erase that one; he has a ticket
 *          in work; nobody would be left to administer the desk
 */
gboolean  pd_person_erase  (PdDesk         *desk,
                            PdPerson       *person,
                            const PdPerson *actor,
                            gboolean        keep_texts,
                            GError        **error);
