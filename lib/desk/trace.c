#include "desk/trace.h"

#include <json-c/json.h>
#include <string.h>

#define LAST_STEP ",{\"step\":\"trace\",\"saw\":\"\",\"decided\":\"cut: too many steps\"}"

struct PdTrace {
  GString *steps; /* objects, with commas between */
  gboolean full;
};

PdTrace *
pd_trace_new (void)
{
  PdTrace *trace = g_new0 (PdTrace, 1);

  trace->steps = g_string_new (NULL);
  return trace;
}

void
pd_trace_free (PdTrace *trace)
{
  if (trace == NULL)
    return;
  g_string_free (trace->steps, TRUE);
  g_free (trace);
}

static void
set_text (struct json_object *object, const char *name, const char *text)
{
  gsize length = strnlen (text, PD_TRACE_MAX_FIELD);
  g_autofree char *valid = g_utf8_make_valid (text, (gssize)length);

  json_object_object_add (object, name, json_object_new_string (valid));
}

void
pd_trace_add (PdTrace *trace, const char *step, const char *saw, const char *decided, ...)
{
  struct json_object *object;
  g_autofree char *words = NULL;
  const char *text;
  gsize length;
  va_list list;

  if (trace->full)
    return;
  va_start (list, decided);
  words = g_strdup_vprintf (decided, list);
  va_end (list);

  object = json_object_new_object ();
  set_text (object, "step", step);
  set_text (object, "saw", saw != NULL ? saw : "");
  set_text (object, "decided", words);
  text = json_object_to_json_string_length (object, JSON_C_TO_STRING_NOSLASHESCAPE, &length);
  /* the brackets, a comma and the last step must still fit */
  trace->full = trace->steps->len + length + strlen (LAST_STEP) + 3 > PD_TRACE_MAX;
  if (trace->full)
    g_string_append (trace->steps, &LAST_STEP[trace->steps->len == 0 ? 1 : 0]);
  else
    {
      if (trace->steps->len > 0)
        g_string_append_c (trace->steps, ',');
      g_string_append_len (trace->steps, text, (gssize)length);
    }
  json_object_put (object);
}

char *
pd_trace_to_json (const PdTrace *trace)
{
  return g_strconcat ("[", trace->steps->str, "]", NULL);
}
