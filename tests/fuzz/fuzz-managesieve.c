/* fuzz-managesieve.c - any bytes from a client: however they are cut, the
 * session says the same; each of its answers is well-formed, and nothing is
 * asked of the program before sign-in or past its bounds.
 */
#include <string.h>

#include "base/error.h"
#include "net/managesieve.h"

#define MAX_SCRIPT 300

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static gboolean
fail_sometimes (const char *name, PdManageSieveAnswer *answer, GError **error)
{
  if (name[0] % 3 == 0)
    answer->words = g_strdup (name);
  return name[0] % 2 == 0
         || pd_fail (error, (PdErrorCode)(name[0] % 6), "no \"%s\"\r\n\\", name);
}

static gboolean
sign_in (gpointer data, const char *login, const char *password, GError **error)
{
  gboolean *signed_in = data;

  g_assert_false (*signed_in);
  g_assert_true (*login != '\0' && *password != '\0');
  *signed_in = login[0] != 'x' || pd_fail (error, PD_ERROR_DENIED, "no");
  return *signed_in;
}

static void
sign_out (gpointer data)
{
  gboolean *signed_in = data;

  g_assert_true (*signed_in);
  *signed_in = FALSE;
}

static void
check_call (gpointer data, const char *name)
{
  g_assert_true (*(gboolean *)data);
  g_assert_true (pd_managesieve_is_name (name, strlen (name)));
}

static gboolean
have_space (gpointer data, const char *name, gsize size, PdManageSieveAnswer *answer,
            GError **error)
{
  check_call (data, name);
  g_assert_cmpuint (size, <=, MAX_SCRIPT);
  return fail_sometimes (name, answer, error);
}

static gboolean
put (gpointer data, const char *name, const char *script, gsize length, PdManageSieveAnswer *answer,
     GError **error)
{
  check_call (data, name);
  g_assert_cmpuint (length, <=, MAX_SCRIPT);
  g_assert_cmpint (script[length], ==, '\0');
  return fail_sometimes (name, answer, error);
}

static gboolean
check (gpointer data, const char *script, gsize length, PdManageSieveAnswer *answer, GError **error)
{
  return put (data, "x", script, length, answer, error);
}

static GPtrArray *
list (gpointer data, GError **error)
{
  check_call (data, "x");
  return g_ptr_array_new ();
}

static gboolean
use_name (gpointer data, const char *name, PdManageSieveAnswer *answer, GError **error)
{
  if (*name != '\0')
    check_call (data, name);
  return fail_sometimes (name, answer, error);
}

static char *
get (gpointer data, const char *name, GError **error)
{
  PdManageSieveAnswer answer = { 0 };
  gboolean found = fail_sometimes (name, &answer, error);

  check_call (data, name);
  g_free (answer.words);
  return found ? g_strdup (name) : NULL;
}

static gboolean
renamed (gpointer data, const char *from, const char *to, PdManageSieveAnswer *answer,
         GError **error)
{
  check_call (data, from);
  return use_name (data, to, answer, error);
}

static const PdManageSieveProgram program = {
  .sign_in = sign_in, .sign_out = sign_out, .have_space = have_space, .put = put,
  .check = check,     .list = list,         .set_active = use_name,   .get = get,
  .remove = use_name, .rename = renamed,
};
static const PdManageSieveSettings settings = {
  .implementation = "x", .extensions = "", .max_script = MAX_SCRIPT, .tls = TRUE, .program = &program,
};

static char *
talk (gboolean is_private, const char *bytes, gsize size, gsize piece, gsize *out_length)
{
  gboolean signed_in = FALSE;
  g_autoptr (PdManageSieve) session = pd_managesieve_new (&settings, &signed_in, is_private);
  GString *output = pd_managesieve_output (session);

  for (gsize i = 0; i < size && pd_managesieve_phase (session) != PD_MANAGESIEVE_OVER;)
    {
      gsize n = MIN (piece, size - i);
      gsize taken = pd_managesieve_feed (session, bytes + i, n);

      g_assert_true (taken == n || pd_managesieve_phase (session) != PD_MANAGESIEVE_OPEN);
      g_assert_cmpint (pd_managesieve_is_signed_in (session), ==, signed_in);
      i += taken;
      if (pd_managesieve_phase (session) == PD_MANAGESIEVE_TLS)
        pd_managesieve_secured (session);
    }
  *out_length = output->len;
  return g_memdup2 (output->str, output->len + 1);
}

/* Past a string; NULL: it is none. */
static const char *
skip_string (const char *at, const char *end)
{
  char *digits_end;
  gsize length;

  if (*at == '{')
    {
      length = strtoul (at + 1, &digits_end, 10);
      if (strncmp (digits_end, "}\r\n", 3) != 0 || length > (gsize)(end - digits_end - 3))
        return NULL;
      return digits_end + 3 + length;
    }
  if (*at != '"')
    return NULL;
  for (at++; at < end && *at != '"'; at++)
    {
      if (*at == '\r' || *at == '\n' || *at == '\0')
        return NULL;
      at += *at == '\\';
    }
  return at < end ? at + 1 : NULL;
}

/* Lines of words, strings and codes in brackets, each with its CRLF. */
static void
check_answers (const char *at, const char *end)
{
  while (at < end)
    {
      while (at < end && *at != '\r')
        {
          if (*at == '"' || *at == '{')
            at = skip_string (at, end);
          else
            {
              g_assert_true (g_ascii_isalnum (*at) || strchr (" ()/-", *at) != NULL);
              at++;
            }
          g_assert_nonnull (at);
        }
      g_assert_cmpint (at[1], ==, '\n');
      at += 2;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const gsize pieces[] = { 1, 7, 100 };

  for (int is_private = 0; is_private <= 1; is_private++)
    {
      gsize length, cut_length;
      g_autofree char *whole
          = talk (is_private, (const char *)data, size, MAX (size, 1), &length);

      check_answers (whole, whole + length);
      for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
        {
          g_autofree char *cut
              = talk (is_private, (const char *)data, size, pieces[i], &cut_length);

          g_assert_cmpmem (whole, length, cut, cut_length);
        }
    }
  return 0;
}
