"""A million comments as GeoJSON: the command and the web server against ogr2ogr on the same tables."""

from __future__ import annotations

import contextlib
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
from bench.servers import peak_memory, serve

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
    """Seconds and largest resident memory in bytes of a program (its own, looked at every 20 ms)."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    memory = 0
    while process.poll() is None:
        with contextlib.suppress(OSError, StopIteration):
            memory = max(memory, peak_memory(process.pid))
        time.sleep(0.02)
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed")
    return time.perf_counter() - start, memory


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
    ratios, by_command, peaks = [], [], []
    with tempfile.TemporaryDirectory() as folder, serve("wsgi:app", url) as server:
        path = Path(folder) / "comments.geojson"
        ours = [sys.executable, "-c", "from mobility.cli import main; main()"]
        ours += ["export", "comments", PLAN, "-o", str(path)]
        theirs = ["ogr2ogr", "-f", "GeoJSON", str(path), f"PG:{plain(url)}", "-sql", PEER]
        rest = server.peak_memory()
        for number in range(1, ROUNDS + 1):
            first, last, size = _download(server.port)
            peer, peer_memory = _run(theirs, environment)
            path.unlink()
            command, memory = _run(ours, environment)
            path.unlink()
            ratios.append(last / peer)
            by_command.append(command / peer)
            peaks += [memory / 1e6, server.peak_memory() / 1e6]
            times = (f"{last:.1f} s", f"{first * 1000:.0f} ms", f"{command:.1f} s", f"{memory / 1e6:.0f} MB")
            other = (f"{peer:.1f} s", f"{peer_memory / 1e6:.0f} MB", f"{last / peer:.2f}")
            rows.append((str(number), *times, *other))
        grown = (server.peak_memory() - rest) / 1e6
    ratio, typed, peak = statistics.median(ratios), statistics.median(by_command), max(peaks)
    return Report(
        "export",
        f"Export of {comments:,} comments",
        f"Download and command each take at most {TIME} of ogr2ogr's time; no process over {MEMORY_MB} MB.",
        ("round", "download", "first byte", "command", "its peak", "ogr2ogr", "its peak", "ratio"),
        list(rows),
        f"median ratio {ratio:.2f} download, {typed:.2f} command, wanted at most {TIME}; "
        f"peak {peak:.0f} MB, at most {MEMORY_MB}",
        max(ratio, typed) <= TIME and peak <= MEMORY_MB,
        [
            f"A file of {size / 1e6:.0f} MB; ogr2ogr selects the same columns with the same joins.",
            "Download: through gunicorn. Command: `mobility export`, with the start of Python.",
            f"The web server's process grew by {grown:.0f} MB while it sent the file.",
        ],
    )
