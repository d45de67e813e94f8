"""Writes a second from many clients at once: they share commits."""
import pathlib
import tempfile

from rig import Failoverd, drive, fill, in_turn, label


def requests_file(path, server, lines):
    head = f"Host: a\\r\\nAuthorization: Bearer {server.token()}\\r\\nContent-Type: application/json\\r\\n"
    path.write_text("".join(f"{start} HTTP/1.1\\r\\n{head}Content-Length: {len(body)}\\r\\n\\r\\n{body}\n" for start, body in lines))
    return path


def run(report, quick):
    groups, seconds, rounds = 1000, 1 if quick else 3, 2 if quick else 5
    with tempfile.TemporaryDirectory() as scratch, Failoverd() as server:
        folder = pathlib.Path(scratch)
        fill(server, groups)
        flips = requests_file(folder / "flips", server, [(f"POST /v1/groups/{label(i)}/flip", "{}") for i in range(groups)])
        stacks = requests_file(folder / "stacks", server, [
            (f"PUT /v1/stacks/s{i % 500}", f'{{"servers":[{{"name":"web1","role":"web","addresses":["10.{turn}.{i // 250}.{i % 250 + 1}"]}}]}}')
            for turn in (1, 2, 3) for i in range(500)])
        for what, requests, want in (("flips", flips, 5), ("stack updates", stacks, None)):
            for clients in (8, 64):
                pairs = in_turn(rounds, *(lambda _, count=count: drive("http", server.ready["admin"], count, seconds, requests)
                                          for count in (clients, 1)))
                report.figure(f"{what} from 1 client, beside {clients}", [alone for _, alone in pairs], "a second")
                report.figure(f"{what} from {clients} clients", [many for many, _ in pairs], "a second")
                report.ratio(f"{what} from {clients} clients against 1", pairs, want if clients == 64 else None)
