#include "mail/auth-results.h"

#include <string.h>

/* A place in a field, and its end. */
typedef struct {
  const char *at, *end;
} Reader;

static void
result_free (gpointer data)
{
  PdAuthResult *result = data;

  g_free (result->method);
  g_free (result->result);
  g_ptr_array_unref (result->names);
  g_ptr_array_unref (result->values);
  g_free (result);
}

void
pd_auth_results_free (PdAuthResults *results)
{
  if (results == NULL)
    return;
  g_free (results->authserv_id);
  g_ptr_array_unref (results->results);
  g_free (results);
}

/* ---- words ---- */

/* Skips a comment, nested ones too; an open end takes the rest. */
static void
skip_comment (Reader *reader)
{
  int depth = 0;

  for (; reader->at < reader->end; reader->at++)
    {
      if (*reader->at == '\\' && reader->at + 1 < reader->end)
        reader->at++;
      else if (*reader->at == '(')
        depth++;
      else if (*reader->at == ')' && --depth == 0)
        {
          reader->at++;
          return;
        }
    }
}

/* White space and comments.  Returns whether there were any. */
static gboolean
skip_blank (Reader *reader)
{
  const char *begin = reader->at;

  while (reader->at < reader->end)
    {
      if (*reader->at == '(')
        skip_comment (reader);
      else if (g_ascii_isspace (*reader->at))
        reader->at++;
      else
        break;
    }
  return reader->at > begin;
}

static void
read_quoted (Reader *reader, GString *to)
{
  for (reader->at++; reader->at < reader->end && *reader->at != '"'; reader->at++)
    {
      if (*reader->at == '\\' && reader->at + 1 < reader->end)
        reader->at++;
      g_string_append_c (to, *reader->at);
    }
  if (reader->at < reader->end)
    reader->at++;
}

static gboolean
at_char (const Reader *reader, char c)
{
  return reader->at < reader->end && *reader->at == c;
}

/* A value: quoted strings and what stands right beside them, up to white
 * space, a comment or ";". */
static char *
read_value (Reader *reader)
{
  GString *value = g_string_new (NULL);

  skip_blank (reader);
  while (reader->at < reader->end && *reader->at != ';' && *reader->at != '('
         && !g_ascii_isspace (*reader->at))
    {
      if (*reader->at == '"')
        read_quoted (reader, value);
      else
        g_string_append_c (value, *reader->at++);
    }
  return g_string_free (value, FALSE);
}

/* A name in front of "=": "header.d", with blanks around the dot as they are
 * allowed.  NULL: none follows before the section's end. */
static char *
read_name (Reader *reader)
{
  g_autoptr (GString) name = g_string_new (NULL);

  while (reader->at < reader->end && *reader->at != ';')
    {
      gboolean blank = skip_blank (reader);

      if (reader->at >= reader->end || *reader->at == ';')
        break;
      if (*reader->at == '=')
        {
          reader->at++;
          return g_string_free (g_steal_pointer (&name), FALSE);
        }
      if (*reader->at == '"')
        {
          g_autoptr (GString) junk = g_string_new (NULL);

          read_quoted (reader, junk);
          g_string_assign (name, "\"");
          continue;
        }
      /* a word that no "=" follows means nothing */
      if (blank && name->len > 0 && strchr ("./", *reader->at) == NULL
          && strchr ("./", name->str[name->len - 1]) == NULL)
        g_string_truncate (name, 0);
      g_string_append_c (name, g_ascii_tolower (*reader->at++));
    }
  return NULL;
}

/* ---- results ---- */

/* "dkim/1" is "dkim"; of another version nothing is known. */
static gboolean
take_version (char *method)
{
  char *slash = strchr (method, '/');

  if (slash == NULL)
    return TRUE;
  *slash = '\0';
  return strcmp (slash + 1, "1") == 0;
}

static void
skip_section (Reader *reader)
{
  for (;;)
    {
      g_autofree char *name = read_name (reader);

      if (name == NULL)
        return;
      g_free (read_value (reader));
    }
}

/* One section; the reader stands behind its ";" and goes to the next one. */
static void
read_section (Reader *reader, GPtrArray *results)
{
  g_autofree char *method = read_name (reader);
  PdAuthResult *result = NULL;

  if (method != NULL && *method != '\0' && *method != '"')
    {
      g_autofree char *word = read_value (reader);

      result = g_new0 (PdAuthResult, 1);
      result->result = g_ascii_strdown (word, -1);
      result->names = g_ptr_array_new_with_free_func (g_free);
      result->values = g_ptr_array_new_with_free_func (g_free);
    }
  for (guint i = 0; result != NULL && i < PD_AUTH_MAX_PROPERTIES; i++)
    {
      char *name = read_name (reader);

      if (name == NULL)
        break;
      g_ptr_array_add (result->names, name);
      g_ptr_array_add (result->values, read_value (reader));
    }
  /* past the bound the rest is read over, quotes and all */
  skip_section (reader);
  if (result == NULL)
    return;
  if (take_version (method))
    {
      result->method = g_steal_pointer (&method);
      g_ptr_array_add (results, result);
    }
  else
    result_free (result);
}

PdAuthResults *
pd_auth_results_parse (const char *body)
{
  gsize length = strlen (body);
  Reader reader = { body, body + length };
  g_autoptr (PdAuthResults) results = NULL;
  g_autofree char *version = NULL;

  if (length > PD_AUTH_MAX_FIELD)
    return NULL;
  results = g_new0 (PdAuthResults, 1);
  results->results = g_ptr_array_new_with_free_func (result_free);
  results->authserv_id = read_value (&reader);
  version = read_value (&reader);
  skip_blank (&reader);
  if (*results->authserv_id == '\0' || (*version != '\0' && strcmp (version, "1") != 0)
      || (reader.at < reader.end && *reader.at != ';'))
    return NULL;
  while (at_char (&reader, ';') && results->results->len < PD_AUTH_MAX_RESULTS)
    {
      reader.at++;
      read_section (&reader, results->results);
    }
  return g_steal_pointer (&results);
}

const char *
pd_auth_result_get (const PdAuthResult *result, const char *name)
{
  for (guint i = 0; i < result->names->len; i++)
    if (strcmp (g_ptr_array_index (result->names, i), name) == 0)
      return g_ptr_array_index (result->values, i);
  return NULL;
}

/* ---- tags ---- */

static char *
dup_without_blanks (const char *text, gsize length)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (text[i]))
      g_string_append_c (out, text[i]);
  return g_string_free (out, FALSE);
}

char *
pd_auth_tag_dup (const char *body, const char *name)
{
  g_autofree char *found = NULL;

  for (const char *at = body; at != NULL && *at != '\0';)
    {
      gsize length = strcspn (at, ";");
      const char *equals = memchr (at, '=', length);

      if (equals != NULL)
        {
          g_autofree char *tag = dup_without_blanks (at, (gsize)(equals - at));

          if (strcmp (tag, name) == 0)
            {
              if (found != NULL)
                return NULL;
              found = dup_without_blanks (equals + 1, length - (gsize)(equals + 1 - at));
            }
        }
      at += length;
      at += *at == ';';
    }
  return g_steal_pointer (&found);
}
