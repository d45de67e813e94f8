"""Questions as fast as one process can ask them, in a process of its own: python3 flood.py PORT SECONDS NAMES-FILE.

Prints JSON when done: how many were sent, how many replies came by rcode, and how many got none (each question waits
up to 10 s for its reply, so one that is missing is lost). With `-` for SECONDS it goes on until its standard input is
closed."""
import collections
import json
import select
import socket
import sys
import time

RCODES = {0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}
WINDOW = 40  # questions in flight


def packet(name, number):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.rstrip(".").split("."))
    return number.to_bytes(2, "big") + b"\0\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\1\0\1"


def main(port, seconds, names):
    wire = [packet(name, 0)[2:] for name in names]
    asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asker.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    asker.connect(("127.0.0.1", port))
    asker.setblocking(False)
    end = None if seconds == "-" else time.monotonic() + float(seconds)
    sent, lost, waiting, rcodes = 0, 0, {}, collections.Counter()
    asking = True
    while asking or waiting:
        now = time.monotonic()
        if asking and (select.select([sys.stdin], [], [], 0)[0] if end is None else now > end):
            asking = False
        while asking and len(waiting) < WINDOW:
            number = sent & 0xFFFF
            if number in waiting:
                break
            try:
                asker.send(number.to_bytes(2, "big") + wire[sent % len(wire)])
            except BlockingIOError:
                break
            waiting[number] = now
            sent += 1
        select.select([asker], [], [], 0.05)
        try:
            while True:
                reply = asker.recv(4096)
                if waiting.pop(int.from_bytes(reply[:2], "big"), None):
                    rcodes[RCODES.get(reply[3] & 15, str(reply[3] & 15))] += 1
        except BlockingIOError:
            pass
        for number in [number for number, since in waiting.items() if now - since > 10]:
            del waiting[number]
            lost += 1
    print(json.dumps({"sent": sent, "lost": lost, "rcodes": rcodes}))


if __name__ == "__main__":
    with open(sys.argv[3], encoding="ascii") as lines:
        main(int(sys.argv[1]), sys.argv[2], lines.read().split())
