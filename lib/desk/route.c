#include "desk/route.h"

#include "desk/person.h"

#define ADDRESSES_AT_ONCE 8 /* places in the statement */

/* An address that was looked at, and what it is without its extension. */
typedef struct {
  char *key;  /* small letters; NULL: not an address */
  char *base; /* the same without the extension */
  PdSignedAddress what;
  gboolean is_signed;
} Place;

typedef struct {
  gint64 unit;
  char *name;
  gboolean closed;
} Owner;

static void
place_free (gpointer data)
{
  Place *place = data;

  g_free (place->key);
  g_free (place->base);
  g_free (place);
}

static void
owner_free (gpointer data)
{
  Owner *owner = data;

  if (owner == NULL)
    return;
  g_free (owner->name);
  g_free (owner);
}

void
pd_route_free (PdRoute *route)
{
  if (route == NULL)
    return;
  g_free (route->unit_name);
  g_ptr_array_unref (route->replies);
  g_ptr_array_unref (route->bounces);
  g_ptr_array_unref (route->strands);
  g_ptr_array_unref (route->acts);
  g_ptr_array_unref (route->people);
  g_free (route);
}

static PdRoute *
route_new (void)
{
  PdRoute *route = g_new0 (PdRoute, 1);

  route->unit_name = g_strdup ("");
  route->replies = g_ptr_array_new_with_free_func (g_free);
  route->bounces = g_ptr_array_new_with_free_func (g_free);
  route->strands = g_ptr_array_new_with_free_func (g_free);
  route->acts = g_ptr_array_new_with_free_func (g_free);
  route->people = g_ptr_array_new ();
  return route;
}

static Place *
place_new (PdDesk *desk, const char *address)
{
  Place *place = g_new0 (Place, 1);
  g_autofree char *base = NULL;

  place->is_signed = pd_keyring_read_address (desk->settings->keyring, address,
                                              desk->settings->delimiter, &place->what, &base);
  place->key = pd_address_key (address, NULL);
  place->base = pd_address_key (base, NULL);
  return place;
}

static GPtrArray *
place_envelope (PdDesk *desk, const char *const *recipients)
{
  GPtrArray *places = g_ptr_array_new_with_free_func (place_free);

  for (; *recipients != NULL; recipients++)
    g_ptr_array_add (places, place_new (desk, *recipients));
  return places;
}

static void
place_list (PdDesk *desk, GPtrArray *places, const GPtrArray *addresses, guint max)
{
  for (guint i = 0; i < addresses->len && places->len < max; i++)
    {
      const PdAddress *address = g_ptr_array_index (addresses, i);

      g_ptr_array_add (places, place_new (desk, address->address));
    }
}

/* The addresses to ask for, each once: the values are set when they are
 * somebody's.  An address may be known as it stands, "+" and all. */
static void
want (GHashTable *owners, const GPtrArray *places)
{
  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = g_ptr_array_index (places, i);

      if (place->key != NULL)
        g_hash_table_insert (owners, place->key, NULL);
      if (place->base != NULL)
        g_hash_table_insert (owners, place->base, NULL);
    }
}

static gboolean
ask (PdDesk *desk, GHashTable *owners, const PdDbValue *values, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_ROUTE_ADDRESSES, values, ADDRESSES_AT_ONCE, error);
  int got;

  if (rows == NULL)
    return FALSE;
  while ((got = pd_rows_next (rows, error)) > 0)
    {
      gpointer key;
      Owner *owner;

      if (!g_hash_table_lookup_extended (owners, pd_rows_text (rows, 0), &key, NULL))
        continue;
      owner = g_new0 (Owner, 1);
      owner->unit = pd_rows_int (rows, 1);
      owner->name = g_strdup (pd_rows_text (rows, 2));
      owner->closed = g_strcmp0 (pd_rows_text (rows, 3), "closed") == 0;
      g_hash_table_insert (owners, key, owner);
    }
  return got == 0;
}

static gboolean
ask_all (PdDesk *desk, GHashTable *owners, GError **error)
{
  g_autofree gpointer *keys = NULL;
  guint n_keys;

  keys = g_hash_table_get_keys_as_array (owners, &n_keys);
  for (guint i = 0; i < n_keys; i += ADDRESSES_AT_ONCE)
    {
      PdDbValue values[ADDRESSES_AT_ONCE];

      for (guint j = 0; j < ADDRESSES_AT_ONCE; j++)
        values[j] = PD_TEXT (i + j < n_keys ? keys[i + j] : "");
      if (!ask (desk, owners, values, error))
        return FALSE;
    }
  return TRUE;
}

static const Owner *
owner_of (GHashTable *owners, const Place *place)
{
  const Owner *owner = NULL;

  if (place->key != NULL)
    owner = g_hash_table_lookup (owners, place->key);
  if (owner == NULL && place->base != NULL)
    owner = g_hash_table_lookup (owners, place->base);
  return owner;
}

/* Where an address of this kind is kept; NULL: it does not count here.  What a
 * program or one mouse click sends is told by the envelope alone: in To and Cc
 * such an address may stand by an answer to all. */
static GPtrArray *
kept_where (PdRoute *route, PdSignedKind kind, gboolean envelope)
{
  switch (kind)
    {
    case PD_SIGNED_REPLY:
    case PD_SIGNED_NOTE:
      return route->replies;
    case PD_SIGNED_STRAND:
      return route->strands;
    case PD_SIGNED_BOUNCE:
      return envelope ? route->bounces : NULL;
    case PD_SIGNED_ACT:
      return envelope ? route->acts : NULL;
    default:
      return NULL;
    }
}

static void
keep_signed (PdRoute *route, const Place *place, gboolean envelope)
{
  GPtrArray *kept = place->is_signed ? kept_where (route, place->what.kind, envelope) : NULL;

  if (kept != NULL)
    g_ptr_array_add (kept, g_memdup2 (&place->what, sizeof place->what));
}

static void
route_envelope (PdRoute *route, const GPtrArray *places, GHashTable *owners)
{
  g_autoptr (GHashTable) units = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = g_ptr_array_index (places, i);
      const Owner *owner = owner_of (owners, place);

      keep_signed (route, place, TRUE);
      if (owner != NULL && owner->closed)
        owner = NULL;
      if (owner != NULL || place->is_signed)
        route->n_ours++;
      if (owner == NULL)
        continue;
      g_hash_table_add (units, (gpointer)&owner->unit);
      if (route->unit != 0)
        continue;
      route->unit = owner->unit;
      g_free (route->unit_name);
      route->unit_name = g_strdup (owner->name);
    }
  route->n_units = g_hash_table_size (units);
}

/* To and Cc in order, as `places` has them. */
static void
route_headers (PdRoute *route, const PdMail *mail, const GPtrArray *places, GHashTable *owners)
{
  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = g_ptr_array_index (places, i);

      keep_signed (route, place, FALSE);
      if (place->key == NULL || place->is_signed || owner_of (owners, place) != NULL)
        continue;
      g_ptr_array_add (route->people, i < mail->to->len
                                          ? g_ptr_array_index (mail->to, i)
                                          : g_ptr_array_index (mail->cc, i - mail->to->len));
    }
}

static gboolean
any_own (const GPtrArray *places, GHashTable *owners)
{
  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = g_ptr_array_index (places, i);

      if (place->is_signed || owner_of (owners, place) != NULL)
        return TRUE;
    }
  return FALSE;
}

PdRoute *
pd_route_resolve (PdDesk *desk, const char *const *recipients, const char *mail_from,
                  const PdMail *mail, GError **error)
{
  const char *const sender[] = { mail_from, NULL };
  g_autoptr (PdRoute) route = route_new ();
  g_autoptr (GPtrArray) envelope = place_envelope (desk, recipients);
  g_autoptr (GPtrArray) senders = place_envelope (desk, sender);
  g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func (place_free);
  /* the keys are the places', the values are its own */
  g_autoptr (GHashTable) owners = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, owner_free);

  if (mail != NULL)
    {
      place_list (desk, senders, mail->from, PD_ROUTE_MAX_HEADER);
      place_list (desk, senders, mail->sender, PD_ROUTE_MAX_HEADER);
      /* it stands in for a From that is missing, and only then */
      if (mail->from->len == 0)
        place_list (desk, senders, mail->reply_to, PD_ROUTE_MAX_HEADER);
      place_list (desk, headers, mail->to, PD_ROUTE_MAX_HEADER);
      place_list (desk, headers, mail->cc, PD_ROUTE_MAX_HEADER);
    }
  want (owners, envelope);
  want (owners, senders);
  want (owners, headers);
  if (!ask_all (desk, owners, error))
    return NULL;
  route_envelope (route, envelope, owners);
  if (mail != NULL)
    route_headers (route, mail, headers, owners);
  route->own_sender = any_own (senders, owners);
  return g_steal_pointer (&route);
}
