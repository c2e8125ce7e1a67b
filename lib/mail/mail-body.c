/* mail-body.c - the text of a mail from its parts, and which of them are files.
 *
 * The rules are those of mail programs: of alternatives the plain one is the
 * text and the HTML one the html; text parts in a row are one text; a text
 * with a file name behind other text is a file; an enclosed mail is a file
 * and its text is not ours.
 */
#include <string.h>

#include "mail/charset.h"
#include "mail/enriched.h"
#include "mail/file-type.h"
#include "mail/flowed.h"
#include "mail/html-align.h"
#include "mail/html-text.h"
#include "mail/mail-reader.h"
#include "mail/placeholder.h"
#include "mail/uuencode.h"

typedef struct {
  GString *text;
  GString *html;
  gboolean plain; /* some of the text was written as plain text */
  GArray *spans;  /* of PdHtmlSpan: what the HTML marks in the text */
} Body;

static void walk (PdReader *reader, Body *body, PdPart *part, const PdPart *parent);

static void
body_init (Body *body)
{
  body->text = g_string_new (NULL);
  body->html = g_string_new (NULL);
  body->plain = FALSE;
  body->spans = g_array_new (FALSE, FALSE, sizeof (PdHtmlSpan));
}

static void
body_clear (Body *body)
{
  g_string_free (body->text, TRUE);
  g_string_free (body->html, TRUE);
  g_array_unref (body->spans);
}

/* Lines end in \n, also those of old Macintoshes. */
static void
append_lines (GString *out, const char *text)
{
  while (*text != '\0')
    {
      gsize n = strcspn (text, "\r");

      g_string_append_len (out, text, (gssize)n);
      text += n;
      if (*text == '\r')
        {
          g_string_append_c (out, '\n');
          text += text[1] == '\n' ? 2 : 1;
        }
    }
}

static gsize
char_end (const char *text, gsize max)
{
  while (max > 0 && ((guint8)text[max] & 0xC0) == 0x80)
    max--;
  return max;
}

static void
append_bounded (PdReader *reader, GString *out, const char *piece)
{
  if (*piece == '\0')
    return;
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append_c (out, '\n');
  append_lines (out, piece);
  if (out->len > PD_MAIL_MAX_TEXT)
    {
      g_string_truncate (out, char_end (out->str, PD_MAIL_MAX_TEXT));
      pd_reader_defect (reader, "text is longer than %d octets", PD_MAIL_MAX_TEXT);
    }
}

static gboolean
is_blank (const char *text)
{
  return text[strspn (text, " \t\r\n")] == '\0';
}

static void
append_piece (gpointer data, const guint8 *bytes, gsize length)
{
  g_byte_array_append (data, bytes, (guint)length);
}

static void
add_block (PdReader *reader, PdPart *part, const PdUuBlock *block, const char *text, guint number)
{
  g_autofree char *step = g_strdup_printf ("uuencode=%u", number);
  g_autofree char *name = pd_charset_clean (block->name);
  g_autoptr (GByteArray) file = g_byte_array_new ();

  pd_uu_decode (text + block->data, block->stop - block->data, append_piece, file);
  pd_reader_add_file (reader, part, pd_file_type (name), name, step, file->data, file->len);
}

/* The bytes of a text part without its uuencoded blocks, which become files;
 * NULL if there are none.  A text that was not kept whole, or whose lines are
 * not those of the mail, is left as it is: its blocks could not be found again.
 */
static GByteArray *
take_blocks (PdReader *reader, PdPart *part)
{
  GByteArray *bytes = pd_reader_peek_bytes (reader, part);
  GByteArray *rest = NULL;
  PdUuBlock block = { .end = 0 };
  const char *text;
  gsize from = 0;

  if (bytes == NULL || bytes->len < part->size || reader->data != reader->raw)
    return NULL;
  text = (const char *)bytes->data;
  for (guint n = 1; n <= PD_UU_MAX_BLOCKS && pd_uu_next (text, bytes->len, from, &block); n++)
    {
      if (rest == NULL)
        rest = g_byte_array_new ();
      g_byte_array_append (rest, bytes->data + from, (guint)(block.begin - from));
      add_block (reader, part, &block, text, n);
      from = block.end;
    }
  if (rest != NULL)
    g_byte_array_append (rest, bytes->data + from, (guint)(bytes->len - from));
  return rest;
}

/* The text of a part that is plain, or enriched, as it is to be read. */
static char *
dup_plain (PdReader *reader, PdPart *part)
{
  gboolean richtext = strcmp (part->type, "text/richtext") == 0;
  g_autoptr (GByteArray) rest = NULL;
  g_autofree char *format = NULL, *del_sp = NULL;
  char *text;

  if (strcmp (part->type, "text/plain") == 0)
    rest = take_blocks (reader, part);
  text = rest == NULL
             ? pd_reader_dup_text (reader, part)
             : pd_charset_decode ((const char *)rest->data, rest->len, part->charset, NULL);
  if (richtext || strcmp (part->type, "text/enriched") == 0)
    {
      g_autofree char *enriched = text;

      return pd_enriched_to_text (enriched, richtext);
    }
  format = pd_reader_dup_parameter (reader, part, "Content-Type", "format");
  if (format != NULL && g_ascii_strcasecmp (format, "flowed") == 0)
    {
      g_autofree char *flowed = text;

      del_sp = pd_reader_dup_parameter (reader, part, "Content-Type", "delsp");
      return pd_flowed_join (flowed, del_sp != NULL && g_ascii_strcasecmp (del_sp, "yes") == 0);
    }
  return text;
}

static void
add_plain (PdReader *reader, Body *body, PdPart *part)
{
  g_autofree char *text = dup_plain (reader, part);

  /* enriched text has a form of its own, as HTML has */
  body->plain |= !is_blank (text) && strcmp (part->type, "text/enriched") != 0
                 && strcmp (part->type, "text/richtext") != 0;
  append_bounded (reader, body->text, text);
}

/* Adds the spans of a text that is appended at `offset`. */
static void
add_spans (Body *body, const GArray *spans, gsize offset)
{
  for (guint i = 0; i < spans->len && body->spans->len < PD_HTML_MAX_SPANS; i++)
    {
      PdHtmlSpan span = g_array_index (spans, PdHtmlSpan, i);

      span.offset += offset;
      if (span.offset + span.length <= PD_MAIL_MAX_TEXT)
        g_array_append_val (body->spans, span);
    }
}

static void
add_html_text (PdReader *reader, Body *body, const char *html)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PdHtmlSpan));
  g_autofree char *text = pd_html_to_text_marked (html, spans);

  append_bounded (reader, body->html, html);
  if (body->text->len > 0 && body->text->str[body->text->len - 1] != '\n')
    g_string_append_c (body->text, '\n');
  add_spans (body, spans, body->text->len);
  append_bounded (reader, body->text, text);
}

static void
add_html (PdReader *reader, Body *body, const PdPart *part)
{
  g_autofree char *html = pd_reader_dup_text (reader, part);

  add_html_text (reader, body, html);
}

static gboolean
is_text (const PdPart *part)
{
  static const char *const types[]
      = { "text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (part->type, types[i]) == 0)
      return TRUE;
  return FALSE;
}

/* Kinds of text that no person is meant to read. */
static gboolean
is_data (const PdPart *part)
{
  static const char *const types[]
      = { "text/calendar",   "text/vcard",      "text/x-vcard",   "text/directory",
          "text/css",        "text/csv",        "text/xml",       "text/rfc822-headers",
          "text/javascript", "text/x-amp-html", "text/watch-html" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (part->type, types[i]) == 0)
      return TRUE;
  return FALSE;
}

static void
set_attachment (PdReader *reader, PdPart *part)
{
  part->attachment = TRUE;
  g_ptr_array_add (reader->mail->attachments, part);
}

static void
add_leaf (PdReader *reader, Body *body, PdPart *part)
{
  gboolean named = *part->name != '\0' && (body->text->len > 0 || body->html->len > 0);

  if (part->attachment || named || !is_text (part))
    {
      set_attachment (reader, part);
      return;
    }
  part->is_inline = FALSE; /* a file property */
  if (strcmp (part->type, "text/html") == 0)
    add_html (reader, body, part);
  else
    add_plain (reader, body, part);
}

/* What was found inside of a leaf. */
static void
add_files (PdReader *reader, PdPart *part)
{
  for (guint i = 0; i < part->children->len; i++)
    set_attachment (reader, part->children->pdata[i]);
}

static void
add_body (PdReader *reader, Body *body, const Body *more)
{
  if (body->text->len > 0 && body->text->str[body->text->len - 1] != '\n' && more->text->len > 0)
    g_string_append_c (body->text, '\n');
  add_spans (body, more->spans, body->text->len);
  append_bounded (reader, body->text, more->text->str);
  append_bounded (reader, body->html, more->html->str);
  body->plain |= more->plain;
}

static void
copy_text (Body *to, const Body *from)
{
  g_string_assign (to->text, from->text->str);
  to->plain = from->plain;
  g_array_set_size (to->spans, 0);
  add_spans (to, from->spans, 0);
}

/* The first alternative that was written as plain text is the text, unless it
 * only stands in for the HTML; else the last that has any.  The last HTML is the
 * html (RFC 2046 5.1.4: the best comes last).
 */
static void
walk_alternative (PdReader *reader, Body *body, PdPart *part)
{
  Body plain, rich;

  body_init (&plain);
  body_init (&rich);
  for (guint i = 0; i < part->children->len; i++)
    {
      Body one;

      body_init (&one);
      walk (reader, &one, part->children->pdata[i], part);
      if (one.html->len > 0)
        g_string_assign (rich.html, one.html->str);
      if (one.plain && !plain.plain)
        copy_text (&plain, &one);
      else if (!one.plain && !is_blank (one.text->str))
        copy_text (&rich, &one);
      body_clear (&one);
    }
  if (plain.plain && !pd_placeholder_is (plain.text->str, rich.text->str))
    {
      pd_html_align (rich.text->str, rich.spans, plain.text->str, plain.spans);
      copy_text (&rich, &plain);
    }
  add_body (reader, body, &rich);
  body_clear (&plain);
  body_clear (&rich);
}

static gboolean
is_multipart (const PdPart *part)
{
  return g_str_has_prefix (part->type, "multipart/");
}

static void
walk (PdReader *reader, Body *body, PdPart *part, const PdPart *parent)
{
  if (g_str_has_prefix (part->type, "message/") && part->children->len > 0)
    {
      if (parent != NULL)
        {
          set_attachment (reader, part);
          return;
        }
      /* a mail that is nothing but an enclosed mail: show that one */
    }
  else if (!is_multipart (part))
    {
      if (!g_hash_table_contains (reader->unpacked, part))
        add_leaf (reader, body, part);
      add_files (reader, part);
      return;
    }
  if (strcmp (part->type, "multipart/alternative") == 0)
    {
      walk_alternative (reader, body, part);
      return;
    }
  for (guint i = 0; i < part->children->len; i++)
    walk (reader, body, part->children->pdata[i], part);
}

/* The ids that the HTML shows by cid: (RFC 2392). */
static GHashTable *
shown_ids (const char *html)
{
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (const char *at = strstr (html, "cid:"); at != NULL; at = strstr (at, "cid:"))
    {
      gsize n;

      at += 4;
      n = strcspn (at, "\"' \t\n<>)");
      if (n > 0 && n < 998)
        {
          g_autofree char *id = g_strndup (at, n);
          char *plain = g_uri_unescape_string (id, NULL);

          g_hash_table_add (ids, plain != NULL ? plain : g_steal_pointer (&id));
        }
    }
  return ids;
}

static void
mark_inline (PdMail *mail)
{
  g_autoptr (GHashTable) ids = shown_ids (mail->html);

  for (guint i = 0; i < mail->attachments->len; i++)
    {
      PdPart *part = mail->attachments->pdata[i];

      if (*part->content_id != '\0' && g_hash_table_contains (ids, part->content_id))
        part->is_inline = TRUE;
    }
}

static void
end_line (GString *text)
{
  if (text->len > 0 && text->str[text->len - 1] != '\n')
    g_string_append_c (text, '\n');
}

/* A multipart whose boundary never comes: mail programs show the raw text. */
static void
rescue_body (PdReader *reader, Body *body)
{
  g_autofree char *text = pd_charset_decode (
      reader->data + reader->body, MIN (reader->size - reader->body, PD_MAIL_MAX_TEXT), "", NULL);

  append_bounded (reader, body->text, text);
}

static gboolean
is_nameless_text (const PdReader *reader, const PdPart *part)
{
  return *part->name == '\0' && g_str_has_prefix (part->type, "text/") && !is_data (part)
         && pd_reader_peek_bytes (reader, part) != NULL;
}

/* A mail without a text whose first file is a text without a file's name: some
 * programs mark the text of the mail as an attachment.  A kind of text that
 * is not known is plain text (RFC 2046 4.1.4) then, but stays a file too.
 */
static void
rescue_unnamed (PdReader *reader, Body *body)
{
  GPtrArray *files = reader->mail->attachments;
  PdPart *part = files->len == 0 ? NULL : files->pdata[0];

  if (part == NULL || !is_blank (body->text->str) || body->html->len > 0
      || !is_nameless_text (reader, part))
    return;
  if (is_text (part))
    {
      g_ptr_array_remove_index (files, 0);
      part->attachment = FALSE;
    }
  if (strcmp (part->type, "text/html") == 0)
    add_html (reader, body, part);
  else
    add_plain (reader, body, part);
}

/* Outlook's own form of the text is used when there is no other. */
static void
add_tnef (PdReader *reader, Body *body)
{
  const PdTnef *tnef = reader->tnef;

  if (tnef == NULL || body->html->len > 0 || !is_blank (body->text->str))
    return;
  if (*tnef->text == '\0')
    {
      add_html_text (reader, body, tnef->html);
      return;
    }
  append_bounded (reader, body->text, tnef->text);
  append_bounded (reader, body->html, tnef->html);
}

void
pd_reader_body (PdReader *reader)
{
  PdMail *mail = reader->mail;
  Body body;

  body_init (&body);
  walk (reader, &body, mail->root, NULL);
  if (g_str_has_prefix (mail->root->type, "multipart/") && mail->root->children->len == 0)
    rescue_body (reader, &body);
  rescue_unnamed (reader, &body);
  add_tnef (reader, &body);
  end_line (body.text);
  reader->html_spans = body.spans;
  g_free (mail->text);
  mail->text = g_string_free (body.text, FALSE);
  g_free (mail->html);
  mail->html = g_string_free (body.html, FALSE);
  mark_inline (mail);
}
