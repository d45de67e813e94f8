"""Upgrades in place while 10,000 questions a second miss PowerDNS's caches: what becomes of them."""
import pathlib
import re
import signal
import subprocess
import tempfile
import time

from miss import NO_CACHE
from rig import Failoverd, PowerDns, fill, questions_file


def run(report, quick):
    groups, upgrades = (20_000, 3) if quick else (200_000, 10)
    with tempfile.TemporaryDirectory() as scratch, Failoverd() as ours, PowerDns("unix", 3, **NO_CACHE) as server:
        fill(ours, groups)
        server.start(ours)
        questions = questions_file(pathlib.Path(scratch), range(groups))
        load = subprocess.Popen(["dnsperf", "-s", "127.0.0.1", "-p", str(server.port), "-d", str(questions), "-c", "32", "-Q", "10000",
                                 "-l", str(3 * upgrades + 3)], stdout=subprocess.PIPE, text=True)
        for i in range(upgrades):
            time.sleep(2)
            ours.process.send_signal(signal.SIGUSR2)
            ours.await_ready(i + 2)
        said = load.communicate()[0]
        answered = int(re.search(r"Queries completed:\s+(\d+)", said)[1])
        lost = int(re.search(r"Queries lost:\s+(\d+)", said)[1])
        failed = re.search(r"SERVFAIL (\d+)", said)
        report.figure("restart", f"answered over {upgrades} upgrades in place, {groups} groups", answered, "queries")
        report.figure("restart", "questions a second", float(re.search(r"Queries per second:\s+([\d.]+)", said)[1]), "q/s")
        report.figure("restart", "lost", lost, "queries", 0)
        report.figure("restart", "SERVFAIL", int(failed[1]) if failed else 0, "queries", 0)
