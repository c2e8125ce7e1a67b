#include "net/dots.h"

#include <string.h>

/* What the last octets were; CRLF means that a line begins. */
enum {
  AT_CRLF,
  AT_TEXT,
  AT_CR,     /* in or after text */
  AT_DOT,    /* first in its line, held back */
  AT_DOT_CR, /* both held back */
};

/* Copies text up to the CR or LF that needs a decision, which is left. */
static gsize
copy_text (PdDots *dots, const char *bytes, gsize length, char *plain)
{
  const char *end = memchr (bytes, '\n', length);
  gsize n = end != NULL ? (gsize)(end - bytes) : length;
  const char *cr = memchr (bytes, '\r', n);

  if (cr != NULL)
    n = (gsize)(cr - bytes);
  memcpy (plain, bytes, n);
  if (n > 0)
    dots->at = AT_TEXT;
  return n;
}

/* One octet that is special, or comes where octets are special. */
static gsize
step (PdDots *dots, char c, char *plain)
{
  gsize n = 0;

  if (dots->at == AT_DOT_CR && c == '\n')
    {
      dots->end = TRUE;
      return 0;
    }
  if (dots->at == AT_DOT_CR)
    {
      /* ".CR" and no LF: the dot was stuffing, the CR is text */
      plain[n++] = '\r';
      dots->at = AT_CR;
    }
  if (dots->at == AT_CRLF && c == '.')
    {
      dots->at = AT_DOT;
      return n;
    }
  if (dots->at == AT_DOT && c == '\r')
    {
      dots->at = AT_DOT_CR;
      return n;
    }
  if ((dots->at == AT_CR) != (c == '\n'))
    dots->bare = TRUE;
  if (c == '\n')
    dots->at = dots->at == AT_CR ? AT_CRLF : AT_TEXT;
  else
    dots->at = c == '\r' ? AT_CR : AT_TEXT;
  plain[n++] = c;
  return n;
}

gsize
pd_dots_read (PdDots *dots, const char *bytes, gsize length, char *plain, gsize *out_length)
{
  gsize i = 0, n = 0;

  while (i < length && !dots->end)
    {
      /* the common case first: text, then CRLF */
      if (dots->at == AT_TEXT || (dots->at == AT_CRLF && bytes[i] != '.'))
        {
          gsize copied = copy_text (dots, bytes + i, length - i, plain + n);

          i += copied;
          n += copied;
          if (i == length)
            break;
        }
      n += step (dots, bytes[i++], plain + n);
    }
  *out_length = n;
  return i;
}

void
pd_dots_write (GString *into, const char *mail, gsize length)
{
  gsize i = 0;

  while (i < length)
    {
      gsize n = 0;

      if (mail[i] == '.')
        g_string_append_c (into, '.');
      while (i + n < length && mail[i + n] != '\r' && mail[i + n] != '\n')
        n++;
      g_string_append_len (into, mail + i, (gssize)n);
      g_string_append (into, "\r\n");
      i += n;
      if (i + 1 < length && mail[i] == '\r' && mail[i + 1] == '\n')
        i++;
      i++;
    }
  g_string_append (into, ".\r\n");
}
