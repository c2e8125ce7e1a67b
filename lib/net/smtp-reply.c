#include "net/smtp-reply.h"

#include <string.h>

#include "base/error.h"

struct PdSmtpReader {
  GString *line;
  PdSmtpReply *reply; /* NULL: none begun */
};

void
pd_smtp_reply_free (PdSmtpReply *reply)
{
  g_ptr_array_unref (reply->lines);
  g_free (reply);
}

char *
pd_smtp_reply_dup_text (const PdSmtpReply *reply)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *valid = NULL;

  g_string_append_printf (text, "%d", reply->code);
  if (*reply->status != '\0')
    g_string_append_printf (text, " %s", reply->status);
  for (guint i = 0; i < reply->lines->len; i++)
    if (*(const char *)reply->lines->pdata[i] != '\0')
      g_string_append_printf (text, " %s", (const char *)reply->lines->pdata[i]);
  valid = g_utf8_make_valid (text->str, (gssize)text->len);
  g_string_truncate (text, 0);
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    g_string_append_unichar (text,
                             g_unichar_iscntrl (g_utf8_get_char (c)) ? ' ' : g_utf8_get_char (c));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

PdSmtpReader *
pd_smtp_reader_new (void)
{
  PdSmtpReader *reader = g_new0 (PdSmtpReader, 1);

  reader->line = g_string_new (NULL);
  return reader;
}

void
pd_smtp_reader_free (PdSmtpReader *reader)
{
  g_string_free (reader->line, TRUE);
  g_clear_pointer (&reader->reply, pd_smtp_reply_free);
  g_free (reader);
}

/* The length of "5.1.1" at the start of text, if its class fits the code. */
static gsize
status_length (const char *text, int code)
{
  gsize n = 1;

  if (*text != '0' + code / 100 || *text == '3')
    return 0;
  for (int part = 0; part < 2; part++)
    {
      gsize digits = text[n] == '.' ? strspn (text + n + 1, "0123456789") : 0;

      if (digits < 1 || digits > 3)
        return 0;
      n += 1 + digits;
    }
  return text[n] == ' ' || text[n] == '\0' ? n : 0;
}

static void
add_text (PdSmtpReply *reply, const char *text)
{
  gsize n = status_length (text, reply->code);

  if (n > 0)
    {
      g_strlcpy (reply->status, text, n + 1);
      text += n + (text[n] == ' ');
    }
  g_ptr_array_add (reply->lines, g_strdup (text));
}

/* A line without its end.  TRUE if it is the last of its reply. */
static gboolean
take_line (PdSmtpReader *reader, gboolean *out_last, GError **error)
{
  const char *line = reader->line->str;
  int code;

  if (reader->line->len != strlen (line) || reader->line->len < 3 || *line < '2' || *line > '5'
      || !g_ascii_isdigit (line[1]) || !g_ascii_isdigit (line[2])
      || (line[3] != '\0' && line[3] != ' ' && line[3] != '-'))
    return pd_fail (error, PD_ERROR_INVALID, "the server does not speak SMTP");
  code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (reader->reply == NULL)
    {
      reader->reply = g_new0 (PdSmtpReply, 1);
      reader->reply->code = code;
      reader->reply->lines = g_ptr_array_new_with_free_func (g_free);
    }
  if (reader->reply->code != code)
    return pd_fail (error, PD_ERROR_INVALID, "a reply with two codes");
  if (reader->reply->lines->len == PD_SMTP_REPLY_MAX_LINES)
    return pd_fail (error, PD_ERROR_INVALID, "a reply of too many lines");
  add_text (reader->reply, line[3] != '\0' ? line + 4 : "");
  *out_last = line[3] != '-';
  return TRUE;
}

gboolean
pd_smtp_reader_feed (PdSmtpReader *reader, const char *bytes, gsize length, gsize *out_taken,
                     PdSmtpReply **out_reply, GError **error)
{
  *out_taken = 0;
  *out_reply = NULL;
  while (*out_taken < length && *out_reply == NULL)
    {
      const char *start = bytes + *out_taken;
      const char *end = memchr (start, '\n', length - *out_taken);
      gsize n = end != NULL ? (gsize)(end - start) + 1 : length - *out_taken;
      gboolean last = FALSE;

      *out_taken += n;
      if (reader->line->len + n > PD_SMTP_REPLY_MAX_LINE)
        return pd_fail (error, PD_ERROR_INVALID, "a reply with too long a line");
      g_string_append_len (reader->line, start, (gssize)n);
      if (end == NULL)
        break;
      g_string_truncate (reader->line, reader->line->len - 1);
      if (g_str_has_suffix (reader->line->str, "\r"))
        g_string_truncate (reader->line, reader->line->len - 1);
      if (!take_line (reader, &last, error))
        return FALSE;
      g_string_truncate (reader->line, 0);
      if (last)
        *out_reply = g_steal_pointer (&reader->reply);
    }
  return TRUE;
}

gboolean
pd_smtp_reader_is_inside (const PdSmtpReader *reader)
{
  return reader->line->len > 0 || reader->reply != NULL;
}
