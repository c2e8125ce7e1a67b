/* statement.h - the statements and migration steps as the build made them
 * from db/, as data.
 *
 * For the drivers, the migration and the tests; others name a statement by
 * its PD_SQL_… constant.
 */
#pragma once

#include "store/sql.h"

typedef struct {
  const char *name;
  const char *in;      /* a letter for each value: i int, t text, b blob */
  const char *out;     /* the same for each column */
  const char *plan;    /* as it was written; "" nothing to check */
  const char *text[2]; /* by PdDbDialect */
} PdSqlStatement;

typedef struct {
  unsigned    number; /* from 1, without gaps */
  const char *name;   /* "0001-start" */
  const char *text[2];
} PdSqlStep;

/* A test may bring tables of its own: the linker then leaves the product's out. */
extern const PdSqlStatement pd_sql_statements[];
extern const unsigned       pd_sql_n_statements;
extern const PdSqlStep      pd_sql_steps[];
extern const unsigned       pd_sql_n_steps;
