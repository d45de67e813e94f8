"""failoverctl status and exec: the status in time, the last known one while no server answers."""
import http.server
import json
import pathlib
import signal
import socket
import stat
import threading

import pytest

from harness.ctl import DONE, REFUSED, UNREACHABLE, Ctl, ctl, shop


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


def test_a_status_that_comes_too_late_is_not_waited_for(shop):
    """Whatever --timeout says: Ctl gives up after a minute."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        text = shop.refused("--timeout", "5m", "exec", "shop-eu", "--", "echo", "ran", FAILOVER_URL=url, status=UNREACHABLE)
        assert "was not run" in text


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


@pytest.fixture
def stand_in(tmp_path):
    """failoverctl with a server that answers what its `reply` (status, JSON) says."""

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = self.server.reply
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if status == 200 else "application/problem+json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.ctl = Ctl(f"http://127.0.0.1:{server.server_address[1]}", "token", tmp_path)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("status,ran,then", [
    (429, DONE, DONE), (500, DONE, DONE), (503, DONE, DONE),  # as if it could not be reached
    (422, REFUSED, DONE),  # refused, and what is remembered stays
    (401, REFUSED, UNREACHABLE), (403, REFUSED, UNREACHABLE), (404, REFUSED, UNREACHABLE),  # refused and forgotten
])
def test_what_a_refusal_does_to_the_remembered_status(stand_in, tmp_path, status, ran, then):
    command = ["exec", "shop-eu", "--", "true"]
    refusal = (status, {"status": status, "code": "x", "detail": "Not now."})
    stand_in.reply = refusal
    assert stand_in.ctl(*command).returncode == (UNREACHABLE if ran == DONE else REFUSED)
    assert stand_in.ctl("status", "shop-eu").returncode == REFUSED
    stand_in.reply = (200, {"failover_status": "online"})
    assert stand_in.ctl(*command).returncode == DONE
    remembered(tmp_path, 60)
    stand_in.reply = refusal
    refused = stand_in.ctl(*command)
    assert (refused.returncode, "last known status" in refused.stderr) == (ran, ran == DONE), refused
    stand_in.reply = (503, {"status": 503, "code": "store_unavailable", "detail": "The disk is full."})
    assert stand_in.ctl(*command).returncode == then


@pytest.mark.parametrize("home,words", [
    ("", "there is no directory to keep the status in."), ("/proc/none", "cannot keep the status in '/proc/none/.cache/"),
])
def test_a_status_that_cannot_be_kept_is_said(stand_in, home, words):
    stand_in.reply = (200, {"failover_status": "online"})
    ran = stand_in.ctl("exec", "shop-eu", "--", "true", XDG_CACHE_HOME="", XDG_RUNTIME_DIR="", HOME=home)
    assert ran.returncode == DONE
    assert words in ran.stderr and "CacheDirectory=failoverctl" in ran.stderr
