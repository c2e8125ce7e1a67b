#!/usr/bin/env python3
"""How fast mail becomes tickets, beside what this machine and Dovecot can do, in one run.

    tests/bench/lmtp.py [--mails N] [--database sqlite|mariadb|both] [--fill N] [--skip-dovecot]

Prints: fsync rate; SQLite's rate for bare group commits of the rows that a mail makes; Dovecot's
LMTP rate into a maildir; postdesk's rate with 10 and 50 sessions, new tickets and half replies,
and its resident memory.  With --fill N also the cost of a mail at 1,000 tickets and at N.
Figures are for comparing inside of one run; the machine's mood moves them all.
"""
import argparse
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ.get("PD_SRCDIR", "."), "tests/lib"))
from desk import Desk, answers, free_port, wait_for  # noqa: E402

SOURCE = "/usr/sbin/smtp-source"


def say(text, rate, unit="mails/s", note=""):
    print("%-58s %9.0f %s  %s" % (text, rate, unit, note), flush=True)


def fsync_rate(seconds=1.0):
    with tempfile.NamedTemporaryFile() as f:
        n, start = 0, time.monotonic()
        while time.monotonic() - start < seconds:
            os.pwrite(f.fileno(), b"x" * 4096, 0)
            os.fsync(f.fileno())
            n += 1
        return n / (time.monotonic() - start)


def bare_commits(desk, batch=64, mails=6400):
    """The rows of one mail, inserted again and again under new ids, `batch` mails a commit."""
    source = sqlite3.connect(os.path.join(desk.folder, "desk.db"))
    target = sqlite3.connect(os.path.join(desk.folder, "bare.db"), isolation_level=None)
    target.execute("PRAGMA journal_mode = WAL")
    target.execute("PRAGMA synchronous = FULL")
    target.execute("PRAGMA cache_size = -16000")
    target.execute("PRAGMA wal_autocheckpoint = 4000")
    for (sql,) in source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"):
        target.execute(sql)
    mail_tables = ("raw", "ticket", "message", "event", "inbound", "outbox")
    rows = []
    for table in mail_tables:
        columns = [c[1] for c in source.execute("PRAGMA table_info(%s)" % table)]
        for row in source.execute("SELECT * FROM %s ORDER BY rowid DESC LIMIT %d" % (table, 2 if table == "outbox" else 1)):
            rows.append((table, columns, row))
    unique = {"id", "number", "raw_id", "dedupe"}
    start = time.monotonic()
    serial = 1
    for done in range(0, mails, batch):
        target.execute("BEGIN IMMEDIATE")
        for _ in range(batch):
            serial += 10
            for k, (table, columns, row) in enumerate(rows):
                values = [("%064d" % serial if c == "dedupe" else serial + k) if c in unique else v
                          for c, v in zip(columns, row)]
                target.execute("INSERT INTO %s VALUES (%s)" % (table, ",".join("?" * len(values))), values)
        target.execute("COMMIT")
    rate = mails / (time.monotonic() - start)
    source.close()
    target.close()
    return rate, len(rows)


def smtp_source(port, mails, sessions, recipient, subject=None, sender="client@client.example"):
    """Seconds that smtp-source needs to deliver `mails` of 5 KB by LMTP."""
    command = [SOURCE, "-L", "-4", "-d", "-s", str(sessions), "-m", str(mails), "-l", "5000", "-f", sender, "-t", recipient]
    command += ["-S", subject] if subject else []
    return subprocess.Popen(command + ["inet:127.0.0.1:%d" % port], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def timed(port, parts):
    """Runs smtp-source once for each of parts (mails, sessions, recipient, subject); mails a second."""
    start = time.monotonic()
    children = [smtp_source(port, *part) for part in parts]
    for child in children:
        _, complaint = child.communicate()
        if child.returncode:
            raise RuntimeError("smtp-source: " + complaint.decode()[-300:])
    return sum(p[0] for p in parts) / (time.monotonic() - start)


DOVECOT = """
base_dir = %(folder)s/run
state_dir = %(folder)s/state
log_path = %(folder)s/log
protocols = lmtp
ssl = no
listen = 127.0.0.1
default_internal_user = dovecot
default_login_user = dovenull
mail_location = maildir:%(folder)s/mail/%%u
mail_home = %(folder)s/home/%%u
first_valid_uid = 1
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=mail gid=mail
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = %(port)d
  }
  process_min_avail = 10
  client_limit = 1
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
"""


class Dovecot:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="postdesk-dovecot-")
        self.port = free_port()
        os.chmod(self.folder, 0o755)
        for name in ("mail", "home"):
            os.mkdir(os.path.join(self.folder, name))
            shutil.chown(os.path.join(self.folder, name), "mail", "mail")
        conf = os.path.join(self.folder, "dovecot.conf")
        with open(conf, "w") as f:
            f.write(DOVECOT % {"folder": self.folder, "port": self.port})
        self.child = subprocess.Popen(["dovecot", "-F", "-c", conf], stderr=subprocess.DEVNULL)
        wait_for("Dovecot to answer", lambda: answers(self.port), 15)

    def close(self):
        self.child.terminate()
        try:
            self.child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def bench_dovecot(mails):
    dovecot = Dovecot()
    try:
        timed(dovecot.port, [(50, 10, "client@localhost", None)])
        rates = [timed(dovecot.port, [(mails, s, "client@localhost", None)]) for s in (10, 50)]
        for sessions, rate in zip((10, 50), rates):
            say("Dovecot LMTP into a maildir, %d sessions" % sessions, rate)
        return max(rates)
    finally:
        dovecot.close()


def resident(pid):
    with open("/proc/%d/status" % pid) as f:
        found = dict(re.findall(r"(VmHWM|VmRSS):\s*(\d+) kB", f.read()))
    return int(found["VmHWM"]) / 1024, int(found["VmRSS"]) / 1024


def to_support(mails, sessions, subject=None):
    return (mails, sessions, "support@desk.example", subject)


def bench_desk(name, database, mails, dovecot, fill):
    with Desk(database=database, settings="\n[log]\nlevel = warning\n") as desk:
        child = desk.start_ingest()
        timed(desk.lmtp_port, [to_support(1000, 10)])
        for sessions in (10, 50):
            rate = timed(desk.lmtp_port, [to_support(mails, sessions)])
            say("postdesk on %s, new tickets, %d sessions" % (name, sessions), rate,
                note="%.1f x Dovecot" % (rate / dovecot) if dovecot else "")
        parts = [to_support(mails // 2, 25)]
        parts += [to_support(mails // 10, 5, "Re: [TEST #%d] again" % number) for number in range(1, 6)]
        rate = timed(desk.lmtp_port, parts)
        say("postdesk on %s, half replies, 50 sessions" % name, rate,
            note="%.1f x Dovecot" % (rate / dovecot) if dovecot else "")
        peak, now = resident(child.pid)
        say("postdesk-ingest on %s, resident memory, peak" % name, peak, "MB", "now %.0f MB" % now)
        if name == "SQLite":
            rate, rows = bare_commits(desk)
            say("SQLite, bare group commits of a mail's %d rows" % rows, rate)
        desk.stop("postdesk-ingest")
    if fill:
        bench_growth(name, database and database.replace("/desk?", "/growth?"), fill)


def bench_growth(name, database, fill):
    """The cost of a mail in a desk with 1,000 tickets and with `fill`; each the best of five."""
    with Desk(database=database, settings="\n[log]\nlevel = warning\n") as desk:
        desk.start_ingest()

        def best():
            return max(timed(desk.lmtp_port, [to_support(1000, 20)]) for _ in range(5))

        timed(desk.lmtp_port, [to_support(1000, 20)])
        few = best()
        timed(desk.lmtp_port, [to_support(fill - 6000, 50)])
        many = best()
        say("postdesk on %s from 1,000 tickets on" % name, few)
        say("postdesk on %s from %d tickets on" % (name, fill), many, note="a mail costs %.2f times as much" % (few / many))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--mails", type=int, default=10000)
    arguments.add_argument("--database", choices=("sqlite", "mariadb", "both"), default="both")
    arguments.add_argument("--fill", type=int, default=0)
    arguments.add_argument("--skip-dovecot", action="store_true")
    options = arguments.parse_args()
    say("fsync of one 4 KB page", fsync_rate(), "per second")
    dovecot = None if options.skip_dovecot else bench_dovecot(min(options.mails, 3000))
    if options.database in ("sqlite", "both"):
        bench_desk("SQLite", None, options.mails, dovecot, options.fill)
    if options.database in ("mariadb", "both"):
        from mariadb import MariaDb
        with MariaDb(durable=True) as server:
            server.create("growth")
            bench_desk("MariaDB", server.url, options.mails, dovecot, options.fill)


main()
