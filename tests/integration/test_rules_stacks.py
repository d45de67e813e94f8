"""Rules 6, 7, 10, 12, 13 and 15 as far as they are about stacks and servers."""
import pytest

from table import GIVEN, Row, group, parametrize, run, server, stack, zone

EU, SHOP = "/v1/stacks/eu", "/v1/groups/shop"


def a(*addresses):
    return [{"type": "AAAA" if ":" in address else "A", "content": address} for address in addresses]


def cname(name):
    return [{"type": "CNAME", "content": name}]


LB, WEB, OTHER = "load_balancer", "web", "other"
ANSWERS = [
    # rule 7: the servers of the live stack, its web head, its answer
    ("no server", [], [], []),
    ("one web server", [server("w1", "192.0.2.1")], ["w1"], a("192.0.2.1")),
    ("every web server", [server("w2", "192.0.2.2"), server("w1", "192.0.2.1")], ["w1", "w2"],
     a("192.0.2.1", "192.0.2.2")),
    ("every A and AAAA", [server("w1", "2001:db8::1", "192.0.2.1", "192.0.2.9")], ["w1"],
     a("192.0.2.1", "192.0.2.9", "2001:db8::1")),
    ("IPv6 alone", [server("w1", "2001:db8::1")], ["w1"], a("2001:db8::1")),
    ("IPv6 in its short form", [server("w1", "2001:DB8:0:0::0001")], ["w1"], a("2001:db8::1")),
    ("load balancer before web", [server("w1", "192.0.2.1"), server("l1", "192.0.2.8", role=LB)], ["l1"],
     a("192.0.2.8")),
    ("every load balancer", [server("l1", "192.0.2.8", role=LB), server("l2", "192.0.2.9", role=LB),
                             server("w1", "192.0.2.1")], ["l1", "l2"], a("192.0.2.8", "192.0.2.9")),
    ("load balancer still being built", [server("l1", role=LB), server("w1", "192.0.2.1")], ["w1"], a("192.0.2.1")),
    ("one of two still being built", [server("l1", role=LB), server("l2", "192.0.2.9", role=LB),
                                      server("w1", "192.0.2.1")], ["l2"], a("192.0.2.9")),
    ("load balancer by name", [server("l1", role=LB, hostname="lb.cloud.example"), server("w1", "192.0.2.1")], ["l1"],
     cname("lb.cloud.example")),
    ("only others", [server("o1", "192.0.2.7", role=OTHER)], [], []),
    ("others do not count", [server("o1", "192.0.2.7", role=OTHER), server("w1", "192.0.2.1")], ["w1"], a("192.0.2.1")),
    ("web server being built", [server("w1")], [], []),
    ("web server by name", [server("w1", hostname="w.cloud.example")], ["w1"], cname("w.cloud.example")),
    ("first name registered", [server("z", hostname="z.cloud.example"), server("b", hostname="b.cloud.example")],
     ["b", "z"], cname("z.cloud.example")),
    ("addresses before names", [server("w1", hostname="w.cloud.example"), server("w2", "192.0.2.2")], ["w1", "w2"],
     a("192.0.2.2")),
    ("addresses before the same server's name", [server("w1", "192.0.2.1", hostname="w.cloud.example")], ["w1"],
     a("192.0.2.1")),
    ("an address given twice", [server("w1", "192.0.2.1", "192.0.2.1")], ["w1"], a("192.0.2.1")),
    ("two servers of one address", [server("w1", "192.0.2.1"), server("w2", "192.0.2.1")], ["w1", "w2"],
     a("192.0.2.1")),
    ("name in any case", [server("w1", hostname="W.Cloud.EXAMPLE")], ["w1"], cname("w.cloud.example")),
]


@pytest.mark.parametrize("servers, head, answer", [pytest.param(*row[1:], id=row[0].replace(" ", "-"))
                                                   for row in ANSWERS])
def test_rule_7_answer(server, api, servers, head, answer):
    if api.ask("GET /v1/groups/shop").status == 404:
        api.must(*zone())
        api.must(*stack("eu"))
        api.must(*group(primary="eu"))
    stood = api.must(*stack("eu", *servers))
    assert sorted(stood["web_head"]) == head
    assert [one["name"] for one in stood["servers"]] == [one["name"] for one in servers], "the order registered"
    found = api.must("GET /v1/groups/shop")["answer"]
    order = lambda record: (record["type"], record["content"])
    assert sorted(found, key=order) == sorted(answer, key=order)
    with server.backend() as backend:
        told = backend.lookup("shop.failover.example.")
    assert sorted((r["qtype"], r["content"]) for r in told if r["qtype"] != "ENT") == sorted(map(order, answer))
    assert told, "the name exists, though it may have no data"


def one(name, **fields):
    return (f"PUT /v1/stacks/eu/servers/{name}", {"role": "web"} | fields)


def names(*wanted):
    return {"servers": [{"name": name} for name in wanted]}


THREE = [zone(), stack("eu", server("w1", "192.0.2.1"), server("w2", "192.0.2.2"), server("w3", "192.0.2.3")),
         group(primary="eu")]
SERVERS = [
    Row("7 server added", THREE, one("w4", addresses=["192.0.2.4"]), 201,
        then={EU: names("w1", "w2", "w3", "w4"), SHOP: {"answer": a(*[f"192.0.2.{i}" for i in (1, 2, 3, 4)])}}),
    Row("server replaced keeps its place", THREE, one("w1", addresses=["192.0.2.9"]), 200,
        then={EU: names("w1", "w2", "w3")}),
    Row("server as it stands", THREE, one("w1", addresses=["192.0.2.1"]), 200, nothing=True),
    Row("server in any case", THREE, one("W1", addresses=["192.0.2.1"]), 200, nothing=True),
    Row("7 server removed", THREE, ("DELETE /v1/stacks/eu/servers/w1",), 204,
        then={EU: names("w2", "w3"), SHOP: {"answer": a("192.0.2.2", "192.0.2.3")}}),
    Row("7 first load balancer arrives", THREE, one("lb", role=LB, addresses=["192.0.2.8"]), 201,
        then={SHOP: {"answer": a("192.0.2.8")}}),
    Row("7 last load balancer leaves", THREE + [one("lb", role=LB, addresses=["192.0.2.8"])],
        ("DELETE /v1/stacks/eu/servers/lb",), 204, then={SHOP: {"answer": a("192.0.2.1", "192.0.2.2", "192.0.2.3")}}),
    Row("server renamed", THREE, ("PATCH /v1/stacks/eu/servers/w1", {"name": "w9"}), 200,
        then={EU: names("w9", "w2", "w3"), SHOP: {"answer": a("192.0.2.1", "192.0.2.2", "192.0.2.3")}}),
    Row("server renamed to its name", THREE, ("PATCH /v1/stacks/eu/servers/w1", {"name": "w1"}), 200, nothing=True),
    Row("13 server renamed to a taken name", THREE, ("PATCH /v1/stacks/eu/servers/w1", {"name": "w2"}), 409,
        "name_taken"),
    Row("13 server renamed to a taken name in other case", THREE, ("PATCH /v1/stacks/eu/servers/w1", {"name": "W2"}),
        409, "name_taken"),
    Row("server renamed to no label", THREE, ("PATCH /v1/stacks/eu/servers/w1", {"name": "w_2"}), 422, "invalid",
        ["/name"]),
    Row("13 new server's name in a path is no label", THREE, one("w_9"), 422, "invalid"),
    *[Row(f"13 unknown stack or server: {request[0]}", THREE, request, 404, "not_found") for request in [
        ("GET /v1/stacks/nope",), ("DELETE /v1/stacks/nope",), ("PATCH /v1/stacks/nope", {"name": "x"}),
        ("GET /v1/stacks/nope/failover-status",), ("GET /v1/stacks/stk_0000000000000",),
        ("PUT /v1/stacks/nope/servers/w1", {"role": "web"}), ("PATCH /v1/stacks/eu/servers/nope", {"name": "x"}),
        ("DELETE /v1/stacks/eu/servers/nope",), ("DELETE /v1/stacks/nope/servers/w1",)]],
    Row("13 two servers of one name", "zone", stack("eu", server("w1"), server("w1")), 422, "invalid"),
    Row("13 two servers of one name in other case", "zone", stack("eu", server("w1"), server("W1")), 422, "invalid"),
    Row("role is required", "zone", ("PUT /v1/stacks/eu", {"servers": [{"name": "w1"}]}), 422, "invalid",
        ["/servers/0/role"]),
    Row("name is required", "zone", ("PUT /v1/stacks/eu", {"servers": [{"role": "web"}]}), 422, "invalid",
        ["/servers/0/name"]),
    Row("servers are required", "zone", ("PUT /v1/stacks/eu", {}), 422, "invalid", ["/servers"]),
    Row("every mistake at once", "zone", ("PUT /v1/stacks/eu", {"servers": [
        {"name": "w_1", "role": "web"}, {"name": "w2", "role": "db"}, {"name": "w3", "role": "web", "addresses": ["x"]},
        {"name": "w4", "role": "web", "hostname": "local", "more": 1}]}), 422, "invalid",
        ["/servers/0/name", "/servers/1/role", "/servers/2/addresses/0", "/servers/3/hostname", "/servers/3/more"]),
]


@parametrize(SERVERS)
def test_servers(row):
    run(row)


NAMES = [
    Row("10 registered", "zone", stack("eu", server("w1", "192.0.2.1")), 201, reply={"name": "eu", "web_head": ["w1"],
        "failover_status": "none", "groups": []}),
    Row("10 replaced", "stacks", stack("eu", server("w9", "192.0.2.9")), 200, reply={"servers": [{"name": "w9"}]}),
    Row("12 replaced by the same", "stacks", stack("eu", server("web1", "192.0.2.10")), 200, nothing=True),
    Row("15 name in any case", "stacks", stack("EU", server("web1", "192.0.2.10")), 200, reply={"name": "eu"},
        nothing=True),
    *[Row(f"13 new stack called {name}", "zone", stack(name), 422, "invalid")
      for name in ("-a", "a-", "a_b", "a.b", "a" * 64, "%20", "s%C3%B6")],
    Row("10 renamed", "eu and us", ("PATCH /v1/stacks/eu", {"name": "Europe"}), 200, reply={"name": "europe"},
        then={SHOP: {"primary": {"name": "europe"}, "answer": a("192.0.2.10")}, EU: None}),
    Row("10 renamed to its name", "stacks", ("PATCH /v1/stacks/eu", {"name": "eu"}), 200, nothing=True),
    Row("10 renamed to a taken name", "stacks", ("PATCH /v1/stacks/eu", {"name": "us"}), 409, "name_taken"),
    Row("10 renamed to a taken name in other case", "stacks", ("PATCH /v1/stacks/eu", {"name": "US"}), 409,
        "name_taken"),
    Row("10 renamed to no label", "stacks", ("PATCH /v1/stacks/eu", {"name": "e.u"}), 422, "invalid", ["/name"]),
    Row("12 nothing said", "stacks", ("PATCH /v1/stacks/eu", {}), 200, nothing=True),
    Row("10 an old name is free again", GIVEN["stacks"] + [("PATCH /v1/stacks/eu", {"name": "x"})],
        ("PATCH /v1/stacks/us", {"name": "eu"}), 200),
    Row("servers alone", "stacks", ("PATCH /v1/stacks/eu", {"servers": []}), 200, reply={"servers": []}),
    Row("6 deleted", "stacks", ("DELETE /v1/stacks/eu",), 204, then={EU: None}),
    Row("6 deleted while live", "eu and us", ("DELETE /v1/stacks/eu",), 409, "stack_in_use", says=["shop"]),
    Row("6 deleted while backup", "eu and us", ("DELETE /v1/stacks/us",), 409, "stack_in_use", says=["shop"]),
    Row("6 all its groups are named", GIVEN["eu and us"] + [group("blog", primary="eu")], ("DELETE /v1/stacks/eu",),
        409,
        "stack_in_use", says=["shop", "blog"]),
    Row("6 deleted after it left", GIVEN["eu and us"] + [("PATCH /v1/groups/shop", {"backup": None})],
        ("DELETE /v1/stacks/us",), 204),
    Row("groups of a stack", GIVEN["eu and us"] + [group("blog", primary="eu")], ("GET /v1/stacks/eu",), 200,
        reply={"groups": ["blog", "shop"]}, nothing=True),
]


@parametrize(NAMES)
def test_names_of_stacks(row):
    run(row)


def test_a_stack_is_found_by_its_id(api):
    made = api.must(*stack("by-id", server("w1", "192.0.2.1")))
    assert made["id"].startswith("stk_")
    assert api.must(f"GET /v1/stacks/{made['id']}") == made
    renamed = api.must(f"PATCH /v1/stacks/{made['id']}", {"name": "by-id-2"})
    assert renamed["id"] == made["id"] and renamed["name"] == "by-id-2"
    assert api.must(f"PUT /v1/stacks/{made['id']}", {"servers": []})["name"] == "by-id-2"
    api.must(f"DELETE /v1/stacks/{made['id']}")


GOOD_ADDRESSES = ["192.0.2.1", "127.0.0.1", "10.1.2.3", "169.254.1.1", "192.168.0.1", "223.255.255.254", "2001:db8::1",
                  "::1", "fe80::1", "fd00::1"]
BAD_ADDRESSES = ["0.0.0.0", "::", "224.0.0.1", "239.255.255.255", "255.255.255.255", "240.0.0.0", "254.1.1.1",
                 "ff02::1",
                 "ffff::1", "::ffff:192.0.2.1", "::ffff:c000:201", "192.0.2", "192.0.2.256", "192.0.2.01", "1.2.3.4.5",
                 "192.0.2.1/32", "192.0.2.1:80", " 192.0.2.1", "192.0.2.1 ", "", "2001:db8::g", "2001:db8:::1",
                 "fe80::1%eth0", "[::1]", "1:2:3:4:5:6:7:8:9", "0x7f.1", "localhost", "192.0.2.1\0"]
GOOD_HOSTNAMES = ["lb.cloud.example", "a.b", "x" * 63 + ".example", "1.2.3.example", "failover.example.net",
                  "notfailover.example", ".".join(["a" * 61] * 4)]
BAD_HOSTNAMES = ["", "localhost", ".", "a..b", ".a.b", "-a.example", "a-.example", "a b.example", "x" * 64 + ".example",
                 ".".join(["a" * 63] * 4), "s\u00f6.example", "failover.example", "shop.failover.example",
                 "a.b.failover.example", "Shop.Failover.EXAMPLE", "a/b.example", "a.example\n"]


@pytest.mark.parametrize("address", GOOD_ADDRESSES)
def test_rule_10_address_taken(api, address):
    api.must(*stack("x", server("w1", address)))


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_rule_10_address_refused(api, address):
    reply = api.ask(*stack("x", server("w1", "192.0.2.1", address)))
    assert (reply.status, reply.code, reply.pointers) == (422, "invalid", ["/servers/0/addresses/1"])


@pytest.mark.parametrize("name", GOOD_HOSTNAMES)
def test_rule_10_hostname_taken(api, name):
    api.must(*zone())
    api.must(*stack("x", server("w1", hostname=name)))


@pytest.mark.parametrize("name", BAD_HOSTNAMES)
def test_rule_10_hostname_refused(api, name):
    api.must(*zone())
    reply = api.ask("PUT /v1/stacks/x", {"servers": [{"name": "w1", "role": "web", "hostname": name}]})
    assert (reply.status, reply.code, reply.pointers) == (422, "invalid", ["/servers/0/hostname"])
