/* mustache.h - logic-less templates (the Mustache specification, lambdas aside).
 *
 * Pure: partials come from a callback, values from a tree that the caller
 * builds.  A template is compiled once and rendered often; both are bounded.
 */
#pragma once

#include <glib.h>

#define PD_MUSTACHE_MAX_OUTPUT (4 * 1024 * 1024) /* octets a rendering may have */
#define PD_MUSTACHE_MAX_DEPTH  50                /* sections and partials in each other */

/* How {{name}} is escaped; {{{name}}} and {{&name}} never are. */
typedef enum {
  PD_ESCAPE_HTML, /* & < > " ' */
  PD_ESCAPE_NONE, /* plain text */
} PdEscape;

/* A value: a string, a truth, a list or a map.  One owner: adding a value to
 * a list or a map takes it.
 */
typedef struct PdValueTree PdValueTree;

PdValueTree  *pd_value_new_text  (const char  *text);
PdValueTree  *pd_value_new_bool  (gboolean     truth);
PdValueTree  *pd_value_new_list  (void);
PdValueTree  *pd_value_new_map   (void);
void          pd_value_append    (PdValueTree *list,
                                  PdValueTree *item);
void          pd_value_set       (PdValueTree *map,
                                  const char  *name,
                                  PdValueTree *value);
void          pd_value_set_text  (PdValueTree *map,
                                  const char  *name,
                                  const char  *text);   /* NULL is "" */
void          pd_value_free      (PdValueTree *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdValueTree, pd_value_free)

typedef struct PdMustache PdMustache;

/* Compiles a template.
 *
 * name     for error texts ("en/created.txt.mustache")
 * Errors   PD_ERROR_INVALID with name:line:column and what is wrong
 */
PdMustache   *pd_mustache_parse  (const char  *name,
                                  const char  *source,
                                  GError     **error);
void          pd_mustache_free   (PdMustache  *mustache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdMustache, pd_mustache_free)

/* Lends the partial of a name, or NULL: then it renders as nothing. */
typedef const PdMustache *(*PdMustachePartial) (const char *name,
                                                gpointer    data);

/* Renders.
 *
 * partial  may be NULL: all partials are empty
 * Returns  a new string; NULL with PD_ERROR_INVALID past a bound
 */
char         *pd_mustache_render (const PdMustache  *mustache,
                                  const PdValueTree *values,
                                  PdEscape           escape,
                                  PdMustachePartial  partial,
                                  gpointer           partial_data,
                                  GError           **error);
