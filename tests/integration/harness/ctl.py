"""failoverctl as a test runs it. A file that wants the fixtures imports them."""
import json
import os
import subprocess

import pytest

from harness.failoverd import program

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
