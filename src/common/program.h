/* program.h - how every program starts: settings, log, key, database. */
#pragma once

#include "base/config.h"
#include "desk/desk.h"
#include "desk/gpg.h"
#include "desk/parser-pool.h"

typedef struct {
  PdConfig      *config;
  const char    *config_path;  /* the file that was read */
  char          *templates;    /* folder of the mail templates */
  const char    *database_url;
  gsize          max_size;     /* octets of a mail */
  PdKeyring     *keyring;
  PdDeskSettings desk;         /* points into config and keyring */
} PdProgram;

/* Loads the settings from `path` (NULL: $POSTDESK_CONF, else the installed
 * place) and what they point to; the error text holds all that is wrong, a
 * line each.
 */
PdProgram  *pd_program_load         (const char  *path,
                                     GError     **error);
void        pd_program_free         (PdProgram   *program);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdProgram, pd_program_free)

/* Opens the database and checks that its schema is the one this program
 * knows.
 *
 * Errors   PD_ERROR_INVALID   run `postdesk migrate` (or update the program)
 */
PdDesk     *pd_program_open_desk    (PdProgram   *program,
                                     GError     **error);

/* Starts the workers of a pool as the settings say.
 *
 * workers   how many; 0: as many as ingest.parsers says
 * Errors    PD_ERROR_INVALID   a setting must be changed; the text names it
 */
gboolean    pd_program_start_parsers (PdProgram    *program,
                                      PdParserPool *pool,
                                      guint         workers,
                                      GError      **error);

/* Starts what asks GnuPG, before there are threads; *out is NULL if
 * ingest.gnupg_home is empty.
 */
gboolean    pd_program_start_gpg     (PdProgram    *program,
                                      PdGpg       **out,
                                      GError      **error);

/* HOST:PORT of smtp.url; caller frees. */
char       *pd_program_smtp_address (PdProgram   *program);

/* The start of a daemon's main: reads -c FILE, --help, --version, loads the
 * settings, opens the log.
 *
 * summary     one line for --help
 * out_status  exit status if there is nothing to run
 * Returns     the program, or NULL: exit with *out_status (errors are printed)
 */
PdProgram  *pd_program_start        (const char  *name,
                                     const char  *summary,
                                     int         *argc,
                                     char      ***argv,
                                     int         *out_status);
