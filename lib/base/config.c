#include "base/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"

typedef enum { TYPE_TEXT, TYPE_PATH, TYPE_SECRET, TYPE_ENUM, TYPE_LIST, TYPE_INT, TYPE_SIZE, TYPE_DURATION } Type;

typedef struct {
  PdSettingRow row;
  Type         type;
  gint64       min, max;
} Setting;

static const Setting settings[PD_SETTING_COUNT] = {
#define X(name, section, key, type, fallback, min, max, help)                                      \
  [PD_SETTING_##name]                                                                              \
      = { { section, key, #type, fallback, help }, TYPE_##type, G_GINT64_CONSTANT (min), G_GINT64_CONSTANT (max) },
  PD_SETTINGS (X)
#undef X
};

struct PdConfig {
  char  *texts[PD_SETTING_COUNT];
  gint64 numbers[PD_SETTING_COUNT];
  char **lists[PD_SETTING_COUNT];
  char  *origins[PD_SETTING_COUNT];
};

/* one reading: where we are, and what was wrong so far */
typedef struct {
  PdConfig   *config;
  const char *file;
  int         line;
  gboolean    seen[PD_SETTING_COUNT]; /* in this file */
  GString    *errors;
  guint       n_errors;
} Reader;

static void complain (Reader *reader, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
complain (Reader *reader, const char *format, ...)
{
  va_list args;

  if (++reader->n_errors > PD_CONFIG_MAX_ERRORS)
    return;
  if (reader->errors->len > 0)
    g_string_append_c (reader->errors, '\n');
  if (reader->line > 0)
    g_string_append_printf (reader->errors, "%s:%d: ", reader->file, reader->line);
  else
    g_string_append_printf (reader->errors, "%s: ", reader->file);
  va_start (args, format);
  g_string_append_vprintf (reader->errors, format, args);
  va_end (args);
}

/* ---- nearest names --------------------------------------------------------- */

/* Levenshtein's distance, for names shorter than 64 octets */
static guint
distance (const char *a, const char *b)
{
  guint row[64];
  gsize n = MIN (strlen (b), G_N_ELEMENTS (row) - 1);

  for (gsize j = 0; j <= n; j++)
    row[j] = (guint) j;
  for (gsize i = 0; a[i] != '\0' && i < 64; i++)
    {
      guint diagonal = row[0];

      row[0] = (guint) i + 1;
      for (gsize j = 0; j < n; j++)
        {
          guint replaced = diagonal + (a[i] != b[j]);

          diagonal = row[j + 1];
          row[j + 1] = MIN (MIN (row[j], row[j + 1]) + 1, replaced);
        }
    }
  return row[n];
}

/* the key of the section (NULL: the section) that looks most like `name`, or NULL */
static const char *
nearest (const char *section, const char *name)
{
  const char *best = NULL;
  guint best_distance = 4;

  for (int id = 0; id < PD_SETTING_COUNT; id++)
    {
      const char *candidate = section != NULL ? settings[id].row.key : settings[id].row.section;
      guint d;

      if (section != NULL && !g_str_equal (settings[id].row.section, section))
        continue;
      d = distance (name, candidate);
      if (d < best_distance)
        {
          best = candidate;
          best_distance = d;
        }
    }
  return best;
}

static gboolean
section_exists (const char *section)
{
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    if (g_str_equal (settings[id].row.section, section))
      return TRUE;
  return FALSE;
}

/* the section that has this key, for a key in the wrong one */
static const char *
section_of_key (const char *key)
{
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    if (g_str_equal (settings[id].row.key, key))
      return settings[id].row.section;
  return NULL;
}

static void
complain_unknown (Reader *reader, const char *section, const char *key)
{
  const char *near;

  if (section[0] == '\0')
    complain (reader, "\"%s\" stands before the first [section]", key);
  else if (!section_exists (section))
    {
      near = nearest (NULL, section);
      complain (reader, "unknown section [%s]%s%s%s", section, near ? ", did you mean [" : "", near ? near : "",
                near ? "]?" : "");
    }
  else if ((near = nearest (section, key)) != NULL)
    complain (reader, "%s.%s: unknown setting, did you mean \"%s\"?", section, key, near);
  else if (section_of_key (key) != NULL)
    complain (reader, "%s.%s: unknown setting; there is one of this name in [%s]", section, key, section_of_key (key));
  else
    complain (reader, "%s.%s: unknown setting", section, key);
}

/* ---- values ----------------------------------------------------------------- */

typedef struct {
  const char *name;
  gint64      factor;
} Unit;

static const Unit size_units[] = { { "K", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 }, { NULL, 1 } };
static const Unit duration_units[] = { { "ms", 1000 },     { "s", PD_SECOND }, { "m", PD_MINUTE },
                                       { "h", PD_HOUR },   { "d", PD_DAY },    { NULL, 0 } };

/* "25M", "1h 30m": a sum of numbers with units; FALSE if it is none or too large */
static gboolean
parse_units (const char *text, const Unit *units, gint64 *out)
{
  const char *p = text;

  *out = 0;
  do
    {
      char *end;
      gint64 number, factor = 0;
      gsize length = 0;

      while (*p == ' ')
        p++;
      if (!g_ascii_isdigit (*p))
        return FALSE;
      errno = 0;
      number = g_ascii_strtoll (p, &end, 10);
      if (errno != 0)
        return FALSE;
      for (const Unit *unit = units;; unit++)
        {
          gsize n = unit->name != NULL ? strlen (unit->name) : 0;

          if (unit->name == NULL || (strncmp (end, unit->name, n) == 0 && !g_ascii_isalpha (end[n])))
            {
              factor = unit->factor;
              length = n;
              break;
            }
        }
      if (factor == 0 || number > (G_MAXINT64 - *out) / factor)
        return FALSE;
      *out += number * factor;
      p = end + length;
      while (*p == ' ')
        p++;
    }
  while (*p != '\0');
  return TRUE;
}

static gboolean
in_enum (const char *help, const char *value)
{
  gsize length = strcspn (help, ":");
  g_autofree char *words = g_strndup (help, length);
  g_auto (GStrv) allowed = g_strsplit (words, "|", -1);

  return g_strv_contains ((const char *const *) allowed, value);
}

static char *
format_bound (const Setting *setting, gint64 value)
{
  if (setting->type == TYPE_DURATION && value % PD_SECOND == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT "s", value / PD_SECOND);
  if (setting->type == TYPE_DURATION)
    return g_strdup_printf ("%" G_GINT64_FORMAT "ms", value / 1000);
  if (setting->type == TYPE_SIZE && value % 1024 == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT "K", value / 1024);
  return g_strdup_printf ("%" G_GINT64_FORMAT, value);
}

static gboolean
read_number (Reader *reader, const Setting *setting, const char *value, gint64 *out)
{
  static const Unit no_units[] = { { NULL, 1 } };
  const Unit *units = setting->type == TYPE_INT ? no_units : setting->type == TYPE_SIZE ? size_units : duration_units;
  const char *form = setting->type == TYPE_INT    ? "a number"
                     : setting->type == TYPE_SIZE ? "a size such as 25M"
                                                  : "a time such as 10s, 5m or 1h 30m";

  if (!parse_units (value, units, out))
    {
      complain (reader, "%s.%s: \"%s\" is not %s", setting->row.section, setting->row.key, value, form);
      return FALSE;
    }
  if (*out < setting->min || *out > setting->max)
    {
      g_autofree char *min = format_bound (setting, setting->min);
      g_autofree char *max = format_bound (setting, setting->max);

      complain (reader, "%s.%s: %s is out of bounds (%s to %s)", setting->row.section, setting->row.key, value, min, max);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_text (Reader *reader, const Setting *setting, const char *value)
{
  gint64 length = (gint64) strlen (value);

  if (!g_utf8_validate (value, -1, NULL))
    complain (reader, "%s.%s: the value is not UTF-8", setting->row.section, setting->row.key);
  else if (setting->type == TYPE_ENUM && !in_enum (setting->row.help, value))
    complain (reader, "%s.%s: \"%s\" is not one of %.*s", setting->row.section, setting->row.key, value,
              (int) strcspn (setting->row.help, ":"), setting->row.help);
  else if (setting->type != TYPE_ENUM && length < setting->min)
    complain (reader, "%s.%s: is required: %s", setting->row.section, setting->row.key, setting->row.help);
  else if (setting->type != TYPE_ENUM && length > setting->max)
    complain (reader, "%s.%s: is longer than %" G_GINT64_FORMAT " octets", setting->row.section, setting->row.key,
              setting->max);
  else
    return TRUE;
  return FALSE;
}

static void
set_value (Reader *reader, PdSettingId id, const char *value, char *origin)
{
  const Setting *setting = &settings[id];
  PdConfig *config = reader->config;
  gint64 number = 0;
  gboolean right = setting->type >= TYPE_INT ? read_number (reader, setting, value, &number)
                                             : check_text (reader, setting, value);

  g_free (config->origins[id]);
  config->origins[id] = origin;
  if (!right)
    return;
  g_free (config->texts[id]);
  config->texts[id] = g_strdup (value);
  config->numbers[id] = number;
  if (setting->type == TYPE_LIST)
    {
      g_autoptr (GPtrArray) items = g_ptr_array_new ();
      g_auto (GStrv) words = g_strsplit_set (value, " \t", -1);

      for (char **word = words; *word != NULL; word++)
        if ((*word)[0] != '\0')
          g_ptr_array_add (items, g_strdup (*word));
      g_ptr_array_add (items, NULL);
      g_strfreev (config->lists[id]);
      config->lists[id] = (char **) g_ptr_array_free (g_steal_pointer (&items), FALSE);
    }
}

/* ---- the file ----------------------------------------------------------------- */

/* the text of a secret's file; others must not be able to read it */
static char *
read_secret (Reader *reader, const Setting *setting, const char *path)
{
  struct stat about;
  g_autofree char *text = NULL;
  g_autoptr (GError) bad = NULL;

  if (stat (path, &about) != 0)
    complain (reader, "%s.%s_file: %s: %s", setting->row.section, setting->row.key, path, g_strerror (errno));
  else if ((about.st_mode & 07) != 0)
    complain (reader, "%s.%s_file: %s can be read by everybody; chmod o= %s", setting->row.section, setting->row.key,
              path, path);
  else if (about.st_size > setting->max + 1)
    complain (reader, "%s.%s_file: %s is too long", setting->row.section, setting->row.key, path);
  else if (!g_file_get_contents (path, &text, NULL, &bad))
    complain (reader, "%s.%s_file: %s", setting->row.section, setting->row.key, bad->message);
  else
    return g_strchomp (g_steal_pointer (&text));
  return NULL;
}

/* finds the setting of section and key; *out_file: the key was KEY_file of a secret */
static int
find_setting (const char *section, const char *key, gboolean *out_file)
{
  *out_file = FALSE;
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    {
      const char *own = settings[id].row.key;
      gsize length = strlen (own);

      if (!g_str_equal (settings[id].row.section, section))
        continue;
      if (g_str_equal (own, key))
        return id;
      if (settings[id].type == TYPE_SECRET && strncmp (key, own, length) == 0 && g_str_equal (key + length, "_file"))
        {
          *out_file = TRUE;
          return id;
        }
    }
  return -1;
}

/* one `key = value` line */
static void
on_pair (Reader *reader, const char *section, const char *key, const char *value)
{
  gboolean from_file;
  int id = find_setting (section, key, &from_file);
  g_autofree char *secret = NULL;

  if (id < 0)
    complain_unknown (reader, section, key);
  else if (reader->seen[id])
    complain (reader, "%s.%s: is given twice in this file", section, key);
  else
    {
      reader->seen[id] = TRUE;
      if (from_file)
        value = secret = read_secret (reader, &settings[id], value);
      if (value != NULL)
        set_value (reader, (PdSettingId) id, value, g_strdup_printf ("%s:%d", reader->file, reader->line));
    }
}

/* a line without its end; `section` is the one it stands in, and changes at a
 * head.  Values are taken to the end of the line: a ";" or "#" in a password or
 * URL is no comment. */
static void
on_line (Reader *reader, char *line, char **section)
{
  char *equals;

  line = g_strstrip (line);
  if (line[0] == '\0' || line[0] == '#' || line[0] == ';')
    return;
  if (line[0] == '[' && line[strlen (line) - 1] == ']')
    {
      line[strlen (line) - 1] = '\0';
      g_free (*section);
      *section = g_strdup (g_strstrip (line + 1));
      if (!section_exists (*section))
        complain_unknown (reader, *section, "");
      return;
    }
  equals = strchr (line, '=');
  if (equals == NULL)
    {
      complain (reader, "\"%s\" is neither [section] nor key = value", line);
      return;
    }
  *equals = '\0';
  /* an unknown section has been reported once, at its head */
  if ((*section)[0] == '\0' || section_exists (*section))
    on_pair (reader, *section, g_strstrip (line), g_strstrip (equals + 1));
}

static void
read_text (Reader *reader, const char *text, gsize length)
{
  g_autofree char *copy = g_strndup (text, length);
  g_autofree char *section = g_strdup ("");

  memset (reader->seen, 0, sizeof reader->seen);
  reader->line = 0;
  if (strlen (copy) != length)
    complain (reader, "holds a NUL octet");
  for (char *line = copy, *next; line != NULL; line = next)
    {
      next = strchr (line, '\n');
      if (next != NULL)
        *next++ = '\0';
      reader->line++;
      on_line (reader, line, &section);
    }
  reader->line = 0;
}

static gboolean
read_file (Reader *reader, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) bad = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &bad))
    return pd_fail (error,
                    g_error_matches (bad, G_FILE_ERROR, G_FILE_ERROR_ACCES) ? PD_ERROR_DENIED : PD_ERROR_NOT_FOUND,
                    "%s", bad->message);
  reader->file = path;
  if (length > PD_CONFIG_MAX_FILE)
    complain (reader, "is larger than %d octets", PD_CONFIG_MAX_FILE);
  else
    read_text (reader, text, length);
  return TRUE;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
read_drop_ins (Reader *reader, const char *path, GError **error)
{
  g_autofree char *folder = g_strconcat (path, ".d", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (name[0] != '.' && g_str_has_suffix (name, ".conf"))
      g_ptr_array_add (files, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (files, by_name);
  for (guint i = 0; i < files->len; i++)
    if (!read_file (reader, g_ptr_array_index (files, i), error))
      return FALSE;
  return TRUE;
}

/* ---- environment, defaults, the whole --------------------------------------------- */

static void
read_environment (Reader *reader)
{
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    {
      g_autofree char *name = g_strdup_printf ("POSTDESK_%s_%s", settings[id].row.section, settings[id].row.key);
      g_autofree char *upper = g_ascii_strup (name, -1);
      const char *value = g_getenv (upper);

      reader->file = upper;
      if (value != NULL && reader->config->origins[id] == NULL)
        set_value (reader, (PdSettingId) id, value, g_strdup ("environment"));
    }
}

static void
fill_defaults (Reader *reader)
{
  reader->line = 0;
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    if (reader->config->origins[id] == NULL)
      set_value (reader, (PdSettingId) id, settings[id].row.fallback, g_strdup ("default"));
}

/* the config, or NULL with all that was wrong */
static PdConfig *
reader_finish (Reader *reader, const char *file, GError **error)
{
  g_autofree char *errors = NULL;

  reader->file = file;
  fill_defaults (reader);
  if (reader->n_errors > PD_CONFIG_MAX_ERRORS)
    g_string_append_printf (reader->errors, "\n… and %u more", reader->n_errors - PD_CONFIG_MAX_ERRORS);
  errors = g_string_free (reader->errors, FALSE);
  if (reader->n_errors == 0)
    return reader->config;
  pd_config_free (reader->config);
  pd_fail (error, PD_ERROR_INVALID, "%s", errors);
  return NULL;
}

const char *
pd_config_path (const char *given)
{
  const char *environment = g_getenv ("POSTDESK_CONF");

  return given != NULL ? given : environment != NULL ? environment : PD_SYSCONFDIR "/postdesk/postdesk.conf";
}

PdConfig *
pd_config_load (const char *path, GError **error)
{
  Reader reader = { .config = g_new0 (PdConfig, 1), .errors = g_string_new (NULL) };

  if (!read_file (&reader, path, error) || !read_drop_ins (&reader, path, error))
    {
      pd_config_free (reader.config);
      g_string_free (reader.errors, TRUE);
      return NULL;
    }
  read_environment (&reader);
  return reader_finish (&reader, path, error);
}

PdConfig *
pd_config_parse (const char *name, const char *text, gsize length, GError **error)
{
  Reader reader = { .config = g_new0 (PdConfig, 1), .errors = g_string_new (NULL), .file = name };

  read_text (&reader, text, length);
  return reader_finish (&reader, name, error);
}

void
pd_config_free (PdConfig *config)
{
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    {
      g_free (config->texts[id]);
      g_strfreev (config->lists[id]);
      g_free (config->origins[id]);
    }
  g_free (config);
}

/* ---- asking ------------------------------------------------------------------------ */

const char *
pd_config_text (const PdConfig *config, PdSettingId id)
{
  return config->texts[id];
}

gint64
pd_config_int (const PdConfig *config, PdSettingId id)
{
  g_return_val_if_fail (settings[id].type >= TYPE_INT, 0);
  return config->numbers[id];
}

const char *const *
pd_config_list (const PdConfig *config, PdSettingId id)
{
  g_return_val_if_fail (settings[id].type == TYPE_LIST, NULL);
  return (const char *const *) config->lists[id];
}

const char *
pd_config_origin (const PdConfig *config, PdSettingId id)
{
  return config->origins[id];
}

const PdSettingRow *
pd_config_row (PdSettingId id)
{
  return &settings[id].row;
}

/* of a URL only the password is secret: "mysql://desk:****@db/desk" */
char *
pd_config_masked (const PdConfig *config, PdSettingId id)
{
  const char *text = config->texts[id];
  const char *scheme, *at, *colon;

  if (settings[id].type != TYPE_SECRET)
    return g_strdup (text);
  scheme = strstr (text, "://");
  at = scheme != NULL ? strchr (scheme, '@') : NULL;
  colon = at != NULL ? memchr (scheme + 3, ':', (gsize) (at - scheme - 3)) : NULL;
  if (colon == NULL)
    return g_strdup (text);
  return g_strdup_printf ("%.*s:****%s", (int) (colon - text), text, strrchr (text, '@'));
}

char *
pd_config_show (const PdConfig *config, gboolean all, gboolean origin)
{
  GString *text = g_string_new (NULL);
  const char *section = "";

  for (int id = 0; id < PD_SETTING_COUNT; id++)
    {
      g_autofree char *value = pd_config_masked (config, (PdSettingId) id);

      if (!all && g_str_equal (config->origins[id], "default"))
        continue;
      if (!g_str_equal (section, settings[id].row.section))
        {
          g_string_append_printf (text, "%s[%s]\n", text->len > 0 ? "\n" : "", settings[id].row.section);
          section = settings[id].row.section;
        }
      if (origin)
        g_string_append_printf (text, "# %s\n", config->origins[id]);
      g_string_append_printf (text, "%s = %s\n", settings[id].row.key, value);
    }
  return g_string_free (text, FALSE);
}

char *
pd_config_example (void)
{
  GString *text = g_string_new ("# postdesk.conf - settings of postdesk.  What is commented out is the default.\n");
  const char *section = "";

  for (int id = 0; id < PD_SETTING_COUNT; id++)
    {
      const PdSettingRow *row = &settings[id].row;

      if (!g_str_equal (section, row->section))
        g_string_append_printf (text, "\n[%s]\n", section = row->section);
      g_string_append_printf (text, "\n# %s.\n", row->help);
      if (settings[id].type == TYPE_SECRET)
        g_string_append_printf (text, "# (%s_file = PATH reads it from a file that others cannot read)\n", row->key);
      g_string_append_printf (text, "#%s = %s\n", row->key, row->fallback);
    }
  return g_string_free (text, FALSE);
}
