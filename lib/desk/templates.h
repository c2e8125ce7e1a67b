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

/* A text that stands in place of a shipped one, or NULL.  More special ones have
 * a higher scope; 0 is what is shipped.
 *
 * data   of who asks
 */
typedef const PdMustache *(*PdTemplateOverride) (const char     *language,
                                                 const char     *event,
                                                 PdTemplateKind  kind,
                                                 guint          *out_scope,
                                                 gpointer        data);

/* The parts of one mail, each from where it is found first; of a language all. */
typedef struct {
  const PdTemplates *templates;
  PdTemplateOverride override;
  gpointer           override_data;
  char               language[32];
  const PdMustache  *parts[PD_TEMPLATE_KINDS]; /* no HTML: NULL */
} PdTemplateChoice;

/* As pd_templates_pick, but with overrides, which must stay valid as long as the
 * choice.  HTML is left out where only the text was overridden: it would say
 * something else.  FALSE: no language has the event.
 *
 * override   NULL: none
 */
gboolean             pd_templates_choose    (const PdTemplates *templates, PdTemplateOverride override,
                                             gpointer override_data, const char *const *languages,
                                             const char *event, PdTemplateChoice *out);

/* As pd_template_set_render; partials too may be overridden. */
gboolean             pd_template_choice_render (const PdTemplateChoice *choice, PdTemplateKind kind,
                                             const PdValueTree *values, char **out, GError **error);

/* Whether a file of this name and kind is there in any language: an event's, or
 * a partial ("layout"). */
gboolean             pd_templates_know      (const PdTemplates *templates, const char *name,
                                             PdTemplateKind kind);

/* "subject" "txt" "html" */
const char          *pd_template_kind_name  (PdTemplateKind kind);
gboolean             pd_template_kind_parse (const char *name, PdTemplateKind *out, GError **error);

/* The names that have texts, sorted, as a GPtrArray of char*; partials are among
 * them.  The languages, likewise. */
GPtrArray           *pd_templates_names     (const PdTemplates *templates);
GPtrArray           *pd_templates_languages (const PdTemplates *templates);

/* The shipped source of a part, read from its file; NULL with PD_ERROR_NOT_FOUND. */
char                *pd_templates_source    (const char *folder, const char *language, const char *name,
                                             PdTemplateKind kind, GError **error);
