#include "tests/lib/mail-fixture.h"

#include <string.h>

#include "base/clock.h"
#include "mail/mail-fields.h"

static void
set_text (char **field, const char *text)
{
  if (text != NULL)
    pd_text_take (field, g_strdup (text));
}

static void
add_words (GPtrArray *list, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", " ", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_ptr_array_add (list, g_strdup (parts[i]));
}

static void
add_addresses (GPtrArray *list, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", " ", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      {
        PdAddress *address = pd_fields_new (&pd_address_fields);

        set_text (&address->address, parts[i]);
        g_ptr_array_add (list, address);
      }
}

static void
add_recipient (GPtrArray *list, const MailFixture *fixture)
{
  PdBounceRecipient *recipient;

  if (fixture->failed == NULL)
    return;
  recipient = pd_fields_new (&pd_bounce_recipient_fields);
  set_text (&recipient->address, fixture->failed);
  set_text (&recipient->action, fixture->soft ? "delayed" : "failed");
  set_text (&recipient->status, fixture->soft ? "4.2.2" : "5.1.1");
  set_text (&recipient->reason, fixture->soft ? "mailboxfull" : "userunknown");
  recipient->hard = !fixture->soft;
  set_text (&recipient->reply_code, "550");
  set_text (&recipient->diagnostic, "no such user");
  g_ptr_array_add (list, recipient);
}

static void
fill_lists (PdMail *mail, const MailFixture *fixture)
{
  add_addresses (mail->from, fixture->from);
  add_addresses (mail->sender, fixture->sender);
  add_addresses (mail->reply_to, fixture->reply_to);
  add_addresses (mail->to, fixture->to);
  add_addresses (mail->cc, fixture->cc);
  add_words (mail->in_reply_to, fixture->in_reply_to);
  add_words (mail->references, fixture->references);
  add_words (mail->x_loop, fixture->x_loop);
  add_words (mail->delivered_to, fixture->delivered_to);
  add_recipient (mail->bounce_recipients, fixture);
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
  PdMail *mail = pd_fields_new (&pd_mail_fields);
  g_autoptr (GBytes) raw = mail_fixture_raw (fixture);
  g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, raw);

  fill_lists (mail, fixture);
  set_text (&mail->subject, fixture->subject);
  mail->has_date = fixture->date != 0;
  mail->date = fixture->date * PD_SECOND;
  set_text (&mail->message_id, fixture->message_id);
  set_text (&mail->auto_submitted, fixture->auto_submitted);
  mail->received = fixture->received;
  mail->kind = fixture->kind;
  mail->auto_reply_allowed
      = !fixture->bulk
        && (fixture->kind == PD_MAIL_KIND_MAIL || fixture->kind == PD_MAIL_KIND_CALENDAR);
  set_text (&mail->text, fixture->broken_text ? "\xFF" : fixture->text);
  set_text (&mail->visible, mail->text);
  set_text (&mail->original_message_id, fixture->original_message_id);
  set_text (&mail->original_return_path, fixture->original_return_path);
  set_text (&mail->auth_results, fixture->auth_results);
  set_text (&mail->arc, fixture->arc);
  mail->size = g_bytes_get_size (raw);
  g_strlcpy (mail->content_sha256, sum, sizeof mail->content_sha256);
  return mail;
}

void
mail_fixture_free (MadeMail *mail)
{
  pd_mail_free (mail);
}
