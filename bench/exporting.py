"""A million comments as GeoJSON: the command and the web server against ogr2ogr on the same tables."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.reports import ROOT, Report
from bench.scratch import PLAN, plain
from bench.servers import serve

ROUNDS = 3
TIME, MEMORY_MB = 0.5, 150
PEER = """
SELECT c.id, c.geom, c.text, c.stance, t.slug AS topic, p.slug AS phase, m.code AS measure, s.code AS segment,
  c.snap_distance_m, coalesce(c.place->>'en', c.place->>'it') AS place, c.channel, c.language, c.created_at,
  'https://example.org/plans/' || c.id AS url
FROM comment c JOIN topic t ON t.id = c.topic_id JOIN phase p ON p.id = c.phase_id
LEFT JOIN measure m ON m.id = c.measure_id LEFT JOIN segment s ON s.id = c.segment_id
WHERE c.status = 'published'
"""


def _run(command: list[str], environment: dict[str, str]) -> tuple[float, int]:
    """Seconds and largest resident memory in bytes of a program."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def _download(port: int) -> tuple[float, float, int]:
    """Seconds to the first byte and to the last, and the number of bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    start = time.perf_counter()
    connection.request("GET", f"/plans/{PLAN}/exports/comments.geojson")
    answer = connection.getresponse()
    size = len(answer.read(1))
    first = time.perf_counter() - start
    while part := answer.read(1 << 20):
        size += len(part)
    if answer.status != 200:
        raise RuntimeError(f"the download answered {answer.status}")
    return first, time.perf_counter() - start, size


def run(url: str, comments: int) -> Report:
    """Measures on a database that holds `comments` comments."""
    environment = os.environ | {"MOBILITY_DATABASE_URL": plain(url)}
    rows: list[tuple[str, ...]] = []
    ratios, memories = [], []
    with tempfile.TemporaryDirectory() as folder, serve("wsgi:app", url) as server:
        path = Path(folder) / "comments.geojson"
        ours = [sys.executable, "-m", "mobility.cli", "export", "comments", PLAN, "-o", str(path)]
        ours[1:3] = ["-c", "from mobility.cli import main; main()"]
        theirs = ["ogr2ogr", "-f", "GeoJSON", str(path), f"PG:{plain(url)}", "-sql", PEER]
        rest = server.peak_memory()
        for number in range(1, ROUNDS + 1):
            seconds, memory = _run(ours, environment)
            size = path.stat().st_size
            path.unlink()
            peer, peer_memory = _run(theirs, environment)
            path.unlink()
            first, last, _ = _download(server.port)
            ratios.append(seconds / peer)
            memories.append(memory)
            rows.append(
                (
                    str(number), f"{seconds:.1f} s", f"{memory / 1e6:.0f} MB",
                    f"{last:.1f} s", f"{first * 1000:.0f} ms",
                    f"{peer:.1f} s", f"{peer_memory / 1e6:.0f} MB", f"{seconds / peer:.2f}",
                )
            )  # fmt: skip
        grown = (server.peak_memory() - rest) / 1e6
    ratio, peak = statistics.median(ratios), max(memories) / 1e6
    return Report(
        "export",
        f"Export of {comments:,} comments",
        f"`mobility export` takes at most {TIME} of ogr2ogr's time and at most {MEMORY_MB} MB of memory.",
        ("round", "command", "its peak", "web server", "first byte", "ogr2ogr", "its peak", "ratio"),
        list(rows),
        f"median ratio {ratio:.2f}, wanted at most {TIME}; peak {peak:.0f} MB, wanted at most {MEMORY_MB}",
        ratio <= TIME and peak <= MEMORY_MB,
        [
            f"A file of {size / 1e6:.0f} MB; ogr2ogr selects the same columns with the same joins.",
            "The command's time includes starting Python.",
            f"The web server's process grew by {grown:.0f} MB while it sent the same file.",
        ],
    )
