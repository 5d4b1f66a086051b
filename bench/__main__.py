"""``python -m bench [--only NAME …] [--write]``: measures every claim, prints tables, sets an exit status."""

from __future__ import annotations

import argparse
import compileall
import subprocess
import sys
from collections.abc import Callable

from bench import deciding, downloads, features, first_view, layers, posting
from bench.reports import ROOT, Report, write_document
from mobility import embedded

BENCHES: dict[str, Callable[[], list[Report]]] = {
    "first-view": first_view.run,
    "posting": posting.run,
    "layers": layers.run,
    "deciding": deciding.run,
    "features": features.run,
    "downloads": downloads.run,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description="Measure what the documentation claims.")
    parser.add_argument("--only", action="append", choices=BENCHES, help="just this one; may be repeated")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md (needs all of them)")
    given = parser.parse_args()
    if given.write and given.only:
        parser.error("--write needs all of them")
    compileall.compile_dir(ROOT / "mobility", quiet=1)
    reports: list[Report] = []
    for name in given.only or BENCHES:
        for report in BENCHES[name]():
            print(report.text(), flush=True)
            reports.append(report)
    if given.write:
        version = subprocess.run(
            [embedded.program("postgres"), "--version"], capture_output=True, text=True, check=True
        )
        write_document(
            reports, version.stdout.strip().replace("postgres (PostgreSQL)", "PostgreSQL").split(" (")[0]
        )
    missed = [report.title for report in reports if report.met is False]
    if missed:
        print("Not met: " + ", ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
