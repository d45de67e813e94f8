"""SIGUSR2 puts the program that now lies at its path in the old one's place, and no question is lost."""
import json
import os
import shutil
import signal
import socket
import threading
import time

import pytest
import requests

from harness import Failoverd, PowerDns, addresses, eventually, free_port, program
from harness.load import Load
from table import GIVEN, group

NAMES = [f"n{i}.failover.example" for i in range(100)] + [f"no{i}.failover.example" for i in range(100)]
CONNECTORS = ["unix", "http-post_json", "pipe"]


def upgrade(running, count):
    """Signals, and waits for the new program's ready line."""
    running.process.send_signal(signal.SIGUSR2)
    running.await_ready(count)


def test_systemd_is_told_that_a_start_goes_on(tmp_path):
    """A store that is brought to a newer schema may take longer than systemd waits."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(10)
        with Failoverd(environment={"NOTIFY_SOCKET": str(tmp_path / "notify")}):
            assert systemd.recv(1000) == b"WATCHDOG=1\nEXTEND_TIMEOUT_USEC=10000000"
            while systemd.recv(1000) != b"READY=1":
                pass


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


def replace(running, source=None):
    """As a package's upgrade does: a new file, moved over the old one."""
    new = running.binary + ".new"
    shutil.copy(source or program(), new)
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


def with_settings(**settings):
    """A server whose settings all stand in a file, and a function that writes this file anew."""
    running = Failoverd()
    path = running.directory / "failoverd.toml"

    def write(**changed):
        settings.update(changed)
        path.write_text("".join(f"{name.replace('_', '-')} = {json.dumps(value)}\n"
                                for name, value in settings.items() if value is not None))

    running.flags, running.unless_given = ["--config", str(path)], {}
    write()
    return running, write


def accepts(address):
    host, port = address.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), 5).close()
        return True
    except ConnectionRefusedError:
        return False


MOVES = [
    # admin and dns-http before, the same after, and which listeners are the same; {0} and {1} are free ports
    ("127.0.0.1:{0}", None, "127.0.0.1:{0}", None, ["admin"]),
    ("127.0.0.1:0", None, "127.0.0.1:0", None, ["admin"]),
    ("127.0.0.1:0", None, "127.0.0.2:0", None, []),
    ("127.0.0.1:{0}", None, "127.0.0.1:{1}", None, []),
    ("0.0.0.0:{0}", None, "127.0.0.1:{0}", None, []),
    ("127.0.0.1:{0}", "127.0.0.1:{1}", "127.0.0.1:{0}", "127.0.0.2:{1}", ["admin"]),
    ("127.0.0.1:{0}", "0.0.0.0:{1}", "127.0.0.1:{0}", "127.0.0.1:{1}", ["admin"]),
    ("127.0.0.1:{0}", "127.0.0.1:{1}", "127.0.0.1:{0}", None, ["admin"]),
    ("127.0.0.1:{0}", None, "127.0.0.1:{0}", "127.0.0.1:{1}", ["admin"]),
]


@pytest.mark.parametrize("admin, dns_http, new_admin, new_dns_http, same", MOVES)
def test_the_new_settings_say_where_it_listens(admin, dns_http, new_admin, new_dns_http, same):
    ports = free_port(), free_port()
    admin, dns_http, new_admin, new_dns_http = (
        text and text.format(*ports) for text in (admin, dns_http, new_admin, new_dns_http))
    running, write = with_settings(admin=admin, dns_http=dns_http, admin_insecure=True)
    with running:
        before = dict(running.ready)
        write(admin=new_admin, dns_http=new_dns_http)
        upgrade(running, 2)
        for name, setting in (("admin", new_admin), ("dns-http", new_dns_http)):
            assert (setting is None) == (name not in running.ready)
            if setting:
                assert running.ready[name].startswith(setting.removesuffix(":0"))
            if name in same:
                assert running.ready[name] == before[name]
            elif name in before and before[name] != running.ready.get(name):
                assert not accepts(before[name].replace("0.0.0.0", "127.0.0.2"))
        assert running.api().ask("GET /healthz").status == 200


def test_a_public_listener_is_public_no_more():
    running, write = with_settings(admin=f"0.0.0.0:{free_port()}", admin_insecure=True)
    with running:
        port = running.ready["admin"].split(":")[1]
        assert accepts("127.0.0.2:" + port)
        write(admin="127.0.0.1:" + port, admin_insecure=False)
        upgrade(running, 2)
        assert not accepts("127.0.0.2:" + port)


def test_the_socket_moves_and_its_connections_stay():
    running, write = with_settings(admin="127.0.0.1:0")
    with running, running.backend() as kept:
        running.api().put_zone()
        write(dns_unix=str(running.directory / "other.sock"))
        upgrade(running, 2)
        assert running.ready["dns-unix"] == str(running.directory / "other.sock")
        with running.backend() as other:
            assert other.lookup("failover.example.") == kept.lookup("failover.example.") != []
        write(dns_unix=None)
        upgrade(running, 3)
        with running.backend() as again:
            assert again.lookup("failover.example.") != []


REFUSED = [
    # settings that a running server is told, and what its log then says
    ({"bogus": "x"}, "bogus"), ({"admin": "nonsense"}, "admin"), ({"zone": "a..b"}, "zone"),
    ({"admin_tls_cert": "/etc/hostname", "admin_tls_key": "/etc/hostname"}, "/etc/hostname"),
]


@pytest.mark.parametrize("changed, said", REFUSED)
def test_a_mistake_in_the_settings_changes_nothing(changed, said):
    running, write = with_settings(admin="127.0.0.1:0")
    with running:
        write(**changed)
        running.process.send_signal(signal.SIGUSR2)
        eventually(lambda: "not handing over" in running.log(), "it says so")
        assert said in running.log()
        assert running.process.poll() is None and running.api().ask("GET /healthz").status == 200
        write(**dict.fromkeys(changed) | {"admin": "127.0.0.1:0"})
        upgrade(running, 2)


def test_a_program_that_hangs_changes_nothing(installed, tmp_path):
    hanging = tmp_path / "hanging"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    replace(installed, hanging)
    count = len(installed.ready_lines())
    installed.process.send_signal(signal.SIGUSR2)
    eventually(lambda: "not handing over" in installed.log(), "it is given up")
    assert installed.process.poll() is None and installed.api().ask("GET /healthz").status == 200
    replace(installed)
    upgrade(installed, count + 1)


def test_children_of_others_do_not_hold_it_up():
    """As for the first process of a container, which orphans are given to."""
    with Failoverd() as running:
        running.stop()
        running.binary = running.directory / "with-a-child"
        running.binary.write_text(f'#!/bin/sh\nsleep 40 &\nexec {program()} "$@"\n')
        running.binary.chmod(0o755)
        running.start()
        upgrade(running, 2)


def test_a_slow_http_client_holds_up_nobody(installed):
    """PowerDNS waits two seconds for its answer on the socket."""
    host, port = installed.ready["dns-http"].split(":")
    with socket.create_connection((host, int(port))) as slow, installed.backend() as backend:
        slow.sendall(b"POST /dns HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf")
        done = threading.Event()
        longest = [0.0]

        def ask():
            while not done.is_set():
                since = time.monotonic()
                backend.lookup("n1.failover.example.")
                longest[0] = max(longest[0], time.monotonic() - since)

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            upgrade(installed, len(installed.ready_lines()) + 1)
        finally:
            done.set()
            asking.join(30)
        assert longest[0] < 2


def test_it_ends_as_before_after_it(installed):
    installed.stop()
    installed.start()
