"""What was acknowledged stays: through kill -9, a full disk and a second process on the same file."""
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import threading
import time

import pytest
import requests

from harness import Failoverd, dig, program, rcode, PowerDns
from table import GIVEN, check_refusal, group, server, stack, zone

ROUNDS, WRITERS = 12, 4
ADDRESSES = [f"192.0.2.{i}" for i in range(1, 200)]


class Writer(threading.Thread):
    """Writes to a stack, a group and labels of its own until the server dies; remembers what was acknowledged and
    the one write that may or may not have been done."""

    def __init__(self, api, number, round_):
        super().__init__()
        self.api, self.number, self.round = api, number, round_
        self.random = random.Random(number * 1000 + round_)
        self.stands, self.perhaps = {}, {}
        self.issued, self.deleted, self.drawn = [], [], []
        self.maybe_deleted = None
        self.problems = []

    def run(self):
        try:
            count = 0
            while True:
                count += 1
                self.step(count)
        except requests.exceptions.RequestException:
            pass
        except AssertionError as problem:
            self.problems.append(problem)

    def step(self, count):
        kind = self.random.choice(["servers", "flip", "create", "delete", "name"])
        if kind == "servers":
            wanted = [server(f"w{i}", address) for i, address in enumerate(self.random.sample(ADDRESSES, 3))]
            self.write("servers", wanted, *stack(f"own{self.number}", *wanted))
        elif kind == "flip":
            side = self.random.choice(["primary", "backup"])
            self.write("live", side, f"POST /v1/groups/own{self.number}/flip", {"to": side})
        elif kind == "name":
            name = f"{self.round}-{count}"
            self.write("name", name, f"PATCH /v1/groups/own{self.number}", {"name": name})
        elif kind == "create":
            label = f"r{self.round}w{self.number}c{count}"
            self.api.must(*group(label))
            self.issued.append(label)
            self.drawn.append(self.api.must("POST /v1/groups")["label"])
        elif self.issued:
            self.maybe_deleted = self.issued.pop()
            self.api.must(f"DELETE /v1/groups/{self.maybe_deleted}")
            self.deleted.append(self.maybe_deleted)
            self.maybe_deleted = None

    def write(self, what, value, *request):
        self.perhaps = {what: value}
        self.api.must(*request)
        self.stands[what] = value
        self.perhaps = {}


def check(api, writer):
    assert not writer.problems, writer.problems[0]
    found = api.must(f"GET /v1/groups/own{writer.number}")
    found["servers"] = api.must(f"GET /v1/stacks/own{writer.number}")["servers"]
    for what, value in writer.stands.items():
        accepted = [value] + ([writer.perhaps[what]] if what in writer.perhaps else [])
        actual = found[what]
        if what == "servers":
            actual = [[one["name"], one["addresses"]] for one in actual]
            accepted = [[[one["name"], one["addresses"]] for one in servers] for servers in accepted]
        assert actual in accepted, f"{what}: {actual} is none of {accepted}"
    for label in writer.issued + writer.drawn:
        assert api.ask(f"GET /v1/groups/{label}").status == 200, f"{label} was acknowledged and is gone"
        assert api.ask(*group(label)).code == "address_taken"
    for label in writer.deleted:
        assert api.ask(f"GET /v1/groups/{label}").status == 404
        assert api.ask(*group(label)).code == "address_retired", f"{label} is issued again"


def integrity(running):
    """SQLite's own check on the file, while nobody has it."""
    [file] = running.directory.glob("*.db")
    with sqlite3.connect(file) as database:
        return database.execute("PRAGMA integrity_check").fetchone()[0]


def test_kill_at_random_moments(fresh):
    api = fresh.api()
    api.put_zone()
    for i in range(WRITERS):
        api.must(*stack(f"own{i}", server("w0", "192.0.2.1")))
        api.must(*stack(f"other{i}", server("w0", "198.51.100.1")))
        api.must(*group(f"own{i}", primary=f"own{i}", backup=f"other{i}"))
    drawn, serial, revision = set(), fresh.serial(), 0
    for round_ in range(ROUNDS):
        writers = [Writer(fresh.api(), i, round_) for i in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(random.uniform(0.05, 0.4))
        seen = fresh.serial()
        fresh.kill()
        for writer in writers:
            writer.join(30)
        fresh.start()
        api = fresh.api()
        for writer in writers:
            check(api, writer)
            assert not drawn & set(writer.drawn), "an address was issued twice"
            drawn |= set(writer.drawn)
        assert fresh.serial() >= seen >= serial, "the serial went back"
        serial = fresh.serial()
        revisions = [change["revision"] for change in api.all("/v1/changes")]
        assert revisions == list(range(1, len(revisions) + 1)) and len(revisions) >= revision
        revision = len(revisions)
    fresh.stop()
    assert integrity(fresh) == "ok"


def test_a_group_with_all_its_settings_is_whole(fresh):
    """A change of many things at once is there or not, never half."""
    api = fresh.api()
    for request in GIVEN["eu and us"]:
        api.must(*request)
    for i in range(8):
        writer = threading.Thread(target=swing, args=(fresh.api(),))
        writer.start()
        time.sleep(random.uniform(0.02, 0.2))
        fresh.kill()
        writer.join(30)
        fresh.start()
        found = fresh.api().must("GET /v1/groups/shop")
        whole = (found["name"], found["ttl"], found["primary"]["name"], found["backup"]["name"], found["live"])
        assert whole in {("", 60, "eu", "us", "primary"), (None, 60, "eu", "us", "primary"),
                         ("a", 10, "eu", "us", "primary"),
                         ("b", 20, "us", "eu", "backup")}, (i, whole)


def swing(api):
    try:
        while True:
            api.must("PATCH /v1/groups/shop",
                     {"name": "b", "ttl": 20, "primary": "us", "backup": "eu", "live": "backup"})
            api.must("PATCH /v1/groups/shop",
                     {"name": "a", "ttl": 10, "primary": "eu", "backup": "us", "live": "primary"})
    except requests.exceptions.RequestException:
        pass


def test_second_process_on_the_same_file(fresh):
    environment = os.environ | {"STATE_DIRECTORY": str(fresh.directory)}
    other = subprocess.run([program(), "--admin", "127.0.0.1:0", "--dns-unix", fresh.directory / "2.sock"],
                           env=environment,
                           capture_output=True, text=True, timeout=20, check=False)
    assert other.returncode != 0 and "ready" not in other.stdout
    assert "failover.db" in other.stderr and len(other.stderr.strip().splitlines()) == 1, other.stderr
    api = fresh.api()
    api.put_zone()
    assert api.revision() == 1


def test_second_process_on_the_same_socket(fresh):
    """It may not take the socket from the one that serves it."""
    other = Failoverd("--dns-unix", str(fresh.socket))
    try:
        other.launch()
        assert other.process.wait(20) != 0, "refused"
        assert str(fresh.socket) in other.log()
        with fresh.backend() as backend:
            assert backend.call("directBackendCmd", query="ping")["result"]
    finally:
        other.__exit__()


def test_a_socket_left_by_a_dead_process_is_no_obstacle(fresh):
    fresh.kill()
    assert fresh.socket.exists()
    fresh.start()


def limit_files(process, size):
    hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, hard))


WRITES = [group("new"), ("PATCH /v1/groups/shop", {"name": "x"}), ("POST /v1/groups/shop/flip", {}),
          stack("eu", server("w1", "192.0.2.99")), zone(ttl=10), ("POST /v1/tokens", {"name": "t", "role": "viewer"}),
          ("DELETE /v1/stacks/bare",)]


def test_full_disk():
    with PowerDns(cache_ttl=0, query_cache_ttl=0) as powerdns, Failoverd() as running:
        api = running.api()
        for request in GIVEN["eu and us"]:
            api.must(*request)
        powerdns.start(running)
        standing, serial = api.standing(), running.serial()
        limit_files(running.process, 1024)
        for write in WRITES:
            reply = api.ask(*write)
            assert reply.status == 503, reply
            check_refusal(reply, "store_unavailable")
            with running.backend() as backend:
                assert [r["content"] for r in backend.lookup("shop.failover.example.")] == ["192.0.2.10"]
        assert rcode(dig(powerdns.port, "shop.failover.example")) == "NOERROR"
        assert api.standing() == standing and running.serial() == serial, "reads go on, nothing changed"
        assert api.ask("GET /readyz").status == 200, "lookups are answered"
        limit_files(running.process, resource.RLIM_INFINITY)
        for write in WRITES:
            assert api.ask(*write).status < 300, "room again: writes work without a restart"
        after = running.serial()
        assert after > serial
        running.restart()
        assert running.api().must("GET /v1/groups/new")["label"] == "new" and running.serial() == after


def test_newer_schema(fresh):
    fresh.api().put_zone()
    fresh.stop()
    [file] = fresh.directory.glob("*.db")
    with sqlite3.connect(file) as database:
        version = database.execute("PRAGMA user_version").fetchone()[0]
        assert version > 0
        database.execute(f"PRAGMA user_version = {version + 1}")
    fresh.launch()
    assert fresh.process.wait(20) != 0
    assert "newer" in fresh.log() and str(version + 1) in fresh.log()


@pytest.mark.parametrize("content",
                         [b"this is no database, but a text that is long enough to be read as one. " * 100,
                          b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database(fresh, content):
    fresh.stop()
    [file] = fresh.directory.glob("*.db")
    for part in fresh.directory.glob("*.db*"):
        part.unlink()
    file.write_bytes(content)
    fresh.launch()
    assert fresh.process.wait(20) != 0
    assert file.name in fresh.log()
    assert file.read_bytes() == content, "it isn't touched"


def test_a_copy_of_the_files_is_a_backup(fresh):
    api = fresh.api()
    for request in GIVEN["eu and us"]:
        api.must(*request)
    fresh.stop()
    with Failoverd() as other:
        other.stop()
        for part in other.directory.glob("*.db*"):
            part.unlink()
        for part in fresh.directory.glob("*.db*"):
            shutil.copy(part, other.directory)
        other.start()
        assert other.api().must("GET /v1/groups/shop")["live"] == "primary"
