"""Who may do what: each role on each route, expiry, revocation, stack tokens, and slowed guesses."""
import datetime

import pytest

from harness import Api, Failoverd, eventually
from table import GIVEN, check_refusal, stack, zone

NDJSON = "application/x-ndjson"
V, O, A, S = "viewer", "operator", "admin", "stack"
ROUTES = [
    # a request that is harmless where it's allowed, and the roles that may make it
    ("GET /v1/groups", None, {V, O, A}), ("POST /v1/groups", {"zone": "none.example"}, {A}),
    ("GET /v1/groups/shop", None, {V, O, A}), ("PATCH /v1/groups/shop", {}, {A}), ("DELETE /v1/groups/nope", None, {A}),
    ("POST /v1/groups/shop/flip", {"to": "primary"}, {O, A}),
    ("GET /v1/stacks", None, {V, O, A}), ("GET /v1/stacks/eu", None, {V, O, A}),
    ("PUT /v1/stacks/us", {"servers": [{"name": "web1", "role": "web", "addresses": ["198.51.100.10"]}]}, {A}),
    ("PATCH /v1/stacks/us", {}, {A}), ("DELETE /v1/stacks/nope", None, {A}),
    ("PUT /v1/stacks/us/servers/web1", {"role": "web", "addresses": ["198.51.100.10"]}, {A}),
    ("PATCH /v1/stacks/us/servers/web1", {"name": "web1"}, {A}), ("DELETE /v1/stacks/us/servers/nope", None, {A}),
    ("GET /v1/stacks/us/failover-status", None, {V, O, A}),
    ("GET /v1/zones", None, {V, O, A}), ("GET /v1/zones/failover.example", None, {V, O, A}),
    ("PUT /v1/zones/failover.example", GIVEN["zone"][0][1], {A}), ("DELETE /v1/zones/nope.example", None, {A}),
    ("GET /v1/changes", None, {V, O, A}), ("GET /v1/events", None, {V, O, A}),
    ("GET /v1/export", None, {A}), ("POST /v1/import", b"", {A}),
    ("GET /v1/tokens", None, {A}), ("POST /v1/tokens", {}, {A}), ("DELETE /v1/tokens/tok_nope", None, {A}),
    # the stack token below is eu's
    ("PUT /v1/stacks/eu", {"servers": [{"name": "web1", "role": "web", "addresses": ["192.0.2.10"]}]}, {A, S}),
    ("PATCH /v1/stacks/eu", {"servers": [{"name": "web1", "role": "web", "addresses": ["192.0.2.10"]}]}, {A, S}),
    ("PATCH /v1/stacks/eu", {"name": "eu"}, {A}), ("PATCH /v1/stacks/eu", {"name": "eu", "servers": []}, {A}),
    ("PUT /v1/stacks/eu/servers/web1", {"role": "web", "addresses": ["192.0.2.10"]}, {A, S}),
    ("PATCH /v1/stacks/eu/servers/web1", {"name": "web1"}, {A, S}), ("DELETE /v1/stacks/eu/servers/nope", None, {A, S}),
    ("DELETE /v1/stacks/eu", None, {A}),
    ("GET /v1/stacks/eu/failover-status", None, {V, O, A, S}),
    ("PUT /v1/stacks/not-there", {"servers": []}, {A}), ("GET /v1/stacks/not-there-2/failover-status", None, {V, O, A}),
]


@pytest.fixture(scope="module")
def tokens(api):
    for request in GIVEN["eu and us"]:
        api.must(*request)
    made = {role: api.must("POST /v1/tokens", {"name": f"{role}'s", "role": role})["token"] for role in (V, O, A)}
    return made | {S: api.must("POST /v1/tokens", {"name": "eu's", "role": S, "stack": "eu"})["token"]}


@pytest.mark.parametrize("role", [V, O, A, S])
@pytest.mark.parametrize("request_, body, allowed", [pytest.param(*row, id=row[0].replace(" ", "-")) for row in ROUTES])
def test_roles(server, tokens, role, request_, body, allowed):
    client = Api(server.url, tokens[role])
    before = server.api().revision()
    method, path = request_.split()
    if path == "/v1/events":
        with client.session.get(server.url + path, stream=True, timeout=10) as response:
            assert response.status_code == (200 if role in allowed else 403)
        return
    if role == A and {"DELETE /v1/stacks/eu": 1, "PATCH /v1/stacks/eu": body and "servers" in body
                      and "name" in body}.get(request_):
        return  # would be done, or is refused for other reasons
    kind = {"Content_Type": NDJSON} if isinstance(body, bytes) else {}
    reply = client.ask(request_, body, **kind) if body is not None else client.ask(request_)
    if role in allowed:
        assert reply.status not in (401, 403), reply
    else:
        assert reply.status == 403, reply
        check_refusal(reply, "forbidden")
        assert server.api().revision() == before


def test_a_token_is_shown_once(api, tokens):
    made = api.must("POST /v1/tokens", {"name": "once", "role": V})
    assert set(made) >= {"id", "name", "role", "stack", "expires_at", "token"}
    assert (made["name"], made["role"], made["stack"], made["expires_at"]) == ("once", V, None, None)
    assert len(made["token"]) >= 43, "256 bits"
    listed = api.all("/v1/tokens")
    assert made["id"] in [one["id"] for one in listed]
    assert all("token" not in one and made["token"] not in str(one) for one in listed)
    assert made["token"] not in api.ask("GET /v1/changes?limit=1000").text


def test_revoked_from_the_next_request_on(server, api, tokens):
    made = api.must("POST /v1/tokens", {"name": "revoked", "role": V})
    client = Api(server.url, made["token"])
    assert client.ask("GET /v1/groups").status == 200
    assert api.ask(f"DELETE /v1/tokens/{made['id']}").status == 204
    reply = client.ask("GET /v1/groups")
    assert reply.status == 401
    check_refusal(reply, "unauthorized")
    assert api.ask(f"DELETE /v1/tokens/{made['id']}").status == 404


def test_expired(server, api, tokens):
    now = datetime.datetime.now(datetime.timezone.utc)
    soon = (now + datetime.timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = api.must("POST /v1/tokens", {"name": "brief", "role": V, "expires_at": soon})
    assert made["expires_at"].startswith(soon[:-1])
    client = Api(server.url, made["token"])
    eventually(lambda: client.ask("GET /v1/groups").status == 401, "expired", 10)


def test_expiry_in_the_past(api, tokens):
    reply = api.ask("POST /v1/tokens", {"name": "late", "role": V, "expires_at": "2001-01-01T00:00:00Z"})
    check_refusal(reply, "invalid", ["/expires_at"])


def test_a_stack_token_follows_its_stack_through_a_rename(server, api, tokens):
    api.must(*stack("before"))
    token = api.must("POST /v1/tokens", {"name": "its", "role": S, "stack": "before"})["token"]
    api.must("PATCH /v1/stacks/before", {"name": "after"})
    client = Api(server.url, token)
    assert client.ask("GET /v1/stacks/after/failover-status").body == {"failover_status": "none"}
    assert client.ask(*stack("after")).status == 200
    assert client.ask(*stack("before")).status == 403
    api.must(*stack("before"))
    assert client.ask(*stack("before")).status == 403, "another stack of the old name"


def test_tokens_survive_a_restart(fresh):
    api = fresh.api()
    made = api.must("POST /v1/tokens", {"name": "kept", "role": V})
    gone = api.must("POST /v1/tokens", {"name": "gone", "role": V})
    api.must(f"DELETE /v1/tokens/{gone['id']}")
    fresh.restart()
    assert Api(fresh.url, made["token"]).ask("GET /v1/groups").status == 200
    assert Api(fresh.url, gone["token"]).ask("GET /v1/groups").status == 401


def test_a_store_holds_no_secret(fresh):
    made = fresh.api().must("POST /v1/tokens", {"name": "kept", "role": V})
    fresh.stop()
    for part in fresh.directory.glob("*.db*"):
        content = part.read_bytes()
        assert made["token"].encode() not in content and fresh.token().encode() not in content


def test_guesses_are_slowed():
    """Failed attempts from one address come to 429 `slow_down`; it goes by, and is counted."""
    with Failoverd() as running:
        replies = [Api(running.url, f"guess-{i}").ask("GET /v1/groups") for i in range(300)]
        assert {reply.status for reply in replies} == {401, 429}
        slowed = next(reply for reply in replies if reply.status == 429)
        check_refusal(slowed, "slow_down")
        assert "Retry-After" in slowed.headers
        lines = running.api().ask("GET /metrics").text.splitlines()
        counted = [float(line.split()[1]) for line in lines if line.startswith("failover_failed_sign_ins_total")]
        assert counted == [300]
        log = running.log()
        assert log.count("too many sign-ins from 127.0.0.1") == 1 and log.count("a sign-in from") < 100, "not all logged"
        eventually(lambda: running.api().ask("GET /v1/groups").status == 200, "the honest are let in", 90)
