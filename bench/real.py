"""The platform itself, with every rate limit kept but its ceiling out of reach.

Each limit is counted in the database as in production, once a limit and request; only the numbers differ.
"""

from __future__ import annotations

import re
from typing import Any

from mobility.extensions import limiter

_limit = limiter.limit


def _high(value: str) -> str:
    return re.sub(r"\d+ per", "1000000000 per", value)


def _raised(value: Any, **options: Any) -> Any:
    """The limit, also where it is computed for each request."""
    return _limit((lambda: _high(value())) if callable(value) else _high(value), **options)


limiter.limit = _raised  # type: ignore[method-assign]

from mobility.app import create_app  # noqa: E402 (the views take their limits when they are imported)

app = create_app()
