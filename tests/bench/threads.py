"""How many threads the shipped configurations give PowerDNS: misses a second by receivers and backend threads of each."""
import pathlib
import tempfile

from rig import Failoverd, PowerDns, fill, in_turn, per_second, questions_file

SIZES = ((1, 1), (1, 3), (2, 3), (2, 8), (2, 16))


def run(report, quick):
    names, seconds, rounds = (20_000, "0.5", 1) if quick else (200_000, "1", 5)
    with tempfile.TemporaryDirectory() as scratch, Failoverd("--dns-http", "127.0.0.1:0") as ours:
        fill(ours, names)
        questions = questions_file(pathlib.Path(scratch), range(names))

        def misses(connector, receivers, threads):
            with PowerDns(connector, threads, receiver_threads=receivers, reuseport="yes") as server:
                server.start(ours)
                return per_second(server.port, questions, "-l", seconds)

        for connector in ("unix", "http-post_json"):
            tries = in_turn(rounds, *(lambda _, size=size: misses(connector, *size) for size in SIZES))
            for i, (receivers, threads) in enumerate(SIZES):
                report.figure(f"{connector}, {receivers} x {threads}", [one[i] for one in tries], "q/s")
            for i, (receivers, threads) in enumerate(SIZES[1:], 1):
                report.ratio(f"{connector}, {receivers} x {threads} against 1 x 1", [(one[i], one[0]) for one in tries])
