#include "mail/header-writer.h"

#include <gnutls/gnutls.h>
#include <string.h>

#include "base/error.h"

#define WORD_OPEN "=?utf-8?"
#define WORD_CLOSE "?="
#define WORD_FRAME 12 /* "=?utf-8?B?" and "?=" */
#define WORD_MAX 75   /* RFC 2047 2 */
#define WORD_ROOM 30  /* begin an encoded word on a new line when less room is left */

/* A field that is being written: where the current line stands. */
typedef struct {
  GString *out;
  gsize column;
  gboolean fresh; /* nothing stands on this line yet but the name or the fold */
} Fold;

static Fold
begin (GString *out, const char *name)
{
  g_string_append_printf (out, "%s:", name);
  return (Fold){ out, strlen (name) + 1, TRUE };
}

static void
end (Fold *fold)
{
  g_string_append (fold->out, "\r\n");
}

static void
put (Fold *fold, const char *text, gsize length)
{
  g_string_append_len (fold->out, text, (gssize)length);
  fold->column += length;
}

static void
break_line (Fold *fold)
{
  g_string_append (fold->out, "\r\n");
  fold->column = 0;
  fold->fresh = TRUE;
}

/* A word with the white space in front of it, which is where the line may be
 * broken; unfolding gives it back (RFC 5322 2.2.3).
 */
static void
put_word (Fold *fold, const char *gap, gsize gap_length, const char *word, gsize length)
{
  if (!fold->fresh && fold->column + gap_length + length > PD_HEADER_FOLD)
    break_line (fold);
  put (fold, gap, gap_length);
  put (fold, word, length);
  fold->fresh = FALSE;
}

/* --- encoded words --- */

static gboolean
is_plain_in_q (char c)
{
  return g_ascii_isalnum (c) || strchr ("!*+-/", c) != NULL; /* RFC 2047 5 (3), good in names too */
}

static gsize
q_cost (const char *text, gsize length)
{
  gsize cost = 0;

  for (gsize i = 0; i < length; i++)
    cost += text[i] == ' ' || is_plain_in_q (text[i]) ? 1 : 3;
  return cost;
}

/* How many octets of text, whole characters, fit into `room` encoded ones.  In
 * base64 only a cut that needs no padding counts, unless it is the end of the
 * text: readers that join words before they decode them (GMime 3.2 is one)
 * lose all that follows a padded word.  So it may be 0.
 */
static gsize
cut (const char *text, gsize room, gboolean q)
{
  gsize used = 0, cost = 0, good = 0;

  while (text[used] != '\0')
    {
      gsize step = (gsize)(g_utf8_next_char (text + used) - (text + used));

      cost = q ? cost + q_cost (text + used, step) : (used + step + 2) / 3 * 4;
      if (cost > room)
        break;
      used += step;
      if (q || used % 3 == 0 || text[used] == '\0')
        good = used;
    }
  return good;
}

static char *
encode_word (const char *text, gsize length, gboolean q)
{
  GString *word = g_string_new (WORD_OPEN);

  g_string_append (word, q ? "Q?" : "B?");
  if (!q)
    {
      g_autofree char *base64 = g_base64_encode ((const guchar *)text, length);

      g_string_append (word, base64);
    }
  for (gsize i = 0; q && i < length; i++)
    if (text[i] == ' ')
      g_string_append_c (word, '_');
    else if (is_plain_in_q (text[i]))
      g_string_append_c (word, text[i]);
    else
      g_string_append_printf (word, "=%02X", (guchar)text[i]);
  g_string_append (word, WORD_CLOSE);
  return g_string_free (word, FALSE);
}

/* Valid UTF-8 as encoded words; the space between two of them is nobody's. */
static void
put_encoded (Fold *fold, const char *text)
{
  gsize length = strlen (text);
  gboolean q = q_cost (text, length) <= (length + 2) / 3 * 4;

  while (*text != '\0')
    {
      gsize room = fold->column + 1 < PD_HEADER_FOLD ? PD_HEADER_FOLD - fold->column - 1 : 0;
      g_autofree char *word = NULL;
      gboolean this_q = q;
      gsize take;

      if (room < WORD_ROOM)
        {
          break_line (fold);
          room = WORD_MAX;
        }
      take = cut (text, MIN (room, WORD_MAX) - WORD_FRAME, q);
      if (take == 0)
        {
          this_q = TRUE;
          take = cut (text, MIN (room, WORD_MAX) - WORD_FRAME, TRUE);
        }
      word = encode_word (text, take, this_q);
      put_word (fold, " ", 1, word, strlen (word));
      text += take;
    }
}

/* --- free text --- */

static gboolean
has_break (const char *text)
{
  return strpbrk (text, "\r\n") != NULL;
}

static gboolean
refuse_break (const char *name, GError **error)
{
  return pd_fail (error, PD_ERROR_INVALID, "header %s: a line break is in the value", name);
}

static gboolean
is_plain_word (const char *word, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (word[i] < '!' || word[i] > '~')
      return FALSE;
  /* what looks like an encoded word would be decoded by the reader */
  return length <= PD_HEADER_MAX_WORD && g_strstr_len (word, (gssize)length, "=?") == NULL;
}

static gboolean
only_plain_words (const char *text)
{
  while (*text != '\0')
    {
      gsize gap = strspn (text, " ");
      gsize word = strcspn (text + gap, " ");

      if (word == 0 || !is_plain_word (text + gap, word))
        return FALSE;
      text += gap + word;
    }
  return TRUE;
}

/* Words stay as they are up to the first that cannot, so that the ticket mark
 * in front is readable everywhere; from there on all is encoded.
 */
static void
put_text (Fold *fold, const char *text)
{
  gboolean first = TRUE;

  while (*text != '\0')
    {
      gsize gap = strspn (text, " ");
      gsize word = strcspn (text + gap, " ");
      gboolean odd_gap = first ? gap > 0 : FALSE; /* white space in front would be lost */

      if (odd_gap || word == 0 || !is_plain_word (text + gap, word))
        break;
      put_word (fold, first ? " " : text, first ? 1 : gap, text + gap, word);
      text += gap + word;
      first = FALSE;
    }
  if (*text == '\0')
    return;
  /* the one space before the first encoded word is the words' own separator */
  put_encoded (fold, !first && *text == ' ' ? text + 1 : text);
}

gboolean
pd_header_add_text (GString *out, const char *name, const char *value, GError **error)
{
  g_autofree char *valid = NULL;
  Fold fold;

  if (has_break (value))
    return refuse_break (name, error);
  valid = g_utf8_make_valid (value, -1);
  fold = begin (out, name);
  put_text (&fold, valid);
  end (&fold);
  return TRUE;
}

void
pd_header_add_tokens (GString *out, const char *name, GPtrArray *tokens)
{
  Fold fold = begin (out, name);

  for (guint i = 0; i < tokens->len; i++)
    put_word (&fold, " ", 1, tokens->pdata[i], strlen (tokens->pdata[i]));
  end (&fold);
}

gboolean
pd_header_id_is_good (const char *id)
{
  gsize length = strlen (id);

  for (gsize i = 0; i < length; i++)
    if (id[i] < '!' || id[i] > '~' || id[i] == '<' || id[i] == '>')
      return FALSE;
  return length > 0 && length <= PD_HEADER_MAX_WORD;
}

/* --- addresses --- */

static gboolean
is_atext (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-/=?^_`{|}~", c) != NULL)
         || (guchar)c >= 0x80; /* RFC 6532 3.2 */
}

static gboolean
is_dot_atom (const char *text)
{
  gboolean after_dot = TRUE;

  for (; *text != '\0'; text++)
    {
      if (*text == '.' ? after_dot : !is_atext (*text))
        return FALSE;
      after_dot = *text == '.';
    }
  return !after_dot;
}

static char *
quote (const char *text)
{
  GString *out = g_string_new ("\"");

  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

/* Takes the quotes off a quoted local part, as they are put back if needed.
 * NULL if it is quoted wrongly.
 */
static char *
unquote_local (const char *local)
{
  gsize length = strlen (local);
  GString *out;

  if (local[0] != '"')
    return g_strdup (local);
  if (length < 3 || local[length - 1] != '"')
    return NULL;
  out = g_string_new (NULL);
  for (gsize i = 1; i < length - 1; i++)
    {
      if (local[i] == '\\' && i + 1 < length - 1)
        i++;
      g_string_append_c (out, local[i]);
    }
  return g_string_free (out, FALSE);
}

static gboolean
domain_is_good (const char *domain)
{
  if (domain[0] == '[') /* an address literal: RFC 5321 4.1.3 */
    return strspn (domain + 1, "0123456789abcdefABCDEFIPv:.") + 2 == strlen (domain)
           && g_str_has_suffix (domain, "]");
  return is_dot_atom (domain) && strpbrk (domain, "!#$%&'*+/=?^`{|}~") == NULL;
}

/* The A-label form if there is one, else the domain as it is. */
static char *
wire_domain (const char *domain, PdMailNeeds *needs)
{
  gnutls_datum_t mapped = { NULL, 0 };
  char *ascii = NULL;

  if (g_str_is_ascii (domain))
    return g_ascii_strdown (domain, -1);
  if (gnutls_idna_map (domain, (unsigned)strlen (domain), &mapped, 0) == 0)
    {
      ascii = g_strndup ((const char *)mapped.data, mapped.size);
      gnutls_free (mapped.data);
      return ascii;
    }
  *needs |= PD_NEEDS_SMTPUTF8;
  return g_strdup (domain);
}

static gboolean
has_control (const char *text)
{
  for (; *text != '\0'; text++)
    if (g_ascii_iscntrl (*text))
      return TRUE;
  return FALSE;
}

char *
pd_compose_wire_address (const char *address, PdMailNeeds *needs, GError **error)
{
  const char *at = strrchr (address, '@');
  g_autofree char *written = at != NULL ? g_strndup (address, (gsize)(at - address)) : NULL;
  g_autofree char *local = written != NULL ? unquote_local (written) : NULL;
  g_autofree char *quoted = NULL, *domain = NULL;

  if (local == NULL || local[0] == '\0' || has_control (address) || !domain_is_good (at + 1)
      || strlen (address) > PD_HEADER_MAX_ADDRESS || !g_utf8_validate (address, -1, NULL))
    {
      g_autofree char *shown = g_strescape (address, NULL);

      pd_fail (error, PD_ERROR_INVALID, "\"%.100s\" is not a mail address", shown);
      return NULL;
    }
  if (!g_str_is_ascii (local))
    *needs |= PD_NEEDS_SMTPUTF8;
  quoted = is_dot_atom (local) ? g_strdup (local) : quote (local);
  domain = wire_domain (at + 1, needs);
  return g_strconcat (quoted, "@", domain, NULL);
}

/* A display name: words if it can be (RFC 5322 phrase), a quoted string, or
 * encoded words when it is long or not ASCII.
 */
static void
put_name (Fold *fold, const char *name)
{
  gboolean atoms = only_plain_words (name) && name[0] != ' ';

  for (const char *p = name; atoms && *p != '\0'; p++)
    atoms = is_atext (*p) || *p == ' ';
  if (atoms)
    put_text (fold, name);
  else if (only_plain_words (name) && strlen (name) < PD_HEADER_FOLD / 2)
    {
      g_autofree char *quoted = quote (name);

      put_word (fold, " ", 1, quoted, strlen (quoted));
    }
  else
    put_encoded (fold, name);
}

static gboolean
put_address (Fold *fold, const char *field, const PdAddress *address, gboolean last,
             PdMailNeeds *needs, GError **error)
{
  g_autofree char *wire = pd_compose_wire_address (address->address, needs, error);
  g_autofree char *name = NULL, *token = NULL;

  if (wire == NULL)
    {
      g_prefix_error (error, "header %s: ", field);
      return FALSE;
    }
  if (address->name != NULL && has_break (address->name))
    return refuse_break (field, error);
  name = address->name != NULL ? g_utf8_make_valid (address->name, -1) : g_strdup ("");
  if (name[0] != '\0')
    put_name (fold, name);
  token = g_strdup_printf (name[0] != '\0' ? "<%s>%s" : "%s%s", wire, last ? "" : ",");
  put_word (fold, " ", 1, token, strlen (token));
  return TRUE;
}

gboolean
pd_header_add_addresses (GString *out, const char *name, const PdAddress *addresses, gsize n,
                         PdMailNeeds *needs, GError **error)
{
  Fold fold;

  if (n == 0)
    return TRUE;
  fold = begin (out, name);
  for (gsize i = 0; i < n; i++)
    if (!put_address (&fold, name, &addresses[i], i + 1 == n, needs, error))
      return FALSE;
  end (&fold);
  return TRUE;
}

/* --- parameters --- */

#define PLAIN_PARAMETER 60 /* octets of a value that stays in one piece */
#define PIECE 48           /* encoded octets of one piece */

/* The next piece of a value in percent form, whole characters. */
static const char *
next_piece (const char *value, GString *piece)
{
  g_string_truncate (piece, 0);
  while (*value != '\0')
    {
      const char *next = g_utf8_next_char (value);
      gsize before = piece->len;

      for (const char *p = value; p < next; p++)
        if (g_ascii_isalnum (*p) || strchr ("._-", *p) != NULL)
          g_string_append_c (piece, *p);
        else
          g_string_append_printf (piece, "%%%02X", (guchar)*p);
      if (piece->len > PIECE)
        {
          g_string_truncate (piece, before);
          break;
        }
      value = next;
    }
  return value;
}

void
pd_header_add_parameter (GString *out, const char *name, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);
  g_autoptr (GString) piece = g_string_new (NULL);
  const char *rest = valid;

  if (strlen (valid) <= PLAIN_PARAMETER && g_str_is_ascii (valid) && !has_control (valid)
      && strstr (valid, "=?") == NULL)
    {
      g_autofree char *quoted = quote (valid);

      g_string_append_printf (out, ";\r\n %s=%s", name, quoted);
      return;
    }
  for (guint i = 0; *rest != '\0'; i++)
    {
      rest = next_piece (rest, piece);
      if (i == 0 && *rest == '\0')
        g_string_append_printf (out, ";\r\n %s*=utf-8''%s", name, piece->str);
      else
        g_string_append_printf (out, ";\r\n %s*%u*=%s%s", name, i, i == 0 ? "utf-8''" : "",
                                piece->str);
    }
}
