"""SIGUSR2 puts the program that now lies at its path in the old one's place, and no question is lost."""
import os
import shutil
import signal
import threading

import pytest
import requests

from harness import Failoverd, PowerDns, addresses, free_port, program
from harness.load import Load
from table import GIVEN, group

NAMES = [f"n{i}.failover.example" for i in range(100)] + [f"no{i}.failover.example" for i in range(100)]
CONNECTORS = ["unix", "http-post_json", "pipe"]


def upgrade(running, count):
    """Signals, and waits for the new program's ready line."""
    running.process.send_signal(signal.SIGUSR2)
    running.await_ready(count)


@pytest.fixture(scope="module")
def installed():
    """A copy of the program that a test may replace."""
    with Failoverd("--dns-http", f"127.0.0.1:{free_port()}") as running:
        running.stop()
        running.binary = str(running.directory / "failoverd")
        shutil.copy(program(), running.binary)
        running.start()
        api = running.api()
        for request in GIVEN["eu and us"] + [group(f"n{i}", primary="eu", backup="us") for i in range(100)]:
            api.must(*request)
        yield running


@pytest.mark.parametrize("connector", CONNECTORS)
def test_no_question_is_lost(installed, connector):
    """PowerDNS without its caches, so that each question comes to failoverd."""
    with PowerDns(connector, cache_ttl=0, query_cache_ttl=0, negquery_cache_ttl=0) as powerdns:
        powerdns.start(installed)
        pid, before = installed.process.pid, len(installed.ready_lines())
        admin = installed.ready["admin"]
        with Load(powerdns.port, NAMES) as load:
            for i in range(1, 6):
                replace(installed)
                upgrade(installed, before + i)
                assert installed.process.pid == pid and installed.process.poll() is None
                assert installed.ready["admin"] == admin, "the listener is the same"
                flipped = installed.api().flip("shop")["group"]["answer"][0]["content"]
                assert addresses(powerdns.port, "shop.failover.example") == [flipped]
        log = f"{load.result}\n{powerdns.log()}\n{installed.log()}"
    assert load.result["lost"] == 0, log
    assert set(load.result["rcodes"]) == {"NOERROR", "NXDOMAIN"} and load.result["sent"] > 100, log


def replace(running):
    """As a package's upgrade does: a new file, moved over the old one."""
    new = running.binary + ".new"
    shutil.copy(running.binary, new)
    os.replace(new, running.binary)


def test_connections_of_the_socket_are_kept(installed):
    with installed.backend() as kept:
        for _ in range(3):
            assert kept.lookup("n1.failover.example.")[0]["content"] == "192.0.2.10"
            upgrade(installed, len(installed.ready_lines()) + 1)
            assert kept.lookup("n2.failover.example.")[0]["content"] == "192.0.2.10"


def test_acknowledged_writes_are_there_after_it(installed):
    """Writers go on through it; a write that broke off is done or not, an acknowledged one is done."""
    stop, acknowledged, unsure = threading.Event(), {}, {}

    def write(number):
        api = installed.api()
        count = 0
        while not stop.is_set():
            count += 1
            unsure[number] = f"{number}-{count}"
            try:
                api.must(f"PATCH /v1/groups/n{number}", {"name": unsure[number]})
                acknowledged[number] = unsure[number]
            except requests.exceptions.RequestException:
                api = installed.api()

    writers = [threading.Thread(target=write, args=(i,)) for i in range(3)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(5):
            upgrade(installed, len(installed.ready_lines()) + 1)
    finally:
        stop.set()
        for writer in writers:
            writer.join(30)
    api = installed.api()
    assert len(acknowledged) == 3
    for number, name in acknowledged.items():
        assert api.must(f"GET /v1/groups/n{number}")["name"] in (name, unsure[number])


def test_a_program_that_is_not_there_changes_nothing(fresh):
    fresh.stop()
    fresh.binary = str(fresh.directory / "failoverd")
    shutil.copy(program(), fresh.binary)
    fresh.start()
    api = fresh.api()
    api.put_zone()
    os.unlink(fresh.binary)
    fresh.process.send_signal(signal.SIGUSR2)
    for _ in range(50):
        assert api.ask("GET /healthz").status == 200
    assert fresh.process.poll() is None and fresh.serial() >= 0


def test_it_ends_as_before_after_it(installed):
    installed.stop()
    installed.start()
