#include "desk/proof.h"

#include <libpsl.h>
#include <string.h>

#include "mail/auth-results.h"

#define MAX_ARC_FIELDS (3 * PD_PROOF_MAX_SETS + 1)

const char *
pd_proof_name (PdProof level)
{
  static const char *const names[] = {
    [PD_PROOF_NONE] = "none",
    [PD_PROOF_PLAUSIBLE] = "plausible",
    [PD_PROOF_ALIGNED] = "aligned",
    [PD_PROOF_SIGNED] = "signed",
  };

  g_return_val_if_fail ((gsize)level < G_N_ELEMENTS (names), "none");
  return names[level];
}

/* ---- fields ---- */

/* The field that begins at `at`, without a name in front; *out_next is the one
 * below.  A line break that white space follows does not end it. */
static char *
dup_field (const char *at, const char *name, const char **out_next)
{
  const char *end = at;
  gsize length = strlen (name);

  while (*end != '\0' && (*end != '\n' || end[1] == ' ' || end[1] == '\t'))
    end++;
  *out_next = *end == '\0' ? end : end + 1;
  if (g_ascii_strncasecmp (at, name, length) == 0)
    at += length;
  return g_strndup (at, (gsize)(end - at));
}

/* The results of the topmost fields of our server, in order. */
static GPtrArray *
read_own (const char *results, const PdProofTrust *trust)
{
  GPtrArray *own = g_ptr_array_new_with_free_func ((GDestroyNotify)pd_auth_results_free);
  guint max = CLAMP (trust->fields, 1, PD_PROOF_MAX_FIELDS);

  if (results == NULL || trust->authserv_id == NULL || *trust->authserv_id == '\0')
    return own;
  for (const char *at = results;
       *at != '\0' && at - results < PD_PROOF_MAX_RESULTS && own->len < max;)
    {
      g_autofree char *field = dup_field (at, "Authentication-Results:", &at);
      g_autoptr (PdAuthResults) one = pd_auth_results_parse (field);

      if (one != NULL && g_ascii_strcasecmp (one->authserv_id, trust->authserv_id) == 0)
        g_ptr_array_add (own, g_steal_pointer (&one));
    }
  return own;
}

/* ---- domains ---- */

/* The domain of an address or a domain in A-labels and small letters; NULL if
 * it is none. */
static char *
dup_domain (const char *value)
{
  const char *at = strrchr (value, '@');
  g_autofree char *ascii = g_hostname_to_ascii (at != NULL ? at + 1 : value);
  gsize length;

  if (ascii == NULL)
    return NULL;
  length = strlen (ascii);
  if (length > 0 && ascii[length - 1] == '.')
    ascii[length - 1] = '\0';
  if (*ascii == '\0' || g_hostname_is_ip_address (ascii))
    return NULL;
  return g_ascii_strdown (ascii, -1);
}

/* Whether what was checked and the From domain (in A-labels) belong together. */
static gboolean
is_aligned (const char *value, const char *domain, gboolean strict)
{
  g_autofree char *checked = dup_domain (value);
  const char *ours, *theirs;

  if (checked == NULL)
    return FALSE;
  theirs = psl_registrable_domain (psl_builtin (), checked);
  /* a public suffix is nobody's domain */
  if (theirs == NULL)
    return FALSE;
  if (strict)
    return strcmp (checked, domain) == 0;
  ours = psl_registrable_domain (psl_builtin (), domain);
  return ours != NULL && strcmp (ours, theirs) == 0;
}

/* ---- results ---- */

static gboolean
is (const PdAuthResult *one, const char *method, const char *result)
{
  return strcmp (one->method, method) == 0 && strcmp (one->result, result) == 0;
}

/* The domain that a method has checked; NULL if it is not told.  HELO is not
 * looked at: it is no sender. */
static const char *
checked_domain (const PdAuthResult *one)
{
  const char *value;

  if (strcmp (one->method, "spf") == 0)
    return pd_auth_result_get (one, "smtp.mailfrom");
  if (strcmp (one->method, "dkim") != 0)
    return NULL;
  value = pd_auth_result_get (one, "header.d");
  return value != NULL ? value : pd_auth_result_get (one, "header.i");
}

/* A DMARC result is about the domain that it names, if it names one. */
static gboolean
is_about (const PdAuthResult *one, const char *domain)
{
  const char *value = pd_auth_result_get (one, "header.from");
  g_autofree char *named = value != NULL ? dup_domain (value) : NULL;

  return value == NULL || g_strcmp0 (named, domain) == 0;
}

/* One result; *out_how is set if it says something. */
static PdAuth
judge_one (const PdAuthResult *one, const char *domain, gboolean strict, char **out_how)
{
  const char *checked = checked_domain (one);

  if (is (one, "dmarc", "fail"))
    {
      *out_how = g_strdup ("dmarc=fail");
      return PD_AUTH_FAIL;
    }
  if (domain == NULL)
    return PD_AUTH_UNKNOWN;
  if (is (one, "dmarc", "pass") && is_about (one, domain))
    {
      *out_how = g_strdup ("dmarc=pass");
      return PD_AUTH_PASS;
    }
  if (checked == NULL || strcmp (one->result, "pass") != 0 || !is_aligned (checked, domain, strict))
    return PD_AUTH_UNKNOWN;
  *out_how = g_strdup_printf ("%s=pass of %s", one->method, checked);
  return PD_AUTH_PASS;
}

/* All results of some fields: one that failed outweighs all that passed. */
static PdAuth
judge (const GPtrArray *fields, const char *domain, gboolean strict, char **out_how)
{
  PdAuth auth = PD_AUTH_UNKNOWN;

  for (guint i = 0; i < fields->len && auth != PD_AUTH_FAIL; i++)
    {
      const PdAuthResults *field = g_ptr_array_index (fields, i);

      for (guint k = 0; k < field->results->len && auth != PD_AUTH_FAIL; k++)
        {
          g_autofree char *how = NULL;
          PdAuth one = judge_one (g_ptr_array_index (field->results, k), domain, strict, &how);

          if (one == PD_AUTH_UNKNOWN || one == auth)
            continue;
          auth = one;
          g_free (*out_how);
          *out_how = g_steal_pointer (&how);
        }
    }
  return auth;
}

PdAuth
pd_proof_read_results (const char *results, const PdProofTrust *trust, const char *domain,
                       char **out_how)
{
  g_autoptr (GPtrArray) own = read_own (results, trust);
  g_autofree char *ascii = domain != NULL ? dup_domain (domain) : NULL;

  *out_how = NULL;
  return judge (own, ascii, trust->strict, out_how);
}

/* ---- ARC ---- */

/* One set of the chain, as it stands in the mail. */
typedef struct {
  char *seal, *signature, *results; /* NULL: not there */
  gboolean twice;                   /* a field of it is there more than once */
} ArcSet;

typedef struct {
  ArcSet sets[PD_PROOF_MAX_SETS + 1]; /* from 1 on */
  guint n;
  gboolean bad; /* a field without an instance, or too many */
} ArcChain;

static void
arc_chain_free (ArcChain *chain)
{
  for (guint i = 0; i <= PD_PROOF_MAX_SETS; i++)
    {
      g_free (chain->sets[i].seal);
      g_free (chain->sets[i].signature);
      g_free (chain->sets[i].results);
    }
  g_free (chain);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArcChain, arc_chain_free)

/* "i=3": 1 to 50, or 0. */
static guint
read_instance (const char *body)
{
  g_autofree char *tag = NULL;
  guint64 instance;

  if (strchr (body, ';') == NULL)
    return 0;
  tag = pd_auth_tag_dup (body, "i");
  if (tag == NULL || !g_ascii_string_to_unsigned (tag, 10, 1, PD_PROOF_MAX_SETS, &instance, NULL))
    return 0;
  return (guint)instance;
}

static void
put_arc (ArcChain *chain, const char *field)
{
  static const struct {
    const char *name;
    gsize offset;
  } kinds[] = {
    { "ARC-Seal:", G_STRUCT_OFFSET (ArcSet, seal) },
    { "ARC-Message-Signature:", G_STRUCT_OFFSET (ArcSet, signature) },
    { "ARC-Authentication-Results:", G_STRUCT_OFFSET (ArcSet, results) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gsize length = strlen (kinds[i].name);
      guint instance;
      char **place;

      if (g_ascii_strncasecmp (field, kinds[i].name, length) != 0)
        continue;
      instance = read_instance (field + length);
      chain->bad |= instance == 0;
      place = &G_STRUCT_MEMBER (char *, &chain->sets[instance], kinds[i].offset);
      chain->sets[instance].twice |= *place != NULL;
      g_free (*place);
      *place = g_strdup (field + length);
      chain->n = MAX (chain->n, instance);
    }
}

static ArcChain *
read_arc (const char *text)
{
  ArcChain *chain = g_new0 (ArcChain, 1);
  guint n = 0;

  for (const char *at = text; *at != '\0'; n++)
    {
      g_autofree char *field = dup_field (at, "", &at);

      put_arc (chain, field);
    }
  chain->bad |= n > MAX_ARC_FIELDS;
  return chain;
}

/* Whether all sets are there, each once, and each says that the ones before it
 * were whole: RFC 8617 5.2.  The signatures are our mail server's to check. */
static gboolean
is_complete (const ArcChain *chain)
{
  for (guint i = 1; i <= chain->n; i++)
    {
      const ArcSet *set = &chain->sets[i];
      g_autofree char *validity = set->seal != NULL ? pd_auth_tag_dup (set->seal, "cv") : NULL;

      if (set->twice || set->signature == NULL || set->results == NULL
          || g_strcmp0 (validity, i == 1 ? "none" : "pass") != 0)
        return FALSE;
    }
  return chain->n > 0 && !chain->bad;
}

/* Whether these results say that the chain of n sets is whole. */
static gboolean
found_whole (const GPtrArray *fields, guint n)
{
  gboolean whole = FALSE;

  for (guint i = 0; i < fields->len; i++)
    {
      const PdAuthResults *field = g_ptr_array_index (fields, i);

      for (guint k = 0; k < field->results->len; k++)
        {
          const PdAuthResult *one = g_ptr_array_index (field->results, k);
          const char *oldest = pd_auth_result_get (one, "header.oldest-pass");
          guint64 instance;

          if (strcmp (one->method, "arc") != 0)
            continue;
          if (strcmp (one->result, "pass") != 0
              || (oldest != NULL
                  && !g_ascii_string_to_unsigned (oldest, 10, 0, n, &instance, NULL)))
            return FALSE;
          whole = TRUE;
        }
    }
  return whole;
}

static gboolean
is_trusted (const char *sealers, const char *seal, char **out_domain)
{
  g_auto (GStrv) trusted = g_strsplit (sealers, " ", -1);
  g_autofree char *tag = pd_auth_tag_dup (seal, "d");

  *out_domain = tag != NULL ? dup_domain (tag) : NULL;
  for (guint i = 0; *out_domain != NULL && trusted[i] != NULL; i++)
    if (*trusted[i] != '\0' && g_ascii_strcasecmp (trusted[i], *out_domain) == 0)
      return TRUE;
  return FALSE;
}

/* What a sealer saw: his results stand behind "i=N;". */
static GPtrArray *
read_sealed (const ArcSet *set)
{
  GPtrArray *fields = g_ptr_array_new_with_free_func ((GDestroyNotify)pd_auth_results_free);
  const char *behind = strchr (set->results, ';');
  PdAuthResults *one = behind != NULL ? pd_auth_results_parse (behind + 1) : NULL;

  if (one != NULL)
    g_ptr_array_add (fields, one);
  return fields;
}

/* From the topmost set downward, as long as all above are trusted. */
static PdAuth
read_chain (const char *arc, const GPtrArray *own, const PdProofTrust *trust, const char *domain,
            char **out_how)
{
  g_autoptr (ArcChain) chain = read_arc (arc);

  if (domain == NULL || !is_complete (chain) || !found_whole (own, chain->n))
    return PD_AUTH_UNKNOWN;
  for (guint i = chain->n; i > 0; i--)
    {
      g_autofree char *sealer = NULL, *how = NULL;
      g_autoptr (GPtrArray) fields = NULL;

      if (!is_trusted (trust->sealers, chain->sets[i].seal, &sealer))
        break;
      fields = read_sealed (&chain->sets[i]);
      if (judge (fields, domain, trust->strict, &how) == PD_AUTH_PASS)
        {
          *out_how = g_strdup_printf ("%s, sealed by %s", how, sealer);
          return PD_AUTH_PASS;
        }
      if (!found_whole (fields, i))
        break;
    }
  return PD_AUTH_UNKNOWN;
}

PdAuth
pd_proof_read (const PdMail *mail, const PdProofTrust *trust, char **out_how)
{
  const char *from = pd_proof_domain (mail);
  g_autoptr (GPtrArray) own = read_own (mail->auth_results, trust);
  g_autofree char *domain = from != NULL ? dup_domain (from) : NULL;
  g_autofree char *how = NULL;
  PdAuth auth;

  *out_how = NULL;
  auth = judge (own, domain, trust->strict, &how);
  if (auth != PD_AUTH_PASS && trust->sealers != NULL && *trust->sealers != '\0'
      && *mail->arc != '\0' && read_chain (mail->arc, own, trust, domain, out_how) == PD_AUTH_PASS)
    return PD_AUTH_PASS;
  *out_how = g_steal_pointer (&how);
  return auth;
}

/* ---- the sender ---- */

const char *
pd_proof_domain (const PdMail *mail)
{
  const PdAddress *from;
  const char *at;

  if (mail->from->len != 1)
    return NULL;
  from = g_ptr_array_index (mail->from, 0);
  at = strrchr (from->address, '@');
  return at != NULL ? at + 1 : NULL;
}

gboolean
pd_proof_is_disguise (const char *name, const char *address)
{
  gsize length = strlen (address);

  for (const char *at = name; (at = strchr (at, '@')) != NULL; at++)
    {
      const char *begin = at;
      gsize after
          = strspn (at + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");

      while (begin > name && (g_ascii_isalnum (begin[-1]) || strchr ("._%+-", begin[-1]) != NULL))
        begin--;
      /* "Ann @ home" shows no address */
      if (begin == at || after == 0 || memchr (at + 1, '.', after) == NULL)
        continue;
      while (after > 0 && at[after] == '.')
        after--;
      if ((gsize)(at + 1 + after - begin) != length
          || g_ascii_strncasecmp (begin, address, length) != 0)
        return TRUE;
    }
  return FALSE;
}

PdProof
pd_proof_level (PdAuth auth, gboolean known, gboolean own_reply)
{
  if (auth == PD_AUTH_FAIL)
    return PD_PROOF_NONE;
  if (own_reply)
    return PD_PROOF_SIGNED;
  if (auth == PD_AUTH_PASS)
    return PD_PROOF_ALIGNED;
  return known ? PD_PROOF_PLAUSIBLE : PD_PROOF_NONE;
}
