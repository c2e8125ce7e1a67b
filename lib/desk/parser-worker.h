/* parser-worker.h - what a parser pool and its workers say to each other; not
 * installed.
 *
 * On the channel the worker says hello, then answers one request after the
 * other.  A request is a PdParserRequest with the descriptor of the mail, then
 * the two addresses; an answer is a PdParserAnswer, then its octets.  Both sides
 * are the same program, so numbers are the machine's.  The worker believes the
 * pool; the pool believes nothing.
 */
#pragma once

#include "base/sandbox.h"
#include "desk/parser-pool.h"

#define PD_PARSER_EXIT_MEMORY 9    /* exit status: an allocation failed */
#define PD_PARSER_MAX_ADDRESS 8192 /* octets of an envelope address */
#define PD_PARSER_MAX_TEXT    1000 /* octets of what a worker says about itself */

/* given to a worker at its start */
typedef struct {
  PdSandboxLimits limits;
  PdParserJail    jail;
  PdParserRead    read;
} PdParserOrders;

typedef struct {
  gsize  size;                   /* of the mail */
  gint32 from_length, to_length; /* octets; -1: there is none */
} PdParserRequest;

typedef enum {
  PD_PARSER_SAYS_JAILED = 0x50440001, /* hello */
  PD_PARSER_SAYS_FREE,                /* hello: there is no filter, for this reason; text */
  PD_PARSER_SAYS_NO,                  /* cannot work, for this reason; text */
  PD_PARSER_SAYS_FACTS,               /* pd_mail_wire_write */
} PdParserWord;

typedef struct {
  guint32 word;   /* PdParserWord */
  guint32 length; /* octets that follow */
} PdParserAnswer;

/* The worker: for pd_zygote_new. */
void  pd_parser_worker_init  (void);
int   pd_parser_worker_run   (gconstpointer orders,
                              gsize         length);
