#include <string.h>

#include <json-c/json.h>

#include "base/error.h"
#include "base/id.h"
#include "desk/account.h"
#include "desk/render-job.h"
#include "desk/ticket.h"

#define MAX_DATA_DEPTH 8 /* of what a row brings */

/* ---- small texts ---- */

char *
pd_render_one_line (const char *text, gsize max_chars)
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

/* The address of staff stays hidden from customers, and of other customers
 * they see the part that tells them apart. */
char *
pd_render_name_of (const PdRenderJob *job, const PdFactPerson *person)
{
  if (person->name[0] != '\0')
    return pd_render_one_line (person->name, PD_RENDER_MAX_NAME);
  if (job->recipient->staff && person->address[0] != '\0')
    return pd_render_one_line (person->address, PD_RENDER_MAX_NAME);
  if (!person->staff && person->address[0] != '\0')
    return g_strndup (person->address, strcspn (person->address, "@"));
  return pd_render_one_line (job->unit->name, PD_RENDER_MAX_NAME);
}

static GTimeZone *
zone_of (const PdRenderJob *job)
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

char *
pd_render_time (const PdRenderJob *job, gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, zone_of (job)) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M %Z") : g_strdup ("");
}

static void
set_time (const PdRenderJob *job, PdValueTree *map, const char *name, gint64 time)
{
  g_autofree char *text = pd_render_time (job, time);

  pd_value_set_text (map, name, text);
}

static void
set_line (PdValueTree *map, const char *name, const char *text)
{
  g_autofree char *line = pd_render_one_line (text, PD_TICKET_MAX_SUBJECT);

  pd_value_set_text (map, name, line);
}

static void
set_named (PdValueTree *values, const char *what, const char *name)
{
  PdValueTree *map = pd_value_new_map ();

  set_line (map, "name", name);
  pd_value_set (values, what, map);
}

/* "is_sla_warning" */
static void
set_flag (PdValueTree *map, const char *word)
{
  g_autofree char *flag = g_strconcat ("is_", word, NULL);

  g_strdelimit (flag, "- ", '_');
  pd_value_set (map, flag, pd_value_new_bool (TRUE));
}

/* ---- ticket and entries ---- */

static void
set_ticket (const PdRenderJob *job, PdValueTree *values)
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
append_names (const GPtrArray *files, GString *text, const char *line_end)
{
  gboolean first = TRUE;

  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      const PdFactFile *file = g_ptr_array_index (files, i);
      g_autofree char *size = NULL;
      g_autofree char *name = NULL;
      g_autofree char *safe = NULL;

      if (file->bytes != NULL)
        continue;
      size = g_format_size_full ((guint64)file->size, G_FORMAT_SIZE_IEC_UNITS);
      name = pd_render_one_line (file->name[0] != '\0' ? file->name : file->type,
                                 PD_RENDER_MAX_NAME);
      safe = line_end[0] == '<' ? g_markup_escape_text (name, -1) : g_steal_pointer (&name);
      g_string_append_printf (text, "%s%s[%s, %s]", first ? line_end : "", line_end, safe, size);
      first = FALSE;
    }
}

static PdValueTree *
entry_values (const PdRenderJob *job, const PdFactEntry *entry, const PdFactPerson *author,
              const GPtrArray *files)
{
  g_autoptr (GString) text = g_string_new (entry->text);
  g_autoptr (GString) html = g_string_new (entry->html_text);
  g_autofree char *name = pd_render_name_of (job, author);
  PdValueTree *map = pd_value_new_map ();

  if (entry->id == 0)
    return map;
  append_names (files, text, "\n");
  append_names (files, html, "<br>\n");
  pd_value_set_text (map, "text", text->str);
  pd_value_set_text (map, "html_text", html->str);
  pd_value_set_text (map, "author", name);
  pd_value_set (map, "by_staff", pd_value_new_bool (author->staff));
  set_time (job, map, "time", entry->created);
  return map;
}

/* ---- what a row brings itself ---- */

static PdValueTree *
value_of (struct json_object *json, int depth)
{
  PdValueTree *value;

  switch (json_object_get_type (json))
    {
    case json_type_boolean:
      return pd_value_new_bool (json_object_get_boolean (json));
    case json_type_array:
      value = pd_value_new_list ();
      for (gsize i = 0; depth < MAX_DATA_DEPTH && i < json_object_array_length (json); i++)
        pd_value_append (value, value_of (json_object_array_get_idx (json, i), depth + 1));
      return value;
    case json_type_object:
      value = pd_value_new_map ();
      if (depth < MAX_DATA_DEPTH)
        {
          json_object_object_foreach (json, key, item)
          {
            pd_value_set (value, key, value_of (item, depth + 1));
          }
        }
      return value;
    default:
      return pd_value_new_text (json != NULL ? json_object_get_string (json) : "");
    }
}

static gboolean
is_scalar (struct json_object *json)
{
  return !json_object_is_type (json, json_type_array)
         && !json_object_is_type (json, json_type_object);
}

/* [old, new], as events have it */
static gboolean
is_change (struct json_object *json)
{
  return json_object_is_type (json, json_type_array) && json_object_array_length (json) == 2
         && is_scalar (json_object_array_get_idx (json, 0))
         && is_scalar (json_object_array_get_idx (json, 1));
}

/* Names that are times, or spans of it, when they are numbers (microseconds). */
static gboolean
is_one_of (const char *name, const char *const *names)
{
  return g_strv_contains (names, name);
}

static char *
dup_span (gint64 span)
{
  gint64 minutes = span / G_USEC_PER_SEC / 60;

  return g_strdup_printf ("%" G_GINT64_FORMAT ":%02d", minutes / 60, (int)(minutes % 60));
}

static char *
dup_name_of (const PdRenderJob *job, PdSqlId sql, const char *id_text)
{
  g_autoptr (PdRows) rows = NULL;
  gint64 id;

  if (!pd_id_parse (id_text, &id))
    return g_strdup (id_text);
  rows = pd_db_query (job->renderer->desk->db, sql, PD_BIND (PD_INT (id)), NULL);
  return g_strdup (rows != NULL && pd_rows_next (rows, NULL) > 0 ? pd_rows_text (rows, 0) : "");
}

/* A property for people to read: times in their zone, names instead of ids. */
static char *
dup_readable (const PdRenderJob *job, const char *name, struct json_object *json)
{
  static const char *const times[]
      = { "deadline", "waiting_until", "until", "due", "expires", "at", NULL };
  static const char *const spans[] = { "limit", "used", "span", "left", NULL };
  static const char *const ratings[] = { "", "bad", "fair", "good" };
  gboolean number = json_object_is_type (json, json_type_int);
  gint64 value = number ? json_object_get_int64 (json) : 0;

  if (json == NULL)
    return g_strdup ("");
  if (number && is_one_of (name, times))
    return value != 0 ? pd_render_time (job, value) : g_strdup ("");
  if (number && is_one_of (name, spans))
    return dup_span (value);
  if (number && strcmp (name, "priority") == 0)
    return g_strdup (pd_priority_name ((int)value));
  if (number && strcmp (name, "rating") == 0)
    return g_strdup (value >= 1 && value <= 3 ? ratings[value] : "");
  if (strcmp (name, "plan") == 0)
    return dup_name_of (job, PD_SQL_RENDER_PLAN, json_object_get_string (json));
  if (strcmp (name, "unit") == 0)
    return dup_name_of (job, PD_SQL_RENDER_UNIT, json_object_get_string (json));
  return g_strdup (json_object_get_string (json));
}

static void
add_change (const PdRenderJob *job, PdValueTree *data, PdValueTree *changes, const char *name,
            struct json_object *pair)
{
  g_autofree char *before = dup_readable (job, name, json_object_array_get_idx (pair, 0));
  g_autofree char *after = dup_readable (job, name, json_object_array_get_idx (pair, 1));
  PdValueTree *change;

  if (strcmp (before, after) == 0)
    return;
  change = pd_value_new_map ();
  set_flag (change, name);
  pd_value_set_text (change, "name", name);
  pd_value_set_text (change, "old", before);
  pd_value_set_text (change, "new", after);
  pd_value_append (changes, change);
  pd_value_set_text (data, name, after);
  if (strcmp (name, "rating") == 0 && after[0] != '\0')
    set_flag (data, after);
}

static void
add_property (const PdRenderJob *job, PdValueTree *data, const char *name, struct json_object *json)
{
  static const char *const words[] = { "kind", "clock", "rating", "action", "result", NULL };
  g_autofree char *text = NULL;

  if (!is_scalar (json) || json_object_is_type (json, json_type_boolean))
    {
      pd_value_set (data, name, value_of (json, 0));
      return;
    }
  text = dup_readable (job, name, json);
  pd_value_set_text (data, name, text);
  if (strcmp (name, "undo") == 0 && text[0] != '\0')
    {
      g_autofree char *uri = pd_render_mailto (text, "undo", "");

      pd_value_set_text (data, "undo_uri", uri);
    }
  /* a template has no comparison */
  if (text[0] != '\0' && is_one_of (name, words))
    set_flag (data, text);
}

static PdValueTree *
data_values (const PdRenderJob *job, struct json_object *json)
{
  PdValueTree *data = pd_value_new_map (), *changes = pd_value_new_list ();

  if (json_object_is_type (json, json_type_object))
    {
      json_object_object_foreach (json, name, value)
      {
        if (is_change (value))
          add_change (job, data, changes, name, value);
        else if (strcmp (name, "events") != 0)
          add_property (job, data, name, value);
      }
    }
  pd_value_set (data, "changes", changes);
  return data;
}

/* ---- several events in one mail ---- */

/* One event, as the partial `event` shows it. */
static PdValueTree *
event_values (const PdRenderJob *job, const char *event, const PdFactPerson *actor,
              PdValueTree *take_entry, PdValueTree *take_data, gint64 at, gboolean is_note)
{
  PdValueTree *map = pd_value_new_map ();
  g_autofree char *name = pd_render_name_of (job, actor);

  set_flag (map, event);
  set_named (map, "actor", name);
  set_time (job, map, "time", at);
  /* also an empty one, lest that of the mail is found in its place */
  pd_value_set (map, "entry", take_entry);
  pd_value_set (map, "data", take_data);
  pd_value_set (map, "is_note", pd_value_new_bool (is_note));
  return map;
}

static gint64
id_in (struct json_object *json, const char *name)
{
  gint64 id = 0;
  struct json_object *value = json_object_object_get (json, name);

  if (value != NULL && !pd_id_parse (json_object_get_string (value), &id))
    return 0;
  return id;
}

static gboolean
add_event (PdRenderJob *job, struct json_object *json, GError **error)
{
  PdRenderFacts *facts = job->renderer->facts;
  struct json_object *name = json_object_object_get (json, "event");
  const PdFactPerson *actor = pd_render_facts_person (facts, id_in (json, "actor"), error);
  const PdFactEntry *entry
      = actor != NULL
            ? pd_render_facts_entry (facts, job->row->ticket, id_in (json, "message"), error)
            : NULL;
  const PdFactPerson *author
      = entry != NULL ? pd_render_facts_person (facts, entry->author, error) : NULL;

  if (author == NULL)
    return FALSE;
  if (entry->id != 0 && !entry->is_public && !job->recipient->staff)
    return pd_fail (error, PD_ERROR_DENIED, "an internal entry is not sent to a customer");
  if (entry->id == 0)
    author = actor;
  pd_value_append (
      job->events,
      event_values (job, name != NULL ? json_object_get_string (name) : "", actor,
                    entry_values (job, entry, author, NULL),
                    data_values (job, json_object_object_get (json, "data")),
                    json_object_get_int64 (json_object_object_get (json, "at")),
                    entry->id != 0 && !entry->is_public));
  return TRUE;
}

gboolean
pd_render_events (PdRenderJob *job, GError **error)
{
  struct json_object *data = json_tokener_parse (job->row->data);
  struct json_object *events = json_object_is_type (data, json_type_object)
                                   ? json_object_object_get (data, "events")
                                   : NULL;
  gboolean ok = TRUE;

  job->several = json_object_is_type (events, json_type_array);
  if (job->several)
    {
      job->events = pd_value_new_list ();
      for (gsize i = 0; ok && i < json_object_array_length (events); i++)
        ok = add_event (job, json_object_array_get_idx (events, i), error);
    }
  json_object_put (data);
  return ok;
}

/* The row's own event first, then those that have joined it. */
static void
set_events (PdRenderJob *job, PdValueTree *values)
{
  PdValueTree *list = pd_value_new_list ();
  struct json_object *data = json_tokener_parse (job->row->data);
  gboolean is_note = job->entry->id != 0 && !job->entry->is_public;

  pd_value_append (list, event_values (job, job->row->event,
                                       job->row->actor != 0 ? job->actor : job->author,
                                       entry_values (job, job->entry, job->author, job->files),
                                       data_values (job, data), job->row->created, is_note));
  json_object_put (data);
  pd_value_set (values, "events", list);
  pd_value_set (values, "further", g_steal_pointer (&job->events));
}

/* ---- all ---- */

static gboolean
set_data (const PdRenderJob *job, PdValueTree *values, GError **error)
{
  struct json_object *json = json_tokener_parse (job->row->data);
  PdValueTree *data = data_values (job, json);
  gboolean ok = !job->form->secret || pd_account_fill (job->renderer->desk, json, data, error);
  const char *expires = pd_value_get_text (pd_value_get (data, "expires_at"));

  if (ok && expires != NULL)
    set_time (job, data, "expires", g_ascii_strtoll (expires, NULL, 10));
  json_object_put (json);
  pd_value_set (values, "data", data);
  return ok;
}

static gboolean
set_mailing (const PdRenderJob *job, PdValueTree *values, GError **error)
{
  struct json_object *json = json_tokener_parse (job->row->data);
  const PdFactMailing *mailing
      = pd_render_facts_mailing (job->renderer->facts, id_in (json, "mailing"), error);
  PdValueTree *data = pd_value_new_map ();

  json_object_put (json);
  if (mailing != NULL)
    {
      set_line (data, "subject", mailing->subject);
      pd_value_set_text (data, "text", mailing->text);
      pd_value_set_text (data, "html", mailing->html);
    }
  pd_value_set (values, "data", data);
  return mailing != NULL;
}

static void
set_places (const PdRenderJob *job, PdValueTree *values)
{
  const PdDeskSettings *settings = job->renderer->desk->settings;
  PdValueTree *desk = pd_value_new_map ();
  PdValueTree *unit = pd_value_new_map ();

  pd_value_set_text (desk, "name", settings->name);
  pd_value_set_text (desk, "url", settings->url);
  pd_value_set (values, "desk", desk);
  set_line (unit, "name", job->unit->name);
  pd_value_set_text (unit, "signature", job->unit->signature);
  pd_value_set_text (unit, "address", job->unit->address);
  pd_value_set (values, "unit", unit);
}

PdValueTree *
pd_render_values (PdRenderJob *job, GError **error)
{
  g_autoptr (PdValueTree) values = pd_value_new_map ();
  g_autofree char *actor
      = pd_render_name_of (job, job->row->actor != 0 ? job->actor : job->author);

  set_places (job, values);
  if (job->ticket != NULL && !job->form->bare)
    set_ticket (job, values);
  set_named (values, "actor", actor);
  set_named (values, "recipient", job->recipient->name);
  if (job->entry->id != 0)
    pd_value_set (values, "entry", entry_values (job, job->entry, job->author, job->files));
  if (!(strcmp (job->row->event, "mailing") == 0 ? set_mailing (job, values, error)
                                                 : set_data (job, values, error)))
    return NULL;
  if (job->several)
    set_events (job, values);
  if (job->strand_subject != NULL)
    set_line (values, "strand_subject", job->strand_subject);
  pd_value_set (values, "is_staff", pd_value_new_bool (job->recipient->staff));
  pd_value_set (values, "is_customer", pd_value_new_bool (!job->recipient->staff));
  pd_value_set (values, "is_note",
                pd_value_new_bool (job->entry->id != 0 && !job->entry->is_public));
  pd_value_set (values, "is_strand", pd_value_new_bool (job->row->strand != 0));
  if (strcmp (job->reply_to, job->unit->address) != 0)
    {
      pd_value_set (values, "answer_is_note", pd_value_new_bool (job->answer == PD_SIGNED_NOTE));
      pd_value_set (values, "answer_is_strand",
                    pd_value_new_bool (job->answer == PD_SIGNED_STRAND));
    }
  return g_steal_pointer (&values);
}
