#include "net/lmtp.h"

#include <string.h>

#include "base/error.h"
#include "net/dots.h"
#include "net/path.h"

#define PIECE 16384 /* octets of a mail taken at once */

/* What has been said; a command's `when` is a set of these. */
typedef enum {
  START = 1 << 0,   /* no hello yet */
  READY = 1 << 1,   /* between mails */
  MAILED = 1 << 2,  /* a sender, no recipient accepted */
  ADDRED = 1 << 3,  /* and recipients */
  CHUNKED = 1 << 4, /* and chunks */
} State;

#define ANY (START | READY | MAILED | ADDRED | CHUNKED)
#define NO_CHUNKS (ANY & ~CHUNKED)

/* How the next octets are to be read. */
typedef enum {
  LINE,
  LONG_LINE, /* what is left of a line that was too long */
  DATA,
  CHUNK,
  WAITING,
  OVER,
} Input;

struct PdLmtp {
  const PdLmtpSettings *settings;
  State state;
  Input input;
  GString *line; /* a command that has not come whole */
  GString *output;
  char *peer;
  char *helo;
  PdEnvelope *envelope;  /* of the mail under way */
  GPtrArray *recipients; /* accepted ones */
  guint pending;         /* recipients of the mail that waits for its answer */
  PdDots dots;
  guint64 chunk_left; /* octets of the chunk to come */
  gboolean chunk_last;
  const char *failure; /* the reply that the content has earned; the rest is discarded */
  guint errors;        /* wrong commands since the last mail */
};

static const char too_big[] = "552 5.3.4 mail is larger than this server takes";
static const char no_space[] = "452 4.3.1 no space for the mail now; try later";
static const char no_recipients[] = "503 5.5.1 no valid recipients";

static void
reply (PdLmtp *session, const char *text)
{
  g_string_append (session->output, text);
  g_string_append (session->output, "\r\n");
}

/* A reply to a command that should not have been sent. */
static void
complain (PdLmtp *session, const char *text)
{
  reply (session, text);
  if (++session->errors == PD_LMTP_MAX_ERRORS)
    pd_lmtp_shut (session, "421 4.7.0 too many errors");
}

/* Text of others may neither end a line nor be endless. */
static void
append_clean (GString *into, const char *text)
{
  gsize start = into->len;

  for (; *text != '\0' && into->len - start < PD_LMTP_MAX_TEXT; text++)
    {
      if (*text >= ' ' && *text <= '~')
        g_string_append_c (into, *text);
      else if ((guchar)*text < ' ')
        g_string_append_c (into, ' ');
      else if (((guchar)*text & 0xc0) != 0x80)
        g_string_append_c (into, '?'); /* one for a whole character */
    }
}

static void
reply_error (PdLmtp *session, const GError *error)
{
  g_string_append (session->output, pd_error_face (error)->lmtp);
  g_string_append_c (session->output, ' ');
  append_clean (session->output, error->message);
  g_string_append (session->output, "\r\n");
}

/* Ends the mail transaction, not the session. */
static void
reset (PdLmtp *session)
{
  g_clear_pointer (&session->envelope, pd_envelope_free);
  g_ptr_array_set_size (session->recipients, 0);
  session->failure = NULL;
  session->dots = (PdDots)PD_DOTS_INIT;
  if (session->state != START)
    session->state = READY;
}

/* The content is complete: a mail, or one reply for each that hoped for one. */
static void
finish_content (PdLmtp *session)
{
  guint replies = session->settings->mode == PD_LMTP_LMTP ? session->recipients->len : 1;

  session->input = LINE;
  if (session->failure != NULL)
    {
      for (guint i = 0; i < replies; i++)
        reply (session, session->failure);
      reset (session);
      return;
    }
  session->errors = 0;
  session->pending = session->recipients->len;
  session->envelope->n_recipients = session->recipients->len;
  session->envelope->helo = g_strdup (session->helo);
  session->envelope->peer = g_strdup (session->peer);
  session->envelope->bare_newline = session->dots.bare;
  g_ptr_array_add (session->recipients, NULL);
  session->envelope->recipients = (char **)g_ptr_array_steal (session->recipients, NULL);
  session->input = WAITING;
}

static void
store (PdLmtp *session, const char *bytes, gsize length)
{
  if (session->failure != NULL || length == 0)
    return;
  if (pd_spill_size (session->envelope->data) + length > session->settings->max_size)
    session->failure = too_big;
  else if (!pd_spill_append (session->envelope->data, bytes, length, NULL))
    session->failure = no_space;
  if (session->failure != NULL)
    g_clear_pointer (&session->envelope->data, pd_spill_free);
}

static gsize
take_data (PdLmtp *session, const char *bytes, gsize length)
{
  char plain[PIECE + PD_DOTS_SLACK];
  gsize n;
  gsize taken = pd_dots_read (&session->dots, bytes, MIN (length, PIECE), plain, &n);

  store (session, plain, n);
  if (session->dots.end)
    finish_content (session);
  return taken;
}

static void
finish_chunk (PdLmtp *session)
{
  session->input = LINE;
  if (session->state != CHUNKED)
    complain (session, no_recipients);
  else if (session->chunk_last)
    finish_content (session);
  else if (session->failure != NULL)
    {
      reply (session, session->failure);
      reset (session);
    }
  else
    reply (session, "250 2.0.0 chunk received");
}

static gsize
take_chunk (PdLmtp *session, const char *bytes, gsize length)
{
  gsize taken = (gsize)MIN ((guint64)length, session->chunk_left);

  if (session->state == CHUNKED)
    store (session, bytes, taken);
  session->chunk_left -= taken;
  if (session->chunk_left == 0)
    finish_chunk (session);
  return taken;
}

/* the commands */

static void
say_extensions (PdLmtp *session)
{
  static const char *const extensions[]
      = { "PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "CHUNKING" };

  g_string_append_printf (session->output, "250-%s\r\n", session->settings->host);
  for (gsize i = 0; i < G_N_ELEMENTS (extensions); i++)
    g_string_append_printf (session->output, "250-%s\r\n", extensions[i]);
  g_string_append_printf (session->output, "250 SIZE %" G_GSIZE_FORMAT "\r\n",
                          session->settings->max_size);
}

static gboolean
is_host (const char *text)
{
  gsize n = strlen (text);

  for (const char *c = text; *c != '\0'; c++)
    if ((guchar)*c <= ' ' || *c == 0x7f)
      return FALSE;
  return n > 0 && n <= PD_PATH_MAX_DOMAIN && g_utf8_validate (text, -1, NULL);
}

static gboolean
hello (PdLmtp *session, const char *host)
{
  if (!is_host (host))
    {
      complain (session, "501 5.5.4 your host name is missing or wrong");
      return FALSE;
    }
  g_free (session->helo);
  session->helo = g_strdup (host);
  session->state = READY;
  reset (session);
  return TRUE;
}

static void
on_extended_hello (PdLmtp *session, char *args)
{
  if (hello (session, args))
    say_extensions (session);
}

static void
on_helo (PdLmtp *session, char *args)
{
  if (hello (session, args))
    g_string_append_printf (session->output, "250 %s\r\n", session->settings->host);
}

/* Past "FROM:" or "TO:"; NULL if it is not there. */
static char *
after_word (char *args, const char *word)
{
  gsize n = strlen (word);

  return g_ascii_strncasecmp (args, word, n) == 0 ? args + n : NULL;
}

/* One parameter of MAIL; a reply if it is wrong, else NULL. */
static const char *
mail_parameter (PdLmtp *session, const char *name, const char *value)
{
  guint64 size;

  if (strcmp (name, "SMTPUTF8") == 0)
    {
      session->envelope->smtputf8 = TRUE;
      return value == NULL ? NULL : "501 5.5.4 SMTPUTF8 takes no value";
    }
  if (strcmp (name, "BODY") == 0)
    {
      session->envelope->body_8bit = value != NULL && g_ascii_strcasecmp (value, "8BITMIME") == 0;
      if (session->envelope->body_8bit
          || (value != NULL && g_ascii_strcasecmp (value, "7BIT") == 0))
        return NULL;
      return "501 5.5.4 BODY is 7BIT or 8BITMIME";
    }
  if (strcmp (name, "SIZE") == 0)
    {
      if (value == NULL || !g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT64, &size, NULL))
        return "501 5.5.4 SIZE is a number of octets";
      return size <= session->settings->max_size ? NULL : too_big;
    }
  return "555 5.5.4 unknown parameter of MAIL";
}

static const char *
mail_parameters (PdLmtp *session, char *text)
{
  const char *names[PD_PATH_MAX_PARAMETERS], *values[PD_PATH_MAX_PARAMETERS];
  int n = pd_path_parameters (text, names, values);

  if (n < 0)
    return "501 5.5.4 bad parameters of MAIL";
  for (int i = 0; i < n; i++)
    {
      const char *wrong = mail_parameter (session, names[i], values[i]);

      if (wrong != NULL)
        return wrong;
    }
  if (pd_path_is_utf8 (session->envelope->sender) && !session->envelope->smtputf8)
    return "553 5.6.7 an address in UTF-8 needs SMTPUTF8";
  return NULL;
}

static void
on_mail (PdLmtp *session, char *args)
{
  char *path = after_word (args, "FROM:");
  const char *rest, *wrong;

  session->envelope = g_new0 (PdEnvelope, 1);
  if (path == NULL)
    wrong = "501 5.5.4 say MAIL FROM:<address>";
  else if (!pd_path_parse (path, PD_PATH_NULL | PD_PATH_UTF8, &session->envelope->sender, &rest,
                           NULL))
    wrong = "501 5.1.7 bad sender address";
  else
    wrong = mail_parameters (session, path + (rest - path));
  if (wrong == too_big)
    reply (session, wrong);
  else if (wrong != NULL)
    complain (session, wrong);
  if (wrong != NULL)
    {
      reset (session);
      return;
    }
  session->envelope->data = pd_spill_new ();
  session->state = MAILED;
  reply (session, "250 2.1.0 Ok");
}

static void
add_recipient (PdLmtp *session, char *address)
{
  const PdLmtpSettings *settings = session->settings;
  g_autofree char *owned = address;
  g_autoptr (GError) error = NULL;

  if (session->recipients->len >= settings->max_recipients)
    reply (session, "452 4.5.3 too many recipients");
  else if (settings->accept_recipient != NULL
           && !settings->accept_recipient (settings->data, address, &error))
    reply_error (session, error);
  else
    {
      g_ptr_array_add (session->recipients, g_steal_pointer (&owned));
      session->state = ADDRED;
      reply (session, "250 2.1.5 Ok");
    }
}

static void
on_rcpt (PdLmtp *session, char *args)
{
  char *path = after_word (args, "TO:");
  const char *names[PD_PATH_MAX_PARAMETERS], *values[PD_PATH_MAX_PARAMETERS], *rest;
  g_autofree char *address = NULL;
  int n;

  if (path == NULL)
    return complain (session, "501 5.5.4 say RCPT TO:<address>");
  if (!pd_path_parse (path, PD_PATH_POSTMASTER | PD_PATH_UTF8, &address, &rest, NULL))
    return complain (session, "501 5.1.3 bad recipient address");
  n = pd_path_parameters (path + (rest - path), names, values);
  if (n < 0)
    return complain (session, "501 5.5.4 bad parameters of RCPT");
  if (n > 0)
    return complain (session, "555 5.5.4 unknown parameter of RCPT");
  if (pd_path_is_utf8 (address) && !session->envelope->smtputf8)
    return complain (session, "553 5.6.7 an address in UTF-8 needs SMTPUTF8");
  add_recipient (session, g_steal_pointer (&address));
}

static void
on_data (PdLmtp *session, char *args)
{
  if (*args != '\0')
    return complain (session, "501 5.5.4 DATA takes no argument");
  session->input = DATA;
  session->dots = (PdDots)PD_DOTS_INIT;
  reply (session, "354 end with CRLF.CRLF");
}

static void
on_bdat (PdLmtp *session, char *args)
{
  char *end = args + strspn (args, "0123456789");
  gboolean last = g_ascii_strcasecmp (end, " LAST") == 0;

  /* without the size the octets that follow would be read as commands */
  if (end == args || end - args > 18 || (*end != '\0' && !last))
    {
      reply (session, "501 5.5.4 say BDAT octets [LAST]");
      session->input = OVER;
      return;
    }
  session->chunk_left = g_ascii_strtoull (args, NULL, 10);
  session->chunk_last = last;
  if (session->state & (ADDRED | CHUNKED))
    session->state = CHUNKED;
  session->input = CHUNK;
  if (session->chunk_left == 0)
    finish_chunk (session);
}

static void
on_rset (PdLmtp *session, char *args)
{
  reset (session);
  reply (session, "250 2.0.0 Ok");
}

static void
on_noop (PdLmtp *session, char *args)
{
  reply (session, "250 2.0.0 Ok");
}

static void
on_vrfy (PdLmtp *session, char *args)
{
  reply (session, "252 2.5.0 not told; send the mail and see");
}

static void
on_help (PdLmtp *session, char *args)
{
  reply (session, session->settings->mode == PD_LMTP_LMTP
                      ? "214 2.0.0 LHLO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT"
                      : "214 2.0.0 EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT");
}

static void
on_quit (PdLmtp *session, char *args)
{
  reply (session, "221 2.0.0 Bye");
  session->input = OVER;
}

#define IN_LMTP (1 << PD_LMTP_LMTP)
#define IN_SMTP (1 << PD_LMTP_SMTP)

static const struct Command {
  const char *verb;
  guint modes;
  guint when;
  void (*run) (PdLmtp *session, char *args);
  const char *otherwise; /* NULL: a wrong order like any other */
} commands[] = {
  { "LHLO", IN_LMTP, NO_CHUNKS, on_extended_hello, NULL },
  { "EHLO", IN_SMTP, NO_CHUNKS, on_extended_hello, NULL },
  { "HELO", IN_SMTP, NO_CHUNKS, on_helo, NULL },
  { "MAIL", IN_LMTP | IN_SMTP, READY, on_mail, NULL },
  { "RCPT", IN_LMTP | IN_SMTP, MAILED | ADDRED, on_rcpt, NULL },
  /* RFC 2033 4.2: with no recipient accepted, DATA must be refused */
  { "DATA", IN_LMTP | IN_SMTP, ADDRED, on_data, no_recipients },
  /* at any time, because its octets follow whatever we say */
  { "BDAT", IN_LMTP | IN_SMTP, ANY, on_bdat, NULL },
  { "RSET", IN_LMTP | IN_SMTP, ANY, on_rset, NULL },
  { "NOOP", IN_LMTP | IN_SMTP, ANY, on_noop, NULL },
  { "VRFY", IN_LMTP | IN_SMTP, ANY, on_vrfy, NULL },
  { "HELP", IN_LMTP | IN_SMTP, ANY, on_help, NULL },
  { "QUIT", IN_LMTP | IN_SMTP, ANY, on_quit, NULL },
};

static const struct Command *
find_command (const char *line, gsize length)
{
  gsize n = strcspn (line, " ");

  if (n != 4 || length < 4)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_ascii_strncasecmp (commands[i].verb, line, 4) == 0)
      return &commands[i];
  return NULL;
}

/* line   without its line end; NUL-terminated, changed */
static void
run_command (PdLmtp *session, char *line, gsize length)
{
  const struct Command *command = find_command (line, length);
  char *args;

  if (command == NULL)
    return complain (session, "500 5.5.2 unknown command");
  if (!(command->modes & (1u << session->settings->mode)))
    return complain (session, session->settings->mode == PD_LMTP_LMTP
                                  ? "500 5.5.1 this is LMTP: say LHLO"
                                  : "500 5.5.1 this is SMTP: say EHLO");
  if (strlen (line) != length)
    return complain (session, "501 5.5.2 NUL in a command");
  if (!(session->state & command->when))
    return complain (session, command->otherwise != NULL && (session->state & MAILED)
                                  ? command->otherwise
                                  : "503 5.5.1 not now");
  while (length > 0 && line[length - 1] == ' ')
    line[--length] = '\0';
  args = line + 4;
  while (*args == ' ')
    args++;
  command->run (session, args);
}

/* A line is whole, in session->line, with its LF. */
static void
take_command (PdLmtp *session)
{
  GString *line = session->line;

  if (line->len > PD_LMTP_MAX_LINE)
    complain (session, "500 5.5.6 line too long");
  else if (line->len < 2 || line->str[line->len - 2] != '\r')
    complain (session, "500 5.5.2 a line ends with CRLF");
  else
    {
      g_string_truncate (line, line->len - 2);
      run_command (session, line->str, line->len);
    }
  g_string_truncate (session->line, 0);
}

static gsize
take_line (PdLmtp *session, const char *bytes, gsize length)
{
  const char *end = memchr (bytes, '\n', length);
  gsize taken = end != NULL ? (gsize)(end - bytes) + 1 : length;

  if (session->input == LINE)
    g_string_append_len (session->line, bytes, (gssize)MIN (taken, PD_LMTP_MAX_LINE + 1));
  if (session->line->len > PD_LMTP_MAX_LINE)
    session->input = LONG_LINE;
  if (end != NULL)
    {
      session->input = LINE;
      take_command (session);
    }
  return taken;
}

gsize
pd_lmtp_feed (PdLmtp *session, const char *bytes, gsize length)
{
  gsize i = 0;

  while (i < length)
    switch (session->input)
      {
      case LINE:
      case LONG_LINE:
        i += take_line (session, bytes + i, length - i);
        break;
      case DATA:
        i += take_data (session, bytes + i, length - i);
        break;
      case CHUNK:
        i += take_chunk (session, bytes + i, length - i);
        break;
      case WAITING:
      case OVER:
        return i;
      }
  return i;
}

PdLmtpPhase
pd_lmtp_phase (const PdLmtp *session)
{
  static const PdLmtpPhase phases[] = {
    [LINE] = PD_LMTP_COMMAND,  [LONG_LINE] = PD_LMTP_COMMAND, [DATA] = PD_LMTP_CONTENT,
    [CHUNK] = PD_LMTP_CONTENT, [WAITING] = PD_LMTP_WAITING,   [OVER] = PD_LMTP_OVER,
  };

  return phases[session->input];
}

GString *
pd_lmtp_output (PdLmtp *session)
{
  return session->output;
}

PdEnvelope *
pd_lmtp_take_envelope (PdLmtp *session)
{
  return session->input == WAITING ? g_steal_pointer (&session->envelope) : NULL;
}

static void
reply_accepted (PdLmtp *session, const char *text)
{
  g_string_append (session->output, "250 ");
  append_clean (session->output, text);
  g_string_append (session->output, "\r\n");
}

/* SMTP has one reply for all: refused is what nobody may have. */
static void
answer_together (PdLmtp *session, const GError *const *errors, const char *ok_text)
{
  guint refused = 0;

  while (errors != NULL && refused < session->pending && errors[refused] != NULL)
    refused++;
  if (refused == session->pending)
    reply_error (session, errors[0]);
  else
    reply_accepted (session, ok_text);
}

static void
answer_each (PdLmtp *session, const GError *const *errors, const char *ok_text)
{
  for (guint i = 0; i < session->pending; i++)
    if (errors != NULL && errors[i] != NULL)
      reply_error (session, errors[i]);
    else
      reply_accepted (session, ok_text);
}

void
pd_lmtp_answer (PdLmtp *session, const GError *const *errors, const char *ok_text)
{
  g_return_if_fail (session->input == WAITING);
  if (session->settings->mode == PD_LMTP_SMTP)
    answer_together (session, errors, ok_text);
  else
    answer_each (session, errors, ok_text);
  session->input = LINE;
  reset (session);
}

void
pd_lmtp_shut (PdLmtp *session, const char *text)
{
  if (session->input != OVER)
    reply (session, text);
  session->input = OVER;
}

PdLmtp *
pd_lmtp_new (const PdLmtpSettings *settings, const char *peer)
{
  PdLmtp *session = g_new0 (PdLmtp, 1);

  session->settings = settings;
  session->state = START;
  session->line = g_string_new (NULL);
  session->output = g_string_new (NULL);
  session->peer = g_strdup (peer);
  session->recipients = g_ptr_array_new_with_free_func (g_free);
  g_string_append_printf (session->output, "220 %s %s postdesk\r\n", settings->host,
                          settings->mode == PD_LMTP_LMTP ? "LMTP" : "ESMTP");
  return session;
}

void
pd_lmtp_free (PdLmtp *session)
{
  g_clear_pointer (&session->envelope, pd_envelope_free);
  g_ptr_array_unref (session->recipients);
  g_string_free (session->line, TRUE);
  g_string_free (session->output, TRUE);
  g_free (session->peer);
  g_free (session->helo);
  g_free (session);
}
