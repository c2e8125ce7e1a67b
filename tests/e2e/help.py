#!/usr/bin/env python3
"""The help texts and manual pages say what the programs do."""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ.get("PD_SRCDIR", "."), "tests/lib"))
from desk import BUILD, SOURCE, Tap  # noqa: E402

tap = Tap()


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, timeout=60)


def commands_of_help():
    return re.findall(r"^  ([a-z]+(?: [a-z]+)?)  ", run(os.path.join(BUILD, "src/postdesk"), "--help").stdout, re.M)


def commands_of_manual():
    with open(os.path.join(SOURCE, "doc/man/postdesk.1")) as f:
        return re.findall(r"^\.It Ic ([a-z]+(?: [a-z]+)?)(?= [A-Z]|$)", f.read(), re.M)


commands = commands_of_help()
tap.ok(len(commands) > 30, "the help lists the commands (%d)" % len(commands))
missing = sorted(set(commands) ^ set(commands_of_manual()))
tap.ok(not missing, "postdesk(1) and the help list the same commands %s" % missing)
silent = [c for c in commands if run(os.path.join(BUILD, "src/postdesk"), *c.split(), "--help").returncode]
tap.ok(not silent, "every command has --help %s" % silent)
for program in ("postdesk-ingest", "postdesk-clock", "postdesk-spool"):
    done = run(os.path.join(BUILD, "src", program), "--help")
    tap.ok(done.returncode == 0 and "--config" in done.stdout, program + " --help")
    tap.ok(run(os.path.join(BUILD, "src", program), "--nonsense").returncode == 64, program + " with a wrong option: 64")
    tap.ok(run(os.path.join(BUILD, "src", program), "-c", "/nonexistent").returncode == 78, program + " without settings: 78")
pages = [os.path.join(SOURCE, "doc/man", p) for p in ("postdesk.1", "postdesk-clock.8", "postdesk-ingest.8", "postdesk-spool.8")]
pages.append(os.path.join(BUILD, "doc/man/postdesk.conf.5"))
if shutil.which("mandoc"):
    for page in pages:
        done = run("mandoc", "-Tlint", "-W", "warning", page)
        tap.ok(done.returncode == 0, "%s is well formed %s" % (os.path.basename(page), done.stdout.strip()))
else:
    for page in pages:
        tap.ok(True, "%s # SKIP mandoc is not installed" % os.path.basename(page))
tap.done()
