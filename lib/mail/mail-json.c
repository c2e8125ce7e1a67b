#include "mail/mail-json.h"

#include <json-c/json.h>
#include <string.h>

static json_object *
text (const char *value)
{
  return json_object_new_string (value);
}

static void
add_text (json_object *object, const char *key, const char *value)
{
  json_object_object_add (object, key, text (value));
}

static json_object *
strings (const GPtrArray *list)
{
  json_object *array = json_object_new_array ();

  for (guint i = 0; i < list->len; i++)
    json_object_array_add (array, text (list->pdata[i]));
  return array;
}

static json_object *
address (const PdAddress *one)
{
  json_object *object;

  if (one == NULL)
    return NULL;
  object = json_object_new_object ();
  add_text (object, "name", one->name);
  add_text (object, "address", one->address);
  return object;
}

static json_object *
addresses (const GPtrArray *list)
{
  json_object *array = json_object_new_array ();

  for (guint i = 0; i < list->len; i++)
    json_object_array_add (array, address (list->pdata[i]));
  return array;
}

/* RFC 3339, in the sender's zone. */
static json_object *
date (const PdMail *mail)
{
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GTimeZone) zone = NULL;
  g_autoptr (GDateTime) local = NULL;
  g_autofree char *iso = NULL;

  if (!mail->has_date)
    return NULL;
  utc = g_date_time_new_from_unix_utc (mail->date / G_USEC_PER_SEC);
  zone = g_time_zone_new_offset (mail->date_offset * 60);
  local = utc == NULL ? NULL : g_date_time_to_timezone (utc, zone);
  iso = local == NULL ? NULL : g_date_time_format (local, "%Y-%m-%dT%H:%M:%S%:z");
  return iso == NULL ? NULL : text (iso);
}

static void
add_header (json_object *object, const PdMail *mail)
{
  add_text (object, "subject", mail->subject);
  json_object_object_add (object, "from", addresses (mail->from));
  json_object_object_add (object, "sender", addresses (mail->sender));
  json_object_object_add (object, "reply_to", addresses (mail->reply_to));
  json_object_object_add (object, "to", addresses (mail->to));
  json_object_object_add (object, "cc", addresses (mail->cc));
  json_object_object_add (object, "bcc", addresses (mail->bcc));
  json_object_object_add (object, "date", date (mail));
  add_text (object, "message_id", mail->message_id);
  json_object_object_add (object, "in_reply_to", strings (mail->in_reply_to));
  json_object_object_add (object, "references", strings (mail->references));
  add_text (object, "list_id", mail->list_id);
  add_text (object, "kind", pd_mail_kind_name (mail->kind));
  json_object_object_add (object, "auto_reply_allowed",
                          json_object_new_boolean (mail->auto_reply_allowed));
}

static void
add_texts (json_object *object, const PdMail *mail)
{
  json_object *folded = json_object_new_array ();

  add_text (object, "text", mail->text);
  add_text (object, "visible", mail->visible);
  add_text (object, "signature_text", mail->signature_text);
  for (guint i = 0; i < mail->folded->len; i++)
    {
      const PdFolded *piece = mail->folded->pdata[i];
      json_object *one = json_object_new_object ();

      add_text (one, "kind", piece->kind);
      add_text (one, "text", piece->text);
      json_object_array_add (folded, one);
    }
  json_object_object_add (object, "folded", folded);
  add_text (object, "html", mail->html);
}

/* A media type, or [type, child, …]; depth is bounded by PD_MAIL_MAX_DEPTH.
 * A multipart is a list even if it is empty; the files found inside of a leaf
 * are no parts.
 */
static json_object *
structure (const PdPart *part)
{
  json_object *array;

  if (!g_str_has_prefix (part->type, "multipart/")
      && (!g_str_has_prefix (part->type, "message/") || part->children->len == 0))
    return text (part->type);
  array = json_object_new_array ();
  json_object_array_add (array, text (part->type));
  for (guint i = 0; i < part->children->len; i++)
    json_object_array_add (array, structure (part->children->pdata[i]));
  return array;
}

static json_object *
leaf (const PdPart *part)
{
  json_object *object = json_object_new_object ();

  add_text (object, "path", part->path);
  add_text (object, "type", part->type);
  add_text (object, "charset", part->charset);
  add_text (object, "name", part->name);
  json_object_object_add (object, "size", json_object_new_uint64 (part->size));
  add_text (object, "sha256", part->sha256);
  return object;
}

static json_object *
attachment (const PdPart *part)
{
  json_object *object = json_object_new_object ();

  add_text (object, "name", part->name);
  add_text (object, "type", part->type);
  json_object_object_add (object, "size", json_object_new_uint64 (part->size));
  add_text (object, "content_id", part->content_id);
  json_object_object_add (object, "inline", json_object_new_boolean (part->is_inline));
  add_text (object, "sha256", part->sha256);
  return object;
}

static void
add_parts (json_object *object, const PdMail *mail)
{
  json_object *parts = json_object_new_array ();
  json_object *files = json_object_new_array ();

  for (guint i = 0; i < mail->parts->len; i++)
    json_object_array_add (parts, leaf (mail->parts->pdata[i]));
  for (guint i = 0; i < mail->attachments->len; i++)
    json_object_array_add (files, attachment (mail->attachments->pdata[i]));
  json_object_object_add (object, "structure", structure (mail->root));
  json_object_object_add (object, "parts", parts);
  json_object_object_add (object, "attachments", files);
}

static json_object *
recipient (const PdBounceRecipient *one)
{
  json_object *object = json_object_new_object ();

  add_text (object, "address", one->address);
  add_text (object, "action", one->action);
  add_text (object, "status", one->status);
  add_text (object, "reason", one->reason);
  json_object_object_add (object, "hard", json_object_new_boolean (one->hard));
  add_text (object, "reply_code", one->reply_code);
  add_text (object, "diagnostic", one->diagnostic);
  return object;
}

/* Of several recipients the first that failed for good, else the first. */
static const char *
whole_reason (const PdMail *mail)
{
  for (guint i = 0; i < mail->bounce_recipients->len; i++)
    {
      const PdBounceRecipient *one = mail->bounce_recipients->pdata[i];

      if (one->hard)
        return one->reason;
    }
  return mail->bounce_recipients->len == 0
             ? "undefined"
             : ((PdBounceRecipient *)mail->bounce_recipients->pdata[0])->reason;
}

static json_object *
bounce (const PdMail *mail)
{
  json_object *object, *recipients;

  if (mail->bounce_recipients->len == 0 && mail->kind != PD_MAIL_KIND_BOUNCE
      && mail->kind != PD_MAIL_KIND_DELAY && mail->kind != PD_MAIL_KIND_DELIVERED)
    return NULL;
  object = json_object_new_object ();
  recipients = json_object_new_array ();
  for (guint i = 0; i < mail->bounce_recipients->len; i++)
    json_object_array_add (recipients, recipient (mail->bounce_recipients->pdata[i]));
  json_object_object_add (object, "recipients", recipients);
  add_text (object, "reason", whole_reason (mail));
  add_text (object, "original_message_id", mail->original_message_id);
  add_text (object, "original_subject", mail->original_subject);
  add_text (object, "original_to", mail->original_to);
  add_text (object, "original_return_path", mail->original_return_path);
  return object;
}

static json_object *
complaint (const PdMail *mail)
{
  json_object *object;

  if (mail->kind != PD_MAIL_KIND_COMPLAINT)
    return NULL;
  object = json_object_new_object ();
  add_text (object, "type", mail->complaint_type);
  add_text (object, "original_message_id", mail->original_message_id);
  json_object_object_add (object, "recipients", strings (mail->complaint_recipients));
  add_text (object, "source", mail->complaint_source);
  return object;
}

static json_object *
receipt (const PdMail *mail)
{
  json_object *object;

  if (mail->kind != PD_MAIL_KIND_RECEIPT)
    return NULL;
  object = json_object_new_object ();
  add_text (object, "disposition", mail->disposition);
  add_text (object, "original_message_id", mail->original_message_id);
  return object;
}

static json_object *
signer (const PdSeal *seal)
{
  json_object *object;

  if (*seal->fingerprint == '\0')
    return NULL;
  object = json_object_new_object ();
  add_text (object, "address", seal->signer);
  add_text (object, "fingerprint", seal->fingerprint);
  return object;
}

static json_object *
seal_state (const PdSeal *seal)
{
  static const char *const names[] = { "unchecked", "good", "bad", "unknown" };

  return text ((guint)seal->state < G_N_ELEMENTS (names) ? names[seal->state] : names[0]);
}

static json_object *
seal (const PdSeal *one)
{
  json_object *object = json_object_new_object ();

  add_text (object, "kind", one->kind);
  add_text (object, "path", one->path);
  json_object_object_add (object, "encrypted", json_object_new_boolean (one->encrypted));
  add_text (object, "scope", one->whole ? "whole" : "part");
  json_object_object_add (object, "state", seal_state (one));
  json_object_object_add (object, "signer", signer (one));
  add_text (object, "reason", one->reason);
  return object;
}

/* What there is to say in one word of all signatures: pd_mail_signature's. */
static void
add_signature (json_object *object, const PdMail *mail)
{
  const PdSeal *one = pd_mail_signature (mail);
  gboolean told = one != NULL && (one->state == PD_SEAL_GOOD || one->state == PD_SEAL_BAD);
  json_object *seals = json_object_new_array ();

  for (guint i = 0; i < mail->seals->len; i++)
    json_object_array_add (seals, seal (mail->seals->pdata[i]));
  json_object_object_add (object, "signed", json_object_new_boolean (mail->is_signed));
  json_object_object_add (object, "encrypted", json_object_new_boolean (mail->is_encrypted));
  json_object_object_add (object, "valid",
                          told ? json_object_new_boolean (one->state == PD_SEAL_GOOD) : NULL);
  json_object_object_add (object, "signer", one != NULL ? signer (one) : NULL);
  json_object_object_add (object, "kind", one != NULL ? text (one->kind) : NULL);
  json_object_object_add (object, "scope",
                          one != NULL ? text (one->whole ? "whole" : "part") : NULL);
  add_text (object, "reason", one != NULL ? one->reason : "");
  json_object_object_add (object, "seals", seals);
}

static json_object *
attendees (const GPtrArray *list)
{
  json_object *array = json_object_new_array ();

  for (guint i = 0; i < list->len; i++)
    {
      const PdAttendee *attendee = list->pdata[i];
      json_object *one = json_object_new_object ();

      add_text (one, "name", attendee->name);
      add_text (one, "address", attendee->address);
      add_text (one, "status", attendee->status);
      json_object_array_add (array, one);
    }
  return array;
}

static void
add_event (json_object *object, const PdCalendarEvent *event)
{
  add_text (object, "type", event->type);
  add_text (object, "uid", event->uid);
  add_text (object, "summary", event->summary);
  add_text (object, "location", event->location);
  add_text (object, "start", event->start);
  add_text (object, "end", event->end);
  add_text (object, "zone", event->zone);
  json_object_object_add (object, "all_day", json_object_new_boolean (event->all_day));
  json_object_object_add (object, "recurs", json_object_new_boolean (event->recurs));
  add_text (object, "recurrence_id", event->recurrence_id);
  json_object_object_add (object, "sequence", json_object_new_int64 (event->sequence));
  add_text (object, "status", event->status);
  json_object_object_add (object, "organizer", address (event->organizer));
  json_object_object_add (object, "attendees", attendees (event->attendees));
}

/* The first event stands in the object itself, as iTIP is about one; its
 * exceptions follow in "others".
 */
static json_object *
calendar (const PdMail *mail)
{
  json_object *object, *others;

  if (mail->calendar == NULL)
    return NULL;
  object = json_object_new_object ();
  others = json_object_new_array ();
  add_text (object, "method", mail->calendar->method);
  for (guint i = 0; i < mail->calendar->events->len; i++)
    {
      json_object *one = i == 0 ? object : json_object_new_object ();

      add_event (one, mail->calendar->events->pdata[i]);
      if (i > 0)
        json_object_array_add (others, one);
    }
  json_object_object_add (object, "others", others);
  return object;
}

static json_object *
forwarded (const PdForwarded *one)
{
  json_object *object, *files;

  if (one == NULL)
    return NULL;
  object = json_object_new_object ();
  files = json_object_new_array ();
  json_object_object_add (object, "attached", json_object_new_boolean (one->attached));
  json_object_object_add (object, "found", json_object_new_int64 (one->found));
  add_text (object, "above", one->above);
  json_object_object_add (object, "from", address (one->from));
  json_object_object_add (object, "to", addresses (one->to));
  json_object_object_add (object, "cc", addresses (one->cc));
  add_text (object, "subject", one->subject);
  add_text (object, "date", one->date_text);
  add_text (object, "message_id", one->message_id);
  json_object_object_add (object, "references", strings (one->references));
  add_text (object, "text", one->text);
  add_text (object, "visible", one->visible);
  for (guint i = 0; i < one->attachments->len; i++)
    json_object_array_add (files, attachment (one->attachments->pdata[i]));
  json_object_object_add (object, "attachments", files);
  return object;
}

static void
add_proofs (json_object *object, const PdMail *mail)
{
  json_object *signature = json_object_new_object ();
  json_object *auth = json_object_new_object ();

  add_text (auth, "results", mail->auth_results);
  add_text (auth, "arc", mail->arc);
  json_object_object_add (object, "auth", auth);
  add_signature (signature, mail);
  json_object_object_add (object, "signature", signature);
}

char *
pd_mail_to_json (const PdMail *mail)
{
  json_object *object = json_object_new_object ();
  char *result;

  add_header (object, mail);
  add_texts (object, mail);
  add_parts (object, mail);
  json_object_object_add (object, "bounce", bounce (mail));
  json_object_object_add (object, "complaint", complaint (mail));
  json_object_object_add (object, "receipt", receipt (mail));
  json_object_object_add (object, "calendar", calendar (mail));
  json_object_object_add (object, "forwarded", forwarded (mail->forwarded));
  add_proofs (object, mail);
  json_object_object_add (object, "defects", strings (mail->defects));
  result = g_strdup (json_object_to_json_string_ext (object, JSON_C_TO_STRING_PRETTY
                                                                 | JSON_C_TO_STRING_NOSLASHESCAPE));
  json_object_put (object);
  return result;
}
