/* raw.h - the bytes of mails and files, stored once, in pieces. */
#pragma once

#include "desk/desk.h"

#define PD_RAW_CHUNK (1024 * 1024) /* octets of a piece: one row, one bind */

/* Stores bytes, in a transaction; *out_id is theirs. */
gboolean  pd_raw_store  (PdDesk   *desk,
                         GBytes   *bytes,
                         gint64   *out_id,
                         GError  **error);

/* Reads them back; NULL with PD_ERROR_NOT_FOUND if there are none.  Takes their
 * size and one piece in memory. */
GBytes   *pd_raw_load   (PdDesk   *desk,
                         gint64    id,
                         GError  **error);
