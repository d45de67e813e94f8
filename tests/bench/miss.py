"""A miss: PowerDNS asks the backend, beside a canned responder on the same connector; and without PowerDNS between.

A second canned responder is asked in the same rounds. It does what the first one does, so its ratio is what the
machine and the order of the runs make of no difference at all.
"""
import pathlib
import tempfile

from rig import Canned, Failoverd, PowerDns, dnsperf, drive, fill, in_turn, lookup, name, questions_file

NO_CACHE = {"cache_ttl": 0, "query_cache_ttl": 0, "negquery_cache_ttl": 0}


def beside_canned(report, what, tries, want, unit):
    """`tries` are figures of failoverd, of a canned responder and of a second one."""
    report.ratio("miss", f"{what}, against canned", [(ours, canned) for ours, canned, _ in tries], want)
    report.ratio("miss", f"{what}, canned against canned", [(again, canned) for _, canned, again in tries])
    report.figure("miss", what, max(ours for ours, _, _ in tries), unit)


def run(report, quick):
    names, seconds, rounds, enough = (20_000, 1, 1, 0) if quick else (200_000, 1, 30, 1_000_000)
    with tempfile.TemporaryDirectory() as scratch, Failoverd("--dns-http", "127.0.0.1:0") as ours:
        folder = pathlib.Path(scratch)
        fill(ours, names)
        questions = questions_file(folder, range(names))
        failed = {"unix": 0, "http-rest": 0}
        total = dict(failed)

        def ask(server, connector):
            per_second, bad = dnsperf(server.port, questions, "-l", str(seconds))
            failed[connector] += bad
            total[connector] += per_second * seconds
            return per_second

        def ask_new(backend, connector, threads):
            """A PowerDNS of its own each time: one may be faster than the next for as long as it runs."""
            with PowerDns(connector, threads, **NO_CACHE) as server:
                server.start(backend)
                return ask(server, connector) if backend is ours else dnsperf(server.port, questions, "-l", str(seconds))[0]

        requests = folder / "requests"
        requests.write_text("".join(lookup(name(i)) for i in range(min(names, 50_000))))
        # Before PowerDNS: for a while after its runs the scheduler leaves one core idle between the requests of
        # whoever takes 200 ns longer than the canned responder, a canned one with a wait of that length as well.
        with Canned() as canned, Canned() as again:
            for connections in (1, 2, 8):
                # Many short runs: where the scheduler puts the threads makes a factor of two, and lasts for a run.
                tries = in_turn(2 * rounds, *(lambda place=server.socket: drive("lines", place, connections, 0.5, requests)
                                              for server in (ours, canned, again)))
                beside_canned(report, f"directly on the socket, {connections} connections", tries, 0.85, "requests/s")

        for connector, kind, want in (("unix", "unix", 0.97), ("http-rest", "http", 0.95)):
            for threads in (1, 3) if quick else (1, 2, 3):
                with Canned(kind) as canned, Canned(kind) as again:
                    tries = in_turn(rounds, *(lambda backend=backend: ask_new(backend, connector, threads)
                                              for backend in (ours, canned, again)))
                    beside_canned(report, f"{connector}, {threads} distributor threads", tries, want, "q/s")
        with PowerDns("http-rest", 3, **NO_CACHE) as a:
            a.start(ours)
            while total["http-rest"] < enough:
                ask(a, "http-rest")
        for connector in total:
            report.figure("miss", f"{connector}: SERVFAIL or lost in {total[connector]:.0f} queries", failed[connector], "queries", 0)

        with Canned("kept") as kept, PowerDns("http-rest", 1, **NO_CACHE) as a, PowerDns("http-rest", 1, **NO_CACHE) as b:
            a.start(ours), b.start(kept)
            pairs = in_turn(rounds, lambda: ask(a, "http-rest"), lambda: dnsperf(b.port, questions, "-l", str(seconds), "-q", "20")[0])
            report.ratio("miss", "http closing, against a canned responder that keeps connections", pairs, 5)
