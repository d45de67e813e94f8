"""Steady state: Zipf-distributed names with the caches on, beside PowerDNS's own backends with the same records."""
import pathlib
import random
import subprocess
import tempfile
import threading
import time

from rig import ROOT, ZONE, Failoverd, Native, PowerDns, fill, in_turn, label, name, per_second, questions_file


def shipped():
    """The settings of pdns-config/pdns-unix.conf that are about speed."""
    kept = {}
    for line in (ROOT / "pdns-config" / "pdns-unix.conf").read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and key.strip().endswith(("-ttl", "-threads", "reuseport", "-interval", "-size", "-entries", "-length")):
            kept[key.strip().replace("-", "_")] = value.strip()
    return kept


def native(settings):
    """A backend that is part of PowerDNS, with as many threads as ours has and its caches at their defaults."""
    threads = {key: value for key, value in shipped().items() if key.endswith(("_threads", "reuseport"))}
    return Native(threads | settings)


def zipf(groups, count, seed):
    """Indexes by Zipf's law, exponent 1."""
    chance = random.Random(seed)
    return [min(groups - 1, int(groups ** chance.random())) for _ in range(count)]


class Flips:
    """Ten a second, at their times whatever each takes, for as long as it is entered."""

    def __init__(self, server, groups):
        self.server, self.groups, self.count, self.trouble = server, groups, 0, None

    def _flip(self):
        try:
            api = self.server.api()
            while not self.done.wait(max(0, self.start + self.count / 10 - time.monotonic())):
                api.flip(label(next(self.groups)))
                self.count += 1
        except Exception as trouble:
            self.trouble = trouble

    def __enter__(self):
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._flip)
        self.start = time.monotonic()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()
        self.per_second = self.count / (time.monotonic() - self.start)
        if self.trouble:
            raise self.trouble


def sqlite_backend(folder, groups):
    path = folder / "pdns.sqlite3"
    schema = "/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql"
    rows = "".join(f"INSERT INTO records(domain_id,name,type,content,ttl,auth) VALUES(1,'{name(i)}','A','10.0.0.1',60,1);\n" for i in range(groups))
    script = (pathlib.Path(schema).read_text() + f"BEGIN; INSERT INTO domains(name,type) VALUES('{ZONE}','NATIVE');"
              f"INSERT INTO records(domain_id,name,type,content,ttl,auth) VALUES(1,'{ZONE}','SOA','ns1.{ZONE} hostmaster.{ZONE} 1 3600 600 86400 30',60,1);"
              + rows + "COMMIT; ANALYZE;")
    subprocess.run(["sqlite3", str(path)], input=script, text=True, check=True)
    return native({"launch": "gsqlite3", "gsqlite3_database": path, "gsqlite3_pragma_synchronous": 0})


def lmdb_backend(folder, groups):
    zone = folder / "zone"
    zone.write_text(f"$ORIGIN {ZONE}.\n$TTL 60\n@ SOA ns1 hostmaster 1 3600 600 86400 30\n@ NS ns1\nns1 A 192.0.2.53\n"
                    + "".join(f"{label(i)} A 10.0.0.1\n" for i in range(groups)))
    path = folder / "lmdb"
    config = folder / "config"
    config.mkdir()
    (config / "pdns.conf").write_text(f"launch=lmdb\nlmdb-filename={path}\nlmdb-shards=1\n")
    subprocess.run(["pdnsutil", f"--config-dir={config}", "load-zone", ZONE, str(zone)], check=True, capture_output=True)
    return native({"launch": "lmdb", "lmdb_filename": path, "lmdb_shards": 1})


def run(report, quick):
    groups, warm, seconds, rounds = (20_000, 1, 2, 2) if quick else (1_000_000, 60, 5, 5)
    with tempfile.TemporaryDirectory() as scratch, Failoverd() as ours, PowerDns("unix", **shipped()) as server:
        folder = pathlib.Path(scratch)
        fill(ours, groups)
        flags = server.flags()
        ours.stop()
        ours.flags += flags
        ours.start()
        server.start(ours)
        # New draws for each round, the same for both sides, who may take so many in a second.
        draws = 200_000
        questions = [questions_file(folder, zipf(groups, draws * seconds, turn), f"questions-{turn}") for turn in range(rounds)]
        before = questions_file(folder, zipf(groups, draws // 2 * warm, rounds), "before")
        flipped = iter(zipf(groups, 100_000, rounds + 1))

        def steady(port, turn):
            """A server that has just waited for the other one's run has lost entries to their TTLs: a minute of other
            questions comes first, as long as either lets any live (ours the records' TTL, theirs 20 s)."""
            per_second(port, before, "-l", str(warm))
            return per_second(port, questions[turn], "-l", str(seconds))

        for kind, make, want in (("LMDB", lmdb_backend, 0.9), ("SQLite", sqlite_backend, 1.0)):
            with make(folder, groups).start() as theirs:
                flips = []

                def measure_ours(turn):
                    with Flips(ours, flipped) as flipping:
                        rate = steady(server.port, turn)
                    flips.append(flipping.per_second)
                    return rate

                pairs = in_turn(rounds, measure_ours, lambda turn: steady(theirs.port, turn))
                report.ratio(f"{groups} groups, 10 flips/s, against {kind} without", pairs, want)
                report.figure(f"beside {kind}", [of_ours for of_ours, _ in pairs], "q/s")
                report.figure(f"beside {kind}, flips", flips, "a second", 9.5, at_least=True)
