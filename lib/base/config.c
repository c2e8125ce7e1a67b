#include "base/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* some editors begin a file with it */

struct PdConfig {
  char *texts[PD_SETTING_COUNT];
  gint64 numbers[PD_SETTING_COUNT];
  char **lists[PD_SETTING_COUNT];
  char *origins[PD_SETTING_COUNT];
};

/* one reading: where we are, and what was wrong so far */
typedef struct {
  PdConfig *config;
  const char *file;
  int line;                        /* 0: the file as a whole */
  gboolean seen[PD_SETTING_COUNT]; /* in this file */
  GString *errors;
  guint n_errors;
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

static void
complain_setting (Reader *reader, const PdSettingRow *row, const char *suffix, const char *text)
{
  complain (reader, "%s.%s%s: %s", row->section, row->key, suffix, text);
}

/* ---- values ------------------------------------------------------------------- */

static char **
split_words (const char *value)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  g_auto (GStrv) words = g_strsplit_set (value, " \t", -1);

  for (char **word = words; *word != NULL; word++)
    if ((*word)[0] != '\0')
      g_ptr_array_add (items, g_strdup (*word));
  g_ptr_array_add (items, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&items), FALSE);
}

/* takes the origin; a wrong value has one too, so that no default takes its
 * place and is complained about again */
static void
set_value (Reader *reader, PdSettingId id, const char *value, char *origin)
{
  const PdSettingRow *row = pd_setting_row (id);
  PdConfig *config = reader->config;
  g_autoptr (GError) bad = NULL;
  gint64 number;

  g_free (config->origins[id]);
  config->origins[id] = origin;
  if (!pd_setting_check (row, value, &number, &bad))
    {
      complain_setting (reader, row, "", bad->message);
      return;
    }
  g_free (config->texts[id]);
  config->texts[id] = g_strdup (value);
  config->numbers[id] = number;
  if (row->kind == PD_VALUE_LISTEN)
    {
      g_strfreev (config->lists[id]);
      config->lists[id] = split_words (value);
    }
}

/* Reads at most `max` octets; NULL with the reason in `out_why` */
static char *
read_bounded (const char *path, gsize max, gsize *out_length, char **out_why)
{
  FILE *file = fopen (path, "re");
  g_autofree char *text = NULL;

  *out_length = 0;
  if (file == NULL)
    {
      *out_why = g_strdup (g_strerror (errno));
      return NULL;
    }
  text = g_malloc (max + 2);
  *out_length = fread (text, 1, max + 1, file);
  if (ferror (file))
    *out_why = g_strdup (g_strerror (errno));
  else if (*out_length > max)
    *out_why = g_strdup_printf ("is larger than %" G_GSIZE_FORMAT " octets", max);
  fclose (file);
  text[*out_length] = '\0';
  return *out_why == NULL ? g_steal_pointer (&text) : NULL;
}

/* the text of a secret's file without the line's end; others must not be able
 * to read it */
static char *
read_secret (Reader *reader, const PdSettingRow *row, const char *path)
{
  struct stat about;
  g_autofree char *text = NULL, *why = NULL;
  gsize length = 0;

  if (stat (path, &about) != 0)
    why = g_strdup (g_strerror (errno));
  else if ((about.st_mode & S_IRWXO) != 0)
    why = g_strdup_printf ("can be read by everybody; chmod o= %s", path);
  else
    text = read_bounded (path, (gsize)row->max + 2, &length, &why);
  if (text != NULL && strlen (text) != length)
    why = g_strdup ("holds a NUL octet");
  if (why != NULL)
    {
      g_autofree char *complaint = g_strdup_printf ("%s: %s", path, why);

      complain_setting (reader, row, "_file", complaint);
      return NULL;
    }
  text[strcspn (text, "\r\n")] = '\0';
  return g_steal_pointer (&text);
}

/* ---- the file ------------------------------------------------------------------- */

/* one `key = value` line */
static void
on_pair (Reader *reader, const char *section, const char *key, const char *value)
{
  gboolean from_file;
  int id = pd_setting_find (section, key, &from_file);
  g_autofree char *text = NULL;

  if (id < 0)
    {
      text = pd_setting_advise (section, key);
      complain (reader, "%s", text);
      return;
    }
  if (reader->seen[id])
    complain_setting (reader, pd_setting_row ((PdSettingId)id), from_file ? "_file" : "",
                      "is given twice in this file");
  else
    {
      if (from_file)
        value = text = read_secret (reader, pd_setting_row ((PdSettingId)id), value);
      if (value != NULL)
        set_value (reader, (PdSettingId)id, value,
                   g_strdup_printf ("%s:%d", reader->file, reader->line));
      else if (reader->config->origins[id] == NULL)
        reader->config->origins[id] = g_strdup (reader->file); /* has been complained about */
    }
  reader->seen[id] = TRUE;
}

static void
on_head (Reader *reader, char *line, char **section)
{
  line[strlen (line) - 1] = '\0';
  g_free (*section);
  *section = g_strdup (g_strstrip (line + 1));
  if (!pd_setting_has_section (*section))
    {
      g_autofree char *advice = pd_setting_advise (*section, NULL);

      complain (reader, "%s", advice);
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
  equals = strchr (line, '=');
  if (!g_utf8_validate (line, -1, NULL))
    complain (reader, "the line is not UTF-8");
  else if (line[0] == '[' && line[strlen (line) - 1] == ']')
    on_head (reader, line, section);
  else if (equals == NULL)
    complain (reader, "the line is neither [section] nor key = value");
  /* an unknown section has been reported once, at its head */
  else if ((*section)[0] == '\0' || pd_setting_has_section (*section))
    {
      *equals = '\0';
      on_pair (reader, *section, g_strstrip (line), g_strstrip (equals + 1));
    }
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
  for (char *line
       = g_str_has_prefix (copy, BYTE_ORDER_MARK) ? copy + strlen (BYTE_ORDER_MARK) : copy,
       *next;
       line != NULL; line = next)
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
  gsize length;
  g_autofree char *why = NULL;
  g_autofree char *text = read_bounded (path, PD_CONFIG_MAX_FILE, &length, &why);

  reader->file = path;
  if (text != NULL)
    read_text (reader, text, length);
  else if (length > PD_CONFIG_MAX_FILE)
    complain (reader, "%s", why);
  else
    return pd_fail (error, access (path, F_OK) == 0 ? PD_ERROR_DENIED : PD_ERROR_NOT_FOUND,
                    "%s: %s", path, why);
  return TRUE;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
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

/* ---- environment, defaults, the whole -------------------------------------------- */

/* POSTDESK_SECTION_KEY, and of a secret POSTDESK_SECTION_KEY_FILE */
static void
read_variable (Reader *reader, PdSettingId id)
{
  const PdSettingRow *row = pd_setting_row (id);
  g_autofree char *name = g_strdup_printf ("POSTDESK_%s_%s", row->section, row->key);
  g_autofree char *upper = g_ascii_strup (name, -1);
  g_autofree char *upper_file = g_strconcat (upper, "_FILE", NULL);
  const char *value = g_getenv (upper);
  const char *path = pd_setting_is_secret (row) ? g_getenv (upper_file) : NULL;
  g_autofree char *secret = NULL;

  reader->file = value != NULL ? upper : upper_file;
  if (value == NULL && path != NULL)
    value = secret = read_secret (reader, row, path);
  if (value != NULL)
    set_value (reader, id, value, g_strdup ("environment"));
}

static void
read_environment (Reader *reader)
{
  reader->line = 0;
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    if (reader->config->origins[id] == NULL)
      read_variable (reader, (PdSettingId)id);
}

static void
fill_defaults (Reader *reader)
{
  reader->line = 0;
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    if (reader->config->origins[id] == NULL)
      set_value (reader, (PdSettingId)id, pd_setting_row ((PdSettingId)id)->fallback,
                 g_strdup ("default"));
}

/* the config, or NULL with all that was wrong */
static PdConfig *
reader_finish (Reader *reader, const char *file, GError **error)
{
  g_autofree char *errors = NULL;

  reader->file = file;
  fill_defaults (reader);
  if (reader->n_errors > PD_CONFIG_MAX_ERRORS)
    g_string_append_printf (reader->errors, "\n… and %u more",
                            reader->n_errors - PD_CONFIG_MAX_ERRORS);
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

  return given != NULL         ? given
         : environment != NULL ? environment
                               : PD_SYSCONFDIR "/postdesk/postdesk.conf";
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
  if (config == NULL)
    return;
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    {
      g_free (config->texts[id]);
      g_strfreev (config->lists[id]);
      g_free (config->origins[id]);
    }
  g_free (config);
}

/* ---- asking ---------------------------------------------------------------------- */

const char *
pd_config_text (const PdConfig *config, PdSettingId id)
{
  return config->texts[id];
}

gint64
pd_config_int (const PdConfig *config, PdSettingId id)
{
  g_return_val_if_fail (pd_setting_row (id)->kind >= PD_VALUE_INT, 0);
  return config->numbers[id];
}

const char *const *
pd_config_list (const PdConfig *config, PdSettingId id)
{
  g_return_val_if_fail (pd_setting_row (id)->kind == PD_VALUE_LISTEN, NULL);
  return (const char *const *)config->lists[id];
}

const char *
pd_config_origin (const PdConfig *config, PdSettingId id)
{
  return config->origins[id];
}

const PdSettingRow *
pd_config_row (PdSettingId id)
{
  return pd_setting_row (id);
}
