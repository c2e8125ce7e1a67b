#include "net/managesieve.h"

#include <string.h>

#include "base/error.h"

#define MAX_QUOTED 1024 /* octets of a quoted string that we send (RFC 5804 1.2) */

/* Whether somebody is signed in; a command's `when` is a set of these. */
typedef enum {
  NOBODY = 1 << 0,
  SOMEBODY = 1 << 1,
} State;

#define ANY (NOBODY | SOMEBODY)

typedef enum { ATOM, STRING, NUMBER } Kind;

typedef struct {
  Kind kind;
  GString *text;
  gboolean skipped; /* a literal that was too large: its octets are gone */
} Argument;

struct PdManageSieve {
  const PdManageSieveSettings *settings;
  gpointer data;
  gboolean is_private;
  PdManageSievePhase phase;
  State state;
  char *login; /* who is signed in; NULL */
  GString *line;
  GString *output;
  GPtrArray *arguments;  /* of the command under way, its name first */
  gboolean in_literal;   /* the last argument is a literal that has not come whole */
  guint64 literal_left;  /* octets of it */
  const char *complaint; /* what is wrong with the command under way; NULL */
  gboolean in_sasl;      /* the next line answers our challenge */
  guint errors;          /* commands in a row that were none */
  guint sign_ins;        /* wrong ones */
};

/* ---- saying ---- */

static gboolean
can_be_quoted (const char *text, gsize length)
{
  if (length > MAX_QUOTED)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (text[i] == '\0' || text[i] == '\r' || text[i] == '\n')
      return FALSE;
  return TRUE;
}

static void
say_string (PdManageSieve *session, const char *text, gsize length)
{
  GString *output = session->output;

  if (!can_be_quoted (text, length))
    {
      g_string_append_printf (output, "{%" G_GSIZE_FORMAT "}\r\n", length);
      g_string_append_len (output, text, (gssize)length);
      return;
    }
  g_string_append_c (output, '"');
  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '"' || text[i] == '\\')
        g_string_append_c (output, '\\');
      g_string_append_c (output, text[i]);
    }
  g_string_append_c (output, '"');
}

/* Text to people: lines end with CRLF (1.2), and it is UTF-8 whatever came in. */
static void
say_words (PdManageSieve *session, const char *words)
{
  g_autofree char *valid = g_utf8_make_valid (words, -1);
  g_autoptr (GString) text = g_string_new (NULL);
  const char *end = valid + strlen (valid);

  while (end > valid && end[-1] == '\n')
    end--;
  for (const char *c = valid; c < end; c++)
    {
      if (*c == '\n')
        g_string_append_c (text, '\r');
      if (*c != '\r')
        g_string_append_c (text, *c);
    }
  say_string (session, text->str, text->len);
}

static void
reply (PdManageSieve *session, const char *word, const char *code, const char *words)
{
  g_string_append (session->output, word);
  if (code != NULL)
    g_string_append_printf (session->output, " (%s)", code);
  g_string_append_c (session->output, ' ');
  say_words (session, words);
  g_string_append (session->output, "\r\n");
}

static void
ok (PdManageSieve *session, const char *words)
{
  reply (session, "OK", NULL, words);
}

static const char *
code_of (const GError *error)
{
  if (pd_error_is (error, PD_ERROR_NOT_FOUND))
    return "NONEXISTENT";
  if (pd_error_is (error, PD_ERROR_CONFLICT))
    return "ALREADYEXISTS";
  return pd_error_is (error, PD_ERROR_TEMPORARY) ? "TRYLATER" : NULL;
}

/* Answers for the program.
 *
 * words   of a success
 */
static void
answer (PdManageSieve *session, gboolean done, PdManageSieveAnswer *from, const GError *error,
        const char *words)
{
  g_autofree char *own = g_steal_pointer (&from->words);

  if (done)
    reply (session, "OK", own != NULL ? "WARNINGS" : NULL, own != NULL ? own : words);
  else
    reply (session, "NO", from->code != NULL ? from->code : code_of (error),
           own != NULL ? own : error->message);
}

/* A reply to what should not have been sent. */
static void
complain (PdManageSieve *session, const char *words)
{
  reply (session, "NO", NULL, words);
  if (++session->errors == PD_MANAGESIEVE_MAX_ERRORS)
    pd_managesieve_shut (session, NULL, "too many errors");
}

/* ---- capabilities ---- */

static void
say_capability (PdManageSieve *session, const char *name, const char *value)
{
  say_string (session, name, strlen (name));
  if (value != NULL)
    {
      g_string_append_c (session->output, ' ');
      say_string (session, value, strlen (value));
    }
  g_string_append (session->output, "\r\n");
}

static void
say_capabilities (PdManageSieve *session)
{
  const PdManageSieveSettings *settings = session->settings;
  char redirects[12];

  say_capability (session, "IMPLEMENTATION", settings->implementation);
  say_capability (session, "SIEVE", settings->extensions);
  /* after sign-in there is nothing more to choose (1.7) */
  say_capability (session, "SASL", session->is_private && session->state == NOBODY ? "PLAIN" : "");
  if (settings->notify != NULL)
    say_capability (session, "NOTIFY", settings->notify);
  if (settings->tls && session->state == NOBODY)
    say_capability (session, "STARTTLS", NULL);
  g_snprintf (redirects, sizeof redirects, "%u", settings->max_redirects);
  if (settings->max_redirects > 0)
    say_capability (session, "MAXREDIRECTS", redirects);
  say_capability (session, "LANGUAGE", "en");
  if (session->login != NULL)
    say_capability (session, "OWNER", session->login);
  say_capability (session, "UNAUTHENTICATE", NULL);
  say_capability (session, "VERSION", "1.0");
}

static void
on_capability (PdManageSieve *session, GString **args)
{
  say_capabilities (session);
  ok (session, "that is all");
}

/* ---- sign-in ---- */

static void
forget_login (PdManageSieve *session)
{
  g_clear_pointer (&session->login, g_free);
  session->state = NOBODY;
}

/* RFC 4648 4, strictly: what is lenient lets one secret have many forms. */
static guchar *
decode_base64 (const char *text, gsize *out_length)
{
  gsize length = strlen (text);
  gsize plain = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

  *out_length = 0;
  if (length == 0 || length % 4 != 0 || length - plain > 2
      || strspn (text + plain, "=") != length - plain)
    return NULL;
  return g_base64_decode (text, out_length);
}

/* RFC 4616 2: [who to be] NUL name NUL password; `bytes` end with a NUL. */
static gboolean
read_plain (const char *bytes, gsize length, const char **out_login, const char **out_password)
{
  const char *end = bytes + length, *first, *second;

  first = memchr (bytes, '\0', length);
  second = first != NULL ? memchr (first + 1, '\0', (gsize)(end - first - 1)) : NULL;
  if (second == NULL || memchr (second + 1, '\0', (gsize)(end - second - 1)) != NULL)
    return FALSE;
  *out_login = first + 1;
  *out_password = second + 1;
  return second > first + 1 && end > second + 1
         && second - first - 1 <= PD_MANAGESIEVE_MAX_LOGIN
         && end - second - 1 <= PD_MANAGESIEVE_MAX_LOGIN
         && g_utf8_validate (*out_login, -1, NULL) && g_utf8_validate (*out_password, -1, NULL);
}

static void
sign_in_failed (PdManageSieve *session, const GError *error)
{
  reply (session, "NO", pd_error_is (error, PD_ERROR_TEMPORARY) ? "TRYLATER" : NULL,
         error->message);
  if (++session->sign_ins == PD_MANAGESIEVE_MAX_SIGN_INS)
    pd_managesieve_shut (session, NULL, "too many tries to sign in");
}

static void
sign_in (PdManageSieve *session, const char *as, const char *login, const char *password)
{
  g_autoptr (GError) error = NULL;

  if (*as != '\0' && strcmp (as, login) != 0)
    pd_fail (&error, PD_ERROR_DENIED, "nobody may act in the name of somebody else");
  else if (session->settings->program->sign_in (session->data, login, password, &error))
    {
      session->login = g_strdup (login);
      session->state = SOMEBODY;
      session->sign_ins = 0;
      ok (session, "signed in");
      return;
    }
  sign_in_failed (session, error);
}

static void
on_sasl_response (PdManageSieve *session, const char *text)
{
  const char *login, *password;
  gsize length;
  guchar *bytes;

  session->in_sasl = FALSE;
  if (strcmp (text, "*") == 0)
    {
      reply (session, "NO", NULL, "given up, as asked"); /* 2.1 */
      return;
    }
  bytes = decode_base64 (text, &length);
  if (bytes != NULL)
    {
      bytes = g_realloc (bytes, length + 1);
      bytes[length] = '\0';
    }
  if (bytes != NULL && read_plain ((const char *)bytes, length, &login, &password))
    sign_in (session, (const char *)bytes, login, password);
  else
    complain (session, "this is no response of PLAIN");
  if (bytes != NULL)
    explicit_bzero (bytes, length);
  g_free (bytes);
}

static void
on_authenticate (PdManageSieve *session, GString **args)
{
  if (g_ascii_strcasecmp (args[0]->str, "PLAIN") != 0)
    reply (session, "NO", NULL, "PLAIN is the only mechanism here");
  else if (!session->is_private)
    reply (session, "NO", "ENCRYPT-NEEDED",
           session->settings->tls ? "begin TLS first" : "not over a connection that others can read");
  else if (args[1] != NULL)
    on_sasl_response (session, args[1]->str);
  else
    {
      session->in_sasl = TRUE;
      g_string_append (session->output, "\"\"\r\n");
    }
}

static void
on_unauthenticate (PdManageSieve *session, GString **args)
{
  session->settings->program->sign_out (session->data);
  forget_login (session);
  ok (session, "signed out");
}

static void
on_starttls (PdManageSieve *session, GString **args)
{
  if (!session->settings->tls)
    {
      reply (session, "NO", NULL, "there is no TLS here");
      return;
    }
  ok (session, "begin TLS");
  session->phase = PD_MANAGESIEVE_TLS;
}

static void
on_logout (PdManageSieve *session, GString **args)
{
  ok (session, "good bye");
  session->phase = PD_MANAGESIEVE_OVER;
}

static void
on_noop (PdManageSieve *session, GString **args)
{
  if (args[0] == NULL)
    {
      ok (session, "done");
      return;
    }
  g_string_append (session->output, "OK (TAG ");
  say_string (session, args[0]->str, args[0]->len);
  g_string_append (session->output, ") \"done\"\r\n");
}

/* ---- scripts ---- */

static gboolean
check_name (PdManageSieve *session, const GString *name)
{
  if (pd_managesieve_is_name (name->str, name->len))
    return TRUE;
  reply (session, "NO", NULL, "this is no name of a script");
  return FALSE;
}

static gboolean
check_size (PdManageSieve *session, guint64 size)
{
  g_autofree char *words = NULL;

  if (size <= session->settings->max_script)
    return TRUE;
  words = g_strdup_printf ("a script has at most %" G_GSIZE_FORMAT " octets",
                           session->settings->max_script);
  reply (session, "NO", "QUOTA/MAXSIZE", words);
  return FALSE;
}

static void
on_havespace (PdManageSieve *session, GString **args)
{
  PdManageSieveAnswer own = { 0 };
  g_autoptr (GError) error = NULL;
  guint64 size;
  gboolean done;

  /* of more than 32 bits (4): as large as can be */
  if (!g_ascii_string_to_unsigned (args[1]->str, 10, 0, G_MAXUINT64, &size, NULL))
    size = G_MAXUINT64;
  if (!check_name (session, args[0]) || !check_size (session, size))
    return;
  done = session->settings->program->have_space (session->data, args[0]->str, (gsize)size, &own,
                                                 &error);
  answer (session, done, &own, error, "there is space");
}

static void
on_putscript (PdManageSieve *session, GString **args)
{
  PdManageSieveAnswer own = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean done;

  if (!check_name (session, args[0]) || !check_size (session, args[1]->len))
    return;
  done = session->settings->program->put (session->data, args[0]->str, args[1]->str, args[1]->len,
                                          &own, &error);
  answer (session, done, &own, error, "saved");
}

static void
on_checkscript (PdManageSieve *session, GString **args)
{
  PdManageSieveAnswer own = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean done;

  if (!check_size (session, args[0]->len))
    return;
  done = session->settings->program->check (session->data, args[0]->str, args[0]->len, &own, &error);
  answer (session, done, &own, error, "the script is valid");
}

static void
on_listscripts (PdManageSieve *session, GString **args)
{
  PdManageSieveAnswer own = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = session->settings->program->list (session->data, &error);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const PdManageSieveName *name = names->pdata[i];

      say_string (session, name->name, strlen (name->name));
      g_string_append (session->output, name->active ? " ACTIVE\r\n" : "\r\n");
    }
  answer (session, names != NULL, &own, error, "that is all");
}

static void
on_setactive (PdManageSieve *session, GString **args)
{
  PdManageSieveAnswer own = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean done;

  if (args[0]->len > 0 && !check_name (session, args[0]))
    return;
  done = session->settings->program->set_active (session->data, args[0]->str, &own, &error);
  answer (session, done, &own, error, args[0]->len > 0 ? "done" : "no script is active");
}

static void
on_getscript (PdManageSieve *session, GString **args)
{
  PdManageSieveAnswer own = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *script = NULL;

  if (!check_name (session, args[0]))
    return;
  script = session->settings->program->get (session->data, args[0]->str, &error);
  if (script != NULL)
    {
      /* a literal also if it is short: clients of old know no other form of a script */
      g_string_append_printf (session->output, "{%" G_GSIZE_FORMAT "}\r\n%s\r\n", strlen (script),
                              script);
    }
  answer (session, script != NULL, &own, error, "that is all");
}

static void
on_deletescript (PdManageSieve *session, GString **args)
{
  PdManageSieveAnswer own = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean done;

  if (!check_name (session, args[0]))
    return;
  done = session->settings->program->remove (session->data, args[0]->str, &own, &error);
  answer (session, done, &own, error, "removed");
}

static void
on_renamescript (PdManageSieve *session, GString **args)
{
  PdManageSieveAnswer own = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean done;

  if (!check_name (session, args[0]) || !check_name (session, args[1]))
    return;
  done = session->settings->program->rename (session->data, args[0]->str, args[1]->str, &own,
                                             &error);
  answer (session, done, &own, error, "renamed");
}

/* ---- commands ---- */

static const struct {
  const char *verb;
  guint when;           /* states that it may come in */
  const char *arguments; /* s a string, n a number; after "?": may be left out */
  void (*run) (PdManageSieve *session, GString **args); /* NULL: left out */
} commands[] = {
  { "AUTHENTICATE", NOBODY, "s?s", on_authenticate },
  { "STARTTLS", NOBODY, "", on_starttls },
  { "LOGOUT", ANY, "", on_logout },
  { "CAPABILITY", ANY, "", on_capability },
  { "NOOP", ANY, "?s", on_noop },
  { "UNAUTHENTICATE", SOMEBODY, "", on_unauthenticate },
  { "HAVESPACE", SOMEBODY, "sn", on_havespace },
  { "PUTSCRIPT", SOMEBODY, "ss", on_putscript },
  { "CHECKSCRIPT", SOMEBODY, "s", on_checkscript },
  { "LISTSCRIPTS", SOMEBODY, "", on_listscripts },
  { "SETACTIVE", SOMEBODY, "s", on_setactive },
  { "GETSCRIPT", SOMEBODY, "s", on_getscript },
  { "DELETESCRIPT", SOMEBODY, "s", on_deletescript },
  { "RENAMESCRIPT", SOMEBODY, "ss", on_renamescript },
};

/* Whether the arguments are those that `form` wants; they go to `out`. */
static gboolean
match_arguments (const GPtrArray *arguments, const char *form, GString **out)
{
  guint given = arguments->len - 1, n = 0;
  gboolean optional = FALSE;

  for (; *form != '\0'; form++)
    {
      const Argument *argument = n < given ? arguments->pdata[n + 1] : NULL;

      if (*form == '?')
        optional = TRUE;
      else if (argument == NULL)
        return optional;
      else if (argument->kind != (*form == 'n' ? NUMBER : STRING))
        return FALSE;
      else
        out[n++] = argument->text;
    }
  return n == given;
}

/* Only the content of a script may be larger than can be kept. */
static gboolean
any_skipped (const GPtrArray *arguments)
{
  for (guint i = 0; i < arguments->len; i++)
    if (((const Argument *)arguments->pdata[i])->skipped)
      return TRUE;
  return FALSE;
}

static void
run_command (PdManageSieve *session)
{
  GString *args[PD_MANAGESIEVE_MAX_ARGUMENTS] = { NULL };
  const Argument *verb = session->arguments->pdata[0];
  guint i = 0;

  while (i < G_N_ELEMENTS (commands)
         && (verb->kind != ATOM || g_ascii_strcasecmp (verb->text->str, commands[i].verb) != 0))
    i++;
  if (i == G_N_ELEMENTS (commands))
    complain (session, "unknown command");
  else if ((commands[i].when & session->state) == 0)
    complain (session, session->state == NOBODY ? "sign in first" : "you are signed in already");
  else if (!match_arguments (session->arguments, commands[i].arguments, args))
    complain (session, "wrong arguments of this command");
  else if (any_skipped (session->arguments))
    check_size (session, G_MAXUINT64);
  else
    {
      session->errors = 0;
      commands[i].run (session, args);
    }
}

static void
run_sasl (PdManageSieve *session)
{
  const Argument *response = session->arguments->pdata[0];

  if (session->arguments->len == 1 && response->kind == STRING)
    on_sasl_response (session, response->text->str);
  else
    {
      session->in_sasl = FALSE;
      complain (session, "a string was expected that answers the challenge");
    }
}

/* The command has come whole. */
static void
finish_command (PdManageSieve *session)
{
  const char *complaint = session->complaint;

  if (complaint != NULL)
    {
      session->in_sasl = FALSE;
      complain (session, complaint);
    }
  else if (session->arguments->len == 0)
    complain (session, "an empty line is no command");
  else if (session->in_sasl)
    run_sasl (session);
  else
    run_command (session);
  session->complaint = NULL;
  g_ptr_array_set_size (session->arguments, 0);
}

/* ---- reading ---- */

static void
free_argument (gpointer data)
{
  Argument *argument = data;

  /* it may have been a password */
  explicit_bzero (argument->text->str, argument->text->len);
  g_string_free (argument->text, TRUE);
  g_free (argument);
}

static void
wrong (PdManageSieve *session, const char *complaint)
{
  if (session->complaint == NULL)
    session->complaint = complaint;
}

static Argument *
add_argument (PdManageSieve *session, Kind kind)
{
  Argument *argument = g_new0 (Argument, 1);

  /* the command's name is none of its arguments */
  if (session->arguments->len > PD_MANAGESIEVE_MAX_ARGUMENTS)
    wrong (session, "too many arguments");
  if (session->complaint != NULL)
    g_ptr_array_set_size (session->arguments, 0);
  argument->kind = kind;
  argument->text = g_string_new (NULL);
  g_ptr_array_add (session->arguments, argument);
  return argument;
}

/* A quoted string (1.2); returns where it ends, NULL: nowhere. */
static const char *
read_quoted (PdManageSieve *session, const char *at, const char *end)
{
  GString *text = add_argument (session, STRING)->text;

  for (at++; at < end && *at != '"'; at++)
    {
      if (*at == '\\' && (++at == end || (*at != '"' && *at != '\\')))
        return NULL;
      if (*at == '\r' || *at == '\0')
        return NULL;
      g_string_append_c (text, *at);
    }
  return at < end ? at + 1 : NULL;
}

static const char *
read_word (PdManageSieve *session, const char *at, const char *end)
{
  const char *start = at;
  gboolean number = TRUE;
  Argument *argument;

  for (; at < end && *at != ' '; at++)
    {
      if (!g_ascii_isalnum (*at))
        return NULL;
      number = number && g_ascii_isdigit (*at);
    }
  argument = add_argument (session, number ? NUMBER : ATOM);
  g_string_append_len (argument->text, start, at - start);
  return at;
}

/* A piece of a command that ends with the line or with a literal. */
static void
read_piece (PdManageSieve *session, const char *at, const char *end)
{
  /* behind a literal, what follows is set apart */
  if (session->arguments->len > 0 && at < end && *at != ' ')
    wrong (session, "a blank was expected behind a literal");
  while (session->complaint == NULL)
    {
      while (at < end && *at == ' ')
        at++;
      if (at == end)
        return;
      at = *at == '"' ? read_quoted (session, at, end) : read_word (session, at, end);
      if (at == NULL)
        wrong (session, "this is neither a word nor a string");
      else if (at < end && *at != ' ')
        wrong (session, "a blank was expected");
    }
}

/* Where "{17+}" begins at the end of a line; NULL if there is none. */
static const char *
find_literal (const char *start, const char *end, guint64 *out_length)
{
  g_autofree char *digits = NULL;
  const char *at = end - 2;

  if (end - start < 4 || end[-1] != '}' || end[-2] != '+')
    return NULL;
  while (at > start && g_ascii_isdigit (at[-1]))
    at--;
  if (at == end - 2 || at == start || at[-1] != '{' || (at - 1 > start && at[-2] != ' '))
    return NULL;
  digits = g_strndup (at, (gsize)(end - 2 - at));
  if (!g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT64, out_length, NULL))
    *out_length = G_MAXUINT64;
  return at - 1;
}

static void
begin_literal (PdManageSieve *session, guint64 length)
{
  gsize bound
      = session->state == NOBODY ? PD_MANAGESIEVE_MAX_EARLY : session->settings->max_script;

  if (length > bound && (session->state == NOBODY || length > PD_MANAGESIEVE_MAX_SKIP))
    {
      pd_managesieve_shut (session, "QUOTA/MAXSIZE", "this is more than can be taken");
      return;
    }
  add_argument (session, STRING)->skipped = length > bound;
  session->literal_left = length;
  session->in_literal = length > 0;
}

static void
finish_line (PdManageSieve *session)
{
  const char *start = session->line->str, *end = start + session->line->len, *literal;
  guint64 length = 0;

  if (end > start && end[-1] == '\r')
    end--;
  literal = find_literal (start, end, &length);
  read_piece (session, start, literal != NULL ? literal : end);
  if (literal != NULL)
    begin_literal (session, length);
  else
    finish_command (session);
  explicit_bzero (session->line->str, session->line->len);
  g_string_truncate (session->line, 0);
}

static gsize
take_line (PdManageSieve *session, const char *bytes, gsize length)
{
  const char *newline = memchr (bytes, '\n', length);
  gsize n = newline != NULL ? (gsize)(newline - bytes) : length;

  if (session->line->len + n > PD_MANAGESIEVE_MAX_LINE)
    {
      pd_managesieve_shut (session, NULL, "the line is too long");
      return length;
    }
  g_string_append_len (session->line, bytes, (gssize)n);
  if (newline == NULL)
    return n;
  finish_line (session);
  return n + 1;
}

static gsize
take_literal (PdManageSieve *session, const char *bytes, gsize length)
{
  Argument *argument = session->arguments->pdata[session->arguments->len - 1];
  gsize n = (gsize)MIN ((guint64)length, session->literal_left);

  if (!argument->skipped && session->complaint == NULL)
    g_string_append_len (argument->text, bytes, (gssize)n);
  session->literal_left -= n;
  session->in_literal = session->literal_left > 0;
  return n;
}

/* ---- the outside ---- */

void
pd_managesieve_name_free (PdManageSieveName *name)
{
  if (name == NULL)
    return;
  g_free (name->name);
  g_free (name);
}

PdManageSieve *
pd_managesieve_new (const PdManageSieveSettings *settings, gpointer data, gboolean is_private)
{
  PdManageSieve *session = g_new0 (PdManageSieve, 1);

  session->settings = settings;
  session->data = data;
  session->is_private = is_private;
  session->state = NOBODY;
  session->line = g_string_new (NULL);
  session->output = g_string_new (NULL);
  session->arguments = g_ptr_array_new_with_free_func (free_argument);
  say_capabilities (session);
  ok (session, "ready");
  return session;
}

void
pd_managesieve_free (PdManageSieve *session)
{
  if (session == NULL)
    return;
  if (session->state == SOMEBODY)
    session->settings->program->sign_out (session->data);
  explicit_bzero (session->line->str, session->line->len);
  g_string_free (session->line, TRUE);
  g_string_free (session->output, TRUE);
  g_ptr_array_unref (session->arguments);
  g_free (session->login);
  g_free (session);
}

gsize
pd_managesieve_feed (PdManageSieve *session, const char *bytes, gsize length)
{
  gsize taken = 0;

  while (taken < length && session->phase == PD_MANAGESIEVE_OPEN)
    taken += session->in_literal ? take_literal (session, bytes + taken, length - taken)
                                 : take_line (session, bytes + taken, length - taken);
  return taken;
}

PdManageSievePhase
pd_managesieve_phase (const PdManageSieve *session)
{
  return session->phase;
}

gboolean
pd_managesieve_is_signed_in (const PdManageSieve *session)
{
  return session->state == SOMEBODY;
}

void
pd_managesieve_secured (PdManageSieve *session)
{
  g_return_if_fail (session->phase == PD_MANAGESIEVE_TLS);
  session->phase = PD_MANAGESIEVE_OPEN;
  session->is_private = TRUE;
  say_capabilities (session);
  ok (session, "TLS stands");
}

GString *
pd_managesieve_output (PdManageSieve *session)
{
  return session->output;
}

void
pd_managesieve_shut (PdManageSieve *session, const char *code, const char *text)
{
  if (session->phase == PD_MANAGESIEVE_OVER)
    return;
  reply (session, "BYE", code, text);
  session->phase = PD_MANAGESIEVE_OVER;
}

gboolean
pd_managesieve_is_name (const char *name, gsize length)
{
  if (length == 0 || !g_utf8_validate (name, (gssize)length, NULL)
      || g_utf8_strlen (name, (gssize)length) > PD_MANAGESIEVE_MAX_NAME)
    return FALSE;
  for (const char *c = name; c < name + length; c = g_utf8_next_char (c))
    {
      gunichar letter = g_utf8_get_char (c);

      if (letter < 0x20 || (letter >= 0x7f && letter <= 0x9f) || letter == 0x2028
          || letter == 0x2029)
        return FALSE;
    }
  return TRUE;
}
