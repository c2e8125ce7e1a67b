#include <glib/gstdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/error.h"

#define NEEDED "[desk]\ndomain = d.example\nkey_file = /k\n[database]\nurl = sqlite:/x\n"

static void
test_errors (void)
{
  static const struct {
    const char *text;
    const char *want; /* part of the error; NULL: none */
    const char *why;
  } cases[] = {
    { NEEDED, NULL, "the required ones are enough" },
    { NEEDED "[lmtp]\nlistne = a\n", "t:7: lmtp.listne: unknown setting, did you mean \"listen\"?", "the nearest key" },
    { NEEDED "[lmpt]\n", "t:6: unknown section [lmpt], did you mean [lmtp]?", "the nearest section" },
    { NEEDED "[lmtp]\ndomain = x\n", "t:7: lmtp.domain: unknown setting; there is one of this name in [desk]",
      "a key in the wrong section" },
    { NEEDED "[lmtp]\nmax_size = 1M\nmax_size = 2M\n", "t:8: lmtp.max_size: is given twice", "a repeated key" },
    { NEEDED "[lmtp]\nmax_size = many\n", "t:7: lmtp.max_size: \"many\" is not a size such as 25M", "the form is named" },
    { NEEDED "[lmtp]\nmax_size = 1K\n", "1K is out of bounds (64K to 1048576K)", "the bounds are named" },
    { NEEDED "[lmtp]\nmax_size = 99999999999G\n", "is not a size", "an overflow" },
    { NEEDED "[lmtp]\nmax_size = 25MB\n", "is not a size", "units are one letter" },
    { NEEDED "[smtp]\ntls = maybe\n", "\"maybe\" is not one of opportunistic|required|none", "words are listed" },
    { NEEDED "[smtp]\nretry_min = 10\n", "is not a time such as", "a time needs its unit" },
    { NEEDED "hello\n", "\"hello\" is neither [section] nor key = value", "no equals sign" },
    { "name = x\n", "t:1: \"name\" stands before the first [section]", "no section" },
    { "[desk]\nname = x\n", "t: desk.domain: is required", "a required one is missing" },
    { NEEDED "# a comment\n; another\n  # indented\n", NULL, "comments" },
    { "[desk]\nname=A\ndomain =d\nkey_file= /k\n[database]\nurl = sqlite:/a ; b # c\n", NULL,
      "blanks around = do not matter, and nothing is cut off a value" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdConfig) config = pd_config_parse ("t", cases[i].text, strlen (cases[i].text), &error);

      g_test_message ("%s: %s", cases[i].why, error != NULL ? error->message : "no error");
      g_assert_true ((config != NULL) == (cases[i].want == NULL));
      if (cases[i].want != NULL)
        {
          g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
          g_assert_nonnull (strstr (error->message, cases[i].want));
        }
    }
}

static void
test_all_errors_at_once (void)
{
  const char *text = NEEDED "[lmtp]\nmax_size = x\nfoo = 1\n[smtp]\ntls = y\n";
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_null (pd_config_parse ("t", text, strlen (text), &error));
  lines = g_strsplit (error->message, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
}

static void
test_values (void)
{
  const char *text = NEEDED "[lmtp]\nlisten = a:1  unix:/b c:2\nmax_size = 2M\ntimeout = 20m 30s\n"
                            "[smtp]\nurl = smtp://u:p;#w@h:1\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (PdConfig) config = pd_config_parse ("t", text, strlen (text), &error);
  g_autofree char *shown = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (pd_config_int (config, PD_SETTING_LMTP_MAX_SIZE), ==, 2 * 1024 * 1024);
  g_assert_cmpint (pd_config_int (config, PD_SETTING_LMTP_TIMEOUT), ==, 20 * PD_MINUTE + 30 * PD_SECOND);
  g_assert_cmpstr (pd_config_list (config, PD_SETTING_LMTP_LISTEN)[1], ==, "unix:/b");
  g_assert_null (pd_config_list (config, PD_SETTING_LMTP_LISTEN)[3]);
  g_assert_cmpstr (pd_config_text (config, PD_SETTING_SMTP_URL), ==, "smtp://u:p;#w@h:1");
  g_assert_cmpstr (pd_config_text (config, PD_SETTING_DESK_NAME), ==, "DESK");
  g_assert_cmpstr (pd_config_origin (config, PD_SETTING_DESK_NAME), ==, "default");
  g_assert_cmpstr (pd_config_origin (config, PD_SETTING_LMTP_MAX_SIZE), ==, "t:8");
  shown = pd_config_show (config, FALSE, FALSE);
  g_assert_nonnull (strstr (shown, "url = smtp://u:****@h:1"));
  g_assert_null (strstr (shown, "p;#w"));
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("pd-config-XXXXXX", NULL);
  g_autofree char *main_file = g_build_filename (folder, "a.conf", NULL);
  g_autofree char *drop_folder = g_strconcat (main_file, ".d", NULL);
  g_autofree char *drop_file = g_build_filename (drop_folder, "10.conf", NULL);
  g_autofree char *secret = g_build_filename (folder, "secret", NULL);
  g_autofree char *drop_text = g_strdup_printf ("[desk]\nname = DROP\n[smtp]\nurl_file = %s\n", secret);
  g_autoptr (GError) error = NULL;
  PdConfig *config;

  g_assert_cmpint (g_mkdir (drop_folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (main_file, NEEDED "[desk]\nname = MAIN\n", -1, NULL));
  g_assert_true (g_file_set_contents (drop_file, drop_text, -1, NULL));
  g_assert_true (g_file_set_contents (secret, "smtp://a:b@c\n", -1, NULL));
  g_chmod (secret, 0644);

  /* a secret that everybody can read is refused, with the remedy */
  g_assert_null (pd_config_load (main_file, &error));
  g_assert_nonnull (strstr (error->message, "chmod o="));
  g_clear_error (&error);

  g_chmod (secret, 0640);
  g_setenv ("POSTDESK_DESK_NAME", "ENVIRONMENT", TRUE);
  g_setenv ("POSTDESK_SMTP_CONNECTIONS", "9", TRUE);
  config = pd_config_load (main_file, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (pd_config_text (config, PD_SETTING_DESK_NAME), ==, "DROP");
  g_assert_cmpstr (pd_config_text (config, PD_SETTING_SMTP_URL), ==, "smtp://a:b@c");
  g_assert_cmpint (pd_config_int (config, PD_SETTING_SMTP_CONNECTIONS), ==, 9);
  g_assert_cmpstr (pd_config_origin (config, PD_SETTING_SMTP_CONNECTIONS), ==, "environment");
  pd_config_free (config);

  g_unsetenv ("POSTDESK_DESK_NAME");
  g_unsetenv ("POSTDESK_SMTP_CONNECTIONS");
  g_remove (secret);
  g_remove (drop_file);
  g_rmdir (drop_folder);
  g_remove (main_file);
  g_rmdir (folder);
}

static void
test_example (void)
{
  g_autofree char *example = pd_config_example ();
  g_autofree char *text = g_strconcat (example, NULL);
  g_autoptr (GError) error = NULL;

  /* only what is required is missing from the example */
  g_assert_null (pd_config_parse ("t", text, strlen (text), &error));
  g_assert_nonnull (strstr (error->message, "desk.domain: is required"));
  g_assert_null (strstr (error->message, "unknown"));
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    g_assert_nonnull (strstr (example, pd_config_row ((PdSettingId) id)->help));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/errors", test_errors);
  g_test_add_func ("/config/all-errors-at-once", test_all_errors_at_once);
  g_test_add_func ("/config/values", test_values);
  g_test_add_func ("/config/files", test_files);
  g_test_add_func ("/config/example", test_example);
  return g_test_run ();
}
