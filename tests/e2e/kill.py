#!/usr/bin/env python3
"""Crash safety: ingest and spool are killed (SIGKILL) at random moments under load.

The senders offer again what had no 250, as an MTA does.  At the end each mail is in exactly
one ticket, and each notice reached the sink: none lost, none filed twice.  On SQLite, then on
MariaDB.

PD_KILLS is the number of kills of each program on SQLite (20; 1000 for a night); on MariaDB
half of it.  PD_DIALECT=sqlite or mariadb runs one only, with PD_KILLS.
"""
import os
import random
import shutil
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.environ.get("PD_SRCDIR", "."), "tests/lib"))
from desk import Desk, Tap, wait_for  # noqa: E402
from load import Load, check_filed, check_sent  # noqa: E402
from mariadb import MariaDb  # noqa: E402

KILLS = int(os.environ.get("PD_KILLS", "20"))
DIALECT = os.environ.get("PD_DIALECT", "")
random.seed(int(os.environ.get("PD_SEED", "1")))
tap = Tap()


def kill_ingest(desk, kills):
    desk.start_ingest()
    load = Load([desk.lmtp_port])
    for _ in range(kills):
        time.sleep(random.uniform(0.02, 0.4))
        desk.stop("postdesk-ingest", signal.SIGKILL)
        desk.start_ingest()
    load.stop()
    tap.note("%d kills; %d mails accepted in %d offers" % (kills, load.accepted(), load.offered()))
    tap.ok(load.accepted() > kills, "mail went through between the kills")
    tap.ok(not load.refused(), "no mail was refused for good")
    check_filed(tap, desk, [load])


def kill_spool(desk, kills):
    """All notices are delivered while the spooler is killed again and again."""
    desk.start_sink()
    desk.start_spool()
    for _ in range(kills):
        time.sleep(random.uniform(0.02, 0.25))
        desk.stop("postdesk-spool", signal.SIGKILL)
        desk.start_spool()
    # claims of killed spoolers end by time
    wait_for("the outbox to become empty", lambda: not desk.json("outbox", "list"), 120)
    desk.stop("postdesk-spool")
    # a kill between the server's 250 and the commit sends what was on the wire again,
    # with the same Message-ID: at most what the connections carried and what waited for the commit
    check_sent(tap, desk, doubles=kills * 200)


def kill_both(database, kills):
    with Desk(database=database, settings="\n[spool]\nlease = 3s\npoll = 100ms\n") as desk:
        try:
            kill_ingest(desk, kills)
            if not database:
                check = desk.rows("PRAGMA integrity_check")
                tap.ok(check == [["ok"]], "the database is sound: %s" % check)
            desk.stop("postdesk-ingest")
            kill_spool(desk, kills)
        except Exception:
            desk.note_logs(tap)
            raise


if DIALECT in ("", "sqlite"):
    kill_both(None, KILLS)
if DIALECT in ("", "mariadb") and shutil.which("mariadbd", path="/usr/sbin:/usr/bin"):
    tap.note("the same on MariaDB")
    with MariaDb(durable=True) as server:
        kill_both(server.url, KILLS if DIALECT else (KILLS + 1) // 2)
elif DIALECT != "sqlite":
    tap.ok(True, "the same on MariaDB # SKIP mariadbd is not installed")
tap.done()
