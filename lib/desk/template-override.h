/* template-override.h - a unit's own texts, and the desk's, in place of shipped
 * ones.
 *
 * A part of a mail is looked for, language by language (see render.h): what the
 * unit has set, what was set for the whole desk, what is shipped.  A partial
 * ("layout") can be set as well.
 */
#pragma once

#include "desk/desk.h"
#include "desk/templates.h"

#define PD_TEMPLATE_MAX_LANGUAGE 16 /* octets */
#define PD_TEMPLATE_MAX_EVENT    32

/* Which text. */
typedef struct {
  gint64         unit;     /* 0: of the whole desk */
  const char    *language; /* "en" */
  const char    *event;    /* a template's name: "created", "layout" */
  PdTemplateKind kind;
} PdTemplateKey;

/* Reads a text as it would be set: it must be a template's, and render with the
 * sample values (template-sample.h) of a customer and of staff, with all that
 * there can be and with as little.  Pure.
 *
 * Errors   PD_ERROR_INVALID   "uk/created.txt:12:3: …"; too long; a language or
 *          name that is none (with the nearest name)
 */
gboolean    pd_template_override_check   (const PdTemplates   *templates,
                                          const PdTemplateKey *key,
                                          const char          *text,
                                          GError             **error);

/* Sets it, in a transaction, once it was checked.
 *
 * by   person, 0 nobody
 */
gboolean    pd_template_override_set     (PdDesk              *desk,
                                          const PdTemplates   *templates,
                                          const PdTemplateKey *key,
                                          const char          *text,
                                          gint64               by,
                                          GError             **error);

/* Takes it back, in a transaction.  PD_ERROR_NOT_FOUND: none is set. */
gboolean    pd_template_override_remove  (PdDesk              *desk,
                                          const PdTemplateKey *key,
                                          GError             **error);

/* The text that is set, NULL (and TRUE) if none is; caller frees. */
gboolean    pd_template_override_get     (PdDesk              *desk,
                                          const PdTemplateKey *key,
                                          char               **out_text,
                                          GError             **error);

/* One that is set. */
typedef struct {
  gint64         unit;
  char          *language, *event;
  PdTemplateKind kind;
  gint64         changed;
  gint64         by; /* person, 0 */
} PdTemplateOverrideRow;

/* All that are set, GPtrArray of PdTemplateOverrideRow; NULL on error. */
GPtrArray  *pd_template_override_list    (PdDesk *desk,
                                          GError **error);

/* What is set, compiled, for who renders mail after mail: belongs to the desk's
 * thread. */
typedef struct PdTemplateOverrides PdTemplateOverrides;

PdTemplateOverrides *pd_template_overrides_new    (PdDesk *desk);
void                 pd_template_overrides_free   (PdTemplateOverrides *overrides);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdTemplateOverrides, pd_template_overrides_free)

/* From now on it is asked again whether something was changed. */
void                 pd_template_overrides_forget (PdTemplateOverrides *overrides);

/* Reads what was changed, if it may have been; then looks on behalf of this unit.
 * A stored text that cannot be compiled is passed over. */
gboolean             pd_template_overrides_ready  (PdTemplateOverrides *overrides,
                                                   gint64               unit,
                                                   GError             **error);

/* For pd_templates_choose; data is the PdTemplateOverrides. */
const PdMustache    *pd_template_overrides_find   (const char     *language,
                                                   const char     *event,
                                                   PdTemplateKind  kind,
                                                   guint          *out_scope,
                                                   gpointer        data);
