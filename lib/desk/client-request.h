/* client-request.h - changes to clients, by staff who may not make them alone.
 *
 * Who may (person.h: may_add_clients, may_edit_clients, administrators) does it at
 * once; the wish of others waits for an administrator, and changes nothing till then.
 */
#pragma once

#include "desk/person-wish.h"

#define PD_CLIENT_REQUEST_MAX_REASON 1000 /* characters */

typedef enum { PD_REQUEST_ADD, PD_REQUEST_EDIT } PdRequestKind;
typedef enum { PD_REQUEST_OPEN, PD_REQUEST_APPROVED, PD_REQUEST_REJECTED } PdRequestState;

typedef struct {
  gint64         id;
  PdRequestKind  kind;
  gint64         person; /* whom it is about; of ADD who was made, 0 not yet */
  char          *data;   /* the wish, JSON: person-wish.h */
  gint64         by;
  gint64         created;
  PdRequestState state;
  gint64         decided, decided_by; /* 0 not yet */
  char          *reason; /* of a rejection */
} PdClientRequest;

void              pd_client_request_free        (PdClientRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdClientRequest, pd_client_request_free)

const char       *pd_client_request_kind_name   (PdRequestKind kind);   /* "add" "edit" */
const char       *pd_client_request_state_name  (PdRequestState state); /* "open" "approved" "rejected" */
gboolean          pd_client_request_state_parse (const char *text, PdRequestState *out, GError **error);

/* Adds or edits a client, or asks for it, in a transaction.  A client is made without a
 * login.  Administrators are told of a request.
 *
 * actor       staff; NULL: the desk itself, which may
 * person      whom to edit; NULL: a new one
 * data        the wish, JSON
 * out_person  who was made or edited, NULL if it waits; the caller frees
 * out_request the request that waits, 0 if it is done
 * Errors   PD_ERROR_DENIED     the actor is no staff
 *          PD_ERROR_INVALID    the wish is none, or cannot come true: names the field; the
 *          person is no client
 *          PD_ERROR_NOT_FOUND  a group, job title or field that is not there
 *          PD_ERROR_CONFLICT   an address is taken; the person is deleted
 */
gboolean          pd_client_request_file        (PdDesk *desk, const PdPerson *actor, const PdPerson *person,
                                                 const char *data, PdPerson **out_person, gint64 *out_request,
                                                 GError **error);

/* Requests in a state, the oldest first, as GPtrArray of PdClientRequest; at most `limit`. */
GPtrArray        *pd_client_request_list        (PdDesk *desk, PdRequestState state, guint limit, GError **error);

/* One by its id; PD_ERROR_NOT_FOUND. */
PdClientRequest  *pd_client_request_need        (PdDesk *desk, gint64 id, GError **error);

/* These want a transaction and an administrator (actor NULL: the desk itself).  Who asked is
 * told.  Approving an edit changes what the request names, and nothing else.
 *
 * reason      for who asked; not empty
 * Errors   PD_ERROR_DENIED     the actor is no administrator
 *          PD_ERROR_CONFLICT   it was decided already (says by whom); approve: the wish cannot come
 *          true any more (says why), the request stays open
 */
gboolean          pd_client_request_approve     (PdDesk *desk, PdClientRequest *request, const PdPerson *actor,
                                                 PdPerson **out_person, GError **error);
gboolean          pd_client_request_reject      (PdDesk *desk, PdClientRequest *request, const PdPerson *actor,
                                                 const char *reason, GError **error);
