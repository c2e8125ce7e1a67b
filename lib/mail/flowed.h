/* flowed.h - paragraphs from format=flowed (RFC 3676); not installed. */
#pragma once

#include <glib.h>

/* Joins the lines of paragraphs, undoes stuffed blanks, and writes quotes as
 * "> " and ">> ".  A line "-- " is never joined to another (RFC 3676 4.3).
 *
 * text     UTF-8, lines end in \n or \r\n
 * del_sp   DelSp=yes: the blank that lets a line flow is no part of the text
 */
char  *pd_flowed_join  (const char *text,
                        gboolean    del_sp);
