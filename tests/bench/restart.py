"""Upgrades in place while 10,000 questions a second miss PowerDNS's caches: what becomes of them."""
import pathlib
import signal
import subprocess
import tempfile
import time

from rig import Answered, Failoverd, PowerDns, dnsperf_command, fill, questions_file


def run(report, quick):
    groups, upgrades = (20_000, 3) if quick else (200_000, 10)
    # A second is over before any name comes again.
    misses = {"cache_ttl": 1, "query_cache_ttl": 1, "negquery_cache_ttl": 1}
    with tempfile.TemporaryDirectory() as scratch, Failoverd() as ours, PowerDns("unix", 3, **misses) as server:
        fill(ours, groups)
        server.start(ours)
        questions = questions_file(pathlib.Path(scratch), range(groups))
        load = subprocess.Popen(dnsperf_command(server.port, questions, "-Q", "10000", "-l", str(5 * upgrades + 3)),
                                stdout=subprocess.PIPE, text=True)
        for i in range(upgrades):
            time.sleep(2)
            ours.process.send_signal(signal.SIGUSR2)
            ours.await_ready(i + 2)
            assert load.poll() is None, "dnsperf ended before the last upgrade"
        done = Answered(load.communicate()[0])
        report.figure(f"answered over {upgrades} upgrades in place, {groups} groups", done.completed, "queries")
        report.figure("questions a second", done.per_second, "q/s")
        report.figure("lost", done.lost, "queries", 0)
        report.figure("SERVFAIL", done.refused, "queries", 0)
