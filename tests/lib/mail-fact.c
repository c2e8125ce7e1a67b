#include "tests/lib/mail-fact.h"

#include <string.h>

#include "mail/mail-json.h"

static void
append_addresses (GString *out, const GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++)
    {
      const PdAddress *one = list->pdata[i];

      g_string_append_printf (out, "%s%s<%s>", i > 0 ? " " : "", one->name, one->address);
    }
}

static void
append_strings (GString *out, const GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? " " : "", (const char *)list->pdata[i]);
}

static void
append_structure (GString *out, const PdPart *part)
{
  g_string_append (out, part->type);
  /* the files inside of a leaf are no parts */
  if (part->children->len == 0
      || !(g_str_has_prefix (part->type, "multipart/")
           || g_str_has_prefix (part->type, "message/")))
    return;
  g_string_append_c (out, '(');
  for (guint i = 0; i < part->children->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ' ');
      append_structure (out, part->children->pdata[i]);
    }
  g_string_append_c (out, ')');
}

static void
append_attachments (GString *out, const PdMail *mail)
{
  for (guint i = 0; i < mail->attachments->len; i++)
    {
      const PdPart *part = mail->attachments->pdata[i];

      g_string_append_printf (out, "%s%s=%s:%s:%" G_GSIZE_FORMAT "%s", i > 0 ? " " : "", part->path,
                              part->name, part->type, part->size, part->is_inline ? ":inline" : "");
    }
}

static void
append_bounce (GString *out, const PdMail *mail)
{
  for (guint i = 0; i < mail->bounce_recipients->len; i++)
    {
      const PdBounceRecipient *one = mail->bounce_recipients->pdata[i];

      g_string_append_printf (out, "%s %s %s %s %s %s", one->address, one->action, one->status,
                              one->reply_code, one->reason, one->hard ? "hard" : "soft");
    }
}

char *
test_mail_dup_fact (const PdMail *mail, const char *name)
{
  const struct {
    const char *name;
    const char *text;
    const GPtrArray *addresses, *strings;
  } simple[] = {
    { "subject", mail->subject, NULL, NULL },
    { "message_id", mail->message_id, NULL, NULL },
    { "list_id", mail->list_id, NULL, NULL },
    { "return_path", mail->return_path == NULL ? "NULL" : mail->return_path, NULL, NULL },
    { "auto_submitted", mail->auto_submitted, NULL, NULL },
    { "text", mail->text, NULL, NULL },
    { "visible", mail->visible, NULL, NULL },
    { "html", mail->html, NULL, NULL },
    { "kind", pd_mail_kind_name (mail->kind), NULL, NULL },
    { "answer", mail->auto_reply_allowed ? "yes" : "no", NULL, NULL },
    { "original", mail->original_message_id, NULL, NULL },
    { "complaint", mail->complaint_type, NULL, NULL },
    { "signed", mail->is_signed ? "yes" : "no", NULL, NULL },
    { "from", NULL, mail->from, NULL },
    { "to", NULL, mail->to, NULL },
    { "cc", NULL, mail->cc, NULL },
    { "in_reply_to", NULL, NULL, mail->in_reply_to },
    { "references", NULL, NULL, mail->references },
    { "defects", NULL, NULL, mail->defects },
  };
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (simple); i++)
    if (strcmp (simple[i].name, name) == 0)
      {
        if (simple[i].text != NULL)
          g_string_append (out, simple[i].text);
        else if (simple[i].addresses != NULL)
          append_addresses (out, simple[i].addresses);
        else
          append_strings (out, simple[i].strings);
        return g_string_free (out, FALSE);
      }
  if (strcmp (name, "structure") == 0)
    append_structure (out, mail->root);
  else if (strcmp (name, "attachments") == 0)
    append_attachments (out, mail);
  else if (strcmp (name, "bounce") == 0)
    append_bounce (out, mail);
  else if (strcmp (name, "date") == 0)
    g_string_append_printf (out, "%" G_GINT64_FORMAT " %d", mail->date / G_USEC_PER_SEC,
                            mail->date_offset);
  else
    g_error ("no fact \"%s\"", name);
  return g_string_free (out, FALSE);
}

static void
assert_digest (GBytes *raw, const PdPart *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = pd_mail_decode_part (raw, part->offset, part->length, part->encoding, &error);
  g_autofree char *sha256 = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, part->size);
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_assert_cmpstr (sha256, ==, part->sha256);
}

static void
assert_digests (GBytes *raw, const PdPart *part)
{
  if (part->offset >= 0)
    assert_digest (raw, part);
  for (guint i = 0; i < part->children->len; i++)
    assert_digests (raw, part->children->pdata[i]);
}

void
test_mail_assert_promises (GBytes *raw, const PdMail *mail)
{
  g_autofree char *json = pd_mail_to_json (mail);

  g_assert_true (g_utf8_validate (json, -1, NULL));
  g_assert_true (g_utf8_validate (mail->text, -1, NULL));
  g_assert_true (g_utf8_validate (mail->visible, -1, NULL));
  g_assert_true (g_utf8_validate (mail->html, -1, NULL));
  g_assert_cmpuint (strlen (mail->text), <=, PD_MAIL_MAX_TEXT + 1);
  g_assert_cmpuint (strlen (mail->subject), <=, PD_MAIL_MAX_SUBJECT);
  g_assert_cmpuint (mail->defects->len, <=, PD_MAIL_MAX_DEFECTS);
  g_assert_cmpuint (mail->parts->len, <=, PD_MAIL_MAX_PARTS);
  assert_digests (raw, mail->root);
}
