#!/usr/bin/env python3
"""Two clock daemons on one database: each SLA warning and breach is told exactly once, also
when one of them is killed again and again, and a wait ends at its date.  On SQLite, then on MariaDB.
"""
import collections
import json
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.environ.get("PD_SRCDIR", "."), "tests/lib"))
from desk import Desk, Tap, wait_for  # noqa: E402
from mariadb import MariaDb  # noqa: E402

TICKETS = int(os.environ.get("PD_TICKETS", "12"))
LIMIT = 8  # seconds to the first take
random.seed(1)
tap = Tap()


def told(desk):
    """(ticket, kind, clock, percent) -> how often the history tells of it."""
    rows = desk.rows("SELECT ticket_id, kind, data FROM event WHERE kind LIKE 'sla-%'")
    facts = [(str(ticket), kind, json.loads(data)) for ticket, kind, data in rows]
    return collections.Counter((t, k, d["clock"], d["percent"]) for t, k, d in facts)


def notices(desk, event):
    return int(desk.rows("SELECT COUNT(*) FROM outbox WHERE event = '%s'" % event)[0][0])


def check_told(desk):
    found = told(desk)
    each = collections.Counter((kind, percent) for _, kind, _, percent in found)
    tap.note(dict(each))
    tap.ok(each["sla-breach", 100] == TICKETS, "each ticket is breached")
    tap.ok(all(n == 1 for n in found.values()), "nothing is told twice")
    tap.ok(all(n <= TICKETS for n in each.values()) and each["sla-warning", 50] + each["sla-warning", 80] >= TICKETS,
           "each was warned of before")
    tap.ok(notices(desk, "sla-breach") == TICKETS * 1, "one agent gets one notice of each breach")
    tap.ok(notices(desk, "sla-warning") == each["sla-warning", 50] + each["sla-warning", 80],
           "and one of each warning")


def run(database):
    with Desk(database=database, settings="\n[clock]\npoll = 100ms\nbatch = 3\n") as desk:
        try:
            desk.run("plan", "add", "gold", "--reaction", "%ds" % LIMIT)
            for name in ("one", "two"):
                desk.start("postdesk-clock", "-c", desk.conf, name=name)
            for n in range(1, TICKETS + 1):
                desk.run("ticket", "create", "--unit", "support", "--from", "c%d@client.example" % n,
                         "--subject", "number %d" % n, "--text", "text")
                desk.run("ticket", "plan", str(n), "gold")
            end = time.monotonic() + 2 * LIMIT
            while time.monotonic() < end and sum(told(desk).values()) < 3 * TICKETS:
                time.sleep(random.uniform(0.05, 0.3))
                desk.stop("two", signal.SIGKILL)
                desk.start("postdesk-clock", "-c", desk.conf, name="two")
            wait_for("all breaches", lambda: sum(k[1] == "sla-breach" for k in told(desk)) == TICKETS)
            check_told(desk)
            tap.ok(not desk.rows("SELECT id FROM timer WHERE kind = 'sla'"), "no timer is left")
            clocks = desk.json("ticket", "show", "1")["clocks"]
            tap.ok(len(clocks) == 1 and clocks[0]["name"] == "reaction" and clocks[0]["breached"],
                   "the ticket shows its clock")
            sla = desk.json("ticket", "sla", "1")
            tap.ok([c["name"] for c in sla] == ["reaction", "work", "deadline"] and sla[0]["stretches"][0]["counted"],
                   "and ticket sla explains it")
            desk.run("ticket", "wait", "2", "--until", "+2s")
            wait_for("the wait to end", lambda: desk.json("ticket", "show", "2")["state"] == "free")
            tap.ok(True, "a wait ends at its date")
            lines = "".join(desk.log(name) for name in ("one", "two"))
            tap.ok("timer-put-off" not in lines, "no work failed")
            tap.ok(desk.stop("one") == 0 and desk.stop("two") == 0, "both end when they are told to")
        except Exception:
            desk.note_logs(tap)
            raise


run(None)
server = MariaDb()
try:
    run(server.url)
finally:
    server.close()
tap.done()
