#include "desk/desk-setting.h"

#include <json-c/json.h>
#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "desk/audit.h"
#include "desk/when.h"

#define FRESH G_USEC_PER_SEC /* how long values are remembered */

typedef enum { ENUM, FLAG, INT, DURATION, PERCENTS, TIME } Kind;

static const PdDeskSettingRow rows[PD_DESK_N_SETTINGS] = {
#define X(name, key, kind, fallback, min, max, help) { key, #kind, fallback, help, min, max },
  PD_DESK_SETTINGS (X)
#undef X
};

static const Kind kinds[PD_DESK_N_SETTINGS] = {
#define X(name, key, kind, ...) kind,
  PD_DESK_SETTINGS (X)
#undef X
};

typedef struct {
  char *text;
  gint64 number;
  gboolean is_set;
} Value;

struct PdDeskSettingCache {
  Value values[PD_DESK_N_SETTINGS];
  gint64 read_at; /* of the monotonic clock */
};

const PdDeskSettingRow *
pd_desk_setting_row (PdDeskSettingId id)
{
  return &rows[id];
}

gboolean
pd_desk_setting_find (const char *name, PdDeskSettingId *out_id, GError **error)
{
  PdNearest nearest = PD_NEAREST (name);

  *out_id = 0;
  for (int i = 0; i < PD_DESK_N_SETTINGS; i++)
    {
      if (strcmp (rows[i].name, name) == 0)
        {
          *out_id = (PdDeskSettingId)i;
          return TRUE;
        }
      pd_nearest_offer (&nearest, rows[i].name);
    }
  return pd_fail (error, PD_ERROR_INVALID, "there is no setting \"%s\"%s%s%s", name,
                  nearest.best != NULL ? "; did you mean \"" : ": `postdesk setting list` has all",
                  nearest.best != NULL ? nearest.best : "", nearest.best != NULL ? "\"?" : "");
}

/* ---- values -------------------------------------------------------------------- */

/* the place of the word in the list before the help's colon, or -1 */
static int
word_index (const char *help, const char *value)
{
  g_autofree char *list = g_strndup (help, strcspn (help, ":"));
  g_auto (GStrv) words = g_strsplit (list, "|", -1);

  for (int i = 0; words[i] != NULL; i++)
    if (strcmp (words[i], value) == 0)
      return i;
  return -1;
}

static gboolean
check_enum (const PdDeskSettingRow *row, const char *value, gint64 *out, GError **error)
{
  *out = word_index (row->help, value);
  return *out >= 0
         || pd_fail (error, PD_ERROR_INVALID, "\"%s\" is not one of %.*s", value,
                     (int)strcspn (row->help, ":"), row->help);
}

static gboolean
check_flag (const char *value, gint64 *out, GError **error)
{
  *out = strcmp (value, "yes") == 0;
  return *out != 0 || strcmp (value, "no") == 0
         || pd_fail (error, PD_ERROR_INVALID, "\"%s\" is neither yes nor no", value);
}

static gboolean
check_int (const PdDeskSettingRow *row, const char *value, gint64 *out, GError **error)
{
  return g_ascii_string_to_signed (value, 10, row->min, row->max, out, NULL)
         || pd_fail (error, PD_ERROR_INVALID,
                     "\"%s\" is not a number of %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, value,
                     row->min, row->max);
}

static gboolean
check_duration (const PdDeskSettingRow *row, const char *value, gint64 *out, GError **error)
{
  g_autofree char *min = pd_when_format_span (row->min);
  g_autofree char *max = pd_when_format_span (row->max);

  if (!pd_when_parse_span (value, out, error))
    return FALSE;
  return (*out >= row->min && *out <= row->max)
         || pd_fail (error, PD_ERROR_INVALID, "\"%s\" is out of bounds (%s to %s)", value, min,
                     max);
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  return (int)*(const guint *)a - (int)*(const guint *)b;
}

/* "50 80, 100": ascending, each once; FALSE if it is no such list */
static gboolean
read_percents (const PdDeskSettingRow *row, const char *value, guint *out, gsize *out_n)
{
  g_auto (GStrv) words = g_strsplit_set (value, " ,%\t", -1);
  gsize n = 0, kept = 0;

  for (char **word = words; *word != NULL; word++)
    {
      gint64 number;

      if (**word == '\0')
        continue;
      if (n == PD_DESK_SETTING_MAX_PERCENTS
          || !g_ascii_string_to_signed (*word, 10, row->min, row->max, &number, NULL))
        return FALSE;
      out[n++] = (guint)number;
    }
  qsort (out, n, sizeof *out, by_size);
  for (gsize i = 0; i < n; i++)
    if (kept == 0 || out[kept - 1] != out[i])
      out[kept++] = out[i];
  *out_n = kept;
  return TRUE;
}

static gboolean
check_percents (const PdDeskSettingRow *row, const char *value, GError **error)
{
  guint numbers[PD_DESK_SETTING_MAX_PERCENTS];
  gsize n;

  return read_percents (row, value, numbers, &n)
         || pd_fail (error, PD_ERROR_INVALID,
                     "\"%s\" is not a list of at most %d numbers of %" G_GINT64_FORMAT
                     " to %" G_GINT64_FORMAT ", such as 50 80 100",
                     value, PD_DESK_SETTING_MAX_PERCENTS, row->min, row->max);
}

static gboolean
check_time (const char *value, gint64 *out, GError **error)
{
  const char *colon = strchr (value, ':');
  g_autofree char *hour = g_strndup (value, colon != NULL ? (gsize)(colon - value) : 0);
  guint64 hours, minutes;

  if (colon == NULL || strlen (colon + 1) != 2
      || !g_ascii_string_to_unsigned (hour, 10, 0, 23, &hours, NULL)
      || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 59, &minutes, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is not a time of day such as 08:30", value);
  *out = (gint64)(hours * 60 + minutes);
  return TRUE;
}

static gboolean
check (PdDeskSettingId id, const char *value, gint64 *out, GError **error)
{
  const PdDeskSettingRow *row = &rows[id];

  *out = 0;
  if (!g_utf8_validate (value, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "the value is not UTF-8");
  switch (kinds[id])
    {
    case ENUM:
      return check_enum (row, value, out, error);
    case FLAG:
      return check_flag (value, out, error);
    case INT:
      return check_int (row, value, out, error);
    case DURATION:
      return check_duration (row, value, out, error);
    case PERCENTS:
      return check_percents (row, value, error);
    case TIME:
      return check_time (value, out, error);
    }
  return FALSE;
}

/* ---- what is remembered --------------------------------------------------------- */

static void
cache_free (struct PdDeskSettingCache *cache)
{
  if (cache == NULL)
    return;
  for (int i = 0; i < PD_DESK_N_SETTINGS; i++)
    g_free (cache->values[i].text);
  g_free (cache);
}

void
pd_desk_setting_forget (PdDesk *desk)
{
  g_clear_pointer (&desk->daily, cache_free);
}

static void
keep (struct PdDeskSettingCache *cache, PdDeskSettingId id, const char *text, gboolean is_set)
{
  Value *value = &cache->values[id];

  g_free (value->text);
  value->is_set = is_set;
  /* a row that an older or newer program wrote */
  if (!check (id, text, &value->number, NULL))
    {
      text = rows[id].fallback;
      check (id, text, &value->number, NULL);
    }
  value->text = g_strdup (text);
}

static gboolean
read_rows (PdDesk *desk, struct PdDeskSettingCache *cache, GError **error)
{
  g_autoptr (PdRows) found = pd_db_query (desk->db, PD_SQL_SETTING_LIST, PD_NO_VALUES, error);
  int step = -1;

  while (found != NULL && (step = pd_rows_next (found, error)) == 1)
    {
      PdDeskSettingId id;

      if (pd_desk_setting_find (pd_rows_text (found, 0), &id, NULL))
        keep (cache, id, pd_rows_text (found, 1), TRUE);
    }
  return step == 0;
}

static const Value *
get (PdDesk *desk, PdDeskSettingId id, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  struct PdDeskSettingCache *cache;

  if (desk->daily != NULL && now - desk->daily->read_at < FRESH)
    return &desk->daily->values[id];
  cache = g_new0 (struct PdDeskSettingCache, 1);
  cache->read_at = now;
  for (int i = 0; i < PD_DESK_N_SETTINGS; i++)
    keep (cache, (PdDeskSettingId)i, rows[i].fallback, FALSE);
  pd_desk_setting_forget (desk);
  if (!read_rows (desk, cache, error))
    {
      cache_free (cache);
      return NULL;
    }
  desk->daily = cache;
  return &cache->values[id];
}

gboolean
pd_desk_setting_text (PdDesk *desk, PdDeskSettingId id, const char **out, GError **error)
{
  const Value *value = get (desk, id, error);

  *out = value != NULL ? value->text : "";
  return value != NULL;
}

gboolean
pd_desk_setting_int (PdDesk *desk, PdDeskSettingId id, gint64 *out, GError **error)
{
  const Value *value = get (desk, id, error);

  *out = value != NULL ? value->number : 0;
  return value != NULL;
}

gboolean
pd_desk_setting_duration (PdDesk *desk, PdDeskSettingId id, gint64 *out, GError **error)
{
  return pd_desk_setting_int (desk, id, out, error);
}

gboolean
pd_desk_setting_percents (PdDesk *desk, PdDeskSettingId id, guint *out, gsize *out_n,
                          GError **error)
{
  const Value *value = get (desk, id, error);

  *out_n = 0;
  if (value == NULL)
    return FALSE;
  read_percents (&rows[id], value->text, out, out_n);
  return TRUE;
}

gboolean
pd_desk_setting_is_set (PdDesk *desk, PdDeskSettingId id, gboolean *out, GError **error)
{
  const Value *value = get (desk, id, error);

  *out = value != NULL && value->is_set;
  return value != NULL;
}

/* ---- changing ------------------------------------------------------------------- */

static gboolean
write_audit (PdDesk *desk, const PdPerson *actor, const PdDeskSettingRow *row, const char *old,
             const char *value, GError **error)
{
  struct json_object *data = json_object_new_object ();
  struct json_object *pair = json_object_new_array ();
  gboolean written;

  json_object_array_add (pair, json_object_new_string (old));
  json_object_array_add (pair, json_object_new_string (value));
  json_object_object_add (data, "value", pair);
  written = pd_audit_add (desk, actor != NULL ? actor->id : 0, "setting", row->name,
                          json_object_to_json_string (data), error);
  json_object_put (data);
  return written;
}

static gboolean
write_row (PdDesk *desk, const PdDeskSettingRow *row, const char *value, GError **error)
{
  if (!pd_db_exec (desk->db, PD_SQL_SETTING_DROP, PD_BIND (PD_TEXT (row->name)), NULL, error))
    return FALSE;
  return value == NULL
         || pd_db_exec (desk->db, PD_SQL_SETTING_ADD,
                        PD_BIND (PD_TEXT (row->name), PD_TEXT (value)), NULL, error);
}

gboolean
pd_desk_setting_set (PdDesk *desk, const PdPerson *actor, PdDeskSettingId id, const char *value,
                     GError **error)
{
  const PdDeskSettingRow *row = &rows[id];
  g_autofree char *old = NULL;
  const char *text;
  gint64 number;

  if (actor != NULL && !(actor->admin && actor->state == PD_PERSON_ACTIVE))
    return pd_fail (error, PD_ERROR_DENIED, "only an administrator may change settings");
  if (value != NULL && !check (id, value, &number, error))
    {
      g_prefix_error (error, "%s: ", row->name);
      return FALSE;
    }
  if (!pd_desk_setting_text (desk, id, &text, error))
    return FALSE;
  old = g_strdup (text);
  /* until the transaction ends nobody may remember what it has not committed */
  desk->daily_changed = TRUE;
  pd_desk_setting_forget (desk);
  return write_row (desk, row, value, error)
         && write_audit (desk, actor, row, old, value != NULL ? value : row->fallback, error);
}
