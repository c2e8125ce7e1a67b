#include "mail/compose.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "mail/body-encoding.h"
#include "mail/header-writer.h"

#define BOUNDARY_HEX 24

/* A text part, encoded before the boundary is chosen. */
typedef struct {
  const char *type;
  const char *encoding;
  GString *body;
} Text;

typedef struct {
  const PdDraft *draft;
  GString *out;
  PdMailNeeds needs;
  Text plain, html; /* html.body is NULL if there is none */
  char *boundary;   /* without the level's digit */
} Job;

static void
job_clear (Job *job)
{
  if (job->out != NULL)
    g_string_free (job->out, TRUE);
  if (job->plain.body != NULL)
    g_string_free (job->plain.body, TRUE);
  if (job->html.body != NULL)
    g_string_free (job->html.body, TRUE);
  g_free (job->boundary);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* --- headers --- */

/* Not strftime: its names are the locale's. */
static gboolean
add_date (Job *job, GError **error)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[]
      = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (job->draft->date / PD_SECOND);

  if (date == NULL)
    return pd_fail (error, PD_ERROR_INVALID, "header Date: out of range");
  g_string_append_printf (
      job->out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
      days[g_date_time_get_day_of_week (date) - 1], g_date_time_get_day_of_month (date),
      months[g_date_time_get_month (date) - 1], g_date_time_get_year (date),
      g_date_time_get_hour (date), g_date_time_get_minute (date), g_date_time_get_second (date));
  return TRUE;
}

static gboolean
add_people (Job *job, GError **error)
{
  const PdDraft *draft = job->draft;
  PdAddress reply_to = { (char *)"", (char *)draft->reply_to };

  if (draft->n_to + draft->n_cc == 0)
    return pd_fail (error, PD_ERROR_INVALID, "the mail has no recipient");
  return pd_header_add_addresses (job->out, "From", &draft->from, 1, &job->needs, error)
         && pd_header_add_addresses (job->out, "To", draft->to, draft->n_to, &job->needs, error)
         && pd_header_add_addresses (job->out, "Cc", draft->cc, draft->n_cc, &job->needs, error)
         && pd_header_add_addresses (job->out, "Reply-To", &reply_to,
                                     draft->reply_to != NULL ? 1 : 0, &job->needs, error);
}

static gboolean
add_id (Job *job, const char *name, const char *id, GError **error)
{
  if (!pd_header_id_is_good (id))
    return pd_fail (error, PD_ERROR_INVALID, "header %s: not a message id", name);
  g_string_append_printf (job->out, "%s: <%s>\r\n", name, id);
  return TRUE;
}

static char *
bracket (const char *id)
{
  return g_strdup_printf ("<%s>", id);
}

/* The first id names the thread, the newest ones its end; the middle gives way. */
static gboolean
add_references (Job *job, GError **error)
{
  const char *const *ids = job->draft->references;
  g_autoptr (GPtrArray) good = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  gsize room = PD_COMPOSE_MAX_REFERENCES - strlen ("References:\r\n");
  guint first_kept;

  for (; ids != NULL && *ids != NULL; ids++)
    {
      if (strpbrk (*ids, "\r\n") != NULL)
        return pd_fail (error, PD_ERROR_INVALID, "header References: a line break is in an id");
      if (pd_header_id_is_good (*ids))
        g_ptr_array_add (good, bracket (*ids));
    }
  if (good->len == 0)
    return TRUE;
  room -= strlen (good->pdata[0]) + 3; /* the space, or a fold */
  for (first_kept = good->len; first_kept > 1; first_kept--)
    {
      gsize cost = strlen (good->pdata[first_kept - 1]) + 3;

      if (cost > room)
        break;
      room -= cost;
    }
  g_ptr_array_add (kept, good->pdata[0]);
  for (; first_kept < good->len; first_kept++)
    g_ptr_array_add (kept, good->pdata[first_kept]);
  pd_header_add_tokens (job->out, "References", kept);
  return TRUE;
}

static gboolean
add_threading (Job *job, GError **error)
{
  const PdDraft *draft = job->draft;

  if (!add_id (job, "Message-ID", draft->message_id, error))
    return FALSE;
  if (draft->in_reply_to != NULL && strpbrk (draft->in_reply_to, "\r\n") != NULL)
    return pd_fail (error, PD_ERROR_INVALID, "header In-Reply-To: a line break is in the id");
  /* a foreign id that no header can hold costs the thread, not the mail */
  if (draft->in_reply_to != NULL && pd_header_id_is_good (draft->in_reply_to)
      && !add_id (job, "In-Reply-To", draft->in_reply_to, error))
    return FALSE;
  return add_references (job, error);
}

static gboolean
extra_name_is_good (const char *name)
{
  static const char *const ours[]
      = { "Date",           "From",        "To",         "Cc",          "Bcc",
          "Reply-To",       "Subject",     "Message-ID", "In-Reply-To", "References",
          "Auto-Submitted", "MIME-Version" };

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    if (g_ascii_strcasecmp (name, ours[i]) == 0)
      return FALSE;
  if (g_ascii_strncasecmp (name, "Content-", strlen ("Content-")) == 0)
    return FALSE;
  for (const char *p = name; *p != '\0'; p++)
    if (*p < '!' || *p > '~' || *p == ':')
      return FALSE;
  return name[0] != '\0' && strlen (name) <= PD_HEADER_MAX_NAME;
}

static gboolean
add_extra (Job *job, GError **error)
{
  const char *const *extra = job->draft->extra;

  for (; extra != NULL && extra[0] != NULL && extra[1] != NULL; extra += 2)
    {
      if (!extra_name_is_good (extra[0]))
        {
          g_autofree char *shown = g_strescape (extra[0], NULL);

          return pd_fail (error, PD_ERROR_INVALID, "\"%.100s\" cannot be an extra header", shown);
        }
      if (!pd_header_add_text (job->out, extra[0], extra[1], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_headers (Job *job, GError **error)
{
  const PdDraft *draft = job->draft;

  if (!add_date (job, error) || !add_people (job, error)
      || !pd_header_add_text (job->out, "Subject", draft->subject, error)
      || !add_threading (job, error))
    return FALSE;
  if (draft->auto_submitted != NULL
      && !pd_header_add_text (job->out, "Auto-Submitted", draft->auto_submitted, error))
    return FALSE;
  if (!add_extra (job, error))
    return FALSE;
  g_string_append (job->out, "MIME-Version: 1.0\r\n");
  return TRUE;
}

/* --- parts --- */

static void
encode_text (Text *text, const char *type, const char *source)
{
  text->type = type;
  text->body = g_string_new (NULL);
  text->encoding = pd_body_add_text (text->body, source);
}

static gboolean
occurs (const Text *text, const char *boundary)
{
  return text->body != NULL && strstr (text->body->str, boundary) != NULL;
}

/* From the Message-ID, so that the same mail gives the same octets.  "=_" is
 * never in quoted-printable nor base64 (RFC 2045 6.7); a 7bit part might have
 * it, so all text is looked through.
 */
static void
choose_boundary (Job *job)
{
  for (guint try = 0;; try++)
    {
      g_autofree char *seed = g_strdup_printf ("%s %u", job->draft->message_id, try);
      g_autofree char *hex = g_compute_checksum_for_string (G_CHECKSUM_SHA256, seed, -1);

      g_free (job->boundary);
      job->boundary = g_strdup_printf ("=_%.*s", BOUNDARY_HEX, hex);
      if (!occurs (&job->plain, job->boundary) && !occurs (&job->html, job->boundary))
        return;
    }
}

static void
open_multipart (Job *job, const char *kind, guint level)
{
  g_string_append_printf (job->out, "Content-Type: multipart/%s;\r\n boundary=\"%s.%u\"\r\n\r\n",
                          kind, job->boundary, level);
}

static void
next_part (Job *job, guint level)
{
  g_string_append_printf (job->out, "--%s.%u\r\n", job->boundary, level);
}

static void
close_multipart (Job *job, guint level)
{
  g_string_append_printf (job->out, "--%s.%u--\r\n", job->boundary, level);
}

static void
add_text_part (Job *job, const Text *text)
{
  g_string_append_printf (job->out,
                          "Content-Type: %s; charset=utf-8\r\n"
                          "Content-Transfer-Encoding: %s\r\n\r\n",
                          text->type, text->encoding);
  g_string_append_len (job->out, text->body->str, (gssize)text->body->len);
}

static gboolean
is_token (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] <= ' ' || text[i] > '~' || strchr ("()<>@,;:\\\"/[]?=", text[i]) != NULL)
      return FALSE;
  return length > 0 && length <= PD_HEADER_MAX_NAME;
}

static const char *
file_type (const PdDraftFile *file)
{
  const char *type = file->type != NULL ? file->type : "";
  gsize main = strcspn (type, "/");

  if (type[main] != '/' || !is_token (type, main)
      || !is_token (type + main + 1, strlen (type + main + 1))
      || g_ascii_strncasecmp (type, "message/", 8) == 0
      || g_ascii_strncasecmp (type, "multipart/", 10) == 0)
    return "application/octet-stream";
  return type;
}

static gboolean
is_related (const Job *job, const PdDraftFile *file)
{
  return file->content_id != NULL && job->draft->html != NULL;
}

static void
add_file (Job *job, const PdDraftFile *file)
{
  gsize length = 0;
  const void *octets = g_bytes_get_data (file->bytes, &length);

  g_string_append_printf (job->out, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n",
                          file_type (file));
  if (file->content_id != NULL)
    g_string_append_printf (job->out, "Content-ID: <%s>\r\n", file->content_id);
  g_string_append_printf (job->out, "Content-Disposition: %s",
                          is_related (job, file) ? "inline" : "attachment");
  if (file->name != NULL && file->name[0] != '\0')
    pd_header_add_parameter (job->out, "filename", file->name);
  g_string_append (job->out, "\r\n\r\n");
  pd_body_add_base64 (job->out, octets, length);
}

static guint
count_related (const Job *job)
{
  guint n = 0;

  for (gsize i = 0; i < job->draft->n_files; i++)
    n += is_related (job, &job->draft->files[i]) ? 1 : 0;
  return n;
}

static void
add_files (Job *job, gboolean related, guint level)
{
  for (gsize i = 0; i < job->draft->n_files; i++)
    if (is_related (job, &job->draft->files[i]) == related)
      {
        next_part (job, level);
        add_file (job, &job->draft->files[i]);
      }
}

static void
add_html (Job *job)
{
  if (count_related (job) == 0)
    {
      add_text_part (job, &job->html);
      return;
    }
  open_multipart (job, "related", 3);
  next_part (job, 3);
  add_text_part (job, &job->html);
  add_files (job, TRUE, 3);
  close_multipart (job, 3);
}

static void
add_alternatives (Job *job)
{
  if (job->html.body == NULL)
    {
      add_text_part (job, &job->plain);
      return;
    }
  open_multipart (job, "alternative", 2);
  next_part (job, 2);
  add_text_part (job, &job->plain);
  next_part (job, 2);
  add_html (job);
  close_multipart (job, 2);
}

static void
add_body (Job *job)
{
  if (job->draft->n_files == count_related (job))
    {
      add_alternatives (job);
      return;
    }
  open_multipart (job, "mixed", 1);
  next_part (job, 1);
  add_alternatives (job);
  add_files (job, FALSE, 1);
  close_multipart (job, 1);
}

static gboolean
check_files (const PdDraft *draft, GError **error)
{
  for (gsize i = 0; i < draft->n_files; i++)
    {
      const PdDraftFile *file = &draft->files[i];

      if (file->name != NULL && strpbrk (file->name, "\r\n") != NULL)
        return pd_fail (error, PD_ERROR_INVALID,
                        "file %" G_GSIZE_FORMAT ": a line break is in the name", i + 1);
      if (file->content_id != NULL && !pd_header_id_is_good (file->content_id))
        return pd_fail (error, PD_ERROR_INVALID, "file %" G_GSIZE_FORMAT ": not a content id",
                        i + 1);
    }
  return TRUE;
}

GBytes *
pd_compose (const PdDraft *draft, PdMailNeeds *out_needs, GError **error)
{
  g_auto (Job) job = { .draft = draft, .out = g_string_new (NULL) };

  *out_needs = PD_NEEDS_NOTHING;
  if (!check_files (draft, error) || !add_headers (&job, error))
    return NULL;
  encode_text (&job.plain, "text/plain", draft->text);
  if (draft->html != NULL)
    encode_text (&job.html, "text/html", draft->html);
  choose_boundary (&job);
  add_body (&job);
  *out_needs = job.needs;
  return g_string_free_to_bytes (g_steal_pointer (&job.out));
}
