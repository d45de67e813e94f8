"""A miss: PowerDNS asks the backend for a name it does not have, beside a canned responder on the same connector; and
without PowerDNS between.

A second canned responder is asked in the same rounds. It does what the first one does, so its ratio is what the
machine and the order of the runs make of no difference at all.
"""
import pathlib
import tempfile

from rig import Canned, Failoverd, PowerDns, dnsperf, drive, fill, in_turn, lookup, name, per_second, questions_file

# For a PowerDNS that is asked for the same names again, and must miss them: then a question is three lookups, since the
# zone's own records are not kept either.
NO_CACHE = {"cache_ttl": 0, "query_cache_ttl": 0, "negquery_cache_ttl": 0}


def beside_canned(report, what, tries, want, unit):
    """`tries` are figures of failoverd, of a canned responder and of a second one."""
    report.ratio(f"{what}, against canned", [(ours, canned) for ours, canned, _ in tries], want)
    report.ratio(f"{what}, canned against canned", [(again, canned) for _, canned, again in tries])
    report.figure(what, [ours for ours, _, _ in tries], unit)


def run(report, quick):
    names, seconds, rounds, enough = (20_000, "0.5", 1, 0) if quick else (200_000, "1", 20, 1_000_000)
    with tempfile.TemporaryDirectory() as scratch, Failoverd("--dns-http", "127.0.0.1:0") as ours:
        folder = pathlib.Path(scratch)
        fill(ours, names)
        # All the names, from another one on in each file, so that a round does not ask what the last one asked.
        files = [questions_file(folder, ((i + turn * names // 10) % names for i in range(names)), f"questions-{turn}")
                 for turn in range(10)]
        bad = {"unix": 0, "http-rest": 0}
        asked = dict(bad)

        def counted(connector, done):
            bad[connector] += done.bad
            asked[connector] += done.completed
            return done.per_second

        def miss(backend, connector, threads, turn):
            """A PowerDNS of its own each time, as it ships: it has cached nothing, and one may be faster than the next for
            as long as it runs."""
            with PowerDns(connector, threads) as server:
                server.start(backend)
                done = dnsperf(server.port, files[turn % len(files)], "-l", seconds)
                return counted(connector, done) if backend is ours else done.per_second

        requests = folder / "requests"
        requests.write_text("".join(lookup(name(i)) for i in range(names)))
        # Before PowerDNS: for a while after its runs the scheduler leaves one core idle between the requests of
        # whoever takes 200 ns longer than the canned responder, a canned one with a wait of that length as well.
        with Canned() as canned, Canned() as again:
            for connections in (1, 2, 8):
                # Many short runs: where the scheduler puts the threads makes a factor of two, and lasts for a run.
                tries = in_turn(2 * rounds, *(lambda _, place=server.socket: drive("lines", place, connections, 0.5, requests)
                                              for server in (ours, canned, again)))
                beside_canned(report, f"directly on the socket, {connections} connections", tries, 0.85, "requests/s")

        for connector, kind, want in (("unix", "unix", 0.97), ("http-rest", "http", 0.95)):
            for threads in (1, 3) if quick else (1, 2, 3):
                # With one thread a run depends on which core wakes which: it takes more of them.
                many = rounds * (3 if (connector, threads) == ("unix", 1) else 1)
                with Canned(kind) as canned, Canned(kind) as again:
                    tries = in_turn(many, *(lambda turn, backend=backend: miss(backend, connector, threads, turn)
                                              for backend in (ours, canned, again)))
                    beside_canned(report, f"{connector}, {threads} distributor threads", tries, want, "q/s")

        with Canned("kept") as kept, PowerDns("http-rest", 1, **NO_CACHE) as a, PowerDns("http-rest", 1, **NO_CACHE) as b:
            a.start(ours), b.start(kept)
            pairs = in_turn(rounds, lambda turn: counted("http-rest", dnsperf(a.port, files[turn % len(files)], "-l", seconds)),
                            lambda turn: per_second(b.port, files[turn % len(files)], "-l", seconds, "-q", "20"))
            report.ratio("http closing, against a canned responder that keeps connections", pairs, 5)
        while asked["http-rest"] < enough:
            with PowerDns("http-rest", 3) as server:
                server.start(ours)
                counted("http-rest", dnsperf(server.port, files[0], "-n", "1"))
        for connector in asked:
            report.figure(f"{connector}: SERVFAIL or lost in {asked[connector]} queries", bad[connector], "queries", 0)
