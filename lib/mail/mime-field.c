#include "mail/mime-field.h"

#include <string.h>

#include "mail/charset.h"
#include "mail/encoded-word.h"

#define MAX_VALUE 200  /* octets of the value */
#define MAX_NAME 80    /* octets of a parameter's name */
#define MAX_INDEX 999  /* of a piece (RFC 2231 3) */
#define MAX_CHARSET 60 /* octets of a charset's name */

/* A parameter as it was written: a piece of one, or the whole. */
typedef struct {
  char *name;        /* without what follows "*" */
  char *text;        /* quotes undone */
  guint index;       /* of the piece */
  guint order;       /* of appearance */
  gboolean numbered; /* "name*0" */
  gboolean extended; /* "name*": %XX, the first with charset and language */
} Piece;

struct PdMimeField {
  char *value;
  GHashTable *parameters; /* name -> decoded value */
};

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  g_free (piece->name);
  g_free (piece->text);
  g_free (piece);
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind blanks and comments. */
static const char *
skip_space (const char *at)
{
  for (;;)
    {
      at += strspn (at, " \t\r\n");
      if (*at != '(')
        return at;
      for (int depth = 0; *at != '\0'; at++)
        {
          if (*at == '\\' && at[1] != '\0')
            at++;
          else if (*at == '(')
            depth++;
          else if (*at == ')' && --depth == 0)
            break;
        }
      at += *at == ')';
    }
}

/* "text/plain", with blanks around the "/" if there are any. */
static const char *
read_value (const char *at, PdMimeField *field)
{
  GString *value = g_string_new (NULL);

  at = skip_space (at);
  for (;;)
    {
      gsize n = strcspn (at, " \t\r\n;(/=\"");

      g_string_append_len (value, at, (gssize)n);
      at += n;
      if (*at == '=')
        {
          /* no value, a parameter at once */
          at -= n;
          g_string_truncate (value, value->len - n);
          break;
        }
      at = skip_space (at);
      if (*at == '"' && n == 0)
        {
          at++; /* a value in quotes */
          continue;
        }
      if (*at != '/' || value->len > MAX_VALUE)
        break;
      g_string_append_c (value, '/');
      at = skip_space (at + 1);
    }
  g_string_truncate (value, MIN (value->len, MAX_VALUE));
  g_string_ascii_down (value);
  {
    g_autofree char *raw = g_string_free (value, FALSE);

    field->value = pd_charset_clean (raw);
  }
  return at;
}

/* A backslash quotes what has to be quoted; before all else it is the one of
 * a path, which programs forget to quote.
 */
static const char *
read_quoted (const char *at, GString *text)
{
  for (; *at != '\0' && *at != '"'; at++)
    {
      if (*at == '\\' && (at[1] == '"' || at[1] == '\\'))
        at++;
      if (*at == '\r' || *at == '\n')
        continue;
      g_string_append_c (text, *at == '\t' ? ' ' : *at);
    }
  return at + (*at == '"');
}

/* Whether "name=" begins here. */
static gboolean
begins_parameter (const char *at)
{
  gsize n = 0;

  while (g_ascii_isalnum (at[n]) || at[n] == '-' || at[n] == '_' || at[n] == '*')
    n++;
  return n > 0 && n < MAX_NAME && at[n] == '=' && at[n + 1] != '?';
}

/* A value without quotes.  Names of files may have blanks, against the
 * standard; of all else a blank is the end.
 */
static const char *
read_bare (const char *at, GString *text, gboolean is_name)
{
  for (; *at != '\0' && *at != ';'; at++)
    {
      if (is_space (*at))
        {
          const char *next = at + strspn (at, " \t\r\n");

          if (*next == '\0' || *next == ';' || begins_parameter (next)
              || (!is_name && strncmp (next, "=?", 2) != 0))
            return next;
          g_string_append_c (text, ' ');
          at = next - 1;
        }
      else if (*at == '(' && !is_name)
        return skip_space (at);
      else
        g_string_append_c (text, *at);
    }
  return at;
}

/* "filename*2*" into its parts. */
static void
read_name (Piece *piece, const char *name, gsize length)
{
  const char *star = memchr (name, '*', length);

  piece->name = g_ascii_strdown (name, star == NULL ? (gssize)length : star - name);
  if (star == NULL)
    return;
  piece->extended = name[length - 1] == '*';
  if (g_ascii_isdigit (star[1]))
    {
      piece->numbered = TRUE;
      piece->index = (guint)MIN (MAX_INDEX + 1, g_ascii_strtoull (star + 1, NULL, 10));
    }
}

static Piece *
read_piece (const char **at)
{
  const char *name = *at;
  gsize n = strcspn (name, "= \t\r\n;(\"");
  g_autoptr (GString) text = g_string_new (NULL);
  const char *next = skip_space (name + n);
  Piece *piece;

  if (*next != '=' || n == 0 || n > MAX_NAME)
    {
      /* a word that is no parameter */
      *at = next > name ? next : name + 1;
      return NULL;
    }
  piece = g_new0 (Piece, 1);
  read_name (piece, name, n);
  next++;
  next += strspn (next, " \t\r\n");
  if (*next == '"')
    {
      next = read_quoted (next + 1, text);
      /* junk behind the quote */
      while (*next != '\0' && *next != ';' && !is_space (*next))
        next++;
    }
  else
    next = read_bare (next, text, g_str_has_suffix (piece->name, "name"));
  piece->text = g_strdup (text->str);
  *at = next;
  return piece;
}

static void
append_percent (GByteArray *out, const char *text)
{
  for (; *text != '\0'; text++)
    {
      guint8 octet = (guint8)*text;

      if (*text == '%' && g_ascii_isxdigit (text[1]) && g_ascii_isxdigit (text[2]))
        {
          octet = (guint8)(g_ascii_xdigit_value (text[1]) << 4 | g_ascii_xdigit_value (text[2]));
          text += 2;
        }
      g_byte_array_append (out, &octet, 1);
    }
}

/* charset'language'text; a text that has none of the two is all text. */
static const char *
read_charset (const char *text, char charset[MAX_CHARSET + 1])
{
  const char *first = strchr (text, '\''), *second;

  if (first == NULL || (second = strchr (first + 1, '\'')) == NULL || first - text > MAX_CHARSET)
    return text;
  memcpy (charset, text, (gsize)(first - text));
  charset[first - text] = '\0';
  return second + 1;
}

static char *
decode_pieces (const GPtrArray *pieces, guint from, guint to)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  char charset[MAX_CHARSET + 1] = "";
  gboolean extended = FALSE;

  for (guint i = from; i < to; i++)
    {
      const Piece *piece = pieces->pdata[i];
      const char *text = piece->text;

      if (piece->extended && i == from)
        text = read_charset (text, charset);
      extended |= piece->extended;
      if (piece->extended)
        append_percent (bytes, text);
      else
        g_byte_array_append (bytes, (const guint8 *)text, (guint)strlen (text));
    }
  if (extended)
    return pd_charset_decode ((const char *)bytes->data, bytes->len, charset, NULL);
  g_byte_array_append (bytes, (const guint8 *)"", 1);
  return pd_words_decode ((const char *)bytes->data);
}

/* By name; of one name the pieces in order before the whole ones, extended
 * ones first (RFC 6266 4.3 prefers them), then as they came.
 */
static gint
compare_pieces (gconstpointer a, gconstpointer b)
{
  const Piece *one = *(const Piece *const *)a, *two = *(const Piece *const *)b;
  int by_name = strcmp (one->name, two->name);

  if (by_name != 0)
    return by_name;
  if (one->numbered != two->numbered)
    return one->numbered ? -1 : 1;
  if (one->numbered && one->index != two->index)
    return one->index < two->index ? -1 : 1;
  if (!one->numbered && one->extended != two->extended)
    return one->extended ? -1 : 1;
  return one->order < two->order ? -1 : one->order > two->order;
}

/* How many of the pieces from `i` on make one value. */
static guint
count_run (const GPtrArray *pieces, guint i)
{
  const Piece *first = pieces->pdata[i];
  guint n = 1;

  if (!first->numbered)
    return 1;
  while (i + n < pieces->len)
    {
      const Piece *last = pieces->pdata[i + n - 1], *next = pieces->pdata[i + n];

      /* a piece that is missing or comes twice ends the value */
      if (strcmp (next->name, first->name) != 0 || !next->numbered
          || next->index != last->index + 1)
        break;
      n++;
    }
  return n;
}

static void
join_pieces (PdMimeField *field, GPtrArray *pieces)
{
  g_ptr_array_sort (pieces, compare_pieces);
  for (guint i = 0; i < pieces->len;)
    {
      const Piece *piece = pieces->pdata[i];
      guint n = count_run (pieces, i);
      const char *have = g_hash_table_lookup (field->parameters, piece->name);

      if (have == NULL || *have == '\0')
        g_hash_table_replace (field->parameters, g_strdup (piece->name),
                              decode_pieces (pieces, i, i + n));
      i += n;
    }
}

PdMimeField *
pd_mime_field_parse (const char *raw)
{
  PdMimeField *field = g_new0 (PdMimeField, 1);
  g_autoptr (GPtrArray) pieces = g_ptr_array_new_with_free_func (piece_free);
  const char *at = raw == NULL ? "" : raw;

  field->parameters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  at = read_value (at, field);
  while (*at != '\0' && pieces->len < PD_MIME_FIELD_MAX_PARAMETERS)
    {
      Piece *piece;

      at = skip_space (at);
      at += strspn (at, "; \t\r\n,\"");
      at = skip_space (at);
      if (*at == '\0')
        break;
      piece = read_piece (&at);
      if (piece == NULL)
        continue;
      piece->order = pieces->len;
      g_ptr_array_add (pieces, piece);
    }
  join_pieces (field, pieces);
  return field;
}

void
pd_mime_field_free (PdMimeField *field)
{
  if (field == NULL)
    return;
  g_free (field->value);
  g_hash_table_unref (field->parameters);
  g_free (field);
}

const char *
pd_mime_field_value (const PdMimeField *field)
{
  return field->value;
}

const char *
pd_mime_field_get (const PdMimeField *field, const char *name)
{
  return g_hash_table_lookup (field->parameters, name);
}
