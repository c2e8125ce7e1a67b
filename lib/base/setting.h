/* setting.h - what one setting is called, and which values it takes.
 *
 * Pure functions over the table of settings.h: no file, no environment.
 */
#pragma once

#include <glib.h>

#include "base/settings.h"

typedef enum {
#define X(name, ...) PD_SETTING_##name,
  PD_SETTINGS (X)
#undef X
      PD_SETTING_COUNT
} PdSettingId;

/* The kinds of values; settings.h says which is which. */
typedef enum {
  PD_VALUE_TEXT,
  PD_VALUE_PATH,
  PD_VALUE_ENUM,
  PD_VALUE_MARK,
  PD_VALUE_DOMAIN,
  PD_VALUE_ZONE,
  PD_VALUE_MODE,
  PD_VALUE_LISTEN,
  PD_VALUE_DATABASE,
  PD_VALUE_RELAY,
  PD_VALUE_INT,
  PD_VALUE_SIZE,
  PD_VALUE_DURATION,
} PdValueKind;

typedef struct {
  const char *section, *key;
  const char *type; /* the kind as settings.h writes it: "SIZE" */
  const char *fallback, *help;
  PdValueKind kind;
  gint64      min, max;
} PdSettingRow;

/* A row of the table; static storage. */
const PdSettingRow *pd_setting_row       (PdSettingId         id);

/* Whether the value is a secret, or has one in it. */
gboolean            pd_setting_is_secret (const PdSettingRow *row);

/* Finds the setting of a section and key.
 *
 * out_file   the key was KEY_file of a secret: the value is the path of a file
 * Returns    a PdSettingId, or -1
 */
int                 pd_setting_find      (const char         *section,
                                          const char         *key,
                                          gboolean           *out_file);

gboolean            pd_setting_has_section (const char       *section);

/* What to tell who wrote a section or key that is none: where the right one is,
 * or the name that looks most like it.
 *
 * section   "" before the first one
 * key       NULL: only the section is meant
 * Returns   a text that the caller frees
 */
char               *pd_setting_advise    (const char         *section,
                                          const char         *key);

/* Checks a value.
 *
 * out_number   of INT as is, of SIZE octets, of DURATION microseconds; else 0
 * Errors       PD_ERROR_INVALID: what is expected, and the bounds; never holds
 *              a secret
 */
gboolean            pd_setting_check     (const PdSettingRow *row,
                                          const char         *value,
                                          gint64             *out_number,
                                          GError            **error);

/* A number of the row's kind with its unit: "25M"; the caller frees. */
char               *pd_setting_format    (const PdSettingRow *row,
                                          gint64              number);
