"""The benchmarks: run.py [--quick] [SECTION...]. Sections: miss steady flip growth admin watchers
restart.

Every figure that compares is a ratio of two things measured in turn in the same run; the median and the spread are
shown. Without --quick it takes about an hour."""
import argparse
import os
import pathlib
import platform
import subprocess
import time

import admin
import flips
import growth
import miss
import restart
import steady
import watchers
from report import Report
from rig import BUILD

SECTIONS = {"miss": miss, "steady": steady, "flip": flips, "growth": growth, "admin": admin,
            "watchers": watchers, "restart": restart}


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--quick", action="store_true", help="small tables and few rounds: that it runs, not what it shows")
    words.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    chosen = words.parse_args()
    unknown = set(chosen.sections) - set(SECTIONS)
    if unknown:
        words.error(f"no such section: {', '.join(unknown)}")
    subprocess.run(["cmake", "--build", str(BUILD), "--target", "canned", "drive"], check=True, stdout=subprocess.DEVNULL)
    report = Report()
    start = time.monotonic()
    for section in chosen.sections or SECTIONS:
        SECTIONS[section].run(report, chosen.quick)
    about = dict(cores=os.cpu_count(), system=platform.platform(), quick=chosen.quick, seconds=round(time.monotonic() - start))
    report.write(pathlib.Path(BUILD) / "bench", about)


if __name__ == "__main__":
    main()
