#include "desk/render.h"

#include <string.h>

#include "base/error.h"
#include "desk/render-job.h"
#include "desk/strand.h"
#include "desk/ticket.h"
#include "mail/ticket-ref.h"

static const PdRenderForm forms[] = {
  { "received", "received", "auto-replied", .files = FALSE },
  { "created", "created", "auto-generated", .files = TRUE },
  { "replied", "replied", "auto-generated", .reply = TRUE, .files = TRUE },
  { "noted", "replied", "auto-generated", .reply = TRUE, .files = TRUE, .internal = TRUE },
  { "delivery-failed", "delivery-failed", "auto-generated", .internal = TRUE },
  { "forwarded", "forwarded", "auto-generated", .files = TRUE },
  { "assigned", "assigned", "auto-generated", .files = TRUE },
  { "command-result", "command-result", "auto-replied", .reply = TRUE, .internal = TRUE },
  { "strand", "strand", NULL, .files = TRUE, .bare = TRUE },
  { "register", "register", "auto-generated", .secret = TRUE, .bare = TRUE },
  { "recover", "recover", "auto-generated", .secret = TRUE, .bare = TRUE },
  { "invite", "invite", "auto-generated", .secret = TRUE, .bare = TRUE },
  { "password-changed", "password-changed", "auto-generated", .bare = TRUE },
  { "account", "account", "auto-generated", .bare = TRUE },
  { "mailing", "mailing", "auto-generated", .bulk = TRUE, .bare = TRUE },
  { "digest", "digest", "auto-generated", .bulk = TRUE, .bare = TRUE },
};

/* Any other event is the name of its template. */
static PdRenderForm
form_of (const char *event)
{
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    if (strcmp (forms[i].event, event) == 0)
      return forms[i];
  return (PdRenderForm){ event, event, "auto-generated" };
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
  renderer->overrides = pd_template_overrides_new (desk);
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
  pd_template_overrides_free (renderer->overrides);
  g_hash_table_unref (renderer->zones);
  g_free (renderer);
}

void
pd_renderer_forget (PdRenderer *renderer)
{
  pd_render_facts_forget (renderer->facts);
  pd_template_overrides_forget (renderer->overrides);
}

/* ---- small texts ---- */

/* The begin of a text, in whole characters. */
static char *
cut_text (const char *text, gsize max)
{
  gsize length = strlen (text);

  if (length > max)
    length = (gsize)(g_utf8_find_prev_char (text, text + max + 1) - text);
  return g_strndup (text, length);
}

static char *
from_name (const PdRenderJob *job)
{
  const char *desk = job->renderer->desk->settings->name;
  g_autofree char *who = NULL;

  if (job->row->actor != 0 && strcmp (job->row->event, "received") != 0 && !job->form->bulk
      && !job->form->secret)
    who = pd_render_name_of (job, job->actor);
  else
    who = pd_render_one_line (job->unit->name, PD_RENDER_MAX_NAME);
  if (strcmp (who, desk) == 0)
    return g_steal_pointer (&who);
  return g_strdup_printf ("%s (%s)", who, desk);
}

/* ---- addresses and ids ---- */

char *
pd_render_signed_address (const PdRenderJob *job, const PdSignedAddress *what)
{
  const PdDeskSettings *settings = job->renderer->desk->settings;

  if (settings->delimiter == '\0')
    return g_strdup (job->unit->address);
  return pd_keyring_sign_address (settings->keyring, job->unit->address, settings->delimiter, what);
}

/* Where an answer goes: into the ticket as the recipient's word, into the side
 * thread, or, to what colleagues note, between staff, lest it reaches the
 * customer by a slip.  Who is nobody of ours has no address that proves who he
 * is. */
static void
set_answer (PdRenderJob *job)
{
  PdSignedAddress what = { .kind = PD_SIGNED_REPLY, .person = job->row->person };

  if (job->row->strand != 0)
    {
      what.kind = PD_SIGNED_STRAND;
      what.strand = job->row->strand;
    }
  else if (job->form->internal && job->recipient->staff && !job->several)
    what.kind = PD_SIGNED_NOTE;
  job->answer = what.kind;
  if (job->ticket == NULL || (what.person == 0 && what.strand == 0))
    {
      job->reply_to = g_strdup (job->unit->address);
      return;
    }
  what.ticket = job->ticket->number;
  job->reply_to = pd_render_signed_address (job, &what);
}

static char *
make_mail_from (const PdRenderJob *job)
{
  PdSignedAddress what = { .kind = PD_SIGNED_BOUNCE, .outbox = job->row->id };

  return pd_render_signed_address (job, &what);
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

/* The third party of a side thread knows nothing but that: NULL on error. */
static GPtrArray *
strand_references (const PdRenderJob *job, GError **error)
{
  PdDesk *desk = job->renderer->desk;
  g_autoptr (PdStrand) strand = NULL;
  g_autoptr (GPtrArray) known = NULL;
  GPtrArray *ids;

  if (!pd_strand_get (desk, job->row->strand, &strand, error))
    return NULL;
  known = strand != NULL ? pd_strand_references (desk, strand, job->row->id, error)
                         : g_ptr_array_new ();
  if (known == NULL)
    return NULL;
  ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < known->len; i++)
    if (is_usable_id (g_ptr_array_index (known, i)))
      g_ptr_array_add (ids, g_strdup (g_ptr_array_index (known, i)));
  return ids;
}

/* The thread as this recipient may know it, oldest first: the root, which is
 * the same in every mail of the ticket, then the mails of the customers (and,
 * for staff, of colleagues).  Mail about no ticket has none. */
static GPtrArray *
ticket_references (const PdRenderJob *job)
{
  const PdDeskSettings *settings = job->renderer->desk->settings;
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  const GPtrArray *known = job->entry->references;

  if (job->ticket == NULL || job->form->bare)
    return ids;
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

static GPtrArray *
make_references (const PdRenderJob *job, GError **error)
{
  return job->row->strand != 0 && job->form->bare ? strand_references (job, error)
                                                  : ticket_references (job);
}

/* ---- texts ---- */

/* The mark, then what the template says; a mark or line break in that is
 * taken out.  Mail about no ticket has none, nor has a side thread: its mark
 * would lead into the ticket. */
static char *
make_subject (const PdRenderJob *job, const char *said)
{
  const char *desk = job->renderer->desk->settings->name;
  g_autofree char *line = pd_render_one_line (said, PD_TICKET_MAX_SUBJECT);
  g_autofree char *bare = pd_ticket_ref_strip (desk, line);

  if (job->ticket == NULL || job->form->bare)
    return g_steal_pointer (&line);
  return pd_ticket_ref_mark (desk, job->ticket->number, bare, job->form->reply);
}

static gboolean
render_parts (PdRenderJob *job, const PdTemplateChoice *choice, const char *const *languages,
              GError **error)
{
  g_autoptr (PdValueTree) values = pd_render_values (job, error);
  g_autofree char *said = NULL;

  if (values == NULL || !pd_render_links (job, languages, values, error)
      || !pd_template_choice_render (choice, PD_TEMPLATE_SUBJECT, values, &said, error))
    return FALSE;
  job->subject = make_subject (job, said);
  pd_value_set_text (values, "title", job->subject);
  return pd_template_choice_render (choice, PD_TEMPLATE_TEXT, values, &job->text, error)
         && pd_template_choice_render (choice, PD_TEMPLATE_HTML, values, &job->html, error);
}

static gboolean
make_texts (PdRenderJob *job, GError **error)
{
  PdRenderer *renderer = job->renderer;
  const char *const languages[] = { job->recipient->language, job->unit->language,
                                    renderer->desk->settings->language, NULL };
  const char *name = job->several ? "several" : job->form->template;
  PdTemplateChoice choice;

  set_answer (job);
  if (!pd_template_overrides_ready (renderer->overrides, job->row->unit, error))
    return FALSE;
  if (!pd_templates_choose (renderer->templates, pd_template_overrides_find, renderer->overrides,
                            languages, name, &choice))
    return pd_fail (error, PD_ERROR_INTERNAL, "there is no template en/%s.txt.mustache in %s",
                    name, renderer->desk->settings->templates);
  return render_parts (job, &choice, languages, error);
}

/* ---- the mail ---- */

static GArray *
make_files (const PdRenderJob *job)
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

static void
add_mark (GPtrArray *marks, const char *name, char *take_value)
{
  g_ptr_array_add (marks, g_strdup (name));
  g_ptr_array_add (marks, take_value);
}

/* Names and values of further headers. */
static GPtrArray *
make_marks (const PdRenderJob *job, const char *message_id)
{
  GPtrArray *marks = g_ptr_array_new_with_free_func (g_free);

  /* programs that answer by themselves copy it, and are known by it */
  add_mark (marks, "X-Loop", g_strdup (message_id));
  if (!job->by_hand)
    add_mark (marks, "X-Auto-Response-Suppress", g_strdup ("All"));
  if (job->form->bulk)
    {
      /* RFC 2369 3.2: read by people of the unit, who switch the mails off;
       * RFC 8058 wants an HTTPS address that does it at once */
      add_mark (marks, "List-Unsubscribe",
                g_strdup_printf ("<mailto:%s?subject=unsubscribe>", job->unit->address));
      add_mark (marks, "Precedence", g_strdup ("bulk"));
    }
  g_ptr_array_add (marks, NULL);
  return marks;
}

static PdRendered *
compose (const PdRenderJob *job, GError **error)
{
  g_autoptr (GPtrArray) marks = NULL;
  const PdDeskSettings *settings = job->renderer->desk->settings;
  g_autoptr (PdRendered) rendered = g_new0 (PdRendered, 1);
  g_autoptr (GPtrArray) references = make_references (job, error);
  g_autoptr (GArray) files = make_files (job);
  g_autofree char *from = from_name (job);
  g_autofree char *to_name = pd_render_one_line (job->recipient->name, PD_RENDER_MAX_NAME);
  PdAddress to = { to_name, job->row->recipient };
  PdDraft draft = { .from = { from, job->unit->address }, .to = &to, .n_to = 1 };
  g_autofree char *mail_from = make_mail_from (job);

  if (references == NULL)
    return NULL;
  /* the envelope needs A-labels as the headers do: RCPT with a U-label is SMTPUTF8 */
  rendered->mail_from = pd_compose_wire_address (mail_from, &rendered->needs, error);
  if (rendered->mail_from == NULL)
    return NULL;
  rendered->rcpt_to = pd_compose_wire_address (job->row->recipient, &rendered->needs, error);
  if (rendered->rcpt_to == NULL)
    return NULL;
  rendered->message_id = pd_keyring_sign_message_id (
      settings->keyring, job->ticket != NULL ? job->ticket->number : 0, job->row->id,
      settings->domain);
  if (references->len > 0)
    draft.in_reply_to = g_ptr_array_index (references, references->len - 1);
  g_ptr_array_add (references, NULL);
  draft.references = references->len > 1 ? (const char *const *)references->pdata : NULL;
  draft.reply_to = job->reply_to;
  draft.subject = job->subject;
  draft.date = job->row->created;
  draft.message_id = rendered->message_id;
  draft.auto_submitted = job->by_hand ? NULL : job->form->auto_submitted;
  marks = make_marks (job, rendered->message_id);
  draft.extra = (const char *const *)marks->pdata;
  draft.text = job->text;
  draft.html = job->html;
  draft.files = (const PdDraftFile *)(void *)files->data;
  draft.n_files = files->len;
  if (!job->form->secret)
    rendered->text = cut_text (job->text, PD_RENDER_MAX_SENT);
  rendered->bytes = pd_compose (&draft, &rendered->needs, error);
  return rendered->bytes != NULL ? g_steal_pointer (&rendered) : NULL;
}

static gboolean
gather_places (PdRenderJob *job, GError **error)
{
  PdRenderFacts *facts = job->renderer->facts;
  const PdOutboxRow *row = job->row;

  job->unit = pd_render_facts_unit (facts, row->unit, error);
  if (job->unit == NULL)
    return FALSE;
  if (job->unit->address[0] == '\0')
    return pd_fail (error, PD_ERROR_INTERNAL, "unit \"%s\" has no address to send from",
                    job->unit->name);
  if (row->ticket != 0)
    job->ticket = pd_render_facts_ticket (facts, row->ticket, error);
  if (row->ticket != 0 && job->ticket == NULL)
    return FALSE;
  return row->strand == 0
         || pd_render_facts_strand (facts, row->strand, &job->strand_subject, error);
}

static gboolean
gather_people (PdRenderJob *job, GError **error)
{
  PdRenderFacts *facts = job->renderer->facts;

  job->recipient = pd_render_facts_person (facts, job->row->person, error);
  job->actor
      = job->recipient != NULL ? pd_render_facts_person (facts, job->row->actor, error) : NULL;
  if (job->actor == NULL)
    return FALSE;
  /* he may have been blocked since the notice was queued */
  return job->recipient->active
         || pd_fail (error, PD_ERROR_DENIED, "the recipient is blocked or deleted");
}

/* Whether the recipient may have the entry.  The table of notices sees to this;
 * a template must not undo it.  An internal entry of a side thread is for its
 * third party. */
static gboolean
may_read (const PdRenderJob *job, GError **error)
{
  const PdFactEntry *entry = job->entry;
  gboolean to_party = job->row->strand != 0 && job->form->bare;
  gboolean his_strand = to_party && entry->strand == job->row->strand;

  /* the third party may be of staff himself, and still hears only what is said to him */
  if (to_party && !his_strand)
    return pd_fail (error, PD_ERROR_DENIED, "the entry is not of this side thread");
  if (entry->id == 0 || entry->is_public || job->recipient->staff || his_strand)
    return TRUE;
  return pd_fail (error, PD_ERROR_DENIED, "an internal entry is not sent to a customer");
}

/* Looks everything up. */
static gboolean
gather (PdRenderJob *job, GError **error)
{
  PdRenderFacts *facts = job->renderer->facts;
  const PdOutboxRow *row = job->row;

  if (!gather_places (job, error) || !gather_people (job, error) || !pd_render_events (job, error))
    return FALSE;
  job->entry = pd_render_facts_entry (facts, row->ticket, row->message, error);
  job->author
      = job->entry != NULL ? pd_render_facts_person (facts, job->entry->author, error) : NULL;
  if (job->author == NULL || !may_read (job, error))
    return FALSE;
  job->files = job->form->files ? pd_render_facts_files (facts, error) : NULL;
  job->by_hand = (strcmp (row->event, "replied") == 0 && job->author->staff
                  && !job->recipient->staff)
                 || job->form->auto_submitted == NULL;
  return !job->form->files || job->files != NULL;
}

PdRendered *
pd_renderer_make (PdRenderer *renderer, const PdOutboxRow *row, GError **error)
{
  const PdRenderForm form = form_of (row->event);
  PdRenderJob job = { .renderer = renderer, .row = row, .form = &form };
  PdRendered *rendered = NULL;

  if (gather (&job, error) && make_texts (&job, error))
    rendered = compose (&job, error);
  pd_value_free (job.events);
  g_free (job.strand_subject);
  g_free (job.reply_to);
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
