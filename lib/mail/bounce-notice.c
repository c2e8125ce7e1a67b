/* bounce-notice.c - what Amazon SES tells by mail through SNS: the body is JSON,
 * as the pages on "Amazon SNS notification contents for Amazon SES" describe
 * it, alone or as the text "Message" in SNS's own object.
 */
#include <json-c/json.h>
#include <string.h>

#include "mail/bounce.h"
#include "mail/charset.h"
#include "mail/mail-fields.h"

#define MAX_DEPTH 20

/* The object between the first and the last brace.  A mail server that cuts
 * long lines leaves "!", a line end and a space in them (sendmail).
 */
static json_object *
parse_object (const char *text)
{
  const char *begin = strchr (text, '{');
  const char *end = begin == NULL ? NULL : strrchr (begin, '}');
  struct json_tokener *tokener;
  GString *whole;
  json_object *object;

  if (end == NULL || end - begin > PD_BOUNCE_MAX_TEXT)
    return NULL;
  whole = g_string_new_len (begin, end + 1 - begin);
  g_string_replace (whole, "!\n ", "", 0);
  tokener = json_tokener_new_ex (MAX_DEPTH);
  object = json_tokener_parse_ex (tokener, whole->str, (int)whole->len);
  json_tokener_free (tokener);
  g_string_free (whole, TRUE);
  if (object != NULL && !json_object_is_type (object, json_type_object))
    g_clear_pointer (&object, json_object_put);
  return object;
}

static json_object *
peek (json_object *object, const char *name, json_type type)
{
  json_object *value = NULL;

  if (object == NULL || !json_object_is_type (object, json_type_object)
      || !json_object_object_get_ex (object, name, &value) || !json_object_is_type (value, type))
    return NULL;
  return value;
}

/* A text, valid UTF-8; "" if there is none. */
static char *
dup_text (json_object *object, const char *name)
{
  json_object *value = peek (object, name, json_type_string);

  return pd_charset_clean (value == NULL ? "" : json_object_get_string (value));
}

static void
add_recipient (PdMail *mail, json_object *one, const char *action)
{
  g_autofree char *address = dup_text (one, "emailAddress");
  g_autofree char *own_action = dup_text (one, "action");
  g_autofree char *status = dup_text (one, "status");
  g_autofree char *diagnostic = dup_text (one, "diagnosticCode");
  const char *words = g_str_has_prefix (diagnostic, "smtp; ") ? diagnostic + 6 : diagnostic;
  PdBounceFinding finding = { .address = address,
                              .action = *own_action != '\0' ? own_action : action,
                              .status = status,
                              .diagnostic = words };

  if (*address != '\0')
    pd_bounce_add (mail, &finding);
}

static void
add_bounced (PdMail *mail, json_object *bounce, const char *list, const char *action)
{
  json_object *recipients = peek (bounce, list, json_type_array);
  gsize n = recipients == NULL ? 0 : json_object_array_length (recipients);

  for (gsize i = 0; i < n && i < PD_BOUNCE_MAX_RECIPIENTS; i++)
    add_recipient (mail, json_object_array_get_idx (recipients, i), action);
}

static void
add_delivered (PdMail *mail, json_object *delivery)
{
  g_autofree char *answer = dup_text (delivery, "smtpResponse");
  json_object *recipients = peek (delivery, "recipients", json_type_array);
  gsize n = recipients == NULL ? 0 : json_object_array_length (recipients);

  for (gsize i = 0; i < n && i < PD_BOUNCE_MAX_RECIPIENTS; i++)
    {
      g_autofree char *address
          = pd_charset_clean (json_object_get_string (json_object_array_get_idx (recipients, i)));
      PdBounceFinding finding = { .address = address, .action = "delivered", .diagnostic = answer };

      pd_bounce_add (mail, &finding);
    }
}

/* The mail that was sent, by its own Message-ID, else by Amazon's. */
static void
read_mail (PdMail *mail, json_object *sent)
{
  json_object *common = peek (sent, "commonHeaders", json_type_object);
  g_autofree char *own = dup_text (common, "messageId");
  g_autofree char *theirs = dup_text (sent, "messageId");
  char *id = *own != '\0' ? own : theirs;

  g_strstrip (id);
  if (*id == '<')
    {
      id++;
      id[strcspn (id, ">")] = '\0';
    }
  pd_text_take (&mail->original_message_id, g_strdup (id));
  pd_text_take (&mail->original_subject, dup_text (common, "subject"));
  pd_text_take (&mail->original_return_path, dup_text (sent, "source"));
}

static gboolean
read_event (PdMail *mail, json_object *event)
{
  g_autofree char *notified = dup_text (event, "notificationType");
  g_autofree char *published = dup_text (event, "eventType");
  const char *type = *notified != '\0' ? notified : published;
  json_object *complaint = peek (event, "complaint", json_type_object);

  if (strcmp (type, "Bounce") == 0)
    add_bounced (mail, peek (event, "bounce", json_type_object), "bouncedRecipients", "failed");
  else if (strcmp (type, "DeliveryDelay") == 0)
    add_bounced (mail, peek (event, "deliveryDelay", json_type_object), "delayedRecipients",
                 "delayed");
  else if (strcmp (type, "Delivery") == 0)
    add_delivered (mail, peek (event, "delivery", json_type_object));
  else if (strcmp (type, "Complaint") == 0 && complaint != NULL)
    {
      g_autofree char *kind = dup_text (complaint, "complaintFeedbackType");

      pd_text_take (&mail->complaint_type, g_ascii_strdown (*kind != '\0' ? kind : "abuse", 100));
    }
  else
    return FALSE;
  read_mail (mail, peek (event, "mail", json_type_object));
  return TRUE;
}

gboolean
pd_bounce_read_notice (PdMail *mail, const char *text)
{
  json_object *object = parse_object (text);
  g_autofree char *inner = dup_text (object, "Message");
  gboolean found;

  if (*inner != '\0')
    {
      json_object *message = parse_object (inner);

      if (message != NULL)
        {
          json_object_put (object);
          object = message;
        }
    }
  found = object != NULL && read_event (mail, object);
  if (object != NULL)
    json_object_put (object);
  return found;
}
