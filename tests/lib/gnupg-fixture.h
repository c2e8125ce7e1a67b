/* gnupg-fixture.h - two GnuPG homes in a temporary folder, with keys made for
 * the test.
 *
 *     ours     the desk's: its key (support@desk.example) and the known keys
 *     theirs   the senders': ann@client.example, bob@other.example,
 *              old@client.example (expired), gone@client.example (revoked), and
 *              a stranger's key in the name of ann, which we do not know
 *
 * For S/MIME there are ann.pem (of a root that we trust), fake.pem (of one that
 * we do not) and desk.pem, with a .key each.
 */
#pragma once

#include <glib.h>

typedef struct {
  char *folder;
  char *ours; /* the desk's home */
} GnupgFixture;

/* NULL, with why in *out_reason (static), where GnuPG or OpenSSL are not to be had. */
GnupgFixture *gnupg_fixture_new  (const char  **out_reason);

/* Ends the agents, removes the folder. */
void          gnupg_fixture_free (GnupgFixture *fixture);

/* Runs a line of sh in the folder, with `input` on its standard input (may be
 * NULL), and gives what it prints; a line that fails ends the test.
 */
char         *gnupg_fixture_run  (GnupgFixture *fixture,
                                  const char   *line,
                                  const char   *input);
