#include "desk/render.h"

#include <string.h>

#include <json-c/json.h>

#include "base/error.h"
#include "desk/render-facts.h"
#include "desk/ticket.h"
#include "mail/ticket-ref.h"

#define MAX_NAME 100 /* characters of a display name */

struct PdRenderer {
  PdDesk *desk;
  const PdTemplates *templates;
  PdRenderFacts *facts;
  GHashTable *zones; /* name -> GTimeZone */
};

/* One mail in the making: what it is about, and what is built from that. */
typedef struct {
  PdRenderer *renderer;
  const PdOutboxRow *row;
  const PdFactUnit *unit;
  const PdFactTicket *ticket;
  const PdFactEntry *entry;
  const PdFactPerson *recipient;
  const PdFactPerson *actor;
  const PdFactPerson *author; /* of the entry */
  const GPtrArray *files;     /* NULL: this event carries none */
  gboolean by_hand;           /* a person's answer to a customer: no automatic mail */
  char *subject, *text, *html;
} Job;

/* How each event becomes a mail. */
typedef struct {
  const char *event;
  const char *template;
  const char *auto_submitted; /* RFC 3834 5 */
  gboolean reply;             /* "Re:" */
  gboolean files;             /* the entry's files go along */
} Form;

static const Form forms[] = {
  { "received", "received", "auto-replied", FALSE, FALSE },
  { "created", "created", "auto-generated", FALSE, TRUE },
  { "replied", "replied", "auto-generated", TRUE, TRUE },
  { "noted", "replied", "auto-generated", TRUE, TRUE },
};

static Form
form_of (const char *event)
{
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    if (strcmp (forms[i].event, event) == 0)
      return forms[i];
  return (Form){ event, event, "auto-generated", FALSE, FALSE };
}

void
pd_rendered_free (PdRendered *rendered)
{
  if (rendered == NULL)
    return;
  g_free (rendered->mail_from);
  g_free (rendered->rcpt_to);
  g_free (rendered->message_id);
  g_clear_pointer (&rendered->bytes, g_bytes_unref);
  g_free (rendered->text);
  g_free (rendered);
}

PdRenderer *
pd_renderer_new (PdDesk *desk, const PdTemplates *templates)
{
  PdRenderer *renderer = g_new0 (PdRenderer, 1);

  renderer->desk = desk;
  renderer->templates = templates;
  renderer->facts = pd_render_facts_new (desk);
  renderer->zones
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_time_zone_unref);
  return renderer;
}

void
pd_renderer_free (PdRenderer *renderer)
{
  if (renderer == NULL)
    return;
  pd_render_facts_free (renderer->facts);
  g_hash_table_unref (renderer->zones);
  g_free (renderer);
}

void
pd_renderer_forget (PdRenderer *renderer)
{
  pd_render_facts_forget (renderer->facts);
}

/* ---- small texts ---- */

/* One line for a header: what people typed may hold anything, and a mail that
 * cannot be composed would never reach anybody. */
static char *
one_line (const char *text, gsize max_chars)
{
  char *line = g_utf8_make_valid (text, -1);

  for (char *c = line; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_strstrip (line);
  if (g_utf8_strlen (line, -1) > (glong)max_chars)
    *g_utf8_offset_to_pointer (line, (glong)max_chars) = '\0';
  return line;
}

/* The begin of a text, in whole characters. */
static char *
cut_text (const char *text, gsize max)
{
  gsize length = strlen (text);

  if (length > max)
    length = (gsize)(g_utf8_find_prev_char (text, text + max + 1) - text);
  return g_strndup (text, length);
}

/* How a person is called before the recipient of this mail.  The address of
 * staff stays hidden from customers, and of other customers they see the part
 * that tells them apart. */
static char *
name_of (const Job *job, const PdFactPerson *person)
{
  if (person->name[0] != '\0')
    return one_line (person->name, MAX_NAME);
  if (job->recipient->staff && person->address[0] != '\0')
    return one_line (person->address, MAX_NAME);
  if (!person->staff && person->address[0] != '\0')
    return g_strndup (person->address, strcspn (person->address, "@"));
  return one_line (job->unit->name, MAX_NAME);
}

static char *
from_name (const Job *job)
{
  const char *desk = job->renderer->desk->settings->name;
  g_autofree char *who = NULL;

  if (job->row->actor != 0 && strcmp (job->row->event, "received") != 0)
    who = name_of (job, job->actor);
  else
    who = one_line (job->unit->name, MAX_NAME);
  if (strcmp (who, desk) == 0)
    return g_steal_pointer (&who);
  return g_strdup_printf ("%s (%s)", who, desk);
}

static GTimeZone *
zone_of (Job *job)
{
  const char *name = job->recipient->timezone[0] != '\0' ? job->recipient->timezone : "UTC";
  GTimeZone *zone = g_hash_table_lookup (job->renderer->zones, name);

  if (zone == NULL)
    {
      zone = g_time_zone_new_identifier (name);
      if (zone == NULL)
        zone = g_time_zone_new_utc ();
      g_hash_table_insert (job->renderer->zones, g_strdup (name), zone);
    }
  return zone;
}

static void
set_time (Job *job, PdValueTree *map, const char *name, gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, zone_of (job)) : NULL;
  g_autofree char *text = local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M %Z") : NULL;

  pd_value_set_text (map, name, text);
}

/* ---- values for the templates ---- */

static void
set_line (PdValueTree *map, const char *name, const char *text)
{
  g_autofree char *line = one_line (text, PD_TICKET_MAX_SUBJECT);

  pd_value_set_text (map, name, line);
}

static void
set_named (PdValueTree *values, const char *what, const char *name)
{
  PdValueTree *map = pd_value_new_map ();

  set_line (map, "name", name);
  pd_value_set (values, what, map);
}

static void
set_ticket (Job *job, PdValueTree *values)
{
  const PdFactTicket *ticket = job->ticket;
  const char *url = job->renderer->desk->settings->url;
  PdValueTree *map = pd_value_new_map ();
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, ticket->number);
  g_autofree char *link = NULL;

  if (url[0] != '\0')
    link = g_strdup_printf ("%s%s%s/tickets/%s", url, g_str_has_suffix (url, "/") ? "" : "/",
                            job->recipient->staff ? "app" : "my", number);
  pd_value_set_text (map, "number", number);
  set_line (map, "subject", ticket->subject);
  pd_value_set_text (map, "state", ticket->state);
  pd_value_set_text (map, "priority", pd_priority_name (ticket->priority));
  pd_value_set_text (map, "url", link);
  set_time (job, map, "created", ticket->created);
  pd_value_set (values, "ticket", map);
}

/* Files that do not go along are named below the text. */
static void
append_names (const Job *job, GString *text, const char *line_end)
{
  gboolean first = TRUE;

  for (guint i = 0; job->files != NULL && i < job->files->len; i++)
    {
      const PdFactFile *file = g_ptr_array_index (job->files, i);
      g_autofree char *size = NULL;
      g_autofree char *name = NULL;
      g_autofree char *safe = NULL;

      if (file->bytes != NULL)
        continue;
      size = g_format_size_full ((guint64)file->size, G_FORMAT_SIZE_IEC_UNITS);
      name = one_line (file->name[0] != '\0' ? file->name : file->type, MAX_NAME);
      safe = line_end[0] == '<' ? g_markup_escape_text (name, -1) : g_steal_pointer (&name);
      g_string_append_printf (text, "%s%s[%s, %s]", first ? line_end : "", line_end, safe, size);
      first = FALSE;
    }
}

static void
set_entry (Job *job, PdValueTree *values)
{
  g_autoptr (GString) text = g_string_new (job->entry->text);
  g_autoptr (GString) html = g_string_new (job->entry->html_text);
  g_autofree char *author = name_of (job, job->author);
  PdValueTree *map;

  if (job->entry->id == 0)
    return;
  map = pd_value_new_map ();
  append_names (job, text, "\n");
  append_names (job, html, "<br>\n");
  pd_value_set_text (map, "text", text->str);
  pd_value_set_text (map, "html_text", html->str);
  pd_value_set_text (map, "author", author);
  pd_value_set (map, "by_staff", pd_value_new_bool (job->author->staff));
  set_time (job, map, "time", job->entry->created);
  pd_value_set (values, "entry", map);
}

/* What the row brings itself: the texts of a flat JSON object. */
static void
set_data (const Job *job, PdValueTree *values)
{
  struct json_object *data = json_tokener_parse (job->row->data);
  PdValueTree *map = pd_value_new_map ();

  if (json_object_is_type (data, json_type_object))
    {
      json_object_object_foreach (data, key, value)
      {
        pd_value_set_text (map, key, value != NULL ? json_object_get_string (value) : "");
      }
    }
  pd_value_set (values, "data", map);
  json_object_put (data);
}

static PdValueTree *
make_values (Job *job)
{
  const PdDeskSettings *settings = job->renderer->desk->settings;
  PdValueTree *values = pd_value_new_map ();
  PdValueTree *desk = pd_value_new_map ();
  PdValueTree *unit = pd_value_new_map ();
  g_autofree char *actor = name_of (job, job->row->actor != 0 ? job->actor : job->author);

  pd_value_set_text (desk, "name", settings->name);
  pd_value_set_text (desk, "url", settings->url);
  pd_value_set (values, "desk", desk);
  set_line (unit, "name", job->unit->name);
  pd_value_set_text (unit, "signature", job->unit->signature);
  pd_value_set (values, "unit", unit);
  set_ticket (job, values);
  set_named (values, "actor", actor);
  set_named (values, "recipient", job->recipient->name);
  set_entry (job, values);
  set_data (job, values);
  pd_value_set (values, "is_staff", pd_value_new_bool (job->recipient->staff));
  pd_value_set (values, "is_customer", pd_value_new_bool (!job->recipient->staff));
  pd_value_set (values, "is_note",
                pd_value_new_bool (job->entry->id != 0 && !job->entry->is_public));
  return values;
}

/* ---- texts ---- */

/* The mark, then what the template says; a mark or line break in that is
 * taken out. */
static char *
make_subject (const Job *job, const char *said, gboolean reply)
{
  const char *desk = job->renderer->desk->settings->name;
  g_autofree char *line = one_line (said, PD_TICKET_MAX_SUBJECT);
  g_autofree char *bare = pd_ticket_ref_strip (desk, line);

  return pd_ticket_ref_mark (desk, job->ticket->number, bare, reply);
}

static gboolean
make_texts (Job *job, const Form *form, GError **error)
{
  const PdTemplates *templates = job->renderer->templates;
  const char *const languages[] = { job->recipient->language, job->unit->language,
                                    job->renderer->desk->settings->language, NULL };
  const PdTemplateSet *set = pd_templates_pick (templates, languages, form->template);
  g_autoptr (PdValueTree) values = NULL;
  g_autofree char *said = NULL;

  if (set == NULL)
    return pd_fail (error, PD_ERROR_INTERNAL, "there is no template en/%s.txt.mustache in %s",
                    form->template, job->renderer->desk->settings->templates);
  values = make_values (job);
  if (!pd_template_set_render (templates, set, PD_TEMPLATE_SUBJECT, values, &said, error)
      || !pd_template_set_render (templates, set, PD_TEMPLATE_TEXT, values, &job->text, error)
      || !pd_template_set_render (templates, set, PD_TEMPLATE_HTML, values, &job->html, error))
    return FALSE;
  job->subject = make_subject (job, said, form->reply);
  return TRUE;
}

/* ---- addresses and ids ---- */

static char *
signed_address (const Job *job, const PdSignedAddress *what)
{
  const PdDeskSettings *settings = job->renderer->desk->settings;

  if (settings->delimiter == '\0')
    return g_strdup (job->unit->address);
  return pd_keyring_sign_address (settings->keyring, job->unit->address, settings->delimiter, what);
}

static char *
make_reply_to (const Job *job)
{
  PdSignedAddress what = { .kind = PD_SIGNED_REPLY, .ticket = job->ticket->number };

  what.person = job->row->person;
  /* who is nobody of ours has no address that proves who he is */
  return what.person != 0 ? signed_address (job, &what) : g_strdup (job->unit->address);
}

static char *
make_mail_from (const Job *job)
{
  PdSignedAddress what = { .kind = PD_SIGNED_BOUNCE, .outbox = job->row->id };

  return signed_address (job, &what);
}

/* Whether a sender's id can stand in a header of ours. */
static gboolean
is_usable_id (const char *id)
{
  if (id[0] == '\0')
    return FALSE;
  for (; *id != '\0'; id++)
    if (!g_ascii_isgraph (*id) || *id == '<' || *id == '>')
      return FALSE;
  return TRUE;
}

/* The thread as this recipient may know it, oldest first: the root, which is
 * the same in every mail of the ticket, then the mails of the customers (and,
 * for staff, of colleagues). */
static GPtrArray *
make_references (const Job *job)
{
  const PdDeskSettings *settings = job->renderer->desk->settings;
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  const GPtrArray *known = job->entry->references;

  if (is_usable_id (job->ticket->root))
    g_ptr_array_add (ids, g_strdup (job->ticket->root));
  else
    g_ptr_array_add (ids, pd_keyring_sign_message_id (settings->keyring, job->ticket->number, 0,
                                                      settings->domain));
  for (guint i = known->len; i > 0; i--)
    {
      const PdFactReference *reference = g_ptr_array_index (known, i - 1);

      if ((job->recipient->staff || !reference->staff) && is_usable_id (reference->message_id)
          && strcmp (reference->message_id, job->ticket->root) != 0)
        g_ptr_array_add (ids, g_strdup (reference->message_id));
    }
  return ids;
}

/* ---- the mail ---- */

static GArray *
make_files (const Job *job)
{
  GArray *drafts = g_array_new (FALSE, FALSE, sizeof (PdDraftFile));

  for (guint i = 0; job->files != NULL && i < job->files->len; i++)
    {
      const PdFactFile *file = g_ptr_array_index (job->files, i);
      PdDraftFile draft = { file->name, file->type, NULL, file->bytes };

      if (file->bytes == NULL)
        continue;
      draft.content_id = file->content_id[0] != '\0' ? file->content_id : NULL;
      g_array_append_val (drafts, draft);
    }
  return drafts;
}

static PdRendered *
compose (const Job *job, const Form *form, GError **error)
{
  const char *marks[] = { "X-Loop", NULL, "X-Auto-Response-Suppress", "All", NULL };
  const PdDeskSettings *settings = job->renderer->desk->settings;
  g_autoptr (PdRendered) rendered = g_new0 (PdRendered, 1);
  g_autoptr (GPtrArray) references = make_references (job);
  g_autoptr (GArray) files = make_files (job);
  g_autofree char *from = from_name (job);
  g_autofree char *to_name = one_line (job->recipient->name, MAX_NAME);
  g_autofree char *reply_to = make_reply_to (job);
  PdAddress to = { to_name, job->row->recipient };
  PdDraft draft = { .from = { from, job->unit->address }, .to = &to, .n_to = 1 };
  g_autofree char *mail_from = make_mail_from (job);

  /* the envelope needs A-labels as the headers do: RCPT with a U-label is SMTPUTF8 */
  rendered->mail_from = pd_compose_wire_address (mail_from, &rendered->needs, error);
  if (rendered->mail_from == NULL)
    return NULL;
  rendered->rcpt_to = pd_compose_wire_address (job->row->recipient, &rendered->needs, error);
  if (rendered->rcpt_to == NULL)
    return NULL;
  rendered->message_id = pd_keyring_sign_message_id (settings->keyring, job->ticket->number,
                                                     job->row->id, settings->domain);
  draft.in_reply_to = g_ptr_array_index (references, references->len - 1);
  g_ptr_array_add (references, NULL);
  draft.references = (const char *const *)references->pdata;
  draft.reply_to = reply_to;
  draft.subject = job->subject;
  draft.date = job->row->created;
  draft.message_id = rendered->message_id;
  draft.auto_submitted = job->by_hand ? NULL : form->auto_submitted;
  /* programs that answer by themselves copy it, and are known by it */
  marks[1] = rendered->message_id;
  if (job->by_hand)
    marks[2] = NULL;
  draft.extra = marks;
  draft.text = job->text;
  draft.html = job->html;
  draft.files = (const PdDraftFile *)(void *)files->data;
  draft.n_files = files->len;
  rendered->text = cut_text (job->text, PD_RENDER_MAX_SENT);
  rendered->bytes = pd_compose (&draft, &rendered->needs, error);
  return rendered->bytes != NULL ? g_steal_pointer (&rendered) : NULL;
}

/* Looks everything up. */
static gboolean
gather (Job *job, const Form *form, GError **error)
{
  PdRenderFacts *facts = job->renderer->facts;
  const PdOutboxRow *row = job->row;

  job->unit = pd_render_facts_unit (facts, row->unit, error);
  if (job->unit == NULL)
    return FALSE;
  if (job->unit->address[0] == '\0')
    return pd_fail (error, PD_ERROR_INTERNAL, "unit \"%s\" has no address to send from",
                    job->unit->name);
  job->ticket = pd_render_facts_ticket (facts, row->ticket, error);
  job->recipient = job->ticket != NULL ? pd_render_facts_person (facts, row->person, error) : NULL;
  job->actor = job->recipient != NULL ? pd_render_facts_person (facts, row->actor, error) : NULL;
  if (job->actor == NULL)
    return FALSE;
  job->entry = pd_render_facts_entry (facts, row->ticket, row->message, error);
  job->author
      = job->entry != NULL ? pd_render_facts_person (facts, job->entry->author, error) : NULL;
  if (job->author == NULL)
    return FALSE;
  /* he may have been blocked since the notice was queued */
  if (!job->recipient->active)
    return pd_fail (error, PD_ERROR_DENIED, "the recipient is blocked or deleted");
  /* the table of notices sees to this; a template must not undo it */
  if (!job->entry->is_public && row->message != 0 && !job->recipient->staff)
    return pd_fail (error, PD_ERROR_DENIED, "an internal entry is not sent to a customer");
  job->files = form->files ? pd_render_facts_files (facts, error) : NULL;
  job->by_hand
      = strcmp (row->event, "replied") == 0 && job->author->staff && !job->recipient->staff;
  return !form->files || job->files != NULL;
}

PdRendered *
pd_renderer_make (PdRenderer *renderer, const PdOutboxRow *row, GError **error)
{
  const Form form = form_of (row->event);
  Job job = { .renderer = renderer, .row = row };
  PdRendered *rendered = NULL;

  if (gather (&job, &form, error) && make_texts (&job, &form, error))
    rendered = compose (&job, &form, error);
  g_free (job.subject);
  g_free (job.text);
  g_free (job.html);
  return rendered;
}

PdRendered *
pd_render (PdDesk *desk, const PdTemplates *templates, const PdOutboxRow *row, GError **error)
{
  g_autoptr (PdRenderer) renderer = pd_renderer_new (desk, templates);

  return pd_renderer_make (renderer, row, error);
}
