#!/usr/bin/env python3
"""What holds for every file of the project: its place, its length, its words; and that Python and JSON parse."""
import ast
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOP = {"CMakeLists.txt", "backend", "schema", "pdns-config", "tests", "docker-compose.yml", "README.md", "LICENSE",
       "CHANGELOG.md", "CMakePresets.json", "dev"}
LONGEST = 400
CODE = {".cpp", ".hpp", ".py", ".sh", ".js", ".css", ".html", ".sql", ".cmake", ".yml", ".yaml", ".conf", ".md", ""}
# In two parts, so that this file does not hold them itself.
LEFTOVERS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def files():
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, check=False)
    if listed.returncode == 0:
        names = listed.stdout.decode().split("\0")
        found = [ROOT / name for name in names if name]
    else:  # an unpacked archive
        found = [f for f in ROOT.rglob("*") if not f.relative_to(ROOT).parts[0].startswith(("build", ".git"))]
    return sorted(f for f in found if f.is_file())


def mistakes(file):
    name = file.relative_to(ROOT)
    if name.parts[0] not in TOP and not name.parts[0].startswith("."):
        yield f"{name}: does not belong into the top folder"
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    lines = text.splitlines()
    if file.suffix in CODE and file.name != "LICENSE" and len(lines) > LONGEST:
        yield f"{name}: {len(lines)} lines, {LONGEST} is the most"
    for number, line in enumerate(lines, 1):
        if match := LEFTOVERS.search(line):
            yield f"{name}:{number}: '{match.group()}' is no comment to keep"
        if line != line.rstrip() and file.suffix != ".md":
            yield f"{name}:{number}: spaces at the end of the line"
    if text and not text.endswith("\n") and file.suffix in CODE:
        yield f"{name}: the last line has no end"
    if file.suffix == ".py":
        try:
            ast.parse(text, str(name))
        except SyntaxError as error:
            yield f"{name}:{error.lineno}: {error.msg}"
    if file.suffix == ".json":
        try:
            json.loads(text)
        except ValueError as error:
            yield f"{name}: {error}"


def main():
    found = [mistake for file in files() for mistake in mistakes(file)]
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
