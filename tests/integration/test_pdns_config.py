"""Each file of pdns-config/ is started on a real pdns_server as it stands, but for its addresses, ports and key; the
answer that it gives follows a flip."""
import contextlib
import pathlib
import shutil
import subprocess
import tempfile

import dns.exception
import pytest

from harness import Failoverd, addresses, eventually, free_port, program, rcode, dig
from harness.failoverd import ROOT
from harness.process import spawn

SHIPPED = ROOT / "pdns-config"
GROUP = "414-262-781.failover.example"
ZONE = ["--zone", "failover.example", "--nameserver", "ns1.failover.example=127.0.0.1"]


class Shipped:
    """A pdns_server with a shipped file. `replace` says what stands for what in it; all of it must be there."""

    def __init__(self, file):
        self.text = (SHIPPED / file).read_text()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="pc-"))
        self.port, self.api_port = free_port(), free_port()
        self.key = self.directory / "key"
        self.key.write_text("key-of-the-test\n")
        self.process = None

    def replace(self, **values):
        for name, value in values.items():
            self.set(name.replace("_", "-"), lambda _, value=value: value)
        return self

    def set(self, name, change):
        lines = self.text.splitlines()
        at = [i for i, line in enumerate(lines) if line.startswith((name + "=", name + "+="))]
        assert len(at) == 1, f"{name} stands {len(at)} times in the file"
        option, value = lines[at[0]].split("=", 1)
        lines[at[0]] = f"{option}={change(value)}"
        self.text = "\n".join(lines) + "\n"

    def flags(self):
        return ["--powerdns-api", f"http://127.0.0.1:{self.api_port}", "--powerdns-api-key-file", str(self.key)]

    def api(self):
        return self.replace(webserver_address="127.0.0.1", webserver_port=self.api_port, api_key="key-of-the-test",
                            webserver_allow_from="127.0.0.1")

    def start(self, *more):
        (self.directory / "pdns.conf").write_text(self.text)
        with open(self.directory / "log", "wb") as log:
            self.process = spawn(["/usr/sbin/pdns_server", f"--config-dir={self.directory}", "--guardian=no",
                                  f"--socket-dir={self.directory}", *more], stdout=log, stderr=log)
        eventually(self.answers, "pdns_server answers")
        return self

    def pdnsutil(self, settings, *command):
        (self.directory / "pdns.conf").write_text(settings)
        subprocess.run(["pdnsutil", f"--config-dir={self.directory}", *command], check=True, capture_output=True)

    def answers(self):
        log = (self.directory / "log").read_text(errors="replace")
        assert self.process.poll() is None, f"pdns_server ended: {self.process.returncode}\n{log}"
        try:
            return rcode(dig(self.port, "failover.example", "SOA", timeout=0.5)) == "NOERROR"
        except (dns.exception.Timeout, OSError):
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def sqlite_database(directory):
    """An empty database of PowerDNS's own SQLite backend."""
    database = directory / "pdns.sqlite3"
    with open("/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql", encoding="utf-8") as schema:
        subprocess.run(["sqlite3", str(database)], stdin=schema, check=True)
    return database


def connect(server, text):
    """A file's connection string with this server's socket, port and program in it."""
    replaced = text
    for shipped, here in (("/usr/sbin/failoverd", program()), ("/run/failoverd/pdns.sock", str(server.socket)),
                          ("192.0.2.1:8053", server.ready.get("dns-http", "")),
                          ("127.0.0.1:8053", server.ready.get("dns-http", ""))):
        replaced = replaced.replace(shipped, here)
    assert replaced != text, f"nothing of {text} is the test's own"
    return replaced


def register(server):
    api = server.api()
    api.put_stack("shop-eu", "192.0.2.10")
    api.put_stack("shop-us", "198.51.100.10")
    api.create("414-262-781", primary="shop-eu", backup="shop-us")
    return api


def flip(api, servers=1):
    """Flips until PowerDNS, which was not there when failoverd started, is flushed; the address that is live then."""
    def flushed():
        reply = api.flip(GROUP)
        return reply if [server["ok"] for server in reply["flushed"]] == [True] * servers else None

    return eventually(flushed, "the flip is flushed")["group"]["answer"][0]["content"]


@pytest.mark.parametrize("file", ["pdns-unix.conf", "pdns-http.conf", "pdns-pipe.conf", "pdns-several.conf"])
def test_answers_and_follows_a_flip(file):
    with Shipped(file) as powerdns, Failoverd("--dns-http", "127.0.0.1:0", *ZONE, *powerdns.flags()) as server:
        api = register(server)
        powerdns.api().replace(local_address="127.0.0.1", local_port=powerdns.port)
        powerdns.set("remote-connection-string", lambda value: connect(server, value))
        powerdns.start()
        assert addresses(powerdns.port, GROUP) == ["192.0.2.10"]
        live = flip(api)
        assert addresses(powerdns.port, GROUP) == [live]


def test_several_servers_on_one_failoverd():
    """failoverd's own machine and two others: each is flushed by the one flip, and answers with the new side."""
    files = ["pdns-unix.conf", "pdns-several.conf", "pdns-several.conf"]
    with contextlib.ExitStack() as stack:
        several = [stack.enter_context(Shipped(file)) for file in files]
        flags = [word for one in several for word in one.flags()[:2]] + several[0].flags()[2:]
        server = stack.enter_context(Failoverd("--dns-http", "127.0.0.1:0", *ZONE, *flags))
        api = register(server)
        for powerdns in several:
            powerdns.api().replace(local_address="127.0.0.1", local_port=powerdns.port)
            powerdns.set("remote-connection-string", lambda value: connect(server, value))
            powerdns.start()
            assert addresses(powerdns.port, GROUP) == ["192.0.2.10"]
        live = flip(api, servers=3)
        assert [addresses(powerdns.port, GROUP) for powerdns in several] == [[live]] * 3


def test_the_snippet_joins_a_powerdns_with_another_backend():
    with Shipped("pdns.d/failoverd.conf") as powerdns, Failoverd(*ZONE, *powerdns.flags()) as server:
        api = register(server)
        database = sqlite_database(powerdns.directory)
        own = f"launch=gsqlite3\ngsqlite3-database={database}\n"
        powerdns.pdnsutil(own, "create-zone", "other.example", "ns1.other.example")
        powerdns.pdnsutil(own, "add-record", "other.example", "ns1", "A", "192.0.2.99")
        powerdns.api().set("remote-connection-string", lambda value: connect(server, value))
        powerdns.text = own + f"local-address=127.0.0.1\nlocal-port={powerdns.port}\n" + powerdns.text
        powerdns.start()
        assert addresses(powerdns.port, "ns1.other.example") == ["192.0.2.99"]
        assert addresses(powerdns.port, GROUP) == ["192.0.2.10"]
        live = flip(api)
        assert addresses(powerdns.port, GROUP) == [live]


def test_a_hidden_primary_and_its_secondary():
    with contextlib.ExitStack() as stack:
        primary = stack.enter_context(Shipped("pdns-hidden-primary.conf"))
        secondary = stack.enter_context(Shipped("pdns-secondary.conf"))
        server = stack.enter_context(Failoverd("--dns-http", "127.0.0.1:0", *ZONE, *primary.flags()))
        api = register(server)
        primary.api().replace(local_address="127.0.0.1", local_port=primary.port,
                              also_notify=f"127.0.0.1:{secondary.port}", allow_axfr_ips="127.0.0.1")
        primary.set("remote-connection-string", lambda value: connect(server, value))

        secondary.replace(local_address="127.0.0.1", local_port=secondary.port,
                          gsqlite3_database=sqlite_database(secondary.directory))
        secondary.pdnsutil(secondary.text, "create-secondary-zone", "failover.example", f"127.0.0.1:{primary.port}")

        primary.start()
        secondary.start()
        eventually(lambda: addresses(secondary.port, GROUP) == ["192.0.2.10"], "the secondary has the zone")
        api.flip(GROUP)
        eventually(lambda: addresses(secondary.port, GROUP) == ["198.51.100.10"], "the secondary has the flip", 30)
