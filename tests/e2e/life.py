#!/usr/bin/env python3
"""A ticket from its first mail to its last, by mail alone, through the real daemons.

    tests/e2e/life.py [--transcript] [--database sqlite|mariadb|both]

--transcript prints each mail in the order in which it was sent: who to whom, and how it begins.
"""
import argparse
import email
import email.policy
import os
import re
import shutil
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.environ.get("PD_SRCDIR", "."), "tests/lib"))
from desk import Desk, Lmtp, Tap, mail, wait_for  # noqa: E402

tap = Tap()
UNIT, CUSTOMER, AGENT = "support@desk.example", "olena@client.example", "marta@staff.example"
COLLEAGUE, VENDOR = "boris@staff.example", "help@vendor.example"
NAMES = {CUSTOMER: "Olena Shevchenko", AGENT: "Marta Agent", COLLEAGUE: "Boris Agent", VENDOR: "Vendor"}
LINES = 14  # of a mail's text in the transcript


def text_of(message):
    part = message.get_body(("plain", "html"))
    return part.get_content() if part is not None else ""


def reply_address(message):
    return message["Reply-To"].addresses[0].addr_spec


class Life:
    """The desk, and what went through it so far."""

    def __init__(self, desk, show):
        self.desk, self.show, self.seen, self.sent = desk, show, [], 0

    def tell(self, mark, sender, to, subject, text):
        if not self.show:
            return
        print("%s\n%s From: %s\n  To: %s\n  Subject: %s\n" % ("-" * 78, mark, sender, to, subject))
        lines = [line for line in text.splitlines() if line.strip()]
        for line in lines[:LINES]:
            print("    " + line)
        if len(lines) > LINES:
            print("    … %d more lines" % (len(lines) - LINES))
        print(flush=True)

    def write(self, sender, to, text, subject="Re: Printer", answers=None):
        """A mail to the desk, as a mail program would write it."""
        extra = ""
        if answers is not None:
            subject = "Re: " + re.sub(r"^(Re: )+", "", answers["Subject"])
            extra = "In-Reply-To: %s\nReferences: %s\n" % (answers["Message-ID"], answers["Message-ID"])
            text += "\n\nOn Monday the desk wrote:\n" + "".join("> %s\n" % line for line in text_of(answers).splitlines()[:6])
        self.sent += 1
        self.tell(">", "%s <%s>" % (NAMES[sender], sender), to, subject, text)
        client = Lmtp(self.desk.lmtp_port)
        try:
            code, answer = client.send(sender, [to], mail("%s <%s>" % (NAMES[sender], sender), to, subject, text,
                                                          "life%d@%s" % (self.sent, sender.split("@")[1]), extra))[0]
        finally:
            client.close()
        if code != 250:
            raise RuntimeError("%s: %d %s" % (to, code, answer))
        self.settle()

    def answer(self, sender, notice, text):
        """The same, as an answer to a mail of the desk."""
        self.write(sender, reply_address(notice), text, answers=notice)

    def press(self, sender, notice, words):
        """An empty mail to the address that stands in a line with these words, as its link makes it."""
        line = [x for x in re.sub(r"\n(?=\S+@desk\.example)", " ", text_of(notice)).splitlines() if words in x][0]
        target = re.search(r"(?:mailto:)?([^\s<>]+@desk\.example)(\?[^\s<>]*)?", line)
        query = urllib.parse.parse_qs((target.group(2) or "")[1:])
        self.write(sender, urllib.parse.unquote(target.group(1)), query.get("body", [""])[0], query.get("subject", [""])[0])

    def settle(self):
        wait_for("the outbox to become empty", lambda: not self.desk.json("outbox", "list"))
        new = [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.desk.sunk()[len(self.seen):]]
        for message in new:
            self.tell("<", message["From"], message["To"], message["Subject"], text_of(message))
        self.fresh = new
        self.seen += new

    def got(self, who, words, why):
        """The mail that came of the last step to somebody and holds these words; checked."""
        found = [m for m in self.fresh if who in str(m["To"]) and words in text_of(m)]
        tap.ok(len(found) == 1, why)
        if not found:
            tap.note("to %s, with \"%s\": there came %s" % (who, words, [(str(m["To"]), text_of(m)[:300]) for m in self.fresh]))
            raise LookupError(why)
        return found[0]

    def nobody_else(self, allowed, why):
        others = sorted({str(m["To"]) for m in self.fresh if not any(a in str(m["To"]) for a in allowed)})
        tap.ok(not others, why if not others else "%s: %s" % (why, others))

    def ticket(self):
        return self.desk.json("ticket", "show", "1")

    def state(self, want, why):
        state = self.ticket()["state"]
        tap.ok(state == want, "%s: %s" % (why, state))


def opened(life):
    life.write(CUSTOMER, UNIT, "Hello,\n\nthe printer on the second floor smokes.\n\nOlena", subject="Printer smokes")
    receipt = life.got(CUSTOMER, "#1", "the customer gets an acknowledgement with the number")
    notice = life.got(AGENT, "smokes", "the agent is told, with the text")
    life.got(COLLEAGUE, "smokes", "so is the colleague")
    return receipt, notice


def taken(life, notice):
    life.answer(AGENT, notice, "#take\n#tag printer")
    result = life.got(AGENT, "#take", "the agent gets the result of his commands")
    life.state("locked", "the ticket is taken")
    tap.ok(life.ticket()["tags"] == ["printer"], "and has the tag")
    life.answer(AGENT, notice, "#priority highest\n#done\n\nThis must not get lost.")
    life.got(AGENT, "not done", "a wrong line: the result says which")
    life.state("locked", "and nothing of it was done")
    return result


def answered(life, notice):
    life.answer(AGENT, notice, "Please switch it off. Does it still smoke?")
    reply = life.got(CUSTOMER, "switch it off", "the agent's answer reaches the customer")
    tap.ok(AGENT not in reply.as_string(), "without the agent's own address")
    life.answer(CUSTOMER, reply, "Yes, it does, and it stinks.")
    return reply, life.got(AGENT, "stinks", "her answer reaches the agent")


def asked(life, notice):
    life.answer(AGENT, notice, "#ask %s\n\nOne of your printers burns. What now?" % VENDOR)
    question = life.got(VENDOR, "burns", "the vendor is asked")
    tap.ok(CUSTOMER not in question.as_string() and "smokes" not in text_of(question), "and learns nothing of the customer")
    life.nobody_else([VENDOR, AGENT, COLLEAGUE], "the customer hears nothing of it")
    life.answer(VENDOR, question, "Pull the plug. It costs 100 a unit.")
    life.got(AGENT, "Pull the plug", "the vendor's answer reaches the agent")
    life.nobody_else([AGENT, COLLEAGUE], "and staff only")


def worked(life, notice, reply):
    life.answer(AGENT, notice, "#note\n#priority high\n#plan gold\n\nShe calls every week, be nice.")
    life.got(AGENT, "#plan gold", "note, priority and plan are confirmed")
    life.nobody_else([AGENT, COLLEAGUE], "the note stays inside")
    ticket = life.ticket()
    tap.ok(ticket["priority"] == "high" and ticket["plan"] == "gold", "priority and plan are set")
    tap.ok(any(c["name"] == "deadline" for c in ticket["clocks"]), "the clocks of the plan run")
    life.answer(AGENT, notice, "#wait tomorrow\n\nPlease pull the plug and tell me if that helps.")
    life.got(CUSTOMER, "pull the plug", "the text below the commands reaches the customer")
    life.state("waiting", "the ticket waits for her")
    life.answer(CUSTOMER, reply, "The smoke is gone, thank you.")
    life.state("free", "her answer ends the waiting")
    life.got(AGENT, "smoke is gone", "the agent hears of it")


def finished(life, notice):
    life.answer(AGENT, notice, "#take\n#done")
    done = life.got(CUSTOMER, "finished", "the customer is told that it is done")
    life.state("done", "it is done")
    life.press(CUSTOMER, done, "Good:")
    tap.ok(life.desk.rows("SELECT rating FROM ticket WHERE number = 1")[0][0] in (3, "3"), "an empty mail rates it as good")
    life.answer(CUSTOMER, done, "#reopen\n\nIt smokes again!")
    life.state("locked", "she opens it again: back to who finished it")
    life.got(AGENT, "smokes again", "who is told, with her words")
    life.answer(AGENT, notice, "#done")
    result = life.got(AGENT, "#done", "he finishes it again, too early")
    life.press(AGENT, result, "take all of it back")
    life.state("locked", "and takes that back by the undo address")
    life.answer(AGENT, notice, "#done\n\nA new printer stands there now.")
    last = life.got(CUSTOMER, "new printer", "the last answer reaches her")
    tap.ok(AGENT not in last.as_string(), "without the agent's own address")
    life.state("done", "and the ticket is done")


def whole(life):
    _, notice = opened(life)
    taken(life, notice)
    reply, _ = answered(life, notice)
    asked(life, notice)
    worked(life, notice, reply)
    finished(life, notice)
    everything = "\n".join(m.as_string() for m in life.seen if CUSTOMER in str(m["To"]))
    tap.ok("every week" not in everything and "100 a unit" not in everything and VENDOR not in everything,
           "no mail to the customer holds the note or the side thread")


def run(database, show):
    with Desk(database=database) as desk:
        desk.run("person", "add", "--name", "Boris Agent", "--address", COLLEAGUE, "--role", "agent", "--unit", "support")
        desk.run("plan", "add", "gold", "--reaction", "1h", "--deadline", "2d")
        try:
            desk.start_sink()
            desk.start_ingest()
            desk.start_spool()
            desk.start("postdesk-clock", "-c", desk.conf)
            whole(Life(desk, show))
        except LookupError:
            desk.note_logs(tap)
        except Exception:
            desk.note_logs(tap)
            raise


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--transcript", action="store_true")
    arguments.add_argument("--database", choices=("sqlite", "mariadb", "both"), default="both")
    options = arguments.parse_args()
    if options.database != "mariadb":
        run(None, options.transcript)
    if options.database != "sqlite":
        if shutil.which("mariadbd", path="/usr/sbin:/usr/bin"):
            from mariadb import MariaDb
            with MariaDb() as server:
                tap.note("the same on MariaDB")
                run(server.url, options.transcript)
        else:
            tap.ok(True, "the same on MariaDB # SKIP mariadbd is not installed")
    tap.done()


main()
