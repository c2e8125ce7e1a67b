/* Tickets, what was said on them, and what happened to them. */
#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/clock-history.h"
#include "desk/import-row.h"
#include "desk/number.h"
#include "desk/plan.h"
#include "desk/raw.h"
#include "desk/ticket-clock.h"
#include "desk/ticket.h"
#include "mail/html-text.h"

#define MAX_FILE_NAME 250 /* characters */

typedef struct json_object Json;

/* ---- facts that are needed before their turn ---- */

gboolean
pd_zenlix_note_number (PdZenlix *zenlix, GError **error)
{
  zenlix->last_number = MAX (zenlix->last_number, pd_zenlix_int (zenlix, "id"));
  return TRUE;
}

gboolean
pd_zenlix_note_source (PdZenlix *zenlix, GError **error)
{
  static const char *const sources[] = { "web", "mail", "api" };
  gint64 number = pd_zenlix_int (zenlix, "ticket_id");

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    if (strcmp (pd_zenlix_text (zenlix, "ticket_source"), sources[i]) == 0)
      {
        g_hash_table_replace (zenlix->sources, g_memdup2 (&number, sizeof number),
                              (gpointer)sources[i]);
        return pd_zenlix_imported (zenlix);
      }
  return pd_zenlix_skip (zenlix, "it does not say how the ticket came");
}

gboolean
pd_zenlix_note_file (PdZenlix *zenlix, GError **error)
{
  PdZenlixFile *file;

  if (pd_zenlix_has (zenlix, "obj_type") && pd_zenlix_int (zenlix, "obj_type") != 1)
    return TRUE;
  file = g_new0 (PdZenlixFile, 1);
  file->name = pd_zenlix_line (pd_zenlix_text (zenlix, "original_name"), MAX_FILE_NAME);
  file->type = pd_zenlix_line (pd_zenlix_text (zenlix, "file_type"), 200);
  file->extension = g_strdup (pd_zenlix_text (zenlix, "file_ext"));
  g_hash_table_replace (zenlix->files, g_strdup (pd_zenlix_text (zenlix, "file_hash")), file);
  return TRUE;
}

/* ---- events ---- */

static void
add_change (Json *data, const char *property, const char *old, const char *new)
{
  Json *pair = json_object_new_array ();

  json_object_array_add (pair, old != NULL ? json_object_new_string (old) : NULL);
  json_object_array_add (pair, new != NULL ? json_object_new_string (new) : NULL);
  json_object_object_add (data, property, pair);
}

static void
add_id_change (Json *data, const char *property, gint64 old, gint64 new)
{
  char old_text[PD_ID_TEXT_SIZE], new_text[PD_ID_TEXT_SIZE];

  add_change (data, property, old != 0 ? pd_id_format (old, old_text) : NULL,
              new != 0 ? pd_id_format (new, new_text) : NULL);
}

/* takes the data, which may be NULL */
static gboolean
add_event (PdZenlix *zenlix, gint64 ticket, gint64 at, const char *kind, gint64 actor,
           gint64 message, Json *data, GError **error)
{
  gboolean good = pd_db_exec (
      zenlix->desk->db, PD_SQL_EVENT_ADD,
      PD_BIND (PD_INT (pd_id_new ()), PD_INT (ticket), PD_INT (at), PD_TEXT (kind), PD_ID (actor),
               PD_ID (message), PD_TEXT (data != NULL ? json_object_to_json_string (data) : "{}")),
      NULL, error);

  json_object_put (data);
  return good;
}

/* ---- texts ---- */

/* Comments came from an editor of HTML, and from mails as plain text. */
static gboolean
is_html (const char *text)
{
  static const char *const tags[] = { "<p",  "<br", "<div", "<b>",  "<strong", "<em", "<ul", "<ol",
                                      "<li", "<a ", "<img", "<pre", "<span",   "<i>", "<u>", "<h" };

  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      const char *at = strstr (text, tags[i]);

      if (at != NULL && strchr (at, '>') != NULL)
        return TRUE;
    }
  return FALSE;
}

/* Lines of browsers end in CR LF. */
static char *
unix_lines (const char *text)
{
  GString *lines = g_string_new (text);

  g_string_replace (lines, "\r\n", "\n", 0);
  return g_string_free (lines, FALSE);
}

typedef struct {
  gint64 ticket, author, created;
  const char *kind;
  const char *text; /* as it stands there */
} Said;

static gboolean
write_message (PdZenlix *zenlix, const Said *said, gint64 *out, GError **error)
{
  gboolean html = is_html (said->text);
  g_autofree char *text = html ? pd_html_to_text (said->text) : unix_lines (said->text);

  *out = pd_id_new ();
  return pd_db_exec (zenlix->desk->db, PD_SQL_IMPORT_ENTRY_ADD,
                     PD_BIND (PD_INT (*out), PD_INT (said->ticket), PD_TEXT (said->kind),
                              PD_INT (said->author), PD_INT (said->created), PD_TEXT (text),
                              PD_TEXT (html ? said->text : NULL)),
                     NULL, error);
}

/* ---- tickets ---- */

/* A ticket as its row has it; people and units are ours. */
typedef struct {
  gint64 id, number, unit, requester, author, locker, finisher, plan;
  gint64 created, updated, done, deadline;
  const char *state;
  GArray *assignees; /* of gint64 */
} Ticket;

/* What was archived while it was open had been reopened by a program: it stays out of
 * sight, as it was. */
static const char *
state_of (PdZenlix *zenlix)
{
  if (pd_zenlix_int (zenlix, "arch") == 1)
    return "archived";
  if (pd_zenlix_int (zenlix, "status") == 1)
    return "done";
  return pd_zenlix_int (zenlix, "lock_by") > 0 ? "locked" : "free";
}

/* Somebody who may be nobody: 0. */
static gboolean
optional_person (PdZenlix *zenlix, const char *column, gint64 *out, GError **error)
{
  gint64 foreign = pd_zenlix_int (zenlix, column);

  *out = 0;
  return foreign <= 0 || pd_zenlix_person (zenlix, foreign, out, error);
}

static gboolean
find_assignees (PdZenlix *zenlix, GArray *into, GError **error)
{
  g_autoptr (GArray) foreign = pd_zenlix_ids (zenlix, "user_to_id");

  for (guint i = 0; i < foreign->len; i++)
    {
      gint64 id;
      gboolean twice = FALSE;

      if (!pd_zenlix_find_number (zenlix, "user", g_array_index (foreign, gint64, i), &id, error))
        return FALSE;
      for (guint k = 0; k < into->len; k++)
        twice = twice || g_array_index (into, gint64, k) == id;
      if (id == 0)
        pd_zenlix_say (zenlix, "ticket %s: its assignee %" G_GINT64_FORMAT " is not in the dump",
                       pd_zenlix_text (zenlix, "id"), g_array_index (foreign, gint64, i));
      else if (!twice)
        g_array_append_val (into, id);
    }
  return TRUE;
}

static gboolean
find_people (PdZenlix *zenlix, Ticket *ticket, GError **error)
{
  return pd_zenlix_unit (zenlix, pd_zenlix_int (zenlix, "unit_id"), &ticket->unit, error)
         && pd_zenlix_person (zenlix, pd_zenlix_int (zenlix, "client_id"), &ticket->requester,
                              error)
         && pd_zenlix_person (zenlix, pd_zenlix_int (zenlix, "user_init_id"), &ticket->author,
                              error)
         && optional_person (zenlix, "lock_by", &ticket->locker, error)
         && optional_person (zenlix, "ok_by", &ticket->finisher, error)
         && pd_zenlix_find (zenlix, "plan", pd_zenlix_text (zenlix, "sla_plan_id"), &ticket->plan,
                            error)
         && find_assignees (zenlix, ticket->assignees, error);
}

static gint64
later (gint64 a, gint64 b)
{
  return MAX (a, b);
}

static void
find_times (PdZenlix *zenlix, Ticket *ticket)
{
  gboolean open = strcmp (ticket->state, "free") == 0 || strcmp (ticket->state, "locked") == 0;

  ticket->created = pd_zenlix_time (zenlix, "date_create");
  ticket->updated = later (ticket->created, later (pd_zenlix_time (zenlix, "last_update"),
                                                   pd_zenlix_time (zenlix, "last_edit")));
  if (ticket->created == 0)
    ticket->created = ticket->updated != 0 ? ticket->updated : pd_clock_now ();
  ticket->updated = later (ticket->updated, ticket->created);
  ticket->deadline = pd_zenlix_time (zenlix, "deadline_time");
  if (open)
    return;
  ticket->done = pd_zenlix_time (zenlix, "ok_date");
  if (ticket->done < ticket->created)
    ticket->done = ticket->updated;
  ticket->updated = later (ticket->updated, ticket->done);
}

/* The number stays what customers know, unless this desk has given it already. */
static gboolean
choose_number (PdZenlix *zenlix, Ticket *ticket, GError **error)
{
  g_autoptr (PdTicket) other = NULL;

  ticket->number = pd_zenlix_int (zenlix, "id");
  if (!pd_ticket_by_number (zenlix->desk, ticket->number, &other, error))
    return FALSE;
  if (other == NULL)
    return TRUE;
  if (!pd_number_next (zenlix->desk, &ticket->number, error))
    return FALSE;
  pd_zenlix_say (zenlix,
                 "ticket %s is number %" G_GINT64_FORMAT " here: its number was given already",
                 pd_zenlix_text (zenlix, "id"), ticket->number);
  return TRUE;
}

static const char *
source_of (PdZenlix *zenlix)
{
  gint64 number = pd_zenlix_int (zenlix, "id");
  const char *source = g_hash_table_lookup (zenlix->sources, &number);

  return source != NULL ? source : "import";
}

static int
priority_of (PdZenlix *zenlix)
{
  return (int)CLAMP (pd_zenlix_int (zenlix, "prio"), 0, 2) + 1;
}

static gboolean
write_ticket (PdZenlix *zenlix, const Ticket *ticket, GError **error)
{
  g_autofree char *subject
      = pd_zenlix_line (pd_zenlix_text (zenlix, "subj"), PD_TICKET_MAX_SUBJECT);
  gboolean locked = strcmp (ticket->state, "locked") == 0;

  if (!pd_db_exec (
          zenlix->desk->db, PD_SQL_IMPORT_TICKET_ADD,
          PD_BIND (PD_INT (ticket->id), PD_INT (ticket->number),
                   PD_TEXT (subject[0] != '\0' ? subject : "(no subject)"), PD_INT (ticket->unit),
                   PD_TEXT (ticket->state), PD_ID (locked ? ticket->locker : 0),
                   PD_INT (priority_of (zenlix)), PD_ID (ticket->plan), PD_ID (ticket->deadline),
                   PD_INT (ticket->requester), PD_INT (ticket->author),
                   PD_TEXT (source_of (zenlix)), PD_INT (ticket->created), PD_INT (ticket->updated),
                   PD_ID (ticket->done), PD_ID (ticket->done != 0 ? ticket->finisher : 0),
                   PD_INT (ticket->assignees->len > 0)),
          NULL, error))
    return FALSE;
  for (guint i = 0; i < ticket->assignees->len; i++)
    if (!pd_db_exec (zenlix->desk->db, PD_SQL_TICKET_PERSON_ADD,
                     PD_BIND (PD_INT (ticket->id),
                              PD_INT (g_array_index (ticket->assignees, gint64, i)),
                              PD_TEXT ("assignee")),
                     NULL, error))
      return FALSE;
  return TRUE;
}

/* The limits that ZENLIX looked up each time, as they are now: from the creation on, all
 * hours of all days, as it counted. */
static gboolean
add_timing (PdZenlix *zenlix, const Ticket *ticket, GError **error)
{
  PdClockTiming timing = { .waiting_pauses = TRUE };
  g_autoptr (PdPlan) plan = NULL;
  g_autofree char *data = NULL;
  Json *change = json_object_new_object ();

  add_id_change (change, "plan", 0, ticket->plan);
  if (!add_event (zenlix, ticket->id, ticket->created, "plan", 0, 0, change, error)
      || !pd_plan_get (zenlix->desk, ticket->plan, &plan, error))
    return FALSE;
  for (int i = 0; plan != NULL && i < PD_SLA_N_CLOCKS; i++)
    timing.limits[i] = plan->limits[i][priority_of (zenlix) - 1];
  data = pd_clock_timing_format (&timing);
  return add_event (zenlix, ticket->id, ticket->created, "timed", 0, 0, json_tokener_parse (data),
                    error);
}

static gboolean
write_first_entry (PdZenlix *zenlix, const Ticket *ticket, GError **error)
{
  const Said said = {
    .ticket = ticket->id,
    .author = ticket->author,
    .created = ticket->created,
    .kind = strcmp (source_of (zenlix), "mail") == 0 ? "mail" : "comment",
    .text = pd_zenlix_text (zenlix, "msg"),
  };
  gint64 message;

  return write_message (zenlix, &said, &message, error)
         && add_event (zenlix, ticket->id, ticket->created, "created", ticket->author, message,
                       NULL, error)
         && (ticket->plan == 0 || add_timing (zenlix, ticket, error));
}

/* It is followed through its history, also when the ticket itself was there before. */
static void
follow (PdZenlix *zenlix, gint64 id, const char *state, gboolean settled)
{
  PdZenlixState *to = g_new0 (PdZenlixState, 1);

  to->settled = settled != FALSE;
  to->id = id;
  to->number = pd_zenlix_int (zenlix, "id");
  to->open = TRUE;
  to->end_open = strcmp (state, "free") == 0 || strcmp (state, "locked") == 0;
  to->end_archived = strcmp (state, "archived") == 0;
  to->end_locker = strcmp (state, "locked") == 0 ? pd_zenlix_int (zenlix, "lock_by") : 0;
  to->end_finisher = pd_zenlix_int (zenlix, "ok_by");
  to->updated
      = later (pd_zenlix_time (zenlix, "last_update"), pd_zenlix_time (zenlix, "date_create"));
  to->done = later (pd_zenlix_time (zenlix, "ok_date"), pd_zenlix_time (zenlix, "date_create"));
  g_hash_table_replace (zenlix->states, g_memdup2 (&to->number, sizeof to->number), to);
}

static gboolean
note_ticket (PdZenlix *zenlix, const Ticket *ticket, GError **error)
{
  const char *hash = pd_zenlix_text (zenlix, "hash_name");
  gint64 other;

  if (!pd_zenlix_note (zenlix, "ticket", pd_zenlix_text (zenlix, "id"), ticket->id, error)
      || !pd_zenlix_find (zenlix, "ticket-hash", hash, &other, error))
    return FALSE;
  if (*hash == '\0' || strlen (hash) > 100)
    return TRUE;
  if (other == 0)
    return pd_zenlix_note (zenlix, "ticket-hash", hash, ticket->id, error);
  pd_zenlix_say (zenlix,
                 "ticket %s has the token of another ticket: its files and fields may be there",
                 pd_zenlix_text (zenlix, "id"));
  return TRUE;
}

gboolean
pd_zenlix_take_ticket (PdZenlix *zenlix, GError **error)
{
  const char *foreign = pd_zenlix_text (zenlix, "id");
  g_autoptr (GArray) assignees = g_array_new (FALSE, FALSE, sizeof (gint64));
  Ticket ticket = { .state = state_of (zenlix), .assignees = assignees };

  if (pd_zenlix_int (zenlix, "id") <= 0)
    return pd_zenlix_skip (zenlix, "it has no number");
  if (!pd_zenlix_find (zenlix, "ticket", foreign, &ticket.id, error))
    return FALSE;
  if (ticket.id != 0)
    {
      gint64 settled;

      if (!pd_zenlix_find (zenlix, "settled", foreign, &settled, error))
        return FALSE;
      follow (zenlix, ticket.id, ticket.state, settled != 0);
      return pd_zenlix_known (zenlix);
    }
  ticket.id = pd_id_new ();
  if (!find_people (zenlix, &ticket, error))
    return FALSE;
  find_times (zenlix, &ticket);
  if (!choose_number (zenlix, &ticket, error) || !write_ticket (zenlix, &ticket, error)
      || !write_first_entry (zenlix, &ticket, error) || !note_ticket (zenlix, &ticket, error))
    return FALSE;
  follow (zenlix, ticket.id, ticket.state, FALSE);
  return pd_zenlix_imported (zenlix);
}

/* ---- files ---- */

/* Folders and names come from a database: nothing of it may lead out of the folder. */
static gboolean
is_plain_name (const char *name)
{
  return name[0] != '\0' && name[0] != '.' && strchr (name, '/') == NULL;
}

/* NULL without an error: it is not there. */
static GBytes *
load_file (PdZenlix *zenlix, const char *hash, const PdZenlixFile *file, GError **error)
{
  g_autofree char *with_extension = g_strdup_printf ("%s.%s", hash, file->extension);
  const char *names[] = { with_extension, hash };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (zenlix->options->files, names[i], NULL);
      g_autoptr (GMappedFile) mapped = NULL;

      if (!is_plain_name (names[i]) || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      mapped = g_mapped_file_new (path, FALSE, NULL);
      if (mapped != NULL && g_mapped_file_get_length (mapped) <= PD_ZENLIX_MAX_FILE)
        return g_mapped_file_get_bytes (mapped);
    }
  return NULL;
}

static gboolean
write_attachment (PdZenlix *zenlix, gint64 message, const PdZenlixFile *file, GBytes *bytes,
                  gint64 *out, GError **error)
{
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  gint64 size = (gint64)g_bytes_get_size (bytes), raw, last;

  *out = pd_id_new ();
  return pd_db_find_int (zenlix->desk->db, PD_SQL_IMPORT_FILES_OF_ENTRY, PD_BIND (PD_INT (message)),
                         &last, error)
         && pd_raw_store (zenlix->desk, bytes, &raw, error)
         && pd_db_exec (
             zenlix->desk->db, PD_SQL_ATTACHMENT_ADD,
             PD_BIND (PD_INT (*out), PD_INT (message), PD_INT (last + 1), PD_TEXT (file->name),
                      PD_TEXT (file->type[0] != '\0' ? file->type : "application/octet-stream"),
                      PD_INT (size), PD_TEXT (""), PD_INT (0), PD_TEXT (sha256), PD_INT (raw),
                      PD_TEXT ("1"), PD_INT (0), PD_INT (size), PD_TEXT ("binary")),
             NULL, error);
}

/* Attaches a file to an entry, if that was not done before and the file is there. */
static gboolean
attach (PdZenlix *zenlix, gint64 message, const char *hash, PdZenlixFile *file, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  gint64 id;

  if (zenlix->options->files == NULL || strlen (hash) > 100)
    return TRUE;
  if (!pd_zenlix_find (zenlix, "file", hash, &id, error))
    return FALSE;
  if (id != 0)
    return TRUE;
  bytes = load_file (zenlix, hash, file, error);
  if (bytes == NULL)
    return TRUE;
  if (!write_attachment (zenlix, message, file, bytes, &id, error))
    return FALSE;
  file->attached = TRUE;
  return pd_zenlix_note (zenlix, "file", hash, id, error);
}

/* Files of comments were attached by the comments, those of tickets are by their token. */
gboolean
pd_zenlix_take_file (PdZenlix *zenlix, GError **error)
{
  const char *hash = pd_zenlix_text (zenlix, "file_hash");
  PdZenlixFile *file = g_hash_table_lookup (zenlix->files, hash);
  gint64 ticket, message = 0, id;

  if (file == NULL)
    return pd_zenlix_skip (zenlix, "an upload that was never finished");
  if (!pd_zenlix_find (zenlix, "ticket-hash", pd_zenlix_text (zenlix, "ticket_hash"), &ticket,
                       error)
      || (ticket != 0
          && !pd_db_find_int (zenlix->desk->db, PD_SQL_IMPORT_FIRST_ENTRY,
                              PD_BIND (PD_INT (ticket)), &message, error))
      || (message != 0 && !attach (zenlix, message, hash, file, error))
      || !pd_zenlix_find (zenlix, "file", hash, &id, error))
    return FALSE;
  if (file->attached)
    return pd_zenlix_imported (zenlix);
  if (id != 0)
    return pd_zenlix_known (zenlix);
  if (zenlix->options->files == NULL)
    return pd_zenlix_skip (zenlix, "no folder of uploads was given (--files)");
  if (ticket == 0 && *pd_zenlix_text (zenlix, "ticket_hash") != '\0')
    return pd_zenlix_skip (zenlix, "of the knowledge base, which has no place here yet");
  return pd_zenlix_skip (zenlix, ticket != 0 ? "the file is not in the folder of uploads"
                                             : "no comment names it, or it is not in the folder");
}

/* ---- comments ---- */

/* Cuts "[file:HASH,HASH]" off the end; the hashes, NULL-terminated, or NULL. */
static char **
cut_marker (char *text)
{
  char *marker = g_strrstr (text, "[file:"), *end;
  char **hashes;

  if (marker == NULL)
    return NULL;
  end = strchr (marker, ']');
  if (end == NULL || strspn (end + 1, " \t\r\n") != strlen (end + 1))
    return NULL;
  *end = '\0';
  hashes = g_strsplit (marker + strlen ("[file:"), ",", -1);
  *marker = '\0';
  return hashes;
}

static gboolean
attach_all (PdZenlix *zenlix, gint64 message, char **hashes, GError **error)
{
  for (guint i = 0; hashes != NULL && hashes[i] != NULL; i++)
    {
      PdZenlixFile *file = g_hash_table_lookup (zenlix->files, g_strstrip (hashes[i]));

      if (file != NULL && !attach (zenlix, message, hashes[i], file, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_comment (PdZenlix *zenlix, gint64 ticket, const char *text, gint64 *out, GError **error)
{
  Said said = { .ticket = ticket, .kind = "comment", .text = text };

  said.created = pd_zenlix_time (zenlix, "dt");
  if (said.created == 0)
    said.created = pd_clock_now ();
  return pd_zenlix_person (zenlix, pd_zenlix_int (zenlix, "user_id"), &said.author, error)
         && write_message (zenlix, &said, out, error)
         && add_event (zenlix, ticket, said.created, "comment", said.author, *out, NULL, error)
         && pd_zenlix_note (zenlix, "comment", pd_zenlix_text (zenlix, "id"), *out, error)
         && pd_zenlix_imported (zenlix);
}

gboolean
pd_zenlix_take_comment (PdZenlix *zenlix, GError **error)
{
  g_autofree char *text = g_strdup (pd_zenlix_text (zenlix, "comment_text"));
  g_auto (GStrv) hashes = cut_marker (text);
  gint64 ticket, message;

  if (!pd_zenlix_find (zenlix, "comment", pd_zenlix_text (zenlix, "id"), &message, error)
      || !pd_zenlix_find_number (zenlix, "ticket", pd_zenlix_int (zenlix, "t_id"), &ticket, error))
    return FALSE;
  if (ticket == 0)
    return pd_zenlix_skip (zenlix, "its ticket is not in the dump");
  if (message != 0)
    pd_zenlix_known (zenlix);
  else if (!add_comment (zenlix, ticket, text, &message, error))
    return FALSE;
  return attach_all (zenlix, message, hashes, error);
}

/* ---- history ---- */

/* What a line of the history does to a ticket: its event, and the data of it. */
typedef gboolean (*LogWork) (PdZenlix *zenlix, PdZenlixState *state, Json *data, GError **error);

static gboolean
add_locker_change (PdZenlix *zenlix, PdZenlixState *state, gint64 locker, Json *data,
                   GError **error)
{
  gint64 old = 0, new = 0;

  if ((state->locker > 0 && !pd_zenlix_person (zenlix, state->locker, &old, error))
      || (locker > 0 && !pd_zenlix_person (zenlix, locker, &new, error)))
    return FALSE;
  add_id_change (data, "locker", old, new);
  state->locker = locker;
  return TRUE;
}

static gboolean
on_lock (PdZenlix *zenlix, PdZenlixState *state, Json *data, GError **error)
{
  add_change (data, "state", state->locker > 0 ? "locked" : "free", "locked");
  return add_locker_change (zenlix, state, pd_zenlix_int (zenlix, "init_user_id"), data, error);
}

static gboolean
on_unlock (PdZenlix *zenlix, PdZenlixState *state, Json *data, GError **error)
{
  add_change (data, "state", "locked", "free");
  return add_locker_change (zenlix, state, 0, data, error);
}

/* Who finished it stays its locker there; here it is the finisher, and has it again when
 * it is reopened. */
static gboolean
on_ok (PdZenlix *zenlix, PdZenlixState *state, Json *data, GError **error)
{
  add_change (data, "state", state->locker > 0 ? "locked" : "free", "done");
  state->open = FALSE;
  return add_locker_change (zenlix, state, 0, data, error);
}

static gboolean
on_no_ok (PdZenlix *zenlix, PdZenlixState *state, Json *data, GError **error)
{
  add_change (data, "state", "done", "locked");
  state->open = TRUE;
  return add_locker_change (zenlix, state, pd_zenlix_int (zenlix, "init_user_id"), data, error);
}

static gboolean
on_refer (PdZenlix *zenlix, PdZenlixState *state, Json *data, GError **error)
{
  gint64 unit = 0, to = pd_zenlix_int (zenlix, "to_unit_id");

  if (to > 0 && !pd_zenlix_unit (zenlix, to, &unit, error))
    return FALSE;
  add_id_change (data, "unit", 0, unit);
  if (state->locker == 0)
    return TRUE;
  add_change (data, "state", "locked", "free");
  return add_locker_change (zenlix, state, 0, data, error);
}

static gboolean
on_arch (PdZenlix *zenlix, PdZenlixState *state, Json *data, GError **error)
{
  add_change (data, "state", state->open ? state->locker > 0 ? "locked" : "free" : "done",
              "archived");
  state->archived = TRUE;
  return TRUE;
}

static const struct {
  const char *there, *here;
  LogWork work;
} logs[] = {
  { "lock", "taken", on_lock },
  { "unlock", "released", on_unlock },
  { "ok", "done", on_ok },
  { "no_ok", "reopened", on_no_ok },
  { "refer", "forwarded", on_refer },
  { "arch", "archived", on_arch },
  { "edit_msg", "edited", NULL },
  { "edit_subj", "subject", NULL },
  { "edit_prio", "priority", NULL },
};

/* Lines that say what was so already, as the forms and programs of ZENLIX wrote them. */
static const char *
why_idle (const PdZenlixState *state, const char *code)
{
  if (strcmp (code, "unlock") == 0 && state->locker == 0)
    return "nothing was locked then";
  if (strcmp (code, "lock") == 0 && !state->open)
    return "it was done then";
  if (strcmp (code, "ok") == 0 && !state->open)
    return "it was done already";
  if (strcmp (code, "no_ok") == 0 && state->open)
    return "it was open then";
  if (strcmp (code, "arch") == 0 && state->archived)
    return "it was archived already";
  return NULL;
}

/* A known line is followed all the same: the state is needed, the event is not. */
static gboolean
take_line (PdZenlix *zenlix, PdZenlixState *state, guint which, gboolean known, GError **error)
{
  Json *data = json_object_new_object ();
  gint64 actor = 0, by = pd_zenlix_int (zenlix, "init_user_id");
  gint64 at = pd_zenlix_time (zenlix, "date_op");

  if ((logs[which].work != NULL && !logs[which].work (zenlix, state, data, error))
      || (by > 0 && !pd_zenlix_person (zenlix, by, &actor, error)))
    {
      json_object_put (data);
      return FALSE;
    }
  if (known)
    {
      json_object_put (data);
      return pd_zenlix_known (zenlix);
    }
  return add_event (zenlix, state->id, at != 0 ? at : state->updated, logs[which].here, actor, 0,
                    data, error)
         && pd_zenlix_note (zenlix, "log", pd_zenlix_text (zenlix, "id"), state->id, error)
         && pd_zenlix_imported (zenlix);
}

gboolean
pd_zenlix_take_log (PdZenlix *zenlix, GError **error)
{
  const char *code = pd_zenlix_text (zenlix, "msg"), *idle;
  gint64 number = pd_zenlix_int (zenlix, "ticket_id"), known;
  PdZenlixState *state = g_hash_table_lookup (zenlix->states, &number);

  if (state == NULL)
    return pd_zenlix_skip (zenlix, "its ticket is not in the dump");
  if (strcmp (code, "create") == 0 || strcmp (code, "comment") == 0)
    return pd_zenlix_skip (zenlix, "the ticket or comment itself says it");
  idle = why_idle (state, code);
  if (idle != NULL)
    return pd_zenlix_skip (zenlix, idle);
  for (guint i = 0; i < G_N_ELEMENTS (logs); i++)
    if (strcmp (logs[i].there, code) == 0)
      {
        if (!pd_zenlix_find (zenlix, "log", pd_zenlix_text (zenlix, "id"), &known, error))
          return FALSE;
        if (known == 0 && state->settled)
          return pd_zenlix_skip (zenlix, "it happened after its ticket was imported");
        return take_line (zenlix, state, i, known != 0, error);
      }
  return pd_zenlix_skip (zenlix, "a code of the history that is not known");
}

/* ---- the end of the history ---- */

/* An event that no line tells of, but the ticket's row. */
static gboolean
add_step (PdZenlix *zenlix, PdZenlixState *state, gint64 at, const char *kind, const char *from,
          const char *to, gint64 actor_there, GError **error)
{
  Json *data = json_object_new_object ();
  gint64 actor = 0;

  if (actor_there > 0 && !pd_zenlix_person (zenlix, actor_there, &actor, error))
    {
      json_object_put (data);
      return FALSE;
    }
  add_change (data, "state", from, to);
  if (strcmp (to, "locked") == 0 || strcmp (from, "locked") == 0)
    add_id_change (data, "locker", 0, strcmp (to, "locked") == 0 ? actor : 0);
  return add_event (zenlix, state->id, at, kind, actor, 0, data, error);
}

static const char *
open_name (const PdZenlixState *state)
{
  return state->locker > 0 ? "locked" : "free";
}

/* The steps that lead from where the history ends to where the row is. */
static gboolean
add_steps (PdZenlix *zenlix, PdZenlixState *state, GError **error)
{
  gboolean end_done = !state->end_open;
  gint64 at = state->updated;

  if (end_done && state->open
      && !add_step (zenlix, state, state->done, "done", open_name (state), "done",
                    state->end_finisher, error))
    return FALSE;
  if (state->end_archived && !state->archived)
    return add_step (zenlix, state, later (at, state->done), "archived", "done", "archived", 0,
                     error);
  if (!state->end_open)
    return TRUE;
  if (!state->open)
    return add_step (zenlix, state, at, "reopened", "done",
                     state->end_locker > 0 ? "locked" : "free", state->end_locker, error);
  if (state->locker == state->end_locker)
    return TRUE;
  return state->end_locker > 0
             ? add_step (zenlix, state, at, "taken", open_name (state), "locked", state->end_locker,
                         error)
             : add_step (zenlix, state, at, "released", "locked", "free", 0, error);
}

/* The rows of the clocks as if all had been told long ago: nobody is told by an import,
 * but of what a clock reaches later. */
static gboolean
write_clocks (PdZenlix *zenlix, const PdTicket *ticket, GError **error)
{
  PdSlaClock clocks[PD_SLA_N_CLOCKS];
  gint64 now = pd_clock_now ();

  if (!pd_ticket_clock_measure (zenlix->desk, ticket, now, clocks, error))
    return FALSE;
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    {
      const PdSlaClock *clock = &clocks[i];
      gboolean over = clock->limit > 0 && clock->used >= clock->limit;
      guint percent = pd_sla_percent (clock);

      if (clock->limit > 0
          && !pd_db_exec (zenlix->desk->db, PD_SQL_CLOCK_ADD,
                          PD_BIND (PD_INT (ticket->id),
                                   PD_TEXT (pd_sla_clock_name ((PdSlaClockKind)i)),
                                   PD_INT (clock->limit), PD_INT (clock->used), PD_INT (now),
                                   PD_TEXT (pd_ticket_clock_state (clock)), PD_ID (clock->due),
                                   PD_INT (MIN (percent, 100)),
                                   PD_ID (!over             ? 0
                                          : clock->due != 0 ? clock->due
                                                            : now),
                                   PD_ID (0)),
                          NULL, error))
        return FALSE;
    }
  return pd_ticket_clock_refresh (zenlix->desk, ticket, error);
}

static gboolean
count_clocks (PdZenlix *zenlix, gint64 id, GError **error)
{
  g_autoptr (PdTicket) ticket = NULL;

  if (!pd_ticket_get (zenlix->desk, id, &ticket, error))
    return FALSE;
  return ticket == NULL || (ticket->plan == 0 && ticket->deadline == 0)
         || write_clocks (zenlix, ticket, error);
}

gboolean
pd_zenlix_settle (PdZenlix *zenlix, PdZenlixState *state, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT, state->number);

  if (state->settled)
    return TRUE;
  return add_steps (zenlix, state, error) && count_clocks (zenlix, state->id, error)
         && pd_zenlix_note (zenlix, "settled", key, state->id, error);
}
