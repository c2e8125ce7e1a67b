#include <string.h>

#include "desk/ticket-view.h"

typedef struct json_object Json;

/* One page being made. */
typedef struct {
  GString *out;
  gboolean html;
} Page;

static const char *
text_of (Json *object, const char *key)
{
  Json *value = object != NULL ? json_object_object_get (object, key) : NULL;

  return value != NULL ? json_object_get_string (value) : "";
}

/* The name of a person, or his address; "" the system. */
static const char *
label_of (Json *person)
{
  const char *name = text_of (person, "name");

  return name[0] != '\0' ? name : text_of (person, "address");
}

static gsize
length_of (Json *array)
{
  return array != NULL ? json_object_array_length (array) : 0;
}

/* ---- text and HTML ---- */

/* Text that somebody wrote; control characters but line ends and tabs are no part of a page. */
static void
put (Page *page, const char *text)
{
  for (; *text != '\0'; text++)
    {
      char c = *text;

      if (g_ascii_iscntrl (c) && c != '\n' && c != '\t')
        continue;
      if (!page->html)
        g_string_append_c (page->out, c);
      else if (c == '<')
        g_string_append (page->out, "&lt;");
      else if (c == '>')
        g_string_append (page->out, "&gt;");
      else if (c == '&')
        g_string_append (page->out, "&amp;");
      else if (c == '"')
        g_string_append (page->out, "&quot;");
      else if (c == '\'')
        g_string_append (page->out, "&#39;");
      else
        g_string_append_c (page->out, c);
    }
}

/* Our own text, a form for each. */
static void
mark (Page *page, const char *text, const char *html)
{
  g_string_append (page->out, page->html ? html : text);
}

static void
heading (Page *page, const char *title)
{
  mark (page, "\n", "<h2>");
  put (page, title);
  mark (page, "\n\n", "</h2>\n");
}

/* "name: value" as a line or a row of a table; what is empty is left out. */
static void
row (Page *page, const char *name, const char *value)
{
  if (value[0] == '\0')
    return;
  mark (page, "  ", "<tr><th>");
  put (page, name);
  if (!page->html)
    for (glong n = g_utf8_strlen (name, -1); n < 14; n++)
      g_string_append_c (page->out, ' ');
  mark (page, " ", "</th><td>");
  put (page, value);
  mark (page, "\n", "</td></tr>\n");
}

/* ---- the parts ---- */

static char *
dup_names (Json *array, const char *key)
{
  GString *names = g_string_new (NULL);

  for (gsize i = 0; i < length_of (array); i++)
    {
      Json *one = json_object_array_get_idx (array, i);
      const char *name = key == NULL            ? json_object_get_string (one)
                         : strcmp (key, "") == 0 ? label_of (one)
                                                 : text_of (one, key);

      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", name);
    }
  return g_string_free (names, FALSE);
}

static void
put_header (Page *page, Json *view)
{
  static const char *const names[]
      = { "unit", "state", "priority", "plan", "created", "updated",
          "deadline", "waiting_until", "done", "rating", "rating_text", "merged_into" };
  g_autofree char *tags = dup_names (json_object_object_get (view, "tags"), NULL);
  g_autofree char *topics = dup_names (json_object_object_get (view, "topics"), NULL);
  g_autofree char *links = dup_names (json_object_object_get (view, "links"), "number");

  mark (page, "#", "<h1>#");
  put (page, text_of (view, "number"));
  mark (page, "  ", " ");
  put (page, text_of (view, "subject"));
  mark (page, "\n\n", "</h1>\n<table>\n");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *label = g_strdelimit (g_strdup (names[i]), "_", ' ');

      row (page, label, text_of (view, names[i]));
    }
  row (page, "tags", tags);
  row (page, "topics", topics);
  row (page, "links", links);
  mark (page, "", "</table>\n");
}

static void
put_people (Page *page, Json *people)
{
  heading (page, "People");
  mark (page, "", "<table>\n");
  for (gsize i = 0; i < length_of (people); i++)
    {
      Json *person = json_object_array_get_idx (people, i);
      const char *address = text_of (person, "address");
      g_autofree char *who
          = address[0] != '\0' ? g_strdup_printf ("%s <%s>", text_of (person, "name"), address)
                               : g_strdup (text_of (person, "name"));

      row (page, text_of (person, "relation"), who);
    }
  mark (page, "", "</table>\n");
}

static void
put_fields (Page *page, Json *fields)
{
  gboolean any = FALSE;

  for (gsize i = 0; i < length_of (fields); i++)
    {
      Json *field = json_object_array_get_idx (fields, i);

      if (text_of (field, "value")[0] == '\0')
        continue;
      if (!any)
        {
          heading (page, "Fields");
          mark (page, "", "<table>\n");
        }
      any = TRUE;
      row (page, text_of (field, "name"), text_of (field, "value"));
    }
  if (any)
    mark (page, "", "</table>\n");
}

static gboolean
is_event (Json *entry)
{
  return strcmp (text_of (entry, "kind"), "event") == 0;
}

static void
put_entry (Page *page, Json *entry)
{
  g_autofree char *files = dup_names (json_object_object_get (entry, "attachments"), "name");
  g_autofree char *text = g_strchomp (g_strdup (text_of (entry, "text")));
  const char *origin = text_of (entry, "origin");

  mark (page, "-- ", "<section>\n<h3>");
  put (page, text_of (entry, "time"));
  mark (page, "  ", " ");
  put (page, text_of (entry, "kind"));
  mark (page, " by ", " by ");
  put (page, label_of (json_object_object_get (entry, "author")));
  if (strcmp (text_of (entry, "visibility"), "internal") == 0)
    mark (page, " (internal)", " <em>(internal)</em>");
  if (text_of (entry, "edited")[0] != '\0')
    mark (page, " (edited)", " <em>(edited)</em>");
  if (origin[0] != '\0')
    {
      mark (page, " (from #", " <em>(from #");
      put (page, origin);
      mark (page, ")", ")</em>");
    }
  mark (page, "\n", "</h3>\n<pre>");
  put (page, text);
  mark (page, "\n", "</pre>\n");
  if (files[0] != '\0')
    {
      mark (page, "  files: ", "<p>Files: ");
      put (page, files);
      mark (page, "\n", "</p>\n");
    }
  mark (page, "\n", "</section>\n");
}

static void
put_entries (Page *page, Json *entries)
{
  heading (page, "Entries");
  for (gsize i = 0; i < length_of (entries); i++)
    {
      Json *entry = json_object_array_get_idx (entries, i);

      if (!is_event (entry))
        put_entry (page, entry);
    }
}

static void
put_history (Page *page, Json *entries)
{
  heading (page, "History");
  mark (page, "", "<table>\n");
  for (gsize i = 0; i < length_of (entries); i++)
    {
      Json *entry = json_object_array_get_idx (entries, i);
      const char *author = label_of (json_object_object_get (entry, "author"));
      g_autofree char *what = NULL;

      if (!is_event (entry))
        continue;
      what = author[0] != '\0' ? g_strdup_printf ("%s by %s", text_of (entry, "text"), author)
                               : g_strdup (text_of (entry, "text"));
      row (page, text_of (entry, "time"), what);
    }
  mark (page, "", "</table>\n");
}

/* ---- pages ---- */

static void
put_view (Page *page, Json *view)
{
  Json *entries = json_object_object_get (view, "entries");

  put_header (page, view);
  put_people (page, json_object_object_get (view, "participants"));
  put_fields (page, json_object_object_get (view, "fields"));
  put_entries (page, entries);
  put_history (page, entries);
}

char *
pd_ticket_print_text (Json *view)
{
  Page page = { .out = g_string_new (NULL) };

  put_view (&page, view);
  return g_string_free (page.out, FALSE);
}

/* The policy forbids what the escaping leaves no place for anyway. */
char *
pd_ticket_print_html (Json *view)
{
  Page page = { .out = g_string_new (NULL), .html = TRUE };

  g_string_append (
      page.out,
      "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'\">\n<title>#");
  put (&page, text_of (view, "number"));
  g_string_append_c (page.out, ' ');
  put (&page, text_of (view, "subject"));
  g_string_append (page.out,
                   "</title>\n<style>\n"
                   "body { font: 11pt sans-serif; max-width: 50em; margin: 2em auto; }\n"
                   "h1 { font-size: 1.4em; } h2 { font-size: 1.1em; } h3 { font-size: 1em; }\n"
                   "th { text-align: left; padding-right: 1em; vertical-align: top; }\n"
                   "pre { white-space: pre-wrap; font: inherit; }\n"
                   "section { border-top: 1px solid #999; page-break-inside: avoid; }\n"
                   "</style>\n</head>\n<body>\n");
  put_view (&page, view);
  g_string_append (page.out, "</body>\n</html>\n");
  return g_string_free (page.out, FALSE);
}
