#!/usr/bin/env python3
"""dockerfile.py FILE: the rules of hadolint that matter for an image of Debian packages."""
import re
import sys


def instructions(text):
    """(line number, word, rest) of each instruction, its continued lines joined."""
    joined, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not joined and (not line.strip() or line.lstrip().startswith("#")):
            continue
        start = start or number
        if line.rstrip().endswith("\\"):
            joined += line.rstrip()[:-1] + " "
            continue
        word, _, rest = (joined + line).strip().partition(" ")
        yield start, word.upper(), rest.strip()
        joined, start = "", 0


def mistakes(text):
    stages, user, named = [], {}, set()
    for number, word, rest in instructions(text):
        if word == "FROM":
            parts = rest.split()
            if ":" not in parts[0] and parts[0] not in named or parts[0].endswith(":latest"):
                yield number, "name the base image's version"
            stages.append(parts[-1])
            named.add(parts[-1])
            user[parts[-1]] = user.get(parts[0])
        elif word == "USER":
            user[stages[-1]] = rest
        elif word == "RUN":
            if "apt-get install" in rest:
                for wanted in ("--no-install-recommends", "-y", "rm -rf /var/lib/apt/lists/*", "apt-get update"):
                    if wanted not in rest:
                        yield number, f"apt-get install without {wanted}"
            if re.search(r"\b(sudo|apt) ", rest):
                yield number, "use apt-get, and no sudo"
            if " cd " in f" {rest}":
                yield number, "use WORKDIR, not cd"
            if "|" in rest.replace("||", "") and "pipefail" not in text:
                yield number, "a pipe hides a failure: set SHELL with pipefail"
        elif word == "ADD":
            yield number, "COPY, not ADD"
        elif word in ("CMD", "ENTRYPOINT") and not rest.startswith("["):
            yield number, f"{word} in JSON form, so that signals reach the program"
        elif word == "MAINTAINER":
            yield number, "MAINTAINER is no longer in use"
    for stage in stages:
        if not stage.startswith("build") and user.get(stage) in (None, "root", "0"):
            yield 0, f"stage {stage} runs as root"


def main():
    found = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            for number, mistake in mistakes(file.read()):
                print(f"{path}:{number}: {mistake}", file=sys.stderr)
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
