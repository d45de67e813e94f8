"""A flip: from the request to its acknowledgement, to the first new answer, and whether an old one comes after it."""
import pathlib
import subprocess
import tempfile
import time

from rig import Failoverd, PowerDns, dnsperf, fill, label, name, percentile, questions_file
from harness import addresses


def measure(report, ours, server, what, flips, groups, asked_before, want_median=None, want_p99=None):
    """Each name is asked for `asked_before` seconds ahead of its flip. Where failoverd has answered it within 10 ms,
    PowerDNS may not have stored that yet, and the acknowledgement waits until it must have."""
    api = ours.api()
    took, first, stale, raised = [], [], 0, 0
    for i in range(flips):
        group = (i * 7919) % groups
        addresses(server.port, name(group))
        time.sleep(asked_before)
        start = time.monotonic()
        reply = api.flip(label(group))
        took.append((time.monotonic() - start) * 1000)
        raised += not all(one["ok"] for one in reply["flushed"])
        wanted = {record["content"] for record in reply["group"]["answer"]}
        if set(addresses(server.port, name(group))) != wanted:
            stale += 1
        first.append((time.monotonic() - start) * 1000)
    report.figure("flip", f"{what}: request to acknowledged, median of {flips}", percentile(took, 0.5), "ms", want_median)
    report.figure("flip", f"{what}: request to acknowledged, p99", percentile(took, 0.99), "ms", want_p99)
    report.figure("flip", f"{what}: request to the first new answer, median", percentile(first, 0.5), "ms")
    report.figure("flip", f"{what}: stale answers after {flips} acknowledgements", stale, "answers", 0)
    report.figure("flip", f"{what}: acknowledgements without a flush", raised, "flips", 0)


def run(report, quick):
    groups, flips = (20_000, 100) if quick else (180_000, 1000)
    with tempfile.TemporaryDirectory() as scratch, Failoverd() as ours, PowerDns(
            "unix", cache_ttl=300, query_cache_ttl=300, max_cache_entries=2_000_000, max_packet_cache_entries=2_000_000) as server:
        folder = pathlib.Path(scratch)
        fill(ours, groups)
        ours.stop()
        ours.flags += server.flags()
        ours.start()
        server.start(ours)
        measure(report, ours, server, "caches nearly empty", flips, groups, 0.02, 5, 20)
        measure(report, ours, server, "caches nearly empty, flip after flip", flips, groups, 0)
        questions = questions_file(folder, range(groups))
        dnsperf(server.port, questions, "-n", "1")
        measure(report, ours, server, f"{groups} names cached", flips, groups, 0.02, 10)
        load = subprocess.Popen(["dnsperf", "-s", "127.0.0.1", "-p", str(server.port), "-d", str(questions), "-l", "600"],
                                stdout=subprocess.DEVNULL)
        try:
            measure(report, ours, server, "dnsperf at full speed", flips, groups, 0)
        finally:
            load.kill()
            load.wait()
