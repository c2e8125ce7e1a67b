#include "desk/render-facts.h"

#include <string.h>

#include "base/error.h"
#include "desk/person.h"
#include "desk/raw.h"
#include "desk/render.h"
#include "mail/mail.h"

struct PdRenderFacts {
  PdDesk *desk;
  GHashTable *units;   /* gint64 -> PdFactUnit */
  GHashTable *persons; /* gint64 -> PdFactPerson */
  PdFactTicket *ticket;
  PdFactEntry *entry;
  gint64 entry_ticket;
  PdFactMailing *mailing;
};

static void
unit_free (gpointer data)
{
  PdFactUnit *unit = data;

  g_free (unit->name);
  g_free (unit->signature);
  g_free (unit->language);
  g_free (unit->address);
  g_free (unit);
}

static void
person_free (gpointer data)
{
  PdFactPerson *person = data;

  g_free (person->name);
  g_free (person->language);
  g_free (person->timezone);
  g_free (person->address);
  g_free (person);
}

static void
ticket_free (PdFactTicket *ticket)
{
  g_free (ticket->subject);
  g_free (ticket->state);
  g_free (ticket->root);
  g_free (ticket);
}

static void
file_free (gpointer data)
{
  PdFactFile *file = data;

  g_free (file->name);
  g_free (file->type);
  g_free (file->content_id);
  g_clear_pointer (&file->bytes, g_bytes_unref);
  g_free (file);
}

static void
reference_free (gpointer data)
{
  PdFactReference *reference = data;

  g_free (reference->message_id);
  g_free (reference);
}

static void
entry_free (PdFactEntry *entry)
{
  g_free (entry->text);
  g_free (entry->html_text);
  g_ptr_array_unref (entry->references);
  g_clear_pointer (&entry->files, g_ptr_array_unref);
  g_free (entry);
}

static void
mailing_free (PdFactMailing *mailing)
{
  g_free (mailing->subject);
  g_free (mailing->text);
  g_free (mailing->html);
  g_free (mailing);
}

PdRenderFacts *
pd_render_facts_new (PdDesk *desk)
{
  PdRenderFacts *facts = g_new0 (PdRenderFacts, 1);

  facts->desk = desk;
  facts->units = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, unit_free);
  facts->persons = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, person_free);
  return facts;
}

void
pd_render_facts_forget (PdRenderFacts *facts)
{
  g_hash_table_remove_all (facts->units);
  g_hash_table_remove_all (facts->persons);
  g_clear_pointer (&facts->ticket, ticket_free);
  g_clear_pointer (&facts->entry, entry_free);
  g_clear_pointer (&facts->mailing, mailing_free);
}

void
pd_render_facts_free (PdRenderFacts *facts)
{
  if (facts == NULL)
    return;
  pd_render_facts_forget (facts);
  g_hash_table_unref (facts->units);
  g_hash_table_unref (facts->persons);
  g_free (facts);
}

static void
keep (GHashTable *table, gint64 id, gpointer fact)
{
  g_hash_table_insert (table, g_memdup2 (&id, sizeof id), fact);
}

/* Runs a query by id and stands on its first row; NULL with PD_ERROR_NOT_FOUND
 * if there is none. */
static PdRows *
first_row (PdRenderFacts *facts, PdSqlId sql, gint64 id, const char *what, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (facts->desk->db, sql, PD_BIND (PD_INT (id)), error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;

  if (got == 0)
    pd_fail (error, PD_ERROR_NOT_FOUND, "the %s of this mail is gone", what);
  return got > 0 ? g_steal_pointer (&rows) : NULL;
}

const PdFactUnit *
pd_render_facts_unit (PdRenderFacts *facts, gint64 id, GError **error)
{
  PdFactUnit *unit = g_hash_table_lookup (facts->units, &id);
  g_autoptr (PdRows) rows = NULL;

  if (unit != NULL)
    return unit;
  rows = first_row (facts, PD_SQL_RENDER_UNIT, id, "unit", error);
  if (rows == NULL)
    return NULL;
  unit = g_new0 (PdFactUnit, 1);
  unit->name = g_strdup (pd_rows_text (rows, 0));
  unit->signature = g_strdup (pd_rows_text (rows, 1));
  unit->language = g_strdup (pd_rows_text (rows, 2));
  unit->address = g_strdup (pd_rows_text (rows, 3));
  keep (facts->units, id, unit);
  return unit;
}

static PdFactPerson *
new_nobody (void)
{
  PdFactPerson *person = g_new0 (PdFactPerson, 1);

  person->name = g_strdup ("");
  person->language = g_strdup ("");
  person->timezone = g_strdup ("");
  person->address = g_strdup ("");
  person->active = TRUE;
  return person;
}

static PdFactPerson *
read_person (PdRows *rows)
{
  PdFactPerson *person = g_new0 (PdFactPerson, 1);

  person->name = g_strdup (pd_rows_text (rows, 0));
  person->staff = strcmp (pd_rows_text (rows, 1), pd_role_name (PD_ROLE_CLIENT)) != 0;
  person->language = g_strdup (pd_rows_text (rows, 2));
  person->timezone = g_strdup (pd_rows_text (rows, 3));
  person->address = g_strdup (pd_rows_text (rows, 4));
  person->active = strcmp (pd_rows_text (rows, 5), pd_person_state_name (PD_PERSON_ACTIVE)) == 0;
  return person;
}

const PdFactPerson *
pd_render_facts_person (PdRenderFacts *facts, gint64 id, GError **error)
{
  PdFactPerson *person = g_hash_table_lookup (facts->persons, &id);
  g_autoptr (PdRows) rows = NULL;

  if (person != NULL)
    return person;
  if (id != 0)
    rows = first_row (facts, PD_SQL_RENDER_PERSON, id, "person", error);
  if (id != 0 && rows == NULL)
    return NULL;
  person = id != 0 ? read_person (rows) : new_nobody ();
  keep (facts->persons, id, person);
  return person;
}

static gboolean
read_root (PdRenderFacts *facts, PdFactTicket *ticket, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (facts->desk->db, PD_SQL_RENDER_ROOT, PD_BIND (PD_INT (ticket->id)), error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;

  if (got < 0)
    return FALSE;
  ticket->root = g_strdup (
      got > 0 && strcmp (pd_rows_text (rows, 1), "public") == 0 ? pd_rows_text (rows, 0) : "");
  return TRUE;
}

const PdFactTicket *
pd_render_facts_ticket (PdRenderFacts *facts, gint64 id, GError **error)
{
  g_autoptr (PdRows) rows = NULL;
  PdFactTicket *ticket;

  if (facts->ticket != NULL && facts->ticket->id == id)
    return facts->ticket;
  g_clear_pointer (&facts->ticket, ticket_free);
  rows = first_row (facts, PD_SQL_RENDER_TICKET, id, "ticket", error);
  if (rows == NULL)
    return NULL;
  ticket = g_new0 (PdFactTicket, 1);
  ticket->id = id;
  ticket->number = pd_rows_int (rows, 0);
  ticket->subject = g_strdup (pd_rows_text (rows, 1));
  ticket->state = g_strdup (pd_rows_text (rows, 2));
  ticket->priority = (int)pd_rows_int (rows, 3);
  ticket->created = pd_rows_int (rows, 4);
  if (!read_root (facts, ticket, error))
    {
      ticket_free (ticket);
      return NULL;
    }
  facts->ticket = ticket;
  return ticket;
}

/* A copy that a mail can hold: a text of megabytes is cut between characters. */
static char *
dup_text (const char *text)
{
  const char *end;

  if (strlen (text) <= PD_RENDER_MAX_TEXT)
    return g_strdup (text);
  end = g_utf8_find_prev_char (text, text + PD_RENDER_MAX_TEXT);
  return g_strdup_printf ("%.*s\n[…]\n", (int)(end - text), text);
}

static char *
dup_html_text (const char *text)
{
  GString *html = g_string_sized_new (strlen (text) * 9 / 8 + 16);

  for (; *text != '\0'; text++)
    switch (*text)
      {
      case '&':
        g_string_append (html, "&amp;");
        break;
      case '<':
        g_string_append (html, "&lt;");
        break;
      case '>':
        g_string_append (html, "&gt;");
        break;
      case '"':
        g_string_append (html, "&quot;");
        break;
      case '\n':
        g_string_append (html, "<br>\n");
        break;
      case '\r':
        break;
      default:
        g_string_append_c (html, *text);
      }
  return g_string_free (html, FALSE);
}

static gboolean
read_entry_row (PdRenderFacts *facts, PdFactEntry *entry, GError **error)
{
  g_autoptr (PdRows) rows = NULL;

  if (entry->id == 0)
    {
      entry->text = g_strdup ("");
      entry->html_text = g_strdup ("");
      return TRUE;
    }
  rows = first_row (facts, PD_SQL_RENDER_ENTRY, entry->id, "entry", error);
  if (rows == NULL)
    return FALSE;
  entry->author = pd_rows_int (rows, 0);
  entry->is_public = strcmp (pd_rows_text (rows, 1), "public") == 0;
  entry->created = pd_rows_int (rows, 2);
  entry->strand = pd_rows_int (rows, 5);
  entry->text = dup_text (pd_rows_text (rows, 3));
  entry->html_text = dup_html_text (entry->text);
  return TRUE;
}

static gboolean
read_references (PdRenderFacts *facts, PdFactEntry *entry, gint64 ticket, GError **error)
{
  g_autoptr (PdRows) rows = NULL;
  int got;

  if (ticket == 0)
    return TRUE;
  rows = pd_db_query (facts->desk->db, PD_SQL_RENDER_THREAD,
                     PD_BIND (PD_INT (ticket), PD_INT (entry->id != 0 ? entry->id : G_MAXINT64),
                              PD_INT (PD_RENDER_MAX_REFERENCES)),
                     error);
  if (rows == NULL)
    return FALSE;
  while ((got = pd_rows_next (rows, error)) > 0)
    {
      PdFactReference *reference = g_new0 (PdFactReference, 1);

      reference->message_id = g_strdup (pd_rows_text (rows, 0));
      reference->staff = strcmp (pd_rows_text (rows, 1), pd_role_name (PD_ROLE_CLIENT)) != 0;
      g_ptr_array_add (entry->references, reference);
    }
  return got == 0;
}

const PdFactEntry *
pd_render_facts_entry (PdRenderFacts *facts, gint64 ticket, gint64 id, GError **error)
{
  PdFactEntry *entry;

  if (facts->entry != NULL && facts->entry->id == id && facts->entry_ticket == ticket)
    return facts->entry;
  g_clear_pointer (&facts->entry, entry_free);
  entry = g_new0 (PdFactEntry, 1);
  entry->id = id;
  entry->references = g_ptr_array_new_with_free_func (reference_free);
  if (!read_entry_row (facts, entry, error) || !read_references (facts, entry, ticket, error))
    {
      entry_free (entry);
      return NULL;
    }
  facts->entry = entry;
  facts->entry_ticket = ticket;
  return entry;
}

/* Where a file lies. */
typedef struct {
  gint64 raw;
  goffset start;
  gsize length;
  char *encoding;
} Place;

/* The bytes of a file, if they can be had: a file that is gone or broken is
 * named in the mail, and no reason to send none.  The raw mail is kept for
 * the next file, which lies in the same one. */
static gboolean
load_bytes (PdRenderFacts *facts, PdFactFile *file, const Place *place, gint64 *raw_id,
            GBytes **raw, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (*raw == NULL || *raw_id != place->raw)
    {
      g_clear_pointer (raw, g_bytes_unref);
      *raw_id = place->raw;
      *raw = pd_raw_load (facts->desk, place->raw, &failure);
    }
  if (*raw != NULL)
    file->bytes
        = pd_mail_decode_part (*raw, place->start, place->length, place->encoding, &failure);
  if (failure == NULL || pd_error_is (failure, PD_ERROR_NOT_FOUND)
      || pd_error_is (failure, PD_ERROR_INVALID))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static PdFactFile *
read_file (PdRows *rows, Place *place)
{
  PdFactFile *file = g_new0 (PdFactFile, 1);

  file->name = g_strdup (pd_rows_text (rows, 0));
  file->type = g_strdup (pd_rows_text (rows, 1));
  file->size = pd_rows_int (rows, 2);
  file->content_id = g_strdup (pd_rows_text (rows, 3));
  place->raw = pd_rows_int (rows, 4);
  place->start = pd_rows_int (rows, 5);
  place->length = (gsize)pd_rows_int (rows, 6);
  g_free (place->encoding);
  place->encoding = g_strdup (pd_rows_text (rows, 7));
  return file;
}

static gboolean
read_files (PdRenderFacts *facts, gint64 entry, GPtrArray *files, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (facts->desk->db, PD_SQL_RENDER_FILES,
                     PD_BIND (PD_INT (entry), PD_INT (PD_RENDER_MAX_NAMES)), error);
  g_autoptr (GBytes) raw = NULL;
  g_autofree char *encoding = NULL;
  Place place = { 0 };
  gint64 raw_id = 0, room = PD_RENDER_MAX_FILES;
  gboolean ok = TRUE;
  int got = -1;

  while (ok && rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    {
      PdFactFile *file = read_file (rows, &place);

      g_ptr_array_add (files, file);
      if (file->size > room)
        continue;
      ok = load_bytes (facts, file, &place, &raw_id, &raw, error);
      if (file->bytes != NULL)
        room -= MIN (room, (gint64)g_bytes_get_size (file->bytes));
    }
  encoding = place.encoding;
  return ok && got == 0;
}

const GPtrArray *
pd_render_facts_files (PdRenderFacts *facts, GError **error)
{
  PdFactEntry *entry = facts->entry;
  g_autoptr (GPtrArray) files = NULL;

  g_return_val_if_fail (entry != NULL, NULL);
  if (entry->files != NULL)
    return entry->files;
  files = g_ptr_array_new_with_free_func (file_free);
  if (entry->id != 0 && !read_files (facts, entry->id, files, error))
    return NULL;
  entry->files = g_steal_pointer (&files);
  return entry->files;
}

const PdFactMailing *
pd_render_facts_mailing (PdRenderFacts *facts, gint64 id, GError **error)
{
  g_autoptr (PdRows) rows = NULL;

  if (facts->mailing != NULL && facts->mailing->id == id)
    return facts->mailing;
  g_clear_pointer (&facts->mailing, mailing_free);
  rows = first_row (facts, PD_SQL_RENDER_MAILING, id, "mailing", error);
  if (rows == NULL)
    return NULL;
  facts->mailing = g_new0 (PdFactMailing, 1);
  facts->mailing->id = id;
  facts->mailing->subject = g_strdup (pd_rows_text (rows, 0));
  facts->mailing->text = g_strdup (pd_rows_text (rows, 1));
  facts->mailing->html = g_strdup (pd_rows_text (rows, 2));
  return facts->mailing;
}

gboolean
pd_render_facts_strand (PdRenderFacts *facts, gint64 id, char **out_subject, GError **error)
{
  g_autoptr (PdRows) rows = first_row (facts, PD_SQL_RENDER_STRAND, id, "side thread", error);

  *out_subject = rows != NULL ? g_strdup (pd_rows_text (rows, 0)) : NULL;
  return rows != NULL;
}
