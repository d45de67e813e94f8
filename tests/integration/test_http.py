"""How the API is asked: lists, methods, media types, and every status that is no matter of a rule."""
import contextlib
import pathlib
import re
import socket

import pytest

from harness import Api, Failoverd, program
from table import GIVEN, check_refusal, group, server, stack, zone

NAMES = [f"n{i:02}" for i in range(25)]


@pytest.fixture(scope="module", autouse=True)
def filled(api):
    for request in GIVEN["eu and us"] + [zone("other.example")]:
        api.must(*request)
    for name in reversed(NAMES):
        api.must(*group(name, zone="failover.example", name=f"Group {name}", primary="eu"))
        api.must(*stack("s" + name, server("w1", "192.0.2.1")))
    api.must(*group("aaa", zone="other.example"))


LISTS = {
    "groups": ("address", sorted([f"{n}.failover.example" for n in NAMES + ["shop"]] + ["aaa.other.example"])),
    "stacks": ("name", sorted(["eu", "us", "bare"] + ["s" + n for n in NAMES])),
    "zones": ("name", ["failover.example", "other.example"]),
}


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize("limit", [1, 7, 100, 1000])
def test_lists_are_sorted_and_paged(api, what, limit):
    key, expected = LISTS[what]
    page = api.must(f"GET /v1/{what}?limit={limit}")
    assert set(page) == {"items", "next"} and len(page["items"]) == min(limit, len(expected))
    assert (page["next"] is None) == (len(page["items"]) == len(expected))
    assert [item[key] for item in api.all(f"/v1/{what}", limit)] == expected


@pytest.mark.parametrize("what", ["groups", "stacks", "zones", "changes", "tokens"])
@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "", "1.5", "99999999999999999999"])
def test_limit_outside_1_to_1000(api, what, limit):
    check_refusal(api.ask(f"GET /v1/{what}?limit={limit}"), "invalid")


def test_changes_are_listed_by_revision_and_paged(api):
    found = [change["revision"] for change in api.all("/v1/changes", 7)]
    assert found == list(range(1, len(found) + 1)) and len(found) > 50


FILTERS = [
    ("groups?q=n0", [f"n0{i}.failover.example" for i in range(10)]),
    ("groups?q=N0", [f"n0{i}.failover.example" for i in range(10)]),
    ("groups?q=group%20n24", ["n24.failover.example"]),
    ("groups?q=nothing", []),
    ("groups?zone=other.example", ["aaa.other.example"]),
    ("groups?zone=OTHER.example", ["aaa.other.example"]),
    ("groups?stack=us", ["shop.failover.example"]),
    ("groups?stack=us&q=n0", []),
    ("groups?stack=bare", []),
]


@pytest.mark.parametrize("path, expected", FILTERS)
def test_filters_of_groups(api, path, expected):
    assert [item["address"] for item in api.all(f"/v1/{path}")] == expected
    assert [item["address"] for item in api.all(f"/v1/{path}", 3)] == expected


def test_filters_by_a_stacks_id_and_stacks_by_q(api):
    us = api.must("GET /v1/stacks/us")
    assert [item["label"] for item in api.all(f"/v1/groups?stack={us['id']}")] == ["shop"]
    assert [item["name"] for item in api.all("/v1/stacks?q=sn1")] == [f"sn1{i}" for i in range(10)]


METHODS = [
    ("DELETE /v1/groups", {"GET", "POST"}),
    ("PUT /v1/groups/shop", {"GET", "PATCH", "DELETE"}),
    ("GET /v1/groups/shop/flip", {"POST"}),
    ("POST /v1/stacks", {"GET"}),
    ("POST /v1/stacks/eu", {"GET", "PUT", "PATCH", "DELETE"}),
    ("POST /v1/stacks/eu/servers/w1", {"PUT", "PATCH", "DELETE"}),
    ("PUT /v1/stacks/eu/failover-status", {"GET"}),
    ("PATCH /v1/zones/failover.example", {"GET", "PUT", "DELETE"}),
    ("POST /v1/changes", {"GET"}),
    ("POST /v1/events", {"GET"}),
    ("GET /v1/import", {"POST"}),
    ("POST /v1/export", {"GET"}),
    ("PUT /v1/tokens", {"GET", "POST"}),
    ("GET /v1/tokens/x", {"DELETE"}),
    ("POST /healthz", {"GET"}),
    ("BREW /v1/groups", {"GET", "POST"}),
]


@pytest.mark.parametrize("request_, allowed", METHODS)
def test_method_not_allowed(api, request_, allowed):
    reply = api.ask(request_)
    assert reply.status == 405, reply
    check_refusal(reply, "method_not_allowed")
    said = {word.strip() for word in reply.headers["Allow"].split(",")}
    assert said - {"HEAD", "OPTIONS"} == allowed


UNKNOWN = ["/v1", "/v1/", "/v2/groups", "/v1/nope", "/v1/groups/shop/nope", "/v1/groups/shop/flip/x",
           "/v1/stacks/eu/servers",
           "/v1/groups/a%2Fb", "/nope", "/v1/groups/..%2f..%2fetc", "/v1/groups/%00", "/v1/groups/%ff",
           "/v1/groups/%zz"]


@pytest.mark.parametrize("path", UNKNOWN)
def test_unknown_path(api, path):
    reply = api.ask("GET " + path)
    assert reply.status == 404, reply
    check_refusal(reply, "not_found")


@pytest.mark.parametrize("kind",
                         ["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/x-ndjson"])
def test_media_type(api, kind):
    for request in (stack("eu"), group("never"), ("POST /v1/groups/shop/flip", {}), ("PATCH /v1/groups/shop", {})):
        check_refusal(api.ask(*request, Content_Type=kind), "unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_media_type_taken(api, kind):
    assert api.ask("PATCH /v1/groups/shop", {}, Content_Type=kind).status == 200


TOKENS = {"absent": None, "wrong": "Bearer wrong", "empty": "Bearer ", "no scheme": "TOKEN",
          "other scheme": "Basic TOKEN",
          "cut": "Bearer CUT", "longer": "Bearer TOKENx", "long": "Bearer " + "x" * 4000}
ROUTES = ["GET /v1/groups", "POST /v1/groups", "GET /v1/groups/shop", "POST /v1/groups/shop/flip", "GET /v1/stacks/eu",
          "PUT /v1/stacks/eu", "GET /v1/stacks/eu/failover-status", "GET /v1/zones", "GET /v1/changes",
          "GET /v1/events",
          "POST /v1/import", "GET /v1/export", "GET /v1/tokens", "POST /v1/tokens", "DELETE /v1/tokens/x"]


@pytest.mark.parametrize("token", TOKENS)
def test_unauthorized(fresh, token):
    client = Api(fresh.url)
    value = TOKENS[token]
    if value is not None:
        value = value.replace("TOKEN", fresh.token()).replace("CUT", fresh.token()[:-1])
        client.session.headers["Authorization"] = value
    reply = client.ask("GET /v1/groups")
    assert reply.status == 401, reply
    check_refusal(reply, "unauthorized")
    assert fresh.token() not in reply.text


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_wants_a_token(fresh, route):
    reply = Api(fresh.url).ask(route)
    assert reply.status == 401, reply
    check_refusal(reply, "unauthorized")


def test_bearer_in_any_case(server):
    client = Api(server.url)
    client.session.headers["Authorization"] = f"bearer {server.token()}"
    assert client.ask("GET /v1/groups").status == 200


def test_head_has_no_body(api):
    reply = api.session.head(api.url + "/healthz")
    assert reply.status_code in (200, 405) and reply.content == b""


def test_dashboard_is_at_the_root(server):
    """One page, nothing from elsewhere, no frame around it, and no token needed to read it."""
    reply = Api(server.url).ask("GET /")
    assert reply.status == 200 and reply.headers["Content-Type"].startswith("text/html")
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src" in policy and "frame-ancestors 'none'" in policy and "unsafe-inline" not in policy
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_connections_to_the_admin_side_leave_descriptors_to_powerdns():
    """A low limit is raised as far as it may be; whoever opens connections and says nothing shuts nobody out."""
    running = Failoverd(environment={"REAL": program()})
    running.binary = running.directory / "few"
    running.binary.write_text('#!/bin/sh\nulimit -S -n 100; ulimit -H -n 700; exec "$REAL" "$@"\n')
    running.binary.chmod(0o755)
    with running:
        limits = (pathlib.Path("/proc") / str(running.process.pid) / "limits").read_text()
        assert re.search(r"Max open files\s+700\s+700", limits), limits
        running.api().put_zone()
        host, port = running.ready["admin"].rsplit(":", 1)
        strangers = [socket.create_connection((host, int(port))) for _ in range(750)]
        for stranger in strangers[:300]:
            with contextlib.suppress(OSError):
                stranger.sendall(b"GET /v1/groups HTTP/1.1\r\n")
        assert running.api().ask("GET /v1/zones").status == 200
        backends = [running.backend() for _ in range(100)]
        assert all(backend.lookup("failover.example", "SOA") for backend in backends)
        for one in strangers + [backend.connection for backend in backends]:
            one.close()
