"""Flips under PowerDNS with its caches at their defaults: what was acknowledged is what is answered."""
import datetime
import signal
import socket
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import dns.message
import dns.name
import dns.opcode
import pytest

from harness import Failoverd, PowerDns, addresses, eventually
from harness.load import Load
from table import GIVEN, group

NAME, EU, US = "shop.failover.example", ["192.0.2.10"], ["198.51.100.10"]
ROUNDS = 200


def start(running, *more):
    api = running.api()
    for request in GIVEN["eu and us"] + list(more):
        api.must(*request)
    return api


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


@pytest.fixture(scope="module")
def pair():
    with PowerDns() as powerdns, Failoverd(*powerdns.flags()) as running:
        start(running, *[group(f"n{i}", primary="eu", backup="us") for i in range(50)])
        yield running, powerdns.start(running)


def flip_and_ask(running, powerdns, rounds):
    """Flips to and fro; the times from request to acknowledged in ms, and how many answers after it were stale. A
    flip whose reply says that the flush did not come through in time (the machine may be busy) promises nothing."""
    api, times, stale = running.api(), [], 0
    for i in range(rounds):
        side, expected, before = (("backup", US, EU), ("primary", EU, US))[i % 2]
        eventually(lambda: addresses(powerdns.port, NAME) == before, "flushed, and now it's cached again")
        began = time.perf_counter()
        done = api.flip("shop", side)
        if done["flushed"][0]["ok"]:
            times.append((time.perf_counter() - began) * 1000)
            stale += sum(addresses(powerdns.port, NAME) != expected for _ in range(5))
    assert len(times) > rounds / 2, "most flushes come through"
    return times, stale


def test_records_that_lead_to_the_address_follow(pair):
    """PowerDNS answers www with the CNAME and the address in one packet, and keeps it under www."""
    running, powerdns = pair
    api = running.api()
    zone = api.must("GET /v1/zones/failover.example")
    records = [{"name": f"{owner}.failover.example", "type": kind, "content": content}
               for owner, kind, content in (("www", "CNAME", "shop.failover.example"), ("old", "CNAME", "www.failover.example"))]
    api.put_zone("failover.example", nameservers=zone["nameservers"], records=records)
    for _ in range(10):
        for name in ("www.failover.example", "old.failover.example"):
            addresses(powerdns.port, name)
        wanted = [record["content"] for record in api.flip("shop")["group"]["answer"]]
        for name in ("www.failover.example", "old.failover.example", "shop.failover.example"):
            answered = [one for one in addresses(powerdns.port, name) if not one.endswith(".failover.example")]
            assert answered == wanted, name
    api.put_zone("failover.example", nameservers=zone["nameservers"])


def say(what, times, stale):
    times.sort()
    print(f"\n{what}: {len(times)} flips, median {statistics.median(times):.1f} ms, "
          f"p99 {times[len(times) * 99 // 100]:.1f} ms, stale answers {stale}")


def test_no_stale_answer_idle(pair, capsys):
    times, stale = flip_and_ask(*pair, ROUNDS)
    with capsys.disabled():
        say("idle", times, stale)
    assert stale == 0


def test_no_stale_answer_under_load(pair, capsys):
    running, powerdns = pair
    names = [NAME] * 20 + [f"n{i}.failover.example" for i in range(50)]
    with Load(powerdns.port, names) as load:
        times, stale = flip_and_ask(*pair, ROUNDS)
    with capsys.disabled():
        say(f"beside {load.result['sent']} questions", times, stale)
    assert stale == 0
    assert load.result["lost"] == 0 and set(load.result["rcodes"]) == {"NOERROR"}, load.result


def waiting(running):
    """How many names a server has still to be flushed of."""
    lines = running.api().ask("GET /metrics").text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("failover_flush_waiting{"))


def test_a_stacks_servers_under_load(pair):
    """One write that alters 51 names: each is new when it's acknowledged, unless the flush did not come through."""
    running, powerdns = pair
    api = running.api()
    api.flip("shop", "primary")
    names, sure = [NAME] + [f"n{i}.failover.example" for i in range(50)], 0
    try:
        with Load(powerdns.port, names):
            for i in range(10):
                address = f"192.0.2.{100 + i}"
                api.put_stack("eu", address)
                in_time = waiting(running) == 0
                fresh = [addresses(powerdns.port, name) for name in names] == [[address]] * len(names)
                assert fresh or not in_time
                sure += in_time
    finally:
        api.put_stack("eu", *EU)
    assert sure > 0


def test_what_a_flip_says_of_the_flush(pair):
    running, powerdns = pair
    api = running.api()
    api.flip("shop", "primary")
    done = api.flip("shop", "backup")
    assert [(f["server"], f["ok"]) for f in done["flushed"]] == [(powerdns.url, True)]


def test_a_server_that_is_down_is_flushed_when_it_is_back():
    with PowerDns() as up, PowerDns(cache_ttl=300, query_cache_ttl=300) as down:
        flags = [*up.flags(), "--powerdns-api", down.url]
        with Failoverd(*flags) as running:
            api = start(running)
            up.start(running)
            down.start(running)
            eventually(lambda: [f["ok"] for f in api.flip("shop")["flushed"]] == [True, True], "both are reached")
            api.flip("shop", "backup")
            assert addresses(down.port, NAME) == US
            clear = moment(api.flip("shop", "primary")["all_clear_at"])
            # A server that is stopped but not dead keeps its caches: the worst case.
            assert addresses(down.port, NAME) == EU
            down.process.send_signal(signal.SIGSTOP)
            try:
                before = datetime.datetime.now(datetime.timezone.utc)
                done = api.flip("shop", "backup")
                said = {f["server"]: f["ok"] for f in done["flushed"]}
                assert said == {up.url: True, down.url: False}
                assert addresses(up.port, NAME) == US, "the others are flushed all the same"
                ttl = datetime.timedelta(seconds=60)
                assert moment(done["all_clear_at"]) > before + ttl + datetime.timedelta(seconds=2), \
                    "what it may have cached counts in"
                assert clear < moment(done["all_clear_at"])
            finally:
                down.process.send_signal(signal.SIGCONT)
            eventually(lambda: addresses(down.port, NAME) == US, "flushed when it's back", 45)


def test_a_lookup_waits_for_no_flush(tmp_path):
    """A PowerDNS that takes the flush and says nothing holds up the flip's reply, and nothing else."""
    (tmp_path / "key").write_text("k")
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as aside:
        flags = ["--powerdns-api", f"http://127.0.0.1:{silent.getsockname()[1]}",
                 "--powerdns-api-key-file", tmp_path / "key"]
        with Failoverd() as running:
            start(running)
            running.flags += flags  # from now on, since a server that is late is no longer waited for
            running.restart()
            with running.backend() as backend:
                reply = aside.submit(running.api().flip, "shop")
                eventually(lambda: [one["content"] for one in backend.lookup(NAME + ".")] == US, "the new side")
                assert not reply.done()
                assert [one["ok"] for one in reply.result()["flushed"]] == [False]


def test_a_server_that_was_never_there():
    with PowerDns() as powerdns:
        with Failoverd(*powerdns.flags()) as running:
            api = start(running)
            [said] = api.flip("shop")["flushed"]
            assert said["server"] == powerdns.url and said["ok"] is False
            powerdns.start(running)
            assert addresses(powerdns.port, NAME) == US
            eventually(lambda: api.flip("shop")["flushed"][0]["ok"], "reached again")


def test_a_wrong_key(tmp_path):
    key = tmp_path / "key"
    key.write_text("wrong")
    with PowerDns() as powerdns:
        flags = ["--powerdns-api", powerdns.url, "--powerdns-api-key-file", str(key)]
        with Failoverd(*flags) as running:
            api = start(running)
            powerdns.start(running)
            assert api.flip("shop")["flushed"][0]["ok"] is False
            key.write_text(powerdns.key.read_text())
            running.reload()
            eventually(lambda: api.flip("shop")["flushed"][0]["ok"], "the key is read again at SIGHUP")


def test_secondaries_are_notified():
    """The test is the secondary: a NOTIFY (RFC 1996) for the zone comes to it after a flip."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as secondary:
        secondary.bind(("127.0.0.1", 0))
        secondary.settimeout(20)
        address = f"127.0.0.1:{secondary.getsockname()[1]}"
        with PowerDns(primary="yes", also_notify=address, only_notify="127.0.0.0/8") as powerdns, \
                Failoverd(*powerdns.flags()) as running:
            api = start(running)
            powerdns.start(running)
            api.flip("shop")
            notify = dns.message.from_wire(secondary.recv(4096))
            assert notify.opcode() == dns.opcode.NOTIFY
            assert notify.question[0].name == dns.name.from_text("failover.example.")


def test_one_name_is_flushed_and_no_other(pair):
    """A flip leaves other names in the caches: PowerDNS goes on answering them while failoverd is stopped."""
    running, powerdns = pair
    api = running.api()
    api.flip("shop", "primary")
    assert addresses(powerdns.port, "n7.failover.example") == EU
    api.flip("shop", "backup")
    running.process.send_signal(signal.SIGSTOP)
    try:
        assert addresses(powerdns.port, "n7.failover.example") == EU
    finally:
        running.process.send_signal(signal.SIGCONT)
