"""What is wrong with a bundle: where, what, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from mobility.errors import Invalid
from mobility.plans.bundles.messages import MESSAGES

LISTED = 1000
"""Faults kept one by one; the rest are counted."""


@dataclass(frozen=True)
class Fault:
    """One fault. `key` names the message, `rule` the line in docs/bundle.md, `path` the property (dotted).

    `params` fill in the words; `problem` and `remedy` are said in the language of the moment of reading.
    """

    key: str
    file: str
    feature: str = ""
    path: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        return MESSAGES[self.key].rule

    @property
    def severity(self) -> str:
        """``error`` stops the load, ``warning`` does not."""
        return MESSAGES[self.key].severity

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    @property
    def problem(self) -> str:
        return _filled(MESSAGES[self.key].problem, self.params)

    @property
    def remedy(self) -> str:
        return _filled(MESSAGES[self.key].remedy, self.params)

    def __str__(self) -> str:
        parts = (self.severity, self.rule, self.file, self.feature, self.path)
        where = " · ".join(part for part in parts if part)
        return f"{where}: {self.problem} {self.remedy}"


class Faults:
    """Collects the faults of one bundle; keeps the first thousand and counts the others."""

    def __init__(self) -> None:
        self.kept: list[Fault] = []
        self.errors = 0
        self.warnings = 0

    def add(self, fault: Fault) -> None:
        if fault.is_error:
            self.errors += 1
        else:
            self.warnings += 1
        if len(self.kept) < LISTED:
            self.kept.append(fault)

    @property
    def unlisted(self) -> int:
        """How many faults were counted but not kept."""
        return self.errors + self.warnings - len(self.kept)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.kept)


class BundleRefused(Invalid):
    """The bundle has errors; `faults` lists them, warnings included, `unlisted` counts those beyond."""

    def __init__(self, faults: Iterable[Fault], unlisted: int = 0) -> None:
        self.faults = list(faults)
        self.unlisted = unlisted
        first = next(fault for fault in self.faults if fault.is_error)
        super().__init__(first.file, str(first))


@dataclass(frozen=True)
class Spot:
    """A place in a bundle that a check looks at, and where it reports."""

    faults: Faults
    file: str
    feature: str = ""
    path: str = ""
    languages: tuple[str, ...] | None = None
    """The languages every text must have; None when they are not known."""

    def at(self, key: str | int) -> Spot:
        """The same feature, one property deeper."""
        step = f"[{key}]" if isinstance(key, int) else f".{key}" if self.path else key
        return replace(self, path=self.path + step)

    def of(self, feature: str) -> Spot:
        """The same file, another feature."""
        return replace(self, feature=feature, path="")

    def report(self, key: str, **params: Any) -> None:
        self.faults.add(Fault(key, self.file, self.feature, self.path, params))


def _filled(text: Any, params: dict[str, Any]) -> str:
    return str(text) % {name: _said(value) for name, value in params.items()}


def _said(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list | tuple):
        return ", ".join(_said(item) for item in value)
    return str(value)
