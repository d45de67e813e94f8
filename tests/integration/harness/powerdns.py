"""pdns_server as it ships, under failoverd."""
import pathlib
import shutil
import tempfile

import dns.exception

from harness.question import dig
from harness.failoverd import program
from harness.ports import free_port
from harness.process import spawn
from harness.wait import eventually

API_KEY = "pdns-key-for-tests"

# How each connector is asked for: {socket}, {http} and {program} are filled in. The time-outs are long, since a busy
# machine is no failure.
CONNECTORS = {
    "unix": "unix:path={socket},timeout=10000",
    "http-rest": "http:url=http://{http}/dns,timeout=10000",
    "http-post": "http:url=http://{http}/dns,post=1,timeout=10000",
    "http-post_json": "http:url=http://{http}/dns,post=1,post_json=1,timeout=10000",
    "pipe": "pipe:command={program} pipe --dns-unix {socket},timeout=10000",
}


class PowerDns:
    """One pdns_server. Its ports are known before it starts, since failoverd is told them and must be up first."""

    def __init__(self, connector="unix", threads=3, **settings):
        self.connector = connector
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="pd-"))
        self.port, self.api_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.api_port}"
        self.settings = {"distributor-threads": threads, "receiver-threads": 1} | {
            name.replace("_", "-"): value for name, value in settings.items()}
        self.key = self.directory / "key"
        self.key.write_text(API_KEY + "\n")
        self.process = None

    def flags(self):
        """What failoverd is told of it."""
        return ["--powerdns-api", self.url, "--powerdns-api-key-file", str(self.key)]

    def start(self, server):
        """Starts it on that failoverd, and waits until it answers questions and its API."""
        self.server = server
        settings = self._backend(server) | {
            "socket-dir": self.directory,
            "local-address": "127.0.0.1", "local-port": self.port, "api": "yes", "api-key": API_KEY,
            "webserver": "yes", "webserver-address": "127.0.0.1", "webserver-port": self.api_port,
            "webserver-allow-from": "127.0.0.1", "allow-axfr-ips": "127.0.0.1", "security-poll-suffix": "",
            "guardian": "no", "daemon": "no", "disable-syslog": "yes", "loglevel": 4,
        } | self.settings
        (self.directory / "pdns.conf").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        with open(self.directory / "log", "ab") as log:
            self.process = spawn(["/usr/sbin/pdns_server", f"--config-dir={self.directory}"], stdout=log, stderr=log)
        eventually(self._answers, f"{self.connector}: pdns_server answers\n{self.log()}")
        return self

    def _backend(self, server):
        """None for a PowerDNS whose settings launch a backend of its own."""
        if server is None:
            return {}
        connection = CONNECTORS[self.connector].format(socket=server.socket, program=server.binary,
                                                       http=server.ready.get("dns-http", ""))
        return {"launch": "remote", "remote-connection-string": connection}

    def _answers(self):
        assert self.process.poll() is None, f"pdns_server ended: {self.process.returncode}\n{self.log()}"
        try:
            dig(self.port, "version.bind", "TXT", timeout=0.2)
            dig(self.port, "version.bind", "TXT", tcp=True, timeout=0.2)
            return True
        except (dns.exception.Timeout, OSError, EOFError):
            return False

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def log(self):
        path = self.directory / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)
