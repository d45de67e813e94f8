"""What a million groups cost that a thousand do not."""
import pathlib
import tempfile
import time

from rig import Failoverd, drive, fill, label, lookup, memory, name, percentile


def flip_median(server, groups, count=200):
    api = server.api()
    took = []
    for i in range(count):
        start = time.monotonic()
        api.flip(label(i * 104_729 % groups))
        took.append(time.monotonic() - start)
    return percentile(took, 0.5)


def run(report, quick):
    sizes = (1_000, 20_000) if quick else (1_000, 10_000, 100_000, 1_000_000)
    rounds = 2 if quick else 5
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        with Failoverd() as small:
            fill(small, sizes[0])
            for groups in sizes[1:]:
                with Failoverd() as large:
                    report.figure("growth", f"{groups} groups: import", fill(large, groups), "s", 60)
                    large.stop()
                    start = time.monotonic()
                    large.start()
                    report.figure("growth", f"{groups} groups: start to ready", time.monotonic() - start, "s", 3)
                    report.figure("growth", f"{groups} groups: memory for each, all told", memory(large.process) / groups, "bytes",
                                  400 if groups == 1_000_000 else None)

                    def lookups(server, count):
                        requests = folder / f"requests-{count}"
                        if not requests.exists():
                            requests.write_text("".join(lookup(name(i * 7919 % count)) for i in range(50_000)))
                        return 1 / drive("lines", server.socket, 1, 1, requests)

                    pairs = [(lookups(large, groups), lookups(small, sizes[0])) for _ in range(rounds)]
                    report.ratio("growth", f"lookup at {groups} groups against {sizes[0]}", pairs, 1.15, at_least=False)
                    pairs = [(flip_median(large, groups), flip_median(small, sizes[0])) for _ in range(rounds)]
                    report.ratio("growth", f"flip at {groups} groups against {sizes[0]}", pairs, 1.15, at_least=False)
