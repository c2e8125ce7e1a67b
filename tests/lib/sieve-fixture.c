#include "sieve-fixture.h"

#include <gmime/gmime.h>
#include <string.h>

typedef struct {
  PdSievePart   part;
  GMimeObject  *object; /* lent by the message */
  PdSieveField *fields;
  GPtrArray    *children; /* of PdSievePart */
  char         *type;
} Part;

struct SieveMail {
  PdSieveMail   mail;
  GMimeMessage *message;
  GPtrArray    *parts; /* of Part */
  GHashTable   *envelope; /* name → GPtrArray of char * */
  char         *bytes, *all_text;
  gsize         length, body_at;
  GPtrArray    *kept; /* of char *: what was lent */
};

static void
part_free (gpointer data)
{
  Part *part = data;

  for (guint i = 0; i < part->part.n_fields; i++)
    {
      g_free ((char *)part->fields[i].name);
      g_free ((char *)part->fields[i].raw);
      g_free ((char *)part->fields[i].value);
    }
  g_free (part->fields);
  g_ptr_array_unref (part->children);
  g_free (part->type);
  g_free (part);
}

/* RFC 5322 2.2.3, and blanks around it off. */
static char *
unfolded (const char *raw)
{
  g_autofree char *valid = g_utf8_make_valid (raw, -1);
  char *to = valid;

  for (const char *from = valid; *from != '\0'; from++)
    if (*from != '\r' && *from != '\n')
      *to++ = *from;
  *to = '\0';
  return g_strdup (g_strstrip (valid));
}

static char *
decode (const char *raw)
{
  g_autofree char *text = g_mime_utils_header_decode_text (NULL, raw);

  return g_utf8_make_valid (text, -1);
}

static Part *part_new (SieveMail *mail, GMimeObject *object, GMimeObject *header_of);

static void
add_children (SieveMail *mail, Part *part)
{
  if (GMIME_IS_MULTIPART (part->object))
    {
      GMimeMultipart *multipart = GMIME_MULTIPART (part->object);

      for (int i = 0; i < g_mime_multipart_get_count (multipart); i++)
        {
          GMimeObject *child = g_mime_multipart_get_part (multipart, i);

          g_ptr_array_add (part->children, &part_new (mail, child, child)->part);
        }
    }
  else if (GMIME_IS_MESSAGE_PART (part->object))
    {
      GMimeMessage *message = g_mime_message_part_get_message (GMIME_MESSAGE_PART (part->object));

      if (message != NULL && message->mime_part != NULL)
        g_ptr_array_add (part->children, &part_new (mail, message->mime_part, GMIME_OBJECT (message))->part);
    }
  part->part.children = (const PdSievePart *const *)part->children->pdata;
  part->part.n_children = part->children->len;
}

static void
add_fields (GArray *fields, GMimeObject *object)
{
  GMimeHeaderList *headers = g_mime_object_get_header_list (object);

  for (int i = 0; i < g_mime_header_list_get_count (headers); i++)
    {
      GMimeHeader *header = g_mime_header_list_get_header_at (headers, i);
      const char *raw = g_mime_header_get_raw_value (header);
      PdSieveField field;

      field.name = g_utf8_make_valid (g_mime_header_get_name (header), -1);
      field.raw = unfolded (raw != NULL ? raw : "");
      field.value = decode (field.raw);
      g_array_append_val (fields, field);
    }
}

static Part *
part_new (SieveMail *mail, GMimeObject *object, GMimeObject *header_of)
{
  Part *part = g_new0 (Part, 1);
  GArray *fields = g_array_new (TRUE, FALSE, sizeof (PdSieveField));
  GMimeContentType *type = object != NULL ? g_mime_object_get_content_type (object) : NULL;
  g_autofree char *name = type != NULL ? g_mime_content_type_get_mime_type (type) : g_strdup ("text/plain");

  g_ptr_array_add (mail->parts, part);
  part->object = object;
  part->type = g_ascii_strdown (name, -1);
  part->children = g_ptr_array_new ();
  add_fields (fields, header_of);
  /* GMime keeps the Content fields of a mail with what is in it */
  if (object != NULL && object != header_of)
    add_fields (fields, object);
  part->part.type = part->type;
  part->part.n_fields = fields->len;
  part->fields = (PdSieveField *) (gpointer) g_array_free (fields, FALSE);
  part->part.fields = part->fields;
  part->part.handle = part;
  if (object != NULL)
    add_children (mail, part);
  return part;
}

static const char *const *
get_envelope (gpointer data, const char *name, guint *out_n)
{
  SieveMail *mail = data;
  GPtrArray *addresses = g_hash_table_lookup (mail->envelope, name);

  *out_n = addresses != NULL ? addresses->len : 0;
  return addresses != NULL ? (const char *const *)addresses->pdata : NULL;
}

static const char *
get_body (gpointer data, gsize *out_length)
{
  SieveMail *mail = data;

  *out_length = mail->length - mail->body_at;
  return mail->bytes + mail->body_at;
}

static char *
read_part (GMimeObject *object, gsize *out_length)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GMimeDataWrapper *wrapper = GMIME_IS_PART (object) ? g_mime_part_get_content (GMIME_PART (object)) : NULL;
  g_autofree char *text = NULL;

  if (GMIME_IS_TEXT_PART (object))
    text = g_mime_text_part_get_text (GMIME_TEXT_PART (object));
  else if (wrapper != NULL)
    {
      GMimeStream *stream = g_mime_stream_mem_new_with_byte_array (bytes);

      g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
      g_mime_data_wrapper_write_to_stream (wrapper, stream);
      g_object_unref (stream);
    }
  if (text != NULL)
    g_byte_array_append (bytes, (const guint8 *)text, strlen (text));
  *out_length = bytes->len;
  g_byte_array_append (bytes, (const guint8 *)"", 1);
  return (char *)g_byte_array_free (g_steal_pointer (&bytes), FALSE);
}

static const char *
get_content (gpointer data, const PdSievePart *asked, gsize *out_length)
{
  SieveMail *mail = data;
  Part *part = asked->handle;
  char *text;

  if (GMIME_IS_MULTIPART (part->object))
    {
      const char *prologue = g_mime_multipart_get_prologue (GMIME_MULTIPART (part->object));
      const char *epilogue = g_mime_multipart_get_epilogue (GMIME_MULTIPART (part->object));

      text = g_strconcat (prologue != NULL ? prologue : "", epilogue != NULL ? epilogue : "", NULL);
      *out_length = strlen (text);
    }
  else
    text = read_part (part->object, out_length);
  g_ptr_array_add (mail->kept, text);
  return text;
}

/* Marks of HTML are what stands between angle brackets: enough for a test. */
static void
append_text (GString *all, const char *text, gboolean html)
{
  gboolean inside = FALSE;

  for (; *text != '\0'; text++)
    if (html && *text == '<')
      inside = TRUE;
    else if (html && *text == '>')
      inside = FALSE;
    else if (!inside)
      g_string_append_c (all, *text);
}

static const char *
get_text (gpointer data, gsize *out_length)
{
  SieveMail *mail = data;
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < mail->parts->len && mail->all_text == NULL; i++)
    {
      Part *part = g_ptr_array_index (mail->parts, i);
      gsize length;

      if (g_str_has_prefix (part->type, "text/"))
        append_text (all, get_content (mail, &part->part, &length), g_str_equal (part->type, "text/html"));
    }
  if (mail->all_text == NULL)
    mail->all_text = g_utf8_make_valid (all->str, all->len);
  *out_length = strlen (mail->all_text);
  return mail->all_text;
}

static void
address_free (gpointer data)
{
  PdSieveAddress *address = data;

  g_free (address->name);
  g_free (address->address);
  g_free (address);
}

static void
add_addresses (GPtrArray *all, InternetAddressList *list)
{
  for (int i = 0; i < internet_address_list_length (list); i++)
    {
      InternetAddress *one = internet_address_list_get_address (list, i);
      PdSieveAddress *address;
      const char *at, *text, *name;

      if (INTERNET_ADDRESS_IS_GROUP (one))
        {
          add_addresses (all, internet_address_group_get_members (INTERNET_ADDRESS_GROUP (one)));
          continue;
        }
      text = internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (one));
      name = internet_address_get_name (one);
      address = g_new0 (PdSieveAddress, 1);
      address->name = g_utf8_make_valid (name != NULL ? name : "", -1);
      address->address = g_utf8_make_valid (text != NULL ? text : "", -1);
      at = strrchr (address->address, '@');
      address->valid = at != NULL && at != address->address && at[1] != '\0';
      g_ptr_array_add (all, address);
    }
}

static GPtrArray *
get_addresses (const char *raw)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (address_free);
  InternetAddressList *list = internet_address_list_parse (NULL, raw);

  if (list == NULL)
    return all;
  add_addresses (all, list);
  g_object_unref (list);
  return all;
}

static gboolean
get_date (const char *raw, gint64 *out_us, int *out_offset_minutes)
{
  g_autoptr (GDateTime) date = g_mime_utils_header_decode_date (raw);

  *out_us = date != NULL ? g_date_time_to_unix (date) * G_USEC_PER_SEC : 0;
  *out_offset_minutes = date != NULL ? g_date_time_get_utc_offset (date) / (60 * G_USEC_PER_SEC) : 0;
  return date != NULL;
}

static char *
get_parameter (const char *raw, const char *name)
{
  GMimeParamList *list;
  GMimeParam *param = NULL;
  const char *semicolon = strchr (raw, ';');
  char *found = NULL;

  if (name == NULL)
    {
      found = g_strstrip (g_strndup (raw, strcspn (raw, "; \t")));
      return found;
    }
  if (semicolon == NULL)
    return NULL;
  list = g_mime_param_list_parse (NULL, semicolon + 1);
  if (list != NULL)
    param = g_mime_param_list_get_parameter (list, name);
  if (param != NULL)
    found = g_utf8_make_valid (g_mime_param_get_value (param), -1);
  g_clear_object (&list);
  return found;
}

static void
find_body (SieveMail *mail)
{
  const char *end = mail->bytes + mail->length;

  mail->body_at = mail->length;
  for (const char *at = mail->bytes; at < end; at++)
    if (*at == '\n' && (at[1] == '\n' || g_str_has_prefix (at + 1, "\r\n")))
      {
        mail->body_at = at + (at[1] == '\n' ? 2 : 3) - mail->bytes;
        return;
      }
}

static void
addresses_unref (gpointer data)
{
  g_ptr_array_unref (data);
}

SieveMail *
sieve_mail_new_bytes (const char *bytes, gsize length)
{
  static gsize once = 0;
  SieveMail *mail = g_new0 (SieveMail, 1);
  GMimeStream *stream;
  GMimeParser *parser;

  if (g_once_init_enter (&once))
    {
      g_mime_init ();
      g_once_init_leave (&once, 1);
    }
  mail->bytes = g_malloc0 (length + 2);
  memcpy (mail->bytes, bytes, length);
  mail->length = length;
  mail->parts = g_ptr_array_new_with_free_func (part_free);
  mail->kept = g_ptr_array_new_with_free_func (g_free);
  mail->envelope = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, addresses_unref);
  stream = g_mime_stream_mem_new_with_buffer (bytes, length);
  parser = g_mime_parser_new_with_stream (stream);
  mail->message = g_mime_parser_construct_message (parser, NULL);
  if (mail->message == NULL)
    mail->message = g_mime_message_new (FALSE);
  g_object_unref (parser);
  g_object_unref (stream);
  find_body (mail);
  mail->mail = (PdSieveMail){
    .data = mail,
    .root = &part_new (mail, mail->message->mime_part, GMIME_OBJECT (mail->message))->part,
    .size = length,
    .envelope = get_envelope,
    .body = get_body,
    .content = get_content,
    .text = get_text,
    .addresses = get_addresses,
    .date = get_date,
    .decode = decode,
    .parameter = get_parameter,
  };
  return mail;
}

SieveMail *
sieve_mail_new (const char *text)
{
  return sieve_mail_new_bytes (text, strlen (text));
}

void
sieve_mail_free (SieveMail *mail)
{
  if (mail == NULL)
    return;
  g_ptr_array_unref (mail->parts);
  g_ptr_array_unref (mail->kept);
  g_hash_table_unref (mail->envelope);
  g_object_unref (mail->message);
  g_free (mail->bytes);
  g_free (mail->all_text);
  g_free (mail);
}

void
sieve_mail_add_envelope (SieveMail *mail, const char *name, const char *address)
{
  GPtrArray *addresses = g_hash_table_lookup (mail->envelope, name);

  if (addresses == NULL)
    {
      addresses = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (mail->envelope, g_strdup (name), addresses);
    }
  g_ptr_array_add (addresses, g_strdup (address));
}

const PdSieveMail *
sieve_mail_get (SieveMail *mail)
{
  return &mail->mail;
}

const PdSieveHost *
sieve_host (void)
{
  static PdSieveHost host;

  if (host.config == NULL)
    {
      host.config = pd_sieve_config_new ();
      host.now = G_GINT64_CONSTANT (1795521600) * G_USEC_PER_SEC;
    }
  return &host;
}

PdSieveScript *
sieve_compile_ok (const char *script, const PdSieveHost *host)
{
  g_autoptr (PdSieveReport) report = pd_sieve_report_new ();
  PdSieveScript *compiled = pd_sieve_compile (script, strlen (script), "script", host != NULL ? host : sieve_host (), report);
  g_autofree char *text = pd_sieve_report_to_text (report);

  if (compiled == NULL)
    g_error ("%s%s", text, script);
  return compiled;
}

char *
sieve_plan_text (const char *script, const char *mail)
{
  g_autoptr (PdSieveReport) report = pd_sieve_report_new ();
  g_autoptr (PdSieveScript) compiled = pd_sieve_compile (script, strlen (script), "script", sieve_host (), report);
  g_autoptr (SieveMail) made = sieve_mail_new (mail);
  g_autoptr (PdSievePlan) plan = NULL;

  if (compiled == NULL)
    return pd_sieve_report_to_text (report);
  plan = pd_sieve_execute (compiled, sieve_mail_get (made), sieve_host ());
  return pd_sieve_plan_to_text (plan);
}
