/* mail-command.h - the lines at the head of a staff member's mail that tell the
 * desk what to do:
 *
 *     #take
 *     #priority high
 *     #tag printer, second-floor
 *
 *     I have ordered the part.
 *
 * Command lines begin with "#" and a letter and stand before all other text;
 * the first other line ends them ("#12 is broken" is text).  Pure: what a
 * command names is looked up by who carries it out.
 */
#pragma once

#include <glib.h>

#define PD_MAIL_COMMAND_MAX_LINES    50   /* of commands in one mail */
#define PD_MAIL_COMMAND_MAX_ARGUMENT 1000 /* octets */

typedef enum {
  PD_COMMAND_TAKE,
  PD_COMMAND_RELEASE,
  PD_COMMAND_DONE,
  PD_COMMAND_REOPEN,
  PD_COMMAND_WAIT,     /* [WHEN] */
  PD_COMMAND_FORWARD,  /* UNIT|ADDRESS [text] */
  PD_COMMAND_ASSIGN,   /* ADDRESS… */
  PD_COMMAND_PRIORITY, /* low|normal|high */
  PD_COMMAND_PLAN,     /* NAME */
  PD_COMMAND_DEADLINE, /* WHEN|none */
  PD_COMMAND_NOTE,     /* [text]: the rest of the mail is internal */
  PD_COMMAND_REPLY,    /* [text]: the rest goes to the customer */
  PD_COMMAND_TAG,      /* TAG… */
  PD_COMMAND_UNTAG,    /* TAG… */
  PD_COMMAND_WATCH,    /* [ADDRESS…] */
  PD_COMMAND_UNWATCH,  /* [ADDRESS…] */
  PD_COMMAND_MERGE,    /* N */
  PD_COMMAND_SPLIT,
  PD_COMMAND_LINK,     /* N */
  PD_COMMAND_SPAM,
  PD_COMMAND_ASK,      /* ADDRESS: a side thread */
  PD_COMMAND_STATUS,
  PD_COMMAND_HELP,
  PD_COMMAND_TRY,      /* nothing is done, the answer says what would be */
} PdCommandVerb;

#define PD_N_COMMANDS 24

typedef struct {
  char         *written;  /* the line, as it stands */
  PdCommandVerb verb;     /* of no meaning with an error */
  char         *argument; /* behind the verb, trimmed; "" none */
  char         *error;    /* NULL: the line is well formed */
} PdMailCommand;

typedef struct {
  GPtrArray *commands; /* of PdMailCommand, in order; empty: the mail has none */
  gboolean   failed;   /* one of them has an error: then none is carried out */
  char      *text;     /* the mail without them */
} PdMailCommands;

/* Reads the visible text of a mail; UTF-8.  Cannot fail: what is wrong with a line is in it. */
PdMailCommands *pd_mail_commands_parse (const char      *visible);
void            pd_mail_commands_free  (PdMailCommands  *commands);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdMailCommands, pd_mail_commands_free)

/* Whether a verb is among them. */
gboolean        pd_mail_commands_have  (const PdMailCommands *commands,
                                        PdCommandVerb         verb);

/* The words of an argument that is a list: separated by blanks or commas. */
GStrv           pd_mail_command_dup_words (const PdMailCommand *command);

/* "take"; and how it is written, "#priority low|normal|high". */
const char     *pd_command_name        (PdCommandVerb    verb);
const char     *pd_command_usage       (PdCommandVerb    verb);
