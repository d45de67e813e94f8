"""Rule 5 and what a flip answers; conditional writes; rule 8, which flips alter."""
import datetime

import pytest

from table import GIVEN, Row, check_refusal, group, parametrize, run, server, stack

SHOP = "/v1/groups/shop"
A_EU, A_US = [{"type": "A", "content": "192.0.2.10"}], [{"type": "A", "content": "198.51.100.10"}]


def flip(**fields):
    return ("POST /v1/groups/shop/flip", fields)


DONE = {"changed": True, "flushed": []}
KEPT = {"changed": False}

FLIPS = [
    Row("5 to the other side", "eu and us", flip(), 200, reply=DONE | {"group": {"live": "backup", "answer": A_US}},
        then={SHOP: {"live": "backup", "answer": A_US}}),
    Row("5 and back", "eu and us, us live", flip(), 200, reply=DONE | {"group": {"live": "primary", "answer": A_EU}}),
    Row("5 to backup", "eu and us", flip(to="backup"), 200, reply=DONE | {"group": {"live": "backup"}}),
    Row("5 to primary", "eu and us, us live", flip(to="primary"), 200, reply=DONE | {"group": {"live": "primary"}}),
    Row("5 with a reason", "eu and us", flip(reason="disk full"), 200, reply=DONE),
    Row("5 by full address in any case", "eu and us", ("POST /v1/groups/Shop.Failover.EXAMPLE/flip", {}), 200,
        reply=DONE),
    Row("5 empty body", "eu and us", ("POST /v1/groups/shop/flip",), 200, reply=DONE),
    Row("5 to the side already live", "eu and us", flip(to="primary"), 200,
        reply=KEPT | {"group": {"live": "primary", "answer": A_EU}}, nothing=True),
    Row("5 to the side already live, with a reason", "eu and us", flip(to="primary", reason="sure"), 200, reply=KEPT,
        nothing=True),
    Row("5 to the side already live, forced", "eu and us", flip(to="primary", force=True), 200, reply=KEPT,
        nothing=True),
    Row("5 to the side already live, alone", "eu alone", flip(to="primary"), 200, reply=KEPT, nothing=True),
    Row("5 to the side already live, without a web head",
        GIVEN["reserved"] + [("PATCH /v1/groups/shop", {"primary": "bare"})], flip(to="primary"), 200, reply=KEPT,
        nothing=True),
    Row("5 to an empty backup", "eu alone", flip(to="backup"), 409, "side_is_empty"),
    Row("5 to an empty other side", "eu alone", flip(), 409, "side_is_empty"),
    Row("5 to an empty primary", "us as backup alone", flip(to="primary"), 409, "side_is_empty"),
    Row("5 empty cannot be forced", "eu alone", flip(to="backup", force=True), 409, "side_is_empty"),
    Row("5 reserved to primary", "reserved", flip(to="primary"), 409, "side_is_empty"),
    Row("5 reserved to backup", "reserved", flip(to="backup"), 409, "side_is_empty"),
    Row("5 reserved", "reserved", flip(), 409, "side_is_empty"),
    Row("5 no web head", "eu and bare", flip(to="backup"), 409, "no_web_head", then={SHOP: {"live": "primary"}}),
    Row("5 no web head, other side", "eu and bare", flip(), 409, "no_web_head"),
    Row("5 no web head, force false", "eu and bare", flip(force=False), 409, "no_web_head"),
    Row("5 no web head, forced", "eu and bare", flip(force=True), 200,
        reply=DONE | {"group": {"live": "backup", "answer": []}}),
    Row("5 to none", "eu and us", flip(to="none"), 422, "invalid", ["/to"]),
    Row("5 to an unknown side", "eu and us", flip(to="left"), 422, "invalid", ["/to"]),
    Row("5 mistakes", "eu and us", flip(to=1, reason=2, force="yes", why=3), 422, "invalid",
        ["/to", "/reason", "/force", "/why"]),
]


@parametrize(FLIPS)
def test_flips(row):
    run(row)


STATUSES = [
    # what is given besides the stacks, then the status of eu and of us
    ("8 in no group", [], "none", "none"),
    ("8 alone", [group(primary="eu")], "online", "none"),
    ("8 live and not", [group(primary="eu", backup="us")], "online", "offline"),
    ("8 flipped", GIVEN["eu and us, us live"][4:], "offline", "online"),
    ("8 live in one of two", [group(primary="eu", backup="us"), group("blog", primary="us", backup="eu")], "online",
     "online"),
    ("8 offline in both", [group(primary="us", backup="eu"), group("blog", primary="us", backup="eu")], "offline",
     "online"),
    ("8 group deleted", [group(primary="eu"), ("PATCH /v1/groups/shop", {"primary": None}),
                         ("DELETE /v1/groups/shop",)], "none", "none"),
]


@pytest.mark.parametrize("given, eu, us", [pytest.param(*row[1:], id=row[0].replace(" ", "-")) for row in STATUSES])
def test_status(fresh, given, eu, us):
    api = fresh.api()
    for request in GIVEN["stacks"] + given:
        api.must(*request)
    for name, status in (("eu", eu), ("us", us)):
        assert api.must(f"GET /v1/stacks/{name}/failover-status") == {"failover_status": status}
        assert api.must(f"GET /v1/stacks/{name}")["failover_status"] == status
        plain = api.ask(f"GET /v1/stacks/{name}/failover-status", Accept="text/plain")
        assert plain.text.strip() == status and plain.headers["Content-Type"].startswith("text/plain")


def test_flip_says_what_was_answered_and_when_it_is_over(fresh):
    api = fresh.api()
    for request in GIVEN["eu and us"]:
        api.must(*request)
    before = datetime.datetime.now(datetime.timezone.utc)
    done = api.flip("shop", "backup", reason="drill")
    after = datetime.datetime.now(datetime.timezone.utc)
    assert [(r["type"], r["content"]) for r in done["previous"]] == [("A", "192.0.2.10")]
    clear = datetime.datetime.fromisoformat(done["all_clear_at"].replace("Z", "+00:00"))
    second = datetime.timedelta(seconds=1)  # the clock may be told in whole seconds
    assert before + 60 * second - second <= clear <= after + 60 * second + second, "the TTL was 60"
    assert done["group"] == api.must("GET /v1/groups/shop")


def test_if_match(fresh):
    api = fresh.api()
    for request in GIVEN["eu and us"]:
        api.must(*request)
    first = api.ask("GET /v1/groups/shop")
    assert first.headers["ETag"] == f'"{first.body["revision"]}"'
    stale = first.headers["ETag"]
    flipped = api.ask("POST /v1/groups/shop/flip", {}, If_Match=stale)
    assert flipped.status == 200 and flipped.body["group"]["revision"] == api.revision()
    writes = [("POST /v1/groups/shop/flip", {}), ("PATCH /v1/groups/shop", {"name": "x"}), ("DELETE /v1/groups/shop",)]
    standing = api.standing()
    for write in writes:
        check_refusal(api.ask(*write, If_Match=stale), "stale")
        assert api.ask(*write, If_Match=stale).status == 412
    assert api.standing() == standing
    current = api.ask("GET /v1/groups/shop").headers["ETag"]
    assert api.ask("PATCH /v1/groups/shop", {"name": "x"}, If_Match=current).status == 200


IF_MATCH = [
    ("GET /v1/stacks/eu", stack("eu", server("web1", "192.0.2.11"))),
    ("GET /v1/stacks/eu", ("PATCH /v1/stacks/eu", {"name": "eu2"})),
    ("GET /v1/stacks/eu", ("PUT /v1/stacks/eu/servers/web2", {"role": "web", "addresses": ["192.0.2.12"]})),
    ("GET /v1/stacks/eu", ("PATCH /v1/stacks/eu/servers/web1", {"name": "web3"})),
    ("GET /v1/stacks/eu", ("DELETE /v1/stacks/eu/servers/web1",)),
    ("GET /v1/stacks/eu", ("DELETE /v1/stacks/eu",)),
    ("GET /v1/zones/failover.example", ("PUT /v1/zones/failover.example", {"nameservers": [], "ttl": 10})),
    ("GET /v1/zones/failover.example", ("DELETE /v1/zones/failover.example",)),
]


@pytest.mark.parametrize("read, write", [pytest.param(*row, id=row[1][0].replace(" ", "-")) for row in IF_MATCH])
def test_if_match_everywhere(fresh, read, write):
    api = fresh.api()
    for request in GIVEN["stacks"]:
        api.must(*request)
    reply = api.ask(read)
    assert reply.headers["ETag"] == f'"{reply.body["revision"]}"'
    standing = api.standing()
    assert api.ask(*write, If_Match='"999"').status == 412
    assert api.standing() == standing
    if "nameservers" in str(write):
        write = (write[0], {"nameservers": reply.body["nameservers"], "ttl": 10})
    assert api.ask(*write, If_Match=reply.headers["ETag"]).status in (200, 201, 204)


REVISIONS = [
    # a write, and the resources whose own revision it moves and does not move
    ("flip", ("POST /v1/groups/shop/flip", {}), ["groups/shop"], ["stacks/eu", "stacks/us", "zones/failover.example"]),
    ("servers", stack("eu", server("web9", "192.0.2.99")), ["stacks/eu"], ["groups/shop", "zones/failover.example"]),
    ("rename", ("PATCH /v1/stacks/eu", {"name": "eu9"}), ["stacks/eu9"], ["groups/shop", "zones/failover.example"]),
    ("new group", group("blog"), ["groups/blog"], ["groups/shop", "zones/failover.example", "stacks/eu"]),
    ("attached", group("blog", primary="eu"), ["groups/blog"], ["stacks/eu"]),
]


@pytest.mark.parametrize("write, moves, keeps", [pytest.param(*row[1:], id=row[0].replace(" ", "-"))
                                                 for row in REVISIONS])
def test_revision_is_the_last_change_of_its_own_settings(fresh, write, moves, keeps):
    api = fresh.api()
    for request in GIVEN["eu and us"]:
        api.must(*request)
    before = {path: api.must(f"GET /v1/{path}")["revision"] for path in keeps}
    api.must(*write)
    for path in moves:
        assert api.must(f"GET /v1/{path}")["revision"] == api.revision()
    assert {path: api.must(f"GET /v1/{path}")["revision"] for path in keeps} == before
