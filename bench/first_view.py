"""What a phone loads to see the map for the first time, in compressed bytes."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from bench.reports import Report
from bench.scratch import PLAN, fill, scratch
from bench.servers import serve

LIMIT_KB = 300
PHONE = {"width": 390, "height": 844}
KINDS = {"document": "page", "script": "scripts", "stylesheet": "styles", "font": "fonts", "image": "images"}


def load(port: int) -> tuple[dict[str, tuple[int, int]], list[str]]:
    """Kind → number of answers and their bytes as sent; and the paths that were loaded."""
    kinds: dict[str, str] = {}
    paths: dict[str, str] = {}
    sizes: dict[str, int] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_context(
            viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True
        ).new_page()
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")

        def answered(event: dict[str, Any]) -> None:
            kinds[event["requestId"]] = event["type"].lower()
            paths[event["requestId"]] = urlsplit(event["response"]["url"]).path

        def finished(event: dict[str, Any]) -> None:
            sizes[event["requestId"]] = int(event["encodedDataLength"])

        wire.on("Network.responseReceived", answered)
        wire.on("Network.loadingFinished", finished)
        page.goto(f"http://127.0.0.1:{port}/plans/{PLAN}?lang=it", wait_until="networkidle")
        page.wait_for_timeout(1500)
        browser.close()
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for request, size in sizes.items():
        if request in kinds:
            kind = KINDS.get(kinds[request], "data")
            found[kind] = (found[kind][0] + 1, found[kind][1] + size)
    heavy = sorted(
        ((size, paths[request]) for request, size in sizes.items() if request in paths), reverse=True
    )
    return dict(found), [f"{path} {size / 1000:.1f} kB" for size, path in heavy[:6]]


def run() -> list[Report]:
    with scratch("view") as url:
        fill(url, comments=5000, votes=20_000)
        with serve("wsgi:app", url) as server:
            found, heavy = load(server.port)
    total = sum(size for _, size in found.values()) / 1000
    rows = [(kind, str(n), f"{size / 1000:.1f} kB") for kind, (n, size) in sorted(found.items())]
    return [
        Report(
            "first-view",
            "Weight of the first view",
            f"The first view of the map on a phone loads at most {LIMIT_KB} kB, with 5,000 comments.",
            ("what", "answers", "compressed"),
            [*rows, ("together", str(sum(n for n, _ in found.values())), f"{total:.1f} kB")],
            f"{total:.0f} kB, wanted at most {LIMIT_KB} kB",
            total <= LIMIT_KB,
            ["Bytes on the wire with headers, as Chromium counts them. Heaviest: " + ", ".join(heavy) + "."],
        )
    ]
