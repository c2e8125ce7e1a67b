#include "mail/mustache.h"

#include <string.h>

#include "base/error.h"
#include "mail/mustache-node.h"

typedef struct {
  const char *name;
  const char *source;
  gsize at;   /* what is read next */
  char *open; /* the delimiters now */
  char *close;
  GPtrArray *levels; /* of GPtrArray*: where nodes go, the innermost last; borrowed */
  GPtrArray *opened; /* of PdNode*: the tags that are still open; borrowed */
  GError **error;
} Parser;

/* A tag as it stands in the source. */
typedef struct {
  gsize begin, end; /* with its delimiters */
  char sigil;       /* one of the signs below, '\0' for a value */
  char *body;       /* what is behind the sigil, stripped */
} Tag;

static const char sigils[] = "#^/>&{=!<$";

static void
node_free (gpointer data)
{
  PdNode *node = data;

  g_free (node->text);
  g_strfreev (node->path);
  g_free (node->indent);
  g_clear_pointer (&node->children, g_ptr_array_unref);
  g_free (node);
}

void
pd_mustache_free (PdMustache *mustache)
{
  if (mustache == NULL)
    return;
  g_free (mustache->name);
  g_ptr_array_unref (mustache->nodes);
  g_free (mustache);
}

static gboolean G_GNUC_PRINTF (3, 4) fail_at (Parser *parser, gsize offset, const char *format, ...)
{
  g_autofree char *what = NULL;
  gsize line = 1, begin = 0;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  for (gsize i = 0; i < offset; i++)
    if (parser->source[i] == '\n')
      {
        line++;
        begin = i + 1;
      }
  return pd_fail (parser->error, PD_ERROR_INVALID, "%s:%" G_GSIZE_FORMAT ":%ld: %s", parser->name,
                  line, g_utf8_strlen (parser->source + begin, (gssize)(offset - begin)) + 1, what);
}

/* --- nodes --- */

static PdNode *
add_node (Parser *parser, PdNodeKind kind, gsize offset)
{
  PdNode *node = g_new0 (PdNode, 1);

  node->kind = kind;
  node->offset = offset;
  g_ptr_array_add (parser->levels->pdata[parser->levels->len - 1], node);
  return node;
}

static gboolean
begins_line (const Parser *parser, gsize offset)
{
  return offset == 0 || parser->source[offset - 1] == '\n';
}

static void
mark_line (Parser *parser, gsize offset)
{
  if (begins_line (parser, offset))
    add_node (parser, PD_NODE_LINE, offset);
}

static void
add_text (Parser *parser, gsize begin, gsize end)
{
  if (begin >= end)
    return;
  /* an empty line gets no indentation: it would be white space at its end */
  if (parser->source[begin] != '\n' && parser->source[begin] != '\r')
    mark_line (parser, begin);
  add_node (parser, PD_NODE_TEXT, begin)->text = g_strndup (parser->source + begin, end - begin);
}

/* --- reading tags --- */

/* Reads the tag that begins at parser->at with the open delimiter. */
static gboolean
read_tag (Parser *parser, Tag *tag)
{
  gsize begin = parser->at + strlen (parser->open);
  const char *body = parser->source + begin;
  g_autofree char *ending = NULL;
  const char *end;

  body += strspn (body, " \t\r\n");
  tag->begin = parser->at;
  tag->sigil = *body != '\0' && strchr (sigils, *body) != NULL ? *body : '\0';
  if (tag->sigil != '\0')
    body++;
  ending = g_strconcat (tag->sigil == '{'   ? "}"
                        : tag->sigil == '=' ? "="
                                            : "",
                        parser->close, NULL);
  end = strstr (body, ending);
  if (end == NULL)
    return fail_at (parser, tag->begin, "this tag has no end \"%s\"", ending);
  tag->body = g_strstrip (g_strndup (body, (gsize)(end - body)));
  tag->end = (gsize)(end - parser->source) + strlen (ending);
  return TRUE;
}

static gboolean
set_delimiters (Parser *parser, const Tag *tag)
{
  g_autofree char *open = NULL, *close = NULL;
  gsize first = strcspn (tag->body, " \t\r\n");
  gsize gap = strspn (tag->body + first, " \t\r\n");
  const char *second = tag->body + first + gap;

  if (first == 0 || gap == 0 || *second == '\0' || strpbrk (second, " \t\r\n") != NULL
      || strchr (tag->body, '=') != NULL || first > PD_MUSTACHE_MAX_MARK
      || strlen (second) > PD_MUSTACHE_MAX_MARK)
    return fail_at (
        parser, tag->begin,
        "delimiters are set by two marks of at most %d octets with a space between, and no \"=\"",
        PD_MUSTACHE_MAX_MARK);
  open = g_strndup (tag->body, first);
  close = g_strdup (second);
  g_free (parser->open);
  g_free (parser->close);
  parser->open = g_steal_pointer (&open);
  parser->close = g_steal_pointer (&close);
  return TRUE;
}

static gboolean
check_name (Parser *parser, const Tag *tag)
{
  const char *name = tag->body;

  if (name[0] == '\0')
    return fail_at (parser, tag->begin, "this tag has no name");
  if (strlen (name) > PD_MUSTACHE_MAX_NAME)
    return fail_at (parser, tag->begin, "a name has more than %d octets", PD_MUSTACHE_MAX_NAME);
  if (strpbrk (name, " \t\r\n") != NULL)
    return fail_at (parser, tag->begin, "a name has no white space in it: \"%s\"", name);
  return TRUE;
}

/* The parts of "a.b.c"; none for ".". */
static gboolean
split_name (Parser *parser, const Tag *tag, PdNode *node)
{
  if (strcmp (tag->body, ".") == 0)
    {
      node->path = g_new0 (char *, 1);
      return TRUE;
    }
  node->path = g_strsplit (tag->body, ".", -1);
  for (char **part = node->path; *part != NULL; part++)
    if (**part == '\0')
      return fail_at (parser, tag->begin, "a part of the name \"%s\" is empty", tag->body);
  return TRUE;
}

/* --- tags into nodes --- */

static gboolean
open_node (Parser *parser, const Tag *tag, PdNodeKind kind, const char *indent)
{
  PdNode *node = add_node (parser, kind, tag->begin);

  node->text = g_strdup (tag->body);
  node->indent = g_strdup (indent);
  node->children = g_ptr_array_new_with_free_func (node_free);
  if (parser->opened->len == PD_MUSTACHE_MAX_DEPTH)
    return fail_at (parser, tag->begin, "more than %d sections in each other",
                    PD_MUSTACHE_MAX_DEPTH);
  g_ptr_array_add (parser->opened, node);
  g_ptr_array_add (parser->levels, node->children);
  if (kind == PD_NODE_SECTION || kind == PD_NODE_INVERTED)
    return split_name (parser, tag, node);
  return TRUE;
}

static gboolean
close_node (Parser *parser, const Tag *tag)
{
  PdNode *node;

  if (parser->opened->len == 0)
    return fail_at (parser, tag->begin, "\"%s\" is closed but was not opened", tag->body);
  node = parser->opened->pdata[parser->opened->len - 1];
  if (strcmp (node->text, tag->body) != 0)
    return fail_at (parser, tag->begin, "\"%s\" is closed while \"%s\" is open", tag->body,
                    node->text);
  g_ptr_array_set_size (parser->opened, (gint)parser->opened->len - 1);
  g_ptr_array_set_size (parser->levels, (gint)parser->levels->len - 1);
  return TRUE;
}

static gboolean
add_value (Parser *parser, const Tag *tag, PdNodeKind kind)
{
  PdNode *node = add_node (parser, kind, tag->begin);

  node->text = g_strdup (tag->body);
  return split_name (parser, tag, node);
}

static gboolean
add_partial (Parser *parser, const Tag *tag, const char *indent)
{
  PdNode *node = add_node (parser, PD_NODE_PARTIAL, tag->begin);

  node->text = g_strdup (tag->body);
  node->indent = g_strdup (indent);
  return TRUE;
}

static gboolean
add_tag (Parser *parser, const Tag *tag, const char *indent)
{
  if (tag->sigil == '!')
    return TRUE;
  if (tag->sigil == '=')
    return set_delimiters (parser, tag);
  if (!check_name (parser, tag))
    return FALSE;
  switch (tag->sigil)
    {
    case '#':
      return open_node (parser, tag, PD_NODE_SECTION, indent);
    case '^':
      return open_node (parser, tag, PD_NODE_INVERTED, indent);
    case '<':
      return open_node (parser, tag, PD_NODE_PARENT, indent);
    case '$':
      return open_node (parser, tag, PD_NODE_BLOCK, indent);
    case '/':
      return close_node (parser, tag);
    case '>':
      return add_partial (parser, tag, indent);
    case '&':
    case '{':
      return add_value (parser, tag, PD_NODE_RAW);
    default:
      return add_value (parser, tag, PD_NODE_VALUE);
    }
}

/* Whether a tag is alone on its line or lines; such a line gives no output.
 *
 * out_begin, out_end   the line with its end, if so; else the tag
 */
static gboolean
stands_alone (const Parser *parser, const Tag *tag, gsize *out_begin, gsize *out_end)
{
  const char *source = parser->source;
  gsize begin = tag->begin, end = tag->end;

  *out_begin = begin;
  *out_end = end;
  if (tag->sigil == '\0' || tag->sigil == '&' || tag->sigil == '{')
    return FALSE;
  while (begin > 0 && (source[begin - 1] == ' ' || source[begin - 1] == '\t'))
    begin--;
  end += strspn (source + end, " \t");
  if (source[end] == '\r' && source[end + 1] == '\n')
    end++;
  if (!begins_line (parser, begin) || (source[end] != '\n' && source[end] != '\0'))
    return FALSE;
  *out_begin = begin;
  *out_end = source[end] == '\n' ? end + 1 : end;
  return TRUE;
}

/* Reads up to and with the next tag; FALSE on an error. */
static gboolean
step (Parser *parser)
{
  const char *found = strstr (parser->source + parser->at, parser->open);
  gboolean alone;
  gsize text = parser->at, begin, end;
  g_autofree char *indent = NULL;
  g_autofree char *body = NULL;
  Tag tag = { 0 };

  if (found == NULL)
    {
      parser->at = strlen (parser->source);
      add_text (parser, text, parser->at);
      return TRUE;
    }
  parser->at = (gsize)(found - parser->source);
  if (!read_tag (parser, &tag))
    return FALSE;
  body = tag.body;
  alone = stands_alone (parser, &tag, &begin, &end);
  add_text (parser, text, begin);
  if (!alone)
    mark_line (parser, begin);
  indent = g_strndup (parser->source + begin, tag.begin - begin);
  parser->at = end;
  return add_tag (parser, &tag, indent);
}

static gboolean
run (Parser *parser)
{
  const PdNode *open;

  if (strlen (parser->source) > PD_MUSTACHE_MAX_SOURCE)
    return pd_fail (parser->error, PD_ERROR_INVALID, "%s: more than %d octets", parser->name,
                    PD_MUSTACHE_MAX_SOURCE);
  if (!g_utf8_validate (parser->source, -1, NULL))
    return pd_fail (parser->error, PD_ERROR_INVALID, "%s: not UTF-8", parser->name);
  while (parser->source[parser->at] != '\0')
    if (!step (parser))
      return FALSE;
  if (parser->opened->len == 0)
    return TRUE;
  open = parser->opened->pdata[parser->opened->len - 1];
  return fail_at (parser, open->offset, "\"%s\" is never closed", open->text);
}

PdMustache *
pd_mustache_parse (const char *name, const char *source, GError **error)
{
  g_autoptr (PdMustache) mustache = g_new0 (PdMustache, 1);
  Parser parser = { name, source, 0, g_strdup ("{{"), g_strdup ("}}"), NULL, NULL, error };
  gboolean good;

  mustache->name = g_strdup (name);
  mustache->nodes = g_ptr_array_new_with_free_func (node_free);
  parser.levels = g_ptr_array_new ();
  parser.opened = g_ptr_array_new ();
  g_ptr_array_add (parser.levels, mustache->nodes);
  good = run (&parser);
  g_ptr_array_unref (parser.levels);
  g_ptr_array_unref (parser.opened);
  g_free (parser.open);
  g_free (parser.close);
  return good ? g_steal_pointer (&mustache) : NULL;
}
