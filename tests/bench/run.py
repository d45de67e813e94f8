"""The benchmarks: run.py [--quick] [SECTION...]. Sections: miss threads steady flip growth admin watchers restart.

Every figure that compares is a ratio of two things measured in turn in the same run; the median and the spread are
shown. Each section leaves SECTION.json and SECTION.svg in build/bench/. Without --quick it takes an hour."""
import argparse
import os
import platform
import subprocess
import time

import admin
import flips
import growth
import miss
import restart
import steady
import threads
import watchers
from report import Report
from rig import BUILD

SECTIONS = {"miss": miss, "threads": threads, "steady": steady, "flip": flips, "growth": growth, "admin": admin,
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
    for section in chosen.sections or SECTIONS:
        report = Report(section)
        start = time.monotonic()
        try:
            SECTIONS[section].run(report, chosen.quick)
        finally:
            about = dict(cores=os.cpu_count(), system=platform.platform(), quick=chosen.quick, seconds=round(time.monotonic() - start))
            report.write(BUILD / "bench", about)
    print(f"\nas JSON and SVG: {BUILD / 'bench'}")


if __name__ == "__main__":
    main()
