# mariadb.sh - the same for shell tests: `. "$PD_SRCDIR/tests/lib/mariadb.sh"`.
#
#   mariadb_start FOLDER [OPTION…]  0: MARIADB_SOCKET and MARIADB_PID are set; 1: MARIADB_WHY_NOT
#   mariadb_url DATABASE            makes an empty database, prints the URL for postdesk.conf
#   mariadb_kill                    SIGKILL, as a power cut
#   mariadb_revive                  starts it again on the same data
#   mariadb_stop                    ends it; the folder is the caller's
#
# Commits are durable, unlike in the unit tests.

mariadb_find () {
  command -v "$1" 2> /dev/null || { test -x "/usr/sbin/$1" && echo "/usr/sbin/$1"; }
}

mariadb_client () {
  mariadb --no-defaults --default-character-set=utf8mb4 -u root -S "$MARIADB_SOCKET" "$@"
}

mariadb_start () {
  MARIADB_FOLDER=$1
  shift
  MARIADB_OPTIONS=$*
  MARIADB_SOCKET=$MARIADB_FOLDER/s
  MARIADB_WHY_NOT="mariadbd is not installed"
  MARIADB_PROGRAM=`mariadb_find mariadbd` || return 1
  mariadb_find mariadb-install-db > /dev/null || return 1
  MARIADB_WHY_NOT="mariadbd does not start, see $MARIADB_FOLDER/install.log and log"
  mkdir -p "$MARIADB_FOLDER" &&
    mariadb-install-db --no-defaults --datadir="$MARIADB_FOLDER/data" --tmpdir="$MARIADB_FOLDER" --user="`id -un`" \
      --auth-root-authentication-method=normal --skip-test-db > "$MARIADB_FOLDER/install.log" 2>&1 &&
    mariadb_revive
}

mariadb_revive () {
  "$MARIADB_PROGRAM" --no-defaults --datadir="$MARIADB_FOLDER/data" --tmpdir="$MARIADB_FOLDER" --socket="$MARIADB_SOCKET" \
    --pid-file="$MARIADB_FOLDER/pid" --log-error="$MARIADB_FOLDER/log" --user="`id -un`" \
    --skip-networking --skip-log-bin --performance-schema=off $MARIADB_OPTIONS \
    > /dev/null 2>&1 &
  MARIADB_PID=$!
  while ! mariadb_client -e 'SELECT 1' > /dev/null 2>&1; do
    kill -0 "$MARIADB_PID" 2> /dev/null || return 1
    sleep 0.1
  done
}

mariadb_url () {
  mariadb_client -e "CREATE OR REPLACE DATABASE $1" &&
    echo "mysql://root@localhost/$1?socket=$MARIADB_SOCKET"
}

mariadb_kill () {
  kill -KILL "$MARIADB_PID" 2> /dev/null
  wait "$MARIADB_PID" 2> /dev/null
  return 0
}

mariadb_stop () {
  kill "$MARIADB_PID" 2> /dev/null
  wait "$MARIADB_PID" 2> /dev/null
  return 0
}
