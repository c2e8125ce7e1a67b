/* calendar.h - iCalendar (RFC 5545) as mail carries it (RFC 5546, 6047); not
 * installed.
 *
 * A reader of our own, because a library would open zone files that a mail
 * names.  A time whose zone the mail describes has its offset; one whose zone
 * it only names keeps the name.
 */
#pragma once

#include "mail/mail.h"

#define PD_CALENDAR_MAX_LINE      8000 /* octets kept of an unfolded line */
#define PD_CALENDAR_MAX_EVENTS    100
#define PD_CALENDAR_MAX_ATTENDEES 500  /* of an event */
#define PD_CALENDAR_MAX_ZONES     50
#define PD_CALENDAR_MAX_RULES     200  /* of a zone */
#define PD_CALENDAR_MAX_DEPTH     10   /* components in components */

/* Reads the first calendar in a text.
 *
 * text      UTF-8, any line ends
 * Returns   a new record, see pd_calendar_free; NULL if there is none
 */
PdCalendar  *pd_calendar_parse (const char *text);
