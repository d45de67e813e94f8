"""A flood of questions beside a test."""
import json
import pathlib
import subprocess
import sys
import tempfile

FLOOD = pathlib.Path(__file__).with_name("flood.py")


class Load:
    """`with Load(port, names) as load: ...`; after it, load.result has what flood.py counted."""

    def __init__(self, port, names):
        self.names = tempfile.NamedTemporaryFile("w", prefix="fl-", suffix=".names")
        self.names.write("\n".join(names))
        self.names.flush()
        self.command = [sys.executable, "-B", str(FLOOD), str(port), "-", self.names.name]
        self.result = None

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_):
        try:
            out, _ = self.process.communicate(timeout=30)  # closes its standard input, which ends it
            self.result = json.loads(out)
        finally:
            self.process.kill()
            self.process.wait()
            self.names.close()
