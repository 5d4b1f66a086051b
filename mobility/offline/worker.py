"""The script of the service worker: as built, with the names and addresses it needs before it."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from mobility.assets import DIST, manifest


@lru_cache(maxsize=4)
def _built(name: str) -> str:
    return (DIST / name).read_text("utf-8")


def kept_files() -> list[str]:
    """The built files that every page needs, as the build wrote them down; empty without a build."""
    try:
        content: list[str] = json.loads((DIST / "offline.json").read_text("utf-8"))
    except FileNotFoundError:
        return []
    return content


def worker_script(facts: dict[str, Any]) -> str | None:
    """The worker with `facts` and its version in front of it; None when it was not built.

    The version is a hash of everything in it: another build, another language or address gives another one.
    """
    name = manifest().get("sw.js")
    if not name:
        return None
    body = _built(name)
    words = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    version = hashlib.blake2s(f"{name}{words}".encode()).hexdigest()[:12]
    head = json.dumps({**facts, "version": version}, sort_keys=True, separators=(",", ":"))
    return f"self.OFFLINE={head};\n{body}"
