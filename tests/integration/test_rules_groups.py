"""Rules 1, 2, 3, 4, 6, 9, 12, 13 and 15 as far as they are about groups."""
import re

import pytest

from harness import Failoverd
from table import Row, group, parametrize, run, server, stack, zone, GIVEN

SHOP = "/v1/groups/shop"
NONE = {"primary": None, "backup": None, "live": "none", "answer": []}
EU, US = {"name": "eu"}, {"name": "us"}
A_EU, A_US = [{"type": "A", "content": "192.0.2.10"}], [{"type": "A", "content": "198.51.100.10"}]


def create(**fields):
    return ("POST /v1/groups", fields)


def set_shop(**fields):
    return ("PATCH /v1/groups/shop", fields)


ADDRESSES = [
    Row("1 own label", "zone", create(label="shop"), 201, reply={"label": "shop", "address": "shop.failover.example"},
        then={SHOP: NONE, "/v1/groups/shop.failover.example": NONE}),
    Row("1 label in use is taken", "reserved", create(label="shop"), 409, "address_taken"),
    Row("1 label in use is taken in any case", "reserved", create(label="SHOP"), 409, "address_taken"),
    Row("1 deleted label is retired", "a deleted group", create(label="shop"), 409, "address_retired"),
    Row("1 deleted label is retired in any case", "a deleted group", create(label="Shop"), 409, "address_retired"),
    Row("1 retired though its zone was made anew",
        GIVEN["a deleted group"] + [("DELETE /v1/zones/failover.example",), zone()], create(label="shop"), 409,
        "address_retired"),
    Row("1 another zone may issue the same label", GIVEN["a deleted group"] + [zone("other.example")],
        create(label="shop", zone="other.example"), 201, reply={"address": "shop.other.example"}),
    Row("1 label of 63", "zone", create(label="a" * 63), 201),
    *[Row(f"1 {what} is no label", "zone", create(label=label), 422, "invalid", ["/label"]) for what, label in [
        ("empty", ""), ("hyphen first", "-a"), ("hyphen last", "a-"), ("underscore", "a_b"), ("two labels", "a.b"),
        ("64 letters", "a" * 64), ("umlaut", "sh\u00f6p"), ("blank", "a b"), ("NUL", "a\0b"), ("newline", "a\n")]],
    Row("1 label and zone longer than a DNS name", [zone(".".join(["z" * 50] * 4))], create(label="a" * 63), 422,
        "invalid", ["/label"]),
    Row("13 unknown zone in a body", "zone", create(zone="none.example", label="shop"), 422, "invalid", ["/zone"]),
    Row("13 no zone at all", "nothing", create(label="shop"), 422, "invalid", ["/zone"]),
    Row("13 zone left out where there are two", [zone(), zone("other.example")], create(label="shop"), 422, "invalid",
        ["/zone"]),
    Row("13 every mistake at once", "zone", create(label="-", primary="no", backup="none", ttl=4), 422, "invalid",
        ["/label", "/primary", "/backup", "/ttl"]),
    Row("13 bare label in two zones", [zone(), zone("other.example"), group(zone="failover.example"),
                                       group(zone="other.example")], ("GET /v1/groups/shop",), 404, "not_found",
        says=["shop.failover.example", "shop.other.example"]),
    Row("13 bare label in two zones, written to",
        [zone(), zone("other.example"), group(zone="failover.example"), group(zone="other.example")],
        set_shop(name="x"), 404, "not_found", says=["shop.failover.example", "shop.other.example"]),
    *[Row(f"13 unknown group: {request[0].split()[0]} {request[0][-4:]}", "stacks", request, 404, "not_found")
      for request in [("GET /v1/groups/nope",), ("GET /v1/groups/nope.failover.example",), ("DELETE /v1/groups/nope",),
                      ("PATCH /v1/groups/nope", {"name": "x"}), ("POST /v1/groups/nope/flip", {})]],
    Row("15 label in any case, kept in lower", "zone", create(label="SHOP-1"), 201,
        reply={"label": "shop-1", "address": "shop-1.failover.example"},
        then={"/v1/groups/Shop-1": {}, "/v1/groups/sHop-1.FAILOVER.example": {}}),
    Row("15 zone of a body in any case", "zone", create(label="shop", zone="FAILOVER.Example"), 201,
        reply={"zone": "failover.example"}),
]

STACKS = [
    Row("2 no stack: reserved", "zone", create(label="shop"), 201, reply=NONE),
    Row("2 nulls are the same as absent", "zone", create(label="shop", name=None, primary=None, backup=None, ttl=None,
                                                         zone=None), 201, reply=NONE | {"ttl": 60}),
    Row("2 no label drawn for null", "zone", create(label=None), 201),
    Row("2 empty body", "zone", ("POST /v1/groups",), 201, reply=NONE),
    Row("2 one", "stacks", create(label="shop", primary="eu"), 201, reply={"primary": EU, "backup": None}),
    Row("2 two", "stacks", create(label="shop", primary="eu", backup="us"), 201, reply={"primary": EU, "backup": US}),
    Row("2 the same one twice", "stacks", create(label="shop", primary="eu", backup="eu"), 422, "invalid"),
    Row("2 the same one twice, in other case", "stacks", create(label="shop", primary="eu", backup="EU"), 422,
        "invalid"),
    Row("2 the same one attached on the other side", "eu alone", set_shop(backup="eu"), 422, "invalid"),
    Row("2 the other side's in place of the live one", "eu and us", set_shop(primary="us"), 422, "invalid"),
    Row("2 both replaced at once", "eu and us", set_shop(primary="us", backup="eu"), 200,
        reply={"primary": US, "backup": EU, "live": "primary", "answer": A_US}),
    Row("2 live stack replaced", "eu alone", set_shop(primary="us"), 200, reply={"live": "primary", "answer": A_US}),
    Row("13 unknown stack in POST", "stacks", create(label="shop", primary="nope"), 422, "invalid", ["/primary"]),
    Row("13 unknown stack in PATCH", "reserved", set_shop(backup="nope"), 422, "invalid", ["/backup"]),
    Row("13 unknown id in PATCH", "reserved", set_shop(backup="stk_0000000000000"), 422, "invalid", ["/backup"]),
    Row("15 stack's name in any case", "stacks", create(label="shop", primary="EU"), 201, reply={"primary": EU}),
    Row("3 primary alone is live", "stacks", create(label="shop", primary="eu"), 201,
        reply={"live": "primary", "answer": A_EU}),
    Row("3 backup alone is live", "stacks", create(label="shop", backup="us"), 201,
        reply={"live": "backup", "answer": A_US}),
    Row("3 first stack attached as primary", "reserved", set_shop(primary="eu"), 200,
        reply={"live": "primary", "answer": A_EU}),
    Row("3 first stack attached as backup", "reserved", set_shop(backup="us"), 200,
        reply={"live": "backup", "answer": A_US}),
    Row("3 second stack attached changes nothing live", "us as backup alone", set_shop(primary="eu"), 200,
        reply={"live": "backup", "primary": EU, "backup": US, "answer": A_US}),
    Row("3 first stack without a web head is live too", "reserved", set_shop(primary="bare"), 200,
        reply={"live": "primary", "answer": []}),
    Row("fine print: both attached to an empty group", "reserved", set_shop(primary="eu", backup="us"), 200,
        reply={"live": "primary", "answer": A_EU}),
    Row("fine print: both attached, live said", "reserved", set_shop(primary="eu", backup="us", live="backup"), 200,
        reply={"live": "backup", "answer": A_US}),
    Row("3 the only stack detached", "eu alone", set_shop(primary=None), 200, reply=NONE),
    Row("4 live side detached", "eu and us", set_shop(primary=None), 409, "side_is_live"),
    Row("4 live backup detached", "eu and us, us live", set_shop(backup=None), 409, "side_is_live"),
    Row("4 live side detached, live set", "eu and us", set_shop(primary=None, live="backup"), 200,
        reply={"primary": None, "backup": US, "live": "backup", "answer": A_US}),
    Row("4 live side detached, live set to itself", "eu and us", set_shop(primary=None, live="primary"), 409),
    Row("4 other side detached", "eu and us", set_shop(backup=None), 200,
        reply={"primary": EU, "backup": None, "live": "primary", "answer": A_EU}),
    Row("fine print: both dropped", "eu and us", set_shop(primary=None, backup=None), 200, reply=NONE),
    Row("fine print: both dropped, live none", "eu and us", set_shop(primary=None, backup=None, live="none"), 200,
        reply=NONE),
    Row("fine print: live dropped, other attached", "eu alone", set_shop(primary=None, backup="us"), 409,
        "side_is_live"),
    Row("fine print: live dropped, other attached, live set", "eu alone",
        set_shop(primary=None, backup="us", live="backup"), 200, reply={"live": "backup", "answer": A_US}),
    Row("fine print: live none with a stack", "eu alone", set_shop(live="none"), 422, "invalid", ["/live"]),
    Row("fine print: live none with two", "eu and us", set_shop(live="none"), 422, "invalid", ["/live"]),
    Row("fine print: live to no web head", "eu and bare", set_shop(live="backup"), 409, "no_web_head"),
    Row("fine print: live dropped for one without a web head", "eu and bare", set_shop(primary=None, live="backup"),
        409, "no_web_head"),
    Row("5 live to a side with no stack", "eu alone", set_shop(live="backup"), 409, "side_is_empty"),
    Row("3 live to the other side", "eu and us", set_shop(live="backup"), 200,
        reply={"live": "backup", "answer": A_US}),
    Row("12 live to the live side", "eu and us", set_shop(live="primary"), 200, reply={"live": "primary"},
        nothing=True),
    Row("fine print: live is no side", "eu and us", set_shop(live="both"), 422, "invalid", ["/live"]),
    Row("fine print: live null", "eu and us", set_shop(live=None), 422, "invalid", ["/live"]),
    Row("a PATCH cannot force", "eu and bare", set_shop(live="backup", force=True), 422, "invalid", ["/force"]),
    Row("unknown field", "reserved", set_shop(colour="red"), 422, "invalid", ["/colour"]),
    Row("live is no field of POST", "stacks", create(label="shop", primary="eu", live="primary"), 422, "invalid",
        ["/live"]),
]

SETTINGS = [
    *[Row(f"9 ttl {ttl}", "zone", create(label="shop", ttl=ttl), 201, reply={"ttl": ttl}) for ttl in (5, 60, 300)],
    *[Row(f"9 ttl {ttl}", "zone", create(label="shop", ttl=ttl), 422, "invalid", ["/ttl"])
      for ttl in (-1, 0, 4, 301, 2**31, 2**32 + 60, 2**64 + 60, 60.5, "60", True, [60])],
    *[Row(f"9 ttl set to {ttl}", "reserved", set_shop(ttl=ttl), 422, "invalid", ["/ttl"]) for ttl in (4, 301, "60")],
    Row("9 default", "zone", create(label="shop"), 201, reply={"ttl": 60}),
    Row("9 default is the zone's", [zone(ttl=120)], create(label="shop"), 201, reply={"ttl": 120}),
    Row("fine print: follows its zone's", "reserved", zone(ttl=120), 200, then={SHOP: {"ttl": 120}}),
    Row("fine print: its own stays", [zone(), group(ttl=10)], zone(ttl=120), 200, then={SHOP: {"ttl": 10}}),
    Row("fine print: ttl null goes back", [zone(ttl=120), group(ttl=10)], set_shop(ttl=None), 200, reply={"ttl": 120}),
    Row("name", "zone", create(label="shop", name="The shop \u2603"), 201, reply={"name": "The shop \u2603"}),
    Row("name changed", "reserved", set_shop(name="new"), 200, reply={"name": "new"}),
    Row("12 nothing said", "eu and us", set_shop(), 200, reply={"live": "primary"}, nothing=True),
    Row("12 what stands said again", "eu and us", set_shop(primary="eu", backup="us", live="primary"), 200,
        nothing=True),
    Row("12 ttl null where there is none", "reserved", set_shop(ttl=None), 200, nothing=True),
    Row("6 deleted while reserved", "reserved", ("DELETE /v1/groups/shop",), 204, then={SHOP: None}),
    Row("6 deleted with a stack", "eu alone", ("DELETE /v1/groups/shop",), 409, "group_has_stacks"),
    Row("6 deleted with two", "eu and us", ("DELETE /v1/groups/shop",), 409, "group_has_stacks"),
    Row("6 deleted twice", "a deleted group", ("DELETE /v1/groups/shop",), 404, "not_found"),
]


@parametrize(ADDRESSES)
def test_addresses(row):
    run(row)


@parametrize(STACKS)
def test_stacks_of_a_group(row):
    run(row)


@parametrize(SETTINGS)
def test_settings_of_a_group(row):
    run(row)


def test_rule_1_drawn_address(fresh):
    api = fresh.api()
    api.put_zone()
    labels = set()
    for _ in range(50):
        reply = api.ask("POST /v1/groups")
        assert reply.status == 201, reply
        label = reply.body["label"]
        assert re.fullmatch(r"\d{3}-\d{3}-\d{3}", label)
        assert reply.headers["Location"].endswith((f"/v1/groups/{label}", f"/v1/groups/{label}.failover.example"))
        assert api.must("GET " + reply.headers["Location"].removeprefix(fresh.url))["label"] == label
        labels.add(label)
    assert len(labels) == 50


def test_rule_1_retired_after_a_restart(fresh):
    api = fresh.api()
    api.put_zone()
    api.create("gone")
    api.create("here")
    api.must("DELETE /v1/groups/gone")
    fresh.restart()
    api = fresh.api()
    assert api.ask("POST /v1/groups", {"label": "gone"}).code == "address_retired"
    assert api.ask("POST /v1/groups", {"label": "here"}).code == "address_taken"


@pytest.mark.parametrize("by", ["id", "name"])
def test_rule_2_the_same_stack_by_id_and_name(fresh, by):
    api = fresh.api()
    api.must(*zone())
    made = api.must(*stack("eu", server("web1", "192.0.2.10")))
    api.create("shop", primary=made["id"])
    assert api.ask("PATCH /v1/groups/shop", {"backup": made[by]}).status == 422


def test_a_group_reads_as_promised():
    with Failoverd() as running:
        api = running.api()
        for request in GIVEN["stacks"]:
            api.must(*request)
        made = api.create("shop", name="shop", primary="eu", backup="us")
        assert set(made) >= {"label", "address", "zone", "name", "primary", "backup", "live", "ttl", "answer",
                             "revision",
                             "created_at", "updated_at"}
        assert set(made["primary"]) == {"id", "name"} and made["primary"]["id"].startswith("stk_")
        for moment in (made["created_at"], made["updated_at"]):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", moment)
        assert made["answer"] == A_EU
        assert api.must("GET /v1/groups/shop") == made
