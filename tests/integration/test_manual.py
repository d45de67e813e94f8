"""failoverd(8) and the packaged settings file name the flags that `failoverd --help` does, no others."""
import pathlib
import re
import subprocess
import tomllib

import pytest

from harness import program
from harness.failoverd import ROOT

PACKAGING = ROOT / "backend" / "packaging"


def flags_of_help():
    text = subprocess.run([program(), "--help"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^\s+(?:-\w,\s*)?--([a-z][a-z-]*)", text, re.MULTILINE))


def test_the_manual_page_has_every_flag():
    page = (PACKAGING / "failoverd.8.in").read_text().replace("\\-", "-")
    options = page.split(".SH OPTIONS")[1].split(".SH SIGNALS")[0]
    assert set(re.findall(r"--([a-z][a-z-]*)", options)) == flags_of_help()


def test_the_settings_file_has_only_flags():
    """Each line that is commented out is a setting as well, once the # is gone."""
    lines = (PACKAGING / "failoverd.toml").read_text().splitlines()
    settings = [line[1:] for line in lines if re.match(r"#[a-z-]+ = ", line)]
    assert len(settings) > 5
    assert set(tomllib.loads("\n".join(settings))) <= flags_of_help()


@pytest.mark.parametrize("page", [PACKAGING / "failoverd.8.in",
                                  pathlib.Path(program("failoverctl")).parent / "failoverctl.1"])
def test_the_page_is_well_formed(page):
    shown = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-P", "cat", str(page)],
                           capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "MANROFFOPT": ""}, check=False)
    assert shown.returncode == 0
    assert shown.stderr == ""
