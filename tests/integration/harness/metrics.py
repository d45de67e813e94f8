"""What /metrics says."""
from harness.api import Api


def metrics(running):
    """{name with its labels: value}"""
    text = Api(running.url).ask("GET /metrics").text
    rows = [line.rsplit(" ", 1) for line in text.splitlines() if line and line[0] != "#"]
    return {name: float(value) for name, value in rows}


def total(found, *words):
    """The sum of the metrics whose names hold all these words."""
    return sum(value for name, value in found.items()
               if all(word in name for word in words) and "bucket" not in name and "_sum" not in name)
