/* value-tree.h - the values that a template is filled with.
 *
 * A value is a text, a truth, a list or a map.  One owner: adding a value to
 * a list or a map takes it.  Once built it does not change, and all threads
 * may read it.
 */
#pragma once

#include <glib.h>

typedef struct PdValueTree PdValueTree;

PdValueTree        *pd_value_new_text  (const char        *text);  /* UTF-8; NULL is "" */
PdValueTree        *pd_value_new_bool  (gboolean           truth);
PdValueTree        *pd_value_new_list  (void);
PdValueTree        *pd_value_new_map   (void);
void                pd_value_append    (PdValueTree       *list,
                                        PdValueTree       *item);
void                pd_value_set       (PdValueTree       *map,
                                        const char        *name,
                                        PdValueTree       *value); /* replaces */
void                pd_value_set_text  (PdValueTree       *map,
                                        const char        *name,
                                        const char        *text);  /* NULL is "" */
void                pd_value_free      (PdValueTree       *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdValueTree, pd_value_free)

/* Whether a section of it is shown: not for NULL, FALSE, an empty list and
 * "" (so that {{#signature}} asks whether there is one).
 */
gboolean            pd_value_is_true   (const PdValueTree *value);

/* Its text; "true" or "false" for a truth; NULL for NULL, a list, a map. */
const char         *pd_value_get_text  (const PdValueTree *value);

/* The value of a name in a map; NULL if there is none, or it is no map. */
const PdValueTree  *pd_value_get       (const PdValueTree *map,
                                        const char        *name);

/* Whether it is a list, and of how many; an item of it. */
gboolean            pd_value_is_list   (const PdValueTree *value,
                                        gsize             *out_length);
const PdValueTree  *pd_value_get_item  (const PdValueTree *list,
                                        gsize              index);
