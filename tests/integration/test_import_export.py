"""Import and export: the same answers in another store, whatever broke off in between."""
import collections
import json
import socket

import pytest

from harness import Failoverd
from table import GIVEN, group, server, stack, zone

KIND = {"Content_Type": "application/x-ndjson"}
WORLD = [
    zone(ttl=90, negative_ttl=7, hostmaster="dns.example.net",
         records=[{"name": "www.failover.example", "type": "TXT", "content": '"a \\"b\\""', "ttl": 30}]),
    zone("other.example", nameservers=[{"name": "ns.example.net", "addresses": []}]),
    stack("eu", server("w2", "192.0.2.10", "2001:db8::1"), server("w1", "192.0.2.11")),
    stack("us", server("lb", role="load_balancer", hostname="lb.cloud.example"), server("w1", "198.51.100.1")),
    stack("bare"),
    group("shop", zone="failover.example", primary="eu", backup="us", name="The \u2603 shop", ttl=30),
    group("blog", zone="failover.example", primary="eu", backup="us"), group("reserved", zone="other.example"),
    group("forced", zone="other.example", primary="eu", backup="bare"),
    group("alone", zone="other.example", backup="us"),
    group("gone", zone="failover.example"), ("DELETE /v1/groups/gone",),
    ("POST /v1/groups/shop/flip", {}), ("POST /v1/groups/forced/flip", {"force": True}),
]


def load(api, text):
    return api.must("POST /v1/import", text.encode(), **KIND)


def lines(*objects):
    return "".join(json.dumps(one) + "\n" for one in objects)


def answers(running):
    """Everything PowerDNS would be told of every zone, without the serials."""
    with running.backend() as backend:
        told = set()
        for one in backend.call("getAllDomains", include_disabled=True)["result"]:
            for record in backend.call("list", zonename=one["zone"], domain_id=one["id"])["result"]:
                content = record["content"]
                if record["qtype"] == "SOA":
                    fields = content.split()
                    content = " ".join(fields[:2] + fields[3:])
                told.add((record["qname"], record["qtype"], content, record["ttl"]))
        return told


def shape(api):
    """What is registered, without what belongs to this store alone (ids, revisions, times)."""
    drop = {"id", "revision", "created_at", "updated_at", "live_since", "serial"}
    clean = lambda one: ({k: clean(v) for k, v in one.items() if k not in drop} if isinstance(one, dict)
                         else [clean(v) for v in one] if isinstance(one, list) else one)
    return {what: [clean(one) for one in api.all(f"/v1/{what}")] for what in ("zones", "stacks", "groups")}


@pytest.fixture(scope="module")
def exported(server, api):
    for request in WORLD:
        api.must(*request)
    return api.ask("GET /v1/export").text


def test_a_round_trip_into_an_empty_store(server, api, exported, fresh):
    other = fresh.api()
    count = len(exported.splitlines())
    assert load(other, exported) == {"imported": count, "failed": []}
    assert shape(other) == shape(api)
    assert answers(fresh) == answers(server) and len(answers(server)) > 10
    assert other.ask(*group("gone", zone="failover.example")).code == "address_retired"
    assert other.ask("GET /v1/export").text.count("\n") == count
    assert sorted(other.ask("GET /v1/export").text.splitlines()) == sorted(exported.splitlines())


def test_an_import_again_changes_nothing(api, exported):
    """So an import that broke off is done by running it again."""
    before = api.standing()
    done = load(api, exported)
    assert done["failed"] == [], done
    assert api.standing() == before


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_an_import_that_broke_off(server, exported, fresh, part):
    """The connection ends in the middle: what was read stands or not; run again, everything does."""
    data = exported.encode()
    host, port = fresh.ready["admin"].rsplit(":", 1)
    with socket.create_connection((host, int(port))) as connection:
        head = (f"POST /v1/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {fresh.token()}\r\n"
                f"Content-Type: application/x-ndjson\r\nContent-Length: {len(data)}\r\n\r\n")
        connection.sendall(head.encode() + data[:int(len(data) * part)])
    assert load(fresh.api(), exported)["failed"] == []
    assert answers(fresh) == answers(server)


def test_export_lines(exported):
    kinds = [next(iter(json.loads(line))) for line in exported.splitlines()]
    assert collections.Counter(kinds) == {"zone": 2, "stack": 3, "group": 5, "retired": 1}
    retired = json.loads(exported.splitlines()[kinds.index("retired")])
    assert retired == {"retired": {"zone": "failover.example", "label": "gone"}}


ZONE = {"zone": {"name": "failover.example",
                 "nameservers": [{"name": "ns1.failover.example", "addresses": ["192.0.2.53"]}]}}
EU = {"stack": {"name": "eu", "servers": [server("w1", "192.0.2.10")]}}
US = {"stack": {"name": "us", "servers": [server("w1", "198.51.100.10")]}}
FAILING = [
    # a line after ZONE, EU, US; its code (None: taken)
    ({"group": {"label": "shop", "primary": "eu", "backup": "us", "live": "backup"}}, None),
    ({"group": {"label": "shop", "zone": "failover.example"}}, None),
    ({"retired": {"zone": "failover.example", "label": "old"}}, None),
    ({"retired": {"zone": "elsewhere.example", "label": "old"}}, None),
    ({"group": {"label": "shop", "primary": "nope"}}, "invalid"), ({"group": {"label": "shop", "ttl": 4}}, "invalid"),
    ({"group": {"label": "shop", "colour": "red"}}, "invalid"), ({"group": {"label": "ns1"}}, "address_taken"),
    ({"group": {"label": "shop", "primary": "eu", "live": "backup"}}, "invalid"), ({"bogus": {}}, "invalid"),
    ({}, "invalid"),
    ({"group": {}, "stack": {}}, "invalid"), ({"stack": {"servers": []}}, "invalid"),
    ({"stack": {"name": "a_b", "servers": []}}, "invalid"),
    ({"zone": {"name": "sub.failover.example", "nameservers": [{"name": "ns.example.net"}]}}, "zone_overlaps"),
    ({"zone": {"name": "x.example"}}, "invalid"),
    ("rubbish", "malformed_json"), ('{"group":{"label":"a","label":"b"}}', "malformed_json"), ("[]", "invalid"),
    ("5", "invalid"),
]


@pytest.mark.parametrize("line, code", [pytest.param(*row, id=json.dumps(row[0])) for row in FAILING])
def test_lines(fresh, line, code):
    text = line if isinstance(line, str) else json.dumps(line)
    after = {"group": {"label": "after", "zone": "failover.example"}}
    done = load(fresh.api(), lines(ZONE, EU, US) + text + "\n" + lines(after))
    if code is None:
        assert done == {"imported": 5, "failed": []}
    else:
        assert done["imported"] == 4, done
        [failed] = done["failed"]
        assert (failed["line"], failed["code"]) == (4, code) and failed["detail"]
    labels = [one["label"] for one in fresh.api().all("/v1/groups")]
    assert [label for label in labels if label != "shop"] == ["after"], "the others stand"
    if code:
        assert fresh.api().ask("GET /v1/groups/shop").status == 404, "a failed line changes nothing"


def test_live_is_taken_from_the_line(fresh):
    load(fresh.api(), lines(ZONE, EU, US, FAILING[0][0]))
    assert fresh.api().must("GET /v1/groups/shop")["live"] == "backup"


def test_the_last_line_needs_no_newline_and_blank_ones_do_not_count(fresh):
    done = load(fresh.api(), lines(ZONE, EU).rstrip("\n"))
    assert done == {"imported": 2, "failed": []}
    assert load(fresh.api(), "")["failed"] == []


def test_media_type(api, exported):
    assert api.ask("POST /v1/import", exported.encode(),
                   Content_Type="application/json").code == "unsupported_media_type"
    assert "ndjson" in api.ask("GET /v1/export").headers["Content-Type"]


def resident(running):
    with open(f"/proc/{running.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def test_an_import_of_any_length_streams(fresh):
    """Longer than the limit of other bodies, and sent in chunks; memory grows with what is kept alone."""
    blank = json.dumps({"group": {"label": "no", "zone": "none.example", "name": "x" * 900}}).encode() + b"\n"

    def body():
        yield lines(ZONE, EU, US).encode()
        for _ in range(300):
            yield blank * 100
        for i in range(50):
            yield lines(*[{"group": {"label": f"n{i * 100 + j}", "primary": "eu", "backup": "us"}}
                          for j in range(100)]).encode()

    before = resident(fresh)
    api = fresh.api()
    reply = api.session.post(fresh.url + "/v1/import", data=body(), headers={"Content-Type": "application/x-ndjson"},
                             timeout=120)
    assert reply.status_code == 200, reply.text[:500]
    assert reply.json()["imported"] == 5003 and len(reply.json()["failed"]) > 0
    assert resident(fresh) - before < 100 * 1024, "KiB, for 29 MB sent"
    assert len(api.all("/v1/groups")) == 5000
    text = api.ask("GET /v1/export").text
    assert text.count('"group"') >= 5000


def test_given_worlds_survive_as_well(fresh):
    for request in GIVEN["eu and us, us live"]:
        fresh.api().must(*request)
    with Failoverd() as other:
        load(other.api(), fresh.api().ask("GET /v1/export").text)
        assert other.api().must("GET /v1/groups/shop")["live"] == "backup"
