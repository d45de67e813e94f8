"""A flip: from the request to its acknowledgement, to the first new answer, and whether an old one comes after it."""
import pathlib
import subprocess
import tempfile
import time

from rig import Failoverd, PowerDns, dnsperf, dnsperf_command, fill, label, name, percentile, questions_file
from harness import addresses


def measure(report, ours, server, what, groups, asked_before, want_median=None, want_p99=None):
    """Flips each of `groups`, asked for `asked_before` seconds ahead. Where failoverd has answered it within 10 ms,
    PowerDNS may not have stored that yet, and the acknowledgement waits until it must have."""
    api, flips = ours.api(), len(groups)
    took, first, stale, raised = [], [], 0, 0
    for group in groups:
        addresses(server.port, name(group))
        time.sleep(asked_before)
        start = time.monotonic()
        reply = api.flip(label(group))
        took.append((time.monotonic() - start) * 1000)
        raised += not all(one["ok"] for one in reply["flushed"])
        wanted = {record["content"] for record in reply["group"]["answer"]}
        if set(addresses(server.port, name(group))) == wanted:
            first.append((time.monotonic() - start) * 1000)
        else:
            stale += 1
    report.figure(f"{what}: request to acknowledged, median of {flips}", percentile(took, 0.5), "ms", want_median)
    report.figure(f"{what}: request to acknowledged, p99", percentile(took, 0.99), "ms", want_p99)
    report.figure(f"{what}: request to the new answer, asked for when acknowledged, median", percentile(first, 0.5), "ms")
    report.figure(f"{what}: stale answers after {flips} acknowledgements", stale, "answers", 0)
    report.figure(f"{what}: acknowledgements without a flush", raised, "flips", 0)


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
        # No group twice, so that each is asked of failoverd ahead of its flip where its name is not cached.
        turns = [[i * 7919 % groups for i in range(turn * flips, (turn + 1) * flips)] for turn in range(4)]
        measure(report, ours, server, "caches nearly empty", turns[0], 0.02, 5, 20)
        measure(report, ours, server, "caches nearly empty, answered just before", turns[1], 0)
        questions = questions_file(folder, range(groups))
        dnsperf(server.port, questions, "-n", "1")
        measure(report, ours, server, f"{groups} names cached", turns[2], 0.02, 10)
        load = subprocess.Popen(dnsperf_command(server.port, questions, "-l", "600"), stdout=subprocess.DEVNULL)
        try:
            measure(report, ours, server, "dnsperf at full speed", turns[3], 0)
            assert load.poll() is None, "dnsperf ended before the last flip"
        finally:
            load.kill()
            load.wait()
