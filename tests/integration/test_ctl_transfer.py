"""failoverctl import and export, on a terminal, over TLS, and where they break off."""
import os
import pty
import re
import subprocess

import pytest

from harness import Failoverd, program
from harness.ctl import REFUSED, UNREACHABLE, WRONG_USAGE, Ctl, ctl, shop
from test_tls import secure  # a fixture


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
    big.write_text(('{"group":{"name":"' + "x" * 100 + '"}}\n') * 200000)
    assert "token" in shop.refused("import", big, FAILOVER_TOKEN="wrong-token").lower()


def stacks(count):
    """Lines of about a thousand bytes, so that an import of some is sent in several pieces."""
    servers = ",".join(f'{{"name":"web{i}","role":"web","addresses":["192.0.2.{i + 1}"]}}' for i in range(18))
    return "".join(f'{{"stack":{{"name":"s{i}","servers":[{servers}]}}}}\n' for i in range(count))


@pytest.mark.parametrize("count", [1, 300, 3000])
def test_import_over_tls(secure, tmp_path, count):
    """TLS 1.3 sends something of its own before the reply, which is no refusal."""
    there = Ctl(secure.url, secure.token(), tmp_path)
    ran = there("import", "-", "--ca-file", secure.directory / "cert.pem", stdin=stacks(count))
    assert (ran.returncode, ran.stdout) == (0, f"{count} imported, 0 failed\n"), ran


def test_a_refused_import_over_tls_says_why(secure, tmp_path):
    there = Ctl(secure.url, "wrong-token", tmp_path)
    ran = there("import", "-", "--ca-file", secure.directory / "cert.pem", stdin=stacks(10_000))
    assert ran.returncode == REFUSED and "token" in ran.stderr, ran


def on_a_terminal(ctl, *words, out=None):
    """(status, what the terminal showed); standard output goes to `out`, or to the terminal as well."""
    master, slave = pty.openpty()
    process = subprocess.Popen([program("failoverctl"), *map(str, words)], env=ctl.environment, stdin=subprocess.DEVNULL,
                               stdout=out or slave, stderr=slave)
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        shown += piece
        if not piece:
            break
    os.close(master)
    return process.wait(), shown.decode()


def test_progress_on_a_terminal(ctl, tmp_path):
    file = tmp_path / "stacks"
    file.write_text(stacks(3000))
    status, shown = on_a_terminal(ctl, "import", file)
    assert status == 0 and re.search(r"\r\x1b\[K2 MiB of 2 MiB, 9\d %", shown), shown
    assert shown.endswith("\r\x1b[K3000 imported, 0 failed\r\n"), "the line is gone at the end"
    with open(tmp_path / "export", "wb") as out:
        status, shown = on_a_terminal(ctl, "export", out=out)
    assert status == 0 and re.search(r"\r\x1b\[K2 MiB", shown) and shown.endswith("\r\x1b[K"), shown
    assert (tmp_path / "export").read_text().count("\n") == 3000
    assert "\r\x1b" not in on_a_terminal(ctl, "export")[1], "not among the lines"


def test_failures_beyond_the_list_are_counted(ctl):
    ran = ctl("import", "-", stdin="{}\n" * 12_000)
    assert ran.returncode == REFUSED
    assert ran.stdout == "0 imported, 12000 failed\n"
    assert "and 2000 more lines" in ran.stderr


def test_what_cannot_be_read_is_not_imported_as_if_it_were_all(ctl, tmp_path):
    assert "cannot read" in ctl.refused("import", tmp_path, status=WRONG_USAGE)


def test_an_import_whose_server_goes_away_is_to_be_run_again(fresh, tmp_path):
    """It is stopped while the import is under way, whose last line has not come."""
    there = Ctl(fresh.url, fresh.token(), tmp_path)
    process = subprocess.Popen([program("failoverctl"), "import", "-"], env=there.environment, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdin.write(stacks(1000))
    process.stdin.flush()
    fresh.kill()
    _, said = process.communicate()
    assert process.returncode == UNREACHABLE and "run the import again" in said, said
