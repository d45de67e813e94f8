"""failoverctl against a real failoverd: what it prints, what it changes, its exit status."""
import json
import subprocess

from harness import Failoverd, eventually, free_port, program
from harness.ctl import DONE, REFUSED, UNREACHABLE, WRONG_USAGE, Ctl, ctl, shop
from harness.process import spawn
from test_tls import secure  # a fixture


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
    shop.done("tokens", "create", "brief", "--role", "viewer", "--expires-in", "1s")
    lines = lambda: [line for line in shop.done("tokens", "list").splitlines() if line.endswith(" (expired)")]
    assert not any("cron" in line for line in lines())
    eventually(lambda: [line.split()[1] for line in lines()] == ["brief"], "the end of a token")
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


def test_a_trail_without_a_match_says_so(shop):
    ran = shop("changes", "--group", "nope")
    assert (ran.returncode, ran.stdout) == (DONE, "") and "no change" in ran.stderr


def test_a_token_in_a_wrong_place_is_not_shown(shop):
    secret = shop.done("tokens", "create", "spilt", "--role", "viewer").strip()
    for words, environment in ((["status", "shop-eu"], {"FAILOVER_TOKEN": "", "FAILOVER_TOKEN_FILE": secret}),
                               (["status", "shop-eu"], {"FAILOVER_URL": f"http://u:{secret}@127.0.0.1"}),
                               (["status", "shop-eu", secret], {}), ([secret], {})):
        text = shop.refused(*words, status=WRONG_USAGE, **environment)
        assert secret not in text and "fo_..." in text


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


def test_events_without_a_server_or_with_a_wrong_token(shop):
    shop.refused("events", FAILOVER_URL=f"http://127.0.0.1:{free_port()}", status=UNREACHABLE)
    shop.refused("events", FAILOVER_TOKEN="wrong-token")


def test_tls_is_verified(secure, tmp_path):
    ctl = Ctl(secure.url, secure.token(), tmp_path)
    trusted = str(secure.directory / "cert.pem")
    assert ctl.json("zones", "list", "--ca-file", trusted) == {"items": [], "next": None}
    assert ctl.json("zones", "list", FAILOVER_CA_FILE=trusted) == {"items": [], "next": None}
    assert "--ca-file" in ctl.refused("zones", "list", status=UNREACHABLE)
    other_name = secure.url.replace("127.0.0.1", "localhost")
    assert "--ca-file" in ctl.refused("zones", "list", "--ca-file", trusted, FAILOVER_URL=other_name, status=UNREACHABLE)
    plain = secure.url.replace("https", "http")
    assert "https" in ctl.refused("zones", "list", FAILOVER_URL=plain, status=UNREACHABLE)
    assert "https" in ctl.refused("zones", "put", "z.example", stdin="[]", FAILOVER_URL=plain, status=UNREACHABLE)
