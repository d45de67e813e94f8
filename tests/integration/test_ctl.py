"""failoverctl against a real failoverd: what it prints, what it changes, its exit status."""
import json
import os
import pathlib
import signal
import stat
import subprocess
import threading

import dns.message
import dns.query
import pytest

from harness import Failoverd, PowerDns, eventually, free_port, program
from harness.process import spawn

DONE, REFUSED, WRONG_USAGE, UNREACHABLE = 0, 1, 2, 3


class Ctl:
    """failoverctl with one server's URL and token in its environment, and a cache of its own."""

    def __init__(self, url, token, cache):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("FAILOVER")}
        self.environment = clean | {"FAILOVER_URL": url, "FAILOVER_TOKEN": token, "XDG_CACHE_HOME": str(cache)}

    def __call__(self, *words, stdin="", **environment):
        return subprocess.run([program("failoverctl"), *map(str, words)], env=self.environment | environment,
                              input=stdin, capture_output=True, text=True, timeout=60, check=False)

    def done(self, *words, **options):
        """Standard output of a command that must succeed."""
        ran = self(*words, **options)
        assert ran.returncode == DONE, f"{words}: {ran}"
        return ran.stdout

    def json(self, *words, **options):
        return json.loads(self.done("--json", *words, **options))

    def refused(self, *words, status=REFUSED, **options):
        """Standard error of a command that must fail."""
        ran = self(*words, **options)
        assert ran.returncode == status, f"{words}: {ran}"
        return ran.stderr


@pytest.fixture
def ctl(fresh, tmp_path):
    return Ctl(fresh.url, fresh.token(), tmp_path)


@pytest.fixture
def shop(ctl):
    """A zone, two stacks and the group shop, all made by failoverctl."""
    ctl.done("zones", "put", "failover.example", "--nameserver", "ns1.failover.example=192.0.2.53")
    ctl.done("stacks", "put", "shop-eu", "--server", "web1=192.0.2.10,2001:db8::10", "--server", "db1:other=10.0.0.5")
    ctl.done("stacks", "put", "shop-us", "--server", "lb1:load_balancer=lb.shop.example.net")
    ctl.done("groups", "create", "--label", "shop", "--name", "Web shop", "--primary", "shop-eu", "--backup", "shop-us")
    return ctl


def test_what_is_made_is_what_the_api_shows(shop, fresh):
    api = fresh.api()
    assert shop.json("groups", "show", "shop") == api.must("GET /v1/groups/shop")
    assert shop.json("stacks", "show", "shop-eu") == api.must("GET /v1/stacks/shop-eu")
    assert shop.json("zones", "show", "failover.example") == api.must("GET /v1/zones/failover.example")
    stack = api.must("GET /v1/stacks/shop-eu")
    assert [(s["name"], s["role"], s["addresses"]) for s in stack["servers"]] == [
        ("web1", "web", ["192.0.2.10", "2001:db8::10"]), ("db1", "other", ["10.0.0.5"])]


def test_json_stands_before_or_after_the_command(shop):
    before = shop.done("--json", "groups", "show", "shop")
    assert shop.done("groups", "show", "shop", "--json") == before
    assert json.loads(before)["address"] == "shop.failover.example"
    assert shop.json("groups", "list")["next"] is None
    assert shop.done("groups", "list", "--json") == shop.done("--json", "groups", "list")


def test_a_list_is_a_table_without_colour_in_a_pipe(shop):
    assert shop.done("groups", "list").splitlines() == [
        "ADDRESS                NAME      PRIMARY  BACKUP   LIVE     TTL  ANSWER",
        "shop.failover.example  Web shop  shop-eu  shop-us  primary  60   A 192.0.2.10, AAAA 2001:db8::10",
    ]
    assert "shop-eu" in shop.done("stacks", "list", "--match", "eu")
    assert "shop-us" not in shop.done("stacks", "list", "--match", "eu")


def test_a_list_has_every_page(shop, fresh):
    api = fresh.api()
    for number in range(1005):
        api.create(f"g{number:04}")
    items = shop.json("groups", "list", "--match", "g")["items"]
    assert [item["label"] for item in items] == [f"g{number:04}" for number in range(1005)]
    assert len(shop.done("groups", "list", "--match", "g").splitlines()) == 1006


def test_a_flip_says_what_was_is_and_until_when(shop):
    text = shop.done("groups", "flip", "shop", "--reason", "EU link down")
    assert text.startswith("shop.failover.example: backup (shop-us) is live now.\n")
    assert "before     A 192.0.2.10, AAAA 2001:db8::10\n" in text
    assert "now        CNAME lb.shop.example.net\n" in text
    assert "all clear  " in text
    again = shop.done("groups", "flip", "shop", "--to", "backup")
    assert "is live already. Nothing was changed." in again
    assert shop.json("groups", "flip", "shop")["group"]["live"] == "primary"
    trail = shop.done("changes", "--group", "shop")
    assert "primary -> backup" in trail
    assert trail.splitlines()[-2].endswith(": EU link down")


def test_set_changes_what_is_given_and_no_more(shop):
    rows = [
        (["--ttl", "30"], {"ttl": 30}),
        (["--ttl", "default"], {"ttl": 60}),
        (["--name", ""], {"name": ""}),
        (["--live", "backup"], {"live": "backup"}),
        (["--live", "primary"], {"live": "primary"}),
        (["--no-backup"], {"backup": None}),
        (["--primary", ""], {"primary": None, "live": "none"}),
        (["--label", "shop", "--zone", "failover.example", "--name", "Shop"], {"name": "Shop"}),
    ]
    for flags, wanted in rows:
        before = shop.json("groups", "show", "shop")
        group = [] if "--label" in flags else ["shop"]
        after = shop.json("groups", "set", *group, *flags)
        same = set(before) - set(wanted) - {"revision", "updated_at", "answer", "live_since"}
        assert {field: after[field] for field in wanted} == wanted, flags
        assert {field: after[field] for field in same} == {field: before[field] for field in same}, flags


def test_servers_and_stacks_by_name(shop, fresh):
    shop.done("stacks", "put-server", "shop-eu", "web2=192.0.2.11")
    shop.done("stacks", "rename-server", "shop-eu", "web2", "web02")
    assert shop.json("stacks", "show", "shop-eu")["web_head"] == ["web1", "web02"]
    shop.done("stacks", "delete-server", "shop-eu", "web02")
    shop.done("stacks", "rename", "shop-eu", "shop-fra")
    assert shop.json("stacks", "show", "shop-fra")["web_head"] == ["web1"]
    body = {"servers": [{"name": "web9", "role": "web", "addresses": ["192.0.2.99"]}]}
    shop.done("stacks", "put", "shop-fra", "--file", "-", stdin=json.dumps(body))
    shop.done("stacks", "put", "shop-fra", stdin=json.dumps(body["servers"]))
    assert fresh.api().must("GET /v1/stacks/shop-fra")["web_head"] == ["web9"]


def test_a_zone_with_records(ctl):
    zone = ctl.json("zones", "put", "z.example", "--nameserver", "ns1.z.example=192.0.2.53", "--nameserver",
                    "ns.example.net", "--ttl", "120", "--negative-ttl", "10", "--hostmaster", "admin.example.net",
                    "--record", 'z.example TXT "v=spf1 -all" 300', "--record", "z.example MX 10 mail.example.net")
    assert (zone["ttl"], zone["negative_ttl"], zone["hostmaster"]) == (120, 10, "admin.example.net")
    assert [(r["type"], r["content"]) for r in zone["records"]] == [("MX", "10 mail.example.net"),
                                                                    ("TXT", '"v=spf1 -all"')]
    assert "mail.example.net" in ctl.done("zones", "show", "z.example")
    ctl.done("zones", "delete", "z.example")
    assert ctl.json("zones", "list")["items"] == []


def test_a_refusal_is_the_problems_detail_and_each_mistake(shop, fresh):
    problem = fresh.api().ask("DELETE /v1/stacks/shop-eu").body
    assert shop.refused("stacks", "delete", "shop-eu") == f"failoverctl: {problem['detail']}\n"
    text = shop.refused("groups", "create", "--ttl", "4", "--primary", "nothing")
    assert "\n  /ttl: " in text and "\n  /primary: " in text
    assert shop.refused("groups", "show", "nothing") != ""
    assert shop.refused("groups", "set", "shop", "--name", "x", "--if-revision", "99999") != ""


def test_tokens(shop):
    ran = shop("tokens", "create", "cron", "--role", "stack", "--stack", "shop-eu", "--expires-in", "1d")
    assert ran.returncode == DONE
    secret = ran.stdout.strip()
    assert secret and " " not in secret and secret not in ran.stderr
    assert shop.done("status", "shop-eu", FAILOVER_TOKEN=secret) == "online\n"
    assert shop.refused("status", "shop-us", FAILOVER_TOKEN=secret) != ""
    token = next(t for t in shop.json("tokens", "list")["items"] if t["name"] == "cron")
    assert "cron" in shop.done("tokens", "list") and secret not in shop.done("tokens", "list")
    shop.done("tokens", "revoke", token["id"])
    assert secret not in shop.refused("status", "shop-eu", FAILOVER_TOKEN=secret)


def test_where_the_token_and_the_url_come_from(shop, fresh, tmp_path):
    file = fresh.directory / "admin.token"
    bare = {"FAILOVER_TOKEN": "", "FAILOVER_URL": ""}
    assert shop.done("status", "shop-eu", "--url", fresh.url, "--token-file", file, **bare) == "online\n"
    assert shop.done("--url", fresh.url, "status", "shop-eu", "--token", fresh.token(), **bare) == "online\n"
    assert shop.done("status", "shop-eu", FAILOVER_TOKEN="", FAILOVER_TOKEN_FILE=str(file)) == "online\n"
    assert "No token was given" in shop.refused("status", "shop-eu", FAILOVER_TOKEN="")
    assert "wrong" not in shop.refused("status", "shop-eu", FAILOVER_TOKEN="wrong-token")
    shop.refused("status", "shop-eu", FAILOVER_URL="nonsense", status=WRONG_USAGE)
    shop.refused("status", "shop-eu", "--token-file", tmp_path / "none", status=WRONG_USAGE)
    shop.refused("status", "shop-eu", FAILOVER_URL=f"http://127.0.0.1:{free_port()}", status=UNREACHABLE)


def test_export_and_import(shop, tmp_path):
    exported = shop.done("export")
    file = tmp_path / "all.ndjson"
    file.write_text(exported)
    with Failoverd() as other:
        there = Ctl(other.url, other.token(), tmp_path)
        assert "4 imported, 0 failed" in there.done("import", file)
        assert [g["answer"] for g in there.json("groups", "list")["items"]] == [
            g["answer"] for g in shop.json("groups", "list")["items"]]
        ran = there("import", "-", stdin='{"group":{"label":"news"}}\n{"group":{"label":"-"}}\n')
        assert ran.returncode == REFUSED
        assert ran.stdout == "1 imported, 1 failed\n"
        assert ran.stderr.startswith("line 2: invalid: ")
        assert there.json("groups", "show", "news")["live"] == "none"


def test_a_refused_import_says_why(shop, tmp_path):
    """The server answers before it has all, and closes."""
    big = tmp_path / "big.ndjson"
    big.write_text('{"group":{"name":"' + "x" * 100 + '"}}\n' * 1)
    big.write_text(big.read_text() * 200000)
    assert "token" in shop.refused("import", big, FAILOVER_TOKEN="wrong-token").lower()


def test_events_go_on_where_they_ended(shop, fresh):
    out = fresh.directory / "events"
    with open(out, "wb") as file:
        watcher = spawn([program("failoverctl"), "--json", "events", "--from", "0"], env=shop.environment, stdout=file,
                        stderr=subprocess.DEVNULL)
    try:
        def seen():
            return [json.loads(line)["revision"] for line in out.read_text().splitlines()]

        last = fresh.api().revision()
        eventually(lambda: seen() == list(range(1, last + 1)), "all changes so far")
        fresh.unless_given["--admin"] = fresh.ready["admin"]
        fresh.restart()
        shop.done("groups", "flip", "shop")
        eventually(lambda: seen() == list(range(1, last + 2)), "the flip after the restart")
    finally:
        watcher.kill()
        watcher.wait()
    assert watcher.poll() is not None


def test_events_without_a_server_or_with_a_wrong_token(shop):
    shop.refused("events", FAILOVER_URL=f"http://127.0.0.1:{free_port()}", status=UNREACHABLE)
    shop.refused("events", FAILOVER_TOKEN="wrong-token")


# --- status and exec


def test_status_prints_the_bare_word(shop):
    shop.done("stacks", "put", "spare", "--server", "web1=192.0.2.77")
    assert [shop.done("status", stack) for stack in ("shop-eu", "shop-us", "spare")] == ["online\n", "offline\n", "none\n"]
    assert shop.json("status", "shop-eu") == {"failover_status": "online"}


def test_exec_becomes_the_command(shop):
    script = 'echo "$FAILOVER_STATUS $1"; cat; exit 42'
    ran = shop("exec", "shop-eu", "--", "sh", "-c", script, "name", "--json --help", stdin="input")
    assert (ran.returncode, ran.stdout, ran.stderr) == (42, "online --json --help\ninput", "")
    assert shop("exec", "shop-eu", "--", "sh", "-c", "kill -TERM $$").returncode == -signal.SIGTERM
    assert shop("exec", "shop-eu", "--", "/nonexistent/program").returncode == 127
    assert shop("exec", "shop-eu", "--", "/etc/passwd").returncode == 126


def test_only_online_runs_nothing_elsewhere(shop):
    for flags in (["shop-us", "--only-online"], ["--only-online", "shop-us"]):
        ran = shop("exec", *flags, "--", "echo", "ran")
        assert (ran.returncode, ran.stdout, ran.stderr) == (DONE, "", "")
    assert shop.done("exec", "shop-eu", "--only-online", "--", "echo", "ran") == "ran\n"
    assert shop.done("exec", "shop-us", "--", "sh", "-c", "echo $FAILOVER_STATUS") == "offline\n"


def remembered(directory, age):
    """Makes every remembered status so many seconds older."""
    for file in pathlib.Path(directory).glob("failoverctl/status-*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        at, status = file.read_text().split()
        file.write_text(f"{int(at) - age * 1000} {status}\n")


def test_the_status_is_asked_for_again_after_5_s(shop, tmp_path):
    shell = ["--", "sh", "-c", "echo $FAILOVER_STATUS"]
    assert shop.done("exec", "shop-eu", *shell) == "online\n"
    shop.done("groups", "flip", "shop")
    remembered(tmp_path, 5)
    assert shop.done("exec", "shop-eu", *shell) == "offline\n"


def test_without_a_server_the_last_known_status_is_used_up_to_max_age(shop, fresh, tmp_path):
    run = ["--", "echo", "ran"]
    shop.done("exec", "shop-eu", *run)
    fresh.stop()
    remembered(tmp_path, 60)
    ran = shop("exec", "shop-eu", "--only-online", *run)
    assert (ran.returncode, ran.stdout) == (DONE, "ran\n")
    assert "last known status of shop-eu: online, 6" in ran.stderr
    assert "not run" in shop.refused("exec", "shop-eu", "--max-age", "30s", *run, status=UNREACHABLE)
    assert "not run" in shop.refused("exec", "shop-eu", "--max-age", "0", *run, status=UNREACHABLE)
    remembered(tmp_path, 900)
    assert "not run" in shop.refused("exec", "shop-eu", *run, status=UNREACHABLE)
    assert shop.done("exec", "shop-eu", "--max-age", "1h", *run) == "ran\n"
    assert "No earlier status" in shop.refused("exec", "shop-us", *run, status=UNREACHABLE)


def test_a_refused_token_runs_nothing(shop, tmp_path):
    shop.done("exec", "shop-eu", "--", "true")
    ran = shop("exec", "shop-eu", "--", "echo", "ran", FAILOVER_TOKEN="wrong-token")
    assert (ran.returncode, ran.stdout) == (REFUSED, "")
    assert "wrong-token" not in "".join(str(path) for path in tmp_path.rglob("*"))


# --- doctor


class Parent:
    """A nameserver of the parent zone that refers to `names`."""

    def __init__(self, *names):
        self.names, self.port, self.end = names, free_port(), threading.Event()

    def __enter__(self):
        import socket
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", self.port))
        self.socket.settimeout(0.2)
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        return self

    def serve(self):
        while not self.end.is_set():
            try:
                wire, peer = self.socket.recvfrom(4096)
            except TimeoutError:
                continue
            reply = dns.message.make_response(dns.message.from_wire(wire))
            owner = reply.question[0].name
            if self.names:
                reply.authority.append(dns.rrset.from_text(owner, 3600, "IN", "NS", *self.names))
            self.socket.sendto(reply.to_wire(), peer)

    def __exit__(self, *_):
        self.end.set()
        self.thread.join()
        self.socket.close()


@pytest.fixture
def whole(tmp_path):
    """failoverd with PowerDNS before it, and failoverctl with what it needs to look at both."""
    with PowerDns() as powerdns, Failoverd(*powerdns.flags()) as running:
        ctl = Ctl(running.url, running.token(), tmp_path)
        ctl.done("zones", "put", "failover.example", "--nameserver", "ns1.failover.example=192.0.2.53")
        ctl.done("stacks", "put", "shop-eu", "--server", "web1=192.0.2.10,2001:db8::10")
        ctl.done("stacks", "put", "shop-us", "--server", "lb1:load_balancer=lb.shop.example.net")
        for label, stacks in (("shop", ["shop-eu", "shop-us"]), ("news", ["shop-us", "shop-eu"])):
            ctl.done("groups", "create", "--label", label, "--primary", stacks[0], "--backup", stacks[1])
        powerdns.start(running)
        ctl.dns = f"127.0.0.1:{powerdns.port}"
        yield ctl


def findings(ctl, *words):
    ran = ctl("--json", "doctor", "--dns", ctl.dns, *words)
    assert ran.returncode in (0, 1), ran
    checks = json.loads(ran.stdout)["checks"]
    assert (ran.returncode == 1) == any(check["level"] == "fail" for check in checks)
    return {check["name"]: check for check in checks}


def test_doctor_finds_nothing_where_all_is_well(whole):
    with Parent("ns1.failover.example.") as parent:
        found = findings(whole, "--parent", f"127.0.0.1:{parent.port}")
        assert {name: c["detail"] for name, c in found.items() if c["level"] != "ok"} == {}
        assert "for 2 groups" in found["answers"]["detail"]
        text = whole.done("doctor", "--dns", whole.dns, "--parent", f"127.0.0.1:{parent.port}")
        assert all(line.startswith("ok    ") for line in text.splitlines())


@pytest.mark.parametrize("names,level", [((), "fail"), (("ns9.example.net.",), "fail"),
                                         (("ns1.failover.example.", "ns2.example.net."), "warn")])
def test_doctor_sees_a_wrong_delegation(whole, names, level):
    with Parent(*names) as parent:
        found = findings(whole, "--parent", f"127.0.0.1:{parent.port}")
        assert found["delegation"]["level"] == level


def test_doctor_sees_a_powerdns_that_answers_otherwise(whole, fresh, tmp_path):
    """Another failoverd's groups, asked of this PowerDNS."""
    other = Ctl(fresh.url, fresh.token(), tmp_path)
    other.dns = whole.dns
    other.done("zones", "put", "failover.example", "--nameserver", "ns1.failover.example=192.0.2.53")
    other.done("stacks", "put", "blog", "--server", "web1=192.0.2.200")
    for label in ("shop", "unknown"):
        other.done("groups", "create", "--label", label, "--primary", "blog")
    ran = other("doctor", "--dns", other.dns, "--no-delegation")
    assert ran.returncode == REFUSED
    assert "shop.failover.example: PowerDNS at 127.0.0.1" in ran.stdout
    assert "gives A 192.0.2.10, AAAA 2001:db8::10" in ran.stdout
    assert "unknown.failover.example: PowerDNS at 127.0.0.1" in ran.stdout and "gives NXDOMAIN" in ran.stdout


def test_doctor_where_nothing_answers(shop, fresh):
    nowhere = f"127.0.0.1:{free_port()}"
    ran = shop("doctor", "--no-delegation", "--dns", nowhere)
    assert ran.returncode == REFUSED and "no answer" in ran.stdout
    assert shop("doctor", "--dns", nowhere, FAILOVER_TOKEN="wrong-token").returncode == REFUSED
    fresh.stop()
    ran = shop("doctor", "--dns", nowhere)
    assert ran.returncode == REFUSED and ran.stdout.startswith("fail  server  cannot reach")
