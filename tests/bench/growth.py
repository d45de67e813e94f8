"""What a million groups cost that a thousand do not."""
import contextlib
import pathlib
import tempfile
import time

from rig import Failoverd, drive, fill, in_turn, label, lookup, memory, name, percentile
from harness.metrics import metrics


def flip_median(server, groups, count=200):
    """Milliseconds."""
    api = server.api()
    took = []
    for i in range(count):
        start = time.monotonic()
        api.flip(label(i * 104_729 % groups))
        took.append((time.monotonic() - start) * 1000)
    return percentile(took, 0.5)


def starts(server, count):
    """Seconds from start to ready, each time."""
    took = []
    for _ in range(count):
        server.stop()
        start = time.monotonic()
        server.start()
        took.append(time.monotonic() - start)
    return took


def import_of_export(server):
    """Seconds. Its groups come in the order of their labels, and lie so in the store."""
    exported = server.api().ask("GET /v1/export", timeout=600).text.encode()
    with Failoverd() as other:
        start = time.monotonic()
        done = other.api().must("POST /v1/import", exported, timeout=600, Content_Type="application/x-ndjson")
        assert done["failed"] == [], str(done)[:300]
        return time.monotonic() - start


class Lookups:
    """Asks on one connection to the unix socket, as one thread of PowerDNS does, name after name in no order."""

    def __init__(self, folder, server, groups):
        self.server = server
        self.requests = folder / f"requests-{groups}"
        if not self.requests.exists():
            self.requests.write_text("".join(lookup(name(i * 7919 % groups)) for i in range(50_000)))
        self.inside = []

    def __call__(self):
        """Microseconds for each, there and back."""
        before = metrics(self.server)
        microseconds = 1e6 / drive("lines", self.server.socket, 1, 1, self.requests)
        after = metrics(self.server)
        spent, count = (after[which] - before[which] for which in ("failover_dns_lookup_seconds_sum", "failover_dns_lookup_seconds_count"))
        self.inside.append(spent / count * 1e6)
        return microseconds


def run(report, quick):
    sizes = (1_000, 20_000) if quick else (1_000, 10_000, 100_000, 1_000_000)
    rounds = 2 if quick else 5
    with tempfile.TemporaryDirectory() as scratch, Failoverd() as small:
        folder = pathlib.Path(scratch)

        def loaded(server, groups):
            """Imports into stores of their own, the last one into this server's, and what comes after it."""
            first, again = [], []
            for turn in range(rounds):
                with contextlib.nullcontext(server) if turn == rounds - 1 else Failoverd() as into:
                    first.append(fill(into, groups))
                    again.append(import_of_export(into))
            report.figure(f"{groups} groups: import, in no order", first, "s", 60)
            report.figure(f"{groups} groups: import of their export", again, "s", 60)
            report.figure(f"{groups} groups: start to ready", starts(server, rounds), "s", 3)
            report.figure(f"{groups} groups: memory for each, all told", memory(server.process) / groups, "bytes",
                          400 if groups == 1_000_000 else None)

        loaded(small, sizes[0])
        for groups in sizes[1:]:
            with Failoverd() as large:
                loaded(large, groups)
                ask_large, ask_small = Lookups(folder, large, groups), Lookups(folder, small, sizes[0])
                pairs = in_turn(rounds, lambda _: ask_large(), lambda _: ask_small())
                report.figure(f"{groups} groups: lookup, there and back", [of_large for of_large, _ in pairs], "us")
                report.ratio(f"lookup at {groups} groups against {sizes[0]}", pairs, 1.15, at_least=False)
                report.figure(f"{groups} groups: lookup, from the request read to the reply sent", ask_large.inside, "us")
                report.figure(f"{sizes[0]} groups beside {groups}: lookup, likewise", ask_small.inside, "us")
                pairs = in_turn(rounds, lambda _: flip_median(large, groups), lambda _: flip_median(small, sizes[0]))
                report.figure(f"{groups} groups: flip", [of_large for of_large, _ in pairs], "ms")
                report.ratio(f"flip at {groups} groups against {sizes[0]}", pairs, 1.15, at_least=False)
