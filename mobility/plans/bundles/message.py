"""One message: the words of a fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Message:
    """What is wrong and how to mend it, with ``%(name)s`` where the fault's own values go."""

    rule: str
    problem: Any
    remedy: Any
    severity: str = "error"
