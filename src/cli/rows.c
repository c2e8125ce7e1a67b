#include "cli/rows.h"

#include "base/clock.h"
#include "base/id.h"
#include "desk/ticket.h"

static void
add_number (struct json_object *object, const char *name, gint64 number)
{
  json_object_object_add (object, name, number != 0 ? json_object_new_int64 (number) : NULL);
}

struct json_object *
pd_rows_inbound_json (const PdInboundRow *row)
{
  struct json_object *object = json_object_new_object ();

  pd_json_id (object, "id", row->id);
  pd_json_time (object, "time", row->received);
  pd_json_text (object, "from", row->header_from[0] != '\0' ? row->header_from : row->mail_from);
  pd_json_text (object, "to", row->rcpt_to);
  pd_json_text (object, "subject", row->subject);
  pd_json_text (object, "message_id", row->message_id);
  pd_json_text (object, "outcome", row->outcome);
  add_number (object, "ticket", row->ticket_number);
  pd_json_text (object, "reason", row->reason);
  return object;
}

/* the ticket's number; 0 if it cannot be read: that is said, and the list still prints */
static gint64
ticket_number (PdDesk *desk, gint64 id)
{
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GError) error = NULL;

  if (id != 0 && !pd_ticket_get (desk, id, &ticket, &error))
    g_printerr ("postdesk: the ticket of a mail cannot be read: %s\n", error->message);
  return ticket != NULL ? ticket->number : 0;
}

struct json_object *
pd_rows_outbox_json (PdDesk *desk, const PdOutboxRow *row)
{
  struct json_object *object = json_object_new_object ();

  pd_json_id (object, "id", row->id);
  add_number (object, "ticket", ticket_number (desk, row->ticket));
  pd_json_text (object, "event", row->event);
  pd_json_text (object, "channel", "mail");
  pd_json_text (object, "to", row->recipient);
  pd_json_text (object, "state", row->state);
  json_object_object_add (object, "attempts", json_object_new_int ((int)row->attempts));
  pd_json_time (object, "next", row->next);
  pd_json_text (object, "answer", row->answer);
  return object;
}

static const char *
field (struct json_object *object, const char *name)
{
  struct json_object *value = json_object_object_get (object, name);

  return value != NULL ? json_object_get_string (value) : "";
}

/* prints the array or the table, and frees the array */
static void
print_rows (PdCli *cli, struct json_object *array, PdTable *table, const char *if_empty)
{
  if (cli->json)
    pd_cli_print_json (array);
  else
    pd_table_print (table, if_empty);
  json_object_put (array);
}

void
pd_rows_print_inbound (PdCli *cli, GPtrArray *rows, const char *if_empty)
{
  g_autoptr (PdTable) table
      = pd_table_new ("ID", "TIME", "FROM", "OUTCOME", "TICKET", "SUBJECT", NULL);
  struct json_object *array = json_object_new_array ();

  for (guint i = 0; i < rows->len; i++)
    {
      struct json_object *object = pd_rows_inbound_json (g_ptr_array_index (rows, i));

      pd_table_add (table, field (object, "id"), field (object, "time"), field (object, "from"),
                    field (object, "outcome"), field (object, "ticket"), field (object, "subject"),
                    NULL);
      json_object_array_add (array, object);
    }
  print_rows (cli, array, table, if_empty);
}

void
pd_rows_print_outbox (PdCli *cli, GPtrArray *rows, const char *if_empty)
{
  g_autoptr (PdTable) table
      = pd_table_new ("ID", "STATE", "TICKET", "EVENT", "TO", "TRIES", "NEXT", "ANSWER", NULL);
  struct json_object *array = json_object_new_array ();

  for (guint i = 0; i < rows->len; i++)
    {
      struct json_object *object = pd_rows_outbox_json (cli->desk, g_ptr_array_index (rows, i));

      pd_table_add (table, field (object, "id"), field (object, "state"), field (object, "ticket"),
                    field (object, "event"), field (object, "to"), field (object, "attempts"),
                    field (object, "next"), field (object, "answer"), NULL);
      json_object_array_add (array, object);
    }
  print_rows (cli, array, table, if_empty);
}

void
pd_rows_print_trace (const char *trace)
{
  struct json_object *steps = json_tokener_parse (trace);

  for (gsize i = 0;
       json_object_is_type (steps, json_type_array) && i < json_object_array_length (steps); i++)
    {
      struct json_object *step = json_object_array_get_idx (steps, i);

      g_print ("  %-10s %s%s%s\n", field (step, "step"), field (step, "saw"),
               field (step, "saw")[0] != '\0' ? " -> " : "", field (step, "decided"));
    }
  json_object_put (steps);
}

void
pd_rows_print_inbound_full (PdCli *cli, const PdInboundRow *row)
{
  struct json_object *object = pd_rows_inbound_json (row);

  if (cli->json)
    {
      json_object_object_add (object, "size", json_object_new_int64 (row->size));
      pd_json_text (object, "source", row->source);
      pd_json_text (object, "mail_from", row->mail_from);
      json_object_object_add (object, "trace", json_tokener_parse (row->trace));
      pd_cli_print_json (object);
    }
  else
    {
      g_print ("%s  %s  %s <- %s\n  %s\n", field (object, "id"), field (object, "time"),
               row->rcpt_to, field (object, "from"), row->subject);
      g_print ("  outcome: %s%s%s\n", row->outcome, row->ticket_number != 0 ? " #" : "",
               row->ticket_number != 0 ? field (object, "ticket") : "");
      if (row->reason[0] != '\0')
        g_print ("  because: %s\n", row->reason);
      pd_rows_print_trace (row->trace);
    }
  json_object_put (object);
}
