"""Tables of rules: each row says what is given, what is asked, and what must come out and stand after it."""
from dataclasses import dataclass, field

import pytest

from harness import Failoverd

ZONE = "failover.example"
NAMESERVERS = [{"name": "ns1.failover.example", "addresses": ["192.0.2.53"]}]


def server(name, *addresses, role="web", hostname=None):
    """A server as a body has it."""
    return {"name": name, "role": role, "addresses": list(addresses)} | ({"hostname": hostname} if hostname else {})


def zone(name=ZONE, **fields):
    fields.setdefault("nameservers", [{"name": f"ns1.{name}", "addresses": ["192.0.2.53"]}])
    return (f"PUT /v1/zones/{name}", fields)


def stack(name, *servers):
    return (f"PUT /v1/stacks/{name}", {"servers": list(servers)})


def group(label="shop", **fields):
    return ("POST /v1/groups", {"label": label} | fields)


# What the rows below start from. `bare` has no web head: its only server has the role `other`.
STACKS = [stack("eu", server("web1", "192.0.2.10")), stack("us", server("web1", "198.51.100.10")),
          stack("bare", server("db1", "203.0.113.5", role="other"))]
GIVEN = {
    "nothing": [],
    "zone": [zone()],
    "stacks": [zone(), *STACKS],
    "reserved": [zone(), *STACKS, group()],
    "eu alone": [zone(), *STACKS, group(primary="eu")],
    "us as backup alone": [zone(), *STACKS, group(backup="us")],
    "eu and us": [zone(), *STACKS, group(primary="eu", backup="us")],
    "eu and us, us live": [zone(), *STACKS, group(primary="eu", backup="us"),
                           ("POST /v1/groups/shop/flip", {"to": "backup"})],
    "eu and bare": [zone(), *STACKS, group(primary="eu", backup="bare")],
    "a deleted group": [zone(), *STACKS, group(), ("DELETE /v1/groups/shop",)],
}


@dataclass
class Row:
    """`given`: a name of GIVEN, or a list of requests, or both joined by +. `reply` and each value of `then` (a
    path and what GET answers there) are parts that must be found in what comes out; None: the path answers 404.
    `nothing`: no revision is made, as for every refusal."""
    rule: str
    given: object
    request: tuple
    status: int
    code: str = None
    pointers: list = None
    says: list = field(default_factory=list)
    reply: object = None
    then: dict = field(default_factory=dict)
    nothing: bool = False


def part_of(expected, actual, where=""):
    """Every field that is expected is there; lists have the same length and order."""
    if isinstance(expected, dict):
        assert isinstance(actual, dict), f"{where}: {actual!r} is no object"
        for key, value in expected.items():
            assert key in actual, f"{where}/{key} is missing in {actual!r}"
            part_of(value, actual[key], f"{where}/{key}")
    elif isinstance(expected, list):
        assert isinstance(actual, list) and len(actual) == len(expected), f"{where}: {actual!r} is not {expected!r}"
        for index, value in enumerate(expected):
            part_of(value, actual[index], f"{where}/{index}")
    else:
        assert actual == expected and type(actual) is type(expected), f"{where}: {actual!r} is not {expected!r}"


def parametrize(rows):
    """The rows as a parameter `row`, each with its rule as a readable id."""
    return pytest.mark.parametrize("row", [pytest.param(row, id=row.rule.replace(" ", "-")) for row in rows])


def requests_of(given):
    return GIVEN[given] if isinstance(given, str) else given


def check_refusal(reply, code=None, pointers=None):
    """The shape of every refusal."""
    assert reply.headers["Content-Type"].split(";")[0] == "application/problem+json", reply.headers
    assert reply.body["status"] == reply.status and reply.body["type"] and reply.body["title"], reply
    assert reply.body["detail"].strip(), "a refusal says what to do"
    if code:
        assert reply.code == code, reply
    if reply.status == 422:
        assert reply.body["errors"], "a 422 names every mistake"
    for mistake in reply.body.get("errors", []):
        assert set(mistake) >= {"pointer", "detail"}, reply
        assert mistake["pointer"] == "" or mistake["pointer"].startswith("/"), reply
    if pointers is not None:
        assert sorted(reply.pointers) == sorted(pointers), reply


def run(row):
    """Starts from an empty store, does what is given, asks, and compares."""
    with Failoverd() as running:
        api = running.api()
        for given in requests_of(row.given):
            api.must(*given)
        before = api.standing()
        reply = api.ask(*row.request)
        assert reply.status == row.status, reply
        if reply.status >= 400:
            check_refusal(reply, row.code, row.pointers)
        for word in row.says:
            assert word in reply.body["detail"], f"{word!r} is not in {reply.body['detail']!r}"
        if row.reply is not None:
            part_of(row.reply, reply.body)
        if reply.status >= 400 or row.nothing:
            assert api.standing() == before, "nothing may have changed"
        elif not row.request[0].startswith("GET"):
            assert api.revision() == before["revision"] + 1, "one change is one revision"
        for path, expected in row.then.items():
            found = api.ask("GET " + path)
            if expected is None:
                assert found.status == 404, found
            else:
                assert found.status == 200, found
                part_of(expected, found.body)
