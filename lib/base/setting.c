#include "base/setting.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/nearest.h"

#define MAX_SHOWN 60 /* characters of a wrong value in an error */

static const PdSettingRow rows[PD_SETTING_COUNT] = {
#define X(name, section, key, kind, fallback, min, max, help)                                      \
  [PD_SETTING_##name] = { section,                                                                 \
                          key,                                                                     \
                          #kind,                                                                   \
                          fallback,                                                                \
                          help,                                                                    \
                          PD_VALUE_##kind,                                                         \
                          G_GINT64_CONSTANT (min),                                                 \
                          G_GINT64_CONSTANT (max) },
  PD_SETTINGS (X)
#undef X
};

const PdSettingRow *
pd_setting_row (PdSettingId id)
{
  return &rows[id];
}

gboolean
pd_setting_is_secret (const PdSettingRow *row)
{
  return row->kind == PD_VALUE_DATABASE || row->kind == PD_VALUE_RELAY;
}

/* ---- names -------------------------------------------------------------------- */

int
pd_setting_find (const char *section, const char *key, gboolean *out_file)
{
  *out_file = FALSE;
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    {
      gsize length = strlen (rows[id].key);

      if (!g_str_equal (rows[id].section, section))
        continue;
      if (g_str_equal (rows[id].key, key))
        return id;
      if (pd_setting_is_secret (&rows[id]) && strncmp (key, rows[id].key, length) == 0
          && g_str_equal (key + length, "_file"))
        {
          *out_file = TRUE;
          return id;
        }
    }
  return -1;
}

gboolean
pd_setting_has_section (const char *section)
{
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    if (g_str_equal (rows[id].section, section))
      return TRUE;
  return FALSE;
}

/* the key of the section (NULL: the section) that looks most like `name`, or NULL */
static const char *
nearest (const char *section, const char *name)
{
  PdNearest nearest = PD_NEAREST (name);

  for (int id = 0; id < PD_SETTING_COUNT; id++)
    if (section == NULL || g_str_equal (rows[id].section, section))
      pd_nearest_offer (&nearest, section != NULL ? rows[id].key : rows[id].section);
  return nearest.best;
}

/* the section that has this key, for a key in the wrong one */
static const char *
section_of_key (const char *key)
{
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    if (g_str_equal (rows[id].key, key))
      return rows[id].section;
  return NULL;
}

/* a name from the file, fit to be shown */
static char *
shown (const char *text)
{
  glong length = g_utf8_strlen (text, -1);
  g_autofree char *start = g_utf8_substring (text, 0, MIN (length, MAX_SHOWN));

  return g_strconcat (start, length > MAX_SHOWN ? "…" : NULL, NULL);
}

static char *
advise_section (const char *section)
{
  const char *near = nearest (NULL, section);
  g_autofree char *name = shown (section);

  return near != NULL ? g_strdup_printf ("unknown section [%s], did you mean [%s]?", name, near)
                      : g_strdup_printf ("unknown section [%s]", name);
}

char *
pd_setting_advise (const char *section, const char *key)
{
  g_autofree char *name = key != NULL ? shown (key) : NULL;
  const char *near;

  if (section[0] == '\0' && key != NULL)
    return g_strdup_printf ("\"%s\" stands before the first [section]", name);
  if (key == NULL || !pd_setting_has_section (section))
    return advise_section (section);
  near = nearest (section, key);
  if (near != NULL)
    return g_strdup_printf ("%s.%s: unknown setting, did you mean \"%s\"?", section, name, near);
  near = section_of_key (key);
  if (near != NULL)
    return g_strdup_printf ("%s.%s: unknown setting; there is one of this name in [%s]", section,
                            name, near);
  return g_strdup_printf ("%s.%s: unknown setting", section, name);
}

/* ---- numbers ------------------------------------------------------------------ */

typedef struct {
  const char *name;
  gint64 factor;
} Unit;

static const Unit size_units[]
    = { { "K", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 }, { NULL, 1 } };
static const Unit duration_units[] = { { "ms", 1000 },   { "s", PD_SECOND }, { "m", PD_MINUTE },
                                       { "h", PD_HOUR }, { "d", PD_DAY },    { NULL, 0 } };
static const Unit no_units[] = { { NULL, 1 } };

/* the unit that `text` begins with; the one without a name ends the list */
static const Unit *
unit_at (const char *text, const Unit *units)
{
  const Unit *unit = units;

  while (unit->name != NULL
         && !(g_str_has_prefix (text, unit->name) && !g_ascii_isalpha (text[strlen (unit->name)])))
    unit++;
  return unit;
}

/* "25M", "1h 30m": a sum of numbers with units; FALSE if it is none or too large */
static gboolean
parse_units (const char *text, const Unit *units, gint64 *out)
{
  const char *p = text;

  *out = 0;
  do
    {
      char *end;
      const Unit *unit;
      gint64 number;

      p += strspn (p, " ");
      if (!g_ascii_isdigit (*p))
        return FALSE;
      errno = 0;
      number = g_ascii_strtoll (p, &end, 10);
      unit = unit_at (end, units);
      /* where a unit is needed its absence has the factor 0; "0" needs none */
      if (errno != 0 || (unit->factor == 0 && number != 0)
          || (unit->factor != 0 && number > (G_MAXINT64 - *out) / unit->factor))
        return FALSE;
      *out += number * unit->factor;
      p = end + (unit->name != NULL ? strlen (unit->name) : 0);
      p += strspn (p, " ");
    }
  while (*p != '\0');
  return TRUE;
}

char *
pd_setting_format (const PdSettingRow *row, gint64 number)
{
  const Unit *units = row->kind == PD_VALUE_SIZE       ? size_units
                      : row->kind == PD_VALUE_DURATION ? duration_units
                                                       : no_units;
  const Unit *best = NULL;

  for (const Unit *unit = units; unit->name != NULL; unit++)
    if (number != 0 && number % unit->factor == 0)
      best = unit;
  if (best == NULL)
    return g_strdup_printf ("%" G_GINT64_FORMAT, number);
  return g_strdup_printf ("%" G_GINT64_FORMAT "%s", number / best->factor, best->name);
}

static gboolean
check_number (const PdSettingRow *row, const char *value, gint64 *out, GError **error)
{
  g_autofree char *text = shown (value);
  g_autofree char *min = pd_setting_format (row, row->min);
  g_autofree char *max = pd_setting_format (row, row->max);
  gboolean right = row->kind == PD_VALUE_INT
                       ? g_ascii_string_to_signed (value, 10, 0, G_MAXINT64, out, NULL)
                   : row->kind == PD_VALUE_SIZE ? parse_units (value, size_units, out)
                                                : parse_units (value, duration_units, out);

  if (!right)
    return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is not %s (%s to %s)", text,
                    row->kind == PD_VALUE_INT    ? "a number"
                    : row->kind == PD_VALUE_SIZE ? "a size such as 25M"
                                                 : "a time such as 10s, 5m or 1h 30m",
                    min, max);
  if (*out < row->min || *out > row->max)
    return pd_fail (error, PD_ERROR_INVALID, "%s is out of bounds (%s to %s)", text, min, max);
  return TRUE;
}

/* ---- texts -------------------------------------------------------------------- */

static gboolean
is_one_of (const PdSettingRow *row, const char *value)
{
  g_autofree char *words = g_strndup (row->help, strcspn (row->help, ":"));
  g_auto (GStrv) allowed = g_strsplit (words, "|", -1);

  return g_strv_contains ((const char *const *)allowed, value);
}

static gboolean
is_mark (const char *value)
{
  return value[strcspn (value, "[]#")] == '\0';
}

/* labels of letters, digits and "-"; letters of other scripts too (RFC 5890) */
static gboolean
is_domain (const char *value)
{
  gboolean in_label = FALSE;

  for (const char *p = value; *p != '\0'; p++)
    {
      if (*p == '.' ? !in_label : !(g_ascii_isalnum (*p) || *p == '-' || (*p & 0x80) != 0))
        return FALSE;
      in_label = *p != '.';
    }
  return in_label;
}

static gboolean
is_zone (const char *value)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (value);

  return zone != NULL;
}

static gboolean
is_mode (const char *value)
{
  return g_ascii_string_to_unsigned (value, 8, 0, 0777, NULL, NULL);
}

static gboolean
is_endpoint (const char *word)
{
  const char *colon = strrchr (word, ':');

  if (g_str_equal (word, "systemd"))
    return TRUE;
  if (g_str_has_prefix (word, "unix:"))
    return word[strlen ("unix:")] != '\0';
  return colon != NULL && colon != word
         && g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, NULL, NULL);
}

static gboolean
is_listen (const char *value)
{
  g_auto (GStrv) words = g_strsplit_set (value, " \t", -1);

  for (char **word = words; *word != NULL; word++)
    if ((*word)[0] != '\0' && !is_endpoint (*word))
      return FALSE;
  return TRUE;
}

static gboolean
is_database (const char *value)
{
  return (g_str_has_prefix (value, "sqlite:") && value[strlen ("sqlite:")] != '\0')
         || (g_str_has_prefix (value, "mysql://") && value[strlen ("mysql://")] != '\0');
}

static gboolean
is_relay (const char *value)
{
  return (g_str_has_prefix (value, "smtp://") && value[strlen ("smtp://")] != '\0')
         || (g_str_has_prefix (value, "smtps://") && value[strlen ("smtps://")] != '\0');
}

/* the kinds of text that have a form of their own */
static const struct {
  gboolean (*is_right) (const char *value);
  const char *expected;
} forms[] = {
  [PD_VALUE_MARK] = { is_mark, "a name without [, ] and #" },
  [PD_VALUE_DOMAIN] = { is_domain, "a domain such as desk.example.org" },
  [PD_VALUE_ZONE] = { is_zone, "a time zone that this system knows, such as Europe/Kyiv" },
  [PD_VALUE_MODE] = { is_mode, "an octal mode such as 0660" },
  [PD_VALUE_LISTEN] = { is_listen, "a list of HOST:PORT, unix:PATH and systemd" },
  [PD_VALUE_DATABASE] = { is_database, "sqlite:PATH or mysql://USER[:PASS]@HOST[:PORT]/DB" },
  [PD_VALUE_RELAY] = { is_relay, "smtp://HOST:PORT or smtps://HOST:PORT" },
};

static gboolean
has_control (const char *value)
{
  for (; *value != '\0'; value++)
    if (g_ascii_iscntrl (*value) && *value != '\t')
      return TRUE;
  return FALSE;
}

static gboolean
check_form (const PdSettingRow *row, const char *value, GError **error)
{
  g_autofree char *text = pd_setting_is_secret (row) ? g_strdup ("the value") : NULL;

  if (text == NULL)
    {
      g_autofree char *start = shown (value);

      text = g_strdup_printf ("\"%s\"", start);
    }
  if (row->kind == PD_VALUE_ENUM && !is_one_of (row, value))
    return pd_fail (error, PD_ERROR_INVALID, "%s is not one of %.*s", text,
                    (int)strcspn (row->help, ":"), row->help);
  if (row->kind < G_N_ELEMENTS (forms) && forms[row->kind].is_right != NULL
      && !forms[row->kind].is_right (value))
    return pd_fail (error, PD_ERROR_INVALID, "%s is not %s", text, forms[row->kind].expected);
  return TRUE;
}

static gboolean
check_text (const PdSettingRow *row, const char *value, GError **error)
{
  gint64 length = (gint64)strlen (value);

  if (length == 0 && row->min > 0)
    return pd_fail (error, PD_ERROR_INVALID, "is required: %s", row->help);
  if (row->kind != PD_VALUE_ENUM && (length < row->min || length > row->max))
    return pd_fail (error, PD_ERROR_INVALID,
                    "has %" G_GINT64_FORMAT " octets (%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                    ")",
                    length, row->min, row->max);
  if (!g_utf8_validate (value, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "the value is not UTF-8");
  if (has_control (value))
    return pd_fail (error, PD_ERROR_INVALID, "the value has a control character");
  return (length == 0 && row->kind != PD_VALUE_ENUM) || check_form (row, value, error);
}

gboolean
pd_setting_check (const PdSettingRow *row, const char *value, gint64 *out_number, GError **error)
{
  *out_number = 0;
  if (row->kind < PD_VALUE_INT)
    return check_text (row, value, error);
  if (!g_utf8_validate (value, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "the value is not UTF-8");
  return check_number (row, value, out_number, error);
}
