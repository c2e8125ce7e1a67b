/* bounce.c - what a delivery report (RFC 3464) says. */
#include "mail/mail-reader.h"

void
pd_reader_bounce (PdReader *reader)
{
}
