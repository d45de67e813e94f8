"""Rules 6, 11, 13, 14 and 15 as far as they are about zones; which changes raise the serial."""
import pytest

from harness import Failoverd
from table import GIVEN, NAMESERVERS, Row, group, parametrize, run, server, stack, zone

PATH = "/v1/zones/failover.example"


def records(*rows):
    return zone(records=[record(*row) for row in rows])


def record(name, kind, content, ttl=60):
    return {"name": name, "type": kind, "content": content, "ttl": ttl}


WWW = "www.failover.example"
ZONES = [
    Row("14 defaults", "nothing", zone(), 201, reply={"name": "failover.example", "ttl": 60, "negative_ttl": 30,
        "hostmaster": "hostmaster.failover.example", "records": [], "nameservers": NAMESERVERS}),
    Row("14 replaced, defaults come back",
        [zone(ttl=10, negative_ttl=5, hostmaster="dns.example.net", records=[record(WWW, "A", "192.0.2.1")])], zone(),
        200,
        reply={"ttl": 60, "negative_ttl": 30, "hostmaster": "hostmaster.failover.example", "records": []}),
    Row("12 replaced by the same", "zone", zone(), 200, nothing=True),
    Row("12 the defaults written out", "zone", zone(ttl=60, negative_ttl=30, records=[],
        hostmaster="hostmaster.failover.example"), 200, nothing=True),
    Row("14 nameservers are required", "nothing", ("PUT " + PATH, {}), 422, "invalid", ["/nameservers"]),
    Row("14 hostmaster", "nothing", zone(hostmaster="DNS.Example.net"), 201, reply={"hostmaster": "dns.example.net"}),
    Row("14 hostmaster is no mail address", "nothing", zone(hostmaster="dns@example.net"), 422, "invalid",
        ["/hostmaster"]),
    *[Row(f"14 negative_ttl {ttl}", "nothing", zone(negative_ttl=ttl), 201, reply={"negative_ttl": ttl})
      for ttl in (0, 300)],
    *[Row(f"14 negative_ttl {ttl}", "nothing", zone(negative_ttl=ttl), 422, "invalid", ["/negative_ttl"])
      for ttl in (-1, 301, "5", 1.5)],
    *[Row(f"9 ttl {ttl}", "nothing", zone(ttl=ttl), 201, reply={"ttl": ttl}) for ttl in (5, 300)],
    *[Row(f"9 ttl {ttl}", "nothing", zone(ttl=ttl), 422, "invalid", ["/ttl"]) for ttl in (0, 4, 301, "60")],
    Row("15 name in any case", "nothing", ("PUT /v1/zones/Failover.EXAMPLE", {"nameservers": NAMESERVERS}), 201,
        reply={"name": "failover.example"}),
    *[Row(f"13 no name for a zone: {name}", "nothing", (f"PUT /v1/zones/{name}", {"nameservers": NAMESERVERS}), 422,
          "invalid") for name in ("a..example", "-a.example", "%20.example", "a" * 64 + ".example",
                                  ".".join(["a" * 63] * 4) + ".example", "s%C3%B6.example")],
    Row("13 unknown zone: GET", "nothing", ("GET " + PATH,), 404, "not_found"),
    Row("13 unknown zone: DELETE", "nothing", ("DELETE " + PATH,), 404, "not_found"),
    Row("6 deleted", "zone", ("DELETE " + PATH,), 204, then={PATH: None}),
    Row("6 deleted with a group", "reserved", ("DELETE " + PATH,), 409, "zone_has_groups"),
    Row("6 deleted after its groups", "a deleted group", ("DELETE " + PATH,), 204),
    Row("zones below one", "zone", zone("sub.failover.example"), 409, "zone_overlaps"),
    Row("zones around one", [zone("sub.failover.example")], zone(), 409, "zone_overlaps"),
    Row("zones beside one", "zone", zone("xfailover.example"), 201),
    Row("zone around a hostname", [stack("eu", server("w1", hostname="lb.failover.example"))], zone(), 409,
        "zone_overlaps"),
    Row("zone at a hostname", [stack("eu", server("w1", hostname="failover.example"))], zone(), 409, "zone_overlaps"),
    Row("zone below a hostname", [stack("eu", server("w1", hostname="cloud.example"))],
        zone("sub.cloud.example"), 201),
    Row("nameserver without addresses outside", "nothing", zone(nameservers=[{"name": "ns.example.net",
        "addresses": []}]), 201),
    Row("nameserver's address", "nothing",
        zone(nameservers=[{"name": "ns1.failover.example", "addresses": ["0.0.0.0"]}]),
        422, "invalid", ["/nameservers/0/addresses/0"]),
    Row("nameserver's name", "nothing", zone(nameservers=[{"name": "ns_1.failover.example", "addresses": []}]), 422,
        "invalid", ["/nameservers/0/name"]),
    Row("unknown field", "nothing", zone(serial=5), 422, "invalid", ["/serial"]),
    Row("nameservers in any case", "nothing", zone(nameservers=[{"name": "NS1.Failover.Example",
        "addresses": ["2001:DB8::53"]}]), 201, reply={"nameservers": [{"name": "ns1.failover.example",
                                                                      "addresses": ["2001:db8::53"]}]}),
    Row("15 nameservers and records are sorted", "nothing",
        zone(nameservers=[{"name": "ns2.example.net", "addresses": []}, {"name": "ns1.example.net", "addresses": []}],
             records=[record(WWW, "A", "192.0.2.1"), record("a.failover.example", "A", "192.0.2.1")]), 201,
        reply={"nameservers": [{"name": "ns1.example.net"}, {"name": "ns2.example.net"}],
               "records": [{"name": "a.failover.example"}, {"name": WWW}]}),
]

TAKEN = [
    Row("11 label of a record", [records((WWW, "A", "192.0.2.1"))], group("www"), 409, "address_taken"),
    Row("11 label of a nameserver", "zone", group("ns1"), 409, "address_taken"),
    Row("11 record on a label", [zone(), group("www")], records((WWW, "A", "192.0.2.1")), 409, "address_taken"),
    Row("11 nameserver on a label", [zone(), group("ns2")], zone(nameservers=NAMESERVERS + [
        {"name": "ns2.failover.example", "addresses": ["192.0.2.54"]}]), 409, "address_taken"),
    Row("record on a retired label", "a deleted group", records(("shop.failover.example", "A", "192.0.2.1")), 409,
        "address_retired"),
    Row("nameserver on a retired label", "a deleted group", zone(nameservers=[
        {"name": "shop.failover.example", "addresses": ["192.0.2.54"]}]), 409, "address_retired"),
    Row("a label free again of its record", [records((WWW, "A", "192.0.2.1")), zone()], group("www"), 201),
]

GOOD_RECORDS = [
    (WWW, "A", "192.0.2.1"), (WWW, "AAAA", "2001:db8::1"), (WWW, "CNAME", "www.example.net"),
    ("failover.example", "A", "192.0.2.1"), ("failover.example", "MX", "10 mail.example.net"),
    (WWW, "MX", "0 mail.example.net"),
    (WWW, "TXT", '"v=spf1 -all"'), (WWW, "TXT", '"one" "two"'), (WWW, "TXT", '"say \\"hi\\" \\\\ \\200"'),
    (WWW, "TXT", '""'),
    ("_dmarc.failover.example", "TXT", '"v=DMARC1; p=none"'), ("failover.example", "CAA", '0 issue "letsencrypt.org"'),
    (WWW, "CAA", '128 iodef "mailto:a@example.net"'),
    ("_sip._tcp.failover.example", "SRV", "10 5 5060 sip.example.net"),
    ("a.b.c.failover.example", "A", "192.0.2.1"),
]
BAD_RECORDS = [
    # a record, and which of its fields is at fault
    (WWW, "A", "192.0.2.256", "content"), (WWW, "A", "2001:db8::1", "content"), (WWW, "A", "", "content"),
    (WWW, "A", "192.0.2.1 192.0.2.2", "content"), (WWW, "AAAA", "192.0.2.1", "content"),
    (WWW, "CNAME", "", "content"), (WWW, "CNAME", "a b.example", "content"), (WWW, "CNAME", "a..b", "content"),
    (WWW, "MX", "mail.example.net", "content"), (WWW, "MX", "70000 mail.example.net", "content"),
    (WWW, "MX", "-1 mail.example.net", "content"), (WWW, "MX", "10", "content"),
    (WWW, "MX", "10 mail.example.net more", "content"),
    (WWW, "TXT", '"open', "content"), (WWW, "TXT", '"' + "x" * 256 + '"', "content"), (WWW, "TXT", '"a\nb"', "content"),
    (WWW, "CAA", 'issue "letsencrypt.org"', "content"), (WWW, "CAA", '256 issue "x"', "content"),
    (WWW, "CAA", "0 issue", "content"),
    (WWW, "SRV", "10 5 sip.example.net", "content"), (WWW, "SRV", "10 5 70000 sip.example.net", "content"),
    (WWW, "SRV", "ten 5 5060 sip.example.net", "content"),
    (WWW, "NS", "ns.example.net", "type"), (WWW, "SOA", "a b 1 2 3 4 5", "type"), (WWW, "PTR", "x.example.net", "type"),
    (WWW, "BOGUS", "x", "type"), (WWW, "", "x", "type"),
    ("www", "A", "192.0.2.1", "name"), ("www.example.net", "A", "192.0.2.1", "name"), ("", "A", "192.0.2.1", "name"),
    ("xfailover.example", "A", "192.0.2.1", "name"), ("a..failover.example", "A", "192.0.2.1", "name"),
    ("x" * 64 + ".failover.example", "A", "192.0.2.1", "name"),
]
CLASHES = [
    ("CNAME at the apex", [("failover.example", "CNAME", "x.example.net")]),
    ("CNAME beside A", [(WWW, "CNAME", "x.example.net"), (WWW, "A", "192.0.2.1")]),
    ("CNAME after TXT", [(WWW, "TXT", '"x"'), (WWW, "CNAME", "x.example.net")]),
    ("two CNAMEs", [(WWW, "CNAME", "x.example.net"), (WWW, "CNAME", "y.example.net")]),
    ("CNAME at a nameserver", [("ns1.failover.example", "CNAME", "x.example.net")]),
    ("CNAME beside A in other case", [(WWW, "CNAME", "x.example.net"), ("WWW.failover.example", "A", "192.0.2.1")]),
]


@parametrize(ZONES)
def test_zones(row):
    run(row)


@parametrize(TAKEN)
def test_labels_of_records(row):
    run(row)


@pytest.mark.parametrize("name, kind, content", GOOD_RECORDS)
def test_rule_14_record_taken(api, name, kind, content):
    stood = api.must(*records((name, kind, content)))
    assert stood["records"] == [record(name, kind, content)]


@pytest.mark.parametrize("name, kind, content, field", BAD_RECORDS)
def test_rule_14_record_refused(api, name, kind, content, field):
    reply = api.ask(*records(("ok.failover.example", "A", "192.0.2.1"), (name, kind, content)))
    assert (reply.status, reply.code, reply.pointers) == (422, "invalid", [f"/records/1/{field}"]), reply


@pytest.mark.parametrize("rows", [pytest.param(row[1], id=row[0].replace(" ", "-")) for row in CLASHES])
def test_rule_14_cname(api, rows):
    reply = api.ask(*records(*rows))
    assert (reply.status, reply.code) == (422, "invalid"), reply


def test_a_record_without_ttl_has_its_zones(api):
    fields = {"name": WWW, "type": "A", "content": "192.0.2.1"}
    assert api.must(*zone(ttl=90, records=[fields]))["records"][0]["ttl"] == 90


SHOP = [zone(),
        stack("eu", server("w1", "192.0.2.10"), server("w2", "192.0.2.11"), server("o1", "192.0.2.12", role="other")),
        stack("us", server("w1", "198.51.100.10")), group("shop", primary="eu", backup="us")]
SERIALS = [
    # a write, and whether it alters an answer
    ("flip", ("POST /v1/groups/shop/flip", {}), True),
    ("flip to the live side", ("POST /v1/groups/shop/flip", {"to": "primary"}), False),
    ("address reserved", group("blog"), True),
    ("address drawn", ("POST /v1/groups", {}), True),
    ("group's ttl", ("PATCH /v1/groups/shop", {"ttl": 10}), True),
    ("group's ttl said to be what it is", ("PATCH /v1/groups/shop", {"ttl": 60}), False),
    ("group's name", ("PATCH /v1/groups/shop", {"name": "x"}), False),
    ("backup detached", ("PATCH /v1/groups/shop", {"backup": None}), False),
    ("both detached", ("PATCH /v1/groups/shop", {"primary": None, "backup": None}), True),
    ("server added", ("PUT /v1/stacks/eu/servers/w3", {"role": "web", "addresses": ["192.0.2.13"]}), True),
    ("server of another role added", ("PUT /v1/stacks/eu/servers/o2", {"role": "other"}), False),
    ("server renamed", ("PATCH /v1/stacks/eu/servers/w1", {"name": "w9"}), False),
    ("stack renamed", ("PATCH /v1/stacks/eu", {"name": "europe"}), False),
    ("server of the other stack", ("PUT /v1/stacks/us/servers/w2", {"role": "web", "addresses": ["198.51.100.11"]}),
     False),
    ("servers in another order", stack("eu", server("w2", "192.0.2.11"), server("w1", "192.0.2.10")), False),
    ("an address given twice", stack("eu", server("w1", "192.0.2.10", "192.0.2.11", "192.0.2.10")), False),
    ("stack in no group", stack("ap", server("w1", "203.0.113.1")), False),
    ("record added", zone(records=[record(WWW, "A", "192.0.2.1")]), True),
    ("zone's ttl", zone(ttl=70), True),
    ("negative ttl", zone(negative_ttl=10), True),
    ("another zone", zone("other.example"), False),
    ("token made", ("POST /v1/tokens", {"name": "t", "role": "viewer"}), False),
]


@pytest.mark.parametrize("write, rises", [pytest.param(*row[1:], id=row[0].replace(" ", "-")) for row in SERIALS])
def test_rule_11_serial(fresh, write, rises):
    api = fresh.api()
    for request in SHOP:
        api.must(*request)
    before = fresh.serial()
    api.must(*write)
    after = fresh.serial()
    assert (after > before) if rises else (after == before)


def test_rule_11_deleting_an_address_raises_the_serial_and_it_never_goes_back(fresh):
    api = fresh.api()
    for request in GIVEN["reserved"]:
        api.must(*request)
    seen = [fresh.serial()]
    api.must("DELETE /v1/groups/shop")
    seen.append(fresh.serial())
    fresh.restart()
    seen.append(fresh.serial())
    api = fresh.api()
    api.create("blog")
    seen.append(fresh.serial())
    api.must("DELETE /v1/groups/blog")
    deleted = fresh.serial()
    api.must("DELETE " + PATH)
    api.must(*zone())
    seen += [deleted, fresh.serial()]
    assert seen[0] < seen[1] == seen[2] < seen[3] < seen[4] < seen[5]


def test_zone_of_the_flags():
    flags = ["--zone", "Flags.example", "--nameserver", "ns1.flags.example=192.0.2.53,2001:db8::53",
             "--nameserver", "ns2.example.net=192.0.2.54"]
    with Failoverd(*flags) as running:
        made = running.api().must("GET /v1/zones/flags.example")
        assert made["nameservers"][0] == {"name": "ns1.flags.example", "addresses": ["192.0.2.53", "2001:db8::53"]}
        assert made["nameservers"][1]["name"] == "ns2.example.net"
        running.api().must("PUT /v1/zones/flags.example", {"nameservers": made["nameservers"], "ttl": 10})
        running.restart()
        assert running.api().must("GET /v1/zones/flags.example")["ttl"] == 10, "only made where the store lacks it"
