/* body (RFC 5173): what stands in a mail below its header. */
#include <string.h>

#include "sieve/sieve-cache.h"
#include "sieve/sieve-extensions.h"

enum { RAW, CONTENT, TEXT };

static const PdSieveTag body_tags[] = {
  { "raw", PD_SIEVE_TAG_ALONE, 1, NULL },
  { "content", PD_SIEVE_TAG_STRINGS, 1, NULL },
  { "text", PD_SIEVE_TAG_ALONE, 1, NULL },
  { NULL, PD_SIEVE_TAG_ALONE, 0, NULL },
};

typedef struct {
  PdSieveMatching   *matching;
  const char *const *types;
  guint              n_types;
} Search;

/* RFC 5173 5.2: "" is all, "text" all of that type, "text/plain" that one, "text/" and "/plain" none. */
static gboolean
type_wanted (const Search *search, const char *type)
{
  gsize top = strcspn (type, "/");

  for (guint i = 0; i < search->n_types; i++)
    {
      const char *wanted = search->types[i];

      if (wanted[0] == '\0' || g_ascii_strcasecmp (wanted, type) == 0)
        return TRUE;
      if (strlen (wanted) == top && g_ascii_strncasecmp (wanted, type, top) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Of a mail within the mail only its header is looked at; what is in it are parts of their own. */
static gboolean
match_inner_header (PdSieveMatching *matching, const PdSievePart *inner)
{
  g_autoptr (GString) header = g_string_new (NULL);

  for (guint i = 0; i < inner->n_fields; i++)
    g_string_append_printf (header, "%s: %s\r\n", inner->fields[i].name, inner->fields[i].raw);
  return pd_sieve_matching_bytes (matching, header->str, header->len);
}

static gboolean
match_part (PdSieveMatching *matching, const PdSievePart *part)
{
  const PdSieveMail *mail = matching->run->mail;
  gsize length = 0;
  const char *content;

  if (part->n_children == 1 && g_str_has_prefix (part->type, "message/"))
    return match_inner_header (matching, part->children[0]);
  content = mail->content (mail->data, part, &length);
  if (content == NULL)
    return FALSE;
  return pd_sieve_matching_subject (matching, pd_sieve_cache_bytes (matching->run, content, length));
}

/* Parts nest no deeper than whoever read the mail lets them. */
static gboolean
match_parts (const Search *search, const PdSievePart *part)
{
  if (type_wanted (search, part->type) && match_part (search->matching, part))
    return TRUE;
  for (guint i = 0; i < part->n_children; i++)
    if (match_parts (search, part->children[i]))
      return TRUE;
  return FALSE;
}

static gboolean
test_body (PdSieveRun *run, const PdSieveNode *node)
{
  const PdSieveMail *mail = run->mail;
  PdSieveMatching matching;
  gsize length = 0;
  const char *text = NULL;

  pd_sieve_matching_begin (&matching, run, node);
  matching.silent = TRUE; /* RFC 5173 6 */
  if (pd_sieve_node_has (node, CONTENT))
    {
      Search search = { &matching, NULL, 0 };

      search.types = pd_sieve_run_strings (run, node->tags[CONTENT], &search.n_types);
      if (mail->content != NULL)
        match_parts (&search, mail->root);
      return pd_sieve_matching_end (&matching);
    }
  if (pd_sieve_node_has (node, RAW))
    text = mail->body != NULL ? mail->body (mail->data, &length) : NULL;
  else
    text = mail->text != NULL ? mail->text (mail->data, &length) : NULL;
  if (text != NULL)
    pd_sieve_matching_subject (&matching, pd_sieve_cache_bytes (run, text, length));
  return pd_sieve_matching_end (&matching);
}

static const PdSieveVerb body_verbs[] = {
  { "body", PD_SIEVE_TEST | PD_SIEVE_MATCHES, "S", body_tags, NULL, NULL, test_body },
  { NULL, 0, NULL, NULL, NULL, NULL, NULL },
};

const PdSieveExtension pd_sieve_ext_body = { "body", body_verbs, NULL };
