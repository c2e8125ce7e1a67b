#include "base/id.h"

#include <string.h>

#include "base/clock.h"

#define EPOCH_MS G_GINT64_CONSTANT (1704067200000) /* 2024-01-01T00:00:00Z */
#define COUNTER_BITS 22
#define COUNTER_MASK ((1 << COUNTER_BITS) - 1)

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static GMutex lock;
static gint64 last_ms;
static guint32 counter;
static gboolean seeded;

gint64
pd_id_new (void)
{
  gint64 now_ms = pd_clock_now () / 1000 - EPOCH_MS;
  gint64 id;

  g_mutex_lock (&lock);
  if (!seeded)
    {
      counter = g_random_int ();
      seeded = TRUE;
    }
  /* a clock that was set back must not give an old id again */
  last_ms = MAX (MAX (now_ms, 1), last_ms);
  counter++;
  id = (last_ms << COUNTER_BITS) | (counter & COUNTER_MASK);
  g_mutex_unlock (&lock);
  return id;
}

gint64
pd_id_since (gint64 time)
{
  gint64 ms = time / 1000 - EPOCH_MS;

  return ms > 0 ? (ms << COUNTER_BITS) - 1 : 0;
}

char *
pd_id_format (gint64 id, char text[PD_ID_TEXT_SIZE])
{
  guint64 rest = (guint64)id;

  for (int i = PD_ID_TEXT_SIZE - 2; i >= 0; i--, rest >>= 5)
    text[i] = alphabet[rest & 31];
  text[PD_ID_TEXT_SIZE - 1] = '\0';
  return text;
}

char *
pd_id_dup (gint64 id)
{
  char text[PD_ID_TEXT_SIZE];

  return g_strdup (pd_id_format (id, text));
}

static int
digit_value (char c)
{
  const char *at;

  c = g_ascii_toupper (c);
  if (c == 'O')
    c = '0';
  if (c == 'I' || c == 'L')
    c = '1';
  at = c != '\0' ? strchr (alphabet, c) : NULL;
  return at != NULL ? (int)(at - alphabet) : -1;
}

gboolean
pd_id_parse (const char *text, gint64 *out_id)
{
  guint64 id = 0;
  gsize length = strlen (text);

  *out_id = 0;
  if (length == 0 || length > PD_ID_TEXT_SIZE - 1)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      int value = digit_value (text[i]);

      if (value < 0 || id > (G_MAXINT64 >> 5))
        return FALSE;
      id = (id << 5) | (guint64)value;
    }
  *out_id = (gint64)id;
  return id != 0;
}
