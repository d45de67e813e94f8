"""A client of the HTTP API."""
import json

import requests

NOTHING = object()


class Reply:
    """What a request was answered: status, headers, text, and body where it is JSON (else None)."""

    def __init__(self, response):
        self.status = response.status_code
        self.headers = response.headers
        response.encoding = "utf-8"
        self.text = response.text
        kind = response.headers.get("Content-Type", "").split(";")[0]
        self.body = json.loads(self.text) if kind in ("application/json", "application/problem+json") else None

    @property
    def code(self):
        return self.body.get("code") if isinstance(self.body, dict) else None

    @property
    def pointers(self):
        return [mistake["pointer"] for mistake in self.body.get("errors", [])]

    def __repr__(self):
        return f"{self.status} {self.text[:600]}"


class Api:
    """One client with one connection: not for several threads at once."""

    def __init__(self, url, token=None):
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, request, body=NOTHING, timeout=60, **headers):
        """`request` is "METHOD /path"; `body` goes as JSON, bytes as they are. A header's _ stands for -."""
        method, path = request.split(" ", 1)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        data = None
        if body is not NOTHING:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers = {"Content-Type": "application/json"} | headers
        return Reply(self.session.request(method, self.url + path, data=data, headers=headers, timeout=timeout))

    def must(self, request, body=NOTHING, **headers):
        """The body of a reply that has to be a success."""
        reply = self.ask(request, body, **headers)
        assert 200 <= reply.status < 300, f"{request} {body}: {reply}"
        return reply.body

    def all(self, path, limit=1000):
        """Every item of a list, page after page."""
        items, after = [], ""
        while after is not None:
            mark = "&" if "?" in path else "?"
            page = self.must(f"GET {path}{mark}limit={limit}"
                             + (f"&after={requests.utils.quote(after)}" if after else ""))
            items += page["items"]
            after = None if page["next"] is None else str(page["next"])
        return items

    # --- What nearly every test needs.
    def put_zone(self, zone="failover.example", **fields):
        fields.setdefault("nameservers", [{"name": f"ns1.{zone}", "addresses": ["192.0.2.53"]}])
        return self.must(f"PUT /v1/zones/{zone}", fields)

    def put_stack(self, name, *addresses, role="web"):
        """A stack with one server for each address."""
        servers = [{"name": f"web{i}", "role": role, "addresses": [a]} for i, a in enumerate(addresses, 1)]
        return self.must(f"PUT /v1/stacks/{name}", {"servers": servers})

    def create(self, label=None, **fields):
        return self.must("POST /v1/groups", fields | ({"label": label} if label else {}))

    def flip(self, group, to=None, **fields):
        return self.must(f"POST /v1/groups/{group}/flip", fields | ({"to": to} if to else {}))

    def revision(self):
        """The number of the last committed change."""
        changes = self.all("/v1/changes")
        return changes[-1]["revision"] if changes else 0

    def standing(self):
        """Everything that is registered and how many changes there were: what a refused request may not move."""
        return {what: self.all(f"/v1/{what}") for what in ("zones", "stacks", "groups")} | {"revision": self.revision()}
