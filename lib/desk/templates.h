/* templates.h - the texts of outgoing mail: one set for each language and event.
 *
 * A set is up to three files, LANGUAGE/EVENT.{subject,txt,html}.mustache.  Any
 * other file of a language can be used as a partial: {{> footer}} in a .txt
 * takes LANGUAGE/footer.txt.mustache.  What a language does not have is taken
 * from "en".
 *
 * Read-only once loaded; threads share it.
 */
#pragma once

#include "mail/mustache.h"

#define PD_TEMPLATES_MAX_SIZE (256 * 1024) /* octets of a file */

typedef struct PdTemplates PdTemplates;

typedef enum {
  PD_TEMPLATE_SUBJECT,
  PD_TEMPLATE_TEXT,
  PD_TEMPLATE_HTML,
  PD_TEMPLATE_KINDS
} PdTemplateKind;

/* The templates of one event in one language. */
typedef struct PdTemplateSet PdTemplateSet;

/* Loads all templates of a folder.
 * Errors  PD_ERROR_INVALID  file:line:column and what is wrong; PD_ERROR_NOT_FOUND  no folder
 */
PdTemplates         *pd_templates_load   (const char *folder, GError **error);
void                 pd_templates_free   (PdTemplates *templates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdTemplates, pd_templates_free)

/* Loads a folder over what is there: its files replace those of the same name
 * (a site's own texts).  Not once threads share it.  Errors as above. */
gboolean             pd_templates_overlay (PdTemplates *templates, const char *folder, GError **error);

/* The set of an event in the first of these languages that has it (subject
 * and text at least; "de-AT" is satisfied by "de"), else in "en"; NULL if
 * that has none either.
 *
 * languages   NULL-terminated; "" is passed over
 */
const PdTemplateSet *pd_templates_pick   (const PdTemplates *templates, const char *const *languages,
                                          const char *event);

/* Renders one part of a set: HTML is escaped in the HTML part, the others are
 * plain text.  A set without HTML gives *out = NULL and TRUE.
 * Errors  PD_ERROR_INVALID  past the bounds of mail/mustache.h
 */
gboolean             pd_template_set_render (const PdTemplates *templates, const PdTemplateSet *set,
                                             PdTemplateKind kind, const PdValueTree *values,
                                             char **out, GError **error);
