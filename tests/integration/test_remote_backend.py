"""PowerDNS's requests, as its 4.7 sends them, and their replies, over the socket and over HTTP."""
import json
import urllib.parse

import pytest

from harness import Failoverd, HttpBackend, free_port
from table import GIVEN, part_of, zone

OWN = [{"name": "failover.example", "type": "MX", "content": "10 mail.example.net", "ttl": 120},
       {"name": "_sip._tcp.failover.example", "type": "SRV", "content": "10 5 5060 sip.example.net", "ttl": 60}]


@pytest.fixture(scope="module")
def server():
    with Failoverd("--dns-http", f"127.0.0.1:{free_port()}") as running:
        api = running.api()
        for request in [zone(records=OWN)] + GIVEN["eu and us"][1:]:
            api.must(*request)
        api.must("POST /v1/groups", {"label": "reserved"})
        api.must("POST /v1/groups", {"label": "bare", "primary": "bare"})
        yield running


def ask(name, **more):
    return {"qtype": "ANY", "qname": name, "remote": "127.0.0.1", "local": "127.0.0.1",
            "real-remote": "127.0.0.1/32", "zone-id": -1} | more


A = [{"qtype": "A", "qname": "shop.failover.example", "content": "192.0.2.10", "ttl": 60, "auth": 1}]
ENT = [{"qtype": "ENT", "content": ""}]
LOOKUPS = [
    # the name asked for, with what else; the records
    (ask("shop.failover.example."), A), (ask("SHOP.Failover.Example."), A),
    (ask("shop.failover.example.", qtype="A"), A),
    (ask("shop.failover.example.", **{"zone-id": 1}), A),
    (ask("reserved.failover.example."), ENT), (ask("bare.failover.example."), ENT),
    (ask("_tcp.failover.example."), ENT),
    (ask("none.failover.example."), []), (ask("a.shop.failover.example."), []), (ask("*.failover.example."), []),
    (ask("example."), []), (ask("shop.other.example."), []), (ask("."), []), (ask("x" * 63 + ".failover.example."), []),
    (ask("ns1.failover.example."), [{"qtype": "A", "content": "192.0.2.53", "auth": 1}]),
    (ask("_sip._tcp.failover.example."), [{"qtype": "SRV", "content": "10 5 5060 sip.example.net"}]),
]


def same_names(record):
    return record | {"qname": record["qname"].rstrip(".").lower()} if "qname" in record else record


@pytest.mark.parametrize("method", ["lookup", "APILookup"])
@pytest.mark.parametrize("parameters, expected", [pytest.param(*row, id=f"{row[0]['qname']} {row[0]['qtype']}")
                                                  for row in LOOKUPS])
def test_lookup(server, method, parameters, expected):
    with server.backend() as backend:
        reply = backend.raw(json.dumps({"method": method, "parameters": parameters}).encode() + b"\n")
    part_of(expected, [same_names(record) for record in reply["result"]])
    for record in reply["result"]:
        assert type(record["ttl"]) is int and record.get("auth", 1) in (0, 1) and record.get("auth", 1) is not False
        assert not record["content"].endswith(".")


def test_apex_has_soa_and_ns_and_its_records(server):
    with server.backend() as backend:
        result = backend.lookup("failover.example.")
        serial = backend.serial("failover.example")
    found = sorted((r["qtype"], r["content"], r["ttl"]) for r in result)
    assert [row[:1] + row[2:] for row in found] == [("MX", 120), ("NS", 60), ("SOA", 2)]
    assert found[0][1] == "10 mail.example.net" and found[1][1] == "ns1.failover.example"
    primary, hostmaster, said, *_, minimum = found[2][1].split()
    assert (primary, hostmaster, minimum) == ("ns1.failover.example", "hostmaster.failover.example", "30")
    assert int(said) == serial


EVERY = {"failover.example", "_sip._tcp.failover.example", "ns1.failover.example", "shop.failover.example"}
OTHERS = [
    # method, parameters, what the result is (a function of it)
    ("initialize", {"timeout": "2000", "path": "/x"}, lambda r: r is True),
    ("getAllDomains", {"include_disabled": True}, lambda r: [d["zone"].rstrip(".") for d in r] == ["failover.example"]),
    ("getAllDomains", {}, lambda r: type(r[0]["id"]) is int and type(r[0]["serial"]) is int),
    ("getDomainInfo", {"name": "failover.example."}, lambda r: r["zone"].rstrip(".") == "failover.example"),
    ("getDomainInfo", {"name": "Failover.EXAMPLE."}, lambda r: type(r["id"]) is int and type(r["serial"]) is int),
    ("getDomainInfo", {"name": "failover.example."}, lambda r: r["kind"].lower() in ("native", "master")),
    ("getDomainInfo", {"name": "shop.failover.example."}, lambda r: r is False),
    ("getDomainInfo", {"name": "none.example."}, lambda r: r is False),
    ("getAllDomainMetadata", {"name": "failover.example."}, lambda r: isinstance(r, dict)),
    ("getDomainMetadata", {"name": "failover.example.", "kind": "ALLOW-AXFR-FROM"}, lambda r: isinstance(r, list)),
    ("list", {"zonename": "failover.example.", "domain_id": 1},
     lambda r: EVERY <= {record["qname"].rstrip(".") for record in r}),
    ("list", {"zonename": "FAILOVER.example.", "domain_id": -1}, lambda r: r[0]["qtype"] == "SOA"),
    ("list", {"zonename": "none.example.", "domain_id": -1}, lambda r: r is False),
    ("searchRecords", {"pattern": "sho*", "maxResults": 10}, lambda r: [x["content"] for x in r] == ["192.0.2.10"]),
    ("searchRecords", {"pattern": "SHOP.failover.example", "maxResults": 10}, lambda r: len(r) == 1),
    ("searchRecords", {"pattern": "192.0.2.1?", "maxResults": 10},
     lambda r: [x["content"] for x in r] == ["192.0.2.10"]),
    ("searchRecords", {"pattern": "*", "maxResults": 2}, lambda r: len(r) == 2),
    ("searchRecords", {"pattern": "nothing", "maxResults": 2}, lambda r: r == []),
    ("getUpdatedMasters", {}, lambda r: isinstance(r, list)),
    ("directBackendCmd", {"query": "ping"}, lambda r: isinstance(r, str) and "pong" in r.lower()),
    ("directBackendCmd", {"query": "revision"}, lambda r: isinstance(r, str) and r.strip().isdigit()),
    ("directBackendCmd", {"query": "lookup shop.failover.example"}, lambda r: "192.0.2.10" in r),
]


@pytest.mark.parametrize("method, parameters, good",
                         [pytest.param(*row, id=f"{row[0]} {json.dumps(row[1])}".replace(" ", ""))
                                                      for row in OTHERS])
def test_other_methods(server, method, parameters, good):
    with server.backend() as backend:
        reply = backend.call(method, **parameters)
    assert good(reply["result"]), reply


def test_the_revision_of_directBackendCmd_is_the_last(server, api):
    with server.backend() as backend:
        assert int(backend.call("directBackendCmd", query="revision")["result"]) == api.revision()


def test_setNotified_ends_what_getUpdatedMasters_says(server, api):
    with server.backend() as backend:
        for _ in range(2):
            api.flip("shop")
            serial = backend.serial("failover.example")
            mine = [d for d in backend.call("getUpdatedMasters")["result"]
                    if d["zone"].rstrip(".") == "failover.example"]
            assert mine and mine[0]["serial"] == serial
            assert backend.call("setNotified", id=mine[0]["id"], serial=serial)["result"] is True
            left = backend.call("getUpdatedMasters")["result"]
            assert not [d for d in left if d["zone"].rstrip(".") == "failover.example"]


def rest(path):
    return lambda backend, prefix: backend.get(prefix + path)


def post(method, parameters):
    body = "parameters=" + urllib.parse.quote(json.dumps(parameters))
    return lambda backend, prefix: backend.post(f"{prefix}/{method}", body, kind="application/x-www-form-urlencoded")


def post_json(method, parameters):
    return lambda backend, prefix: backend.post(prefix, json.dumps({"method": method, "parameters": parameters}))


HTTP = {
    "rest lookup": (rest("/lookup/shop%2efailover%2eexample%2e/ANY"), lambda r: r[0]["content"] == "192.0.2.10"),
    "rest lookup, dots": (rest("/lookup/shop.failover.example./A"), lambda r: r[0]["content"] == "192.0.2.10"),
    "rest lookup, any case": (rest("/lookup/SHOP%2EFailover%2Eexample%2E/ANY"),
                              lambda r: r[0]["content"] == "192.0.2.10"),
    "rest miss": (rest("/lookup/none%2efailover%2eexample%2e/ANY"), lambda r: r == []),
    "rest APILookup": (rest("/APILookup/shop%2efailover%2eexample%2e/ANY?includeDisabled=1"), lambda r: len(r) == 1),
    "rest getAllDomains": (rest("/getAllDomains?includeDisabled=true"), lambda r: len(r) == 1),
    "rest getDomainInfo": (rest("/getDomainInfo/failover%2eexample%2e"), lambda r: "failover.example" in r["zone"]),
    "rest list": (rest("/list/1/failover%2eexample%2e"), lambda r: len(r) >= 5),
    "rest getAllDomainMetadata": (rest("/getAllDomainMetadata/failover%2eexample%2e"), lambda r: isinstance(r, dict)),
    "rest getDomainMetadata": (rest("/getDomainMetadata/failover%2eexample%2e/SOA-EDIT"),
                               lambda r: isinstance(r, list)),
    "rest searchRecords": (rest("/searchRecords?q=sho%2A&max=10&pattern=sho%2A&maxResults=10"), lambda r: len(r) == 1),
    "rest getUpdatedMasters": (rest("/getUpdatedMasters"), lambda r: isinstance(r, list)),
    "post lookup": (post("lookup", ask("shop.failover.example.")), lambda r: r[0]["content"] in ("192.0.2.10",)),
    "post getDomainInfo": (post("getDomainInfo", {"name": "failover.example."}),
                           lambda r: "failover.example" in r["zone"]),
    "post_json lookup": (post_json("lookup", ask("shop.failover.example.")), lambda r: r[0]["ttl"] == 60),
    "post_json list": (post_json("list", {"zonename": "failover.example.", "domain_id": 1}), lambda r: len(r) >= 5),
}


@pytest.mark.parametrize("prefix", ["", "/dns", "/a/b/c"])
@pytest.mark.parametrize("row", HTTP)
def test_http(server, row, prefix):
    server.api().flip("shop", "primary")
    send, good = HTTP[row]
    if row.startswith("post_json") and not prefix:
        prefix = "/"
    status, body = send(HttpBackend(server.ready["dns-http"]), prefix)
    assert status == 200, body
    assert good(json.loads(body)["result"]), body


def test_http_setNotified(server):
    with server.backend() as backend:
        number = backend.call("getDomainInfo", name="failover.example.")["result"]["id"]
    form = "serial=5"
    status, body = HttpBackend(server.ready["dns-http"]).post(
        f"/dns/setNotified/{number}", form, "application/x-www-form-urlencoded", method="PATCH")
    assert status == 200 and json.loads(body)["result"] is True, body


def test_http_directBackendCmd(server):
    status, body = HttpBackend(server.ready["dns-http"]).post(
        "/dns/directBackendCmd", "query=ping", "application/x-www-form-urlencoded")
    assert status == 200 and "pong" in json.loads(body)["result"].lower(), body


def test_many_connections_at_once(server):
    server.api().flip("shop", "primary")
    backends = [server.backend() for _ in range(100)]
    for _ in range(3):
        for backend in backends:
            backend.send(json.dumps({"method": "lookup", "parameters": ask("shop.failover.example.")}).encode() + b"\n")
        for backend in backends:
            assert backend.reply()["result"][0]["content"] == "192.0.2.10"
    for backend in backends:
        backend.close()


def test_the_socket_is_for_its_owner_and_group_alone(server):
    assert server.socket.stat().st_mode & 0o777 == 0o660
