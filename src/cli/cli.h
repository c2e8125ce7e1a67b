/* cli.h - what the commands of `postdesk` share.
 *
 * A command is a row of a table (commands.c): words, usage, what it does, and
 * a function.  It returns TRUE, or FALSE with an error whose face gives the
 * exit status (sysexits.h); or it sets cli->status for an answer that is no
 * error ("there are held mails").
 */
#pragma once

#include <json-c/json.h>

#include "common/program.h"
#include "desk/desk.h"
#include "desk/person.h"

typedef struct PdCommand PdCommand;

typedef struct {
  const PdCommand *command;
  const char      *config_path; /* -c FILE, or NULL */
  PdProgram       *program;     /* settings, once pd_cli_settings has been called */
  PdDesk          *desk;        /* once pd_cli_desk has been called */
  PdParserPool    *parsers;     /* once pd_cli_parsers has been called */
  PdGpg           *gpg;         /* after pd_cli_start_gpg, if there are keys */
  gboolean         json;        /* --json */
  int              status;      /* exit status of a command that succeeded */
} PdCli;

struct PdCommand {
  const char *words;   /* "ticket list" */
  const char *usage;   /* arguments and options, for the first line of the help */
  const char *summary; /* one line, a sentence without a full stop */
  gboolean  (*run) (PdCli   *cli,
                    int      argc,
                    char   **argv,
                    GError **error);
};

/* All commands, in the order of the help; ends with words == NULL. */
extern const PdCommand pd_commands[];

/* Reads the options of a command: `entries` (may be NULL) and --json, --help,
 * -c.  What remains are `min` to `max` arguments (max -1: any number), moved
 * to argv[1…].
 *
 * Errors   PD_ERROR_INVALID; exit status EX_USAGE
 */
gboolean     pd_cli_options   (PdCli              *cli,
                               const GOptionEntry *entries,
                               int                *argc,
                               char             ***argv,
                               int                 min,
                               int                 max,
                               GError            **error);

/* Says what an option or argument should have been; exit status EX_USAGE.
 * Returns   FALSE */
gboolean     pd_cli_usage     (PdCli              *cli,
                               GError            **error,
                               const char         *text);

/* Checks the word of an option, NULL if it was not given; exit status EX_USAGE.
 *
 * words   NULL-terminated, all that there are
 */
gboolean     pd_cli_word      (PdCli              *cli,
                               const char         *option,
                               const char         *word,
                               const char *const  *words,
                               GError            **error);

/* Loads the settings (exit 78 with all errors printed if they are wrong). */
gboolean     pd_cli_settings  (PdCli              *cli,
                               GError            **error);

/* Settings, database, schema check: cli->desk. */
gboolean     pd_cli_desk      (PdCli              *cli,
                               GError            **error);

/* Makes ready to read mail in a process of its own; to be called before the
 * settings are read, which that process shall not know. */
gboolean     pd_cli_parsers   (PdCli              *cli,
                               GError            **error);

/* Starts one parser: in the jail that the settings ask for, once they have been
 * read; else in the best one that can be had.
 *
 * largest   octets of the largest mail, where no setting says it
 */
gboolean     pd_cli_start_parser (PdCli           *cli,
                                  gsize            largest,
                                  GError         **error);

/* Starts what verifies signatures and decrypts, if the settings, which have been
 * read, name a home with keys. */
gboolean     pd_cli_start_gpg (PdCli              *cli,
                               GError            **error);

/* Reads a mail (arguments as for pd_mail_parse) by the parser that was started,
 * and looks at signatures and encryption.
 *
 * Errors   PD_ERROR_INVALID   it cannot be read; the text says why
 */
PdMail      *pd_cli_parse     (PdCli              *cli,
                               GBytes             *raw,
                               const char         *envelope_from,
                               const char         *envelope_to,
                               GError            **error);

/* Who acts: the address given, else $POSTDESK_AS, else the first active
 * administrator. */
PdPerson    *pd_cli_actor     (PdCli              *cli,
                               const char         *address,
                               GError            **error);

/* Reads a number argument ("42" or "#42"). */
gboolean     pd_cli_number    (const char         *text,
                               gint64             *out_number,
                               GError            **error);

/* Reads an id argument as printed by the lists. */
gboolean     pd_cli_id        (const char         *text,
                               gint64             *out_id,
                               GError            **error);

/* The text of --text, else all of standard input (bounded). */
char        *pd_cli_text      (const char         *text,
                               GError            **error);

/* Reads a file ("-": standard input), at most `max` octets. */
GBytes      *pd_cli_read      (const char         *path,
                               gsize               max,
                               GError            **error);

/* Prints an object as indented JSON and a line end. */
void         pd_cli_print_json (struct json_object *object);

/* Strings into JSON objects, NULL as null. */
void         pd_json_text     (struct json_object *object,
                               const char         *name,
                               const char         *text);
void         pd_json_time     (struct json_object *object,
                               const char         *name,
                               gint64              time); /* 0: null */
void         pd_json_id       (struct json_object *object,
                               const char         *name,
                               gint64              id);   /* 0: null */

/* A table for people: columns as wide as their longest value, the last one cut
 * to the terminal's width. */
typedef struct PdTable PdTable;

PdTable     *pd_table_new     (const char         *first_column,
                               ...) G_GNUC_NULL_TERMINATED;
void         pd_table_add     (PdTable            *table,
                               const char         *first_value,
                               ...) G_GNUC_NULL_TERMINATED; /* copies */
void         pd_table_print   (PdTable            *table,
                               const char         *if_empty);
void         pd_table_free    (PdTable            *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdTable, pd_table_free)
