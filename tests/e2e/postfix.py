#!/usr/bin/env python3
"""The whole circle through a real Postfix on loopback.

customer -> Postfix -> LMTP -> ticket -> notice -> Postfix -> sink, and the customer's answer to the
signed address back into the ticket.  Postfix runs with contrib/postfix/main.cf.example, its own
queue and configuration folder, and ends with the test.
"""
import email
import email.policy
import os
import pwd
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ.get("PD_SRCDIR", "."), "tests/lib"))
from desk import SOURCE, Desk, Lmtp, Tap, answers, free_port, mail, skip_all, wait_for  # noqa: E402

if os.geteuid() != 0:
    skip_all("Postfix's master must be started as root")
if not shutil.which("postfix", path="/usr/sbin:/usr/bin"):
    skip_all("Postfix is not installed")

MASTER = """\
127.0.0.1:%d inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
lmtp      unix - - n - - lmtp
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """A Postfix instance of its own: main.cf.example and what a test host needs."""

    def __init__(self, lmtp_port, sink_port):
        self.folder = tempfile.mkdtemp(prefix="postdesk-postfix-")
        os.chmod(self.folder, 0o755)
        self.port = free_port()
        owner = pwd.getpwnam("postfix")
        for name in ("etc", "queue", "data"):
            os.mkdir(os.path.join(self.folder, name), 0o755)
        os.chown(os.path.join(self.folder, "data"), owner.pw_uid, owner.pw_gid)
        with open(os.path.join(SOURCE, "contrib/postfix/main.cf.example")) as f:
            example = f.read().replace("127.0.0.1:24}", "127.0.0.1:%d}" % lmtp_port)
        self.write("etc/main.cf", example + """
compatibility_level = 3.6
queue_directory = %(folder)s/queue
data_directory = %(folder)s/data
maillog_file = %(folder)s/log
maillog_file_prefixes = %(folder)s
myhostname = mx.example.org
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relayhost = [127.0.0.1]:%(sink)d
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_relay_restrictions = permit_mynetworks, reject
smtp_tls_security_level = none
""" % {"folder": self.folder, "sink": sink_port})
        self.write("etc/master.cf", MASTER % self.port)
        self.child = subprocess.Popen(["postfix", "-c", self.folder + "/etc", "start-fg"],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as f:
            f.write(text)

    def log(self):
        try:
            with open(os.path.join(self.folder, "log")) as f:
                return f.read()
        except FileNotFoundError:
            return "(no log)"

    def flush(self):
        subprocess.run(["postqueue", "-c", self.folder + "/etc", "-f"], check=False, capture_output=True)

    def close(self):
        subprocess.run(["postfix", "-c", self.folder + "/etc", "stop"], check=False, capture_output=True)
        try:
            self.child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def submit(postfix, sender, recipient, text):
    client = Lmtp(postfix.port, hello="EHLO")
    try:
        return client.send(sender, [recipient], text)[0]
    finally:
        client.close()


def notice_to(desk, address):
    """The newest caught mail to an address, parsed; None if there is none."""
    found = None
    for raw in desk.sunk():
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        if address in str(parsed["To"]):
            found = parsed
    return found


def first_mail(tap, desk, postfix):
    code, _ = submit(postfix, "olena@client.example", "support@desk.example.org",
                     mail("Olena <olena@client.example>", "support@desk.example.org", "Printer on fire",
                          "It burns.", "first@client.example"))
    tap.ok(code == 250, "Postfix takes the customer's mail")
    wait_for("the ticket", lambda: desk.json("ticket", "list"))
    ticket = desk.json("ticket", "show", "1")
    tap.ok(ticket["subject"] == "Printer on fire" and ticket["requester"]["address"] == "olena@client.example",
           "it became a ticket of hers")
    notice = wait_for("the acknowledgement", lambda: notice_to(desk, "olena@client.example"))
    tap.ok("[TEST #1]" in notice["Subject"], "the acknowledgement went out through Postfix: %s" % notice["Subject"])
    tap.ok(notice["Auto-Submitted"] is not None, "it says that it is automatic")
    staff = wait_for("the agent's notice", lambda: notice_to(desk, "marta@staff.example"))
    tap.ok("Printer on fire" in staff["Subject"], "the agent was told")
    return notice


def answer(tap, desk, postfix, notice):
    address = notice["Reply-To"].addresses[0].addr_spec
    tap.ok(address.startswith("support+t1.p"), "Reply-To is signed: %s" % address)
    # a new subject and no References: the address alone must carry it
    code, _ = submit(postfix, "olena@client.example", address,
                     mail("Olena <olena@client.example>", address, "it is out", "The fire is out.", "second@client.example"))
    tap.ok(code == 250, "Postfix takes the answer to the signed address")
    entries = wait_for("the answer on the ticket",
                       lambda: [e for e in desk.json("ticket", "show", "1")["entries"] if "fire is out" in (e["text"] or "")])
    tap.ok(entries[0]["kind"] == "mail", "the answer joined the ticket")
    tap.ok(len(desk.json("ticket", "list")) == 1, "and opened no other one")


def refused_and_queued(tap, desk, postfix):
    code, text = submit(postfix, "x@client.example", "nobody@desk.example.org", mail("x@client.example", "n", "s", "t"))
    tap.ok(code == 550, "an unknown address is refused at RCPT: %d %s" % (code, text))
    desk.stop("postdesk-ingest")
    code, _ = submit(postfix, "olena@client.example", "support@desk.example.org",
                     mail("olena@client.example", "support@desk.example.org", "While you were away", "Hello.", "third@client.example"))
    tap.ok(code == 250, "Postfix keeps mail while postdesk is away")
    wait_for("the deferral", lambda: "status=deferred" in postfix.log())
    desk.start_ingest()

    def arrived():
        postfix.flush()
        return len(desk.json("ticket", "list")) == 2

    wait_for("the delivery from the queue", arrived)
    tap.ok(True, "and hands it over when postdesk is back")


tap = Tap()
with Desk(domain="desk.example.org", smtp_port=free_port()) as desk:
    sink_port = free_port()
    postfix = Postfix(desk.lmtp_port, sink_port)
    try:
        desk.replace_setting("smtp://127.0.0.1:%d" % desk.smtp_port, "smtp://127.0.0.1:%d" % postfix.port)
        wait_for("Postfix to answer", lambda: answers(postfix.port))
        desk.smtp_port = sink_port
        desk.start_sink()
        desk.start_ingest()
        desk.start_spool()
        acknowledgement = first_mail(tap, desk, postfix)
        answer(tap, desk, postfix, acknowledgement)
        refused_and_queued(tap, desk, postfix)
    except Exception:
        tap.note(postfix.log()[-4000:])
        raise
    finally:
        postfix.close()
tap.done()
