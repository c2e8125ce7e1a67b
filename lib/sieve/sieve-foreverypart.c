/* foreverypart and break (RFC 5703 3). */
#include "sieve/sieve-cache.h"
#include "sieve/sieve-extensions.h"

enum { NAME };

static const PdSieveTag loop_tags[] = {
  { "name", PD_SIEVE_TAG_STRING, 0, NULL },
  { NULL, PD_SIEVE_TAG_ALONE, 0, NULL },
};

static const char *
loop_name (const PdSieveNode *node)
{
  return pd_sieve_node_has (node, NAME) ? node->tags[NAME]->texts[0].text : NULL;
}

static gboolean
compile_loop (PdSieveCompiler *compiler, PdSieveNode *node)
{
  if (!pd_sieve_node_has (node, NAME) || node->tags[NAME]->constant)
    return TRUE;
  pd_sieve_compiler_error (compiler, &node->tags[NAME]->place, "a loop's name must be known when the script is compiled");
  return FALSE;
}

/* The loop with this part and all parts in it, the part itself only if `whole`: depth first. */
static PdSieveFlow
run_parts (PdSieveRun *run, const PdSieveNode *node, const PdSievePart *part, gboolean whole)
{
  PdSieveFlow flow = PD_SIEVE_NEXT;

  if (whole)
    {
      if (!pd_sieve_run_spend (run, 1))
        return PD_SIEVE_FAILED;
      run->part = part;
      flow = pd_sieve_run_block (run, node->block);
    }
  for (guint i = 0; i < part->n_children && flow == PD_SIEVE_NEXT; i++)
    flow = run_parts (run, node, part->children[i], TRUE);
  return flow;
}

static PdSieveFlow
run_loop (PdSieveRun *run, const PdSieveNode *node)
{
  const PdSievePart *outer = run->part;
  PdSieveFlow flow;
  const char **wanted;

  if (run->mail->root == NULL)
    return PD_SIEVE_NEXT;
  flow = run_parts (run, node, outer != NULL ? outer : run->mail->root, outer == NULL);
  run->part = outer;
  if (flow != PD_SIEVE_BREAK)
    return flow;
  wanted = pd_sieve_cache_loop (run);
  if (*wanted != NULL && g_strcmp0 (*wanted, loop_name (node)) != 0)
    return PD_SIEVE_BREAK;
  *wanted = NULL;
  return PD_SIEVE_NEXT;
}

static gboolean
compile_break (PdSieveCompiler *compiler, PdSieveNode *node)
{
  const PdSieveNode *loop;

  if (!compile_loop (compiler, node))
    return FALSE;
  for (guint n = 0; (loop = pd_sieve_compiler_enclosing (compiler, "foreverypart", n)) != NULL; n++)
    if (loop_name (node) == NULL || g_strcmp0 (loop_name (node), loop_name (loop)) == 0)
      return TRUE;
  if (loop_name (node) == NULL)
    pd_sieve_compiler_error (compiler, &node->place, "break stands outside of a foreverypart");
  else
    pd_sieve_compiler_error (compiler, &node->place, "break stands outside of a foreverypart of the name \"%s\"", loop_name (node));
  return FALSE;
}

static PdSieveFlow
run_break (PdSieveRun *run, const PdSieveNode *node)
{
  *pd_sieve_cache_loop (run) = loop_name (node);
  return PD_SIEVE_BREAK;
}

static const PdSieveVerb loop_verbs[] = {
  { "foreverypart", PD_SIEVE_BLOCK | PD_SIEVE_CONTROL, "", loop_tags, compile_loop, run_loop, NULL },
  { "break", PD_SIEVE_CONTROL, "", loop_tags, compile_break, run_break, NULL },
  { NULL, 0, NULL, NULL, NULL, NULL, NULL },
};

const PdSieveExtension pd_sieve_ext_foreverypart = { "foreverypart", loop_verbs, NULL };
