"""Waiting for what must come by itself."""
import time


def eventually(check, what, seconds=20):
    """Returns the first true value of check(); fails, saying `what`, where there is none for so long. The limit only
    keeps a broken program from hanging the suite."""
    end = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.02)
