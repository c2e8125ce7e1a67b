#include <string.h>

#include "desk/render-job.h"
#include "mail/ticket-ref.h"

#define MAX_SUBJECT 100 /* characters of the ticket's subject in a link */

/* The acts that a mail can offer, to whom, and in which states of the ticket. */
static const struct Act {
  const char *name;
  PdSignedKind kind;
  PdSignedAct act;
  gboolean to_staff, to_customer;
  const char *states;
} acts[] = {
  { "take", PD_SIGNED_ACT, PD_SIGNED_TAKE, TRUE, FALSE, "free waiting" },
  { "done", PD_SIGNED_ACT, PD_SIGNED_DONE, TRUE, TRUE, "free locked waiting" },
  { "reopen", PD_SIGNED_ACT, PD_SIGNED_REOPEN, TRUE, TRUE, "done" },
  { "rate_good", PD_SIGNED_ACT, PD_SIGNED_RATE_GOOD, FALSE, TRUE, "done" },
  { "rate_fair", PD_SIGNED_ACT, PD_SIGNED_RATE_FAIR, FALSE, TRUE, "done" },
  { "rate_bad", PD_SIGNED_ACT, PD_SIGNED_RATE_BAD, FALSE, TRUE, "done" },
  { "note", PD_SIGNED_NOTE, PD_SIGNED_TAKE, TRUE, FALSE, "free locked waiting done archived" },
};

/* "mailto:support%2Bt1.atX.SIG@example.org?subject=…&body=…" by RFC 6068 2: all
 * but unreserved characters is encoded in what is said, "@" stays in the
 * address.  "+" is encoded too: some programs read it as a blank. */
char *
pd_render_mailto (const char *address, const char *subject, const char *body)
{
  GString *uri = g_string_new ("mailto:");

  g_string_append_uri_escaped (uri, address, "@", FALSE);
  g_string_append (uri, "?subject=");
  g_string_append_uri_escaped (uri, subject, NULL, FALSE);
  if (body[0] != '\0')
    {
      g_string_append (uri, "&body=");
      for (; *body != '\0'; body++)
        if (*body == '\n')
          g_string_append (uri, "%0D%0A");
        else
          g_string_append_uri_escaped (uri, (const char[]){ *body, '\0' }, NULL, FALSE);
    }
  return g_string_free (uri, FALSE);
}

/* What the mail to the address would say, in the recipient's language. */
static gboolean
render_hint (const PdTemplateChoice *choice, const struct Act *act, const PdValueTree *values,
             char **out_subject, char **out_body, GError **error)
{
  g_autoptr (PdValueTree) own = pd_value_new_map ();
  g_autofree char *flag = g_strdup_printf ("is_%s", act->name);
  g_autofree char *number = NULL;
  PdValueTree *ticket = pd_value_new_map ();
  const PdValueTree *known = pd_value_get (values, "ticket");

  pd_value_set (own, flag, pd_value_new_bool (TRUE));
  number = g_strdup (pd_value_get_text (pd_value_get (known, "number")));
  pd_value_set_text (ticket, "number", number);
  pd_value_set (own, "ticket", ticket);
  if (!pd_template_choice_render (choice, PD_TEMPLATE_SUBJECT, own, out_subject, error)
      || !pd_template_choice_render (choice, PD_TEMPLATE_TEXT, own, out_body, error))
    return FALSE;
  g_strstrip (*out_subject);
  g_strchomp (*out_body);
  return TRUE;
}

static gboolean
add_link (const PdRenderJob *job, const PdTemplateChoice *choice, const struct Act *act,
          const char *address, PdValueTree *values, PdValueTree *links, GError **error)
{
  g_autofree char *said = NULL;
  g_autofree char *body = NULL;
  g_autofree char *subject = NULL;
  g_autofree char *uri = NULL;

  if (!render_hint (choice, act, values, &said, &body, error))
    return FALSE;
  if (act->kind == PD_SIGNED_NOTE)
    {
      g_free (said);
      said = pd_render_one_line (job->ticket->subject, MAX_SUBJECT);
    }
  subject
      = pd_ticket_ref_mark (job->renderer->desk->settings->name, job->ticket->number, said, FALSE);
  uri = pd_render_mailto (address, subject, body);
  pd_value_set_text (links, act->name, uri);
  return TRUE;
}

gboolean
pd_render_links (const PdRenderJob *job, const char *const *languages, PdValueTree *values,
                 GError **error)
{
  PdRenderer *renderer = job->renderer;
  PdTemplateChoice choice;
  PdValueTree *links, *addresses;
  gboolean ok = TRUE;

  /* who is nobody of ours, and who takes part in a side thread only, may do nothing */
  if (job->ticket == NULL || job->row->person == 0 || job->form->bare || job->row->strand != 0
      || !pd_templates_choose (renderer->templates, pd_template_overrides_find, renderer->overrides,
                               languages, "act", &choice))
    return TRUE;
  links = pd_value_new_map ();
  addresses = pd_value_new_map ();
  for (gsize i = 0; ok && i < G_N_ELEMENTS (acts); i++)
    {
      PdSignedAddress what = { .kind = acts[i].kind,
                               .ticket = job->ticket->number,
                               .person = job->row->person,
                               .act = acts[i].act };
      g_autofree char *address = NULL;

      if (!(job->recipient->staff ? acts[i].to_staff : acts[i].to_customer)
          || strstr (acts[i].states, job->ticket->state) == NULL)
        continue;
      address = pd_render_signed_address (job, &what);
      /* where nothing can be signed, an answer is all there is */
      if (strcmp (address, job->unit->address) == 0)
        continue;
      pd_value_set_text (addresses, acts[i].name, address);
      ok = add_link (job, &choice, &acts[i], address, values, links, error);
    }
  pd_value_set (values, "links", links);
  pd_value_set (values, "addresses", addresses);
  return ok;
}
