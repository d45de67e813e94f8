"""PowerDNS's side of the remote backend protocol, spoken by the test itself."""
import json
import socket


class Backend:
    """One connection to the unix socket, as each PowerDNS thread has one."""

    def __init__(self, path, timeout=20):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.settimeout(timeout)
        self.connection.connect(str(path))
        self.rest = b""

    def send(self, data):
        self.connection.sendall(data)

    def reply(self):
        """The next reply: one JSON object that ends with a newline. None where the connection was closed."""
        while b"\n" not in self.rest:
            more = self.connection.recv(1 << 16)
            if not more:
                return None
            self.rest += more
        line, self.rest = self.rest.split(b"\n", 1)
        return json.loads(line)

    def raw(self, data):
        self.send(data)
        return self.reply()

    def call(self, method, **parameters):
        """`zone_id` and the like go with a hyphen, as PowerDNS writes them."""
        named = {"zone-id" if name == "zone_id" else name: value for name, value in parameters.items()}
        return self.raw(json.dumps({"method": method, "parameters": named}).encode() + b"\n")

    def lookup(self, name, qtype="ANY", zone_id=-1):
        """The records of a name, as PowerDNS asks for them."""
        return self.call("lookup", qtype=qtype, qname=name, remote="127.0.0.1", local="127.0.0.1",
                         **{"real-remote": "127.0.0.1/32", "zone_id": zone_id})["result"]

    def serial(self, zone):
        records = self.lookup(zone.rstrip(".") + ".")
        return next(int(r["content"].split()[2]) for r in records if r["qtype"] == "SOA")

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class HttpBackend:
    """The HTTP connector: a connection for each request, since the server closes after each reply."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.address = (host, int(port))

    def raw(self, data, timeout=20):
        """Sends these bytes; (status, body) of the reply, read until the server closes."""
        with socket.create_connection(self.address, timeout=timeout) as connection:
            try:
                connection.sendall(data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it may refuse before it has read all
            reply = b""
            try:
                while more := connection.recv(1 << 16):
                    reply += more
            except ConnectionResetError:
                pass
        head, _, body = reply.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1."), reply[:200]
        return int(head.split()[1]), body

    def get(self, path):
        return self.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n".encode())

    def post(self, path, body, kind="application/json", method="POST"):
        body = body if isinstance(body, bytes) else body.encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        return self.raw(head.encode() + body)
