#include "desk/report-names.h"

#include <string.h>

#include "desk/person.h"
#include "desk/unit.h"

struct PdReportNames {
  PdDesk *desk;
  GHashTable *known; /* id -> name */
};

PdReportNames *
pd_report_names_new (PdDesk *desk)
{
  PdReportNames *names = g_new0 (PdReportNames, 1);

  names->desk = desk;
  names->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return names;
}

void
pd_report_names_free (PdReportNames *names)
{
  if (names == NULL)
    return;
  g_hash_table_unref (names->known);
  g_free (names);
}

static const char *
keep (PdReportNames *names, gint64 id, const char *name)
{
  char *copy = g_strdup (name);

  g_hash_table_insert (names->known, g_memdup2 (&id, sizeof id), copy);
  return copy;
}

const char *
pd_report_names_person (PdReportNames *names, gint64 id, GError **error)
{
  const char *known = id != 0 ? g_hash_table_lookup (names->known, &id) : "";
  g_autoptr (PdPerson) person = NULL;

  if (known != NULL)
    return known;
  if (!pd_person_get (names->desk, id, &person, error))
    return NULL;
  return keep (names, id, person != NULL ? pd_person_label (person) : "");
}

const char *
pd_report_names_unit (PdReportNames *names, gint64 id, GError **error)
{
  const char *known = id != 0 ? g_hash_table_lookup (names->known, &id) : "";
  g_autoptr (PdUnit) unit = NULL;

  if (known != NULL)
    return known;
  if (!pd_unit_get (names->desk, id, &unit, error))
    return NULL;
  return keep (names, id, unit != NULL ? unit->name : "");
}

static gboolean
add_assignees (PdReportNames *names, const PdTicket *ticket, GString *to, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (names->desk->db, PD_SQL_TICKET_PERSON_OF_TICKET,
                                         PD_BIND (PD_INT (ticket->id)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      const char *name;

      if (strcmp (pd_rows_text (rows, 1), "assignee") != 0)
        continue;
      name = pd_report_names_person (names, pd_rows_int (rows, 0), error);
      if (name == NULL)
        return FALSE;
      g_string_append_printf (to, "%s%s", to->len > 0 ? ", " : "", name);
    }
  return step == 0;
}

char *
pd_report_names_dup_to (PdReportNames *names, const PdTicket *ticket, GError **error)
{
  g_autoptr (GString) to = g_string_new (NULL);

  if (!ticket->named)
    return g_strdup (pd_report_names_unit (names, ticket->unit, error));
  return add_assignees (names, ticket, to, error) ? g_strdup (to->str) : NULL;
}
