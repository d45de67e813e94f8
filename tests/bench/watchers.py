"""A flip, and lookups, with thousands of watchers and idle slow clients on the admin side, and with none."""
import pathlib
import resource
import selectors
import socket
import tempfile
import threading
import time

from rig import Failoverd, PowerDns, drive, fill, in_turn, label, lookup, name, percentile


class Crowd:
    """Connections that watch events and take what they get, and slow ones that send a head and never its end."""

    def __init__(self, server, watchers, slow):
        host, port = server.ready["admin"].rsplit(":", 1)
        self.events = 0
        self.selector = selectors.DefaultSelector()
        self.sockets = []
        for i in range(watchers + slow):
            one = socket.create_connection((host, int(port)))
            if i < watchers:
                one.sendall(f"GET /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {server.token()}\r\n\r\n".encode())
                one.setblocking(False)
                self.selector.register(one, selectors.EVENT_READ)
            else:
                one.sendall(b"GET /v1/groups HTTP/1.1\r\nHost: a\r\nX-Slow: ")
            self.sockets.append(one)
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._read)
        self.thread.start()

    def _read(self):
        while not self.done.is_set():
            for key, _ in self.selector.select(0.2):
                self.events += key.fileobj.recv(65536).count(b"\nevent: ")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()
        for one in self.sockets:
            one.close()


def run(report, quick):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    watchers, slow, flips, rounds = (200, 20, 20, 1) if quick else (2000, 200, 50, 5)
    with tempfile.TemporaryDirectory() as scratch, PowerDns() as powerdns, Failoverd(*powerdns.flags()) as server:
        fill(server, 1000)
        powerdns.start(server)
        requests = pathlib.Path(scratch) / "requests"
        requests.write_text("".join(lookup(name(i)) for i in range(1000)))
        api = server.api()

        def flip_median():
            took = []
            for i in range(flips):
                start = time.monotonic()
                api.flip(label(i))
                took.append(time.monotonic() - start)
                time.sleep(0.1)
            return percentile(took, 0.5)

        taken = 0

        def with_crowd(measure):
            nonlocal taken
            with Crowd(server, watchers, slow) as crowd:
                time.sleep(1)
                before = crowd.events
                result = measure()
                time.sleep(1)
                taken += crowd.events - before
            time.sleep(0.5)
            return result

        crowd = f"{watchers} watchers and {slow} slow clients"
        pairs = in_turn(rounds, lambda _: with_crowd(flip_median), lambda _: flip_median())
        report.figure(f"events taken by {watchers} watchers in {rounds * flips} flips", taken, "events")
        report.figure("flip acknowledged, with none", [alone * 1000 for _, alone in pairs], "ms")
        report.ratio(f"flip acknowledged, {crowd}, against none", pairs, 2, at_least=False)

        def lookups():
            return drive("lines", server.socket, 1, 1, requests)

        pairs = in_turn(rounds, lambda _: with_crowd(lookups), lambda _: lookups())
        report.ratio(f"lookups a second, {crowd}, against none", pairs, 0.9)
