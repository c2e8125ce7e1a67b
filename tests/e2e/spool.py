#!/usr/bin/env python3
"""The spooler against a sink that counts: every notice once, by two instances too; none lost when
one is killed; none twice when one is told to stop; put off when the server is away.
"""
import collections
import os
import re
import signal
import socketserver
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.environ.get("PD_SRCDIR", "."), "tests/lib"))
from desk import BUILD, SOURCE, Tap, free_port, skip_all, wait_for  # noqa: E402

TICKETS = 150
NOTICES = 2 * TICKETS
KILLS = 5
SPOOL = os.path.join(BUILD, "src/postdesk-spool")
FILL = os.path.join(BUILD, "tests/lib/fill-desk")
tap = Tap()


class Session(socketserver.StreamRequestHandler):
    """One SMTP session, as a server that takes everything."""

    disable_nagle_algorithm = True

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def take(self):
        data = b""
        for line in self.rfile:
            if line == b".\r\n":
                break
            data += line
        time.sleep(self.server.delay)
        self.server.count(data)
        self.say("250 2.0.0 taken")

    def handle(self):
        if not self.server.enter():
            self.say("421 4.7.0 too many connections")
            return
        try:
            self.talk()
        finally:
            self.server.leave()

    def talk(self):
        self.say("220 sink ESMTP")
        for line in self.rfile:
            verb = line.split()[0].upper() if line.split() else b""
            if verb in (b"EHLO", b"HELO"):
                self.wfile.write(b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE\r\n")
            elif verb == b"DATA":
                self.say("354 go on")
                self.take()
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 2.1.0 ok")


class Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", port), Session)
        self.delay, self.room = 0, 100
        self.taken = collections.Counter()
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def enter(self):
        with self.lock:
            free = self.room > 0
            self.room -= free
            return free

    def leave(self):
        with self.lock:
            self.room += 1

    def count(self, data):
        ident = re.search(rb"^Message-ID: *(<[^>]*>)", data, re.M | re.I).group(1)
        with self.lock:
            self.taken[ident] += 1

    def handle_error(self, request, client_address):
        pass  # a killed client; what counts is what was taken

    def total(self):
        with self.lock:
            return sum(self.taken.values())


class Outbox:
    """A database with notices, settings, and the instances that send them."""

    def __init__(self, name):
        self.folder = os.path.join(top, name)
        os.mkdir(self.folder)
        self.port = free_port()
        self.database = os.path.join(self.folder, "desk.db")
        self.conf = os.path.join(self.folder, "postdesk.conf")
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.children = []
        subprocess.run([FILL, "sqlite:" + self.database, str(TICKETS)], check=True)
        key = os.path.join(self.folder, "keys")
        with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write("one %s\n" % ("5a" * 32))
        with open(self.conf, "w") as f:
            f.write("[desk]\nname = DESK\ndomain = desk.example\nkey_file = %s\ntemplates = %s/templates\n"
                    "[database]\nurl = sqlite:%s\n"
                    "[smtp]\nurl = smtp://127.0.0.1:%d\ntls = none\nretry_min = 1s\nconnections = 4\n"
                    "[spool]\nlease = 2s\npoll = 50ms\nbatch = 20\n"
                    % (key, SOURCE, self.database, self.port))

    def start(self):
        child = subprocess.Popen([SPOOL, "-c", self.conf], stdout=self.log, stderr=self.log)
        self.children.append(child)
        return child

    def states(self):
        with sqlite3.connect(self.database, timeout=30) as db:
            return dict(db.execute("SELECT state, COUNT(*) FROM outbox GROUP BY state"))

    def all_sent(self):
        return self.states() == {"sent": NOTICES}

    def stop(self, child):
        child.send_signal(signal.SIGTERM)
        return child.wait(60)

    def close(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
                child.wait()
        self.log.close()

    def notes(self):
        tap.note(self.states())
        with open(self.log.name, errors="replace") as f:
            lines = f.read().splitlines()
        tap.note("\n".join(lines[:5] + ["..."] + lines[-15:]))


def finishes(outbox, what):
    try:
        wait_for(what, outbox.all_sent)
    except TimeoutError:
        outbox.notes()
        return False
    return True


def test_two():
    outbox = Outbox("two")
    sink = Sink(outbox.port)
    sink.delay = 0.002
    children = [outbox.start(), outbox.start()]
    tap.ok(finishes(outbox, "two instances"), "two instances send all %d" % NOTICES)
    tap.ok(len(sink.taken) == NOTICES, "each one has a Message-ID of its own")
    tap.ok(sink.total() == NOTICES, "none is sent twice")
    tap.ok([outbox.stop(c) for c in children] == [0, 0], "SIGTERM ends them with status 0")
    sink.shutdown()
    sink.server_close()
    outbox.close()


def test_kill():
    outbox = Outbox("kill")
    sink = Sink(outbox.port)
    sink.delay = 0.01
    for i in range(KILLS):
        child = outbox.start()
        before = sink.total()
        wait_for("some mail", lambda: sink.total() > before + 5 or outbox.all_sent())
        child.kill()
        child.wait()
    outbox.start()
    tap.ok(finishes(outbox, "the rest after the kills"), "after %d kills all is sent" % KILLS)
    tap.ok(len(sink.taken) == NOTICES, "none is lost")
    tap.note("%d sent twice, with the same Message-ID" % (sink.total() - NOTICES))
    sink.shutdown()
    sink.server_close()
    outbox.close()


def test_drain():
    outbox = Outbox("drain")
    sink = Sink(outbox.port)
    sink.delay = 0.02
    child = outbox.start()
    wait_for("some mail", lambda: sink.total() > 20)
    tap.ok(outbox.stop(child) == 0, "SIGTERM in the middle ends with status 0")
    states = outbox.states()
    tap.ok("sending" not in states and states.get("queued", 0) > 0, "what was not on the wire is given back")
    tap.ok(sink.total() == states.get("sent", 0), "and what was is written down")
    outbox.start()
    tap.ok(finishes(outbox, "the rest"), "the next instance sends the rest")
    tap.ok(sink.total() == NOTICES, "none is sent twice")
    sink.shutdown()
    sink.server_close()
    outbox.close()


def test_away():
    outbox = Outbox("away")
    outbox.start()
    wait_for("deferral", lambda: outbox.states().get("deferred", 0) > 0)
    with sqlite3.connect(outbox.database, timeout=30) as db:
        answer = db.execute("SELECT answer FROM outbox WHERE state = 'deferred'").fetchone()[0]
    tap.ok(answer != "", "a server that is away is named: " + answer)
    sink = Sink(outbox.port)
    tap.ok(finishes(outbox, "all"), "when it is back, all is sent")
    tap.ok(sink.total() == NOTICES, "none is sent twice")
    sink.shutdown()
    sink.server_close()
    outbox.close()


def test_few():
    outbox = Outbox("few")
    sink = Sink(outbox.port)
    sink.delay, sink.room = 0.005, 2
    child, begin = outbox.start(), time.monotonic()  # with four connections, if it may
    tap.ok(finishes(outbox, "all"), "a server that wants two connections only gets all")
    tap.note("in %.1f s" % (time.monotonic() - begin))
    with sqlite3.connect(outbox.database, timeout=30) as db:
        failed = db.execute("SELECT COUNT(*) FROM attempt WHERE result <> 'sent'").fetchone()[0]
    tap.ok(failed == 0, "its refusals are no mail's fault: %d failed tries" % failed)
    tap.ok(sink.total() == NOTICES, "none is sent twice")
    tap.ok(outbox.stop(child) == 0, "status 0")
    sink.shutdown()
    sink.server_close()
    outbox.close()


for program in (SPOOL, FILL):
    if not os.path.exists(program):
        skip_all(program + " is not built")
with tempfile.TemporaryDirectory(prefix="spool-") as top:
    for test in (test_two, test_kill, test_drain, test_away, test_few):
        tap.note(test.__name__)
        test()
tap.done()
