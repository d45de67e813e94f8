"""What the benchmarks share: programs to measure, and measuring two of them in turn."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))

from harness import Failoverd, PowerDns, free_port  # noqa: E402  (after the path is set)
from harness.process import spawn  # noqa: E402

ZONE = "failover.example"
BUILD = ROOT / "build"


def label(i):
    """Distinct for i below a thousand million, and not in order."""
    number = i * 387_420_489 % 1_000_000_000
    return f"{number // 1_000_000:03}-{number // 1000 % 1000:03}-{number % 1000:03}"


def name(i):
    return f"{label(i)}.{ZONE}"


def lookup(of):
    """A request as PowerDNS 4.7.3 writes it, with its newline."""
    parameters = {"local": "127.0.0.1", "qname": of + ".", "qtype": "ANY", "real-remote": "127.0.0.1/32",
                  "remote": "127.0.0.1", "zone-id": 1}
    return json.dumps({"method": "lookup", "parameters": parameters}) + "\n"


class Canned:
    """tests/bench/canned.cpp, with what PowerDns needs of a Failoverd."""

    def __init__(self, kind="unix"):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="ca-"))
        self.socket = self.directory / "pdns.sock"
        self.binary = None
        self.ready = {"dns-http": f"127.0.0.1:{free_port()}"}
        place = str(self.socket) if kind == "unix" else self.ready["dns-http"]
        self.process = spawn([str(BUILD / "canned"), kind, place, ZONE])
        time.sleep(0.3)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


class Native:
    """A backend that is part of PowerDNS: `settings` launches it."""

    def __init__(self, settings):
        self.settings = settings

    def start(self):
        return PowerDns("native", **self.settings).start(None)


def fill(server, groups, stacks=1000):
    """Zone, stacks and groups, two stacks a group. Returns the seconds the groups took to import."""
    stacks = min(stacks, max(2, groups // 2))
    api = server.api()
    api.put_zone(ZONE)

    def lines(items):
        return "".join(items).encode()

    head = lines(f'{{"stack":{{"name":"s{i}","servers":[{{"name":"web1","role":"web","addresses":["10.{i // 250}.{i % 250}.1"]}}]}}}}\n'
                 for i in range(stacks))
    body = lines(f'{{"group":{{"zone":"{ZONE}","label":"{label(i)}","name":"shop{i}","primary":"s{i % stacks}","backup":"s{(i + 1) % stacks}"}}}}\n'
                 for i in range(groups))
    kind = {"Content_Type": "application/x-ndjson"}
    assert not api.must("POST /v1/import", head, **kind)["failed"]
    start = time.monotonic()
    # A connection of its own: one that is kept keeps the time limit it was made with.
    answer = server.api().must("POST /v1/import", body, timeout=600, **kind)
    assert answer == {"imported": groups, "failed": []}, str(answer)[:300]
    return time.monotonic() - start


def dnsperf_command(port, questions, *flags):
    """`questions` is a file of names and types. From 32 ports: with a few, whether the kernel spreads them evenly over
    PowerDNS's receivers is luck."""
    return ["dnsperf", "-s", "127.0.0.1", "-p", str(port), "-d", str(questions), "-c", "32", "-q", "100", *flags]


class Answered:
    """What dnsperf says at its end. Every question here is one for an address that there is, so `bad` counts SERVFAIL
    and whatever else is no answer to it, and the questions that nobody answered."""

    def __init__(self, said):
        number = lambda what: float(re.search(what + r"\s+([\d.]+)", said)[1])
        self.per_second, self.completed = number("Queries per second:"), int(number("Queries completed:"))
        good = re.search(r"NOERROR (\d+)", said)
        self.lost = int(number("Queries lost:"))
        self.refused = self.completed - (int(good[1]) if good else 0)
        self.bad = self.lost + self.refused


def dnsperf(port, questions, *flags):
    """One run, Answered."""
    return Answered(subprocess.run(dnsperf_command(port, questions, *flags), capture_output=True, text=True, check=True).stdout)


def per_second(port, questions, *flags):
    """Answers a second of a run that went well."""
    run = dnsperf(port, questions, *flags)
    assert run.bad == 0, f"{run.lost} lost and {run.refused} without an address of {run.completed}"
    return run.per_second


def questions_file(folder, indexes, called="questions"):
    path = folder / called
    path.write_text("".join(f"{name(i)} A\n" for i in indexes))
    return path


def drive(kind, place, connections, seconds, requests):
    """Requests answered a second; `requests` is a file."""
    done = subprocess.run([str(BUILD / "drive"), kind, str(place), str(connections), str(seconds), str(requests)],
                          capture_output=True, text=True, check=True)
    return float(done.stdout)


def in_turn(rounds, *measures):
    """A tuple of figures for each round, whose number the measures are called with; who goes first changes from round to
    round, since machines drift."""
    found = []
    for i in range(rounds):
        figures = {}
        for j in range(len(measures)):
            which = (i + j) % len(measures)
            figures[which] = measures[which](i)
        found.append(tuple(figures[which] for which in range(len(measures))))
    return found


def memory(process):
    """Resident bytes."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
