/* reply.c - the rule, in the order it is applied:
 *
 *   - a forwarded mail is the sender's message: nothing is folded from there on;
 *   - what the sender's program marked in the HTML as a quote, an attribution or
 *     a signature, unless answers stand in it;
 *   - below "please type your reply above this line" nothing was written now;
 *   - "On … wrote:" and the quote behind it are folded; if no "> " follows,
 *     all is folded to the end;
 *   - a header block (From, Sent, To …) or "-----Original Message-----" folds all
 *     to the end;
 *   - a "> " quote without attribution is folded only at the end: between
 *     answers it is what they answer;
 *   - disclaimers and footers that end the text, then the signature: from
 *     "-- " on, or "Sent from my …".
 */
#include "mail/reply.h"

#include <string.h>

#include "base/datadir.h"
#include "mail/html-text.h"
#include "mail/mail-fields.h"
#include "mail/mail-reader.h"
#include "mail/reply-mark.h"

#define MAX_SIGNATURE 30        /* lines of a signature */
#define MAX_FOOTER_PARAGRAPHS 6 /* that are looked at from the end */
#define MIN_LEGAL 120 /* octets of a paragraph that can go on after a disclaimer's first */
#define BIT(kind) (1u << (kind))

static PdPatternSet *patterns; /* read-only once threads are there */

typedef struct {
  const char *text;
  PdLine *lines;
  guint8 *folds; /* PdPieceKind of each line */
  guint8 *kinds; /* what pd_line_kinds says */
  guint n;
  guint keep;   /* from this line on nothing is folded: a forwarded mail */
  gsize column; /* of `split`: what is before it stays visible */
  guint split;  /* line of which only the end is folded; G_MAXUINT if none */
  gboolean forwards;
  PdReplyMarks *marks;
} Reply;

static void
reply_init (Reply *reply, const char *text)
{
  guint room = 1;

  for (const char *c = text; (c = strchr (c, '\n')) != NULL && room < PD_REPLY_MAX_LINES; c++)
    room++;
  reply->text = text;
  reply->lines = g_new0 (PdLine, room);
  reply->folds = g_new0 (guint8, room);
  reply->kinds = g_new0 (guint8, room);
  reply->marks = pd_reply_marks_new (patterns);
  reply->split = G_MAXUINT;
  while (*text != '\0')
    {
      PdLine *line = &reply->lines[reply->n];

      line->text = text;
      line->length = reply->n + 1 < room ? strcspn (text, "\n") : strlen (text);
      reply->kinds[reply->n++] = (guint8)pd_line_kinds (reply->marks, line);
      text += line->length;
      text += *text == '\n';
    }
  reply->keep = reply->n;
}

static void
reply_clear (Reply *reply)
{
  pd_reply_marks_free (reply->marks);
  g_free (reply->lines);
  g_free (reply->folds);
  g_free (reply->kinds);
}

static void
fold (Reply *reply, guint from, guint to, PdPieceKind kind)
{
  for (guint i = from; i < MIN (to, reply->keep); i++)
    if (reply->folds[i] == PD_PIECE_WRITTEN)
      reply->folds[i] = (guint8)kind;
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
    if (reply->folds[i] == PD_PIECE_WRITTEN && !pd_line_is_blank (&reply->lines[i])
        && !pd_line_is_rule (&reply->lines[i]))
      return TRUE;
  return FALSE;
}

/* Whether the line is a mark of that kind, whole. */
static gboolean
is_mark (Reply *reply, guint at, PdPatternKind kind)
{
  return (reply->kinds[at] & BIT (kind)) != 0
         && pd_line_is_mark (reply->marks, &reply->lines[at], kind);
}

/* ---- quotes ----------------------------------------------------------------- */

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

static gboolean
is_quoted_line (const Reply *reply, guint at)
{
  return at < reply->n
         && (reply->folds[at] == PD_PIECE_QUOTE || pd_line_is_quote (&reply->lines[at]));
}

/* An attribution in [begin, end).  Returns where to go on. */
static guint
fold_attribution (Reply *reply, guint begin, guint end, gsize column)
{
  guint next = skip_blank (reply, end);

  fold (reply, begin, end, PD_PIECE_HEADER);
  if (next < reply->n && reply->folds[next] == PD_PIECE_QUOTE)
    return next;
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
      fold (reply, end, behind, PD_PIECE_QUOTE);
      return behind;
    }
  if (column == 0 && !has_visible (reply, 0, begin))
    return end; /* the answer stands below it */
  fold (reply, end, reply->n, PD_PIECE_QUOTE);
  return reply->n;
}

/* An attribution that ends at `at`: folded.  Returns where to go on, 0 if there
 * is none.
 */
static guint
try_attribution (Reply *reply, guint at)
{
  gsize column;
  gboolean sure;
  guint lines, next;

  if ((reply->kinds[at] & (BIT (PD_PATTERN_ATTRIBUTION) | BIT (PD_PATTERN_QUOTED))) == 0)
    return 0;
  lines = pd_line_attribution (reply->marks, reply->lines, at, &column, &sure);
  if (lines == 0)
    return 0;
  next = skip_blank (reply, at + 1);
  if (!sure && !is_quoted_line (reply, next))
    return 0;
  /* what was folded already is not its begin */
  for (guint i = at + 1 - lines; i <= at; i++)
    if (reply->folds[i] != PD_PIECE_WRITTEN)
      return 0;
  return fold_attribution (reply, at + 1 - lines, at + 1, column);
}

/* A rule, or "-----Original Message-----", that stands right above a block. */
static guint
with_rule (Reply *reply, guint at)
{
  guint above = at;

  while (above > 0 && pd_line_is_blank (&reply->lines[above - 1]))
    above--;
  if (above > 0
      && (pd_line_is_rule (&reply->lines[above - 1])
          || is_mark (reply, above - 1, PD_PATTERN_ORIGINAL)))
    return above - 1;
  return at;
}

/* Whether the line begins what the sender's program put below his text. */
static gboolean
begins_quoted_mail (Reply *reply, guint at)
{
  if (is_mark (reply, at, PD_PATTERN_ORIGINAL) || is_mark (reply, at, PD_PATTERN_DELIMITER))
    return TRUE;
  if (pd_line_header_block (reply->marks, reply->lines, reply->n, at, TRUE) == 0)
    return FALSE;
  return with_rule (reply, at) != at
         || pd_line_header_block (reply->marks, reply->lines, reply->n, at, FALSE) > 0;
}

/* All that follows, unless the sender passes it on.  FALSE if nothing of his
 * own stands above.
 */
static gboolean
fold_quoted_mail (Reply *reply, guint at)
{
  guint begin = with_rule (reply, at);

  if (reply->forwards)
    {
      reply->keep = begin;
      return TRUE;
    }
  if (!has_visible (reply, 0, begin))
    return FALSE;
  fold (reply, begin, reply->n, PD_PIECE_QUOTE);
  return TRUE;
}

static void
fold_quotes (Reply *reply)
{
  for (guint at = 0; at < reply->keep;)
    {
      guint next;

      if (reply->folds[at] != PD_PIECE_WRITTEN)
        {
          at++;
          continue;
        }
      if (is_mark (reply, at, PD_PATTERN_FORWARD))
        {
          reply->keep = at;
          return;
        }
      next = try_attribution (reply, at);
      if (next == 0 && begins_quoted_mail (reply, at) && fold_quoted_mail (reply, at))
        return;
      at = MAX (next, at + 1);
    }
}

/* "> " is what diff puts before a line that was added. */
static gboolean
is_diff (const Reply *reply, guint begin)
{
  const PdLine *above;

  while (begin > 0 && pd_line_is_blank (&reply->lines[begin - 1]))
    begin--;
  if (begin == 0)
    return FALSE;
  above = &reply->lines[begin - 1];
  if (above->length > 1 && above->text[0] == '<' && above->text[1] == ' ')
    return TRUE;
  if (above->length == 3 && memcmp (above->text, "---", 3) == 0)
    return begin > 1 && reply->lines[begin - 2].length > 0 && *reply->lines[begin - 2].text == '<';
  return above->length > 2 && g_ascii_isdigit (*above->text) /* 5a6,7 */
         && strspn (above->text, "0123456789,acd") >= above->length;
}

/* "> " lines that end the text, if anything is left without them. */
static void
fold_last_quote (Reply *reply)
{
  guint end = reply->keep, begin;

  if (reply->keep < reply->n)
    return;
  while (
      end > 0
      && (reply->folds[end - 1] != PD_PIECE_WRITTEN || pd_line_is_blank (&reply->lines[end - 1])))
    end--;
  begin = end;
  while (begin > 0 && reply->folds[begin - 1] == PD_PIECE_WRITTEN
         && (pd_line_is_quote (&reply->lines[begin - 1])
             || pd_line_is_blank (&reply->lines[begin - 1])))
    begin--;
  if (begin < end && has_visible (reply, 0, begin) && !is_diff (reply, begin))
    fold (reply, begin, end, PD_PIECE_QUOTE);
}

/* ---- marks of the HTML --------------------------------------------------------- */

/* The first line that begins at `offset` or behind it. */
static guint
line_at (const Reply *reply, gsize offset)
{
  guint low = 0, high = reply->n;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if ((gsize)(reply->lines[middle].text - reply->text) < offset)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Whether text without "> " stands between the "> " lines of a quote: answers. */
static gboolean
has_answers (const Reply *reply, guint from, guint to)
{
  guint above = 0; /* lines above the first "> ": an attribution, if they are few */
  gboolean quoted = FALSE;

  for (guint i = from; i < to; i++)
    if (pd_line_is_quote (&reply->lines[i]))
      quoted = TRUE;
    else if (!pd_line_is_blank (&reply->lines[i]) && !is_stray_link (&reply->lines[i]))
      {
        if (quoted)
          return above <= PD_REPLY_MAX_ATTRIBUTION;
        above++;
      }
  return FALSE;
}

static void
fold_span (Reply *reply, const PdHtmlSpan *span, guint from, guint to)
{
  switch (span->kind)
    {
    case PD_HTML_SPAN_QUOTE:
      if (!has_answers (reply, from, to) && !is_interleaved (reply, to))
        fold (reply, from, to, PD_PIECE_QUOTE);
      break;
    case PD_HTML_SPAN_ATTRIBUTION:
    case PD_HTML_SPAN_HEADER:
      fold (reply, from, to, PD_PIECE_HEADER);
      break;
    case PD_HTML_SPAN_SIGNATURE:
      if (has_visible (reply, 0, from))
        fold (reply, from, to, PD_PIECE_SIGNATURE);
      break;
    case PD_HTML_SPAN_FORWARD:
    default:
      break;
    }
}

/* What the sender's program says itself.  From a mail that is passed on
 * nothing is folded; where the program marks answered and passed on mails alike
 * the subject decides.
 */
static void
fold_spans (Reply *reply, const GArray *spans)
{
  for (guint i = 0; i < spans->len; i++)
    {
      const PdHtmlSpan *span = &g_array_index (spans, PdHtmlSpan, i);
      guint from = line_at (reply, span->offset);

      if (span->kind == PD_HTML_SPAN_FORWARD
          || (reply->forwards && span->kind != PD_HTML_SPAN_SIGNATURE))
        {
          reply->keep = MIN (from, reply->keep);
          return;
        }
      fold_span (reply, span, from, line_at (reply, span->offset + span->length));
    }
}

/* ---- below the text ----------------------------------------------------------- */

static guint
last_visible (const Reply *reply)
{
  guint end = reply->keep;

  while (
      end > 0
      && (reply->folds[end - 1] != PD_PIECE_WRITTEN || pd_line_is_blank (&reply->lines[end - 1])))
    end--;
  return end;
}

/* Where the visible paragraph begins that ends before `end`. */
static guint
paragraph_begin (const Reply *reply, guint end)
{
  while (end > 0 && reply->folds[end - 1] == PD_PIECE_WRITTEN
         && !pd_line_is_blank (&reply->lines[end - 1]))
    end--;
  return end;
}

/* From the end upwards: paragraphs that begin as disclaimers do, with those
 * below them that are long enough to be a lawyer's second.
 */
static void
fold_footers (Reply *reply)
{
  guint end = last_visible (reply), at = end, from = end;
  gboolean missed = FALSE;

  for (guint i = 0; at > 0 && i < MAX_FOOTER_PARAGRAPHS; i++)
    {
      guint begin = paragraph_begin (reply, at);

      if (!has_visible (reply, 0, begin))
        break;
      if (pd_lines_are_footer (reply->marks, &reply->lines[begin], at - begin))
        {
          from = begin;
          missed = FALSE;
        }
      else if (missed
               || (!pd_line_is_rule (&reply->lines[begin])
                   && (gsize)(reply->lines[at - 1].text + reply->lines[at - 1].length
                              - reply->lines[begin].text)
                          < MIN_LEGAL))
        break;
      else
        missed = TRUE;
      at = begin;
      while (
          at > 0
          && (reply->folds[at - 1] != PD_PIECE_WRITTEN || pd_line_is_blank (&reply->lines[at - 1])))
        at--;
    }
  fold (reply, from, end, PD_PIECE_DISCLAIMER);
}

static void
fold_signature (Reply *reply)
{
  guint end = last_visible (reply);
  guint count = 0;

  for (guint i = end; i-- > 0 && count < MAX_SIGNATURE;
       count += reply->folds[i] == PD_PIECE_WRITTEN)
    if (reply->folds[i] == PD_PIECE_WRITTEN && pd_line_is_signature (&reply->lines[i])
        && has_visible (reply, 0, i))
      {
        fold (reply, i, end, PD_PIECE_SIGNATURE);
        end = i;
      }
}

/* Below the text: rules, and "Sent from my iPhone". */
static void
fold_tail (Reply *reply)
{
  for (guint at = last_visible (reply); at > 0 && has_visible (reply, 0, at - 1); at--)
    {
      const PdLine *line = &reply->lines[at - 1];

      if (reply->folds[at - 1] != PD_PIECE_WRITTEN || pd_line_is_blank (line))
        continue;
      if (pd_line_is_rule (line))
        fold (reply, at - 1, at, PD_PIECE_QUOTE);
      else if (pd_line_is_mark (reply->marks, line, PD_PATTERN_DEVICE))
        fold (reply, at - 1, at, PD_PIECE_SIGNATURE);
      else
        return;
    }
}

/* ---- pieces ------------------------------------------------------------------- */

static void
add_piece (GArray *pieces, PdPieceKind kind, gsize offset, gsize length)
{
  PdPiece piece = { kind, offset, length };
  PdPiece *last = pieces->len > 0 ? &g_array_index (pieces, PdPiece, pieces->len - 1) : NULL;

  if (length == 0)
    return;
  if (last != NULL && last->kind == kind)
    last->length += length;
  else
    g_array_append_val (pieces, piece);
}

/* Empty lines between what is folded, and behind it, go with it. */
static void
fold_blank (Reply *reply)
{
  for (guint i = 1; i < reply->keep; i++)
    {
      guint end = i;

      if (reply->folds[i - 1] == PD_PIECE_WRITTEN)
        continue;
      while (end < reply->keep && reply->folds[end] == PD_PIECE_WRITTEN
             && pd_line_is_blank (&reply->lines[end]))
        end++;
      if (end == reply->n || (end < reply->n && reply->folds[end] != PD_PIECE_WRITTEN))
        fold (reply, i, end, reply->folds[i - 1]);
      i = MAX (i, end);
    }
}

static GArray *
dup_pieces (const Reply *reply)
{
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (PdPiece));
  gsize end = strlen (reply->text);

  if (!has_visible (reply, 0, reply->n) && reply->split == G_MAXUINT)
    {
      add_piece (pieces, PD_PIECE_WRITTEN, 0, end);
      return pieces;
    }
  for (guint i = 0; i < reply->n; i++)
    {
      gsize offset = (gsize)(reply->lines[i].text - reply->text);
      gsize next = i + 1 < reply->n ? (gsize)(reply->lines[i + 1].text - reply->text) : end;

      if (i == reply->split)
        {
          add_piece (pieces, PD_PIECE_WRITTEN, offset, reply->column);
          offset += reply->column;
        }
      add_piece (pieces, reply->folds[i], offset, next - offset);
    }
  return pieces;
}

GArray *
pd_reply_split (const char *text, gboolean forwards, const GArray *spans)
{
  Reply reply = { .forwards = forwards };
  GArray *pieces;

  reply_init (&reply, text);
  if (spans != NULL)
    fold_spans (&reply, spans);
  fold_quotes (&reply);
  fold_footers (&reply);
  fold_last_quote (&reply);
  fold_footers (&reply);
  fold_signature (&reply);
  fold_tail (&reply);
  fold_blank (&reply);
  pieces = dup_pieces (&reply);
  reply_clear (&reply);
  return pieces;
}

const char *
pd_piece_name (PdPieceKind kind)
{
  static const char *const names[] = {
    [PD_PIECE_WRITTEN] = "written",       [PD_PIECE_QUOTE] = "quote",
    [PD_PIECE_HEADER] = "header",         [PD_PIECE_SIGNATURE] = "signature",
    [PD_PIECE_DISCLAIMER] = "disclaimer",
  };

  return names[kind];
}

/* ---- the mail's facts --------------------------------------------------------- */

char *
pd_reply_take_trimmed (GString *text)
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

/* What was folded between two pieces leaves one empty line, not two. */
static void
append_piece (GString *out, const char *text, const PdPiece *piece)
{
  const char *begin = text + piece->offset, *end = begin + piece->length;

  while (begin < end && *begin == '\n' && g_str_has_suffix (out->str, "\n\n"))
    begin++;
  g_string_append_len (out, begin, (gssize)(end - begin));
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append_c (out, '\n');
}

void
pd_reader_reply (PdReader *reader)
{
  PdMail *mail = reader->mail;
  g_autoptr (GArray) pieces = pd_reply_split (
      mail->text, pd_subject_is_forward (patterns, mail->subject), reader->html_spans);
  GString *visible = g_string_new (NULL);
  GString *signature = g_string_new (NULL);

  for (guint i = 0; i < pieces->len; i++)
    {
      const PdPiece *piece = &g_array_index (pieces, PdPiece, i);
      PdFolded *folded;

      if (piece->kind == PD_PIECE_WRITTEN || piece->kind == PD_PIECE_SIGNATURE)
        append_piece (piece->kind == PD_PIECE_WRITTEN ? visible : signature, mail->text, piece);
      if (piece->kind == PD_PIECE_WRITTEN)
        continue;
      folded = pd_fields_new (&pd_folded_fields);
      pd_text_take (&folded->kind, g_strdup (pd_piece_name (piece->kind)));
      pd_text_take (&folded->text, g_strndup (mail->text + piece->offset, piece->length));
      g_ptr_array_add (mail->folded, folded);
    }
  pd_text_take (&mail->visible, pd_reply_take_trimmed (visible));
  pd_text_take (&mail->signature_text, pd_reply_take_trimmed (signature));
}

/* ---- the patterns ------------------------------------------------------------- */

/* The installation's, then the site's own; whatever can be read. */
static PdPatternSet *
load_patterns (GError **error)
{
  g_autofree char *folder = pd_datadir_find ("filters/reply", "en.patterns");
  const char *site = g_getenv ("POSTDESK_PATTERNS");
  PdPatternSet *set = pd_pattern_set_new ();

  if (site == NULL && g_str_has_prefix (folder, PD_DATADIR "/"))
    site = PD_SYSCONFDIR "/postdesk/patterns";
  if (pd_pattern_set_load (set, folder, error) && site != NULL
      && g_file_test (site, G_FILE_TEST_EXISTS))
    pd_pattern_set_load (set, site, error);
  return set;
}

void
pd_reply_init (void)
{
  g_autoptr (GError) error = NULL;

  if (patterns != NULL)
    return;
  patterns = load_patterns (&error);
  if (error != NULL)
    g_critical ("reply patterns: %s", error->message);
}

void
pd_reply_shutdown (void)
{
  g_clear_pointer (&patterns, pd_pattern_set_free);
}

gboolean
pd_reply_check_patterns (GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (PdPatternSet) set = load_patterns (&failure);

  if (failure == NULL)
    return pd_pattern_set_check (set, error);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

const PdPatternSet *
pd_reply_peek_patterns (void)
{
  return patterns;
}
