#!/usr/bin/env python3
"""The parsers' jail in the running daemon: workers are stopped and killed from outside.

A mail whose parser hangs is held, with its bytes, and can be filed again; under load with workers
killed again and again no mail is lost; nothing of a daemon outlives it.  What a worker could do that
has been taken over is tests/unit/test-parser-pool.c.

PD_WORKER_KILLS is the number of kills under load (100).
"""
import contextlib
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.environ.get("PD_SRCDIR", "."), "tests/lib"))
from desk import Desk, Lmtp, Tap, mail, wait_for  # noqa: E402
from load import Load, check_filed  # noqa: E402

KILLS = int(os.environ.get("PD_WORKER_KILLS", "100"))
random.seed(int(os.environ.get("PD_SEED", "1")))
tap = Tap()


def children(pid):
    """The processes of a process, those that have ended aside."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as f:
                    state, parent = f.read().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if int(parent) == pid and state not in "ZX":
                found.append(int(name))
    return found


def zygote(daemon):
    return children(daemon.pid)[0]


def workers(daemon):
    return [pid for child in children(daemon.pid) for pid in children(child)]


def send(desk, number, extra=""):
    client = Lmtp(desk.lmtp_port)
    text = mail("Client <client@client.example>", "support@desk.example", "Mail %s" % number, "Text\n",
                "m%s@client.example" % number, extra)
    reply = client.send("client@client.example", ["support@desk.example"], text)[0]
    client.close()
    return reply, text


def send_to_stopped(desk, daemon, number):
    """A mail whose parser hangs."""
    for pid in workers(daemon):
        os.kill(pid, signal.SIGSTOP)
    return send(desk, number)


def outcomes(desk, number):
    return sorted(row["outcome"] for row in desk.json("inbound", "list") if row["subject"] == "Mail %s" % number)


def check_held():
    """One worker; a mail that takes longer than 3 s is held."""
    with Desk(settings="\n[ingest]\nparsers = 1\nparser_time = 3s\n") as desk:
        daemon = desk.start_ingest()
        (code, reply), text = send_to_stopped(desk, daemon, 1)
        tap.ok(code == 250, "a mail whose parser hangs is taken: %d %s" % (code, reply))
        held = desk.json("inbound", "list", "--held")
        tap.ok([row["reason"] for row in held] == ["parser ran longer than 3 s"], "it is held, with the reason")
        raw = desk.run("inbound", "show", "--raw", held[0]["id"]).stdout
        tap.ok("\n".join(raw.split("\n")).replace("\r\n", "\n") == text, "its bytes are kept")
        tap.ok(send(desk, 2)[0][0] == 250 and outcomes(desk, 2) == ["ticket"], "the next mail is a ticket")
        for pid in workers(daemon):
            os.kill(pid, signal.SIGSTOP)
        client = Lmtp(desk.lmtp_port)
        code = client.send("client@client.example", ["support@desk.example"], text)[0][0]
        tap.ok(code == 250 and len(desk.json("inbound", "list", "--held")) == 1,
               "the same mail again is known: it is held once")
        done = desk.run("inbound", "retry", held[0]["id"])
        tap.ok("ticket" in done.stdout and not desk.json("inbound", "list", "--held"), "retried, it is a ticket")
        tap.ok(outcomes(desk, 1) == ["ticket"], "the same row, with the facts")
        tap.ok("parser ran longer" in desk.log("postdesk-ingest"), "the log tells it")


def check_rejected():
    with Desk(settings="\n[ingest]\nparsers = 1\nparser_time = 3s\nheld_reply = reject\n") as desk:
        daemon = desk.start_ingest()
        (code, reply), _ = send_to_stopped(desk, daemon, 1)
        tap.ok(code == 554 and "parser ran longer" in reply, "held_reply = reject: %d %s" % (code, reply))
        tap.ok(len(desk.json("inbound", "list", "--held")) == 1, "the mail is kept anyway")


def check_killed_under_load():
    with Desk(settings="\n[ingest]\nparsers = 3\n") as desk:
        daemon = desk.start_ingest()
        load = Load([desk.lmtp_port])
        kills = 0
        while kills < KILLS:
            time.sleep(random.uniform(0.001, 0.03))
            alive = workers(daemon)
            if alive:
                with contextlib.suppress(ProcessLookupError):  # it may be replaced just now
                    os.kill(random.choice(alive), signal.SIGKILL)
                kills += 1
        load.stop()
        held = desk.json("inbound", "list", "--held")
        tap.note("%d kills; %d mails accepted in %d offers; %d held" % (kills, load.accepted(), load.offered(), len(held)))
        tap.ok(load.accepted() > 50, "mail went through between the kills")
        tap.ok(not load.refused(), "no mail was refused for good")
        tap.ok(daemon.poll() is None, "the daemon goes on")
        tap.ok(all("killed from outside" in row["reason"] for row in held), "those that are held tell why")
        for row in held:
            desk.run("inbound", "retry", row["id"])
        check_filed(tap, desk, [load])
        descriptors = len(os.listdir("/proc/%d/fd" % daemon.pid))
        tap.ok(descriptors < 60, "no descriptors are left open (%d)" % descriptors)


def check_zygote_killed():
    with Desk(settings="\n[ingest]\nparsers = 1\n") as desk:
        daemon = desk.start_ingest()
        os.kill(zygote(daemon), signal.SIGKILL)
        wait_for("the worker to end with its zygote", lambda: not children(daemon.pid))
        (code, _), _ = send(desk, 1)
        tap.ok(code == 451, "without parsers a mail is put off: %d" % code)
        tap.ok(daemon.wait(60) == 71, "the daemon ends, for its service manager to start it: %s" % daemon.returncode)
        daemon = desk.start_ingest()
        tap.ok(send(desk, 1)[0][0] == 250 and outcomes(desk, 1) == ["ticket"], "started again, it takes the mail")
        for how, name in ((signal.SIGTERM, "SIGTERM"), (signal.SIGKILL, "SIGKILL")):
            family = [zygote(daemon)] + workers(daemon)
            desk.stop("postdesk-ingest", how)
            wait_for("the parsers to end", lambda: not any(alive(pid) for pid in family))
            tap.ok(True, "nothing outlives a daemon that ends by " + name)
            daemon = desk.start_ingest()


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def check_settings():
    with Desk(settings="\n[lmtp]\nmax_size = 20M\n[ingest]\nparser_memory = 64M\n") as desk:
        done = desk.start("postdesk-ingest", "-c", desk.conf)
        tap.ok(done.wait(60) == 78, "too little memory for the largest mail: %d" % done.returncode)
        log = desk.log("postdesk-ingest")
        tap.ok("ingest.parser_memory" in log and "80M" in log, "the error names the setting and what is needed")
    with Desk(settings="\n[ingest]\nsandbox = off\n") as desk:
        daemon = desk.start_ingest()
        tap.ok(send(desk, 1)[0][0] == 250 and not children(daemon.pid), "sandbox = off: no process but the daemon")
        tap.ok("without=sandbox" in desk.log("postdesk-ingest"), "the log warns of it")


for check in (check_held, check_rejected, check_killed_under_load, check_zygote_killed, check_settings):
    check()
tap.done()
