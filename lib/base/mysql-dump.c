/* Two machines, one on top of the other: bytes into tokens, tokens into rows.
 * Neither looks back, so a piece may end anywhere.
 */
#include "base/mysql-dump.h"

#include <string.h>

#include "base/error.h"

typedef enum {
  TOKEN_WORD,   /* INSERT, 42, NULL, db.table */
  TOKEN_NAME,   /* `name` */
  TOKEN_STRING, /* '…' and x'…', decoded */
  TOKEN_QUOTED, /* "…": a string, or a name where the server is told so */
  TOKEN_SIGN,   /* ( ) , ; and others */
} TokenKind;

typedef enum {
  LEX_BETWEEN,
  LEX_WORD,
  LEX_QUOTED,        /* in '…', "…" or `…` */
  LEX_ESCAPE,        /* behind a backslash in it */
  LEX_QUOTE,         /* behind a closing quote: one more is a quote in the text */
  LEX_DASH,          /* "-" */
  LEX_DASHES,        /* "--" */
  LEX_LINE,          /* a comment to the end of the line */
  LEX_SLASH,         /* "/" */
  LEX_COMMENT_BEGIN, /* "/" "*": what comes says which kind */
  LEX_VERSION,       /* digits of a conditional comment */
  LEX_COMMENT,
  LEX_COMMENT_STAR, /* "*" in it */
  LEX_STAR,         /* "*" outside: perhaps the end of a conditional comment */
  LEX_DELIMITER,    /* the rest of a DELIMITER line */
} LexState;

typedef enum {
  PARSE_START,
  PARSE_SKIP, /* to the semicolon */
  PARSE_SET,
  PARSE_CREATE,
  PARSE_CREATE_NAME,
  PARSE_CREATE_COLUMNS,
  PARSE_INSERT,
  PARSE_INSERT_COLUMNS,
  PARSE_VALUES,
  PARSE_ROW,
} ParseState;

/* A value of the row that is being read: where its bytes lie. */
typedef struct {
  gsize start, length;
  gboolean null;
} Place;

struct PdMysqlDump {
  PdMysqlRowFunc each;
  gpointer data;
  guint64 line;

  LexState lex;
  char quote;
  char prefix; /* 'x' or 'b' in front of a quote, 0 none */
  GByteArray *token;

  ParseState parse;
  gboolean foreign;     /* between DELIMITER lines: another statement end, nothing of ours */
  guint depth;          /* of parentheses in CREATE TABLE */
  gboolean item_begins; /* in it */
  gboolean type_next;   /* the word behind a column's name */
  gboolean names, zone; /* SET: the charset, the time zone comes next */
  gboolean value_done;  /* the place of a value is filled */
  char *table;
  GPtrArray *columns; /* of char*: of the statement; NULL: not named in it */
  GPtrArray *types;   /* of the columns, of char* */
  GHashTable *tables; /* char* -> Table */
  GByteArray *row;
  GArray *places;
  char *charset;
  gboolean utc;
};

/* What CREATE TABLE said. */
typedef struct {
  GPtrArray *columns, *types; /* of char* */
} Table;

static void
table_free (Table *table)
{
  g_ptr_array_unref (table->columns);
  g_ptr_array_unref (table->types);
  g_free (table);
}

static gboolean G_GNUC_PRINTF (3, 4)
    fail (PdMysqlDump *dump, GError **error, const char *format, ...)
{
  va_list arguments;
  g_autofree char *raw = NULL, *text = NULL;

  va_start (arguments, format);
  raw = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  text = g_utf8_make_valid (raw, -1);
  return pd_fail (error, PD_ERROR_INVALID, "line %" G_GUINT64_FORMAT ": %s", dump->line, text);
}

/* ---- tokens into rows ---- */

typedef struct {
  TokenKind kind;
  const char *text; /* ends with a 0 */
  gsize length;
} Token;

static gboolean
is_word (const Token *token, const char *word)
{
  return token->kind == TOKEN_WORD && g_ascii_strcasecmp (token->text, word) == 0;
}

static gboolean
is_sign (const Token *token, char sign)
{
  return token->kind == TOKEN_SIGN && token->text[0] == sign;
}

static gboolean
is_any_word (const Token *token, const char *const *words)
{
  for (; *words != NULL; words++)
    if (is_word (token, *words))
      return TRUE;
  return FALSE;
}

static void
begin_statement (PdMysqlDump *dump)
{
  dump->parse = PARSE_START;
  g_clear_pointer (&dump->table, g_free);
  g_clear_pointer (&dump->columns, g_ptr_array_unref);
  g_clear_pointer (&dump->types, g_ptr_array_unref);
}

/* "db.table" and `db`.`table`: the last part counts. */
static void
take_name (PdMysqlDump *dump, const Token *token)
{
  const char *dot = token->kind == TOKEN_WORD ? strrchr (token->text, '.') : NULL;
  const char *name = dot != NULL ? dot + 1 : token->text;

  if (*name == '\0')
    return;
  g_free (dump->table);
  dump->table = g_strdup (name);
}

static gboolean
add_column (PdMysqlDump *dump, const char *name, GError **error)
{
  if (dump->columns == NULL)
    dump->columns = g_ptr_array_new_with_free_func (g_free);
  if (dump->columns->len >= PD_MYSQL_DUMP_MAX_COLUMNS)
    return fail (dump, error, "more than %d columns", PD_MYSQL_DUMP_MAX_COLUMNS);
  g_ptr_array_add (dump->columns, g_strdup (name));
  return TRUE;
}

static gboolean
on_start (PdMysqlDump *dump, const Token *token, GError **error)
{
  begin_statement (dump);
  if (is_word (token, "INSERT") || is_word (token, "REPLACE"))
    dump->parse = PARSE_INSERT;
  else if (is_word (token, "CREATE"))
    dump->parse = PARSE_CREATE;
  else if (is_word (token, "SET"))
    dump->parse = PARSE_SET;
  else if (!is_sign (token, ';'))
    dump->parse = PARSE_SKIP;
  dump->names = dump->zone = FALSE;
  return TRUE;
}

static gboolean
on_skip (PdMysqlDump *dump, const Token *token, GError **error)
{
  if (is_sign (token, ';'))
    begin_statement (dump);
  return TRUE;
}

static gboolean
on_set (PdMysqlDump *dump, const Token *token, GError **error)
{
  if (dump->names && token->kind != TOKEN_SIGN)
    {
      g_free (dump->charset);
      dump->charset = g_ascii_strdown (token->text, -1);
    }
  if (dump->zone && !is_sign (token, '='))
    dump->utc = strcmp (token->text, "+00:00") == 0;
  dump->names = is_word (token, "NAMES");
  dump->zone = is_word (token, "TIME_ZONE") || (dump->zone && is_sign (token, '='));
  return on_skip (dump, token, error);
}

static gboolean
on_create (PdMysqlDump *dump, const Token *token, GError **error)
{
  static const char *const before[] = { "OR", "REPLACE", "TEMPORARY", NULL };

  if (is_word (token, "TABLE"))
    dump->parse = PARSE_CREATE_NAME;
  else if (!is_any_word (token, before))
    {
      dump->parse = PARSE_SKIP;
      return on_skip (dump, token, error);
    }
  return TRUE;
}

static gboolean
on_create_name (PdMysqlDump *dump, const Token *token, GError **error)
{
  static const char *const before[] = { "IF", "NOT", "EXISTS", NULL };

  if (is_sign (token, '(') && dump->table != NULL)
    {
      dump->parse = PARSE_CREATE_COLUMNS;
      dump->depth = 1;
      dump->item_begins = TRUE;
    }
  else if (token->kind == TOKEN_SIGN)
    {
      dump->parse = PARSE_SKIP;
      return on_skip (dump, token, error);
    }
  else if (!is_any_word (token, before))
    take_name (dump, token);
  return TRUE;
}

static gboolean
keep_columns (PdMysqlDump *dump, GError **error)
{
  Table *table;

  if (g_hash_table_size (dump->tables) >= PD_MYSQL_DUMP_MAX_TABLES)
    return fail (dump, error, "more than %d tables", PD_MYSQL_DUMP_MAX_TABLES);
  dump->parse = PARSE_SKIP;
  if (dump->columns == NULL)
    return TRUE;
  table = g_new (Table, 1);
  table->columns = g_steal_pointer (&dump->columns);
  table->types = g_steal_pointer (&dump->types);
  g_hash_table_replace (dump->tables, g_strdup (dump->table), table);
  return TRUE;
}

/* The type is empty until its word comes. */
static gboolean
add_created_column (PdMysqlDump *dump, const char *name, GError **error)
{
  if (!add_column (dump, name, error))
    return FALSE;
  if (dump->types == NULL)
    dump->types = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (dump->types, g_strdup (""));
  dump->type_next = TRUE;
  return TRUE;
}

static void
take_type (PdMysqlDump *dump, const char *word)
{
  char **last = (char **)&g_ptr_array_index (dump->types, dump->types->len - 1);

  g_free (*last);
  *last = g_ascii_strdown (word, -1);
}

static gboolean
on_create_columns (PdMysqlDump *dump, const Token *token, GError **error)
{
  /* what is no column begins with one of these */
  static const char *const others[]
      = { "PRIMARY", "KEY",     "UNIQUE", "INDEX",  "CONSTRAINT", "FULLTEXT",
          "SPATIAL", "FOREIGN", "CHECK",  "PERIOD", NULL };
  gboolean begins = dump->item_begins, type = dump->type_next;

  dump->item_begins = dump->type_next = FALSE;
  if (is_sign (token, '('))
    dump->depth++;
  else if (is_sign (token, ')') && --dump->depth == 0)
    return keep_columns (dump, error);
  else if (is_sign (token, ',') && dump->depth == 1)
    dump->item_begins = TRUE;
  else if (begins && token->kind != TOKEN_SIGN && !is_any_word (token, others))
    return add_created_column (dump, token->text, error);
  else if (type && token->kind == TOKEN_WORD)
    take_type (dump, token->text);
  return TRUE;
}

/* Before the rows: the columns of the statement, else of the table, and their types. */
static void
find_columns (PdMysqlDump *dump)
{
  const Table *table = g_hash_table_lookup (dump->tables, dump->table);

  if (table == NULL)
    return;
  if (dump->columns == NULL)
    {
      dump->columns = g_ptr_array_ref (table->columns);
      dump->types = g_ptr_array_ref (table->types);
      return;
    }
  dump->types = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < dump->columns->len; i++)
    {
      guint place;
      const char *type = "";

      if (g_ptr_array_find_with_equal_func (table->columns, g_ptr_array_index (dump->columns, i),
                                            g_str_equal, &place))
        type = g_ptr_array_index (table->types, place);
      g_ptr_array_add (dump->types, g_strdup (type));
    }
}

static gboolean
on_insert (PdMysqlDump *dump, const Token *token, GError **error)
{
  static const char *const before[]
      = { "INTO", "IGNORE", "LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", NULL };

  if (is_any_word (token, before))
    return TRUE;
  if (dump->table != NULL && (is_word (token, "VALUES") || is_word (token, "VALUE")))
    {
      dump->parse = PARSE_VALUES;
      find_columns (dump);
    }
  else if (dump->table != NULL && dump->columns == NULL && is_sign (token, '('))
    dump->parse = PARSE_INSERT_COLUMNS;
  else if (token->kind == TOKEN_SIGN || is_word (token, "SELECT") || is_word (token, "SET"))
    return fail (dump, error, "an INSERT that is none of mysqldump: \"%s\"", token->text);
  else
    take_name (dump, token);
  return TRUE;
}

static gboolean
on_insert_columns (PdMysqlDump *dump, const Token *token, GError **error)
{
  if (is_sign (token, ')'))
    dump->parse = PARSE_INSERT;
  else if (token->kind != TOKEN_SIGN)
    return add_column (dump, token->text, error);
  else if (!is_sign (token, ','))
    return fail (dump, error, "\"%s\" in the columns of an INSERT", token->text);
  return TRUE;
}

static gboolean
on_values (PdMysqlDump *dump, const Token *token, GError **error)
{
  if (is_sign (token, '('))
    {
      dump->parse = PARSE_ROW;
      dump->value_done = FALSE;
      g_byte_array_set_size (dump->row, 0);
      g_array_set_size (dump->places, 0);
    }
  else if (is_sign (token, ';'))
    begin_statement (dump);
  else if (is_word (token, "ON"))
    dump->parse = PARSE_SKIP; /* ON DUPLICATE KEY UPDATE … */
  else if (!is_sign (token, ','))
    return fail (dump, error, "\"%.40s\" between the rows of an INSERT", token->text);
  return TRUE;
}

static gboolean
end_row (PdMysqlDump *dump, GError **error)
{
  const GPtrArray *columns = dump->columns;
  g_autofree PdMysqlValue *values = g_new0 (PdMysqlValue, dump->places->len + 1);
  const PdMysqlRow row = {
    .table = dump->table,
    .n = dump->places->len,
    .columns = columns != NULL ? (const char *const *)columns->pdata : NULL,
    .types = dump->types != NULL ? (const char *const *)dump->types->pdata : NULL,
    .values = values,
    .charset = dump->charset,
    .utc = dump->utc,
  };

  if (columns == NULL)
    return fail (dump, error,
                 "the columns of \"%s\" are not known: the dump has no CREATE TABLE for it and"
                 " its INSERT names none",
                 dump->table);
  if (columns->len != row.n)
    return fail (dump, error, "\"%s\" has %u columns, a row of it %u values", dump->table,
                 columns->len, row.n);
  for (guint i = 0; i < row.n; i++)
    {
      const Place *place = &g_array_index (dump->places, Place, i);

      if (!place->null)
        values[i] = (PdMysqlValue){ (const char *)dump->row->data + place->start, place->length };
    }
  dump->parse = PARSE_VALUES;
  if (!dump->each (&row, dump->data, error))
    {
      g_prefix_error (error, "line %" G_GUINT64_FORMAT ": ", dump->line);
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_number (const Token *token)
{
  const char *p = token->text;

  p += *p == '-' || *p == '+';
  return g_ascii_isdigit (*p) || *p == '.';
}

/* 0xAB is bytes; they stand as text in the token. */
static gboolean
is_hex (const Token *token)
{
  return token->kind == TOKEN_WORD && token->length > 2 && token->text[0] == '0'
         && token->text[1] == 'x'
         && strspn (token->text + 2, "0123456789abcdefABCDEF") == token->length - 2;
}

static void
add_hex (GByteArray *to, const char *digits, gsize length)
{
  gboolean odd = length % 2;
  guint8 byte = 0;

  for (gsize i = 0; i < length; i++)
    {
      byte = (guint8)(byte << 4 | (guint)g_ascii_xdigit_value (digits[i]));
      if ((i + odd) % 2 == 1)
        g_byte_array_append (to, &byte, 1);
    }
}

static gboolean
add_value (PdMysqlDump *dump, const Token *token, GError **error)
{
  Place place = { dump->row->len, 0, FALSE };

  if (dump->places->len >= PD_MYSQL_DUMP_MAX_COLUMNS)
    return fail (dump, error, "a row of more than %d values", PD_MYSQL_DUMP_MAX_COLUMNS);
  if (dump->row->len + token->length + 1 > PD_MYSQL_DUMP_MAX_ROW)
    return fail (dump, error, "a row of more than %d octets", PD_MYSQL_DUMP_MAX_ROW);
  if (is_word (token, "NULL"))
    place.null = TRUE;
  else if (is_hex (token))
    add_hex (dump->row, token->text + 2, token->length - 2);
  else if (token->kind == TOKEN_WORD && !is_number (token) && !is_word (token, "TRUE")
           && !is_word (token, "FALSE"))
    return fail (dump, error, "\"%.40s\" is no constant", token->text);
  else
    g_byte_array_append (dump->row, (const guint8 *)token->text, (guint)token->length);
  place.length = dump->row->len - place.start;
  g_byte_array_append (dump->row, (const guint8 *)"", 1);
  g_array_append_val (dump->places, place);
  dump->value_done = TRUE;
  return TRUE;
}

static gboolean
on_row (PdMysqlDump *dump, const Token *token, GError **error)
{
  gboolean ends = is_sign (token, ')');

  if (ends || is_sign (token, ','))
    {
      if (!dump->value_done)
        return fail (dump, error, "a value is missing before \"%s\"", token->text);
      dump->value_done = FALSE;
      return !ends || end_row (dump, error);
    }
  if (token->kind == TOKEN_SIGN || dump->value_done)
    return fail (dump, error, "\"%.40s\" where a value ends", token->text);
  /* _binary'…', _utf8'…': the bytes come next */
  if (token->kind == TOKEN_WORD && token->text[0] == '_')
    return TRUE;
  return add_value (dump, token, error);
}

static gboolean
on_token (PdMysqlDump *dump, const Token *token, GError **error)
{
  static gboolean (*const steps[]) (PdMysqlDump *, const Token *, GError **) = {
    [PARSE_START] = on_start,
    [PARSE_SKIP] = on_skip,
    [PARSE_SET] = on_set,
    [PARSE_CREATE] = on_create,
    [PARSE_CREATE_NAME] = on_create_name,
    [PARSE_CREATE_COLUMNS] = on_create_columns,
    [PARSE_INSERT] = on_insert,
    [PARSE_INSERT_COLUMNS] = on_insert_columns,
    [PARSE_VALUES] = on_values,
    [PARSE_ROW] = on_row,
  };

  if (dump->foreign)
    return TRUE;
  return steps[dump->parse](dump, token, error);
}

/* ---- bytes into tokens ---- */

static gboolean
is_space (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static gboolean
is_word_char (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '$' || c == '.' || c == '@' || (guchar)c >= 0x80;
}

static gboolean
push (PdMysqlDump *dump, char c, GError **error)
{
  /* only values are long: of names and of what is passed over no more is kept */
  gsize most
      = dump->parse == PARSE_ROW && !dump->foreign ? PD_MYSQL_DUMP_MAX_ROW : PD_MYSQL_DUMP_MAX_NAME;

  if (dump->token->len < most)
    g_byte_array_append (dump->token, (const guint8 *)&c, 1);
  else if (most == PD_MYSQL_DUMP_MAX_ROW)
    return fail (dump, error, "a value of more than %d octets", PD_MYSQL_DUMP_MAX_ROW);
  return TRUE;
}

static void
pack_bits (GByteArray *bits)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  guint odd = (8 - bits->len % 8) % 8;
  guint8 byte = 0;

  for (guint i = 0; i < bits->len; i++)
    {
      byte = (guint8)(byte << 1 | (bits->data[i] == '1'));
      if ((i + odd) % 8 == 7)
        g_byte_array_append (packed, &byte, 1);
    }
  g_byte_array_set_size (bits, 0);
  g_byte_array_append (bits, packed->data, packed->len);
}

/* The text of x'…' and b'…' becomes the bytes that it stands for. */
static gboolean
unpack (PdMysqlDump *dump, GError **error)
{
  const char *allowed = dump->prefix == 'x' ? "0123456789abcdefABCDEF" : "01";
  g_autofree char *digits = g_strndup ((const char *)dump->token->data, dump->token->len);

  if (strspn (digits, allowed) != dump->token->len)
    return fail (dump, error, "\"%.40s\" are no digits", digits);
  if (dump->prefix == 'b')
    pack_bits (dump->token);
  else
    {
      gsize length = dump->token->len;

      g_byte_array_set_size (dump->token, 0);
      add_hex (dump->token, digits, length);
    }
  dump->prefix = 0;
  return TRUE;
}

static gboolean
end_token (PdMysqlDump *dump, TokenKind kind, GError **error)
{
  Token token = { .kind = kind };

  dump->lex = LEX_BETWEEN;
  if (dump->prefix != 0 && kind == TOKEN_STRING && !unpack (dump, error))
    return FALSE;
  dump->prefix = 0;
  token.length = dump->token->len;
  g_byte_array_append (dump->token, (const guint8 *)"", 1);
  token.text = (const char *)dump->token->data;
  if (kind == TOKEN_WORD && dump->parse == PARSE_START
      && g_ascii_strcasecmp (token.text, "DELIMITER") == 0)
    dump->lex = LEX_DELIMITER;
  else if (!on_token (dump, &token, error))
    return FALSE;
  g_byte_array_set_size (dump->token, 0);
  return TRUE;
}

static gboolean
end_sign (PdMysqlDump *dump, char c, GError **error)
{
  return push (dump, c, error) && end_token (dump, TOKEN_SIGN, error);
}

static gboolean
lex_between (PdMysqlDump *dump, char c, GError **error)
{
  if (is_space (c))
    return TRUE;
  if (c == '\'' || c == '"' || c == '`')
    {
      dump->quote = c;
      dump->lex = LEX_QUOTED;
    }
  else if (c == '-')
    dump->lex = LEX_DASH;
  else if (c == '#')
    dump->lex = LEX_LINE;
  else if (c == '/')
    dump->lex = LEX_SLASH;
  else if (c == '*')
    dump->lex = LEX_STAR;
  else if (is_word_char (c))
    {
      dump->lex = LEX_WORD;
      return push (dump, c, error);
    }
  else
    return end_sign (dump, c, error);
  return TRUE;
}

/* The line names the new end of statements.  Between another one and the return of
 * ";" stand triggers and routines. */
static gboolean
lex_delimiter (PdMysqlDump *dump, char c, GError **error)
{
  g_autofree char *text = NULL;

  if (c != '\n')
    return push (dump, c, error);
  text = g_strndup ((const char *)dump->token->data, dump->token->len);
  g_strstrip (text);
  dump->foreign = strcmp (text, ";") != 0;
  dump->parse = PARSE_START;
  g_byte_array_set_size (dump->token, 0);
  dump->lex = LEX_BETWEEN;
  return TRUE;
}

/* 1e-5: the sign belongs to the number */
static gboolean
is_exponent_sign (const PdMysqlDump *dump, char c)
{
  const guint8 *text = dump->token->data;
  guint n = dump->token->len;

  return (c == '-' || c == '+') && n > 1 && (text[n - 1] == 'e' || text[n - 1] == 'E')
         && (g_ascii_isdigit (text[0]) || text[0] == '-' || text[0] == '.');
}

static gboolean
lex_word (PdMysqlDump *dump, char c, GError **error)
{
  if (is_word_char (c) || is_exponent_sign (dump, c))
    return push (dump, c, error);
  if (c == '\'' && dump->token->len == 1 && strchr ("xXbBnN", dump->token->data[0]) != NULL)
    {
      dump->prefix = g_ascii_tolower ((char)dump->token->data[0]);
      dump->prefix = dump->prefix == 'n' ? 0 : dump->prefix;
      g_byte_array_set_size (dump->token, 0);
      dump->quote = c;
      dump->lex = LEX_QUOTED;
      return TRUE;
    }
  if (!end_token (dump, TOKEN_WORD, error))
    return FALSE;
  return dump->lex == LEX_DELIMITER ? lex_delimiter (dump, c, error) : lex_between (dump, c, error);
}

static gboolean
lex_quoted (PdMysqlDump *dump, char c, GError **error)
{
  if (c == dump->quote)
    dump->lex = LEX_QUOTE;
  else if (c == '\\' && dump->quote != '`')
    dump->lex = LEX_ESCAPE;
  else
    return push (dump, c, error);
  return TRUE;
}

static gboolean
lex_escape (PdMysqlDump *dump, char c, GError **error)
{
  static const char from[] = "0bnrtZ", to[] = "\0\b\n\r\t\032";
  const char *found = c != '\0' ? strchr (from, c) : NULL;

  dump->lex = LEX_QUOTED;
  if (found != NULL)
    return push (dump, to[found - from], error);
  /* these two stay escaped: they matter to LIKE alone */
  if ((c == '%' || c == '_') && !push (dump, '\\', error))
    return FALSE;
  return push (dump, c, error);
}

static gboolean
lex_quote (PdMysqlDump *dump, char c, GError **error)
{
  TokenKind kind = dump->quote == '`'   ? TOKEN_NAME
                   : dump->quote == '"' ? TOKEN_QUOTED
                                        : TOKEN_STRING;

  if (c == dump->quote)
    {
      dump->lex = LEX_QUOTED;
      return push (dump, c, error);
    }
  return end_token (dump, kind, error) && lex_between (dump, c, error);
}

static gboolean
lex_dash (PdMysqlDump *dump, char c, GError **error)
{
  if (c == '-')
    {
      dump->lex = LEX_DASHES;
      return TRUE;
    }
  dump->lex = LEX_WORD;
  return push (dump, '-', error) && lex_word (dump, c, error);
}

static gboolean
lex_dashes (PdMysqlDump *dump, char c, GError **error)
{
  if (is_space (c))
    {
      dump->lex = c == '\n' ? LEX_BETWEEN : LEX_LINE;
      return TRUE;
    }
  return end_sign (dump, '-', error) && lex_dash (dump, c, error);
}

static gboolean
lex_line (PdMysqlDump *dump, char c, GError **error)
{
  if (c == '\n')
    dump->lex = LEX_BETWEEN;
  return TRUE;
}

static gboolean
lex_slash (PdMysqlDump *dump, char c, GError **error)
{
  if (c == '*')
    {
      dump->lex = LEX_COMMENT_BEGIN;
      return TRUE;
    }
  return end_sign (dump, '/', error) && lex_between (dump, c, error);
}

/* What stands in a conditional comment is read as if it stood outside; its end is
 * found by lex_star. */
static gboolean
lex_comment_begin (PdMysqlDump *dump, char c, GError **error)
{
  dump->lex = c == '!' ? LEX_VERSION : c == '*' ? LEX_COMMENT_STAR : LEX_COMMENT;
  return TRUE;
}

static gboolean
lex_version (PdMysqlDump *dump, char c, GError **error)
{
  if (g_ascii_isdigit (c))
    return TRUE;
  dump->lex = LEX_BETWEEN;
  return lex_between (dump, c, error);
}

static gboolean
lex_comment (PdMysqlDump *dump, char c, GError **error)
{
  if (c == '*')
    dump->lex = LEX_COMMENT_STAR;
  return TRUE;
}

static gboolean
lex_comment_star (PdMysqlDump *dump, char c, GError **error)
{
  if (c != '*')
    dump->lex = c == '/' ? LEX_BETWEEN : LEX_COMMENT;
  return TRUE;
}

static gboolean
lex_star (PdMysqlDump *dump, char c, GError **error)
{
  dump->lex = LEX_BETWEEN;
  if (c == '/')
    return TRUE;
  return end_sign (dump, '*', error) && lex_between (dump, c, error);
}

static gboolean
feed_byte (PdMysqlDump *dump, char c, GError **error)
{
  static gboolean (*const steps[]) (PdMysqlDump *, char, GError **) = {
    [LEX_BETWEEN] = lex_between,
    [LEX_WORD] = lex_word,
    [LEX_QUOTED] = lex_quoted,
    [LEX_ESCAPE] = lex_escape,
    [LEX_QUOTE] = lex_quote,
    [LEX_DASH] = lex_dash,
    [LEX_DASHES] = lex_dashes,
    [LEX_LINE] = lex_line,
    [LEX_SLASH] = lex_slash,
    [LEX_COMMENT_BEGIN] = lex_comment_begin,
    [LEX_VERSION] = lex_version,
    [LEX_COMMENT] = lex_comment,
    [LEX_COMMENT_STAR] = lex_comment_star,
    [LEX_STAR] = lex_star,
    [LEX_DELIMITER] = lex_delimiter,
  };

  if (c == '\n')
    dump->line++;
  return steps[dump->lex](dump, c, error);
}

/* ---- public ---- */

PdMysqlDump *
pd_mysql_dump_new (PdMysqlRowFunc each, gpointer data)
{
  PdMysqlDump *dump = g_new0 (PdMysqlDump, 1);

  dump->each = each;
  dump->data = data;
  dump->line = 1;
  dump->token = g_byte_array_new ();
  dump->row = g_byte_array_new ();
  dump->places = g_array_new (FALSE, FALSE, sizeof (Place));
  dump->tables
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)table_free);
  dump->charset = g_strdup ("");
  return dump;
}

void
pd_mysql_dump_free (PdMysqlDump *dump)
{
  if (dump == NULL)
    return;
  begin_statement (dump);
  g_byte_array_unref (dump->token);
  g_byte_array_unref (dump->row);
  g_array_unref (dump->places);
  g_hash_table_unref (dump->tables);
  g_free (dump->charset);
  g_free (dump);
}

gboolean
pd_mysql_dump_feed (PdMysqlDump *dump, const char *bytes, gsize length, GError **error)
{
  for (gsize i = 0; i < length; i++)
    {
      /* the long part of a dump: the inside of strings, taken at once */
      if (dump->lex == LEX_QUOTED && dump->parse == PARSE_ROW && !dump->foreign)
        {
          gsize n = 0;

          while (i + n < length && bytes[i + n] != dump->quote && bytes[i + n] != '\\'
                 && bytes[i + n] != '\n')
            n++;
          n = MIN (n, PD_MYSQL_DUMP_MAX_ROW - MIN (dump->token->len, PD_MYSQL_DUMP_MAX_ROW));
          g_byte_array_append (dump->token, (const guint8 *)bytes + i, (guint)n);
          i += n;
          if (i == length)
            break;
        }
      if (!feed_byte (dump, bytes[i], error))
        return FALSE;
    }
  return TRUE;
}

gboolean
pd_mysql_dump_end (PdMysqlDump *dump, GError **error)
{
  /* ends a last word or comment; an open string stays open */
  if (!feed_byte (dump, '\n', error))
    return FALSE;
  dump->line--;
  if (dump->lex == LEX_QUOTED || dump->lex == LEX_ESCAPE || dump->lex == LEX_COMMENT
      || dump->lex == LEX_COMMENT_STAR || dump->parse >= PARSE_INSERT)
    return fail (dump, error, "the file ends in the middle of a statement: it is cut off");
  return TRUE;
}

/* MySQL's names for charsets that iconv knows by another. */
static const char *
iconv_name (const char *charset)
{
  static const struct {
    const char *mysql, *iconv;
  } names[] = {
    { "latin1", "WINDOWS-1252" }, { "latin2", "ISO-8859-2" }, { "latin5", "ISO-8859-9" },
    { "latin7", "ISO-8859-13" },  { "koi8r", "KOI8-R" },      { "koi8u", "KOI8-U" },
    { "greek", "ISO-8859-7" },    { "hebrew", "ISO-8859-8" }, { "sjis", "SHIFT_JIS" },
    { "euckr", "EUC-KR" },        { "ujis", "EUC-JP" },       { "gb2312", "GB2312" },
    { "big5", "BIG5" },           { "gbk", "GBK" },           { "cp1250", "CP1250" },
    { "cp1251", "CP1251" },       { "cp1256", "CP1256" },     { "cp1257", "CP1257" },
    { "cp866", "CP866" },         { "cp850", "CP850" },       { "cp852", "CP852" },
    { "cp932", "CP932" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].mysql, charset) == 0)
      return names[i].iconv;
  return "WINDOWS-1252";
}

/* A NUL is no text for GLib, nor for the databases. */
static char *
without_nul (const PdMysqlValue *value)
{
  char *text = g_malloc (value->length + 1);
  gsize n = 0;

  for (gsize i = 0; i < value->length; i++)
    if (value->bytes[i] != '\0')
      text[n++] = value->bytes[i];
  text[n] = '\0';
  return text;
}

char *
pd_mysql_value_dup_text (const PdMysqlValue *value, const char *charset)
{
  g_autofree char *text = NULL;
  char *converted;

  if (value->bytes == NULL)
    return g_strdup ("");
  text = without_nul (value);
  if (g_utf8_validate (text, -1, NULL))
    return g_steal_pointer (&text);
  converted = g_convert_with_fallback (text, -1, "UTF-8", iconv_name (charset), "\357\277\275",
                                       NULL, NULL, NULL);
  /* five octets mean nothing in Windows-1252: then what is good stays */
  return converted != NULL ? converted : g_utf8_make_valid (text, -1);
}
