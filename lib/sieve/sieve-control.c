/* The commands that the language itself is made of (RFC 5228 3). */
#include "sieve/sieve-extensions.h"
#include "sieve/sieve-run.h"

/* if, elsif: the compiler has hung what comes after it on it. */
static PdSieveFlow
run_if (PdSieveRun *run, const PdSieveNode *node)
{
  for (; node != NULL; node = node->otherwise)
    {
      if (node->n_tests == 0 || pd_sieve_run_test (run, node->tests[0]))
        return run->failed ? PD_SIEVE_FAILED : pd_sieve_run_block (run, node->block);
      if (run->failed)
        return PD_SIEVE_FAILED;
    }
  return PD_SIEVE_NEXT;
}

static PdSieveFlow
run_stop (PdSieveRun *run G_GNUC_UNUSED, const PdSieveNode *node G_GNUC_UNUSED)
{
  return PD_SIEVE_STOP;
}

static const PdSieveVerb verbs[] = {
  { .name = "if", .flags = PD_SIEVE_ONE_TEST | PD_SIEVE_BLOCK | PD_SIEVE_CONTROL, .run = run_if },
  { .name = "elsif", .flags = PD_SIEVE_ONE_TEST | PD_SIEVE_BLOCK | PD_SIEVE_CONTROL, .run = run_if },
  { .name = "else", .flags = PD_SIEVE_BLOCK | PD_SIEVE_CONTROL, .run = run_if },
  /* the compiler does what require says, and leaves no node of it */
  { .name = "require", .flags = PD_SIEVE_CONTROL, .arguments = "S" },
  { .name = "stop", .flags = PD_SIEVE_CONTROL, .run = run_stop },
  { .name = NULL },
};

const PdSieveExtension pd_sieve_ext_control = { .name = NULL, .verbs = verbs };
