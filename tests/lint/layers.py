#!/usr/bin/env python3
"""Fails where a source of backend/ includes what its layer may not see.

Each layer sees itself and the layers named here, no others; `alone` are single headers it may see besides. The domain,
core/, knows no socket, clock, thread pool, JSON or SQL.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BACKEND = ROOT / "backend"

LAYERS = {
    "core": {"sees": []},
    "store": {"sees": ["core"]},
    "control": {"sees": ["core"], "alone": ["store/store.hpp"]},
    "net": {"sees": []},
    "powerdns": {"sees": ["core", "net"], "alone": ["control/announcer.hpp"]},
    "admin": {"sees": ["core", "control", "net"]},
    "ctl": {"sees": []},
}
# Who may see a library; a library that is not named here is open to all but the domain.
LIBRARIES = {
    "boost/asio": ["net", "powerdns", "admin", "ctl"],
    "boost/beast": ["net", "powerdns", "admin", "ctl"],
    "openssl/": ["net", "ctl"],
    "rapidjson/": ["store", "control", "powerdns", "admin", "ctl"],
    "SQLiteCpp/": ["store"],
    "sqlite3.h": ["store"],
    "sys/socket.h": ["net", "powerdns", "ctl"],
}
# Beast is slow to compile: only net's own headers include it.
BEAST_HEADERS = ["net"]
# The domain has nothing but these and the standard library, and of that no thread and no file.
DOMAIN_LIBRARIES = ("boost/system/", "boost/unordered/", "boost/throw_exception.hpp", "boost/assert",
                    "arpa/inet.h")  # inet_pton: text to an address
DOMAIN_CLOSED = ("thread", "future", "condition_variable", "filesystem", "fstream", "iostream")

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')


def generated(name, layers):
    """Embedded files and the like are made in the build directory under the layer's own name."""
    return "/" not in name or name.split("/")[0] not in layers


def domain_may(header):
    if header in DOMAIN_CLOSED:
        return False
    plain = "/" not in header and not header.endswith(".h")
    return plain or header.startswith(DOMAIN_LIBRARIES)


def mistakes(file):
    layer = file.relative_to(BACKEND).parts[0]
    if layer not in LAYERS:
        return
    rule = LAYERS[layer]
    for number, line in enumerate(file.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        own, system = match.groups()
        if own and not generated(own, LAYERS):
            other = own.split("/")[0]
            if other != layer and other not in rule["sees"] and own not in rule.get("alone", []):
                yield f"{file.relative_to(ROOT)}:{number}: {layer}/ may not include {own}"
        name = system or own
        for library, allowed in LIBRARIES.items():
            if name.startswith(library) and layer not in allowed:
                yield f"{file.relative_to(ROOT)}:{number}: {layer}/ may not include {name}"
        if file.suffix == ".hpp" and name.startswith("boost/beast") and layer not in BEAST_HEADERS:
            yield f"{file.relative_to(ROOT)}:{number}: a header outside net/ may not include {name}"
        if layer == "core" and system and not domain_may(system):
            yield f"{file.relative_to(ROOT)}:{number}: core/ may not include <{system}>"


def main():
    files = sorted(f for f in BACKEND.rglob("*") if f.suffix in (".cpp", ".hpp"))
    found = [mistake for file in files for mistake in mistakes(file)]
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
