/* The tests header, exists and size (RFC 5228 5.5 to 5.9). */
#include "sieve/sieve-extensions.h"
#include "sieve/sieve-mime.h"

static gboolean
compile_names (PdSieveCompiler *compiler, PdSieveNode *node)
{
  return pd_sieve_compiler_field_names (compiler, node->args[0]);
}

static gboolean
test_header (PdSieveRun *run, const PdSieveNode *node)
{
  PdSieveMatching matching;
  gboolean done = FALSE;
  guint n_names = 0;
  const char *const *names = pd_sieve_run_strings (run, node->args[0], &n_names);

  pd_sieve_matching_begin (&matching, run, node);
  for (guint i = 0; i < n_names && !done; i++)
    {
      guint n = 0;
      const PdSieveField *const *fields = pd_sieve_test_fields (run, node, names[i], &n);

      for (guint f = 0; f < n && !done; f++)
        done = pd_sieve_test_field_value (&matching, fields[f]);
    }
  return pd_sieve_matching_end (&matching);
}

static gboolean
test_exists (PdSieveRun *run, const PdSieveNode *node)
{
  guint n_names = 0;
  const char *const *names = pd_sieve_run_strings (run, node->args[0], &n_names);

  for (guint i = 0; i < n_names; i++)
    {
      guint n = 0;

      pd_sieve_test_fields (run, node, names[i], &n);
      if (n == 0)
        return FALSE;
    }
  return TRUE;
}

enum { OVER, UNDER };

static const PdSieveTag size_tags[] = {
  { "over", PD_SIEVE_TAG_ALONE, 1, NULL },
  { "under", PD_SIEVE_TAG_ALONE, 1, NULL },
  { NULL, PD_SIEVE_TAG_ALONE, 0, NULL },
};

static gboolean
compile_size (PdSieveCompiler *compiler, PdSieveNode *node)
{
  if (pd_sieve_node_has (node, OVER) || pd_sieve_node_has (node, UNDER))
    return TRUE;
  pd_sieve_compiler_error (compiler, &node->place, "size needs :over or :under");
  return FALSE;
}

static gboolean
test_size (PdSieveRun *run, const PdSieveNode *node)
{
  guint64 limit = node->args[0]->number;

  return pd_sieve_node_has (node, OVER) ? run->mail->size > limit : run->mail->size < limit;
}

static const PdSieveVerb header_verbs[] = {
  { "header", PD_SIEVE_TEST | PD_SIEVE_MATCHES | PD_SIEVE_INDEXED | PD_SIEVE_MIME | PD_SIEVE_MIME_OPTIONS, "SS", NULL,
    compile_names, NULL, test_header },
  { "exists", PD_SIEVE_TEST | PD_SIEVE_MIME, "S", NULL, compile_names, NULL, test_exists },
  { "size", PD_SIEVE_TEST, "n", size_tags, compile_size, NULL, test_size },
  { NULL, 0, NULL, NULL, NULL, NULL, NULL },
};

const PdSieveExtension pd_sieve_ext_header = { NULL, header_verbs, NULL };
