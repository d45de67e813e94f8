"""A miss: PowerDNS asks the backend, beside a canned responder on the same connector; and without PowerDNS between."""
import pathlib
import tempfile

from rig import Canned, Failoverd, PowerDns, dnsperf, drive, fill, in_turn, lookup, name, questions_file

NO_CACHE = {"cache_ttl": 0, "query_cache_ttl": 0, "negquery_cache_ttl": 0}


def run(report, quick):
    names, seconds, rounds = (20_000, 2, 2) if quick else (200_000, 8, 5)
    with tempfile.TemporaryDirectory() as scratch, Failoverd("--dns-http", "127.0.0.1:0") as ours:
        folder = pathlib.Path(scratch)
        fill(ours, names)
        questions = questions_file(folder, range(names))
        failed = {"unix": 0, "http-rest": 0}
        total = dict(failed)

        def ask(server, connector):
            rate, bad = dnsperf(server.port, questions, "-l", str(seconds))
            failed[connector] += bad
            total[connector] += rate * seconds
            return rate

        for connector, kind, want in (("unix", "unix", 0.97), ("http-rest", "http", 0.95)):
            for threads in (1, 3) if quick else (1, 2, 3):
                with Canned(kind) as canned, PowerDns(connector, threads, **NO_CACHE) as a, PowerDns(connector, threads, **NO_CACHE) as b:
                    a.start(ours), b.start(canned)
                    pairs = in_turn(rounds, lambda: ask(a, connector), lambda: dnsperf(b.port, questions, "-l", str(seconds))[0])
                    report.ratio("miss", f"{connector}, {threads} distributor threads, against canned", pairs, want)
                    report.figure("miss", f"{connector}, {threads} distributor threads", max(a for a, _ in pairs), "q/s")
            report.figure("miss", f"{connector}: SERVFAIL or lost in {total[connector]:.0f} queries", failed[connector], "queries", 0)

        with Canned("kept") as kept, PowerDns("http-rest", 1, **NO_CACHE) as a, PowerDns("http-rest", 1, **NO_CACHE) as b:
            a.start(ours), b.start(kept)
            pairs = in_turn(rounds, lambda: ask(a, "http-rest"), lambda: dnsperf(b.port, questions, "-l", str(seconds), "-q", "20")[0])
            report.ratio("miss", "http closing, against a canned responder that keeps connections", pairs, 5)

        requests = folder / "requests"
        requests.write_text("".join(lookup(name(i)) for i in range(min(names, 50_000))))
        with Canned() as canned:
            for connections in (1, 2, 8):
                pairs = in_turn(rounds + 3, lambda: drive("lines", ours.socket, connections, 1, requests),
                                lambda: drive("lines", canned.socket, connections, 1, requests))
                report.ratio("miss", f"directly on the socket, {connections} connections", pairs, 0.85)
                report.figure("miss", f"directly on the socket, {connections} connections", max(a for a, _ in pairs), "requests/s")
