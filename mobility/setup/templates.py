"""Templates of consultations, read from `data/templates/`: steps, topics and packages to begin with."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mobility.db import I18n
from mobility.errors import NotFound

HOME = Path(__file__).resolve().parents[2] / "data" / "templates"


@dataclass(frozen=True)
class StepTemplate:
    """One step: what people can do in it, and how many days it lasts."""

    slug: str
    title: I18n
    summary: I18n
    actions: list[str]
    days: int


@dataclass(frozen=True)
class PackageTemplate:
    code: str
    title: I18n


@dataclass(frozen=True)
class PlanTemplate:
    """What a new plan begins with. Texts are there in every language of the platform."""

    key: str
    position: int
    title: I18n
    about: I18n
    topics: list[tuple[str, I18n]]
    steps: list[StepTemplate]
    packages: list[PackageTemplate]

    @property
    def days(self) -> int:
        return sum(step.days for step in self.steps)


@lru_cache(maxsize=1)
def templates() -> tuple[PlanTemplate, ...]:
    """All templates in their order."""
    topics = tomllib.loads((HOME / "topics.toml").read_text("utf-8"))
    found = [_read(path, topics) for path in HOME.glob("*.toml") if path.name != "topics.toml"]
    return tuple(sorted(found, key=lambda template: template.position))


def find_template(key: str) -> PlanTemplate:
    """The template of this name. Raises NotFound."""
    for template in templates():
        if template.key == key:
            return template
    raise NotFound


def _read(path: Path, topics: dict[str, I18n]) -> PlanTemplate:
    content: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    return PlanTemplate(
        key=path.stem,
        position=content["position"],
        title=content["title"],
        about=content["about"],
        topics=[(slug, topics[slug]) for slug in content["topics"]],
        steps=[StepTemplate(**step) for step in content["phase"]],
        packages=[PackageTemplate(**package) for package in content["package"]],
    )
