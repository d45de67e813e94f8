"""Names are dropped through PowerDNS's control socket where it runs on the same machine, and through its API where
that socket is not to be had: whatever happens to it, what was acknowledged is what is answered."""
import signal

import pytest

from harness import Failoverd, PowerDns, addresses, eventually
from harness.metrics import metrics, total
from table import GIVEN

NAME, SIDES = "shop.failover.example", {"primary": ["192.0.2.10"], "backup": ["198.51.100.10"]}


class Flipper:
    """Flips to and fro, and sees to it that each is acknowledged and answered."""

    def __init__(self, running, powerdns):
        self.running, self.powerdns, self.live = running, powerdns, "primary"

    def flip(self):
        assert addresses(self.powerdns.port, NAME) == SIDES[self.live], "and now it is cached"
        self.live = "backup" if self.live == "primary" else "primary"
        done = self.running.api().flip("shop", self.live)
        assert [one["ok"] for one in done["flushed"]] == [True], done["flushed"]
        assert addresses(self.powerdns.port, NAME) == SIDES[self.live]

    def purges(self):
        """How often the control socket was asked to drop the name: PowerDNS logs each."""
        return self.powerdns.log().count(f"Cache clear request for '{NAME}.' received")

    def through_socket(self):
        return total(metrics(self.running), "failover_powerdns_control_socket") == 1

    def flips_through_socket(self):
        before = self.purges()
        self.flip()
        return self.purges() > before


@pytest.fixture
def flipper():
    with PowerDns() as powerdns, Failoverd(*powerdns.flags()) as running:
        for request in GIVEN["eu and us"]:
            running.api().must(*request)
        powerdns.start(running)
        flipper = Flipper(running, powerdns)
        flipper.flip()
        eventually(flipper.through_socket, "it was found after the first flush")
        assert flipper.flips_through_socket()
        yield flipper


def socket_of(powerdns):
    return powerdns.directory / "pdns.controlsocket"


def test_only_the_name_is_dropped(flipper):
    """The API would drop what lies below it as well."""
    powerdns = flipper.powerdns
    flipper.running.api().create("other", primary="eu", backup="us")
    for name in (NAME, "other.failover.example"):
        addresses(powerdns.port, name)
    before = metrics(flipper.running)
    flipper.flip()
    assert addresses(powerdns.port, "other.failover.example") == SIDES["primary"]
    asked = total(metrics(flipper.running), "failover_dns_requests_total") - total(before, "failover_dns_requests_total")
    assert asked == 1, "the flipped name alone was asked for again"


def test_zones_go_through_the_api(flipper):
    before = flipper.powerdns.log().count("Cache clear request")
    flipper.running.api().put_zone(ttl=20)
    flipper.running.api().put_zone("another.example")
    assert flipper.powerdns.log().count("Cache clear request") == before


def test_powerdns_is_restarted(flipper):
    for number in (signal.SIGTERM, signal.SIGKILL):
        flipper.powerdns.process.send_signal(number)
        flipper.powerdns.process.wait()
        flipper.powerdns.start(flipper.running)
        flipper.flip()
        eventually(flipper.through_socket, "the new process's socket was found")
        assert flipper.flips_through_socket()


def test_the_socket_is_gone(flipper):
    socket_of(flipper.powerdns).unlink()
    assert not flipper.flips_through_socket()
    assert not flipper.through_socket()
    flipper.flip()


def test_another_servers_socket_has_taken_its_place(flipper):
    """Two servers with the same socket-dir. What the other one drops is of no use."""
    with PowerDns() as other:
        other.start(flipper.running)
        socket_of(flipper.powerdns).unlink()
        socket_of(other).rename(socket_of(flipper.powerdns))
        for _ in range(3):
            assert not flipper.flips_through_socket()
        assert not flipper.through_socket()
        assert other.log().count(f"for '{NAME}.' received") == 1, "not again, once it was seen to be another"


def test_nobody_answers_on_it(flipper):
    """PowerDNS's one thread for it may be busy with another command. Here a stopped process holds the place."""
    with PowerDns() as other:
        other.start(flipper.running)
        other.process.send_signal(signal.SIGSTOP)
        socket_of(flipper.powerdns).unlink()
        socket_of(other).rename(socket_of(flipper.powerdns))
        assert not flipper.flips_through_socket()
        other.process.send_signal(signal.SIGCONT)
