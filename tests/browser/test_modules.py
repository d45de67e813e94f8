"""Parts of the dashboard that reckon something, asked directly: their rows are input and what must come out."""

import datetime

import pytest

from conftest import ZONE


def asks(person, module, script, *arguments):
    return person.driver.execute_async_script(f"""
        const done = arguments[arguments.length - 1];
        import('/{module}').then(async (module) => done(await {script})).catch((error) => done(String(error)));""", *arguments)


def server_of(name, role, addresses=(), hostname=None):
    return {"name": name, "role": role, "addresses": list(addresses), **({"hostname": hostname} if hostname else {})}


# What the confirmation says will be answered has to be what failoverd then answers.
@pytest.mark.parametrize("servers", [
    [],
    [server_of("web1", "web", ["192.0.2.1"])],
    [server_of("web1", "web", ["192.0.2.1", "2001:db8::1"]), server_of("web2", "web", ["192.0.2.2"])],
    [server_of("web1", "web", ["192.0.2.1"]), server_of("lb1", "load_balancer", ["192.0.2.9"])],
    [server_of("web1", "web", ["192.0.2.1"]), server_of("lb1", "load_balancer")],
    [server_of("web1", "web", ["192.0.2.1"]), server_of("web2", "web", ["192.0.2.1"])],
    [server_of("web1", "web", hostname="one.example.net"), server_of("web2", "web", hostname="two.example.net")],
    [server_of("web1", "web", hostname="one.example.net"), server_of("web2", "web", ["192.0.2.2"])],
    [server_of("db1", "other", ["192.0.2.5"])],
], ids=["empty", "one", "two", "balancer", "balancer being built", "twice the same", "hostnames", "mixed", "no web"])
def test_what_will_be_answered_is_what_is_answered(server, person, servers):
    stack = server.api("PUT", "/v1/stacks/shop", {"servers": servers})
    answer = server.api("POST", "/v1/groups", {"primary": "shop"})["answer"]
    person.opens(server)
    foretold = asks(person, "sides.js", "module.answerOf(arguments[0])", stack)
    as_set = lambda records: sorted((record["type"], record["content"]) for record in records)
    assert as_set(foretold) == as_set(answer)


STREAMS = [
    (['id: 1\ndata: {"n":1}\n\n'], [{"n": 1}]),
    ([': hello\n\n', 'id: 1\nevent: flip\ndata: {"n":1}\n\nid: 2\ndata: {"n":2}\n\n'], [{"n": 1}, {"n": 2}]),
    (['id: 1\nda', 'ta: {"n"', ':1}\n', '\n'], [{"n": 1}]),
    (['id: 1\r\ndata: {"n":1}\r', '\n\r\n'], [{"n": 1}]),
    (['data: {"n":\ndata: 1}\n\n'], [{"n": 1}]),
    (['data:{"n":1}\n\n'], [{"n": 1}]),
    (['id: 1\ndata: {"n":1}\n'], []),
]


def test_the_event_stream_is_read_however_it_is_cut(server, person):
    person.opens(server)
    for pieces, events in STREAMS:
        assert asks(person, "events.js", "arguments[0].flatMap(module.parser())", pieces) == events, pieces


SPANS = [
    (-5, "0 s"), (0, "0 s"), (59_999, "59 s"), (60_000, "1 min"), (75_000, "1 min 15 s"), (3_600_000, "1 h"),
    (3_660_000, "1 h 1 min"), (3_605_000, "1 h"), (90_000_000, "1 d 1 h"), (86_400_000, "1 d"),
]


def test_spans_of_time(server, person):
    person.opens(server)
    for milliseconds, words in SPANS:
        assert asks(person, "time.js", "module.span(arguments[0])", milliseconds) == words


def test_the_newest_changes_are_found_from_any_number(server, person):
    server.group(label="shop")
    person.signs_in(server)
    for total in (5, 30, 31, 120):
        done = server.api("GET", "/v1/changes?limit=1000")["items"]
        for n in range(total - len(done)):
            server.api("PATCH", f"/v1/groups/shop.{ZONE}", {"name": f"{total} {n}"})
        person.driver.refresh()
        person.sees("Up to date")
        found = asks(person, "trail.js", "module.newest({}, 3)")["entries"]
        assert [entry["revision"] for entry in found] == [total, total - 1, total - 2]


CREATED = "2020-01-01T00:00:00Z"


@pytest.mark.parametrize("ago, live, created, counting", [
    (5, "primary", CREATED, True),
    (61, "primary", CREATED, False),
    (5, "none", CREATED, False),  # the last stack was detached: nothing is live
    (5, "primary", None, False),  # just made, so there was no old answer
])
def test_the_time_until_all_clear_is_told_by_the_group(server, person, ago, live, created, counting):
    person.opens(server)
    since = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=ago)).isoformat()
    group = {"address": "shop.example", "live": live, "live_since": since, "created_at": created or since, "ttl": 60}
    found = asks(person, "settling.js", "[module.settling, module.settlingLine].map((make) => make(arguments[0]) !== null)",
                 group)
    assert found == [counting, counting]
