"""failoverd as a test starts, stops, kills and restarts it."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from harness.api import Api
from harness.backend import Backend
from harness.process import spawn
from harness.wait import eventually

ROOT = pathlib.Path(__file__).resolve().parents[3]


def program(name="failoverd"):
    """The program under test: FAILOVERD and FAILOVERCTL name it, else it's taken from build/."""
    return os.environ.get(name.upper(), str(ROOT / "build" / name))


class Failoverd:
    """One failoverd with a state directory of its own. As a context manager it is started, and killed at the end."""

    def __init__(self, *flags, environment=None, binary=None):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="fo-"))  # short: a unix socket's path has 107 bytes
        self.flags = list(flags)
        self.environment = environment or {}
        self.binary = binary or program()
        self.socket = self.directory / "pdns.sock"
        self.unless_given = {"--admin": "127.0.0.1:0", "--dns-unix": str(self.socket)}
        self.process = None

    # --- Running it.
    def start(self):
        """Starts it and waits for its ready line."""
        self.launch()
        self.await_ready()
        return self

    def launch(self, *more):
        """Starts it with its flags, and `more` for this once, and does not wait."""
        flags = list(self.flags)
        for flag, value in self.unless_given.items():
            if flag not in flags:
                flags += [flag, value]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FAILOVER")}
        environment |= {"STATE_DIRECTORY": str(self.directory), "RUNTIME_DIRECTORY": str(self.directory)}
        environment |= self.environment
        with open(self.directory / "out", "wb") as out, open(self.directory / "log", "ab") as log:
            self.process = spawn([self.binary, *flags, *more], env=environment, stdout=out, stderr=log)

    def ready_lines(self):
        return [line for line in (self.directory / "out").read_text().splitlines() if line.startswith("ready ")]

    def await_ready(self, count=1):
        """Waits until so many ready lines have been printed, and takes the ports from the last one."""
        def ready():
            assert self.process.poll() is None, f"failoverd ended: {self.process.returncode}\n{self.log()}"
            lines = self.ready_lines()
            return lines if len(lines) >= count else None

        line = eventually(ready, f"ready line {count}")[-1]
        self.ready = dict(word.split("=", 1) for word in line.split()[1:])
        self.url = "http://" + self.ready["admin"]

    def stop(self, number=signal.SIGTERM):
        """Asks it to end, and sees that it does so with 0."""
        self.process.send_signal(number)
        assert self.process.wait(20) == 0, self.log()

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def restart(self):
        self.stop()
        self.start()

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    # --- Talking to it.
    def log(self):
        return (self.directory / "log").read_text(errors="replace")

    def token(self):
        return (self.directory / "admin.token").read_text().strip()

    def api(self, token=None):
        """A client of its own connection; the administrator's where no token is given."""
        return Api(self.url, self.token() if token is None else token)

    def backend(self):
        return Backend(self.ready.get("dns-unix", str(self.socket)))

    def serial(self, zone="failover.example"):
        """The SOA's serial, as PowerDNS would be told."""
        with self.backend() as backend:
            return backend.serial(zone)


def run(*flags, environment=None, timeout=20):
    """Runs failoverd to its end, as for settings that it refuses: CompletedProcess with text."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FAILOVER")}
    return subprocess.run([program(), *map(str, flags)], env=clean | (environment or {}), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=timeout, check=False)
