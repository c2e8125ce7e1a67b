/* test-patterns [FILE…]: with files, tries the patterns of those only. */
#include <string.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "mail/pattern-set.h"
#include "mail/pattern-text.h"
#include "mail/reply.h"

static void
test_folding (void)
{
  static const struct {
    const char *text, *want, *why;
  } cases[] = {
    { "  On  Mon \t wrote :", "on mon wrote:", "blanks, and the blank before a colon" },
    { "10:00\xE2\x80\xAF"
      "AM\xC2\xA0x",
      "10:00 am x", "narrow and other no-break spaces" },
    { "\xE2\x80\xAB\xE2\x80\x8Fx\xE2\x80\xAC", "x", "marks of direction" },
    { "「A」：\xEF\xBC\x88x）", "「a」:(x)", "full width" },
    { "٢٠٢٦", "2026", "digits" },
    { "“x” ‘y’ – —", "\"x\" 'y' - -", "quotation marks and dashes" },
    { "e\xCC\x81t", "ét", "loose accents" },
    { "ΣΤΙΣ Στις", "στισ στισ", "the final sigma" },
    { "", "", "nothing" },
    { " \n ", "", "blank" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = pd_pattern_dup_folded (cases[i].text, strlen (cases[i].text));

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
}

static void
test_dates (void)
{
  static const struct {
    const char *text;
    gboolean want;
  } cases[] = {
    { "2 nov 2026", TRUE }, { "at 10:00", TRUE }, { "2/11/26", TRUE }, { "02.11.26", TRUE },
    { "2-11-2026", TRUE },  { "10.00", TRUE },    { "2569", TRUE },    { "page 12", FALSE },
    { "", FALSE },          { "1234", FALSE },    { "20260", FALSE },  { "1.2", FALSE },
    { "3 of 4", FALSE },    { "10:5", FALSE },    { "12026", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (pd_pattern_has_date (cases[i].text), ==, cases[i].want);
    }
}

static void
test_faults (void)
{
  static const struct {
    const char *text, *want;
  } cases[] = {
    { "x\n", "f:1: before the first [section]: x" },
    { "[attributions]\n", "f:1: unknown section: [attributions]" },
    { "[", "f:1: unknown section: [" },
    { "[device]\nx {who}\n", "f:2: unknown gap \"{who}\"" },
    { "[device]\nx {date\n", "f:2: no example (+) below \"x {date\"" },
    { "[device]\n(x\n", "f:2: \"(\" without \")\"" },
    { "[device]\nx)\n", "f:2: \")\" without \"(\"" },
    { "[device]\n\n# c\nx\n", "f:4: no example (+) below \"x\"" },
    { "[device]\nx\n  - y\n[from]\nz", "f:2: no example (+) below \"x\"" },
    { "[device]\n  + y\n", "f:2: an example without a phrase: + y" },
    { "[device]\nx\n  y\n", "f:3: an example begins with \"+ \" or \"- \": y" },
    { "[from]\na,,b\n", "f:2: an empty word: a,,b" },
    { "[attribution]\nx {text}\n",
      "f:2: must end (or, of one line, begin) with a character or {rule}: x {text}" },
    { "[delimiter]\n{text} x {text}\n",
      "f:2: must end (or, of one line, begin) with a character or {rule}: {text} x {text}" },
    { "[from]\n\xFF\n", "f: not UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdPatternSet) set = pd_pattern_set_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (pd_pattern_set_parse (set, "f", cases[i].text, &error));
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
      g_assert_cmpstr (error->message, ==, cases[i].want);
    }
}

static void
test_examples_decide (void)
{
  static const char *const texts[] = {
    "[device]\nfrom {name}\n  + to Bob\n",
    "[device]\nfrom {name}\n  + from Bob\n  - from Ann\n",
  };
  static const char *const wants[] = {
    "f:3: \"from {name}\" does not match this example",
    "f:4: \"from {name}\" matches this example",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (PdPatternSet) set = pd_pattern_set_new ();
      g_autoptr (GError) error = NULL;

      g_assert_true (pd_pattern_set_parse (set, "f", texts[i], &error));
      g_assert_false (pd_pattern_set_check (set, &error));
      g_assert_cmpstr (error->message, ==, wants[i]);
    }
}

/* What no phrase can match costs no more than a few steps. */
static void
test_bounded (void)
{
  g_autoptr (PdPatternSet) set = pd_pattern_set_new ();
  g_autoptr (PdPatternRun) run = pd_pattern_run_new ();
  g_autofree char *commas = g_strnfill (PD_PATTERN_MAX_LENGTH + 1, ',');

  g_assert_true (pd_pattern_set_parse (
      set, "f", "[attribution]\n{text},{text},{text},{text},{text},{text}x:\n  + ,,,,,x:\n", NULL));
  memcpy (commas + 400, "y:", 3);
  pd_pattern_run_take (run, commas, strlen (commas));
  g_assert_false (pd_pattern_set_match (set, PD_PATTERN_ATTRIBUTION, run));
  memset (commas, ',', PD_PATTERN_MAX_LENGTH + 1);
  pd_pattern_run_take (run, commas, PD_PATTERN_MAX_LENGTH + 1);
  g_assert_false (pd_pattern_set_match (set, PD_PATTERN_ATTRIBUTION, run));
}

static void
test_missing (void)
{
  g_autoptr (PdPatternSet) set = pd_pattern_set_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (pd_pattern_set_load (set, "/nonexistent/x.patterns", &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_NOT_FOUND);
}

/* A site's own patterns are read over the installed ones, and checked with them. */
static void
test_site (void)
{
  g_autofree char *folder = g_dir_make_tmp ("postdesk-patterns-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "own.patterns", NULL);
  g_autofree char *want
      = g_strdup_printf ("%s:3: \"Gone {text}\" does not match this example", file);
  g_autoptr (GError) error = NULL;

  g_setenv ("POSTDESK_PATTERNS", folder, TRUE);
  g_assert_true (
      g_file_set_contents (file, "[device]\nGone {text}\n  + Gone by train\n", -1, NULL));
  g_assert_true (pd_reply_check_patterns (&error));
  g_assert_no_error (error);
  pd_reply_init ();
  g_assert_cmpuint (pd_pattern_set_word (pd_reply_peek_patterns (), "from"), !=, 0);
  pd_reply_shutdown ();
  g_assert_true (
      g_file_set_contents (file, "[device]\nGone {text}\n  + Went by train\n", -1, NULL));
  g_assert_false (pd_reply_check_patterns (&error));
  g_assert_cmpstr (error->message, ==, want);
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_unsetenv ("POSTDESK_PATTERNS");
}

/* Each phrase of a file does to its examples what they say. */
static void
test_file (gconstpointer path)
{
  g_autoptr (PdPatternSet) set = pd_pattern_set_new ();
  g_autoptr (GError) error = NULL;

  if (!pd_pattern_set_load (set, path, &error) || !pd_pattern_set_check (set, &error))
    g_test_message ("%s", error->message);
  g_assert_no_error (error);
}

static void
add_file (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *name = g_strdup_printf ("/patterns/file/%s", base);

  g_test_add_data_func_full (name, g_strdup (path), test_file, g_free);
}

static void
add_installed (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "filters", "reply", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".patterns"))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        add_file (path);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int i = 1; i < argc; i++)
    add_file (argv[i]);
  if (argc > 1)
    return g_test_run ();
  g_test_add_func ("/patterns/folding", test_folding);
  g_test_add_func ("/patterns/dates", test_dates);
  g_test_add_func ("/patterns/faults", test_faults);
  g_test_add_func ("/patterns/examples-decide", test_examples_decide);
  g_test_add_func ("/patterns/bounded", test_bounded);
  g_test_add_func ("/patterns/missing", test_missing);
  g_test_add_func ("/patterns/site", test_site);
  add_installed ();
  return g_test_run ();
}
