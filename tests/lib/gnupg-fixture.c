#include "gnupg-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static const char setup[]
    = "umask 077\n"
      "mkdir ours theirs\n"
      "make() { home=$1; shift; "
      "gpg -q --batch --homedir $home --passphrase '' \"$@\" 2>>log; }\n"
      "make ours --quick-gen-key 'Desk <support@desk.example>' future-default default never\n"
      "make theirs --quick-gen-key 'Ann <ann@client.example>' future-default default never\n"
      "make theirs --quick-gen-key 'Bob <bob@other.example>' future-default default never\n"
      "make theirs --faked-system-time 20200101T000000 "
      "--quick-gen-key 'Old <old@client.example>' future-default default seconds=864000\n"
      "make theirs --quick-gen-key 'Gone <gone@client.example>' future-default default never\n"
      "for who in ann@client bob@other old@client gone@client; do\n"
      "  gpg -q --homedir theirs --export $who.example | make ours --import\n"
      "done\n"
      "make ours --export support@desk.example | make theirs --import\n"
      "key=$(gpg --homedir theirs --with-colons -k gone@client.example 2>>log | "
      "sed -n 's/^fpr:*\\([0-9A-F]*\\):/\\1/p' | head -n 1)\n"
      "sed 's/^:---/---/' theirs/openpgp-revocs.d/$key.rev | make ours --import\n"
      "make theirs --quick-gen-key 'Stranger <ann@client.example>' future-default default never\n"
      "gpg --homedir theirs --with-colons -k 2>>log | awk -F: '$1==\"fpr\" && p {f=$10} "
      "{p=$1==\"pub\"} $1==\"uid\" && $10 ~ /^Stranger/ {print f}' >stranger\n"
      /* X.509 */
      "root() { openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=$1 -keyout $1.key "
      "-out $1.pem -addext keyUsage=critical,keyCertSign,cRLSign 2>>log; }\n"
      "leaf() { openssl req -newkey rsa:2048 -nodes -subj /CN=$1 -keyout $1.key -out $1.csr "
      "2>>log\n"
      "  printf 'subjectAltName=email:%s\\nkeyUsage=digitalSignature,keyEncipherment\\n' $2 >ext\n"
      "  openssl x509 -req -in $1.csr -CA $3.pem -CAkey $3.key -CAcreateserial -days 20 "
      "-extfile ext -out $1.pem 2>>log; }\n"
      "root good\nroot evil\n"
      "leaf ann ann@client.example good\n"
      "leaf fake ann@client.example evil\n"
      "leaf desk support@desk.example good\n"
      "sm() { gpgsm -q --batch --homedir ours --disable-dirmngr --pinentry-mode loopback "
      "--passphrase-fd 0 \"$@\" 2>>log; }\n"
      "openssl x509 -in good.pem -noout -fingerprint -sha1 | sed 's/.*=//; s/$/ S relax/' "
      ">ours/trustlist.txt\n"
      "echo | sm --import good.pem\necho | sm --import evil.pem\n"
      "openssl pkcs12 -export -in desk.pem -inkey desk.key -passout pass: -macalg sha1 "
      "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -out desk.p12\n"
      "echo | sm --import desk.p12\n";

static char *
run (const char *folder, const char *line, const char *input, int *out_status)
{
  const char *argv[] = { "/bin/sh", "-ec", line, NULL };
  g_autofree char *path = g_build_filename (folder, "input", NULL);
  g_autofree char *whole = g_strdup_printf ("exec <input; %s", line);
  char *text = NULL;

  argv[2] = whole;
  g_assert_true (g_file_set_contents (path, input != NULL ? input : "", -1, NULL));
  if (!g_spawn_sync (folder, (char **)argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &text,
                     NULL, out_status, NULL))
    *out_status = -1;
  return text;
}

static void
end_agents (GnupgFixture *fixture)
{
  int status;

  g_free (run (fixture->folder,
               "for h in ours theirs; do gpgconf --homedir $PWD/$h --kill all || :; done", NULL,
               &status));
}

GnupgFixture *
gnupg_fixture_new (const char **out_reason)
{
  static const char *const programs[] = { "gpg", "gpgsm", "gpgconf", "openssl" };
  GnupgFixture *fixture;
  int status;

  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *path = g_find_program_in_path (programs[i]);

      if (path == NULL)
        {
          *out_reason = "gpg, gpgsm and openssl are needed";
          return NULL;
        }
    }
  fixture = g_new0 (GnupgFixture, 1);
  fixture->folder = g_dir_make_tmp ("pd-gpg-XXXXXX", NULL);
  fixture->ours = g_build_filename (fixture->folder, "ours", NULL);
  g_free (run (fixture->folder, setup, NULL, &status));
  if (status == 0)
    return fixture;
  gnupg_fixture_free (fixture);
  *out_reason = "no keys can be made here";
  return NULL;
}

void
gnupg_fixture_free (GnupgFixture *fixture)
{
  int status;

  if (fixture == NULL)
    return;
  end_agents (fixture);
  g_free (run (fixture->folder, "rm -rf -- *", NULL, &status));
  g_rmdir (fixture->folder);
  g_free (fixture->ours);
  g_free (fixture->folder);
  g_free (fixture);
}

char *
gnupg_fixture_run (GnupgFixture *fixture, const char *line, const char *input)
{
  int status;
  char *text = run (fixture->folder, line, input, &status);

  if (status != 0)
    g_error ("%s: failed", line);
  return text;
}
