#include "mail/part-code.h"

#include <string.h>

#include "base/error.h"
#include "mail/cms.h"
#include "mail/mail.h"
#include "mail/tnef.h"
#include "mail/uuencode.h"

#define PIECE 8192 /* octets that go to a sink at a time */

/* Content-Transfer-Encoding as it is written; names of steps come first. */
static const struct {
  const char *label;
  PdCode code;
  const char *name;
} labels[] = {
  { "7bit", PD_CODE_NONE, "7bit" },
  { "8bit", PD_CODE_NONE, "8bit" },
  { "binary", PD_CODE_NONE, "binary" },
  { "base64", PD_CODE_BASE64, "base64" },
  { "quoted-printable", PD_CODE_QUOTED, "quoted-printable" },
  { "uuencode", PD_CODE_UUENCODE, "uuencode" },
  { "x-uuencode", PD_CODE_UUENCODE, "uuencode" },
  { "x-uue", PD_CODE_UUENCODE, "uuencode" },
  { "uue", PD_CODE_UUENCODE, "uuencode" },
  { "x-uu", PD_CODE_UUENCODE, "uuencode" },
  { "base-64", PD_CODE_BASE64, "base64" },
  { "base 64", PD_CODE_BASE64, "base64" },
  { "b64", PD_CODE_BASE64, "base64" },
  { "x-base64", PD_CODE_BASE64, "base64" },
  { "base64encoding", PD_CODE_BASE64, "base64" },
  { "quotedprintable", PD_CODE_QUOTED, "quoted-printable" },
  { "quoted/printable", PD_CODE_QUOTED, "quoted-printable" },
  { "quoted printable", PD_CODE_QUOTED, "quoted-printable" },
  { "quoted_printable", PD_CODE_QUOTED, "quoted-printable" },
  { "qp", PD_CODE_QUOTED, "quoted-printable" },
  { "8-bit", PD_CODE_NONE, "8bit" },
  { "7-bit", PD_CODE_NONE, "7bit" },
};

PdCode
pd_code_find (const char *label, const char **out_name)
{
  g_autofree char *small = g_ascii_strdown (label, (gssize)strnlen (label, 80));
  char *begin = small + strspn (small, " \t\r\n\"'");
  gsize n = strcspn (begin, "\r\n\"';(,");

  while (n > 0 && g_ascii_isspace (begin[n - 1]))
    n--;
  begin[n] = '\0';
  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    if (strcmp (labels[i].label, begin) == 0)
      {
        *out_name = labels[i].name;
        return labels[i].code;
      }
  *out_name = "binary";
  return PD_CODE_NONE;
}

typedef struct {
  PdCodeSink sink;
  gpointer data;
  gsize used;
  guint8 buffer[PIECE];
} Out;

static void
flush (Out *out)
{
  if (out->used > 0)
    out->sink (out->data, out->buffer, out->used);
  out->used = 0;
}

static inline void
put (Out *out, guint8 octet)
{
  if (out->used == PIECE)
    flush (out);
  out->buffer[out->used++] = octet;
}

#define PAD 65

/* The digits of base64, one more than they are worth: 0 is no digit. */
static const guint8 base64_values[256] = {
  ['A'] = 1,   ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
  ['I'] = 9,   ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
  ['Q'] = 17,  ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
  ['Y'] = 25,  ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
  ['g'] = 33,  ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
  ['o'] = 41,  ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
  ['w'] = 49,  ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
  ['4'] = 57,  ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
  ['='] = PAD,
};

/* Behind the padding may come another piece of base64, for programs join them
 * line by line, or a footer in plain words that a list has put there.
 */
static gboolean
goes_on (const guint8 *at, const guint8 *end)
{
  gsize n = 0;

  for (; at < end; at++)
    if (!g_ascii_isspace (*at))
      {
        n++;
        if (base64_values[*at] == 0)
          return FALSE;
      }
    else if (*at == ' ' && at + 1 < end && !g_ascii_isspace (at[1]))
      return FALSE;
  return n >= 4;
}

static void
decode_base64 (const guint8 *at, gsize length, Out *out)
{
  const guint8 *end = at + length;
  gboolean asked = FALSE;
  guint32 bits = 0;
  guint n = 0;

  for (; at < end; at++)
    {
      guint8 value = base64_values[*at];

      if (value == 0)
        continue;
      if (value == PAD)
        {
          /* "=" before anything or in a group of one means nothing */
          if (n < 2)
            continue;
          put (out, (guint8)(n == 2 ? bits >> 4 : bits >> 10));
          if (n == 3)
            put (out, (guint8)(bits >> 2));
          n = 0;
          bits = 0;
          at += at + 1 < end && at[1] == '=';
          if (!asked && !goes_on (at + 1, end))
            return;
          asked = TRUE;
          continue;
        }
      bits = bits << 6 | (value - 1U);
      if (++n < 4)
        continue;
      put (out, (guint8)(bits >> 16));
      put (out, (guint8)(bits >> 8));
      put (out, (guint8)bits);
      n = 0;
      bits = 0;
    }
  if (n >= 2)
    put (out, (guint8)(n == 2 ? bits >> 4 : bits >> 10));
  if (n == 3)
    put (out, (guint8)(bits >> 2));
}

/* What "=" begins; returns behind it. */
static const guint8 *
decode_equal (const guint8 *at, const guint8 *end, Out *out)
{
  const guint8 *next = at + 1;

  if (end - next >= 2 && g_ascii_isxdigit (next[0]) && g_ascii_isxdigit (next[1]))
    {
      put (out, (guint8)(g_ascii_xdigit_value ((char)next[0]) << 4
                         | g_ascii_xdigit_value ((char)next[1])));
      return next + 2;
    }
  /* a soft break, with blanks that a gateway added (RFC 2045 6.7 (3)) */
  while (next < end && (*next == ' ' || *next == '\t'))
    next++;
  if (next == end)
    return end;
  if (*next == '\n')
    return next + 1;
  if (*next == '\r')
    return next + 1 + (next + 1 < end && next[1] == '\n');
  put (out, '=');
  return at + 1;
}

static void
decode_quoted (const guint8 *at, gsize length, Out *out)
{
  const guint8 *end = at + length;

  while (at < end)
    {
      const guint8 *blank = at;

      if (*at == '=')
        {
          at = decode_equal (at, end, out);
          continue;
        }
      /* blanks at a line's end were added on the way */
      while (blank < end && (*blank == ' ' || *blank == '\t'))
        blank++;
      if (blank > at && (blank == end || *blank == '\n' || *blank == '\r'))
        at = blank;
      else if (blank > at)
        while (at < blank)
          put (out, *at++);
      else
        put (out, *at++);
    }
}

static void
decode_uu (const guint8 *bytes, gsize length, PdCodeSink sink, gpointer data)
{
  PdUuBlock block;

  if (pd_uu_next ((const char *)bytes, length, 0, &block))
    pd_uu_decode ((const char *)bytes + block.data, block.stop - block.data, sink, data);
  else
    pd_uu_decode ((const char *)bytes, length, sink, data);
}

void
pd_code_decode (const guint8 *bytes, gsize length, PdCode code, PdCodeSink sink, gpointer data)
{
  Out out = { .sink = sink, .data = data };

  if (length == 0)
    return;
  switch (code)
    {
    case PD_CODE_NONE:
      sink (data, bytes, length);
      break;
    case PD_CODE_BASE64:
      decode_base64 (bytes, length, &out);
      break;
    case PD_CODE_QUOTED:
      decode_quoted (bytes, length, &out);
      break;
    case PD_CODE_UUENCODE:
      decode_uu (bytes, length, sink, data);
      break;
    }
  flush (&out);
}

static void
append (gpointer data, const guint8 *bytes, gsize length)
{
  g_byte_array_append (data, bytes, (guint)length);
}

static GBytes *
undo_code (GBytes *bytes, PdCode code)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  GByteArray *out = g_byte_array_sized_new ((guint)(length + 1));

  pd_code_decode (data, length, code, append, out);
  return g_byte_array_free_to_bytes (out);
}

static GBytes *
undo_none (GBytes *bytes, const char *argument)
{
  return g_bytes_ref (bytes);
}

static GBytes *
undo_base64 (GBytes *bytes, const char *argument)
{
  return undo_code (bytes, PD_CODE_BASE64);
}

static GBytes *
undo_quoted (GBytes *bytes, const char *argument)
{
  return undo_code (bytes, PD_CODE_QUOTED);
}

static GBytes *
undo_uuencode (GBytes *bytes, const char *argument)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (bytes, &length);
  guint64 n = g_ascii_strtoull (argument, NULL, 10);
  PdUuBlock block = { .end = 0 };
  GByteArray *out;

  if (*argument == '\0')
    return undo_code (bytes, PD_CODE_UUENCODE);
  if (n == 0 || n > PD_UU_MAX_BLOCKS)
    return NULL;
  for (guint64 i = 0; i < n; i++)
    if (!pd_uu_next (text, length, block.end, &block))
      return NULL;
  out = g_byte_array_new ();
  pd_uu_decode (text + block.data, block.stop - block.data, append, out);
  return g_byte_array_free_to_bytes (out);
}

static GBytes *
undo_part (GBytes *bytes, const char *argument)
{
  gsize size = g_bytes_get_size (bytes);
  char *plus = NULL;
  guint64 offset = g_ascii_strtoull (argument, &plus, 10), length;

  if (*plus != '+')
    return NULL;
  length = g_ascii_strtoull (plus + 1, NULL, 10);
  offset = MIN (offset, size);
  return g_bytes_new_from_bytes (bytes, offset, MIN (length, size - offset));
}

static GBytes *
undo_tnef (GBytes *bytes, const char *argument)
{
  g_autoptr (PdTnef) tnef = pd_tnef_parse (bytes);
  guint64 n = g_ascii_strtoull (argument, NULL, 10);

  if (tnef == NULL || n == 0 || n > tnef->files->len)
    return NULL;
  return g_bytes_ref (((PdTnefFile *)tnef->files->pdata[n - 1])->bytes);
}

static GBytes *
undo_cms (GBytes *bytes, const char *argument)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  GByteArray *content;

  pd_cms_read (data, length, &content);
  return content == NULL ? NULL : g_byte_array_free_to_bytes (content);
}

/* What a chain may hold.  `undo` gets what stands behind "=", or "", and
 * returns a new GBytes, or NULL if there is nothing to undo.
 */
static const struct Step {
  const char *name;
  GBytes *(*undo) (GBytes *bytes, const char *argument);
} steps[] = {
  { "7bit", undo_none },
  { "8bit", undo_none },
  { "binary", undo_none },
  { "base64", undo_base64 },
  { "quoted-printable", undo_quoted },
  { "uuencode", undo_uuencode },
  { "part", undo_part },
  { "tnef", undo_tnef },
  { "cms", undo_cms },
};

static const struct Step *
find_step (const char *name, gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    if (strlen (steps[i].name) == length && memcmp (steps[i].name, name, length) == 0)
      return &steps[i];
  return NULL;
}

GBytes *
pd_code_undo (GBytes *bytes, const char *chain, GError **error)
{
  g_auto (GStrv) names = g_strsplit (chain, ";", PD_CODE_MAX_STEPS + 1);
  g_autoptr (GBytes) now = g_bytes_ref (bytes);

  if (names[0] == NULL)
    {
      pd_fail (error, PD_ERROR_INVALID, "no encoding");
      return NULL;
    }
  for (guint i = 0; names[i] != NULL; i++)
    {
      gsize n = strcspn (names[i], "=");
      const struct Step *step = i < PD_CODE_MAX_STEPS ? find_step (names[i], n) : NULL;
      const char *argument = names[i][n] == '=' ? names[i] + n + 1 : "";
      GBytes *next = step == NULL ? NULL : step->undo (now, argument);

      if (next == NULL)
        {
          pd_fail (error, PD_ERROR_INVALID, "step %u of the encoding \"%s\" cannot be undone",
                   i + 1, chain);
          return NULL;
        }
      g_bytes_unref (now);
      now = next;
      if (g_bytes_get_size (now) > PD_CODE_MAX_OCTETS)
        {
          pd_fail (error, PD_ERROR_INVALID, "more than %d octets come out of \"%s\"",
                   PD_CODE_MAX_OCTETS, chain);
          return NULL;
        }
    }
  return g_steal_pointer (&now);
}

GBytes *
pd_mail_decode_part (GBytes *raw, goffset offset, gsize length, const char *encoding,
                     GError **error)
{
  g_autoptr (GBytes) place = NULL;
  gsize size = g_bytes_get_size (raw);

  if (offset < 0)
    {
      pd_fail (error, PD_ERROR_INVALID, "a part at offset %" G_GINT64_FORMAT, (gint64)offset);
      return NULL;
    }
  offset = MIN (offset, (goffset)size);
  place = g_bytes_new_from_bytes (raw, (gsize)offset, MIN (length, size - (gsize)offset));
  return pd_code_undo (place, encoding, error);
}
