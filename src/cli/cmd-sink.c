#include <errno.h>
#include <string.h>

#include "base/daemon.h"
#include "base/error.h"
#include "cli/commands.h"
#include "net/sink.h"

gboolean
pd_command_sink (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *listen = NULL;
  const GOptionEntry entries[] = {
    { "listen", 'l', 0, G_OPTION_ARG_STRING, &listen, "Where to listen", "HOST:PORT" },
    G_OPTION_ENTRY_NULL,
  };
  PdSinkSettings settings = { 0 };
  g_autoptr (PdSink) sink = NULL;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error))
    return FALSE;
  if (listen == NULL)
    return pd_cli_usage (cli, error, "give --listen HOST:PORT");
  settings.endpoint = listen;
  settings.folder = argv[1];
  if (g_mkdir_with_parents (settings.folder, 0750) != 0)
    return pd_fail (error, PD_ERROR_DENIED, "%s: %s", settings.folder, g_strerror (errno));
  pd_daemon_init ();
  sink = pd_sink_new (&settings, error);
  if (sink == NULL)
    return FALSE;
  g_print ("Catching mail on %s in %s/\n", listen, settings.folder);
  while (pd_daemon_wait (-1) != PD_SIGNAL_STOP)
    ;
  return TRUE;
}
