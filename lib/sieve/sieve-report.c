#include "sieve/sieve-report.h"

static void
remark_free (gpointer data)
{
  PdSieveRemark *remark = data;

  g_free ((char *)remark->place.script);
  g_free (remark->text);
  g_free (remark);
}

PdSieveReport *
pd_sieve_report_new (void)
{
  PdSieveReport *report = g_new0 (PdSieveReport, 1);

  report->remarks = g_ptr_array_new_with_free_func (remark_free);
  return report;
}

void
pd_sieve_report_free (PdSieveReport *report)
{
  if (report == NULL)
    return;
  g_ptr_array_unref (report->remarks);
  g_free (report);
}

void
pd_sieve_report_add (PdSieveReport *report, PdSieveSeverity severity, const PdSievePlace *place,
                     const char *format, ...)
{
  guint *count = severity == PD_SIEVE_ERROR ? &report->n_errors : &report->n_warnings;
  guint most = severity == PD_SIEVE_ERROR ? PD_SIEVE_MAX_ERRORS : PD_SIEVE_MAX_WARNINGS;
  PdSieveRemark *remark;
  va_list args;

  if ((*count)++ >= most)
    return;
  remark = g_new0 (PdSieveRemark, 1);
  remark->severity = severity;
  remark->place = *place;
  remark->place.script = g_strdup (place->script != NULL ? place->script : "");
  va_start (args, format);
  remark->text = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (report->remarks, remark);
}

char *
pd_sieve_report_to_text (const PdSieveReport *report)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < report->remarks->len; i++)
    {
      const PdSieveRemark *remark = g_ptr_array_index (report->remarks, i);

      g_string_append_printf (text, "%s:%u:%u: %s: %s\n", remark->place.script, remark->place.line,
                              remark->place.column,
                              remark->severity == PD_SIEVE_ERROR ? "error" : "warning",
                              remark->text);
    }
  return g_string_free (text, FALSE);
}
