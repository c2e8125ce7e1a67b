#include <json-c/json.h>
#include <string.h>

#include "base/error.h"
#include "mail/mustache.h"

/* The rules of the Mustache specification in cases of our own.  With
 * PD_MUSTACHE_SPEC set to a folder that holds the official files
 * (comments.json, …), those are run too.
 */

typedef struct {
  json_object *texts;   /* name -> source, or NULL */
  GHashTable *compiled; /* name -> PdMustache */
} Partials;

static PdValueTree *
value_from_json (json_object *json)
{
  PdValueTree *value;

  switch (json_object_get_type (json))
    {
    case json_type_boolean:
      return pd_value_new_bool (json_object_get_boolean (json));
    case json_type_array:
      value = pd_value_new_list ();
      for (size_t i = 0; i < json_object_array_length (json); i++)
        pd_value_append (value, value_from_json (json_object_array_get_idx (json, i)));
      return value;
      case json_type_object: {
        value = pd_value_new_map ();
        json_object_object_foreach (json, name, field)
            pd_value_set (value, name, value_from_json (field));
        return value;
      }
    case json_type_null:
      return pd_value_new_text ("");
    default:
      return pd_value_new_text (json_object_get_string (json));
    }
}

static void
free_mustache (gpointer data)
{
  pd_mustache_free (data);
}

static const PdMustache *
find_partial (const char *name, gpointer data)
{
  Partials *partials = data;
  json_object *text = NULL;
  PdMustache *compiled;

  compiled = g_hash_table_lookup (partials->compiled, name);
  if (compiled != NULL || partials->texts == NULL
      || !json_object_object_get_ex (partials->texts, name, &text))
    return compiled;
  compiled = pd_mustache_parse (name, json_object_get_string (text), NULL);
  g_assert_nonnull (compiled);
  g_hash_table_insert (partials->compiled, g_strdup (name), compiled);
  return compiled;
}

/* Renders, or gives the error's text. */
static char *
render (const char *source, json_object *data, json_object *partial_texts, PdEscape escape)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdMustache) mustache = pd_mustache_parse ("t", source, &error);
  g_autoptr (PdValueTree) values = value_from_json (data);
  Partials partials = { partial_texts, NULL };
  char *got = NULL;

  partials.compiled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_mustache);
  if (mustache != NULL)
    got = pd_mustache_render (mustache, values, escape, find_partial, &partials, &error);
  g_hash_table_unref (partials.compiled);
  if (got != NULL)
    return got;
  g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
  return g_strdup (error->message);
}

typedef struct {
  const char *source, *data, *want, *why;
  const char *partials;
} Case;

static void
run_cases (gconstpointer user_data)
{
  for (const Case *one = user_data; one->source != NULL; one++)
    {
      json_object *data = json_tokener_parse (one->data);
      json_object *partials = one->partials != NULL ? json_tokener_parse (one->partials) : NULL;
      g_autofree char *got = render (one->source, data, partials, PD_ESCAPE_HTML);

      g_test_message ("%s", one->why);
      g_assert_cmpstr (got, ==, one->want);
      json_object_put (data);
      json_object_put (partials);
    }
}

static const Case comments[] = {
  { "a{{! not shown }}b", "{}", "ab", "a comment gives nothing" },
  { "a{{!\nnot\nshown\n}}b", "{}", "ab", "over several lines" },
  { "a\n{{! alone }}\nb", "{}", "a\nb", "alone on its line, the line goes" },
  { "a\n  {{! alone }}  \nb", "{}", "a\nb", "with white space around" },
  { "a\r\n{{! alone }}\r\nb", "{}", "a\r\nb", "CRLF" },
  { "{{! alone }}\nb", "{}", "b", "on the first line" },
  { "a\n  {{! alone }}", "{}", "a\n", "on the last line, without a line end" },
  { "a\n{{!\nlong\n}}\nb", "{}", "a\nb", "several lines, alone on them" },
  { "a\n  {{!\n  long\n  }}\nb", "{}", "a\nb", "the same, indented" },
  { "  12 {{! 34 }}\n", "{}", "  12 \n", "behind text, the line stays" },
  { "a {{! x }} b", "{}", "a  b", "white space around stays" },
  { "a{{!x}}b", "{\"!x\":\"no\",\"x\":\"no\"}", "ab", "its words are no names" },
  { "a{{! {{ }}b", "{}", "ab", "an opening mark in it means nothing" },
  { NULL },
};

static const Case delimiters[] = {
  { "{{=<% %>=}}<%t%>", "{\"t\":\"x\"}", "x", "a pair of two characters" },
  { "{{=| |=}}|t|", "{\"t\":\"x\"}", "x", "a single character" },
  { "{{=[ ]=}}[t]", "{\"t\":\"x\"}", "x", "characters that patterns know" },
  { "{{=<% %>=}}{{t}}<%={{ }}=%>{{t}}", "{\"t\":\"x\"}", "{{t}}x", "and back" },
  { "{{= <%   %> =}}<%t%>", "{\"t\":\"x\"}", "x", "white space in the tag" },
  { "a\n{{=<% %>=}}\nb", "{}", "a\nb", "alone on its line" },
  { "a\n  {{=<% %>=}}  \nb", "{}", "a\nb", "alone, indented" },
  { "a\r\n{{=<% %>=}}\r\nb", "{}", "a\r\nb", "alone, CRLF" },
  { "{{=<% %>=}}\nb", "{}", "b", "alone on the first line" },
  { "a\n{{=<% %>=}}", "{}", "a\n", "alone on the last line" },
  { "a {{=<% %>=}} b", "{}", "a  b", "white space around stays" },
  { "{{#s}}{{=| |=}}|t|{{t}}|/s||t|", "{\"s\":true,\"t\":\"x\"}", "x{{t}}x",
    "set within a section, they last" },
  { "{{=| |=}}|#s|a|/s|", "{\"s\":true}", "a", "sections take them" },
  { "{{=| |=}}|^s|a|/s|", "{}", "a", "inverted ones too" },
  { "{{=| |=}}|&t||{t}|", "{\"t\":\"&\"}", "&&", "and both signs of raw values" },
  { "{{>p}} {{=| |=}}|>p|", "{\"t\":\"x\"}", ".x. .x.", "a partial begins with the usual ones",
    "{\"p\":\".{{t}}.\"}" },
  { "{{>p}} {{t}} |t|", "{\"t\":\"x\"}", ".x. x |t|", "and what it sets does not come out of it",
    "{\"p\":\"{{=| |=}}.|t|.\"}" },
  { NULL },
};

static const Case values[] = {
  { "no tags { } at all", "{}", "no tags { } at all", "text is text" },
  { "", "{}", "", "empty" },
  { "Hello, {{w}}!", "{\"w\":\"you\"}", "Hello, you!", "a value" },
  { "{{w}}", "{\"w\":\"{{x}}\",\"x\":\"no\"}", "{{x}}", "a value is never read as a template" },
  { "{{w}}", "{\"w\":\"& \\\" < > '\"}", "&amp; &quot; &lt; &gt; &#39;", "escaped" },
  { "{{{w}}}", "{\"w\":\"& \\\" < >\"}", "& \" < >", "three braces: raw" },
  { "{{&w}}", "{\"w\":\"& \\\" < >\"}", "& \" < >", "ampersand: raw" },
  { "{{n}}", "{\"n\":85}", "85", "a number" },
  { "{{n}} {{{n}}} {{&n}}", "{\"n\":1.21}", "1.21 1.21 1.21", "a decimal number" },
  { "{{t}}{{f}}", "{\"t\":true,\"f\":false}", "truefalse", "truths" },
  { "({{n}})({{{n}}})({{&n}})", "{\"n\":null}", "()()()", "null is nothing" },
  { "({{n}})({{{n}}})({{&n}})", "{}", "()()()", "so is what is not there" },
  { "({{l}}{{m}})", "{\"l\":[1],\"m\":{\"a\":1}}", "()", "lists and maps have no text" },
  { "{{a.b}}", "{\"a\":{\"b\":\"x\"}}", "x", "a name with a dot" },
  { "{{{a.b}}} {{&a.b}}", "{\"a\":{\"b\":\"<\"}}", "< <", "raw with a dot" },
  { "{{a.b.c.d}}", "{\"a\":{\"b\":{\"c\":{\"d\":\"x\"}}}}", "x", "any number of dots" },
  { "({{a.b.c}})", "{\"a\":{}}", "()", "a broken chain is nothing" },
  { "({{a.b.c}})", "{\"a\":{\"b\":{}},\"c\":\"no\"}", "()", "its end is not sought elsewhere" },
  { "{{#o}}{{a.b}}{{/o}}", "{\"a\":{\"b\":\"x\"},\"o\":{\"z\":1}}", "x", "its beginning is" },
  { "{{#a}}({{b.c}}){{/a}}", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"no\"}}", "()",
    "the innermost first part binds" },
  { "({{a.b}})", "{\"a.b\":\"no\",\"a\":{\"b\":\"x\"}}", "(x)", "a dot always separates" },
  { "({{a.b}})", "{\"a\":\"text\"}", "()", "texts have no parts" },
  { "{{.}}", "\"x\"", "x", "the value itself" },
  { "{{.}}{{{.}}}{{&.}}", "\"<\"", "&lt;<<", "escaped or raw" },
  { "| {{w}} |", "{\"w\":\"x\"}", "| x |", "white space around stays" },
  { "  {{w}}\n", "{\"w\":\"x\"}", "  x\n", "a value never stands alone" },
  { "  {{{w}}}\n  {{&w}}\n", "{\"w\":\"x\"}", "  x\n  x\n", "nor does a raw one" },
  { "|{{ w }}|{{{ w }}}|{{& w }}|", "{\"w\":\"x\"}", "|x|x|x|", "white space in the tag" },
  { "{{ w\n}}", "{\"w\":\"x\"}", "x", "of any kind" },
  { "{{имя}}", "{\"имя\":\"Анна\"}", "Анна", "names and values in UTF-8" },
  { "{{{a}}}}", "{\"a\":\"x\"}", "x}", "a brace behind the tag is text" },
  { NULL },
};

static const Case sections[] = {
  { "{{#b}}x{{/b}}", "{\"b\":true}", "x", "true shows" },
  { "({{#b}}x{{/b}})", "{\"b\":false}", "()", "false hides" },
  { "({{#b}}x{{/b}})", "{\"b\":null}", "()", "null hides" },
  { "({{#b}}x{{/b}})", "{}", "()", "what is not there hides" },
  { "({{#b}}x{{/b}})", "{\"b\":\"\"}", "()", "an empty text hides" },
  { "({{#b}}{{.}}{{/b}})", "{\"b\":\"x\"}", "(x)", "a text shows, and is the context" },
  { "{{#m}}Hi {{a}}{{/m}}", "{\"m\":{\"a\":\"x\"}}", "Hi x", "a map is the context" },
  { "{{#m}}{{a}}{{o}}{{/m}}", "{\"m\":{\"a\":\"x\"},\"o\":\"y\"}", "xy",
    "around it is the outer one" },
  { "{{#m}}{{a}}{{/m}}", "{\"m\":{\"a\":\"in\"},\"a\":\"out\"}", "in", "the inner one goes first" },
  { "{{#m}}({{a}}){{/m}}", "{\"m\":{\"a\":null},\"a\":\"out\"}", "()", "even when it has null" },
  { "{{#l}}{{n}}{{/l}}", "{\"l\":[{\"n\":1},{\"n\":2},{\"n\":3}]}", "123", "a list repeats" },
  { "({{#l}}x{{/l}})", "{\"l\":[]}", "()", "an empty list hides" },
  { "{{#l}}({{.}}){{/l}}", "{\"l\":[\"a\",1,2.5,true]}", "(a)(1)(2.5)(true)",
    "a list of plain values" },
  { "{{#l}}({{.}}){{/l}}", "{\"l\":[\"<\"]}", "(&lt;)", "escaped" },
  { "{{#l}}({{{.}}}{{&.}}){{/l}}", "{\"l\":[\"<\"]}", "(<<)", "raw" },
  { "{{#l}}({{#.}}{{.}}{{/.}}){{/l}}", "{\"l\":[[1,2],[3]]}", "(12)(3)", "lists in a list" },
  { "{{#.}}({{v}}){{/.}}", "[{\"v\":1},{\"v\":2}]", "(1)(2)", "the root is a list" },
  { "{{#l}}{{n}}{{#l}}-{{/l}} {{/l}}", "{\"l\":[{\"n\":1,\"l\":false},{\"n\":2,\"l\":true}]}",
    "1 2- ", "an inner value hides the list's name" },
  { "{{#a}}1{{#b}}2{{/b}}3{{/a}}", "{\"a\":true,\"b\":false}", "13", "in each other" },
  { "{{#a}}1{{#a}}2{{/a}}3{{/a}}", "{\"a\":true}", "123", "the same in itself" },
  { "{{#a}}{{#b}}{{#c}}{{x}}{{y}}{{z}}{{/c}}{{/b}}{{/a}}",
    "{\"a\":{\"x\":1},\"b\":{\"y\":2},\"c\":{\"z\":3}}", "123", "all contexts are seen" },
  { "{{#a.b}}x{{/a.b}}", "{\"a\":{\"b\":true}}", "x", "a name with a dot" },
  { "({{#a.b}}x{{/a.b}})", "{\"a\":{}}", "()", "a broken chain hides" },
  { "({{#a.b.c}}x{{/a.b.c}})", "{\"a\":{\"b\":false}}", "()", "a broken chain through false" },
  { "| {{#b}}\t|\t{{/b}} |", "{\"b\":true}", "| \t|\t |", "white space within stays" },
  { "| {{#b}} {{! x }}\n {{/b}} |", "{\"b\":true}", "|  \n  |", "a line of two tags is not alone" },
  { " {{#b}}Y{{/b}}\n {{#b}}G{{/b}}\n", "{\"b\":true}", " Y\n G\n",
    "tags with text on their line" },
  { "a\n{{#b}}\nb\n{{/b}}\nc", "{\"b\":true}", "a\nb\nc", "tags alone on their lines" },
  { "a\n  {{#b}}\nb\n  {{/b}}\nc", "{\"b\":true}", "a\nb\nc", "indented" },
  { "a\r\n{{#b}}\r\n{{/b}}\r\nc", "{\"b\":true}", "a\r\nc", "CRLF" },
  { "  {{#b}}\nx{{/b}}\ny", "{\"b\":true}", "x\ny", "the first on the first line" },
  { "#{{#b}}\n/\n  {{/b}}", "{\"b\":true}", "#\n/\n", "the last on the last line" },
  { "|{{# b }}={{/ b }}|", "{\"b\":true}", "|=|", "white space in the tags" },
  { "{{#b}}\n\n\n{{/b}}", "{\"b\":true}", "\n\n", "empty lines are text" },
  { NULL },
};

static const Case inverted[] = {
  { "{{^b}}x{{/b}}", "{\"b\":false}", "x", "false shows" },
  { "({{^b}}x{{/b}})", "{\"b\":true}", "()", "true hides" },
  { "{{^b}}x{{/b}}", "{\"b\":null}", "x", "null shows" },
  { "{{^b}}x{{/b}}", "{}", "x", "what is not there shows" },
  { "{{^b}}x{{/b}}", "{\"b\":[]}", "x", "an empty list shows" },
  { "{{^b}}x{{/b}}", "{\"b\":\"\"}", "x", "an empty text shows" },
  { "({{^b}}x{{/b}})", "{\"b\":[1]}", "()", "a list hides" },
  { "({{^b}}x{{/b}})", "{\"b\":{}}", "()", "a map hides, an empty one too" },
  { "{{^a}}1{{^b}}2{{/b}}3{{/a}}", "{}", "123", "in each other" },
  { "{{^a}}{{o}}{{/a}}", "{\"o\":\"x\"}", "x", "the context stays" },
  { "({{^a.b}}x{{/a.b}})", "{\"a\":{\"b\":true}}", "()", "a name with a dot" },
  { "{{^a.b}}x{{/a.b}}", "{\"a\":{}}", "x", "a broken chain shows" },
  { "{{#b}}y{{/b}}{{^b}}n{{/b}}", "{\"b\":true}", "y", "both for one name" },
  { "a\n{{^b}}\nb\n{{/b}}\nc", "{}", "a\nb\nc", "tags alone on their lines" },
  { "a\r\n  {{^b}}\r\n{{/b}}  \r\nc", "{}", "a\r\nc", "CRLF and white space" },
  { "^{{^b}}\n/\n  {{/b}}", "{}", "^\n/\n", "on the last line" },
  { " | {{^b}}\t|\t{{/b}} | \n", "{}", " | \t|\t | \n", "white space within stays" },
  { "|{{^ b }}={{/ b }}|", "{}", "|=|", "white space in the tags" },
  { NULL },
};

static const Case partials[] = {
  { "({{>p}})", "{}", "(from p)", "a partial", "{\"p\":\"from p\"}" },
  { "({{>q}})", "{}", "()", "one that is not there is nothing", "{\"p\":\"x\"}" },
  { "({{>p}})", "{\"t\":\"x\"}", "(*x*)", "it sees the context", "{\"p\":\"*{{t}}*\"}" },
  { "{{#m}}{{>p}}{{/m}}", "{\"m\":{\"t\":\"x\"}}", "x", "the inner one too", "{\"p\":\"{{t}}\"}" },
  { "{{>n}}", "{\"c\":\"X\",\"l\":[{\"c\":\"Y\",\"l\":[]}]}", "X<Y<>>", "it may use itself",
    "{\"n\":\"{{c}}<{{#l}}{{>n}}{{/l}}>\"}" },
  { "{{>p}}", "{}", "2", "partials in partials", "{\"p\":\"{{>q}}\",\"q\":\"2\"}" },
  { "| {{>p}} |", "{}", "| \t|\t |", "white space around stays", "{\"p\":\"\\t|\\t\"}" },
  { "  {{d}}  {{> p}}\n", "{\"d\":\"|\"}", "  |  >\n>\n", "behind text: no indentation",
    "{\"p\":\">\\n>\"}" },
  { "|\r\n{{>p}}\r\n|", "{}", "|\r\n>|", "alone, CRLF: the line's end goes", "{\"p\":\">\"}" },
  { "  {{>p}}\n>", "{}", "  >\n  >>", "alone on the first line", "{\"p\":\">\\n>\"}" },
  { ">\n  {{>p}}", "{}", ">\n  >\n  >", "alone on the last line", "{\"p\":\">\\n>\"}" },
  { " {{>p}}\n.", "{\"c\":\"<\\n-\"}", " |\n <\n-\n |\n.",
    "its lines are indented, a value's are not", "{\"p\":\"|\\n{{{c}}}\\n|\\n\"}" },
  { " {{>p}}\n", "{\"c\":\"1\"}", " 1 2\n 1\n", "lines that begin with a tag",
    "{\"p\":\"{{c}} 2\\n{{c}}\\n\"}" },
  { " {{>p}}\n", "{\"b\":true}", " 1\n 2\n", "section tags alone give no line",
    "{\"p\":\"{{#b}}\\n1\\n{{/b}}\\n2\\n\"}" },
  { " {{>p}}\n", "{\"b\":[1,2]}", " 1\n 2\n", "each turn's lines",
    "{\"p\":\"{{#b}}\\n{{.}}\\n{{/b}}\\n\"}" },
  { " {{>p}}\n", "{}", " 1\n\n 2\n", "an empty line gets none", "{\"p\":\"1\\n\\n2\\n\"}" },
  { " {{>p}}\n", "{}", " 1\n  2\n 3\n", "indentation adds up",
    "{\"p\":\"1\\n {{>q}}\\n3\\n\",\"q\":\"2\\n\"}" },
  { "|{{> p }}|", "{\"b\":true}", "|[]|", "white space in the tag", "{\"p\":\"[]\"}" },
  { NULL },
};

static const Case parents[] = {
  { "{{$a}}default{{/a}}", "{}", "default", "a block shows what it has" },
  { "{{$a}}{{x}}{{/a}}", "{\"x\":1}", "1", "with values" },
  { "{{<p}}{{$a}}mine{{/a}}{{/p}}", "{}", "(mine)", "a parent's block is replaced",
    "{\"p\":\"({{$a}}its{{/a}})\"}" },
  { "{{<p}}{{/p}}", "{}", "(its)", "or not", "{\"p\":\"({{$a}}its{{/a}})\"}" },
  { "{{<p}}text {{$a}}mine{{/a}} text{{/p}}", "{}", "(mine)", "other text in the tag is not shown",
    "{\"p\":\"({{$a}}its{{/a}})\"}" },
  { "{{<p}}{{$a}}1{{/a}}{{/p}}{{<p}}{{$a}}2{{/a}}{{/p}}{{<p}}{{/p}}", "{}", "(1)(2)(its)",
    "each use for itself", "{\"p\":\"({{$a}}its{{/a}})\"}" },
  { "{{<p}}{{$a}}{{x}}{{/a}}{{/p}}", "{\"x\":\"out\",\"m\":{\"x\":\"in\"}}", "in",
    "a block sees the context of where it is put", "{\"p\":\"{{#m}}{{$a}}{{/a}}{{/m}}\"}" },
  { "{{<p}}{{$a}}3{{/a}}{{/p}}", "{}", "[(3)]", "through a parent in between",
    "{\"p\":\"[{{<q}}{{$a}}2{{/a}}{{/q}}]\",\"q\":\"({{$a}}1{{/a}})\"}" },
  { "{{<p}}{{$a}}x{{/a}}{{/p}}", "{}", "xx", "a block used twice",
    "{\"p\":\"{{$a}}1{{/a}}{{$a}}2{{/a}}\"}" },
  { "({{<q}}{{$a}}x{{/a}}{{/q}})", "{}", "()", "a parent that is not there" },
  { "{{<p}}\n{{$a}}\nmine\n{{/a}}\n{{/p}}\n", "{}", "1\nmine\n2\n", "all tags alone on their lines",
    "{\"p\":\"1\\n{{$a}}\\nits\\n{{/a}}\\n2\\n\"}" },
  { NULL },
};

static const Case errors[] = {
  { "a\nb {{x", "{}", "t:2:3: this tag has no end \"}}\"", "a tag without end" },
  { "ж{{{x}}", "{}", "t:1:2: this tag has no end \"}}}\"", "columns are characters" },
  { "{{#a}}", "{}", "t:1:1: \"a\" is never closed", "an open section" },
  { "{{#a}}{{/b}}", "{}", "t:1:7: \"b\" is closed while \"a\" is open", "the wrong one closed" },
  { "{{#a}}{{#b}}{{/a}}{{/b}}", "{}", "t:1:13: \"a\" is closed while \"b\" is open", "crossed" },
  { "{{/a}}", "{}", "t:1:1: \"a\" is closed but was not opened", "nothing to close" },
  { "{{}}", "{}", "t:1:1: this tag has no name", "an empty tag" },
  { "{{# }}", "{}", "t:1:1: this tag has no name", "an empty section" },
  { "{{a b}}", "{}", "t:1:1: a name has no white space in it: \"a b\"", "two words" },
  { "{{a..b}}", "{}", "t:1:1: a part of the name \"a..b\" is empty", "two dots" },
  { "{{=x=}}", "{}",
    "t:1:1: delimiters are set by two marks of at most 16 octets with a space between, and no "
    "\"=\"",
    "one delimiter" },
  { "{{= a b c =}}", "{}",
    "t:1:1: delimiters are set by two marks of at most 16 octets with a space between, and no "
    "\"=\"",
    "three delimiters" },
  { "\xFF", "{}", "t: not UTF-8", "no UTF-8" },
  { "{{>p}}", "{}", "p: rendering it takes more than 50 sections and partials in each other",
    "a partial without end", "{\"p\":\"{{>p}}\"}" },
  { "{{>p}}", "{}", "p: rendering it takes more than 50 sections and partials in each other",
    "one that doubles", "{\"p\":\"{{>p}}{{>p}}\"}" },
  { "{{<p}}{{$a}}{{$a}}{{/a}}{{/a}}{{/p}}", "{}",
    "p: rendering it takes more than 50 sections and partials in each other", "a block in itself",
    "{\"p\":\"{{$a}}{{/a}}\"}" },
  { NULL },
};

static void
test_plain (void)
{
  json_object *data = json_tokener_parse ("{\"a\":\"<&>\"}");
  g_autofree char *got = render ("{{a}}{{{a}}}", data, NULL, PD_ESCAPE_NONE);

  g_assert_cmpstr (got, ==, "<&><&>");
  json_object_put (data);
}

static void
test_bounds (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GString) long_text = g_string_new (NULL);
  g_autoptr (PdMustache) loops = NULL, wide = NULL;
  g_autoptr (PdValueTree) values_of = pd_value_new_map ();
  g_autoptr (GError) error = NULL;
  PdValueTree *list = pd_value_new_list ();

  for (int i = 0; i <= PD_MUSTACHE_MAX_DEPTH; i++)
    g_string_append (deep, "{{#a}}");
  g_assert_null (pd_mustache_parse ("t", deep->str, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
  g_clear_error (&error);

  for (int i = 0; i <= PD_MUSTACHE_MAX_SOURCE; i++)
    g_string_append_c (long_text, 'x');
  g_assert_null (pd_mustache_parse ("t", long_text->str, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
  g_clear_error (&error);

  for (int i = 0; i < 1000; i++)
    pd_value_append (list, pd_value_new_text ("x"));
  pd_value_set (values_of, "l", list);
  g_string_truncate (long_text, 10000);
  pd_value_set_text (values_of, "t", long_text->str);
  loops = pd_mustache_parse ("t", "{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}", NULL);
  wide = pd_mustache_parse ("t", "{{#l}}{{t}}{{/l}}", NULL);
  g_assert_null (pd_mustache_render (loops, values_of, PD_ESCAPE_HTML, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "texts and tags"));
  g_clear_error (&error);
  g_assert_null (pd_mustache_render (wide, values_of, PD_ESCAPE_HTML, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "octets"));
}

/* --- the official files --- */

static guint
run_spec_file (const char *path, guint *good)
{
  json_object *spec = json_object_from_file (path), *tests = NULL;
  guint n = 0;

  g_assert_nonnull (spec);
  g_assert_true (json_object_object_get_ex (spec, "tests", &tests));
  for (; n < json_object_array_length (tests); n++)
    {
      json_object *test = json_object_array_get_idx (tests, n);
      json_object *data = json_object_object_get (test, "data");
      const char *source = json_object_get_string (json_object_object_get (test, "template"));
      const char *want = json_object_get_string (json_object_object_get (test, "expected"));
      g_autofree char *got
          = render (source, data, json_object_object_get (test, "partials"), PD_ESCAPE_HTML);

      if (g_str_equal (got, want))
        {
          (*good)++;
          continue;
        }
      g_test_message ("%s: %s\n  wanted %s\n  got    %s", path,
                      json_object_get_string (json_object_object_get (test, "name")), want, got);
      g_test_fail ();
    }
  json_object_put (spec);
  return n;
}

static void
test_spec (void)
{
  static const char *const files[] = { "comments", "delimiters", "interpolation", "inverted",
                                       "partials", "sections",   "~inheritance" };
  const char *folder = g_getenv ("PD_MUSTACHE_SPEC");
  guint all = 0, good = 0;

  if (folder == NULL || *folder == '\0')
    {
      g_test_skip ("PD_MUSTACHE_SPEC does not name a folder with the official files");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *name = g_strconcat (files[i], ".json", NULL);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        all += run_spec_file (path, &good);
    }
  g_test_message ("official specification: %u of %u", good, all);
  g_assert_cmpuint (all, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/mustache/comments", comments, run_cases);
  g_test_add_data_func ("/mustache/delimiters", delimiters, run_cases);
  g_test_add_data_func ("/mustache/values", values, run_cases);
  g_test_add_data_func ("/mustache/sections", sections, run_cases);
  g_test_add_data_func ("/mustache/inverted", inverted, run_cases);
  g_test_add_data_func ("/mustache/partials", partials, run_cases);
  g_test_add_data_func ("/mustache/parents", parents, run_cases);
  g_test_add_data_func ("/mustache/errors", errors, run_cases);
  g_test_add_func ("/mustache/plain", test_plain);
  g_test_add_func ("/mustache/bounds", test_bounds);
  g_test_add_func ("/mustache/spec", test_spec);
  return g_test_run ();
}
