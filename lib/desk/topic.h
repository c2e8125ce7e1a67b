/* topic.h - what a ticket can be about, as a tree that an administrator keeps; and
 * how the subjects of new tickets are chosen.
 *
 * The setting `subject_mode` of the desk (desk-setting.h) says how:
 *
 *     free    anything                                the default
 *     list    one topic; its name is the subject
 *     multi   one topic or several; their names, separated by ", "
 *     plans   an SLA plan; its name is the subject
 *
 * It binds those who fill in a form (web, command line).  A mail has the
 * subject that it has.
 */
#pragma once

#include "desk/desk.h"
#include "desk/person.h"

#define PD_TOPIC_MAX_NAME   200 /* characters */
#define PD_TOPIC_MAX_DEPTH  10
#define PD_TOPIC_MAX_CHOSEN 20

typedef struct {
  gint64 id;
  char  *name;
  gint64 parent;   /* 0: at the top */
  int    position; /* among its siblings, from 0 */
  guint  depth;    /* 0 at the top */
} PdTopic;

void         pd_topic_free       (PdTopic *topic);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdTopic, pd_topic_free)

typedef enum {
  PD_SUBJECT_FREE,
  PD_SUBJECT_LIST,
  PD_SUBJECT_MULTI,
  PD_SUBJECT_PLANS,
} PdSubjectMode;

gboolean     pd_subject_mode     (PdDesk *desk, PdSubjectMode *out, GError **error);
const char  *pd_subject_mode_name (PdSubjectMode mode);

/* All topics as a GPtrArray of PdTopic, each before its children. */
GPtrArray   *pd_topic_list       (PdDesk *desk, GError **error);

/* A missing one is PD_ERROR_NOT_FOUND with the nearest name. */
PdTopic     *pd_topic_need       (PdDesk *desk, const char *name, GError **error);

/* In a transaction; an actor NULL is the desk itself, others must be administrators.  A new one
 * is the last of its siblings.
 *
 * parent   0: at the top
 * Errors   PD_ERROR_DENIED    the actor is no administrator
 *          PD_ERROR_INVALID   no name, too long a name, too deep, below itself
 *          PD_ERROR_CONFLICT  there is one of this name
 */
gboolean     pd_topic_add        (PdDesk *desk, const PdPerson *actor, const char *name, gint64 parent, gint64 *out_id, GError **error);
gboolean     pd_topic_rename     (PdDesk *desk, const PdPerson *actor, gint64 topic, const char *name, GError **error);
/* position   among its new siblings; those behind make room */
gboolean     pd_topic_move       (PdDesk *desk, const PdPerson *actor, gint64 topic, gint64 parent, int position, GError **error);
/* Its children go to its parent; tickets keep their subjects. */
gboolean     pd_topic_remove     (PdDesk *desk, const PdPerson *actor, gint64 topic, GError **error);

/* The subject of a new ticket by the desk's mode.
 *
 * subject      as it was typed, or NULL
 * plan         0 none chosen
 * out_subject  caller frees
 * Errors       PD_ERROR_INVALID: says what is to be chosen
 */
gboolean     pd_topic_choose     (PdDesk *desk, const char *subject, const gint64 *topics, gsize n_topics, gint64 plan,
                                  char **out_subject, GError **error);
