"""What a benchmark found, as a small table on the screen and in docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "benchmarks.md"


@dataclass
class Report:
    """One claim with what was measured; `met` is None when the claim sets no limit."""

    name: str
    title: str
    claim: str
    header: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    found: str = ""
    met: bool | None = None
    notes: Sequence[str] = ()

    def verdict(self) -> str:
        word = {True: "met", False: "NOT met", None: "no limit set"}[self.met]
        return f"{self.found} ({word})"

    def text(self) -> str:
        """For the screen."""
        table = [self.header, *self.rows]
        widths = [max(len(row[i]) for row in table) for i in range(len(self.header))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table
        ]
        rule = "  ".join("-" * width for width in widths)
        return "\n".join(
            [
                f"== {self.title}",
                self.claim,
                "",
                lines[0],
                rule,
                *lines[1:],
                "",
                self.verdict(),
                *self.notes,
                "",
            ]
        )

    def markdown(self) -> str:
        """For the document."""
        lines = [f"## {self.title}", "", self.claim, ""]
        lines += [f"| {' | '.join(self.header)} |", "|" + "---|" * len(self.header)]
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        lines += ["", f"**{self.verdict()}**", ""]
        for note in self.notes:
            lines += [note, ""]
        return "\n".join(lines)


def machine() -> str:
    """The machine in general terms."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def write_document(reports: Sequence[Report], server: str) -> None:
    """Replaces docs/benchmarks.md by what was measured now."""
    head = [
        "# Benchmarks",
        "",
        "Measured by `make bench` (this page: `python -m bench --write`). Every peer runs in the same",
        "minutes on the same machine and data as ours, in turns; trust the ratios, not the times.",
        "",
        f"Machine: {machine()}, {server}; the load generator shares its cores.",
        "",
    ]
    DOCUMENT.write_text("\n".join(head) + "\n".join(report.markdown() for report in reports), "utf-8")
