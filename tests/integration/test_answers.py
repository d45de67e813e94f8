"""What PowerDNS answers, by real packets, over each connector."""
import itertools

import dns.name
import dns.rdatatype
import pytest

from harness import Failoverd, PowerDns, addresses, dig, eventually, free_port, rcode, transfer
from harness.powerdns import CONNECTORS
from harness.question import records
from table import group, server, stack, zone

OWN = [
    ("failover.example", "MX", "10 mail.example.net", 120), ("failover.example", "TXT", '"v=spf1 -all"', 60),
    ("failover.example", "CAA", '0 issue "letsencrypt.org"', 60),
    ("_sip._tcp.failover.example", "SRV", "10 5 5060 sip.example.net", 30),
    ("www.failover.example", "CNAME", "shop.failover.example", 60), ("txt.failover.example", "TXT", '"one" "two"', 60),
    ("a.b.failover.example", "A", "192.0.2.77", 60), ("six.failover.example", "AAAA", "2001:db8::77", 60),
]
NAMESERVERS = [{"name": "ns1.failover.example", "addresses": ["192.0.2.53", "2001:db8::53"]},
               {"name": "ns.example.net", "addresses": ["192.0.2.54"]}]
SETUP = [
    zone(nameservers=NAMESERVERS, records=[dict(zip(("name", "type", "content", "ttl"), row)) for row in OWN]),
    stack("eu", server("w1", "192.0.2.10", "2001:db8::10"), server("w2", "192.0.2.11")),
    stack("us", server("w1", "198.51.100.10")),
    stack("lb", server("lb", role="load_balancer", hostname="lb.cloud.example"), server("w1", "203.0.113.1")),
    stack("bare", server("db", "203.0.113.5", role="other")),
    group("shop", primary="eu", backup="us", ttl=30), group("cloud", primary="lb"), group("reserved"),
    group("bare", primary="bare"), group("gone"), ("DELETE /v1/groups/gone",), group("414-262-781", primary="us"),
]


@pytest.fixture(scope="module", params=CONNECTORS)
def dns_port(request):
    """PowerDNS over one connector: (port, failoverd, PowerDns)."""
    with PowerDns(request.param) as powerdns, \
            Failoverd("--dns-http", f"127.0.0.1:{free_port()}", *powerdns.flags()) as running:
        api = running.api()
        for one in SETUP:
            api.must(*one)
        powerdns.start(running)
        yield powerdns.port, running, powerdns


SOA = "SOA of the zone"
QUESTIONS = [
    # name, type, rcode, answer (type, content, ttl) sorted, authority
    ("shop", "A", "NOERROR", [("A", "192.0.2.10", 30), ("A", "192.0.2.11", 30)], None),
    ("shop", "AAAA", "NOERROR", [("AAAA", "2001:db8::10", 30)], None),
    ("ShOp", "A", "NOERROR", [("A", "192.0.2.10", 30), ("A", "192.0.2.11", 30)], None),
    ("SHOP.FAILOVER.EXAMPLE.", "AAAA", "NOERROR", [("AAAA", "2001:db8::10", 30)], None),
    ("shop", "MX", "NOERROR", [], SOA), ("shop", "TXT", "NOERROR", [], SOA),
    ("414-262-781", "A", "NOERROR", [("A", "198.51.100.10", 60)], None),
    ("414-262-781", "AAAA", "NOERROR", [], SOA),
    ("cloud", "A", "NOERROR", [("CNAME", "lb.cloud.example", 60)], None),
    ("cloud", "AAAA", "NOERROR", [("CNAME", "lb.cloud.example", 60)], None),
    ("cloud", "CNAME", "NOERROR", [("CNAME", "lb.cloud.example", 60)], None),
    ("reserved", "A", "NOERROR", [], SOA), ("reserved", "TXT", "NOERROR", [], SOA),
    ("reserved", "ANY", "NOERROR", [], None),
    ("bare", "A", "NOERROR", [], SOA), ("bare", "AAAA", "NOERROR", [], SOA),
    ("none", "A", "NXDOMAIN", [], SOA), ("gone", "A", "NXDOMAIN", [], SOA), ("a.shop", "A", "NXDOMAIN", [], SOA),
    ("*", "A", "NXDOMAIN", [], SOA), ("000-000-000", "AAAA", "NXDOMAIN", [], SOA),
    ("@", "NS", "NOERROR", [("NS", "ns.example.net", 60), ("NS", "ns1.failover.example", 60)], None),
    ("ns1", "A", "NOERROR", [("A", "192.0.2.53", 60)], None),
    ("ns1", "AAAA", "NOERROR", [("AAAA", "2001:db8::53", 60)], None),
    ("@", "MX", "NOERROR", [("MX", "10 mail.example.net", 120)], None),
    ("@", "TXT", "NOERROR", [("TXT", '"v=spf1 -all"', 60)], None),
    ("@", "CAA", "NOERROR", [("CAA", '0 issue "letsencrypt.org"', 60)], None), ("@", "A", "NOERROR", [], SOA),
    ("_sip._tcp", "SRV", "NOERROR", [("SRV", "10 5 5060 sip.example.net", 30)], None),
    ("txt", "TXT", "NOERROR", [("TXT", '"one" "two"', 60)], None),
    ("six", "AAAA", "NOERROR", [("AAAA", "2001:db8::77", 60)], None),
    ("_tcp", "A", "NOERROR", [], SOA), ("_tcp", "SRV", "NOERROR", [], SOA), ("b", "A", "NOERROR", [], SOA),
    ("a.b", "A", "NOERROR", [("A", "192.0.2.77", 60)], None), ("c.b", "A", "NXDOMAIN", [], SOA),
    ("www", "A", "NOERROR", [("A", "192.0.2.10", 30), ("A", "192.0.2.11", 30), ("CNAME", "shop.failover.example", 60)],
     None),
    ("example.org.", "A", "REFUSED", [], None), ("shop.other.example.", "A", "REFUSED", [], None),
]


def full(name):
    return "failover.example" if name == "@" else name if name.endswith(".") else name + ".failover.example"


@pytest.mark.parametrize("name, qtype, code, answer, authority",
                         [pytest.param(*row, id=f"{row[0]} {row[1]}") for row in QUESTIONS])
def test_answers(dns_port, name, qtype, code, answer, authority):
    for tcp in (False, True):
        reply = dig(dns_port[0], full(name), qtype, tcp=tcp)
        assert rcode(reply) == code
        found = records(reply.answer)
        assert [row[:2] for row in found] == [row[:2] for row in answer]
        # A cached answer's TTL counts down.
        assert all(ttl - 5 <= shown <= ttl for (_, _, shown), (_, _, ttl) in zip(found, answer)), found
        if authority == SOA:
            rows = records(reply.authority)
            assert [row[0] for row in rows] == ["SOA"] and rows[0][1].split()[6] == "30", "negative_ttl is the minimum"


def test_soa(dns_port):
    port, running, _ = dns_port
    [(_, content, ttl)] = records(dig(port, "failover.example", "SOA").answer)
    fields = content.split()
    assert fields[0] in ("ns1.failover.example.", "ns.example.net.") and fields[1] == "hostmaster.failover.example."
    assert ttl <= 2 and int(fields[2]) == running.serial()


def test_any_returns_every_type(dns_port):
    kinds = lambda name: {row[0] for row in records(dig(dns_port[0], full(name), "ANY", tcp=True).answer)}
    assert kinds("shop") == {"A", "AAAA"}
    assert kinds("@") >= {"SOA", "NS", "MX", "TXT", "CAA"}


def test_axfr(dns_port):
    found = transfer(dns_port[0], "failover.example")
    names = {str(name).rstrip(".") for name in found.nodes}
    assert {full(label)
            for label in ("@", "shop", "cloud", "414-262-781", "ns1", "_sip._tcp", "www", "a.b", "six", "txt")} <= names
    assert full("gone") not in names and full("none") not in names
    shop = found.find_rdataset(dns.name.from_text("shop.failover.example."), "A")
    assert sorted(rdata.to_text() for rdata in shop) == ["192.0.2.10", "192.0.2.11"] and shop.ttl == 30
    cloud = found.find_rdataset(dns.name.from_text("cloud.failover.example."), "CNAME")
    assert [rdata.to_text() for rdata in cloud] == ["lb.cloud.example."]
    assert found.find_rdataset(dns.name.from_text("failover.example."), "SOA")


CHANGES = [
    # a write, and what it answers at once: name, type, the contents (None: NXDOMAIN)
    (("POST /v1/groups/shop/flip", {"to": "backup"}), "shop", "A", ["198.51.100.10"]),
    (("POST /v1/groups/shop/flip", {"to": "primary"}), "shop", "AAAA", ["2001:db8::10"]),
    (("PUT /v1/stacks/eu/servers/lb", {"role": "load_balancer", "addresses": ["192.0.2.80"]}), "shop", "A",
     ["192.0.2.80"]),
    (("DELETE /v1/stacks/eu/servers/lb",), "shop", "A", ["192.0.2.10", "192.0.2.11"]),
    (("PATCH /v1/groups/cloud", {"primary": None}), "cloud", "A", []),
    (("DELETE /v1/groups/cloud",), "cloud", "A", None),
    (("PATCH /v1/groups/reserved", {"backup": "us"}), "reserved", "A", ["198.51.100.10"]),
    (("PATCH /v1/groups/reserved", {"backup": None}), "reserved", "A", []),
    (("PUT /v1/stacks/bare/servers/web", {"role": "web", "addresses": ["203.0.113.9"]}), "bare", "A", ["203.0.113.9"]),
    (("POST /v1/groups", {"label": "none", "primary": "us"}), "none", "A", ["198.51.100.10"]),
    (("PATCH /v1/stacks/us", {"name": "america"}), "none", "A", ["198.51.100.10"]),
]


def test_changes_are_answered_at_once_and_raise_the_serial(dns_port):
    """In the order of the table, each name asked before as well so that the caches hold what goes."""
    port, running, _ = dns_port
    api, seen = running.api(), running.serial()
    for write, name, qtype, expected in CHANGES:
        addresses(port, full(name), qtype)
        api.must(*write)
        reply = dig(port, full(name), qtype)
        assert rcode(reply) == ("NXDOMAIN" if expected is None else "NOERROR"), write
        assert [row[1] for row in records(reply.answer)] == (expected or []), write
        serial = running.serial()
        assert (serial > seen) == ("name" not in write[1]) if len(write) > 1 else serial > seen, write
        seen = serial


def test_a_new_zone_is_answered_at_once(dns_port):
    port, running, powerdns = dns_port
    name = f"new-{powerdns.connector.replace('_', '-')}.example"
    assert rcode(dig(port, name, "SOA")) == "REFUSED"
    api = running.api()
    api.put_zone(name)
    assert rcode(dig(port, name, "SOA")) == "NOERROR"
    api.create("shop", zone=name, primary="eu")
    assert addresses(port, f"shop.{name}") == ["192.0.2.10", "192.0.2.11"]


def test_after_a_restart_of_failoverd_the_same_is_answered(dns_port):
    port, running, powerdns = dns_port
    name = "shop.failover.example"
    before, serial = addresses(port, name), running.serial()
    running.restart()
    assert running.serial() >= serial
    if powerdns.connector == "pipe":  # PowerDNS 4.7.3 never starts a relay again that has ended
        powerdns.kill()
        powerdns.start(running)
    # Each of PowerDNS's threads finds its connection dead once, which is a SERVFAIL, and then makes a new one.
    asked = itertools.count()
    eventually(lambda: all(rcode(dig(port, f"new-{next(asked)}.failover.example")) == "NXDOMAIN" for _ in range(20)),
               "every thread has its connection again")
    assert addresses(port, name) == before
    running.api().flip(name)
    assert addresses(port, name) != before
