/* mustache.h - logic-less templates (the Mustache specification, lambdas aside).
 *
 * Beyond the core: blocks and parents ({{$name}}, {{<name}}), which make
 * layouts; a block's lines keep the indentation they were written with.  ""
 * is false in sections.  A partial that stands alone on its line indents its
 * lines, but not the empty ones.
 *
 * Pure: partials come from a callback, values from a tree that the caller
 * builds.  A template is compiled once and rendered often, by any thread; all
 * is bounded.
 */
#pragma once

#include <glib.h>

#include "mail/value-tree.h"

#define PD_MUSTACHE_MAX_SOURCE (1024 * 1024)     /* octets of a template */
#define PD_MUSTACHE_MAX_OUTPUT (4 * 1024 * 1024) /* octets a rendering may have */
#define PD_MUSTACHE_MAX_DEPTH  50                /* sections, partials and blocks in each other */
#define PD_MUSTACHE_MAX_STEPS  1000000           /* texts and tags of one rendering */
#define PD_MUSTACHE_MAX_NAME   200               /* octets of a name in a tag */
#define PD_MUSTACHE_MAX_MARK   16                /* octets of a delimiter */

/* How {{name}} is escaped; {{{name}}} and {{&name}} never are. */
typedef enum {
  PD_ESCAPE_HTML, /* & < > " ' */
  PD_ESCAPE_NONE, /* plain text */
} PdEscape;

typedef struct PdMustache PdMustache;

/* Compiles a template.
 *
 * name     for error texts ("en/created.txt.mustache")
 * source   UTF-8
 * Errors   PD_ERROR_INVALID with name:line:column (counted from 1, in
 *          characters) and what is wrong
 */
PdMustache   *pd_mustache_parse  (const char  *name,
                                  const char  *source,
                                  GError     **error);
void          pd_mustache_free   (PdMustache  *mustache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdMustache, pd_mustache_free)

/* Lends the partial of a name, or NULL: then it renders as nothing.  The name
 * is one that a template's author wrote, never a value.
 */
typedef const PdMustache *(*PdMustachePartial) (const char *name,
                                                gpointer    data);

/* Renders.
 *
 * values   a map, as a rule; NULL is an empty one
 * partial  may be NULL: all partials are empty
 * Returns  a new string; NULL with PD_ERROR_INVALID past a bound
 */
char         *pd_mustache_render (const PdMustache  *mustache,
                                  const PdValueTree *values,
                                  PdEscape           escape,
                                  PdMustachePartial  partial,
                                  gpointer           partial_data,
                                  GError           **error);
