"""What bash offers for failoverctl: looked up from a list that a server may have filled with anything."""
import os
import shlex
import subprocess

import pytest

from harness import program

LISTED = "NAME\nshop-eu\n$(touch${IFS}owned)\n`touch${IFS}owned`\nshop-us;x\nshop.failover.example\ntok_1\n"


def offered(directory, *words, asked="/dev/null"):
    """The words offered for the last of `words`, where every list that failoverctl prints is LISTED."""
    script = f"""
        source <({shlex.quote(str(program("failoverctl")))} completion bash)
        failoverctl() {{ echo "$*" >>"$ASKED"; printf %s {shlex.quote(LISTED)}; }}
        COMP_WORDS=({shlex.join(["failoverctl", *words])}) COMP_CWORD={len(words)}
        _failoverctl
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    ran = subprocess.run(["bash", "--norc", "-c", script], cwd=directory, env={**os.environ, "ASKED": str(asked)},
                         capture_output=True, text=True, timeout=60, check=True)
    assert ran.stderr == ""
    return ran.stdout.split()


@pytest.mark.parametrize("words,wanted", [
    (["gr"], ["groups"]),
    (["stacks", "show", "shop-"], ["shop-eu"]),
    (["stacks", "show", ""], ["shop-eu", "shop.failover.example", "tok_1"]),
    (["groups", "flip", "shop.fail"], ["shop.failover.example"]),
    (["groups", "flip", "shop", "--to", "b"], ["backup"]),
    (["groups", "flip", "shop", "--to", "=", "b"], ["backup"]),
    (["groups", "flip", "shop", "--to", "="], ["primary", "backup"]),
    (["groups", "flip", "--to", "=", "backup", "shop-"], ["shop-eu"]),
])
def test_bash_offers_words_and_runs_none(tmp_path, words, wanted):
    assert offered(tmp_path, *words) == wanted
    assert list(tmp_path.iterdir()) == []


def test_a_group_is_looked_up_by_its_label(tmp_path):
    """What lists match is the label or the name, so of an address its beginning."""
    asked = tmp_path / "asked"
    offered(tmp_path, "groups", "flip", "shop.fail", asked=asked)
    assert "groups list --match shop\n" in asked.read_text()
