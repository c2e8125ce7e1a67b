#include "mail/address-list.h"

#include <string.h>

#include "mail/encoded-word.h"
#include "mail/mail-reader.h"

#define MAX_ADDRESS 998 /* octets; longer ones are no addresses (RFC 5321 4.5.3.1 says 254) */
#define MAX_NAME 998    /* octets kept of a name */
#define MAX_BLANKS 8    /* between a bracket and an address */
#define MAX_LITERAL 100 /* octets of an address literal */
#define MAX_DEPTH 20    /* of comments in comments */

/* What stands between two commas. */
typedef struct {
  GString *text;    /* outside of <>, comments taken out, quotes kept */
  GString *comment; /* the last one */
  GString *angle;   /* inside of <> */
  gboolean has_angle;
  gsize before; /* how much of the text stood before the "<" */
} Item;

typedef struct {
  GPtrArray *list;
  guint max;
  gboolean full;
  Item item;
  GString *name;                   /* a name without an address before a comma: "Doe, Jane <…>" */
  gboolean no_quotes, no_comments; /* no more of them are closed */
  guint depth;                     /* of quoted texts that are read as addresses */
} Parser;

static void parse (Parser *parser, const char *at);

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static gboolean
is_local_char (char c)
{
  return (guint8)c >= 0x80 || g_ascii_isalnum (c)
         || (c != '\0' && strchr (".!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static gboolean
is_domain_char (char c)
{
  return (guint8)c >= 0x80 || g_ascii_isalnum (c) || c == '-' || c == '.' || c == '_';
}

static void
item_reset (Item *item)
{
  g_string_truncate (item->text, 0);
  g_string_truncate (item->comment, 0);
  g_string_truncate (item->angle, 0);
  item->has_angle = FALSE;
  item->before = 0;
}

/* Words as a name: quotes undone, one blank between words. */
static char *
dup_name (const char *text, gsize length)
{
  g_autoptr (GString) name = g_string_new (NULL);
  gboolean quoted = FALSE;

  for (gsize i = 0; i < length && name->len < MAX_NAME; i++)
    {
      char c = text[i];

      if (c == '"')
        quoted = !quoted;
      else if (is_space (c))
        {
          if (name->len > 0 && name->str[name->len - 1] != ' ')
            g_string_append_c (name, ' ');
        }
      else if (c == '\\' && quoted && i + 1 < length)
        g_string_append_c (name, text[++i]);
      else if (quoted || (c != '<' && c != '>'))
        g_string_append_c (name, c);
    }
  return g_strstrip (g_utf8_make_valid (name->str, (gssize)name->len));
}

static void
add (Parser *parser, const char *name, const char *address)
{
  if (parser->list->len >= parser->max)
    parser->full = TRUE;
  else if (*name != '\0' || *address != '\0')
    g_ptr_array_add (parser->list, pd_address_new (name, address));
}

/* A local part as it goes on the wire: in quotes only where it must. */
static void
append_local (GString *out, const char *local)
{
  gsize n = 0;

  while (is_local_char (local[n]))
    n++;
  if (local[n] == '\0')
    {
      g_string_append (out, local);
      return;
    }
  g_string_append_c (out, '"');
  for (; *local != '\0'; local++)
    {
      if (*local == '"' || *local == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *local);
    }
  g_string_append_c (out, '"');
}

/* The length of "[192.0.2.1]" or "[IPv6:2001:db8::1]"; 0 if it is none. */
static gsize
literal_length (const char *text, gsize length)
{
  gsize n = 1;

  if (length == 0 || *text != '[')
    return 0;
  while (n < length && (g_ascii_isalnum (text[n]) || strchr (".:-", text[n]) != NULL)
         && text[n] != '\0')
    n++;
  return n < length && text[n] == ']' ? n + 1 : 0;
}

/* local@domain from its two halves, blanks and quotes still in them; NULL if
 * it is no address.
 */
static char *
dup_address (const char *local, gsize local_length, const char *domain, gsize domain_length)
{
  g_autofree char *name = dup_name (local, local_length);
  g_autoptr (GString) out = g_string_new (NULL);
  gsize n = 0, literal;

  if (*name == '\0' || local_length + domain_length > MAX_ADDRESS)
    return NULL;
  append_local (out, name);
  g_string_append_c (out, '@');
  while (n < domain_length && is_space (domain[n]))
    n++;
  literal = literal_length (domain + n, domain_length - n);
  if (literal > 0)
    g_string_append_len (out, domain + n, (gssize)literal);
  else
    for (; n < domain_length && (is_domain_char (domain[n]) || is_space (domain[n])); n++)
      if (!is_space (domain[n]))
        g_string_append_c (out, domain[n]);
  while (out->len > 0 && out->str[out->len - 1] == '.')
    g_string_truncate (out, out->len - 1);
  if (out->str[out->len - 1] == '@')
    return NULL;
  return g_strdup (out->str);
}

/* The last "@" outside of quotes, or NULL. */
static const char *
find_at (const char *text)
{
  const char *found = NULL;
  gboolean quoted = FALSE;

  for (; *text != '\0'; text++)
    if (*text == '\\' && text[1] != '\0')
      text++;
    else if (*text == '"')
      quoted = !quoted;
    else if (*text == '@' && !quoted)
      found = text;
  return found;
}

/* What stands in <>: a route before it is obsolete (RFC 5322 4.4), "mailto:" is
 * a link's.  Without a domain it is a name of the sender's own system.
 */
static char *
dup_angle (const char *angle)
{
  const char *at, *colon;
  char *address;

  angle += strspn (angle, " \t\r\n");
  if (*angle == '@' && (colon = strchr (angle, ':')) != NULL)
    angle = colon + 1;
  else if (g_ascii_strncasecmp (angle, "mailto:", 7) == 0)
    angle += 7;
  angle += strspn (angle, " \t\r\n'");
  at = find_at (angle);
  if (at != NULL)
    return dup_address (angle, (gsize)(at - angle), at + 1, strlen (at + 1));
  address = dup_name (angle, strlen (angle));
  if (strlen (address) > MAX_ADDRESS || strpbrk (address, " ,;:") != NULL)
    g_clear_pointer (&address, g_free);
  /* the whole address in quotes, as no program but a careless one does */
  if (address != NULL && strchr (address, '@') != NULL && (at = strrchr (address, '@')) != NULL)
    {
      g_autofree char *quoted = address;

      address = dup_address (quoted, (gsize)(at - quoted), at + 1, strlen (at + 1));
    }
  return address;
}

/* A login name as Unix has them: the only word without "@" that is taken for
 * an address when it stands alone.
 */
static gboolean
is_login (const char *word)
{
  if (!g_ascii_islower (*word))
    return FALSE;
  for (; *word != '\0'; word++)
    if (!g_ascii_islower (*word) && !g_ascii_isdigit (*word) && strchr ("._-+", *word) == NULL)
      return FALSE;
  return TRUE;
}

/* The next local@domain in a text, from `from` on; blanks may stand around
 * the "@".
 */
static gboolean
find_spec (const char *text, gsize from, gsize *out_begin, gsize *out_at, gsize *out_end)
{
  gboolean quoted = FALSE;
  gsize open = 0;

  for (gsize i = from; text[i] != '\0'; i++)
    {
      gsize begin = i, end = i + 1;

      if (text[i] == '\\' && quoted && text[i + 1] != '\0')
        i++;
      else if (text[i] == '"' && (quoted = !quoted))
        open = i;
      if (text[i] != '@' || quoted)
        continue;
      while (begin > from && is_space (text[begin - 1]))
        begin--;
      if (begin > from && text[begin - 1] == '"')
        begin = open;
      else
        while (begin > from && is_local_char (text[begin - 1]))
          begin--;
      while (is_space (text[end]))
        end++;
      if (text[end] == '[')
        end += literal_length (text + end, strnlen (text + end, MAX_LITERAL));
      else
        while (is_domain_char (text[end]))
          end++;
      *out_begin = begin;
      *out_at = i;
      *out_end = end;
      return TRUE;
    }
  return FALSE;
}

/* Takes the brackets away that stood around an address, as in "Name [a@b]";
 * returns where the text behind it goes on.
 */
static gsize
drop_brackets (GString *rest, const char *text, gsize end)
{
  static const char open[] = "[('{", close[] = "])'}";
  gsize last = rest->len, next = end + strspn (text + end, " \t\r\n");
  const char *which;

  for (guint i = 0; i < MAX_BLANKS && last > 0 && is_space (rest->str[last - 1]); i++)
    last--;
  which = last > 0 ? strchr (open, rest->str[last - 1]) : NULL;
  if (which == NULL || text[next] != close[which - open])
    return end;
  g_string_truncate (rest, last - 1);
  return next + 1;
}

/* "a . b" is "a.b" (RFC 5322 4.4); in "Ann Q. Doe" no blank is before the dot. */
static char *
join_dots (const char *text)
{
  GString *out = g_string_new (NULL);
  gboolean quoted = FALSE;

  for (; *text != '\0'; text++)
    {
      quoted ^= *text == '"';
      if (*text != '.' || quoted || out->len == 0 || !is_space (out->str[out->len - 1]))
        {
          g_string_append_c (out, *text);
          continue;
        }
      while (out->len > 0 && is_space (out->str[out->len - 1]))
        g_string_truncate (out, out->len - 1);
      g_string_append_c (out, '.');
      text += strspn (text + 1, " \t\r\n");
    }
  return g_string_free (out, FALSE);
}

/* An item without <>: addresses in a row, or one beside a name, or a name. */
static void
add_bare (Parser *parser, const char *written, const char *comment)
{
  g_autofree char *text = strchr (written, '@') == NULL ? g_strdup (written) : join_dots (written);
  g_autoptr (GString) rest = g_string_new (NULL);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *name = NULL;
  gsize from = 0, begin, at, end;

  while (find_spec (text, from, &begin, &at, &end) && parser->list->len + found->len < parser->max)
    {
      /* apostrophes that open a quotation which never ends */
      gsize opening = text[end - 1] == '\'' ? 0 : strspn (text + begin, "'");
      const char *local = text + begin + MIN (opening, at - begin);
      char *address = dup_address (local, (gsize)(text + at - local), text + at + 1, end - at - 1);

      g_string_append_len (rest, text + from, (gssize)(begin - from));
      if (address != NULL)
        g_ptr_array_add (found, address);
      from = drop_brackets (rest, text, end);
      g_string_append_c (rest, ' ');
    }
  g_string_append (rest, text + from);
  name = dup_name (rest->str, rest->len);
  if (name[strspn (name, " []'\"().,-<>")] == '\0')
    *name = '\0';
  if (found->len == 0)
    {
      if (*comment != '\0' && strchr (comment, '@') != NULL && parser->depth == 0
          && find_spec (comment, 0, &begin, &at, &end))
        {
          g_autofree char *address
              = dup_address (comment + begin, at - begin, comment + at + 1, end - at - 1);

          add (parser, name, address == NULL ? "" : address);
        }
      else if (is_login (text))
        add (parser, comment, text);
      else
        add (parser, name, "");
      return;
    }
  for (guint i = 0; i < found->len; i++)
    add (parser, found->len > 1 ? "" : *name != '\0' ? name : comment, found->pdata[i]);
}

/* A text in quotes, or an encoded word, that is "Name <address>" as a whole. */
static gboolean
parse_quoted (Parser *parser, const char *text)
{
  g_autofree char *inner = NULL;
  gsize n = strlen (text);
  guint before = parser->list->len;

  if (parser->depth > 0 || n < 3 || text[0] != '"' || text[n - 1] != '"'
      || strchr (text, '@') == NULL)
    return FALSE;
  {
    GString *plain = g_string_new (NULL);

    for (gsize i = 1; i + 1 < n; i++)
      {
        if (text[i] == '"')
          {
            /* two texts: read as they stand */
            g_string_free (plain, TRUE);
            return FALSE;
          }
        if (text[i] == '\\' && i + 2 < n)
          i++;
        g_string_append_c (plain, text[i]);
      }
    inner = g_string_free (plain, FALSE);
  }
  {
    Parser nested = { .list = parser->list, .max = parser->max, .depth = parser->depth + 1 };

    parse (&nested, inner);
    parser->full |= nested.full;
  }
  return parser->list->len > before;
}

static void
flush_name (Parser *parser)
{
  if (parser->name->len > 0)
    {
      g_autofree char *text = g_strdup (parser->name->str);

      g_string_truncate (parser->name, 0);
      add_bare (parser, text, "");
    }
}

static void
end_angle (Parser *parser)
{
  Item *item = &parser->item;
  g_autofree char *address = dup_angle (item->angle->str);
  g_autofree char *name = dup_name (item->text->str, item->before);
  g_autofree char *after
      = dup_name (item->text->str + item->before, item->text->len - item->before);

  if (parser->name->len > 0)
    {
      /* "Doe, Jane <…>" without quotes */
      g_autofree char *first = dup_name (parser->name->str, parser->name->len);
      char *both = g_strconcat (first, ", ", name, NULL);

      g_string_truncate (parser->name, 0);
      g_free (name);
      name = both;
    }
  if (*name != '\0')
    add (parser, name, address == NULL ? "" : address);
  else
    add (parser, item->comment->len > 0 ? item->comment->str : after,
         address == NULL ? "" : address);
}

/* At a "," or ";" or the end.  A name alone waits for what follows it. */
static void
end_item (Parser *parser, char why)
{
  Item *item = &parser->item;
  g_autofree char *text = g_strstrip (g_strdup (item->text->str));

  if (item->has_angle)
    end_angle (parser);
  else if (why == ',' && *text != '\0' && item->comment->len == 0 && strchr (text, '@') == NULL
           && !is_login (text) && parser->name->len + strlen (text) < MAX_NAME)
    {
      if (parser->name->len > 0)
        g_string_append (parser->name, ", ");
      g_string_append (parser->name, text);
    }
  else
    {
      flush_name (parser);
      if (!parse_quoted (parser, text))
        add_bare (parser, text, item->comment->str);
    }
  if (why != ',')
    flush_name (parser);
  item_reset (item);
}

/* Behind a quoted text, which is kept with its quotes; a quote that is never
 * closed means nothing.
 */
static const char *
read_quoted (Parser *parser, const char *at)
{
  const char *end = at + 1;

  while (!parser->no_quotes && *end != '\0' && *end != '"')
    end += *end == '\\' && end[1] != '\0' ? 2 : 1;
  if (*end != '"')
    {
      parser->no_quotes = TRUE;
      return at + 1;
    }
  g_string_append_len (parser->item.text, at, end + 1 - at);
  return end + 1;
}

static const char *
read_comment (Parser *parser, const char *at)
{
  GString *comment = parser->item.comment;
  const char *end = at + 1;
  guint depth = 1;

  for (; !parser->no_comments && *end != '\0'; end++)
    {
      if (*end == '\\' && end[1] != '\0')
        end++;
      else if (*end == '(' && ++depth > MAX_DEPTH)
        break;
      else if (*end == ')' && --depth == 0)
        break;
    }
  if (*end != ')' || depth != 0)
    {
      parser->no_comments = TRUE;
      g_string_append_c (parser->item.text, *at);
      return at + 1;
    }
  g_string_truncate (comment, 0);
  {
    g_autofree char *name = dup_name (at + 1, (gsize)(end - at - 1));

    g_string_assign (comment, name);
  }
  g_string_append_c (parser->item.text, ' ');
  return end + 1;
}

/* Where the text in <> ends that begins at `at`: at a ">", at a "<", which begins
 * anew, or, if it is an address already, at a "," or ";": the ">" is missing.  A
 * route has commas of its own.
 */
static const char *
find_angle_end (const Parser *parser, const char *at)
{
  gboolean quoted = FALSE, address = FALSE, route = at[strspn (at, " \t\r\n")] == '@';

  for (; *at != '\0'; at++)
    {
      if (*at == '\\' && at[1] != '\0')
        at++;
      else if (*at == '"' && !parser->no_quotes)
        quoted = !quoted;
      else if (!quoted
               && (*at == '>' || *at == '<' || (strchr (",;", *at) != NULL && address && !route)))
        break;
      else if (*at == '@' && !quoted)
        address = TRUE;
    }
  return at;
}

/* Behind <…>.  A "<" within begins anew: what was before it is a name. */
static const char *
read_angle (Parser *parser, const char *at)
{
  Item *item = &parser->item;
  const char *end = find_angle_end (parser, at + 1);

  if (*end == '\0' && strpbrk (at, ",;\"") != NULL)
    /* a quote or a route that never ends: the item does */
    end = at + 1 + strcspn (at + 1, ",;<>");
  if (*end == '<')
    {
      g_string_append_len (item->text, at + 1, end - at - 1);
      return end;
    }
  if (item->has_angle)
    {
      /* no "," before it */
      g_autofree char *name = g_strdup (item->text->str + item->before);

      g_string_truncate (item->text, item->before);
      end_angle (parser);
      item_reset (item);
      g_string_assign (item->text, name);
    }
  item->has_angle = TRUE;
  item->before = item->text->len;
  g_string_append_len (item->angle, at + 1, end - at - 1);
  return end + (*end == '>');
}

/* Behind a ":": what was before it is a group's name, or "mailto". */
static void
end_group_name (Parser *parser)
{
  if (!parser->item.has_angle)
    g_string_truncate (parser->item.text, 0);
  g_string_truncate (parser->name, 0);
}

static void
parse (Parser *parser, const char *at)
{
  Item *item = &parser->item;

  parser->name = g_string_new (NULL);
  *item = (Item){ g_string_new (NULL), g_string_new (NULL), g_string_new (NULL), FALSE, 0 };
  while (*at != '\0' && !parser->full)
    {
      if (*at == '"')
        at = read_quoted (parser, at);
      else if (*at == '(')
        at = read_comment (parser, at);
      else if (*at == '<')
        at = read_angle (parser, at);
      else if (*at == ',' || *at == ';')
        end_item (parser, *at++);
      else if (*at == ':')
        {
          end_group_name (parser);
          at++;
        }
      else if (*at == '>')
        at++;
      else if (*at == '[')
        {
          /* an address literal may hold ":" */
          gsize n = 1 + strcspn (at + 1, "],;<> ");

          g_string_append_len (item->text, at, (gssize)n);
          at += n;
        }
      else
        g_string_append_c (item->text, *at++);
    }
  end_item (parser, '\0');
  g_string_free (parser->name, TRUE);
  g_string_free (item->text, TRUE);
  g_string_free (item->comment, TRUE);
  g_string_free (item->angle, TRUE);
}

gboolean
pd_address_list_add (GPtrArray *list, const char *raw, guint max)
{
  g_autofree char *text = pd_words_quote (raw);
  Parser parser = { .list = list, .max = max };

  parse (&parser, text);
  return !parser.full;
}
