"""A million comments in each format: the command against ogr2ogr from the same tables, time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.exporting import PEER
from bench.reports import ROOT, Report
from bench.scratch import PLAN, fill, multiply, plain, scratch
from bench.servers import peak_memory

INVENTED, TIMES = 200_000, 5
COMMENTS = INVENTED * TIMES
MEMORY_MB = 300
PATIENCE_S = 600
PEER_MEMORY = 6 << 30
"""ogr2ogr may take so many bytes of addresses; it keeps some formats in memory as a whole."""
DRIVERS = {
    "geojson": ["GeoJSON"],
    "gpkg": ["GPKG"],
    "fgb": ["FlatGeobuf"],
    "csv": ["CSV", "-lco", "GEOMETRY=AS_XY"],
    "kml": ["KML"],
    "xlsx": ["XLSX"],
}


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float, bool]:
    """Seconds, largest resident memory in MB, and whether it ended well within its time."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    memory = 0
    while process.poll() is None:
        try:
            memory = max(memory, peak_memory(process.pid))
        except (OSError, StopIteration):
            continue
        finally:
            time.sleep(0.02)
        if time.perf_counter() - start > PATIENCE_S:
            process.kill()
            process.wait()
    return time.perf_counter() - start, memory / 1e6, process.returncode == 0


def compare(url: str, folder: Path, form: str) -> tuple[tuple[str, ...], float]:
    """A row of the table, and our peak in MB. Raises RuntimeError when the command fails."""
    environment = os.environ | {"MOBILITY_DATABASE_URL": plain(url)}
    path = folder / f"comments.{form}"
    ours = [
        sys.executable,
        "-m",
        "mobility.cli",
        "export",
        "comments",
        PLAN,
        "--format",
        form,
        "-o",
        str(path),
    ]
    seconds, peak, well = measured(ours, environment)
    if not well:
        raise RuntimeError(f"the export as {form} failed")
    size = path.stat().st_size / 1e6
    path.unlink()
    driver, *options = DRIVERS[form]
    theirs = ["prlimit", f"--as={PEER_MEMORY}", "ogr2ogr", "-f", driver, *options, str(path)]
    theirs += [f"PG:{plain(url)}", "-sql", PEER, "-nln", "comments"]
    other, other_peak, well = measured(theirs, environment)
    for left in folder.iterdir():
        left.unlink()
    ours_said = (f"{size:.0f} MB", f"{seconds:.1f} s", f"{peak:.0f} MB")
    if not well:
        return (form, *ours_said, f"gave up after {other:.0f} s", f"{other_peak:.0f} MB", "–"), peak
    return (form, *ours_said, f"{other:.1f} s", f"{other_peak:.0f} MB", f"{seconds / other:.2f}"), peak


def run() -> list[Report]:
    """Fills a database of its own, then writes each format once with each program."""
    with scratch("downloads") as url, tempfile.TemporaryDirectory() as folder:
        fill(url, comments=INVENTED)
        multiply(url, TIMES)
        found = [compare(url, Path(folder), form) for form in DRIVERS]
    peak = max(memory for _, memory in found)
    return [
        Report(
            "downloads",
            f"Files of {COMMENTS:,} comments",
            f"Every format is written with at most {MEMORY_MB} MB of memory.",
            ("format", "size", "time", "its peak", "ogr2ogr", "its peak", "ratio"),
            [row for row, _ in found],
            f"largest peak {peak:.0f} MB, wanted at most {MEMORY_MB}",
            peak <= MEMORY_MB,
            [
                f"{INVENTED:,} invented comments, each {TIMES} times.",
                "Command: `mobility export`, with the start of Python. ogr2ogr joins the same tables.",
                f"ogr2ogr is stopped after {PATIENCE_S} s, or at {PEER_MEMORY >> 30} GB of addresses.",
                "ogr2ogr's FlatGeobuf has an index; ours has none from 50,000 features on.",
            ],
        )
    ]
