#include "net/managesieve.h"

#include <string.h>

#include "base/error.h"

#define SIGN_IN "AUTHENTICATE \"PLAIN\" \"AGFubmEAc2VjcmV0\"\n" /* \0anna\0secret */
#define IN "OK \"signed in\"\n"
#define HELLO                                                                                      \
  "\"IMPLEMENTATION\" \"test\"\n\"SIEVE\" \"fileinto vacation\"\n\"SASL\" \"PLAIN\"\n"             \
  "\"NOTIFY\" \"mailto\"\n\"STARTTLS\"\n\"MAXREDIRECTS\" \"4\"\n\"LANGUAGE\" \"en\"\n"             \
  "\"UNAUTHENTICATE\"\n\"VERSION\" \"1.0\"\n"
#define LONG64 "1234567890123456789012345678901234567890123456789012345678901234"
#define LONG128 LONG64 LONG64

/* A program that has two scripts, "one" (active) and "two". */
static gboolean
sign_in (gpointer data, const char *login, const char *password, GError **error)
{
  if (strcmp (login, "late") == 0)
    return pd_fail (error, PD_ERROR_TEMPORARY, "too many tries; wait");
  return (strcmp (login, "anna") == 0 && strcmp (password, "secret") == 0)
         || pd_fail (error, PD_ERROR_DENIED, "wrong name or password");
}

static void
sign_out (gpointer data)
{
}

static gboolean
have_space (gpointer data, const char *name, gsize size, PdManageSieveAnswer *answer,
            GError **error)
{
  if (strcmp (name, "many") != 0)
    return TRUE;
  answer->code = "QUOTA/MAXSCRIPTS";
  return pd_fail (error, PD_ERROR_INVALID, "there are too many");
}

static gboolean
check (gpointer data, const char *script, gsize length, PdManageSieveAnswer *answer, GError **error)
{
  g_assert_cmpuint (strlen (script), <=, length);
  if (g_str_has_prefix (script, "bad"))
    {
      answer->words = g_strdup ("line 1: bad\nline 2: \"worse\"\n");
      return pd_fail (error, PD_ERROR_INVALID, "it does not compile");
    }
  if (g_str_has_prefix (script, "odd"))
    answer->words = g_strdup ("line 1: odd");
  return TRUE;
}

static gboolean
put (gpointer data, const char *name, const char *script, gsize length, PdManageSieveAnswer *answer,
     GError **error)
{
  return check (data, script, length, answer, error);
}

static GPtrArray *
list (gpointer data, GError **error)
{
  GPtrArray *names = g_ptr_array_new_with_free_func ((GDestroyNotify)pd_managesieve_name_free);
  PdManageSieveName *one = g_new0 (PdManageSieveName, 1), *two = g_new0 (PdManageSieveName, 1);

  one->name = g_strdup ("one");
  one->active = TRUE;
  two->name = g_strdup ("tw\"o");
  g_ptr_array_add (names, one);
  g_ptr_array_add (names, two);
  return names;
}

static gboolean
find (const char *name, GError **error)
{
  return strcmp (name, "one") == 0 || strcmp (name, "two") == 0
         || pd_fail (error, PD_ERROR_NOT_FOUND, "there is no script \"%s\"", name);
}

static gboolean
set_active (gpointer data, const char *name, PdManageSieveAnswer *answer, GError **error)
{
  return *name == '\0' || find (name, error);
}

static char *
get (gpointer data, const char *name, GError **error)
{
  return find (name, error) ? g_strdup ("keep;\r\n") : NULL;
}

static gboolean
removed (gpointer data, const char *name, PdManageSieveAnswer *answer, GError **error)
{
  if (strcmp (name, "one") != 0)
    return find (name, error);
  answer->code = "ACTIVE";
  return pd_fail (error, PD_ERROR_CONFLICT, "it is active");
}

static gboolean
renamed (gpointer data, const char *from, const char *to, PdManageSieveAnswer *answer,
         GError **error)
{
  if (!find (from, error))
    return FALSE;
  return strcmp (to, "one") != 0 || pd_fail (error, PD_ERROR_CONFLICT, "there is \"one\" already");
}

static const PdManageSieveProgram program = {
  .sign_in = sign_in, .sign_out = sign_out, .have_space = have_space, .put = put,
  .check = check,     .list = list,         .set_active = set_active, .get = get,
  .remove = removed,  .rename = renamed,
};
static const PdManageSieveSettings settings = {
  .implementation = "test",
  .extensions = "fileinto vacation",
  .notify = "mailto",
  .max_redirects = 4,
  .max_script = 50,
  .tls = TRUE,
  .program = &program,
};

static char *
drop_returns (const char *text)
{
  GString *plain = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (*text != '\r')
      g_string_append_c (plain, *text);
  return g_string_free (plain, FALSE);
}

/* What is said to `in`, whose LF stand for CRLF, given `piece` octets at a time. */
static char *
talk (const char *in, gboolean is_private, gsize piece)
{
  g_autoptr (PdManageSieve) session = pd_managesieve_new (&settings, NULL, is_private);
  g_auto (GStrv) lines = g_strsplit (in, "\n", -1);
  g_autofree char *wire = g_strjoinv ("\r\n", lines);
  gsize length = strlen (wire);

  g_string_truncate (pd_managesieve_output (session), 0);
  for (gsize i = 0; i < length && pd_managesieve_phase (session) == PD_MANAGESIEVE_OPEN;)
    i += pd_managesieve_feed (session, wire + i, MIN (piece, length - i));
  return drop_returns (pd_managesieve_output (session)->str);
}

static const struct {
  const char *in, *want, *why;
} cases[] = {
  { "CAPABILITY\n", HELLO "OK \"that is all\"\n", "the capabilities" },
  { "capability\nlogout\nnoop\n", HELLO "OK \"that is all\"\nOK \"good bye\"\n",
    "commands in any case; nothing after LOGOUT" },
  { "NOOP\nNOOP \"a\\\"b\"\n", "OK \"done\"\nOK (TAG \"a\\\"b\") \"done\"\n", "the tag comes back" },
  { SIGN_IN "CAPABILITY\n",
    IN "\"IMPLEMENTATION\" \"test\"\n\"SIEVE\" \"fileinto vacation\"\n\"SASL\" \"\"\n"
       "\"NOTIFY\" \"mailto\"\n\"MAXREDIRECTS\" \"4\"\n\"LANGUAGE\" \"en\"\n\"OWNER\" \"anna\"\n"
       "\"UNAUTHENTICATE\"\n\"VERSION\" \"1.0\"\nOK \"that is all\"\n",
    "after sign-in neither SASL nor STARTTLS, but OWNER" },
  { "AUTHENTICATE \"PLAIN\"\n\"AGFubmEAc2VjcmV0\"\nNOOP\n", "\"\"\n" IN "OK \"done\"\n",
    "without an initial response there is an empty challenge" },
  { "AUTHENTICATE \"plain\" {16+}\nAGFubmEAc2VjcmV0\n", IN, "the response as a literal" },
  { "AUTHENTICATE \"PLAIN\"\n\"*\"\nNOOP\n", "\"\"\nNO \"given up, as asked\"\nOK \"done\"\n",
    "the client may give up" },
  { "AUTHENTICATE \"PLAIN\"\nNOOP\nNOOP\n",
    "\"\"\nNO \"a string was expected that answers the challenge\"\nOK \"done\"\n",
    "a command is no response" },
  { "AUTHENTICATE \"PLAIN\" \"YW5uYQBhbm5hAHNlY3JldA==\"\n", IN, "to be whom one is" },
  { "AUTHENTICATE \"PLAIN\" \"b3RoZXIAYW5uYQBzZWNyZXQ=\"\n",
    "NO \"nobody may act in the name of somebody else\"\n", "to be somebody else" },
  { "AUTHENTICATE \"PLAIN\" \"AGFubmEAd3Jvbmc=\"\n", "NO \"wrong name or password\"\n",
    "a wrong password" },
  { "AUTHENTICATE \"PLAIN\" \"AGxhdGUAeA==\"\n", "NO (TRYLATER) \"too many tries; wait\"\n",
    "not now" },
  { "AUTHENTICATE \"PLAIN\" \"AGFubmE=\"\nAUTHENTICATE \"PLAIN\" \"A\"\n"
    "AUTHENTICATE \"PLAIN\" \"=AAA\"\nAUTHENTICATE \"PLAIN\" \"AABh\"\n"
    "AUTHENTICATE \"PLAIN\" \"AGEA\"\nAUTHENTICATE \"PLAIN\" \"\"\n",
    "NO \"this is no response of PLAIN\"\nNO \"this is no response of PLAIN\"\n"
    "NO \"this is no response of PLAIN\"\nNO \"this is no response of PLAIN\"\n"
    "NO \"this is no response of PLAIN\"\nNO \"this is no response of PLAIN\"\n",
    "one NUL too few, no base64, no name, no password, nothing" },
  { "AUTHENTICATE \"PLAIN\" \"AGFubmEAd3Jvbmc=\"\nAUTHENTICATE \"PLAIN\" \"AGFubmEAd3Jvbmc=\"\n"
    "AUTHENTICATE \"PLAIN\" \"AGFubmEAd3Jvbmc=\"\nNOOP\n",
    "NO \"wrong name or password\"\nNO \"wrong name or password\"\nNO \"wrong name or password\"\n"
    "BYE \"too many tries to sign in\"\n",
    "three wrong ones are the end" },
  { "AUTHENTICATE \"SCRAM-SHA-1\"\n", "NO \"PLAIN is the only mechanism here\"\n",
    "other mechanisms" },
  { SIGN_IN SIGN_IN "STARTTLS\n",
    IN "NO \"you are signed in already\"\nNO \"you are signed in already\"\n",
    "neither sign-in nor TLS after sign-in" },
  { SIGN_IN "UNAUTHENTICATE\nLISTSCRIPTS\n" SIGN_IN,
    IN "OK \"signed out\"\nNO \"sign in first\"\n" IN, "sign out and in again" },
  { "LISTSCRIPTS\nUNAUTHENTICATE\nPUTSCRIPT \"x\" {5+}\nkeep;\nNOOP\n",
    "NO \"sign in first\"\nNO \"sign in first\"\nNO \"sign in first\"\nOK \"done\"\n",
    "nothing for who is not signed in; a literal is no command" },
  { "PUTSCRIPT \"x\" {8193+}\nNOOP\n", "BYE (QUOTA/MAXSIZE) \"this is more than can be taken\"\n",
    "before sign-in large literals end the session" },
  { SIGN_IN "LISTSCRIPTS\n", IN "\"one\" ACTIVE\n\"tw\\\"o\"\nOK \"that is all\"\n", "the list" },
  { SIGN_IN "HAVESPACE \"x\" 50\nHAVESPACE \"x\" 51\nHAVESPACE \"x\" 99999999999999999999999\n"
            "HAVESPACE \"many\" 1\nHAVESPACE \"x\" \"1\"\n",
    IN "OK \"there is space\"\nNO (QUOTA/MAXSIZE) \"a script has at most 50 octets\"\n"
       "NO (QUOTA/MAXSIZE) \"a script has at most 50 octets\"\n"
       "NO (QUOTA/MAXSCRIPTS) \"there are too many\"\n"
       "NO \"wrong arguments of this command\"\n",
    "space" },
  { SIGN_IN "PUTSCRIPT \"x\" {5+}\nkeep;\nPUTSCRIPT \"x\" \"keep;\"\n",
    IN "OK \"saved\"\nOK \"saved\"\n", "saved, as a literal and as a quoted string" },
  { SIGN_IN "PUTSCRIPT \"x\" {3+}\nbad\nPUTSCRIPT \"x\" \"odd\"\nCHECKSCRIPT \"odd\"\n"
            "CHECKSCRIPT {0+}\n\n",
    IN "NO {28}\nline 1: bad\nline 2: \"worse\"\nOK (WARNINGS) \"line 1: odd\"\n"
       "OK (WARNINGS) \"line 1: odd\"\nOK \"the script is valid\"\n",
    "errors in several lines, warnings, the empty script" },
  { SIGN_IN "PUTSCRIPT \"x\" {16777217+}\nNOOP\n",
    IN "BYE (QUOTA/MAXSIZE) \"this is more than can be taken\"\n", "what is past all bounds" },
  { SIGN_IN "PUTSCRIPT \"\" \"keep;\"\nPUTSCRIPT \"a\xc2\x85\" \"keep;\"\n"
            "GETSCRIPT \"\xe2\x80\xa8\"\nDELETESCRIPT \"\xff\"\nRENAMESCRIPT \"one\" \"\t\"\n"
            "PUTSCRIPT \"" LONG128 "\" \"keep;\"\nPUTSCRIPT \"" LONG128 "x\" \"keep;\"\n",
    IN "NO \"this is no name of a script\"\nNO \"this is no name of a script\"\n"
       "NO \"this is no name of a script\"\nNO \"this is no name of a script\"\n"
       "NO \"this is no name of a script\"\nOK \"saved\"\nNO \"this is no name of a script\"\n",
    "names: empty, controls, separators, no UTF-8, too long" },
  { SIGN_IN "PUTSCRIPT \"\xd1\x81\xd0\xbf\xd0\xb0\xd0\xbc\" \"keep;\"\n", IN "OK \"saved\"\n",
    "a name in UTF-8" },
  { SIGN_IN "SETACTIVE \"two\"\nSETACTIVE \"\"\nSETACTIVE \"three\"\n",
    IN "OK \"done\"\nOK \"no script is active\"\n"
       "NO (NONEXISTENT) \"there is no script \\\"three\\\"\"\n",
    "active" },
  { SIGN_IN "GETSCRIPT \"one\"\nGETSCRIPT \"three\"\n",
    IN "{7}\nkeep;\n\nOK \"that is all\"\nNO (NONEXISTENT) \"there is no script \\\"three\\\"\"\n",
    "a script is a literal" },
  { SIGN_IN "DELETESCRIPT \"two\"\nDELETESCRIPT \"one\"\nDELETESCRIPT \"three\"\n",
    IN "OK \"removed\"\nNO (ACTIVE) \"it is active\"\n"
       "NO (NONEXISTENT) \"there is no script \\\"three\\\"\"\n",
    "removal" },
  { SIGN_IN "RENAMESCRIPT \"two\" \"three\"\nRENAMESCRIPT \"two\" \"one\"\n"
            "RENAMESCRIPT \"three\" \"x\"\nRENAMESCRIPT {3+}\ntwo {5+}\nthree\n",
    IN "OK \"renamed\"\nNO (ALREADYEXISTS) \"there is \\\"one\\\" already\"\n"
       "NO (NONEXISTENT) \"there is no script \\\"three\\\"\"\nOK \"renamed\"\n",
    "other names; two literals" },
  { "\nX\n\"NOOP\"\nNOOP 1\nNOOP \"a\" \"b\"\nNOOP \"a\nNOOP \"a\"b\nNOOP \"\\a\"\nNOOP {3}\nCAPABILITY x\n",
    "NO \"an empty line is no command\"\nNO \"unknown command\"\nNO \"unknown command\"\n"
    "NO \"wrong arguments of this command\"\nNO \"wrong arguments of this command\"\n"
    "NO \"this is neither a word nor a string\"\nNO \"a blank was expected\"\n"
    "NO \"this is neither a word nor a string\"\nNO \"this is neither a word nor a string\"\n"
    "NO \"wrong arguments of this command\"\n",
    "what is no command" },
  { "NOOP \"a {4+}\nNOOP\nNOOP {1+}\nxy\nNOOP \"1\" \"2\" \"3\" \"4\" \"5\" \"6\"\n",
    "NO \"this is neither a word nor a string\"\nNO \"a blank was expected behind a literal\"\n"
    "NO \"too many arguments\"\n",
    "a literal belongs to its command also if that is broken" },
  { "STARTTLS\nNOOP\n", "OK \"begin TLS\"\n", "what came in clear behind STARTTLS is not taken" },
};

static void
test_lines (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      static const gsize pieces[] = { 1, 3, 10000 };

      g_test_message ("%s", cases[i].why);
      for (gsize k = 0; k < G_N_ELEMENTS (pieces); k++)
        {
          g_autofree char *said = talk (cases[i].in, TRUE, pieces[k]);

          g_assert_cmpstr (said, ==, cases[i].want);
        }
    }
}

static void
test_bytes (void)
{
  static const char wire[] = "NOOP {4+}\r\na\r\nb\r\nNOOP {0+}\r\n\r\n" SIGN_IN
                             "PUTSCRIPT \"x\" {51+}\r\n" LONG64;
  g_autoptr (PdManageSieve) session = pd_managesieve_new (&settings, NULL, TRUE);
  g_autofree char *long_line = g_strnfill (PD_MANAGESIEVE_MAX_LINE + 1, 'x');

  g_string_truncate (pd_managesieve_output (session), 0);
  pd_managesieve_feed (session, wire, strlen (wire) - 13);
  pd_managesieve_feed (session, "\r\n", 2);
  g_assert_cmpstr (pd_managesieve_output (session)->str, ==,
                   "OK (TAG {4}\r\na\r\nb) \"done\"\r\nOK (TAG \"\") \"done\"\r\nOK \"signed in\"\r\n"
                   "NO (QUOTA/MAXSIZE) \"a script has at most 50 octets\"\r\n");
  g_assert_true (pd_managesieve_is_signed_in (session));
  g_string_truncate (pd_managesieve_output (session), 0);
  pd_managesieve_feed (session, long_line, strlen (long_line));
  g_assert_cmpstr (pd_managesieve_output (session)->str, ==, "BYE \"the line is too long\"\r\n");
  g_assert_cmpint (pd_managesieve_phase (session), ==, PD_MANAGESIEVE_OVER);
}

static void
test_errors (void)
{
  g_autoptr (PdManageSieve) session = pd_managesieve_new (&settings, NULL, TRUE);

  for (guint i = 1; i < PD_MANAGESIEVE_MAX_ERRORS; i++)
    pd_managesieve_feed (session, "X\r\n", 3);
  pd_managesieve_feed (session, "NOOP\r\n", 6);
  for (guint i = 1; i < PD_MANAGESIEVE_MAX_ERRORS; i++)
    pd_managesieve_feed (session, "X\r\n", 3);
  g_assert_cmpint (pd_managesieve_phase (session), ==, PD_MANAGESIEVE_OPEN);
  pd_managesieve_feed (session, "X\n", 2);
  g_assert_cmpint (pd_managesieve_phase (session), ==, PD_MANAGESIEVE_OVER);
  g_assert_true (g_str_has_suffix (pd_managesieve_output (session)->str,
                                   "NO \"unknown command\"\r\nBYE \"too many errors\"\r\n"));
}

static void
test_tls (void)
{
  g_autofree char *clear = talk ("CAPABILITY\n" SIGN_IN, FALSE, 1000);
  g_autoptr (PdManageSieve) session = pd_managesieve_new (&settings, NULL, FALSE);
  g_autofree char *said = NULL;

  g_assert_nonnull (strstr (clear, "\"SASL\" \"\"\n"));
  g_assert_true (g_str_has_suffix (clear, "NO (ENCRYPT-NEEDED) \"begin TLS first\"\n"));
  g_assert_cmpuint (pd_managesieve_feed (session, "STARTTLS\r\nNOOP\r\n", 16), ==, 10);
  g_assert_cmpint (pd_managesieve_phase (session), ==, PD_MANAGESIEVE_TLS);
  g_string_truncate (pd_managesieve_output (session), 0);
  pd_managesieve_secured (session);
  said = drop_returns (pd_managesieve_output (session)->str);
  g_assert_cmpstr (said, ==, HELLO "OK \"TLS stands\"\n");
  pd_managesieve_shut (session, "TRYLATER", "shutting down");
  g_assert_true (g_str_has_suffix (pd_managesieve_output (session)->str,
                                   "BYE (TRYLATER) \"shutting down\"\r\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/managesieve/lines", test_lines);
  g_test_add_func ("/managesieve/bytes", test_bytes);
  g_test_add_func ("/managesieve/errors", test_errors);
  g_test_add_func ("/managesieve/tls", test_tls);
  return g_test_run ();
}
