"""Steady state: Zipf-distributed names with the caches on, beside PowerDNS's own backends with the same records."""
import pathlib
import random
import subprocess
import tempfile
import threading
import time

from rig import ROOT, ZONE, Failoverd, Native, PowerDns, dnsperf, fill, in_turn, label, name, questions_file


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


def zipf(groups, count):
    """Indexes by Zipf's law, exponent 1."""
    chance = random.Random(1)
    return [min(groups - 1, int(groups ** chance.random())) for _ in range(count)]


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
    groups, seconds, rounds = (20_000, 2, 2) if quick else (1_000_000, 5, 15)
    with tempfile.TemporaryDirectory() as scratch, Failoverd() as ours, PowerDns("unix", **shipped()) as server:
        folder = pathlib.Path(scratch)
        fill(ours, groups)
        flags = server.flags()
        ours.stop()
        ours.flags += flags
        ours.start()
        server.start(ours)
        questions = questions_file(folder, zipf(groups, 1_000_000))
        flipping = threading.Event()
        done = threading.Event()

        def flip():
            api, i = ours.api(), 0
            while not done.is_set():
                if flipping.wait(0.2):
                    i += 1
                    api.flip(label(zipf(groups, i + 1)[-1]) if i < 1000 else label(i % groups))
                    time.sleep(0.1)

        thread = threading.Thread(target=flip)
        thread.start()

        def measure_ours():
            flipping.set()
            try:
                return dnsperf(server.port, questions, "-l", str(seconds))[0]
            finally:
                flipping.clear()

        try:
            for kind, make, want in (("LMDB", lmdb_backend, 0.9), ("SQLite", sqlite_backend, 1.0)):
                with make(folder, groups).start() as theirs:
                    for warm in (server, theirs):
                        dnsperf(warm.port, questions, "-l", str(seconds))
                    pairs = in_turn(rounds, measure_ours, lambda: dnsperf(theirs.port, questions, "-l", str(seconds))[0])
                    report.ratio("steady", f"{groups} groups, 10 flips/s, against {kind} without", pairs, want)
                    report.figure("steady", "q/s", max(a for a, _ in pairs), "q/s")
        finally:
            done.set()
            thread.join()
