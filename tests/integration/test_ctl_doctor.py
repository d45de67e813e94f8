"""failoverctl doctor: nothing found where all is well, and each thing that is wrong."""
import contextlib
import json
import socket
import sqlite3
import threading
import time

import dns.message
import dns.rrset
import pytest

from harness import Failoverd, PowerDns, free_port
from harness.ctl import REFUSED, Ctl, ctl, shop


class Parent:
    """A nameserver of the parent zone that refers to `names`."""

    def __init__(self, *names):
        self.names, self.port, self.end = names, free_port(), threading.Event()

    def __enter__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", self.port))
        self.socket.settimeout(0.2)
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        return self

    def serve(self):
        while not self.end.is_set():
            try:
                wire, peer = self.socket.recvfrom(4096)
            except TimeoutError:
                continue
            reply = dns.message.make_response(dns.message.from_wire(wire))
            owner = reply.question[0].name
            if self.names:
                reply.authority.append(dns.rrset.from_text(owner, 3600, "IN", "NS", *self.names))
            self.socket.sendto(reply.to_wire(), peer)

    def __exit__(self, *_):
        self.end.set()
        self.thread.join()
        self.socket.close()


@pytest.fixture
def whole(tmp_path):
    """failoverd with PowerDNS before it, and failoverctl with what it needs to look at both."""
    with PowerDns() as powerdns, Failoverd(*powerdns.flags()) as running:
        ctl = Ctl(running.url, running.token(), tmp_path)
        ctl.done("zones", "put", "failover.example", "--nameserver", "ns1.failover.example=192.0.2.53")
        ctl.done("stacks", "put", "shop-eu", "--server", "web1=192.0.2.10,2001:db8::10")
        ctl.done("stacks", "put", "shop-us", "--server", "lb1:load_balancer=lb.shop.example.net")
        for label, stacks in (("shop", ["shop-eu", "shop-us"]), ("news", ["shop-us", "shop-eu"])):
            ctl.done("groups", "create", "--label", label, "--primary", stacks[0], "--backup", stacks[1])
        powerdns.start(running)
        ctl.dns = f"127.0.0.1:{powerdns.port}"
        yield ctl


def findings(ctl, *words):
    ran = ctl("--json", "doctor", "--dns", ctl.dns, *words)
    assert ran.returncode in (0, 1), ran
    checks = json.loads(ran.stdout)["checks"]
    assert (ran.returncode == 1) == any(check["level"] == "fail" for check in checks)
    return {check["name"]: check for check in checks}


def test_doctor_finds_nothing_where_all_is_well(whole):
    with Parent("ns1.failover.example.") as parent:
        found = findings(whole, "--parent", f"127.0.0.1:{parent.port}")
        assert {name: c["detail"] for name, c in found.items() if c["level"] != "ok"} == {}
        assert "for 2 groups" in found["answers"]["detail"] and "names ns1.failover.example" in found["zones"]["detail"]
        text = whole.done("doctor", "--dns", whole.dns, "--parent", f"127.0.0.1:{parent.port}")
        assert all(line.startswith("ok    ") for line in text.splitlines())


@pytest.mark.parametrize("names,level", [((), "fail"), (("ns9.example.net.",), "fail"),
                                         (("ns1.failover.example.", "ns2.example.net."), "warn")])
def test_doctor_sees_a_wrong_delegation(whole, names, level):
    with Parent(*names) as parent:
        found = findings(whole, "--parent", f"127.0.0.1:{parent.port}")
        assert found["delegation"]["level"] == level


def test_doctor_sees_a_powerdns_that_answers_otherwise(whole, fresh, tmp_path):
    """Another failoverd's groups, asked of this PowerDNS."""
    other = Ctl(fresh.url, fresh.token(), tmp_path)
    other.dns = whole.dns
    other.done("zones", "put", "failover.example", "--nameserver", "ns1.failover.example=192.0.2.53")
    other.done("stacks", "put", "blog", "--server", "web1=192.0.2.200")
    for label in ("shop", "unknown"):
        other.done("groups", "create", "--label", label, "--primary", "blog")
    ran = other("doctor", "--dns", other.dns, "--no-delegation")
    assert ran.returncode == REFUSED
    assert "shop.failover.example: PowerDNS at 127.0.0.1" in ran.stdout
    assert "gives A 192.0.2.10, AAAA 2001:db8::10" in ran.stdout
    assert "unknown.failover.example: PowerDNS at 127.0.0.1" in ran.stdout and "gives NXDOMAIN" in ran.stdout


def test_doctor_sees_a_powerdns_that_lacks_the_zone(whole, fresh, tmp_path):
    """Without a group there is still the zone to ask for."""
    other = Ctl(fresh.url, fresh.token(), tmp_path)
    other.dns = whole.dns
    other.done("zones", "put", "other.example", "--nameserver", "ns1.other.example=192.0.2.53")
    assert "and not ns1.other.example" in findings(other, "--no-delegation")["zones"]["detail"]


def test_doctor_sees_groups_whose_stacks_could_not_take_the_traffic(whole):
    whole.done("stacks", "put", "shop-us", "--server", "db1:other=192.0.2.9")
    whole.done("groups", "create", "--label", "alone", "--primary", "shop-eu")
    found = findings(whole, "--no-delegation")
    named = {name: [label for label in ("shop", "news", "alone") if f"{label}.failover.example" in found[name]["detail"]]
             for name in ("groups-web-head", "groups-backup", "groups-other-side")}
    assert named == {"groups-web-head": ["news"], "groups-backup": ["alone"], "groups-other-side": ["shop"]}


@pytest.mark.parametrize("settings,said", [
    ({"cache_ttl": 0}, "cache-ttl is 0"), ({"query_cache_ttl": 0}, "query-cache-ttl is 0"),
    ({"negquery_cache_ttl": 0}, "negquery-cache-ttl is 0"),
    ({"zone_cache_refresh_interval": 0}, "zone-cache-refresh-interval is 0"),
])
def test_doctor_sees_settings_that_go_wrong(settings, said):
    with PowerDns(**settings) as powerdns, Failoverd(*powerdns.flags()) as running:
        powerdns.start(running)
        checks = {check["name"]: check for check in running.api().must("GET /v1/doctor")["checks"]}
        check = checks[f"powerdns settings {powerdns.url}"]
        assert not check["ok"] and said in check["detail"]


def test_doctor_sees_a_wrong_key_and_a_damaged_store():
    with PowerDns() as powerdns, Failoverd(*powerdns.flags()) as running:
        powerdns.key.write_text("another\n")
        running.api().must("PUT /v1/zones/failover.example", {"nameservers": [{"name": "ns1.example.net"}]})
        powerdns.start(running)
        running.stop()
        with contextlib.closing(sqlite3.connect(running.directory / "failover.db")) as database:
            database.execute("PRAGMA ignore_check_constraints = ON")
            database.execute("UPDATE zones SET hostmaster = upper(hostmaster), revision = revision + 1")
            database.commit()
        running.start()
        checks = {check["name"]: check for check in running.api().must("GET /v1/doctor")["checks"]}
        key, store = checks[f"powerdns {powerdns.url}"], checks["store"]
        assert not key["ok"] and "refused the key" in key["detail"]
        assert not store["ok"] and "restore" in store["detail"]


def test_doctor_says_that_no_powerdns_is_flushed(shop):
    ran = shop("doctor", "--no-delegation", "--dns", f"127.0.0.1:{free_port()}")
    assert "its caches are not flushed" in ran.stdout and "--powerdns-api" in ran.stdout


def test_doctor_asks_all_powerdns_servers_at_once(tmp_path):
    """Servers that take the question and never answer cost the time of one."""
    silent = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
    (tmp_path / "key").write_text("k")
    flags = [word for one in silent for word in ("--powerdns-api", f"http://127.0.0.1:{one.getsockname()[1]}")]
    with Failoverd(*flags, "--powerdns-api-key-file", tmp_path / "key") as running:
        began = time.monotonic()
        checks = running.api().must("GET /v1/doctor")["checks"]
        assert [check["ok"] for check in checks if check["name"].startswith("powerdns")] == [False] * 4
        assert time.monotonic() - began < 8
    for one in silent:
        one.close()


def test_doctor_where_nothing_answers(shop, fresh):
    nowhere = f"127.0.0.1:{free_port()}"
    ran = shop("doctor", "--no-delegation", "--dns", nowhere)
    assert ran.returncode == REFUSED and "no answer" in ran.stdout
    assert shop("doctor", "--dns", nowhere, FAILOVER_TOKEN="wrong-token").returncode == REFUSED
    fresh.stop()
    ran = shop("doctor", "--dns", nowhere)
    assert ran.returncode == REFUSED and ran.stdout.startswith("fail  server  cannot reach")
