/* mustache-node.h - what a compiled template is made of; for mustache-*.c only. */
#pragma once

#include "mail/mustache.h"

typedef enum {
  PD_NODE_TEXT,     /* text */
  PD_NODE_LINE,     /* a line begins here: where a partial's indentation goes */
  PD_NODE_VALUE,    /* {{name}} */
  PD_NODE_RAW,      /* {{{name}}} {{&name}} */
  PD_NODE_SECTION,  /* {{#name}} children */
  PD_NODE_INVERTED, /* {{^name}} children */
  PD_NODE_PARTIAL,  /* {{>name}} */
  PD_NODE_PARENT,   /* {{<name}}: of its children only the blocks count */
  PD_NODE_BLOCK,    /* {{$name}} children: what is shown if no parent's user says else */
} PdNodeKind;

typedef struct {
  PdNodeKind kind;
  gsize      offset;   /* of the tag in the source, for errors */
  char      *text;     /* the text, or the name */
  char     **path;     /* a value's or section's name at its dots; empty for "." */
  char      *indent;   /* of a partial that stands alone, else "" */
  GPtrArray *children; /* of PdNode, or NULL */
} PdNode;

struct PdMustache {
  char      *name;
  GPtrArray *nodes; /* of PdNode */
};
