/* sieve-node.h - a compiled script: a tree of commands and tests with their
 * arguments bound; for what implements commands (sieve-verb.h).
 *
 * Nothing of it changes when it runs: threads may share one.
 */
#pragma once

#include "sieve/sieve-report.h"

#define PD_SIEVE_MAX_ARGUMENTS 8  /* positional ones of a verb */
#define PD_SIEVE_MAX_TAGS      16 /* of a verb's own table */

typedef struct PdSieveVerb PdSieveVerb;
typedef struct PdSieveMatch PdSieveMatch;   /* sieve-match.h */
typedef struct PdSieveTemplate PdSieveTemplate;
typedef struct PdSieveNode PdSieveNode;

/* A string. */
typedef struct {
  char            *text;      /* as it stands, quotes and encoded characters undone */
  PdSieveTemplate *variables; /* what is put in for "${…}" (RFC 5229 3); NULL: it is constant */
  PdSievePlace     place;
} PdSieveText;

typedef enum {
  PD_SIEVE_NUMBER,
  PD_SIEVE_STRING,  /* texts[0] */
  PD_SIEVE_STRINGS, /* a list; one string stands for a list of it */
} PdSieveKind;

typedef struct {
  PdSieveKind  kind;
  guint64      number;
  PdSieveText *texts;
  guint        n_texts;
  gboolean     constant; /* of strings: none holds a variable */
  PdSievePlace place;
} PdSieveValue;

typedef struct {
  PdSieveNode **nodes; /* commands in order */
  guint         n_nodes;
} PdSieveBlock;

/* :localpart … (RFC 5228 2.7.4, RFC 5233) */
typedef enum {
  PD_SIEVE_PART_ALL, PD_SIEVE_PART_LOCAL, PD_SIEVE_PART_DOMAIN, PD_SIEVE_PART_USER, PD_SIEVE_PART_DETAIL,
} PdSieveAddressPart;

/* :mime and its options (RFC 5703 4) */
typedef enum {
  PD_SIEVE_MIME_WHOLE, PD_SIEVE_MIME_TYPE, PD_SIEVE_MIME_SUBTYPE, PD_SIEVE_MIME_CONTENTTYPE, PD_SIEVE_MIME_PARAM,
} PdSieveMimeOption;

struct PdSieveNode {
  const PdSieveVerb *verb;
  PdSievePlace       place;
  PdSieveValue      *args[PD_SIEVE_MAX_ARGUMENTS]; /* by the verb's `arguments`; NULL: left out */
  PdSieveValue      *tags[PD_SIEVE_MAX_TAGS];      /* what followed the verb's tag of that index */
  guint32            given;                        /* bit i: the tag of index i was there */
  PdSieveNode      **tests;
  guint              n_tests;
  PdSieveBlock      *block; /* NULL: none */
  PdSieveNode       *otherwise; /* of if and elsif: the elsif or else after it, which stands in no block */

  /* by the verb's flags */
  PdSieveMatch      *match;       /* never NULL if it has PD_SIEVE_MATCHES */
  PdSieveAddressPart address_part;
  guint              index;       /* :index, from 1; 0: any (RFC 5260 6) */
  gboolean           last;        /* :last: counted from the end */
  gboolean           mime, anychild;
  PdSieveMimeOption  mime_option;
  PdSieveValue      *mime_params;

  gpointer           prepared;    /* the verb's own */
  GDestroyNotify     free_prepared;
};

#define pd_sieve_node_has(node, tag) (((node)->given & (1u << (tag))) != 0)
