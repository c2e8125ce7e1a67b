#include "sieve/sieve-mime.h"

#include <string.h>

#include "sieve/sieve-extensions.h"

static void
add_of_part (GPtrArray *fields, const PdSievePart *part, const char *name)
{
  for (guint i = 0; i < part->n_fields; i++)
    if (g_ascii_strcasecmp (part->fields[i].name, name) == 0)
      g_ptr_array_add (fields, (gpointer) &part->fields[i]);
}

/* The header of the mail itself is looked at as it was edited. */
static void
add_fields (GPtrArray *fields, PdSieveRun *run, const PdSievePart *part, const char *name, gboolean anychild)
{
  guint n = 0;

  if (part == run->mail->root)
    {
      const PdSieveField *const *own = pd_sieve_run_fields (run, name, &n);

      for (guint i = 0; i < n; i++)
        g_ptr_array_add (fields, (gpointer) own[i]);
    }
  else
    add_of_part (fields, part, name);
  for (guint i = 0; anychild && i < part->n_children; i++)
    add_fields (fields, run, part->children[i], name, TRUE);
}

const PdSieveField *const *
pd_sieve_test_fields (PdSieveRun *run, const PdSieveNode *node, const char *name, guint *out_n)
{
  const PdSieveField *const *fields;
  guint n = 0;

  if (node->mime && (node->anychild || (run->part != NULL && run->part != run->mail->root)))
    {
      GPtrArray *found = pd_sieve_cache_fields (run);

      add_fields (found, run, run->part != NULL ? run->part : run->mail->root, name, node->anychild);
      fields = (const PdSieveField *const *) found->pdata;
      n = found->len;
    }
  else
    fields = pd_sieve_run_fields (run, name, &n);
  *out_n = n;
  if (node->index == 0 || n == 0)
    return fields;
  *out_n = node->index <= n ? 1 : 0;
  if (node->index > n)
    return fields;
  return fields + (node->last ? n - node->index : node->index - 1);
}

/* "text/plain": both are there; "attachment": its subtype is empty (RFC 5703 4.1). */
static gboolean
match_type (PdSieveMatching *matching, const PdSieveField *field)
{
  g_autofree char *type = matching->run->mail->parameter (field->raw, NULL);
  char *slash;

  if (type == NULL)
    return FALSE;
  if (matching->node->mime_option == PD_SIEVE_MIME_CONTENTTYPE)
    return pd_sieve_matching_value (matching, type);
  slash = strchr (type, '/');
  if (matching->node->mime_option == PD_SIEVE_MIME_SUBTYPE)
    return pd_sieve_matching_value (matching, slash != NULL ? slash + 1 : "");
  if (slash != NULL)
    *slash = '\0';
  return pd_sieve_matching_value (matching, type);
}

static gboolean
match_parameters (PdSieveMatching *matching, const PdSieveField *field)
{
  guint n = 0;
  const char *const *names = pd_sieve_run_strings (matching->run, matching->node->mime_params, &n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *value = matching->run->mail->parameter (field->raw, names[i]);

      if (value != NULL && pd_sieve_matching_value (matching, value))
        return TRUE;
    }
  return FALSE;
}

/* Only these fields have the form of RFC 2045 5.1 and RFC 2183 2. */
static gboolean
is_structured (const PdSieveField *field)
{
  return g_ascii_strcasecmp (field->name, "content-type") == 0 || g_ascii_strcasecmp (field->name, "content-disposition") == 0;
}

gboolean
pd_sieve_test_field_value (PdSieveMatching *matching, const PdSieveField *field)
{
  const PdSieveNode *node = matching->node;

  if (!node->mime || node->mime_option == PD_SIEVE_MIME_WHOLE)
    return pd_sieve_matching_subject (matching, pd_sieve_cache_value (matching->run, field->value));
  if (!is_structured (field))
    return FALSE;
  return node->mime_option == PD_SIEVE_MIME_PARAM ? match_parameters (matching, field) : match_type (matching, field);
}

/* They allow tags only. */
const PdSieveExtension pd_sieve_ext_index = { "index", NULL, NULL };
const PdSieveExtension pd_sieve_ext_mime = { "mime", NULL, NULL };
