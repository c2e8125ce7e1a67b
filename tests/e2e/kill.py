#!/usr/bin/env python3
"""Crash safety: ingest and spool are killed (SIGKILL) at random moments under load.

The senders offer again what had no 250, as an MTA does.  At the end each mail is in exactly
one ticket, and each notice reached the sink: none lost, none filed twice.

PD_KILLS is the number of kills of each program (20; 1000 for a night).
"""
import collections
import os
import random
import re
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ.get("PD_SRCDIR", "."), "tests/lib"))
from desk import Desk, Lmtp, Tap, mail, wait_for  # noqa: E402

KILLS = int(os.environ.get("PD_KILLS", "20"))
SENDERS = 6
random.seed(int(os.environ.get("PD_SEED", "1")))
tap = Tap()


class Sender(threading.Thread):
    """Sends numbered mails until it is told to stop; keeps each until it got 250."""

    def __init__(self, desk, name, stop):
        super().__init__(daemon=True)
        self.desk, self.name, self.stop = desk, name, stop
        self.accepted, self.offered, self.refused = 0, 0, []

    def deliver(self, number):
        tag = "kill-%s-%d" % (self.name, number)
        text = mail("Client %s <client%s@client.example>" % (self.name, self.name), "support@desk.example",
                    "Mail " + tag, "Text of %s\n" % tag * 20, tag + "@client.example")
        while True:
            client = None
            try:
                client = Lmtp(self.desk.lmtp_port)
                self.offered += 1
                code, reply = client.send("client@client.example", ["support@desk.example"], text)[0]
                if code == 250:
                    self.accepted += 1
                    return
                if code >= 500:
                    self.refused.append(reply)
                    return
            except OSError:
                pass
            finally:
                if client:
                    client.close()
            time.sleep(0.02)

    def run(self):
        number = 0
        while not self.stop.is_set():
            number += 1
            self.deliver(number)


def kill_ingest(desk):
    stop = threading.Event()
    senders = [Sender(desk, chr(ord("a") + i), stop) for i in range(SENDERS)]
    desk.start_ingest()
    for sender in senders:
        sender.start()
    for _ in range(KILLS):
        time.sleep(random.uniform(0.02, 0.4))
        desk.stop("postdesk-ingest", signal.SIGKILL)
        desk.start_ingest()
    stop.set()
    for sender in senders:
        sender.join(60)
    accepted = sum(s.accepted for s in senders)
    tap.note("%d kills; %d mails accepted in %d offers" % (KILLS, accepted, sum(s.offered for s in senders)))
    tap.ok(accepted > KILLS, "mail went through between the kills")
    tap.ok(not any(s.refused for s in senders), "no mail was refused for good")
    return senders


def tickets_by_subject(desk):
    """Subjects of all tickets with how often each occurs, read through the command."""
    import sqlite3
    with sqlite3.connect(os.path.join(desk.folder, "desk.db")) as db:
        subjects = collections.Counter(row[0] for row in db.execute("SELECT subject FROM ticket"))
        outcomes = collections.Counter(dict(db.execute("SELECT outcome, COUNT(*) FROM inbound GROUP BY outcome")))
        check = db.execute("PRAGMA integrity_check").fetchone()[0]
        numbers = [row[0] for row in db.execute("SELECT number FROM ticket ORDER BY number")]
        return subjects, outcomes, check, numbers


def check_tickets(desk, senders):
    subjects, outcomes, integrity, numbers = tickets_by_subject(desk)
    want = {"Mail kill-%s-%d" % (s.name, n) for s in senders for n in range(1, s.accepted + 1)}
    lost = want - set(subjects)
    twice = [s for s, n in subjects.items() if n > 1]
    tap.note("outcomes: %s" % dict(outcomes))
    tap.ok(not lost, "no accepted mail is lost (%d lost)" % len(lost))
    tap.ok(not twice, "no mail made two tickets (%d did)" % len(twice))
    tap.ok(integrity == "ok", "the database is sound: %s" % integrity)
    tap.ok(numbers == list(range(1, len(numbers) + 1)), "ticket numbers have no gaps")
    return len(subjects)


def kill_spool(desk):
    """All notices are delivered while the spooler is killed again and again."""
    desk.start_sink()
    desk.start_spool()

    def rest():
        # leases of killed spoolers end by time; retrying them by hand is what an administrator would do
        return len(desk.json("outbox", "list"))

    kills = 0
    while kills < KILLS:
        time.sleep(random.uniform(0.02, 0.25))
        desk.stop("postdesk-spool", signal.SIGKILL)
        desk.start_spool()
        kills += 1
    wait_for("the outbox to become empty", lambda: rest() == 0, 120)
    desk.stop("postdesk-spool")
    return kills


def check_notices(desk, kills):
    import sqlite3
    with sqlite3.connect(os.path.join(desk.folder, "desk.db")) as db:
        states = dict(db.execute("SELECT state, COUNT(*) FROM outbox GROUP BY state"))
        total = db.execute("SELECT COUNT(*) FROM outbox").fetchone()[0]
    ids = collections.Counter()
    for raw in desk.sunk():
        found = re.search(rb"(?im)^message-id:\s*<([^>]+)>", raw)
        ids[found.group(1)] += 1
    doubles = sum(n - 1 for n in ids.values())
    tap.note("%d kills; %d notices, %d different ones caught, %d sent twice" % (kills, total, len(ids), doubles))
    tap.ok(states == {"sent": total}, "every notice is accounted for as sent: %s" % states)
    tap.ok(len(ids) == total, "every notice reached the sink (%d of %d)" % (len(ids), total))
    # a kill between the server's 250 and the commit sends what was on the wire again,
    # with the same Message-ID: at most what the connections carried and what waited for the commit
    tap.ok(doubles <= kills * 200, "what was sent twice stays within the stated window")


with Desk(settings="\n[spool]\nlease = 3s\npoll = 100ms\n") as desk:
    try:
        sent_by = kill_ingest(desk)
        check_tickets(desk, sent_by)
        desk.stop("postdesk-ingest")
        check_notices(desk, kill_spool(desk))
    except Exception:
        for program in ("postdesk-ingest", "postdesk-spool"):
            if os.path.exists(os.path.join(desk.folder, program + ".log")):
                tap.note(desk.log(program)[-3000:])
        raise
tap.done()
