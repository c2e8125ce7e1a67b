/* feed.h - what happened, for the web: a row for each person who is to see it.
 *
 * A row is a line of the person's feed; one with `popup` is shown to him at
 * once if he is there.
 */
#pragma once

#include "desk/desk.h"

#define PD_FEED_MAX_ROWS 500 /* of one event, and of one list */

/* What happened. */
typedef struct {
  const char *event; /* "created" … */
  gint64      ticket, message, actor; /* ids, 0 none */
  const char *data;  /* JSON object, NULL "{}" */
} PdFeedItem;

/* Who is to see it. */
typedef struct {
  gint64   person;
  gboolean popup;
} PdFeedReader;

/* Adds a row for each reader in one statement, in a transaction. */
gboolean    pd_feed_add     (PdDesk             *desk,
                             const PdFeedItem   *item,
                             const PdFeedReader *readers,
                             gsize               n_readers,
                             GError            **error);

typedef struct {
  gint64   id, at;
  char    *event;
  gint64   ticket, message, actor;
  gboolean popup;
  char    *data;
} PdFeedRow;

/* GPtrArray of PdFeedRow, oldest first, of those newer than `after` (an id, 0
 * all), at most `limit`; NULL on error. */
GPtrArray  *pd_feed_list    (PdDesk   *desk,
                             gint64    person,
                             gint64    after,
                             guint     limit,
                             GError  **error);

/* Removes rows from before a moment, at most `limit`, in a transaction; how many
 * goes to *out_removed (may be NULL).  Fewer than `limit`: there are no more.
 */
gboolean    pd_feed_prune   (PdDesk   *desk,
                             gint64    before,
                             guint     limit,
                             guint    *out_removed,
                             GError  **error);
