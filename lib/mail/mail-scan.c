/* mail-scan.c - the tree of parts, found by the lines that bound them (RFC
 * 2046 5.1).
 *
 * A boundary can only be a line that begins with "--".  Those lines are listed
 * once; the reader then goes from one to the next and never over the bytes
 * between them.  Nested parts share one stack of boundaries, so that the end of
 * an outer part ends all inner ones, as a missing end line demands.
 *
 * A mail or a multipart in an encoding (against RFC 2045 6.4, in some mail) is
 * decoded and read as a source of its own; the place of its parts is told by
 * the chain of steps to them.
 */
#include <string.h>

#include "mail/head.h"
#include "mail/mail-reader.h"
#include "mail/mime-field.h"
#include "mail/part-code.h"

#define MAX_DASHES 50000               /* lines of one source that may be boundaries */
#define MAX_BOUNDARY 8000              /* octets; RFC 2046 5.1.1 allows 70 */
#define MAX_DECODED (32 * 1024 * 1024) /* octets of mails and multiparts that were encoded */
#define MAX_PEEK 4096                  /* of a mail, to see whether it is encoded */
#define NONE (-1)

/* A line that begins with "--". */
typedef struct {
  gsize at, next; /* its begin and that of the line behind it */
  gsize length;   /* behind the "--", without blanks at the end */
  gsize full;     /* with them */
} Dash;

typedef struct {
  char *text;
  gsize length;
  gboolean exact;  /* a line is this boundary and nothing more; else it begins with it */
  gboolean blanks; /* it ends in blanks, which a line must have too */
} Boundary;

typedef struct {
  PdReader *reader;
  const PdSource *source;
  GArray *dashes;   /* of Dash; NULL until the first multipart */
  GHashTable *last; /* text of a dash line -> its index + 1, the last of them */
  GArray *stack;    /* of Boundary: the multiparts around */
  /* the boundary line that ended what was read last */
  gint level;         /* in the stack; NONE: the end of the source */
  gboolean closing;   /* "--boundary--" */
  gsize line, behind; /* its place; the source's end if there is none */
} Scan;

static void scan_entity (Scan *scan, PdPart *parent, const char *path, gsize at,
                         const char *usual_type);

static const char *
dash_text (const Scan *scan, const Dash *dash)
{
  return scan->source->data + dash->at + 2;
}

static void
add_dash (Scan *scan, gsize at)
{
  const char *data = scan->source->data;
  const char *end = memchr (data + at, '\n', scan->source->size - at);
  gsize stop = end == NULL ? scan->source->size : (gsize)(end - data);
  Dash dash = { .at = at, .next = end == NULL ? stop : stop + 1, .length = stop - at - 2 };

  if (dash.length > 0 && data[at + 1 + dash.length] == '\r')
    dash.length--;
  dash.full = dash.length;
  while (dash.length > 0
         && (data[at + 1 + dash.length] == ' ' || data[at + 1 + dash.length] == '\t'))
    dash.length--;
  g_array_append_val (scan->dashes, dash);
  if (dash.length > 0 && dash.length <= MAX_BOUNDARY + 2)
    g_hash_table_replace (scan->last, g_strndup (data + at + 2, dash.length),
                          GUINT_TO_POINTER (scan->dashes->len));
}

static void
list_dashes (Scan *scan)
{
  const char *data = scan->source->data, *end = data + scan->source->size;

  scan->dashes = g_array_new (FALSE, FALSE, sizeof (Dash));
  scan->last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (const char *at = data; at != NULL && at < end && scan->dashes->len < MAX_DASHES;)
    {
      if (end - at >= 2 && at[0] == '-' && at[1] == '-' && (at == data || at[-1] == '\n'))
        add_dash (scan, (gsize)(at - data));
      at = memmem (at, (gsize)(end - at), "\n--", 3);
      at = at == NULL ? NULL : at + 1;
    }
  if (scan->dashes->len == MAX_DASHES)
    pd_reader_defect (scan->reader, "more than %d lines that may bound parts", MAX_DASHES);
}

/* The index of the first dash line at or behind `at`. */
static guint
first_dash (const Scan *scan, gsize at)
{
  guint low = 0, high = scan->dashes->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (scan->dashes, Dash, middle).at < at)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Whether the line is a boundary of that multipart, and which. */
static gboolean
matches (const Scan *scan, const Dash *dash, const Boundary *boundary, gboolean *out_closing)
{
  const char *text = dash_text (scan, dash);
  gsize length = boundary->blanks ? dash->full : dash->length, more;

  if (length < boundary->length || memcmp (text, boundary->text, boundary->length) != 0)
    return FALSE;
  more = length - boundary->length;
  *out_closing = more >= 2 && memcmp (text + boundary->length, "--", 2) == 0;
  return !boundary->exact || more == 0 || (more == 2 && *out_closing);
}

/* The next boundary line at or behind `at`, of any multipart around.  The
 * innermost is asked first, for nested multiparts may have the same boundary;
 * of boundaries that begin alike the exact ones are.
 */
static void
find_boundary (Scan *scan, gsize at)
{
  scan->level = NONE;
  scan->closing = FALSE;
  scan->line = scan->behind = scan->source->size;
  if (scan->stack->len == 0)
    return;
  for (guint i = first_dash (scan, at); i < scan->dashes->len; i++)
    {
      const Dash *dash = &g_array_index (scan->dashes, Dash, i);
      gsize longest = 0;

      for (gint level = (gint)scan->stack->len; level-- > 0;)
        {
          const Boundary *boundary = &g_array_index (scan->stack, Boundary, level);
          gboolean closing;

          if (boundary->length <= longest || !matches (scan, dash, boundary, &closing))
            continue;
          longest = boundary->length;
          scan->level = level;
          scan->closing = closing;
        }
      if (scan->level == NONE)
        continue;
      scan->line = dash->at;
      scan->behind = dash->next;
      return;
    }
}

/* Where the content ends that begins at `start` and is ended by the boundary
 * line found: the line end before it belongs to it.
 */
static gsize
content_end (const Scan *scan, gsize start)
{
  const char *data = scan->source->data;
  gsize end = scan->line;

  if (scan->level == NONE)
    return MAX (end, start);
  if (end > start && data[end - 1] == '\n')
    end--;
  if (end > start && data[end - 1] == '\r')
    end--;
  return MAX (end, start);
}

static gboolean
is_there (const Scan *scan, const char *text, gsize at)
{
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (scan->last, text));

  return index > 0 && g_array_index (scan->dashes, Dash, index - 1).at >= at;
}

/* A line "--x" before a line "Content-…:" looks as if "x" were the boundary;
 * asked when the one that was declared is nowhere.
 */
static char *
guess_boundary (const Scan *scan, gsize at, gsize stop)
{
  const char *data = scan->source->data;

  for (guint i = first_dash (scan, at); i < scan->dashes->len; i++)
    {
      const Dash *dash = &g_array_index (scan->dashes, Dash, i);

      if (dash->at >= stop)
        break;
      if (dash->length > 0 && dash->length <= MAX_BOUNDARY && stop > dash->next
          && stop - dash->next > 8 && g_ascii_strncasecmp (data + dash->next, "content-", 8) == 0)
        return g_strndup (dash_text (scan, dash), dash->length);
    }
  return NULL;
}

/* Whether a line is a boundary line of that multipart. */
static gboolean
occurs (const Scan *scan, const Boundary *boundary, gsize at)
{
  gboolean closing;

  for (guint i = first_dash (scan, at); i < scan->dashes->len; i++)
    if (matches (scan, &g_array_index (scan->dashes, Dash, i), boundary, &closing))
      return TRUE;
  return FALSE;
}

/* The boundary by which a multipart's parts are found: the one that it
 * declares.  One that ends in blanks, which it must not, is first taken at its
 * word.  RFC 2046 5.1.1 lets a line that only begins with the boundary count,
 * which is done where no line is exactly it.
 */
static gboolean
choose_boundary (Scan *scan, const char *declared, gsize at, gsize stop, Boundary *boundary)
{
  g_autofree char *closing = NULL;

  *boundary = (Boundary){ .text = g_strndup (declared == NULL ? "" : declared, MAX_BOUNDARY) };
  boundary->length = strlen (boundary->text);
  boundary->exact = boundary->blanks = TRUE;
  if (boundary->length > 0 && g_ascii_isspace (boundary->text[boundary->length - 1])
      && occurs (scan, boundary, at))
    return TRUE;
  boundary->length = strlen (g_strchomp (boundary->text));
  boundary->blanks = FALSE;
  closing = g_strconcat (boundary->text, "--", NULL);
  if (boundary->length > 0 && (is_there (scan, boundary->text, at) || is_there (scan, closing, at)))
    return TRUE;
  boundary->exact = FALSE;
  if (boundary->length > 0 && occurs (scan, boundary, at))
    return TRUE;
  g_free (boundary->text);
  boundary->text = guess_boundary (scan, at, stop);
  boundary->length = boundary->text == NULL ? 0 : strlen (boundary->text);
  boundary->exact = TRUE;
  if (boundary->text != NULL)
    pd_reader_defect (scan->reader, "the boundary of a multipart is not the one that it says");
  return boundary->text != NULL;
}

/* A boundary line with nothing behind it opens no part. */
static gboolean
opens_part (const Scan *scan, gint level)
{
  return scan->level == level && !scan->closing && scan->behind < scan->source->size
         && scan->reader->n_parts < PD_MAIL_MAX_PARTS;
}

static void
scan_children (Scan *scan, PdPart *part, gsize at, const Boundary *boundary)
{
  const char *usual
      = strcmp (part->type, "multipart/digest") == 0 ? "message/rfc822" : "text/plain";
  gint level = (gint)scan->stack->len;
  guint n = 0;

  g_array_append_val (scan->stack, *boundary);
  find_boundary (scan, at);
  while (opens_part (scan, level))
    {
      g_autofree char *path = g_strdup_printf ("%s.%u", part->path, ++n);

      scan_entity (scan, part, path, scan->behind, usual);
    }
  g_array_set_size (scan->stack, (guint)level);
  if (scan->level != level || !scan->closing)
    pd_reader_defect (scan->reader, "the end of part %s is missing", part->path);
  if (scan->level == level)
    find_boundary (scan, scan->behind); /* over the epilogue */
}

/* A multipart in `source` from `at` up to the boundary line found. */
static void
scan_multipart (Scan *scan, PdPart *part, const char *declared, gsize at)
{
  gsize stop = scan->line;
  Boundary boundary;

  if (scan->dashes == NULL)
    list_dashes (scan);
  if (!choose_boundary (scan, declared, at, stop, &boundary))
    {
      pd_reader_defect (scan->reader, "%s without parts", part->type);
      return;
    }
  scan_children (scan, part, at, &boundary);
  g_free (boundary.text);
}

static void
scan_clear (Scan *scan)
{
  g_clear_pointer (&scan->dashes, g_array_unref);
  g_clear_pointer (&scan->last, g_hash_table_unref);
  g_clear_pointer (&scan->stack, g_array_unref);
}

static void
scan_init (Scan *scan, PdReader *reader, const PdSource *source)
{
  *scan = (Scan){ .reader = reader, .source = source, .level = NONE };
  scan->line = scan->behind = source->size;
  scan->stack = g_array_new (FALSE, FALSE, sizeof (Boundary));
}

/* What a mail or multipart holds that was sent in an encoding; NULL if that
 * would be too much, or one encoding in another too often.
 */
static const PdSource *
decode_source (Scan *scan, gsize at, gsize length, const char *encoding, const char *path)
{
  PdReader *reader = scan->reader;
  const PdSource *outer = scan->source;
  g_autofree char *chain = pd_source_dup_chain (outer, at, length, encoding);
  g_autoptr (GBytes) bytes = NULL, decoded = NULL;
  PdSource *source;

  if (chain == NULL || reader->decoded + length > MAX_DECODED)
    {
      pd_reader_defect (reader, "part %s is encoded too often or too large to be looked into",
                        path);
      return NULL;
    }
  bytes = g_bytes_new (outer->raw + at, length);
  decoded = pd_code_undo (bytes, encoding, NULL);
  if (decoded == NULL)
    return NULL;
  source = g_new0 (PdSource, 1);
  source->bytes = g_steal_pointer (&decoded);
  source->data = source->raw = g_bytes_get_data (source->bytes, &source->size);
  if (source->data == NULL)
    source->data = source->raw = "";
  source->chain = g_steal_pointer (&chain);
  source->offset = *outer->chain == '\0' ? (goffset)at : outer->offset;
  source->length = *outer->chain == '\0' ? length : outer->length;
  reader->decoded += source->size;
  g_ptr_array_add (reader->sources, source);
  return source;
}

/* Whether "=" stands in the text as quoted-printable never has it. */
static gboolean
has_plain_equal (const char *text, gsize length)
{
  const char *end = text + length;

  for (const char *at = text; (at = memchr (at, '=', (gsize)(end - at))) != NULL; at++)
    if (end - at > 2 && at[1] != '\n' && at[1] != '\r'
        && (!g_ascii_isxdigit (at[1]) || !g_ascii_isxdigit (at[2])))
      return TRUE;
  return FALSE;
}

/* Whether the bytes begin with a header as it is: then they are not encoded,
 * whatever the label says.
 */
static gboolean
is_plain_mail (const Scan *scan, gsize at, gsize stop, PdCode code)
{
  PdHead head = { NULL };
  gboolean plain;

  stop = MIN (stop, at + MAX_PEEK);
  pd_head_read (&head, scan->source->data, at, stop, TRUE);
  plain = pd_head_count (&head) > 0
          && (code != PD_CODE_QUOTED || has_plain_equal (scan->source->data + at, head.body - at));
  pd_head_clear (&head);
  return plain;
}

/* Places a part that is kept as it is: from `at` up to the boundary found. */
static void
place (Scan *scan, PdPart *part, gsize at, const char *encoding)
{
  pd_reader_place (scan->reader, scan->source, part, at, content_end (scan, at) - at, encoding);
}

static void
scan_message (Scan *scan, PdPart *part, gsize at, PdCode code, const char *encoding)
{
  g_autofree char *path = g_strconcat (part->path, ".1", NULL);
  gsize end = content_end (scan, at);
  const PdSource *source = NULL;

  if (code != PD_CODE_NONE && !is_plain_mail (scan, at, end, code))
    {
      source = decode_source (scan, at, end - at, encoding, part->path);
      place (scan, part, at, encoding);
      if (source != NULL)
        {
          Scan inner;

          scan_init (&inner, scan->reader, source);
          scan_entity (&inner, part, path, 0, NULL);
          scan_clear (&inner);
        }
      return;
    }
  scan_entity (scan, part, path, at, NULL);
  place (scan, part, at, "7bit");
}

/* A multipart whose boundary is only found when its encoding is undone. */
static gboolean
scan_encoded_multipart (Scan *scan, PdPart *part, const char *boundary, gsize at,
                        const char *encoding)
{
  gsize end = content_end (scan, at);
  g_autofree char *line = g_strconcat ("--", boundary == NULL ? "" : boundary, NULL);
  const PdSource *source;
  Scan inner;

  if (boundary == NULL || *boundary == '\0'
      || memmem (scan->source->data + at, end - at, line, strlen (line)) != NULL)
    return FALSE;
  source = decode_source (scan, at, end - at, encoding, part->path);
  if (source == NULL)
    return FALSE;
  scan_init (&inner, scan->reader, source);
  scan_multipart (&inner, part, boundary, 0);
  scan_clear (&inner);
  return TRUE;
}

static gboolean
is_mail_type (const char *type)
{
  return strcmp (type, "message/rfc822") == 0 || strcmp (type, "message/global") == 0
         || strcmp (type, "message/news") == 0;
}

static guint
depth_of (const char *path)
{
  guint depth = 1;

  for (; *path != '\0'; path++)
    depth += *path == '.';
  return depth;
}

static void
adopt (PdReader *reader, PdPart *parent, PdPart *part)
{
  if (parent == NULL)
    reader->mail->root = part;
  else
    g_ptr_array_add (parent->children, part);
  reader->n_parts++;
  if (reader->n_parts == PD_MAIL_MAX_PARTS)
    pd_reader_defect (reader, "more than %d parts", PD_MAIL_MAX_PARTS);
}

/* Whether a part is looked into, and not taken as it is. */
static gboolean
is_opened (Scan *scan, const PdPart *part)
{
  if (!g_str_has_prefix (part->type, "multipart/") && !is_mail_type (part->type))
    return FALSE;
  if (depth_of (part->path) < PD_MAIL_MAX_DEPTH && scan->reader->n_parts < PD_MAIL_MAX_PARTS)
    return TRUE;
  pd_reader_defect (scan->reader, "parts are nested deeper than %d", PD_MAIL_MAX_DEPTH);
  return FALSE;
}

/* Reads what begins at `at`: the header, then what its type says.  Afterwards
 * scan->line is the boundary line that ended it.
 *
 * usual_type   what it is without Content-Type; NULL: it is a mail
 */
static void
scan_entity (Scan *scan, PdPart *parent, const char *path, gsize at, const char *usual_type)
{
  PdReader *reader = scan->reader;
  PdHead *head = g_new0 (PdHead, 1);
  g_autoptr (PdMimeField) type = NULL;
  g_autofree char *label = NULL;
  PdPart *part = pd_part_new (path, "");
  const char *encoding;
  PdCode code;

  find_boundary (scan, at);
  pd_head_read (head, scan->source->data, at, scan->line, usual_type == NULL);
  adopt (reader, parent, part);
  type = pd_reader_describe (reader, part, head, usual_type == NULL ? "text/plain" : usual_type);
  label = pd_head_dup (head, "Content-Transfer-Encoding");
  code = pd_code_find (label == NULL ? "7bit" : label, &encoding);
  if (parent == NULL)
    reader->body = head->body;
  if (head->defect != NULL)
    pd_reader_defect (reader, "part %s: %s", path, head->defect);
  if (!is_opened (scan, part))
    place (scan, part, head->body, encoding);
  else if (is_mail_type (part->type))
    scan_message (scan, part, head->body, code, encoding);
  else if (code == PD_CODE_NONE
           || !scan_encoded_multipart (scan, part, pd_mime_field_get (type, "boundary"), head->body,
                                       encoding))
    scan_multipart (scan, part, pd_mime_field_get (type, "boundary"), head->body);
  if (part->children->len == 0 && !g_str_has_prefix (part->type, "multipart/"))
    g_ptr_array_add (reader->mail->parts, part);
}

void
pd_reader_parts (PdReader *reader)
{
  PdSource *source = g_new0 (PdSource, 1);
  Scan scan;

  *source = (PdSource){ .raw = reader->raw, .data = reader->data, .size = reader->size };
  source->chain = g_strdup ("");
  g_ptr_array_add (reader->sources, source);
  scan_init (&scan, reader, source);
  scan_entity (&scan, NULL, "1", 0, NULL);
  scan_clear (&scan);
}
