#!/usr/bin/env python3
"""One desk, used as its users do: mail in by LMTP, answers, acts by command, notices out."""
import email
import email.policy
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.environ.get("PD_SRCDIR", "."), "tests/lib"))
from desk import Desk, Lmtp, Tap, mail, wait_for  # noqa: E402
from mariadb import MariaDb  # noqa: E402

tap = Tap()
CUSTOMER = "olena@client.example"


def send(desk, sender, recipients, text):
    client = Lmtp(desk.lmtp_port)
    try:
        return client.send(sender, recipients if isinstance(recipients, list) else [recipients], text)
    finally:
        client.close()


def mails_to(desk, address):
    parsed = [email.message_from_bytes(raw, policy=email.policy.default) for raw in desk.sunk()]
    return [m for m in parsed if address in str(m["To"])]


def settled(desk):
    wait_for("the outbox to become empty", lambda: not desk.json("outbox", "list"))


def new_ticket(desk):
    replies = send(desk, CUSTOMER, "support@desk.example",
                   mail("Olena <%s>" % CUSTOMER, "support@desk.example, Petro <petro@client.example>", "Printer", "It blinks.",
                        "m1@client.example"))
    tap.ok(replies[0][0] == 250, "a mail is accepted: %s" % replies[0][1])
    ticket = desk.json("ticket", "show", "1")
    tap.ok(ticket["subject"] == "Printer" and ticket["state"] == "free", "it is a ticket")
    people = [p["address"] for p in ticket["participants"]]
    tap.ok("petro@client.example" in people, "who stood in To takes part")
    tap.ok("support@desk.example" not in people, "our own address does not")
    settled(desk)
    receipt = mails_to(desk, CUSTOMER)
    tap.ok(len(receipt) == 1 and "[TEST #1]" in receipt[0]["Subject"], "one acknowledgement to the requester")
    tap.ok(receipt and receipt[0]["In-Reply-To"] == "<m1@client.example>", "it threads with her mail")
    tap.ok(len(mails_to(desk, "marta@staff.example")) == 1, "one notice to the agent")
    return receipt[0]


def duplicates(desk):
    text = mail("Olena <%s>" % CUSTOMER, "support@desk.example", "Printer", "It blinks.", "twice@client.example")
    send(desk, CUSTOMER, "support@desk.example", text)
    send(desk, CUSTOMER, "support@desk.example", "Received: by another.example\n" + text)
    outcomes = [r["outcome"] for r in desk.json("inbound", "list")]
    tap.ok(outcomes[:2] == ["duplicate", "ticket"], "a mail that is delivered again is a duplicate: %s" % outcomes)
    text = mail("Olena <%s>" % CUSTOMER, "support@desk.example, billing@desk.example", "Both", "For both.", "both@client.example")
    replies = send(desk, CUSTOMER, ["support@desk.example", "billing@desk.example"], text)
    tap.ok([code for code, _ in replies] == [250, 250], "two of our addresses in one transaction: a reply each")
    tap.ok(sum(t["subject"] == "Both" for t in desk.json("ticket", "list")) == 1, "and one ticket")


def evidence(desk, receipt):
    before = len(desk.json("ticket", "list"))
    reply_to = receipt["Reply-To"].addresses[0].addr_spec
    cases = [
        ("the signed reply address", CUSTOMER, reply_to, "new subject", "", "ticket 1"),
        ("In-Reply-To with our Message-ID", CUSTOMER, "support@desk.example", "new subject",
         "In-Reply-To: %s\n" % receipt["Message-ID"], "ticket 1"),
        ("References with her own first mail", CUSTOMER, "support@desk.example", "new subject",
         "References: <x@y> <m1@client.example>\n", "ticket 1"),
        ("the subject mark", CUSTOMER, "support@desk.example", "Re: [TEST #1] Printer", "", "ticket 1"),
        ("a stranger with the subject mark", "eve@evil.example", "support@desk.example", "Re: [TEST #1] Printer", "", "new"),
        ("another desk's mark", CUSTOMER, "support@desk.example", "Re: [OTHER #1] Printer", "", "new"),
    ]
    new = 0
    for k, (why, sender, to, subject, extra, want) in enumerate(cases):
        send(desk, sender, to, mail(sender, to, subject, "Evidence %d" % k, "e%d@client.example" % k, extra))
        row = desk.json("inbound", "list")[0]
        joined = row["outcome"] == "comment" and row["ticket"] == 1
        new += want == "new"
        tap.ok(joined if want == "ticket 1" else row["outcome"] == "ticket", "%s: %s" % (why, want))
    tap.ok(len(desk.json("ticket", "list")) == before + new, "no ticket too many")


def acts(desk):
    desk.run("ticket", "take", "1")
    tap.ok(desk.json("ticket", "show", "1")["state"] == "locked", "take locks")
    tap.ok(desk.run("ticket", "take", "1", check=False).returncode == 0, "what is so already is left so")
    desk.run("person", "add", "--name", "Dora", "--address", "dora@staff.example", "--role", "director")
    lost = desk.run("ticket", "take", "1", "--as", "dora@staff.example", check=False)
    tap.ok(lost.returncode == 75 and "Marta" in lost.stderr, "who comes second is told who was first: %s" % lost.stderr.strip())
    desk.run("ticket", "reply", "1", "--text", "Switch it off and on.")
    desk.run("ticket", "note", "1", "--text", "She calls every week.")
    desk.run("ticket", "done", "1")
    settled(desk)
    to_her = mails_to(desk, CUSTOMER)
    answer = [m for m in to_her if "Switch it off" in m.get_body(("plain",)).get_content()]
    tap.ok(len(answer) == 1, "the answer reached her")
    tap.ok("marta@staff.example" not in answer[0].as_string(), "the agent's own address stays hidden")
    tap.ok(not any("every week" in m.as_string() for m in to_her), "the note did not")
    tap.ok(answer[0]["Auto-Submitted"] in (None, "no"), "a person's answer is not marked automatic")
    send(desk, CUSTOMER, answer[0]["Reply-To"].addresses[0].addr_spec,
         mail(CUSTOMER, "support@desk.example", "Re: x", "Still blinking.", "still@client.example"))
    tap.ok(desk.json("ticket", "show", "1")["state"] == "locked", "her answer reopens the done ticket, for who finished it")


def no_loops(desk):
    settled(desk)
    before, tickets = len(desk.sunk()), len(desk.json("ticket", "list"))
    send(desk, "", "support@desk.example", mail("MAILER-DAEMON@x.example", "support@desk.example", "Undelivered", "No.", "d1@x.example"))
    send(desk, CUSTOMER, "support@desk.example",
         mail(CUSTOMER, "support@desk.example", "Out of office", "I am away.", "d2@x.example", "Auto-Submitted: auto-replied\n"))
    send(desk, "support@desk.example", "support@desk.example",
         mail("support@desk.example", "support@desk.example", "Echo", "Echo.", "d3@x.example"))
    outcomes = [r["outcome"] for r in desk.json("inbound", "list")[:3]]
    tap.ok(outcomes == ["loop", "auto-reply", "auto-reply"], "automatic mail has its own outcomes: %s" % outcomes)
    settled(desk)
    tap.ok(len(desk.sunk()) == before, "nothing is sent in answer to it")
    tap.ok(len(desk.json("ticket", "list")) == tickets, "and no ticket is opened")


def bad_input(desk):
    tap.ok(send(desk, CUSTOMER, "nobody@desk.example", "x")[0][0] == 550, "an unknown recipient: 550")
    client = Lmtp(desk.lmtp_port)
    tap.ok(client.command("MAIL FROM:<a@b.example> SIZE=999999999")[0] == 552, "an announced size too large: 552")
    tap.ok(client.command("XYZZY")[0] == 500, "an unknown verb: 500")
    tap.ok(client.command("DATA")[0] == 503, "the wrong order: 503")
    client.close()
    headers = "".join("X-%d: %s\n" % (i, "y" * 50) for i in range(10000))
    nested = "".join('Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i) for i in range(1000))
    ugly = [("no From, Date, Message-ID", b"Subject: bare\n\nbody\n"), ("10,000 headers", headers.encode() + b"\n\nbody\n"),
            ("1,000 nested parts", b"From: a@b.example\n" + nested.encode()), ("NUL bytes", b"From: a@b.example\n\n\0\0\0"),
            ("nothing at all", b""),
            ("50 MB attachment", b"From: a@b.example\nContent-Type: application/x; name=big\nContent-Transfer-Encoding: base64\n\n"
             + (b"QUJD" * 18 + b"\n") * 690000)]
    for why, raw in ugly:
        code, text = send(desk, "ugly@client.example", "support@desk.example", raw)[0]
        outcome = desk.json("inbound", "list")[0]["outcome"]
        tap.ok(code == 250 and outcome in ("ticket", "held"), "%s: filed or held (%s)" % (why, outcome))
    with open("/proc/%d/status" % desk.children["postdesk-ingest"].pid) as f:
        peak = int([line for line in f if line.startswith("VmHWM")][0].split()[1]) // 1024
    tap.note("peak resident memory of postdesk-ingest: %d MB" % peak)
    tap.ok(desk.children["postdesk-ingest"].poll() is None, "the daemon lives")


def commands(desk):
    inbound = desk.json("inbound", "list")[0]["id"]
    tap.ok(desk.run("trace", inbound).stdout.strip() != "", "trace by mail id")
    tap.ok("support" in desk.run("unit", "list").stdout, "unit list")
    tap.ok(desk.run("outbox", "list", "--state", "sent").stdout.count("sent") > 2, "outbox list shows what was sent")
    done = desk.run("deliver", "-f", CUSTOMER, "nobody@desk.example", input="x", check=False)
    tap.ok(done.returncode == 67, "deliver to nobody: exit status 67")
    piped = mail(CUSTOMER, "support@desk.example", "Pipe", "<p onclick=x>By pipe.</p>").replace("text/plain", "text/html")
    desk.run("deliver", "-f", CUSTOMER, "support@desk.example", input=piped)
    row = desk.json("inbound", "list")[0]
    tap.ok(row["outcome"] == "ticket", "deliver files a mail")
    tap.ok(desk.run("inbound", "show", row["id"], "--raw").stdout.endswith(piped), "inbound show --raw gives the mail as it came")
    tap.ok(desk.run("config", "check").stdout.strip() == "OK", "config check")
    tap.ok(desk.run("ticket", "list", "--state", "nonsense", check=False).returncode == 65, "a wrong word: exit status 65")
    tap.ok(desk.run("frobnicate", check=False).returncode == 64, "no such command: exit status 64")
    desk.replace_setting("name = TEST", "nmae = TEST")
    done = desk.run("status", check=False)
    tap.ok(done.returncode == 78 and 'did you mean "name"' in done.stderr, "a wrong setting: exit status 78 and the remedy")
    desk.replace_setting("nmae = TEST", "name = TEST")


def circle(database):
    with Desk(database=database) as desk:
        desk.run("unit", "add", "billing", "--address", "billing@desk.example")
        try:
            desk.start_sink()
            desk.start_ingest()
            desk.start_spool()
            acknowledgement = new_ticket(desk)
            duplicates(desk)
            evidence(desk, acknowledgement)
            acts(desk)
            no_loops(desk)
            bad_input(desk)
            commands(desk)
            tap.ok(desk.stop("postdesk-ingest") == 0 and desk.stop("postdesk-spool") == 0, "both daemons drain and end with 0")
        except Exception:
            for program in ("postdesk-ingest", "postdesk-spool", "postdesk"):
                if os.path.exists(os.path.join(desk.folder, program + ".log")):
                    tap.note(desk.log(program)[-3000:])
            raise


circle(None)
if shutil.which("mariadbd", path="/usr/sbin:/usr/bin"):
    with MariaDb() as server:
        tap.note("the same on MariaDB")
        circle(server.url)
else:
    tap.ok(True, "the same on MariaDB # SKIP mariadbd is not installed")
tap.done()
