/* sieve-report.h - what is wrong with a script: errors and warnings, each with
 * its place.
 *
 * Pure.
 */
#pragma once

#include <glib.h>

#define PD_SIEVE_MAX_ERRORS   20 /* after so many the compiler gives up */
#define PD_SIEVE_MAX_WARNINGS 50 /* more are counted only */

/* Where something stands; lines and columns from 1, columns in octets. */
typedef struct {
  const char *script; /* name of the script, lent by the compiled script or the report */
  guint       line, column;
} PdSievePlace;

typedef enum { PD_SIEVE_ERROR, PD_SIEVE_WARNING } PdSieveSeverity;

typedef struct {
  PdSieveSeverity severity;
  PdSievePlace    place;
  char           *text; /* UTF-8, one line, without a full stop */
} PdSieveRemark;

typedef struct {
  GPtrArray *remarks; /* of PdSieveRemark, in the order in which they were found */
  guint      n_errors, n_warnings;
} PdSieveReport;

PdSieveReport *pd_sieve_report_new     (void);
void           pd_sieve_report_free    (PdSieveReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSieveReport, pd_sieve_report_free)

/* The script's name is copied. */
void           pd_sieve_report_add     (PdSieveReport      *report,
                                        PdSieveSeverity     severity,
                                        const PdSievePlace *place,
                                        const char         *format,
                                        ...) G_GNUC_PRINTF (4, 5);

/* Lines "SCRIPT:LINE:COLUMN: error: TEXT", errors and warnings as they stand. */
char          *pd_sieve_report_to_text (const PdSieveReport *report);
