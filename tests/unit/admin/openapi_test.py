"""schema/admin-api.yaml against the table of routes in backend/admin/routes.cpp: the same routes, the same roles, the same
parameters, no reference to nothing."""
import pathlib
import re
import sys

import yaml

API, SCHEMAS = "admin-api.yaml", "admin-schemas.yaml"
ROLES = {
    "anyone": "anyone",
    "any_token": "any token",
    "viewer": "viewer",
    "operator_": "operator",
    "admin": "admin",
    "admin_or_own_stack": "admin or own stack",
    "viewer_or_own_stack": "viewer or own stack",
}
ROUTE = re.compile(r'\{"(\w+)", "([^"]+)", (\w+), (\w+), \w+, "([^"]*)",\s*&\w+\}')


def routes_of(source):
    table = source.split("constexpr Route table[] = {")[1].split("};")[0]
    rows = ROUTE.findall(table)
    assert len(rows) == table.count("&"), "a row of the table of routes is not understood by this test"
    return {(method.lower(), path): (ROLES[need], body, set() if query == "*" else set(query.split()))
            for method, path, need, body, query in rows}


def resolve(documents, name, node):
    """Follows references, "#/a/b" within a file and "file.yaml#/a/b" into another."""
    while "$ref" in node:
        file, pointer = node["$ref"].split("#/")
        name = file or name
        node = documents[name]
        for part in pointer.split("/"):
            node = node[part]
    return node


def described_in(documents):
    found = {}
    document = documents[API]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parameters = [resolve(documents, API, one) for one in operation.get("parameters", [])]
            in_path = {one["name"] for one in parameters if one["in"] == "path"}
            assert in_path == set(re.findall(r"\{(\w+)\}", path)), f"{method} {path}: parameters of the path"
            in_query = {one["name"] for one in parameters if one["in"] == "query"}
            types = list(operation.get("requestBody", {"content": {}})["content"])
            body = {(): "none", ("application/json",): "json", ("application/x-ndjson",): "ndjson_stream"}[tuple(types)]
            assert (operation.get("security") == []) == (operation["x-role"] == "anyone"), f"{method} {path}: security"
            found[method, path] = (operation["x-role"], body, in_query)
    return found


def check_references(documents, name, node):
    if isinstance(node, dict):
        if "$ref" in node:
            resolve(documents, name, node)
        for value in node.values():
            check_references(documents, name, value)
    elif isinstance(node, list):
        for value in node:
            check_references(documents, name, value)


def codes_of(source):
    return set(re.findall(r'return "(\w+)"', source.split("std::string_view to_string(Code code)")[1].split("\n}")[0]))


def main():
    root = pathlib.Path(sys.argv[1])
    documents = {name: yaml.safe_load((root / "schema" / name).read_text()) for name in (API, SCHEMAS)}
    routes = routes_of((root / "backend/admin/routes.cpp").read_text())
    described = described_in(documents)
    wrong = [f"{' '.join(key)}: the program has {routes.get(key)}, the page {described.get(key)}"
             for key in sorted(routes.keys() | described.keys()) if routes.get(key) != described.get(key)]
    for name, document in documents.items():
        check_references(documents, name, document)
    codes = set(documents[SCHEMAS]["Problem"]["properties"]["code"]["enum"])
    if codes != codes_of((root / "backend/core/error.cpp").read_text()):
        wrong.append("the codes of Problem are not those of core/error.cpp")
    print("\n".join(wrong) or f"{len(routes)} routes agree")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
