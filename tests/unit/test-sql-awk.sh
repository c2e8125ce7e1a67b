#!/bin/sh
# build-aux/sql.awk: what it makes, and what it says about a mistake; by every
# awk that is here.
: "${PD_SRCDIR:=.}"
script=`cd "$PD_SRCDIR" && pwd`/build-aux/sql.awk
work=`mktemp -d` || exit 99
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
mkdir -p migrate
count=0

report () { # STATUS WHY
  count=`expr $count + 1`
  test "$1" -eq 0 && echo "ok $count - $awk: $2" || echo "not ok $count - $awk: $2"
}

# The text on standard input must be refused with the message.
refuses () { # MESSAGE WHY
  cat > a.sql
  ! "$awk" -v part=code -f "$script" a.sql > out.c 2> err && grep -F -e "$1" err > seen
  report $? "$2"
  test -s seen || sed 's/^/# /' err
}

makes () { # LINE WHY
  cat > a.sql
  "$awk" -v part=code -f "$script" a.sql > out.c 2> err && grep -F -e "$1" out.c > seen
  report $? "$2"
  test -s seen || sed 's/^/# /' err out.c
}

all () {
  refuses 'a.sql:1: text before any' 'a text without a name' << 'END'
SELECT 1;
END
  refuses 'a.sql:3: statement a is there already, at a.sql:1' 'a name twice' << 'END'
-- name: a
SELECT 1;
-- name: a
SELECT 2;
END
  refuses 'a.sql:1: statement a has no text' 'no text' << 'END'
-- name: a
-- out: x int
END
  refuses 'a.sql:2: statement a has 1 ? but 2 values in "in"' 'too few marks' << 'END'

-- name: a
-- in: x int, y text (one, two)
SELECT ?;
END
  refuses 'unknown type "number"' 'a type that there is not' << 'END'
-- name: a
-- in: x number
SELECT ?;
END
  refuses 'is not a name and a type' 'a type forgotten' << 'END'
-- name: a
-- in: x
SELECT ?;
END
  refuses 'a.sql:1: statement a has no text for mariadb' 'one dialect forgotten' << 'END'
-- name: a [sqlite]
SELECT 1;
END
  refuses 'in, out and plan of a stand once, at a.sql:1' 'types twice' << 'END'
-- name: a [sqlite]
-- out: x int
SELECT 1;
-- name: a [mariadb]
-- out: x int
SELECT 1;
END
  refuses 'after the name comes' 'a dialect that there is not' << 'END'
-- name: a [oracle]
SELECT 1;
END
  refuses 'numbered parameters' 'numbers work in one database only' << 'END'
-- name: a
-- in: x int
SELECT ?1;
END
  refuses 'plan: "by magic"' 'a plan in other words' << 'END'
-- name: a
-- plan: by magic
SELECT 1;
END
  makes '{ "a_1", "itb", "i", "uses x, primary key of t, scans u (it is, say, small)",' 'all fields' << 'END'
-- A comment for the reader.

-- name: a_1
-- in:   x int (the "first"), y text,
--       z blob
-- out:  n int
-- plan: uses x, primary key of t, scans u (it is, say, small)
SELECT COUNT(*) FROM t -- isn't counted: ?
  WHERE a = ? AND b = '?' AND c = ? AND "?" = ?;
END
  makes '{ "SELECT 1 -- lite",' 'dialects part' << 'END'
-- name: a [sqlite]
-- out: n int
SELECT 1 -- lite;
-- name: a [mariadb]
SELECT 2;
END
  makes '"SELECT '"'"'\\ \"'"'"'"' 'quotes and backslashes' << 'END'
-- name: a
SELECT '\ "';
END
  cat > migrate/0001-one.sql << 'END'
CREATE TABLE t (
  id BIGINT PRIMARY KEY, other BIGINT
);
-- [sqlite]
ONLY LITE;
-- [mariadb]
ONLY MARIA;
-- [both]
BOTH;
END
  "$awk" -v part=code -f "$script" migrate/0001-one.sql > out.c 2> err
  tr -d '\n' < out.c | sed 's/\\n" *"/|/g' > line
  grep -F '"CREATE TABLE t (|  id INTEGER PRIMARY KEY, other BIGINT|);|ONLY LITE;|BOTH;|"' line > seen &&
    grep -F '"CREATE TABLE t (|  id BIGINT PRIMARY KEY, other BIGINT|) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;|ONLY MARIA;|BOTH;|"' line > seen
  report $? 'a step, in both dialects'
  cp migrate/0001-one.sql migrate/0003-three.sql
  ! "$awk" -v part=code -f "$script" migrate/0001-one.sql migrate/0003-three.sql > out.c 2> err &&
    grep -F 'step 2 is missing' err > seen
  report $? 'a step is missing'
}

for awk in awk mawk gawk original-awk; do
  command -v $awk > /dev/null 2>&1 && all
done
echo "1..$count"
