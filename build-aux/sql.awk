# sql.awk - turns db/*.sql and db/migrate/*.sql into lib/store/sql.h and sql.c.
#
#   awk -f sql.awk -v part=header|code FILE…
#
# A file below db/migrate/ is a step of the migration; any other holds named
# statements:
#
#   -- name: ticket_by_message_id          or  name [sqlite], name [mariadb]
#   -- in:   message_id text (without <>), unit_id int
#   -- out:  ticket_id int
#   -- plan: uses message_by_message_id
#   SELECT ticket_id FROM message WHERE message_id = ? AND unit_id = ?;
#
# Types are int, text and blob.  `in` and `out` go on in lines that begin with
# "--" and at least two blanks.  The plan is a list, with commas, of
# `uses INDEX`, `primary key` (of TABLE) and `scans TABLE (reason)`.  Where the
# dialects part, `in`, `out` and `plan` stand at the first of the two texts.
#
# In a step, a line `-- [sqlite]` or `-- [mariadb]` begins a part for one
# dialect, `-- [both]` ends it.  A CREATE TABLE stands once for both: in SQLite
# BIGINT PRIMARY KEY becomes INTEGER PRIMARY KEY, which is the row id and saves
# an index; in MariaDB the closing line, `);`, gets engine and collation.
#
# For any awk of POSIX, mawk too.

function die(text) {
  print where ": " text > "/dev/stderr"
  failed = 1
  exit 1
}

function trim(text) {
  sub (/^[ \t]+/, "", text)
  sub (/[ \t]+$/, "", text)
  return text
}

function quote(text) {
  gsub (/\\/, "&&", text) # not "\\\\": the awks differ in what that is
  gsub (/"/, "\\\"", text)
  gsub (/\n/, "\\n\"\n    \"", text)
  return "\"" text "\""
}

function without_remarks(text) {
  while (sub (/\([^()]*\)/, "", text))
    ;
  return trim(text)
}

# "a int, b text (why, so)" -> "it"
function types_of(list, key,    n, i, items, words, letters) {
  list = without_remarks(list)
  if (list == "" || list == "none")
    return ""
  n = split (list, items, ",")
  letters = ""
  for (i = 1; i <= n; i++) {
    if (split (trim(items[i]), words, /[ \t]+/) != 2)
      die(key ": \"" trim(items[i]) "\" is not a name and a type")
    if (words[2] != "int" && words[2] != "text" && words[2] != "blob")
      die(key ": unknown type \"" words[2] "\"; int, text or blob")
    letters = letters substr (words[2], 1, 1)
  }
  return letters
}

function count_marks(body,    n, i, lines, marks) {
  n = split (body, lines, "\n")
  body = ""
  for (i = 1; i <= n; i++) {
    sub (/--[ \t].*$/, "", lines[i])
    body = body lines[i] "\n"
  }
  gsub (/'[^']*'/, "", body)
  gsub (/"[^"]*"/, "", body)
  if (body ~ /\?[0-9]/)
    die("numbered parameters work in SQLite only")
  marks = gsub (/\?/, "", body)
  return marks
}

function check_plan(list,    n, i, items, item) {
  n = split (without_remarks(list), items, ",")
  for (i = 1; i <= n; i++) {
    item = trim(items[i])
    if (item !~ /^(uses +)?[a-z_0-9]+$/ && item !~ /^(uses +)?primary key( of [a-z_0-9]+)?$/ \
        && item !~ /^scans +[a-z_0-9]+$/)
      die("plan: \"" item "\" is none of: uses INDEX, primary key, scans TABLE (reason)")
  }
}

# The first text of a statement brings its types and plan.
function enter_statement() {
  number[name] = n_statements
  names[n_statements++] = name
  place[name] = start
  given_in[name] = field["in"]
  given_out[name] = field["out"]
  in_types[name] = types_of(field["in"], "in")
  out_types[name] = types_of(field["out"], "out")
  plan[name] = field["plan"] == "none" ? "" : field["plan"]
  if (plan[name] != "")
    check_plan(plan[name])
}

# The statement that was being read is complete.
function end_statement(    d, marks) {
  if (name == "")
    return
  where = start
  sub (/;[ \t\n]*$/, "", body)
  if (trim(body) == "")
    die("statement " name " has no text")
  for (d in dialects)
    if ((dialect == "" || d == dialect) && (name, d) in sql)
      die("statement " name " is there already, at " place[name])
  if (!(name in number))
    enter_statement()
  else if (field["in"] field["out"] field["plan"] != "")
    die("in, out and plan of " name " stand once, at " place[name])
  marks = count_marks(body)
  if (marks != length (in_types[name]))
    die("statement " name " has " marks " ? but " length (in_types[name]) " values in \"in\"")
  for (d in dialects)
    if (dialect == "" || d == dialect)
      sql[name, d] = body
  name = ""
}

function end_file() {
  end_statement()
  if (in_table)
    die("a CREATE TABLE ends with a line that begins with \")\"")
}

function begin_name(value,    words, n) {
  end_statement()
  where = start = FILENAME ":" FNR
  n = split (value, words, /[ \t]+/)
  name = words[1]
  dialect = ""
  if (n > 1) {
    dialect = words[2]
    gsub (/\[|\]/, "", dialect)
    if (n > 2 || !(dialect in dialects) || words[2] != "[" dialect "]")
      die("after the name comes [sqlite], [mariadb] or nothing")
  }
  if (name !~ /^[a-z][a-z0-9_]*$/)
    die("\"" name "\" is no name: small letters, digits, _")
  field["in"] = field["out"] = field["plan"] = ""
  current = ""
  body = ""
}

function field_line(line,    key) {
  key = line
  sub (/^-- */, "", key)
  sub (/:.*$/, "", key)
  sub (/^-- *[a-z]+:[ \t]*/, "", line)
  if (key == "name") {
    begin_name(trim(line))
    return
  }
  if (name == "")
    die(key ": stands before any name")
  if (body != "")
    die(key ": stands after the text of " name)
  current = key
  field[key] = trim(line)
}

function statement_line(line) {
  if (line ~ /^-- *(name|in|out|plan):/)
    field_line(line)
  else if (line ~ /^--  / && current != "")
    field[current] = field[current] " " trim(substr (line, 3))
  else if (line ~ /^[ \t]*--/)
    current = ""
  else if (trim(line) != "") {
    if (name == "")
      die("text before any \"-- name:\"")
    current = ""
    body = body (body == "" ? "" : "\n") line
  }
}

function add_to_step(d, line) {
  step_text[n_steps, d] = step_text[n_steps, d] line "\n"
}

function part_line(line) {
  gsub (/[- \t]|\[|\]/, "", line)
  if (line != "both" && !(line in dialects))
    die("a part is [sqlite], [mariadb] or [both]")
  dialect = line == "both" ? "" : line
}

function step_line(line,    sqlite, mariadb) {
  if (line ~ /^-- *\[[a-z]+\][ \t]*$/) {
    part_line(line)
    return
  }
  if (line ~ /^[ \t]*--/ || trim(line) == "")
    return
  sqlite = mariadb = line
  if (line ~ /^CREATE TABLE/)
    in_table = 1
  if (in_table)
    sub (/BIGINT (NOT NULL )?PRIMARY KEY/, "INTEGER PRIMARY KEY", sqlite)
  if (in_table && line ~ /^\)/) {
    sub (/^\)/, ") ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin", mariadb)
    in_table = 0
  }
  if (dialect != "mariadb")
    add_to_step("sqlite", sqlite)
  if (dialect != "sqlite")
    add_to_step("mariadb", mariadb)
}

function begin_step(    file) {
  file = FILENAME
  sub (/^.*\//, "", file)
  sub (/\.sql$/, "", file)
  if (file !~ /^[0-9][0-9][0-9][0-9]-[a-z0-9-]+$/)
    die("a step is named NNNN-name.sql")
  n_steps++
  if (substr (file, 1, 4) + 0 != n_steps)
    die("step " n_steps " is missing, or the steps are out of order")
  step_name[n_steps] = file
  step_text[n_steps, "sqlite"] = step_text[n_steps, "mariadb"] = ""
  dialect = ""
}

function comment_safe(text) {
  gsub (/\*\//, "* /", text)
  gsub (/\/\*/, "/ *", text)
  return text == "" ? "none" : text
}

function print_header(    i, s) {
  print "/* sql.h - the names of the statements in the folder db; made by build-aux/sql.awk. */"
  print "#pragma once\n"
  print "typedef enum {"
  for (i = 0; i < n_statements; i++) {
    s = names[i]
    printf "  /* in: %s; out: %s */\n", comment_safe(given_in[s]), comment_safe(given_out[s])
    printf "  PD_SQL_%s,\n", toupper (s)
  }
  print "  PD_SQL_COUNT"
  print "} PdSqlId;"
}

function print_code(    i, s) {
  print "/* made by build-aux/sql.awk from the folder db */"
  print "#include \"store/statement.h\"\n"
  print "const PdSqlStatement pd_sql_statements[] = {"
  for (i = 0; i < n_statements; i++) {
    s = names[i]
    printf "  { %s, %s, %s, %s,\n    { %s,\n    %s } },\n", quote(s), quote(in_types[s]), \
      quote(out_types[s]), quote(plan[s]), quote(sql[s, "sqlite"]), quote(sql[s, "mariadb"])
  }
  print "  { 0 }\n};\n"
  print "const unsigned pd_sql_n_statements = PD_SQL_COUNT;\n"
  print "const PdSqlStep pd_sql_steps[] = {"
  for (i = 1; i <= n_steps; i++)
    printf "  { %d, %s,\n    { %s,\n    %s } },\n", i, quote(step_name[i]), \
      quote(step_text[i, "sqlite"]), quote(step_text[i, "mariadb"])
  print "  { 0 }\n};\n"
  printf "const unsigned pd_sql_n_steps = %d;\n", n_steps
}

BEGIN {
  dialects["sqlite"]
  dialects["mariadb"]
  name = ""
  n_statements = n_steps = 0
}

FNR == 1 {
  end_file()
  where = FILENAME ":1"
  is_step = FILENAME ~ /(^|\/)migrate\//
  if (is_step)
    begin_step()
}

{
  sub (/\r$/, "")
  where = FILENAME ":" FNR
  if (is_step)
    step_line($0)
  else
    statement_line($0)
}

END {
  if (failed)
    exit 1
  end_file()
  for (i = 0; i < n_statements; i++)
    for (d in dialects)
      if (!((names[i], d) in sql)) {
        where = place[names[i]]
        die("statement " names[i] " has no text for " d)
      }
  if (part == "header")
    print_header()
  else
    print_code()
}
