/* sieve-address.h - parts of an address (RFC 5228 2.7.4, RFC 5233).
 *
 * Pure.
 */
#pragma once

#include "sieve/sieve-mail.h"
#include "sieve/sieve-node.h"

/* A part of local@domain; of a quoted local part without its quotes.
 *
 * separators  the octets of which the first one parts user and detail; "" or NULL: none does
 * Returns     caller frees; NULL: there is no such part
 */
char *pd_sieve_address_part (const char *address, PdSieveAddressPart part, const char *separators);
