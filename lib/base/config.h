/* config.h - the settings file, read strictly.
 *
 * INI: [section], key = value, "#" or ";" begins a comment only at the start of
 * a line.  An unknown section or key, a key given twice in one file, and a value
 * out of its bounds are errors that name file, line and the remedy; all of them
 * are reported at once.  Files in FILE.d (postdesk.conf.d/ *.conf, in order of
 * name) come after and override.  A setting that no file has may come from the
 * environment: POSTDESK_SECTION_KEY, of a secret also POSTDESK_SECTION_KEY_FILE.
 */
#pragma once

#include <glib.h>

#include "base/setting.h"

#define PD_CONFIG_MAX_FILE   (1024 * 1024) /* octets */
#define PD_CONFIG_MAX_ERRORS 20            /* lines reported */

typedef struct PdConfig PdConfig;

/* The path that counts: `given`, else $POSTDESK_CONF, else the installed one. */
const char         *pd_config_path   (const char   *given);

/* Reads the file and its drop-ins.
 *
 * Errors   PD_ERROR_INVALID   a line for each thing that is wrong
 *          PD_ERROR_NOT_FOUND, PD_ERROR_DENIED   the file cannot be read
 */
PdConfig           *pd_config_load   (const char   *path,
                                      GError      **error);

/* The same from text, without drop-ins and environment (for tests). */
PdConfig           *pd_config_parse  (const char   *name,
                                      const char   *text,
                                      gsize         length,
                                      GError      **error);
void                pd_config_free   (PdConfig     *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdConfig, pd_config_free)

/* Values; the type must be the row's.  Lent, valid as long as the config. */
const char         *pd_config_text   (const PdConfig *config, PdSettingId id); /* as it was written */
gint64              pd_config_int    (const PdConfig *config, PdSettingId id); /* INT SIZE (octets) DURATION (microseconds) */
const char *const  *pd_config_list   (const PdConfig *config, PdSettingId id); /* LISTEN */

/* "file:line", "environment" or "default" */
const char         *pd_config_origin (const PdConfig *config, PdSettingId id);

/* Settings as a settings file, secrets masked.
 *
 * all      defaults too
 * origin   with a comment that says where each value comes from
 */
char               *pd_config_show   (const PdConfig *config,
                                      gboolean        all,
                                      gboolean        origin);

/* For programs that print in another form: a row of the table and its value,
 * secrets masked (caller frees the value). */
const PdSettingRow *pd_config_row    (PdSettingId id);
char               *pd_config_masked (const PdConfig *config, PdSettingId id);

/* An example file: every setting with its help and default, commented out. */
char               *pd_config_example (void);

/* The settings' part of the manual page postdesk.conf(5), in mdoc. */
char               *pd_config_manual  (void);
