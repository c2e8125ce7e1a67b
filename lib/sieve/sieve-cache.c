#include "sieve/sieve-cache.h"

#include <string.h>

#include "sieve/sieve-address.h"

/* so many regular expressions of variables are kept; then all are made anew */
#define MAX_REGEXES 64

typedef struct {
  char           *copy; /* NULL: of a long value, which is only lent */
  PdSieveSubject  subject;
  PdSieveMailbox *mailboxes; /* NULL: not looked for yet */
  guint           n_mailboxes;
} Entry;

typedef struct {
  GHashTable        *values;  /* place in memory -> Entry */
  GHashTable        *bodies;  /* the same of long ones */
  GHashTable        *regexes; /* "c" or "o" and the pattern -> PdSieveRegex */
  PdSieveRegexWork  *work;
  GPtrArray         *fields;
  const PdSieveMail *mail;    /* of which these are */
  const char        *loop;
} Cache;

static const char cache_key;

static void
clear_mailboxes (Entry *entry)
{
  for (guint i = 0; i < entry->n_mailboxes; i++)
    {
      PdSieveMailbox *mailbox = &entry->mailboxes[i];

      for (guint p = 0; p < G_N_ELEMENTS (mailbox->parts); p++)
        {
          pd_sieve_subject_clear (&mailbox->parts[p].subject);
          g_free (mailbox->parts[p].text);
        }
      g_free (mailbox->address);
    }
  g_clear_pointer (&entry->mailboxes, g_free);
  entry->n_mailboxes = 0;
}

static void
clear_entry (Entry *entry)
{
  clear_mailboxes (entry);
  pd_sieve_subject_clear (&entry->subject);
  g_clear_pointer (&entry->copy, g_free);
}

static void
free_entry (gpointer data)
{
  clear_entry (data);
  g_free (data);
}

static void
free_regex (gpointer data)
{
  pd_sieve_regex_unref (data);
}

static void
free_cache (gpointer data)
{
  Cache *cache = data;

  g_hash_table_unref (cache->values);
  g_hash_table_unref (cache->bodies);
  g_clear_pointer (&cache->regexes, g_hash_table_unref);
  pd_sieve_regex_work_free (cache->work);
  g_ptr_array_unref (cache->fields);
  g_free (cache);
}

static Cache *
new_cache (PdSieveRun *run)
{
  Cache *cache = g_new0 (Cache, 1);

  cache->values = g_hash_table_new_full (NULL, NULL, NULL, free_entry);
  cache->bodies = g_hash_table_new_full (NULL, NULL, NULL, free_entry);
  cache->fields = g_ptr_array_new ();
  cache->mail = run->mail;
  pd_sieve_run_set_state (run, &cache_key, cache, free_cache);
  return cache;
}

static Cache *
get_cache (PdSieveRun *run)
{
  Cache *cache = pd_sieve_run_get_state (run, &cache_key);

  if (cache == NULL)
    return new_cache (run);
  if (cache->mail != run->mail)
    {
      g_hash_table_remove_all (cache->values);
      g_hash_table_remove_all (cache->bodies);
      cache->mail = run->mail;
    }
  return cache;
}

void
pd_sieve_cache_forget (PdSieveRun *run)
{
  Cache *cache = pd_sieve_run_get_state (run, &cache_key);

  if (cache == NULL)
    return;
  g_hash_table_remove_all (cache->values);
  g_hash_table_remove_all (cache->bodies);
}

static Entry *
new_entry (GHashTable *table, const char *value)
{
  Entry *entry = g_new0 (Entry, 1);

  g_hash_table_insert (table, (gpointer) value, entry);
  return entry;
}

/* A field may have been edited away and another value stand in its place: the text is compared. */
static Entry *
get_value (PdSieveRun *run, const char *value)
{
  Cache *cache = get_cache (run);
  Entry *entry = g_hash_table_lookup (cache->values, value);

  if (entry != NULL && strcmp (entry->copy, value) == 0)
    return entry;
  if (entry == NULL)
    entry = new_entry (cache->values, value);
  else
    clear_entry (entry);
  entry->copy = g_strdup (value);
  pd_sieve_subject_init (&entry->subject, entry->copy, strlen (entry->copy));
  return entry;
}

PdSieveSubject *
pd_sieve_cache_value (PdSieveRun *run, const char *value)
{
  return &get_value (run, value)->subject;
}

PdSieveSubject *
pd_sieve_cache_bytes (PdSieveRun *run, const char *value, gsize length)
{
  Cache *cache = get_cache (run);
  Entry *entry = g_hash_table_lookup (cache->bodies, value);

  if (entry == NULL || entry->subject.length != length)
    {
      entry = new_entry (cache->bodies, value);
      pd_sieve_subject_init (&entry->subject, value, length);
    }
  return &entry->subject;
}

PdSieveMailbox *
pd_sieve_cache_mailboxes (PdSieveRun *run, const char *raw, guint *out_n)
{
  Entry *entry = get_value (run, raw);

  if (entry->mailboxes == NULL)
    {
      g_autoptr (GPtrArray) addresses = run->mail->addresses (raw);

      entry->mailboxes = g_new0 (PdSieveMailbox, addresses->len + 1);
      entry->n_mailboxes = addresses->len;
      for (guint i = 0; i < addresses->len; i++)
        {
          const PdSieveAddress *address = addresses->pdata[i];

          entry->mailboxes[i].address = g_strdup (address->address);
          entry->mailboxes[i].valid = address->valid;
        }
    }
  *out_n = entry->n_mailboxes;
  return entry->mailboxes;
}

PdSieveMailbox *
pd_sieve_cache_mailbox (PdSieveRun *run, const char *address)
{
  Entry *entry = get_value (run, address);

  if (entry->mailboxes == NULL)
    {
      entry->mailboxes = g_new0 (PdSieveMailbox, 1);
      entry->n_mailboxes = 1;
      entry->mailboxes[0].address = g_strdup (address);
      entry->mailboxes[0].valid = TRUE;
    }
  return entry->mailboxes;
}

PdSieveSubject *
pd_sieve_mailbox_part (PdSieveRun *run, PdSieveMailbox *mailbox, PdSieveAddressPart part)
{
  if (part != PD_SIEVE_PART_ALL && !mailbox->valid)
    return NULL;
  if (mailbox->parts[part].state == PD_SIEVE_PART_UNKNOWN)
    {
      char *text = pd_sieve_address_part (mailbox->address, part, run->config->recipient_delimiter);

      mailbox->parts[part].state = text != NULL ? PD_SIEVE_PART_THERE : PD_SIEVE_PART_NONE;
      mailbox->parts[part].text = text;
      pd_sieve_subject_init (&mailbox->parts[part].subject, text, text != NULL ? strlen (text) : 0);
    }
  return mailbox->parts[part].state == PD_SIEVE_PART_THERE ? &mailbox->parts[part].subject : NULL;
}

PdSieveRegex *
pd_sieve_cache_regex (PdSieveRun *run, const char *pattern, gboolean caseless)
{
  Cache *cache = get_cache (run);
  g_autofree char *key = g_strconcat (caseless ? "c" : "o", pattern, NULL);
  PdSieveRegex *regex;

  if (cache->regexes == NULL)
    cache->regexes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_regex);
  regex = g_hash_table_lookup (cache->regexes, key);
  if (regex != NULL)
    return regex;
  regex = pd_sieve_regex_new (pattern, caseless, NULL);
  if (regex == NULL)
    return NULL;
  if (g_hash_table_size (cache->regexes) >= MAX_REGEXES)
    g_hash_table_remove_all (cache->regexes);
  g_hash_table_insert (cache->regexes, g_steal_pointer (&key), regex);
  return regex;
}

PdSieveRegexWork *
pd_sieve_cache_regex_work (PdSieveRun *run)
{
  Cache *cache = get_cache (run);

  if (cache->work == NULL)
    cache->work = pd_sieve_regex_work_new (run->config->max_match_steps, run->config->max_match_depth);
  return cache->work;
}

GPtrArray *
pd_sieve_cache_fields (PdSieveRun *run)
{
  Cache *cache = get_cache (run);

  g_ptr_array_set_size (cache->fields, 0);
  return cache->fields;
}

const char **
pd_sieve_cache_loop (PdSieveRun *run)
{
  return &get_cache (run)->loop;
}
