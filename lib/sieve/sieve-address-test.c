/* The tests address and envelope (RFC 5228 5.1, 5.4). */
#include <string.h>

#include "sieve/sieve-extensions.h"
#include "sieve/sieve-mime.h"

/* Fields that hold addresses: RFC 5228 5.1 wants the test kept to such. */
static gboolean
is_address_field (const char *name)
{
  static const char *const names[] = {
    "from", "to", "cc", "bcc", "sender", "reply-to", "resent-from", "resent-to", "resent-cc", "resent-bcc", "resent-sender",
    "resent-reply-to", "return-path", "errors-to", "delivered-to", "envelope-to", "envelope-from", "x-original-to", "x-envelope-to",
    "x-envelope-from", "apparently-to", "mail-followup-to", "mail-reply-to", "return-receipt-to", "disposition-notification-to",
    "x-forwarded-to", "x-forwarded-for", "x-beenthere", "x-delivered-to", "original-recipient", "final-recipient", "approved",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (names[i], name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
compile_address (PdSieveCompiler *compiler, PdSieveNode *node)
{
  const PdSieveValue *names = node->args[0];
  gboolean ok = pd_sieve_compiler_field_names (compiler, names);

  for (guint i = 0; ok && i < names->n_texts; i++)
    if (names->texts[i].variables == NULL && !is_address_field (names->texts[i].text))
      {
        pd_sieve_compiler_error (compiler, &names->texts[i].place, "\"%s\" is no field of addresses; test it with `header'",
                                 names->texts[i].text);
        ok = FALSE;
      }
  return ok;
}

/* TRUE: it has matched. */
static gboolean
match_mailbox (PdSieveMatching *matching, PdSieveMailbox *mailbox)
{
  PdSieveSubject *part = pd_sieve_mailbox_part (matching->run, mailbox, matching->node->address_part);

  return part != NULL && pd_sieve_matching_subject (matching, part);
}

static gboolean
match_field (PdSieveMatching *matching, const PdSieveField *field)
{
  guint n = 0;
  PdSieveMailbox *mailboxes = pd_sieve_cache_mailboxes (matching->run, field->raw, &n);

  /* an empty field has an empty address, all of whose parts are empty */
  if (n == 0 && field->raw[0] == '\0')
    return pd_sieve_matching_subject (matching, pd_sieve_cache_value (matching->run, field->raw));
  for (guint i = 0; i < n; i++)
    if (match_mailbox (matching, &mailboxes[i]))
      return TRUE;
  return FALSE;
}

static gboolean
test_address (PdSieveRun *run, const PdSieveNode *node)
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
        done = match_field (&matching, fields[f]);
    }
  return pd_sieve_matching_end (&matching);
}

static gboolean
compile_envelope (PdSieveCompiler *compiler, PdSieveNode *node)
{
  static const char *const parts[] = { "from", "to", "orig_to", "auth" };
  const PdSieveValue *names = node->args[0];
  gboolean ok = TRUE;

  for (guint i = 0; i < names->n_texts; i++)
    {
      const PdSieveText *name = &names->texts[i];
      gboolean known = name->variables != NULL;

      for (guint p = 0; p < G_N_ELEMENTS (parts); p++)
        known = known || g_ascii_strcasecmp (parts[p], name->text) == 0;
      if (!known)
        pd_sieve_compiler_error (compiler, &name->place, "the envelope has no \"%s\", only \"from\" and \"to\"", name->text);
      ok = ok && known;
    }
  return ok;
}

/* The null sender is "" whatever part is asked for (RFC 5228 5.4); who is authenticated is a name,
 * which need not be an address. */
static gboolean
match_envelope (PdSieveMatching *matching, const char *name, const char *address)
{
  if (address[0] == '\0' || g_str_equal (name, "auth"))
    return pd_sieve_matching_subject (matching, pd_sieve_cache_value (matching->run, address));
  return match_mailbox (matching, pd_sieve_cache_mailbox (matching->run, address));
}

static gboolean
test_envelope (PdSieveRun *run, const PdSieveNode *node)
{
  PdSieveMatching matching;
  gboolean done = run->mail->envelope == NULL;
  guint n_names = 0;
  const char *const *names = pd_sieve_run_strings (run, node->args[0], &n_names);

  pd_sieve_matching_begin (&matching, run, node);
  for (guint i = 0; i < n_names && !done; i++)
    {
      g_autofree char *name = g_ascii_strdown (names[i], -1);
      guint n = 0;
      const char *const *addresses = run->mail->envelope (run->mail->data, name, &n);

      for (guint a = 0; addresses != NULL && a < n && !done; a++)
        done = match_envelope (&matching, name, addresses[a]);
    }
  return pd_sieve_matching_end (&matching);
}

static const PdSieveVerb address_verbs[] = {
  { "address", PD_SIEVE_TEST | PD_SIEVE_MATCHES | PD_SIEVE_ADDRESSES | PD_SIEVE_INDEXED | PD_SIEVE_MIME, "SS", NULL,
    compile_address, NULL, test_address },
  { NULL, 0, NULL, NULL, NULL, NULL, NULL },
};

static const PdSieveVerb envelope_verbs[] = {
  { "envelope", PD_SIEVE_TEST | PD_SIEVE_MATCHES | PD_SIEVE_ADDRESSES, "SS", NULL, compile_envelope, NULL, test_envelope },
  { NULL, 0, NULL, NULL, NULL, NULL, NULL },
};

const PdSieveExtension pd_sieve_ext_address = { NULL, address_verbs, NULL };
const PdSieveExtension pd_sieve_ext_envelope = { "envelope", envelope_verbs, NULL };
const PdSieveExtension pd_sieve_ext_subaddress = { "subaddress", NULL, NULL };
