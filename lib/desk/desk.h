/* desk.h - what every function of the help desk works on.
 *
 * A PdDesk is one connection and the settings; it belongs to one thread.
 * Functions of lib/desk that change something want an open write transaction
 * of the caller's (they say so by the words "in a transaction"), so that an
 * act, its event and its notices are committed together or not at all.
 *
 * Errors that every function here may set beside its own: those of
 * store/db.h.
 */
#pragma once

#include <glib.h>

#include "desk/guard.h"
#include "desk/proof.h"
#include "mail/keyring.h"
#include "store/db.h"

/* Settings that the desk needs; shared by all threads, read-only. */
typedef struct {
  const char      *name;      /* in subject marks: [NAME #123] */
  const char      *domain;    /* of our Message-IDs */
  const char      *url;       /* of the web interface, "" if there is none */
  const char      *language;  /* "en": for who has no language of his own */
  const char      *timezone;  /* "UTC": the same; NULL is UTC */
  const char      *legacy_marks; /* of an older desk, see pd_ticket_ref_find_legacy; NULL none */
  char             delimiter; /* of address extensions, '+'; 0: extensions are off */
  PdProofTrust     trust;     /* whose word about a sender is believed */
  PdGuardBounds    bounds;    /* past which a mail is in a loop */
  const char      *templates; /* folder of the shipped templates */
  gint64           notice_window; /* in which events on a ticket become one mail to a member
                                     of staff; microseconds, 0 none */
  const PdKeyring *keyring;
} PdDeskSettings;

typedef struct {
  PdDb                 *db;
  const PdDeskSettings *settings;
  /* ticket numbers of the running transaction, see number.h */
  gint64                number_last;
  gint64                number_read;  /* what the counter row holds */
  /* number_last at each open savepoint; 0: not held then */
  gint64                number_saved[PD_DB_MAX_SAVEPOINTS];
  guint                 savepoints;
  gboolean              number_held;
  /* settings as they were read last, see desk-setting.h */
  struct PdDeskSettingCache *daily;
  gboolean              daily_changed; /* by the running transaction */
  /* compiled rules, see rule-set.h */
  struct PdRuleSet     *rules;
} PdDesk;

/* Takes the connection. */
PdDesk  *pd_desk_new   (PdDb                 *db,
                        const PdDeskSettings *settings);
void     pd_desk_free  (PdDesk               *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdDesk, pd_desk_free)

/* Runs `work` in a write transaction with retries (pd_db_transaction), keeping
 * the desk's own state (ticket numbers) in step with commit and rollback.
 */
typedef gboolean (*PdDeskWork) (PdDesk   *desk,
                                gpointer  data,
                                GError  **error);
gboolean pd_desk_transaction   (PdDesk    *desk,
                                PdDeskWork work,
                                gpointer   data,
                                GError   **error);

/* The same in parts, for who batches with savepoints (the ingest daemon). */
gboolean pd_desk_begin         (PdDesk    *desk,
                                GError   **error);
gboolean pd_desk_commit        (PdDesk    *desk,
                                GError   **error);
void     pd_desk_rollback      (PdDesk    *desk);
gboolean pd_desk_savepoint     (PdDesk    *desk,
                                GError   **error);
gboolean pd_desk_release       (PdDesk    *desk,
                                GError   **error);
gboolean pd_desk_rollback_to   (PdDesk    *desk,
                                GError   **error);
