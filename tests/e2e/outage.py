#!/usr/bin/env python3
"""Database away, disk full, relay away: mails are put off, nothing is lost or done twice, and
service resumes by itself.  Also several daemons at once on one database, and a drain under load.

Arguments, if any, name the scenarios to run.
"""
import contextlib
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.environ.get("PD_SRCDIR", "."), "tests/lib"))
from desk import Desk, Lmtp, Tap, mail, wait_for  # noqa: E402
from load import Load, check_filed, check_sent  # noqa: E402
from mariadb import MariaDb  # noqa: E402

SLOW = 5  # seconds that a reply may take while the database is away
SPOOL = "\n[spool]\npoll = 100ms\n"
BUSY_TIMEOUT = 10  # seconds that a writer waits for SQLite's lock
tap = Tap()


def offer(desk, subject, body="A text.", client=None):
    """One mail; its one reply."""
    session = client or Lmtp(desk.lmtp_port)
    try:
        text = mail("Olena <olena@client.example>", "support@desk.example", subject, body, subject + "@client.example")
        return session.send("olena@client.example", ["support@desk.example"], text)[0]
    finally:
        if not client:
            session.close()


def takes_mail(desk, subject):
    return offer(desk, subject)[0] == 250


def settle(desk):
    wait_for("the outbox to become empty", lambda: not desk.json("outbox", "list"), 30)


def alive(desk):
    return all(child.poll() is None for child in desk.children.values())


def temporary(load):
    """Whether all that was said beside 250 means: try again later."""
    return not load.refused() and all(text.startswith(("451 4.3.", "452 4.3.")) for text in load.put_off())


def note_replies(load):
    tap.note("%d accepted; slowest reply %.1f s; put off: %s" % (load.accepted(), load.slowest(), dict(load.put_off())))


def while_away(load, why):
    """During an outage mails are offered and put off, none is taken."""
    time.sleep(0.5)  # what was committed before is still being answered
    taken, put_off = load.accepted(), load.put_off().total()
    time.sleep(1)
    tap.ok(load.accepted() == taken and load.put_off().total() > put_off, "%s: no mail is taken, all are put off" % why)


def resumes(load, why):
    before, begin = load.accepted(), time.monotonic()
    wait_for("mail to go through", lambda: load.accepted() > before + 20, 30)
    tap.ok(True, "%s: mail goes through again, after %.1f s" % (why, time.monotonic() - begin))


def mariadb_away(server):
    with desk_of(server.url) as desk:
        server.kill()
        desk.start_ingest()
        desk.start_spool()
        desk.start_sink()
        code, text = offer(desk, "early")
        tap.ok(code == 451 and text.startswith("4.3."), "started without a database, it says: %d %s" % (code, text))
        server.start()
        wait_for("the first mail", lambda: takes_mail(desk, "early"), 15)
        load = Load([desk.lmtp_port])
        resumes(load, "with a database")
        for _ in range(2):
            server.kill()
            while_away(load, "the database was killed")
            server.start()
            resumes(load, "the database is back")
        load.stop()
        note_replies(load)
        tap.ok(temporary(load), "all that was said meanwhile: 451 4.3.x")
        tap.ok(load.slowest() < SLOW, "nobody had to wait long")
        tap.ok(alive(desk), "no daemon ended")
        check_filed(tap, desk, [load], extra=1)  # "early"
        settle(desk)
        check_sent(tap, desk)
        tap.ok(desk.stop("postdesk-ingest") == 0 and desk.stop("postdesk-spool") == 0, "both end with 0")


def spool_and_mariadb_away(server):
    """The spooler loses its database in the middle of its work, again and again."""
    with desk_of(server.create("spool"), "connections = 1\n") as desk:
        desk.start_ingest()
        load = Load([desk.lmtp_port])
        wait_for("mail", lambda: load.accepted() > 300)
        load.stop()
        desk.start_sink()
        desk.start_spool()
        for part in range(1, 5):
            wait_for("some of the notices", lambda: len(desk.sunk()) > 50 * part)
            server.kill()
            server.start()
        settle(desk)
        tap.ok(alive(desk), "the database was killed 4 times: no daemon ended")
        check_sent(tap, desk)


def set_room(desk, octets):
    """From now on no file of the daemons' may be longer; -1 for no bound.  As a full disk, but EFBIG."""
    for name in ("postdesk-ingest", "postdesk-spool"):
        if name in desk.children:
            resource.prlimit(desk.children[name].pid, resource.RLIMIT_FSIZE, (octets, resource.RLIM_INFINITY))


def fill_up(desk, fill, clear):
    """The disk gets full under load, and has room again."""
    desk.start_ingest()
    desk.start_sink()
    desk.start_spool()
    load = Load([desk.lmtp_port])
    resumes(load, "a disk with room")
    fill()
    wait_for("the disk to be full", lambda: load.put_off().total() > 0, 30)
    while_away(load, "the disk is full")
    clear()
    resumes(load, "the disk has room")
    load.stop()
    note_replies(load)
    tap.ok(temporary(load), "all that was said meanwhile: 451 or 452 4.3.x")
    tap.ok(alive(desk), "the daemons live")
    check_filed(tap, desk, [load])
    tap.ok(desk.rows("PRAGMA integrity_check") == [["ok"]], "the database is sound")
    settle(desk)
    check_sent(tap, desk)


def file_too_long():
    with desk_of() as desk:
        log = os.path.join(desk.folder, "desk.db-wal")
        fill_up(desk, lambda: set_room(desk, os.path.getsize(log) + 200000), lambda: set_room(desk, -1))


def large_mail(desk, fill, clear):
    """No room for the temporary file of a large mail."""
    body = ("y" * 70 + "\n") * 40000
    fill()
    client = Lmtp(desk.lmtp_port)
    code, text = offer(desk, "large", body, client)
    tap.ok(code == 452 and text.startswith("4.3."), "no room for a large mail: %d %s" % (code, text))
    tap.ok(offer(desk, "small", client=client)[0] == 250, "the next small one is taken, in the same session")
    clear()
    tap.ok(offer(desk, "large", body, client)[0] == 250, "with room the large one is")
    client.close()


def no_temporary_file():
    with desk_of() as desk:
        desk.start_ingest()
        large_mail(desk, lambda: set_room(desk, 2000000), lambda: set_room(desk, -1))


class SmallDisk:
    """A file system of 64 MB for all temporary files, those of the desk too; .path is None if we may not."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="postdesk-disk-")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", self.path], capture_output=True)
        if done.returncode:
            os.rmdir(self.path)
            self.path = None
        else:
            tempfile.tempdir = os.environ["TMPDIR"] = self.path
        return self

    def fill(self, room):
        free = os.statvfs(self.path).f_bavail * os.statvfs(self.path).f_frsize
        # the load may be faster, and be the one that fills it
        with contextlib.suppress(OSError), open(os.path.join(self.path, "filler"), "wb") as f:
            f.write(b"x" * max(free - room, 0))

    def clear(self):
        os.unlink(os.path.join(self.path, "filler"))

    def __exit__(self, *_):
        if self.path:
            tempfile.tempdir = None
            del os.environ["TMPDIR"]
            subprocess.run(["umount", self.path], check=True)
            os.rmdir(self.path)


def disk_full():
    with tempfile.TemporaryDirectory(prefix="postdesk-sink-") as elsewhere, SmallDisk() as disk:
        if not disk.path:
            tap.ok(True, "a small file system gets full # SKIP mount is not permitted")
            return
        with desk_of() as desk:
            desk.sink_folder = elsewhere
            fill_up(desk, lambda: disk.fill(300000), disk.clear)
            large_mail(desk, lambda: disk.fill(1000000), disk.clear)


def hold_lock(desk, seconds):
    """Another process's long transaction; returns when it has begun."""
    begun = threading.Event()

    def run():
        with contextlib.closing(sqlite3.connect(os.path.join(desk.folder, "desk.db"), timeout=30)) as db:
            db.execute("BEGIN IMMEDIATE")
            begun.set()
            time.sleep(seconds)
            db.rollback()

    thread = threading.Thread(target=run)
    thread.start()
    begun.wait()
    return thread


def locked():
    with desk_of() as desk:
        desk.start_sink()
        desk.start_ingest()
        desk.start_spool()
        lock, begin = hold_lock(desk, 3), time.monotonic()
        code, text = offer(desk, "waits")
        tap.ok(code == 250 and time.monotonic() - begin > 2, "a lock of 3 s: the mail waits for it (%d %s)" % (code, text))
        lock.join()
        lock, begin = hold_lock(desk, BUSY_TIMEOUT + 2), time.monotonic()
        code, text = offer(desk, "put off")
        took = time.monotonic() - begin
        tap.ok(code == 451 and took < BUSY_TIMEOUT + 1.5, "a longer one: %d %s, after %.0f s" % (code, text, took))
        lock.join()
        tap.ok(takes_mail(desk, "put off"), "offered again, it is taken")
        settle(desk)
        tap.ok(sorted(row[0] for row in desk.rows("SELECT subject FROM ticket")) == ["put off", "waits"], "one ticket each")
        check_sent(tap, desk)


def relay_away():
    with desk_of() as desk:
        desk.start_ingest()
        desk.start_spool()
        for i in range(30):
            offer(desk, "notice %d" % i)
        wait_for("the second look at the relay", lambda: time.sleep(3.5) or True)
        rows = desk.json("outbox", "list")
        said = [row for row in rows if row["state"] == "deferred" and "refused" in row["answer"]]
        tap.ok(bool(said), "the outbox says why it waits: %s" % (said[0]["answer"] if said else rows[:1]))
        tap.ok(all(row["attempts"] == 0 for row in rows), "no mail has burnt a try")
        tap.ok(len(desk.log("postdesk-spool").split("relay-lost")) == 2, "the outage is logged once")
        begin = time.monotonic()
        desk.start_sink()
        settle(desk)
        took = time.monotonic() - begin
        tap.ok(took < 8, "back after some 4 s of pause, it has sent all after %.1f s" % took)
        check_sent(tap, desk)
        failed = desk.rows("SELECT COUNT(*) FROM attempt WHERE result <> 'sent'")
        tap.ok(int(failed[0][0]) == 0, "no failed attempts are noted")


def two_of_each(database):
    with desk_of(database) as desk:
        twin, port = desk.twin()
        desk.start_sink()
        desk.start_ingest()
        desk.start("postdesk-ingest", "-c", twin, wait_port=port, name="ingest-2")
        desk.start_spool()
        desk.start("postdesk-spool", "-c", twin, name="spool-2")
        load = Load([desk.lmtp_port, port])
        wait_for("mail", lambda: load.accepted() > 300)
        load.stop()
        note_replies(load)
        tap.ok(not load.refused() and not load.put_off(), "two daemons of each: every mail is taken at once")
        check_filed(tap, desk, [load])
        settle(desk)
        check_sent(tap, desk)
        ends = [desk.stop(name) for name in ("postdesk-ingest", "ingest-2", "postdesk-spool", "spool-2")]
        tap.ok(ends == [0, 0, 0, 0], "all four end with 0")


def drain(database):
    with desk_of(database) as desk:
        desk.start_ingest()
        load = Load([desk.lmtp_port], senders=12)
        resumes(load, "before the drain")
        begin = time.monotonic()
        status = desk.stop("postdesk-ingest")
        took = time.monotonic() - begin
        tap.ok(status == 0 and took < SLOW, "SIGTERM under load: status %d after %.1f s" % (status, took))
        kept, filed = load.accepted(), int(desk.rows("SELECT COUNT(*) FROM ticket")[0][0])
        tap.ok(kept == filed, "%d mails got 250, %d are filed" % (kept, filed))
        desk.start_ingest()
        resumes(load, "after the drain")
        load.stop()
        tap.ok(not load.refused(), "none was refused")
        check_filed(tap, desk, [load])


@contextlib.contextmanager
def desk_of(database=None, settings=""):
    # what goes behind [smtp], then the spooler's
    with Desk(database=database, settings=settings + SPOOL) as desk:
        try:
            yield desk
        except Exception:
            desk.note_logs(tap)
            raise


def on_both(what, server):
    what(None)
    if server:
        tap.note("on MariaDB")
        what(server.create(what.__name__))


SCENARIOS = [file_too_long, no_temporary_file, disk_full, locked, relay_away]
ON_BOTH = [two_of_each, drain]
ON_MARIADB = [mariadb_away, spool_and_mariadb_away]


def run_all(names, server):
    for what in SCENARIOS + ON_BOTH + (ON_MARIADB if server else []):
        if names and what.__name__ not in names:
            continue
        tap.note("---- " + what.__name__)
        begin = time.monotonic()
        if what in SCENARIOS:
            what()
        elif what in ON_BOTH:
            on_both(what, server)
        else:
            what(server)
        tap.note("%.1f s" % (time.monotonic() - begin))


if shutil.which("mariadbd", path="/usr/sbin:/usr/bin"):
    with MariaDb(durable=True) as mariadb:
        run_all(sys.argv[1:], mariadb)
else:
    run_all(sys.argv[1:], None)
    tap.ok(True, "the same on MariaDB # SKIP mariadbd is not installed")
tap.done()
