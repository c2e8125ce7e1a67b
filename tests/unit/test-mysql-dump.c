#include <string.h>

#include "base/error.h"
#include "base/mysql-dump.h"

/* "table(column=value;…)" for each row; a value as text, NULL as "-" */
static gboolean
write_row (const PdMysqlRow *row, gpointer data, GError **error)
{
  GString *to = data;

  g_string_append_printf (to, "%s(", row->table);
  for (guint i = 0; i < row->n; i++)
    {
      g_autofree char *text = pd_mysql_value_dup_text (&row->values[i], row->charset);

      g_string_append_printf (to, "%s%s=%s", i > 0 ? ";" : "", row->columns[i],
                              row->values[i].bytes != NULL ? text : "-");
    }
  g_string_append (to, ")");
  return TRUE;
}

/* In pieces of `step` octets.  The rows, and behind them the error if there is one. */
static char *
read_dump (const char *text, gsize length, gsize step)
{
  GString *to = g_string_new (NULL);
  g_autoptr (PdMysqlDump) dump = pd_mysql_dump_new (write_row, to);
  g_autoptr (GError) error = NULL;
  gboolean good = TRUE;

  for (gsize i = 0; good && i < length; i += step)
    good = pd_mysql_dump_feed (dump, text + i, MIN (step, length - i), &error);
  if (!good || !pd_mysql_dump_end (dump, &error))
    {
      g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
      g_string_append_printf (to, " ! %s", error->message);
    }
  return g_string_free (to, FALSE);
}

static void
test_rows (void)
{
  static const struct {
    const char *dump, *want, *why;
  } cases[] = {
    { "INSERT INTO `t` (`a`,`b`) VALUES (1,'x');", "t(a=1;b=x)", "a row with named columns" },
    { "CREATE TABLE `t` (`a` int(11) NOT NULL DEFAULT '0', `b` enum('x,y','(z') , PRIMARY KEY "
      "(`a`), KEY `k` (`b`(10)));"
      "INSERT INTO `t` VALUES (1,'x'),(2,NULL);",
      "t(a=1;b=x)t(a=2;b=-)", "columns by CREATE TABLE, several rows, NULL" },
    { "create table if not exists db.t (a int, unique (a), b text check (b <> ')')) "
      "engine=InnoDB;\n"
      "insert ignore into db.t values (1, 'x') on duplicate key update a = values(a);",
      "t(a=1;b=x)", "small letters, a database in front, no quotes" },
    { "INSERT INTO `d`.`t` (`a`) VALUES ('x');", "t(a=x)", "quoted database and table" },
    { "INSERT INTO t (a) VALUES "
      "('it''s'),('it\\'s'),('a\\\\'),('\\n|\\t|\\\"|\\%|\\_|\\q'),(\"q'\"\"q\");",
      "t(a=it's)t(a=it's)t(a=a\\)t(a=\n|\t|\"|\\%|\\_|q)t(a=q'\"q)", "escapes and doubled quotes" },
    { "INSERT INTO t (a) VALUES ('--'),('/* x */'),(');'),('# x');",
      "t(a=--)t(a=/* x */)t(a=);)t(a=# x)", "what looks like SQL in a string is text" },
    { "INSERT INTO t (a) VALUES (x'4142'),(X'41'),(0x4142),(0x141),(b'01000001'),(_binary "
      "'x'),(_utf8mb4'y'),(N'z');",
      "t(a=AB)t(a=A)t(a=AB)t(a=\001A)t(a=A)t(a=x)t(a=y)t(a=z)", "bytes in their forms" },
    { "INSERT INTO t (a) VALUES (-5),(1.5e-3),(1e+2),(.5),(''),(TRUE);",
      "t(a=-5)t(a=1.5e-3)t(a=1e+2)t(a=.5)t(a=)t(a=TRUE)", "numbers, and the empty text" },
    { "-- a comment; with 'quotes\n# another 'one\n/* and; 'one */ INSERT /* here */ INTO t (a) -- "
      "there\nVALUES (1);",
      "t(a=1)", "comments" },
    { "/*!40000 ALTER TABLE `t` DISABLE KEYS */;\n/*!50003 INSERT INTO t (a) VALUES (1) "
      "*/;\n/*M!999999\\- enable the sandbox mode */\n"
      "INSERT INTO t (a) VALUES (2);",
      "t(a=1)t(a=2)", "conditional comments are read" },
    { "DELIMITER ;;\nCREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN INSERT INTO log (a) "
      "VALUES (NEW.a); END ;;\nDELIMITER ;\n"
      "INSERT INTO t (a) VALUES (1);",
      "t(a=1)", "triggers are passed over" },
    { "/*!40101 SET NAMES latin1 */;INSERT INTO t (a) VALUES ('caf\351');", "t(a=caf\303\251)",
      "latin1" },
    { "SET NAMES cp1251;INSERT INTO t (a) VALUES ('\347\340');", "t(a=\320\267\320\260)",
      "another charset" },
    { "SET NAMES utf8mb4;INSERT INTO t (a) VALUES ('caf\303\251 \360\237\230\200'),('caf\351');",
      "t(a=caf\303\251 \360\237\230\200)t(a=caf\303\251)",
      "UTF-8, and a latin1 column that was not converted" },
    { "INSERT INTO t (a) VALUES ('a\\0b');", "t(a=ab)", "NUL is no text" },
    { "LOCK TABLES `t` WRITE; UPDATE t SET a = 'INSERT INTO t VALUES (1)'; UNLOCK TABLES;", "",
      "other statements" },
    { "CREATE VIEW v AS SELECT 1; CREATE DATABASE `d` ; USE `d`; INSERT INTO t (a) VALUES (1);",
      "t(a=1)", "other CREATEs" },
    { "CREATE TABLE s (a int); CREATE TABLE s LIKE r; INSERT INTO s VALUES (1)",
      "s(a=1) ! line 1: the file ends in the middle of a statement: it is cut off",
      "the last semicolon is missing" },
    { "", "", "an empty file" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize step = 1; step < 1000; step = step * 3 + 1)
      {
        g_autofree char *got = read_dump (cases[i].dump, strlen (cases[i].dump), step);

        g_test_message ("%s, in pieces of %" G_GSIZE_FORMAT, cases[i].why, step);
        g_assert_cmpstr (got, ==, cases[i].want);
      }
}

static void
test_faults (void)
{
  static const struct {
    const char *dump, *want, *why;
  } cases[] = {
    { "INSERT INTO t VALUES (1);", "the columns of \"t\" are not known", "no CREATE TABLE" },
    { "INSERT INTO t (a) VALUES (1,2);", "\"t\" has 1 columns, a row of it 2 values",
      "too many values" },
    { "INSERT INTO t (a) VALUES ();", "a value is missing", "an empty row" },
    { "INSERT INTO t (a,b) VALUES (1,);", "a value is missing", "a value is missing" },
    { "INSERT INTO t (a) VALUES (NOW());", "\"NOW\" is no constant", "an expression" },
    { "INSERT INTO t (a) VALUES (1+1);", "where a value ends", "another one" },
    { "INSERT INTO t SET a = 1;", "an INSERT that is none of mysqldump", "another form" },
    { "\n\nINSERT INTO t (a) VALUES ('x", "line 3: the file ends in the middle",
      "cut off in a string" },
    { "INSERT INTO t (a) VALUES (1),", "cut off", "cut off between rows" },
    { "/* x", "cut off", "cut off in a comment" },
    { "INSERT INTO t (a) VALUES (x'4g');", "are no digits", "digits that are none" },
    { "INSERT INTO t (a) VALUES (1) (2) foo;", "between the rows", "words between rows" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = read_dump (cases[i].dump, strlen (cases[i].dump), 7);

      g_test_message ("%s: %s", cases[i].why, got);
      g_assert_nonnull (strstr (got, cases[i].want));
    }
}

/* "column:type" for each, and "utc" */
static gboolean
write_types (const PdMysqlRow *row, gpointer data, GError **error)
{
  GString *to = data;

  for (guint i = 0; i < row->n; i++)
    g_string_append_printf (to, "%s:%s ", row->columns[i],
                            row->types != NULL ? row->types[i] : "?");
  g_string_append (to, row->utc ? "utc;" : ";");
  return TRUE;
}

static void
test_types (void)
{
  static const char text[]
      = "/*!40103 SET TIME_ZONE='+00:00' */;"
        "CREATE TABLE t (`a` int(11), `d` datetime DEFAULT NULL, `s` TIMESTAMP NOT NULL);"
        "INSERT INTO t VALUES (1,2,3); INSERT INTO t (`s`,`x`) VALUES (1,2);"
        "/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */; INSERT INTO u (`s`) VALUES (1);";
  g_autoptr (GString) to = g_string_new (NULL);
  g_autoptr (PdMysqlDump) dump = pd_mysql_dump_new (write_types, to);
  g_autoptr (GError) error = NULL;

  pd_mysql_dump_feed (dump, text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (to->str, ==, "a:int d:datetime s:timestamp utc;s:timestamp x: utc;s:? ;");
}

static gboolean
refuse (const PdMysqlRow *row, gpointer data, GError **error)
{
  return pd_fail (error, PD_ERROR_CONFLICT, "not now");
}

static void
test_refusal (void)
{
  static const char text[] = "\nINSERT INTO t (a) VALUES (1);";
  g_autoptr (PdMysqlDump) dump = pd_mysql_dump_new (refuse, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (pd_mysql_dump_feed (dump, text, strlen (text), &error));
  g_assert_true (pd_error_is (error, PD_ERROR_CONFLICT));
  g_assert_cmpstr (error->message, ==, "line 2: not now");
}

static void
test_bounds (void)
{
  g_autoptr (GString) text = g_string_new ("INSERT INTO t (c");
  g_autofree char *got = NULL;

  for (int i = 0; i < PD_MYSQL_DUMP_MAX_COLUMNS; i++)
    g_string_append (text, ",c");
  got = read_dump (text->str, text->len, text->len);
  g_assert_nonnull (strstr (got, "more than 1000 columns"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mysql-dump/rows", test_rows);
  g_test_add_func ("/mysql-dump/faults", test_faults);
  g_test_add_func ("/mysql-dump/types", test_types);
  g_test_add_func ("/mysql-dump/refusal", test_refusal);
  g_test_add_func ("/mysql-dump/bounds", test_bounds);
  return g_test_run ();
}
