#include "mail/mapi.h"

#include "mail/byte-cursor.h"

#define MANY 0x1000       /* flag in the type: a list of values */
#define NAMED 0x8000      /* ids from here on have a name before the value */
#define BY_NUMBER 0       /* kind of a name */
#define MAX_VALUES 100000 /* of one property */

static gsize
padded (gsize length)
{
  return (length + 3) & ~(gsize)3;
}

/* Octets of a value of that type; 0 if the value tells its own length;
 * G_MAXSIZE if there is no such type.
 */
static gsize
fixed_length (guint16 type)
{
  static const struct {
    guint16 type;
    gsize length;
  } types[] = {
    /* null, shorts and longs, floats, doubles, currency, dates, errors, truth */
    { 0x0001, 4 },
    { 0x0002, 2 },
    { 0x0003, 4 },
    { 0x0004, 4 },
    { 0x0005, 8 },
    { 0x0006, 8 },
    { 0x0007, 8 },
    { 0x000A, 4 },
    { 0x000B, 2 },
    /* 64 bits, times, ids of classes */
    { 0x0014, 8 },
    { 0x0040, 8 },
    { 0x0048, 16 },
    /* objects, both kinds of text, octets */
    { 0x000D, 0 },
    { 0x001E, 0 },
    { 0x001F, 0 },
    { 0x0102, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].type == type)
      return types[i].length;
  return G_MAXSIZE;
}

static void
take_name (PdCursor *cursor, PdMapiProperty *property)
{
  property->guid = pd_cursor_take (cursor, 16);
  if (pd_cursor_u32 (cursor) == BY_NUMBER)
    property->number = pd_cursor_u32 (cursor);
  else
    pd_cursor_take (cursor, padded (pd_cursor_u32 (cursor)));
}

static void
take_values (PdCursor *cursor, PdMapiProperty *property, gboolean many)
{
  gsize fixed = fixed_length (property->type);
  guint32 n = many || fixed == 0 ? pd_cursor_u32 (cursor) : 1;

  if (fixed == G_MAXSIZE || n > MAX_VALUES)
    cursor->bad = TRUE; /* where the next one begins is not known */
  for (guint32 i = 0; i < n && !cursor->bad; i++)
    {
      gsize length = fixed != 0 ? fixed : pd_cursor_u32 (cursor);
      const guint8 *value = pd_cursor_take (cursor, length);

      /* the last padding of a list is left out by some */
      pd_cursor_take (cursor, MIN (padded (length) - length, pd_cursor_left (cursor)));
      if (value == NULL || i > 0)
        continue;
      property->value = value;
      property->length = length;
    }
}

gboolean
pd_mapi_walk (const guint8 *bytes, gsize length, PdMapiSink sink, gpointer data)
{
  PdCursor cursor = { bytes, bytes + length, FALSE };
  guint32 n = pd_cursor_u32 (&cursor);

  for (guint32 i = 0; i < n && !cursor.bad; i++)
    {
      PdMapiProperty property = { 0 };
      guint16 type = pd_cursor_u16 (&cursor);

      if (i >= PD_MAPI_MAX_PROPERTIES)
        return FALSE;
      property.type = type & (guint16)~MANY;
      property.id = pd_cursor_u16 (&cursor);
      if (property.id >= NAMED)
        take_name (&cursor, &property);
      take_values (&cursor, &property, (type & MANY) != 0);
      if (!cursor.bad && property.value != NULL)
        sink (data, &property);
    }
  return !cursor.bad;
}

guint32
pd_mapi_number (const PdMapiProperty *property)
{
  PdCursor cursor = { property->value, property->value + property->length, FALSE };

  if (property->type == PD_MAPI_BOOLEAN)
    return pd_cursor_u16 (&cursor) != 0;
  return property->type == PD_MAPI_LONG ? pd_cursor_u32 (&cursor) : 0;
}
