"""Ports for programs that must be told theirs before they start."""
import random
import socket


def free_port():
    """A port that is free for TCP and UDP now: below the range that the kernel gives out for port 0, so that no
    other test's server or client is handed it in the meantime."""
    while True:
        port = random.randint(20000, 32000)
        try:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.bind(("127.0.0.1", port))
            return port
        except OSError:
            continue
