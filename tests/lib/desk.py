"""A desk of its own for an end-to-end test: temporary folder, free ports, real programs.

Everything that is started here is ended here, by its pid; the folder is removed.
"""
import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

BUILD = os.environ.get("PD_BUILDDIR", os.getcwd())
SOURCE = os.environ.get("PD_SRCDIR", os.getcwd())
TIMEOUT = 60  # seconds after which something that should happen has not


class Tap:
    """Test results in TAP, as automake's driver reads them."""

    def __init__(self):
        self.count = 0
        self.failures = 0

    def ok(self, condition, text):
        self.count += 1
        self.failures += not condition
        print("%s %d - %s" % ("ok" if condition else "not ok", self.count, text), flush=True)
        return condition

    def note(self, text):
        for line in str(text).splitlines():
            print("# " + line, flush=True)

    def done(self):
        print("1..%d" % self.count, flush=True)
        sys.exit(1 if self.failures else 0)


def skip_all(reason):
    print("1..0 # SKIP " + reason)
    sys.exit(0)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, condition, timeout=TIMEOUT, pause=0.05):
    """Polls until condition() is true and returns its value; raises after the time-out."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(pause)
    raise TimeoutError("%s did not happen within %d s" % (what, timeout))


def answers(port):
    with contextlib.suppress(OSError):
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    return False


class Lmtp:
    """A plain LMTP (or SMTP) client: one connection, replies as (code, text)."""

    def __init__(self, port, hello="LHLO"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self.file = self.socket.makefile("rb")
        self.reply()
        self.command("%s client.example" % hello)

    def reply(self):
        while True:
            line = self.file.readline()
            if not line:
                raise ConnectionError("the server closed the connection")
            if line[3:4] != b"-":
                return int(line[:3]), line[4:].decode("utf-8", "replace").strip()

    def command(self, text):
        self.socket.sendall(text.encode() + b"\r\n")
        return self.reply()

    def send(self, sender, recipients, mail):
        """One mail; returns the reply for each recipient, after RCPT or after the data."""
        code, text = self.command("MAIL FROM:<%s>" % sender)
        if code != 250:
            return [(code, text)] * len(recipients)
        replies = [self.command("RCPT TO:<%s>" % r) for r in recipients]
        if not any(code == 250 for code, _ in replies):
            self.command("RSET")
            return replies
        code, text = self.command("DATA")
        if code != 354:
            return [(code, text)] * len(recipients)
        body = mail if isinstance(mail, bytes) else mail.encode()
        body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").replace(b"\r\n.", b"\r\n..")
        self.socket.sendall(body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        return [self.reply() if code == 250 else (code, text) for code, text in replies]

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.close()


def mail(sender, to, subject, body, message_id=None, extra=""):
    """A small mail as text; extra holds further header lines, each with its end."""
    ident = "Message-ID: <%s>\n" % message_id if message_id else ""
    return ("From: %s\nTo: %s\nSubject: %s\nDate: %s\n%s%sMIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=utf-8\n\n%s\n"
            % (sender, to, subject, time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime()), ident, extra, body))


class Desk:
    """Settings, database, and the programs that the test starts."""

    def __init__(self, database=None, smtp_port=None, settings="", domain="desk.example"):
        self.folder = tempfile.mkdtemp(prefix="postdesk-")
        self.conf = os.path.join(self.folder, "postdesk.conf")
        self.lmtp_port = free_port()
        self.smtp_port = smtp_port or free_port()
        self.sink_folder = os.path.join(self.folder, "sink")
        self.children = {}
        self.database = database
        arguments = ["init", "--domain", domain, "--name", "TEST"]
        if database:
            arguments += ["--database", database]
        self.run(*arguments, self.folder, conf=False)
        self.replace_setting("127.0.0.1:24\n", "127.0.0.1:%d\n" % self.lmtp_port)
        self.replace_setting("smtp://127.0.0.1:25\n", "smtp://127.0.0.1:%d\ntls = none\n" % self.smtp_port)
        with open(self.conf, "a") as f:
            # each notice by itself, at once; the test's settings may go on with the last section
            f.write(settings + "\n[notice]\nwindow = 0s\n")
        self.run("unit", "add", "support", "--address", "support@" + domain)
        self.run("person", "add", "--name", "Marta Agent", "--address", "marta@staff.example", "--role", "agent",
                 "--unit", "support", "--admin")

    def replace_setting(self, old, new):
        with open(self.conf) as f:
            text = f.read()
        with open(self.conf, "w") as f:
            f.write(text.replace(old, new))

    def path(self, program):
        return os.path.join(BUILD, "src", program)

    def run(self, *arguments, conf=True, check=True, input=None):
        command = [self.path("postdesk")] + (["-c", self.conf] if conf else []) + list(arguments)
        done = subprocess.run(command, capture_output=True, text=True, input=input, timeout=TIMEOUT)
        if check and done.returncode:
            raise RuntimeError("%s: status %d: %s" % (" ".join(command), done.returncode, done.stderr))
        return done

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json").stdout)

    def rows(self, sql):
        """What a query says, read past the programs: lists of values; MariaDB's are all texts."""
        if self.database:
            address = urllib.parse.urlsplit(self.database)
            done = subprocess.run(["mariadb", "--no-defaults", "-u", address.username, "-N", "-B", "--raw",
                                   "-S", urllib.parse.parse_qs(address.query)["socket"][0], "-e", sql, address.path[1:]],
                                  capture_output=True, text=True, check=True, timeout=TIMEOUT)
            return [line.split("\t") for line in done.stdout.splitlines()]
        with contextlib.closing(sqlite3.connect(os.path.join(self.folder, "desk.db"), timeout=TIMEOUT)) as db:
            return [list(row) for row in db.execute(sql)]

    def twin(self):
        """Settings of a second ingest daemon beside the first: its file and its port."""
        port = free_port()
        conf = os.path.join(self.folder, "twin.conf")
        with open(self.conf) as f, open(conf, "w") as g:
            g.write(f.read().replace("127.0.0.1:%d" % self.lmtp_port, "127.0.0.1:%d" % port))
        return conf, port

    def start(self, program, *arguments, wait_port=None, name=None, **options):
        """name: under which it is stopped, if not the program's; options: of Popen."""
        name = name or program
        log = open(os.path.join(self.folder, name + ".log"), "ab")
        child = subprocess.Popen([self.path(program), *arguments], stdout=log, stderr=log, **options)
        log.close()
        self.children[name] = child
        if wait_port:
            wait_for("%s to answer" % program, lambda: child.poll() is not None or answers(wait_port))
            if child.poll() is not None:
                raise RuntimeError("%s ended: %s" % (name, self.log(name)))
        return child

    def start_ingest(self, **options):
        return self.start("postdesk-ingest", "-c", self.conf, wait_port=self.lmtp_port, **options)

    def start_clock(self, **options):
        return self.start("postdesk-clock", "-c", self.conf, **options)

    def start_spool(self):
        return self.start("postdesk-spool", "-c", self.conf)

    def start_sink(self):
        os.makedirs(self.sink_folder, exist_ok=True)
        return self.start("postdesk", "sink", "--listen", "127.0.0.1:%d" % self.smtp_port, self.sink_folder,
                          wait_port=self.smtp_port)

    def sunk(self):
        """The mails that the sink caught, as bytes, in order."""
        if not os.path.isdir(self.sink_folder):
            return []
        names = sorted(n for n in os.listdir(self.sink_folder) if n.endswith(".eml") and n[0] != ".")
        return [open(os.path.join(self.sink_folder, n), "rb").read() for n in names]

    def log(self, program):
        with open(os.path.join(self.folder, program + ".log"), errors="replace") as f:
            return f.read()

    def note_logs(self, tap):
        """The ends of all programs' logs, for a test that failed."""
        for name in sorted(n for n in os.listdir(self.folder) if n.endswith(".log")):
            tap.note("%s:\n%s" % (name, self.log(name[:-4])[-3000:]))

    def stop(self, program, signal_number=signal.SIGTERM):
        child = self.children.pop(program)
        if child.poll() is None:
            child.send_signal(signal_number)
        try:
            return child.wait(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            raise

    def close(self):
        for program in list(self.children):
            with contextlib.suppress(Exception):
                self.stop(program, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
