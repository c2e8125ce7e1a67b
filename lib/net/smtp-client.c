#include "net/smtp-client.h"

#include <string.h>

#include "base/error.h"
#include "net/dots.h"
#include "net/path.h"

/* What the server has been asked; replies come in this order. */
typedef enum {
  ASKED_GREETING,
  ASKED_EHLO,
  ASKED_HELO,
  ASKED_STARTTLS,
  ASKED_AUTH, /* the last step */
  ASKED_USER, /* AUTH LOGIN: two challenges first */
  ASKED_PASSWORD,
  ASKED_MAIL,
  ASKED_RCPT,
  ASKED_DATA,
  ASKED_CONTENT,
  ASKED_NOTHING, /* a DATA that should have been refused: its end */
  ASKED_RSET,
  ASKED_QUIT,
} Asked;

typedef enum {
  OFFERS_PIPELINING = 1 << 0,
  OFFERS_8BITMIME = 1 << 1,
  OFFERS_SMTPUTF8 = 1 << 2,
  OFFERS_SIZE = 1 << 3,
  OFFERS_DSN = 1 << 4,
  OFFERS_STARTTLS = 1 << 5,
  OFFERS_PLAIN = 1 << 6,
  OFFERS_LOGIN = 1 << 7,
} Offers;

typedef struct {
  Asked what;
  guint recipient; /* of RCPT, and of CONTENT in LMTP */
} Question;

struct PdSmtpClient {
  PdSmtpClientSettings settings;
  PdSmtpClientPhase phase;
  PdSmtpReader *reader;
  GString *output;
  GArray *questions; /* of Question, the next to be answered first */
  guint offers;
  guint64 max_size; /* the server's; 0 unknown */
  GError *error;
  PdSmtpJob *job;  /* NULL: none under way */
  guint accepted;  /* recipients */
  guint next;      /* recipient to ask for, without pipelining */
  gboolean failed; /* the transaction has to be reset */
};

static const Question no_question = { ASKED_NOTHING, 0 };

static void
ask (PdSmtpClient *client, Asked what, guint recipient, const char *command)
{
  Question question = { what, recipient };

  g_array_append_val (client->questions, question);
  if (command == NULL)
    return;
  g_string_append (client->output, command);
  g_string_append (client->output, "\r\n");
}

static gboolean
is_pipelined (const PdSmtpClient *client)
{
  return (client->offers & OFFERS_PIPELINING) != 0;
}

/* results */

static void
settle (PdSmtpRecipient *recipient, PdSmtpResult result, int code, const char *status,
        const char *answer)
{
  if (recipient->result != PD_SMTP_UNTRIED)
    return;
  recipient->result = result;
  recipient->code = code;
  g_strlcpy (recipient->status, status, sizeof recipient->status);
  recipient->answer = strlen (answer) <= PD_SMTP_MAX_ANSWER
                          ? g_strdup (answer)
                          : g_utf8_substring (answer, 0, PD_SMTP_MAX_ANSWER / 4);
}

static void
settle_by_reply (PdSmtpRecipient *recipient, const PdSmtpReply *reply)
{
  g_autofree char *text = pd_smtp_reply_dup_text (reply);

  settle (recipient,
          reply->code / 100 == 2   ? PD_SMTP_SENT
          : reply->code / 100 == 5 ? PD_SMTP_PERMANENT
                                   : PD_SMTP_TRANSIENT,
          reply->code, reply->status, text);
}

static void
settle_all (PdSmtpClient *client, PdSmtpResult result, const char *status, const char *answer)
{
  for (guint i = 0; client->job != NULL && i < client->job->n_recipients; i++)
    settle (&client->job->recipients[i], result, 0, status, answer);
}

static void
settle_all_by_reply (PdSmtpClient *client, const PdSmtpReply *reply)
{
  for (guint i = 0; i < client->job->n_recipients; i++)
    settle_by_reply (&client->job->recipients[i], reply);
}

void
pd_smtp_job_clear (PdSmtpJob *job)
{
  for (guint i = 0; i < job->n_recipients; i++)
    {
      job->recipients[i].result = PD_SMTP_UNTRIED;
      job->recipients[i].code = 0;
      *job->recipients[i].status = '\0';
      g_clear_pointer (&job->recipients[i].answer, g_free);
    }
}

/* The end of everything; what hangs in the air gets its result. */
static void
give_up (PdSmtpClient *client, PdErrorCode code, const char *why)
{
  gboolean sent = FALSE;

  for (guint i = 0; i < client->questions->len; i++)
    sent = sent || g_array_index (client->questions, Question, i).what == ASKED_CONTENT;
  /* what was not written has not been taken either */
  if (sent && client->output->len == 0)
    settle_all (client, PD_SMTP_LOST, "", why);
  else
    settle_all (client, PD_SMTP_TRANSIENT, "4.4.2", why);
  if (client->error == NULL && client->phase != PD_SMTP_CLIENT_OVER)
    g_set_error_literal (&client->error, PD_ERROR, (int)code, why);
  client->job = NULL;
  client->phase = PD_SMTP_CLIENT_OVER;
  g_array_set_size (client->questions, 0);
  g_string_truncate (client->output, 0);
}

static void
give_up_by_reply (PdSmtpClient *client, PdErrorCode code, const char *what,
                  const PdSmtpReply *reply)
{
  g_autofree char *text = pd_smtp_reply_dup_text (reply);
  g_autofree char *why = g_strdup_printf ("%s: %s", what, text);

  give_up (client, code, why);
}

/* saying hello */

static void
become_ready (PdSmtpClient *client)
{
  client->job = NULL;
  client->failed = FALSE;
  client->phase = PD_SMTP_CLIENT_READY;
}

static void
say_hello (PdSmtpClient *client, const char *verb, Asked what)
{
  g_autofree char *command = g_strdup_printf ("%s %s", verb, client->settings.hello);

  client->offers = 0;
  client->max_size = 0;
  ask (client, what, 0, command);
}

static void
start_hello (PdSmtpClient *client)
{
  say_hello (client, client->settings.lmtp ? "LHLO" : "EHLO", ASKED_EHLO);
}

static void
on_greeting (PdSmtpClient *client, const Question *question, const PdSmtpReply *reply)
{
  if (reply->code == 220)
    start_hello (client);
  else
    give_up_by_reply (client, PD_ERROR_TEMPORARY, "the server does not want us", reply);
}

static void
note_mechanisms (PdSmtpClient *client, const char *list)
{
  g_auto (GStrv) words = g_strsplit (list, " ", 64);

  for (char **word = words; *word != NULL; word++)
    if (g_ascii_strcasecmp (*word, "PLAIN") == 0)
      client->offers |= OFFERS_PLAIN;
    else if (g_ascii_strcasecmp (*word, "LOGIN") == 0)
      client->offers |= OFFERS_LOGIN;
}

static void
note_extension (PdSmtpClient *client, const char *line)
{
  static const struct {
    const char *name;
    Offers offer;
  } known[] = {
    { "PIPELINING", OFFERS_PIPELINING },
    { "8BITMIME", OFFERS_8BITMIME },
    { "SMTPUTF8", OFFERS_SMTPUTF8 },
    { "SIZE", OFFERS_SIZE },
    { "DSN", OFFERS_DSN },
    { "STARTTLS", OFFERS_STARTTLS },
  };
  gsize n = strcspn (line, " =");
  const char *args = line[n] != '\0' ? line + n + 1 : "";

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (strlen (known[i].name) == n && g_ascii_strncasecmp (known[i].name, line, n) == 0)
      client->offers |= known[i].offer;
  if (n == 4 && g_ascii_strncasecmp (line, "SIZE", 4) == 0)
    client->max_size = g_ascii_strtoull (args, NULL, 10);
  /* "AUTH=PLAIN" is what old servers say */
  if (n == 4 && g_ascii_strncasecmp (line, "AUTH", 4) == 0)
    note_mechanisms (client, args);
}

static char *
encode (const char *a, const char *b)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (b != NULL)
    {
      g_string_append_c (text, '\0');
      g_string_append (text, a);
      g_string_append_c (text, '\0');
      g_string_append (text, b);
    }
  else
    g_string_append (text, a);
  return g_base64_encode ((const guchar *)text->str, text->len);
}

static void
authenticate (PdSmtpClient *client)
{
  const PdSmtpClientSettings *settings = &client->settings;
  g_autofree char *token = NULL, *command = NULL;

  if (!settings->secured && !settings->private)
    give_up (client, PD_ERROR_DENIED, "the password is not sent without TLS");
  else if (client->offers & OFFERS_PLAIN)
    {
      token = encode (settings->user, settings->password != NULL ? settings->password : "");
      command = g_strconcat ("AUTH PLAIN ", token, NULL);
      ask (client, ASKED_AUTH, 0, command);
    }
  else if (client->offers & OFFERS_LOGIN)
    ask (client, ASKED_USER, 0, "AUTH LOGIN");
  else
    give_up (client, PD_ERROR_DENIED, "the server offers neither AUTH PLAIN nor LOGIN");
}

/* After hello: TLS, then the user, then mail. */
static void
go_on (PdSmtpClient *client)
{
  const PdSmtpClientSettings *settings = &client->settings;
  gboolean offered = (client->offers & OFFERS_STARTTLS) != 0;

  if (!settings->secured && settings->tls != PD_SMTP_TLS_NONE && offered)
    ask (client, ASKED_STARTTLS, 0, "STARTTLS");
  else if (!settings->secured && settings->tls == PD_SMTP_TLS_REQUIRED)
    give_up (client, PD_ERROR_TEMPORARY,
             "the server does not offer TLS, which the settings require");
  else if (settings->user != NULL)
    authenticate (client);
  else
    become_ready (client);
}

static void
on_ehlo (PdSmtpClient *client, const Question *question, const PdSmtpReply *reply)
{
  if (reply->code / 100 == 2)
    {
      for (guint i = 1; i < reply->lines->len; i++)
        note_extension (client, reply->lines->pdata[i]);
      go_on (client);
    }
  else if (reply->code / 100 == 5 && !client->settings.lmtp)
    say_hello (client, "HELO", ASKED_HELO);
  else
    give_up_by_reply (client, PD_ERROR_TEMPORARY, "hello", reply);
}

static void
on_helo (PdSmtpClient *client, const Question *question, const PdSmtpReply *reply)
{
  if (reply->code / 100 == 2)
    go_on (client);
  else
    give_up_by_reply (client, PD_ERROR_TEMPORARY, "hello", reply);
}

static void
on_starttls (PdSmtpClient *client, const Question *question, const PdSmtpReply *reply)
{
  if (reply->code == 220)
    client->phase = PD_SMTP_CLIENT_TLS;
  else if (client->settings.tls == PD_SMTP_TLS_REQUIRED)
    give_up_by_reply (client, PD_ERROR_TEMPORARY, "STARTTLS", reply);
  else
    {
      client->settings.tls = PD_SMTP_TLS_NONE;
      go_on (client);
    }
}

static void
on_user (PdSmtpClient *client, const Question *question, const PdSmtpReply *reply)
{
  g_autofree char *token = NULL;
  gboolean first = question->what == ASKED_USER;

  if (reply->code != 334)
    {
      give_up_by_reply (client, reply->code / 100 == 4 ? PD_ERROR_TEMPORARY : PD_ERROR_DENIED,
                        "AUTH", reply);
      return;
    }
  token = encode (first                               ? client->settings.user
                  : client->settings.password != NULL ? client->settings.password
                                                      : "",
                  NULL);
  ask (client, first ? ASKED_PASSWORD : ASKED_AUTH, 0, token);
}

static void
on_auth (PdSmtpClient *client, const Question *question, const PdSmtpReply *reply)
{
  if (reply->code / 100 == 2)
    become_ready (client);
  else
    give_up_by_reply (client, reply->code / 100 == 4 ? PD_ERROR_TEMPORARY : PD_ERROR_DENIED, "AUTH",
                      reply);
}

/* a mail */

/* RFC 3461 4 */
static void
append_xtext (GString *into, const char *text)
{
  for (; *text != '\0'; text++)
    if (*text < '!' || *text > '~' || *text == '+' || *text == '=')
      g_string_append_printf (into, "+%02X", (guchar)*text);
    else
      g_string_append_c (into, *text);
}

/* The address as this server can take it: a domain in UTF-8 has an ASCII form.
 * NULL if it cannot. */
static char *
address_for (const PdSmtpClient *client, const char *address, PdPathFlags flags)
{
  const char *at = strrchr (address, '@');
  g_autofree char *local = NULL, *domain = NULL, *ascii = NULL;

  if ((client->offers & OFFERS_SMTPUTF8) || !pd_path_is_utf8 (address))
    return pd_path_is_address (address, flags | PD_PATH_UTF8) ? g_strdup (address) : NULL;
  if (at == NULL)
    return NULL;
  local = g_strndup (address, (gsize)(at - address));
  domain = g_hostname_to_ascii (at + 1);
  if (domain == NULL)
    return NULL;
  ascii = g_strconcat (local, "@", domain, NULL);
  return pd_path_is_address (ascii, flags) ? g_steal_pointer (&ascii) : NULL;
}

static void
settle_unfit (const PdSmtpClient *client, PdSmtpRecipient *recipient, const char *address)
{
  if (pd_path_is_address (address, PD_PATH_UTF8 | PD_PATH_POSTMASTER | PD_PATH_NULL))
    settle (recipient, PD_SMTP_PERMANENT, 0, "5.6.7", "the server takes no addresses in UTF-8");
  else
    settle (recipient, PD_SMTP_PERMANENT, 0, "5.1.3", "not an address");
}

static void
ask_mail (PdSmtpClient *client, const char *sender, gboolean utf8)
{
  const PdSmtpJob *job = client->job;
  g_autoptr (GString) command = g_string_new (NULL);

  g_string_append_printf (command, "MAIL FROM:<%s>", sender);
  if (client->offers & OFFERS_SIZE)
    g_string_append_printf (command, " SIZE=%" G_GSIZE_FORMAT, g_bytes_get_size (job->mail));
  if (job->body_8bit && (client->offers & OFFERS_8BITMIME))
    g_string_append (command, " BODY=8BITMIME");
  if (utf8 && (client->offers & OFFERS_SMTPUTF8))
    g_string_append (command, " SMTPUTF8");
  if (job->ret != NULL && (client->offers & OFFERS_DSN))
    g_string_append_printf (command, " RET=%s", strcmp (job->ret, "FULL") == 0 ? "FULL" : "HDRS");
  if (job->envid != NULL && (client->offers & OFFERS_DSN))
    {
      g_string_append (command, " ENVID=");
      append_xtext (command, job->envid);
    }
  ask (client, ASKED_MAIL, 0, command->str);
}

/* Asks for a recipient; FALSE if it was settled without asking. */
static gboolean
ask_rcpt (PdSmtpClient *client, guint i)
{
  PdSmtpRecipient *recipient = &client->job->recipients[i];
  g_autofree char *address = NULL;
  g_autoptr (GString) command = NULL;

  if (recipient->result != PD_SMTP_UNTRIED)
    return FALSE;
  address = address_for (client, recipient->address, PD_PATH_POSTMASTER);
  if (address == NULL)
    {
      settle_unfit (client, recipient, recipient->address);
      return FALSE;
    }
  command = g_string_new (NULL);
  g_string_append_printf (command, "RCPT TO:<%s>", address);
  if (recipient->notify != NULL && (client->offers & OFFERS_DSN)
      && strspn (recipient->notify, "ABCDEFGHIJKLMNOPQRSTUVWXYZ,") == strlen (recipient->notify))
    g_string_append_printf (command, " NOTIFY=%s", recipient->notify);
  if (recipient->orcpt != NULL && (client->offers & OFFERS_DSN)
      && !pd_path_is_utf8 (recipient->orcpt))
    {
      g_string_append (command, " ORCPT=rfc822;");
      append_xtext (command, recipient->orcpt);
    }
  ask (client, ASKED_RCPT, i, command->str);
  return TRUE;
}

/* Asks for the next recipient that can be asked for; FALSE if there is none. */
static gboolean
ask_next_rcpt (PdSmtpClient *client)
{
  while (client->next < client->job->n_recipients)
    if (ask_rcpt (client, client->next++))
      return TRUE;
  return FALSE;
}

/* The mail has its results; a transaction that did not end is taken back. */
static void
finish_job (PdSmtpClient *client)
{
  if (client->failed)
    ask (client, ASKED_RSET, 0, "RSET");
  else
    become_ready (client);
}

/* Without pipelining: what comes after the reply that has just come. */
static void
ask_next (PdSmtpClient *client)
{
  if (client->questions->len > 0)
    return;
  if (client->failed || is_pipelined (client))
    finish_job (client);
  else if (ask_next_rcpt (client))
    return;
  else if (client->accepted > 0)
    ask (client, ASKED_DATA, 0, "DATA");
  else
    {
      client->failed = TRUE;
      finish_job (client);
    }
}

static void
on_mail (PdSmtpClient *client, const Question *question, const PdSmtpReply *reply)
{
  if (reply->code / 100 != 2)
    {
      client->failed = TRUE;
      settle_all_by_reply (client, reply);
    }
  ask_next (client);
}

static void
on_rcpt (PdSmtpClient *client, const Question *question, const PdSmtpReply *reply)
{
  PdSmtpRecipient *recipient = &client->job->recipients[question->recipient];

  if (reply->code / 100 == 2 && recipient->result == PD_SMTP_UNTRIED)
    client->accepted++;
  else if (reply->code / 100 != 2)
    settle_by_reply (recipient, reply);
  ask_next (client);
}

/* Sends the content; each recipient that hopes gets its reply in LMTP. */
static void
send_content (PdSmtpClient *client)
{
  gsize length;
  const char *mail = g_bytes_get_data (client->job->mail, &length);

  pd_dots_write (client->output, mail, length);
  if (!client->settings.lmtp)
    ask (client, ASKED_CONTENT, 0, NULL);
  for (guint i = 0; client->settings.lmtp && i < client->job->n_recipients; i++)
    if (client->job->recipients[i].result == PD_SMTP_UNTRIED)
      ask (client, ASKED_CONTENT, i, NULL);
}

static void
on_data (PdSmtpClient *client, const Question *question, const PdSmtpReply *reply)
{
  if (reply->code == 354 && client->accepted > 0)
    {
      send_content (client);
      return;
    }
  client->failed = TRUE;
  if (reply->code == 354)
    {
      /* it should have refused; an empty mail for nobody ends it */
      ask (client, ASKED_NOTHING, 0, ".");
      return;
    }
  /* a 2yz here would be nonsense, and no acceptance */
  if (reply->code / 100 == 2)
    settle_all (client, PD_SMTP_TRANSIENT, "", "the server has answered DATA wrongly");
  else
    settle_all_by_reply (client, reply);
  ask_next (client);
}

static void
on_content (PdSmtpClient *client, const Question *question, const PdSmtpReply *reply)
{
  if (client->settings.lmtp)
    settle_by_reply (&client->job->recipients[question->recipient], reply);
  else
    settle_all_by_reply (client, reply);
  if (client->questions->len == 0)
    finish_job (client);
}

static void
on_nothing (PdSmtpClient *client, const Question *question, const PdSmtpReply *reply)
{
  ask_next (client);
}

static void
on_rset (PdSmtpClient *client, const Question *question, const PdSmtpReply *reply)
{
  if (reply->code / 100 == 2)
    become_ready (client);
  else
    give_up_by_reply (client, PD_ERROR_TEMPORARY, "RSET", reply);
}

static void
on_quit (PdSmtpClient *client, const Question *question, const PdSmtpReply *reply)
{
  client->phase = PD_SMTP_CLIENT_OVER;
}

static void (*const handlers[]) (PdSmtpClient *client, const Question *question,
                                 const PdSmtpReply *reply)
    = {
        [ASKED_GREETING] = on_greeting, [ASKED_EHLO] = on_ehlo,       [ASKED_HELO] = on_helo,
        [ASKED_STARTTLS] = on_starttls, [ASKED_AUTH] = on_auth,       [ASKED_USER] = on_user,
        [ASKED_PASSWORD] = on_user,     [ASKED_MAIL] = on_mail,       [ASKED_RCPT] = on_rcpt,
        [ASKED_DATA] = on_data,         [ASKED_CONTENT] = on_content, [ASKED_NOTHING] = on_nothing,
        [ASKED_RSET] = on_rset,         [ASKED_QUIT] = on_quit,
      };

static void
take_reply (PdSmtpClient *client, const PdSmtpReply *reply)
{
  Question question = no_question;

  if (client->questions->len == 0)
    {
      give_up_by_reply (client, PD_ERROR_TEMPORARY, "the server speaks unasked", reply);
      return;
    }
  question = g_array_index (client->questions, Question, 0);
  /* RFC 5321 3.8: whatever was asked, the server closes the connection now */
  if (reply->code == 421 && question.what != ASKED_QUIT)
    {
      if (client->job != NULL)
        settle_all_by_reply (client, reply);
      give_up_by_reply (client, PD_ERROR_TEMPORARY, "the server has had enough", reply);
      return;
    }
  g_array_remove_index (client->questions, 0);
  handlers[question.what](client, &question, reply);
}

/* the outside */

PdSmtpClient *
pd_smtp_client_new (const PdSmtpClientSettings *settings)
{
  PdSmtpClient *client = g_new0 (PdSmtpClient, 1);

  client->settings = *settings;
  client->reader = pd_smtp_reader_new ();
  client->output = g_string_new (NULL);
  client->questions = g_array_new (FALSE, FALSE, sizeof (Question));
  ask (client, ASKED_GREETING, 0, NULL);
  return client;
}

void
pd_smtp_client_free (PdSmtpClient *client)
{
  pd_smtp_reader_free (client->reader);
  g_string_free (client->output, TRUE);
  g_array_unref (client->questions);
  g_clear_error (&client->error);
  g_free (client);
}

PdSmtpClientPhase
pd_smtp_client_phase (const PdSmtpClient *client)
{
  return client->phase;
}

GString *
pd_smtp_client_output (PdSmtpClient *client)
{
  return client->output;
}

void
pd_smtp_client_feed (PdSmtpClient *client, const char *bytes, gsize length)
{
  while (length > 0 && client->phase != PD_SMTP_CLIENT_OVER)
    {
      gsize taken;
      g_autoptr (PdSmtpReply) reply = NULL;
      g_autoptr (GError) error = NULL;

      if (client->phase == PD_SMTP_CLIENT_TLS)
        {
          give_up (client, PD_ERROR_TEMPORARY, "something was said in clear after STARTTLS");
          return;
        }
      if (!pd_smtp_reader_feed (client->reader, bytes, length, &taken, &reply, &error))
        {
          give_up (client, PD_ERROR_TEMPORARY, error->message);
          return;
        }
      bytes += taken;
      length -= taken;
      if (reply != NULL)
        take_reply (client, reply);
    }
}

gboolean
pd_smtp_client_is_deciding (const PdSmtpClient *client)
{
  return client->questions->len > 0
         && g_array_index (client->questions, Question, 0).what == ASKED_CONTENT;
}

void
pd_smtp_client_secured (PdSmtpClient *client)
{
  g_return_if_fail (client->phase == PD_SMTP_CLIENT_TLS);
  client->settings.secured = TRUE;
  client->phase = PD_SMTP_CLIENT_BUSY;
  start_hello (client);
}

/* Settles a job that this server cannot take at all. */
static gboolean
is_fit (PdSmtpClient *client, const char *sender)
{
  const PdSmtpJob *job = client->job;

  if (sender == NULL)
    for (guint i = 0; i < job->n_recipients; i++)
      settle_unfit (client, &job->recipients[i], job->sender);
  else if (job->smtputf8 && !(client->offers & OFFERS_SMTPUTF8))
    settle_all (client, PD_SMTP_PERMANENT, "5.6.7", "the server takes no header fields in UTF-8");
  else if (client->max_size > 0 && g_bytes_get_size (job->mail) > client->max_size)
    settle_all (client, PD_SMTP_PERMANENT, "5.3.4", "the mail is larger than the server takes");
  else
    return TRUE;
  return FALSE;
}

static gboolean
needs_utf8 (const PdSmtpJob *job)
{
  gboolean utf8 = job->smtputf8 || pd_path_is_utf8 (job->sender);

  for (guint i = 0; i < job->n_recipients; i++)
    utf8 = utf8 || pd_path_is_utf8 (job->recipients[i].address);
  return utf8;
}

void
pd_smtp_client_begin (PdSmtpClient *client, PdSmtpJob *job)
{
  g_autofree char *sender = NULL;
  gboolean asked = FALSE;

  g_return_if_fail (client->phase == PD_SMTP_CLIENT_READY);
  g_return_if_fail (job->n_recipients > 0 && job->n_recipients <= PD_SMTP_MAX_RECIPIENTS);
  client->job = job;
  client->accepted = 0;
  client->next = 0;
  client->failed = FALSE;
  sender = address_for (client, job->sender, PD_PATH_NULL);
  if (!is_fit (client, sender))
    {
      become_ready (client);
      return;
    }
  client->phase = PD_SMTP_CLIENT_BUSY;
  ask_mail (client, sender, needs_utf8 (job));
  if (!is_pipelined (client))
    return;
  while (ask_next_rcpt (client))
    asked = TRUE;
  if (asked)
    ask (client, ASKED_DATA, 0, "DATA");
  client->failed = !asked;
}

void
pd_smtp_client_quit (PdSmtpClient *client)
{
  g_return_if_fail (client->phase == PD_SMTP_CLIENT_READY);
  client->phase = PD_SMTP_CLIENT_BUSY;
  ask (client, ASKED_QUIT, 0, "QUIT");
}

void
pd_smtp_client_lost (PdSmtpClient *client, const char *why)
{
  if (client->phase != PD_SMTP_CLIENT_OVER)
    give_up (client, PD_ERROR_TEMPORARY, why);
}

const GError *
pd_smtp_client_get_error (const PdSmtpClient *client)
{
  return client->error;
}
