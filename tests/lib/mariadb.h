/* mariadb.h - a private MariaDB for a test program, on a socket in a temporary
 * folder, gone at the end.
 *
 *   g_autoptr (TestMariadb) server = test_mariadb_start (&why_not);
 *   if (server == NULL) g_test_skip (why_not);
 *
 * Runs as the current user.  It dies with the test program, also when that is
 * killed.  Not durable: it is thrown away.
 */
#pragma once

#include <glib.h>

typedef struct TestMariadb TestMariadb;

/* Starts a server and waits until it answers.
 *
 * out_reason   static text: why there is none, when NULL comes back
 */
TestMariadb *test_mariadb_start   (const char  **out_reason);
/* The same with further options of mariadbd, in a folder with more room.
 *
 * parent    in which its folder is made; NULL: the one for temporary files
 * options   NULL-terminated, kept by the caller; or NULL
 */
TestMariadb *test_mariadb_start_with (const char         *parent,
                                      const char *const  *options,
                                      const char        **out_reason);
void         test_mariadb_stop    (TestMariadb  *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestMariadb, test_mariadb_stop)

/* A raw connection as root; `database` may be NULL.  mysql_close ends it. */
struct st_mysql *test_mariadb_connect (TestMariadb *server,
                                       const char  *database);

/* Removes a folder that a test made. */
void         test_remove_tree    (const char   *path);

/* Makes an empty database; the URL is for pd_db_open, the caller frees it. */
char        *test_mariadb_dup_url (TestMariadb  *server,
                                   const char   *database);

/* Runs a statement as root, on a connection of its own.  Aborts on error. */
void         test_mariadb_sql     (TestMariadb  *server,
                                   const char   *text);

/* Kills the server as a power cut would; then brings it back. */
void         test_mariadb_kill    (TestMariadb  *server);
void         test_mariadb_revive  (TestMariadb  *server);
