"""Flags, environment and file; every mistake at once; signals; what is printed."""
import contextlib
import json
import re
import signal
import sqlite3
import stat

import pytest

from harness import Failoverd, eventually, free_port
from harness.failoverd import run

ZONE = "/v1/zones/flags.example"


def with_file(running, text):
    path = running.directory / "failoverd.toml"
    path.write_text(text)
    return ["--config", str(path)]


PRECEDENCE = [
    # file, environment, flags; the zone that must come out
    ('zone = "file.example"', {}, [], "file.example"),
    ("", {"FAILOVERD_ZONE": "env.example"}, [], "env.example"),
    ("", {}, ["--zone", "flag.example"], "flag.example"),
    ('zone = "file.example"', {"FAILOVERD_ZONE": "env.example"}, [], "env.example"),
    ('zone = "file.example"', {}, ["--zone", "flag.example"], "flag.example"),
    ("", {"FAILOVERD_ZONE": "env.example"}, ["--zone", "flag.example"], "flag.example"),
    ('zone = "file.example"', {"FAILOVERD_ZONE": "env.example"}, ["--zone", "flag.example"], "flag.example"),
]


@pytest.mark.parametrize("text, environment, flags, expected", PRECEDENCE)
def test_a_flag_beats_the_environment_beats_the_file(text, environment, flags, expected):
    running = Failoverd(environment=environment)
    running.flags = ["--nameserver", "ns.example.net=192.0.2.53", *flags] + (with_file(running, text) if text else [])
    with running:
        assert [zone["name"] for zone in running.api().all("/v1/zones")] == [expected]


def test_every_flag_as_a_key_of_the_file():
    running = Failoverd()
    port = free_port()
    text = f"""
store = "sqlite:{running.directory}/other.db"
dns-unix = "{running.directory}/other.sock"
dns-http = "127.0.0.1:{port}"
admin = "127.0.0.1:0"
admin-token-file = "{running.directory}/other.token"
zone = "flags.example"
nameserver = ["ns1.flags.example=192.0.2.53,2001:db8::53", "ns2.flags.example=192.0.2.54"]
log-level = "debug"
log-format = "json"
"""
    path = running.directory / "failoverd.toml"
    path.write_text(text)
    running.flags, running.unless_given = ["--config", str(path)], {}
    with running:
        assert running.ready["dns-unix"] == f"{running.directory}/other.sock"
        assert running.ready["dns-http"] == f"127.0.0.1:{port}"
        for name in ("other.db", "other.token", "other.sock"):
            assert (running.directory / name).exists()
        zone = running.api((running.directory / "other.token").read_text().strip()).must("GET " + ZONE)
        assert [one["name"] for one in zone["nameservers"]] == ["ns1.flags.example", "ns2.flags.example"]
        lines = running.log().splitlines()
        assert lines and all(isinstance(json.loads(line), dict) for line in lines)


STRINGS = [
    # a value of store in the file, and the name of the store's file
    ('"sqlite:{0}/with # sign.db"', "with # sign.db"), ("'sqlite:{0}/literal.db' # said", "literal.db"),
    ('"sqlite:{0}/\\u0061.db"', "a.db"), ('"""sqlite:{0}/\\\n  folded.db"""', "folded.db"),
    ("'''sqlite:{0}/it's.db'''", "it's.db"),
]


@pytest.mark.parametrize("value, name", STRINGS)
def test_every_kind_of_string(value, name):
    running = Failoverd()
    running.flags = with_file(running, "store = " + value.format(running.directory))
    with running:
        assert (running.directory / name).exists()


def test_a_list_over_several_lines():
    running = Failoverd()
    running.flags = with_file(running, """
zone = "flags.example"
nameserver = [
  "ns1.flags.example=192.0.2.53",  # the first
  "ns2.flags.example=192.0.2.54",
]
""")
    with running:
        assert len(running.api().must("GET " + ZONE)["nameservers"]) == 2


def test_repeatable_flags_in_the_environment():
    environment = {"FAILOVERD_NAMESERVER": "ns1.flags.example=192.0.2.53"}
    with Failoverd("--zone", "flags.example", environment=environment) as running:
        made = running.api().must("GET " + ZONE)["nameservers"]
        assert made == [{"name": "ns1.flags.example", "addresses": ["192.0.2.53"]}]


def test_directories():
    """State and runtime files stand in $STATE_DIRECTORY and $RUNTIME_DIRECTORY."""
    with Failoverd() as running:
        running.stop()
        state, runtime = running.directory / "state", running.directory / "run"
        state.mkdir()
        runtime.mkdir()
        running.environment = {"STATE_DIRECTORY": str(state), "RUNTIME_DIRECTORY": str(runtime)}
        running.unless_given = {"--admin": "127.0.0.1:0"}
        running.start()
        assert running.ready["dns-unix"] == str(runtime / "pdns.sock")
        assert (state / "failover.db").exists() and (runtime / "pdns.sock").is_socket()
        token = state / "admin.token"
        assert stat.S_IMODE(token.stat().st_mode) == 0o600 and len(token.read_text().strip()) >= 43, "256 bits"


def test_ready_is_one_line_and_alone_on_standard_output(fresh):
    out = (fresh.directory / "out").read_text()
    assert re.fullmatch(r"ready admin=127\.0\.0\.1:\d+ dns-unix=\S+.*\n", out)
    fresh.stop()
    assert (fresh.directory / "out").read_text() == out


MISTAKES = [
    # flags, and what each line on standard error must name
    (["--bogus"], ["bogus"]),
    (["--admin", "nonsense"], ["--admin"]), (["--admin", "127.0.0.1:99999"], ["--admin"]),
    (["--admin", "127.0.0.1"], ["--admin"]),
    (["--dns-http", "x:y"], ["--dns-http"]), (["--store", "mysql:x"], ["--store"]), (["--store", "x.db"], ["--store"]),
    (["--log-level", "loud"], ["--log-level"]), (["--log-format", "xml"], ["--log-format"]),
    (["--zone", "-bad-.example"], ["--zone"]), (["--zone", "z.example", "--nameserver", "ns1"], ["--nameserver"]),
    (["--zone", "z.example", "--nameserver", "ns1.z.example=999.0.2.53"], ["--nameserver"]),
    (["--powerdns-api", "ftp://x", "--powerdns-api-key-file", "/etc/hostname"], ["--powerdns-api"]),
    (["--powerdns-api", "not a url", "--powerdns-api-key-file", "/etc/hostname"], ["--powerdns-api"]),
    (["--config", "/nonexistent/failoverd.toml"], ["/nonexistent/failoverd.toml"]),
    (["--powerdns-api", "http://127.0.0.1:1", "--powerdns-api-key-file", "/nonexistent/key"],
     ["--powerdns-api-key-file"]),
    (["--admin", "0.0.0.0:0"], ["--admin"]), (["--admin", "[::]:0"], ["--admin"]),
    (["--admin-tls-cert", "/nonexistent/cert.pem", "--admin-tls-key", "/nonexistent/key.pem"],
     ["--admin-tls-cert", "--admin-tls-key"]),
    # what the rules of zones refuse, each told by itself
    (["--zone", "z.example", "--nameserver", "ns1.z.example"], ["nameserver: ns1.z.example"]),
    (["--zone", "z.example", "--nameserver", "z.example=192.0.2.53"], ["nameserver"]),
    (["--zone", "z.example", "--nameserver", "ns.x.example", "--nameserver", "NS.x.example."], ["nameserver"]),
    (["--zone", "z.example", "--nameserver", "ns1.z.example=0.0.0.0,x", "--nameserver", "b", "--store", "x"],
     ["0.0.0.0,x: ", "0.0.0.0,x: ", "nameserver: b", "store"]),
    (["--zone", "z.example", "--nameserver", "ns1.z.example=192.0.2.53,,192.0.2.54"], ["nameserver"]),
    (["--zone", ".".join(["a" * 60] * 4) + ".example", "--nameserver", "ns.x.example"], ["zone"]),
    (["--nameserver", "ns1.z.example=192.0.2.53"], ["nameserver"]),
    (["--admin-insecure=maybe"], ["admin-insecure: give true or false"]),
    # a value that is missing hides nothing
    (["--log-level", "loud", "--bogus", "--store"], ["log-level", "bogus", "--store: give a value"]),
    (["pipe", "--nope"], ["--nope"]), (["pipe", "extra"], ["extra"]), (["pipe", "--dns-unix"], ["--dns-unix"]),
    (["--bogus", "pipe", "--nope", "--dns-unix"], ["--bogus", "--nope", "--dns-unix"]),
    (["--admin", "nonsense", "--store", "mysql:x", "--log-level", "loud", "--zone", "a..b"],
     ["--admin", "--store", "--log-level", "--zone"]),
]


@pytest.mark.parametrize("flags, named", [pytest.param(*row, id=" ".join(row[0])) for row in MISTAKES])
def test_mistakes(tmp_path, flags, named):
    environment = {"STATE_DIRECTORY": str(tmp_path), "RUNTIME_DIRECTORY": str(tmp_path)}
    if "--admin" not in flags and "pipe" not in flags:
        flags = ["--admin", "127.0.0.1:0"] + flags
    done = run(*flags, environment=environment)
    assert done.returncode == 2, done
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == len(named), done.stderr
    for name in named:
        assert any(name.lstrip("-") in line for line in lines), f"{name} is not named in {lines}"
    assert not any(tmp_path.iterdir()), "nothing was made"


MORE_MISTAKES = [
    ('bogus = 1', {}, ["bogus"]), ('log-level = "loud"', {}, ["log-level"]),
    ("", {"FAILOVERD_LOG_LEVEL": "loud"}, ["LOG_LEVEL|log-level"]),
    ("", {"FAILOVERD_ADMIN": "x", "FAILOVERD_STORE": "y"}, ["(?i)admin", "(?i)store"]),
    ('admin = "x"', {"FAILOVERD_STORE": "y"}, ["admin", "(?i)store"]),
]


MISTAKES_IN_FILE = [
    # the file, and what each line on standard error must say
    ("admin = 127.0.0.1:0", ["toml.*line 1"]),
    ('# a comment\nzone = "a.example"\nzone = "b.example"', ["toml.*line 3.*zone"]),
    ('store = "sqlite:x', ["toml.*line 1"]), ('store = "a\\qb"', ["toml.*line 1"]), ("store", ["toml.*line 1"]),
    ('[section]\nadmin = "x"\nstore = "y"', ["section"]), ('[admin]\nx = "y"', ["admin"]), ('a.b = "c"', ["^a:"]),
    ("[[nameserver]]\nname = 1", ["nameserver"]), ("admin = 8380", ["admin"]), ("store = true", ["store"]),
    ('zone = ["a.example"]', ["zone"]), ("nameserver = [1]", ["nameserver"]), ('nameserver = ["a", 1]', ["nameserver"]),
    ("admin-insecure = 1", ["admin-insecure"]), ("admin-insecure = []", ["admin-insecure"]),
    ('log-level = "loud"\nadmin = 1\nbogus = 2', ["log-level", "admin", "bogus"]),
    ('config = "x"', ["config"]), ("help = true", ["help"]), ("version = true", ["version"]),
]


@pytest.mark.parametrize("text, environment, named",
                         MORE_MISTAKES + [(text, {}, named) for text, named in MISTAKES_IN_FILE])
def test_mistakes_in_file_and_environment(tmp_path, text, environment, named):
    file = tmp_path / "failoverd.toml"
    file.write_text(text)
    done = run("--config", file, environment=environment
               | {"STATE_DIRECTORY": str(tmp_path), "RUNTIME_DIRECTORY": str(tmp_path)})
    assert done.returncode == 2, done
    lines = done.stderr.strip().splitlines()
    assert len(lines) == len(named), done.stderr
    for pattern in named:
        assert any(re.search(pattern, line) for line in lines), f"{pattern} is not in {lines}"


SWITCH = [("--admin-insecure" + value, True) for value in ("", "=true", "=1", "=yes", "=on", "=TRUE", "=On")] + [
    ("--admin-insecure=" + value, False) for value in ("false", "0", "no", "off", "FALSE", "Off")]


@pytest.mark.parametrize("flag, is_on", SWITCH)
def test_what_a_switch_takes(tmp_path, flag, is_on):
    """A mistake elsewhere ends it; an address that is not loopback's is one more where the switch is off."""
    done = run("--admin", "0.0.0.0:0", "--store", "x", flag,
               environment={"STATE_DIRECTORY": str(tmp_path), "RUNTIME_DIRECTORY": str(tmp_path)})
    assert done.returncode == 2 and len(done.stderr.splitlines()) == (1 if is_on else 2), done.stderr


EMPTY = [
    # a key of the file, and a variable that says otherwise by being empty
    ('dns-http = "127.0.0.1:0"', "FAILOVERD_DNS_HTTP"), ('zone = "x.example"', "FAILOVERD_ZONE"),
    ('powerdns-api = ["http://127.0.0.1:1"]', "FAILOVERD_POWERDNS_API"), ('log-level = "x"', "FAILOVERD_LOG_LEVEL"),
]


@pytest.mark.parametrize("text, variable", EMPTY)
def test_an_empty_variable_beats_the_file(text, variable):
    running = Failoverd(environment={variable: ""})
    running.flags = with_file(running, text)
    with running:
        assert "dns-http" not in running.ready and running.api().all("/v1/zones") == []


@pytest.mark.parametrize("flag", ["--admin-insecure", "--admin-insecure=yes"])
def test_insecure_is_possible_when_said(flag):
    with Failoverd("--admin", "0.0.0.0:0", flag) as running:
        running.url = running.url.replace("0.0.0.0", "127.0.0.1")
        assert running.api().ask("GET /v1/groups").status == 200


def test_help_names_every_flag_with_its_default():
    done = run("--help")
    assert done.returncode == 0
    for flag in ("store", "dns-unix", "dns-http", "admin", "admin-token-file", "powerdns-api", "powerdns-api-key-file",
                 "zone",
                 "nameserver", "log-level", "log-format", "config", "admin-tls-cert", "admin-tls-key",
                 "admin-insecure", "check"):
        assert f"--{flag}" in done.stdout, flag
    for default in ("127.0.0.1:8380", "pdns.sock", "failover.db", "admin.token", "info", "text"):
        assert default in done.stdout, default
    assert run("--version").returncode == 0


def test_check_says_what_is_wrong_and_starts_nothing(fresh):
    """Beside the running server, whose store and ports it leaves alone."""
    flags = ["--check", "--admin", fresh.ready["admin"], "--dns-unix", fresh.ready["dns-unix"],
             "--store", f"sqlite:{fresh.directory}/failover.db"]
    environment = {"STATE_DIRECTORY": str(fresh.directory), "RUNTIME_DIRECTORY": str(fresh.directory)}
    done = run(*flags, environment=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = run(*flags, "--log-level", "loud", environment=environment)
    assert done.returncode == 2 and re.fullmatch("log-level: .*\n", done.stderr)
    done = run(*flags, "--admin-tls-cert", "/etc/hostname", "--admin-tls-key", "/etc/hostname", environment=environment)
    assert done.returncode == 2 and re.fullmatch("admin-tls-cert: .*\n", done.stderr)


SCHEMAS = [("user_version = 99", 2, "store: .*schema 99"), ("application_id = 1", 0, ""), ("user_version = 0", 0, "")]


@pytest.mark.parametrize("pragma, status, said", SCHEMAS)
def test_check_knows_a_newer_store(fresh, pragma, status, said):
    fresh.stop()
    with contextlib.closing(sqlite3.connect(fresh.directory / "failover.db")) as database:
        database.execute("PRAGMA " + pragma)
    done = run("--check", "--store", f"sqlite:{fresh.directory}/failover.db",
               environment={"STATE_DIRECTORY": str(fresh.directory), "RUNTIME_DIRECTORY": str(fresh.directory)})
    assert done.returncode == status and re.match(said, done.stderr), done


def files_of_no_use(folder):
    (folder / "empty.key").write_text("")
    (folder / "bad.pem").write_text("no certificate\n")
    return ["--powerdns-api", "http://127.0.0.1:1", "--powerdns-api-key-file", folder / "empty.key",
            "--admin-tls-cert", folder / "bad.pem", "--admin-tls-key", folder / "bad.pem"]


@pytest.mark.parametrize("check", [["--check"], []])
def test_each_file_of_no_use_is_named(tmp_path, check):
    places = {"STATE_DIRECTORY": str(tmp_path / "state"), "RUNTIME_DIRECTORY": str(tmp_path / "run")}
    done = run(*check, *files_of_no_use(tmp_path), environment=places)
    assert done.returncode == 2 and not (tmp_path / "state").exists()
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["admin-tls-cert", "powerdns-api-key-file"]


def test_check_makes_nothing(tmp_path):
    done = run("--check", environment={"STATE_DIRECTORY": str(tmp_path), "RUNTIME_DIRECTORY": str(tmp_path)})
    assert done.returncode == 0 and not any(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it(number):
    with Failoverd() as running:
        backend = running.backend()  # PowerDNS's connection is no reason to stay
        backend.lookup("x.example.")
        running.stop(number)


def test_port_in_use(fresh):
    other = Failoverd("--admin", fresh.ready["admin"])
    try:
        other.launch()
        assert other.process.wait(20) not in (0, -signal.SIGABRT, -signal.SIGSEGV)
        assert fresh.ready["admin"] in other.log()
    finally:
        other.__exit__()


def test_hangup_reads_the_token_file_again(fresh):
    api, file = fresh.api(), fresh.directory / "admin.token"
    assert api.ask("GET /v1/groups").status == 200
    file.write_text("a-token-of-my-own-that-is-long-enough-0123456789\n")
    assert api.ask("GET /v1/groups").status == 200, "not before the signal"
    fresh.reload()
    eventually(lambda: fresh.api().ask("GET /v1/groups").status == 200, "the new token is taken", 10)
    assert api.ask("GET /v1/groups").status == 401, "the old one is not"


LONG = "a-token-of-my-own-that-is-long-enough-0123456789"
TOKEN_FILES = [
    # content, mode, and what is warned of
    (LONG, 0o600, []), ("short", 0o600, ["shorter than 32"]), (LONG, 0o640, ["chmod 600"]),
    (LONG, 0o604, ["chmod 600"]), ("short", 0o666, ["shorter than 32", "chmod 600"]),
]


@pytest.mark.parametrize("content, mode, warned", TOKEN_FILES)
def test_a_weak_token_file_is_used_with_a_warning(content, mode, warned):
    running = Failoverd()
    file = running.directory / "admin.token"
    file.write_text(content + "\n")
    file.chmod(mode)
    with running:
        assert running.api().ask("GET /v1/groups").status == 200
        assert [part for part in ("shorter than 32", "chmod 600") if part in running.log()] == warned
        running.reload()
        eventually(lambda: "files again" in running.log(), "read again", 10)
        assert [running.log().count(part) for part in warned] == [2] * len(warned)


def test_hangup_without_a_token_file_keeps_the_old_one(fresh):
    api = fresh.api()
    (fresh.directory / "admin.token").unlink()
    fresh.reload()
    eventually(lambda: "token" in fresh.log(), "it says so", 10)
    assert fresh.process.poll() is None
    assert api.ask("GET /v1/groups").status == 200


def test_a_token_file_made_before_is_used():
    with Failoverd() as running:
        first = running.token()
        running.restart()
        assert running.token() == first


def test_the_token_is_in_no_log():
    with Failoverd("--log-level", "debug") as running:
        api = running.api()
        api.put_zone()
        api.ask("GET /v1/nope")
        assert running.token() not in running.log() and running.token() not in (running.directory / "out").read_text()
