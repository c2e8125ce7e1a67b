"""Senders that load a desk as MTAs do: numbered mails, each offered until it has a final answer."""
import collections
import re
import threading
import time

from desk import Lmtp, mail


class Sender(threading.Thread):
    """Sends mail after mail until it is told to stop; then it finishes the one it has.

    accepted   how many got 250
    refused    texts of 5xx replies: these mails are not offered again
    put_off    codes and texts of 4xx replies, counted
    slowest    seconds that the longest reply took
    """

    def __init__(self, ports, name, stop, give_up):
        super().__init__(daemon=True)
        self.ports, self.name, self.stop, self.give_up = ports, name, stop, give_up
        self.accepted, self.offered, self.slowest = 0, 0, 0.0
        self.refused, self.put_off = [], collections.Counter()

    def subject(self, number):
        return "Mail load-%s-%d" % (self.name, number)

    def offer(self, port, text):
        """The reply to one offer; (0, reason) if there was none."""
        client = None
        try:
            client = Lmtp(port)
            begin = time.monotonic()
            self.offered += 1
            reply = client.send("client@client.example", ["support@desk.example"], text)[0]
            self.slowest = max(self.slowest, time.monotonic() - begin)
            return reply
        except OSError as error:
            return 0, str(error)
        finally:
            if client:
                client.close()

    def deliver(self, number):
        tag = "load-%s-%d" % (self.name, number)
        text = mail("Client %s <client%s@client.example>" % (self.name, self.name), "support@desk.example",
                    self.subject(number), "Text of %s\n" % tag * 20, tag + "@client.example")
        offers = 0
        while not self.give_up.is_set():
            code, reply = self.offer(self.ports[(number + offers) % len(self.ports)], text)
            offers += 1
            if code == 250:
                self.accepted += 1
                return
            if code >= 500:
                self.refused.append(reply)
                return
            if code > 0:
                self.put_off["%d %s" % (code, reply.split(";")[0])] += 1  # behind it: an id
            time.sleep(0.02)

    def run(self):
        number = 0
        while not self.stop.is_set():
            number += 1
            self.deliver(number)


class Load:
    """Several senders at once."""

    def __init__(self, ports, senders=6, name=""):
        self.stopping, self.give_up = threading.Event(), threading.Event()
        self.senders = [Sender(ports, name + chr(ord("a") + i), self.stopping, self.give_up) for i in range(senders)]
        for sender in self.senders:
            sender.start()

    def accepted(self):
        return sum(s.accepted for s in self.senders)

    def offered(self):
        return sum(s.offered for s in self.senders)

    def refused(self):
        return [text for s in self.senders for text in s.refused]

    def put_off(self):
        return sum((s.put_off for s in self.senders), collections.Counter())

    def slowest(self):
        return max(s.slowest for s in self.senders)

    def stop(self, finish=True):
        """finish: what is under way is offered until it is taken; else it is left."""
        self.stopping.set()
        if not finish:
            self.give_up.set()
        for sender in self.senders:
            sender.join(60)

    def wanted(self):
        """The subjects of all mails that got 250: each sender's first ones, in order."""
        return {s.subject(n) for s in self.senders for n in range(1, s.accepted + 1)}


def check_filed(tap, desk, loads, extra=0):
    """Every accepted mail is in exactly one ticket; numbers run from 1 without a gap.

    extra   how many mails may be there that nobody knows of: committed, but their 250 never arrived
    """
    want = set().union(*(load.wanted() for load in loads))
    subjects = collections.Counter(row[0] for row in desk.rows("SELECT subject FROM ticket"))
    numbers = [int(row[0]) for row in desk.rows("SELECT number FROM ticket ORDER BY number")]
    outcomes = desk.rows("SELECT outcome, COUNT(*) FROM inbound GROUP BY outcome")
    lost, twice = want - set(subjects), [s for s, n in subjects.items() if n > 1]
    unknown = len(subjects) - len(want & set(subjects))
    tap.note("outcomes: " + ", ".join("%s %s" % tuple(row) for row in outcomes))
    tap.ok(not lost, "no accepted mail is lost (%d of %d)" % (len(lost), len(want)))
    tap.ok(not twice, "no mail made two tickets (%d did)" % len(twice))
    tap.ok(unknown <= extra, "no ticket comes from nowhere (%d)" % unknown)
    tap.ok(numbers == list(range(1, len(numbers) + 1)), "%d ticket numbers without gaps" % len(numbers))


def check_sent(tap, desk, doubles=0):
    """Every notice is sent and reached the sink; at most `doubles` of them twice."""
    states = {state: int(n) for state, n in desk.rows("SELECT state, COUNT(*) FROM outbox GROUP BY state")}
    total = sum(states.values())
    ids = collections.Counter(re.search(rb"(?im)^message-id:\s*<([^>]+)>", raw).group(1) for raw in desk.sunk())
    twice = sum(n - 1 for n in ids.values())
    tap.note("%d notices, %d different ones caught, %d sent twice" % (total, len(ids), twice))
    tap.ok(states == {"sent": total}, "every notice is accounted for as sent: %s" % states)
    tap.ok(len(ids) == total, "every notice reached the sink (%d of %d)" % (len(ids), total))
    tap.ok(twice <= doubles, "%d sent twice, at most %d" % (twice, doubles))
