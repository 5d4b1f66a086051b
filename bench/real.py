"""The platform itself, with every rate limit kept but its ceiling out of reach.

Each limit is counted in the database as in production, once a limit and request; only the numbers differ.
"""

from __future__ import annotations

import re
from typing import Any

from mobility.extensions import limiter

_limit = limiter.limit


def _raised(value: Any, **options: Any) -> Any:
    return _limit(re.sub(r"\d+ per", "1000000000 per", value), **options)


limiter.limit = _raised  # type: ignore[method-assign]

from mobility.app import create_app  # noqa: E402 (the views take their limits when they are imported)

app = create_app()
