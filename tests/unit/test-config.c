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
    { NEEDED "[lmtp]\nlistne = a\n", "t:7: lmtp.listne: unknown setting, did you mean \"listen\"?",
      "the nearest key" },
    { NEEDED "[lmpt]\n", "t:6: unknown section [lmpt], did you mean [lmtp]?",
      "the nearest section" },
    { NEEDED "[lmtp]\ndomain = x\n",
      "t:7: lmtp.domain: unknown setting; there is one of this name in [desk]",
      "a key in the wrong section" },
    { NEEDED "[lmtp]\nmax_size = 1M\nmax_size = 2M\n", "t:8: lmtp.max_size: is given twice",
      "a repeated key" },
    { NEEDED "[lmtp]\nmax_size = many\n",
      "t:7: lmtp.max_size: \"many\" is not a size such as 25M (64K to 1G)", "the form is named" },
    { NEEDED "[lmtp]\nmax_size = 1K\n", "1K is out of bounds (64K to 1G)", "the bounds are named" },
    { NEEDED "[lmtp]\nmax_size = 99999999999G\n", "is not a size", "an overflow" },
    { NEEDED "[lmtp]\nmax_size = 25MB\n", "is not a size", "units are one letter" },
    { NEEDED "[smtp]\ntls = maybe\n", "\"maybe\" is not one of opportunistic|required|none",
      "words are listed" },
    { NEEDED "[smtp]\nretry_min = 10\n", "is not a time such as", "a time needs its unit" },
    { NEEDED "[smtp]\nretry_min = 0s\n", "0s is out of bounds (1s to 1d)", "the bounds of a time" },
    { NEEDED "[lmtp]\ndrain_timeout = 0\n", NULL, "nothing has no unit" },
    { NEEDED "[lmtp]\nmax_recipients = 1 2\n", "is not a number", "only units are summed up" },
    { NEEDED "[lmtp]\nmax_recipients = -1\n", "is not a number (1 to 10000)", "no sign" },
    { NEEDED "[lmtp]\nmax_recipients =\n", "is not a number (1 to 10000)", "no value" },
    { NEEDED "[lmtp]\nunix_mode = 0680\n",
      "t:7: lmtp.unix_mode: \"0680\" is not an octal mode such as 0660", "an octal number" },
    { NEEDED "[lmtp]\nunix_mode = 07777\n", "lmtp.unix_mode: has 5 octets (3 to 4)", "the length" },
    { NEEDED "[lmtp]\nlisten = 127.0.0.1:24 /run/sock\n",
      "is not a list of HOST:PORT, unix:PATH and systemd", "a path without unix:" },
    { NEEDED "[lmtp]\nlisten = localhost:lmtp\n", "is not a list of", "a port is a number" },
    { NEEDED "[lmtp]\nlisten = [::1]:24  unix:/run/lmtp systemd\n", NULL, "the three forms" },
    { NEEDED "[desk]\ntimezone = Europe/Kiew\n",
      "t:7: desk.timezone: \"Europe/Kiew\" is not a time zone",
      "a zone that is none would be UTC in silence" },
    { NEEDED "[desk]\nname = A]B\n", "is not a name without [, ] and #",
      "the mark must be found again" },
    { NEEDED "[smtp]\nhello = a..b\n", "is not a domain such as", "an empty label" },
    { NEEDED "[smtp]\nhello = a@b\n", "is not a domain such as", "an address" },
    { NEEDED "[smtp]\nhello = \n", NULL, "empty: as if it were not there" },
    { NEEDED "[smtp]\nurl = http://u:geheim@h\n",
      "t:7: smtp.url: the value is not smtp://HOST:PORT or", "a secret is not repeated" },
    { NEEDED "[desk]\ntemplates = a\x01z\n", "has a control character", "no control characters" },
    { NEEDED "[desk]\ntemplates = a\xffz\n", "t:7: the line is not UTF-8", "no other charset" },
    { NEEDED "hello\n", "t:6: the line is neither [section] nor key = value", "no equals sign" },
    { "\xef\xbb\xbf" NEEDED, NULL, "a byte order mark" },
    { "[desk]\r\ndomain = d.example\r\nkey_file = /k\r\n[database]\r\nurl = sqlite:/x\r\n", NULL,
      "lines as Windows ends them" },
    { "name = x\n", "t:1: \"name\" stands before the first [section]", "no section" },
    { "[desk]\nname = x\n", "t: desk.domain: is required", "a required one is missing" },
    { NEEDED "# a comment\n; another\n  # indented\n", NULL, "comments" },
    { "[desk]\nname=A\ndomain =d\nkey_file= /k\n[database]\nurl = sqlite:/a ; b # c\n", NULL,
      "blanks around = do not matter, and nothing is cut off a value" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdConfig) config
          = pd_config_parse ("t", cases[i].text, strlen (cases[i].text), &error);

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
  g_assert_cmpint (pd_config_int (config, PD_SETTING_LMTP_TIMEOUT), ==,
                   20 * PD_MINUTE + 30 * PD_SECOND);
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
  g_autofree char *drop_text
      = g_strdup_printf ("[desk]\nname = DROP\n[smtp]\nurl_file = %s\n", secret);
  g_autoptr (GError) error = NULL;
  PdConfig *config;

  g_assert_cmpint (g_mkdir (drop_folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (main_file, NEEDED "[desk]\nname = MAIN\n", -1, NULL));
  g_assert_true (g_file_set_contents (drop_file, drop_text, -1, NULL));
  g_assert_true (g_file_set_contents (secret, "smtp://a:b@c\n", -1, NULL));
  g_chmod (secret, 0644);

  /* the second name for a setting is the same setting */
  g_assert_true (
      g_file_set_contents (drop_file, "[smtp]\nurl = smtp://a\nurl_file = /b\n", -1, NULL));
  g_assert_null (pd_config_load (main_file, &error));
  g_assert_true (g_str_has_suffix (error->message,
                                   "conf.d/10.conf:3: smtp.url_file: is given twice in this file"));
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (drop_file, drop_text, -1, NULL));

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

  /* a wrong variable is named; the secret's own may be a file too */
  g_remove (drop_file);
  g_setenv ("POSTDESK_SMTP_CONNECTIONS", "many", TRUE);
  g_assert_null (pd_config_load (main_file, &error));
  g_assert_cmpstr (
      error->message, ==,
      "POSTDESK_SMTP_CONNECTIONS: smtp.connections: \"many\" is not a number (1 to 100)");
  g_clear_error (&error);
  g_unsetenv ("POSTDESK_SMTP_CONNECTIONS");
  g_setenv ("POSTDESK_SMTP_URL_FILE", secret, TRUE);
  config = pd_config_load (main_file, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (pd_config_text (config, PD_SETTING_DESK_NAME), ==, "MAIN");
  g_assert_cmpstr (pd_config_text (config, PD_SETTING_SMTP_URL), ==, "smtp://a:b@c");
  pd_config_free (config);
  g_unsetenv ("POSTDESK_SMTP_URL_FILE");

  g_assert_null (pd_config_load (secret, &error)); /* one error, no flood */
  g_assert_nonnull (strstr (error->message, "secret:1: the line is neither"));
  g_clear_error (&error);
  g_assert_null (pd_config_load (folder, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_DENIED));
  g_clear_error (&error);
  g_assert_null (pd_config_load ("/nonexistent/postdesk.conf", &error));
  g_assert_true (pd_error_is (error, PD_ERROR_NOT_FOUND));
  g_clear_error (&error);

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
    g_assert_nonnull (strstr (example, pd_config_row ((PdSettingId)id)->help));
}

/* more faults than are shown: the rest is counted */
static void
test_many_errors (void)
{
  g_autoptr (GString) text = g_string_new (NEEDED);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 100; i++)
    g_string_append (text, "nothing\n");
  g_assert_null (pd_config_parse ("t", text->str, text->len, &error));
  g_assert_true (g_str_has_suffix (error->message, "\n… and 80 more"));
}

static void
test_manual (void)
{
  g_autofree char *page = pd_config_manual ();

  g_test_message ("%s", page);
  g_assert_true (
      g_str_has_prefix (page, ".Ss [desk]\n.Bl -tag -width Ds\n.It Ic name No = Ar mark\n"));
  g_assert_nonnull (strstr (page, "The default is\n.Ql 50M .\nFrom 64K to 1G.\n"));
  g_assert_nonnull (strstr (page, "\nRequired.\n"));
  for (int id = 0; id < PD_SETTING_COUNT; id++)
    g_assert_nonnull (strstr (page, pd_config_row ((PdSettingId)id)->help));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/errors", test_errors);
  g_test_add_func ("/config/all-errors-at-once", test_all_errors_at_once);
  g_test_add_func ("/config/values", test_values);
  g_test_add_func ("/config/files", test_files);
  g_test_add_func ("/config/many-errors", test_many_errors);
  g_test_add_func ("/config/example", test_example);
  g_test_add_func ("/config/manual", test_manual);
  return g_test_run ();
}
