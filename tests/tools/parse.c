/* parse.c - `postdesk parse` for tests, without the rest of the command.
 *
 *     parse [--as text|html] [--from ADDRESS] [--to ADDRESS] [--repeat N] FILE
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "mail/mail-json.h"

static char *as, *from, *to;
static int repeat = 1;

static const GOptionEntry entries[]
    = { { "as", 0, 0, G_OPTION_ARG_STRING, &as, "FILE is a bare body", "text|html" },
        { "from", 0, 0, G_OPTION_ARG_STRING, &from, "Envelope sender", "ADDRESS" },
        { "to", 0, 0, G_OPTION_ARG_STRING, &to, "Envelope recipient", "ADDRESS" },
        { "repeat", 0, 0, G_OPTION_ARG_INT, &repeat, "Read it N times, print the time", "N" },
        { NULL } };

static PdMail *
read_once (GBytes *bytes)
{
  return as != NULL ? pd_mail_parse_body (bytes, strcmp (as, "html") == 0)
                    : pd_mail_parse (bytes, from, to);
}

static void
print_mail (GBytes *bytes)
{
  g_autoptr (PdMail) mail = read_once (bytes);
  g_autofree char *json = pd_mail_to_json (mail);

  puts (json);
}

static void
print_time (GBytes *bytes)
{
  gint64 begin = g_get_monotonic_time ();

  for (int i = 0; i < repeat; i++)
    pd_mail_free (read_once (bytes));
  printf ("%.1f us a mail\n", (double)(g_get_monotonic_time () - begin) / repeat);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("FILE");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *data = NULL;
  gsize size = 0;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2
      || !g_file_get_contents (argv[1], &data, &size, &error))
    {
      fprintf (stderr, "parse: %s\n", error == NULL ? "one FILE, please" : error->message);
      return error == NULL ? EX_USAGE : EX_NOINPUT;
    }
  bytes = g_bytes_new_take (data, size);
  pd_mail_init ();
  if (repeat > 1)
    print_time (bytes);
  else
    print_mail (bytes);
  pd_mail_shutdown ();
  return EX_OK;
}
