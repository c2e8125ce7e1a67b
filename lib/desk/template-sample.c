#include "desk/template-sample.h"

#include <string.h>

#define PLACE "desk.example.org"

static PdValueTree *
named (const char *name)
{
  PdValueTree *map = pd_value_new_map ();

  pd_value_set_text (map, "name", name);
  return map;
}

static void
set_bool (PdValueTree *map, const char *name, gboolean truth)
{
  pd_value_set (map, name, pd_value_new_bool (truth));
}

static PdValueTree *
sample_ticket (gboolean full)
{
  PdValueTree *ticket = pd_value_new_map ();

  pd_value_set_text (ticket, "number", "42");
  pd_value_set_text (ticket, "subject", full ? "Printer <3rd floor> & \"smoke\"" : "");
  pd_value_set_text (ticket, "state", "locked");
  pd_value_set_text (ticket, "priority", "high");
  pd_value_set_text (ticket, "created", "2026-11-24 10:00 UTC");
  pd_value_set_text (ticket, "url", full ? "https://" PLACE "/app/tickets/42" : "");
  return ticket;
}

static PdValueTree *
sample_entry (void)
{
  PdValueTree *entry = pd_value_new_map ();

  pd_value_set_text (entry, "text", "It burns & smokes.\nPlease <help>.");
  pd_value_set_text (entry, "html_text", "It burns &amp; smokes.<br>\nPlease &lt;help&gt;.");
  pd_value_set_text (entry, "author", "Anna Smith");
  pd_value_set_text (entry, "time", "2026-11-24 10:00 UTC");
  set_bool (entry, "by_staff", TRUE);
  return entry;
}

static PdValueTree *
sample_change (const char *flag, const char *before, const char *after)
{
  PdValueTree *change = pd_value_new_map ();

  set_bool (change, flag, TRUE);
  pd_value_set_text (change, "name", flag + strlen ("is_"));
  pd_value_set_text (change, "old", before);
  pd_value_set_text (change, "new", after);
  return change;
}

static PdValueTree *
sample_changes (void)
{
  PdValueTree *changes = pd_value_new_list ();

  pd_value_append (changes, sample_change ("is_priority", "normal", "high"));
  pd_value_append (changes, sample_change ("is_subject", "Printer", "Printer <3rd floor>"));
  pd_value_append (changes, sample_change ("is_deadline", "", "2026-11-30 17:00 UTC"));
  pd_value_append (changes, sample_change ("is_plan", "Normal", "Gold"));
  return changes;
}

static PdValueTree *
sample_line (const char *line, const char *text, gboolean ok)
{
  PdValueTree *map = pd_value_new_map ();
  PdValueTree *more = pd_value_new_list ();

  pd_value_set_text (map, "line", line);
  pd_value_set_text (map, "text", text);
  set_bool (map, "ok", ok);
  if (ok)
    pd_value_append (more, pd_value_new_text ("state: locked"));
  pd_value_set (map, "more", more);
  return map;
}

/* What the events bring themselves. */
static void
fill_data (PdValueTree *data)
{
  static const struct {
    const char *name, *text;
  } texts[] = {
    { "to", "anna@example.com" },
    { "answer", "550 5.1.1 no such user <anna@example.com>" },
    { "number", "43" },
    { "until", "2026-11-30 17:00 UTC" },
    { "reason", "the address is wrong" },
    { "kind", "work" },
    { "clock", "work" },
    { "percent", "80" },
    { "due", "2026-11-24 12:00 UTC" },
    { "limit", "4 h" },
    { "used", "3 h 12 min" },
    { "rating", "good" },
    { "text", "Thank you & good bye" },
    { "link", "https://" PLACE "/account/recover?token=abc" },
    { "code", "abcd efgh" },
    { "expires", "2026-11-24 11:00 UTC" },
    { "address", "anna@example.com" },
    { "person", "Anna Smith" },
    { "title", "Maintenance on <Sunday>" },
    { "html", "<p>The desk is closed on <b>Sunday</b>.</p>" },
    { "subject", "Maintenance on <Sunday>" },
    { "undo", "support+42.xyz@" PLACE },
    { "undo_uri", "mailto:support%2B42.xyz@" PLACE "?subject=Undo" },
    { "strand", "Vendor" },
    { "filed", "reply" },
    { "period", "2026-11-24" },
    { "mine", "#42 The printer" },
    { "free", "#43 <Toner> & paper\n#44 A lamp" },
    { "overdue", "#42 The printer" },
    { "waiting", "#45 A key" },
    { "asked", "#46 A chair" },
  };
  PdValueTree *lines = pd_value_new_list ();

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    pd_value_set_text (data, texts[i].name, texts[i].text);
  pd_value_append (lines, sample_line ("#take", "the ticket is yours", TRUE));
  pd_value_append (lines, sample_line ("#plan gould", "there is no such plan", FALSE));
  pd_value_set (data, "lines", lines);
  pd_value_set (data, "changes", sample_changes ());
  set_bool (data, "failed", TRUE);
  set_bool (data, "filed_reply", TRUE);
  set_bool (data, "is_work", TRUE);
  set_bool (data, "is_good", TRUE);
  set_bool (data, "is_add", TRUE);
}

static void
set_links (PdValueTree *values)
{
  static const char *const acts[]
      = { "take", "done", "reopen", "rate_good", "rate_fair", "rate_bad", "note" };
  PdValueTree *links = pd_value_new_map (), *addresses = pd_value_new_map ();

  for (gsize i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      g_autofree char *address = g_strdup_printf ("support+42.%zu@" PLACE, i);
      g_autofree char *link = g_strdup_printf ("mailto:support%%2B42.%zu@" PLACE "?subject=42", i);

      pd_value_set_text (addresses, acts[i], address);
      pd_value_set_text (links, acts[i], link);
    }
  pd_value_set (values, "links", links);
  pd_value_set (values, "addresses", addresses);
}

static PdValueTree *
sample_event (const char *flag, gboolean with_entry)
{
  PdValueTree *event = pd_value_new_map (), *data = pd_value_new_map ();

  set_bool (event, flag, TRUE);
  pd_value_set (event, "actor", named ("Bob Jones"));
  pd_value_set_text (event, "time", "2026-11-24 10:05 UTC");
  pd_value_set (event, "entry", with_entry ? sample_entry () : pd_value_new_map ());
  fill_data (data);
  pd_value_set (event, "data", data);
  set_bool (event, "is_note", FALSE);
  return event;
}

static PdValueTree *
sample_events (void)
{
  static const char *const flags[]
      = { "is_created",  "is_replied", "is_noted",   "is_taken",           "is_released",
          "is_done",     "is_reopened", "is_forwarded", "is_assigned",     "is_waiting",
          "is_resumed",  "is_changed", "is_merged",  "is_delivery_failed", "is_rated",
          "is_sla_warning", "is_sla_breach" };
  PdValueTree *events = pd_value_new_list ();

  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    pd_value_append (events, sample_event (flags[i], i < 3));
  return events;
}

/* Mail that shows nothing of a ticket. */
static gboolean
is_apart (const char *event)
{
  static const char *const events[]
      = { "strand", "client-request", "digest", "mailing", "register", "invite", "recover",
          "password-changed", "account", NULL };

  return g_strv_contains (events, event);
}

PdValueTree *
pd_template_sample (const char *event, gboolean staff, gboolean full)
{
  PdValueTree *values = pd_value_new_map ();
  PdValueTree *unit = named ("Building services"), *data = pd_value_new_map ();
  PdValueTree *desk = named ("ACME");

  pd_value_set_text (unit, "signature", full ? "Building services\nRoom 1.01" : "");
  pd_value_set_text (unit, "address", "support@" PLACE);
  pd_value_set (values, "unit", unit);
  pd_value_set_text (desk, "url", full ? "https://" PLACE : "");
  pd_value_set (values, "desk", desk);
  pd_value_set_text (values, "title", "Printer");
  if (!is_apart (event))
    pd_value_set (values, "ticket", sample_ticket (full));
  pd_value_set (values, "actor", named ("Bob Jones"));
  pd_value_set (values, "recipient", named (full ? "Carol O'Neil" : ""));
  if (full)
    {
      pd_value_set (values, "entry", sample_entry ());
      fill_data (data);
      set_links (values);
    }
  pd_value_set (values, "data", data);
  pd_value_set (values, "events", sample_events ());
  pd_value_set (values, "further", sample_events ());
  set_bool (values, "is_staff", staff);
  set_bool (values, "is_customer", !staff);
  set_bool (values, "is_note", staff && full && strcmp (event, "replied") == 0);
  set_bool (values, "is_take", TRUE);
  return values;
}
