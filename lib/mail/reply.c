/* reply.c - what of a text the sender wrote now, what is quoted, what is the
 * signature.  Nothing is lost: each line is either visible, the signature's, or
 * in a folded piece, in order.
 *
 * The rule, in the order it is applied:
 *   - a forwarded mail is the sender's message: nothing is cut from there on;
 *   - "On … wrote:" and the quote behind it are folded; if no "> " follows,
 *     all is folded to the end;
 *   - a header block (From, Sent, To …) or "-----Original Message-----" folds all
 *     to the end;
 *   - a "> " quote without attribution is folded only at the end: between
 *     answers it is what they answer;
 *   - "-- " begins the signature.
 */
#include <string.h>

#include "mail/mail-fields.h"
#include "mail/mail-reader.h"
#include "mail/reply-mark.h"

#define MAX_LINES 20000  /* that are looked at; the rest is one long line */
#define MAX_SIGNATURE 30 /* lines of a signature */

typedef enum { VISIBLE, QUOTE, SIGNATURE, HEADER, RULE } Fold;

static const char *const fold_names[] = {
  [QUOTE] = "quote",
  [SIGNATURE] = "signature",
  [HEADER] = "header",
  [RULE] = "quote",
};

typedef struct {
  PdLine *lines;
  guint8 *folds;
  guint n;
  gsize column; /* of `split`: what is before it stays visible */
  guint split;  /* line of which only the end is folded; G_MAXUINT if none */
} Reply;

static void
reply_init (Reply *reply, const char *text)
{
  guint room = 1;

  for (const char *c = text; (c = strchr (c, '\n')) != NULL && room < MAX_LINES; c++)
    room++;
  reply->lines = g_new0 (PdLine, room);
  reply->folds = g_new0 (guint8, room);
  reply->n = 0;
  reply->split = G_MAXUINT;
  while (*text != '\0')
    {
      gsize length = reply->n + 1 < room ? strcspn (text, "\n") : strlen (text);

      reply->lines[reply->n].text = text;
      reply->lines[reply->n++].length = length;
      text += length;
      text += *text == '\n';
    }
}

static void
reply_clear (Reply *reply)
{
  g_free (reply->lines);
  g_free (reply->folds);
}

static void
fold (Reply *reply, guint from, guint to, Fold kind)
{
  memset (reply->folds + from, kind, to - from);
}

static guint
skip_blank (const Reply *reply, guint at)
{
  while (at < reply->n && pd_line_is_blank (&reply->lines[at]))
    at++;
  return at;
}

/* Whether anything that is not a rule is visible in [from, to). */
static gboolean
has_visible (const Reply *reply, guint from, guint to)
{
  for (guint i = from; i < to; i++)
    if (reply->folds[i] == VISIBLE && !pd_line_is_blank (&reply->lines[i])
        && !pd_line_is_rule (&reply->lines[i]))
      return TRUE;
  return FALSE;
}

/* A link that some program broke out of its quote. */
static gboolean
is_stray_link (const PdLine *line)
{
  static const char *const starts[] = { "(http", "<http", "http" };
  const char *text = line->text;
  gsize length = line->length;

  while (length > 0 && (*text == ' ' || *text == '\t'))
    {
      text++;
      length--;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    if (length > strlen (starts[i]) && memcmp (text, starts[i], strlen (starts[i])) == 0)
      return memchr (text, '>', length) != NULL || memchr (text, ' ', length) == NULL;
  return FALSE;
}

/* Behind the "> " lines that begin at `at`, with the blank lines between. */
static guint
quote_end (const Reply *reply, guint at)
{
  guint end = at;

  while (at < reply->n)
    {
      if (pd_line_is_quote (&reply->lines[at]))
        end = ++at;
      else if (pd_line_is_blank (&reply->lines[at]) || is_stray_link (&reply->lines[at]))
        {
          guint next = at + 1;

          while (next < reply->n && next < at + 3 && pd_line_is_blank (&reply->lines[next]))
            next++;
          if (next >= reply->n || !pd_line_is_quote (&reply->lines[next]))
            break;
          at = next;
        }
      else
        break;
    }
  return end;
}

/* Whether behind `at` more "> " lines come that an answer follows. */
static gboolean
is_interleaved (const Reply *reply, guint at)
{
  for (; at < reply->n; at++)
    if (pd_line_is_quote (&reply->lines[at]))
      return has_visible (reply, quote_end (reply, at), reply->n);
  return FALSE;
}

/* An attribution in [begin, end).  Returns where to go on. */
static guint
fold_attribution (Reply *reply, guint begin, guint end, gsize column)
{
  guint next = skip_blank (reply, end);

  fold (reply, begin, end, HEADER);
  if (column > 0)
    {
      reply->split = begin;
      reply->column = column;
    }
  if (next < reply->n && pd_line_is_quote (&reply->lines[next]))
    {
      guint behind = quote_end (reply, next);

      if (has_visible (reply, behind, reply->n) && is_interleaved (reply, behind))
        return behind;
      fold (reply, end, behind, QUOTE);
      return behind;
    }
  if (column == 0 && !has_visible (reply, 0, begin))
    return end; /* the answer stands below it */
  fold (reply, end, reply->n, QUOTE);
  return reply->n;
}

/* A rule, or "-----Original Message-----", that stands right above a block. */
static guint
with_rule (const Reply *reply, guint at)
{
  guint above = at;

  while (above > 0 && pd_line_is_blank (&reply->lines[above - 1]))
    above--;
  if (above > 0
      && (pd_line_is_rule (&reply->lines[above - 1])
          || pd_line_is_original (&reply->lines[above - 1])))
    return above - 1;
  return at;
}

/* The subject of a mail that its sender passes on. */
static gboolean
is_forward_subject (const char *subject)
{
  static const char *const marks[] = { "fw:", "fwd:", "wg:", "tr:", "rv:",     "enc:",
                                       "i:",  "пер:", "vs:", "vb:", "doorst:", "pd:" };
  g_autofree char *small = g_utf8_strdown (subject, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (g_str_has_prefix (small, marks[i]))
      return TRUE;
  return FALSE;
}

static void
fold_quotes (Reply *reply, gboolean forwards)
{
  for (guint at = 0; at < reply->n;)
    {
      gsize column = 0;
      guint lines;

      if (pd_line_is_forward (&reply->lines[at]))
        return;
      lines = pd_line_attribution (reply->lines, at, &column);
      if (lines > 0)
        {
          at = fold_attribution (reply, at + 1 - lines, at + 1, column);
          continue;
        }
      if (!forwards
          && (pd_line_is_original (&reply->lines[at])
              || pd_line_header_block (reply->lines, reply->n, at) > 0)
          && has_visible (reply, 0, at))
        {
          fold (reply, with_rule (reply, at), reply->n, QUOTE);
          return;
        }
      at++;
    }
}

/* "> " lines that end the text, if anything is left without them. */
static void
fold_last_quote (Reply *reply)
{
  guint end = reply->n, begin;

  while (end > 0 && (reply->folds[end - 1] != VISIBLE || pd_line_is_blank (&reply->lines[end - 1])))
    end--;
  begin = end;
  while (begin > 0 && reply->folds[begin - 1] == VISIBLE
         && (pd_line_is_quote (&reply->lines[begin - 1])
             || pd_line_is_blank (&reply->lines[begin - 1])))
    begin--;
  if (begin < end && has_visible (reply, 0, begin))
    fold (reply, begin, end, QUOTE);
}

/* What the mail program's own mark in the HTML says, unless answers stand in
 * the quote.
 */
static void
fold_marked (Reply *reply, gsize offset, const char *text)
{
  guint at = 0;
  gboolean quoted = FALSE;

  while (at < reply->n && (gsize)(reply->lines[at].text - text) < offset)
    at++;
  at = skip_blank (reply, at);
  if (at == reply->n || !has_visible (reply, 0, at))
    return;
  for (guint i = at; i < reply->n; i++)
    {
      if (i < at + PD_REPLY_MAX_ATTRIBUTION && pd_line_is_forward (&reply->lines[i]))
        return;
      if (pd_line_is_quote (&reply->lines[i]))
        quoted = TRUE;
      else if (quoted && !pd_line_is_blank (&reply->lines[i]))
        return;
    }
  fold (reply, at, reply->n, QUOTE);
}

static guint
last_visible (const Reply *reply)
{
  guint end = reply->n;

  while (end > 0 && (reply->folds[end - 1] != VISIBLE || pd_line_is_blank (&reply->lines[end - 1])))
    end--;
  return end;
}

static void
fold_signature (Reply *reply)
{
  guint end = last_visible (reply);
  guint count = 0;

  for (guint i = end; i-- > 0 && count < MAX_SIGNATURE; count += reply->folds[i] == VISIBLE)
    if (reply->folds[i] == VISIBLE && pd_line_is_signature (&reply->lines[i])
        && has_visible (reply, 0, i))
      {
        for (guint k = i; k < end; k++)
          if (reply->folds[k] == VISIBLE)
            reply->folds[k] = SIGNATURE;
        end = i;
      }
}

/* Below the text: rules, and "Sent from my iPhone". */
static void
fold_tail (Reply *reply)
{
  for (;;)
    {
      guint end = last_visible (reply);

      if (end == 0 || !has_visible (reply, 0, end - 1))
        return;
      if (pd_line_is_device (&reply->lines[end - 1]))
        reply->folds[end - 1] = SIGNATURE;
      else if (pd_line_is_rule (&reply->lines[end - 1]))
        reply->folds[end - 1] = RULE;
      else
        return;
    }
}

static void
append_line (GString *out, const PdLine *line)
{
  g_string_append_len (out, line->text, (gssize)line->length);
  g_string_append_c (out, '\n');
}

/* Without empty lines at either end. */
static char *
take_trimmed (GString *text)
{
  gsize begin = 0;

  while (text->len > 0 && g_ascii_isspace (text->str[text->len - 1]))
    g_string_truncate (text, text->len - 1);
  for (gsize i = 0; i < text->len && g_ascii_isspace (text->str[i]); i++)
    if (text->str[i] == '\n')
      begin = i + 1;
  g_string_erase (text, 0, (gssize)begin);
  if (text->len > 0)
    g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}

static void
add_folded (PdMail *mail, Fold kind, GString *text)
{
  PdFolded *folded = pd_fields_new (&pd_folded_fields);

  pd_text_take (&folded->kind, g_strdup (fold_names[kind]));
  pd_text_take (&folded->text, g_string_free (text, FALSE));
  g_ptr_array_add (mail->folded, folded);
}

static void
add_pieces (PdMail *mail, const Reply *reply)
{
  for (guint i = 0; i < reply->n;)
    {
      Fold kind = reply->folds[i];
      GString *text;

      if (kind == VISIBLE)
        {
          i++;
          continue;
        }
      text = g_string_new (NULL);
      if (i == reply->split)
        {
          PdLine rest
              = { reply->lines[i].text + reply->column, reply->lines[i].length - reply->column };

          append_line (text, &rest);
          i++;
        }
      for (; i < reply->n && reply->folds[i] == kind; i++)
        append_line (text, &reply->lines[i]);
      add_folded (mail, kind, text);
    }
}

static void
set_texts (PdMail *mail, const Reply *reply)
{
  GString *visible = g_string_new (NULL);
  GString *signature = g_string_new (NULL);

  for (guint i = 0; i < reply->n; i++)
    {
      PdLine line = reply->lines[i];

      if (i == reply->split)
        line.length = reply->column;
      if (reply->folds[i] == VISIBLE || i == reply->split)
        append_line (visible, &line);
      else if (reply->folds[i] == SIGNATURE)
        append_line (signature, &line);
    }
  g_free (mail->visible);
  mail->visible = take_trimmed (visible);
  g_free (mail->signature_text);
  mail->signature_text = take_trimmed (signature);
}

void
pd_reader_reply (PdReader *reader)
{
  PdMail *mail = reader->mail;
  Reply reply;

  reply_init (&reply, mail->text);
  fold_quotes (&reply, is_forward_subject (mail->subject));
  if (reader->html_quote != G_MAXSIZE && !is_forward_subject (mail->subject))
    fold_marked (&reply, reader->html_quote, mail->text);
  fold_last_quote (&reply);
  fold_signature (&reply);
  fold_tail (&reply);
  set_texts (mail, &reply);
  add_pieces (mail, &reply);
  reply_clear (&reply);
}
