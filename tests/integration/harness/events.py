"""A watcher of GET /v1/events."""
import json
import socket
import urllib.parse


class Events:
    """One connection. Iterate over next(): (id, event's data)."""

    def __init__(self, server, last=None, timeout=20, receive_buffer=None):
        address = urllib.parse.urlsplit(server.url)
        self.connection = socket.socket()
        if receive_buffer:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.connection.settimeout(timeout)
        self.connection.connect((address.hostname, address.port))
        more = "" if last is None else f"Last-Event-ID: {last}\r\n"
        self.connection.sendall((f"GET /v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n{more}"
                                 f"Authorization: Bearer {server.token()}\r\n\r\n").encode())
        self.rest = b""
        self.head = self._until(b"\r\n\r\n").decode()
        assert self.head.split()[1] == "200", self.head
        self.chunked = "transfer-encoding: chunked" in self.head.lower()
        self.text = b""

    def _more(self):
        data = self.connection.recv(1 << 16)
        if not data:
            raise EOFError("the server closed")
        return data

    def _until(self, end):
        while end not in self.rest:
            self.rest += self._more()
        part, self.rest = self.rest.split(end, 1)
        return part

    def _body(self):
        """The next bytes of the body, whatever its framing."""
        if not self.chunked:
            data, self.rest = self.rest or self._more(), b""
            return data
        size = int(self._until(b"\r\n").split(b";")[0], 16)
        if size == 0:
            raise EOFError("the stream ended")
        while len(self.rest) < size + 2:
            self.rest += self._more()
        data, self.rest = self.rest[:size], self.rest[size + 2:]
        return data

    def next(self):
        while True:
            while b"\n\n" not in self.text:
                self.text += self._body().replace(b"\r\n", b"\n")
            block, self.text = self.text.split(b"\n\n", 1)
            fields = [line.split(b":", 1) for line in block.split(b"\n") if line and not line.startswith(b":")]
            named = {name: value.removeprefix(b" ") for name, value in fields}
            if b"data" in named:
                return int(named[b"id"]), json.loads(named[b"data"])

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
