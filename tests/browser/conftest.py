"""A failoverd of its own for each test, and one Chromium for all of them."""

import http.server
import os
import pathlib
import subprocess
import threading

import pytest
import requests
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from person import Person

ROOT = pathlib.Path(__file__).resolve().parents[2]
ZONE = "failover.example"


class Server:
    """A real failoverd with its store in a temporary directory; what the tests do elsewhere goes through `api`."""

    def __init__(self, program, directory, zone=True, flags=()):
        self.program, self.directory, self.zone, self.flags = program, directory, zone, flags
        self.address = "127.0.0.1:0"
        self.process = None

    def start(self):
        command = [self.program, "--store", f"sqlite:{self.directory}/failover.db",
                   "--dns-unix", f"{self.directory}/pdns.sock", "--admin", self.address,
                   "--admin-token-file", f"{self.directory}/admin.token", *self.flags]
        if self.zone:
            command += ["--zone", ZONE, "--nameserver", f"ns1.{ZONE}=192.0.2.53"]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        ready = self.process.stdout.readline()
        assert ready.startswith("ready "), f"failoverd did not start: {self.log.read_text()}"
        self.address = dict(word.split("=", 1) for word in ready.split()[1:])["admin"]
        self.token = pathlib.Path(self.directory, "admin.token").read_text().strip()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process.stdout.close()

    @property
    def log(self):
        return pathlib.Path(self.directory, "log")

    @property
    def url(self):
        return f"http://{self.address}"

    def api(self, method, path, body=None, token=None, **more):
        reply = requests.request(method, self.url + path, json=body, timeout=60,
                                 headers={"Authorization": f"Bearer {token or self.token}", **more.pop("headers", {})}, **more)
        assert reply.ok, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json() if reply.content else None

    def stack(self, name, *addresses, role="web"):
        servers = [{"name": f"web{n}", "role": role, "addresses": [address]} for n, address in enumerate(addresses, 1)]
        return self.api("PUT", f"/v1/stacks/{name}", {"servers": servers})

    def group(self, **fields):
        return self.api("POST", "/v1/groups", fields)

    def shop(self):
        """The pair that most tests flip."""
        self.stack("shop-eu", "192.0.2.10")
        self.stack("shop-us", "198.51.100.20")
        return self.group(name="Shop", label="414-262-781", primary="shop-eu", backup="shop-us")

    def role(self, role):
        return self.api("POST", "/v1/tokens", {"name": f"{role}-token", "role": role})["token"]


@pytest.fixture(scope="session")
def program():
    path = os.environ.get("FAILOVERD", str(ROOT / "build" / "failoverd"))
    assert os.access(path, os.X_OK), f"no failoverd at {path}: build it, or name it in FAILOVERD"
    return path


@pytest.fixture
def start_server(program, tmp_path):
    started = []

    def start(**options):
        server = Server(program, tmp_path, **options)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture
def server(start_server):
    return start_server()


@pytest.fixture
def powerdns_api():
    """Stands in for a PowerDNS server's API: whatever is asked is done."""

    class Obliging(http.server.BaseHTTPRequestHandler):
        def do_PUT(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = b'{"count": 1, "result": "Flushed cache."}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    yield from serve(Obliging)


def serve(handler):
    """The URL of a small web server on a thread of its own, until the test ends."""
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{site.server_address[1]}"
    site.shutdown()
    thread.join()
    site.server_close()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--lang=en-GB",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    yield driver
    driver.quit()


def faults(log):
    """What the browser complains of: violations of the policy, uncaught errors; not the API's own refusals, nor that it
    could not be reached."""
    return [entry["message"] for entry in log if entry["level"] == "SEVERE"
            and not (entry["source"] == "network" and "/v1/" in entry["message"])]


@pytest.fixture
def person(chromium, tmp_path):
    """Someone at the browser, on a desktop in daylight until they say otherwise. Each server is an origin of its own, so
    nothing is left over from the test before."""
    one = Person(chromium, tmp_path)
    one.at_desktop()
    one.likes("light")
    chromium.get_log("browser")
    yield one
    found = faults(one.console())
    chromium.get("about:blank")
    assert not found, "\n".join(found)
