#include "base/log.h"

#include <stdarg.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"

static const char *program = "postdesk";
static PdLogTarget log_target = PD_LOG_TO_STDERR;
static PdLogLevel log_level = PD_LOG_INFO;
static gboolean journal; /* stderr is read by systemd */
static PdLogHook log_hook;
static gpointer log_hook_data;

void
pd_log_open (const char *name, PdLogTarget target, PdLogLevel level)
{
  program = name;
  log_target = target;
  log_level = level;
  journal = g_getenv ("JOURNAL_STREAM") != NULL;
  if (target == PD_LOG_TO_SYSLOG)
    openlog (name, LOG_PID, LOG_MAIL);
}

void
pd_log_capture (PdLogHook hook, gpointer data)
{
  log_hook = hook;
  log_hook_data = data;
}

const char *
pd_log_int (gint64 number)
{
  static __thread char texts[8][24];
  static __thread guint next;
  char *text = texts[next++ % G_N_ELEMENTS (texts)];

  g_snprintf (text, sizeof texts[0], "%" G_GINT64_FORMAT, number);
  return text;
}

/* a blank would look like the next field, so such values are quoted */
static gboolean
needs_quotes (const char *value)
{
  return value[0] == '\0' || value[strcspn (value, " \"=\\")] != '\0';
}

static void
append_value (GString *line, const char *value)
{
  gboolean quote = needs_quotes (value);
  gsize n = 0;

  if (quote)
    g_string_append_c (line, '"');
  for (const guchar *p = (const guchar *) value; *p != '\0'; p++, n++)
    {
      if (n >= PD_LOG_MAX_VALUE && (*p & 0xc0) != 0x80)
        {
          g_string_append (line, "…");
          break;
        }
      if (*p < 0x20 || *p == 0x7f)
        g_string_append_printf (line, "\\x%02x", *p);
      else if (*p == '"' || *p == '\\')
        g_string_append_printf (line, "\\%c", *p);
      else
        g_string_append_c (line, (char) *p);
    }
  if (quote)
    g_string_append_c (line, '"');
}

static void
append_time (GString *line)
{
  time_t now = (time_t) (pd_clock_now () / PD_SECOND);
  struct tm local;
  char text[32];

  localtime_r (&now, &local);
  strftime (text, sizeof text, "%b %e %H:%M:%S", &local);
  g_string_append_printf (line, "%s %s[%d]: ", text, program, (int) getpid ());
}

static void
append_event (GString *line, gint64 id, const char *event, va_list args)
{
  char text[PD_ID_TEXT_SIZE];
  const char *key;

  if (id != 0)
    g_string_append_printf (line, "%s: ", pd_id_format (id, text));
  g_string_append (line, event);
  while ((key = va_arg (args, const char *)) != NULL)
    {
      const char *value = va_arg (args, const char *);

      if (value == NULL || line->len > PD_LOG_MAX_LINE)
        continue;
      g_string_append_printf (line, " %s=", key);
      append_value (line, value);
    }
}

static void
write_line (PdLogLevel level, GString *line)
{
  gssize written;

  if (log_target == PD_LOG_TO_SYSLOG)
    {
      syslog ((int) level, "%s", line->str);
      return;
    }
  g_string_append_c (line, '\n');
  /* a log that cannot be written is no reason to stop taking mail */
  written = write (STDERR_FILENO, line->str, line->len);
  (void) written;
}

void
pd_log (PdLogLevel level, gint64 id, const char *event, ...)
{
  g_autoptr (GString) line = NULL;
  va_list args;

  if (level > log_level)
    return;
  line = g_string_sized_new (256);
  if (log_hook == NULL && log_target == PD_LOG_TO_STDERR)
    {
      if (journal)
        g_string_append_printf (line, "<%d>", (int) level);
      else
        append_time (line);
    }
  va_start (args, event);
  append_event (line, id, event, args);
  va_end (args);
  if (log_hook != NULL)
    log_hook (level, line->str, log_hook_data);
  else
    write_line (level, line);
}
