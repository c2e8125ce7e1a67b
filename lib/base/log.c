#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"

static const char *program = "postdesk";
static PdLogTarget log_target = PD_LOG_TO_STDERR;
static PdLogLevel log_level = PD_LOG_INFO;
static gboolean journal; /* systemd-journald reads our stderr */
static PdLogHook log_hook;
static gpointer log_hook_data;

/* $JOURNAL_STREAM names the pipe that systemd made (systemd.exec(5)); it is
 * inherited, so stderr may be another one by now */
static gboolean
stderr_is_journal (void)
{
  const char *stream = g_getenv ("JOURNAL_STREAM");
  uintmax_t device, inode;
  struct stat about;

  return stream != NULL && sscanf (stream, "%ju:%ju", &device, &inode) == 2
         && fstat (STDERR_FILENO, &about) == 0 && about.st_dev == device && about.st_ino == inode;
}

void
pd_log_open (const char *name, PdLogTarget target, PdLogLevel level)
{
  program = name;
  log_target = target;
  log_level = level;
  journal = stderr_is_journal ();
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

/* Marks that change how the rest of a line is shown, or end it, on a terminal
 * that knows Unicode. */
static gboolean
is_invisible (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT: /* such as the overrides of direction */
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TRUE;
    default:
      return FALSE;
    }
}

/* one character, escaped if need be; returns the octets it has in the value */
static gsize
append_character (GString *line, const char *p)
{
  gunichar c = g_utf8_get_char_validated (p, -1);

  if (c == (gunichar)-1 || c == (gunichar)-2)
    {
      g_string_append_printf (line, "\\x%02x", (guchar)*p);
      return 1;
    }
  if (c < 0x80 && is_invisible (c))
    g_string_append_printf (line, "\\x%02x", c);
  else if (is_invisible (c))
    g_string_append_printf (line, "\\u%04x", c);
  else if (c == '"' || c == '\\')
    g_string_append_printf (line, "\\%c", (char)c);
  else
    g_string_append_unichar (line, c);
  return (gsize)(g_utf8_next_char (p) - p);
}

static void
append_value (GString *line, const char *value)
{
  gboolean quote = needs_quotes (value);
  gsize start = line->len;

  if (quote)
    g_string_append_c (line, '"');
  while (*value != '\0' && line->len - start < PD_LOG_MAX_VALUE)
    value += append_character (line, value);
  if (*value != '\0')
    g_string_append (line, "…");
  if (quote)
    g_string_append_c (line, '"');
}

static void
append_time (GString *line)
{
  time_t now = (time_t)(pd_clock_now () / PD_SECOND);
  struct tm local;
  char text[32];

  localtime_r (&now, &local);
  strftime (text, sizeof text, "%b %e %H:%M:%S", &local);
  g_string_append_printf (line, "%s %s[%d]: ", text, program, (int)getpid ());
}

static void
append_event (GString *line, gint64 id, const char *event, va_list args)
{
  char text[PD_ID_TEXT_SIZE];
  const char *key;
  gboolean full = FALSE;

  if (id != 0)
    g_string_append_printf (line, "%s: ", pd_id_format (id, text));
  g_string_append (line, event);
  while ((key = va_arg (args, const char *)) != NULL)
    {
      const char *value = va_arg (args, const char *);

      if (value == NULL || full)
        continue;
      full = line->len > PD_LOG_MAX_LINE;
      if (full)
        {
          g_string_append (line, " …");
          continue;
        }
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
      syslog ((int)level, "%s", line->str);
      return;
    }
  g_string_append_c (line, '\n');
  /* a log that cannot be written is no reason to stop taking mail */
  written = write (STDERR_FILENO, line->str, line->len);
  (void)written;
}

void
pd_log (PdLogLevel level, gint64 id, const char *event, ...)
{
  g_autoptr (GString) line = NULL;
  int saved = errno; /* callers log between a failed call and looking why */
  va_list args;

  if (level > log_level)
    return;
  line = g_string_sized_new (256);
  if (log_hook == NULL && log_target == PD_LOG_TO_STDERR)
    {
      if (journal)
        g_string_append_printf (line, "<%d>", (int)level);
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
  errno = saved;
}
