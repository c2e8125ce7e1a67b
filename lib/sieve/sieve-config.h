/* sieve-config.h - the bounds and choices of the interpreter.
 *
 * Each has the name that Dovecot's Sieve gave its setting, so that who knows
 * that one knows this one.
 */
#pragma once

#include <glib.h>

typedef struct {
  /* compiling */
  gsize   max_script_size;     /* sieve_max_script_size, octets; 1M */
  guint   max_nesting;         /* of tests and of blocks each; 32 (RFC 5228 2.10.5 asks for 15) */
  /* running */
  guint64 max_steps;           /* of one run; a command, a test, a value compared is one; 200,000 */
  gint64  max_time;            /* sieve_max_cpu_time, microseconds; 5 s */
  gsize   max_memory;          /* of all strings that a run makes, octets; 16M */
  guint   max_actions;         /* sieve_max_actions; 32 */
  guint   max_redirects;       /* sieve_max_redirects; 4 */
  guint   max_match_steps;     /* PCRE2's match limit of one match; 100,000 */
  guint   max_match_depth;     /* its depth limit; 1,000 */
  /* variables (RFC 5229 6), include (RFC 6609 3.2) */
  guint   variables_max_scope_size;    /* variables of a script; 255 */
  gsize   variables_max_variable_size; /* octets; more is cut; 4,096 */
  guint   include_max_includes;        /* in one run; 255 */
  guint   include_max_nesting_depth;   /* 10 */
  /* vacation (RFC 5230 4.1, RFC 6131): seconds */
  gint64  vacation_min_period;     /* 1d; 0 is allowed by :seconds 0 only if this is 0 */
  gint64  vacation_default_period; /* 7d */
  gint64  vacation_max_period;     /* 0: no bound */
  gboolean vacation_dont_check_recipient;
  gboolean vacation_send_from_recipient;
  gboolean vacation_to_header_ignore_envelope;
  /* duplicate (RFC 7352 3): seconds */
  gint64  duplicate_default_period; /* 12h */
  gint64  duplicate_max_period;     /* 2d */
  /* editheader (RFC 5293) */
  gsize   editheader_max_header_size; /* octets of an added value; 2,048 */
  char  **editheader_protected;       /* fields that are neither added nor deleted */
  char  **editheader_forbid_add;
  char  **editheader_forbid_delete;
  /* spamtest, virustest (RFC 5235): where the score stands; NULL: not set up */
  char   *spamtest_status_type;  /* "score" "strlen" "text" */
  char   *spamtest_status_header; /* "X-Spam-Score: regex" as there: name, and what to take of it */
  char   *spamtest_max_value;
  char   *spamtest_max_header;
  char   *spamtest_text_value[11]; /* of 0 … 10 */
  char   *virustest_status_type, *virustest_status_header, *virustest_max_value, *virustest_max_header;
  char   *virustest_text_value[6];
  /* who we are */
  char   *user_email;              /* sieve_user_email; NULL */
  char   *redirect_envelope_from;  /* sieve_redirect_envelope_from; NULL "sender" */
  char   *recipient_delimiter;     /* for :user and :detail (RFC 5233 4); "+" */
  char   *postmaster;              /* postmaster_address */
} PdSieveConfig;

PdSieveConfig *pd_sieve_config_new   (void); /* the values above */
PdSieveConfig *pd_sieve_config_copy  (const PdSieveConfig *config);
void           pd_sieve_config_free  (PdSieveConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSieveConfig, pd_sieve_config_free)

/* Sets one by its name, as "sieve_vacation_min_period".
 *
 * value    text with units as there: "1d" "10s" "4k"; NULL: back to the default
 * Errors   PD_ERROR_NOT_FOUND  there is no such setting
 *          PD_ERROR_INVALID    the value is none for it
 */
gboolean       pd_sieve_config_set   (PdSieveConfig *config,
                                      const char    *name,
                                      const char    *value,
                                      GError       **error);
