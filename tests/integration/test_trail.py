"""The trail: who changed what, when, from where, why; read by pages and followed live."""
import re
import socket

import pytest

from harness import Failoverd
from harness.events import Events
from table import GIVEN, group, server, stack, zone

FIELDS = {"revision", "at", "verb", "actor", "from", "reason", "zone", "group", "stack", "before", "after"}
STORY = [
    # a write, and what its change says: zone, group, stack, whether there is a before and an after
    (zone(), "failover.example", None, None, False, True),
    (stack("eu", server("w1", "192.0.2.10")), None, None, "eu", False, True),
    (stack("us", server("w1", "198.51.100.10")), None, None, "us", False, True),
    (group(primary="eu", backup="us"), "failover.example", "shop", None, False, True),
    (("POST /v1/groups/shop/flip", {"reason": "disk \u2603"}), "failover.example", "shop", None, True, True),
    (("PATCH /v1/groups/shop", {"name": "x"}), "failover.example", "shop", None, True, True),
    (("PUT /v1/stacks/eu/servers/w2", {"role": "web"}), None, None, "eu", True, True),
    (("PATCH /v1/stacks/eu/servers/w2", {"name": "w3"}), None, None, "eu", True, True),
    (("DELETE /v1/stacks/eu/servers/w3",), None, None, "eu", True, True),
    (("PATCH /v1/stacks/eu", {"name": "europe"}), None, None, None, True, True),
    (("PATCH /v1/groups/shop", {"primary": None, "backup": None}), "failover.example", "shop", None, True, True),
    (("DELETE /v1/groups/shop",), "failover.example", "shop", None, True, False),
    (("DELETE /v1/stacks/us",), None, None, "us", True, False),
    (("DELETE /v1/zones/failover.example",), "failover.example", None, None, True, False),
]


@pytest.fixture(scope="module")
def told():
    """A server on which the story happened, and its trail."""
    with Failoverd() as running:
        api = running.api()
        for row in STORY:
            api.must(*row[0])
        yield running, api.all("/v1/changes")


@pytest.mark.parametrize("number", range(len(STORY)), ids=[f"{i + 1} {row[0][0]}" for i, row in enumerate(STORY)])
def test_story(told, number):
    _, changes = told
    change, (request, zone_, group_, stack_, before, after) = changes[number], STORY[number]
    assert set(change) == FIELDS and change["revision"] == number + 1
    assert change["zone"] == zone_ and change["group"] == group_
    if stack_:
        assert change["stack"] == stack_
    assert (change["before"] is not None, change["after"] is not None) == (before, after)
    assert change["from"] == "127.0.0.1" and change["actor"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", change["at"])
    assert change["reason"] == (request[1]["reason"] if "flip" in request[0] else None)


def test_before_and_after(told):
    _, changes = told
    flip = changes[4]
    assert flip["before"]["live"] == "primary" and flip["after"]["live"] == "backup"
    assert flip["before"]["label"] == flip["after"]["label"] == "shop"
    assert "flip" in flip["verb"]
    assert changes[5]["before"]["name"] != "x" == changes[5]["after"]["name"]
    assert [one["name"] for one in changes[6]["after"]["servers"]] == ["w1", "w2"]


def test_times_never_go_back(told):
    times = [change["at"] for change in told[1]]
    assert times == sorted(times)


FILTERS = [
    ("group=shop", {4, 5, 6, 11, 12}), ("group=SHOP", {4, 5, 6, 11, 12}),
    ("group=shop.failover.example", {4, 5, 6, 11, 12}),
    ("stack=us", {3, 13}), ("after=10", {11, 12, 13, 14}), ("after=14", set()), ("after=0", set(range(1, 15))),
    ("group=shop&after=5", {6, 11, 12}), ("group=nothing", set()), ("stack=nothing", set()),
]


@pytest.mark.parametrize("query, expected", FILTERS)
def test_filters(told, query, expected):
    running, _ = told
    found = running.api().must(f"GET /v1/changes?{query}")
    assert {change["revision"] for change in found["items"]} >= expected
    if "stack=us" not in query:  # may also tell of the groups it was in
        assert {change["revision"] for change in found["items"]} == expected
    assert found["next"] is None


def test_filter_by_stack_through_a_rename(told):
    running, _ = told
    identity = running.api().must("GET /v1/stacks/europe")["id"]
    found = {change["revision"] for change in running.api().must(f"GET /v1/changes?stack={identity}")["items"]}
    assert found >= {2, 7, 8, 9, 10}


def test_actor_is_the_tokens_name(fresh):
    api = fresh.api()
    token = api.must("POST /v1/tokens", {"name": "night shift", "role": "admin"})["token"]
    fresh.api(token).put_zone()
    assert api.all("/v1/changes")[-1]["actor"] == "night shift"


def test_events_replayed_are_the_changes(told):
    running, changes = told
    with Events(running, last=0) as events:
        assert "text/event-stream" in events.head.lower()
        assert [events.next() for _ in changes] == [(change["revision"], change) for change in changes]


@pytest.mark.parametrize("last", [1, 7, 13])
def test_events_resumed(told, last):
    running, changes = told
    with Events(running, last=last) as events:
        assert [events.next()[0] for _ in changes[last:]] == list(range(last + 1, len(changes) + 1))


def test_events_live(fresh):
    api = fresh.api()
    for request in GIVEN["eu and us"]:
        api.must(*request)
    with Events(fresh) as events, Events(fresh, last=0) as all_events:
        for _ in range(5):
            all_events.next()
        for i in range(50):
            api.flip("shop", reason=f"round {i}")
        got = [events.next() for _ in range(50)]
        assert [data["reason"] for _, data in got] == [f"round {i}" for i in range(50)]
        assert [number for number, _ in got] == list(range(got[0][0], got[0][0] + 50))
        assert [all_events.next() for _ in range(50)] == got
        assert got == [(change["revision"], change) for change in api.all("/v1/changes")[-50:]]


def test_events_resumed_while_changes_go_on(fresh):
    """No gap and none twice where replay and news meet."""
    api = fresh.api()
    for request in GIVEN["eu and us"]:
        api.must(*request)
    for i in range(200):
        api.flip("shop")
        if i % 10 == 0:
            with Events(fresh, last=0) as events:
                api.flip("shop")
                last = api.must("GET /v1/groups/shop")["revision"]
                assert [events.next()[0] for _ in range(last)] == list(range(1, last + 1))


def test_events_across_a_restart(fresh):
    api = fresh.api()
    api.put_zone()
    api.create("one")
    with Events(fresh, last=0) as events:
        last = [events.next()[0] for _ in range(2)][-1]
        fresh.stop()
        with pytest.raises((EOFError, ConnectionResetError)):
            events.next()
    fresh.start()
    fresh.api().create("two")
    with Events(fresh, last=last) as events:
        assert events.next()[1]["group"] == "two"


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "99999999999999999999"])
def test_last_event_id_that_is_none(told, last):
    running, _ = told
    reply = running.api().session.get(running.url + "/v1/events", headers={"Last-Event-ID": last}, stream=True,
                                      timeout=10)
    with reply:
        assert reply.status_code in (200, 422)


def test_hundreds_of_watchers(fresh):
    api = fresh.api()
    for request in GIVEN["eu and us"]:
        api.must(*request)
    watchers = [Events(fresh) for _ in range(400)]
    try:
        first = api.flip("shop")["group"]["revision"]
        for i in range(20):
            api.flip("shop")
        for watcher in watchers:
            assert [watcher.next()[0] for _ in range(21)] == list(range(first, first + 21))
    finally:
        for watcher in watchers:
            watcher.close()


def test_a_slow_watcher_is_dropped_and_not_waited_for(fresh):
    api = fresh.api()
    for request in GIVEN["eu and us"]:
        api.must(*request)
    big = [server(f"server-{i}-" + "x" * 40, f"192.0.2.{i}") for i in range(1, 200)]
    with Events(fresh, receive_buffer=4096) as slow, Events(fresh) as quick:
        for i in range(400):
            api.must(*stack("eu", *big[: 100 + i % 2]))
            quick.next()
        slow.connection.settimeout(30)
        with pytest.raises((EOFError, ConnectionResetError, socket.timeout)) as ended:
            for _ in range(400):
                slow.next()
        assert ended.type is not TimeoutError, "closed by the server"
    # and it may come back for what it missed
    with Events(fresh, last=api.revision() - 3) as again:
        again.next()
