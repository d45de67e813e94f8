"""`failoverd pipe`, the relay that PowerDNS's pipe connector forks for each connection."""
import json
import subprocess

import pytest

from harness import Failoverd, program
from harness.failoverd import run
from table import GIVEN

LOOKUP = {"method": "lookup", "parameters": {"qtype": "ANY", "qname": "shop.failover.example."}}


class Relay:
    def __init__(self, path):
        self.process = subprocess.Popen([program(), "pipe", "--dns-unix", str(path)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        """Its exit status, and what else it wrote to standard output and standard error."""
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def served():
    with Failoverd() as running:
        api = running.api()
        for request in GIVEN["eu and us"]:
            api.must(*request)
        yield running


def test_it_relays(served):
    with Relay(served.socket) as relay:
        assert relay.ask({"method": "initialize", "parameters": {"command": "x", "timeout": "2000"}})["result"] is True
        for _ in range(100):
            assert relay.ask(LOOKUP)["result"][0]["content"] == "192.0.2.10"
        assert relay.ask({"method": "bogus", "parameters": {}})["result"] is False


def test_all_relays_ask_one_table(served):
    with Relay(served.socket) as one, Relay(served.socket) as other:
        assert one.ask(LOOKUP) == other.ask(LOOKUP)
        served.api().flip("shop")
        assert one.ask(LOOKUP) == other.ask(LOOKUP)
        assert one.ask(LOOKUP)["result"][0]["content"] == "198.51.100.10"


def test_it_ends_when_powerdns_closes(served):
    with Relay(served.socket) as relay:
        relay.ask(LOOKUP)
        relay.process.stdin.close()
        relay.process.stdin = None
        assert relay.end() == (0, b"", b"")


def test_it_ends_when_failoverd_goes(served):
    with Relay(served.socket) as relay:
        relay.ask(LOOKUP)
        served.kill()
        relay.process.wait(20)


def test_without_failoverd_it_says_so_and_ends(tmp_path):
    with Relay(tmp_path / "none.sock") as relay:
        status, out, err = relay.end()
        assert status != 0 and out == b"" and b"none.sock" in err


@pytest.mark.parametrize("words", [["--config", "FILE", "pipe"], ["--dns-unix", "SOCKET", "pipe"],
                                   ["pipe", "--dns-unix", "SOCKET"]])
def test_the_relay_finds_its_socket_where_failoverd_does(server, tmp_path, words):
    (tmp_path / "failoverd.toml").write_text(f'dns-unix = "{server.socket}"\nadmin = "nonsense"\n')
    known = {"FILE": tmp_path / "failoverd.toml", "SOCKET": server.socket}
    done = run(*[known.get(word, word) for word in words])
    assert done.returncode == 0 and not done.stderr, f"reached, and ended with its input: {done}"
