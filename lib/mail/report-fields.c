#include "mail/report-fields.h"

#include <string.h>

#define MAX_NAME 60 /* octets of a field's name */

static void
group_unref (gpointer data)
{
  g_hash_table_unref (data);
}

static void
add_field (GHashTable *group, const char *line, gsize length, GString **out_value)
{
  const char *colon = memchr (line, ':', length);
  GString *value;

  *out_value = NULL;
  g_autofree char *written = g_strndup (line, (gsize)(colon - line));
  g_autofree char *name = g_ascii_strdown (g_strchomp (written), -1);

  if (g_hash_table_contains (group, name))
    return;
  value = g_string_new_len (colon + 1,
                            (gssize)MIN (length - (gsize)(colon + 1 - line), PD_REPORT_MAX_VALUE));
  g_hash_table_insert (group, g_steal_pointer (&name), value);
  *out_value = value;
}

static void
string_free (gpointer data)
{
  g_string_free (data, TRUE);
}

static GHashTable *
group_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, string_free);
}

static gboolean
is_blank (const char *line, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (line[i]))
      return FALSE;
  return TRUE;
}

static void
fold_on (GString *value, const char *line, gsize length)
{
  if (value == NULL || value->len + length > PD_REPORT_MAX_VALUE)
    return;
  g_string_append_c (value, ' ');
  while (length > 0 && g_ascii_isspace (*line))
    {
      line++;
      length--;
    }
  while (length > 0 && g_ascii_isspace (line[length - 1]))
    length--;
  g_string_append_len (value, line, (gssize)length);
}

/* A line that begins a field; others at the margin go on with the one above,
 * for some programs fold without white space.
 */
static gboolean
is_field (const char *line, gsize length)
{
  gsize n = 0;

  while (n < length && n < MAX_NAME
         && (g_ascii_isalnum (line[n]) || line[n] == '-' || line[n] == '_'))
    n++;
  while (n < length && (line[n] == ' ' || line[n] == '\t'))
    n++;
  return n > 0 && n < length && line[n] == ':';
}

/* The fields that stand once for each recipient (RFC 3464 2.3). */
static const char *const per_recipient[]
    = { "final-recipient", "original-recipient", "action", "status" };

static gboolean
has_recipient (GHashTable *group)
{
  return g_hash_table_contains (group, "final-recipient")
         || g_hash_table_contains (group, "original-recipient");
}

static gboolean
has_outcome (GHashTable *group)
{
  return g_hash_table_contains (group, "action") || g_hash_table_contains (group, "status");
}

/* A new group begins at an empty line, and, since some programs leave that out,
 * where a field of a recipient comes again.
 */
static gboolean
begins_group (GHashTable *group, const char *line, gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (per_recipient); i++)
    {
      gsize n = strlen (per_recipient[i]);

      if (length > n && g_ascii_strncasecmp (line, per_recipient[i], n) == 0
          && !g_ascii_isalnum (line[n]) && line[n] != '-')
        return g_hash_table_contains (group, per_recipient[i]);
    }
  return FALSE;
}

static gboolean
move_field (gpointer name, gpointer value, gpointer group)
{
  if (g_hash_table_contains (group, name))
    return FALSE;
  g_hash_table_insert (group, name, value);
  return TRUE;
}

/* An empty line in the middle of a recipient's fields: what stands on either
 * side belongs together if only one side names him and only one his outcome.
 */
static void
join_halves (GPtrArray *groups)
{
  for (guint i = 1; i < groups->len; i++)
    {
      GHashTable *one = groups->pdata[i - 1], *two = groups->pdata[i];
      gboolean first
          = has_recipient (one) && !has_outcome (one) && !has_recipient (two) && has_outcome (two);
      gboolean second
          = !has_recipient (one) && has_outcome (one) && has_recipient (two) && !has_outcome (two);

      if (!first && !second)
        continue;
      g_hash_table_foreach_steal (two, move_field, one);
      g_ptr_array_remove_index (groups, i--);
    }
}

GPtrArray *
pd_report_parse (const char *text)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func (group_unref);
  GHashTable *group = NULL;
  GString *value = NULL;

  while (*text != '\0')
    {
      gsize length = strcspn (text, "\n");

      if (is_blank (text, length))
        group = NULL;
      else if (group != NULL && !is_field (text, length))
        fold_on (value, text, length);
      else if (is_field (text, length))
        {
          if (group == NULL || begins_group (group, text, length))
            {
              if (groups->len == PD_REPORT_MAX_GROUPS)
                break;
              group = group_new ();
              g_ptr_array_add (groups, group);
            }
          add_field (group, text, length, &value);
        }
      if (group == NULL)
        value = NULL;
      text += length;
      text += *text == '\n';
    }
  join_halves (groups);
  return groups;
}

const char *
pd_report_get (GHashTable *group, const char *name)
{
  GString *value = g_hash_table_lookup (group, name);

  if (value == NULL)
    return "";
  g_strstrip (value->str);
  return value->str;
}

const char *
pd_report_peek_text (const char *value)
{
  const char *semicolon = strchr (value, ';');

  if (semicolon == NULL || semicolon - value > 30)
    return value;
  for (const char *c = value; c < semicolon; c++)
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != ' ')
      return value;
  semicolon++;
  return semicolon + strspn (semicolon, " \t");
}

/* RFC 6533 3: "\\x{3042}" in an address of type utf-8. */
static char *
dup_unescaped (const char *text)
{
  GString *plain = g_string_new (NULL);

  while (*text != '\0')
    {
      char *end = NULL;
      guint64 code = g_str_has_prefix (text, "\\x{") ? g_ascii_strtoull (text + 3, &end, 16) : 0;

      if (code >= 0x20 && code != 0x7F && end != NULL && *end == '}' && end - text < 12
          && code <= 0x10FFFF && g_unichar_validate ((gunichar)code))
        {
          g_string_append_unichar (plain, (gunichar)code);
          text = end + 1;
        }
      else
        g_string_append_c (plain, *text++);
    }
  return g_string_free (plain, FALSE);
}

/* RFC 3461 4: a program that passes on ORCPT as it got it leaves "+2B" for
 * "+" and "+3D" for "=".
 */
static void
undo_xtext (char *address)
{
  char *to = address;

  for (const char *c = address; *c != '\0'; c++)
    if (strncmp (c, "+2B", 3) == 0 || strncmp (c, "+3D", 3) == 0)
      {
        *to++ = c[1] == '2' ? '+' : '=';
        c += 2;
      }
    else
      *to++ = *c;
  *to = '\0';
}

char *
pd_report_dup_address (const char *value)
{
  const char *inner = pd_report_peek_text (value);
  gboolean utf8 = inner != value && g_ascii_strncasecmp (value, "utf-8", 5) == 0;
  g_autofree char *text
      = utf8 ? dup_unescaped (pd_report_peek_text (inner)) : g_strdup (pd_report_peek_text (inner));
  char *begin = text, *open;

  open = strrchr (text, '<');
  if (open != NULL)
    {
      begin = open + 1;
      begin[strcspn (begin, ">")] = '\0';
    }
  begin += strspn (begin, " \t'\"");
  if (strchr (begin, '@') != NULL && *begin != '|' && *begin != '/')
    begin[strcspn (begin, " \t,;>'\"")] = '\0';
  g_strchomp (begin);
  undo_xtext (begin);
  return g_strdup (begin);
}
