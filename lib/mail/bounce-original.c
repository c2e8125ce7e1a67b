/* bounce-original.c - the mail that a report is about.
 *
 * It is enclosed (message/rfc822), or its header is (text/rfc822-headers, or a
 * text file), or it stands below the words, perhaps quoted with "> ".
 */
#include <string.h>

#include "mail/bounce.h"
#include "mail/charset.h"
#include "mail/encoded-word.h"
#include "mail/mail-fields.h"

#define MAX_FIELD 2000 /* octets kept of a field */

/* A line without the "> " of a quote; its length in `length`. */
static const char *
skip_quote (const char *line, gsize *length)
{
  gsize n = 0;

  while (n < *length && (line[n] == '>' || (n > 0 && line[n] == ' ' && line[n - 1] == '>')))
    n++;
  *length -= n;
  return line + n;
}

static gboolean
is_named (const char *line, gsize length, const char *name)
{
  gsize n = strlen (name);

  return length > n && g_ascii_strncasecmp (line, name, n) == 0 && line[n] == ':';
}

static gboolean
is_folded (const char *line, gsize length)
{
  return length > 0 && (*line == ' ' || *line == '\t');
}

/* The fields that are wanted, each the first time it stands at the margin. */
static const char *const names[] = { "message-id", "subject", "to", "return-path" };

enum { MESSAGE_ID, SUBJECT, TO, RETURN_PATH, N_NAMES };

G_STATIC_ASSERT (G_N_ELEMENTS (names) == N_NAMES);

typedef struct {
  GString *values[N_NAMES];
  GString *open; /* the field that a folded line goes on with */
} Header;

static void
header_clear (Header *header)
{
  for (guint i = 0; i < N_NAMES; i++)
    if (header->values[i] != NULL)
      g_string_free (header->values[i], TRUE);
}

static void
read_line (Header *header, const char *line, gsize length)
{
  if (is_folded (line, length))
    {
      if (header->open != NULL && header->open->len + length < MAX_FIELD)
        {
          g_string_append_c (header->open, ' ');
          g_string_append_len (header->open, line + 1, (gssize)length - 1);
        }
      return;
    }
  header->open = NULL;
  for (guint i = 0; i < N_NAMES; i++)
    if (header->values[i] == NULL && is_named (line, length, names[i]))
      {
        gsize n = strlen (names[i]) + 1;

        header->values[i] = g_string_new_len (line + n, (gssize)MIN (length - n, MAX_FIELD));
        header->open = header->values[i];
      }
}

/* Reads the first header in these bytes: up to the empty line behind a field
 * that is wanted.  What stands before it (rules, empty lines) is passed over.
 */
static void
read_header (Header *header, const char *bytes, gsize size)
{
  const char *end = bytes + MIN (size, PD_BOUNCE_MAX_TEXT);

  for (const char *line = bytes; line < end;)
    {
      const char *next = memchr (line, '\n', (gsize)(end - line));
      gsize length = (gsize)((next == NULL ? end : next) - line);
      const char *text = skip_quote (line, &length);

      while (length > 0 && (text[length - 1] == '\r' || text[length - 1] == ' '))
        length--;
      if (length == 0
          && (header->values[MESSAGE_ID] != NULL
              || (header->values[SUBJECT] != NULL && header->values[TO] != NULL)))
        return;
      read_line (header, text, length);
      if (next == NULL)
        return;
      line = next + 1;
    }
}

/* "<a@b> (comment)" gives "a@b". */
static char *
dup_id (const GString *value)
{
  g_autofree char *clean = pd_charset_clean (value->str);
  char *open = strchr (clean, '<');
  char *text = g_strstrip (open != NULL ? open + 1 : clean);

  text[strcspn (text, open != NULL ? ">" : " \t")] = '\0';
  return g_strdup (text);
}

static char *
dup_text (const GString *value)
{
  return g_strstrip (pd_words_decode (value->str));
}

static void
keep (PdMail *mail, const Header *header)
{
  if (header->values[MESSAGE_ID] != NULL)
    pd_text_take (&mail->original_message_id, dup_id (header->values[MESSAGE_ID]));
  if (header->values[SUBJECT] != NULL)
    pd_text_take (&mail->original_subject, dup_text (header->values[SUBJECT]));
  if (header->values[TO] != NULL)
    pd_text_take (&mail->original_to, dup_text (header->values[TO]));
  if (header->values[RETURN_PATH] != NULL)
    pd_text_take (&mail->original_return_path, dup_id (header->values[RETURN_PATH]));
}

/* Whether these bytes hold a header that says which mail it is. */
static gboolean
try_bytes (PdMail *mail, const char *bytes, gsize size)
{
  Header header = { 0 };
  gboolean found;

  read_header (&header, bytes, size);
  found = header.values[MESSAGE_ID] != NULL
          || (header.values[SUBJECT] != NULL && header.values[TO] != NULL);
  if (found)
    keep (mail, &header);
  header_clear (&header);
  return found;
}

/* The part of that type that is not in another enclosed mail. */
static PdPart *
find_part (PdPart *part, gboolean (*fits) (const PdPart *part))
{
  for (guint i = 0; i < part->children->len; i++)
    {
      PdPart *child = part->children->pdata[i];
      PdPart *found = fits (child)                                 ? child
                      : g_str_has_prefix (child->type, "message/") ? NULL
                                                                   : find_part (child, fits);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
is_enclosed (const PdPart *part)
{
  return (strcmp (part->type, "message/rfc822") == 0 || strcmp (part->type, "message/global") == 0)
         && part->offset >= 0;
}

static gboolean
is_header (const PdPart *part)
{
  return strcmp (part->type, "text/rfc822-headers") == 0
         || strcmp (part->type, "message/rfc822-headers") == 0
         || strcmp (part->type, "message/global-headers") == 0
         || strcmp (part->type, "text/rfc822") == 0;
}

static gboolean
is_text_file (const PdPart *part)
{
  return strcmp (part->type, "text/plain") == 0 && *part->name != '\0';
}

/* The decoded bytes of a part if they were kept, else those in the mail. */
static gboolean
try_part (PdReader *reader, const PdPart *part)
{
  GByteArray *bytes = part == NULL ? NULL : pd_reader_peek_bytes (reader, part);

  if (part == NULL)
    return FALSE;
  if (bytes != NULL)
    return try_bytes (reader->mail, (const char *)bytes->data, bytes->len);
  return part->offset >= 0 && (gsize)part->offset < reader->size
         && try_bytes (reader->mail, reader->data + part->offset,
                       MIN (part->length, reader->size - (gsize)part->offset));
}

void
pd_bounce_read_original (PdReader *reader, gsize copy)
{
  PdMail *mail = reader->mail;
  gsize length = strlen (mail->text);

  if (try_part (reader, find_part (mail->root, is_enclosed))
      || try_part (reader, find_part (mail->root, is_header))
      || try_part (reader, find_part (mail->root, is_text_file)))
    return;
  if (copy < length && try_bytes (mail, mail->text + copy, length - copy))
    return;
  try_bytes (mail, mail->text, length);
}
