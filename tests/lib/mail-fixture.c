#include "tests/lib/mail-fixture.h"

#include <string.h>

#include "base/clock.h"

static char *
dup_text (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

static void
address_free (gpointer data)
{
  PdAddress *address = data;

  g_free (address->name);
  g_free (address->address);
  g_free (address);
}

static void
recipient_free (gpointer data)
{
  PdBounceRecipient *recipient = data;

  g_free (recipient->address);
  g_free (recipient->action);
  g_free (recipient->status);
  g_free (recipient->reason);
  g_free (recipient->reply_code);
  g_free (recipient->diagnostic);
  g_free (recipient);
}

static GPtrArray *
words (const char *text)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", " ", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_ptr_array_add (list, g_strdup (parts[i]));
  return list;
}

static GPtrArray *
addresses (const char *text)
{
  g_autoptr (GPtrArray) list = words (text);
  GPtrArray *result = g_ptr_array_new_with_free_func (address_free);

  for (guint i = 0; i < list->len; i++)
    {
      PdAddress *address = g_new0 (PdAddress, 1);

      address->name = g_strdup ("");
      address->address = g_strdup (g_ptr_array_index (list, i));
      g_ptr_array_add (result, address);
    }
  return result;
}

static GPtrArray *
recipients (const MailFixture *fixture)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (recipient_free);
  PdBounceRecipient *recipient;

  if (fixture->failed == NULL)
    return list;
  recipient = g_new0 (PdBounceRecipient, 1);
  recipient->address = g_strdup (fixture->failed);
  recipient->action = g_strdup (fixture->soft ? "delayed" : "failed");
  recipient->status = g_strdup (fixture->soft ? "4.2.2" : "5.1.1");
  recipient->reason = g_strdup (fixture->soft ? "mailboxfull" : "userunknown");
  recipient->hard = !fixture->soft;
  recipient->reply_code = g_strdup ("550");
  recipient->diagnostic = g_strdup ("no such user");
  g_ptr_array_add (list, recipient);
  return list;
}

static void
fill_lists (PdMail *mail, const MailFixture *fixture)
{
  mail->from = addresses (fixture->from);
  mail->sender = addresses (fixture->sender);
  mail->reply_to = addresses (fixture->reply_to);
  mail->to = addresses (fixture->to);
  mail->cc = addresses (fixture->cc);
  mail->bcc = addresses (NULL);
  mail->in_reply_to = words (fixture->in_reply_to);
  mail->references = words (fixture->references);
  mail->folded = words (NULL);
  mail->parts = words (NULL);
  mail->attachments = words (NULL);
  mail->defects = words (NULL);
  mail->bounce_recipients = recipients (fixture);
}

GBytes *
mail_fixture_raw (const MailFixture *fixture)
{
  g_autofree char *text = g_strjoin ("\n", fixture->from != NULL ? fixture->from : "",
                                     fixture->to != NULL ? fixture->to : "",
                                     fixture->subject != NULL ? fixture->subject : "",
                                     fixture->message_id != NULL ? fixture->message_id : "",
                                     fixture->text != NULL ? fixture->text : "", NULL);

  return g_bytes_new (text, strlen (text));
}

MadeMail *
mail_fixture_make (const MailFixture *fixture)
{
  PdMail *mail = g_new0 (PdMail, 1);
  g_autoptr (GBytes) raw = mail_fixture_raw (fixture);
  g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, raw);

  fill_lists (mail, fixture);
  mail->subject = dup_text (fixture->subject);
  mail->has_date = fixture->date != 0;
  mail->date = fixture->date * PD_SECOND;
  mail->message_id = dup_text (fixture->message_id);
  mail->list_id = dup_text (NULL);
  mail->auto_submitted = dup_text (fixture->auto_submitted);
  mail->received = fixture->received;
  mail->kind = fixture->kind;
  mail->auto_reply_allowed
      = !fixture->bulk
        && (fixture->kind == PD_MAIL_KIND_MAIL || fixture->kind == PD_MAIL_KIND_CALENDAR);
  mail->text = fixture->broken_text ? g_strdup ("\xFF") : dup_text (fixture->text);
  mail->visible = g_strdup (mail->text);
  mail->signature_text = dup_text (NULL);
  mail->html = dup_text (NULL);
  mail->original_message_id = dup_text (fixture->original_message_id);
  mail->complaint_type = dup_text (NULL);
  mail->auth_results = dup_text (fixture->auth_results);
  mail->size = g_bytes_get_size (raw);
  g_strlcpy (mail->content_sha256, sum, sizeof mail->content_sha256);
  return mail;
}

void
mail_fixture_free (MadeMail *mail)
{
  GPtrArray *lists[] = {
    mail->from,        mail->sender,      mail->reply_to,          mail->to,     mail->cc,
    mail->bcc,         mail->in_reply_to, mail->references,        mail->folded, mail->parts,
    mail->attachments, mail->defects,     mail->bounce_recipients,
  };
  char *texts[] = {
    mail->subject,        mail->message_id,   mail->list_id,
    mail->auto_submitted, mail->text,         mail->visible,
    mail->signature_text, mail->html,         mail->original_message_id,
    mail->complaint_type, mail->auth_results, mail->return_path,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    g_ptr_array_unref (lists[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_free (mail);
}
