/* rtf.c - a reader of RTF for its text.
 *
 * RTF is groups in braces, control words, and text.  A group that begins with
 * a destination which is not the text (fonts, styles, pictures) is passed
 * over.  Wrapped HTML has its tags in groups \*\htmltag and between them what
 * only RTF readers shall see, marked by \htmlrtf (MS-OXRTFEX 2.1.3).
 */
#include "mail/rtf.h"

#include <string.h>

#include "mail/charset.h"
#include "mail/code-page.h"

#define MAX_WORD 32  /* letters of a control word (RTF 1.9.1) */
#define HEAD_TAGS 10 /* \fromhtml stands among the first words (MS-OXRTFEX 3.1.1) */

/* What a group's text is. */
typedef enum {
  SHOWN,
  PASSED,
  FONTS,
} Role;

typedef struct {
  Role role;
  gboolean starred;  /* \* was read: what follows may be passed over */
  gboolean rtf_only; /* between \htmlrtf and \htmlrtf0 */
  gint skip;         /* characters that stand in for a \u */
  guint32 code_page;
} Group;

typedef struct {
  const char *at, *end;
  gboolean html; /* HTML is wrapped in it */
  guint32 code_page;
  GHashTable *fonts; /* number -> code page */
  gint font;         /* that is defined now */
  gint default_font;
  Group groups[PD_RTF_MAX_DEPTH];
  guint depth;
  guint too_deep; /* open groups that are deeper */
  gint to_skip;   /* characters after a \u */
  GString *run;   /* octets in run_page, not yet converted */
  guint32 run_page;
  GString *out;
} Rtf;

typedef struct {
  char word[MAX_WORD + 1];
  gboolean has_number;
  gint number;
} Control;

static Group *
group (Rtf *rtf)
{
  return &rtf->groups[rtf->depth];
}

static void
flush (Rtf *rtf)
{
  g_autofree char *text = NULL;

  if (rtf->run->len == 0)
    return;
  text = pd_charset_decode (rtf->run->str, rtf->run->len, pd_code_page_charset (rtf->run_page),
                            NULL);
  g_string_append (rtf->out, text);
  g_string_truncate (rtf->run, 0);
}

static gboolean
is_shown (Rtf *rtf)
{
  const Group *now = group (rtf);

  return rtf->too_deep == 0 && now->role == SHOWN && !now->rtf_only;
}

static void
put_octet (Rtf *rtf, guint8 octet)
{
  if (rtf->to_skip > 0)
    {
      rtf->to_skip--;
      return;
    }
  if (!is_shown (rtf))
    return;
  if (rtf->run_page != group (rtf)->code_page)
    flush (rtf);
  rtf->run_page = group (rtf)->code_page;
  g_string_append_c (rtf->run, (char)octet);
}

static void
put_text (Rtf *rtf, const char *utf8)
{
  if (!is_shown (rtf))
    return;
  flush (rtf);
  g_string_append (rtf->out, utf8);
}

/* \uN: UTF-16 units as signed numbers; a pair comes as two of them. */
static void
put_unicode (Rtf *rtf, gint number)
{
  gunichar unit = (gunichar)(number & 0xFFFF);
  char utf8[7] = "";

  rtf->to_skip = group (rtf)->skip;
  if (!is_shown (rtf))
    return;
  flush (rtf);
  if (unit >= 0xDC00 && unit <= 0xDFFF && rtf->out->len >= 3
      && (guint8)rtf->out->str[rtf->out->len - 3] == 0xED
      && (guint8)rtf->out->str[rtf->out->len - 2] >= 0xA0)
    {
      gunichar high = ((gunichar)(guint8)rtf->out->str[rtf->out->len - 2] & 0x1F) << 6
                      | ((gunichar)(guint8)rtf->out->str[rtf->out->len - 1] & 0x3F);

      g_string_truncate (rtf->out, rtf->out->len - 3);
      unit = 0x10000 + ((high & 0x3FF) << 10) + (unit & 0x3FF);
    }
  /* a lone first half stands as three octets until its second comes */
  utf8[g_unichar_to_utf8 (unit, utf8)] = '\0';
  g_string_append (rtf->out, utf8);
}

static guint32
page_of_charset (gint charset)
{
  static const struct {
    gint charset;
    guint32 code_page;
  } sets[] = {
    { 0, 1252 },   { 77, 10000 }, { 128, 932 },  { 129, 949 },  { 130, 1361 }, { 134, 936 },
    { 136, 950 },  { 161, 1253 }, { 162, 1254 }, { 163, 1258 }, { 177, 1255 }, { 178, 1256 },
    { 186, 1257 }, { 204, 1251 }, { 222, 874 },  { 238, 1250 }, { 254, 437 },  { 255, 850 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    if (sets[i].charset == charset)
      return sets[i].code_page;
  return 0;
}

static void
use_font (Rtf *rtf, gint number)
{
  gpointer page = g_hash_table_lookup (rtf->fonts, GINT_TO_POINTER (number));

  if (group (rtf)->role == FONTS)
    rtf->font = number;
  else
    group (rtf)->code_page = page != NULL ? GPOINTER_TO_UINT (page) : rtf->code_page;
}

static void
define_font (Rtf *rtf, guint32 page)
{
  if (group (rtf)->role != FONTS || page == 0 || g_hash_table_size (rtf->fonts) >= PD_RTF_MAX_FONTS)
    return;
  g_hash_table_insert (rtf->fonts, GINT_TO_POINTER (rtf->font), GUINT_TO_POINTER (page));
  if (rtf->font == rtf->default_font)
    rtf->groups[0].code_page = rtf->groups[1].code_page = page;
}

static gboolean
run_number (Rtf *rtf, const Control *control)
{
  if (strcmp (control->word, "u") == 0 && control->has_number)
    put_unicode (rtf, control->number);
  else if (strcmp (control->word, "uc") == 0)
    group (rtf)->skip = CLAMP (control->number, 0, 16);
  else if (strcmp (control->word, "f") == 0)
    use_font (rtf, control->number);
  else if (strcmp (control->word, "deff") == 0)
    rtf->default_font = control->number;
  else if (strcmp (control->word, "plain") == 0)
    use_font (rtf, rtf->default_font);
  else if (strcmp (control->word, "fcharset") == 0)
    define_font (rtf, page_of_charset (control->number));
  else if (strcmp (control->word, "cpg") == 0)
    define_font (rtf, (guint32)MAX (control->number, 0));
  else if (strcmp (control->word, "ansicpg") == 0 && control->number > 0)
    rtf->code_page = group (rtf)->code_page = (guint32)control->number;
  else if (strcmp (control->word, "bin") == 0)
    rtf->at += MIN (MAX (control->number, 0), rtf->end - rtf->at);
  else
    return FALSE;
  return TRUE;
}

static gboolean
run_html (Rtf *rtf, const Control *control)
{
  if (strcmp (control->word, "htmlrtf") == 0)
    group (rtf)->rtf_only = rtf->html && (!control->has_number || control->number != 0);
  else if (strcmp (control->word, "htmltag") == 0)
    group (rtf)->role = rtf->html ? SHOWN : PASSED;
  else
    return FALSE;
  return TRUE;
}

static gboolean
run_destination (Rtf *rtf, const Control *control)
{
  static const char *const passed[]
      = { "colortbl", "stylesheet", "info",     "pict",    "header",  "headerl",
          "headerr",  "headerf",    "footer",   "footerl", "footerr", "footerf",
          "footnote", "listtable",  "revtbl",   "xe",      "tc",      "mhtmltag",
          "fldinst",  "ftnsep",     "private1", "comment", "pntext",  NULL };

  if (strcmp (control->word, "fonttbl") == 0)
    group (rtf)->role = FONTS;
  else if (g_strv_contains (passed, control->word))
    group (rtf)->role = PASSED;
  else
    return FALSE;
  return TRUE;
}

static void
run_text (Rtf *rtf, const Control *control)
{
  static const struct {
    const char *word, *text, *html;
  } words[] = {
    { "par", "\n", "\n" },
    { "line", "\n", "\n" },
    { "sect", "\n", "\n" },
    { "page", "\n", "\n" },
    { "row", "\n", "\n" },
    { "cell", "\t", "\t" },
    { "tab", "\t", "\t" },
    { "lquote", "\xE2\x80\x98", "&lsquo;" },
    { "rquote", "\xE2\x80\x99", "&rsquo;" },
    { "ldblquote", "\xE2\x80\x9C", "&ldquo;" },
    { "rdblquote", "\xE2\x80\x9D", "&rdquo;" },
    { "bullet", "\xE2\x80\xA2", "&bull;" },
    { "endash", "\xE2\x80\x93", "&ndash;" },
    { "emdash", "\xE2\x80\x94", "&mdash;" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (control->word, words[i].word) == 0)
      {
        if (rtf->to_skip > 0)
          rtf->to_skip--;
        else
          put_text (rtf, rtf->html ? words[i].html : words[i].text);
      }
}

static void
run (Rtf *rtf, const Control *control)
{
  gboolean starred = group (rtf)->starred;

  group (rtf)->starred = FALSE;
  if (rtf->too_deep > 0 && strcmp (control->word, "bin") != 0)
    return;
  if (run_number (rtf, control) || run_html (rtf, control) || run_destination (rtf, control))
    return;
  if (starred)
    group (rtf)->role = PASSED; /* RTF 1.9.1: unknown and not needed */
  else
    run_text (rtf, control);
}

static void
take_control (Rtf *rtf, Control *control)
{
  gboolean negative = FALSE;
  gsize n = 0;

  *control = (Control){ .number = 0 };
  for (; rtf->at < rtf->end && g_ascii_isalpha (*rtf->at) && n < MAX_WORD; rtf->at++)
    control->word[n++] = *rtf->at;
  if (rtf->at + 1 < rtf->end && *rtf->at == '-' && g_ascii_isdigit (rtf->at[1]))
    {
      negative = TRUE;
      rtf->at++;
    }
  for (; rtf->at < rtf->end && g_ascii_isdigit (*rtf->at); rtf->at++)
    {
      control->has_number = TRUE;
      if (control->number < 100 * 1000 * 1000)
        control->number = control->number * 10 + (*rtf->at - '0');
    }
  if (negative)
    control->number = -control->number;
  if (rtf->at < rtf->end && *rtf->at == ' ')
    rtf->at++; /* ends the word */
}

static void
read_hex (Rtf *rtf)
{
  gint high, low;

  if (rtf->end - rtf->at < 2)
    {
      rtf->at = rtf->end;
      return;
    }
  high = g_ascii_xdigit_value (rtf->at[0]);
  low = g_ascii_xdigit_value (rtf->at[1]);
  rtf->at += 2;
  if (high >= 0 && low >= 0)
    put_octet (rtf, (guint8)(high << 4 | low));
}

/* Behind a backslash. */
static void
read_control (Rtf *rtf)
{
  Control control;
  char c;

  if (rtf->at >= rtf->end)
    return;
  c = *rtf->at;
  if (g_ascii_isalpha (c))
    {
      take_control (rtf, &control);
      run (rtf, &control);
      return;
    }
  rtf->at++;
  if (c == '\'')
    read_hex (rtf);
  else if (c == '*')
    group (rtf)->starred = TRUE;
  else if (c == '~')
    put_text (rtf, rtf->html ? "&nbsp;" : "\xC2\xA0");
  else if (c == '_')
    put_text (rtf, rtf->html ? "&shy;" : "-");
  else if (c == '\r' || c == '\n')
    put_text (rtf, "\n"); /* the same as \par */
  else if (c == '\\' || c == '{' || c == '}')
    put_octet (rtf, (guint8)c);
}

static void
open_group (Rtf *rtf)
{
  rtf->to_skip = 0;
  if (rtf->depth + 1 >= PD_RTF_MAX_DEPTH)
    {
      rtf->too_deep++;
      return;
    }
  rtf->groups[rtf->depth + 1] = rtf->groups[rtf->depth];
  rtf->depth++;
  group (rtf)->starred = FALSE;
}

static void
close_group (Rtf *rtf)
{
  rtf->to_skip = 0;
  if (rtf->too_deep > 0)
    rtf->too_deep--;
  else if (rtf->depth > 0)
    rtf->depth--;
}

static void
read_all (Rtf *rtf)
{
  while (rtf->at < rtf->end)
    {
      char c = *rtf->at++;

      if (c == '\\')
        read_control (rtf);
      else if (c == '{')
        open_group (rtf);
      else if (c == '}')
        close_group (rtf);
      else if (c != '\r' && c != '\n' && c != '\0')
        put_octet (rtf, (guint8)c);
    }
  flush (rtf);
}

static gboolean
wraps_html (const char *rtf, gsize length)
{
  g_autofree char *head = g_strndup (rtf, MIN (length, 1000));
  const char *at = head;

  for (guint i = 0; i < HEAD_TAGS && (at = strchr (at, '\\')) != NULL; i++, at++)
    if (g_str_has_prefix (at, "\\fromhtml1"))
      return TRUE;
  return FALSE;
}

char *
pd_rtf_read (const char *bytes, gsize length, guint32 code_page, PdRtfForm *out_form)
{
  g_autofree Rtf *rtf = g_new0 (Rtf, 1);
  char *text;

  *out_form = PD_RTF_TEXT;
  if (length < 5 || memcmp (bytes, "{\\rtf", 5) != 0)
    return g_strdup ("");
  rtf->at = bytes;
  rtf->end = bytes + MIN (length, PD_RTF_MAX_SIZE);
  rtf->html = wraps_html (bytes, length);
  rtf->code_page = rtf->groups[0].code_page = code_page;
  rtf->groups[0].skip = 1;
  rtf->fonts = g_hash_table_new (NULL, NULL);
  rtf->run = g_string_new (NULL);
  rtf->out = g_string_new (NULL);
  read_all (rtf);
  if (rtf->html)
    *out_form = PD_RTF_HTML;
  text = g_utf8_make_valid (rtf->out->str, (gssize)rtf->out->len);
  g_hash_table_unref (rtf->fonts);
  g_string_free (rtf->run, TRUE);
  g_string_free (rtf->out, TRUE);
  return text;
}
