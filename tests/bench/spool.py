#!/usr/bin/env python3
"""How fast notices go out, beside Postfix's smtp-source with as many connections, in one run.

    tests/bench/spool.py [--notices N] [--connections N] [--database sqlite|mariadb|both]

Both send into Postfix's smtp-sink.  smtp-source sends a fixed text of the same size; postdesk-spool
claims, renders, sends and accounts for each notice.
"""
import argparse
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ.get("PD_SRCDIR", "."), "tests/lib"))
from desk import Desk, answers, free_port, wait_for  # noqa: E402

AGENTS = 10


def say(text, rate, note=""):
    print("%-58s %9.0f mails/s  %s" % (text, rate, note), flush=True)


def start_sink(port):
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    child = subprocess.Popen(["/usr/sbin/smtp-sink", "-4", *user, "127.0.0.1:%d" % port, "1000"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for("smtp-sink to answer", lambda: answers(port))
    return child


def stop(child):
    child.terminate()
    child.wait()


def source_rate(port, mails, connections):
    start = time.monotonic()
    subprocess.run(["/usr/sbin/smtp-source", "-4", "-d", "-s", str(connections), "-m", str(mails), "-l", "4000",
                    "-f", "desk@desk.example", "-t", "marta@staff.example", "inet:127.0.0.1:%d" % port], check=True)
    return mails / (time.monotonic() - start)


def fill(desk, notices):
    """Tickets by LMTP, each told to all agents, while nothing sends."""
    for k in range(AGENTS - 1):
        desk.run("person", "add", "--name", "Agent %d" % k, "--address", "a%d@staff.example" % k, "--role", "agent",
                 "--unit", "support")
    desk.start_ingest()
    subprocess.run(["/usr/sbin/smtp-source", "-L", "-4", "-s", "20", "-m", str(notices // AGENTS), "-l", "2000",
                    "-f", "client@client.example", "-t", "support@desk.example", "inet:127.0.0.1:%d" % desk.lmtp_port],
                   check=True)
    desk.stop("postdesk-ingest")


def outbox(desk):
    return desk.json("status")["outbox"]


def bench(name, database, notices, connections):
    port = free_port()
    with Desk(database=database, smtp_port=port, settings="\n[log]\nlevel = warning\n") as desk:
        desk.replace_setting("tls = none\n", "tls = none\nconnections = %d\n" % connections)
        fill(desk, notices)
        total = outbox(desk)["queued"]
        sink = start_sink(port)
        try:
            reference = source_rate(port, notices, connections)
            say("smtp-source, %d connections" % connections, reference)
            start = time.monotonic()
            desk.start_spool()
            wait_for("the outbox to become empty", lambda: outbox(desk).get("sent", 0) >= total, 600, pause=0.5)
            rate = total / (time.monotonic() - start)
            say("postdesk-spool on %s, %d connections" % (name, connections), rate, "%.2f of smtp-source" % (rate / reference))
            desk.stop("postdesk-spool")
        finally:
            stop(sink)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--notices", type=int, default=20000)
    arguments.add_argument("--connections", type=int, default=4)
    arguments.add_argument("--database", choices=("sqlite", "mariadb", "both"), default="both")
    options = arguments.parse_args()
    if options.database in ("sqlite", "both"):
        bench("SQLite", None, options.notices, options.connections)
    if options.database in ("mariadb", "both"):
        from mariadb import MariaDb
        with MariaDb(durable=True) as server:
            bench("MariaDB", server.url, options.notices, options.connections)


main()
