"""Health and figures: alive, ready, and what can be graphed."""
import pathlib
import re

import pytest

from harness import Api, Failoverd, PowerDns, eventually
from harness.metrics import metrics, total
from table import GIVEN

LINE = re.compile(r'^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?)*\})? [-+0-9.eEinfaN]+$')


@pytest.fixture(scope="module", autouse=True)
def filled(api):
    for request in GIVEN["eu and us"]:
        api.must(*request)
    api.create("reserved")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_anyone_may_ask(server, path):
    assert Api(server.url).ask("GET " + path).status == 200
    assert Api(server.url, "wrong").ask("GET " + path).status == 200


def test_ready_only_while_lookups_are_answered():
    with Failoverd() as running:
        socket = pathlib.Path(running.ready["dns-unix"])
        assert running.api().ask("GET /readyz").status == 200
        socket.rename(socket.with_suffix(".away"))
        assert running.api().ask("GET /readyz").status == 503
        assert running.api().ask("GET /healthz").status == 200, "alive all the same"
        socket.with_suffix(".away").rename(socket)
        assert running.api().ask("GET /readyz").status == 200


def test_text_format(server):
    reply = Api(server.url).ask("GET /metrics")
    assert reply.headers["Content-Type"].startswith("text/plain")
    for line in reply.text.splitlines():
        assert not line or line.startswith(("# HELP ", "# TYPE ")) or LINE.match(line), line
    helped = set(re.findall(r"# HELP (\S+)", reply.text))
    assert helped and helped == set(re.findall(r"# TYPE (\S+)", reply.text))
    assert "histogram" in reply.text, "latencies"


def test_lookups_are_counted_by_result(server):
    results = {"noerror": 7, "nxdomain": 5, "nodata": 3, "error": 2}
    before = metrics(server)
    with server.backend() as backend:
        for name, result in (("shop", "noerror"), ("nope", "nxdomain"), ("reserved", "nodata")):
            for _ in range(results[result]):
                backend.lookup(f"{name}.failover.example.")
        for _ in range(results["error"]):
            backend.raw(b"rubbish\n")

    def counted():
        after = metrics(server)
        return {result: total(after, "dns_requests", f'"{result}"') - total(before, "dns_requests", f'"{result}"')
                for result in results}

    eventually(lambda: counted() == results, "all are counted")


def test_changes_are_counted_by_verb(server, api):
    before = metrics(server)
    api.flip("shop")
    api.flip("shop")
    assert total(metrics(server), "change", "flip") - total(before, "change", "flip") == 2


def test_sizes_of_the_table(server, api):
    before = metrics(server)
    api.create("sized")
    after = metrics(server)
    assert 1 in [value - before.get(name, 0) for name, value in after.items() if "group" in name]


def test_flushes_show():
    with PowerDns() as powerdns, Failoverd(*powerdns.flags()) as running:
        api = running.api()
        for request in GIVEN["eu and us"]:
            api.must(*request)
        powerdns.start(running)
        eventually(lambda: api.flip("shop")["flushed"][0]["ok"], "flushed")
        before = metrics(running)
        assert total(before, "powerdns_reachable", powerdns.url) == 1
        powerdns.kill()
        assert api.flip("shop")["flushed"][0]["ok"] is False
        after = metrics(running)
        assert total(after, "flushes_total", powerdns.url) > total(before, "flushes_total", powerdns.url)
        assert total(after, "powerdns_reachable", powerdns.url) == 0
        assert total(after, "flush_waiting", powerdns.url) > 0 and total(after, "flush_lag", powerdns.url) > 0


def test_store_errors_are_a_metric(server):
    assert any("store" in name and "error" in name for name in metrics(server)), sorted(metrics(server))
