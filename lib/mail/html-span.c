#include "mail/html-span.h"

#include <string.h>

#define MAX_ATTRIBUTION 6 /* lines that introduce a quote */
#define NOWHERE G_MAXSIZE

gsize
pd_html_spans_text_begin (const GString *out, gsize at)
{
  gsize line = at;

  for (gsize i = at; i < out->len; i++)
    {
      if (out->str[i] == '\n')
        line = i + 1;
      else if (out->str[i] != '>' && out->str[i] != ' ')
        break;
    }
  while (line == at && line < out->len && out->str[line] == ' ' && line > 0
         && out->str[line - 1] != '\n')
    at = ++line;
  return line;
}

/* In front of the line ends and empty quoted lines before `end`. */
static gsize
text_end (const PdHtmlSpans *spans, gsize begin, gsize end)
{
  const char *text = spans->out->str;

  for (gsize i = end; i > begin; i--)
    {
      char c = text[i - 1];

      if (c == '\n')
        end = i - 1;
      else if (c != ' ' && (c != '>' || end == spans->out->len))
        break;
    }
  while (end > begin && (text[end - 1] == ' ' || text[end - 1] == '\n'))
    end--;
  return end;
}

/* In front of a line drawn above `begin`, if there is one. */
static gsize
rule_begin (const PdHtmlSpans *spans, gsize begin)
{
  const char *text = spans->out->str;
  gsize n = strlen (PD_HTML_RULE), at = begin;

  while (at > 0 && (text[at - 1] == '\n' || text[at - 1] == ' ' || text[at - 1] == '>'))
    at--;
  if (at < n || memcmp (text + at - n, PD_HTML_RULE, n) != 0)
    return begin;
  for (at -= n; at > 0 && text[at - 1] != '\n';)
    at--;
  return at;
}

static void
add_span (PdHtmlSpans *spans, PdHtmlSpanKind kind, const char *source, gsize begin, gsize end)
{
  PdHtmlSpan span = { kind, pd_html_spans_text_begin (spans->out, begin), 0, source };

  if (spans->found->len >= PD_HTML_MAX_SPANS)
    return;
  end = text_end (spans, span.offset, end);
  if (span.offset >= end)
    return;
  if (kind != PD_HTML_SPAN_SIGNATURE)
    span.offset = rule_begin (spans, span.offset);
  span.length = end - span.offset;
  g_array_append_val (spans->found, span);
}

static gint
by_offset (gconstpointer a, gconstpointer b)
{
  const PdHtmlSpan *one = a, *other = b;

  if (one->offset != other->offset)
    return one->offset < other->offset ? -1 : 1;
  return one->length > other->length ? -1 : one->length < other->length;
}

/* In order, and none in another but a header in a forwarded mail. */
void
pd_html_spans_end (PdHtmlSpans *spans)
{
  gsize end = 0, forward = 0, length = spans->out->len;
  guint n = 0;

  g_array_sort (spans->found, by_offset);
  for (guint i = 0; i < spans->found->len; i++)
    {
      PdHtmlSpan span = g_array_index (spans->found, PdHtmlSpan, i);
      gsize begin = MAX (span.offset, end), stop = MIN (span.offset + span.length, length);

      if (span.kind == PD_HTML_SPAN_HEADER && span.offset < forward && stop <= forward)
        begin = span.offset;
      if (begin >= stop)
        continue;
      begin = pd_html_spans_text_begin (spans->out, begin);
      if (begin >= stop)
        continue;
      span.offset = begin;
      span.length = stop - begin;
      end = MAX (end, stop);
      if (span.kind == PD_HTML_SPAN_FORWARD)
        forward = stop;
      g_array_index (spans->found, PdHtmlSpan, n++) = span;
    }
  g_array_set_size (spans->found, n);
}

static PdHtmlOpenMark *
nearest_mark (PdHtmlSpans *spans)
{
  for (guint i = spans->depth; i-- > 0;)
    if (spans->open[i].is_mark)
      return &spans->open[i];
  return NULL;
}

static gboolean
is_open_container (const PdHtmlOpenMark *mark)
{
  return mark != NULL && mark->extent == PD_HTML_CONTAINER && mark->kind == PD_HTML_SPAN_QUOTE;
}

/* What stands between `begin` and here. */
static gboolean
reads_like_header (const PdHtmlSpans *spans, gsize begin)
{
  const GString *out = spans->out;

  begin = pd_html_spans_text_begin (spans->out, begin);
  return begin < out->len && pd_html_mark_is_header (out->str + begin, out->len - begin);
}

static void
make_forward (PdHtmlSpans *spans, PdHtmlOpenMark *container)
{
  container->kind = PD_HTML_SPAN_FORWARD;
  spans->forwards++;
}

/* A quote is to the end of the cell, the quote or the text that it begins in. */
static void
begin_rest (PdHtmlSpans *spans, const char *source)
{
  PdHtmlOpenMark *section = &spans->open[0];

  for (guint i = spans->depth; i-- > 1;)
    if (spans->open[i].is_section || spans->open[i].is_mark)
      {
        section = &spans->open[i];
        break;
      }
  if (section->rest != NOWHERE || spans->closed > 0 || spans->forwards > 0)
    return;
  section->rest = spans->out->len;
  section->rest_source = source;
  spans->closed++;
}

/* The blockquotes of a container are the quote: what stands above them is how
 * it is introduced, and what stands between them is an answer.
 */
static gboolean
open_contained_quote (PdHtmlSpans *spans, PdHtmlOpenMark *mark, gboolean is_quote)
{
  PdHtmlOpenMark *container = nearest_mark (spans);

  if (!is_open_container (container) || !is_quote)
    return FALSE;
  if (container->first_quote == NOWHERE && reads_like_header (spans, container->begin))
    {
      make_forward (spans, container);
      return TRUE;
    }
  mark->is_mark = TRUE;
  mark->source = container->source;
  return TRUE;
}

static void
open_marked (PdHtmlSpans *spans, PdHtmlOpenMark *mark, const PdHtmlMark *found, gboolean is_quote)
{
  if (spans->forwards > 0 && found->kind != PD_HTML_SPAN_HEADER)
    return;
  mark->is_mark = TRUE;
  mark->kind = found->kind;
  mark->extent = is_quote ? PD_HTML_WHOLE : found->extent;
  mark->source = found->source;
  if (mark->extent == PD_HTML_HEADED)
    mark->kind = PD_HTML_SPAN_HEADER;
}

static void
end_container (PdHtmlSpans *spans, const PdHtmlOpenMark *mark)
{
  gsize end = spans->out->len;
  guint lines = 0;

  if (mark->kind == PD_HTML_SPAN_FORWARD)
    {
      add_span (spans, PD_HTML_SPAN_FORWARD, mark->source, mark->begin, end);
      spans->forwards--;
      return;
    }
  if (mark->first_quote == NOWHERE)
    {
      add_span (spans,
                reads_like_header (spans, mark->begin) ? PD_HTML_SPAN_FORWARD : PD_HTML_SPAN_QUOTE,
                mark->source, mark->begin, end);
      return;
    }
  for (gsize i = mark->begin; i < mark->first_quote; i++)
    lines += spans->out->str[i] == '\n';
  if (lines <= MAX_ATTRIBUTION)
    add_span (spans, PD_HTML_SPAN_ATTRIBUTION, mark->source, mark->begin, mark->first_quote);
}

/* Gmail gives the header of a forwarded mail the mark of an attribution. */
static void
end_attribution (PdHtmlSpans *spans, PdHtmlOpenMark *mark)
{
  PdHtmlOpenMark *container = nearest_mark (spans);

  if (!reads_like_header (spans, mark->begin))
    return;
  mark->kind = PD_HTML_SPAN_HEADER;
  if (is_open_container (container))
    make_forward (spans, container);
}

static void
end_whole (PdHtmlSpans *spans, PdHtmlOpenMark *mark)
{
  const GString *out = spans->out;
  PdHtmlOpenMark *container = nearest_mark (spans);
  gsize begin = pd_html_spans_text_begin (spans->out, mark->begin);

  if (mark->kind == PD_HTML_SPAN_FORWARD)
    spans->forwards--;
  else
    spans->closed--;
  if (mark->kind == PD_HTML_SPAN_ATTRIBUTION)
    end_attribution (spans, mark);
  if (mark->kind == PD_HTML_SPAN_QUOTE && begin < out->len
      && pd_html_mark_is_forward (out->str + begin, out->len - begin))
    mark->kind = PD_HTML_SPAN_FORWARD;
  add_span (spans, mark->kind, mark->source, mark->begin, out->len);
  if (mark->kind == PD_HTML_SPAN_QUOTE && is_open_container (container)
      && container->first_quote == NOWHERE && begin < out->len)
    container->first_quote = begin;
  if (mark->extent == PD_HTML_HEADED)
    begin_rest (spans, mark->source);
}

void
pd_html_spans_close (PdHtmlSpans *spans)
{
  PdHtmlOpenMark *mark = &spans->open[--spans->depth];

  if (mark->rest != NOWHERE)
    {
      spans->closed--;
      add_span (spans, PD_HTML_SPAN_QUOTE, mark->rest_source, mark->rest, spans->out->len);
    }
  if (mark->is_mark && mark->extent == PD_HTML_CONTAINER)
    end_container (spans, mark);
  else if (mark->is_mark)
    end_whole (spans, mark);
  else if (mark->is_maybe && spans->closed == 0 && spans->forwards == 0
           && reads_like_header (spans, mark->begin))
    {
      add_span (spans, PD_HTML_SPAN_HEADER, mark->source, mark->begin, spans->out->len);
      begin_rest (spans, mark->source);
    }
}

void
pd_html_spans_begin (PdHtmlSpans *spans, const GString *out, GArray *found)
{
  memset (spans, 0, sizeof *spans);
  g_array_set_size (found, 0);
  spans->out = out;
  spans->found = found;
  spans->open[0].first_quote = spans->open[0].rest = NOWHERE;
  spans->depth = 1;
}

void
pd_html_spans_open (PdHtmlSpans *spans, const PdHtmlReader *tag, const PdHtmlStyle *style,
                    gboolean is_quote, gboolean is_cell, gboolean is_block, gboolean is_shown)
{
  PdHtmlOpenMark *mark = &spans->open[spans->depth];
  const PdHtmlMark *found;

  memset (mark, 0, sizeof *mark);
  mark->begin = spans->out->len;
  mark->first_quote = mark->rest = NOWHERE;
  mark->is_section = is_quote || is_cell;
  mark->kind = PD_HTML_SPAN_QUOTE;
  mark->extent = PD_HTML_WHOLE;
  mark->source = "rule";
  if (spans->closed == 0 && is_shown && !open_contained_quote (spans, mark, is_quote))
    {
      found = pd_html_mark_find (tag);
      /* Gmail's indented text, a blockquote too, has the class of its quotes */
      if (found != NULL && (is_quote || strcmp (tag->name, "blockquote") != 0))
        open_marked (spans, mark, found, is_quote);
      else if (style->mail_ru && is_quote)
        {
          mark->is_mark = TRUE;
          mark->source = "mail.ru";
        }
      mark->is_maybe = style->ruled && is_block;
    }
  if (mark->is_mark && mark->kind == PD_HTML_SPAN_FORWARD)
    spans->forwards++;
  else if (mark->is_mark && mark->extent != PD_HTML_CONTAINER)
    spans->closed++;
  spans->depth++;
}

void
pd_html_spans_pass (PdHtmlSpans *spans, const PdHtmlReader *tag)
{
  const PdHtmlMark *mark = spans->closed == 0 ? pd_html_mark_find (tag) : NULL;

  if (mark != NULL && mark->extent == PD_HTML_REST)
    begin_rest (spans, mark->source);
}
