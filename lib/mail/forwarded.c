#include "mail/forwarded.h"

#include <string.h>

#include "mail/address-list.h"
#include "mail/mail-fields.h"
#include "mail/mail-reader.h"
#include "mail/reply-mark.h"
#include "mail/reply.h"

#define MAX_LINES 2000          /* in which a mark must come */
#define MAX_PREFIXES 10         /* "Fwd: Fwd: …" of one subject */
#define MAX_PREFIX 40           /* octets of one of them */
#define MAX_INLINE_ADDRESSES 50 /* in a field of a header block */
#define MAX_ATTRIBUTION_GAP 3   /* lines below a mark in which "… wrote:" must end */
#define BIT(kind) (1u << (kind))

typedef struct {
  PdReplyMarks *marks;
  PdLine *lines;
  guint n;
} Lines;

static void
lines_init (Lines *lines, const char *text)
{
  const PdPatternSet *set = pd_reply_peek_patterns ();

  *lines = (Lines){ .marks = pd_reply_marks_new (set), .lines = g_new0 (PdLine, MAX_LINES) };
  while (*text != '\0' && lines->n < MAX_LINES)
    {
      PdLine *line = &lines->lines[lines->n++];

      line->text = text;
      line->length = strcspn (text, "\n");
      text += line->length;
      text += *text == '\n';
    }
}

static void
lines_clear (Lines *lines)
{
  pd_reply_marks_free (lines->marks);
  g_free (lines->lines);
}

static guint
skip_blank (const Lines *lines, guint at)
{
  while (at < lines->n && pd_line_is_blank (&lines->lines[at]))
    at++;
  return at;
}

static gboolean
is_mark (const Lines *lines, guint at, PdPatternKind kind)
{
  return !pd_line_is_quote (&lines->lines[at])
         && pd_line_is_mark (lines->marks, &lines->lines[at], kind);
}

/* What stands from a line on, to the end of the text. */
static const char *
text_from (const Lines *lines, guint at)
{
  const PdLine *last = lines->n > 0 ? &lines->lines[lines->n - 1] : NULL;

  if (at < lines->n)
    return lines->lines[at].text;
  if (last == NULL)
    return "";
  return last->text[last->length] == '\n' ? last->text + last->length + 1
                                          : last->text + last->length;
}

/* ---- subjects ---- */

char *
pd_forwarded_dup_subject (const char *subject)
{
  const PdPatternSet *set = pd_reply_peek_patterns ();

  for (guint i = 0; i < MAX_PREFIXES; i++)
    {
      const char *colon = strchr (subject, ':');
      const char *wide = strstr (subject, "\xEF\xBC\x9A");
      gsize length = 1;

      if (wide != NULL && (colon == NULL || wide < colon))
        {
          colon = wide;
          length = 3;
        }
      if (colon == NULL || colon - subject > MAX_PREFIX || !pd_subject_is_forward (set, subject))
        break;
      subject = colon + length;
      while (*subject == ' ' || *subject == '\t')
        subject++;
    }
  return g_strdup (subject);
}

/* ---- the header block ---- */

static void
set_text (char **field, GString *value)
{
  if (**field == '\0')
    pd_text_take (field, g_strstrip (g_strdup (value->str)));
}

/* "Jane [mailto:jane@example.org]", as Outlook writes, is "Jane <jane@example.org>". */
static char *
dup_addresses (const char *value)
{
  GString *out = g_string_new (value);

  for (char *open = out->str; (open = strchr (open, '[')) != NULL; open++)
    {
      gsize length = strcspn (open, "] ");

      if (open[length] != ']' || memchr (open, '@', length) == NULL)
        continue;
      *open = '<';
      open[length] = '>';
    }
  g_string_replace (out, "<mailto:", "<", 0);
  return g_string_free (out, FALSE);
}

static void
read_list (GPtrArray *list, const char *value)
{
  g_autofree char *addresses = dup_addresses (value);

  pd_address_list_add (list, addresses, MAX_INLINE_ADDRESSES);
}

/* The first that has an address of the list. */
static PdAddress *
take_sender (GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++)
    {
      PdAddress *one = list->pdata[i];

      if (strchr (one->address, '@') != NULL)
        return g_ptr_array_steal_index (list, i);
    }
  return NULL;
}

static void
read_sender (PdForwarded *forwarded, const char *value)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (pd_address_fields.free);

  if (forwarded->from != NULL)
    return;
  read_list (list, value);
  forwarded->from = take_sender (list);
}

/* "Cc" is one of the other fields; in most languages it is "Cc". */
static gboolean
is_copy (const PdLine *line)
{
  static const char *const names[]
      = { "cc", "kopie", "copie", "copia", "cópia", "kopia", "копия", "копія", "抄送", "참조" };
  g_autofree char *whole = g_strndup (line->text, line->length);
  g_autofree char *small = g_utf8_strdown (whole, -1);
  const char *begin = small + strspn (small, "*_>| \t");

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_has_prefix (begin, names[i]) && strchr (":* \xEF", begin[strlen (names[i])]) != NULL)
      return TRUE;
  return FALSE;
}

/* One field, its lines joined. */
static void
read_field (PdForwarded *forwarded, guint kinds, const PdLine *line, GString *value)
{
  if ((kinds & BIT (PD_WORD_FROM)) != 0 && forwarded->from == NULL)
    read_sender (forwarded, value->str);
  else if ((kinds & BIT (PD_WORD_DATE)) != 0 && *forwarded->date_text == '\0')
    set_text (&forwarded->date_text, value);
  else if ((kinds & BIT (PD_WORD_TO)) != 0)
    read_list (forwarded->to, value->str);
  else if ((kinds & BIT (PD_WORD_SUBJECT)) != 0)
    set_text (&forwarded->subject, value);
  else if ((kinds & BIT (PD_WORD_OTHER)) != 0 && is_copy (line))
    read_list (forwarded->cc, value->str);
}

/* Fields that stand behind empty lines, where HTML was made into text. */
static guint
more_fields (const Lines *lines, guint end)
{
  for (;;)
    {
      guint next = skip_blank (lines, end);
      PdLine value;

      if (next == end || next - end > 1 || next >= lines->n
          || pd_line_field (lines->marks, &lines->lines[next], &value) == 0)
        return end;
      end = next + 1;
    }
}

/* Reads the fields of [at, end). */
static void
read_block (PdForwarded *forwarded, const Lines *lines, guint at, guint end)
{
  g_autoptr (GString) value = g_string_new (NULL);
  const PdLine *field = NULL;
  guint kinds = 0;

  for (; at < end; at++)
    {
      const PdLine *line = &lines->lines[at];
      PdLine here;
      guint found = pd_line_field (lines->marks, line, &here);

      if (found == 0 && (field == NULL || pd_line_is_blank (line)))
        continue;
      if (found == 0)
        {
          g_string_append_c (value, ' ');
          g_string_append_len (value, line->text, (gssize)line->length);
          continue;
        }
      if (field != NULL)
        read_field (forwarded, kinds, field, value);
      field = line;
      kinds = found;
      g_string_truncate (value, 0);
      g_string_append_len (value, here.text, (gssize)here.length);
    }
  if (field != NULL)
    read_field (forwarded, kinds, field, value);
}

/* ---- the text ---- */

/* Without one "> " of each line. */
static char *
unquote (const char *text)
{
  GString *out = g_string_sized_new (strlen (text));

  while (*text != '\0')
    {
      gsize length = strcspn (text, "\n");

      if (*text == '>')
        {
          gsize skip = 1 + (length > 1 && text[1] == ' ');

          g_string_append_len (out, text + skip, (gssize)(length - skip));
        }
      else
        g_string_append_len (out, text, (gssize)length);
      text += length;
      if (*text == '\n')
        {
          g_string_append_c (out, '\n');
          text++;
        }
    }
  return g_string_free (out, FALSE);
}

/* Without the line that some programs end it with. */
static void
cut_end (Lines *lines, GString *text)
{
  gsize end = text->len, begin;
  PdLine last;

  while (end > 0 && g_ascii_isspace (text->str[end - 1]))
    end--;
  for (begin = end; begin > 0 && text->str[begin - 1] != '\n'; begin--)
    ;
  last = (PdLine){ text->str + begin, end - begin };
  if (begin < end && pd_line_is_mark (lines->marks, &last, PD_PATTERN_FORWARD))
    g_string_truncate (text, begin);
}

/* What its sender wrote, without what he quotes. */
static char *
dup_visible (const char *text)
{
  g_autoptr (GArray) pieces = pd_reply_split (text, FALSE, NULL);
  GString *visible = g_string_new (NULL);

  for (guint i = 0; i < pieces->len; i++)
    {
      const PdPiece *piece = &g_array_index (pieces, PdPiece, i);

      if (piece->kind == PD_PIECE_WRITTEN)
        g_string_append_len (visible, text + piece->offset, (gssize)piece->length);
    }
  return pd_reply_take_trimmed (visible);
}

static void
set_body (PdForwarded *forwarded, Lines *lines, const char *body, gboolean quoted)
{
  g_autofree char *bare = quoted ? unquote (body) : NULL;
  GString *text = g_string_new (quoted ? bare : body);

  cut_end (lines, text);
  pd_text_take (&forwarded->text, pd_reply_take_trimmed (text));
  pd_text_take (&forwarded->visible, dup_visible (forwarded->text));
}

/* What stands above a line, without the rule right above it. */
static void
set_above (PdForwarded *forwarded, const Lines *lines, guint at)
{
  const char *begin = lines->n > 0 ? lines->lines[0].text : "";
  gsize length;

  while (at > 0
         && (pd_line_is_blank (&lines->lines[at - 1]) || pd_line_is_rule (&lines->lines[at - 1])))
    at--;
  length = (gsize)(text_from (lines, at) - begin);
  pd_text_take (&forwarded->above,
                pd_reply_take_trimmed (g_string_new_len (begin, (gssize)length)));
}

/* ---- where it begins ---- */

/* A header block at `at`: read, with the text below.  FALSE: there is none. */
static gboolean
take_block (PdForwarded *forwarded, Lines *lines, guint at, gboolean ruled)
{
  guint n
      = at < lines->n ? pd_line_header_block (lines->marks, lines->lines, lines->n, at, ruled) : 0;
  guint end;

  if (n == 0)
    return FALSE;
  end = more_fields (lines, at + n);
  read_block (forwarded, lines, at, end);
  set_body (forwarded, lines, text_from (lines, end), FALSE);
  return TRUE;
}

/* Who wrote, from "On Mon, 2 Nov 2026 at 10:00, Jane <jane@example.org> wrote:": what
 * stands between the date and the end of the address. */
static void
read_attribution (PdForwarded *forwarded, const char *line)
{
  const char *at = strchr (line, '@');
  const char *begin = line;
  g_autofree char *who = NULL;

  for (const char *c = line; at != NULL && c < at; c++)
    if (*c == ',' || (g_ascii_isdigit (*c) && memchr (c, ' ', (gsize)(at - c)) != NULL))
      begin = *c == ',' ? c + 1 : c + strcspn (c, " <");
  who = g_strdup (begin + strspn (begin, ", "));
  if (strchr (who, '>') != NULL)
    *(strchr (who, '>') + 1) = '\0';
  read_sender (forwarded, who);
}

/* "On …, … wrote:" that ends in one of the lines. */
static gboolean
take_attribution (PdForwarded *forwarded, Lines *lines, guint from, guint to)
{
  for (guint at = from; at < MIN (to, lines->n); at++)
    {
      g_autoptr (GString) whole = g_string_new (NULL);
      gsize column;
      gboolean sure;
      guint n = pd_line_attribution (lines->marks, lines->lines, at, &column, &sure);
      guint next = skip_blank (lines, at + 1);

      if (n == 0)
        continue;
      for (guint i = at + 1 - n; i <= at; i++)
        {
          g_string_append_len (whole, lines->lines[i].text, (gssize)lines->lines[i].length);
          g_string_append_c (whole, ' ');
        }
      read_attribution (forwarded, whole->str);
      set_body (forwarded, lines, text_from (lines, at + 1),
                next < lines->n && pd_line_is_quote (&lines->lines[next]));
      return TRUE;
    }
  return FALSE;
}

/* What stands below a mark. */
static void
take_below (PdForwarded *forwarded, Lines *lines, guint at)
{
  guint next = skip_blank (lines, at + 1);

  if (next < lines->n && pd_line_is_quote (&lines->lines[next]))
    {
      g_autofree char *bare = unquote (text_from (lines, next));
      Lines inner;

      lines_init (&inner, bare);
      if (!take_block (forwarded, &inner, skip_blank (&inner, 0), TRUE)
          && !take_attribution (forwarded, &inner, 0, MAX_ATTRIBUTION_GAP))
        set_body (forwarded, &inner, bare, FALSE);
      lines_clear (&inner);
    }
  else if (!take_block (forwarded, lines, next, TRUE)
           && !take_attribution (forwarded, lines, next, next + MAX_ATTRIBUTION_GAP))
    set_body (forwarded, lines, text_from (lines, next), FALSE);
}

static gboolean
is_attribution (const Lines *lines, guint at)
{
  gsize column;
  gboolean sure;

  return pd_line_attribution (lines->marks, lines->lines, at, &column, &sure) > 0 && sure;
}

/* Whether what follows is a mail that is answered: a mark in it is quoted. */
static gboolean
begins_quote (const Lines *lines, guint at)
{
  return pd_line_is_quote (&lines->lines[at]) || is_mark (lines, at, PD_PATTERN_ORIGINAL)
         || is_attribution (lines, at);
}

/* The forms that are a forward only if the subject says so. */
static gboolean
find_unmarked (PdForwarded *forwarded, Lines *lines)
{
  for (guint at = 0; at < lines->n; at++)
    {
      gboolean marked = is_mark (lines, at, PD_PATTERN_ORIGINAL);
      gboolean ruled = at > 0 && pd_line_is_rule (&lines->lines[at - 1]);
      guint begin = marked ? skip_blank (lines, at + 1) : at;

      if (!take_block (forwarded, lines, begin, marked || ruled))
        continue;
      set_above (forwarded, lines, at);
      return TRUE;
    }
  for (guint at = 0; at < lines->n; at++)
    {
      gsize column;
      gboolean sure;
      guint n = pd_line_attribution (lines->marks, lines->lines, at, &column, &sure);

      if (n == 0 || !take_attribution (forwarded, lines, at, at + 1))
        continue;
      set_above (forwarded, lines, at + 1 - n);
      return TRUE;
    }
  return FALSE;
}

static gboolean
find_marked (PdForwarded *forwarded, Lines *lines, gboolean forwards)
{
  for (guint at = 0; at < lines->n; at++)
    if (is_mark (lines, at, PD_PATTERN_FORWARD))
      {
        take_below (forwarded, lines, at);
        set_above (forwarded, lines, at);
        return TRUE;
      }
    else if (!forwards && begins_quote (lines, at))
      return FALSE;
  return FALSE;
}

static void
finish (PdForwarded *forwarded, const char *subject)
{
  g_autofree char *bare
      = pd_forwarded_dup_subject (*forwarded->subject != '\0' ? forwarded->subject : subject);

  pd_text_take (&forwarded->subject, g_steal_pointer (&bare));
}

PdForwarded *
pd_forwarded_read_text (const char *subject, const char *text)
{
  g_autoptr (PdForwarded) forwarded = NULL;
  gboolean forwards, found;
  Lines lines;

  if (*text == '\0')
    return NULL;
  forwards = pd_subject_is_forward (pd_reply_peek_patterns (), subject);
  forwarded = pd_fields_new (&pd_forwarded_fields);
  lines_init (&lines, text);
  found = find_marked (forwarded, &lines, forwards)
          || (forwards && find_unmarked (forwarded, &lines));
  lines_clear (&lines);
  if (!found)
    return NULL;
  forwarded->found = 1;
  finish (forwarded, subject);
  return g_steal_pointer (&forwarded);
}

void
pd_forwarded_free (PdForwarded *forwarded)
{
  pd_forwarded_fields.free (forwarded);
}

/* ---- an attached mail ---- */

static PdPart *
find_part (PdPart *part, const char *path)
{
  if (strcmp (part->path, path) == 0)
    return part;
  for (guint i = 0; i < part->children->len; i++)
    {
      PdPart *child = part->children->pdata[i];
      gsize length = strlen (child->path);

      if (strncmp (path, child->path, length) == 0 && strchr (".", path[length]) != NULL)
        return find_part (child, path);
    }
  return NULL;
}

/* The files of the enclosed mail are parts of this one, too: "1.2" in it is
 * "1.3.1.2" here, if it is 1.3. */
static void
find_files (PdForwarded *forwarded, PdPart *holder, const PdMail *inner)
{
  for (guint i = 0; i < inner->attachments->len; i++)
    {
      const PdPart *file = inner->attachments->pdata[i];
      g_autofree char *path = g_strconcat (holder->path, ".", file->path, NULL);
      PdPart *here = find_part (holder, path);

      if (here == NULL || here->offset < 0)
        continue;
      here->is_inline = file->is_inline;
      g_ptr_array_add (forwarded->attachments, here);
    }
}

static void
steal_texts (GPtrArray *to, GPtrArray *from)
{
  while (from->len > 0 && to->len < PD_MAIL_MAX_REFERENCES)
    g_ptr_array_add (to, g_ptr_array_steal_index (from, 0));
}

static void
take_mail (PdForwarded *forwarded, PdPart *holder, PdMail *inner)
{
  find_files (forwarded, holder, inner);
  forwarded->from = take_sender (inner->from);
  steal_texts (forwarded->references, inner->references);
  steal_texts (forwarded->references, inner->in_reply_to);
  g_ptr_array_extend_and_steal (forwarded->to, g_steal_pointer (&inner->to));
  g_ptr_array_extend_and_steal (forwarded->cc, g_steal_pointer (&inner->cc));
  inner->to = g_ptr_array_new_with_free_func (pd_address_fields.free);
  inner->cc = g_ptr_array_new_with_free_func (pd_address_fields.free);
  forwarded->has_date = inner->has_date;
  forwarded->date = inner->date;
  pd_text_take (&forwarded->message_id, g_strdup (inner->message_id));
  pd_text_take (&forwarded->subject, pd_forwarded_dup_subject (inner->subject));
  pd_text_take (&forwarded->text, g_steal_pointer (&inner->text));
  pd_text_take (&forwarded->visible, g_steal_pointer (&inner->visible));
  pd_text_take (&forwarded->html, g_steal_pointer (&inner->html));
}

static PdForwarded *
read_attached (PdReader *reader, PdPart *holder, guint found)
{
  PdForwarded *forwarded = pd_fields_new (&pd_forwarded_fields);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (PdMail) inner = NULL;

  forwarded->attached = TRUE;
  forwarded->found = found;
  pd_text_take (&forwarded->above, g_strdup (reader->mail->visible));
  if (found > 1)
    return forwarded;
  bytes = pd_reader_dup_bytes (reader, holder);
  if (bytes == NULL)
    return forwarded;
  inner = pd_reader_read_enclosed (bytes);
  take_mail (forwarded, holder, inner);
  return forwarded;
}

/* The mails that are attached to this one, not to those. */
static void
find_mails (PdPart *part, GPtrArray *out)
{
  for (guint i = 0; i < part->children->len; i++)
    {
      PdPart *child = part->children->pdata[i];

      if (strcmp (child->type, "message/rfc822") == 0
          || strcmp (child->type, "message/global") == 0)
        g_ptr_array_add (out, child);
      else if (g_str_has_prefix (child->type, "multipart/"))
        find_mails (child, out);
    }
}

/* Who answers a mail may attach another one: that is passed on to nobody else. */
static gboolean
is_answer (const PdMail *mail)
{
  return mail->in_reply_to->len > 0
         && !pd_subject_is_forward (pd_reply_peek_patterns (), mail->subject);
}

/* A mail that is passed on by a person; reports have mails in them, too. */
void
pd_reader_forwarded (PdReader *reader)
{
  PdMail *mail = reader->mail;
  g_autoptr (GPtrArray) mails = g_ptr_array_new ();

  if (mail->kind != PD_MAIL_KIND_MAIL)
    return;
  if (!is_answer (mail))
    find_mails (mail->root, mails);
  mail->forwarded = mails->len > 0 ? read_attached (reader, mails->pdata[0], mails->len)
                                   : pd_forwarded_read_text (mail->subject, mail->text);
}
