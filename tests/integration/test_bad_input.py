"""Input that no honest client sends: each is refused by name, nothing changes, connection and process live."""
import json
import socket
import time

import pytest

from harness import Backend, Failoverd, HttpBackend, free_port
from table import GIVEN, check_refusal

DEEP = 1_000_000


@pytest.fixture(scope="module")
def server():
    with Failoverd("--dns-http", f"127.0.0.1:{free_port()}") as running:
        api = running.api()
        for request in GIVEN["eu and us"]:
            api.must(*request)
        yield running


@pytest.fixture
def api(server):
    return server.api()


@pytest.fixture(scope="module")
def standing(server):
    return server.api().standing()


@pytest.fixture(autouse=True)
def lives(server, standing):
    """After each test the process is the same, it answers, and nothing changed."""
    if server.process.poll() is not None:
        server.start()  # one test's failure is not the others'
    yield
    assert server.process.poll() is None, server.log()[-2000:]
    with server.backend() as backend:
        assert [r["content"] for r in backend.lookup("shop.failover.example.")] == ["192.0.2.10"]
    assert server.api().standing() == standing


# --- The admin API.
MALFORMED = {
    "empty object cut": b"{", "no JSON": b"hello", "single quotes": b"{'name':'x'}", "trailing comma": b'{"name":"x",}',
    "two values": b'{"name":"x"}{"name":"y"}', "rubbish after": b'{"name":"x"} x', "comment": b'{"name":"x"/**/}',
    "NaN": b'{"ttl":NaN}', "leading zero": b'{"ttl":060}', "hex": b'{"ttl":0x3c}', "plus": b'{"ttl":+60}',
    "duplicate keys": b'{"name":"x","name":"y"}', "duplicate keys escaped": b'{"name":"x","\\u006eame":"y"}',
    "invalid UTF-8": b'{"name":"\xff\xfe"}', "overlong UTF-8": b'{"name":"\xc0\xaf"}',
    "UTF-8 cut": b'{"name":"\xe2\x82"}',
    "surrogate in UTF-8": b'{"name":"\xed\xa0\x80"}', "lone high surrogate": b'{"name":"\\ud800"}',
    "lone low surrogate": b'{"name":"\\udc00"}', "surrogates reversed": b'{"name":"\\udc00\\ud800"}',
    "bad escape": b'{"name":"\\x41"}', "control character": b'{"name":"a\nb"}', "NUL": b'{"name":"a"}\0',
    "UTF-16": '{"name":"x"}'.encode("utf-16"),
    "blank": b"   ", "huge number": b'{"ttl":1e999999}',
}


@pytest.mark.parametrize("body", [pytest.param(value, id=key.replace(" ", "-")) for key, value in MALFORMED.items()])
def test_malformed_json(api, body):
    reply = api.ask("PATCH /v1/groups/shop", body)
    assert reply.status == 400, reply
    check_refusal(reply, "malformed_json")


def test_duplicate_keys_deep_inside(api):
    body = b'{"servers":[{"name":"a","role":"web","role":"other"}]}'
    check_refusal(api.ask("PUT /v1/stacks/new", body), "malformed_json")


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"1", b"null", b"true", b'[{"name":"x"}]'])
def test_no_object(api, body):
    reply = api.ask("PATCH /v1/groups/shop", body)
    check_refusal(reply, "invalid", [""])


WRONG_TYPES = [
    ("PATCH /v1/groups/shop", {"name": 5}, "/name"), ("PATCH /v1/groups/shop", {"name": ["x"]}, "/name"),
    ("PATCH /v1/groups/shop", {"primary": 1}, "/primary"),
    ("PATCH /v1/groups/shop", {"primary": {"name": "eu"}}, "/primary"),
    ("PATCH /v1/groups/shop", {"ttl": "60"}, "/ttl"), ("PATCH /v1/groups/shop", {"ttl": {}}, "/ttl"),
    ("PATCH /v1/groups/shop", {"live": True}, "/live"), ("PATCH /v1/groups/shop", {"a/b~c": 1}, "/a~1b~0c"),
    ("POST /v1/groups", {"label": 1}, "/label"), ("POST /v1/groups", {"zone": []}, "/zone"),
    ("PUT /v1/stacks/x", {"servers": {}}, "/servers"), ("PUT /v1/stacks/x", {"servers": [1]}, "/servers/0"),
    ("PUT /v1/stacks/x", {"servers": [{"name": 1, "role": "web"}]}, "/servers/0/name"),
    ("PUT /v1/stacks/x", {"servers": [{"name": "a", "role": "WEB!"}]}, "/servers/0/role"),
    ("PUT /v1/stacks/x", {"servers": [{"name": "a", "role": "web", "addresses": "192.0.2.1"}]}, "/servers/0/addresses"),
    ("PUT /v1/stacks/x", {"servers": [{"name": "a", "role": "web", "addresses": [1]}]}, "/servers/0/addresses/0"),
    ("PUT /v1/stacks/x", {"servers": [{"name": "a", "role": "web", "hostname": 7}]}, "/servers/0/hostname"),
    ("PATCH /v1/stacks/eu", {"name": None}, "/name"), ("PATCH /v1/stacks/eu", {"servers": None}, "/servers"),
    ("PUT /v1/stacks/eu/servers/w", {}, "/role"),
    ("PUT /v1/stacks/eu/servers/w", {"role": "web", "name": "w"}, "/name"),
    ("PATCH /v1/stacks/eu/servers/web1", {"name": 1}, "/name"),
    ("PUT /v1/zones/new.example", {"nameservers": "x"}, "/nameservers"),
    ("PUT /v1/zones/new.example", {"nameservers": [{}]}, "/nameservers/0/name"),
    ("PUT /v1/zones/new.example", {"nameservers": [{"name": "ns.example.net", "addresses": [5]}]},
     "/nameservers/0/addresses/0"),
    ("PUT /v1/zones/new.example", {"nameservers": [], "records": [5]}, "/records/0"),
    ("PUT /v1/zones/new.example", {"nameservers": [], "records": {}}, "/records"),
    ("PUT /v1/zones/new.example", {"nameservers": [], "hostmaster": 5}, "/hostmaster"),
    ("POST /v1/tokens", {"role": "viewer"}, "/name"), ("POST /v1/tokens", {"name": "t"}, "/role"),
    ("POST /v1/tokens", {"name": "t", "role": "king"}, "/role"),
    ("POST /v1/tokens", {"name": 5, "role": "viewer"}, "/name"),
    ("POST /v1/tokens", {"name": "t", "role": "viewer", "expires_at": "soon"}, "/expires_at"),
    ("POST /v1/tokens", {"name": "t", "role": "viewer", "expires_at": 5}, "/expires_at"),
    ("POST /v1/tokens", {"name": "t", "role": "stack"}, "/stack"),
    ("POST /v1/tokens", {"name": "t", "role": "stack", "stack": "nope"}, "/stack"),
    ("POST /v1/tokens", {"name": "t", "role": "viewer", "secret": "x"}, "/secret"),
]


@pytest.mark.parametrize("request_, body, pointer",
                         [pytest.param(*row, id=f"{row[0]} {json.dumps(row[1])}".replace(" ", ""))
                                                     for row in WRONG_TYPES])
def test_wrong_type_missing_or_unknown_field(api, request_, body, pointer):
    reply = api.ask(request_, body)
    assert reply.status == 422, reply
    check_refusal(reply, "invalid")
    assert pointer in reply.pointers, reply


LEVELS = {
    "lists": b"[" * DEEP, "lists closed": b"[" * DEEP + b"]" * DEEP, "objects": b'{"a":' * DEEP,
    "objects closed": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "in a field": b'{"name":' + b"[" * DEEP + b"]" * DEEP + b"}",
}


@pytest.mark.parametrize("row", LEVELS)
def test_a_million_levels(api, row):
    reply = api.ask("PATCH /v1/groups/shop", LEVELS[row])
    assert (reply.status, reply.code) in {(400, "malformed_json"), (413, "too_large"), (422, "invalid")}, reply
    check_refusal(reply)


def test_a_thousand_levels_in_a_field(api):
    reply = api.ask("PATCH /v1/groups/shop", b'{"name":' + b"[" * 1000 + b"]" * 1000 + b"}")
    assert (reply.status, reply.code) in {(400, "malformed_json"), (422, "invalid")}, reply


def exchange(server, data, timeout=30):
    """Sends bytes to the admin port and reads until it closes, or until nothing more comes."""
    host, port = server.ready["admin"].rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=timeout) as connection:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        reply = b""
        try:
            while more := connection.recv(1 << 16):
                reply += more
                if b"\r\n\r\n" in reply:
                    connection.settimeout(0.5)
        except (TimeoutError, ConnectionResetError):
            pass
    return reply


def head(server, *lines):
    return "\r\n".join(["PATCH /v1/groups/shop HTTP/1.1", "Host: x", f"Authorization: Bearer {server.token()}",
                        "Content-Type: application/json", *lines, "", ""]).encode()


def test_body_over_the_limit(server):
    reply = exchange(server, head(server, f"Content-Length: {1 << 30}"))
    assert reply.split()[1] == b"413" and b"too_large" in reply
    reply = exchange(server, head(server, f"Content-Length: {64 << 20}") + b" " * (64 << 20))
    assert reply.split()[1] == b"413" and b"too_large" in reply


def test_chunked_body_over_the_limit(server):
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    reply = exchange(server, head(server, "Transfer-Encoding: chunked") + chunk * 64)
    assert reply.split()[1] == b"413" and b"too_large" in reply


BAD_HTTP = {
    "rubbish": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "no method": b" / HTTP/1.1\r\n\r\n",
    "line of rubbish": b"hello\r\n\r\n",
    "huge header": b"GET /healthz HTTP/1.1\r\nX: " + b"x" * (1 << 20) + b"\r\n\r\n",
    "many headers": b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
    "huge path": b"GET /" + b"x" * (1 << 20) + b" HTTP/1.1\r\n\r\n",
    "negative length": b"POST /v1/groups HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"POST /v1/groups HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12",
    "bad chunk": b"POST /v1/groups HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "NUL in header": b"GET /healthz HTTP/1.1\r\nX: a\0b\r\n\r\n",
}


@pytest.mark.parametrize("data", [pytest.param(value, id=key.replace(" ", "-")) for key, value in BAD_HTTP.items()])
def test_bad_http(server, data):
    reply = exchange(server, data)
    assert reply == b"" or reply.split()[1][:1] == b"4", reply[:200]


def test_requests_that_never_end(server, api):
    """Half requests, left so: others are served meanwhile, and each is closed in the end."""
    host, port = server.ready["admin"].rsplit(":", 1)
    halves = [b"", b"GET /hea", b"GET /healthz HTTP/1.1\r\nHost", head(server, "Content-Length: 50") + b'{"na',
              head(server, "Transfer-Encoding: chunked") + b"5\r\n{}"]
    slow = []
    for half in halves * 20:
        connection = socket.create_connection((host, int(port)))
        connection.sendall(half)
        slow.append(connection)
    for _ in range(20):
        assert api.ask("GET /v1/groups/shop").status == 200
    end = time.monotonic() + 120
    for connection in slow:
        connection.settimeout(max(1, end - time.monotonic()))
        try:
            while connection.recv(1 << 16):
                pass
        except ConnectionResetError:
            pass
        connection.close()


# --- The remote backend.
REMOTE = {
    "no JSON": b"hello", "empty line": b"", "blank": b"  ", "cut": b'{"method":"lookup"', "array": b"[]",
    "text": b'"lookup"',
    "null": b"null", "number": b"7", "empty object": b"{}", "no parameters": b'{"method":"lookup"}',
    "no method": b'{"parameters":{}}',
    "unknown method": b'{"method":"bogus","parameters":{}}', "method is a number": b'{"method":5,"parameters":{}}',
    "method in other case": b'{"method":"LOOKUP","parameters":{"qname":"shop.failover.example.","qtype":"ANY"}}',
    "parameters are a list": b'{"method":"lookup","parameters":[]}',
    "qname is missing": b'{"method":"lookup","parameters":{"qtype":"ANY"}}',
    "qname is a number": b'{"method":"lookup","parameters":{"qtype":"ANY","qname":5}}',
    "qname is null": b'{"method":"lookup","parameters":{"qtype":"ANY","qname":null}}',
    "qtype is a list": b'{"method":"lookup","parameters":{"qtype":[],"qname":"shop.failover.example."}}',
    "qtype is missing": b'{"method":"lookup","parameters":{"qname":"shop.failover.example."}}',
    "invalid UTF-8": b'{"method":"lookup","parameters":{"qtype":"ANY","qname":"\xff\xfe."}}',
    "a write": b'{"method":"createDomain","parameters":{"domain":"x."}}',
    "feedRecord": b'{"method":"feedRecord","parameters":{}}',
    "startTransaction": b'{"method":"startTransaction","parameters":{"domain":"failover.example.","domain_id":1,"trxid":1}}',
    "replaceRRSet": b'{"method":"replaceRRSet","parameters":{}}',
    "setDomainMetadata": b'{"method":"setDomainMetadata","parameters":{}}',
    "getDomainKeys": b'{"method":"getDomainKeys","parameters":{"name":"failover.example."}}',
    "addDomainKey": b'{"method":"addDomainKey","parameters":{}}',
    "list without a zone": b'{"method":"list","parameters":{}}',
    "list of no zone": b'{"method":"list","parameters":{"zonename":"x.example.","domain_id":-1}}',
    "getDomainInfo without a name": b'{"method":"getDomainInfo","parameters":{}}',
    "searchRecords without a pattern": b'{"method":"searchRecords","parameters":{"maxResults":5}}',
    "maxResults is a text": b'{"method":"searchRecords","parameters":{"pattern":"*","maxResults":"x"}}',
    "setNotified without an id": b'{"method":"setNotified","parameters":{"serial":1}}',
    "command is missing": b'{"method":"directBackendCmd","parameters":{}}', "a million levels": b"[" * DEEP,
    "a million objects": b'{"a":' * DEEP, "closed": b'{"method":' + b"[" * DEEP + b"]" * DEEP + b"}",
}
# getDomainKeys has no keys to give; a qtype that is not there may be taken for ANY.
TOLERATED = {"getDomainKeys": [[], False]}


def refused(reply, row):
    assert isinstance(reply, dict) and "result" in reply, reply
    if row in TOLERATED and reply["result"] in TOLERATED[row]:
        return
    assert reply["result"] is False, reply
    assert reply["log"] and all(isinstance(line, str) and line for line in reply["log"]), reply


@pytest.mark.parametrize("row", REMOTE)
def test_remote_backend_over_unix(server, row):
    with server.backend() as backend:
        refused(backend.raw(REMOTE[row] + b"\n"), row)
        assert backend.lookup("shop.failover.example."), "the connection lives"


@pytest.mark.parametrize("row", [row for row in REMOTE if b"\n" not in REMOTE[row]])
def test_remote_backend_over_http_post_json(server, row):
    backend = HttpBackend(server.ready["dns-http"])
    status, body = backend.post("/dns", REMOTE[row])
    assert 200 <= status < 400 or status == 404, "PowerDNS reads no other"
    refused(json.loads(body), row)


REST = ["/dns/bogus", "/dns/lookup", "/dns/lookup/", "/dns/lookup/shop.failover.example./ANY/more/and/more", "/",
        "/dns",
        "/dns/lookup/%zz/ANY", "/dns/lookup/%ff%fe./ANY", "/dns/list/1/none.example.",
        "/dns/getDomainInfo/none.example.",
        "/dns/" + "a/" * 2000, "/dns/lookup/" + "a" * 5000 + "/ANY"]


@pytest.mark.parametrize("path", [pytest.param(path, id=path[:40]) for path in REST])
def test_remote_backend_over_http_rest(server, path):
    status, body = HttpBackend(server.ready["dns-http"]).get(path)
    reply = json.loads(body)
    assert 200 <= status < 400 or status == 404, "PowerDNS reads no other"
    assert reply["result"] in (False, []), reply


POSTS = [b"", b"parameters=", b"parameters=%zz", b"parameters=%7b", b"other=1", b"parameters=%5b%5d", b"&&&==",
         b"\xff\xfe"]


@pytest.mark.parametrize("body", POSTS)
def test_remote_backend_over_http_post(server, body):
    backend = HttpBackend(server.ready["dns-http"])
    status, reply = backend.post("/dns/lookup", body, kind="application/x-www-form-urlencoded")
    assert 200 <= status < 400 or status == 404
    assert json.loads(reply)["result"] is False


def test_remote_backend_request_without_an_end(server):
    """Bytes without a newline, more than any request has: memory stays bounded, others are answered."""
    with server.backend() as endless:
        endless.connection.settimeout(5)
        try:
            for _ in range(64):
                endless.send(b"x" * (1 << 20))
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            pass
        with server.backend() as other:
            assert other.lookup("shop.failover.example.")
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    assert resident < 512 * 1024, "KiB: the table is small and what was sent may not be kept"


def test_remote_backend_http_that_never_ends(server):
    address = HttpBackend(server.ready["dns-http"]).address
    slow = [socket.create_connection(address) for _ in range(50)]
    for connection in slow:
        connection.sendall(b"GET /dns/lookup/shop")
    status, body = HttpBackend(server.ready["dns-http"]).get("/dns/lookup/shop.failover.example./ANY")
    assert status == 200 and json.loads(body)["result"]
    for connection in slow:
        connection.close()


def test_remote_backend_many_requests_in_one_write_and_one_in_many(server):
    question = b'{"method":"lookup","parameters":{"qtype":"ANY","qname":"shop.failover.example."}}\n'
    with server.backend() as backend:
        backend.send(question * 3 + b"rubbish\n" + question)
        replies = [backend.reply()["result"] for _ in range(5)]
        assert replies[3] is False and all(replies[i][0]["content"] == "192.0.2.10" for i in (0, 1, 2, 4))
        for byte in question:
            backend.send(bytes([byte]))
        assert backend.reply()["result"][0]["content"] == "192.0.2.10"


def test_remote_backend_client_leaves_in_the_middle(server):
    for half in (b"", b'{"method":', b'{"method":"getAllDomains","parameters":{}}\n' * 500):
        for _ in range(50):
            connection = Backend(server.socket)
            connection.send(half)
            connection.close()
