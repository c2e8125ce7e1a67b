/* fuzz-config.c - any bytes are settings, or a list of faults; settings that
 * are shown can be read again.
 */
#include <string.h>

#include "base/config.h"
#include "base/error.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_error (const GError *error)
{
  g_auto (GStrv) lines = g_strsplit (error->message, "\n", -1);

  g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (g_strv_length (lines), >, 0);
  g_assert_cmpuint (g_strv_length (lines), <=, PD_CONFIG_MAX_ERRORS + 1);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdConfig) config = NULL, again = NULL;
  g_autofree char *shown = NULL;

  /* the only settings that open a file */
  if (memmem (data, size, "url_file", strlen ("url_file")) != NULL)
    return 0;
  config = pd_config_parse ("fuzz", (const char *)data, size, &error);
  if (config == NULL)
    {
      check_error (error);
      return 0;
    }
  shown = pd_config_show (config, TRUE, TRUE);
  again = pd_config_parse ("shown", shown, strlen (shown), &error);
  g_assert_no_error (error);
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    {
      g_autofree char *masked = pd_config_masked (config, (PdSettingId)id);

      g_assert_cmpstr (pd_config_text (again, (PdSettingId)id), ==, masked);
    }
  return 0;
}
