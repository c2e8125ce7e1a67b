/* html-table.h - whether a table holds data or only places what it holds; not
 * installed.
 */
#pragma once

#include "mail/html-token.h"

/* Looks ahead from behind a table's tag, `tag`, which is left as it is.  At
 * most up to the next table, so that all tables of a text together cost no
 * more than the text twice.
 *
 * Returns   TRUE if it is a table of short cells in at least two rows and two
 *           columns, as many in each row
 */
gboolean  pd_html_table_is_data  (const PdHtmlReader *tag);
