#include "mail/mustache.h"

#include <string.h>

#include "base/error.h"
#include "mail/mustache-node.h"

typedef struct {
  const PdMustache *template; /* for error texts: the one being rendered */
  GString *out;
  GPtrArray *contexts; /* of const PdValueTree*, the innermost last */
  GPtrArray *parents;  /* of const PdNode*: whose blocks replace others, the outermost first */
  const char *indent;  /* of the partial being rendered */
  PdEscape escape;
  PdMustachePartial partial;
  gpointer partial_data;
  guint depth;
  guint steps;
  GError **error;
} Renderer;

static gboolean render_nodes (Renderer *renderer, const GPtrArray *nodes);

static gboolean
fail (Renderer *renderer, const char *what, int bound)
{
  return pd_fail (renderer->error, PD_ERROR_INVALID, "%s: rendering it takes more than %d %s",
                  renderer->template->name, bound, what);
}

static gboolean
put (Renderer *renderer, const char *text, gsize length)
{
  if (length > PD_MUSTACHE_MAX_OUTPUT - renderer->out->len)
    return fail (renderer, "octets of output", PD_MUSTACHE_MAX_OUTPUT);
  g_string_append_len (renderer->out, text, (gssize)length);
  return TRUE;
}

static gboolean
put_html (Renderer *renderer, const char *text)
{
  while (*text != '\0')
    {
      gsize plain = strcspn (text, "&<>\"'");
      const char *entity = "";

      if (!put (renderer, text, plain))
        return FALSE;
      text += plain;
      switch (*text)
        {
        case '\0':
          return TRUE;
        case '&':
          entity = "&amp;";
          break;
        case '<':
          entity = "&lt;";
          break;
        case '>':
          entity = "&gt;";
          break;
        case '"':
          entity = "&quot;";
          break;
        default:
          entity = "&#39;";
          break;
        }
      if (!put (renderer, entity, strlen (entity)))
        return FALSE;
      text++;
    }
  return TRUE;
}

/* A template's own text, its lines but the first indented: that one's
 * indentation has a node of its own, as the line may begin with a tag.
 */
static gboolean
put_lines (Renderer *renderer, const char *text)
{
  if (renderer->indent[0] == '\0')
    return put (renderer, text, strlen (text));
  while (*text != '\0')
    {
      gsize length = strcspn (text, "\n");

      length += text[length] == '\n' ? 1 : 0;
      if (!put (renderer, text, length))
        return FALSE;
      text += length;
      if (*text != '\0' && *text != '\n' && *text != '\r'
          && !put (renderer, renderer->indent, strlen (renderer->indent)))
        return FALSE;
    }
  return TRUE;
}

/* The value of a name: its first part from the innermost context that has it,
 * the others within that one only.
 */
static const PdValueTree *
look_up (const Renderer *renderer, char **path)
{
  const PdValueTree *value = NULL;

  if (*path == NULL)
    return renderer->contexts->pdata[renderer->contexts->len - 1];
  for (guint i = renderer->contexts->len; i > 0 && value == NULL; i--)
    value = pd_value_get (renderer->contexts->pdata[i - 1], path[0]);
  for (char **part = path + 1; *part != NULL && value != NULL; part++)
    value = pd_value_get (value, *part);
  return value;
}

static gboolean
render_value (Renderer *renderer, const PdNode *node)
{
  const char *text = pd_value_get_text (look_up (renderer, node->path));

  if (text == NULL)
    return TRUE;
  if (node->kind == PD_NODE_RAW || renderer->escape == PD_ESCAPE_NONE)
    return put (renderer, text, strlen (text));
  return put_html (renderer, text);
}

static gboolean
render_with (Renderer *renderer, const PdNode *node, const PdValueTree *context)
{
  gboolean good;

  g_ptr_array_add (renderer->contexts, (gpointer)context);
  good = render_nodes (renderer, node->children);
  g_ptr_array_set_size (renderer->contexts, (gint)renderer->contexts->len - 1);
  return good;
}

static gboolean
render_section (Renderer *renderer, const PdNode *node)
{
  const PdValueTree *value = look_up (renderer, node->path);
  gsize length;

  if (pd_value_is_true (value) == (node->kind == PD_NODE_INVERTED))
    return TRUE;
  if (node->kind == PD_NODE_INVERTED)
    return render_nodes (renderer, node->children);
  if (!pd_value_is_list (value, &length))
    return render_with (renderer, node, value);
  for (gsize i = 0; i < length; i++)
    if (!render_with (renderer, node, pd_value_get_item (value, i)))
      return FALSE;
  return TRUE;
}

static gboolean
render_partial (Renderer *renderer, const PdNode *node)
{
  const PdMustache *was = renderer->template;
  const char *was_indent = renderer->indent;
  g_autofree char *indent = g_strconcat (was_indent, node->indent, NULL);
  const PdMustache *partial
      = renderer->partial != NULL ? renderer->partial (node->text, renderer->partial_data) : NULL;
  gboolean good;

  if (partial == NULL)
    return TRUE;
  renderer->template = partial;
  renderer->indent = indent;
  good = render_nodes (renderer, partial->nodes);
  renderer->template = was;
  renderer->indent = was_indent;
  return good;
}

static gboolean
render_parent (Renderer *renderer, const PdNode *node)
{
  gboolean good;

  g_ptr_array_add (renderer->parents, (gpointer)node);
  good = render_partial (renderer, node);
  g_ptr_array_set_size (renderer->parents, (gint)renderer->parents->len - 1);
  return good;
}

static const PdNode *
find_block (const PdNode *parent, const char *name)
{
  /* the last one counts, as with a value that is set twice */
  for (guint i = parent->children->len; i > 0; i--)
    {
      const PdNode *child = parent->children->pdata[i - 1];

      if (child->kind == PD_NODE_BLOCK && strcmp (child->text, name) == 0)
        return child;
    }
  return NULL;
}

static gboolean
render_block (Renderer *renderer, const PdNode *node)
{
  const PdNode *replacement = NULL;

  /* the outermost user knows best: it may refine a template that itself has a parent */
  for (guint i = 0; i < renderer->parents->len && replacement == NULL; i++)
    replacement = find_block (renderer->parents->pdata[i], node->text);
  return render_nodes (renderer, (replacement != NULL ? replacement : node)->children);
}

static gboolean
render_node (Renderer *renderer, const PdNode *node)
{
  switch (node->kind)
    {
    case PD_NODE_TEXT:
      return put_lines (renderer, node->text);
    case PD_NODE_LINE:
      return put (renderer, renderer->indent, strlen (renderer->indent));
    case PD_NODE_VALUE:
    case PD_NODE_RAW:
      return render_value (renderer, node);
    case PD_NODE_SECTION:
    case PD_NODE_INVERTED:
      return render_section (renderer, node);
    case PD_NODE_PARTIAL:
      return render_partial (renderer, node);
    case PD_NODE_PARENT:
      return render_parent (renderer, node);
    case PD_NODE_BLOCK:
      return render_block (renderer, node);
    }
  return TRUE;
}

static gboolean
render_nodes (Renderer *renderer, const GPtrArray *nodes)
{
  gboolean good = TRUE;

  /* the template's own nodes are no depth yet */
  if (renderer->depth > PD_MUSTACHE_MAX_DEPTH)
    return fail (renderer, "sections and partials in each other", PD_MUSTACHE_MAX_DEPTH);
  renderer->depth++;
  for (guint i = 0; i < nodes->len && good; i++)
    good = ++renderer->steps <= PD_MUSTACHE_MAX_STEPS
               ? render_node (renderer, nodes->pdata[i])
               : fail (renderer, "texts and tags", PD_MUSTACHE_MAX_STEPS);
  renderer->depth--;
  return good;
}

char *
pd_mustache_render (const PdMustache *mustache, const PdValueTree *values, PdEscape escape,
                    PdMustachePartial partial, gpointer partial_data, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GPtrArray) contexts = g_ptr_array_new ();
  g_autoptr (GPtrArray) parents = g_ptr_array_new ();
  Renderer renderer
      = { mustache, out, contexts, parents, "", escape, partial, partial_data, 0, 0, error };

  g_ptr_array_add (contexts, (gpointer)values);
  if (!render_nodes (&renderer, mustache->nodes))
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}
