/* address-book.h - which recipients are ours: asked for each RCPT, so it is
 * answered from memory.
 *
 * The set is read from the database by a thread of its own, every few seconds
 * and when it is asked for an address that it does not know.  While nothing
 * could be read yet, the answer is "try again later"; once read, the last set
 * stays in force while the database is away.
 */
#pragma once

#include "common/program.h"

typedef struct PdAddressBook PdAddressBook;

/* Returns when the set was read for the first time, or could not be. */
PdAddressBook  *pd_address_book_new     (PdProgram     *program);
void            pd_address_book_free    (PdAddressBook *book); /* ends the thread */

/* Whether mail to an address is taken: a unit's, with or without an extension,
 * or one that we signed.  Thread-safe; never waits for the database.
 *
 * Errors   PD_ERROR_NOT_FOUND   no unit has the address
 *          PD_ERROR_TEMPORARY   not known yet
 */
gboolean        pd_address_book_accepts (PdAddressBook *book,
                                         const char    *address,
                                         GError       **error);

/* Reads the set now (SIGHUP); returns at once. */
void            pd_address_book_refresh (PdAddressBook *book);
