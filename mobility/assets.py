"""Names of the built front-end files: `asset("map.js")` gives the URL with the content hash."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for

DIST = Path(__file__).parent / "static" / "dist"


@lru_cache(maxsize=4)
def _manifest(_stamp: float) -> dict[str, str]:
    content: dict[str, str] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    return content


def manifest() -> dict[str, str]:
    """Source name → built name; empty when the front end was never built."""
    try:
        return _manifest((DIST / "manifest.json").stat().st_mtime)
    except FileNotFoundError:
        return {}


def asset(name: str) -> str:
    """The URL of a built file. An unbuilt file keeps its plain name, so that its absence shows as a 404."""
    return url_for("static", filename=f"dist/{manifest().get(name, name)}")


def init_assets(app: Flask) -> None:
    app.add_template_global(asset, "asset")
