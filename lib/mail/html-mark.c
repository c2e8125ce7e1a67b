#include "mail/html-mark.h"

#include <stdlib.h>
#include <string.h>

#define MAX_NAME 64     /* octets of a name that are compared */
#define MAX_WORDS 32    /* class names of one element that are looked at */
#define HEADER_LINES 12 /* lines that may be the header of a mail */
#define HEADER_FIELDS 3 /* fields that make it one */
#define MAX_LABEL 40    /* octets of a field's name */
#define MAX_LEAD 4096   /* octets that are looked at for a header */

/* Sorted by name.  Most are what the programs' own replies hold; Outlook uses
 * the same marks for answered and forwarded mail.
 */
static const PdHtmlMark marks[] = {
  { "#AppleMailSignature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "apple" },
  { "#OLK_SRC_BODY_SECTION", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "outlook" },
  { "#Signature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "outlook" },
  { "#_rc_sig", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "roundcube" },
  { "#blockquote_zmail", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "zoho" },
  { "#composer_signature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "samsung" },
  { "#divRplyFwdMsg", PD_HTML_SPAN_QUOTE, PD_HTML_HEADED, "outlook" },
  { "#forwardbody1", PD_HTML_SPAN_FORWARD, PD_HTML_WHOLE, "roundcube" },
  { "#isForwardContent", PD_HTML_SPAN_FORWARD, PD_HTML_WHOLE, "netease" },
  { "#isReplyContent", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "netease" },
  { "#mail-editor-reference-message-container", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "outlook" },
  { "#ms-outlook-mobile-signature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "outlook" },
  { "#ntes-pcmac-signature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "netease" },
  { "#oriMsgHtmlSeperator", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "coremail" },
  { "#origbody", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "coremail" },
  { "#reply-intro", PD_HTML_SPAN_ATTRIBUTION, PD_HTML_WHOLE, "roundcube" },
  { "#reply139content", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "139" },
  { "#replySplit", PD_HTML_SPAN_QUOTE, PD_HTML_REST, "139" },
  { "#replybody1", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "roundcube" },
  { "#signature_old", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "em-client" },
  { "#spnEditorSign", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "netease" },
  { "#spnEditorSign_app", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "netease" },
  { "#stopSpelling", PD_HTML_SPAN_QUOTE, PD_HTML_REST, "outlook" },
  { "#ymail_android_signature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "yahoo" },
  { "#zwchr", PD_HTML_SPAN_QUOTE, PD_HTML_REST, "zimbra" },
  { ".OutlookMessageHeader", PD_HTML_SPAN_QUOTE, PD_HTML_HEADED, "outlook" },
  { ".airmail_on", PD_HTML_SPAN_ATTRIBUTION, PD_HTML_WHOLE, "airmail" },
  { ".bloop_sign", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "airmail" },
  { ".clean_bq", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "airmail" },
  { ".cm_footer", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "newton" },
  { ".cm_quote", PD_HTML_SPAN_QUOTE, PD_HTML_CONTAINER, "newton" },
  { ".cm_signature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "newton" },
  { ".editorUserSignature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "infomaniak" },
  { ".fernand_quote", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "fernand" },
  { ".forwardContentMessage", PD_HTML_SPAN_FORWARD, PD_HTML_WHOLE, "infomaniak" },
  { ".freshdesk_quote", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "freshdesk" },
  { ".front-blockquote", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "front" },
  { ".gmail_attr", PD_HTML_SPAN_ATTRIBUTION, PD_HTML_WHOLE, "gmail" },
  { ".gmail_quote", PD_HTML_SPAN_QUOTE, PD_HTML_CONTAINER, "gmail" },
  { ".gmail_quote_container", PD_HTML_SPAN_QUOTE, PD_HTML_CONTAINER, "gmail" },
  { ".gmail_signature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "gmail" },
  { ".gmail_signature_prefix", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "gmail" },
  { ".history-quote-wrapper", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "lark" },
  { ".history_container", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "mailbird" },
  { ".ik_mail_quote", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "infomaniak" },
  { ".io-ox-signature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "open-xchange" },
  { ".iosymail", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "yahoo" },
  { ".mail-quote-collapse", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "mail.ru" },
  { ".missive_quote", PD_HTML_SPAN_QUOTE, PD_HTML_CONTAINER, "missive" },
  { ".moz-cite-prefix", PD_HTML_SPAN_ATTRIBUTION, PD_HTML_WHOLE, "thunderbird" },
  { ".moz-email-headers-table", PD_HTML_SPAN_HEADER, PD_HTML_WHOLE, "thunderbird" },
  { ".moz-forward-container", PD_HTML_SPAN_FORWARD, PD_HTML_WHOLE, "thunderbird" },
  { ".moz-signature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "thunderbird" },
  { ".moz-txt-sig", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "thunderbird" },
  { ".ms-outlook-ios-signature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "outlook" },
  { ".ms-outlook-mobile-reference-message", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "outlook" },
  { ".notion-mail-quote", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "notion" },
  { ".nylas-quote", PD_HTML_SPAN_QUOTE, PD_HTML_CONTAINER, "mailspring" },
  { ".outreach-quote", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "outreach" },
  { ".protonmail_quote", PD_HTML_SPAN_QUOTE, PD_HTML_CONTAINER, "proton" },
  { ".protonmail_signature_block", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "proton" },
  { ".skiff_quote", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "skiff" },
  { ".spark_quote", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "spark" },
  { ".tutanota_quote", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "tutanota" },
  { ".wmi-quote", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "yandex" },
  { ".yQTDBase", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "yahoo" },
  { ".yahoo_quoted", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "yahoo" },
  { ".zmail_extra", PD_HTML_SPAN_QUOTE, PD_HTML_CONTAINER, "zoho" },
  { "<includetail", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "qq" },
  { "<signature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "mailspring" },
  { "apple-content-edited=true", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "apple" },
  { "data-marker=__DIVIDER__", PD_HTML_SPAN_QUOTE, PD_HTML_REST, "zimbra" },
  { "data-marker=__HEADERS__", PD_HTML_SPAN_HEADER, PD_HTML_WHOLE, "zimbra" },
  { "data-marker=__QUOTED_TEXT__", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "zimbra" },
  { "data-marker=__SIG_POST__", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "zimbra" },
  { "data-marker=__SIG_PRE__", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "zimbra" },
  { "data-signature-widget=container", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "mail.ru" },
  { "data-smartmail=gmail_signature", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "gmail" },
  { "name=messageReplySection", PD_HTML_SPAN_QUOTE, PD_HTML_CONTAINER, "spark" },
  { "name=messageSignatureSection", PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "spark" },
  { "name=quote", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "gmx" },
  { "type=cite", PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, PD_HTML_CITE },
};

/* Names with a part that differs from mail to mail. */
static const struct Form {
  const char *prefix, *suffix;
  PdHtmlMark mark;
} forms[] = {
  { "#bloop_sign_", "", { NULL, PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "airmail" } },
  { "#AOLMsgPart_", "", { NULL, PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "aol" } },
  { ".ydp", "yahoo_quoted", { NULL, PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "yahoo" } },
  { ".ydp", "signature", { NULL, PD_HTML_SPAN_SIGNATURE, PD_HTML_WHOLE, "yahoo" } },
  { ".", "wmi-quote", { NULL, PD_HTML_SPAN_QUOTE, PD_HTML_WHOLE, "yandex" } },
  { "#v", "reply-intro", { NULL, PD_HTML_SPAN_ATTRIBUTION, PD_HTML_WHOLE, "roundcube" } },
};

const PdHtmlMark *
pd_html_mark_table (gsize *out_n)
{
  *out_n = G_N_ELEMENTS (marks);
  return marks;
}

static int
compare (const void *key, const void *entry)
{
  return strcmp (key, ((const PdHtmlMark *)entry)->name);
}

static const PdHtmlMark *
look_up (const char *name)
{
  const PdHtmlMark *found = bsearch (name, marks, G_N_ELEMENTS (marks), sizeof marks[0], compare);

  for (gsize i = 0; found == NULL && i < G_N_ELEMENTS (forms); i++)
    if (g_str_has_prefix (name, forms[i].prefix) && g_str_has_suffix (name, forms[i].suffix))
      found = &forms[i].mark;
  return found;
}

/* Behind "x_" of Outlook and "m_-123" of Gmail, however often. */
static const char *
skip_prefix (const char *name, const char *end)
{
  for (;;)
    {
      if (end - name > 2 && name[0] == 'x' && name[1] == '_')
        name += 2;
      else if (end - name > 3 && name[0] == 'm' && name[1] == '_'
               && (name[2] == '-' || g_ascii_isdigit (name[2])))
        for (name += 3; name < end && g_ascii_isdigit (*name);)
          name++;
      else
        return name;
    }
}

static const PdHtmlMark *
look_up_word (char sign, const char *word, const char *end)
{
  char name[MAX_NAME + 2];
  gsize n;

  word = skip_prefix (word, end);
  n = (gsize)(end - word);
  if (n == 0 || n > MAX_NAME)
    return NULL;
  name[0] = sign;
  memcpy (name + 1, word, n);
  name[n + 1] = '\0';
  return look_up (name);
}

static const PdHtmlMark *
find_class (const PdHtmlAttribute *attribute)
{
  const char *at = attribute->value, *end = at + attribute->length;
  const PdHtmlMark *found = NULL;

  for (guint i = 0; i < MAX_WORDS && at < end && found == NULL; i++)
    {
      const char *begin;

      while (at < end && g_ascii_isspace (*at))
        at++;
      for (begin = at; at < end && !g_ascii_isspace (*at);)
        at++;
      found = look_up_word ('.', begin, at);
    }
  return found;
}

/* "name=value" of the few attributes that are marks. */
static const PdHtmlMark *
find_value (const PdHtmlReader *tag, const PdHtmlAttribute *attribute)
{
  static const char *const names[]
      = { "apple-content-edited", "data-marker", "data-signature-widget",
          "data-smartmail",       "name",        "type" };
  char name[MAX_NAME + 1];

  /* <a name=quote> and <input type=cite> are no containers */
  if (strcmp (tag->name, "div") != 0 && strcmp (tag->name, "blockquote") != 0
      && strcmp (tag->name, "hr") != 0)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (attribute->name, names[i]) == 0)
      {
        if (strlen (names[i]) + 1 + attribute->length > MAX_NAME)
          return NULL;
        g_snprintf (name, sizeof name, "%s=%.*s", names[i], (int)attribute->length,
                    attribute->value);
        return look_up (name);
      }
  return NULL;
}

static const PdHtmlMark *
find_in (const PdHtmlReader *tag, const PdHtmlAttribute *attribute)
{
  const char *value = attribute->value;

  if (strcmp (attribute->name, "class") == 0)
    return find_class (attribute);
  if (strcmp (attribute->name, "id") == 0)
    return look_up_word ('#', value, value + attribute->length);
  return find_value (tag, attribute);
}

const PdHtmlMark *
pd_html_mark_find (const PdHtmlReader *tag)
{
  const PdHtmlMark *found = NULL;

  if (strcmp (tag->name, "signature") == 0 || strcmp (tag->name, "includetail") == 0)
    found = look_up_word ('<', tag->name, tag->name + strlen (tag->name));
  /* type=cite is what many share: another mark says more */
  for (guint i = 0; i < tag->n_attributes; i++)
    if (found == NULL || g_str_equal (found->source, PD_HTML_CITE))
      {
        const PdHtmlMark *other = find_in (tag, &tag->attributes[i]);

        if (other != NULL)
          found = other;
      }
  return found;
}

/* "> > " */
static const char *
skip_quotes (const char *line, const char *end)
{
  while (line < end && (*line == '>' || *line == ' ' || *line == '*'))
    line++;
  return line;
}

/* "Von: …", "发件人：…": a short word or two, a colon, and something behind. */
static gboolean
is_field (const char *line, const char *end)
{
  const char *limit = MIN (end, line + MAX_LABEL);
  const char *at = line;
  guint blanks = 0;

  while (at < limit && *at != ':' && !(end - at > 2 && memcmp (at, "\xEF\xBC\x9A", 3) == 0))
    {
      blanks += *at == ' ';
      if (*at == '<' || *at == '@')
        return FALSE;
      at++;
    }
  if (at == limit || at == line || blanks > 3)
    return FALSE;
  at += *at == ':' ? 1 : 3;
  return at < end && *at != '/';
}

static guint
count_fields (const char *text, const char *end)
{
  guint fields = 0;

  for (guint lines = 0; text < end && lines < HEADER_LINES;)
    {
      const char *stop = memchr (text, '\n', (gsize)(end - text));

      if (stop == NULL)
        stop = end;
      text = skip_quotes (text, stop);
      lines += text < stop;
      fields += is_field (text, stop);
      text = stop + (stop < end);
    }
  return fields;
}

gboolean
pd_html_mark_is_header (const char *text, gsize length)
{
  return count_fields (text, text + MIN (length, MAX_LEAD)) >= HEADER_FIELDS;
}

gboolean
pd_html_mark_is_forward (const char *text, gsize length)
{
  const char *end = text + MIN (length, MAX_LEAD), *stop;

  for (; text < end; text = stop + (stop < end))
    {
      stop = memchr (text, '\n', (gsize)(end - text));
      if (stop == NULL)
        stop = end;
      text = skip_quotes (text, stop);
      if (text == stop)
        continue;
      while (stop > text && stop[-1] == ' ')
        stop--;
      return stop[-1] == ':' && count_fields (stop, end) >= HEADER_FIELDS;
    }
  return FALSE;
}
