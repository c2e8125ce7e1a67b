/* raw.h - the bytes of mails and files, stored once, in pieces. */
#pragma once

#include "desk/desk.h"

#define PD_RAW_CHUNK (1024 * 1024) /* octets of a piece: one row, one bind */

/* Stores bytes, in a transaction; *out_id is theirs. */
gboolean  pd_raw_store  (PdDesk   *desk,
                         GBytes   *bytes,
                         gint64   *out_id,
                         GError  **error);

/* Reads them back; NULL with PD_ERROR_NOT_FOUND if there are none.  Pieces are
 * collected in a PdSpill, so that a large mail is no large heap. */
GBytes   *pd_raw_load   (PdDesk   *desk,
                         gint64    id,
                         GError  **error);
