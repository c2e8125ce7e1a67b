/* fuzz-mail-command.c - any text as a staff member's mail: commands are within
 * their bounds, and what is no command is kept as text.
 */
#include <string.h>

#include "desk/mail-command.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *mail = g_utf8_make_valid ((const char *)data, (gssize)size);
  g_autoptr (PdMailCommands) commands = pd_mail_commands_parse (mail);
  gboolean failed = FALSE;

  g_assert_cmpuint (commands->commands->len, <=, PD_MAIL_COMMAND_MAX_LINES);
  g_assert_true (g_str_has_suffix (mail, commands->text));
  for (guint i = 0; i < commands->commands->len; i++)
    {
      const PdMailCommand *one = g_ptr_array_index (commands->commands, i);
      g_auto (GStrv) words = pd_mail_command_dup_words (one);

      failed |= one->error != NULL;
      g_assert_true (g_utf8_validate (one->argument, -1, NULL));
      g_assert_null (strchr (one->written, '\n'));
      if (one->error == NULL)
        g_assert_cmpuint (strlen (one->argument), <=, PD_MAIL_COMMAND_MAX_ARGUMENT);
    }
  g_assert_cmpint (commands->failed, ==, failed);
  if (commands->commands->len == 0)
    g_assert_cmpstr (commands->text, ==, mail);
  return 0;
}
